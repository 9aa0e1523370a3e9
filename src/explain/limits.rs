//! Limits: which bind, and what more room would save.
//!
//! The ceiling comes from the plan's own proof. Its multipliers prove a bound of the raised scenario too, only a lower
//! one: L(π) falls by λ·d where the limit is priced at λ. Reading λ off a leaf is not enough, though, for a proof may
//! rest on a limit in other ways: a ray, a branch carried through the rows, a limit kept inside a minimum. So the check
//! recomputes the proof against the raised scenario. What comes out is a bound for it, whatever the size of the raise,
//! or the proof no longer holds and nothing is said ([`ceiling`]).

use crate::conflict::Room;
use crate::explain::ceiling::ceiling;
use crate::explain::question::{Answer, Question, Questions};
use crate::explain::{Between, LimitExplained};
use crate::money::Amount;
use crate::parallel::each;
use crate::plan::{Extent, MULTIPLIER_BITS, Node, Plan, RowName, Step};
use crate::problem::Problem;
use crate::reduced::with_bounds;
use crate::scenario::{Bound, Limit, Measure, Scenario};
use crate::units::{Share, Total};

/// The finest bound, which rooms count in, in 10⁻²⁴ of a total.
const FINEST: i128 = 10_i128.pow(12);
/// One of a sum, as rooms count.
const ONE: i128 = 10_i128.pow(12);

/// A limit with more room, and what is known of it without a search.
pub(super) struct Raise {
    raised: Option<(Step, Scenario)>,
    ceiling: Option<Amount>,
    /// Whether the ceiling leaves nothing that a search could find.
    nothing_left: bool,
}

/// Every limit of the scenario with more room, in its order. A ceiling takes as long as a check of the whole proof, so
/// whoever no longer waits is asked before each.
pub(super) fn raises(
    questions: &Questions<'_>,
    problem: &Problem,
    plan: &Plan,
    step: Share,
    threads: usize,
) -> Vec<Raise> {
    let limits: Vec<(usize, &Limit)> = problem.scenario.limits.iter().enumerate().collect();
    each(&limits, threads, |&(number, limit)| {
        let room = Room::of(number, limit);
        let to = with_one_more(problem, &room, room.wider_by(i128::from(step.parts())));
        let raised = (to > room.from).then(|| (room.step(to), with_room(&problem.scenario, number, room.extent(to))));
        let asked = raised.as_ref().filter(|_| questions.go_on());
        let ceiling = asked.and_then(|(_, raised)| ceiling(problem, plan, raised));
        // Rounding of costs is all that is left between an optimum and its bound.
        let nothing_left = ceiling.is_some_and(|most| most.units() <= rounding(&problem.scenario));
        Raise { raised, ceiling, nothing_left }
    })
}

impl Raise {
    /// What is to be searched, if anything.
    pub(super) fn question<'a>(&self, plan: &'a Plan) -> Option<Question<'a>> {
        let (_, raised) = self.raised.as_ref().filter(|_| !self.nothing_left)?;
        Some(Question { scenario: raised.clone(), from: Some(plan), moved: None })
    }

    /// The limit, with the answer to its question.
    pub(super) fn explained(self, plan: &Plan, limit: &Limit, answer: Option<Answer>) -> LimitExplained {
        LimitExplained {
            name: limit.name.clone(),
            binds: plan.limits.iter().any(|row| row.name == limit.name && row.slack == Total::ZERO),
            shadow_price: match limit.bound {
                Bound::Absolute(_) => shadow_price(plan, &limit.name),
                // A share's row counts in parts of its sum, which is no unit that a person buys.
                Bound::Share(_) => None,
            },
            raised: self.raised.map(|(step, _)| step),
            ceiling: self.ceiling,
            saves: answer.and_then(|answer| saving(plan, self.ceiling, answer)),
        }
    }
}

/// A raise of what is counted in whole things lets in one more of them at least: of the smallest machine that the limit
/// counts, or one of the sum. Example: 4 machines and a tenth are 5, 32 accelerators in machines of 8 are 40.
fn with_one_more(problem: &Problem, room: &Room<'_>, to: i128) -> i128 {
    let limit = room.limit;
    let is_counted = matches!(limit.sum, Measure::Vcpu | Measure::Accelerators | Measure::Replicas | Measure::Use(_));
    if !is_counted || matches!(limit.bound, Bound::Share(_)) {
        return to;
    }
    let counts = |row: usize| problem.rows.get(row).is_some_and(|row| row.limit == room.number);
    let candidates = problem.blocks.iter().flat_map(|block| &block.candidates);
    let of_one = candidates.flat_map(|candidate| {
        let charges = &candidate.charges;
        let uses = candidate.per_unit.iter().filter(|used| used.within && counts(used.row));
        let all = uses.filter_map(|used| used.inside.units().checked_mul(i128::from(charges.units)));
        all.map(|all| all / i128::from(charges.replicas.max(1)) / FINEST)
    });
    let smallest = of_one.filter(|size| *size > 0).min().unwrap_or(ONE).max(ONE);
    let whole = -(-to).div_euclid(ONE) * ONE;
    whole.max(room.from.saturating_add(smallest)).min(room.widest())
}

fn with_room(scenario: &Scenario, number: usize, to: Extent) -> Scenario {
    with_bounds(scenario, &[(number, to)])
}

/// 10⁻⁶ a workload, below which an optimum is not told from its bound.
pub(super) fn rounding(scenario: &Scenario) -> i128 {
    let copies = scenario.workloads.iter().map(|workload| i128::from(workload.count));
    copies.sum::<i128>().max(1).saturating_mul(10_i128.pow(18))
}

/// What was found, and what is proven to be left; the plan itself is still one of the raised scenario.
fn saving(plan: &Plan, ceiling: Option<Amount>, answer: Answer) -> Option<Between> {
    let Answer::Plan(other) = answer else { return None };
    let least = plan.objective.minus(other.objective)?.max(Amount::ZERO);
    let most = plan.objective.minus(other.bound)?;
    let most = ceiling.map_or(most, |ceiling| most.min(ceiling)).max(least);
    Some(Between { least, most })
}

/// The largest multiplier over the leaves of a limit's rows, as money per unit of its sum.
fn shadow_price(plan: &Plan, limit: &str) -> Option<Amount> {
    let rows = plan.proof.rows.iter();
    let of_limit: Vec<bool> = rows.map(|row| matches!(row, RowName::Limit { name, .. } if **name == *limit)).collect();
    let leaves = plan.proof.tree.iter().filter_map(|node| match node {
        Node::Leaf { multipliers, .. } => Some(multipliers),
        _ => None,
    });
    let priced = leaves.flatten().filter(|(row, _)| of_limit.get(*row).copied().unwrap_or(false));
    let most = priced.map(|(_, multiplier)| *multiplier).max().filter(|most| *most > 0)?;
    // 10²⁴ / 2⁴⁰ = 5²⁴ / 2¹⁶.
    let units = i128::from(most).checked_mul(5_i128.pow(24))? >> (MULTIPLIER_BITS - 24);
    Some(Amount::from_units(units))
}
