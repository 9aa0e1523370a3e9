//! Plans with fees, counts, values, and rules of what runs together, apart or spread: those that hold pass, and each
//! thing that does not is caught by its rule.

use crate::catalog::{Catalog, Name};
use crate::check::check;
use crate::check::supply::{Charge, Supply, charges, eligible};
use crate::check::tree::{Shown, proven};
use crate::check::wording::{Words, of_supply};
use crate::digest::digest;
use crate::money::Amount;
use crate::plan::{
    Bill, BookDate, Breach, Cost, Keeps, Known, LimitUse, Line, LineCategory, LineUnit, Method, Node, Placement, Plan,
    Policy, PolicyKind, Proof, Size, Status, Unplaced,
};
use crate::scenario::{Scenario, Split};
use crate::units::{Date, Quantity, Share, Total};

/// What is changed in a plan, and the rule that catches it.
type Change = (&'static str, Breach, fn(&mut Plan));
/// A workload, its supply as proofs name it, and units.
type Part = (&'static str, &'static str, u32);

const BOOKS: [&str; 2] = [
    "tradewind: catalog/1\nprovider: p\ncurrency: USD\nregions: {a: {}, b: {}}\n\
     skus: {m: {vcpu: 4, memory_gib: 8}}\noffers: {m: {on-demand: {a: 2, b: 3}}}\n\
     storage: {standard: {a: {per_gb_month: 0.5}, b: {per_gb_month: 0.5}}}\n",
    "tradewind: catalog/1\nprovider: q\ncurrency: USD\nregions: {c: {}}\n\
     skus: {n: {vcpu: 4, memory_gib: 8}}\noffers: {n: {on-demand: {c: 5}}}\n\
     storage: {standard: {c: {per_gb_month: 0.5}}}\n",
];

fn inputs(scenario: &str) -> (Catalog, Scenario) {
    let books: Vec<(&str, &str)> = BOOKS.iter().map(|text| ("book.yaml", *text)).collect();
    let catalog = crate::catalog_from_yaml(&books).unwrap_or_else(|faults| panic!("{faults}"));
    let scenario = format!("tradewind: scenario/1\nname: s\n{scenario}");
    let scenario = crate::scenario_from_yaml("s.yaml", &scenario, &catalog).unwrap_or_else(|faults| panic!("{faults}"));
    (catalog, scenario)
}

/// A plan of these parts (workload, supply as proofs name it, units) and these unplaced copies, with its lines and
/// totals; it states no limits.
fn plan(catalog: &Catalog, scenario: &Scenario, parts: &[Part], unplaced: &[(&str, u32)]) -> Plan {
    let mut placements: Vec<Placement> = Vec::new();
    let mut stored: Vec<(&str, crate::catalog::RegionId)> = Vec::new();
    let mut bill = Bill::default();
    let mut by_provider = vec![Cost::default(); catalog.providers().len()];
    let mut by_region = vec![Cost::default(); catalog.regions().len()];
    for &(workload, at, units) in parts {
        let workload = &scenario.workloads[scenario.workload_named(workload).expect("a workload")];
        let supplies = eligible(catalog, workload);
        let supply = *supplies.iter().find(|supply| &*supply.name(catalog) == at).expect("a supply");
        let charged = charges(catalog, workload, supply).expect("within the range");
        let mut all: Vec<Charge> = charged.each.iter().map(|charge| charge.times(units).expect("in range")).collect();
        if let Some(charge) = charged.stored {
            if workload.split == Split::Never {
                all.extend(charge.times(units));
            } else if !stored.contains(&(&*workload.name, supply.region)) {
                stored.push((&workload.name, supply.region));
                all.push(charge);
            }
        }
        let words = of_supply(catalog, workload, supply, machines(catalog, workload, supply, units).1).expect("priced");
        let lines: Vec<Line> = all.iter().zip(words).map(|(charge, words)| line(catalog, charge, words)).collect();
        let sum = |lines: &[Line]| {
            lines.iter().try_fold(Cost::default(), |sum, line| sum.with(line.category, line.amount)).expect("in range")
        };
        let cost = sum(&lines);
        for charge in &all {
            let biller = &mut by_provider[charge.provider.index()];
            *biller = biller.with(charge.category, charge.amount).expect("in range");
        }
        by_region[supply.region.index()] = by_region[supply.region.index()].plus(cost).expect("in range");
        placements.push(placement(catalog, workload, supply, units, lines, cost));
    }
    for fee in &scenario.fees {
        let due = parts.iter().any(|(_, at, _)| at.starts_with(&*place_of(catalog, fee)));
        if due {
            let provider = place_of(catalog, fee);
            let provider = catalog.provider_named(provider.split('/').next().expect("a provider")).expect("a provider");
            bill.fees.push(Line {
                category: LineCategory::Fee,
                what: fee.name.to_string(),
                quantity: Quantity::whole(1).total(),
                unit: LineUnit::Month,
                unit_price: fee.monthly,
                source: "the scenario's `fees`".to_owned(),
                provider: catalog.provider(provider).name.clone(),
                amount: fee.monthly,
                list: None,
            });
            let biller = &mut by_provider[provider.index()];
            *biller = biller.with(LineCategory::Fee, fee.monthly).expect("in range");
        }
    }
    for cost in &by_provider {
        bill.cost = bill.cost.plus(*cost).expect("in range");
    }
    let names = catalog.providers().iter().map(|provider| provider.name.clone());
    bill.by_provider = names.zip(by_provider).collect();
    bill.by_region = catalog.regions().iter().map(|region| region.path.clone()).zip(by_region).collect();
    let unplaced = unplaced.iter().map(|&(name, copies)| {
        let value = scenario.workloads[scenario.workload_named(name).expect("a workload")].value.unwrap_or_default();
        Unplaced { workload: Name::from(name), copies, value: value.times(copies.into()).expect("in range") }
    });
    let unplaced: Vec<Unplaced> = unplaced.collect();
    let value = Amount::sum(unplaced.iter().map(|entry| entry.value)).expect("in range");
    let objective = bill.total().plus(value).expect("in range");
    let mut proof = Proof {
        inputs: digest(catalog, scenario),
        tree: vec![Node::Leaf { keeps: Keeps::Places, multipliers: Vec::new() }],
        ..Proof::default()
    };
    let bound = match proven(catalog, scenario, &proof) {
        Ok(Shown::Bound(bound)) => bound,
        _ => Amount::ZERO,
    };
    let copies: i128 = scenario.workloads.iter().map(|workload| i128::from(workload.count)).sum();
    if objective.units() - bound.units() <= copies * 10_i128.pow(18) {
        proof.known = Known::Optimal;
    }
    Plan {
        scenario: scenario.name.clone(),
        currency: catalog.currency().clone(),
        status: Status::Complete,
        method: Method::Tree,
        placements: shared(placements, scenario),
        unplaced,
        bill,
        objective,
        limits: Vec::new(),
        policies: Vec::new(),
        bound,
        gap: objective.gap_above(bound),
        proof,
        size: Size::default(),
        books: catalog
            .providers()
            .iter()
            .map(|book| BookDate { provider: book.name.clone(), as_of: book.as_of })
            .collect(),
        contracts: Vec::new(),
    }
}

fn place_of(catalog: &Catalog, fee: &crate::scenario::Fee) -> Name {
    crate::check::rules::Place::from(fee.place).name(catalog)
}

fn line(catalog: &Catalog, charge: &Charge, words: Words) -> Line {
    let unit_price = if charge.quantity == 0 { 0 } else { charge.amount.units() / charge.quantity };
    Line {
        category: charge.category,
        what: words.what,
        quantity: Total::from_units(charge.quantity * 1_000_000_000_000),
        unit: match charge.category {
            LineCategory::Compute => LineUnit::Hour,
            LineCategory::Storage => LineUnit::GbMonth,
            LineCategory::Given => LineUnit::Option,
            _ => LineUnit::Gb,
        },
        unit_price: Amount::from_units(unit_price * 1_000_000_000_000),
        source: words.source,
        provider: catalog.provider(charge.provider).name.clone(),
        amount: charge.amount,
        list: None,
    }
}

fn placement(
    catalog: &Catalog,
    workload: &crate::scenario::Workload,
    supply: Supply<'_>,
    units: u32,
    lines: Vec<Line>,
    cost: Cost,
) -> Placement {
    use crate::check::supply::ServedBy;
    let region = catalog.region(supply.region);
    let (_, hours) = supply.replicas_and_hours(catalog, workload);
    let all = u64::from(workload.count) * u64::from(supply.units(catalog, workload));
    let share = u32::try_from(u64::from(units) * 1_000_000 / all).expect("a share");
    let (copies, replicas) = machines(catalog, workload, supply, units);
    let (offer, option) = match supply.by {
        ServedBy::Offer(offer) => (Some(offer), None),
        ServedBy::Rates => (None, None),
        ServedBy::Option(number, _) => (None, Some(number)),
    };
    Placement {
        workload: workload.name.clone(),
        priority: workload.priority,
        provider: catalog.provider(region.provider).name.clone(),
        region: region.name.clone(),
        sku: offer.map(|offer| catalog.sku(offer.sku).name.clone()),
        terms: offer.map(|offer| offer.terms),
        option,
        accelerator: None,
        derived: None,
        copies,
        replicas,
        share: Share::from_parts(share).expect("a share"),
        hours,
        lines,
        cost,
        current: None,
    }
}

/// Copies and machines that units are.
fn machines(catalog: &Catalog, workload: &crate::scenario::Workload, supply: Supply<'_>, units: u32) -> (u32, u32) {
    let (replicas, _) = supply.replicas_and_hours(catalog, workload);
    match workload.split {
        Split::Never => (units, replicas * units),
        Split::Replicas => (1, units),
        Split::Any => (1, replicas),
    }
}

/// Shares that were rounded down add up again: here for thirds of three copies only.
fn shared(mut placements: Vec<Placement>, scenario: &Scenario) -> Vec<Placement> {
    for workload in &scenario.workloads {
        let mine: Vec<usize> =
            (0..placements.len()).filter(|&number| placements[number].workload == workload.name).collect();
        let parts: u32 = mine.iter().map(|&number| placements[number].share.parts()).sum();
        if workload.count % 3 == 0 && parts == 999_999 {
            let first = &mut placements[mine[0]].share;
            *first = Share::from_parts(first.parts() + 1).expect("a share");
        }
    }
    placements
}

/// The rules that a plan breaks, each once, without its limits' use, which these plans do not state.
fn breaches(catalog: &Catalog, scenario: &Scenario, plan: &Plan) -> Vec<Breach> {
    let mut rules: Vec<Breach> = check(catalog, scenario, plan).into_iter().map(|violation| violation.rule).collect();
    rules.sort();
    rules.dedup();
    rules
}

/// What a plan of these parts breaks.
fn of(scenario: &str, parts: &[Part], unplaced: &[(&str, u32)]) -> Vec<Breach> {
    let (catalog, scenario) = inputs(scenario);
    breaches(&catalog, &scenario, &plan(&catalog, &scenario, parts, unplaced))
}

const COPIES: &str = "workloads:\n\
    - {name: w, count: 3, value: 90, hours: 10, request: {vcpu: 4}, storage: {gb: 4}, options: [{region: q/c, cost: 60}]}\n\
    - {name: x, split: any, value: 7, options: [{region: p/a, cost: 1}, {region: q/c, cost: 2}]}\n\
    fees: [{name: f, region: p/b, monthly: 4}, {name: g, provider: p, monthly: 8}]\n";
const A: &str = "p/a m on-demand";
const B: &str = "p/b m on-demand";
const C: &str = "q/c n on-demand";

#[test]
fn copies_storage_options_fees_and_values_add_up() {
    let (catalog, scenario) = inputs(COPIES);
    let parts = [("w", A, 1), ("w", B, 1), ("w", "q/c option 1", 1)];
    let made = plan(&catalog, &scenario, &parts, &[("x", 1)]);
    assert_eq!(check(&catalog, &scenario, &made), []);
    // 20 + 2 in a, 30 + 2 in b, 60 for the option, both fees; 7 for x.
    assert_eq!(made.bill.total().to_string(), "126");
    assert_eq!(made.objective.to_string(), "133");
    // All in a but for the fee: 3 · 22, and 1 for x.
    assert_eq!(made.bound.to_string(), "67");
    // Two copies in a, one unplaced; of x 0.4 in c.
    let parts = [("w", A, 2), ("x", "p/a option 1", 600_000), ("x", "q/c option 2", 400_000)];
    let made = plan(&catalog, &scenario, &parts, &[("w", 1)]);
    assert_eq!(check(&catalog, &scenario, &made), []);
    // 2 · 22 + 0.6 + 0.8 + 8, and 90.
    assert_eq!(made.objective.to_string(), "143.4");
}

#[test]
fn what_is_not_covered_is_caught() {
    use Breach::{Coverage, Total};
    let whole = ("x", "p/a option 1", 1_000_000);
    let two = ("w", A, 2);
    let cases: [(&str, &[Part], &[(&str, u32)]); 5] = [
        ("a copy is nowhere", &[two, whole], &[]),
        ("a copy too many", &[two, ("w", B, 1), whole], &[("w", 1)]),
        ("one placement twice", &[two, ("w", A, 1), whole], &[]),
        ("it is one", &[two], &[("w", 1), ("x", 2)]),
        ("placed in part", &[two, ("x", "p/a option 1", 600_000)], &[("w", 1)]),
    ];
    for (what, parts, unplaced) in cases {
        // A plan that does less may cost less than the bound, too.
        assert!(of(COPIES, parts, unplaced).contains(&Coverage), "{what}");
    }
    let (catalog, scenario) = inputs(COPIES);
    let changes: [Change; 12] = [
        ("the copies", Coverage, |plan| plan.placements[0].copies = 3),
        ("no copies", Coverage, |plan| plan.placements[0].copies = 0),
        ("the machines", Coverage, |plan| plan.placements[0].replicas = 1),
        ("the share", Coverage, |plan| plan.placements[0].share = Share::from_parts(666_667).expect("a share")),
        ("copies of what is divided", Coverage, |plan| plan.placements[1].copies = 2),
        ("the value", Total, |plan| plan.unplaced[0].value = Amount::ZERO),
        ("the unplaced", Coverage, |plan| plan.unplaced[0].copies = 2),
        ("unplaced twice", Coverage, |plan| plan.unplaced.push(plan.unplaced[0].clone())),
        ("unplaced nobody", Breach::Names, |plan| plan.unplaced[0].workload = Name::from("nobody")),
        ("the objective", Total, |plan| plan.objective = plan.bill.total()),
        ("an option that does not exist", Breach::Names, |plan| plan.placements[0].option = Some(9)),
        ("an option and a SKU", Breach::Names, |plan| plan.placements[0].option = Some(1)),
    ];
    let made = plan(&catalog, &scenario, &[two, whole], &[("w", 1)]);
    for (what, rule, change) in changes {
        let mut wrong = made.clone();
        change(&mut wrong);
        let found = breaches(&catalog, &scenario, &wrong);
        assert!(found.contains(&rule), "{what}: {found:?}");
    }
    let must = COPIES.replace("value: 90, ", "");
    assert!(of(&must, &[two, whole], &[("w", 1)]).contains(&Coverage), "it has no value");
}

#[test]
fn fees_are_billed_where_anything_runs_and_nowhere_else() {
    let (catalog, scenario) = inputs(COPIES);
    let made = plan(&catalog, &scenario, &[("w", A, 2), ("w", B, 1)], &[("x", 1)]);
    assert_eq!(check(&catalog, &scenario, &made), []);
    let changes: [Change; 14] = [
        ("what is charged", Breach::Line, |plan| plan.placements[0].lines[0].what = "9 × m, spot".to_owned()),
        ("where its price is from", Breach::Line, |plan| plan.placements[0].lines[0].source = "q/c n spot".to_owned()),
        ("a book's date", Breach::Inputs, |plan| plan.books[0].as_of = Date::parse("2031-01-01")),
        ("a book less", Breach::Inputs, |plan| drop(plan.books.pop())),
        ("a book twice", Breach::Inputs, |plan| plan.books.push(plan.books[0].clone())),
        ("left out", Breach::Line, |plan| drop(plan.bill.fees.pop())),
        ("twice", Breach::Line, |plan| plan.bill.fees.push(plan.bill.fees[0].clone())),
        ("out of order", Breach::Line, |plan| plan.bill.fees.reverse()),
        ("its amount", Breach::Line, |plan| plan.bill.fees[0].amount = Amount::ZERO),
        ("its unit", Breach::Line, |plan| plan.bill.fees[0].unit = LineUnit::Option),
        ("its biller", Breach::Line, |plan| plan.bill.fees[0].provider = Name::from("q")),
        ("its source", Breach::Line, |plan| plan.bill.fees[0].source.clear()),
        ("the total of fees", Breach::Total, |plan| plan.bill.cost.fees = Amount::ZERO),
        ("the provider's", Breach::Total, |plan| plan.bill.by_provider[0].1.fees = Amount::ZERO),
    ];
    for (what, rule, change) in changes {
        let mut wrong = made.clone();
        change(&mut wrong);
        let found = breaches(&catalog, &scenario, &wrong);
        assert!(found.contains(&rule), "{what}: {found:?}");
    }
}

const OPTIONS: &str = "workloads:\n\
    - {name: u, options: [{region: p/a, cost: 1}, {region: p/b, cost: 1}, {region: q/c, cost: 1}]}\n\
    - {name: v, options: [{region: p/a, cost: 1}, {region: p/b, cost: 1}, {region: q/c, cost: 1}]}\n\
    - {name: w, count: 5, options: [{region: p/a, cost: 1}, {region: p/b, cost: 1}, {region: q/c, cost: 1}]}\n\
    - {name: x, split: any, options: [{region: p/a, cost: 1}, {region: p/b, cost: 1}, {region: q/c, cost: 1}]}\n";

/// Where each workload is, by region, with units.
fn placed(rules: &str, at: &[(&'static str, char, u32)]) -> Vec<Breach> {
    let name = |place: &char| match place {
        'a' => "p/a option 1",
        'b' => "p/b option 2",
        _ => "q/c option 3",
    };
    let parts: Vec<_> = at.iter().map(|(workload, place, units)| (*workload, name(place), *units)).collect();
    of(&format!("{OPTIONS}{rules}"), &parts, &[])
}

#[test]
fn providers_in_use_are_counted() {
    let at_p = [("u", 'a', 1), ("v", 'b', 1), ("w", 'a', 5), ("x", 'b', 1_000_000)];
    let crumb = [("u", 'a', 1), ("v", 'b', 1), ("w", 'a', 5), ("x", 'b', 999_000), ("x", 'c', 1_000)];
    let part = [("u", 'a', 1), ("v", 'b', 1), ("w", 'a', 5), ("x", 'b', 998_999), ("x", 'c', 1_001)];
    let copy = [("u", 'a', 1), ("v", 'b', 1), ("w", 'a', 4), ("w", 'c', 1), ("x", 'b', 1_000_000)];
    for (rules, broken) in [
        ("providers: {at_least: 2}\n", [true, true, false, false]),
        ("providers: {at_most: 1}\n", [false, false, true, true]),
    ] {
        for (parts, broken) in [&at_p[..], &crumb, &part, &copy].into_iter().zip(broken) {
            let expected: &[Breach] = if broken { &[Breach::Rule] } else { &[] };
            assert_eq!(placed(rules, parts), expected, "{rules} {parts:?}");
        }
    }
}

#[test]
fn together_apart_and_spread_are_held() {
    let w = ("w", 'a', 5);
    let x = ("x", 'c', 1_000_000);
    let together = |same: &str| format!("together: [{{name: t, workloads: [u, v], same: {same}}}]\n");
    assert_eq!(placed(&together("region"), &[("u", 'a', 1), ("v", 'a', 1), w, x]), []);
    assert_eq!(placed(&together("region"), &[("u", 'a', 1), ("v", 'b', 1), w, x]), [Breach::Rule]);
    assert_eq!(placed(&together("provider"), &[("u", 'a', 1), ("v", 'b', 1), w, x]), []);
    assert_eq!(placed(&together("provider"), &[("u", 'a', 1), ("v", 'c', 1), w, x]), [Breach::Rule]);
    let apart = |by: &str| format!("apart: [{{name: t, workloads: [u, v], by: {by}}}]\n");
    assert_eq!(placed(&apart("region"), &[("u", 'a', 1), ("v", 'a', 1), w, x]), [Breach::Rule]);
    assert_eq!(placed(&apart("region"), &[("u", 'a', 1), ("v", 'b', 1), w, x]), []);
    assert_eq!(placed(&apart("provider"), &[("u", 'a', 1), ("v", 'b', 1), w, x]), [Breach::Rule]);
    // Copies of one workload may share a place; of 5 copies half are 2.
    let uv = [("u", 'a', 1), ("v", 'a', 1)];
    let spread = "spread: [{name: s, workload: w, over: region, at_most: 50%}, {name: r, workload: x, over: provider, at_most: 60%}]\n";
    let spread_out = |parts: &[(&'static str, char, u32)]| placed(spread, &[&uv[..], parts].concat());
    let of_x = [("x", 'a', 300_000), ("x", 'b', 300_000), ("x", 'c', 400_000)];
    assert_eq!(spread_out(&[&[("w", 'a', 2), ("w", 'b', 2), ("w", 'c', 1)][..], &of_x].concat()), []);
    assert_eq!(spread_out(&[&[("w", 'a', 3), ("w", 'b', 1), ("w", 'c', 1)][..], &of_x].concat()), [Breach::Rule]);
    let of_x = [("x", 'a', 300_001), ("x", 'b', 300_000), ("x", 'c', 399_999)];
    assert_eq!(spread_out(&[&[("w", 'a', 2), ("w", 'b', 2), ("w", 'c', 1)][..], &of_x].concat()), [Breach::Rule]);
}

/// A limit's use as a plan states it.
fn used(name: &str, of: Option<&str>, sum: &str, at_least: bool, [used, limit]: [i64; 2]) -> LimitUse {
    let whole = |count: i64| Total::from_units(i128::from(count) * 10_i128.pow(24));
    LimitUse {
        name: name.into(),
        of: of.map(Name::from),
        sum: sum.into(),
        at_least,
        share: None,
        used: whole(used),
        limit: whole(limit),
        slack: whole(if at_least { used - limit } else { limit - used }),
        direct_only: false,
    }
}

#[test]
fn a_floor_by_value_is_asked_and_stated_where_its_value_is_in_use() {
    let limits = "limits: [{name: l, sum: slots, per: region, at_least: 4}]\n";
    let workloads = "workloads:\n\
        - {name: w, count: 5, options: [{region: p/a, cost: 1, uses: {slots: 2}}, {region: p/b, cost: 1, uses: {slots: 2}}]}\n\
        - {name: x, split: any, options: [{region: p/b, cost: 1, uses: {slots: 9}}, {region: q/c, cost: 1}]}\n";
    let (catalog, scenario) = inputs(&format!("{workloads}{limits}"));
    let with = |parts: &[Part], limits: Vec<LimitUse>| {
        let plan = Plan { limits, ..plan(&catalog, &scenario, parts, &[]) };
        breaches(&catalog, &scenario, &plan)
    };
    // All copies in a: 10 slots. In c nothing is used by x, but it is in use there.
    let parts = [("w", "p/a option 1", 5), ("x", "p/b option 1", 1_000_000)];
    let of_a = used("l", Some("p/a"), "slots", true, [10, 4]);
    let of_b = used("l", Some("p/b"), "slots", true, [9, 4]);
    assert_eq!(with(&parts, vec![of_a.clone(), of_b.clone()]), []);
    assert_eq!(with(&parts, vec![of_a.clone()]), [Breach::Limit]);
    let of_c = used("l", Some("q/c"), "slots", true, [0, 4]);
    assert_eq!(with(&parts, vec![of_a.clone(), of_b.clone(), of_c.clone()]), [Breach::Limit]);
    // A crumb of 1000 parts is not in use: c asks nothing. One part more, and it falls short.
    let crumb = [("w", "p/a option 1", 5), ("x", "p/b option 1", 999_000), ("x", "q/c option 2", 1_000)];
    let of_b = LimitUse {
        used: Total::from_units(8_991 * 10_i128.pow(21)),
        slack: Total::from_units(4_991 * 10_i128.pow(21)),
        ..of_b
    };
    assert_eq!(with(&crumb, vec![of_a.clone(), of_b]), []);
    let part = [("w", "p/a option 1", 5), ("x", "q/c option 2", 1_000_000)];
    assert_eq!(with(&part, vec![of_a, of_c]), [Breach::Limit]);
}

#[test]
fn fees_count_in_sums_of_the_bill_and_in_no_narrower_ones() {
    let limits = "limits:\n\
        - {name: all, sum: cost, at_most: 1000}\n\
        - {name: each, sum: cost, per: provider, at_most: 1000}\n\
        - {name: in-b, sum: cost, where: {region: p/b}, at_most: 1000}\n";
    let (catalog, scenario) = inputs(&format!("{COPIES}{limits}"));
    let made = plan(&catalog, &scenario, &[("w", B, 2), ("w", C, 1)], &[("x", 1)]);
    // 2 · 32 in b, 52 in c; 4 + 8 of fees, both billed by p.
    let limits = vec![
        used("all", None, "cost", false, [128, 1000]),
        used("each", Some("p"), "cost", false, [76, 1000]),
        used("each", Some("q"), "cost", false, [52, 1000]),
        LimitUse { direct_only: true, ..used("in-b", None, "cost", false, [64, 1000]) },
    ];
    assert_eq!(check(&catalog, &scenario, &Plan { limits, ..made }), []);
}

#[test]
fn what_a_plan_claims_of_itself_is_recomputed() {
    let (catalog, scenario) = inputs(COPIES);
    let made = plan(&catalog, &scenario, &[("w", A, 3), ("x", "p/a option 1", 1_000_000)], &[]);
    assert_eq!(check(&catalog, &scenario, &made), []);
    let one = Amount::from_units(1);
    let changes: [Change; 8] = [
        ("other inputs", Breach::Inputs, |plan| plan.proof.inputs = "0".repeat(64)),
        ("a higher bound", Breach::Bound, |plan| plan.bound = plan.objective),
        ("a lower bound", Breach::Bound, |plan| plan.bound = Amount::ZERO),
        ("no gap", Breach::Bound, |plan| plan.gap = 0.0),
        ("optimal", Breach::Bound, |plan| plan.proof.known = Known::Optimal),
        ("infeasible", Breach::Bound, |plan| plan.proof.known = Known::Infeasible),
        ("no tree", Breach::Proof, |plan| plan.proof.tree.clear()),
        ("a ray", Breach::Proof, |plan| plan.proof.tree[0] = Node::Void),
    ];
    for (what, rule, change) in changes {
        let mut wrong = made.clone();
        change(&mut wrong);
        assert_eq!(breaches(&catalog, &scenario, &wrong), [rule], "{what}");
    }
    // Without fees the bound is the cost: 3 · 22 + 1.
    let (catalog, scenario) = inputs(COPIES.split("fees:").next().expect("a part"));
    let made = plan(&catalog, &scenario, &[("w", A, 3), ("x", "p/a option 1", 1_000_000)], &[]);
    assert_eq!((made.bound, made.proof.known), (made.objective, Known::Optimal));
    assert_eq!(check(&catalog, &scenario, &made), []);
    let bounded = Proof { known: Known::Bounded, ..made.proof.clone() };
    assert_eq!(breaches(&catalog, &scenario, &Plan { proof: bounded, ..made.clone() }), [Breach::Bound]);
    // A saving, and the same one claimed by a plan that leaves something out.
    let policy = |cost: Amount, saving: Amount| Policy {
        kind: PolicyKind::Stay,
        provider: None,
        cost,
        unserved: Vec::new(),
        broken: Vec::new(),
        saving: Some(saving),
    };
    let dearer = made.bill.total().plus(one).expect("in range");
    let saved = Plan { policies: vec![policy(dearer, one)], ..made.clone() };
    assert_eq!(check(&catalog, &scenario, &saved), []);
    let less = plan(&catalog, &scenario, &[("w", A, 3)], &[("x", 1)]);
    let saving = dearer.minus(less.bill.total()).expect("in range");
    let claimed = Plan { policies: vec![policy(dearer, saving)], ..less };
    assert_eq!(breaches(&catalog, &scenario, &claimed), [Breach::Saving]);
}

#[test]
fn storage_of_a_divided_workload_is_charged_once_in_a_region_and_is_of_no_machine() {
    let scenario = "workloads:\n\
        - {name: w, split: any, hours: 10, request: {vcpu: 4}, storage: {gb: 4}, options: [{region: p/a, cost: 60}]}\n\
        limits: [{name: in-a, sum: cost, where: {region: p/a}, at_most: 100}, {name: of-m, sum: cost, where: {sku: m}, at_most: 100}]\n";
    let (catalog, scenario) = inputs(scenario);
    // The option first: its part keeps nothing, the machine's part keeps all of it. 0.5 · 60 + 0.5 · 20 + 2.
    let made = plan(&catalog, &scenario, &[("w", "p/a option 1", 500_000), ("w", A, 500_000)], &[]);
    assert_eq!(made.bill.total().to_string(), "42");
    let limits = vec![
        LimitUse { direct_only: true, ..used("in-a", None, "cost", false, [42, 100]) },
        LimitUse { direct_only: true, ..used("of-m", None, "cost", false, [10, 100]) },
    ];
    assert_eq!(check(&catalog, &scenario, &Plan { limits, ..made }), []);
}
