//! `sweep` on the command line: curves, matrices, parts.

use serde_json::Value;

use super::binary::{done, refused, run, scratch, scratch_file};

const BOOK: &str = "tradewind: catalog/1
provider: acme
currency: USD
regions: {north: {}, south: {}}
skus: {small: {vcpu: 2, memory_gib: 4}}
offers: {small: {on-demand: {north: 0.2, south: 0.1}}}
";

/// Two workloads of which the quota lets `vcpu / 2` run in the cheap region; the budget may be out of reach.
fn scenario(name: &str) -> String {
    let book = scratch_file(&format!("{name}-book.yaml"), BOOK);
    let book = book.rsplit('/').next().expect("a file").to_owned();
    scratch_file(
        &format!("{name}.yaml"),
        &format!(
            "tradewind: scenario/1
name: Two
catalogs: [{book}]
workloads:
  - {{name: a, request: {{vcpu: 2}}}}
  - {{name: b, request: {{vcpu: 2}}, replicas: 2, hours: 500}}
limits:
  - {{name: quota, sum: vcpu, where: {{region: south}}, at_most: 6}}
  - {{name: budget, sum: cost, at_most: 10000}}
"
        ),
    )
}

#[test]
fn a_curve_tells_the_cost_and_where_decisions_flip() {
    let scenario = scenario("curve");
    // In the south a saves 730 h × 0.1 = 73 and takes 2 vCPU, b saves 1,000 h × 0.1 = 100 and takes 4. All in the
    // north: 730 × 0.2 + 1,000 × 0.2 = 346.
    assert_eq!(
        done(&["sweep", &scenario, "--vary", "limits.quota.at_most=0..6:4"]),
        "Two over limits.quota.at_most: 4 points, USD a month\n\n\
         limits.quota.at_most    cost  change  moves\n                   \
                            0  346.00\n                   \
                            2  273.00  -73.00  a\n                   \
                            4  246.00  -27.00  a, b\n                   \
                            6  173.00  -73.00  a\n\n\
         Each plan is proven optimal: none is cheaper, rounding aside\n\n\
         Where decisions flip\n  \
           limits.quota.at_most from 0 to 2\n    \
             a  1 × small in acme/north  →  1 × small in acme/south\n  \
           limits.quota.at_most from 2 to 4\n    \
             a  1 × small in acme/south  →  1 × small in acme/north\n    \
             b  2 × small in acme/north  →  2 × small in acme/south\n  \
           limits.quota.at_most from 4 to 6\n    \
             a  1 × small in acme/north  →  1 × small in acme/south\n"
    );
    assert_eq!(
        done(&["sweep", &scenario, "--vary", "limits.quota.at_most=4,6", "--format", "csv"]),
        "limits.quota.at_most,cost,bound,gap,outcome,moves\n4,246,246,0,optimal,0\n6,173,173,0,optimal,1\n"
    );
}

#[test]
fn a_matrix_over_two_parameters_shows_where_there_is_no_plan() {
    let scenario = scenario("matrix");
    let vary = ["--vary", "limits.budget.at_most=200,300", "--vary", "limits.quota.at_most=2,6"];
    let told = done(&[&["sweep", &scenario], &vary[..]].concat());
    assert!(
        told.contains(
            "limits.budget.at_most \\ limits.quota.at_most        2       6\n\
             \x20                                        200  no plan  173.00\n\
             \x20                                        300   273.00  173.00\n"
        ),
        "{told}"
    );
    assert!(told.contains("  limits.quota.at_most from 2 to 6 at limits.budget.at_most 300\n"), "{told}");
    let json: Value =
        serde_json::from_str(&done(&[&["sweep", &scenario], &vary[..], &["--format", "json"]].concat())).expect("JSON");
    assert_eq!(json["points"][0]["no-plan"], "infeasible");
    assert_eq!(json["points"][1]["plan"]["cost"], "173");
    assert_eq!(json["points"][2]["values"], Value::from(vec!["300", "2"]));
    assert_eq!(json["flips"].as_array().map(Vec::len), Some(1), "from no plan to a plan is no flip of a decision");
}

#[test]
fn prices_and_demand_are_varied_exactly() {
    let scenario = scenario("prices");
    let costs = |vary: &[&str]| -> Vec<String> {
        let csv = done(&[&["sweep", &scenario, "--format", "csv"], vary].concat());
        csv.lines().skip(1).map(|line| line.split(',').nth(1).expect("a cost").to_owned()).collect()
    };
    // 173 at today's prices.
    assert_eq!(costs(&["--vary", "prices=-20%..20%:3"]), ["138.4", "173", "207.6"]);
    assert_eq!(costs(&["--vary", "prices.acme=0%,1%"]), ["173", "174.73"]);
    // One machine of a becomes two (4 vCPU), two of b three (6 vCPU): only b fits into 6, as 3 × 500 × 0.1 + 2 × 730 × 0.2.
    assert_eq!(costs(&["--vary", "demand=0%,10%"]), ["173", "442"]);
    assert_eq!(costs(&["--vary", "month=0,1,8", "--growth", "10%"])[..2], ["173", "442"]);
    assert_eq!(
        refused(&["sweep", &scenario, "--vary", "prices.acne=0%,1%"]),
        "no price book is of `acne`; there are acme\n"
    );
    assert!(refused(&["sweep", &scenario, "--vary", "month=0,1"]).contains("give --growth 4%"));
    // The same growth stated in the scenario; a plan for today alone would look right and be wrong.
    let grows = ["--set", "horizon={months: 12, growth: 10%}"];
    assert_eq!(costs(&[&["--vary", "month=0,1"], &grows[..]].concat()), ["173", "442"]);
    assert!(refused(&[&["sweep", &scenario, "--vary", "demand=0%,1%"], &grows[..]].concat()).contains("vary `month`"));
    assert_eq!(
        refused(&[&["optimize", &scenario], &grows[..]].concat()),
        "--set:1:30: one plan over all `months` of `horizon` is not supported yet\n\
         help: plan months one by one with `tradewind sweep SCENARIO --vary month=0..12`\n\
         tradewind: 1 fault in the input; nothing was computed\n"
    );
}

#[test]
fn the_answer_does_not_depend_on_the_number_of_threads() {
    let scenario = scenario("threads");
    let call = ["sweep", &scenario, "--vary", "limits.quota.at_most=0..6:7", "--format", "json", "--threads"];
    let one = done(&[&call[..], &["1"]].concat());
    for threads in ["2", "7", "64"] {
        assert_eq!(done(&[&call[..], &[threads]].concat()), one, "{threads}");
    }
}

#[test]
fn parts_join_to_the_whole_and_nothing_else_does() {
    let scenario = scenario("parts");
    let call = ["sweep", &scenario, "--vary", "limits.quota.at_most=0..6:7", "--vary", "limits.budget.at_most=200,400"];
    let part = |index: usize, of: usize, options: &[&str]| {
        let path = scratch(&format!("part-{index}-of-{of}-{}.json", options.len()));
        let shard = format!("{index}/{of}");
        assert_eq!(done(&[&call[..], &["--shard", &shard, "-o", &path], options].concat()), "");
        path
    };
    let [first, second, third] = [0, 1, 2].map(|index| part(index, 3, &[]));
    for format in ["text", "json", "csv", "markdown"] {
        let whole = done(&[&call[..], &["--format", format]].concat());
        assert_eq!(done(&["sweep", "merge", &third, &first, &second, "--format", format]), whole, "{format}");
    }
    assert_eq!(
        refused(&["sweep", "merge", &first, &first]),
        format!(
            "`{first}` and `{first}` are both part 0 of 3\nhelp: give each part once\n\
             part 1, 2 of 3 is missing\nhelp: run what makes it, and give all parts\n\
             tradewind: 2 faults in the input; nothing was computed\n"
        )
        .replace(&format!("`{first}`"), &shortened(&first))
    );
    let foreign = part(1, 3, &["--set", "workloads.a.hours=3"]);
    let told = refused(&["sweep", "merge", &first, &foreign, &third]);
    assert!(told.contains("is a part of another sweep than"), "{told}");
    assert!(told.contains("part 1 of 3 is missing\n"), "{told}");
    let months = ["sweep", &scenario, "--vary", "month=0,1", "--shard"];
    let [slow, fast] = [("0/2", "1%"), ("1/2", "2%")].map(|(shard, growth)| {
        let path = scratch(&format!("month-{growth}.json"));
        done(&[&months[..], &[shard, "--growth", growth, "-o", &path]].concat());
        path
    });
    assert!(refused(&["sweep", "merge", &slow, &fast]).contains("is a part of another sweep than"));
    let other_count = part(1, 2, &[]);
    assert!(refused(&["sweep", "merge", &first, &other_count]).contains("is a part of another sweep than"));
    let whole = scratch("whole.json");
    done(&[&call[..], &["--format", "json", "-o", &whole]].concat());
    assert!(refused(&["sweep", "merge", &whole]).starts_with("no part of a sweep is given\n"));
    assert!(
        refused(&["sweep", "merge", "pricing/aws.yaml"]).starts_with("pricing/aws.yaml:1:1: this is not a sweep: ")
    );
    let cut = std::fs::read_to_string(&second).expect("saved").replacen("\"number\": 1,", "\"number\": 4,", 1);
    let cut = scratch_file("cut.json", &cut);
    assert!(refused(&["sweep", "merge", &first, &cut, &third]).contains("points are missing"));
}

/// A path as messages quote it.
fn shortened(path: &str) -> String {
    let shown: String = path.chars().take(60).collect();
    if path.chars().count() > 60 { format!("`{shown}…`") } else { format!("`{path}`") }
}

#[test]
fn faults_of_what_is_varied_are_located_and_a_grid_without_plans_says_so() {
    let scenario = scenario("faults");
    assert_eq!(
        refused(&["sweep", &scenario, "--vary", "limits.qouta.at_most=1,2"]),
        "--vary:1:8: `limits` of the scenario has no `qouta`\nhelp: did you mean `quota`?\n\
         tradewind: 1 fault in the input; nothing was computed\n"
    );
    assert!(refused(&["sweep", &scenario, "--vary", "limits.quota.at_most"]).contains("PARAMETER=FROM..TO:COUNT"));
    assert!(refused(&["sweep", &scenario]).contains("--vary"));
    let run = run(&["sweep", &scenario, "--vary", "limits.budget.at_most=1,2"]);
    assert_eq!(run.code, 2);
    assert!(run.stdout.contains("no plan"), "{}", run.stdout);
    assert_eq!(run.stderr, "tradewind: no point of the sweep has a plan; `tradewind optimize` with --set tells why\n");
}

#[test]
fn the_readme_shows_a_sweep_as_it_is() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("the README");
    let call = "tradewind sweep scenarios/eu-llm-platform.yaml --vary limits.no-lock-in.at_most=40%..100%:4";
    let output = done(&Vec::from_iter(call.split(' ').skip(1)));
    assert!(
        readme.contains(&format!("```sh\n{call}\n```\n\n```text\n{output}```\n")),
        "the README says another than\n{output}"
    );
}
