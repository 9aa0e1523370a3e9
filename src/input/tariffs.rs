//! From the `storage` and `network` blocks of a price book to tariff drafts.
//!
//! A price per unit is a number or a list of tiers:
//!
//! ```text
//! per_gb: 0.02
//! per_gb: [{up_to: 10240, price: 0.09}, {price: 0.05}]
//! ```

use std::fmt;

use super::book::{BookReader, Stated, UNITS};
use super::reader::{Expected, Named, Owner, Slot};
use super::tree::{Node, NodeKind};
use crate::catalog::draft::{
    CrossProviderDraft, DestinationDraft, DestinationPriceDraft, RouteDraft, StorageClassDraft, StoragePriceDraft,
    TariffDraft, TierDraft, ZoneDraft,
};
use crate::diagnostic::{Spanned, quoted};

/// How a price per unit is written.
const TIERS: Expected =
    Expected::new("a number or a list of tiers", "write a price, or `[{up_to: 100, price: 0.09}, {price: 0.05}]`");

impl<'a> BookReader<'a, '_> {
    pub(super) fn storage(&mut self, slot: Slot<'a, '_>) {
        let Some(node) = slot.value() else { return };
        let Some(entries) = self.reader.entries(node, &slot) else { return };
        let mut stated = Stated::default();
        for (name, value) in entries {
            if name.value == "billed_unit" {
                let unit = self.reader.word(value, &"`billed_unit` of `storage`", &UNITS);
                self.draft.storage.billed_unit = unit.unwrap_or_default();
            } else if !stated.take(name.value, value) {
                let class = self.storage_class(name, value);
                self.draft.storage.classes.push(class);
            }
        }
        self.stated(&"storage", stated);
    }

    fn storage_class(&mut self, name: Spanned<&'a str>, node: Node<'a>) -> StorageClassDraft {
        let what = Named("storage class", name.value);
        let mut draft = StorageClassDraft {
            name: Spanned::new(self.reader.intern(name.value), name.span),
            ..StorageClassDraft::default()
        };
        let Some(entries) = self.reader.entries(node, &what) else { return draft };
        let mut stated = Stated::default();
        for (region, value) in entries {
            let of_class = match region.value {
                "minimum_days" => &mut draft.minimum_days,
                "retrieval_per_gb" => &mut draft.retrieval_per_gb,
                _ if stated.take(region.value, value) => continue,
                _ => {
                    let price = self.storage_price(name.value, region, value);
                    draft.regions.extend(price);
                    continue;
                }
            };
            *of_class = Some(self.reader.number(value, &format_args!("{} of {what}", quoted(region.value))));
        }
        self.stated(&format_args!("storage {}", name.value), stated);
        draft
    }

    fn storage_price(&mut self, class: &str, region: Spanned<&'a str>, node: Node<'a>) -> Option<StoragePriceDraft> {
        let text = format!("storage class {} in {}", quoted(class), quoted(region.value));
        let owner = Owner { text: &text, at: region.span };
        let keys = ["per_gb_month", "minimum_days", "retrieval_per_gb"];
        let [per_gb_month, minimum_days, retrieval] = self.reader.fields(node, owner, keys, &[])?;
        let retrieval_per_gb = self.reader.optional_number(retrieval);
        let minimum_days = self.reader.optional_number(minimum_days);
        let price = self.reader.required(per_gb_month)?;
        Some(StoragePriceDraft {
            region: Spanned::new(self.reader.intern(region.value), region.span),
            per_gb_month: self.tiers(price, &per_gb_month)?,
            minimum_days,
            retrieval_per_gb,
        })
    }

    pub(super) fn network(&mut self, slot: Slot<'a, '_>) {
        let Some(node) = slot.value() else { return };
        let owner = Owner { text: &"`network`", at: slot.span() };
        let keys = ["billed_unit", "internet", "inter_region", "cross_provider", "zone", "source", "as_of", "note"];
        let Some([unit, internet, inter_region, cross_provider, zone, source, as_of, note]) =
            self.reader.fields(node, owner, keys, &[])
        else {
            return;
        };
        self.draft.network.billed_unit = self.reader.optional_word(unit, &UNITS).unwrap_or_default();
        self.stated(&"network", Stated::from([source, as_of, note]));
        self.internet(internet);
        self.inter_region(inter_region);
        self.cross_provider(cross_provider);
        self.zone(zone);
    }

    fn internet(&mut self, slot: Slot<'a, '_>) {
        let Some(node) = slot.value() else { return };
        let Some(entries) = self.reader.entries(node, &slot) else { return };
        let mut stated = Stated::default();
        for (region, value) in entries {
            if stated.take(region.value, value) {
                continue;
            }
            let text = Named("internet egress from", region.value);
            let block = format!("network internet {}", region.value);
            let owner = Owner { text: &text, at: region.span };
            let Some([free_gb, per_gb, to, source, as_of, note]) =
                self.reader.fields(value, owner, ["free_gb", "per_gb", "to", "source", "as_of", "note"], &[])
            else {
                continue;
            };
            let from = (region.value != "default").then_some(region);
            self.destinations(to, from, &block);
            let tariff = self.tariff_of([free_gb, per_gb], Stated::from([source, as_of, note]), &block);
            if region.value == "default" {
                self.draft.network.internet_default = tariff;
            } else if let Some(tariff) = tariff {
                let name = Spanned::new(self.reader.intern(region.value), region.span);
                self.draft.network.internet.push((name, tariff));
            }
        }
        self.stated(&"network internet", stated);
    }

    fn inter_region(&mut self, slot: Slot<'a, '_>) {
        let Some(node) = slot.value() else { return };
        let owner = Owner { text: &"`inter_region`", at: slot.span() };
        let keys = ["per_gb", "routes", "source", "as_of", "note"];
        let Some([per_gb, routes, source, as_of, note]) = self.reader.fields(node, owner, keys, &[]) else { return };
        self.stated(&"network inter_region", Stated::from([source, as_of, note]));
        self.draft.network.inter_region = per_gb.value().and_then(|price| self.tiers(price, &per_gb));
        let Some(sources) = routes.value().and_then(|node| self.reader.entries(node, &routes)) else { return };
        for (from, destinations) in sources {
            let what = Named("the routes from", from.value);
            let Some(destinations) = self.reader.entries(destinations, &what) else { continue };
            for (to, price) in destinations {
                let what = Route { from: from.value, to: to.value };
                let per_gb = self.tiers(price, &what);
                let route = per_gb.map(|per_gb| RouteDraft {
                    from: Spanned::new(self.reader.intern(from.value), from.span),
                    to: Spanned::new(self.reader.intern(to.value), to.span),
                    per_gb,
                });
                self.draft.network.routes.extend(route);
            }
        }
    }

    fn cross_provider(&mut self, slot: Slot<'a, '_>) {
        let Some(node) = slot.value() else { return };
        self.draft.network.cross_provider = if node.kind() == NodeKind::Mapping {
            let owner = Owner { text: &slot, at: node.span() };
            self.tariff(node, owner, "network cross_provider").map(CrossProviderDraft::Tariff)
        } else {
            self.reader.word(node, &slot, &[("internet", ())]).map(|()| CrossProviderDraft::Internet)
        };
    }

    fn zone(&mut self, slot: Slot<'a, '_>) {
        let Some(node) = slot.value() else { return };
        let owner = Owner { text: &"`zone`", at: slot.span() };
        let keys = ["per_gb", "both_directions", "source", "as_of", "note"];
        let Some([per_gb, both_directions, source, as_of, note]) = self.reader.fields(node, owner, keys, &[]) else {
            return;
        };
        self.stated(&"network zone", Stated::from([source, as_of, note]));
        let per_gb = self.reader.required_number(per_gb);
        let both_directions = self.reader.boolean(both_directions).unwrap_or_default();
        self.draft.network.zone = Some(ZoneDraft { per_gb, both_directions });
    }

    /// A block with an allowance and a price.
    fn tariff(&mut self, node: Node<'a>, owner: Owner<'_>, block: &str) -> Option<TariffDraft> {
        let keys = ["free_gb", "per_gb", "source", "as_of", "note"];
        let [free_gb, per_gb, source, as_of, note] = self.reader.fields(node, owner, keys, &[])?;
        self.tariff_of([free_gb, per_gb], Stated::from([source, as_of, note]), block)
    }

    /// Tariffs of parts of the internet.
    fn destinations(&mut self, slot: Slot<'a, '_>, from: Option<Spanned<&'a str>>, block: &str) {
        let Some(entries) = slot.value().and_then(|node| self.reader.entries(node, &slot)) else { return };
        for (part, value) in entries {
            let text = Named("internet egress to", part.value);
            let owner = Owner { text: &text, at: part.span };
            let block = format!("{block} to {}", part.value);
            let price = if value.kind() == NodeKind::Mapping {
                self.tariff(value, owner, &block).map(DestinationPriceDraft::Tariff)
            } else {
                self.reader.word(value, &text, &[("internet", ())]).map(|()| DestinationPriceDraft::Internet)
            };
            let Some(price) = price else { continue };
            let mut name = |text: Spanned<&'a str>| Spanned::new(self.reader.intern(text.value), text.span);
            let (from, part) = (from.map(&mut name), name(part));
            self.draft.network.destinations.push(DestinationDraft { from, part, price });
        }
    }

    /// The tariff of a block whose keys were read.
    fn tariff_of(
        &mut self,
        [free_gb, per_gb]: [Slot<'a, '_>; 2],
        stated: Stated<'a>,
        block: &str,
    ) -> Option<TariffDraft> {
        self.stated(&block, stated);
        let free_gb = self.reader.optional_number(free_gb);
        let price = self.reader.required(per_gb)?;
        Some(TariffDraft { free_gb, ..self.tiers(price, &per_gb)? })
    }

    /// A number, or a list of tiers; `None` if any of it is wrong, since tiers are judged by their order.
    fn tiers(&mut self, node: Node<'a>, what: &dyn fmt::Display) -> Option<TariffDraft> {
        let before = self.reader.faults();
        let tiers = match node.kind() {
            NodeKind::Sequence => {
                let text = format!("a tier of {what}");
                node.items().filter_map(|item| self.tier(item, &text)).collect()
            }
            NodeKind::Mapping => {
                self.reader.wrong_type(node, TIERS, what);
                Vec::new()
            }
            _ => vec![TierDraft { up_to: None, price: self.reader.number(node, what) }],
        };
        (self.reader.faults() == before).then(|| TariffDraft { span: node.span(), free_gb: None, tiers })
    }

    fn tier(&mut self, node: Node<'a>, what: &dyn fmt::Display) -> Option<TierDraft> {
        let owner = Owner { text: what, at: node.span() };
        let [up_to, price] = self.reader.fields(node, owner, ["up_to", "price"], &[])?;
        Some(TierDraft { up_to: self.reader.optional_number(up_to), price: self.reader.required_number(price) })
    }
}

/// "transfer from `us-east-1` to `us-east-2`".
struct Route<'a> {
    from: &'a str,
    to: &'a str,
}

impl fmt::Display for Route<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "transfer from {} to {}", quoted(self.from), quoted(self.to))
    }
}
