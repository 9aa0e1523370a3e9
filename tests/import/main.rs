//! Price feeds into books: small samples in each feed's format, with the whole book, what was said of it, or every fault.
//!
//! After a change that is meant, `TRADEWIND_BLESS=1 cargo test --test import` writes the expected texts anew.

mod bounded;
mod feeds;
mod reserved;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Once;

use tradewind::catalog_from_yaml;
use tradewind::import::{Format, Imported, Options, import};

/// Makes `tests/import/samples` the current directory, so that messages name files as a user there would.
fn enter() {
    static ENTERED: Once = Once::new();
    ENTERED.call_once(|| {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/samples");
        std::env::set_current_dir(directory).expect("the directory is part of the repository");
    });
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// What came of it: the notes and the book, or the faults.
fn outcome(format: Format, files: &[&str], options: &Options) -> Result<Imported, String> {
    enter();
    let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
    import(format, &files, options).map_err(|faults| faults.to_string())
}

/// Compares a text with the expected one in a file of that name.
fn is_expected(name: &str, text: &str) {
    let path = Path::new("../expected").join(format!("{name}.txt"));
    if std::env::var_os("TRADEWIND_BLESS").is_some() {
        fs::create_dir_all("../expected").expect("a directory for the expected texts");
        fs::write(&path, text).expect("the expected texts can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == text, "{name} is now\n{text}");
}

/// A book as expected, with its notes above it; the loader takes it.
fn book(name: &str, format: Format, files: &[&str], options: &Options) {
    let imported = outcome(format, files, options).unwrap_or_else(|faults| panic!("{name}: {faults}"));
    catalog_from_yaml(&[(name, &imported.book)]).unwrap_or_else(|faults| panic!("{name}: {faults}"));
    let notes: String = imported.notes.iter().map(|note| format!("{note}\n")).collect();
    is_expected(name, &format!("{notes}\n{}", imported.book));
}

/// Faults as expected, and no book.
fn refused(name: &str, format: Format, files: &[&str], options: &Options) {
    let faults = outcome(format, files, options).expect_err(name);
    is_expected(name, &format!("{faults}\n"));
}

fn acme() -> Options {
    Options {
        provider: some("acme"),
        currency: some("USD"),
        as_of: some("2026-07-01"),
        source: some("a list"),
        ..Options::default()
    }
}

#[test]
fn several_tables_make_one_book_with_overlays() {
    let overlays = vec![PathBuf::from("overlay.yaml")];
    let options = Options { overlays, ..acme() };
    book("tables", Format::Csv, &["prices.csv", "shapes.csv", "advisor.csv", "regions.csv"], &options);
}

#[test]
fn columns_regions_machines_and_accelerators_are_chosen_by_flags() {
    let options = Options {
        columns: words(&["spot=-", "shapes.csv:family=-"]),
        regions: words(&["north-*"]),
        exclude: words(&["lost.*"]),
        accelerators: words(&["vGPU8=A10"]),
        ..acme()
    };
    book("chosen", Format::Csv, &["prices.csv", "shapes.csv"], &options);
}

#[test]
fn prices_of_a_month_make_commitments() {
    let options = Options { provider: some("gcp"), currency: some("USD"), ..Options::default() };
    book("months", Format::Csv, &["months.csv"], &options);
}

#[test]
fn the_dearest_zone_is_the_spot_price() {
    book("zones", Format::Skypilot, &["sky.csv"], &acme());
}

#[test]
fn machines_and_accelerators_in_rows_of_their_own_are_added() {
    let options = Options {
        attach: words(&["n1-standard-4-t4=n1-standard-4+T4:1"]),
        provider: some("gcp"),
        currency: some("USD"),
        ..Options::default()
    };
    book("apart", Format::Skypilot, &["sky-apart.csv"], &options);
}

#[test]
fn missing_regions_are_derived_where_the_rule_holds() {
    let options = Options { derive: words(&["m1@north-1"]), ..acme() };
    book("derived", Format::Csv, &["prices.csv", "shapes.csv"], &options);
}

#[test]
fn an_aws_price_list_is_filtered_and_its_reserved_terms_are_commitments() {
    book("aws", Format::Aws, &["aws.json"], &Options::default());
}

#[test]
fn azure_reservations_are_priced_for_their_term() {
    book("azure", Format::Azure, &["azure.json", "azure-shapes.csv"], &Options::default());
}

#[test]
fn a_gcp_machine_is_the_sum_of_its_parts() {
    book("gcp", Format::Gcp, &["gcp.json", "gcp-shapes.csv"], &Options::default());
}

#[test]
fn every_faulty_row_is_reported_at_once() {
    let options = Options { provider: some("acme"), ..Options::default() };
    refused("rows", Format::Csv, &["broken-rows.csv"], &options);
}

#[test]
fn tables_that_cannot_be_read_are_refused() {
    refused("no-region", Format::Csv, &["no-region.csv"], &acme());
    refused("two-columns", Format::Csv, &["two-columns.csv"], &acme());
    refused("open-quote", Format::Csv, &["open-quote.csv"], &acme());
    refused("unreadable", Format::Csv, &["nowhere.csv", "."], &acme());
}

#[test]
fn broken_feeds_are_refused_at_the_place() {
    refused("aws-truncated", Format::Aws, &["aws-truncated.json"], &Options::default());
    refused("aws-broken", Format::Aws, &["aws-broken.json"], &Options::default());
    refused("azure-broken", Format::Azure, &["azure-broken.json"], &Options::default());
    refused("gcp-broken", Format::Gcp, &["gcp-broken.json", "gcp-shapes.csv"], &Options::default());
    refused("wrong-feed", Format::Aws, &["azure.json"], &Options::default());
}

#[test]
fn wrong_flags_are_refused_by_name() {
    let options = Options {
        columns: words(&["prize=x", "spot"]),
        accelerators: words(&["X=Y"]),
        attach: words(&["a=b"]),
        ..acme()
    };
    refused("flags", Format::Csv, &["prices.csv"], &options);
    refused("unmet", Format::Csv, &["prices.csv"], &Options { columns: words(&["spot=preemptible"]), ..acme() });
    refused("nothing", Format::Csv, &["prices.csv"], &Options { include: words(&["nothing*"]), ..acme() });
    refused("unnamed", Format::Csv, &["advisor.csv", "shapes.csv"], &Options::default());
    refused("undated", Format::Csv, &["prices.csv"], &Options { as_of: some("July"), ..acme() });
    refused("underived", Format::Csv, &["prices.csv"], &Options { derive: words(&["m1", "m9@north-1"]), ..acme() });
}

#[test]
fn a_column_of_something_else_is_no_column_of_zones() {
    enter();
    let rows: String = (0..102).map(|row| format!("north-1,m1.large,0.{},{row}\n", row + 1)).collect();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("zones.csv");
    fs::write(&path, format!("region,sku,spot,zone\n{rows}")).expect("a file of the test");
    let faults = import(Format::Csv, &[path], &acme()).expect_err("too many zones").to_string();
    assert!(
        faults.ends_with(
            "zones.csv:102:18: more than 100 zones with a spot price of `m1.large` in `north-1`\n\
             help: is the column of zones one of something else?"
        ),
        "{faults}"
    );
}

#[test]
fn a_fault_of_an_overlay_is_shown_in_the_overlay() {
    let options = Options { overlays: vec![PathBuf::from("broken-overlay.yaml")], ..acme() };
    refused("overlay", Format::Csv, &["prices.csv", "shapes.csv"], &options);
}

/// Prices without shapes make no book: an empty one would replace what was there.
#[test]
fn prices_of_machines_without_a_shape_make_no_book() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-shapes.csv");
    fs::write(&path, "region,sku,on_demand\nr1,a.l,0.1\n").expect("the scratch directory can be written");
    let faults = outcome(Format::Csv, &[path.to_str().expect("UTF-8")], &acme()).expect_err("no book");
    assert_eq!(
        faults,
        "no machine has both a price and a shape\n\
         help: a price needs vCPU and memory of its machine: give a feed that has them as well"
    );
}

/// A feed that writes doubles, and what is derived, has more decimals than a book: rounded once, half to even.
#[test]
fn prices_have_the_decimals_of_a_book() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("doubles.csv");
    let rows = "r1,a.l,3.6733849999999997,4,16,\nr2,a.l,0.123456789012,4,16,33.3\n";
    let text = format!("region,sku,on_demand,vcpu,memory_gib,spot_saving\n{rows}");
    fs::write(&path, text).expect("the scratch directory can be written");
    let imported =
        outcome(Format::Csv, &[path.to_str().expect("UTF-8")], &acme()).unwrap_or_else(|faults| panic!("{faults}"));
    // 0.123456789012 × 0.667 = 0.082345678271004.
    for price in ["3.673385", "0.123456789012", "0.082345678271"] {
        assert!(imported.book.contains(price), "{price}: {}", imported.book);
    }
    catalog_from_yaml(&[("book", &imported.book)]).unwrap_or_else(|faults| panic!("{faults}"));
}

/// A saving that a price of the feed denies is not promised to a family, nor to that machine; what is only unknown is said.
#[test]
fn no_commitment_promises_what_a_price_denies() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("denied.csv");
    let path_text = path.to_str().expect("UTF-8");
    let read = |rows: &str| {
        let text = format!("region,sku,family,vcpu,memory_gib,on_demand,commit_3y\n{rows}");
        fs::write(&path, text).expect("the scratch directory can be written");
        outcome(Format::Csv, &[path_text], &acme()).unwrap_or_else(|faults| panic!("{faults}"))
    };
    // 0.11 for three years is dearer than 0.1: the family has no discount, and of its machines a.s alone has one.
    let denied = read("r1,a.l,a,4,16,0.1,0.11\nr2,a.l,a,4,16,0.1,0.04\nr1,a.s,a,2,8,0.05,0.02\n");
    assert!(
        !denied.book.contains("covers: {family: a}") && !denied.book.contains("covers: {sku: a.l}"),
        "{}",
        denied.book
    );
    assert!(denied.book.contains("covers: {sku: a.s}"), "{}", denied.book);
    // One price of two: 60% is what is known.
    let partly = read("r1,a.l,a,4,16,0.1,\nr2,a.l,a,4,16,0.1,0.04\n");
    assert!(partly.book.contains("note: \"60%, known of 1 of 2 prices on demand\""), "{}", partly.book);
}
