//! What editors, shells and spreadsheets are given.

use super::binary::{done, refused};

#[test]
fn schemas_are_printed() {
    for form in tradewind::schema::Form::ALL {
        assert_eq!(done(&["schema", form.name()]), form.schema());
    }
    assert!(refused(&["schema", "book"]).contains("catalog, contract, scenario, overlay, plan"));
}

#[test]
fn completions_know_every_command_and_its_options() {
    for shell in ["bash", "zsh", "fish"] {
        let script = done(&["completions", shell]);
        for word in ["optimize", "sweep", "diff", "completions", "min-saving", "time-limit"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    assert!(refused(&["completions", "csh"]).contains("bash"));
}

#[test]
fn answers_are_tables_for_spreadsheets_and_pull_requests() {
    let compare = ["compare", "--compute-hours", "1000", "--storage-gb", "500", "--network-gb", "200", "--format"];
    assert_eq!(
        done(&[&compare[..], &["csv"]].concat()),
        "provider,cost,currency,cheapest\naws,129.5,USD,no\ngcp,129,USD,no\nazure,125.9,USD,yes\n"
    );
    assert!(done(&[&compare[..], &["markdown"]].concat()).starts_with("| provider | cost | currency | cheapest |\n"));
    let place = done(&["place", "scenarios/reference-rules.yaml", "--format", "csv"]);
    assert!(place.starts_with("workload,provider,region,rule,why not another rule\n"), "{place}");
    assert_eq!(place.lines().count(), done(&["place", "scenarios/reference-rules.yaml"]).lines().count());
}
