//! What runs is estimated to emit: machine hours × power × building × grid, where the books state all of them.

use crate::catalog::Name;
use crate::explain::question::selection;
use crate::explain::{Carbon, words};
use crate::plan::Plan;
use crate::problem::{Problem, measured};
use crate::scenario::Measure;
use crate::units::Total;

/// Kilograms of every placement, by the same figures as a limit on `kg_co2e`.
pub(super) fn of(problem: &Problem, plan: &Plan) -> Carbon {
    let mut carbon = Carbon::default();
    let Some(selection) = selection(problem, plan) else { return carbon };
    let mut kilograms: std::collections::BTreeMap<(Name, String), Total> = std::collections::BTreeMap::new();
    for (block, parts) in problem.blocks.iter().zip(&selection.parts) {
        let workload = problem.workload(block);
        for &(number, units) in parts {
            let candidate = &block.candidates[number];
            let each = measured(&problem.catalog, &Measure::KgCo2e, workload, candidate);
            // Rates and options run no machine that a book describes: a zero of theirs is no knowledge.
            let is_offer = matches!(candidate.supply, crate::rules::Supply::Offer(_));
            if let Some(sum) = each.filter(|_| is_offer).and_then(|each| each.times(i128::from(units))) {
                let at = crate::problem::describe(&problem.catalog, workload, candidate.supply);
                kilograms.insert((workload.name.clone(), at), sum);
            }
        }
    }
    for placement in &plan.placements {
        let place = Name::from(format!("{}/{}", placement.provider, placement.region));
        match kilograms.get(&(placement.workload.clone(), words::of_placement(placement))) {
            Some(&sum) => {
                carbon.total = carbon.total.plus(sum).unwrap_or(carbon.total);
                carbon.known.push((placement.workload.clone(), place, sum));
            }
            None => carbon.unknown.push((placement.workload.clone(), place)),
        }
    }
    carbon
}
