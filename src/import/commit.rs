//! Commitments from the prices of terms: a discount off on-demand, of a family where its machines agree.
//!
//! A book states one discount for what a commitment covers. Where the prices of a family give more than one, the lowest
//! stands, so that no saving is promised that a price of the feed denies; the note has the range. Where they lie further
//! apart than two points, each machine gets its own; where one is no cheaper than on demand, there is none. What the feed
//! has no price of is not denied: the note says of how many of the prices on demand a discount is known.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::{Decimal, RoundingStrategy};

use super::block::Block;
use super::faults::Faults;
use super::market::{Key, Market, Payment, Term};

/// Points of percent within which a family's prices count as one discount.
const AGREE: Decimal = Decimal::TWO;

/// The discounts that were found for one thing: lowest, highest, how many, and the highest share paid at the start.
#[derive(Clone, Copy)]
struct Found {
    lowest: Decimal,
    highest: Decimal,
    count: u32,
    upfront: Decimal,
}

impl Found {
    fn add(all: &mut BTreeMap<(String, Term), Found>, name: String, term: Term, discount: Decimal, upfront: Decimal) {
        let found = all.entry((name, term)).or_insert(Found { lowest: discount, highest: discount, count: 0, upfront });
        found.lowest = found.lowest.min(discount);
        found.highest = found.highest.max(discount);
        found.upfront = found.upfront.max(upfront);
        found.count += 1;
    }
}

/// The commitments that the terms of the market make, by name.
pub(super) fn commitments(
    market: &Market,
    is_sold: &dyn Fn(&Key) -> bool,
    faults: &mut Faults,
) -> Vec<(String, Block)> {
    let mut by_sku: BTreeMap<(String, Term), Found> = BTreeMap::new();
    let mut by_family: BTreeMap<(String, Term), Found> = BTreeMap::new();
    let mut family_of: BTreeMap<String, String> = BTreeMap::new();
    // Prices on demand of each family and machine, and those that a term makes no cheaper somewhere.
    let mut sold: BTreeMap<String, u32> = BTreeMap::new();
    let mut denied: BTreeSet<(String, Term)> = BTreeSet::new();
    let (mut unpriced, mut dearer) = (0_u32, 0_u32);
    for (key, quote) in market.quotes.iter().filter(|(key, _)| is_sold(key)) {
        let names: Vec<String> = market.family(key.sku).into_iter().chain([market.name(key.sku).to_owned()]).collect();
        if quote.on_demand.is_some() {
            names.iter().for_each(|name| *sold.entry(name.clone()).or_default() += 1);
        }
        for &(term, (price, _), upfront) in &quote.terms {
            let Some((on_demand, _)) = quote.on_demand else {
                unpriced += 1;
                continue;
            };
            let off = (on_demand - price) * Decimal::ONE_HUNDRED / on_demand;
            // Towards zero: the discount is never more than the feed gives.
            let off = off.round_dp_with_strategy(2, RoundingStrategy::ToZero).normalize();
            if off <= Decimal::ZERO {
                dearer += 1;
                denied.extend(names.iter().map(|name| (name.clone(), term)));
                continue;
            }
            let sku = market.name(key.sku).to_owned();
            if let Some(family) = market.family(key.sku) {
                Found::add(&mut by_family, family.clone(), term, off, upfront);
                family_of.insert(sku.clone(), family);
            }
            Found::add(&mut by_sku, sku, term, off, upfront);
        }
    }
    for (count, what) in
        [(unpriced, "have no on-demand price to compare with"), (dearer, "are no cheaper than on demand")]
    {
        if count > 0 {
            faults.note(format!("{count} prices of commitments {what}, left out"));
        }
    }
    let mut made = Vec::new();
    let agreed = by_family.iter().filter(|(of, found)| found.highest - found.lowest <= AGREE && !denied.contains(of));
    let agreed: BTreeSet<(String, Term)> = agreed.map(|(of, _)| of.clone()).collect();
    let of_all = |name: &String| sold.get(name).copied().unwrap_or_default();
    for ((family, term), found) in by_family.iter().filter(|(of, _)| agreed.contains(of)) {
        made.push(commitment("family", family, *term, found, of_all(family)));
    }
    for ((sku, term), found) in &by_sku {
        let covered = family_of.get(sku).is_some_and(|family| agreed.contains(&(family.clone(), *term)));
        if !covered && !denied.contains(&(sku.clone(), *term)) {
            made.push(commitment("sku", sku, *term, found, of_all(sku)));
        }
    }
    made
}

fn commitment(covers: &'static str, name: &str, term: Term, found: &Found, sold: u32) -> (String, Block) {
    let paid = match term.payment {
        Payment::NoUpfront => "",
        Payment::Partial => "-partial-upfront",
        Payment::AllUpfront => "-all-upfront",
    };
    let percent = |value: Decimal| Block::Text(format!("{}%", value.normalize()));
    let mut entries = vec![
        ("covers", Block::map([(covers, Block::word(name))])),
        ("scope", Block::word("region")),
        ("term_months", Block::word(term.months.to_string())),
        ("discount", percent(found.lowest)),
        ("upfront", percent(found.upfront)),
    ];
    let range = if found.lowest < found.highest {
        format!("{}% to {}%", found.lowest, found.highest)
    } else {
        format!("{}%", found.lowest)
    };
    if found.count < sold {
        let note = format!("{range}, known of {} of {sold} prices on demand", found.count);
        entries.push(("note", Block::Text(note)));
    } else if found.lowest < found.highest {
        entries.push(("note", Block::Text(format!("{range} over {} prices", found.count))));
    }
    (format!("{name}-{}y{paid}", term.months / 12), Block::map(entries))
}
