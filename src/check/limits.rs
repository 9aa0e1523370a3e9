//! Limits: what each one sums over the plan, stated again from the parts, and whether the plan's figures say the same.

use std::collections::BTreeSet;

use crate::catalog::{Accelerator, Catalog, Name, ProviderId, RegionId, Sku, Terms};
use crate::check::Report;
use crate::check::placed::{Part, ServedBy, refusals, replicas_and_hours};
use crate::check::priced::Prices;
use crate::money::{Amount, divide_half_even};
use crate::plan::{Breach, LimitUse, Plan};
use crate::scenario::{Bound, Demand, Filter, Key, Limit, Measure, Scenario, Sense, Workload};
use crate::units::{Quantity, Total};

/// Where and on what something runs, as limits ask.
struct Site<'a> {
    region: RegionId,
    sku: Option<&'a Sku>,
    terms: Option<Terms>,
}

impl<'a> Site<'a> {
    fn of(catalog: &'a Catalog, region: RegionId, served_by: ServedBy<'_>) -> Self {
        match served_by {
            ServedBy::Offer(offer) => Site { region, sku: Some(catalog.sku(offer.sku)), terms: Some(offer.terms) },
            ServedBy::Rates | ServedBy::Option(_) => Site { region, sku: None, terms: None },
        }
    }

    fn accelerator(&self) -> Option<Accelerator> {
        self.sku?.accelerator.map(|has| has.model)
    }

    /// Whether a scope that speaks of places and machines takes it in.
    fn is_in(&self, catalog: &Catalog, filter: &Filter) -> bool {
        let region = catalog.region(self.region);
        let listed = |empty: bool, found: bool| empty || found;
        listed(filter.providers.is_empty(), filter.providers.contains(&region.provider))
            && listed(filter.regions.is_empty(), filter.regions.contains(&self.region))
            && listed(
                filter.jurisdictions.is_empty(),
                region.jurisdiction.as_ref().is_some_and(|law| filter.jurisdictions.contains(law)),
            )
            && listed(filter.skus.is_empty(), self.sku.is_some_and(|sku| filter.skus.contains(&sku.name)))
            && listed(
                filter.families.is_empty(),
                self.sku.and_then(|sku| sku.family.as_ref()).is_some_and(|family| filter.families.contains(family)),
            )
            && listed(
                filter.accelerators.is_empty(),
                self.accelerator().is_some_and(|model| filter.accelerators.contains(&model)),
            )
            && listed(filter.terms.is_empty(), self.terms.is_some_and(|terms| filter.terms.contains(&terms)))
    }

    /// The value of a key there.
    fn value(&self, catalog: &Catalog, key: &Key, workload: &Workload) -> Option<Name> {
        let region = catalog.region(self.region);
        match key {
            Key::Provider => Some(catalog.provider(region.provider).name.clone()),
            Key::Region => Some(region.path.clone()),
            Key::Jurisdiction => region.jurisdiction.clone(),
            Key::Sku => self.sku.map(|sku| sku.name.clone()),
            Key::Family => self.sku?.family.clone(),
            Key::Accelerator => self.accelerator().map(|model| Name::from(model.name())),
            Key::Terms => self.terms.map(|terms| Name::from(terms.name())),
            Key::Workload => Some(workload.name.clone()),
            Key::Type => workload.kind.clone(),
            Key::Label(label) => workload.labels.iter().find(|(name, _)| name == label).map(|(_, value)| value.clone()),
        }
    }
}

/// Whether a scope that speaks of workloads takes one in.
fn includes(filter: &Filter, number: usize, workload: &Workload) -> bool {
    let by_name = filter.workloads.is_empty() || filter.workloads.contains(&number);
    let by_kind = filter.kinds.is_empty() || workload.kind.as_ref().is_some_and(|kind| filter.kinds.contains(kind));
    let by_label = filter
        .labels
        .iter()
        .all(|(label, values)| workload.labels.iter().any(|(name, value)| name == label && values.contains(value)));
    by_name && by_kind && by_label
}

/// Holds every limit against the parts; `None` if a sum is beyond the range.
pub(super) fn hold(
    catalog: &Catalog,
    scenario: &Scenario,
    plan: &Plan,
    parts: &[Part<'_>],
    prices: &Prices,
    report: &mut Report,
) -> Option<()> {
    let mut said = plan.limits.iter();
    for limit in &scenario.limits {
        let values: Vec<Option<Name>> = match &limit.per {
            None => vec![None],
            Some(key) => values_in_use(catalog, scenario, limit, key).into_iter().map(Some).collect(),
        };
        for value in values {
            let place = match &value {
                Some(value) => format!("limit {} of {value}", limit.name),
                None => format!("limit {}", limit.name),
            };
            let sum = sum(catalog, scenario, limit, value.as_ref(), parts, prices)?;
            let bound = bound(limit, sum.base);
            let slack = match limit.sense {
                Sense::AtMost => bound.minus(sum.inside)?,
                Sense::AtLeast => sum.inside.minus(bound)?,
            };
            if slack < Total::ZERO {
                report.add(Breach::Limit, &place, format_args!("{} against a bound of {bound}", sum.inside));
            }
            match said.next() {
                Some(says) if says.name == limit.name && says.of == value => {
                    figures(says, limit, &place, [sum.inside, bound, slack], report);
                }
                _ => report.add(Breach::Limit, &place, "the plan does not state its use"),
            }
        }
    }
    if said.next().is_some() {
        report.add(Breach::Limit, "plan", "it states the use of limits that the scenario does not have");
    }
    Some(())
}

/// Holds what a plan says of a row against its limit and the figures: use, bound and slack.
fn figures(says: &LimitUse, limit: &Limit, place: &str, [inside, bound, slack]: [Total; 3], report: &mut Report) {
    report.equal(Breach::Limit, place, "its use", says.used, inside);
    report.equal(Breach::Limit, place, "its bound", says.limit, bound);
    report.equal(Breach::Limit, place, "its slack", says.slack, slack);
    report.equal(Breach::Limit, place, "its sum", &*says.sum, limit.sum.name());
    let share = match limit.bound {
        Bound::Share(share) => Some(share),
        Bound::Absolute(_) => None,
    };
    let direct_only = limit.sum == Measure::Cost && !is_by_biller(limit, limit.per.as_ref());
    if says.share != share || says.at_least != (limit.sense == Sense::AtLeast) || says.direct_only != direct_only {
        report.add(Breach::Limit, place, "it is stated as another kind of limit");
    }
}

/// A percentage is of the base; rounded so that comparing whole numbers of 10⁻²⁴ is comparing the exact figures.
fn bound(limit: &Limit, base: Total) -> Total {
    match limit.bound {
        Bound::Absolute(bound) => bound,
        Bound::Share(share) => {
            // p · base / 10⁶ without overflow: the base in millions and the rest apart.
            let (parts, million) = (i128::from(share.parts()), 1_000_000);
            let (whole, rest) = (base.units().div_euclid(million), base.units().rem_euclid(million));
            let down = parts * whole + (parts * rest).div_euclid(million);
            let exact = (parts * rest).rem_euclid(million) == 0;
            Total::from_units(if limit.sense == Sense::AtMost || exact { down } else { down + 1 })
        }
    }
}

/// Values of a `per` key over everything that could serve a workload in the limit's scope.
fn values_in_use(catalog: &Catalog, scenario: &Scenario, limit: &Limit, key: &Key) -> BTreeSet<Name> {
    let mut values = BTreeSet::new();
    for (number, workload) in scenario.workloads.iter().enumerate() {
        if !includes(&limit.filter, number, workload) {
            continue;
        }
        for_each_supply(catalog, workload, |region, served_by| {
            let site = Site::of(catalog, region, served_by);
            if is_by_biller(limit, Some(key)) {
                for provider in billers(catalog, workload, region) {
                    if limit.filter.providers.is_empty() || limit.filter.providers.contains(&provider) {
                        values.insert(catalog.provider(provider).name.clone());
                    }
                }
            } else if site.is_in(catalog, &limit.filter) {
                values.extend(site.value(catalog, key, workload));
            }
        });
    }
    values
}

/// Calls with everything that may serve a workload.
fn for_each_supply(catalog: &Catalog, workload: &Workload, mut call: impl FnMut(RegionId, ServedBy<'_>)) {
    let mut offer = |region, served_by| {
        if refusals(catalog, workload, region, served_by).is_empty() {
            call(region, served_by);
        }
    };
    match &workload.demand {
        Demand::Machines(_) => catalog.offers().iter().for_each(|sold| offer(sold.region, ServedBy::Offer(sold))),
        Demand::FlatRate(_) => {
            (0..catalog.regions().len()).for_each(|number| offer(RegionId::at(number), ServedBy::Rates));
        }
        Demand::Given(options) => {
            options.iter().for_each(|option| offer(option.region, ServedBy::Option(option)));
        }
        Demand::Unstated => {}
    }
}

/// Who bills a workload that runs in a region: its provider, and that of the data it reads.
fn billers(catalog: &Catalog, workload: &Workload, region: RegionId) -> Vec<ProviderId> {
    let mut all = vec![catalog.region(region).provider];
    if let Demand::Machines(machines) = &workload.demand
        && let Some((from, gb)) = machines.data
        && gb > Quantity::ZERO
    {
        all.push(catalog.region(from).provider);
    }
    all
}

/// Whether a sum of cost goes by who bills: without a scope, or by provider alone.
fn is_by_biller(limit: &Limit, per: Option<&Key>) -> bool {
    let filter = &limit.filter;
    let by_provider = Filter { providers: filter.providers.clone(), ..Filter::default() };
    limit.sum == Measure::Cost && *filter == by_provider && matches!(per, None | Some(Key::Provider))
}

/// What a limit sums, and what its percentage is taken of.
struct Sum {
    inside: Total,
    base: Total,
}

fn sum(
    catalog: &Catalog,
    scenario: &Scenario,
    limit: &Limit,
    value: Option<&Name>,
    parts: &[Part<'_>],
    prices: &Prices,
) -> Option<Sum> {
    let mut sum = Sum { inside: Total::ZERO, base: Total::ZERO };
    let by_biller = is_by_biller(limit, limit.per.as_ref());
    let bills = |provider: ProviderId| {
        let name = &catalog.provider(provider).name;
        let listed = limit.filter.providers.is_empty() || limit.filter.providers.contains(&provider);
        listed && value.is_none_or(|value| value == name)
    };
    for (part, charges) in parts.iter().zip(&prices.by_part) {
        let workload = &scenario.workloads[part.workload];
        if !includes(&limit.filter, part.workload, workload) {
            continue;
        }
        let site = Site::of(catalog, part.region, part.served_by);
        let here = site.is_in(catalog, &limit.filter)
            && match (&limit.per, value) {
                (Some(key), Some(value)) => site.value(catalog, key, workload).as_ref() == Some(value),
                _ => true,
            };
        if limit.sum == Measure::Cost {
            for charge in charges {
                let amount = Total::from_units(charge.amount.units());
                sum.base = sum.base.plus(amount)?;
                if if by_biller { bills(charge.provider) } else { here } {
                    sum.inside = sum.inside.plus(amount)?;
                }
            }
        } else {
            let amount = measured(catalog, workload, &limit.sum, part)?;
            sum.base = sum.base.plus(amount)?;
            if here {
                sum.inside = sum.inside.plus(amount)?;
            }
        }
    }
    if by_biller {
        for (_, provider, change) in &prices.adjustments {
            let change = Total::from_units(Amount::units(*change));
            sum.base = sum.base.plus(change)?;
            if bills(*provider) {
                sum.inside = sum.inside.plus(change)?;
            }
        }
    }
    Some(sum)
}

/// What a part counts: machines bought, all at once; hours of all of them; or a named use.
fn measured(catalog: &Catalog, workload: &Workload, measure: &Measure, part: &Part<'_>) -> Option<Total> {
    let (numerator, denominator) = (i128::from(part.numerator), i128::from(part.denominator));
    let of_whole = |each: Total, times: u32| {
        let whole = each.units().checked_mul(i128::from(times))?;
        Some(Total::from_units(whole / denominator * numerator))
    };
    match part.served_by {
        ServedBy::Option(option) => {
            let Measure::Use(wanted) = measure else { return Some(Total::ZERO) };
            let used = option.uses.iter().find(|(name, _)| name == wanted);
            used.map_or(Some(Total::ZERO), |(_, quantity)| of_whole(quantity.total(), 1))
        }
        ServedBy::Rates => Some(Total::ZERO),
        ServedBy::Offer(offer) => {
            let sku = catalog.sku(offer.sku);
            let accelerators = sku.accelerator.map_or(Quantity::ZERO, |has| has.count);
            let (replicas, hours) = replicas_and_hours(catalog, workload, part.served_by);
            // Hours in 10⁻⁶ of all machines of the part, in 10⁻¹².
            let machine_hours = (i128::from(hours.parts()) * i128::from(replicas)).checked_mul(1_000_000)?;
            let machine_hours = machine_hours / denominator * numerator;
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
                Measure::KgCo2e => carbon(catalog, workload, part, sku),
                Measure::Cost | Measure::Use(_) => Some(Total::ZERO),
            }
        }
    }
}

/// Energy of the machines of one unit, with the building's, times the grid's grams; units of a part added up.
fn carbon(catalog: &Catalog, workload: &Workload, part: &Part<'_>, sku: &Sku) -> Option<Total> {
    let region = catalog.region(part.region);
    let power = catalog.provider(region.provider).power.as_ref()?;
    let (replicas, hours) = replicas_and_hours(catalog, workload, part.served_by);
    let mut watts = i128::from(sku.vcpu.parts()) * i128::from(power.vcpu_w.parts());
    if let Some(has) = sku.accelerator {
        let (_, each) = power.accelerator_w.iter().find(|(model, _)| *model == has.model)?;
        watts += i128::from(has.count.parts()) * i128::from(each.parts());
    }
    let unit_hours = i128::from(hours.parts()) * i128::from(replicas) * 1_000_000 / i128::from(part.denominator);
    let watt_hours = divide_half_even(watts.checked_mul(unit_hours)?, 1_000_000_000_000)?;
    let with_building = divide_half_even(watt_hours.checked_mul(i128::from(power.pue.parts()))?, 1_000_000)?;
    let unit = with_building.checked_mul(i128::from(region.grid_gco2_per_kwh?.parts()))?;
    unit.checked_mul(i128::from(part.numerator)).map(Total::from_units)
}
