//! From the plain minimum to a plan that keeps every row: one move at a time, the one that mends most for its price.
//!
//! Only whole workloads move. What it finds starts the solver, and is the answer where the solver has none; it may
//! fail where a plan exists.

use crate::problem::Selection;
use crate::solve::view::{BlockView, CandidateView, View};

/// A row is kept if it is exceeded by less than this, of its largest weight.
const TOLERANCE: f64 = 1e-9;
/// Moves per workload before giving up.
const MOVES_PER_WORKLOAD: usize = 20;

/// Every workload whole at one candidate, and the rows' sums.
struct State<'a> {
    view: &'a View,
    chosen: Vec<usize>,
    sums: Vec<f64>,
}

/// A selection that keeps every row of the view, if one was found.
pub(crate) fn repaired(view: &View) -> Option<Selection> {
    let cheapest = |block: &BlockView| {
        let costs = block.candidates.iter().map(|candidate| candidate.cost + candidate.region_cost).enumerate();
        costs.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(position, _)| position)
    };
    let chosen = view.blocks.iter().map(cheapest).collect::<Option<Vec<usize>>>()?;
    let mut state = State { view, chosen, sums: vec![0.0; view.bounds.len()] };
    for (block, &position) in view.blocks.iter().zip(&state.chosen) {
        add(&mut state.sums, &block.candidates[position], 1.0);
    }
    state.mend()?;
    state.cheapen();
    let parts = view.blocks.iter().zip(&state.chosen).map(|(block, &position)| {
        let candidate = &block.candidates[position];
        vec![(candidate.number, candidate.units)]
    });
    Some(Selection { parts: parts.collect() })
}

impl State<'_> {
    /// How far rows are exceeded, together, after a change of some sums.
    fn excess(&self, change: &[(usize, f64)]) -> f64 {
        let excess = |row: usize, sum: f64| (sum - self.view.bounds[row] - TOLERANCE).max(0.0);
        change.iter().map(|&(row, by)| excess(row, self.sums[row] + by) - excess(row, self.sums[row])).sum()
    }

    /// What moving a block from its choice to another candidate changes: sums of rows, each once.
    fn change(&self, block: usize, to: usize) -> Vec<(usize, f64)> {
        let candidates = &self.view.blocks[block].candidates;
        let mut change: Vec<(usize, f64)> = Vec::new();
        for (candidate, sign) in [(&candidates[self.chosen[block]], -1.0), (&candidates[to], 1.0)] {
            for &(row, weight) in candidate.weights.iter().chain(&candidate.region_weights) {
                match change.iter_mut().find(|(known, _)| *known == row) {
                    Some((_, by)) => *by += sign * weight,
                    None => change.push((row, sign * weight)),
                }
            }
        }
        change
    }

    fn apply(&mut self, block: usize, to: usize) {
        let candidates = &self.view.blocks[block].candidates;
        add(&mut self.sums, &candidates[self.chosen[block]], -1.0);
        add(&mut self.sums, &candidates[to], 1.0);
        self.chosen[block] = to;
    }

    fn extra_cost(&self, block: usize, to: usize) -> f64 {
        let candidates = &self.view.blocks[block].candidates;
        let cost = |candidate: &CandidateView| candidate.cost + candidate.region_cost;
        cost(&candidates[to]) - cost(&candidates[self.chosen[block]])
    }

    /// Moves until no row is exceeded; `None` if no single move helps any more.
    fn mend(&mut self) -> Option<()> {
        for _ in 0..MOVES_PER_WORKLOAD * self.view.blocks.len().max(1) {
            let exceeded = self.sums.iter().zip(&self.view.bounds).any(|(sum, bound)| *sum > bound + TOLERANCE);
            if !exceeded {
                return Some(());
            }
            let mut best: Option<(f64, usize, usize)> = None;
            for (block, view) in self.view.blocks.iter().enumerate() {
                for to in (0..view.candidates.len()).filter(|&to| to != self.chosen[block]) {
                    let mended = -self.excess(&self.change(block, to));
                    if mended <= TOLERANCE {
                        continue;
                    }
                    // Cheapest per excess mended; a move that also saves is best of all.
                    let price = self.extra_cost(block, to) / mended;
                    if best.is_none_or(|(lowest, _, _)| price < lowest) {
                        best = Some((price, block, to));
                    }
                }
            }
            let (_, block, to) = best?;
            self.apply(block, to);
        }
        None
    }

    /// Moves that save and keep every row, until there is none.
    fn cheapen(&mut self) {
        for _ in 0..MOVES_PER_WORKLOAD {
            let mut moved = false;
            for block in 0..self.view.blocks.len() {
                let mut best: Option<(f64, usize)> = None;
                for to in 0..self.view.blocks[block].candidates.len() {
                    let saving = -self.extra_cost(block, to);
                    let better = best.is_none_or(|(most, _)| saving > most);
                    if to != self.chosen[block]
                        && saving > 1e-9
                        && better
                        && self.excess(&self.change(block, to)) <= 0.0
                    {
                        best = Some((saving, to));
                    }
                }
                if let Some((_, to)) = best {
                    self.apply(block, to);
                    moved = true;
                }
            }
            if !moved {
                return;
            }
        }
    }
}

fn add(sums: &mut [f64], candidate: &CandidateView, sign: f64) {
    for &(row, weight) in candidate.weights.iter().chain(&candidate.region_weights) {
        sums[row] += sign * weight;
    }
}
