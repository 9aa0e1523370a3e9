//! What changes the digest, and what does not.

use super::*;
use crate::catalog::SkuId;
use crate::diagnostic::Span;
use crate::money::{Amount, UnitPrice};
use crate::scenario::{Apart, Fee, Spread, SupposedPrice, Together};

const BOOK: &str = "tradewind: catalog/1\nprovider: p\ncurrency: USD\nregions: {a: {jurisdiction: EU}, b: {}}\n\
    skus: {m: {vcpu: 4, memory_gib: 16, arch: amd64}}\noffers: {m: {on-demand: {a: 0.5, b: 0.25}}}\n\
    storage: {standard: {a: {per_gb_month: 0.02}}}\n\
    network: {internet: {default: {free_gb: 1, per_gb: [{up_to: 10, price: 0.09}, {price: 0.05}]}}, inter_region: {per_gb: 0.02}}\n";
const SCENARIO: &str = "tradewind: scenario/1\nname: s\nworkloads:\n\
    \x20 - {name: w, type: t, replicas: 2, request: {vcpu: 2}, data: {location: p/a, read_gb: 5}, storage: {gb: 3}, regions: {allow: [p/a]}}\n\
    \x20 - {name: o, options: [{region: p/b, cost: 7, uses: {slots: 1}}]}\n\
    limits: [{name: l, sum: vcpu, where: {region: p/a}, at_most: 100}]\n";

fn inputs(book: &str, scenario: &str) -> (Catalog, Scenario) {
    let catalog = crate::catalog_from_yaml(&[("p.yaml", book)]).unwrap_or_else(|faults| panic!("{faults}"));
    let scenario = crate::scenario_from_yaml("s.yaml", scenario, &catalog).unwrap_or_else(|faults| panic!("{faults}"));
    (catalog, scenario)
}

fn of(book: &str, scenario: &str) -> String {
    let (catalog, scenario) = inputs(book, scenario);
    digest(&catalog, &scenario)
}

#[test]
fn one_input_has_one_digest_and_prose_and_places_do_not_change_it() {
    let plain = of(BOOK, SCENARIO);
    assert_eq!(plain.len(), 64);
    assert_eq!(plain, of(&format!("# a remark\n{BOOK}source: a list\nas_of: 2026-01-01\n"), &format!("\n{SCENARIO}")));
}

#[test]
fn every_figure_and_name_changes_it() {
    let plain = of(BOOK, SCENARIO);
    let book = [
        ("0.25", "0.26"),
        ("jurisdiction: EU", "jurisdiction: US"),
        ("vcpu: 4", "vcpu: 8"),
        ("arch: amd64", "arch: arm64"),
        ("memory_gib: 16", "memory_gib: 17"),
        ("price: 0.05", "price: 0.04"),
        ("up_to: 10", "up_to: 11"),
        ("free_gb: 1", "free_gb: 2"),
        ("inter_region: {per_gb: 0.02}", "inter_region: {per_gb: 0.03}"),
        ("per_gb_month: 0.02", "per_gb_month: 0.03"),
        ("currency: USD", "currency: EUR"),
        ("offers: {m: {on-demand: {a: 0.5, b: 0.25}}}", "offers: {m: {on-demand: {a: 0.5}, spot: {b: 0.25}}}"),
    ];
    for (from, to) in book {
        let changed = BOOK.replace(from, to);
        assert_ne!(changed, BOOK, "{from}");
        assert_ne!(of(&changed, SCENARIO), plain, "{from} → {to}");
    }
    let scenario = [
        ("name: s\n", "name: s2\n"),
        ("name: w", "name: w2"),
        ("type: t", "type: u"),
        ("replicas: 2", "replicas: 3"),
        ("vcpu: 2", "vcpu: 3"),
        ("location: p/a", "location: p/b"),
        ("read_gb: 5", "read_gb: 6"),
        ("gb: 3", "gb: 4"),
        ("allow: [p/a]", "deny: [p/b]"),
        ("cost: 7", "cost: 8"),
        ("slots: 1", "slots: 2"),
        ("sum: vcpu", "sum: memory_gib"),
        ("where: {region: p/a}", "where: {region: p/b}"),
        ("where: {region: p/a}", "where: {provider: p}"),
        ("at_most: 100", "at_most: 101"),
        ("at_most: 100", "at_least: 100"),
        ("at_most: 100", "at_most: 10%"),
        ("sum: vcpu,", "sum: vcpu, per: region,"),
    ];
    for (from, to) in scenario {
        assert!(SCENARIO.contains(from), "{from}");
        assert_ne!(of(BOOK, &SCENARIO.replace(from, to)), plain, "{from} → {to}");
    }
}

/// Where nothing is read back, its price is not asked, and the digest stays what it was.
#[test]
fn prices_of_reading_back_change_it_where_something_is_read_back() {
    let book = BOOK.replace("per_gb_month: 0.02", "per_gb_month: 0.02, retrieval_per_gb: 0.01");
    assert_eq!(of(&book, SCENARIO), of(BOOK, SCENARIO));
    let scenario = SCENARIO.replace("gb: 3", "gb: 3, read_gb: 1");
    let plain = of(&book, &scenario);
    assert_ne!(plain, of(BOOK, &scenario));
    assert_ne!(plain, of(&book.replace("per_gb: 0.01", "per_gb: 0.02"), &scenario));
    assert_ne!(plain, of(&book, &scenario.replace("read_gb: 1}", "read_gb: 2}")));
    assert_ne!(plain, of(&book, SCENARIO));
    // Days are asked where something is deleted.
    let book = book.replace("retrieval_per_gb: 0.01", "minimum_days: 30");
    assert_eq!(of(&book, SCENARIO), of(BOOK, SCENARIO));
    let scenario = SCENARIO.replace("gb: 3", "gb: 3, kept_days: 10");
    let plain = of(&book, &scenario);
    assert_ne!(plain, of(BOOK, &scenario));
    assert_ne!(plain, of(&book.replace("days: 30", "days: 31"), &scenario));
    assert_ne!(plain, of(&book, &scenario.replace("kept_days: 10", "kept_days: 11")));
    assert_ne!(plain, of(&book, SCENARIO));
}

/// The same of what is sent to a part of the internet, and of where a book says that it goes as all other traffic.
#[test]
fn parts_of_the_internet_change_it_where_something_is_sent_there() {
    let to = |price: &str| BOOK.replace("{price: 0.05}]", &format!("{{price: 0.05}}], to: {{china: {price}}}"));
    let sending = |gb: &str| SCENARIO.replace("read_gb: 5}", &format!("read_gb: 5}}, egress: {{to: {{china: {gb}}}}}"));
    let plain = of(&to("{per_gb: 0.2}"), &sending("7"));
    assert_ne!(plain, of(&to("{per_gb: 0.3}"), &sending("7")));
    assert_ne!(plain, of(&to("internet"), &sending("7")));
    assert_ne!(plain, of(&to("{per_gb: 0.2}"), &sending("8")));
    assert_ne!(plain, of(&to("{per_gb: 0.2}"), SCENARIO));
    assert_eq!(of(&to("internet"), SCENARIO), of(BOOK, SCENARIO));
}

#[test]
fn every_rule_changes_it() {
    type Change = fn(&mut Scenario);
    let (catalog, scenario) = inputs(BOOK, SCENARIO);
    let changes: [Change; 10] = [
        |s| s.workloads[0].count = 2,
        |s| s.workloads[0].value = Some(Amount::from_units(1)),
        |s| s.providers.at_least = Some(1),
        |s| s.providers.at_most = Some(1),
        |s| {
            let place = FeePlace::Region(RegionId::at(0));
            let monthly = Amount::from_units(1);
            s.fees.push(Fee { name: "f".into(), place, monthly, span: Span::NONE });
        },
        |s| {
            let Demand::Machines(machines) = &mut s.workloads[0].demand else { return };
            machines.options = vec![GivenOption { region: RegionId::at(0), cost: Amount::ZERO, uses: Vec::new() }];
        },
        |s| {
            let Demand::Machines(machines) = &mut s.workloads[0].demand else { return };
            let (region, sku, price) = (RegionId::at(0), SkuId::at(0), UnitPrice::ZERO);
            machines.supposed = Some(SupposedPrice { region, sku, terms: Terms::OnDemand, price });
        },
        |s| {
            let span = Span::NONE;
            s.together.push(Together { name: "r".into(), workloads: vec![0, 1], same: Domain::Region, span });
        },
        |s| {
            let span = Span::NONE;
            s.apart.push(Apart { name: "r".into(), workloads: vec![0, 1], by: Domain::Region, span });
        },
        |s| {
            let span = Span::NONE;
            let at_most = Share::WHOLE;
            s.spread.push(Spread { name: "r".into(), workload: 0, over: Domain::Region, at_most, span });
        },
    ];
    let mut seen = vec![digest(&catalog, &scenario)];
    for change in changes {
        let mut changed = scenario.clone();
        change(&mut changed);
        seen.push(digest(&catalog, &changed));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), changes.len() + 1);
}
