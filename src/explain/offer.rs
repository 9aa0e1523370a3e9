//! Why not there: the request that an offer fails, what breaks or costs with all of a workload there, and the price at
//! which it would win.

use crate::catalog::Name;
use crate::diagnostic::Diagnostics;
use crate::explain::question::{Answer, Question, Questions, forced, more, selection, standing};
use crate::explain::win::wins;
use crate::explain::words::{of_placement, supply_named};
use crate::explain::{Depth, OfferExplained, Outcome, Watching, WhyNot, Wins};
use crate::money::Amount;
use crate::plan::Plan;
use crate::problem::{Problem, describe};
use crate::rules::{Supply, eligibility};

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
    let number = problem.scenario.find(workload)?;
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
    let questions = Questions::new(problem, depth, watching);
    let question = Question {
        scenario: forced(&problem.catalog, scenario, number, supply),
        from: Some(plan),
        moved: Some((number, supply)),
    };
    let (outcome, wins) = match questions.ask(&question) {
        Answer::Nothing { rules, unserved } => (Outcome::Nothing { rules, unserved }, Wins::Open),
        Answer::Open => (Outcome::Open, Wins::Open),
        Answer::Plan(there) => match more(plan, &there) {
            Some(more) => {
                let objective = there.objective;
                let wins = wins(&questions, plan, *there, number, supply).unwrap_or(Wins::Open);
                (Outcome::Costs { more, objective }, wins)
            }
            None => (Outcome::Open, Wins::Open),
        },
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
