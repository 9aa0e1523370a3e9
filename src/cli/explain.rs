//! Explanations and reports on the command line: of a saved plan, or of the one that is found.

use std::ops::ControlFlow;

use tradewind::explain::{Depth, explain_offer, explain_plan_with, explain_workload, review};
use tradewind::plan::Plan;
use tradewind::{Effort, Input, Problem, Progress, Stop, optimize_with, report};

use super::arguments::{ExplainArgs, Format, OfPlan, ReportArgs, ReportFormat};
use super::files::{self, Output};
use super::plans::{no_plan_failure, read_plan};
use super::watch::{Watch, today};
use super::{Failure, load};

pub(super) fn explain(args: &ExplainArgs) -> Result<String, Failure> {
    let input = load(&args.scenario.source)?;
    let format = args.scenario.format;
    let (problem, plan, mut watch) = planned(&input, &args.of, format)?;
    let depth = depth(&args.of);
    let stdout = match &args.workload {
        None => {
            let explained = explain_plan_with(&problem, &plan, &depth, &mut |progress| look(&mut watch, progress));
            match format {
                Format::Text => report::plan_explained_text(&plan, &explained),
                Format::Json => report::plan_explained_json(&plan, &explained),
            }
        }
        Some(workload) => {
            // An offer of a workload that does not exist is refused by the same words, so they are asked for first.
            let offer = match &args.offer {
                Some(offer) => Some(explain_offer(&problem, &plan, workload, offer, &depth, &mut |progress| {
                    look(&mut watch, progress)
                })?),
                None => None,
            };
            let explained = explain_workload(&problem, &plan, workload)?;
            match format {
                Format::Text => {
                    let mut text = report::workload_explained_text(&plan, &explained);
                    if let Some(offer) = &offer {
                        text.push('\n');
                        text.push_str(&report::offer_text(&plan, offer));
                    }
                    text
                }
                Format::Json => report::workload_explained_json(&plan, &explained, offer.as_ref()),
            }
        }
    };
    watch.end();
    Ok(stdout)
}

fn depth(of: &OfPlan) -> Depth {
    let threads = of.threads.count();
    Depth::new().with_step(of.step).with_effort(Effort::new().with_work(of.work)).with_threads(threads)
}

/// How far a question is: its plans are of changed scenarios, and several are searched at once, so only the time counts.
fn look(watch: &mut Watch, _: &Progress) -> ControlFlow<Stop> {
    watch.wait(|| "the plan is found; asking what else would come of it".to_owned())
}

/// The problem, and the saved plan if it holds, or the cheapest one; with the clock that runs since.
fn planned(input: &Input, of: &OfPlan, format: Format) -> Result<(Problem, Plan, Watch), Failure> {
    let problem = Problem::new(&input.catalog, &input.scenario).map_err(|mut faults| {
        faults.locate(&input.sources);
        faults
    })?;
    let mut watch = Watch::start(of.time_limit);
    let plan = match &of.plan {
        Some(path) => {
            let plan = read_plan(path)?;
            let check = || tradewind::verify(&input.catalog, &input.scenario, &plan);
            let violations = watch.during(|| "checking the saved plan".to_owned(), check);
            if !violations.is_empty() {
                let stderr = report::verdict_text(&plan, &violations);
                watch.end();
                return Err(Failure::Refused { stdout: String::new(), stderr });
            }
            plan
        }
        None => {
            let found = optimize_with(&problem, &Effort::default(), &mut |progress| watch.look(progress));
            found.map_err(|no_plan| no_plan_failure(&no_plan, format, &input.sources))?
        }
    };
    Ok((problem, plan, watch))
}

pub(super) fn report(args: &ReportArgs) -> Result<String, Failure> {
    let format = report_format(args)?;
    if args.month.is_some() && format != ReportFormat::Csv {
        return Err(Failure::Input(
            "--month is of the charges of a CSV\nhelp: end the file in .csv, or say --format csv".to_owned(),
        ));
    }
    let input = load(&args.source)?;
    let inputs = files::read(&input.sources).chain(args.of.plan.as_deref());
    let output = Output::to(args.output.as_deref(), inputs)?;
    let (problem, plan, mut watch) = planned(&input, &args.of, Format::Text)?;
    let as_of = args.as_of.unwrap_or_else(today);
    let text = if format == ReportFormat::Csv {
        report::review_csv(&plan, args.month.unwrap_or(as_of))
    } else {
        let review = review(&problem, &plan, &depth(&args.of), as_of, &mut |progress| look(&mut watch, progress));
        match format {
            ReportFormat::Html => report::review_html(&plan, &review),
            _ => report::review_markdown(&plan, &review),
        }
    };
    watch.end();
    Ok(output.write(text)?.unwrap_or_default())
}

/// What was asked for, else what the file's ending says, else Markdown.
fn report_format(args: &ReportArgs) -> Result<ReportFormat, Failure> {
    let named = args.output.as_ref().filter(|path| args.format.is_none() && !files::is_standard(path));
    let Some(path) = named else {
        return Ok(args.format.unwrap_or(ReportFormat::Markdown));
    };
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    match ending.as_str() {
        "html" | "htm" => Ok(ReportFormat::Html),
        "md" | "markdown" => Ok(ReportFormat::Markdown),
        "csv" => Ok(ReportFormat::Csv),
        _ => Err(Failure::Input(format!(
            "the ending of {} says nothing of its format\nhelp: end it in .html, .md or .csv, or say --format",
            path.display()
        ))),
    }
}
