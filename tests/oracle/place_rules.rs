//! Random fees and rules about places: most are kept by one and the same plan, and broken or paid by the cheapest.

use rust_decimal::Decimal;
use tradewind::catalog::{BookDraft, Name};
use tradewind::diagnostic::Spanned;
use tradewind::scenario::Domain;
use tradewind::scenario::draft::{
    ApartDraft, FeeDraft, ProviderCountDraft, ScenarioDraft, Split, SpreadDraft, TogetherDraft,
};

use super::enumerate::{Choice, Oracle};
use super::generator::{Dice, decimal, name, region_names};

/// How many rules are tried until one is kept by the plan and broken by the cheapest.
const TRIES: usize = 20;

/// Up to two fees and three rules for a scenario that has its workloads.
pub fn place_rules(
    dice: &mut Dice,
    books: &[BookDraft],
    scenario: &mut ScenarioDraft,
    anchor: &[Choice],
    cheapest: &[Choice],
) {
    if dice.percent(35) {
        for number in 0..1 + dice.below(2) {
            let fee = fee(dice, books, number, cheapest, &Oracle::new(books, scenario));
            scenario.fees.push(fee);
        }
    }
    for number in 0..*dice.pick(&[0, 0, 1, 1, 1, 2, 3]) {
        for _ in 0..TRIES {
            let mut with = scenario.clone();
            let added = add_rule(dice, books, &mut with, number);
            if !added {
                continue;
            }
            // A few rules may keep every plan out, or no plan.
            let oracle = Oracle::new(books, &with);
            let kept = oracle.broken_by(anchor).is_empty();
            let broken = !oracle.broken_by(cheapest).is_empty();
            if kept && broken || dice.percent(3) {
                *scenario = with;
                break;
            }
        }
    }
}

/// A fee, mostly where the cheapest plan runs, so that it pays or has to turn elsewhere.
fn fee(dice: &mut Dice, books: &[BookDraft], number: usize, cheapest: &[Choice], oracle: &Oracle) -> FeeDraft {
    let used = cheapest.iter().enumerate().flat_map(|(number, choice)| choice.iter().map(move |part| (number, part.0)));
    let used: Vec<_> = used.map(|(number, one)| oracle.works[number].all[one].place).collect();
    let mut fee = FeeDraft {
        name: name(format!("fee-{number}")),
        monthly: dice.number(&["0.5", "3", "7.25", "20", "60", "400"]),
        ..FeeDraft::default()
    };
    let there = (!used.is_empty() && dice.percent(80)).then(|| *dice.pick(&used));
    if dice.percent(65) {
        let path = there
            .map_or_else(|| Name::from(dice.pick(&region_names(books)).as_str()), |place| oracle.market.path(place));
        fee.region = Some(path.into());
    } else {
        let book = there.map_or_else(|| dice.below(books.len()), |place| place.book);
        fee.provider = Some(books[book].provider.clone());
    }
    fee
}

/// Adds one rule of a random kind; false where the scenario has no room for it.
fn add_rule(dice: &mut Dice, books: &[BookDraft], scenario: &mut ScenarioDraft, number: usize) -> bool {
    let by = *dice.pick(&Domain::ALL);
    let rule = name(format!("rule-{number}"));
    match dice.below(6) {
        0 | 5 => add_provider_count(dice, books, scenario),
        1 if scenario.workloads.len() > 1 && !is_contradicted(scenario, by, true) => {
            let workloads = members(dice, scenario);
            scenario.together.push(TogetherDraft { name: rule, workloads, same: by });
            true
        }
        2 if scenario.workloads.len() > 1 && !is_contradicted(scenario, by, false) => {
            let workloads = members(dice, scenario);
            scenario.apart.push(ApartDraft { name: rule, workloads, by });
            true
        }
        _ => add_spread(dice, scenario, rule, by),
    }
}

fn add_provider_count(dice: &mut Dice, books: &[BookDraft], scenario: &mut ScenarioDraft) -> bool {
    if scenario.providers.is_some() {
        return false;
    }
    let count = |count: usize| Some(Spanned::from(Decimal::from(count)));
    let (least, most) = (1 + dice.below(books.len()), 1 + dice.below(books.len()));
    let (at_least, at_most) = match dice.below(5) {
        0 | 1 => (count(least), None),
        2 | 3 => (None, count(most.min(2))),
        _ => (count(least.min(most)), count(least.max(most))),
    };
    scenario.providers = Some(ProviderCountDraft { at_least, at_most, ..ProviderCountDraft::default() });
    true
}

/// Whether two workloads together in one place might be apart by the same: a fault, not a problem.
fn is_contradicted(scenario: &ScenarioDraft, by: Domain, together: bool) -> bool {
    let clash = |same: Domain, by: Domain| (same, by) != (Domain::Provider, Domain::Region);
    if together {
        scenario.apart.iter().any(|rule| clash(by, rule.by))
    } else {
        scenario.together.iter().any(|rule| clash(rule.same, by))
    }
}

/// Two or more workloads.
fn members(dice: &mut Dice, scenario: &ScenarioDraft) -> Vec<Spanned<Name>> {
    let mut names: Vec<Spanned<Name>> = scenario.workloads.iter().map(|workload| workload.name.clone()).collect();
    dice.shuffle(&mut names);
    names.truncate(2 + dice.below(names.len() - 1));
    names
}

fn add_spread(dice: &mut Dice, scenario: &mut ScenarioDraft, rule: Spanned<Name>, over: Domain) -> bool {
    let whole = |value: Option<Spanned<Decimal>>| value.map_or(1, |count| count.value.mantissa());
    // Units of the whole, where it is the most: one of them at least must fit within a share.
    let divided = scenario.workloads.iter().filter_map(|workload| match workload.split {
        Split::Any => Some((workload, 1_000_000)),
        Split::Replicas => {
            let special = workload.by_accelerator.iter().filter_map(|special| special.replicas);
            Some((workload, special.fold(whole(workload.replicas), |most, count| most.max(whole(Some(count))))))
        }
        _ => Some((workload, whole(workload.count))).filter(|(_, copies)| *copies > 1),
    });
    let divided: Vec<_> = divided.collect();
    if divided.is_empty() {
        return false;
    }
    let (workload, units) = *dice.pick(&divided);
    let percent = decimal(*dice.pick(&["34", "50", "50", "66.6667", "75", "100"]));
    if percent * Decimal::from(units) < Decimal::ONE_HUNDRED {
        return false;
    }
    scenario.spread.push(SpreadDraft { name: rule, workload: workload.name.clone(), over, at_most: percent.into() });
    true
}
