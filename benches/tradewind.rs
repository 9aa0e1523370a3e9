//! How long the answers take. Times are measured here and recorded in the README; no test asserts one.
//!
//! `cargo bench` runs all of them; `cargo bench -- place` those whose name holds `place`.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tradewind::rules::{Query, place};
use tradewind::{
    Catalog, Effort, PriceIndex, Problem, catalog_from_yaml, load, load_catalog, optimize, reference,
    scenario_from_yaml,
};

/// The shipped books, in the order of the scenarios.
fn shipped() -> [std::path::PathBuf; 3] {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["aws", "gcp", "azure"].map(|provider| root.join(format!("pricing/{provider}.yaml")))
}

/// One question of the documented rules, by the rule that answers it.
fn rules(criterion: &mut Criterion) {
    let catalog = reference();
    let mut group = criterion.benchmark_group("place");
    for (name, data_location, kind) in [
        ("data-location", Some("westeurope"), Some("tpu")),
        ("data-location-with-provider", Some("azure/westeurope"), Some("tpu")),
        ("capability", Some("mars-north-1"), Some("enterprise")),
        ("lowest-cost", Some("mars-north-1"), Some("rendering")),
    ] {
        let query = Query { data_location, kind };
        group.bench_function(name, |bencher| bencher.iter(|| place(black_box(&catalog), black_box(query))));
    }
    group.finish();
}

/// Every offer of the shipped books asked for one workload: eligibility, prices of machine, storage and traffic, and
/// the dominated ones dropped.
fn pricing(criterion: &mut Criterion) {
    let catalog = Arc::new(load_catalog(&shipped()).expect("the shipped books"));
    let scenario = |request: &str| {
        let text = format!("tradewind: scenario/1\nname: One\nworkloads:\n  - {{name: one, {request}}}\n");
        Arc::new(scenario_from_yaml("one.yaml", &text, &catalog).expect("a scenario"))
    };
    let mut group = criterion.benchmark_group("price-one-workload");
    for (name, request) in [
        ("any-machine", "request: {vcpu: 1}, terms: [on-demand, spot]"),
        (
            "storage-data-egress",
            "request: {vcpu: 4, memory_gib: 16}, storage: {gb: 500}, data: {location: aws/eu-west-1, read_gb: 800}, \
             egress: {internet_gb: 12000}",
        ),
        ("h100", "request: {vcpu: 96, accelerator: {any_of: [H100], count: 8}}"),
    ] {
        let scenario = scenario(request);
        group.bench_function(name, |bencher| {
            bencher.iter(|| Problem::new(black_box(&catalog), black_box(&scenario)).expect("a problem"));
        });
    }
    group.finish();
}

/// A valid book of at least so many bytes: machines, each on sale in six regions.
fn price_rows(bytes: usize) -> String {
    const REGIONS: [&str; 6] = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-south-1", "sa-east-1"];
    let mut head = String::from("tradewind: catalog/1\nprovider: big\ncurrency: USD\nregions:\n");
    for region in REGIONS {
        let _ = writeln!(head, "  {region}: {{jurisdiction: XX, zones: 3}}");
    }
    let (mut skus, mut offers) = (String::from("skus:\n"), String::from("offers:\n"));
    let mut number = 0;
    while head.len() + skus.len() + offers.len() < bytes {
        let (vcpu, memory) = (1 + number % 64, 4 * (1 + number % 64));
        let family = number % 100;
        let _ = writeln!(skus, "  f{family}.{number}: {{vcpu: {vcpu}, memory_gib: {memory}, family: f{family}}}");
        let _ = write!(offers, "  f{family}.{number}:\n    on-demand: {{");
        for (place, region) in REGIONS.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            let _ = write!(offers, "{comma}{region}: {}.{:04}", vcpu / 10, 1 + (number + place) % 9_999);
        }
        offers.push_str("}\n");
        number += 1;
    }
    head + &skus + &offers
}

fn loading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load");
    group.bench_function("shipped-books", |bencher| {
        let books = shipped();
        bencher.iter(|| load_catalog(black_box(&books)).expect("the shipped books"));
    });
    group.sample_size(10);
    // Twice the text must take about twice the time.
    for megabytes in [10, 20] {
        let text = price_rows(megabytes * 1_000_000);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("price-rows-{megabytes}-MB"), |bencher| {
            // The catalog is dropped outside the measured time.
            bencher.iter_with_large_drop(|| -> Catalog {
                catalog_from_yaml(&[("rows.yaml", black_box(text.as_str()))]).expect("a valid book")
            });
        });
    }
    group.finish();
}

/// From a loaded scenario to a billed plan.
fn plans(criterion: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut group = criterion.benchmark_group("optimize");
    group.sample_size(20);
    for name in ["quickstart", "eu-llm-platform"] {
        let input = load(root.join(format!("scenarios/{name}.yaml"))).expect("a shipped scenario");
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let problem = Problem::new(black_box(&input.catalog), &input.scenario).expect("a problem");
                optimize(&problem, &Effort::default()).expect("a plan")
            });
        });
    }
    group.finish();
}

/// A book of `offers` offers: 75 regions, machines with and without accelerators, on two terms.
fn generated(offers: usize) -> String {
    let (regions, terms) = (75, 2);
    let skus = offers.div_ceil(regions * terms);
    let mut book = String::from("tradewind: catalog/1\nprovider: made\ncurrency: USD\nregions:\n");
    for region in 0..regions {
        let law = ["EU", "US", "JP"][region % 3];
        let _ = writeln!(book, "  r{region}: {{jurisdiction: {law}}}");
    }
    book.push_str("skus:\n");
    for sku in 0..skus {
        let accelerator = if sku % 4 == 3 { ", accelerator: {model: L4, count: 1}" } else { "" };
        let (vcpu, memory) = (2 << (sku % 5), 8 << (sku % 5));
        let _ = writeln!(book, "  s{sku}: {{vcpu: {vcpu}, memory_gib: {memory}, family: f{}{accelerator}}}", sku / 5);
    }
    book.push_str("offers:\n");
    for sku in 0..skus {
        let price =
            |region: usize| 0.05 * f64::from(1_u32 << (sku % 5)) + (region * 37 + sku * 11) as f64 % 100.0 / 10_000.0;
        let list = |cheaper: f64| {
            let prices = (0..regions).map(|region| format!("r{region}: {:.6}", price(region) * cheaper));
            prices.collect::<Vec<_>>().join(", ")
        };
        let _ = writeln!(book, "  s{sku}: {{on-demand: {{{}}}, spot: {{{}}}}}", list(1.0), list(0.4));
    }
    book.push_str("storage: {standard: {");
    for region in 0..regions {
        let _ = write!(book, "r{region}: {{per_gb_month: 0.0{}}}, ", 20 + region % 9);
    }
    book.push_str("}}\nnetwork: {internet: {default: {free_gb: 100, per_gb: [{up_to: 10240, price: 0.09}, {price: 0.05}]}}, inter_region: {per_gb: 0.02}}\n");
    book
}

/// All eligible offers of one workload, exact and sorted, from an index over 3,000 offers and over the shipped books.
fn queries(criterion: &mut Criterion) {
    let made = catalog_from_yaml(&[("made.yaml", &generated(3_000))]).expect("a generated book");
    let shipped = load_catalog(&shipped()).expect("the shipped books");
    let mut group = criterion.benchmark_group("priced-query");
    for (books, catalog) in [("3000-offers", Arc::new(made)), ("shipped-books", Arc::new(shipped))] {
        let index = PriceIndex::new(&catalog);
        for (name, request) in [
            ("everything", "request: {vcpu: 1}, terms: [on-demand, spot]"),
            (
                "everything-with-storage-and-egress",
                "request: {vcpu: 1}, terms: [on-demand, spot], storage: {gb: 500}, egress: {internet_gb: 12000}",
            ),
            (
                "large-in-the-eu",
                "request: {vcpu: 8, memory_gib: 32}, residency: {jurisdictions: [EU]}, egress: {internet_gb: 100}",
            ),
            ("one-l4", "request: {vcpu: 4, accelerator: {any_of: [L4], count: 1}}, terms: [on-demand, spot]"),
        ] {
            let text = format!("tradewind: scenario/1\nname: One\nworkloads:\n  - {{name: one, {request}}}\n");
            let scenario = scenario_from_yaml("one.yaml", &text, &catalog).expect("a scenario");
            let workload = &scenario.workloads[0];
            let found = index.offers(workload).expect("within the range").len();
            group.throughput(Throughput::Elements(found as u64));
            group.bench_function(format!("{books}/{name}"), |bencher| {
                bencher.iter(|| index.offers(black_box(workload)).expect("within the range"));
            });
        }
    }
    group.bench_function("arrange-3000-offers", |bencher| {
        let made = Arc::new(catalog_from_yaml(&[("made.yaml", &generated(3_000))]).expect("a generated book"));
        bencher.iter(|| PriceIndex::new(black_box(&made)));
    });
    group.finish();
}

criterion_group!(benches, rules, pricing, queries, loading, plans);
criterion_main!(benches);
