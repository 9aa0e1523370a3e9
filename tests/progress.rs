//! What a search tells its caller on the way, and what is left where the caller ends it.

use std::ops::ControlFlow;

use tradewind::plan::{NoPlan, Status, Undecided};
use tradewind::{Effort, Problem, Stop, optimize_with};

fn twenty_projects() -> Problem {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/twenty-ai-projects.yaml");
    let input = tradewind::load(path).unwrap_or_else(|faults| panic!("{faults}"));
    Problem::new(&input.catalog, &input.scenario).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Work grows, the best plan becomes no dearer, the bound no lower, and the gap is theirs.
#[test]
fn progress_tells_the_best_plan_and_the_bound() {
    let mut told = Vec::new();
    let effort = Effort::new().with_work(2_000_000_000);
    let plan = optimize_with(&twenty_projects(), &effort, &mut |progress| {
        told.push(*progress);
        ControlFlow::Continue(())
    });
    assert!(plan.is_ok());
    let pairs = told.windows(2).map(|pair| (pair[0], pair[1]));
    for (before, after) in pairs {
        assert!(before.work < after.work, "{before:?} {after:?}");
        assert!(
            before.best.is_none() || after.best.is_some_and(|best| before.best >= Some(best)),
            "{before:?} {after:?}"
        );
        assert!(before.bound.is_none() || after.bound >= before.bound, "{before:?} {after:?}");
    }
    let last = told.last().copied().unwrap_or_else(|| panic!("nothing is told"));
    assert!(last.gap.is_some_and(|gap| (0.0..0.5).contains(&gap)), "{last:?}");
}

/// A deadline that has passed before anything is found leaves the first plan; a search that nobody waits for any more leaves
/// what it has, which here is nothing.
#[test]
fn a_deadline_leaves_the_first_plan() {
    let problem = twenty_projects();
    let stop = |stop: Stop| optimize_with(&problem, &Effort::default(), &mut |_| ControlFlow::Break(stop));
    let plan = stop(Stop::Deadline).unwrap_or_else(|reason| panic!("{reason}"));
    assert_eq!(plan.status, Status::Deadline);
    assert!(!plan.status.is_reproducible());
    match stop(Stop::Cancelled) {
        Ok(plan) => assert_eq!(plan.status, Status::Cancelled),
        Err(NoPlan::Undecided(reason)) => assert_eq!(reason, Undecided::Cancelled),
        Err(other) => panic!("{other}"),
    }
}
