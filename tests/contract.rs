//! Negotiated prices: what layers make of list prices, and how a plan shows both.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;
use tradewind::catalog::{Catalog, Offer, Terms};
use tradewind::explain::{Depth, WhyNot, Wins, explain_offer, review};
use tradewind::money::Amount;
use tradewind::plan::{Breach, Plan};
use tradewind::report::{Detail, plan_json, plan_text, review_csv, review_markdown};
use tradewind::scenario::Demand;
use tradewind::units::Date;
use tradewind::{
    Document, Effort, Factor, GivenFiles, Overlay, Problem, check, contracted_catalog_from_yaml, load_given, optimize,
    plan_from_json, scenario_from_yaml,
};

const BOOK: &str = "\
tradewind: catalog/1
provider: acme
currency: USD
regions: {north-1: {}, south-1: {}}
skus:
  a.large: {vcpu: 8, memory_gib: 32, family: a}
  a.small: {vcpu: 2, memory_gib: 8, family: a}
  g.large: {vcpu: 8, memory_gib: 64, family: g, accelerator: {model: L4, count: 1}}
offers:
  a.large: {on-demand: {north-1: 0.4, south-1: 0.35}, spot: {north-1: 0.15}}
  a.small: {on-demand: {north-1: 0.1}}
  g.large: {on-demand: {south-1: 0.8}}
network: {internet: {default: {free_gb: 100, per_gb: 0.09}}}
";

const SCENARIO: &str = "\
tradewind: scenario/1
name: contracted
workloads:
  - {name: api, replicas: 2, request: {vcpu: 8}, egress: {internet_gb: 1000}}
  - {name: chat, request: {vcpu: 1, accelerator: {any_of: [L4], count: 1}}}
";

fn contract(layers: &str) -> String {
    format!("tradewind: contract/1\nname: Agreement\ncurrency: USD\nas_of: 2026-01-01\nlayers:\n{layers}")
}

fn catalog(layers: &str) -> Catalog {
    let contract = contract(layers);
    contracted_catalog_from_yaml(&[("acme.yaml", BOOK)], &[("contract.yaml", &contract)])
        .unwrap_or_else(|faults| panic!("{faults}"))
}

fn plan(catalog: Catalog) -> (Arc<Catalog>, Arc<tradewind::Scenario>, Plan) {
    let catalog = Arc::new(catalog);
    let scenario = scenario_from_yaml("scenario.yaml", SCENARIO, &catalog).unwrap_or_else(|faults| panic!("{faults}"));
    let scenario = Arc::new(scenario);
    let problem = Problem::new(&catalog, &scenario).unwrap_or_else(|faults| panic!("{faults}"));
    let plan = optimize(&problem, &Effort::default()).unwrap_or_else(|reason| panic!("{reason}"));
    (catalog, scenario, plan)
}

/// What an offer costs, and what the list says, as text.
fn prices(catalog: &Catalog, sku: &str, region: &str, terms: Terms) -> (String, String) {
    let is = |offer: &&Offer| {
        *catalog.sku(offer.sku).name == *sku && *catalog.region(offer.region).name == *region && offer.terms == terms
    };
    let offer = catalog.offers().iter().find(is).expect("an offer");
    (offer.price.to_string(), offer.list_price.to_string())
}

const LAYERS: &str = "  - {name: all, discount: 10%}
  - {name: north a, where: {family: a, region: north-1, terms: on-demand}, discount: 25%}
  - {name: cards, where: {provider: acme, sku: g.large}, price: 0.5}
  - {name: last, where: {region: acme/south-1}, discount: 1%}
";

#[test]
fn layers_change_the_offers_in_their_scope_in_order() {
    let catalog = catalog(LAYERS);
    let price = |sku, region, terms| prices(&catalog, sku, region, terms);
    let both = |paid: &str, list: &str| (paid.to_owned(), list.to_owned());
    // 0.4 × 0.9 × 0.75; spot 0.15 × 0.9; 0.35 × 0.9 × 0.99; a fixed 0.5 × 0.99.
    assert_eq!(price("a.large", "north-1", Terms::OnDemand), both("0.27", "0.4"));
    assert_eq!(price("a.large", "north-1", Terms::Spot), both("0.135", "0.15"));
    assert_eq!(price("a.large", "south-1", Terms::OnDemand), both("0.31185", "0.35"));
    assert_eq!(price("g.large", "south-1", Terms::OnDemand), both("0.495", "0.8"));
    // In another order, another price: 0.8 × 0.9 × 0.99 counts for nothing before a fixed price.
    let fixed_last = self::catalog(
        "  - {name: last, where: {region: south-1}, discount: 1%}\n  - {name: cards, where: {family: g}, price: 0.5}\n",
    );
    assert_eq!(prices(&fixed_last, "g.large", "south-1", Terms::OnDemand).0, "0.5");
}

#[test]
fn the_plan_is_the_cheapest_at_contracted_prices_and_shows_the_list_apart() {
    let (_, _, listed) = plan(tradewind::catalog_from_yaml(&[("acme.yaml", BOOK)]).expect("a book"));
    // At list prices the south is cheaper: 0.35 < 0.4. Two machines × 730 × 0.35, 1 000 GB less 100 at 0.09, one card.
    assert_eq!(&*listed.placements[0].region, "south-1");
    assert_eq!(listed.bill.total().to_string(), "1176");
    assert!(listed.bill.list.is_none() && listed.contracts.is_empty());

    let (catalog, scenario, plan) = plan(self::catalog(LAYERS));
    let api = &plan.placements[0];
    assert_eq!((&*api.workload, &*api.region), ("api", "north-1"));
    // 1 460 h × 0.27, at list × 0.4.
    let line = &api.lines[0];
    let list = line.list.expect("a list price");
    let figures = [line.unit_price, line.amount, list.unit_price, list.amount].map(|amount| amount.to_string());
    assert_eq!(figures, ["0.27", "394.2", "0.4", "584"]);
    assert_eq!(line.source, "acme/north-1 a.large on-demand, under all, north a");
    assert!(api.lines[1].list.is_none(), "egress has no layer");
    // 394.2 + 81 + 730 × 0.495 = 836.55; at list 584 + 81 + 584.
    let list = plan.bill.list.expect("contracts are in force");
    assert_eq!((plan.bill.total().to_string(), list.total.to_string()), ("836.55".to_owned(), "1249".to_owned()));
    assert_eq!((list.compute.to_string(), list.network.to_string()), ("1168".to_owned(), "81".to_owned()));

    let text = plan_text(&plan, Detail::Lines);
    for shown in [
        "contracted: 836.55 USD a month\n1,249.00 USD at list prices: contracts take off 412.45 (33.0%)\n",
        "list price",
        "at list",
        "Contracts: Agreement 2026-01-01\n",
    ] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    let json = plan_json(&plan);
    let document: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(document["list_cost"]["total"], "1249");
    assert_eq!(document["contracts"][0]["name"], "Agreement");
    assert_eq!(document["placements"][0]["lines"][0]["list"]["amount"], "584");
    let read = plan_from_json("plan.json", &json).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(plan_json(&read), json);
    assert_eq!(check(&catalog, &scenario, &read), []);
}

#[test]
fn a_plan_that_tells_another_list_price_is_refused() {
    let (catalog, scenario, plan) = plan(catalog(LAYERS));
    let breaches = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut document: serde_json::Value = serde_json::from_str(&plan_json(&plan)).expect("JSON");
        change(&mut document);
        let plan = plan_from_json("plan.json", &document.to_string()).unwrap_or_else(|faults| panic!("{faults}"));
        check(&catalog, &scenario, &plan).into_iter().map(|violation| violation.rule).collect::<Vec<_>>()
    };
    assert_eq!(breaches(&|_| ()), []);
    let line = |document: &mut serde_json::Value| document["placements"][0]["lines"][0].take();
    assert_eq!(breaches(&|document| document["list_cost"]["total"] = "1250".into()), [Breach::Total]);
    assert_eq!(
        breaches(&|document| {
            let mut changed = line(document);
            changed["list"]["unit_price"] = "0.41".into();
            document["placements"][0]["lines"][0] = changed;
        }),
        [Breach::Line]
    );
    assert_eq!(
        breaches(&|document| {
            let mut changed = line(document);
            changed.as_object_mut().expect("a line").remove("list");
            document["placements"][0]["lines"][0] = changed;
        }),
        [Breach::Line]
    );
    assert_eq!(
        breaches(&|document| drop(document["contracts"].as_array_mut().expect("a list").pop())),
        [Breach::Names]
    );
}

#[test]
fn a_proof_holds_for_one_contract_only() {
    let (_, scenario, plan) = self::plan(catalog(LAYERS));
    // Prices that this plan does not use, and the same prices by another name: other inputs all the same.
    for (from, to) in [("discount: 1%", "discount: 2%"), ("name: last", "name: end")] {
        let other = catalog(&LAYERS.replace(from, to));
        let breaches: Vec<Breach> = check(&other, &scenario, &plan).into_iter().map(|found| found.rule).collect();
        assert!(breaches.contains(&Breach::Inputs), "{from}: {breaches:?}");
    }
}

/// A layer over some of the book: its text, which offers it changes, and its change as a fraction or a fixed price.
#[derive(Clone, Debug)]
struct Drawn {
    text: String,
    region: Option<&'static str>,
    family: Option<&'static str>,
    /// Parts of 10⁻⁴ percent off, or a price in 10⁻¹².
    change: Result<u32, u64>,
}

fn layer() -> impl Strategy<Value = Drawn> {
    let region = prop::option::of(prop::sample::select(vec!["north-1", "south-1"]));
    let family = prop::option::of(prop::sample::select(vec!["a", "g"]));
    let change =
        prop_oneof![(1_u32..=100).prop_map(|percent| Ok(percent * 10_000)), (1_u64..10_u64.pow(13)).prop_map(Err)];
    (region, family, change).prop_map(|(region, family, change)| {
        let mut scope = Vec::new();
        scope.extend(region.map(|name| format!("region: {name}")));
        scope.extend(family.map(|name| format!("family: {name}")));
        let change_text = match change {
            Ok(parts) => format!("discount: {}%", parts / 10_000),
            Err(price) => format!("price: {}.{:012}", price / 10_u64.pow(12), price % 10_u64.pow(12)),
        };
        let text = format!("where: {{{}}}, {change_text}", scope.join(", "));
        Drawn { text, region, family, change }
    })
}

/// The nearest whole number, the even one of two.
fn half_even(exact: &BigRational) -> BigInt {
    let floor = exact.floor().to_integer();
    let rest = exact - BigRational::from(floor.clone());
    let half = BigRational::new(1.into(), 2.into());
    let odd = &floor % 2 != BigInt::ZERO;
    if rest > half || (rest == half && odd) { floor + 1 } else { floor }
}

proptest! {
    /// Every price is what fractions of any size make of the list price, rounded once at the end.
    #[test]
    fn prices_are_those_of_plain_fractions(layers in prop::collection::vec(layer(), 1..6)) {
        let text: String = layers.iter().enumerate()
            .map(|(number, layer)| format!("  - {{name: l{number}, {}}}\n", layer.text)).collect();
        let contract = contract(&text);
        // Some draws leave a layer without an effect, which is a fault of its own.
        let Ok(catalog) = contracted_catalog_from_yaml(&[("acme.yaml", BOOK)], &[("contract.yaml", &contract)]) else {
            return Ok(());
        };
        for offer in catalog.offers() {
            let (region, sku) = (catalog.region(offer.region), catalog.sku(offer.sku));
            let mut exact = BigRational::from(BigInt::from(offer.list_price.units()));
            for layer in &layers {
                if layer.region.is_none_or(|name| *region.name == *name)
                    && layer.family.is_none_or(|name| sku.family.as_deref() == Some(name))
                {
                    exact = match layer.change {
                        Ok(parts) => exact * BigRational::new((1_000_000 - parts).into(), 1_000_000.into()),
                        Err(price) => BigRational::from(BigInt::from(price)),
                    };
                }
            }
            prop_assert_eq!(BigInt::from(offer.price.units()), half_even(&exact), "{} {}", text, sku.name);
        }
    }
}

const NEGOTIATED: &str = "  - {name: everywhere, where: {provider: acme}, discount: 20%}
  - {name: cards, where: {sku: g.large}, price: 0.5}
";

#[test]
fn other_list_prices_keep_the_contracts_and_the_check_accepts_them() {
    let half = Factor::percent((-50).into()).expect("a factor");
    let catalog = catalog(NEGOTIATED).repriced(None, half).expect("within the range");
    let told = |sku: &str, region: &str| prices(&catalog, sku, region, Terms::OnDemand);
    // 0.35 × 0.5 × 0.8; a price that a contract fixes stays.
    assert_eq!(told("a.large", "south-1"), ("0.14".to_owned(), "0.175".to_owned()));
    assert_eq!(told("g.large", "south-1"), ("0.5".to_owned(), "0.4".to_owned()));
    let (catalog, scenario, plan) = plan(catalog);
    assert_eq!(check(&catalog, &scenario, &plan), []);
    assert_eq!((plan.contracts.len(), plan.bill.list.is_some()), (1, true));
}

#[test]
fn the_price_at_which_an_offer_wins_is_one_that_is_paid() {
    let (catalog, scenario, plan) = plan(catalog(NEGOTIATED));
    let problem = Problem::new(&catalog, &scenario).expect("it can be priced");
    let asked =
        explain_offer(
            &problem,
            &plan,
            "api",
            "acme/north-1/a.large",
            &Depth::new(),
            &mut |_| ControlFlow::Continue(()),
        );
    let WhyNot::Forced { wins: Wins::At { now, at, .. }, .. } = asked.expect("it is there").why else {
        panic!("a price at which it wins")
    };
    // 0.4 × 0.8 is paid; the one in the south costs 0.35 × 0.8.
    assert_eq!((now.to_string().as_str(), at.to_string().as_str()), ("0.32", "0.28"));
}

#[test]
fn a_review_shows_list_and_contracted_prices_beside_each_other() {
    let (catalog, scenario, plan) = plan(catalog(NEGOTIATED));
    let problem = Problem::new(&catalog, &scenario).expect("it can be priced");
    let day = Date::parse("2026-08-15").expect("a date");
    let seen = review(&problem, &plan, &Depth::new(), day, &mut |_| ControlFlow::Continue(()));
    let page = review_markdown(&plan, &seen);
    let line =
        |start: &str| page.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start}: {page}"));
    let list = plan.bill.list.expect("there is a contract");
    assert!(list.total > plan.bill.total());
    assert!(line("| acme, at list prices |").contains(&list.total.in_cents()), "{page}");
    assert!(line("| acme, as paid |").contains(&plan.bill.total().in_cents()), "{page}");
    assert!(line("| acme, as paid |").contains("| -"), "what is saved: {page}");
    assert!(page.contains("list prices as Agreement (2026-01-01) changes them"), "{page}");
    assert!(!page.contains("without negotiated discounts"), "{page}");
    // The CSV adds up to both.
    let text = review_csv(&plan, day);
    let header: Vec<&str> = text.lines().next().expect("a header").split(',').collect();
    let column = header.iter().position(|name| *name == "ListCost").expect("a column");
    let sum =
        Amount::sum(text.lines().skip(1).map(|row| Amount::parse(csv_cells(row)[column].as_str()).expect("an amount")));
    assert_eq!(sum, Some(list.total));
}

/// The cells of a row; quotes hold commas.
fn csv_cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    for letter in row.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            other => cells.last_mut().expect("a cell").push(other),
        }
    }
    cells
}

#[test]
fn the_csv_of_a_bill_has_both_prices() {
    let (_, _, plan) = plan(catalog(NEGOTIATED));
    let text = review_csv(&plan, Date::parse("2026-08-15").expect("a date"));
    let column = |name: &str| text.lines().next().and_then(|header| header.split(',').position(|title| title == name));
    let at = column("ListUnitPrice").expect("a column");
    assert_eq!(column("ContractedUnitPrice"), Some(at + 1));
    let machine = text.lines().find(|line| line.contains("a.large")).expect("a machine");
    // List and contracted price, then the cost at list prices, contracted, effective and billed.
    assert!(machine.contains(",1460,Hours,0.35,0.28,511,408.8,408.8,408.8,"), "{machine}");
}

/// A folder of this process with the book, the scenario and a contract in it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let path = std::env::temp_dir().join(format!("tradewind-contract-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary folder");
        let scenario = SCENARIO.replace("name: contracted\n", "name: contracted\ncatalogs: [acme.yaml]\n");
        for (name, text) in
            [("acme.yaml", BOOK), ("scenario.yaml", scenario.as_str()), ("contract.yaml", &contract(NEGOTIATED))]
        {
            fs::write(path.join(name), text).expect("a temporary file");
        }
        Folder(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn contracts_are_given_or_named_by_a_change_and_changes_go_with_both() {
    let folder = Folder::new();
    let scenario = Document::from(folder.path("scenario.yaml"));
    let given = [folder.path("contract.yaml")];
    let names = Overlay::assignment("--set", "contracts=[contract.yaml]");
    let doubled = Overlay::assignment("--set", "workloads.api.replicas=4");
    let read = |contracts: &[PathBuf], overlays: &[Overlay]| {
        let given = GivenFiles { contracts, ..GivenFiles::default() };
        load_given(&scenario, given, overlays).map_err(|faults| faults.to_string())
    };
    for (contracts, overlays, count, replicas) in [
        (&[][..], &[][..], 0, 2),
        (&given[..], &[doubled.clone()][..], 1, 4),
        (&[][..], &[names.clone(), doubled][..], 1, 4),
        (&given[..], &[names][..], 1, 2),
    ] {
        let input = read(contracts, overlays).unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(input.catalog.contracts().len(), count);
        assert!(
            matches!(&input.scenario.workloads[0].demand, Demand::Machines(machines) if machines.replicas == replicas)
        );
    }
    let missing = read(&[], &[Overlay::assignment("--set", "contracts=[none.yaml]")]).expect_err("there is none");
    assert!(missing.starts_with("--set:1:12: cannot read") && missing.contains("none.yaml"), "{missing}");
}
