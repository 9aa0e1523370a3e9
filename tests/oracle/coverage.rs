//! What the generated problems hold, counted, so that a generator that has become harmless is noticed.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use tradewind::catalog::Name;
use tradewind::plan::Method;
use tradewind::scenario::Split;
use tradewind::scenario::draft::FilterDraft;

use crate::judge::Verdict;
use crate::oracle::enumerate::{Choice, Oracle, Survey, Work};
use crate::oracle::generator::Case;
use crate::oracle::limits::{MEASURES, PER, WHERE};
use crate::oracle::price::{E6, class_of, fixed, model};

/// In how many problems each thing must be seen at least.
const FEWEST: usize = 5;

/// What must be seen seldom.
const ON_THE_EDGE: &str = "left open for parts of the grid";

/// What must be seen; the measures, keys and methods of limits and plans besides.
const WANTED: [&str; 72] = [
    "found with one plan only",
    "infeasible by rules",
    "infeasible by offers",
    "tied optimum",
    "equal to the last digit",
    "within parts of the grid",
    "tiers within reach",
    "tier crossed",
    "allowance used",
    "egress paid",
    "reading paid",
    "reading billed by another provider",
    "stored in two regions by one workload",
    "read back at a price",
    "read back for nothing",
    "read back by parts in two regions",
    "read back under a limit on direct cost",
    "no price for reading back",
    "egress to a part paid",
    "egress to a part as other traffic",
    "tier crossed of a part",
    "no price for a part",
    "billed for more days than kept",
    "kept for longer than the minimum",
    "billed for more days in a tier",
    "no minimum days",
    "parts in two regions",
    "parts at will",
    "replica counts differ by accelerator",
    "placed on an accelerator with figures of its own",
    "placed on spot",
    "flat rate",
    "given option",
    "given option beside a request",
    "given option takes what could be split",
    "parts of a given option",
    "prices per GiB",
    "bare region name",
    "identical workloads",
    "copies in two places",
    "copies with storage",
    "some copies placed",
    "unplaced at its value",
    "unplaced for want of an offer",
    "divided workload unplaced",
    "placed below its value",
    "fee of a region paid",
    "fee of a provider paid",
    "fee avoided",
    "fee under parts at will",
    "fee in a limit on cost",
    "binds: providers at least",
    "binds: providers at most",
    "binds: together in a region",
    "binds: together at a provider",
    "binds: apart by region",
    "binds: apart by provider",
    "binds: spread over regions",
    "binds: spread over providers",
    "binds: floor per value",
    "floor asked of no use",
    "rule under parts at will",
    "limit under parts at will",
    "floor per value under parts at will",
    "breaks: at most",
    "breaks: at least",
    "breaks: absolute",
    "breaks: percent",
    "breaks: whole bill",
    "breaks: direct cost",
    "breaks: use",
    "binds: limit",
];

/// Things seen, and in how many problems.
#[derive(Clone, Debug, Default)]
pub struct Coverage(BTreeMap<String, usize>);

impl Coverage {
    /// Counts what a problem and its cheapest plan hold, and how the product fared.
    pub fn add(&mut self, case: &Case, verdict: &Verdict) {
        let mut seen = seen(case, &verdict.oracle, &verdict.survey);
        seen.extend(verdict.is_on_the_edge.then(|| ON_THE_EDGE.to_owned()));
        if let Ok(plan) = &verdict.answer {
            seen.push(format!("found as {:?}", plan.method));
            seen.push(format!("known as {:?}", plan.proof.known));
            let equal = [(verdict.is_equal(), "equal to the last digit"), (verdict.must_be_equal(), "must be equal")];
            seen.extend(those(&equal).into_iter().map(str::to_owned));
            seen.extend(plan.policies.iter().map(|policy| format!("policy {:?}", policy.kind)));
            let broken = plan.policies.iter().any(|policy| !policy.broken.is_empty());
            seen.extend(broken.then(|| "policy that breaks a rule".to_owned()));
        }
        self.count(seen);
    }

    /// Counts each of some things once.
    pub fn count(&mut self, mut seen: Vec<String>) {
        seen.sort();
        seen.dedup();
        for thing in seen {
            *self.0.entry(thing).or_default() += 1;
        }
    }

    /// How many problems' answers are less than they could be, because parts of 10⁻⁶ alone decide.
    pub fn on_the_edge(&self) -> usize {
        self.0.get(ON_THE_EDGE).copied().unwrap_or(0)
    }

    /// With what another part of the problems holds.
    pub fn plus(mut self, other: Coverage) -> Coverage {
        for (thing, count) in other.0 {
            *self.0.entry(thing).or_default() += count;
        }
        self
    }

    /// What must be there and is seen in too few problems.
    pub fn seldom(&self) -> Vec<String> {
        let mut wanted = WANTED.map(str::to_owned).to_vec();
        wanted.extend(MEASURES.map(|measure| format!("breaks: sum {measure}")));
        wanted.extend(WHERE.map(|key| format!("breaks: where {key}")));
        wanted.extend(PER.map(|key| format!("breaks: per {key}")));
        wanted.extend([Method::PlainMinimum].map(|method| format!("found as {method:?}")));
        wanted.retain(|thing| self.0.get(thing).is_none_or(|count| *count < FEWEST));
        wanted
    }
}

/// The things that hold.
fn those(things: &[(bool, &'static str)]) -> Vec<&'static str> {
    things.iter().filter(|(is, _)| *is).map(|(_, thing)| *thing).collect()
}

/// What a problem and its cheapest plan hold.
pub fn seen(case: &Case, oracle: &Oracle, survey: &Survey) -> Vec<String> {
    let mut all = problem(case, oracle, survey);
    if let Some((_, plan)) = &survey.best {
        all.extend(plan_holds(oracle, plan));
        all.extend(rules_met(oracle, survey, plan));
    } else if survey.least.is_none() {
        let unserved = oracle.works.iter().any(|work| work.all.is_empty() && work.value.is_none());
        all.push(if unserved { "infeasible by offers" } else { "infeasible by rules" });
    }
    let mut all: Vec<String> = all.into_iter().map(str::to_owned).collect();
    all.extend(binding(oracle, survey));
    all
}

/// What the problem itself holds, and its enumeration.
fn problem(case: &Case, oracle: &Oracle, survey: &Survey) -> Vec<&'static str> {
    let gib = tradewind::catalog::BilledUnit::Gib;
    let mut per_gib = case.books.iter().map(|book| book.network.billed_unit == gib || book.storage.billed_unit == gib);
    let at_will = oracle.works.iter().any(Work::is_at_will);
    let heaviest = |tariff: usize| {
        let of = |work: &Work| {
            let most = work.all.iter().map(|candidate| {
                let moved =
                    candidate.traffic.iter().filter(|part| part.0 == tariff).map(|part| part.1 * candidate.parts);
                let kept = candidate.stored.iter().filter(|part| part.0 == tariff).map(|part| part.1);
                moved.chain(kept).sum::<i128>()
            });
            most.max().unwrap_or(0) * work.copies
        };
        oracle.works.iter().map(of).sum::<i128>()
    };
    let mut tariffs = oracle.market.tariffs.iter().enumerate();
    let mut all = those(&[
        (per_gib.any(|is| is), "prices per GiB"),
        (survey.tied > 1, "tied optimum"),
        (survey.tied == 1, "found with one plan only"),
        (at_will && survey.best.as_ref().is_some_and(|best| Some(best.0) == survey.least), "within parts of the grid"),
        (at_will && survey.best.as_ref().is_some_and(|best| Some(best.0) != survey.least), "grid left open"),
        (survey.best.is_none() && survey.least.is_some(), "grid left without a plan"),
        (tariffs.any(|(number, tariff)| !tariff.is_one_price(heaviest(number))), "tiers within reach"),
        (at_will && survey.best.is_some() && !oracle.rules.is_empty(), "rule under parts at will"),
        (at_will && survey.best.is_some() && !oracle.rows.is_empty(), "limit under parts at will"),
    ]);
    for work in &oracle.works {
        let draft = &work.draft;
        let counts_differ = work.all.iter().any(|one| one.parts != work.all[0].parts && one.sku.is_some());
        let bare = draft.data.as_ref().is_some_and(|data| !data.location.value.contains('/'));
        let unread = read_back(work).is_some_and(|class| {
            let unpriced =
                |&at: &_| oracle.market.stored(at, &class).is_some() && oracle.market.retrieval(at, &class).is_none();
            oracle.market.places().any(|at| unpriced(&at))
        });
        let untimed = deleted(work).is_some_and(|(class, _)| {
            let stored = |&at: &_| oracle.market.stored(at, &class).is_some();
            oracle.market.places().filter(stored).any(|at| oracle.market.minimum_days(at, &class).is_none())
        });
        let unsent =
            sent_to(work).any(|part| oracle.market.places().any(|at| oracle.market.internet_to(at, part).is_none()));
        let twins = oracle.works.iter().filter(|other| format!("{:?}", other.all) == format!("{:?}", work.all));
        all.extend(those(&[
            (draft.split == Split::Replicas && counts_differ, "replica counts differ by accelerator"),
            (bare, "bare region name"),
            (unread, "no price for reading back"),
            (unsent, "no price for a part"),
            (untimed, "no minimum days"),
            (!work.all.is_empty() && twins.count() > 1, "identical workloads"),
        ]));
    }
    all
}

/// The class from which a workload deletes what it keeps, and after how many days.
fn deleted(work: &Work) -> Option<(Name, Decimal)> {
    let kept = work.draft.storage.as_ref().filter(|kept| !kept.gb.value.is_zero())?;
    work.draft.request.as_ref()?;
    Some((class_of(kept), kept.kept_days?.value))
}

/// Parts of the internet to which a workload sends something.
fn sent_to(work: &Work) -> impl Iterator<Item = &Name> {
    let sent = work.draft.internet_to.iter().filter(|(_, gb)| !gb.value.is_zero());
    sent.filter(|_| work.draft.request.is_some()).map(|(part, _)| &part.value)
}

/// The class from which a workload reads back what it keeps.
fn read_back(work: &Work) -> Option<Name> {
    let kept = work.draft.storage.as_ref().filter(|kept| kept.read_gb.is_some_and(|gb| !gb.value.is_zero()))?;
    work.draft.request.as_ref().map(|_| class_of(kept))
}

/// Rules that bind: without any one of them there is a cheaper plan, or a plan at all. And limits that the cheapest
/// plan of all breaks, by what they are made of.
fn binding(oracle: &Oracle, survey: &Survey) -> Vec<String> {
    if survey.best.is_none() {
        return Vec::new();
    }
    let mut seen = Vec::new();
    for &rule in &survey.binding {
        seen.push(format!("binds: {}", oracle.kind_of(rule)));
        let mut rows = oracle.rows.iter().filter(|row| row.number == rule);
        if rows.any(|row| row.is_asked_of_use()) {
            seen.push("binds: floor per value".to_owned());
        }
    }
    for row in survey.broken_by_cheapest.iter().map(|&row| &oracle.rows[row]) {
        let sum = &*row.limit.sum.value;
        let mut breaks = |thing: &str| seen.push(format!("breaks: {thing}"));
        breaks(&if MEASURES.contains(&sum) { format!("sum {sum}") } else { "use".to_owned() });
        keys(&row.limit.filter).into_iter().for_each(|key| breaks(&format!("where {key}")));
        row.limit.per.iter().for_each(|key| breaks(&format!("per {}", key.value)));
        breaks(if row.is_at_least() { "at least" } else { "at most" });
        breaks(if row.share().is_some() { "percent" } else { "absolute" });
        if sum == "cost" {
            breaks(if row.is_billed() { "whole bill" } else { "direct cost" });
        }
    }
    seen
}

/// Keys of a `where` that are set.
fn keys(filter: &FilterDraft) -> Vec<&'static str> {
    let set = [
        !filter.provider.is_empty(),
        !filter.region.is_empty(),
        !filter.jurisdiction.is_empty(),
        !filter.sku.is_empty(),
        !filter.family.is_empty(),
        !filter.accelerator.is_empty(),
        !filter.terms.is_empty(),
        !filter.workload.is_empty(),
        !filter.kind.is_empty(),
        !filter.label.is_empty(),
    ];
    WHERE.into_iter().zip(set).filter(|(_, set)| *set).map(|(key, _)| key).collect()
}

/// What the cheapest plan holds, workload by workload.
fn plan_holds(oracle: &Oracle, plan: &[Choice]) -> Vec<&'static str> {
    let mut all = Vec::new();
    for (tariff, volume) in oracle.market.tariffs.iter().zip(oracle.volumes(plan)) {
        all.extend(those(&[
            (tariff.crosses_tier(volume), "tier crossed"),
            (tariff.uses_allowance(volume), "allowance used"),
            (tariff.crosses_tier(volume) && tariff.is_of_a_part, "tier crossed of a part"),
        ]));
    }
    for (work, choice) in oracle.works.iter().zip(plan) {
        let draft = &work.draft;
        let mut regions: Vec<_> = choice.iter().map(|part| work.all[part.0].place).collect();
        regions.dedup();
        let divided = draft.split != Split::Never;
        let stored = choice.first().is_some_and(|part| work.all[part.0].stored.is_some());
        let left = work.left(choice);
        let copies = work.copies > 1 && !choice.is_empty();
        let class = read_back(work);
        let machines = choice.iter().map(|part| &work.all[part.0]).filter(|candidate| candidate.sku.is_some());
        let read: Vec<i128> =
            machines.filter_map(|candidate| oracle.market.retrieval(candidate.place, class.as_ref()?)).collect();
        let machines = choice.iter().map(|part| &work.all[part.0]).filter(|candidate| candidate.sku.is_some());
        let longer: Vec<(bool, usize)> = machines
            .filter_map(|candidate| {
                let (class, days) = deleted(work)?;
                let least = oracle.market.minimum_days(candidate.place, &class)?;
                Some((fixed(days, 6) < least * E6, candidate.stored?.0))
            })
            .collect();
        let volumes = oracle.volumes(plan);
        let tiered = |tariff: usize| oracle.market.tariffs[tariff].crosses_tier(volumes[tariff]);
        let dear = read.iter().any(|price| *price > 0);
        let direct = oracle.rows.iter().any(|row| &*row.limit.sum.value == "cost" && !row.is_billed());
        all.extend(those(&[
            (divided && regions.len() > 1, "parts in two regions"),
            (divided && regions.len() > 1 && stored, "stored in two regions by one workload"),
            (choice.len() > 1 && work.is_at_will(), "parts at will"),
            (copies && choice.len() > 1, "copies in two places"),
            (longer.iter().any(|(is, _)| *is), "billed for more days than kept"),
            (longer.iter().any(|(is, _)| !is), "kept for longer than the minimum"),
            (longer.iter().any(|(is, tariff)| *is && tiered(*tariff)), "billed for more days in a tier"),
            (dear, "read back at a price"),
            (read.contains(&0), "read back for nothing"),
            (!read.is_empty() && divided && regions.len() > 1, "read back by parts in two regions"),
            (dear && direct, "read back under a limit on direct cost"),
            (copies && stored, "copies with storage"),
            (copies && left > 0, "some copies placed"),
            (left > 0 && !work.all.is_empty(), "unplaced at its value"),
            (left > 0 && work.all.is_empty(), "unplaced for want of an offer"),
            (left > 0 && divided && !work.all.is_empty(), "divided workload unplaced"),
            (left == 0 && work.value.is_some(), "placed below its value"),
        ]));
        for candidate in choice.iter().map(|part| &work.all[part.0]) {
            let given = candidate.option.is_some();
            let beside = given && draft.request.is_some();
            let special = candidate
                .accelerator(&oracle.market)
                .is_some_and(|(has, _)| draft.by_accelerator.iter().any(|special| model(&special.model.value) == has));
            let sends = draft.internet_gb.is_some_and(|gb| !gb.value.is_zero());
            let mut tariffs = candidate.traffic.iter().map(|(tariff, _)| &oracle.market.tariffs[*tariff]);
            // Egress comes first in a candidate's traffic, and that to parts of the internet last.
            let egress = sends && tariffs.next().is_some_and(|tariff| tariff.first() > 0);
            let mut read: Vec<_> = tariffs.collect();
            let to: Vec<_> = sent_to(work).filter(|_| !given).collect();
            let apart = read.split_off(read.len() - to.len());
            let internet = oracle.market.internet(candidate.place);
            let as_other = to.iter().any(|part| oracle.market.internet_to(candidate.place, part) == internet);
            all.extend(those(&[
                (egress, "egress paid"),
                (apart.iter().any(|tariff| tariff.first() > 0), "egress to a part paid"),
                (as_other, "egress to a part as other traffic"),
                (read.iter().any(|tariff| tariff.first() > 0), "reading paid"),
                (read.iter().any(|tariff| tariff.biller != candidate.place.book), "reading billed by another provider"),
                (special, "placed on an accelerator with figures of its own"),
                (candidate.terms == Some(tradewind::catalog::Terms::Spot), "placed on spot"),
                (given, "given option"),
                (beside, "given option beside a request"),
                (beside && draft.split == Split::Replicas, "given option takes what could be split"),
                (given && work.is_at_will() && choice.len() > 1, "parts of a given option"),
                (!given && candidate.sku.is_none(), "flat rate"),
            ]));
        }
    }
    all
}

/// What the cheapest plan pays and keeps as a whole.
fn rules_met(oracle: &Oracle, survey: &Survey, plan: &[Choice]) -> Vec<&'static str> {
    let standing = oracle.standing(&oracle.rows, plan);
    let parts = oracle.works.iter().zip(plan).any(|(work, choice)| work.is_at_will() && choice.len() > 1);
    let due = || standing.due.iter().map(|&fee| oracle.fees[fee].regions.count_ones());
    let of_one_region = |fee: usize| oracle.fees[fee].regions.count_ones() == 1;
    let asked = || oracle.rows.iter().enumerate().filter(|(_, row)| row.is_asked_of_use());
    let idle = |bit: usize| standing.idle & (1 << bit) != 0;
    let cost_limit = oracle.rows.iter().any(|row| row.is_billed());
    those(&[
        (due().any(|regions| regions == 1), "fee of a region paid"),
        (standing.due.iter().any(|&fee| !of_one_region(fee)), "fee of a provider paid"),
        (!survey.avoided.is_empty(), "fee avoided"),
        (due().next().is_some() && parts, "fee under parts at will"),
        (due().next().is_some() && cost_limit, "fee in a limit on cost"),
        (asked().any(|(bit, row)| idle(bit) && !row.holds(standing.sums[bit])), "floor asked of no use"),
        (parts && asked().next().is_some(), "floor per value under parts at will"),
    ])
}
