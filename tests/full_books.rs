//! The complete price books, `pricing/full/`: that they hold what their README promises, that their regions are
//! described, and that they agree with the smaller books in every price.

use std::fs;
use std::path::Path;

use tradewind::catalog::{Catalog, Provider, SkuId, Terms};
use tradewind::load_catalog;

/// A complete book and what its README says that it holds.
struct Promised {
    provider: &'static str,
    /// Regions described, and those with a machine on sale.
    regions: [usize; 2],
    machines: usize,
    /// On-demand prices and spot prices.
    offers: [usize; 2],
    /// Prices that no list states, and those with an interruption band.
    derived: usize,
    bands: usize,
    /// Regions of which no source has the title, country, jurisdiction or coordinates.
    unplaced: &'static [&'static str],
}

const PROMISED: [Promised; 3] = [
    Promised {
        provider: "aws",
        regions: [32, 20],
        machines: 1200,
        offers: [1841, 1380],
        derived: 1687,
        bands: 1359,
        unplaced: &[],
    },
    Promised {
        provider: "gcp",
        regions: [42, 42],
        machines: 180,
        offers: [5696, 5696],
        derived: 8,
        bands: 0,
        unplaced: &[],
    },
    Promised {
        provider: "azure",
        regions: [61, 57],
        machines: 127,
        offers: [6034, 82],
        derived: 0,
        bands: 0,
        unplaced: &["swedensouth"],
    },
];

/// Members of the European Union in which a provider has a region.
const IN_EU: [&str; 13] = ["AT", "BE", "DE", "DK", "ES", "FI", "FR", "IE", "IT", "NL", "PL", "PT", "SE"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The catalog of one book under `pricing/`.
fn book(name: &str) -> Catalog {
    let path = root().join("pricing").join(format!("{name}.yaml"));
    load_catalog(&[path]).unwrap_or_else(|faults| panic!("{faults}"))
}

fn full(provider: &str) -> Catalog {
    book(&format!("full/{provider}"))
}

/// How many offers are on these terms.
fn on(catalog: &Catalog, terms: Terms) -> usize {
    catalog.offers().iter().filter(|offer| offer.terms == terms).count()
}

#[test]
fn the_complete_books_hold_as_many_regions_machines_and_prices_as_their_readme_says() {
    let readme = fs::read_to_string(root().join("pricing/README.md")).expect("the README of the books");
    for promised in PROMISED {
        let Promised {
            provider, regions: [known, selling], machines, offers: [on_demand, spot], derived, bands, ..
        } = promised;
        let catalog = full(provider);
        assert!(catalog.offers().len() >= 3_000, "{provider}: {} offers", catalog.offers().len());
        let mut sold: Vec<SkuId> = catalog.offers().iter().map(|offer| offer.sku).collect();
        sold.sort_unstable();
        sold.dedup();
        assert_eq!(sold.len(), catalog.skus().len(), "{provider}: every machine has a price");
        let id = catalog.provider_named(provider).expect("its provider");
        let in_use = catalog.regions_of(id).filter(|&region| catalog.offers_in(region).next().is_some()).count();
        assert_eq!([catalog.regions().len(), in_use], [known, selling], "{provider}: regions, and those that sell");
        assert_eq!(catalog.skus().len(), machines, "{provider}: machines");
        assert_eq!([on(&catalog, Terms::OnDemand), on(&catalog, Terms::Spot)], [on_demand, spot], "{provider}: prices");
        let details = || catalog.offers().iter().filter_map(|offer| catalog.detail(offer));
        assert_eq!(details().filter(|detail| detail.derived.is_some()).count(), derived, "{provider}: derived");
        assert_eq!(details().filter(|detail| detail.interruption.is_some()).count(), bands, "{provider}: bands");
        let row = format!(
            "| `full/{provider}.yaml` | {known} ({selling}) | {machines} | {on_demand} | {spot} | {derived} | {bands} |"
        );
        assert!(readme.contains(&row), "the README of the books has not the row\n{row}");
    }
}

#[test]
fn every_region_of_the_complete_books_is_on_the_map_and_under_a_law() {
    for Promised { provider, unplaced, .. } in PROMISED {
        for region in full(provider).regions() {
            let is_placed = region.title.is_some()
                && region.country.is_some()
                && region.jurisdiction.is_some()
                && region.coordinates.is_some();
            // In both directions, so that the list of exceptions cannot outlive the gap.
            assert_eq!(is_placed, !unplaced.contains(&&*region.name), "{} is described", region.path);
        }
    }
}

#[test]
fn the_jurisdiction_of_a_region_is_that_of_its_country() {
    for Promised { provider, .. } in PROMISED {
        for region in full(provider).regions() {
            let expected = region.country.as_deref().map(|country| match country {
                "GB" => "UK",
                "NO" => "EEA",
                country if IN_EU.contains(&country) => "EU",
                country => country,
            });
            assert_eq!(region.jurisdiction.as_deref(), expected, "{}", region.path);
        }
    }
}

/// Whether a block, as provenance names it, says where its figures come from or of when they are.
fn has_source_or_date(provider: &Provider, block: &str) -> bool {
    let mut stated = provider.provenance.iter().filter(|from| &*from.block == block);
    stated.any(|from| from.source.is_some() || from.as_of.is_some())
}

#[test]
fn every_block_of_the_complete_books_has_a_source_or_a_date() {
    for Promised { provider, .. } in PROMISED {
        let catalog = full(provider);
        let stated = &catalog.providers()[0];
        assert!(stated.source.is_some() && stated.as_of.is_some(), "{provider}: the book");
        let classes = catalog.classes().iter().map(|class| format!("storage {class}"));
        let blocks = ["regions", "skus", "offers", "network internet", "network inter_region", "network zone"];
        for block in blocks.map(str::to_owned).into_iter().chain(classes) {
            assert!(has_source_or_date(stated, &block), "{provider}: {block}");
        }
        assert!(!stated.commitments.is_empty(), "{provider}: commitments");
        // Those of one book come from several places, and each says from which.
        for commitment in &stated.commitments {
            let name = &commitment.name;
            let is_sourced =
                has_source_or_date(stated, "commitments") || has_source_or_date(stated, &format!("commitments {name}"));
            assert!(is_sourced, "{provider}: commitment `{name}`");
        }
    }
}

#[test]
fn spot_is_the_dearest_zone_and_nine_in_ten_spot_prices_of_aws_have_a_band() {
    for Promised { provider, bands, .. } in PROMISED {
        let catalog = full(provider);
        for offer in catalog.offers().iter().filter(|offer| offer.terms == Terms::Spot) {
            let lowest = catalog.detail(offer).and_then(|detail| detail.lowest_zone);
            assert!(lowest.is_none_or(|lowest| lowest <= offer.price), "{}", catalog.sku(offer.sku).name);
        }
        assert!(provider != "aws" || bands * 10 > on(&catalog, Terms::Spot) * 9, "{provider}: bands");
    }
}

#[test]
fn the_complete_books_hold_every_price_of_the_smaller_ones() {
    /// Machine, region, terms and price of every offer, sorted.
    fn priced(catalog: &Catalog) -> Vec<(String, String, Terms, String)> {
        let all = catalog.offers().iter().map(|offer| {
            let (sku, region) = (&catalog.sku(offer.sku).name, &catalog.region(offer.region).name);
            (sku.to_string(), region.to_string(), offer.terms, offer.price.to_string())
        });
        let mut all: Vec<_> = all.collect();
        all.sort();
        all
    }
    for Promised { provider, .. } in PROMISED {
        let (full, small) = (priced(&full(provider)), priced(&book(provider)));
        assert!(small.len() >= 200, "{provider}: {} prices", small.len());
        for row in small {
            assert!(full.binary_search(&row).is_ok(), "{provider}: {row:?}");
        }
    }
}
