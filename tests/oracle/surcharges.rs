//! What storage and traffic cost beside their plain volumes: prices in books, and workloads that pay them.
//!
//! Drawn in some problems only and with dice of its own, so that every other problem of a seed stays what it was.

use tradewind::catalog::BookDraft;
use tradewind::catalog::draft::{DestinationDraft, DestinationPriceDraft};
use tradewind::scenario::draft::{Split, StorageNeedDraft, WorkloadDraft};

use super::generator::{Dice, name, tariff};

/// In how many of a hundred problems.
const CHANCE: usize = 45;
/// Tells their dice from those of the problem.
const APART: u64 = 7;

/// Dice of their own, in problems that have surcharges.
pub fn dice(seed: u64) -> Option<Dice> {
    let mut dice = Dice::new(seed ^ APART);
    dice.percent(CHANCE).then_some(dice)
}

/// Parts of the internet that books may price apart.
const PARTS: [&str; 2] = ["china", "asia"];

/// Prices for reading back and minimum days, of a class, of a region, of both, or of neither, which refuses; and prices
/// to parts of the internet: of all regions, of one, at a tariff of their own or as all other traffic.
pub fn of_books(dice: &mut Dice, tiers: bool, books: &mut [BookDraft]) {
    for class in books.iter_mut().flat_map(|book| &mut book.storage.classes) {
        if dice.percent(70) {
            class.retrieval_per_gb = Some(dice.number(&["0", "0", "0.01", "0.02"]));
        }
        if dice.percent(60) {
            class.minimum_days = Some(dice.number(&["0", "30", "60"]));
        }
        for price in &mut class.regions {
            price.minimum_days = Some(dice.number(&["0", "7", "30", "90"])).filter(|_| dice.percent(50));
            if dice.percent(40) {
                price.retrieval_per_gb = Some(dice.number(&["0", "0.01", "0.03", "0.05"]));
            }
        }
    }
    for book in books {
        let regions = book.regions.iter().map(|region| (Some(region.name.clone()), 25));
        for (from, chance) in regions.chain([(None, 65)]) {
            for part in PARTS {
                if dice.percent(chance) {
                    let own = dice.percent(70);
                    let price = match own {
                        true => DestinationPriceDraft::Tariff(tariff(dice, tiers)),
                        false => DestinationPriceDraft::Internet,
                    };
                    book.network.destinations.push(DestinationDraft { from: from.clone(), part: name(part), price });
                }
            }
        }
    }
}

/// What a workload reads back of what it keeps, how soon it deletes it, and what it sends to parts of the internet that some book knows.
pub fn of_workload(dice: &mut Dice, books: &[BookDraft], workload: &mut WorkloadDraft) {
    if workload.request.is_some() && workload.storage.is_none() && dice.percent(50) {
        let gb = dice.number(&["10", "50", "120"]);
        workload.storage = Some(StorageNeedDraft { gb, ..StorageNeedDraft::default() });
    }
    if let Some(kept) = workload.storage.as_mut().filter(|kept| !kept.gb.value.is_zero())
        && (dice.percent(75) || workload.split != Split::Never)
    {
        kept.read_gb = Some(dice.number(&["0", "10", "50", "333.333333", "1000"]));
    }
    if let Some(kept) = workload.storage.as_mut().filter(|_| dice.percent(45)) {
        kept.kept_days = Some(dice.number(&["1", "7", "9.5", "30", "45"]));
    }
    if workload.request.is_none() {
        return;
    }
    // The same as the last workload but for its name may have some.
    workload.internet_to.clear();
    for part in PARTS {
        let known = books.iter().flat_map(|book| &book.network.destinations).any(|to| &*to.part.value == part);
        if known && dice.percent(40) {
            workload.internet_to.push((name(part), dice.number(&["0", "20", "60", "100", "333.333333"])));
        }
    }
}
