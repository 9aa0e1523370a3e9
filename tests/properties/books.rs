//! Offers, prices and the order of files.

use proptest::prelude::*;
use rust_decimal::Decimal;
use tradewind::Plan;
use tradewind::catalog::Terms;
use tradewind::catalog::draft::{CrossProviderDraft, DestinationPriceDraft, PriceDraft, TariffDraft};
use tradewind::diagnostic::Spanned;
use tradewind::report::plan_json;
use tradewind::scenario::Split;

use crate::answers::{Answered, config};
use crate::oracle::answer;
use crate::oracle::enumerate::Oracle;
use crate::oracle::generator::{Case, Dice, Flavour, case};

/// Where everything runs, as a set: parts sorted by name.
fn placements(plan: &Plan) -> Vec<String> {
    let mut all: Vec<String> = plan
        .placements
        .iter()
        .map(|part| {
            let place = (&part.workload, &part.provider, &part.region, &part.sku, part.terms, part.option);
            format!("{place:?} {} {} {}", part.copies, part.replicas, part.share)
        })
        .collect();
    all.sort();
    all
}

/// Every tariff of every book.
fn tariffs(case: &mut Case) -> impl Iterator<Item = &mut TariffDraft> {
    case.books.iter_mut().flat_map(|book| {
        let stored = book.storage.classes.iter_mut().flat_map(|class| &mut class.regions);
        let network = &mut book.network;
        let across = match &mut network.cross_provider {
            Some(CrossProviderDraft::Tariff(tariff)) => Some(tariff),
            _ => None,
        };
        stored
            .map(|price| &mut price.per_gb_month)
            .chain(network.internet.iter_mut().map(|(_, tariff)| tariff))
            .chain(&mut network.internet_default)
            .chain(network.destinations.iter_mut().filter_map(|to| match &mut to.price {
                DestinationPriceDraft::Tariff(tariff) => Some(tariff),
                DestinationPriceDraft::Internet => None,
            }))
            .chain(&mut network.inter_region)
            .chain(network.routes.iter_mut().map(|route| &mut route.per_gb))
            .chain(across)
    })
}

fn multiply(value: &mut Spanned<Decimal>, by: Decimal) {
    value.value = (value.value * by).normalize();
}

/// Every price, given cost, value, fee and absolute limit on cost, `by` times over.
fn with_prices_times(case: &Case, by: Decimal) -> Case {
    let mut scaled = case.clone();
    for tier in tariffs(&mut scaled).flat_map(|tariff| &mut tariff.tiers) {
        multiply(&mut tier.price, by);
    }
    for book in &mut scaled.books {
        for offer in &mut book.offers {
            for price in offer.on_demand.iter_mut().chain(&mut offer.spot) {
                multiply(&mut price.price, by);
            }
        }
        for class in &mut book.storage.classes {
            let of_regions = class.regions.iter_mut().filter_map(|price| price.retrieval_per_gb.as_mut());
            of_regions.chain(&mut class.retrieval_per_gb).for_each(|price| multiply(price, by));
        }
        if let Some(rates) = &mut book.rates {
            multiply(&mut rates.compute_hour, by);
            multiply(&mut rates.storage_gb_month, by);
            multiply(&mut rates.network_gb, by);
        }
    }
    for options in scaled.scenario.workloads.iter_mut().filter_map(|workload| workload.options.as_mut()) {
        for option in &mut options.value {
            multiply(&mut option.cost, by);
        }
    }
    for workload in &mut scaled.scenario.workloads {
        workload.value.iter_mut().for_each(|value| multiply(value, by));
    }
    for fee in &mut scaled.scenario.fees {
        multiply(&mut fee.monthly, by);
    }
    for limit in scaled.scenario.limits.iter_mut().filter(|limit| &*limit.sum.value == "cost") {
        for bound in limit.at_most.iter_mut().chain(&mut limit.at_least).filter(|bound| !bound.percent) {
            multiply(&mut bound.value, by);
        }
    }
    scaled
}

/// Adds an offer that no book has, if there is room for one.
fn with_another_offer(case: &Case, dice: &mut Dice) -> Option<Case> {
    let mut more = case.clone();
    let book = dice.below(more.books.len());
    let book = &mut more.books[book];
    let offer = dice.below(book.offers.len());
    let region = dice.pick(&book.regions).name.clone();
    let prices = if dice.percent(50) { &mut book.offers[offer].on_demand } else { &mut book.offers[offer].spot };
    if prices.iter().any(|price| price.region == region) {
        return None;
    }
    prices.push(PriceDraft { region, price: dice.number(&["0.02", "0.1", "0.3", "1"]), detail: None });
    Some(more)
}

/// Removes an offer that the plan does not use, if there is one.
fn without_an_unused_offer(case: &Case, plan: &Plan, dice: &mut Dice) -> Option<Case> {
    let mut less = case.clone();
    let book = dice.below(less.books.len());
    let book = &mut less.books[book];
    let provider = book.provider.value.clone();
    let offer = dice.below(book.offers.len());
    let offer = &mut book.offers[offer];
    let terms = *dice.pick(&[Terms::OnDemand, Terms::Spot]);
    let prices = if terms == Terms::OnDemand { &mut offer.on_demand } else { &mut offer.spot };
    if prices.is_empty() {
        return None;
    }
    let gone = prices.swap_remove(dice.below(prices.len()));
    let used = plan.placements.iter().any(|part| {
        part.provider == provider
            && part.region == gone.region.value
            && part.sku.as_ref() == Some(&offer.sku.value)
            && part.terms == Some(terms)
    });
    (!used).then_some(less)
}

/// Everything that has an order in a file, in another one.
fn reordered(case: &Case, dice: &mut Dice) -> Case {
    let mut other = case.clone();
    dice.shuffle(&mut other.scenario.workloads);
    dice.shuffle(&mut other.scenario.limits);
    dice.shuffle(&mut other.scenario.fees);
    dice.shuffle(&mut other.scenario.together);
    dice.shuffle(&mut other.scenario.apart);
    dice.shuffle(&mut other.scenario.spread);
    dice.shuffle(&mut other.books);
    for book in &mut other.books {
        dice.shuffle(&mut book.regions);
        dice.shuffle(&mut book.skus);
        dice.shuffle(&mut book.offers);
        dice.shuffle(&mut book.storage.classes);
        dice.shuffle(&mut book.network.routes);
        dice.shuffle(&mut book.network.internet);
        for offer in &mut book.offers {
            dice.shuffle(&mut offer.on_demand);
            dice.shuffle(&mut offer.spot);
        }
    }
    other
}

proptest! {
    #![proptest_config(config())]

    /// One more offer never raises the cost: the plan without it is still a plan, at the same bill.
    #[test]
    fn one_more_offer_never_raises_the_cost(seed: u64) {
        let before = case(seed, Flavour::EVERYTHING);
        let after = with_another_offer(&before, &mut Dice::new(seed));
        prop_assume!(after.is_some());
        let (before, after) = (Answered::to(&before), after.map(|after| Answered::to(&after)).expect("just asked"));
        prop_assert!(before.is_no_cheaper_than(&after), "{:?} became {:?}", before.figures(), after.figures());
    }

    /// An offer that the plan does not use can go: every other plan stays what it was, so the best one stays the best,
    /// and none can become better; where it is the only best one, it stays the answer.
    #[test]
    fn an_unused_offer_can_go(seed: u64) {
        let with = case(seed, Flavour::EVERYTHING);
        let more = Answered::to(&with);
        prop_assume!(more.plan.is_some());
        let plan = more.plan.as_ref().expect("just asked");
        let without = without_an_unused_offer(&with, plan, &mut Dice::new(seed));
        prop_assume!(without.is_some());
        let less = Answered::to(&without.expect("just asked"));
        prop_assert!(more.costs_the_same_as(&less), "{:?} became {:?}", more.figures(), less.figures());
        let survey = Oracle::new(&with.books, &with.scenario).survey();
        let only = survey.tied == 1 && survey.next.is_none_or(|next| more.room.is_some_and(|room| next - room > more.bound + room));
        if let (true, Some(less)) = (only, &less.plan) {
            prop_assert_eq!(placements(less), placements(plan));
        }
    }

    /// Prices × k give cost × k: every plan's bill, fees and tiers too, is linear in the prices, so is what is unplaced
    /// in the values, and so is every limit on cost once its bound is multiplied, so the same plans are plans, in the
    /// same order. Not so for prices per GiB, which are rounded when they are read.
    #[test]
    fn prices_times_k_give_cost_times_k(seed: u64, k in prop::sample::select(vec![2_u8, 3, 10])) {
        let before = case(seed, Flavour { gib: false, ..Flavour::EVERYTHING });
        let after = Answered::to(&with_prices_times(&before, Decimal::from(k)));
        let mut before = Answered::to(&before);
        let k = i128::from(k);
        before.objective.iter_mut().chain(&mut before.room).for_each(|amount| *amount *= k);
        before.bound = before.bound.saturating_mul(k);
        prop_assert!(before.costs_the_same_as(&after), "{k} times {:?} is {:?}", before.figures(), after.figures());
    }

    /// The order of a file decides nothing: neither the cost nor where anything runs. Ties are broken by name. With parts at
    /// will two searches may end on two points of the grid, within what is proven of each.
    #[test]
    fn the_order_of_a_file_decides_nothing(seed: u64) {
        let one = case(seed, Flavour::EVERYTHING);
        let other = Answered::to(&reordered(&one, &mut Dice::new(seed)));
        let at_will = one.scenario.workloads.iter().any(|workload| workload.split == Split::Any);
        let one = Answered::to(&one);
        if at_will {
            prop_assert!(one.costs_the_same_as(&other), "{:?} became {:?}", one.figures(), other.figures());
            return Ok(());
        }
        prop_assert_eq!(one.objective, other.objective);
        if let (Some(one), Some(other)) = (one.plan, other.plan) {
            prop_assert_eq!(placements(&one), placements(&other));
        }
    }

    /// Two runs give the same bytes: there is no clock, no chance and no hash order in an answer.
    #[test]
    fn two_runs_give_the_same_bytes(seed: u64) {
        let case = case(seed, Flavour::EVERYTHING);
        match (answer(&case), answer(&case)) {
            (Ok(one), Ok(other)) => prop_assert_eq!(plan_json(&one), plan_json(&other)),
            (Err(one), Err(other)) => prop_assert_eq!(format!("{one:?}"), format!("{other:?}")),
            _ => prop_assert!(false, "a plan in one run only"),
        }
    }

    /// The gap is what it says, and a plan called optimal is within the flooring of costs: the bound is below every
    /// plan, so below this one.
    #[test]
    fn the_bound_is_below_the_plan(seed: u64) {
        let answered = Answered::to(&case(seed, Flavour::EVERYTHING));
        if let (Some(plan), Some(objective)) = (&answered.plan, answered.objective) {
            prop_assert!(answered.bound <= objective);
            let gap = if objective == 0 { 0.0 } else { (objective - answered.bound) as f64 / objective as f64 };
            prop_assert!((plan.gap - gap).abs() < 1e-9, "{} is said, {gap} it is", plan.gap);
            prop_assert!(answered.room.is_none_or(|room| objective - answered.bound <= room));
        }
    }
}
