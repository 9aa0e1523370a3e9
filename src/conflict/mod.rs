//! Why no plan exists: from the knowledge that there is none to a conflict a person can act on.
//!
//! ```text
//! Scenario without a plan ── members ──→ its rules
//!   ── reduce ──→ rules that leave no plan, none of which can be dropped   (proof, witnesses)
//!   ── raise  ──→ what more room for each of its limits does               (bounds, plans)
//! ```
//!
//! Everything here is asked of the search through a closure: is there a plan of this scenario with only these rules, or
//! with that bound? What it answers is a plan that passed the check, or a proof that there is none, so nothing here has
//! to be trusted. Questions are counted; where they run out, the answer says what is left open.

mod members;
mod raise;
mod reduce;
mod restated;
mod room;
mod unserved;

use std::sync::Arc;

pub(crate) use self::room::Room;
use crate::catalog::{Catalog, Name};
use crate::plan::{Conflict, Extent, NoPlan, Plan, Proof, Relief, Rule, Shortfall};
use crate::scenario::Scenario;

/// What a question is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Whether there is any plan: the first one ends the search.
    AnyPlan,
    /// What a plan costs: a cheap one, with modest effort.
    Cheapest,
}

/// Answers questions: a checked plan of the scenario, or why there is none.
pub(crate) type Ask<'a> = &'a mut dyn FnMut(&Arc<Scenario>, Purpose) -> Result<Plan, NoPlan>;

/// Questions for the reduction of a small scenario.
const TO_REDUCE: usize = 400;
/// Questions for each limit's least raise, in a small scenario.
const TO_RAISE: usize = 48;
/// Questions for raising limits together, in a small scenario.
const TO_RAISE_TOGETHER: usize = 120;
/// Pairs of a workload and an offer up to which a scenario is small; a larger one gets fewer questions in proportion.
const SMALL: usize = 200_000;
/// Up to so many workloads it is said which of them are needed.
const FEW: usize = 200;

/// Why `scenario` has no plan; `found` is what the search knew when it proved that.
pub(crate) fn explain<'a>(
    catalog: &'a Catalog,
    scenario: &'a Arc<Scenario>,
    found: Conflict,
    ask: Ask<'a>,
) -> Conflict {
    let mut questions = Questions { catalog, scenario, ask, left: 0, per_mille: allowance(catalog, scenario) };
    questions.allow(TO_REDUCE);
    let mut conflict = if found.unserved.is_empty() {
        reduce::reduced_conflict(found, &mut questions)
    } else {
        unserved::conflict(found, &mut questions)
    };
    conflict.limits = limit_names(conflict.members.iter().map(|member| &member.rule));
    if conflict.unserved.is_empty() {
        raise::add(&mut conflict, &mut questions);
        conflict.shortfall = shortfall(scenario, &conflict).map(Box::new);
    }
    conflict
}

/// How far the only limit of the conflict is from what every plan needs.
fn shortfall(scenario: &Scenario, conflict: &Conflict) -> Option<Shortfall> {
    let [raise] = conflict.raises.as_slice() else { return None };
    let Relief::Enough { step, least: true, .. } = &raise.relief else { return None };
    let (Extent::Absolute(bound), Extent::Absolute(reach)) = (step.from, step.to) else { return None };
    let limit = scenario.limits.iter().find(|limit| limit.name == raise.limit)?;
    let sum = Name::from(limit.sum.name());
    Some(Shortfall { limit: raise.limit.clone(), sum, at_least: step.at_least, bound, reach })
}

/// Names of the limits among rules.
fn limit_names<'a>(rules: impl Iterator<Item = &'a Rule>) -> Vec<Name> {
    rules
        .filter_map(|rule| match rule {
            Rule::Limit { name } => Some(name.clone()),
            _ => None,
        })
        .collect()
}

/// What share of the questions of a small scenario this one gets, in thousandths.
fn allowance(catalog: &Catalog, scenario: &Scenario) -> usize {
    let offers = catalog.offers().len().max(1);
    let size = scenario.workloads.len().saturating_mul(offers).max(1);
    (SMALL.saturating_mul(1000) / size).clamp(60, 1000)
}

/// Questions to the search, counted.
struct Questions<'a> {
    catalog: &'a Catalog,
    scenario: &'a Arc<Scenario>,
    ask: Ask<'a>,
    left: usize,
    per_mille: usize,
}

/// What the search says.
enum Answer {
    /// A plan of the scenario asked about.
    Plan(Box<Plan>),
    /// There is none.
    Nothing(Option<Proof>),
    /// It does not know, or may not be asked any more.
    Open,
}

impl Questions<'_> {
    /// From now on so many questions, fewer for a large scenario.
    fn allow(&mut self, count: usize) {
        self.left = (count * self.per_mille / 1000).max(4);
    }

    fn ask(&mut self, scenario: Scenario, purpose: Purpose) -> Answer {
        if self.left == 0 {
            return Answer::Open;
        }
        self.left -= 1;
        match (self.ask)(&Arc::new(scenario), purpose) {
            Ok(plan) => Answer::Plan(Box::new(plan)),
            Err(NoPlan::Infeasible(conflict)) => Answer::Nothing(conflict.proof),
            Err(_) => Answer::Open,
        }
    }
}

#[cfg(test)]
mod enumerated_tests;
#[cfg(test)]
mod tests;
