//! The invoice of chosen placements, made anew from the price books: it knows nothing of the program that chose them.

use crate::catalog::{Catalog, Name, RegionId, TariffId, TariffScope};
use crate::charge::{Adjustment, AdjustmentKind, Basis, Category, Charge, Charges, adjustments, charges};
use crate::money::Amount;
use crate::plan::{AtList, Bill, Cost, Line, LineCategory, LineUnit, Placement};
use crate::rules::Supply;
use crate::scenario::{Demand, Fee, Scenario, Split, Workload};
use crate::units::{PARTS, Quantity, Share, Total};

/// A part of a workload bought somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    /// The workload's number in the scenario.
    pub(crate) workload: usize,
    pub(crate) supply: Supply,
    /// How many of the workload's equal units, of all copies; see [`crate::charge`].
    pub(crate) units: u32,
}

/// Placements with their lines, and the bill over all of them.
///
/// `chosen` must hold each workload's parts together. Storage is charged once in every region a divided workload uses:
/// with the first part there. A fee is due once if anything runs at its place. `None` beyond the range of amounts or if a price is missing.
pub(crate) fn invoice(catalog: &Catalog, scenario: &Scenario, chosen: &[Chosen]) -> Option<(Vec<Placement>, Bill)> {
    let mut placements = Vec::with_capacity(chosen.len());
    let mut bill = Bill::default();
    let mut volumes = vec![0_i128; catalog.tariffs().len()];
    let mut by_provider = vec![Cost::default(); catalog.providers().len()];
    let mut by_region = vec![Cost::default(); catalog.regions().len()];
    let mut occupied: Vec<RegionId> = Vec::new();
    for parts in chosen.chunk_by(|a, b| a.workload == b.workload) {
        let shares = shares(catalog, scenario, parts)?;
        let mut regions: Vec<RegionId> = Vec::new();
        for (part, share) in parts.iter().zip(shares) {
            let workload = &scenario.workloads[part.workload];
            let region = part.supply.region(catalog, workload)?;
            let priced = charges(catalog, workload, part.supply)?;
            let mut bought: Vec<(Charge, i128)> =
                priced.per_unit.iter().map(|charge| (*charge, i128::from(part.units))).collect();
            if !occupied.contains(&region) {
                occupied.push(region);
            }
            // A given option keeps nothing: the first part that does brings what is kept in the region.
            if let Some(charge) = priced.per_region.filter(|_| !regions.contains(&region)) {
                regions.push(region);
                bought.push((charge, 1));
            }
            let mut lines = Vec::with_capacity(bought.len());
            let mut cost = Cost::default();
            for (charge, times) in bought {
                let line = line(catalog, scenario, part, &priced, charge, times)?;
                cost = cost.with(line.category, line.amount)?;
                let biller = &mut by_provider[charge.provider.index()];
                *biller = biller.with(line.category, line.amount)?;
                if let Some(tariff) = charge.basis.tariff() {
                    let volume = &mut volumes[tariff.index()];
                    *volume = volume.checked_add(charge.quantity.checked_mul(times)?)?;
                }
                lines.push(line);
            }
            by_region[region.index()] = by_region[region.index()].plus(cost)?;
            placements.push(placement(catalog, scenario, part, &priced, share, lines, cost)?);
        }
    }
    for (number, (tariff, volume)) in catalog.tariffs().iter().zip(volumes).enumerate() {
        let id = TariffId::at(number);
        for adjustment in adjustments(tariff, volume)? {
            let line = adjustment_line(catalog, id, adjustment);
            let biller = &mut by_provider[tariff.provider.index()];
            *biller = biller.with(line.category, line.amount)?;
            bill.adjustments.push(line);
        }
    }
    for fee in &scenario.fees {
        if occupied.iter().any(|&region| fee.is_due_in(catalog, region)) {
            let line = fee_line(catalog, fee);
            let biller = &mut by_provider[fee.biller(catalog).index()];
            *biller = biller.with(line.category, line.amount)?;
            bill.fees.push(line);
        }
    }
    for (cost, provider) in by_provider.iter().zip(catalog.providers()) {
        bill.cost = bill.cost.plus(*cost)?;
        if *cost != Cost::default() {
            bill.by_provider.push((provider.name.clone(), *cost));
        }
    }
    bill.list = list_cost(catalog, &placements, bill.cost)?;
    bill.by_provider.sort_by(|a, b| a.0.cmp(&b.0));
    let used = by_region.iter().zip(catalog.regions()).filter(|(cost, _)| **cost != Cost::default());
    bill.by_region = used.map(|(cost, region)| (region.path.clone(), *cost)).collect();
    bill.by_region.sort_by(|a, b| a.0.cmp(&b.0));
    Some((placements, bill))
}

/// Each part's share in 10⁻⁶, adding up to what is placed: thirds are 0.333334, 0.333333 and 0.333333.
fn shares(catalog: &Catalog, scenario: &Scenario, parts: &[Chosen]) -> Option<Vec<Share>> {
    let mut shares = Vec::with_capacity(parts.len());
    let mut placed = 0_u64;
    let mut units = 1;
    for part in parts {
        let workload = &scenario.workloads[part.workload];
        units = u64::from(charges(catalog, workload, part.supply)?.units) * u64::from(workload.count);
        placed += u64::from(part.units);
        shares.push(u32::try_from(u64::from(part.units) * u64::try_from(PARTS).ok()? / units.max(1)).ok()?);
    }
    let all = u32::try_from(placed * u64::try_from(PARTS).ok()? / units.max(1)).ok()?;
    let left = all.checked_sub(shares.iter().sum())?;
    // Rounding down leaves less than one part per placement: the first ones take it.
    for share in shares.iter_mut().take(usize::try_from(left).ok()?) {
        *share += 1;
    }
    shares.into_iter().map(Share::from_parts).collect()
}

fn placement(
    catalog: &Catalog,
    scenario: &Scenario,
    part: &Chosen,
    priced: &Charges,
    share: Share,
    lines: Vec<Line>,
    cost: Cost,
) -> Option<Placement> {
    let workload = &scenario.workloads[part.workload];
    let region = catalog.region(part.supply.region(catalog, workload)?);
    let offer = match part.supply {
        Supply::Offer(offer) => Some(catalog.offer(offer)),
        _ => None,
    };
    let sku = offer.map(|offer| catalog.sku(offer.sku));
    Some(Placement {
        workload: workload.name.clone(),
        priority: workload.priority,
        provider: catalog.provider(region.provider).name.clone(),
        region: region.name.clone(),
        sku: sku.map(|sku| sku.name.clone()),
        terms: offer.map(|offer| offer.terms),
        option: match part.supply {
            Supply::Given(number) => Some(number + 1),
            _ => None,
        },
        accelerator: sku.and_then(|sku| sku.accelerator).map(|has| (has.model, has.count)),
        derived: offer.and_then(|offer| catalog.detail(offer)).and_then(|detail| detail.derived.clone()),
        copies: if workload.split == Split::Never { part.units } else { 1 },
        replicas: machines(workload, part, priced),
        share,
        hours: priced.hours,
        lines,
        cost,
        current: workload.current.map(|current| catalog.region(current.region).path.clone()),
    })
}

/// Machines at work; for a workload split at will, those of the whole.
fn machines(workload: &Workload, part: &Chosen, priced: &Charges) -> u32 {
    match workload.split {
        // An option's machines are not known: it counts as one, like its unit.
        Split::Replicas => part.units,
        Split::Never => part.units.saturating_mul(priced.replicas),
        Split::Any => priced.replicas,
    }
}

fn fee_line(catalog: &Catalog, fee: &Fee) -> Line {
    Line {
        category: LineCategory::Fee,
        what: fee.name.to_string(),
        quantity: Quantity::whole(1).total(),
        unit: LineUnit::Month,
        unit_price: fee.monthly,
        source: "the scenario's `fees`".to_owned(),
        provider: catalog.provider(fee.biller(catalog)).name.clone(),
        amount: fee.monthly,
        list: None,
    }
}

/// A charge `times` over, in words.
fn line(
    catalog: &Catalog,
    scenario: &Scenario,
    part: &Chosen,
    priced: &Charges,
    charge: Charge,
    times: i128,
) -> Option<Line> {
    let tariff = |id| catalog.tariff_name(id);
    let (what, unit, source) = match charge.basis {
        Basis::Offer(id) => {
            let offer = catalog.offer(id);
            let sku = &catalog.sku(offer.sku).name;
            let machines = machines(&scenario.workloads[part.workload], part, priced);
            let mut source = format!("{} {sku} {}", catalog.region(offer.region).path, offer.terms.name());
            for (number, layer) in catalog.layers_of(offer).enumerate() {
                source.push_str(if number == 0 { ", under " } else { ", " });
                source.push_str(&layer.name);
            }
            (format!("{machines} × {sku}, {}", offer.terms.name()), LineUnit::Hour, source)
        }
        Basis::Stored(id) => {
            let mut what = format!("{} storage", class_of(catalog, id));
            if let Some((days, billed)) = days_billed(catalog, &scenario.workloads[part.workload], id) {
                what.push_str(&format!(", kept {days} days and billed for {billed}"));
            }
            (what, LineUnit::GbMonth, tariff(id))
        }
        Basis::Retrieved(id) => {
            let what = format!("read back from {} storage", class_of(catalog, id));
            (what, LineUnit::Gb, format!("{}, retrieval", tariff(id)))
        }
        Basis::Read(id) => {
            (format!("data read from {}", data_place(catalog, scenario, part)), LineUnit::Gb, tariff(id))
        }
        Basis::ReadInPlace => ("data read in place".to_owned(), LineUnit::Gb, "not charged within a region".to_owned()),
        Basis::Internet(id) => ("egress to the internet".to_owned(), LineUnit::Gb, tariff(id)),
        Basis::InternetTo(part, id) => (format!("egress to {}", catalog.part(part)), LineUnit::Gb, tariff(id)),
        Basis::RateCompute | Basis::RateStorage | Basis::RateNetwork => {
            let (what, unit) = match charge.basis {
                Basis::RateCompute => ("compute at the flat rate", LineUnit::Hour),
                Basis::RateStorage => ("storage at the flat rate", LineUnit::GbMonth),
                _ => ("network at the flat rate", LineUnit::Gb),
            };
            (what.to_owned(), unit, format!("{} rates", catalog.provider(charge.provider).name))
        }
        Basis::Option => ("given option".to_owned(), LineUnit::Option, "the scenario's `options`".to_owned()),
    };
    let unit_price = match charge.basis {
        // An option's price is its cost: one option is 10¹² of 10⁻¹², bought in `units` equal parts.
        Basis::Option => charge.amount.times(i128::from(priced.units))?,
        _ => Amount::from_units(i128::from(charge.price.units()) * 1_000_000_000_000),
    };
    Some(Line {
        category: category(charge.category),
        what,
        quantity: total(charge.quantity.checked_mul(times)?)?,
        unit,
        unit_price,
        source,
        provider: catalog.provider(charge.provider).name.clone(),
        amount: charge.amount.times(times)?,
        list: at_list(catalog, charge, times)?,
    })
}

/// The storage class that a tariff is of.
fn class_of(catalog: &Catalog, tariff: TariffId) -> &str {
    match catalog.tariff(tariff).scope {
        TariffScope::Storage { class, .. } => catalog.class(class),
        _ => "",
    }
}

/// For how many days what a workload keeps is kept and billed, where these differ.
fn days_billed(catalog: &Catalog, workload: &Workload, tariff: TariffId) -> Option<(Quantity, u32)> {
    let Demand::Machines(machines) = &workload.demand else { return None };
    let TariffScope::Storage { class, region } = catalog.tariff(tariff).scope else { return None };
    let billed = catalog.storage_price(region, class)?.minimum_days?;
    let kept = machines.storage?.kept_days?;
    (kept < Quantity::whole(billed)).then_some((kept, billed))
}

/// The same charge at the list price, where a contract changed it.
fn at_list(catalog: &Catalog, charge: Charge, times: i128) -> Option<Option<AtList>> {
    let Basis::Offer(id) = charge.basis else { return Some(None) };
    let offer = catalog.offer(id);
    if offer.price == offer.list_price {
        return Some(None);
    }
    let unit_price = Amount::from_units(i128::from(offer.list_price.units()) * 1_000_000_000_000);
    Some(Some(AtList { unit_price, amount: offer.list_price.times(charge.quantity)?.times(times)? }))
}

/// The whole bill at list prices, where contracts are in force.
fn list_cost(catalog: &Catalog, placements: &[Placement], cost: Cost) -> Option<Option<Cost>> {
    if catalog.contracts().is_empty() {
        return Some(None);
    }
    placements
        .iter()
        .flat_map(|placement| &placement.lines)
        .try_fold(cost, |cost, line| cost.with(line.category, line.list_amount().minus(line.amount)?))
        .map(Some)
}

fn data_place(catalog: &Catalog, scenario: &Scenario, part: &Chosen) -> Name {
    match &scenario.workloads[part.workload].demand {
        Demand::Machines(machines) => {
            machines.data.map_or_else(|| Name::from(""), |(from, _)| catalog.region(from).path.clone())
        }
        _ => Name::from(""),
    }
}

fn adjustment_line(catalog: &Catalog, id: TariffId, adjustment: Adjustment) -> Line {
    let tariff = catalog.tariff(id);
    let what = match adjustment.kind {
        AdjustmentKind::Allowance => "free allowance".to_owned(),
        AdjustmentKind::Tier(start) => format!("tier above {} GB", start.total().in_short()),
    };
    let (category, unit) = match tariff.scope {
        TariffScope::Storage { .. } => (LineCategory::Storage, LineUnit::GbMonth),
        _ => (LineCategory::Network, LineUnit::Gb),
    };
    Line {
        category,
        what,
        quantity: total(adjustment.quantity).unwrap_or_default(),
        unit,
        unit_price: Amount::from_units(adjustment.difference * 1_000_000_000_000),
        source: catalog.tariff_name(id),
        provider: catalog.provider(tariff.provider).name.clone(),
        amount: adjustment.amount,
        list: None,
    }
}

/// 10⁻¹² as a total of 10⁻²⁴.
fn total(quantity: i128) -> Option<Total> {
    quantity.checked_mul(1_000_000_000_000).map(Total::from_units)
}

/// The kind of cost of a charge, as plans name it.
fn category(category: Category) -> LineCategory {
    match category {
        Category::Compute => LineCategory::Compute,
        Category::Storage => LineCategory::Storage,
        Category::Network => LineCategory::Network,
        Category::Given => LineCategory::Given,
    }
}
