//! Faults that show only when a scenario is to be priced, and the reasons why there is no plan, to the letter.

use std::sync::Arc;

use tradewind::plan::NoPlan;
use tradewind::report::{no_plan_json, no_plan_text, plan_json};
use tradewind::{Catalog, Effort, Problem, catalog_from_yaml, optimize, scenario_from_yaml};

const BOOK: &str = "\
tradewind: catalog/1
provider: metal
currency: USD
regions:
  north-1: {country: SE, jurisdiction: EU}
  west-1: {country: US, jurisdiction: US}
skus:
  small: {vcpu: 4, memory_gib: 16, family: s}
  large: {vcpu: 64, memory_gib: 256, family: l, accelerator: {model: H100, count: 8}}
offers:
  small: {on-demand: {north-1: 0.2, west-1: 0.1}}
  large: {on-demand: {north-1: 40}, spot: {north-1: {price: 9000000}}}
";

fn catalog() -> Arc<Catalog> {
    Arc::new(catalog_from_yaml(&[("book.yaml", BOOK)]).unwrap_or_else(|faults| panic!("{faults}")))
}

/// Threads share the work of pricing and comparing; the plan, with its proof, has the same bytes on any number of them.
#[test]
fn a_problem_is_the_same_on_any_number_of_threads() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/eu-llm-platform.yaml");
    let input = tradewind::load(path).unwrap_or_else(|faults| panic!("{faults}"));
    let plan = |threads: usize| {
        let problem = Problem::on_threads(&input.catalog, &input.scenario, threads);
        let problem = problem.unwrap_or_else(|faults| panic!("{faults}"));
        let plan = optimize(&problem, &Effort::new().with_work(20_000_000)).unwrap_or_else(|reason| panic!("{reason}"));
        plan_json(&plan)
    };
    let one = plan(1);
    for threads in [0, 2, 5] {
        assert!(plan(threads) == one, "{threads} threads");
    }
}

/// The problem of a scenario's `workloads` and whatever follows them, or its faults in text.
fn problem(rest: &str) -> Result<Problem, String> {
    let catalog = catalog();
    let text = format!("tradewind: scenario/1\nname: test\ncatalogs: [book.yaml]\nworkloads:\n{rest}");
    let scenario = scenario_from_yaml("test.yaml", &text, &catalog).map_err(|faults| faults.to_string())?;
    Problem::new(&catalog, &Arc::new(scenario)).map_err(|faults| faults.to_string())
}

fn faults(rest: &str) -> String {
    problem(rest).expect_err("a fault")
}

fn no_plan(rest: &str) -> NoPlan {
    let problem = problem(rest).unwrap_or_else(|faults| panic!("{faults}"));
    optimize(&problem, &Effort::default()).expect_err("there is no plan")
}

#[test]
fn a_workload_that_asks_for_nothing_cannot_be_priced() {
    assert_eq!(
        faults("  - {name: idle, type: inference}\n"),
        "workload `idle` asks for nothing that could be priced\n\
         help: give it a `request`, flat-rate usage (`compute_hours`, `storage_gb`, `network_gb`) or `options`"
    );
}

#[test]
fn a_charge_beyond_the_range_is_a_fault_and_not_a_wrong_figure() {
    // 10⁶ machines × 10⁹ hours × 9 × 10⁶ is 9 × 10²¹.
    let huge = "  - {name: huge, replicas: 1000000, hours: 1000000000, terms: [spot], request: {vcpu: 64}}\n";
    assert_eq!(
        faults(huge),
        "a charge of workload `huge` is above 100 trillion\nhelp: check its replicas, hours and GB"
    );
}

#[test]
fn a_sum_beyond_the_range_is_a_fault_of_its_limit() {
    // 10⁶ machines × 4 vCPU × 10⁷ hours is 4 × 10¹³ vCPU hours; at 0.1 an hour the cost of 10¹² still fits.
    let many = "  - {name: many, replicas: 1000000, hours: 10000000, request: {vcpu: 4}, regions: {allow: [west-1]}}\n\
                limits:\n  - {name: hours, sum: vcpu_hours, at_most: 1000}\n";
    assert_eq!(
        faults(many),
        "the sum of limit `hours` could be above 10 trillion\n\
         help: check replicas, hours and GB; sums above that are not kept exactly"
    );
}

#[test]
fn a_workload_that_nothing_can_serve_is_told_what_the_nearest_offers_lack() {
    let no_plan = no_plan("  - {name: big, request: {vcpu: 128, memory_gib: 64}, residency: {jurisdictions: [EU]}}\n");
    assert_eq!(
        no_plan_text(&no_plan, &tradewind::diagnostic::Sources::default()),
        "no offer can serve workload `big` (4 asked)\n\
         \x20 its request 128 vCPU, 64 GiB alone leaves none\n\
         \x20 metal/north-1 large on-demand: 64 vCPU, 128 asked\n\
         \x20 metal/north-1 large spot: terms spot not tolerated; 64 vCPU, 128 asked\n\
         \x20 metal/north-1 small on-demand: 4 vCPU, 128 asked; 16 GiB memory, 64 asked\n\
         no plan exists: some workloads cannot be served\n\
         help: change what they ask for, or give them a `value`, so that they may stay unplaced\n"
    );
}

#[test]
fn a_quota_that_is_too_small_says_what_would_do() {
    let no_plan = no_plan(
        "  - {name: a, replicas: 6, request: {vcpu: 4}}\n\
         limits:\n  - {name: machines, sum: replicas, at_most: 5}\n",
    );
    assert_eq!(
        no_plan.to_string(),
        "no plan exists: these cannot hold together, and without any one of them the others can\n\
         \x20 limit `machines`: at most 5 replicas\n\
         \x20 workload `a` must be placed\n\
         help: raise `machines` from 5 to 6 (+20%): a plan then costs 438.00 USD a month\n\
         note: a workload with a `value` may stay unplaced"
    );
}

#[test]
fn a_floor_that_is_too_high_says_what_would_do() {
    let no_plan = no_plan(
        "  - {name: a, replicas: 6, request: {vcpu: 4}, regions: {allow: [north-1]}}\n\
         limits:\n  - {name: west, sum: vcpu, where: {region: west-1}, at_least: 1}\n",
    );
    assert_eq!(
        no_plan.to_string(),
        "no plan exists: these cannot hold together, and without any one of them the others can\n\
         \x20 limit `west`: at least 1 vcpu where region is `metal/west-1`\n\
         \x20 workload `a`: regions `metal/north-1` only\n\
         help: lower `west` from 1 to 0 (-100%): a plan then costs 876.00 USD a month"
    );
}

#[test]
fn limits_that_exclude_each_other_are_named() {
    // Each alone can be kept: everything in the north, or everything in the west.
    let no_plan = no_plan(
        "  - {name: a, replicas: 2, request: {vcpu: 4}}\n\
         limits:\n\
         \x20 - {name: north, sum: replicas, where: {region: north-1}, at_least: 2}\n\
         \x20 - {name: west, sum: replicas, where: {region: west-1}, at_least: 2}\n",
    );
    assert_eq!(
        no_plan.to_string(),
        "no plan exists: these cannot hold together, and without any one of them the others can\n\
         \x20 limit `north`: at least 2 replicas where region is `metal/north-1`\n\
         \x20 limit `west`: at least 2 replicas where region is `metal/west-1`\n\
         help: lower `north` from 2 to 0 (-100%): a plan then costs 146.00 USD a month\n\
         help: lower `west` from 2 to 0 (-100%): a plan then costs 292.00 USD a month"
    );
    let json: serde_json::Value = serde_json::from_str(&no_plan_json(&no_plan)).expect("a document");
    assert_eq!(json["tradewind"], "no-plan/1");
    assert_eq!(json["status"], "infeasible");
    assert_eq!(json["limits"], serde_json::json!(["north", "west"]));
}

#[test]
fn a_floor_of_each_value_is_lowered_to_what_can_be_reached() {
    // One option that uses 3 slots: 8 of every type cannot be, 3 can, to the last digit.
    let no_plan = no_plan(
        "  - {name: job, type: batch, options: [{region: north-1, cost: 40, uses: {slots: 3}}]}\n\
         limits:\n  - {name: floor, sum: slots, per: type, at_least: 8}\n",
    );
    let text = no_plan_text(&no_plan, &tradewind::diagnostic::Sources::default());
    assert!(text.contains("help: lower `floor` from 8 to 3 (-62.5%): a plan then costs 40.00 USD a month\n"), "{text}");
}
