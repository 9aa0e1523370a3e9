//! `place` and `distribute`: data location, then capability, then lowest cost.

use serde::Serialize;

use crate::catalog::{Catalog, ProviderId, RegionId};
use crate::scenario::{Scenario, Workload};

/// What the rules ask of a workload; empty text is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Query<'a> {
    /// The region its data lies in, exactly as a book spells it, or `provider/region`.
    pub data_location: Option<&'a str>,
    /// Its type, which the capability rule looks for.
    pub kind: Option<&'a str>,
}

impl<'a> From<&'a Workload> for Query<'a> {
    fn from(workload: &'a Workload) -> Self {
        Query { data_location: workload.data_location.as_deref(), kind: workload.kind.as_deref() }
    }
}

/// The three rules, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Rule {
    /// The first provider, in catalog order, that lists the data's region.
    DataLocation,
    /// The first provider, in catalog order, that has the type as a capability.
    Capability,
    /// The provider with the lowest headline rate, the first on a tie.
    LowestCost,
}

impl Rule {
    /// Every rule, in order.
    pub const ALL: [Rule; 3] = [Rule::DataLocation, Rule::Capability, Rule::LowestCost];

    /// As JSON and text name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Rule::DataLocation => "data-location",
            Rule::Capability => "capability",
            Rule::LowestCost => "lowest-cost",
        }
    }
}

/// Why a rule did not fire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NotFired {
    /// An earlier rule had answered.
    NotAsked,
    /// The workload names no data location.
    NoDataLocation,
    /// No book lists the region it names.
    UnknownDataLocation,
    /// The workload has no type.
    NoType,
    /// No provider has its type as a capability.
    NoSuchCapability,
    /// No provider states a headline rate.
    NoRate,
}

impl NotFired {
    /// In words.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            NotFired::NotAsked => "not asked, an earlier rule answered",
            NotFired::NoDataLocation => "names no data location",
            NotFired::UnknownDataLocation => "no loaded book lists its data location",
            NotFired::NoType => "has no type",
            NotFired::NoSuchCapability => "no provider has its type as a capability",
            NotFired::NoRate => "no provider states a cost per hour",
        }
    }
}

/// Which provider the rules name for a workload, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The provider.
    pub provider: ProviderId,
    /// The region; only the data location rule knows one.
    pub region: Option<RegionId>,
    /// The rule that fired.
    pub rule: Rule,
    /// Why the other two did not.
    pub others: [(Rule, NotFired); 2],
    /// Providers the lowest-cost rule passed over because they state no rate; empty unless it fired.
    pub without_rate: Vec<ProviderId>,
}

/// No rule fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unanswered {
    /// Why each did not.
    pub rules: [(Rule, NotFired); 3],
}

/// Applies the documented rules to one workload, in time that depends on neither workloads nor offers.
///
/// # Errors
/// [`Unanswered`] if no rule fires: the last one needs a provider with a headline rate.
pub fn place(catalog: &Catalog, query: Query<'_>) -> Result<Answer, Unanswered> {
    use NotFired::{NoDataLocation, NoRate, NoSuchCapability, NoType, NotAsked, UnknownDataLocation};
    use Rule::{Capability, DataLocation, LowestCost};

    let location = query.data_location.filter(|text| !text.is_empty());
    if let Some(region) = location.and_then(|text| data_region(catalog, text)) {
        return Ok(Answer {
            provider: catalog.region(region).provider,
            region: Some(region),
            rule: DataLocation,
            others: [(Capability, NotAsked), (LowestCost, NotAsked)],
            without_rate: Vec::new(),
        });
    }
    let no_location = if location.is_some() { UnknownDataLocation } else { NoDataLocation };
    let kind = query.kind.filter(|text| !text.is_empty());
    if let Some(provider) = kind.and_then(|kind| catalog.first_with_capability(kind)) {
        return Ok(Answer {
            provider,
            region: None,
            rule: Capability,
            others: [(DataLocation, no_location), (LowestCost, NotAsked)],
            without_rate: Vec::new(),
        });
    }
    let no_capability = if kind.is_some() { NoSuchCapability } else { NoType };
    match catalog.lowest_cost() {
        Some(provider) => Ok(Answer {
            provider,
            region: None,
            rule: LowestCost,
            others: [(DataLocation, no_location), (Capability, no_capability)],
            without_rate: without_rate(catalog),
        }),
        None => {
            Err(Unanswered { rules: [(DataLocation, no_location), (Capability, no_capability), (LowestCost, NoRate)] })
        }
    }
}

/// The region a data location names: the first in catalog order of that bare name, or `provider/region`.
fn data_region(catalog: &Catalog, text: &str) -> Option<RegionId> {
    if let Some(first) = catalog.regions_named(text).first() {
        return Some(*first);
    }
    let (provider, region) = text.split_once('/')?;
    catalog.region_named(catalog.provider_named(provider)?, region)
}

fn without_rate(catalog: &Catalog) -> Vec<ProviderId> {
    let providers = catalog.providers().iter().enumerate();
    providers
        .filter(|(_, provider)| provider.cost_per_hour.is_none())
        .map(|(number, _)| ProviderId::at(number))
        .collect()
}

/// All workloads of a scenario, grouped by the provider that the rules name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Distribution {
    /// Every provider in catalog order with the numbers of its workloads, in the scenario's order.
    pub providers: Vec<(ProviderId, Vec<usize>)>,
    /// Workloads that no rule answers for.
    pub unanswered: Vec<usize>,
}

/// Applies [`place`] to every workload and groups them by provider.
#[must_use]
pub fn distribute(catalog: &Catalog, scenario: &Scenario) -> Distribution {
    let mut providers: Vec<(ProviderId, Vec<usize>)> =
        (0..catalog.providers().len()).map(|number| (ProviderId::at(number), Vec::new())).collect();
    let mut unanswered = Vec::new();
    for (number, workload) in scenario.workloads.iter().enumerate() {
        match place(catalog, Query::from(workload)) {
            Ok(answer) => providers[answer.provider.index()].1.push(number),
            Err(_) => unanswered.push(number),
        }
    }
    Distribution { providers, unanswered }
}
