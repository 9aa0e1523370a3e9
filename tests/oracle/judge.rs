//! One problem, two answers: the product's plan held against enumeration.

use tradewind::NoPlan;
use tradewind::catalog::Name;
use tradewind::plan::{Known, LimitUse, LineCategory, Placement, Plan, PolicyKind};
use tradewind::scenario::draft::Split;

use crate::oracle::answer;
use crate::oracle::enumerate::{Choice, Oracle, Standing, Survey};
use crate::oracle::generator::Case;
use crate::oracle::price::E6;
use crate::oracle::rows::Counts;

/// A plan proven optimal may be dearer than the cheapest by this much for each workload: 10⁻⁶ in 10⁻²⁴.
const FLOORING: i128 = 10_i128.pow(18);

/// What came of a problem.
pub struct Verdict {
    pub oracle: Oracle,
    pub survey: Survey,
    pub answer: Result<Plan, NoPlan>,
    /// The plan, in the oracle's terms.
    pub plan: Vec<Choice>,
    /// Whether the answer is less than it could be, and parts of 10⁻⁶ alone decide.
    pub is_on_the_edge: bool,
}

impl Verdict {
    /// Whether the product's plan costs what the cheapest costs, to the last digit.
    pub fn is_equal(&self) -> bool {
        let found = self.answer.as_ref().ok().map(|plan| plan.objective.units());
        found.is_some() && found == self.survey.best.as_ref().map(|best| best.0)
    }

    /// Whether a plan proven optimal can only be one of the cheapest: no other cost is within the tolerance.
    pub fn must_be_equal(&self) -> bool {
        let at_will = self.oracle.works.iter().any(|work| work.is_at_will());
        let Some((best, _)) = &self.survey.best else { return false };
        !at_will && self.survey.next.is_none_or(|next| next - best > tolerance(&self.oracle))
    }
}

/// What a plan proven optimal may miss.
fn tolerance(oracle: &Oracle) -> i128 {
    oracle.works.iter().map(|work| work.copies * FLOORING).sum()
}

/// Answers a problem twice and compares.
pub fn judge(case: &Case) -> Result<Verdict, String> {
    let oracle = Oracle::new(&case.books, &case.scenario);
    let survey = oracle.survey();
    let answer = answer(case);
    let mut verdict = Verdict { oracle, survey, answer, plan: Vec::new(), is_on_the_edge: false };
    match &verdict.answer {
        Ok(plan) => {
            (verdict.plan, verdict.is_on_the_edge) = compare(&verdict.oracle, &verdict.survey, plan)?;
        }
        Err(none) => verdict.is_on_the_edge = no_plan(&verdict.oracle, &verdict.survey, none)?,
    }
    let optimal = verdict.answer.as_ref().is_ok_and(|plan| plan.proof.known == Known::Optimal);
    if optimal && verdict.must_be_equal() && !verdict.is_equal() {
        return Err("called optimal, but not the cheapest to the last digit".to_owned());
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

/// Without a plan: there is none, and that is known. Only where parts of 10⁻⁶ leave open whether the grid has a plan
/// may the product say either.
fn no_plan(oracle: &Oracle, survey: &Survey, none: &NoPlan) -> Result<bool, String> {
    if matches!(none, NoPlan::Undecided(_)) && oracle.on_the_edge(survey) == Some(None) {
        return Ok(true);
    }
    expect!(survey.best.is_none(), "{none} ({none:?}), but there is {:?}", survey.best);
    let NoPlan::Infeasible(conflict) = none else { return Err(format!("not called infeasible: {none} ({none:?})")) };
    let unserved: Vec<&str> = conflict.unserved.iter().map(|one| &*one.workload).collect();
    let alone = oracle.works.iter().filter(|work| work.all.is_empty() && work.value.is_none());
    let alone: Vec<&str> = alone.map(|work| &*work.draft.name.value).collect();
    same("unserved workloads", &unserved, &alone)?;
    Ok(false)
}

/// The product's plan: feasible, billed exactly, its tables right, and the cheapest where it says so.
fn compare(oracle: &Oracle, survey: &Survey, plan: &Plan) -> Result<(Vec<Choice>, bool), String> {
    let mut is_on_the_edge = false;
    let choices = read(oracle, plan)?;
    let standing = oracle.standing(&oracle.rows, &choices);
    let broken = oracle.broken_by(&choices);
    expect!(broken.is_empty(), "the plan breaks {broken:?}: {choices:?}");
    same("bill", &plan.bill.total().units(), &standing.bill)?;
    same("objective", &plan.objective.units(), &standing.objective)?;
    unplaced(oracle, plan, &choices)?;
    billed(oracle, plan, &choices, &standing)?;
    limits(oracle, &plan.limits, &standing)?;
    policies(oracle, plan)?;
    let (found, bound) = (standing.objective, plan.bound.units());
    let Some(least) = survey.least else { return Err(format!("a plan where the oracle finds none: {choices:?}")) };
    expect!(found >= least, "cheaper than every plan: {found}, {least}: {choices:?}");
    expect!(bound <= found, "the bound {bound} is above the objective {found}");
    if let Some((best, cheapest)) = &survey.best {
        expect!(bound <= *best, "the bound {bound} is above {best}, which {cheapest:?} costs");
        let optimal = plan.proof.known == Known::Optimal;
        // A search may end on another point of the grid than the best one, and know no more; a whole workload has no
        // such points.
        let grid = oracle.grid();
        expect!(optimal || grid > 0, "so small a problem is left open: {} to {bound}", plan.objective);
        let room = if optimal { tolerance(oracle) } else { grid };
        if found > best + room {
            // With a little less room in its limits, a plan may be all that much dearer.
            let tighter = if optimal { None } else { oracle.on_the_edge(survey) };
            is_on_the_edge = tighter.is_some_and(|tighter| tighter.is_none_or(|most| found <= most + grid));
            expect!(is_on_the_edge, "{found} is {:?}, but {cheapest:?} costs {best}", plan.proof.known);
        }
    }
    Ok((choices, is_on_the_edge))
}

/// A plan's placements as choices.
fn read(oracle: &Oracle, plan: &Plan) -> Result<Vec<Choice>, String> {
    let mut choices: Vec<Choice> = Vec::new();
    for (number, work) in oracle.works.iter().enumerate() {
        let name = &work.draft.name.value;
        let mut choice = Choice::new();
        for placement in plan.placements.iter().filter(|placement| placement.workload == *name) {
            let one = candidate(oracle, number, placement)?;
            let of_machines = work.all[one].sku.is_some();
            let (units, copies) = match work.draft.split {
                Split::Replicas if of_machines => (i128::from(placement.replicas), 1),
                Split::Replicas => (1, 1),
                Split::Any => (i128::from(placement.share.parts()), 1),
                _ => (i128::from(placement.copies), i128::from(placement.copies)),
            };
            same("copies", &i128::from(placement.copies), &copies)?;
            if work.draft.split != Split::Replicas {
                let machines = if of_machines { work.all[one].machines } else { 1 };
                same("replicas", &i128::from(placement.replicas), &(machines * copies))?;
            }
            expect!(units > 0, "an empty part of {name}");
            choice.push((one, units));
        }
        choice.sort_unstable();
        expect!(choice.windows(2).all(|pair| pair[0].0 < pair[1].0), "{name} is placed twice at one candidate");
        if let Some(&(first, _)) = choice.first() {
            let whole = work.whole(first);
            let mixed = work.draft.split != Split::Never && choice.iter().any(|part| work.whole(part.0) != whole);
            expect!(!mixed, "{name} is split among replica counts");
            let placed: i128 = choice.iter().map(|part| part.1).sum();
            let fits = placed == whole || work.draft.split == Split::Never && placed < whole;
            expect!(fits, "{placed} of {whole} units of {name} placed");
        }
        let shares = plan.placements.iter().filter(|placement| placement.workload == *name);
        let share =
            choice.iter().map(|part| part.1).sum::<i128>() * E6 / choice.first().map_or(1, |part| work.whole(part.0));
        same("shares", &shares.map(|placement| i128::from(placement.share.parts())).sum(), &share)?;
        expect!(work.left(&choice) == 0 || work.value.is_some(), "{name} is not placed");
        choices.push(choice);
    }
    let placed: usize = choices.iter().map(Vec::len).sum();
    same("placements", &plan.placements.len(), &placed)?;
    Ok(choices)
}

/// What is not placed, and what that is worth.
fn unplaced(oracle: &Oracle, plan: &Plan, choices: &[Choice]) -> Result<(), String> {
    let left = oracle.works.iter().zip(choices).filter_map(|(work, choice)| {
        let left = work.left(choice);
        (left > 0).then(|| (&*work.draft.name.value, left, left * work.value.unwrap_or(0)))
    });
    let product = plan.unplaced.iter().map(|one| (&*one.workload, i128::from(one.copies), one.value.units()));
    same("unplaced", &product.collect::<Vec<_>>(), &left.collect::<Vec<_>>())
}

/// The oracle's candidate that a placement means.
fn candidate(oracle: &Oracle, number: usize, placement: &Placement) -> Result<usize, String> {
    let option = placement.option.and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
    let meant = (placement.provider.clone(), placement.region.clone(), placement.sku.clone(), placement.terms, option);
    let found = oracle.works[number].all.iter().position(|candidate| candidate.names(&oracle.market) == meant);
    found.ok_or_else(|| format!("placed where it may not run: {placement:?}"))
}

/// Lines add up to placements; placements, adjustments and fees to the bill; and each is what the oracle charges.
fn billed(oracle: &Oracle, plan: &Plan, choices: &[Choice], standing: &Standing) -> Result<(), String> {
    let mut categories = [0; 5];
    let mut add = |category, amount: i128| match category {
        LineCategory::Compute => categories[0] += amount,
        LineCategory::Storage => categories[1] += amount,
        LineCategory::Network => categories[2] += amount,
        LineCategory::Given => categories[3] += amount,
        _ => categories[4] += amount,
    };
    for placement in &plan.placements {
        let sum: i128 = placement.lines.iter().map(|line| line.amount.units()).sum();
        same("lines of a placement", &placement.cost.total.units(), &sum)?;
    }
    let lines = plan.placements.iter().flat_map(|placement| &placement.lines);
    for line in lines.chain(&plan.bill.adjustments).chain(&plan.bill.fees) {
        // 10⁻²⁴ × 10⁻²⁴: a common factor of 10¹² first, which every quantity and unit price has.
        let product = (line.quantity.units() / 1_000_000_000_000) * (line.unit_price.units() / 1_000_000_000_000);
        same("quantity × unit price", &line.amount.units(), &product)?;
        add(line.category, line.amount.units());
    }
    let cost = plan.bill.cost;
    let kinds = [cost.compute, cost.storage, cost.network, cost.given, cost.fees].map(|amount| amount.units());
    same("cost by kind", &kinds, &categories)?;
    let due = standing.due.iter().map(|&fee| &oracle.fees[fee]);
    let due: Vec<(&str, i128)> = due.map(|fee| (&*oracle.market.books[fee.book].provider.value, fee.monthly)).collect();
    let product: Vec<(&str, i128)> = plan.bill.fees.iter().map(|line| (&*line.provider, line.amount.units())).collect();
    same("fees", &product, &due)?;
    let mut by_provider: Vec<(&str, i128)> = Vec::new();
    for (book, amount) in oracle.market.books.iter().zip(&standing.billed) {
        by_provider.push((&book.provider.value, *amount));
    }
    by_provider.sort_unstable();
    let product: Vec<(&str, i128)> =
        plan.bill.by_provider.iter().map(|(name, cost)| (&**name, cost.total.units())).collect();
    // A provider without charges may be left out.
    by_provider.retain(|entry| entry.1 != 0 || product.contains(entry));
    same("bill by provider", &product, &by_provider)?;
    for ((number, work), choice) in oracle.works.iter().enumerate().zip(choices) {
        let name = &work.draft.name.value;
        let mut regions = Vec::new();
        for &(one, units) in choice {
            let at = &work.all[one];
            let mut of = plan.placements.iter().filter(|placement| placement.workload == *name);
            let placement = of.find(|placement| candidate(oracle, number, placement) == Ok(one));
            let kept = match (work.draft.split, at.stored) {
                (Split::Never, _) => units,
                (_, Some(_)) if !regions.contains(&at.place) => {
                    regions.push(at.place);
                    1
                }
                _ => 0,
            };
            let cost = at.direct(&oracle.market, units) + kept * at.kept(&oracle.market);
            same("cost of a placement", &placement.map(|placement| placement.cost.total.units()), &Some(cost))?;
        }
    }
    Ok(())
}

/// Every row is in the table with its figures; one that asks nothing, because its value is not in use, may be missing.
fn limits(oracle: &Oracle, uses: &[LimitUse], standing: &Standing) -> Result<(), String> {
    let mut uses = uses.iter().peekable();
    for (number, (row, sum)) in oracle.rows.iter().zip(&standing.sums).enumerate() {
        let at = &row.limit.name.value;
        let idle = standing.idle & (1 << number) != 0;
        let found = uses.next_if(|used| used.name == *at && used.of == row.of);
        let Some(used) = found else {
            expect!(idle, "no figures of limit {at} for {:?}: {:?}", row.of, uses.peek());
            continue;
        };
        same(&format!("`sum` of {at}"), &used.sum, &row.limit.sum.value)?;
        same(&format!("sense of {at}"), &used.at_least, &row.is_at_least())?;
        same(&format!("share of {at}"), &used.share.map(|share| i128::from(share.parts())), &row.share())?;
        same(&format!("`used` of {at}"), &used.used.units(), &sum.0)?;
        same(&format!("`limit` of {at}"), &used.limit.units(), &row.bound(sum.1))?;
        same(&format!("`slack` of {at}"), &used.slack.units(), &row.slack(*sum))?;
        let direct = &*row.limit.sum.value == "cost" && row.counts == Counts::Bought;
        same(&format!("`direct_only` of {at}"), &used.direct_only, &direct)?;
    }
    expect!(uses.peek().is_none(), "figures of a limit that the oracle does not know: {:?}", uses.peek());
    Ok(())
}

/// `stay` and `single-provider`, each workload whole at its cheapest candidate there.
fn policies(oracle: &Oracle, plan: &Plan) -> Result<(), String> {
    let market = &oracle.market;
    let mut providers: Vec<usize> = (0..market.books.len()).collect();
    providers.sort_by_key(|&book| market.books[book].provider.value.clone());
    let single = providers.into_iter().map(|book| {
        let name = Some(market.books[book].provider.value.clone());
        (name, policy(oracle, |_, candidate| oracle.works[candidate.0].all[candidate.1].place.book == book))
    });
    let single = single.filter(|(_, policy)| policy.1.len() < oracle.works.len());
    let single = single.min_by_key(|(_, policy)| (policy.1.len(), !policy.2.is_empty(), policy.0));
    // A plan that runs at one provider is what running at one costs, unless a policy does for less.
    let mut at: Vec<Name> = plan.placements.iter().map(|placement| placement.provider.clone()).collect();
    at.dedup();
    let alone = plan.unplaced.is_empty() && at.len() == 1;
    let single = single.map(|(provider, (cost, unserved, broken))| {
        let total = plan.bill.total().units();
        let is_plan = unserved.is_empty() && broken.is_empty();
        if alone && (!is_plan || total < cost) {
            return (at.first().cloned(), (total, Vec::new(), Vec::new()));
        }
        (provider, (cost, unserved, broken))
    });
    let stays = oracle.works.iter().any(|work| work.draft.current.is_some());
    let stay = stays.then(|| {
        let is_current = |number: usize, (_, one): (usize, usize)| {
            let work = &oracle.works[number];
            let candidate = &work.all[one];
            let names = candidate.names(market);
            work.draft.current.as_ref().is_some_and(|current| {
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
        let mut product: Vec<String> = found.broken.iter().map(ToString::to_string).collect();
        product.sort();
        same(&format!("broken by {kind:?}"), &product, &broken)?;
        // A policy that leaves nothing out does more than a plan that does.
        let comparable = unserved.is_empty() && broken.is_empty() && plan.unplaced.is_empty();
        let saving = comparable.then(|| cost - plan.bill.total().units());
        expect!(saving.is_none_or(|saving| saving >= 0), "{kind:?} keeps every limit and is cheaper than the plan");
        same(&format!("saving over {kind:?}"), &found.saving.map(|saving| saving.units()), &saving)?;
    }
    Ok(())
}

/// Cost, unserved workloads and broken limits of a policy that allows some candidates.
fn policy(oracle: &Oracle, allows: impl Fn(usize, (usize, usize)) -> bool) -> (i128, Vec<String>, Vec<String>) {
    let mut unserved = Vec::new();
    let mut choices = Vec::new();
    for (number, work) in oracle.works.iter().enumerate() {
        let allowed = (0..work.all.len()).filter(|&one| allows(number, (number, one)));
        match allowed.min_by_key(|&one| work.all[one].whole(&oracle.market)) {
            Some(one) => choices.push(vec![(one, work.whole(one))]),
            None => {
                choices.push(Choice::new());
                unserved.push(work.draft.name.value.to_string());
            }
        }
    }
    unserved.sort();
    let mut broken: Vec<String> = oracle.broken_by(&choices).into_iter().map(str::to_owned).collect();
    broken.sort();
    // Both bounds on the number of providers have one name.
    broken.dedup();
    (oracle.standing(&oracle.rows, &choices).bill, unserved, broken)
}
