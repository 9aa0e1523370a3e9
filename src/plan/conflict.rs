//! Why no plan exists: rules that cannot hold together, the evidence for it, and what would help. Data only.
//!
//! ```text
//! Conflict ─< Member   (a rule of the scenario, in words)      together they leave no plan: Proof
//!          ─< Witness  (a plan of all members but one)         so that one is needed
//!          ─< Raise    (one limit of them, all else held)      what would help, and what it then costs
//! ```
//!
//! The proof and the witnesses are about the scenario reduced to the members
//! ([`reduced`](crate::reduced())), the raises about the whole scenario.

use std::fmt;

use serde::Serialize;

use crate::catalog::Name;
use crate::diagnostic::{Span, quoted};
use crate::plan::{Plan, Proof};
use crate::units::{Share, Total};

/// A rule of a scenario by name: what can be dropped so that a plan may exist.
///
/// Fees are never among them: a fee costs, it forbids nothing.
#[expect(missing_docs, reason = "each field is the name its rule says")]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "rule", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Rule {
    /// A limit, with all its rows.
    Limit { name: Name },
    /// So many providers at least.
    ProvidersAtLeast,
    /// So many providers at most.
    ProvidersAtMost,
    /// Workloads in one place.
    Together { name: Name },
    /// Workloads in different places.
    Apart { name: Name },
    /// A workload over several places.
    Spread { name: Name },
    /// A workload has no `value`: it must be placed.
    MustPlace { workload: Name },
    /// What it asks for: what each machine must have, data kept and read, and what it sends to the internet.
    Request { workload: Name },
    /// The jurisdictions it stays in.
    Residency { workload: Name },
    /// The certifications its region holds.
    Certifications { workload: Name },
    /// The regions it may use, or may not.
    Regions { workload: Name },
    /// The providers it may use, or may not.
    Providers { workload: Name },
    /// The terms it tolerates.
    Terms { workload: Name },
}

impl Rule {
    /// The workload whose rule it is; `None` for a rule of the whole scenario.
    #[must_use]
    pub const fn workload(&self) -> Option<&Name> {
        match self {
            Rule::Limit { .. }
            | Rule::ProvidersAtLeast
            | Rule::ProvidersAtMost
            | Rule::Together { .. }
            | Rule::Apart { .. }
            | Rule::Spread { .. } => None,
            Rule::MustPlace { workload }
            | Rule::Request { workload }
            | Rule::Residency { workload }
            | Rule::Certifications { workload }
            | Rule::Regions { workload }
            | Rule::Providers { workload }
            | Rule::Terms { workload } => Some(workload),
        }
    }

    /// Whether it belongs to what a workload asks for, rather than to where it may run: in a large fleet these rules of
    /// all workloads are held together.
    #[must_use]
    pub const fn is_demand(&self) -> bool {
        matches!(self, Rule::MustPlace { .. } | Rule::Request { .. } | Rule::Terms { .. })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, name) = match self {
            Rule::Limit { name } => ("limit", name),
            Rule::ProvidersAtLeast => return f.write_str("`providers.at_least`"),
            Rule::ProvidersAtMost => return f.write_str("`providers.at_most`"),
            Rule::Together { name } => ("together", name),
            Rule::Apart { name } => ("apart", name),
            Rule::Spread { name } => ("spread", name),
            Rule::MustPlace { workload } => return write!(f, "{} must be placed", quoted(workload)),
            Rule::Request { workload } => ("request of", workload),
            Rule::Residency { workload } => ("residency of", workload),
            Rule::Certifications { workload } => ("certifications of", workload),
            Rule::Regions { workload } => ("regions of", workload),
            Rule::Providers { workload } => ("providers of", workload),
            Rule::Terms { workload } => ("terms of", workload),
        };
        write!(f, "{what} {}", quoted(name))
    }
}

/// A rule and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Member {
    /// Which.
    pub rule: Rule,
    /// What it says, in the scenario's words: `at most 64 accelerators`, `residency EU`.
    pub states: String,
    /// Where it stands in its file: a rule of a workload where the workload stands.
    pub span: Span,
}

/// What cannot hold together.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Conflict {
    /// Rules that cannot hold together: those of the scenario in its order, then those of workloads.
    pub members: Vec<Member>,
    /// Whether every workload is held to be placed as it asks, beside the members: a fleet too large to say which of
    /// them are needed.
    pub whole_fleet: bool,
    /// Whether it is shown of every member that without it the others can hold.
    pub minimal: bool,
    /// Shows that no plan keeps all members.
    pub proof: Option<Proof>,
    /// What shows that members are needed, in their order.
    pub witnesses: Vec<Witness>,
    /// For each limit among the members, what raising it alone does; in their order.
    pub raises: Vec<Raise>,
    /// Limits to raise together, where raising none of the members alone is enough.
    pub raise_together: Option<RaiseTogether>,
    /// Workloads that no offer can serve, in the scenario's order; each by itself is why there is no plan. The members
    /// are those of the first.
    pub unserved: Vec<Unserved>,
    /// Limits among the members; of a conflict that is not reduced, limits that cannot all hold.
    pub limits: Vec<Name>,
    /// The bound that falls short and the least that would do, where the conflict has one limit and that is known.
    pub shortfall: Option<Box<Shortfall>>,
}

/// What shows that a member is needed: a plan that keeps all the others.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Witness {
    /// The member that the plan need not keep.
    pub without: Rule,
    /// Any plan, not the cheapest; it passes the [`check`](crate::check()) against the scenario
    /// [reduced](crate::reduced()) to the others.
    pub plan: Plan,
}

/// How far a limit goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Extent {
    /// To a figure in the unit of its sum.
    Absolute(Total),
    /// To a share of the same sum over the same workloads.
    Share(Share),
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Extent::Absolute(total) => total.fmt(f),
            Extent::Share(share) => share.fmt(f),
        }
    }
}

/// A limit given more room: raised, or lowered if it is an at-least limit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// The limit.
    pub limit: Name,
    /// Whether its sum is money.
    pub money: bool,
    /// Whether the sum is to stay at or above the bound.
    pub at_least: bool,
    /// The bound in the scenario.
    pub from: Extent,
    /// A bound that does, in digits that a scenario may state.
    pub to: Extent,
}

impl Step {
    /// The step in 10⁻⁶ of the bound that it starts from, rounded up; of one unit of the sum where that is 0.
    #[must_use]
    pub fn relative(&self) -> i128 {
        let (from, to, whole) = match (self.from, self.to) {
            (Extent::Absolute(from), Extent::Absolute(to)) => (from.units(), to.units(), 10_i128.pow(24)),
            (Extent::Share(from), Extent::Share(to)) => (i128::from(from.parts()), i128::from(to.parts()), 1_000_000),
            _ => return 0,
        };
        let base = if from == 0 { whole } else { from };
        let by = to.saturating_sub(from).saturating_abs();
        // In two parts, because a sum × 10⁶ may be beyond 128 bits.
        let (times, rest) = (by / base, by % base);
        let parts = match rest.checked_mul(1_000_000) {
            Some(rest) => rest.saturating_add(base - 1) / base,
            None => rest / (base / 1_000_000),
        };
        times.saturating_mul(1_000_000).saturating_add(parts)
    }
}

/// What giving one limit of the conflict more room does, with every other rule of the scenario held.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Raise {
    /// The limit.
    pub limit: Name,
    /// What it does.
    pub relief: Relief,
}

/// What more room does.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Relief {
    /// With it there is a plan.
    Enough {
        /// How much room.
        step: Step,
        /// A bound that is shown not to do; at first the scenario's own.
        fails: Extent,
        /// Whether it is the least: a bound with less room by a millionth is shown not to do, or one below the cheapest
        /// bill.
        least: bool,
        /// The cheapest plan found with it.
        plan: Box<Plan>,
    },
    /// However much room it has, other rules leave no plan.
    NotAlone,
    /// The effort ended before that was known.
    Open,
}

/// Limits that give a plan when all of them have more room.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RaiseTogether {
    /// How much room each gets; the steps' percentages add up to as little as was found, which is not shown to be the
    /// least. None can be left out, or be made smaller with the others as they are, as far as the effort went.
    pub steps: Vec<Step>,
    /// The cheapest plan found with it.
    pub plan: Box<Plan>,
}

/// The only limit of a conflict, and how far it is from what every plan needs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Shortfall {
    /// The limit.
    pub limit: Name,
    /// What it sums.
    pub sum: Name,
    /// Whether the sum is to stay at or above the bound.
    pub at_least: bool,
    /// Its bound.
    pub bound: Total,
    /// The least (for at least: the most) that the sum can be with every other rule held, to 12 decimals.
    pub reach: Total,
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
    /// The fewest of its rules that leave it no offer, none of which can be dropped.
    pub members: Vec<Member>,
}

/// Why it is not known whether a plan exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undecided {
    /// The allowed work was done.
    WorkSpent,
    /// The caller's time ran out.
    Deadline,
    /// The caller ended the search.
    Cancelled,
    /// All was searched: what is left is closer than a search in floats can tell from nothing, as where limits leave
    /// parts of 10⁻⁶ alone to choose from.
    TooClose,
}

impl fmt::Display for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Undecided::WorkSpent => "no plan was found with the work allowed; whether one exists is not known",
            Undecided::Deadline => "no plan was found in the time allowed; whether one exists is not known",
            Undecided::Cancelled => "the search was ended before it found a plan; whether one exists is not known",
            Undecided::TooClose => {
                "no plan was found, and what the limits leave is too little to search; whether one exists is not known\n\
                 help: give the limits a little more room, a millionth or so"
            }
        })
    }
}
