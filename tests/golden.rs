//! The whole output of every scenario under every command, compared with a file.
//!
//! `tests/golden/<scenario>.<command>.txt` holds the exit code on its first line, then standard output, then, if there
//! is any, standard error. The binary runs from the repository's root with relative paths, so that no output depends on
//! where the repository lies. After a change that is meant, `TRADEWIND_BLESS=1 cargo test --test golden` writes the
//! files anew; what changed in them is then reviewed like code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Name of each command in file names, and its arguments around the scenario's path.
const COMMANDS: [(&str, &str, &[&str]); 5] = [
    ("optimize", "optimize", &[]),
    ("optimize-lines", "optimize", &["--lines"]),
    ("optimize-json", "optimize", &["--format", "json"]),
    ("place", "place", &[]),
    ("distribute", "distribute", &[]),
];

/// Commands that take longer, of two scenarios, each with one of its workloads.
const REVIEWED: [(&str, &str); 2] = [("quickstart", "api"), ("eu-llm-platform", "chat")];
/// Work of each question, so that the slowest test of a debug build takes seconds.
const WORK: [&str; 2] = ["--work", "20000000"];
const REVIEWS: [(&str, &str, &[&str]); 6] = [
    ("explain", "explain", &[]),
    ("explain-json", "explain", &["--format", "json"]),
    ("explain-workload", "explain", &["{workload}"]),
    ("report-markdown", "report", &["--as-of", "2026-08-15", "--format", "markdown"]),
    ("report-html", "report", &["--as-of", "2026-08-15", "--format", "html"]),
    ("report-csv", "report", &["--as-of", "2026-08-15", "--format", "csv"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn golden() -> PathBuf {
    root().join("tests/golden")
}

fn blessing() -> bool {
    std::env::var_os("TRADEWIND_BLESS").is_some_and(|value| !value.is_empty() && value != "0")
}

/// Names of the files of a directory that end in `ending`, without it, sorted.
fn stems(directory: &Path, ending: &str) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(directory) else { return BTreeSet::new() };
    let names = entries.map(|entry| entry.expect("a readable directory").file_name());
    let names = names.map(|name| name.into_string().expect("UTF-8"));
    names.filter_map(|name| name.strip_suffix(ending).map(str::to_owned)).collect()
}

/// Scenarios, by file name without `.yaml`.
fn scenarios() -> BTreeSet<String> {
    stems(&root().join("scenarios"), ".yaml")
}

/// Exit code, standard output and standard error of a call, in one text.
fn transcript(scenario: &str, command: &str, options: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tradewind"))
        .arg(command)
        .arg(format!("scenarios/{scenario}.yaml"))
        .args(options)
        .current_dir(root())
        .output()
        .expect("the binary starts");
    let code = output.status.code().expect("it ends by itself");
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    let errors = if stderr.is_empty() { String::new() } else { format!("--- standard error\n{stderr}") };
    format!("exit code {code}\n{stdout}{errors}")
}

/// The first lines that differ, for a message.
fn difference(was: &str, is: &str) -> String {
    let same = was.lines().zip(is.lines()).take_while(|(was, is)| was == is).count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("(the end)").to_owned();
    format!("line {}\n  was {}\n  is  {}", same + 1, line(was), line(is))
}

fn check(command: usize) {
    let (name, command, options) = COMMANDS[command];
    compare(scenarios().into_iter().map(|scenario| {
        let is = transcript(&scenario, command, options);
        (scenario, name, is)
    }));
}

/// Compares outputs, each of a scenario under the name of a command, with their files, or writes these.
fn compare(outputs: impl Iterator<Item = (String, &'static str, String)>) {
    let mut differences = Vec::new();
    for (scenario, name, is) in outputs {
        let file = golden().join(format!("{scenario}.{name}.txt"));
        if blessing() {
            fs::create_dir_all(golden()).expect("tests/golden can be made");
            fs::write(&file, &is).expect("tests/golden can be written");
            continue;
        }
        match fs::read_to_string(&file) {
            Ok(was) if was == is => {}
            Ok(was) => differences.push(format!("tests/golden/{scenario}.{name}.txt: {}", difference(&was, &is))),
            Err(_) => differences.push(format!("tests/golden/{scenario}.{name}.txt is missing")),
        }
    }
    assert!(
        differences.is_empty(),
        "{}\nif this is meant: TRADEWIND_BLESS=1 cargo test --test golden\n",
        differences.join("\n")
    );
}

#[test]
#[cfg_attr(feature = "highs", ignore = "HiGHS may choose another of several equally cheap plans")]
fn optimize() {
    check(0);
}

#[test]
#[cfg_attr(feature = "highs", ignore = "HiGHS may choose another of several equally cheap plans")]
fn optimize_lines() {
    check(1);
}

#[test]
#[cfg_attr(feature = "highs", ignore = "HiGHS may choose another of several equally cheap plans")]
fn optimize_json() {
    check(2);
}

#[test]
fn place() {
    check(3);
}

#[test]
fn distribute() {
    check(4);
}

#[test]
#[cfg_attr(feature = "highs", ignore = "HiGHS may choose another of several equally cheap plans")]
fn explain_and_report() {
    let all = REVIEWED.iter().flat_map(|of| REVIEWS.iter().map(move |command| (of, command)));
    compare(all.map(|((scenario, workload), (name, command, options))| {
        let of = |option: &&'static str| if *option == "{workload}" { *workload } else { *option };
        let options: Vec<&str> = options.iter().map(of).chain(WORK).collect();
        ((*scenario).to_owned(), *name, transcript(scenario, command, &options))
    }));
}

/// No file without its scenario, no scenario without its files; what is orphaned is removed by hand.
#[test]
fn every_scenario_has_its_files_and_every_file_its_scenario() {
    let scenarios = scenarios();
    assert!(!scenarios.is_empty(), "there are scenarios");
    let expected: BTreeSet<String> = scenarios
        .iter()
        .flat_map(|scenario| COMMANDS.iter().map(move |(name, ..)| format!("{scenario}.{name}")))
        .chain(REVIEWED.iter().flat_map(|(of, _)| REVIEWS.iter().map(move |(name, ..)| format!("{of}.{name}"))))
        .collect();
    let present = stems(&golden(), ".txt");
    let orphans: Vec<&String> = present.difference(&expected).collect();
    assert!(orphans.is_empty(), "in tests/golden without a scenario and command: {orphans:?}");
    if !blessing() {
        let missing: Vec<&String> = expected.difference(&present).collect();
        assert!(missing.is_empty(), "missing in tests/golden: {missing:?}");
    }
}

/// Outputs can be compared on any machine: they name no directory of the one they were written on.
#[test]
fn no_file_holds_a_path_of_this_machine() {
    let here = root().to_str().expect("UTF-8");
    for stem in stems(&golden(), ".txt") {
        // The other tests may be writing the files just now.
        let text = fs::read_to_string(golden().join(format!("{stem}.txt"))).unwrap_or_default();
        assert!(!text.contains(here), "tests/golden/{stem}.txt holds {here}");
    }
}
