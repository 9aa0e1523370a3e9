//! Price books on the command line: what looks wrong in them, what they offer for one workload.

use tradewind::lint::Finding;
use tradewind::{DocumentKind, PriceIndex, report};

use super::arguments::{Format, LintArgs, OffersArgs};
use super::watch::today;
use super::{Failure, load};

/// Warnings of price books; a scenario is read with its books, whose faults are faults.
pub(super) fn lint(args: &LintArgs) -> Result<String, Failure> {
    let as_of = args.as_of.unwrap_or_else(today);
    let mut findings: Vec<Finding> = Vec::new();
    for path in &args.files {
        match tradewind::document_kind(path)? {
            DocumentKind::Scenario => drop(tradewind::load(path)?),
            _ => {
                let book = tradewind::load_book(path)?;
                findings.extend(tradewind::lint(&book.draft, &book.sources, as_of));
            }
        }
    }
    let stdout = match args.format {
        Format::Text => report::lint_text(&findings, args.files.len()),
        Format::Json => report::lint_json(&findings, as_of),
    };
    if args.fail_on_warning && !findings.is_empty() {
        let stderr = "tradewind: there are warnings (--fail-on-warning)".to_owned();
        return Err(Failure::Refused { stdout, stderr });
    }
    Ok(stdout)
}

/// Every offer that can serve a workload, with what it would cost there alone, the cheapest first.
pub(super) fn offers(args: &OffersArgs) -> Result<String, Failure> {
    let input = load(&args.scenario)?;
    let Some(number) = input.scenario.workload_named(&args.workload) else {
        return Err(Failure::Input(format!(
            "the scenario has no workload `{}`\nhelp: write the name of one of its workloads",
            args.workload.escape_debug()
        )));
    };
    let index = PriceIndex::new(&input.catalog);
    let answer = index.offers(&input.scenario.workloads[number]);
    let answer = answer.ok_or_else(|| Failure::Input("an amount is beyond what is kept exactly".to_owned()))?;
    Ok(match args.scenario.shared.format {
        Format::Text => report::offers_text(&input.catalog, &answer, args.most),
        Format::Json => report::offers_json(&input.catalog, &args.workload, &answer, args.most),
    })
}
