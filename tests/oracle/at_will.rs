//! Workloads split at will: too many choices to go through, but few ways in which they can pay and count.
//!
//! A **support** of such a workload says in which regions it runs and with which part its storage comes; it is one of
//! its choices when plans are enumerated. What is then still open are the parts: within one step of every tariff, and
//! with every threshold decided (which providers and which values of floors are in use), cost and limits are linear in
//! them, so that each such **case** is a linear program in whole parts.

use num_rational::BigRational;

use super::enumerate::{Choice, Oracle, Survey, TOO_SMALL_TO_COUNT, Tally, Work};
use super::generator::Dice;
use super::places::{Mark, Rule, domains, holds, most_in_one_place};
use super::price::{E6, Step};
use super::rows::Counts;
use super::simplex::{Line, Program};

/// Steps of branching that one case is worth.
const NODES: usize = 60;
/// Steps that all of them are worth; what comes after counts as what floats make of it, and is left open.
const ALL_NODES: usize = 300;

/// Where parts of a workload are, and how many is open.
#[derive(Clone, Debug)]
struct Support {
    /// Candidates that may have parts.
    allowed: Vec<usize>,
    /// Candidates of which one at least has a part.
    needed: Vec<Vec<usize>>,
    /// Candidates with whose part the region's storage is charged.
    kept: Vec<usize>,
}

/// Every support of a workload.
fn supports(work: &Work) -> Vec<Support> {
    let mut all = vec![Support { allowed: Vec::new(), needed: Vec::new(), kept: Vec::new() }];
    for ways in ways(work) {
        let none = all.clone();
        for (allowed, needed, kept) in ways {
            all.extend(none.iter().cloned().map(|mut support| {
                support.allowed.extend(allowed.iter().copied());
                support.needed.push(needed.clone());
                support.kept.extend(kept);
                support
            }));
        }
    }
    all.retain(|support| !support.allowed.is_empty());
    for support in &mut all {
        support.allowed.sort_unstable();
    }
    all
}

/// Candidates allowed, those of which one is needed, and the one that storage comes with.
type Way = (Vec<usize>, Vec<usize>, Option<usize>);

/// By region: the ways to run something there, without storage and with it.
fn ways(work: &Work) -> Vec<Vec<Way>> {
    let mut places: Vec<_> = work.all.iter().map(|candidate| candidate.place).collect();
    places.sort_unstable();
    places.dedup();
    let of_place = |place| {
        let here = (0..work.all.len()).filter(|&one| work.all[one].place == place);
        let (storing, bare): (Vec<usize>, Vec<usize>) = here.partition(|&one| work.all[one].stored.is_some());
        let mut ways: Vec<Way> = Vec::new();
        if !bare.is_empty() {
            ways.push((bare.clone(), bare.clone(), None));
        }
        if let Some(&first) = storing.first() {
            ways.push((bare.into_iter().chain(storing.iter().copied()).collect(), storing, Some(first)));
        }
        ways
    };
    places.into_iter().map(of_place).collect()
}

/// How many supports a workload has.
pub fn supports_of(work: &Work) -> usize {
    ways(work).iter().map(|ways| ways.len() + 1).product::<usize>() - 1
}

/// One of a workload's choices.
struct Branch {
    /// The choice, if no part is open.
    choice: Choice,
    open: Option<Support>,
    /// What the choice, or the storage of the support, adds up to.
    tally: Tally,
    /// Of a support: its regions.
    mark: Mark,
}

/// A case: its program, its value in floats, and the plan that its values complete.
struct Case {
    near: f64,
    program: Program,
    /// By column: workload and candidate.
    columns: Vec<(usize, usize)>,
    plan: Vec<Choice>,
}

impl Case {
    fn completed(&self, parts: &[i128]) -> Vec<Choice> {
        let mut plan = self.plan.clone();
        for (&(number, one), &parts) in self.columns.iter().zip(parts).filter(|(_, parts)| **parts > 0) {
            plan[number].push((one, parts));
        }
        plan
    }
}

/// Goes through every support and every case.
pub fn survey(oracle: &Oracle) -> Survey {
    survey_within(oracle, 0)
}

/// The same with every limit tightened by so many parts of each workload that is split at will, or loosened: where that
/// makes another answer, parts of 10⁻⁶ alone decide.
pub fn survey_within(oracle: &Oracle, parts: i128) -> Survey {
    let branches: Vec<Vec<Branch>> = (0..oracle.works.len()).map(|number| branches(oracle, number)).collect();
    let mut search =
        Search { oracle, parts, branches: &branches, chosen: Vec::new(), best: None, cases: Vec::new(), plans: 0 };
    search.go(&oracle.nothing(&oracle.rows));
    search.end()
}

fn branches(oracle: &Oracle, number: usize) -> Vec<Branch> {
    let work = &oracle.works[number];
    let closed = |choice: Choice| {
        let tally = oracle.tally(&oracle.rows, number, &choice);
        Branch { mark: oracle.mark(&oracle.rows, number, &choice), open: None, tally, choice }
    };
    if !work.is_at_will() {
        return oracle.choices(number).into_iter().map(closed).collect();
    }
    let mut all: Vec<Branch> = Vec::new();
    for support in supports(work) {
        if let [one] = support.allowed[..] {
            all.push(closed(vec![(one, E6)]));
            continue;
        }
        let mut tally = oracle.nothing(&oracle.rows);
        for candidate in support.kept.iter().map(|&one| &work.all[one]) {
            let (tariff, volume) = candidate.stored.expect("a candidate that stores");
            tally.volumes[tariff] += volume;
            for (row, sum) in oracle.rows.iter().zip(&mut tally.sums) {
                let (inside, base) = row.uses(&oracle.market, &work.draft, candidate, 0, 1);
                sum.0 += inside;
                sum.1 += base;
            }
        }
        let regions = support.allowed.iter().fold(0, |all, &one| all | oracle.market.bit(work.all[one].place));
        all.push(Branch {
            choice: Choice::new(),
            tally,
            mark: Mark { regions, ..Mark::default() },
            open: Some(support),
        });
    }
    if work.value.is_some() {
        all.push(closed(Choice::new()));
    }
    all
}

/// The way through all supports and cases.
struct Search<'a> {
    oracle: &'a Oracle,
    /// What limits are tightened by.
    parts: i128,
    branches: &'a [Vec<Branch>],
    chosen: Vec<usize>,
    best: Option<(i128, Vec<Choice>)>,
    cases: Vec<Case>,
    plans: usize,
}

/// Σ figure · part + constant.
#[derive(Clone, Debug)]
struct Sum {
    figures: Vec<i128>,
    constant: i128,
}

impl Sum {
    fn plus(&mut self, other: &Sum, times: i128) {
        for (figure, other) in self.figures.iter_mut().zip(&other.figures) {
            *figure += times * other;
        }
        self.constant += times * other.constant;
    }

    /// That it is at most `bound`.
    fn at_most(self, bound: i128) -> Line {
        Line { figures: self.figures, is_equal: false, bound: bound - self.constant }
    }

    fn negated(mut self) -> Sum {
        self.figures.iter_mut().for_each(|figure| *figure = -*figure);
        self.constant = -self.constant;
        self
    }
}

impl Oracle {
    /// Moves some parts of a workload that is split at will from one candidate to another.
    pub fn move_parts(&self, dice: &mut Dice, plan: &mut [Choice]) {
        let number = dice.below(plan.len());
        let (work, choice) = (&self.works[number], &mut plan[number]);
        if !work.is_at_will() || choice.is_empty() {
            return;
        }
        let mut parts = vec![0; work.all.len()];
        choice.iter().for_each(|&(one, units)| parts[one] = units);
        let (from, to) = (dice.pick(choice).0, dice.below(work.all.len()));
        let moved = match dice.below(3) {
            0 => i128::from(*dice.pick(&[1, 2, 999, 1_000, 1_001, 10_000, 250_000])).min(parts[from]),
            1 => parts[from],
            // To leave, or to be, just as many as do not count.
            _ => *dice.pick(&[parts[from] - TOO_SMALL_TO_COUNT, TOO_SMALL_TO_COUNT - parts[to]]),
        };
        let moved = moved.clamp(0, parts[from]);
        parts[from] -= moved;
        parts[to] += moved;
        *choice = parts.into_iter().enumerate().filter(|(_, units)| *units > 0).collect();
    }
}

/// What a plan is before its parts are known.
struct Frame<'a> {
    columns: Vec<(usize, usize)>,
    marks: Vec<&'a Mark>,
    tally: &'a Tally,
    due: Vec<usize>,
    /// Lines that hold in every case.
    lines: Vec<Line>,
    /// By tariff: the volume, where parts move it.
    volumes: Vec<Option<Sum>>,
}

impl<'a> Search<'a> {
    fn go(&mut self, sum: &Tally) {
        let number = self.chosen.len();
        let branches = self.branches;
        if number == branches.len() {
            return self.plan(sum);
        }
        for (choice, branch) in branches[number].iter().enumerate() {
            self.chosen.push(choice);
            self.go(&sum.plus(&branch.tally));
            self.chosen.pop();
        }
    }

    fn chosen(&self) -> impl Iterator<Item = &'a Branch> + use<'a, '_> {
        self.branches.iter().zip(&self.chosen).map(|(of, &choice)| &of[choice])
    }

    fn plan(&mut self, sum: &Tally) {
        self.plans += 1;
        let oracle = self.oracle;
        let marks: Vec<&Mark> = self.chosen().map(|branch| &branch.mark).collect();
        let standing = oracle.stand(&oracle.rows, sum, &marks);
        let plan: Vec<Choice> = self.chosen().map(|branch| branch.choice.clone()).collect();
        if self.chosen().all(|branch| branch.open.is_none()) {
            if oracle.broken(&standing, &marks) == 0 {
                self.offer(standing.objective, plan);
            }
            return;
        }
        // Parts only add to this: cost never falls as volume grows.
        let parts = self.chosen().zip(&oracle.works).filter_map(|(branch, work)| {
            let own = branch.open.as_ref()?.allowed.iter().map(|&one| work.all[one].own).min()?;
            Some(own * E6)
        });
        let least = standing.objective + parts.sum::<i128>();
        if self.best.as_ref().is_some_and(|best| least > best.0) || !self.places_hold(&marks) {
            return;
        }
        let frame = self.frame(sum, marks, standing.due);
        self.cases(&frame, &plan);
    }

    /// Whether the rules hold that ask only in which regions anything runs.
    fn places_hold(&self, marks: &[&Mark]) -> bool {
        let oracle = self.oracle;
        oracle.rules.iter().enumerate().all(|(number, rule)| match rule {
            Rule::ProvidersAtLeast(_) | Rule::ProvidersAtMost(_) => true,
            _ => holds(&oracle.market, number, rule, marks),
        })
    }

    fn frame(&self, tally: &'a Tally, marks: Vec<&'a Mark>, due: Vec<usize>) -> Frame<'a> {
        let oracle = self.oracle;
        let open = || self.chosen().enumerate().filter_map(|(number, branch)| Some((number, branch.open.as_ref()?)));
        let columns: Vec<(usize, usize)> =
            open().flat_map(|(number, support)| support.allowed.iter().map(move |&one| (number, one))).collect();
        let count = |is: &dyn Fn(usize, usize) -> bool| count(&columns, is);
        let mut lines = Vec::new();
        for (number, support) in open() {
            lines.push(Line { is_equal: true, ..count(&|of, _| of == number).at_most(E6) });
            for needed in &support.needed {
                lines.push(count(&|of, one| of == number && needed.contains(&one)).negated().at_most(-1));
            }
        }
        for rule in &oracle.rules {
            let Rule::Spread(workload, by, share) = *rule else { continue };
            for domain in domains(&oracle.market, by) {
                let there = |of: usize, one: usize| {
                    of == workload && oracle.market.bit(oracle.works[of].all[one].place) & domain != 0
                };
                lines.push(count(&there).at_most(most_in_one_place(share, E6)));
            }
        }
        let moved = |tariff: usize| {
            let mut volume = Sum { figures: vec![0; columns.len()], constant: tally.volumes[tariff] };
            for (figure, &(number, one)) in volume.figures.iter_mut().zip(&columns) {
                let traffic = oracle.works[number].all[one].traffic.iter().filter(|(of, _)| *of == tariff);
                *figure = traffic.map(|(_, volume)| volume).sum();
            }
            volume.figures.iter().any(|figure| *figure != 0).then_some(volume)
        };
        let volumes = (0..oracle.market.tariffs.len()).map(moved).collect();
        Frame { columns, marks, tally, due, lines, volumes }
    }

    /// Every case of a plan: by steps of tariffs, then by providers in use, then by floors.
    fn cases(&mut self, frame: &Frame<'_>, plan: &[Choice]) {
        let oracle = self.oracle;
        let moved: Vec<usize> = (0..frame.volumes.len()).filter(|&tariff| frame.volumes[tariff].is_some()).collect();
        let steps = moved.iter().map(|&tariff| {
            let volume = frame.volumes[tariff].as_ref().expect("a volume that moves");
            let (least, most) = range(volume, &frame.columns);
            oracle.market.tariffs[tariff].steps(least, most)
        });
        let steps: Vec<Vec<Step>> = steps.collect();
        let used = self.providers_in_use(frame);
        for steps in products(&steps) {
            let mut lines = frame.lines.clone();
            let mut bills = self.own_bills(frame);
            for (&tariff, step) in moved.iter().zip(&steps) {
                let volume = frame.volumes[tariff].clone().expect("a volume that moves");
                let tariff = &oracle.market.tariffs[tariff];
                let mut cost = volume.clone();
                cost.constant -= step.from;
                bills[tariff.biller].plus(&cost, step.price);
                bills[tariff.biller].constant += tariff.cost(step.from);
                lines.push(volume.clone().at_most(step.to));
                lines.push(volume.negated().at_most(-step.from));
            }
            let mut objective = Sum { figures: vec![0; frame.columns.len()], constant: frame.tally.value };
            bills.iter().for_each(|bill| objective.plus(bill, 1));
            let ways: Option<Vec<Vec<Vec<Line>>>> = self.limits_kept(frame, &bills);
            let Some(mut ways) = ways else { continue };
            ways.push(used.clone());
            for way in products(&ways) {
                let lines = lines.iter().cloned().chain(way.into_iter().flatten()).collect();
                let program = Program { costs: objective.figures.clone(), constant: objective.constant, lines };
                self.try_case(frame, plan, program);
            }
        }
    }

    /// By book: what it bills but for tariffs that parts move.
    fn own_bills(&self, frame: &Frame<'_>) -> Vec<Sum> {
        let oracle = self.oracle;
        let own = |book: usize| {
            let figure = |&(number, one): &(usize, usize)| {
                let candidate = &oracle.works[number].all[one];
                if candidate.place.book == book { candidate.own } else { 0 }
            };
            let fees = frame.due.iter().map(|&fee| &oracle.fees[fee]).filter(|fee| fee.book == book);
            let constant = frame.tally.own[book] + fees.map(|fee| fee.monthly).sum::<i128>();
            Sum { figures: frame.columns.iter().map(figure).collect(), constant }
        };
        let mut bills: Vec<Sum> = (0..oracle.market.books.len()).map(own).collect();
        for (number, tariff) in oracle.market.tariffs.iter().enumerate() {
            if frame.volumes[number].is_none() {
                bills[tariff.biller].constant += tariff.cost(frame.tally.volumes[number]);
            }
        }
        bills
    }

    /// By row: the ways to keep it, each some lines; `None` if there is no way.
    fn limits_kept(&self, frame: &Frame<'_>, bills: &[Sum]) -> Option<Vec<Vec<Vec<Line>>>> {
        let oracle = self.oracle;
        let mut all = Vec::new();
        for (number, row) in oracle.rows.iter().enumerate() {
            let nothing = || Sum { figures: vec![0; frame.columns.len()], constant: 0 };
            let (mut inside, mut base) = (nothing(), nothing());
            match &row.counts {
                Counts::Billed(books) => {
                    books.iter().for_each(|&book| inside.plus(&bills[book], 1));
                    bills.iter().for_each(|bill| base.plus(bill, 1));
                }
                Counts::Bought => {
                    (inside.constant, base.constant) = frame.tally.sums[number];
                    for (column, &(of, one)) in frame.columns.iter().enumerate() {
                        let work = &oracle.works[of];
                        let uses = row.uses(&oracle.market, &work.draft, &work.all[one], 1, 0);
                        (inside.figures[column], base.figures[column]) = uses;
                    }
                }
            }
            let mut over = nothing();
            let bound = match row.share() {
                None => {
                    over.plus(&inside, 1);
                    row.bound(0)
                }
                Some(share) => {
                    over.plus(&inside, E6);
                    over.plus(&base, -share);
                    0
                }
            };
            let mut kept = if row.is_at_least() { over.negated().at_most(-bound) } else { over.at_most(bound) };
            kept.bound -= self.parts * largest_by_workload(&kept, &frame.columns);
            let mut ways = Vec::new();
            if can_hold(&kept, &frame.columns) {
                ways.push(vec![kept]);
            }
            let used = frame.marks.iter().any(|mark| mark.rows & (1 << number) != 0);
            if row.is_asked_of_use() && !used {
                let idle = self.too_small(frame, &|of, one| {
                    let work = &oracle.works[of];
                    row.is_in_scope(&oracle.market, &work.draft, &work.all[one])
                });
                match idle {
                    // Nothing in scope: there is nothing to keep.
                    Some(lines) if lines.is_empty() => ways = vec![Vec::new()],
                    Some(lines) => ways.push(lines),
                    None => {}
                }
            }
            if ways.is_empty() {
                return None;
            }
            all.push(ways);
        }
        Some(all)
    }

    /// The ways in which enough and few enough providers are in use.
    fn providers_in_use(&self, frame: &Frame<'_>) -> Vec<Vec<Line>> {
        let oracle = self.oracle;
        let bounds = oracle.rules.iter().fold((0, u32::MAX), |(least, most), rule| match rule {
            Rule::ProvidersAtLeast(count) => (*count, most),
            Rule::ProvidersAtMost(count) => (least, *count),
            _ => (least, most),
        });
        if bounds == (0, u32::MAX) {
            return vec![Vec::new()];
        }
        let mut ways: Vec<(u32, Vec<Line>)> = vec![(0, Vec::new())];
        for book in 0..oracle.market.books.len() {
            let here = |of: usize, one: usize| oracle.works[of].all[one].place.book == book;
            let mut next = Vec::new();
            for (used, lines) in &ways {
                let mut add = |used, more: Vec<Line>| next.push((used, [lines.clone(), more].concat()));
                if frame.marks.iter().any(|mark| mark.books & (1 << book) != 0) {
                    add(used + 1, Vec::new());
                    continue;
                }
                if let Some(lines) = self.too_small(frame, &here) {
                    add(*used, lines);
                }
                for workload in 0..oracle.works.len() {
                    let parts = count(&frame.columns, |of, one| of == workload && here(of, one));
                    if parts.figures.contains(&1) {
                        add(used + 1, vec![parts.negated().at_most(-TOO_SMALL_TO_COUNT - 1)]);
                    }
                }
            }
            ways = next;
        }
        ways.retain(|(used, _)| (bounds.0..=bounds.1).contains(used));
        ways.into_iter().map(|(_, lines)| lines).collect()
    }

    /// That no workload has enough parts at some candidates to count; `None` if one has all of its own there.
    fn too_small(&self, frame: &Frame<'_>, is: &dyn Fn(usize, usize) -> bool) -> Option<Vec<Line>> {
        let mut lines = Vec::new();
        for workload in 0..self.oracle.works.len() {
            let parts = count(&frame.columns, |of, one| of == workload && is(of, one));
            let all = frame.columns.iter().filter(|column| column.0 == workload).count();
            match parts.figures.iter().filter(|figure| **figure == 1).count() {
                0 => {}
                some if some == all => return None,
                _ => lines.push(parts.at_most(TOO_SMALL_TO_COUNT)),
            }
        }
        Some(lines)
    }

    /// Solves a case in floats; keeps it for later unless it is sure to be dearer than the best plan known.
    fn try_case(&mut self, frame: &Frame<'_>, plan: &[Choice], program: Program) {
        // Where little room is left floats may see none; exact numbers then decide.
        let exactly =
            || program.solve::<BigRational>().map(|(near, parts)| (float(&near), parts.iter().map(float).collect()));
        let Some((near, parts)) = program.solve::<f64>().or_else(exactly) else { return };
        if self.best.as_ref().is_some_and(|best| is_sure_to_be_dearer(near, best.0)) {
            return;
        }
        let case = Case { near, program, columns: frame.columns.clone(), plan: plan.to_vec() };
        self.try_rounded(&case, &parts);
        self.cases.push(case);
    }

    /// Rounds parts down and gives what each workload lacks to one of its candidates, each in turn: mostly one of these
    /// is a plan, and then a yardstick.
    fn try_rounded(&mut self, case: &Case, parts: &[f64]) {
        if self.parts != 0 {
            return;
        }
        let oracle = self.oracle;
        let down: Vec<i128> = parts.iter().map(|parts| (parts + 1e-4).floor() as i128).collect();
        let mut ways = vec![down];
        for number in 0..oracle.works.len() {
            let of: Vec<usize> = (0..parts.len()).filter(|&column| case.columns[column].0 == number).collect();
            let lacks = |whole: &[i128]| E6 - of.iter().map(|&column| whole[column]).sum::<i128>();
            if of.is_empty() || lacks(&ways[0]) == 0 {
                continue;
            }
            let given = |whole: &Vec<i128>| {
                let (whole, lack) = (whole.clone(), lacks(whole));
                of.iter().map(move |&column| {
                    let mut whole = whole.clone();
                    whole[column] += lack;
                    whole
                })
            };
            ways = ways.iter().flat_map(given).collect();
        }
        for whole in ways.iter().filter(|whole| whole.iter().all(|parts| *parts >= 0)) {
            let plan = case.completed(whole);
            if oracle.broken_by(&plan).is_empty() {
                self.offer(oracle.standing(&oracle.rows, &plan).objective, plan);
            }
        }
    }

    fn offer(&mut self, objective: i128, plan: Vec<Choice>) {
        if self.best.as_ref().is_none_or(|best| objective < best.0) {
            self.best = Some((objective, plan));
        }
    }

    /// Solves what is left in exact arithmetic, the most promising first.
    fn end(mut self) -> Survey {
        let mut cases = std::mem::take(&mut self.cases);
        cases.sort_by(|a, b| a.near.total_cmp(&b.near));
        let mut least: Option<i128> = None;
        let mut left = ALL_NODES;
        for case in cases {
            if self.best.as_ref().is_some_and(|best| is_sure_to_be_dearer(case.near, best.0)) {
                break;
            }
            if left == 0 {
                least = least.into_iter().chain([surely_below(case.near)]).min();
                break;
            }
            let whole = case.program.whole(self.best.as_ref().map(|best| best.0), NODES.min(left));
            left -= whole.steps;
            least = least.into_iter().chain(whole.least).min();
            if let Some((objective, parts)) = whole.best {
                let plan = case.completed(&parts);
                if self.parts < 0 {
                    self.offer(objective, plan);
                    continue;
                }
                let standing = self.oracle.standing(&self.oracle.rows, &plan);
                assert_eq!(standing.objective, objective, "a case says what its plan costs: {plan:?}");
                assert!(self.oracle.broken_by(&plan).is_empty(), "a case keeps the rules: {plan:?}");
                self.offer(objective, plan);
            }
        }
        let least = least.into_iter().chain(self.best.as_ref().map(|best| best.0)).min();
        Survey { plans: self.plans, least, best: self.best, ..Survey::default() }
    }
}

fn float(value: &BigRational) -> f64 {
    let float = |whole: &num_bigint::BigInt| whole.to_string().parse::<f64>().expect("digits");
    float(value.numer()) / float(value.denom())
}

/// A cost that is below what floats take for `near`.
fn surely_below(near: f64) -> i128 {
    (near * (1.0 - 1e-9) - 1e15) as i128
}

/// Whether floats can tell a cost from a lower one.
fn is_sure_to_be_dearer(near: f64, best: i128) -> bool {
    surely_below(near) > best
}

/// How many parts are at some candidates.
fn count(columns: &[(usize, usize)], is: impl Fn(usize, usize) -> bool) -> Sum {
    Sum { figures: columns.iter().map(|&(number, one)| i128::from(is(number, one))).collect(), constant: 0 }
}

/// The least and the most that a sum can be: each workload whole at one of its candidates.
fn range(sum: &Sum, columns: &[(usize, usize)]) -> (i128, i128) {
    let (mut least, mut most) = (sum.constant, sum.constant);
    for of in columns.chunk_by(|a, b| a.0 == b.0) {
        let at = columns.iter().position(|column| column.0 == of[0].0).expect("a column");
        let figures = &sum.figures[at..at + of.len()];
        least += figures.iter().min().expect("a column") * E6;
        most += figures.iter().max().expect("a column") * E6;
    }
    (least, most)
}

/// What one part of each workload can change in a line.
fn largest_by_workload(line: &Line, columns: &[(usize, usize)]) -> i128 {
    let mut largest = 0;
    let mut at = 0;
    for of in columns.chunk_by(|a, b| a.0 == b.0) {
        largest += line.figures[at..at + of.len()].iter().map(|figure| figure.abs()).max().unwrap_or(0);
        at += of.len();
    }
    largest
}

/// Whether any parts keep a line.
fn can_hold(line: &Line, columns: &[(usize, usize)]) -> bool {
    range(&Sum { figures: line.figures.clone(), constant: 0 }, columns).0 <= line.bound
}

/// One of each list, in every way.
fn products<T: Clone>(lists: &[Vec<T>]) -> Vec<Vec<T>> {
    lists.iter().fold(vec![Vec::new()], |all, list| {
        all.iter().flat_map(|some| list.iter().map(|one| [some.clone(), vec![one.clone()]].concat())).collect()
    })
}
