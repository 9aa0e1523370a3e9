//! From the market to the blocks of a book: what is complete goes in, what is not is said.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::block::Block;
use super::commit::commitments;
use super::family::family_of;
use super::faults::Faults;
use super::market::{Key, Market, NameId, Quote, RegionFacts, Shape};
use super::rows::as_in_a_book;
use super::selection::Selection;
use crate::decimal;
use crate::diagnostic::Kind;

/// Names that a message lists before it counts.
const MOST_NAMES: usize = 12;

/// What a book says of itself.
pub(super) struct Header<'a> {
    pub(super) provider: &'a str,
    pub(super) currency: &'a str,
    pub(super) as_of: Option<&'a str>,
    pub(super) source: Option<&'a str>,
}

impl Header<'_> {
    /// Source and date, as every block carries them.
    fn stated(&self) -> Vec<(String, Block)> {
        let source = self.source.map(|source| ("source".to_owned(), Block::Text(source.to_owned())));
        let as_of = self.as_of.map(|date| ("as_of".to_owned(), Block::word(date)));
        source.into_iter().chain(as_of).collect()
    }
}

impl Market {
    /// The family of a machine: as a feed states it, else as its name does.
    pub(super) fn family(&self, sku: NameId) -> Option<String> {
        let stated = self.shapes.get(&sku).and_then(|shape| shape.family.as_deref()).map(str::to_owned);
        let provider = self.provider.as_ref().map_or("", |(name, _)| name.as_str());
        stated.or_else(|| family_of(provider, self.name(sku)))
    }
}

/// Writes a book of everything that is complete.
pub(super) fn compose(market: &Market, header: &Header<'_>, selection: &Selection, faults: &mut Faults) -> Block {
    let wanted = Wanted::find(market, selection, faults);
    let mut offers: BTreeMap<NameId, [Vec<(String, Block)>; 2]> = BTreeMap::new();
    let mut sold_in: BTreeSet<NameId> = BTreeSet::new();
    let (mut counts, mut unused) = ([0_usize; 2], 0_usize);
    for (&key, quote) in &market.quotes {
        if !wanted.skus.contains(&key.sku) {
            continue;
        }
        let prices = [on_demand(quote), spot(quote)];
        unused += usize::from(quote.saving.is_some() && prices.iter().all(Option::is_none));
        for (index, price) in prices.into_iter().enumerate() {
            if let Some(price) = price {
                let terms = offers.entry(key.sku).or_default();
                terms[index].push((market.name(key.region).to_owned(), price));
                counts[index] += 1;
                sold_in.insert(key.region);
            }
        }
    }
    if unused > 0 {
        faults.note(format!("{unused} spot savings are of machines without an on-demand price there, left out"));
    }
    let mut order: Vec<(String, Decimal, Decimal, NameId)> = offers
        .keys()
        .map(|&sku| {
            let shape = market.shapes.get(&sku);
            let figure = |stated: Option<(Decimal, _)>| stated.map(|(value, _)| value).unwrap_or_default();
            let (vcpu, memory) = (shape.and_then(|shape| shape.vcpu), shape.and_then(|shape| shape.memory_gib));
            (market.family(sku).unwrap_or_default(), figure(vcpu), figure(memory), sku)
        })
        .collect();
    order.sort_by(|a, b| (&a.0, a.1, a.2, market.name(a.3)).cmp(&(&b.0, b.1, b.2, market.name(b.3))));
    let stated = header.stated();
    let with_source = |entries: Vec<(String, Block)>| Block::map(stated.iter().cloned().chain(entries));
    let skus = order.iter().filter_map(|(family, _, _, sku)| {
        let shape = market.shapes.get(sku)?;
        Some((market.name(*sku).to_owned(), shape_block(shape, family)))
    });
    let skus = with_source(skus.collect());
    let priced = order.iter().filter_map(|(.., sku)| {
        let terms = ["on-demand", "spot"].into_iter().zip(offers.get(sku)?);
        let terms = terms.filter(|(_, prices)| !prices.is_empty()).map(|(terms, prices)| {
            let mut prices = prices.clone();
            prices.sort_by(|a, b| a.0.cmp(&b.0));
            (terms, Block::map(prices))
        });
        Some((market.name(*sku).to_owned(), Block::map(terms)))
    });
    let priced = with_source(priced.collect());
    let mut regions: Vec<(String, Block)> = sold_in
        .iter()
        .map(|region| (market.name(*region).to_owned(), region_block(market.regions.get(region))))
        .collect();
    regions.sort_by(|a, b| a.0.cmp(&b.0));
    let is_sold = |key: &Key| wanted.skus.contains(&key.sku);
    let bought = commitments(market, &is_sold, faults);
    faults.note(format!(
        "{} regions, {} machines, {} on-demand prices, {} spot prices, {} commitments",
        regions.len(),
        order.len(),
        counts[0],
        counts[1],
        bought.len()
    ));
    if order.is_empty() {
        let help = "a price needs vCPU and memory of its machine: give a feed that has them as well";
        faults.of_call(Kind::EmptyList, "no machine has both a price and a shape".into(), help);
    }
    let mut book = vec![
        ("tradewind".to_owned(), Block::word("catalog/1")),
        ("provider".to_owned(), Block::word(header.provider)),
        ("currency".to_owned(), Block::word(header.currency)),
    ];
    book.extend(header.as_of.map(|date| ("as_of".to_owned(), Block::word(date))));
    book.extend(header.source.map(|source| ("source".to_owned(), Block::Text(source.to_owned()))));
    for (name, block, is_empty) in [
        ("regions", with_source(regions), sold_in.is_empty()),
        ("skus", skus, order.is_empty()),
        ("offers", priced, order.is_empty()),
        ("commitments", with_source(bought.clone()), bought.is_empty()),
    ] {
        if !is_empty {
            book.push((name.to_owned(), block));
        }
    }
    Block::map(book)
}

/// The machines that can be described and are wanted.
struct Wanted {
    skus: BTreeSet<NameId>,
}

impl Wanted {
    fn find(market: &Market, selection: &Selection, faults: &mut Faults) -> Self {
        let priced: BTreeSet<NameId> = market.quotes.keys().map(|key| key.sku).collect();
        let (mut skus, mut shapeless, mut half) = (BTreeSet::new(), Vec::new(), Vec::new());
        for sku in priced {
            let name = market.name(sku);
            let family = market.family(sku);
            if !selection.takes_family(family.as_deref().unwrap_or(name)) {
                continue;
            }
            match market.shapes.get(&sku) {
                Some(shape) if shape.vcpu.is_some() && shape.memory_gib.is_some() => {
                    if shape.is_barred {
                        // Its accelerator is reported by name.
                    } else if shape.accelerator.is_some() == shape.accelerators.is_some() {
                        skus.insert(sku);
                    } else {
                        half.push(name);
                    }
                }
                _ => shapeless.push(name),
            }
        }
        report(faults, "without a shape, left out", &mut shapeless);
        report(faults, "with accelerators of which model or count is not stated, left out", &mut half);
        Wanted { skus }
    }
}

fn report(faults: &mut Faults, what: &str, names: &mut [&str]) {
    names.sort_unstable();
    if !names.is_empty() {
        let shown = names.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join(", ");
        let more = names.len().saturating_sub(MOST_NAMES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        faults.note(format!("{} machines {what}: {shown}{more}", names.len()));
    }
}

fn on_demand(quote: &Quote) -> Option<Block> {
    let (price, _) = quote.on_demand?;
    let price = figure(as_in_a_book(price));
    Some(match &quote.derived {
        None => price,
        Some(how) => Block::map([("price", price), ("derived", Block::word(&**how))]),
    })
}

/// The spot price of a region: that of its dearest zone; where none is stated, on-demand less the stated saving.
fn spot(quote: &Quote) -> Option<Block> {
    let zones = quote.spot.iter().map(|(_, (price, _))| *price);
    let mut entries = Vec::new();
    match (zones.clone().max(), zones.min()) {
        (Some(dearest), lowest) => {
            entries.push(("price", figure(as_in_a_book(dearest))));
            let lowest = lowest.filter(|lowest| *lowest < dearest);
            entries.extend(lowest.map(|lowest| ("lowest_zone", figure(as_in_a_book(lowest)))));
        }
        _ => {
            let ((price, _), (percent, _)) = (quote.on_demand?, quote.saving?);
            let spot = price * (Decimal::ONE_HUNDRED - percent) / Decimal::ONE_HUNDRED;
            entries.push(("price", figure(as_in_a_book(spot))));
            entries.push(("derived", Block::word(format!("{percent}% off on-demand"))));
        }
    }
    entries.extend(quote.band.map(|(band, _)| ("interruption", Block::word(band.name()))));
    match entries.as_slice() {
        [(_, price)] => Some(price.clone()),
        _ => Some(Block::map(entries)),
    }
}

fn shape_block(shape: &Shape, family: &str) -> Block {
    let mut entries = Vec::new();
    entries.extend(shape.vcpu.map(|(vcpu, _)| ("vcpu", figure(vcpu))));
    entries.extend(shape.memory_gib.map(|(memory, _)| ("memory_gib", figure(memory))));
    if !family.is_empty() {
        entries.push(("family", Block::word(family)));
    }
    entries.extend(shape.arch.map(|(arch, _)| ("arch", Block::word(arch.name()))));
    if let (Some((model, _)), Some((count, _))) = (shape.accelerator, shape.accelerators) {
        let mut card = vec![("model", Block::word(model.name())), ("count", figure(count))];
        card.extend(shape.card_gib.map(|(gib, _)| ("memory_gib", figure(gib.round_dp(6)))));
        entries.push(("accelerator", Block::map(card)));
    }
    Block::map(entries)
}

fn region_block(facts: Option<&RegionFacts>) -> Block {
    let Some(facts) = facts else { return Block::Map(Vec::new()) };
    let mut entries = Vec::new();
    entries.extend(facts.title.as_ref().map(|title| ("name", Block::Text(title.clone()))));
    entries.extend(facts.country.as_ref().map(|country| ("country", Block::word(country))));
    entries.extend(facts.jurisdiction.as_ref().map(|law| ("jurisdiction", Block::word(law))));
    entries.extend(facts.zones.map(|zones| ("zones", figure(zones))));
    if let (Some(latitude), Some(longitude)) = (&facts.latitude, &facts.longitude) {
        // A book keeps six decimals, a tenth of a metre; what is no number is for the reader of the book to refuse.
        let degrees = |text: &String| match decimal::decimal(text) {
            Ok(value) => figure(value.round_dp(6)),
            Err(_) => Block::word(text),
        };
        entries.push(("coordinates", Block::List(vec![degrees(latitude), degrees(longitude)])));
    }
    entries.extend(facts.grid.map(|grams| ("grid_gco2_per_kwh", figure(grams))));
    Block::map(entries)
}

/// A number as books write it.
fn figure(value: Decimal) -> Block {
    Block::Plain(value.normalize().to_string())
}
