//! The documented rules over the reference books, each answer exactly; figures are worked in the comments.
//!
//! | | capabilities | regions | cost_per_hour | compute /h | storage /GB-month | network /GB |
//! |---|---|---|---|---|---|---|
//! | aws | inference, training, storage | us-east-1, us-west-2, eu-west-1 | 0.5 | 0.10 | 0.023 | 0.09 |
//! | gcp | training, tpu, bigquery | us-central1, europe-west1, asia-east1 | 0.45 | 0.095 | 0.020 | 0.12 |
//! | azure | inference, ml_services, enterprise | eastus, westus2, westeurope | 0.48 | 0.098 | 0.021 | 0.087 |

use tradewind::rules::{
    Answer, NotComparable, NotFired, Query, Rule, Unanswered, compare, distribute, place, resolve, route,
};
use tradewind::scenario::{FlatUsage, Gateway};
use tradewind::{Catalog, catalog_from_yaml, reference, report, scenario_from_yaml};

const AWS: (&str, &str) = ("aws.yaml", include_str!("../pricing/reference/aws.yaml"));
const GCP: (&str, &str) = ("gcp.yaml", include_str!("../pricing/reference/gcp.yaml"));
const AZURE: (&str, &str) = ("azure.yaml", include_str!("../pricing/reference/azure.yaml"));

fn books(texts: &[(&str, &str)]) -> Catalog {
    catalog_from_yaml(texts).unwrap_or_else(|faults| panic!("{faults}"))
}

/// The reference books in another order.
fn reordered(order: [(&str, &str); 3]) -> Catalog {
    books(&order)
}

/// A book of one provider with these further keys.
fn book(provider: &str, keys: &str) -> String {
    format!("tradewind: catalog/1\nprovider: {provider}\ncurrency: USD\n{keys}\n")
}

fn asked(catalog: &Catalog, data_location: &str, kind: &str) -> Result<Answer, Unanswered> {
    place(catalog, Query { data_location: Some(data_location), kind: Some(kind) })
}

/// Provider, region and rule as names.
fn named(catalog: &Catalog, answer: &Answer) -> (String, Option<String>, &'static str) {
    let region = answer.region.map(|region| catalog.region(region).name.to_string());
    (catalog.provider(answer.provider).name.to_string(), region, answer.rule.name())
}

/// The answer for a data location and a type, either of which may be empty, which is absent.
fn answered(catalog: &Catalog, data_location: &str, kind: &str) -> (String, Option<String>, &'static str) {
    let answer = asked(catalog, data_location, kind).expect("a rule answers");
    named(catalog, &answer)
}

fn by_location(provider: &str, region: &str) -> (String, Option<String>, &'static str) {
    (provider.to_owned(), Some(region.to_owned()), "data-location")
}

fn by_capability(provider: &str) -> (String, Option<String>, &'static str) {
    (provider.to_owned(), None, "capability")
}

fn by_cost(provider: &str) -> (String, Option<String>, &'static str) {
    (provider.to_owned(), None, "lowest-cost")
}

// --- place: data location ---------------------------------------------------------------------------------------------

#[test]
fn the_provider_that_lists_the_data_location_takes_the_workload() {
    let catalog = reference();
    for (provider, regions) in [
        ("aws", ["us-east-1", "us-west-2", "eu-west-1"]),
        ("gcp", ["us-central1", "europe-west1", "asia-east1"]),
        ("azure", ["eastus", "westus2", "westeurope"]),
    ] {
        for region in regions {
            assert_eq!(answered(&catalog, region, ""), by_location(provider, region));
        }
    }
}

#[test]
fn the_data_location_goes_before_capability_and_cost() {
    let catalog = reference();
    // Only gcp has `tpu`, and gcp has the lowest cost per hour; the data lies at aws, whose capabilities are not asked.
    assert_eq!(answered(&catalog, "us-east-1", "tpu"), by_location("aws", "us-east-1"));
    // No provider has `rendering`.
    assert_eq!(answered(&catalog, "westeurope", "rendering"), by_location("azure", "westeurope"));
    // aws would be first by capability.
    assert_eq!(answered(&catalog, "asia-east1", "inference"), by_location("gcp", "asia-east1"));
}

#[test]
fn an_unknown_data_location_falls_through_to_the_next_rule() {
    let catalog = reference();
    assert_eq!(answered(&catalog, "mars-north-1", "enterprise"), by_capability("azure"));
    assert_eq!(answered(&catalog, "mars-north-1", "rendering"), by_cost("gcp"));
    assert_eq!(answered(&catalog, "mars-north-1", ""), by_cost("gcp"));
}

#[test]
fn a_data_location_matches_exactly_or_not_at_all() {
    let catalog = reference();
    for other in ["US-EAST-1", "Us-east-1", "us-east-1 ", " us-east-1", "us-east", "us-east-1a", "us_east_1", "east"] {
        assert_eq!(answered(&catalog, other, ""), by_cost("gcp"), "{other:?} is no region");
        assert_eq!(answered(&catalog, other, "inference"), by_capability("aws"), "{other:?} is no region");
    }
}

#[test]
fn a_data_location_may_name_its_provider() {
    let catalog = reference();
    assert_eq!(answered(&catalog, "gcp/europe-west1", "inference"), by_location("gcp", "europe-west1"));
    assert_eq!(answered(&catalog, "azure/eastus", ""), by_location("azure", "eastus"));
    // A provider that does not list the region, a provider that does not exist, another case, a part missing.
    for other in ["aws/europe-west1", "oracle/eastus", "AWS/us-east-1", "aws/US-EAST-1", "aws/", "/us-east-1", "/"] {
        assert_eq!(answered(&catalog, other, ""), by_cost("gcp"), "{other:?} is no region");
    }
}

#[test]
fn a_region_of_two_providers_is_the_first_ones_unless_the_provider_is_named() {
    let one = book("one", "regions: {shared: {}}\ncost_per_hour: 2");
    let two = book("two", "regions: {shared: {}}\ncost_per_hour: 1");
    let catalog = books(&[("one.yaml", &one), ("two.yaml", &two)]);
    assert_eq!(answered(&catalog, "shared", ""), by_location("one", "shared"));
    assert_eq!(answered(&catalog, "two/shared", ""), by_location("two", "shared"));
    let catalog = books(&[("two.yaml", &two), ("one.yaml", &one)]);
    assert_eq!(answered(&catalog, "shared", ""), by_location("two", "shared"));
    assert_eq!(answered(&catalog, "one/shared", ""), by_location("one", "shared"));
}

// --- place: capability ------------------------------------------------------------------------------------------------

#[test]
fn the_first_provider_with_the_capability_takes_the_workload() {
    let catalog = reference();
    for (kind, provider) in [
        ("inference", "aws"), // azure has it too
        ("training", "aws"),  // gcp has it too
        ("storage", "aws"),
        ("tpu", "gcp"),
        ("bigquery", "gcp"),
        ("ml_services", "azure"),
        ("enterprise", "azure"),
    ] {
        assert_eq!(answered(&catalog, "", kind), by_capability(provider));
    }
}

#[test]
fn a_type_matches_exactly_or_not_at_all() {
    let catalog = reference();
    for other in ["Inference", "INFERENCE", "inference ", " inference", "infer", "tpus", "ml-services"] {
        assert_eq!(answered(&catalog, "", other), by_cost("gcp"), "{other:?} is no capability");
    }
}

#[test]
fn which_provider_is_first_depends_on_the_order_of_the_books_alone() {
    let catalog = reordered([AZURE, GCP, AWS]);
    assert_eq!(answered(&catalog, "", "inference"), by_capability("azure"));
    assert_eq!(answered(&catalog, "", "training"), by_capability("gcp"));
    assert_eq!(answered(&catalog, "", "storage"), by_capability("aws"));
    let catalog = reordered([GCP, AWS, AZURE]);
    assert_eq!(answered(&catalog, "", "inference"), by_capability("aws"));
    assert_eq!(answered(&catalog, "", "training"), by_capability("gcp"));
    // Without a tie the order does not matter: 0.45 < 0.48 < 0.5, and no two books share a region.
    for order in [[AWS, GCP, AZURE], [AZURE, GCP, AWS], [GCP, AWS, AZURE], [AZURE, AWS, GCP]] {
        let catalog = reordered(order);
        assert_eq!(answered(&catalog, "", "rendering"), by_cost("gcp"));
        assert_eq!(answered(&catalog, "eu-west-1", "tpu"), by_location("aws", "eu-west-1"));
    }
}

// --- place: lowest cost -----------------------------------------------------------------------------------------------

#[test]
fn the_lowest_cost_per_hour_decides_the_rest() {
    let catalog = reference();
    // 0.45 at gcp is below 0.48 at azure and 0.5 at aws.
    assert_eq!(answered(&catalog, "", "rendering"), by_cost("gcp"));
    assert_eq!(answered(&catalog, "", ""), by_cost("gcp"));
    let catalog = books(&[AWS, AZURE]);
    assert_eq!(answered(&catalog, "", ""), by_cost("azure"));
}

#[test]
fn a_tie_goes_to_the_first_in_catalog_order() {
    // 0.30 and 0.3 are the same price.
    let (one, two) = (book("one", "cost_per_hour: 0.30"), book("two", "cost_per_hour: 0.3"));
    let dear = book("dear", "cost_per_hour: 0.300000000001");
    let catalog = books(&[("dear.yaml", &dear), ("one.yaml", &one), ("two.yaml", &two)]);
    assert_eq!(answered(&catalog, "", ""), by_cost("one"));
    let catalog = books(&[("two.yaml", &two), ("dear.yaml", &dear), ("one.yaml", &one)]);
    assert_eq!(answered(&catalog, "", ""), by_cost("two"));
}

#[test]
fn a_provider_without_a_cost_per_hour_is_passed_over_and_the_answer_says_so() {
    let (silent, priced) = (book("silent", "capabilities: [quiet]"), book("priced", "cost_per_hour: 9000"));
    let catalog = books(&[("silent.yaml", &silent), ("priced.yaml", &priced)]);
    let answer = asked(&catalog, "", "rendering").expect("one provider states a rate");
    assert_eq!(named(&catalog, &answer), by_cost("priced"));
    let passed_over: Vec<&str> = answer.without_rate.iter().map(|&id| &*catalog.provider(id).name).collect();
    assert_eq!(passed_over, ["silent"]);
    // Only the lowest-cost rule looks at rates; where another fired, nobody was passed over.
    let answer = asked(&catalog, "", "quiet").expect("a capability");
    assert_eq!(named(&catalog, &answer), by_capability("silent"));
    assert!(answer.without_rate.is_empty());

    let scenario = scenario_from_yaml(
        "s.yaml",
        "tradewind: scenario/1\nname: S\nworkloads: [{name: w, type: rendering}]\n",
        &catalog,
    )
    .unwrap_or_else(|faults| panic!("{faults}"));
    let answers = [place(&catalog, Query::from(&scenario.workloads[0]))];
    let text = report::place_text(&catalog, &scenario, &answers);
    assert!(text.contains("silent"), "{text}");
}

#[test]
fn with_no_rate_at_all_no_provider_answers() {
    let silent = book("silent", "capabilities: [quiet]\nregions: {here: {}}");
    let catalog = books(&[("silent.yaml", &silent)]);
    let none = asked(&catalog, "there", "loud").expect_err("nothing to go by");
    assert_eq!(
        none.rules,
        [
            (Rule::DataLocation, NotFired::UnknownDataLocation),
            (Rule::Capability, NotFired::NoSuchCapability),
            (Rule::LowestCost, NotFired::NoRate),
        ]
    );
    let none = asked(&catalog, "", "").expect_err("nothing to go by");
    assert_eq!(
        none.rules,
        [
            (Rule::DataLocation, NotFired::NoDataLocation),
            (Rule::Capability, NotFired::NoType),
            (Rule::LowestCost, NotFired::NoRate),
        ]
    );
    assert_eq!(answered(&catalog, "here", "loud"), by_location("silent", "here"));
    assert_eq!(answered(&catalog, "there", "quiet"), by_capability("silent"));
}

// --- place: reasons ---------------------------------------------------------------------------------------------------

#[test]
fn every_answer_says_why_the_other_rules_did_not_fire() {
    use NotFired::{NoDataLocation, NoSuchCapability, NoType, NotAsked, UnknownDataLocation};
    use Rule::{Capability, DataLocation, LowestCost};

    let catalog = reference();
    for (location, kind, others) in [
        ("us-east-1", "tpu", [(Capability, NotAsked), (LowestCost, NotAsked)]),
        ("us-east-1", "", [(Capability, NotAsked), (LowestCost, NotAsked)]),
        ("", "tpu", [(DataLocation, NoDataLocation), (LowestCost, NotAsked)]),
        ("mars", "tpu", [(DataLocation, UnknownDataLocation), (LowestCost, NotAsked)]),
        ("", "", [(DataLocation, NoDataLocation), (Capability, NoType)]),
        ("", "rendering", [(DataLocation, NoDataLocation), (Capability, NoSuchCapability)]),
        ("mars", "", [(DataLocation, UnknownDataLocation), (Capability, NoType)]),
        ("mars", "rendering", [(DataLocation, UnknownDataLocation), (Capability, NoSuchCapability)]),
    ] {
        let answer = asked(&catalog, location, kind).expect("a rule answers");
        assert_eq!(answer.others, others, "data at {location:?}, type {kind:?}");
        assert_eq!(answer.region.is_some(), answer.rule == DataLocation, "only rule 1 knows a region");
    }
}

#[test]
fn empty_text_is_absent() {
    let catalog = reference();
    for (data_location, kind) in [(Some(""), Some("tpu")), (None, Some("tpu")), (Some(""), Some("")), (None, None)] {
        let blank = Query { data_location: data_location.or(Some("")), kind: kind.or(Some("")) };
        let absent = Query {
            data_location: data_location.filter(|text| !text.is_empty()),
            kind: kind.filter(|text| !text.is_empty()),
        };
        assert_eq!(place(&catalog, blank), place(&catalog, absent));
    }
}

// --- distribute -------------------------------------------------------------------------------------------------------

/// Provider names with their workloads' names.
fn distributed(catalog: &Catalog, workloads: &str) -> (Vec<(String, Vec<String>)>, Vec<String>) {
    let text = format!("tradewind: scenario/1\nname: S\nworkloads:\n{workloads}");
    let scenario = scenario_from_yaml("s.yaml", &text, catalog).unwrap_or_else(|faults| panic!("{faults}"));
    let distribution = distribute(catalog, &scenario);
    let names = |numbers: &[usize]| numbers.iter().map(|&number| scenario.workloads[number].name.to_string()).collect();
    let providers = distribution.providers.iter();
    let providers = providers.map(|(id, numbers)| (catalog.provider(*id).name.to_string(), names(numbers)));
    (providers.collect(), names(&distribution.unanswered))
}

fn group(provider: &str, workloads: &[&str]) -> (String, Vec<String>) {
    (provider.to_owned(), workloads.iter().map(|&name| name.to_owned()).collect())
}

/// Types and places that need every rule; no workload is in alphabetical order.
const MIXED: &str = "  - {name: z, type: inference}\n  - {name: y, type: tpu, data_location: us-west-2}\n  \
                     - {name: x, type: tpu}\n  - {name: w, data_location: westus2}\n  - {name: v}\n  \
                     - {name: u, type: training, data_location: mars}\n";

#[test]
fn workloads_keep_their_order_within_their_provider() {
    // z: aws has `inference` first. y: its data lies at aws. x: only gcp has `tpu`. w: its data lies at azure.
    // v: gcp has the lowest cost. u: no book lists mars, and aws has `training` first.
    let (providers, unanswered) = distributed(&reference(), MIXED);
    assert_eq!(providers, [group("aws", &["z", "y", "u"]), group("gcp", &["x", "v"]), group("azure", &["w"])]);
    assert!(unanswered.is_empty());
}

#[test]
fn providers_appear_in_catalog_order() {
    // z now goes to azure, whose `inference` comes first, and u to gcp, whose `training` does.
    let (providers, _) = distributed(&reordered([AZURE, GCP, AWS]), MIXED);
    assert_eq!(providers, [group("azure", &["z", "w"]), group("gcp", &["x", "v", "u"]), group("aws", &["y"])]);
}

#[test]
fn a_provider_without_workloads_appears_with_none() {
    let (providers, _) = distributed(&reference(), "  - {name: only, type: tpu}\n");
    assert_eq!(providers, [group("aws", &[]), group("gcp", &["only"]), group("azure", &[])]);
}

#[test]
fn the_data_location_of_a_workload_is_where_its_data_lies() {
    // `data_location` is rule 1's alone; where it is absent, the region of `data.location` serves. Elsewhere a region is
    // written with its provider.
    let request = "request: {vcpu: 1}";
    let workloads = format!(
        "  - {{name: stated, data_location: eastus, data: {{location: aws/us-east-1}}, {request}}}\n  \
           - {{name: derived, data: {{location: gcp/asia-east1}}, {request}}}\n"
    );
    let (providers, _) = distributed(&reference(), &workloads);
    assert_eq!(providers, [group("aws", &[]), group("gcp", &["derived"]), group("azure", &["stated"])]);
}

#[test]
fn workloads_that_no_rule_answers_for_are_listed_apart() {
    let silent = book("silent", "capabilities: [quiet]");
    let catalog = books(&[("silent.yaml", &silent)]);
    let (providers, unanswered) =
        distributed(&catalog, "  - {name: a, type: loud}\n  - {name: b, type: quiet}\n  - {name: c}\n");
    assert_eq!(providers, [group("silent", &["b"])]);
    assert_eq!(unanswered, ["a", "c"]);
}

// --- compare ----------------------------------------------------------------------------------------------------------

fn usage(compute_hours: &str, storage_gb: &str, network_gb: &str) -> FlatUsage {
    FlatUsage::parse(compute_hours, storage_gb, network_gb).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Cheapest provider, its cost, all costs, the saving.
type Compared = (String, String, Vec<(String, String)>, String);

fn compared(catalog: &Catalog, usage: FlatUsage) -> Compared {
    let answer = compare(catalog, usage).expect("a provider with rates");
    let costs = answer.all_costs.iter();
    let costs = costs.map(|(id, cost)| (catalog.provider(*id).name.to_string(), cost.to_string())).collect();
    let provider = catalog.provider(answer.provider).name.to_string();
    (provider, answer.cost.to_string(), costs, answer.savings.to_string())
}

fn expected(provider: &str, cost: &str, costs: [(&str, &str); 3], savings: &str) -> Compared {
    let costs = costs.iter().map(|&(provider, cost)| (provider.to_owned(), cost.to_owned())).collect();
    (provider.to_owned(), cost.to_owned(), costs, savings.to_owned())
}

#[test]
fn compare_prices_a_usage_at_every_provider() {
    let catalog = reference();
    // 1000 h, 500 GB stored, 200 GB sent:
    // aws    1000 × 0.10  = 100   500 × 0.023 = 11.5   200 × 0.09  = 18     129.5
    // gcp    1000 × 0.095 =  95   500 × 0.020 = 10     200 × 0.12  = 24     129
    // azure  1000 × 0.098 =  98   500 × 0.021 = 10.5   200 × 0.087 = 17.4   125.9, which is 3.6 less than 129.5
    assert_eq!(
        compared(&catalog, usage("1000", "500", "200")),
        expected("azure", "125.9", [("aws", "129.5"), ("gcp", "129"), ("azure", "125.9")], "3.6")
    );
    // 730 h, 12000 GB stored, 5 GB sent:
    // aws    73 + 276 + 0.45 = 349.45;  gcp 69.35 + 240 + 0.6 = 309.95;  azure 71.54 + 252 + 0.435 = 323.975
    // 349.45 − 309.95 = 39.5
    assert_eq!(
        compared(&catalog, usage("730", "12000", "5")),
        expected("gcp", "309.95", [("aws", "349.45"), ("gcp", "309.95"), ("azure", "323.975")], "39.5")
    );
    // Quantities go to six decimals: 0.000001 h are 0.0000001, 0.000000095 and 0.000000098.
    assert_eq!(
        compared(&catalog, usage("0.000001", "0", "0")),
        expected("gcp", "0.000000095", [("aws", "0.0000001"), ("gcp", "0.000000095"), ("azure", "0.000000098")], {
            "0.000000005"
        })
    );
    // And up to a billion each: 10⁹ × (0.10 + 0.023 + 0.09) = 213,000,000; × 0.235 and × 0.206 for the others.
    assert_eq!(
        compared(&catalog, usage("1000000000", "1000000000", "1000000000")),
        expected(
            "azure",
            "206000000",
            [("aws", "213000000"), ("gcp", "235000000"), ("azure", "206000000")],
            "29000000"
        )
    );
}

#[test]
fn compare_prices_each_part_alone() {
    let catalog = reference();
    assert_eq!(
        compared(&catalog, usage("1000", "0", "0")),
        expected("gcp", "95", [("aws", "100"), ("gcp", "95"), ("azure", "98")], "5")
    );
    assert_eq!(
        compared(&catalog, usage("0", "1000", "0")),
        expected("gcp", "20", [("aws", "23"), ("gcp", "20"), ("azure", "21")], "3")
    );
    assert_eq!(
        compared(&catalog, usage("0", "0", "1000")),
        expected("azure", "87", [("aws", "90"), ("gcp", "120"), ("azure", "87")], "33")
    );
}

#[test]
fn no_usage_costs_nothing_and_goes_to_the_first_in_catalog_order() {
    let nothing = [("aws", "0"), ("gcp", "0"), ("azure", "0")];
    assert_eq!(compared(&reference(), usage("0", "0", "0")), expected("aws", "0", nothing, "0"));
    let nothing = [("gcp", "0"), ("azure", "0"), ("aws", "0")];
    assert_eq!(compared(&reordered([GCP, AZURE, AWS]), usage("0", "0", "0")), expected("gcp", "0", nothing, "0"));
    assert_eq!(compared(&reference(), FlatUsage::default()), compared(&reference(), usage("-0", "0.0", "+0")));
}

#[test]
fn a_tie_of_costs_goes_to_the_first_in_catalog_order() {
    // 11 h and 1 GB sent: gcp 1.045 + 0.12 = 1.165, azure 1.078 + 0.087 = 1.165, aws 1.1 + 0.09 = 1.19.
    let tied = usage("11", "0", "1");
    assert_eq!(
        compared(&reference(), tied),
        expected("gcp", "1.165", [("aws", "1.19"), ("gcp", "1.165"), ("azure", "1.165")], "0.025")
    );
    assert_eq!(
        compared(&reordered([AZURE, GCP, AWS]), tied),
        expected("azure", "1.165", [("azure", "1.165"), ("gcp", "1.165"), ("aws", "1.19")], "0.025")
    );
}

#[test]
fn azure_is_below_aws_in_every_rate_so_aws_wins_only_without_usage() {
    let catalog = reference();
    for compute in ["0", "1", "730"] {
        for storage in ["0", "1", "5000"] {
            for network in ["0", "1", "5000"] {
                let answer = compare(&catalog, usage(compute, storage, network)).expect("rates");
                let is_aws = &*catalog.provider(answer.provider).name == "aws";
                assert_eq!(is_aws, (compute, storage, network) == ("0", "0", "0"));
            }
        }
    }
}

#[test]
fn a_negative_usage_is_an_error_and_so_is_one_that_is_no_number() {
    for (compute, storage, network, message) in [
        ("-5", "0", "0", "compute hours is negative: `-5`"),
        ("0", "-0.000001", "0", "storage GB is negative: `-0.000001`"),
        ("0", "0", "-1e3", "network GB is negative: `-1000`"),
        ("many", "0", "0", "compute hours is not a number: `many`"),
        ("", "0", "0", "compute hours is not a number: ``"),
        ("NaN", "0", "0", "compute hours is not a number: `NaN`"),
        ("0", "inf", "0", "storage GB is not a number: `inf`"),
        ("0", "1,000", "0", "storage GB is not a number: `1,000`"),
        ("0", "0", "0x10", "network GB is not a number: `0x10`"),
        ("0.0000001", "0", "0", "compute hours is `0.0000001`"),
        ("0", "0", "1000000001", "network GB is `1000000001`"),
    ] {
        let faults = FlatUsage::parse(compute, storage, network).expect_err(message);
        assert_eq!(faults.len(), 1);
        assert!(faults.to_string().contains(message), "{faults}");
    }
    // All of them at once.
    assert_eq!(FlatUsage::parse("-1", "x", "-3").expect_err("three faults").len(), 3);
}

#[test]
fn a_provider_without_rates_is_passed_over_and_named() {
    let silent = book("silent", "cost_per_hour: 1");
    let catalog = books(&[("silent.yaml", &silent), AWS]);
    let answer = compare(&catalog, usage("10", "0", "0")).expect("aws has rates");
    assert_eq!(&*catalog.provider(answer.provider).name, "aws");
    assert_eq!((answer.cost.to_string(), answer.savings.to_string()), ("1".to_owned(), "0".to_owned()));
    assert_eq!(answer.all_costs.len(), 1);
    let passed_over: Vec<&str> = answer.without_rates.iter().map(|&id| &*catalog.provider(id).name).collect();
    assert_eq!(passed_over, ["silent"]);
    // With no rates at all there is nothing to compare; that is not a cost of zero.
    assert_eq!(compare(&books(&[("silent.yaml", &silent)]), usage("10", "0", "0")), Err(NotComparable::NoRates));
}

// --- route and resolve ------------------------------------------------------------------------------------------------

#[test]
fn a_request_goes_by_its_region_or_by_default() {
    let gateway = Gateway::default();
    for (region, provider, matched) in [
        ("us-east", "aws", true),
        ("us-central", "gcp", true),
        ("eu-west", "azure", false),
        // Exact match only: a region of aws is no route.
        ("us-east-1", "azure", false),
        ("US-EAST", "azure", false),
        ("us-east ", "azure", false),
        ("", "azure", false),
    ] {
        let answer = route(&gateway, region);
        assert_eq!((&*answer.provider, answer.matched), (provider, matched), "from {region:?}");
    }
}

#[test]
fn a_scenario_may_state_its_own_gateway() {
    let text = "tradewind: scenario/1\nname: S\ngateway: {routes: {eu: gcp, us: elsewhere}, default: aws}\n\
                workloads: [{name: w}]\n";
    let scenario = scenario_from_yaml("s.yaml", text, &reference());
    let gateway = scenario.unwrap_or_else(|faults| panic!("{faults}")).gateway.expect("it states one");
    for (region, provider, matched) in [("eu", "gcp", true), ("us", "elsewhere", true), ("us-east", "aws", false)] {
        let answer = route(&gateway, region);
        assert_eq!((&*answer.provider, answer.matched), (provider, matched), "from {region:?}");
    }
}

#[test]
fn the_default_gateway_is_that_of_the_reference_scenario() {
    let text = include_str!("../scenarios/reference-rules.yaml");
    let scenario = scenario_from_yaml("reference-rules.yaml", text, &reference());
    let gateway = scenario.unwrap_or_else(|faults| panic!("{faults}")).gateway.expect("it states one");
    assert_eq!(gateway, Gateway::default());
}

#[test]
fn a_providers_name_resolves_to_it_and_an_unknown_one_to_aws() {
    let catalog = reference();
    for (name, provider, fallback) in [
        ("aws", "aws", false),
        ("gcp", "gcp", false),
        ("azure", "azure", false),
        ("oracle", "aws", true),
        ("AWS", "aws", true),
        ("Azure", "aws", true),
        (" gcp", "aws", true),
        ("", "aws", true),
    ] {
        let found = resolve(&catalog, name).expect("aws is there to fall back on");
        assert_eq!((&*catalog.provider(found.provider).name, found.fallback), (provider, fallback), "{name:?}");
    }
}

#[test]
fn the_fallback_is_aws_wherever_it_stands_and_nothing_without_it() {
    let catalog = reordered([GCP, AZURE, AWS]);
    let found = resolve(&catalog, "oracle").expect("aws is there to fall back on");
    assert_eq!((&*catalog.provider(found.provider).name, found.fallback), ("aws", true));
    let catalog = books(&[GCP, AZURE]);
    assert_eq!(resolve(&catalog, "oracle"), None);
    assert_eq!(resolve(&catalog, "aws"), None);
    assert!(resolve(&catalog, "gcp").is_some_and(|found| !found.fallback));
}

// --- the figures themselves -------------------------------------------------------------------------------------------

#[test]
fn the_reference_books_hold_the_documented_figures() {
    let catalog = reference();
    let figures: Vec<String> = catalog
        .providers()
        .iter()
        .enumerate()
        .map(|(number, provider)| {
            let rates = provider.rates.expect("flat rates");
            let regions: Vec<&str> = catalog
                .regions()
                .iter()
                .filter(|region| region.provider.index() == number)
                .map(|region| &*region.name)
                .collect();
            format!(
                "{} {} {} {} {} {} [{}]",
                provider.name,
                regions.join(" "),
                provider.cost_per_hour.expect("a headline rate"),
                rates.compute_hour,
                rates.storage_gb_month,
                rates.network_gb,
                provider.capabilities.join(" "),
            )
        })
        .collect();
    // Regions are kept sorted, capabilities in the order of the book.
    assert_eq!(
        figures,
        [
            "aws eu-west-1 us-east-1 us-west-2 0.5 0.1 0.023 0.09 [inference training storage]",
            "gcp asia-east1 europe-west1 us-central1 0.45 0.095 0.02 0.12 [training tpu bigquery]",
            "azure eastus westeurope westus2 0.48 0.098 0.021 0.087 [inference ml_services enterprise]",
        ]
    );
}

#[test]
fn the_shipped_books_agree_with_the_reference_books_on_rules_and_rates() {
    let shipped = books(&[
        ("aws.yaml", include_str!("../pricing/aws.yaml")),
        ("gcp.yaml", include_str!("../pricing/gcp.yaml")),
        ("azure.yaml", include_str!("../pricing/azure.yaml")),
    ]);
    let reference = reference();
    assert_eq!(shipped.providers().len(), reference.providers().len());
    for (ours, documented) in shipped.providers().iter().zip(reference.providers()) {
        assert_eq!(ours.name, documented.name);
        assert_eq!(ours.capabilities, documented.capabilities);
        assert_eq!(ours.cost_per_hour, documented.cost_per_hour);
        assert_eq!(ours.rates, documented.rates);
    }
    for region in reference.regions() {
        let name = &reference.provider(region.provider).name;
        let provider = shipped.provider_named(name).expect("the same providers");
        assert!(shipped.region_named(provider, &region.name).is_some(), "{name}/{} is missing", region.name);
    }
}
