//! What simple policies would cost on the same input: the documented rules, one provider, staying.
//!
//! A policy takes each workload's cheapest eligible candidate at the place it names, then pays the same bill. What it
//! cannot serve and which limits it breaks is listed beside its cost.

use crate::bill::{Chosen, invoice};
use crate::catalog::{Name, ProviderId};
use crate::money::Amount;
use crate::plan::{Plan, Policy, PolicyKind};
use crate::problem::{Block, Candidate, Problem, Selection, Standing};
use crate::rules::{Query, Supply, place};
use crate::scenario::Workload;

/// A policy, and what it chooses.
pub(crate) struct Baseline {
    /// Its saving is left open.
    pub(crate) policy: Policy,
    pub(crate) selection: Selection,
}

impl Baseline {
    /// Whether it serves everything and keeps every limit, so that it is a plan.
    pub(crate) fn is_plan(&self) -> bool {
        self.policy.unserved.is_empty() && self.policy.broken.is_empty()
    }
}

/// The three policies, those that say anything about this scenario, with their bills.
pub(crate) fn policies(problem: &Problem) -> Vec<Baseline> {
    let mut all = Vec::new();
    all.extend(documented_rules(problem));
    all.extend(single_provider(problem));
    if problem.scenario.workloads.iter().any(|workload| workload.current.is_some()) {
        all.extend(stay(problem));
    }
    all
}

/// Each workload where the documented rules say: the region if they name one, else anywhere at the provider.
fn documented_rules(problem: &Problem) -> Option<Baseline> {
    policy(problem, PolicyKind::DocumentedRules, None, |workload, candidate| {
        place(&problem.catalog, Query::from(workload)).is_ok_and(|answer| match answer.region {
            Some(region) => candidate.region == region,
            None => problem.catalog.region(candidate.region).provider == answer.provider,
        })
    })
}

/// Everything at one provider: of those that serve most workloads, and of these those that break no limit, the
/// cheapest, then the first by name.
fn single_provider(problem: &Problem) -> Option<Baseline> {
    let mut numbers: Vec<usize> = (0..problem.catalog.providers().len()).collect();
    numbers.sort_by(|&a, &b| problem.catalog.providers()[a].name.cmp(&problem.catalog.providers()[b].name));
    let policies = numbers.into_iter().filter_map(|number| {
        let id = ProviderId::at(number);
        let name = problem.catalog.provider(id).name.clone();
        policy(problem, PolicyKind::SingleProvider, Some(name), |_, candidate| {
            problem.catalog.region(candidate.region).provider == id
        })
    });
    policies.filter(|single| single.policy.unserved.len() < problem.blocks.len()).min_by_key(|single| {
        let Policy { unserved, broken, cost, .. } = &single.policy;
        (unserved.len(), !broken.is_empty(), *cost)
    })
}

/// What a plan says of policies. A saving is claimed over one that is a plan, by a plan that leaves nothing out. A plan that
/// runs at one provider is the cheapest way there is to run at one.
pub(crate) fn said(baselines: Vec<Baseline>, plan: &Plan) -> Vec<Policy> {
    let complete = plan.unplaced.is_empty();
    let total = plan.bill.total();
    let first = plan.placements.first().map(|placement| &placement.provider);
    let alone = first.filter(|first| complete && plan.placements.iter().all(|other| other.provider == **first));
    let policies = baselines.into_iter().map(|baseline| {
        let is_plan = baseline.is_plan();
        let mut policy = baseline.policy;
        let mut comparable = is_plan && complete;
        if let (Some(provider), PolicyKind::SingleProvider) = (alone, policy.kind)
            && (!is_plan || total < policy.cost)
        {
            let (unserved, broken) = (Vec::new(), Vec::new());
            policy = Policy { provider: Some(provider.clone()), cost: total, unserved, broken, ..policy };
            comparable = true;
        }
        let saving = if comparable { policy.cost.minus(total) } else { None };
        Policy { saving, ..policy }
    });
    policies.collect()
}

/// Everything where `current` says, on the SKU and terms it says, where it says them.
fn stay(problem: &Problem) -> Option<Baseline> {
    policy(problem, PolicyKind::Stay, None, |workload, candidate| {
        let Some(current) = workload.current else { return false };
        let offer = match candidate.supply {
            Supply::Offer(offer) => Some(problem.catalog.offer(offer)),
            _ => None,
        };
        candidate.region == current.region
            && current.sku.is_none_or(|sku| offer.is_some_and(|offer| offer.sku == sku))
            && current.terms.is_none_or(|terms| offer.is_some_and(|offer| offer.terms == terms))
    })
}

/// The cheapest candidate that `allows` for each workload, and the bill of all; `None` beyond the range of amounts.
fn policy(
    problem: &Problem,
    kind: PolicyKind,
    provider: Option<Name>,
    allows: impl Fn(&Workload, &Candidate) -> bool,
) -> Option<Baseline> {
    let mut unserved: Vec<Name> = problem.unserved.iter().map(|unserved| unserved.workload.clone()).collect();
    let mut selection = Selection { parts: Vec::with_capacity(problem.blocks.len()) };
    let mut chosen = Vec::with_capacity(problem.blocks.len());
    for block in &problem.blocks {
        let workload = problem.workload(block);
        match cheapest(block, |candidate| allows(workload, candidate)) {
            Some((number, candidate)) => {
                let units = block.whole(number);
                selection.parts.push(vec![(number, units)]);
                chosen.push(Chosen { workload: block.workload, supply: candidate.supply, units });
            }
            None => {
                selection.parts.push(Vec::new());
                unserved.push(workload.name.clone());
            }
        }
    }
    let (_, bill) = invoice(&problem.catalog, &problem.scenario, &chosen)?;
    let standing = Standing::of(problem, &selection)?;
    let broken = standing.broken_names(problem);
    let policy = Policy { kind, provider, cost: bill.total(), unserved, broken, saving: None };
    Some(Baseline { policy, selection })
}

fn cheapest(block: &Block, allows: impl Fn(&Candidate) -> bool) -> Option<(usize, &Candidate)> {
    let allowed = block.candidates.iter().enumerate().filter(|(_, candidate)| allows(candidate));
    allowed.min_by_key(|(_, candidate)| candidate.whole_cost().unwrap_or(Amount::from_units(i128::MAX)))
}
