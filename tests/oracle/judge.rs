//! One problem, two answers: the product's plan held against enumeration.

use std::sync::Arc;

use tradewind::plan::{LimitUse, LineCategory, Placement, Plan, PolicyKind, Pricing, Status};
use tradewind::scenario::draft::Split;
use tradewind::{Catalog, NoPlan, Problem, Scenario, optimize};

use crate::enumerate::{Choice, Oracle, Survey};
use crate::generator::Case;
use crate::price::E6;
use crate::rows::Counts;

/// Plans that differ by less than a billionth of the currency are one to the floats of a solver: 10⁻⁹ in 10⁻²⁴.
const NEAREST: i128 = 10_i128.pow(15);

/// What came of a problem.
pub struct Verdict {
    pub oracle: Oracle,
    pub survey: Survey,
    pub answer: Result<Plan, NoPlan>,
    /// The plan, in the oracle's terms.
    pub plan: Vec<Choice>,
}

/// The product's answer.
pub fn answer(case: &Case) -> Result<Plan, NoPlan> {
    let catalog = Arc::new(Catalog::build(case.books.clone()).unwrap_or_else(|faults| panic!("{faults}")));
    let scenario = Scenario::build(case.scenario.clone(), &catalog).unwrap_or_else(|faults| panic!("{faults}"));
    let problem = Problem::new(&catalog, &Arc::new(scenario)).unwrap_or_else(|faults| panic!("{faults}"));
    optimize(&problem)
}

/// Answers a problem twice and compares.
pub fn judge(case: &Case) -> Result<Verdict, String> {
    let oracle = Oracle::new(&case.books, &case.scenario);
    let survey = oracle.survey();
    let answer = answer(case);
    let mut verdict = Verdict { oracle, survey, answer, plan: Vec::new() };
    match &verdict.answer {
        Ok(plan) => {
            verdict.plan = compare(&verdict.oracle, &verdict.survey, case, plan)?;
        }
        Err(none) => no_plan(&verdict.oracle, &verdict.survey, case, none)?,
    }
    Ok(verdict)
}

macro_rules! expect {
    ($holds:expr, $($message:tt)*) => {
        if !$holds {
            return Err(format!($($message)*));
        }
    };
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, product: &T, oracle: &T) -> Result<(), String> {
    if product == oracle { Ok(()) } else { Err(format!("{what}: product {product:?}, oracle {oracle:?}")) }
}

fn is_split_at_will(case: &Case) -> bool {
    case.scenario.workloads.iter().any(|workload| workload.split == Split::Any)
}

/// Without a plan: there is none, unless tiers or the unlimited ways of a split leave that open.
fn no_plan(oracle: &Oracle, survey: &Survey, case: &Case, none: &NoPlan) -> Result<(), String> {
    let infeasible = matches!(none, NoPlan::Infeasible(_));
    if let Some((cost, plan)) = &survey.best {
        expect!(!infeasible, "called infeasible, but {plan:?} costs {cost}");
        // A single point of the grid, or one beside a near miss, may be missed; that is said, and not called infeasible.
        let found = !survey.exact || is_split_at_will(case) || survey.near_miss.is_some();
        expect!(found, "{none} ({none:?}), but {plan:?} costs {cost}");
    } else if survey.exact && !is_split_at_will(case) && survey.near_miss.is_none() {
        expect!(infeasible, "not called infeasible: {none} ({none:?})");
    }
    if let NoPlan::Infeasible(conflict) = none {
        let unserved: Vec<&str> = conflict.unserved.iter().map(|one| &*one.workload).collect();
        let alone = oracle.workloads.iter().filter(|(_, all)| all.is_empty());
        let alone: Vec<&str> = alone.map(|(workload, _)| &*workload.name.value).collect();
        same("unserved workloads", &unserved, &alone)?;
    }
    expect!(!matches!(none, NoPlan::Backend(_)), "{none}");
    Ok(())
}

/// The product's plan: feasible, billed exactly, its tables right, and the cheapest where every price is exact.
fn compare(oracle: &Oracle, survey: &Survey, case: &Case, plan: &Plan) -> Result<Vec<Choice>, String> {
    let choices = read(oracle, plan)?;
    let standing = oracle.standing(&oracle.rows, &choices);
    let broken = oracle.broken(&standing);
    expect!(broken.is_empty(), "the plan breaks rows {broken:?}: {choices:?}");
    same("bill", &plan.bill.total().units(), &standing.cost)?;
    billed(oracle, plan, &choices, &standing.billed)?;
    limits(oracle, &plan.limits, &standing.sums)?;
    same("pricing", &(plan.pricing == Pricing::Exact), &survey.exact)?;
    policies(oracle, plan)?;
    let Some((best, cheapest)) = &survey.best else {
        expect!(is_split_at_will(case), "a plan where the oracle finds none: {choices:?}");
        return Ok(choices);
    };
    let found = standing.cost;
    let at_will = is_split_at_will(case);
    expect!(at_will || found >= *best, "cheaper than every plan: {found}, {best}");
    // Halves without room are single points of a grid, which a search may miss.
    let within = if at_will { survey.roomy.map_or(i128::MAX, |best| best + oracle.grid()) } else { best + NEAREST };
    // A solver takes a near miss for a plan; once that is shut out, plans as close to the limit are shut out with it.
    let misled = survey.near_miss.is_some_and(|missed| missed < found);
    let cheapest_found = !survey.exact || misled || found <= within;
    expect!(
        cheapest_found,
        "{found} paid, {best} or {:?} would do ({:?}): {choices:?}, {cheapest:?}",
        survey.roomy,
        plan.method
    );
    let complete = plan.status == Status::Complete || at_will || misled;
    expect!(!survey.exact || complete, "so small a problem ended with {:?}", plan.status);
    Ok(choices)
}

/// A plan's placements as choices.
fn read(oracle: &Oracle, plan: &Plan) -> Result<Vec<Choice>, String> {
    let mut choices: Vec<Choice> = Vec::new();
    for (number, (workload, all)) in oracle.workloads.iter().enumerate() {
        let mut choice = Choice::new();
        let mut whole = 0;
        let placements = plan.placements.iter().filter(|placement| placement.workload == workload.name.value);
        for placement in placements {
            let one = candidate(oracle, number, placement)?;
            let parts = match workload.split {
                Split::Replicas => i128::from(placement.replicas),
                Split::Any => i128::from(placement.share.parts()),
                _ => 1,
            };
            let needed = all[one].parts;
            expect!(whole == 0 || whole == needed, "{} is split among replica counts", workload.name.value);
            whole = needed;
            if workload.split != Split::Replicas {
                let machines = if all[one].sku.is_some() { all[one].machines } else { 1 };
                same("replicas", &i128::from(placement.replicas), &machines)?;
            }
            choice.push((one, parts));
        }
        expect!(choice.is_sorted_by(|a, b| a.0 < b.0), "parts of {} out of order or twice", workload.name.value);
        same("parts placed", &choice.iter().map(|part| part.1).sum::<i128>(), &whole)?;
        expect!(choice.iter().all(|part| part.1 > 0), "an empty part: {choice:?}");
        expect!(whole > 0, "{} is not placed", workload.name.value);
        let shares = plan.placements.iter().filter(|placement| placement.workload == workload.name.value);
        same("shares", &shares.map(|placement| i128::from(placement.share.parts())).sum(), &E6)?;
        choices.push(choice);
    }
    let placed: usize = choices.iter().map(Vec::len).sum();
    same("placements", &plan.placements.len(), &placed)?;
    Ok(choices)
}

/// The oracle's candidate that a placement means.
fn candidate(oracle: &Oracle, number: usize, placement: &Placement) -> Result<usize, String> {
    let option = placement.option.and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
    let meant = (placement.provider.clone(), placement.region.clone(), placement.sku.clone(), placement.terms, option);
    let found = oracle.workloads[number].1.iter().position(|candidate| candidate.names(&oracle.market) == meant);
    found.ok_or_else(|| format!("placed where it may not run: {placement:?}"))
}

/// Lines add up to placements, placements and adjustments to the bill, and each is what the oracle charges.
fn billed(oracle: &Oracle, plan: &Plan, choices: &[Choice], billed: &[i128]) -> Result<(), String> {
    let mut categories = [0; 4];
    let mut add = |category, amount: i128| match category {
        LineCategory::Compute => categories[0] += amount,
        LineCategory::Storage => categories[1] += amount,
        LineCategory::Network => categories[2] += amount,
        _ => categories[3] += amount,
    };
    for placement in &plan.placements {
        let sum: i128 = placement.lines.iter().map(|line| line.amount.units()).sum();
        same("lines of a placement", &placement.cost.total.units(), &sum)?;
    }
    let lines = plan.placements.iter().flat_map(|placement| &placement.lines).chain(&plan.bill.adjustments);
    for line in lines {
        // 10⁻²⁴ × 10⁻²⁴: a common factor of 10¹² first, which every quantity and unit price has.
        let product = (line.quantity.units() / 1_000_000_000_000) * (line.unit_price.units() / 1_000_000_000_000);
        same("quantity × unit price", &line.amount.units(), &product)?;
        add(line.category, line.amount.units());
    }
    let cost = plan.bill.cost;
    let kinds = [cost.compute, cost.storage, cost.network, cost.given].map(|amount| amount.units());
    same("cost by kind", &kinds, &categories)?;
    let mut by_provider: Vec<(&str, i128)> = Vec::new();
    for (book, amount) in oracle.market.books.iter().zip(billed) {
        by_provider.push((&book.provider.value, *amount));
    }
    by_provider.sort_unstable();
    let product: Vec<(&str, i128)> =
        plan.bill.by_provider.iter().map(|(name, cost)| (&**name, cost.total.units())).collect();
    // A provider without charges may be left out.
    by_provider.retain(|entry| entry.1 != 0 || product.contains(entry));
    same("bill by provider", &product, &by_provider)?;
    for (number, (workload, all)) in oracle.workloads.iter().enumerate() {
        let of_workload = plan.placements.iter().filter(|placement| placement.workload == workload.name.value);
        let mut regions = Vec::new();
        for (placement, &(one, parts)) in of_workload.zip(&choices[number]) {
            let candidate = &all[one];
            let kept = if regions.contains(&candidate.place) { 0 } else { candidate.kept(&oracle.market) };
            regions.push(candidate.place);
            let cost = candidate.direct(&oracle.market, parts) + kept;
            same("cost of a placement", &placement.cost.total.units(), &cost)?;
        }
    }
    Ok(())
}

fn limits(oracle: &Oracle, uses: &[LimitUse], sums: &[(i128, i128)]) -> Result<(), String> {
    same("rows", &uses.len(), &oracle.rows.len())?;
    for ((used, row), sum) in uses.iter().zip(&oracle.rows).zip(sums) {
        let at = &row.limit.name.value;
        same("name of a limit", &used.name, at)?;
        same(&format!("`of` of {at}"), &used.of, &row.of)?;
        same(&format!("`sum` of {at}"), &used.sum, &row.limit.sum.value)?;
        same(&format!("sense of {at}"), &used.at_least, &row.is_at_least())?;
        same(&format!("share of {at}"), &used.share.map(|share| i128::from(share.parts())), &row.share())?;
        same(&format!("`used` of {at}"), &used.used.units(), &sum.0)?;
        same(&format!("`limit` of {at}"), &used.limit.units(), &row.bound(sum.1))?;
        same(&format!("`slack` of {at}"), &used.slack.units(), &row.slack(*sum))?;
        let direct = &*row.limit.sum.value == "cost" && row.counts == Counts::Bought;
        same(&format!("`direct_only` of {at}"), &used.direct_only, &direct)?;
    }
    Ok(())
}

/// `stay` and `single-provider`, each workload whole at its cheapest candidate there.
fn policies(oracle: &Oracle, plan: &Plan) -> Result<(), String> {
    let market = &oracle.market;
    let mut providers: Vec<usize> = (0..market.books.len()).collect();
    providers.sort_by_key(|&book| market.books[book].provider.value.clone());
    let single = providers.into_iter().map(|book| {
        let name = Some(market.books[book].provider.value.clone());
        (name, policy(oracle, |_, candidate| oracle.workloads[candidate.0].1[candidate.1].place.book == book))
    });
    let single = single.filter(|(_, policy)| policy.1.len() < oracle.workloads.len());
    let single = single.min_by_key(|(_, policy)| (policy.1.len(), !policy.2.is_empty(), policy.0));
    let stays = oracle.workloads.iter().any(|(workload, _)| workload.current.is_some());
    let stay = stays.then(|| {
        let is_current = |number: usize, (_, one): (usize, usize)| {
            let (workload, all) = &oracle.workloads[number];
            let candidate = &all[one];
            let names = candidate.names(market);
            workload.current.as_ref().is_some_and(|current| {
                market.is_named(candidate.place, &current.region.value)
                    && current.sku.as_ref().is_none_or(|sku| names.2.as_ref() == Some(&sku.value))
                    && current.terms.is_none_or(|terms| names.3 == Some(terms))
            })
        };
        (None, policy(oracle, is_current))
    });
    for (kind, expected) in [(PolicyKind::SingleProvider, single), (PolicyKind::Stay, stay)] {
        let found = plan.policies.iter().find(|policy| policy.kind == kind);
        same(&format!("whether there is {kind:?}"), &found.is_some(), &expected.is_some())?;
        let (Some(found), Some((provider, (cost, unserved, broken)))) = (found, expected) else { continue };
        same(&format!("provider of {kind:?}"), &found.provider, &provider)?;
        same(&format!("cost of {kind:?}"), &found.cost.units(), &cost)?;
        let mut product: Vec<String> = found.unserved.iter().map(ToString::to_string).collect();
        product.sort();
        same(&format!("unserved by {kind:?}"), &product, &unserved)?;
        let product: Vec<String> = found.broken.iter().map(ToString::to_string).collect();
        same(&format!("broken by {kind:?}"), &product, &broken)?;
        let saving = (unserved.is_empty() && broken.is_empty()).then(|| cost - plan.bill.total().units());
        expect!(saving.is_none_or(|saving| saving >= 0), "{kind:?} keeps every limit and is cheaper than the plan");
        same(&format!("saving over {kind:?}"), &found.saving.map(|saving| saving.units()), &saving)?;
    }
    Ok(())
}

/// Cost, unserved workloads and broken limits of a policy that allows some candidates.
fn policy(oracle: &Oracle, allows: impl Fn(usize, (usize, usize)) -> bool) -> (i128, Vec<String>, Vec<String>) {
    let mut unserved = Vec::new();
    let mut choices = Vec::new();
    for (number, (workload, all)) in oracle.workloads.iter().enumerate() {
        let allowed = (0..all.len()).filter(|&one| allows(number, (number, one)));
        match allowed.min_by_key(|&one| all[one].whole(&oracle.market)) {
            Some(one) => choices.push(vec![(one, all[one].parts)]),
            None => {
                choices.push(Choice::new());
                unserved.push(workload.name.value.to_string());
            }
        }
    }
    unserved.sort();
    let standing = oracle.standing(&oracle.rows, &choices);
    let mut broken: Vec<String> = Vec::new();
    for row in oracle.broken(&standing) {
        broken.push(oracle.rows[row].limit.name.value.to_string());
    }
    broken.dedup();
    (standing.cost, unserved, broken)
}
