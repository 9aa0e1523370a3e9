//! From a draft and a catalog to a [`Scenario`]: names resolved, figures exact, all faults at once.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use crate::catalog::{Catalog, Name, PartId};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span, Spanned, listed, quoted};
use crate::factor::Factor;
use crate::numbers;
use crate::scenario::draft::{
    AcceleratorNeedDraft, ByAcceleratorDraft, GatewayDraft, GrowthDraft, OptionDraft, ScenarioDraft, Split,
    WorkloadDraft,
};
use crate::scenario::limit::{Limit, Measure};
use crate::scenario::resolve::{Resolver, sorted};
use crate::scenario::{
    AcceleratorNeed, Demand, FlatUsage, Gateway, GivenOption, Growth, Machines, OnAccelerator, Scenario, Storage,
    Workload, build_limit, build_place, build_rule,
};
use crate::units::{HOURS_PER_MONTH, Quantity};

/// Most replicas of one workload.
const MOST_REPLICAS: u32 = 1_000_000;
/// Most identical workloads that one entry states.
const MOST_COPIES: u32 = 1_000_000;
/// Least important priority.
const LAST_PRIORITY: u32 = 1_000_000;

/// Builds a scenario from what is right in the draft and reports everything that is wrong.
pub(crate) fn assemble(draft: ScenarioDraft, catalog: &Catalog, faults: &mut Diagnostics) -> Scenario {
    let hours_per_month = draft
        .hours_per_month
        .and_then(|hours| numbers::positive(faults, hours, "`hours_per_month`"))
        .unwrap_or(HOURS_PER_MONTH);
    let growth = draft.growth.and_then(|growth| read_growth(faults, growth));
    numbers::text(faults, &draft.name, Span::NONE, "the name of the scenario");
    let mut resolver = Resolver { catalog, faults, workloads: BTreeMap::new(), compared: 0 };
    let gateway = draft.gateway.map(|gateway| read_gateway(&mut resolver, gateway));
    let mut names = Names::default();
    let mut workloads = Vec::with_capacity(draft.workloads.len());
    // Whether a workload is as its draft says, without stand-ins for what was wrong.
    let mut sound = Vec::with_capacity(draft.workloads.len());
    for workload in draft.workloads {
        names.add(resolver.faults, &workload.name, "workload");
        resolver.workloads.entry(workload.name.value.clone()).or_insert(workloads.len());
        let before = resolver.faults.len();
        workloads.push(read_workload(&mut resolver, workload, hours_per_month));
        sound.push(resolver.faults.len() == before);
    }
    let mut names = Names::default();
    let mut limits: Vec<Limit> = Vec::with_capacity(draft.limits.len());
    for limit in draft.limits {
        names.add(resolver.faults, &limit.name, "limit");
        limits.extend(build_limit::read(&mut resolver, &workloads, limit));
    }
    for (number, workload) in workloads.iter_mut().enumerate() {
        let mut carbon = limits.iter().filter(|limit| limit.sum == Measure::KgCo2e);
        workload.counts_carbon = carbon.any(|limit| limit.filter.includes(number, workload));
    }
    let fees = build_rule::fees(&mut resolver, &mut names, draft.fees);
    let providers = draft.providers.map(|providers| build_rule::providers(&mut resolver, providers));
    let together = build_rule::together(&mut resolver, &mut names, draft.together);
    let apart = build_rule::apart(&mut resolver, &mut names, draft.apart);
    let spread = build_rule::spread(&mut resolver, &mut names, &workloads, &sound, draft.spread);
    build_rule::contradictions(resolver.faults, &workloads, &together, &apart);
    Scenario {
        name: draft.name,
        hours_per_month,
        growth,
        gateway,
        workloads,
        limits,
        fees,
        providers: providers.unwrap_or_default(),
        together,
        apart,
        spread,
    }
}

/// At most a hundred years: a plan that looks further says nothing.
const MOST_MONTHS: u32 = 1200;

fn read_growth(faults: &mut Diagnostics, growth: GrowthDraft) -> Option<Growth> {
    let months = numbers::count(faults, growth.months, "`months` of `horizon`", (1, MOST_MONTHS));
    let factor = Factor::percent(growth.percent.value);
    if factor.is_none() {
        let message = format!("`growth` of `horizon` is {}", quoted(&format!("{}%", growth.percent.value)));
        let fault = Diagnostic::new(Kind::OutOfRange, growth.percent.span, message);
        faults.push(fault.help("legal is -100% to 100000%, with at most 10 decimals"));
    }
    Some(Growth { months: months?, factor: factor?, span: growth.percent.span })
}

/// Names that must not repeat, and what each is the name of.
#[derive(Default)]
pub(super) struct Names(HashMap<Name, &'static str>);

impl Names {
    pub(super) fn add(&mut self, faults: &mut Diagnostics, name: &Spanned<Name>, what: &'static str) {
        let titled = |what: &str| format!("{} {what}", if what.starts_with('a') { "an" } else { "a" });
        if !numbers::name(faults, &name.value, name.span, &titled(what)) {
            return;
        }
        if let Some(other) = self.0.insert(name.value.clone(), what) {
            let both =
                if other == what { format!("two {what}s") } else { format!("{} and {}", titled(other), titled(what)) };
            let message = format!("{both} are named {}", quoted(&name.value));
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
    let (residency, places, current) = build_place::read(resolver, &draft, &place);
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
    let count = draft.count.and_then(|count| read_count(resolver, count, split, &place)).unwrap_or(1);
    let value =
        draft.value.and_then(|value| numbers::amount(resolver.faults, value, format_args!("`value` of {place}")));
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
        count,
        value,
        counts_carbon: false,
        span,
    }
}

fn read_count(resolver: &mut Resolver<'_>, draft: Spanned<Decimal>, split: Split, place: &str) -> Option<u32> {
    let count = numbers::count(resolver.faults, draft, format_args!("`count` of {place}"), (1, MOST_COPIES))?;
    if count > 1 && split != Split::Never {
        let message = format!("{place} has `count: {count}` beside `split: {}`", split.name());
        resolver.faults.push(
            Diagnostic::new(Kind::Conflicting, draft.span, message)
                .help("state `replicas` times `count` as `replicas`, or list the copies as workloads of their own"),
        );
        return None;
    }
    Some(count)
}

fn read_demand(resolver: &mut Resolver<'_>, mut draft: WorkloadDraft, month: Quantity, place: &str) -> Demand {
    let machines = draft.request.is_some();
    let machine_keys = [
        ("replicas", draft.replicas.is_some()),
        ("hours", draft.hours.is_some()),
        ("by_accelerator", !draft.by_accelerator.is_empty()),
        ("storage", draft.storage.is_some()),
        ("data.read_gb", draft.data.as_ref().is_some_and(|data| data.read_gb.is_some())),
        ("egress", draft.internet_gb.is_some() || !draft.internet_to.is_empty()),
    ];
    let flat_keys = [
        ("compute_hours", draft.compute_hours.is_some()),
        ("storage_gb", draft.storage_gb.is_some()),
        ("network_gb", draft.network_gb.is_some()),
    ];
    let flat = flat_keys.iter().any(|(_, present)| *present);
    let given = draft.options.is_some();
    // Keys of another way of stating demand are a mistake, never ignored; only a request and options go together.
    let others = [("request", machines), ("options", given)];
    let stray = if flat {
        machine_keys.into_iter().chain(others).find(|(_, present)| *present)
    } else if !machines {
        machine_keys.into_iter().find(|(_, present)| *present)
    } else {
        None
    };
    if let Some((key, _)) = stray {
        let (beside, help) = if key == "options" {
            ("beside flat-rate usage", "keep one of the two; given options are taken as they are")
        } else if flat {
            ("beside flat-rate usage", "state either a `request` or flat-rate usage, not both")
        } else if given {
            ("beside `options` without a `request`", "remove it, or state the `request` of a replica as well")
        } else {
            ("but no `request`", "state the `request` of a replica, such as `request: {vcpu: 4, memory_gib: 16}`")
        };
        let message = format!("{place} has {} {beside}", quoted(key));
        resolver.faults.push(Diagnostic::new(Kind::Conflicting, draft.name.span, message).help(help));
    }
    let options = draft.options.take().map(|options| read_options(resolver, options, place));
    if machines && !flat {
        let options = options.unwrap_or_default();
        Demand::Machines(Machines { options, ..read_machines(resolver, draft, month, place) })
    } else if let Some(options) = options {
        Demand::Given(options)
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
    let kept = draft.storage.as_ref().map(|storage| {
        (amount(Some(storage.gb), "storage.gb"), amount(storage.read_gb, "storage.read_gb").unwrap_or_default())
    });
    let read = draft.data.as_ref().map(|data| amount(data.read_gb, "data.read_gb").unwrap_or_default());
    let storage = draft.storage.and_then(|storage| {
        let ((gb, read_gb), read) = (kept?, storage.read_gb);
        if let (Some(Quantity::ZERO), Some(read)) = (gb, read.filter(|_| read_gb > Quantity::ZERO)) {
            let message = format!("{place} has `storage.read_gb: {}` beside `storage.gb: 0`", read.value.normalize());
            resolver.faults.push(
                Diagnostic::new(Kind::Conflicting, read.span, message)
                    .help("state how much is kept; what is read elsewhere is `data: {location: …, read_gb: …}`"),
            );
        }
        let class = storage.class.unwrap_or_else(|| Spanned::new(Name::from("standard"), storage.gb.span));
        let kept_days = storage
            .kept_days
            .and_then(|days| numbers::positive(resolver.faults, days, format_args!("`storage.kept_days` of {place}")));
        Some(Storage { gb: gb?, class: resolver.class(&class, place)?, read_gb, kept_days })
    });
    let data =
        draft.data.and_then(|data| Some((resolver.region(&data.location, &format!("`data` of {place}"))?, read?)));
    let internet_to = read_parts(resolver, draft.internet_to, place);
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
        internet_to,
        options: Vec::new(),
        supposed: None,
    }
}

/// Traffic to parts of the internet, each named once.
fn read_parts(
    resolver: &mut Resolver<'_>,
    drafts: Vec<(Spanned<Name>, Spanned<Decimal>)>,
    place: &str,
) -> Vec<(PartId, Quantity)> {
    let mut all: Vec<(PartId, Quantity)> = Vec::with_capacity(drafts.len());
    for (name, gb) in drafts {
        let what = format!("{} in `egress.to` of {place}", quoted(&name.value));
        let gb = numbers::quantity(resolver.faults, gb, &what);
        let Some(part) = resolver.part(&name, place) else { continue };
        if all.iter().any(|(other, _)| *other == part) {
            let message = format!("a second {what}");
            let fault = Diagnostic::new(Kind::DuplicateName, name.span, message);
            resolver.faults.push(fault.help("add them up"));
        }
        all.extend(gb.map(|gb| (part, gb)));
    }
    all.sort_unstable();
    all
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
