//! Supplies: what may serve a workload, in how many units it is bought, and what each unit is charged.
//!
//! A **unit** is what is bought at once: a copy of a workload that goes whole to one place, a replica of one that is
//! split replica by replica (a given option takes all of it: one unit), or a part of 10⁻⁶ of one that is split at will.

use crate::catalog::{Catalog, Name, Offer, ProviderId, RegionId, Tariff, TariffId, Transfer};
use crate::money::{Amount, UnitPrice, divide_half_even};
use crate::plan::{LineCategory, LineUnit};
use crate::scenario::{Demand, GivenOption, Machines, Split, Workload};
use crate::units::Quantity;

/// What serves a workload, and where.
#[derive(Clone, Copy)]
pub(super) struct Supply<'a> {
    pub(super) region: RegionId,
    pub(super) by: ServedBy<'a>,
}

/// What a workload is served by.
#[derive(Clone, Copy)]
pub(super) enum ServedBy<'a> {
    Offer(&'a Offer),
    Rates,
    /// A given option and its number, from 1.
    Option(u32, &'a GivenOption),
}

impl<'a> Supply<'a> {
    /// As proofs name it: `aws/us-east-1 m7i.xlarge on-demand`.
    pub(super) fn name(&self, catalog: &Catalog) -> Name {
        let place = &catalog.region(self.region).path;
        Name::from(match self.by {
            ServedBy::Offer(offer) => format!("{place} {} {}", catalog.sku(offer.sku).name, offer.terms.name()),
            ServedBy::Rates => format!("{place} flat rates"),
            ServedBy::Option(number, _) => format!("{place} option {number}"),
        })
    }

    /// Whether both are the same, of two workloads maybe: one offer, the rates of one region, options of one number.
    pub(super) fn is(&self, other: &Supply<'_>) -> bool {
        self.region == other.region
            && match (self.by, other.by) {
                (ServedBy::Offer(one), ServedBy::Offer(other)) => one.sku == other.sku && one.terms == other.terms,
                (ServedBy::Rates, ServedBy::Rates) => true,
                (ServedBy::Option(one, _), ServedBy::Option(other, _)) => one == other,
                _ => false,
            }
    }

    /// Replicas that do the whole work there (1 without machines), and hours of each.
    pub(super) fn replicas_and_hours(&self, catalog: &Catalog, workload: &Workload) -> (u32, Quantity) {
        match (&workload.demand, self.by) {
            (Demand::Machines(machines), ServedBy::Offer(offer)) => {
                let model = catalog.sku(offer.sku).accelerator.map(|has| has.model);
                let special = machines.by_accelerator.iter().find(|special| Some(special.model) == model);
                (
                    special.and_then(|special| special.replicas).unwrap_or(machines.replicas),
                    special.and_then(|special| special.hours).unwrap_or(machines.hours),
                )
            }
            (Demand::FlatRate(usage), _) => (1, usage.compute_hours),
            _ => (1, Quantity::ZERO),
        }
    }

    /// How many units make up one copy of the workload.
    pub(super) fn units(&self, catalog: &Catalog, workload: &Workload) -> u32 {
        match workload.split {
            Split::Never => 1,
            Split::Replicas => self.replicas_and_hours(catalog, workload).0,
            Split::Any => 1_000_000,
        }
    }
}

/// Everything that may serve a workload, by provider, region, SKU and terms; options by number, before offers.
pub(super) fn eligible<'a>(catalog: &'a Catalog, workload: &'a Workload) -> Vec<Supply<'a>> {
    let mut all = Vec::new();
    let allows = |region| place_refusals(catalog, workload, region).next().is_none();
    let options = match &workload.demand {
        Demand::Machines(machines) => {
            for region in (0..catalog.regions().len()).map(RegionId::at) {
                if allows(region) && is_priced(catalog, machines, region) {
                    let sold = catalog.offers_in(region).map(|id| catalog.offer(id));
                    let fit = sold.filter(|offer| offer_refusals(catalog, workload, machines, offer).next().is_none());
                    all.extend(fit.map(|offer| Supply { region, by: ServedBy::Offer(offer) }));
                }
            }
            machines.options.as_slice()
        }
        Demand::FlatRate(_) => {
            let regions = (0..catalog.regions().len()).map(RegionId::at);
            let rated = regions.filter(|&id| catalog.provider(catalog.region(id).provider).rates.is_some());
            all.extend(rated.filter(|&id| allows(id)).map(|region| Supply { region, by: ServedBy::Rates }));
            &[]
        }
        Demand::Given(options) => options.as_slice(),
        Demand::Unstated => &[],
    };
    for (number, option) in (1..).zip(options) {
        if allows(option.region) {
            all.push(Supply { region: option.region, by: ServedBy::Option(number, option) });
        }
    }
    all.sort_by(|one, other| {
        let key = |supply: &Supply<'a>| {
            let region = catalog.region(supply.region);
            let (sku, terms, number) = match supply.by {
                ServedBy::Offer(offer) => (Some(&*catalog.sku(offer.sku).name), Some(offer.terms), 0),
                ServedBy::Rates => (None, None, 0),
                ServedBy::Option(number, _) => (None, None, number),
            };
            (&*catalog.provider(region.provider).name, &*region.name, sku, terms, number)
        };
        key(one).cmp(&key(other))
    });
    all
}

/// Why something may not serve a workload; nothing if it may.
pub(super) fn refusals(catalog: &Catalog, workload: &Workload, supply: Supply<'_>) -> Vec<&'static str> {
    let mut all: Vec<&str> = place_refusals(catalog, workload, supply.region).collect();
    match (&workload.demand, supply.by) {
        (Demand::Machines(machines), ServedBy::Offer(offer)) => {
            all.extend(offer_refusals(catalog, workload, machines, offer));
            if !is_priced(catalog, machines, supply.region) {
                all.push("a storage or network price is missing there");
            }
        }
        (Demand::FlatRate(_), _) if catalog.provider(catalog.region(supply.region).provider).rates.is_none() => {
            all.push("its provider states no flat rates");
        }
        _ => {}
    }
    all
}

/// The words of the conditions that do not hold.
fn failing<const N: usize>(conditions: [(bool, &'static str); N]) -> impl Iterator<Item = &'static str> {
    conditions.into_iter().filter(|(holds, _)| !holds).map(|(_, otherwise)| otherwise)
}

fn place_refusals(catalog: &Catalog, workload: &Workload, id: RegionId) -> impl Iterator<Item = &'static str> {
    let region = catalog.region(id);
    let places = &workload.places;
    let inside = |laws: &Vec<Name>| region.jurisdiction.as_ref().is_some_and(|law| laws.contains(law));
    failing([
        (!places.denied_providers.contains(&region.provider), "its provider is denied"),
        (!places.denied_regions.contains(&id), "its region is denied"),
        (
            places.providers.as_ref().is_none_or(|allowed| allowed.contains(&region.provider)),
            "its provider is not allowed",
        ),
        (places.regions.as_ref().is_none_or(|allowed| allowed.contains(&id)), "its region is not allowed"),
        (workload.residency.as_ref().is_none_or(inside), "its region lies outside the residency"),
        (
            workload.certifications.iter().all(|name| region.certifications.contains(name)),
            "its region lacks a certification",
        ),
    ])
}

fn offer_refusals(
    catalog: &Catalog,
    workload: &Workload,
    machines: &Machines,
    offer: &Offer,
) -> impl Iterator<Item = &'static str> {
    let sku = catalog.sku(offer.sku);
    let accelerated = machines.accelerator.as_ref().is_none_or(|asked| {
        sku.accelerator.is_some_and(|has| asked.any_of.contains(&has.model) && has.count >= asked.count)
    });
    failing([
        (workload.terms.contains(&offer.terms), "its terms are not tolerated"),
        (sku.vcpu >= machines.vcpu, "its machine has too few vCPU"),
        (sku.memory_gib >= machines.memory_gib, "its machine has too little memory"),
        (machines.arch.is_empty() || machines.arch.contains(&sku.arch), "its machine has another architecture"),
        (accelerated, "its machine lacks the accelerators"),
        (
            !workload.counts_carbon || emits(catalog, offer),
            "a limit counts its carbon, and a figure of power or grid is missing",
        ),
    ])
}

/// Whether the book states what carbon needs: watts of the machine and its accelerators, and the grid's grams.
fn emits(catalog: &Catalog, offer: &Offer) -> bool {
    let region = catalog.region(offer.region);
    let models = catalog.sku(offer.sku).accelerator.map(|has| has.model);
    let all_stated = |power: &crate::catalog::Power| {
        models.into_iter().all(|model| power.accelerator_w.iter().any(|(stated, _)| *stated == model))
    };
    region.grid_gco2_per_kwh.is_some() && catalog.provider(region.provider).power.as_ref().is_some_and(all_stated)
}

fn is_priced(catalog: &Catalog, machines: &Machines, region: RegionId) -> bool {
    let stored = machines.storage.is_none_or(|kept| {
        let price = catalog.storage_price(region, kept.class);
        let returned = kept.read_gb == Quantity::ZERO || price.is_some_and(|price| price.retrieval_per_gb.is_some());
        let timed = kept.kept_days.is_none() || price.is_some_and(|price| price.minimum_days.is_some());
        kept.gb == Quantity::ZERO || price.is_some() && returned && timed
    });
    let read = machines
        .data
        .is_none_or(|(from, gb)| gb == Quantity::ZERO || catalog.transfer(from, region) != Transfer::NoPrice);
    let sent = machines.internet_gb == Quantity::ZERO || catalog.internet_tariff(region).is_some();
    let mut apart = machines.internet_to.iter();
    let sent_apart =
        apart.all(|(part, gb)| *gb == Quantity::ZERO || catalog.internet_tariff_to(region, *part).is_some());
    stored && read && sent && sent_apart
}

/// Who bills a workload that a supply serves: the provider there, and that of the data it reads.
pub(super) fn billers(catalog: &Catalog, workload: &Workload, supply: Supply<'_>) -> Vec<ProviderId> {
    let mut all = vec![catalog.region(supply.region).provider];
    if let (Demand::Machines(machines), ServedBy::Offer(_)) = (&workload.demand, supply.by)
        && let Some((from, gb)) = machines.data
        && gb > Quantity::ZERO
    {
        all.push(catalog.region(from).provider);
    }
    all
}

/// One amount that somebody bills.
#[derive(Clone, Copy)]
pub(super) struct Charge {
    pub(super) category: LineCategory,
    pub(super) unit: LineUnit,
    pub(super) provider: ProviderId,
    pub(super) tariff: Option<TariffId>,
    /// In 10⁻¹² of an hour, a GB or an option.
    pub(super) quantity: i128,
    /// At the first paid price.
    pub(super) amount: Amount,
    /// The list price, where a contract changed it.
    pub(super) list_price: Option<UnitPrice>,
}

impl Charge {
    /// So many of it; `None` beyond the range.
    pub(super) fn times(self, units: u32) -> Option<Charge> {
        let quantity = self.quantity.checked_mul(i128::from(units))?;
        Some(Charge { quantity, amount: self.amount.times(i128::from(units))?, ..self })
    }
}

/// What a supply charges for a workload.
pub(super) struct Charges {
    /// For each unit.
    pub(super) each: Vec<Charge>,
    /// For what is kept: with each copy of a workload that goes whole, else once in every region used.
    pub(super) stored: Option<Charge>,
}

/// What a supply charges; `None` if a price is missing or an amount is beyond the range.
pub(super) fn charges(catalog: &Catalog, workload: &Workload, supply: Supply<'_>) -> Option<Charges> {
    let here = catalog.region(supply.region).provider;
    let units = i128::from(supply.units(catalog, workload));
    // What a unit takes of a whole: a replica's share is rounded to 10⁻¹², the others are exact.
    let of_whole = |whole: Quantity| divide_half_even(i128::from(whole.parts()).checked_mul(1_000_000)?, units);
    let charge = |category, provider, tariff, quantity, price: UnitPrice| {
        let amount = price.times(quantity)?;
        Some(Charge { category, unit: unit_of(category), provider, tariff, quantity, amount, list_price: None })
    };
    let by_tariff = |category, tariff: TariffId, quantity| {
        let book = catalog.tariff(tariff);
        charge(category, book.provider, Some(tariff), quantity, first_paid(book))
    };
    let mut each = Vec::new();
    let mut stored = None;
    match (&workload.demand, supply.by) {
        (Demand::Machines(machines), ServedBy::Offer(offer)) => {
            let (replicas, hours) = supply.replicas_and_hours(catalog, workload);
            let machine_hours = i128::from(hours.parts()) * i128::from(replicas) * 1_000_000 / units;
            let compute = charge(LineCategory::Compute, here, None, machine_hours, machines.price(offer))?;
            let list_price = Some(offer.list_price).filter(|list| *list != offer.price);
            each.push(Charge { list_price, ..compute });
            if let Some((from, gb)) = machines.data.filter(|(_, gb)| *gb > Quantity::ZERO) {
                let source = catalog.region(from).provider;
                each.push(match catalog.transfer(from, supply.region) {
                    Transfer::Free => charge(LineCategory::Network, source, None, of_whole(gb)?, UnitPrice::ZERO)?,
                    Transfer::Tariff(tariff) => by_tariff(LineCategory::Network, tariff, of_whole(gb)?)?,
                    Transfer::NoPrice => return None,
                });
            }
            if machines.internet_gb > Quantity::ZERO {
                let tariff = catalog.internet_tariff(supply.region)?;
                each.push(by_tariff(LineCategory::Network, tariff, of_whole(machines.internet_gb)?)?);
            }
            for (part, gb) in machines.internet_to.iter().filter(|(_, gb)| *gb != Quantity::ZERO) {
                let tariff = catalog.internet_tariff_to(supply.region, *part)?;
                each.push(by_tariff(LineCategory::Network, tariff, of_whole(*gb)?)?);
            }
            if let Some(kept) = machines.storage.filter(|kept| kept.gb > Quantity::ZERO) {
                let book = catalog.storage_price(supply.region, kept.class)?;
                if kept.read_gb > Quantity::ZERO {
                    let read = of_whole(kept.read_gb)?;
                    let returned = charge(LineCategory::Storage, here, None, read, book.retrieval_per_gb?)?;
                    each.push(Charge { unit: LineUnit::Gb, ..returned });
                }
                let mut volume = i128::from(kept.gb.parts());
                if let Some(days) = kept.kept_days.map(|days| i128::from(days.parts())) {
                    // Each GB that comes in is paid for the minimum of days, whenever it goes.
                    let least = i128::from(book.minimum_days?) * 1_000_000;
                    if days < least {
                        volume = divide_half_even(volume.checked_mul(least)?, days)?;
                    }
                }
                stored = Some(by_tariff(LineCategory::Storage, book.tariff, volume.checked_mul(1_000_000)?)?);
            }
        }
        (Demand::FlatRate(usage), ServedBy::Rates) => {
            let rates = catalog.provider(here).rates?;
            let priced = [
                (LineCategory::Compute, usage.compute_hours, rates.compute_hour),
                (LineCategory::Storage, usage.storage_gb, rates.storage_gb_month),
                (LineCategory::Network, usage.network_gb, rates.network_gb),
            ];
            for (category, quantity, rate) in priced.into_iter().filter(|(_, quantity, _)| *quantity > Quantity::ZERO) {
                each.push(charge(category, here, None, of_whole(quantity)?, rate)?);
            }
        }
        (Demand::Given(_) | Demand::Machines(_), ServedBy::Option(_, option)) => {
            let quantity = 1_000_000_000_000 / units;
            let amount = Amount::from_units(option.cost.units() / units);
            let category = LineCategory::Given;
            let unit = unit_of(category);
            each.push(Charge { category, unit, provider: here, tariff: None, quantity, amount, list_price: None });
        }
        _ => return None,
    }
    Some(Charges { each, stored })
}

/// What a kind of cost is counted in; what is read back of storage is the exception.
pub(super) fn unit_of(category: LineCategory) -> LineUnit {
    match category {
        LineCategory::Compute => LineUnit::Hour,
        LineCategory::Storage => LineUnit::GbMonth,
        LineCategory::Network => LineUnit::Gb,
        LineCategory::Given => LineUnit::Option,
        LineCategory::Fee => LineUnit::Month,
    }
}

/// Price of the first GB beyond the allowance.
pub(super) fn first_paid(tariff: &Tariff) -> UnitPrice {
    for tier in &tariff.tiers {
        match tier.up_to {
            Some(end) if end <= tariff.free_gb => {}
            _ => return tier.price,
        }
    }
    UnitPrice::ZERO
}
