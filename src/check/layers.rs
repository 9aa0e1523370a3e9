//! Contracted prices: whether what every offer costs is what the layers make of its list price.
//!
//! A price p holds if no other whole number of 10⁻¹² is nearer to the exact one: with `exact = above / below`, if
//! |above − p·below| · 2 ≤ below, and if p is even where both sides are equal. Nothing is rounded here.

use ethnum::I256;

use crate::catalog::{Catalog, Change, Layer, LayerScope, Offer};
use crate::check::Report;
use crate::plan::Breach;

/// Holds the price of every offer against its list price and the layers of its contracts.
pub(super) fn hold(catalog: &Catalog, report: &mut Report) {
    let layers: Vec<&Layer> = catalog.contracts().iter().flat_map(|contract| contract.layers.iter()).collect();
    for offer in catalog.offers() {
        let changes = layers.iter().filter(|layer| covers(catalog, &layer.scope, offer)).map(|layer| layer.change);
        let changes: Vec<Change> = changes.collect();
        if !is_contracted(offer.list_price.units(), &changes, offer.price.units()) {
            let (place, sku) = (&catalog.region(offer.region).path, &catalog.sku(offer.sku).name);
            let place = format!("{place} {sku} {}", offer.terms.name());
            let message = format_args!("its price {} is not what its layers make of {}", offer.price, offer.list_price);
            report.add(Breach::Line, place, message);
        }
    }
}

/// Whether an offer is of every kind that a scope names.
fn covers(catalog: &Catalog, scope: &LayerScope, offer: &Offer) -> bool {
    let (region, sku) = (catalog.region(offer.region), catalog.sku(offer.sku));
    let of_provider = scope.providers.is_empty() || scope.providers.contains(&region.provider);
    let of_family = scope.families.is_empty() || scope.families.iter().any(|name| Some(name) == sku.family.as_ref());
    let of_region = scope.regions.is_empty() || scope.regions.contains(&offer.region);
    let of_sku = scope.skus.is_empty() || scope.skus.contains(&offer.sku);
    let of_terms = scope.terms.is_empty() || scope.terms.contains(&offer.terms);
    of_provider && of_family && of_region && of_sku && of_terms
}

/// Whether `price` is the whole number nearest to what the changes make of `list`.
///
/// Read from the end: discounts collect until a fixed price, or the list, is what they are taken off. `false` as well
/// where the chain is too long for 256 bits, which no catalog holds.
fn is_contracted(list: i64, changes: &[Change], price: i64) -> bool {
    let mut start = list;
    let (mut above, mut below) = (I256::ONE, I256::ONE);
    for change in changes.iter().rev() {
        match change {
            Change::Price(fixed) => {
                start = fixed.units();
                break;
            }
            Change::Discount(share) => {
                let kept = I256::from(1_000_000 - i64::from(share.parts()));
                let (Some(more), Some(of)) = (above.checked_mul(kept), below.checked_mul(I256::from(1_000_000))) else {
                    return false;
                };
                (above, below) = cancelled(more, of);
            }
        }
    }
    let exact = above.checked_mul(I256::from(start));
    let claimed = below.checked_mul(I256::from(price));
    let Some(off) = exact.zip(claimed).and_then(|(exact, claimed)| exact.checked_sub(claimed)) else { return false };
    let twice = off.abs().checked_mul(I256::from(2));
    twice.is_some_and(|twice| twice < below || (twice == below && price % 2 == 0))
}

/// Both without their common tens: discounts are decimals, so that is most of what they share.
fn cancelled(mut above: I256, mut below: I256) -> (I256, I256) {
    let ten = I256::from(10);
    while below > I256::ONE && above % ten == I256::ZERO && below % ten == I256::ZERO {
        (above, below) = (above / ten, below / ten);
    }
    (above, below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::UnitPrice;
    use crate::units::Share;

    fn off(parts: u32) -> Change {
        Change::Discount(Share::from_parts(parts).expect("a share"))
    }

    #[test]
    fn one_price_holds_and_its_neighbours_do_not() {
        let fixed = Change::Price(UnitPrice::from_units(1_000).expect("a price"));
        for (list, changes, price) in [
            (201_600_000_000, vec![off(110_000), off(200_000)], 143_539_200_000),
            // Half a unit goes to the even one: 0.5 to 0, 1.5 to 2, 2.45 to 2.
            (1, vec![off(500_000)], 0),
            (3, vec![off(500_000)], 2),
            (5, vec![off(300_000), off(300_000)], 2),
            (77, vec![off(110_000), fixed, off(100_000)], 900),
            (77, vec![], 77),
            (77, vec![off(1_000_000)], 0),
            (201_600_000_000, vec![off(110_000); 9], 70_631_850_987),
        ] {
            assert!(is_contracted(list, &changes, price), "{list} {changes:?}");
            for wrong in [price - 1, price + 1] {
                assert!(!is_contracted(list, &changes, wrong), "{list} {changes:?}: {wrong}");
            }
        }
    }
}
