//! Rows: what a limit sums, candidate by candidate, one row per value of its `per` key.
//!
//! Every sum counts what is bought. A percentage is of the same sum with only the workload keys of `where` kept, so
//! each candidate adds to two sums: the one inside the limit, and the base that the percentage is taken of.

use crate::catalog::{Accelerator, Catalog, Name, ProviderId};
use crate::charge::Charge;
use crate::money::divide_half_even;
use crate::plan::name;
use crate::problem::dominance::use_of;
use crate::problem::{Candidate, Problem, RowUse};
use crate::rules::Supply;
use crate::scenario::{Bound, Filter, Key, Limit, Measure, Sense, Workload};
use crate::units::{Quantity, Total};

/// One row of a limit.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The limit's number in the scenario: the row's origin.
    pub(crate) limit: usize,
    /// The value of `per`.
    pub(crate) of: Option<Name>,
    pub(crate) sense: Sense,
    pub(crate) bound: Bound,
    /// For sums of cost: what they count.
    pub(crate) cost: Option<CostScope>,
}

impl Row {
    /// Whether it holds only where its value is in use.
    pub(crate) fn is_floor(&self) -> bool {
        self.sense == Sense::AtLeast && self.of.is_some()
    }
}

/// What a sum of cost counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CostScope {
    /// The whole bill.
    Bill,
    /// What some providers bill, sorted.
    Billed(Vec<ProviderId>),
    /// Direct lines of a narrower scope, without tiers and allowances of the account.
    Direct,
}

/// A value of a `per` key; its order is that of its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Value(Name);

/// Writes the rows of all limits and every candidate's use of them.
///
/// # Errors
/// The number of a limit whose sum could be beyond what is kept exactly.
pub(crate) fn write(problem: &mut Problem) -> Result<(), usize> {
    let scenario = std::sync::Arc::clone(&problem.scenario);
    for (number, limit) in scenario.limits.iter().enumerate() {
        let values: Vec<Option<(&Key, Value)>> = match &limit.per {
            None => vec![None],
            Some(key) => values_in_use(problem, limit, key).into_iter().map(|value| Some((key, value))).collect(),
        };
        for value in values {
            write_row(problem, number, limit, value).ok_or(number)?;
            fits(problem, problem.rows.len() - 1).ok_or(number)?;
        }
    }
    Ok(())
}

/// Whether the most that all workloads together could bring to a row's base, several times over, is within the range.
fn fits(problem: &Problem, row: usize) -> Option<()> {
    let mut sum = Total::ZERO;
    for block in &problem.blocks {
        let mut most = Total::ZERO;
        for candidate in &block.candidates {
            let unit = use_of(&candidate.per_unit, row).base.times(i128::from(candidate.units()))?;
            most = most.max(unit.plus(use_of(&candidate.per_region, row).base)?);
        }
        sum = sum.plus(most.times(i128::from(block.copies))?)?;
    }
    sum.times(10).map(|_| ())
}

/// Values of a key over all candidates inside the limit's scope, by name, each once.
fn values_in_use(problem: &Problem, limit: &Limit, key: &Key) -> Vec<Value> {
    let catalog = &problem.catalog;
    let mut values = Vec::new();
    let by_provider =
        limit.sum == Measure::Cost && *key == Key::Provider && !limit.filter.is_narrower_than_a_provider();
    for block in &problem.blocks {
        let workload = problem.workload(block);
        for candidate in &block.candidates {
            if by_provider {
                let billed = candidate.charges.per_unit.iter().chain(&candidate.charges.per_region);
                let billed = billed.map(|charge| charge.provider).filter(|id| in_list(&limit.filter.providers, id));
                values.extend(billed.map(|id| Value(catalog.provider(id).name.clone())));
            } else if limit.filter.includes(block.workload, workload)
                && matches_place(catalog, &limit.filter, candidate)
            {
                values.extend(value_of(catalog, key, workload, candidate));
            }
        }
    }
    values.sort_unstable();
    values.dedup();
    values
}

/// Writes one row; `None` if a use is beyond the range.
fn write_row(problem: &mut Problem, limit_number: usize, limit: &Limit, of: Option<(&Key, Value)>) -> Option<()> {
    let row = problem.rows.len();
    let catalog = std::sync::Arc::clone(&problem.catalog);
    let scenario = std::sync::Arc::clone(&problem.scenario);
    let cost = (limit.sum == Measure::Cost).then(|| cost_scope(&catalog, limit, of.as_ref()));
    for block in &mut problem.blocks {
        let workload = &scenario.workloads[block.workload];
        if !limit.filter.includes(block.workload, workload) {
            continue;
        }
        for candidate in &mut block.candidates {
            let matches = matches_place(&catalog, &limit.filter, candidate)
                && of
                    .as_ref()
                    .is_none_or(|(key, value)| value_of(&catalog, key, workload, candidate).as_ref() == Some(value));
            let per_unit = use_of_unit(&catalog, limit, cost.as_ref(), workload, candidate, matches);
            let (inside, base) = per_unit?;
            if base != Total::ZERO || matches {
                candidate.per_unit.push(RowUse { row, inside, base, within: matches });
            }
            let kept = cost.as_ref().and_then(|scope| {
                let charge = candidate.charges.per_region?;
                // Storage that lies in a region once, whatever machines use it there, is of no machine.
                let of_place =
                    matches && !limit.filter.asks_machine() && !of.as_ref().is_some_and(|(key, _)| key.asks_machine());
                Some(use_of_charges(scope, &[charge], of_place))
            });
            if let Some((inside, base)) = kept {
                // What is kept puts no value in use: its machines do.
                candidate.per_region.push(RowUse { row, inside, base, within: false });
            }
        }
    }
    let of = of.map(|(_, value)| value.0);
    problem.rows.push(Row { limit: limit_number, of, sense: limit.sense, bound: limit.bound, cost });
    Some(())
}

/// Cost without a `where`, or by provider, is the bill; any narrower scope counts direct lines.
fn cost_scope(catalog: &Catalog, limit: &Limit, of: Option<&(&Key, Value)>) -> CostScope {
    if limit.filter.is_narrower_than_a_provider() {
        return CostScope::Direct;
    }
    let listed = &limit.filter.providers;
    match of {
        None if listed.is_empty() => CostScope::Bill,
        None => CostScope::Billed(listed.clone()),
        Some((Key::Provider, value)) => CostScope::Billed(catalog.provider_named(&value.0).into_iter().collect()),
        Some(_) => CostScope::Direct,
    }
}

/// What one unit of a candidate adds to the sum and to its base; `None` beyond the range of totals.
fn use_of_unit(
    catalog: &Catalog,
    limit: &Limit,
    cost: Option<&CostScope>,
    workload: &Workload,
    candidate: &Candidate,
    matches: bool,
) -> Option<(Total, Total)> {
    let (inside, base) = match cost {
        Some(scope) => use_of_charges(scope, &candidate.charges.per_unit, matches),
        None => {
            let amount = measured(catalog, &limit.sum, workload, candidate)?;
            (if matches { amount } else { Total::ZERO }, amount)
        }
    };
    Some((inside, base))
}

fn use_of_charges(scope: &CostScope, charges: &[Charge], matches: bool) -> (Total, Total) {
    let sum = |counts: &dyn Fn(&Charge) -> bool| {
        let units = charges.iter().filter(|charge| counts(charge)).map(|charge| charge.amount.units()).sum();
        Total::from_units(units)
    };
    let all = sum(&|_| true);
    match scope {
        CostScope::Bill => (all, all),
        CostScope::Billed(set) => (sum(&|charge| set.binary_search(&charge.provider).is_ok()), all),
        CostScope::Direct => (if matches { all } else { Total::ZERO }, all),
    }
}

/// What one unit of a candidate counts, nothing if the measure does not apply to it; `None` beyond the range.
///
/// Whole machines count all at once, whatever hours they run: a unit of a workload that goes whole is all its
/// replicas, a unit of one split at will is 10⁻⁶ of them.
pub(crate) fn measured(
    catalog: &Catalog,
    measure: &Measure,
    workload: &Workload,
    candidate: &Candidate,
) -> Option<Total> {
    let charges = &candidate.charges;
    if let (Measure::Use(wanted), Supply::Given(number)) = (measure, candidate.supply) {
        let uses = &workload.demand.options().get(number as usize)?.uses;
        return match uses.binary_search_by(|(name, _)| name.cmp(wanted)) {
            Ok(at) => part(uses[at].1, 1, charges.units),
            Err(_) => Some(Total::ZERO),
        };
    }
    let Supply::Offer(offer) = candidate.supply else { return Some(Total::ZERO) };
    let offer = catalog.offer(offer);
    let sku = catalog.sku(offer.sku);
    let accelerators = sku.accelerator.map_or(Quantity::ZERO, |has| has.count);
    let machines = |each: Quantity| part(each, charges.replicas, charges.units);
    // 10⁻⁶ of each × 10⁻¹² machine hours, brought to the 10⁻²⁴ of a total.
    let hours = |each: Quantity| {
        let product = i128::from(each.parts()).checked_mul(charges.machine_hours)?;
        product.checked_mul(1_000_000).map(Total::from_units)
    };
    match measure {
        Measure::Vcpu => machines(sku.vcpu),
        Measure::MemoryGib => machines(sku.memory_gib),
        Measure::Accelerators => machines(accelerators),
        Measure::Replicas => machines(Quantity::whole(1)),
        Measure::VcpuHours => hours(sku.vcpu),
        Measure::AcceleratorHours => hours(accelerators),
        Measure::KgCo2e => carbon(catalog, candidate, sku.vcpu, sku.accelerator.map(|has| (has.model, has.count))),
        Measure::Cost | Measure::Use(_) => Some(Total::ZERO),
    }
}

/// `each` × `replicas` / `units` as a total.
///
/// Exact: `units` is 1, the replicas, or 10⁶, and a quantity has 18 decimals to spare in a total.
fn part(each: Quantity, replicas: u32, units: u32) -> Option<Total> {
    each.total().times(i128::from(replicas)).map(|total| Total::from_units(total.units() / i128::from(units.max(1))))
}

/// Kilograms of CO₂ equivalent: machine hours × (vCPU × W + accelerators × W) × PUE × g/kWh / 10⁶.
///
/// Watts are in 10⁻¹² and machine hours too; their product is brought to 10⁻¹² Wh, takes the building's factor, and
/// × 10⁻⁶ g/kWh is a total of 10⁻²⁴ kg, the two thousands of kWh and kg being the 10⁶.
fn carbon(
    catalog: &Catalog,
    candidate: &Candidate,
    vcpu: Quantity,
    accelerator: Option<(Accelerator, Quantity)>,
) -> Option<Total> {
    let region = catalog.region(candidate.region);
    let power = catalog.provider(region.provider).power.as_ref()?;
    let grams = region.grid_gco2_per_kwh?;
    let mut watts = i128::from(vcpu.parts()) * i128::from(power.vcpu_w.parts());
    if let Some((model, count)) = accelerator {
        watts += i128::from(count.parts()) * i128::from(power.watts_of(model)?.parts());
    }
    let watt_hours = divide_half_even(watts.checked_mul(candidate.charges.machine_hours)?, 1_000_000_000_000)?;
    let with_building = divide_half_even(watt_hours.checked_mul(i128::from(power.pue.parts()))?, 1_000_000)?;
    with_building.checked_mul(i128::from(grams.parts())).map(Total::from_units)
}

fn in_list<T: Ord>(list: &[T], value: &T) -> bool {
    list.is_empty() || list.binary_search(value).is_ok()
}

/// Whether a candidate is in a limit's scope, by the keys that speak of where and on what it runs.
fn matches_place(catalog: &Catalog, filter: &Filter, candidate: &Candidate) -> bool {
    let region = catalog.region(candidate.region);
    let place = in_list(&filter.providers, &region.provider)
        && in_list(&filter.regions, &candidate.region)
        && (filter.jurisdictions.is_empty()
            || region.jurisdiction.as_ref().is_some_and(|law| in_list(&filter.jurisdictions, law)));
    let Supply::Offer(offer) = candidate.supply else {
        return place && !filter.asks_machine();
    };
    let offer = catalog.offer(offer);
    let sku = catalog.sku(offer.sku);
    place
        && in_list(&filter.skus, &sku.name)
        && (filter.families.is_empty() || sku.family.as_ref().is_some_and(|family| in_list(&filter.families, family)))
        && (filter.accelerators.is_empty()
            || sku.accelerator.is_some_and(|has| in_list(&filter.accelerators, &has.model)))
        && in_list(&filter.terms, &offer.terms)
}

/// The value of a key for a candidate of a workload, if it has one.
fn value_of(catalog: &Catalog, key: &Key, workload: &Workload, candidate: &Candidate) -> Option<Value> {
    let region = catalog.region(candidate.region);
    let offer = match candidate.supply {
        Supply::Offer(offer) => Some(catalog.offer(offer)),
        _ => None,
    };
    let sku = offer.map(|offer| catalog.sku(offer.sku));
    let value = match key {
        Key::Provider => catalog.provider(region.provider).name.clone(),
        Key::Region => region.path.clone(),
        Key::Jurisdiction => region.jurisdiction.clone()?,
        Key::Sku => sku?.name.clone(),
        Key::Family => sku?.family.clone()?,
        Key::Accelerator => name(sku?.accelerator?.model.name()),
        Key::Terms => name(offer?.terms.name()),
        Key::Workload => workload.name.clone(),
        Key::Type => workload.kind.clone()?,
        Key::Label(label) => {
            let at = workload.labels.binary_search_by(|(name, _)| name.cmp(label)).ok()?;
            workload.labels[at].1.clone()
        }
    };
    Some(Value(value))
}
