//! A search for the tests: tries every combination of offers. It shares with the real one only which offers are
//! eligible, counts machines and given options, and knows neither storage nor traffic.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalog::{Catalog, Name, RegionId};
use crate::conflict::Purpose;
use crate::money::Amount;
use crate::plan::{
    Bill, Conflict, Cost, LimitUse, Method, NoPlan, Placement, Plan, Proof, Size, Status, Unplaced, Unserved,
};
use crate::rules::{Supply, eligibility, supplies};
use crate::scenario::{Bound, Demand, Domain, Key, Limit, Measure, Scenario, Sense, Workload};
use crate::units::{Quantity, Share, Total};

/// What a workload brings at one place; `None` for a workload that stays unplaced.
#[derive(Clone)]
struct Choice {
    region: RegionId,
    cost: Amount,
    sums: Vec<(&'static str, Total)>,
    uses: Vec<(Name, Quantity)>,
}

/// A plan of the scenario, or that there is none; counts itself.
pub(super) struct Enumerated<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) questions: usize,
    /// Questions with more combinations than this stay open.
    pub(super) most: usize,
}

impl Enumerated<'_> {
    pub(super) fn solve(&mut self, scenario: &Arc<Scenario>, purpose: Purpose) -> Result<Plan, NoPlan> {
        self.questions += 1;
        let catalog = self.catalog;
        let lists: Vec<Vec<Option<Choice>>> = scenario
            .workloads
            .iter()
            .map(|workload| {
                let placed = supplies(catalog, workload)
                    .into_iter()
                    .filter(|supply| eligibility(catalog, workload, *supply).is_empty())
                    .map(|supply| Some(choice(catalog, workload, supply)));
                placed.chain(workload.value.map(|_| None)).collect()
            })
            .collect();
        if lists.iter().map(Vec::len).try_fold(1, usize::checked_mul).is_none_or(|count| count > self.most) {
            return Err(NoPlan::Undecided(crate::plan::Undecided::WorkSpent));
        }
        let mut best: Option<Plan> = None;
        let mut at = vec![0; lists.len()];
        let empty = lists.iter().any(Vec::is_empty);
        loop {
            if empty {
                break;
            }
            let chosen: Vec<Option<&Choice>> =
                lists.iter().zip(&at).map(|(list, &number)| list[number].as_ref()).collect();
            if let Some(plan) = plan(catalog, scenario, &chosen)
                && best.as_ref().is_none_or(|best| plan.objective < best.objective)
            {
                best = Some(plan);
                if purpose == Purpose::AnyPlan {
                    break;
                }
            }
            let Some(next) = (0..at.len()).rev().find(|&digit| at[digit] + 1 < lists[digit].len()) else { break };
            at[next] += 1;
            at[next + 1..].fill(0);
        }
        // A proof that names its question, so that a test sees which one it belongs to.
        let proof = Proof { inputs: rules_in(scenario), ..Proof::default() };
        best.ok_or_else(|| NoPlan::Infeasible(Box::new(Conflict { proof: Some(proof), ..Conflict::default() })))
    }
}

/// Limits of a scenario and workloads that must be placed.
pub(super) fn rules_in(scenario: &Scenario) -> String {
    let limits = scenario.limits.iter().map(|limit| limit.name.to_string());
    let placed = scenario.workloads.iter().filter(|workload| workload.value.is_none());
    limits.chain(placed.map(|workload| workload.name.to_string())).collect::<Vec<_>>().join(" ")
}

/// Workloads that no offer can serve, as the problem would report them.
pub(super) fn unserved(catalog: &Catalog, scenario: &Scenario) -> Vec<Unserved> {
    let nothing = |workload: &&Workload| {
        workload.value.is_none()
            && supplies(catalog, workload).iter().all(|supply| !eligibility(catalog, workload, *supply).is_empty())
    };
    let list = scenario.workloads.iter().filter(nothing).map(|workload| Unserved {
        workload: workload.name.clone(),
        span: workload.span,
        asked: supplies(catalog, workload).len(),
        nearest: Vec::new(),
        members: Vec::new(),
    });
    list.collect()
}

fn choice(catalog: &Catalog, workload: &Workload, supply: Supply) -> Choice {
    let region = supply.region(catalog, workload).expect("a region");
    match (supply, &workload.demand) {
        (Supply::Offer(id), Demand::Machines(machines)) => {
            let offer = catalog.offer(id);
            let sku = catalog.sku(offer.sku);
            let replicas = i128::from(machines.replicas);
            let all = |each: Quantity| each.total().times(replicas).expect("small");
            let hours = i128::from(machines.hours.parts()) * 1_000_000 * replicas;
            Choice {
                region,
                cost: offer.price.times(hours).expect("small"),
                sums: vec![
                    ("vcpu", all(sku.vcpu)),
                    ("accelerators", all(sku.accelerator.map_or(Quantity::ZERO, |has| has.count))),
                    ("replicas", all(Quantity::whole(1))),
                ],
                uses: Vec::new(),
            }
        }
        (Supply::Given(number), Demand::Given(options)) => {
            let option = &options[number as usize];
            Choice { region, cost: option.cost, sums: Vec::new(), uses: option.uses.clone() }
        }
        _ => panic!("the tests price machines and given options"),
    }
}

fn plan(catalog: &Catalog, scenario: &Scenario, chosen: &[Option<&Choice>]) -> Option<Plan> {
    let placed: Vec<(usize, &Choice)> =
        chosen.iter().enumerate().filter_map(|(number, choice)| Some((number, (*choice)?))).collect();
    let provider = |choice: &Choice| catalog.region(choice.region).provider;
    let providers: BTreeSet<_> = placed.iter().map(|(_, choice)| provider(choice)).collect();
    let count = u32::try_from(providers.len()).expect("few");
    let counted = scenario.providers.at_least.is_none_or(|least| count >= least)
        && scenario.providers.at_most.is_none_or(|most| count <= most);
    let places = |workloads: &[usize], by: Domain| -> Vec<String> {
        let of = workloads.iter().filter_map(|&number| chosen[number]);
        of.map(|choice| match by {
            Domain::Provider => format!("{:?}", provider(choice)),
            Domain::Region => format!("{:?}", choice.region),
        })
        .collect()
    };
    let same =
        scenario.together.iter().all(|rule| places(&rule.workloads, rule.same).windows(2).all(|two| two[0] == two[1]));
    let apart = scenario.apart.iter().all(|rule| {
        let mut list = places(&rule.workloads, rule.by);
        let all = list.len();
        list.sort();
        list.dedup();
        list.len() == all
    });
    let limits: Vec<LimitUse> =
        scenario.limits.iter().flat_map(|limit| rows(catalog, scenario, limit, &placed)).collect();
    if !(counted && same && apart && limits.iter().all(|row| row.slack >= Total::ZERO)) {
        return None;
    }
    let placements = placed.iter().map(|&(number, choice)| placement(catalog, &scenario.workloads[number], choice));
    let total = Amount::sum(placed.iter().map(|(_, choice)| choice.cost)).expect("small");
    let unplaced: Vec<Unplaced> = scenario
        .workloads
        .iter()
        .zip(chosen)
        .filter(|(_, choice)| choice.is_none())
        .map(|(workload, _)| Unplaced {
            workload: workload.name.clone(),
            copies: 1,
            value: workload.value.unwrap_or_default(),
        })
        .collect();
    let objective = Amount::sum(unplaced.iter().map(|unplaced| unplaced.value)).and_then(|value| value.plus(total));
    let objective = objective.expect("small");
    Some(Plan {
        scenario: scenario.name.clone(),
        currency: catalog.currency().clone(),
        status: Status::Complete,
        method: Method::Tree,
        placements: placements.collect(),
        unplaced,
        bill: Bill { cost: Cost { total, ..Cost::default() }, ..Bill::default() },
        objective,
        limits,
        policies: Vec::new(),
        bound: objective,
        gap: 0.0,
        proof: Proof::default(),
        size: Size::default(),
        books: Vec::new(),
        contracts: Vec::new(),
    })
}

fn rows(catalog: &Catalog, scenario: &Scenario, limit: &Limit, placed: &[(usize, &Choice)]) -> Vec<LimitUse> {
    let value = |number: usize, choice: &Choice| match &limit.per {
        None => String::new(),
        Some(Key::Provider) => catalog.provider(catalog.region(choice.region).provider).name.to_string(),
        Some(Key::Region) => catalog.region(choice.region).path.to_string(),
        Some(Key::Workload) => scenario.workloads[number].name.to_string(),
        Some(_) => panic!("the tests know no such key"),
    };
    let within = |choice: &Choice| {
        let region = catalog.region(choice.region);
        let filter = &limit.filter;
        (filter.regions.is_empty() || filter.regions.contains(&choice.region))
            && (filter.providers.is_empty() || filter.providers.contains(&region.provider))
            && (filter.jurisdictions.is_empty()
                || region.jurisdiction.as_ref().is_some_and(|law| filter.jurisdictions.contains(law)))
    };
    let amount = |choice: &Choice| match &limit.sum {
        Measure::Cost => Total::from_units(choice.cost.units()),
        Measure::Use(name) => {
            choice.uses.iter().find(|(other, _)| other == name).map_or(Total::ZERO, |(_, used)| used.total())
        }
        other => choice.sums.iter().find(|(name, _)| *name == other.name()).map_or(Total::ZERO, |(_, sum)| *sum),
    };
    let workload = |number: &usize| limit.filter.workloads.is_empty() || limit.filter.workloads.contains(number);
    let all = || placed.iter().filter(|(number, _)| workload(number));
    let base = all().fold(Total::ZERO, |sum, (_, choice)| sum.plus(amount(choice)).expect("small"));
    let mut values: Vec<String> =
        all().filter(|(_, choice)| within(choice)).map(|&(number, choice)| value(number, choice)).collect();
    if limit.per.is_none() {
        values = vec![String::new()];
    }
    values.sort();
    values.dedup();
    let rows = values.into_iter().map(|of| {
        let inside = all().filter(|(number, choice)| within(choice) && value(*number, choice) == of);
        let used = inside.fold(Total::ZERO, |sum, (_, choice)| sum.plus(amount(choice)).expect("small"));
        let bound = match (limit.bound, limit.sense) {
            (Bound::Absolute(bound), _) => bound,
            (Bound::Share(share), Sense::AtMost) => share.of_rounded_down(base),
            (Bound::Share(share), Sense::AtLeast) => share.of_rounded_up(base),
        };
        let slack = match limit.sense {
            Sense::AtMost => bound.minus(used),
            Sense::AtLeast => used.minus(bound),
        };
        LimitUse {
            name: limit.name.clone(),
            of: limit.per.as_ref().map(|_| Name::from(of)),
            sum: Name::from(limit.sum.name()),
            at_least: limit.sense == Sense::AtLeast,
            share: None,
            used,
            limit: bound,
            slack: slack.expect("small"),
            direct_only: false,
        }
    });
    rows.collect()
}

fn placement(catalog: &Catalog, workload: &Workload, choice: &Choice) -> Placement {
    let region = catalog.region(choice.region);
    Placement {
        workload: workload.name.clone(),
        priority: None,
        provider: catalog.provider(region.provider).name.clone(),
        region: region.name.clone(),
        sku: None,
        terms: None,
        option: None,
        accelerator: None,
        derived: None,
        copies: 1,
        replicas: 1,
        share: Share::WHOLE,
        hours: Quantity::ZERO,
        lines: Vec::new(),
        cost: Cost { total: choice.cost, ..Cost::default() },
        current: None,
    }
}
