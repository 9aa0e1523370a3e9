//! What a plan claims of itself: how good it is, and what it saves.

use crate::catalog::Catalog;
use crate::check::Report;
use crate::check::tree::Shown;
use crate::check::wording::hold_dates;
use crate::digest::digest;
use crate::money::Amount;
use crate::plan::{Breach, Known, Plan, Violation};
use crate::scenario::Scenario;

/// Most that an optimal plan may lie above its bound, for each copy of a workload: 10⁻⁶ of the currency.
const ROUNDING: Amount = Amount::from_units(10_i128.pow(18));

/// Holds the bound, the gap, what is known, and the savings.
pub(super) fn hold(
    catalog: &Catalog,
    scenario: &Scenario,
    plan: &Plan,
    shown: impl FnOnce() -> Result<Shown, Violation>,
    report: &mut Report,
) {
    savings(plan, report);
    hold_dates(catalog, plan, report);
    if plan.proof.inputs != digest(catalog, scenario) {
        return report.add(Breach::Inputs, "proof", "it was made for another catalog or scenario");
    }
    let bound = match shown() {
        Ok(Shown::Bound(bound)) => bound,
        Ok(Shown::Nothing) => {
            return report.add(Breach::Bound, "proof", "it shows that no plan exists, but here is one");
        }
        Err(violation) => return report.0.push(violation),
    };
    report.equal(Breach::Bound, "plan", "its bound", plan.bound, bound);
    let Some(above) = plan.objective.minus(bound) else {
        return report.add(Breach::Bound, "plan", "its gap is beyond the range");
    };
    if above < Amount::ZERO {
        report.add(Breach::Bound, "plan", format_args!("{} is below its bound of {bound}", plan.objective));
    }
    // Bits are compared: the gap is the one double nearest to the exact figure.
    let gap = plan.objective.gap_above(bound);
    if plan.gap.to_bits() != gap.to_bits() {
        report.add(Breach::Bound, "plan", format_args!("its gap says {}, but it is {gap}", plan.gap));
    }
    let copies: i128 = scenario.workloads.iter().map(|workload| i128::from(workload.count)).sum();
    let known = match ROUNDING.times(copies.max(1)) {
        Some(rounding) if above <= rounding => Known::Optimal,
        _ => Known::Bounded,
    };
    if plan.proof.known != known {
        report.add(Breach::Bound, "proof", format_args!("it says {:?}, but is {known:?}", plan.proof.known));
    }
}

/// A saving is the policy's cost less the plan's, and only claimed over a policy that serves all and breaks nothing, by
/// a plan that leaves nothing unplaced.
fn savings(plan: &Plan, report: &mut Report) {
    for policy in &plan.policies {
        let Some(saving) = policy.saving else { continue };
        let place = format!("policy {:?}", policy.kind);
        if !policy.unserved.is_empty() || !policy.broken.is_empty() {
            report.add(Breach::Saving, &place, "a saving is claimed over a policy that does not keep every rule");
        }
        if !plan.unplaced.is_empty() {
            report.add(Breach::Saving, &place, "a saving is claimed by a plan that does less work");
        }
        match policy.cost.minus(plan.bill.cost.total) {
            Some(difference) => report.equal(Breach::Saving, &place, "the saving", saving, difference),
            None => report.add(Breach::Saving, &place, "the saving is beyond the range"),
        }
    }
}
