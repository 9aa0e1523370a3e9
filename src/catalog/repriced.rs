//! A catalog at other prices, for what-if questions.

use crate::catalog::layer::contracted;
use crate::catalog::{Catalog, ProviderId, Rates, RegionId};
use crate::factor::Factor;
use crate::money::UnitPrice;

/// One, in 10⁻¹².
const ONE: i64 = Factor::ONE.parts();

impl Catalog {
    /// The catalog with every price times `factor`, of one provider or of all: machines, storage and reading it
    /// back, traffic, flat rates and the rate of the lowest-cost rule. Each price is rounded once, half to even, to 12 decimals, as a price that
    /// is converted when a book is loaded. `None` if a price is then beyond the range.
    ///
    /// Contracts stay in force: their discounts are taken off the new list prices, and a price that one fixes stays.
    ///
    /// What a scenario states itself (fees, options with their cost, amounts of limits) is no price of a book.
    #[must_use]
    pub fn repriced(&self, provider: Option<ProviderId>, factor: Factor) -> Option<Catalog> {
        let is_meant = |id: ProviderId| provider.is_none_or(|only| only == id);
        let price = |price: UnitPrice| price.converted(factor.parts(), ONE);
        let optional = |from: Option<UnitPrice>| match from {
            Some(from) => price(from).map(Some),
            None => Some(None),
        };
        let mut catalog = self.clone();
        for (number, book) in catalog.providers.iter_mut().enumerate() {
            if !is_meant(ProviderId::at(number)) {
                continue;
            }
            book.cost_per_hour = optional(book.cost_per_hour)?;
            if let Some(rates) = &mut book.rates {
                *rates = Rates {
                    compute_hour: price(rates.compute_hour)?,
                    storage_gb_month: price(rates.storage_gb_month)?,
                    network_gb: price(rates.network_gb)?,
                };
            }
            if let Some(zone) = &mut book.zone {
                zone.per_gb = price(zone.per_gb)?;
            }
        }
        for region in catalog.regions.iter_mut().filter(|region| is_meant(region.provider)) {
            for stored in &mut region.storage {
                stored.retrieval_per_gb = optional(stored.retrieval_per_gb)?;
            }
        }
        let owner = |region: RegionId| self.region(region).provider;
        for offer in catalog.offers.iter_mut().filter(|offer| is_meant(owner(offer.region))) {
            offer.list_price = price(offer.list_price)?;
            // The layers are held against ids, which are those of this catalog too.
            offer.price = contracted(offer.list_price, self.layers_of(offer))?;
            let detail = offer.detail.and_then(|number| catalog.details.get_mut(number as usize));
            if let Some(detail) = detail {
                detail.lowest_zone = optional(detail.lowest_zone)?;
            }
        }
        for tariff in catalog.tariffs.iter_mut().filter(|tariff| is_meant(tariff.provider)) {
            for tier in &mut tariff.tiers {
                tier.price = price(tier.price)?;
            }
        }
        catalog.find_lowest_cost();
        Some(catalog)
    }

    /// The provider of the lowest-cost rule: the lowest rate, the first in catalog order on a tie.
    pub(super) fn find_lowest_cost(&mut self) {
        let rates = self.providers.iter().enumerate();
        let rates = rates.filter_map(|(number, provider)| provider.cost_per_hour.map(|cost| (cost, number)));
        self.lowest_cost = rates.min().map(|(_, number)| ProviderId::at(number));
    }
}
