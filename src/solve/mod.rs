//! From a problem to a selection: the plain minimum where nothing couples the workloads, else a program.
//!
//! The program works in floats and, where tariffs have tiers or allowances within reach, with first paid prices.
//! So whatever a solver returns is judged here in exact arithmetic, on the real bill; rows it breaks are tightened by
//! what they lack and the program is solved again. Only a selection that keeps every row leaves this module.

mod backend;
mod polish;
mod program;
mod repair;
mod view;

use crate::catalog::Name;
use crate::plan::{Conflict, Method, NoPlan, Shortfall, Status, Undecided};
use crate::problem::{Block, Candidate, CostScope, Problem, Row, RowUse, Selection, Standing};
use crate::scenario::{Bound, Measure, Sense, Split};
use crate::solve::backend::{Answer, Budget};
use crate::solve::program::Program;
use crate::solve::view::{Scope, View};
use crate::units::Total;

/// What a solver takes for equal, of a row's largest weight.
const SOLVER_TOLERANCE: f64 = 1e-7;
/// How often rows are tightened before an answer is given up.
const ROUNDS: usize = 6;
/// Work of all programs of a search together: columns × nodes.
const WORK: usize = 16_000_000;
/// Above so many candidates a search keeps to the core, and above so many in the core to a rounded relaxation.
const MOST_COLUMNS: usize = 4_000;

/// A selection that keeps every row, and how it was found.
pub(crate) struct Found {
    pub(crate) selection: Selection,
    pub(crate) standing: Standing,
    pub(crate) method: Method,
    pub(crate) status: Status,
}

/// The cheapest selection found.
pub(crate) fn solve(problem: &Problem) -> Result<Found, NoPlan> {
    if !problem.unserved.is_empty() {
        return Err(NoPlan::Infeasible(Conflict { unserved: problem.unserved.clone(), ..Conflict::default() }));
    }
    let plain = problem.plain_minimum().ok_or_else(|| broken_invariant("a block without candidates"))?;
    let standing = stand(problem, &plain)?;
    if standing.keeps_all(problem) {
        let found = Found { selection: plain, standing, method: Method::PlainMinimum, status: Status::Complete };
        return Ok(if problem.exactly_priced { found } else { polish::polished(problem, found) });
    }
    Search { problem, best: None, status: Status::Complete, work: WORK }.run(&standing)
}

fn stand(problem: &Problem, selection: &Selection) -> Result<Standing, NoPlan> {
    Standing::of(problem, selection).ok_or_else(|| broken_invariant("a sum beyond the range of amounts"))
}

fn broken_invariant(what: &str) -> NoPlan {
    NoPlan::Backend(format!("internal: {what}"))
}

/// The best selection so far that keeps every row, and the rounds that look for better ones.
struct Search<'a> {
    problem: &'a Problem,
    best: Option<Found>,
    status: Status,
    /// What the next program may cost, in columns × nodes; each gets half of what is left.
    work: usize,
}

/// How much lower each row's bound is for the program than for the bill.
struct Tightening {
    /// What tiers and allowances add to the row's sum on the last bill; below zero where they take away.
    tiers: Vec<f64>,
    /// For what a solver's tolerance or a rounded part exceeds; never falls.
    margin: Vec<f64>,
}

impl Tightening {
    fn of(problem: &Problem, standing: &Standing) -> Self {
        let tiers = problem.rows.iter().map(|row| tiers_in(row, standing)).collect();
        Tightening { tiers, margin: vec![0.0; problem.rows.len()] }
    }

    fn by_row(&self) -> Vec<f64> {
        self.tiers.iter().zip(&self.margin).map(|(tiers, margin)| tiers + margin).collect()
    }

    /// Whether any bound is lower than the limit and the tiers on the last bill make it.
    fn has_margins(&self) -> bool {
        self.margin.iter().any(|margin| *margin > 0.0)
    }

    /// Takes the tiers of the new standing; a row broken although its tiers did not move gets twice what it lacks, and
    /// at least what floats can lose of it: else the same answer comes back.
    fn learn(&mut self, problem: &Problem, standing: &Standing) {
        for (number, row) in problem.rows.iter().enumerate() {
            let tiers = tiers_in(row, standing);
            let moved = (tiers - self.tiers[number]).abs() > 1e-9;
            let lacks = -row.slack(standing.sums[number]).approximate();
            if lacks > 0.0 && !moved {
                let margin = self.margin[number];
                self.margin[number] = (margin + 2.0 * lacks).max(2.0 * margin).max(lost_by_floats(problem, number));
            }
            self.tiers[number] = tiers;
        }
    }
}

impl Search<'_> {
    fn run(mut self, plain: &Standing) -> Result<Found, NoPlan> {
        let scope = if self.columns(Scope::All) > MOST_COLUMNS { Scope::Core } else { Scope::All };
        let mut infeasible = self.rounds(plain, scope)?;
        if scope == Scope::Core {
            // Whatever the core gives, it proves nothing about the rest.
            self.status = Status::WorkSpent;
            if self.best.is_none() {
                infeasible = self.rounds(plain, Scope::All)?;
            }
        }
        match self.best {
            Some(found) => Ok(polish::polished(self.problem, Found { status: self.status, ..found })),
            None => Err(self.no_plan(plain, infeasible)),
        }
    }

    /// Solves, tightens what the answer breaks, and solves again. Whether the solver said, in a whole search, that
    /// nothing keeps all rows.
    fn rounds(&mut self, plain: &Standing, scope: Scope) -> Result<bool, NoPlan> {
        let mut tightening = Tightening::of(self.problem, plain);
        for _ in 0..ROUNDS {
            let view = View::new(self.problem, scope, &tightening.by_row());
            if let Some(start) = repair::repaired(&view) {
                self.offer(start, Method::Repair)?;
            }
            let Some((selection, method)) = self.program(&view)? else {
                // Of a tightened program this says nothing: its bounds are lower than the limits.
                return Ok(scope == Scope::All && self.status == Status::Complete && !tightening.has_margins());
            };
            let standing = stand(self.problem, &selection)?;
            let kept = standing.keeps_all(self.problem);
            self.offer(selection, method)?;
            if kept {
                return Ok(false);
            }
            tightening.learn(self.problem, &standing);
        }
        // No answer of the solver kept every row.
        self.status = Status::WorkSpent;
        Ok(false)
    }

    /// How many candidates of all workloads are in a scope.
    fn columns(&self, scope: Scope) -> usize {
        self.problem.blocks.iter().map(|block| scope.of(block).len()).sum()
    }

    /// Keeps a selection if it keeps every row and is cheaper than the best so far.
    fn offer(&mut self, selection: Selection, method: Method) -> Result<(), NoPlan> {
        let standing = stand(self.problem, &selection)?;
        let cheaper = self.best.as_ref().is_none_or(|best| standing.cost < best.standing.cost);
        // A solver that confirms the repaired start has still found it.
        let confirmed = self.best.as_ref().is_some_and(|best| standing.cost == best.standing.cost);
        if standing.keeps_all(self.problem) && (cheaper || confirmed) {
            self.best = Some(Found { selection, standing, method, status: self.status });
        }
        Ok(())
    }

    /// What the solver makes of the view; `None` if it has no values, which is not yet a reason to say that none exist.
    fn program(&mut self, view: &View) -> Result<Option<(Selection, Method)>, NoPlan> {
        let (mut program, mut layout) = program::write(self.problem, view, false);
        let whole = program.whole;
        let too_large = whole > MOST_COLUMNS;
        if too_large {
            (program, layout) = program::write(self.problem, view, true);
            self.status = Status::WorkSpent;
        }
        let method = if whole == 0 { Method::LinearProgram } else { Method::IntegerProgram };
        let start = self.best.as_ref().filter(|_| !too_large && whole > 0);
        let start = start.map(|best| layout.values(self.problem, view, &best.selection));
        self.work /= 2;
        match ask(program, start.as_deref(), layout.budget(self.work)) {
            Answer::Values { values, optimal } => {
                if !optimal {
                    self.status = Status::WorkSpent;
                }
                let selection = layout.selection(self.problem, view, &values);
                Ok(selection.map(|selection| (selection, method)))
            }
            Answer::Infeasible => Ok(None),
            Answer::Stopped => {
                self.status = Status::WorkSpent;
                Ok(None)
            }
            Answer::Failed(message) if self.best.is_none() => Err(NoPlan::Backend(message)),
            Answer::Failed(_) => {
                self.status = Status::WorkSpent;
                Ok(None)
            }
        }
    }

    /// Why there is no plan: what is certain without the solver first, then its word, never about cost priced
    /// approximately.
    fn no_plan(&self, plain: &Standing, infeasible: bool) -> NoPlan {
        let names = |counts: &dyn Fn(usize, &Row) -> bool| {
            let mut names: Vec<Name> = Vec::new();
            for (number, row) in self.problem.rows.iter().enumerate() {
                let name = &self.problem.scenario.limits[row.limit].name;
                if counts(number, row) && !names.contains(name) {
                    names.push(name.clone());
                }
            }
            names
        };
        let on_cost = |_: usize, row: &Row| row.cost.is_some();
        let exact = self.problem.exactly_priced || !self.problem.rows.iter().any(|row| row.cost.is_some());
        if let Some(shortfall) =
            self.problem.rows.iter().enumerate().find_map(|(number, row)| self.shortfall(number, row))
        {
            let limits = vec![shortfall.limit.clone()];
            return NoPlan::Infeasible(Conflict {
                limits,
                shortfall: Some(Box::new(shortfall)),
                ..Conflict::default()
            });
        }
        if !infeasible {
            let broken = |number: usize, _: &Row| plain.broken(self.problem).any(|other| other == number);
            return NoPlan::Undecided(match self.status {
                Status::WorkSpent => Undecided::WorkSpent,
                Status::Complete if exact => Undecided::Inexact { limits: names(&broken) },
                Status::Complete => Undecided::PricedApproximately { limits: names(&on_cost) },
            });
        }
        if exact || self.infeasible_without_cost() {
            let limits = names(&|number, row| exact || !on_cost(number, row));
            return NoPlan::Infeasible(Conflict { limits, ..Conflict::default() });
        }
        NoPlan::Undecided(Undecided::PricedApproximately { limits: names(&on_cost) })
    }

    /// Whether the solver finds no values even with every limit on cost lifted.
    fn infeasible_without_cost(&self) -> bool {
        let lifted: Vec<f64> =
            self.problem.rows.iter().map(|row| if row.cost.is_some() { -1e15 } else { 0.0 }).collect();
        let view = View::new(self.problem, Scope::All, &lifted);
        let (program, layout) = program::write(self.problem, &view, false);
        matches!(ask(program, None, layout.budget(WORK / 2)), Answer::Infeasible)
    }

    /// A single limit that no plan can keep: even the least (or most) that every workload can bring to its sum is
    /// too much (or too little). Exact, and so a proof; never said of a cost that is priced approximately.
    fn shortfall(&self, number: usize, row: &Row) -> Option<Shortfall> {
        let Bound::Absolute(bound) = row.bound else { return None };
        if row.cost.is_some() && !self.problem.exactly_priced {
            return None;
        }
        let mut reach = Total::ZERO;
        for block in &self.problem.blocks {
            reach = reach.plus(reach_of(block, self.problem.workload(block).split, number, row.sense)?)?;
        }
        let limit = &self.problem.scenario.limits[row.limit];
        let short = match row.sense {
            Sense::AtMost => reach > bound,
            Sense::AtLeast => reach < bound,
        };
        short.then(|| Shortfall {
            limit: limit.name.clone(),
            of: row.of.clone(),
            sum: Name::from(limit.sum.name()),
            money: limit.sum == Measure::Cost,
            at_least: row.sense == Sense::AtLeast,
            bound,
            reach,
            currency: self.problem.catalog.currency().clone(),
        })
    }
}

/// What can be lost of a row's sum between a solver and exact arithmetic: what rounding parts to 10⁻⁶ changes, and what
/// a solver takes for equal.
fn lost_by_floats(problem: &Problem, number: usize) -> f64 {
    let (mut rounding, mut largest) = (0.0, 0.0_f64);
    for block in &problem.blocks {
        let mut unit = 0.0_f64;
        for candidate in &block.candidates {
            for part in candidate.per_unit.iter().filter(|part| part.row == number) {
                let amount = part.inside.approximate().max(part.base.approximate());
                unit = unit.max(amount);
                largest = largest.max(amount * f64::from(candidate.units()));
            }
        }
        if problem.workload(block).split == Split::Any {
            rounding += unit;
        }
    }
    rounding + SOLVER_TOLERANCE * largest
}

/// The least (for at least: the most) that a workload can bring to a row.
///
/// Dividing it never brings less than its best place alone; it may bring more, because storage is kept whole in every
/// region used.
fn reach_of(block: &Block, split: Split, row: usize, sense: Sense) -> Option<Total> {
    let of = |uses: &[RowUse]| uses.iter().find(|found| found.row == row).map_or(Total::ZERO, |found| found.inside);
    let parts = |candidate: &Candidate| of(&candidate.per_unit).times(i128::from(candidate.units()));
    let whole = |candidate: &Candidate| parts(candidate)?.plus(of(&candidate.per_region));
    let candidates = block.candidates.iter();
    match (sense, split) {
        (Sense::AtMost, _) => candidates.map(whole).collect::<Option<Vec<_>>>()?.into_iter().min(),
        (Sense::AtLeast, Split::Never) => candidates.map(whole).collect::<Option<Vec<_>>>()?.into_iter().max(),
        (Sense::AtLeast, Split::Replicas | Split::Any) => {
            let most = candidates.map(parts).collect::<Option<Vec<_>>>()?.into_iter().max()?;
            // Candidates are sorted by region.
            let regions = block.candidates.chunk_by(|a, b| a.region == b.region);
            let mut kept = regions.filter_map(|region| region.iter().map(|candidate| of(&candidate.per_region)).max());
            kept.try_fold(most, Total::plus)
        }
    }
}

/// Asks the solver; one that panics has failed, and takes nobody with it.
fn ask(program: Program, start: Option<&[f64]>, budget: Budget) -> Answer {
    // Nothing that the solver was given is used after a panic, so none of it is seen half-changed.
    let asked = std::panic::AssertUnwindSafe(move || backend::solve(program, start, budget));
    std::panic::catch_unwind(asked).unwrap_or_else(|_| Answer::Failed("the solver panicked".to_owned()))
}

/// What tiers and allowances add to a row's sum, in the direction of `≤`.
fn tiers_in(row: &Row, standing: &Standing) -> f64 {
    let change: f64 = standing.adjustments.iter().map(|(_, change)| change.approximate()).sum();
    let inside = match &row.cost {
        Some(CostScope::Bill) => change,
        Some(CostScope::Billed(set)) => {
            let billed = standing.adjustments.iter().filter(|(provider, _)| set.binary_search(provider).is_ok());
            billed.map(|(_, change)| change.approximate()).sum()
        }
        Some(CostScope::Direct) | None => return 0.0,
    };
    let inside = match row.bound {
        Bound::Absolute(_) => inside,
        Bound::Share(share) => inside - f64::from(share.parts()) / 1e6 * change,
    };
    match row.sense {
        Sense::AtMost => inside,
        Sense::AtLeast => -inside,
    }
}
