//! The exported program, read by a reader of this test's own and solved by another solver: the optimum is the same, in
//! both formats, and every user's limit stands there by its name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, SolveOptions, SolveOutcome};
use tradewind::{Effort, Exchange, Problem, catalog_from_yaml, export, optimize, scenario_from_yaml};

const BOOK: &str = "
tradewind: catalog/1
provider: p
currency: USD
regions:
  a: {jurisdiction: EU}
  b: {jurisdiction: US}
skus:
  small: {vcpu: 2, memory_gib: 8}
  large: {vcpu: 8, memory_gib: 32}
offers:
  small: {on-demand: {a: 0.11, b: 0.1}}
  large: {on-demand: {a: 0.4, b: 0.37}, spot: {b: 0.2}}
storage: {standard: {a: {per_gb_month: 0.02}, b: {per_gb_month: 0.03}}}
network:
  internet: {default: {free_gb: 100, per_gb: [{up_to: 1000, price: 0.09}, {price: 0.05}]}}
  inter_region: {per_gb: 0.02}
";

const OTHER: &str = "
tradewind: catalog/1
provider: q
currency: USD
regions: {c: {jurisdiction: EU}}
skus: {medium: {vcpu: 4, memory_gib: 16}}
offers: {medium: {on-demand: {c: 0.19}}}
storage: {standard: {c: {per_gb_month: 0.025}}}
network: {internet: {default: {per_gb: 0.08}}}
";

/// A bit of every rule.
const EVERYTHING: &str = "
tradewind: scenario/1
name: a bit of everything
catalogs: [p.yaml, q.yaml]
workloads:
  - {name: web, replicas: 3, split: replicas, request: {vcpu: 2}, egress: {internet_gb: 900}}
  - {name: db, request: {vcpu: 4}, storage: {gb: 200}}
  - {name: copy, request: {vcpu: 4}, storage: {gb: 200}}
  - {name: batch, request: {vcpu: 8}, terms: [on-demand, spot], hours: 300}
  - {name: extra, request: {vcpu: 2}, value: 40, count: 2}
limits:
  - {name: eu-presence, sum: vcpu, where: {jurisdiction: EU}, at_least: 40%}
  - {name: no-lock-in, sum: cost, per: provider, at_most: 80%}
  - {name: b-quota, sum: vcpu, where: {region: p/b}, at_most: 12}
fees: [{name: landing zone, region: p/a, monthly: 25}]
providers: {at_least: 2}
apart: [{name: pair, workloads: [db, copy], by: region}]
spread: [{name: web-n1, workload: web, over: region, at_most: 70%}]
";

const PLAIN: &str = "
tradewind: scenario/1
name: together
catalogs: [p.yaml, q.yaml]
workloads:
  - {name: rag, request: {vcpu: 2}, storage: {gb: 50}}
  - {name: chat, request: {vcpu: 4}, egress: {internet_gb: 2500}}
  - {name: job, options: [{region: p/a, cost: 17, uses: {slots: 8}}, {region: q/c, cost: 21, uses: {slots: 5}}]}
limits:
  - {name: budget, sum: cost, at_most: 1000}
  - {name: slots, sum: slots, at_most: 6}
together: [{name: near, workloads: [chat, rag], same: region}]
";

fn problem(scenario: &str) -> Problem {
    let books = [("p.yaml", BOOK), ("q.yaml", OTHER)];
    let catalog = Arc::new(catalog_from_yaml(&books).unwrap_or_else(|faults| panic!("{faults}")));
    let scenario = scenario_from_yaml("scenario.yaml", scenario, &catalog).unwrap_or_else(|faults| panic!("{faults}"));
    Problem::new(&catalog, &Arc::new(scenario)).unwrap_or_else(|faults| panic!("{faults}"))
}

/// A program as it was read: columns by name with their range, rows by name.
#[derive(Debug, Default, PartialEq)]
struct Read {
    cost: BTreeMap<String, f64>,
    most: BTreeMap<String, f64>,
    whole: BTreeSet<String>,
    rows: BTreeMap<String, (BTreeMap<String, f64>, bool, f64)>,
}

/// A term that stands twice would be lost by a reader that keeps the last.
fn once(terms: &mut BTreeMap<String, f64>, column: &str, figure: f64) {
    assert!(terms.insert(column.to_owned(), figure).is_none(), "{column} stands twice");
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn read_lp(text: &str) -> Read {
    let mut read = Read::default();
    let (mut part, mut row) = (String::new(), String::new());
    for line in text.lines().filter(|line| !line.starts_with('\\')) {
        if !line.starts_with(' ') {
            part = line.to_owned();
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        match (part.as_str(), words.as_slice()) {
            ("minimize" | "subject to", [name]) if name.ends_with(':') => {
                row = name.trim_end_matches(':').to_owned();
                if part == "subject to" {
                    assert!(read.rows.insert(row.clone(), Default::default()).is_none(), "{row} stands twice");
                }
            }
            ("minimize", [sign, figure, column]) => {
                let figure = if *sign == "-" { -number(figure) } else { number(figure) };
                once(&mut read.cost, column, figure);
            }
            ("subject to", [relation @ ("<=" | "="), bound]) => {
                let found = read.rows.get_mut(&row).expect("a row");
                (found.1, found.2) = (*relation == "=", number(bound));
            }
            ("subject to", [sign, figure, column]) => {
                let figure = if *sign == "-" { -number(figure) } else { number(figure) };
                once(&mut read.rows.get_mut(&row).expect("a row").0, column, figure);
            }
            ("subject to" | "minimize", ["0", _]) => {}
            ("bounds", ["0", "<=", column, "<=", most]) => once(&mut read.most, column, number(most)),
            ("generals", [column]) => assert!(read.whole.insert((*column).to_owned())),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(part, "end");
    read
}

fn read_mps(text: &str) -> Read {
    let mut read = Read::default();
    let (mut part, mut whole) = (String::new(), false);
    for line in text.lines() {
        if !line.starts_with(' ') {
            part = line.split_whitespace().next().unwrap_or_default().to_owned();
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        match (part.as_str(), words.as_slice()) {
            ("ROWS", ["N", "cost"]) => {}
            ("ROWS", [kind @ ("L" | "E"), name]) => {
                let row = (BTreeMap::new(), *kind == "E", 0.0);
                assert!(read.rows.insert((*name).to_owned(), row).is_none(), "{name} stands twice");
            }
            ("COLUMNS", ["MARKER", "'MARKER'", kind]) => whole = *kind == "'INTORG'",
            ("COLUMNS", [column, row, figure]) => {
                if whole {
                    read.whole.insert((*column).to_owned());
                }
                let figure = number(figure);
                if *row != "cost" {
                    once(&mut read.rows.get_mut(*row).expect("a row").0, column, figure);
                } else if figure != 0.0 {
                    once(&mut read.cost, column, figure);
                }
            }
            ("RHS", ["RHS", row, bound]) => read.rows.get_mut(*row).expect("a row").2 = number(bound),
            ("BOUNDS", ["UP", "BND", column, most]) => once(&mut read.most, column, number(most)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(part, "ENDATA");
    read
}

/// The optimum by a solver that knows nothing of tradewind.
fn solved(read: &Read) -> f64 {
    let mut program = microlp::Problem::new(OptimizationDirection::Minimize);
    let mut columns = BTreeMap::new();
    for (name, &most) in &read.most {
        let cost = read.cost.get(name).copied().unwrap_or(0.0);
        let column = if read.whole.contains(name) {
            program.add_integer_var(cost, (0, most as i32))
        } else {
            program.add_var(cost, (0.0, most))
        };
        columns.insert(name.as_str(), column);
    }
    for (terms, equal, bound) in read.rows.values() {
        let mut sum = LinearExpr::empty();
        for (column, &figure) in terms {
            sum.add(columns[column.as_str()], figure);
        }
        program.add_constraint(sum, if *equal { ComparisonOp::Eq } else { ComparisonOp::Le }, *bound);
    }
    let mut options = SolveOptions::default();
    options.time_limit = Some(Duration::from_secs(120));
    match program.solve_with(options) {
        Ok(SolveOutcome::Solution(solution)) => solution.objective(),
        Ok(_) => panic!("the other solver found no optimum in time"),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn another_solver_finds_the_same_optimum() {
    for scenario in [EVERYTHING, PLAIN] {
        let problem = problem(scenario);
        let plan = optimize(&problem, &Effort::default()).unwrap_or_else(|reason| panic!("{reason}"));
        let lp = read_lp(&export(&problem, Exchange::Lp).expect("a program"));
        let mps = read_mps(&export(&problem, Exchange::Mps).expect("a program"));
        assert_eq!(lp, mps);
        let ours: f64 = number(&plan.objective.to_string());
        let theirs = solved(&lp);
        assert!((ours - theirs).abs() <= 1e-6 * ours, "{ours} is not {theirs}");
    }
}

#[test]
fn the_limits_of_the_user_stand_there_by_their_names() {
    let read = read_lp(&export(&problem(EVERYTHING), Exchange::Lp).expect("a program"));
    for name in
        ["eu-presence", "no-lock-in@p", "no-lock-in@q", "b-quota", "providers.at_least", "pair@p_a", "web-n1@p_b"]
    {
        let name = name.replace('-', "_");
        assert!(read.rows.contains_key(&name), "{name} is not among {:?}", read.rows.keys());
    }
    assert!(read.cost.contains_key("landing_zone.opens"), "{:?}", read.cost.keys());
}
