//! Questions: a changed scenario through the same search and the same check as any other.

use std::sync::Arc;

use crate::catalog::{Catalog, Name, ProviderId};
use crate::effort::Effort;
use crate::explain::{Between, Outcome, Watching};
use crate::money::Amount;
use crate::optimize::optimize_with;
use crate::plan::{NoPlan, Placement, Plan, Rule};
use crate::problem::{Block, Problem, Selection, Standing};
use crate::reduced::rules_of;
use crate::rules::Supply;
use crate::scenario::{Bound, Demand, Filter, Limit, Measure, Scenario, Sense};
use crate::units::Share;

/// What forces a workload to an offer. A scenario's own names hold no control character, so it is none of them.
const FORCED: &str = "\u{1}the question itself";

/// Asks for plans.
pub(super) struct Questions<'a> {
    pub(super) catalog: &'a Arc<Catalog>,
    pub(super) scenario: &'a Scenario,
    effort: Effort,
    watching: Watching<'a>,
    stopped: bool,
}

/// What a question came to.
pub(super) enum Answer {
    Plan(Box<Plan>),
    Nothing { rules: Vec<Rule>, unserved: Vec<Name> },
    Open,
}

impl<'a> Questions<'a> {
    pub(super) fn new(problem: &'a Problem, effort: Effort, watching: Watching<'a>) -> Self {
        Questions { catalog: &problem.catalog, scenario: &problem.scenario, effort, watching, stopped: false }
    }

    /// The cheapest plan of a changed scenario.
    pub(super) fn ask(&mut self, scenario: Scenario) -> Answer {
        let catalog = Arc::clone(self.catalog);
        self.ask_of(&catalog, scenario)
    }

    /// The cheapest plan of a changed scenario against a changed catalog.
    pub(super) fn ask_of(&mut self, catalog: &Arc<Catalog>, scenario: Scenario) -> Answer {
        if self.stopped {
            return Answer::Open;
        }
        let Ok(problem) = Problem::new(catalog, &Arc::new(scenario)) else { return Answer::Open };
        let (watching, stopped) = (&mut *self.watching, &mut self.stopped);
        let found = optimize_with(&problem, &self.effort, &mut |progress| {
            let flow = watching(progress);
            *stopped |= flow.is_break();
            flow
        });
        match found {
            Ok(plan) => Answer::Plan(Box::new(plan)),
            Err(NoPlan::Infeasible(conflict)) => {
                let rules = conflict.members.into_iter().map(|member| member.rule).filter(|rule| self.has(rule));
                let unserved = conflict.unserved.into_iter().map(|unserved| unserved.workload);
                Answer::Nothing { rules: rules.collect(), unserved: unserved.collect() }
            }
            Err(_) => Answer::Open,
        }
    }

    /// Whether a rule is one of the scenario, and none that was only used to ask.
    fn has(&self, rule: &Rule) -> bool {
        match (rule, rule.workload()) {
            (Rule::Limit { name }, _) => &**name != FORCED,
            (_, None) => true,
            (_, Some(workload)) => {
                let found = self.scenario.workload_named(workload).map(|number| &self.scenario.workloads[number]);
                found.is_some_and(|found| rules_of(found).contains(rule))
            }
        }
    }

    /// What a changed scenario comes to, against the plan that is explained.
    pub(super) fn outcome(&mut self, plan: &Plan, scenario: Scenario) -> Outcome {
        match self.ask(scenario) {
            Answer::Plan(other) => match more(plan, &other) {
                Some(more) => Outcome::Costs { more, objective: other.objective },
                None => Outcome::Open,
            },
            Answer::Nothing { rules, unserved } => Outcome::Nothing { rules, unserved },
            Answer::Open => Outcome::Open,
        }
    }
}

/// How much more the optimum behind another plan costs: at least by its bound, at most by what was found.
pub(super) fn more(plan: &Plan, other: &Plan) -> Option<Between> {
    Some(Between { least: other.bound.minus(plan.objective)?, most: other.objective.minus(plan.objective)? })
}

/// The scenario with all of a workload at one supply.
///
/// For an offer this is a limit of its own: all replicas of the workload are there. It keeps every other candidate in
/// the question, so that a conflict names the rules that stand against it and not the ones that were used to ask.
pub(super) fn forced(catalog: &Catalog, scenario: &Scenario, number: usize, supply: Supply) -> Scenario {
    let mut other = scenario.clone();
    let Some(workload) = other.workloads.get_mut(number) else { return other };
    workload.value = None;
    match supply {
        Supply::Offer(offer) => {
            if let Demand::Machines(machines) = &mut workload.demand {
                machines.options.clear();
            }
            let offer = catalog.offer(offer);
            let filter = Filter {
                workloads: vec![number],
                regions: vec![offer.region],
                skus: vec![catalog.sku(offer.sku).name.clone()],
                terms: vec![offer.terms],
                ..Filter::default()
            };
            other.limits.push(Limit {
                name: Name::from(FORCED),
                sum: Measure::Replicas,
                filter,
                per: None,
                sense: Sense::AtLeast,
                bound: Bound::Share(Share::WHOLE),
                span: crate::diagnostic::Span::NONE,
            });
        }
        Supply::Rates(region) => workload.places.regions = Some(vec![region]),
        Supply::Given(option) => {
            let chosen = workload.demand.options().get(option as usize).cloned();
            workload.demand = Demand::Given(chosen.into_iter().collect());
        }
    }
    other
}

/// The scenario without a provider: nothing may run there. Data that lies there is still read from there.
pub(super) fn without(scenario: &Scenario, provider: ProviderId) -> Scenario {
    let mut other = scenario.clone();
    for workload in &mut other.workloads {
        let denied = &mut workload.places.denied_providers;
        if let Err(at) = denied.binary_search(&provider) {
            denied.insert(at, provider);
        }
    }
    other
}

/// The selection behind a plan; `None` if it is no plan of this problem, for then its bill is another.
pub(super) fn selection(problem: &Problem, plan: &Plan) -> Option<Selection> {
    let mut parts = vec![Vec::new(); problem.blocks.len()];
    let numbers: std::collections::BTreeMap<&str, usize> =
        problem.blocks.iter().enumerate().map(|(number, block)| (&*problem.workload(block).name, number)).collect();
    for placement in &plan.placements {
        let number = *numbers.get(&*placement.workload)?;
        let block = &problem.blocks[number];
        let candidate = candidate_of(problem, block, placement)?;
        let found = &block.candidates[candidate];
        let units = if found.divided {
            // A share is its units rounded to 10⁻⁶.
            (u64::from(placement.share.parts()) * u64::from(found.units()) + 500_000) / 1_000_000
        } else {
            u64::from(placement.copies)
        };
        parts[number].push((candidate, u32::try_from(units).ok()?));
    }
    Some(Selection { parts })
}

/// The number of the candidate that a placement is on.
fn candidate_of(problem: &Problem, block: &Block, placement: &Placement) -> Option<usize> {
    let catalog = &problem.catalog;
    let provider = catalog.provider_named(&placement.provider)?;
    let region = catalog.region_named(provider, &placement.region)?;
    let sku = placement.sku.as_ref().and_then(|sku| catalog.sku_named(provider, sku));
    block.candidates.iter().position(|candidate| {
        candidate.region == region
            && match candidate.supply {
                Supply::Offer(offer) => {
                    let offer = catalog.offer(offer);
                    Some(offer.sku) == sku && Some(offer.terms) == placement.terms
                }
                Supply::Given(number) => placement.option == Some(number + 1),
                Supply::Rates(_) => placement.sku.is_none() && placement.option.is_none(),
            }
    })
}

/// What is minimised, of a selection, and the names of what it breaks.
pub(super) fn standing(problem: &Problem, selection: &Selection) -> Option<(Amount, Vec<Name>)> {
    let standing = Standing::of(problem, selection)?;
    let broken = standing.broken_names(problem);
    Some((standing.objective, broken))
}
