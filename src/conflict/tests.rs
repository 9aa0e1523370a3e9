//! Conflicts of small scenarios, against a search that tries everything: what is said to be a conflict is one, nothing in
//! it can be dropped, and what is said to help does.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::conflict::enumerated_tests::{Enumerated, rules_in, unserved};
use crate::conflict::{Purpose, explain};
use crate::input::{catalog_from_yaml, scenario_from_yaml};
use crate::money::Amount;
use crate::plan::{Conflict, Extent, NoPlan, Relief, Rule};
use crate::reduced::{reduced, with_bounds};
use crate::scenario::{Apart, Bound, Domain, Scenario, Sense, Together};
use crate::units::{Share, Total};

const METAL: &str = "\
tradewind: catalog/1
provider: metal
currency: USD
regions:
  north-1: {country: SE, jurisdiction: EU}
  west-1: {country: US, jurisdiction: US, certifications: [soc2]}
skus:
  small: {vcpu: 4, memory_gib: 16}
  large: {vcpu: 16, memory_gib: 64}
  gpu: {vcpu: 32, memory_gib: 256, accelerator: {model: H100, count: 8}}
offers:
  small: {on-demand: {north-1: 0.2, west-1: 0.1}, spot: {west-1: 0.05}}
  large: {on-demand: {north-1: 0.8, west-1: 0.4}}
  gpu: {on-demand: {west-1: 40}, spot: {north-1: 20}}
";

const CLOUD: &str = "\
tradewind: catalog/1
provider: cloud
currency: USD
regions:
  eu-1: {country: DE, jurisdiction: EU}
skus:
  box: {vcpu: 8, memory_gib: 32}
offers:
  box: {on-demand: {eu-1: 0.5}}
";

struct Case {
    catalog: Catalog,
    scenario: Arc<Scenario>,
}

fn case(rest: &str) -> Case {
    let catalog =
        catalog_from_yaml(&[("metal.yaml", METAL), ("cloud.yaml", CLOUD)]).unwrap_or_else(|faults| panic!("{faults}"));
    let text = format!("tradewind: scenario/1\nname: test\ncatalogs: [metal.yaml, cloud.yaml]\nworkloads:\n{rest}");
    let scenario = scenario_from_yaml("s.yaml", &text, &catalog).unwrap_or_else(|faults| panic!("{faults}"));
    Case { catalog, scenario: Arc::new(scenario) }
}

impl Case {
    fn with(mut self, edit: impl FnOnce(&mut Scenario)) -> Case {
        edit(Arc::make_mut(&mut self.scenario));
        self
    }

    fn has_plan(&self, scenario: Scenario) -> bool {
        let mut search = Enumerated { catalog: &self.catalog, questions: 0, most: usize::MAX };
        search.solve(&Arc::new(scenario), Purpose::AnyPlan).is_ok()
    }

    fn cheapest(&self, scenario: Scenario) -> Option<Amount> {
        let mut search = Enumerated { catalog: &self.catalog, questions: 0, most: usize::MAX };
        search.solve(&Arc::new(scenario), Purpose::Cheapest).ok().map(|plan| plan.bill.total())
    }

    /// The conflict, and how many questions it took.
    fn explained_within(&self, most: usize) -> (Conflict, usize) {
        let mut search = Enumerated { catalog: &self.catalog, questions: 0, most };
        let found = Conflict { unserved: unserved(&self.catalog, &self.scenario), ..Conflict::default() };
        let conflict =
            explain(&self.catalog, &self.scenario, found, &mut |scenario, purpose| search.solve(scenario, purpose));
        (conflict, search.questions)
    }

    /// The conflict, found to be one that holds, is minimal, and helps as it says.
    fn explained(&self) -> Conflict {
        assert!(!self.has_plan((*self.scenario).clone()), "there is a plan");
        let (conflict, _) = self.explained_within(usize::MAX);
        self.holds(&conflict);
        conflict
    }

    fn holds(&self, conflict: &Conflict) {
        let rules: Vec<Rule> = conflict.members.iter().map(|member| member.rule.clone()).collect();
        let fleet = conflict.whole_fleet;
        let alone = reduced(&self.scenario, &rules, fleet);
        assert_eq!(conflict.proof.as_ref().map(|proof| proof.inputs.clone()), Some(rules_in(&alone)), "its own proof");
        assert!(!self.has_plan(alone), "the members can hold together: {conflict}");
        assert!(conflict.minimal);
        let shown: Vec<&Rule> = conflict.witnesses.iter().map(|witness| &witness.without).collect();
        assert_eq!(shown, rules.iter().collect::<Vec<_>>());
        for rule in &rules {
            let others: Vec<Rule> = rules.iter().filter(|other| *other != rule).cloned().collect();
            assert!(self.has_plan(reduced(&self.scenario, &others, fleet)), "{rule} is not needed: {conflict}");
        }
        for raise in &conflict.raises {
            let number = self.scenario.limits.iter().position(|limit| limit.name == raise.limit).expect("a limit");
            let with = |extent| with_bounds(&self.scenario, &[(number, extent)]);
            match &raise.relief {
                Relief::Enough { step, fails, least, plan } => {
                    assert_eq!(self.cheapest(with(step.to)), Some(plan.bill.total()), "{conflict}");
                    assert!(!self.has_plan(with(*fails)), "{fails} would do: {conflict}");
                    assert!(least, "{conflict}");
                    assert!(!self.has_plan(with(tighter(step.to, step.at_least))), "less would do: {conflict}");
                }
                Relief::NotAlone => assert!(!self.has_plan(with(widest(&self.scenario, number)))),
                Relief::Open => panic!("left open: {conflict}"),
            }
        }
        if let Some(together) = &conflict.raise_together {
            let bounds: Vec<(usize, Extent)> = together
                .steps
                .iter()
                .map(|step| {
                    let number = self.scenario.limits.iter().position(|limit| limit.name == step.limit);
                    (number.expect("a limit"), step.to)
                })
                .collect();
            assert_eq!(self.cheapest(with_bounds(&self.scenario, &bounds)), Some(together.plan.bill.total()));
            for left_out in 0..bounds.len() {
                let mut fewer = bounds.clone();
                fewer.remove(left_out);
                assert!(!self.has_plan(with_bounds(&self.scenario, &fewer)), "fewer would do: {conflict}");
            }
        }
    }
}

/// The next bound that a scenario may state, with less room.
fn tighter(extent: Extent, at_least: bool) -> Extent {
    let by = if at_least { 1 } else { -1 };
    match extent {
        Extent::Absolute(total) => Extent::Absolute(Total::from_units(total.units() + by * 10_i128.pow(12))),
        Extent::Share(share) => {
            let parts = i128::from(share.parts()) + by;
            Extent::Share(Share::from_parts(u32::try_from(parts).expect("a share")).expect("a share"))
        }
    }
}

fn widest(scenario: &Scenario, number: usize) -> Extent {
    let limit = &scenario.limits[number];
    match (limit.bound, limit.sense) {
        (Bound::Absolute(_), Sense::AtLeast) => Extent::Absolute(Total::ZERO),
        (Bound::Absolute(_), Sense::AtMost) => Extent::Absolute(Total::from_units(10_i128.pow(36))),
        (Bound::Share(_), Sense::AtLeast) => Extent::Share(Share::default()),
        (Bound::Share(_), Sense::AtMost) => Extent::Share(Share::WHOLE),
    }
}

fn rules(conflict: &Conflict) -> Vec<String> {
    conflict.members.iter().map(|member| member.rule.to_string()).collect()
}

#[test]
fn a_quota_conflicts_with_what_needs_it_and_nothing_else() {
    // Two need eight H100 each in the only region that sells them on demand; the third runs anywhere.
    let conflict = case(
        "  - {name: chat, request: {accelerator: {any_of: [H100], count: 8}}}\n\
         \x20 - {name: rag, request: {accelerator: {any_of: [H100], count: 8}}, residency: {jurisdictions: [US]}}\n\
         \x20 - {name: web, request: {vcpu: 4}, residency: {jurisdictions: [EU]}}\n\
         limits:\n\
         \x20 - {name: h100, sum: accelerators, where: {region: metal/west-1}, at_most: 10}\n\
         \x20 - {name: room, sum: vcpu, at_most: 1000}\n",
    )
    .explained();
    // Without its terms either would go to the spot machine in the north; rag's residency forbids that.
    assert_eq!(
        conflict.to_string(),
        "no plan exists: these cannot hold together, and without any one of them the others can\n\
         \x20 limit `h100`: at most 10 accelerators where region is `metal/west-1`\n\
         \x20 workload `chat` must be placed; request 8 × H100; terms on-demand only\n\
         \x20 workload `rag` must be placed; request 8 × H100; residency US\n\
         help: raise `h100` from 10 to 16 (+60%): a plan then costs 58,546.00 USD a month\n\
         note: a workload with a `value` may stay unplaced"
    );
}

#[test]
fn a_budget_is_raised_to_the_cheapest_bill() {
    // 730 × 0.1 = 73 in the west, 730 × 0.2 = 146 in the north; 73 + 146 = 219 > 200.
    let conflict = case(
        "  - {name: a, request: {vcpu: 4}}\n\
         \x20 - {name: b, request: {vcpu: 4}, residency: {jurisdictions: [EU]}}\n\
         limits:\n\
         \x20 - {name: budget, sum: cost, at_most: 200}\n",
    )
    .explained();
    assert_eq!(
        conflict.to_string(),
        "no plan exists: these cannot hold together, and without any one of them the others can\n\
         \x20 limit `budget`: at most 200.00 USD a month\n\
         \x20 workload `a` must be placed; terms on-demand only\n\
         \x20 workload `b` must be placed; residency EU\n\
         help: raise `budget` from 200 to 219 (+9.5%): a plan then costs 219.00 USD a month\n\
         note: a workload with a `value` may stay unplaced"
    );
}

#[test]
fn limits_that_only_fail_together_are_raised_alone_or_together() {
    let text = |north: u32, west: u32| {
        format!(
            "  - {{name: a, request: {{vcpu: 4}}, residency: {{jurisdictions: [EU]}}, providers: {{allow: [metal]}}}}\n\
             \x20 - {{name: b, request: {{vcpu: 4}}, residency: {{jurisdictions: [US]}}}}\n\
             limits:\n\
             \x20 - {{name: north, sum: replicas, where: {{region: metal/north-1}}, at_most: {north}}}\n\
             \x20 - {{name: west, sum: replicas, where: {{region: metal/west-1}}, at_most: {west}}}\n"
        )
    };
    // Each leaves one workload without a place, so that raising one of them is never enough.
    let conflict = case(&text(0, 0)).explained();
    assert_eq!(rules(&conflict), ["limit `north`", "`a` must be placed", "residency of `a`", "providers of `a`"]);
    let steps: Vec<String> = conflict
        .raise_together
        .iter()
        .flat_map(|together| &together.steps)
        .map(|step| format!("{} {}", step.limit, step.to))
        .collect();
    assert_eq!(steps, ["north 1", "west 1"]);
    assert!(conflict.to_string().contains("note: more room for `north` alone gives no plan"), "{conflict}");
    // With room in the west only the north is at fault.
    let conflict = case(&text(0, 1)).explained();
    assert_eq!(rules(&conflict), ["limit `north`", "`a` must be placed", "residency of `a`", "providers of `a`"]);
    assert!(conflict.raise_together.is_none());
}

#[test]
fn of_two_limits_each_may_be_raised() {
    // Both fit in the north or in the west, but each has room for one less than that.
    let conflict = case(
        "  - {name: a, request: {vcpu: 4}, providers: {allow: [metal]}}\n\
         \x20 - {name: b, request: {vcpu: 4}, providers: {allow: [metal]}}\n\
         \x20 - {name: c, request: {vcpu: 4}, providers: {allow: [metal]}}\n\
         limits:\n\
         \x20 - {name: north, sum: replicas, where: {region: metal/north-1}, at_most: 1}\n\
         \x20 - {name: west, sum: replicas, where: {region: metal/west-1}, at_most: 1}\n",
    )
    .explained();
    assert_eq!(
        conflict.to_string(),
        "no plan exists: these cannot hold together, and without any one of them the others can\n\
         \x20 limit `north`: at most 1 replicas where region is `metal/north-1`\n\
         \x20 limit `west`: at most 1 replicas where region is `metal/west-1`\n\
         \x20 workload `a` must be placed; providers `metal` only\n\
         \x20 workload `b` must be placed; providers `metal` only\n\
         \x20 workload `c` must be placed; providers `metal` only\n\
         help: raise `west` from 1 to 2 (+100%): a plan then costs 292.00 USD a month\n\
         help: raise `north` from 1 to 2 (+100%): a plan then costs 365.00 USD a month\n\
         note: a workload with a `value` may stay unplaced"
    );
}

#[test]
fn a_floor_that_nothing_reaches_is_lowered() {
    let conflict = case(
        "  - {name: a, replicas: 2, request: {vcpu: 4}, regions: {allow: [metal/north-1]}}\n\
         limits:\n\
         \x20 - {name: west, sum: vcpu, where: {region: metal/west-1}, at_least: 20}\n\
         \x20 - {name: most, sum: vcpu, at_most: 500}\n",
    )
    .explained();
    // Two large machines would be 32 vCPU, if it were not for the region.
    assert_eq!(
        conflict.to_string(),
        "no plan exists: these cannot hold together, and without any one of them the others can\n\
         \x20 limit `west`: at least 20 vcpu where region is `metal/west-1`\n\
         \x20 workload `a`: regions `metal/north-1` only\n\
         help: lower `west` from 20 to 0 (-100%): a plan then costs 292.00 USD a month"
    );
}

#[test]
fn a_floor_beyond_the_market_is_a_conflict_of_its_own() {
    let conflict = case(
        "  - {name: a, request: {vcpu: 4}, terms: [on-demand, spot]}\n\
         limits:\n\
         \x20 - {name: much, sum: vcpu, at_least: 40}\n",
    )
    .explained();
    assert_eq!(
        conflict.to_string(),
        "no plan exists: this cannot hold\n\
         \x20 limit `much`: at least 40 vcpu\n\
         help: lower `much` from 40 to 32 (-20%): a plan then costs 14,600.00 USD a month"
    );
}

#[test]
fn a_share_is_raised_to_the_least_that_can_be_stated() {
    let conflict = case(
        "  - {name: a, request: {vcpu: 4}, regions: {allow: [metal/west-1]}}\n\
         \x20 - {name: b, request: {vcpu: 4}, providers: {allow: [cloud]}}\n\
         limits:\n\
         \x20 - {name: even, sum: vcpu, where: {jurisdiction: EU}, at_most: 15%}\n",
    )
    .explained();
    // b takes 8 vCPU in Europe; a takes 32 at most, or 16 without an accelerator: 8 of 40 are a fifth.
    assert_eq!(
        conflict.to_string(),
        "no plan exists: these cannot hold together, and without any one of them the others can\n\
         \x20 limit `even`: at most 15% of vcpu where jurisdiction is `EU`\n\
         \x20 workload `b` must be placed; providers `cloud` only\n\
         help: raise `even` from 15% to 20% (+33.3%): a plan then costs 29,565.00 USD a month\n\
         note: a workload with a `value` may stay unplaced"
    );
}

#[test]
fn together_and_apart_exclude_each_other() {
    let case = case(
        "  - {name: a, request: {vcpu: 4}}\n\
         \x20 - {name: b, request: {vcpu: 4}}\n\
         \x20 - {name: c, request: {vcpu: 4}}\n",
    );
    let conflict = case
        .with(|scenario| {
            let span = scenario.workloads[0].span;
            scenario.together =
                vec![Together { name: "near".into(), workloads: vec![0, 1], same: Domain::Region, span }];
            scenario.apart = vec![Apart { name: "pair".into(), workloads: vec![0, 1], by: Domain::Provider, span }];
        })
        .explained();
    assert_eq!(
        conflict.to_string(),
        "no plan exists: these cannot hold together, and without any one of them the others can\n\
         \x20 together `near`: `a` and `b` in the same region\n\
         \x20 apart `pair`: no two of `a` and `b` at one provider\n\
         \x20 workload `a` must be placed\n\
         \x20 workload `b` must be placed\n\
         note: a workload with a `value` may stay unplaced"
    );
}

#[test]
fn providers_are_counted() {
    let case = case(
        "  - {name: a, request: {accelerator: {any_of: [H100]}}}\n\
         \x20 - {name: b, request: {vcpu: 4}, providers: {deny: [cloud]}}\n",
    );
    let conflict = case
        .with(|scenario| {
            scenario.providers.at_least = Some(2);
            scenario.providers.at_most = Some(2);
        })
        .explained();
    assert_eq!(
        conflict.to_string(),
        "no plan exists: these cannot hold together, and without any one of them the others can\n\
         \x20 `providers.at_least`: at least 2 in use\n\
         \x20 workload `a`: request 1 × H100\n\
         \x20 workload `b`: providers not `cloud`"
    );
}

#[test]
fn a_workload_without_an_offer_names_what_excludes_each_other() {
    // The north is in the EU without soc2, the west has soc2 outside it; the terms would not help.
    let conflict = case(
        "  - {name: a, request: {vcpu: 4}, residency: {jurisdictions: [EU]}, certifications: [soc2]}\n\
         \x20 - {name: b, request: {vcpu: 400}}\n\
         limits:\n\
         \x20 - {name: budget, sum: cost, at_most: 1}\n",
    )
    .explained();
    assert_eq!(rules(&conflict), ["`a` must be placed", "residency of `a`", "certifications of `a`"]);
    assert_eq!(
        conflict.to_string(),
        "no offer can serve workload `a` (8 asked)\n\
         \x20 these leave none together, and no fewer of them do\n\
         \x20   residency EU\n\
         \x20   certifications soc2\n\
         no offer can serve workload `b` (8 asked)\n\
         \x20 its request 400 vCPU alone leaves none\n\
         no plan exists: some workloads cannot be served\n\
         help: change what they ask for, or give them a `value`, so that they may stay unplaced"
    );
}

#[test]
fn a_large_fleet_is_not_told_apart() {
    // 201 options that use one slot each, of 150: which of them are too many nobody can say.
    let mut text = String::new();
    for number in 0..201 {
        text.push_str(&format!(
            "  - {{name: job-{number:03}, options: [{{region: metal/west-1, cost: 1, uses: {{slots: 1}}}}]}}\n"
        ));
    }
    text.push_str("limits:\n  - {name: slots, sum: slots, at_most: 150}\n  - {name: room, sum: slots, at_most: 900}\n");
    let conflict = case(&text).explained();
    assert_eq!(
        conflict.to_string(),
        "no plan exists: these cannot hold together, and without any one of them the others can\n\
         \x20 limit `slots`: at most 150 slots\n\
         \x20 every workload must be placed, as it asks (the fleet is too large to say which are needed)\n\
         help: raise `slots` from 150 to 201 (+34%): a plan then costs 201.00 USD a month"
    );
}

#[test]
fn what_the_effort_leaves_open_is_said() {
    let case = case(
        "  - {name: a, request: {vcpu: 4}}\n\
         \x20 - {name: b, request: {vcpu: 4}, residency: {jurisdictions: [EU]}}\n\
         limits:\n\
         \x20 - {name: budget, sum: cost, at_most: 200}\n",
    );
    // Every question that drops a rule has more combinations than the scenario itself.
    let own = 6 * 3;
    let (conflict, _) = case.explained_within(own);
    assert!(!conflict.minimal);
    assert!(conflict.witnesses.len() < conflict.members.len());
    // What is left is still a conflict.
    let left: Vec<Rule> = conflict.members.iter().map(|member| member.rule.clone()).collect();
    assert!(!case.has_plan(reduced(&case.scenario, &left, false)));
    assert!(
        conflict
            .to_string()
            .starts_with("no plan exists: these cannot hold together; the effort ended before it was known"),
        "{conflict}"
    );
}

// --- at random --------------------------------------------------------------------------------------------------------

/// Numbers that are the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[usize::try_from(self.roll(of.len() as u64)).expect("few")]
    }
}

fn random(dice: &mut Dice) -> Case {
    let mut text = String::new();
    let workloads = 2 + dice.roll(3);
    for number in 0..workloads {
        let request = dice.one(&["vcpu: 4", "vcpu: 8", "vcpu: 16", "accelerator: {any_of: [H100]}"]);
        let rule = dice.one(&[
            "",
            "",
            ", residency: {jurisdictions: [EU]}",
            ", residency: {jurisdictions: [US]}",
            ", regions: {deny: [metal/west-1]}",
            ", providers: {allow: [metal]}",
            ", terms: [on-demand, spot]",
            ", certifications: [soc2]",
        ]);
        let replicas = 1 + dice.roll(3);
        text.push_str(&format!("  - {{name: w{number}, replicas: {replicas}, request: {{{request}}}{rule}}}\n"));
    }
    text.push_str("limits:\n");
    for number in 0..2 + dice.roll(3) {
        let sum = dice.one(&["vcpu", "accelerators", "replicas", "cost"]);
        let scope = dice.one(&[
            "",
            ", where: {region: metal/north-1}",
            ", where: {region: metal/west-1}",
            ", where: {jurisdiction: EU}",
            ", per: provider",
            ", per: region",
        ]);
        let bound = match dice.roll(6) {
            0 => format!("at_least: {}", dice.roll(30)),
            1 => format!("at_most: {}%", 20 + dice.roll(60)),
            2 if !scope.contains("per") => format!("at_least: {}%", 20 + dice.roll(60)),
            _ if sum == "cost" => format!("at_most: {}", 50 * dice.roll(40)),
            _ => format!("at_most: {}", dice.roll(40)),
        };
        text.push_str(&format!("  - {{name: l{number}, sum: {sum}{scope}, {bound}}}\n"));
    }
    let two = dice.roll(4);
    case(&text).with(|scenario| {
        let span = scenario.workloads[0].span;
        match two {
            0 => {
                scenario.together =
                    vec![Together { name: "near".into(), workloads: vec![0, 1], same: Domain::Region, span }]
            }
            1 => scenario.apart = vec![Apart { name: "far".into(), workloads: vec![0, 1], by: Domain::Provider, span }],
            2 => scenario.providers.at_least = Some(2),
            _ => {}
        }
    })
}

#[test]
fn random_conflicts_hold_are_minimal_and_help_as_they_say() {
    let mut dice = Dice(7);
    let (mut conflicts, mut kinds, mut most) = (0, BTreeSet::new(), 0);
    while conflicts < 60 {
        let case = random(&mut dice);
        if case.has_plan((*case.scenario).clone()) {
            continue;
        }
        conflicts += 1;
        let (conflict, questions) = case.explained_within(usize::MAX);
        most = most.max(questions);
        case.holds(&conflict);
        kinds.extend(
            conflict.members.iter().map(|member| std::mem::discriminant(&member.rule)).map(|kind| format!("{kind:?}")),
        );
        kinds.extend(conflict.raises.iter().map(|raise| match raise.relief {
            Relief::Enough { .. } => "enough".to_owned(),
            Relief::NotAlone => "not alone".to_owned(),
            Relief::Open => "open".to_owned(),
        }));
        kinds.extend(conflict.raise_together.as_ref().map(|_| "together".to_owned()));
    }
    // The test of the test: what it is about does occur.
    assert!(kinds.len() >= 11, "{kinds:?}");
    assert!(most < 200, "{most} questions");
}

/// A search that fails is no proof: what it cannot say is left open, and nothing is dropped.
#[test]
fn a_search_that_fails_leaves_everything_open() {
    let case = case(
        "  - {name: a, request: {vcpu: 4}}\n\
         limits:\n\
         \x20 - {name: budget, sum: cost, at_most: 1}\n",
    );
    let conflict = explain(&case.catalog, &case.scenario, Conflict::default(), &mut |_, _| {
        Err(NoPlan::Backend("out of order".to_owned()))
    });
    assert!(!conflict.minimal && conflict.witnesses.is_empty());
    assert_eq!(rules(&conflict), ["limit `budget`", "`a` must be placed", "request of `a`", "terms of `a`"]);
    assert!(matches!(conflict.raises[0].relief, Relief::Open));
}
