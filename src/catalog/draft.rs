//! A price book before it is checked: what a file says, or what an embedding program fills in.
//!
//! Every field is public and has a default, so a program writes
//! `BookDraft { provider: "aws".into(), ..BookDraft::default() }`. Values read from a file carry their place, so that
//! a fault found later still points into the file.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::catalog::{Arch, BilledUnit, Interruption, Scope, Terms};
use crate::diagnostic::{Span, Spanned};
use crate::units::Date;

/// A name as books and scenarios write it; cheap to copy, since names repeat.
pub type Name = Arc<str>;

/// One provider's price book.
#[derive(Clone, Debug, Default)]
pub struct BookDraft {
    /// The provider's name, such as `aws`.
    pub provider: Spanned<Name>,
    /// Three capital letters, such as `USD`.
    pub currency: Spanned<Name>,
    /// The date of its prices.
    pub as_of: Option<Spanned<Date>>,
    /// Where its figures come from.
    pub source: Option<Name>,
    /// What the provider offers beyond machines: the capability rule asks these.
    pub capabilities: Vec<Spanned<Name>>,
    /// Headline rate per hour, for the lowest-cost rule.
    pub cost_per_hour: Option<Spanned<Decimal>>,
    /// Flat rates, for `compare` and for workloads priced by them.
    pub rates: Option<RatesDraft>,
    /// Its regions.
    pub regions: Vec<RegionDraft>,
    /// What is sold.
    pub skus: Vec<SkuDraft>,
    /// Where it is sold, on which terms, at what price.
    pub offers: Vec<OfferDraft>,
    /// What can be bought for a term.
    pub commitments: Vec<CommitmentDraft>,
    /// Storage prices.
    pub storage: StorageDraft,
    /// Network prices.
    pub network: NetworkDraft,
    /// Electric power, for carbon.
    pub power: Option<PowerDraft>,
    /// Source and date of single blocks.
    pub provenance: Vec<ProvenanceDraft>,
}

/// Where the figures of one block come from.
#[derive(Clone, Debug, Default)]
pub struct ProvenanceDraft {
    /// The block, as `offers m7i.xlarge`.
    pub block: Name,
    /// Where its figures come from.
    pub source: Option<Name>,
    /// Their date.
    pub as_of: Option<Spanned<Date>>,
    /// What a reader should know.
    pub note: Option<Name>,
}

/// Flat rates.
#[derive(Clone, Debug, Default)]
pub struct RatesDraft {
    /// Price of an hour of compute.
    pub compute_hour: Spanned<Decimal>,
    /// Price of a GB stored for a month.
    pub storage_gb_month: Spanned<Decimal>,
    /// Price of a GB over the network.
    pub network_gb: Spanned<Decimal>,
}

/// A region.
#[derive(Clone, Debug, Default)]
pub struct RegionDraft {
    /// The provider's name for it.
    pub name: Spanned<Name>,
    /// A name for people.
    pub title: Option<Name>,
    /// Two-letter country code.
    pub country: Option<Name>,
    /// Whose law applies, as residency rules name it: `EU`, `US`.
    pub jurisdiction: Option<Name>,
    /// Number of availability zones.
    pub zones: Option<Spanned<Decimal>>,
    /// Latitude and longitude in degrees.
    pub coordinates: Option<[Spanned<Decimal>; 2]>,
    /// Grams of CO₂ equivalent per kWh of the grid.
    pub grid_gco2_per_kwh: Option<Spanned<Decimal>>,
    /// Certifications that hold there.
    pub certifications: Vec<Spanned<Name>>,
}

/// A SKU: what is sold, apart from where and on which terms.
#[derive(Clone, Debug, Default)]
pub struct SkuDraft {
    /// The provider's name for it.
    pub name: Spanned<Name>,
    /// Virtual CPUs.
    pub vcpu: Spanned<Decimal>,
    /// Memory in GiB.
    pub memory_gib: Spanned<Decimal>,
    /// Its family, such as `m7i`.
    pub family: Option<Name>,
    /// Processor architecture.
    pub arch: Arch,
    /// Its accelerators.
    pub accelerator: Option<SkuAcceleratorDraft>,
}

/// The accelerators of a SKU.
#[derive(Clone, Debug, Default)]
pub struct SkuAcceleratorDraft {
    /// Model or alias.
    pub model: Spanned<Name>,
    /// How many; whole, except for shared ones.
    pub count: Spanned<Decimal>,
    /// GiB on each.
    pub memory_gib: Option<Spanned<Decimal>>,
}

/// The prices of one SKU.
#[derive(Clone, Debug, Default)]
pub struct OfferDraft {
    /// The SKU.
    pub sku: Spanned<Name>,
    /// Price per hour on demand, by region.
    pub on_demand: Vec<PriceDraft>,
    /// Price per hour on spot, by region.
    pub spot: Vec<PriceDraft>,
}

/// A price in a region.
#[derive(Clone, Debug, Default)]
pub struct PriceDraft {
    /// The region.
    pub region: Spanned<Name>,
    /// Price per hour; on spot, of the dearest zone.
    pub price: Spanned<Decimal>,
    /// What only some prices have.
    pub detail: Option<Box<PriceDetailDraft>>,
}

/// What only some prices have.
#[derive(Clone, Debug, Default)]
pub struct PriceDetailDraft {
    /// Price per hour in the cheapest zone.
    pub lowest_zone: Option<Spanned<Decimal>>,
    /// How often spot machines are taken back.
    pub interruption: Option<Interruption>,
    /// How the price was derived, where no list states it.
    pub derived: Option<Name>,
}

/// Something bought for a term and paid whether used or not.
#[derive(Clone, Debug, Default)]
pub struct CommitmentDraft {
    /// Its name.
    pub name: Spanned<Name>,
    /// The family it covers, or
    pub family: Option<Spanned<Name>>,
    /// the SKU it covers.
    pub sku: Option<Spanned<Name>>,
    /// Where it can be used.
    pub scope: Scope,
    /// Length in months.
    pub term_months: Spanned<Decimal>,
    /// Percent off the on-demand price.
    pub discount: Spanned<Decimal>,
    /// Percent of the price that is paid at the start.
    pub upfront: Spanned<Decimal>,
}

/// Storage prices.
#[derive(Clone, Debug, Default)]
pub struct StorageDraft {
    /// What the provider's "GB" is.
    pub billed_unit: BilledUnit,
    /// Its classes.
    pub classes: Vec<StorageClassDraft>,
}

/// One storage class.
#[derive(Clone, Debug, Default)]
pub struct StorageClassDraft {
    /// Its name, such as `standard`.
    pub name: Spanned<Name>,
    /// Shortest time that is paid for, in days, in regions that state none of their own.
    pub minimum_days: Option<Spanned<Decimal>>,
    /// Price for a billed unit that is read back, in regions that state none of their own.
    pub retrieval_per_gb: Option<Spanned<Decimal>>,
    /// Its price by region.
    pub regions: Vec<StoragePriceDraft>,
}

/// A storage price in a region.
#[derive(Clone, Debug, Default)]
pub struct StoragePriceDraft {
    /// The region.
    pub region: Spanned<Name>,
    /// Price for a billed unit kept a month.
    pub per_gb_month: TariffDraft,
    /// Shortest time that is paid for, in days; that of the class if absent.
    pub minimum_days: Option<Spanned<Decimal>>,
    /// Price for a billed unit that is read back; that of the class if absent.
    pub retrieval_per_gb: Option<Spanned<Decimal>>,
}

/// A tariff: an allowance and tiers, in the block's billed unit.
#[derive(Clone, Debug, Default)]
pub struct TariffDraft {
    /// Where it stands.
    pub span: Span,
    /// Free volume a month.
    pub free_gb: Option<Spanned<Decimal>>,
    /// Tiers, bounds rising, the last without an end.
    pub tiers: Vec<TierDraft>,
}

impl TariffDraft {
    /// One price for every unit.
    #[must_use]
    pub fn flat(price: Decimal) -> Self {
        TariffDraft { tiers: vec![TierDraft { up_to: None, price: price.into() }], ..TariffDraft::default() }
    }
}

/// One tier.
#[derive(Clone, Copy, Debug, Default)]
pub struct TierDraft {
    /// Where it ends; the last has no end.
    pub up_to: Option<Spanned<Decimal>>,
    /// Price per unit inside it.
    pub price: Spanned<Decimal>,
}

/// Network prices.
#[derive(Clone, Debug, Default)]
pub struct NetworkDraft {
    /// What the provider's "GB" is.
    pub billed_unit: BilledUnit,
    /// To the internet, by source region.
    pub internet: Vec<(Spanned<Name>, TariffDraft)>,
    /// To the internet, from regions without an entry of their own.
    pub internet_default: Option<TariffDraft>,
    /// To parts of the internet that are priced apart.
    pub destinations: Vec<DestinationDraft>,
    /// To another region of the provider, for pairs without a route.
    pub inter_region: Option<TariffDraft>,
    /// To another region of the provider, by source and destination.
    pub routes: Vec<RouteDraft>,
    /// To another provider.
    pub cross_provider: Option<CrossProviderDraft>,
    /// Between zones of one region.
    pub zone: Option<ZoneDraft>,
}

/// The price to a part of the internet, such as `china`.
#[derive(Clone, Debug, Default)]
pub struct DestinationDraft {
    /// Source; from regions without an entry of their own if absent.
    pub from: Option<Spanned<Name>>,
    /// What the part is called.
    pub part: Spanned<Name>,
    /// What it costs.
    pub price: DestinationPriceDraft,
}

/// How traffic to a part of the internet is charged.
#[derive(Clone, Debug, Default)]
pub enum DestinationPriceDraft {
    /// As all other traffic to the internet.
    #[default]
    Internet,
    /// At a tariff of its own.
    Tariff(TariffDraft),
}

/// The price from one region to another.
#[derive(Clone, Debug, Default)]
pub struct RouteDraft {
    /// Source.
    pub from: Spanned<Name>,
    /// Destination.
    pub to: Spanned<Name>,
    /// Price per unit.
    pub per_gb: TariffDraft,
}

/// How traffic to another provider is charged.
#[derive(Clone, Debug)]
pub enum CrossProviderDraft {
    /// As traffic to the internet.
    Internet,
    /// At a tariff of its own.
    Tariff(TariffDraft),
}

/// Transfer between zones of one region.
#[derive(Clone, Copy, Debug, Default)]
pub struct ZoneDraft {
    /// Price per unit.
    pub per_gb: Spanned<Decimal>,
    /// Whether the sender and the receiver both pay it.
    pub both_directions: bool,
}

/// Electric power.
#[derive(Clone, Debug, Default)]
pub struct PowerDraft {
    /// Watts per vCPU.
    pub vcpu_w: Spanned<Decimal>,
    /// Watts per accelerator, by model.
    pub accelerator_w: Vec<(Spanned<Name>, Spanned<Decimal>)>,
    /// Power of the building per power of the machines.
    pub pue: Spanned<Decimal>,
    /// Where the figures come from.
    pub source: Option<Name>,
}

/// An agreement on prices that differ from the list.
#[derive(Clone, Debug, Default)]
pub struct ContractDraft {
    /// Its name.
    pub name: Spanned<Name>,
    /// The currency of its fixed prices; needed where it has any.
    pub currency: Option<Spanned<Name>>,
    /// Where its figures come from.
    pub source: Option<Name>,
    /// Their date.
    pub as_of: Option<Date>,
    /// What a reader should know.
    pub note: Option<Name>,
    /// What it changes, in order.
    pub layers: Vec<LayerDraft>,
}

/// One change of the prices of some offers: a discount or a fixed price.
#[derive(Clone, Debug, Default)]
pub struct LayerDraft {
    /// Its name, unique over all contracts.
    pub name: Spanned<Name>,
    /// Providers; empty means any, here as in the other lists.
    pub provider: Vec<Spanned<Name>>,
    /// Families of SKUs.
    pub family: Vec<Spanned<Name>>,
    /// Regions, as `aws/eu-west-1`, or bare where one book alone has such a region.
    pub region: Vec<Spanned<Name>>,
    /// SKUs.
    pub sku: Vec<Spanned<Name>>,
    /// Terms.
    pub terms: Vec<Terms>,
    /// Percent off what the price was before, or
    pub discount: Option<Spanned<Decimal>>,
    /// the price per hour, whatever it was before.
    pub price: Option<Spanned<Decimal>>,
}
