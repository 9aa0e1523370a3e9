//! Every family of columns and rows, written for small scenarios, with the figures worked by hand.

use ethnum::I256;

use crate::check::program::{Program, Row, Scale};
use crate::plan::ColumnName;

/// The program of books and a scenario in YAML, nothing merged.
fn program(books: &[&str], scenario: &str) -> Program {
    merged(books, scenario, &[]).unwrap_or_else(|fault| panic!("{fault}"))
}

fn merged(books: &[&str], scenario: &str, classes: &[&[&str]]) -> Result<Program, crate::plan::Violation> {
    let books: Vec<(&str, &str)> = books.iter().map(|text| ("book.yaml", *text)).collect();
    let catalog = crate::catalog_from_yaml(&books).unwrap_or_else(|faults| panic!("{faults}"));
    let scenario = format!("tradewind: scenario/1\nname: s\n{scenario}");
    let scenario = crate::scenario_from_yaml("s.yaml", &scenario, &catalog).unwrap_or_else(|faults| panic!("{faults}"));
    let classes: Vec<Vec<_>> = classes.iter().map(|class| class.iter().map(|&name| name.into()).collect()).collect();
    Program::of(&catalog, &scenario, &classes)
}

/// A column in few characters.
fn short(name: &ColumnName) -> String {
    match name {
        ColumnName::Units { workload, at } => format!("{workload}[{at}]"),
        ColumnName::Unplaced { workload } => format!("{workload}[unplaced]"),
        ColumnName::Bought { workload, units } => format!("{workload}[bought {units}]"),
        ColumnName::Counts { workload, sku, terms, .. } => format!("{workload}[counts {sku} {terms}]"),
        ColumnName::Runs { workload, place } => format!("{workload}[runs {place}]"),
        ColumnName::Stores { workload, region } => format!("{workload}[stores {region}]"),
        ColumnName::Opens { fee } => format!("opens {fee}"),
        ColumnName::Uses { provider } => format!("uses {provider}"),
        ColumnName::Hosts { workload, provider } => format!("{workload}[hosts {provider}]"),
        ColumnName::Meets { rule, place } => format!("{rule} meets {place}"),
        ColumnName::Floors { limit, of } => format!("{limit} floors {of}"),
        ColumnName::Volume { tariff } => format!("volume {tariff}"),
    }
}

/// A figure in units, GB or the unit of the sum.
fn natural(scale: Scale, figure: I256) -> String {
    let one = I256::from(10).pow(match scale {
        Scale::Units => 0,
        Scale::Volume => 12,
        Scale::Sum => 24,
        Scale::Share => 30,
    });
    // Volumes count −1 for each 10⁻¹² GB of theirs.
    let one = if figure.abs() < one && scale == Scale::Volume { I256::ONE } else { one };
    let thousandths = figure * 1000 / one;
    let sign = if figure < 0 { "-" } else { "" };
    match (thousandths.abs() / 1000, thousandths.abs() % 1000) {
        (whole, part) if part == 0 => format!("{sign}{whole}"),
        (whole, part) => format!("{sign}{whole}.{:03}", part.as_u64()).trim_end_matches('0').to_owned(),
    }
}

fn text(program: &Program, row: &Row) -> String {
    let name = |column: u32| short(&program.columns[column as usize].name);
    let terms = row.terms.iter().map(|(column, figure)| format!("{} {}", natural(row.scale, *figure), name(*column)));
    let costs = row.costs.iter().map(|(column, figure)| {
        // Per 10⁻²⁴ of cost, in 10⁻⁶ for a share.
        let figure = natural(row.scale, *figure * I256::from(10).pow(24));
        format!("{figure} cost of {}", name(*column))
    });
    let mut terms: Vec<String> = terms.chain(costs).collect();
    terms.sort();
    let sense = if row.equal { "=" } else { "<=" };
    format!("{} {sense} {}", terms.join(" + "), natural(row.scale, row.bound))
}

/// Rows whose name, as it is written in a proof, has this in it.
fn rows(program: &Program, part: &str) -> Vec<String> {
    let found = program.rows.iter().filter(|row| {
        let name = serde_json::to_string(&row.name).expect("a name");
        name.contains(part)
    });
    found.map(|row| text(program, row)).collect()
}

/// Columns in few characters, with their most and cost.
fn columns(program: &Program, part: &str) -> Vec<String> {
    let found = program.columns.iter().filter(|column| short(&column.name).contains(part));
    found
        .map(|column| {
            let cost = natural(Scale::Sum, I256::from(column.cost));
            format!("{} <= {} at {cost}", short(&column.name), column.most)
        })
        .collect()
}

const P: &str = "tradewind: catalog/1\nprovider: p\ncurrency: USD\nregions: {a: {}, b: {}}\n";
const Q: &str = "tradewind: catalog/1\nprovider: q\ncurrency: USD\nregions: {c: {}}\n";

#[test]
fn a_whole_workload_is_copies_and_an_unplaced_rest() {
    let program = program(
        &[P, Q],
        "workloads:\n\
         - {name: w, count: 5, value: 9, options: [{region: p/a, cost: 3}, {region: q/c, cost: 2}]}\n",
    );
    assert_eq!(
        columns(&program, "w["),
        ["w[unplaced] <= 5 at 9", "w[p/a option 1] <= 5 at 3", "w[q/c option 2] <= 5 at 2"]
    );
    assert_eq!(rows(&program, "place"), ["1 w[p/a option 1] + 1 w[q/c option 2] + 1 w[unplaced] = 5"]);
    assert_eq!(program.rows.len(), 1);
}

/// Machines `l` do the work with 2 replicas, `t` with 3.
const GPUS: &str = "tradewind: catalog/1\nprovider: p\ncurrency: USD\nregions: {a: {}, b: {}}\n\
    skus:\n\
    \x20 l: {vcpu: 4, memory_gib: 8, accelerator: {model: L4, count: 1}}\n\
    \x20 t: {vcpu: 4, memory_gib: 8, accelerator: {model: T4, count: 1}}\n\
    offers: {l: {on-demand: {a: 2, b: 3}}, t: {on-demand: {a: 1}}}\n\
    storage: {standard: {a: {per_gb_month: 0.5}, b: {per_gb_month: 0.25}}}\n";

#[test]
fn a_divided_workload_is_bought_in_one_number_of_units_and_stores_where_it_runs() {
    let program = program(
        &[GPUS],
        "workloads:\n\
         - name: w\n\
         \x20 split: replicas\n\
         \x20 hours: 10\n\
         \x20 request: {accelerator: {any_of: [L4, T4]}}\n\
         \x20 by_accelerator: {L4: {replicas: 2}, T4: {replicas: 3}}\n\
         \x20 storage: {gb: 8}\n\
         \x20 options: [{region: p/b, cost: 90}]\n\
         limits:\n\
         - {name: all, sum: cost, at_most: 1000}\n\
         - {name: direct, sum: cost, where: {region: p/a}, at_most: 50%}\n\
         - {name: of-t, sum: cost, where: {accelerator: T4}, at_most: 100}\n",
    );
    // Ten hours of one replica; the option takes all of it as one unit.
    assert_eq!(
        columns(&program, "w["),
        [
            "w[p/b option 1] <= 1 at 90",
            "w[bought 1] <= 1 at 0",
            "w[p/a l on-demand] <= 2 at 20",
            "w[p/b l on-demand] <= 2 at 30",
            "w[bought 2] <= 1 at 0",
            "w[counts p l on-demand] <= 2 at 0",
            "w[p/a t on-demand] <= 3 at 10",
            "w[bought 3] <= 1 at 0",
            "w[stores p/a] <= 1 at 4",
            "w[stores p/b] <= 1 at 2"
        ]
    );
    assert_eq!(rows(&program, "\"row\":\"place\""), ["1 w[bought 1] + 1 w[bought 2] + 1 w[bought 3] = 1"]);
    assert_eq!(
        rows(&program, "group"),
        [
            "-1 w[bought 1] + 1 w[p/b option 1] = 0",
            "-2 w[bought 2] + 1 w[p/a l on-demand] + 1 w[p/b l on-demand] = 0",
            "-3 w[bought 3] + 1 w[p/a t on-demand] = 0"
        ]
    );
    assert_eq!(
        rows(&program, "counts"),
        ["-1 w[counts p l on-demand] + 1 w[p/a l on-demand] + 1 w[p/b l on-demand] = 0"]
    );
    // The option keeps nothing in b.
    assert_eq!(
        rows(&program, "\"stores\""),
        [
            "-2 w[stores p/a] + 1 w[p/a l on-demand] <= 0",
            "-3 w[stores p/a] + 1 w[p/a t on-demand] <= 0",
            "-2 w[stores p/b] + 1 w[p/b l on-demand] <= 0"
        ]
    );
    assert_eq!(
        rows(&program, "\"all\""),
        [
            "10 w[p/a t on-demand] + 2 w[stores p/b] + 20 w[p/a l on-demand] + 30 w[p/b l on-demand] + 4 w[stores p/a] + \
         90 w[p/b option 1] <= 1000"
        ]
    );
    // Half of what is in a counts for it, half of what is elsewhere against it.
    assert_eq!(
        rows(&program, "direct"),
        [
            "-1 w[stores p/b] + -15 w[p/b l on-demand] + -45 w[p/b option 1] + 10 w[p/a l on-demand] + 2 w[stores p/a] + \
         5 w[p/a t on-demand] <= 0"
        ]
    );
    // Storage is of no machine.
    assert_eq!(rows(&program, "of-t"), ["10 w[p/a t on-demand] <= 100"]);
}

/// A given option runs in its region as a machine does, and keeps nothing there.
#[test]
fn where_a_workload_runs_and_where_it_stores_are_two_things() {
    let program = program(
        &[GPUS],
        "workloads:\n\
         - {name: v, options: [{region: p/b, cost: 1}]}\n\
         - name: w\n\
         \x20 split: replicas\n\
         \x20 hours: 10\n\
         \x20 request: {accelerator: {any_of: [L4, T4]}}\n\
         \x20 by_accelerator: {L4: {replicas: 2}, T4: {replicas: 3}}\n\
         \x20 storage: {gb: 8}\n\
         \x20 options: [{region: p/b, cost: 90}]\n\
         apart: [{name: a, workloads: [v, w], by: region}]\n",
    );
    assert_eq!(rows(&program, "\"apart\""), ["1 w[runs p/a] <= 1", "1 v[runs p/b] + 1 w[runs p/b] <= 1"]);
    let of_b = |kind: &str| {
        let mut rows = rows(&program, kind);
        rows.retain(|row| row.contains("p/b]"));
        rows
    };
    assert_eq!(
        of_b("\"runs\",\"workload\":\"w\""),
        ["-1 w[runs p/b] + 1 w[p/b option 1] <= 0", "-2 w[runs p/b] + 1 w[p/b l on-demand] <= 0"]
    );
    assert_eq!(of_b("\"stores\""), ["-2 w[stores p/b] + 1 w[p/b l on-demand] <= 0"]);
}

const RULED: &str = "workloads:\n\
    - {name: v, options: [{region: p/a, cost: 1}, {region: p/b, cost: 1}, {region: q/c, cost: 1}]}\n\
    - {name: w, count: 4, options: [{region: p/a, cost: 1}, {region: q/c, cost: 1}]}\n\
    - {name: x, split: any, options: [{region: p/b, cost: 1}, {region: q/c, cost: 1}]}\n";

#[test]
fn fees_open_where_anything_runs() {
    let program = program(
        &[P, Q],
        &format!("{RULED}fees: [{{name: f, region: p/b, monthly: 7}}, {{name: g, provider: p, monthly: 9}}]\n"),
    );
    assert_eq!(columns(&program, "opens"), ["opens f <= 1 at 7", "opens g <= 1 at 9"]);
    assert_eq!(
        rows(&program, "\"opens\",\"fee\":\"f\""),
        ["-1 opens f + 1 v[p/b option 2] <= 0", "-1000000 opens f + 1 x[p/b option 1] <= 0"]
    );
    assert_eq!(
        rows(&program, "\"opens\",\"fee\":\"g\""),
        [
            "-1 opens g + 1 v[p/a option 1] + 1 v[p/b option 2] <= 0",
            "-4 opens g + 1 w[p/a option 1] <= 0",
            "-1000000 opens g + 1 x[p/b option 1] <= 0"
        ]
    );
    assert_eq!(
        rows(&program, "\"opened\",\"fee\":\"f\""),
        ["-1 v[p/b option 2] + -1 x[p/b option 1] + 1 opens f <= 0"]
    );
}

#[test]
fn a_provider_is_in_use_by_a_unit_or_a_part_above_a_thousandth() {
    let program = program(&[P, Q], &format!("{RULED}providers: {{at_least: 2, at_most: 2}}\n"));
    assert_eq!(
        rows(&program, "\"uses\",\"provider\":\"p\""),
        [
            "-1 uses p + 1 v[p/a option 1] + 1 v[p/b option 2] <= 0",
            "-4 uses p + 1 w[p/a option 1] <= 0",
            "-999000 uses p + 1 x[p/b option 1] <= 1000"
        ]
    );
    assert_eq!(
        rows(&program, "\"hosts\",\"workload\":\"x\",\"provider\":\"p\""),
        ["-1 x[p/b option 1] + 1001 x[hosts p] <= 0"]
    );
    assert_eq!(
        rows(&program, "\"used\",\"provider\":\"p\""),
        ["-1 v[p/a option 1] + -1 v[p/b option 2] + -1 w[p/a option 1] + -1 x[hosts p] + 1 uses p <= 0"]
    );
    assert_eq!(rows(&program, "at-most"), ["1 uses p + 1 uses q <= 2"]);
    assert_eq!(rows(&program, "at-least"), ["-1 uses p + -1 uses q <= -2"]);
}

#[test]
fn together_apart_and_spread_go_by_place() {
    let rules = "together: [{name: t, workloads: [v, w], same: provider}]\n\
        apart: [{name: a, workloads: [v, x], by: region}]\n\
        spread: [{name: s, workload: w, over: region, at_most: 60%}, {name: r, workload: x, over: provider, at_most: 33.3333%}]\n";
    let program = program(&[P, Q], &format!("{RULED}{rules}"));
    assert_eq!(
        rows(&program, "meets"),
        [
            "-1 t meets p + 1 v[p/a option 1] + 1 v[p/b option 2] <= 0",
            "-4 t meets p + 1 w[p/a option 1] <= 0",
            "-1 t meets q + 1 v[q/c option 3] <= 0",
            "-4 t meets q + 1 w[q/c option 2] <= 0"
        ]
    );
    assert_eq!(rows(&program, "meeting"), ["1 t meets p + 1 t meets q <= 1"]);
    assert_eq!(
        rows(&program, "\"runs\",\"workload\":\"x\""),
        ["-1000000 x[runs p/b] + 1 x[p/b option 1] <= 0", "-1000000 x[runs q/c] + 1 x[q/c option 2] <= 0"]
    );
    assert_eq!(
        rows(&program, "apart"),
        ["1 v[runs p/a] <= 1", "1 v[runs p/b] + 1 x[runs p/b] <= 1", "1 v[runs q/c] + 1 x[runs q/c] <= 1"]
    );
    // Of four copies, 60% is two whole ones.
    assert_eq!(rows(&program, "\"s\""), ["1 w[p/a option 1] <= 2", "1 w[q/c option 2] <= 2"]);
    assert_eq!(rows(&program, "\"r\""), ["1 x[p/b option 1] <= 333333", "1 x[q/c option 2] <= 333333"]);
}

#[test]
fn a_spread_workload_with_a_value_is_spread_as_far_as_it_is_bought() {
    let program = program(
        &[P],
        "workloads: [{name: x, split: any, value: 5, options: [{region: p/a, cost: 1}, {region: p/b, cost: 1}]}]\n\
         spread: [{name: s, workload: x, over: region, at_most: 50%}]\n",
    );
    assert_eq!(rows(&program, "\"row\":\"place\""), ["1 x[bought 1000000] + 1 x[unplaced] = 1"]);
    assert_eq!(
        rows(&program, "\"spread\""),
        ["-500000 x[bought 1000000] + 1 x[p/a option 1] <= 0", "-500000 x[bought 1000000] + 1 x[p/b option 2] <= 0"]
    );
}

const USES: &str = "workloads:\n\
    - {name: v, options: [{region: p/a, cost: 1, uses: {slots: 3}}, {region: p/b, cost: 1, uses: {slots: 2}}]}\n\
    - {name: w, count: 4, options: [{region: p/a, cost: 2, uses: {slots: 5}}, {region: q/c, cost: 1, uses: {slots: 6}}]}\n\
    - {name: x, split: any, options: [{region: p/b, cost: 1, uses: {slots: 8}}, {region: q/c, cost: 1}]}\n";

#[test]
fn limits_sum_what_is_inside_and_shares_take_part_of_the_base_off() {
    let limits = "limits:\n\
        - {name: quota, sum: slots, per: region, at_most: 10}\n\
        - {name: share, sum: slots, where: {provider: p}, at_most: 25%}\n\
        - {name: least, sum: slots, where: {provider: p}, at_least: 3}\n";
    let program = program(&[P, Q], &format!("{USES}{limits}"));
    // A part of 10⁻⁶ of x uses 8 · 10⁻⁶ slots: too few to print.
    let of_quota = rows(&program, "quota");
    assert_eq!(
        of_quota,
        [
            "3 v[p/a option 1] + 5 w[p/a option 1] <= 10",
            "0 x[p/b option 1] + 2 v[p/b option 2] <= 10",
            "6 w[q/c option 2] <= 10"
        ]
    );
    // 75% of what is inside, less 25% of what is not.
    assert_eq!(
        rows(&program, "share"),
        ["-1.5 w[q/c option 2] + 0 x[p/b option 1] + 1.5 v[p/b option 2] + 2.25 v[p/a option 1] + \
         3.75 w[p/a option 1] <= 0"]
    );
    assert_eq!(
        rows(&program, "least"),
        ["-0 x[p/b option 1] + -2 v[p/b option 2] + -3 v[p/a option 1] + -5 w[p/a option 1] <= -3"]
    );
    let kept: Vec<bool> = program.rows.iter().map(|row| row.may_be_kept).collect();
    assert_eq!(kept.iter().filter(|kept| **kept).count(), 3, "the quota's");
}

#[test]
fn a_floor_asks_only_where_its_value_is_in_use() {
    let limits = "limits:\n\
        - {name: floor, sum: slots, per: provider, at_least: 4}\n\
        - {name: part, sum: slots, per: provider, at_least: 10%}\n";
    let program = program(&[P, Q], &format!("{USES}{limits}"));
    assert_eq!(
        rows(&program, "\"floors\",\"limit\":\"floor\",\"of\":\"p\""),
        [
            "-1 floor floors p + 1 v[p/a option 1] + 1 v[p/b option 2] <= 0",
            "-4 floor floors p + 1 w[p/a option 1] <= 0",
            "-999000 floor floors p + 1 x[p/b option 1] <= 1000"
        ]
    );
    assert_eq!(
        rows(&program, "\"limit\",\"name\":\"floor\",\"of\":\"q\""),
        ["-6 w[q/c option 2] + 4 floor floors q <= 0"]
    );
    // The base is at most 3 + 4 · 6 + 8 = 35, and 10% of it 3.5.
    assert_eq!(
        rows(&program, "\"limit\",\"name\":\"part\",\"of\":\"q\""),
        [
            "-5.4 w[q/c option 2] + 0 x[p/b option 1] + 0.2 v[p/b option 2] + 0.3 v[p/a option 1] + 0.5 w[p/a option 1] + \
         3.5 part floors q <= 3.5"
        ]
    );
}

#[test]
fn a_limit_within_a_fees_place_has_no_room_without_it() {
    let rules = "limits:\n\
        - {name: in-a, sum: slots, where: {region: p/a}, at_most: 9}\n\
        - {name: in-p, sum: cost, where: {provider: p}, at_most: 100}\n\
        fees: [{name: f, region: p/a, monthly: 7}, {name: g, provider: p, monthly: 8}]\n";
    let program = program(&[P, Q], &format!("{USES}{rules}"));
    let inside = "3 v[p/a option 1] + 5 w[p/a option 1] <= 0";
    assert_eq!(
        rows(&program, "limit-opens\",\"name\":\"in-a"),
        [format!("-9 opens f + {inside}"), format!("-9 opens g + {inside}")]
    );
    // By who bills: both fees count, and within p both are due if anything is: 8 − 100 for its own.
    assert_eq!(
        rows(&program, "limit-opens\",\"name\":\"in-p"),
        [
            "-92 opens g + 0 x[p/b option 1] + 1 v[p/a option 1] + 1 v[p/b option 2] + 2 w[p/a option 1] + 7 opens f <= 0"
        ]
    );
}

const TRAFFIC: &str = "tradewind: catalog/1\nprovider: p\ncurrency: USD\nregions: {a: {}, b: {}}\n\
    skus: {m: {vcpu: 4, memory_gib: 8}}\noffers: {m: {on-demand: {a: 2, b: 3}}}\n\
    storage: {standard: {a: {per_gb_month: 0.5}, b: {per_gb_month: [{up_to: 10, price: 0.2}, {price: 0.1}]}}}\n\
    network: {internet: {default: {free_gb: 100, per_gb: 0.1}}}\n";

#[test]
fn volumes_are_priced_over_the_account_where_their_price_changes() {
    let program = program(
        &[TRAFFIC],
        "workloads:\n\
         - {name: w, count: 3, hours: 10, request: {vcpu: 4}, storage: {gb: 20}, egress: {internet_gb: 50}}\n\
         limits: [{name: all, sum: cost, at_most: 90}, {name: part, sum: cost, per: provider, at_most: 50%}]\n",
    );
    // Ten hours and 20 GB: 20 + 10 in a, where storage has one price; 30 in b, where the volume prices it.
    assert_eq!(columns(&program, "w[p"), ["w[p/a m on-demand] <= 3 at 30", "w[p/b m on-demand] <= 3 at 30"]);
    // 3 · 50 GB could leave, 3 · 20 be stored.
    assert_eq!(
        columns(&program, "volume"),
        ["volume p standard storage in b <= 60000000000000 at 0", "volume p internet egress <= 150000000000000 at 0"]
    );
    assert_eq!(
        rows(&program, "internet"),
        ["-1 volume p internet egress + 50 w[p/a m on-demand] + 50 w[p/b m on-demand] = 0"]
    );
    assert_eq!(rows(&program, "storage"), ["-1 volume p standard storage in b + 20 w[p/b m on-demand] = 0"]);
    assert_eq!(
        rows(&program, "\"all\""),
        ["1 cost of volume p internet egress + 1 cost of volume p standard storage in b + 30 w[p/a m on-demand] + \
         30 w[p/b m on-demand] <= 90"]
    );
    assert_eq!(
        rows(&program, "\"part\""),
        [
            "0.5 cost of volume p internet egress + 0.5 cost of volume p standard storage in b + 15 w[p/a m on-demand] + \
         15 w[p/b m on-demand] <= 0"
        ]
    );
}

#[test]
fn a_beaten_candidate_has_no_column() {
    let book = "tradewind: catalog/1\nprovider: p\ncurrency: USD\nregions: {a: {}, b: {}}\n\
        skus: {big: {vcpu: 8, memory_gib: 8}, dear: {vcpu: 4, memory_gib: 8}, even: {vcpu: 4, memory_gib: 8}, m: {vcpu: 4, memory_gib: 8}}\n\
        offers: {big: {on-demand: {a: 1}}, dear: {on-demand: {a: 3, b: 3}}, even: {on-demand: {a: 2}}, m: {on-demand: {a: 2}}}\n";
    let of = |limit: &str| {
        let program = program(&[book], &format!("workloads: [{{name: w, hours: 1, request: {{vcpu: 4}}}}]\n{limit}"));
        columns(&program, "w[")
    };
    // The cheapest of each region.
    assert_eq!(of(""), ["w[p/a big on-demand] <= 1 at 1", "w[p/b dear on-demand] <= 1 at 3"]);
    // It counts more vCPU, so the next cheapest stays too: of two alike the first by name.
    assert_eq!(
        of("limits: [{name: l, sum: vcpu, at_most: 9}]\n"),
        ["w[p/a big on-demand] <= 1 at 1", "w[p/a even on-demand] <= 1 at 2", "w[p/b dear on-demand] <= 1 at 3"]
    );
    // At least so much vCPU is no reason to buy another.
    assert_eq!(of("limits: [{name: l, sum: vcpu, at_least: 2}]\n").len(), 2);
    // A share of cost: the dearer one outside makes room for what is inside. Of the two alike one goes.
    assert_eq!(of("limits: [{name: l, sum: cost, where: {region: p/b}, at_most: 10%}]\n").len(), 4);
}

#[test]
fn workloads_that_are_alike_are_one_block() {
    let like = "workloads:\n\
        - {name: a, count: 2, options: [{region: p/a, cost: 3}, {region: q/c, cost: 2}]}\n\
        - {name: b, options: [{region: p/a, cost: 3}, {region: q/c, cost: 2}]}\n\
        - {name: c, options: [{region: p/a, cost: 3}, {region: q/c, cost: 1}]}\n\
        - {name: d, value: 5, options: [{region: p/a, cost: 3}, {region: q/c, cost: 2}]}\n\
        - {name: e, split: any, options: [{region: p/a, cost: 3}, {region: q/c, cost: 2}]}\n";
    let program = merged(&[P, Q], like, &[&["a", "b"]]).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(rows(&program, "\"place\",\"workload\":\"a\""), ["1 a[p/a option 1] + 1 a[q/c option 2] = 3"]);
    assert_eq!(rows(&program, "\"workload\":\"b\"").len(), 0);
    let fault = |scenario: &str, classes: &[&[&str]]| match merged(&[P, Q], scenario, classes) {
        Ok(_) => panic!("{classes:?} is taken"),
        Err(fault) => fault.to_string(),
    };
    assert_eq!(fault(like, &[&["a", "c"]]), "proof: class of a: c is not like it in every figure");
    assert_eq!(fault(like, &[&["a", "d"]]), "proof: class of a: d is not like it in every figure");
    assert_eq!(fault(like, &[&["a", "e"]]), "proof: class of a: e is not like it in every figure");
    assert_eq!(
        fault(like, &[&["b", "a"]]),
        "proof: class of b: it is no list of two or more workloads, sorted by name"
    );
    assert_eq!(fault(like, &[&["a"]]), "proof: class of a: it is no list of two or more workloads, sorted by name");
    assert_eq!(fault(like, &[&["a", "b"], &["b", "c"]]), "proof: class of b: b is in two classes");
    assert_eq!(fault(like, &[&["a", "z"]]), "proof: class of a: there is no workload z");
    let ruled = format!("{like}together: [{{name: t, workloads: [b, c], same: region}}]\n");
    assert_eq!(fault(&ruled, &[&["a", "b"]]), "proof: class of a: a rule names b, so it stands by itself");
    let counted = format!("{like}limits: [{{name: l, sum: cost, where: {{workload: b}}, at_most: 9}}]\n");
    assert_eq!(fault(&counted, &[&["a", "b"]]), "proof: class of a: b is not like it in every figure");
}
