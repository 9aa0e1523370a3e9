//! A sweep: the cheapest plan at every point of a grid, what it costs there, and where decisions flip.
//!
//! The points come ready made, each with its catalog and scenario, so that anything can be varied; [`run`] plans them
//! on several threads, and the answer does not depend on how many. A large grid is planned in parts on several machines
//! and [`merge`]d: a part is a [`Sweep`] with a [`Shard`].

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, Name};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span, quoted};
use crate::digest::digest;
use crate::effort::Effort;
use crate::money::Amount;
use crate::moves::{Spot, spots};
use crate::optimize::unexplained;
use crate::parallel::each;
use crate::plan::{Known, NoPlan, Plan, Status};
use crate::problem::Problem;
use crate::scenario::Scenario;

/// One point of a grid: the inputs as they are there.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its number in the grid, from 0.
    pub number: usize,
    /// What is on sale there.
    pub catalog: Arc<Catalog>,
    /// What has to run there.
    pub scenario: Arc<Scenario>,
}

/// A parameter and the values it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    /// What is varied.
    pub parameter: String,
    /// Its values, in the order of the table.
    pub values: Vec<String>,
}

/// What a grid is planned from, and over.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Grid {
    /// The scenario's name.
    pub scenario: Name,
    /// Currency of every amount.
    pub currency: Name,
    /// Digest of the catalog and the scenario before anything is varied.
    pub inputs: String,
    /// Gap at which each search ends.
    pub gap: f64,
    /// Work after which each search ends.
    pub work: u64,
    /// Parameters; the last one varies fastest.
    pub axes: Vec<Axis>,
}

impl Grid {
    /// A grid over these inputs.
    #[must_use]
    pub fn new(catalog: &Catalog, scenario: &Scenario, effort: &Effort, axes: Vec<Axis>) -> Grid {
        Grid {
            scenario: scenario.name.clone(),
            currency: catalog.currency().clone(),
            inputs: digest(catalog, scenario),
            gap: effort.gap,
            work: effort.work,
            axes,
        }
    }

    /// How many points it has; `None` beyond all counting.
    #[must_use]
    pub fn len(&self) -> Option<usize> {
        self.axes.iter().try_fold(1_usize, |count, axis| count.checked_mul(axis.values.len()))
    }

    /// Whether it has no point at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// The number of each parameter's value at a point.
    #[must_use]
    pub fn position(&self, point: usize) -> Vec<usize> {
        let mut rest = point;
        let mut position: Vec<usize> = Vec::with_capacity(self.axes.len());
        for axis in self.axes.iter().rev() {
            let count = axis.values.len().max(1);
            position.push(rest % count);
            rest /= count;
        }
        position.reverse();
        position
    }

    /// The value of each parameter at a point.
    pub fn values(&self, point: usize) -> impl Iterator<Item = &str> {
        let position = self.position(point);
        self.axes.iter().zip(position).map(|(axis, number)| axis.values.get(number).map_or("", String::as_str))
    }

    /// The next point along a parameter, if there is one.
    fn next(&self, point: usize, axis: usize) -> Option<usize> {
        let step = self.axes.get(axis + 1..)?.iter().map(|axis| axis.values.len()).product::<usize>();
        let at = *self.position(point).get(axis)?;
        (at + 1 < self.axes.get(axis)?.values.len()).then(|| point + step)
    }
}

/// A part of a grid: every `of`-th point, beginning with number `index`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Which part, from 0.
    pub index: usize,
    /// How many parts there are.
    pub of: usize,
}

impl Shard {
    /// Whether a point belongs to this part. Neighbours go to different parts, because they take alike long.
    #[must_use]
    pub fn has(self, point: usize) -> bool {
        point % self.of.max(1) == self.index
    }
}

/// What was found at a point.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Its number in the grid.
    pub number: usize,
    /// The plan there, or why there is none.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The plan at a point, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// There is a plan.
    Plan(Planned),
    /// There is none, or none is known.
    NoPlan(Reason),
}

/// Why a point has no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// It is proven that none exists.
    Infeasible,
    /// The search ended without one.
    Undecided,
    /// An amount is beyond what can be kept exactly.
    AmountTooLarge,
    /// The solver failed, or a plan did not pass the check.
    Failed,
}

impl Reason {
    /// As tables write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Reason::Infeasible => "no plan",
            Reason::Undecided => "none found",
            Reason::AmountTooLarge => "amount too large",
            Reason::Failed => "failed",
        }
    }
}

/// What a plan comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Planned {
    /// The bill.
    pub cost: Amount,
    /// What was minimised.
    pub objective: Amount,
    /// No plan has an objective below this.
    pub bound: Amount,
    /// (objective − bound) / objective.
    pub gap: f64,
    /// Why the search stopped.
    pub status: Status,
    /// What is known.
    pub proof: Known,
    /// Where everything runs, by workload, sorted.
    pub placements: Vec<Placed>,
}

/// Where a workload runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Placed {
    /// The workload.
    pub workload: Name,
    /// Its places, sorted.
    pub at: Vec<Spot>,
}

impl From<&Plan> for Planned {
    fn from(plan: &Plan) -> Self {
        let mut parts: Vec<_> = plan.placements.iter().collect();
        parts.sort_by(|a, b| a.workload.cmp(&b.workload));
        let placements = parts.chunk_by(|a, b| a.workload == b.workload).filter_map(|parts| {
            let workload = parts.first()?.workload.clone();
            Some(Placed { workload, at: spots(parts.iter().copied()) })
        });
        Planned {
            cost: plan.bill.total(),
            objective: plan.objective,
            bound: plan.bound,
            gap: plan.gap,
            status: plan.status,
            proof: plan.proof.known,
            placements: placements.collect(),
        }
    }
}

/// A grid and what was found at its points, or at those of one part.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// The grid.
    pub grid: Grid,
    /// Which part of it this is; `None` for all of it.
    pub shard: Option<Shard>,
    /// Its points by number.
    pub points: Vec<Point>,
}

/// A workload that runs elsewhere at the next point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FlipMove {
    /// The workload.
    pub workload: Name,
    /// Where it runs before; empty if it is not placed.
    pub from: Vec<Spot>,
    /// Where it runs after; empty if it is not placed.
    pub to: Vec<Spot>,
}

/// Two neighbouring points whose plans differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Flip {
    /// The number of the parameter that changes.
    pub axis: usize,
    /// The point before.
    pub from: usize,
    /// The point after.
    pub to: usize,
    /// What moves, by workload.
    pub moves: Vec<FlipMove>,
}

impl Sweep {
    /// Where decisions flip: neighbouring points, each with a plan, that differ in where something runs.
    #[must_use]
    pub fn flips(&self) -> Vec<Flip> {
        let mut flips = Vec::new();
        for axis in 0..self.grid.axes.len() {
            for point in &self.points {
                let next = self.grid.next(point.number, axis).and_then(|number| self.point(number));
                let Some((next, Outcome::Plan(after))) = next.map(|next| (next.number, &next.outcome)) else {
                    continue;
                };
                let Outcome::Plan(before) = &point.outcome else { continue };
                let moves = moved(&before.placements, &after.placements);
                if !moves.is_empty() {
                    flips.push(Flip { axis, from: point.number, to: next, moves });
                }
            }
        }
        flips
    }

    /// The point of that number.
    #[must_use]
    pub fn point(&self, number: usize) -> Option<&Point> {
        let place = self.points.binary_search_by_key(&number, |point| point.number).ok()?;
        self.points.get(place)
    }
}

/// The workloads that two plans place differently; both lists are sorted.
fn moved(before: &[Placed], after: &[Placed]) -> Vec<FlipMove> {
    let at = |list: &[Placed], name: &Name| {
        let place = list.binary_search_by(|placed| placed.workload.cmp(name));
        place.ok().and_then(|place| list.get(place)).map(|placed| placed.at.clone()).unwrap_or_default()
    };
    let mut names: Vec<&Name> = before.iter().chain(after).map(|placed| &placed.workload).collect();
    names.sort();
    names.dedup();
    let moves =
        names.into_iter().map(|name| FlipMove { workload: name.clone(), from: at(before, name), to: at(after, name) });
    moves.filter(|found| found.from != found.to).collect()
}

/// Plans every case, on so many threads; the points are in the order of their numbers, whatever the threads' number is.
#[must_use]
pub fn run(cases: &[Case], effort: &Effort, threads: usize) -> Vec<Point> {
    run_with(cases, effort, threads, &mut |_| ())
}

/// [`run`], telling after every point how many are done.
#[must_use]
pub fn run_with(cases: &[Case], effort: &Effort, threads: usize, done: &mut (dyn FnMut(usize) + Send)) -> Vec<Point> {
    let told = Mutex::new((0, done));
    let mut points = each(cases, threads, |case| {
        let point = Point { number: case.number, outcome: plan(case, effort) };
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        told.0 += 1;
        let count = told.0;
        (told.1)(count);
        point
    });
    points.sort_by_key(|point| point.number);
    points
}

fn plan(case: &Case, effort: &Effort) -> Outcome {
    let Ok(problem) = Problem::new(&case.catalog, &case.scenario) else {
        return Outcome::NoPlan(Reason::AmountTooLarge);
    };
    match unexplained(&problem, effort) {
        Ok(plan) => Outcome::Plan(Planned::from(&plan)),
        Err(NoPlan::Infeasible(_)) => Outcome::NoPlan(Reason::Infeasible),
        Err(NoPlan::Undecided(_)) => Outcome::NoPlan(Reason::Undecided),
        Err(NoPlan::Rejected(_) | NoPlan::Backend(_)) => Outcome::NoPlan(Reason::Failed),
    }
}

/// The whole of a grid from its parts, each with what messages call it.
///
/// # Errors
/// Parts of another sweep, parts given twice, and parts that are missing, all at once.
pub fn merge(parts: Vec<(String, Sweep)>) -> Result<Sweep, Diagnostics> {
    let mut faults = Diagnostics::new();
    let mut fault = |kind, message: String, help: &str| {
        faults.push(Diagnostic::new(kind, Span::NONE, message).help(help));
    };
    let first = parts.iter().find_map(|(name, part)| Some((name.clone(), part.grid.clone(), part.shard?.of)));
    let Some((first, grid, of)) = first else {
        fault(
            Kind::TooFew,
            "no part of a sweep is given".to_owned(),
            "make parts with `tradewind sweep … --shard 0/4`",
        );
        return Err(faults);
    };
    let mut seen: Vec<Option<String>> = vec![None; of.min(grid.len().unwrap_or(0).max(1))];
    let mut points = Vec::new();
    for (name, part) in parts {
        let Some(shard) = part.shard else {
            fault(Kind::Conflicting, format!("{} is a whole sweep, not a part of one", quoted(&name)), "leave it out");
            continue;
        };
        if part.grid != grid || shard.of != of {
            let message = format!("{} is a part of another sweep than {}", quoted(&name), quoted(&first));
            fault(Kind::Conflicting, message, "make all parts from the same files, with the same options and count");
            continue;
        }
        match seen.get_mut(shard.index) {
            Some(Some(other)) => {
                let message = format!("{} and {} are both part {} of {of}", quoted(other), quoted(&name), shard.index);
                fault(Kind::DuplicateName, message, "give each part once");
            }
            Some(free) => *free = Some(name),
            None => {
                let message = format!("{} is part {} of {of}, which no sweep has", quoted(&name), shard.index);
                fault(Kind::OutOfRange, message, "parts are numbered from 0");
            }
        }
        points.extend(part.points);
    }
    let missing: Vec<String> =
        seen.iter().enumerate().filter(|(_, part)| part.is_none()).map(|(number, _)| number.to_string()).collect();
    if let Some(shown) = missing.get(..missing.len().min(8)).filter(|shown| !shown.is_empty()) {
        let more = missing.len() - shown.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = format!("part {}{more} of {of} is missing", shown.join(", "));
        fault(Kind::MissingKey, message, "run what makes it, and give all parts");
    }
    points.sort_by_key(|point| point.number);
    let is_whole = points.iter().map(|point| point.number).eq(0..grid.len().unwrap_or(0));
    if faults.is_empty() && !is_whole {
        let help = "make the parts anew";
        faults.push(Diagnostic::new(Kind::Conflicting, Span::NONE, "points are missing from these parts").help(help));
    }
    if faults.is_empty() { Ok(Sweep { grid, shard: None, points }) } else { Err(faults) }
}
