//! Tiny random problems, and what plain code makes of them: what the oracle and the properties share.
//!
//! Nothing in here calls the product but [`answer`]; what its own code says lies in the modules.

pub mod at_will;
pub mod enumerate;
pub mod generator;
pub mod limits;
pub mod place_rules;
pub mod places;
pub mod price;
pub mod rows;
pub mod simplex;
pub mod surcharges;

use std::sync::Arc;

use tradewind::{Catalog, Effort, NoPlan, Plan, Problem, Scenario, optimize};

use generator::Case;

/// Work that the product may do: a hundredth of what it may do by default is enough for problems this small.
const WORK: u64 = Effort::DEFAULT_WORK / 100;

/// The product's answer.
pub fn answer(case: &Case) -> Result<Plan, NoPlan> {
    let catalog = Arc::new(Catalog::build(case.books.clone()).unwrap_or_else(|faults| panic!("{faults}")));
    let scenario = Scenario::build(case.scenario.clone(), &catalog).unwrap_or_else(|faults| panic!("{faults}"));
    let problem = Problem::new(&catalog, &Arc::new(scenario)).unwrap_or_else(|faults| panic!("{faults}"));
    optimize(&problem, &Effort::new().with_work(WORK))
}
