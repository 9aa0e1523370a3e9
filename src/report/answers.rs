//! Answers of the documented rules as text.

use std::fmt::Write;

use crate::catalog::Catalog;
use crate::report::table::{Align, Layout, Table};
use crate::rules::{Answer, Comparison, Distribution, NotFired, Route, Rule, Unanswered};
use crate::scenario::{FlatUsage, Scenario};

/// Which provider the rules name for each workload, by which rule, and why the others did not fire.
///
/// `answers` are in the order of the scenario's workloads.
#[must_use]
pub fn place_text(catalog: &Catalog, scenario: &Scenario, answers: &[Result<Answer, Unanswered>]) -> String {
    place_table(catalog, scenario, answers, Layout::Plain)
}

/// The same as a table in any layout.
#[must_use]
pub fn place_table(
    catalog: &Catalog,
    scenario: &Scenario,
    answers: &[Result<Answer, Unanswered>],
    layout: Layout,
) -> String {
    let mut table = Table::new(&[
        ("workload", Align::Left),
        ("provider", Align::Left),
        ("region", Align::Left),
        ("rule", Align::Left),
        ("why not another rule", Align::Left),
    ]);
    for (workload, answer) in scenario.workloads.iter().zip(answers) {
        let row = match answer {
            Ok(answer) => answer_row(catalog, &workload.name, answer),
            Err(unanswered) => {
                [workload.name.to_string(), "none".to_owned(), String::new(), String::new(), why(&unanswered.rules)]
            }
        };
        table.row(row);
    }
    table.write(layout)
}

fn answer_row(catalog: &Catalog, workload: &str, answer: &Answer) -> [String; 5] {
    let mut reasons = why(&answer.others);
    if !answer.without_rate.is_empty() {
        let names: Vec<&str> = answer.without_rate.iter().map(|&id| &*catalog.provider(id).name).collect();
        let _ = write!(reasons, "; passed over for want of a cost per hour: {}", names.join(", "));
    }
    [
        workload.to_owned(),
        catalog.provider(answer.provider).name.to_string(),
        answer.region.map_or(String::new(), |region| catalog.region(region).name.to_string()),
        answer.rule.name().to_owned(),
        reasons,
    ]
}

fn why(rules: &[(Rule, NotFired)]) -> String {
    let asked = rules.iter().filter(|(_, reason)| *reason != NotFired::NotAsked);
    let reasons: Vec<String> = asked.map(|(rule, reason)| format!("{}: {}", rule.name(), reason.reason())).collect();
    if reasons.is_empty() { "the first rule answered".to_owned() } else { reasons.join("; ") }
}

/// Every provider with its workloads, as one table.
#[must_use]
pub fn distribute_table(catalog: &Catalog, scenario: &Scenario, distribution: &Distribution, layout: Layout) -> String {
    let names = |workloads: &[usize]| {
        let names: Vec<&str> = workloads.iter().map(|&number| &*scenario.workloads[number].name).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    let mut table = Table::new(&[("provider", Align::Left), ("count", Align::Right), ("workloads", Align::Left)]);
    for (provider, workloads) in &distribution.providers {
        table.row([catalog.provider(*provider).name.to_string(), workloads.len().to_string(), names(workloads)]);
    }
    if !distribution.unanswered.is_empty() {
        let workloads = &distribution.unanswered;
        table.row(["no rule answers".to_owned(), workloads.len().to_string(), names(workloads)]);
    }
    table.write(layout)
}

/// What a usage costs everywhere, the cheapest and the saving.
#[must_use]
pub fn compare_text(catalog: &Catalog, usage: FlatUsage, comparison: &Comparison) -> String {
    let currency = catalog.currency();
    let mut table = Table::new(&[
        ("provider", Align::Left),
        ("compute", Align::Right),
        ("storage", Align::Right),
        ("network", Align::Right),
        ("cost", Align::Right),
        ("", Align::Left),
    ]);
    for (provider, cost) in &comparison.all_costs {
        let book = catalog.provider(*provider);
        let rates = book
            .rates
            .map(|rates| [rates.compute_hour, rates.storage_gb_month, rates.network_gb].map(|rate| rate.to_string()));
        let [compute, storage, network] = rates.unwrap_or_default();
        let mark = if *provider == comparison.provider { "cheapest" } else { "" };
        table.row([
            book.name.to_string(),
            format!("{} h × {compute}", usage.compute_hours),
            format!("{} GB × {storage}", usage.storage_gb),
            format!("{} GB × {network}", usage.network_gb),
            format!("{cost}"),
            mark.to_owned(),
        ]);
    }
    let mut out = String::new();
    table.print("", &mut out);
    let cheapest = &catalog.provider(comparison.provider).name;
    let _ = writeln!(
        out,
        "{cheapest} is cheapest at {} {currency}; {} {currency} less than the dearest",
        comparison.cost, comparison.savings
    );
    for provider in &comparison.without_rates {
        let _ = writeln!(out, "{} states no flat rates and was passed over", catalog.provider(*provider).name);
    }
    out
}

/// What a usage costs everywhere, as one table.
#[must_use]
pub fn compare_table(catalog: &Catalog, comparison: &Comparison, layout: Layout) -> String {
    let mut table = Table::new(&[
        ("provider", Align::Left),
        ("cost", Align::Right),
        ("currency", Align::Left),
        ("cheapest", Align::Left),
    ]);
    for (provider, cost) in &comparison.all_costs {
        let name = catalog.provider(*provider).name.to_string();
        let cheapest = if *provider == comparison.provider { "yes" } else { "no" };
        table.row([name, cost.to_string(), catalog.currency().to_string(), cheapest.to_owned()]);
    }
    table.write(layout)
}

/// Where a request goes.
#[must_use]
pub fn route_text(region: &str, route: &Route) -> String {
    let how = if route.matched { "by its route" } else { "by default, no route matches" };
    format!("{region} goes to {} ({how})\n", route.provider)
}
