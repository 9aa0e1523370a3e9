//! A plan found under one bound, stated as one under another: the same placements, limits and proof read anew.
//!
//! A search asked for a plan with no room at all to spare may miss the very plan that told how much room is needed.

use crate::catalog::Catalog;
use crate::check::{Shown, check, proven};
use crate::conflict::room::Room;
use crate::digest::digest;
use crate::plan::{Extent, Known, Plan, Proof};
use crate::scenario::Scenario;
use crate::units::Total;

/// The plan as one of `scenario`, where the limit has the room `to`; `None` if the check does not agree.
pub(super) fn restated(
    catalog: &Catalog,
    scenario: &Scenario,
    plan: &Plan,
    (room, to): (&Room<'_>, i128),
) -> Option<Plan> {
    let Extent::Absolute(bound) = room.extent(to) else { return None };
    let mut plan = plan.clone();
    for row in plan.limits.iter_mut().filter(|row| row.name == room.limit.name) {
        row.limit = bound;
        row.slack = if row.at_least { row.used.minus(bound)? } else { bound.minus(row.used)? };
    }
    if plan.limits.iter().any(|row| row.slack < Total::ZERO) {
        return None;
    }
    plan.proof = Proof { inputs: digest(catalog, scenario), ..plan.proof };
    // The bound moves with the room where the proof prices the limit.
    let Ok(Shown::Bound(shown)) = proven(catalog, scenario, &plan.proof) else { return None };
    plan.bound = shown;
    plan.gap = plan.objective.gap_above(shown);
    plan.proof.known = Known::Optimal;
    if check(catalog, scenario, &plan).is_empty() {
        return Some(plan);
    }
    plan.proof.known = Known::Bounded;
    check(catalog, scenario, &plan).is_empty().then_some(plan)
}
