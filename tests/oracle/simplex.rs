//! Small linear programs by the simplex method with Bland's rule, in floats or in exact rationals, and their whole
//! numbers by branching.
//!
//! Floats only sort out programs that are far from the best; whatever is close is solved again in rationals.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_rational::BigRational;

use super::price::E6;

/// Σ figure · x ≤ bound, or = bound.
#[derive(Clone, Debug)]
pub struct Line {
    pub figures: Vec<i128>,
    pub is_equal: bool,
    pub bound: i128,
}

/// Minimise Σ cost · x + constant over x ≥ 0 within lines; x are parts of 10⁻⁶.
#[derive(Clone, Debug)]
pub struct Program {
    pub costs: Vec<i128>,
    pub constant: i128,
    pub lines: Vec<Line>,
}

/// What is known of a program in whole numbers.
#[derive(Clone, Debug, Default)]
pub struct Whole {
    /// No values cost less; there are none where this is absent.
    pub least: Option<i128>,
    /// The cheapest values found, if they are cheaper than what was known before.
    pub best: Option<(i128, Vec<i128>)>,
    /// Programs solved.
    pub steps: usize,
}

impl Program {
    /// Its objective and values; `None` if no values keep all lines.
    pub fn solve<N: Number>(&self) -> Option<(N, Vec<N>)> {
        let mut tableau = Tableau::new(self);
        tableau.find_values()?;
        tableau.improve();
        let values = tableau.values();
        let mut objective = N::of(self.constant, 1);
        for (cost, value) in self.costs.iter().zip(&values) {
            objective = objective.minus_product(&N::of(-cost, 1), value);
        }
        Some((objective, values))
    }

    /// The cheapest whole numbers, by branching, in `nodes` steps at most; those that cost `known` or more are left out.
    pub fn whole(&self, known: Option<i128>, nodes: usize) -> Whole {
        let mut whole = Whole::default();
        let mut lowest = known;
        let mut open: Vec<(i128, Program)> = vec![(i128::MIN, self.clone())];
        while let Some((least, program)) = open.pop() {
            if lowest.is_some_and(|lowest| least >= lowest) {
                continue;
            }
            if whole.steps == nodes {
                // What is still open may be as cheap as its relaxation.
                let rest = open.iter().map(|(least, _)| *least).chain([least]);
                whole.least = rest.chain(lowest).min();
                return whole;
            }
            whole.steps += 1;
            let Some((objective, values)) = program.solve::<BigRational>() else { continue };
            let least = small(&objective.ceil());
            if lowest.is_some_and(|lowest| least >= lowest) {
                continue;
            }
            let Some((column, value)) = values.iter().enumerate().find(|(_, value)| !value.is_integer()) else {
                lowest = Some(least);
                whole.best = Some((least, values.iter().map(small).collect()));
                continue;
            };
            let floor = small(&value.floor());
            let (below, above) = (program.with_bound(column, 1, floor), program.with_bound(column, -1, -(floor + 1)));
            let near = value - value.floor() > BigRational::new(1.into(), 2.into());
            let pair = if near { [below, above] } else { [above, below] };
            open.extend(pair.map(|program| (least, program)));
        }
        whole.least = lowest;
        whole
    }

    fn with_bound(&self, column: usize, figure: i128, bound: i128) -> Program {
        let mut program = self.clone();
        let mut figures = vec![0; self.costs.len()];
        figures[column] = figure;
        program.lines.push(Line { figures, is_equal: false, bound });
        program
    }
}

fn small(value: &BigRational) -> i128 {
    value.to_integer().try_into().expect("within the range of amounts")
}

/// What the method calculates with.
pub trait Number: Clone + PartialOrd {
    /// How many parts a value of 1 stands for.
    const UNIT: i128;
    fn of(numerator: i128, denominator: i128) -> Self;
    /// What to divide a line by.
    fn scale(figures: &[i128], bound: i128) -> i128;
    /// Its sign; no sign where it is as good as zero.
    fn sign(&self) -> Ordering;
    fn divided(&self, by: &Self) -> Self;
    /// self − a · b.
    fn minus_product(&self, a: &Self, b: &Self) -> Self;
}

impl Number for f64 {
    const UNIT: i128 = E6;
    fn of(numerator: i128, denominator: i128) -> f64 {
        numerator as f64 / denominator as f64
    }
    fn scale(figures: &[i128], _: i128) -> i128 {
        figures.iter().map(|figure| figure.abs()).max().unwrap_or(0).max(1)
    }
    fn sign(&self) -> Ordering {
        if self.abs() < 1e-11 { Ordering::Equal } else { self.total_cmp(&0.0) }
    }
    fn divided(&self, by: &f64) -> f64 {
        self / by
    }
    fn minus_product(&self, a: &f64, b: &f64) -> f64 {
        self - a * b
    }
}

impl Number for BigRational {
    const UNIT: i128 = 1;
    fn of(numerator: i128, denominator: i128) -> BigRational {
        BigRational::new(BigInt::from(numerator), BigInt::from(denominator))
    }
    fn scale(figures: &[i128], bound: i128) -> i128 {
        let gcd = |mut a: i128, mut b: i128| {
            while b != 0 {
                (a, b) = (b, a % b);
            }
            a
        };
        figures.iter().fold(bound.abs(), |all, figure| gcd(all, figure.abs())).max(1)
    }
    fn sign(&self) -> Ordering {
        self.numer().sign().cmp(&num_bigint::Sign::NoSign)
    }
    fn divided(&self, by: &BigRational) -> BigRational {
        self / by
    }
    fn minus_product(&self, a: &BigRational, b: &BigRational) -> BigRational {
        if a.sign().is_eq() || b.sign().is_eq() { self.clone() } else { self - a * b }
    }
}

/// Lines solved for the variables of a basis. Columns are the program's and one slack for each inequality; the last
/// entry of a line is its value. In the beginning the basis holds one artificial variable for each line, what the line
/// lacks; it has no column, because none comes back.
struct Tableau<N> {
    lines: Vec<Vec<N>>,
    basis: Vec<usize>,
    /// The objective's line: what one more of a column costs, and minus the cost so far.
    costs: Vec<N>,
    /// The same for the sum of the artificial variables.
    lacks: Vec<N>,
    columns: usize,
    /// Where the numbers of artificial variables begin.
    artificial: usize,
}

impl<N: Number> Tableau<N> {
    fn new(program: &Program) -> Tableau<N> {
        let columns = program.costs.len();
        let inequalities = program.lines.iter().filter(|line| !line.is_equal).count();
        let artificial = columns + inequalities;
        let width = artificial + 1;
        let mut lines = Vec::new();
        let mut lacks = vec![N::of(0, 1); width];
        let mut slack = columns;
        for line in &program.lines {
            let scale = N::scale(&line.figures, line.bound);
            let sign = if line.bound < 0 { -1 } else { 1 };
            let mut entries = vec![N::of(0, 1); width];
            for (entry, figure) in entries.iter_mut().zip(&line.figures) {
                *entry = N::of(sign * figure, scale);
            }
            if !line.is_equal {
                entries[slack] = N::of(sign, 1);
                slack += 1;
            }
            let unit = N::of(1, N::UNIT);
            entries[width - 1] = N::of(0, 1).minus_product(&N::of(-sign * line.bound, scale), &unit);
            for (lack, entry) in lacks.iter_mut().zip(&entries) {
                *lack = lack.minus_product(entry, &N::of(1, 1));
            }
            lines.push(entries);
        }
        let scale = N::scale(&program.costs, 0);
        let mut costs = vec![N::of(0, 1); width];
        for (entry, cost) in costs.iter_mut().zip(&program.costs) {
            *entry = N::of(*cost, scale);
        }
        let basis = (artificial..artificial + lines.len()).collect();
        Tableau { lines, basis, costs, lacks, columns, artificial }
    }

    /// Brings the artificial variables to zero, if that is possible.
    fn find_values(&mut self) -> Option<()> {
        self.run(true);
        if self.lacks.last().expect("a value").sign().is_lt() {
            return None;
        }
        // An artificial variable of the basis is zero: any other column may take its place; if none can, the line says
        // nothing that the others do not.
        for line in 0..self.lines.len() {
            if self.basis[line] >= self.artificial {
                let column = (0..self.artificial).find(|&column| self.lines[line][column].sign().is_ne());
                if let Some(column) = column {
                    self.pivot(line, column);
                }
            }
        }
        Some(())
    }

    fn improve(&mut self) {
        self.run(false);
    }

    /// Pivots until nothing lowers the objective. Values lie between 0 and 10⁶, so it has a minimum.
    fn run(&mut self, first: bool) {
        loop {
            let objective = if first { &self.lacks } else { &self.costs };
            let Some(column) = (0..self.artificial).find(|&column| objective[column].sign().is_lt()) else { return };
            let mut leaving: Option<(N, usize)> = None;
            for (number, line) in self.lines.iter().enumerate() {
                if !line[column].sign().is_gt() {
                    continue;
                }
                let ratio = line.last().expect("a value").divided(&line[column]);
                let better = leaving.as_ref().is_none_or(|(least, at)| {
                    ratio < *least || ratio == *least && self.basis[number] < self.basis[*at]
                });
                if better {
                    leaving = Some((ratio, number));
                }
            }
            let Some((_, line)) = leaving else { return };
            self.pivot(line, column);
        }
    }

    fn pivot(&mut self, at: usize, column: usize) {
        let by = self.lines[at][column].clone();
        for entry in &mut self.lines[at] {
            *entry = entry.divided(&by);
        }
        let pivot = self.lines[at].clone();
        let others = self.lines.iter_mut().enumerate().filter(|(number, _)| *number != at).map(|(_, line)| line);
        for line in others.chain([&mut self.costs, &mut self.lacks]) {
            let times = line[column].clone();
            if times.sign().is_ne() {
                for (entry, pivot) in line.iter_mut().zip(&pivot) {
                    *entry = entry.minus_product(&times, pivot);
                }
            }
        }
        self.basis[at] = column;
    }

    /// The program's values, in parts.
    fn values(&self) -> Vec<N> {
        let mut values = vec![N::of(0, 1); self.columns];
        for (line, &column) in self.lines.iter().zip(&self.basis) {
            if column < self.columns {
                values[column] = N::of(0, 1).minus_product(line.last().expect("a value"), &N::of(-N::UNIT, 1));
            }
        }
        values
    }
}

#[test]
fn programs_worked_by_hand() {
    let line = |figures: &[i128], is_equal, bound| Line { figures: figures.to_vec(), is_equal, bound };
    // x + y = 10, 3x + 2y ≤ 25 (so x ≤ 5), y costs 2 and x costs 1: x = 5, y = 5.
    let program =
        Program { costs: vec![1, 2], constant: 100, lines: vec![line(&[1, 1], true, 10), line(&[3, 2], false, 25)] };
    let (objective, values) = program.solve::<BigRational>().expect("values");
    assert_eq!((small(&objective), values.iter().map(small).collect::<Vec<_>>()), (115, vec![5, 5]));
    // 3x ≤ 16 as well leaves x = 16/3 to fractions if 3x + 2y ≤ 26, and x = 5 to whole numbers.
    let mut program = program;
    program.lines[1].bound = 26;
    program.lines.push(line(&[3, 0], false, 16));
    assert_eq!(program.solve::<BigRational>().expect("values").0, BigRational::of(100 * 3 + 16 + 28, 3));
    let whole = program.whole(None, 100);
    assert_eq!((whole.least, whole.best), (Some(115), Some((115, vec![5, 5]))));
    assert_eq!(program.whole(Some(115), 100).best, None);
    // x ≥ 6 leaves nothing.
    program.lines.push(line(&[-1, 0], false, -6));
    assert!(program.solve::<BigRational>().is_none() && program.solve::<f64>().is_none());
    assert_eq!(program.whole(None, 100).least, None);
}
