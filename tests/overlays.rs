//! Changes laid over a scenario: what becomes of it, and where a fault of a change is located.

use tradewind::scenario::{Bound, Demand, Scenario};
use tradewind::{Document, Overlay, catalog_from_yaml, scenario_overlaid};

const BOOK: &str = include_str!("broken/base-book.yaml");
const BASE: &str = include_str!("broken/base-scenario.yaml");

/// The base scenario under changes: assignments, and overlay files where there is more than a line.
fn laid(changes: &[&str]) -> Scenario {
    tried(changes).unwrap_or_else(|faults| panic!("{changes:?}:\n{faults}"))
}

fn tried(changes: &[&str]) -> Result<Scenario, String> {
    let catalog = catalog_from_yaml(&[("book", BOOK)]).expect("the book is right");
    let overlays: Vec<Overlay> = changes
        .iter()
        .map(|text| match text.contains('\n') {
            true => Overlay::document(Document::Text { name: "over.yaml".into(), text: (*text).to_owned() }),
            false => Overlay::assignment("--set", *text),
        })
        .collect();
    let base = Document::Text { name: "base.yaml".into(), text: BASE.to_owned() };
    scenario_overlaid(&base, &overlays, &catalog).map_err(|faults| faults.to_string())
}

fn budget(scenario: &Scenario) -> String {
    match scenario.limits[0].bound {
        Bound::Absolute(total) => total.to_string(),
        Bound::Share(share) => format!("share {}", share.parts()),
        _ => "another".to_owned(),
    }
}

#[test]
fn an_assignment_sets_a_value_and_the_last_one_wins() {
    assert_eq!(budget(&laid(&[])), "1000");
    assert_eq!(budget(&laid(&["limits.budget.at_most=128"])), "128");
    assert_eq!(budget(&laid(&["limits.budget.at_most=128", "limits.budget.at_most=64.5"])), "64.5");
    assert_eq!(laid(&["name='5'"]).name.as_ref(), "5");
    assert_eq!(laid(&["name=a=b.c # not this"]).name.as_ref(), "a=b.c");
}

#[test]
fn a_key_that_is_not_there_yet_is_added_and_null_takes_out() {
    assert_eq!(laid(&["horizon.hours_per_month=700"]).hours_per_month.to_string(), "700");
    assert_eq!(
        laid(&["workloads.chat.replicas=3", "workloads.chat.labels.\"cost.center\"=7"]).workloads[0].labels.len(),
        2
    );
    assert!(laid(&["limits.budget=null"]).limits.is_empty());
    assert_eq!(laid(&["workloads.job=null"]).workloads.len(), 1);
    let Demand::Machines(machines) = laid(&["workloads.chat.storage=null"]).workloads[0].demand.clone() else {
        panic!("machines")
    };
    assert!(machines.storage.is_none());
}

#[test]
fn lists_are_addressed_by_name_or_number_or_replaced() {
    let costs = |changes: &[&str]| match laid(changes).workloads[1].demand.clone() {
        Demand::Given(options) => Vec::from_iter(options.iter().map(|option| option.cost.to_string())),
        _ => panic!("options"),
    };
    assert_eq!(costs(&["workloads.job.options.2.cost=9.5"]), ["17", "9.5"]);
    // Numbers are those of the list as it was: taking the first out does not move the second.
    assert_eq!(costs(&["tradewind: overlay/1\nworkloads: {job: {options: {1: null, 2: {cost: 3}}}}\n"]), ["3"]);
    assert_eq!(costs(&["workloads.job.options=[{region: south-1, cost: 1}]"]), ["1"]);
    assert_eq!(laid(&["workloads.chat.terms=[spot, on-demand]"]).workloads[0].terms.len(), 2);
}

#[test]
fn an_overlay_merges_named_elements_and_adds_new_ones_at_the_end() {
    let over = "tradewind: overlay/1\nlimits:\n- {name: budget, at_most: 5}\n- {name: more, sum: vcpu, at_most: 9}\n\
                workloads: {chat: {request: {vcpu: 2}}}\n";
    let scenario = laid(&[over, "limits.more.at_most=8"]);
    let names: Vec<&str> = scenario.limits.iter().map(|limit| &*limit.name).collect();
    assert_eq!(names, ["budget", "more"]);
    assert_eq!(budget(&scenario), "5");
    assert_eq!(scenario.limits[1].sum.name(), "vcpu");
    let Demand::Machines(machines) = &scenario.workloads[0].demand else { panic!("machines") };
    assert_eq!((machines.vcpu.to_string(), machines.memory_gib.to_string()), ("2".into(), "16".into()), "merged");
}

#[test]
fn an_overlay_that_changes_nothing_changes_nothing() {
    let plain = format!("{:?}", laid(&[]));
    let spans = |text: &str| text.split("span: Span").count();
    let empty = format!("{:?}", laid(&["tradewind: overlay/1\nlimits: {}\n"]));
    assert_eq!(spans(&plain), spans(&empty));
    assert_eq!(plain, empty, "the places of what was not changed are those of its file");
}

#[test]
fn faults_are_located_in_the_change_that_brought_them() {
    assert_eq!(
        tried(&["limits.budget.at_most=many", "workloads.chat.reqest.vcpu=2"]).map(|_| ()),
        Err("--set:1:23: `at_most` of limit `budget` is `many`, which is not a number\n\
             help: write plain digits, such as 1000 or 0.25\n\
             --set:1:16: unknown key `reqest` in workload `chat`\n\
             help: did you mean `request`?"
            .to_owned())
    );
    assert_eq!(
        tried(&["limits.bugdet.at_most=5"]).map(|_| ()),
        Err("--set:1:8: `limits` of the scenario has no `bugdet`\nhelp: did you mean `budget`?".to_owned())
    );
}

#[test]
fn a_hostile_path_is_refused_and_not_followed() {
    let deep = format!("{}=1", vec!["a"; 100_000].join("."));
    let told = tried(&[&deep]).map(|_| ()).expect_err("too deep");
    assert!(told.starts_with("--set:1:129: the path is longer than any in a scenario\n"), "{told}");
    let wide = format!("é.{}", "\u{202e}".repeat(10_000));
    let told = tried(&[&wide]).map(|_| ()).expect_err("no value");
    assert!(told.len() < 700 && told.contains("help: write a path and a value"), "{told}");
}
