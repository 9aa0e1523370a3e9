//! Questions: a changed scenario through the same search and the same check as any other.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::catalog::{Catalog, Name, Offer, OfferId, ProviderId};
use crate::effort::{Effort, Progress};
use crate::explain::{Between, Depth, Outcome, Watching};
use crate::money::{Amount, UnitPrice};
use crate::optimize::optimize_from;
use crate::parallel::each;
use crate::plan::{NoPlan, Placement, Plan, Rule};
use crate::problem::{Block, Problem, Selection, Standing};
use crate::reduced::rules_of;
use crate::rules::Supply;
use crate::scenario::{Bound, Demand, Filter, Limit, Measure, Scenario, Sense, SupposedPrice};
use crate::units::Share;

/// What forces a workload to an offer. A scenario's own names hold no control character, so it is none of them.
const FORCED: &str = "\u{1}the question itself";

/// Asks for plans.
pub(super) struct Questions<'a> {
    pub(super) catalog: &'a Arc<Catalog>,
    pub(super) scenario: &'a Scenario,
    effort: Effort,
    threads: usize,
    caller: Mutex<Caller<'a>>,
}

/// Who asked, and whether they still wait.
struct Caller<'a> {
    watching: Watching<'a>,
    stopped: bool,
}

/// A changed scenario, and what is known of it before it is searched.
pub(super) struct Question<'a> {
    pub(super) scenario: Scenario,
    /// A plan to begin with; it need not keep the rules.
    pub(super) from: Option<&'a Plan>,
    /// In it, all of this workload moved to this supply.
    pub(super) moved: Option<(usize, Supply)>,
}

/// What a question came to.
pub(super) enum Answer {
    Plan(Box<Plan>),
    Nothing { rules: Vec<Rule>, unserved: Vec<Name> },
    Open,
}

impl<'a> Questions<'a> {
    pub(super) fn new(problem: &'a Problem, depth: &Depth, watching: Watching<'a>) -> Self {
        Questions {
            catalog: &problem.catalog,
            scenario: &problem.scenario,
            effort: depth.effort,
            threads: depth.threads,
            caller: Mutex::new(Caller { watching, stopped: false }),
        }
    }

    /// The answers to several questions, in their order: the same on any number of threads.
    pub(super) fn ask_all(&self, questions: &[Question<'_>]) -> Vec<Answer> {
        each(questions, self.threads, |question| self.ask(question))
    }

    /// The cheapest plan of a changed scenario.
    pub(super) fn ask(&self, question: &Question<'_>) -> Answer {
        if self.caller().stopped {
            return Answer::Open;
        }
        let scenario = Arc::new(question.scenario.clone());
        let Ok(problem) = Problem::new(self.catalog, &scenario) else { return Answer::Open };
        let known = question.known(&problem).into_iter().collect();
        let found = optimize_from(&problem, &self.effort, known, &mut |progress| {
            let mut caller = self.caller();
            let flow = (caller.watching)(progress);
            caller.stopped |= flow.is_break();
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

    /// Whether the caller still waits: asked before what takes long and tells nothing itself.
    pub(super) fn go_on(&self) -> bool {
        let mut caller = self.caller();
        if !caller.stopped {
            let flow = (caller.watching)(&Progress { work: 0, best: None, bound: None, gap: None });
            caller.stopped = flow.is_break();
        }
        !caller.stopped
    }

    fn caller(&self) -> MutexGuard<'_, Caller<'a>> {
        self.caller.lock().unwrap_or_else(PoisonError::into_inner)
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
}

impl Question<'_> {
    /// What to begin the search with; nothing where the plan is on something that cannot be chosen here.
    fn known(&self, problem: &Problem) -> Option<Selection> {
        let mut selection = selection(problem, self.from?)?;
        if let Some((workload, supply)) = self.moved {
            let at = problem.blocks.iter().position(|block| block.workload == workload)?;
            let block = &problem.blocks[at];
            let candidate = block.candidates.iter().position(|candidate| candidate.supply == supply)?;
            selection.parts[at] = vec![(candidate, block.whole(candidate))];
        }
        Some(selection)
    }
}

/// What an answer comes to, against the plan that is explained.
pub(super) fn outcome(plan: &Plan, answer: Answer) -> Outcome {
    match answer {
        Answer::Plan(other) => match more(plan, &other) {
            Some(more) => Outcome::Costs { more, objective: other.objective },
            None => Outcome::Open,
        },
        Answer::Nothing { rules, unserved } => Outcome::Nothing { rules, unserved },
        Answer::Open => Outcome::Open,
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

/// The scenario with another price of an hour of an offer, for one workload alone.
pub(super) fn supposing(
    catalog: &Catalog,
    scenario: &Scenario,
    number: usize,
    id: OfferId,
    price: UnitPrice,
) -> Scenario {
    let mut other = scenario.clone();
    if let Some(Demand::Machines(machines)) = other.workloads.get_mut(number).map(|workload| &mut workload.demand) {
        let &Offer { region, sku, terms, .. } = catalog.offer(id);
        machines.supposed = Some(SupposedPrice { region, sku, terms, price });
    }
    other
}

/// The scenario with another cost of a given option of one workload.
pub(super) fn costing(scenario: &Scenario, number: usize, option: u32, cost: Amount) -> Scenario {
    let mut other = scenario.clone();
    let options = match other.workloads.get_mut(number).map(|workload| &mut workload.demand) {
        Some(Demand::Given(options)) => options,
        Some(Demand::Machines(machines)) => &mut machines.options,
        _ => return other,
    };
    if let Some(option) = options.get_mut(option as usize) {
        option.cost = cost;
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
