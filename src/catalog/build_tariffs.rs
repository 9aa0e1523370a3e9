//! From the storage and network blocks of a draft to tariffs in GB.

use rust_decimal::Decimal;

use crate::catalog::build::Builder;
use crate::catalog::draft::{
    CrossProviderDraft, DestinationDraft, DestinationPriceDraft, NetworkDraft, StorageDraft, TariffDraft,
};
use crate::catalog::{
    BilledUnit, ClassId, CrossProvider, Destination, ProviderId, RegionId, StoragePrice, Tariff, TariffId, TariffScope,
    Tier, ZoneTransfer,
};
use crate::diagnostic::{Kind, Spanned, quoted};
use crate::money::UnitPrice;
use crate::numbers;
use crate::units::{BYTES_PER_GB, BYTES_PER_GIB, Quantity};

impl Builder<'_> {
    fn tariff(
        &mut self,
        scope: TariffScope,
        provider: ProviderId,
        draft: &TariffDraft,
        unit: BilledUnit,
    ) -> Option<TariffId> {
        let gb = |quantity: Quantity| match unit {
            BilledUnit::Gb => Some(quantity),
            BilledUnit::Gib => quantity.gib_to_gb(),
        };
        let mut right = true;
        let free_gb = match draft.free_gb {
            Some(free) => numbers::quantity(self.faults, free, "`free_gb`").and_then(gb),
            None => Some(Quantity::ZERO),
        };
        let mut tiers: Vec<Tier> = Vec::with_capacity(draft.tiers.len());
        for (number, tier) in draft.tiers.iter().enumerate() {
            let last = number + 1 == draft.tiers.len();
            let price = numbers::price(self.faults, tier.price, "price per GB").and_then(|price| per_gb(price, unit));
            let up_to = tier.up_to.and_then(|end| numbers::positive(self.faults, end, "`up_to`")).and_then(gb);
            right &= price.is_some() && (up_to.is_some() == tier.up_to.is_some());
            if last != tier.up_to.is_none() {
                right = false;
                let span = tier.up_to.map_or(tier.price.span, |end| end.span);
                let (message, help) = if last {
                    ("the last tier has an end", "leave out `up_to` in the last tier, so that every volume has a price")
                } else {
                    ("a tier without `up_to` that is not the last", "give every tier but the last its `up_to`")
                };
                self.fault(Kind::BadTiers, span, message.to_owned(), help);
            }
            let before = tiers.last().and_then(|tier| tier.up_to);
            if let (Some(before), Some(end), Some(written)) = (before, up_to, tier.up_to)
                && end <= before
            {
                right = false;
                let message =
                    format!("tier up to {} follows one that ends no earlier", quoted(&written.value.to_string()));
                self.fault(
                    Kind::BadTiers,
                    written.span,
                    message,
                    "order the tiers by `up_to`, each above the one before",
                );
            }
            tiers.push(Tier { up_to, price: price.unwrap_or_default() });
        }
        if tiers.is_empty() {
            self.fault(
                Kind::BadTiers,
                draft.span,
                "a tariff without tiers".to_owned(),
                "write a price or a list of tiers",
            );
        }
        if !right || tiers.is_empty() {
            return None;
        }
        self.catalog.tariffs.push(Tariff { provider, scope, free_gb: free_gb?, tiers });
        Some(TariffId::at(self.catalog.tariffs.len() - 1))
    }

    pub(super) fn storage(&mut self, provider: ProviderId, draft: StorageDraft) {
        for class in draft.classes {
            numbers::name(self.faults, &class.name.value, class.name.span, "a storage class");
            let id = self.catalog.class_named(&class.name.value).unwrap_or(ClassId(u32::MAX));
            // Read once, so that what is wrong of a class is not reported in each of its regions.
            let days_of_class = class.minimum_days.and_then(|days| self.minimum_days(days));
            let retrieval_of_class = class.retrieval_per_gb.and_then(|price| self.retrieval(price, draft.billed_unit));
            for price in class.regions {
                let place = || format!("storage class {}", quoted(&class.name.value));
                let region = self.region(&price.region, place);
                let minimum_days = match price.minimum_days {
                    Some(days) => self.minimum_days(days),
                    None => days_of_class,
                };
                let retrieval_per_gb = match price.retrieval_per_gb {
                    Some(price) => self.retrieval(price, draft.billed_unit),
                    None => retrieval_of_class,
                };
                let scope = TariffScope::Storage { class: id, region: region.unwrap_or(RegionId(u32::MAX)) };
                let tariff = self.tariff(scope, provider, &price.per_gb_month, draft.billed_unit);
                if let (Some(region), Some(tariff)) = (region, tariff)
                    && let Some(region) = self.catalog.regions.get_mut(region.index())
                {
                    region.storage.push(StoragePrice { class: id, tariff, minimum_days, retrieval_per_gb });
                }
            }
        }
    }

    fn minimum_days(&mut self, days: Spanned<Decimal>) -> Option<u32> {
        numbers::count(self.faults, days, "`minimum_days`", (0, 3650))
    }

    fn retrieval(&mut self, price: Spanned<Decimal>, unit: BilledUnit) -> Option<UnitPrice> {
        numbers::price(self.faults, price, "`retrieval_per_gb`").and_then(|price| per_gb(price, unit))
    }

    /// What a part of the internet costs.
    fn destination(&mut self, provider: ProviderId, draft: DestinationDraft, unit: BilledUnit) -> Option<Destination> {
        numbers::name(self.faults, &draft.part.value, draft.part.span, "a part of the internet");
        let place = || format!("internet egress to {}", quoted(&draft.part.value));
        let from = match &draft.from {
            Some(name) => Some(self.region(name, place)?),
            None => None,
        };
        let part = self.catalog.part_named(&draft.part.value)?;
        let tariff = match &draft.price {
            DestinationPriceDraft::Internet => None,
            DestinationPriceDraft::Tariff(tariff) => {
                Some(self.tariff(TariffScope::InternetTo { part, from }, provider, tariff, unit)?)
            }
        };
        Some(Destination { part, from, tariff })
    }

    pub(super) fn network(&mut self, provider: ProviderId, draft: NetworkDraft) {
        let unit = draft.billed_unit;
        for (name, tariff) in draft.internet {
            let region = self.region(&name, || "internet egress".to_owned());
            let from = Some(region.unwrap_or(RegionId(u32::MAX)));
            let tariff = self.tariff(TariffScope::Internet { from }, provider, &tariff, unit);
            if let Some(region) = region.and_then(|region| self.catalog.regions.get_mut(region.index())) {
                region.internet = tariff;
            }
        }
        let default = draft.internet_default;
        let internet_default =
            default.and_then(|tariff| self.tariff(TariffScope::Internet { from: None }, provider, &tariff, unit));
        let destinations = draft.destinations.into_iter().filter_map(|to| self.destination(provider, to, unit));
        let mut destinations: Vec<Destination> = destinations.collect();
        destinations.sort_by_key(|to| (to.part, to.from));
        let default = draft.inter_region;
        let inter_region =
            default.and_then(|tariff| self.tariff(TariffScope::InterRegion { route: None }, provider, &tariff, unit));
        let mut routes = Vec::with_capacity(draft.routes.len());
        for route in draft.routes {
            let from = self.region(&route.from, || "routes between regions".to_owned());
            let to = self.region(&route.to, || "routes between regions".to_owned());
            let ends = (from.unwrap_or(RegionId(u32::MAX)), to.unwrap_or(RegionId(u32::MAX)));
            let scope = TariffScope::InterRegion { route: Some(ends) };
            let tariff = self.tariff(scope, provider, &route.per_gb, unit);
            if let (Some(from), Some(to), Some(tariff)) = (from, to, tariff) {
                routes.push(((from, to), tariff));
            }
        }
        routes.sort_unstable();
        let cross_provider = match draft.cross_provider {
            Some(CrossProviderDraft::Internet) => Some(CrossProvider::Internet),
            Some(CrossProviderDraft::Tariff(tariff)) => {
                self.tariff(TariffScope::CrossProvider, provider, &tariff, unit).map(CrossProvider::Tariff)
            }
            None => None,
        };
        let zone = draft.zone.and_then(|zone| {
            let per_gb = numbers::price(self.faults, zone.per_gb, "price per GB between zones")?;
            Some(ZoneTransfer { per_gb: self::per_gb(per_gb, unit)?, both_directions: zone.both_directions })
        });
        if let Some(provider) = self.catalog.providers.get_mut(provider.index()) {
            provider.internet_default = internet_default;
            provider.destinations = destinations;
            provider.inter_region = inter_region;
            provider.routes = routes;
            provider.cross_provider = cross_provider;
            provider.zone = zone;
        }
    }
}

/// A price per billed unit as one per GB.
fn per_gb(price: UnitPrice, unit: BilledUnit) -> Option<UnitPrice> {
    match unit {
        BilledUnit::Gb => Some(price),
        BilledUnit::Gib => price.converted(BYTES_PER_GB, BYTES_PER_GIB),
    }
}
