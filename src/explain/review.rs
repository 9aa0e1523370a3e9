//! What a review looks at beside the plan: its explanation, what moves, and how old its prices are.

use std::collections::BTreeMap;

use crate::baseline;
use crate::catalog::Name;
use crate::explain::{Depth, PlanExplained, Watching, explain_plan_with, words};
use crate::money::Amount;
use crate::optimize::billed;
use crate::plan::{Cost, Placement, Plan, PolicyKind};
use crate::problem::Problem;
use crate::scenario::Current;
use crate::units::{Date, Quantity};

/// Days after which prices are old: list prices of machines change a few times a year.
pub const OLD_AFTER_DAYS: i64 = 90;

/// Everything of a plan that a review looks at and the plan does not hold itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Review {
    /// Limits, what leaving a provider costs, shares, carbon.
    pub explained: PlanExplained,
    /// Every workload that the scenario says runs somewhere now, in the plan's order.
    pub moves: Vec<Move>,
    /// What each workload costs by its own lines, dearest first.
    pub workloads: Vec<(Name, Cost)>,
    /// The price books, and how old they are.
    pub books: Vec<BookAge>,
    /// The day that ages are counted to.
    pub as_of: Date,
    /// Hours in a month.
    pub hours_per_month: Quantity,
}

/// A workload that runs somewhere now.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Move {
    /// The workload.
    pub workload: Name,
    /// Where it runs now, as far as the scenario says: `aws/eu-west-1 g5.2xlarge on-demand`.
    pub from: Name,
    /// Where the plan has it, each place once; none if it is left out.
    pub to: Vec<Name>,
    /// Whether it stays as it is, as far as the scenario says how that is.
    pub stays: bool,
    /// Its own lines where it runs now; `None` if nothing eligible is sold there.
    pub before: Option<Amount>,
    /// Its own lines in the plan.
    pub after: Amount,
}

/// A price book and its age.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BookAge {
    /// The provider.
    pub provider: Name,
    /// Where its figures come from.
    pub source: Option<Name>,
    /// The date of its prices.
    pub as_of: Option<Date>,
    /// Days from there to the day of the review; below 0 where that lies before it.
    pub days: Option<i64>,
    /// The block with the oldest date, where that is before the book's own, its date and its age in days.
    pub oldest: Option<(Name, Date, i64)>,
}

impl BookAge {
    /// Whether its prices are old, or without a date; single blocks of it may be older.
    #[must_use]
    pub fn is_old(&self) -> bool {
        self.days.is_none_or(|days| days > OLD_AFTER_DAYS)
    }

    /// A block of it that is old, and its age in days.
    #[must_use]
    pub fn old_block(&self) -> Option<(&Name, i64)> {
        self.oldest.as_ref().filter(|(_, _, days)| *days > OLD_AFTER_DAYS).map(|(block, _, days)| (block, *days))
    }
}

/// Everything that a review looks at; ages of price books are counted to `as_of`.
#[must_use]
pub fn review(problem: &Problem, plan: &Plan, depth: &Depth, as_of: Date, watching: Watching<'_>) -> Review {
    Review {
        explained: explain_plan_with(problem, plan, depth, watching),
        moves: moves(problem, plan),
        workloads: by_workload(plan),
        books: books(problem, as_of),
        as_of,
        hours_per_month: problem.scenario.hours_per_month,
    }
}

fn by_workload(plan: &Plan) -> Vec<(Name, Cost)> {
    let mut sums: BTreeMap<Name, Cost> = BTreeMap::new();
    for placement in &plan.placements {
        let sum = sums.entry(placement.workload.clone()).or_default();
        *sum = sum.plus(placement.cost).unwrap_or(*sum);
    }
    let mut all: Vec<(Name, Cost)> = sums.into_iter().collect();
    // Stable: what costs the same stays by name.
    all.sort_by_key(|(_, cost)| std::cmp::Reverse(cost.total));
    all
}

fn moves(problem: &Problem, plan: &Plan) -> Vec<Move> {
    let baselines = baseline::policies(problem);
    let stay = baselines.into_iter().find(|baseline| baseline.policy.kind == PolicyKind::Stay);
    let now = stay.and_then(|stay| billed(problem, &stay.selection)).map(|(placements, _)| placements);
    let mut before: BTreeMap<&str, Amount> = BTreeMap::new();
    for placement in now.iter().flatten() {
        before.insert(&placement.workload, placement.cost.total);
    }
    let mut there: BTreeMap<&str, Vec<&Placement>> = BTreeMap::new();
    for placement in &plan.placements {
        there.entry(&placement.workload).or_default().push(placement);
    }
    let mut order: Vec<usize> = (0..problem.scenario.workloads.len()).collect();
    order.sort_by_key(|&number| problem.scenario.workloads[number].priority.unwrap_or(u32::MAX));
    let mut moves = Vec::new();
    for number in order {
        let workload = &problem.scenario.workloads[number];
        let Some(current) = workload.current else { continue };
        let placements = there.get(&*workload.name).map_or(&[][..], Vec::as_slice);
        let stays = matches!(placements, [only] if is_at(problem, only, current));
        let mut to: Vec<Name> = placements.iter().map(|placed| Name::from(words::of_placement(placed))).collect();
        to.dedup();
        moves.push(Move {
            workload: workload.name.clone(),
            from: Name::from(current_text(problem, current)),
            to,
            stays,
            before: before.get(&*workload.name).copied(),
            after: Amount::sum(placements.iter().map(|placed| placed.cost.total)).unwrap_or_default(),
        });
    }
    moves
}

/// Whether a placement is where `current` says, on the SKU and terms it says, where it says them.
fn is_at(problem: &Problem, placement: &Placement, current: Current) -> bool {
    let here = format!("{}/{}", placement.provider, placement.region);
    *here == *problem.catalog.region(current.region).path
        && current.sku.is_none_or(|sku| placement.sku.as_ref() == Some(&problem.catalog.sku(sku).name))
        && current.terms.is_none_or(|terms| placement.terms == Some(terms))
}

fn current_text(problem: &Problem, current: Current) -> String {
    let sku = current.sku.map(|sku| format!(" {}", problem.catalog.sku(sku).name)).unwrap_or_default();
    let terms = current.terms.map(|terms| format!(" {}", terms.name())).unwrap_or_default();
    format!("{}{sku}{terms}", problem.catalog.region(current.region).path)
}

fn books(problem: &Problem, as_of: Date) -> Vec<BookAge> {
    let providers = problem.catalog.providers().iter();
    let ages = providers.map(|provider| {
        let blocks = provider.provenance.iter().filter_map(|block| Some((block.block.clone(), block.as_of?)));
        let oldest = blocks.min_by(|one, other| one.1.cmp(&other.1).then_with(|| one.0.cmp(&other.0)));
        let oldest = oldest.filter(|(_, date)| provider.as_of.is_none_or(|book| *date < book));
        let age = |date: Date| as_of.days() - date.days();
        BookAge {
            provider: provider.name.clone(),
            source: provider.source.clone(),
            as_of: provider.as_of,
            days: provider.as_of.map(age),
            oldest: oldest.map(|(block, date)| (block, date, age(date))),
        }
    });
    ages.collect()
}
