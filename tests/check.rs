//! The second opinion: plans that hold pass, and every kind of corruption is caught, with the rule and the place.

use std::path::Path;

use tradewind::catalog::Name;
use tradewind::money::Amount;
use tradewind::plan::{Breach, Plan};
use tradewind::report::plan_json;
use tradewind::units::{Share, Total};
use tradewind::{Effort, Input, Problem, check, load, optimize, plan_from_json};

fn input(scenario: &str) -> Input {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(scenario);
    load(path).unwrap_or_else(|faults| panic!("{faults}"))
}

fn plan(input: &Input) -> Plan {
    let problem = Problem::new(&input.catalog, &input.scenario).unwrap_or_else(|faults| panic!("{faults}"));
    optimize(&problem, &Effort::default()).unwrap_or_else(|reason| panic!("{reason}"))
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
    ("what an adjustment is", Breach::Line, |plan| plan.bill.adjustments[0].what = "tier above 1 GB".to_owned()),
    ("an adjustment of twice as much at half of the price", Breach::Line, |plan| {
        let line = &mut plan.bill.adjustments[0];
        line.quantity = line.quantity.plus(line.quantity).expect("within the range");
        line.unit_price = Amount::from_units(line.unit_price.units() / 2);
    }),
    ("what a line is for", Breach::Line, |plan| plan.placements[0].lines[0].what.push('!')),
    ("where a line's price is from", Breach::Line, |plan| plan.placements[0].lines[0].source.push('!')),
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

#[test]
fn a_saved_plan_reads_back_to_the_byte() {
    for scenario in ["quickstart", "reference-rules", "eu-llm-platform", "training-burst", "twenty-ai-projects"] {
        let input = input(&format!("{scenario}.yaml"));
        let text = plan_json(&plan(&input));
        let read = plan_from_json("plan.json", &text).unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(plan_json(&read), text, "{scenario}");
        assert_eq!(check(&input.catalog, &input.scenario, &read), [], "{scenario}");
    }
}

/// Every figure and every word of a saved plan is changed in turn, and each change is noticed: by the reader, or by
/// the check. What a plan merely tells (why the search stopped, how large the question was, what a policy cost) is not
/// recomputed in this version and is left out.
#[test]
fn every_changed_figure_of_a_saved_plan_is_noticed() {
    let told = ["size", "policies", "status", "method", "pricing", "books", "priority", "derived", "current", "what"];
    let input = input("eu-llm-platform.yaml");
    let saved: serde_json::Value = serde_json::from_str(&plan_json(&plan(&input))).expect("a document");
    let mut changed = 0;
    for path in leaves(&saved) {
        let keys: Vec<&str> = path.split('/').collect();
        // Where a price comes from is text; of an adjustment it names the tariff, and is checked.
        let is_source = keys.last() == Some(&"source") && keys.contains(&"lines");
        // Another multiplier or branch makes another proof, and where another leaf decides it shows the same bound.
        let is_proof = keys.contains(&"tree");
        let is_told = keys.iter().any(|key| told.contains(key)) || is_source || is_proof;
        if is_told {
            continue;
        }
        let mut corrupted = saved.clone();
        let leaf = corrupted.pointer_mut(&path).expect("a leaf");
        *leaf = match &*leaf {
            serde_json::Value::String(text) => change(text).into(),
            serde_json::Value::Number(number) => number
                .as_u64()
                .map_or_else(|| (number.as_f64().unwrap_or(0.0) + 1.0).into(), |count| (count + 1).into()),
            serde_json::Value::Bool(value) => (!value).into(),
            _ => "something".into(),
        };
        changed += 1;
        let noticed = match plan_from_json("plan.json", &corrupted.to_string()) {
            Ok(plan) => !check(&input.catalog, &input.scenario, &plan).is_empty(),
            Err(_) => true,
        };
        assert!(noticed, "{path} can be changed without notice");
    }
    assert!(changed > 200, "only {changed} figures were tried");
}

/// JSON pointers to everything that is neither an object nor a list.
fn leaves(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::Object(members) => {
            members.iter().flat_map(|(key, value)| under(&key.replace('~', "~0").replace('/', "~1"), value)).collect()
        }
        serde_json::Value::Array(items) => {
            items.iter().enumerate().flat_map(|(number, value)| under(&number.to_string(), value)).collect()
        }
        _ => vec![String::new()],
    }
}

fn under(key: &str, value: &serde_json::Value) -> Vec<String> {
    leaves(value).into_iter().map(|path| format!("/{key}{path}")).collect()
}

/// Another text of the same kind: a figure with its last digit changed, or another word.
fn change(text: &str) -> String {
    match text.chars().last() {
        Some(digit @ '0'..='8') => format!("{}{}", &text[..text.len() - 1], char::from(digit as u8 + 1)),
        Some('9') => format!("{}8", &text[..text.len() - 1]),
        _ => format!("{text}x"),
    }
}

#[test]
fn a_file_that_is_no_saved_plan_is_a_located_fault() {
    let fault = |text: &str| plan_from_json("plan.json", text).expect_err("a fault").to_string();
    assert_eq!(
        fault("{\n  \"tradewind\": 1}"),
        "plan.json:2:16: this is not a saved plan: invalid type: integer `1`, expected a string\n\
         help: save one with `tradewind optimize SCENARIO -o plan.json`"
    );
    let input = input("quickstart.yaml");
    let text = plan_json(&plan(&input));
    assert_eq!(
        fault(&text.replace("plan/1", "plan/9")),
        "plan.json is `plan/9`, not a saved plan\nhelp: this version reads `plan/1`"
    );
    let wrong = fault(&text.replacen("\"hours\": \"730\"", "\"hours\": \"seven\"", 1));
    assert!(wrong.contains("this is not a saved plan: `seven` is not a quantity"), "{wrong}");
}
