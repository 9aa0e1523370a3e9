//! The Azure retail prices: pages with `Items`, one price each. The feed has no shapes: a table beside it does.
//!
//! Kept are virtual machines for Linux on demand, on spot, and reservations, whose price is for their whole term.

use std::io::BufRead;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::faults::{At, Faults};
use super::json::{Pages, Written};
use super::market::{Market, Payment, Term};
use super::rows::per_hour;
use super::selection::Selection;
use crate::diagnostic::{Kind, quoted};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Item {
    currency_code: String,
    tier_minimum_units: Written,
    retail_price: Written,
    arm_region_name: String,
    arm_sku_name: Option<String>,
    sku_name: Option<String>,
    meter_name: Option<String>,
    product_name: Option<String>,
    service_name: String,
    unit_of_measure: String,
    #[serde(rename = "type")]
    kind: String,
    reservation_term: Option<String>,
}

/// What an item prices.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sold {
    OnDemand,
    Spot,
    Reserved,
}

impl Item {
    /// What the item prices, if it is a machine for Linux by itself.
    fn sold(&self) -> Option<Sold> {
        let product = self.product_name.as_deref().unwrap_or_default();
        let names = [self.sku_name.as_deref(), self.meter_name.as_deref()];
        let says = |word: &str| names.iter().flatten().any(|name| name.contains(word));
        if self.service_name != "Virtual Machines"
            || product.contains("Windows")
            || product.contains("CloudServices")
            || product.contains("Cloud Services")
            || says("Low Priority")
        {
            return None;
        }
        match self.kind.as_str() {
            "Consumption" if says("Spot") => Some(Sold::Spot),
            "Consumption" => Some(Sold::OnDemand),
            "Reservation" => Some(Sold::Reserved),
            _ => None,
        }
    }
}

/// How the retail prices come.
const PAGES: Pages =
    Pages { what: "a page of Azure retail prices", member: "Items", help: "fetch it from the retail prices API" };

/// Reads pages of retail prices into a market.
pub(super) fn read<R: BufRead>(source: R, file: u32, market: &mut Market, selection: &Selection, faults: &mut Faults) {
    PAGES.read(source, file, faults, |item: Item, at, faults| take(&item, at, market, selection, faults));
}

fn take(item: &Item, at: At, market: &mut Market, selection: &Selection, faults: &mut Faults) {
    let Some(sold) = item.sold() else { return };
    let sku = item.arm_sku_name.as_deref().unwrap_or_default();
    if sku.is_empty() || item.arm_region_name.is_empty() {
        // A meter without a machine or a region, such as a dedicated host's.
        return;
    }
    let Some(key) = market.key(selection, sku, &item.arm_region_name) else { return };
    let of = market.of(key);
    if !matches!(item.unit_of_measure.as_str(), "1 Hour" | "1/Hour") {
        let message = format!("unknown unit {} of the price of {of}", quoted(&item.unit_of_measure));
        return faults.add(at, Kind::BadWord, message, "known is `1 Hour`");
    }
    if let Some(from) = faults.figure(at, &item.tier_minimum_units.0, &|| format!("the tier of {of}")) {
        let message = format!("a tier of {of} starts at {}", quoted(&from.to_string()));
        return faults.add(at, Kind::BadTiers, message, "a machine has one price, from 0 on");
    }
    let Some(price) = faults.figure(at, &item.retail_price.0, &|| format!("the price of {of}")) else { return };
    market.in_currency(&item.currency_code, at, faults);
    match sold {
        Sold::OnDemand => market.on_demand(key, price, at, faults),
        Sold::Spot => market.spot(key, None, price, at, faults),
        Sold::Reserved => {
            let stated = item.reservation_term.as_deref().unwrap_or_default();
            let months = match stated {
                "1 Year" => 12,
                "3 Years" => 36,
                "5 Years" => 60,
                _ => {
                    let message = format!("unknown term {} of a reservation of {of}", quoted(stated));
                    return faults.add(at, Kind::BadWord, message, "known are `1 Year`, `3 Years` and `5 Years`");
                }
            };
            if let Some(hourly) = per_hour(price, Decimal::from(730 * months)) {
                let term = Term { months, payment: Payment::NoUpfront };
                market.term(key, term, hourly, Decimal::ZERO, at, faults);
            }
        }
    }
}
