//! Every plan of a small problem, one after the other, each billed and held against every limit.
//!
//! A **choice** says how many parts of a workload go to which candidate; a plan is one choice per workload. A workload
//! split replica by replica has every composition of its replicas among the candidates that need equally many; one
//! split at will has infinitely many, of which the whole ones and the halves are tried.

use rust_decimal::Decimal;
use tradewind::catalog::BookDraft;
use tradewind::scenario::draft::{LimitDraft, ScenarioDraft, Split, WorkloadDraft};

use crate::price::{Candidate, E6, Market, candidates};
use crate::rows::{Counts, Row, rows_of};

/// By how many parts of 10⁻⁶ of each workload a plan may miss the best of its grid: where a limit is dear, a few parts
/// of what it counts are many parts of cost.
const PARTS_MISSED: i128 = 1_000;

/// Candidates of a workload and the parts bought at each; candidates rising, as their names do.
pub type Choice = Vec<(usize, i128)>;

/// A problem, ready to be enumerated.
#[derive(Clone, Debug)]
pub struct Oracle {
    pub market: Market,
    pub workloads: Vec<(WorkloadDraft, Vec<Candidate>)>,
    pub rows: Vec<Row>,
}

/// What a plan, or a part of it, adds up to before tiers.
#[derive(Clone, Debug)]
pub struct Tally {
    /// By book: what it bills apart from tariffs.
    own: Vec<i128>,
    /// By tariff: GB in 10⁻¹².
    volumes: Vec<i128>,
    /// By row: the sum and its base, bills apart.
    sums: Vec<(i128, i128)>,
}

/// What a plan costs and where it stands with every row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub cost: i128,
    /// By book.
    pub billed: Vec<i128>,
    /// By row: the sum and its base.
    pub sums: Vec<(i128, i128)>,
}

/// What enumeration found.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    pub plans: usize,
    pub feasible: usize,
    /// The cheapest plan that keeps every limit, and its cost.
    pub best: Option<(i128, Vec<Choice>)>,
    /// How many plans cost that.
    pub tied: usize,
    /// Cost of the cheapest that keeps them with room for rounding, if it halves a workload that is divided at will.
    pub roomy: Option<i128>,
    /// Rows that the cheapest plan of all breaks.
    pub binding: Vec<usize>,
    /// The cheapest plan that breaks limits by less than floats can tell.
    pub near_miss: Option<i128>,
    /// Whether no plan takes any tariff beyond its first price.
    pub exact: bool,
}

impl Oracle {
    pub fn new(books: &[BookDraft], scenario: &ScenarioDraft) -> Oracle {
        let market = Market::read(books);
        let month = scenario.hours_per_month.map_or(Decimal::from(730), |hours| hours.value);
        let workloads = scenario.workloads.iter().map(|one| (one.clone(), candidates(&market, one, month))).collect();
        let mut oracle = Oracle { market, workloads, rows: Vec::new() };
        oracle.rows = scenario.limits.iter().flat_map(|limit| oracle.rows_of(limit)).collect();
        oracle
    }

    pub fn rows_of(&self, limit: &LimitDraft) -> Vec<Row> {
        rows_of(&self.market, &self.workloads, limit)
    }

    /// How many choices a workload has, without making them.
    pub fn choices_of(&self, number: usize) -> usize {
        let (workload, all) = &self.workloads[number];
        match workload.split {
            Split::Replicas => groups(all).iter().map(|group| compositions(all[group[0]].parts, group.len())).sum(),
            Split::Any => all.len() + all.len() * all.len().saturating_sub(1) / 2,
            _ => all.len(),
        }
    }

    /// Every choice of a workload.
    pub fn choices(&self, number: usize) -> Vec<Choice> {
        let (workload, all) = &self.workloads[number];
        let whole = (0..all.len()).map(|one| vec![(one, all[one].parts)]);
        match workload.split {
            Split::Replicas => {
                let mut choices = Vec::new();
                for group in groups(all) {
                    compose(&group, all[group[0]].parts, &mut Vec::new(), &mut choices);
                }
                choices
            }
            Split::Any => {
                let pairs = (0..all.len()).flat_map(|one| (0..one).map(move |other| (other, one)));
                whole.chain(pairs.map(|(a, b)| vec![(a, 500_000), (b, 500_000)])).collect()
            }
            _ => whole.collect(),
        }
    }

    fn nothing(&self, rows: &[Row]) -> Tally {
        Tally {
            own: vec![0; self.market.books.len()],
            volumes: vec![0; self.market.tariffs.len()],
            sums: vec![(0, 0); rows.len()],
        }
    }

    /// What a choice of a workload adds up to.
    fn tally(&self, rows: &[Row], number: usize, choice: &Choice) -> Tally {
        let (workload, all) = &self.workloads[number];
        let mut tally = self.nothing(rows);
        let mut regions = Vec::new();
        for &(one, parts) in choice {
            let candidate = &all[one];
            tally.own[candidate.place.book] += candidate.own * parts;
            for &(tariff, volume) in &candidate.traffic {
                tally.volumes[tariff] += volume * parts;
            }
            // Storage is kept once in every region used: with the first part there.
            let first = !regions.contains(&candidate.place);
            if let (true, Some((tariff, volume))) = (first, candidate.stored) {
                tally.volumes[tariff] += volume;
            }
            regions.push(candidate.place);
            for (row, sum) in rows.iter().zip(&mut tally.sums) {
                let (inside, base) = row.uses(&self.market, workload, candidate, parts, first);
                sum.0 += inside;
                sum.1 += base;
            }
        }
        tally
    }

    fn stand(&self, rows: &[Row], tally: &Tally) -> Standing {
        let mut billed = tally.own.clone();
        for (tariff, volume) in self.market.tariffs.iter().zip(&tally.volumes) {
            billed[tariff.biller] += tariff.cost(*volume);
        }
        let cost = billed.iter().sum();
        let sums = rows.iter().zip(&tally.sums).map(|(row, sum)| match &row.counts {
            Counts::Bought => *sum,
            Counts::Billed(books) => (books.iter().map(|&book| billed[book]).sum(), cost),
        });
        Standing { cost, sums: sums.collect(), billed }
    }

    /// Where a plan stands; a workload without parts counts nothing.
    pub fn standing(&self, rows: &[Row], plan: &[Choice]) -> Standing {
        self.stand(rows, &self.total(rows, plan))
    }

    /// Volumes of every tariff under a plan.
    pub fn volumes(&self, plan: &[Choice]) -> Vec<i128> {
        self.total(&[], plan).volumes
    }

    fn total(&self, rows: &[Row], plan: &[Choice]) -> Tally {
        let parts = plan.iter().enumerate().map(|(number, choice)| self.tally(rows, number, choice));
        parts.fold(self.nothing(rows), |sum, part| sum.plus(&part))
    }

    /// What some parts of 10⁻⁶ can cost: a plan that is divided at will is the cheapest within its grid only.
    pub fn grid(&self) -> i128 {
        let at_will = self.workloads.iter().filter(|(workload, _)| workload.split == Split::Any);
        let dearest = at_will.map(|(_, all)| all.iter().map(|one| one.whole(&self.market)).max().unwrap_or(0));
        dearest.sum::<i128>() * PARTS_MISSED / E6
    }

    /// Numbers of the rows that do not hold.
    pub fn broken(&self, standing: &Standing) -> Vec<usize> {
        let rows = self.rows.iter().zip(&standing.sums).enumerate();
        rows.filter(|(_, (row, sum))| !row.holds(**sum)).map(|(number, _)| number).collect()
    }

    /// Goes through every plan.
    pub fn survey(&self) -> Survey {
        let choices: Vec<Vec<Choice>> = (0..self.workloads.len()).map(|number| self.choices(number)).collect();
        let tallies: Vec<Vec<Tally>> = choices
            .iter()
            .enumerate()
            .map(|(number, of)| of.iter().map(|choice| self.tally(&self.rows, number, choice)).collect())
            .collect();
        let mut walk = Walk {
            oracle: self,
            tallies: &tallies,
            chosen: Vec::new(),
            survey: Survey::default(),
            best: None,
            cheapest: None,
        };
        walk.go(&self.nothing(&self.rows));
        let Walk { mut survey, best, cheapest, .. } = walk;
        survey.best = best
            .map(|(cost, plan)| (cost, plan.iter().zip(&choices).map(|(&number, of)| of[number].clone()).collect()));
        survey.binding = cheapest.map_or(Vec::new(), |(_, broken)| broken);
        let most = |tariff: usize| -> i128 {
            tallies.iter().map(|of| of.iter().map(|tally| tally.volumes[tariff]).max().unwrap_or(0)).sum()
        };
        survey.exact = self.market.tariffs.iter().enumerate().all(|(number, tariff)| tariff.is_one_price(most(number)));
        survey
    }
}

impl Tally {
    fn plus(&self, other: &Tally) -> Tally {
        let add = |a: &[i128], b: &[i128]| a.iter().zip(b).map(|(a, b)| a + b).collect();
        let sums = self.sums.iter().zip(&other.sums).map(|(a, b)| (a.0 + b.0, a.1 + b.1));
        Tally { own: add(&self.own, &other.own), volumes: add(&self.volumes, &other.volumes), sums: sums.collect() }
    }
}

/// The way through all plans, one workload after the other.
struct Walk<'a> {
    oracle: &'a Oracle,
    tallies: &'a [Vec<Tally>],
    chosen: Vec<usize>,
    survey: Survey,
    best: Option<(i128, Vec<usize>)>,
    /// The cheapest plan of all, limits or not, and the rows it breaks.
    cheapest: Option<(i128, Vec<usize>)>,
}

impl Walk<'_> {
    fn go(&mut self, sum: &Tally) {
        let Some(of) = self.tallies.get(self.chosen.len()) else { return self.judge(sum) };
        for (number, tally) in of.iter().enumerate() {
            self.chosen.push(number);
            self.go(&sum.plus(tally));
            self.chosen.pop();
        }
    }

    /// Whether a workload that is divided at will is in halves: those choices follow the whole ones.
    fn halves_any(&self) -> bool {
        let mut chosen = self.oracle.workloads.iter().zip(&self.chosen);
        chosen.any(|((workload, all), &choice)| workload.split == Split::Any && choice >= all.len())
    }

    fn judge(&mut self, sum: &Tally) {
        let standing = self.oracle.stand(&self.oracle.rows, sum);
        let broken = self.oracle.broken(&standing);
        self.survey.plans += 1;
        if self.cheapest.as_ref().is_none_or(|(cost, _)| standing.cost < *cost) {
            self.cheapest = Some((standing.cost, broken.clone()));
        }
        if !broken.is_empty() {
            let all = &self.oracle.rows;
            let nearly = broken.iter().all(|&row| all[row].nearly_holds(standing.sums[row]));
            let cheapest = self.survey.near_miss.is_none_or(|cost| standing.cost < cost);
            if nearly && cheapest {
                self.survey.near_miss = Some(standing.cost);
            }
            return;
        }
        self.survey.feasible += 1;
        let roomy = || self.oracle.rows.iter().zip(&standing.sums).all(|(row, sum)| row.has_room(*sum));
        if self.survey.roomy.is_none_or(|cost| standing.cost < cost) && (!self.halves_any() || roomy()) {
            self.survey.roomy = Some(standing.cost);
        }
        match &self.best {
            Some((cost, _)) if *cost < standing.cost => {}
            Some((cost, _)) if *cost == standing.cost => self.survey.tied += 1,
            _ => {
                self.best = Some((standing.cost, self.chosen.clone()));
                self.survey.tied = 1;
            }
        }
    }
}

/// Candidates that need equally many parts: a workload is split among those only.
fn groups(all: &[Candidate]) -> Vec<Vec<usize>> {
    let mut counts: Vec<i128> = all.iter().map(|candidate| candidate.parts).collect();
    counts.sort_unstable();
    counts.dedup();
    counts.into_iter().map(|parts| (0..all.len()).filter(|&one| all[one].parts == parts).collect()).collect()
}

/// In how many ways `parts` can be divided among `places`: C(parts + places − 1, parts).
fn compositions(parts: i128, places: usize) -> usize {
    let parts = usize::try_from(parts).expect("few replicas");
    (1..=parts).fold(1, |ways, part| ways * (places + part - 1) / part)
}

/// Every way to divide `left` parts among the candidates of a group.
fn compose(group: &[usize], left: i128, before: &mut Choice, all: &mut Vec<Choice>) {
    if left == 0 {
        return all.push(before.clone());
    }
    let Some((&one, rest)) = group.split_first() else { return };
    for parts in 0..=left {
        if parts > 0 {
            before.push((one, parts));
        }
        compose(rest, left - parts, before, all);
        if parts > 0 {
            before.pop();
        }
    }
}
