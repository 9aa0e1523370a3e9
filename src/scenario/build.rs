//! From a draft and a catalog to a [`Scenario`]: names resolved, figures exact, all faults at once.

use std::collections::HashMap;

use crate::catalog::{Catalog, Name, SkuId};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span, Spanned, listed, quoted};
use crate::numbers;
use crate::scenario::draft::{
    AcceleratorNeedDraft, ByAcceleratorDraft, Choice, CurrentDraft, GatewayDraft, OptionDraft, ScenarioDraft, Split,
    WorkloadDraft,
};
use crate::scenario::limit::Limit;
use crate::scenario::resolve::{Resolver, sorted};
use crate::scenario::{
    AcceleratorNeed, Current, Demand, FlatUsage, Gateway, GivenOption, Machines, OnAccelerator, Places, Scenario,
    Workload, build_limit,
};
use crate::units::{HOURS_PER_MONTH, Quantity};

/// Most replicas of one workload.
const MOST_REPLICAS: u32 = 1_000_000;
/// Least important priority.
const LAST_PRIORITY: u32 = 1_000_000;

/// Builds a scenario from what is right in the draft and reports everything that is wrong.
pub(crate) fn assemble(draft: ScenarioDraft, catalog: &Catalog, faults: &mut Diagnostics) -> Scenario {
    let hours_per_month = draft
        .hours_per_month
        .and_then(|hours| numbers::positive(faults, hours, "`hours_per_month`"))
        .unwrap_or(HOURS_PER_MONTH);
    numbers::text(faults, &draft.name, Span::NONE, "the name of the scenario");
    let mut resolver = Resolver { catalog, faults, compared: 0 };
    let gateway = draft.gateway.map(|gateway| read_gateway(&mut resolver, gateway));
    let mut names = Names::default();
    let mut workloads = Vec::with_capacity(draft.workloads.len());
    for workload in draft.workloads {
        names.add(resolver.faults, &workload.name, "workload");
        workloads.push(read_workload(&mut resolver, workload, hours_per_month));
    }
    let mut names = Names::default();
    let mut limits: Vec<Limit> = Vec::with_capacity(draft.limits.len());
    for limit in draft.limits {
        names.add(resolver.faults, &limit.name, "limit");
        limits.extend(build_limit::read(&mut resolver, &workloads, limit));
    }
    Scenario { name: draft.name, hours_per_month, gateway, workloads, limits }
}

/// Names that must not repeat.
#[derive(Default)]
struct Names(HashMap<Name, Span>);

impl Names {
    fn add(&mut self, faults: &mut Diagnostics, name: &Spanned<Name>, what: &str) {
        if !numbers::name(faults, &name.value, name.span, &format!("a {what}")) {
            return;
        }
        if self.0.insert(name.value.clone(), name.span).is_some() {
            let message = format!("two {what}s are named {}", quoted(&name.value));
            faults.push(
                Diagnostic::new(Kind::DuplicateName, name.span, message)
                    .help("give each a name of its own; plans and messages refer to it"),
            );
        }
    }
}

fn read_gateway(resolver: &mut Resolver<'_>, draft: GatewayDraft) -> Gateway {
    let mut names = Names::default();
    for (region, _) in &draft.routes {
        names.add(resolver.faults, region, "route");
    }
    let routes = draft.routes.into_iter().map(|(region, provider)| (region.value, provider.value)).collect();
    Gateway { routes, default: draft.default.value }
}

fn read_workload(resolver: &mut Resolver<'_>, draft: WorkloadDraft, month: Quantity) -> Workload {
    let place = format!("workload {}", quoted(&draft.name.value));
    let span = draft.name.span;
    let priority = draft.priority.and_then(|priority| {
        numbers::count(resolver.faults, priority, format_args!("`priority` of {place}"), (1, LAST_PRIORITY))
    });
    let residency = draft.residency.as_ref().map(|jurisdictions| {
        if jurisdictions.is_empty() {
            let message = format!("`residency` of {place} allows no jurisdiction");
            resolver.faults.push(
                Diagnostic::new(Kind::EmptyList, span, message).help("name at least one, or leave `residency` out"),
            );
        }
        let known = jurisdictions.iter().filter(|name| resolver.jurisdiction(name, &place));
        sorted(known.map(|name| name.value.clone()).collect())
    });
    let places = read_places(resolver, &draft.regions, &draft.providers, &place);
    let current = draft.current.as_ref().and_then(|current| read_current(resolver, current, &place));
    let data_location = draft
        .data_location
        .clone()
        .filter(|text| !text.is_empty())
        .or_else(|| draft.data.as_ref().map(|data| data.location.value.clone()));
    let kind = draft.kind.clone();
    let labels = draft.labels.iter().flat_map(|(name, value)| [name, value]);
    for text in labels.chain(&kind) {
        numbers::text(resolver.faults, text, span, &format!("a text of {place}"));
    }
    let mut labels = draft.labels.clone();
    labels.sort_unstable();
    let terms =
        if draft.terms.is_empty() { vec![crate::catalog::Terms::OnDemand] } else { sorted(draft.terms.clone()) };
    let certifications = sorted(draft.certifications.iter().map(|name| name.value.clone()).collect());
    let split = draft.split;
    let name = draft.name.value.clone();
    let demand = read_demand(resolver, draft, month, &place);
    if split == Split::Replicas && !matches!(demand, Demand::Machines(_) | Demand::Unstated) {
        let message = format!("{place} has no replicas to split");
        resolver
            .faults
            .push(Diagnostic::new(Kind::Conflicting, span, message).help("write `split: any`, or state a `request`"));
    }
    Workload {
        name,
        kind,
        priority,
        labels,
        data_location,
        demand,
        terms,
        residency,
        places,
        certifications,
        current,
        split,
        span,
    }
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

fn read_sku(
    resolver: &mut Resolver<'_>,
    name: &Spanned<Name>,
    region: crate::catalog::RegionId,
    place: &str,
) -> Option<SkuId> {
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

fn read_demand(resolver: &mut Resolver<'_>, draft: WorkloadDraft, month: Quantity, place: &str) -> Demand {
    let machines = draft.request.is_some();
    let machine_keys = [
        ("replicas", draft.replicas.is_some()),
        ("hours", draft.hours.is_some()),
        ("by_accelerator", !draft.by_accelerator.is_empty()),
        ("storage", draft.storage.is_some()),
        ("data.read_gb", draft.data.as_ref().is_some_and(|data| data.read_gb.is_some())),
        ("egress", draft.internet_gb.is_some()),
    ];
    let flat_keys = [
        ("compute_hours", draft.compute_hours.is_some()),
        ("storage_gb", draft.storage_gb.is_some()),
        ("network_gb", draft.network_gb.is_some()),
    ];
    let flat = flat_keys.iter().any(|(_, present)| *present);
    let given = draft.options.is_some();
    // One way of stating demand; keys of another are a mistake, never ignored.
    let stray = if given || flat {
        let others: &[(&str, bool)] = if given { &flat_keys } else { &[] };
        machine_keys
            .iter()
            .chain([("request", machines)].iter())
            .chain(others)
            .find(|(_, present)| *present)
            .map(|(key, _)| *key)
    } else if !machines {
        machine_keys.iter().find(|(_, present)| *present).map(|(key, _)| *key)
    } else {
        None
    };
    if let Some(key) = stray {
        let (with, help) = if given {
            ("`options`", "given options are taken as they are; remove one of the two")
        } else if flat {
            ("flat-rate usage", "state either a `request` or flat-rate usage, not both")
        } else {
            ("no `request`", "state the `request` of a replica, such as `request: {vcpu: 4, memory_gib: 16}`")
        };
        let message = format!("{place} has {} beside {with}", quoted(key)).replace("beside no", "but no");
        resolver.faults.push(Diagnostic::new(Kind::Conflicting, draft.name.span, message).help(help));
    }
    if let Some(options) = draft.options {
        Demand::Given(read_options(resolver, options, place))
    } else if flat {
        let mut read = |value: Option<Spanned<_>>, key: &str| {
            value
                .and_then(|value| numbers::quantity(resolver.faults, value, format_args!("`{key}` of {place}")))
                .unwrap_or_default()
        };
        Demand::FlatRate(FlatUsage {
            compute_hours: read(draft.compute_hours, "compute_hours"),
            storage_gb: read(draft.storage_gb, "storage_gb"),
            network_gb: read(draft.network_gb, "network_gb"),
        })
    } else if machines {
        Demand::Machines(read_machines(resolver, draft, month, place))
    } else {
        Demand::Unstated
    }
}

fn read_machines(resolver: &mut Resolver<'_>, draft: WorkloadDraft, month: Quantity, place: &str) -> Machines {
    let request = draft.request.unwrap_or_default();
    let faults = &mut *resolver.faults;
    let replicas = match draft.replicas {
        Some(count) => numbers::count(faults, count, format_args!("`replicas` of {place}"), (1, MOST_REPLICAS)),
        None => Some(1),
    };
    let mut amount = |value: Option<Spanned<_>>, key: &str| {
        value.and_then(|value| numbers::quantity(faults, value, format_args!("`{key}` of {place}")))
    };
    let hours = amount(draft.hours, "hours").unwrap_or(month);
    let vcpu = amount(request.vcpu, "vcpu").unwrap_or_default();
    let memory_gib = amount(request.memory_gib, "memory_gib").unwrap_or_default();
    let internet_gb = amount(draft.internet_gb, "internet_gb").unwrap_or_default();
    let kept = draft.storage.as_ref().and_then(|storage| amount(Some(storage.gb), "storage.gb"));
    let read = draft.data.as_ref().map(|data| amount(data.read_gb, "data.read_gb").unwrap_or_default());
    let storage = draft.storage.and_then(|storage| {
        let class = storage.class.unwrap_or_else(|| Spanned::new(Name::from("standard"), storage.gb.span));
        Some((kept?, resolver.class(&class, place)?))
    });
    let data =
        draft.data.and_then(|data| Some((resolver.region(&data.location, &format!("`data` of {place}"))?, read?)));
    let accelerator = request.accelerator.and_then(|need| read_accelerator(resolver, need, place, draft.name.span));
    let by_accelerator = read_by_accelerator(resolver, draft.by_accelerator, accelerator.as_ref(), place);
    Machines {
        replicas: replicas.unwrap_or(1),
        hours,
        vcpu,
        memory_gib,
        arch: sorted(request.arch),
        accelerator,
        by_accelerator,
        storage,
        data,
        internet_gb,
    }
}

fn read_accelerator(
    resolver: &mut Resolver<'_>,
    draft: AcceleratorNeedDraft,
    place: &str,
    span: Span,
) -> Option<AcceleratorNeed> {
    if draft.any_of.is_empty() {
        let message = format!("`accelerator.any_of` of {place} is empty");
        resolver.faults.push(
            Diagnostic::new(Kind::EmptyList, span, message).help("name at least one model, or leave `accelerator` out"),
        );
    }
    let any_of = sorted(draft.any_of.iter().filter_map(|model| resolver.accelerator(model, place)).collect());
    let count = match draft.count {
        Some(count) => numbers::positive(resolver.faults, count, format_args!("accelerator `count` of {place}"))?,
        None => Quantity::whole(1),
    };
    Some(AcceleratorNeed { any_of, count })
}

fn read_by_accelerator(
    resolver: &mut Resolver<'_>,
    drafts: Vec<ByAcceleratorDraft>,
    need: Option<&AcceleratorNeed>,
    place: &str,
) -> Vec<OnAccelerator> {
    let mut all: Vec<OnAccelerator> = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let model_name = quoted(&draft.model.value);
        let replicas = draft.replicas.and_then(|count| {
            let what = format_args!("`replicas` of {place} on {model_name}");
            numbers::count(resolver.faults, count, what, (1, MOST_REPLICAS))
        });
        let hours = draft.hours.and_then(|hours| {
            numbers::quantity(resolver.faults, hours, format_args!("`hours` of {place} on {model_name}"))
        });
        let Some(model) = resolver.accelerator(&draft.model, &format!("`by_accelerator` of {place}")) else { continue };
        let asked = need.is_some_and(|need| need.any_of.binary_search(&model).is_ok());
        if !asked {
            let known = need.map_or(&[] as &[_], |need| &need.any_of).iter().map(|model| model.name());
            let message = format!("`by_accelerator` of {place} has {model_name}, which it does not ask for");
            resolver.faults.push(
                Diagnostic::new(Kind::UnknownAccelerator, draft.model.span, message)
                    .help(format!("its `request` asks for {}", listed(known))),
            );
        }
        if all.iter().any(|other| other.model == model) {
            let message = format!("`by_accelerator` of {place} has {model_name} under two names");
            resolver
                .faults
                .push(Diagnostic::new(Kind::DuplicateName, draft.model.span, message).help("keep one of the two"));
        }
        all.push(OnAccelerator { model, replicas, hours });
    }
    all.sort_by_key(|special| special.model);
    all
}

fn read_options(resolver: &mut Resolver<'_>, drafts: Spanned<Vec<OptionDraft>>, place: &str) -> Vec<GivenOption> {
    if drafts.value.is_empty() {
        let message = format!("`options` of {place} is empty");
        resolver.faults.push(
            Diagnostic::new(Kind::EmptyList, drafts.span, message).help("give at least one option, or leave it out"),
        );
    }
    let mut options = Vec::with_capacity(drafts.value.len());
    for draft in drafts.value {
        let region = resolver.region(&draft.region, &format!("`options` of {place}"));
        let cost = numbers::amount(resolver.faults, draft.cost, format_args!("`cost` in `options` of {place}"));
        let mut uses = Vec::with_capacity(draft.uses.len());
        for (name, value) in draft.uses {
            numbers::name(resolver.faults, &name.value, name.span, "a use");
            let what = format_args!("{} in `options` of {place}", quoted(&name.value));
            uses.extend(numbers::quantity(resolver.faults, value, what).map(|value| (name.value.clone(), value)));
        }
        uses.sort_unstable();
        if let (Some(region), Some(cost)) = (region, cost) {
            options.push(GivenOption { region, cost, uses });
        }
    }
    options
}
