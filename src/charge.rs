//! What one workload is charged at one place: exact lines from offers and tariffs.
//!
//! A workload is bought in equal **units**: 1 if it goes whole to one place, its replicas if it may be split replica
//! by replica, 10⁶ if it may be split at will. Compute and traffic are charged per unit, and so is what is read back of
//! storage; storage itself is kept whole: with the unit where a workload goes whole, else charged once in every region
//! used. Every copy of a workload that states several is charged by itself.
//!
//! Tiers and allowances belong to the account, not to a workload. A charge here is at the tariff's first paid price;
//! [`adjustments`] says by how much the account's whole volume differs from that.
//!
//! Example: 12 replicas × 730 h × 1.006 = 8 812.56 a month; 12 000 GB to the internet at 0.09 are 1 080, and with
//! 100 GB free and 0.085 from 10 240 GB on, the account's adjustments are −9 and −8.80.

use crate::catalog::{Catalog, OfferId, PartId, ProviderId, RegionId, StoragePrice, Tariff, TariffId, Transfer};
use crate::money::{Amount, UnitPrice, divide_half_even};
use crate::rules::Supply;
use crate::scenario::{Demand, FlatUsage, Machines, Split, Storage, Workload};
use crate::units::{PARTS, Quantity};

/// What kind of cost a charge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Category {
    Compute,
    Storage,
    Network,
    /// The cost of a given option, which the catalog does not explain.
    Given,
}

/// What a charge is for, and where its price comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Basis {
    /// Machine hours of an offer.
    Offer(OfferId),
    /// GB-months kept, by a tariff.
    Stored(TariffId),
    /// GB read from where the data lies, by a tariff of that source.
    Read(TariffId),
    /// GB read within one region, which is not charged.
    ReadInPlace,
    /// GB to the internet, by a tariff.
    Internet(TariffId),
    /// GB to a part of the internet, by a tariff: its own, or that of all traffic to the internet.
    InternetTo(PartId, TariffId),
    /// GB read back of what is kept by this tariff: one price for every GB, over which no volume adds up.
    Retrieved(TariffId),
    /// Flat rate per hour.
    RateCompute,
    /// Flat rate per GB-month.
    RateStorage,
    /// Flat rate per GB.
    RateNetwork,
    /// A given option.
    Option,
}

impl Basis {
    /// The tariff over which the account's volume adds up.
    pub(crate) fn tariff(self) -> Option<TariffId> {
        match self {
            Basis::Stored(tariff) | Basis::Read(tariff) | Basis::Internet(tariff) | Basis::InternetTo(_, tariff) => {
                Some(tariff)
            }
            _ => None,
        }
    }
}

/// A quantity at a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Charge {
    pub(crate) category: Category,
    pub(crate) basis: Basis,
    /// Who bills it: for data that is read, the source's provider.
    pub(crate) provider: ProviderId,
    /// In 10⁻¹² of an hour, a GB or an option.
    pub(crate) quantity: i128,
    /// For one of these; for a given option its cost.
    pub(crate) price: UnitPrice,
    pub(crate) amount: Amount,
}

/// What a workload is charged at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Charges {
    /// Replicas that do the whole work there; 1 for workloads without machines.
    pub(crate) replicas: u32,
    /// Hours of each.
    pub(crate) hours: Quantity,
    /// Hours of all machines of one unit, in 10⁻¹².
    pub(crate) machine_hours: i128,
    /// Units of the whole workload, of one copy.
    pub(crate) units: u32,
    /// For one unit.
    pub(crate) per_unit: Vec<Charge>,
    /// Once in every region used, where the workload may be divided.
    pub(crate) per_region: Option<Charge>,
}

impl Charges {
    /// Cost of one unit at first paid prices.
    pub(crate) fn unit_cost(&self) -> Option<Amount> {
        Amount::sum(self.per_unit.iter().map(|charge| charge.amount))
    }

    /// Cost of being in the region at all.
    pub(crate) fn region_cost(&self) -> Amount {
        self.per_region.map_or(Amount::ZERO, |charge| charge.amount)
    }
}

/// What `supply`, which must be eligible, charges for `workload`.
///
/// `None` if an amount is beyond what can be kept exactly, or if a price is missing after all.
pub(crate) fn charges(catalog: &Catalog, workload: &Workload, supply: Supply) -> Option<Charges> {
    match (&workload.demand, supply) {
        (Demand::Machines(machines), Supply::Offer(offer)) => of_machines(catalog, workload.split, machines, offer),
        (Demand::FlatRate(usage), Supply::Rates(region)) => of_rates(catalog, workload.split, *usage, region),
        (demand, Supply::Given(number)) => {
            let option = demand.options().get(number as usize)?;
            let units = units(workload.split, 1);
            let amount = Amount::from_units(option.cost.units().checked_div(i128::from(units))?);
            let charge = Charge {
                category: Category::Given,
                basis: Basis::Option,
                provider: catalog.region(option.region).provider,
                quantity: 1_000_000_000_000 / i128::from(units),
                price: UnitPrice::ZERO,
                amount,
            };
            Some(Charges {
                replicas: 1,
                hours: Quantity::ZERO,
                machine_hours: 0,
                units,
                per_unit: vec![charge],
                per_region: None,
            })
        }
        _ => None,
    }
}

/// How many equal units a workload of `replicas` machines is bought in.
pub(crate) fn units(split: Split, replicas: u32) -> u32 {
    match split {
        Split::Never => 1,
        Split::Replicas => replicas,
        Split::Any => u32::try_from(PARTS).unwrap_or(u32::MAX),
    }
}

/// One unit's part of a workload's `whole`, in 10⁻¹².
///
/// Exact for whole workloads and for parts of 10⁻⁶. A replica's part of the traffic is rounded half to even to 10⁻¹²
/// GB, so that every replica costs the same wherever the others are.
fn unit_part(whole: Quantity, units: u32) -> Option<i128> {
    divide_half_even(i128::from(whole.parts()) * 1_000_000, i128::from(units))
}

fn charge(category: Category, basis: Basis, provider: ProviderId, quantity: i128, price: UnitPrice) -> Option<Charge> {
    Some(Charge { category, basis, provider, quantity, price, amount: price.times(quantity)? })
}

fn of_machines(catalog: &Catalog, split: Split, machines: &Machines, offer: OfferId) -> Option<Charges> {
    let sold = catalog.offer(offer);
    let here = catalog.region(sold.region).provider;
    let (replicas, hours) = machines.on(catalog.sku(sold.sku).accelerator.map(|has| has.model));
    let units = units(split, replicas);
    // hours × replicas / units is whole in 10⁻¹²: units is 1, the replicas, or 10⁶.
    let machine_hours = i128::from(hours.parts()) * i128::from(replicas) * 1_000_000 / i128::from(units);
    let mut per_unit = vec![charge(Category::Compute, Basis::Offer(offer), here, machine_hours, machines.price(sold))?];
    per_unit.extend(reading(catalog, machines, sold.region, units)?);
    let mut send = |basis: Basis, tariff: TariffId, gb: Quantity| {
        let price = catalog.tariff(tariff).first_paid_price();
        per_unit.push(charge(Category::Network, basis, here, unit_part(gb, units)?, price)?);
        Some(())
    };
    if machines.internet_gb > Quantity::ZERO {
        let tariff = catalog.internet_tariff(sold.region)?;
        send(Basis::Internet(tariff), tariff, machines.internet_gb)?;
    }
    for &(part, gb) in machines.internet_to.iter().filter(|(_, gb)| *gb > Quantity::ZERO) {
        let tariff = catalog.internet_tariff_to(sold.region, part)?;
        send(Basis::InternetTo(part, tariff), tariff, gb)?;
    }
    let kept = machines.storage.filter(|kept| kept.gb > Quantity::ZERO);
    if let Some(kept) = kept.filter(|kept| kept.read_gb > Quantity::ZERO) {
        let stored = catalog.storage_price(sold.region, kept.class)?;
        let gb = unit_part(kept.read_gb, units)?;
        let basis = Basis::Retrieved(stored.tariff);
        per_unit.push(charge(Category::Storage, basis, here, gb, stored.retrieval_per_gb?)?);
    }
    let mut per_region = match kept {
        Some(kept) => Some(storing(catalog, sold.region, kept)?),
        None => None,
    };
    if split == Split::Never {
        per_unit.extend(per_region.take());
    }
    Some(Charges { replicas, hours, machine_hours, units, per_unit, per_region })
}

/// Reading data from where it lies; billed by the source's provider.
fn reading(catalog: &Catalog, machines: &Machines, to: RegionId, units: u32) -> Option<Option<Charge>> {
    let Some((from, gb)) = machines.data.filter(|(_, gb)| *gb > Quantity::ZERO) else { return Some(None) };
    let gb = unit_part(gb, units)?;
    let source = catalog.region(from).provider;
    let charge = match catalog.transfer(from, to) {
        Transfer::Free => charge(Category::Network, Basis::ReadInPlace, source, gb, UnitPrice::ZERO)?,
        Transfer::Tariff(tariff) => {
            let price = catalog.tariff(tariff).first_paid_price();
            charge(Category::Network, Basis::Read(tariff), source, gb, price)?
        }
        Transfer::NoPrice => return None,
    };
    Some(Some(charge))
}

/// What is kept, as it is billed.
///
/// What is deleted after `kept_days` is billed for the class's minimum of days where that is longer. A steady volume of
/// `gb` takes in gb / kept_days a day, and each of these is billed for so many days: at any time gb × minimum /
/// kept_days are being paid for. 100 GB that stay 10 days, of which 30 are billed, are 300 GB-months a month. It is this
/// volume that the tariff's tiers and allowance see.
fn storing(catalog: &Catalog, region: RegionId, kept: Storage) -> Option<Charge> {
    let StoragePrice { tariff, minimum_days, .. } = catalog.storage_price(region, kept.class)?;
    let billed = match kept.kept_days {
        Some(days) => {
            let billed_days = days.max(Quantity::whole(minimum_days?));
            kept.gb.times_ratio(billed_days.parts(), days.parts())?
        }
        None => kept.gb,
    };
    let price = catalog.tariff(tariff).first_paid_price();
    let provider = catalog.region(region).provider;
    charge(Category::Storage, Basis::Stored(tariff), provider, unit_part(billed, 1)?, price)
}

fn of_rates(catalog: &Catalog, split: Split, usage: FlatUsage, region: RegionId) -> Option<Charges> {
    let provider = catalog.region(region).provider;
    let rates = catalog.provider(provider).rates?;
    let units = units(split, 1);
    let parts = [
        (Category::Compute, Basis::RateCompute, usage.compute_hours, rates.compute_hour),
        (Category::Storage, Basis::RateStorage, usage.storage_gb, rates.storage_gb_month),
        (Category::Network, Basis::RateNetwork, usage.network_gb, rates.network_gb),
    ];
    let mut per_unit = Vec::with_capacity(parts.len());
    for (category, basis, quantity, price) in parts {
        if quantity > Quantity::ZERO {
            per_unit.push(charge(category, basis, provider, unit_part(quantity, units)?, price)?);
        }
    }
    Some(Charges { replicas: 1, hours: usage.compute_hours, machine_hours: 0, units, per_unit, per_region: None })
}

/// A part of a tariff's volume that does not cost the first paid price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Adjustment {
    pub(crate) kind: AdjustmentKind,
    /// GB in 10⁻¹².
    pub(crate) quantity: i128,
    /// Difference per GB to the first paid price in 10⁻¹², below zero where it is cheaper.
    pub(crate) difference: i128,
    pub(crate) amount: Amount,
}

/// Why a part of a volume costs another price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AdjustmentKind {
    /// It is inside the free allowance.
    Allowance,
    /// It lies in the tier that begins here.
    Tier(Quantity),
}

/// What `volume` (in 10⁻¹² GB, over the whole account) costs more or less than at the first paid price.
///
/// Walks the tiers once: the allowance is taken from the start of the volume, each tier prices the part inside it.
/// The sum of the adjustments is `cost(volume) − first paid price × volume`. `None` beyond the range of amounts.
pub(crate) fn adjustments(tariff: &Tariff, volume: i128) -> Option<Vec<Adjustment>> {
    let first = i128::from(tariff.first_paid_price().units());
    let gb = |quantity: Quantity| i128::from(quantity.parts()) * 1_000_000;
    let adjust = |kind, quantity: i128, difference: i128| {
        let amount = Amount::from_units(quantity.checked_mul(difference)?);
        Some(Adjustment { kind, quantity, difference, amount })
    };
    let free = gb(tariff.free_gb).min(volume);
    let mut all = Vec::new();
    if free > 0 && first > 0 {
        all.push(adjust(AdjustmentKind::Allowance, free, -first)?);
    }
    let mut start = Quantity::ZERO;
    for tier in &tariff.tiers {
        let end = tier.up_to.map_or(volume, |end| gb(end).min(volume));
        let paid = end - gb(start).max(free);
        let difference = i128::from(tier.price.units()) - first;
        if paid > 0 && difference != 0 {
            all.push(adjust(AdjustmentKind::Tier(start), paid, difference)?);
        }
        match tier.up_to {
            Some(bound) if gb(bound) < volume => start = bound,
            _ => break,
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One region with this tariff to the internet.
    fn tariff(text: &str) -> Tariff {
        let book = format!(
            "tradewind: catalog/1\nprovider: p\ncurrency: USD\nregions: {{r: {{}}}}\nnetwork: {{internet: {{default: {text}}}}}\n"
        );
        let catalog = crate::catalog_from_yaml(&[("p.yaml", &book)]).expect("a book");
        catalog.tariffs()[0].clone()
    }

    /// Cost of a volume in 10⁻⁶ GB: at the first paid price, and what the adjustments change.
    fn cost(tariff: &Tariff, volume: i64) -> Amount {
        let volume = i128::from(volume) * 1_000_000;
        let changes = adjustments(tariff, volume).expect("within the range");
        let direct = tariff.first_paid_price().times(volume).expect("within the range");
        Amount::sum(changes.iter().map(|change| change.amount)).and_then(|sum| sum.plus(direct)).expect("a cost")
    }

    const GB: i64 = 1_000_000;
    const TIERS: &str =
        "{free_gb: 100, per_gb: [{up_to: 10240, price: 0.09}, {up_to: 51200, price: 0.085}, {price: 0.05}]}";

    #[test]
    fn the_allowance_comes_first_and_lies_inside_the_first_tier() {
        let tariff = tariff(TIERS);
        assert_eq!(cost(&tariff, 0), Amount::ZERO);
        assert_eq!(cost(&tariff, 100 * GB), Amount::ZERO);
        // 10 140 × 0.09.
        assert_eq!(cost(&tariff, 10_240 * GB).to_string(), "912.6");
        // 12 000 × 0.09 = 1 080, less 100 × 0.09 and 1 760 × 0.005.
        let changes = adjustments(&tariff, 12_000 * i128::from(GB) * 1_000_000).expect("within the range");
        let amounts: Vec<String> = changes.iter().map(|change| change.amount.to_string()).collect();
        assert_eq!(amounts, ["-9", "-8.8"]);
        // 912.6 + 40 960 × 0.085 + 8 800 × 0.05.
        assert_eq!(cost(&tariff, 60_000 * GB).to_string(), "4834.2");
    }

    #[test]
    fn an_allowance_beyond_the_first_tier_leaves_the_second_price_as_the_first_paid_one() {
        let tariff = tariff("{free_gb: 20, per_gb: [{up_to: 10, price: 0.3}, {price: 0.1}]}");
        assert_eq!(tariff.first_paid_price().to_string(), "0.1");
        assert_eq!(cost(&tariff, 20 * GB), Amount::ZERO);
        assert_eq!(cost(&tariff, 30 * GB).to_string(), "1");
    }

    proptest! {
        /// One more part of 10⁻⁶ GB costs at least nothing and at most the dearest price: no volume, a bound of a tier
        /// least of all, makes the cost jump or fall.
        #[test]
        fn cost_never_falls_and_never_jumps(volume in 0..70_000 * GB, near in prop::sample::select(vec![0, 100, 10_240, 51_200])) {
            let tariff = tariff(TIERS);
            let dearest = tariff.tiers.iter().map(|tier| tier.price).max().expect("a tier");
            let most = dearest.times(1_000_000).expect("within the range");
            for volume in [volume, near * GB, (near * GB - 1).max(0)] {
                let step = cost(&tariff, volume + 1).minus(cost(&tariff, volume)).expect("within the range");
                prop_assert!(Amount::ZERO <= step && step <= most, "{volume}: {step}");
            }
        }
    }
}
