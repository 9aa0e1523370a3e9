//! `--set`, `--overlay`, and `-` for standard input and output.

use super::binary::{done, refused, run_with, scratch, scratch_file};

const TOO_SMALL: &str = "scenarios/budget-too-small.yaml";
const QUICKSTART: &str = "scenarios/quickstart.yaml";

#[test]
fn a_budget_that_is_raised_on_the_command_line_has_a_plan() {
    let plan = done(&["optimize", TOO_SMALL, "--set", "limits.budget.at_most=1000000", "--format", "json"]);
    assert!(plan.starts_with("{\n  \"tradewind\": \"plan/1\""));
    assert!(plan.contains("\"limit\": \"1000000\""), "the limit that was set");
    let over = scratch_file("over.yaml", "tradewind: overlay/1\nlimits: {budget: {at_most: 1000000}}\n");
    assert_eq!(done(&["optimize", TOO_SMALL, "--overlay", &over, "--format", "json"]), plan, "the same by a file");
    // Assignments come after every file, wherever they stand.
    let twice = ["optimize", TOO_SMALL, "--set", "limits.budget.at_most=1000000", "--overlay", &over];
    assert_eq!(done(&[&twice[..], &["--format", "json"]].concat()), plan);
}

#[test]
fn every_command_on_a_scenario_takes_changes() {
    let set = ["--set", "workloads.chat=null"];
    for command in ["place", "distribute", "optimize"] {
        let before = done(&[command, QUICKSTART]);
        let after = done(&[&[command, QUICKSTART], &set[..]].concat());
        assert!(before.contains("chat") && !after.contains("chat"), "{command}");
    }
    let export = done(&[&["export", QUICKSTART, "--format", "lp"], &set[..]].concat());
    assert!(!export.contains("chat") && export.contains("api"));
    let plan = scratch("changed.json");
    done(&[&["optimize", QUICKSTART, "-o", &plan], &set[..]].concat());
    done(&[&["verify", QUICKSTART, &plan], &set[..]].concat());
    let run = super::binary::run(&["verify", QUICKSTART, &plan]);
    assert_eq!(run.code, 3, "a plan of a changed scenario is none of the unchanged one");
}

#[test]
fn faults_of_changes_are_located() {
    assert_eq!(
        refused(&["place", QUICKSTART, "--set", "workloads.chta.replicas=4"]),
        "--set:1:11: `workloads` of the scenario has no `chta`\nhelp: did you mean `chat`?\n\
         tradewind: 1 fault in the input; nothing was computed\n"
    );
    assert_eq!(
        refused(&["place", QUICKSTART, "--set", "name=x", "--set", "limits"]),
        "--set#2:1:1: `limits` has no `=`\nhelp: write a path and a value, as `limits.budget.at_most=250000`\n\
         tradewind: 1 fault in the input; nothing was computed\n"
    );
}

#[test]
fn a_dash_is_standard_input_and_standard_output() {
    let scenario = std::fs::read_to_string(QUICKSTART).expect("it is there").replace("../pricing/", "pricing/");
    let piped = run_with(&["optimize", "-", "-o", "-"], &scenario);
    assert_eq!((piped.code, piped.stderr.as_str()), (0, ""));
    assert_eq!(piped.stdout, done(&["optimize", QUICKSTART, "--format", "json"]));
    let verified = run_with(&["verify", QUICKSTART, "-"], &piped.stdout);
    assert_eq!((verified.code, verified.stderr.as_str()), (0, ""));
    let broken =
        run_with(&["place", "-"], "tradewind: scenario/1\nnmae: x\ncatalogs: [pricing/aws.yaml]\nworkloads: []\n");
    assert_eq!(broken.code, 1);
    assert!(broken.stderr.starts_with("standard input:2:1: unknown key `nmae` in the scenario\n"), "{}", broken.stderr);
}
