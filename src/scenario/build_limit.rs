//! From the draft of a limit to a [`Limit`].

use crate::catalog::{Name, Terms};
use crate::diagnostic::{Diagnostic, Kind, Spanned, listed, quoted};
use crate::numbers;
use crate::scenario::Workload;
use crate::scenario::draft::{BoundDraft, FilterDraft, LimitDraft};
use crate::scenario::limit::{Bound, Filter, Key, Limit, Measure, Sense};
use crate::scenario::resolve::{Resolver, sorted};

/// Keys of `where` and of `per`.
const KEYS: [&str; 9] =
    ["provider", "region", "jurisdiction", "sku", "family", "accelerator", "terms", "workload", "type"];

/// The limit a draft describes, if it is right; its faults otherwise.
pub(super) fn read(resolver: &mut Resolver<'_>, workloads: &[Workload], draft: LimitDraft) -> Option<Limit> {
    let place = format!("limit {}", quoted(&draft.name.value));
    let sum = read_measure(resolver, workloads, &draft.sum, &place);
    let filter = read_filter(resolver, workloads, &draft.filter, &place);
    let per = draft.per.as_ref().map(|per| read_key(resolver, workloads, per, &place));
    let (sense, bound) = match (draft.at_most, draft.at_least) {
        (Some(bound), None) => (Sense::AtMost, bound),
        (None, Some(bound)) => (Sense::AtLeast, bound),
        (both, _) => {
            let (kind, message, help) = if both.is_some() {
                (Kind::Conflicting, "has both `at_most` and `at_least`", "write two limits, each with a name")
            } else {
                (Kind::MissingKey, "has no bound", "write `at_most` or `at_least`")
            };
            resolver.faults.push(Diagnostic::new(kind, draft.name.span, format!("{place} {message}")).help(help));
            return None;
        }
    };
    let bound = read_bound(resolver, bound, &place);
    if sum == Some(Measure::KgCo2e) {
        require_power(resolver, &draft.sum, &place);
    }
    Some(Limit {
        name: draft.name.value,
        sum: sum?,
        filter,
        per: match per {
            Some(key) => Some(key?),
            None => None,
        },
        sense,
        bound: bound?,
        span: draft.name.span,
    })
}

fn read_bound(resolver: &mut Resolver<'_>, draft: BoundDraft, place: &str) -> Option<Bound> {
    if draft.percent {
        numbers::percent(resolver.faults, draft.value, format_args!("the bound of {place}")).map(Bound::Share)
    } else {
        let bound = numbers::amount(resolver.faults, draft.value, format_args!("the bound of {place}"))?;
        Some(Bound::Absolute(crate::units::Total::from_units(bound.units())))
    }
}

fn read_measure(
    resolver: &mut Resolver<'_>,
    workloads: &[Workload],
    name: &Spanned<Name>,
    place: &str,
) -> Option<Measure> {
    if let Some(measure) = Measure::NAMED.into_iter().find(|measure| measure.name() == &*name.value) {
        return Some(measure);
    }
    let options = || workloads.iter().flat_map(|workload| workload.demand.options());
    let uses = || options().flat_map(|option| &option.uses).map(|(name, _)| &**name);
    let known = || Measure::NAMED.iter().map(Measure::name).chain(uses());
    let place = format!("{place}; a sum is one of the measures or a name from `uses`");
    resolver.one_of(name, "sum", &place, known).then(|| Measure::Use(name.value.clone()))
}

fn read_key(resolver: &mut Resolver<'_>, workloads: &[Workload], name: &Spanned<Name>, place: &str) -> Option<Key> {
    if let Some(label) = name.value.strip_prefix("label.") {
        let label = Spanned::new(Name::from(label), name.span);
        return check_label(resolver, workloads, &label, place).then_some(Key::Label(label.value));
    }
    let key = match &*name.value {
        "provider" => Key::Provider,
        "region" => Key::Region,
        "jurisdiction" => Key::Jurisdiction,
        "sku" => Key::Sku,
        "family" => Key::Family,
        "accelerator" => Key::Accelerator,
        "terms" => Key::Terms,
        "workload" => Key::Workload,
        "type" => Key::Type,
        other => {
            let message = format!("`per` of {place} is {}", quoted(other));
            let known = KEYS.iter().copied().chain(["label.NAME"]);
            resolver.faults.push(Diagnostic::new(Kind::BadWord, name.span, message).suggest(
                other,
                KEYS,
                Some(format!("legal are {}", listed(known))),
            ));
            return None;
        }
    };
    Some(key)
}

fn check_label(resolver: &mut Resolver<'_>, workloads: &[Workload], label: &Spanned<Name>, place: &str) -> bool {
    let known = || workloads.iter().flat_map(|workload| &workload.labels).map(|(name, _)| &**name);
    resolver.one_of(label, "workload has a label", place, known)
}

fn read_filter(resolver: &mut Resolver<'_>, workloads: &[Workload], draft: &FilterDraft, place: &str) -> Filter {
    let catalog = resolver.catalog;
    for name in &draft.sku {
        let known = || catalog.skus().iter().map(|sku| &*sku.name);
        resolver.one_of(name, "sku", place, known);
    }
    for name in &draft.family {
        let known = || catalog.skus().iter().filter_map(|sku| sku.family.as_deref());
        resolver.one_of(name, "family", place, known);
    }
    for name in &draft.kind {
        let known = || workloads.iter().filter_map(|workload| workload.kind.as_deref());
        resolver.one_of(name, "workload has type", place, known);
    }
    let mut numbers = Vec::new();
    for name in &draft.workload {
        numbers.extend(resolver.workload(name, place));
    }
    for (label, values) in &draft.label {
        if check_label(resolver, workloads, label, place) {
            let of_label = workloads.iter().flat_map(|workload| &workload.labels);
            let of_label = || of_label.clone().filter(|(name, _)| *name == label.value).map(|(_, value)| &**value);
            for value in values {
                let value = Spanned::new(value.clone(), label.span);
                let what = format!("workload has the label {} with the value", quoted(&label.value));
                resolver.one_of(&value, &what, place, of_label);
            }
        }
    }
    Filter {
        providers: sorted(draft.provider.iter().filter_map(|name| resolver.provider(name, place)).collect()),
        regions: sorted(draft.region.iter().filter_map(|name| resolver.region(name, place)).collect()),
        jurisdictions: sorted(
            draft
                .jurisdiction
                .iter()
                .filter(|name| resolver.jurisdiction(name, place))
                .map(|name| name.value.clone())
                .collect(),
        ),
        skus: names(&draft.sku),
        families: names(&draft.family),
        accelerators: sorted(draft.accelerator.iter().filter_map(|name| resolver.accelerator(name, place)).collect()),
        terms: sorted::<Terms>(draft.terms.clone()),
        workloads: sorted(numbers),
        kinds: names(&draft.kind),
        labels: draft.label.iter().map(|(label, values)| (label.value.clone(), sorted(values.clone()))).collect(),
    }
}

fn names(written: &[Spanned<Name>]) -> Vec<Name> {
    sorted(written.iter().map(|name| name.value.clone()).collect())
}

/// A carbon limit over a book that states no power at all is an oversight; where a book lacks some figure, what needs it
/// is not eligible. Neither counts as zero.
fn require_power(resolver: &mut Resolver<'_>, sum: &Spanned<Name>, place: &str) {
    for provider in resolver.catalog.providers().iter().filter(|provider| provider.power.is_none()) {
        let message =
            format!("{place} sums `kg_co2e`, but the book of {} has no power figures", quoted(&provider.name));
        resolver.faults.push(
            Diagnostic::new(Kind::NoPowerFigures, sum.span, message)
                .help("add them with their source to the book, or leave the book out; absent is not zero"),
        );
    }
}
