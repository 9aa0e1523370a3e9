//! What has to run and under which rules, checked against a [`Catalog`].
//!
//! ```text
//! ScenarioDraft + Catalog ── build ──→ Scenario
//!   Scenario ─< Workload ─ Demand (machines, options beside them | flat rates | given options)
//!   Scenario ─< Limit      (sum, where, per, at most | at least)
//!   Scenario ─< Fee        (region | provider, monthly)
//!   Scenario ── ProviderCount
//!   Scenario ─< Together, Apart (workloads, region | provider), Spread (a workload, a share)
//! ```
//!
//! Every quantity is per month. `hours` and `request` are per replica; storage, data and egress are per workload; a
//! workload with a count states so many, each with all of that. Limits, fees and the rules beside them share one
//! namespace, because explanations and conflicts call them by their names.

mod build;
mod build_limit;
mod build_place;
mod build_rule;
pub mod draft;
mod grown;
mod limit;
mod resolve;
mod rule;

pub(crate) use self::build::assemble;
pub use self::draft::{ScenarioDraft, Split};
pub use self::limit::{Bound, Filter, Key, Limit, Measure, Sense};
pub use self::rule::{Apart, Domain, Fee, FeePlace, ProviderCount, Spread, Together};
use crate::catalog::{Accelerator, Arch, Catalog, ClassId, Name, Offer, PartId, ProviderId, RegionId, SkuId, Terms};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Sources, Span, quoted};
use crate::factor::Factor;
use crate::money::{Amount, UnitPrice};
use crate::numbers;
use crate::units::Quantity;

/// A scenario: workloads and limits, every name in it resolved against one catalog.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Scenario {
    /// Its name.
    pub name: Name,
    /// Hours in a month.
    pub hours_per_month: Quantity,
    /// How demand grows over months, if the scenario says.
    pub growth: Option<Growth>,
    /// How requests find a provider, if the scenario says.
    pub gateway: Option<Gateway>,
    /// What has to run, in the order given.
    pub workloads: Vec<Workload>,
    /// Quotas, budgets, shares and floors, in the order given.
    pub limits: Vec<Limit>,
    /// What is paid once if anything runs at a place, in the order given.
    pub fees: Vec<Fee>,
    /// How many providers are in use.
    pub providers: ProviderCount,
    /// What runs in one place, in the order given.
    pub together: Vec<Together>,
    /// What shares no place, in the order given.
    pub apart: Vec<Apart>,
    /// What is spread over places, in the order given.
    pub spread: Vec<Spread>,
}

impl Scenario {
    /// A scenario from a draft.
    ///
    /// # Errors
    /// Everything that is wrong in the draft, at once.
    pub fn build(draft: ScenarioDraft, catalog: &Catalog) -> Result<Scenario, Diagnostics> {
        let mut faults = Diagnostics::new();
        let scenario = assemble(draft, catalog, &mut faults);
        faults.into_result(scenario, &Sources::default())
    }

    /// The number of the workload of that name.
    #[must_use]
    pub fn workload_named(&self, name: &str) -> Option<usize> {
        self.workloads.iter().position(|workload| &*workload.name == name)
    }

    /// The same of a name that somebody typed.
    ///
    /// # Errors
    /// That there is none, with the nearest name.
    pub fn find(&self, name: &str) -> Result<usize, Diagnostics> {
        self.workload_named(name).ok_or_else(|| {
            let names = self.workloads.iter().map(|workload| &*workload.name);
            let message = format!("the scenario has no workload {}", quoted(name));
            let mut faults = Diagnostics::new();
            faults.push(Diagnostic::new(Kind::UnknownScope, Span::NONE, message).suggest(name, names, None));
            faults
        })
    }
}

/// How demand grows: what the scenario states is the demand of today, month 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Growth {
    /// Months that are looked ahead, at least 1.
    pub months: u32,
    /// What the demand of a month is multiplied by for that of the next.
    pub factor: Factor,
    /// Where it stands.
    pub span: Span,
}

/// Request region → provider, with a default; names, because a gateway may know providers no book describes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gateway {
    /// Request region → provider, in the order given.
    pub routes: Vec<(Name, Name)>,
    /// The provider of every other request.
    pub default: Name,
}

/// One thing that has to run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Workload {
    /// Its name, unique in the scenario.
    pub name: Name,
    /// What the capability rule looks for.
    pub kind: Option<Name>,
    /// 1 matters most; orders output.
    pub priority: Option<u32>,
    /// Labels, sorted by name.
    pub labels: Vec<(Name, Name)>,
    /// Rule 1's region: `data_location`, or the region of `data.location`; never empty.
    pub data_location: Option<Name>,
    /// What it needs.
    pub demand: Demand,
    /// Terms it tolerates, sorted; never empty.
    pub terms: Vec<Terms>,
    /// Jurisdictions it must stay in; `None` if anywhere.
    pub residency: Option<Vec<Name>>,
    /// Where it may run.
    pub places: Places,
    /// Certifications its region must hold, sorted.
    pub certifications: Vec<Name>,
    /// Where it runs now.
    pub current: Option<Current>,
    /// Whether it may be divided.
    pub split: Split,
    /// How many identical workloads this states, at least 1; above 1 only if none is divided. Each copy has the whole
    /// demand, and goes whole to one place.
    pub count: u32,
    /// What a month of it (of each copy) is worth; `None` if it must be placed. What stays unplaced costs its value.
    pub value: Option<Amount>,
    /// Whether a limit counts its carbon: then it runs only where the books state power and grid figures.
    pub counts_carbon: bool,
    /// Where it stands in its file.
    pub span: Span,
}

/// Regions and providers that a workload may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Places {
    /// Only these regions, sorted; `None` for all.
    pub regions: Option<Vec<RegionId>>,
    /// Not these regions, sorted.
    pub denied_regions: Vec<RegionId>,
    /// Only these providers, sorted; `None` for all.
    pub providers: Option<Vec<ProviderId>>,
    /// Not these providers, sorted.
    pub denied_providers: Vec<ProviderId>,
}

/// What a workload needs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "nearly every workload is of machines: a box would save nothing")]
pub enum Demand {
    /// Nothing that can be priced: the documented rules answer for it, the optimizer cannot.
    Unstated,
    /// Machines, storage and traffic, priced from offers and tariffs.
    Machines(Machines),
    /// Usage priced by flat rates.
    FlatRate(FlatUsage),
    /// Options taken as they are.
    Given(Vec<GivenOption>),
}

impl Demand {
    /// The options given as they are; none if there are only those of the catalog.
    #[must_use]
    pub fn options(&self) -> &[GivenOption] {
        match self {
            Demand::Given(options) => options,
            Demand::Machines(machines) => &machines.options,
            Demand::Unstated | Demand::FlatRate(_) => &[],
        }
    }
}

/// Machines, storage and traffic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Machines {
    /// Machines at work, at least 1.
    pub replicas: u32,
    /// Hours a month of each.
    pub hours: Quantity,
    /// At least so many vCPU each.
    pub vcpu: Quantity,
    /// At least so many GiB of memory each.
    pub memory_gib: Quantity,
    /// One of these architectures; any if empty.
    pub arch: Vec<Arch>,
    /// Accelerators each.
    pub accelerator: Option<AcceleratorNeed>,
    /// Replicas and hours on single models, sorted by model.
    pub by_accelerator: Vec<OnAccelerator>,
    /// What it keeps where it runs.
    pub storage: Option<Storage>,
    /// Where its data lies, and GB read a month.
    pub data: Option<(RegionId, Quantity)>,
    /// GB a month to the internet.
    pub internet_gb: Quantity,
    /// GB a month to parts of the internet that books price apart, beside those; sorted by part.
    pub internet_to: Vec<(PartId, Quantity)>,
    /// Options given beside what the catalog offers: each takes the whole workload, as it is.
    pub options: Vec<GivenOption>,
    /// Another price of one offer for this workload alone. No file says it: a question supposes it, to learn at which
    /// price the offer would be chosen.
    pub(crate) supposed: Option<SupposedPrice>,
}

/// What an hour of one offer would cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SupposedPrice {
    pub(crate) region: RegionId,
    pub(crate) sku: SkuId,
    pub(crate) terms: Terms,
    pub(crate) price: UnitPrice,
}

impl Machines {
    /// What an hour of an offer costs this workload.
    pub(crate) fn price(&self, offer: &Offer) -> UnitPrice {
        let of = |supposed: &SupposedPrice| (supposed.region, supposed.sku, supposed.terms);
        let supposed = self.supposed.filter(|supposed| of(supposed) == (offer.region, offer.sku, offer.terms));
        supposed.map_or(offer.price, |supposed| supposed.price)
    }

    /// Replicas and hours on a machine with this accelerator.
    #[must_use]
    pub fn on(&self, accelerator: Option<Accelerator>) -> (u32, Quantity) {
        let special = accelerator.and_then(|model| self.by_accelerator.iter().find(|special| special.model == model));
        let replicas = special.and_then(|special| special.replicas).unwrap_or(self.replicas);
        let hours = special.and_then(|special| special.hours).unwrap_or(self.hours);
        (replicas, hours)
    }
}

/// What a workload keeps where it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Storage {
    /// GB kept.
    pub gb: Quantity,
    /// Their class.
    pub class: ClassId,
    /// GB a month that are read back of them, by all replicas together.
    pub read_gb: Quantity,
    /// Days after which what was stored is deleted, new data taking its place; `None` if it stays for good.
    pub kept_days: Option<Quantity>,
}

/// Accelerators a replica needs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AcceleratorNeed {
    /// One of these models, sorted; never empty.
    pub any_of: Vec<Accelerator>,
    /// At least so many.
    pub count: Quantity,
}

/// How much of a model does the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OnAccelerator {
    /// The model.
    pub model: Accelerator,
    /// Replicas on it, if not as usual.
    pub replicas: Option<u32>,
    /// Hours on it, if not as usual.
    pub hours: Option<Quantity>,
}

/// Usage priced by flat rates; also what `compare` prices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlatUsage {
    /// Compute hours a month.
    pub compute_hours: Quantity,
    /// GB stored.
    pub storage_gb: Quantity,
    /// GB a month over the network.
    pub network_gb: Quantity,
}

impl FlatUsage {
    /// A usage from decimals as a person types them: hours, GB stored, GB sent.
    ///
    /// # Errors
    /// Each figure that is not a number, is negative, is above a billion or has more than 6 decimals.
    pub fn parse(compute_hours: &str, storage_gb: &str, network_gb: &str) -> Result<FlatUsage, Diagnostics> {
        let mut faults = Diagnostics::new();
        let mut read = |text: &str, name: &str| {
            let value = numbers::decimal(&mut faults, text, Span::NONE, name);
            value.and_then(|value| numbers::quantity(&mut faults, value.into(), name)).unwrap_or_default()
        };
        let usage = FlatUsage {
            compute_hours: read(compute_hours, "compute hours"),
            storage_gb: read(storage_gb, "storage GB"),
            network_gb: read(network_gb, "network GB"),
        };
        faults.into_result(usage, &Sources::default())
    }
}

/// An option taken as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GivenOption {
    /// Where.
    pub region: RegionId,
    /// Cost a month.
    pub cost: Amount,
    /// What it uses, sorted by name.
    pub uses: Vec<(Name, Quantity)>,
}

/// Where a workload runs now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Current {
    /// Region.
    pub region: RegionId,
    /// SKU, if it says.
    pub sku: Option<SkuId>,
    /// Terms, if it says.
    pub terms: Option<Terms>,
}
