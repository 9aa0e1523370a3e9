//! The shipped price books: that they load, that they hold what their README promises, and that their prices are those
//! of the sources they name.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use tradewind::catalog::{Catalog, Covers, ProviderId, RegionId, Sku, Tariff, TariffScope, Terms, Transfer};
use tradewind::{load_catalog, reference};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every price book under `pricing/`.
fn shipped() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join("pricing")];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).expect("a directory of the repository") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                // Overlays are parts of books.
                open.extend((!path.ends_with("overlays")).then_some(path));
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The catalog of one or more books under `pricing/`.
fn books(names: &[&str]) -> Catalog {
    let paths: Vec<PathBuf> = names.iter().map(|name| root().join("pricing").join(format!("{name}.yaml"))).collect();
    load_catalog(&paths).unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn every_shipped_book_loads() {
    let books = shipped();
    assert!(books.len() >= 6, "{books:?}");
    for book in books {
        if let Err(faults) = load_catalog(&[&book]) {
            panic!("{faults}");
        }
    }
    assert_eq!(self::books(&["aws", "gcp", "azure"]).providers().len(), 3);
}

/// Regions of the full books in which everything is priced, and not machines alone.
fn is_whole(catalog: &Catalog, region: RegionId) -> bool {
    catalog.class_named("standard").is_some_and(|class| catalog.storage_price(region, class).is_some())
}

/// What the README of the books promises of each full book, with the accelerators that it lists.
const PROMISED: [(&str, &[&str]); 3] = [
    ("aws", &["T4", "L4", "A10G", "L40S", "A100", "A100-80GB", "H100", "H200"]),
    ("gcp", &["T4", "L4", "A100", "A100-80GB", "H100"]),
    ("azure", &["T4", "A10", "A100", "A100-80GB", "H100", "H200"]),
];

#[test]
fn the_full_books_have_regions_in_the_eu_and_elsewhere() {
    for (book, _) in PROMISED {
        let catalog = books(&[book]);
        let regions = catalog.regions();
        let in_eu = regions.iter().filter(|region| region.jurisdiction.as_deref() == Some("EU")).count();
        assert!(regions.len() >= 4 && in_eu >= 2, "{book}: {} regions, {in_eu} in the EU", regions.len());
        for provider in catalog.providers() {
            let id = catalog.provider_named(&provider.name).expect("its own name");
            for region in catalog.regions_of(id) {
                // Sources have a grid factor of some regions only.
                let (is_whole, region) = (is_whole(&catalog, region), catalog.region(region));
                let complete = region.title.is_some()
                    && region.country.as_ref().is_some_and(|country| country.len() == 2)
                    && region.jurisdiction.is_some()
                    && region.zones.is_some()
                    && region.coordinates.is_some()
                    && (!is_whole || region.grid_gco2_per_kwh.is_some());
                assert!(complete, "{} is described in full", region.path);
            }
        }
    }
}

#[test]
fn the_full_books_sell_general_purpose_machines_and_accelerators_on_both_terms() {
    for (book, models) in PROMISED {
        let catalog = books(&[book]);
        let is_sold = |wanted: &dyn Fn(&Sku) -> bool, terms: Terms| {
            catalog.offers().iter().any(|offer| offer.terms == terms && wanted(catalog.sku(offer.sku)))
        };
        for vcpu in [4, 8, 16, 32] {
            // General purpose: 4 GiB for a vCPU.
            let fits = |sku: &Sku| {
                sku.accelerator.is_none()
                    && sku.vcpu.to_string() == vcpu.to_string()
                    && sku.memory_gib.to_string() == (4 * vcpu).to_string()
            };
            assert!(is_sold(&fits, Terms::OnDemand), "{book}: {vcpu} vCPU on demand");
        }
        // Not every size: the sources have no spot price of a general purpose machine with 32 vCPU at AWS.
        let general = |sku: &Sku| sku.accelerator.is_none();
        assert!(is_sold(&general, Terms::Spot), "{book}: general purpose on spot");
        assert!(is_sold(&|sku| sku.accelerator.is_some(), Terms::Spot), "{book}: accelerators on spot");
        for model in models {
            let has = |sku: &Sku| sku.accelerator.is_some_and(|accelerator| accelerator.model.name() == *model);
            assert!(is_sold(&has, Terms::OnDemand), "{book}: {model}");
        }
        for provider in catalog.providers() {
            assert!(!provider.commitments.is_empty(), "{book}: commitments");
            let families = provider.commitments.iter().filter(|offer| matches!(offer.covers, Covers::Family(_)));
            assert!(families.count() > 0, "{book}: commitments of a family");
        }
    }
}

#[test]
fn the_ai_clouds_have_accelerators() {
    for (book, model) in [("lambda", "H100"), ("nebius", "H200"), ("oci", "MI300X")] {
        let catalog = books(&[book]);
        let has = |sku: &Sku| sku.accelerator.is_some_and(|accelerator| accelerator.model.name() == model);
        assert!(catalog.offers().iter().any(|offer| has(catalog.sku(offer.sku))), "{book}: {model}");
    }
}

#[test]
fn the_cheapest_zone_is_no_dearer_than_the_spot_price() {
    for (book, _) in PROMISED {
        let catalog = books(&[book]);
        for offer in catalog.offers().iter().filter(|offer| offer.terms == Terms::Spot) {
            if let Some(lowest) = catalog.detail(offer).and_then(|detail| detail.lowest_zone) {
                let name = &catalog.sku(offer.sku).name;
                assert!(lowest <= offer.price, "{name} in {}", catalog.region(offer.region).path);
            }
        }
    }
}

#[test]
fn the_full_books_price_two_storage_classes_and_graduated_egress_in_every_whole_region() {
    for (book, _) in PROMISED {
        let catalog = books(&[book]);
        for provider in catalog.providers() {
            let id = catalog.provider_named(&provider.name).expect("its own name");
            let whole: Vec<RegionId> = catalog.regions_of(id).filter(|&region| is_whole(&catalog, region)).collect();
            assert!(whole.len() >= 6, "{book}: {} regions with storage", whole.len());
            for &region in &whole {
                let path = &catalog.region(region).path;
                let classes = ["standard", "infrequent"].map(|class| catalog.class_named(class).expect("a class"));
                for class in classes {
                    assert!(catalog.storage_price(region, class).is_some(), "{path}: {}", catalog.class(class));
                }
                let tariff = catalog.tariff(catalog.internet_tariff(region).expect("a tariff to the internet"));
                assert!(tariff.tiers.len() >= 3, "{path}: graduated");
                assert!(tariff.tiers.is_sorted_by(|a, b| a.price > b.price), "{path}: cheaper by volume");
                for &other in whole.iter().filter(|&&other| other != region) {
                    let transfer = catalog.transfer(region, other);
                    assert!(matches!(transfer, Transfer::Tariff(_)), "{path} to {}", catalog.region(other).path);
                }
            }
            assert!(catalog.zone_transfer(id).is_some(), "{book}: between zones");
        }
    }
}

#[test]
fn every_block_of_the_full_books_says_where_its_figures_come_from() {
    for (book, _) in PROMISED {
        let catalog = books(&[book]);
        for provider in catalog.providers() {
            assert!(provider.as_of.is_some() && provider.source.is_some(), "{book}");
            let blocks = [
                "regions",
                "skus",
                "storage standard",
                "storage infrequent",
                "network internet",
                "network inter_region",
            ];
            for block in blocks {
                let stated = provider.provenance.iter().find(|from| &*from.block == block);
                let stated = stated.unwrap_or_else(|| panic!("{book}: {block} names no source"));
                assert!(stated.source.is_some() && stated.as_of.is_some(), "{book}: {block}: source and date");
            }
            let sold: Vec<&str> = provider.provenance.iter().map(|from| &*from.block).collect();
            assert!(sold.iter().any(|block| block.starts_with("offers")), "{book}: offers");
            assert!(sold.iter().any(|block| block.starts_with("commitments")), "{book}: commitments");
            assert!(sold.contains(&"network zone"), "{book}: zones");
        }
    }
}

/// A row of the documented rules' figures: provider, capabilities, regions, cost per hour, and the three flat rates.
type Documented = (&'static str, [&'static str; 3], [&'static str; 3], &'static str, [&'static str; 3]);

/// The figures of the documented rules (DESIGN, section 2); regions sorted by name.
const DOCUMENTED: [Documented; 3] = [
    (
        "aws",
        ["inference", "training", "storage"],
        ["eu-west-1", "us-east-1", "us-west-2"],
        "0.5",
        ["0.1", "0.023", "0.09"],
    ),
    (
        "gcp",
        ["training", "tpu", "bigquery"],
        ["asia-east1", "europe-west1", "us-central1"],
        "0.45",
        ["0.095", "0.02", "0.12"],
    ),
    (
        "azure",
        ["inference", "ml_services", "enterprise"],
        ["eastus", "westeurope", "westus2"],
        "0.48",
        ["0.098", "0.021", "0.087"],
    ),
];

#[test]
fn the_reference_books_hold_exactly_the_documented_figures() {
    let catalog = reference();
    assert_eq!(catalog.currency().as_ref(), "USD");
    assert!(catalog.skus().is_empty() && catalog.offers().is_empty() && catalog.tariffs().is_empty());
    assert_eq!(catalog.providers().len(), DOCUMENTED.len());
    for (provider, (name, capabilities, regions, cost_per_hour, rates)) in catalog.providers().iter().zip(DOCUMENTED) {
        assert_eq!(&*provider.name, name);
        assert_eq!(provider.capabilities.iter().map(|text| &**text).collect::<Vec<_>>(), capabilities, "{name}");
        let id = catalog.provider_named(name).expect("its own name");
        let found: Vec<&str> = catalog.regions_of(id).map(|region| &*catalog.region(region).name).collect();
        assert_eq!(found, regions, "{name}");
        assert_eq!(provider.cost_per_hour.map(|price| price.to_string()).as_deref(), Some(cost_per_hour), "{name}");
        let found = provider.rates.expect("flat rates");
        let found = [found.compute_hour, found.storage_gb_month, found.network_gb].map(|price| price.to_string());
        assert_eq!(found, rates, "{name}");
    }
}

#[test]
fn the_full_books_repeat_the_reference_figures() {
    let full = books(&["aws", "gcp", "azure"]);
    for (provider, reference) in full.providers().iter().zip(reference().providers()) {
        assert_eq!(provider.name, reference.name);
        assert_eq!(provider.capabilities, reference.capabilities);
        assert_eq!(provider.cost_per_hour, reference.cost_per_hour);
        assert_eq!(provider.rates, reference.rates);
    }
}

/// The fields of a CSV line; quoted ones may hold commas, and `""` is a quote.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut in_quotes = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let field = fields.last_mut().expect("there is always one");
        match character {
            '"' if in_quotes && characters.peek() == Some(&'"') => {
                field.push('"');
                characters.next();
            }
            '"' => in_quotes = !in_quotes,
            ',' if !in_quotes => fields.push(String::new()),
            other => field.push(other),
        }
    }
    fields
}

/// A table: its header and its rows.
fn table(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut lines = text.lines().map(|line| fields(line.trim_start_matches('\u{feff}')));
    (lines.next().unwrap_or_default(), lines.collect())
}

#[test]
fn a_quoted_field_may_hold_a_comma() {
    assert_eq!(fields(r#"a,"b, ""c""",,d"#), ["a", r#"b, "c""#, "", "d"]);
}

/// A price in a data set: file, row and column.
struct Source {
    /// Provider, kind of price, SKU or class, region, terms, field, price, as in the table of sources.
    book: String,
    kind: String,
    name: String,
    region: String,
    terms: String,
    field: String,
    price: Decimal,
    file: String,
    row_key: String,
}

fn sources() -> Vec<Source> {
    let (header, rows) = table(&root().join("tests/data/price_sources.csv"));
    assert_eq!(
        header.join(","),
        "book,kind,sku_or_class,region,terms,field,price,file,row_key",
        "the columns are taken by position"
    );
    rows.into_iter()
        .map(|row| {
            let [book, kind, name, region, terms, field, price, file, row_key] =
                <[String; 9]>::try_from(row).expect("nine columns");
            let price = price.parse().expect("a decimal");
            Source { book, kind, name, region, terms, field, price, file, row_key }
        })
        .collect()
}

/// Prices in 10⁻¹² after the conversion that a book billed in GiB undergoes: × 10⁹ / 2³⁰, half to even, worked here in
/// its own few lines.
fn loaded(price: Decimal, is_per_gib: bool) -> i128 {
    let price = price.normalize();
    let units = price.mantissa() * 10_i128.pow(12 - price.scale());
    if !is_per_gib {
        return units;
    }
    let (numerator, denominator) = (units * 1_000_000_000, 1_i128 << 30);
    let (quotient, twice) = (numerator / denominator, 2 * (numerator % denominator));
    quotient + i128::from(twice > denominator || (twice == denominator && quotient % 2 == 1))
}

#[test]
fn a_price_per_gib_is_converted_by_hand() {
    // 0.023 × 10⁹ / 2³⁰ = 0.02142041921615…
    assert_eq!(loaded("0.023".parse().expect("a decimal"), true), 21_420_419_216);
    assert_eq!(loaded("0.023".parse().expect("a decimal"), false), 23_000_000_000);
}

/// The tariff of a scope.
fn tariff(catalog: &Catalog, provider: ProviderId, scope: TariffScope) -> &Tariff {
    let mut found = catalog.tariffs().iter().filter(|tariff| tariff.provider == provider && tariff.scope == scope);
    found.next().unwrap_or_else(|| panic!("no tariff for {scope:?}"))
}

/// The price of a tier, by a field such as `per_gb[2]`.
fn tier(tariff: &Tariff, field: &str) -> i64 {
    let index = field.split_once('[').map_or("0", |(_, index)| index.trim_end_matches(']'));
    let index: usize = index.parse().expect("the number of a tier");
    tariff.tiers[index].price.units()
}

/// The price in the loaded catalog that a row of sources is about, in 10⁻¹².
fn price_in(catalog: &Catalog, row: &Source) -> i64 {
    let provider = catalog.provider_named(&row.book).expect("a book of that name");
    let region = |name: &str| -> RegionId {
        let found = catalog.region_named(provider, name);
        found.unwrap_or_else(|| panic!("no region {name} in {}", row.book))
    };
    match row.kind.as_str() {
        "offer" => {
            let terms = Terms::named(&row.terms).expect("terms");
            let mut offers = catalog.offers_in(region(&row.region)).map(|id| catalog.offer(id));
            let offer = offers.find(|offer| offer.terms == terms && *catalog.sku(offer.sku).name == *row.name);
            let offer = offer.unwrap_or_else(|| panic!("{} is not sold in {}", row.name, row.region));
            match row.field.as_str() {
                "price" => offer.price.units(),
                "lowest_zone" => {
                    let detail = catalog.detail(offer).expect("a spot price with zones");
                    detail.lowest_zone.expect("a lowest zone").units()
                }
                other => panic!("an offer has no {other}"),
            }
        }
        "storage" => {
            let class = catalog.class_named(&row.name).expect("a storage class");
            let price = catalog.storage_price(region(&row.region), class).expect("a storage price");
            tier(catalog.tariff(price.tariff), &row.field)
        }
        "egress" => {
            let from = if row.region == "default" { None } else { Some(region(&row.region)) };
            tier(tariff(catalog, provider, TariffScope::Internet { from }), &row.field)
        }
        "inter-region" if row.name == "default" => {
            tier(tariff(catalog, provider, TariffScope::InterRegion { route: None }), &row.field)
        }
        "inter-region" => {
            let route = Some((region(&row.region), region(&row.name)));
            tier(tariff(catalog, provider, TariffScope::InterRegion { route }), "0")
        }
        "zone" => catalog.zone_transfer(provider).expect("a price between zones").per_gb.units(),
        other => panic!("no such kind: {other}"),
    }
}

#[test]
fn the_prices_are_those_of_the_table_of_sources() {
    let catalog = books(&["aws", "gcp", "azure"]);
    let sources = sources();
    assert!(sources.len() >= 60, "{} prices", sources.len());
    for row in &sources {
        // Object storage is billed in GiB everywhere, traffic by Google only.
        let is_per_gib = row.kind == "storage" || (row.book == "gcp" && row.kind != "offer");
        let what = format!("{} {} {} {} {}", row.book, row.kind, row.name, row.region, row.field);
        assert_eq!(i128::from(price_in(&catalog, row)), loaded(row.price, is_per_gib), "{what}");
    }
}

#[test]
fn the_table_of_sources_agrees_with_the_data_sets() {
    let data = root().join("../shared/data/prices");
    if !data.is_dir() {
        println!("skipped: {} is not there, so the prices are compared with the table alone", data.display());
        return;
    }
    let sources = sources();
    let mut tables = HashMap::new();
    for row in &sources {
        let (header, rows) = tables.entry(&row.file).or_insert_with(|| table(&data.join(&row.file)));
        let key: Vec<(&str, &str)> = row.row_key.split(';').filter_map(|part| part.split_once('=')).collect();
        let (last, conditions) = key.split_last().expect("a key");
        assert_eq!(last.0, "column", "{}", row.row_key);
        let column = |name: &str| {
            let found = header.iter().position(|title| title == name);
            found.unwrap_or_else(|| panic!("{} has no column {name}", row.file))
        };
        let conditions: Vec<(usize, &str)> = conditions.iter().map(|&(name, value)| (column(name), value)).collect();
        let prices: Vec<Decimal> = rows
            .iter()
            .filter(|fields| conditions.iter().all(|&(at, value)| fields[at] == value))
            .map(|fields| fields[column(last.1)].parse().expect("a decimal"))
            .collect();
        assert!(!prices.is_empty(), "{}: no row {}", row.file, row.row_key);
        assert!(prices.iter().all(|&price| price == row.price), "{}: {} has {prices:?}", row.file, row.row_key);
    }
    println!("{} prices compared with {} data sets", sources.len(), tables.len());
    assert!(sources.len() >= 60);
}
