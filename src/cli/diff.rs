//! `diff`: two documents in, told apart by their kind, and what differs out.

use std::path::Path;

use tradewind::moves::{Footprint, difference};
use tradewind::report::{self, Layout};
use tradewind::{Document, Problem};

use super::arguments::{DiffArgs, TableFormat};
use super::{Failure, files};

/// What a document is, by its first words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plan,
    Scenario,
    Book,
}

fn kind(text: &str) -> Kind {
    let is_first = |line: &&str| !line.trim().is_empty() && !line.starts_with(['#', '%']) && !line.starts_with("---");
    match text.trim_start_matches('\u{feff}').lines().find(is_first) {
        Some(line) if line.trim_start().starts_with('{') => Kind::Plan,
        Some(line) if line.contains("catalog/") => Kind::Book,
        // What is neither is refused as a scenario, with its place.
        _ => Kind::Scenario,
    }
}

pub(super) fn diff(args: &DiffArgs) -> Result<String, Failure> {
    let [before, after] = [files::text(&args.before)?, files::text(&args.after)?];
    if [&before, &after].iter().any(|(_, text)| kind(text) == Kind::Book) {
        let message = "`diff` takes two plans, or a scenario (what runs now) and a plan; one of these is a price book";
        return Err(Failure::Input(message.to_owned()));
    }
    let sides = [footprint(args, &args.before, &before)?, footprint(args, &args.after, &after)?];
    let difference = difference(&sides[0], &sides[1], args.min_saving)
        .map_err(|reason| Failure::Input(format!("tradewind: {reason}")))?;
    Ok(match args.format {
        TableFormat::Text => {
            let [from, to] = [&before, &after].map(|(name, text)| match kind(text) {
                Kind::Scenario => format!("what runs now by {name}"),
                _ => name.clone(),
            });
            report::difference_text(&difference, &from, &to)
        }
        TableFormat::Json => report::difference_json(&difference),
        TableFormat::Csv => report::difference_table(&difference, Layout::Csv),
        TableFormat::Markdown => report::difference_table(&difference, Layout::Markdown),
    })
}

fn footprint(args: &DiffArgs, path: &Path, (name, text): &(String, String)) -> Result<Footprint, Failure> {
    if kind(text) == Kind::Plan {
        return Ok(Footprint::from(&tradewind::plan_from_json(name, text)?));
    }
    // A file is read by its path, from whose directory it names its books.
    let document = match files::is_standard(path) {
        true => Document::Text { name: name.clone(), text: text.clone() },
        false => Document::File(path.to_owned()),
    };
    let input = tradewind::load_overlaid(&document, &args.catalog, &args.changes.overlays()?)?;
    let problem = Problem::new(&input.catalog, &input.scenario).map_err(|mut faults| {
        faults.locate(&input.sources);
        faults
    })?;
    Ok(tradewind::running(&problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_told_by_its_first_words() {
        assert_eq!(kind("{\n  \"tradewind\": \"plan/1\""), Kind::Plan);
        assert_eq!(kind("# catalog/1 follows\n\ntradewind: scenario/1\n"), Kind::Scenario);
        assert_eq!(kind("\u{feff}---\ntradewind: catalog/1\n"), Kind::Book);
        assert_eq!(kind(""), Kind::Scenario);
    }
}
