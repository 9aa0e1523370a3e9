//! From all rules of a scenario to a few of them that leave no plan, none of which can be dropped.
//!
//! The search is asked about sets of rules. Whatever the answers, the set that is kept leaves no plan: only rules whose
//! absence was *shown* to leave none are dropped. Halving (Junker, "QuickXplain", AAAI 2004) needs about 2 k log(n / k)
//! questions for k needed rules among n. It goes from the coarse to the fine, because few coarse questions drop most:
//!
//! 1. rules of the scenario, with all workloads as they are: those that the proof prices first;
//! 2. whole workloads, the dearest kept first, where there are few;
//! 3. what is left of workloads, kind by kind: terms are dropped before a residency.
//!
//! Last, every member is tried on its own. A plan without it shows that it is needed, and travels with it; a member
//! without such a plan was not shown to be needed, and the conflict says so.

use std::collections::BTreeMap;

use crate::catalog::Name;
use crate::conflict::{Answer, FEW, Purpose, Questions, limit_names, members};
use crate::plan::{Conflict, Plan, Proof, RowName, Rule, Witness};
use crate::reduced::reduced;

/// Kinds of rules of workloads, the first dropped first: of two explanations the one that speaks of what cannot be
/// changed easily is the better one.
const KINDS: [fn(&Rule) -> bool; 7] = [
    |rule| matches!(rule, Rule::Terms { .. }),
    |rule| matches!(rule, Rule::Providers { .. }),
    |rule| matches!(rule, Rule::Regions { .. }),
    |rule| matches!(rule, Rule::Certifications { .. }),
    |rule| matches!(rule, Rule::Residency { .. }),
    |rule| matches!(rule, Rule::Request { .. }),
    |rule| matches!(rule, Rule::MustPlace { .. }),
];

/// The conflict of a scenario in which every workload has an offer.
pub(super) fn reduced_conflict(found: Conflict, questions: &mut Questions<'_>) -> Conflict {
    let scenario = questions.scenario;
    let whole_fleet = scenario.workloads.len() > FEW;
    let mut of_scenario = members::of_scenario(scenario);
    let priced = priced_limits(&found);
    of_scenario.sort_by_key(|rule| !matches!(rule, Rule::Limit { name } if priced.contains(name)));
    let mut of_workloads = members::of_workloads(scenario);
    if whole_fleet {
        of_workloads.retain(|rule| !rule.is_demand());
    }
    let mut sets = Sets { questions, whole_fleet, spent: BTreeMap::new(), shown: None };
    if !whole_fleet {
        // A plan of the workloads alone: what each costs says which to keep.
        sets.answer(&of_workloads);
    }
    let of_scenario = sets.fewest(&of_workloads, of_scenario.into_iter().map(|rule| vec![rule]).collect());
    if !whole_fleet {
        let workloads = sets.by_workload(of_workloads);
        of_workloads = if sets.leaves_none(&of_scenario) { Vec::new() } else { sets.fewest(&of_scenario, workloads) };
    }
    for kind in KINDS {
        let (of_kind, others): (Vec<Rule>, Vec<Rule>) = of_workloads.into_iter().partition(kind);
        let background = [of_scenario.as_slice(), others.as_slice()].concat();
        let of_kind = if of_kind.is_empty() || sets.leaves_none(&background) {
            Vec::new()
        } else {
            sets.fewest(&background, of_kind.into_iter().map(|rule| vec![rule]).collect())
        };
        of_workloads = [others, of_kind].concat();
    }
    let rules = [of_scenario, of_workloads].concat();
    sets.witnessed(rules, found)
}

/// The conflict of `rules`, which leave no plan: each tried on its own, with the evidence.
pub(super) fn witnessed(
    rules: Vec<Rule>,
    whole_fleet: bool,
    found: Conflict,
    questions: &mut Questions<'_>,
) -> Conflict {
    Sets { questions, whole_fleet, spent: BTreeMap::new(), shown: None }.witnessed(rules, found)
}

/// Limits that the search's proof gives a price; those it names itself if it has no proof.
fn priced_limits(found: &Conflict) -> Vec<Name> {
    let rows = found.proof.iter().flat_map(|proof| &proof.rows);
    let priced = rows.filter_map(|row| match row {
        RowName::Limit { name, .. } | RowName::LimitOpens { name, .. } => Some(name.clone()),
        RowName::Floors { limit, .. } => Some(limit.clone()),
        _ => None,
    });
    priced.chain(found.limits.iter().cloned()).collect()
}

/// Sets of rules, and what the search says of them.
struct Sets<'q, 'a> {
    questions: &'q mut Questions<'a>,
    whole_fleet: bool,
    /// What each workload cost in a plan that was found on the way.
    spent: BTreeMap<Name, i128>,
    /// The rules that were last shown to leave no plan, sorted, and what shows it.
    shown: Option<(Vec<Rule>, Option<Proof>)>,
}

impl Sets<'_, '_> {
    fn answer(&mut self, rules: &[Rule]) -> Answer {
        let loose = reduced(self.questions.scenario, rules, self.whole_fleet);
        let answer = self.questions.ask(loose, Purpose::AnyPlan);
        match &answer {
            Answer::Plan(plan) => self.remember(plan),
            Answer::Nothing(proof) => self.shown = Some((sorted(rules), proof.clone())),
            Answer::Open => {}
        }
        answer
    }

    /// Whether it is shown that these rules leave no plan.
    fn leaves_none(&mut self, rules: &[Rule]) -> bool {
        matches!(self.answer(rules), Answer::Nothing(_))
    }

    fn remember(&mut self, plan: &Plan) {
        for placement in &plan.placements {
            let spent = self.spent.entry(placement.workload.clone()).or_default();
            *spent = (*spent).max(placement.cost.total.units());
        }
    }

    /// Rules of workloads as one group for each workload; the dearest first, which are kept if fewer are enough.
    fn by_workload(&self, rules: Vec<Rule>) -> Vec<Vec<Rule>> {
        let mut groups: Vec<Vec<Rule>> =
            rules.chunk_by(|a, b| a.workload() == b.workload()).map(<[Rule]>::to_vec).collect();
        groups.sort_by_cached_key(|group| {
            let name = group.first().and_then(Rule::workload).cloned();
            let spent = name.as_ref().and_then(|name| self.spent.get(name)).copied().unwrap_or_default();
            (std::cmp::Reverse(spent), name)
        });
        groups
    }

    /// Groups, of all that with `background` leave no plan, without any of which they were not shown to leave none. The
    /// first groups are kept rather than the last.
    fn fewest(&mut self, background: &[Rule], groups: Vec<Vec<Rule>>) -> Vec<Rule> {
        if groups.len() <= 1 {
            return groups.concat();
        }
        let mut first = groups;
        let second = first.split_off(first.len() / 2);
        let kept_second = self.needed(background, &first, second);
        let kept_first = self.needed(background, &kept_second, first);
        [kept_first, kept_second].concat().concat()
    }

    /// Groups of `groups` that `background` and `added` need to leave no plan; none if they leave none by themselves.
    fn needed(&mut self, background: &[Rule], added: &[Vec<Rule>], groups: Vec<Vec<Rule>>) -> Vec<Vec<Rule>> {
        let held = [background, added.concat().as_slice()].concat();
        if !added.is_empty() && self.leaves_none(&held) {
            return Vec::new();
        }
        if groups.len() <= 1 {
            return groups;
        }
        let mut first = groups;
        let second = first.split_off(first.len() / 2);
        let kept_second = self.needed(&held, &first, second);
        let kept_first = self.needed(&held, &kept_second, first);
        [kept_first, kept_second].concat()
    }

    fn witnessed(mut self, mut rules: Vec<Rule>, found: Conflict) -> Conflict {
        // A rule that turns out to be droppable changes what the others are tried against, so they are tried again. A
        // few always are: a conflict without evidence is worth little.
        self.questions.left = self.questions.left.max(2 * rules.len().min(16) + 2);
        let mut witnesses = Vec::new();
        let mut at = 0;
        let mut round_of = rules.len();
        while at < rules.len() {
            let mut others = rules.clone();
            let tried = others.remove(at);
            match self.answer(&others) {
                Answer::Plan(plan) => witnesses.push(Witness { without: tried, plan: *plan }),
                Answer::Nothing(_) => rules = others,
                Answer::Open => {}
            }
            if rules.len() < round_of {
                round_of = rules.len();
                witnesses.clear();
                at = 0;
            } else {
                at += 1;
            }
        }
        let proof = self.proof_of(&rules, &found);
        let members = members::described(self.questions.catalog, self.questions.scenario, &rules);
        // In the order of the members, like everything else about them.
        witnesses.sort_by_key(|witness| members.iter().position(|member| member.rule == witness.without));
        Conflict {
            minimal: witnesses.len() == members.len(),
            limits: limit_names(members.iter().map(|member| &member.rule)),
            members,
            whole_fleet: self.whole_fleet,
            proof,
            witnesses,
            ..found
        }
    }

    /// What shows that the rules leave no plan.
    fn proof_of(&mut self, rules: &[Rule], found: &Conflict) -> Option<Proof> {
        let scenario = self.questions.scenario;
        let all = members::of_scenario(scenario).len() + members::of_workloads(scenario).len();
        if rules.len() == all && found.proof.is_some() {
            return found.proof.clone();
        }
        if let Some((shown, proof)) = &self.shown
            && *shown == sorted(rules)
        {
            return proof.clone();
        }
        self.questions.left = self.questions.left.max(1);
        match self.answer(rules) {
            Answer::Nothing(proof) => proof,
            _ => None,
        }
    }
}

fn sorted(rules: &[Rule]) -> Vec<Rule> {
    let mut rules = rules.to_vec();
    rules.sort();
    rules
}
