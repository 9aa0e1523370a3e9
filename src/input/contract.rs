//! From the tree of a contract to a [`ContractDraft`].
//!
//! ```text
//! tradewind: contract/1
//! name: Agreement 2026
//! layers:
//!   - {name: all, where: {provider: aws}, discount: 11%}     a LayerDraft
//! ```

use super::book::TERMS;
use super::reader::{Format, Owner, Reader, Slot};
use super::scenario::title;
use super::tree::Node;
use crate::catalog::Name;
use crate::catalog::draft::{ContractDraft, LayerDraft};
use crate::diagnostic::{Diagnostics, Span, Spanned};

/// What reading a contract gave.
#[derive(Debug)]
pub(super) struct ContractFile {
    /// What it says, with stand-ins for what was wrong.
    pub(super) draft: ContractDraft,
    /// Whether all of it was read, so that its layers can be judged by what they change.
    pub(super) complete: bool,
    /// The place of the last fault that was not listed.
    pub(super) unlisted: Option<Span>,
}

/// Reads a contract; `None` if the file is not one at all.
pub(super) fn read(root: Node<'_>, faults: &mut Diagnostics) -> Option<ContractFile> {
    let mut reader = Reader::new(faults);
    reader.format(root, &Format::CONTRACT)?;
    let owner = Owner { text: &"the contract", at: root.span() };
    let keys = ["tradewind", "name", "currency", "source", "as_of", "note", "layers"];
    let [_, name, currency, source, as_of, note, layers] = reader.fields(root, owner, keys, &[])?;
    let draft = ContractDraft {
        name: reader.required_name(name).unwrap_or_default(),
        currency: reader.optional_name(currency),
        source: reader.optional_name(source).map(|text| text.value),
        as_of: as_of.value().and_then(|node| reader.date(node, &as_of)),
        note: reader.optional_name(note).map(|text| text.value),
        layers: reader.layers(layers),
    };
    Some(ContractFile { draft, complete: reader.faults() == 0, unlisted: reader.unlisted() })
}

impl<'a> Reader<'a, '_> {
    fn layers(&mut self, slot: Slot<'a, '_>) -> Vec<LayerDraft> {
        let Some(items) = self.required(slot).and_then(|node| self.items(node, &slot)) else { return Vec::new() };
        items.enumerate().filter_map(|(number, node)| self.layer(node, number + 1)).collect()
    }

    fn layer(&mut self, node: Node<'a>, number: usize) -> Option<LayerDraft> {
        let title = title(node, "layer", number);
        let owner = Owner { text: &title, at: node.span() };
        let [name, scope, discount, price] = self.fields(node, owner, ["name", "where", "discount", "price"], &[])?;
        let mut draft = LayerDraft {
            name: self.required_name(name).unwrap_or_else(|| Spanned::new(Name::from(&*title), node.span())),
            discount: self.percent(discount),
            price: self.optional_number(price),
            ..LayerDraft::default()
        };
        let owner = Owner { text: &scope, at: scope.span() };
        let keys = ["provider", "family", "region", "sku", "terms"];
        let fields = scope.value().and_then(|node| self.fields(node, owner, keys, &[]));
        if let Some([provider, family, region, sku, terms]) = fields {
            draft.provider = self.name_or_names(provider);
            draft.family = self.name_or_names(family);
            draft.region = self.name_or_names(region);
            draft.sku = self.name_or_names(sku);
            draft.terms = self.word_or_words(terms, &TERMS);
        }
        Some(draft)
    }
}
