//! Random limits whose bounds are the sums of some plan: so each may bind, and together they mostly leave a plan.

use rust_decimal::Decimal;
use tradewind::catalog::{BookDraft, Name, Terms};
use tradewind::diagnostic::Spanned;
use tradewind::scenario::draft::{BoundDraft, FilterDraft, LimitDraft, ScenarioDraft};

use super::enumerate::{Choice, Oracle};
use super::generator::{Dice, laws, name, region_names};
use super::price::{E6, E12};
use super::rows::Row;

/// How many limits are tried until one is broken by the cheapest plan.
const TRIES: usize = 6;
/// Keys of `where`.
pub const WHERE: [&str; 10] =
    ["provider", "region", "jurisdiction", "sku", "family", "accelerator", "terms", "workload", "type", "label"];
/// Keys of `per`.
pub const PER: [&str; 10] =
    ["provider", "region", "jurisdiction", "sku", "family", "accelerator", "terms", "workload", "type", "label.team"];
/// Measures with a name of their own, the last only with power figures.
pub const MEASURES: [&str; 8] =
    ["vcpu", "memory_gib", "accelerators", "replicas", "vcpu_hours", "accelerator_hours", "cost", "kg_co2e"];

/// Up to four limits for a scenario that has its workloads. Most leave room for `anchor`, and most are broken by
/// `cheapest`.
pub fn limits(
    dice: &mut Dice,
    books: &[BookDraft],
    scenario: &ScenarioDraft,
    carbon: bool,
    anchor: &[Choice],
    cheapest: &[Choice],
) -> Vec<LimitDraft> {
    let oracle = Oracle::new(books, scenario);
    let mut limits = Vec::new();
    for number in 0..*dice.pick(&[0, 1, 1, 2, 2, 3, 4]) {
        for _ in 0..TRIES {
            let plan = if dice.percent(85) { anchor.to_vec() } else { any_plan(dice, &oracle) };
            let mut limit = limit(dice, books, scenario, carbon);
            limit.name = name(format!("limit-{number}"));
            let at_least = dice.percent(35);
            let bound = bound(dice, &oracle, &limit, &plan, at_least);
            (limit.at_least, limit.at_most) = if at_least { (Some(bound), None) } else { (None, Some(bound)) };
            let rows = oracle.rows_of(&limit, number);
            let standing = oracle.standing(&rows, cheapest);
            let sums = rows.iter().zip(&standing.sums).enumerate();
            let binds = sums.into_iter().any(|(bit, (row, sum))| standing.idle & (1 << bit) == 0 && !row.holds(*sum));
            if binds || dice.percent(10) {
                limits.push(limit);
                break;
            }
        }
    }
    limits
}

/// A limit without a bound.
fn limit(dice: &mut Dice, books: &[BookDraft], scenario: &ScenarioDraft, carbon: bool) -> LimitDraft {
    let mut limit = LimitDraft { sum: name(measure(dice, scenario, carbon)), ..LimitDraft::default() };
    if dice.percent(60) {
        for _ in 0..1 + dice.below(2) {
            restrict(dice, &mut limit.filter, books, scenario);
        }
    }
    if dice.percent(50) {
        limit.per = key(dice, scenario).map(name);
    }
    limit
}

/// Every workload whole where it is cheapest.
pub fn cheapest_plan(oracle: &Oracle) -> Vec<Choice> {
    let choices = oracle.works.iter().map(|work| {
        let one = (0..work.all.len()).min_by_key(|&one| work.all[one].whole(&oracle.market));
        one.map_or_else(Choice::new, |one| vec![(one, work.whole(one))])
    });
    choices.collect()
}

/// Any plan, whatever it breaks; one that places what it can, mostly.
pub fn any_plan(dice: &mut Dice, oracle: &Oracle) -> Vec<Choice> {
    let choice = |number: usize| {
        let mut choices = oracle.choices(number);
        if dice.percent(75) && choices.iter().any(|choice| oracle.works[number].left(choice) == 0) {
            choices.retain(|choice| oracle.works[number].left(choice) == 0);
        }
        dice.pick(&choices).clone()
    };
    (0..oracle.works.len()).map(choice).collect()
}

fn measure<'a>(dice: &mut Dice, scenario: &'a ScenarioDraft, carbon: bool) -> &'a str {
    let options = scenario.workloads.iter().filter_map(|workload| workload.options.as_ref());
    let used: Vec<&str> = options
        .flat_map(|options| options.value.iter().flat_map(|option| option.uses.iter().map(|(name, _)| &*name.value)))
        .collect();
    if !used.is_empty() && dice.percent(35) {
        return dice.pick::<&str>(&used);
    }
    if dice.percent(20) {
        return "cost";
    }
    if carbon && dice.percent(15) {
        return "kg_co2e";
    }
    MEASURES[dice.below(MEASURES.len() - 1)]
}

fn key(dice: &mut Dice, scenario: &ScenarioDraft) -> Option<&'static str> {
    let key = *dice.pick(&PER);
    let has_label =
        scenario.workloads.iter().any(|workload| workload.labels.iter().any(|(label, _)| &**label == "team"));
    (key != "label.team" || has_label).then_some(key)
}

/// Restricts a filter by one more key, if there is something to restrict it to.
fn restrict(dice: &mut Dice, filter: &mut FilterDraft, books: &[BookDraft], scenario: &ScenarioDraft) {
    let regions = || region_names(books).iter().map(|text| Name::from(text.as_str())).collect::<Vec<_>>();
    let skus = || books.iter().flat_map(|book| &book.skus);
    let key = *dice.pick(&WHERE);
    let known: Vec<Name> = match key {
        "provider" => books.iter().map(|book| book.provider.value.clone()).collect(),
        "region" => regions(),
        "jurisdiction" => laws(books),
        "sku" => skus().map(|sku| sku.name.value.clone()).collect(),
        "family" => skus().filter_map(|sku| sku.family.clone()).collect(),
        "accelerator" => ["T4", "L4", "H100", "H100-SXM"].map(Name::from).to_vec(),
        "workload" => scenario.workloads.iter().map(|workload| workload.name.value.clone()).collect(),
        "type" => scenario.workloads.iter().filter_map(|workload| workload.kind.clone()).collect(),
        "label" => {
            scenario.workloads.iter().flat_map(|workload| &workload.labels).map(|label| label.0.clone()).collect()
        }
        _ => ["on-demand", "spot"].map(Name::from).to_vec(),
    };
    if known.is_empty() {
        return;
    }
    let chosen: Vec<Spanned<Name>> = dice.some(&known, 25).into_iter().map(Spanned::from).collect();
    match key {
        "provider" => filter.provider = chosen,
        "region" => filter.region = chosen,
        "jurisdiction" => filter.jurisdiction = chosen,
        "sku" => filter.sku = chosen,
        "family" => filter.family = chosen,
        "accelerator" => filter.accelerator = chosen,
        "workload" => filter.workload = chosen,
        "type" => filter.kind = chosen,
        "label" => {
            let label = chosen[0].clone();
            // Only values that some workload has: another one is a fault.
            let labels = scenario.workloads.iter().flat_map(|workload| &workload.labels);
            let mut values: Vec<Name> =
                labels.filter(|(name, _)| *name == label.value).map(|(_, value)| value.clone()).collect();
            values.sort();
            values.dedup();
            filter.label = vec![(label, dice.some(&values, 20))];
        }
        _ => filter.terms = chosen.iter().filter_map(|terms| Terms::named(&terms.value)).collect(),
    }
}

/// A bound at which `plan` keeps the limit, or is at its edge; now and then a tighter or looser one.
fn bound(dice: &mut Dice, oracle: &Oracle, limit: &LimitDraft, plan: &[Choice], at_least: bool) -> BoundDraft {
    let percent = dice.percent(35);
    let zero = BoundDraft { value: Decimal::ZERO.into(), percent };
    let drafted = LimitDraft { at_most: Some(zero), ..limit.clone() };
    let rows: Vec<Row> = oracle.rows_of(&drafted, 0);
    let standing = oracle.standing(&rows, plan);
    let marks = oracle.marks(&oracle.rows_of(&LimitDraft { at_least: Some(zero), ..limit.clone() }, 0), plan);
    let used = marks.iter().fold(0, |all, mark| all | mark.rows);
    // A floor asks nothing of a value that the plan does not use.
    let asked = |bit: usize| !at_least || limit.per.is_none() || used & (1 << bit) != 0;
    let sums = standing.sums.iter().enumerate().filter(|(bit, _)| asked(*bit)).map(|(_, sum)| sum);
    let figures = sums.map(|&(inside, base)| match (percent, at_least) {
        (false, false) => (inside + E12 - 1) / E12,
        (false, true) => inside / E12,
        (true, _) if base == 0 => E6 / 2,
        (true, false) => (inside * E6 + base - 1) / base,
        (true, true) => inside * E6 / base,
    });
    let figures: Vec<i128> = figures.collect();
    // What every row of the plan keeps; or, of a floor, what one of them keeps.
    let figure = match at_least {
        false => figures.iter().max(),
        true if figures.is_empty() => None,
        true if dice.percent(50) => Some(dice.pick(&figures)),
        true => figures.iter().min(),
    };
    let figure = figure.copied().unwrap_or(E6) * *dice.pick(&[100, 100, 100, 100, 100, 100, 90, 110]) / 100;
    let value = if percent {
        Decimal::from_i128_with_scale(figure.min(E6), 4)
    } else {
        Decimal::from_i128_with_scale(figure, 12)
    };
    BoundDraft { value: value.normalize().into(), percent }
}
