//! Why not there: the request that an offer fails, what breaks or costs with all of a workload there, and the price at
//! which it would win.
//!
//! The price is found by asking: at the offer's price p, F(p) is the cheapest plan with the workload there, C(p) the
//! cheapest of all, and F(p) − C(p) ≥ 0. It wins where that is nothing. Both fall with p, by the hours that each plan
//! buys of the offer, so (F − C) / (hours of F − hours of C) below p is where it would win if neither plan changed
//! otherwise. That guess is re-solved. Where plans do change, the answer lies between a price that wins and one that
//! does not, and is halved.

use std::sync::Arc;

use crate::catalog::{Name, OfferId};
use crate::diagnostic::Diagnostics;
use crate::explain::question::{Answer, Questions, forced, more, selection, standing};
use crate::explain::words::{of_placement, supply_named, workload_named};
use crate::explain::{Depth, OfferExplained, Outcome, Watching, WhyNot, Wins};
use crate::money::{Amount, UnitPrice};
use crate::plan::{LineCategory, Plan};
use crate::problem::{Problem, describe};
use crate::rules::{Supply, eligibility};

/// Prices that are tried.
const TRIED: usize = 24;
/// Prices are told apart to a millionth, in 10⁻¹².
const FINE: i64 = 1_000_000;

/// Explains why an offer does not serve a workload, what it would cost if it did, and at which price it would win.
///
/// `offer` is `provider/region/sku` or `provider/region/sku/terms`, for a given option `provider/region/option 2`, for
/// flat rates `provider/region`.
///
/// # Errors
/// A workload or an offer that does not exist.
pub fn explain_offer(
    problem: &Problem,
    plan: &Plan,
    workload: &str,
    offer: &str,
    depth: &Depth,
    watching: Watching<'_>,
) -> Result<OfferExplained, Diagnostics> {
    let scenario = &problem.scenario;
    let number = workload_named(problem, workload)?;
    let found = &scenario.workloads[number];
    let supply = supply_named(&problem.catalog, found, offer)?;
    let name = describe(&problem.catalog, found, supply);
    let reasons = eligibility(&problem.catalog, found, supply);
    let explained = |why| OfferExplained { workload: found.name.clone(), offer: Name::from(name.as_str()), why };
    if !reasons.is_empty() {
        return Ok(explained(WhyNot::Fails(reasons.iter().map(ToString::to_string).collect())));
    }
    let mut there = plan.placements.iter().filter(|placement| *placement.workload == *workload);
    let is_left_out = plan.unplaced.iter().any(|unplaced| *unplaced.workload == *workload);
    if !is_left_out && there.next().is_some_and(|first| of_placement(first) == name) && there.next().is_none() {
        return Ok(explained(WhyNot::Chosen));
    }
    let mut questions = Questions::new(problem, depth.effort, watching);
    let asked = questions.ask(forced(&problem.catalog, scenario, number, supply));
    let (outcome, wins) = match asked {
        Answer::Nothing { rules, unserved } => (Outcome::Nothing { rules, unserved }, Wins::Open),
        Answer::Open => (Outcome::Open, Wins::Open),
        Answer::Plan(there) => {
            let wins = match supply {
                Supply::Offer(offer) => wins(problem, plan, &there, number, offer, &mut questions),
                _ => at_cost(plan, &there, workload),
            };
            match more(plan, &there) {
                Some(more) => (Outcome::Costs { more, objective: there.objective }, wins.unwrap_or(Wins::Open)),
                None => (Outcome::Open, Wins::Open),
            }
        }
    };
    Ok(explained(WhyNot::Forced { outcome, alone: alone(problem, plan, number, supply), wins }))
}

/// What changes and what breaks if the workload alone moves there.
fn alone(problem: &Problem, plan: &Plan, workload: usize, supply: Supply) -> Option<(Amount, Vec<Name>)> {
    let mut selection = selection(problem, plan)?;
    let (now, broken_now) = standing(problem, &selection)?;
    let at = problem.blocks.iter().position(|block| block.workload == workload)?;
    let block = &problem.blocks[at];
    let candidate = block.candidates.iter().position(|candidate| candidate.supply == supply)?;
    selection.parts[at] = vec![(candidate, block.whole(candidate))];
    let (then, mut breaks) = standing(problem, &selection)?;
    breaks.retain(|name| !broken_now.contains(name));
    Some((then.minus(now)?, breaks))
}

/// For a given option or flat rates, the cost that would do: no other workload is charged by it.
fn at_cost(plan: &Plan, there: &Plan, workload: &str) -> Option<Wins> {
    let more = there.objective.minus(plan.objective)?;
    let placements = there.placements.iter().filter(|placement| *placement.workload == *workload);
    let cost = Amount::sum(placements.map(|placement| placement.cost.total))?;
    let least = cost.minus(more)?;
    Some(if least < Amount::ZERO { Wins::Never } else { Wins::AtCost(least) })
}

/// What was found at a price.
struct Tried {
    /// F − C.
    behind: i128,
    /// Hours of the offer in the plan with the workload there, less those in the cheapest, in 10⁻²⁴.
    hours: i128,
    /// Whether the plan with the workload there is a cheapest one.
    wins: bool,
}

/// The price at which the offer wins; `None` if an amount is beyond the range or a search ended early.
fn wins(
    problem: &Problem,
    plan: &Plan,
    there: &Plan,
    workload: usize,
    offer: OfferId,
    questions: &mut Questions<'_>,
) -> Option<Wins> {
    let sold = problem.catalog.offer(offer);
    let now = sold.price;
    let name = describe(&problem.catalog, &problem.scenario.workloads[workload], Supply::Offer(offer));
    let first = judged(plan, there, &name)?;
    if first.wins {
        // As cheap as the plan: of equally cheap places the first by name was taken.
        return Some(Wins::At { now, at: now, not_at: now });
    }
    let mut ask = |price: UnitPrice| -> Option<Tried> {
        let catalog = Arc::new(problem.catalog.with_price(offer, price));
        let scenario = (*problem.scenario).clone();
        let forced = forced(&catalog, &scenario, workload, Supply::Offer(offer));
        let Answer::Plan(free) = questions.ask_of(&catalog, scenario) else { return None };
        let Answer::Plan(there) = questions.ask_of(&catalog, forced) else { return None };
        judged(&free, &there, &name)
    };
    let (mut loses_at, mut last) = (now, first);
    let mut wins_at: Option<UnitPrice> = None;
    for _ in 0..TRIED {
        let low = wins_at.map_or(0, UnitPrice::units);
        let open = loses_at.units() - low;
        if wins_at.is_some() && open <= FINE {
            break;
        }
        // Where the line through the last losing price meets nothing; just above a price that wins, to end there.
        let guess = step(&last).map(|by| loses_at.units().saturating_sub(by));
        let tried = match (guess, wins_at) {
            (Some(guess), None) => guess.clamp(0, loses_at.units() - 1),
            (Some(guess), Some(_)) if guess > low && guess < loses_at.units() => guess,
            (None, None) => 0,
            (_, Some(_)) => low + open / 2,
        };
        let price = UnitPrice::from_units(tried)?;
        let found = ask(price)?;
        if found.wins {
            wins_at = Some(price);
            // The guess was right if it loses just above.
            let above = UnitPrice::from_units(tried.saturating_add(FINE).min(loses_at.units()))?;
            if above < loses_at {
                let found = ask(above)?;
                if found.wins {
                    wins_at = Some(above);
                } else {
                    (loses_at, last) = (above, found);
                }
            }
        } else if tried == 0 {
            return Some(Wins::Never);
        } else {
            (loses_at, last) = (price, found);
        }
    }
    wins_at.map(|at| Wins::At { now, at, not_at: loses_at })
}

/// How far below a losing price it would win if neither plan changed, rounded up, in 10⁻¹².
fn step(tried: &Tried) -> Option<i64> {
    // 10⁻²⁴ of money over 10⁻¹² hours.
    let hours = tried.hours / 1_000_000_000_000;
    if hours <= 0 {
        return None;
    }
    i64::try_from(tried.behind.checked_add(hours - 1)? / hours).ok().map(|by| by.max(1))
}

/// The cheapest plan and the one with the workload there, at one price.
fn judged(free: &Plan, there: &Plan, offer: &str) -> Option<Tried> {
    let behind = there.objective.minus(free.objective)?.units();
    let hours = hours(there, offer)?.checked_sub(hours(free, offer)?)?;
    // Costs are floored to 10⁻⁶ where a bound is proven; a difference below that is none.
    let copies: usize = free.placements.iter().map(|placement| placement.copies as usize).sum();
    let rounding = i128::try_from(copies.max(1)).ok()?.checked_mul(10_i128.pow(18))?;
    Some(Tried { behind, hours, wins: behind <= 0 || there.objective.minus(free.bound)?.units() <= rounding })
}

/// Machine hours that a plan buys of an offer, in 10⁻²⁴.
fn hours(plan: &Plan, offer: &str) -> Option<i128> {
    let there = plan.placements.iter().filter(|placement| of_placement(placement) == offer);
    let lines = there.flat_map(|placement| &placement.lines).filter(|line| line.category == LineCategory::Compute);
    lines.map(|line| line.quantity.units()).try_fold(0_i128, i128::checked_add)
}
