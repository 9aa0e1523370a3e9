//! A conflict in words a person would use: what cannot hold together, then what would help.
//!
//! Rules of one workload share a line, and long lists are cut: the JSON form has every member.

use std::fmt::{self, Write};

use crate::catalog::Name;
use crate::diagnostic::{Sources, Span, quoted};
use crate::money::{Amount, digits};
use crate::plan::{Conflict, Extent, Member, Plan, Raise, Relief, Rule, Step};

/// Most rules of the scenario, and most workloads, that are written out.
const SHOWN: usize = 12;
/// Most names in a list.
const NAMED: usize = 8;

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words(self, None))
    }
}

/// The conflict, with the places of its members if their texts are given; no line end after the last line.
pub(crate) fn words(conflict: &Conflict, sources: Option<&Sources>) -> String {
    let mut out = String::new();
    let places = Places(sources);
    if !conflict.unserved.is_empty() {
        unserved(conflict, &places, &mut out);
    } else if conflict.members.is_empty() {
        unreduced(conflict, &mut out);
    } else {
        members(conflict, &places, &mut out);
        help(conflict, &mut out);
    }
    out.truncate(out.trim_end().len());
    out
}

/// Where spans lie, if anybody knows.
struct Places<'a>(Option<&'a Sources>);

impl Places<'_> {
    fn of(&self, span: Span) -> Option<String> {
        self.0.and_then(|sources| sources.place(span)).map(|place| place.to_string())
    }

    /// ` (file:1:2)`.
    fn after(&self, span: Span) -> String {
        self.of(span).map(|place| format!(" ({place})")).unwrap_or_default()
    }
}

fn unserved(conflict: &Conflict, places: &Places<'_>, out: &mut String) {
    for unserved in &conflict.unserved {
        if let Some(place) = places.of(unserved.span) {
            let _ = write!(out, "{place}: ");
        }
        let _ = writeln!(out, "no offer can serve workload {} ({} asked)", quoted(&unserved.workload), unserved.asked);
        let held: Vec<&str> = unserved
            .members
            .iter()
            .filter(|member| !matches!(member.rule, Rule::MustPlace { .. }))
            .map(|member| &*member.states)
            .collect();
        match held.as_slice() {
            [] => {}
            [one] => {
                let _ = writeln!(out, "  its {one} alone leaves none");
            }
            several => {
                let _ = writeln!(out, "  these leave none together, and no fewer of them do");
                for one in several {
                    let _ = writeln!(out, "    {one}");
                }
            }
        }
        for (offer, reasons) in &unserved.nearest {
            let _ = writeln!(out, "  {offer}: {}", reasons.join("; "));
        }
    }
    out.push_str("no plan exists: some workloads cannot be served\n");
    out.push_str("help: change what they ask for, or give them a `value`, so that they may stay unplaced\n");
}

/// What is known before a conflict is reduced.
fn unreduced(conflict: &Conflict, out: &mut String) {
    out.push_str("no plan exists");
    if !conflict.limits.is_empty() {
        let names: Vec<&Name> = conflict.limits.iter().collect();
        let _ = write!(
            out,
            ": every workload can be served, but not within all limits together: {}\n\
             help: loosen one of them; not each need be at fault",
            some(&names)
        );
    }
}

fn members(conflict: &Conflict, places: &Places<'_>, out: &mut String) {
    let alone = conflict.members.len() == 1 && !conflict.whole_fleet;
    out.push_str(match (alone, conflict.minimal) {
        (true, _) => "no plan exists: this cannot hold\n",
        (false, true) => "no plan exists: these cannot hold together, and without any one of them the others can\n",
        (false, false) => {
            "no plan exists: these cannot hold together; the effort ended before it was known that each is needed\n"
        }
    });
    let of_scenario: Vec<&Member> = conflict.members.iter().filter(|member| member.rule.workload().is_none()).collect();
    for member in of_scenario.iter().take(SHOWN) {
        let _ = writeln!(out, "  {}: {}{}", member.rule, member.states, places.after(member.span));
    }
    if of_scenario.len() > SHOWN {
        let names: Vec<&Name> = of_scenario[SHOWN..].iter().filter_map(|member| name_of(&member.rule)).collect();
        let _ = writeln!(out, "  and {} more rules: {}", of_scenario.len() - SHOWN, some(&names));
    }
    let workloads = by_workload(&conflict.members);
    for (workload, rules) in workloads.iter().take(SHOWN) {
        let _ = writeln!(out, "  {}{}", line(workload, rules), places.after(rules[0].span));
    }
    if workloads.len() > SHOWN {
        let names: Vec<&Name> = workloads[SHOWN..].iter().map(|(workload, _)| *workload).collect();
        let _ = writeln!(out, "  and {} more workloads: {}", names.len(), some(&names));
    }
    if conflict.whole_fleet {
        out.push_str("  every workload must be placed, as it asks (the fleet is too large to say which are needed)\n");
    }
}

/// Rules of workloads, each workload once, in the order of their first rule.
fn by_workload(members: &[Member]) -> Vec<(&Name, Vec<&Member>)> {
    let mut list: Vec<(&Name, Vec<&Member>)> = Vec::new();
    let mut at = std::collections::BTreeMap::new();
    for member in members {
        let Some(workload) = member.rule.workload() else { continue };
        let position = *at.entry(workload).or_insert_with(|| {
            list.push((workload, Vec::new()));
            list.len() - 1
        });
        list[position].1.push(member);
    }
    list
}

/// `workload `chat` must be placed; residency EU; request 8 vCPU`.
fn line(workload: &Name, rules: &[&Member]) -> String {
    let placed = rules.iter().any(|member| matches!(member.rule, Rule::MustPlace { .. }));
    let states: Vec<&str> = rules
        .iter()
        .filter(|member| !matches!(member.rule, Rule::MustPlace { .. }))
        .map(|member| &*member.states)
        .collect();
    let states = states.join("; ");
    match (placed, states.is_empty()) {
        (true, true) => format!("workload {} must be placed", quoted(workload)),
        (true, false) => format!("workload {} must be placed; {states}", quoted(workload)),
        (false, _) => format!("workload {}: {states}", quoted(workload)),
    }
}

fn name_of(rule: &Rule) -> Option<&Name> {
    match rule {
        Rule::Limit { name } | Rule::Together { name } | Rule::Apart { name } | Rule::Spread { name } => Some(name),
        _ => rule.workload(),
    }
}

/// The first few names, the rest counted.
fn some(names: &[&Name]) -> String {
    let shown: Vec<String> = names.iter().take(NAMED).map(|name| quoted(name)).collect();
    match names.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn help(conflict: &Conflict, out: &mut String) {
    let mut enough: Vec<(&Step, bool, &Plan)> = Vec::new();
    for raise in &conflict.raises {
        if let Relief::Enough { step, least, plan, .. } = &raise.relief {
            enough.push((step, *least, plan));
        }
    }
    // Cheapest first: that is what a reader looks for.
    enough.sort_by_key(|(_, _, plan)| plan.objective);
    for (step, least, plan) in &enough {
        let least = if *least { "" } else { "; whether less would do is not proven" };
        let _ = writeln!(out, "help: {}: {}{least}", in_words(step), then(plan));
    }
    let alone = |wanted: fn(&Raise) -> bool| {
        conflict.raises.iter().filter(move |raise| wanted(raise)).map(|raise| &raise.limit).collect::<Vec<_>>()
    };
    let open = alone(|raise| matches!(raise.relief, Relief::Open));
    let not_alone = alone(|raise| matches!(raise.relief, Relief::NotAlone));
    if let Some(together) = &conflict.raise_together {
        let steps: Vec<String> = together.steps.iter().map(in_words).collect();
        let _ = writeln!(
            out,
            "help: {}: {}; whether less would do is not proven",
            steps.join(" and "),
            then(&together.plan)
        );
    }
    if !not_alone.is_empty() {
        let _ = writeln!(out, "note: more room for {} alone gives no plan", either(&not_alone));
    }
    if !open.is_empty() {
        let _ = writeln!(out, "note: the effort ended before it was known what more room for {} does", either(&open));
    }
    if conflict.members.iter().any(|member| matches!(member.rule, Rule::MustPlace { .. })) {
        out.push_str("note: a workload with a `value` may stay unplaced\n");
    }
}

fn either(names: &[&Name]) -> String {
    match names {
        [one, other] => format!("{} or {}", quoted(one), quoted(other)),
        _ => some(names),
    }
}

/// `raise `h100-quota` from 64 to 96 (+50%)`.
fn in_words(step: &Step) -> String {
    let (verb, sign) = if step.at_least { ("lower", "-") } else { ("raise", "+") };
    let percent = match step.relative() {
        _ if is_zero(step.from) => String::new(),
        // What would be rounded to no change at all.
        1..500 => format!(" (under {sign}0.1%)"),
        parts => format!(" ({sign}{})", percent(parts)),
    };
    format!("{verb} {} from {} to {}{percent}", quoted(&step.limit), step.from, bound(step))
}

fn is_zero(extent: Extent) -> bool {
    match extent {
        Extent::Absolute(total) => total.units() == 0,
        Extent::Share(share) => share.parts() == 0,
    }
}

/// Money to the cent and sums to 10⁻⁶, to the side that does; every digit stands in the JSON form.
fn bound(step: &Step) -> String {
    let Extent::Absolute(total) = step.to else { return step.to.to_string() };
    let decimals: u32 = if step.money { 2 } else { 6 };
    let one = 10_i128.pow(24 - decimals);
    let down = total.units().div_euclid(one);
    let up = down + i128::from(total.units().rem_euclid(one) != 0);
    digits(if step.at_least { down } else { up }, decimals)
}

/// 10⁻⁶ as a percentage with one decimal, half up.
fn percent(parts: i128) -> String {
    format!("{}%", digits(parts.saturating_add(500) / 1000, 1))
}

/// What a plan costs, and what it leaves out.
fn then(plan: &Plan) -> String {
    let mut text = format!("a plan then costs {} {} a month", plan.bill.total().in_cents(), plan.currency);
    if !plan.unplaced.is_empty() {
        let names: Vec<&Name> = plan.unplaced.iter().map(|unplaced| &unplaced.workload).collect();
        let _ = write!(text, " without {}", some(&names));
    }
    // A thousandth of what is told is below what anyone decides by.
    let thousandth = Amount::from_units(plan.bill.total().units() / 1000);
    if plan.objective.minus(plan.bound).is_some_and(|open| open > thousandth) {
        text.push_str(" or less");
    }
    text
}
