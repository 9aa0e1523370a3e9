//! Answers, and what can be said of two of them.

use proptest::test_runner::{Config, RngSeed};
use tradewind::plan::Known;
use tradewind::{NoPlan, Plan};

use crate::oracle::answer;
use crate::oracle::generator::Case;

/// A plan proven optimal may be dearer than the cheapest by this much for each workload: 10⁻⁶ in 10⁻²⁴.
const FLOORING: i128 = 10_i128.pow(18);

/// The same seeds on every run.
pub fn config() -> Config {
    Config {
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        // A smaller seed is not a smaller problem.
        max_shrink_iters: 0,
        // Where there is nothing to change in a problem, the next one is taken.
        max_global_rejects: u32::MAX,
        ..Config::default()
    }
}

/// An answer, as far as costs are compared.
#[derive(Clone, Debug)]
pub struct Answered {
    /// `None` if there is no plan, which is dearer than every plan.
    pub objective: Option<i128>,
    /// No plan is below this.
    pub bound: i128,
    /// By how much the objective may be above the cheapest; `None` if that is not known.
    pub room: Option<i128>,
    pub plan: Option<Plan>,
}

impl Answered {
    /// The product's answer to a problem.
    pub fn to(case: &Case) -> Answered {
        let copies = |count: Option<tradewind::diagnostic::Spanned<rust_decimal::Decimal>>| {
            count.map_or(1, |count| count.value.mantissa())
        };
        let all: i128 = case.scenario.workloads.iter().map(|workload| copies(workload.count)).sum();
        match answer(case) {
            Ok(plan) => Answered {
                objective: Some(plan.objective.units()),
                bound: plan.bound.units(),
                room: (plan.proof.known == Known::Optimal).then_some(all * FLOORING),
                plan: Some(plan),
            },
            Err(NoPlan::Infeasible(_)) => Answered { objective: None, bound: i128::MAX, room: Some(0), plan: None },
            Err(other) => panic!("{other}\n{:#?}\n{:#?}", case.scenario, case.books),
        }
    }

    /// Whether no plan of this problem costs less than the cheapest of another, `more` left out of account, as far as
    /// the two answers can tell: the other's bound is not above this plan, and neither is its plan, if it is optimal.
    pub fn is_no_cheaper_by(&self, more: i128, other: &Answered) -> bool {
        let Some(own) = self.objective else { return true };
        let Some(cheaper) = other.objective else { return false };
        other.bound <= own + more && other.room.is_none_or(|room| cheaper <= own + more + room)
    }

    pub fn is_no_cheaper_than(&self, other: &Answered) -> bool {
        self.is_no_cheaper_by(0, other)
    }

    pub fn costs_the_same_as(&self, other: &Answered) -> bool {
        self.is_no_cheaper_than(other) && other.is_no_cheaper_than(self)
    }

    /// For a message: objective, bound and room.
    pub fn figures(&self) -> (Option<i128>, i128, Option<i128>) {
        (self.objective, self.bound, self.room)
    }
}
