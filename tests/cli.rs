//! The binary: exit codes, what goes to which stream, the JSON documents, the options.
//!
//! It runs from the repository's root, so that paths in messages are those a reader of the README would see.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const QUICKSTART: &str = "scenarios/quickstart.yaml";
const REFERENCE_RULES: &str = "scenarios/reference-rules.yaml";
const TOO_SMALL: &str = "scenarios/budget-too-small.yaml";

/// What a call ended with.
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

fn run(arguments: &[&str]) -> Run {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_tradewind"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the binary starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let code = output.status.code().expect("it ends by itself");
    Run { code, stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A call that succeeds and has nothing to complain about; its standard output.
fn done(arguments: &[&str]) -> String {
    let run = run(arguments);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{arguments:?}");
    assert!(!run.stdout.is_empty(), "{arguments:?}");
    run.stdout
}

/// A call that the input is to blame for; its standard error.
fn refused(arguments: &[&str]) -> String {
    let run = run(arguments);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{arguments:?}: {}", run.stderr);
    assert!(!run.stderr.is_empty(), "{arguments:?}");
    run.stderr
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The text of a member; money is text, never a number.
fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("`{member}` is no text in {value}"))
}

fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value[member].as_array().unwrap_or_else(|| panic!("`{member}` is no list in {value}"))
}

/// Names of an object's members, in the order of the document.
fn members(document: &str, object: &str) -> Vec<String> {
    let start = document.find(&format!("\"{object}\": {{")).expect("the object");
    let inner = document[start..].lines().skip(1).take_while(|line| !line.trim_start().starts_with('}'));
    let names = inner.filter_map(|line| line.trim().strip_prefix('"')?.split_once("\":").map(|(name, _)| name.into()));
    names.collect()
}

/// A file of one test, outside the repository's sources.
fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn scratch_file(name: &str, content: &str) -> String {
    let path = scratch(name);
    std::fs::write(&path, content).expect("the scratch directory can be written");
    path.to_str().expect("UTF-8").to_owned()
}

// --- place and distribute ---------------------------------------------------------------------------------------------

#[test]
fn place_names_provider_and_rule() {
    let out = done(&["place", REFERENCE_RULES]);
    let row = out.lines().find(|line| line.starts_with("near-data ")).expect("a row of its own");
    let words: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(words[..4], ["near-data", "aws", "us-east-1", "data-location"]);
}

#[test]
fn place_as_json_lists_answers() {
    let document = json(&done(&["place", REFERENCE_RULES, "--format", "json"]));
    assert_eq!(text(&document, "tradewind"), "answers/1");
    let answers = list(&document, "answers");
    let found: Vec<(&str, &str, Option<&str>, &str)> = answers
        .iter()
        .map(|answer| {
            (text(answer, "workload"), text(answer, "provider"), answer["region"].as_str(), text(answer, "rule"))
        })
        .collect();
    assert_eq!(
        found,
        [
            ("near-data", "aws", Some("us-east-1"), "data-location"),
            ("near-data-gcp", "gcp", Some("europe-west1"), "data-location"),
            ("serving", "aws", None, "capability"),
            ("warehouse", "gcp", None, "capability"),
            ("training-run", "aws", None, "capability"),
            ("tuning", "azure", None, "capability"),
            ("elsewhere", "azure", None, "capability"),
            ("rendering", "gcp", None, "lowest-cost"),
            ("anything", "gcp", None, "lowest-cost"),
        ]
    );
    // `region` is there, as null, where no rule knows one.
    assert!(answers.iter().all(|answer| answer.get("region").is_some()));
}

#[test]
fn distribute_and_offers_are_tables_for_spreadsheets_too() {
    let csv = done(&["distribute", REFERENCE_RULES, "--format", "csv"]);
    assert_eq!(csv.lines().next(), Some("provider,count,workloads"));
    assert_eq!(csv.lines().nth(3), Some("azure,2,\"tuning, elsewhere\""));
    let markdown = done(&["distribute", REFERENCE_RULES, "--format", "markdown"]);
    assert_eq!(markdown.lines().nth(1), Some("|---|---:|---|"));
    let offers = ["offers", "scenarios/quickstart.yaml", "api", "--most", "2", "--format"];
    let csv = done(&[&offers[..], &["csv"]].concat());
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(
        lines[..2],
        ["place,sku,terms,price per hour,a month", "azure/eastus,Standard_D4ps_v6,on-demand,0.14,1387.5"]
    );
    assert_eq!(lines.len(), 3, "no word about the rest");
    let nearest = refused(&["offers", "scenarios/quickstart.yaml", "ap"]);
    assert!(nearest.contains("the scenario has no workload `ap`\nhelp: did you mean `api`?"), "{nearest}");
}

#[test]
fn distribute_as_json_holds_every_provider_in_catalog_order() {
    let out = done(&["distribute", REFERENCE_RULES, "--format", "json"]);
    let document = json(&out);
    assert_eq!(text(&document, "tradewind"), "answers/1");
    assert_eq!(
        document["providers"],
        json(
            r#"{"aws": ["near-data", "serving", "training-run"],
                "gcp": ["near-data-gcp", "warehouse", "rendering", "anything"],
                "azure": ["tuning", "elsewhere"]}"#
        )
    );
    let order: Vec<usize> =
        ["aws", "gcp", "azure"].iter().map(|name| out.find(&format!("\"{name}\": [")).expect("a member")).collect();
    assert!(order.is_sorted(), "{out}");
}

#[test]
fn catalog_replaces_the_books_of_the_scenario_and_gives_their_order() {
    let azure_first = ["pricing/reference/azure.yaml", "pricing/reference/gcp.yaml", "pricing/reference/aws.yaml"];
    let mut arguments = vec!["place", REFERENCE_RULES, "--format", "json"];
    for book in &azure_first {
        arguments.extend(["--catalog", book]);
    }
    let document = json(&done(&arguments));
    let provider_of = |workload: &str| {
        let answer = list(&document, "answers").iter().find(|answer| text(answer, "workload") == workload);
        text(answer.expect("an answer"), "provider")
    };
    // azure has `inference` and gcp has `training` before aws does.
    assert_eq!((provider_of("serving"), provider_of("training-run")), ("azure", "gcp"));
    // Several files after one `--catalog` are the same.
    let mut together = vec!["place", REFERENCE_RULES, "--format", "json", "--catalog"];
    together.extend(azure_first);
    assert_eq!(json(&done(&together)), document);
}

// --- compare ----------------------------------------------------------------------------------------------------------

const USAGE: [&str; 7] = ["compare", "--compute-hours", "1000", "--storage-gb", "500", "--network-gb", "200"];

#[test]
fn compare_names_the_cheapest_by_the_reference_books() {
    // 98 + 10.5 + 17.4 = 125.9 at azure; 100 + 11.5 + 18 = 129.5 at aws, 3.6 more.
    let out = done(&USAGE);
    assert!(out.contains("azure is cheapest at 125.9 USD"), "{out}");
    assert!(out.contains("3.6 USD"), "{out}");
}

#[test]
fn compare_as_json_holds_exact_decimals_as_text() {
    let out = done(&[&USAGE[..], &["--format", "json"]].concat());
    let document = json(&out);
    assert_eq!(text(&document, "tradewind"), "answers/1");
    assert_eq!((text(&document, "provider"), text(&document, "cost")), ("azure", "125.9"));
    assert_eq!(text(&document, "savings"), "3.6");
    assert_eq!(document["all_costs"], json(r#"{"aws": "129.5", "gcp": "129", "azure": "125.9"}"#));
    assert_eq!(members(&out, "all_costs"), ["aws", "gcp", "azure"]);
}

#[test]
fn compare_takes_other_books() {
    let document =
        json(&done(&[&USAGE[..], &["--format", "json", "--catalog", "pricing/reference/aws.yaml"]].concat()));
    assert_eq!(document["all_costs"], json(r#"{"aws": "129.5"}"#));
    assert_eq!((text(&document, "cost"), text(&document, "savings")), ("129.5", "0"));
}

#[test]
fn compare_without_any_flat_rates_says_so() {
    let book = scratch_file("no-rates.yaml", "tradewind: catalog/1\nprovider: bare\ncurrency: USD\n");
    let message = refused(&[&USAGE[..], &["--catalog", &book]].concat());
    assert!(message.contains("rates"), "{message}");
}

#[test]
fn a_negative_usage_is_refused_with_what_is_wrong() {
    for (option, value, name) in [
        ("--compute-hours", "-5", "compute hours"),
        ("--storage-gb", "-0.5", "storage GB"),
        ("--network-gb", "-1", "network GB"),
    ] {
        let mut arguments = USAGE;
        let at = arguments.iter().position(|argument| *argument == option).expect("the option");
        arguments[at + 1] = value;
        let message = refused(&arguments);
        assert!(message.contains(&format!("{name} is negative: `{value}`")), "{message}");
        assert!(message.contains("help: "), "{message}");
    }
}

#[test]
fn a_usage_that_is_no_number_is_refused() {
    let message = refused(&["compare", "--compute-hours", "1e400", "--storage-gb", "a lot", "--network-gb", "1,5"]);
    for part in ["compute hours", "storage GB is not a number: `a lot`", "network GB is not a number: `1,5`"] {
        assert!(message.contains(part), "{message}");
    }
}

// --- route ------------------------------------------------------------------------------------------------------------

#[test]
fn route_says_where_a_request_goes() {
    for (region, provider, matched) in
        [("us-east", "aws", true), ("us-central", "gcp", true), ("us-east-1", "azure", false), ("", "azure", false)]
    {
        let document = json(&done(&["route", "--region", region, "--format", "json"]));
        assert_eq!(text(&document, "tradewind"), "answers/1");
        assert_eq!((text(&document, "region"), text(&document, "provider")), (region, provider));
        assert_eq!(document["matched"].as_bool(), Some(matched));
        assert!(done(&["route", "--region", region]).contains(&format!("goes to {provider}")));
    }
}

#[test]
fn route_takes_the_gateway_of_a_scenario() {
    let out = done(&["route", "--region", "us-central", "--scenario", REFERENCE_RULES]);
    assert!(out.contains("goes to gcp"), "{out}");
}

// --- optimize ---------------------------------------------------------------------------------------------------------

#[test]
fn optimize_as_json_holds_a_whole_plan() {
    let document = json(&done(&["optimize", "scenarios/eu-llm-platform.yaml", "--format", "json"]));
    assert_eq!(text(&document, "tradewind"), "plan/1");
    for member in ["status", "objective", "bound"] {
        text(&document, member);
    }
    assert!(["optimal", "bounded"].contains(&text(&document, "proof")), "{}", document["proof"]);
    assert!(document["gap"].is_f64() && document["reproducible"] == true, "{}", document["gap"]);
    for part in ["total", "compute", "storage", "network", "given", "fees"] {
        text(&document["cost"], part);
    }
    text(&document["certificate"], "inputs");
    for part in ["classes", "columns", "rows", "tree"] {
        list(&document["certificate"], part);
    }
    list(&document, "unplaced");
    list(&document, "fees");
    let placements = list(&document, "placements");
    assert!(!placements.is_empty());
    for placement in placements {
        for member in ["workload", "provider", "region", "sku", "terms", "share", "hours", "cost"] {
            text(placement, member);
        }
        assert!(placement["replicas"].is_u64() && placement["copies"].is_u64(), "{placement}");
        assert!(!list(placement, "lines").is_empty());
    }
    let limits = list(&document, "limits");
    assert!(!limits.is_empty());
    for limit in limits {
        for member in ["name", "used", "limit", "slack"] {
            text(limit, member);
        }
        assert!(limit.get("of").is_some(), "{limit}");
    }
}

#[test]
fn optimize_writes_the_plan_to_a_file_too() {
    let path = scratch("plan.json");
    let _ = std::fs::remove_file(&path);
    let target = path.to_str().expect("UTF-8");
    let shown = done(&["optimize", QUICKSTART, "-o", target]);
    assert_eq!(shown, done(&["optimize", QUICKSTART]), "the answer itself does not change");
    let written = std::fs::read_to_string(&path).expect("the plan was written");
    assert_eq!(written, done(&["optimize", QUICKSTART, "--format", "json"]));
    assert_eq!(text(&json(&written), "tradewind"), "plan/1");
}

#[test]
fn a_plan_that_cannot_be_written_is_an_error() {
    let target = scratch("no-such-directory/plan.json");
    let message = refused(&["optimize", QUICKSTART, "-o", target.to_str().expect("UTF-8")]);
    assert!(message.contains("cannot write"), "{message}");
}

#[test]
fn lines_show_every_charge() {
    let brief = done(&["optimize", QUICKSTART]);
    let long = done(&["optimize", QUICKSTART, "--lines"]);
    assert!(long.lines().count() > brief.lines().count());
    assert!(long.contains("hour"), "{long}");
}

#[test]
fn two_runs_are_equal_byte_for_byte() {
    for arguments in [
        vec!["optimize", "scenarios/training-burst.yaml", "--format", "json"],
        vec!["optimize", QUICKSTART, "--lines"],
        vec!["distribute", REFERENCE_RULES],
    ] {
        assert_eq!(done(&arguments), done(&arguments), "{arguments:?}");
    }
}

#[test]
fn where_no_plan_exists_the_exit_code_is_2() {
    let run = run(&["optimize", TOO_SMALL]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("no plan exists") && run.stderr.contains("`budget`"), "{}", run.stderr);
}

#[test]
fn where_no_plan_exists_json_says_why_on_standard_output() {
    let run = run(&["optimize", TOO_SMALL, "--format", "json"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("no plan exists"), "{}", run.stderr);
    let document = json(&run.stdout);
    assert_eq!((text(&document, "tradewind"), text(&document, "status")), ("no-plan/1", "infeasible"));
    assert_eq!(text(&document["shortfall"], "limit"), "budget");
    assert_eq!(text(&document["shortfall"], "bound"), "9000");
}

#[test]
fn a_workload_that_nothing_can_serve_is_no_plan_and_named() {
    let scenario = scratch_file(
        "unserved.yaml",
        "tradewind: scenario/1\nname: Unserved\nworkloads:\n  - {name: giant, request: {vcpu: 100000}}\n",
    );
    let run = run(&["optimize", &scenario, "--catalog", "pricing/aws.yaml"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("`giant`"), "{}", run.stderr);
}

#[test]
fn no_plan_writes_no_file() {
    let path = scratch("no-plan.json");
    let _ = std::fs::remove_file(&path);
    assert_eq!(run(&["optimize", TOO_SMALL, "-o", path.to_str().expect("UTF-8")]).code, 2);
    assert!(!path.exists());
}

// --- effort and gates -------------------------------------------------------------------------------------------------

#[test]
fn effort_is_taken_in_percent_work_and_seconds() {
    for more in [
        &["--gap", "1%"][..],
        &["--gap", "0.01"],
        &["--gap=100%"],
        &["--work", "5000000000"],
        &["--time-limit", "600"],
        &["--time-limit", "2.5", "--gap", "0.5%", "--work", "1000000000"],
    ] {
        done(&[&["optimize", QUICKSTART][..], more].concat());
    }
}

#[test]
fn effort_that_is_no_figure_is_refused_with_what_would_be() {
    for (option, value, told) in [
        ("--gap", "1", "write `1%` for a percentage"),
        ("--gap", "a bit", "write a percentage as `1%`, or a fraction as `0.01`"),
        ("--gap", "-1%", "'-1"),
        ("--fail-on-gap", "5", "write `5%` for a percentage"),
        ("--work", "0", "0 is not in"),
        ("--work", "1e9", "invalid digit"),
        ("--time-limit", "0", "write seconds above 0"),
        ("--time-limit", "soon", "write seconds above 0"),
        ("--fail-above", "lots", "write an amount in the currency of the books"),
        ("--threads", "0", "--threads"),
    ] {
        let message = refused(&["optimize", QUICKSTART, option, value]);
        assert!(message.contains(told), "{option} {value}: {message}");
    }
}

/// A time that is over before the search begins: what there is by then is the plan, and it says that a clock stopped it.
#[test]
fn a_deadline_is_told_and_makes_a_plan_not_reproducible() {
    let run = run(&["optimize", QUICKSTART, "--time-limit", "0.000001", "--format", "json"]);
    let document = json(&run.stdout);
    // With no plan by then, that is the answer.
    if run.code == 2 {
        assert_eq!(text(&document, "tradewind"), "no-plan/1");
        return;
    }
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!((text(&document, "status"), &document["reproducible"]), ("deadline", &Value::Bool(false)));
}

#[test]
fn a_bill_above_the_gate_is_exit_code_3_and_the_plan_is_printed_and_saved_all_the_same() {
    let plan = done(&["optimize", QUICKSTART, "--format", "json"]);
    let total = text(&json(&plan)["cost"], "total").to_owned();
    // The gate is the most that passes.
    assert_eq!(done(&["optimize", QUICKSTART, "--format", "json", "--fail-above", &total]), plan);
    let path = scratch("above.json");
    let _ = std::fs::remove_file(&path);
    let target = path.to_str().expect("UTF-8");
    let run = run(&["optimize", QUICKSTART, "--format", "json", "--fail-above", "2000", "-o", target]);
    assert_eq!((run.code, &run.stdout), (3, &plan));
    assert_eq!(run.stderr, format!("tradewind: the bill of {total} USD is above 2000 (--fail-above)\n"));
    assert_eq!(std::fs::read_to_string(&path).expect("the plan was written"), plan);
}

#[test]
fn a_gap_above_the_gate_is_exit_code_3() {
    let plan = json(&done(&["optimize", QUICKSTART, "--format", "json"]));
    let optimal = text(&plan, "proof") == "optimal";
    let run = run(&["optimize", QUICKSTART, "--fail-on-gap", "0%"]);
    assert_eq!(run.code, if optimal { 0 } else { 3 }, "{}", run.stderr);
    assert_eq!(run.stderr.contains("(--fail-on-gap)"), !optimal, "{}", run.stderr);
    done(&["optimize", QUICKSTART, "--fail-on-gap", "100%"]);
}

#[test]
fn gates_that_refuse_are_all_told() {
    let run = run(&["optimize", QUICKSTART, "--fail-above", "0", "--fail-on-gap", "0%"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.lines().all(|line| line.starts_with("tradewind: the ")), "{}", run.stderr);
    assert!(run.stderr.contains("(--fail-above)"), "{}", run.stderr);
}

// --- wrong input ------------------------------------------------------------------------------------------------------

#[test]
fn a_missing_file_is_named() {
    for command in ["place", "distribute", "optimize"] {
        let message = refused(&[command, "scenarios/missing.yaml"]);
        assert!(message.contains("`scenarios/missing.yaml`"), "{message}");
        assert!(message.contains("No such file"), "{message}");
    }
    let message = refused(&["place", QUICKSTART, "--catalog", "pricing/missing.yaml"]);
    assert!(message.contains("`pricing/missing.yaml`"), "{message}");
    refused(&["optimize", "scenarios"]);
}

#[test]
fn faults_are_all_reported_at_once_with_line_and_column() {
    let scenario = scratch_file(
        "faulty.yaml",
        "tradewind: scenario/1\nname: Faulty\nworkloads:\n  - {name: a, replicas: -1}\n  - {name: b, colour: red}\n",
    );
    for format in ["text", "json"] {
        let message = refused(&["optimize", &scenario, "--catalog", "pricing/aws.yaml", "--format", format]);
        assert!(message.contains("faulty.yaml:4:") && message.contains("faulty.yaml:5:"), "{message}");
        assert!(message.contains("2 faults"), "{message}");
    }
}

#[test]
fn a_book_is_no_scenario() {
    let message = refused(&["optimize", "pricing/aws.yaml"]);
    assert!(message.contains("pricing/aws.yaml:"), "{message}");
}

// --- usage ------------------------------------------------------------------------------------------------------------

#[test]
fn a_wrong_command_line_is_wrong_input() {
    for arguments in [
        &[][..],
        &["fly"],
        &["place"],
        &["place", QUICKSTART, "--format", "xml"],
        &["place", QUICKSTART, "--frobnicate"],
        &["compare"],
        &["compare", "--compute-hours", "1"],
        &["route"],
    ] {
        refused(arguments);
    }
}

#[test]
fn help_and_version_are_answers() {
    for arguments in [
        &["--help"][..],
        &["help"],
        &["place", "--help"],
        &["distribute", "--help"],
        &["compare", "--help"],
        &["route", "--help"],
        &["optimize", "--help"],
        &["verify", "--help"],
        &["-h"],
    ] {
        assert!(done(arguments).contains("Usage: "), "{arguments:?}");
    }
    assert_eq!(done(&["--version"]), format!("tradewind {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn output_holds_no_colours() {
    for arguments in [&["optimize", QUICKSTART][..], &["--help"], &["place", REFERENCE_RULES]] {
        assert!(!done(arguments).contains('\u{1b}'), "{arguments:?}");
    }
    for arguments in [&["fly"][..], &["optimize", "scenarios/missing.yaml"]] {
        assert!(!refused(arguments).contains('\u{1b}'), "{arguments:?}");
    }
}
