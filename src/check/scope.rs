//! Scopes: what a limit takes in, what it counts there, and for which values of its `per` key.

use std::collections::BTreeSet;

use crate::catalog::{Accelerator, Catalog, Name, ProviderId, Sku, Terms};
use crate::check::supply::{ServedBy, Supply, billers};
use crate::money::divide_half_even;
use crate::scenario::{Filter, Key, Limit, Measure, Scenario, Split, Workload};
use crate::units::{Quantity, Total};

/// Of a workload split at will, a part up to this many 10⁻⁶ is not in use; of any other, one unit is.
pub(super) fn unused(workload: &Workload) -> u32 {
    if workload.split == Split::Any { 1_000 } else { 0 }
}

/// What a supply runs on, as limits ask.
struct Site<'a> {
    sku: Option<&'a Sku>,
    terms: Option<Terms>,
}

impl<'a> Site<'a> {
    fn of(catalog: &'a Catalog, supply: Supply<'_>) -> Self {
        match supply.by {
            ServedBy::Offer(offer) => Site { sku: Some(catalog.sku(offer.sku)), terms: Some(offer.terms) },
            ServedBy::Rates | ServedBy::Option(..) => Site { sku: None, terms: None },
        }
    }

    fn accelerator(&self) -> Option<Accelerator> {
        self.sku?.accelerator.map(|has| has.model)
    }
}

/// Whether a scope that speaks of places and machines takes a supply in.
fn takes_in(catalog: &Catalog, filter: &Filter, supply: Supply<'_>) -> bool {
    let region = catalog.region(supply.region);
    let site = Site::of(catalog, supply);
    let listed = |empty: bool, found: bool| empty || found;
    listed(filter.providers.is_empty(), filter.providers.contains(&region.provider))
        && listed(filter.regions.is_empty(), filter.regions.contains(&supply.region))
        && listed(
            filter.jurisdictions.is_empty(),
            region.jurisdiction.as_ref().is_some_and(|law| filter.jurisdictions.contains(law)),
        )
        && listed(filter.skus.is_empty(), site.sku.is_some_and(|sku| filter.skus.contains(&sku.name)))
        && listed(
            filter.families.is_empty(),
            site.sku.and_then(|sku| sku.family.as_ref()).is_some_and(|family| filter.families.contains(family)),
        )
        && listed(
            filter.accelerators.is_empty(),
            site.accelerator().is_some_and(|model| filter.accelerators.contains(&model)),
        )
        && listed(filter.terms.is_empty(), site.terms.is_some_and(|terms| filter.terms.contains(&terms)))
}

/// The value of a key for a workload that a supply serves.
fn value(catalog: &Catalog, key: &Key, workload: &Workload, supply: Supply<'_>) -> Option<Name> {
    let region = catalog.region(supply.region);
    let site = Site::of(catalog, supply);
    match key {
        Key::Provider => Some(catalog.provider(region.provider).name.clone()),
        Key::Region => Some(region.path.clone()),
        Key::Jurisdiction => region.jurisdiction.clone(),
        Key::Sku => site.sku.map(|sku| sku.name.clone()),
        Key::Family => site.sku?.family.clone(),
        Key::Accelerator => site.accelerator().map(|model| Name::from(model.name())),
        Key::Terms => site.terms.map(|terms| Name::from(terms.name())),
        Key::Workload => Some(workload.name.clone()),
        Key::Type => workload.kind.clone(),
        Key::Label(label) => workload.labels.iter().find(|(name, _)| name == label).map(|(_, value)| value.clone()),
    }
}

/// Whether a limit takes in that a supply serves a workload which it includes: with the value of its `per` key there,
/// if it has one.
pub(super) fn inside(
    catalog: &Catalog,
    limit: &Limit,
    workload: &Workload,
    supply: Supply<'_>,
) -> Option<Option<Name>> {
    if !takes_in(catalog, &limit.filter, supply) {
        return None;
    }
    match &limit.per {
        None => Some(None),
        Some(key) => value(catalog, key, workload, supply).map(Some),
    }
}

/// Whether a limit asks on which machine something runs. Then storage that a divided workload keeps once in a region,
/// whatever machines use it there, is not inside.
pub(super) fn asks_machine(limit: &Limit) -> bool {
    let Filter { skus, families, accelerators, terms, .. } = &limit.filter;
    let by_filter = !(skus.is_empty() && families.is_empty() && accelerators.is_empty() && terms.is_empty());
    by_filter || matches!(limit.per, Some(Key::Sku | Key::Family | Key::Accelerator | Key::Terms))
}

/// Whether a limit speaks of a workload, as far as its scope names workloads.
pub(super) fn includes(filter: &Filter, number: usize, workload: &Workload) -> bool {
    let by_name = filter.workloads.is_empty() || filter.workloads.contains(&number);
    let by_kind = filter.kinds.is_empty() || workload.kind.as_ref().is_some_and(|kind| filter.kinds.contains(kind));
    let by_label = filter
        .labels
        .iter()
        .all(|(label, values)| workload.labels.iter().any(|(name, value)| name == label && values.contains(value)));
    by_name && by_kind && by_label
}

/// Whether a sum of cost goes by who bills: without a scope, or by provider alone.
pub(super) fn is_by_biller(limit: &Limit) -> bool {
    let filter = &limit.filter;
    let by_provider = Filter { providers: filter.providers.clone(), ..Filter::default() };
    limit.sum == Measure::Cost && *filter == by_provider && matches!(limit.per, None | Some(Key::Provider))
}

/// Whether what a provider bills is inside a limit that goes by who bills, for one value of its `per` key.
pub(super) fn bills(catalog: &Catalog, limit: &Limit, of: Option<&Name>, provider: ProviderId) -> bool {
    let listed = limit.filter.providers.is_empty() || limit.filter.providers.contains(&provider);
    listed && of.is_none_or(|name| *name == catalog.provider(provider).name)
}

/// The rows of a limit: its values over everything that could serve a workload in its scope, or one row without any.
pub(super) fn values(
    catalog: &Catalog,
    scenario: &Scenario,
    supplies: &[Vec<Supply<'_>>],
    limit: &Limit,
) -> Vec<Option<Name>> {
    if limit.per.is_none() {
        return vec![None];
    }
    let by_biller = is_by_biller(limit);
    let mut values = BTreeSet::new();
    for (number, (workload, mine)) in scenario.workloads.iter().zip(supplies).enumerate() {
        if !includes(&limit.filter, number, workload) {
            continue;
        }
        for supply in mine {
            if by_biller {
                let billers = billers(catalog, workload, *supply);
                let counted = billers.into_iter().filter(|provider| bills(catalog, limit, None, *provider));
                values.extend(counted.map(|provider| catalog.provider(provider).name.clone()));
            } else {
                values.extend(inside(catalog, limit, workload, *supply).flatten());
            }
        }
    }
    values.into_iter().map(Some).collect()
}

/// What one unit counts: machines bought, all at once; hours of all of them; or a named use. `None` beyond the range.
pub(super) fn measured(catalog: &Catalog, workload: &Workload, measure: &Measure, supply: Supply<'_>) -> Option<Total> {
    let units = i128::from(supply.units(catalog, workload));
    let of_whole = |each: Total, times: u32| {
        let whole = each.units().checked_mul(i128::from(times))?;
        Some(Total::from_units(whole / units))
    };
    match supply.by {
        ServedBy::Option(_, option) => {
            let Measure::Use(wanted) = measure else { return Some(Total::ZERO) };
            let used = option.uses.iter().find(|(name, _)| name == wanted);
            used.map_or(Some(Total::ZERO), |(_, quantity)| of_whole(quantity.total(), 1))
        }
        ServedBy::Rates => Some(Total::ZERO),
        ServedBy::Offer(offer) => {
            let sku = catalog.sku(offer.sku);
            let accelerators = sku.accelerator.map_or(Quantity::ZERO, |has| has.count);
            let (replicas, hours) = supply.replicas_and_hours(catalog, workload);
            // Hours of all machines of a unit, in 10⁻¹².
            let machine_hours = i128::from(hours.parts()) * i128::from(replicas) * 1_000_000 / units;
            let by_hours = |each: Quantity| {
                i128::from(each.parts()).checked_mul(machine_hours)?.checked_mul(1_000_000).map(Total::from_units)
            };
            match measure {
                Measure::Vcpu => of_whole(sku.vcpu.total(), replicas),
                Measure::MemoryGib => of_whole(sku.memory_gib.total(), replicas),
                Measure::Accelerators => of_whole(accelerators.total(), replicas),
                Measure::Replicas => of_whole(Quantity::whole(1).total(), replicas),
                Measure::VcpuHours => by_hours(sku.vcpu),
                Measure::AcceleratorHours => by_hours(accelerators),
                Measure::KgCo2e => carbon(catalog, supply, sku, machine_hours),
                Measure::Cost | Measure::Use(_) => Some(Total::ZERO),
            }
        }
    }
}

/// Energy of the machines of one unit, with the building's, times the grid's grams.
fn carbon(catalog: &Catalog, supply: Supply<'_>, sku: &Sku, machine_hours: i128) -> Option<Total> {
    let region = catalog.region(supply.region);
    let power = catalog.provider(region.provider).power.as_ref()?;
    let mut watts = i128::from(sku.vcpu.parts()) * i128::from(power.vcpu_w.parts());
    if let Some(has) = sku.accelerator {
        let (_, each) = power.accelerator_w.iter().find(|(model, _)| *model == has.model)?;
        watts += i128::from(has.count.parts()) * i128::from(each.parts());
    }
    let watt_hours = divide_half_even(watts.checked_mul(machine_hours)?, 1_000_000_000_000)?;
    let with_building = divide_half_even(watt_hours.checked_mul(i128::from(power.pue.parts()))?, 1_000_000)?;
    with_building.checked_mul(i128::from(region.grid_gco2_per_kwh?.parts())).map(Total::from_units)
}
