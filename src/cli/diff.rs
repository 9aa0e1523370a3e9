//! `diff`: two documents in, told apart by their kind, and what differs out.

use std::path::Path;

use tradewind::moves::{Footprint, difference};
use tradewind::report::{self, Layout};
use tradewind::{Catalog, Document, DocumentKind, Problem};

use super::arguments::{DiffArgs, TableFormat};
use super::{Failure, files};

pub(super) fn diff(args: &DiffArgs) -> Result<String, Failure> {
    let [before, after] = [files::text(&args.before)?, files::text(&args.after)?];
    match [&before, &after].map(|(_, text)| DocumentKind::of(text)) {
        [DocumentKind::Book, DocumentKind::Book] => return books(args, &before, &after),
        [DocumentKind::Book, _] | [_, DocumentKind::Book] => {
            let message = "one of these is a price book and the other is not\nhelp: give two price books, or two plans, or \
                           a scenario (what runs now) and a plan";
            return Err(Failure::Input(message.to_owned()));
        }
        [DocumentKind::Json, DocumentKind::Json] if !args.changes.is_empty() || !args.books.is_empty() => {
            let message = "these are two plans, which are as they were saved: --set, --overlay, --catalog and --contract are \
                           of scenarios\nhelp: give the scenario (what runs now) instead of one of them, or plan it anew";
            return Err(Failure::Input(message.to_owned()));
        }
        // What is none of them is refused as a scenario, with its place.
        _ => {}
    }
    let sides = [footprint(args, &args.before, &before)?, footprint(args, &args.after, &after)?];
    let difference = difference(&sides[0], &sides[1], args.min_saving)
        .map_err(|reason| Failure::Input(format!("tradewind: {reason}")))?;
    Ok(match args.format {
        TableFormat::Text => {
            let [from, to] = [&before, &after].map(|(name, text)| match DocumentKind::of(text) {
                DocumentKind::Json => name.clone(),
                _ => format!("what runs now by {name}"),
            });
            report::difference_text(&difference, &from, &to)
        }
        TableFormat::Json => report::difference_json(&difference),
        TableFormat::Csv => report::difference_table(&difference, Layout::Csv),
        TableFormat::Markdown => report::difference_table(&difference, Layout::Markdown),
    })
}

/// What changed between two price books.
fn books(args: &DiffArgs, before: &(String, String), after: &(String, String)) -> Result<String, Failure> {
    if args.min_saving.is_some() || !args.changes.is_empty() || !args.books.is_empty() {
        let message = "these are two price books: --min-saving, --set, --overlay, --catalog and --contract are of plans \
                       and scenarios";
        return Err(Failure::Input(message.to_owned()));
    }
    let [old, new] = [catalog(before)?, catalog(after)?];
    let difference = tradewind::diff(&old, &new);
    Ok(match args.format {
        TableFormat::Text => report::diff_text(&before.0, &after.0, &difference),
        TableFormat::Json => report::diff_json(&before.0, &after.0, &difference),
        TableFormat::Csv => report::diff_table(&difference, Layout::Csv),
        TableFormat::Markdown => report::diff_table(&difference, Layout::Markdown),
    })
}

fn catalog((name, text): &(String, String)) -> Result<Catalog, Failure> {
    Ok(tradewind::catalog_from_yaml(&[(name, text)])?)
}

fn footprint(args: &DiffArgs, path: &Path, (name, text): &(String, String)) -> Result<Footprint, Failure> {
    if DocumentKind::of(text) == DocumentKind::Json {
        return Ok(Footprint::from(&tradewind::plan_from_json(name, text)?));
    }
    // A file is read by its path, from whose directory it names its books.
    let document = match files::is_standard(path) {
        true => Document::Text { name: name.clone(), text: text.clone() },
        false => Document::File(path.to_owned()),
    };
    let input = tradewind::load_given(&document, args.books.given(), &args.changes.overlays()?)?;
    let problem = Problem::new(&input.catalog, &input.scenario).map_err(|mut faults| {
        faults.locate(&input.sources);
        faults
    })?;
    Ok(tradewind::running(&problem))
}
