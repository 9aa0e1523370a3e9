//! Plans on the command line: found, saved, verified, and held to the gates of a build.

use tradewind::diagnostic::Sources;
use tradewind::plan::{Known, NoPlan, Plan};
use tradewind::{Effort, Exchange, Problem, optimize_with, report};

use super::arguments::{ExportArgs, FileFormat, Format, OptimizeArgs, VerifyArgs, threads};
use super::files::Output;
use super::watch::Watch;
use super::{Failure, files, load};

pub(super) fn optimize(args: &OptimizeArgs) -> Result<String, Failure> {
    let mut watch = Watch::start(args.time_limit);
    let input = load(&args.scenario.source)?;
    let output = Output::to(args.output.as_deref(), files::read(&input.sources))?;
    let threads = threads(args.threads);
    let problem = Problem::on_threads(&input.catalog, &input.scenario, threads).map_err(|mut faults| {
        faults.locate(&input.sources);
        faults
    })?;
    let format = args.scenario.format;
    let effort = Effort::new().with_gap(args.gap).with_work(args.work);
    let answer = optimize_with(&problem, &effort, &mut |progress| watch.look(progress));
    watch.end();
    let plan = answer.map_err(|no_plan| no_plan_failure(&no_plan, format, &input.sources))?;
    let written = match &args.output {
        Some(_) => output.write(report::plan_json(&plan))?,
        None => None,
    };
    let detail = if args.lines { report::Detail::Lines } else { report::Detail::Placements };
    // With `-o -` the plan takes the place of what people read.
    let stdout = written.unwrap_or_else(|| match format {
        Format::Text => report::plan_text(&plan, detail),
        Format::Json => report::plan_json(&plan),
    });
    let stderr = refusals(args, &plan);
    if stderr.is_empty() { Ok(stdout) } else { Err(Failure::Refused { stdout, stderr }) }
}

/// The gates that the plan does not pass, a line each.
fn refusals(args: &OptimizeArgs, plan: &Plan) -> String {
    let mut lines = Vec::new();
    let total = plan.bill.total();
    if let Some(most) = args.fail_above.filter(|most| total > *most) {
        lines.push(format!("tradewind: the bill of {total} {} is above {most} (--fail-above)", plan.currency));
    }
    // What is proven optimal may have a gap above 0 all the same: a proof floors costs.
    let is_open = plan.proof.known != Known::Optimal;
    if let Some(most) = args.fail_on_gap.filter(|most| is_open && plan.gap > *most) {
        let (is, most) = (report::gap_text(plan.gap), report::gap_text(most));
        lines.push(format!("tradewind: the plan is proven within {is} of the cheapest, not {most} (--fail-on-gap)"));
    }
    lines.join("\n")
}

pub(super) fn export(args: &ExportArgs) -> Result<String, Failure> {
    let input = load(&args.source)?;
    let output = Output::to(args.output.as_deref(), files::read(&input.sources))?;
    let problem = Problem::new(&input.catalog, &input.scenario).map_err(|mut faults| {
        faults.locate(&input.sources);
        faults
    })?;
    let exchange = match args.format {
        FileFormat::Lp => Exchange::Lp,
        FileFormat::Mps => Exchange::Mps,
    };
    let text = tradewind::export(&problem, exchange)
        .map_err(|no_plan| no_plan_failure(&no_plan, Format::Text, &input.sources))?;
    Ok(output.write(text)?.unwrap_or_default())
}

pub(super) fn verify(args: &VerifyArgs) -> Result<String, Failure> {
    let input = load(&args.scenario.source)?;
    let plan = read_plan(&args.plan)?;
    let violations = tradewind::verify(&input.catalog, &input.scenario, &plan);
    let stdout = match args.scenario.format {
        Format::Text => report::verdict_text(&plan, &violations),
        Format::Json => report::verdict_json(&plan, &violations),
    };
    if violations.is_empty() { Ok(stdout) } else { Err(Failure::Refused { stdout, stderr: String::new() }) }
}

/// A saved plan, not yet checked.
pub(super) fn read_plan(path: &std::path::Path) -> Result<Plan, Failure> {
    let (name, text) = files::text(path)?;
    Ok(tradewind::plan_from_json(&name, &text)?)
}

pub(super) fn no_plan_failure(no_plan: &NoPlan, format: Format, sources: &Sources) -> Failure {
    let text = report::no_plan_text(no_plan, sources);
    if matches!(no_plan, NoPlan::Backend(_) | NoPlan::Rejected(_)) {
        return Failure::Ours(text);
    }
    let stdout = match format {
        Format::Text => String::new(),
        Format::Json => report::no_plan_json(no_plan),
    };
    Failure::NoPlan { stdout, stderr: text }
}
