//! What the market sells: providers, regions, SKUs, offers and tariffs, from one price book per provider.
//!
//! ```text
//! BookDraft (one per provider) ── build ──→ Catalog
//!   Provider ─< Region ─< Offer >─ Sku        an offer is a SKU in a region on some terms at a price
//!   Provider ─< Tariff                        storage and network prices, by tier
//!   Contract ─< Layer                         negotiated prices: discounts and fixed prices of offers
//! ```
//!
//! A catalog is immutable and complete: every price in it belongs to a region and a SKU that exist. Ids are positions
//! in sorted lists; only providers keep the order in which the books were given, because the documented rules break
//! ties by it.

mod accelerator;
mod build;
mod build_layers;
mod build_tariffs;
pub mod draft;
mod layer;
mod lookup;
mod power;
mod repriced;
mod tariff;
mod words;

use std::ops::Range;

pub use self::accelerator::Accelerator;
pub(crate) use self::build::assemble;
pub(crate) use self::build_layers::apply;
pub use self::draft::{BookDraft, ContractDraft, Name};
pub use self::layer::{Change, Contract, Layer, LayerScope};
pub(crate) use self::lookup::{Lookup, sorted};
pub use self::power::Power;
pub use self::tariff::{Destination, Tariff, TariffScope, Tier};
pub use self::words::{Arch, BilledUnit, Interruption, Scope, Terms};
use crate::diagnostic::{Diagnostics, Sources};
use crate::money::UnitPrice;
use crate::units::{Date, Quantity, Share};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($inner:ty),)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) $inner);

        impl $name {
            /// Its position in the catalog's list.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            /// The id of a position; beyond the range of ids, the last one, which no list reaches.
            pub(crate) fn at(index: usize) -> Self {
                $name(<$inner>::try_from(index).unwrap_or(<$inner>::MAX))
            }
        }
    )*};
}

ids! {
    /// A provider, in catalog order.
    ProviderId(u32),
    /// A region, sorted by provider, then name.
    RegionId(u32),
    /// A SKU, sorted by provider, then name.
    SkuId(u32),
    /// An offer, sorted by region, then SKU, then terms.
    OfferId(u32),
    /// A tariff.
    TariffId(u32),
    /// A storage class, sorted by name.
    ClassId(u32),
    /// A part of the internet that some book prices apart, sorted by name.
    PartId(u32),
}

/// A provider and what its book says of it as a whole.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Provider {
    /// Its name.
    pub name: Name,
    /// The date of its prices.
    pub as_of: Option<Date>,
    /// Where its figures come from.
    pub source: Option<Name>,
    /// Capabilities, in the book's order.
    pub capabilities: Vec<Name>,
    /// Headline rate per hour.
    pub cost_per_hour: Option<UnitPrice>,
    /// Flat rates.
    pub rates: Option<Rates>,
    /// Commitments on sale.
    pub commitments: Vec<Commitment>,
    /// Electric power.
    pub power: Option<Power>,
    /// Source and date of single blocks.
    pub provenance: Vec<Provenance>,
    regions: Range<usize>,
    skus: Range<usize>,
    internet_default: Option<TariffId>,
    destinations: Vec<Destination>,
    inter_region: Option<TariffId>,
    routes: Vec<((RegionId, RegionId), TariffId)>,
    cross_provider: Option<CrossProvider>,
    zone: Option<ZoneTransfer>,
}

impl Provider {
    /// Transfer between zones of its regions; kept, not charged yet.
    #[must_use]
    pub fn zone(&self) -> Option<ZoneTransfer> {
        self.zone
    }
}

/// Where the figures of one block come from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Provenance {
    /// The block.
    pub block: Name,
    /// Where its figures come from.
    pub source: Option<Name>,
    /// Their date.
    pub as_of: Option<Date>,
    /// What a reader should know.
    pub note: Option<Name>,
}

/// Flat rates, for `compare` and for workloads priced by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rates {
    /// Price of an hour of compute.
    pub compute_hour: UnitPrice,
    /// Price of a GB stored for a month.
    pub storage_gb_month: UnitPrice,
    /// Price of a GB over the network.
    pub network_gb: UnitPrice,
}

/// A commitment on sale; read and kept, not used yet.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Commitment {
    /// Its name.
    pub name: Name,
    /// What it covers.
    pub covers: Covers,
    /// Where it can be used.
    pub scope: Scope,
    /// Length in months.
    pub term_months: u32,
    /// Share of the on-demand price that it saves.
    pub discount: Share,
    /// Share of its price that is paid at the start.
    pub upfront: Share,
}

/// What a commitment covers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Covers {
    /// Every SKU of a family.
    Family(Name),
    /// One SKU.
    Sku(SkuId),
}

/// How traffic to another provider is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CrossProvider {
    /// As traffic to the internet.
    Internet,
    /// At a tariff of its own.
    Tariff(TariffId),
}

/// Transfer between zones of one region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ZoneTransfer {
    /// Price per GB.
    pub per_gb: UnitPrice,
    /// Whether the sender and the receiver both pay it.
    pub both_directions: bool,
}

/// A region of a provider.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Region {
    /// Whose it is.
    pub provider: ProviderId,
    /// The provider's name for it, such as `eu-west-1`.
    pub name: Name,
    /// `provider/name`, as plans and messages write it.
    pub path: Name,
    /// A name for people.
    pub title: Option<Name>,
    /// Two-letter country code.
    pub country: Option<Name>,
    /// Whose law applies, as residency rules name it.
    pub jurisdiction: Option<Name>,
    /// Number of availability zones.
    pub zones: Option<u32>,
    /// Latitude and longitude in 10⁻⁶ degrees.
    pub coordinates: Option<[i32; 2]>,
    /// Grams of CO₂ equivalent per kWh of the grid.
    pub grid_gco2_per_kwh: Option<Quantity>,
    /// Certifications that hold there, sorted.
    pub certifications: Vec<Name>,
    internet: Option<TariffId>,
    storage: Vec<StoragePrice>,
    offers: Range<usize>,
}

impl Region {
    /// What each storage class that is sold there costs.
    #[must_use]
    pub fn storage(&self) -> &[StoragePrice] {
        &self.storage
    }
}

/// What a storage class costs in a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoragePrice {
    /// The class.
    pub class: ClassId,
    /// Its tariff.
    pub tariff: TariffId,
    /// Shortest time that is paid for, in days; `None` where the book states none, which does not mean that there is none.
    pub minimum_days: Option<u32>,
    /// Price of a GB that is read back; `None` where the book states none, which does not mean that it is free.
    pub retrieval_per_gb: Option<UnitPrice>,
}

/// What is sold, apart from where and on which terms.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Sku {
    /// Whose it is.
    pub provider: ProviderId,
    /// The provider's name for it, such as `m7i.xlarge`.
    pub name: Name,
    /// Virtual CPUs.
    pub vcpu: Quantity,
    /// Memory in GiB.
    pub memory_gib: Quantity,
    /// Its family.
    pub family: Option<Name>,
    /// Processor architecture.
    pub arch: Arch,
    /// Its accelerators.
    pub accelerator: Option<SkuAccelerator>,
}

/// The accelerators of a SKU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkuAccelerator {
    /// The model.
    pub model: Accelerator,
    /// How many; a fraction where one is shared.
    pub count: Quantity,
    /// GiB on each.
    pub memory_gib: Option<Quantity>,
}

/// A SKU in a region on some terms at a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Offer {
    /// Where.
    pub region: RegionId,
    /// What.
    pub sku: SkuId,
    /// On which terms.
    pub terms: Terms,
    /// Price per hour; on spot, of the dearest zone. What is paid: after the layers of contracts.
    pub price: UnitPrice,
    /// The price before contracts, as the book states it.
    pub list_price: UnitPrice,
    detail: Option<u32>,
}

/// What only some offers have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OfferDetail {
    /// Price per hour in the cheapest zone.
    pub lowest_zone: Option<UnitPrice>,
    /// How often spot machines are taken back.
    pub interruption: Option<Interruption>,
    /// How the price was derived, where no list states it.
    pub derived: Option<Name>,
}

/// The price of moving data from one region to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transfer {
    /// Within one region: not charged.
    Free,
    /// By this tariff, billed by the source's provider.
    Tariff(TariffId),
    /// The book of the source has no price for it.
    NoPrice,
}

/// Everything that is on sale, from one price book per provider.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    currency: Name,
    providers: Vec<Provider>,
    regions: Vec<Region>,
    skus: Vec<Sku>,
    offers: Vec<Offer>,
    details: Vec<OfferDetail>,
    tariffs: Vec<Tariff>,
    contracts: Vec<Contract>,
    classes: Vec<Name>,
    parts: Vec<Name>,
    regions_by_name: Vec<RegionId>,
    first_with_capability: Vec<(Name, ProviderId)>,
    lowest_cost: Option<ProviderId>,
}

impl Catalog {
    /// A catalog from one draft per provider, in the order that the documented rules are to use.
    ///
    /// # Errors
    /// Everything that is wrong in any of the drafts, at once.
    pub fn build(books: Vec<BookDraft>) -> Result<Catalog, Diagnostics> {
        let mut faults = Diagnostics::new();
        let catalog = assemble(books, &mut faults);
        faults.into_result(catalog, &Sources::default())
    }

    /// The same, with contracts, whose layers change the list prices in the order given.
    ///
    /// # Errors
    /// Everything that is wrong in any of the drafts, at once.
    pub fn build_with_contracts(books: Vec<BookDraft>, contracts: Vec<ContractDraft>) -> Result<Catalog, Diagnostics> {
        let mut faults = Diagnostics::new();
        let mut catalog = assemble(books, &mut faults);
        if faults.is_empty() {
            apply(&mut catalog, contracts, &mut faults);
        }
        faults.into_result(catalog, &Sources::default())
    }

    /// The currency of every price, such as `USD`.
    #[must_use]
    pub fn currency(&self) -> &Name {
        &self.currency
    }

    /// Providers in catalog order.
    #[must_use]
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// Regions, sorted by provider, then name.
    #[must_use]
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// SKUs, sorted by provider, then name.
    #[must_use]
    pub fn skus(&self) -> &[Sku] {
        &self.skus
    }

    /// Offers, sorted by region, then SKU, then terms.
    #[must_use]
    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    /// Tariffs of storage and network.
    #[must_use]
    pub fn tariffs(&self) -> &[Tariff] {
        &self.tariffs
    }

    /// Contracts, in the order in which their layers were applied.
    #[must_use]
    pub fn contracts(&self) -> &[Contract] {
        &self.contracts
    }

    /// The layers that change the price of an offer, in order.
    pub fn layers_of<'a>(&'a self, offer: &'a Offer) -> impl Iterator<Item = &'a Layer> {
        let layers = self.contracts.iter().flat_map(|contract| &contract.layers);
        layers.filter(move |layer| layer.scope.holds(self, offer))
    }

    /// Names of all storage classes, sorted.
    #[must_use]
    pub fn classes(&self) -> &[Name] {
        &self.classes
    }

    /// A provider by its id.
    ///
    /// # Panics
    /// If the id is another catalog's.
    #[must_use]
    pub fn provider(&self, id: ProviderId) -> &Provider {
        &self.providers[id.index()]
    }

    /// A region by its id.
    ///
    /// # Panics
    /// If the id is another catalog's.
    #[must_use]
    pub fn region(&self, id: RegionId) -> &Region {
        &self.regions[id.index()]
    }

    /// A SKU by its id.
    ///
    /// # Panics
    /// If the id is another catalog's.
    #[must_use]
    pub fn sku(&self, id: SkuId) -> &Sku {
        &self.skus[id.index()]
    }

    /// An offer by its id.
    ///
    /// # Panics
    /// If the id is another catalog's.
    #[must_use]
    pub fn offer(&self, id: OfferId) -> &Offer {
        &self.offers[id.index()]
    }

    /// A tariff by its id.
    ///
    /// # Panics
    /// If the id is another catalog's.
    #[must_use]
    pub fn tariff(&self, id: TariffId) -> &Tariff {
        &self.tariffs[id.index()]
    }

    /// The name of a storage class.
    ///
    /// # Panics
    /// If the id is another catalog's.
    #[must_use]
    pub fn class(&self, id: ClassId) -> &Name {
        &self.classes[id.index()]
    }

    /// What only some offers have.
    #[must_use]
    pub fn detail(&self, offer: &Offer) -> Option<&OfferDetail> {
        offer.detail.and_then(|index| self.details.get(index as usize))
    }

    /// The provider of that name.
    #[must_use]
    pub fn provider_named(&self, name: &str) -> Option<ProviderId> {
        self.providers.iter().position(|provider| &*provider.name == name).map(ProviderId::at)
    }

    /// The region of that name in a provider's book.
    #[must_use]
    pub fn region_named(&self, provider: ProviderId, name: &str) -> Option<RegionId> {
        let range = self.provider(provider).regions.clone();
        let start = range.start;
        self.regions[range].binary_search_by(|region| (*region.name).cmp(name)).ok().map(|at| RegionId::at(start + at))
    }

    /// Every region of that bare name, in catalog order of their providers.
    #[must_use]
    pub fn regions_named(&self, name: &str) -> &[RegionId] {
        let by_name = &self.regions_by_name;
        let start = by_name.partition_point(|&region| *self.region(region).name < *name);
        let end = start + by_name[start..].partition_point(|&region| *self.region(region).name == *name);
        &by_name[start..end]
    }

    /// The SKU of that name in a provider's book.
    #[must_use]
    pub fn sku_named(&self, provider: ProviderId, name: &str) -> Option<SkuId> {
        let range = self.provider(provider).skus.clone();
        let start = range.start;
        self.skus[range].binary_search_by(|sku| (*sku.name).cmp(name)).ok().map(|at| SkuId::at(start + at))
    }

    /// The storage class of that name.
    #[must_use]
    pub fn class_named(&self, name: &str) -> Option<ClassId> {
        self.classes.binary_search_by(|class| (**class).cmp(name)).ok().map(ClassId::at)
    }

    /// The ids of a provider's regions.
    pub fn regions_of(&self, provider: ProviderId) -> impl Iterator<Item = RegionId> + use<> {
        self.provider(provider).regions.clone().map(RegionId::at)
    }

    /// The ids of a region's offers.
    pub fn offers_in(&self, region: RegionId) -> impl Iterator<Item = OfferId> + use<> {
        self.region(region).offers.clone().map(OfferId::at)
    }

    /// The first provider, in catalog order, with a capability.
    #[must_use]
    pub fn first_with_capability(&self, capability: &str) -> Option<ProviderId> {
        let list = &self.first_with_capability;
        let at = list.binary_search_by(|(name, _)| (**name).cmp(capability)).ok()?;
        Some(list[at].1)
    }

    /// The provider with the lowest `cost_per_hour`, the first in catalog order on a tie.
    #[must_use]
    pub fn lowest_cost(&self) -> Option<ProviderId> {
        self.lowest_cost
    }

    /// The price of a storage class in a region.
    #[must_use]
    pub fn storage_price(&self, region: RegionId, class: ClassId) -> Option<StoragePrice> {
        self.region(region).storage.iter().copied().find(|price| price.class == class)
    }

    /// The tariff to the internet from a region: its own, else the provider's default.
    #[must_use]
    pub fn internet_tariff(&self, from: RegionId) -> Option<TariffId> {
        let region = self.region(from);
        region.internet.or(self.provider(region.provider).internet_default)
    }

    /// What moving data from one region to another is charged by.
    #[must_use]
    pub fn transfer(&self, from: RegionId, to: RegionId) -> Transfer {
        if from == to {
            return Transfer::Free;
        }
        let source = self.provider(self.region(from).provider);
        let tariff = if self.region(from).provider == self.region(to).provider {
            let route = source.routes.binary_search_by_key(&(from, to), |&(route, _)| route);
            route.ok().map(|at| source.routes[at].1).or(source.inter_region)
        } else {
            match source.cross_provider {
                Some(CrossProvider::Internet) => self.internet_tariff(from),
                Some(CrossProvider::Tariff(tariff)) => Some(tariff),
                None => None,
            }
        };
        tariff.map_or(Transfer::NoPrice, Transfer::Tariff)
    }

    /// Transfer between zones of a provider's regions; kept, not charged yet.
    #[must_use]
    pub fn zone_transfer(&self, provider: ProviderId) -> Option<ZoneTransfer> {
        self.provider(provider).zone
    }
}
