//! The second opinion: plans that hold pass, and every kind of corruption is caught, with the rule and the place.

use std::path::Path;

use tradewind::catalog::Name;
use tradewind::money::Amount;
use tradewind::plan::{Breach, Plan};
use tradewind::units::{Share, Total};
use tradewind::{Input, Problem, check, load, optimize};

fn input(scenario: &str) -> Input {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(scenario);
    load(path).unwrap_or_else(|faults| panic!("{faults}"))
}

fn plan(input: &Input) -> Plan {
    let problem = Problem::new(&input.catalog, &input.scenario).unwrap_or_else(|faults| panic!("{faults}"));
    optimize(&problem).unwrap_or_else(|reason| panic!("{reason}"))
}

/// Corrupts a plan and returns the rules that the check finds broken.
fn breaches(input: &Input, plan: &Plan, corrupt: impl Fn(&mut Plan)) -> Vec<Breach> {
    let mut corrupted = plan.clone();
    corrupt(&mut corrupted);
    let mut rules: Vec<Breach> =
        check(&input.catalog, &input.scenario, &corrupted).into_iter().map(|violation| violation.rule).collect();
    rules.sort();
    rules.dedup();
    rules
}

fn one_cent_more(amount: &mut Amount) {
    *amount = amount.plus(Amount::from_units(10_i128.pow(22))).expect("within the range");
}

#[test]
fn plans_of_every_scenario_pass() {
    for scenario in ["quickstart", "reference-rules", "eu-llm-platform", "training-burst", "twenty-ai-projects"] {
        let input = input(&format!("{scenario}.yaml"));
        assert_eq!(check(&input.catalog, &input.scenario, &plan(&input)), [], "{scenario}");
    }
}

/// A change to one figure or name of a plan, by what it changes.
type Corruption = (&'static str, Breach, fn(&mut Plan));

const CORRUPTIONS: &[Corruption] = &[
    ("another workload's name", Breach::Names, |plan| plan.placements[0].workload = Name::from("nobody")),
    ("a region that does not exist", Breach::Names, |plan| plan.placements[0].region = Name::from("eu-west-99")),
    ("a SKU that is not sold there", Breach::Names, |plan| plan.placements[0].sku = Some(Name::from("m99.huge"))),
    ("another scenario", Breach::Names, |plan| plan.scenario = Name::from("Another")),
    ("another currency", Breach::Names, |plan| plan.currency = Name::from("EUR")),
    ("a placement left out", Breach::Coverage, |plan| {
        plan.placements.pop();
    }),
    ("a placement twice", Breach::Coverage, |plan| plan.placements.push(plan.placements[0].clone())),
    ("one replica fewer", Breach::Coverage, |plan| plan.placements[0].replicas -= 1),
    ("another number of hours", Breach::Coverage, |plan| plan.placements[0].hours = plan.placements[5].hours),
    ("another share", Breach::Coverage, |plan| {
        plan.placements[0].share = Share::from_parts(plan.placements[0].share.parts() - 1).expect("a share");
    }),
    ("a line left out", Breach::Line, |plan| {
        plan.placements[0].lines.pop();
    }),
    ("a line's amount", Breach::Line, |plan| one_cent_more(&mut plan.placements[0].lines[0].amount)),
    ("a line's unit price", Breach::Line, |plan| one_cent_more(&mut plan.placements[0].lines[0].unit_price)),
    ("a line's quantity", Breach::Line, |plan| {
        let quantity = &mut plan.placements[0].lines[0].quantity;
        *quantity = quantity.plus(Total::from_units(1)).expect("within the range");
    }),
    ("who bills a line", Breach::Line, |plan| plan.placements[0].lines[0].provider = Name::from("nobody")),
    ("an adjustment left out", Breach::Line, |plan| {
        plan.bill.adjustments.pop();
    }),
    ("an adjustment's amount", Breach::Line, |plan| one_cent_more(&mut plan.bill.adjustments[0].amount)),
    ("an adjustment of another tariff", Breach::Line, |plan| {
        plan.bill.adjustments[0].source = "moon base internet egress".to_owned();
    }),
    ("a placement's total", Breach::Total, |plan| one_cent_more(&mut plan.placements[0].cost.total)),
    ("a placement's compute", Breach::Total, |plan| one_cent_more(&mut plan.placements[0].cost.compute)),
    ("the bill's total", Breach::Total, |plan| one_cent_more(&mut plan.bill.cost.total)),
    ("the bill's network", Breach::Total, |plan| one_cent_more(&mut plan.bill.cost.network)),
    ("a provider's total", Breach::Total, |plan| one_cent_more(&mut plan.bill.by_provider[0].1.total)),
    ("a provider left out", Breach::Total, |plan| {
        plan.bill.by_provider.pop();
    }),
    ("a region's storage", Breach::Total, |plan| one_cent_more(&mut plan.bill.by_region[0].1.storage)),
    ("a limit's use", Breach::Limit, |plan| plan.limits[0].used = Total::ZERO),
    ("a limit's bound", Breach::Limit, |plan| plan.limits[0].limit = Total::from_units(1)),
    ("a limit's slack", Breach::Limit, |plan| plan.limits[0].slack = Total::ZERO),
    ("a limit left out", Breach::Limit, |plan| {
        plan.limits.pop();
    }),
    ("a limit too many", Breach::Limit, |plan| plan.limits.push(plan.limits[0].clone())),
];

#[test]
fn every_corruption_is_caught_by_its_rule() {
    let input = input("eu-llm-platform.yaml");
    let plan = plan(&input);
    for (what, rule, corrupt) in CORRUPTIONS {
        let found = breaches(&input, &plan, corrupt);
        assert!(found.contains(rule), "{what}: expected {rule:?}, found {found:?}");
    }
}

#[test]
fn a_saving_must_be_the_difference_and_be_earned() {
    let input = input("twenty-ai-projects.yaml");
    let plan = plan(&input);
    let claimed = plan.policies.iter().position(|policy| policy.saving.is_some()).expect("a saving is claimed");
    let wrong = breaches(&input, &plan, |plan| {
        one_cent_more(plan.policies[claimed].saving.as_mut().expect("a saving"));
    });
    assert_eq!(wrong, [Breach::Saving]);
    let unearned = breaches(&input, &plan, |plan| plan.policies[claimed].broken.push(Name::from("spot-share")));
    assert_eq!(unearned, [Breach::Saving]);
}

#[test]
fn a_move_out_of_the_residency_is_caught() {
    let input = input("eu-llm-platform.yaml");
    let plan = plan(&input);
    let gateway = plan.placements.iter().position(|placement| &*placement.workload == "gateway").expect("placed");
    let found = breaches(&input, &plan, |plan| {
        plan.placements[gateway].provider = Name::from("aws");
        plan.placements[gateway].region = Name::from("us-east-1");
        plan.placements[gateway].sku = Some(Name::from("m7i.xlarge"));
    });
    assert!(found.contains(&Breach::Eligibility), "{found:?}");
}

#[test]
fn a_broken_limit_is_caught_even_if_the_plan_admits_it() {
    let (loose, strict) = (input("eu-llm-platform.yaml"), input("eu-llm-platform.yaml"));
    let plan = plan(&loose);
    let mut scenario = (*strict.scenario).clone();
    let budget = scenario.limits.iter_mut().find(|limit| &*limit.name == "budget").expect("a budget");
    budget.bound = tradewind::scenario::Bound::Absolute(Total::ZERO);
    let violations = check(&strict.catalog, &scenario, &plan);
    let broken = violations.iter().find(|violation| violation.place == "limit budget").expect("the budget is broken");
    assert_eq!(broken.message, format!("{} against a bound of 0", plan.bill.total()));
}
