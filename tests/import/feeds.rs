//! The importers over the real samples beside the repository; without them the tests say so and pass.

use std::path::{Path, PathBuf};
use std::process::Command;

use tradewind::catalog_from_yaml;
use tradewind::import::{Format, Imported, Options, import};

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
fn built(prices: &Path, provider: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{provider}.yaml"));
    let recipe = root.join("pricing/build").join(format!("{provider}.sh"));
    let ran = Command::new("sh")
        .arg(recipe)
        .args([prices, output.as_path()])
        .env("TRADEWIND", env!("CARGO_BIN_EXE_tradewind"))
        .output()
        .expect("a shell");
    assert!(ran.status.success(), "{provider}: {}", String::from_utf8_lossy(&ran.stderr));
    output
}

#[test]
fn the_shipped_books_are_what_their_recipes_give() {
    let Some(prices) = prices() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for book in ["full/aws", "full/gcp", "full/azure", "lambda", "nebius", "oci"] {
        let provider = book.trim_start_matches("full/");
        let path = built(&prices, provider);
        let read = |path: PathBuf| std::fs::read_to_string(path).expect("a book");
        let shipped = read(root.join("pricing").join(format!("{book}.yaml")));
        assert!(read(path) == shipped, "pricing/{book}.yaml: run pricing/build/{provider}.sh");
    }
}
