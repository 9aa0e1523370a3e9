//! Rows of a table into the market: shapes, prices, facts about regions, whatever columns there are.
//!
//! ```text
//! region,instance_type,vcpus,memory_gib,price_per_hour     one file may give prices,
//! us-east-1,m7i.large,2,8,0.1008                           another shapes, joined by the SKU
//! ```

use std::collections::BTreeMap;
use std::io::BufRead;

use rust_decimal::{Decimal, RoundingStrategy};

use super::attach::ZoneRows;
use super::columns::{Columns, Field, Mappings};
use super::faults::{At, Faults};
use super::market::{Key, Market, Payment, RegionFacts, Shape, Term};
use super::records::{Record, Records};
use super::selection::Selection;
use crate::catalog::{Accelerator, Arch, Interruption};
use crate::diagnostic::{Kind, listed, quoted};

/// Decimals of a price, as a book keeps them.
const PRICE_DECIMALS: u32 = 12;

/// How prices of a month or of a term become prices of an hour.
#[must_use]
pub(super) fn per_hour(price: Decimal, hours: Decimal) -> Option<Decimal> {
    price.checked_div(hours).map(as_in_a_book)
}

/// A price with the decimals that a book keeps, rounded half to even: what is derived, or what a feed writes as the double
/// that is nearest to its price.
#[must_use]
pub(super) fn as_in_a_book(exact: Decimal) -> Decimal {
    exact.round_dp_with_strategy(PRICE_DECIMALS, RoundingStrategy::MidpointNearestEven).normalize()
}

/// Reads tables into a market.
pub(super) struct Rows<'a> {
    pub(super) market: &'a mut Market,
    pub(super) selection: &'a Selection,
    pub(super) faults: &'a mut Faults,
    /// The provider whose rows are wanted.
    pub(super) provider: Option<&'a str>,
    /// Accelerators under the names the feed has for them.
    pub(super) accelerators: &'a BTreeMap<String, String>,
    pub(super) hours_per_month: Decimal,
    /// Rows by zone, where hosts and accelerators are priced apart.
    pub(super) apart: Option<&'a mut ZoneRows>,
    /// Accelerators nobody knows, and how many machines have them.
    pub(super) unknown: &'a mut BTreeMap<String, u32>,
}

impl Rows<'_> {
    /// Reads one table; a fault in a row does not keep the others from being read.
    pub(super) fn table<R: BufRead>(&mut self, source: R, file: u32, mappings: &mut Mappings) {
        let mut records = Records::new(source, file);
        let mut record = Record::default();
        if !records.next(&mut record, self.faults) {
            if self.faults.is_empty() {
                let at = At { file, line: 1, column: 1 };
                self.faults.add(at, Kind::Empty, "the table is empty".into(), "its first line names the columns");
            }
            return;
        }
        let name = self.faults.name(file).to_owned();
        let Some(columns) = Columns::find(&record, &name, mappings, self.faults) else { return };
        while records.next(&mut record, self.faults) {
            if record.len() != columns.width {
                let message = format!("this row has {} fields, the first line {}", record.len(), columns.width);
                let help = "quote a field that holds a comma";
                self.faults.add(record.start(), Kind::TooFew, message, help);
            } else {
                self.row(&Row { record: &record, columns: &columns });
            }
            if self.faults.is_full() || self.market.is_full {
                return;
            }
        }
    }

    fn row(&mut self, row: &Row<'_>) {
        let (provider, at) = row.get(Field::Provider);
        if !provider.is_empty() {
            match self.provider {
                Some(wanted) if !wanted.eq_ignore_ascii_case(provider) => return,
                Some(_) => {}
                None => self.market.of_provider(&provider.to_ascii_lowercase(), at, self.faults),
            }
        }
        let (region, _) = row.get(Field::Region);
        let (sku, at) = row.get(Field::Sku);
        if sku.is_empty() {
            if self.apart.is_some() && !row.get(Field::Accelerator).0.is_empty() {
                let card = self.accelerator_of(row);
                return self.zone_row(row, None, card);
            }
            if row.columns.has(Field::Sku) {
                self.faults.add(at, Kind::BadName, "this row names no sku".into(), "fill it in, or take the row out");
            } else if !region.is_empty() {
                self.region(region, row);
            }
            return;
        }
        if !self.selection.takes_sku(sku) {
            return;
        }
        self.shape(sku, row);
        if row.columns.has(Field::Region) {
            let (_, region_at) = row.get(Field::Region);
            if region.is_empty() {
                let message = format!("this row of {} names no region", quoted(sku));
                self.faults.add(region_at, Kind::BadName, message, "fill it in, or take the row out");
            } else if self.apart.is_some() {
                self.zone_row(row, Some(sku), None);
            } else if let Some(key) = self.market.key(self.selection, sku, region) {
                self.prices(key, row);
            }
        }
    }

    /// A row of one zone, of a machine or, without a SKU, of accelerators alone.
    fn zone_row(&mut self, row: &Row<'_>, sku: Option<&str>, card: Option<(Accelerator, Decimal)>) {
        let (region, _) = row.get(Field::Region);
        if !self.selection.takes_region(region) || (sku.is_none() && card.is_none()) {
            return;
        }
        let what = sku.map_or_else(|| "accelerators".to_owned(), quoted);
        let on_demand = self.price(row, Field::OnDemand, &what);
        let spot = self.price(row, Field::Spot, &what);
        let zone = row.zone().map(|zone| self.market.id(zone));
        let region = self.market.id(region);
        let Some(apart) = self.apart.as_deref_mut() else { return };
        match (sku, card) {
            (Some(sku), _) => {
                let key = Key { sku: self.market.id(sku), region };
                apart.machine(key, zone, on_demand, spot, row.start(), self.market, self.faults);
            }
            (None, Some(card)) => {
                apart.card(card, region, zone, on_demand, spot, row.start(), self.market, self.faults);
            }
            (None, None) => {}
        }
    }

    /// The prices of a row, each if it has one.
    fn prices(&mut self, key: Key, row: &Row<'_>) {
        let of = quoted(row.get(Field::Sku).0);
        if let Some((price, at)) = self.price(row, Field::OnDemand, &of) {
            self.market.on_demand(key, price, at, self.faults);
        }
        if let Some((price, at)) = self.price(row, Field::Spot, &of) {
            self.market.spot(key, row.zone(), price, at, self.faults);
        }
        let (text, at) = row.get(Field::SpotSaving);
        let percent = text.strip_suffix('%').unwrap_or(text);
        if let Some(percent) = self.faults.figure(at, percent, &|| format!("the spot saving of {of}")) {
            if percent < Decimal::ONE_HUNDRED {
                self.market.saving(key, percent, at, self.faults);
            } else {
                let message = format!("the spot saving of {of} is {}", quoted(text));
                self.faults.add(at, Kind::OutOfRange, message, "write percent off on-demand, above 0 and below 100");
            }
        }
        let (text, at) = row.get(Field::Interruption);
        if !text.is_empty() {
            match Interruption::named(text) {
                Some(band) => self.market.band(key, band, at, self.faults),
                None => {
                    let message = format!("unknown interruption band {} of {of}", quoted(text));
                    let help = format!("known are {}", listed(Interruption::ALL.map(Interruption::name)));
                    self.faults.add(at, Kind::BadWord, message, help);
                }
            }
        }
        for (field, months, is_monthly) in [
            (Field::Commit1y, 12, false),
            (Field::Commit3y, 36, false),
            (Field::Commit1yMonth, 12, true),
            (Field::Commit3yMonth, 36, true),
        ] {
            let price = if is_monthly { self.month_price(row, field, &of) } else { self.price(row, field, &of) };
            if let Some((price, at)) = price {
                let term = Term { months, payment: Payment::NoUpfront };
                self.market.term(key, term, price, Decimal::ZERO, at, self.faults);
            }
        }
    }

    /// A price per hour, from a price in the row's unit and currency.
    fn price(&mut self, row: &Row<'_>, field: Field, of: &str) -> Option<(Decimal, At)> {
        let price = self.stated_price(row, field, of)?;
        let (unit, at) = row.get(Field::Unit);
        match unit.to_ascii_lowercase().as_str() {
            "" | "h" | "hr" | "hrs" | "hour" | "hours" | "1 hour" | "per hour" => Some(price),
            "mo" | "month" | "months" | "1 month" | "per month" => {
                Some((per_hour(price.0, self.hours_per_month)?, price.1))
            }
            _ => {
                let message = format!("unknown unit {} of the price of {of}", quoted(unit));
                self.faults.add(at, Kind::BadWord, message, "known are `hour` and `month`");
                None
            }
        }
    }

    /// A price per hour, from one per month.
    fn month_price(&mut self, row: &Row<'_>, field: Field, of: &str) -> Option<(Decimal, At)> {
        let (price, at) = self.stated_price(row, field, of)?;
        Some((per_hour(price, self.hours_per_month)?, at))
    }

    fn stated_price(&mut self, row: &Row<'_>, field: Field, of: &str) -> Option<(Decimal, At)> {
        let (text, at) = row.get(field);
        let price = self.faults.figure(at, text, &|| format!("the price of {of}"))?;
        let (currency, at_currency) = row.get(Field::Currency);
        if !currency.is_empty() {
            self.market.in_currency(currency, at_currency, self.faults);
        }
        Some((price, at))
    }

    fn shape(&mut self, sku: &str, row: &Row<'_>) {
        let faults = &mut *self.faults;
        let (family, _) = row.get(Field::Family);
        let of = quoted(sku);
        let mut figure = |field: Field, what: &str| {
            let (text, at) = row.get(field);
            faults.figure(at, text, &|| format!("{what} of {of}")).map(|value| (value, at))
        };
        let vcpu = figure(Field::Vcpu, "the vCPU figure");
        let memory_gib = figure(Field::MemoryGib, "the memory");
        let accelerators = figure(Field::AcceleratorCount, "the accelerator count");
        let in_gib = figure(Field::AcceleratorMemoryGib, "the accelerator memory");
        let in_mib = figure(Field::AcceleratorMemoryMib, "the accelerator memory");
        let card_gib = in_gib.or(in_mib.map(|(mib, at)| ((mib / Decimal::from(1024)).normalize(), at)));
        let (text, at) = row.get(Field::Arch);
        let arch = match text.to_ascii_lowercase().as_str() {
            "" => None,
            "amd64" | "x86_64" => Some((Arch::Amd64, at)),
            "arm64" | "aarch64" => Some((Arch::Arm64, at)),
            _ => {
                let message = format!("unknown architecture {} of {of}", quoted(text));
                self.faults.add(at, Kind::BadWord, message, "known are `amd64` (`x86_64`) and `arm64` (`aarch64`)");
                None
            }
        };
        let (model, at) = row.get(Field::Accelerator);
        let accelerator = self.model(model, card_gib.map(|(gib, _)| gib)).map(|model| (model, at));
        let family = (!family.is_empty()).then(|| family.into());
        let is_barred = !model.is_empty() && accelerator.is_none();
        if is_barred {
            *self.unknown.entry(model.to_owned()).or_default() += 1;
        }
        let shape = Shape { family, vcpu, memory_gib, arch, accelerator, accelerators, card_gib, is_barred };
        self.market.shape(sku, shape, self.faults);
    }

    /// The accelerator of that name; where a model comes in two sizes, the memory of the card tells which.
    fn model(&self, name: &str, gib: Option<Decimal>) -> Option<Accelerator> {
        if let Some(model) = self.accelerators.get(name) {
            return Accelerator::named(model);
        }
        let name = name.replace(' ', "-");
        let sized = gib.and_then(|gib| Accelerator::named(&format!("{name}-{}GB", gib.round())));
        sized.or_else(|| Accelerator::named(&name))
    }

    /// The accelerators of a row that names no machine.
    fn accelerator_of(&mut self, row: &Row<'_>) -> Option<(Accelerator, Decimal)> {
        let (name, _) = row.get(Field::Accelerator);
        let model = self.model(name, None);
        if model.is_none() {
            *self.unknown.entry(name.to_owned()).or_default() += 1;
        }
        let (text, at) = row.get(Field::AcceleratorCount);
        let count = self.faults.figure(at, text, &|| format!("the count of {}", quoted(name)));
        model.zip(count)
    }

    fn region(&mut self, region: &str, row: &Row<'_>) {
        if !self.selection.takes_region(region) {
            return;
        }
        let of = quoted(region);
        let text = |field| Some(row.get(field).0.to_owned()).filter(|text| !text.is_empty());
        let (zones, at_zones) = row.get(Field::Zones);
        let (grid, at_grid) = row.get(Field::Grid);
        let facts = RegionFacts {
            title: text(Field::RegionName),
            country: text(Field::Country),
            jurisdiction: text(Field::Jurisdiction),
            latitude: text(Field::Latitude),
            longitude: text(Field::Longitude),
            zones: self.faults.figure(at_zones, zones, &|| format!("the zones of {of}")),
            grid: self.faults.figure(at_grid, grid, &|| format!("the grid factor of {of}")),
        };
        self.market.region(region, facts);
    }
}

/// A record with the columns of its table.
struct Row<'r> {
    record: &'r Record,
    columns: &'r Columns,
}

impl<'r> Row<'r> {
    fn get(&self, field: Field) -> (&'r str, At) {
        self.columns.get(self.record, field)
    }

    fn zone(&self) -> Option<&'r str> {
        Some(self.get(Field::Zone).0).filter(|zone| !zone.is_empty())
    }

    fn start(&self) -> At {
        self.record.start()
    }
}
