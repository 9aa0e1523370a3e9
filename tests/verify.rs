//! `verify` on the command line: a saved plan passes, a changed one is refused with exit code 3.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn tradewind(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tradewind"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the binary starts")
}

/// Saves the quickstart's plan, after `change`, under a name of its own.
fn saved(name: &str, change: impl Fn(String) -> String) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let path = file.to_str().expect("UTF-8");
    let output = tradewind(&["optimize", "scenarios/quickstart.yaml", "-o", path]);
    assert_eq!(output.status.code(), Some(0));
    let text = std::fs::read_to_string(&file).expect("the plan was saved");
    std::fs::write(&file, change(text)).expect("it can be changed");
    file
}

fn verify(plan: &Path, more: &[&str]) -> (Option<i32>, String) {
    let plan = plan.to_str().expect("UTF-8");
    let output = tradewind(&[&["verify", "scenarios/quickstart.yaml", plan], more].concat());
    (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
}

#[test]
fn a_saved_plan_holds() {
    let (code, text) = verify(&saved("holds.json", |text| text), &[]);
    assert_eq!(code, Some(0));
    assert!(text.starts_with("the plan holds: 3 placements, 0 limits, and a bill of 2045.348609608 USD"), "{text}");
}

#[test]
fn a_changed_price_is_refused_with_the_line_and_both_figures() {
    let cheaper = |text: String| text.replacen("\"unit_price\": \"0.16182\"", "\"unit_price\": \"0.16181\"", 1);
    let plan = saved("cheaper.json", cheaper);
    let (code, text) = verify(&plan, &[]);
    assert_eq!(code, Some(3));
    assert_eq!(
        text,
        "the plan does not hold, 1 violation:\n  line: chat at azure/swedencentral Standard_NC4as_T4_v3, line 4 × \
         Standard_NC4as_T4_v3, spot: 2920 × 0.16181 is not 472.5144\n"
    );
    let (code, json) = verify(&plan, &["--format", "json"]);
    assert_eq!(code, Some(3));
    let json: serde_json::Value = serde_json::from_str(&json).expect("a document");
    assert_eq!((&json["tradewind"], &json["holds"]), (&"verdict/1".into(), &false.into()));
    assert_eq!(json["violations"][0]["rule"], "line");
}

#[test]
fn a_plan_of_another_scenario_is_refused() {
    let plan = saved("other.json", |text| text);
    let output = tradewind(&["verify", "scenarios/eu-llm-platform.yaml", plan.to_str().expect("UTF-8")]);
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn a_file_that_is_no_plan_is_wrong_input() {
    let output = tradewind(&["verify", "scenarios/quickstart.yaml", "README.md"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(told.starts_with("README.md:1:1: this is not a saved plan: "), "{told}");
}

/// What the plan is compared with is said to people first of all, so it is priced anew.
#[test]
fn changed_policies_are_refused() {
    let as_value = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    let changes: [(&str, fn(&mut serde_json::Value)); 5] = [
        ("no policies", |plan| plan["policies"] = serde_json::json!([])),
        ("a policy twice", |plan| {
            let first = plan["policies"][0].clone();
            plan["policies"].as_array_mut().expect("a list").push(first);
        }),
        ("a dear policy, its saving with it", |plan| {
            plan["policies"][0]["cost"] = "3045.348609608".into();
            plan["policies"][0]["saving"] = "1000".into();
        }),
        ("another provider", |plan| plan["policies"][1]["provider"] = "gcp".into()),
        ("a limit that is not broken", |plan| {
            plan["policies"][0]["broken"] = serde_json::json!(["nosuch"]);
            plan["policies"][0]["saving"] = serde_json::Value::Null;
        }),
    ];
    for (number, (what, change)) in changes.into_iter().enumerate() {
        let plan = saved(&format!("policies-{number}.json"), |text| {
            let mut plan = as_value(&text);
            change(&mut plan);
            plan.to_string()
        });
        let (code, text) = verify(&plan, &[]);
        assert_eq!(code, Some(3), "{what}: {text}");
        let said = "  saving: policies: what simple policies would cost is not what the plan says of them\n";
        assert!(text.ends_with(said), "{what}: {text}");
    }
}
