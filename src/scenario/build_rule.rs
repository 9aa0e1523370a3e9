//! From the drafts of fees, provider counts, together, apart and spread to rules.
//!
//! A rule that cannot be meant as it stands is a fault here, with its place: a list of one, a share of nothing, a pair
//! that is to run both together and apart. What only prices and capacities decide is left to the search, whose conflict
//! names the rules.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Name;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span, Spanned, quoted};
use crate::numbers;
use crate::scenario::build::Names;
use crate::scenario::draft::{ApartDraft, FeeDraft, ProviderCountDraft, SpreadDraft, TogetherDraft};
use crate::scenario::resolve::Resolver;
use crate::scenario::{
    Apart, Demand, Domain, Fee, FeePlace, Machines, ProviderCount, Split, Spread, Together, Workload,
};
use crate::units::Share;

/// Largest bound on the number of providers.
const MOST_PROVIDERS: u32 = 1_000_000;
/// Most steps in search of contradictions: a hostile file has more pairs of rules than can be looked at, and what is
/// not found here comes out as a conflict of the same rules.
const MOST_STEPS: usize = 10_000_000;
/// Most contradictions that are reported, because two hundred rules can have ten thousand of them.
const MOST_CONTRADICTIONS: usize = 100;

/// The fees.
pub(super) fn fees(resolver: &mut Resolver<'_>, names: &mut Names, drafts: Vec<FeeDraft>) -> Vec<Fee> {
    let mut fees = Vec::with_capacity(drafts.len());
    for draft in drafts {
        names.add(resolver.faults, &draft.name, "fee");
        let at = format!("fee {}", quoted(&draft.name.value));
        let place = match (&draft.region, &draft.provider) {
            (Some(region), None) => resolver.region(region, &at).map(FeePlace::Region),
            (None, Some(provider)) => resolver.provider(provider, &at).map(FeePlace::Provider),
            (region, _) => {
                let (kind, message, help) = if region.is_some() {
                    (Kind::Conflicting, "has both `region` and `provider`", "write two fees, each with a name")
                } else {
                    (Kind::MissingKey, "has no place", "write `region` or `provider`")
                };
                let fault = Diagnostic::new(kind, draft.name.span, format!("{at} {message}"));
                resolver.faults.push(fault.help(help));
                None
            }
        };
        let monthly = numbers::amount(resolver.faults, draft.monthly, format_args!("`monthly` of {at}"));
        if let (Some(place), Some(monthly)) = (place, monthly) {
            fees.push(Fee { name: draft.name.value, place, monthly, span: draft.name.span });
        }
    }
    fees
}

/// How many providers are in use.
pub(super) fn providers(resolver: &mut Resolver<'_>, draft: ProviderCountDraft) -> ProviderCount {
    let mut bound = |value: Option<Spanned<_>>, key: &str| {
        let value = value?;
        let bound =
            numbers::count(resolver.faults, value, format_args!("`{key}` of `providers`"), (1, MOST_PROVIDERS))?;
        Some(Spanned::new(bound, value.span))
    };
    let at_least = bound(draft.at_least, "at_least");
    let at_most = bound(draft.at_most, "at_most");
    if draft.at_least.is_none() && draft.at_most.is_none() {
        let fault = Diagnostic::new(Kind::MissingKey, draft.span, "`providers` has no bound");
        resolver.faults.push(fault.help("write `at_least` or `at_most`"));
    }
    if let Some(at_least) = at_least {
        let loaded = resolver.catalog.providers().len();
        if at_least.value as usize > loaded {
            let have = if loaded == 1 { "is one provider".to_owned() } else { format!("are {loaded} providers") };
            let message =
                format!("`at_least` of `providers` is `{}`, but there {have} in the loaded books", at_least.value);
            let fault = Diagnostic::new(Kind::OutOfRange, at_least.span, message);
            resolver.faults.push(fault.help("lower it, or add price books to `catalogs`"));
        }
        if let Some(at_most) = at_most.filter(|at_most| at_most.value < at_least.value) {
            let message = format!("`providers` has `at_least: {}` above `at_most: {}`", at_least.value, at_most.value);
            let fault = Diagnostic::new(Kind::Conflicting, at_most.span, message);
            resolver.faults.push(fault.help("raise `at_most` or lower `at_least`"));
        }
    }
    let plain = |bound: Option<Spanned<u32>>| bound.map(|bound| bound.value);
    ProviderCount { at_least: plain(at_least), at_most: plain(at_most), span: draft.span }
}

/// What runs in one place.
pub(super) fn together(resolver: &mut Resolver<'_>, names: &mut Names, drafts: Vec<TogetherDraft>) -> Vec<Together> {
    let rules = drafts.into_iter().filter_map(|draft| {
        names.add(resolver.faults, &draft.name, "together rule");
        let workloads = members(resolver, &draft.name, &draft.workloads, "together")?;
        Some(Together { name: draft.name.value, workloads, same: draft.same, span: draft.name.span })
    });
    rules.collect()
}

/// What shares no place.
pub(super) fn apart(resolver: &mut Resolver<'_>, names: &mut Names, drafts: Vec<ApartDraft>) -> Vec<Apart> {
    let rules = drafts.into_iter().filter_map(|draft| {
        names.add(resolver.faults, &draft.name, "apart rule");
        let workloads = members(resolver, &draft.name, &draft.workloads, "apart")?;
        Some(Apart { name: draft.name.value, workloads, by: draft.by, span: draft.name.span })
    });
    rules.collect()
}

/// The workloads of a rule, sorted; at least two.
fn members(
    resolver: &mut Resolver<'_>,
    name: &Spanned<Name>,
    written: &[Spanned<Name>],
    what: &str,
) -> Option<Vec<usize>> {
    let place = format!("{what} rule {}", quoted(&name.value));
    if written.len() < 2 {
        let message = format!("{place} names fewer than two workloads");
        let at = written.first().map_or(name.span, |only| only.span);
        resolver
            .faults
            .push(Diagnostic::new(Kind::TooFew, at, message).help("name at least two, or leave the rule out"));
    }
    let mut members = BTreeSet::new();
    for name in written {
        let Some(workload) = resolver.workload(name, &place) else { continue };
        if !members.insert(workload) {
            let message = format!("{place} names workload {} twice", quoted(&name.value));
            resolver.faults.push(Diagnostic::new(Kind::DuplicateName, name.span, message).help("name it once"));
        }
    }
    (members.len() >= 2).then(|| members.into_iter().collect())
}

/// What is spread over places; `sound` says which workloads are as their drafts say.
pub(super) fn spread(
    resolver: &mut Resolver<'_>,
    names: &mut Names,
    workloads: &[Workload],
    sound: &[bool],
    drafts: Vec<SpreadDraft>,
) -> Vec<Spread> {
    let mut rules = Vec::with_capacity(drafts.len());
    for draft in drafts {
        names.add(resolver.faults, &draft.name, "spread rule");
        let place = format!("spread rule {}", quoted(&draft.name.value));
        let number = resolver.workload(&draft.workload, &place);
        let at_most = numbers::percent(resolver.faults, draft.at_most, format_args!("`at_most` of {place}"));
        let (Some(number), Some(at_most)) = (number, at_most) else { continue };
        if let Some(workload) = workloads.get(number).filter(|_| sound.get(number).is_some_and(|sound| *sound)) {
            can_be_spread(resolver.faults, workload, at_most, draft.workload.span, draft.at_most.span, &place);
        }
        let Spanned { value: name, span } = draft.name;
        rules.push(Spread { name, workload: number, over: draft.over, at_most, span });
    }
    rules
}

/// Reports a workload of one piece, and a share of it that holds no piece at all.
fn can_be_spread(faults: &mut Diagnostics, workload: &Workload, at_most: Share, at: Span, at_share: Span, place: &str) {
    let name = quoted(&workload.name);
    let (pieces, what) = match (workload.split, &workload.demand) {
        (Split::Never, _) if workload.count == 1 => {
            let message = format!("{place} spreads workload {name}, which goes whole to one place");
            faults.push(
                Diagnostic::new(Kind::Conflicting, at, message)
                    .help("let it be divided, with `split: replicas` or `split: any`, or state a `count` above 1"),
            );
            return;
        }
        (Split::Never, _) => (workload.count, "copies"),
        (Split::Replicas, Demand::Machines(machines)) => (most_replicas(machines), "replicas"),
        (Split::Replicas, _) => return,
        (Split::Any, _) => (Share::WHOLE.parts(), "parts"),
    };
    let most = u64::from(pieces) * u64::from(at_most.parts()) / u64::from(Share::WHOLE.parts());
    if most == 0 {
        let message =
            format!("`at_most` of {place} is `{at_most}` of {pieces} {what} of {name}, which is less than one");
        let fault = Diagnostic::new(Kind::OutOfRange, at_share, message);
        faults.push(fault.help("raise it until a place may run at least one"));
    }
}

/// The most replicas on any machine.
fn most_replicas(machines: &Machines) -> u32 {
    let special = machines.by_accelerator.iter().filter_map(|special| special.replicas);
    special.fold(machines.replicas, u32::max)
}

/// Reports workloads that are to run both together and apart, once for each pair of rules.
///
/// One region is one provider, so only *one provider, but other regions* can hold at once. A contradiction over several
/// rules is left to the search: a workload in the middle may stay unplaced.
pub(super) fn contradictions(faults: &mut Diagnostics, workloads: &[Workload], together: &[Together], apart: &[Apart]) {
    let mut joined: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, rule) in together.iter().enumerate() {
        for &workload in &rule.workloads {
            joined.entry(workload).or_default().push(number);
        }
    }
    let name = |number: usize| workloads.get(number).map_or_else(String::new, |workload| quoted(&workload.name));
    let (mut steps, mut found) = (0, 0);
    for rule in apart {
        // The first workload of this rule in each of the others; none after the second, which is reported.
        let mut first: BTreeMap<usize, Option<usize>> = BTreeMap::new();
        for &workload in &rule.workloads {
            for &number in joined.get(&workload).map_or(&[][..], Vec::as_slice) {
                steps += 1;
                if steps > MOST_STEPS || found == MOST_CONTRADICTIONS {
                    return;
                }
                let Some(other) = together.get(number) else { continue };
                if (other.same, rule.by) == (Domain::Provider, Domain::Region) {
                    continue;
                }
                let seen = first.entry(number).or_insert(Some(workload));
                let Some(earlier) = seen.filter(|earlier| *earlier != workload) else { continue };
                *seen = None;
                found += 1;
                let message = format!(
                    "workloads {} and {} are apart by {} in {}, but together in one {} in {}",
                    name(earlier),
                    name(workload),
                    rule.by.name(),
                    quoted(&rule.name),
                    other.same.name(),
                    quoted(&other.name)
                );
                let fault = Diagnostic::new(Kind::Contradiction, rule.span, message);
                faults.push(fault.help("take one of the two out of one of the rules"));
            }
        }
    }
}
