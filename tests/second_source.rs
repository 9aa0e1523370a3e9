//! The shipped books against a second source, where there is one: how far they agree, and that every disagreement is
//! listed in `pricing/README.md`, and no other.
//!
//! The second sources lie beside the repository, in `../shared/data/prices`; without them the tests say so and pass.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use tradewind::catalog::{Catalog, Terms, Transfer};
use tradewind::{catalog_from_yaml, load_catalog};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the price data, or a word on its absence.
fn data(name: &str) -> Option<String> {
    let path: PathBuf = root().join("../shared/data/prices").join(name);
    let text = fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {name} is not beside the repository");
    }
    text
}

/// The rows of a CSV file without quotes around commas, by the names of its columns.
fn rows(text: &str) -> Vec<BTreeMap<&str, &str>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    lines.map(|line| header.iter().copied().zip(line.split(',')).collect()).collect()
}

/// Sources that the books themselves are built from: a row of theirs is no second opinion.
const OWN: [(&str, &str); 5] = [
    ("aws", "karpenter-provider-aws"),
    ("gcp", "Cyclenerd"),
    ("nebius", "skypilot-catalog"),
    ("lambda", "anycloud"),
    ("oci", "skypilot-catalog"),
];

/// The on-demand price of a machine in the book.
fn in_book(catalog: &Catalog, region: &str, sku: &str) -> Option<Decimal> {
    let offers = catalog.offers().iter().filter(|offer| offer.terms == Terms::OnDemand);
    let mut found =
        offers.filter(|offer| *catalog.sku(offer.sku).name == *sku && *catalog.region(offer.region).name == *region);
    // A derived price is no statement of the book's source.
    let offer = found.next().filter(|offer| catalog.detail(offer).is_none_or(|detail| detail.derived.is_none()))?;
    Some(Decimal::from_i128_with_scale(i128::from(offer.price.units()), 12).normalize())
}

/// How many prices of a second source were compared, and a line for each that differs.
#[derive(Default)]
struct Agreement {
    compared: BTreeSet<(String, String)>,
    differing: BTreeSet<String>,
}

impl Agreement {
    fn compare(&mut self, catalog: &Catalog, provider: &str, row: &BTreeMap<&str, &str>, other: &str) {
        let (region, sku) = (row["region"], row["instance_type"]);
        // Zero and blank are no prices.
        let stated = row["price_per_hour"].parse().ok().filter(|price: &Decimal| !price.is_zero());
        let Some((is, says)) = in_book(catalog, region, sku).zip(stated) else { return };
        self.compared.insert((region.to_owned(), sku.to_owned()));
        // Second sources round to four decimals or more.
        if is.round_dp(4) != says.round_dp(4) {
            self.differing.insert(format!("- {provider} {region} {sku}: {is}, and {} by {other}", says.normalize()));
        }
    }
}

/// Compares every book with every second source.
fn agreements() -> Option<BTreeMap<&'static str, Agreement>> {
    let (excerpt, curated) = (data("compute/aws_skypilot_v8_excerpt.csv")?, data("compute/curated_offers.csv")?);
    let mut all = BTreeMap::new();
    for provider in ["aws", "gcp", "azure"] {
        let book = root().join(format!("pricing/{provider}.yaml"));
        let catalog = load_catalog(&[book]).unwrap_or_else(|faults| panic!("{faults}"));
        let mut agreement = Agreement::default();
        for row in rows(&curated).iter().filter(|row| row["provider"] == provider) {
            let source = row["source"];
            let is_own = OWN.iter().any(|(of, own)| *of == provider && source.starts_with(own));
            // What the AWS book takes from the excerpt is the excerpt's; us-east-1 it has from elsewhere.
            let is_own = is_own || (provider == "aws" && row["region"] != "us-east-1");
            if !is_own {
                agreement.compare(&catalog, provider, row, source.split(' ').next().unwrap_or(source));
            }
        }
        if provider == "aws" {
            for row in rows(&excerpt).iter().filter(|row| row["region"] == "us-east-1") {
                agreement.compare(&catalog, provider, row, "skypilot-catalog");
            }
        }
        all.insert(provider, agreement);
    }
    Some(all)
}

#[test]
fn a_second_source_agrees_or_the_readme_says_where_not() {
    let Some(agreements) = agreements() else { return };
    let readme = fs::read_to_string(root().join("pricing/README.md")).expect("the README of the books");
    let listed: BTreeSet<&str> = readme
        .lines()
        .filter(|line| line.starts_with("- ") && line.contains(", and ") && line.contains(" by "))
        .collect();
    let mut differing = BTreeSet::new();
    for (provider, agreement) in &agreements {
        let (compared, differ) = (agreement.compared.len(), agreement.differing.len());
        println!("{provider}: {} of {compared} prices agree", compared - differ.min(compared));
        // Of gcp, the second source prices accelerators, of which the book may have few.
        assert!(compared >= 10 || *provider == "gcp", "{provider}: {compared} prices were compared");
        // A book that differs in a tenth of its prices is not checked by that source, it is contradicted.
        assert!(10 * differ <= compared, "{provider}: {differ} of {compared} differ\n{:#?}", agreement.differing);
        differing.extend(agreement.differing.iter().map(String::as_str));
    }
    assert_eq!(listed, differing, "`pricing/README.md` lists the disagreements, and those only");
}

/// An overlay as a book that loads by itself: it holds every part but the currency.
fn overlay(provider: &str) -> Catalog {
    let name = format!("pricing/overlays/{provider}-storage-network.yaml");
    let text = fs::read_to_string(root().join(&name)).expect("an overlay of the repository");
    let book = format!("{text}\ncurrency: USD\n");
    catalog_from_yaml(&[(&name, &book)]).unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn the_overlays_price_storage_and_routes_in_most_regions() {
    // Regions, those with standard storage, those with internet egress, and routes between two regions.
    for (provider, storage, routes) in [("aws", 25, 700), ("gcp", 40, 552), ("azure", 45, 462), ("oci", 1, 0)] {
        let catalog = overlay(provider);
        let id = catalog.provider_named(provider).expect("its provider");
        let class = catalog.class_named("standard").expect("a class");
        let stored = catalog.regions_of(id).filter(|&region| catalog.storage_price(region, class).is_some()).count();
        assert!(stored >= storage, "{provider}: {stored} regions with storage");
        let ends = || catalog.regions_of(id);
        let priced = ends()
            .flat_map(|from| ends().map(move |to| (from, to)))
            .filter(|(from, to)| matches!(catalog.transfer(*from, *to), Transfer::Tariff(_)));
        assert!(priced.count() >= routes, "{provider}: routes");
        for region in catalog.regions() {
            assert!(region.coordinates.is_some() && region.jurisdiction.is_some(), "{} is described", region.path);
        }
        let provider = &catalog.providers()[0];
        let dated = provider.provenance.iter().filter(|from| from.source.is_some() && from.as_of.is_some());
        assert!(dated.count() >= 3, "{}: source and date on every block", provider.name);
    }
}

#[test]
fn retrieval_and_parts_of_the_internet_are_priced() {
    let catalog = overlay("gcp");
    let id = catalog.provider_named("gcp").expect("its provider");
    let region = catalog.region_named(id, "europe-west4").expect("a region");
    let archive = catalog.class_named("archive").expect("a class");
    let price = catalog.storage_price(region, archive).expect("a price");
    // 0.05 per GiB: × 10⁹ / 2³⁰ = 0.0465661287307739…
    assert_eq!(price.retrieval_per_gb.map(|price| price.to_string()).as_deref(), Some("0.046566128731"));
    let world = catalog.tariff(catalog.internet_tariff(region).expect("a tariff"));
    let china = catalog.part_named("china").expect("a part");
    let china = catalog.tariff(catalog.internet_tariff_to(region, china).expect("a tariff"));
    assert!(china.first_paid_price() > world.first_paid_price());
    assert_eq!(catalog.part_named("the moon"), None);
}
