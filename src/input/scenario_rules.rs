//! The rules beside limits in the tree of a scenario: fees, the number of providers, together, apart and spread.
//!
//! A rule of which part cannot be read is left out, where what is left of it would be faulted for what is not there.

use rust_decimal::Decimal;

use super::reader::{Owner, Reader, Slot};
use super::scenario::title;
use super::tree::Node;
use crate::catalog::Name;
use crate::diagnostic::Spanned;
use crate::scenario::Domain;
use crate::scenario::draft::{ApartDraft, FeeDraft, ProviderCountDraft, SpreadDraft, TogetherDraft};

/// What places are told apart by, by name.
const DOMAINS: [(&str, Domain); 2] =
    [(Domain::Provider.name(), Domain::Provider), (Domain::Region.name(), Domain::Region)];

impl<'a> Reader<'a, '_> {
    pub(super) fn fees(&mut self, slot: Slot<'a, '_>) -> Vec<FeeDraft> {
        self.rules(slot, Reader::fee)
    }

    pub(super) fn together(&mut self, slot: Slot<'a, '_>) -> Vec<TogetherDraft> {
        self.rules(slot, Reader::together_rule)
    }

    pub(super) fn apart(&mut self, slot: Slot<'a, '_>) -> Vec<ApartDraft> {
        self.rules(slot, Reader::apart_rule)
    }

    pub(super) fn spread(&mut self, slot: Slot<'a, '_>) -> Vec<SpreadDraft> {
        self.rules(slot, Reader::spread_rule)
    }

    pub(super) fn provider_count(&mut self, slot: Slot<'a, '_>) -> Option<ProviderCountDraft> {
        let owner = Owner { text: &"`providers`", at: slot.span() };
        let [at_least, at_most] = self.fields(slot.value()?, owner, ["at_least", "at_most"], &[])?;
        let before = self.faults();
        let at_least = self.optional_number(at_least);
        let at_most = self.optional_number(at_most);
        // A stand-in for one of them might contradict the other.
        (self.faults() == before).then_some(ProviderCountDraft { at_least, at_most, span: slot.span() })
    }

    /// The items of a list, each read with its number from 1.
    fn rules<T>(&mut self, slot: Slot<'a, '_>, read: impl Fn(&mut Self, Node<'a>, usize) -> Option<T>) -> Vec<T> {
        let Some(items) = slot.value().and_then(|node| self.items(node, &slot)) else { return Vec::new() };
        items.enumerate().filter_map(|(number, node)| read(self, node, number + 1)).collect()
    }

    fn fee(&mut self, node: Node<'a>, number: usize) -> Option<FeeDraft> {
        let title = title(node, "fee", number);
        let owner = Owner { text: &title, at: node.span() };
        let keys = ["name", "region", "provider", "monthly"];
        let [name, region_slot, provider_slot, monthly] = self.fields(node, owner, keys, &[])?;
        let name = self.rule_name(name, &title);
        let region = self.optional_name(region_slot);
        let provider = self.optional_name(provider_slot);
        let monthly = self.required_number(monthly);
        let read =
            region.is_some() == region_slot.value().is_some() && provider.is_some() == provider_slot.value().is_some();
        read.then_some(FeeDraft { name, region, provider, monthly })
    }

    fn together_rule(&mut self, node: Node<'a>, number: usize) -> Option<TogetherDraft> {
        let title = title(node, "together rule", number);
        let owner = Owner { text: &title, at: node.span() };
        let [name, workloads, same] = self.fields(node, owner, ["name", "workloads", "same"], &[])?;
        let name = self.rule_name(name, &title);
        let workloads = self.members(workloads);
        let same = self.domain(same);
        Some(TogetherDraft { name, workloads: workloads?, same: same? })
    }

    fn apart_rule(&mut self, node: Node<'a>, number: usize) -> Option<ApartDraft> {
        let title = title(node, "apart rule", number);
        let owner = Owner { text: &title, at: node.span() };
        let [name, workloads, by] = self.fields(node, owner, ["name", "workloads", "by"], &[])?;
        let name = self.rule_name(name, &title);
        let workloads = self.members(workloads);
        let by = self.domain(by);
        Some(ApartDraft { name, workloads: workloads?, by: by? })
    }

    fn spread_rule(&mut self, node: Node<'a>, number: usize) -> Option<SpreadDraft> {
        let title = title(node, "spread rule", number);
        let owner = Owner { text: &title, at: node.span() };
        let keys = ["name", "workload", "over", "at_most"];
        let [name, workload, over, at_most] = self.fields(node, owner, keys, &[])?;
        let name = self.rule_name(name, &title);
        let workload = self.required_name(workload);
        let over = self.domain(over);
        let at_most = self.share(at_most);
        Some(SpreadDraft { name, workload: workload?, over: over?, at_most })
    }

    fn rule_name(&mut self, slot: Slot<'a, '_>, title: &str) -> Spanned<Name> {
        self.required_name(slot).unwrap_or_else(|| Spanned::new(Name::from(title), slot.span()))
    }

    fn members(&mut self, slot: Slot<'a, '_>) -> Option<Vec<Spanned<Name>>> {
        self.required(slot)?;
        self.names(slot)
    }

    fn domain(&mut self, slot: Slot<'a, '_>) -> Option<Domain> {
        let node = self.required(slot)?;
        self.word(node, &slot, &DOMAINS)
    }

    /// A percentage that must be there; a bad one becomes the whole, which every workload can hold to.
    fn share(&mut self, slot: Slot<'a, '_>) -> Spanned<Decimal> {
        let before = self.faults();
        let share = self.required(slot).and_then(|_| self.percent(slot));
        let right = share.filter(|_| self.faults() == before);
        right.unwrap_or_else(|| Spanned::new(Decimal::ONE_HUNDRED, slot.span()))
    }
}
