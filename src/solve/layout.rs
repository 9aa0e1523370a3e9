//! What the search looks up about a program again and again: what feeds what, which rows are real, their scale.

use crate::program::{ColumnKind, Program, RowKind};

/// What a row means to the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A rule: its sum must stay within its bound.
    Rule,
    /// Says that a column stands for others; holds by itself.
    Link,
    /// Adds up the volume of this column.
    Volume(usize),
    /// A block is placed; holds by itself.
    Block,
}

/// A column that is 1 where more than `crumb` units of one block are in columns that feed it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feed {
    pub(crate) column: usize,
    pub(crate) crumb: u32,
}

/// Lookups of a program.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) roles: Vec<Role>,
    /// By column: which columns its units feed.
    pub(crate) feeds: Vec<Vec<Feed>>,
    /// By column: its figures in rules, without rows that only link columns.
    pub(crate) uses: Vec<Vec<(usize, f64)>>,
    /// By column: the volumes it adds to, and how much.
    pub(crate) volumes: Vec<Vec<(usize, f64)>>,
    /// By row: its largest figure, 1 if it has none.
    pub(crate) scale: Vec<f64>,
    /// By row: the most that one column can add, and no less than the scale. Of parts of 10⁻⁶ it is a million times the
    /// figure, so that noise of floats is a part of this.
    pub(crate) reach: Vec<f64>,
    /// Columns that are of no block: they answer each by itself.
    pub(crate) loose: Vec<usize>,
    /// By block: the columns that are tried when a selection is changed, the cheapest first.
    pub(crate) cheapest: Vec<Vec<usize>>,
    /// By row: whether a tariff's cost counts in it.
    pub(crate) curved: Vec<bool>,
    /// Limits on what is minimised: whoever makes a selection cheaper comes nearer to them, too.
    pub(crate) budgets: Vec<bool>,
}

impl Layout {
    pub(crate) fn new(program: &Program) -> Layout {
        let mut feeds: Vec<Vec<Feed>> = vec![Vec::new(); program.columns.len()];
        let mut roles = Vec::with_capacity(program.rows.len());
        let mut scale: Vec<f64> = Vec::with_capacity(program.rows.len());
        let mut reach: Vec<f64> = Vec::with_capacity(program.rows.len());
        let mut curved = vec![false; program.rows.len()];
        for column in &program.columns {
            for &(row, _) in column.curve.iter().flat_map(|curve| &curve.entries) {
                curved[row] = true;
            }
        }
        for row in &program.rows {
            scale.push(row.entries.iter().map(|(_, figure)| figure.abs()).fold(0.0, f64::max));
            let most = row.entries.iter().map(|&(column, figure)| figure.abs() * program.columns[column].most.max(1.0));
            reach.push(most.fold(0.0, f64::max));
            roles.push(match row.kind {
                RowKind::Place { .. } => Role::Block,
                RowKind::Volume { .. } => {
                    let volume = |&(column, _): &(usize, f64)| program.columns[column].curve.is_some();
                    let column = row.entries.iter().find(|entry| volume(entry)).map_or(0, |(column, _)| *column);
                    Role::Volume(column)
                }
                kind if kind.is_link() => Role::Link,
                _ => Role::Rule,
            });
            let positive = matches!(row.kind, RowKind::Hosts { .. });
            if !matches!(
                row.kind,
                RowKind::Group { .. }
                    | RowKind::Runs { .. }
                    | RowKind::Stores { .. }
                    | RowKind::Opens { .. }
                    | RowKind::Uses { .. }
                    | RowKind::Hosts { .. }
                    | RowKind::Meets { .. }
                    | RowKind::Floors { .. }
            ) {
                continue;
            }
            let is_fed = |figure: f64| (figure > 0.0) == positive;
            let Some(&(fed, figure)) = row.entries.iter().find(|(_, figure)| is_fed(*figure)) else { continue };
            // A host takes one unit more than a crumb; the others state the crumb as their bound.
            let crumb = if positive { figure - 1.0 } else { row.bound };
            for &(column, _) in row.entries.iter().filter(|(column, _)| *column != fed) {
                feeds[column].push(Feed { column: fed, crumb: crumb as u32 });
            }
        }
        for value in scale.iter_mut().chain(&mut reach) {
            if *value == 0.0 {
                *value = 1.0;
            }
        }
        let mut block = vec![None; program.columns.len()];
        for (number, found) in program.columns.iter().enumerate() {
            if let ColumnKind::Units { block: of, .. }
            | ColumnKind::Unplaced { block: of }
            | ColumnKind::Bought { block: of, .. } = found.kind
            {
                block[number] = Some(of);
            }
        }
        let loose = (0..program.columns.len()).filter(|&column| block[column].is_none()).collect();
        let mut uses = vec![Vec::new(); program.columns.len()];
        let mut volumes = vec![Vec::new(); program.columns.len()];
        for (number, column) in program.columns.iter().enumerate() {
            for &(row, figure) in &column.entries {
                match roles[row] {
                    Role::Rule => uses[number].push((row, figure)),
                    Role::Volume(volume) => volumes[number].push((volume, figure)),
                    Role::Link | Role::Block => {}
                }
            }
        }
        let by_cost =
            |a: &usize, b: &usize| program.columns[*a].cost.total_cmp(&program.columns[*b].cost).then(a.cmp(b));
        let cheapest = program.blocks.iter().map(|block| {
            let mut tried: Vec<usize> = block.groups.iter().flat_map(|group| group.tried()).copied().collect();
            tried.sort_by(by_cost);
            tried
        });
        let cheapest = cheapest.collect();
        let budgets = (0..program.rows.len()).map(|row| is_budget(program, row)).collect();
        Layout { roles, feeds, uses, volumes, scale, reach, loose, cheapest, curved, budgets }
    }
}

/// Whether a row limits what is minimised: each column's figure is its cost, and so is each tariff's. What is not placed
/// costs its value and counts in no limit.
fn is_budget(program: &Program, number: usize) -> bool {
    let row = &program.rows[number];
    if row.equal || !matches!(row.kind, RowKind::Limit { .. }) || row.entries.is_empty() {
        return false;
    }
    let mut figures = vec![0.0; program.columns.len()];
    row.entries.iter().for_each(|&(column, figure)| figures[column] += figure);
    program.columns.iter().zip(&figures).all(|(column, &figure)| {
        let unplaced = matches!(column.kind, ColumnKind::Unplaced { .. });
        let plain = unplaced || (column.cost - figure).abs() <= 1e-12 * column.cost.abs();
        plain
            && column.curve.as_ref().is_none_or(|curve| {
                let found = curve.entries.iter().filter(|(row, _)| *row == number).map(|(_, figure)| figure);
                (found.sum::<f64>() - 1.0).abs() <= 1e-12
            })
    })
}
