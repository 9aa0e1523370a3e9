//! Rules of a whole plan: which fees are due, how many providers are in use, what runs together, apart, or spread.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Catalog, ProviderId, RegionId};
use crate::check::Report;
use crate::check::placed::Part;
use crate::check::scope::unused;
use crate::plan::Breach;
use crate::scenario::{Domain, Fee, FeePlace, Scenario, Spread};

/// A place that rules tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Provider(ProviderId),
    Region(RegionId),
}

impl Place {
    /// The place of a region, as a rule tells places apart.
    pub(super) fn of(catalog: &Catalog, domain: Domain, region: RegionId) -> Place {
        match domain {
            Domain::Provider => Place::Provider(catalog.region(region).provider),
            Domain::Region => Place::Region(region),
        }
    }

    /// Whether a region is there.
    pub(super) fn holds(self, catalog: &Catalog, region: RegionId) -> bool {
        match self {
            Place::Provider(provider) => catalog.region(region).provider == provider,
            Place::Region(place) => place == region,
        }
    }

    /// Whether all of it lies in another place.
    pub(super) fn is_in(self, catalog: &Catalog, other: Place) -> bool {
        match self {
            Place::Region(region) => other.holds(catalog, region),
            Place::Provider(_) => self == other,
        }
    }

    /// `aws` or `aws/us-east-1`.
    pub(super) fn name(self, catalog: &Catalog) -> crate::catalog::Name {
        match self {
            Place::Provider(provider) => catalog.provider(provider).name.clone(),
            Place::Region(region) => catalog.region(region).path.clone(),
        }
    }
}

impl From<FeePlace> for Place {
    fn from(place: FeePlace) -> Place {
        match place {
            FeePlace::Provider(provider) => Place::Provider(provider),
            FeePlace::Region(region) => Place::Region(region),
        }
    }
}

/// Who bills a fee: the provider of its place.
pub(super) fn biller(catalog: &Catalog, fee: &Fee) -> ProviderId {
    match fee.place {
        FeePlace::Provider(provider) => provider,
        FeePlace::Region(region) => catalog.region(region).provider,
    }
}

/// The fees that are due: something runs at their place.
pub(super) fn due<'a>(catalog: &Catalog, scenario: &'a Scenario, parts: &[Part<'_>]) -> Vec<&'a Fee> {
    let runs = |fee: &&Fee| parts.iter().any(|part| Place::from(fee.place).holds(catalog, part.supply.region));
    scenario.fees.iter().filter(runs).collect()
}

/// Holds every rule against the parts.
pub(super) fn hold(catalog: &Catalog, scenario: &Scenario, parts: &[Part<'_>], report: &mut Report) {
    providers(catalog, scenario, parts, report);
    for rule in &scenario.together {
        let members = parts.iter().filter(|part| rule.workloads.contains(&part.workload));
        let places: BTreeSet<Place> = members.map(|part| Place::of(catalog, rule.same, part.supply.region)).collect();
        if places.len() > 1 {
            let names: Vec<_> = places.iter().map(|place| place.name(catalog)).collect();
            report.add(Breach::Rule, &rule.name, format_args!("its workloads run in {}", names.join(", ")));
        }
    }
    for rule in &scenario.apart {
        let mut seen: BTreeMap<Place, usize> = BTreeMap::new();
        for part in parts.iter().filter(|part| rule.workloads.contains(&part.workload)) {
            let place = Place::of(catalog, rule.by, part.supply.region);
            let first = *seen.entry(place).or_insert(part.workload);
            if first != part.workload {
                let (one, other) = (&scenario.workloads[first].name, &scenario.workloads[part.workload].name);
                let place = place.name(catalog);
                report.add(Breach::Rule, &rule.name, format_args!("{one} and {other} both run in {place}"));
            }
        }
    }
    for rule in &scenario.spread {
        spread(catalog, scenario, parts, rule, report);
    }
}

/// How many providers are in use: each with at least one unit, or a part above 10⁻³, of some workload.
fn providers(catalog: &Catalog, scenario: &Scenario, parts: &[Part<'_>], report: &mut Report) {
    let mut units: BTreeMap<(ProviderId, usize), u64> = BTreeMap::new();
    for part in parts {
        let provider = catalog.region(part.supply.region).provider;
        *units.entry((provider, part.workload)).or_default() += u64::from(part.units);
    }
    let above = units.iter().filter(|((_, number), units)| **units > u64::from(unused(&scenario.workloads[*number])));
    let used: BTreeSet<ProviderId> = above.map(|((provider, _), _)| *provider).collect();
    let asked = &scenario.providers;
    if asked.at_least.is_some_and(|least| used.len() < least as usize)
        || asked.at_most.is_some_and(|most| used.len() > most as usize)
    {
        report.add(Breach::Rule, "providers", format_args!("{} are in use", used.len()));
    }
}

fn spread(catalog: &Catalog, scenario: &Scenario, parts: &[Part<'_>], rule: &Spread, report: &mut Report) {
    let count = scenario.workloads[rule.workload].count;
    let mut units: BTreeMap<Place, u64> = BTreeMap::new();
    let mut most = u64::MAX;
    for part in parts.iter().filter(|part| part.workload == rule.workload) {
        *units.entry(Place::of(catalog, rule.over, part.supply.region)).or_default() += u64::from(part.units);
        most = most.min(most_at_one_place(rule, count, part.whole));
    }
    for (place, units) in units.into_iter().filter(|(_, units)| *units > most) {
        let place = place.name(catalog);
        report.add(Breach::Rule, &rule.name, format_args!("{units} units run in {place}, {most} may"));
    }
}

/// The most units that one place may run, of a workload of so many copies of so many units.
pub(super) fn most_at_one_place(rule: &Spread, copies: u32, units: u32) -> u64 {
    // 2²⁰ · 2³² · 2³² could be too wide for 64 bits, though only one of the two is above 1.
    let all = u128::from(copies) * u128::from(units) * u128::from(rule.at_most.parts()) / 1_000_000;
    u64::try_from(all).unwrap_or(u64::MAX)
}
