//! The program without whole numbers: values that guide branches, multipliers that prove.
//!
//! One linear program serves all cases of a tree: a case changes ranges, and rows that only link columns come in when
//! a solution breaks them. A tariff's cost is the hull of its steps: `volume = Σ point × weight`, weights add up to 1,
//! those beside the case's range are 0.

use crate::program::{Program, RowKind};
use crate::solve::dual::Ranges;
use crate::solve::simplex::{End, Simplex};

/// How far a link may be broken, of its largest figure, before it comes in.
const BROKEN: f64 = 1e-7;
/// Columns of a group that are looked at from the beginning.
const AWAKE: usize = 24;
/// Links that come in at once.
const AT_ONCE: usize = 150;
/// Rounds of links coming in.
const ROUNDS: usize = 40;
/// Rows beyond which no link comes in any more.
const MOST_ROWS: usize = 2_500;

/// The relaxation of a program.
pub(crate) struct Relaxation {
    simplex: Simplex,
    /// By column of the program: what a column of the simplex is multiplied by.
    width: Vec<f64>,
    /// By volume: its column, and the columns and figures of its points.
    hulls: Vec<Hull>,
    /// By row of the program: its row in the simplex and what it was divided by, once it is in.
    rows: Vec<Option<(usize, f64)>>,
    pivots: u32,
    /// Whether rows that count units on one SKU are in.
    counts: bool,
}

/// Weights of a tariff's steps.
struct Hull {
    column: usize,
    first: usize,
    points: Vec<(f64, f64)>,
}

/// What the relaxation says of a case.
pub(crate) enum Said {
    /// Values of all columns, and by column what its volume costs on the hull of its steps.
    Values(Vec<f64>, Vec<f64>),
    /// Multipliers that show that nothing is there.
    Nothing(Vec<f64>),
    /// It took too long.
    Spent,
}

impl Relaxation {
    /// The relaxation of a program; `None` if it is too large for an inverse.
    pub(crate) fn new(program: &Program, most_pivots: u32) -> Option<Relaxation> {
        let width: Vec<f64> =
            program.columns.iter().map(|column| if column.most > 0.0 { column.most } else { 1.0 }).collect();
        let mut cost: Vec<f64> =
            program.columns.iter().zip(&width).map(|(column, width)| column.cost * width).collect();
        let mut hulls = Vec::new();
        for (number, column) in program.columns.iter().enumerate() {
            if let Some(curve) = &column.curve {
                hulls.push(Hull { column: number, first: cost.len(), points: curve.points.clone() });
                cost.extend(curve.points.iter().map(|point| point.1));
            }
        }
        let count = cost.len();
        let simplex = Simplex::new(cost, vec![0.0; count], vec![1.0; count]);
        let rows = vec![None; program.rows.len()];
        let mut relaxation = Relaxation { simplex, width, hulls, rows, pivots: most_pivots, counts: true };
        let mut real: Vec<usize> = (0..program.rows.len()).filter(|&row| !is_lazy(program.rows[row].kind)).collect();
        if real.len() > MOST_ROWS {
            // Splits are coarser with counts; bounds are the same without them.
            real.retain(|&row| !matches!(program.rows[row].kind, RowKind::Counts { .. }));
            relaxation.counts = false;
        }
        if real.len() > MOST_ROWS {
            return None;
        }
        for row in real {
            relaxation.enter(program, row);
        }
        for number in 0..relaxation.hulls.len() {
            let hull = &relaxation.hulls[number];
            let weights: Vec<(usize, f64)> = (0..hull.points.len()).map(|point| (hull.first + point, 1.0)).collect();
            let scale = relaxation.width[hull.column];
            let mut volume: Vec<(usize, f64)> =
                weights.iter().zip(&hull.points).map(|(&(weight, _), point)| (weight, point.0 / scale)).collect();
            volume.retain(|(_, figure)| *figure != 0.0);
            volume.push((hull.column, -1.0));
            relaxation.simplex.add_row(&weights, true, 1.0);
            relaxation.simplex.add_row(&volume, true, 0.0);
        }
        relaxation.begin_with_few(program);
        Some(relaxation)
    }

    /// Of many columns of a block all but the likely and cheap ones sleep until they are worth their cost.
    fn begin_with_few(&mut self, program: &Program) {
        for block in &program.blocks {
            for group in block.groups.iter().filter(|group| group.columns.len() > AWAKE) {
                let mut columns = group.tried().to_vec();
                columns.sort_by(|&a, &b| program.columns[a].cost.total_cmp(&program.columns[b].cost).then(a.cmp(&b)));
                columns.truncate(AWAKE);
                columns.sort_unstable();
                for &column in group.columns.iter().filter(|column| columns.binary_search(column).is_err()) {
                    self.simplex.put_to_sleep(column);
                }
            }
        }
        self.simplex.close_eyes();
    }

    /// Work done so far.
    pub(crate) fn work(&self) -> u64 {
        self.simplex.work
    }

    /// Brings a row of the program in.
    fn enter(&mut self, program: &Program, number: usize) {
        let row = &program.rows[number];
        let mut entries: Vec<(usize, f64)> =
            row.entries.iter().map(|&(column, figure)| (column, figure * self.width[column])).collect();
        for hull in &self.hulls {
            let curve = program.columns[hull.column].curve.iter().flat_map(|curve| &curve.entries);
            for &(_, figure) in curve.filter(|(row, _)| *row == number) {
                let costs = hull.points.iter().enumerate().filter(|(_, point)| point.1 != 0.0);
                entries.extend(costs.map(|(at, point)| (hull.first + at, figure * point.1)));
            }
        }
        let scale = entries.iter().map(|(_, figure)| figure.abs()).fold(0.0, f64::max);
        let scale = if scale > 0.0 { scale } else { 1.0 };
        for entry in &mut entries {
            entry.1 /= scale;
        }
        self.rows[number] = Some((self.simplex.rows(), scale));
        self.simplex.add_row(&entries, row.equal, row.bound / scale);
    }

    /// Solves a case; `halt` says at so much [work](Relaxation::work) whether to end.
    pub(crate) fn solve(&mut self, program: &Program, ranges: &Ranges, halt: &dyn Fn(u64) -> bool) -> Said {
        for column in 0..program.columns.len() {
            let width = self.width[column];
            self.simplex.set_range(column, ranges.least[column] / width, ranges.most[column] / width);
        }
        for hull in &self.hulls {
            let (least, most) = (ranges.least[hull.column], ranges.most[hull.column]);
            for (at, point) in hull.points.iter().enumerate() {
                // A point serves if the range reaches into a segment that ends at it.
                let before = at == 0 || hull.points[at - 1].0 <= most;
                let after = at + 1 == hull.points.len() || hull.points[at + 1].0 >= least;
                let beside = (point.0 > most && at > 0 && hull.points[at - 1].0 >= most)
                    || (point.0 < least && at + 1 < hull.points.len() && hull.points[at + 1].0 <= least);
                let serves = before && after && !beside;
                self.simplex.set_range(hull.first + at, 0.0, if serves { 1.0 } else { 0.0 });
            }
        }
        for _ in 0..ROUNDS {
            match self.simplex.solve(self.pivots, halt) {
                End::Nothing(multipliers) => return Said::Nothing(self.of_program(program, &multipliers)),
                End::Spent => return Said::Spent,
                End::Optimal => {}
            }
            let solution = self.simplex.solution();
            let values: Vec<f64> = self.width.iter().zip(&solution).map(|(width, value)| width * value).collect();
            let mut broken: Vec<(f64, usize)> = Vec::new();
            for (number, row) in program.rows.iter().enumerate() {
                if self.rows[number].is_some() || (!self.counts && matches!(row.kind, RowKind::Counts { .. })) {
                    continue;
                }
                let scale = row.entries.iter().map(|(_, figure)| figure.abs()).fold(1e-12, f64::max);
                let sum: f64 = row.entries.iter().map(|&(column, figure)| figure * values[column]).sum();
                let over = (sum - row.bound) / scale;
                if over > BROKEN {
                    broken.push((over, number));
                }
            }
            if broken.is_empty() || self.simplex.rows() > MOST_ROWS {
                let mut hull_costs = vec![0.0; values.len()];
                for hull in &self.hulls {
                    let weights = &solution[hull.first..hull.first + hull.points.len()];
                    hull_costs[hull.column] =
                        weights.iter().zip(&hull.points).map(|(weight, point)| weight * point.1).sum();
                }
                return Said::Values(values, hull_costs);
            }
            broken.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            for &(_, number) in broken.iter().take(AT_ONCE) {
                self.enter(program, number);
            }
        }
        Said::Spent
    }

    /// Multipliers of the program's rows at the last solution.
    pub(crate) fn multipliers(&self, program: &Program) -> Vec<f64> {
        self.of_program(program, &self.simplex.multipliers())
    }

    fn of_program(&self, program: &Program, found: &[f64]) -> Vec<f64> {
        let of_row = |(row, entered): (&crate::program::Row, &Option<(usize, f64)>)| {
            let Some((at, scale)) = *entered else { return 0.0 };
            let value = found[at] / scale;
            if row.equal { value } else { value.max(0.0) }
        };
        program.rows.iter().zip(&self.rows).map(of_row).collect()
    }
}

/// Rows that come in only when a solution breaks them.
fn is_lazy(kind: RowKind) -> bool {
    kind.is_link() && !matches!(kind, RowKind::Group { .. } | RowKind::Volume { .. } | RowKind::Counts { .. })
}
