//! Rays: multipliers that show that nothing keeps all rules, whatever it costs.
//!
//! With costs left out, `Σ_blocks min (π · figures) − Σ π · bound` is at most 0 for every plan; a sum above 0 shows that
//! there is none. Linear programs bring such multipliers where they are small enough to be solved. Elsewhere one rule
//! mostly decides: its least use is above its bound, and its own multiplier is the ray. Example: 100 machines of eight
//! accelerators each under a quota of 64.

use crate::program::Program;
use crate::solve::dual::{Dual, Ranges};
use crate::solve::layout::{Layout, Role};

/// What a sum must exceed to be no noise of floats, in parts of what was added up.
const NOISE: f64 = 1e-9;
/// Steps of a climb.
const STEPS: usize = 120;

/// A single rule whose least use is above its bound.
pub(crate) fn lone(dual: &Dual<'_>, ranges: &Ranges, work: &mut u64) -> Option<Vec<f64>> {
    let (program, layout) = (dual.program, dual.layout);
    let figures = figures(program);
    rules(program, layout).find_map(|row| {
        *work += figures;
        let mut ray = vec![0.0; program.rows.len()];
        ray[row] = 1.0 / layout.scale[row];
        shows(dual, ranges, &ray).then_some(ray)
    })
}

/// Several rules that cannot hold together, if a climb finds a ray.
pub(crate) fn joint(dual: &Dual<'_>, ranges: &Ranges, work: &mut u64) -> Option<Vec<f64>> {
    let (program, layout) = (dual.program, dual.layout);
    let figures = figures(program);
    let priced: Vec<bool> = (0..program.rows.len()).map(|row| dual.prices(row) && layout.scale[row] > 0.0).collect();
    let mut ray = vec![0.0; program.rows.len()];
    for row in rules(program, layout) {
        ray[row] = 1.0 / layout.scale[row];
    }
    let mut best = -1e300_f64;
    let (mut pace, mut since) = (1.0, 0);
    for _ in 0..STEPS {
        *work += 2 * figures;
        let answer = dual.ask(ranges, &ray, false)?;
        if answer.bound > 0.0 && shows(dual, ranges, &ray) {
            return Some(ray);
        }
        since = if answer.bound > best + 1e-6 * best.abs() { 0 } else { since + 1 };
        best = best.max(answer.bound);
        if since >= 6 {
            (pace, since) = (pace * 0.6, 0);
        }
        // What the answers use beyond each bound, in parts of its largest figure.
        let mut slope: Vec<f64> = program.rows.iter().map(|row| -row.bound).collect();
        for (column, &value) in program.columns.iter().zip(&answer.values).filter(|(_, value)| **value != 0.0) {
            column.entries.iter().for_each(|&(row, figure)| slope[row] += figure * value);
            if let Some(curve) = &column.curve {
                let cost = curve.at(value);
                curve.entries.iter().for_each(|&(row, figure)| slope[row] += figure * cost);
            }
        }
        let mut length = 0.0;
        for (row, slope) in slope.iter_mut().enumerate() {
            let held = !program.rows[row].equal && ray[row] <= 0.0 && *slope < 0.0;
            *slope = if priced[row] && !held { *slope / layout.scale[row] } else { 0.0 };
            length += *slope * *slope;
        }
        if length < 1e-18 {
            return None;
        }
        // A ray may be of any length: a step aims at a sum a little above 0.
        let far = pace * (0.05 * answer.bound.abs() - answer.bound).max(1e-6) / length;
        for (row, slope) in slope.into_iter().enumerate().filter(|(_, slope)| *slope != 0.0) {
            ray[row] += far * slope / layout.scale[row];
            if !program.rows[row].equal {
                ray[row] = ray[row].max(0.0);
            }
        }
    }
    None
}

fn rules(program: &Program, layout: &Layout) -> impl Iterator<Item = usize> {
    let rule = |&row: &usize| layout.roles[row] == Role::Rule && !program.rows[row].equal && layout.scale[row] > 0.0;
    (0..program.rows.len()).filter(rule)
}

fn figures(program: &Program) -> u64 {
    program.columns.iter().map(|column| 1 + column.entries.len() as u64).sum()
}

/// Whether multipliers show that nothing is there, by more than noise.
pub(crate) fn shows(dual: &Dual<'_>, ranges: &Ranges, ray: &[f64]) -> bool {
    let Some(answer) = dual.ask(ranges, ray, false) else { return true };
    let weight: f64 = dual.program.rows.iter().zip(ray).map(|(row, value)| (row.bound * value).abs()).sum();
    answer.bound > NOISE * weight.max(1.0)
}
