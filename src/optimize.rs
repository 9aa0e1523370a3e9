//! The way through: a problem in, a billed plan out.

use crate::baseline::{self, Baseline};
use crate::bill::{Chosen, invoice};
use crate::catalog::Name;
use crate::check::check;
use crate::plan::{BookDate, LimitUse, Method, NoPlan, Plan, Policy, PolicyKind, Pricing, Size, Status};
use crate::problem::{CostScope, Problem, Selection, Standing};
use crate::scenario::{Bound, Sense};
use crate::solve::{Found, solve};

/// Finds the cheapest plan that keeps every limit.
///
/// The same problem gives the same plan, whatever the order of its file. In this version the search is bounded by a
/// fixed amount of work, and no bound is proven. Every plan passes [`check`](crate::check()), which shares no code with
/// what made it, before it is returned.
///
/// # Errors
/// [`NoPlan`]: why there is none, or why that is not known.
pub fn optimize(problem: &Problem) -> Result<Plan, NoPlan> {
    let baselines = baseline::policies(problem);
    let found = cheaper(solve(problem), &baselines)?;
    let (placements, bill) = billed(problem, &found.selection).ok_or_else(too_large)?;
    // The program's sum and the invoice are two pieces of code; a plan on which they differ is not returned.
    if bill.total() != found.standing.cost {
        return Err(NoPlan::Backend(format!(
            "internal: the bill of {} differs from the program's {}",
            bill.total(),
            found.standing.cost
        )));
    }
    let policies = baselines.into_iter().map(|baseline| {
        let saving = if baseline.is_plan() { baseline.policy.cost.minus(bill.total()) } else { None };
        Policy { saving, ..baseline.policy }
    });
    let plan = Plan {
        scenario: problem.scenario.name.clone(),
        currency: problem.catalog.currency().clone(),
        status: found.status,
        method: found.method,
        pricing: if problem.exactly_priced { Pricing::Exact } else { Pricing::Approximate },
        placements,
        limits: limit_uses(problem, &found.standing),
        policies: policies.collect(),
        bill,
        bound: None,
        gap: None,
        size: size(problem),
        books: books(problem),
    };
    let violations = check(&problem.catalog, &problem.scenario, &plan);
    if violations.is_empty() { Ok(plan) } else { Err(NoPlan::Rejected(violations)) }
}

/// What the search found, or a policy that is a plan and no dearer: a search that prices approximately, or ends early,
/// may miss it. Where it is known that no plan exists, no policy is one.
fn cheaper(found: Result<Found, NoPlan>, baselines: &[Baseline]) -> Result<Found, NoPlan> {
    // Not the documented rules: they go by the order of the books, which must not decide what a plan costs.
    let plans =
        baselines.iter().filter(|baseline| baseline.is_plan() && baseline.policy.kind != PolicyKind::DocumentedRules);
    let Some(best) = plans.min_by_key(|baseline| baseline.standing.cost) else { return found };
    let status = match &found {
        Ok(found) if found.standing.cost <= best.standing.cost => None,
        Ok(found) => Some(found.status),
        Err(_) => Some(Status::WorkSpent),
    };
    match status {
        None => found,
        Some(status) => Ok(Found {
            selection: best.selection.clone(),
            standing: best.standing.clone(),
            method: Method::Policy,
            status,
        }),
    }
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
    let rows = problem.rows.iter().zip(&standing.sums);
    rows.map(|(row, sum)| {
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
        workloads: problem.blocks.len(),
        candidates: problem.blocks.iter().map(|block| block.candidates.len()).sum(),
        undominated: problem.blocks.iter().map(|block| block.undominated.len()).sum(),
        rows: problem.rows.len(),
    }
}

fn books(problem: &Problem) -> Vec<BookDate> {
    let providers = problem.catalog.providers().iter();
    providers.map(|provider| BookDate { provider: provider.name.clone(), as_of: provider.as_of }).collect()
}
