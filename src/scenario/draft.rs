//! A scenario before it is checked against a catalog: what a file says, or what an embedding program fills in.
//!
//! Every field is public and has a default; see [`crate::catalog::draft`] for how drafts carry places.

use rust_decimal::Decimal;

use crate::catalog::{Arch, Name, Terms};
use crate::diagnostic::{Span, Spanned};
use crate::scenario::rule::Domain;

/// A whole scenario.
#[derive(Clone, Debug, Default)]
pub struct ScenarioDraft {
    /// Its name.
    pub name: Name,
    /// Hours in a month; 730 if absent.
    pub hours_per_month: Option<Spanned<Decimal>>,
    /// How demand grows over months; it stays if absent.
    pub growth: Option<GrowthDraft>,
    /// How requests find a provider.
    pub gateway: Option<GatewayDraft>,
    /// What has to run.
    pub workloads: Vec<WorkloadDraft>,
    /// Quotas, budgets, shares, floors.
    pub limits: Vec<LimitDraft>,
    /// What is paid once if anything runs at a place.
    pub fees: Vec<FeeDraft>,
    /// How many providers are in use.
    pub providers: Option<ProviderCountDraft>,
    /// What runs in one place.
    pub together: Vec<TogetherDraft>,
    /// What shares no place.
    pub apart: Vec<ApartDraft>,
    /// What is spread over places.
    pub spread: Vec<SpreadDraft>,
}

/// How demand grows.
#[derive(Clone, Copy, Debug, Default)]
pub struct GrowthDraft {
    /// Over so many months.
    pub months: Spanned<Decimal>,
    /// By so many percent each.
    pub percent: Spanned<Decimal>,
}

/// Routes of a gateway.
#[derive(Clone, Debug, Default)]
pub struct GatewayDraft {
    /// Request region → provider.
    pub routes: Vec<(Spanned<Name>, Spanned<Name>)>,
    /// The provider of every other request.
    pub default: Spanned<Name>,
}

/// A workload.
#[derive(Clone, Debug, Default)]
pub struct WorkloadDraft {
    /// Its name.
    pub name: Spanned<Name>,
    /// What the capability rule looks for, such as `inference`.
    pub kind: Option<Name>,
    /// 1 matters most.
    pub priority: Option<Spanned<Decimal>>,
    /// Labels for limits.
    pub labels: Vec<(Name, Name)>,
    /// Rule 1's region, as any text.
    pub data_location: Option<Name>,
    /// Machines at work; 1 if absent.
    pub replicas: Option<Spanned<Decimal>>,
    /// Hours a month of each replica; the whole month if absent.
    pub hours: Option<Spanned<Decimal>>,
    /// What each replica needs.
    pub request: Option<RequestDraft>,
    /// How fast each accelerator is.
    pub by_accelerator: Vec<ByAcceleratorDraft>,
    /// Terms it tolerates; on demand only if empty.
    pub terms: Vec<Terms>,
    /// What it keeps.
    pub storage: Option<StorageNeedDraft>,
    /// What it reads.
    pub data: Option<DataNeedDraft>,
    /// GB a month to the internet.
    pub internet_gb: Option<Spanned<Decimal>>,
    /// GB a month to parts of the internet that books price apart, beside those.
    pub internet_to: Vec<(Spanned<Name>, Spanned<Decimal>)>,
    /// Jurisdictions it must stay in.
    pub residency: Option<Vec<Spanned<Name>>>,
    /// Regions it may use, or may not.
    pub regions: Choice,
    /// Providers it may use, or may not.
    pub providers: Choice,
    /// Certifications its region must hold.
    pub certifications: Vec<Spanned<Name>>,
    /// Where it runs now.
    pub current: Option<CurrentDraft>,
    /// Whether it may be divided.
    pub split: Split,
    /// Flat-rate usage: compute hours a month.
    pub compute_hours: Option<Spanned<Decimal>>,
    /// Flat-rate usage: GB stored.
    pub storage_gb: Option<Spanned<Decimal>>,
    /// Flat-rate usage: GB a month over the network.
    pub network_gb: Option<Spanned<Decimal>>,
    /// Options given as they are: instead of those derived from the catalog, or beside them if there is a `request`.
    pub options: Option<Spanned<Vec<OptionDraft>>>,
    /// How many identical workloads this states; 1 if absent.
    pub count: Option<Spanned<Decimal>>,
    /// What a month of it is worth; it must be placed if absent.
    pub value: Option<Spanned<Decimal>>,
}

/// Names that are allowed, or names that are denied.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Only these.
    pub allow: Option<Vec<Spanned<Name>>>,
    /// Not these.
    pub deny: Vec<Spanned<Name>>,
}

/// What each replica needs.
#[derive(Clone, Debug, Default)]
pub struct RequestDraft {
    /// At least so many vCPU.
    pub vcpu: Option<Spanned<Decimal>>,
    /// At least so many GiB of memory.
    pub memory_gib: Option<Spanned<Decimal>>,
    /// One of these architectures; any if empty.
    pub arch: Vec<Arch>,
    /// Accelerators.
    pub accelerator: Option<AcceleratorNeedDraft>,
}

/// Accelerators a replica needs.
#[derive(Clone, Debug, Default)]
pub struct AcceleratorNeedDraft {
    /// One of these models.
    pub any_of: Vec<Spanned<Name>>,
    /// At least so many; 1 if absent.
    pub count: Option<Spanned<Decimal>>,
}

/// What changes on an accelerator.
#[derive(Clone, Debug, Default)]
pub struct ByAcceleratorDraft {
    /// The model.
    pub model: Spanned<Name>,
    /// Replicas needed on it.
    pub replicas: Option<Spanned<Decimal>>,
    /// Hours needed on it.
    pub hours: Option<Spanned<Decimal>>,
}

/// What a workload keeps.
#[derive(Clone, Debug, Default)]
pub struct StorageNeedDraft {
    /// GB.
    pub gb: Spanned<Decimal>,
    /// Storage class; `standard` if absent.
    pub class: Option<Spanned<Name>>,
    /// GB a month that are read back of it; nothing if absent.
    pub read_gb: Option<Spanned<Decimal>>,
    /// Days after which what was stored is deleted, new data taking its place; for good if absent.
    pub kept_days: Option<Spanned<Decimal>>,
}

/// What a workload reads.
#[derive(Clone, Debug, Default)]
pub struct DataNeedDraft {
    /// Where it lies: `provider/region`, or a region only one book has.
    pub location: Spanned<Name>,
    /// GB read a month; nothing if absent.
    pub read_gb: Option<Spanned<Decimal>>,
}

/// Where a workload runs now.
#[derive(Clone, Debug, Default)]
pub struct CurrentDraft {
    /// Region.
    pub region: Spanned<Name>,
    /// SKU.
    pub sku: Option<Spanned<Name>>,
    /// Terms; any if absent.
    pub terms: Option<Terms>,
}

/// Whether a workload may be divided among places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Split {
    /// It goes whole to one place.
    #[default]
    Never,
    /// Replica by replica.
    Replicas,
    /// In parts of 10⁻⁶.
    Any,
}

impl Split {
    /// Every way.
    pub const ALL: [Split; 3] = [Split::Never, Split::Replicas, Split::Any];

    /// As scenarios write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Split::Never => "never",
            Split::Replicas => "replicas",
            Split::Any => "any",
        }
    }
}

/// An option given by the embedder.
#[derive(Clone, Debug, Default)]
pub struct OptionDraft {
    /// Region.
    pub region: Spanned<Name>,
    /// Cost a month.
    pub cost: Spanned<Decimal>,
    /// What it uses, by name.
    pub uses: Vec<(Spanned<Name>, Spanned<Decimal>)>,
}

/// A limit: a quota, a budget, a share, a floor.
#[derive(Clone, Debug, Default)]
pub struct LimitDraft {
    /// Its name.
    pub name: Spanned<Name>,
    /// What is summed, as written.
    pub sum: Spanned<Name>,
    /// Over which workloads and offers.
    pub filter: FilterDraft,
    /// One row per value of this key, as written: `provider`, `label.team`.
    pub per: Option<Spanned<Name>>,
    /// Upper bound.
    pub at_most: Option<BoundDraft>,
    /// Lower bound.
    pub at_least: Option<BoundDraft>,
}

/// The bound of a limit.
#[derive(Clone, Copy, Debug)]
pub struct BoundDraft {
    /// The figure.
    pub value: Spanned<Decimal>,
    /// Whether it is a percentage of the same sum.
    pub percent: bool,
}

/// A scope; an empty list is no restriction.
#[derive(Clone, Debug, Default)]
pub struct FilterDraft {
    /// Providers.
    pub provider: Vec<Spanned<Name>>,
    /// Regions.
    pub region: Vec<Spanned<Name>>,
    /// Jurisdictions.
    pub jurisdiction: Vec<Spanned<Name>>,
    /// SKUs.
    pub sku: Vec<Spanned<Name>>,
    /// Families.
    pub family: Vec<Spanned<Name>>,
    /// Accelerator models.
    pub accelerator: Vec<Spanned<Name>>,
    /// Terms.
    pub terms: Vec<Terms>,
    /// Workloads.
    pub workload: Vec<Spanned<Name>>,
    /// Workload types.
    pub kind: Vec<Spanned<Name>>,
    /// Label → one of these values.
    pub label: Vec<(Spanned<Name>, Vec<Name>)>,
    /// Where it stands.
    pub span: Span,
}

/// What is paid once a month if anything runs at a place: in a region, or anywhere at a provider, one of the two.
#[derive(Clone, Debug, Default)]
pub struct FeeDraft {
    /// Its name.
    pub name: Spanned<Name>,
    /// The region.
    pub region: Option<Spanned<Name>>,
    /// Or the provider.
    pub provider: Option<Spanned<Name>>,
    /// How much a month.
    pub monthly: Spanned<Decimal>,
}

/// How many providers are in use; at least one of the two bounds.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProviderCountDraft {
    /// At least so many.
    pub at_least: Option<Spanned<Decimal>>,
    /// At most so many.
    pub at_most: Option<Spanned<Decimal>>,
    /// Where it stands.
    pub span: Span,
}

/// Workloads that run in one and the same place.
#[derive(Clone, Debug, Default)]
pub struct TogetherDraft {
    /// Its name.
    pub name: Spanned<Name>,
    /// Workloads, at least two.
    pub workloads: Vec<Spanned<Name>>,
    /// What must be the same.
    pub same: Domain,
}

/// Workloads no two of which share a place.
#[derive(Clone, Debug, Default)]
pub struct ApartDraft {
    /// Its name.
    pub name: Spanned<Name>,
    /// Workloads, at least two.
    pub workloads: Vec<Spanned<Name>>,
    /// What must differ.
    pub by: Domain,
}

/// A workload of which no place runs more than a share.
#[derive(Clone, Debug, Default)]
pub struct SpreadDraft {
    /// Its name.
    pub name: Spanned<Name>,
    /// The workload.
    pub workload: Spanned<Name>,
    /// Over what.
    pub over: Domain,
    /// The most in one place, in percent.
    pub at_most: Spanned<Decimal>,
}
