//! Parts: what each placement stands for, whether it may serve its workload, and whether all parts make the whole.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Catalog, Offer, Region, RegionId, Transfer};
use crate::check::Report;
use crate::plan::{Breach, Placement, Plan};
use crate::scenario::{Demand, GivenOption, Machines, Scenario, Split, Workload};
use crate::units::Quantity;

/// A placement with its names resolved.
pub(super) struct Part<'a> {
    /// The workload's number.
    pub(super) workload: usize,
    pub(super) region: RegionId,
    pub(super) served_by: ServedBy<'a>,
    /// How much of the workload: `numerator / denominator`.
    pub(super) numerator: u32,
    pub(super) denominator: u32,
    /// The placement it stands for.
    pub(super) placement: &'a Placement,
}

/// What a workload is served by.
#[derive(Clone, Copy)]
pub(super) enum ServedBy<'a> {
    Offer(&'a Offer),
    Rates,
    Option(&'a GivenOption),
}

/// Every placement whose names exist and whose supply may serve it; the others are reported and left out.
pub(super) fn resolve<'a>(
    catalog: &'a Catalog,
    scenario: &'a Scenario,
    plan: &'a Plan,
    report: &mut Report,
) -> Vec<Part<'a>> {
    let mut parts = Vec::with_capacity(plan.placements.len());
    let numbers: BTreeMap<&str, usize> =
        scenario.workloads.iter().enumerate().map(|(number, workload)| (&*workload.name, number)).collect();
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
        let Some(served_by) = served_by(catalog, workload, region, placement) else {
            report.add(Breach::Names, &place, "nothing of that name and terms is sold there");
            continue;
        };
        for reason in refusals(catalog, workload, region, served_by) {
            report.add(Breach::Eligibility, &place, reason);
        }
        let replicas = replicas_and_hours(catalog, workload, served_by).0;
        let (numerator, denominator) = match workload.split {
            Split::Never => (1, 1),
            Split::Replicas => (placement.replicas, replicas),
            Split::Any => (placement.share.parts(), 1_000_000),
        };
        parts.push(Part { workload: number, region, served_by, numerator, denominator, placement });
    }
    parts
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
    match &workload.demand {
        Demand::Machines(_) => {
            let sku = catalog.sku_named(catalog.region(region).provider, placement.sku.as_deref()?)?;
            let terms = placement.terms?;
            let sold = catalog.offers_in(region).map(|id| catalog.offer(id));
            sold.into_iter().find(|offer| offer.sku == sku && offer.terms == terms).map(ServedBy::Offer)
        }
        Demand::FlatRate(_) => (placement.sku.is_none() && placement.option.is_none()).then_some(ServedBy::Rates),
        Demand::Given(options) => {
            let option = options.get(usize::try_from(placement.option?).ok()?.checked_sub(1)?)?;
            (option.region == region).then_some(ServedBy::Option(option))
        }
        Demand::Unstated => None,
    }
}

/// Replicas that do the whole work there, and hours of each.
pub(super) fn replicas_and_hours(catalog: &Catalog, workload: &Workload, served_by: ServedBy<'_>) -> (u32, Quantity) {
    match (&workload.demand, served_by) {
        (Demand::Machines(machines), ServedBy::Offer(offer)) => {
            let model = catalog.sku(offer.sku).accelerator.map(|has| has.model);
            let special = machines.by_accelerator.iter().find(|special| Some(special.model) == model);
            (
                special.and_then(|special| special.replicas).unwrap_or(machines.replicas),
                special.and_then(|special| special.hours).unwrap_or(machines.hours),
            )
        }
        (Demand::FlatRate(usage), _) => (1, usage.compute_hours),
        _ => (1, Quantity::ZERO),
    }
}

/// Why something may not serve a workload; nothing if it may.
pub(super) fn refusals(
    catalog: &Catalog,
    workload: &Workload,
    id: RegionId,
    served_by: ServedBy<'_>,
) -> Vec<&'static str> {
    let region: &Region = catalog.region(id);
    let places = &workload.places;
    let mut all = Vec::new();
    let mut need = |holds: bool, otherwise| {
        if !holds {
            all.push(otherwise);
        }
    };
    need(!places.denied_providers.contains(&region.provider), "its provider is denied");
    need(!places.denied_regions.contains(&id), "its region is denied");
    if let Some(allowed) = &places.providers {
        need(allowed.contains(&region.provider), "its provider is not allowed");
    }
    if let Some(allowed) = &places.regions {
        need(allowed.contains(&id), "its region is not allowed");
    }
    if let Some(laws) = &workload.residency {
        let inside = region.jurisdiction.as_ref().is_some_and(|law| laws.contains(law));
        need(inside, "its region lies outside the residency");
    }
    let certified = workload.certifications.iter().all(|name| region.certifications.contains(name));
    need(certified, "its region lacks a certification");
    match (&workload.demand, served_by) {
        (Demand::Machines(machines), ServedBy::Offer(offer)) => {
            need(workload.terms.contains(&offer.terms), "its terms are not tolerated");
            let sku = catalog.sku(offer.sku);
            need(sku.vcpu >= machines.vcpu, "its machine has too few vCPU");
            need(sku.memory_gib >= machines.memory_gib, "its machine has too little memory");
            need(machines.arch.is_empty() || machines.arch.contains(&sku.arch), "its machine has another architecture");
            if let Some(asked) = &machines.accelerator {
                let enough =
                    sku.accelerator.is_some_and(|has| asked.any_of.contains(&has.model) && has.count >= asked.count);
                need(enough, "its machine lacks the accelerators");
            }
            need(is_priced(catalog, machines, id), "a storage or network price is missing there");
        }
        (Demand::FlatRate(_), _) => {
            need(catalog.provider(region.provider).rates.is_some(), "its provider states no flat rates");
        }
        _ => {}
    }
    all
}

fn is_priced(catalog: &Catalog, machines: &Machines, region: RegionId) -> bool {
    let stored = machines
        .storage
        .is_none_or(|(gb, class)| gb == Quantity::ZERO || catalog.storage_price(region, class).is_some());
    let read = machines
        .data
        .is_none_or(|(from, gb)| gb == Quantity::ZERO || catalog.transfer(from, region) != Transfer::NoPrice);
    let sent = machines.internet_gb == Quantity::ZERO || catalog.internet_tariff(region).is_some();
    stored && read && sent
}

/// Every workload is there, whole, divided only as it may be, with the replicas, hours and shares it states.
pub(super) fn covers(catalog: &Catalog, scenario: &Scenario, plan: &Plan, parts: &[Part<'_>], report: &mut Report) {
    let mut by_workload: Vec<Vec<&Part<'_>>> = scenario.workloads.iter().map(|_| Vec::new()).collect();
    for part in parts {
        by_workload[part.workload].push(part);
    }
    for (workload, mine) in scenario.workloads.iter().zip(by_workload) {
        let place = format!("workload {}", workload.name);
        if mine.is_empty() {
            report.add(Breach::Coverage, &place, "it is not placed");
            continue;
        }
        let shares: u64 = mine.iter().map(|part| u64::from(part.placement.share.parts())).sum();
        report.equal(Breach::Coverage, &place, "the sum of shares in 10⁻⁶", shares, 1_000_000);
        if workload.split == Split::Never && mine.len() > 1 {
            report.add(Breach::Coverage, &place, "it is split, but goes whole to one place");
        }
        let units: u64 = mine.iter().map(|part| u64::from(part.numerator)).sum();
        let whole = mine[0].denominator;
        if mine.iter().any(|part| part.denominator != whole) {
            report.add(Breach::Coverage, &place, "its parts need different numbers of replicas");
        }
        report.equal(Breach::Coverage, &place, "the sum of its parts", units, u64::from(whole));
        for part in mine {
            let place = placement_name(part.placement);
            let (replicas, hours) = replicas_and_hours(catalog, workload, part.served_by);
            if workload.split != Split::Replicas {
                report.equal(Breach::Coverage, &place, "its number of replicas", part.placement.replicas, replicas);
            }
            report.equal(Breach::Coverage, &place, "its hours", part.placement.hours, hours);
            let accelerator = match part.served_by {
                ServedBy::Offer(offer) => catalog.sku(offer.sku).accelerator.map(|has| (has.model, has.count)),
                _ => None,
            };
            if part.placement.accelerator != accelerator {
                report.add(Breach::Names, &place, "its machine has other accelerators");
            }
            // A share is the part of the whole to the nearest 10⁻⁶ from below, or one more so that all add up.
            let exact = u64::from(part.numerator) * 1_000_000 / u64::from(part.denominator.max(1));
            if !(exact..=exact + 1).contains(&u64::from(part.placement.share.parts())) || part.numerator == 0 {
                let share = part.placement.share;
                report.add(Breach::Coverage, &place, format_args!("its share of {share} is not that of its replicas"));
            }
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
