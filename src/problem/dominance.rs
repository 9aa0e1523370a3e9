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

use crate::parallel::each;
use crate::problem::{Candidate, Problem, Row, RowUse};
use crate::scenario::{Bound, Sense};
use crate::units::{PARTS, Total};

/// Fills in the undominated and the likely candidates of every block.
pub(crate) fn mark(problem: &mut Problem, threads: usize) {
    let stepped: Vec<bool> = (0..problem.reach.len()).map(|tariff| problem.is_stepped(tariff)).collect();
    let rows = std::mem::take(&mut problem.rows);
    let is_share_of_cost = |row: &Row| row.cost.is_some() && matches!(row.bound, Bound::Share(_));
    let every = vec![true; rows.len()];
    let others: Vec<bool> = rows.iter().map(|row| !is_share_of_cost(row)).collect();
    let marked = each(&problem.blocks, threads, |block| {
        let all: Vec<usize> = (0..block.candidates.len()).collect();
        let undominated = unbeaten(&block.candidates, &all, &Rows { rows: &rows, counts: &every, stepped: &stepped });
        let likely = if others == every {
            undominated.clone()
        } else {
            let rows = Rows { rows: &rows, counts: &others, stepped: &stepped };
            unbeaten(&block.candidates, &undominated, &rows)
        };
        (undominated, likely)
    });
    for (block, (undominated, likely)) in problem.blocks.iter_mut().zip(marked) {
        (block.undominated, block.likely) = (undominated, likely);
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
        let first = kept.len();
        let mut weighed = weighed(candidates, region, rows);
        weighed.sort_by_key(|one| (candidates[one.number].unit_cost, one.number));
        let mut best: Vec<&Weighed> = Vec::new();
        // Who costs more beats nobody; and whoever is beaten by one that is beaten itself is beaten by the better one, too.
        for alike in weighed.chunk_by(|a, b| candidates[a.number].unit_cost == candidates[b.number].unit_cost) {
            let beaten = |this: &Weighed| {
                let by_equal = |rival: &Weighed| {
                    rival.number != this.number
                        && beats(candidates, rival, this)
                        && (rival.number < this.number || !beats(candidates, this, rival))
                };
                best.iter().any(|rival| beats(candidates, rival, this)) || alike.iter().any(by_equal)
            };
            let left: Vec<&Weighed> = alike.iter().filter(|this| !beaten(this)).collect();
            best.extend(left);
        }
        kept.extend(best.into_iter().map(|one| one.number));
        kept[first..].sort_unstable();
    }
    kept
}

/// A candidate and what it weighs in every row that one of its region names.
struct Weighed {
    number: usize,
    /// What it brings to every tariff with steps.
    volumes: Vec<(usize, i128)>,
    /// By row: less is better; `None` beyond the range of exact comparison, where nothing is claimed.
    weights: Vec<Option<i128>>,
    /// By row: whether it puts the value of a floor in use.
    uses: Vec<bool>,
}

/// Candidates of a region, weighed in the rows that one of them names: those that none names are alike for all.
fn weighed(candidates: &[Candidate], region: &[usize], rows: &Rows<'_>) -> Vec<Weighed> {
    let named = region.iter().flat_map(|&number| candidates[number].per_unit.iter().map(|found| found.row));
    let mut named: Vec<usize> = named.filter(|&row| rows.counts[row]).collect();
    named.sort_unstable();
    named.dedup();
    let weighed = |&number: &usize| {
        let found = named.iter().map(|&row| (row, use_of(&candidates[number].per_unit, row)));
        let (weights, uses) = found
            .map(|(row, found)| (weight(&rows.rows[row], found), rows.rows[row].is_floor() && found.within))
            .unzip();
        Weighed { number, volumes: volumes(&candidates[number], rows.stepped), weights, uses }
    };
    region.iter().map(weighed).collect()
}

/// Whether `one` is as good as `other` in cost and in every row, at the same place.
fn beats(candidates: &[Candidate], one: &Weighed, other: &Weighed) -> bool {
    let (this, that) = (&candidates[one.number], &candidates[other.number]);
    this.unit_cost <= that.unit_cost
        && one.weights.iter().zip(&other.weights).all(|pair| matches!(pair, (Some(one), Some(other)) if one <= other))
        && one.uses.iter().zip(&other.uses).all(|(one, other)| !one || *other)
        && this.units() == that.units()
        && one.volumes == other.volumes
        && this.region_cost == that.region_cost
        && this.per_region == that.per_region
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
