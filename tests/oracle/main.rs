//! An oracle for the optimizer: tiny random problems, every plan of them enumerated by plain code.
//!
//! It reads the drafts itself, decides eligibility, walks tiers, writes the rows of limits and adds up bills in its own
//! code, and shares with the product only the drafts and the list of accelerator names. Where every price is exact the
//! product must find the cheapest plan, to the last digit, or say that there is none where there is none; where tiers
//! or allowances are within reach, or a workload is divided at will, what it returns must still be feasible and billed
//! exactly.
//!
//! ```sh
//! cargo test --test oracle                                   # 2 000 problems
//! TRADEWIND_ORACLE_CASES=20000 cargo test --test oracle      # more
//! TRADEWIND_ORACLE_SEED=688 cargo test --test oracle         # one, as a failure names it
//! ```

mod coverage;
mod enumerate;
mod generator;
mod judge;
mod limits;
mod price;
mod rows;

use coverage::Coverage;
use generator::{Flavour, case};

/// Problems of a plain `cargo test`.
const CASES: u64 = 2_000;

fn from_environment(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

#[test]
fn plans_are_what_enumeration_finds() {
    let seeds = match from_environment("TRADEWIND_ORACLE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..from_environment("TRADEWIND_ORACLE_CASES").unwrap_or(CASES),
    };
    for seed in seeds {
        let case = case(seed, Flavour::EVERYTHING);
        if let Err(message) = judge::judge(&case) {
            panic!("seed {seed}: {message}\n{:#?}\n{:#?}", case.scenario, case.books);
        }
    }
}

/// A test of the generator: the problems hold everything that could go wrong, and limits that bind.
#[test]
fn problems_cover_what_there_is_to_break() {
    let mut coverage = Coverage::default();
    for seed in 0..CASES {
        let case = case(seed, Flavour::EVERYTHING);
        let verdict = judge::judge(&case).unwrap_or_else(|message| panic!("seed {seed}: {message}"));
        coverage.add(&case, &verdict);
    }
    let seldom = coverage.seldom();
    assert!(seldom.is_empty(), "too few problems with {seldom:?}\n{coverage:#?}");
}
