//! Price books on the command line: what looks wrong in them, what changed, what they offer for one workload.

use std::path::Path;

use tradewind::lint::Finding;
use tradewind::{DocumentKind, PriceIndex, report};

use super::arguments::{DiffArgs, Format, LintArgs, OffersArgs};
use super::today::today;
use super::{Failure, load};

/// Warnings of price books; a scenario is read with its books, whose faults are faults.
pub(super) fn lint(args: &LintArgs) -> Result<String, Failure> {
    let as_of = args.as_of.or_else(today);
    let as_of = as_of.ok_or_else(|| Failure::Input("the clock shows no date; give one with --as-of".to_owned()))?;
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

/// What changed between two documents of one kind.
pub(super) fn diff(args: &DiffArgs) -> Result<String, Failure> {
    let kinds = (tradewind::document_kind(&args.before)?, tradewind::document_kind(&args.after)?);
    match kinds {
        // What is neither is read as a book as well, whose faults then say so.
        (DocumentKind::Book | DocumentKind::Other, DocumentKind::Book | DocumentKind::Other) => diff_books(args),
        _ => {
            let (before, after) = (args.before.display(), args.after.display());
            Err(Failure::Input(format!("{before} and {after} are not two price books\nhelp: give two price books")))
        }
    }
}

fn diff_books(args: &DiffArgs) -> Result<String, Failure> {
    let (before, after) = (tradewind::load_book(&args.before)?, tradewind::load_book(&args.after)?);
    let difference = tradewind::diff(&before.catalog, &after.catalog);
    let name = |path: &Path| path.display().to_string();
    let (before, after) = (name(&args.before), name(&args.after));
    Ok(match args.format {
        Format::Text => report::diff_text(&before, &after, &difference),
        Format::Json => report::diff_json(&before, &after, &difference),
    })
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
