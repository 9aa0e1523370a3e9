//! A plan: where everything runs, what it costs line by line, and how far the answer can be trusted. Data only.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::catalog::{Accelerator, Name, Terms};
use crate::diagnostic::Span;
use crate::money::{Amount, digits};
use crate::units::{Date, Quantity, Share, Total};

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
    /// Whether the program priced every plan exactly as the bill does.
    pub pricing: Pricing,
    /// Where everything runs, by priority, then in the scenario's order.
    pub placements: Vec<Placement>,
    /// What it costs.
    pub bill: Bill,
    /// How far every limit is used, in the scenario's order.
    pub limits: Vec<LimitUse>,
    /// What simple policies would cost on the same input.
    pub policies: Vec<Policy>,
    /// A cost below which no plan can be, as recomputed by an independent check; `None` in this version.
    pub bound: Option<Amount>,
    /// (cost − bound) / cost; `None` in this version.
    pub gap: Option<f64>,
    /// How large the question was.
    pub size: Size,
    /// The price books it rests on.
    pub books: Vec<BookDate>,
}

/// Why the search stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Status {
    /// It went through to its end.
    Complete,
    /// It had done as much work as a call may do.
    WorkSpent,
}

/// How a plan was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Method {
    /// Each workload has its own cheapest candidate, and every limit holds: where pricing is exact, no plan is
    /// cheaper.
    PlainMinimum,
    /// As a linear program.
    LinearProgram,
    /// As a program with whole numbers.
    IntegerProgram,
    /// One of the simple policies keeps every limit and is cheaper than what the search found.
    Policy,
    /// The plain minimum, one workload moved at a time, until every limit held and no move saved; the solver found
    /// nothing better.
    Repair,
}

/// Whether the program priced every plan exactly as the bill does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Pricing {
    /// It did.
    Exact,
    /// It used first paid prices where tariffs have tiers or allowances that this scenario can reach; the bill has
    /// the real ones.
    Approximate,
}

/// How large the question was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Machines at work; for a workload split in parts, the machines of the whole, of which `share` are bought.
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
        })
    }
}

/// What a plan costs: the lines of its placements, and what the account's tiers and allowances change.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Bill {
    /// All of it: every placement's lines and every adjustment.
    pub cost: Cost,
    /// Tiers and allowances, which belong to the account: differences to the first paid price.
    pub adjustments: Vec<Line>,
    /// By who bills it, adjustments included, sorted by name.
    pub by_provider: Vec<(Name, Cost)>,
    /// By `provider/region` where workloads run, without adjustments, sorted by name.
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
#[derive(Clone, Debug)]
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

/// Why there is no plan.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NoPlan {
    /// No plan keeps all rules.
    Infeasible(Conflict),
    /// The search ended without a plan, and without knowing that there is none.
    Undecided(Undecided),
    /// A plan was found, but the independent check refuses it: a fault of ours, and the plan is not returned.
    Rejected(Vec<Violation>),
    /// A solver failed.
    Backend(String),
}

/// What cannot hold together.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Conflict {
    /// Workloads that no offer can serve.
    pub unserved: Vec<Unserved>,
    /// Limits that cannot all hold for the others; not yet reduced to the fewest.
    pub limits: Vec<Name>,
    /// The budget that falls short and the least the workloads can cost, where that alone decides.
    pub shortfall: Option<Box<Shortfall>>,
}

/// A single limit that no plan can keep, whatever the others say.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Shortfall {
    /// The limit.
    pub limit: Name,
    /// The value of its `per` key.
    pub of: Option<Name>,
    /// What it sums.
    pub sum: Name,
    /// Whether that is money.
    pub money: bool,
    /// Whether the sum is to stay at or above the bound.
    pub at_least: bool,
    /// Its bound.
    pub bound: Total,
    /// The least (for at least: the most) that the sum can be.
    pub reach: Total,
    /// Currency.
    pub currency: Name,
}

impl Shortfall {
    /// A bound that would do, in digits that a scenario may state: rounded to 12 decimals, to the side that does.
    fn enough(&self) -> String {
        let parts = 1_000_000_000_000;
        let down = self.reach.units().div_euclid(parts);
        let exact = self.reach.units().rem_euclid(parts) == 0;
        digits(if self.at_least || exact { down } else { down + 1 }, 12)
    }
}

impl fmt::Display for Shortfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figure = |total: Total| match self.money {
            true => format!("{} {} a month", Amount::from_units(total.units()).in_cents(), self.currency),
            false => format!("{} {}", total.in_short(), self.sum),
        };
        let of = self.of.as_ref().map(|of| format!(" of {of}")).unwrap_or_default();
        let (asks, reach, remedy) = if self.at_least {
            ("asks for at least", "can bring at most", "lower it to at most")
        } else {
            ("allows", "need at least", "raise it to at least")
        };
        write!(
            f,
            "limit `{}` {asks} {}{of}, but the workloads {reach} {}\nhelp: {remedy} {}",
            self.limit,
            figure(self.bound),
            figure(self.reach),
            self.enough(),
        )
    }
}

/// A workload that no offer can serve.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unserved {
    /// The workload.
    pub workload: Name,
    /// Where it stands in its file.
    pub span: Span,
    /// How many offers were asked.
    pub asked: usize,
    /// The offers that fail fewest requests, each with what it fails.
    pub nearest: Vec<(String, Vec<String>)>,
}

/// Why it is not known whether a plan exists.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Undecided {
    /// The allowed work was done.
    WorkSpent,
    /// Only limits on cost stand in the way, and the program prices tiers and allowances approximately.
    PricedApproximately {
        /// The limits on cost.
        limits: Vec<Name>,
    },
    /// Exact arithmetic refused what the solver returned.
    Inexact {
        /// The limits it broke.
        limits: Vec<Name>,
    },
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

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for unserved in &self.unserved {
            let mut text = format!("no offer can serve workload `{}` ({} asked)", unserved.workload, unserved.asked);
            for (offer, reasons) in &unserved.nearest {
                text.push_str(&format!("\n  {offer}: {}", reasons.join("; ")));
            }
            parts.push(text);
        }
        if let Some(short) = &self.shortfall {
            parts.push(short.to_string());
        } else if !self.limits.is_empty() {
            let names: Vec<String> = self.limits.iter().map(|name| format!("`{name}`")).collect();
            parts.push(format!(
                "every workload can be served, but not within all limits together: {}\n\
                 help: loosen one of them; not each need be at fault",
                names.join(", ")
            ));
        }
        write!(f, "no plan exists: {}", parts.join("\n"))
    }
}

impl fmt::Display for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |limits: &[Name]| {
            let names: Vec<String> = limits.iter().map(|name| format!("`{name}`")).collect();
            names.join(", ")
        };
        match self {
            Undecided::WorkSpent => {
                f.write_str("no plan was found with the work allowed; whether one exists is not known")
            }
            Undecided::PricedApproximately { limits } => write!(
                f,
                "no plan was found within {}; whether one exists is not known, because tiers and allowances were \
                 priced approximately\nhelp: raise one of these limits",
                quoted(limits)
            ),
            Undecided::Inexact { limits } => {
                write!(
                    f,
                    "the solver's answer breaks {} in exact arithmetic; no plan is returned\nhelp: give these limits a little more room",
                    quoted(limits)
                )
            }
        }
    }
}

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
