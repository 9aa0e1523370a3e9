//! Feeds that price machines and their accelerators in rows of their own: the two are added, zone by zone.
//!
//! A row without a machine prices accelerators alone. A machine whose row names an accelerator needs such a row in its
//! zone; where none of the rows says which machine takes which accelerators, `--attach NAME=HOST+MODEL:COUNT` does. In a
//! feed without rows of accelerators every price is whole.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::faults::{At, Faults};
use super::market::{Key, Market, NameId, Stated};
use crate::catalog::Accelerator;
use crate::decimal;
use crate::diagnostic::{Kind, quoted};

/// A machine made of a host and accelerators that the feed prices apart.
#[derive(Debug)]
struct Attach {
    name: String,
    host: String,
    model: Accelerator,
    count: Decimal,
}

/// The prices of a row, with its place.
#[derive(Clone, Copy, Debug)]
struct Priced {
    on_demand: Option<Stated<Decimal>>,
    spot: Option<Stated<Decimal>>,
    at: At,
}

/// Rows by zone, until all are read.
#[derive(Debug, Default)]
pub(super) struct ZoneRows {
    machines: BTreeMap<(Key, Option<NameId>), Priced>,
    cards: BTreeMap<(Accelerator, Decimal, NameId, Option<NameId>), Priced>,
    attached: Vec<Attach>,
}

impl ZoneRows {
    /// With the machines that the `--attach` flags make.
    pub(super) fn new(flags: &[String], faults: &mut Faults) -> Self {
        let mut rows = ZoneRows::default();
        for flag in flags {
            let parts = flag.split_once('=').and_then(|(name, rest)| {
                let (host, card) = rest.split_once('+')?;
                let (model, count) = card.rsplit_once(':')?;
                let count = decimal::decimal(count).ok().filter(|count| *count > Decimal::ZERO)?;
                Some(Attach { name: name.into(), host: host.into(), model: Accelerator::named(model)?, count })
            });
            match parts {
                Some(attach) => rows.attached.push(attach),
                None => {
                    let message = format!("--attach {} makes no machine", quoted(flag));
                    let help = "write NAME=HOST+MODEL:COUNT, such as a2-highgpu-1g=a2-highgpu-1g+A100:1";
                    faults.of_call(Kind::BadWord, message, help);
                }
            }
        }
        rows
    }

    /// The prices of a machine in a zone.
    #[expect(clippy::too_many_arguments, reason = "a row has these parts")]
    pub(super) fn machine(
        &mut self,
        key: Key,
        zone: Option<NameId>,
        on_demand: Option<Stated<Decimal>>,
        spot: Option<Stated<Decimal>>,
        at: At,
        market: &mut Market,
        faults: &mut Faults,
    ) {
        let now = Priced { on_demand, spot, at };
        let kept = self.machines.len();
        match self.machines.entry((key, zone)) {
            Entry::Occupied(known) => merge(known.into_mut(), now, &market.of(key), faults),
            Entry::Vacant(place) if market.has_room(kept, at, faults) => drop(place.insert(now)),
            Entry::Vacant(_) => {}
        }
    }

    /// The prices of accelerators in a zone.
    #[expect(clippy::too_many_arguments, reason = "a row has these parts")]
    pub(super) fn card(
        &mut self,
        (model, count): (Accelerator, Decimal),
        region: NameId,
        zone: Option<NameId>,
        on_demand: Option<Stated<Decimal>>,
        spot: Option<Stated<Decimal>>,
        at: At,
        market: &mut Market,
        faults: &mut Faults,
    ) {
        let now = Priced { on_demand, spot, at };
        let kept = self.cards.len();
        match self.cards.entry((model, count, region, zone)) {
            Entry::Occupied(known) => merge(known.into_mut(), now, &format!("{count} {model}"), faults),
            Entry::Vacant(place) if market.has_room(kept, at, faults) => drop(place.insert(now)),
            Entry::Vacant(_) => {}
        }
    }

    /// Puts whole prices into the market; what has no price for its accelerators is left out and said.
    pub(super) fn join(&self, market: &mut Market, faults: &mut Faults) {
        let mut used = BTreeSet::new();
        let mut without: BTreeMap<String, u32> = BTreeMap::new();
        for (&(key, zone), machine) in &self.machines {
            let shape = market.shapes.get(&key.sku);
            let own = shape.and_then(|shape| Some((shape.accelerator?.0, shape.accelerators?.0)));
            let host = market.name(key.sku).to_owned();
            let mut is_whole = true;
            for attach in self.attached.iter().filter(|attach| attach.host == host) {
                is_whole &= attach.name != host;
                let card = (attach.model, attach.count, key.region, zone);
                let Some(price) = self.cards.get(&card) else { continue };
                used.insert(card);
                let shape = market.shapes.get(&key.sku).cloned().unwrap_or_default();
                let made = market.id(&attach.name);
                let made_shape = market.shapes.entry(made).or_insert(shape);
                made_shape.accelerator = Some((attach.model, price.at));
                made_shape.accelerators = Some((attach.count, price.at));
                put(Key { sku: made, region: key.region }, zone, &sum(machine, price), market, faults);
            }
            match own {
                Some((model, count)) if is_whole && !self.cards.is_empty() => {
                    let card = (model, count, key.region, zone);
                    match self.cards.get(&card) {
                        Some(price) => {
                            used.insert(card);
                            put(key, zone, &sum(machine, price), market, faults);
                        }
                        None => *without.entry(market.of(key)).or_default() += 1,
                    }
                }
                _ if is_whole => put(key, zone, machine, market, faults),
                _ => {}
            }
        }
        for (of, zones) in without {
            faults.note(format!("{of}: no price for its accelerators in {zones} of its zones, left out there"));
        }
        let idle: BTreeSet<String> = self
            .cards
            .keys()
            .filter(|card| !used.contains(*card))
            .map(|(model, count, ..)| format!("{count} {model}"))
            .collect();
        if !idle.is_empty() {
            let list = idle.into_iter().collect::<Vec<_>>().join(", ");
            faults.note(format!("accelerators that no machine takes: {list}; --attach makes machines of them"));
        }
    }
}

/// A machine and its accelerators; the sum has a price where both have one.
fn sum(machine: &Priced, card: &Priced) -> Priced {
    let plus = |one: Option<Stated<Decimal>>, other: Option<Stated<Decimal>>| Some((one?.0 + other?.0, one?.1));
    Priced { on_demand: plus(machine.on_demand, card.on_demand), spot: plus(machine.spot, card.spot), at: machine.at }
}

fn put(key: Key, zone: Option<NameId>, price: &Priced, market: &mut Market, faults: &mut Faults) {
    if let Some((price, at)) = price.on_demand {
        market.on_demand(key, price, at, faults);
    }
    if let Some((price, at)) = price.spot {
        let zone = zone.map(|zone| market.name(zone).to_owned());
        market.spot(key, zone.as_deref(), price, at, faults);
    }
}

/// A second row for the same thing: it may repeat the prices of the first, or have what the first leaves blank.
fn merge(known: &mut Priced, now: Priced, what: &str, faults: &mut Faults) {
    for (known, now, kind) in [(&mut known.on_demand, now.on_demand, "on-demand"), (&mut known.spot, now.spot, "spot")]
    {
        match (*known, now) {
            (Some((one, first)), Some((other, at))) if one != other => {
                let place = faults.place(first);
                let message = format!(
                    "two {kind} prices for {what} in one zone: {} here, {} at {place}",
                    quoted(&other.to_string()),
                    quoted(&one.to_string())
                );
                faults.add(at, Kind::Conflicting, message, "take one of them out");
            }
            _ => *known = known.or(now),
        }
    }
}
