//! Published problems whose optima are known, and generated ones in which everything is tight, through the whole
//! product: drafts, catalog, scenario, problem, optimize, check, plan.
//!
//! The published files lie beside the repository; without them these tests say so and pass.
//!
//! ```sh
//! cargo test --test published                                                    # some of each family
//! TRADEWIND_PUBLISHED=all cargo test --test published -- --nocapture             # all of them, with a table
//! TRADEWIND_PUBLISHED=gap/gap12 cargo test --test published -- --nocapture       # those whose name begins so
//! ```

mod case;
mod dense;
mod judge;
mod read;
mod table;

use std::collections::BTreeSet;

use case::Case;
use judge::judge;
use read::Family;
use rust_decimal::Decimal;

/// One of each group of `gap`.
const SOME_GAP: [&str; 15] = [
    "gap/gap1-0",
    "gap/gap2-1",
    "gap/gap3-2",
    "gap/gap4-3",
    "gap/gap5-4",
    "gap/gap6-0",
    "gap/gap7-1",
    "gap/gap8-2",
    "gap/gap9-3",
    "gap/gap10-4",
    "gap/gap11-0",
    "gap/gap12-1",
    "gap/a05100",
    "gap/b05100",
    "gap/c05100",
];
/// Of each number of sites, with room and without.
const SOME_CAP: [&str; 5] = ["cap/cap41", "cap/cap64", "cap/cap81", "cap/cap104", "cap/cap121"];
const SOME_OR_SMALL: [&str; 2] = ["or-small/p3", "or-small/p10"];
const SOME_HOLMBERG: [&str; 3] = ["holmberg/p1", "holmberg/p12", "holmberg/p20"];

fn from_environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The long form that is asked for: `all`, or the beginning of names.
fn long() -> Option<String> {
    from_environment("TRADEWIND_PUBLISHED")
}

/// Judges cases; where the long form is asked for it holds them already, and two at a time would spoil its seconds.
fn judge_all(cases: impl Iterator<Item = Case>) {
    if let Some(long) = long() {
        println!("skipped: the long form of {long} is asked for");
        return;
    }
    for case in cases {
        let outcome = judge(&case, None);
        println!("{}", table::line(&outcome));
        assert!(outcome.faults.is_empty(), "{}: {}", outcome.name, outcome.faults.join("\n"));
    }
}

fn some(family: Family, names: &'static [&'static str]) {
    if family.is_there() {
        let cases = family.cases();
        let named = |name: &&str| -> Case {
            let found = cases.iter().find(|case| case.name == *name);
            found.unwrap_or_else(|| panic!("{name} is not there")).clone()
        };
        judge_all(names.iter().map(named));
    }
}

#[test]
fn one_of_each_group_of_generalized_assignment_is_proven() {
    some(Family::Gap, &SOME_GAP);
}

#[test]
fn some_divided_warehouses_are_proven() {
    some(Family::Cap, &SOME_CAP);
}

#[test]
fn some_single_source_warehouses_are_proven() {
    some(Family::OrSmall, &SOME_OR_SMALL);
    some(Family::Holmberg, &SOME_HOLMBERG);
}

#[test]
fn some_dense_cases_are_proven_within_a_percent() {
    judge_all(dense::FEW.iter().map(|&number| dense::dense(number).case(number)));
}

/// The long form.
#[test]
fn every_case_that_is_asked_for() {
    let Some(asked) = long() else {
        println!("skipped: TRADEWIND_PUBLISHED is not set");
        return;
    };
    let seconds = from_environment("TRADEWIND_PUBLISHED_SECONDS")
        .map(|text| text.parse::<f64>().unwrap_or_else(|error| panic!("TRADEWIND_PUBLISHED_SECONDS: {error}")));
    let published = Family::ALL.into_iter().filter(|family| family.is_there()).flat_map(Family::cases);
    let generated = (0..dense::CASES).map(|number| dense::dense(number).case(number));
    let mut outcomes = Vec::new();
    for case in published.chain(generated).filter(|case| asked == "all" || case.name.starts_with(&asked)) {
        let outcome = judge(&case, seconds);
        println!("{}", table::line(&outcome));
        outcomes.push(outcome);
        // Anew after each, so that a run that is ended leaves what it had.
        table::write(&outcomes);
    }
    assert!(!outcomes.is_empty(), "no name begins with {asked}");
    println!("written to {}", table::write(&outcomes).display());
    let wrong: Vec<&str> =
        outcomes.iter().filter(|outcome| !outcome.faults.is_empty()).map(|outcome| outcome.name.as_str()).collect();
    assert!(wrong.is_empty(), "{} of {}: {wrong:?}", wrong.len(), outcomes.len());
}

/// A test of the readers: every file is in its list of optima and the other way round, has as many figures as it says,
/// and makes a problem.
#[test]
fn every_published_file_is_read_whole() {
    for (family, files) in Family::ALL.into_iter().zip([74, 37, 24, 24]) {
        if !family.is_there() {
            continue;
        }
        let listed: BTreeSet<String> = family.optima().into_iter().map(|(file, _)| file).collect();
        assert_eq!(listed, family.files().into_iter().collect(), "{}", family.name());
        let cases = family.cases();
        assert_eq!((listed.len(), cases.len()), (files, files), "{}", family.name());
        for case in &cases {
            let least = least(case);
            let published = case.optimum.published().expect("a published case");
            assert!(least <= published, "{}: even {least} is above the optimum {published}", case.name);
            let room: Decimal = case.places.iter().map(|place| place.room[0]).sum();
            let needed = |job: &case::Job| job.uses.iter().map(|uses| uses[0]).min().expect("a place");
            let needed: Decimal = case.jobs.iter().map(needed).sum();
            assert!(needed <= room, "{}: {needed} do not fit into {room}", case.name);
            case.problem();
        }
    }
}

/// What a case costs at least: every job where it is cheapest, and the cheapest fee.
fn least(case: &Case) -> Decimal {
    let jobs: Decimal = case.jobs.iter().map(|job| job.costs.iter().min().expect("a place")).sum();
    jobs + case.places.iter().filter_map(|place| place.fee).min().unwrap_or_default()
}

/// Figures taken from the files by hand: that rows are not mixed up with columns.
#[test]
fn figures_are_read_where_they_stand() {
    let find = |family: Family, name: &str| family.cases().into_iter().find(|case| case.name == name).expect("a case");
    let decimal = |text: &str| text.parse::<Decimal>().expect("a decimal");
    if Family::Gap.is_there() {
        // 5 agents, 15 jobs; `17 21 22 …` and `23 16 21 …` are the first agents' costs, `8 15 14 …` the first's uses.
        let case = find(Family::Gap, "gap/gap1-0");
        assert_eq!((case.places.len(), case.jobs.len()), (5, 15));
        assert_eq!(case.jobs[1].costs[..2], [decimal("21"), decimal("16")]);
        assert_eq!(case.jobs[2].uses[0], [decimal("14")]);
    }
    if Family::Cap.is_there() {
        // 16 sites of 5000 at 7500, the eleventh at none; the first customer's demand is 146.
        let case = find(Family::Cap, "cap/cap41");
        assert_eq!((case.places.len(), case.jobs.len()), (16, 50));
        assert_eq!(case.places[9].fee, Some(decimal("7500")));
        assert_eq!((case.places[10].fee, case.places[10].room[0]), (Some(Decimal::ZERO), decimal("5000")));
        assert_eq!(case.jobs[0].uses[15], [decimal("146")]);
        assert_eq!(case.jobs[0].costs[1], decimal("10355.05"));
    }
    if Family::OrSmall.is_there() {
        // The first site's costs begin `6739.725 3204.8625`, the demands `146 87`.
        let case = find(Family::OrSmall, "or-small/p1");
        assert_eq!((case.places.len(), case.jobs.len()), (16, 50));
        assert_eq!((case.jobs[1].uses[0][0], case.jobs[1].costs[0]), (decimal("87"), decimal("3204.8625")));
    }
    if Family::Holmberg.is_there() {
        // 10 sites, 50 customers; the first site holds 258 at 366, the first demands are 49 and 29, costs 260 and 239.
        let case = find(Family::Holmberg, "holmberg/p1");
        assert_eq!((case.places.len(), case.jobs.len()), (10, 50));
        assert_eq!((case.places[0].room[0], case.places[0].fee), (decimal("258"), Some(decimal("366"))));
        assert_eq!((case.jobs[1].uses[0][0], case.jobs[1].costs[0]), (decimal("29"), decimal("239")));
    }
}
