//! Leaves: what the multipliers of one prove within the ranges that its branches leave.
//!
//! Every row that is not kept is priced: its multiplier times its figures is added to the prices of its columns, and
//! times its bound taken off the sum. Then each part that is kept together answers for itself with its least, in grains
//! of money, and the sum is below whatever any plan there costs.

use ethnum::I256;

use crate::check::carry::Carrier;
use crate::check::knapsack;
use crate::check::program::{Block, GRAINS, Group, Program, wrong};
use crate::check::several;
use crate::plan::Violation;

/// Largest sum that is added up, in grains: far inside 256 bits.
const RANGE: u32 = 250;

/// Steps that all searches over several limits of a proof may take together.
const STEPS: u64 = 40_000_000;

/// Limits, a fee, or both, kept inside a minimum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cluster {
    /// The limits' rows.
    pub(super) quotas: Vec<u32>,
    /// The fee's column.
    pub(super) opens: Option<u32>,
    /// Columns of the limits' rows, with what each weighs in every one of them.
    pub(super) inside: Vec<(u32, Vec<I256>)>,
    /// The other columns at the fee's place.
    pub(super) others: Vec<u32>,
}

/// Prices of columns under some multipliers, moved from leaf to leaf.
pub(super) struct Pricing<'p> {
    program: &'p Program,
    /// By column, in grains for one.
    prices: Vec<I256>,
    /// By column: grains for each 10⁻²⁴ that a volume costs.
    rates: Vec<I256>,
    /// Multipliers that the prices hold, by rising row.
    multipliers: Vec<(u32, i64)>,
    /// Whether costs count, as they do not in a ray.
    costs_count: bool,
    /// By row: more than it can add up to, in figures.
    reach: Vec<I256>,
    /// More than all columns together can cost, in grains.
    reach_of_cost: I256,
    /// Columns of no block.
    loose: Vec<u32>,
    /// By column: whether the kept part of a leaf has answered for it.
    answered: Vec<bool>,
    /// What is left of [`STEPS`].
    steps: u64,
}

impl<'p> Pricing<'p> {
    /// The prices under no multiplier; `None` if costs could be beyond the range.
    pub(super) fn new(program: &'p Program) -> Option<Pricing<'p>> {
        let grains = I256::from(GRAINS);
        let mut reach_of_cost = I256::ZERO;
        let mut most_cost = Vec::with_capacity(program.columns.len());
        for column in &program.columns {
            let curved = column.curve.as_ref().map_or(I256::ZERO, |curve| curve.at(column.most));
            let flat = I256::from(column.cost) * I256::from(column.most);
            reach_of_cost = reach_of_cost.checked_add(curved.checked_add(flat)?.checked_mul(grains)?)?;
            most_cost.push(curved);
        }
        let mut reach = Vec::with_capacity(program.rows.len());
        for row in &program.rows {
            let mut sum = row.bound.checked_abs()?;
            for &(column, figure) in &row.terms {
                let most = I256::from(program.columns[column as usize].most);
                sum = sum.checked_add(figure.checked_abs()?.checked_mul(most)?)?;
            }
            for &(column, figure) in &row.costs {
                sum = sum.checked_add(figure.checked_abs()?.checked_mul(most_cost[column as usize])?)?;
            }
            reach.push(sum);
        }
        let mut of_block = vec![false; program.columns.len()];
        for block in &program.blocks {
            block.columns().for_each(|column| of_block[column as usize] = true);
        }
        let loose = (0..).zip(&of_block).filter(|(_, of_block)| !**of_block).map(|(column, _)| column).collect();
        Some(Pricing {
            program,
            prices: program.columns.iter().map(|column| I256::from(column.cost) * grains).collect(),
            rates: program.columns.iter().map(|column| column.curve.as_ref().map_or(I256::ZERO, |_| grains)).collect(),
            multipliers: Vec::new(),
            costs_count: true,
            reach,
            reach_of_cost,
            loose,
            answered: vec![false; program.columns.len()],
            steps: STEPS,
        })
    }

    /// Refuses multipliers with which a sum could be beyond the range.
    pub(super) fn fits(&self, node: usize, multipliers: &[(u32, i64)]) -> Result<(), Violation> {
        let mut sum = Some(self.reach_of_cost);
        for &(row, multiplier) in multipliers {
            let scale = self.program.rows[row as usize].scale.grains();
            let size = self.reach[row as usize]
                .checked_mul(scale)
                .and_then(|size| size.checked_mul(I256::from(multiplier.unsigned_abs())));
            sum = sum.and_then(|sum| sum.checked_add(size?));
        }
        match sum {
            Some(sum) if sum < I256::ONE << RANGE => Ok(()),
            _ => Err(wrong(format_args!("node {node}"), "its multipliers are beyond the range that is kept exactly")),
        }
    }

    /// Moves the prices to other multipliers, with or without costs.
    fn set(&mut self, multipliers: &[(u32, i64)], costs_count: bool) {
        let old = std::mem::replace(&mut self.multipliers, multipliers.to_vec());
        let (mut before, mut after) = (old.iter().peekable(), multipliers.iter().peekable());
        loop {
            let next = before.peek().map(|(row, _)| *row).into_iter().chain(after.peek().map(|(row, _)| *row)).min();
            let Some(row) = next else { break };
            let was = before.next_if(|(of, _)| *of == row).map_or(0, |(_, multiplier)| i128::from(*multiplier));
            let is = after.next_if(|(of, _)| *of == row).map_or(0, |(_, multiplier)| i128::from(*multiplier));
            if was == is {
                continue;
            }
            let row = &self.program.rows[row as usize];
            let change = I256::from(is - was) * row.scale.grains();
            for &(column, figure) in &row.terms {
                self.prices[column as usize] += change * figure;
            }
            for &(column, figure) in &row.costs {
                self.rates[column as usize] += change * figure;
            }
        }
        if std::mem::replace(&mut self.costs_count, costs_count) != costs_count {
            let grains = I256::from(if costs_count { GRAINS } else { -GRAINS });
            for (at, column) in self.program.columns.iter().enumerate() {
                self.prices[at] += I256::from(column.cost) * grains;
                if column.curve.is_some() {
                    self.rates[at] += grains;
                }
            }
        }
    }

    /// Σ multiplier × bound, in grains.
    fn bounds(&self) -> I256 {
        let priced = self.multipliers.iter().map(|&(row, multiplier)| {
            let row = &self.program.rows[row as usize];
            I256::from(multiplier) * row.scale.grains() * row.bound
        });
        priced.sum()
    }

    /// The least with every block placed whole, in grains; `None` if one cannot be.
    pub(super) fn places(&mut self, ranges: &Carrier<'_>, multipliers: &[(u32, i64)], costs: bool) -> Option<I256> {
        self.set(multipliers, costs);
        let mut sum = -self.bounds();
        for block in &self.program.blocks {
            sum += self.block(ranges, block)?;
        }
        for &column in &self.loose {
            sum += self.alone(ranges, column);
        }
        Some(sum)
    }

    /// The least with these limits and fees kept, in grains; `None` if one cannot be.
    pub(super) fn limits(
        &mut self,
        ranges: &Carrier<'_>,
        clusters: &[Cluster],
        multipliers: &[(u32, i64)],
        costs: bool,
    ) -> Option<I256> {
        self.set(multipliers, costs);
        let mut sum = -self.bounds();
        self.answered.fill(false);
        for cluster in clusters {
            sum += self.cluster(ranges, cluster)?;
            let columns = cluster.inside.iter().map(|(column, _)| column).chain(&cluster.others).chain(&cluster.opens);
            for &column in columns {
                self.answered[column as usize] = true;
            }
        }
        for (column, answered) in (0..).zip(&self.answered) {
            if !answered {
                sum += self.alone(ranges, column);
            }
        }
        Some(sum)
    }

    fn price(&self, column: u32) -> I256 {
        self.prices[column as usize]
    }

    /// The least of one column over its range: at an end of it, or where the price of a volume changes.
    fn alone(&self, ranges: &Carrier<'_>, column: u32) -> I256 {
        let (low, high) = ranges.range(column);
        let price = self.price(column);
        let ends = [low, high];
        let Some(curve) = &self.program.columns[column as usize].curve else {
            return price * I256::from(ends[usize::from(price < 0)]);
        };
        let rate = self.rates[column as usize];
        let at = |volume: i128| rate * curve.at(volume) + price * I256::from(volume);
        curve.steps(low, high).map(at).fold(at(low).min(at(high)), I256::min)
    }

    /// The least of a block with all of it placed, or unplaced where that is allowed.
    fn block(&self, ranges: &Carrier<'_>, block: &Block) -> Option<I256> {
        let choice = block.groups.len() != 1 || block.groups.iter().any(|group| group.bought.is_some());
        if !choice {
            // Copies that are not placed fill the place of copies that are.
            let [group] = block.groups.as_slice() else { return None };
            return self.filled(ranges, &group.columns, block.unplaced, i128::from(group.units));
        }
        // One group is bought, or nothing: the columns of all others are 0.
        let none = |group: &Group| {
            let columns = group.columns.iter().chain(&group.bought);
            columns.into_iter().all(|&column| ranges.range(column).0 <= 0)
        };
        let may_be_one = |column: u32| ranges.range(column).0 <= 1 && ranges.range(column).1 >= 1;
        let mut best: Option<I256> = None;
        let mut offer = |sum: I256| best = Some(best.map_or(sum, |best| best.min(sum)));
        for (number, group) in block.groups.iter().enumerate() {
            let others = block.groups.iter().enumerate().filter(|(other, _)| *other != number);
            let alone = others.map(|(_, other)| other).all(none)
                && block.unplaced.is_none_or(|column| ranges.range(column).0 <= 0);
            if let Some(bought) = group.bought
                && alone
                && may_be_one(bought)
                && let Some(sum) = self.filled(ranges, &group.columns, None, i128::from(group.units))
            {
                offer(sum + self.price(bought));
            }
        }
        if let Some(unplaced) = block.unplaced
            && may_be_one(unplaced)
            && block.groups.iter().all(none)
        {
            offer(self.price(unplaced));
        }
        best
    }

    /// The least of columns that add up to `needed`: each at its lower end, then the cheapest first.
    fn filled(&self, ranges: &Carrier<'_>, columns: &[u32], unplaced: Option<u32>, needed: i128) -> Option<I256> {
        let all = || columns.iter().copied().chain(unplaced);
        let mut left = needed;
        let mut sum = I256::ZERO;
        let mut cheapest: Option<(I256, i128)> = None;
        for column in all() {
            let (low, high) = ranges.range(column);
            let price = self.price(column);
            if low != 0 {
                left -= low;
                sum += price * I256::from(low);
            }
            if high > low && cheapest.is_none_or(|(least, _)| price < least) {
                cheapest = Some((price, high - low));
            }
        }
        if left <= 0 {
            return (left == 0).then_some(sum);
        }
        // Mostly the cheapest takes all.
        let (price, most) = cheapest?;
        if most >= left {
            return Some(sum + price * I256::from(left));
        }
        let mut open: Vec<(I256, i128)> = all()
            .map(|column| (self.price(column), ranges.range(column)))
            .filter(|(_, (low, high))| high > low)
            .map(|(price, (low, high))| (price, high - low))
            .collect();
        open.sort_unstable();
        for (price, most) in open {
            let taken = most.min(left);
            sum += price * I256::from(taken);
            left -= taken;
        }
        (left == 0).then_some(sum)
    }

    /// The least of limits, a fee, or both: with the fee not paid and nothing there, or paid and within the limits.
    fn cluster(&mut self, ranges: &Carrier<'_>, cluster: &Cluster) -> Option<I256> {
        let columns = || cluster.inside.iter().map(|(column, _)| column).chain(&cluster.others).copied();
        let Some(fee) = cluster.opens else { return self.within(ranges, cluster) };
        let (low, high) = ranges.range(fee);
        let open = if high >= 1 { self.within(ranges, cluster).map(|sum| sum + self.price(fee)) } else { None };
        let closed = (low <= 0 && columns().all(|column| ranges.range(column).0 <= 0)).then_some(I256::ZERO);
        match (open, closed) {
            (Some(open), Some(closed)) => Some(open.min(closed)),
            (one, other) => one.or(other),
        }
    }

    /// The least of the columns of a cluster within its limits.
    fn within(&mut self, ranges: &Carrier<'_>, cluster: &Cluster) -> Option<I256> {
        let mut sum: I256 = cluster.others.iter().map(|&column| self.alone(ranges, column)).sum();
        let mut capacities: Vec<I256> =
            cluster.quotas.iter().map(|&quota| self.program.rows[quota as usize].bound).collect();
        let mut items = Vec::new();
        for (column, weights) in &cluster.inside {
            let (low, high) = ranges.range(*column);
            let price = self.price(*column);
            if low != 0 {
                sum += price * I256::from(low);
                let taken = capacities.iter_mut().zip(weights);
                taken.for_each(|(capacity, &weight)| *capacity -= weight * I256::from(low));
            }
            if high > low && price < 0 {
                items.push((price, weights, high - low));
            }
        }
        if capacities.iter().any(|capacity| *capacity < 0) {
            return None;
        }
        let least = if let [capacity] = capacities[..] {
            let item =
                |(price, weights, most): (I256, &Vec<I256>, i128)| knapsack::Item { price, weight: weights[0], most };
            knapsack::least(&items.into_iter().map(item).collect::<Vec<_>>(), capacity)
        } else {
            let item = |(price, weights, most): (I256, &Vec<I256>, i128)| several::Item {
                price,
                weights: weights.clone(),
                most,
            };
            several::least(&items.into_iter().map(item).collect::<Vec<_>>(), &capacities, &mut self.steps)
        };
        Some(sum + least)
    }
}

impl Block {
    /// Its columns.
    fn columns(&self) -> impl Iterator<Item = u32> {
        let of_groups = self.groups.iter().flat_map(|group| group.columns.iter().chain(&group.bought));
        of_groups.chain(&self.unplaced).copied()
    }
}
