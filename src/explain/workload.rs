//! Why a workload is where it is: its bill against the next best candidates, and what the other offers fail.

use std::collections::BTreeMap;

use crate::catalog::{Name, Terms};
use crate::diagnostic::Diagnostics;
use crate::explain::question::{selection, standing};
use crate::explain::{Alternative, WorkloadExplained, words};
use crate::money::Amount;
use crate::optimize::billed;
use crate::plan::{Cost, Placement, Plan};
use crate::problem::{Block, Problem, Selection};
use crate::rules::{Supply, eligibility, supplies};

/// Candidates of which it is asked what moving there would change: the cheapest by themselves.
const LOOKED_AT: usize = 64;
/// Next best candidates that are shown, beside the best of each provider.
const SHOWN: usize = 5;
/// Of those that would break a rule.
const SHOWN_BREAKING: usize = 3;
/// Candidates of each provider and terms of which that is asked in any case: what one limit bars, others may do.
const OF_EACH: usize = 12;
/// Candidates of each region likewise: what a fee or a tier of another region adds, their own cost does not tell.
const OF_REGION: usize = SHOWN + 1;

/// Explains why a workload is where it is.
///
/// Nothing is searched: the next best candidates are what the bill becomes if this workload alone moves there, exactly,
/// and what that would break. What a whole plan comes to with an offer forced is asked of
/// [`explain_offer`](crate::explain::explain_offer).
///
/// # Errors
/// A workload that does not exist.
pub fn explain_workload(problem: &Problem, plan: &Plan, workload: &str) -> Result<WorkloadExplained, Diagnostics> {
    let number = problem.scenario.find(workload)?;
    let found = &problem.scenario.workloads[number];
    let all = supplies(&problem.catalog, found);
    let mut fails: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut eligible = 0;
    for &supply in &all {
        let reasons = eligibility(&problem.catalog, found, supply);
        eligible += usize::from(reasons.is_empty());
        let mut kinds: Vec<&'static str> = reasons.iter().map(words::kind).collect();
        kinds.dedup();
        for kind in kinds {
            *fails.entry(kind).or_default() += 1;
        }
    }
    let mut fails: Vec<(&'static str, usize)> = fails.into_iter().collect();
    fails.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
    let others = alternatives(problem, plan, number).unwrap_or_default();
    let placements = plan.placements.iter().filter(|placement| *placement.workload == *workload);
    Ok(WorkloadExplained {
        workload: found.name.clone(),
        placements: placements.cloned().collect(),
        unplaced: plan.unplaced.iter().find(|unplaced| *unplaced.workload == *workload).cloned(),
        asked: all.len(),
        eligible,
        fails,
        others,
    })
}

/// The next best candidates of a workload, and the best of each provider; `None` if the plan is another problem's.
fn alternatives(problem: &Problem, plan: &Plan, workload: usize) -> Option<Vec<Alternative>> {
    let selection = selection(problem, plan)?;
    let at = problem.blocks.iter().position(|block| block.workload == workload)?;
    let block = &problem.blocks[at];
    let (now, broken_now) = standing(problem, &selection)?;
    let mut moved = Vec::new();
    for candidate in looked_at(problem, block) {
        let to = vec![(candidate, block.whole(candidate))];
        if selection.parts[at] == to {
            continue;
        }
        let mut other = selection.clone();
        other.parts[at] = to;
        let (objective, mut breaks) = standing(problem, &other)?;
        breaks.retain(|name| !broken_now.contains(name));
        moved.push((objective.minus(now)?, breaks, candidate));
    }
    moved.sort();
    let mut shown: Vec<(Amount, Vec<Name>, usize)> = Vec::new();
    let (mut breaking, mut keeping) = (0, 0);
    let mut providers: Vec<usize> = Vec::new();
    for one in moved {
        let provider = problem.catalog.region(block.candidates[one.2].region).provider.index();
        if !one.1.is_empty() {
            // What a limit keeps it from, so that nobody asks why not there.
            breaking += 1;
            if breaking > SHOWN_BREAKING {
                continue;
            }
        } else if keeping < SHOWN || !providers.contains(&provider) {
            keeping += 1;
            providers.push(provider);
        } else {
            continue;
        }
        shown.push(one);
    }
    let name = &problem.scenario.workloads[workload].name;
    let spent = spent(plan, name)?;
    let (_, bill) = billed(problem, &selection)?;
    let left_out = plan.unplaced.iter().find(|unplaced| unplaced.workload == *name);
    let keeps = left_out.map_or(Amount::ZERO, |unplaced| unplaced.value);
    shown
        .into_iter()
        .map(|(change, breaks, candidate)| {
            let placement = placed(problem, &selection, at, candidate)?;
            let difference = minus(placement.cost, spent)?;
            let mut other = selection.clone();
            other.parts[at] = vec![(candidate, block.whole(candidate))];
            let bill = minus(billed(problem, &other)?.1.cost, bill.cost)?;
            Some(Alternative { placement, change, bill, keeps, breaks, difference })
        })
        .collect()
}

/// Candidates by what all of the workload costs there by itself: the cheapest, of all, of each region, and of each
/// provider and terms.
fn looked_at(problem: &Problem, block: &Block) -> Vec<usize> {
    let mut by_cost: Vec<usize> = (0..block.candidates.len()).collect();
    by_cost.sort_by_key(|&number| block.candidates[number].whole_cost().unwrap_or(Amount::from_units(i128::MAX)));
    let mut seen: BTreeMap<(usize, Option<Terms>), usize> = BTreeMap::new();
    let mut of_regions: BTreeMap<usize, usize> = BTreeMap::new();
    let mut chosen = Vec::new();
    for (position, number) in by_cost.into_iter().enumerate() {
        let candidate = &block.candidates[number];
        let terms = match candidate.supply {
            Supply::Offer(offer) => Some(problem.catalog.offer(offer).terms),
            _ => None,
        };
        let provider = problem.catalog.region(candidate.region).provider.index();
        let of_kind = seen.entry((provider, terms)).or_default();
        let of_region = of_regions.entry(candidate.region.index()).or_default();
        if position < LOOKED_AT || *of_kind < OF_EACH || *of_region < OF_REGION {
            *of_kind += 1;
            *of_region += 1;
            chosen.push(number);
        }
    }
    chosen
}

/// All of the workload at a candidate, as a placement with its lines.
fn placed(problem: &Problem, selection: &Selection, block: usize, candidate: usize) -> Option<Placement> {
    let mut alone = Selection { parts: vec![Vec::new(); selection.parts.len()] };
    alone.parts[block] = vec![(candidate, problem.blocks[block].whole(candidate))];
    billed(problem, &alone)?.0.into_iter().next()
}

/// What a workload's placements cost together.
fn spent(plan: &Plan, workload: &str) -> Option<Cost> {
    let of = plan.placements.iter().filter(|placement| *placement.workload == *workload);
    of.map(|placement| placement.cost).try_fold(Cost::default(), Cost::plus)
}

fn minus(one: Cost, other: Cost) -> Option<Cost> {
    Some(Cost {
        total: one.total.minus(other.total)?,
        compute: one.compute.minus(other.compute)?,
        storage: one.storage.minus(other.storage)?,
        network: one.network.minus(other.network)?,
        given: one.given.minus(other.given)?,
        fees: one.fees.minus(other.fees)?,
    })
}
