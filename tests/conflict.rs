//! A reason for every no: each conflict holds, nothing in it can be dropped, and what is said to help does.
//!
//! `tests/conflict/<name>.yaml` are scenarios without a plan. What is said of each stands in `<name>.txt` and
//! `<name>.json`, the latter without its evidence, which is held by this file instead: witnesses against the check,
//! the members and what is just short of enough against the search. After a change that is meant,
//! `TRADEWIND_BLESS=1 cargo test --test conflict` writes the files anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tradewind::plan::{Breach, Conflict, Extent, Keeps, Known, NoPlan, Node, Plan, Relief, Rule};
use tradewind::report::{no_plan_json, no_plan_text};
use tradewind::scenario::Bound;
use tradewind::{Effort, Input, Problem, Scenario, check, check_conflict, load, optimize, reduced};

fn directory() -> PathBuf {
    // Relative, so that what is printed names no directory of this machine; tests run at the repository's root.
    PathBuf::from("tests/conflict")
}

fn blessing() -> bool {
    std::env::var_os("TRADEWIND_BLESS").is_some_and(|value| !value.is_empty() && value != "0")
}

/// Names of the scenarios: files that are no price books.
fn names() -> BTreeSet<String> {
    let entries = fs::read_dir(directory()).expect("tests/conflict").map(|entry| entry.expect("an entry").path());
    entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .filter(|path| fs::read_to_string(path).expect("a file").contains("scenario/1"))
        .map(|path| path.file_stem().and_then(|stem| stem.to_str()).expect("UTF-8").to_owned())
        .collect()
}

fn input(name: &str) -> Input {
    load(directory().join(format!("{name}.yaml"))).unwrap_or_else(|faults| panic!("{faults}"))
}

fn answer(input: &Input, scenario: Scenario) -> Result<Plan, NoPlan> {
    let problem = Problem::new(&input.catalog, &Arc::new(scenario)).unwrap_or_else(|faults| panic!("{faults}"));
    optimize(&problem, &Effort::default())
}

fn no_plan(input: &Input) -> NoPlan {
    answer(input, (*input.scenario).clone()).expect_err("there is no plan")
}

fn conflict(no_plan: &NoPlan) -> &Conflict {
    match no_plan {
        NoPlan::Infeasible(conflict) => conflict,
        other => panic!("{other}"),
    }
}

fn with_bounds(scenario: &Scenario, bounds: &[(&str, Extent)]) -> Scenario {
    let mut raised = scenario.clone();
    for limit in &mut raised.limits {
        if let Some((_, extent)) = bounds.iter().find(|(name, _)| *name == &*limit.name) {
            limit.bound = match extent {
                Extent::Absolute(total) => Bound::Absolute(*total),
                Extent::Share(share) => Bound::Share(*share),
                other => panic!("{other}"),
            };
        }
    }
    raised
}

fn compare(file: &Path, is: &str, differences: &mut Vec<String>) {
    if blessing() {
        fs::write(file, is).expect("tests/conflict can be written");
        return;
    }
    match fs::read_to_string(file) {
        Ok(was) if was == is => {}
        Ok(was) => {
            let same = was.lines().zip(is.lines()).take_while(|(was, is)| was == is).count();
            let line = |text: &str| text.lines().nth(same).unwrap_or("(the end)").to_owned();
            differences.push(format!("{}:{}\n  was {}\n  is  {}", file.display(), same + 1, line(&was), line(is)));
        }
        Err(_) => differences.push(format!("{} is missing", file.display())),
    }
}

#[test]
#[cfg_attr(feature = "highs", ignore = "HiGHS may choose another of several equally cheap plans")]
fn every_conflict_is_said_in_words_and_as_json() {
    let mut differences = Vec::new();
    for name in names() {
        let input = input(&name);
        let no_plan = no_plan(&input);
        let text = no_plan_text(&no_plan, &input.sources);
        compare(&directory().join(format!("{name}.txt")), &text, &mut differences);
        let json = no_plan_json(&no_plan);
        let (said, evidence) = json.split_once(",\n  \"witnesses\": [").expect("the evidence comes last");
        compare(&directory().join(format!("{name}.json")), &format!("{said}\n}}\n"), &mut differences);
        let whole: serde_json::Value = serde_json::from_str(&json).expect("a document");
        assert_eq!(whole["witnesses"].as_array().map(Vec::len), Some(conflict(&no_plan).witnesses.len()));
        assert!(whole["certificate"].is_object(), "{name}: {evidence}");
    }
    assert!(
        differences.is_empty(),
        "{}\nif this is meant: TRADEWIND_BLESS=1 cargo test --test conflict\n",
        differences.join("\n")
    );
}

#[test]
fn every_conflict_holds_and_nothing_in_it_can_be_dropped() {
    for name in names() {
        let input = input(&name);
        let no_plan = no_plan(&input);
        let conflict = conflict(&no_plan);
        let rules: Vec<Rule> = conflict.members.iter().map(|member| member.rule.clone()).collect();
        assert!(!rules.is_empty() && conflict.minimal, "{name}: {conflict}");
        let known = conflict.proof.as_ref().map(|proof| proof.known);
        assert_eq!(known, Some(Known::Infeasible), "{name}");
        let members = reduced(&input.scenario, &rules, conflict.whole_fleet);
        assert!(
            matches!(answer(&input, members), Err(NoPlan::Infeasible(_))),
            "{name}: the members can hold together: {conflict}"
        );
        assert_eq!(check_conflict(&input.catalog, &input.scenario, conflict), [], "{name}");
        assert_eq!(conflict.witnesses.len(), rules.len(), "{name}");
        for (rule, witness) in rules.iter().zip(&conflict.witnesses) {
            assert_eq!(*rule, witness.without, "{name}");
            let others: Vec<Rule> = rules.iter().filter(|other| *other != rule).cloned().collect();
            let without = reduced(&input.scenario, &others, conflict.whole_fleet);
            assert_eq!(check(&input.catalog, &without, &witness.plan), [], "{name}: the plan without {rule}");
        }
    }
}

/// A change to a conflict, what it does, and the rule that notices.
type Corruption = (&'static str, Breach, fn(&mut Conflict));

const CORRUPTIONS: &[Corruption] = &[
    ("a member left out", Breach::Inputs, |conflict| {
        conflict.members.pop();
    }),
    ("no proof", Breach::Proof, |conflict| conflict.proof = None),
    ("a proof that shows nothing", Breach::Proof, |conflict| {
        if let Some(proof) = &mut conflict.proof {
            proof.tree = vec![Node::Leaf { keeps: Keeps::Places, multipliers: Vec::new() }];
        }
    }),
    ("a witness left out", Breach::Proof, |conflict| {
        conflict.witnesses.pop();
    }),
    ("the witness of another member", Breach::Inputs, |conflict| {
        conflict.witnesses[0].plan = conflict.witnesses[1].plan.clone();
    }),
    ("a smaller raise", Breach::Limit, |conflict| {
        for raise in &mut conflict.raises {
            if let Relief::Enough { step, fails, .. } = &mut raise.relief {
                step.to = *fails;
            }
        }
    }),
];

#[test]
fn every_corruption_of_a_conflict_is_caught() {
    let input = input("quota");
    let no_plan = no_plan(&input);
    for (what, rule, corrupt) in CORRUPTIONS {
        let mut corrupted = conflict(&no_plan).clone();
        corrupt(&mut corrupted);
        let found = check_conflict(&input.catalog, &input.scenario, &corrupted);
        assert!(found.iter().any(|violation| violation.rule == *rule), "{what}: {found:?}");
    }
}

#[test]
fn what_is_said_to_help_does_and_a_little_less_does_not() {
    let mut kinds = BTreeSet::new();
    for name in names() {
        let input = input(&name);
        let no_plan = no_plan(&input);
        let conflict = conflict(&no_plan);
        for raise in &conflict.raises {
            let limit = &*raise.limit;
            match &raise.relief {
                Relief::Enough { step, fails, least, plan } => {
                    kinds.insert("enough");
                    let raised = with_bounds(&input.scenario, &[(limit, step.to)]);
                    assert_eq!(check(&input.catalog, &raised, plan), [], "{name}: {limit}");
                    let cheapest = answer(&input, raised).unwrap_or_else(|reason| panic!("{name}: {limit}: {reason}"));
                    assert_eq!(cheapest.bill.total(), plan.bill.total(), "{name}: {limit}");
                    assert!(least, "{name}: {limit}");
                    let short = with_bounds(&input.scenario, &[(limit, *fails)]);
                    assert!(
                        matches!(answer(&input, short), Err(NoPlan::Infeasible(_))),
                        "{name}: {limit}: {fails} would do"
                    );
                }
                Relief::NotAlone => {
                    kinds.insert("not alone");
                    let mut without = (*input.scenario).clone();
                    without.limits.retain(|other| other.name != raise.limit);
                    assert!(matches!(answer(&input, without), Err(NoPlan::Infeasible(_))), "{name}: {limit}");
                }
                other => panic!("{name}: {limit}: {other:?}"),
            }
        }
        if let Some(together) = &conflict.raise_together {
            kinds.insert("together");
            let bounds: Vec<(&str, Extent)> = together.steps.iter().map(|step| (&*step.limit, step.to)).collect();
            assert_eq!(check(&input.catalog, &with_bounds(&input.scenario, &bounds), &together.plan), [], "{name}");
            for left_out in 0..bounds.len() {
                let mut fewer = bounds.clone();
                fewer.remove(left_out);
                let fewer = with_bounds(&input.scenario, &fewer);
                assert!(matches!(answer(&input, fewer), Err(NoPlan::Infeasible(_))), "{name}: fewer would do");
            }
        }
    }
    assert_eq!(kinds, BTreeSet::from(["enough", "not alone", "together"]), "the scenarios show all of them");
}

#[test]
fn little_effort_leaves_things_open_and_says_so() {
    let input = input("quota");
    let problem = Problem::new(&input.catalog, &input.scenario).unwrap_or_else(|faults| panic!("{faults}"));
    match optimize(&problem, &Effort::default().with_work(1)) {
        // What was shown at all is a conflict; that nothing can be dropped is only said where it is shown.
        Err(NoPlan::Infeasible(conflict)) => {
            assert_eq!(conflict.minimal, conflict.witnesses.len() == conflict.members.len());
        }
        Err(NoPlan::Undecided(_)) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn files_and_scenarios_belong_together() {
    let names = names();
    for entry in fs::read_dir(directory()).expect("tests/conflict") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension != "yaml") {
            let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("UTF-8");
            assert!(names.contains(stem), "{} has no scenario", path.display());
        }
    }
}
