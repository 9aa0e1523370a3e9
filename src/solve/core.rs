//! The program within the root's ranges as a core for a back end, tariffs as the hull of their steps.

use crate::program::Program;
use crate::solve::backend::Core;
use crate::solve::branch;
use crate::solve::dual::Ranges;
use crate::solve::layout::Layout;
use crate::solve::state::Parts;

/// Free columns up to which a back end is asked.
#[cfg(not(feature = "highs"))]
pub(crate) const MOST_COLUMNS: usize = 400;
/// Free columns up to which a back end is asked.
#[cfg(feature = "highs")]
pub(crate) const MOST_COLUMNS: usize = 5_000;

/// A core, and which column of the program each of its first columns is.
pub(crate) struct Small {
    pub(crate) core: Core,
    columns: Vec<usize>,
    fixed: Vec<f64>,
}

/// The core of a program; `None` if it is too large. `start` are the parts of a plan.
pub(crate) fn core(program: &Program, layout: &Layout, ranges: &Ranges, start: &[Parts], cases: u32) -> Option<Small> {
    let free: Vec<usize> =
        (0..program.columns.len()).filter(|&column| ranges.most[column] > ranges.least[column]).collect();
    if free.len() > MOST_COLUMNS {
        return None;
    }
    let mut at = vec![usize::MAX; program.columns.len()];
    let values = branch::values_of(program, layout, start);
    let mut core = Core { cases, start: Some(Vec::new()), ..Core::default() };
    let mut first: Vec<f64> = Vec::new();
    for (position, &column) in free.iter().enumerate() {
        at[column] = position;
        let found = &program.columns[column];
        let fine = found.curve.is_some() || found.most > 1e5;
        core.columns.push((found.cost, ranges.least[column], ranges.most[column], !fine));
        first.push(values[column].clamp(ranges.least[column], ranges.most[column]));
    }
    let mut extra: Vec<Vec<(usize, f64)>> = vec![Vec::new(); program.rows.len()];
    for &column in &free {
        let Some(curve) = &program.columns[column].curve else { continue };
        let mut weights = Vec::new();
        let mut volume = vec![(at[column], -1.0)];
        for (point, &(end, cost)) in curve.points.iter().enumerate() {
            let weight = core.columns.len();
            core.columns.push((cost, 0.0, 1.0, false));
            first.push(hull_weight(&curve.points, point, values[column]));
            weights.push((weight, 1.0));
            if end != 0.0 {
                volume.push((weight, end));
            }
            for &(row, figure) in curve.entries.iter().filter(|_| cost != 0.0) {
                extra[row].push((weight, figure * cost));
            }
        }
        core.rows.push((weights, true, 1.0));
        core.rows.push((volume, true, 0.0));
    }
    for (number, row) in program.rows.iter().enumerate() {
        let mut bound = row.bound;
        let mut entries: Vec<(usize, f64)> = std::mem::take(&mut extra[number]);
        for &(column, figure) in &row.entries {
            if at[column] == usize::MAX {
                bound -= figure * ranges.least[column];
            } else {
                entries.push((at[column], figure));
            }
        }
        let scale = entries.iter().map(|(_, figure)| figure.abs()).fold(0.0, f64::max);
        if scale > 0.0 {
            entries.iter_mut().for_each(|(_, figure)| *figure /= scale);
            core.rows.push((entries, row.equal, bound / scale));
        }
    }
    core.start = Some(first);
    Some(Small { core, columns: free, fixed: ranges.least.clone() })
}

/// The weight of a point of a hull at a volume.
fn hull_weight(points: &[(f64, f64)], point: usize, volume: f64) -> f64 {
    let here = points[point].0;
    let beside = if volume <= here { point.checked_sub(1) } else { Some(point + 1) };
    match beside.and_then(|beside| points.get(beside)) {
        _ if (volume - here).abs() <= 1e-12 * here.abs() => 1.0,
        Some(other) => (1.0 - (volume - here).abs() / (other.0 - here).abs()).max(0.0),
        None => 0.0,
    }
}

impl Small {
    /// Values of a core as parts of blocks.
    pub(crate) fn parts(&self, program: &Program, found: &[f64]) -> Vec<Parts> {
        let mut values = self.fixed.clone();
        for (&column, &value) in self.columns.iter().zip(found) {
            values[column] = value;
        }
        branch::rounded(program, &values, &values)
    }
}
