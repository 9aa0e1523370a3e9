//! Climbs from multipliers to better ones, along what the answers use too much or too little of.

use crate::solve::dual::{Dual, Ranges};

/// Work of one step of a search over several limits.
const STEP_WORK: u64 = 4;
/// Steps of such searches for each step of a climb, beyond which it ends early; steps over one limit are shorter and count
/// as a tenth.
const PATIENCE: u64 = 30_000;

/// The best multipliers of a climb.
pub(crate) struct Climbed {
    pub(crate) bound: f64,
    pub(crate) multipliers: Vec<f64>,
    /// Values of all columns, the later ones weighing more: near the values of the relaxation.
    pub(crate) average: Vec<f64>,
}

/// How a climb goes.
pub(crate) struct Climb<'a> {
    pub(crate) steps: usize,
    /// The cost of the best plan, if there is one.
    pub(crate) best: Option<f64>,
    /// A bound from which on the climb may stop.
    pub(crate) enough: f64,
    /// Whether to end at so much work.
    pub(crate) halt: &'a dyn Fn(u64) -> bool,
}

/// Climbs; `None` if the ranges leave nothing. `work` counts columns looked at.
pub(crate) fn climb(
    dual: &Dual<'_>,
    ranges: &Ranges,
    start: &[f64],
    climb: &Climb<'_>,
    work: &mut u64,
    on_answer: &mut dyn FnMut(usize, &[f64], &[f64]),
) -> Option<Climbed> {
    let program = dual.program;
    let priced: Vec<bool> = (0..program.rows.len()).map(|row| dual.prices(row)).collect();
    let mut multipliers: Vec<f64> =
        start.iter().zip(&priced).map(|(value, priced)| if *priced { *value } else { 0.0 }).collect();
    let figures: u64 = program.columns.iter().map(|column| 1 + column.entries.len() as u64).sum();
    let mut climbed = Climbed {
        // Below any sum, but a number that comparisons may count with.
        bound: -1e300,
        multipliers: multipliers.clone(),
        average: vec![0.0; program.columns.len()],
    };
    // What a step in one row's multiplier is measured in.
    let scale: Vec<f64> = program
        .rows
        .iter()
        .zip(&dual.layout.scale)
        .map(|(row, scale)| if row.kind.is_of_block() { row.bound.abs().max(*scale) } else { *scale })
        .collect();
    let (mut pace, mut since, mut steps) = (1.0, 0, 0);
    let mut slope = vec![0.0; program.rows.len()];
    for step in 0..climb.steps {
        let answer = dual.ask(ranges, &multipliers, true)?;
        *work += figures + answer.steps.of_one + STEP_WORK * answer.steps.of_several;
        steps += answer.steps.of_one / 10 + answer.steps.of_several;
        let weight = if step == 0 { 1.0 } else { 0.1 };
        for (average, value) in climbed.average.iter_mut().zip(&answer.values) {
            *average += weight * (value - *average);
        }
        if answer.bound > climbed.bound + 1e-9 * climbed.bound.abs().max(1e-3) {
            if answer.bound > climbed.bound + 1e-6 * climbed.bound.abs() {
                since = 0;
            }
            climbed.bound = answer.bound;
            climbed.multipliers.copy_from_slice(&multipliers);
        } else {
            since += 1;
        }
        if since >= 8 {
            pace *= 0.6;
            since = 0;
        }
        on_answer(step, &answer.values, &climbed.average);
        if climbed.bound >= climb.enough || (climb.halt)(*work) || pace < 0.004 || steps > PATIENCE * climb.steps as u64
        {
            break;
        }
        // What the answers use beyond each bound.
        for (value, row) in slope.iter_mut().zip(&program.rows) {
            *value = -row.bound;
        }
        for (column, &value) in program.columns.iter().zip(&answer.values) {
            if value != 0.0 {
                for &(row, figure) in &column.entries {
                    slope[row] += figure * value;
                }
                if let Some(curve) = &column.curve {
                    let cost = curve.at(value);
                    for &(row, figure) in &curve.entries {
                        slope[row] += figure * cost;
                    }
                }
            }
        }
        let mut length = 0.0;
        for row in 0..slope.len() {
            slope[row] /= scale[row];
            if !priced[row] || (!program.rows[row].equal && multipliers[row] <= 0.0 && slope[row] < 0.0) {
                slope[row] = 0.0;
            }
            length += slope[row] * slope[row];
        }
        if length < 1e-18 {
            break;
        }
        let target = climb.best.map_or_else(
            || answer.bound + 0.05 * answer.bound.abs().max(1.0),
            |best| best.max(climbed.bound + 1e-3) + 0.002 * best.abs(),
        );
        let far = pace * (target - answer.bound).max(1e-6) / length;
        for row in 0..slope.len() {
            if slope[row] != 0.0 {
                multipliers[row] += far * slope[row] / scale[row];
                if !program.rows[row].equal && multipliers[row] < 0.0 {
                    multipliers[row] = 0.0;
                }
            }
        }
    }
    Some(climbed)
}
