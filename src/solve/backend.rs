//! The solvers behind good_lp: the only file that calls one.
//!
//! A small core that our own tree does not close at once is handed to them as it is, with our plan as the start. What
//! they say is a suggestion: rounded, mended, added up exactly, and kept only if it is a cheaper plan. They have no say
//! in any bound, so a wrong answer costs time, not truth. microlp, in pure Rust, is always there; its own model is asked
//! for its node limit, because good_lp offers it a clock only. With the feature `highs`, HiGHS takes its place.

use std::panic::{AssertUnwindSafe, catch_unwind};

use good_lp::{Expression, ProblemVariables, Variable, variable};

/// A program in whole numbers: minimise cost over columns within their ranges, so that every row holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Core {
    /// Cost, least, most, and whether it is whole.
    pub(crate) columns: Vec<(f64, f64, f64, bool)>,
    /// Column and figure, whether it is an equality, and the bound.
    pub(crate) rows: Vec<(Vec<(usize, f64)>, bool, f64)>,
    /// Values to start from, of all columns.
    pub(crate) start: Option<Vec<f64>>,
    /// Cases that may be looked at.
    pub(crate) cases: u32,
}

/// Suggests values for a core, or nothing.
pub(crate) type Solver<'a> = &'a dyn Fn(&Core) -> Option<Vec<f64>>;

/// Asks a solver. One that panics has nothing to suggest; nor has one whose values are no numbers, or too few.
pub(crate) fn suggested(solver: Solver<'_>, core: &Core) -> Option<Vec<f64>> {
    let values = catch_unwind(AssertUnwindSafe(|| solver(core))).ok().flatten()?;
    (values.len() == core.columns.len() && values.iter().all(|value| value.is_finite())).then_some(values)
}

/// Columns, objective and rows as good_lp takes them.
struct Written {
    variables: ProblemVariables,
    columns: Vec<Variable>,
    objective: Expression,
    rows: Vec<good_lp::Constraint>,
}

fn written(core: &Core) -> Written {
    let mut variables = ProblemVariables::new();
    let mut objective = Expression::with_capacity(core.columns.len());
    let mut columns: Vec<Variable> = Vec::with_capacity(core.columns.len());
    for &(cost, least, most, whole) in &core.columns {
        let definition = variable().min(least).max(most);
        let column = variables.add(if whole { definition.integer() } else { definition });
        objective.add_mul(cost, column);
        columns.push(column);
    }
    let mut rows = Vec::with_capacity(core.rows.len());
    for (entries, equal, bound) in &core.rows {
        let mut sum = Expression::with_capacity(entries.len());
        for &(column, figure) in entries {
            sum.add_mul(figure, columns[column]);
        }
        rows.push(if *equal { sum.eq(*bound) } else { sum.leq(*bound) });
    }
    Written { variables, columns, objective, rows }
}

/// The solver that was built in.
#[cfg(not(feature = "highs"))]
pub(crate) fn solve(core: &Core) -> Option<Vec<f64>> {
    use good_lp::SolverModel;
    use microlp::{OptimizationDirection, SolveOptions, SolveOutcome};

    let Written { variables, columns, objective, rows } = written(core);
    let mut model = variables.minimise(objective).using(good_lp::microlp);
    for row in rows {
        model.add_constraint(row);
    }
    let mut options = SolveOptions::default();
    options.node_limit = Some(u64::from(core.cases));
    // good_lp keeps its columns to itself; a variable of microlp is its position, whichever problem made it.
    let mut positions = microlp::Problem::new(OptimizationDirection::Minimize);
    let variables = columns.iter().map(|_| positions.add_var(0.0, (0.0, 0.0)));
    options.warm_start = core.start.as_ref().map(|values| variables.zip(values.iter().copied()).collect());
    match model.as_inner().solve_with(options) {
        Ok(SolveOutcome::Solution(solution)) => Some(solution.iter().map(|(_, value)| value).collect()),
        _ => None,
    }
}

/// The solver that was built in: one thread and no clock, so that two runs are equal.
#[cfg(feature = "highs")]
pub(crate) fn solve(core: &Core) -> Option<Vec<f64>> {
    use good_lp::solvers::highs::{HighsParallelType, HighsPresolveType, highs};
    use good_lp::{Solution, SolverModel, WithInitialSolution};

    let Written { variables, columns, objective, rows } = written(core);
    let mut model = variables.minimise(objective).using(highs);
    for row in rows {
        model.add_constraint(row);
    }
    // Its presolve loses optima of small programs with whole and divided workloads: the oracle found one. It stops at a
    // gap of 0.01% unless it is told to go on.
    model = model.set_threads(1).set_parallel(HighsParallelType::Off).set_presolve(HighsPresolveType::Off);
    model = model.set_option("mip_rel_gap", 0.0).set_option("mip_abs_gap", 0.0);
    model = model.set_option("mip_max_nodes", i32::try_from(core.cases).unwrap_or(i32::MAX));
    if let Some(values) = &core.start {
        model = model.with_initial_solution(columns.iter().copied().zip(values.iter().copied()));
    }
    let solution = model.solve().ok()?;
    Some(columns.iter().map(|&column| solution.value(column)).collect())
}
