//! Prices: what every part costs by the books, and whether the plan's lines and totals say the same.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, ProviderId, Tariff, TariffId, Tier};
use crate::check::Report;
use crate::check::placed::{Part, placement_name, value_of_unplaced};
use crate::check::rules::{biller, due};
use crate::check::supply::{Charge, charges, first_paid, unit_of};
use crate::check::wording::{self, Words};
use crate::money::{Amount, UnitPrice};
use crate::plan::{Breach, Cost, Line, LineCategory, LineUnit, Plan};
use crate::scenario::{Fee, Scenario, Split};
use crate::units::{Quantity, Total};

/// What a plan costs by the books.
pub(super) struct Prices<'a> {
    /// Charges of every part, at first paid prices.
    pub(super) by_part: Vec<Vec<Charge>>,
    /// Words of these charges.
    pub(super) words: Vec<Vec<Words>>,
    /// Tariffs whose tiers and allowances change something.
    pub(super) adjusted: Vec<Adjusted>,
    /// Fees that are due, and who bills them.
    pub(super) fees: Vec<(&'a Fee, ProviderId)>,
}

/// What tiers and allowance of a tariff change.
pub(super) struct Adjusted {
    pub(super) tariff: TariffId,
    pub(super) biller: ProviderId,
    /// The account's volume in 10⁻¹² GB.
    volume: i128,
    pub(super) change: Amount,
}

/// Prices every part; `None` if a price is missing or an amount is beyond the range.
pub(super) fn price<'a>(catalog: &Catalog, scenario: &'a Scenario, parts: &[Part<'_>]) -> Option<Prices<'a>> {
    let mut by_part: Vec<Vec<Charge>> = Vec::with_capacity(parts.len());
    let mut words: Vec<Vec<Words>> = Vec::with_capacity(parts.len());
    let mut used = BTreeSet::new();
    for part in parts {
        let workload = &scenario.workloads[part.workload];
        let charges = charges(catalog, workload, part.supply)?;
        let mut all = charges.each.into_iter().map(|charge| charge.times(part.units)).collect::<Option<Vec<_>>>()?;
        // A divided workload keeps its storage once in every region that it uses: with the first part there
        // that keeps any (a given option is complete as it is).
        if let Some(stored) = charges.stored {
            if workload.split == Split::Never {
                all.push(stored.times(part.units)?);
            } else if used.insert((part.workload, part.supply.region)) {
                all.push(stored);
            }
        }
        words.push(wording::of_supply(catalog, workload, part.supply, part.placement.replicas)?);
        by_part.push(all);
    }
    let mut volumes = vec![0_i128; catalog.tariffs().len()];
    for charge in by_part.iter().flatten() {
        if let Some(tariff) = charge.tariff {
            volumes[tariff.index()] = volumes[tariff.index()].checked_add(charge.quantity)?;
        }
    }
    let mut adjusted = Vec::new();
    for (number, (tariff, volume)) in catalog.tariffs().iter().zip(volumes).enumerate() {
        let change = graduated(tariff, volume)?.minus(first_paid(tariff).times(volume)?)?;
        // What an allowance saves and a dearer tier costs may cancel out: the lines are there all the same.
        if change != Amount::ZERO || is_partly_at_another_price(tariff, volume) {
            adjusted.push(Adjusted { tariff: TariffId::at(number), biller: tariff.provider, volume, change });
        }
    }
    let fees = due(catalog, scenario, parts).into_iter().map(|fee| (fee, biller(catalog, fee))).collect();
    Some(Prices { by_part, words, adjusted, fees })
}

/// Whether some of a month's volume is free or in a tier of another price than the first that is paid.
fn is_partly_at_another_price(tariff: &Tariff, volume: i128) -> bool {
    let gb = |quantity: Quantity| i128::from(quantity.parts()) * 1_000_000;
    let first = first_paid(tariff);
    let is_free = tariff.free_gb > Quantity::ZERO && volume > 0 && first != UnitPrice::ZERO;
    let starts = std::iter::once(Quantity::ZERO).chain(tariff.tiers.iter().filter_map(|tier| tier.up_to));
    let mut tiers = tariff.tiers.iter().zip(starts);
    // A tier wholly inside the allowance prices nothing.
    let is_paid = |tier: &Tier| tier.up_to.is_none_or(|end| end > tariff.free_gb);
    is_free
        || tiers.any(|(tier, start)| tier.price != first && is_paid(tier) && volume > gb(start).max(gb(tariff.free_gb)))
}

/// Cost of a month's volume: the part above the allowance, each GB at the price of the tier it lies in.
fn graduated(tariff: &Tariff, volume: i128) -> Option<Amount> {
    let gb = |quantity: Quantity| i128::from(quantity.parts()) * 1_000_000;
    let mut cost = Amount::ZERO;
    let mut paid_up_to = gb(tariff.free_gb);
    for tier in &tariff.tiers {
        let end = tier.up_to.map_or(volume, gb).min(volume);
        if end > paid_up_to {
            cost = cost.plus(tier.price.times(end - paid_up_to)?)?;
            paid_up_to = end;
        }
    }
    Some(cost)
}

/// Holds the plan's lines, totals and adjustments against the prices.
pub(super) fn compare(catalog: &Catalog, plan: &Plan, parts: &[Part<'_>], prices: &Prices<'_>, report: &mut Report) {
    for ((part, charges), words) in parts.iter().zip(&prices.by_part).zip(&prices.words) {
        let place = placement_name(part.placement);
        let lines = &part.placement.lines;
        report.equal(Breach::Line, &place, "the number of its lines", lines.len(), charges.len());
        for ((line, charge), words) in lines.iter().zip(charges).zip(words) {
            let place = format!("{place}, line {}", line.what);
            line_is_product(line, &place, report);
            report.equal(Breach::Line, &place, "what is charged", line.what.as_str(), words.what.as_str());
            report.equal(Breach::Line, &place, "its source", line.source.as_str(), words.source.as_str());
            report.equal(Breach::Line, &place, "its amount", line.amount, charge.amount);
            let quantity = Total::from_units(charge.quantity.saturating_mul(1_000_000_000_000));
            report.equal(Breach::Line, &place, "its quantity", line.quantity, quantity);
            at_list(line, charge, &place, report);
            if line.unit != charge.unit {
                report.add(Breach::Line, &place, format_args!("it is counted in {}", line.unit.name()));
            }
            if line.category != charge.category || line.provider != catalog.provider(charge.provider).name {
                report.add(Breach::Line, &place, "it is under another kind of cost, or billed by another provider");
            }
        }
        total(&place, part.placement.cost, charges.iter().map(|charge| (charge.category, charge.amount)), report);
    }
    adjustments(catalog, plan, prices, report);
    fees(catalog, plan, prices, report);
    let all = prices.by_part.iter().flatten().map(|charge| (charge.category, charge.amount));
    total("bill", plan.bill.cost, all.chain(account(catalog, prices)), report);
    list_total(catalog, plan, prices, report);
    by_provider(catalog, plan, prices, report);
    by_region(catalog, plan, parts, prices, report);
    objective(plan, report);
}

/// What was minimised: the bill, and the value of what stays unplaced.
fn objective(plan: &Plan, report: &mut Report) {
    match value_of_unplaced(plan).and_then(|value| value.plus(plan.bill.cost.total)) {
        Some(is) => report.equal(Breach::Total, "plan", "the objective", plan.objective, is),
        None => report.add(Breach::Total, "plan", "the objective is beyond the range"),
    }
}

fn line_is_product(line: &Line, place: &str, report: &mut Report) {
    // 10⁻²⁴ × 10⁻²⁴, brought back to 10⁻²⁴ by taking 10⁻¹² off each: both are multiples of that.
    let scale = 1_000_000_000_000;
    let product = (line.quantity.units() / scale).checked_mul(line.unit_price.units() / scale);
    if product != Some(line.amount.units()) {
        report.add(Breach::Line, place, format_args!("{} × {} is not {}", line.quantity, line.unit_price, line.amount));
    }
}

/// A line shows its list price exactly where a contract changed it.
fn at_list(line: &Line, charge: &Charge, place: &str, report: &mut Report) {
    let (says, is) = match (line.list, charge.list_price) {
        (None, None) => return,
        (Some(says), Some(is)) => (says, is),
        (None, Some(_)) => {
            return report.add(Breach::Line, place, "its list price is missing, which a contract changed");
        }
        (Some(_), None) => return report.add(Breach::Line, place, "it shows a list price that no contract changed"),
    };
    let (unit_price, amount) = (is.times(1_000_000_000_000), is.times(charge.quantity));
    match unit_price.zip(amount) {
        Some((unit_price, amount)) => {
            report.equal(Breach::Line, place, "its list price", says.unit_price, unit_price);
            report.equal(Breach::Line, place, "its amount at list price", says.amount, amount);
        }
        None => report.add(Breach::Line, place, "its amount at list price is beyond the range"),
    }
}

/// The whole bill at list prices is there with contracts, and only then.
fn list_total(catalog: &Catalog, plan: &Plan, prices: &Prices<'_>, report: &mut Report) {
    let place = "bill at list prices";
    match (plan.bill.list, catalog.contracts().is_empty()) {
        (None, true) => {}
        (None, false) => report.add(Breach::Total, place, "it is missing, though contracts are in force"),
        (Some(_), true) => report.add(Breach::Total, place, "it is there, though no contract is in force"),
        (Some(says), false) => {
            let listed = prices.by_part.iter().flatten().map(|charge| match charge.list_price {
                Some(list) => Some((charge.category, list.times(charge.quantity)?)),
                None => Some((charge.category, charge.amount)),
            });
            match listed.collect::<Option<Vec<_>>>() {
                Some(listed) => total(place, says, listed.into_iter().chain(account(catalog, prices)), report),
                None => report.add(Breach::Total, place, "an amount is beyond the range"),
            }
        }
    }
}

/// What belongs to the account as a whole: what tiers and allowances change, and fees.
fn account(catalog: &Catalog, prices: &Prices<'_>) -> impl Iterator<Item = (LineCategory, Amount)> {
    let changes = prices.adjusted.iter().map(|found| (adjusted_category(catalog, found.tariff), found.change));
    changes.chain(prices.fees.iter().map(|(fee, _)| (LineCategory::Fee, fee.monthly)))
}

fn adjusted_category(catalog: &Catalog, id: TariffId) -> LineCategory {
    match catalog.tariff(id).scope {
        crate::catalog::TariffScope::Storage { .. } => LineCategory::Storage,
        _ => LineCategory::Network,
    }
}

/// The account's lines, tariff by tariff: their sum is what tiers and allowances change.
fn adjustments(catalog: &Catalog, plan: &Plan, prices: &Prices<'_>, report: &mut Report) {
    for line in &plan.bill.adjustments {
        let place = format!("adjustment {} of {}", line.what, line.source);
        line_is_product(line, &place, report);
        let tariff = prices.adjusted.iter().find(|found| catalog.tariff_name(found.tariff) == line.source);
        if let Some(found) = tariff {
            let category = adjusted_category(catalog, found.tariff);
            let biller = &catalog.provider(found.biller).name;
            if line.category != category || line.unit != unit_of(category) || line.provider != *biller {
                report.add(
                    Breach::Line,
                    &place,
                    "it is under another kind of cost or unit, or billed by another provider",
                );
            }
        }
        if tariff.is_none() {
            report.add(Breach::Line, &place, "this volume reaches neither a tier nor an allowance of that tariff");
        }
    }
    for found in &prices.adjusted {
        wording::hold_steps(catalog, found.tariff, found.volume, plan, report);
        let name = catalog.tariff_name(found.tariff);
        let lines = plan.bill.adjustments.iter().filter(|line| line.source == name);
        match Amount::sum(lines.map(|line| line.amount)) {
            Some(sum) => report.equal(Breach::Line, &name, "the sum of its adjustments", sum, found.change),
            None => report.add(Breach::Line, &name, "its adjustments are beyond the range"),
        }
    }
}

/// One line for each fee that is due, in the scenario's order.
fn fees(catalog: &Catalog, plan: &Plan, prices: &Prices<'_>, report: &mut Report) {
    let lines = &plan.bill.fees;
    report.equal(Breach::Line, "bill", "the number of its fees", lines.len(), prices.fees.len());
    for (line, (fee, provider)) in lines.iter().zip(&prices.fees) {
        let place = format!("fee {}", line.what);
        line_is_product(line, &place, report);
        report.equal(Breach::Line, &place, "its name", line.what.as_str(), &*fee.name);
        report.equal(Breach::Line, &place, "its amount", line.amount, fee.monthly);
        report.equal(Breach::Line, &place, "its quantity", line.quantity, Quantity::whole(1).total());
        report.equal(Breach::Line, &place, "its unit price", line.unit_price, fee.monthly);
        report.equal(Breach::Line, &place, "its source", line.source.as_str(), "the scenario's `fees`");
        let biller = &catalog.provider(*provider).name;
        if line.category != LineCategory::Fee || line.unit != LineUnit::Month || line.provider != *biller {
            report.add(Breach::Line, &place, "it is under another kind of cost or unit, or billed by another provider");
        }
    }
}

fn total(place: &str, says: Cost, amounts: impl Iterator<Item = (LineCategory, Amount)>, report: &mut Report) {
    let mut is = Cost::default();
    for (category, amount) in amounts {
        match is.with(category, amount) {
            Some(sum) => is = sum,
            None => return report.add(Breach::Total, place, "the total is beyond the range"),
        }
    }
    let kinds = [
        ("the total", says.total, is.total),
        ("the total of compute", says.compute, is.compute),
        ("the total of storage", says.storage, is.storage),
        ("the total of network", says.network, is.network),
        ("the total of given options", says.given, is.given),
        ("the total of fees", says.fees, is.fees),
    ];
    for (what, says, is) in kinds {
        report.equal(Breach::Total, place, what, says, is);
    }
}

fn by_provider(catalog: &Catalog, plan: &Plan, prices: &Prices<'_>, report: &mut Report) {
    for (number, provider) in catalog.providers().iter().enumerate() {
        let id = ProviderId::at(number);
        let direct = prices.by_part.iter().flatten().filter(|charge| charge.provider == id);
        let direct = direct.map(|charge| (charge.category, charge.amount));
        let changes = prices.adjusted.iter().filter(|found| found.biller == id);
        let changes = changes.map(|found| (adjusted_category(catalog, found.tariff), found.change));
        let fees = prices.fees.iter().filter(|(_, biller)| *biller == id);
        let fees = fees.map(|(fee, _)| (LineCategory::Fee, fee.monthly));
        let says = plan.bill.by_provider.iter().find(|(name, _)| *name == provider.name);
        let says = says.map_or(Cost::default(), |(_, cost)| *cost);
        total(&format!("billed by {}", provider.name), says, direct.chain(changes).chain(fees), report);
    }
    for (name, _) in &plan.bill.by_provider {
        if catalog.provider_named(name).is_none() {
            report.add(Breach::Names, format_args!("billed by {name}"), "no loaded book is of that provider");
        }
    }
}

fn by_region(catalog: &Catalog, plan: &Plan, parts: &[Part<'_>], prices: &Prices<'_>, report: &mut Report) {
    for (number, region) in catalog.regions().iter().enumerate() {
        let there = parts.iter().zip(&prices.by_part).filter(|(part, _)| part.supply.region.index() == number);
        let amounts = there.flat_map(|(_, charges)| charges).map(|charge| (charge.category, charge.amount));
        let says = plan.bill.by_region.iter().find(|(name, _)| *name == region.path);
        let says = says.map_or(Cost::default(), |(_, cost)| *cost);
        total(&format!("runs in {}", region.path), says, amounts, report);
    }
    for (name, _) in &plan.bill.by_region {
        if !catalog.regions().iter().any(|region| region.path == *name) {
            report.add(Breach::Names, format_args!("runs in {name}"), "no loaded book has that region");
        }
    }
}
