//! From the drafts of contracts to layers, and from list prices to what is paid: once, when a catalog is built.

use std::collections::BTreeSet;

use crate::catalog::draft::{ContractDraft, LayerDraft};
use crate::catalog::layer::{Change, Contract, Layer, LayerScope, contracted};
use crate::catalog::{Catalog, Lookup, Name, SkuId, sorted};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span, Spanned, quoted};
use crate::money::UnitPrice;
use crate::numbers;

/// Puts contracts on a complete catalog: resolves their layers, and replaces the price of every offer they change.
pub(crate) fn apply(catalog: &mut Catalog, drafts: Vec<ContractDraft>, faults: &mut Diagnostics) {
    let before = faults.len();
    let mut compared = 0;
    let mut spans = Vec::new();
    let mut names: BTreeSet<Name> = BTreeSet::new();
    let mut contracts = Vec::with_capacity(drafts.len());
    for draft in drafts {
        numbers::name(faults, &draft.name.value, draft.name.span, "a contract");
        currency(catalog, &draft, faults);
        if draft.layers.is_empty() {
            let message = format!("contract {} has no layers", quoted(&draft.name.value));
            faults.push(Diagnostic::new(Kind::EmptyList, draft.name.span, message).help("write at least one layer"));
        }
        let mut layers = Vec::with_capacity(draft.layers.len());
        for layer in draft.layers {
            numbers::name(faults, &layer.name.value, layer.name.span, "a layer");
            if !names.insert(layer.name.value.clone()) {
                let message = format!("a second layer {}", quoted(&layer.name.value));
                let fault = Diagnostic::new(Kind::DuplicateName, layer.name.span, message);
                faults.push(fault.help("give each layer of all contracts a name of its own"));
            }
            let mut lookup = Lookup { catalog, faults, compared: &mut compared };
            let scope = scope(&mut lookup, &layer);
            if let (Some(scope), Some(change)) = (scope, change(faults, &layer)) {
                spans.push(layer.name.span);
                layers.push(Layer { name: layer.name.value, scope, change });
            }
        }
        let ContractDraft { name, source, as_of, note, .. } = draft;
        contracts.push(Contract { name: name.value, source, as_of, note, layers });
    }
    if faults.len() > before {
        return;
    }
    catalog.contracts = contracts;
    reprice(catalog, &spans, faults);
}

/// A fixed price needs a currency, and there is one for all prices.
fn currency(catalog: &Catalog, draft: &ContractDraft, faults: &mut Diagnostics) {
    let name = quoted(&draft.name.value);
    match &draft.currency {
        Some(currency) if currency.value != *catalog.currency() => {
            let (code, books) = (quoted(&currency.value), quoted(catalog.currency()));
            let message = format!("contract {name} has prices in {code}, the books in {books}");
            let fault = Diagnostic::new(Kind::TwoCurrencies, currency.span, message);
            faults.push(fault.help("convert its prices; amounts are never mixed"));
        }
        Some(_) => {}
        None => {
            if let Some(price) = draft.layers.iter().find_map(|layer| layer.price) {
                let message = format!("missing key `currency` in contract {name}, which has fixed prices");
                faults.push(Diagnostic::new(Kind::MissingKey, price.span, message).help("add `currency`"));
            }
        }
    }
}

/// The offers a layer names; `None` if one of its names does not exist.
fn scope(lookup: &mut Lookup<'_>, draft: &LayerDraft) -> Option<LayerScope> {
    let place = format!("layer {}", quoted(&draft.name.value));
    let catalog = lookup.catalog;
    let before = lookup.faults.len();
    let providers = sorted(draft.provider.iter().filter_map(|name| lookup.provider(name, &place)).collect());
    let regions = sorted(draft.region.iter().filter_map(|name| lookup.region(name, &place)).collect());
    let families = || catalog.skus().iter().filter_map(|sku| sku.family.as_deref());
    for name in &draft.family {
        lookup.one_of(name, "family", &place, families);
    }
    let mut skus: Vec<SkuId> = Vec::new();
    for name in &draft.sku {
        let of = (0..catalog.providers().len()).map(crate::catalog::ProviderId::at);
        let found = skus.len();
        skus.extend(of.filter_map(|provider| catalog.sku_named(provider, &name.value)));
        if skus.len() == found {
            let known = || catalog.skus().iter().map(|sku| &*sku.name);
            let fault =
                Diagnostic::new(Kind::UnknownSku, name.span, format!("unknown sku {} in {place}", quoted(&name.value)));
            lookup.unknown(fault, &name.value, known(), "loaded books have no such sku".to_owned());
        }
    }
    let families = sorted(draft.family.iter().map(|name| name.value.clone()).collect());
    let terms = sorted(draft.terms.clone());
    let scope = LayerScope { providers, families, regions, skus: sorted(skus), terms };
    (lookup.faults.len() == before).then_some(scope)
}

fn change(faults: &mut Diagnostics, draft: &LayerDraft) -> Option<Change> {
    let place = format!("layer {}", quoted(&draft.name.value));
    let zero = |faults: &mut Diagnostics, value: Spanned<rust_decimal::Decimal>, what: &str, help: &str| {
        let message = format!("the {what} of {place} is zero");
        faults.push(Diagnostic::new(Kind::OutOfRange, value.span, message).help(help));
    };
    match (draft.discount, draft.price) {
        (Some(discount), None) => {
            let share = numbers::percent(faults, discount, format_args!("the discount of {place}"))?;
            if share.parts() == 0 {
                zero(faults, discount, "discount", "remove the layer, or write what is taken off, as `11%`");
                return None;
            }
            Some(Change::Discount(share))
        }
        (None, Some(price)) => {
            let fixed = numbers::price(faults, price, format_args!("the price of {place}"))?;
            if fixed == UnitPrice::ZERO {
                zero(faults, price, "price", "write `discount: 100%` if nothing is charged");
                return None;
            }
            Some(Change::Price(fixed))
        }
        (both, _) => {
            let (kind, message, help) = if both.is_some() {
                (Kind::Conflicting, "has both `discount` and `price`", "write two layers, each with a name")
            } else {
                (Kind::MissingKey, "changes nothing", "write `discount` or `price`")
            };
            faults.push(Diagnostic::new(kind, draft.name.span, format!("{place} {message}")).help(help));
            None
        }
    }
}

/// Replaces the prices, and reports every layer that has no part in any of them.
fn reprice(catalog: &mut Catalog, spans: &[Span], faults: &mut Diagnostics) {
    let layers: Vec<&Layer> = catalog.contracts.iter().flat_map(|contract| &contract.layers).collect();
    let mut matched = vec![false; layers.len()];
    let mut counted = vec![false; layers.len()];
    let mut refused = vec![false; layers.len()];
    let mut prices = Vec::with_capacity(catalog.offers.len());
    for offer in &catalog.offers {
        let mine: Vec<usize> = (0..layers.len()).filter(|&number| layers[number].scope.holds(catalog, offer)).collect();
        mine.iter().for_each(|&number| matched[number] = true);
        // Those before the last fixed price have no part in what is paid.
        let last_fixed = mine.iter().rposition(|&number| matches!(layers[number].change, Change::Price(_)));
        mine[last_fixed.unwrap_or(0)..].iter().for_each(|&number| counted[number] = true);
        let price = contracted(offer.list_price, mine.iter().map(|&number| layers[number]));
        if let (None, Some(&last)) = (price, mine.last()) {
            refused[last] = true;
        }
        prices.push(price.unwrap_or(offer.list_price));
    }
    for (number, layer) in layers.iter().enumerate() {
        let name = quoted(&layer.name);
        if refused[number] {
            let message = format!("the discounts up to layer {name} compound to a price that cannot be kept exactly");
            let fault = Diagnostic::new(Kind::OutOfRange, spans[number], message);
            faults.push(fault.help("write fewer discounts with fewer decimals, or a fixed `price`"));
        }
        let (message, help) = match (matched[number], counted[number]) {
            (false, _) => (
                format!("layer {name} never applies: no offer is in all of its scope"),
                "widen its scope, or remove it",
            ),
            (true, false) => (
                format!("layer {name} never applies: a later fixed price replaces it everywhere"),
                "remove it, or move it behind the fixed price",
            ),
            (true, true) => continue,
        };
        faults.push(Diagnostic::new(Kind::NeverApplies, spans[number], message).help(help));
    }
    for (offer, price) in catalog.offers.iter_mut().zip(prices) {
        offer.price = price;
    }
}
