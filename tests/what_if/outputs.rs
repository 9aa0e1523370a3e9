//! Where answers go: nothing that was read is replaced, and what cannot be written is refused before anything is sought.

use super::binary::{done, refused, run, scratch, scratch_file};

const BOOK: &str = "tradewind: catalog/1
provider: acme
currency: USD
regions: {north: {}}
skus: {small: {vcpu: 2, memory_gib: 4}}
offers: {small: {on-demand: {north: 0.2}}}
";

/// A scenario and its book, of one test.
fn files(name: &str) -> (String, String) {
    let book = scratch_file(&format!("{name}-book.yaml"), BOOK);
    let short = book.rsplit('/').next().expect("a file").to_owned();
    let text = format!(
        "tradewind: scenario/1\nname: out\ncatalogs: [{short}]\nworkloads:\n  - {{name: web, request: {{vcpu: 2}}}}\n"
    );
    (scratch_file(&format!("{name}.yaml"), &text), book)
}

#[test]
fn no_answer_replaces_what_it_is_made_of() {
    let (scenario, book) = files("kept");
    let plan = scratch("kept.json");
    done(&["optimize", &scenario, "-o", &plan]);
    let csv = scratch_file("kept.csv", "provider,region\n");
    let part = scratch("kept-part.json");
    done(&["sweep", &scenario, "--vary", "demand=0%,10%", "--shard", "0/1", "-o", &part]);
    let calls: [(&[&str], &str); 7] = [
        (&["optimize", &scenario, "-o", &scenario], &scenario),
        (&["optimize", &scenario, "-o", &book], &book),
        (&["export", &scenario, "--format", "lp", "-o", &book], &book),
        (&["report", &scenario, "--plan", &plan, "--format", "csv", "-o", &plan], &plan),
        (&["sweep", &scenario, "--vary", "demand=0%,10%", "-o", &book], &book),
        (&["sweep", "merge", &part, "-o", &part], &part),
        (&["import", "csv", &csv, "--currency", "USD", "-o", &csv], &csv),
    ];
    for (arguments, input) in calls {
        let before = std::fs::read_to_string(input).expect("an input");
        let said = refused(arguments);
        let wanted = format!("-o {input} would replace {input}, which is read\nhelp: give it another name\n");
        assert!(said.ends_with(&wanted), "{arguments:?}: {said}");
        assert_eq!(std::fs::read_to_string(input).expect("an input"), before, "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn links_lead_to_what_they_link() {
    let (scenario, _) = files("linked");
    for (kind, link) in [("hard", scratch("linked-hard.yaml")), ("soft", scratch("linked-soft.yaml"))] {
        let _ = std::fs::remove_file(&link);
        match kind {
            "hard" => std::fs::hard_link(&scenario, &link).expect("a link"),
            _ => std::os::unix::fs::symlink(&scenario, &link).expect("a link"),
        }
        assert!(refused(&["optimize", &scenario, "-o", &link]).contains("would replace"), "{kind}");
    }
}

#[test]
fn what_cannot_be_written_is_said_before_anything_is_sought() {
    // The search of this one takes a while, and its answer would be lost.
    let said = refused(&["optimize", "scenarios/twenty-ai-projects.yaml", "-o", "/nowhere/plan.json"]);
    assert!(said.starts_with("cannot write /nowhere/plan.json: "), "{said}");
    let folder = env!("CARGO_TARGET_TMPDIR");
    assert!(refused(&["optimize", "scenarios/quickstart.yaml", "-o", folder]).starts_with("cannot write "));
}

#[test]
fn a_report_on_standard_output_is_markdown() {
    let (scenario, _) = files("piped");
    let to_standard = done(&["report", &scenario, "-o", "-"]);
    assert_eq!(to_standard, done(&["report", &scenario]));
    assert!(to_standard.starts_with("# "), "{to_standard}");
}

#[test]
fn options_without_effect_are_refused() {
    let (scenario, _) = files("idle");
    let said = refused(&["sweep", &scenario, "--vary", "demand=0%,10%", "--vary", "demand=0%,20%"]);
    assert!(said.contains("`demand` is varied twice, and the one would undo the other"), "{said}");
    let plan = scratch("idle.json");
    done(&["optimize", &scenario, "-o", &plan]);
    let said = refused(&["diff", &plan, &plan, "--set", "workloads.web.replicas=3"]);
    assert!(said.contains("these are two plans, which are as they were saved"), "{said}");
    assert_eq!(run(&["diff", &plan, &plan]).code, 0);
}
