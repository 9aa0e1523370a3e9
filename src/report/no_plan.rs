//! Why there is no plan, as text and as JSON: the conflict, what would help, and the evidence.

use serde::Serialize;

use crate::catalog::{Name, Terms};
use crate::diagnostic::Sources;
use crate::money::{Amount, digits};
use crate::plan::{
    Conflict, Extent, Member, NoPlan, Placement, Plan, Raise, Relief, Rule, Step, Unserved, Witness, words,
};
use crate::report::certificate_json::certificate;
use crate::report::json::{document, one_line};
use crate::units::{Share, Total};

/// Why there is no plan, for people: rules and workloads with their places in the scenario's file.
#[must_use]
pub fn no_plan_text(no_plan: &NoPlan, sources: &Sources) -> String {
    match no_plan {
        NoPlan::Infeasible(conflict) => format!("{}\n", words(conflict, Some(sources))),
        other => format!("{other}\n"),
    }
}

#[derive(Serialize)]
struct MemberJson<'a> {
    #[serde(flatten)]
    rule: &'a Rule,
    states: &'a str,
}

fn members(list: &[Member]) -> Vec<MemberJson<'_>> {
    list.iter().map(|member| MemberJson { rule: &member.rule, states: &member.states }).collect()
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
    members: Vec<MemberJson<'a>>,
    nearest: Vec<NearJson<'a>>,
}

impl<'a> From<&'a Unserved> for UnservedJson<'a> {
    fn from(unserved: &'a Unserved) -> Self {
        UnservedJson {
            workload: &unserved.workload,
            asked: unserved.asked,
            members: members(&unserved.members),
            nearest: unserved.nearest.iter().map(|(offer, fails)| NearJson { offer, fails }).collect(),
        }
    }
}

#[derive(Serialize)]
struct ShortfallJson<'a> {
    limit: &'a str,
    sum: &'a str,
    sense: &'static str,
    bound: Total,
    reach: Total,
}

/// A bound: a figure, or a fraction of one where `share` says so.
#[derive(Serialize)]
#[serde(untagged)]
enum BoundJson {
    Figure(Total),
    Fraction(Share),
}

impl From<Extent> for BoundJson {
    fn from(extent: Extent) -> Self {
        match extent {
            Extent::Absolute(total) => BoundJson::Figure(total),
            Extent::Share(share) => BoundJson::Fraction(share),
        }
    }
}

#[derive(Serialize)]
struct StepJson<'a> {
    limit: &'a str,
    sense: &'static str,
    share: bool,
    from: BoundJson,
    to: BoundJson,
    percent: String,
}

impl<'a> From<&'a Step> for StepJson<'a> {
    fn from(step: &'a Step) -> Self {
        StepJson {
            limit: &step.limit,
            sense: sense(step.at_least),
            share: matches!(step.from, Extent::Share(_)),
            from: step.from.into(),
            to: step.to.into(),
            percent: digits(step.relative(), 4),
        }
    }
}

/// What a plan costs, and how far another could be below it.
#[derive(Serialize)]
struct ThenJson {
    cost: Amount,
    objective: Amount,
    bound: Amount,
}

impl From<&Plan> for ThenJson {
    fn from(plan: &Plan) -> Self {
        ThenJson { cost: plan.bill.total(), objective: plan.objective, bound: plan.bound }
    }
}

#[derive(Serialize)]
struct RaiseJson<'a> {
    limit: &'a str,
    /// `enough`, `not-alone` or `undecided`.
    alone: &'static str,
    raise: Option<StepJson<'a>>,
    /// A bound that was shown not to do.
    fails: Option<BoundJson>,
    /// Whether no smaller raise does.
    least: Option<bool>,
    then: Option<ThenJson>,
}

impl<'a> From<&'a Raise> for RaiseJson<'a> {
    fn from(raise: &'a Raise) -> Self {
        let without =
            |alone| RaiseJson { limit: &raise.limit, alone, raise: None, fails: None, least: None, then: None };
        match &raise.relief {
            Relief::Enough { step, fails, least, plan } => RaiseJson {
                raise: Some(step.into()),
                fails: Some((*fails).into()),
                least: Some(*least),
                then: Some(ThenJson::from(&**plan)),
                ..without("enough")
            },
            Relief::NotAlone => without("not-alone"),
            Relief::Open => without("undecided"),
        }
    }
}

#[derive(Serialize)]
struct TogetherJson<'a> {
    raises: Vec<StepJson<'a>>,
    percent: String,
    /// Never known: other raises may come to less.
    least: bool,
    then: ThenJson,
}

#[derive(Serialize)]
struct ConflictJson<'a> {
    members: Vec<MemberJson<'a>>,
    /// Whether every workload is held to be placed as it asks, beside the members.
    whole_fleet: bool,
    /// Whether a witness shows of each member that it is needed.
    minimal: bool,
    raises: Vec<RaiseJson<'a>>,
    raise_together: Option<TogetherJson<'a>>,
}

impl<'a> From<&'a Conflict> for ConflictJson<'a> {
    fn from(conflict: &'a Conflict) -> Self {
        let together = conflict.raise_together.as_ref().map(|together| {
            let percent = together.steps.iter().map(Step::relative).fold(0, i128::saturating_add);
            TogetherJson {
                raises: together.steps.iter().map(StepJson::from).collect(),
                percent: digits(percent, 4),
                least: false,
                then: ThenJson::from(&*together.plan),
            }
        });
        ConflictJson {
            members: members(&conflict.members),
            whole_fleet: conflict.whole_fleet,
            minimal: conflict.minimal,
            raises: conflict.raises.iter().map(RaiseJson::from).collect(),
            raise_together: together,
        }
    }
}

#[derive(Serialize)]
struct PlacedJson<'a> {
    workload: &'a str,
    provider: &'a str,
    region: &'a str,
    sku: Option<&'a str>,
    terms: Option<&'a str>,
    option: Option<u32>,
    copies: u32,
    replicas: u32,
    share: Share,
}

impl<'a> From<&'a Placement> for PlacedJson<'a> {
    fn from(placement: &'a Placement) -> Self {
        PlacedJson {
            workload: &placement.workload,
            provider: &placement.provider,
            region: &placement.region,
            sku: placement.sku.as_deref(),
            terms: placement.terms.map(Terms::name),
            option: placement.option,
            copies: placement.copies,
            replicas: placement.replicas,
            share: placement.share,
        }
    }
}

#[derive(Serialize)]
struct WitnessJson<'a> {
    without: &'a Rule,
    cost: Amount,
    placements: Vec<PlacedJson<'a>>,
    unplaced: Vec<&'a Name>,
}

impl<'a> From<&'a Witness> for WitnessJson<'a> {
    fn from(witness: &'a Witness) -> Self {
        WitnessJson {
            without: &witness.without,
            cost: witness.plan.bill.total(),
            placements: witness.plan.placements.iter().map(PlacedJson::from).collect(),
            unplaced: witness.plan.unplaced.iter().map(|unplaced| &unplaced.workload).collect(),
        }
    }
}

#[derive(Serialize)]
struct NoPlanJson<'a> {
    tradewind: &'static str,
    status: &'static str,
    message: String,
    unserved: Vec<UnservedJson<'a>>,
    limits: &'a [Name],
    shortfall: Option<ShortfallJson<'a>>,
    conflict: Option<ConflictJson<'a>>,
}

fn sense(at_least: bool) -> &'static str {
    if at_least { "at-least" } else { "at-most" }
}

/// Why there is no plan. The evidence comes last: a plan for each member of the conflict that it is needed, one a line,
/// and the certificate that the members leave none.
#[must_use]
pub fn no_plan_json(no_plan: &NoPlan) -> String {
    let empty = Conflict::default();
    let (status, conflict, limits): (_, &Conflict, &[Name]) = match no_plan {
        NoPlan::Infeasible(conflict) => ("infeasible", conflict, &conflict.limits),
        NoPlan::Undecided(_) => ("undecided", &empty, &[]),
        NoPlan::Rejected(_) => ("rejected", &empty, &[]),
        NoPlan::Backend(_) => ("failed", &empty, &[]),
    };
    let mut text = document(&NoPlanJson {
        tradewind: "no-plan/1",
        status,
        message: no_plan.to_string(),
        unserved: conflict.unserved.iter().map(UnservedJson::from).collect(),
        limits,
        shortfall: conflict.shortfall.as_ref().map(|short| ShortfallJson {
            limit: &short.limit,
            sum: &short.sum,
            sense: sense(short.at_least),
            bound: short.bound,
            reach: short.reach,
        }),
        conflict: (!conflict.members.is_empty()).then(|| ConflictJson::from(conflict)),
    });
    let close = "\n}\n";
    text.truncate(text.strip_suffix(close).map_or(text.len(), str::len));
    text.push_str(",\n  \"witnesses\": [");
    for (number, witness) in conflict.witnesses.iter().enumerate() {
        text.push_str(if number == 0 { "\n    " } else { ",\n    " });
        text.push_str(&one_line(&WitnessJson::from(witness)));
    }
    text.push_str(if conflict.witnesses.is_empty() { "]" } else { "\n  ]" });
    text.push_str(",\n  \"certificate\": ");
    match &conflict.proof {
        Some(proof) => certificate(proof, &mut text),
        None => text.push_str("null"),
    }
    text.push_str(close);
    text
}
