//! Rules beside limits: fees, how many providers, what runs together, apart, or spread.

use crate::catalog::{Catalog, Name, ProviderId, RegionId};
use crate::diagnostic::Span;
use crate::money::Amount;
use crate::units::Share;

/// What is paid once a month if anything runs at a place.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fee {
    /// Its name, unique among all rules of the scenario.
    pub name: Name,
    /// Where.
    pub place: FeePlace,
    /// How much a month.
    pub monthly: Amount,
    /// Where it stands in its file.
    pub span: Span,
}

impl Fee {
    /// Who bills it: the provider of its place.
    #[must_use]
    pub fn biller(&self, catalog: &Catalog) -> ProviderId {
        match self.place {
            FeePlace::Region(region) => catalog.region(region).provider,
            FeePlace::Provider(provider) => provider,
        }
    }

    /// Whether a region is its place, or a part of it.
    #[must_use]
    pub fn is_due_in(&self, catalog: &Catalog, region: RegionId) -> bool {
        match self.place {
            FeePlace::Region(place) => place == region,
            FeePlace::Provider(place) => place == catalog.region(region).provider,
        }
    }
}

/// Where a fee is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FeePlace {
    /// In one region.
    Region(RegionId),
    /// Anywhere at one provider.
    Provider(ProviderId),
}

/// How many providers are in use: those that run at least one replica, or a part above 10⁻³, of some workload.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct ProviderCount {
    /// At least so many.
    pub at_least: Option<u32>,
    /// At most so many.
    pub at_most: Option<u32>,
    /// Where it stands in its file.
    pub span: Span,
}

/// What places are told apart by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Domain {
    /// By provider.
    Provider,
    /// By region.
    #[default]
    Region,
}

impl Domain {
    /// Every one.
    pub const ALL: [Domain; 2] = [Domain::Provider, Domain::Region];

    /// As scenarios write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Domain::Provider => "provider",
            Domain::Region => "region",
        }
    }
}

/// Workloads whose parts all run in one and the same place; those that stay unplaced are not asked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Together {
    /// Its name, unique among all rules of the scenario.
    pub name: Name,
    /// Workload numbers, sorted; at least two.
    pub workloads: Vec<usize>,
    /// What must be the same.
    pub same: Domain,
    /// Where it stands in its file.
    pub span: Span,
}

/// Workloads no two of which share a place; parts and copies of one workload may.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Apart {
    /// Its name, unique among all rules of the scenario.
    pub name: Name,
    /// Workload numbers, sorted; at least two.
    pub workloads: Vec<usize>,
    /// What must differ.
    pub by: Domain,
    /// Where it stands in its file.
    pub span: Span,
}

/// A workload of which no place runs more than a share of its replicas, parts or copies.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Spread {
    /// Its name, unique among all rules of the scenario.
    pub name: Name,
    /// Workload number; it may be divided, or has copies.
    pub workload: usize,
    /// Over what.
    pub over: Domain,
    /// The most in one place, rounded down to whole units.
    pub at_most: Share,
    /// Where it stands in its file.
    pub span: Span,
}
