//! From the tree of a scenario to a [`ScenarioDraft`] and the list of its price books.
//!
//! Parts of the format that this version does not plan with are refused by name at their place: to ignore a flow or an
//! agreement would be a wrong plan that looks right.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::book::{ARCHS, TERMS};
use super::reader::{Format, Named, Owner, Reader, STAND_IN, Slot};
use super::tree::{Node, NodeKind};
use crate::catalog::Name;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span, Spanned, quoted};
use crate::scenario::Measure;
use crate::scenario::draft::{
    AcceleratorNeedDraft, BoundDraft, ByAcceleratorDraft, Choice, CurrentDraft, DataNeedDraft, FilterDraft,
    GatewayDraft, GrowthDraft, LimitDraft, OptionDraft, RequestDraft, ScenarioDraft, Split, StorageNeedDraft,
    WorkloadDraft,
};

/// Parts of a scenario whose step is still to come.
const LATER: [&str; 5] = ["datasets", "flows", "owned", "agreements", "fleet"];
/// Parts of a workload whose step is still to come.
const LATER_OF_WORKLOAD: [&str; 1] = ["reads"];
/// Ways of dividing a workload, by name.
const SPLITS: [(&str, Split); 3] =
    [(Split::Never.name(), Split::Never), (Split::Replicas.name(), Split::Replicas), (Split::Any.name(), Split::Any)];

/// What reading a scenario gave.
#[derive(Debug)]
pub(super) struct ScenarioFile {
    /// What it says, with stand-ins for what was wrong.
    pub(super) draft: ScenarioDraft,
    /// Its price books, as written.
    pub(super) catalogs: Vec<Spanned<Name>>,
    /// Its contracts, as written.
    pub(super) contracts: Vec<Spanned<Name>>,
    /// The place of the last fault that was not listed.
    pub(super) unlisted: Option<Span>,
}

/// Reads a scenario; `None` if the file is not one at all. `catalogs` may be missing where the caller names the books.
pub(super) fn read(root: Node<'_>, faults: &mut Diagnostics, books_given: bool) -> Option<ScenarioFile> {
    let mut reader = Reader::new(faults);
    reader.format(root, &Format::SCENARIO)?;
    let owner = Owner { text: &"the scenario", at: root.span() };
    let keys = [
        "tradewind",
        "name",
        "catalogs",
        "contracts",
        "horizon",
        "gateway",
        "workloads",
        "limits",
        "fees",
        "providers",
        "together",
        "apart",
        "spread",
    ];
    let fields = reader.fields(root, owner, keys, &LATER)?;
    let [_, name, catalogs, contracts, horizon, gateway, workloads, limits, fees, providers, together, apart, spread] =
        fields;
    let (hours_per_month, growth) = reader.horizon(horizon);
    let mut draft = ScenarioDraft {
        name: reader.optional_name(name).map(|text| text.value).unwrap_or_default(),
        hours_per_month,
        growth,
        gateway: reader.gateway(gateway),
        ..ScenarioDraft::default()
    };
    let mut unread = Unread::default();
    draft.workloads = reader.workloads(workloads, &mut unread);
    draft.limits = reader.limits(limits);
    draft.fees = reader.fees(fees);
    draft.providers = reader.provider_count(providers);
    draft.together = reader.together(together);
    draft.apart = reader.apart(apart);
    draft.spread = reader.spread(spread);
    draft.spread.retain(|rule| !unread.faulty.contains(&rule.workload.value));
    let catalogs = reader.catalogs(catalogs, books_given);
    let contracts = reader.names(contracts).unwrap_or_default();
    if unread.names {
        forget_workloads(&mut draft);
    }
    Some(ScenarioFile { draft, catalogs, contracts, unlisted: reader.unlisted() })
}

/// What of the workloads could not be read, so that a rule must not be faulted for it.
#[derive(Default)]
struct Unread {
    /// Whether anything that rules refer to is missing: a name, a type, a label, a use.
    names: bool,
    /// Workloads with stand-ins for what was wrong: whether they can be spread is not known.
    faulty: BTreeSet<Name>,
}

/// Takes out of rules what refers to workloads: after a name was lost, it may well be there.
fn forget_workloads(draft: &mut ScenarioDraft) {
    for limit in &mut draft.limits {
        if !Measure::NAMED.iter().any(|measure| measure.name() == &*limit.sum.value) {
            limit.sum.value = Measure::Cost.name().into();
        }
        limit.filter.workload.clear();
        limit.filter.kind.clear();
        limit.filter.label.clear();
        if limit.per.as_ref().is_some_and(|key| key.value.starts_with("label.")) {
            limit.per = None;
        }
    }
    draft.together.clear();
    draft.apart.clear();
    draft.spread.clear();
}

impl<'a> Reader<'a, '_> {
    fn catalogs(&mut self, slot: Slot<'a, '_>, books_given: bool) -> Vec<Spanned<Name>> {
        if slot.value().is_none() && books_given {
            return Vec::new();
        }
        let Some(node) = self.required(slot) else { return Vec::new() };
        if node.kind() == NodeKind::Sequence && node.len() == 0 && !books_given {
            self.fault(
                Diagnostic::new(Kind::EmptyList, node.span(), "`catalogs` of the scenario is empty")
                    .help("name at least one price book, as a path from this file"),
            );
        }
        self.names(slot).unwrap_or_default()
    }

    fn horizon(&mut self, slot: Slot<'a, '_>) -> (Option<Spanned<Decimal>>, Option<GrowthDraft>) {
        let owner = Owner { text: &"`horizon`", at: slot.span() };
        let keys = ["hours_per_month", "months", "growth"];
        let fields = slot.value().and_then(|node| self.fields(node, owner, keys, &[]));
        let Some([hours_per_month, months, growth]) = fields else { return (None, None) };
        let hours_per_month = self.optional_number(hours_per_month);
        if months.value().is_none() && growth.value().is_none() {
            return (hours_per_month, None);
        }
        let before = self.faults();
        let months = self.required_number(months);
        let percent = self.required(growth).and_then(|_| self.percent(growth));
        let draft = percent.map(|percent| GrowthDraft { months, percent });
        // A stand-in for one of them says nothing of the other.
        (hours_per_month, draft.filter(|_| self.faults() == before))
    }

    fn gateway(&mut self, slot: Slot<'a, '_>) -> Option<GatewayDraft> {
        let owner = Owner { text: &"`gateway`", at: slot.span() };
        let [routes, default] = self.fields(slot.value()?, owner, ["routes", "default"], &[])?;
        let mut draft = GatewayDraft::default();
        if let Some(entries) = routes.value().and_then(|node| self.entries(node, &routes)) {
            for (region, provider) in entries {
                let what = Named("the route of", region.value);
                let provider = self.name(provider, &what);
                let region = Spanned::new(self.intern(region.value), region.span);
                draft.routes.extend(provider.map(|provider| (region, provider)));
            }
        }
        draft.default = self.required_name(default).unwrap_or_default();
        Some(draft)
    }

    fn workloads(&mut self, slot: Slot<'a, '_>, unread: &mut Unread) -> Vec<WorkloadDraft> {
        let Some(items) = self.required(slot).and_then(|node| self.items(node, &slot)) else {
            unread.names = true;
            return Vec::new();
        };
        let mut workloads = Vec::with_capacity(items.size_hint().0);
        for (number, node) in items.enumerate() {
            let before = self.faults();
            let workload = self.workload(node, number + 1, unread);
            if self.faults() > before {
                unread.faulty.extend(workload.iter().map(|workload| workload.name.value.clone()));
            }
            unread.names |= workload.is_none();
            workloads.extend(workload);
        }
        workloads
    }

    fn workload(&mut self, node: Node<'a>, number: usize, unread: &mut Unread) -> Option<WorkloadDraft> {
        let before = self.faults();
        let title = title(node, "workload", number);
        let owner = Owner { text: &title, at: node.span() };
        let keys = [
            "name",
            "type",
            "priority",
            "labels",
            "replicas",
            "request",
            "by_accelerator",
            "hours",
            "terms",
            "storage",
            "data",
            "data_location",
            "egress",
            "residency",
            "regions",
            "providers",
            "certifications",
            "current",
            "split",
            "compute_hours",
            "storage_gb",
            "network_gb",
            "options",
            "count",
            "value",
        ];
        let [
            name,
            kind,
            priority,
            labels,
            replicas,
            request,
            by_accelerator,
            hours,
            terms,
            storage,
            data,
            data_location,
            egress,
            residency,
            regions,
            providers,
            certifications,
            current,
            split,
            compute_hours,
            storage_gb,
            network_gb,
            options,
            count,
            value,
        ] = self.fields(node, owner, keys, &LATER_OF_WORKLOAD)?;
        let mut draft = WorkloadDraft {
            name: self.required_name(name).unwrap_or_else(|| Spanned::new(Name::from(&*title), node.span())),
            kind: self.optional_name(kind).map(|text| text.value),
            labels: self.labels(labels),
            options: self.options(options),
            ..WorkloadDraft::default()
        };
        // Of the keys too: an unknown one may be any of these.
        unread.names |= self.faults() > before;
        let (internet_gb, internet_to) = self.egress(egress);
        draft = WorkloadDraft {
            priority: self.optional_number(priority),
            replicas: self.replicas(replicas),
            by_accelerator: self.by_accelerator(by_accelerator),
            hours: self.optional_number(hours),
            terms: self.words(terms, &TERMS),
            storage: self.storage_need(storage),
            data: self.data_need(data),
            data_location: self.optional_name(data_location).map(|text| text.value),
            internet_gb,
            internet_to,
            residency: self.residency(residency),
            regions: self.choice(regions),
            providers: self.choice(providers),
            certifications: self.names(certifications).unwrap_or_default(),
            current: self.current(current),
            split: self.optional_word(split, &SPLITS).unwrap_or_default(),
            compute_hours: self.optional_number(compute_hours),
            storage_gb: self.optional_number(storage_gb),
            network_gb: self.optional_number(network_gb),
            count: self.optional_number(count),
            value: self.optional_number(value),
            ..draft
        };
        if request.value().is_some() {
            let before = self.faults();
            draft.request = Some(self.request(request).unwrap_or_default());
            if self.faults() > before {
                // What is asked for is not known, so what changes on it cannot be judged.
                draft.by_accelerator.clear();
            }
        }
        Some(draft)
    }

    fn replicas(&mut self, slot: Slot<'a, '_>) -> Option<Spanned<Decimal>> {
        if let Some(node) = slot.value().filter(|node| node.kind() == NodeKind::Sequence) {
            self.not_supported(node.span(), "`replicas` as a list of layers");
            return Some(Spanned::new(STAND_IN, node.span()));
        }
        self.optional_number(slot)
    }

    fn labels(&mut self, slot: Slot<'a, '_>) -> Vec<(Name, Name)> {
        let Some(entries) = slot.value().and_then(|node| self.entries(node, &slot)) else { return Vec::new() };
        let mut labels = Vec::new();
        for (label, value) in entries {
            let what = Named("label", label.value);
            let value = self.name(value, &what);
            let label = self.intern(label.value);
            labels.extend(value.map(|value| (label, value.value)));
        }
        labels
    }

    fn request(&mut self, slot: Slot<'a, '_>) -> Option<RequestDraft> {
        let owner = Owner { text: &slot, at: slot.span() };
        let keys = ["vcpu", "memory_gib", "arch", "accelerator"];
        let [vcpu, memory_gib, arch, accelerator] = self.fields(slot.value()?, owner, keys, &[])?;
        Some(RequestDraft {
            vcpu: self.optional_number(vcpu),
            memory_gib: self.optional_number(memory_gib),
            arch: self.words(arch, &ARCHS),
            accelerator: self.accelerator_need(accelerator),
        })
    }

    fn accelerator_need(&mut self, slot: Slot<'a, '_>) -> Option<AcceleratorNeedDraft> {
        let owner = Owner { text: &slot, at: slot.span() };
        let [any_of, count] = self.fields(slot.value()?, owner, ["any_of", "count"], &[])?;
        let count = self.optional_number(count);
        self.required(any_of)?;
        Some(AcceleratorNeedDraft { any_of: self.names(any_of)?, count })
    }

    fn by_accelerator(&mut self, slot: Slot<'a, '_>) -> Vec<ByAcceleratorDraft> {
        let Some(entries) = slot.value().and_then(|node| self.entries(node, &slot)) else { return Vec::new() };
        let mut all = Vec::new();
        for (model, node) in entries {
            let text = format!("{} in {slot}", quoted(model.value));
            let owner = Owner { text: &text, at: model.span };
            let Some([replicas, hours]) = self.fields(node, owner, ["replicas", "hours"], &[]) else { continue };
            all.push(ByAcceleratorDraft {
                model: Spanned::new(self.intern(model.value), model.span),
                replicas: self.replicas(replicas),
                hours: self.optional_number(hours),
            });
        }
        all
    }

    fn storage_need(&mut self, slot: Slot<'a, '_>) -> Option<StorageNeedDraft> {
        let owner = Owner { text: &slot, at: slot.span() };
        let keys = ["gb", "class", "read_gb", "kept_days"];
        let [gb, class, read_gb, kept_days] = self.fields(slot.value()?, owner, keys, &[])?;
        let (read_gb, kept_days) = (self.optional_number(read_gb), self.optional_number(kept_days));
        Some(StorageNeedDraft { gb: self.required_number(gb), class: self.optional_name(class), read_gb, kept_days })
    }

    fn data_need(&mut self, slot: Slot<'a, '_>) -> Option<DataNeedDraft> {
        let owner = Owner { text: &slot, at: slot.span() };
        let [location, read_gb] = self.fields(slot.value()?, owner, ["location", "read_gb"], &[])?;
        let read_gb = self.optional_number(read_gb);
        Some(DataNeedDraft { location: self.required_name(location)?, read_gb })
    }

    fn egress(&mut self, slot: Slot<'a, '_>) -> (Option<Spanned<Decimal>>, Vec<(Spanned<Name>, Spanned<Decimal>)>) {
        let owner = Owner { text: &slot, at: slot.span() };
        let fields = slot.value().and_then(|node| self.fields(node, owner, ["internet_gb", "to"], &[]));
        let Some([internet_gb, to]) = fields else { return (None, Vec::new()) };
        let internet_gb = self.optional_number(internet_gb);
        let mut parts = Vec::new();
        if let Some(entries) = to.value().and_then(|node| self.entries(node, &to)) {
            for (part, node) in entries {
                let gb = self.number(node, &format_args!("{} in {to}", quoted(part.value)));
                parts.push((Spanned::new(self.intern(part.value), part.span), gb));
            }
        }
        (internet_gb, parts)
    }

    fn residency(&mut self, slot: Slot<'a, '_>) -> Option<Vec<Spanned<Name>>> {
        let owner = Owner { text: &slot, at: slot.span() };
        let [jurisdictions] = self.fields(slot.value()?, owner, ["jurisdictions"], &[])?;
        self.required(jurisdictions)?;
        self.names(jurisdictions)
    }

    fn choice(&mut self, slot: Slot<'a, '_>) -> Choice {
        let owner = Owner { text: &slot, at: slot.span() };
        let fields = slot.value().and_then(|node| self.fields(node, owner, ["allow", "deny"], &[]));
        let Some([allow, deny]) = fields else { return Choice::default() };
        if let Some(list) = allow.value() {
            self.not_empty(list, &allow);
        }
        Choice { allow: self.names(allow), deny: self.names(deny).unwrap_or_default() }
    }

    fn current(&mut self, slot: Slot<'a, '_>) -> Option<CurrentDraft> {
        let owner = Owner { text: &slot, at: slot.span() };
        let [region, sku, terms] = self.fields(slot.value()?, owner, ["region", "sku", "terms"], &[])?;
        let sku = self.optional_name(sku);
        let terms = self.optional_word(terms, &TERMS);
        Some(CurrentDraft { region: self.required_name(region)?, sku, terms })
    }

    fn options(&mut self, slot: Slot<'a, '_>) -> Option<Spanned<Vec<OptionDraft>>> {
        let node = slot.value()?;
        let items = self.items(node, &slot)?;
        let mut options = Vec::with_capacity(node.len());
        let before = self.faults();
        for (number, item) in items.enumerate() {
            let text = format!("option {} of {slot}", number + 1);
            options.extend(self.option(item, Owner { text: &text, at: item.span() }));
        }
        // A list of which nothing is left would be faulted as empty.
        let right = self.faults() == before || !options.is_empty();
        right.then(|| Spanned::new(options, node.span()))
    }

    fn option(&mut self, node: Node<'a>, owner: Owner<'_>) -> Option<OptionDraft> {
        let [region, cost, uses] = self.fields(node, owner, ["region", "cost", "uses"], &[])?;
        let cost = self.required_number(cost);
        let mut used = Vec::new();
        if let Some(entries) = uses.value().and_then(|node| self.entries(node, &uses)) {
            for (name, value) in entries {
                let text = format!("{} in {uses}", quoted(name.value));
                let value = self.number(value, &text);
                used.push((Spanned::new(self.intern(name.value), name.span), value));
            }
        }
        Some(OptionDraft { region: self.required_name(region)?, cost, uses: used })
    }

    fn limits(&mut self, slot: Slot<'a, '_>) -> Vec<LimitDraft> {
        let Some(items) = slot.value().and_then(|node| self.items(node, &slot)) else { return Vec::new() };
        items.enumerate().filter_map(|(number, node)| self.limit(node, number + 1)).collect()
    }

    fn limit(&mut self, node: Node<'a>, number: usize) -> Option<LimitDraft> {
        let title = title(node, "limit", number);
        let owner = Owner { text: &title, at: node.span() };
        let keys = ["name", "sum", "where", "per", "at_most", "at_least"];
        let [name, sum, filter, per, at_most, at_least] = self.fields(node, owner, keys, &[])?;
        Some(LimitDraft {
            name: self.required_name(name).unwrap_or_else(|| Spanned::new(Name::from(&*title), node.span())),
            sum: self.required_name(sum).unwrap_or_else(|| "cost".into()),
            filter: self.filter(filter),
            per: self.optional_name(per),
            at_most: self.bound(at_most),
            at_least: self.bound(at_least),
        })
    }

    /// A number, or a percentage with its sign.
    fn bound(&mut self, slot: Slot<'a, '_>) -> Option<BoundDraft> {
        let node = slot.value()?;
        let scalar = matches!(node.kind(), NodeKind::Plain | NodeKind::Quoted);
        let percent = scalar && node.text().is_some_and(|text| text.ends_with('%'));
        let value = if percent { self.percent(slot)? } else { self.number(node, &slot) };
        Some(BoundDraft { value, percent })
    }

    fn filter(&mut self, slot: Slot<'a, '_>) -> FilterDraft {
        let mut draft = FilterDraft { span: slot.span(), ..FilterDraft::default() };
        let owner = Owner { text: &slot, at: slot.span() };
        let keys = [
            "provider",
            "region",
            "jurisdiction",
            "sku",
            "family",
            "accelerator",
            "terms",
            "workload",
            "type",
            "label",
        ];
        let fields = slot.value().and_then(|node| self.fields(node, owner, keys, &[]));
        let Some([provider, region, jurisdiction, sku, family, accelerator, terms, workload, kind, label]) = fields
        else {
            return draft;
        };
        draft.provider = self.name_or_names(provider);
        draft.region = self.name_or_names(region);
        draft.jurisdiction = self.name_or_names(jurisdiction);
        draft.sku = self.name_or_names(sku);
        draft.family = self.name_or_names(family);
        draft.accelerator = self.name_or_names(accelerator);
        draft.terms = self.word_or_words(terms, &TERMS);
        draft.workload = self.name_or_names(workload);
        draft.kind = self.name_or_names(kind);
        if let Some(entries) = label.value().and_then(|node| self.entries(node, &label)) {
            for (name, node) in entries {
                let what = Named("label", name.value);
                let values = match node.kind() {
                    NodeKind::Sequence => {
                        self.not_empty(node, &what);
                        node.items().filter_map(|item| self.name(item, &what)).collect()
                    }
                    _ => Vec::from_iter(self.name(node, &what)),
                };
                let name = Spanned::new(self.intern(name.value), name.span);
                draft.label.push((name, values.into_iter().map(|value| value.value).collect()));
            }
        }
        draft
    }
}

/// "workload `chat`", or "workload 3" where it has no name that can be read.
pub(super) fn title(node: Node<'_>, what: &'static str, number: usize) -> String {
    let name = node.entries().find(|(key, _)| key.text() == Some("name")).and_then(|(_, value)| value.text());
    match name {
        Some(name) if !name.is_empty() => Named(what, name).to_string(),
        _ => format!("{what} {number}"),
    }
}
