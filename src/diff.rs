//! What changed from one price book to the next: what was added, removed and repriced, and by how much.
//!
//! Items are told apart by what they are called: a SKU in a region on some terms, a tariff by its scope. Two catalogs
//! of one book each go in; a list in order of kind and name comes out.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalog::{Catalog, Covers, Offer, ProviderId, Region, Tariff, TariffId};
use crate::money::{UnitPrice, digits, divide_half_even};

/// What changed from one catalog to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// By kind, then name.
    pub changes: Vec<Change>,
}

/// One thing that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// What kind of thing.
    pub of: Item,
    /// Its name, as `us-east-1 m7i.large on-demand`.
    pub name: String,
    /// What happened to it.
    pub how: How,
}

/// A kind of thing in a price book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Item {
    /// What a book says of itself: its currency, its date, its capabilities.
    Book,
    /// A region.
    Region,
    /// A SKU: what it is, not what it costs.
    Sku,
    /// The price of a SKU in a region on some terms.
    Offer,
    /// A storage or network tariff.
    Tariff,
    /// A flat rate, or the headline rate.
    Rate,
    /// A commitment on sale.
    Commitment,
}

impl Item {
    /// As texts write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Item::Book => "book",
            Item::Region => "region",
            Item::Sku => "sku",
            Item::Offer => "offer",
            Item::Tariff => "tariff",
            Item::Rate => "rate",
            Item::Commitment => "commitment",
        }
    }
}

/// What happened to a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum How {
    /// It is new; what it says, or costs.
    Added(String),
    /// It is gone; what it said, or cost.
    Removed(String),
    /// It costs something else.
    Repriced(Repriced),
    /// It says something else.
    Changed(String, String),
}

/// Two prices of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repriced {
    /// What it cost; of a tariff, the first paid price.
    pub before: UnitPrice,
    /// What it costs.
    pub after: UnitPrice,
}

impl Repriced {
    /// The change in 10⁻² of a percent of the price before, half to even; `None` from nothing.
    ///
    /// From 0.4 to 0.45 is 1250: 12.5% more.
    #[must_use]
    pub fn basis_points(self) -> Option<i128> {
        let (before, after) = (i128::from(self.before.units()), i128::from(self.after.units()));
        divide_half_even((after - before) * 10_000, before)
    }
}

/// What a thing says, and what it costs, where that is one figure.
#[derive(PartialEq, Eq)]
struct Stated {
    text: String,
    price: Option<UnitPrice>,
}

/// What changed from `before` to `after`.
#[must_use]
pub fn diff(before: &Catalog, after: &Catalog) -> Difference {
    let (mut old, mut new) = (items(before), items(after));
    let mut changes = Vec::new();
    let keys: std::collections::BTreeSet<(Item, String)> = old.keys().chain(new.keys()).cloned().collect();
    for key in keys {
        let how = match (old.remove(&key), new.remove(&key)) {
            (Some(was), None) => How::Removed(was.text),
            (None, Some(is)) => How::Added(is.text),
            (Some(was), Some(is)) if was != is => match was.price.zip(is.price) {
                Some((before, after)) if before != after => How::Repriced(Repriced { before, after }),
                _ => How::Changed(was.text, is.text),
            },
            _ => continue,
        };
        changes.push(Change { of: key.0, name: key.1, how });
    }
    Difference { changes }
}

/// Everything a catalog says that a bill or an answer may rest on.
fn items(catalog: &Catalog) -> BTreeMap<(Item, String), Stated> {
    let mut items = BTreeMap::new();
    let mut add = |of, name: String, text: String, price| {
        items.insert((of, name), Stated { text, price });
    };
    for (name, text) in book(catalog) {
        add(Item::Book, name.to_owned(), text, None);
    }
    for region in catalog.regions() {
        add(Item::Region, region.name.to_string(), region_text(region), None);
    }
    for sku in catalog.skus() {
        let accelerators = sku.accelerator.map(|has| format!(", {} {}", has.count, has.model)).unwrap_or_default();
        let family = sku.family.as_ref().map(|family| format!(", family {family}")).unwrap_or_default();
        let text = format!("{} vCPU, {} GiB, {}{accelerators}{family}", sku.vcpu, sku.memory_gib, sku.arch.name());
        add(Item::Sku, sku.name.to_string(), text, None);
    }
    for offer in catalog.offers() {
        let (region, sku) = (&catalog.region(offer.region).name, &catalog.sku(offer.sku).name);
        let name = format!("{region} {sku} {}", offer.terms.name());
        add(Item::Offer, name, offer_text(catalog, offer), Some(offer.price));
    }
    for (number, tariff) in catalog.tariffs().iter().enumerate() {
        let name = catalog.tariff_name(TariffId::at(number));
        // Two books of one provider are compared: its name says nothing.
        let name = name.split_once(' ').map_or(name.as_str(), |(_, scope)| scope).to_owned();
        add(Item::Tariff, name, tariff_text(tariff), Some(tariff.first_paid_price()));
    }
    for region in catalog.regions() {
        for stored in region.storage() {
            let place = format!("{} storage in {}", catalog.class(stored.class), region.name);
            if let Some(price) = stored.retrieval_per_gb {
                add(Item::Rate, format!("reading back from {place}"), price.to_string(), Some(price));
            }
            if let Some(days) = stored.minimum_days {
                add(Item::Rate, format!("minimum days of {place}"), days.to_string(), None);
            }
        }
    }
    for number in 0..catalog.providers().len() {
        // Those with a tariff are among the tariffs.
        let as_all = catalog.destinations(ProviderId::at(number)).iter().filter(|to| to.tariff.is_none());
        for to in as_all {
            let from = to.from.map(|from| format!(" from {}", catalog.region(from).name)).unwrap_or_default();
            let name = format!("internet egress to {}{from}", catalog.part(to.part));
            add(Item::Tariff, name, "as all traffic to the internet".to_owned(), None);
        }
    }
    for provider in catalog.providers() {
        let mut rate = |name: &str, price: UnitPrice| add(Item::Rate, name.to_owned(), price.to_string(), Some(price));
        if let Some(price) = provider.cost_per_hour {
            rate("cost_per_hour", price);
        }
        if let Some(rates) = provider.rates {
            rate("compute_hour", rates.compute_hour);
            rate("storage_gb_month", rates.storage_gb_month);
            rate("network_gb", rates.network_gb);
        }
        if let Some(zone) = provider.zone() {
            rate("between zones", zone.per_gb);
            let both = if zone.both_directions { "both" } else { "one" };
            add(Item::Rate, "directions that are paid between zones".to_owned(), both.to_owned(), None);
        }
        for commitment in &provider.commitments {
            let covers = match &commitment.covers {
                Covers::Family(family) => format!("family {family}"),
                Covers::Sku(sku) => catalog.sku(*sku).name.to_string(),
            };
            let (months, discount, upfront) = (commitment.term_months, commitment.discount, commitment.upfront);
            let text = format!("{covers}, {months} months, {discount} off, {upfront} upfront");
            add(Item::Commitment, commitment.name.to_string(), text, None);
        }
    }
    items
}

/// What a book says of itself, by name.
fn book(catalog: &Catalog) -> Vec<(&'static str, String)> {
    let mut all = vec![("currency", catalog.currency().to_string())];
    for provider in catalog.providers() {
        all.push(("provider", provider.name.to_string()));
        all.extend(provider.as_of.map(|date| ("as_of", date.to_string())));
        all.extend(provider.source.as_ref().map(|source| ("source", source.to_string())));
        if !provider.capabilities.is_empty() {
            all.push(("capabilities", provider.capabilities.join(", ")));
        }
        if let Some(power) = &provider.power {
            let cards = power.accelerator_w.iter().map(|(model, watts)| format!(", {watts} W per {model}"));
            let cards: String = cards.collect();
            all.push(("power", format!("{} W per vCPU{cards}, PUE {}", power.vcpu_w, power.pue)));
        }
    }
    all
}

/// "US, US, 6 zones, at 39.03 -77.46, soc2, 416 g CO2e per kWh": what is not stated is left out.
fn region_text(region: &Region) -> String {
    let law = region.jurisdiction.as_deref().unwrap_or("no jurisdiction");
    let mut text = format!("{}, {law}", region.country.as_deref().unwrap_or("no country"));
    if let Some(zones) = region.zones {
        text.push_str(&format!(", {zones} zones"));
    }
    if let Some([latitude, longitude]) = region.coordinates {
        let degrees = |millionths: i32| digits(i128::from(millionths), 6);
        text.push_str(&format!(", at {} {}", degrees(latitude), degrees(longitude)));
    }
    for certification in &region.certifications {
        text.push_str(&format!(", {certification}"));
    }
    if let Some(grid) = region.grid_gco2_per_kwh {
        text.push_str(&format!(", {grid} g CO2e per kWh"));
    }
    text
}

/// "55.04, 14.25 in the cheapest zone, taken back 15-20%".
fn offer_text(catalog: &Catalog, offer: &Offer) -> String {
    let mut text = offer.price.to_string();
    if let Some(detail) = catalog.detail(offer) {
        if let Some(lowest) = detail.lowest_zone {
            text.push_str(&format!(", {lowest} in the cheapest zone"));
        }
        if let Some(interruption) = detail.interruption {
            text.push_str(&format!(", taken back {}", interruption.name()));
        }
    }
    text
}

/// "0.09 up to 10240 GB, then 0.05, 100 GB free".
fn tariff_text(tariff: &Tariff) -> String {
    let tiers = tariff.tiers.iter().map(|tier| match tier.up_to {
        Some(end) => format!("{} up to {end} GB", tier.price),
        None => tier.price.to_string(),
    });
    let mut text = tiers.collect::<Vec<_>>().join(", then ");
    if tariff.free_gb > crate::units::Quantity::ZERO {
        text.push_str(&format!(", {} GB free", tariff.free_gb));
    }
    text
}
