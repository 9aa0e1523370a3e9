//! Sweeps as they are saved: from the JSON that [`crate::report::sweep_json`] writes back to a [`Sweep`].

use serde::{Deserialize, de};

use super::{Exact, Reading, nullable};
use crate::catalog::{Name, Terms};
use crate::diagnostic::Diagnostics;
use crate::money::Amount;
use crate::moves::Spot;
use crate::plan::{Known, Status};
use crate::sweep::{Axis, Grid, Outcome, Placed, Planned, Point, Reason, Shard, Sweep};
use crate::units::Share;

const SWEEP: Reading =
    Reading { form: "sweep/1", what: "a sweep", remedy: "make one with `tradewind sweep SCENARIO --vary …`" };

/// Reads a saved sweep or a part of one; `name` is what messages call its file.
///
/// # Errors
/// The first thing that is wrong, with its line and column.
pub fn sweep_from_json(name: &str, text: &str) -> Result<Sweep, Diagnostics> {
    let saved: SavedSweep = SWEEP.read(name, text, |saved: &SavedSweep| &saved.tradewind)?;
    Ok(saved.into_sweep())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedSweep {
    tradewind: String,
    scenario: Name,
    currency: Name,
    inputs: String,
    gap: f64,
    work: u64,
    axes: Vec<Axis>,
    #[serde(deserialize_with = "nullable")]
    shard: Option<Shard>,
    points: Vec<SavedPoint>,
    /// What follows from the points.
    #[serde(rename = "flips", default)]
    _flips: de::IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedPoint {
    number: usize,
    /// What follows from the number.
    #[serde(rename = "values")]
    _values: Vec<String>,
    #[serde(default)]
    plan: Option<SavedPlanned>,
    #[serde(default, rename = "no-plan")]
    no_plan: Option<Reason>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedPlanned {
    cost: Exact<Amount>,
    objective: Exact<Amount>,
    bound: Exact<Amount>,
    #[serde(deserialize_with = "nullable")]
    gap: Option<f64>,
    status: Status,
    proof: Known,
    placements: Vec<SavedPlaced>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedPlaced {
    workload: Name,
    at: Vec<SavedSpot>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedSpot {
    provider: Name,
    region: Name,
    #[serde(deserialize_with = "nullable")]
    sku: Option<Name>,
    #[serde(deserialize_with = "nullable")]
    terms: Option<Exact<Terms>>,
    #[serde(deserialize_with = "nullable")]
    option: Option<u32>,
    copies: u32,
    replicas: u32,
    #[serde(deserialize_with = "nullable")]
    part: Option<Exact<Share>>,
}

impl From<SavedSpot> for Spot {
    fn from(saved: SavedSpot) -> Self {
        Spot {
            provider: saved.provider,
            region: saved.region,
            sku: saved.sku,
            terms: saved.terms.map(|terms| terms.0),
            option: saved.option,
            copies: saved.copies,
            replicas: saved.replicas,
            part: saved.part.map(|part| part.0),
        }
    }
}

impl From<SavedPlanned> for Planned {
    fn from(saved: SavedPlanned) -> Self {
        let placed = |placed: SavedPlaced| Placed {
            workload: placed.workload,
            at: placed.at.into_iter().map(Spot::from).collect(),
        };
        Planned {
            cost: saved.cost.0,
            objective: saved.objective.0,
            bound: saved.bound.0,
            gap: saved.gap.unwrap_or(f64::INFINITY),
            status: saved.status,
            proof: saved.proof,
            placements: saved.placements.into_iter().map(placed).collect(),
        }
    }
}

impl SavedSweep {
    fn into_sweep(self) -> Sweep {
        let point = |saved: SavedPoint| Point {
            number: saved.number,
            outcome: match (saved.plan, saved.no_plan) {
                (Some(plan), _) => Outcome::Plan(plan.into()),
                (None, reason) => Outcome::NoPlan(reason.unwrap_or(Reason::Failed)),
            },
        };
        let mut points: Vec<Point> = self.points.into_iter().map(point).collect();
        points.sort_by_key(|point| point.number);
        Sweep {
            grid: Grid {
                scenario: self.scenario,
                currency: self.currency,
                inputs: self.inputs,
                gap: self.gap,
                work: self.work,
                axes: self.axes,
            },
            shard: self.shard,
            points,
        }
    }
}
