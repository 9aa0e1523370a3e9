//! Names of offers, as questions and plans write them.

use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span, quoted};
use crate::plan::Placement;
use crate::problem::describe;
use crate::rules::{Reason, Supply, supplies};
use crate::scenario::Workload;

/// Where and on what a placement is, as [`describe`] writes a supply.
pub(super) fn of_placement(placement: &Placement) -> String {
    let place = format!("{}/{}", placement.provider, placement.region);
    match (&placement.sku, placement.terms, placement.option) {
        (Some(sku), Some(terms), _) => format!("{place} {sku} {}", terms.name()),
        (_, _, Some(option)) => format!("{place} option {option}"),
        _ => format!("{place} flat rates"),
    }
}

/// The supply that a text names: `aws/us-east-1/m7i.xlarge`, with `/spot` where both are sold; `aws/us-east-1/option 2`
/// and `aws/us-east-1` for given options and flat rates. Blanks do as well as slashes.
pub(super) fn supply_named(catalog: &Catalog, workload: &Workload, text: &str) -> Result<Supply, Diagnostics> {
    let all = supplies(catalog, workload);
    let wanted = text.trim().replace(' ', "/");
    let named = |supply: Supply| describe(catalog, workload, supply).replace(' ', "/");
    let exact = all.iter().copied().find(|&supply| named(supply) == wanted);
    // Without terms, what is sold on demand comes first.
    let found = exact.or_else(|| {
        let ends = ["/on-demand", "/spot", "/flat/rates"].map(|end| format!("{wanted}{end}"));
        ends.iter().find_map(|end| all.iter().copied().find(|&supply| named(supply) == *end))
    });
    found.ok_or_else(|| one(unknown(catalog, &all.iter().map(|&supply| named(supply)).collect::<Vec<_>>(), &wanted)))
}

fn one(fault: Diagnostic) -> Diagnostics {
    let mut faults = Diagnostics::new();
    faults.push(fault);
    faults
}

/// What is wrong with the name of an offer: the first part of it that does not exist.
fn unknown(catalog: &Catalog, all: &[String], wanted: &str) -> Diagnostic {
    let mut parts = wanted.splitn(3, '/');
    let (provider, region) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let Some(id) = catalog.provider_named(provider) else {
        let message = format!("unknown provider {} in offer {}", quoted(provider), quoted(wanted));
        let legal: Vec<&str> = catalog.providers().iter().map(|provider| &*provider.name).collect();
        let otherwise = "write an offer as `provider/region/sku` or `provider/region/sku/terms`".to_owned();
        return Diagnostic::new(Kind::UnknownProvider, Span::NONE, message).suggest(provider, legal, Some(otherwise));
    };
    if catalog.region_named(id, region).is_none() {
        let message = format!("unknown region {} of {provider} in offer {}", quoted(region), quoted(wanted));
        let legal: Vec<&str> = catalog.regions_of(id).map(|region| &*catalog.region(region).name).collect();
        return Diagnostic::new(Kind::UnknownRegion, Span::NONE, message).suggest(region, legal, None);
    }
    let place = format!("{provider}/{region}/");
    let legal: Vec<&str> = all.iter().filter_map(|offer| offer.strip_prefix(&place)).collect();
    let sku = wanted.strip_prefix(&place).unwrap_or_default();
    let skus: Vec<&str> = legal.iter().map(|offer| offer.split('/').next().unwrap_or(offer)).collect();
    let message = match sku {
        "" => format!("offer {} names no SKU", quoted(wanted)),
        _ => format!("{provider}/{region} has no offer {}", quoted(sku)),
    };
    let otherwise = if legal.is_empty() {
        "nothing that this workload could use is sold there".to_owned()
    } else {
        format!("{} offers are sold there, such as {}", legal.len(), quoted(legal[0]))
    };
    Diagnostic::new(Kind::UnknownSku, Span::NONE, message).suggest(sku, skus, Some(otherwise))
}

/// What a reason is about, for counting.
pub(super) fn kind(reason: &Reason) -> &'static str {
    match reason {
        Reason::Provider => "provider",
        Reason::Region => "region",
        Reason::Jurisdiction(_) => "residency",
        Reason::Certification(_) => "certifications",
        Reason::Terms(_) => "terms",
        Reason::Vcpu(..) => "vCPU",
        Reason::Memory(..) => "memory",
        Reason::Arch(_) => "architecture",
        Reason::AcceleratorModel(_) => "accelerator",
        Reason::AcceleratorCount(..) => "accelerators",
        Reason::NoPrice(_) => "a price",
        Reason::NoCarbon(_) => "a carbon figure",
    }
}
