//! Workloads: copies, values, how they may be divided, and what nothing couples.

use proptest::prelude::*;
use rust_decimal::Decimal;
use tradewind::catalog::Name;
use tradewind::diagnostic::Spanned;
use tradewind::scenario::draft::{ScenarioDraft, Split, WorkloadDraft};

use crate::answers::{Answered, config};
use crate::oracle::generator::{Case, Dice, Flavour, case, decimal, name};

fn count_of(workload: &WorkloadDraft) -> usize {
    workload.count.map_or(1, |count| count.value.mantissa().try_into().expect("a few copies"))
}

/// Every workload that states copies, as workloads of their own; `None` where there are none, or where a rule treats
/// copies of one workload and several workloads alike in nothing but name.
fn with_copies_listed(case: &Case) -> Option<Case> {
    let mut case = case.clone();
    let scenario = &mut case.scenario;
    let many: Vec<WorkloadDraft> =
        scenario.workloads.iter().filter(|workload| count_of(workload) > 1).cloned().collect();
    let named = |workload: &WorkloadDraft, names: &[Spanned<Name>]| names.contains(&workload.name);
    let told_apart = many.iter().any(|workload| {
        // No two workloads that are apart share a place, but copies of one may; and copies of one are spread.
        scenario.apart.iter().any(|rule| named(workload, &rule.workloads))
            || scenario.spread.iter().any(|rule| rule.workload == workload.name)
    });
    let per_workload =
        scenario.limits.iter().any(|limit| limit.per.as_ref().is_some_and(|per| &*per.value == "workload"));
    if many.is_empty() || told_apart || per_workload {
        return None;
    }
    for workload in many {
        let names =
            |from: usize| (from..count_of(&workload)).map(|copy| name(format!("{} {copy}", workload.name.value)));
        let at = scenario.workloads.iter().position(|one| one.name == workload.name).expect("it is one of them");
        scenario.workloads[at].count = None;
        scenario.workloads.extend(names(1).map(|name| WorkloadDraft { name, count: None, ..workload.clone() }));
        let add = |list: &mut Vec<Spanned<Name>>| {
            if list.contains(&workload.name) {
                list.extend(names(1));
            }
        };
        scenario.limits.iter_mut().for_each(|limit| add(&mut limit.filter.workload));
        scenario.together.iter_mut().for_each(|rule| add(&mut rule.workloads));
    }
    Some(case)
}

/// Whether nothing in a scenario asks for anything to be placed.
fn asks_for_nothing(scenario: &ScenarioDraft) -> bool {
    let asks = scenario.limits.iter().any(|limit| {
        limit.per.is_none() && limit.at_least.is_some_and(|bound| !bound.percent && !bound.value.value.is_zero())
    });
    !asks && scenario.providers.as_ref().is_none_or(|count| count.at_least.is_none())
}

/// Whether a workload can be divided otherwise and still do all it could: no volume of a replica is rounded, and every
/// replica is a number of parts of 10⁻⁶.
fn divides_evenly(workload: &WorkloadDraft, to: Split) -> bool {
    let special = workload.by_accelerator.iter().filter_map(|special| special.replicas);
    let back = workload.storage.as_ref().and_then(|kept| kept.read_gb);
    let mut volumes = vec![workload.internet_gb, workload.data.as_ref().and_then(|data| data.read_gb), back];
    volumes.extend(workload.internet_to.iter().map(|(_, gb)| Some(*gb)));
    let even = |count: Decimal| {
        let whole = |value: Decimal| (value / count).round_dp(12) * count == value;
        volumes.iter().flatten().all(|gb| whole(gb.value))
            && (to == Split::Replicas || (Decimal::from(1_000_000) % count).is_zero())
    };
    // What goes whole to one place is whole in parts as well.
    let whole_to_parts = workload.split == Split::Never && to == Split::Any;
    whole_to_parts || workload.replicas.into_iter().chain(special).all(|count| even(count.value))
}

proptest! {
    #![proptest_config(config())]

    /// `count: n` is n workloads that differ in nothing but their names: the same plans, at the same cost, wherever no
    /// rule goes by the name.
    #[test]
    fn copies_are_workloads_that_are_alike(seed: u64) {
        let stated = case(seed, Flavour::EVERYTHING);
        let listed = with_copies_listed(&stated);
        prop_assume!(listed.is_some());
        let (stated, listed) = (Answered::to(&stated), Answered::to(&listed.expect("just asked")));
        prop_assert!(stated.costs_the_same_as(&listed), "{:?} became {:?}", stated.figures(), listed.figures());
    }

    /// Where every workload is worth nothing, and no rule asks for anything to run, there is always a plan: to place
    /// nothing. It costs nothing, and nothing is cheaper.
    #[test]
    fn what_is_worth_nothing_can_stay(seed: u64) {
        let mut case = case(seed, Flavour::EVERYTHING);
        prop_assume!(asks_for_nothing(&case.scenario));
        case.scenario.workloads.iter_mut().for_each(|workload| workload.value = Some(Decimal::ZERO.into()));
        let answered = Answered::to(&case);
        prop_assert_eq!(answered.objective, Some(0));
        prop_assert_eq!(answered.bound, 0);
    }

    /// To allow a workload to stay unplaced, whatever that costs, never raises the cost: every plan that places it is
    /// still a plan.
    #[test]
    fn to_be_allowed_to_stay_never_costs(seed: u64) {
        let before = case(seed, Flavour::EVERYTHING);
        let dice = &mut Dice::new(seed);
        let at = dice.below(before.scenario.workloads.len());
        prop_assume!(before.scenario.workloads[at].value.is_none());
        let mut after = before.clone();
        after.scenario.workloads[at].value = Some(dice.number(&["0", "7", "60", "900", "1000000"]));
        let (before, after) = (Answered::to(&before), Answered::to(&after));
        prop_assert!(before.is_no_cheaper_than(&after), "{:?} became {:?}", before.figures(), after.figures());
    }

    /// What a workload is worth is paid where it stays unplaced and nowhere else: worth `d` more, no plan gets cheaper,
    /// and none dearer by more than `d` for each copy.
    #[test]
    fn a_value_counts_once_for_each_copy(seed: u64) {
        let before = case(seed, Flavour::EVERYTHING);
        let dice = &mut Dice::new(seed);
        let valued: Vec<usize> = (0..before.scenario.workloads.len())
            .filter(|&at| before.scenario.workloads[at].value.is_some())
            .collect();
        prop_assume!(!valued.is_empty());
        let mut after = before.clone();
        let workload = &mut after.scenario.workloads[*dice.pick(&valued)];
        let more = dice.number(&["0.5", "11", "250"]).value;
        workload.value.iter_mut().for_each(|value| value.value += more);
        let most = more * Decimal::from(count_of(workload));
        let most = tradewind::money::Amount::exact(most).expect("an amount").units();
        let (before, after) = (Answered::to(&before), Answered::to(&after));
        prop_assert!(after.is_no_cheaper_than(&before), "{:?} became {:?}", before.figures(), after.figures());
        prop_assert!(before.is_no_cheaper_by(most, &after), "{:?} became {:?}", before.figures(), after.figures());
    }

    /// To be allowed to divide a workload never raises the cost, if it keeps no storage, which would be charged in every
    /// region: a whole is all its replicas in one place, and a replica is a part of 10⁻⁶ times so many, where these and
    /// the volumes divide evenly.
    #[test]
    fn to_be_allowed_to_divide_never_costs(seed: u64) {
        let whole = case(seed, Flavour::EVERYTHING);
        let dice = &mut Dice::new(seed);
        let at = dice.below(whole.scenario.workloads.len());
        let workload = &whole.scenario.workloads[at];
        let replicas = workload.split == Split::Never && workload.request.is_some() && dice.percent(50);
        let to = if replicas { Split::Replicas } else { Split::Any };
        let plain = workload.storage.is_none() && count_of(workload) == 1;
        prop_assume!(plain && workload.split != Split::Any && divides_evenly(workload, to));
        let mut divided = whole.clone();
        divided.scenario.workloads[at].split = to;
        let (whole, divided) = (Answered::to(&whole), Answered::to(&divided));
        prop_assert!(whole.is_no_cheaper_than(&divided), "{:?} became {:?}", whole.figures(), divided.figures());
    }

    /// Workloads that nothing couples (no limit, no rule, no fee, no tier) cost together what they cost alone: a plan is
    /// any plan of each, and its bill is the sum.
    #[test]
    fn what_nothing_couples_costs_what_it_costs_alone(seed: u64) {
        let flavour = Flavour { tiers: false, ..Flavour::EVERYTHING };
        let Case { books, scenario } = case(seed, flavour);
        let alone = |workloads: Vec<WorkloadDraft>| {
            let draft = ScenarioDraft {
                name: scenario.name.clone(),
                hours_per_month: scenario.hours_per_month,
                workloads,
                ..ScenarioDraft::default()
            };
            Answered::to(&Case { books: books.clone(), scenario: draft })
        };
        let all = alone(scenario.workloads.clone());
        let each: Vec<Answered> = scenario.workloads.iter().map(|workload| alone(vec![workload.clone()])).collect();
        let sum = |amount: &dyn Fn(&Answered) -> Option<i128>| each.iter().map(amount).sum::<Option<i128>>();
        let sums = Answered {
            objective: sum(&|one| one.objective),
            bound: sum(&|one| one.objective.map(|_| one.bound)).unwrap_or(i128::MAX),
            room: sum(&|one| one.room),
            plan: None,
        };
        prop_assert!(all.costs_the_same_as(&sums), "{:?} alone, {:?} together", sums.figures(), all.figures());
    }

    /// To keep for more days what is kept never costs more, if no limit asks for something: a class's minimum of days
    /// is a smaller multiple of a longer stay, so less volume is billed, no tariff falls with volume, and nothing else
    /// changes. Limits go, since a share of the cost may ask for a dearer plan.
    #[test]
    fn more_days_kept_never_cost_more(seed: u64, more in prop::sample::select(vec!["1.5", "2", "9", "100"])) {
        let mut short = case(seed, Flavour::EVERYTHING);
        short.scenario.limits.clear();
        let mut long = short.clone();
        let kept = long.scenario.workloads.iter_mut().filter_map(|workload| workload.storage.as_mut()?.kept_days.as_mut());
        let mut any = false;
        for days in kept {
            days.value = (days.value * decimal(more)).normalize();
            any = true;
        }
        prop_assume!(any);
        let (short, long) = (Answered::to(&short), Answered::to(&long));
        prop_assert!(short.is_no_cheaper_than(&long), "{:?} became {:?}", short.figures(), long.figures());
    }

    /// One workload less never costs more, if no limit, and no number of providers, asks for something to run: what is
    /// left of a plan is as much together and apart, pays the same fees at most, and uses no more of any tariff, which
    /// never pays back.
    #[test]
    fn one_workload_less_never_costs_more(seed: u64) {
        let mut all = case(seed, Flavour::EVERYTHING);
        // Limits name workloads, and to name one that is gone is a fault.
        all.scenario.limits.clear();
        prop_assume!(asks_for_nothing(&all.scenario) && all.scenario.workloads.len() > 1);
        let mut less = all.clone();
        let at = Dice::new(seed).below(all.scenario.workloads.len());
        let gone = less.scenario.workloads.remove(at);
        let scenario = &mut less.scenario;
        scenario.spread.retain(|rule| rule.workload != gone.name);
        for members in scenario.together.iter_mut().map(|rule| &mut rule.workloads) {
            members.retain(|member| *member != gone.name);
        }
        for members in scenario.apart.iter_mut().map(|rule| &mut rule.workloads) {
            members.retain(|member| *member != gone.name);
        }
        scenario.together.retain(|rule| rule.workloads.len() > 1);
        scenario.apart.retain(|rule| rule.workloads.len() > 1);
        let (all, less) = (Answered::to(&all), Answered::to(&less));
        prop_assert!(all.is_no_cheaper_than(&less), "{:?} became {:?}", all.figures(), less.figures());
    }
}
