//! An oracle for the optimizer: tiny random problems, every plan of them enumerated by plain code.
//!
//! It reads the drafts itself, decides eligibility, walks tiers, writes the rows of limits, holds plans against every
//! rule and adds up bills in its own code, and shares with the product only the drafts and the list of accelerator
//! names. The product must find the cheapest plan, to the last digit where it says that no plan is cheaper, or say that
//! there is none where there is none; its bound must never be above the cheapest plan; and every figure of its plan
//! must be the oracle's. Where a workload is divided at will, the cheapest is found by linear programs in exact
//! rationals and by branching down to the grid of parts.
//!
//! ```sh
//! cargo test --test oracle                                   # 2 000 problems
//! TRADEWIND_ORACLE_CASES=20000 cargo test --test oracle      # more
//! TRADEWIND_ORACLE_FROM=20000 cargo test --test oracle       # 2 000 others
//! TRADEWIND_ORACLE_SEED=688 cargo test --test oracle         # one, as a failure names it
//! ```

mod coverage;
mod judge;
#[path = "mod.rs"]
mod oracle;

use std::ops::Range;

use coverage::Coverage;
use oracle::enumerate::Oracle;
use oracle::generator::{Dice, Flavour, case};
use oracle::limits::any_plan;

/// Problems of a plain `cargo test`.
const CASES: u64 = 2_000;

fn from_environment(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

/// Faults that are told whole; of further ones only the seeds.
const TOLD: usize = 5;

/// What came of some problems: what they hold, and which were answered wrongly.
#[derive(Default)]
struct Judged {
    coverage: Coverage,
    faults: Vec<String>,
}

/// Judges every problem of some seeds, on two threads.
fn judged(seeds: Range<u64>) -> Judged {
    let half = |parity: u64| {
        let mut judged = Judged::default();
        for seed in seeds.clone().filter(|seed| seed % 2 == parity) {
            let case = case(seed, Flavour::EVERYTHING);
            match judge::judge(&case) {
                Ok(verdict) => judged.coverage.add(&case, &verdict),
                Err(message) if judged.faults.len() < TOLD => {
                    eprintln!("seed {seed}: {message}\n{:#?}\n{:#?}", case.scenario, case.books);
                    judged.faults.push(format!("seed {seed}: {message}"));
                }
                Err(_) => judged.faults.push(format!("seed {seed}")),
            }
        }
        judged
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        let mut own = half(0);
        let other = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        own.faults.extend(other.faults);
        Judged { coverage: own.coverage.plus(other.coverage), faults: own.faults }
    })
}

/// The product's plans are what enumeration finds; and, a test of the generator, the problems hold everything that
/// could go wrong, and rules that bind.
#[test]
fn plans_are_what_enumeration_finds() {
    if let Some(seed) = from_environment("TRADEWIND_ORACLE_SEED") {
        let faults = judged(seed..seed + 1).faults;
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        return;
    }
    let cases = from_environment("TRADEWIND_ORACLE_CASES").unwrap_or(CASES);
    let from = from_environment("TRADEWIND_ORACLE_FROM").unwrap_or(0);
    let Judged { coverage, faults } = judged(from..from + cases);
    println!("{coverage:#?}");
    assert!(faults.is_empty(), "{} problems of {cases} answered wrongly:\n{}", faults.len(), faults.join("\n"));
    let edge = coverage.on_the_edge() as u64;
    assert!(edge * 1_000 <= cases + 1_000, "{edge} of {cases} problems are left open for parts of the grid");
    let seldom = coverage.seldom();
    assert!(cases < CASES || seldom.is_empty(), "too few problems with {seldom:?}\n{coverage:#?}");
}

/// A test of the oracle where it reasons instead of enumerating: of workloads split at will, no plan that chance makes
/// of the cheapest one, or of any other, keeps the rules and is cheaper.
#[test]
fn no_plan_made_by_chance_is_cheaper() {
    let mut tried = 0;
    for seed in 0..CASES {
        let case = case(seed, Flavour::EVERYTHING);
        let oracle = Oracle::new(&case.books, &case.scenario);
        if !oracle.works.iter().any(|work| work.is_at_will()) {
            continue;
        }
        let survey = oracle.survey();
        let dice = &mut Dice::new(seed);
        for _ in 0..300 {
            let mut plan = match &survey.best {
                Some((_, best)) if dice.percent(80) => best.clone(),
                _ if (0..oracle.works.len()).all(|number| oracle.choices_of(number) > 0) => any_plan(dice, &oracle),
                _ => break,
            };
            for _ in 0..1 + dice.below(3) {
                oracle.move_parts(dice, &mut plan);
            }
            if !oracle.broken_by(&plan).is_empty() {
                continue;
            }
            tried += 1;
            let objective = oracle.standing(&oracle.rows, &plan).objective;
            let least = survey.least.unwrap_or_else(|| panic!("seed {seed}: {plan:?} keeps the rules"));
            assert!(objective >= least, "seed {seed}: {plan:?} costs {objective}, below {least}: {:?}", survey.best);
        }
    }
    assert!(tried > 5_000, "only {tried} plans keep the rules");
}
