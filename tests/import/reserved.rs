//! Reserved terms, worked by hand: what a year or three cost by the hour, and how much that is off on-demand.

use rust_decimal::Decimal;
use tradewind::catalog_from_yaml;
use tradewind::import::{Format, Options};

use crate::outcome;

/// Of every commitment of the book: its name, months, discount and what is paid at the start, in 10⁻⁶.
fn commitments(format: Format, files: &[&str]) -> Vec<(String, u32, u32, u32)> {
    let imported = outcome(format, files, &Options::default()).unwrap_or_else(|faults| panic!("{faults}"));
    let catalog = catalog_from_yaml(&[("book", &imported.book)]).unwrap_or_else(|faults| panic!("{faults}"));
    let all = &catalog.providers()[0].commitments;
    all.iter().map(|one| (one.name.to_string(), one.term_months, one.discount.parts(), one.upfront.parts())).collect()
}

/// Hundredths of a percent that `hourly` is below `on_demand`, rounded down, in 10⁻⁶.
fn off(on_demand: &str, hourly: Decimal) -> u32 {
    let on_demand: Decimal = on_demand.parse().expect("a price");
    let off = ((on_demand - hourly) * Decimal::from(10_000) / on_demand).trunc();
    u32::try_from(off).expect("a discount") * 100
}

fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

#[test]
fn what_aws_takes_at_the_start_is_spread_over_the_hours_of_the_term() {
    let (year, three) = (Decimal::from(8_760), Decimal::from(26_280));
    // m7i.large at 0.1008: by the hour 0.0667; half at the start 292 and 0.0333333333 by the hour; 1,051.2 at the start.
    let half = number("292") / year + number("0.0333333333");
    assert_eq!(
        commitments(Format::Aws, &["aws.json"]),
        [
            ("m7i-1y".to_owned(), 12, off("0.1008", number("0.0667")), 0),
            ("m7i-1y-partial-upfront".to_owned(), 12, off("0.1008", half), 500_000),
            ("m7i-3y-all-upfront".to_owned(), 36, off("0.1008", number("1051.2") / three), 1_000_000),
        ]
    );
    assert_eq!([off("0.1008", half), off("0.1008", number("0.04"))], [338_600, 603_100]);
}

#[test]
fn what_azure_states_for_a_reservation_is_for_its_whole_term() {
    // D4s v5 at 0.192: a year is 1,051.2 / 8,760 = 0.12 an hour, three are 2,018.304 / 26,280 = 0.0768.
    assert_eq!(
        commitments(Format::Azure, &["azure.json", "azure-shapes.csv"]),
        [("Dsv5-1y".to_owned(), 12, 375_000, 0), ("Dsv5-3y".to_owned(), 36, 600_000, 0)]
    );
    assert_eq!([off("0.192", number("0.12")), off("0.192", number("0.0768"))], [375_000, 600_000]);
}

/// A price at the start that is blank, not there, or zero is missing: the term is no bargain, it is incomplete.
#[test]
fn reserved_terms_without_a_part_of_their_price_are_left_out_and_counted() {
    let product = r#"{"sku": "A", "productFamily": "Compute Instance", "attributes": {"instanceType": "m7i.xlarge", "regionCode": "us-east-1", "locationType": "AWS Region", "tenancy": "Shared", "operatingSystem": "Linux", "capacitystatus": "Used", "preInstalledSw": "NA", "vcpu": "4", "memory": "16 GiB", "physicalProcessor": "Intel"}}"#;
    let on_demand = r#"{"A": {"x": {"priceDimensions": {"d": {"unit": "Hrs", "beginRange": "0", "pricePerUnit": {"USD": "0.2016"}}}, "termAttributes": {}}}}"#;
    let hours =
        |price: &str| format!(r#""h": {{"unit": "Hrs", "beginRange": "0", "pricePerUnit": {{"USD": "{price}"}}}}"#);
    let start = |price: &str| {
        format!(r#""q": {{"unit": "Quantity", "beginRange": "0", "pricePerUnit": {{"USD": "{price}"}}}}"#)
    };
    for (number, (payment, dimensions)) in [
        ("Partial Upfront", format!("{}, {}", hours("0.06"), start(""))),
        ("Partial Upfront", hours("0.06")),
        ("Partial Upfront", start("500")),
        ("All Upfront", start("0")),
        ("No Upfront", start("500")),
    ]
    .into_iter()
    .enumerate()
    {
        let text = format!(
            r#"{{"products": {{"A": {product}}}, "terms": {{"OnDemand": {on_demand}, "Reserved": {{"A": {{"p": {{"priceDimensions": {{{dimensions}}}, "termAttributes": {{"LeaseContractLength": "1yr", "OfferingClass": "standard", "PurchaseOption": "{payment}"}}}}}}}}}}}}"#
        );
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("reserved-{number}.json"));
        std::fs::write(&path, text).expect("the scratch directory can be written");
        let path = path.to_str().expect("UTF-8");
        assert_eq!(commitments(Format::Aws, &[path]), [], "{payment}: {dimensions}");
        let imported = outcome(Format::Aws, &[path], &Options::default()).unwrap_or_else(|faults| panic!("{faults}"));
        let said = "1 reserved terms lack a part of their price, left out";
        assert!(imported.notes.iter().any(|note| note == said), "{payment}: {:?}", imported.notes);
    }
}
