//! What differs between two plans: as text, as a table, as JSON.

use std::fmt::Write;

use serde::Serialize;

use crate::catalog::Terms;
use crate::money::Amount;
use crate::moves::{Difference, Fate, LineChange, Move, Spot};
use crate::report::json::document;
use crate::report::table::{Align, Layout, Table};

/// What differs, for people; `from` and `to` are what the two sides are called. One line where nothing does.
#[must_use]
pub fn difference_text(difference: &Difference, from: &str, to: &str) -> String {
    let currency = &difference.currency;
    if difference.is_empty() {
        return format!(
            "nothing changes from {from} to {to}: {} {currency} a month\n",
            difference.after.total.in_cents()
        );
    }
    let mut out = String::new();
    let _ = writeln!(out, "From {from} to {to}: {}", totals(difference));
    if !difference.moves.is_empty() {
        out.push('\n');
        moves(difference, Amount::in_cents).print("", &mut out);
    }
    for moved in difference.moves.iter().filter(|moved| !moved.lines.is_empty()) {
        let _ = writeln!(out, "\n{}", moved.workload);
        lines(&moved.lines).print("  ", &mut out);
    }
    if !difference.account.is_empty() {
        out.push_str("\nTiers, allowances and fees of the accounts\n");
        lines(&difference.account).print("  ", &mut out);
    }
    if let Some(least) = difference.min_saving {
        let marked = difference.moves.iter().filter(|moved| moved.below_minimum).count();
        let least = least.in_cents();
        let _ = match marked {
            0 => writeln!(out, "\nEvery move saves {least} {currency} or more"),
            1 => writeln!(out, "\n1 move saves less than {least} {currency} and may not be worth it"),
            more => writeln!(out, "\n{more} moves save less than {least} {currency} and may not be worth it"),
        };
    }
    for moved in difference.moves.iter().filter(|moved| moved.fate == Fate::Unpriced) {
        let _ =
            writeln!(out, "\n{}: where it runs now has no price, so what it costs is not in the sum", moved.workload);
    }
    out
}

/// The moves as one table, every digit in it: for a pull request or a spreadsheet.
#[must_use]
pub fn difference_table(difference: &Difference, layout: Layout) -> String {
    let mut table = moves(difference, |amount| amount.to_string());
    if !difference.account.is_empty() {
        let sum = |side: fn(&LineChange) -> Option<Amount>| Amount::sum(difference.account.iter().filter_map(side));
        let [before, after] = [sum(|change| change.before), sum(|change| change.after)];
        let saving = before.zip(after).and_then(|(before, after)| before.minus(after));
        let [before, after, saving] =
            [before, after, saving].map(|sum| sum.map_or(String::new(), |sum| sum.to_string()));
        let what = "tiers, allowances and fees of the accounts".to_owned();
        table.row([what, String::new(), String::new(), String::new(), before, after, saving, String::new()]);
    }
    table.write(layout)
}

fn totals(difference: &Difference) -> String {
    let (before, after) = (difference.before.total.in_cents(), difference.after.total.in_cents());
    let currency = &difference.currency;
    let what = match difference.saving.units() {
        0 => "the bill stays the same".to_owned(),
        more if more < 0 => {
            let more = Amount::ZERO.minus(difference.saving).unwrap_or(Amount::ZERO);
            format!("the bill rises by {}", more.in_cents())
        }
        _ => format!("the bill falls by {}", difference.saving.in_cents()),
    };
    format!("{what} {currency} a month, {before} before and {after} after")
}

fn moves(difference: &Difference, shown: fn(Amount) -> String) -> Table {
    use Align::{Left, Right};
    let mut table = Table::new(&[
        ("workload", Left),
        ("what", Left),
        ("from", Left),
        ("to", Left),
        ("before", Right),
        ("after", Right),
        ("saving", Right),
        ("", Left),
    ]);
    for moved in &difference.moves {
        table.row(move_row(moved, shown));
    }
    table
}

fn move_row(moved: &Move, shown: fn(Amount) -> String) -> [String; 8] {
    let cost = |spots: &[Spot], amount| if spots.is_empty() { String::new() } else { shown(amount) };
    let to = if moved.from == moved.to { "the same".to_owned() } else { spots_text(&moved.to) };
    [
        moved.workload.to_string(),
        moved.fate.name().to_owned(),
        spots_text(&moved.from),
        to,
        cost(&moved.from, moved.before.total),
        cost(&moved.to, moved.after.total),
        moved.saving.map_or(String::new(), shown),
        if moved.below_minimum { "below the minimum".to_owned() } else { String::new() },
    ]
}

/// Places as one text, such as `3 × m7g.large spot in aws/eu-west-1 + 1 × n2-standard-2 in gcp/us-east1`.
#[must_use]
pub fn spots_text(spots: &[Spot]) -> String {
    let texts = spots.iter().map(|spot| {
        let machines = match (&spot.sku, spot.option) {
            (Some(sku), _) => format!("{} × {sku}", spot.replicas),
            (None, Some(option)) => format!("option {option}"),
            (None, None) => "flat rates".to_owned(),
        };
        let part = spot.part.map_or(String::new(), |part| format!("{part} of "));
        let terms = match spot.terms {
            Some(terms) if terms != Terms::OnDemand => format!(" {}", terms.name()),
            _ => String::new(),
        };
        let copies = if spot.copies == 1 { String::new() } else { format!("{} copies of ", spot.copies) };
        format!("{copies}{part}{machines}{terms} in {}/{}", spot.provider, spot.region)
    });
    texts.collect::<Vec<_>>().join(" + ")
}

fn lines(changes: &[LineChange]) -> Table {
    use Align::{Left, Right};
    let mut table = Table::new(&[("charge", Left), ("price from", Left), ("before", Right), ("after", Right)]);
    let shown = |amount: Option<Amount>| amount.map_or(String::new(), Amount::in_cents);
    for change in changes {
        table.row([change.what.clone(), change.source.clone(), shown(change.before), shown(change.after)]);
    }
    table
}

/// What differs, with every digit.
#[must_use]
pub fn difference_json(difference: &Difference) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        tradewind: &'static str,
        changed: bool,
        #[serde(flatten)]
        difference: &'a Difference,
    }
    document(&Document { tradewind: "diff/1", changed: !difference.is_empty(), difference })
}
