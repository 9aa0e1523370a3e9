//! The rules of a scenario in its own words, with their places.

use crate::catalog::{Catalog, Name};
use crate::diagnostic::{Span, listed, quoted};
use crate::money::Amount;
use crate::plan::{Member, Rule};
use crate::reduced::rules_of;
use crate::scenario::{Bound, Demand, Domain, Filter, Key, Limit, Machines, Measure, Scenario, Sense, Workload};
use crate::units::Quantity;

/// Rules of the whole scenario: limits, then the others, in its order.
pub(super) fn of_scenario(scenario: &Scenario) -> Vec<Rule> {
    let mut rules: Vec<Rule> = scenario.limits.iter().map(|limit| Rule::Limit { name: limit.name.clone() }).collect();
    rules.extend(scenario.providers.at_least.map(|_| Rule::ProvidersAtLeast));
    rules.extend(scenario.providers.at_most.map(|_| Rule::ProvidersAtMost));
    rules.extend(scenario.together.iter().map(|rule| Rule::Together { name: rule.name.clone() }));
    rules.extend(scenario.apart.iter().map(|rule| Rule::Apart { name: rule.name.clone() }));
    rules.extend(scenario.spread.iter().map(|rule| Rule::Spread { name: rule.name.clone() }));
    rules
}

/// Rules of all workloads, in the scenario's order.
pub(super) fn of_workloads(scenario: &Scenario) -> Vec<Rule> {
    scenario.workloads.iter().flat_map(rules_of).collect()
}

/// Rules with what they say, those of the scenario first, each kind in the scenario's order.
pub(super) fn described(catalog: &Catalog, scenario: &Scenario, rules: &[Rule]) -> Vec<Member> {
    let held: std::collections::BTreeSet<&Rule> = rules.iter().collect();
    let of_workloads = scenario.workloads.iter().flat_map(|workload| {
        rules_of(workload).into_iter().map(move |rule| {
            let states = workload_states(catalog, workload, &rule);
            Member { rule, states, span: workload.span }
        })
    });
    let of_scenario = of_scenario(scenario).into_iter().map(|rule| {
        let (states, span) = scenario_states(catalog, scenario, &rule);
        Member { rule, states, span }
    });
    of_scenario.chain(of_workloads).filter(|member| held.contains(&member.rule)).collect()
}

fn scenario_states(catalog: &Catalog, scenario: &Scenario, rule: &Rule) -> (String, Span) {
    let workload = |number: usize| scenario.workloads.get(number).map_or("", |workload| &*workload.name);
    let names = |numbers: &[usize]| and(numbers.iter().map(|&number| workload(number)));
    let stated = match rule {
        Rule::Limit { name } => {
            let limit = scenario.limits.iter().find(|limit| limit.name == *name);
            limit.map(|limit| (limit_states(catalog, scenario, limit), limit.span))
        }
        Rule::ProvidersAtLeast => {
            let count = scenario.providers.at_least.unwrap_or_default();
            Some((format!("at least {count} in use"), scenario.providers.span))
        }
        Rule::ProvidersAtMost => {
            let count = scenario.providers.at_most.unwrap_or_default();
            Some((format!("at most {count} in use"), scenario.providers.span))
        }
        Rule::Together { name } => {
            let rule = scenario.together.iter().find(|rule| rule.name == *name);
            rule.map(|rule| (format!("{} {}", names(&rule.workloads), place(rule.same, "the same")), rule.span))
        }
        Rule::Apart { name } => {
            let rule = scenario.apart.iter().find(|rule| rule.name == *name);
            rule.map(|rule| (format!("no two of {} {}", names(&rule.workloads), place(rule.by, "one")), rule.span))
        }
        Rule::Spread { name } => {
            let rule = scenario.spread.iter().find(|rule| rule.name == *name);
            rule.map(|rule| {
                let workload = quoted(workload(rule.workload));
                (format!("at most {} of {workload} {}", rule.at_most, place(rule.over, "one")), rule.span)
            })
        }
        _ => None,
    };
    stated.unwrap_or_default()
}

/// `at one provider`, `in one region`.
fn place(by: Domain, which: &str) -> String {
    let preposition = match by {
        Domain::Provider => "at",
        Domain::Region => "in",
    };
    format!("{preposition} {which} {}", by.name())
}

/// `at most 64 accelerators in region `aws/us-east-1``.
fn limit_states(catalog: &Catalog, scenario: &Scenario, limit: &Limit) -> String {
    let sense = match limit.sense {
        Sense::AtMost => "at most",
        Sense::AtLeast => "at least",
    };
    let money = limit.sum == Measure::Cost;
    let bound = match limit.bound {
        Bound::Absolute(total) if money => {
            format!("{} {} a month", Amount::from_units(total.units()).in_cents(), catalog.currency())
        }
        Bound::Absolute(total) => format!("{} {}", total.in_short(), limit.sum.name()),
        Bound::Share(share) => format!("{share} of {}", limit.sum.name()),
    };
    let per = match &limit.per {
        None => String::new(),
        Some(key) => format!(" per {}", key_name(key)),
    };
    format!("{sense} {bound}{per}{}", scope(catalog, scenario, &limit.filter))
}

fn key_name(key: &Key) -> String {
    match key {
        Key::Provider => "provider".to_owned(),
        Key::Region => "region".to_owned(),
        Key::Jurisdiction => "jurisdiction".to_owned(),
        Key::Sku => "sku".to_owned(),
        Key::Family => "family".to_owned(),
        Key::Accelerator => "accelerator".to_owned(),
        Key::Terms => "terms".to_owned(),
        Key::Workload => "workload".to_owned(),
        Key::Type => "type".to_owned(),
        Key::Label(label) => format!("label.{label}"),
    }
}

/// ` where region is `aws/us-east-1` and accelerator is `H100``.
fn scope(catalog: &Catalog, scenario: &Scenario, filter: &Filter) -> String {
    let mut parts = Vec::new();
    let mut add = |key: &str, values: Vec<&str>| {
        if !values.is_empty() {
            parts.push(format!("{key} is {}", listed(values)));
        }
    };
    let names = |list: &'_ [Name]| -> Vec<String> { list.iter().map(ToString::to_string).collect() };
    let workload = |number: &usize| scenario.workloads.get(*number).map(|workload| &*workload.name);
    add("provider", filter.providers.iter().map(|&id| &*catalog.provider(id).name).collect());
    add("region", filter.regions.iter().map(|&id| &*catalog.region(id).path).collect());
    for (key, list) in [("jurisdiction", &filter.jurisdictions), ("sku", &filter.skus), ("family", &filter.families)] {
        let list = names(list);
        add(key, list.iter().map(String::as_str).collect());
    }
    add("accelerator", filter.accelerators.iter().map(|model| model.name()).collect());
    add("terms", filter.terms.iter().map(|terms| terms.name()).collect());
    add("workload", filter.workloads.iter().filter_map(workload).collect());
    add("type", filter.kinds.iter().map(|kind| &**kind).collect());
    for (label, values) in &filter.labels {
        add(&format!("label.{label}"), values.iter().map(|value| &**value).collect());
    }
    if parts.is_empty() { String::new() } else { format!(" where {}", parts.join(" and ")) }
}

fn workload_states(catalog: &Catalog, workload: &Workload, rule: &Rule) -> String {
    let places = &workload.places;
    let region = |id: &_| &*catalog.region(*id).path;
    let provider = |id: &_| &*catalog.provider(*id).name;
    match rule {
        Rule::MustPlace { .. } => "must be placed".to_owned(),
        Rule::Request { .. } => match &workload.demand {
            Demand::Machines(machines) => format!("request {}", request(catalog, machines)),
            _ => "request".to_owned(),
        },
        Rule::Residency { .. } => {
            let laws = workload.residency.as_deref().unwrap_or_default();
            format!("residency {}", laws.iter().map(|law| &**law).collect::<Vec<_>>().join(" or "))
        }
        Rule::Certifications { .. } => {
            format!("certifications {}", and_plain(workload.certifications.iter().map(|name| &**name)))
        }
        Rule::Regions { .. } => choice(
            "regions",
            places.regions.as_ref().map(|list| list.iter().map(region).collect()),
            places.denied_regions.iter().map(region).collect(),
        ),
        Rule::Providers { .. } => choice(
            "providers",
            places.providers.as_ref().map(|list| list.iter().map(provider).collect()),
            places.denied_providers.iter().map(provider).collect(),
        ),
        Rule::Terms { .. } => {
            format!("terms {} only", and_plain(workload.terms.iter().map(|terms| terms.name())))
        }
        _ => String::new(),
    }
}

/// `regions `a` or `b` only`, `regions not `c``.
fn choice(key: &str, allowed: Option<Vec<&str>>, denied: Vec<&str>) -> String {
    let mut parts = Vec::new();
    if let Some(allowed) = allowed {
        parts.push(format!("{} only", listed(allowed)));
    }
    if !denied.is_empty() {
        parts.push(format!("not {}", listed(denied)));
    }
    format!("{key} {}", parts.join(", "))
}

/// `12 × (8 vCPU, 32 GiB, 1 × L4 or A10G), 500 GB of standard storage`: machines first, then what all share.
fn request(catalog: &Catalog, machines: &Machines) -> String {
    let mut each = Vec::new();
    if machines.vcpu > Quantity::ZERO {
        each.push(format!("{} vCPU", machines.vcpu));
    }
    if machines.memory_gib > Quantity::ZERO {
        each.push(format!("{} GiB", machines.memory_gib));
    }
    if !machines.arch.is_empty() {
        each.push(machines.arch.iter().map(|arch| arch.name()).collect::<Vec<_>>().join(" or "));
    }
    if let Some(need) = &machines.accelerator {
        let models: Vec<&str> = need.any_of.iter().map(|model| model.name()).collect();
        each.push(format!("{} × {}", need.count, models.join(" or ")));
    }
    let each = if each.is_empty() { "any machine".to_owned() } else { each.join(", ") };
    let mut parts = vec![if machines.replicas > 1 { format!("{} × ({each})", machines.replicas) } else { each }];
    if let Some(kept) = machines.storage {
        let days = kept.kept_days.map(|days| format!(" for {days} days")).unwrap_or_default();
        parts.push(format!("{} GB of {} storage{days}", kept.gb, catalog.class(kept.class)));
        if kept.read_gb > Quantity::ZERO {
            parts.push(format!("{} GB read back of it", kept.read_gb));
        }
    }
    if let Some((from, gb)) = machines.data.filter(|(_, gb)| *gb > Quantity::ZERO) {
        parts.push(format!("{gb} GB read from {}", catalog.region(from).path));
    }
    if machines.internet_gb > Quantity::ZERO {
        parts.push(format!("{} GB to the internet", machines.internet_gb));
    }
    for (part, gb) in machines.internet_to.iter().filter(|(_, gb)| *gb > Quantity::ZERO) {
        parts.push(format!("{gb} GB to {}", catalog.part(*part)));
    }
    parts.join(", ")
}

/// `` `a`, `b` and `c` ``, the rest counted.
fn and<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(quoted).collect();
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() && names.len() <= 8 => format!("{} and {last}", first.join(", ")),
        _ if names.len() > 8 => format!("{} and {} more", names[..8].join(", "), names.len() - 8),
        _ => names.concat(),
    }
}

fn and_plain<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(" and ")
}
