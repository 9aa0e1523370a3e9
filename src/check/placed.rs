//! Parts: what each placement stands for, whether it may serve its workload, and whether all parts make the whole.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Catalog, RegionId};
use crate::check::Report;
use crate::check::supply::{ServedBy, Supply, refusals};
use crate::money::Amount;
use crate::plan::{Breach, Placement, Plan};
use crate::scenario::{Demand, Scenario, Split, Workload};

/// A placement with its names resolved.
pub(super) struct Part<'a> {
    /// The workload's number.
    pub(super) workload: usize,
    pub(super) supply: Supply<'a>,
    /// How many units are bought: copies, replicas, or parts of 10⁻⁶.
    pub(super) units: u32,
    /// How many units one copy of the workload is.
    pub(super) whole: u32,
    /// The placement it stands for.
    pub(super) placement: &'a Placement,
}

/// Every placement whose names exist; those whose supply may not serve it are reported.
pub(super) fn resolve<'a>(
    catalog: &'a Catalog,
    scenario: &'a Scenario,
    plan: &'a Plan,
    report: &mut Report,
) -> Vec<Part<'a>> {
    let mut parts = Vec::with_capacity(plan.placements.len());
    let numbers = numbers(scenario);
    for placement in &plan.placements {
        let place = placement_name(placement);
        let Some(&number) = numbers.get(&*placement.workload) else {
            report.add(Breach::Names, &place, "the scenario has no such workload");
            continue;
        };
        let workload = &scenario.workloads[number];
        let region = catalog
            .provider_named(&placement.provider)
            .and_then(|provider| catalog.region_named(provider, &placement.region));
        let Some(region) = region else {
            report.add(Breach::Names, &place, "no loaded book has such a region");
            continue;
        };
        let Some(by) = served_by(catalog, workload, region, placement) else {
            report.add(Breach::Names, &place, "nothing of that name and terms is sold there");
            continue;
        };
        let supply = Supply { region, by };
        for reason in refusals(catalog, workload, supply) {
            report.add(Breach::Eligibility, &place, reason);
        }
        let units = match workload.split {
            Split::Never => placement.copies,
            Split::Replicas => placement.replicas,
            Split::Any => placement.share.parts(),
        };
        parts.push(Part { workload: number, supply, units, whole: supply.units(catalog, workload), placement });
    }
    parts
}

/// The number of each workload, by name.
fn numbers(scenario: &Scenario) -> BTreeMap<&str, usize> {
    scenario.workloads.iter().enumerate().map(|(number, workload)| (&*workload.name, number)).collect()
}

/// A placement in a message.
pub(super) fn placement_name(placement: &Placement) -> String {
    let sku = placement.sku.as_deref().unwrap_or("");
    format!("{} at {}/{} {sku}", placement.workload, placement.provider, placement.region).trim_end().to_owned()
}

fn served_by<'a>(
    catalog: &'a Catalog,
    workload: &'a Workload,
    region: RegionId,
    placement: &Placement,
) -> Option<ServedBy<'a>> {
    let options = match &workload.demand {
        Demand::Machines(machines) => machines.options.as_slice(),
        Demand::Given(options) => options.as_slice(),
        Demand::FlatRate(_) | Demand::Unstated => &[],
    };
    let is_plain = placement.sku.is_none() && placement.terms.is_none();
    if let Some(number) = placement.option {
        let option = options.get(usize::try_from(number).ok()?.checked_sub(1)?)?;
        return (is_plain && option.region == region).then_some(ServedBy::Option(number, option));
    }
    match &workload.demand {
        Demand::Machines(_) => {
            let sku = catalog.sku_named(catalog.region(region).provider, placement.sku.as_deref()?)?;
            let terms = placement.terms?;
            let mut sold = catalog.offers_in(region).map(|id| catalog.offer(id));
            sold.find(|offer| offer.sku == sku && offer.terms == terms).map(ServedBy::Offer)
        }
        Demand::FlatRate(_) => is_plain.then_some(ServedBy::Rates),
        Demand::Given(_) | Demand::Unstated => None,
    }
}

/// Every workload is there, whole or, if it has a value, unplaced; divided only as it may be; with the copies,
/// replicas, hours and shares it states.
pub(super) fn covers(catalog: &Catalog, scenario: &Scenario, plan: &Plan, parts: &[Part<'_>], report: &mut Report) {
    let mut by_workload: Vec<Vec<&Part<'_>>> = scenario.workloads.iter().map(|_| Vec::new()).collect();
    for part in parts {
        by_workload[part.workload].push(part);
    }
    let unplaced = unplaced(scenario, plan, report);
    for ((workload, mine), unplaced) in scenario.workloads.iter().zip(by_workload).zip(unplaced) {
        let place = format!("workload {}", workload.name);
        if mine.is_empty() && unplaced == 0 {
            report.add(Breach::Coverage, &place, "it is not placed");
            continue;
        }
        let whole = mine.first().map_or(1, |part| part.whole);
        if mine.iter().any(|part| part.whole != whole) {
            report.add(Breach::Coverage, &place, "its parts need different numbers of replicas");
        }
        // Copies stay unplaced one by one; a divided workload is one copy, placed whole or not at all.
        let all = u64::from(workload.count) * u64::from(whole);
        let placed: u64 = mine.iter().map(|part| u64::from(part.units)).sum();
        let stays = u64::from(unplaced) * u64::from(whole);
        report.equal(Breach::Coverage, &place, "the sum of its parts, with what stays unplaced,", placed + stays, all);
        shares(&place, &mine, placed, all, report);
        for part in mine {
            is_stated(catalog, workload, part, report);
        }
    }
    let mut seen = BTreeSet::new();
    let repeated = plan
        .placements
        .iter()
        .any(|one| !seen.insert((&one.workload, &one.provider, &one.region, &one.sku, one.terms, one.option)));
    if repeated {
        report.add(Breach::Coverage, "plan", "one placement stands twice");
    }
}

/// Copies of each workload that the plan leaves unplaced; what it says of them is checked.
fn unplaced(scenario: &Scenario, plan: &Plan, report: &mut Report) -> Vec<u32> {
    let mut copies = vec![0; scenario.workloads.len()];
    let numbers = numbers(scenario);
    let mut last = None;
    for entry in &plan.unplaced {
        let place = format!("unplaced {}", entry.workload);
        let Some(&number) = numbers.get(&*entry.workload) else {
            report.add(Breach::Names, &place, "the scenario has no such workload");
            continue;
        };
        if last >= Some(number) {
            report.add(Breach::Coverage, &place, "it stands twice, or out of the scenario's order");
        }
        last = last.max(Some(number));
        if entry.copies == 0 {
            report.add(Breach::Coverage, &place, "no copy of it is unplaced");
        }
        match scenario.workloads[number].value {
            None => report.add(Breach::Coverage, &place, "it has no value, so it must be placed"),
            Some(value) => match value.times(i128::from(entry.copies)) {
                Some(value) => report.equal(Breach::Total, &place, "its value", entry.value, value),
                None => report.add(Breach::Total, &place, "its value is beyond the range"),
            },
        }
        copies[number] = entry.copies;
    }
    copies
}

/// What is unplaced is worth, all together; `None` beyond the range.
pub(super) fn value_of_unplaced(plan: &Plan) -> Option<Amount> {
    Amount::sum(plan.unplaced.iter().map(|entry| entry.value))
}

/// Shares are units over the whole in 10⁻⁶, rounded down; the first ones take what is missing to the share of all.
fn shares(place: &str, mine: &[&Part<'_>], placed: u64, all: u64, report: &mut Report) {
    let share = |units: u64| units * 1_000_000 / all.max(1);
    let down: Vec<u64> = mine.iter().map(|part| share(u64::from(part.units))).collect();
    let missing = share(placed).saturating_sub(down.iter().sum());
    for (rank, (part, down)) in (0..).zip(mine.iter().zip(&down)) {
        let is = down + u64::from(rank < missing);
        let says = u64::from(part.placement.share.parts());
        report.equal(Breach::Coverage, place, "its share of 10⁻⁶ in one place", says, is);
    }
}

/// Holds what a placement says of copies, machines and hours against its part.
fn is_stated(catalog: &Catalog, workload: &Workload, part: &Part<'_>, report: &mut Report) {
    let placement = part.placement;
    let place = placement_name(placement);
    if part.units == 0 {
        report.add(Breach::Coverage, &place, "nothing of it runs there");
    }
    let (replicas, hours) = part.supply.replicas_and_hours(catalog, workload);
    let (copies, machines) = match workload.split {
        Split::Never => (placement.copies, u64::from(replicas) * u64::from(placement.copies)),
        Split::Replicas => (1, u64::from(part.units)),
        Split::Any => (1, u64::from(replicas)),
    };
    report.equal(Breach::Coverage, &place, "its number of copies", placement.copies, copies);
    report.equal(Breach::Coverage, &place, "its number of replicas", u64::from(placement.replicas), machines);
    report.equal(Breach::Coverage, &place, "its hours", placement.hours, hours);
    let accelerator = match part.supply.by {
        ServedBy::Offer(offer) => catalog.sku(offer.sku).accelerator.map(|has| (has.model, has.count)),
        _ => None,
    };
    if placement.accelerator != accelerator {
        report.add(Breach::Names, &place, "its machine has other accelerators");
    }
}
