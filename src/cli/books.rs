//! Price books on the command line: what looks wrong in them, what they offer for one workload.

use std::path::PathBuf;

use tradewind::lint::Finding;
use tradewind::report::{self, Layout};
use tradewind::{DocumentKind, PriceIndex};

use super::arguments::{Format, LintArgs, OffersArgs, TableFormat};
use super::watch::today;
use super::{Failure, load};

/// Warnings of price books; of a scenario, of the books that it names. Faults of either are faults.
pub(super) fn lint(args: &LintArgs) -> Result<String, Failure> {
    let as_of = args.as_of.unwrap_or_else(today);
    let mut books: Vec<PathBuf> = Vec::new();
    for path in &args.files {
        let found = match tradewind::document_kind(path)? {
            DocumentKind::Scenario => {
                let sources = tradewind::load(path)?.sources;
                let names = sources.names().map(PathBuf::from);
                // Its contracts are not among them: what was negotiated does not get old.
                names
                    .filter(|name| tradewind::document_kind(name).is_ok_and(|kind| kind == DocumentKind::Book))
                    .collect()
            }
            _ => vec![path.clone()],
        };
        for book in found {
            if !books.contains(&book) {
                books.push(book);
            }
        }
    }
    let mut findings: Vec<Finding> = Vec::new();
    for path in &books {
        let book = tradewind::load_book(path)?;
        findings.extend(tradewind::lint(&book.draft, &book.sources, as_of));
    }
    let stdout = match args.format {
        Format::Text => report::lint_text(&findings, books.len()),
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
    let input = load(&args.table.source)?;
    let number = input.scenario.find(&args.workload)?;
    let index = PriceIndex::new(&input.catalog);
    let answer = index.offers(&input.scenario.workloads[number]);
    let answer = answer.ok_or_else(|| Failure::Input("an amount is beyond what is kept exactly".to_owned()))?;
    let table = |layout| report::offers_table(&input.catalog, &answer, args.most, layout);
    Ok(match args.table.format {
        TableFormat::Text => report::offers_text(&input.catalog, &answer, args.most),
        TableFormat::Json => report::offers_json(&input.catalog, &args.workload, &answer, args.most),
        TableFormat::Csv => table(Layout::Csv),
        TableFormat::Markdown => table(Layout::Markdown),
    })
}
