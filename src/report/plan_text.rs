//! A plan as text: what it costs, what is proven, where everything runs, what limits it, what the simple policies would
//! cost.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::money::Amount;
use crate::plan::{Cost, LimitUse, Line, Method, Placement, Plan, Policy, PolicyKind};
use crate::report::proof_text::{counted, grouped, proof_sentence, status_sentence};
use crate::report::table::{Align, Table};
use crate::units::{Date, Share, Total};

/// How much a text shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail {
    /// A row per placement.
    #[default]
    Placements,
    /// Every charge of every placement as well.
    Lines,
}

/// A plan for people. All amounts are for a month, shown to the cent; the JSON form has every digit.
#[must_use]
pub fn plan_text(plan: &Plan, detail: Detail) -> String {
    let mut out = String::new();
    let name = if plan.scenario.is_empty() { "this scenario" } else { &plan.scenario };
    let _ = writeln!(out, "{name}: {} {} a month", plan.bill.total().in_cents(), plan.currency);
    if !plan.unplaced.is_empty() || plan.objective != plan.bill.total() {
        let objective = plan.objective.in_cents();
        let _ = writeln!(out, "{objective} {} with the value of what is not placed, which is minimised", plan.currency);
    }
    if let Some(list) = &plan.bill.list {
        let _ = writeln!(out, "{}", list_sentence(plan, list));
    }
    let _ = writeln!(out, "{}", proof_sentence(plan));
    if let Some(sentence) = status_sentence(plan.status) {
        let _ = writeln!(out, "{sentence}");
    }
    let _ = writeln!(out, "{}", how_found(plan));
    out.push('\n');
    let copies = copies(plan);
    placements(plan, &copies, &mut out);
    unplaced(plan, &copies, &mut out);
    if detail == Detail::Lines {
        out.push_str("\nCharges\n");
        for placement in &plan.placements {
            let _ = writeln!(out, "  {} on {}/{}", placement.workload, placement.provider, placement.region);
            lines(&placement.lines, "    ", &mut out);
            if let Some(derived) = &placement.derived {
                let _ = writeln!(out, "    the hourly price is derived: {derived}");
            }
        }
    }
    if !plan.bill.adjustments.is_empty() {
        out.push_str("\nTiers and allowances of the accounts, as differences to the first paid price\n");
        lines(&plan.bill.adjustments, "  ", &mut out);
    }
    if !plan.bill.fees.is_empty() {
        out.push_str("\nFees for being at a place at all\n");
        lines(&plan.bill.fees, "  ", &mut out);
    }
    totals(plan, &mut out);
    limits(&plan.limits, &plan.currency, &mut out);
    policies(plan, &mut out);
    let dated = |name: &str, date: Option<Date>| match date {
        Some(date) => format!("{name} {date}"),
        None => format!("{name} without a date"),
    };
    let books: Vec<String> = plan.books.iter().map(|book| dated(&book.provider, book.as_of)).collect();
    let _ = writeln!(out, "\nPrice books: {}", books.join(", "));
    if !plan.contracts.is_empty() {
        let contracts: Vec<String> = plan.contracts.iter().map(|made| dated(&made.name, made.as_of)).collect();
        let _ = writeln!(out, "Contracts: {}", contracts.join(", "));
    }
    out
}

fn how_found(plan: &Plan) -> String {
    let size = plan.size;
    let found = match (plan.method, size.rows) {
        (Method::PlainMinimum, 0) => "no limit couples the workloads, so each has its own cheapest candidate",
        (Method::PlainMinimum, _) => "every workload has its own cheapest candidate, and every rule holds",
        (Method::Policy, _) => "one of the simple policies below is the cheapest plan found",
        (Method::Repair, _) => "workloads moved one at a time until every rule held and no move saved",
        (Method::LinearProgram, _) => "found from a linear program, brought to whole units",
        (Method::Core, _) => "suggested by the back end for the whole of this small program",
        (Method::Tree, _) => "found in a case of the search tree",
    };
    format!(
        "{}, {} ({} worth a look); {found}",
        counted(size.workloads, "workload"),
        counted(size.candidates, "eligible candidate"),
        grouped(size.undominated)
    )
}

/// How many copies each workload states, as far as it states more than one.
///
/// A workload in parts is one copy, which every part counts; it is left out.
fn copies(plan: &Plan) -> BTreeMap<&str, u64> {
    let mut copies = BTreeMap::new();
    let whole = plan.placements.iter().filter(|placement| placement.share == Share::WHOLE);
    let placed = whole.map(|placement| (&*placement.workload, placement.copies));
    let unplaced = plan.unplaced.iter().map(|unplaced| (&*unplaced.workload, unplaced.copies));
    for (workload, count) in placed.chain(unplaced) {
        *copies.entry(workload).or_default() += u64::from(count);
    }
    copies.retain(|_, count| *count > 1);
    copies
}

/// `12`, or `3 of 12` where the others are elsewhere; nothing for a workload of one copy.
fn part_of_copies(here: u32, workload: &str, copies: &BTreeMap<&str, u64>) -> String {
    match copies.get(workload) {
        Some(&all) if all == u64::from(here) => here.to_string(),
        Some(all) => format!("{here} of {all}"),
        None => String::new(),
    }
}

fn unplaced(plan: &Plan, copies: &BTreeMap<&str, u64>, out: &mut String) {
    use Align::{Left, Right};
    if plan.unplaced.is_empty() {
        return;
    }
    out.push_str("\nNot placed, and what it is worth\n");
    let mut table = Table::new(&[("workload", Left), ("copies", Right), ("value", Right)]);
    for unplaced in &plan.unplaced {
        table.row([
            unplaced.workload.to_string(),
            part_of_copies(unplaced.copies, &unplaced.workload, copies),
            unplaced.value.in_cents(),
        ]);
    }
    if plan.unplaced.len() > 1 {
        let all = Amount::sum(plan.unplaced.iter().map(|unplaced| unplaced.value));
        table.row(["all".to_owned(), String::new(), all.map(Amount::in_cents).unwrap_or_default()]);
    }
    table.print("  ", out);
}

fn placements(plan: &Plan, copies: &BTreeMap<&str, u64>, out: &mut String) {
    use Align::{Left, Right};
    let mut table = Table::new(&[
        ("workload", Left),
        ("copies", Right),
        ("place", Left),
        ("machines", Left),
        ("terms", Left),
        ("share", Right),
        ("hours", Right),
        ("compute", Right),
        ("storage", Right),
        ("network", Right),
        ("given", Right),
        ("total", Right),
        ("at list", Right),
        ("now", Left),
    ]);
    let split = plan.placements.iter().any(|placement| placement.share != Share::WHOLE);
    for placement in &plan.placements {
        // Fees are the plan's, not a placement's.
        let [compute, storage, network, given, _, total] = cost_cells(&placement.cost);
        table.row([
            placement.workload.to_string(),
            part_of_copies(placement.copies, &placement.workload, copies),
            format!("{}/{}", placement.provider, placement.region),
            machines(placement),
            placement.terms.map_or(String::new(), |terms| terms.name().to_owned()),
            if split { placement.share.to_string() } else { String::new() },
            if placement.sku.is_some() { placement.hours.to_string() } else { String::new() },
            compute,
            storage,
            network,
            given,
            total,
            at_list(placement),
            now(placement),
        ]);
    }
    table.print("", out);
}

pub(super) fn machines(placement: &Placement) -> String {
    let Some(sku) = &placement.sku else {
        return placement.option.map_or("flat rates".to_owned(), |option| format!("option {option}"));
    };
    let accelerator = placement.accelerator.map(|(model, count)| format!(" ({count} {model})")).unwrap_or_default();
    let part = placement.part().map_or(String::new(), |part| format!("{part} of "));
    format!("{part}{} × {sku}{accelerator}", placement.replicas)
}

/// What the lines would come to at list prices, where a contract changed one.
fn at_list(placement: &Placement) -> String {
    if placement.lines.iter().all(|line| line.list.is_none()) {
        return String::new();
    }
    Amount::sum(placement.lines.iter().map(Line::list_amount)).map(Amount::in_cents).unwrap_or_default()
}

fn list_sentence(plan: &Plan, list: &Cost) -> String {
    let total = plan.bill.total();
    let listed = list.total.in_cents();
    match list.total.minus(total) {
        Some(off) if off > Amount::ZERO => format!(
            "{listed} {} at list prices: contracts take off {} ({})",
            plan.currency,
            off.in_cents(),
            percent_of(off, list.total)
        ),
        Some(off) if off < Amount::ZERO => {
            format!("{listed} {} at list prices, which are below what the contracts ask", plan.currency)
        }
        _ => format!("{listed} {} at list prices: no contract changes what this plan uses", plan.currency),
    }
}

pub(super) fn now(placement: &Placement) -> String {
    let here = format!("{}/{}", placement.provider, placement.region);
    match &placement.current {
        Some(current) if **current == *here => "stays".to_owned(),
        Some(current) => format!("from {current}"),
        None => String::new(),
    }
}

/// Compute, storage, network, given, fees and total; nothing where nothing is charged.
pub(super) fn cost_cells(cost: &Cost) -> [String; 6] {
    let part = |amount: Amount| if amount == Amount::ZERO { String::new() } else { amount.in_cents() };
    let [compute, storage, network, given, fees] =
        [cost.compute, cost.storage, cost.network, cost.given, cost.fees].map(part);
    [compute, storage, network, given, fees, cost.total.in_cents()]
}

pub(super) fn lines(lines: &[Line], indent: &str, out: &mut String) {
    use Align::{Left, Right};
    let mut table = Table::new(&[
        ("charge", Left),
        ("quantity", Right),
        ("unit", Left),
        ("unit price", Right),
        ("list price", Right),
        ("amount", Right),
        ("at list", Right),
        ("price from", Left),
    ]);
    for line in lines {
        table.row([
            line.what.clone(),
            line.quantity.in_short(),
            line.unit.name().to_owned(),
            line.unit_price.to_string(),
            line.list.map(|list| list.unit_price.to_string()).unwrap_or_default(),
            line.amount.in_cents(),
            line.list.map(|list| list.amount.in_cents()).unwrap_or_default(),
            line.source.clone(),
        ]);
    }
    table.print(indent, out);
}

fn totals(plan: &Plan, out: &mut String) {
    use Align::{Left, Right};
    let columns = ["compute", "storage", "network", "given", "fees", "total"].map(|title| (title, Right));
    let header = |first| -> Vec<(&str, Align)> { std::iter::once((first, Left)).chain(columns).collect() };
    let mut table = Table::new(&header("billed by"));
    for (provider, cost) in &plan.bill.by_provider {
        table.row(std::iter::once(provider.to_string()).chain(cost_cells(cost)));
    }
    if plan.bill.by_provider.len() > 1 {
        table.row(std::iter::once("all".to_owned()).chain(cost_cells(&plan.bill.cost)));
    }
    out.push('\n');
    table.print("", out);
    if plan.bill.by_region.len() > 1 {
        let mut table = Table::new(&header("runs in"));
        for (region, cost) in &plan.bill.by_region {
            table.row(std::iter::once(region.to_string()).chain(cost_cells(cost)));
        }
        out.push('\n');
        table.print("", out);
        let left_out = match (plan.bill.adjustments.is_empty(), plan.bill.fees.is_empty()) {
            (true, true) => return,
            (false, true) => "the tiers and allowances of the accounts",
            (true, false) => "fees",
            (false, false) => "fees and the tiers and allowances of the accounts",
        };
        let _ = writeln!(out, "(by region without {left_out})");
    }
}

fn limits(limits: &[LimitUse], currency: &str, out: &mut String) {
    use Align::{Left, Right};
    if limits.is_empty() {
        return;
    }
    let mut table = Table::new(&[
        ("limit", Left),
        ("of", Left),
        ("sum", Left),
        ("used", Right),
        ("", Left),
        ("bound", Right),
        ("", Right),
        ("left", Right),
        ("", Left),
    ]);
    for limit in limits.iter().filter(|limit| !is_idle(limit)) {
        let money = &*limit.sum == "cost";
        let figure = |total: Total| if money { Amount::from_units(total.units()).in_cents() } else { total.in_short() };
        let sum = if money { currency.to_owned() } else { limit.sum.to_string() };
        table.row([
            limit.name.to_string(),
            limit.of.as_ref().map(ToString::to_string).unwrap_or_default(),
            if limit.direct_only { format!("{sum}, direct lines") } else { sum },
            figure(limit.used),
            if limit.at_least { "at least" } else { "at most" }.to_owned(),
            figure(limit.limit),
            limit.share.map(|share| format!("({share})")).unwrap_or_default(),
            figure(limit.slack),
            if limit.slack == Total::ZERO { "binds" } else { "" }.to_owned(),
        ]);
    }
    out.push('\n');
    table.print("", out);
    for group in limits.chunk_by(|a, b| a.name == b.name) {
        let idle = group.iter().filter(|limit| is_idle(limit)).count();
        if idle > 0 {
            let _ = writeln!(out, "({}: nothing used in {idle} other rows)", group[0].name);
        }
    }
}

/// Whether a row of a limit with many rows says nothing: an upper bound on something that is not used.
pub(super) fn is_idle(limit: &LimitUse) -> bool {
    limit.of.is_some() && !limit.at_least && limit.used == Total::ZERO && limit.slack > Total::ZERO
}

fn policies(plan: &Plan, out: &mut String) {
    if plan.policies.is_empty() {
        return;
    }
    out.push_str("\nWhat simple policies would cost\n");
    let mut table = Table::new(&[("policy", Align::Left), ("total", Align::Right), ("", Align::Left)]);
    for policy in &plan.policies {
        // A policy that serves nothing costs nothing; its total would read like an offer.
        let idle = policy.cost == Amount::ZERO && !policy.unserved.is_empty();
        let total = if idle { String::new() } else { policy.cost.in_cents() };
        table.row([policy_name(policy), total, policy_verdict(policy, plan)]);
    }
    table.print("  ", out);
}

pub(super) fn policy_name(policy: &Policy) -> String {
    match policy.kind {
        PolicyKind::DocumentedRules => "the documented rules".to_owned(),
        PolicyKind::SingleProvider => {
            format!("a single provider ({})", policy.provider.as_deref().unwrap_or("none"))
        }
        PolicyKind::Stay => "staying where it runs now".to_owned(),
    }
}

pub(super) fn policy_verdict(policy: &Policy, plan: &Plan) -> String {
    let some = |names: &[crate::catalog::Name]| {
        let shown: Vec<&str> = names.iter().take(4).map(|name| &**name).collect();
        let more = names.len() - shown.len();
        if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
    };
    match policy.saving {
        Some(Amount::ZERO) => "what the plan costs".to_owned(),
        Some(saving) if saving >= Amount::ZERO => {
            let percent = percent_of(saving, policy.cost);
            format!("the plan saves {} {} ({percent})", saving.in_cents(), plan.currency)
        }
        Some(saving) => format!(
            "cheaper than the plan by {} {}",
            Amount::ZERO.minus(saving).unwrap_or_default().in_cents(),
            plan.currency
        ),
        None => {
            let mut parts = Vec::new();
            if !policy.unserved.is_empty() {
                parts.push(format!("cannot serve {}", some(&policy.unserved)));
            }
            if !policy.broken.is_empty() {
                parts.push(format!("breaks {}", some(&policy.broken)));
            }
            parts.join("; ")
        }
    }
}

/// A part as a percentage with one decimal, half away from zero, in whole arithmetic.
pub(super) fn percent_of(part: Amount, whole: Amount) -> String {
    let (Some(part), whole) = (part.units().checked_mul(1000), whole.units()) else { return "?".to_owned() };
    if whole <= 0 {
        return "0%".to_owned();
    }
    let tenths = (part + whole / 2) / whole;
    format!("{}.{}%", tenths / 10, tenths % 10)
}
