//! What storage and traffic cost beside their plain volumes, with the figures worked by hand.

use std::sync::Arc;

use tradewind::catalog::Catalog;
use tradewind::plan::{Line, Plan};
use tradewind::rules::{Supply, eligibility, supplies};
use tradewind::{
    Effort, Factor, Problem, Scenario, catalog_from_yaml, check, optimize, plan_from_json, report, scenario_from_yaml,
};

/// Two regions where machines cost the same.
const MARKET: &str = "\
tradewind: catalog/1
provider: acme
currency: USD
regions: {north: {}, south: {}}
skus: {box: {vcpu: 4, memory_gib: 16}}
offers: {box: {on-demand: {north: 0.1, south: 0.1}}}
";

/// Regions alike but for what reading back costs; nobody says what it costs to read from a vault.
const BOOK: &str = "\
storage:
  standard: {retrieval_per_gb: 0, north: {per_gb_month: 0.03}, south: {per_gb_month: 0.03}}
  cold:
    retrieval_per_gb: 0.02
    north: {per_gb_month: 0.01, retrieval_per_gb: 0.05}
    south: {per_gb_month: 0.012}
  vault: {north: {per_gb_month: 0.001}, south: {per_gb_month: 0.03, retrieval_per_gb: 0.01}}
";

struct Case {
    catalog: Arc<Catalog>,
    scenario: Arc<Scenario>,
}

impl Case {
    /// One workload of a box for 100 hours, 10.00 a month, and what else it says.
    fn of(workload: &str) -> Case {
        Case::with(BOOK, workload, "")
    }

    fn with(book: &str, workload: &str, rules: &str) -> Case {
        let book = format!("{MARKET}{book}");
        let catalog = catalog_from_yaml(&[("acme.yaml", &book)]).unwrap_or_else(|faults| panic!("{faults}"));
        let text = format!(
            "tradewind: scenario/1\nname: s\nworkloads:\n  - {{name: w, hours: 100, request: {{vcpu: 4}}, {workload}}}\n{rules}"
        );
        let scenario = scenario_from_yaml("s.yaml", &text, &catalog).unwrap_or_else(|faults| panic!("{faults}"));
        Case { catalog: Arc::new(catalog), scenario: Arc::new(scenario) }
    }

    /// The cheapest plan, which passes its check, and is the same after it was saved.
    fn plan(&self) -> Plan {
        let problem = Problem::new(&self.catalog, &self.scenario).unwrap_or_else(|faults| panic!("{faults}"));
        let plan = optimize(&problem, &Effort::default()).unwrap_or_else(|reason| panic!("{reason}"));
        let text = report::plan_json(&plan);
        let saved = plan_from_json("plan.json", &text).unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(check(&self.catalog, &self.scenario, &saved), []);
        plan
    }

    /// Why each offer cannot serve the workload, by region.
    fn reasons(&self) -> Vec<(String, Vec<String>)> {
        let workload = &self.scenario.workloads[0];
        let all = supplies(&self.catalog, workload).into_iter().map(|supply| {
            let Supply::Offer(offer) = supply else { panic!("an offer") };
            let region = &self.catalog.region(self.catalog.offer(offer).region).name;
            let reasons = eligibility(&self.catalog, workload, supply);
            (region.to_string(), reasons.iter().map(ToString::to_string).collect())
        });
        all.collect()
    }
}

/// `what: quantity unit × price = amount, by source`.
fn text(line: &Line) -> String {
    let (what, unit, source) = (&line.what, line.unit.name(), &line.source);
    format!("{what}: {} {unit} × {} = {}, by {source}", line.quantity, line.unit_price, line.amount)
}

/// Region by region, the lines beside machines.
fn lines(plan: &Plan) -> Vec<(String, Vec<String>)> {
    let of = |lines: &[Line]| lines.iter().skip(1).map(text).collect();
    plan.placements.iter().map(|placed| (placed.region.to_string(), of(&placed.lines))).collect()
}

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn reading_back_costs_what_the_region_says_else_what_the_class_says() {
    // north: 10 + 1000 × 0.01 + 200 × 0.05 = 30; south: 10 + 1000 × 0.012 + 200 × 0.02 = 26.
    let plan = Case::of("storage: {gb: 1000, class: cold, read_gb: 200}").plan();
    let read = "read back from cold storage: 200 GB × 0.02 = 4, by acme cold storage in south, retrieval";
    let kept = "cold storage: 1000 GB-month × 0.012 = 12, by acme cold storage in south";
    assert_eq!(lines(&plan), [("south".to_owned(), strings(&[read, kept]))]);
    assert_eq!(plan.bill.total().to_string(), "26");
    assert_eq!(plan.bill.cost.storage.to_string(), "16");
    // Where nothing is read back, north is the cheaper one: 20 against 22.
    let plan = Case::of("storage: {gb: 1000, class: cold}").plan();
    assert_eq!((plan.placements[0].region.as_ref(), plan.bill.total().to_string().as_str()), ("north", "20"));
    let plan = Case::of("storage: {gb: 1000, class: cold, read_gb: 0}").plan();
    assert_eq!(plan.bill.total().to_string(), "20");
}

#[test]
fn no_price_for_reading_back_is_a_reason_and_zero_is_a_price() {
    let absent = Case::of("storage: {gb: 1000, class: vault, read_gb: 1}");
    let reason = strings(&["no price for reading back from vault storage"]);
    assert_eq!(absent.reasons(), [("north".to_owned(), reason), ("south".to_owned(), Vec::new())]);
    // 10 + 1000 × 0.03 + 0.01, though north keeps it for 1.
    assert_eq!(absent.plan().bill.total().to_string(), "40.01");
    let unread = Case::of("storage: {gb: 1000, class: vault}");
    assert_eq!(unread.plan().bill.total().to_string(), "11");
    let free = Case::of("storage: {gb: 1000, read_gb: 5000}").plan();
    let read = "read back from standard storage: 5000 GB × 0 = 0, by acme standard storage in north, retrieval";
    assert_eq!(lines(&free)[0].1[0], read);
    assert_eq!(free.bill.total().to_string(), "40");
}

#[test]
fn a_divided_workload_reads_back_in_parts_what_it_keeps_whole_in_every_region() {
    // Two of three replicas at most in a region. A replica reads a third of 100 GB, rounded to 10⁻¹² GB.
    let spread = "spread: [{name: apart, workload: w, over: region, at_most: 67%}]";
    let case = Case::with(BOOK, "replicas: 3, split: replicas, storage: {gb: 10, class: cold, read_gb: 100}", spread);
    let plan = case.plan();
    let north = [
        "read back from cold storage: 33.333333333333 GB × 0.05 = 1.66666666666665, by acme cold storage in north, retrieval",
        "cold storage: 10 GB-month × 0.01 = 0.1, by acme cold storage in north",
    ];
    let south = [
        "read back from cold storage: 66.666666666666 GB × 0.02 = 1.33333333333332, by acme cold storage in south, retrieval",
        "cold storage: 10 GB-month × 0.012 = 0.12, by acme cold storage in south",
    ];
    let expected = [("north".to_owned(), strings(&north)), ("south".to_owned(), strings(&south))];
    assert_eq!(lines(&plan), expected);
    // 30 for machines.
    assert_eq!(plan.bill.total().to_string(), "33.21999999999997");
}

#[test]
fn what_is_read_back_is_a_line_of_the_provider_and_of_no_tier() {
    // Reading back brings no volume to the tariff: 120 GB-months, of which 20 at 0.01, whatever is read.
    let tiers = BOOK
        .replace("south: {per_gb_month: 0.012}", "south: {per_gb_month: [{up_to: 100, price: 0.012}, {price: 0.01}]}");
    let limit = "limits: [{name: cap, sum: cost, where: {provider: acme}, at_most: 1000}]";
    let case = Case::with(&tiers, "regions: {allow: [south]}, storage: {gb: 120, class: cold, read_gb: 300}", limit);
    let plan = case.plan();
    // 10 + 120 × 0.012 + 300 × 0.02 − 20 × 0.002.
    assert_eq!(plan.bill.total().to_string(), "17.4");
    assert_eq!(plan.bill.adjustments.len(), 1);
    assert_eq!(plan.bill.adjustments[0].amount.to_string(), "-0.04");
    assert_eq!(plan.limits[0].used.to_string(), "17.4");
}

#[test]
fn prices_and_demand_of_reading_back_move_with_all_others() {
    let case = Case::of("storage: {gb: 1000, class: cold, read_gb: 200}");
    let twice = Factor::percent("100".parse().expect("a number")).expect("a factor");
    let dearer = Case {
        catalog: Arc::new(case.catalog.repriced(None, twice).expect("within the range")),
        scenario: Arc::clone(&case.scenario),
    };
    assert_eq!(dearer.plan().bill.total().to_string(), "52");
    let more = Case {
        catalog: Arc::clone(&case.catalog),
        scenario: Arc::new(case.scenario.grown(twice).expect("within the range")),
    };
    assert_eq!(more.plan().bill.total().to_string(), "52");
}

#[test]
fn a_plan_with_another_price_for_reading_back_is_refused() {
    let case = Case::of("storage: {gb: 1000, class: cold, read_gb: 200}");
    let plan = case.plan();
    let refused = |change: fn(&mut Line)| {
        let mut other = plan.clone();
        change(&mut other.placements[0].lines[1]);
        let found = check(&case.catalog, &case.scenario, &other);
        assert!(!found.is_empty());
        found[0].message.clone()
    };
    assert_eq!(refused(|line| line.unit = tradewind::plan::LineUnit::GbMonth), "it is counted in GB-month");
    let free = refused(|line| (line.unit_price, line.amount) = Default::default());
    assert_eq!(free, "its amount says 0, but it is 4");
}

/// Two regions that send alike, but for China; another part goes as all traffic does, and one is not priced from south.
const NETWORK: &str = "\
network:
  internet:
    default:
      free_gb: 100
      per_gb: [{up_to: 1000, price: 0.1}, {price: 0.08}]
      to: {china: {per_gb: 0.3}, asia: internet}
    north:
      per_gb: 0.09
      to: {china: {free_gb: 10, per_gb: [{up_to: 200, price: 0.25}, {price: 0.2}]}, moon: {per_gb: 5}}
";

fn sending(egress: &str) -> Case {
    Case::with(&format!("{BOOK}{NETWORK}"), &format!("egress: {egress}"), "")
}

fn at(region: &str, egress: &str) -> Case {
    let rest = format!("regions: {{allow: [{region}]}}, egress: {egress}");
    Case::with(&format!("{BOOK}{NETWORK}"), &rest, "")
}

#[test]
fn a_part_of_the_internet_has_a_tariff_of_its_own_with_its_own_volume() {
    let plan = at("north", "{internet_gb: 500, to: {china: 300}}").plan();
    let internet = "egress to the internet: 500 GB × 0.09 = 45, by acme internet egress from north";
    let china = "egress to china: 300 GB × 0.25 = 75, by acme internet egress to china from north";
    assert_eq!(lines(&plan), [("north".to_owned(), strings(&[internet, china]))]);
    // China: 190 × 0.25 + 100 × 0.2 = 67.5; its allowance and its tiers know nothing of the 500 GB.
    let account: Vec<String> = plan.bill.adjustments.iter().map(text).collect();
    let source = "by acme internet egress to china from north";
    let free = format!("free allowance: 10 GB × -0.25 = -2.5, {source}");
    let tier = format!("tier above 200 GB: 100 GB × -0.05 = -5, {source}");
    assert_eq!(account, [free, tier]);
    // 10 + 45 + 67.5.
    assert_eq!(plan.bill.total().to_string(), "122.5");
    assert_eq!(plan.bill.cost.network.to_string(), "112.5");
}

#[test]
fn the_region_is_asked_before_the_default_and_the_cheaper_one_is_found() {
    // south: 10 + 300 × 0.3 = 100; north: 10 + 67.5.
    assert_eq!(at("south", "{to: {china: 300}}").plan().bill.total().to_string(), "100");
    let plan = sending("{to: {china: 300}}").plan();
    assert_eq!((plan.placements[0].region.as_ref(), plan.bill.total().to_string().as_str()), ("north", "77.5"));
}

#[test]
fn a_part_that_goes_as_all_traffic_adds_to_its_volume() {
    let plan = at("south", "{internet_gb: 900, to: {asia: 600}}").plan();
    let internet = "egress to the internet: 900 GB × 0.1 = 90, by acme internet egress";
    let asia = "egress to asia: 600 GB × 0.1 = 60, by acme internet egress";
    assert_eq!(lines(&plan)[0].1, [internet, asia]);
    // 1500 GB: 900 × 0.1 + 500 × 0.08, and 10 for the machine.
    assert_eq!(plan.bill.total().to_string(), "140");
    // From north, where the word stands in no block of its own, it is north's tariff: 600 × 0.09.
    assert_eq!(at("north", "{to: {asia: 600}}").plan().bill.total().to_string(), "64");
}

#[test]
fn a_part_without_a_price_is_a_reason_and_nothing_sent_asks_for_none() {
    let case = sending("{to: {moon: 1}}");
    let reason = strings(&["no price for internet egress to moon"]);
    assert_eq!(case.reasons(), [("north".to_owned(), Vec::new()), ("south".to_owned(), reason)]);
    assert_eq!(case.plan().bill.total().to_string(), "15");
    assert_eq!(at("south", "{to: {moon: 0}}").plan().bill.total().to_string(), "10");
}

#[test]
fn tariffs_of_parts_are_shared_by_the_account_and_divided_with_their_workload() {
    // Each alone would keep to the allowance of 10 GB; together they send 16, by replicas of 2.666666666667 GB.
    let other = "  - {name: v, hours: 100, request: {vcpu: 4}, regions: {allow: [north]}, egress: {to: {china: 8}}}\n";
    let rest = "regions: {allow: [north]}, replicas: 3, split: replicas, egress: {to: {china: 8}}";
    let case = Case::with(&format!("{BOOK}{NETWORK}"), rest, other);
    let plan = case.plan();
    // 16.000000000001 GB, 6.000000000001 of them at 0.25; four machines.
    assert_eq!(plan.bill.total().to_string(), "41.50000000000025");
}

#[test]
fn a_plan_that_sends_at_another_tariff_is_refused() {
    let case = at("north", "{to: {china: 300}}");
    let mut plan = case.plan();
    plan.bill.adjustments.clear();
    let found = check(&case.catalog, &case.scenario, &plan);
    let place = "acme internet egress to china from north";
    assert!(found.iter().any(|fault| fault.place == place), "{found:?}");
}

/// North states a minimum of its own; nobody says how long a vault bills.
const DAYS: &str = "\
storage:
  standard: {minimum_days: 0, north: {per_gb_month: 0.03}, south: {per_gb_month: 0.03}}
  cold:
    minimum_days: 30
    north: {per_gb_month: 0.01, minimum_days: 90}
    south: {per_gb_month: [{up_to: 200, price: 0.02}, {price: 0.015}]}
  vault: {north: {per_gb_month: 0.001}}
";

#[test]
fn what_is_deleted_early_is_billed_for_the_minimum_of_days() {
    // north: 100 × 90 / 10 = 900 GB-months at 0.01, 9.00; south: 100 × 30 / 10 = 300, of which 200 at 0.02 and 100 at
    // 0.015, 5.50; 10.00 for the machine.
    let plan = Case::with(DAYS, "storage: {gb: 100, class: cold, kept_days: 10}", "").plan();
    let kept = "cold storage, kept 10 days and billed for 30: 300 GB-month × 0.02 = 6, by acme cold storage in south";
    assert_eq!(lines(&plan), [("south".to_owned(), strings(&[kept]))]);
    assert_eq!(plan.bill.total().to_string(), "15.5");
    // For good, and for 30 days and more, 100 GB are 100 GB-months, where the minimum is no longer.
    for days in ["", ", kept_days: 30", ", kept_days: 45.5"] {
        let rest = format!("regions: {{allow: [south]}}, storage: {{gb: 100, class: cold{days}}}");
        let plan = Case::with(DAYS, &rest, "").plan();
        assert_eq!(
            lines(&plan)[0].1,
            ["cold storage: 100 GB-month × 0.02 = 2, by acme cold storage in south"],
            "{days}"
        );
    }
    let plan = Case::with(DAYS, "storage: {gb: 100, class: cold, kept_days: 90}", "").plan();
    assert_eq!((plan.placements[0].region.as_ref(), plan.bill.total().to_string().as_str()), ("north", "11"));
}

#[test]
fn the_billed_volume_is_rounded_once_to_the_parts_of_a_quantity() {
    // 100 × 30 / 7 = 428.571428571…, to 10⁻⁶; half to even: 0.000001 × 30 / 20 is 0.0000015, so 0.000002.
    let stored = |gb: &str, days: &str| {
        let rest = format!("regions: {{allow: [south]}}, storage: {{gb: {gb}, class: cold, kept_days: {days}}}");
        Case::with(DAYS, &rest, "").plan().placements[0].lines[1].quantity.to_string()
    };
    assert_eq!(stored("100", "7"), "428.571429");
    assert_eq!(stored("0.000001", "20"), "0.000002");
    assert_eq!(stored("0.000001", "12"), "0.000002");
}

#[test]
fn no_minimum_stated_is_a_reason_where_something_is_deleted_and_zero_is_a_minimum() {
    let case = Case::with(DAYS, "regions: {allow: [north]}, storage: {gb: 100, class: vault, kept_days: 10}", "");
    let reason = strings(&["no minimum days stated for vault storage"]);
    assert_eq!(case.reasons()[0], ("north".to_owned(), reason));
    let case = Case::with(DAYS, "storage: {gb: 100, class: vault}", "");
    assert_eq!(case.plan().bill.total().to_string(), "10.1");
    let case = Case::with(DAYS, "storage: {gb: 100, kept_days: 0.5}", "");
    assert_eq!(case.plan().bill.total().to_string(), "13");
}

#[test]
fn a_divided_workload_is_billed_for_the_minimum_in_every_region_and_copies_one_by_one() {
    // 10.00 for each of two machines; 900 GB-months in north and 300 in south.
    let spread = "spread: [{name: apart, workload: w, over: region, at_most: 50%}]";
    let rest = "replicas: 2, split: replicas, storage: {gb: 100, class: cold, kept_days: 10}";
    assert_eq!(Case::with(DAYS, rest, spread).plan().bill.total().to_string(), "34.5");
    // Three copies in south: 900 GB-months, 200 × 0.02 + 700 × 0.015 = 14.5, and 30 for machines; in north they were 27.
    let rest = "count: 3, storage: {gb: 100, class: cold, kept_days: 10}";
    assert_eq!(Case::with(DAYS, rest, "").plan().bill.total().to_string(), "44.5");
}

#[test]
fn a_plan_that_bills_what_is_kept_and_not_the_minimum_is_refused() {
    let case = Case::with(DAYS, "storage: {gb: 100, class: cold, kept_days: 10}", "");
    let mut plan = case.plan();
    let longer =
        Case::with(DAYS, "regions: {allow: [south]}, storage: {gb: 100, class: cold, kept_days: 30}", "").plan();
    plan.placements[0].lines[1] = longer.placements[0].lines[1].clone();
    let found = check(&case.catalog, &case.scenario, &plan);
    let said: Vec<&str> = found.iter().take(3).map(|violation| &*violation.message).collect();
    assert_eq!(
        said,
        [
            "what is charged says cold storage, but it is cold storage, kept 10 days and billed for 30",
            "its amount says 2, but it is 6",
            "its quantity says 100, but it is 300"
        ]
    );
}

#[test]
fn a_volume_beyond_the_range_is_said_and_not_cut() {
    let book = DAYS.replace("minimum_days: 30", "minimum_days: 3650");
    let case = Case::with(&book, "storage: {gb: 1000000000, class: cold, kept_days: 0.000001}", "");
    let fault = Problem::new(&case.catalog, &case.scenario).expect_err("3.65 × 10¹⁸ GB");
    assert!(fault.to_string().contains("a charge of workload `w` is above 100 trillion"), "{fault}");
}
