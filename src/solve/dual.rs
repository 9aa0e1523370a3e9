//! Price the rows, let each block answer: a bound from any multipliers.
//!
//! `L(π) = Σ_blocks min (cost + π · figures) − Σ π · bound`. What a block is depends on what is kept inside the minima
//! ([`Form`]): every placement, so that each workload takes its cheapest priced candidate, or limits and fees, so that
//! each region fills its capacity by a knapsack. In floats; `check` recomputes what becomes part of a proof.

use crate::program::{ColumnKind, Program, RowKind};
use crate::solve::knapsack::{Item, knapsack};
use crate::solve::layout::Layout;
use crate::solve::several::{self, ROOMS};

/// Ranges of all columns.
#[derive(Clone, Debug)]
pub(crate) struct Ranges {
    pub(crate) least: Vec<f64>,
    pub(crate) most: Vec<f64>,
}

/// Limits, a fee, or both, answering as one.
#[derive(Clone, Debug)]
pub(crate) struct Cluster {
    /// Row of the limit.
    pub(crate) limit: Option<usize>,
    /// Its bound; infinite without a limit.
    pub(crate) room: f64,
    /// Column of the fee, and one of its rows.
    pub(crate) opens: Option<(usize, usize)>,
    /// Units columns with their figure in the limit, 0 outside it.
    pub(crate) columns: Vec<(usize, f64)>,
    /// Rows of further limits, with their bounds.
    pub(crate) more: Vec<(usize, f64)>,
    /// By column, where there are further limits: its figures in the limit and in them.
    pub(crate) sizes: Vec<[f64; ROOMS]>,
    /// Whether the limit's knapsack is asked for whole numbers: where the checker can do it.
    pub(crate) whole: bool,
}

/// What holds inside the minima.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// Every block is placed.
    Places,
    /// These limits and fees hold.
    Limits(Vec<Cluster>),
}

impl Form {
    /// Whether several limits answer together somewhere.
    pub(crate) fn keeps_several(&self) -> bool {
        matches!(self, Form::Limits(clusters) if clusters.iter().any(|cluster| !cluster.more.is_empty()))
    }
}

/// Steps of searches inside the minima.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Steps {
    pub(crate) of_one: u64,
    pub(crate) of_several: u64,
}

/// What the blocks answer.
pub(crate) struct Answer {
    /// `L(π)`.
    pub(crate) bound: f64,
    /// Value of every column.
    pub(crate) values: Vec<f64>,
    /// Steps of searches over one limit and over several.
    pub(crate) steps: Steps,
}

impl Cluster {
    /// Whether it keeps a row as a limit.
    pub(crate) fn keeps(&self, row: usize) -> bool {
        self.limit == Some(row) || self.more.iter().any(|(further, _)| *further == row)
    }
}

/// A program with ranges, asked under one form.
pub(crate) struct Dual<'a> {
    pub(crate) program: &'a Program,
    pub(crate) layout: &'a Layout,
    pub(crate) form: &'a Form,
}

impl Dual<'_> {
    /// Whether a row is priced, and not kept.
    pub(crate) fn prices(&self, row: usize) -> bool {
        let kind = self.program.rows[row].kind;
        match self.form {
            Form::Places => !kind.is_of_block(),
            Form::Limits(clusters) => {
                // Where a fee's columns answer with it, its links hold by themselves.
                let fee = |cluster: &Cluster| cluster.opens.map(|(column, _)| self.program.columns[column].kind);
                match kind {
                    RowKind::Limit { .. } => !clusters.iter().any(|cluster| cluster.keeps(row)),
                    RowKind::Opens { fee: number, .. } => {
                        !clusters.iter().any(|cluster| fee(cluster) == Some(ColumnKind::Opens { fee: number }))
                    }
                    _ => true,
                }
            }
        }
    }

    /// The bound of multipliers, and the answers; `None` if the ranges leave nothing. With `priced` false costs are
    /// left out.
    pub(crate) fn ask(&self, ranges: &Ranges, multipliers: &[f64], priced: bool) -> Option<Answer> {
        let program = self.program;
        let mut bound = 0.0;
        for (row, &multiplier) in program.rows.iter().zip(multipliers) {
            if multiplier != 0.0 {
                bound -= multiplier * row.bound;
            }
        }
        let mut reduced = Vec::with_capacity(program.columns.len());
        for column in &program.columns {
            let mut cost = if priced { column.cost } else { 0.0 };
            for &(row, figure) in &column.entries {
                cost += multipliers[row] * figure;
            }
            reduced.push(cost);
        }
        let mut values = vec![0.0; program.columns.len()];
        let mut steps = Steps::default();
        match self.form {
            Form::Places => {
                for block in 0..program.blocks.len() {
                    bound += self.place(block, ranges, &reduced, &mut values)?;
                }
                for &column in &self.layout.loose {
                    bound += self.loose(column, ranges, &reduced, multipliers, priced, &mut values);
                }
            }
            Form::Limits(clusters) => {
                let mut asked = vec![false; program.columns.len()];
                for cluster in clusters {
                    bound += cluster_minimum(cluster, ranges, &reduced, &mut values, &mut steps)?;
                    cluster.columns.iter().for_each(|&(column, _)| asked[column] = true);
                    if let Some((column, _)) = cluster.opens {
                        asked[column] = true;
                    }
                }
                for column in (0..program.columns.len()).filter(|&column| !asked[column]) {
                    bound += self.loose(column, ranges, &reduced, multipliers, priced, &mut values);
                }
            }
        }
        Some(Answer { bound, values, steps })
    }

    /// The cheapest way to place a block.
    fn place(&self, block: usize, ranges: &Ranges, reduced: &[f64], values: &mut [f64]) -> Option<f64> {
        let found = &self.program.blocks[block];
        if found.groups.iter().all(|group| group.bought.is_none()) {
            let units = found.groups.first().map_or(found.copies, |group| group.units);
            let columns = found.groups.iter().flat_map(|group| &group.columns).chain(&found.unplaced).copied();
            return fill(columns, f64::from(units), ranges, reduced, values);
        }
        // One of the groups, or nothing.
        let chosen = |column: usize| ranges.least[column] > 0.5;
        let allowed = |column: usize| ranges.most[column] > 0.5;
        let options: Vec<usize> = found.groups.iter().filter_map(|group| group.bought).chain(found.unplaced).collect();
        let forced = options.iter().filter(|&&column| chosen(column)).count();
        let mut best: Option<(f64, usize)> = None;
        let mut scratch = vec![0.0; 0];
        for &option in &options {
            if !allowed(option) || forced > usize::from(chosen(option)) {
                continue;
            }
            let mut cost = reduced[option];
            let group = found.groups.iter().find(|group| group.bought == Some(option));
            let others = found.groups.iter().filter(|other| other.bought != Some(option));
            if others.flat_map(|other| &other.columns).any(|&column| ranges.least[column] > 0.5) {
                continue;
            }
            if let Some(group) = group {
                scratch.resize(values.len(), 0.0);
                let units = f64::from(group.units);
                match fill(group.columns.iter().copied(), units, ranges, reduced, &mut scratch) {
                    Some(least) => cost += least,
                    None => continue,
                }
            }
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, option));
            }
        }
        let (cost, option) = best?;
        values[option] = 1.0;
        if let Some(group) = found.groups.iter().find(|group| group.bought == Some(option)) {
            fill(group.columns.iter().copied(), f64::from(group.units), ranges, reduced, values)?;
        }
        Some(cost)
    }

    /// A column that answers by itself: an end of its range, or a step of a tariff.
    fn loose(
        &self,
        column: usize,
        ranges: &Ranges,
        reduced: &[f64],
        multipliers: &[f64],
        priced: bool,
        values: &mut [f64],
    ) -> f64 {
        let (least, most) = (ranges.least[column], ranges.most[column]);
        let Some(curve) = &self.program.columns[column].curve else {
            let value = if reduced[column] < 0.0 { most } else { least };
            values[column] = value;
            return if value == 0.0 { 0.0 } else { value * reduced[column] };
        };
        let weight = curve.entries.iter().map(|&(row, figure)| multipliers[row] * figure).sum::<f64>()
            + if priced { 1.0 } else { 0.0 };
        let steps = curve.points.iter().map(|point| point.0).filter(|&point| point > least && point < most);
        let mut best = (f64::INFINITY, least);
        for volume in [least, most].into_iter().chain(steps) {
            let cost = weight * curve.at(volume) + reduced[column] * volume;
            if cost < best.0 {
                best = (cost, volume);
            }
        }
        values[column] = best.1;
        best.0
    }
}

/// The cheapest units that add up to `units`, least ends first; `None` if they cannot.
fn fill(
    columns: impl Iterator<Item = usize> + Clone,
    units: f64,
    ranges: &Ranges,
    reduced: &[f64],
    values: &mut [f64],
) -> Option<f64> {
    let mut cost = 0.0;
    let mut left = units;
    for column in columns.clone() {
        let least = ranges.least[column];
        values[column] = least;
        if least != 0.0 {
            cost += least * reduced[column];
            left -= least;
        }
    }
    if left < -0.5 {
        return None;
    }
    // Mostly the cheapest one takes all that is left.
    while left > 0.5 {
        let mut best: Option<(f64, usize)> = None;
        for column in columns.clone() {
            if ranges.most[column] - values[column] > 0.5 && best.is_none_or(|(least, _)| reduced[column] < least) {
                best = Some((reduced[column], column));
            }
        }
        let (price, column) = best?;
        let taken = left.min(ranges.most[column] - values[column]);
        values[column] += taken;
        cost += taken * price;
        left -= taken;
    }
    Some(cost)
}

/// The minimum of a cluster: the fee unpaid and nothing there, or paid and the best filling.
fn cluster_minimum(
    cluster: &Cluster,
    ranges: &Ranges,
    reduced: &[f64],
    values: &mut [f64],
    steps: &mut Steps,
) -> Option<f64> {
    let forced = cluster.columns.iter().any(|&(column, _)| ranges.least[column] > 0.5);
    let (may_close, may_open, fee) = match cluster.opens {
        Some((column, _)) => (ranges.least[column] < 0.5 && !forced, ranges.most[column] > 0.5, reduced[column]),
        None => (false, true, 0.0),
    };
    let open = match may_open {
        false => None,
        true if cluster.more.is_empty() => within(cluster, ranges, reduced, values, &mut steps.of_one),
        true => within_several(cluster, ranges, reduced, values, &mut steps.of_several),
    };
    match open.map(|cost| fee + cost) {
        Some(cost) if !may_close || cost < 0.0 => {
            if let Some((column, _)) = cluster.opens {
                values[column] = 1.0;
            }
            Some(cost)
        }
        _ if may_close => {
            cluster.columns.iter().for_each(|&(column, _)| values[column] = 0.0);
            if let Some((column, _)) = cluster.opens {
                values[column] = 0.0;
            }
            Some(0.0)
        }
        _ => None,
    }
}

/// The best filling of one limit; `None` if what must be there is beyond it.
fn within(cluster: &Cluster, ranges: &Ranges, reduced: &[f64], values: &mut [f64], steps: &mut u64) -> Option<f64> {
    let mut cost = 0.0;
    let mut room = cluster.room;
    let mut items: Vec<Item> = Vec::new();
    for &(column, figure) in &cluster.columns {
        cost += at_least(column, ranges, reduced, values);
        let (least, most) = (ranges.least[column], ranges.most[column]);
        if figure > 0.0 {
            room -= figure * least;
        }
        if reduced[column] < 0.0 && most > least {
            if figure > 0.0 {
                items.push(Item { column, profit: -reduced[column], size: figure, most: most - least });
            } else {
                cost += (most - least) * reduced[column];
                values[column] = most;
            }
        }
    }
    if room < -1e-7 * room.abs().max(1.0) && cluster.limit.is_some() {
        return None;
    }
    Some(cost - knapsack(&mut items, room.max(0.0), cluster.whole, values, steps))
}

/// The best filling of several limits; `None` if what must be there is beyond one of them.
fn within_several(
    cluster: &Cluster,
    ranges: &Ranges,
    reduced: &[f64],
    values: &mut [f64],
    steps: &mut u64,
) -> Option<f64> {
    let mut cost = 0.0;
    let mut rooms: Vec<f64> = std::iter::once(cluster.room).chain(cluster.more.iter().map(|(_, room)| *room)).collect();
    let bounds = rooms.clone();
    let mut items: Vec<several::Item> = Vec::new();
    for (&(column, _), &sizes) in cluster.columns.iter().zip(&cluster.sizes) {
        cost += at_least(column, ranges, reduced, values);
        let (least, most) = (ranges.least[column], ranges.most[column]);
        if least != 0.0 {
            rooms.iter_mut().zip(sizes).for_each(|(room, size)| *room -= size * least);
        }
        if reduced[column] < 0.0 && most > least {
            items.push(several::Item { column, profit: -reduced[column], sizes, most: most - least });
        }
    }
    if rooms.iter().zip(&bounds).any(|(room, bound)| *room < -1e-7 * bound.max(1.0)) {
        return None;
    }
    rooms.iter_mut().for_each(|room| *room = room.max(0.0));
    let filled = several::fill(items, &rooms, values);
    *steps += filled.steps;
    Some(cost - filled.profit)
}

/// A column at its lower end, and what that costs.
fn at_least(column: usize, ranges: &Ranges, reduced: &[f64], values: &mut [f64]) -> f64 {
    let least = ranges.least[column];
    values[column] = least;
    if least == 0.0 { 0.0 } else { least * reduced[column] }
}
