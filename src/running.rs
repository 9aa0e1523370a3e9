//! What runs now, by the `current` of a scenario's workloads, and what it is billed at today's price books.

use crate::baseline;
use crate::catalog::Name;
use crate::moves::Footprint;
use crate::optimize::billed;
use crate::plan::{Bill, PolicyKind};
use crate::problem::Problem;

/// What runs now.
///
/// A workload whose `current` names no SKU or terms counts as running on the cheapest that fits there. One whose place
/// has no price, or may not be used any more, is listed as unpriced, and one without `current` does not run yet.
#[must_use]
pub fn running(problem: &Problem) -> Footprint {
    let stay = baseline::policies(problem).into_iter().find(|baseline| baseline.policy.kind == PolicyKind::Stay);
    let runs = |name: &Name| {
        let mut workloads = problem.scenario.workloads.iter();
        workloads.any(|workload| workload.name == *name && workload.current.is_some())
    };
    let (placements, bill, unpriced) = match stay {
        Some(stay) => {
            let (placements, bill) = billed(problem, &stay.selection).unwrap_or_default();
            let unpriced = stay.policy.unserved.into_iter().filter(runs).collect();
            (placements, bill, unpriced)
        }
        None => (Vec::new(), Bill::default(), Vec::new()),
    };
    Footprint { currency: problem.catalog.currency().clone(), placements, bill, unpriced }
}
