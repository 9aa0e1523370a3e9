//! The offers that can serve one workload, as text and JSON.

use serde::Serialize;

use crate::catalog::Catalog;
use crate::money::{Amount, UnitPrice};
use crate::query::PricedOffer;
use crate::report::json::document;
use crate::report::table::{Align, Layout, Table};

/// Offers with their costs, the cheapest first; at most `most` of them, the rest counted.
#[must_use]
pub fn offers_text(catalog: &Catalog, offers: &[PricedOffer], most: usize) -> String {
    let mut out = match offers.is_empty() {
        true => "no offer can serve it\n".to_owned(),
        false => offers_table(catalog, offers, most, Layout::Plain),
    };
    match offers.len().saturating_sub(most) {
        0 => {}
        more => out.push_str(&format!("(and {more} dearer ones)\n")),
    }
    out
}

/// The same as one table, without a word about the rest.
#[must_use]
pub fn offers_table(catalog: &Catalog, offers: &[PricedOffer], most: usize, layout: Layout) -> String {
    let mut table = Table::new(&[
        ("place", Align::Left),
        ("sku", Align::Left),
        ("terms", Align::Left),
        ("price per hour", Align::Right),
        ("a month", Align::Right),
    ]);
    for priced in offers.iter().take(most) {
        let offer = catalog.offer(priced.offer);
        let cost = if layout == Layout::Csv { priced.cost.to_string() } else { priced.cost.in_cents() };
        table.row([
            catalog.region(offer.region).path.to_string(),
            catalog.sku(offer.sku).name.to_string(),
            offer.terms.name().to_owned(),
            offer.price.to_string(),
            cost,
        ]);
    }
    table.write(layout)
}

/// The same as an `offers/1` document.
#[must_use]
pub fn offers_json(catalog: &Catalog, workload: &str, offers: &[PricedOffer], most: usize) -> String {
    #[derive(Serialize)]
    struct OfferJson<'a> {
        provider: &'a str,
        region: &'a str,
        sku: &'a str,
        terms: &'static str,
        price: UnitPrice,
        cost: Amount,
    }
    #[derive(Serialize)]
    struct OffersJson<'a> {
        tradewind: &'static str,
        workload: &'a str,
        currency: &'a str,
        eligible: usize,
        offers: Vec<OfferJson<'a>>,
    }
    let shown = offers.iter().take(most).map(|priced| {
        let offer = catalog.offer(priced.offer);
        let region = catalog.region(offer.region);
        OfferJson {
            provider: &catalog.provider(region.provider).name,
            region: &region.name,
            sku: &catalog.sku(offer.sku).name,
            terms: offer.terms.name(),
            price: offer.price,
            cost: priced.cost,
        }
    });
    document(&OffersJson {
        tradewind: "offers/1",
        workload,
        currency: catalog.currency(),
        eligible: offers.len(),
        offers: shown.collect(),
    })
}
