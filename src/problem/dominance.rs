//! Which candidates can be left out, because another of the same workload in the same region is as good in every way.
//!
//! A candidate is dominated by one that costs no more and, in every row, uses no more where little is wanted and no
//! less where much is wanted: a plan with the former stays a plan, no dearer, with the latter. Both bring the same
//! volume to every tariff, and the better one puts no value of a floor in use that the other does not, so this holds
//! for the bill with its tiers, and for rules that go by region or provider, too.
//!
//! A share of the cost is a row in which a dearer candidate uses less, because it raises the base: such rows leave
//! little to drop, and rightly so. Yet to pay more so that something else is a smaller share of the bill is hardly ever
//! the cheapest way. So there is a second, shorter list: what is likely, for which shares of the cost do not count. It
//! says where to look first; what a plan may be, and what its bound is of, is all that is undominated.

use crate::problem::{Candidate, Problem, Row, RowUse};
use crate::scenario::{Bound, Sense};
use crate::units::{PARTS, Total};

/// Fills in the undominated and the likely candidates of every block.
pub(crate) fn mark(problem: &mut Problem) {
    let stepped: Vec<bool> = (0..problem.reach.len()).map(|tariff| problem.is_stepped(tariff)).collect();
    let rows = std::mem::take(&mut problem.rows);
    let is_share_of_cost = |row: &Row| row.cost.is_some() && matches!(row.bound, Bound::Share(_));
    let every = vec![true; rows.len()];
    let others: Vec<bool> = rows.iter().map(|row| !is_share_of_cost(row)).collect();
    for block in &mut problem.blocks {
        let all: Vec<usize> = (0..block.candidates.len()).collect();
        block.undominated = unbeaten(&block.candidates, &all, &Rows { rows: &rows, counts: &every, stepped: &stepped });
        block.likely = if others == every {
            block.undominated.clone()
        } else {
            let rows = Rows { rows: &rows, counts: &others, stepped: &stepped };
            unbeaten(&block.candidates, &block.undominated, &rows)
        };
    }
    problem.rows = rows;
}

/// What candidates are compared by.
struct Rows<'a> {
    rows: &'a [Row],
    /// By row: whether it counts.
    counts: &'a [bool],
    /// By tariff: whether it has steps.
    stepped: &'a [bool],
}

/// Those of the numbered candidates that none of them beats in their region; of equal ones the first by name.
fn unbeaten(candidates: &[Candidate], among: &[usize], rows: &Rows<'_>) -> Vec<usize> {
    let mut kept = Vec::new();
    // Sorted by region, so those that can beat each other stand together.
    for region in among.chunk_by(|&a, &b| candidates[a].region == candidates[b].region) {
        let beaten = |number: usize| {
            let this = &candidates[number];
            region.iter().any(|&other| {
                let rival = &candidates[other];
                other != number && beats(rows, rival, this) && (other < number || !beats(rows, this, rival))
            })
        };
        kept.extend(region.iter().copied().filter(|&number| !beaten(number)));
    }
    kept
}

/// Whether `one` is as good as `other` in cost and in every row, at the same place.
fn beats(rows: &Rows<'_>, one: &Candidate, other: &Candidate) -> bool {
    if one.region != other.region
        || one.units() != other.units()
        || one.region_cost != other.region_cost
        || one.per_region != other.per_region
        || one.unit_cost > other.unit_cost
        || volumes(one, rows.stepped) != volumes(other, rows.stepped)
    {
        return false;
    }
    // Rows that neither names are alike for both.
    let named = one.per_unit.iter().chain(&other.per_unit).map(|found| found.row);
    named.filter(|&row| rows.counts[row]).all(|number| {
        let (row, rows) = (number, rows.rows);
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
