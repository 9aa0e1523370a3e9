//! Where a workload may run, and where it runs now: residency, regions, providers and `current`.
//!
//! A place that is both demanded and forbidden is a fault here, because the plan would only say that nothing can serve
//! the workload, or move it without a word.

use crate::catalog::{Name, RegionId, SkuId};
use crate::diagnostic::{Diagnostic, Kind, Span, Spanned, listed, quoted};
use crate::scenario::draft::{Choice, CurrentDraft, WorkloadDraft};
use crate::scenario::resolve::{Resolver, sorted};
use crate::scenario::{Current, Places};

/// Residency, places and the present place of a workload, which messages call `place`.
pub(super) fn read(
    resolver: &mut Resolver<'_>,
    draft: &WorkloadDraft,
    place: &str,
) -> (Option<Vec<Name>>, Places, Option<Current>) {
    let before = resolver.faults.len();
    let residency = draft.residency.as_ref().map(|names| read_residency(resolver, names, place, draft.name.span));
    let places = read_places(resolver, &draft.regions, &draft.providers, place);
    // With a name missing, what is left of a list may contradict what the whole does not.
    let right = resolver.faults.len() == before;
    let current = draft.current.as_ref().and_then(|current| read_current(resolver, current, place));
    if right {
        if let Some(residency) = &residency {
            allowed_in_residency(resolver, draft, residency, &places, place);
        }
        if let (Some(current), Some(written)) = (current, &draft.current) {
            stays_legal(resolver, written, current.region, residency.as_deref(), &places, place);
        }
    }
    (residency, places, current)
}

fn read_residency(resolver: &mut Resolver<'_>, names: &[Spanned<Name>], place: &str, span: Span) -> Vec<Name> {
    if names.is_empty() {
        let message = format!("`residency` of {place} allows no jurisdiction");
        resolver
            .faults
            .push(Diagnostic::new(Kind::EmptyList, span, message).help("name at least one, or leave `residency` out"));
    }
    let known = names.iter().filter(|name| resolver.jurisdiction(name, place));
    sorted(known.map(|name| name.value.clone()).collect())
}

fn lies_in(resolver: &Resolver<'_>, region: RegionId, residency: &[Name]) -> bool {
    let law = resolver.catalog.region(region).jurisdiction.as_ref();
    law.is_some_and(|law| residency.binary_search(law).is_ok())
}

/// Reports a list of allowed regions of which none lies in the residency; one that does is enough.
fn allowed_in_residency(
    resolver: &mut Resolver<'_>,
    draft: &WorkloadDraft,
    residency: &[Name],
    places: &Places,
    place: &str,
) {
    let Some(allowed) = places.regions.as_ref().filter(|allowed| !allowed.is_empty()) else { return };
    if allowed.iter().any(|&region| lies_in(resolver, region, residency)) {
        return;
    }
    let first = draft.regions.allow.as_ref().and_then(|allowed| allowed.first());
    let message = format!("no region that `regions` of {place} allows lies in its `residency`");
    let fault = Diagnostic::new(Kind::Contradiction, first.map_or(draft.name.span, |first| first.span), message);
    let laws = listed(residency.iter().map(|law| &**law));
    resolver.faults.push(fault.help(format!("allow a region in {laws}, or widen `residency`")));
}

/// Reports a `current` where the workload may not run.
///
/// Providers are not asked: to deny the present one is how a scenario asks what it costs to leave it.
fn stays_legal(
    resolver: &mut Resolver<'_>,
    written: &CurrentDraft,
    region: RegionId,
    residency: Option<&[Name]>,
    places: &Places,
    place: &str,
) {
    let outside = residency.is_some_and(|residency| !lies_in(resolver, region, residency));
    let allowed = places.regions.as_ref().is_none_or(|allowed| allowed.binary_search(&region).is_ok());
    let denied = places.denied_regions.binary_search(&region).is_ok();
    let sold = resolver.catalog.region(region);
    let why = match &sold.jurisdiction {
        Some(law) if outside => format!("whose jurisdiction {} is outside its `residency`", quoted(law)),
        None if outside => "which has no stated jurisdiction, as its `residency` demands".to_owned(),
        _ if denied => "which its `regions` deny".to_owned(),
        _ if !allowed => "which its `regions` do not allow".to_owned(),
        _ => return,
    };
    let message = format!("`current` of {place} is in {}, {why}", quoted(&sold.path));
    let fault = Diagnostic::new(Kind::Contradiction, written.region.span, message);
    resolver.faults.push(fault.help("correct one of the two, or leave `current` out if it has to move"));
}

fn read_places(resolver: &mut Resolver<'_>, regions: &Choice, providers: &Choice, place: &str) -> Places {
    let mut region_ids =
        |names: &[Spanned<Name>]| sorted(names.iter().filter_map(|name| resolver.region(name, place)).collect());
    let allowed_regions = regions.allow.as_deref().map(&mut region_ids);
    let denied_regions = region_ids(&regions.deny);
    let mut provider_ids =
        |names: &[Spanned<Name>]| sorted(names.iter().filter_map(|name| resolver.provider(name, place)).collect());
    let allowed_providers = providers.allow.as_deref().map(&mut provider_ids);
    let denied_providers = provider_ids(&providers.deny);
    Places { regions: allowed_regions, denied_regions, providers: allowed_providers, denied_providers }
}

fn read_current(resolver: &mut Resolver<'_>, draft: &CurrentDraft, place: &str) -> Option<Current> {
    let region = resolver.region(&draft.region, &format!("`current` of {place}"))?;
    let sku = draft.sku.as_ref().and_then(|name| read_sku(resolver, name, region, place));
    (sku.is_some() || draft.sku.is_none()).then_some(Current { region, sku, terms: draft.terms })
}

fn read_sku(resolver: &mut Resolver<'_>, name: &Spanned<Name>, region: RegionId, place: &str) -> Option<SkuId> {
    let catalog = resolver.catalog;
    let provider = catalog.region(region).provider;
    let found = catalog.sku_named(provider, &name.value);
    if found.is_none() {
        let known = catalog.skus().iter().filter(|sku| sku.provider == provider).map(|sku| &*sku.name);
        let provider = &catalog.provider(provider).name;
        let message = format!("{provider} has no sku {} (`current` of {place})", quoted(&name.value));
        let fault = Diagnostic::new(Kind::UnknownSku, name.span, message);
        resolver.unknown(fault, &name.value, known, format!("see `skus` in the book of {provider}"));
    }
    found
}
