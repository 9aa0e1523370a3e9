//! The least that whole numbers of items add up to within several capacities at once: exactly where a search comes to
//! its end, else a bound below.
//!
//! The search goes depth first over the items, those that save most for their weight first. Their weight is one sum of
//! all their weights, each times a whole number: whatever keeps every capacity keeps that sum, so what the sum leaves
//! room for, the last item in part, is never less than what all capacities leave. Any such numbers serve; a few rounds
//! find good ones. Where the search takes too long, one that ends wherever little can be gained is tried, and that little
//! is a part of the bound. Example: capacities 9 and 9, two items that save 6 and weigh 3 and 1, two that weigh 1 and 3.
//! All four weigh 8 and 8, so all are taken. With 5 and 5, each capacity by itself lets three be taken; their sum, 10
//! with 4 for each item, two and a half, so two.

use ethnum::I256;

use crate::check::knapsack::{self, common_divisor};
use crate::check::program::GRAINS;

/// Steps of one search.
const STEPS: u64 = 30_000;
/// The second search gives up one part in so many of what is open after the first.
const SLACK: u64 = 6;
/// Items beyond which nothing is searched.
const ITEMS: usize = 1_000;
/// Rounds in which shares of capacities are sought.
const ROUNDS: u64 = 24;
/// Bits of all savings together, and of a capacity: products of them, and of shares, stay within 128.
const SAVED_BITS: u32 = 61;
const CAPACITY_BITS: u32 = 40;
/// What the shares of all capacities add up to, and the least of one.
const SHARES: u64 = 1 << 20;
const LEAST_SHARE: u64 = 1 << 10;
/// Parts in which steps and fillings are counted.
const PARTS: u64 = 1 << 10;

/// What may be taken, from 0 to `most` of it.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// What one adds, in grains of money; only what is below 0 is worth taking.
    pub(super) price: I256,
    /// What one weighs, by capacity, none below 0.
    pub(super) weights: Vec<I256>,
    pub(super) most: i128,
}

/// The least Σ price × taken with Σ weights × taken within every capacity, in grains, or a bound below it. `left` are the
/// steps that all searches of a proof may still take.
pub(super) fn least(items: &[Item], capacities: &[I256], left: &mut u64) -> I256 {
    let worth: Vec<Item> =
        items.iter().filter(|item| item.price < 0).filter_map(|item| fitting(item, capacities)).collect();
    let weighs = |at: usize| worth.iter().map(|item| item.weights[at] * I256::from(item.most)).sum::<I256>();
    let tight: Vec<usize> = (0..capacities.len()).filter(|&at| weighs(at) > capacities[at]).collect();
    if tight.is_empty() {
        return worth.iter().map(|item| item.price * I256::from(item.most)).sum();
    }
    let mut in_part = I256::MIN;
    if let Some(mut search) = Search::new(&worth, capacities, &tight) {
        in_part = search.in_grains(search.in_part());
        if let Some(most) = search.most(left) {
            return search.in_grains(most).max(in_part);
        }
    }
    // Each capacity by itself is a bound.
    let of_one = |at: usize| {
        let (free, heavy): (Vec<&Item>, Vec<&Item>) = worth.iter().partition(|item| item.weights[at] == 0);
        let free: I256 = free.into_iter().map(|item| item.price * I256::from(item.most)).sum();
        let one = |item: &Item| knapsack::Item { price: item.price, weight: item.weights[at], most: item.most };
        free + knapsack::least(&heavy.into_iter().map(one).collect::<Vec<_>>(), capacities[at])
    };
    tight.into_iter().map(of_one).fold(in_part, I256::max)
}

/// An item of which no more may be taken than fits; `None` if that is nothing.
fn fitting(item: &Item, capacities: &[I256]) -> Option<Item> {
    let mut most = item.most;
    for (&weight, &capacity) in item.weights.iter().zip(capacities) {
        if weight > 0 && capacity / weight < I256::from(most) {
            most = (capacity / weight).as_i128();
        }
    }
    (most > 0).then(|| Item { most, ..item.clone() })
}

/// An item in the search's own units: savings rounded up, weights rounded down.
#[derive(Clone, Debug)]
struct Rounded {
    saves: u64,
    weights: Vec<u64>,
    most: u64,
    /// The sum of its weights times the numbers of the capacities.
    sum: u128,
}

/// A search, and where it stands.
struct Search {
    /// Most saved for its sum first.
    items: Vec<Rounded>,
    /// What the items before one save and weigh, if all of them are taken.
    saved: Vec<u128>,
    summed: Vec<u128>,
    /// What is left of each capacity, and of their sum.
    room: Vec<u64>,
    sum: u128,
    /// What items save that weigh nothing here.
    free: u128,
    /// Savings are counted in 2 to this of 10⁻²⁴ of money.
    shift: u32,
    best: u64,
    /// What more is not worth a search.
    slack: u64,
    steps: u64,
}

impl Search {
    /// A search over items that are worth it, by the capacities that are tight; `None` if its figures are out of range.
    fn new(worth: &[Item], capacities: &[I256], tight: &[usize]) -> Option<Search> {
        if worth.len() > ITEMS {
            return None;
        }
        // Savings in 10⁻²⁴ of money, rounded up.
        let savings: Vec<u128> = worth
            .iter()
            .map(|item| i128::try_from(item.price.div_euclid(I256::from(GRAINS))).ok().map(i128::unsigned_abs))
            .collect::<Option<_>>()?;
        let mut all = 0_u128;
        for (&saves, item) in savings.iter().zip(worth) {
            all = all.checked_add(saves.checked_mul(item.most.unsigned_abs())?)?;
        }
        let shift = (128 - all.leading_zeros()).saturating_sub(SAVED_BITS);
        let mut items: Vec<Rounded> = Vec::with_capacity(worth.len());
        for (&saves, item) in savings.iter().zip(worth) {
            let saves = u64::try_from((saves >> shift) + u128::from(saves & ((1 << shift) - 1) != 0)).ok()?;
            let most = u64::try_from(item.most).ok().filter(|&most| most < 1 << 50)?;
            items.push(Rounded { saves, weights: Vec::with_capacity(tight.len()), most, sum: 0 });
        }
        let mut room = Vec::with_capacity(tight.len());
        for &at in tight {
            // In units of what divides every weight, and beyond the bits that are kept rounded down on both sides.
            let divisor = worth.iter().fold(I256::ZERO, |divisor, item| common_divisor(divisor, item.weights[at]));
            let capacity = capacities[at].checked_div(divisor)?;
            let rest = (256 - capacity.leading_zeros()).saturating_sub(CAPACITY_BITS);
            room.push(u64::try_from(capacity >> rest).ok().filter(|&room| room > 0)?);
            for (rounded, item) in items.iter_mut().zip(worth) {
                rounded.weights.push(u64::try_from((item.weights[at] / divisor) >> rest).ok()?);
            }
        }
        let (free, mut items): (Vec<Rounded>, Vec<Rounded>) =
            items.into_iter().partition(|item| item.weights.iter().all(|&weight| weight == 0));
        let free = free.iter().map(|item| u128::from(item.saves) * u128::from(item.most)).sum();
        let sum = share_out(&mut items, &room);
        let mut search =
            Search { items, saved: vec![0], summed: vec![0], room, sum, free, shift, best: 0, slack: 0, steps: 0 };
        for item in &search.items {
            let most = u128::from(item.most);
            search.saved.push(search.saved.last()?.checked_add(u128::from(item.saves) * most)?);
            search.summed.push(search.summed.last()?.checked_add(item.sum.checked_mul(most)?)?);
        }
        // Rounding up may have added as much again where there are very many of one.
        search.saved.last()?.checked_add(free).filter(|&all| all < 1 << (SAVED_BITS + 1))?;
        Some(search)
    }

    /// The most that is saved, or a bound above it; `None` if the steps do not suffice.
    fn most(&mut self, left: &mut u64) -> Option<u64> {
        for part in [0, SLACK] {
            // What is given up is a part of what the sum leaves open.
            self.slack = self.in_part().saturating_sub(self.best).checked_div(part).unwrap_or(0);
            let limit = STEPS.min(*left);
            self.steps = limit;
            let done = self.go(0, 0, self.sum);
            *left -= limit - self.steps;
            if done {
                return Some(self.best + self.slack);
            }
        }
        None
    }

    /// What the sum lets be saved, the last item in part, rounded up.
    fn in_part(&self) -> u64 {
        let full = self.summed[1..].partition_point(|&summed| summed <= self.sum);
        let rest = self
            .items
            .get(full)
            .map_or(0, |item| ((self.sum - self.summed[full]) * u128::from(item.saves)).div_ceil(item.sum.max(1)));
        u64::try_from(self.saved[full] + rest).unwrap_or(u64::MAX)
    }

    /// What is saved, and what weighs nothing with it, in grains.
    fn in_grains(&self, saved: u64) -> I256 {
        -((I256::from(u128::from(saved) + self.free) << self.shift) * I256::from(GRAINS))
    }

    /// Whether items from one on could save more than is known and the slack, within what is left of the sum.
    fn may_beat(&self, at: usize, saved: u64, sum: u128) -> bool {
        let end = self.summed[at] + sum;
        let full = at + self.summed[at + 1..].partition_point(|&summed| summed <= end);
        let saved = u128::from(saved) + self.saved[full] - self.saved[at];
        let best = u128::from(self.best + self.slack);
        match self.items.get(full) {
            _ if saved > best => true,
            Some(item) => (end - self.summed[full]) * u128::from(item.saves) > (best - saved) * item.sum,
            None => false,
        }
    }

    /// Looks at all ways to take items from one on; false if the steps do not suffice.
    fn go(&mut self, at: usize, saved: u64, sum: u128) -> bool {
        self.best = self.best.max(saved);
        let Some(item) = self.items.get(at) else { return true };
        let fits = item.weights.iter().zip(&self.room).filter(|(weight, _)| **weight > 0);
        let mut count = fits.map(|(&weight, &room)| room / weight).fold(item.most, u64::min);
        loop {
            if self.steps == 0 {
                return false;
            }
            self.steps -= 1;
            let item = &self.items[at];
            let (saved, sum) = (saved + item.saves * count, sum - item.sum * u128::from(count));
            // Fewer of it leave room for what saves less: nothing then beats what is known either.
            if !self.may_beat(at + 1, saved, sum) {
                return true;
            }
            self.take(at, count, false);
            let done = self.go(at + 1, saved, sum);
            self.take(at, count, true);
            if !done || count == 0 {
                return done;
            }
            count -= 1;
        }
    }

    fn take(&mut self, at: usize, count: u64, back: bool) {
        for (room, weight) in self.room.iter_mut().zip(&self.items[at].weights) {
            *room = if back { *room + weight * count } else { *room - weight * count };
        }
    }
}

/// Gives each capacity a share in the sum, so that the sum leaves as little as it can; orders the items by it. What the
/// capacities come to is the answer.
fn share_out(items: &mut [Rounded], room: &[u64]) -> u128 {
    let mut shares = vec![SHARES / room.len().max(1) as u64; room.len()];
    let (mut least, mut used) = filled(items, room, &shares);
    let mut step = PARTS;
    for _ in 1..ROUNDS {
        // More for what is filled beyond its capacity, less for the others.
        let moved = |(&share, &used): (&u64, &u64)| {
            let factor =
                (PARTS * PARTS + step * used.min(3 * PARTS)).saturating_sub(step * PARTS).max(PARTS * PARTS / 16);
            share * factor / (PARTS * PARTS)
        };
        let others: Vec<u64> = shares.iter().zip(&used).map(moved).collect();
        let all = others.iter().sum::<u64>().max(1);
        let others: Vec<u64> = others.into_iter().map(|share| (share * SHARES / all).max(LEAST_SHARE)).collect();
        let (saved, fill) = filled(items, room, &others);
        if saved < least {
            (least, shares, used) = (saved, others, fill);
        } else {
            // Too far.
            step = step * 5 / 8;
        }
    }
    order(items, room, &shares)
}

/// What the sum by shares lets be saved, the last item in part; and how full that makes each capacity, in [`PARTS`].
fn filled(items: &mut [Rounded], room: &[u64], shares: &[u64]) -> (u128, Vec<u64>) {
    let mut left = order(items, room, shares);
    let mut used = vec![0_u128; room.len()];
    let mut saved = 0_u128;
    for item in items.iter() {
        let all = u128::from(item.most) * item.sum;
        let taken = all.min(left);
        left -= taken;
        // Of an item taken in part, that part of its weights.
        let sum = item.sum.max(1);
        let (times, rest) = (taken / sum, taken % sum);
        saved += times * u128::from(item.saves) + rest * u128::from(item.saves) / sum;
        for (used, &weight) in used.iter_mut().zip(&item.weights) {
            *used += times * u128::from(weight) + rest * u128::from(weight) / sum;
        }
        if taken < all {
            break;
        }
    }
    let part = |(used, &room): (u128, &u64)| (used * u128::from(PARTS) / u128::from(room)).min(1 << 20) as u64;
    (saved, used.into_iter().zip(room).map(part).collect())
}

/// Sums by shares, and the items by what they save for them; what the capacities come to is the answer.
fn order(items: &mut [Rounded], room: &[u64], shares: &[u64]) -> u128 {
    let numbers: Vec<u128> = shares
        .iter()
        .zip(room)
        .map(|(&share, &room)| (u128::from(share) << CAPACITY_BITS) / u128::from(room))
        .collect();
    let sum = |weights: &[u64]| weights.iter().zip(&numbers).map(|(&weight, number)| u128::from(weight) * number).sum();
    for item in items.iter_mut() {
        item.sum = sum(&item.weights);
    }
    items.sort_by(|one, other| (u128::from(other.saves) * one.sum).cmp(&(u128::from(one.saves) * other.sum)));
    sum(room)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Listed = (i64, Vec<u64>, u8);

    /// Prices in 10⁻²⁴ of money, so that nothing is rounded.
    fn items(list: &[Listed]) -> Vec<Item> {
        let item = |(price, weights, most): &Listed| Item {
            price: I256::from(*price) * I256::from(GRAINS),
            weights: weights.iter().map(|&weight| I256::from(weight)).collect(),
            most: i128::from(*most),
        };
        list.iter().map(item).collect()
    }

    fn answer_in(list: &[Listed], capacities: &[u64], mut steps: u64) -> i128 {
        let capacities: Vec<I256> = capacities.iter().map(|&capacity| I256::from(capacity)).collect();
        (least(&items(list), &capacities, &mut steps) / I256::from(GRAINS)).as_i128()
    }

    fn answer(list: &[Listed], capacities: &[u64]) -> i128 {
        answer_in(list, capacities, u64::MAX)
    }

    /// Every way of taking, one after another.
    fn by_hand(list: &[Listed], capacities: &[u64]) -> i128 {
        let Some(((price, weights, most), others)) = list.split_first() else { return 0 };
        let mut least = i128::MAX;
        for taken in 0..=u64::from(*most) {
            let left = |(capacity, weight): (&u64, &u64)| capacity.checked_sub(taken * weight);
            let Some(left) = capacities.iter().zip(weights).map(left).collect::<Option<Vec<u64>>>() else { break };
            least = least.min(i128::from(*price) * i128::from(taken) + by_hand(others, &left));
        }
        least
    }

    #[test]
    fn what_fits_each_capacity_need_not_fit_both() {
        let list = [(-6, vec![3, 1], 1), (-6, vec![3, 1], 1), (-6, vec![1, 3], 1), (-6, vec![1, 3], 1)];
        // 3 + 1 + 1 = 5 and 1 + 3 + 3 = 7 > 5, so two; each capacity alone would take three.
        assert_eq!(answer(&list, &[5, 5]), -12);
        assert_eq!(answer(&list, &[5, 7]), -18);
        // The same as one kind of two each.
        assert_eq!(answer(&[(-6, vec![3, 1], 2), (-6, vec![1, 3], 2)], &[7, 7]), -18);
        assert_eq!(answer(&[(-6, vec![3, 1], 2), (-6, vec![1, 3], 2)], &[6, 6]), -12);
        // No capacity is tight; nothing fits; nothing is worth it.
        assert_eq!(answer(&list, &[8, 8]), -24);
        assert_eq!(answer(&list, &[2, 2]), 0);
        assert_eq!(answer(&[(6, vec![1, 1], 3)], &[1, 1]), 0);
    }

    #[test]
    fn what_weighs_nothing_that_is_tight_is_taken() {
        // The third weighs nothing; of the others one fits.
        assert_eq!(answer(&[(-6, vec![3, 1], 1), (-5, vec![1, 3], 1), (-1, vec![0, 0], 7)], &[3, 3]), -13);
    }

    #[test]
    fn without_steps_each_capacity_is_a_bound() {
        let list = [(-6, vec![3, 1], 1), (-6, vec![3, 1], 1), (-6, vec![1, 3], 1), (-6, vec![1, 3], 1)];
        // Each by itself takes three; the sum of both, 4 of 10 for each item, two and a half.
        assert_eq!(answer_in(&list, &[5, 5], 0), -15);
        assert_eq!(answer_in(&list, &[5, 5], 1), -15);
        // With a first capacity of 3 one of the first kind, or two of the second and a third of another.
        let one = answer_in(&list, &[3, 20], 0);
        assert!((-14..=-12).contains(&one), "{one}");
        // What a search takes is taken off.
        let mut left = 1_000;
        least(&items(&list), &[I256::from(5), I256::from(5)], &mut left);
        assert!(left < 1_000 && left > 900, "{left}");
    }

    #[test]
    fn figures_of_any_size_give_a_bound() {
        // Savings of 2⁹⁰ and weights of 2¹⁰⁰, without a common divisor: rounded for the search to the safe side.
        let (large, heavy): (I256, I256) = (I256::ONE << 90, I256::ONE << 100);
        let item = |more: i128| Item {
            price: -(large + I256::from(more)) * I256::from(GRAINS),
            weights: vec![heavy + I256::from(more), heavy - I256::from(more)],
            most: 1,
        };
        let capacities = [heavy * I256::from(2) + I256::from(10), heavy * I256::from(2)];
        let found = least(&[item(1), item(2), item(3)], &capacities, &mut u64::MAX.clone()) / I256::from(GRAINS);
        // The second and the third.
        let best = -(large * I256::from(2) + I256::from(5));
        assert!(found <= best && found + (I256::ONE << 33) > best, "{found} against {best}");
        // Beyond 128 bits nothing is searched, and all of everything is a bound.
        let all: I256 = I256::ONE << 240;
        let beyond = Item { price: -all, weights: vec![heavy, heavy], most: 1 };
        let found = least(&[beyond.clone(), beyond], &[heavy, heavy], &mut u64::MAX.clone());
        assert_eq!(found, -all * I256::from(2));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn it_is_the_least_of_all_ways(
            list in prop::collection::vec((-20_i64..5, prop::collection::vec(0_u64..12, 3), 0_u8..4), 0..6),
            capacities in prop::collection::vec(0_u64..40, 3),
        ) {
            prop_assert_eq!(answer(&list, &capacities), by_hand(&list, &capacities));
        }

        /// However few steps there are, the bound is never above the least.
        #[test]
        fn a_search_cut_short_is_a_bound(
            list in prop::collection::vec((-20_i64..0, prop::collection::vec(0_u64..12, 2), 1_u8..4), 1..6),
            capacities in prop::collection::vec(0_u64..40, 2),
            steps in 0_u64..12,
        ) {
            prop_assert!(answer_in(&list, &capacities, steps) <= by_hand(&list, &capacities));
        }
    }
}
