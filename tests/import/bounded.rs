//! Feeds that hold more than a book can: refused once, and no more of them is kept.

use std::fmt::Write;
use std::fs;

use tradewind::import::{Format, Options};

use crate::outcome;

/// One more than a book can hold.
const TOO_MANY: usize = 500_001;

#[test]
fn rows_of_accelerators_without_end_are_refused_at_the_row_that_is_too_much() {
    let path = std::env::temp_dir().join(format!("tradewind-bounded-{}.csv", std::process::id()));
    let mut text =
        "InstanceType,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,Price,Region,AvailabilityZone\n".to_owned();
    for zone in 0..TOO_MANY + 1_000 {
        writeln!(text, ",,,T4,1,0.35,north-1,zone-{zone}").expect("text can be written");
    }
    fs::write(&path, text).expect("the temporary directory can be written");
    let name = path.to_str().expect("a path in UTF-8").to_owned();
    let options = Options { provider: Some("acme".to_owned()), currency: Some("USD".to_owned()), ..Options::default() };
    let refused = outcome(Format::Skypilot, &[&name], &options);
    fs::remove_file(&path).expect("the file is there");
    let faults = refused.expect_err("more than a book can hold");
    // Behind the header, and said once.
    let place = format!("{name}:{}:1: more than 500000 prices, which no price book can hold", TOO_MANY + 1);
    assert!(faults.starts_with(&place), "{faults}");
    assert_eq!(faults.matches("more than").count(), 1, "{faults}");
}
