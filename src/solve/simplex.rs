//! A linear program over boxed columns by the dual simplex method, warm from one case of a tree to the next.
//!
//! minimise cost · x, so that figures · x ≤ bound (or = bound), least ≤ x ≤ most, all finite. Every column being boxed,
//! any basis is dual feasible with each free column at the end that its reduced cost asks for: no first phase, and
//! changed ranges or added rows never cost the basis. The inverse is kept dense: rows are placements and the few links
//! that bind. Written here because the solvers behind good_lp either give no multipliers or, in pure Rust, may cycle on
//! degenerate programs without end; this one counts its work and stops.

use std::collections::BTreeMap;

/// How far a value may be outside its range.
const FEASIBLE: f64 = 1e-9;
/// The smallest figure to pivot on.
const PIVOT: f64 = 1e-8;
/// Pivots after which the inverse is made anew.
const REFRESH: u32 = 120;
/// Columns that are woken at once.
const AT_ONCE: usize = 200;

/// A linear program and its current basis.
#[derive(Clone, Debug)]
pub(crate) struct Simplex {
    columns: Vec<Vec<(usize, f64)>>,
    cost: Vec<f64>,
    /// Costs moved a little, so that no two bases are equally good.
    moved: Vec<f64>,
    least: Vec<f64>,
    most: Vec<f64>,
    bounds: Vec<f64>,
    equal: Vec<bool>,
    /// By row: what is basic there; a column, or the columns' number + a row for its slack.
    basis: Vec<usize>,
    /// By column, then by slack: whether it is basic.
    basic: Vec<bool>,
    slack_basic: Vec<bool>,
    at_most: Vec<bool>,
    /// Columns at their least end that no pivot looks at until they are worth it: their reduced costs are not kept.
    asleep: Vec<bool>,
    /// All others, so that a pivot costs as many steps as there are.
    awake: Vec<usize>,
    inverse: Vec<Vec<f64>>,
    /// By row of the inverse: the square of its length.
    lengths: Vec<f64>,
    values: Vec<f64>,
    reduced: Vec<f64>,
    slack_reduced: Vec<f64>,
    pivots: u32,
    /// Steps of inner loops so far.
    pub(crate) work: u64,
}

/// How a solve ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum End {
    Optimal,
    /// Multipliers of rows that show that nothing is there.
    Nothing(Vec<f64>),
    Spent,
}

impl Simplex {
    /// A program without rows.
    pub(crate) fn new(cost: Vec<f64>, least: Vec<f64>, most: Vec<f64>) -> Simplex {
        let count = cost.len();
        let largest = cost.iter().map(|cost| cost.abs()).fold(1e-6, f64::max);
        // The same every time: a simple scramble of the column's number.
        let shift =
            |number: usize| ((number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as f64 / (1_u64 << 24) as f64;
        let moved: Vec<f64> = cost
            .iter()
            .enumerate()
            .map(|(number, cost)| cost + (0.5 + shift(number)) * 1e-8 * (cost.abs() + 1e-3 * largest))
            .collect();
        let at_most = moved.iter().map(|cost| *cost < 0.0).collect();
        Simplex {
            columns: vec![Vec::new(); count],
            reduced: moved.clone(),
            cost,
            moved,
            least,
            most,
            bounds: Vec::new(),
            equal: Vec::new(),
            basis: Vec::new(),
            basic: vec![false; count],
            slack_basic: Vec::new(),
            at_most,
            asleep: vec![false; count],
            awake: (0..count).collect(),
            inverse: Vec::new(),
            lengths: Vec::new(),
            values: Vec::new(),
            slack_reduced: Vec::new(),
            pivots: 0,
            work: 0,
        }
    }

    /// How many rows.
    pub(crate) fn rows(&self) -> usize {
        self.bounds.len()
    }

    /// Adds a row; its slack becomes basic.
    pub(crate) fn add_row(&mut self, entries: &[(usize, f64)], equal: bool, bound: f64) {
        let row = self.rows();
        for &(column, figure) in entries {
            self.columns[column].push((row, figure));
        }
        // [B 0; a 1] has the inverse [B⁻¹ 0; −a·B⁻¹ 1].
        let mut last = vec![0.0; row + 1];
        let basic = entries.iter().copied().filter(|(column, _)| self.basic[*column]);
        let basic: BTreeMap<usize, f64> = basic.collect();
        for (position, what) in self.basis.iter().enumerate() {
            if let Some(figure) = basic.get(what) {
                for (value, of) in last.iter_mut().zip(&self.inverse[position]) {
                    *value -= figure * of;
                }
            }
        }
        last[row] = 1.0;
        self.lengths.push(last.iter().map(|value| value * value).sum());
        for line in &mut self.inverse {
            line.push(0.0);
        }
        self.inverse.push(last);
        self.bounds.push(bound);
        self.equal.push(equal);
        self.basis.push(self.columns.len() + row);
        self.slack_basic.push(true);
        self.slack_reduced.push(0.0);
        self.values.push(0.0);
    }

    /// Sets the range of a column.
    pub(crate) fn set_range(&mut self, column: usize, least: f64, most: f64) {
        self.least[column] = least;
        self.most[column] = most;
    }

    /// Leaves a column out of account until it is worth its cost, which every solve looks into at its end: of many
    /// columns few ever matter. Only before the first solve, and only a column that costs something.
    pub(crate) fn put_to_sleep(&mut self, column: usize) {
        self.asleep[column] = self.moved[column] >= 0.0 && !self.basic[column];
    }

    /// Once all that can sleep do.
    pub(crate) fn close_eyes(&mut self) {
        self.awake.retain(|&column| !self.asleep[column]);
    }

    /// Wakes sleeping columns: those that would lower the cost at these multipliers, or with a ray those that would lead
    /// out of what it shows to be empty. The most wanted first, so many at once.
    fn wake(&mut self, ray: Option<&[f64]>) -> bool {
        let prices = match ray {
            Some(ray) => ray.to_vec(),
            None => self.prices(),
        };
        let mut wanted: Vec<(f64, usize)> = Vec::new();
        for column in 0..self.columns.len() {
            if !self.asleep[column] || self.most[column] <= self.least[column] {
                continue;
            }
            self.work += self.columns[column].len() as u64;
            let priced: f64 = self.columns[column].iter().map(|&(row, figure)| prices[row] * figure).sum();
            let reduced = if ray.is_some() { priced } else { self.moved[column] - priced };
            if reduced < if ray.is_some() { -PIVOT } else { 0.0 } {
                wanted.push((reduced, column));
            }
        }
        wanted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        wanted.truncate(AT_ONCE.max(2 * self.rows()));
        let prices = if ray.is_some() { self.prices() } else { prices };
        for &(_, column) in &wanted {
            let priced: f64 = self.columns[column].iter().map(|&(row, figure)| prices[row] * figure).sum();
            self.reduced[column] = self.moved[column] - priced;
            self.asleep[column] = false;
            self.awake.push(column);
        }
        !wanted.is_empty()
    }

    /// What the basis charges for each row, at the moved costs.
    fn prices(&self) -> Vec<f64> {
        let mut prices = vec![0.0; self.rows()];
        for (position, &what) in self.basis.iter().enumerate() {
            if let Some(&cost) = self.moved.get(what)
                && cost != 0.0
            {
                for (price, of) in prices.iter_mut().zip(&self.inverse[position]) {
                    *price += cost * of;
                }
            }
        }
        prices
    }

    fn slack_most(&self, row: usize) -> f64 {
        if self.equal[row] { 0.0 } else { f64::INFINITY }
    }

    fn range(&self, what: usize) -> (f64, f64) {
        match what.checked_sub(self.columns.len()) {
            Some(row) => (0.0, self.slack_most(row)),
            None => (self.least[what], self.most[what]),
        }
    }

    fn end(&self, column: usize) -> f64 {
        if self.at_most[column] { self.most[column] } else { self.least[column] }
    }

    /// Values of all columns.
    pub(crate) fn solution(&self) -> Vec<f64> {
        let mut all: Vec<f64> = (0..self.columns.len()).map(|column| self.end(column)).collect();
        for (&what, &value) in self.basis.iter().zip(&self.values) {
            if what < all.len() {
                all[what] = value.clamp(self.least[what], self.most[what]);
            }
        }
        all
    }

    /// Multipliers of all rows for the true costs, not below 0 on inequalities.
    pub(crate) fn multipliers(&self) -> Vec<f64> {
        let mut all = vec![0.0; self.rows()];
        for (position, &what) in self.basis.iter().enumerate() {
            let cost = self.cost.get(what).copied().unwrap_or(0.0);
            if cost != 0.0 {
                for (value, of) in all.iter_mut().zip(&self.inverse[position]) {
                    *value -= cost * of;
                }
            }
        }
        for (value, equal) in all.iter_mut().zip(&self.equal) {
            if !equal && *value < 0.0 {
                *value = 0.0;
            }
        }
        all
    }

    /// Solves from the current basis, within so many pivots; `halt` says at so much work whether to end.
    pub(crate) fn solve(&mut self, most_pivots: u32, halt: &dyn Fn(u64) -> bool) -> End {
        self.settle();
        for pivot in 0..=most_pivots {
            if self.pivots >= REFRESH {
                self.refresh();
            }
            let Some((position, above)) = self.leaving() else {
                if self.wake(None) {
                    self.settle();
                    continue;
                }
                return End::Optimal;
            };
            if pivot == most_pivots || halt(self.work) {
                return End::Spent;
            }
            if let Some(end) = self.step(position, above) {
                if let End::Nothing(ray) = &end
                    && self.wake(Some(ray))
                {
                    self.settle();
                    continue;
                }
                return end;
            }
        }
        End::Spent
    }

    /// Puts free columns at the ends that their reduced costs ask for, and works out basic values.
    fn settle(&mut self) {
        for column in 0..self.columns.len() {
            if !self.basic[column] {
                self.at_most[column] = !self.asleep[column] && self.reduced[column] < 0.0;
            }
        }
        let mut rest = self.bounds.clone();
        for column in 0..self.columns.len() {
            let value = if self.basic[column] { 0.0 } else { self.end(column) };
            if value != 0.0 {
                for &(row, figure) in &self.columns[column] {
                    rest[row] -= figure * value;
                }
            }
        }
        self.work += (rest.len() * rest.len()) as u64;
        for (value, line) in self.values.iter_mut().zip(&self.inverse) {
            *value = line.iter().zip(&rest).map(|(a, b)| a * b).sum();
        }
    }

    /// The row whose basic value is farthest outside its range, measured along the edge that leads back into it (Forrest
    /// and Goldfarb, 1992): with the inverse at hand the lengths of edges are exact. The plain distance takes two to five
    /// times the pivots.
    fn leaving(&self) -> Option<(usize, bool)> {
        let mut worst: Option<(f64, usize, bool)> = None;
        for (position, (&what, &value)) in self.basis.iter().zip(&self.values).enumerate() {
            let (least, most) = self.range(what);
            let (over, above) = if value > most { (value - most, true) } else { (least - value, false) };
            let room = FEASIBLE * (1.0 + if above { most.abs() } else { least.abs() });
            if over > room {
                let steep = over * over / self.lengths[position].max(1e-12);
                if worst.is_none_or(|(most, ..)| steep > most) {
                    worst = Some((steep, position, above));
                }
            }
        }
        worst.map(|(_, position, above)| (position, above))
    }

    /// One pivot on a row; the end, if it shows that nothing is there.
    fn step(&mut self, position: usize, above: bool) -> Option<End> {
        let sign = if above { 1.0 } else { -1.0 };
        let line = self.inverse[position].clone();
        let count = self.columns.len();
        // What each free column does to the row, and how soon its reduced cost changes sign.
        let mut figures: Vec<(usize, f64)> = Vec::with_capacity(self.awake.len());
        let mut options: Vec<(f64, f64, usize)> = Vec::new();
        for &column in &self.awake {
            if self.basic[column] {
                continue;
            }
            let figure: f64 = self.columns[column].iter().map(|&(row, figure)| line[row] * figure).sum();
            self.work += self.columns[column].len() as u64;
            if figure != 0.0 {
                figures.push((column, figure));
            }
            let toward = sign * figure;
            let able = self.most[column] > self.least[column]
                && if self.at_most[column] { toward < -PIVOT } else { toward > PIVOT };
            if able {
                options.push(((self.reduced[column] / toward).max(0.0), figure.abs(), column));
            }
        }
        for row in 0..line.len() {
            if !self.slack_basic[row] && !self.equal[row] && sign * line[row] > PIVOT {
                let ratio = (self.slack_reduced[row] / (sign * line[row])).max(0.0);
                options.push((ratio, line[row].abs(), count + row));
            }
        }
        let (least, most) = self.range(self.basis[position]);
        let target = if above { most } else { least };
        let mut over = (self.values[position] - target).abs();
        options.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
        // Columns that can go to their other end and leave the row still outside do so at once.
        let mut entering = None;
        let mut flips = 0;
        for &(_, size, what) in &options {
            let width = if what < count { self.most[what] - self.least[what] } else { f64::INFINITY };
            over -= size * width;
            // What just reaches its range does, whatever floats have left: a row with no room at all is no empty one.
            if over <= FEASIBLE * size {
                entering = Some(what);
                break;
            }
            flips += 1;
        }
        let Some(mut entering) = entering else {
            return Some(End::Nothing(line.iter().map(|value| -sign * value).collect()));
        };
        // Of nearly equal ratios the largest figure: small pivots lose digits.
        let ratio = options[flips].0;
        let mut size = options[flips].1;
        for &(other, figure, what) in options.iter().skip(flips + 1).take_while(|option| option.0 <= ratio + 1e-12) {
            let _ = other;
            if figure > size * 4.0 {
                (entering, size) = (what, figure);
            }
        }
        self.flip(&options[..flips]);
        self.pivot(position, entering, target, &line, &figures);
        None
    }

    fn flip(&mut self, flips: &[(f64, f64, usize)]) {
        if flips.is_empty() {
            return;
        }
        let mut change = vec![0.0; self.rows()];
        for &(_, _, column) in flips {
            let before = self.end(column);
            self.at_most[column] = !self.at_most[column];
            let after = self.end(column);
            for &(row, figure) in &self.columns[column] {
                change[row] += figure * (after - before);
            }
        }
        let touched: Vec<(usize, f64)> =
            change.iter().copied().enumerate().filter(|(_, value)| *value != 0.0).collect();
        self.work += (touched.len() * self.rows()) as u64;
        for (value, line) in self.values.iter_mut().zip(&self.inverse) {
            *value -= touched.iter().map(|&(row, change)| line[row] * change).sum::<f64>();
        }
    }

    /// Column or slack `entering` becomes basic in a row, whose basic value goes to `target`.
    fn pivot(&mut self, position: usize, entering: usize, target: f64, line: &[f64], figures: &[(usize, f64)]) {
        let count = self.columns.len();
        let rows = self.rows();
        let single = [(entering.wrapping_sub(count), 1.0)];
        let of_entering: &[(usize, f64)] = if entering < count { &self.columns[entering] } else { &single };
        let weights: Vec<f64> =
            self.inverse.iter().map(|line| of_entering.iter().map(|&(row, figure)| line[row] * figure).sum()).collect();
        let pivot = weights[position];
        let (reduced, start) = if entering < count {
            (self.reduced[entering], self.end(entering))
        } else {
            (self.slack_reduced[entering - count], 0.0)
        };
        let by = (self.values[position] - target) / pivot;
        for (value, weight) in self.values.iter_mut().zip(&weights) {
            *value -= by * weight;
        }
        self.values[position] = start + by;
        let price = reduced / pivot;
        for &(column, figure) in figures {
            self.reduced[column] -= price * figure;
        }
        for row in 0..rows {
            if !self.slack_basic[row] {
                self.slack_reduced[row] -= price * line[row];
            }
        }
        let leaving = self.basis[position];
        match leaving.checked_sub(count) {
            Some(row) => {
                self.slack_basic[row] = false;
                self.slack_reduced[row] = -price;
            }
            None => {
                self.basic[leaving] = false;
                self.reduced[leaving] = -price;
                self.at_most[leaving] = target >= self.most[leaving];
            }
        }
        match entering.checked_sub(count) {
            Some(row) => {
                self.slack_basic[row] = true;
                self.slack_reduced[row] = 0.0;
            }
            None => {
                self.basic[entering] = true;
                self.reduced[entering] = 0.0;
            }
        }
        self.basis[position] = entering;
        let own: Vec<f64> = line.iter().map(|value| value / pivot).collect();
        let filled: Vec<usize> = (0..rows).filter(|&row| own[row] != 0.0).collect();
        let dense = filled.len() * 3 > rows;
        let length: f64 = own.iter().map(|value| value * value).sum();
        for (other, weight) in weights.iter().enumerate() {
            if other == position || *weight == 0.0 {
                continue;
            }
            let line = &mut self.inverse[other];
            let mut common = 0.0;
            if dense {
                for (value, own) in line.iter_mut().zip(&own) {
                    common += *value * own;
                    *value -= weight * own;
                }
            } else {
                for &row in &filled {
                    common += line[row] * own[row];
                    line[row] -= weight * own[row];
                }
            }
            let changed = self.lengths[other] - 2.0 * weight * common + weight * weight * length;
            self.lengths[other] = changed.max(1e-12);
            self.work += if dense { rows } else { filled.len() } as u64;
        }
        self.inverse[position] = own;
        self.lengths[position] = length;
        self.pivots += 1;
    }

    /// Makes the inverse, the reduced costs and the values anew from the basis.
    fn refresh(&mut self) {
        self.pivots = 0;
        let rows = self.rows();
        let count = self.columns.len();
        let wanted: Vec<usize> = self.basis.iter().copied().filter(|what| *what < count).collect();
        // From the basis of slacks, each column pivots in where its figure is largest.
        let mut inverse: Vec<Vec<f64>> = Vec::with_capacity(rows);
        for row in 0..rows {
            let mut line = vec![0.0; rows];
            line[row] = 1.0;
            inverse.push(line);
        }
        let mut basis: Vec<usize> = (0..rows).map(|row| count + row).collect();
        // Rows whose slack must leave take columns first.
        let keeps_slack: Vec<bool> = self.slack_basic.clone();
        let mut lost: Vec<usize> = Vec::new();
        for &column in &wanted {
            let weights: Vec<f64> = inverse
                .iter()
                .map(|line| self.columns[column].iter().map(|&(row, figure)| line[row] * figure).sum())
                .collect();
            let free = (0..rows).filter(|&row| basis[row] >= count && !keeps_slack[basis[row] - count]);
            let Some(position) = free.max_by(|&a, &b| weights[a].abs().total_cmp(&weights[b].abs())) else {
                lost.push(column);
                continue;
            };
            let pivot = weights[position];
            if pivot.abs() < 1e-11 {
                lost.push(column);
                continue;
            }
            let own: Vec<f64> = inverse[position].iter().map(|value| value / pivot).collect();
            let filled: Vec<usize> = (0..rows).filter(|&row| own[row] != 0.0).collect();
            for (other, weight) in weights.iter().enumerate() {
                if other != position && *weight != 0.0 {
                    for &row in &filled {
                        inverse[other][row] -= weight * own[row];
                    }
                    self.work += filled.len() as u64;
                }
            }
            inverse[position] = own;
            basis[position] = column;
        }
        for column in lost {
            self.basic[column] = false;
        }
        for row in 0..rows {
            self.slack_basic[row] = false;
        }
        for &what in basis.iter().filter(|what| **what >= count) {
            self.slack_basic[what - count] = true;
        }
        self.basis = basis;
        self.lengths = inverse.iter().map(|line| line.iter().map(|value| value * value).sum()).collect();
        self.inverse = inverse;
        let prices = self.prices();
        for &column in &self.awake {
            let priced: f64 = self.columns[column].iter().map(|&(row, figure)| prices[row] * figure).sum();
            self.reduced[column] = if self.basic[column] { 0.0 } else { self.moved[column] - priced };
        }
        for row in 0..rows {
            self.slack_reduced[row] = if self.slack_basic[row] { 0.0 } else { -prices[row] };
        }
        self.settle();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_program_and_its_multipliers() {
        // −x − 2y, x + y ≤ 1.5, 0 ≤ x, y ≤ 1: y = 1, x = 0.5, −2.5; the row is worth 1.
        let mut program = Simplex::new(vec![-1.0, -2.0], vec![0.0; 2], vec![1.0; 2]);
        program.add_row(&[(0, 1.0), (1, 1.0)], false, 1.5);
        assert_eq!(program.solve(100, &|_| false), End::Optimal);
        let found = program.solution();
        assert!((found[0] - 0.5).abs() < 1e-9 && (found[1] - 1.0).abs() < 1e-9);
        assert!((program.multipliers()[0] - 1.0).abs() < 1e-9);
        // Another row, and a narrower range, from where it stands.
        program.add_row(&[(0, -1.0), (1, 1.0)], true, 0.0);
        assert_eq!(program.solve(100, &|_| false), End::Optimal);
        assert!((program.solution()[0] - 0.75).abs() < 1e-9);
        program.set_range(0, 0.9, 1.0);
        assert!(matches!(program.solve(100, &|_| false), End::Nothing(_)));
    }
}
