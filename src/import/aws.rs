//! The AWS price list of EC2: one object with `products`, then `terms` by SKU.
//!
//! Of the products only machines are kept that are rented by themselves: shared tenancy, Linux, capacity in use, no
//! pre-installed software, in a region. The list has no accelerator models: a machine with accelerators needs a table of
//! shapes beside it.

use std::collections::BTreeMap;
use std::fmt;
use std::io::BufRead;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::faults::{At, Faults};
use super::json::{Entries, Position, documents};
use super::market::{Key, Market, Payment, Shape, Term};
use super::rows::per_hour;
use super::selection::Selection;
use crate::catalog::Arch;
use crate::diagnostic::{Kind, quoted};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Product {
    #[serde(default)]
    product_family: String,
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Attributes {
    instance_type: String,
    region_code: String,
    location_type: String,
    tenancy: String,
    operating_system: String,
    capacitystatus: String,
    pre_installed_sw: String,
    /// Newer lists sell capacity blocks beside machines on demand.
    marketoption: String,
    vcpu: String,
    memory: String,
    gpu: String,
    physical_processor: String,
    processor_architecture: String,
}

impl Attributes {
    fn is_wanted(&self) -> bool {
        (self.location_type.is_empty() || self.location_type == "AWS Region")
            && self.tenancy == "Shared"
            && self.operating_system == "Linux"
            && self.capacitystatus == "Used"
            && self.pre_installed_sw == "NA"
            && (self.marketoption.is_empty() || self.marketoption == "OnDemand")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Offered {
    #[serde(default)]
    price_dimensions: BTreeMap<String, Dimension>,
    #[serde(default)]
    term_attributes: TermAttributes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dimension {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    begin_range: String,
    #[serde(default)]
    price_per_unit: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TermAttributes {
    #[serde(rename = "LeaseContractLength")]
    length: String,
    #[serde(rename = "OfferingClass")]
    class: String,
    #[serde(rename = "PurchaseOption")]
    option: String,
}

/// Reads a price list into a market.
pub(super) fn read<R: BufRead>(source: R, file: u32, market: &mut Market, selection: &Selection, faults: &mut Faults) {
    let position = Position::new(file);
    let mut list = List { market, products: BTreeMap::new(), has_products: false, incomplete: 0 };
    documents(source, &position, "an AWS price list", faults, |parser, faults| {
        Top { position: &position, list: &mut list, faults, selection }.deserialize(parser)
    });
    if list.incomplete > 0 {
        faults.note(format!("{} reserved terms lack a part of their price, left out", list.incomplete));
    }
}

/// What was read so far.
struct List<'a> {
    market: &'a mut Market,
    /// The machines that are wanted, by the SKU of the list.
    products: BTreeMap<String, Key>,
    /// Whether products were read: without them no price can be told from another.
    has_products: bool,
    /// Reserved terms without the price by the hour or at the start that their payment asks for.
    incomplete: usize,
}

struct Top<'a, 'm> {
    position: &'a Position,
    list: &'a mut List<'m>,
    faults: &'a mut Faults,
    selection: &'a Selection,
}

impl<'de> DeserializeSeed<'de> for Top<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Top<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `products` and `terms`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Top { position, list, faults, selection } = self;
        let mut has_terms = false;
        while let Some(key) = map.next_key::<String>()? {
            let at = position.at();
            match key.as_str() {
                "products" => {
                    list.has_products = true;
                    map.next_value_seed(Entries::new(position, |sku, product: Product, at| {
                        list.product(sku, &product, at, selection, faults);
                    }))?;
                }
                "terms" => {
                    has_terms = true;
                    if !list.has_products {
                        let message = "the terms stand before the products they price".to_owned();
                        faults.add(at, Kind::WrongFormat, message, "move `products` to the front of the file");
                    }
                    map.next_value_seed(TermKinds { position, list, faults })?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if !list.has_products || !has_terms {
            let message = "this is not an AWS price list: it has no `products` or no `terms`".to_owned();
            faults.add(position.at(), Kind::WrongFormat, message, "fetch the list of AmazonEC2 as JSON");
        }
        Ok(())
    }
}

/// `terms`: `OnDemand` and `Reserved`, each by SKU.
struct TermKinds<'a, 'm> {
    position: &'a Position,
    list: &'a mut List<'m>,
    faults: &'a mut Faults,
}

impl<'de> DeserializeSeed<'de> for TermKinds<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TermKinds<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `OnDemand` and `Reserved`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let TermKinds { position, list, faults } = self;
        while let Some(kind) = map.next_key::<String>()? {
            let is_reserved = match kind.as_str() {
                "OnDemand" => false,
                "Reserved" => true,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            map.next_value_seed(Entries::new(position, |sku, offered: BTreeMap<String, Offered>, at| {
                let Some(&key) = list.products.get(&sku) else { return };
                for offer in offered.values() {
                    if is_reserved {
                        list.reserved(key, offer, at, faults);
                    } else {
                        list.on_demand(key, offer, at, faults);
                    }
                }
            }))?;
        }
        Ok(())
    }
}

impl List<'_> {
    fn product(&mut self, sku: String, product: &Product, at: At, selection: &Selection, faults: &mut Faults) {
        let attributes = &product.attributes;
        if !product.product_family.starts_with("Compute Instance") || !attributes.is_wanted() {
            return;
        }
        let (machine, region) = (attributes.instance_type.as_str(), attributes.region_code.as_str());
        if machine.is_empty() || region.is_empty() {
            let message = format!("product {} names no machine or no region", quoted(&sku));
            faults.add(at, Kind::MissingKey, message, "it needs `instanceType` and `regionCode`");
            return;
        }
        let Some(key) = self.market.key(selection, machine, region) else { return };
        self.products.insert(sku, key);
        let of = quoted(machine);
        let vcpu = faults.figure(at, &attributes.vcpu, &|| format!("the vCPU figure of {of}"));
        let memory = without_groups(attributes.memory.trim_end_matches("GiB").trim());
        let memory = match attributes.memory.as_str() {
            "" | "NA" => None,
            text if !text.ends_with("GiB") => {
                let message = format!("unknown unit of the memory of {of}: {}", quoted(text));
                faults.add(at, Kind::BadWord, message, "known is `GiB`");
                None
            }
            _ => faults.figure(at, &memory, &|| format!("the memory of {of}")),
        };
        let accelerators = match attributes.gpu.as_str() {
            "NA" => None,
            gpu => faults.figure(at, gpu, &|| format!("the accelerator count of {of}")),
        };
        let is_arm = attributes.processor_architecture.contains("Arm")
            || attributes.physical_processor.contains("Graviton")
            || attributes.physical_processor.contains("ARM");
        let shape = Shape {
            vcpu: vcpu.map(|value| (value, at)),
            memory_gib: memory.map(|value| (value, at)),
            arch: Some((if is_arm { Arch::Arm64 } else { Arch::Amd64 }, at)),
            accelerators: accelerators.map(|value| (value, at)),
            ..Shape::default()
        };
        self.market.shape(machine, shape, faults);
    }

    fn on_demand(&mut self, key: Key, offer: &Offered, at: At, faults: &mut Faults) {
        for dimension in offer.price_dimensions.values() {
            if dimension.unit != "Hrs" {
                self.unknown_unit(key, &dimension.unit, "Hrs", at, faults);
            } else if let Some(price) = self.price(key, dimension, at, faults) {
                self.market.on_demand(key, price, at, faults);
            }
        }
    }

    /// A reserved term: by the hour, at the start, or both. Convertible ones are left out.
    fn reserved(&mut self, key: Key, offer: &Offered, at: At, faults: &mut Faults) {
        let TermAttributes { length, class, option } = &offer.term_attributes;
        if class == "convertible" {
            return;
        }
        let months = match length.as_str() {
            "1yr" => 12,
            "3yr" => 36,
            _ => {
                let message = format!("unknown term {} of {}", quoted(length), self.market.of(key));
                return faults.add(at, Kind::BadWord, message, "known are `1yr` and `3yr`");
            }
        };
        let payment = match option.as_str() {
            "No Upfront" => Payment::NoUpfront,
            "Partial Upfront" => Payment::Partial,
            "All Upfront" => Payment::AllUpfront,
            _ => {
                let message = format!("unknown payment {} of {}", quoted(option), self.market.of(key));
                let help = "known are `No Upfront`, `Partial Upfront` and `All Upfront`";
                return faults.add(at, Kind::BadWord, message, help);
            }
        };
        // A price that is blank or not there is missing, not zero; one at the start that is zero is none either.
        let (mut hourly, mut upfront): (Option<Decimal>, Option<Decimal>) = (None, None);
        for dimension in offer.price_dimensions.values() {
            let price = match dimension.unit.as_str() {
                "Hrs" | "Quantity" => self.price(key, dimension, at, faults),
                unit => return self.unknown_unit(key, unit, "Hrs` and `Quantity", at, faults),
            };
            let sum = if dimension.unit == "Hrs" { &mut hourly } else { &mut upfront };
            *sum = price.map(|price| sum.unwrap_or_default() + price);
        }
        let upfront = upfront.filter(|price| !price.is_zero());
        let is_whole = match payment {
            Payment::NoUpfront => hourly.is_some_and(|price| !price.is_zero()),
            Payment::Partial => hourly.is_some_and(|price| !price.is_zero()) && upfront.is_some(),
            Payment::AllUpfront => upfront.is_some(),
        };
        if !is_whole {
            self.incomplete += 1;
            return;
        }
        let (hourly, upfront) = (hourly.unwrap_or_default(), upfront.unwrap_or_default());
        let hours = Decimal::from(730 * months);
        let Some(spread) = per_hour(upfront, hours) else { return };
        let whole = hourly + spread;
        if !whole.is_zero() {
            let share = (spread * Decimal::ONE_HUNDRED / whole).round_dp(2).normalize();
            self.market.term(key, Term { months, payment }, whole, share, at, faults);
        }
    }

    /// The price of a dimension, in the one currency of the list.
    fn price(&mut self, key: Key, dimension: &Dimension, at: At, faults: &mut Faults) -> Option<Decimal> {
        let of = self.market.of(key);
        if !matches!(dimension.begin_range.as_str(), "" | "0") {
            let message = format!("a tier of {of} starts at {}", quoted(&dimension.begin_range));
            faults.add(at, Kind::BadTiers, message, "a machine has one price, from 0 on");
            return None;
        }
        let mut found = None;
        for (currency, text) in &dimension.price_per_unit {
            self.market.in_currency(currency, at, faults);
            found = faults.figure(at, text, &|| format!("the price of {of}"));
        }
        found
    }

    fn unknown_unit(&self, key: Key, unit: &str, known: &str, at: At, faults: &mut Faults) {
        let message = format!("unknown unit {} of the price of {}", quoted(unit), self.market.of(key));
        faults.add(at, Kind::BadWord, message, format!("known is `{known}`"));
    }
}

/// `1,952` as the list writes large memories; any other comma stays, to be refused.
fn without_groups(text: &str) -> String {
    let mut groups = text.split(',');
    let first = groups.next().unwrap_or_default();
    let is_grouped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    if is_grouped { text.replace(',', "") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_in_a_memory_are_grouped_by_three() {
        assert_eq!(without_groups("1,952"), "1952");
        assert_eq!(without_groups("0.5"), "0.5");
        assert_eq!(without_groups("1,95"), "1,95");
        assert_eq!(without_groups("1952,000"), "1952,000");
    }
}
