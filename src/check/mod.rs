//! A second opinion on a plan: is it what its scenario asks for, at the price its books say?
//!
//! This module shares no code with the one that made the plan. It knows catalog, scenario and plan, and states every
//! rule again: which parts make up a workload, what an offer must have to serve it, what each line costs, what the
//! account's tiers change, what every limit sums. What comes out is a list of [`Violation`]s, each with the rule, the
//! place and both figures; an empty list is a plan that holds.
//!
//! ```text
//! Catalog + Scenario + Plan ── placed ──→ parts (resolved, eligible, whole) ── priced ──→ lines, totals
//!                                                                           └─ limits ──→ used, bound, slack
//! ```

mod limits;
mod placed;
mod priced;

use std::fmt;

use crate::catalog::Catalog;
use crate::plan::{Breach, Plan, Violation};
use crate::scenario::Scenario;

/// What is wrong so far.
#[derive(Debug, Default)]
struct Report(Vec<Violation>);

impl Report {
    fn add(&mut self, rule: Breach, place: impl fmt::Display, message: impl fmt::Display) {
        self.0.push(Violation { rule, place: place.to_string(), message: message.to_string() });
    }

    /// Reports two figures that should be one.
    fn equal<T: PartialEq + fmt::Display>(&mut self, rule: Breach, place: &str, what: &str, says: T, is: T) {
        if says != is {
            self.add(rule, place, format_args!("{what} says {says}, but it is {is}"));
        }
    }
}

/// Everything in a plan that does not hold against its catalog and scenario; empty if all of it does.
#[must_use]
pub fn check(catalog: &Catalog, scenario: &Scenario, plan: &Plan) -> Vec<Violation> {
    let mut report = Report::default();
    report.equal(Breach::Names, "plan", "the scenario's name", &*plan.scenario, &*scenario.name);
    report.equal(Breach::Names, "plan", "the currency", &*plan.currency, &**catalog.currency());
    let parts = placed::resolve(catalog, scenario, plan, &mut report);
    placed::covers(catalog, scenario, plan, &parts, &mut report);
    match priced::price(catalog, scenario, &parts) {
        Some(prices) => {
            priced::compare(catalog, plan, &parts, &prices, &mut report);
            if limits::hold(catalog, scenario, plan, &parts, &prices, &mut report).is_none() {
                report.add(Breach::Limit, "plan", "a sum is beyond the range that is kept exactly");
            }
        }
        None => report.add(Breach::Line, "plan", "a price is missing, or an amount is beyond the range"),
    }
    savings(plan, &mut report);
    report.0
}

/// A saving is the policy's cost less the plan's, and only claimed over a policy that serves all and breaks nothing.
fn savings(plan: &Plan, report: &mut Report) {
    for policy in &plan.policies {
        let Some(saving) = policy.saving else { continue };
        let place = format!("policy {:?}", policy.kind);
        if !policy.unserved.is_empty() || !policy.broken.is_empty() {
            report.add(Breach::Saving, &place, "a saving is claimed over a policy that does not keep every rule");
        }
        match policy.cost.minus(plan.bill.cost.total) {
            Some(difference) => report.equal(Breach::Saving, &place, "the saving", saving, difference),
            None => report.add(Breach::Saving, &place, "the saving is beyond the range"),
        }
    }
}
