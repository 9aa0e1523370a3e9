//! The way through: a problem in, a billed plan out.

use std::ops::ControlFlow;

use crate::baseline;
use crate::bill::{Chosen, invoice};
use crate::catalog::Name;
use crate::check::{Shown, check_but_proof, proven};
use crate::conflict::{Purpose, explain};
use crate::digest::digest;
use crate::effort::{Effort, Progress, Stop};
use crate::money::Amount;
use crate::plan::{
    BookDate, Conflict, ContractDate, Known, LimitUse, Method, NoPlan, Node, Plan, PolicyKind, Proof, Size, Status,
    Undecided, Unplaced,
};
use crate::problem::{CostScope, Problem, Selection, Standing};
use crate::scenario::{Bound, Sense};
use crate::solve::{Ask, Outcome, solve};

/// Finds the cheapest plan that keeps every rule, and proves how far another could be below it.
///
/// The same problem with the same effort gives the same plan, whatever the order of its file. Every plan passes
/// [`check`](crate::check()), which shares no code with what made it, before it is returned.
///
/// # Errors
/// [`NoPlan`]: why there is none, or why that is not known.
pub fn optimize(problem: &Problem, effort: &Effort) -> Result<Plan, NoPlan> {
    optimize_with(problem, effort, &mut |_| ControlFlow::Continue(()))
}

/// [`optimize`], telling how far it is: progress, cancellation and deadline in one, for the caller owns the clock.
///
/// `progress` is called now and then. Where it breaks, the search ends with the best plan so far, whose
/// [status](Plan::status) is the reason given.
///
/// ```
/// use std::ops::ControlFlow;
/// use std::time::{Duration, Instant};
/// use tradewind::{Effort, Problem, Stop, load, optimize_with};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let input = load("scenarios/quickstart.yaml")?;
/// let problem = Problem::new(&input.catalog, &input.scenario)?;
/// let end = Instant::now() + Duration::from_secs(10);
/// let plan = optimize_with(&problem, &Effort::default(), &mut |_| {
///     if Instant::now() < end { ControlFlow::Continue(()) } else { ControlFlow::Break(Stop::Deadline) }
/// })?;
/// assert!(plan.status.is_reproducible(), "it took no ten seconds");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`NoPlan`]: why there is none, or why that is not known.
pub fn optimize_with(
    problem: &Problem,
    effort: &Effort,
    progress: &mut dyn FnMut(&Progress) -> ControlFlow<Stop>,
) -> Result<Plan, NoPlan> {
    optimize_from(problem, effort, Vec::new(), progress)
}

/// [`optimize_with`], beginning with selections that somebody knows: what is found is as cheap as the best of them.
pub(crate) fn optimize_from(
    problem: &Problem,
    effort: &Effort,
    known: Vec<Selection>,
    progress: &mut dyn FnMut(&Progress) -> ControlFlow<Stop>,
) -> Result<Plan, NoPlan> {
    match planned(problem, effort, false, known, progress) {
        Err(NoPlan::Infeasible(found)) => {
            Err(NoPlan::Infeasible(Box::new(explained(problem, *found, effort, progress))))
        }
        other => other,
    }
}

/// [`optimize`] without the reasons where there is no plan, which take many more searches.
pub(crate) fn unexplained(problem: &Problem, effort: &Effort) -> Result<Plan, NoPlan> {
    planned(problem, effort, false, Vec::new(), &mut |_| ControlFlow::Continue(()))
}

/// The conflict behind a scenario that is known to have no plan; asks as many searches as the effort allows once more.
fn explained(
    problem: &Problem,
    found: Conflict,
    effort: &Effort,
    progress: &mut dyn FnMut(&Progress) -> ControlFlow<Stop>,
) -> Conflict {
    let (mut work, mut stopped) = (0_u64, false);
    explain(&problem.catalog, &problem.scenario, found, &mut |scenario, purpose| {
        let left = effort.work.saturating_sub(work);
        let open = || NoPlan::Undecided(Undecided::WorkSpent);
        if stopped || left == 0 {
            return Err(open());
        }
        // Amounts that only a dropped request brings may be beyond the range.
        let problem = Problem::new(&problem.catalog, scenario).map_err(|_| open())?;
        // Even the smallest search looks at every candidate; those that are told of are longer.
        let before = work;
        work = before.saturating_add(problem.blocks.iter().map(|block| block.candidates.len() as u64).sum());
        let (effort, first_only) = match purpose {
            Purpose::AnyPlan => (Effort::new().with_gap(1.0).with_work(left / 100 + 1), true),
            Purpose::Cheapest => (Effort::new().with_gap(effort.gap).with_work(left / 40 + 1), false),
        };
        planned(&problem, &effort, first_only, Vec::new(), &mut |told| {
            work = work.max(before.saturating_add(told.work));
            // A plan of another question is none of this one.
            let flow = progress(&Progress { work, best: None, bound: None, gap: None });
            stopped |= flow.is_break();
            flow
        })
    })
}

/// One search: a checked plan, or why there is none.
fn planned(
    problem: &Problem,
    effort: &Effort,
    first_only: bool,
    given: Vec<Selection>,
    progress: &mut dyn FnMut(&Progress) -> ControlFlow<Stop>,
) -> Result<Plan, NoPlan> {
    let baselines = baseline::policies(problem);
    if !problem.unserved.is_empty() {
        return Err(unserved(problem));
    }
    let plain = problem.plain_minimum();
    // Not the documented rules: they go by the order of the books, which must not decide what a plan costs.
    let others = baselines.iter().filter(|baseline| baseline.policy.kind != PolicyKind::DocumentedRules);
    let others =
        others.filter(|baseline| baseline.policy.unserved.is_empty()).map(|baseline| baseline.selection.clone());
    let mut starts: Vec<Selection> = [plain.clone()].into_iter().chain(others).chain(given).collect();
    let ask = Ask { effort: *effort, starts: starts.clone(), first_only, careful: false, progress: &mut *progress };
    let mut outcome = solve(problem, ask);
    if outcome.best.is_none() && !outcome.nothing && outcome.status != Status::Complete {
        return Err(no_plan(problem, outcome));
    }
    let mut shown_by = shown(problem, outcome.proof.clone());
    if !is_followed(&shown_by, &outcome) {
        let effort = effort.with_work(effort.work.saturating_sub(outcome.work));
        starts.extend(outcome.best.map(|best| best.selection));
        outcome = solve(problem, Ask { effort, starts, first_only, careful: true, progress });
        shown_by = shown(problem, outcome.proof.clone());
    }
    let Some(found) = outcome.best.clone() else {
        return Err(no_plan(problem, outcome));
    };
    let method = if found.selection == plain { Method::PlainMinimum } else { found.method };
    let (placements, bill) = billed(problem, &found.selection).ok_or_else(too_large)?;
    // The program's sum and the invoice are two pieces of code; a plan on which they differ is not returned.
    if bill.total() != found.standing.cost {
        return Err(NoPlan::Backend(format!(
            "internal: the bill of {} differs from the program's {}",
            bill.total(),
            found.standing.cost
        )));
    }
    let unplaced = unplaced(problem, &found.selection).ok_or_else(too_large)?;
    let objective = found.standing.objective;
    // Rays and cases rest on floats; should exact arithmetic not follow one, the root's bound still stands.
    let shown_by = shown_by.or_else(|_| shown(problem, outcome.root))?;
    let (proof, bound) = match shown_by {
        (proof, Shown::Bound(bound)) => (proof, bound),
        (_, Shown::Nothing) => return Err(NoPlan::Backend("internal: a proof shows that there is no plan".to_owned())),
    };
    let proof = Proof { known: known(problem, objective, bound), ..proof };
    let mut plan = Plan {
        scenario: problem.scenario.name.clone(),
        currency: problem.catalog.currency().clone(),
        status: outcome.status,
        method,
        placements,
        limits: limit_uses(problem, &found.standing),
        policies: Vec::new(),
        bill,
        unplaced,
        objective,
        bound,
        gap: objective.gap_above(bound),
        proof,
        size: size(problem),
        books: books(problem),
        contracts: contracts(problem),
    };
    plan.policies = baseline::said(baselines, &plan);
    // Its proof was recomputed above, from the very same inputs.
    let shown = || Ok(Shown::Bound(bound));
    let violations = check_but_proof(&problem.catalog, &problem.scenario, &plan, shown);
    if violations.is_empty() { Ok(plan) } else { Err(NoPlan::Rejected(violations)) }
}

/// Whether the check comes as far as the search claims. Both carry ranges through rows, one in floats and one exactly, so
/// they may end at different places; what floats call empty then is something to the check.
fn is_followed(shown_by: &Result<(Proof, Shown), NoPlan>, outcome: &Outcome) -> bool {
    // What was ended claims no more than its check shows.
    let ended = matches!(outcome.status, Status::WorkSpent | Status::Deadline | Status::Cancelled);
    if outcome.best.is_some() && ended && !outcome.nothing {
        return true;
    }
    match shown_by {
        Ok((_, Shown::Nothing)) => true,
        Ok((_, Shown::Bound(bound))) => {
            let claimed = outcome.claimed;
            // Below what the check makes of 0: nothing costs less than nothing.
            !outcome.nothing && bound.approximate() >= claimed - 1e-7 * claimed.abs().max(1.0)
        }
        Err(_) => false,
    }
}

/// A proof for these inputs, and what the check makes of it: the search's own word is not taken.
fn shown(problem: &Problem, proof: Proof) -> Result<(Proof, Shown), NoPlan> {
    let proof = Proof { inputs: digest(&problem.catalog, &problem.scenario), ..proof };
    match proven(&problem.catalog, &problem.scenario, &proof) {
        Ok(shown) => Ok((proof, shown)),
        Err(violation) => Err(NoPlan::Rejected(vec![violation])),
    }
}

/// What a bound says of an objective: costs are whole 10⁻²⁴, but multipliers are rounded.
fn known(problem: &Problem, objective: Amount, bound: Amount) -> Known {
    let copies: i128 = problem.scenario.workloads.iter().map(|workload| i128::from(workload.count)).sum();
    match objective.minus(bound) {
        Some(above) if above.units() <= 10_i128.pow(18) * copies.max(1) => Known::Optimal,
        _ => Known::Bounded,
    }
}

/// Workloads that nothing can serve: their rows alone leave nothing, which the check sees without any price.
fn unserved(problem: &Problem) -> NoPlan {
    let void = Proof { known: Known::Infeasible, tree: vec![Node::Void], ..Proof::default() };
    match shown(problem, void) {
        Ok((proof, _)) => {
            let unserved = problem.unserved.clone();
            NoPlan::Infeasible(Box::new(Conflict { unserved, proof: Some(proof), ..Conflict::default() }))
        }
        Err(rejected) => rejected,
    }
}

/// Why there is no plan: the check agrees that nothing keeps all rules, or that is not known.
fn no_plan(problem: &Problem, outcome: Outcome) -> NoPlan {
    if !outcome.nothing {
        return NoPlan::Undecided(match outcome.status {
            Status::Deadline => Undecided::Deadline,
            Status::Cancelled => Undecided::Cancelled,
            Status::Complete => Undecided::TooClose,
            _ => Undecided::WorkSpent,
        });
    }
    match shown(problem, outcome.proof) {
        Ok((proof, Shown::Nothing)) => {
            let limits = problem.scenario.limits.iter().map(|limit| limit.name.clone()).collect();
            let proof = Some(Proof { known: Known::Infeasible, ..proof });
            NoPlan::Infeasible(Box::new(Conflict { limits, proof, ..Conflict::default() }))
        }
        // Where floats found nothing and exact arithmetic does not confirm it.
        Ok((_, Shown::Bound(_))) | Err(_) => NoPlan::Undecided(Undecided::TooClose),
    }
}

/// Copies that stay unplaced, in the scenario's order.
fn unplaced(problem: &Problem, selection: &Selection) -> Option<Vec<Unplaced>> {
    let mut all = Vec::new();
    for (block, parts) in problem.blocks.iter().zip(&selection.parts) {
        let copies = block.unplaced(parts);
        if let Some(value) = block.value
            && copies > 0
        {
            let value = value.times(i128::from(copies))?;
            all.push((block.workload, Unplaced { workload: problem.workload(block).name.clone(), copies, value }));
        }
    }
    all.sort_by_key(|(workload, _)| *workload);
    Some(all.into_iter().map(|(_, unplaced)| unplaced).collect())
}

fn too_large() -> NoPlan {
    NoPlan::Backend("internal: an amount beyond the range".to_owned())
}

/// The invoice of a selection, placements by priority, then in the scenario's order.
pub(crate) fn billed(
    problem: &Problem,
    selection: &Selection,
) -> Option<(Vec<crate::plan::Placement>, crate::plan::Bill)> {
    let mut chosen: Vec<Chosen> = Vec::with_capacity(problem.blocks.len());
    for (block, parts) in problem.blocks.iter().zip(&selection.parts) {
        chosen.extend(parts.iter().map(|&(number, units)| Chosen {
            workload: block.workload,
            supply: block.candidates[number].supply,
            units,
        }));
    }
    // Stable, so that a workload's parts stay in the order of their names.
    let priority = |part: &Chosen| problem.scenario.workloads[part.workload].priority.unwrap_or(u32::MAX);
    chosen.sort_by_key(|part| (priority(part), part.workload));
    invoice(&problem.catalog, &problem.scenario, &chosen)
}

fn limit_uses(problem: &Problem, standing: &Standing) -> Vec<LimitUse> {
    let rows = problem.rows.iter().zip(&standing.sums).zip(&standing.asks).filter(|(_, asks)| **asks);
    rows.map(|((row, sum), _)| {
        let limit = &problem.scenario.limits[row.limit];
        LimitUse {
            name: limit.name.clone(),
            of: row.of.clone(),
            sum: Name::from(limit.sum.name()),
            at_least: row.sense == Sense::AtLeast,
            share: match row.bound {
                Bound::Share(share) => Some(share),
                Bound::Absolute(_) => None,
            },
            used: sum.0,
            limit: row.limit(sum.1),
            slack: row.slack(*sum),
            direct_only: row.cost == Some(CostScope::Direct),
        }
    })
    .collect()
}

fn size(problem: &Problem) -> Size {
    Size {
        workloads: problem.blocks.iter().map(|block| block.copies as usize).sum(),
        candidates: problem.blocks.iter().map(|block| block.candidates.len()).sum(),
        undominated: problem.blocks.iter().map(|block| block.undominated.len()).sum(),
        rows: problem.rows.len(),
    }
}

fn contracts(problem: &Problem) -> Vec<ContractDate> {
    let contracts = problem.catalog.contracts().iter();
    contracts.map(|contract| ContractDate { name: contract.name.clone(), as_of: contract.as_of }).collect()
}

fn books(problem: &Problem) -> Vec<BookDate> {
    let providers = problem.catalog.providers().iter();
    providers.map(|provider| BookDate { provider: provider.name.clone(), as_of: provider.as_of }).collect()
}
