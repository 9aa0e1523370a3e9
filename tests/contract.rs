//! Negotiated prices: what layers make of list prices, and how a plan shows both.

use std::sync::Arc;

use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;
use tradewind::catalog::{Catalog, Offer, Terms};
use tradewind::plan::{Breach, Plan};
use tradewind::report::{Detail, plan_json, plan_text};
use tradewind::{Effort, Problem, check, contracted_catalog_from_yaml, optimize, plan_from_json, scenario_from_yaml};

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
