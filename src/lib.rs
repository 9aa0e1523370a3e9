//! tradewind
pub mod catalog;
pub mod diagnostic;
pub mod input;
pub mod money;
pub mod plan;
pub mod report;
pub mod rules;
pub mod scenario;
pub mod units;

mod baseline;
mod bill;
mod charge;
mod numbers;
mod optimize;
mod problem;
mod solve;

pub use crate::catalog::Catalog;
pub use crate::input::{
    Input, catalog_from_yaml, load, load_catalog, load_with_catalogs, reference, scenario_from_yaml,
};
pub use crate::optimize::optimize;
pub use crate::plan::{NoPlan, Plan};
pub use crate::problem::Problem;
pub use crate::scenario::Scenario;
