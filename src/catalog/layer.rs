//! Negotiated prices: contracts, whose layers change the list prices of offers one after the other.
//!
//! ```text
//! list 0.2016 ── edp: 11% off ──→ 0.179424 ── m7i in Ireland: 20% off ──→ 0.1435392
//!                                            └ h100: fixed 40.00 (what came before no longer counts)
//! ```
//!
//! Discounts compound: each is taken off what the ones before it left. The chain is exact; its end is rounded once,
//! half to even, to 12 decimals.

use crate::catalog::{Catalog, Name, Offer, ProviderId, RegionId, SkuId, Terms};
use crate::money::UnitPrice;
use crate::units::{Date, Share};

/// An agreement on prices.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contract {
    /// Its name.
    pub name: Name,
    /// Where its figures come from.
    pub source: Option<Name>,
    /// Their date.
    pub as_of: Option<Date>,
    /// What a reader should know.
    pub note: Option<Name>,
    /// What it changes, in order.
    pub layers: Vec<Layer>,
}

/// One change of the prices of some offers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Layer {
    /// Its name, unique over all contracts.
    pub name: Name,
    /// Which offers it changes.
    pub scope: LayerScope,
    /// What it makes of their price.
    pub change: Change,
}

/// Which offers a layer changes: those that are in every list that is not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayerScope {
    /// Providers, sorted.
    pub providers: Vec<ProviderId>,
    /// Families, sorted.
    pub families: Vec<Name>,
    /// Regions, sorted.
    pub regions: Vec<RegionId>,
    /// SKUs, sorted; a name that several providers sell stands for all of them.
    pub skus: Vec<SkuId>,
    /// Terms, sorted.
    pub terms: Vec<Terms>,
}

/// What a layer makes of a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// This share is taken off.
    Discount(Share),
    /// This is the price, whatever it was before.
    Price(UnitPrice),
}

impl LayerScope {
    /// Whether a layer of this scope changes an offer.
    #[must_use]
    pub fn holds(&self, catalog: &Catalog, offer: &Offer) -> bool {
        fn allows<T: Ord>(list: &[T], value: Option<&T>) -> bool {
            list.is_empty() || value.is_some_and(|value| list.binary_search(value).is_ok())
        }
        let sku = catalog.sku(offer.sku);
        allows(&self.terms, Some(&offer.terms))
            && allows(&self.regions, Some(&offer.region))
            && allows(&self.skus, Some(&offer.sku))
            && allows(&self.providers, Some(&sku.provider))
            && allows(&self.families, sku.family.as_ref())
    }
}

/// What the layers, in order, make of a list price; `None` if the chain is too long to be kept exactly.
pub(super) fn contracted<'a>(list: UnitPrice, layers: impl Iterator<Item = &'a Layer>) -> Option<UnitPrice> {
    let mut start = list;
    let mut kept: Vec<(i64, i64)> = Vec::new();
    for layer in layers {
        match layer.change {
            Change::Price(price) => {
                start = price;
                kept.clear();
            }
            Change::Discount(share) => {
                let whole = i64::from(Share::WHOLE.parts());
                kept.push((whole - i64::from(share.parts()), whole));
            }
        }
    }
    start.chained(&kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(change: Change) -> Layer {
        Layer { name: Name::from("a layer"), scope: LayerScope::default(), change }
    }

    fn off(parts: u32) -> Layer {
        layer(Change::Discount(Share::from_parts(parts).expect("a share")))
    }

    fn price(text: &str) -> UnitPrice {
        UnitPrice::exact(text.parse().expect("a decimal")).expect("a price")
    }

    fn of(list: &str, layers: &[Layer]) -> Option<String> {
        contracted(price(list), layers.iter()).map(|price| price.to_string())
    }

    #[test]
    fn discounts_compound_and_a_fixed_price_begins_anew() {
        // 0.2016 × 0.89 × 0.8.
        assert_eq!(of("0.2016", &[off(110_000), off(200_000)]).as_deref(), Some("0.1435392"));
        // 40 × 0.9: what came before the fixed price does not count.
        let layers = [off(110_000), layer(Change::Price(price("40"))), off(100_000)];
        assert_eq!(of("55.04", &layers).as_deref(), Some("36"));
        assert_eq!(of("0.5", &[off(1_000_000)]).as_deref(), Some("0"));
        assert_eq!(of("0.5", &[]).as_deref(), Some("0.5"));
    }

    #[test]
    fn the_end_of_the_chain_is_rounded_once_and_half_to_even() {
        // 10⁻¹² × 0.5 is half a unit: to 0. 3 × 10⁻¹² × 0.5 is one and a half: to 2.
        assert_eq!(of("0.000000000001", &[off(500_000)]).as_deref(), Some("0"));
        assert_eq!(of("0.000000000003", &[off(500_000)]).as_deref(), Some("0.000000000002"));
        // 5 × 0.7 × 0.7 = 2.45, to 2. Rounded twice it would be 3.5, to 4, then 2.8, to 3.
        assert_eq!(of("0.000000000005", &[off(300_000), off(300_000)]).as_deref(), Some("0.000000000002"));
    }

    #[test]
    fn a_chain_that_cannot_be_kept_exactly_is_refused() {
        // Each keeps 999 999 / 10⁶ of the price, and nothing cancels.
        let odd = |count| vec![off(1); count];
        assert!(of("0.2016", &odd(3)).is_some());
        assert_eq!(of("0.2016", &odd(9)), None);
        // 9 whole percents are far within.
        assert!(of("0.2016", &vec![off(110_000); 9]).is_some());
    }
}
