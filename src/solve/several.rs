//! The most profit that fits into several rooms at once: whole numbers by branch and bound, or a bound above them.
//!
//! All sizes of an item, each in parts of its room times that room's share, add up to one size. What fits every room
//! fits into their sum, so the best by parts there is a bound. Shares grow for rooms that this overfills.

/// Limits that one cluster keeps at most.
pub(crate) const ROOMS: usize = 8;
/// Steps after which a search ends at the bound by parts: far fewer than the checker takes.
const STEPS: u64 = 6_000;
/// The second search gives up such a part of what is open after the first.
const SLACK: f64 = 0.2;
/// Items beyond which nothing is searched: far fewer than the checker takes.
const ITEMS: usize = 500;
/// Rounds in which shares are sought, and the least of one.
const ROUNDS: u32 = 12;
const LEAST_SHARE: f64 = 1e-3;

/// Something to put in, up to so many times.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) column: usize,
    pub(crate) profit: f64,
    pub(crate) sizes: [f64; ROOMS],
    pub(crate) most: f64,
}

/// What fits.
pub(crate) struct Filled {
    /// The profit of the best filling, or a bound above it.
    pub(crate) profit: f64,
    /// Steps taken.
    pub(crate) steps: u64,
}

/// Fills rooms; what was put in is added to `values`.
pub(crate) fn fill(mut items: Vec<Item>, rooms: &[f64], values: &mut [f64]) -> Filled {
    // A size that fills a room to the last bit must not fail by noise.
    let rooms: Vec<f64> = rooms.iter().map(|room| room + 1e-9 * room.max(1.0)).collect();
    for item in &mut items {
        let fits = rooms.iter().zip(&item.sizes).filter(|(_, size)| **size > 0.0);
        item.most = fits.map(|(room, size)| (room / size).floor()).fold(item.most, f64::min);
    }
    items.retain(|item| item.most > 0.5);
    let steps = items.len() as u64;
    let full = |&at: &usize| items.iter().map(|item| item.sizes[at] * item.most).sum::<f64>() > rooms[at];
    let tight: Vec<usize> = (0..rooms.len()).filter(full).collect();
    if tight.is_empty() {
        items.iter().for_each(|item| values[item.column] += item.most);
        return Filled { profit: items.iter().map(|item| item.profit * item.most).sum(), steps };
    }
    let mut search = Search::new(items, &rooms, &tight);
    let steps = steps * u64::from(ROUNDS);
    let done = search.items.len() <= ITEMS && search.run();
    let steps = steps + search.steps;
    if done {
        for (item, &taken) in search.items.iter().zip(&search.best_taken) {
            values[item.column] += taken;
        }
        return Filled { profit: search.best.max(search.pruned), steps };
    }
    let bound = search.by_parts(values);
    let alone = (0..tight.len()).map(|at| search.by_parts_of(at));
    // The checker finds shares of its own, which may be a little worse.
    Filled { profit: 1.003 * alone.fold(bound, f64::min), steps }
}

struct Search {
    /// Most profit for its sum first; sizes in parts of the tight rooms.
    items: Vec<Item>,
    sums: Vec<f64>,
    /// What all items before one bring and take.
    profits: Vec<f64>,
    summed: Vec<f64>,
    /// Number of rooms, what is left of each, and of their sum.
    rooms: usize,
    left: [f64; ROOMS],
    sum: f64,
    taken: Vec<f64>,
    best: f64,
    best_taken: Vec<f64>,
    /// What more is not worth a search, and the most that was left for it.
    slack: f64,
    pruned: f64,
    steps: u64,
}

impl Search {
    fn new(mut items: Vec<Item>, rooms: &[f64], tight: &[usize]) -> Search {
        for item in &mut items {
            let mut sizes = [0.0; ROOMS];
            for (size, &at) in sizes.iter_mut().zip(tight) {
                *size = item.sizes[at] / rooms[at].max(1e-9);
            }
            item.sizes = sizes;
        }
        let sums = share_out(&mut items, tight.len());
        let mut search = Search {
            profits: vec![0.0],
            summed: vec![0.0],
            rooms: tight.len(),
            left: [1.0; ROOMS],
            sum: 1.0,
            taken: vec![0.0; items.len()],
            best: -1.0,
            best_taken: vec![0.0; items.len()],
            slack: 0.0,
            pruned: 0.0,
            steps: 0,
            items,
            sums,
        };
        let (mut profit, mut sum) = (0.0, 0.0);
        for (item, size) in search.items.iter().zip(&search.sums) {
            profit += item.profit * item.most;
            sum += size * item.most;
            search.profits.push(profit);
            search.summed.push(sum);
        }
        search
    }

    /// Searches to the end; then, if that takes too long, wherever more than a part of what is open can be gained.
    fn run(&mut self) -> bool {
        if self.go(0, 0.0, self.sum) {
            return true;
        }
        let first = self.steps;
        self.slack = ((self.bound(0, self.sum) - self.best) * SLACK).max(0.0);
        (self.steps, self.pruned) = (0, 0.0);
        self.left = [1.0; ROOMS];
        let done = self.go(0, 0.0, self.sum);
        self.steps += first;
        done
    }

    /// The most that items from one on bring by parts, within what is left of the sum.
    fn bound(&self, at: usize, sum: f64) -> f64 {
        let end = self.summed[at] + sum.max(0.0);
        let full = at + self.summed[at + 1..].partition_point(|&summed| summed <= end);
        let whole = self.profits[full] - self.profits[at];
        let rest = self.items.get(full).map_or(0.0, |item| (end - self.summed[full]) * item.profit / self.sums[full]);
        whole + rest
    }

    /// Depth first, as many of each as fit first; false after too many steps.
    fn go(&mut self, at: usize, profit: f64, sum: f64) -> bool {
        if profit > self.best {
            self.best = profit;
            self.best_taken.copy_from_slice(&self.taken);
            self.best_taken[at..].fill(0.0);
        }
        let Some(&item) = self.items.get(at) else { return true };
        let mut count = item.most;
        for room in 0..self.rooms {
            if item.sizes[room] > 0.0 {
                count = count.min((self.left[room].max(0.0) / item.sizes[room] + 1e-9).floor());
            }
        }
        loop {
            self.steps += 1;
            if self.steps > STEPS {
                return false;
            }
            let (profit, sum) = (profit + count * item.profit, sum - count * self.sums[at]);
            let most = profit + self.bound(at + 1, sum);
            if most <= self.best + self.slack + 1e-9 {
                self.pruned = self.pruned.max(most);
                return true;
            }
            (0..self.rooms).for_each(|room| self.left[room] -= count * item.sizes[room]);
            self.taken[at] = count;
            let done = self.go(at + 1, profit, sum);
            (0..self.rooms).for_each(|room| self.left[room] += count * item.sizes[room]);
            if !done || count < 0.5 {
                return done;
            }
            count -= 1.0;
        }
    }

    /// Items in order until the sum is full, the last one in part.
    fn by_parts(&self, values: &mut [f64]) -> f64 {
        let (mut left, mut profit) = (1.0_f64, 0.0);
        for (item, &size) in self.items.iter().zip(&self.sums) {
            let times = if size > 0.0 { (left / size).min(item.most) } else { item.most };
            if times > 0.0 {
                values[item.column] += times;
                profit += times * item.profit;
                left -= times * size;
            }
        }
        profit
    }

    /// The same for one room alone.
    fn by_parts_of(&self, room: usize) -> f64 {
        let mut items: Vec<&Item> = self.items.iter().collect();
        let worth = |item: &Item| item.profit / item.sizes[room].max(1e-300);
        items.sort_by(|a, b| worth(b).total_cmp(&worth(a)).then(a.column.cmp(&b.column)));
        let (mut left, mut profit) = (1.0_f64, 0.0);
        for item in items {
            let size = item.sizes[room];
            let times = if size > 0.0 { (left / size).min(item.most) } else { item.most };
            profit += times.max(0.0) * item.profit;
            left -= times.max(0.0) * size;
        }
        profit
    }
}

/// Gives each room a share so that the bound by parts is low; orders items by it, and returns their sums.
fn share_out(items: &mut [Item], rooms: usize) -> Vec<f64> {
    let mut shares = [1.0 / rooms as f64; ROOMS];
    let (mut least, mut used) = overfilled(items, rooms, &shares);
    let mut pace = 1.0;
    for _ in 1..ROUNDS {
        let mut others = [0.0; ROOMS];
        for room in 0..rooms {
            others[room] = (shares[room] * (1.0 + pace * (used[room].min(3.0) - 1.0)).max(0.05)).max(LEAST_SHARE);
        }
        let all: f64 = others.iter().sum();
        others.iter_mut().for_each(|share| *share /= all);
        let (profit, fill) = overfilled(items, rooms, &others);
        if profit < least {
            (least, shares, used) = (profit, others, fill);
        } else {
            pace *= 0.5;
        }
    }
    order(items, rooms, &shares);
    items.iter().map(|item| sum(item, rooms, &shares)).collect()
}

/// What the sum by shares brings by parts, and how full that makes each room.
fn overfilled(items: &mut [Item], rooms: usize, shares: &[f64; ROOMS]) -> (f64, [f64; ROOMS]) {
    order(items, rooms, shares);
    let mut used = [0.0; ROOMS];
    let (mut left, mut profit) = (1.0_f64, 0.0);
    for item in items.iter() {
        let size = sum(item, rooms, shares);
        let times = if size > 0.0 { (left / size).min(item.most) } else { item.most };
        if times <= 0.0 {
            break;
        }
        profit += times * item.profit;
        left -= times * size;
        (0..rooms).for_each(|room| used[room] += times * item.sizes[room]);
    }
    (profit, used)
}

fn sum(item: &Item, rooms: usize, shares: &[f64; ROOMS]) -> f64 {
    (0..rooms).map(|room| item.sizes[room] * shares[room]).sum()
}

/// Most profit for its sum first; equal ones by column, so that two runs are equal.
fn order(items: &mut [Item], rooms: usize, shares: &[f64; ROOMS]) {
    let worth = |item: &Item| item.profit / sum(item, rooms, shares).max(1e-300);
    items.sort_by(|a, b| worth(b).total_cmp(&worth(a)).then(a.column.cmp(&b.column)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(list: &[(f64, &[f64], f64)], rooms: &[f64]) -> (f64, Vec<f64>) {
        let item = |(column, &(profit, found, most)): (usize, &(f64, &[f64], f64))| {
            let mut sizes = [0.0; ROOMS];
            sizes[..found.len()].copy_from_slice(found);
            Item { column, profit, sizes, most }
        };
        let items = list.iter().enumerate().map(item).collect();
        let mut values = vec![0.0; list.len()];
        let found = fill(items, rooms, &mut values);
        (found.profit, values)
    }

    #[test]
    fn rooms_hold_together() {
        let list: [(f64, &[f64], f64); 2] = [(6.0, &[3.0, 1.0], 2.0), (7.0, &[1.0, 3.0], 2.0)];
        // Each room of 5 alone takes three; 3 + 1 + 1 = 5 with 1 + 3 + 3 = 7: both take two, of the better kind one only,
        // as 6 > 5.
        assert_eq!(filled(&list, &[5.0, 5.0]), (13.0, vec![1.0, 1.0]));
        // 6 of each: two of the better kind, 2 and 6.
        assert_eq!(filled(&list, &[6.0, 6.0]), (14.0, vec![0.0, 2.0]));
        // Everything fits, nothing does; one room is enough for all, and the other for 1 + 3.
        assert_eq!(filled(&list, &[8.0, 8.0]), (26.0, vec![2.0, 2.0]));
        assert_eq!(filled(&list, &[2.0, 2.0]), (0.0, vec![0.0, 0.0]));
        assert_eq!(filled(&list, &[8.0, 4.0]), (13.0, vec![1.0, 1.0]));
    }

    #[test]
    fn a_search_that_is_too_long_ends_at_a_bound() {
        // Many of nearly one kind that do not fill the rooms: no bound closes a case early.
        let sizes: Vec<[f64; 2]> =
            (0..60).map(|n| [3.0 + f64::from(n) * 1e-4, 3.0 + f64::from(60 - n) * 1e-4]).collect();
        let list: Vec<(f64, &[f64], f64)> = sizes.iter().map(|sizes| (6.0, sizes.as_slice(), 1.0)).collect();
        // Twenty and some more fit by parts: 64 / 3.
        let (profit, values) = filled(&list, &[64.0, 64.0]);
        assert!(profit > 120.0 + 1.0 && profit < 129.0, "{profit}");
        assert!(values.iter().sum::<f64>() > 21.0);
    }
}
