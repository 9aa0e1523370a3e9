//! The GCP billing catalog: pages with `skus`. A machine is the sum of its core, memory and accelerator SKUs.
//!
//! The catalog has no machines: a table beside it says which there are and how large. Worked: a2-highgpu-1g has 12 cores at
//! 0.031611, 85 GiB at 0.004237 and one A100 at 2.933908, together 3.673385 an hour.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::BufRead;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::family::family_of;
use super::faults::{At, Faults};
use super::json::{Pages, Written};
use super::market::{Key, Market, NameId, Payment, Stated, Term};
use super::selection::Selection;
use crate::catalog::Accelerator;
use crate::diagnostic::{Kind, quoted};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Sku {
    description: String,
    category: Category,
    service_regions: Vec<String>,
    pricing_info: Vec<PricingInfo>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Category {
    resource_family: String,
    usage_type: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PricingInfo {
    pricing_expression: Expression,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Expression {
    usage_unit: String,
    tiered_rates: Vec<Rate>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Rate {
    start_usage_amount: Written,
    unit_price: UnitPrice,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct UnitPrice {
    currency_code: String,
    units: Written,
    nanos: i64,
}

/// What a SKU prices: a part of the machines of a family, or a model of accelerators.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Core(String),
    Memory(String),
    Accelerator(Accelerator),
}

/// On which terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Usage {
    OnDemand,
    Spot,
    Commit(u32),
}

/// The parts that were read, until all files are.
#[derive(Debug, Default)]
pub(super) struct Parts {
    prices: BTreeMap<(NameId, Usage, Part), Stated<Decimal>>,
}

/// Machines whose vCPUs are a part of a core, so that their price is no multiple of a core's (Google Cloud, general-purpose
/// machines: E2 shared-core, and those of N1).
const SHARED_CORE: [&str; 5] = ["e2-micro", "e2-small", "e2-medium", "f1-micro", "g1-small"];
/// Names that a note lists.
const SHOWN: usize = 5;

/// How the catalog comes.
const PAGES: Pages =
    Pages { what: "a page of the GCP billing catalog", member: "skus", help: "fetch the SKUs of Compute Engine" };

/// Reads pages of the catalog.
pub(super) fn read<R: BufRead>(
    source: R,
    file: u32,
    parts: &mut Parts,
    market: &mut Market,
    selection: &Selection,
    faults: &mut Faults,
) {
    PAGES.read(source, file, faults, |sku: Sku, at, faults| parts.take(&sku, at, market, selection, faults));
}

impl Parts {
    fn take(&mut self, sku: &Sku, at: At, market: &mut Market, selection: &Selection, faults: &mut Faults) {
        let usage = match sku.category.usage_type.as_str() {
            "OnDemand" => Usage::OnDemand,
            "Preemptible" => Usage::Spot,
            "Commit1Yr" => Usage::Commit(12),
            "Commit3Yr" => Usage::Commit(36),
            _ => return,
        };
        if sku.category.resource_family != "Compute" || market.is_full {
            return;
        }
        let Some(part) = part_of(&sku.description) else { return };
        let wanted: Vec<&String> = sku.service_regions.iter().filter(|region| selection.takes_region(region)).collect();
        if wanted.is_empty() {
            return;
        }
        let unit = if matches!(part, Part::Memory(_)) { "GiBy.h" } else { "h" };
        for PricingInfo { pricing_expression: expression } in &sku.pricing_info {
            let Some(price) = price_of(expression, unit, &sku.description, at, market, faults) else { continue };
            for region in &wanted {
                let region = market.id(region);
                let kept = self.prices.len();
                let (one, first) = match self.prices.entry((region, usage, part.clone())) {
                    Entry::Occupied(known) => *known.get(),
                    Entry::Vacant(place) if market.has_room(kept, at, faults) => *place.insert((price, at)),
                    Entry::Vacant(_) => return,
                };
                if one != price {
                    let message = format!(
                        "two prices for {} in {}: {} here, {} at {}",
                        quoted(&sku.description),
                        quoted(market.name(region)),
                        quoted(&price.to_string()),
                        quoted(&one.to_string()),
                        faults.place(first)
                    );
                    faults.add(at, Kind::Conflicting, message, "take one of them out, or choose by --region");
                }
            }
        }
    }

    /// Prices every machine of the table wherever all of its parts have a price.
    pub(super) fn join(&self, market: &mut Market, selection: &Selection, faults: &mut Faults) {
        let mut places: Vec<(NameId, Usage)> = self.prices.keys().map(|&(region, usage, _)| (region, usage)).collect();
        places.dedup();
        if places.is_empty() {
            return;
        }
        let shapes = market.shapes.clone();
        let mut lacking: BTreeMap<String, u32> = BTreeMap::new();
        let (mut shared, mut unpriced) = (Vec::new(), Vec::new());
        for (&sku, shape) in &shapes {
            let name = market.name(sku).to_owned();
            let (Some((vcpu, _)), Some((memory, _))) = (shape.vcpu, shape.memory_gib) else { continue };
            if !selection.takes_sku(&name) || shape.is_barred {
                continue;
            }
            if SHARED_CORE.contains(&name.as_str()) {
                shared.push(name);
                continue;
            }
            let Some(family) = shape.family.as_deref().map(str::to_owned).or_else(|| family_of("gcp", &name)) else {
                continue;
            };
            let mut is_priced = false;
            for &(region, usage) in &places {
                let part = |part: Part| self.prices.get(&(region, usage, part));
                let (core, ram) = (part(Part::Core(family.clone())), part(Part::Memory(family.clone())));
                let (Some(&(core, at)), Some(&(ram, _))) = (core, ram) else { continue };
                is_priced = true;
                let cards = match (shape.accelerator, shape.accelerators) {
                    (Some((model, _)), Some((count, _))) => {
                        part(Part::Accelerator(model)).map(|&(price, _)| price * count)
                    }
                    (None, None) => Some(Decimal::ZERO),
                    _ => None,
                };
                let Some(cards) = cards else {
                    *lacking.entry(name.clone()).or_default() += 1;
                    continue;
                };
                let price = (vcpu * core + memory * ram + cards).normalize();
                let key = Key { sku, region };
                match usage {
                    Usage::OnDemand => market.on_demand(key, price, at, faults),
                    Usage::Spot => market.spot(key, None, price, at, faults),
                    Usage::Commit(months) => {
                        let term = Term { months, payment: Payment::NoUpfront };
                        market.term(key, term, price, Decimal::ZERO, at, faults);
                    }
                }
            }
            if !is_priced {
                unpriced.push(name);
            }
        }
        for (names, why) in [
            (shared, "share a core, and no list states the part of it that is billed"),
            (unpriced, "have no price for their cores or their memory"),
        ] {
            if !names.is_empty() {
                let shown = names[..names.len().min(SHOWN)].join(", ");
                let more =
                    if names.len() > SHOWN { format!(" and {} more", names.len() - SHOWN) } else { String::new() };
                faults.note(format!("machines that {why}, left out: {shown}{more}"));
            }
        }
        for (name, count) in lacking {
            faults.note(format!("{name}: no price for its accelerators on {count} terms and regions, left out there"));
        }
    }
}

/// The one price of an expression, in the unit that such a part is sold in.
fn price_of(
    expression: &Expression,
    unit: &str,
    description: &str,
    at: At,
    market: &mut Market,
    faults: &mut Faults,
) -> Option<Decimal> {
    let of = quoted(description);
    if expression.usage_unit != unit {
        let message = format!("unknown unit {} of {of}", quoted(&expression.usage_unit));
        faults.add(at, Kind::BadWord, message, format!("known is `{unit}`"));
        return None;
    }
    let rate = expression.tiered_rates.last()?;
    // A free first tier would make what follows start above zero as well.
    let start = faults.figure(at, &rate.start_usage_amount.0, &|| format!("the tier of {of}"));
    if start.is_some() || expression.tiered_rates.len() > 1 {
        let start = start.unwrap_or_default();
        let message = format!("a tier of {of} starts at {}", quoted(&start.to_string()));
        faults.add(at, Kind::BadTiers, message, "a part of a machine has one price, from 0 on");
        return None;
    }
    let whole = match rate.unit_price.units.0.as_str() {
        "" | "0" => Decimal::ZERO,
        units => faults.figure(at, units, &|| format!("the price of {of}"))?,
    };
    let price = whole + Decimal::new(rate.unit_price.nanos, 9);
    if price.is_sign_negative() && !price.is_zero() {
        let message = format!("the price of {of} is negative: {}", quoted(&price.to_string()));
        faults.add(at, Kind::NegativeNumber, message, "take it out if it is unknown");
        return None;
    }
    if price.is_zero() {
        return None;
    }
    market.in_currency(&rate.unit_price.currency_code, at, faults);
    Some(price.normalize())
}

/// What a SKU prices, by its description; `None` for what is no part of a predefined machine.
fn part_of(description: &str) -> Option<Part> {
    const OTHERS: [&str; 7] = ["Custom", "Sole Tenancy", "Premium", "Extended", "DWS", "Reserved", "Calendar"];
    if OTHERS.iter().any(|word| description.contains(word)) {
        return None;
    }
    let mut text = description;
    for prefix in ["Commitment v1: ", "Spot Preemptible ", "Preemptible "] {
        text = text.strip_prefix(prefix).unwrap_or(text);
    }
    let (what, _) = text.split_once(" running in ").or_else(|| text.split_once(" in "))?;
    let what = what.trim_end_matches(" attached to Spot Preemptible VMs");
    if let Some(card) = what.strip_prefix("Nvidia ").and_then(|card| card.strip_suffix(" GPU")) {
        let card = card.trim_start_matches("Tesla ").replace(' ', "-");
        return Accelerator::named(&card).map(Part::Accelerator);
    }
    let (family, is_core) = match what.rsplit_once(' ')? {
        (family, "Core" | "Cpu") => (family, true),
        (family, "Ram") => (family, false),
        _ => return None,
    };
    let family = family.trim_end_matches(" Instance").trim_end_matches(" Predefined");
    let family = family.trim_end_matches(" AMD").trim_end_matches(" Arm");
    let family = match family {
        "Compute optimized" => "c2".to_owned(),
        "Memory-optimized" => "m1".to_owned(),
        one if !one.contains(' ') => one.to_ascii_lowercase(),
        _ => return None,
    };
    Some(if is_core { Part::Core(family) } else { Part::Memory(family) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_says_what_it_prices() {
        let core = |family: &str| Some(Part::Core(family.to_owned()));
        let memory = |family: &str| Some(Part::Memory(family.to_owned()));
        let card = |model: &str| Some(Part::Accelerator(Accelerator::named(model).expect("a model")));
        for (description, part) in [
            ("A2 Instance Core running in Americas", core("a2")),
            ("N1 Predefined Instance Ram running in Americas", memory("n1")),
            ("T2D AMD Instance Ram running in Singapore", memory("t2d")),
            ("Compute optimized Core running in Finland", core("c2")),
            ("Spot Preemptible N2 Instance Core running in Iowa", core("n2")),
            ("Commitment v1: N2 Cpu in Americas for 1 Year", core("n2")),
            ("Nvidia Tesla A100 GPU running in Americas", card("A100")),
            ("Nvidia Tesla A100 80GB GPU running in Americas", card("A100-80GB")),
            ("Nvidia L4 GPU attached to Spot Preemptible VMs running in Iowa", card("L4")),
            ("N2 Custom Instance Core running in Americas", None),
            ("N1 Sole Tenancy Instance Core running in Americas", None),
            ("Network Internet Egress from Americas to China", None),
            ("Storage PD Capacity in Iowa", None),
        ] {
            assert_eq!(part_of(description), part, "{description}");
        }
    }
}
