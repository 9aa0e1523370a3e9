//! The importers over the real samples beside the repository; without them the tests say so and pass.

use std::path::{Path, PathBuf};
use std::process::Command;

use tradewind::catalog::{Catalog, SkuId, Terms};
use tradewind::import::{Format, Imported, Options, import};
use tradewind::{catalog_from_yaml, load_catalog};

/// The folder of price data, if it is there.
fn prices() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/prices");
    if !folder.is_dir() {
        println!("skipped: no {}", folder.display());
        return None;
    }
    Some(folder)
}

fn read(format: Format, files: &[PathBuf], options: &Options) -> Result<Imported, String> {
    let imported = import(format, files, options).map_err(|faults| faults.to_string())?;
    catalog_from_yaml(&[("book", &imported.book)]).map_err(|faults| faults.to_string())?;
    Ok(imported)
}

fn dollars() -> Options {
    Options { currency: Some("USD".to_owned()), ..Options::default() }
}

#[test]
fn the_sample_of_the_gcp_catalog_mixes_two_currencies() {
    let Some(prices) = prices() else { return };
    let files = [
        prices.join("samples/gcp_cloud_billing_skus_opencost.json"),
        prices.join("compute/server_shapes_sparecores_2026-01-31.csv"),
    ];
    let faults = read(Format::Gcp, &files, &Options::default()).expect_err("dollars and rupiah");
    assert!(faults.contains("opencost.json:153:9: prices in two currencies: `IDR` here, `USD` at "), "{faults}");
    // Where the dollars are, alone: 12 × 0.031611 + 85 × 0.004237 + 2.933908 = 3.673385.
    let options = Options { regions: vec!["us-west1".to_owned()], include: vec!["a2-*".to_owned()], ..dollars() };
    let faults = read(Format::Gcp, &files, &options).expect_err("E2 is priced in rupiah there");
    assert!(faults.contains("opencost.json:275:9"), "{faults}");
}

#[test]
fn the_samples_of_aws_and_azure_hold_no_machine_for_linux_on_demand() {
    let Some(prices) = prices() else { return };
    for (format, file) in [
        (Format::Aws, "samples/aws_price_list_opencost_1.json"),
        (Format::Azure, "samples/azure_retail_price_item.json"),
    ] {
        let faults = read(format, &[prices.join(file)], &Options::default()).expect_err("nothing to sell");
        assert!(faults.starts_with("no price was taken from the feeds\nhelp: "), "{faults}");
    }
}

#[test]
fn the_skypilot_excerpt_has_the_dearest_zone_as_its_price() {
    let Some(prices) = prices() else { return };
    let file = prices.join("compute/aws_skypilot_v8_excerpt.csv");
    let imported = read(Format::Skypilot, &[file], &dollars()).unwrap_or_else(|faults| panic!("{faults}"));
    // Two zones of ap-northeast-1: 23.6225 and 20.644.
    assert!(imported.book.contains("ap-northeast-1: {price: 23.6225, lowest_zone: 20.644}"), "{}", imported.book);
    assert_eq!(
        imported.notes.last().map(String::as_str),
        Some("20 regions, 18 machines, 176 on-demand prices, 175 spot prices, 0 commitments")
    );
}

#[test]
fn savings_and_bands_of_the_spot_advisor_join_the_list_prices() {
    let Some(prices) = prices() else { return };
    let files = [
        prices.join("compute/aws_us-east-1_karpenter_2026-07-20.csv"),
        prices.join("compute/aws_spot_advisor_linux_2025-06-28.csv"),
    ];
    let options = Options { include: vec!["m7i.*".to_owned()], ..dollars() };
    let imported = read(Format::Csv, &files, &options).unwrap_or_else(|faults| panic!("{faults}"));
    let spot = imported.book.matches("off on-demand").count();
    assert!(spot >= 8, "{spot} spot prices of m7i");
}

#[test]
fn commitments_of_a_month_are_read_from_the_gcp_list() {
    let Some(prices) = prices() else { return };
    let files = [prices.join("compute/gcp_cyclenerd_2026-07-30.csv")];
    let options = Options { include: vec!["n2-standard-*".to_owned()], ..dollars() };
    let imported = read(Format::Csv, &files, &options).unwrap_or_else(|faults| panic!("{faults}"));
    assert!(imported.book.contains("term_months: 36"), "{}", imported.book);
}

/// The book that a recipe of the repository builds from the data.
fn built(prices: &Path, provider: &str, test: &str) -> (PathBuf, Catalog) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{provider}-{test}.yaml"));
    let recipe = root.join("pricing/build").join(format!("{provider}.sh"));
    let ran = Command::new("sh")
        .arg(recipe)
        .args([prices, output.as_path()])
        .env("TRADEWIND", env!("CARGO_BIN_EXE_tradewind"))
        .output()
        .expect("a shell");
    assert!(ran.status.success(), "{provider}: {}", String::from_utf8_lossy(&ran.stderr));
    let catalog = load_catalog(&[&output]).unwrap_or_else(|faults| panic!("{faults}"));
    (output, catalog)
}

#[test]
fn the_recipes_of_the_large_books_give_thousands_of_offers() {
    let Some(prices) = prices() else { return };
    // As many regions as the source of each has.
    for (provider, regions, offers) in [("aws", 20, 3_000), ("gcp", 40, 6_000), ("azure", 50, 5_000)] {
        let (_, catalog) = built(&prices, provider, "offers");
        assert!(catalog.regions().len() >= regions, "{provider}: {} regions", catalog.regions().len());
        assert!(catalog.offers().len() >= offers, "{provider}: {} offers", catalog.offers().len());
        let mut sold: Vec<SkuId> = catalog.offers().iter().map(|offer| offer.sku).collect();
        sold.sort_unstable();
        sold.dedup();
        assert_eq!(sold.len(), catalog.skus().len(), "{provider}: every machine has a price");
        for offer in catalog.offers().iter().filter(|offer| offer.terms == Terms::Spot) {
            let lowest = catalog.detail(offer).and_then(|detail| detail.lowest_zone);
            assert!(lowest.is_none_or(|lowest| lowest <= offer.price), "{}", catalog.sku(offer.sku).name);
        }
        if provider == "aws" {
            let spot = catalog.offers().iter().filter(|offer| offer.terms == Terms::Spot);
            let has_band = |offer: &&_| catalog.detail(offer).is_some_and(|detail| detail.interruption.is_some());
            assert!(spot.clone().filter(has_band).count() * 10 > spot.count() * 9, "nine in ten have a band");
        }
    }
}

#[test]
fn the_large_books_hold_every_price_of_the_shipped_ones() {
    let Some(prices) = prices() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for provider in ["aws", "gcp", "azure"] {
        let shipped = load_catalog(&[root.join("pricing").join(format!("{provider}.yaml"))]);
        let shipped = shipped.unwrap_or_else(|faults| panic!("{faults}"));
        let (_, built) = built(&prices, provider, "prices");
        let priced = |catalog: &Catalog| -> Vec<(String, String, Terms, String)> {
            let all = catalog.offers().iter().map(|offer| {
                let (sku, region) = (&catalog.sku(offer.sku).name, &catalog.region(offer.region).name);
                (sku.to_string(), region.to_string(), offer.terms, offer.price.to_string())
            });
            let mut all: Vec<_> = all.collect();
            all.sort();
            all
        };
        let built = priced(&built);
        for row in priced(&shipped) {
            assert!(built.binary_search(&row).is_ok(), "{provider}: {row:?}");
        }
    }
}

#[test]
fn the_small_books_are_what_their_recipes_give() {
    let Some(prices) = prices() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for provider in ["lambda", "nebius", "oci"] {
        let (path, _) = built(&prices, provider, "whole");
        let read = |path: PathBuf| std::fs::read_to_string(path).expect("a book");
        let shipped = read(root.join("pricing").join(format!("{provider}.yaml")));
        assert!(read(path) == shipped, "pricing/{provider}.yaml: run pricing/build/{provider}.sh");
    }
}
