//! tradewind
pub mod diagnostic;
pub mod money;
pub mod units;
mod numbers;
pub mod catalog;
pub mod scenario;
pub mod rules;
mod charge;
