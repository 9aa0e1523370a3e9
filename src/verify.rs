//! Everything that a saved plan says, against its inputs: the check, and what simple policies would cost.
//!
//! The check shares no code with what it judges and knows no policies; theirs are priced anew, as they were for the plan.

use std::sync::Arc;

use crate::baseline;
use crate::catalog::Catalog;
use crate::check::check;
use crate::plan::{Breach, Plan, Violation};
use crate::problem::Problem;
use crate::scenario::Scenario;

/// Each thing in a plan that does not hold for a catalog and a scenario, empty if all of it does: what
/// [`check`](crate::check()) finds, and every simple policy that is not what it would be.
///
/// Catalog and scenario must be those that the plan was made for, with the same changes and contracts.
#[must_use]
pub fn verify(catalog: &Arc<Catalog>, scenario: &Arc<Scenario>, plan: &Plan) -> Vec<Violation> {
    let mut violations = check(catalog, scenario, plan);
    // Where figures of the plan itself are wrong, what others are compared with them says nothing.
    if violations.is_empty()
        && let Ok(problem) = Problem::new(catalog, scenario)
    {
        let policies = baseline::said(baseline::policies(&problem), plan);
        if policies != plan.policies {
            violations.push(Violation {
                rule: Breach::Saving,
                place: "policies".to_owned(),
                message: "what simple policies would cost is not what the plan says of them".to_owned(),
            });
        }
    }
    violations
}
