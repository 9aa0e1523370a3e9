//! The examples are run, and say what they should.

use std::path::Path;
use std::sync::Once;

#[expect(dead_code, reason = "`main` is for `cargo run --example`")]
#[path = "../examples/fleet.rs"]
mod fleet;
#[expect(dead_code, reason = "`main` is for `cargo run --example`")]
#[path = "../examples/service.rs"]
mod service;
#[expect(dead_code, reason = "`main` is for `cargo run --example`")]
#[path = "../examples/what_if.rs"]
mod what_if;

/// Examples name files from the repository's root.
fn enter() {
    static ENTERED: Once = Once::new();
    ENTERED.call_once(|| std::env::set_current_dir(env!("CARGO_MANIFEST_DIR")).expect("the root"));
}

#[test]
fn a_service_plans_again_and_moves_only_where_it_pays() {
    // web: 4 × 730 h × 0.001 = 2.92 saved, too little; search: 2 × 730 h × 0.10 = 146.00.
    assert_eq!(
        service::run().expect("it plans"),
        "day 0: begins at 730 a month\n\
         day 1: nothing changes\n\
         day 2: web to 4 × small in metal/south saves 2.92: not worth it\n\
         day 3: search to 2 × large in metal/south saves 146: moves\n\
         day 3: web to 4 × small in metal/south saves 2.92: not worth it\n"
    );
}

#[test]
fn what_if_questions_are_answered() {
    enter();
    let told = what_if::run().expect("it plans");
    assert!(
        told.starts_with("as it is: 2,045.35\nwith twice the replicas: 2,517.86\nazure + 0%: 2,045.35\n"),
        "{told}"
    );
    assert!(told.contains("moves\n"), "{told}");
}

#[test]
fn a_fleet_in_classes_fills_its_quota_with_what_saves_most() {
    // The south saves 0.005 a vCPU-hour: huge jobs 730 h × 16, large 300 h × 8, small 200 h × 4. 12,000 vCPU hold all 100
    // huge (1,600), all 900 large (7,200) and 800 small (3,200).
    let told = fleet::run().expect("it plans");
    for line in [
        "100 × huge in south\n",
        "900 × large in south\n",
        "800 × small in south\n",
        "2200 × small in north\n",
        "6000 × tiny in north\n",
    ] {
        assert!(told.contains(line), "{line} in {told}");
    }
    assert!(told.starts_with("10000 jobs for "), "{told}");
}

/// The manifest calls the command line as it is: its arguments are those of a sweep.
#[test]
fn the_manifest_names_files_and_parameters_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(root.join("examples/sweep-job.yaml")).expect("the manifest");
    let scenario = std::fs::read_to_string(root.join("scenarios/eu-llm-platform.yaml")).expect("its scenario");
    for limit in ["budget", "no-lock-in"] {
        assert!(
            manifest.contains(&format!("--vary limits.{limit}.at_most="))
                && scenario.contains(&format!("name: {limit},"))
        );
    }
    let count = |key: &str| manifest.lines().find_map(|line| line.trim().strip_prefix(key)).map(str::trim);
    assert_eq!(count("completions:"), Some("8"));
    assert!(manifest.contains("--shard \"$JOB_COMPLETION_INDEX/8\""));
    assert!(serde_yaml::from_str::<serde_json::Value>(&manifest).is_ok());
}
