//! `explain` and `report` on the command line: what they print, write and refuse.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SMALL: &str = "tests/explain/small.yaml";

fn tradewind(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tradewind"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the binary starts")
}

/// Exit code, standard output, standard error.
fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = tradewind(arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn done(arguments: &[&str]) -> String {
    let (code, stdout, stderr) = run(arguments);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{arguments:?}");
    stdout
}

fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("explain-{name}"))
}

fn expected(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/explain").join(name);
    std::fs::read_to_string(path).expect("an expected output")
}

#[test]
fn a_plan_a_workload_and_an_offer_are_explained() {
    assert_eq!(done(&["explain", SMALL, "--step", "50%"]), expected("small.plan.txt"));
    assert_eq!(done(&["explain", SMALL, "--step", "50%", "--format", "json"]), expected("small.plan.json"));
    assert_eq!(done(&["explain", SMALL, "web"]), expected("small.web.txt"));
    let both = format!("{}\n{}", expected("small.web.txt"), expected("small.offer.txt"));
    assert_eq!(done(&["explain", SMALL, "web", "--offer", "cloud/east-1/box"]), both);
    let json = ["explain", SMALL, "web", "--offer", "cloud/east-1/box", "--format", "json"];
    assert_eq!(done(&json), expected("small.web.json"));
}

#[test]
fn the_readme_shows_what_is_printed() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("the README");
    assert!(readme.contains(&expected("small.offer.txt")));
}

#[test]
fn a_saved_plan_is_explained_only_if_it_holds() {
    let path = scratch("plan.json");
    let file = path.to_str().expect("UTF-8");
    done(&["optimize", SMALL, "-o", file]);
    assert_eq!(done(&["explain", SMALL, "--step", "50%", "--plan", file]), expected("small.plan.txt"));
    let text = std::fs::read_to_string(&path).expect("a plan");
    std::fs::write(&path, text.replacen("\"total\": \"224\"", "\"total\": \"223\"", 1)).expect("it can be written");
    let (code, stdout, stderr) = run(&["explain", SMALL, "--plan", file]);
    assert_eq!((code, stdout.as_str()), (Some(3), ""));
    assert!(stderr.contains("the plan does not hold"), "{stderr}");
}

#[test]
fn a_report_is_what_the_ending_of_its_file_says() {
    for (ending, of) in [("html", "html"), ("md", "md"), ("csv", "csv")] {
        let path = scratch(&format!("review.{ending}"));
        let file = path.to_str().expect("UTF-8");
        let page = ["report", SMALL, "--step", "50%", "--as-of", "2026-08-15", "-o", file];
        assert_eq!(done(&page), "");
        assert_eq!(std::fs::read_to_string(&path).expect("a page"), expected(&format!("small.review.{of}")));
    }
    let page = done(&["report", SMALL, "--step", "50%", "--as-of", "2026-08-15"]);
    assert_eq!(page, expected("small.review.md"), "Markdown on standard output");
    assert!(done(&["report", SMALL]).contains("as of 20"), "today, if no day is given");
}

#[test]
fn what_cannot_be_answered_is_refused_with_a_remedy() {
    for (arguments, part) in [
        (&["explain", SMALL, "wbe"][..], "did you mean `web`?"),
        (&["explain", SMALL, "web", "--offer", "cloud/east-1/bix"], "did you mean `box`?"),
        (&["explain", SMALL, "--offer", "cloud/east-1/box"], "WORKLOAD"),
        (&["explain", SMALL, "--step", "0%"], "above 0"),
        (&["report", SMALL, "-o", "review.txt"], "help: end it in .html, .md or .csv"),
        (&["report", SMALL, "--as-of", "yesterday"], "2026-07-20"),
    ] {
        let (code, stdout, stderr) = run(arguments);
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{arguments:?}");
        assert!(stderr.contains(part), "{arguments:?}: {stderr}");
    }
    assert_eq!(run(&["explain", "scenarios/budget-too-small.yaml"]).0, Some(2));
    assert!(!Path::new(env!("CARGO_MANIFEST_DIR")).join("review.txt").exists());
}

#[test]
fn a_csv_is_for_the_month_that_is_asked_for() {
    let csv = ["report", SMALL, "--format", "csv", "--as-of", "2026-08-15"];
    let month = |more: &[&str]| {
        let text = done(&[&csv[..], more].concat());
        text.lines().nth(1).expect("a charge").split(',').take(2).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(month(&[]), ["2026-08-01T00:00:00Z", "2026-09-01T00:00:00Z"]);
    assert_eq!(month(&["--month", "2026-12"]), ["2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"]);
    let (code, _, stderr) = run(&["report", SMALL, "--month", "2026-12"]);
    assert_eq!(code, Some(1));
    assert!(stderr.starts_with("--month is of the charges of a CSV"), "{stderr}");
    for wrong in ["2026-13", "2026", "august", "2026-08-01"] {
        assert_eq!(run(&[&csv[..], &["--month", wrong]].concat()).0, Some(1), "{wrong}");
    }
}

#[test]
fn an_offer_without_a_sku_says_so() {
    let (code, _, stderr) = run(&["explain", SMALL, "web", "--offer", "cloud/east-1"]);
    assert_eq!(code, Some(1));
    assert!(stderr.starts_with("offer `cloud/east-1` names no SKU\nhelp: 1 offers are sold"), "{stderr}");
}
