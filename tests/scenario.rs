//! What a scenario's rules and workloads become, from a file and from a draft alike.

use rust_decimal::Decimal;
use tradewind::diagnostic::Spanned;
use tradewind::rules::{Reason, Supply, eligibility, supplies};
use tradewind::scenario::draft::{
    ApartDraft, BoundDraft, FeeDraft, LimitDraft, OptionDraft, ProviderCountDraft, RequestDraft, SpreadDraft,
    TogetherDraft, WorkloadDraft,
};
use tradewind::scenario::{Demand, Domain, FeePlace, Measure, ScenarioDraft, Split};
use tradewind::{Catalog, Scenario, catalog_from_yaml, scenario_from_yaml};

const METAL: &str = "\
tradewind: catalog/1
provider: metal
currency: USD
regions:
  north-1: {country: SE, jurisdiction: EU}
  west-1: {country: US, jurisdiction: US}
skus: {small: {vcpu: 4, memory_gib: 16}}
offers: {small: {on-demand: {north-1: 0.2, west-1: 0.1}}}
";

const CLOUD: &str = "\
tradewind: catalog/1
provider: cloud
currency: USD
regions: {east-1: {country: JP, jurisdiction: JP}}
";

const EVERY_KEY: &str = "\
tradewind: scenario/1
name: every key
catalogs: [metal.yaml, cloud.yaml]
workloads:
  - {name: web, request: {vcpu: 4}, replicas: 4, split: replicas, value: 90000.5}
  - {name: api, request: {vcpu: 2}, options: [{region: east-1, cost: 7, uses: {slots: 3}}, {region: west-1, cost: 5}]}
  - {name: jobs, request: {vcpu: 1}, count: 5000}
limits:
  - {name: slots, sum: slots, at_most: 2}
fees:
  - {name: landing-zone, region: metal/north-1, monthly: 400}
  - {name: support, provider: cloud, monthly: 100.25}
providers: {at_least: 1, at_most: 2}
together: [{name: near-data, workloads: [jobs, web], same: provider}]
apart: [{name: pair, workloads: [api, web], by: region}]
spread:
  - {name: web-n1, workload: web, over: region, at_most: 50%}
  - {name: jobs-n1, workload: jobs, over: provider, at_most: 33.3333%}
";

fn catalog() -> Catalog {
    catalog_from_yaml(&[("metal.yaml", METAL), ("cloud.yaml", CLOUD)]).unwrap_or_else(|faults| panic!("{faults}"))
}

fn every_key() -> Scenario {
    scenario_from_yaml("test.yaml", EVERY_KEY, &catalog()).unwrap_or_else(|faults| panic!("{faults}"))
}

/// The same as [`EVERY_KEY`], built in code.
fn drafted() -> ScenarioDraft {
    let request = |vcpu: i64| Some(RequestDraft { vcpu: Some(number(vcpu, 0)), ..RequestDraft::default() });
    let option = |region: &str, cost: i64| OptionDraft {
        region: region.into(),
        cost: number(cost, 0),
        ..OptionDraft::default()
    };
    let with_slots = OptionDraft { uses: vec![("slots".into(), number(3, 0))], ..option("east-1", 7) };
    ScenarioDraft {
        name: "every key".into(),
        workloads: vec![
            WorkloadDraft {
                name: "web".into(),
                request: request(4),
                replicas: Some(number(4, 0)),
                split: Split::Replicas,
                value: Some(number(900_005, 1)),
                ..WorkloadDraft::default()
            },
            WorkloadDraft {
                name: "api".into(),
                request: request(2),
                options: Some(vec![with_slots, option("west-1", 5)].into()),
                ..WorkloadDraft::default()
            },
            WorkloadDraft {
                name: "jobs".into(),
                request: request(1),
                count: Some(number(5000, 0)),
                ..WorkloadDraft::default()
            },
        ],
        limits: vec![LimitDraft {
            name: "slots".into(),
            sum: "slots".into(),
            at_most: Some(BoundDraft { value: number(2, 0), percent: false }),
            ..LimitDraft::default()
        }],
        fees: vec![
            FeeDraft {
                name: "landing-zone".into(),
                region: Some("metal/north-1".into()),
                monthly: number(400, 0),
                ..FeeDraft::default()
            },
            FeeDraft {
                name: "support".into(),
                provider: Some("cloud".into()),
                monthly: number(10_025, 2),
                ..FeeDraft::default()
            },
        ],
        providers: Some(ProviderCountDraft {
            at_least: Some(number(1, 0)),
            at_most: Some(number(2, 0)),
            ..ProviderCountDraft::default()
        }),
        together: vec![TogetherDraft {
            name: "near-data".into(),
            workloads: vec!["jobs".into(), "web".into()],
            same: Domain::Provider,
        }],
        apart: vec![ApartDraft {
            name: "pair".into(),
            workloads: vec!["api".into(), "web".into()],
            by: Domain::Region,
        }],
        spread: vec![
            SpreadDraft { name: "web-n1".into(), workload: "web".into(), over: Domain::Region, at_most: number(50, 0) },
            SpreadDraft {
                name: "jobs-n1".into(),
                workload: "jobs".into(),
                over: Domain::Provider,
                at_most: number(333_333, 4),
            },
        ],
        ..ScenarioDraft::default()
    }
}

fn number(mantissa: i64, scale: u32) -> Spanned<Decimal> {
    Decimal::new(mantissa, scale).into()
}

/// Faults of `rest` after a scenario's head, as text.
fn faults(rest: &str) -> String {
    let text = format!("tradewind: scenario/1\nname: test\ncatalogs: [metal.yaml]\n{rest}");
    scenario_from_yaml("test.yaml", &text, &catalog()).map(|_| ()).expect_err("a fault").to_string()
}

#[test]
fn every_rule_of_a_file_is_in_the_scenario() {
    let (catalog, scenario) = (catalog(), every_key());
    let fees: Vec<_> = scenario.fees.iter().map(|fee| (&*fee.name, fee.place, fee.monthly.to_string())).collect();
    let metal = catalog.provider_named("metal").expect("a provider");
    let cloud = catalog.provider_named("cloud").expect("a provider");
    let north = catalog.region_named(metal, "north-1").expect("a region");
    assert_eq!(
        fees,
        [
            ("landing-zone", FeePlace::Region(north), "400".to_owned()),
            ("support", FeePlace::Provider(cloud), "100.25".to_owned()),
        ]
    );
    assert_eq!((scenario.providers.at_least, scenario.providers.at_most), (Some(1), Some(2)));
    let together: Vec<_> = scenario.together.iter().map(|rule| (&*rule.name, &*rule.workloads, rule.same)).collect();
    assert_eq!(together, [("near-data", &[0, 2][..], Domain::Provider)], "numbers are sorted");
    let apart: Vec<_> = scenario.apart.iter().map(|rule| (&*rule.name, &*rule.workloads, rule.by)).collect();
    assert_eq!(apart, [("pair", &[0, 1][..], Domain::Region)]);
    let spread: Vec<_> =
        scenario.spread.iter().map(|rule| (&*rule.name, rule.workload, rule.over, rule.at_most.parts())).collect();
    assert_eq!(spread, [("web-n1", 0, Domain::Region, 500_000), ("jobs-n1", 2, Domain::Provider, 333_333)]);
    let spans = [scenario.fees[0].span, scenario.providers.span, scenario.together[0].span, scenario.apart[0].span];
    assert!(spans.iter().chain([&scenario.spread[0].span]).all(|span| span.is_some()), "each knows its place");
}

#[test]
fn a_workload_has_its_count_and_its_value() {
    let scenario = every_key();
    let stated: Vec<_> = scenario
        .workloads
        .iter()
        .map(|workload| (workload.count, workload.value.map(|value| value.to_string())))
        .collect();
    assert_eq!(stated, [(1, Some("90000.5".to_owned())), (1, None), (5000, None)]);
}

#[test]
fn a_draft_without_a_file_gives_the_same() {
    let built = Scenario::build(drafted(), &catalog()).unwrap_or_else(|faults| panic!("{faults}"));
    let places_apart = |scenario: &Scenario| {
        // A place in a file is all that may differ.
        let text = format!("{scenario:?}");
        let mut rest = text.split("Span {");
        let first = rest.next().unwrap_or_default().to_owned();
        rest.fold(first, |text, part| text + part.split_once('}').map_or(part, |(_, after)| after))
    };
    assert_eq!(places_apart(&built), places_apart(&every_key()));
}

#[test]
fn a_draft_is_faulted_as_a_file_is() {
    let mut draft = drafted();
    draft.fees[0].provider = Some("metal".into());
    draft.providers = Some(ProviderCountDraft::default());
    draft.together[0].workloads.truncate(1);
    draft.apart[0].workloads.push("wbe".into());
    let faults = Scenario::build(draft, &catalog()).expect_err("four faults").to_string();
    assert_eq!(
        faults,
        "fee `landing-zone` has both `region` and `provider`\nhelp: write two fees, each with a name\n\
         `providers` has no bound\nhelp: write `at_least` or `at_most`\n\
         together rule `near-data` names fewer than two workloads\nhelp: name at least two, or leave the rule out\n\
         no workload `wbe` (apart rule `pair`)\nhelp: did you mean `web`?"
    );
}

#[test]
fn options_stand_beside_what_the_catalog_offers() {
    let (catalog, scenario) = (catalog(), every_key());
    let api = &scenario.workloads[1];
    let Demand::Machines(machines) = &api.demand else { panic!("machines with options: {:?}", api.demand) };
    assert_eq!(machines.options.len(), 2);
    assert_eq!(api.demand.options(), machines.options);
    // A use of such an option is a measure like that of any other.
    assert_eq!(scenario.limits[0].sum, Measure::Use("slots".into()));
    let all = supplies(&catalog, api);
    assert!(matches!(all[..], [Supply::Offer(_), Supply::Offer(_), Supply::Given(0), Supply::Given(1)]), "{all:?}");
    let east = catalog.region_named(catalog.provider_named("cloud").expect("a provider"), "east-1");
    assert_eq!(all[2].region(&catalog, api), east);
}

#[test]
fn an_option_is_asked_for_its_place_only() {
    let catalog = catalog();
    // 64 vCPU on spot, which no offer has; an option is not asked for them.
    let text = "tradewind: scenario/1\nname: test\ncatalogs: [metal.yaml]\nworkloads:\n\
        - {name: api, request: {vcpu: 64}, terms: [spot], residency: {jurisdictions: [EU]},\n   \
        options: [{region: east-1, cost: 7}, {region: north-1, cost: 9}]}\n";
    let scenario = scenario_from_yaml("test.yaml", text, &catalog).unwrap_or_else(|faults| panic!("{faults}"));
    let api = &scenario.workloads[0];
    assert_eq!(eligibility(&catalog, api, Supply::Given(0)), [Reason::Jurisdiction(Some("JP".into()))]);
    assert_eq!(eligibility(&catalog, api, Supply::Given(1)), []);
}

#[test]
fn a_lost_workload_is_not_missed_by_rules() {
    // The name of the first workload cannot be read: `web` may be it.
    let lost = faults(
        "workloads: [{name: [web], request: {vcpu: 4}}, {name: api, request: {vcpu: 4}}]\n\
         together: [{name: near, workloads: [web, api], same: region}]\n\
         apart: [{name: pair, workloads: [web, api], by: region}]\n\
         spread: [{name: n1, workload: web, over: region, at_most: 50%}]\n",
    );
    assert_eq!(lost, "test.yaml:4:20: expected text for `name` of workload 1, found a list\nhelp: write plain text");
    // No workload can be read at all.
    let all = faults("apart: [{name: pair, workloads: [web, api], by: region}]\n");
    assert_eq!(all, "test.yaml:1:1: missing key `workloads` in the scenario\nhelp: add `workloads`");
    // A use is lost with its option.
    let option = faults(
        "workloads: [{name: a, options: [{cost: 5, uses: {slots: 1}}, {region: west-1, cost: 5}]}]\n\
         limits: [{name: slots, sum: slots, at_most: 5}]\n",
    );
    assert!(option.ends_with("help: add `region`") && !option.contains("slots"), "{option}");
}

#[test]
fn a_fault_elsewhere_hides_no_unknown_workload() {
    let both = faults(
        "workloads: [{name: web, data: {read_gb: 5}, request: {vcpu: 4}}, {name: api, request: {vcpu: 4}}]\n\
         fees: [{monthly: 4, region: east-1}]\n\
         apart: [{name: pair, workloads: [wbe, api], by: region}]\n",
    );
    assert!(both.contains("missing key `location`") && both.contains("missing key `name` in fee 1"), "{both}");
    assert!(both.contains("no workload `wbe` (apart rule `pair`)\nhelp: did you mean `web`?"), "{both}");
}

#[test]
fn whether_a_faulty_workload_can_be_spread_is_not_judged() {
    for broken in ["split: replica", "split: replicas, replicas: x", "count: many", "copies: 5", "count: 0"] {
        let text = faults(&format!(
            "workloads: [{{name: web, request: {{vcpu: 4}}, {broken}}}]\n\
             spread: [{{name: n1, workload: web, over: region, at_most: 50%}}]\n"
        ));
        assert_eq!(text.matches("help: ").count(), 1, "{broken}: {text}");
    }
}

#[test]
fn the_largest_share_that_is_less_than_a_replica() {
    let spread = |share: &str| {
        let text = format!(
            "tradewind: scenario/1\nname: test\ncatalogs: [metal.yaml]\nworkloads: \
             [{{name: web, request: {{vcpu: 4}}, replicas: 3, split: replicas}}]\n\
             spread: [{{name: n1, workload: web, over: region, at_most: {share}}}]\n"
        );
        scenario_from_yaml("test.yaml", &text, &catalog()).map(|_| ()).map_err(|faults| faults.to_string())
    };
    // 33.3333% of 3 is 0.999999, and 33.3334% is 1.000002.
    assert!(spread("33.3333%").is_err_and(|text| text.contains("which is less than one")));
    assert_eq!(spread("33.3334%"), Ok(()));
}
