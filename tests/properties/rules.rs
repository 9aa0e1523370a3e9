//! Limits, fees, and rules about places.

use proptest::prelude::*;
use rust_decimal::Decimal;
use tradewind::diagnostic::Spanned;
use tradewind::scenario::Domain;
use tradewind::scenario::draft::{
    BoundDraft, FeeDraft, LimitDraft, ProviderCountDraft, ScenarioDraft, Split, SpreadDraft,
};

use crate::answers::{Answered, config};
use crate::oracle::generator::{Case, Dice, Flavour, case, decimal, name};

/// How many rules about places a scenario has.
fn count(scenario: &ScenarioDraft) -> usize {
    let listed = scenario.together.len() + scenario.apart.len() + scenario.spread.len();
    listed + usize::from(scenario.providers.is_some())
}

/// Takes one of the rules about places out.
fn without_one(case: &Case, dice: &mut Dice) -> Case {
    let mut case = case.clone();
    let scenario = &mut case.scenario;
    let mut at = dice.below(count(scenario));
    if scenario.providers.is_some() && at == 0 {
        scenario.providers = None;
        return case;
    }
    at -= usize::from(scenario.providers.is_some());
    let lengths = [scenario.together.len(), scenario.apart.len()];
    if at < lengths[0] {
        scenario.together.remove(at);
    } else if at < lengths[0] + lengths[1] {
        scenario.apart.remove(at - lengths[0]);
    } else {
        scenario.spread.remove(at - lengths[0] - lengths[1]);
    }
    case
}

/// Every rule about places as loose as its other domain makes it; `None` where that changes nothing.
fn by_the_looser_domain(case: &Case) -> Option<Case> {
    let mut case = case.clone();
    let mut changed = false;
    let mut loosen = |domain: &mut Domain, to: Domain| {
        changed |= *domain != to;
        *domain = to;
    };
    case.scenario.together.iter_mut().for_each(|rule| loosen(&mut rule.same, Domain::Provider));
    case.scenario.apart.iter_mut().for_each(|rule| loosen(&mut rule.by, Domain::Region));
    case.scenario.spread.iter_mut().for_each(|rule| loosen(&mut rule.over, Domain::Region));
    changed.then_some(case)
}

/// Rules that every plan keeps, and a fee of nothing.
fn with_rules_that_ask_nothing(case: &Case) -> Case {
    let mut case = case.clone();
    let books = Spanned::from(Decimal::from(case.books.len()));
    let scenario = &mut case.scenario;
    let count = scenario.providers.get_or_insert_with(ProviderCountDraft::default);
    count.at_most = count.at_most.or(Some(books));
    let provider = Some(case.books[0].provider.clone());
    scenario.fees.push(FeeDraft { name: name("nothing"), provider, ..FeeDraft::default() });
    let all = BoundDraft { value: Decimal::ONE_HUNDRED.into(), percent: true };
    let limit = |at: &str, per: Option<&str>| LimitDraft {
        name: name(at),
        sum: name("cost"),
        per: per.map(name),
        at_most: Some(all),
        ..LimitDraft::default()
    };
    scenario.limits.extend([limit("all", None), limit("each", Some("provider"))]);
    let spread =
        scenario.workloads.iter().filter(|workload| workload.split == Split::Any).map(|workload| SpreadDraft {
            name: name(format!("whole {}", workload.name.value)),
            workload: workload.name.clone(),
            over: Domain::Region,
            at_most: Decimal::ONE_HUNDRED.into(),
        });
    scenario.spread.extend(spread.collect::<Vec<_>>());
    case
}

/// Every limit, and every rule about places that has a name, once more under another name.
fn with_everything_twice(case: &Case) -> Case {
    let mut case = case.clone();
    let scenario = &mut case.scenario;
    let again = |at: &mut Spanned<tradewind::catalog::Name>| *at = name(format!("{} again", at.value));
    macro_rules! twice {
        ($list:expr) => {
            let mut more = $list.clone();
            more.iter_mut().for_each(|rule| again(&mut rule.name));
            $list.extend(more);
        };
    }
    twice!(scenario.limits);
    twice!(scenario.together);
    twice!(scenario.apart);
    twice!(scenario.spread);
    case
}

fn counts_cost(case: &Case) -> bool {
    case.scenario.limits.iter().any(|limit| &*limit.sum.value == "cost")
}

proptest! {
    #![proptest_config(config())]

    /// One more limit never lowers the cost: every plan with it is a plan without it.
    #[test]
    fn one_more_limit_never_lowers_the_cost(seed: u64) {
        let with = case(seed, Flavour::EVERYTHING);
        prop_assume!(!with.scenario.limits.is_empty());
        let mut without = with.clone();
        without.scenario.limits.swap_remove(Dice::new(seed).below(with.scenario.limits.len()));
        let (with, without) = (Answered::to(&with), Answered::to(&without));
        prop_assert!(with.is_no_cheaper_than(&without), "{:?} became {:?}", without.figures(), with.figures());
    }

    /// Raising an `at_most`, or lowering an `at_least`, never raises the cost: every plan within the old bound is within
    /// the new one.
    #[test]
    fn a_looser_limit_never_raises_the_cost(seed: u64) {
        let tight = case(seed, Flavour::EVERYTHING);
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
        let (tight, loose) = (Answered::to(&tight), Answered::to(&loose));
        prop_assert!(tight.is_no_cheaper_than(&loose), "{:?} became {:?}", tight.figures(), loose.figures());
    }

    /// Without one of the rules about places (how many providers, together, apart, spread) nothing gets dearer: every
    /// plan that keeps all of them keeps the others.
    #[test]
    fn one_more_rule_about_places_never_lowers_the_cost(seed: u64) {
        let with = case(seed, Flavour::EVERYTHING);
        prop_assume!(count(&with.scenario) > 0);
        let without = Answered::to(&without_one(&with, &mut Dice::new(seed)));
        let with = Answered::to(&with);
        prop_assert!(with.is_no_cheaper_than(&without), "{:?} became {:?}", without.figures(), with.figures());
    }

    /// Together in a region is together at its provider; apart by provider is apart by region; no more than a share at
    /// a provider is no more than that in each of its regions. So the other domain never raises the cost.
    #[test]
    fn a_region_lies_in_one_provider(seed: u64) {
        let tight = case(seed, Flavour::EVERYTHING);
        let loose = by_the_looser_domain(&tight);
        prop_assume!(loose.is_some());
        let (tight, loose) = (Answered::to(&tight), Answered::to(&loose.expect("just asked")));
        prop_assert!(tight.is_no_cheaper_than(&loose), "{:?} became {:?}", tight.figures(), loose.figures());
    }

    /// A fee more never lowers the cost: no plan gets cheaper, and, limits on cost aside, none more is a plan. Nor does
    /// it raise the cost by more than itself, limits on cost aside: the old plan is still one, and pays it at most.
    #[test]
    fn a_fee_costs_between_nothing_and_itself(seed: u64) {
        let before = case(seed, Flavour::EVERYTHING);
        prop_assume!(!counts_cost(&before));
        let dice = &mut Dice::new(seed);
        let book = dice.pick(&before.books).clone();
        let monthly = dice.number(&["1", "12.5", "90"]);
        let mut after = before.clone();
        let region = dice.percent(60).then(|| {
            let region = &dice.pick(&book.regions).name.value;
            name(format!("{}/{region}", book.provider.value))
        });
        let provider = region.is_none().then(|| book.provider.clone());
        after.scenario.fees.push(FeeDraft { name: name("another"), region, provider, monthly });
        let (before, after) = (Answered::to(&before), Answered::to(&after));
        let fee = tradewind::money::Amount::exact(monthly.value).expect("an amount").units();
        prop_assert!(after.is_no_cheaper_than(&before), "{:?} became {:?}", before.figures(), after.figures());
        prop_assert!(before.is_no_cheaper_by(fee, &after), "{:?} became {:?}", before.figures(), after.figures());
    }

    /// What is said twice asks no more than what is said once.
    #[test]
    fn a_rule_said_twice_changes_nothing(seed: u64) {
        let once = case(seed, Flavour::EVERYTHING);
        let twice = Answered::to(&with_everything_twice(&once));
        let once = Answered::to(&once);
        prop_assert!(once.costs_the_same_as(&twice), "{:?} became {:?}", once.figures(), twice.figures());
    }

    /// Nothing is asked by: at most as many providers as there are, a fee of nothing, all of the cost as a share of it
    /// (whoever bills it), the whole of a workload as a share of it. So the same plans are plans, at the same cost.
    #[test]
    fn rules_that_ask_nothing_change_nothing(seed: u64) {
        let without = case(seed, Flavour::EVERYTHING);
        let with = Answered::to(&with_rules_that_ask_nothing(&without));
        let without = Answered::to(&without);
        prop_assert!(without.costs_the_same_as(&with), "{:?} became {:?}", without.figures(), with.figures());
    }

    /// A budget of what the plan costs, and a millionth more, keeps that plan; one a millionth below the bound, which no
    /// plan undercuts, keeps none. Nearer than that the search, which is in floats, may have to leave it open; with parts
    /// at will, whose grid a budget so tight may miss, here as well.
    /// A budget counts the bill, so for the second nothing may stay unplaced instead.
    #[test]
    fn a_budget_of_what_the_plan_costs_is_enough(seed: u64) {
        let without = case(seed, Flavour { split_any: false, ..Flavour::EVERYTHING });
        let free = Answered::to(&without);
        prop_assume!(free.plan.is_some());
        let bill = free.plan.as_ref().expect("just asked").bill.total().units();
        let within = |units: i128| {
            let mut case = without.clone();
            let value = Decimal::from_i128_with_scale(units, 12).normalize();
            let budget = BoundDraft { value: value.into(), percent: false };
            case.scenario.limits.push(LimitDraft {
                name: name("budget"),
                sum: name("cost"),
                at_most: Some(budget),
                ..LimitDraft::default()
            });
            Answered::to(&case)
        };
        // A bound has at most 12 decimals.
        let unit = 10_i128.pow(12);
        let enough = within((bill + bill / 1_000_000 + unit - 1).div_euclid(unit));
        prop_assert!(free.costs_the_same_as(&enough), "{:?} became {:?}", free.figures(), enough.figures());
        if free.bound > unit && without.scenario.workloads.iter().all(|workload| workload.value.is_none()) {
            let short = within((free.bound - free.bound / 1_000_000 - 1).div_euclid(unit));
            prop_assert!(short.objective.is_none(), "{:?} became {:?}", free.figures(), short.figures());
        }
    }
}
