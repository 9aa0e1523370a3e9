//! Workloads that no offer can serve: which of their own rules exclude each other.
//!
//! Every offer that a rule removes keeps that rule as its tag. Rules leave nothing if every offer has the tag of one of
//! them; the fewest such rules are found by trying all of their few combinations, without the search.
//!
//! Example: four offers, two outside the EU, two without soc2, one of these too small. Residency and certification are
//! the answer: the request is not needed, and without either of the two some offer is left.

use crate::catalog::{Catalog, Name};
use crate::conflict::{Questions, members, reduce};
use crate::plan::{Conflict, Member, Rule};
use crate::reduced::rules_of;
use crate::rules::{MissingPrice, Reason, eligibility, supplies};
use crate::scenario::Workload;

/// The conflict of the first workload that no offer can serve, with the rules of the others beside it.
pub(super) fn conflict(mut found: Conflict, questions: &mut Questions<'_>) -> Conflict {
    let (catalog, scenario) = (questions.catalog, questions.scenario);
    for unserved in &mut found.unserved {
        let named = scenario.workload_named(&unserved.workload).and_then(|number| scenario.workloads.get(number));
        if let Some(workload) = named {
            unserved.members = members::described(catalog, scenario, &exclusive(catalog, workload));
        }
    }
    let first = found.unserved.first().map(|unserved| unserved.members.as_slice()).unwrap_or_default();
    let rules: Vec<Rule> = first.iter().map(|member: &Member| member.rule.clone()).collect();
    reduce::witnessed(rules, false, found, questions)
}

/// The fewest rules of a workload that leave it no offer: that it must be placed, and what removes all offers.
fn exclusive(catalog: &Catalog, workload: &Workload) -> Vec<Rule> {
    let rules = rules_of(workload);
    // As bits, the first rule the lowest. A workload has seven rules at most.
    let bit = |reason: &Reason| tag(workload, reason).and_then(|tag| rules.iter().position(|rule| *rule == tag));
    let mut tags: Vec<u32> = supplies(catalog, workload)
        .into_iter()
        .filter_map(|supply| {
            // A reason without a rule is that of a book, which no rule can change: this is not sold.
            let reasons = eligibility(catalog, workload, supply);
            reasons.iter().try_fold(0, |bits, reason| Some(bits | 1 << bit(reason)?))
        })
        .collect();
    tags.sort_unstable();
    tags.dedup();
    let must = rules.iter().position(|rule| matches!(rule, Rule::MustPlace { .. })).map_or(0, |at| 1_u32 << at);
    let sets = (0..1_u32 << rules.len()).filter(|set| set & must == must);
    let leaves_nothing = |set: &u32| tags.iter().all(|tag| tag & set != 0);
    // Of equally few the first: what a workload asks for before where it may be.
    let fewest = sets.filter(leaves_nothing).min_by_key(|set| (set.count_ones(), *set)).unwrap_or(must);
    let held = rules.into_iter().enumerate().filter(|(at, _)| fewest & (1 << at) != 0);
    held.map(|(_, rule)| rule).collect()
}

/// The rule behind a reason; none behind rates that a provider does not have.
fn tag(workload: &Workload, reason: &Reason) -> Option<Rule> {
    let workload: Name = workload.name.clone();
    Some(match reason {
        Reason::Provider => Rule::Providers { workload },
        Reason::Region => Rule::Regions { workload },
        Reason::Jurisdiction(_) => Rule::Residency { workload },
        Reason::Certification(_) => Rule::Certifications { workload },
        Reason::Terms(_) => Rule::Terms { workload },
        Reason::Vcpu(..)
        | Reason::Memory(..)
        | Reason::Arch(_)
        | Reason::AcceleratorModel(_)
        | Reason::AcceleratorCount(..) => Rule::Request { workload },
        Reason::NoPrice(MissingPrice::Rates) | Reason::NoCarbon(_) => return None,
        Reason::NoPrice(_) => Rule::Request { workload },
    })
}
