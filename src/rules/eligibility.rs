//! Whether an offer can serve a workload: yes, or every reason why not.

use std::fmt;

use crate::catalog::{Accelerator, Arch, Catalog, Name, OfferId, RegionId, SkuId, Terms, Transfer};
use crate::scenario::{Demand, Machines, Workload};
use crate::units::Quantity;

/// What could serve a workload, before it is asked whether it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Supply {
    /// An offer of the catalog.
    Offer(OfferId),
    /// The flat rates of a region's provider.
    Rates(RegionId),
    /// The workload's own option of that number.
    Given(u32),
}

/// Why an offer cannot serve a workload.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// The provider is denied, or not among those allowed.
    Provider,
    /// The region is denied, or not among those allowed.
    Region,
    /// The region lies outside the residency; its jurisdiction.
    Jurisdiction(Option<Name>),
    /// The region lacks this certification.
    Certification(Name),
    /// The workload does not tolerate these terms.
    Terms(Terms),
    /// Too few vCPU: asked, offered.
    Vcpu(Quantity, Quantity),
    /// Too little memory in GiB: asked, offered.
    Memory(Quantity, Quantity),
    /// Another architecture.
    Arch(Arch),
    /// Another accelerator, or none.
    AcceleratorModel(Option<Accelerator>),
    /// Too few accelerators: asked, offered.
    AcceleratorCount(Quantity, Quantity),
    /// A price that the books do not have.
    NoPrice(MissingPrice),
    /// A limit counts its carbon, and the books do not have this figure.
    NoCarbon(MissingFigure),
}

/// A figure without which nothing is known of carbon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum MissingFigure {
    /// Watts of the machines, and of the building.
    Power,
    /// Watts of this accelerator.
    Watts(Accelerator),
    /// Grams per kWh of the region's grid.
    Grid,
}

/// A price that the books do not have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum MissingPrice {
    /// This storage class in the region.
    Storage(Name),
    /// Reading back what is kept in this storage class in the region.
    Retrieval(Name),
    /// The shortest time that is paid for in this storage class in the region.
    MinimumDays(Name),
    /// Egress from the region to the internet.
    Internet,
    /// Egress from the region to this part of the internet.
    InternetTo(Name),
    /// Reading data from this region.
    Transfer(Name),
    /// The provider's flat rates.
    Rates,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Provider => f.write_str("provider not allowed"),
            Reason::Region => f.write_str("region not allowed"),
            Reason::Jurisdiction(Some(has)) => write!(f, "lies in jurisdiction {has}"),
            Reason::Jurisdiction(None) => f.write_str("lies in no stated jurisdiction"),
            Reason::Certification(missing) => write!(f, "lacks certification {missing}"),
            Reason::Terms(terms) => write!(f, "terms {} not tolerated", terms.name()),
            Reason::Vcpu(asked, has) => write!(f, "{has} vCPU, {asked} asked"),
            Reason::Memory(asked, has) => write!(f, "{has} GiB memory, {asked} asked"),
            Reason::Arch(has) => write!(f, "architecture {}", has.name()),
            Reason::AcceleratorModel(Some(has)) => write!(f, "accelerator {has}"),
            Reason::AcceleratorModel(None) => f.write_str("no accelerator"),
            Reason::AcceleratorCount(asked, has) => write!(f, "{has} accelerators, {asked} asked"),
            Reason::NoPrice(MissingPrice::Storage(class)) => write!(f, "no price for {class} storage"),
            Reason::NoPrice(MissingPrice::Retrieval(class)) => {
                write!(f, "no price for reading back from {class} storage")
            }
            Reason::NoPrice(MissingPrice::MinimumDays(class)) => {
                write!(f, "no minimum days stated for {class} storage")
            }
            Reason::NoPrice(MissingPrice::Internet) => f.write_str("no price for internet egress"),
            Reason::NoPrice(MissingPrice::InternetTo(part)) => write!(f, "no price for internet egress to {part}"),
            Reason::NoPrice(MissingPrice::Transfer(from)) => write!(f, "no price for reading from {from}"),
            Reason::NoPrice(MissingPrice::Rates) => f.write_str("no flat rates"),
            Reason::NoCarbon(MissingFigure::Power) => f.write_str("no power figures"),
            Reason::NoCarbon(MissingFigure::Watts(model)) => write!(f, "no watts for {model}"),
            Reason::NoCarbon(MissingFigure::Grid) => f.write_str("no grid factor of the region"),
        }
    }
}

impl Reason {
    /// How far off it is, to find the nearest offers: what is asked over what is offered, in 10⁻⁶; 10⁶ for what is
    /// not a matter of degree.
    pub(crate) fn lack(&self) -> u64 {
        match self {
            Reason::Vcpu(asked, has) | Reason::Memory(asked, has) | Reason::AcceleratorCount(asked, has) => {
                let ratio = i128::from(asked.parts()) * 1_000_000 / i128::from(has.parts().max(1));
                u64::try_from(ratio).unwrap_or(u64::MAX)
            }
            _ => 1_000_000,
        }
    }
}

impl Supply {
    /// Where it would run.
    #[must_use]
    pub fn region(self, catalog: &Catalog, workload: &Workload) -> Option<RegionId> {
        match self {
            Supply::Offer(offer) => Some(catalog.offer(offer).region),
            Supply::Rates(region) => Some(region),
            Supply::Given(number) => workload.demand.options().get(number as usize).map(|option| option.region),
        }
    }
}

/// Everything that could be asked to serve a workload, eligible or not: what the catalog has, in catalog order, then
/// the workload's own options.
pub fn supplies(catalog: &Catalog, workload: &Workload) -> Vec<Supply> {
    let (offers, rates) = match &workload.demand {
        Demand::Machines(_) => (catalog.offers().len(), 0),
        Demand::FlatRate(_) => (0, catalog.regions().len()),
        Demand::Unstated | Demand::Given(_) => (0, 0),
    };
    let given = (0..workload.demand.options().len()).filter_map(|at| u32::try_from(at).ok());
    let of_catalog = (0..offers).map(|number| Supply::Offer(OfferId::at(number)));
    let at_rates = (0..rates).map(|number| Supply::Rates(RegionId::at(number)));
    of_catalog.chain(at_rates).chain(given.map(Supply::Given)).collect()
}

/// Every reason why `supply` cannot serve `workload`; empty if it can.
#[must_use]
pub fn eligibility(catalog: &Catalog, workload: &Workload, supply: Supply) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let Some(region) = supply.region(catalog, workload) else { return reasons };
    place_reasons(catalog, workload, region, &mut reasons);
    match (&workload.demand, supply) {
        (Demand::Machines(machines), Supply::Offer(offer)) => {
            let offer = catalog.offer(offer);
            if workload.terms.binary_search(&offer.terms).is_err() {
                reasons.push(Reason::Terms(offer.terms));
            }
            sku_reasons(catalog, machines, offer.sku, &mut reasons);
            price_reasons(catalog, machines, region, &mut reasons);
            carbon_reasons(catalog, workload, offer.sku, region, &mut reasons);
        }
        (Demand::FlatRate(_), Supply::Rates(_))
            if catalog.provider(catalog.region(region).provider).rates.is_none() =>
        {
            reasons.push(Reason::NoPrice(MissingPrice::Rates));
        }
        // An option is taken as it is: of it, only the place is asked.
        _ => {}
    }
    reasons
}

/// Whether a workload may run in a region at all.
pub(crate) fn place_allows(catalog: &Catalog, workload: &Workload, region: RegionId) -> bool {
    let mut reasons = Vec::new();
    place_reasons(catalog, workload, region, &mut reasons);
    reasons.is_empty()
}

/// Whether a machine has what a workload asks of it.
pub(crate) fn sku_fits(catalog: &Catalog, machines: &Machines, sku: SkuId) -> bool {
    let mut reasons = Vec::new();
    sku_reasons(catalog, machines, sku, &mut reasons);
    reasons.is_empty()
}

/// Whether everything that a workload needs beside its machines has a price in a region.
pub(crate) fn priced_there(catalog: &Catalog, machines: &Machines, region: RegionId) -> bool {
    let mut reasons = Vec::new();
    price_reasons(catalog, machines, region, &mut reasons);
    reasons.is_empty()
}

/// Whether the carbon of a machine in a region is known, where a limit counts it.
pub(crate) fn carbon_is_known(catalog: &Catalog, workload: &Workload, sku: SkuId, region: RegionId) -> bool {
    let mut reasons = Vec::new();
    carbon_reasons(catalog, workload, sku, region, &mut reasons);
    reasons.is_empty()
}

fn place_reasons(catalog: &Catalog, workload: &Workload, id: RegionId, reasons: &mut Vec<Reason>) {
    let region = catalog.region(id);
    let places = &workload.places;
    let allowed = places.providers.as_ref().is_none_or(|allowed| allowed.binary_search(&region.provider).is_ok());
    if !allowed || places.denied_providers.binary_search(&region.provider).is_ok() {
        reasons.push(Reason::Provider);
    }
    let allowed = places.regions.as_ref().is_none_or(|allowed| allowed.binary_search(&id).is_ok());
    if !allowed || places.denied_regions.binary_search(&id).is_ok() {
        reasons.push(Reason::Region);
    }
    if let Some(residency) = &workload.residency {
        let inside = region.jurisdiction.as_ref().is_some_and(|law| residency.binary_search(law).is_ok());
        if !inside {
            reasons.push(Reason::Jurisdiction(region.jurisdiction.clone()));
        }
    }
    for certification in &workload.certifications {
        if region.certifications.binary_search(certification).is_err() {
            reasons.push(Reason::Certification(certification.clone()));
        }
    }
}

fn sku_reasons(catalog: &Catalog, machines: &Machines, sku: SkuId, reasons: &mut Vec<Reason>) {
    let sku = catalog.sku(sku);
    if sku.vcpu < machines.vcpu {
        reasons.push(Reason::Vcpu(machines.vcpu, sku.vcpu));
    }
    if sku.memory_gib < machines.memory_gib {
        reasons.push(Reason::Memory(machines.memory_gib, sku.memory_gib));
    }
    if !machines.arch.is_empty() && machines.arch.binary_search(&sku.arch).is_err() {
        reasons.push(Reason::Arch(sku.arch));
    }
    if let Some(need) = &machines.accelerator {
        let has = sku.accelerator.filter(|has| need.any_of.binary_search(&has.model).is_ok());
        match has {
            None => reasons.push(Reason::AcceleratorModel(sku.accelerator.map(|has| has.model))),
            Some(has) if has.count < need.count => {
                reasons.push(Reason::AcceleratorCount(need.count, has.count));
            }
            Some(_) => {}
        }
    }
}

fn price_reasons(catalog: &Catalog, machines: &Machines, region: RegionId, reasons: &mut Vec<Reason>) {
    let mut missing = |price| reasons.push(Reason::NoPrice(price));
    if let Some(kept) = machines.storage.filter(|kept| kept.gb > Quantity::ZERO) {
        let class = || catalog.class(kept.class).clone();
        match catalog.storage_price(region, kept.class) {
            None => missing(MissingPrice::Storage(class())),
            Some(price) => {
                if kept.read_gb > Quantity::ZERO && price.retrieval_per_gb.is_none() {
                    missing(MissingPrice::Retrieval(class()));
                }
                if kept.kept_days.is_some() && price.minimum_days.is_none() {
                    missing(MissingPrice::MinimumDays(class()));
                }
            }
        }
    }
    if machines.internet_gb > Quantity::ZERO && catalog.internet_tariff(region).is_none() {
        missing(MissingPrice::Internet);
    }
    for &(part, gb) in &machines.internet_to {
        if gb > Quantity::ZERO && catalog.internet_tariff_to(region, part).is_none() {
            missing(MissingPrice::InternetTo(catalog.part(part).clone()));
        }
    }
    if let Some((from, gb)) = machines.data
        && gb > Quantity::ZERO
        && catalog.transfer(from, region) == Transfer::NoPrice
    {
        missing(MissingPrice::Transfer(catalog.region(from).path.clone()));
    }
}

/// A figure that is missing is not zero: what a carbon limit counts runs only where all are stated.
fn carbon_reasons(catalog: &Catalog, workload: &Workload, sku: SkuId, region: RegionId, reasons: &mut Vec<Reason>) {
    if !workload.counts_carbon {
        return;
    }
    let region = catalog.region(region);
    match &catalog.provider(region.provider).power {
        None => reasons.push(Reason::NoCarbon(MissingFigure::Power)),
        Some(power) => {
            let model = catalog.sku(sku).accelerator.map(|has| has.model);
            if let Some(model) = model.filter(|model| power.watts_of(*model).is_none()) {
                reasons.push(Reason::NoCarbon(MissingFigure::Watts(model)));
            }
        }
    }
    if region.grid_gco2_per_kwh.is_none() {
        reasons.push(Reason::NoCarbon(MissingFigure::Grid));
    }
}
