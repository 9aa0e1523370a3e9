//! A sweep: the cost curve and where decisions flip, as text, as a table, as JSON.

use std::fmt::Write;

use serde::Serialize;

use crate::money::Amount;
use crate::moves::Spot;
use crate::plan::Known;
use crate::report::difference::spots_text;
use crate::report::json::document;
use crate::report::proof_text::{counted, gap_text};
use crate::report::table::{Align, Layout, Table};
use crate::sweep::{Flip, FlipMove, Grid, Outcome, Shard, Sweep};

/// Most flips that a text tells of, and most moves of each.
const MOST_FLIPS: usize = 40;
const MOST_MOVES: usize = 6;

/// A sweep for people: a curve for one parameter, a matrix for two, and where decisions flip.
#[must_use]
pub fn sweep_text(sweep: &Sweep) -> String {
    let grid = &sweep.grid;
    let mut out = String::new();
    let name = if grid.scenario.is_empty() { "this scenario" } else { &grid.scenario };
    let parameters: Vec<&str> = grid.axes.iter().map(|axis| axis.parameter.as_str()).collect();
    let points = counted(sweep.points.len(), "point");
    let _ = writeln!(out, "{name} over {}: {points}, {} a month\n", parameters.join(" and "), grid.currency);
    let flips = sweep.flips();
    match grid.axes.as_slice() {
        [_, _] => matrix(sweep).print("", &mut out),
        _ => curve(sweep, &flips).print("", &mut out),
    }
    let gaps = sweep.points.iter().filter_map(|point| match &point.outcome {
        Outcome::Plan(plan) if plan.proof != Known::Optimal => Some(plan.gap),
        _ => None,
    });
    match gaps.reduce(f64::max) {
        Some(gap) => {
            let _ = writeln!(out, "\nEach plan is proven within {} of the cheapest", gap_text(gap));
        }
        None => out.push_str("\nEach plan is proven optimal: none is cheaper, rounding aside\n"),
    }
    tell_flips(grid, &flips, &mut out);
    out
}

/// The cost at each value of one parameter, and what changed since the one before.
fn curve(sweep: &Sweep, flips: &[Flip]) -> Table {
    use Align::{Left, Right};
    let title = sweep.grid.axes.first().map_or("", |axis| axis.parameter.as_str());
    let mut table = Table::new(&[(title, Right), ("cost", Right), ("change", Right), ("gap", Right), ("moves", Left)]);
    let mut last: Option<Amount> = None;
    for point in &sweep.points {
        let value = sweep.grid.values(point.number).next().unwrap_or_default().to_owned();
        let row = match &point.outcome {
            Outcome::Plan(plan) => {
                let change = last.and_then(|last| plan.cost.minus(last)).map(Amount::in_cents).unwrap_or_default();
                last = Some(plan.cost);
                let gap = if plan.proof == Known::Optimal { String::new() } else { gap_text(plan.gap) };
                let moves = flips.iter().find(|flip| flip.to == point.number).map(|flip| flip.moves.as_slice());
                [value, plan.cost.in_cents(), change, gap, moves.map_or(String::new(), names)]
            }
            Outcome::NoPlan(reason) => [value, reason.name().to_owned(), String::new(), String::new(), String::new()],
        };
        table.row(row);
    }
    table
}

/// The workloads that move, the first few by name.
fn names(moves: &[FlipMove]) -> String {
    let shown: Vec<&str> = moves.iter().take(3).map(|found| &*found.workload).collect();
    let more = moves.len() - shown.len();
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

/// The cost at each pair of values.
fn matrix(sweep: &Sweep) -> Table {
    let [rows, columns] = sweep.grid.axes.as_slice() else { return Table::new(&[]) };
    let corner = format!("{} \\ {}", rows.parameter, columns.parameter);
    let mut header = vec![(corner.as_str(), Align::Right)];
    header.extend(columns.values.iter().map(|value| (value.as_str(), Align::Right)));
    let mut table = Table::new(&header);
    for (row, value) in rows.values.iter().enumerate() {
        let cells = (0..columns.values.len()).map(|column| {
            let point = sweep.point(row * columns.values.len() + column);
            point.map_or(String::new(), |point| cost_cell(&point.outcome))
        });
        table.row(std::iter::once(value.clone()).chain(cells));
    }
    table
}

fn cost_cell(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Plan(plan) => plan.cost.in_cents(),
        Outcome::NoPlan(reason) => reason.name().to_owned(),
    }
}

fn tell_flips(grid: &Grid, flips: &[Flip], out: &mut String) {
    if flips.is_empty() {
        out.push_str("\nNo decision flips: wherever there is a plan, everything runs at the same places\n");
        return;
    }
    out.push_str("\nWhere decisions flip\n");
    for flip in flips.iter().take(MOST_FLIPS) {
        let _ = writeln!(out, "  {}", step(grid, flip));
        let mut table = Table::new(&[("", Align::Left), ("", Align::Left), ("", Align::Left), ("", Align::Left)]);
        for found in flip.moves.iter().take(MOST_MOVES) {
            table.row([found.workload.to_string(), at(&found.from), "→".to_owned(), at(&found.to)]);
        }
        let mut rows = String::new();
        table.print("    ", &mut rows);
        // The first row is the header, which has no titles here.
        out.extend(rows.split_inclusive('\n').skip(1));
        if flip.moves.len() > MOST_MOVES {
            let _ = writeln!(out, "    and {} more", flip.moves.len() - MOST_MOVES);
        }
    }
    if flips.len() > MOST_FLIPS {
        let _ = writeln!(out, "  and {} more; the JSON form has all of them", flips.len() - MOST_FLIPS);
    }
}

fn at(spots: &[Spot]) -> String {
    if spots.is_empty() { "not placed".to_owned() } else { spots_text(spots) }
}

/// "budget from 100 to 150 at share 60%".
fn step(grid: &Grid, flip: &Flip) -> String {
    let [from, to] = [flip.from, flip.to].map(|point| grid.values(point).collect::<Vec<_>>());
    let mut text = String::new();
    for (number, axis) in grid.axes.iter().enumerate() {
        let [from, to] = [&from, &to].map(|values| values.get(number).copied().unwrap_or_default());
        if number == flip.axis {
            text = format!("{} from {from} to {to}", axis.parameter);
        }
    }
    let others = grid.axes.iter().zip(&from).enumerate().filter(|(number, _)| *number != flip.axis);
    for (_, (axis, value)) in others {
        let _ = write!(text, " at {} {value}", axis.parameter);
    }
    text
}

/// A row for each point with every digit: for a spreadsheet or a plot.
#[must_use]
pub fn sweep_table(sweep: &Sweep, layout: Layout) -> String {
    use Align::{Left, Right};
    let mut header: Vec<(&str, Align)> = sweep.grid.axes.iter().map(|axis| (axis.parameter.as_str(), Right)).collect();
    header.extend([("cost", Right), ("bound", Right), ("gap", Right), ("outcome", Left), ("moves", Right)]);
    let mut table = Table::new(&header);
    let flips = sweep.flips();
    let last = sweep.grid.axes.len().saturating_sub(1);
    for point in &sweep.points {
        let outcome = match &point.outcome {
            Outcome::Plan(plan) => {
                let moves = flips.iter().find(|flip| flip.to == point.number && flip.axis == last);
                let moves = moves.map_or(0, |flip| flip.moves.len()).to_string();
                let known = if plan.proof == Known::Optimal { "optimal" } else { "bounded" };
                [plan.cost.to_string(), plan.bound.to_string(), plan.gap.to_string(), known.to_owned(), moves]
            }
            Outcome::NoPlan(reason) => {
                [String::new(), String::new(), String::new(), reason.name().to_owned(), String::new()]
            }
        };
        table.row(sweep.grid.values(point.number).map(str::to_owned).chain(outcome));
    }
    table.write(layout)
}

/// A sweep or a part of one, whole: what [`crate::sweep_from_json`] reads back.
#[must_use]
pub fn sweep_json(sweep: &Sweep) -> String {
    #[derive(Serialize)]
    struct PointJson<'a> {
        number: usize,
        values: Vec<&'a str>,
        #[serde(flatten)]
        outcome: &'a Outcome,
    }
    #[derive(Serialize)]
    struct Document<'a> {
        tradewind: &'static str,
        #[serde(flatten)]
        grid: &'a Grid,
        shard: Option<Shard>,
        points: Vec<PointJson<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        flips: Option<Vec<Flip>>,
    }
    let points = sweep.points.iter().map(|point| PointJson {
        number: point.number,
        values: sweep.grid.values(point.number).collect(),
        outcome: &point.outcome,
    });
    document(&Document {
        tradewind: "sweep/1",
        grid: &sweep.grid,
        shard: sweep.shard,
        points: points.collect(),
        // A part does not have the neighbours of its points.
        flips: sweep.shard.is_none().then(|| sweep.flips()),
    })
}
