//! Bounds of proofs written by hand, with the sums worked in comments; and proofs that are refused.

use crate::catalog::Catalog;
use crate::check::tree::{Shown, proven};
use crate::plan::{ColumnName, Keeps, Kept, MULTIPLIER_BITS, Node, Proof, RowName};
use crate::scenario::Scenario;

/// Options at `p/a`, `p/b` and `q/c`.
const BOOKS: [&str; 2] = [
    "tradewind: catalog/1\nprovider: p\ncurrency: USD\nregions: {a: {}, b: {}}\n",
    "tradewind: catalog/1\nprovider: q\ncurrency: USD\nregions: {c: {}}\n",
];

fn inputs(books: &[&str], scenario: &str) -> (Catalog, Scenario) {
    let books: Vec<(&str, &str)> = books.iter().map(|text| ("book.yaml", *text)).collect();
    let catalog = crate::catalog_from_yaml(&books).unwrap_or_else(|faults| panic!("{faults}"));
    let scenario = format!("tradewind: scenario/1\nname: s\n{scenario}");
    let scenario = crate::scenario_from_yaml("s.yaml", &scenario, &catalog).unwrap_or_else(|faults| panic!("{faults}"));
    (catalog, scenario)
}

/// What a proof shows: its bound in digits, `nothing`, or the fault.
fn shown_of(books: &[&str], scenario: &str, proof: &Proof) -> String {
    let (catalog, scenario) = inputs(books, scenario);
    match proven(&catalog, &scenario, proof) {
        Ok(Shown::Bound(bound)) => bound.to_string(),
        Ok(Shown::Nothing) => "nothing".to_owned(),
        Err(fault) => fault.to_string(),
    }
}

fn shown(scenario: &str, proof: &Proof) -> String {
    shown_of(&BOOKS, scenario, proof)
}

/// Quarters of money as a multiplier.
fn quarters(count: i64) -> i64 {
    count << (MULTIPLIER_BITS - 2)
}

fn leaf(multipliers: &[(usize, i64)]) -> Node {
    Node::Leaf { keeps: Keeps::Places, multipliers: multipliers.to_vec() }
}

fn ray(multipliers: &[(usize, i64)]) -> Node {
    Node::Ray { keeps: Keeps::Places, multipliers: multipliers.to_vec() }
}

fn branch(column: usize, at_most: i128, below: usize, above: usize) -> Node {
    Node::Branch { column, at_most, below, above }
}

fn proof(columns: Vec<ColumnName>, rows: Vec<RowName>, tree: Vec<Node>) -> Proof {
    Proof { columns, rows, tree, ..Proof::default() }
}

fn limit(name: &str) -> RowName {
    RowName::Limit { name: name.into(), of: None }
}

fn units(workload: &str, at: &str) -> ColumnName {
    ColumnName::Units { workload: workload.into(), at: at.into() }
}

/// Three copies in a for 10 and 2 slots each, or in c for 20; a quota of 3 slots.
const QUOTA: &str = "workloads:\n\
    - {name: w, count: 3, options: [{region: p/a, cost: 10, uses: {slots: 2}}, {region: q/c, cost: 20}]}\n\
    limits: [{name: l, sum: slots, at_most: 3}]\n";

#[test]
fn a_leaf_that_prices_a_limit_takes_its_bound_off() {
    // Two of them, each 10.25 and 2 slots in a or 20 in c, within 3 slots: one of each at best, 30.25.
    let two = "workloads:\n\
        - {name: u, options: [{region: p/a, cost: 10.25, uses: {slots: 2}}, {region: q/c, cost: 20}]}\n\
        - {name: v, options: [{region: p/a, cost: 10.25, uses: {slots: 2}}, {region: q/c, cost: 20}]}\n\
        limits: [{name: l, sum: slots, at_most: 3}]\n";
    // Unpriced: both in a.
    assert_eq!(shown(two, &proof(vec![], vec![], vec![leaf(&[])])), "20.5");
    // 4 a slot: 10.25 + 2 · 4 = 18.25 in a against 20, times 2, less 4 · 3.
    let priced = |price: i64| proof(vec![], vec![limit("l")], vec![leaf(&[(0, quarters(4 * price))])]);
    assert_eq!(shown(two, &priced(4)), "24.5");
    // 5 a slot: 20 in c, 40 − 15. 6 a slot: 40 − 18.
    assert_eq!(shown(two, &priced(5)), "25");
    assert_eq!(shown(two, &priced(6)), "22");
    // A quarter: (10.25 + 2 / 4) · 2 − 3 / 4.
    assert_eq!(shown(two, &proof(vec![], vec![limit("l")], vec![leaf(&[(0, quarters(1))])])), "20.75");
}

#[test]
fn a_bound_is_raised_to_the_next_cost_there_can_be() {
    // As above, with costs of 10 and 20: every plan costs a multiple of 10, so 25 is 30.
    let two = "workloads:\n\
        - {name: u, options: [{region: p/a, cost: 10, uses: {slots: 2}}, {region: q/c, cost: 20}]}\n\
        - {name: v, options: [{region: p/a, cost: 10, uses: {slots: 2}}, {region: q/c, cost: 20}]}\n\
        limits: [{name: l, sum: slots, at_most: 3}]\n";
    let priced = proof(vec![], vec![limit("l")], vec![leaf(&[(0, quarters(20))])]);
    assert_eq!(shown(two, &priced), "30");
    // A fee counts among costs.
    let with_fee = format!("{two}fees: [{{name: f, region: p/a, monthly: 6}}]\n");
    assert_eq!(shown(&with_fee, &priced), "26");
}

#[test]
fn a_branch_is_carried_through_the_rows_of_both_cases() {
    let column = units("w", "p/a option 1");
    // At most 1 in a: two in c, 50. At least 2: four slots of three, so nothing is there.
    let closed = proof(vec![column.clone()], vec![], vec![branch(0, 1, 1, 2), leaf(&[]), Node::Void]);
    assert_eq!(shown(QUOTA, &closed), "50");
    // The rows carry at most one in a to the root already, so the case above is empty whatever stands there.
    let told = proof(vec![column], vec![], vec![branch(0, 0, 1, 2), leaf(&[]), leaf(&[])]);
    assert_eq!(shown(QUOTA, &told), "50");
    let at_once = proof(vec![], vec![], vec![leaf(&[])]);
    assert_eq!(shown(&QUOTA.replace("at_most: 3", "at_most: 1"), &at_once), "60");
}

#[test]
fn void_must_be_empty_by_the_rows() {
    let void = proof(vec![], vec![], vec![Node::Void]);
    assert_eq!(shown(QUOTA, &void), "proof: node 0: the rows leave something there");
    let impossible = QUOTA.replace(", {region: q/c, cost: 20}", "");
    assert_eq!(shown(&impossible, &void), "nothing");
}

#[test]
fn a_ray_shows_that_nothing_is_there() {
    // Each of three needs 3 slots in a or 3 rooms in c, and there are 4 of both. No row alone sees a fault, since any
    // one of them could go anywhere.
    let three = "workloads:\n\
        - {name: u, options: [{region: p/a, cost: 1, uses: {slots: 3}}, {region: q/c, cost: 1, uses: {rooms: 3}}]}\n\
        - {name: v, options: [{region: p/a, cost: 1, uses: {slots: 3}}, {region: q/c, cost: 1, uses: {rooms: 3}}]}\n\
        - {name: w, options: [{region: p/a, cost: 1, uses: {slots: 3}}, {region: q/c, cost: 1, uses: {rooms: 3}}]}\n\
        limits: [{name: s, sum: slots, at_most: 4}, {name: r, sum: rooms, at_most: 4}]\n";
    let of = |node: Node| proof(vec![], vec![limit("s"), limit("r")], vec![node]);
    // At a price of 1 for both, each of three costs 3 wherever it goes, and 4 + 4 is taken off: 1 is above 0.
    assert_eq!(shown(three, &of(ray(&[(0, quarters(4)), (1, quarters(4))]))), "nothing");
    // At a price of one of them alone all go to the other.
    let fault = "proof: node 0: its multipliers do not show that nothing is there";
    assert_eq!(shown(three, &of(ray(&[(0, quarters(4))]))), fault);
    // 9 − 9 is not above 0, though three do not fit.
    let enough = three.replace("at_most: 4}]", "at_most: 5}]");
    assert_eq!(shown(&enough, &of(ray(&[(0, quarters(4)), (1, quarters(4))]))), fault);
    // The same with costs is a bound: 3 · (1 + 3) − 8 = 4.
    assert_eq!(shown(three, &of(leaf(&[(0, quarters(4)), (1, quarters(4))]))), "4");
}

#[test]
fn the_bound_is_that_of_the_cheapest_case() {
    let column = units("w", "q/c option 2");
    // None in c: six slots, so nothing. Two in c at most, and one in a: 50. Three in c: 60.
    let tree = vec![branch(0, 0, 1, 2), Node::Void, branch(0, 2, 3, 4), leaf(&[]), leaf(&[])];
    assert_eq!(shown(QUOTA, &proof(vec![column], vec![], tree)), "50");
}

/// Two bins with a fee and six rooms each; u, v and w need 3, 4 and 5.
const BINS: &str = "workloads:\n\
    - {name: u, options: [{region: p/a, cost: 1, uses: {rooms: 3}}, {region: q/c, cost: 2, uses: {rooms: 3}}]}\n\
    - {name: v, options: [{region: p/a, cost: 1, uses: {rooms: 4}}, {region: q/c, cost: 2, uses: {rooms: 4}}]}\n\
    - {name: w, options: [{region: p/a, cost: 1, uses: {rooms: 5}}, {region: q/c, cost: 2, uses: {rooms: 5}}]}\n\
    limits: [{name: l, sum: rooms, per: region, at_most: 8}]\n\
    fees: [{name: f, region: p/a, monthly: 10}, {name: g, region: q/c, monthly: 20}]\n";

fn of(name: &str, of: &str) -> RowName {
    RowName::Limit { name: name.into(), of: Some(of.into()) }
}

fn place(workload: &str) -> RowName {
    RowName::Place { workload: workload.into() }
}

fn opens(fee: &str) -> RowName {
    RowName::Opens { fee: fee.into(), workload: "u".into(), units: 1 }
}

#[test]
fn a_region_answers_for_its_fee_and_its_limit_together() {
    let rows = vec![of("l", "p/a"), of("l", "q/c"), opens("f"), opens("g"), place("u"), place("v"), place("w")];
    let both = Keeps::Limits(vec![
        Kept { limit: Some(0), more: vec![], opens: Some(2) },
        Kept { limit: Some(1), more: vec![], opens: Some(3) },
    ]);
    // Each choice is worth 11: −11 on its row, so that a column costs 1 − 11 = −10 in a, −9 in c.
    let priced = vec![(4, quarters(-44)), (5, quarters(-44)), (6, quarters(-44))];
    let node = Node::Leaf { keeps: both.clone(), multipliers: priced.clone() };
    // In a within 8: two of them, 10 − 20 = −10; in c 20 − 18 = 2, so closed: 0. 33 − 10 = 23.
    assert_eq!(shown(BINS, &proof(vec![], rows.clone(), vec![node])), "23");
    // With a closed all three must be in c, which 3 + 4 + 5 > 8 forbids: a ray. Each choice worth 4 · 2⁻⁴⁰ on its row,
    // only two of three fit into c, so 3 − 2 of them are left above 0.
    let column = ColumnName::Opens { fee: "f".into() };
    let ray = Node::Ray { keeps: both.clone(), multipliers: vec![(4, -4), (5, -4), (6, -4)] };
    let tree = vec![branch(0, 0, 1, 2), ray, Node::Leaf { keeps: both.clone(), multipliers: priced }];
    // Above, a is paid for, which it was at best before.
    assert_eq!(shown(BINS, &proof(vec![column.clone()], rows.clone(), tree)), "23");
    // The limits alone: two in a at −10, two in c at −9, fees unpaid: 33 − 20 − 18, and nothing costs less than nothing.
    let alone = Keeps::Limits(vec![
        Kept { limit: Some(0), more: vec![], opens: None },
        Kept { limit: Some(1), more: vec![], opens: None },
    ]);
    let priced = vec![(4, quarters(-44)), (5, quarters(-44)), (6, quarters(-44))];
    let node = Node::Leaf { keeps: alone, multipliers: priced.clone() };
    assert_eq!(shown(BINS, &proof(vec![], rows.clone(), vec![node])), "0");
    // The fees alone: all three in a for 10 − 30 = −20; in c 20 − 27 = −7: 33 − 27 = 6.
    let fees = Keeps::Limits(vec![
        Kept { limit: None, more: vec![], opens: Some(2) },
        Kept { limit: None, more: vec![], opens: Some(3) },
    ]);
    let node = Node::Leaf { keeps: fees, multipliers: priced };
    assert_eq!(shown(BINS, &proof(vec![], rows, vec![node])), "6");
}

/// Four of which each limit alone lets three into a for 1 each, and both let two; in c they cost 10.
const RACKS: &str = "workloads:\n\
    - {name: u, options: [{region: p/a, cost: 1, uses: {rooms: 3, racks: 1}}, {region: q/c, cost: 10}]}\n\
    - {name: v, options: [{region: p/a, cost: 1, uses: {rooms: 3, racks: 1}}, {region: q/c, cost: 10}]}\n\
    - {name: x, options: [{region: p/a, cost: 1, uses: {rooms: 1, racks: 3}}, {region: q/c, cost: 10}]}\n\
    - {name: y, options: [{region: p/a, cost: 1, uses: {rooms: 1, racks: 3}}, {region: q/c, cost: 10}]}\n\
    limits: [{name: l, sum: rooms, at_most: 5}, {name: k, sum: racks, at_most: 5}]\n";

/// A leaf that keeps these limits and this fee, and prices these places at −10 each.
fn kept(limits: &[usize], opens: Option<usize>, places: std::ops::Range<usize>) -> Node {
    let kept = Kept { limit: limits.first().copied(), more: limits[1..].to_vec(), opens };
    Node::Leaf { keeps: Keeps::Limits(vec![kept]), multipliers: places.map(|row| (row, quarters(-40))).collect() }
}

#[test]
fn several_limits_hold_together() {
    let rows = vec![limit("l"), limit("k"), place("u"), place("v"), place("x"), place("y")];
    let of = |node: Node| proof(vec![], rows.clone(), vec![node]);
    // −9 each in a, 0 in c. Rooms alone let three in, 3 + 1 + 1: 40 − 27; so do racks.
    assert_eq!(shown(RACKS, &of(kept(&[0], None, 2..6))), "13");
    assert_eq!(shown(RACKS, &of(kept(&[1], None, 2..6))), "13");
    // Both let one of each kind in, 4 and 4, or two of a kind, 6 > 5: 40 − 18, which is what it costs.
    assert_eq!(shown(RACKS, &of(kept(&[0, 1], None, 2..6))), "22");
    assert_eq!(shown(RACKS, &of(kept(&[1, 0], None, 2..6))), "22");
    // With u in a, 2 rooms and 4 racks are left: one of x and y. With u elsewhere v and one of them.
    let tree = vec![branch(0, 0, 1, 2), kept(&[0, 1], None, 2..6), kept(&[0, 1], None, 2..6)];
    assert_eq!(shown(RACKS, &proof(vec![units("u", "p/a option 1")], rows.clone(), tree)), "22");
    // Several copies in one column: two of each kind, of which one each fits; with 6 rooms and 2 racks both of a kind.
    let copies = "workloads:\n\
        - {name: u, count: 2, options: [{region: p/a, cost: 1, uses: {rooms: 3, racks: 1}}, {region: q/c, cost: 10}]}\n\
        - {name: x, count: 2, options: [{region: p/a, cost: 1, uses: {rooms: 1, racks: 3}}, {region: q/c, cost: 10}]}\n\
        limits: [{name: l, sum: rooms, at_most: 5}, {name: k, sum: racks, at_most: 5}]\n";
    let of = |node: Node| proof(vec![], vec![limit("l"), limit("k"), place("u"), place("x")], vec![node]);
    assert_eq!(shown(copies, &of(kept(&[0, 1], None, 2..4))), "22");
    let wide =
        copies.replace("rooms, at_most: 5", "rooms, at_most: 6").replace("racks, at_most: 5", "racks, at_most: 2");
    assert_eq!(shown(&wide, &of(kept(&[0, 1], None, 2..4))), "22");
    // Two of each kind are 8 and 8.
    let all = copies.replace("at_most: 5", "at_most: 8");
    assert_eq!(shown(&all, &of(kept(&[0, 1], None, 2..4))), "4");
}

#[test]
fn several_limits_answer_with_their_fee() {
    let fee = |monthly: u32| format!("{RACKS}fees: [{{name: f, region: p/a, monthly: {monthly}}}]\n");
    let rows = vec![limit("l"), limit("k"), opens("f"), place("u"), place("v"), place("x"), place("y")];
    let of = |node: Node| proof(vec![], rows.clone(), vec![node]);
    // 5 for a, and two there: 40 + 5 − 18. For 20 nothing is there: 40.
    assert_eq!(shown(&fee(5), &of(kept(&[0, 1], Some(2), 3..7))), "27");
    assert_eq!(shown(&fee(20), &of(kept(&[0, 1], Some(2), 3..7))), "40");
    // With one limit three would be there: 40 + 20 − 27.
    assert_eq!(shown(&fee(20), &of(kept(&[0], Some(2), 3..7))), "33");
}

#[test]
fn limits_over_other_columns_hold_together_too() {
    // u or v within 3 rooms, u or z within one slot; u is worth 10, the others 9 each.
    let chain = "workloads:\n\
        - {name: u, options: [{region: p/a, cost: 0, uses: {rooms: 3, slots: 1}}, {region: q/c, cost: 10}]}\n\
        - {name: v, options: [{region: p/a, cost: 1, uses: {rooms: 3}}, {region: q/c, cost: 10}]}\n\
        - {name: z, options: [{region: p/a, cost: 1, uses: {slots: 1}}, {region: q/c, cost: 10}]}\n\
        limits: [{name: l, sum: rooms, at_most: 3}, {name: m, sum: slots, at_most: 1}]\n";
    let rows = vec![limit("l"), limit("m"), place("u"), place("v"), place("z")];
    let of = |node: Node| proof(vec![], rows.clone(), vec![node]);
    // Rooms alone: u, and z as nothing holds it: 30 − 19. Both: v and z, 30 − 18, and 12 is what that costs.
    assert_eq!(shown(chain, &of(kept(&[0], None, 2..5))), "11");
    assert_eq!(shown(chain, &of(kept(&[0, 1], None, 2..5))), "12");
}

#[test]
fn corrupted_further_limits_are_refused() {
    let more = "limits: [{name: s, sum: rooms, at_most: 60%}, {name: g, sum: rooms, at_least: 1}, ";
    let scenario = RACKS.replace("limits: [", more) + "fees: [{name: f, region: q/c, monthly: 1}]\n";
    let rows = vec![limit("l"), limit("k"), place("u"), limit("s"), limit("g"), opens("f")];
    let refused = |kept: Vec<Kept>, multipliers: &[(usize, i64)], fault: &str| {
        let node = Node::Leaf { keeps: Keeps::Limits(kept), multipliers: multipliers.to_vec() };
        assert_eq!(shown(&scenario, &proof(vec![], rows.clone(), vec![node])), format!("proof: node 0: {fault}"));
    };
    let of = |limit: Option<usize>, more: &[usize]| Kept { limit, more: more.to_vec(), opens: None };
    refused(vec![of(Some(0), &[6])], &[], "it keeps a row that is not listed");
    refused(vec![of(None, &[0])], &[], "it keeps further limits without a first");
    refused(vec![of(Some(0), &[0])], &[], "it keeps a limit twice");
    refused(vec![of(Some(0), &[1, 1])], &[], "it keeps a limit twice");
    let plain = "it keeps a limit that is not absolute, at most, over units alone";
    for row in [2, 3, 4] {
        refused(vec![of(Some(0), &[row])], &[], plain);
    }
    refused(vec![of(Some(0), &[]), of(Some(1), &[])], &[], "a column is in two of the parts that it keeps");
    let priced = "it prices Limit { name: \"k\", of: None }, which it keeps";
    refused(vec![of(Some(0), &[1])], &[(1, 1)], priced);
    let elsewhere = "it keeps a limit with a fee at whose place not all of its columns are";
    refused(vec![Kept { opens: Some(5), ..of(Some(0), &[1]) }], &[], elsewhere);
}

#[test]
fn a_closed_fee_leaves_nothing_where_a_branch_asks_for_something() {
    let rows = vec![of("l", "p/a"), opens("f"), place("u"), place("v"), place("w")];
    let keeps = Keeps::Limits(vec![Kept { limit: Some(0), more: vec![], opens: Some(1) }]);
    let priced = vec![(2, quarters(-8)), (3, quarters(-8)), (4, quarters(-8))];
    let leaf = || Node::Leaf { keeps: keeps.clone(), multipliers: priced.clone() };
    // Each choice is worth 2: 1 − 2 = −1 in a, 2 − 2 = 0 in c. A branch on whether u is in a.
    // Not in a: then in c, by its row, which opens g for 20. In a nothing is better than v and w (4 + 5 do not fit
    // together) for 10 − 1. So 6 + 20.
    let columns = vec![units("u", "p/a option 1")];
    let not = proof(
        columns.clone(),
        rows.clone(),
        vec![branch(0, 0, 1, 2), leaf(), Node::Leaf { keeps: Keeps::Limits(vec![]), multipliers: vec![] }],
    );
    // In a, nothing priced or kept: 10 for the fee that u carries open, and 1 for u.
    assert_eq!(shown(BINS, &not), "11");
    // In a, as below: a is paid for, as u is there; u and v, within 8, at −1 each: 6 + 10 − 2.
    let both = proof(columns, rows, vec![branch(0, 0, 1, 2), leaf(), leaf()]);
    assert_eq!(shown(BINS, &both), "14");
}

/// 100 GB free, then 0.1 to 1000 GB and 0.05 from there on.
const TRAFFIC: &str = "tradewind: catalog/1\nprovider: p\ncurrency: USD\nregions: {a: {}}\n\
    skus: {m: {vcpu: 4, memory_gib: 8}}\noffers: {m: {on-demand: {a: 1}}}\n\
    network: {internet: {default: {free_gb: 100, per_gb: [{up_to: 1000, price: 0.1}, {price: 0.05}]}}}\n";

#[test]
fn a_volume_answers_where_its_price_changes() {
    let scenario = "workloads:\n\
        - {name: w, count: 4, value: 200, hours: 10, request: {vcpu: 4}, egress: {internet_gb: 500}}\n\
        limits: [{name: l, sum: cost, at_most: 1000}]\n";
    let volume = RowName::Volume { tariff: "p internet egress".into() };
    let of = |multipliers: &[(usize, i64)]| proof(vec![], vec![volume.clone(), limit("l")], vec![leaf(multipliers)]);
    // Unpriced, traffic is free: 4 · 10.
    assert_eq!(shown_of(&[TRAFFIC], scenario, &of(&[])), "40");
    // 1/16 for each GB: 10 + 500 / 16 = 41.25 each. Of the volume f(V) − V / 16: 0 at 0; −6.25 at 100; 90 − 62.5 =
    // 27.5 at 1000; 140 − 125 = 15 at 2000. 165 − 6.25 = 158.75, below the 40 + 140 that it costs.
    let sixteenth = quarters(1) / 4;
    assert_eq!(shown_of(&[TRAFFIC], scenario, &of(&[(0, sixteenth)])), "158.75");
    // With half a unit of cost on the limit: machines 10 · 1.5 + 500 / 16 = 46.25, 185 for all; 1.5 f(V) − V / 16 is
    // −6.25 at best; less 500: −321.25, but nothing costs less than nothing.
    assert_eq!(shown_of(&[TRAFFIC], scenario, &of(&[(0, sixteenth), (1, quarters(2))])), "0");
    // Within 100 of cost the row carries f(V) ≤ 100 back to V ≤ 1200 GB, so to two copies at most: two unplaced are
    // worth 400, and the others cost 2 · 41.25 − 6.25.
    let tight = scenario.replace("at_most: 1000", "at_most: 100");
    assert_eq!(shown_of(&[TRAFFIC], &tight, &of(&[(0, sixteenth)])), "476.25");
}

/// 2 machines `l` or 3 `t` do the work, or an option.
const GPUS: &str = "tradewind: catalog/1\nprovider: p\ncurrency: USD\nregions: {a: {}, b: {}}\n\
    skus:\n\
    \x20 l: {vcpu: 4, memory_gib: 8, accelerator: {model: L4, count: 1}}\n\
    \x20 t: {vcpu: 4, memory_gib: 8, accelerator: {model: T4, count: 1}}\n\
    offers: {l: {on-demand: {a: 2, b: 3}}, t: {on-demand: {a: 1}}}\n";

#[test]
fn a_divided_block_answers_by_groups() {
    let scenario = |more: &str| {
        format!(
            "workloads:\n\
             - name: w\n\
             \x20 split: replicas\n\
             \x20 hours: 10\n\
             \x20 request: {{accelerator: {{any_of: [L4, T4]}}}}\n\
             \x20 by_accelerator: {{L4: {{replicas: 2}}, T4: {{replicas: 3}}}}\n\
             \x20 options: [{{region: p/b, cost: 70}}]\n{more}"
        )
    };
    let columns = vec![ColumnName::Bought { workload: "w".into(), units: 3 }, units("w", "p/a l on-demand")];
    let whole = |tree: Vec<Node>| proof(columns.clone(), vec![], tree);
    // 3 · 10 with t, 2 · 20 with l, 70.
    assert_eq!(shown_of(&[GPUS], &scenario(""), &whole(vec![leaf(&[])])), "30");
    assert_eq!(shown_of(&[GPUS], &scenario("\x20 value: 25\n"), &whole(vec![leaf(&[])])), "25");
    // Not t, at most one l in a: 20 + 30.
    let tree = vec![branch(0, 0, 1, 2), branch(1, 1, 3, 4), ray(&[]), leaf(&[]), leaf(&[])];
    assert_eq!(
        shown_of(&[GPUS], &scenario(""), &whole(tree)),
        "proof: node 2: its multipliers do not show that nothing is there"
    );
    let tree = vec![branch(0, 0, 1, 2), branch(1, 1, 3, 4), leaf(&[]), leaf(&[]), leaf(&[])];
    // 30 with t, 40 with two l, 50 with one: the least is t's.
    assert_eq!(shown_of(&[GPUS], &scenario(""), &whole(tree)), "30");
    let spread = "spread: [{name: s, workload: w, over: region, at_most: 50%}]\n";
    // Of three t one may be in one place, and they have no other; of the one unit of the option none may.
    assert_eq!(shown_of(&[GPUS], &scenario(spread), &whole(vec![leaf(&[])])), "50");
    // Units of a group may be priced apart, by the rows of their groups: kept under limits they are not.
    let rows = vec![RowName::Group { workload: "w".into(), units: 3 }, place("w")];
    let node = Node::Leaf { keeps: Keeps::Limits(vec![]), multipliers: vec![(0, quarters(-40)), (1, quarters(-120))] };
    // −10 a unit and −30 for being bought: t costs 10 − 10, and 30 − 30 once it is bought; the `bought` of l and of the
    // option −30 each, as nothing binds them to units: 30 − 60.
    assert_eq!(shown_of(&[GPUS], &scenario(""), &proof(vec![], rows, vec![node])), "0");
}

#[test]
fn merged_workloads_are_bought_together() {
    let like = "workloads:\n\
        - {name: a, options: [{region: p/a, cost: 3, uses: {slots: 1}}, {region: q/c, cost: 5}]}\n\
        - {name: b, count: 2, options: [{region: p/a, cost: 3, uses: {slots: 1}}, {region: q/c, cost: 5}]}\n\
        limits: [{name: l, sum: slots, at_most: 1}]\n";
    let mut merged =
        proof(vec![units("a", "p/a option 1")], vec![limit("l")], vec![branch(0, 1, 1, 2), leaf(&[]), Node::Void]);
    merged.classes = vec![vec!["a".into(), "b".into()]];
    // One of three in a: 3 + 5 + 5.
    assert_eq!(shown(like, &merged), "13");
    merged.classes.clear();
    // Two blocks: the row alone leaves one in a to each of them, a for 3 and b for 3 + 5.
    merged.columns[0] = units("b", "p/a option 1");
    assert_eq!(shown(like, &merged), "11");
}

#[test]
fn corrupted_proofs_are_refused() {
    let column = units("w", "p/a option 1");
    let good = proof(vec![column], vec![limit("l"), place("w")], vec![branch(0, 1, 1, 2), leaf(&[(0, 4)]), Node::Void]);
    assert!(!shown(QUOTA, &good).starts_with("proof"));
    type Corrupt = fn(&mut Proof);
    let corruptions: [(Corrupt, &str); 17] = [
        (
            |proof| proof.tree[1] = leaf(&[(0, -1)]),
            "proof: node 1: the multiplier of Limit { name: \"l\", of: None } is below 0",
        ),
        (|proof| proof.tree[1] = leaf(&[(2, 1)]), "proof: node 1: it prices a row that is not listed"),
        (|proof| proof.tree[1] = leaf(&[(0, 1), (0, 1)]), "proof: node 1: its multipliers are not by rising row"),
        (|proof| proof.tree[1] = leaf(&[(1, 1)]), "proof: node 1: it prices Place { workload: \"w\" }, which it keeps"),
        (|proof| proof.rows[0] = limit("m"), "proof: row 0: there is no Limit { name: \"m\", of: None }"),
        (|proof| proof.rows[1] = limit("l"), "proof: row 1: Limit { name: \"l\", of: None } is named twice"),
        (
            |proof| proof.columns[0] = units("w", "p/b option 1"),
            "proof: column 0: there is no Units { workload: \"w\", at: \"p/b option 1\" }",
        ),
        (|proof| proof.tree[0] = branch(1, 1, 1, 2), "proof: node 0: it branches on a column that is not listed"),
        (|proof| proof.tree[0] = branch(0, 1, 1, 1), "proof: node 1: it is the child of two"),
        (|proof| proof.tree[0] = branch(0, 1, 0, 2), "proof: node 0: its child 0 does not come after it"),
        (|proof| proof.tree[0] = branch(0, 1, 1, 3), "proof: node 0: its child 3 does not come after it"),
        (|proof| proof.tree.push(Node::Void), "proof: node 3: it is no node's child"),
        (|proof| proof.tree.clear(), "proof: proof: it has no tree"),
        (|proof| proof.tree[1] = Node::Void, "proof: node 1: the rows leave something there"),
        (
            |proof| {
                let keeps = Keeps::Limits(vec![Kept { limit: Some(0), more: vec![], opens: None }]);
                proof.tree[1] = Node::Leaf { keeps, multipliers: vec![(0, 1)] };
            },
            "proof: node 1: it prices Limit { name: \"l\", of: None }, which it keeps",
        ),
        (
            |proof| {
                let kept = Kept { limit: Some(0), more: vec![], opens: None };
                proof.tree[1] = Node::Leaf { keeps: Keeps::Limits(vec![kept.clone(), kept]), multipliers: vec![] };
            },
            "proof: node 1: a column is in two of the parts that it keeps",
        ),
        (
            |proof| {
                let keeps = Keeps::Limits(vec![Kept { limit: Some(1), more: vec![], opens: None }]);
                proof.tree[1] = Node::Leaf { keeps, multipliers: vec![] };
            },
            "proof: node 1: it keeps a limit that is not absolute, at most, over units alone",
        ),
    ];
    for (corrupt, fault) in corruptions {
        let mut bad = good.clone();
        corrupt(&mut bad);
        assert_eq!(shown(QUOTA, &bad), fault);
    }
    // Fees: what is kept must be one, and hold all of the limit with it.
    let kept = |limit: usize, fee: usize| {
        let rows = vec![of("l", "q/c"), opens("f"), place("u")];
        let keeps = Keeps::Limits(vec![Kept { limit: Some(limit), more: vec![], opens: Some(fee) }]);
        proof(vec![], rows, vec![Node::Leaf { keeps, multipliers: vec![] }])
    };
    let elsewhere = "proof: node 0: it keeps a limit with a fee at whose place not all of its columns are";
    assert_eq!(shown(BINS, &kept(0, 1)), elsewhere);
    assert_eq!(shown(BINS, &kept(0, 2)), "proof: node 0: it keeps as a fee what is no row of one");
}

#[test]
fn the_largest_multipliers_are_still_added_up_exactly() {
    let most = proof(vec![], vec![limit("l")], vec![leaf(&[(0, i64::MAX)])]);
    // 2²³ of money a slot: 60 − 3 · 2²³ is below nothing.
    assert_eq!(shown(QUOTA, &most), "0");
    // At least six slots, at 5 for each of them: 10 − 10 in a, and 30 for the bound.
    let floor = QUOTA.replace("at_most: 3", "at_least: 6");
    assert_eq!(shown(&floor, &proof(vec![], vec![limit("l")], vec![leaf(&[(0, quarters(20))])])), "30");
}
