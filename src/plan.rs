//! A plan: where everything runs, what it costs line by line, and how far the answer can be trusted. Data only.

mod conflict;
mod conflict_words;
mod proof;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::catalog::{Accelerator, Name, Terms};
use crate::money::Amount;
use crate::units::{Date, Quantity, Share, Total};

pub use self::conflict::{
    Conflict, Extent, Member, Raise, RaiseTogether, Relief, Rule, Shortfall, Step, Undecided, Unserved, Witness,
};
pub(crate) use self::conflict_words::words;
pub use self::proof::{ColumnName, Keeps, Kept, Known, MULTIPLIER_BITS, Node, PlaceName, Proof, RowName};

/// The cheapest plan found for a scenario.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Plan {
    /// The scenario's name.
    pub scenario: Name,
    /// Currency of every amount.
    pub currency: Name,
    /// Why the search stopped.
    pub status: Status,
    /// How the plan was found.
    pub method: Method,
    /// Where everything runs, by priority, then in the scenario's order.
    pub placements: Vec<Placement>,
    /// Workloads with a value that stay unplaced, in the scenario's order.
    pub unplaced: Vec<Unplaced>,
    /// What it costs.
    pub bill: Bill,
    /// What was minimised: the bill and the value of the unplaced.
    pub objective: Amount,
    /// How far every limit is used, in the scenario's order.
    pub limits: Vec<LimitUse>,
    /// What simple policies would cost on the same input.
    pub policies: Vec<Policy>,
    /// No plan has an objective below this, as [`check`](crate::check()) recomputed it from the proof.
    pub bound: Amount,
    /// (objective − bound) / objective; 0 where both are 0.
    pub gap: f64,
    /// What shows the bound.
    pub proof: Proof,
    /// How large the question was.
    pub size: Size,
    /// The price books it rests on.
    pub books: Vec<BookDate>,
    /// The contracts that changed their prices, in order.
    pub contracts: Vec<ContractDate>,
}

/// Why the search stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Status {
    /// It went through to its end.
    Complete,
    /// The gap that was asked for was reached.
    GapReached,
    /// It had done as much work as the call allowed.
    WorkSpent,
    /// The caller's clock ran out.
    Deadline,
    /// The caller called it off.
    Cancelled,
}

impl Status {
    /// As plans write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Status::Complete => "complete",
            Status::GapReached => "gap-reached",
            Status::WorkSpent => "work-spent",
            Status::Deadline => "deadline",
            Status::Cancelled => "cancelled",
        }
    }

    /// Whether the same input gives the same plan again: not where the caller stopped the search.
    #[must_use]
    pub const fn is_reproducible(self) -> bool {
        !matches!(self, Status::Deadline | Status::Cancelled)
    }
}

/// How a plan was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Method {
    /// Each workload has its own cheapest candidate, and every rule holds.
    PlainMinimum,
    /// One of the simple policies.
    Policy,
    /// The answers to priced rows, mended until every rule held, and improved.
    Repair,
    /// Values of a linear program, brought to whole units.
    LinearProgram,
    /// Suggested by the back end for a small program.
    Core,
    /// In a case of the search tree.
    Tree,
}

/// How large the question was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Size {
    /// Workloads.
    pub workloads: usize,
    /// Eligible candidates of all of them.
    pub candidates: usize,
    /// Candidates left after dropping the dominated ones.
    pub undominated: usize,
    /// Rows of all limits.
    pub rows: usize,
}

/// One workload, or a part of it, at one place.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Placement {
    /// The workload.
    pub workload: Name,
    /// Its priority.
    pub priority: Option<u32>,
    /// The provider.
    pub provider: Name,
    /// The region, without its provider.
    pub region: Name,
    /// The SKU; `None` where flat rates or a given option are used.
    pub sku: Option<Name>,
    /// The terms; `None` where flat rates or a given option are used.
    pub terms: Option<Terms>,
    /// The number of the given option, from 1; `None` where the catalog prices.
    pub option: Option<u32>,
    /// The machine's accelerator.
    pub accelerator: Option<(Accelerator, Quantity)>,
    /// How its price was derived, where no list states it.
    pub derived: Option<Name>,
    /// Copies of the workload here, where it states several; else 1.
    pub copies: u32,
    /// Machines at work, of all copies; for a workload split in parts, the machines of the whole, of which `share` are
    /// bought.
    pub replicas: u32,
    /// Share of the workload.
    pub share: Share,
    /// Hours a month of each machine.
    pub hours: Quantity,
    /// What it is charged, at first paid prices.
    pub lines: Vec<Line>,
    /// Sum of the lines.
    pub cost: Cost,
    /// Where the workload runs now, if the scenario says.
    pub current: Option<Name>,
}

impl Placement {
    /// The part of the machines stated here that is bought, for a workload divided at will, or the part of its usage
    /// where there are no machines; `None` where all of it is. A workload divided by replica states how many are here.
    #[must_use]
    pub fn part(&self) -> Option<Share> {
        let all = self.hours.total().times(i128::from(self.replicas));
        let bought = self.lines.iter().find(|line| line.category == LineCategory::Compute).map(|line| line.quantity);
        let is_part = if self.sku.is_some() { bought < all } else { self.share != Share::WHOLE };
        is_part.then_some(self.share)
    }
}

/// Copies of a workload with a value that are not placed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unplaced {
    /// The workload.
    pub workload: Name,
    /// How many copies.
    pub copies: u32,
    /// What they are worth together.
    pub value: Amount,
}

/// One charge.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Line {
    /// Kind of cost.
    pub category: LineCategory,
    /// What is charged.
    pub what: String,
    /// How much of it, in 10⁻²⁴.
    pub quantity: Total,
    /// Its unit.
    pub unit: LineUnit,
    /// Price for one unit; below zero for a reduction.
    pub unit_price: Amount,
    /// The offer or tariff the price comes from.
    pub source: String,
    /// Who bills it.
    pub provider: Name,
    /// Quantity × unit price.
    pub amount: Amount,
    /// The same at the list price, where a contract changed it.
    pub list: Option<AtList>,
}

/// What a charge would be at its list price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AtList {
    /// List price for one unit.
    pub unit_price: Amount,
    /// Quantity × list price.
    pub amount: Amount,
}

impl Line {
    /// What the list asks for it: its amount, or that at the list price where a contract changed it.
    #[must_use]
    pub fn list_amount(&self) -> Amount {
        self.list.map_or(self.amount, |list| list.amount)
    }
}

/// What a line counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum LineUnit {
    /// Machine hours.
    #[serde(rename = "hour")]
    Hour,
    /// GB moved.
    #[serde(rename = "GB")]
    Gb,
    /// GB kept for a month.
    #[serde(rename = "GB-month")]
    GbMonth,
    /// Given options.
    #[serde(rename = "option")]
    Option,
    /// Months of a fee.
    #[serde(rename = "month")]
    Month,
}

impl LineUnit {
    /// As bills write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            LineUnit::Hour => "hour",
            LineUnit::Gb => "GB",
            LineUnit::GbMonth => "GB-month",
            LineUnit::Option => "option",
            LineUnit::Month => "month",
        }
    }
}

/// Kind of cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LineCategory {
    /// Machines.
    Compute,
    /// Data kept.
    Storage,
    /// Data moved.
    Network,
    /// Options given with their cost.
    Given,
    /// Fees for being at a place at all.
    Fee,
}

/// An amount and what it is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cost {
    /// All of it.
    pub total: Amount,
    /// Machines.
    pub compute: Amount,
    /// Data kept.
    pub storage: Amount,
    /// Data moved.
    pub network: Amount,
    /// Options given with their cost.
    pub given: Amount,
    /// Fees for being at a place at all.
    pub fees: Amount,
}

impl Cost {
    /// With one more charge; `None` beyond the range of amounts.
    #[must_use]
    pub fn with(mut self, category: LineCategory, amount: Amount) -> Option<Cost> {
        self.total = self.total.plus(amount)?;
        let part = match category {
            LineCategory::Compute => &mut self.compute,
            LineCategory::Storage => &mut self.storage,
            LineCategory::Network => &mut self.network,
            LineCategory::Given => &mut self.given,
            LineCategory::Fee => &mut self.fees,
        };
        *part = part.plus(amount)?;
        Some(self)
    }

    /// The sum of two; `None` beyond the range of amounts.
    #[must_use]
    pub fn plus(self, other: Cost) -> Option<Cost> {
        Some(Cost {
            total: self.total.plus(other.total)?,
            compute: self.compute.plus(other.compute)?,
            storage: self.storage.plus(other.storage)?,
            network: self.network.plus(other.network)?,
            given: self.given.plus(other.given)?,
            fees: self.fees.plus(other.fees)?,
        })
    }
}

/// What a plan costs: the lines of its placements, and what the account's tiers and allowances change.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Bill {
    /// All of it: every placement's lines, every adjustment and every fee.
    pub cost: Cost,
    /// Tiers and allowances, which belong to the account: differences to the first paid price.
    pub adjustments: Vec<Line>,
    /// All of it at list prices, where contracts are in force.
    pub list: Option<Cost>,
    /// Fees that are due, in the scenario's order; each billed by the provider of its place.
    pub fees: Vec<Line>,
    /// By who bills it, adjustments and fees included, sorted by name.
    pub by_provider: Vec<(Name, Cost)>,
    /// By `provider/region` where workloads run, without adjustments and fees, sorted by name.
    pub by_region: Vec<(Name, Cost)>,
}

impl Bill {
    /// The whole amount.
    #[must_use]
    pub fn total(&self) -> Amount {
        self.cost.total
    }
}

/// How far a row of a limit is used.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LimitUse {
    /// The limit.
    pub name: Name,
    /// The value of its `per` key, such as `aws`.
    pub of: Option<Name>,
    /// What it sums.
    pub sum: Name,
    /// Whether the sum is to stay at or above the bound, instead of at or below.
    pub at_least: bool,
    /// The share that the bound is, for a bound in percent.
    pub share: Option<Share>,
    /// The sum in the plan.
    pub used: Total,
    /// The bound in the plan.
    pub limit: Total,
    /// How far the sum may still move; below zero where the limit is broken.
    pub slack: Total,
    /// Whether the sum counts direct lines only, without tiers and allowances of the account.
    pub direct_only: bool,
}

/// What a simple policy would cost on the same input.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// Which.
    pub kind: PolicyKind,
    /// The provider it chose, for the single provider.
    pub provider: Option<Name>,
    /// Its bill for the workloads it serves.
    pub cost: Amount,
    /// Workloads it cannot serve.
    pub unserved: Vec<Name>,
    /// Limits it breaks.
    pub broken: Vec<Name>,
    /// What the plan saves over it; only if the policy serves everything and breaks nothing.
    pub saving: Option<Amount>,
}

/// The simple policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PolicyKind {
    /// The documented rules name a provider; the cheapest candidate there.
    DocumentedRules,
    /// Everything at one provider, the cheapest that serves most.
    SingleProvider,
    /// Everything where `current` says.
    Stay,
}

/// A price book and its date.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BookDate {
    /// The provider.
    pub provider: Name,
    /// The date of its prices.
    pub as_of: Option<Date>,
}

/// A contract and its date.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ContractDate {
    /// Its name.
    pub name: Name,
    /// The date of its figures.
    pub as_of: Option<Date>,
}

/// Why there is no plan.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NoPlan {
    /// No plan keeps all rules.
    Infeasible(Box<Conflict>),
    /// The search ended without a plan, and without knowing that there is none.
    Undecided(Undecided),
    /// A plan was found, but the independent check refuses it: a fault of ours, and the plan is not returned.
    Rejected(Vec<Violation>),
    /// A solver failed.
    Backend(String),
}

impl fmt::Display for NoPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoPlan::Infeasible(conflict) => conflict.fmt(f),
            NoPlan::Undecided(reason) => reason.fmt(f),
            NoPlan::Rejected(violations) => {
                write!(f, "a plan was found, but the check refuses it")?;
                violations.iter().try_for_each(|violation| write!(f, "\n  {violation}"))
            }
            NoPlan::Backend(message) => write!(f, "the solver failed: {message}"),
        }
    }
}

impl std::error::Error for NoPlan {}

/// Something a plan says that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// Which rule it breaks.
    pub rule: Breach,
    /// Where: a workload, a limit, a line.
    pub place: String,
    /// What is wrong, with both figures where there are two.
    pub message: String,
}

/// The rules that a plan is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Breach {
    /// Every name in the plan exists.
    Names,
    /// Every workload is placed, whole, in the way it may be split.
    Coverage,
    /// What serves a workload has what it asks for, where it may be.
    Eligibility,
    /// Every line is quantity × price, from the book.
    Line,
    /// Totals are the sums of lines.
    Total,
    /// Every limit holds, and its figures are right.
    Limit,
    /// How many providers are in use, what runs together, apart or spread.
    Rule,
    /// The proof was made for these inputs.
    Inputs,
    /// The proof names what exists, and its tree is one.
    Proof,
    /// The bound is what the proof shows.
    Bound,
    /// A saving is the difference it says, claimed over a policy that does the same work.
    Saving,
}

impl Breach {
    /// The rule's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Breach::Names => "names",
            Breach::Coverage => "coverage",
            Breach::Eligibility => "eligibility",
            Breach::Line => "line",
            Breach::Total => "total",
            Breach::Limit => "limit",
            Breach::Rule => "rule",
            Breach::Inputs => "inputs",
            Breach::Proof => "proof",
            Breach::Bound => "bound",
            Breach::Saving => "saving",
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.rule.name(), self.place, self.message)
    }
}

/// A name as plans carry it.
pub(crate) fn name(text: &str) -> Name {
    Arc::from(text)
}
