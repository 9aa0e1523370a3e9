//! A second opinion on a conflict: its members leave no plan, and each is needed for that.
//!
//! The scenario is [reduced](crate::reduced()) to the members: the proof must show that nothing is left, and each
//! witness must be a plan of the members without its own. What raising a limit does is held like any plan, against the
//! scenario with that bound.

use crate::catalog::Catalog;
use crate::check::{Report, Shown, check, layers, proven};
use crate::digest::digest;
use crate::plan::{Breach, Conflict, Plan, Relief, Rule, Step, Violation};
use crate::reduced::{reduced, with_bounds};
use crate::scenario::Scenario;

/// Everything in a conflict that does not hold against its catalog and scenario; empty if all of it does.
#[must_use]
pub fn check_conflict(catalog: &Catalog, scenario: &Scenario, conflict: &Conflict) -> Vec<Violation> {
    let mut report = Report::default();
    layers::hold(catalog, &mut report);
    let rules: Vec<Rule> = conflict.members.iter().map(|member| member.rule.clone()).collect();
    let members = reduced(scenario, &rules, conflict.whole_fleet);
    match &conflict.proof {
        None => report.add(Breach::Proof, "conflict", "nothing shows that its members leave no plan"),
        Some(proof) if proof.inputs != digest(catalog, &members) => {
            report.add(Breach::Inputs, "conflict", "its proof was made for other members, or another scenario");
        }
        Some(proof) => match proven(catalog, &members, proof) {
            Ok(Shown::Nothing) => {}
            Ok(Shown::Bound(_)) => report.add(Breach::Proof, "conflict", "its proof leaves plans of its members"),
            Err(violation) => report.0.push(violation),
        },
    }
    for witness in &conflict.witnesses {
        let place = format!("the plan without {}", witness.without);
        if !rules.contains(&witness.without) {
            report.add(Breach::Names, &place, "that is no member");
        }
        let others: Vec<Rule> = rules.iter().filter(|rule| **rule != witness.without).cloned().collect();
        let without = reduced(scenario, &others, conflict.whole_fleet);
        report.plan(catalog, &without, &witness.plan, &place);
    }
    if conflict.minimal {
        for rule in &rules {
            if !conflict.witnesses.iter().any(|witness| witness.without == *rule) {
                report.add(Breach::Proof, "conflict", format_args!("nothing shows that {rule} is needed"));
            }
        }
    }
    for raise in &conflict.raises {
        if let Relief::Enough { step, plan, .. } = &raise.relief {
            report.raised(catalog, scenario, std::slice::from_ref(step), plan);
        }
    }
    if let Some(together) = &conflict.raise_together {
        report.raised(catalog, scenario, &together.steps, &together.plan);
    }
    report.0
}

impl Report {
    /// Holds a plan against a scenario, and says which plan it was.
    fn plan(&mut self, catalog: &Catalog, scenario: &Scenario, plan: &Plan, place: &str) {
        let found = check(catalog, scenario, plan).into_iter();
        self.0.extend(found.map(|wrong| Violation { place: format!("{place}: {}", wrong.place), ..wrong }));
    }

    /// Holds a plan against the scenario with these steps.
    fn raised(&mut self, catalog: &Catalog, scenario: &Scenario, steps: &[Step], plan: &Plan) {
        let names: Vec<String> = steps.iter().map(|step| format!("`{}`", step.limit)).collect();
        let place = format!("the plan with more room for {}", names.join(", "));
        let mut bounds = Vec::with_capacity(steps.len());
        for step in steps {
            match scenario.limits.iter().position(|limit| limit.name == step.limit) {
                Some(number) => bounds.push((number, step.to)),
                None => self.add(Breach::Names, &place, format_args!("there is no limit `{}`", step.limit)),
            }
        }
        self.plan(catalog, &with_bounds(scenario, &bounds), plan, &place);
    }
}
