//! What the lines of a bill say of themselves: what is charged, and where its price comes from.
//!
//! In the order in which [`charges`](crate::check::supply::charges) lists them: machines, data read, egress, what is read
//! back, what is kept. A figure that is right under another name would be believed of what it names.

use crate::catalog::{Catalog, Tariff, TariffId, Transfer};
use crate::check::Report;
use crate::check::supply::{ServedBy, Supply, first_paid};
use crate::plan::{Breach, Plan};
use crate::scenario::{Demand, Machines, Workload};
use crate::units::Quantity;

/// A line's words.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) what: String,
    pub(super) source: String,
}

fn words(what: impl Into<String>, source: impl Into<String>) -> Words {
    Words { what: what.into(), source: source.into() }
}

/// The words of every charge of a supply of so many machines, with storage last; `None` where a price is missing.
pub(super) fn of_supply(
    catalog: &Catalog,
    workload: &Workload,
    supply: Supply<'_>,
    machines_bought: u32,
) -> Option<Vec<Words>> {
    Some(match (&workload.demand, supply.by) {
        (Demand::Machines(machines), ServedBy::Offer(offer)) => {
            let sku = &catalog.sku(offer.sku).name;
            let mut source = format!("{} {sku} {}", catalog.region(offer.region).path, offer.terms.name());
            let layers: Vec<&str> = catalog.layers_of(offer).map(|layer| &*layer.name).collect();
            if !layers.is_empty() {
                source = format!("{source}, under {}", layers.join(", "));
            }
            let mut all = vec![words(format!("{} × {sku}, {}", machines_bought, offer.terms.name()), source)];
            all.extend(traffic(catalog, machines, supply.region)?);
            all.extend(storage(catalog, machines, supply.region)?);
            all
        }
        (Demand::FlatRate(usage), ServedBy::Rates) => {
            let source = format!("{} rates", catalog.provider(catalog.region(supply.region).provider).name);
            let kinds =
                [("compute", usage.compute_hours), ("storage", usage.storage_gb), ("network", usage.network_gb)];
            let used = kinds.into_iter().filter(|(_, quantity)| *quantity > Quantity::ZERO);
            used.map(|(kind, _)| words(format!("{kind} at the flat rate"), source.clone())).collect()
        }
        _ => vec![words("given option", "the scenario's `options`")],
    })
}

fn traffic(catalog: &Catalog, machines: &Machines, region: crate::catalog::RegionId) -> Option<Vec<Words>> {
    let mut all = Vec::new();
    if let Some((from, _)) = machines.data.filter(|(_, gb)| *gb > Quantity::ZERO) {
        all.push(match catalog.transfer(from, region) {
            Transfer::Free => words("data read in place", "not charged within a region"),
            Transfer::Tariff(id) => {
                words(format!("data read from {}", catalog.region(from).path), catalog.tariff_name(id))
            }
            Transfer::NoPrice => return None,
        });
    }
    if machines.internet_gb > Quantity::ZERO {
        all.push(words("egress to the internet", catalog.tariff_name(catalog.internet_tariff(region)?)));
    }
    for (part, _) in machines.internet_to.iter().filter(|(_, gb)| *gb != Quantity::ZERO) {
        let tariff = catalog.internet_tariff_to(region, *part)?;
        all.push(words(format!("egress to {}", catalog.part(*part)), catalog.tariff_name(tariff)));
    }
    Some(all)
}

fn storage(catalog: &Catalog, machines: &Machines, region: crate::catalog::RegionId) -> Option<Vec<Words>> {
    let Some(kept) = machines.storage.filter(|kept| kept.gb > Quantity::ZERO) else { return Some(Vec::new()) };
    let book = catalog.storage_price(region, kept.class)?;
    let (class, tariff) = (catalog.class(kept.class), catalog.tariff_name(book.tariff));
    let mut all = Vec::new();
    if kept.read_gb > Quantity::ZERO {
        all.push(words(format!("read back from {class} storage"), format!("{tariff}, retrieval")));
    }
    let mut what = format!("{class} storage");
    if let (Some(days), Some(least)) = (kept.kept_days, book.minimum_days)
        && days < Quantity::whole(least)
    {
        what = format!("{what}, kept {days} days and billed for {least}");
    }
    all.push(words(what, tariff));
    Some(all)
}

/// What a month's volume costs more or less than at the first paid price, line by line: what it is, how much of it in
/// 10⁻¹² GB, and the difference for one GB in 10⁻¹².
pub(super) fn steps(tariff: &Tariff, volume: i128) -> Vec<(String, i128, i128)> {
    let gb = |quantity: Quantity| i128::from(quantity.parts()) * 1_000_000;
    let first = i128::from(first_paid(tariff).units());
    let free = volume.min(gb(tariff.free_gb));
    let mut all = vec![("free allowance".to_owned(), free, -first)];
    let mut start = Quantity::ZERO;
    for tier in &tariff.tiers {
        let inside = tier.up_to.map_or(volume, gb).min(volume) - gb(start).max(free);
        let name = format!("tier above {} GB", start.total().in_short());
        all.push((name, inside, i128::from(tier.price.units()) - first));
        start = tier.up_to.unwrap_or(start);
    }
    all.retain(|(_, quantity, difference)| *quantity > 0 && *difference != 0);
    all
}

/// Holds the lines of what a tariff's tiers and allowance change.
pub(super) fn hold_steps(catalog: &Catalog, id: TariffId, volume: i128, plan: &Plan, report: &mut Report) {
    let name = catalog.tariff_name(id);
    let lines: Vec<_> = plan.bill.adjustments.iter().filter(|line| line.source == name).collect();
    let steps = steps(catalog.tariff(id), volume);
    report.equal(Breach::Line, &name, "the number of its adjustments", lines.len(), steps.len());
    for (line, (what, quantity, difference)) in lines.into_iter().zip(steps) {
        let place = format!("adjustment {} of {name}", line.what);
        let scale = 1_000_000_000_000;
        report.equal(Breach::Line, &place, "what it is", line.what.as_str(), what.as_str());
        report.equal(Breach::Line, &place, "its quantity", line.quantity.units(), quantity.saturating_mul(scale));
        report.equal(Breach::Line, &place, "its unit price", line.unit_price.units(), difference.saturating_mul(scale));
    }
}

/// Holds the dates of price books.
pub(super) fn hold_dates(catalog: &Catalog, plan: &Plan, report: &mut Report) {
    let books = catalog.providers().iter().map(|book| (&book.name, book.as_of));
    if !plan.books.iter().map(|book| (&book.provider, book.as_of)).eq(books) {
        report.add(Breach::Inputs, "plan", "its price books, or their dates, are not those of the catalog");
    }
}
