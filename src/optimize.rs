//! The way through: a problem in, a billed plan out.

use crate::baseline;
use crate::bill::{Chosen, invoice};
use crate::catalog::Name;
use crate::check::check;
use crate::plan::{BookDate, LimitUse, NoPlan, Plan, Policy, Pricing, Size};
use crate::problem::{CostScope, Problem, Selection, Standing};
use crate::scenario::{Bound, Sense};
use crate::solve::solve;

/// Finds the cheapest plan that keeps every limit.
///
/// The same problem gives the same plan, whatever the order of its file. In this version the search is bounded by a
/// fixed amount of work, and no bound is proven. Every plan passes [`check`](crate::check()), which shares no code with
/// what made it, before it is returned.
///
/// # Errors
/// [`NoPlan`]: why there is none, or why that is not known.
pub fn optimize(problem: &Problem) -> Result<Plan, NoPlan> {
    let found = solve(problem)?;
    let (placements, bill) = billed(problem, &found.selection).ok_or_else(too_large)?;
    // The program's sum and the invoice are two pieces of code; a plan on which they differ is not returned.
    if bill.total() != found.standing.cost {
        return Err(NoPlan::Backend(format!(
            "internal: the bill of {} differs from the program's {}",
            bill.total(),
            found.standing.cost
        )));
    }
    let policies = baseline::policies(problem).into_iter().map(|policy| {
        let serves = policy.unserved.is_empty() && policy.broken.is_empty();
        let saving = if serves { policy.cost.minus(bill.total()) } else { None };
        Policy { saving, ..policy }
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
