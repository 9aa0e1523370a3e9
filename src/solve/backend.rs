//! The solvers behind good_lp: the only file that calls one.
//!
//! microlp, in pure Rust, is always there. good_lp offers it a time limit only, and this library has no clock, so its
//! own model is asked for its node limit. With the feature `highs`, HiGHS takes its place.

use crate::solve::program::Program;

/// What a solver says; its word is never taken for more than that.
pub(crate) enum Answer {
    /// Values of all columns, and whether the solver calls them the optimum.
    Values { values: Vec<f64>, optimal: bool },
    /// The solver says that no values keep all constraints.
    Infeasible,
    /// It stopped without values.
    Stopped,
    /// It failed.
    Failed(String),
}

/// How much a solver may do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Nodes of its search tree.
    pub(crate) nodes: u64,
}

/// Solves a program, starting from `start` (values of all columns) if it is given.
#[cfg(not(feature = "highs"))]
pub(crate) fn solve(program: Program, start: Option<&[f64]>, budget: Budget) -> Answer {
    use good_lp::SolverModel;
    use microlp::{OptimizationDirection, SolveOptions, SolveOutcome};

    let whole = program.whole > 0;
    let columns = program.variables.len();
    let mut model = program.variables.minimise(program.objective).using(good_lp::microlp);
    for constraint in program.constraints {
        model.add_constraint(constraint);
    }
    let mut options = SolveOptions::default();
    if whole {
        options.node_limit = Some(budget.nodes);
        // good_lp keeps its columns to itself; a variable of microlp is its position, whichever problem made it.
        let mut positions = microlp::Problem::new(OptimizationDirection::Minimize);
        let variables = (0..columns).map(|_| positions.add_var(0.0, (0.0, 0.0)));
        options.warm_start = start.map(|values| variables.zip(values.iter().copied()).collect());
    }
    match model.as_inner().solve_with(options) {
        Ok(outcome) => {
            let optimal = outcome.is_optimal();
            match outcome {
                SolveOutcome::Solution(solution) => {
                    Answer::Values { values: solution.iter().map(|(_, value)| value).collect(), optimal }
                }
                SolveOutcome::Interrupted(_) => Answer::Stopped,
            }
        }
        Err(microlp::Error::Infeasible) => Answer::Infeasible,
        Err(other) => Answer::Failed(other.to_string()),
    }
}

/// Solves a program, starting from `start` (values of all columns) if it is given.
#[cfg(feature = "highs")]
pub(crate) fn solve(program: Program, start: Option<&[f64]>, budget: Budget) -> Answer {
    use good_lp::solvers::SolutionStatus;
    use good_lp::solvers::highs::{HighsParallelType, HighsPresolveType, highs};
    use good_lp::{ResolutionError, Solution, SolverModel, WithInitialSolution};

    let whole = program.whole > 0;
    let variables: Vec<good_lp::Variable> =
        program.variables.iter_variables_with_def().map(|(variable, _)| variable).collect();
    let mut model = program.variables.minimise(program.objective).using(highs);
    for constraint in program.constraints {
        model.add_constraint(constraint);
    }
    // One thread and no clock, so that two runs are equal. Its presolve loses optima of small programs with whole and
    // divided workloads: the oracle found one.
    model = model.set_threads(1).set_parallel(HighsParallelType::Off).set_presolve(HighsPresolveType::Off);
    if whole {
        // It stops at a gap of 0.01% unless it is told to go on.
        model = model.set_option("mip_rel_gap", 0.0).set_option("mip_abs_gap", 0.0);
        model = model.set_option("mip_max_nodes", i32::try_from(budget.nodes).unwrap_or(i32::MAX));
        if let Some(values) = start {
            model = model.with_initial_solution(variables.iter().copied().zip(values.iter().copied()));
        }
    }
    match model.solve() {
        Ok(solution) => Answer::Values {
            // `GapLimit` is an optimum whose bound differs in the last bits: no gap was allowed.
            optimal: !matches!(solution.status(), SolutionStatus::TimeLimit),
            values: variables.iter().map(|&variable| solution.value(variable)).collect(),
        },
        Err(ResolutionError::Infeasible) => Answer::Infeasible,
        // The node limit was reached before the first values.
        Err(ResolutionError::Other("NoSolutionFound")) => Answer::Stopped,
        Err(other) => Answer::Failed(other.to_string()),
    }
}
