//! Which candidates can be left out, because another of the same workload in the same region is as good in every way.
//!
//! A candidate is dominated by one that costs no more and, in every row, uses no more where little is wanted and no
//! less where much is wanted: a plan with the former stays a plan, no dearer, with the latter. Both bring the same
//! volume to every tariff, and the better one puts no value of a floor in use that the other does not, so this holds
//! for the bill with its tiers, and for rules that go by region or provider, too.
//!
//! A share of the cost is a row in which a dearer candidate uses less, because it raises the base: such rows leave
//! little to drop, and rightly so.

use crate::problem::{Candidate, Problem, Row, RowUse};
use crate::scenario::{Bound, Sense};
use crate::units::{PARTS, Total};

/// Fills in the undominated candidates of every block.
pub(crate) fn mark(problem: &mut Problem) {
    let stepped: Vec<bool> = (0..problem.reach.len()).map(|tariff| problem.is_stepped(tariff)).collect();
    let rows = std::mem::take(&mut problem.rows);
    for block in &mut problem.blocks {
        block.undominated = unbeaten(&block.candidates, &rows, &stepped);
    }
    problem.rows = rows;
}

/// Numbers of the candidates that none of their region beats; of equal ones the first by name.
fn unbeaten(candidates: &[Candidate], rows: &[Row], stepped: &[bool]) -> Vec<usize> {
    let beaten = |region: &[Candidate], number: usize| {
        let this = &region[number];
        region.iter().enumerate().any(|(other, rival)| {
            other != number
                && beats(rows, stepped, rival, this)
                && (other < number || !beats(rows, stepped, this, rival))
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

/// Whether `one` is as good as `other` in cost and in every row, at the same place.
fn beats(rows: &[Row], stepped: &[bool], one: &Candidate, other: &Candidate) -> bool {
    if one.region != other.region
        || one.units() != other.units()
        || one.region_cost != other.region_cost
        || one.per_region != other.per_region
        || one.unit_cost > other.unit_cost
        || volumes(one, stepped) != volumes(other, stepped)
    {
        return false;
    }
    // Rows that neither names are alike for both.
    let named = one.per_unit.iter().chain(&other.per_unit).map(|found| found.row);
    named.into_iter().all(|row| {
        let (one, other) = (use_of(&one.per_unit, row), use_of(&other.per_unit, row));
        let puts_in_use = rows[row].is_floor() && one.within && !other.within;
        // Beyond the range of exact comparison nothing is claimed.
        !puts_in_use
            && matches!((weight(&rows[row], one), weight(&rows[row], other)), (Some(one), Some(other)) if one <= other)
    })
}

/// What a unit brings to every tariff with steps, sorted.
fn volumes(candidate: &Candidate, stepped: &[bool]) -> Vec<(usize, i128)> {
    let mut all = Vec::new();
    candidate.volumes(|tariff, per_unit, _| {
        if per_unit != 0 && stepped[tariff] {
            all.push((tariff, per_unit));
        }
    });
    all.sort_unstable();
    all
}

/// What a candidate adds to one row, nothing if the row is not named.
pub(crate) fn use_of(uses: &[RowUse], row: usize) -> RowUse {
    let at = uses.binary_search_by_key(&row, |found| found.row);
    at.map_or(RowUse { row, inside: Total::ZERO, base: Total::ZERO, within: false }, |at| uses[at])
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
