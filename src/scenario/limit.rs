//! Limits: one shape for quotas, budgets, shares, carbon caps and floors.

use crate::catalog::{Accelerator, Name, ProviderId, RegionId, Terms};
use crate::diagnostic::Span;
use crate::scenario::Workload;
use crate::units::{Share, Total};

/// A named rule over a sum.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limit {
    /// Its name, unique in the scenario.
    pub name: Name,
    /// What is summed.
    pub sum: Measure,
    /// Over which workloads and offers.
    pub filter: Filter,
    /// One row per value of this key in use.
    pub per: Option<Key>,
    /// Which way it binds.
    pub sense: Sense,
    /// How far.
    pub bound: Bound,
    /// Where it stands in its file.
    pub span: Span,
}

/// What a limit sums: what is bought, a month.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measure {
    /// vCPU of all machines at once.
    Vcpu,
    /// GiB of memory of all machines at once.
    MemoryGib,
    /// Accelerators of all machines at once.
    Accelerators,
    /// Machines at once.
    Replicas,
    /// vCPU × hours.
    VcpuHours,
    /// Accelerators × hours.
    AcceleratorHours,
    /// Money.
    Cost,
    /// Kilograms of CO₂ equivalent.
    KgCo2e,
    /// A name from the `uses` of given options.
    Use(Name),
}

impl Measure {
    /// The measures with a name of their own.
    pub const NAMED: [Measure; 8] = [
        Measure::Vcpu,
        Measure::MemoryGib,
        Measure::Accelerators,
        Measure::Replicas,
        Measure::VcpuHours,
        Measure::AcceleratorHours,
        Measure::Cost,
        Measure::KgCo2e,
    ];

    /// As scenarios write it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Measure::Vcpu => "vcpu",
            Measure::MemoryGib => "memory_gib",
            Measure::Accelerators => "accelerators",
            Measure::Replicas => "replicas",
            Measure::VcpuHours => "vcpu_hours",
            Measure::AcceleratorHours => "accelerator_hours",
            Measure::Cost => "cost",
            Measure::KgCo2e => "kg_co2e",
            Measure::Use(name) => name,
        }
    }
}

/// Which way a limit binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sense {
    /// The sum stays at or below the bound.
    AtMost,
    /// The sum stays at or above the bound.
    AtLeast,
}

/// How far a limit goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bound {
    /// To a figure in the unit of the sum.
    Absolute(Total),
    /// To a share of the same sum over the same workloads, wherever they run.
    Share(Share),
}

/// What a limit or a `per` asks of a workload or of where it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Key {
    /// Provider.
    Provider,
    /// Region.
    Region,
    /// Jurisdiction of the region.
    Jurisdiction,
    /// SKU.
    Sku,
    /// Family of the SKU.
    Family,
    /// Accelerator model.
    Accelerator,
    /// Terms.
    Terms,
    /// Workload.
    Workload,
    /// Workload type.
    Type,
    /// The value of a label.
    Label(Name),
}

/// A scope; an empty list is no restriction, several lists must all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filter {
    /// Providers, sorted.
    pub providers: Vec<ProviderId>,
    /// Regions, sorted.
    pub regions: Vec<RegionId>,
    /// Jurisdictions, sorted.
    pub jurisdictions: Vec<Name>,
    /// SKU names, sorted.
    pub skus: Vec<Name>,
    /// Family names, sorted.
    pub families: Vec<Name>,
    /// Accelerator models, sorted.
    pub accelerators: Vec<Accelerator>,
    /// Terms, sorted.
    pub terms: Vec<Terms>,
    /// Workload numbers, sorted.
    pub workloads: Vec<usize>,
    /// Workload types, sorted.
    pub kinds: Vec<Name>,
    /// Label → one of these values.
    pub labels: Vec<(Name, Vec<Name>)>,
}

impl Key {
    /// Whether it speaks of a machine, not of a place or a workload.
    #[must_use]
    pub fn asks_machine(&self) -> bool {
        matches!(self, Key::Sku | Key::Family | Key::Accelerator | Key::Terms)
    }
}

impl Filter {
    /// Whether a workload is in the scope, by the keys that speak of workloads; `number` is its own.
    pub(crate) fn includes(&self, number: usize, workload: &Workload) -> bool {
        let listed = |kinds: &[Name], kind: &Name| kinds.binary_search(kind).is_ok();
        (self.workloads.is_empty() || self.workloads.binary_search(&number).is_ok())
            && (self.kinds.is_empty() || workload.kind.as_ref().is_some_and(|kind| listed(&self.kinds, kind)))
            && self.labels.iter().all(|(label, values)| {
                let at = workload.labels.binary_search_by(|(name, _)| name.cmp(label));
                at.is_ok_and(|at| listed(values, &workload.labels[at].1))
            })
    }

    /// Whether it restricts the machine that a workload runs on.
    #[must_use]
    pub fn asks_machine(&self) -> bool {
        !(self.skus.is_empty() && self.families.is_empty() && self.accelerators.is_empty() && self.terms.is_empty())
    }

    /// Whether it restricts anything about where or on what a workload runs, beyond the provider.
    #[must_use]
    pub fn is_narrower_than_a_provider(&self) -> bool {
        !(self.regions.is_empty()
            && self.jurisdictions.is_empty()
            && self.skus.is_empty()
            && self.families.is_empty()
            && self.accelerators.is_empty()
            && self.terms.is_empty()
            && self.workloads.is_empty()
            && self.kinds.is_empty()
            && self.labels.is_empty())
    }
}
