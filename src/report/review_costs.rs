//! Where the money of a plan goes: charts by kind, provider, region and workload, and what contracts take off.

use crate::catalog::Name;
use crate::explain::Review;
use crate::money::Amount;
use crate::plan::{Cost, Plan};
use crate::report::plan_text::percent_of;
use crate::report::proof_text::grouped;
use crate::report::review_page::{Bar, Bars, KINDS, MOST_BARS, Piece, Section};

pub(super) fn costs(plan: &Plan, review: &Review) -> Option<Section> {
    let total = plan.bill.total();
    let bar = |label: String, cost: &Cost, of: Amount| Bar {
        label,
        parts: parts(cost),
        total: cost.total,
        share: if of > Amount::ZERO { percent_of(cost.total, of) } else { String::new() },
        is_rest: false,
    };
    // Shares are of what a chart adds up to: own lines are not all of a bill.
    let sum = |list: &[(Name, Cost)]| Amount::sum(list.iter().map(|(_, cost)| cost.total)).unwrap_or_default();
    let named = |list: &[(Name, Cost)]| -> Vec<Bar> {
        let of = sum(list);
        let mut bars: Vec<Bar> = list.iter().map(|(name, cost)| bar(name.to_string(), cost, of)).collect();
        bars.sort_by_key(|bar| std::cmp::Reverse(bar.total));
        bars
    };
    let of = &plan.bill.cost;
    let kinds = parts(of);
    let mut by_kind = Vec::new();
    for (position, (kind, amount)) in KINDS.iter().zip(kinds).enumerate() {
        if amount != Amount::ZERO {
            let mut parts = [Amount::ZERO; 5];
            parts[position] = amount;
            let share = if total > Amount::ZERO { percent_of(amount, total) } else { String::new() };
            by_kind.push(Bar { label: (*kind).to_owned(), parts, total: amount, share, is_rest: false });
        }
    }
    let direct = "Own lines, without tiers and allowances of the accounts and without fees.";
    let mut workloads = named(&review.workloads);
    let others = workloads.split_off(workloads.len().min(MOST_BARS));
    if !others.is_empty() {
        let rest = review
            .workloads
            .iter()
            .skip(MOST_BARS)
            .fold(Cost::default(), |sum, (_, cost)| sum.plus(*cost).unwrap_or(sum));
        let rest = bar(format!("{} others", grouped(others.len())), &rest, sum(&review.workloads));
        workloads.push(Bar { is_rest: true, ..rest });
    }
    let has_account = !(plan.bill.adjustments.is_empty() && plan.bill.fees.is_empty());
    let note = has_account.then_some(direct);
    let bars = [
        Bars { title: "At list prices and as paid", rows: list_and_paid(plan), note: Some(LIST_NOTE) },
        Bars { title: "By kind", rows: by_kind, note: None },
        Bars { title: "By provider, as billed", rows: named(&plan.bill.by_provider), note: None },
        Bars { title: "By region", rows: named(&plan.bill.by_region), note },
        Bars { title: "By workload", rows: workloads, note },
    ];
    let pieces: Vec<Piece> = bars.into_iter().filter(|bars| !bars.rows.is_empty()).map(Piece::Bars).collect();
    (!pieces.is_empty()).then_some(Section { title: "Where the money goes", pieces })
}

/// By kind, in the order of [`KINDS`].
fn parts(cost: &Cost) -> [Amount; 5] {
    [cost.compute, cost.storage, cost.network, cost.given, cost.fees]
}

const LIST_NOTE: &str = "The same machines at the prices that the providers publish, and at those of the contracts.";

/// Each provider at list prices and as paid, where a contract changed anything; the share is what is saved.
fn list_and_paid(plan: &Plan) -> Vec<Bar> {
    let mut rows = Vec::new();
    let lines = plan.placements.iter().flat_map(|placement| &placement.lines);
    let mut all: Vec<(Name, Cost, Cost)> = Vec::new();
    for (provider, paid) in &plan.bill.by_provider {
        let own = lines.clone().filter(|line| line.provider == *provider);
        let list = own.fold(*paid, |cost, line| {
            let more = line.list_amount().minus(line.amount);
            more.and_then(|more| cost.with(line.category, more)).unwrap_or(cost)
        });
        if list != *paid {
            all.push((provider.clone(), list, *paid));
        }
    }
    if let (Some(list), true) = (plan.bill.list, all.len() > 1) {
        all.insert(0, (Name::from("all"), list, plan.bill.cost));
    }
    for (name, list, paid) in all {
        let saved = list.total.minus(paid.total).filter(|_| list.total > Amount::ZERO);
        let saved = saved.map(|saved| format!("-{}", percent_of(saved, list.total))).unwrap_or_default();
        let bar = |of: &str, cost: &Cost, share| Bar {
            label: format!("{name}, {of}"),
            parts: parts(cost),
            total: cost.total,
            share,
            is_rest: false,
        };
        rows.push(bar("at list prices", &list, String::new()));
        rows.push(bar("as paid", &paid, saved));
    }
    rows
}
