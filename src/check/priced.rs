//! Prices: what every part costs by the books, and whether the plan's lines and totals say the same.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, ProviderId, Tariff, TariffId, Transfer};
use crate::check::Report;
use crate::check::placed::{Part, ServedBy, placement_name, replicas_and_hours};
use crate::money::{Amount, UnitPrice, divide_half_even};
use crate::plan::{Breach, Cost, Line, LineCategory, LineUnit, Plan};
use crate::scenario::{Demand, Scenario, Split};
use crate::units::{Quantity, Total};

/// One amount that somebody bills.
#[derive(Clone, Copy)]
pub(super) struct Charge {
    pub(super) category: LineCategory,
    pub(super) provider: ProviderId,
    tariff: Option<TariffId>,
    /// In 10⁻¹² of the unit.
    quantity: i128,
    pub(super) amount: Amount,
}

/// What a plan costs by the books.
pub(super) struct Prices {
    /// Charges of every part, at first paid prices.
    pub(super) by_part: Vec<Vec<Charge>>,
    /// What tiers and allowances change, by tariff that they change.
    pub(super) adjustments: Vec<(TariffId, ProviderId, Amount)>,
}

/// Prices every part; `None` if a price is missing or an amount is beyond the range.
pub(super) fn price(catalog: &Catalog, scenario: &Scenario, parts: &[Part<'_>]) -> Option<Prices> {
    let mut by_part: Vec<Vec<Charge>> = Vec::with_capacity(parts.len());
    let mut used = BTreeSet::new();
    for part in parts {
        // Storage is kept once in every region that a workload uses: with the first part there.
        let first_there = used.insert((part.workload, part.region));
        by_part.push(charges(catalog, scenario, part, first_there)?);
    }
    let mut adjustments = Vec::new();
    let mut volumes = vec![0_i128; catalog.tariffs().len()];
    for charge in by_part.iter().flatten() {
        if let Some(tariff) = charge.tariff {
            volumes[tariff.index()] = volumes[tariff.index()].checked_add(charge.quantity)?;
        }
    }
    for (number, (tariff, volume)) in catalog.tariffs().iter().zip(volumes).enumerate() {
        let change = graduated(tariff, volume)?.minus(first_paid(tariff).times(volume)?)?;
        if change != Amount::ZERO {
            adjustments.push((TariffId::at(number), tariff.provider, change));
        }
    }
    Some(Prices { by_part, adjustments })
}

/// Price of the first GB beyond the allowance.
fn first_paid(tariff: &Tariff) -> UnitPrice {
    for tier in &tariff.tiers {
        match tier.up_to {
            Some(end) if end <= tariff.free_gb => {}
            _ => return tier.price,
        }
    }
    UnitPrice::ZERO
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

fn charges(catalog: &Catalog, scenario: &Scenario, part: &Part<'_>, first_there: bool) -> Option<Vec<Charge>> {
    let workload = &scenario.workloads[part.workload];
    let here = catalog.region(part.region).provider;
    let (numerator, denominator) = (i128::from(part.numerator), i128::from(part.denominator));
    // What a part takes of a whole: so many replicas' shares, each rounded to 10⁻¹², or an exact part of 10⁻⁶.
    let share = |whole: Quantity| {
        let whole = i128::from(whole.parts()).checked_mul(1_000_000)?;
        divide_half_even(whole, denominator)?.checked_mul(numerator)
    };
    let charge = |category, provider, tariff, quantity, price: UnitPrice| {
        Some(Charge { category, provider, tariff, quantity, amount: price.times(quantity)? })
    };
    let by_tariff = |category, tariff: TariffId, quantity| {
        let book = catalog.tariff(tariff);
        charge(category, book.provider, Some(tariff), quantity, first_paid(book))
    };
    let mut all = Vec::new();
    match (&workload.demand, part.served_by) {
        (Demand::Machines(machines), ServedBy::Offer(offer)) => {
            let (replicas, hours) = replicas_and_hours(catalog, workload, part.served_by);
            let at_work = match workload.split {
                Split::Never => i128::from(replicas) * 1_000_000,
                Split::Replicas => numerator * 1_000_000,
                Split::Any => i128::from(replicas) * numerator,
            };
            let machine_hours = i128::from(hours.parts()).checked_mul(at_work)?;
            all.push(charge(LineCategory::Compute, here, None, machine_hours, offer.price)?);
            if let Some((from, gb)) = machines.data.filter(|(_, gb)| *gb > Quantity::ZERO) {
                let source = catalog.region(from).provider;
                all.push(match catalog.transfer(from, part.region) {
                    Transfer::Free => charge(LineCategory::Network, source, None, share(gb)?, UnitPrice::ZERO)?,
                    Transfer::Tariff(tariff) => by_tariff(LineCategory::Network, tariff, share(gb)?)?,
                    Transfer::NoPrice => return None,
                });
            }
            if machines.internet_gb > Quantity::ZERO {
                let tariff = catalog.internet_tariff(part.region)?;
                all.push(by_tariff(LineCategory::Network, tariff, share(machines.internet_gb)?)?);
            }
            if let Some((gb, class)) = machines.storage.filter(|(gb, _)| *gb > Quantity::ZERO && first_there) {
                let tariff = catalog.storage_price(part.region, class)?.tariff;
                all.push(by_tariff(LineCategory::Storage, tariff, i128::from(gb.parts()) * 1_000_000)?);
            }
        }
        (Demand::FlatRate(usage), ServedBy::Rates) => {
            let rates = catalog.provider(here).rates?;
            let priced = [
                (LineCategory::Compute, usage.compute_hours, rates.compute_hour),
                (LineCategory::Storage, usage.storage_gb, rates.storage_gb_month),
                (LineCategory::Network, usage.network_gb, rates.network_gb),
            ];
            for (category, quantity, rate) in priced.into_iter().filter(|(_, quantity, _)| *quantity > Quantity::ZERO) {
                all.push(charge(category, here, None, share(quantity)?, rate)?);
            }
        }
        (Demand::Given(_), ServedBy::Option(option)) => {
            let amount = Amount::from_units(option.cost.units() / denominator).times(numerator)?;
            let quantity = 1_000_000_000_000 / denominator * numerator;
            all.push(Charge { category: LineCategory::Given, provider: here, tariff: None, quantity, amount });
        }
        _ => return None,
    }
    Some(all)
}

/// Holds the plan's lines, totals and adjustments against the prices.
pub(super) fn compare(catalog: &Catalog, plan: &Plan, parts: &[Part<'_>], prices: &Prices, report: &mut Report) {
    for (part, charges) in parts.iter().zip(&prices.by_part) {
        let place = placement_name(part.placement);
        let lines = &part.placement.lines;
        report.equal(Breach::Line, &place, "the number of its lines", lines.len(), charges.len());
        for (line, charge) in lines.iter().zip(charges) {
            let place = format!("{place}, line {}", line.what);
            line_is_product(line, &place, report);
            report.equal(Breach::Line, &place, "its amount", line.amount, charge.amount);
            let quantity = Total::from_units(charge.quantity.saturating_mul(1_000_000_000_000));
            report.equal(Breach::Line, &place, "its quantity", line.quantity, quantity);
            if line.unit != unit(charge.category) {
                report.add(Breach::Line, &place, format_args!("it is counted in {}", line.unit.name()));
            }
            if line.category != charge.category || line.provider != catalog.provider(charge.provider).name {
                report.add(Breach::Line, &place, "it is under another kind of cost, or billed by another provider");
            }
        }
        total(&place, part.placement.cost, charges.iter().map(|charge| (charge.category, charge.amount)), report);
    }
    adjustments(catalog, plan, prices, report);
    let all = prices.by_part.iter().flatten().map(|charge| (charge.category, charge.amount));
    let changes = prices.adjustments.iter().map(|(id, _, change)| (adjusted_category(catalog, *id), *change));
    total("bill", plan.bill.cost, all.chain(changes), report);
    by_provider(catalog, plan, prices, report);
    by_region(catalog, plan, parts, prices, report);
}

/// What a kind of cost is counted in.
fn unit(category: LineCategory) -> LineUnit {
    match category {
        LineCategory::Compute => LineUnit::Hour,
        LineCategory::Storage => LineUnit::GbMonth,
        LineCategory::Network => LineUnit::Gb,
        LineCategory::Given => LineUnit::Option,
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

fn adjusted_category(catalog: &Catalog, id: TariffId) -> LineCategory {
    match catalog.tariff(id).scope {
        crate::catalog::TariffScope::Storage { .. } => LineCategory::Storage,
        _ => LineCategory::Network,
    }
}

/// The account's lines, tariff by tariff: their sum is what tiers and allowances change.
fn adjustments(catalog: &Catalog, plan: &Plan, prices: &Prices, report: &mut Report) {
    for line in &plan.bill.adjustments {
        let place = format!("adjustment {} of {}", line.what, line.source);
        line_is_product(line, &place, report);
        let tariff = prices.adjustments.iter().find(|(id, _, _)| catalog.tariff_name(*id) == line.source);
        if let Some((id, biller, _)) = tariff {
            let category = adjusted_category(catalog, *id);
            let biller = &catalog.provider(*biller).name;
            if line.category != category || line.unit != unit(category) || line.provider != *biller {
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
    for (id, _, change) in &prices.adjustments {
        let name = catalog.tariff_name(*id);
        let lines = plan.bill.adjustments.iter().filter(|line| line.source == name);
        match Amount::sum(lines.map(|line| line.amount)) {
            Some(sum) => report.equal(Breach::Line, &name, "the sum of its adjustments", sum, *change),
            None => report.add(Breach::Line, &name, "its adjustments are beyond the range"),
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
    ];
    for (what, says, is) in kinds {
        report.equal(Breach::Total, place, what, says, is);
    }
}

fn by_provider(catalog: &Catalog, plan: &Plan, prices: &Prices, report: &mut Report) {
    for (number, provider) in catalog.providers().iter().enumerate() {
        let id = ProviderId::at(number);
        let direct = prices.by_part.iter().flatten().filter(|charge| charge.provider == id);
        let direct = direct.map(|charge| (charge.category, charge.amount));
        let changes = prices.adjustments.iter().filter(|(_, biller, _)| *biller == id);
        let changes = changes.map(|(tariff, _, change)| (adjusted_category(catalog, *tariff), *change));
        let says = plan.bill.by_provider.iter().find(|(name, _)| *name == provider.name);
        let says = says.map_or(Cost::default(), |(_, cost)| *cost);
        total(&format!("billed by {}", provider.name), says, direct.chain(changes), report);
    }
    for (name, _) in &plan.bill.by_provider {
        if catalog.provider_named(name).is_none() {
            report.add(Breach::Names, format_args!("billed by {name}"), "no loaded book is of that provider");
        }
    }
}

fn by_region(catalog: &Catalog, plan: &Plan, parts: &[Part<'_>], prices: &Prices, report: &mut Report) {
    for (number, region) in catalog.regions().iter().enumerate() {
        let there = parts.iter().zip(&prices.by_part).filter(|(part, _)| part.region.index() == number);
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
