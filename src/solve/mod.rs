//! From a problem to the cheapest selection and a proof of how cheap one can be.
//!
//! ```text
//! Problem ── Program ──→ starts, mended and improved ──→ bounds: linear program, priced limits, priced placements
//!                                                        └→ tree of cases, bounded by what served best ──→ proof
//! ```
//!
//! Everything here is in floats and guides the search only. What a selection costs is added up exactly before it is
//! kept; what the tree proves is recomputed exactly by `check`.

mod ascent;
mod backend;
mod branch;
mod carry;
mod certificate;
mod core;
mod dual;
mod forms;
mod knapsack;
mod layout;
mod linear;
#[cfg(test)]
mod lying_tests;
mod mend;
mod ray;
mod rebuild;
mod search;
mod several;
mod simplex;
mod sits;
mod state;
mod tree;
mod watch;

use std::ops::ControlFlow;
use std::rc::Rc;

use crate::effort::{Effort, Progress, Stop};
use crate::plan::{Proof, Status};
use crate::problem::{Problem, Selection};
use crate::program::Program;
use crate::solve::backend::Solver;
use crate::solve::dual::Form;
use crate::solve::layout::Layout;
use crate::solve::linear::Relaxation;
pub(crate) use crate::solve::search::Best;
use crate::solve::search::Search;
pub(crate) use crate::solve::sits::{Sits, sits};
use crate::solve::tree::Tree;
use crate::solve::watch::Watch;

/// Cases looked at before a small program is handed to the solver that was built in.
const CASES_BEFORE_CORE: u64 = 400;
/// Pivots of one linear program.
const MOST_PIVOTS: u32 = 20_000;

/// What a search came to.
pub(crate) struct Outcome {
    /// The cheapest selection found that keeps every rule.
    pub(crate) best: Option<Best>,
    /// Why the search ended.
    pub(crate) status: Status,
    /// Shows a bound, or that no plan exists; what exactly, is for the check to say.
    pub(crate) proof: Proof,
    /// Shows the bound of the whole before it was split.
    pub(crate) root: Proof,
    /// Whether the tree was searched to its end without a selection.
    pub(crate) nothing: bool,
    /// The lowest bound of the tree, as far as floats tell.
    pub(crate) claimed: f64,
    /// Work done.
    pub(crate) work: u64,
}

/// What a search is asked for.
pub(crate) struct Ask<'a> {
    pub(crate) effort: Effort,
    /// Selections to start from; they need not keep any rule.
    pub(crate) starts: Vec<Selection>,
    /// Whether the first plan is all that is asked for.
    pub(crate) first_only: bool,
    /// Whether every case that holds nothing is to be shown to by multipliers, for an exact check that did not come as
    /// far by carrying ranges as floats did.
    pub(crate) careful: bool,
    pub(crate) progress: &'a mut dyn FnMut(&Progress) -> ControlFlow<Stop>,
}

/// Searches with the solver that was built in.
pub(crate) fn solve(problem: &Problem, ask: Ask<'_>) -> Outcome {
    solve_by(problem, ask, &backend::solve, CASES_BEFORE_CORE)
}

/// Searches with a solver for small cores, asked after so many cases.
fn solve_by(problem: &Problem, ask: Ask<'_>, solver: Solver<'_>, core_after: u64) -> Outcome {
    let program = Program::new(problem);
    let layout = Layout::new(&program);
    let mut forms = vec![Form::Places];
    forms.extend(forms::limits(problem, &program));
    let mut search = Search {
        problem,
        program: &program,
        layout: &layout,
        forms: &forms,
        solver,
        core_after,
        relaxation: Relaxation::new(&program, MOST_PIVOTS),
        effort: ask.effort,
        watch: Rc::new(Watch::new(ask.progress)),
        best: None,
        tree: Tree::default(),
        work: 0,
        polished: 0,
        rebuilt: 0,
        rounds: 0,
        scarcity: vec![0.0; program.columns.len()],
        stopped: None,
        grain: grain(problem),
        first_only: ask.first_only,
        careful: ask.careful,
        guide: None,
        too_cheap: None,
        settled: false,
    };
    search.run(&ask.starts);
    let nothing = search.best.is_none() && search.tree.lowest().is_none_or(|bound| bound == f64::INFINITY);
    let claimed = search.tree.lowest().unwrap_or(f64::INFINITY);
    let work = search.work;
    let status = search.stopped.unwrap_or(Status::Complete);
    let proof = certificate::proof(problem, &program, &forms, &search.tree);
    let mut root = Tree { cases: search.tree.cases.into_iter().take(1).collect() };
    root.cases.iter_mut().for_each(|case| case.children = None);
    let root = certificate::proof(problem, &program, &forms, &root);
    Outcome { best: search.best, status, proof, root, nothing, claimed, work }
}

/// What every objective is a multiple of; 0 where tariffs have steps, whose costs divide nothing.
fn grain(problem: &Problem) -> f64 {
    if (0..problem.reach.len()).any(|tariff| problem.is_stepped(tariff)) {
        return 0.0;
    }
    let mut divisor = 0;
    for block in &problem.blocks {
        for &candidate in &block.undominated {
            let candidate = &block.candidates[candidate];
            divisor = forms::gcd(divisor, candidate.unit_cost.units());
            divisor = forms::gcd(divisor, candidate.region_cost.units());
        }
        divisor = forms::gcd(divisor, block.value.map_or(0, crate::money::Amount::units));
    }
    for fee in &problem.scenario.fees {
        divisor = forms::gcd(divisor, fee.monthly.units());
    }
    crate::money::Amount::from_units(divisor).approximate()
}
