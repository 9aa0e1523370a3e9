//! Every plan of a small problem, one after the other, each billed and held against every rule.
//!
//! A **choice** says how many units of a workload go to which candidate; a plan is one choice per workload. Units are
//! copies of a workload that is never split (one, unless `count` states more), replicas, or parts of 10⁻⁶. A workload
//! split replica by replica has every composition of its replicas among the candidates that need equally many. One
//! split at will has too many choices: see [`super::at_will`].

use rust_decimal::Decimal;
use tradewind::catalog::BookDraft;
use tradewind::scenario::draft::{LimitDraft, ScenarioDraft, Split, WorkloadDraft};

use super::at_will;
use super::places::{Fee, Mark, Rule, fees, holds, is_crowded, rules};
use super::price::{Candidate, E6, Market, candidates, fixed};
use super::rows::{Counts, Row, carbon_is_known, rows_of};

/// A part of a workload split at will counts as use of a provider, or of a floor's value, only above this: 10⁻³.
pub const TOO_SMALL_TO_COUNT: i128 = 1_000;

/// By how many parts of each workload a plan may miss the best of its grid, where it is not known to be optimal: where a
/// limit is dear, a few parts of what it counts are many parts of cost.
const PARTS_MISSED: i128 = 1_000;

/// By how many parts of each workload limits are moved to see whether parts alone decide an answer.
const PARTS_ON_EDGE: i128 = 4;

/// Candidates of a workload and the units bought at each; candidates rising, as their names do. What is missing to the
/// whole stays unplaced.
pub type Choice = Vec<(usize, i128)>;

/// A workload and all that may serve it.
#[derive(Clone, Debug)]
pub struct Work {
    pub draft: WorkloadDraft,
    pub all: Vec<Candidate>,
    /// Identical workloads that it states.
    pub copies: i128,
    /// What each of them is worth, in 10⁻²⁴; none if it must be placed.
    pub value: Option<i128>,
}

impl Work {
    fn read(market: &Market, draft: &WorkloadDraft, month: Decimal, limits: &[LimitDraft]) -> Work {
        let copies = draft.count.map_or(1, |count| fixed(count.value, 0));
        let value = draft.value.map(|value| fixed(value.value, 24));
        let mut all = candidates(market, draft, month);
        all.retain(|candidate| carbon_is_known(market, limits, draft, candidate));
        Work { draft: draft.clone(), all, copies, value }
    }

    pub fn is_at_will(&self) -> bool {
        self.draft.split == Split::Any
    }

    /// Units of the whole, if a candidate serves it.
    pub fn whole(&self, one: usize) -> i128 {
        if self.draft.split == Split::Never { self.copies } else { self.all[one].parts }
    }

    /// How often the workload is not placed under a choice: copies, or once.
    pub fn left(&self, choice: &Choice) -> i128 {
        match self.draft.split {
            Split::Never => self.copies - choice.iter().map(|part| part.1).sum::<i128>(),
            _ => i128::from(choice.is_empty()),
        }
    }

    /// How many units in scope are use.
    pub fn fewest_in_use(&self) -> i128 {
        if self.is_at_will() { TOO_SMALL_TO_COUNT + 1 } else { 1 }
    }

    /// Candidates that need equally many units: a workload is divided among those only.
    fn groups(&self) -> Vec<Vec<usize>> {
        let mut counts: Vec<i128> = self.all.iter().map(|candidate| candidate.parts).collect();
        counts.sort_unstable();
        counts.dedup();
        let of = |parts| (0..self.all.len()).filter(|&one| self.all[one].parts == parts).collect();
        counts.into_iter().map(of).collect()
    }
}

/// A problem, ready to be enumerated.
#[derive(Clone, Debug)]
pub struct Oracle {
    pub market: Market,
    pub works: Vec<Work>,
    pub rows: Vec<Row>,
    pub fees: Vec<Fee>,
    pub rules: Vec<Rule>,
    /// How many limits there are.
    pub limits: usize,
    /// Names of the limits, then of the rules about places.
    names: Vec<String>,
}

/// What a plan, or a part of it, adds up to before tiers and fees.
#[derive(Clone, Debug)]
pub struct Tally {
    /// By book: what it bills apart from tariffs.
    pub own: Vec<i128>,
    /// By tariff: GB in 10⁻¹².
    pub volumes: Vec<i128>,
    /// By row: the sum and its base, bills apart.
    pub sums: Vec<(i128, i128)>,
    /// Value of what is not placed.
    pub value: i128,
}

impl Tally {
    pub fn plus(&self, other: &Tally) -> Tally {
        let add = |a: &[i128], b: &[i128]| a.iter().zip(b).map(|(a, b)| a + b).collect();
        let sums = self.sums.iter().zip(&other.sums).map(|(a, b)| (a.0 + b.0, a.1 + b.1));
        Tally {
            own: add(&self.own, &other.own),
            volumes: add(&self.volumes, &other.volumes),
            sums: sums.collect(),
            value: self.value + other.value,
        }
    }
}

/// What a plan costs and where it stands with every rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The bill and the value of what is not placed.
    pub objective: i128,
    pub bill: i128,
    /// By book.
    pub billed: Vec<i128>,
    /// Numbers of the fees that are due.
    pub due: Vec<usize>,
    /// By row: the sum and its base.
    pub sums: Vec<(i128, i128)>,
    /// Rows that are asked of a value not in use.
    pub idle: u128,
}

/// What enumeration found.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    pub plans: usize,
    pub feasible: usize,
    /// The cheapest plan that keeps every rule, and its objective.
    pub best: Option<(i128, Vec<Choice>)>,
    /// No plan is cheaper than this; none exists where it is absent. The objective of the best but where a workload
    /// that is split at will left some last digits open.
    pub least: Option<i128>,
    /// How many plans cost as much as the best; 0 where parts of 10⁻⁶ leave them uncounted.
    pub tied: usize,
    /// The lowest objective above the best.
    pub next: Option<i128>,
    /// Rules without any one of which a cheaper plan exists, limits before rules about places.
    pub binding: Vec<usize>,
    /// Fees without which a plan that pays them would be cheaper than the best, which does not.
    pub avoided: Vec<usize>,
    /// Rows that the cheapest plan of all breaks.
    pub broken_by_cheapest: Vec<usize>,
}

impl Oracle {
    pub fn new(books: &[BookDraft], scenario: &ScenarioDraft) -> Oracle {
        let market = Market::read(books);
        let month = scenario.hours_per_month.map_or(Decimal::from(730), |hours| hours.value);
        let works = scenario.workloads.iter().map(|one| Work::read(&market, one, month, &scenario.limits)).collect();
        let fees = fees(&market, scenario);
        let mut names: Vec<String> = scenario.limits.iter().map(|limit| limit.name.value.to_string()).collect();
        let (named, rules): (Vec<String>, Vec<Rule>) = rules(scenario).into_iter().unzip();
        names.extend(named);
        let mut oracle = Oracle { market, works, rows: Vec::new(), fees, rules, limits: scenario.limits.len(), names };
        let numbered = scenario.limits.iter().enumerate();
        oracle.rows = numbered.flat_map(|(number, limit)| oracle.rows_of(limit, number)).collect();
        assert!(oracle.rows.len() <= 128 && oracle.rules.len() <= 32, "a small problem");
        oracle
    }

    pub fn rows_of(&self, limit: &LimitDraft, number: usize) -> Vec<Row> {
        rows_of(&self.market, &self.works, limit, number)
    }

    /// What some parts of 10⁻⁶ of the workloads that are split at will can cost, at first prices.
    pub fn grid(&self) -> i128 {
        let dearest = |work: &Work| work.all.iter().map(|one| one.whole(&self.market)).max().unwrap_or(0);
        self.works.iter().filter(|work| work.is_at_will()).map(dearest).sum::<i128>() * PARTS_MISSED / E6
    }

    /// What a limit, by its number, or after those a rule about places is.
    pub fn kind_of(&self, rule: usize) -> &'static str {
        rule.checked_sub(self.limits).map_or("limit", |rule| self.rules[rule].kind())
    }

    /// How many choices a workload has, without making them.
    pub fn choices_of(&self, number: usize) -> usize {
        let work = &self.works[number];
        let unplaced = usize::from(work.value.is_some());
        match work.draft.split {
            Split::Replicas => {
                let ways = |group: Vec<usize>| compositions(work.all[group[0]].parts, group.len());
                unplaced + work.groups().into_iter().map(ways).sum::<usize>()
            }
            Split::Any => unplaced + at_will::supports_of(work),
            _ => compositions(work.copies, work.all.len() + unplaced),
        }
    }

    /// Every choice of a workload; of one split at will, the whole ones and the halves.
    pub fn choices(&self, number: usize) -> Vec<Choice> {
        let work = &self.works[number];
        let all = &work.all;
        let mut choices = Vec::new();
        match work.draft.split {
            Split::Replicas => {
                for group in work.groups() {
                    compose(&group, all[group[0]].parts, &mut Vec::new(), &mut choices);
                }
            }
            Split::Any => {
                choices.extend((0..all.len()).map(|one| vec![(one, E6)]));
                let pairs = (0..all.len()).flat_map(|one| (0..one).map(move |other| (other, one)));
                choices.extend(pairs.map(|(a, b)| vec![(a, E6 / 2), (b, E6 / 2)]));
            }
            _ => {
                let everywhere: Vec<usize> = (0..all.len()).collect();
                for placed in (0..=work.copies).filter(|&placed| placed == work.copies || work.value.is_some()) {
                    compose(&everywhere, placed, &mut Vec::new(), &mut choices);
                }
            }
        }
        if work.draft.split != Split::Never && work.value.is_some() {
            choices.push(Choice::new());
        }
        choices
    }

    pub fn nothing(&self, rows: &[Row]) -> Tally {
        Tally {
            own: vec![0; self.market.books.len()],
            volumes: vec![0; self.market.tariffs.len()],
            sums: vec![(0, 0); rows.len()],
            value: 0,
        }
    }

    /// What a choice of a workload adds up to.
    pub fn tally(&self, rows: &[Row], number: usize, choice: &Choice) -> Tally {
        let work = &self.works[number];
        let mut tally = self.nothing(rows);
        tally.value = work.left(choice) * work.value.unwrap_or(0);
        let mut stored = Vec::new();
        for &(one, units) in choice {
            let candidate = &work.all[one];
            tally.own[candidate.place.book] += candidate.own * units;
            for &(tariff, volume) in &candidate.traffic {
                tally.volumes[tariff] += volume * units;
            }
            // Every copy keeps its own; what is divided keeps it once in every region used: with the first part there.
            let kept = match candidate.stored {
                None => 0,
                Some(_) if work.draft.split == Split::Never => units,
                Some(_) if stored.contains(&candidate.place) => 0,
                Some(_) => 1,
            };
            if let (true, Some((tariff, volume))) = (kept > 0, candidate.stored) {
                tally.volumes[tariff] += volume * kept;
                stored.push(candidate.place);
            }
            for (row, sum) in rows.iter().zip(&mut tally.sums) {
                let (inside, base) = row.uses(&self.market, &work.draft, candidate, units, kept);
                sum.0 += inside;
                sum.1 += base;
            }
        }
        tally
    }

    /// Where a choice of a workload runs.
    pub fn mark(&self, rows: &[Row], number: usize, choice: &Choice) -> Mark {
        let work = &self.works[number];
        let mut mark = Mark::default();
        let units_at = |is: &dyn Fn(&Candidate) -> bool| {
            choice.iter().filter(|part| is(&work.all[part.0])).map(|part| part.1).sum::<i128>()
        };
        for &(one, _) in choice {
            mark.regions |= self.market.bit(work.all[one].place);
        }
        for book in 0..self.market.books.len() {
            if units_at(&|candidate| candidate.place.book == book) >= work.fewest_in_use() {
                mark.books |= 1 << book;
            }
        }
        for (bit, row) in rows.iter().enumerate().filter(|(_, row)| row.is_asked_of_use()) {
            if units_at(&|candidate| row.is_in_scope(&self.market, &work.draft, candidate)) >= work.fewest_in_use() {
                mark.rows |= 1 << bit;
            }
        }
        for (bit, rule) in self.rules.iter().enumerate() {
            if let Rule::Spread(workload, by, share) = *rule
                && workload == number
                && is_crowded(&self.market, work, choice, by, share)
            {
                mark.crowded |= 1 << bit;
            }
        }
        mark
    }

    /// What a sum of choices costs; `marks` by workload.
    pub fn stand(&self, rows: &[Row], tally: &Tally, marks: &[&Mark]) -> Standing {
        let mut billed = tally.own.clone();
        for (tariff, volume) in self.market.tariffs.iter().zip(&tally.volumes) {
            billed[tariff.biller] += tariff.cost(*volume);
        }
        let regions = marks.iter().fold(0, |all, mark| all | mark.regions);
        let due = (0..self.fees.len()).filter(|&fee| self.fees[fee].regions & regions != 0).collect::<Vec<_>>();
        for fee in due.iter().map(|&fee| &self.fees[fee]) {
            billed[fee.book] += fee.monthly;
        }
        let bill = billed.iter().sum();
        let sums = rows.iter().zip(&tally.sums).map(|(row, sum)| match &row.counts {
            Counts::Bought => *sum,
            Counts::Billed(books) => (books.iter().map(|&book| billed[book]).sum(), bill),
        });
        let used = marks.iter().fold(0, |all, mark| all | mark.rows);
        let asked = rows.iter().enumerate().filter(|(_, row)| row.is_asked_of_use());
        let idle = asked.map(|(bit, _)| 1 << bit).sum::<u128>() & !used;
        Standing { objective: bill + tally.value, bill, sums: sums.collect(), billed, due, idle }
    }

    /// Where a plan stands; a workload without parts counts nothing but its value.
    pub fn standing(&self, rows: &[Row], plan: &[Choice]) -> Standing {
        let marks = self.marks(rows, plan);
        self.stand(rows, &self.total(rows, plan), &marks.iter().collect::<Vec<_>>())
    }

    pub fn marks(&self, rows: &[Row], plan: &[Choice]) -> Vec<Mark> {
        plan.iter().enumerate().map(|(number, choice)| self.mark(rows, number, choice)).collect()
    }

    /// Volumes of every tariff under a plan.
    pub fn volumes(&self, plan: &[Choice]) -> Vec<i128> {
        self.total(&[], plan).volumes
    }

    fn total(&self, rows: &[Row], plan: &[Choice]) -> Tally {
        let parts = plan.iter().enumerate().map(|(number, choice)| self.tally(rows, number, choice));
        parts.fold(self.nothing(rows), |sum, part| sum.plus(&part))
    }

    /// Numbers of the rows that do not hold.
    pub fn broken_rows(&self, standing: &Standing) -> Vec<usize> {
        let rows = self.rows.iter().zip(&standing.sums).enumerate();
        let broken = rows.filter(|(bit, (row, sum))| standing.idle & (1 << bit) == 0 && !row.holds(**sum));
        broken.map(|(number, _)| number).collect()
    }

    /// Limits and rules that do not hold: bits by number, rules about places after the limits.
    pub fn broken(&self, standing: &Standing, marks: &[&Mark]) -> u64 {
        let limits = self.broken_rows(standing).into_iter().fold(0, |all, row| all | 1 << self.rows[row].number);
        let rules = self.rules.iter().enumerate();
        let broken = rules.filter(|(number, rule)| !holds(&self.market, *number, rule, marks));
        broken.fold(limits, |all, (number, _)| all | 1 << (self.limits + number))
    }

    /// Limits and rules that a plan breaks, by name.
    pub fn broken_by(&self, plan: &[Choice]) -> Vec<&str> {
        let marks = self.marks(&self.rows, plan);
        let broken = self.broken(&self.standing(&self.rows, plan), &marks.iter().collect::<Vec<_>>());
        let all = self.names.iter().enumerate();
        all.filter(|(number, _)| broken & (1 << number) != 0).map(|(_, name)| name.as_str()).collect()
    }

    /// Whether parts of 10⁻⁶ alone decide whether there is a plan, or how cheap one is: with every limit looser, or tighter,
    /// by a few of them the answer is another. The objective that a plan reaches with all limits tighter, if there is
    /// one; `None` if nothing is decided by parts so small.
    pub fn on_the_edge(&self, survey: &Survey) -> Option<Option<i128>> {
        if !self.works.iter().any(Work::is_at_will) {
            return None;
        }
        if survey.best.is_none() {
            let looser = at_will::survey_within(self, -PARTS_ON_EDGE);
            return looser.least.is_some().then_some(None);
        }
        let tighter = at_will::survey_within(self, PARTS_ON_EDGE).best.map(|best| best.0);
        (tighter != survey.best.as_ref().map(|best| best.0)).then_some(tighter)
    }

    /// Goes through every plan.
    pub fn survey(&self) -> Survey {
        if self.works.iter().any(Work::is_at_will) {
            return at_will::survey(self);
        }
        let choices: Vec<Vec<Choice>> = (0..self.works.len()).map(|number| self.choices(number)).collect();
        let mut walk = Walk::over(self, &choices);
        walk.go(&self.nothing(&self.rows));
        walk.end(&choices)
    }
}

/// The way through all plans, one workload after the other.
pub struct Walk<'a> {
    oracle: &'a Oracle,
    tallies: Vec<Vec<Tally>>,
    marks: Vec<Vec<Mark>>,
    chosen: Vec<usize>,
    survey: Survey,
    best: Option<(i128, Vec<usize>)>,
    /// The cheapest plan of all, rules or not, and the rows it breaks.
    cheapest: Option<(i128, Vec<usize>)>,
    /// By limit and rule: the lowest objective of plans that break this one only.
    without: Vec<Option<i128>>,
    /// By fee: the lowest objective, that fee not counted.
    waived: Vec<Option<i128>>,
}

impl<'a> Walk<'a> {
    fn over(oracle: &'a Oracle, choices: &[Vec<Choice>]) -> Walk<'a> {
        let numbered = || choices.iter().enumerate();
        let tally = |number, of: &[Choice]| of.iter().map(|one| oracle.tally(&oracle.rows, number, one)).collect();
        let mark = |number, of: &[Choice]| of.iter().map(|one| oracle.mark(&oracle.rows, number, one)).collect();
        Walk {
            oracle,
            tallies: numbered().map(|(number, of)| tally(number, of)).collect(),
            marks: numbered().map(|(number, of)| mark(number, of)).collect(),
            chosen: Vec::new(),
            survey: Survey::default(),
            best: None,
            cheapest: None,
            without: vec![None; oracle.limits + oracle.rules.len()],
            waived: vec![None; oracle.fees.len()],
        }
    }

    fn go(&mut self, sum: &Tally) {
        let number = self.chosen.len();
        if number == self.tallies.len() {
            return self.judge(sum);
        }
        for choice in 0..self.tallies[number].len() {
            let next = sum.plus(&self.tallies[number][choice]);
            self.chosen.push(choice);
            self.go(&next);
            self.chosen.pop();
        }
    }

    fn judge(&mut self, sum: &Tally) {
        let marks: Vec<&Mark> = self.marks.iter().zip(&self.chosen).map(|(of, &choice)| &of[choice]).collect();
        let standing = self.oracle.stand(&self.oracle.rows, sum, &marks);
        let broken = self.oracle.broken(&standing, &marks);
        let objective = standing.objective;
        self.survey.plans += 1;
        if self.cheapest.as_ref().is_none_or(|(cost, _)| objective < *cost) {
            self.cheapest = Some((objective, self.oracle.broken_rows(&standing)));
        }
        if broken.count_ones() == 1 {
            lower(&mut self.without[broken.trailing_zeros() as usize], objective);
        }
        if broken != 0 {
            return;
        }
        self.survey.feasible += 1;
        for (fee, waived) in self.waived.iter_mut().enumerate() {
            let paid = if standing.due.contains(&fee) { self.oracle.fees[fee].monthly } else { 0 };
            lower(waived, objective - paid);
        }
        match &self.best {
            Some((cost, _)) if *cost < objective => lower(&mut self.survey.next, objective),
            Some((cost, _)) if *cost == objective => self.survey.tied += 1,
            _ => {
                self.survey.next = self.best.take().map(|best| best.0);
                self.best = Some((objective, self.chosen.clone()));
                self.survey.tied = 1;
            }
        }
    }

    fn end(self, choices: &[Vec<Choice>]) -> Survey {
        let Walk { oracle, mut survey, best, cheapest, without, waived, .. } = self;
        survey.broken_by_cheapest = cheapest.map_or(Vec::new(), |cheapest| cheapest.1);
        let least = best.as_ref().map(|best| best.0);
        let is_lower = |other: Option<i128>| other.is_some_and(|other| least.is_none_or(|least| other < least));
        survey.binding = (0..without.len()).filter(|&rule| is_lower(without[rule])).collect();
        survey.least = least;
        survey.best = best.map(|(objective, plan)| {
            (objective, plan.iter().zip(choices).map(|(&number, of)| of[number].clone()).collect())
        });
        if let Some((_, plan)) = &survey.best {
            let due = oracle.standing(&oracle.rows, plan).due;
            survey.avoided = (0..waived.len()).filter(|fee| is_lower(waived[*fee]) && !due.contains(fee)).collect();
        }
        survey
    }
}

fn lower(lowest: &mut Option<i128>, value: i128) {
    *lowest = Some(lowest.map_or(value, |lowest| lowest.min(value)));
}

/// In how many ways `parts` can be divided among `places`: C(parts + places − 1, parts).
fn compositions(parts: i128, places: usize) -> usize {
    if places == 0 {
        return usize::from(parts == 0);
    }
    let parts = usize::try_from(parts).expect("few units");
    (1..=parts).fold(1, |ways, part| ways * (places + part - 1) / part)
}

/// Every way to divide `left` units among the candidates of a group.
fn compose(group: &[usize], left: i128, before: &mut Choice, all: &mut Vec<Choice>) {
    if left == 0 {
        return all.push(before.clone());
    }
    let Some((&one, rest)) = group.split_first() else { return };
    for units in 0..=left {
        if units > 0 {
            before.push((one, units));
        }
        compose(rest, left - units, before, all);
        if units > 0 {
            before.pop();
        }
    }
}
