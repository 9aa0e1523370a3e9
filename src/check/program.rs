//! The program that a proof speaks of: columns, rows and blocks with their exact figures.
//!
//! Its definition stands in the header of `plan/proof.rs`. Money is carried in **grains** of 10⁻³⁰ · 2⁻⁴⁰: the figure of
//! a row times its [`Row::scale`] times a multiplier is a whole number of them, and so is a cost times [`GRAINS`].
//!
//! Example: a quota of 64 vCPU is a row with the figure 8 · 10²⁴ for a machine of 8; at a multiplier of 0.5 a vCPU, which
//! is 2³⁹, and a scale of 10⁶ that is 8 · 10²⁴ · 2³⁹ · 10⁶ grains, or 4 · 10²⁴ of 10⁻²⁴: 4.

use std::collections::BTreeMap;

use ethnum::I256;

use crate::check::curve::Curve;
use crate::plan::{Breach, ColumnName, MULTIPLIER_BITS, RowName, Violation};

/// Grains in 10⁻²⁴ of money: 2⁴⁰ · 10⁶.
pub(super) const GRAINS: i128 = (1 << MULTIPLIER_BITS) * 1_000_000;

/// What the figures of a row count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// Whole units: 10³⁰ grains for one, at a multiplier of 1 · 2⁴⁰.
    Units,
    /// 10⁻¹² GB.
    Volume,
    /// 10⁻²⁴ of a sum.
    Sum,
    /// 10⁻³⁰ of a sum: 10⁶ × inside − p × base.
    Share,
}

impl Scale {
    /// Grains of one 2⁻⁴⁰ of money for one figure.
    pub(super) fn grains(self) -> I256 {
        I256::from(10).pow(match self {
            Scale::Units => 30,
            Scale::Volume => 18,
            Scale::Sum => 6,
            Scale::Share => 0,
        })
    }
}

/// A whole number from 0 to `most`.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: ColumnName,
    pub(super) most: i128,
    /// For one of it, in 10⁻²⁴.
    pub(super) cost: i128,
    /// What it costs as it grows, for a volume.
    pub(super) curve: Option<Curve>,
}

/// Σ figure × column ≤ bound, or = bound.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: RowName,
    pub(super) equal: bool,
    pub(super) scale: Scale,
    pub(super) bound: I256,
    /// Column and figure, none of them 0.
    pub(super) terms: Vec<(u32, I256)>,
    /// Volumes that count by their cost: column and figure for each 10⁻²⁴ of that.
    pub(super) costs: Vec<(u32, I256)>,
    /// Whether it is a limit that may be kept inside a minimum: absolute, at most, over units alone, no figure negative.
    pub(super) may_be_kept: bool,
}

/// What is placed together: one workload, or several that are alike.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) groups: Vec<Group>,
    /// Units that are not placed: of a whole block copies, of a divided one 1 for all of it.
    pub(super) unplaced: Option<u32>,
}

/// Candidates that are bought in the same number of units.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) units: u32,
    pub(super) columns: Vec<u32>,
    /// The column that says that this group is bought, where there is a choice.
    pub(super) bought: Option<u32>,
}

/// Columns, rows and blocks.
#[derive(Clone, Debug, Default)]
pub(super) struct Program {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    pub(super) blocks: Vec<Block>,
}

impl Program {
    /// Adds a column.
    pub(super) fn column(&mut self, name: ColumnName, most: i128, cost: i128) -> u32 {
        self.columns.push(Column { name, most, cost, curve: None });
        position(self.columns.len() - 1)
    }

    /// Adds a row over whole units.
    pub(super) fn row(&mut self, name: RowName, terms: Vec<(u32, i128)>, equal: bool, bound: i128) {
        let terms = terms.into_iter().map(|(column, figure)| (column, I256::from(figure))).collect();
        self.rows.push(Row {
            name,
            equal,
            scale: Scale::Units,
            bound: I256::from(bound),
            terms,
            costs: Vec::new(),
            may_be_kept: false,
        });
    }

    /// The columns of these names, in their order.
    pub(super) fn columns_named(&self, names: &[ColumnName]) -> Result<Vec<u32>, Violation> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let all: BTreeMap<&ColumnName, u32> = (0..).zip(&self.columns).map(|(at, column)| (&column.name, at)).collect();
        find(names, &all, "column")
    }

    /// The rows of these names, in their order.
    pub(super) fn rows_named(&self, names: &[RowName]) -> Result<Vec<u32>, Violation> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let all: BTreeMap<&RowName, u32> = (0..).zip(&self.rows).map(|(at, row)| (&row.name, at)).collect();
        find(names, &all, "row")
    }
}

/// A position as it is kept; no program has as many columns.
fn position(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn find<N: Ord + std::fmt::Debug>(names: &[N], all: &BTreeMap<&N, u32>, what: &str) -> Result<Vec<u32>, Violation> {
    let mut seen = std::collections::BTreeSet::new();
    let place = |number: usize| format!("{what} {number}");
    let found = names.iter().enumerate().map(|(number, name)| match all.get(name) {
        None => Err(wrong(place(number), format_args!("there is no {name:?}"))),
        Some(at) if !seen.insert(*at) => Err(wrong(place(number), format_args!("{name:?} is named twice"))),
        Some(at) => Ok(*at),
    });
    found.collect()
}

/// A fault of a proof.
pub(super) fn wrong(place: impl std::fmt::Display, message: impl std::fmt::Display) -> Violation {
    Violation { rule: Breach::Proof, place: place.to_string(), message: message.to_string() }
}
