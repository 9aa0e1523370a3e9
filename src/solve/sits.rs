//! Where a gap sits: what each block, row and tariff adds to cost − L(π) in the case of a proof that holds a plan.
//!
//! cost − L(π) = Σ over what answers as one of (what the plan pays there at the priced costs − the least it could) +
//! Σ π · slack, every term ≥ 0. In floats, for people; the bound itself is the check's.

use std::collections::BTreeMap;

use crate::plan::{ColumnName, Keeps, MULTIPLIER_BITS, Node, Proof, RowName};
use crate::problem::{Problem, Selection};
use crate::program::name::Names;
use crate::program::{ColumnKind, Program};
use crate::solve::carry::carry;
use crate::solve::dual::{Dual, Form, Ranges};
use crate::solve::layout::Layout;
use crate::solve::{branch, forms};

/// Columns up to which a program is looked through.
const MOST_COLUMNS: usize = 2_000_000;

/// What adds to a gap.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sits {
    /// The problem's blocks that one block of the program stands for.
    Blocks(Vec<usize>),
    /// A row, by name.
    Row(RowName),
    /// A column of no workload, by name.
    Column(ColumnName),
}

/// Each term with its amount; `None` if the proof is none of this program, or the program too large.
pub(crate) fn sits(problem: &Problem, selection: &Selection, proof: &Proof) -> Option<Vec<(Sits, f64)>> {
    let program = Program::new(problem);
    if program.columns.len() > MOST_COLUMNS {
        return None;
    }
    let layout = Layout::new(&program);
    let values = branch::values_of(&program, &layout, &program.parts(problem, selection));
    let names = Names { problem, program: &program };
    let columns: BTreeMap<ColumnName, usize> =
        (0..program.columns.len()).map(|column| (names.column(column), column)).collect();
    let rows: BTreeMap<RowName, usize> = (0..program.rows.len()).map(|row| (names.row(row), row)).collect();
    let mut ranges = Ranges {
        least: vec![0.0; program.columns.len()],
        most: program.columns.iter().map(|column| column.most).collect(),
    };
    let mut work = 0;
    let mut changed: Option<Vec<usize>> = None;
    let mut at = 0;
    loop {
        carry(&program, &layout, &mut ranges, changed.as_deref(), &mut work);
        match proof.tree.get(at)? {
            Node::Branch { column, at_most, below, above } => {
                let column = *columns.get(proof.columns.get(*column)?)?;
                let is_volume = program.columns[column].curve.is_some();
                let cut = if is_volume { *at_most as f64 / 1e12 } else { *at_most as f64 };
                if values[column] <= cut + 1e-6 {
                    ranges.most[column] = ranges.most[column].min(cut);
                    at = *below;
                } else {
                    let least = if is_volume { cut } else { cut + 1.0 };
                    ranges.least[column] = ranges.least[column].max(least);
                    at = *above;
                }
                changed = Some(vec![column]);
            }
            Node::Leaf { keeps, multipliers } => {
                let mut priced = vec![0.0; program.rows.len()];
                for &(row, multiplier) in multipliers {
                    let row = *rows.get(proof.rows.get(row)?)?;
                    priced[row] = multiplier as f64 / (MULTIPLIER_BITS as f64).exp2();
                }
                let form = match keeps {
                    Keeps::Places => Form::Places,
                    // The form with several limits in a cluster comes last.
                    Keeps::Limits(kept) => {
                        let mut forms = forms::limits(problem, &program);
                        let several = kept.iter().any(|kept| !kept.more.is_empty());
                        if several { forms.pop()? } else { forms.into_iter().next()? }
                    }
                };
                let dual = Dual { program: &program, layout: &layout, form: &form };
                let least = dual.ask(&ranges, &priced, true)?.values;
                return Some(terms(&names, &form, &priced, &values, &least));
            }
            _ => return None,
        }
    }
}

/// What the plan pays above the least answer, by what answers as one, and what its slack is worth.
fn terms(names: &Names<'_>, form: &Form, priced: &[f64], values: &[f64], least: &[f64]) -> Vec<(Sits, f64)> {
    let program = names.program;
    // Columns that answer within a limit count for it.
    let mut cluster: BTreeMap<usize, Sits> = BTreeMap::new();
    if let Form::Limits(clusters) = form {
        for found in clusters {
            let of = match (found.limit, found.opens) {
                (Some(row), _) => Sits::Row(names.row(row)),
                (None, Some((column, _))) => Sits::Column(names.column(column)),
                (None, None) => continue,
            };
            let opens = found.opens.iter().map(|(column, _)| *column);
            for column in found.columns.iter().map(|(column, _)| *column).chain(opens) {
                cluster.insert(column, of.clone());
            }
        }
    }
    let mut sums: BTreeMap<Sits, f64> = BTreeMap::new();
    for (number, column) in program.columns.iter().enumerate() {
        let mut amount = 0.0;
        let apart = values[number] - least[number];
        if apart.abs() > 0.0 {
            let price = column.cost + column.entries.iter().map(|&(row, figure)| priced[row] * figure).sum::<f64>();
            amount = price * apart;
            if let Some(curve) = &column.curve {
                let weight = 1.0 + curve.entries.iter().map(|&(row, figure)| priced[row] * figure).sum::<f64>();
                amount += weight * (curve.at(values[number]) - curve.at(least[number]));
            }
        }
        if amount != 0.0 {
            let of = cluster.get(&number).cloned().unwrap_or_else(|| match column.kind {
                ColumnKind::Units { block, .. } | ColumnKind::Unplaced { block } | ColumnKind::Bought { block, .. } => {
                    Sits::Blocks(program.blocks[block].members.clone())
                }
                _ => Sits::Column(names.column(number)),
            });
            *sums.entry(of).or_default() += amount;
        }
    }
    let mut used = vec![0.0; program.rows.len()];
    for (column, value) in program.columns.iter().zip(values).filter(|(_, value)| **value != 0.0) {
        for &(row, figure) in &column.entries {
            used[row] += figure * value;
        }
        if let Some(curve) = &column.curve {
            for &(row, figure) in &curve.entries {
                used[row] += figure * curve.at(*value);
            }
        }
    }
    for (number, row) in program.rows.iter().enumerate() {
        if priced[number] != 0.0 && !row.equal {
            *sums.entry(Sits::Row(names.row(number))).or_default() += priced[number] * (row.bound - used[number]);
        }
    }
    sums.into_iter().collect()
}
