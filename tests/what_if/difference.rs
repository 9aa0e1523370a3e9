//! `diff` on the command line.

use serde_json::Value;

use super::binary::{done, refused, run, run_with, scratch, scratch_file};

const BOOK: &str = "tradewind: catalog/1
provider: acme
currency: USD
regions: {north: {}, south: {}}
skus: {small: {vcpu: 2, memory_gib: 4}, large: {vcpu: 8, memory_gib: 16}}
offers:
  small: {on-demand: {north: 0.2, south: 0.1}, spot: {south: 0.05}}
  large: {on-demand: {north: 0.8, south: 0.4}}
network: {internet: {default: {free_gb: 100, per_gb: 0.1}}}
";

/// A scenario over [`BOOK`], whose path from it is `book.yaml`.
fn scenario(name: &str, workloads: &str) -> String {
    let book = scratch_file(&format!("{name}-book.yaml"), BOOK);
    let book = book.rsplit('/').next().expect("a file").to_owned();
    scratch_file(
        &format!("{name}.yaml"),
        &format!("tradewind: scenario/1\nname: {name}\ncatalogs: [{book}]\nworkloads:\n{workloads}"),
    )
}

const FLEET: &str =
    "  - {name: web, request: {vcpu: 2}, replicas: 3, egress: {internet_gb: 400}, current: {region: north, sku: small}}
  - {name: db, request: {vcpu: 8}, current: {region: south, sku: large}}
  - {name: new, request: {vcpu: 2}}
";

fn plan(scenario: &str, name: &str, options: &[&str]) -> String {
    let path = scratch(name);
    done(&[&["optimize", scenario, "-o", &path], options].concat());
    path
}

#[test]
fn what_runs_now_against_a_plan() {
    let scenario = scenario("now", FLEET);
    let plan = plan(&scenario, "now.json", &[]);
    let told = done(&["diff", &scenario, &plan]);
    // web: 3 × 730 h × (0.2 − 0.1) = 219.00 saved; new: 730 h × 0.1 = 73.00; db stays. Egress 400 GB × 0.1 either way.
    assert_eq!(
        told,
        format!(
            "From what runs now by {scenario} to {plan}: the bill falls by 146.00 USD a month, 760.00 before and 614.00 \
             after\n\n\
             workload  what    from                     to                       before   after  saving\n\
             web       moves   3 × small in acme/north  3 × small in acme/south  478.00  259.00  219.00\n\
             new       starts                           1 × small in acme/south           73.00  -73.00\n\n\
             web\n  \
               charge                price from                  before   after\n  \
               3 × small, on-demand  acme/north small on-demand  438.00\n  \
               3 × small, on-demand  acme/south small on-demand          219.00\n\n\
             new\n  \
               charge                price from                  after\n  \
               1 × small, on-demand  acme/south small on-demand  73.00\n"
        )
    );
    let json: Value = serde_json::from_str(&done(&["diff", &scenario, &plan, "--format", "json"])).expect("JSON");
    assert_eq!((json["tradewind"].as_str(), json["saving"].as_str()), (Some("diff/1"), Some("146")));
    assert_eq!(json["moves"][0]["fate"], "moves");
    assert_eq!(json["moves"][0]["from"][0]["region"], "north");
    assert_eq!(json["moves"][1]["saving"], "-73");
    assert_eq!(json["moves"].as_array().map(Vec::len), Some(2), "only what changed");
    assert_eq!(
        done(&["diff", &scenario, &plan, "--format", "csv"]),
        "workload,what,from,to,before,after,saving,\n\
         web,moves,3 × small in acme/north,3 × small in acme/south,478,259,219,\n\
         new,starts,,1 × small in acme/south,,73,-73,\n"
    );
    assert!(
        done(&["diff", &scenario, &plan, "--format", "markdown"]).contains("\n|---|---|---|---|---:|---:|---:|---|\n")
    );
}

#[test]
fn one_line_where_nothing_changes() {
    let scenario = scenario("same", FLEET);
    let plan = plan(&scenario, "same.json", &[]);
    assert_eq!(done(&["diff", &plan, &plan]), format!("nothing changes from {plan} to {plan}: 614.00 USD a month\n"));
    let json: Value = serde_json::from_str(&done(&["diff", &plan, &plan, "--format", "json"])).expect("JSON");
    assert_eq!(json["changed"], false);
}

#[test]
fn moves_that_save_too_little_are_marked_and_stay_in_the_sum() {
    let scenario = scenario("least", FLEET);
    let plan = plan(&scenario, "least.json", &[]);
    for (least, marked) in [("219", false), ("219.01", true)] {
        let json = done(&["diff", &scenario, &plan, "--min-saving", least, "--format", "json"]);
        let json: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(json["moves"][0]["below_minimum"], marked, "{least}");
        assert_eq!(json["moves"][1]["below_minimum"], false, "what starts has no choice");
        assert_eq!(json["saving"], "146", "marks, and changes nothing");
    }
    let told = done(&["diff", &scenario, &plan, "--min-saving", "100"]);
    assert!(told.ends_with("\nEvery move saves 100.00 USD or more\n"), "{told}");
    let told = done(&["diff", &scenario, &plan, "--min-saving", "300"]);
    assert!(told.ends_with("\n1 move saves less than 300.00 USD and may not be worth it\n"), "{told}");
    assert!(told.contains("219.00  below the minimum\n"), "{told}");
}

#[test]
fn two_plans_with_another_price_and_the_account() {
    let scenario = scenario("priced", FLEET);
    let before = plan(&scenario, "priced-1.json", &[]);
    let dearer =
        scratch_file("dearer.yaml", &BOOK.replace("south: 0.4", "south: 0.5").replace("free_gb: 100", "free_gb: 0"));
    let after = plan(&scenario, "priced-2.json", &["--catalog", &dearer]);
    let told = done(&["diff", &before, &after]);
    // db: 730 h × 0.1 = 73.00 more; 100 GB that are free no more: 10.00.
    assert!(told.contains("the bill rises by 83.00 USD a month, 614.00 before and 697.00 after"), "{told}");
    assert!(told.contains("db        repriced  1 × large in acme/south  the same  292.00  365.00  -73.00\n"), "{told}");
    assert!(told.contains("Tiers, allowances and fees of the accounts\n"), "{told}");
    assert!(told.contains("-10.00"), "{told}");
    assert!(!told.contains("web"), "what does not change is not listed: {told}");
    let csv = done(&["diff", &before, &after, "--format", "csv"]);
    assert!(csv.contains("\"tiers, allowances and fees of the accounts\",,,,-10,0,-10,\n"), "{csv}");
}

#[test]
fn fees_are_told_apart_and_more_machines_are_seen() {
    let scenario = scenario(
        "fees",
        "  - {name: a, request: {vcpu: 2}, regions: {allow: [north]}}
  - {name: b, request: {vcpu: 2}, regions: {allow: [south]}}
fees: [{name: hall, region: north, monthly: 40}, {name: yard, region: south, monthly: 300}]
",
    );
    let before = plan(&scenario, "fees-1.json", &[]);
    let after = plan(
        &scenario,
        "fees-2.json",
        &["--set", "workloads.b.regions.allow=[north]", "--set", "workloads.a.replicas=3"],
    );
    let told: Value = serde_json::from_str(&done(&["diff", &before, &after, "--format", "json"])).expect("JSON");
    // The yard is left and no longer paid; the hall is paid as before.
    let account = told["account"].as_array().expect("a list");
    assert_eq!(account.len(), 1, "{account:?}");
    assert_eq!(account[0]["before"], "300");
    assert!(account[0]["what"].as_str().is_some_and(|what| what.contains("yard")), "{account:?}");
    assert_eq!(account[0]["after"], Value::Null);
    let a = told["moves"].as_array().and_then(|moves| moves.iter().find(|moved| moved["workload"] == "a"));
    assert_eq!(a.expect("a")["lines"][0]["what"], "1 × small, on-demand → 3 × small, on-demand");
}

#[test]
fn a_place_without_a_price_is_said_and_not_counted_as_nothing() {
    let scenario = scenario("gone", "  - {name: web, request: {vcpu: 8}, current: {region: north, sku: small}}\n");
    let plan = plan(&scenario, "gone.json", &[]);
    let told = done(&["diff", &scenario, &plan]);
    assert!(told.contains("web: where it runs now has no price, so what it costs is not in the sum\n"), "{told}");
    let json: Value = serde_json::from_str(&done(&["diff", &scenario, &plan, "--format", "json"])).expect("JSON");
    assert_eq!((&json["moves"][0]["fate"], &json["moves"][0]["saving"]), (&Value::from("unpriced"), &Value::Null));
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let scenario = scenario("refused", FLEET);
    let plan = plan(&scenario, "refused.json", &[]);
    let text = std::fs::read_to_string(&plan).expect("saved").replace("\"currency\": \"USD\"", "\"currency\": \"EUR\"");
    let euros = scratch_file("euros.json", &text);
    assert_eq!(
        refused(&["diff", &plan, &euros]),
        "tradewind: one side is in USD, the other in EUR; plan both by price books of one currency\n"
    );
    assert!(refused(&["diff", "pricing/aws.yaml", &plan]).contains("is a price book"));
    assert!(refused(&["diff", "nowhere.json", &plan]).starts_with("cannot read nowhere.json: "));
    assert_eq!(run(&["diff", &plan]).code, 2 - 1, "two are needed");
    let piped = run_with(&["diff", "-", &plan], &std::fs::read_to_string(&plan).expect("saved"));
    assert_eq!(piped.stdout, format!("nothing changes from standard input to {plan}: 614.00 USD a month\n"));
}
