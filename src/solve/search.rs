//! Branch and bound over the program: the best selection, and a tree that shows how far another could be below it.

use std::collections::BinaryHeap;
use std::rc::Rc;

use crate::effort::Effort;
use crate::plan::{Method, Status};
use crate::problem::{Problem, Selection, Standing};
use crate::program::Program;
use crate::solve::ascent::{Climb, Climbed, climb};
use crate::solve::backend::{self, Solver};
use crate::solve::branch;
use crate::solve::carry::carry;
use crate::solve::core;
use crate::solve::dual::{Dual, Form, Ranges};
use crate::solve::layout::{Layout, Role};
use crate::solve::linear::{Relaxation, Said};
use crate::solve::mend::Mender;
use crate::solve::ray;
use crate::solve::rebuild::Rebuilder;
use crate::solve::state::{Parts, State};
use crate::solve::tree::{Case, Open, Shown, Tree};
use crate::solve::watch::Watch;

/// Cases that the solver that was built in may look at.
const CASES_OF_CORE: u32 = 200;
/// Work of changing a selection once.
const CHANGE_WORK: u64 = 20;

/// Changes that mending and improving a selection may always make.
const POLISH_CHANGES: u64 = 300_000;
/// The same as long as there is no plan: one that is dear is better than none.
const FIRST_CHANGES: u64 = 3_000_000;
/// Changes of the first round of rebuilding; each of the next four rounds has twice as many.
const REBUILD_CHANGES: u64 = 200_000;
/// What a climb must add to the bound of the linear program, in parts of what is open, to be worth its time.
const WORTH: f64 = 0.02;
/// The same of a climb with searches over several limits.
const WORTH_OF_SEVERAL: f64 = 0.15;
/// How much too cheap tariffs must be for their steps to be decided first, in parts of what is open.
const TOO_CHEAP: f64 = 0.3;
/// Rebuilding takes one part in so many of all work.
const REBUILD_PART: u64 = 4;

/// A selection that keeps every rule, and how it was found.
#[derive(Clone)]
pub(crate) struct Best {
    pub(crate) selection: Selection,
    pub(crate) standing: Standing,
    pub(crate) method: Method,
}

/// How cases are bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    /// By climbing under the form of that number.
    Climb(usize),
    /// By linear programs.
    Linear,
}

/// A search.
pub(crate) struct Search<'a> {
    pub(crate) problem: &'a Problem,
    pub(crate) program: &'a Program,
    pub(crate) layout: &'a Layout,
    /// Every placement kept; then limits and fees, if any can be.
    pub(crate) forms: &'a [Form],
    /// Suggests plans for small cores.
    pub(crate) solver: Solver<'a>,
    /// Cases looked at before a small program is handed to it.
    pub(crate) core_after: u64,
    /// The linear program of all cases, if it is not too large.
    pub(crate) relaxation: Option<Relaxation>,
    pub(crate) effort: Effort,
    pub(crate) watch: Rc<Watch<'a>>,
    pub(crate) best: Option<Best>,
    pub(crate) tree: Tree,
    pub(crate) work: u64,
    /// Of it, for mending and improving selections.
    pub(crate) polished: u64,
    /// Of it, for rebuilding selections, and how often that was done.
    pub(crate) rebuilt: u64,
    pub(crate) rounds: u64,
    /// By column: what one unit takes from rules that are tight, at the prices of the whole's relaxation.
    pub(crate) scarcity: Vec<f64>,
    /// Set once the search must end.
    pub(crate) stopped: Option<Status>,
    /// Every objective is a multiple of this; 0 if that is not known.
    pub(crate) grain: f64,
    /// Whether the first plan is all that is asked for.
    pub(crate) first_only: bool,
    /// Whether a case whose ranges leave nothing is shown to hold nothing by multipliers all the same.
    pub(crate) careful: bool,
    /// Values that guide the split of the case looked at.
    pub(crate) guide: Option<Vec<f64>>,
    /// Of that case: the tariff that its linear program makes most too cheap, where to split it, and by how much all are.
    pub(crate) too_cheap: Option<(usize, f64, f64)>,
    /// Whether the linear program of the case looked at decides everything that can be.
    pub(crate) settled: bool,
}

impl<'a> Search<'a> {
    /// Searches, from starts that need not keep any rule.
    pub(crate) fn run(&mut self, starts: &[Selection]) {
        let mut root = Ranges {
            least: vec![0.0; self.program.columns.len()],
            most: self.program.columns.iter().map(|column| column.most).collect(),
        };
        let none = Rc::new(vec![0.0; self.program.rows.len()]);
        let whole = root.clone();
        let mut left = carry(self.program, self.layout, &mut root, None, &mut self.work);
        if !left && self.careful {
            (root, left) = (whole, true);
        }
        let answer = if left { self.dual(0).ask(&root, &none, true) } else { None };
        let Some(answer) = answer else {
            self.tree.cases.push(Case::root(f64::INFINITY, Shown::Multipliers { form: 0, values: none }));
            return;
        };
        for start in starts {
            self.polish(self.program.parts(self.problem, start), Method::Repair);
        }
        self.tree.cases.push(Case::root(answer.bound, Shown::Multipliers { form: 0, values: none }));
        self.watch.shown(answer.bound);
        if self.closes(answer.bound) || self.is_over() {
            return;
        }
        if self.best.is_none() && self.is_nothing(&root, ray::lone) {
            return;
        }
        let Some(engine) = self.first_bounds(&root) else { return };
        if self.best.is_none() && engine != Engine::Linear && self.is_nothing(&root, ray::joint) {
            return;
        }
        self.grow(engine, &root);
    }

    /// Whether a ray shows that nothing is there; the whole tree then is that ray.
    fn is_nothing(&mut self, root: &Ranges, find: fn(&Dual<'_>, &Ranges, &mut u64) -> Option<Vec<f64>>) -> bool {
        let dual = self.dual(0);
        let ray = find(&dual, root, &mut self.work);
        if let Some(ray) = &ray {
            let shown = Shown::Ray { form: 0, values: Rc::new(ray.clone()) };
            self.tree.cases = vec![Case::root(f64::INFINITY, shown)];
        }
        ray.is_some()
    }

    pub(crate) fn dual(&self, form: usize) -> Dual<'a> {
        Dual { program: self.program, layout: self.layout, form: &self.forms[form] }
    }

    /// Bounds the whole by every means, and says which served best; `None` if nothing is there.
    fn first_bounds(&mut self, root: &Ranges) -> Option<Engine> {
        let mut engine = Engine::Climb(0);
        let mut start = vec![0.0; self.program.rows.len()];
        let linear = self.linear_case(0, root, true);
        if linear {
            engine = Engine::Linear;
            if let Some(relaxation) = &self.relaxation {
                start = relaxation.multipliers(self.program);
            }
            if matches!(self.tree.cases[0].shown, Shown::Ray { .. }) {
                return None;
            }
        }
        self.scarcity = self.scarcity_at(&start);
        for form in 0..self.forms.len() {
            let bound = self.tree.cases[0].bound;
            self.watch.shown(bound);
            if self.closes(bound) || self.reached(bound) || self.is_over() {
                break;
            }
            if form == 0 && linear {
                // The linear program's multipliers are the best of this form already.
                continue;
            }
            let from = if form == 0 || linear { start.clone() } else { branch::prices_of_places(self.program) };
            let steps = if form == 0 { 300 } else { 600 };
            self.climb_case(0, form, root, &from, steps, true);
            // What linear programs reach too is better left to them: they end sooner. Searches over several limits take
            // longest.
            let open = self.best.as_ref().map_or(0.0, |best| best.standing.objective.approximate() - bound);
            let worth = if self.forms[form].keeps_several() { WORTH_OF_SEVERAL } else { WORTH };
            let gained = self.tree.cases[0].bound > bound + (1e-6 * bound.abs()).max(worth * open);
            if gained && (!linear || form > 0) {
                engine = Engine::Climb(form);
            }
        }
        Some(engine)
    }

    /// What one unit of each column takes from rules, at prices of the rows.
    fn scarcity_at(&self, multipliers: &[f64]) -> Vec<f64> {
        let of_rule = |&&(row, _): &&(usize, f64)| self.layout.roles[row] == Role::Rule;
        let of_column = |column: &crate::program::Column| {
            column.entries.iter().filter(of_rule).map(|&(row, figure)| multipliers[row] * figure).sum()
        };
        self.program.columns.iter().map(of_column).collect()
    }

    /// Splits cases until none is left that could hold a better plan.
    fn grow(&mut self, engine: Engine, root: &Ranges) {
        let mut open = BinaryHeap::new();
        open.push(Open { bound: self.tree.cases[0].bound, depth: 0, case: 0 });
        let mut looked = 0_u64;
        while let Some(next) = open.pop() {
            if self.closes(next.bound) {
                break;
            }
            self.watch.shown(next.bound);
            if self.reached(next.bound) || self.is_over() {
                return;
            }
            let (split, named) = self.tree.ranges(self.program, next.case, root);
            let mut ranges = split.clone();
            if !carry(self.program, self.layout, &mut ranges, Some(&named), &mut self.work) {
                if !self.careful {
                    self.tree.cases[next.case].bound = f64::INFINITY;
                    continue;
                }
                ranges = split;
            }
            looked += 1;
            self.rebuild();
            if looked == self.core_after {
                self.ask_for_core(root);
            }
            // What the whole's linear program suggests was looked at with its bound.
            let thorough = next.case > 0 && (looked <= 10 || looked.is_multiple_of(25));
            let guide = if next.case == 0 && !matches!(engine, Engine::Linear) {
                self.guide.take()
            } else {
                self.bound_case(engine, next.case, &ranges, thorough)
            };
            let bound = self.tree.cases[next.case].bound;
            if self.closes(bound) {
                continue;
            }
            if branch::is_decided(self.program, &ranges) {
                self.decide(next.case, &ranges);
                continue;
            }
            let split = self.tariff_split(bound);
            let split = split.or_else(|| {
                guide.and_then(|guide| branch::choose(self.program, &ranges, &guide, engine == Engine::Linear))
            });
            let split = match split {
                Some(split) => Some(split),
                // What is left is the grid of divided workloads, as long as there is a plan that near.
                None if self.settled && self.is_near(bound) && branch::has_fine(self.program, &ranges) => None,
                None => branch::any(self.program, &ranges),
            };
            let Some((column, at)) = split else { continue };
            let children = (self.tree.cases.len(), self.tree.cases.len() + 1);
            for above in [false, true] {
                let parent = &self.tree.cases[next.case];
                let child = Case {
                    parent: Some(next.case),
                    branch: Some((column, at, above)),
                    bound,
                    shown: parent.shown.clone(),
                    children: None,
                };
                open.push(Open { bound, depth: next.depth + 1, case: self.tree.cases.len() });
                self.tree.cases.push(child);
            }
            self.tree.cases[next.case].children = Some(children);
        }
    }

    /// A split of the tariff that is most too cheap, where tariffs make up a part of what is open: else the bound hardly
    /// rises, whatever is decided.
    fn tariff_split(&self, bound: f64) -> Option<(usize, f64)> {
        let (column, step, missing) = self.too_cheap?;
        let best = self.best.as_ref()?.standing.objective.approximate();
        (missing > TOO_CHEAP * (best - bound)).then_some((column, step))
    }

    /// Hands a small program to the solver that was built in, with the best plan as the start.
    fn ask_for_core(&mut self, root: &Ranges) {
        let Some(best) = &self.best else { return };
        let start = self.program.parts(self.problem, &best.selection);
        let Some(small) = core::core(self.program, self.layout, root, &start, CASES_OF_CORE) else { return };
        if let Some(values) = backend::suggested(self.solver, &small.core) {
            self.polish(small.parts(self.program, &values), Method::Core);
        }
    }

    /// Bounds a case; values that guide its split.
    fn bound_case(&mut self, engine: Engine, number: usize, ranges: &Ranges, thorough: bool) -> Option<Vec<f64>> {
        self.guide = None;
        self.too_cheap = None;
        self.settled = false;
        match engine {
            Engine::Linear => {
                if !self.linear_case(number, ranges, thorough) {
                    let from = self.multipliers(number);
                    self.climb_case(number, 0, ranges, &from, 60, false);
                }
            }
            Engine::Climb(form) => {
                let from = self.multipliers(number);
                self.climb_case(number, form, ranges, &from, 45, thorough);
            }
        }
        self.guide.take()
    }

    fn multipliers(&self, case: usize) -> Vec<f64> {
        match &self.tree.cases[case].shown {
            Shown::Multipliers { values, .. } => values.to_vec(),
            _ => vec![0.0; self.program.rows.len()],
        }
    }

    /// Climbs from multipliers, and keeps what it reaches if that is better.
    fn climb_case(&mut self, number: usize, form: usize, ranges: &Ranges, from: &[f64], steps: usize, mend: bool) {
        let enough = self.cutoff();
        let best = self.best.as_ref().map(|best| best.standing.objective.approximate());
        let dual = self.dual(form);
        let mut work = 0;
        let mut answers: Vec<Vec<Parts>> = Vec::new();
        let (program, every) = (self.program, if steps > 100 { 25 } else { 20 });
        let (watch, before) = (Rc::clone(&self.watch), self.work);
        let halt = |work: u64| watch.is_ended(before + work);
        let climbed = climb(
            &dual,
            ranges,
            from,
            &Climb { steps, best, enough, halt: &halt },
            &mut work,
            &mut |step, values, average| {
                if mend && step % every == every - 1 {
                    answers.push(branch::rounded(program, values, average));
                }
            },
        );
        self.work += work;
        let Some(Climbed { bound, multipliers, average }) = climbed else {
            self.tree.cases[number].bound = f64::INFINITY;
            return;
        };
        if bound > self.tree.cases[number].bound {
            self.tree.cases[number].bound = bound;
            self.tree.cases[number].shown = Shown::Multipliers { form, values: Rc::new(multipliers) };
        }
        answers.dedup();
        for parts in answers {
            if !self.is_over() {
                self.polish(parts, Method::Repair);
            }
        }
        self.guide = Some(average);
    }

    /// Bounds a case by a linear program; false if it is too large or takes too long.
    fn linear_case(&mut self, number: usize, ranges: &Ranges, thorough: bool) -> bool {
        let Some(relaxation) = &mut self.relaxation else { return false };
        let (before, so_far) = (relaxation.work(), self.work);
        let watch = &self.watch;
        let said = relaxation.solve(self.program, ranges, &|work| watch.is_ended(so_far + work - before));
        self.work += relaxation.work() - before;
        match said {
            Said::Spent => false,
            Said::Nothing(ray) => {
                let ray = self.priced_only(0, &ray);
                let shows = ray::shows(&self.dual(0), ranges, &ray);
                if shows {
                    self.tree.cases[number].shown = Shown::Ray { form: 0, values: Rc::new(ray) };
                    self.tree.cases[number].bound = f64::INFINITY;
                }
                shows
            }
            Said::Values(values, hull) => {
                let multipliers = relaxation.multipliers(self.program);
                self.keep_better(number, ranges, multipliers);
                if self.closes(self.tree.cases[number].bound) {
                    return true;
                }
                self.settled = branch::is_settled(self.program, ranges, &values, &hull);
                if thorough || self.settled {
                    self.polish(branch::rounded(self.program, &values, &values), Method::LinearProgram);
                }
                self.too_cheap = branch::too_cheap(self.program, ranges, &values, &hull);
                self.guide = Some(values);
                true
            }
        }
    }

    /// Takes multipliers under the form under which they show most, if that is more than is known. Not under several
    /// limits: multipliers that were not found for them show little more there, and take the check far longer.
    fn keep_better(&mut self, number: usize, ranges: &Ranges, multipliers: Vec<f64>) {
        let values = Rc::new(multipliers);
        for form in (0..self.forms.len()).filter(|&form| !self.forms[form].keeps_several()) {
            let kept = self.priced_only(form, &values);
            match self.dual(form).ask(ranges, &kept, true) {
                Some(answer) if answer.bound > self.tree.cases[number].bound => {
                    self.tree.cases[number].bound = answer.bound;
                    self.tree.cases[number].shown = Shown::Multipliers { form, values: Rc::new(kept) };
                }
                Some(_) => {}
                None => self.tree.cases[number].bound = f64::INFINITY,
            }
        }
    }

    /// Multipliers of the rows that a form prices.
    fn priced_only(&self, form: usize, values: &[f64]) -> Vec<f64> {
        let dual = self.dual(form);
        values.iter().enumerate().map(|(row, value)| if dual.prices(row) { *value } else { 0.0 }).collect()
    }

    /// Every unit is decided: the case is a plan, or nothing.
    fn decide(&mut self, number: usize, ranges: &Ranges) {
        let parts = branch::rounded(self.program, &ranges.least, &ranges.least);
        let state = State::new(self.program, self.layout, parts.clone());
        let broken = (0..self.program.rows.len()).find(|&row| state.excess_of(row) > 0.0);
        if let Some(row) = broken {
            let mut ray = vec![0.0; self.program.rows.len()];
            ray[row] = 1.0 / self.layout.scale[row];
            self.tree.cases[number].bound = f64::INFINITY;
            self.tree.cases[number].shown = Shown::Ray { form: 0, values: Rc::new(ray) };
            return;
        }
        if self.offer(&state, Method::Tree) {
            self.keep_better(number, ranges, vec![0.0; self.program.rows.len()]);
        } else {
            // Within the noise of floats a rule is broken: exact ranges leave nothing.
            self.tree.cases[number].bound = f64::INFINITY;
        }
    }

    /// Mends and improves a selection, and offers what comes of it.
    fn polish(&mut self, parts: Vec<Parts>, method: Method) {
        let mut state = State::new(self.program, self.layout, parts);
        // A part of all work, and enough for one thorough look at a small program.
        let least = if self.best.is_none() { FIRST_CHANGES } else { POLISH_CHANGES };
        let due = (self.work / CHANGE_WORK / 2).saturating_sub(self.polished / CHANGE_WORK).max(least);
        let budget = (self.effort.work.saturating_sub(self.work) / CHANGE_WORK / 4).min(due);
        let (watch, before) = (Rc::clone(&self.watch), self.work);
        // A deadline does not take the first plan away: what is begun for one is ended.
        let wanted = self.best.is_none();
        let halt = |changes: u64| {
            watch.is_ended(before + changes * CHANGE_WORK) && !(wanted && watch.ended() == Some(Status::Deadline))
        };
        let mender = Mender { program: self.program, layout: self.layout, budget, halt: &halt };
        let moved = !state.keeps_all();
        // Moves that mend a budget are those that save: they are found where the budget is not in the way of mending.
        if self.layout.budgets.contains(&true) && moved {
            state.unbudgeted = true;
            state.recount();
            if mender.mend(&mut state) {
                mender.improve(&mut state);
            }
            state.unbudgeted = false;
            state.recount();
        }
        let mut kept = mender.mend(&mut state);
        if kept {
            let before = state.cost;
            // Where any plan will do, a cheaper one is not worth the work.
            if !self.first_only {
                mender.improve(&mut state);
            }
            let moved = moved || state.cost < before;
            let method = if moved && method != Method::LinearProgram { Method::Repair } else { method };
            kept = self.offer(&state, method);
            if !kept {
                // Floats saw no rule broken, exact arithmetic does: once more with a little room.
                state.margin = 1e-9;
                state.recount();
                if mender.mend(&mut state) {
                    self.offer(&state, method);
                }
            }
        }
        self.work += state.changes * CHANGE_WORK;
        self.polished += state.changes * CHANGE_WORK;
    }

    /// Keeps a selection if it exactly keeps every rule and costs less than the best; whether it keeps every rule.
    fn offer(&mut self, state: &State<'_>, method: Method) -> bool {
        if !self.program.places_all(&state.parts) {
            return false;
        }
        let selection = self.program.selection(self.problem, &state.parts);
        let Some(standing) = Standing::of(self.problem, &selection) else { return false };
        if !standing.keeps_all(self.problem) {
            return false;
        }
        if self.best.as_ref().is_none_or(|best| standing.objective < best.standing.objective) {
            self.watch.found(standing.objective);
            self.best = Some(Best { selection, standing, method });
        }
        true
    }

    /// Rebuilds the best selection in large steps, as long as that takes no more than a part of all work.
    fn rebuild(&mut self) {
        if self.program.blocks.len() < 3 || self.first_only || self.rebuilt * REBUILD_PART > self.work {
            return;
        }
        let Some(best) = &self.best else { return };
        let parts = self.program.parts(self.problem, &best.selection);
        let mut state = State::new(self.program, self.layout, parts);
        let before = state.changes;
        let (watch, so_far) = (Rc::clone(&self.watch), self.work);
        let halt = |changes: u64| watch.is_ended(so_far + (changes - before) * CHANGE_WORK);
        self.rounds += 1;
        let left = self.effort.work.saturating_sub(self.work) / CHANGE_WORK;
        let budget = (REBUILD_CHANGES << self.rounds.min(4)).min(left);
        let rebuilder = Rebuilder {
            program: self.program,
            layout: self.layout,
            scarcity: &self.scarcity,
            budget,
            halt: &halt,
            seed: self.rounds,
        };
        let found = rebuilder.rebuild(&mut state);
        let work = (state.changes - before) * CHANGE_WORK;
        self.rebuilt += work;
        self.work += work;
        if let Some(parts) = found {
            self.polish(parts, Method::Repair);
        }
    }

    /// What a case's bound must reach so that no better plan can be in it.
    fn cutoff(&self) -> f64 {
        let Some(best) = &self.best else { return f64::INFINITY };
        let copies: f64 = self.program.blocks.iter().map(|block| f64::from(block.copies)).sum();
        let rounding = 0.5e-6 * copies.max(1.0);
        best.standing.objective.approximate() - rounding.max(0.99 * self.grain)
    }

    /// Whether the best plan is within what parts of 10⁻⁶ may cost above a bound.
    fn is_near(&self, bound: f64) -> bool {
        let best = self.best.as_ref().map(|best| best.standing.objective.approximate());
        best.is_some_and(|best| best - bound <= 4e-6 * best.abs())
    }

    fn closes(&self, bound: f64) -> bool {
        bound >= self.cutoff()
    }

    /// Whether the gap asked for is reached if no plan costs less than `bound`.
    fn reached(&mut self, bound: f64) -> bool {
        let Some(best) = &self.best else { return false };
        let cost = best.standing.objective.approximate();
        if self.first_only {
            self.stopped = Some(Status::GapReached);
            return true;
        }
        let reached = self.effort.gap > 0.0 && cost - bound <= self.effort.gap * cost.abs();
        if reached {
            self.stopped = Some(Status::GapReached);
        }
        reached
    }

    /// Tells progress now and then; whether the search must end.
    fn is_over(&mut self) -> bool {
        if self.stopped.is_none() && self.work >= self.effort.work {
            self.stopped = Some(Status::WorkSpent);
        }
        if self.stopped.is_none() {
            self.watch.is_ended(self.work);
            self.stopped = self.watch.ended();
        }
        self.stopped.is_some()
    }
}
