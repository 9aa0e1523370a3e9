//! All nine shipped books: every block says where its figures are from and of when, regions and power are what their
//! README promises, and a limit on carbon over them is kept, proven and passes the second opinion.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tradewind::catalog::{Catalog, Provider, Region, RegionId};
use tradewind::rules::{MissingFigure, Reason, eligibility, supplies};
use tradewind::{Effort, Plan, Problem, Scenario, check, load_catalog, optimize, scenario_from_yaml};

const BOOKS: [&str; 9] = ["aws", "gcp", "azure", "full/aws", "full/gcp", "full/azure", "lambda", "nebius", "oci"];

/// Those that can be loaded together and hold most.
const LARGEST: [&str; 6] = ["full/aws", "full/gcp", "full/azure", "lambda", "nebius", "oci"];

/// Accelerators whose makers state no power.
const UNSTATED: [&str; 3] = ["Inferentia", "Inferentia2", "Trainium"];

fn pricing(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pricing").join(file)
}

fn books(names: &[&str]) -> Catalog {
    let paths: Vec<PathBuf> = names.iter().map(|name| pricing(&format!("{name}.yaml"))).collect();
    load_catalog(&paths).unwrap_or_else(|faults| panic!("{faults}"))
}

fn readme() -> String {
    fs::read_to_string(pricing("README.md")).expect("the README of the books")
}

/// What a block lacks of source and date; a block may say that it is undated.
fn lacks(provider: &Provider, block: &str) -> Vec<&'static str> {
    let mut lacking = BTreeSet::from(["a source", "a date"]);
    for from in provider.provenance.iter().filter(|from| &*from.block == block) {
        let says = |text: &Option<_>| text.as_deref().is_some_and(|text: &str| text.to_lowercase().contains("undated"));
        if from.source.is_some() {
            lacking.remove("a source");
        }
        if from.as_of.is_some() || says(&from.source) || says(&from.note) {
            lacking.remove("a date");
        }
    }
    lacking.into_iter().collect()
}

#[test]
fn every_block_of_every_book_has_its_source_and_its_date_or_says_that_it_is_undated() {
    for name in BOOKS {
        let catalog = books(&[name]);
        let provider = &catalog.providers()[0];
        let id = catalog.provider_named(&provider.name).expect("its own name");
        let mut blocks: Vec<String> = ["regions", "skus", "offers", "power"].map(str::to_owned).to_vec();
        let stores = |class| catalog.regions_of(id).any(|region| catalog.storage_price(region, class).is_some());
        let classes = catalog.classes().iter();
        blocks.extend(
            classes
                .filter(|class| stores(catalog.class_named(class).expect("a class")))
                .map(|class| format!("storage {class}")),
        );
        if catalog.regions_of(id).any(|region| catalog.internet_tariff(region).is_some()) {
            blocks.extend(["network internet", "network inter_region"].map(str::to_owned));
        }
        if catalog.zone_transfer(id).is_some() {
            blocks.push("network zone".to_owned());
        }
        for block in blocks {
            assert_eq!(lacks(provider, &block), [] as [&str; 0], "{name}: {block}");
        }
        for commitment in &provider.commitments {
            let own = lacks(provider, &format!("commitments {}", commitment.name));
            let is_said = own.is_empty() || lacks(provider, "commitments").is_empty();
            assert!(is_said, "{name}: commitment {}", commitment.name);
        }
    }
}

#[test]
fn the_regions_are_described_as_far_as_the_readme_says() {
    type Fact = fn(&Region) -> bool;
    let facts: [Fact; 5] = [
        |region| region.country.is_some(),
        |region| region.jurisdiction.is_some(),
        |region| region.coordinates.is_some(),
        |region| region.zones.is_some(),
        |region| region.grid_gco2_per_kwh.is_some(),
    ];
    let readme = readme();
    let mut all = [0; 6];
    for name in LARGEST {
        let catalog = books(&[name]);
        let known = facts.map(|fact| catalog.regions().iter().filter(|region| fact(region)).count());
        let row: Vec<usize> = std::iter::once(catalog.regions().len()).chain(known).collect();
        for (sum, count) in all.iter_mut().zip(&row) {
            *sum += count;
        }
        let cells: Vec<String> = row.iter().map(usize::to_string).collect();
        let row = format!("| `{name}.yaml` | {} |", cells.join(" | "));
        assert!(readme.contains(&row), "the README of the books has not the row\n{row}");
    }
    assert!(all.iter().all(|count| *count >= 150), "{all:?}");
    let cells = all.map(|count| count.to_string());
    let row = format!("| all | {} |", cells.join(" | "));
    assert!(readme.contains(&row), "the README of the books has not the row\n{row}");
}

/// The table of accelerators in the README: watts by model.
fn stated_watts() -> BTreeMap<String, String> {
    let readme = readme();
    let (_, table) = readme.split_once("| accelerator | W | source |").expect("the table of accelerators");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = rows.map(|row| row.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
    cells.map(|cells| (cells[1].clone(), cells[2].clone())).collect()
}

#[test]
fn every_accelerator_has_the_watts_of_the_readme_or_is_known_to_have_none() {
    let stated = stated_watts();
    let mut used = BTreeSet::new();
    let mut without = BTreeSet::new();
    for name in BOOKS {
        let catalog = books(&[name]);
        let power = catalog.providers()[0].power.as_ref().unwrap_or_else(|| panic!("{name}: no power"));
        let sold: BTreeSet<_> = catalog.skus().iter().filter_map(|sku| Some(sku.accelerator?.model)).collect();
        for model in &sold {
            match power.watts_of(*model) {
                Some(watts) => assert_eq!(Some(&watts.to_string()), stated.get(model.name()), "{name}: {model}"),
                None => {
                    without.insert(model.name());
                }
            }
        }
        // A figure of an accelerator that the book does not sell is one that nobody looks after.
        let figures: BTreeSet<_> = power.accelerator_w.iter().map(|(model, _)| *model).collect();
        let idle: Vec<&str> = figures.difference(&sold).map(|model| model.name()).collect();
        assert_eq!(idle, [] as [&str; 0], "{name}");
        used.extend(figures.iter().map(|model| model.name()));
    }
    assert_eq!(without, BTreeSet::from(UNSTATED));
    let listed: BTreeSet<&str> = stated.keys().map(String::as_str).collect();
    assert_eq!(listed, used, "the README lists the accelerators of the books, and no other");
}

#[test]
fn a_virtual_processor_draws_what_the_source_states_at_half_load() {
    // Idle and full load in W/100, and the building: Cloud Carbon Footprint, methodology.
    for (names, idle, full, pue) in [
        (["aws", "full/aws"], 74, 350, "1.135"),
        (["gcp", "full/gcp"], 71, 426, "1.1"),
        (["azure", "full/azure"], 78, 376, "1.185"),
    ] {
        for name in names {
            let catalog = books(&[name]);
            let power = catalog.providers()[0].power.as_ref().expect("power");
            // 10⁻⁶ W; half of the way from idle to full load.
            assert_eq!(power.vcpu_w.parts() * 2, (idle + full) * 10_000, "{name}");
            assert_eq!(power.pue.to_string(), pue, "{name}");
        }
    }
}

/// A scenario over the largest books.
fn scenario(catalog: &Catalog, rest: &str) -> Arc<Scenario> {
    let text = format!("tradewind: scenario/1\nname: carbon\nworkloads:\n{rest}");
    Arc::new(scenario_from_yaml("carbon.yaml", &text, catalog).unwrap_or_else(|faults| panic!("{faults}")))
}

/// Its plan, if there is one, which the second opinion passes.
fn plan(catalog: &Arc<Catalog>, rest: &str) -> Option<Plan> {
    let scenario = scenario(catalog, rest);
    let problem = Problem::new(catalog, &scenario).unwrap_or_else(|faults| panic!("{faults}"));
    let plan = optimize(&problem, &Effort::default()).ok()?;
    let found = check(catalog, &scenario, &plan);
    assert!(found.is_empty(), "{found:?}");
    Some(plan)
}

#[test]
fn a_limit_on_carbon_is_kept_over_all_books_to_the_last_digit() {
    let catalog = Arc::new(books(&LARGEST));
    // 4 vCPU × 2.485 W × 730 h × 1.1 × 2.73 g/kWh = 21.7903686 g; Stockholm, the machine of 4 vCPU and 16 GiB.
    let stockholm = "  - {name: api, request: {vcpu: 4, memory_gib: 16}, regions: {allow: [gcp/europe-north2]}}\n";
    let bound = "limits: [{name: carbon, sum: kg_co2e, at_most: 0.0217903686}]\n";
    let kept = plan(&catalog, &format!("{stockholm}{bound}")).expect("a plan at the edge of the limit");
    assert_eq!(kept.limits[0].used.to_string(), "0.0217903686");
    let tighter = "limits: [{name: carbon, sum: kg_co2e, at_most: 0.0217903685}]\n";
    assert!(plan(&catalog, &format!("{stockholm}{tighter}")).is_none());

    // What is cheapest runs on coal; the limit moves it, and it costs more.
    let anywhere = "  - {name: api, request: {vcpu: 4, memory_gib: 16}, replicas: 10}\n";
    let free = plan(&catalog, anywhere).expect("a plan");
    let limit = "limits: [{name: carbon, sum: kg_co2e, at_most: 10}]\n";
    let limited = plan(&catalog, &format!("{anywhere}{limit}")).expect("a plan within the limit");
    assert!(limited.limits[0].used <= limited.limits[0].limit);
    assert_ne!(free.placements[0].region, limited.placements[0].region);
}

#[test]
fn what_the_books_have_no_figure_of_is_left_out_under_a_limit_on_carbon_and_says_why() {
    let catalog = books(&LARGEST);
    let workload = "  - {name: api, request: {vcpu: 2}}\n";
    let limited = scenario(&catalog, &format!("{workload}limits: [{{name: carbon, sum: kg_co2e, at_most: 10}}]\n"));
    let free = scenario(&catalog, workload);
    let mut reasons = BTreeMap::new();
    let mut left = 0;
    for supply in supplies(&catalog, &limited.workloads[0]) {
        let without = eligibility(&catalog, &free.workloads[0], supply);
        let with = eligibility(&catalog, &limited.workloads[0], supply);
        left += usize::from(with.is_empty());
        // The limit adds reasons of carbon, and no other.
        let added: Vec<&Reason> = with.iter().filter(|reason| !without.contains(reason)).collect();
        let tradewind::rules::Supply::Offer(offer) = supply else { continue };
        let (region, sku) = (catalog.region(catalog.offer(offer).region), catalog.sku(catalog.offer(offer).sku));
        for reason in &added {
            let Reason::NoCarbon(figure) = reason else { panic!("{}: {reason}", sku.name) };
            let is_so = match figure {
                MissingFigure::Grid => region.grid_gco2_per_kwh.is_none(),
                MissingFigure::Watts(model) => sku.accelerator.is_some_and(|has| has.model == *model),
                _ => false,
            };
            assert!(is_so, "{} in {}: {reason}", sku.name, region.path);
            *reasons.entry(reason.to_string()).or_insert(0) += 1;
        }
        assert_eq!(added.is_empty(), region.grid_gco2_per_kwh.is_some() && has_watts(&catalog, offer), "{}", sku.name);
    }
    let kinds: Vec<&str> = reasons.keys().map(String::as_str).collect();
    assert_eq!(
        kinds,
        [
            "no grid factor of the region",
            "no watts for Inferentia",
            "no watts for Inferentia2",
            "no watts for Trainium"
        ]
    );
    assert!(left > 5_000, "{left} offers are left");
}

/// Whether the watts of an offer's accelerators are stated, if it has any.
fn has_watts(catalog: &Catalog, offer: tradewind::catalog::OfferId) -> bool {
    let offer = catalog.offer(offer);
    let sku = catalog.sku(offer.sku);
    let power = catalog.provider(sku.provider).power.as_ref();
    sku.accelerator.is_none_or(|has| power.is_some_and(|power| power.watts_of(has.model).is_some()))
}

/// The default of these books is what North America and Europe pay, the least of all.
#[test]
fn no_region_that_sells_machines_elsewhere_sends_at_the_price_of_north_america_and_europe() {
    let near: BTreeSet<&str> =
        "US CA MX GB NO CH AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
            .split(' ')
            .collect();
    for name in ["full/aws", "full/azure", "oci"] {
        let catalog = books(&[name]);
        let selling: BTreeSet<_> = catalog.offers().iter().map(|offer| offer.region).collect();
        let far = selling
            .into_iter()
            .filter(|region| !catalog.region(*region).country.as_deref().is_some_and(|country| near.contains(country)));
        let by_default = |region: &RegionId| {
            let tariff = catalog.internet_tariff(*region).expect("a tariff");
            !catalog.tariff_name(tariff).ends_with(&format!("from {}", catalog.region(*region).name))
        };
        let cheap: Vec<&str> = far.filter(by_default).map(|region| &*catalog.region(region).path).collect();
        assert_eq!(cheap, [] as [&str; 0], "{name}");
    }
}

/// Prices of traffic from regions that a second source alone knows, a month of 20,000 GB through the whole product.
#[test]
fn traffic_from_far_regions_costs_what_the_sources_say() {
    for (book, region, price) in [
        ("full/azure", "azure/brazilsouth", "3620.00"),
        ("full/azure", "azure/japaneast", "2400.00"),
        ("full/aws", "aws/me-central-1", "2200.00"),
        ("full/aws", "aws/ap-southeast-3", "2640.00"),
        ("oci", "oci/af-johannesburg-1", "1000.00"),
    ] {
        let catalog = Arc::new(books(&[book]));
        let text = format!(
            "tradewind: scenario/1\nname: far\ncatalogs: [book.yaml]\nworkloads:\n  \
             - {{name: w, request: {{vcpu: 1}}, hours: 0, regions: {{allow: [{region}]}}, egress: {{internet_gb: 20000}}}}\n"
        );
        let scenario = scenario_from_yaml("far.yaml", &text, &catalog).unwrap_or_else(|faults| panic!("{faults}"));
        let problem = Problem::new(&catalog, &Arc::new(scenario)).unwrap_or_else(|faults| panic!("{faults}"));
        let plan = optimize(&problem, &Effort::default()).unwrap_or_else(|reason| panic!("{reason}"));
        assert_eq!(plan.bill.total().in_cents().replace(',', ""), price, "{region}");
    }
}
