//! What changed between two price books, as text and JSON.

use std::fmt::Write;

use serde::Serialize;

use crate::diff::{Difference, How, Item, Repriced};
use crate::report::json::document;
use crate::report::table::{Align, Layout, Table};

/// What changed, for people: one line where nothing did. `before` and `after` are what the books are called.
#[must_use]
pub fn diff_text(before: &str, after: &str, difference: &Difference) -> String {
    let changes = &difference.changes;
    let mut out = String::new();
    if changes.is_empty() {
        let _ = writeln!(out, "nothing changed from {before} to {after}");
        return out;
    }
    let mut counts = Vec::new();
    for word in ["added", "removed", "repriced", "changed"] {
        let count = changes.iter().filter(|change| self::word(&change.how) == word).count();
        if count > 0 {
            let range = if word == "repriced" { range(difference) } else { String::new() };
            counts.push(format!("{count} {word}{range}"));
        }
    }
    let _ = writeln!(out, "from {before} to {after}: {}\n", counts.join(", "));
    table(difference).print("", &mut out);
    out
}

/// What changed, as a table.
#[must_use]
pub fn diff_table(difference: &Difference, layout: Layout) -> String {
    table(difference).write(layout)
}

fn table(difference: &Difference) -> Table {
    let mut table = Table::new(&[
        ("change", Align::Left),
        ("of", Align::Left),
        ("name", Align::Left),
        ("before", Align::Right),
        ("after", Align::Right),
        ("by", Align::Right),
    ]);
    for change in &difference.changes {
        let (was, is, by) = match &change.how {
            How::Added(is) => (String::new(), is.clone(), String::new()),
            How::Removed(was) => (was.clone(), String::new(), String::new()),
            How::Repriced(prices) => (prices.before.to_string(), prices.after.to_string(), percent(*prices)),
            How::Changed(was, is) => (was.clone(), is.clone(), String::new()),
        };
        table.row([word(&change.how).to_owned(), change.of.name().to_owned(), change.name.clone(), was, is, by]);
    }
    table
}

fn word(how: &How) -> &'static str {
    match how {
        How::Added(_) => "added",
        How::Removed(_) => "removed",
        How::Repriced(_) => "repriced",
        How::Changed(..) => "changed",
    }
}

/// " (from -3.00% to +12.50%)" over all that was repriced.
fn range(difference: &Difference) -> String {
    let prices = difference.changes.iter().filter_map(|change| match &change.how {
        How::Repriced(prices) => Some(*prices),
        _ => None,
    });
    let known = || prices.clone().filter(|prices| prices.basis_points().is_some());
    match known().min_by_key(|prices| prices.basis_points()).zip(known().max_by_key(|prices| prices.basis_points())) {
        Some((least, most)) => format!(" ({} to {})", percent(least), percent(most)),
        None => String::new(),
    }
}

/// `+12.50%`; nothing where the price before was none.
fn percent(prices: Repriced) -> String {
    prices.basis_points().map_or(String::new(), |points| {
        let sign = if points < 0 { '-' } else { '+' };
        format!("{sign}{}.{:02}%", points.unsigned_abs() / 100, points.unsigned_abs() % 100)
    })
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    change: &'static str,
    of: Item,
    name: &'a str,
    before: Option<String>,
    after: Option<String>,
    percent: Option<String>,
}

#[derive(Serialize)]
struct DiffJson<'a> {
    tradewind: &'static str,
    before: &'a str,
    after: &'a str,
    changes: Vec<ChangeJson<'a>>,
}

/// What changed, as a `book-diff/1` document.
#[must_use]
pub fn diff_json(before: &str, after: &str, difference: &Difference) -> String {
    let changes = difference.changes.iter().map(|change| {
        let (was, is, by) = match &change.how {
            How::Added(is) => (None, Some(is.clone()), None),
            How::Removed(was) => (Some(was.clone()), None, None),
            How::Repriced(prices) => {
                let by = percent(*prices);
                let by = by.strip_suffix('%').map(|digits| digits.trim_start_matches('+').to_owned());
                (Some(prices.before.to_string()), Some(prices.after.to_string()), by)
            }
            How::Changed(was, is) => (Some(was.clone()), Some(is.clone()), None),
        };
        ChangeJson { change: word(&change.how), of: change.of, name: &change.name, before: was, after: is, percent: by }
    });
    document(&DiffJson { tradewind: "book-diff/1", before, after, changes: changes.collect() })
}
