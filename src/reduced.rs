//! A scenario with only some of its rules, or with other bounds: what a conflict is about.
//!
//! A dropped rule is taken out of a copy of the scenario, so that whatever reads scenarios (the search, the check, a
//! proof) reads the reduced one, and needs to know nothing of conflicts. Dropping a rule never takes a plan away, with
//! one exception: a request that is dropped costs less, which an at-least limit on cost may miss.

use std::collections::BTreeSet;

use crate::catalog::Terms;
use crate::money::Amount;
use crate::plan::{Extent, Rule};
use crate::scenario::{Bound, Demand, Machines, Scenario, Workload};
use crate::units::Quantity;

/// The scenario with `rules` only; with `whole_fleet`, every workload's [demand](Rule::is_demand) as well.
///
/// Fees stay, they forbid nothing. A workload that need not be placed has a value of zero: it may be placed where that
/// helps a limit. A rule that the scenario does not have adds nothing.
///
/// ```
/// use tradewind::{load, plan::Rule, reduced};
///
/// let input = load("scenarios/budget-too-small.yaml").expect("a scenario");
/// let budget = Rule::Limit { name: "budget".into() };
/// let loose = reduced(&input.scenario, &[budget], false);
/// assert_eq!(loose.limits.len(), 1);
/// assert!(loose.workloads.iter().all(|workload| workload.value.is_some()), "none must be placed");
/// ```
#[must_use]
pub fn reduced(scenario: &Scenario, rules: &[Rule], whole_fleet: bool) -> Scenario {
    let held: BTreeSet<&Rule> = rules.iter().collect();
    let holds = |rule: Rule| held.contains(&rule);
    let mut loose = scenario.clone();
    loose.limits.retain(|limit| holds(Rule::Limit { name: limit.name.clone() }));
    loose.together.retain(|rule| holds(Rule::Together { name: rule.name.clone() }));
    loose.apart.retain(|rule| holds(Rule::Apart { name: rule.name.clone() }));
    loose.spread.retain(|rule| holds(Rule::Spread { name: rule.name.clone() }));
    loose.providers.at_least = loose.providers.at_least.filter(|_| holds(Rule::ProvidersAtLeast));
    loose.providers.at_most = loose.providers.at_most.filter(|_| holds(Rule::ProvidersAtMost));
    for workload in &mut loose.workloads {
        for rule in rules_of(workload) {
            if !(holds(rule.clone()) || whole_fleet && rule.is_demand()) {
                drop_rule(workload, &rule);
            }
        }
    }
    loose
}

/// Every rule of a workload that could be dropped.
pub(crate) fn rules_of(workload: &Workload) -> Vec<Rule> {
    let name = || workload.name.clone();
    let places = &workload.places;
    let mut rules = Vec::new();
    let mut add = |present: bool, rule: Rule| {
        if present {
            rules.push(rule);
        }
    };
    add(workload.value.is_none(), Rule::MustPlace { workload: name() });
    let machines = match &workload.demand {
        Demand::Machines(machines) => Some(machines),
        _ => None,
    };
    add(machines.is_some_and(asks), Rule::Request { workload: name() });
    add(workload.residency.is_some(), Rule::Residency { workload: name() });
    add(!workload.certifications.is_empty(), Rule::Certifications { workload: name() });
    let regions = places.regions.is_some() || !places.denied_regions.is_empty();
    add(regions, Rule::Regions { workload: name() });
    let providers = places.providers.is_some() || !places.denied_providers.is_empty();
    add(providers, Rule::Providers { workload: name() });
    add(machines.is_some() && workload.terms.len() < ALL_TERMS.len(), Rule::Terms { workload: name() });
    rules
}

/// All terms, sorted as a workload holds them.
const ALL_TERMS: [Terms; 2] = [Terms::OnDemand, Terms::Spot];

/// Whether it asks for anything that some offer could lack, or that costs.
fn asks(machines: &Machines) -> bool {
    machines.vcpu > Quantity::ZERO
        || machines.memory_gib > Quantity::ZERO
        || !machines.arch.is_empty()
        || machines.accelerator.is_some()
        || machines.storage.is_some()
        || machines.data.is_some()
        || machines.internet_gb > Quantity::ZERO
        || !machines.internet_to.is_empty()
}

fn drop_rule(workload: &mut Workload, rule: &Rule) {
    match rule {
        Rule::MustPlace { .. } => workload.value = Some(Amount::ZERO),
        Rule::Residency { .. } => workload.residency = None,
        Rule::Certifications { .. } => workload.certifications = Vec::new(),
        Rule::Regions { .. } => {
            workload.places.regions = None;
            workload.places.denied_regions = Vec::new();
        }
        Rule::Providers { .. } => {
            workload.places.providers = None;
            workload.places.denied_providers = Vec::new();
        }
        Rule::Terms { .. } => workload.terms = ALL_TERMS.to_vec(),
        _ => {}
    }
    let Demand::Machines(machines) = &mut workload.demand else { return };
    if let Rule::Request { .. } = rule {
        // How many machines there are, and for how long, stays.
        machines.vcpu = Quantity::ZERO;
        machines.memory_gib = Quantity::ZERO;
        machines.arch = Vec::new();
        machines.accelerator = None;
        machines.storage = None;
        machines.data = None;
        machines.internet_gb = Quantity::ZERO;
        machines.internet_to = Vec::new();
    }
}

/// The scenario with other bounds on some of its limits, by number.
pub(crate) fn with_bounds(scenario: &Scenario, bounds: &[(usize, Extent)]) -> Scenario {
    let mut other = scenario.clone();
    for &(number, extent) in bounds {
        if let Some(limit) = other.limits.get_mut(number) {
            limit.bound = match extent {
                Extent::Absolute(total) => Bound::Absolute(total),
                Extent::Share(share) => Bound::Share(share),
            };
        }
    }
    other
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::input::{catalog_from_yaml, scenario_from_yaml};

    fn scenario() -> (Catalog, Scenario) {
        let book = "\
tradewind: catalog/1
provider: metal
currency: USD
regions:
  north-1: {country: SE, jurisdiction: EU}
skus:
  small: {vcpu: 4, memory_gib: 16}
offers:
  small: {on-demand: {north-1: 0.2}}
storage:
  standard: {north-1: {per_gb_month: 0.02}}
";
        let text = "\
tradewind: scenario/1
name: test
catalogs: [book.yaml]
workloads:
  - {name: a, request: {vcpu: 4}, residency: {jurisdictions: [EU]}, storage: {gb: 1}, regions: {allow: [north-1]}, providers: {deny: [metal]}}
  - {name: b, request: {memory_gib: 4}, terms: [on-demand, spot], certifications: [soc2], egress: {internet_gb: 1}}
  - {name: c, options: [{region: north-1, cost: 1}]}
limits:
  - {name: cap, sum: cost, at_most: 1}
";
        let catalog = catalog_from_yaml(&[("book.yaml", book)]).expect("a book");
        let scenario = scenario_from_yaml("s.yaml", text, &catalog).expect("a scenario");
        (catalog, scenario)
    }

    fn all(scenario: &Scenario) -> Vec<Rule> {
        let limits = scenario.limits.iter().map(|limit| Rule::Limit { name: limit.name.clone() });
        limits.chain(scenario.workloads.iter().flat_map(rules_of)).collect()
    }

    #[test]
    fn every_rule_that_is_there_is_found_and_no_other() {
        let (_, scenario) = scenario();
        let shown: Vec<String> = all(&scenario).iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "limit `cap`",
                "`a` must be placed",
                "request of `a`",
                "residency of `a`",
                "regions of `a`",
                "providers of `a`",
                "terms of `a`",
                "`b` must be placed",
                "request of `b`",
                "certifications of `b`",
                "`c` must be placed",
            ]
        );
    }

    #[test]
    fn a_dropped_rule_is_gone_and_all_others_stay() {
        let (_, scenario) = scenario();
        let rules = all(&scenario);
        for dropped in &rules {
            let others: Vec<Rule> = rules.iter().filter(|rule| *rule != dropped).cloned().collect();
            let loose = reduced(&scenario, &others, false);
            assert_eq!(all(&loose), others, "without {dropped}");
        }
        assert_eq!(all(&reduced(&scenario, &[], false)), []);
    }

    #[test]
    fn what_a_whole_fleet_asks_for_stays() {
        let (_, scenario) = scenario();
        let demand: Vec<Rule> = all(&scenario).into_iter().filter(Rule::is_demand).collect();
        assert_eq!(all(&reduced(&scenario, &[], true)), demand);
    }
}
