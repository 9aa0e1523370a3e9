//! What the generated problems hold, counted, so that a generator that has become harmless is noticed.

use std::collections::BTreeMap;

use tradewind::NoPlan;
use tradewind::plan::{Method, Pricing};
use tradewind::scenario::Split;
use tradewind::scenario::draft::FilterDraft;

use crate::generator::Case;
use crate::judge::Verdict;
use crate::limits::{MEASURES, PER, WHERE};
use crate::price::model;

/// In how many problems each thing must be seen at least.
const FEWEST: usize = 10;

/// Things seen, and in how many problems.
#[derive(Clone, Debug, Default)]
pub struct Coverage(BTreeMap<String, usize>);

impl Coverage {
    /// Counts what a problem and its answer hold.
    pub fn add(&mut self, case: &Case, verdict: &Verdict) {
        let mut seen = problem(case, verdict);
        seen.extend(binding(verdict));
        match &verdict.answer {
            Ok(plan) => {
                seen.push(
                    if plan.pricing == Pricing::Exact { "exactly priced" } else { "approximately priced" }.into(),
                );
                seen.extend(plan_holds(verdict).into_iter().map(str::to_owned));
                seen.push(format!("found as {:?}", plan.method));
            }
            Err(NoPlan::Infeasible(conflict)) => {
                let served = conflict.unserved.is_empty();
                seen.push(if served { "infeasible by limits" } else { "infeasible by offers" }.into());
            }
            Err(_) => seen.push("undecided".into()),
        }
        seen.sort();
        seen.dedup();
        for thing in seen {
            *self.0.entry(thing).or_default() += 1;
        }
    }

    /// What must be there and is seen in too few problems.
    pub fn seldom(&self) -> Vec<String> {
        let mut wanted: Vec<String> = [
            "exactly priced",
            "approximately priced",
            "infeasible by limits",
            "infeasible by offers",
            "tied optimum",
            "tier crossed",
            "allowance used",
            "egress paid",
            "reading paid",
            "reading billed by another provider",
            "stored in two regions by one workload",
            "parts in two regions",
            "parts at will",
            "replica counts differ by accelerator",
            "placed on an accelerator with figures of its own",
            "placed on spot",
            "flat rate",
            "given option",
            "prices per GiB",
            "bare region name",
            "binds: at most",
            "binds: at least",
            "binds: absolute",
            "binds: percent",
            "binds: whole bill",
            "binds: direct cost",
            "binds: use",
        ]
        .map(str::to_owned)
        .to_vec();
        wanted.extend(MEASURES.map(|measure| format!("binds: sum {measure}")));
        wanted.extend(WHERE.map(|key| format!("binds: where {key}")));
        wanted.extend(PER.map(|key| format!("binds: per {key}")));
        let methods = [Method::PlainMinimum, Method::LinearProgram, Method::IntegerProgram];
        wanted.extend(methods.map(|method| format!("found as {method:?}")));
        wanted.retain(|thing| self.0.get(thing).is_none_or(|count| *count < FEWEST));
        wanted
    }
}

/// What the problem itself holds.
fn problem(case: &Case, verdict: &Verdict) -> Vec<String> {
    let mut seen = Vec::new();
    let mut note = |is: bool, thing: &str| {
        if is {
            seen.push(thing.to_owned());
        }
    };
    let gib = tradewind::catalog::BilledUnit::Gib;
    note(
        case.books.iter().any(|book| book.network.billed_unit == gib || book.storage.billed_unit == gib),
        "prices per GiB",
    );
    note(verdict.survey.exact && verdict.survey.tied > 1, "tied optimum");
    for (workload, all) in &verdict.oracle.workloads {
        let counts_differ = all.iter().any(|one| one.parts != all[0].parts);
        note(workload.split == Split::Replicas && counts_differ, "replica counts differ by accelerator");
        let bare = |name: &str| !name.contains('/');
        note(workload.data.as_ref().is_some_and(|data| bare(&data.location.value)), "bare region name");
    }
    seen
}

/// Limits that bind: a plan exists, and the cheapest of all plans breaks them.
fn binding(verdict: &Verdict) -> Vec<String> {
    if verdict.survey.best.is_none() {
        return Vec::new();
    }
    let mut seen = Vec::new();
    for row in verdict.survey.binding.iter().map(|&row| &verdict.oracle.rows[row]) {
        let sum = &*row.limit.sum.value;
        seen.push(if MEASURES.contains(&sum) { format!("sum {sum}") } else { "use".to_owned() });
        seen.extend(keys(&row.limit.filter).into_iter().map(|key| format!("where {key}")));
        seen.extend(row.limit.per.iter().map(|key| format!("per {}", key.value)));
        seen.push(if row.is_at_least() { "at least" } else { "at most" }.into());
        seen.push(if row.share().is_some() { "percent" } else { "absolute" }.into());
        if sum == "cost" {
            seen.push(if row.is_billed() { "whole bill" } else { "direct cost" }.into());
        }
    }
    seen.iter().map(|thing| format!("binds: {thing}")).collect()
}

/// Keys of a `where` that are set.
fn keys(filter: &FilterDraft) -> Vec<&'static str> {
    let set = [
        !filter.provider.is_empty(),
        !filter.region.is_empty(),
        !filter.jurisdiction.is_empty(),
        !filter.sku.is_empty(),
        !filter.family.is_empty(),
        !filter.accelerator.is_empty(),
        !filter.terms.is_empty(),
        !filter.workload.is_empty(),
        !filter.kind.is_empty(),
        !filter.label.is_empty(),
    ];
    WHERE.into_iter().zip(set).filter(|(_, set)| *set).map(|(key, _)| key).collect()
}

/// What the product's plan holds.
fn plan_holds(verdict: &Verdict) -> Vec<&'static str> {
    let oracle = &verdict.oracle;
    let mut seen = Vec::new();
    let mut note = |is: bool, thing| {
        if is {
            seen.push(thing);
        }
    };
    let volumes = oracle.volumes(&verdict.plan);
    let tariffs = oracle.market.tariffs.iter().zip(volumes);
    for (tariff, volume) in tariffs {
        note(tariff.crosses_tier(volume), "tier crossed");
        note(tariff.uses_allowance(volume), "allowance used");
    }
    for ((workload, all), choice) in oracle.workloads.iter().zip(&verdict.plan) {
        let mut regions: Vec<_> = choice.iter().map(|part| all[part.0].place).collect();
        regions.dedup();
        note(regions.len() > 1, "parts in two regions");
        note(regions.len() > 1 && all[choice[0].0].stored.is_some(), "stored in two regions by one workload");
        note(choice.len() > 1 && workload.split == Split::Any, "parts at will");
        for candidate in choice.iter().map(|part| &all[part.0]) {
            let sends = workload.internet_gb.is_some_and(|gb| !gb.value.is_zero());
            let mut tariffs = candidate.traffic.iter().map(|(tariff, _)| &oracle.market.tariffs[*tariff]);
            // Egress comes first in a candidate's traffic.
            note(sends && tariffs.next().is_some_and(|tariff| tariff.first() > 0), "egress paid");
            for tariff in tariffs {
                note(tariff.first() > 0, "reading paid");
                note(tariff.biller != candidate.place.book, "reading billed by another provider");
            }
            let special = candidate.accelerator(&oracle.market).is_some_and(|(has, _)| {
                workload.by_accelerator.iter().any(|special| model(&special.model.value) == has)
            });
            note(special, "placed on an accelerator with figures of its own");
            note(candidate.terms == Some(tradewind::catalog::Terms::Spot), "placed on spot");
            note(candidate.option.is_some(), "given option");
            note(candidate.option.is_none() && candidate.sku.is_none(), "flat rate");
        }
    }
    seen
}
