//! What storage and traffic cost beside their plain volumes: prices in books, and workloads that pay them.
//!
//! Drawn in some problems only and with dice of its own, so that every other problem of a seed stays what it was.

use tradewind::catalog::BookDraft;
use tradewind::scenario::draft::{Split, WorkloadDraft};

use super::generator::Dice;

/// In how many of a hundred problems.
const CHANCE: usize = 45;

/// Dice of their own, in problems that have surcharges.
pub fn dice(seed: u64) -> Option<Dice> {
    let mut dice = Dice::new(seed ^ 0x5EED_0F5C_4A26_E500);
    dice.percent(CHANCE).then_some(dice)
}

/// Prices for reading back: of a class, of a region, of both, or of neither, which refuses.
pub fn of_books(dice: &mut Dice, books: &mut [BookDraft]) {
    for class in books.iter_mut().flat_map(|book| &mut book.storage.classes) {
        if dice.percent(70) {
            class.retrieval_per_gb = Some(dice.number(&["0", "0", "0.01", "0.02"]));
        }
        for price in &mut class.regions {
            if dice.percent(40) {
                price.retrieval_per_gb = Some(dice.number(&["0", "0.01", "0.03", "0.05"]));
            }
        }
    }
}

/// What a workload reads back of what it keeps.
pub fn of_workload(dice: &mut Dice, workload: &mut WorkloadDraft) {
    if let Some(kept) = workload.storage.as_mut().filter(|kept| !kept.gb.value.is_zero()) {
        if dice.percent(75) || workload.split != Split::Never {
            kept.read_gb = Some(dice.number(&["0", "10", "50", "333.333333", "1000"]));
        }
    }
}
