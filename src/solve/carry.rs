//! Carries ranges through rows: what a branch on one column means for the others.
//!
//! In `Σ figure × column ≤ bound`, the least that all others can add leaves so much for each one. Nothing that keeps
//! every row is lost. Floats are given some room on every step, so that the exact checker, who does the same, comes at
//! least as far.

use crate::program::{ColumnKind, Program};
use crate::solve::dual::Ranges;
use crate::solve::layout::Layout;

/// Room for floats, of the larger of bound and scale.
const ROOM: f64 = 1e-7;
/// Units from which on a range is wide.
const WIDE: f64 = 1_000.0;
/// Rows looked at, for each row of the program, before it is left at that.
const ROUNDS: usize = 12;

/// Carries ranges through the rows that `changed` columns stand in (all rows if it is `None`); false if they leave
/// nothing. Work is added to `work`.
pub(crate) fn carry(
    program: &Program,
    layout: &Layout,
    ranges: &mut Ranges,
    changed: Option<&[usize]>,
    work: &mut u64,
) -> bool {
    let count = program.rows.len();
    let mut waiting = vec![changed.is_none(); count];
    let mut queue: std::collections::VecDeque<usize> = std::collections::VecDeque::new();
    match changed {
        None => queue.extend(0..count),
        Some(columns) => {
            for &column in columns {
                wake(program, column, &mut waiting, &mut queue);
            }
        }
    }
    let mut looks = 0;
    while let Some(row) = queue.pop_front() {
        waiting[row] = false;
        looks += 1;
        if looks > ROUNDS * count.max(50) {
            break;
        }
        *work += program.rows[row].entries.len() as u64;
        let mut moved: Vec<usize> = Vec::new();
        if !tighten(program, layout, ranges, row, 1.0, &mut moved)
            || (program.rows[row].equal && !tighten(program, layout, ranges, row, -1.0, &mut moved))
        {
            return false;
        }
        for column in moved {
            wake(program, column, &mut waiting, &mut queue);
        }
    }
    true
}

fn wake(program: &Program, column: usize, waiting: &mut [bool], queue: &mut std::collections::VecDeque<usize>) {
    let column = &program.columns[column];
    for &(row, _) in column.entries.iter().chain(column.curve.iter().flat_map(|curve| &curve.entries)) {
        if !waiting[row] {
            waiting[row] = true;
            queue.push_back(row);
        }
    }
}

/// One row, with its figures and bound times `sign`.
fn tighten(
    program: &Program,
    layout: &Layout,
    ranges: &mut Ranges,
    number: usize,
    sign: f64,
    moved: &mut Vec<usize>,
) -> bool {
    let row = &program.rows[number];
    let bound = sign * row.bound;
    let mut least = 0.0;
    for &(column, figure) in &row.entries {
        let figure = sign * figure;
        least += figure * if figure > 0.0 { ranges.least[column] } else { ranges.most[column] };
    }
    if layout.curved[number] {
        for (column, found) in program.columns.iter().enumerate() {
            let Some(curve) = &found.curve else { continue };
            for &(_, figure) in curve.entries.iter().filter(|(row, _)| *row == number) {
                let figure = sign * figure;
                least += figure * curve.at(if figure > 0.0 { ranges.least[column] } else { ranges.most[column] });
            }
        }
    }
    let room = ROOM * bound.abs().max(layout.scale[number]);
    let slack = bound - least;
    if slack < -room {
        return false;
    }
    for &(column, figure) in &row.entries {
        let figure = sign * figure;
        let (from, to) = (ranges.least[column], ranges.most[column]);
        if from >= to || figure == 0.0 || figure.abs() * (to - from) <= slack {
            continue;
        }
        let step = (slack.max(0.0) + room) / figure.abs();
        let whole = !matches!(program.columns[column].kind, ColumnKind::Volume { .. });
        // Two rows can hand each other a wide range in ever smaller cuts; the exact checker ends that early, too.
        let enough = if whole && to - from < WIDE { 0.0 } else { 1e-3 * (to - from) };
        if figure > 0.0 {
            let mut end = from + step;
            if whole {
                end = (end + 1e-6).floor();
            }
            if end < to - 1e-9 * to.abs().max(1e-9) && end < to - enough {
                ranges.most[column] = end.max(from);
                moved.push(column);
            }
        } else {
            let mut end = to - step;
            if whole {
                end = (end - 1e-6).ceil();
            }
            if end > from + 1e-9 * to.abs().max(1e-9) && end > from + enough {
                ranges.least[column] = end.min(to);
                moved.push(column);
            }
        }
    }
    true
}
