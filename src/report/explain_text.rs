//! Explanations as text: why here, why not there, what binds, what would help.

use std::fmt::Write;

use crate::catalog::Name;
use crate::explain::{
    Alternative, Between, Concentration, LimitExplained, OfferExplained, Outcome, PlanExplained, WhyNot, Wins,
    WorkloadExplained,
};
use crate::money::Amount;
use crate::plan::{Plan, Rule};
use crate::report::plan_text::{cost_cells, lines, machines};
use crate::report::proof_text::{counted, grouped, proof_sentence};
use crate::report::table::{Align, Table};
use crate::units::Total;

/// A plan, explained for people: limits, what leaving a provider would cost, shares, carbon.
#[must_use]
pub fn plan_explained_text(plan: &Plan, explained: &PlanExplained) -> String {
    let mut out = String::new();
    let name = if plan.scenario.is_empty() { "this scenario" } else { &plan.scenario };
    let _ = writeln!(out, "{name}: {} {} a month", plan.bill.total().in_cents(), plan.currency);
    let _ = writeln!(out, "{}", proof_sentence(plan));
    limits(plan, explained, &mut out);
    gap(plan, explained, &mut out);
    leaving(plan, explained, &mut out);
    concentration("provider", &explained.providers, &mut out);
    concentration("region", &explained.regions, &mut out);
    carbon(explained, &mut out);
    out
}

fn limits(plan: &Plan, explained: &PlanExplained, out: &mut String) {
    use Align::{Left, Right};
    if explained.limits.is_empty() {
        out.push_str("\nNo limit is set: every workload has what is cheapest for it\n");
        return;
    }
    let _ = writeln!(out, "\nLimits, and what {} more room for one of them saves ({})", explained.step, plan.currency);
    let mut table = Table::new(&[
        ("limit", Left),
        ("", Left),
        ("from", Right),
        ("to", Right),
        ("saves", Right),
        ("at most, by the proof", Right),
        ("price of a unit", Right),
    ]);
    for limit in &explained.limits {
        let [from, to] = match &limit.raised {
            Some(step) => [step.from, step.to].map(|extent| extent_text(extent, step.money)),
            None => [String::new(), "no more room".to_owned()],
        };
        table.row([
            limit.name.to_string(),
            if limit.binds { "binds" } else { "" }.to_owned(),
            from,
            to,
            saves_text(limit),
            match (limit.ceiling, &limit.raised) {
                (Some(ceiling), _) => ceiling.max(Amount::ZERO).in_cents(),
                (None, Some(_)) => "not known".to_owned(),
                (None, None) => String::new(),
            },
            limit.shadow_price.map(shadow_text).filter(|text| text != "0").unwrap_or_default(),
        ]);
    }
    table.print("  ", out);
}

/// A bound as people write it.
pub(super) fn extent_text(extent: crate::plan::Extent, money: bool) -> String {
    match extent {
        crate::plan::Extent::Absolute(total) if money => Amount::from_units(total.units()).in_cents(),
        crate::plan::Extent::Absolute(total) => total.in_short(),
        crate::plan::Extent::Share(share) => share.to_string(),
    }
}

/// What a raise saves, or why that is not said.
pub(super) fn saves_text(limit: &LimitExplained) -> String {
    match (limit.saves, limit.ceiling, &limit.raised) {
        (Some(saves), ..) if saves.most.in_cents() == "0.00" => "nothing".to_owned(),
        (Some(saves), ..) => between_text(saves),
        // Below what an optimum is told from its bound by: nothing.
        (None, Some(ceiling), Some(_)) if ceiling.in_cents() == "0.00" => "nothing".to_owned(),
        (None, _, Some(_)) => "not known".to_owned(),
        (None, _, None) => String::new(),
    }
}

/// A price of a unit, which may be far below a cent.
pub(super) fn shadow_text(price: Amount) -> String {
    if price.units() >= 10_i128.pow(24) {
        return price.in_cents();
    }
    Total::from_units(price.units()).in_short()
}

/// One figure, or the two between which it lies.
pub(super) fn between_text(between: Between) -> String {
    if between.is_one() {
        return between.most.in_cents();
    }
    format!("{} to {}", between.least.in_cents(), between.most.in_cents())
}

/// What a changed scenario comes to, in a sentence's end.
pub(super) fn outcome_text(outcome: &Outcome, currency: &str) -> String {
    match outcome {
        Outcome::Costs { more, .. } if more.least.in_cents() == "0.00" && more.is_one() => "costs no more".to_owned(),
        Outcome::Costs { more, .. } => {
            let between = Between { least: more.least.max(Amount::ZERO), most: more.most };
            format!("costs {} {currency} more a month", between_text(between))
        }
        Outcome::Nothing { rules, unserved } => {
            let mut reasons = Vec::new();
            if !unserved.is_empty() {
                reasons
                    .push(format!("nothing else can serve {}", some(unserved.iter().map(|name| format!("`{name}`")))));
            }
            if unserved.is_empty() && !rules.is_empty() {
                reasons.push(format!("it cannot hold with {}", rules_text(rules)));
            }
            match reasons.is_empty() {
                true => "leaves no plan".to_owned(),
                false => format!("leaves no plan: {}", reasons.join("; ")),
            }
        }
        Outcome::Open => "is not known: its search ended before an answer, by --work or --time-limit".to_owned(),
    }
}

/// Rules of the scenario by name, those of workloads by workload: what a person would loosen comes first.
fn rules_text(rules: &[Rule]) -> String {
    let mut names: Vec<String> = rules.iter().filter(|rule| rule.workload().is_none()).map(Rule::to_string).collect();
    let mut workloads: Vec<&Name> = rules.iter().filter_map(Rule::workload).collect();
    workloads.sort();
    workloads.dedup();
    if !workloads.is_empty() {
        names.push(format!("what {} asks for", some(workloads.iter().map(|name| format!("`{name}`")))));
    }
    names.join(", ")
}

/// At most six of a list.
fn some(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    match names.len() {
        0..=6 => names.join(", "),
        all => format!("{} and {} more", names[..6].join(", "), all - 6),
    }
}

/// Terms of a gap that a text shows.
const TERMS: usize = 12;

fn gap(plan: &Plan, explained: &PlanExplained, out: &mut String) {
    let Some(gap) = &explained.gap else { return };
    let _ = writeln!(out, "\nWhere the gap of {} {} sits", gap.open.in_cents(), plan.currency);
    let mut table = Table::new(&[("of", Align::Left), ("adds", Align::Right)]);
    for term in gap.terms.iter().take(TERMS) {
        table.row([term.of.to_string(), term.amount.in_cents()]);
    }
    let rest = gap.terms.iter().skip(TERMS);
    if rest.len() > 0 {
        let count = rest.len();
        let sum = Amount::sum(rest.map(|term| term.amount)).unwrap_or_default();
        table.row([format!("{count} others"), sum.in_cents()]);
    }
    table.print("  ", out);
    if gap.in_case.in_cents() != gap.open.in_cents() {
        let _ = writeln!(out, "  (together {} in the proof's case that holds this plan)", gap.in_case.in_cents());
    }
}

fn leaving(plan: &Plan, explained: &PlanExplained, out: &mut String) {
    if explained.leaving.is_empty() {
        return;
    }
    out.push_str("\nLeaving a provider\n");
    for leaving in &explained.leaving {
        let outcome = outcome_text(&leaving.outcome, &plan.currency);
        let _ = writeln!(out, "  without {}: {outcome}", leaving.provider);
    }
}

fn concentration(of: &str, shares: &Concentration, out: &mut String) {
    use Align::{Left, Right};
    if shares.shares.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nShare by {of} (concentration {} of 10,000)", grouped(shares.hhi as usize));
    let mut table = Table::new(&[(of, Left), ("cost", Right), ("share", Right)]);
    for (name, cost, share) in &shares.shares {
        table.row([name.to_string(), cost.in_cents(), percent(share.parts())]);
    }
    table.print("  ", out);
}

/// 10⁻⁶ as a percentage with one decimal, half up.
pub(super) fn percent(parts: u32) -> String {
    let tenths = (u64::from(parts) + 500) / 1000;
    format!("{}.{}%", tenths / 10, tenths % 10)
}

fn carbon(explained: &PlanExplained, out: &mut String) {
    let carbon = &explained.carbon;
    if carbon.known.is_empty() {
        out.push_str("\nCarbon: not known, for no book states power and grid figures for what runs\n");
        return;
    }
    let _ = write!(out, "\nCarbon: {} kg CO2e a month", carbon.total.in_short());
    if !carbon.unknown.is_empty() {
        let unknown = counted(carbon.unknown.len(), "placement");
        let _ = write!(out, " for what is known of; {unknown} without power or grid figures");
    }
    out.push('\n');
}

/// A workload, explained for people: its bill, the next best candidates, what the others fail.
#[must_use]
pub fn workload_explained_text(plan: &Plan, explained: &WorkloadExplained) -> String {
    let mut out = String::new();
    let currency = &plan.currency;
    for placement in &explained.placements {
        let share = match placement.share == crate::units::Share::WHOLE {
            true => String::new(),
            false => format!("{} of ", placement.share),
        };
        let _ = writeln!(
            out,
            "{share}{} runs on {} in {}/{} for {} {currency} a month",
            explained.workload,
            machines(placement),
            placement.provider,
            placement.region,
            placement.cost.total.in_cents()
        );
        lines(&placement.lines, "  ", &mut out);
    }
    if let Some(unplaced) = &explained.unplaced {
        let value = unplaced.value.in_cents();
        let copies = counted(unplaced.copies as usize, "copy").replace("copys", "copies");
        let _ = writeln!(out, "{} of {} not placed, worth {value} {currency} a month", copies, explained.workload);
    }
    let _ = writeln!(out, "\n{} of {} can serve it", explained.eligible, counted(explained.asked, "offer"));
    if !explained.fails.is_empty() {
        let fails = explained.fails.iter().map(|(what, count)| format!("{what} {count}"));
        let _ = writeln!(out, "  the others fail, by request: {}", fails.collect::<Vec<_>>().join(", "));
    }
    others(explained, currency, &mut out);
    out
}

fn others(explained: &WorkloadExplained, currency: &str, out: &mut String) {
    use Align::{Left, Right};
    if explained.others.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nNext best, with everything else as it is ({currency} a month)");
    let mut table = Table::new(&[
        ("place", Left),
        ("machines", Left),
        ("terms", Left),
        ("compute", Right),
        ("storage", Right),
        ("network", Right),
        ("given", Right),
        ("own lines", Right),
        ("whole bill", Right),
        ("why not", Left),
    ]);
    for other in &explained.others {
        let Alternative { placement, bill, breaks, .. } = other;
        let [compute, storage, network, given, _, total] = cost_cells(&placement.cost);
        table.row([
            format!("{}/{}", placement.provider, placement.region),
            machines(placement),
            placement.terms.map_or(String::new(), |terms| terms.name().to_owned()),
            compute,
            storage,
            network,
            given,
            total,
            signed(bill.total),
            why_not(other, breaks),
        ]);
    }
    table.print("  ", out);
}

/// With its sign.
pub(super) fn signed(change: Amount) -> String {
    let cents = change.in_cents();
    if cents.starts_with('-') { cents } else { format!("+{cents}") }
}

/// What it breaks, or what of it costs most.
pub(super) fn why_not(other: &Alternative, breaks: &[Name]) -> String {
    if !breaks.is_empty() {
        return format!("breaks {}", some(breaks.iter().map(ToString::to_string)));
    }
    let bill = &other.bill;
    let parts = [
        ("compute", bill.compute),
        ("storage", bill.storage),
        ("network", bill.network),
        ("its cost", bill.given),
        ("fees", bill.fees),
    ];
    let dearest = parts.into_iter().max_by_key(|(_, amount)| *amount);
    let reason = match dearest {
        Some((what, amount)) if amount > Amount::ZERO => format!("{what} {}", signed(amount)),
        _ if other.change == Amount::ZERO => "as cheap; the first by name is taken".to_owned(),
        _ => String::new(),
    };
    if other.keeps == Amount::ZERO {
        return reason;
    }
    format!("{reason}; its value is {}", other.keeps.in_cents())
}

/// Why an offer does not serve a workload, for people.
#[must_use]
pub fn offer_text(plan: &Plan, explained: &OfferExplained) -> String {
    let mut out = String::new();
    let currency = &plan.currency;
    let (workload, offer) = (&explained.workload, &explained.offer);
    match &explained.why {
        WhyNot::Chosen => {
            let _ = writeln!(out, "{workload} on {offer}: that is where it runs");
        }
        WhyNot::Fails(reasons) => {
            let _ = writeln!(out, "{workload} on {offer}: cannot serve it: {}", reasons.join(", "));
        }
        WhyNot::Forced { outcome, alone, wins } => {
            let _ = writeln!(out, "{workload} on {offer}: {}", outcome_text(outcome, currency));
            if let Some((change, breaks)) = alone {
                let _ = write!(out, "  with everything else as it is: {} {currency} a month", signed(*change));
                if !breaks.is_empty() {
                    let _ = write!(out, ", and it breaks {}", some(breaks.iter().map(ToString::to_string)));
                }
                out.push('\n');
            }
            // What breaks, or is not known, is said above: only where there is a plan is a price asked for.
            if matches!(outcome, Outcome::Costs { .. }) {
                wins_text(wins, workload, currency, &mut out);
            }
        }
    }
    out
}

fn wins_text(wins: &Wins, workload: &str, currency: &str, out: &mut String) {
    let _ = match wins {
        Wins::At { now, at, .. } if now == at => writeln!(out, "  as cheap as the plan at its price of {now} an hour"),
        Wins::At { now, at, not_at } => {
            let _ =
                writeln!(out, "  wins at {at} {currency} an hour instead of {now}, if `{workload}` alone pays that");
            let _ = write!(out, "  (shown by a plan and a proof: it wins at {at}");
            match not_at {
                Some(not_at) if not_at.units() - at.units() <= 1_000_000 => writeln!(out, ", and not at {not_at})"),
                Some(not_at) => writeln!(out, ", and not at {not_at}; more --work may tell what lies between)"),
                None => writeln!(out, "; more --work may tell of higher prices)"),
            }
        }
        Wins::AtCost(cost) => {
            writeln!(out, "  wins at a cost of {cost} {currency} a month (shown by a plan and a proof)")
        }
        Wins::AtRates(cost) => {
            writeln!(out, "  as cheap as the plan at {cost} {currency} a month, which is its cost less the difference")
        }
        Wins::Never => writeln!(out, "  does not win even for nothing (shown at a price of 0)"),
        Wins::Barred { at, rules } => {
            let _ = write!(out, "  no price is shown to win: at {at} {currency} no plan has all of `{workload}` there");
            match rules.as_slice() {
                [] => writeln!(out),
                rules => writeln!(out, ",\n  for it cannot hold with {}", rules_text(rules)),
            }
        }
        Wins::Open => writeln!(out, "  the price at which it wins is not known; more --work, or more time, may tell"),
    };
}
