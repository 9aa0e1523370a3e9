//! A plan as JSON, whole: what [`crate::plan_from_json`] reads back. Every digit of every amount is in it.

use serde::Serialize;

use crate::catalog::{Accelerator, Name, Terms};
use crate::money::Amount;
use crate::plan::{
    AtList, Cost, Known, LimitUse, Line, LineCategory, LineUnit, Method, Placement, Plan, PolicyKind, Size, Status,
};
use crate::report::certificate_json::certificate;
use crate::report::json::{Members, document};
use crate::units::{Date, Quantity, Share, Total};

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
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<AtList>,
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
            list: line.list,
        }
    }
}

#[derive(Serialize)]
struct AcceleratorJson {
    model: Accelerator,
    count: Quantity,
}

#[derive(Serialize)]
pub(super) struct PlacementJson<'a> {
    workload: &'a str,
    priority: Option<u32>,
    provider: &'a str,
    region: &'a str,
    sku: Option<&'a str>,
    terms: Option<&'a str>,
    option: Option<u32>,
    accelerator: Option<AcceleratorJson>,
    copies: u32,
    replicas: u32,
    share: Share,
    hours: Quantity,
    cost: Amount,
    costs: Cost,
    derived: Option<&'a str>,
    current: Option<&'a str>,
    lines: Vec<LineJson<'a>>,
}

impl<'a> From<&'a Placement> for PlacementJson<'a> {
    fn from(placement: &'a Placement) -> Self {
        PlacementJson {
            workload: &placement.workload,
            priority: placement.priority,
            provider: &placement.provider,
            region: &placement.region,
            sku: placement.sku.as_deref(),
            terms: placement.terms.map(Terms::name),
            option: placement.option,
            accelerator: placement.accelerator.map(|(model, count)| AcceleratorJson { model, count }),
            copies: placement.copies,
            replicas: placement.replicas,
            share: placement.share,
            hours: placement.hours,
            cost: placement.cost.total,
            costs: placement.cost,
            derived: placement.derived.as_deref(),
            current: placement.current.as_deref(),
            lines: placement.lines.iter().map(LineJson::from).collect(),
        }
    }
}

#[derive(Serialize)]
struct UnplacedJson<'a> {
    workload: &'a str,
    copies: u32,
    value: Amount,
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

impl<'a> From<&'a LimitUse> for LimitJson<'a> {
    fn from(limit: &'a LimitUse) -> Self {
        LimitJson {
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
        }
    }
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
struct ContractJson<'a> {
    name: &'a str,
    as_of: Option<Date>,
}

#[derive(Serialize)]
struct PlanJson<'a> {
    tradewind: &'static str,
    scenario: &'a str,
    currency: &'a str,
    status: Status,
    reproducible: bool,
    proof: Known,
    method: Method,
    cost: Cost,
    /// With contracts only, like these.
    #[serde(skip_serializing_if = "Option::is_none")]
    list_cost: Option<Cost>,
    objective: Amount,
    bound: Amount,
    /// A float beyond all numbers is null.
    gap: f64,
    placements: Vec<PlacementJson<'a>>,
    unplaced: Vec<UnplacedJson<'a>>,
    adjustments: Vec<LineJson<'a>>,
    fees: Vec<LineJson<'a>>,
    by_provider: Members<Cost>,
    by_region: Members<Cost>,
    limits: Vec<LimitJson<'a>>,
    policies: Vec<PolicyJson<'a>>,
    size: Size,
    books: Vec<BookJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contracts: Vec<ContractJson<'a>>,
}

/// A plan, whole, its certificate last.
#[must_use]
pub fn plan_json(plan: &Plan) -> String {
    let unplaced = plan.unplaced.iter().map(|unplaced| UnplacedJson {
        workload: &unplaced.workload,
        copies: unplaced.copies,
        value: unplaced.value,
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
    let contracts = plan.contracts.iter().map(|contract| ContractJson { name: &contract.name, as_of: contract.as_of });
    let mut text = document(&PlanJson {
        tradewind: "plan/1",
        scenario: &plan.scenario,
        currency: &plan.currency,
        status: plan.status,
        reproducible: plan.status.is_reproducible(),
        proof: plan.proof.known,
        method: plan.method,
        cost: plan.bill.cost,
        list_cost: plan.bill.list,
        objective: plan.objective,
        bound: plan.bound,
        gap: plan.gap,
        placements: plan.placements.iter().map(PlacementJson::from).collect(),
        unplaced: unplaced.collect(),
        adjustments: plan.bill.adjustments.iter().map(LineJson::from).collect(),
        fees: plan.bill.fees.iter().map(LineJson::from).collect(),
        by_provider: named(&plan.bill.by_provider),
        by_region: named(&plan.bill.by_region),
        limits: plan.limits.iter().map(LimitJson::from).collect(),
        policies: policies.collect(),
        size: plan.size,
        books: plan.books.iter().map(|book| BookJson { provider: &book.provider, as_of: book.as_of }).collect(),
        contracts: contracts.collect(),
    });
    // One member more, in a form of its own: the closing brace makes way for it.
    let close = "\n}\n";
    text.truncate(text.strip_suffix(close).map_or(text.len(), str::len));
    text.push_str(",\n  \"certificate\": ");
    certificate(&plan.proof, &mut text);
    text.push_str(close);
    text
}
