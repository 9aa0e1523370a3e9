//! A second opinion on a plan: is it what its scenario asks for, at the price its books say?
//!
//! This module shares no code with the one that made the plan. It knows catalog, scenario and plan, and states every
//! rule again: which parts make up a workload, what an offer must have to serve it, what each line costs, what the
//! account's tiers change, what every limit sums. What comes out is a list of [`Violation`]s, each with the rule, the
//! place and both figures; an empty list is a plan that holds.
//!
//! ```text
//! Catalog + Scenario + Plan ── placed ──→ parts (resolved, eligible, whole) ── priced ──→ lines, totals
//!                                                                           ├─ limits ──→ used, bound, slack
//!                                                                           └─ rules  ──→ fees, together, apart
//! Catalog + Scenario + Proof ── program ──→ columns, rows ── tree, carry, leaf ──→ the bound
//! ```

mod blocks;
mod candidate;
mod carry;
mod claims;
mod conflict;
mod curve;
mod knapsack;
mod layers;
mod leaf;
mod limit_rows;
mod limits;
mod placed;
#[cfg(test)]
mod plan_tests;
mod priced;
mod program;
#[cfg(test)]
mod program_tests;
mod rows;
mod rules;
mod scope;
mod several;
mod supply;
mod tree;
#[cfg(test)]
mod tree_tests;
mod wording;

use std::fmt;

pub use self::conflict::check_conflict;
pub(crate) use self::tree::{Shown, proven};
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
    check_but_proof(catalog, scenario, plan, || proven(catalog, scenario, &plan.proof))
}

/// [`check()`], where what the plan's own proof shows is asked of the caller: who has just had it recomputed knows.
pub(crate) fn check_but_proof(
    catalog: &Catalog,
    scenario: &Scenario,
    plan: &Plan,
    shown: impl FnOnce() -> Result<Shown, Violation>,
) -> Vec<Violation> {
    let mut report = Report::default();
    report.equal(Breach::Names, "plan", "the scenario's name", &*plan.scenario, &*scenario.name);
    report.equal(Breach::Names, "plan", "the currency", &*plan.currency, &**catalog.currency());
    layers::hold(catalog, &mut report);
    let contracts = catalog.contracts().iter().map(|contract| (&contract.name, contract.as_of));
    if !contracts.eq(plan.contracts.iter().map(|contract| (&contract.name, contract.as_of))) {
        report.add(Breach::Names, "plan", "its contracts are not those in force");
    }
    let parts = placed::resolve(catalog, scenario, plan, &mut report);
    placed::covers(catalog, scenario, plan, &parts, &mut report);
    let supplies: Vec<_> = scenario.workloads.iter().map(|workload| supply::eligible(catalog, workload)).collect();
    rules::hold(catalog, scenario, &parts, &mut report);
    match priced::price(catalog, scenario, &parts) {
        Some(prices) => {
            priced::compare(catalog, plan, &parts, &prices, &mut report);
            if limits::hold(catalog, scenario, &supplies, plan, (&parts, &prices), &mut report).is_none() {
                report.add(Breach::Limit, "plan", "a sum is beyond the range that is kept exactly");
            }
        }
        None => report.add(Breach::Line, "plan", "a price is missing, or an amount is beyond the range"),
    }
    claims::hold(catalog, scenario, plan, shown, &mut report);
    report.0
}
