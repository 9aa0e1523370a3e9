//! The linear program, written once through good_lp.
//!
//! ```text
//! minimise  Σ cost · x  +  Σ region cost · y
//! for each workload           Σ x = 1                    x whole, or a fraction for `split: any`
//!                             Σ x = replicas             for `split: replicas`, x whole
//! for each limit's row        Σ weight · x + Σ region weight · y ≤ bound
//! for each region of a split workload that keeps storage there    least · y ≤ Σ x ≤ most · y,  y = 0 or 1
//! ```
//!
//! A workload split replica by replica whose replica count depends on the accelerator is split among offers of one
//! count: `z` chooses the count, and `Σ x = count · z`.

use good_lp::{Expression, ProblemVariables, Variable, constraint, variable};

use crate::catalog::RegionId;
use crate::problem::{Problem, Selection};
use crate::scenario::Split;
use crate::solve::backend::Budget;
use crate::solve::view::{BlockView, CandidateView, View};
use crate::units::PARTS;

/// Fewest nodes of a search.
const FEWEST_NODES: usize = 20;
/// The smallest part of a workload that is split at will, as a share.
const SMALLEST_PART: f64 = 1e-6;

/// The program of a view.
pub(crate) struct Program {
    pub(crate) variables: ProblemVariables,
    pub(crate) objective: Expression,
    pub(crate) constraints: Vec<good_lp::Constraint>,
    /// How many of the columns are whole numbers.
    pub(crate) whole: usize,
}

/// What the columns of a program mean, in the order in which a solver has them.
pub(crate) struct Layout {
    columns: Vec<Column>,
}

/// What a column of the program means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    /// Units (or the fraction) of a block at its candidate of that position in the view.
    Choice { block: usize, position: usize },
    /// Whether a block uses a region.
    Region { block: usize, region: RegionId },
    /// Whether a block's part at that position is its first in the region.
    First { block: usize, position: usize },
    /// Whether a block is bought in so many replicas.
    Count { block: usize, units: u32 },
}

/// How the workload of a block may be divided.
fn split_of(problem: &Problem, block: usize) -> Split {
    problem.workload(&problem.blocks[block]).split
}

/// Writes the program; `relaxed` leaves out that numbers be whole.
pub(crate) fn write(problem: &Problem, view: &View, relaxed: bool) -> (Program, Layout) {
    let mut writer = Writer {
        program: Program {
            variables: ProblemVariables::new(),
            objective: Expression::from(0.0),
            constraints: Vec::new(),
            whole: 0,
        },
        columns: Vec::new(),
        rows: view.bounds.iter().map(|_| Expression::from(0.0)).collect(),
        relaxed,
    };
    for (number, block) in view.blocks.iter().enumerate() {
        writer.block(number, block, split_of(problem, number));
    }
    let Writer { mut program, columns, rows, .. } = writer;
    for (row, bound) in rows.into_iter().zip(&view.bounds) {
        program.constraints.push(constraint!(row <= *bound));
    }
    (program, Layout { columns })
}

struct Writer {
    program: Program,
    columns: Vec<Column>,
    rows: Vec<Expression>,
    relaxed: bool,
}

impl Writer {
    fn add(&mut self, column: Column, whole: bool, most: f64) -> Variable {
        self.columns.push(column);
        self.program.whole += usize::from(whole);
        let definition = variable().min(0.0).max(most);
        self.program.variables.add(if whole && !self.relaxed { definition.integer() } else { definition })
    }

    fn block(&mut self, number: usize, block: &BlockView, split: Split) {
        let mut counts: Vec<u32> = block.candidates.iter().map(|candidate| candidate.units).collect();
        counts.sort_unstable();
        counts.dedup();
        let mut by_count: Vec<Expression> = counts.iter().map(|_| Expression::from(0.0)).collect();
        let mut columns = Vec::with_capacity(block.candidates.len());
        for (position, candidate) in block.candidates.iter().enumerate() {
            // `x` counts replicas, or stands for the whole workload: then every weight is that of the whole.
            let most = if split == Split::Replicas { f64::from(candidate.units) } else { 1.0 };
            let x = self.add(Column::Choice { block: number, position }, split != Split::Any, most);
            columns.push((x, most));
            let mut cost = candidate.cost / most;
            let mut weights = candidate.weights.iter().map(|&(row, weight)| (row, weight / most)).collect::<Vec<_>>();
            if split == Split::Never {
                cost += candidate.region_cost;
                weights.extend(&candidate.region_weights);
            }
            self.program.objective.add_mul(cost, x);
            self.add_to_rows(&weights, x);
            let group = counts.binary_search(&candidate.units).unwrap_or(0);
            by_count[if split == Split::Replicas { group } else { 0 }].add_mul(1.0, x);
        }
        if split != Split::Never {
            // Sorted by region.
            let mut start = 0;
            for region in block.candidates.chunk_by(|a, b| a.region == b.region) {
                let here = &columns[start..start + region.len()];
                if region.iter().any(|candidate| candidate.region_cost > 0.0 || !candidate.region_weights.is_empty()) {
                    self.region(number, split, start, region, here);
                }
                start += region.len();
            }
        }
        self.demand(number, split, &counts, by_count);
    }

    fn add_to_rows(&mut self, weights: &[(usize, f64)], column: Variable) {
        for &(row, weight) in weights {
            self.rows[row].add_mul(weight, column);
        }
    }

    /// What a divided workload keeps in a region: once, if any part of it is there.
    fn region(
        &mut self,
        block: usize,
        split: Split,
        start: usize,
        here: &[CandidateView],
        columns: &[(Variable, f64)],
    ) {
        let Some(first) = here.first() else { return };
        let y = self.add(Column::Region { block, region: first.region }, true, 1.0);
        self.program.objective.add_mul(first.region_cost, y);
        let most = columns.iter().fold(0.0, |most: f64, (_, of_one)| most.max(*of_one));
        let least = if split == Split::Any { SMALLEST_PART } else { 1.0 };
        let sum = columns.iter().fold(Expression::from(0.0), |sum, (x, _)| sum + *x);
        // Both ways: a floor on cost would gladly pay for a region in which nothing runs.
        self.program.constraints.push(constraint!(sum.clone() <= most * y));
        self.program.constraints.push(constraint!(sum >= least * y));
        if here.iter().all(|candidate| candidate.region_weights == first.region_weights) {
            self.add_to_rows(&first.region_weights, y);
            return;
        }
        // A limit that asks for a machine counts what is kept with the first part there: `w` says which that is.
        let mut one = Expression::from(0.0);
        let mut before = Expression::from(0.0);
        for (offset, (candidate, (x, _))) in here.iter().zip(columns).enumerate() {
            let w = self.add(Column::First { block, position: start + offset }, true, 1.0);
            self.add_to_rows(&candidate.region_weights, w);
            one.add_mul(1.0, w);
            self.program.constraints.push(constraint!(least * w <= *x));
            self.program.constraints.push(constraint!(before.clone() + most * w <= most));
            before.add_mul(1.0, *x);
        }
        self.program.constraints.push(constraint!(one == y));
    }

    /// All of the workload is bought.
    fn demand(&mut self, number: usize, split: Split, counts: &[u32], by_count: Vec<Expression>) {
        if split != Split::Replicas {
            for sum in by_count.into_iter().take(1) {
                self.program.constraints.push(constraint!(sum == 1.0));
            }
            return;
        }
        if let [count] = counts {
            for sum in by_count {
                self.program.constraints.push(constraint!(sum == f64::from(*count)));
            }
            return;
        }
        let mut one = Expression::from(0.0);
        for (units, mut sum) in counts.iter().copied().zip(by_count) {
            let z = self.add(Column::Count { block: number, units }, true, 1.0);
            one.add_mul(1.0, z);
            sum.add_mul(-f64::from(units), z);
            self.program.constraints.push(constraint!(sum == 0.0));
        }
        self.program.constraints.push(constraint!(one == 1.0));
    }
}

impl Layout {
    /// How many nodes a search over these columns may have with so much work: columns × nodes.
    pub(crate) fn budget(&self, work: usize) -> Budget {
        Budget { nodes: (work / self.columns.len().max(1)).max(FEWEST_NODES) as u64 }
    }

    /// The values of all columns for a selection.
    pub(crate) fn values(&self, problem: &Problem, view: &View, selection: &Selection) -> Vec<f64> {
        let value = |column: &Column| match *column {
            Column::Choice { block, position } => {
                let candidate = &view.blocks[block].candidates[position];
                let part = selection.parts[block].iter().find(|(number, _)| *number == candidate.number);
                let units = part.map_or(0.0, |(_, units)| f64::from(*units));
                match split_of(problem, block) {
                    Split::Replicas => units,
                    Split::Never | Split::Any => units / f64::from(candidate.units),
                }
            }
            Column::Region { block, region } => {
                let candidates = &problem.blocks[block].candidates;
                let used = selection.parts[block].iter().any(|(number, _)| candidates[*number].region == region);
                f64::from(u8::from(used))
            }
            Column::First { block, position } => {
                let candidates = &problem.blocks[block].candidates;
                let this = &view.blocks[block].candidates[position];
                let mut parts = selection.parts[block].iter().map(|(number, _)| *number);
                let first = parts.find(|&number| candidates[number].region == this.region);
                f64::from(u8::from(first == Some(this.number)))
            }
            Column::Count { block, units } => {
                let candidates = &problem.blocks[block].candidates;
                let used = selection.parts[block].iter().any(|(number, _)| candidates[*number].units() == units);
                f64::from(u8::from(used))
            }
        };
        self.columns.iter().map(value).collect()
    }

    /// The selection that a solver's values mean; `None` if they mean none (not numbers, nothing chosen).
    ///
    /// Values are rounded to whole units that add up to the workload: what is left over or short goes to the largest
    /// part, so the rows must be judged again on the result.
    pub(crate) fn selection(&self, problem: &Problem, view: &View, values: &[f64]) -> Option<Selection> {
        if values.len() != self.columns.len() || values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let mut parts: Vec<Vec<(usize, f64)>> = vec![Vec::new(); view.blocks.len()];
        for (column, value) in self.columns.iter().zip(values) {
            if let Column::Choice { block, position } = *column {
                parts[block].push((position, *value));
            }
        }
        let chosen = parts
            .iter()
            .zip(&view.blocks)
            .enumerate()
            .map(|(block, (values, view))| rounded(split_of(problem, block), view, values));
        Some(Selection { parts: chosen.collect::<Option<_>>()? })
    }
}

/// Whole units of each candidate, adding up to the workload, sorted by candidate.
fn rounded(split: Split, block: &BlockView, values: &[(usize, f64)]) -> Option<Vec<(usize, u32)>> {
    let &(largest, value) = values.iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
    let main = &block.candidates[largest];
    if value <= 1e-6 {
        return None;
    }
    if split == Split::Never {
        return Some(vec![(main.number, main.units)]);
    }
    let per_value = if split == Split::Any { f64::from(u32::try_from(PARTS).ok()?) } else { 1.0 };
    let mut left = i64::from(main.units);
    let mut parts = Vec::new();
    for &(position, value) in values {
        let candidate = &block.candidates[position];
        if position == largest || candidate.units != main.units {
            continue;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "finite and bounded by the units")]
        let units = (value * per_value).round().clamp(0.0, f64::from(candidate.units)) as u32;
        if units > 0 {
            left -= i64::from(units);
            parts.push((candidate.number, units));
        }
    }
    parts.push((main.number, u32::try_from(left).ok().filter(|left| *left > 0)?));
    parts.sort_unstable();
    Some(parts)
}
