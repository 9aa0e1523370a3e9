//! Explanations as JSON: documents `explanation/1`, money and quantities as exact decimal strings.

use serde::Serialize;

use crate::catalog::Name;
use crate::explain::{
    Between, Concentration, LimitExplained, OfferExplained, Outcome, PlanExplained, WhyNot, Wins, WorkloadExplained,
};
use crate::money::Amount;
use crate::plan::{Cost, Extent, Plan};
use crate::report::json::document;
use crate::report::plan_json::PlacementJson;
use crate::units::{Share, Total};

const FORM: &str = "explanation/1";
/// What another price of an offer is supposed to be of.
const HOUR: &str = "what an hour of this offer costs this workload alone";

#[derive(Serialize)]
struct LimitJson<'a> {
    name: &'a str,
    binds: bool,
    from: Option<Extent>,
    to: Option<Extent>,
    saves: Option<Between>,
    saves_at_most: Option<Amount>,
    shadow_price: Option<Amount>,
}

impl<'a> From<&'a LimitExplained> for LimitJson<'a> {
    fn from(limit: &'a LimitExplained) -> Self {
        LimitJson {
            name: &limit.name,
            binds: limit.binds,
            from: limit.raised.as_ref().map(|step| step.from),
            to: limit.raised.as_ref().map(|step| step.to),
            saves: limit.saves,
            saves_at_most: limit.ceiling,
            shadow_price: limit.shadow_price,
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
enum OutcomeJson<'a> {
    Costs { more: Between, objective: Amount },
    NoPlan { rules: Vec<String>, unserved: &'a [Name] },
    NotKnown,
}

impl<'a> From<&'a Outcome> for OutcomeJson<'a> {
    fn from(outcome: &'a Outcome) -> Self {
        match outcome {
            Outcome::Costs { more, objective } => OutcomeJson::Costs { more: *more, objective: *objective },
            Outcome::Nothing { rules, unserved } => {
                OutcomeJson::NoPlan { rules: rules.iter().map(ToString::to_string).collect(), unserved }
            }
            Outcome::Open => OutcomeJson::NotKnown,
        }
    }
}

#[derive(Serialize)]
struct LeavingJson<'a> {
    provider: &'a str,
    #[serde(flatten)]
    outcome: OutcomeJson<'a>,
}

#[derive(Serialize)]
struct ShareJson<'a> {
    name: &'a str,
    cost: Amount,
    share: Share,
}

#[derive(Serialize)]
struct SharesJson<'a> {
    shares: Vec<ShareJson<'a>>,
    hhi: u32,
}

impl<'a> From<&'a Concentration> for SharesJson<'a> {
    fn from(all: &'a Concentration) -> Self {
        let shares = all.shares.iter().map(|(name, cost, share)| ShareJson { name, cost: *cost, share: *share });
        SharesJson { shares: shares.collect(), hhi: all.hhi }
    }
}

#[derive(Serialize)]
struct EmittedJson<'a> {
    workload: &'a str,
    place: &'a str,
    kg_co2e: Option<Total>,
}

#[derive(Serialize)]
struct GapJson<'a> {
    open: Amount,
    in_case: Amount,
    terms: Vec<TermJson<'a>>,
}

#[derive(Serialize)]
struct TermJson<'a> {
    of: &'a str,
    amount: Amount,
}

/// A plan, explained, as JSON.
#[must_use]
pub fn plan_explained_json(plan: &Plan, explained: &PlanExplained) -> String {
    #[derive(Serialize)]
    struct CarbonJson<'a> {
        kg_co2e: Option<Total>,
        placements: Vec<EmittedJson<'a>>,
    }
    #[derive(Serialize)]
    struct Document<'a> {
        tradewind: &'static str,
        scenario: &'a str,
        currency: &'a str,
        objective: Amount,
        bound: Amount,
        step: Share,
        limits: Vec<LimitJson<'a>>,
        leaving: Vec<LeavingJson<'a>>,
        by_provider: SharesJson<'a>,
        by_region: SharesJson<'a>,
        carbon: CarbonJson<'a>,
        gap: Option<GapJson<'a>>,
    }
    let carbon = &explained.carbon;
    let known = carbon.known.iter();
    let known = known.map(|(workload, place, kg)| EmittedJson { workload, place, kg_co2e: Some(*kg) });
    let unknown = carbon.unknown.iter().map(|(workload, place)| EmittedJson { workload, place, kg_co2e: None });
    let leaving = explained.leaving.iter();
    document(&Document {
        tradewind: FORM,
        scenario: &plan.scenario,
        currency: &plan.currency,
        objective: plan.objective,
        bound: plan.bound,
        step: explained.step,
        limits: explained.limits.iter().map(LimitJson::from).collect(),
        leaving: leaving
            .map(|leaving| LeavingJson { provider: &leaving.provider, outcome: OutcomeJson::from(&leaving.outcome) })
            .collect(),
        by_provider: SharesJson::from(&explained.providers),
        by_region: SharesJson::from(&explained.regions),
        carbon: CarbonJson {
            kg_co2e: (!carbon.known.is_empty()).then_some(carbon.total),
            placements: known.chain(unknown).collect(),
        },
        gap: explained.gap.as_ref().map(|gap| GapJson {
            open: gap.open,
            in_case: gap.in_case,
            terms: gap.terms.iter().map(|term| TermJson { of: &term.of, amount: term.amount }).collect(),
        }),
    })
}

#[derive(Serialize)]
struct FailsJson {
    request: &'static str,
    offers: usize,
}

#[derive(Serialize)]
struct AlternativeJson<'a> {
    change: Amount,
    /// Without the value of what is left out, which `change` counts.
    bill: Cost,
    breaks: &'a [Name],
    difference: Cost,
    placement: PlacementJson<'a>,
}

#[derive(Serialize)]
struct WorkloadJson<'a> {
    tradewind: &'static str,
    scenario: &'a str,
    currency: &'a str,
    workload: &'a str,
    placements: Vec<PlacementJson<'a>>,
    unplaced_copies: u32,
    offers: usize,
    eligible: usize,
    fails: Vec<FailsJson>,
    others: Vec<AlternativeJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<OfferJson<'a>>,
}

/// A workload, explained, as JSON; with the offer that was asked about, if one was.
#[must_use]
pub fn workload_explained_json(plan: &Plan, explained: &WorkloadExplained, offer: Option<&OfferExplained>) -> String {
    let others = explained.others.iter().map(|other| AlternativeJson {
        change: other.change,
        bill: other.bill,
        breaks: &other.breaks,
        difference: other.difference,
        placement: PlacementJson::from(&other.placement),
    });
    let fails = explained.fails.iter().map(|&(request, offers)| FailsJson { request, offers });
    document(&WorkloadJson {
        tradewind: FORM,
        scenario: &plan.scenario,
        currency: &plan.currency,
        workload: &explained.workload,
        placements: explained.placements.iter().map(PlacementJson::from).collect(),
        unplaced_copies: explained.unplaced.as_ref().map_or(0, |unplaced| unplaced.copies),
        offers: explained.asked,
        eligible: explained.eligible,
        fails: fails.collect(),
        others: others.collect(),
        offer: offer.map(OfferJson::from),
    })
}

#[derive(Serialize)]
struct OfferJson<'a> {
    offer: &'a str,
    chosen: bool,
    fails: &'a [String],
    forced: Option<OutcomeJson<'a>>,
    alone: Option<AloneJson<'a>>,
    wins: Option<WinsJson>,
}

#[derive(Serialize)]
struct AloneJson<'a> {
    change: Amount,
    breaks: &'a [Name],
}

#[derive(Serialize)]
#[serde(tag = "wins", rename_all = "kebab-case")]
enum WinsJson {
    AtPrice {
        changes: &'static str,
        now: String,
        at: String,
        not_at: String,
    },
    /// A kind of its own, for readers of the other rely on `not_at`.
    AtPriceOrAbove {
        changes: &'static str,
        now: String,
        at: String,
    },
    AtCost {
        changes: &'static str,
        cost: Amount,
    },
    AtRates {
        cost: Amount,
    },
    Never,
    Barred {
        at: Amount,
        rules: Vec<String>,
    },
    NotKnown,
}

impl<'a> From<&'a OfferExplained> for OfferJson<'a> {
    fn from(explained: &'a OfferExplained) -> Self {
        let mut json = OfferJson {
            offer: &explained.offer,
            chosen: matches!(explained.why, WhyNot::Chosen),
            fails: &[],
            forced: None,
            alone: None,
            wins: None,
        };
        match &explained.why {
            WhyNot::Chosen => {}
            WhyNot::Fails(reasons) => json.fails = reasons,
            WhyNot::Forced { outcome, alone, wins } => {
                json.forced = Some(OutcomeJson::from(outcome));
                json.alone = alone.as_ref().map(|(change, breaks)| AloneJson { change: *change, breaks });
                json.wins = Some(WinsJson::from(wins));
            }
        }
        json
    }
}

impl From<&Wins> for WinsJson {
    fn from(wins: &Wins) -> Self {
        match wins {
            Wins::At { now, at, not_at } => {
                let (changes, now, at) = (HOUR, now.to_string(), at.to_string());
                match not_at {
                    Some(not_at) => WinsJson::AtPrice { changes, now, at, not_at: not_at.to_string() },
                    None => WinsJson::AtPriceOrAbove { changes, now, at },
                }
            }
            Wins::AtCost(cost) => WinsJson::AtCost { changes: "the cost of this option", cost: *cost },
            Wins::AtRates(cost) => WinsJson::AtRates { cost: *cost },
            Wins::Never => WinsJson::Never,
            Wins::Barred { at, rules } => {
                WinsJson::Barred { at: *at, rules: rules.iter().map(ToString::to_string).collect() }
            }
            Wins::Open => WinsJson::NotKnown,
        }
    }
}

/// An offer, explained, as a document of its own.
#[must_use]
pub fn offer_json(explained: &OfferExplained) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        tradewind: &'static str,
        workload: &'a str,
        #[serde(flatten)]
        offer: OfferJson<'a>,
    }
    document(&Document { tradewind: FORM, workload: &explained.workload, offer: OfferJson::from(explained) })
}
