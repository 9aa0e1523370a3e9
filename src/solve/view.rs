//! The problem in floats, as solvers want it: costs in the currency, rows as `Σ weight · units ≤ bound`.
//!
//! Everything here is approximate; what a solver returns is judged by [`crate::problem::Standing`], exactly.

use crate::catalog::RegionId;
use crate::problem::{Block, Candidate, Problem, Row, RowUse};
use crate::scenario::{Bound, Sense};

/// Which candidates of each block a view holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All that are not dominated: what cannot be done with these cannot be done.
    All,
    /// The core: plans, but no proof that there is none.
    Core,
}

impl Scope {
    /// Numbers of the block's candidates that are in it.
    pub(crate) fn of(self, block: &Block) -> &[usize] {
        match self {
            Scope::All => &block.undominated,
            Scope::Core => &block.core,
        }
    }
}

/// A part of a problem, in floats.
pub(crate) struct View {
    pub(crate) blocks: Vec<BlockView>,
    /// Right-hand sides of all rows, scaled.
    pub(crate) bounds: Vec<f64>,
}

/// One workload.
pub(crate) struct BlockView {
    pub(crate) candidates: Vec<CandidateView>,
}

/// One candidate; everything for its whole workload.
pub(crate) struct CandidateView {
    /// Its number in the block.
    pub(crate) number: usize,
    pub(crate) region: RegionId,
    /// Units of the whole workload.
    pub(crate) units: u32,
    /// Cost of all units.
    pub(crate) cost: f64,
    /// What all units add to rows.
    pub(crate) weights: Vec<(usize, f64)>,
    /// Cost of being in the region at all.
    pub(crate) region_cost: f64,
    /// What being in the region at all adds to rows.
    pub(crate) region_weights: Vec<(usize, f64)>,
}

impl View {
    /// The problem with each row's bound lowered by `tightening`, in the row's own unit and direction.
    ///
    /// Rows are divided by their largest weight, so that a solver's tolerance means the same in each.
    pub(crate) fn new(problem: &Problem, scope: Scope, tightening: &[f64]) -> View {
        let mut scale = vec![0.0_f64; problem.rows.len()];
        let mut blocks: Vec<BlockView> = problem
            .blocks
            .iter()
            .map(|block| BlockView {
                candidates: scope
                    .of(block)
                    .iter()
                    .map(|&number| candidate_view(problem, number, &block.candidates[number]))
                    .collect(),
            })
            .collect();
        for candidate in blocks.iter().flat_map(|block| &block.candidates) {
            for &(row, weight) in candidate.weights.iter().chain(&candidate.region_weights) {
                scale[row] = scale[row].max(weight.abs());
            }
        }
        for largest in &mut scale {
            if *largest == 0.0 {
                *largest = 1.0;
            }
        }
        for candidate in blocks.iter_mut().flat_map(|block| &mut block.candidates) {
            for (row, weight) in candidate.weights.iter_mut().chain(&mut candidate.region_weights) {
                *weight /= scale[*row];
            }
        }
        let bounds = problem.rows.iter().zip(tightening).zip(&scale);
        let bounds = bounds.map(|((row, tightening), scale)| (bound(row) - tightening) / scale).collect();
        View { blocks, bounds }
    }
}

fn candidate_view(problem: &Problem, number: usize, candidate: &Candidate) -> CandidateView {
    let units = f64::from(candidate.units());
    let weights = |uses: &[RowUse], times: f64| {
        uses.iter()
            .map(|found| (found.row, weight(&problem.rows[found.row], found) * times))
            .filter(|(_, weight)| *weight != 0.0)
            .collect()
    };
    CandidateView {
        number,
        region: candidate.region,
        units: candidate.units(),
        cost: candidate.unit_cost.approximate() * units,
        weights: weights(&candidate.per_unit, units),
        region_cost: candidate.region_cost.approximate(),
        region_weights: weights(&candidate.per_region, 1.0),
    }
}

/// A use as `≤` wants it: at-least rows negated, a share as `inside − p · base`.
fn weight(row: &Row, found: &RowUse) -> f64 {
    let weight = match row.bound {
        Bound::Absolute(_) => found.inside.approximate(),
        Bound::Share(share) => found.inside.approximate() - f64::from(share.parts()) / 1e6 * found.base.approximate(),
    };
    match row.sense {
        Sense::AtMost => weight,
        Sense::AtLeast => -weight,
    }
}

fn bound(row: &Row) -> f64 {
    match (row.bound, row.sense) {
        (Bound::Share(_), _) => 0.0,
        (Bound::Absolute(bound), Sense::AtMost) => bound.approximate(),
        (Bound::Absolute(bound), Sense::AtLeast) => -bound.approximate(),
    }
}
