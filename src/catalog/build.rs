//! From drafts to a [`Catalog`]: every name resolved, every figure exact, all faults at once.

use std::collections::HashMap;

use crate::catalog::draft::{
    BookDraft, CommitmentDraft, Name, OfferDraft, PowerDraft, PriceDetailDraft, PriceDraft, RegionDraft, SkuDraft,
};
use crate::catalog::{
    Accelerator, Catalog, Commitment, Covers, Offer, OfferDetail, Power, Provenance, Provider, ProviderId, Rates,
    Region, RegionId, Sku, SkuAccelerator, SkuId, Terms,
};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span, Spanned, listed, quoted};
use crate::money::UnitPrice;
use crate::numbers;
use crate::units::Quantity;

/// Most unknown names of a book that get a suggestion: each is compared with every name there is, and a book of a hundred
/// thousand SKUs may be wrong in every line.
const MOST_SUGGESTIONS: usize = 100;

/// Faults of a book after which its other offers are left unchecked, so that a wrong line for each of a million prices
/// does not fill the memory with messages.
const ENOUGH_FAULTS: usize = 10_000;

/// Builds a catalog from what is right in the drafts and reports everything that is wrong.
pub(crate) fn assemble(books: Vec<BookDraft>, faults: &mut Diagnostics) -> Catalog {
    let mut catalog = Catalog::default();
    let mut classes: Vec<Name> =
        books.iter().flat_map(|book| &book.storage.classes).map(|class| class.name.value.clone()).collect();
    classes.sort_unstable();
    classes.dedup();
    catalog.classes = classes;
    let destinations = books.iter().flat_map(|book| &book.network.destinations);
    catalog.parts = crate::catalog::sorted(destinations.map(|to| to.part.value.clone()).collect());
    // The first that is one, so that a misspelled currency is not reported as a second one in every other book.
    let mut currencies = books.iter().map(|book| &book.currency.value);
    catalog.currency = currencies.find(|code| is_currency(code)).cloned().unwrap_or_default();
    for book in books {
        let enough = faults.len() + ENOUGH_FAULTS;
        Builder {
            catalog: &mut catalog,
            faults,
            regions: HashMap::new(),
            skus: HashMap::new(),
            suggestions: MOST_SUGGESTIONS,
            enough,
        }
        .book(book);
    }
    index(&mut catalog);
    catalog
}

/// Whether `code` has the form of a currency code, such as `USD`.
fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The lookups that the documented rules use, so that an answer does not depend on how much is on sale.
fn index(catalog: &mut Catalog) {
    let mut by_name: Vec<RegionId> = (0..catalog.regions.len()).map(RegionId::at).collect();
    by_name.sort_by(|&a, &b| {
        let (a, b) = (catalog.region(a), catalog.region(b));
        a.name.cmp(&b.name).then(a.provider.cmp(&b.provider))
    });
    catalog.regions_by_name = by_name;
    let mut capabilities: Vec<(Name, ProviderId)> = Vec::new();
    for (number, provider) in catalog.providers.iter().enumerate() {
        capabilities.extend(provider.capabilities.iter().map(|name| (name.clone(), ProviderId::at(number))));
    }
    capabilities.sort();
    capabilities.dedup_by(|later, first| later.0 == first.0);
    catalog.first_with_capability = capabilities;
    catalog.find_lowest_cost();
}

/// Adds one book to a catalog.
pub(super) struct Builder<'a> {
    pub(super) catalog: &'a mut Catalog,
    pub(super) faults: &'a mut Diagnostics,
    regions: HashMap<Name, RegionId>,
    skus: HashMap<Name, SkuId>,
    /// How many more unknown names get a suggestion.
    suggestions: usize,
    /// Number of faults at which offers are no longer checked.
    enough: usize,
}

impl Builder<'_> {
    fn book(&mut self, book: BookDraft) {
        let known = self.catalog.provider_named(&book.provider.value).is_some();
        numbers::name(self.faults, &book.provider.value, book.provider.span, "a provider");
        self.currency(&book.currency);
        if known {
            let message = format!("a second book of provider {}", quoted(&book.provider.value));
            self.fault(Kind::DuplicateProvider, book.provider.span, message, "load one book per provider");
            return;
        }
        let id = ProviderId::at(self.catalog.providers.len());
        let cost_per_hour = book.cost_per_hour.and_then(|cost| numbers::price(self.faults, cost, "`cost_per_hour`"));
        let rates = book.rates.and_then(|rates| {
            let compute_hour = numbers::price(self.faults, rates.compute_hour, "`compute_hour`");
            let storage_gb_month = numbers::price(self.faults, rates.storage_gb_month, "`storage_gb_month`");
            let network_gb = numbers::price(self.faults, rates.network_gb, "`network_gb`");
            Some(Rates { compute_hour: compute_hour?, storage_gb_month: storage_gb_month?, network_gb: network_gb? })
        });
        let regions = self.regions(id, &book.provider.value, book.regions);
        let skus = self.skus(id, book.skus);
        let provenance = book.provenance.into_iter();
        self.catalog.providers.push(Provider {
            name: book.provider.value,
            as_of: book.as_of.map(|date| date.value),
            source: book.source,
            capabilities: book.capabilities.into_iter().map(|capability| capability.value).collect(),
            cost_per_hour,
            rates,
            commitments: Vec::new(),
            power: None,
            provenance: provenance
                .map(|from| {
                    let as_of = from.as_of.map(|date| date.value);
                    Provenance { block: from.block, source: from.source, as_of, note: from.note }
                })
                .collect(),
            regions,
            skus,
            internet_default: None,
            destinations: Vec::new(),
            inter_region: None,
            routes: Vec::new(),
            cross_provider: None,
            zone: None,
        });
        self.offers(book.offers);
        let commitments = book.commitments.into_iter().filter_map(|draft| self.commitment(draft)).collect();
        let power = book.power.and_then(|power| self.power(power));
        if let Some(provider) = self.catalog.providers.last_mut() {
            provider.commitments = commitments;
            provider.power = power;
        }
        self.storage(id, book.storage);
        self.network(id, book.network);
    }

    pub(super) fn fault(&mut self, kind: Kind, span: Span, message: String, help: &str) {
        self.faults.push(Diagnostic::new(kind, span, message).help(help));
    }

    fn currency(&mut self, currency: &Spanned<Name>) {
        let code = &currency.value;
        if !is_currency(code) {
            let message = format!("{} is not a currency", quoted(code));
            self.fault(Kind::BadWord, currency.span, message, "write three capital letters, such as `USD`");
        } else if *code != self.catalog.currency {
            let message = format!("prices in {} beside prices in {}", quoted(code), quoted(&self.catalog.currency));
            self.fault(
                Kind::TwoCurrencies,
                currency.span,
                message,
                "convert one of the books; amounts are never mixed",
            );
        }
    }

    fn regions(
        &mut self,
        provider: ProviderId,
        provider_name: &str,
        drafts: Vec<RegionDraft>,
    ) -> std::ops::Range<usize> {
        let start = self.catalog.regions.len();
        for draft in drafts {
            let name = draft.name.value;
            numbers::name(self.faults, &name, draft.name.span, "a region");
            let region = quoted(&name);
            let zones = draft
                .zones
                .and_then(|zones| numbers::count(self.faults, zones, format_args!("`zones` of {region}"), (1, 100)));
            let grid = draft.grid_gco2_per_kwh.and_then(|grams| {
                numbers::quantity(self.faults, grams, format_args!("`grid_gco2_per_kwh` of {region}"))
            });
            let coordinates = draft.coordinates.and_then(|pair| self.coordinates(pair, &region));
            let mut certifications: Vec<Name> = draft.certifications.into_iter().map(|name| name.value).collect();
            certifications.sort_unstable();
            certifications.dedup();
            self.catalog.regions.push(Region {
                provider,
                path: Name::from(format!("{provider_name}/{name}")),
                name,
                title: draft.title,
                country: draft.country,
                jurisdiction: draft.jurisdiction,
                zones,
                coordinates,
                grid_gco2_per_kwh: grid,
                certifications,
                internet: None,
                storage: Vec::new(),
                offers: 0..0,
            });
        }
        let added = self.catalog.regions.get_mut(start..).unwrap_or_default();
        added.sort_by(|a, b| a.name.cmp(&b.name));
        for (position, region) in added.iter().enumerate() {
            let id = RegionId::at(start + position);
            if self.regions.insert(region.name.clone(), id).is_some() {
                let message = format!("region {} twice in one book", quoted(&region.name));
                self.faults.push(Diagnostic::new(Kind::DuplicateName, Span::NONE, message).help("keep one of them"));
            }
        }
        start..self.catalog.regions.len()
    }

    fn coordinates(&mut self, pair: [Spanned<rust_decimal::Decimal>; 2], region: &str) -> Option<[i32; 2]> {
        let mut exact = [0; 2];
        for (position, (degrees, most)) in pair.into_iter().zip([90_i128, 180]).enumerate() {
            let parts = crate::money::scaled(degrees.value, 6).filter(|parts| parts.abs() <= most * 1_000_000);
            let parts = parts.and_then(|parts| i32::try_from(parts).ok());
            let Some(parts) = parts else {
                let message = format!("`coordinates` of {region} hold {}", quoted(&degrees.value.to_string()));
                let help = "write latitude (-90 to 90) and longitude (-180 to 180) with at most 6 decimals";
                self.fault(Kind::OutOfRange, degrees.span, message, help);
                return None;
            };
            exact[position] = parts;
        }
        Some(exact)
    }

    fn skus(&mut self, provider: ProviderId, drafts: Vec<SkuDraft>) -> std::ops::Range<usize> {
        let start = self.catalog.skus.len();
        self.catalog.skus.reserve_exact(drafts.len());
        for draft in drafts {
            let name = draft.name.value;
            numbers::name(self.faults, &name, draft.name.span, "a sku");
            let sku = quoted(&name);
            let vcpu = numbers::positive(self.faults, draft.vcpu, format_args!("`vcpu` of {sku}"));
            let memory_gib = numbers::positive(self.faults, draft.memory_gib, format_args!("`memory_gib` of {sku}"));
            let accelerator = draft.accelerator.and_then(|accelerator| {
                let model = self.accelerator(&accelerator.model, &format!(" of {sku}"));
                let count =
                    numbers::positive(self.faults, accelerator.count, format_args!("accelerator `count` of {sku}"));
                let memory_gib = accelerator.memory_gib.and_then(|memory| {
                    numbers::positive(self.faults, memory, format_args!("accelerator memory of {sku}"))
                });
                Some(SkuAccelerator { model: model?, count: count?, memory_gib })
            });
            // A SKU with a bad figure stays, so that its offers do not fault as well.
            self.catalog.skus.push(Sku {
                provider,
                name,
                vcpu: vcpu.unwrap_or_default(),
                memory_gib: memory_gib.unwrap_or_default(),
                family: draft.family,
                arch: draft.arch,
                accelerator,
            });
        }
        let added = self.catalog.skus.get_mut(start..).unwrap_or_default();
        added.sort_by(|a, b| a.name.cmp(&b.name));
        self.skus.reserve(added.len());
        for (position, sku) in added.iter().enumerate() {
            if self.skus.insert(sku.name.clone(), SkuId::at(start + position)).is_some() {
                let message = format!("sku {} twice in one book", quoted(&sku.name));
                self.faults.push(Diagnostic::new(Kind::DuplicateName, Span::NONE, message).help("keep one of them"));
            }
        }
        start..self.catalog.skus.len()
    }

    fn accelerator(&mut self, model: &Spanned<Name>, of: &str) -> Option<Accelerator> {
        let found = Accelerator::named(&model.value);
        if found.is_none() {
            let message = format!("unknown accelerator {}{of}", quoted(&model.value));
            self.faults.push(Diagnostic::new(Kind::UnknownAccelerator, model.span, message).suggest(
                &model.value,
                Accelerator::names(),
                Some(format!("known are {}", listed(Accelerator::names()))),
            ));
        }
        found
    }

    pub(super) fn region(&mut self, name: &Spanned<Name>, place: impl Fn() -> String) -> Option<RegionId> {
        let found = self.regions.get(&name.value).copied();
        if found.is_none() {
            let message = format!("unknown region {} in {}", quoted(&name.value), place());
            if !self.may_suggest() {
                self.fault(Kind::UnknownRegion, name.span, message, "add it to `regions`");
                return None;
            }
            let mut known: Vec<&str> = self.regions.keys().map(|name| &**name).collect();
            known.sort_unstable();
            let otherwise = format!("add it to `regions`, which has {}", listed(known.iter().copied()));
            self.faults.push(Diagnostic::new(Kind::UnknownRegion, name.span, message).suggest(
                &name.value,
                known,
                Some(otherwise),
            ));
        }
        found
    }

    fn sku(&mut self, name: &Spanned<Name>, place: &str) -> Option<SkuId> {
        let found = self.skus.get(&name.value).copied();
        if found.is_none() {
            let message = format!("unknown sku {} in {place}", quoted(&name.value));
            if !self.may_suggest() {
                self.fault(Kind::UnknownSku, name.span, message, "describe it in `skus`");
                return None;
            }
            let mut known: Vec<&str> = self.skus.keys().map(|name| &**name).collect();
            known.sort_unstable();
            self.faults.push(Diagnostic::new(Kind::UnknownSku, name.span, message).suggest(
                &name.value,
                known,
                Some("describe it in `skus`".to_owned()),
            ));
        }
        found
    }

    /// Whether another unknown name of this book may be compared with all known ones.
    fn may_suggest(&mut self) -> bool {
        let left = self.suggestions > 0;
        self.suggestions = self.suggestions.saturating_sub(1);
        left
    }

    fn offers(&mut self, drafts: Vec<OfferDraft>) {
        let start = self.catalog.offers.len();
        let rows = drafts.iter().map(|draft| draft.on_demand.len() + draft.spot.len()).sum();
        self.catalog.offers.reserve_exact(rows);
        for draft in drafts {
            let sku = self.sku(&draft.sku, "offers");
            for (terms, prices) in [(Terms::OnDemand, draft.on_demand), (Terms::Spot, draft.spot)] {
                for price in prices {
                    self.offer(&draft.sku.value, sku, terms, price);
                }
            }
        }
        let added = self.catalog.offers.get_mut(start..).unwrap_or_default();
        added.sort_by_key(|offer| (offer.region, offer.sku, offer.terms));
        let mut twice = Vec::new();
        for pair in added.windows(2) {
            if let [a, b] = pair
                && (a.region, a.sku, a.terms) == (b.region, b.sku, b.terms)
            {
                twice.push((a.sku, a.region, a.terms));
            }
        }
        for (sku, region, terms) in twice {
            let message = format!(
                "two {} prices for {} in {}",
                terms.name(),
                quoted(&self.catalog.sku(sku).name),
                quoted(&self.catalog.region(region).name)
            );
            self.fault(Kind::DuplicateName, Span::NONE, message, "keep one of them");
        }
        let mut from = start;
        while let Some(first) = self.catalog.offers.get(from).copied() {
            let rest = self.catalog.offers.get(from..).unwrap_or_default();
            let to = from + rest.partition_point(|offer| offer.region == first.region);
            if let Some(region) = self.catalog.regions.get_mut(first.region.index()) {
                region.offers = from..to;
            }
            from = to;
        }
    }

    fn offer(&mut self, sku_name: &str, sku: Option<SkuId>, terms: Terms, draft: PriceDraft) {
        if self.faults.len() >= self.enough {
            return;
        }
        let region = self.region(&draft.region, || format!("offers of {}", quoted(sku_name)));
        let in_region = &draft.region.value;
        let what = || format!("{} price of {} in {}", terms.name(), quoted(sku_name), quoted(in_region));
        let price = numbers::price(self.faults, draft.price, LazyName(&what));
        if price == Some(UnitPrice::ZERO) {
            let message = format!("{} is zero", what());
            let help = "leave the offer out if its price is unknown; absent means not sold";
            self.fault(Kind::OutOfRange, draft.price.span, message, help);
            return;
        }
        let detail = draft.detail.and_then(|detail| self.offer_detail(*detail, &what, terms, draft.price.span));
        if let (Some(region), Some(sku), Some(price)) = (region, sku, price) {
            self.catalog.offers.push(Offer { region, sku, terms, price, list_price: price, detail });
        }
    }

    /// The number of an offer's detail; equal ones, such as the note on a derived family, are kept once.
    fn offer_detail(
        &mut self,
        draft: PriceDetailDraft,
        what: &dyn Fn() -> String,
        terms: Terms,
        at: Span,
    ) -> Option<u32> {
        let lowest_zone = draft
            .lowest_zone
            .and_then(|price| numbers::price(self.faults, price, format_args!("lowest zone of the {}", what())));
        if terms == Terms::OnDemand && (draft.lowest_zone.is_some() || draft.interruption.is_some()) {
            let span = draft.lowest_zone.map_or(at, |price| price.span);
            let message = format!("the {} has zones or an interruption band", what());
            self.fault(Kind::Conflicting, span, message, "only spot prices have these");
        }
        let detail = OfferDetail { lowest_zone, interruption: draft.interruption, derived: draft.derived };
        if self.catalog.details.last() != Some(&detail) {
            self.catalog.details.push(detail);
        }
        u32::try_from(self.catalog.details.len() - 1).ok()
    }

    fn commitment(&mut self, draft: CommitmentDraft) -> Option<Commitment> {
        let name = quoted(&draft.name.value);
        let covers = match (draft.family, draft.sku) {
            (Some(family), None) => Some(Covers::Family(family.value)),
            (None, Some(sku)) => self.sku(&sku, &format!("commitment {name}")).map(Covers::Sku),
            _ => {
                let message = format!("commitment {name} must cover one family or one sku");
                self.fault(
                    Kind::Conflicting,
                    draft.name.span,
                    message,
                    "write `covers: {family: …}` or `covers: {sku: …}`",
                );
                None
            }
        };
        let term_months =
            numbers::count(self.faults, draft.term_months, format_args!("`term_months` of {name}"), (1, 120));
        let discount = numbers::percent(self.faults, draft.discount, format_args!("`discount` of {name}"));
        let upfront = numbers::percent(self.faults, draft.upfront, format_args!("`upfront` of {name}"));
        Some(Commitment {
            name: draft.name.value,
            covers: covers?,
            scope: draft.scope,
            term_months: term_months?,
            discount: discount?,
            upfront: upfront?,
        })
    }

    fn power(&mut self, draft: PowerDraft) -> Option<Power> {
        let vcpu_w = numbers::quantity(self.faults, draft.vcpu_w, "`vcpu_w`");
        let pue = numbers::positive(self.faults, draft.pue, "`pue`");
        if pue.is_some_and(|pue| pue < Quantity::whole(1)) {
            let message = format!("`pue` is {}", quoted(&draft.pue.value.to_string()));
            let help = "write a factor of at least 1: the building's power over that of its machines";
            self.fault(Kind::OutOfRange, draft.pue.span, message, help);
        }
        let mut accelerator_w = Vec::new();
        for (model, watts) in draft.accelerator_w {
            let watts = numbers::quantity(self.faults, watts, format_args!("power of {}", quoted(&model.value)));
            let Some(known) = self.accelerator(&model, " in `power`") else { continue };
            if accelerator_w.iter().any(|&(other, _)| other == known) {
                let message = format!("`power` has {} under two names", quoted(known.name()));
                self.fault(Kind::DuplicateName, model.span, message, "keep one of the two");
            }
            accelerator_w.extend(watts.map(|watts| (known, watts)));
        }
        accelerator_w.sort_unstable();
        Some(Power { vcpu_w: vcpu_w?, accelerator_w, pue: pue?, source: draft.source })
    }
}

/// Text that is made only when a fault is reported: half a million prices are checked without one.
struct LazyName<'a>(&'a dyn Fn() -> String);

impl std::fmt::Display for LazyName<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&(self.0)())
    }
}
