//! Which candidates can be left out, because another of the same workload in the same region is as good in every way.
//!
//! A candidate is dominated by one that costs no more and, in every row, uses no more where little is wanted and no
//! less where much is wanted: a plan with the former stays a plan, no dearer, with the latter. Being in the same
//! region and of as many units, both bring the same volume to every tariff of storage and traffic, so this holds for
//! the bill with its tiers too.
//!
//! A share of the cost is a row in which a dearer candidate uses less, because it raises the base: such rows leave
//! little to drop, and rightly so. The **core** of a block leaves sums of cost out of the comparison; it is where a
//! search begins that is too large otherwise, and proves nothing. What reaches a solver becomes small: of 40 machine types in a region, two or three.

use crate::problem::{Candidate, Problem, Row, RowUse};
use crate::scenario::{Bound, Sense};
use crate::units::{PARTS, Total};

/// Fills in the undominated candidates of every block, and its core.
pub(crate) fn mark(problem: &mut Problem) {
    let rows = std::mem::take(&mut problem.rows);
    let all: Vec<usize> = (0..rows.len()).collect();
    let without_cost: Vec<usize> = all.iter().copied().filter(|&row| rows[row].cost.is_none()).collect();
    for block in &mut problem.blocks {
        block.undominated = unbeaten(&block.candidates, &rows, &all);
        block.core = if without_cost.len() == all.len() {
            block.undominated.clone()
        } else {
            unbeaten(&block.candidates, &rows, &without_cost)
        };
    }
    problem.rows = rows;
}

/// Numbers of the candidates that none of their region beats in cost and in the rows that count; of equal ones the
/// first by name.
fn unbeaten(candidates: &[Candidate], rows: &[Row], counting: &[usize]) -> Vec<usize> {
    let beaten = |region: &[Candidate], number: usize| {
        let this = &region[number];
        region.iter().enumerate().any(|(other, rival)| {
            other != number
                && beats(rows, counting, rival, this)
                && (other < number || !beats(rows, counting, this, rival))
        })
    };
    let mut kept = Vec::new();
    // Sorted by region, so those that can beat each other stand together.
    let mut start = 0;
    for region in candidates.chunk_by(|a, b| a.region == b.region) {
        kept.extend((0..region.len()).filter(|&number| !beaten(region, number)).map(|number| start + number));
        start += region.len();
    }
    kept
}

/// Whether `one` is as good as `other` in cost and in every row that counts, at the same place.
fn beats(rows: &[Row], counting: &[usize], one: &Candidate, other: &Candidate) -> bool {
    if one.region != other.region
        || one.units() != other.units()
        || one.region_cost != other.region_cost
        || one.per_region != other.per_region
        || one.unit_cost > other.unit_cost
    {
        return false;
    }
    counting.iter().all(|&row| {
        let weight = |candidate: &Candidate| weight(&rows[row], use_of(&candidate.per_unit, row));
        // Beyond the range of exact comparison nothing is claimed.
        matches!((weight(one), weight(other)), (Some(one), Some(other)) if one <= other)
    })
}

/// What a candidate adds to one row, nothing if the row is not named.
pub(crate) fn use_of(uses: &[RowUse], row: usize) -> RowUse {
    let at = uses.binary_search_by_key(&row, |found| found.row);
    at.map_or(RowUse { row, inside: Total::ZERO, base: Total::ZERO }, |at| uses[at])
}

/// How much a use weighs against its row, written so that less is better: `use ≤ bound`, at-least rows negated, a
/// p% share as `inside − p · base`, in parts of 10⁻⁶.
fn weight(row: &Row, found: RowUse) -> Option<i128> {
    let weight = match row.bound {
        Bound::Absolute(_) => found.inside.units(),
        Bound::Share(share) => {
            let inside = found.inside.units().checked_mul(i128::from(PARTS))?;
            inside.checked_sub(found.base.units().checked_mul(i128::from(share.parts()))?)?
        }
    };
    match row.sense {
        Sense::AtMost => Some(weight),
        Sense::AtLeast => weight.checked_neg(),
    }
}
