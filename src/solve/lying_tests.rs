//! Back ends that lie: whatever they say, what comes out is a plan that keeps every rule, costs what it is said to cost,
//! and is the one that an honest one leads to.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::check::{Shown, proven};
use crate::effort::Effort;
use crate::input::{catalog_from_yaml, scenario_from_yaml};
use crate::money::Amount;
use crate::plan::Status;
use crate::problem::{Problem, Standing};
use crate::solve::backend::{Core, Solver, solve};
use crate::solve::{Ask, Outcome, solve_by};

/// Fourteen workloads whose sizes have no common divisor, for three regions with room for little more than all of them.
fn tight() -> Problem {
    let book = "tradewind: catalog/1\nprovider: p\ncurrency: USD\nregions: {a: {}, b: {}, c: {}}\n";
    let catalog: Arc<Catalog> =
        Arc::new(catalog_from_yaml(&[("book.yaml", book)]).unwrap_or_else(|faults| panic!("{faults}")));
    let sizes = [31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89];
    let mut text = "tradewind: scenario/1\nname: tight\ncatalogs: [book.yaml]\nworkloads:\n".to_owned();
    for (number, size) in sizes.iter().enumerate() {
        let options = ["a", "b", "c"].iter().enumerate().map(|(place, region)| {
            let cost = 100 + (number * 37 + place * 53 + number * place * 29) % 97;
            format!("{{region: p/{region}, cost: {cost}, uses: {{slots: {size}}}}}")
        });
        let options: Vec<String> = options.collect();
        text.push_str(&format!("  - {{name: w{number:02}, options: [{}]}}\n", options.join(", ")));
    }
    text.push_str("limits:\n");
    // 834 in all.
    for (region, room) in [("a", 283), ("b", 279), ("c", 281)] {
        text.push_str(&format!(
            "  - {{name: room-{region}, sum: slots, where: {{region: p/{region}}}, at_most: {room}}}\n"
        ));
    }
    let scenario = scenario_from_yaml("scenario.yaml", &text, &catalog).unwrap_or_else(|faults| panic!("{faults}"));
    Problem::new(&catalog, &Arc::new(scenario)).unwrap_or_else(|faults| panic!("{faults}"))
}

fn searched(problem: &Problem, solver: Solver<'_>) -> Outcome {
    let ask = Ask {
        effort: Effort::new(),
        starts: vec![problem.plain_minimum()],
        first_only: false,
        careful: false,
        progress: &mut |_| ControlFlow::Continue(()),
    };
    solve_by(problem, ask, solver, 1)
}

/// The objective of an outcome, once its selection was added up anew and its proof recomputed.
fn objective(problem: &Problem, outcome: &Outcome) -> Amount {
    let best = outcome.best.as_ref().expect("a plan");
    let standing = Standing::of(problem, &best.selection).expect("amounts in range");
    assert!(standing.keeps_all(problem), "{:?}", standing.broken_names(problem));
    assert_eq!(standing.objective, best.standing.objective);
    assert_eq!(outcome.status, Status::Complete);
    match proven(&problem.catalog, &problem.scenario, &outcome.proof).expect("a proof") {
        Shown::Bound(bound) => {
            assert_eq!(bound, standing.objective, "every cost is whole, so the bound is the optimum")
        }
        Shown::Nothing => panic!("there is a plan"),
    }
    standing.objective
}

/// The cheapest end of every column's range: an optimum without any rule, called one of all.
fn false_optimum(core: &Core) -> Option<Vec<f64>> {
    Some(core.columns.iter().map(|&(cost, least, most, _)| if cost < 0.0 { most } else { least }).collect())
}

#[test]
fn no_lie_of_a_back_end_reaches_a_plan() {
    let problem = tight();
    let nobody = |_: &Core| None;
    let right = objective(&problem, &searched(&problem, &nobody));
    let asked = Cell::new(0_u32);
    let counted = |values: Option<Vec<f64>>| {
        asked.set(asked.get() + 1);
        values
    };
    let honest = |core: &Core| counted(solve(core));
    let lies: [(&str, Solver<'_>); 9] = [
        ("honest", &honest),
        ("false optimum", &|core| counted(false_optimum(core))),
        ("nothing placed", &|core| counted(Some(vec![0.0; core.columns.len()]))),
        ("everything placed everywhere", &|core| counted(Some(core.columns.iter().map(|column| column.2).collect()))),
        ("no numbers", &|core| counted(Some(vec![f64::NAN; core.columns.len()]))),
        ("beyond all numbers", &|core| counted(Some(vec![f64::INFINITY; core.columns.len()]))),
        ("nearly whole", &|core| {
            counted(solve(core).map(|values| values.into_iter().map(|value| value * 0.999_999_7).collect()))
        }),
        ("too few values", &|core| counted(solve(core).map(|mut values| values.split_off(1)))),
        ("out of time", &|_| counted(None)),
    ];
    for (lie, solver) in lies {
        asked.set(0);
        assert_eq!(objective(&problem, &searched(&problem, solver)), right, "{lie}");
        assert_eq!(asked.get(), 1, "{lie}: it was not asked");
    }
}

#[test]
fn a_back_end_that_panics_has_nothing_to_suggest() {
    let problem = tight();
    let right = objective(&problem, &searched(&problem, &|_| None));
    let asked = Cell::new(false);
    let panicking = |_: &Core| -> Option<Vec<f64>> {
        asked.set(true);
        panic!("a fault of a back end")
    };
    assert_eq!(objective(&problem, &searched(&problem, &panicking)), right);
    assert!(asked.get());
}

/// A back end has no word on bounds: one that repeats our own start, as if nothing were cheaper, ends nothing.
#[test]
fn a_back_end_that_calls_our_plan_the_optimum_proves_nothing() {
    let problem = tight();
    let right = objective(&problem, &searched(&problem, &|_| None));
    let repeating = |core: &Core| core.start.clone();
    assert_eq!(objective(&problem, &searched(&problem, &repeating)), right);
}
