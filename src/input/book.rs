//! From the tree of a price book to a [`BookDraft`].
//!
//! ```text
//! offers:
//!   m7i.xlarge:                    one OfferDraft
//!     source: "list prices"        a ProvenanceDraft, block `offers m7i.xlarge`
//!     on-demand: {us-east-1: 0.2}  a PriceDraft
//! ```
//!
//! Every block may say where its figures come from (`source`, `as_of`, `note`); these three words are therefore not
//! free as names of regions, SKUs or classes.

use std::fmt;

use rust_decimal::Decimal;

use super::reader::{Expected, Format, Named, Owner, Reader, STAND_IN, Slot};
use super::tree::{Node, NodeKind};
use crate::catalog::draft::{
    BookDraft, CommitmentDraft, OfferDraft, PowerDraft, PriceDetailDraft, PriceDraft, ProvenanceDraft, RatesDraft,
    RegionDraft, SkuAcceleratorDraft, SkuDraft,
};
use crate::catalog::{Arch, BilledUnit, Interruption, Scope, Terms};
use crate::diagnostic::{Diagnostics, Span, Spanned, quoted};

/// The parts of a book, in the order in which one is written.
pub(crate) const KEYS: [&str; 16] = [
    "tradewind",
    "provider",
    "currency",
    "as_of",
    "source",
    "note",
    "capabilities",
    "cost_per_hour",
    "rates",
    "regions",
    "skus",
    "offers",
    "commitments",
    "storage",
    "network",
    "power",
];

/// Architectures by name.
pub(super) const ARCHS: [(&str, Arch); 2] = [(Arch::Amd64.name(), Arch::Amd64), (Arch::Arm64.name(), Arch::Arm64)];
/// Terms by name.
pub(super) const TERMS: [(&str, Terms); 2] =
    [(Terms::OnDemand.name(), Terms::OnDemand), (Terms::Spot.name(), Terms::Spot)];
/// Billed units by name.
pub(super) const UNITS: [(&str, BilledUnit); 2] = [("gb", BilledUnit::Gb), ("gib", BilledUnit::Gib)];
/// Scopes of a commitment by name.
const SCOPES: [(&str, Scope); 2] = [("region", Scope::Region), ("provider", Scope::Provider)];

/// How a region's coordinates are written.
const COORDINATES: Expected = Expected::new("latitude and longitude", "write both in degrees, as `[39.03, -77.46]`");

/// What reading a price book gave.
#[derive(Debug)]
pub(super) struct Book {
    /// What it says, with stand-ins for what was wrong.
    pub(super) draft: BookDraft,
    /// Whether its regions and SKUs were read, so that the rest of it can be checked against them.
    pub(super) usable: bool,
    /// Whether all of its names were read, so that a scenario can be checked against them.
    pub(super) complete: bool,
    /// The place of the last fault that was not listed.
    pub(super) unlisted: Option<Span>,
}

/// Reads a price book; `None` if the file is not one at all.
pub(super) fn read(root: Node<'_>, faults: &mut Diagnostics) -> Option<Book> {
    let mut reader = Reader::new(faults);
    reader.format(root, &Format::CATALOG)?;
    let mut book = BookReader { reader, draft: BookDraft::default(), usable: true };
    book.top(root);
    let complete = book.usable && !book.reader.lost();
    Some(Book { draft: book.draft, usable: book.usable, complete, unlisted: book.reader.unlisted() })
}

/// Fills in a draft, block by block.
pub(super) struct BookReader<'a, 'f> {
    pub(super) reader: Reader<'a, 'f>,
    pub(super) draft: BookDraft,
    usable: bool,
}

/// Where a block whose keys are names says its figures come from.
#[derive(Clone, Copy, Default)]
pub(super) struct Stated<'a> {
    source: Option<Node<'a>>,
    as_of: Option<Node<'a>>,
    note: Option<Node<'a>>,
}

impl<'a> Stated<'a> {
    /// Takes the value if `key` is one of the three words.
    pub(super) fn take(&mut self, key: &str, value: Node<'a>) -> bool {
        let place = match key {
            "source" => &mut self.source,
            "as_of" => &mut self.as_of,
            "note" => &mut self.note,
            _ => return false,
        };
        *place = place.or(Some(value));
        true
    }

    /// The same from the slots of a block with known keys.
    pub(super) fn from([source, as_of, note]: [Slot<'a, '_>; 3]) -> Self {
        Stated { source: source.value(), as_of: as_of.value(), note: note.value() }
    }

    fn is_empty(&self) -> bool {
        self.source.is_none() && self.as_of.is_none() && self.note.is_none()
    }
}

impl<'a> BookReader<'a, '_> {
    /// Keeps what a block says of its figures.
    pub(super) fn stated(&mut self, block: &dyn fmt::Display, stated: Stated<'a>) {
        if stated.is_empty() {
            return;
        }
        let block = block.to_string();
        let reader = &mut self.reader;
        let source = stated.source.and_then(|node| reader.name(node, &format_args!("`source` of {block}")));
        let as_of = stated.as_of.and_then(|node| {
            let date = reader.date(node, &format_args!("`as_of` of {block}"))?;
            Some(Spanned::new(date, node.span()))
        });
        let note = stated.note.and_then(|node| reader.name(node, &format_args!("`note` of {block}")));
        self.draft.provenance.push(ProvenanceDraft {
            block: block.into(),
            source: source.map(|text| text.value),
            as_of,
            note: note.map(|text| text.value),
        });
    }

    fn top(&mut self, root: Node<'a>) {
        let owner = Owner { text: &"the book", at: root.span() };
        let Some(slots) = self.reader.fields(root, owner, KEYS, &[]) else { return };
        let [
            _,
            provider,
            currency,
            as_of,
            source,
            note,
            capabilities,
            cost_per_hour,
            rates,
            regions,
            skus,
            offers,
            commitments,
            storage,
            network,
            power,
        ] = slots;
        // A name that is missing gets a stand-in, so that the builder does not report it as empty too.
        self.draft.provider = self.reader.required_name(provider).unwrap_or_else(|| "provider".into());
        self.draft.currency = self.reader.required_name(currency).unwrap_or_default();
        self.draft.as_of =
            as_of.value().and_then(|node| Some(Spanned::new(self.reader.date(node, &as_of)?, node.span())));
        self.draft.source = self.reader.optional_name(source).map(|text| text.value);
        if let Some(note) = self.reader.optional_name(note) {
            self.draft.provenance.push(ProvenanceDraft {
                block: "book".into(),
                note: Some(note.value),
                ..ProvenanceDraft::default()
            });
        }
        self.draft.capabilities = self.reader.names(capabilities).unwrap_or_default();
        self.draft.cost_per_hour = self.reader.optional_number(cost_per_hour);
        self.rates(rates);
        self.regions(regions);
        self.skus(skus);
        self.offers(offers);
        self.commitments(commitments);
        self.storage(storage);
        self.network(network);
        self.power(power);
    }

    fn rates(&mut self, slot: Slot<'a, '_>) {
        let Some(node) = slot.value() else { return };
        let owner = Owner { text: &"`rates`", at: slot.span() };
        let keys = ["compute_hour", "storage_gb_month", "network_gb"];
        let Some([compute_hour, storage_gb_month, network_gb]) = self.reader.fields(node, owner, keys, &[]) else {
            return;
        };
        self.draft.rates = Some(RatesDraft {
            compute_hour: self.reader.required_number(compute_hour),
            storage_gb_month: self.reader.required_number(storage_gb_month),
            network_gb: self.reader.required_number(network_gb),
        });
    }

    fn regions(&mut self, slot: Slot<'a, '_>) {
        let Some(node) = slot.value() else { return };
        let Some(entries) = self.reader.entries(node, &slot) else {
            self.usable = false;
            return;
        };
        let mut stated = Stated::default();
        self.draft.regions.reserve_exact(node.len());
        for (name, value) in entries {
            if !stated.take(name.value, value) {
                let region = self.region(name, value);
                self.draft.regions.push(region);
            }
        }
        self.stated(&"regions", stated);
    }

    fn region(&mut self, name: Spanned<&'a str>, node: Node<'a>) -> RegionDraft {
        let text = Named("region", name.value);
        let owner = Owner { text: &text, at: name.span };
        let reader = &mut self.reader;
        let mut draft =
            RegionDraft { name: Spanned::new(reader.intern(name.value), name.span), ..RegionDraft::default() };
        let keys = ["name", "country", "jurisdiction", "zones", "coordinates", "grid_gco2_per_kwh", "certifications"];
        let Some([title, country, jurisdiction, zones, coordinates, grid, certifications]) =
            reader.fields(node, owner, keys, &[])
        else {
            return draft;
        };
        draft.title = reader.optional_name(title).map(|text| text.value);
        draft.country = reader.optional_name(country).map(|text| text.value);
        draft.jurisdiction = reader.optional_name(jurisdiction).map(|text| text.value);
        draft.zones = reader.optional_number(zones);
        draft.grid_gco2_per_kwh = reader.optional_number(grid);
        draft.certifications = reader.names(certifications).unwrap_or_default();
        if let Some(node) = coordinates.value() {
            if node.kind() == NodeKind::Sequence && node.len() == 2 {
                let mut pair = node.items().map(|degrees| reader.number(degrees, &coordinates));
                draft.coordinates = pair.next().zip(pair.next()).map(|(latitude, longitude)| [latitude, longitude]);
            } else {
                reader.wrong_type(node, COORDINATES, &coordinates);
            }
        }
        draft
    }

    fn skus(&mut self, slot: Slot<'a, '_>) {
        let Some(node) = slot.value() else { return };
        let Some(entries) = self.reader.entries(node, &slot) else {
            self.usable = false;
            return;
        };
        let mut stated = Stated::default();
        self.draft.skus.reserve_exact(node.len());
        for (name, value) in entries {
            if !stated.take(name.value, value) {
                let sku = self.sku(name, value);
                self.draft.skus.push(sku);
            }
        }
        self.stated(&"skus", stated);
    }

    fn sku(&mut self, name: Spanned<&'a str>, node: Node<'a>) -> SkuDraft {
        let text = Named("sku", name.value);
        let owner = Owner { text: &text, at: name.span };
        let stand_in = Spanned::new(STAND_IN, name.span);
        let mut draft = SkuDraft {
            name: Spanned::new(self.reader.intern(name.value), name.span),
            vcpu: stand_in,
            memory_gib: stand_in,
            ..SkuDraft::default()
        };
        let keys = ["vcpu", "memory_gib", "family", "arch", "accelerator", "source", "as_of", "note"];
        let Some([vcpu, memory_gib, family, arch, accelerator, source, as_of, note]) =
            self.reader.fields(node, owner, keys, &[])
        else {
            return draft;
        };
        let reader = &mut self.reader;
        draft.vcpu = reader.required_number(vcpu);
        draft.memory_gib = reader.required_number(memory_gib);
        draft.family = reader.optional_name(family).map(|text| text.value);
        draft.arch = reader.optional_word(arch, &ARCHS).unwrap_or_default();
        draft.accelerator = self.accelerator(accelerator);
        self.stated(&format_args!("skus {}", name.value), Stated::from([source, as_of, note]));
        draft
    }

    fn accelerator(&mut self, slot: Slot<'a, '_>) -> Option<SkuAcceleratorDraft> {
        let owner = Owner { text: &slot, at: slot.span() };
        let reader = &mut self.reader;
        let [model, count, memory_gib] = reader.fields(slot.value()?, owner, ["model", "count", "memory_gib"], &[])?;
        let count = reader.required_number(count);
        let memory_gib = reader.optional_number(memory_gib);
        Some(SkuAcceleratorDraft { model: reader.required_name(model)?, count, memory_gib })
    }

    fn offers(&mut self, slot: Slot<'a, '_>) {
        let Some(node) = slot.value() else { return };
        let Some(entries) = self.reader.entries(node, &slot) else { return };
        let mut stated = Stated::default();
        self.draft.offers.reserve_exact(node.len());
        for (sku, value) in entries {
            if !stated.take(sku.value, value) {
                let offer = self.offer(sku, value);
                self.draft.offers.extend(offer);
            }
        }
        self.stated(&"offers", stated);
    }

    fn offer(&mut self, sku: Spanned<&'a str>, node: Node<'a>) -> Option<OfferDraft> {
        let text = Named("the offers of", sku.value);
        let owner = Owner { text: &text, at: sku.span };
        let keys = ["on-demand", "spot", "source", "as_of", "note"];
        let [on_demand, spot, source, as_of, note] = self.reader.fields(node, owner, keys, &[])?;
        let draft = OfferDraft {
            sku: Spanned::new(self.reader.intern(sku.value), sku.span),
            on_demand: self.prices(on_demand, sku.value, Terms::OnDemand),
            spot: self.prices(spot, sku.value, Terms::Spot),
        };
        self.stated(&format_args!("offers {}", sku.value), Stated::from([source, as_of, note]));
        Some(draft)
    }

    fn prices(&mut self, slot: Slot<'a, '_>, sku: &str, terms: Terms) -> Vec<PriceDraft> {
        let Some(node) = slot.value() else { return Vec::new() };
        let Some(entries) = self.reader.entries(node, &slot) else { return Vec::new() };
        let mut prices = Vec::with_capacity(node.len());
        for (region, value) in entries {
            let what = PriceOf { sku, terms, region: region.value };
            let name = Spanned::new(self.reader.intern(region.value), region.span);
            let (price, detail) = if value.kind() == NodeKind::Mapping {
                self.detailed_price(value, Owner { text: &what, at: region.span })
            } else {
                (self.reader.number(value, &what), None)
            };
            prices.push(PriceDraft { region: name, price, detail });
        }
        prices
    }

    fn detailed_price(
        &mut self,
        node: Node<'a>,
        owner: Owner<'_>,
    ) -> (Spanned<Decimal>, Option<Box<PriceDetailDraft>>) {
        let bands = Interruption::ALL.map(|band| (band.name(), band));
        let reader = &mut self.reader;
        let keys = ["price", "lowest_zone", "interruption", "derived"];
        let Some([price, lowest_zone, interruption, derived]) = reader.fields(node, owner, keys, &[]) else {
            return (Spanned::new(STAND_IN, node.span()), None);
        };
        let detail = PriceDetailDraft {
            lowest_zone: reader.optional_number(lowest_zone),
            interruption: reader.optional_word(interruption, &bands),
            derived: reader.optional_name(derived).map(|text| text.value),
        };
        let any = detail.lowest_zone.is_some() || detail.interruption.is_some() || detail.derived.is_some();
        (reader.required_number(price), any.then(|| Box::new(detail)))
    }

    fn commitments(&mut self, slot: Slot<'a, '_>) {
        let Some(node) = slot.value() else { return };
        let Some(entries) = self.reader.entries(node, &slot) else { return };
        let mut stated = Stated::default();
        for (name, value) in entries {
            if !stated.take(name.value, value) {
                let commitment = self.commitment(name, value);
                self.draft.commitments.extend(commitment);
            }
        }
        self.stated(&"commitments", stated);
    }

    fn commitment(&mut self, name: Spanned<&'a str>, node: Node<'a>) -> Option<CommitmentDraft> {
        let text = Named("commitment", name.value);
        let owner = Owner { text: &text, at: name.span };
        let keys = ["covers", "scope", "term_months", "discount", "upfront", "source", "as_of", "note"];
        let [covers, scope, term_months, discount, upfront, source, as_of, note] =
            self.reader.fields(node, owner, keys, &[])?;
        self.stated(&format_args!("commitments {}", name.value), Stated::from([source, as_of, note]));
        let reader = &mut self.reader;
        let scope = reader.optional_word(scope, &SCOPES).unwrap_or_default();
        let term_months = reader.required_number(term_months);
        let stand_in = Spanned::new(STAND_IN, name.span);
        let discount = reader.required(discount).and_then(|_| reader.percent(discount)).unwrap_or(stand_in);
        let upfront = reader.percent(upfront).unwrap_or_default();
        let covered = reader.required(covers)?;
        let covers_owner = Owner { text: &covers, at: covers.span() };
        let [family, sku] = reader.fields(covered, covers_owner, ["family", "sku"], &[])?;
        Some(CommitmentDraft {
            name: Spanned::new(reader.intern(name.value), name.span),
            family: reader.optional_name(family),
            sku: reader.optional_name(sku),
            scope,
            term_months,
            discount,
            upfront,
        })
    }

    fn power(&mut self, slot: Slot<'a, '_>) {
        let Some(node) = slot.value() else { return };
        let owner = Owner { text: &"`power`", at: slot.span() };
        let keys = ["vcpu_w", "accelerator_w", "pue", "source", "as_of", "note"];
        let Some([vcpu_w, accelerator_w, pue, source, as_of, note]) = self.reader.fields(node, owner, keys, &[]) else {
            return;
        };
        self.stated(&"power", Stated::from([source, as_of, note]));
        let reader = &mut self.reader;
        let mut draft = PowerDraft {
            vcpu_w: reader.required_number(vcpu_w),
            pue: reader.required_number(pue),
            // Reported by `stated` already if it is wrong.
            source: source.value().and_then(Node::text).map(|text| reader.intern(text)),
            ..PowerDraft::default()
        };
        if let Some(entries) = accelerator_w.value().and_then(|node| reader.entries(node, &accelerator_w)) {
            for (model, watts) in entries {
                let what = Named("the power of", model.value);
                let watts = reader.number(watts, &what);
                draft.accelerator_w.push((Spanned::new(reader.intern(model.value), model.span), watts));
            }
        }
        self.draft.power = Some(draft);
    }
}

/// "spot price of `m7i.xlarge` in `us-east-1`".
struct PriceOf<'a> {
    sku: &'a str,
    terms: Terms,
    region: &'a str,
}

impl fmt::Display for PriceOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} price of {} in {}", self.terms.name(), quoted(self.sku), quoted(self.region))
    }
}
