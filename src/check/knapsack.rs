//! The least that whole numbers of items add up to within a capacity: exactly where that is small, else a bound below.

use ethnum::I256;

use crate::check::program::GRAINS;

/// Most steps of an exact answer: capacity over the common divisor, times items.
const STEPS: u64 = 10_000_000;

/// What may be taken, from 0 to `most` of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    /// What one adds, in grains of money; only what is below 0 is worth taking.
    pub(super) price: I256,
    /// What one weighs, above 0.
    pub(super) weight: I256,
    pub(super) most: i128,
}

/// An item with its price rounded down to 10⁻²⁴ of money: what that adds up to is no more than what it was.
#[derive(Clone, Copy)]
struct Rounded {
    price: i128,
    weight: I256,
    most: i128,
}

/// The least Σ price × taken with Σ weight × taken ≤ `capacity`, in grains: exact to 10⁻²⁴ of money for each one taken,
/// or the bound that lets one item be taken in part.
pub(super) fn least(items: &[Item], capacity: I256) -> I256 {
    let worth = items.iter().filter(|item| item.price < 0 && item.weight <= capacity && item.most > 0);
    // More of one than fits is not taken.
    let worth: Vec<Item> = worth
        .map(|item| {
            let fits = capacity / item.weight;
            let most = if fits < I256::from(item.most) { fits.as_i128() } else { item.most };
            Item { most, ..*item }
        })
        .collect();
    let all = worth.iter().map(|item| item.price * I256::from(item.most)).sum();
    let weight: I256 = worth.iter().map(|item| item.weight * I256::from(item.most)).sum();
    if weight <= capacity {
        return all;
    }
    match rounded(&worth) {
        Some(worth) => {
            let least = exact(&worth, capacity).map_or_else(|| in_part(worth, capacity), I256::from);
            least * I256::from(GRAINS)
        }
        // Prices that only a wrong proof has: all of everything is a bound as well.
        None => all,
    }
}

/// Prices in 10⁻²⁴ of money; `None` if they, or all of them together, are beyond 128 bits.
fn rounded(items: &[Item]) -> Option<Vec<Rounded>> {
    let mut all = 0_i128;
    let mut list = Vec::with_capacity(items.len());
    for item in items {
        let price = item.price.div_euclid(I256::from(GRAINS));
        let price = i128::try_from(price).ok()?;
        all = all.checked_add(price.checked_mul(item.most)?)?;
        list.push(Rounded { price, weight: item.weight, most: item.most });
    }
    Some(list)
}

/// By dynamic programming over the capacity; `None` if that is too large.
fn exact(items: &[Rounded], capacity: I256) -> Option<i128> {
    let divisor = items.iter().fold(I256::ZERO, |divisor, item| common_divisor(divisor, item.weight));
    let capacity = u64::try_from(capacity.checked_div(divisor)?).ok()?;
    // Several of one are taken in lots of 1, 2, 4, … and the rest: together they make up every number up to all.
    let lots = items.iter().map(|item| 128 - item.most.unsigned_abs().leading_zeros()).map(u64::from).sum::<u64>();
    if capacity.checked_mul(lots)? > STEPS {
        return None;
    }
    let size = usize::try_from(capacity).ok()?.checked_add(1)?;
    let mut least = vec![0_i128; size];
    for item in items {
        let weight = usize::try_from(u64::try_from(item.weight / divisor).ok()?).ok()?;
        let (mut left, mut lot) = (item.most, 1);
        while left > 0 {
            let count = left.min(lot);
            left -= count;
            lot *= 2;
            let price = item.price.checked_mul(count)?;
            // A lot that is heavier than the capacity is not taken whole, its smaller ones may be.
            let Some(weight) = weight.checked_mul(usize::try_from(count).ok()?) else { continue };
            for at in (weight..size).rev() {
                least[at] = least[at].min(least[at - weight].checked_add(price)?);
            }
        }
    }
    least.last().copied()
}

/// The best by price for each weight first, the last one in part, rounded down.
fn in_part(mut items: Vec<Rounded>, capacity: I256) -> I256 {
    items.sort_by(|one, other| (I256::from(one.price) * other.weight).cmp(&(I256::from(other.price) * one.weight)));
    let (mut left, mut sum) = (capacity, I256::ZERO);
    for item in items {
        let all = item.weight * I256::from(item.most);
        if all > left {
            return sum + (I256::from(item.price) * left).div_euclid(item.weight);
        }
        left -= all;
        sum += I256::from(item.price) * I256::from(item.most);
    }
    sum
}

/// The greatest number that divides both; the other one if one is 0.
pub(super) fn common_divisor(one: I256, other: I256) -> I256 {
    let (mut one, mut other) = (one, other);
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Prices in 10⁻²⁴ of money, so that nothing is rounded.
    fn items(list: &[(i64, u64, u8)]) -> Vec<Item> {
        let item = |&(price, weight, most): &(i64, u64, u8)| Item {
            price: I256::from(price) * I256::from(GRAINS),
            weight: I256::from(weight),
            most: i128::from(most),
        };
        list.iter().map(item).collect()
    }

    fn answer(list: &[(i64, u64, u8)], capacity: u64) -> i128 {
        (least(&items(list), I256::from(capacity)) / I256::from(GRAINS)).as_i128()
    }

    /// Every way of taking, one after another.
    fn by_hand(list: &[(i64, u64, u8)], capacity: u64) -> i128 {
        let Some((&(price, weight, most), others)) = list.split_first() else { return 0 };
        let fits = (0..=u64::from(most)).take_while(|taken| taken * weight <= capacity);
        let sums = fits.map(|taken| i128::from(price) * i128::from(taken) + by_hand(others, capacity - taken * weight));
        sums.min().unwrap_or(0)
    }

    #[test]
    fn what_is_worth_most_for_its_weight_is_not_always_taken() {
        // 10 for 6 is the best by weight, but two of 5 fill the capacity: 8 + 8 against 10.
        assert_eq!(answer(&[(-10, 6, 1), (-8, 5, 2)], 10), -16);
        // All of it fits, or nothing is worth anything.
        assert_eq!(answer(&[(-10, 6, 1), (-8, 5, 2)], 16), -26);
        assert_eq!(answer(&[(10, 6, 1), (0, 5, 2)], 10), 0);
        assert_eq!(answer(&[(-10, 6, 1)], 5), 0);
    }

    #[test]
    fn beyond_the_steps_one_item_is_taken_in_part() {
        // No divisor is common to both weights, and 10⁹ steps are too many.
        let list = [(-7, 1_000_000_000, 1), (-10, 999_999_999, 1)];
        // −10, and (2 / 10⁹) of −7 rounded down to −1.
        assert_eq!(answer(&list, 1_000_000_001), -11);
    }

    #[test]
    fn a_common_divisor_makes_a_large_capacity_small() {
        // In lots of 10¹² four fit: the 3 for 5, or twice the 2 for 8.
        let scale = 1_000_000_000_000;
        assert_eq!(answer(&[(-5, 3 * scale, 1), (-4, 2 * scale, 2)], 4 * scale + 999), -8);
    }

    #[test]
    fn prices_are_rounded_down_to_the_smallest_money() {
        // Half of 10⁻²⁴ each, of which one fits: no more than −1.
        let half = Item { price: I256::from(-GRAINS / 2), weight: I256::from(2), most: 1 };
        assert_eq!(least(&[half, half], I256::from(3)), I256::from(-GRAINS));
    }

    proptest! {
        #[test]
        fn it_is_the_least_of_all_ways(
            list in prop::collection::vec((-20_i64..5, 1_u64..12, 0_u8..4), 0..5),
            capacity in 0_u64..40,
        ) {
            prop_assert_eq!(answer(&list, capacity), by_hand(&list, capacity));
        }

        /// The bound with one item in part is never above the least, and no further below than the dearest item.
        #[test]
        fn the_bound_in_part_is_below_the_least(
            list in prop::collection::vec((-20_i64..0, 1_u64..12, 1_u8..4), 1..5),
            capacity in 0_u64..40,
        ) {
            let least = by_hand(&list, capacity);
            let rounded = rounded(&items(&list)).expect("small prices");
            let bound = in_part(rounded, I256::from(capacity)).as_i128();
            let dearest = list.iter().map(|item| i128::from(item.0)).min().expect("an item");
            prop_assert!(bound <= least && least + dearest <= bound, "{bound} against {least}");
        }
    }
}
