//! What must hold between the answers to two related problems, whatever they are: metamorphic properties.
//!
//! The problems are those of the oracle's generator, one per random seed; `PROPTEST_CASES` sets how many.

#[allow(dead_code, reason = "the oracle's own tests use more of it")]
#[path = "oracle/enumerate.rs"]
mod enumerate;
#[allow(dead_code, reason = "the oracle's own tests use more of it")]
#[path = "oracle/generator.rs"]
mod generator;
#[allow(dead_code, reason = "the oracle's own tests use more of it")]
#[path = "oracle/limits.rs"]
mod limits;
#[allow(dead_code, reason = "the oracle's own tests use more of it")]
#[path = "oracle/price.rs"]
mod price;
#[allow(dead_code, reason = "the oracle's own tests use more of it")]
#[path = "oracle/rows.rs"]
mod rows;

use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use rust_decimal::Decimal;
use tradewind::catalog::Terms;
use tradewind::catalog::draft::{CrossProviderDraft, PriceDraft, TariffDraft};
use tradewind::diagnostic::Spanned;
use tradewind::report::plan_json;
use tradewind::{Catalog, NoPlan, Plan, Problem, Scenario, optimize};

use enumerate::Oracle;
use generator::{Case, Dice, Flavour, case, decimal};

/// Plans nearer than 10⁻⁹ of the currency are one to the floats of a solver.
const NEAREST: i128 = 10_i128.pow(15);

/// The same seeds on every run.
fn config() -> Config {
    Config {
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        // A smaller seed is not a smaller problem.
        max_shrink_iters: 0,
        // Where there is nothing to change in a problem, the next one is taken.
        max_global_rejects: u32::MAX,
        ..Config::default()
    }
}

fn answer(case: &Case) -> Result<Plan, NoPlan> {
    let catalog = Arc::new(Catalog::build(case.books.clone()).unwrap_or_else(|faults| panic!("{faults}")));
    let scenario = Scenario::build(case.scenario.clone(), &catalog).unwrap_or_else(|faults| panic!("{faults}"));
    let problem = Problem::new(&catalog, &Arc::new(scenario)).unwrap_or_else(|faults| panic!("{faults}"));
    optimize(&problem)
}

/// The cost of the plan; `None` if there is none, which is dearer than every cost.
fn cost(answer: &Result<Plan, NoPlan>) -> Option<i128> {
    answer.as_ref().ok().map(|plan| plan.bill.total().units())
}

/// Whether `dearer` is no cheaper than `cheaper`, no plan being the dearest of all.
fn at_least(dearer: Option<i128>, cheaper: Option<i128>) -> bool {
    match (dearer, cheaper) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(dearer), Some(cheaper)) => dearer >= cheaper - NEAREST,
    }
}

/// Where everything runs, as a set: parts sorted by name.
fn placements(plan: &Plan) -> Vec<String> {
    let mut all: Vec<String> = plan
        .placements
        .iter()
        .map(|part| {
            let place = (&part.workload, &part.provider, &part.region, &part.sku, part.terms, part.option);
            format!("{place:?} {} {}", part.replicas, part.share)
        })
        .collect();
    all.sort();
    all
}

/// Whether a limit asks something of every place that could be used, so that one more place may break it.
fn asks_of_every_place(case: &Case) -> bool {
    case.scenario.limits.iter().any(|limit| limit.per.is_some() && limit.at_least.is_some())
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
            .chain(&mut network.inter_region)
            .chain(network.routes.iter_mut().map(|route| &mut route.per_gb))
            .chain(across)
    })
}

fn multiply(value: &mut Spanned<Decimal>, by: Decimal) {
    value.value = (value.value * by).normalize();
}

/// Every price, given cost and absolute limit on cost, `by` times over.
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

    /// One more offer never raises the cost: the plan without it is still a plan, at the same bill. Not so where a
    /// floor is asked `per` something: the offer may bring a new value, and with it a new row.
    #[test]
    fn one_more_offer_never_raises_the_cost(seed: u64) {
        let before = case(seed, Flavour::EXACT);
        prop_assume!(!asks_of_every_place(&before));
        let after = with_another_offer(&before, &mut Dice::new(seed));
        prop_assume!(after.is_some());
        let (before, after) = (answer(&before), after.map(|after| answer(&after)).expect("just asked"));
        prop_assert!(at_least(cost(&before), cost(&after)), "{:?} became {:?}", cost(&before), cost(&after));
    }

    /// One more limit never lowers the cost: every plan with it is a plan without it.
    #[test]
    fn one_more_limit_never_lowers_the_cost(seed: u64) {
        let with = case(seed, Flavour::EXACT);
        prop_assume!(!with.scenario.limits.is_empty());
        let mut without = with.clone();
        without.scenario.limits.swap_remove(Dice::new(seed).below(with.scenario.limits.len()));
        let (with, without) = (answer(&with), answer(&without));
        prop_assert!(at_least(cost(&with), cost(&without)), "{:?} became {:?}", cost(&without), cost(&with));
    }

    /// Raising an `at_most`, or lowering an `at_least`, never raises the cost: every plan within the old bound is within
    /// the new one.
    #[test]
    fn a_looser_limit_never_raises_the_cost(seed: u64) {
        let tight = case(seed, Flavour::EXACT);
        prop_assume!(!tight.scenario.limits.is_empty());
        let mut loose = tight.clone();
        let at = Dice::new(seed).below(tight.scenario.limits.len());
        let limit = &mut loose.scenario.limits[at];
        if let Some(bound) = &mut limit.at_most {
            let most = if bound.percent { decimal("100") } else { decimal("1000000000") };
            bound.value.value = (bound.value.value * decimal("1.25")).round_dp(4).max(bound.value.value).min(most);
        }
        if let Some(bound) = &mut limit.at_least {
            bound.value.value = (bound.value.value * decimal("0.75")).round_dp(4).min(bound.value.value);
        }
        let (tight, loose) = (answer(&tight), answer(&loose));
        prop_assert!(at_least(cost(&tight), cost(&loose)), "{:?} became {:?}", cost(&tight), cost(&loose));
    }

    /// Prices × k give cost × k: every plan's bill is linear in the prices, and so is every limit on cost once its
    /// bound is multiplied too, so the same plans are plans, in the same order.
    #[test]
    fn prices_times_k_give_cost_times_k(seed: u64, k in prop::sample::select(vec![2_u8, 3, 10])) {
        let before = case(seed, Flavour::EXACT);
        let after = with_prices_times(&before, Decimal::from(k));
        let (before, after) = (cost(&answer(&before)), cost(&answer(&after)));
        prop_assert_eq!(before.is_some(), after.is_some());
        if let (Some(before), Some(after)) = (before, after) {
            let k = i128::from(k);
            prop_assert!((after - k * before).abs() <= k * NEAREST, "{} times {} became {}", before, k, after);
        }
    }

    /// An offer that the plan does not use can go: every other plan stays what it was, so the best one stays the best,
    /// and none can become better; where it is the only best one, it stays the answer. Not so where a floor is asked
    /// `per` something: with the offer a row may go.
    #[test]
    fn an_unused_offer_can_go(seed: u64) {
        let with = case(seed, Flavour::EXACT);
        prop_assume!(!asks_of_every_place(&with));
        let plan = answer(&with);
        prop_assume!(plan.is_ok());
        let plan = plan.expect("just asked");
        let without = without_an_unused_offer(&with, &plan, &mut Dice::new(seed));
        prop_assume!(without.is_some());
        let less = answer(&without.expect("just asked"));
        prop_assert_eq!(cost(&less), Some(plan.bill.total().units()));
        if Oracle::new(&with.books, &with.scenario).survey().tied == 1 {
            prop_assert_eq!(placements(&less.expect("a cost")), placements(&plan));
        }
    }

    /// The order of a file decides nothing: neither the cost nor where anything runs. Ties are broken by name.
    #[test]
    fn the_order_of_a_file_decides_nothing(seed: u64) {
        let one = case(seed, Flavour::EVERYTHING);
        let other = answer(&reordered(&one, &mut Dice::new(seed)));
        let one = answer(&one);
        prop_assert_eq!(cost(&one), cost(&other));
        if let (Ok(one), Ok(other)) = (one, other) {
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
}
