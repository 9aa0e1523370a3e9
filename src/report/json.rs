//! Answers and plans as JSON. Every document is an object with a `tradewind` key that names its form and version;
//! money and quantities are exact decimal strings.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::catalog::{Accelerator, Catalog, Name};
use crate::money::Amount;
use crate::plan::{
    Conflict, Cost, Line, LineCategory, LineUnit, Method, NoPlan, Plan, PolicyKind, Pricing, Size, Status, Undecided,
    Violation,
};
use crate::rules::{Answer, Comparison, Distribution, NotFired, Route, Rule, Unanswered};
use crate::scenario::Scenario;
use crate::units::{Date, Quantity, Share, Total};

/// An object whose members keep their order.
struct Members<V>(Vec<(String, V)>);

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
fn document(value: &impl Serialize) -> String {
    // Strings and numbers only: serde_json fails on neither.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
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

#[derive(Serialize)]
struct LineJson<'a> {
    category: LineCategory,
    what: &'a str,
    quantity: Total,
    unit: LineUnit,
    unit_price: Amount,
    source: &'a str,
    billed_by: &'a str,
    amount: Amount,
}

impl<'a> From<&'a Line> for LineJson<'a> {
    fn from(line: &'a Line) -> Self {
        LineJson {
            category: line.category,
            what: &line.what,
            quantity: line.quantity,
            unit: line.unit,
            unit_price: line.unit_price,
            source: &line.source,
            billed_by: &line.provider,
            amount: line.amount,
        }
    }
}

#[derive(Serialize)]
struct AcceleratorJson {
    model: Accelerator,
    count: Quantity,
}

#[derive(Serialize)]
struct PlacementJson<'a> {
    workload: &'a str,
    priority: Option<u32>,
    provider: &'a str,
    region: &'a str,
    sku: Option<&'a str>,
    terms: Option<&'a str>,
    option: Option<u32>,
    accelerator: Option<AcceleratorJson>,
    replicas: u32,
    share: Share,
    hours: Quantity,
    cost: Amount,
    costs: Cost,
    derived: Option<&'a str>,
    current: Option<&'a str>,
    lines: Vec<LineJson<'a>>,
}

#[derive(Serialize)]
struct LimitJson<'a> {
    name: &'a str,
    of: Option<&'a str>,
    sum: &'a str,
    sense: &'static str,
    share: Option<Share>,
    used: Total,
    limit: Total,
    slack: Total,
    binding: bool,
    direct_only: bool,
}

#[derive(Serialize)]
struct PolicyJson<'a> {
    policy: PolicyKind,
    provider: Option<&'a str>,
    cost: Amount,
    unserved: &'a [Name],
    broken: &'a [Name],
    saving: Option<Amount>,
}

#[derive(Serialize)]
struct BookJson<'a> {
    provider: &'a str,
    as_of: Option<Date>,
}

#[derive(Serialize)]
struct PlanJson<'a> {
    tradewind: &'static str,
    scenario: &'a str,
    currency: &'a str,
    status: Status,
    proof: &'static str,
    method: Method,
    pricing: Pricing,
    cost: Cost,
    bound: Option<Amount>,
    gap: Option<f64>,
    placements: Vec<PlacementJson<'a>>,
    adjustments: Vec<LineJson<'a>>,
    by_provider: Members<Cost>,
    by_region: Members<Cost>,
    limits: Vec<LimitJson<'a>>,
    policies: Vec<PolicyJson<'a>>,
    size: Size,
    books: Vec<BookJson<'a>>,
}

/// A plan, whole.
#[must_use]
pub fn plan_json(plan: &Plan) -> String {
    let placements = plan.placements.iter().map(|placement| PlacementJson {
        workload: &placement.workload,
        priority: placement.priority,
        provider: &placement.provider,
        region: &placement.region,
        sku: placement.sku.as_deref(),
        terms: placement.terms.map(crate::catalog::Terms::name),
        option: placement.option,
        accelerator: placement.accelerator.map(|(model, count)| AcceleratorJson { model, count }),
        replicas: placement.replicas,
        share: placement.share,
        hours: placement.hours,
        cost: placement.cost.total,
        costs: placement.cost,
        derived: placement.derived.as_deref(),
        current: placement.current.as_deref(),
        lines: placement.lines.iter().map(LineJson::from).collect(),
    });
    let limits = plan.limits.iter().map(|limit| LimitJson {
        name: &limit.name,
        of: limit.of.as_deref(),
        sum: &limit.sum,
        sense: if limit.at_least { "at-least" } else { "at-most" },
        share: limit.share,
        used: limit.used,
        limit: limit.limit,
        slack: limit.slack,
        binding: limit.slack == Total::ZERO,
        direct_only: limit.direct_only,
    });
    let policies = plan.policies.iter().map(|policy| PolicyJson {
        policy: policy.kind,
        provider: policy.provider.as_deref(),
        cost: policy.cost,
        unserved: &policy.unserved,
        broken: &policy.broken,
        saving: policy.saving,
    });
    let named = |list: &[(Name, Cost)]| Members(list.iter().map(|(name, cost)| (name.to_string(), *cost)).collect());
    document(&PlanJson {
        tradewind: "plan/1",
        scenario: &plan.scenario,
        currency: &plan.currency,
        status: plan.status,
        proof: "none",
        method: plan.method,
        pricing: plan.pricing,
        cost: plan.bill.cost,
        bound: plan.bound,
        gap: plan.gap,
        placements: placements.collect(),
        adjustments: plan.bill.adjustments.iter().map(LineJson::from).collect(),
        by_provider: named(&plan.bill.by_provider),
        by_region: named(&plan.bill.by_region),
        limits: limits.collect(),
        policies: policies.collect(),
        size: plan.size,
        books: plan.books.iter().map(|book| BookJson { provider: &book.provider, as_of: book.as_of }).collect(),
    })
}

#[derive(Serialize)]
struct NearJson<'a> {
    offer: &'a str,
    fails: &'a [String],
}

#[derive(Serialize)]
struct UnservedJson<'a> {
    workload: &'a str,
    asked: usize,
    nearest: Vec<NearJson<'a>>,
}

#[derive(Serialize)]
struct ShortfallJson<'a> {
    limit: &'a str,
    of: Option<&'a str>,
    sum: &'a str,
    sense: &'static str,
    bound: Total,
    reach: Total,
}

#[derive(Serialize)]
struct NoPlanJson<'a> {
    tradewind: &'static str,
    status: &'static str,
    message: String,
    unserved: Vec<UnservedJson<'a>>,
    limits: &'a [Name],
    shortfall: Option<ShortfallJson<'a>>,
}

/// Why there is no plan.
#[must_use]
pub fn no_plan_json(no_plan: &NoPlan) -> String {
    let empty = Conflict::default();
    let (status, conflict, limits): (_, &Conflict, &[Name]) = match no_plan {
        NoPlan::Infeasible(conflict) => ("infeasible", conflict, &conflict.limits),
        NoPlan::Undecided(Undecided::WorkSpent) => ("undecided", &empty, &[]),
        NoPlan::Undecided(Undecided::PricedApproximately { limits } | Undecided::Inexact { limits }) => {
            ("undecided", &empty, limits)
        }
        NoPlan::Rejected(_) => ("rejected", &empty, &[]),
        NoPlan::Backend(_) => ("failed", &empty, &[]),
    };
    let unserved = conflict.unserved.iter().map(|unserved| UnservedJson {
        workload: &unserved.workload,
        asked: unserved.asked,
        nearest: unserved.nearest.iter().map(|(offer, fails)| NearJson { offer, fails }).collect(),
    });
    document(&NoPlanJson {
        tradewind: "no-plan/1",
        status,
        message: no_plan.to_string(),
        unserved: unserved.collect(),
        limits,
        shortfall: conflict.shortfall.as_ref().map(|short| ShortfallJson {
            limit: &short.limit,
            of: short.of.as_deref(),
            sum: &short.sum,
            sense: if short.at_least { "at-least" } else { "at-most" },
            bound: short.bound,
            reach: short.reach,
        }),
    })
}

/// What the check says of a saved plan.
#[must_use]
pub fn verdict_json(plan: &Plan, violations: &[Violation]) -> String {
    #[derive(Serialize)]
    struct ViolationJson<'a> {
        rule: &'static str,
        place: &'a str,
        message: &'a str,
    }
    #[derive(Serialize)]
    struct Document<'a> {
        tradewind: &'static str,
        scenario: &'a str,
        cost: Amount,
        holds: bool,
        violations: Vec<ViolationJson<'a>>,
    }
    let listed = violations.iter().map(|violation| ViolationJson {
        rule: violation.rule.name(),
        place: &violation.place,
        message: &violation.message,
    });
    document(&Document {
        tradewind: "verdict/1",
        scenario: &plan.scenario,
        cost: plan.bill.total(),
        holds: violations.is_empty(),
        violations: listed.collect(),
    })
}
