//! Where should each workload run, on what terms, and what will the whole thing cost?
//!
//! `tradewind` reads price books and a scenario, answers by documented rules for one workload at a time, and finds the
//! cheapest plan for all of them under quotas, budgets, residency and share limits. Amounts are exact: a plan's total
//! is its bill, to the last digit, and every line of it names the offer or tariff its price comes from.
//!
//! ```
//! use tradewind::{Effort, NoPlan, Problem, load, optimize};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let input = load("scenarios/quickstart.yaml")?;
//! let problem = Problem::new(&input.catalog, &input.scenario)?;
//! match optimize(&problem, &Effort::default()) {
//!     Ok(plan) => {
//!         println!("{} {} a month", plan.bill.total(), plan.currency);
//!         for placement in &plan.placements {
//!             println!("{} runs in {}/{}", placement.workload, placement.provider, placement.region);
//!         }
//!     }
//!     Err(NoPlan::Infeasible(conflict)) => println!("{conflict}"),
//!     Err(other) => return Err(other.into()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Without files
//!
//! A planning service builds [`catalog::BookDraft`] and [`scenario::ScenarioDraft`] in code and hands them to
//! [`Catalog::build`] and [`Scenario::build`], which report everything that is wrong at once:
//!
//! ```
//! use std::sync::Arc;
//! use tradewind::catalog::draft::{BookDraft, OfferDraft, PriceDraft, RegionDraft, SkuDraft};
//! use tradewind::scenario::draft::{RequestDraft, ScenarioDraft, WorkloadDraft};
//! use tradewind::{Catalog, Effort, Problem, Scenario, optimize};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let book = BookDraft {
//!     provider: "metal".into(),
//!     currency: "USD".into(),
//!     regions: vec![RegionDraft { name: "north-1".into(), ..RegionDraft::default() }],
//!     skus: vec![SkuDraft {
//!         name: "box".into(),
//!         vcpu: rust_decimal::Decimal::from(16).into(),
//!         memory_gib: rust_decimal::Decimal::from(64).into(),
//!         ..SkuDraft::default()
//!     }],
//!     offers: vec![OfferDraft {
//!         sku: "box".into(),
//!         on_demand: vec![PriceDraft {
//!             region: "north-1".into(),
//!             price: rust_decimal::Decimal::new(25, 2).into(),
//!             ..PriceDraft::default()
//!         }],
//!         ..OfferDraft::default()
//!     }],
//!     ..BookDraft::default()
//! };
//! let catalog = Arc::new(Catalog::build(vec![book])?);
//! let draft = ScenarioDraft {
//!     name: "service".into(),
//!     workloads: vec![WorkloadDraft {
//!         name: "api".into(),
//!         request: Some(RequestDraft::default()),
//!         ..WorkloadDraft::default()
//!     }],
//!     ..ScenarioDraft::default()
//! };
//! let scenario = Arc::new(Scenario::build(draft, &catalog)?);
//! let plan = optimize(&Problem::new(&catalog, &scenario)?, &Effort::default())?;
//! // One machine × 730 hours × 0.25.
//! assert_eq!(plan.bill.total().to_string(), "182.5");
//! # Ok(())
//! # }
//! ```
//!
//! # What if
//!
//! [`load_overlaid`] lays changes over a scenario before it is read, each an [`Overlay`]; [`Catalog::repriced`] and
//! [`Scenario::grown`] change prices and demand of what was read. [`sweep::run`] plans many such cases in parallel, and
//! [`moves::difference`] says what moves from one plan to another, or from what runs now ([`running()`]).
//!
//! ```
//! use tradewind::moves::{Footprint, difference};
//! use tradewind::{Document, Effort, Overlay, Problem, load_overlaid, optimize};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let scenario = Document::from("scenarios/quickstart.yaml");
//! let plan = |changes: &[Overlay]| -> Result<_, Box<dyn std::error::Error>> {
//!     let input = load_overlaid(&scenario, &[], changes)?;
//!     Ok(optimize(&Problem::new(&input.catalog, &input.scenario)?, &Effort::default())?)
//! };
//! let today = plan(&[])?;
//! let doubled = plan(&[Overlay::assignment("question", "workloads.chat.replicas=8")])?;
//! let changes = difference(&Footprint::from(&today), &Footprint::from(&doubled), None)?;
//! assert_eq!(changes.moves.len(), 1, "only chat changes");
//! # Ok(())
//! # }
//! ```
//!
//! # Why, and for a review
//!
//! [`explain::explain_workload`] compares a workload's place with the next best, [`explain::explain_offer`] says why it is
//! not on an offer and at which price it would be, [`explain::explain_plan`] which limits bind and what leaving a provider
//! costs. Each is data; [`report`] writes it as text, JSON, HTML, Markdown or CSV.
//!
//! ```
//! use tradewind::explain::{Depth, WhyNot, explain_offer, review};
//! use tradewind::{Effort, Problem, load, optimize, report};
//! use std::ops::ControlFlow;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let input = load("scenarios/quickstart.yaml")?;
//! let problem = Problem::new(&input.catalog, &input.scenario)?;
//! let plan = optimize(&problem, &Effort::default())?;
//! // Who watches may end a long explanation; what is not known by then stays open.
//! let mut watch = |_: &_| ControlFlow::Continue(());
//! let depth = Depth::new().with_threads(2);
//! let offer = explain_offer(&problem, &plan, "api", "aws/us-east-1/m7g.xlarge", &depth, &mut watch)?;
//! assert!(matches!(offer.why, WhyNot::Forced { .. }), "it could serve, and costs more");
//! let day = tradewind::units::Date::parse("2026-08-15").ok_or("a date")?;
//! let page = report::review_html(&plan, &review(&problem, &plan, &depth, day, &mut watch));
//! assert!(page.starts_with("<!doctype html>"));
//! # Ok(())
//! # }
//! ```
//!
//! # The way through
//!
//! ```text
//! pricing/*.yaml ─┐
//!                 ├─ input ─→ Catalog, Scenario ─→ Problem ─→ optimize ─→ Plan ─→ report
//! scenarios/*.yaml┘        (all errors at once)   (candidates,           (data)   (text, json)
//!                                                  rows)
//! ```
//!
//! The library keeps no globals and reads neither clock nor environment: the same input gives the same bytes.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)
)]

pub mod catalog;
pub mod check;
pub mod diagnostic;
pub mod diff;
pub mod explain;
pub mod import;
pub mod input;
pub mod lint;
pub mod money;
pub mod moves;
pub mod plan;
pub mod report;
pub mod rules;
pub mod scenario;
pub mod schema;
pub mod sweep;
pub mod units;

mod baseline;
mod bill;
mod charge;
mod conflict;
mod decimal;
mod digest;
mod effort;
mod export;
mod factor;
mod numbers;
mod optimize;
mod parallel;
mod problem;
mod program;
mod query;
mod reduced;
mod running;
mod saved;
mod solve;
mod verify;

pub use crate::catalog::Catalog;
pub use crate::check::{check, check_conflict};
pub use crate::diff::diff;
pub use crate::effort::{Effort, Progress, Stop};
pub use crate::export::{Exchange, export};
pub use crate::factor::Factor;
pub use crate::input::{
    BookFile, Document, DocumentKind, GivenFiles, Input, Overlay, book_from_yaml, catalog_from_yaml,
    contracted_catalog_from_yaml, document_kind, load, load_book, load_catalog, load_contracted_catalog, load_given,
    load_overlaid, load_with_catalogs, load_with_contracts, reference, scenario_from_yaml, scenario_overlaid,
};
pub use crate::lint::lint;
pub use crate::optimize::{optimize, optimize_with};
pub use crate::plan::{NoPlan, Plan};
pub use crate::problem::Problem;
pub use crate::query::{PriceIndex, PricedOffer};
pub use crate::reduced::reduced;
pub use crate::running::running;
pub use crate::saved::{plan_from_json, sweep_from_json};
pub use crate::scenario::Scenario;
pub use crate::verify::verify;

/// The README's Rust is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
