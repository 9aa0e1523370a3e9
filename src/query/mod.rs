//! One priced query: every offer that can serve one workload, with its exact cost there, the cheapest first.
//!
//! What a workload costs at an offer is what it would be billed alone: machine hours × price, and what storage, reading
//! and traffic cost in that region with tiers and allowances. Only the first part differs from offer to offer, so an
//! index keeps the offers of each SKU by price, SKUs by accelerator and size, and a query asks
//!
//! ```text
//! once a SKU that is large enough: does it fit?      once a region: may it be there, what does the rest cost there?
//! and for each offer left: machine hours × price + the rest
//! ```
//!
//! Example: 2 machines × 730 h × 0.27 + 900 GB × 0.09 = 475.20.

use std::ops::Range;
use std::sync::Arc;

use crate::catalog::{Accelerator, Catalog, OfferId, RegionId, SkuId, Terms};
use crate::charge::{Category, adjustments, charges};
use crate::money::{Amount, UnitPrice};
use crate::rules::{Supply, carbon_is_known, place_allows, priced_there, sku_fits};
use crate::scenario::{Demand, Machines, Workload};
use crate::units::Quantity;

/// Offers arranged so that a query looks only at those of machines that are large enough.
#[derive(Clone, Debug)]
pub struct PriceIndex {
    catalog: Arc<Catalog>,
    /// By accelerator, those without one first.
    groups: Vec<Group>,
    /// Offers of each SKU together, by price.
    rows: Vec<Row>,
}

/// SKUs of one accelerator, by vCPU.
#[derive(Clone, Debug)]
struct Group {
    model: Option<Accelerator>,
    skus: Vec<(Quantity, SkuId, Range<usize>)>,
}

/// An offer.
#[derive(Clone, Copy, Debug)]
struct Row {
    price: UnitPrice,
    id: OfferId,
    region: RegionId,
    terms: Terms,
}

/// An offer that can serve a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PricedOffer {
    /// The offer.
    pub offer: OfferId,
    /// What a month of the whole workload (of one copy) costs there, alone in its account.
    pub cost: Amount,
}

impl PriceIndex {
    /// Arranges a catalog.
    #[must_use]
    pub fn new(catalog: &Arc<Catalog>) -> Self {
        let offers = (0..catalog.offers().len()).map(OfferId::at);
        let mut all: Vec<(SkuId, Row)> = offers
            .map(|id| {
                let offer = catalog.offer(id);
                (offer.sku, Row { price: offer.price, id, region: offer.region, terms: offer.terms })
            })
            .collect();
        all.sort_unstable_by_key(|&(sku, row)| (sku, row.price, row.id));
        let mut groups: Vec<Group> = Vec::new();
        let mut start = 0;
        for of_sku in all.chunk_by(|a, b| a.0 == b.0) {
            let Some(&(id, _)) = of_sku.first() else { continue };
            let sku = catalog.sku(id);
            let model = sku.accelerator.map(|has| has.model);
            let rows = start..start + of_sku.len();
            start = rows.end;
            match groups.iter_mut().find(|group| group.model == model) {
                Some(group) => group.skus.push((sku.vcpu, id, rows)),
                None => groups.push(Group { model, skus: vec![(sku.vcpu, id, rows)] }),
            }
        }
        groups.sort_by_key(|group| group.model);
        for group in &mut groups {
            group.skus.sort_by_key(|(vcpu, sku, _)| (*vcpu, *sku));
        }
        PriceIndex { catalog: Arc::clone(catalog), groups, rows: all.into_iter().map(|(_, row)| row).collect() }
    }

    /// Every offer that can serve `workload`, by cost, then by the catalog's order of offers; none for a workload that
    /// asks for no machine.
    ///
    /// `None` if an amount is beyond what is kept exactly.
    #[must_use]
    pub fn offers(&self, workload: &Workload) -> Option<Vec<PricedOffer>> {
        let Demand::Machines(machines) = &workload.demand else { return Some(Vec::new()) };
        let places = self.places(workload, machines);
        let is_bare = is_bare(machines);
        // What a region costs beside the machine depends on the replicas, which an accelerator may change.
        let mut beside: Vec<Option<Amount>> = Vec::new();
        let mut beside_of = None;
        let mut found = Vec::new();
        for group in &self.groups {
            let asked = machines.accelerator.as_ref();
            if asked.is_some_and(|need| group.model.is_none_or(|model| need.any_of.binary_search(&model).is_err())) {
                continue;
            }
            let (replicas, hours) = machines.on(group.model);
            if beside_of.replace(replicas) != Some(replicas) {
                beside = vec![is_bare.then_some(Amount::ZERO); places.len()];
            }
            let machine_hours = i128::from(hours.parts()) * i128::from(replicas) * PARTS_OF_HOUR;
            let large = group.skus.partition_point(|(vcpu, _, _)| *vcpu < machines.vcpu);
            for (_, sku, rows) in group.skus.iter().skip(large) {
                if !sku_fits(&self.catalog, machines, *sku) {
                    continue;
                }
                for row in self.rows.get(rows.clone()).unwrap_or_default() {
                    if !places[row.region.index()]
                        || !workload.terms.contains(&row.terms)
                        || !carbon_is_known(&self.catalog, workload, *sku, row.region)
                    {
                        continue;
                    }
                    let rest = &mut beside[row.region.index()];
                    let rest = match rest {
                        Some(known) => *known,
                        None => *rest.insert(self.beside(workload, row.id)?),
                    };
                    found.push(PricedOffer { offer: row.id, cost: row.price.times(machine_hours)?.plus(rest)? });
                }
            }
        }
        Some(sorted(&found))
    }

    /// By region: whether the workload may run there, and everything it needs there has a price.
    fn places(&self, workload: &Workload, machines: &Machines) -> Vec<bool> {
        let regions = (0..self.catalog.regions().len()).map(RegionId::at);
        let is_place =
            |region| place_allows(&self.catalog, workload, region) && priced_there(&self.catalog, machines, region);
        regions.map(is_place).collect()
    }

    /// What the workload is charged in an offer's region beside its machines, with the tiers and allowances that its
    /// own volumes reach.
    fn beside(&self, workload: &Workload, offer: OfferId) -> Option<Amount> {
        let all = charges(&self.catalog, workload, Supply::Offer(offer))?;
        let units = i128::from(all.units);
        let each =
            all.per_unit.iter().filter(|charge| charge.category != Category::Compute).map(|charge| (charge, units));
        let mut cost = Amount::ZERO;
        let mut volumes: Vec<(crate::catalog::TariffId, i128)> = Vec::new();
        for (charge, times) in each.chain(all.per_region.iter().map(|charge| (charge, 1))) {
            cost = cost.plus(charge.amount.times(times)?)?;
            let Some(tariff) = charge.basis.tariff() else { continue };
            let volume = charge.quantity.checked_mul(times)?;
            // Reading and sending may be charged by one tariff, whose volumes then add up.
            match volumes.iter_mut().find(|(of, _)| *of == tariff) {
                Some((_, sum)) => *sum = sum.checked_add(volume)?,
                None => volumes.push((tariff, volume)),
            }
        }
        for (tariff, volume) in volumes {
            let changes = adjustments(self.catalog.tariff(tariff), volume)?;
            cost = cost.plus(Amount::sum(changes.iter().map(|change| change.amount))?)?;
        }
        Some(cost)
    }
}

/// Whether a workload is charged for its machines only, wherever it runs.
fn is_bare(machines: &Machines) -> bool {
    let is_none = |gb: Option<Quantity>| gb.is_none_or(|gb| gb == Quantity::ZERO);
    is_none(machines.storage.map(|kept| kept.gb))
        && is_none(machines.data.map(|(_, gb)| gb))
        && machines.internet_gb == Quantity::ZERO
        && machines.internet_to.iter().all(|(_, gb)| *gb == Quantity::ZERO)
}

/// By cost, then by offer.
///
/// Whole numbers of 64 bits sort several times as fast as amounts do: the leading 32 bits of what each costs above the
/// cheapest, and its number in the list. Those whose leading bits are equal are then sorted by their amounts.
fn sorted(found: &[PricedOffer]) -> Vec<PricedOffer> {
    let costs = || found.iter().map(|priced| priced.cost.units());
    let (Some(least), Some(most)) = (costs().min(), costs().max()) else { return Vec::new() };
    // Costs are not below zero, so their difference does not overflow.
    let shift = (128 - (most - least).leading_zeros()).saturating_sub(32);
    let keys = found.iter().zip(0_u32..).map(|(priced, number)| {
        let leading = u64::try_from((priced.cost.units() - least) >> shift).unwrap_or(u64::MAX);
        leading << 32 | u64::from(number)
    });
    let mut keys: Vec<u64> = keys.collect();
    keys.sort_unstable();
    let mut sorted: Vec<PricedOffer> =
        keys.iter().filter_map(|key| found.get((key & u64::from(u32::MAX)) as usize)).copied().collect();
    let leading = |priced: &PricedOffer| (priced.cost.units() - least) >> shift;
    for alike in sorted.chunk_by_mut(|a, b| leading(a) == leading(b)) {
        if alike.len() > 1 {
            alike.sort_unstable_by_key(|priced| (priced.cost, priced.offer));
        }
    }
    sorted
}

/// 10⁻¹² of an hour in 10⁻⁶ of one.
const PARTS_OF_HOUR: i128 = 1_000_000;

#[cfg(test)]
mod tests;
