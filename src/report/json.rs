//! Answers as JSON, and what every document is made with. Each is an object with a `tradewind` key that names its form
//! and version; money and quantities are exact decimal strings.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::catalog::{Catalog, Name};
use crate::money::Amount;
use crate::rules::{Answer, Comparison, Distribution, NotFired, Route, Rule, Unanswered};
use crate::scenario::Scenario;

/// An object whose members keep their order.
pub(super) struct Members<V>(pub(super) Vec<(String, V)>);

impl<V: Serialize> Serialize for Members<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A document with a newline at its end.
pub(super) fn document(value: &impl Serialize) -> String {
    // Strings and numbers only: serde_json fails on neither.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// A value on one line.
pub(super) fn one_line(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[derive(Serialize)]
struct Reason {
    rule: Rule,
    reason: NotFired,
}

fn reasons(rules: &[(Rule, NotFired)]) -> Vec<Reason> {
    rules.iter().map(|&(rule, reason)| Reason { rule, reason }).collect()
}

/// Which provider the rules name for each workload; `answers` are in the order of the scenario's workloads.
#[must_use]
pub fn place_json(catalog: &Catalog, scenario: &Scenario, answers: &[Result<Answer, Unanswered>]) -> String {
    #[derive(Serialize)]
    struct AnswerJson {
        workload: Name,
        provider: Option<Name>,
        region: Option<Name>,
        rule: Option<Rule>,
        others: Vec<Reason>,
        without_rate: Vec<Name>,
    }
    #[derive(Serialize)]
    struct Document {
        tradewind: &'static str,
        answers: Vec<AnswerJson>,
    }
    let answers = scenario.workloads.iter().zip(answers).map(|(workload, answer)| match answer {
        Ok(answer) => AnswerJson {
            workload: workload.name.clone(),
            provider: Some(catalog.provider(answer.provider).name.clone()),
            region: answer.region.map(|region| catalog.region(region).name.clone()),
            rule: Some(answer.rule),
            others: reasons(&answer.others),
            without_rate: answer.without_rate.iter().map(|&id| catalog.provider(id).name.clone()).collect(),
        },
        Err(unanswered) => AnswerJson {
            workload: workload.name.clone(),
            provider: None,
            region: None,
            rule: None,
            others: reasons(&unanswered.rules),
            without_rate: Vec::new(),
        },
    });
    document(&Document { tradewind: "answers/1", answers: answers.collect() })
}

/// Every provider with its workloads.
#[must_use]
pub fn distribute_json(catalog: &Catalog, scenario: &Scenario, distribution: &Distribution) -> String {
    #[derive(Serialize)]
    struct Document {
        tradewind: &'static str,
        providers: Members<Vec<Name>>,
        unanswered: Vec<Name>,
    }
    let names = |numbers: &[usize]| numbers.iter().map(|&number| scenario.workloads[number].name.clone()).collect();
    let providers = distribution.providers.iter();
    let providers = providers.map(|(id, numbers)| (catalog.provider(*id).name.to_string(), names(numbers)));
    document(&Document {
        tradewind: "answers/1",
        providers: Members(providers.collect()),
        unanswered: names(&distribution.unanswered),
    })
}

/// What a usage costs everywhere.
#[must_use]
pub fn compare_json(catalog: &Catalog, comparison: &Comparison) -> String {
    #[derive(Serialize)]
    struct Document {
        tradewind: &'static str,
        currency: Name,
        provider: Name,
        cost: Amount,
        all_costs: Members<Amount>,
        savings: Amount,
        without_rates: Vec<Name>,
    }
    let all_costs = comparison.all_costs.iter().map(|(id, cost)| (catalog.provider(*id).name.to_string(), *cost));
    document(&Document {
        tradewind: "answers/1",
        currency: catalog.currency().clone(),
        provider: catalog.provider(comparison.provider).name.clone(),
        cost: comparison.cost,
        all_costs: Members(all_costs.collect()),
        savings: comparison.savings,
        without_rates: comparison.without_rates.iter().map(|&id| catalog.provider(id).name.clone()).collect(),
    })
}

/// Where a request goes.
#[must_use]
pub fn route_json(region: &str, route: &Route) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        tradewind: &'static str,
        region: &'a str,
        provider: &'a str,
        matched: bool,
    }
    document(&Document { tradewind: "answers/1", region, provider: &route.provider, matched: route.matched })
}
