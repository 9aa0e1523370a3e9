//! The price at which an offer would win, for one workload alone.
//!
//! At the price p, F(p) is the cheapest plan with all of the workload there and C(p) the cheapest of all; F(p) − C(p) ≥ 0,
//! and the offer wins where that is nothing. Neither is known as a figure: F(p) lies between the best plan found and the
//! best bound proven, and so does C(p). So a price wins where a plan with the workload there costs no more than what is
//! proven of every plan, and loses where every plan with it there is proven to cost more than some plan.
//!
//! What was found at another price serves here too: a plan is billed anew, a proof is recomputed against the changed
//! scenario. Only where that leaves the question open are both searched again, beginning with these plans.
//!
//! A workload that goes whole to one place is there or not, and what it costs not to be there does not depend on p: every
//! such plan costs at least what is proven of the plan that is explained. So there a price wins where a plan with the
//! workload there costs no more than that, and no search is needed.
//!
//! Another price may also leave no plan with the workload there: a limit on a share of the cost moves with it. Such a price
//! is barred, and prices between it and the lowest that does not win are tried instead, a few.
//!
//! Which price to try is read off the hours: F falls with p by the hours that it buys of the offer for the workload, C by
//! those that it does. Example: all there costs 56 more, over 1,000 hours, of which the plan buys none: 0.056 below the
//! price of 0.25, 0.194 would do if no plan changed; that is tried, and found to lose, for at 0.194 a cheapest plan has
//! some of the workload there; and so on from there.

use std::sync::Arc;

use crate::check::{Shown, proven};
use crate::explain::Wins;
use crate::explain::limits::rounding;
use crate::explain::question::{Answer, Question, Questions, costing, forced, selection, standing, supposing};
use crate::explain::words::of_placement;
use crate::money::{Amount, UnitPrice};
use crate::optimize::billed;
use crate::plan::{LineCategory, Plan, Rule};
use crate::problem::{Problem, Selection, describe};
use crate::rules::Supply;
use crate::scenario::{Scenario, Split};

/// Prices that are tried.
const TRIED: usize = 24;
/// Halvings between a price that is barred and one that does not win.
const HALVINGS: u32 = 4;
/// Prices are told apart to a millionth, in 10⁻¹².
const FINE: i64 = 1_000_000;

/// The price at which a supply wins, given the plan and one with all of the workload there; `None` if an amount is beyond
/// the range.
pub(super) fn wins(
    questions: &Questions<'_>,
    plan: &Plan,
    there: Plan,
    workload: usize,
    supply: Supply,
) -> Option<Wins> {
    let of = questions.scenario.workloads.get(workload)?;
    let elsewhere = (of.split == Split::Never && of.count == 1).then_some(plan.bound.units());
    let mut search = Search { questions, workload, supply, elsewhere, free: vec![plan.clone()], there: vec![there] };
    match supply {
        Supply::Offer(id) => {
            let now = questions.catalog.offer(id).price;
            search.price(now)
        }
        Supply::Given(option) => search.cost(option),
        Supply::Rates(_) => {
            let least = search.cost_less_difference()?;
            Some(if least < Amount::ZERO { Wins::Never } else { Wins::AtRates(least) })
        }
    }
}

/// What is known of a price.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Wins,
    Loses,
    Open,
}

/// What was found at a price, in 10⁻²⁴.
#[derive(Clone, Copy)]
struct Tried {
    /// F − C is at least this. It is at most that, or, of a workload that goes whole, F less what no plan without it there
    /// is below.
    least: i128,
    most: i128,
    /// Hours of the offer for the workload in the plan with all of it there, less those in the cheapest of the others.
    hours: i128,
    /// What is no difference: costs are floored where a bound is proven.
    rounding: i128,
}

impl Tried {
    fn verdict(&self) -> Verdict {
        if self.most <= self.rounding {
            Verdict::Wins
        } else if self.least > 0 {
            Verdict::Loses
        } else {
            Verdict::Open
        }
    }

    /// How far below the price a difference is made up for by the hours, rounded up, in 10⁻¹².
    fn made_up(&self, difference: i128) -> Option<i64> {
        // 10⁻²⁴ of money over 10⁻¹² hours.
        let hours = self.hours / 1_000_000_000_000;
        if hours <= 0 {
            return None;
        }
        i64::try_from(difference.max(0).checked_add(hours - 1)? / hours).ok()
    }
}

/// What comes of a price.
enum Found {
    Tried(Tried),
    /// No plan has all of the workload there: these rules cannot hold with it.
    Barred(Vec<Rule>),
}

/// What one side comes to at a price, as far as it is known.
struct Side {
    /// The objective of the cheapest plan known, and its hours of the offer for the workload.
    best: Option<(i128, i128)>,
    /// What no plan is below.
    bound: i128,
}

struct Search<'a, 'q> {
    questions: &'a Questions<'q>,
    workload: usize,
    supply: Supply,
    /// What no plan is below that has the workload elsewhere, whatever the price; `None` where a part of it may be there.
    elsewhere: Option<i128>,
    /// Plans found for any price, and among them those with all of the workload there.
    free: Vec<Plan>,
    there: Vec<Plan>,
}

impl Search<'_, '_> {
    fn price(&mut self, now: UnitPrice) -> Option<Wins> {
        let Found::Tried(first) = self.tried(now)? else { return None };
        if first.verdict() == Verdict::Wins {
            // As cheap as the plan: of equally cheap places the first by name was taken.
            return Some(Wins::At { now, at: now, not_at: None });
        }
        let mut bracket = Bracket::new(now, first);
        let mut barred = None;
        for _ in 0..TRIED {
            let Some(price) = bracket.next() else { break };
            let found = match self.tried(price)? {
                Found::Tried(found) => found,
                Found::Barred(rules) => {
                    bracket.bar(price);
                    barred = Some((price, rules));
                    continue;
                }
            };
            bracket.learn(price, found);
            if price == UnitPrice::ZERO && bracket.wins.is_none() {
                return Some(if found.verdict() == Verdict::Loses { Wins::Never } else { Wins::Open });
            }
        }
        let not_at = bracket.loses.map(|(price, _)| price);
        match (bracket.wins, barred) {
            (Some(at), _) => Some(Wins::At { now, at, not_at }),
            (None, Some((price, rules))) => Some(Wins::Barred { at: hourly(price), rules }),
            (None, None) => None,
        }
    }

    /// A given option's cost, at which all of the workload is there.
    fn cost(&mut self, option: u32) -> Option<Wins> {
        let least = self.cost_less_difference()?;
        let at = least.max(Amount::ZERO);
        let changed = costing(self.questions.scenario, self.workload, option, at);
        let found = match self.judged(&changed)? {
            Found::Tried(found) => found,
            Found::Barred(rules) => return Some(Wins::Barred { at, rules }),
        };
        Some(match found.verdict() {
            Verdict::Wins => Wins::AtCost(at),
            Verdict::Loses if least < Amount::ZERO => Wins::Never,
            _ => Wins::Open,
        })
    }

    /// What the workload costs there, less what the whole costs more with it there.
    fn cost_less_difference(&self) -> Option<Amount> {
        let (plan, there) = (self.free.first()?, self.there.first()?);
        let name = &self.questions.scenario.workloads.get(self.workload)?.name;
        let placements = there.placements.iter().filter(|placement| placement.workload == *name);
        let cost = Amount::sum(placements.map(|placement| placement.cost.total))?;
        cost.minus(there.objective.minus(plan.objective)?)
    }

    /// What is known at a price of the offer.
    fn tried(&mut self, price: UnitPrice) -> Option<Found> {
        let Supply::Offer(id) = self.supply else { return None };
        let changed = supposing(self.questions.catalog, self.questions.scenario, self.workload, id, price);
        self.judged(&changed)
    }

    /// What is known of a changed scenario; where that is not enough, it is searched.
    fn judged(&mut self, changed: &Scenario) -> Option<Found> {
        let forced = forced(self.questions.catalog, changed, self.workload, self.supply);
        // Another price may leave no plan that is known: a limit on a share of the cost moves with it.
        if let Some(found) = self.known(changed, &forced)
            && found.verdict() != Verdict::Open
        {
            return Some(Found::Tried(found));
        }
        let asked = [
            Question { scenario: changed.clone(), from: self.free.first(), moved: None },
            Question { scenario: forced.clone(), from: self.there.first(), moved: None },
        ];
        let mut answers = self.questions.ask_all(&asked).into_iter();
        let (free, there) = (answers.next(), answers.next());
        // The newest first: the next price is nearer to theirs.
        if let Some(Answer::Plan(plan)) = free {
            self.free.insert(0, *plan);
        }
        match there {
            Some(Answer::Plan(plan)) => self.there.insert(0, *plan),
            Some(Answer::Nothing { rules, .. }) => return Some(Found::Barred(rules)),
            Some(Answer::Open) | None => {}
        }
        self.known(changed, &forced).map(Found::Tried)
    }

    /// What the plans and proofs at hand say of a changed scenario.
    fn known(&self, changed: &Scenario, forced: &Scenario) -> Option<Tried> {
        let there = self.side(forced, &self.there)?;
        let mut free = self.side(changed, &self.free)?;
        // With all of it there is one way among all.
        free.best = [free.best, there.best].into_iter().flatten().min_by_key(|(objective, _)| *objective);
        let (cheapest, its_hours) = free.best?;
        let (with_it, hours) = there.best?;
        let (bound, its_hours) = match self.elsewhere {
            Some(elsewhere) => (free.bound.max(elsewhere), 0),
            None => (free.bound, its_hours),
        };
        Some(Tried {
            least: there.bound.checked_sub(cheapest)?,
            most: with_it.checked_sub(bound)?,
            hours: hours.checked_sub(its_hours)?,
            rounding: rounding(changed),
        })
    }

    /// The cheapest of these plans that holds in a scenario, and the best bound that one of their proofs shows for it.
    fn side(&self, scenario: &Scenario, plans: &[Plan]) -> Option<Side> {
        let catalog = self.questions.catalog;
        let problem = Problem::new(catalog, &Arc::new(scenario.clone())).ok()?;
        let mut side = Side { best: None, bound: 0 };
        for plan in plans {
            if let Some((objective, hours)) = selection(&problem, plan).and_then(|found| self.held(&problem, &found)) {
                side.best = [side.best, Some((objective, hours))].into_iter().flatten().min_by_key(|(cost, _)| *cost);
            }
            if !self.questions.go_on() {
                return None;
            }
            if let Ok(Shown::Bound(bound)) = proven(catalog, scenario, &plan.proof) {
                side.bound = side.bound.max(bound.units());
            }
        }
        Some(side)
    }

    /// The objective of a selection that keeps every rule, and its hours of the offer for the workload.
    fn held(&self, problem: &Problem, selection: &Selection) -> Option<(i128, i128)> {
        let (objective, broken) = standing(problem, selection)?;
        if !broken.is_empty() {
            return None;
        }
        let hours = match self.supply {
            Supply::Offer(_) => self.hours(problem, selection)?,
            _ => 0,
        };
        Some((objective.units(), hours))
    }

    /// Hours that a selection buys of the offer for the workload, in 10⁻²⁴.
    fn hours(&self, problem: &Problem, selection: &Selection) -> Option<i128> {
        let at = problem.blocks.iter().position(|block| block.workload == self.workload)?;
        let block = problem.blocks.get(at)?;
        let (placements, _) = billed(problem, &alone(problem, selection, at))?;
        let name = describe(&problem.catalog, problem.workload(block), self.supply);
        let there = placements.iter().filter(|placement| of_placement(placement) == name);
        let lines = there.flat_map(|placement| &placement.lines).filter(|line| line.category == LineCategory::Compute);
        lines.map(|line| line.quantity.units()).try_fold(0_i128, i128::checked_add)
    }
}

/// What an hour costs, as an amount.
fn hourly(price: UnitPrice) -> Amount {
    Amount::from_units(i128::from(price.units()) * 1_000_000_000_000)
}

/// Only this block's part of a selection.
fn alone(problem: &Problem, selection: &Selection, block: usize) -> Selection {
    let mut alone = Selection { parts: vec![Vec::new(); problem.blocks.len()] };
    if let (Some(to), Some(from)) = (alone.parts.get_mut(block), selection.parts.get(block)) {
        to.clone_from(from);
    }
    alone
}

/// Between which prices the answer lies.
struct Bracket {
    /// The highest price that wins.
    wins: Option<UnitPrice>,
    /// The lowest that loses.
    loses: Option<(UnitPrice, Tried)>,
    /// The lowest that does not win, whether it loses or that is not known.
    last: (UnitPrice, Tried),
    /// Whether a price above one that wins is left open by the proofs: then so are those near it.
    is_vague: bool,
    /// The highest price below that which is barred, and how often what is between was halved.
    barred: Option<(UnitPrice, u32)>,
}

impl Bracket {
    fn new(now: UnitPrice, found: Tried) -> Bracket {
        let mut bracket = Bracket { wins: None, loses: None, last: (now, found), is_vague: false, barred: None };
        bracket.learn(now, found);
        bracket
    }

    fn bar(&mut self, price: UnitPrice) {
        self.barred = Some((price, self.barred.map_or(0, |(_, halvings)| halvings + 1)));
    }

    fn learn(&mut self, price: UnitPrice, found: Tried) {
        match found.verdict() {
            Verdict::Wins => self.wins = Some(price),
            Verdict::Loses => (self.loses, self.last) = (Some((price, found)), (price, found)),
            Verdict::Open => {
                self.is_vague = self.wins.is_some();
                self.last = (price, found);
            }
        }
    }

    /// The price to try next; `None` once nothing is gained by another.
    fn next(&self) -> Option<UnitPrice> {
        let (last, found) = self.last;
        let Some(wins) = self.wins else {
            // Where the plan with the workload there would cost no more than what is proven of all.
            let by = found.made_up(found.most.saturating_sub(found.rounding)).map(|by| by.max(1));
            let guess = by.map_or(0, |by| last.units().saturating_sub(by).max(0));
            // Few digits are read more easily, and a lower price wins as well.
            let short = |price: i64| if price > FINE { price - price % FINE } else { price };
            return UnitPrice::from_units(match self.barred {
                Some((barred, halvings)) if short(guess) <= barred.units() => {
                    let half = short(barred.units() + (last.units() - barred.units()) / 2);
                    if halvings == HALVINGS || half <= barred.units() {
                        return None;
                    }
                    half
                }
                _ => short(guess),
            });
        };
        let above = wins.units().saturating_add(FINE);
        let top = self.loses.map_or(last, |(price, _)| price).units();
        if self.is_vague || top <= above {
            return None;
        }
        // The lowest that is proven to lose if nothing else changes; where that is no nearer, half of what is open.
        let by = self.loses.and_then(|(_, found)| found.made_up(found.least.saturating_sub(found.rounding)));
        let guess = by.map_or(top, |by| top.saturating_sub(by.saturating_sub(1).max(0)));
        let half = wins.units() + (top - wins.units()) / 2;
        UnitPrice::from_units(if guess < top { guess } else { half }.max(above))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i128 = 10_i128.pow(24);
    const CENT: i128 = 10_i128.pow(22);

    fn price(text: &str) -> UnitPrice {
        UnitPrice::from_units((text.parse::<f64>().expect("a price") * 1e12).round() as i64).expect("a price")
    }

    fn tried(least: i128, most: i128, hours: i128) -> Tried {
        Tried { least, most, hours: hours * HOUR, rounding: 0 }
    }

    #[test]
    fn the_next_price_is_where_the_hours_make_up_for_the_difference() {
        // 56.00 over 1,000 hours: 0.056 an hour.
        let first = tried(5600 * CENT, 5600 * CENT, 1000);
        let mut bracket = Bracket::new(price("0.25"), first);
        assert_eq!(bracket.next(), Some(price("0.194")));
        // It loses there by 4.20 over 300 hours: 0.014 more.
        bracket.learn(price("0.194"), tried(420 * CENT, 420 * CENT, 300));
        assert_eq!(bracket.next(), Some(price("0.18")));
        bracket.learn(price("0.18"), tried(0, 0, 300));
        assert_eq!(bracket.next(), Some(price("0.180001")));
        bracket.learn(price("0.180001"), tried(CENT, CENT, 300));
        assert_eq!(bracket.next(), None);
    }

    #[test]
    fn what_is_known_within_a_gap_gives_a_price_that_wins_and_one_that_loses() {
        // Between 20.00 and 50.00 more over 1,000 hours.
        let first = tried(2000 * CENT, 5000 * CENT, 1000);
        let mut bracket = Bracket::new(price("0.25"), first);
        assert_eq!(bracket.next(), Some(price("0.2")));
        bracket.learn(price("0.2"), tried(-3000 * CENT, 0, 1000));
        let losing = bracket.next().expect("one that loses");
        assert_eq!(losing.units() / 1_000_000, price("0.23").units() / 1_000_000);
        bracket.learn(losing, tried(1, 3000 * CENT, 1000));
        // Half of what is open between is open too: there it ends.
        let between = bracket.next().expect("one between");
        assert!(price("0.2") < between && between < losing);
        bracket.learn(between, tried(-1500 * CENT, 1500 * CENT, 1000));
        assert_eq!(bracket.next(), None);
        assert_eq!((bracket.wins, bracket.loses.map(|(price, _)| price)), (Some(price("0.2")), Some(losing)));
    }

    #[test]
    fn above_a_price_that_is_barred_what_is_left_is_halved_a_few_times() {
        let vague = Tried { rounding: CENT / 100, ..tried(5600 * CENT, 5600 * CENT, 1000) };
        let mut bracket = Bracket::new(price("0.25"), vague);
        assert_eq!(bracket.next(), Some(price("0.194")));
        bracket.bar(price("0.194"));
        assert_eq!(bracket.next(), Some(price("0.222")));
        // It loses there, by 1.00 less than that price makes up for: what is barred stays so.
        bracket.learn(price("0.222"), tried(2800 * CENT, 2800 * CENT, 1000));
        assert_eq!(bracket.next(), Some(price("0.208")));
        for barred in ["0.208", "0.215", "0.2185"] {
            bracket.bar(price(barred));
            assert!(bracket.next().is_some_and(|next| price(barred) < next && next < price("0.222")));
        }
        bracket.bar(price("0.22025"));
        assert_eq!(bracket.next(), None);
    }

    #[test]
    fn where_hours_make_up_for_nothing_the_price_of_zero_is_tried() {
        let first = tried(CENT, CENT, 0);
        let bracket = Bracket::new(price("0.25"), first);
        assert_eq!(bracket.next(), Some(UnitPrice::ZERO));
    }
}
