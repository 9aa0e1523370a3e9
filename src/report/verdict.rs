//! What the check says of a saved plan, as text and as JSON.

use std::fmt::Write;

use serde::Serialize;

use crate::money::Amount;
use crate::plan::{Known, Node, Plan, Violation};
use crate::report::json::document;
use crate::report::proof_text::{counted, gap_text};

/// What was checked and what came out, or every violation with its rule, its place and both figures.
#[must_use]
pub fn verdict_text(plan: &Plan, violations: &[Violation]) -> String {
    let mut out = String::new();
    if !violations.is_empty() {
        let _ = writeln!(out, "the plan does not hold, {}:", counted(violations.len(), "violation"));
        for violation in violations {
            let _ = writeln!(out, "  {violation}");
        }
        return out;
    }
    let currency = &plan.currency;
    let _ = writeln!(
        out,
        "the plan holds: {}, {}, and a bill of {} {currency}, recomputed from the price books",
        counted(plan.placements.len(), "placement"),
        counted(plan.limits.len(), "limit"),
        plan.bill.total(),
    );
    if !plan.unplaced.is_empty() {
        let unplaced = counted(plan.unplaced.len(), "workload");
        let _ = writeln!(out, "with the value of {unplaced} not placed it comes to {} {currency}", plan.objective);
    }
    if plan.proof.tree.is_empty() {
        out.push_str("it carries no proof: nothing is known of other plans\n");
        return out;
    }
    let _ = writeln!(
        out,
        "the proof holds: no plan comes to less than {} {currency}, recomputed from {} with {}; {}",
        plan.bound,
        counted(plan.proof.tree.len(), "node"),
        counted(multipliers(plan), "multiplier"),
        match plan.proof.known {
            Known::Optimal => "this plan is optimal".to_owned(),
            _ => format!("this plan is within {}", gap_text(plan.gap)),
        }
    );
    out
}

fn multipliers(plan: &Plan) -> usize {
    let count = |node: &Node| match node {
        Node::Leaf { multipliers, .. } | Node::Ray { multipliers, .. } => multipliers.len(),
        _ => 0,
    };
    plan.proof.tree.iter().map(count).sum()
}

#[derive(Serialize)]
struct CheckedJson {
    placements: usize,
    unplaced: usize,
    lines: usize,
    limits: usize,
    nodes: usize,
    multipliers: usize,
}

#[derive(Serialize)]
struct ViolationJson<'a> {
    rule: &'static str,
    place: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct VerdictJson<'a> {
    tradewind: &'static str,
    scenario: &'a str,
    cost: Amount,
    objective: Amount,
    holds: bool,
    // Of a plan that does not hold, nothing is known.
    proof: Option<Known>,
    bound: Option<Amount>,
    gap: Option<f64>,
    checked: CheckedJson,
    violations: Vec<ViolationJson<'a>>,
}

/// The verdict for programs; `proof`, `bound` and `gap` are null where the plan does not hold.
#[must_use]
pub fn verdict_json(plan: &Plan, violations: &[Violation]) -> String {
    let holds = violations.is_empty();
    let listed = violations.iter().map(|violation| ViolationJson {
        rule: violation.rule.name(),
        place: &violation.place,
        message: &violation.message,
    });
    let of_placements: usize = plan.placements.iter().map(|placement| placement.lines.len()).sum();
    document(&VerdictJson {
        tradewind: "verdict/1",
        scenario: &plan.scenario,
        cost: plan.bill.total(),
        objective: plan.objective,
        holds,
        proof: holds.then_some(plan.proof.known),
        bound: holds.then_some(plan.bound),
        gap: holds.then_some(plan.gap),
        checked: CheckedJson {
            placements: plan.placements.len(),
            unplaced: plan.unplaced.len(),
            lines: of_placements + plan.bill.adjustments.len() + plan.bill.fees.len(),
            limits: plan.limits.len(),
            nodes: plan.proof.tree.len(),
            multipliers: multipliers(plan),
        },
        violations: listed.collect(),
    })
}
