//! Why a plan is as it is: why here, why not there, what binds, what would help, what it hangs on. Data only.
//!
//! ```text
//! Problem + Plan ── explain_workload ──→ WorkloadExplained   (its bill, the next best, an offer that was asked about)
//!                ── explain_plan     ──→ PlanExplained       (limits, what leaving a provider costs, shares, carbon)
//! ```
//!
//! What an answer claims is re-solved: the scenario is changed as the question says (an offer forced, its price cut, a
//! limit raised, a provider denied), and the changed one goes through the same search and the same check as any other.
//! So an answer is an interval between a plan that was found and a bound that was proven, never a derivative. Two
//! figures need no search: what moving one workload changes with all else held (the bill of the moved plan), and what
//! raising a limit saves at most (the plan's own proof, recomputed against the raised limit).
//!
//! Example: `chat` on the cheapest machine of another provider, 2,534.34 instead of 2,045.35: at least 488.99 more.

mod carbon;
mod ceiling;
mod concentration;
mod gap;
mod limits;
mod offer;
mod question;
mod review;
mod win;
mod words;
mod workload;

use std::ops::ControlFlow;

use crate::catalog::Name;
use crate::effort::{Effort, Progress, Stop};
use crate::money::{Amount, UnitPrice};
use crate::plan::{Cost, Placement, Plan, Rule, Step, Unplaced};
use crate::problem::Problem;
use crate::units::{Share, Total};

use self::question::Questions;

pub use self::offer::explain_offer;
pub use self::review::{BookAge, Move, OLD_AFTER_DAYS, Review, review};
pub use self::workload::explain_workload;

/// What may be spent on an explanation, and how far limits are raised in it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Depth {
    /// What each question may do; each is a search.
    pub effort: Effort,
    /// How much room a limit is given, as a share of its bound.
    pub step: Share,
    /// How many questions are searched at once; the answers do not depend on it.
    pub threads: usize,
}

impl Depth {
    /// Work of each question: there are several, and an interval is an answer.
    pub const DEFAULT_WORK: u64 = Effort::DEFAULT_WORK / 20;

    /// Limits raised by a tenth, and modest effort for each question, one after the other.
    #[must_use]
    pub fn new() -> Self {
        Depth {
            effort: Effort::new().with_work(Depth::DEFAULT_WORK),
            step: Share::from_parts(100_000).unwrap_or_default(),
            threads: 1,
        }
    }

    /// With another effort for each question.
    #[must_use]
    pub const fn with_effort(mut self, effort: Effort) -> Self {
        self.effort = effort;
        self
    }

    /// With another step.
    #[must_use]
    pub const fn with_step(mut self, step: Share) -> Self {
        self.step = step;
        self
    }

    /// With another number of threads, at least one.
    #[must_use]
    pub const fn with_threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }
}

impl Default for Depth {
    fn default() -> Self {
        Depth::new()
    }
}

/// A difference of money that is known to lie between two figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Between {
    /// At least this.
    pub least: Amount,
    /// At most this.
    pub most: Amount,
}

impl Between {
    /// Whether both are the same to the cent, so that one figure says it.
    #[must_use]
    pub fn is_one(&self) -> bool {
        self.least.in_cents() == self.most.in_cents()
    }
}

/// A plan, explained.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PlanExplained {
    /// How much room limits were given.
    pub step: Share,
    /// Every limit of the scenario, in its order.
    pub limits: Vec<LimitExplained>,
    /// What leaving each provider in use would cost, by name.
    pub leaving: Vec<Leaving>,
    /// How the bill is shared among providers.
    pub providers: Concentration,
    /// How the direct lines are shared among regions.
    pub regions: Concentration,
    /// What runs is estimated to emit.
    pub carbon: Carbon,
    /// Where the gap sits; `None` for a plan that is proven optimal, or where that cannot be told.
    pub gap: Option<GapExplained>,
}

/// What might still be saved, and where: cost − L(π) = Σ what each workload pays above its least at the proof's prices
/// + Σ what the slack of each limit is worth at its price.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GapExplained {
    /// Objective − bound: what a cheaper plan saves at most.
    pub open: Amount,
    /// The sum of the terms: cost − L(π) in the case of the proof that holds this plan. Less than what is open where
    /// another case is the weakest; more where the bound was raised to the next multiple of what divides every cost.
    pub in_case: Amount,
    /// Who adds to that, largest first, to a millionth of money.
    pub terms: Vec<GapTerm>,
}

/// A part of a gap.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GapTerm {
    /// A workload, a limit, a fee, a tariff.
    pub of: Name,
    /// What it adds.
    pub amount: Amount,
}

/// A limit, and what more room for it would save.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LimitExplained {
    /// The limit.
    pub name: Name,
    /// Whether one of its rows is used to the full.
    pub binds: bool,
    /// The largest price that the proof puts on one more unit of its sum, for an absolute limit that it prices.
    pub shadow_price: Option<Amount>,
    /// How far it was raised; `None` where it has all the room there is.
    pub raised: Option<Step>,
    /// What the raise saves at most, by the plan's own proof recomputed against the raised limit: no search is behind
    /// it. `None` where the proof rests on the limit being as it is, or the caller ended the explanation.
    pub ceiling: Option<Amount>,
    /// What the raise saves, re-solved. `None` where the ceiling leaves nothing to ask, or no answer was found.
    pub saves: Option<Between>,
}

/// What doing without a provider would cost.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Leaving {
    /// The provider.
    pub provider: Name,
    /// What comes of it.
    pub outcome: Outcome,
}

/// What a changed scenario comes to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// There is a plan.
    Costs {
        /// How much more than the plan that is explained.
        more: Between,
        /// What is minimised, in the plan that was found.
        objective: Amount,
    },
    /// No plan is left: rules that cannot hold with the change, and workloads that nothing could serve.
    Nothing {
        /// Rules that cannot hold together with it.
        rules: Vec<Rule>,
        /// Workloads without any offer.
        unserved: Vec<Name>,
    },
    /// The effort ended before an answer.
    Open,
}

/// Shares of a sum of costs, largest first.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Concentration {
    /// Who, how much, and which share of all.
    pub shares: Vec<(Name, Amount, Share)>,
    /// Σ share², in points: 10,000 where all is in one place, 5,000 where two have half each (Herfindahl–Hirschman).
    pub hhi: u32,
}

/// Kilograms of CO₂ equivalent a month of the machines that run, where the books state power and the grid's intensity.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Carbon {
    /// Workload, place and kilograms, in the plan's order.
    pub known: Vec<(Name, Name, Total)>,
    /// Their sum.
    pub total: Total,
    /// Workload and place of which nothing is known.
    pub unknown: Vec<(Name, Name)>,
}

/// A workload, explained.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WorkloadExplained {
    /// The workload.
    pub workload: Name,
    /// Where it runs, with its bill by line.
    pub placements: Vec<Placement>,
    /// What of it is left out, and what that is worth.
    pub unplaced: Option<Unplaced>,
    /// How many offers were asked, and how many could serve it.
    pub asked: usize,
    /// How many of these could.
    pub eligible: usize,
    /// What the others fail, and how many of them fail it; an offer counts for each request it fails. Most first.
    pub fails: Vec<(&'static str, usize)>,
    /// The next best candidates by the whole bill, the best of each provider that breaks nothing, and the cheapest that
    /// would break a rule.
    pub others: Vec<Alternative>,
}

/// A candidate that was not chosen: all of the workload there, everything else as it is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Alternative {
    /// The workload there, with its bill by line.
    pub placement: Placement,
    /// How much what is minimised would change: the whole bill, less the value of what is no longer left out.
    pub change: Amount,
    /// How much the whole bill would change, tiers, allowances and fees included, by kind.
    pub bill: Cost,
    /// What the workload is worth where the plan leaves it out, which is no longer lost; zero where it is placed.
    pub keeps: Amount,
    /// Limits and rules that it would break with everything else as it is.
    pub breaks: Vec<Name>,
    /// Its own lines against those of now, by kind; below zero where the alternative is cheaper in that.
    pub difference: Cost,
}

/// Why an offer does not serve a workload.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OfferExplained {
    /// The workload.
    pub workload: Name,
    /// The offer, as `aws/us-east-1 m7i.xlarge on-demand`.
    pub offer: Name,
    /// Why.
    pub why: WhyNot,
}

/// Why not there.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum WhyNot {
    /// It does: all of the workload is there.
    Chosen,
    /// Requests that it fails.
    Fails(Vec<String>),
    /// With all of the workload there, no plan keeps all rules, or it costs more.
    Forced {
        /// What that comes to.
        outcome: Outcome,
        /// With everything else as it is: what the bill changes by, and what breaks.
        alone: Option<(Amount, Vec<Name>)>,
        /// At which price it would be chosen.
        wins: Wins,
    },
}

/// At which price an offer would be chosen.
///
/// The price is changed for this workload alone: what others pay for the same offer stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wins {
    /// At this price a cheapest plan has all of the workload there: shown by a plan and a proof for it.
    At {
        /// Its price now.
        now: UnitPrice,
        /// The price at which it wins.
        at: UnitPrice,
        /// The lowest price at which it was shown not to win, likewise; `None` if none was. From `at` to there it is not
        /// known; a millionth more than `at` is as near as is asked.
        not_at: Option<UnitPrice>,
    },
    /// At this cost of the given option a cheapest plan has all of the workload there, shown likewise.
    AtCost(Amount),
    /// The cost of flat rates at which it would be as cheap as the plan: its cost less what it costs more. Rates are of
    /// every workload that uses them, so this is not solved anew.
    AtRates(Amount),
    /// Not even for nothing: shown at a price of zero.
    Never,
    /// No price that was tried is shown to win, and at this one no plan has all of the workload there: shown likewise. What
    /// it would save there changes shares of the cost.
    Barred {
        /// The price of an hour, or the cost of the given option.
        at: Amount,
        /// Rules that cannot hold together with it.
        rules: Vec<Rule>,
    },
    /// No price helps against what it fails or breaks, or the effort ended before that was known.
    Open,
}

/// The caller's hand on a long explanation.
///
/// Questions may be searched on several threads, which take turns to call it.
pub type Watching<'a> = &'a mut (dyn FnMut(&Progress) -> ControlFlow<Stop> + Send);

/// Explains a plan: its limits, what leaving a provider costs, how concentrated it is, what it emits.
///
/// `plan` must be a plan of the problem's scenario that passes the [`check`](crate::check()).
///
/// ```
/// use tradewind::explain::{Depth, explain_plan};
/// use tradewind::{Effort, Problem, load, optimize};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let input = load("scenarios/quickstart.yaml")?;
/// let problem = Problem::new(&input.catalog, &input.scenario)?;
/// let plan = optimize(&problem, &Effort::default())?;
/// let explained = explain_plan(&problem, &plan, &Depth::default());
/// assert_eq!(explained.leaving.len(), 2, "it uses aws and azure");
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn explain_plan(problem: &Problem, plan: &Plan, depth: &Depth) -> PlanExplained {
    explain_plan_with(problem, plan, depth, &mut |_| ControlFlow::Continue(()))
}

/// [`explain_plan`], telling how far it is; where `watching` breaks, what is not yet known stays open.
#[must_use]
pub fn explain_plan_with(problem: &Problem, plan: &Plan, depth: &Depth, watching: Watching<'_>) -> PlanExplained {
    let questions = Questions::new(problem, depth, watching);
    let raises = limits::raises(&questions, problem, plan, depth.step, depth.threads);
    let without = concentration::without_each(problem, plan);
    // All questions at once, so that no thread waits for the slowest of a kind.
    let (mut asked, mut raised) = (Vec::new(), Vec::with_capacity(raises.len()));
    for raise in &raises {
        let question = raise.question(plan);
        raised.push(question.is_some());
        asked.extend(question);
    }
    let (providers, leaving): (Vec<Name>, Vec<_>) = without.into_iter().unzip();
    asked.extend(leaving);
    let mut answers = questions.ask_all(&asked).into_iter();
    let limits = problem.scenario.limits.iter().zip(raises).zip(raised).map(|((limit, raise), is_asked)| {
        let answer = if is_asked { answers.next() } else { None };
        raise.explained(plan, limit, answer)
    });
    let limits = limits.collect();
    let leaving = providers.into_iter().zip(answers);
    let leaving = leaving.map(|(provider, answer)| Leaving { provider, outcome: question::outcome(plan, answer) });
    PlanExplained {
        step: depth.step,
        limits,
        leaving: leaving.collect(),
        providers: concentration::of(&plan.bill.by_provider),
        regions: concentration::of(&plan.bill.by_region),
        carbon: carbon::of(problem, plan),
        gap: gap::explained(problem, plan),
    }
}
