//! The most profit that fits into a room: whole numbers by branch and bound, or parts.

/// Something to put in, up to so many times.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) column: usize,
    pub(crate) profit: f64,
    pub(crate) size: f64,
    pub(crate) most: f64,
}

/// Steps of a search for whole numbers after which the bound by parts is taken.
const STEPS: u64 = 200_000;
/// Items beyond which whole numbers are not searched for.
const ITEMS: f64 = 4_000.0;

/// The profit of the best filling, or a bound above it, with what was put in added to `values`; the steps that were taken
/// are added to `steps`.
pub(crate) fn knapsack(items: &mut [Item], room: f64, whole: bool, values: &mut [f64], steps: &mut u64) -> f64 {
    // Most profit for its size first; equal ones by column, so that two runs are equal.
    items.sort_by(|a, b| (b.profit / b.size).total_cmp(&(a.profit / a.size)).then(a.column.cmp(&b.column)));
    let all: f64 = items.iter().map(|item| item.size * item.most).sum();
    if all <= room {
        for item in items.iter() {
            values[item.column] += item.most;
        }
        return items.iter().map(|item| item.profit * item.most).sum();
    }
    if whole && items.iter().map(|item| item.most).sum::<f64>() <= ITEMS {
        let mut single: Vec<Item> = Vec::with_capacity(items.len());
        for item in items.iter() {
            let times = item.most.round().max(0.0) as u32;
            single.extend((0..times).map(|_| Item { most: 1.0, ..*item }));
        }
        if let Some(profit) = search(&single, room, values, steps) {
            return profit;
        }
    }
    by_parts(items, room, values)
}

/// Items in order until the room is full, the last one in part.
fn by_parts(items: &[Item], room: f64, values: &mut [f64]) -> f64 {
    let mut left = room;
    let mut profit = 0.0;
    for item in items {
        let times = (left / item.size).min(item.most);
        if times <= 0.0 {
            break;
        }
        values[item.column] += times;
        profit += times * item.profit;
        left -= times * item.size;
    }
    profit
}

/// Depth first over items in order, each taken first; `None` after too many steps.
fn search(items: &[Item], room: f64, values: &mut [f64], steps: &mut u64) -> Option<f64> {
    let last = *steps + STEPS;
    let count = items.len();
    let mut taken = vec![false; count];
    let mut best_taken = vec![false; count];
    let mut best = -1.0;
    // A size that fills the room to the last bit must not fail by noise.
    let noise = 1e-9 * room.max(1.0);
    let (mut profit, mut left, mut at) = (0.0, room + noise, 0);
    loop {
        // Forward, while the rest by parts could still beat the best.
        loop {
            let mut most = profit;
            let mut space = left;
            let mut next = at;
            while next < count && items[next].size <= space {
                most += items[next].profit;
                space -= items[next].size;
                next += 1;
                *steps += 1;
            }
            if next < count {
                most += space * items[next].profit / items[next].size;
            }
            *steps += 1;
            if most <= best + 1e-9 {
                break;
            }
            while at < count && items[at].size <= left {
                profit += items[at].profit;
                left -= items[at].size;
                taken[at] = true;
                at += 1;
            }
            if at < count {
                taken[at] = false;
                at += 1;
            }
            if at >= count {
                if profit > best {
                    best = profit;
                    best_taken.copy_from_slice(&taken);
                }
                break;
            }
        }
        if *steps > last {
            return None;
        }
        // Back to the last item taken, which is left out now.
        loop {
            if at == 0 {
                for (item, taken) in items.iter().zip(&best_taken) {
                    if *taken {
                        values[item.column] += 1.0;
                    }
                }
                return Some(best.max(0.0));
            }
            at -= 1;
            if taken[at] {
                taken[at] = false;
                profit -= items[at].profit;
                left += items[at].size;
                at += 1;
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_without_end_ends_and_its_steps_are_told() {
        // Forty sizes that are all even and worth the same for their size: no filling of an odd room is full, and no bound
        // tells so.
        let items = |count: usize| {
            (0..count).map(|column| {
                let size = 2.0 * (1_000 + 37 * column) as f64;
                Item { column, profit: size, size, most: 1.0 }
            })
        };
        let room = 30_001.0;
        let mut all: Vec<Item> = items(40).collect();
        let (mut values, mut steps) = (vec![0.0; 40], 7);
        let profit = knapsack(&mut all, room, true, &mut values, &mut steps);
        assert!((profit - room).abs() < 1e-6, "the bound by parts, {profit}");
        assert!((STEPS..STEPS + 100).contains(&steps), "{steps} steps");
        // One that ends tells fewer.
        let mut few: Vec<Item> = items(3).collect();
        let (mut values, mut steps) = (vec![0.0; 3], 0);
        assert!((knapsack(&mut few, 4_100.0, true, &mut values, &mut steps) - 4_074.0).abs() < 1e-6);
        assert!((1..100).contains(&steps), "{steps} steps");
    }
}
