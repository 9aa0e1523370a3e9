//! What the feeds state, gathered: shapes of machines and their prices, each with the place it was read at.
//!
//! The same figure may stand in several rows and files; two different ones for one thing are a fault that shows both.
//! What is kept grows with the prices that are taken, not with the feed, and ends where a price book would end.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::faults::{At, Faults};
use super::selection::Selection;
use crate::catalog::{Accelerator, Arch, Interruption};
use crate::diagnostic::{Kind, quoted};

/// Most prices that are kept: what a book of the largest legal size holds.
const MOST_PRICES: usize = 500_000;

/// Most zones of a region that have a spot price each: a column of something else must not be taken for one.
const MOST_ZONES: usize = 100;

/// A number for a name, so that half a million prices need not repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NameId(u32);

/// Something that was stated, and where.
pub(super) type Stated<T> = (T, At);

/// What is known of a machine.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    pub(super) family: Option<Arc<str>>,
    pub(super) vcpu: Option<Stated<Decimal>>,
    pub(super) memory_gib: Option<Stated<Decimal>>,
    pub(super) arch: Option<Stated<Arch>>,
    pub(super) accelerator: Option<Stated<Accelerator>>,
    pub(super) accelerators: Option<Stated<Decimal>>,
    pub(super) card_gib: Option<Stated<Decimal>>,
    /// Whether it has an accelerator that is not in the list, so that it cannot be described.
    pub(super) is_barred: bool,
}

/// What is known of a region.
#[derive(Clone, Debug, Default)]
pub(super) struct RegionFacts {
    pub(super) title: Option<String>,
    pub(super) country: Option<String>,
    pub(super) jurisdiction: Option<String>,
    pub(super) latitude: Option<String>,
    pub(super) longitude: Option<String>,
    pub(super) zones: Option<Decimal>,
    pub(super) grid: Option<Decimal>,
}

/// A price that is paid for a term: its length in months, and the percent of it that is paid at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Term {
    pub(super) months: u32,
    pub(super) payment: Payment,
}

/// When a commitment is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Payment {
    /// By the hour.
    NoUpfront,
    /// In part at the start.
    Partial,
    /// At the start.
    AllUpfront,
}

/// The prices of one SKU in one region, per hour.
#[derive(Clone, Debug, Default)]
pub(super) struct Quote {
    pub(super) on_demand: Option<Stated<Decimal>>,
    /// How the on-demand price was derived.
    pub(super) derived: Option<Arc<str>>,
    /// By zone; without a zone, of the region.
    pub(super) spot: Vec<(Option<NameId>, Stated<Decimal>)>,
    /// Percent that spot is below on-demand.
    pub(super) saving: Option<Stated<Decimal>>,
    pub(super) band: Option<Stated<Interruption>>,
    /// The whole price by the hour, and the share of it that is paid at the start.
    pub(super) terms: Vec<(Term, Stated<Decimal>, Decimal)>,
}

/// A SKU in a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) sku: NameId,
    pub(super) region: NameId,
}

/// Everything the feeds state.
#[derive(Debug, Default)]
pub(super) struct Market {
    names: Vec<Arc<str>>,
    ids: BTreeMap<Arc<str>, NameId>,
    pub(super) shapes: BTreeMap<NameId, Shape>,
    pub(super) quotes: BTreeMap<Key, Quote>,
    pub(super) regions: BTreeMap<NameId, RegionFacts>,
    pub(super) provider: Option<Stated<String>>,
    pub(super) currency: Option<Stated<String>>,
    /// Whether more prices were stated than a book can hold.
    pub(super) is_full: bool,
}

impl Market {
    /// The number of a name.
    pub(super) fn id(&mut self, name: &str) -> NameId {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        let id = NameId(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        let name: Arc<str> = Arc::from(name);
        self.names.push(Arc::clone(&name));
        self.ids.insert(name, id);
        id
    }

    /// The name of a number.
    pub(super) fn name(&self, id: NameId) -> &str {
        self.names.get(id.0 as usize).map_or("", |name| name)
    }

    /// "`m5.large` in `us-east-1`".
    pub(super) fn of(&self, key: Key) -> String {
        format!("{} in {}", quoted(self.name(key.sku)), quoted(self.name(key.region)))
    }

    /// The quote of a SKU in a region, if both are wanted; none once there are more than a book can hold.
    pub(super) fn key(&mut self, selection: &Selection, sku: &str, region: &str) -> Option<Key> {
        (!self.is_full && selection.takes_sku(sku) && selection.takes_region(region))
            .then(|| Key { sku: self.id(sku), region: self.id(region) })
    }

    /// Whether one more price can be kept beside `kept`; that it cannot is a fault, said once.
    pub(super) fn has_room(&mut self, kept: usize, at: At, faults: &mut Faults) -> bool {
        let has_room = kept < MOST_PRICES;
        if !has_room && !self.is_full {
            self.is_full = true;
            let message = format!("more than {MOST_PRICES} prices, which no price book can hold");
            faults.add(at, Kind::TooLarge, message, "choose with --region, --include and --family");
        }
        has_room
    }

    /// The quote to write to; `None` once there are more than a book can hold, which is a fault.
    fn quote(&mut self, key: Key, at: At, faults: &mut Faults) -> Option<&mut Quote> {
        if !self.quotes.contains_key(&key) && !self.has_room(self.quotes.len(), at, faults) {
            return None;
        }
        Some(self.quotes.entry(key).or_default())
    }

    /// An on-demand price per hour.
    pub(super) fn on_demand(&mut self, key: Key, price: Decimal, at: At, faults: &mut Faults) {
        let Some(quote) = self.quote(key, at, faults) else { return };
        match quote.on_demand {
            Some((known, first)) if known != price => {
                let of = self.of(key);
                two_prices(faults, &format!("two on-demand prices for {of}"), (known, first), (price, at));
            }
            _ => quote.on_demand = quote.on_demand.or(Some((price, at))),
        }
    }

    /// A spot price per hour, of a zone or of the region.
    pub(super) fn spot(&mut self, key: Key, zone: Option<&str>, price: Decimal, at: At, faults: &mut Faults) {
        let zone = zone.map(|zone| self.id(zone));
        let Some(quote) = self.quote(key, at, faults) else { return };
        match quote.spot.iter().find(|(known, _)| *known == zone).map(|&(_, stated)| stated) {
            Some((known, first)) if known != price => {
                let of = self.of(key);
                let zone = zone.map(|zone| format!(", zone {}", quoted(self.name(zone)))).unwrap_or_default();
                two_prices(faults, &format!("two spot prices for {of}{zone}"), (known, first), (price, at));
            }
            Some(_) => {}
            None if quote.spot.len() >= MOST_ZONES => {
                let message = format!("more than {MOST_ZONES} zones with a spot price of {}", self.of(key));
                faults.add(at, Kind::OutOfRange, message, "is the column of zones one of something else?");
                self.is_full = true;
            }
            None => quote.spot.push((zone, (price, at))),
        }
    }

    /// How many percent spot is below on-demand.
    pub(super) fn saving(&mut self, key: Key, percent: Decimal, at: At, faults: &mut Faults) {
        let Some(quote) = self.quote(key, at, faults) else { return };
        match quote.saving {
            Some((known, first)) if known != percent => {
                let of = self.of(key);
                two_prices(faults, &format!("two spot savings for {of}"), (known, first), (percent, at));
            }
            _ => quote.saving = quote.saving.or(Some((percent, at))),
        }
    }

    /// How often spot machines are taken back.
    pub(super) fn band(&mut self, key: Key, band: Interruption, at: At, faults: &mut Faults) {
        let Some(quote) = self.quote(key, at, faults) else { return };
        match quote.band {
            Some((known, first)) if known != band => {
                let message = format!("two interruption bands for {}", self.of(key));
                two(faults, &message, (known.name(), first), (band.name(), at));
            }
            _ => quote.band = quote.band.or(Some((band, at))),
        }
    }

    /// The price per hour under a commitment, what is paid at the start spread over its hours.
    pub(super) fn term(&mut self, key: Key, term: Term, price: Decimal, upfront: Decimal, at: At, faults: &mut Faults) {
        let Some(quote) = self.quote(key, at, faults) else { return };
        match quote.terms.iter().find(|(known, ..)| *known == term).map(|&(_, stated, _)| stated) {
            Some((known, first)) if known != price => {
                let of = self.of(key);
                let message = format!("two prices for {} months of {of}", term.months);
                two_prices(faults, &message, (known, first), (price, at));
            }
            Some(_) => {}
            None => quote.terms.push((term, (price, at), upfront)),
        }
    }

    /// What is known of a machine, added to what was known.
    pub(super) fn shape(&mut self, sku: &str, stated: Shape, faults: &mut Faults) {
        if self.shapes.len() >= MOST_PRICES {
            // Prices that follow are faulted for their number; shapes alone make no book.
            return;
        }
        let id = self.id(sku);
        let known = self.shapes.entry(id).or_default();
        let sku = quoted(sku);
        let decimal = |value: &Decimal| value.normalize().to_string();
        agree(&mut known.vcpu, stated.vcpu, decimal, faults, &format!("two vCPU figures for {sku}"));
        agree(&mut known.memory_gib, stated.memory_gib, decimal, faults, &format!("two memory sizes for {sku}"));
        agree(&mut known.arch, stated.arch, |arch| arch.name().into(), faults, &format!("two architectures for {sku}"));
        let model = |model: &Accelerator| model.name().to_owned();
        agree(&mut known.accelerator, stated.accelerator, model, faults, &format!("two accelerators for {sku}"));
        let message = format!("two accelerator counts for {sku}");
        agree(&mut known.accelerators, stated.accelerators, decimal, faults, &message);
        known.card_gib = known.card_gib.or(stated.card_gib);
        known.is_barred |= stated.is_barred;
        if known.family.is_none() {
            known.family = stated.family;
        }
    }

    /// What is known of a region, added to what was known; the first file that states a fact is kept.
    pub(super) fn region(&mut self, region: &str, stated: RegionFacts) {
        let id = self.id(region);
        let known = self.regions.entry(id).or_default();
        let pairs = [
            (&mut known.title, stated.title),
            (&mut known.country, stated.country),
            (&mut known.jurisdiction, stated.jurisdiction),
            (&mut known.latitude, stated.latitude),
            (&mut known.longitude, stated.longitude),
        ];
        for (known, stated) in pairs {
            if known.is_none() {
                *known = stated;
            }
        }
        known.zones = known.zones.or(stated.zones);
        known.grid = known.grid.or(stated.grid);
    }

    /// The provider that a feed names; a second one is a fault.
    pub(super) fn of_provider(&mut self, name: &str, at: At, faults: &mut Faults) {
        match &self.provider {
            Some((known, first)) if known != name => {
                two(faults, "rows of two providers", (known, *first), (name, at));
            }
            Some(_) => {}
            None => self.provider = Some((name.to_owned(), at)),
        }
    }

    /// The currency that a feed names; a second one is a fault.
    pub(super) fn in_currency(&mut self, name: &str, at: At, faults: &mut Faults) {
        match &self.currency {
            Some((known, first)) if known != name => {
                let message = format!(
                    "prices in two currencies: {} here, {} at {}",
                    quoted(name),
                    quoted(known),
                    faults.place(*first)
                );
                faults.add(at, Kind::TwoCurrencies, message, "take one currency out; amounts are never mixed");
            }
            Some(_) => {}
            None => self.currency = Some((name.to_owned(), at)),
        }
    }
}

fn two_prices(faults: &mut Faults, what: &str, known: Stated<Decimal>, now: Stated<Decimal>) {
    two(faults, what, (&known.0.to_string(), known.1), (&now.0.to_string(), now.1));
}

/// Two answers to one question, both shown.
fn two(faults: &mut Faults, what: &str, (known, first): (&str, At), (now, at): (&str, At)) {
    let message = format!("{what}: {} here, {} at {}", quoted(now), quoted(known), faults.place(first));
    faults.add(at, Kind::Conflicting, message, "take one of them out, or choose by --column, --region and --include");
}

/// Keeps what is stated first; anything else is a fault.
fn agree<T: Copy + PartialEq>(
    known: &mut Option<Stated<T>>,
    stated: Option<Stated<T>>,
    text: impl Fn(&T) -> String,
    faults: &mut Faults,
    what: &str,
) {
    match (*known, stated) {
        (Some((one, first)), Some((other, at))) if one != other => {
            two(faults, what, (&text(&one), first), (&text(&other), at));
        }
        _ => *known = known.or(stated),
    }
}
