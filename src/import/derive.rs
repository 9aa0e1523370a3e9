//! Prices that no row states and that follow from those that are stated, each marked with how.
//!
//! Within a family that a provider prices alike everywhere, a region's ratio to another region is the same for every
//! size. Worked: m7g.xlarge costs 0.1632 in us-east-1 and 0.1824 in eu-west-1; m7g.large, 0.0816 in us-east-1, is then
//! 0.0816 × 0.1824 / 0.1632 = 0.0912 in eu-west-1.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::faults::Faults;
use super::market::{Key, Market, NameId};
use crate::diagnostic::{Kind, quoted};

/// Decimals of a derived price: as many as the lists have that it is derived from.
const DECIMALS: u32 = 5;

/// Derives on-demand prices as the `--derive FAMILY@REGION` flags say.
pub(super) fn derive(flags: &[String], market: &mut Market, faults: &mut Faults) {
    for flag in flags {
        let Some((family, base)) = flag.split_once('@') else {
            let message = format!("--derive {} names no region", quoted(flag));
            faults.of_call(Kind::BadWord, message, "write FAMILY@REGION, such as m7g@us-east-1");
            continue;
        };
        let base = market.id(base);
        let mut by_region: BTreeMap<NameId, BTreeMap<NameId, Decimal>> = BTreeMap::new();
        for (key, quote) in &market.quotes {
            if let Some((price, _)) = quote.on_demand
                && market.family(key.sku).as_deref() == Some(family)
            {
                by_region.entry(key.region).or_default().insert(key.sku, price);
            }
        }
        let Some(base_prices) = by_region.remove(&base) else {
            let message = format!("no price of family {} in {}", quoted(family), quoted(market.name(base)));
            faults.of_call(Kind::UnknownSku, message, "derive from a region in which the feed prices the family");
            continue;
        };
        for (region, prices) in by_region {
            region_by_ratio((base, &base_prices), (region, &prices), market, faults);
        }
    }
}

/// The prices that a region lacks, by its ratio for the dearest machine that both regions price.
fn region_by_ratio(
    (base, base_prices): (NameId, &BTreeMap<NameId, Decimal>),
    (region, prices): (NameId, &BTreeMap<NameId, Decimal>),
    market: &mut Market,
    faults: &mut Faults,
) {
    let both = prices.iter().filter_map(|(&sku, &price)| Some((price, *base_prices.get(&sku)?, sku)));
    let mut both: Vec<(Decimal, Decimal, NameId)> = both.collect();
    both.sort_unstable();
    let Some(&(here, there, anchor)) = both.last() else { return };
    // The rule is tried on every machine that has both prices; a tenth of a percent is rounding of small prices.
    let off = both.iter().find(|&&(stated, base, _)| {
        let derived = base * here / there;
        (derived - stated).abs() * Decimal::ONE_THOUSAND > stated
    });
    if let Some(&(_, _, other)) = off {
        let (of, in_region) = (quoted(market.name(other)), quoted(market.name(region)));
        let by = quoted(market.name(anchor));
        faults.note(format!("nothing is derived in {in_region}: {of} does not cost what the ratio for {by} says"));
        return;
    }
    let how = format!("{} price times the region's ratio for {}", market.name(base), market.name(anchor));
    let how: Arc<str> = Arc::from(how);
    let missing: Vec<(NameId, Decimal)> =
        base_prices.iter().filter(|(sku, _)| !prices.contains_key(sku)).map(|(&sku, &price)| (sku, price)).collect();
    for (sku, price) in missing {
        let derived = (price * here / there).round_dp(DECIMALS).normalize();
        let at = market.quotes.get(&Key { sku, region: base }).and_then(|quote| quote.on_demand).map(|(_, at)| at);
        let quote = market.quotes.entry(Key { sku, region }).or_default();
        quote.on_demand = at.map(|at| (derived, at));
        quote.derived = Some(Arc::clone(&how));
    }
}
