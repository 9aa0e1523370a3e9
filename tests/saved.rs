//! Saved plans: what is written reads back to the byte, and what is read is exactly what the form states.

use std::path::Path;

use serde_json::Value;
use tradewind::plan::{Known, Plan, Status};
use tradewind::report::{Detail, plan_json, plan_text};
use tradewind::{Effort, Problem, load, optimize, plan_from_json};

/// A plan with every form that one can have: every member, every kind of line, column, row and node. Its figures are
/// made up, and need not add up to be read.
const WHOLE: &str = include_str!("data/whole-plan.json");

fn read(text: &str) -> Plan {
    plan_from_json("plan.json", text).unwrap_or_else(|faults| panic!("{faults}"))
}

fn fault(text: &str) -> String {
    plan_from_json("plan.json", text).expect_err("a fault").to_string()
}

/// The document with something in it changed.
fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut document: Value = serde_json::from_str(WHOLE).expect("a document");
    change(&mut document);
    document.to_string()
}

#[test]
fn every_form_reads_back_to_the_byte() {
    let plan = read(WHOLE);
    let again = plan_json(&plan);
    let first = WHOLE.lines().zip(again.lines()).find(|(was, is)| was != is);
    assert_eq!(first, None);
    assert_eq!(again, WHOLE);
    assert_eq!(plan_json(&read(&again)), WHOLE);
    // Not only text that passed through: the figures are there.
    assert_eq!((plan.status, plan.proof.known), (Status::GapReached, Known::Bounded));
    assert_eq!((plan.placements[0].copies, plan.unplaced[0].copies), (3, 4997));
    assert_eq!((plan.proof.columns.len(), plan.proof.rows.len(), plan.proof.tree.len()), (10, 18, 5));
    assert_eq!(plan.bill.fees[0].amount, plan.bill.cost.fees);
}

#[test]
fn every_plan_of_a_scenario_reads_back_to_the_byte() {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for name in ["quickstart", "reference-rules", "eu-llm-platform", "training-burst", "twenty-ai-projects"] {
        let input = load(scenarios.join(format!("{name}.yaml"))).unwrap_or_else(|faults| panic!("{faults}"));
        let problem = Problem::new(&input.catalog, &input.scenario).unwrap_or_else(|faults| panic!("{faults}"));
        let plan = optimize(&problem, &Effort::default()).unwrap_or_else(|reason| panic!("{reason}"));
        let text = plan_json(&plan);
        assert_eq!(plan_json(&read(&text)), text, "{name}");
    }
}

/// A gap keeps its last bit: 0.1 + 0.2 is not 0.3, and neither has a short decimal form that a careless reader keeps.
#[test]
fn a_gap_keeps_its_last_bit() {
    let mut plan = read(WHOLE);
    for gap in [0.1 + 0.2, 1.0 / 3.0, 6.02e-7, f64::MIN_POSITIVE, 0.0, 1.0, 0.987_654_321_098_765_4] {
        plan.gap = gap;
        assert_eq!(read(&plan_json(&plan)).gap.to_bits(), gap.to_bits(), "{gap}");
    }
    // Of nothing, everything is infinitely far; JSON has no number for it.
    plan.gap = f64::INFINITY;
    let text = plan_json(&plan);
    assert!(text.contains("\"gap\": null"), "{text}");
    assert_eq!(plan_json(&read(&text)), text);
}

/// JSON pointers to every object, and to every member of one.
fn objects(value: &Value, at: &str, found: &mut Vec<(String, Vec<String>)>) {
    match value {
        Value::Object(members) => {
            found.push((at.to_owned(), members.keys().cloned().collect()));
            members.iter().for_each(|(key, value)| objects(value, &format!("{at}/{}", escaped(key)), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(number, value)| objects(value, &format!("{at}/{number}"), found));
        }
        _ => {}
    }
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn object_at<'a>(document: &'a mut Value, at: &str) -> &'a mut serde_json::Map<String, Value> {
    document.pointer_mut(at).and_then(Value::as_object_mut).expect("an object")
}

#[test]
fn no_member_may_be_missing_and_none_may_be_more() {
    let document: Value = serde_json::from_str(WHOLE).expect("a document");
    let mut found = Vec::new();
    objects(&document, "", &mut found);
    assert!(found.len() > 60, "{}", found.len());
    for (at, members) in found {
        // Their members are names, as many as there are.
        if at == "/by_provider" || at == "/by_region" {
            continue;
        }
        for member in members {
            // A null that a certificate leaves out means the same.
            if at.starts_with("/certificate/") && ["of", "limit", "opens"].contains(&&*member) {
                continue;
            }
            let without = changed(|document| {
                object_at(document, &at).remove(&member);
            });
            assert!(fault(&without).contains("this is not a saved plan: "), "{at} without {member}");
        }
        // Rows without members of their own: serde skips what else stands there.
        if ["/certificate/rows/7", "/certificate/rows/8"].contains(&&*at) {
            continue;
        }
        let with = changed(|document| {
            object_at(document, &at).insert("colour".to_owned(), "red".into());
        });
        assert!(plan_from_json("plan.json", &with).is_err(), "{at} with a colour");
    }
}

#[test]
fn what_the_form_says_twice_is_said_alike() {
    for (at, value, message) in [
        ("/reproducible", Value::Bool(false), "`reproducible` is false, but the `status` is `gap-reached`"),
        ("/status", "deadline".into(), "`reproducible` is true, but the `status` is `deadline`"),
        ("/proof", "infeasible".into(), "`proof` says that no plan exists, but here is one"),
        ("/placements/0/cost", "1".into(), "`cost` of `batch` is 1, but its `costs` have the total 1483"),
        ("/limits/0/binding", Value::Bool(false), "`binding` of limit `h100-quota` is not what its slack says"),
    ] {
        let text = changed(|document| *document.pointer_mut(at).expect("a member") = value);
        assert_eq!(
            fault(&text),
            format!("plan.json: {message}\nhelp: the file was changed after it was saved; save the plan anew")
        );
    }
}

#[test]
fn another_form_is_named_whatever_else_is_in_it() {
    let other = "{\"tradewind\": \"plan/9\", \"colour\": \"red\"}";
    for text in [other.to_owned(), WHOLE.replace("plan/1", "plan/9")] {
        assert_eq!(fault(&text), "plan.json is `plan/9`, not a saved plan\nhelp: this version reads `plan/1`");
    }
}

#[test]
fn hostile_texts_are_located_faults_and_short() {
    let deep = "[".repeat(100_000);
    let long_name = format!("{{\"tradewind\": \"plan/1\", \"{}\": 1}}", "\u{1b}[31mx".repeat(10_000));
    let texts = [
        String::new(),
        deep.clone(),
        WHOLE.replace("\"tree\": [", &format!("\"tree\": [{deep}")),
        WHOLE[..WHOLE.len() / 2].to_owned(),
        long_name,
        WHOLE.replace("\"void\"", "\"vo\\u202eid\""),
        WHOLE.replace("\"at_most\":\"0\"", "\"at_most\":0"),
        WHOLE.replace("\"at_most\":\"0\"", "\"at_most\":\"170141183460469231731687303715884105728\""),
        WHOLE.replace("[0,-9223372036854775808]", "[0,-9223372036854775809]"),
        WHOLE.replace("[0,-9223372036854775808]", "[-1,0]"),
        WHOLE.replace("[0,-9223372036854775808]", "[0,0.5]"),
        WHOLE.replace("[0,-9223372036854775808]", "[0,0,0]"),
        WHOLE.replace("\"gap\": 0.0012987647346996123", "\"gap\": 1e999"),
        WHOLE.replace("\"bound\": \"2827.", "\"bound\": \"2827e"),
        WHOLE.replace("\"copies\": 4997", "\"copies\": 4294967296"),
    ];
    for text in texts {
        assert_ne!(text, WHOLE);
        let faults = plan_from_json("plan.json", &text).expect_err("a fault");
        for fault in &faults {
            assert!(fault.place.is_some(), "{fault}");
            assert!(fault.message.len() < 300 && !fault.message.contains(['\u{1b}', '\u{202e}']), "{fault}");
        }
    }
}

/// A proof of many nodes is read in one pass: a hundred thousand take no thousand times what a hundred take.
#[test]
fn a_large_certificate_is_a_certificate() {
    let leaf = "      {\"leaf\":{\"keeps\":\"places\",\"multipliers\":[[0,1],[1,2],[2,3]]}},\n";
    let text = WHOLE.replace("      \"void\"\n", &format!("{}      \"void\"\n", leaf.repeat(100_000)));
    let plan = read(&text);
    assert_eq!(plan.proof.tree.len(), 100_005);
    assert_eq!(plan_json(&plan), text);
}

#[test]
fn a_whole_plan_as_text() {
    let text = plan_text(&read(WHOLE), Detail::Placements);
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    for line in [
        "Every form: 1,930.80 EUR a month",
        "2,830.80 EUR with the value of what is not placed, which is minimised",
        "No plan is cheaper than 2,827.12 EUR, the value of what it leaves out included: proven within 0.13%",
        "The search ended at the gap that was asked for",
        "Not placed, and what it is worth",
        "batch     4997 of 5000  900.00",
        "Fees for being at a place at all",
        "landing-zone         1  month         400  400.00  the scenario's `fees`",
    ] {
        assert!(lines.contains(&line), "{line}\nis not in\n{text}");
    }
    assert!(text.contains("\nbatch     3 of 5000  aws/us-east-1    6 × m7i.xlarge (0.5 H100)  spot "), "{text}");
}
