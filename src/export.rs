//! The program as a file for other solvers, so that anyone can confirm an optimum with theirs.
//!
//! Columns and rows carry the user's names: `h100-quota` is a row of that name. Characters that a format has no room for
//! become `_`, and names that meet get a number. A tariff's steps are segments, one of which is chosen: the volume is
//! its start and a part of its width, its cost likewise. No term stands twice in a row or in the objective: one popular
//! reader keeps only the last.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::plan::{ColumnName, Conflict, NoPlan, RowName};
use crate::problem::Problem;
use crate::program::Program;
use crate::program::name::Names;

/// A format that other solvers read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exchange {
    /// Rows as sums, for people too.
    Lp,
    /// Free MPS, column by column.
    Mps,
}

/// Writes the program of a problem. Figures are doubles, as solvers read them.
///
/// # Errors
/// [`NoPlan::Infeasible`] if a workload that must be placed has no candidate: no program can say that.
pub fn export(problem: &Problem, exchange: Exchange) -> Result<String, NoPlan> {
    if !problem.unserved.is_empty() {
        let unserved = problem.unserved.clone();
        return Err(NoPlan::Infeasible(Box::new(Conflict { unserved, ..Conflict::default() })));
    }
    let sheet = Sheet::of(problem, &Program::new(problem));
    Ok(match exchange {
        Exchange::Lp => sheet.lp(&problem.scenario.name),
        Exchange::Mps => sheet.mps(&problem.scenario.name),
    })
}

/// Columns and rows as they are written.
#[derive(Default)]
struct Sheet {
    /// Name, cost, most, and whether it is whole; the least is 0.
    columns: Vec<(String, f64, f64, bool)>,
    /// Name, terms, whether it is an equality, and the bound.
    rows: Vec<(String, Vec<(usize, f64)>, bool, f64)>,
}

impl Sheet {
    fn of(problem: &Problem, program: &Program) -> Sheet {
        let names = Names { problem, program };
        let mut sheet = Sheet::default();
        let mut taken = BTreeSet::new();
        // Where a volume's cost counts in a row: figure by column of the sheet.
        let mut costs: Vec<BTreeMap<usize, f64>> = vec![BTreeMap::new(); program.rows.len()];
        let mut later: Vec<(String, Vec<(usize, f64)>, bool, f64)> = Vec::new();
        for (number, column) in program.columns.iter().enumerate() {
            let name = unique(&mut taken, &column_words(&names.column(number)));
            let whole = column.curve.is_none();
            sheet.columns.push((name, column.cost, column.most, whole));
        }
        for (number, column) in program.columns.iter().enumerate() {
            let Some(curve) = &column.curve else { continue };
            let base = sheet.columns[number].0.clone();
            let mut volume = vec![(number, -1.0)];
            let mut one = Vec::new();
            for (step, ends) in curve.points.windows(2).enumerate() {
                let ((from, cost), (to, cost_to)) = (ends[0], ends[1]);
                let chosen = sheet.columns.len();
                sheet.columns.push((unique(&mut taken, &format!("{base}.step{step}")), cost, 1.0, true));
                let slope = (cost_to - cost) / (to - from);
                sheet.columns.push((unique(&mut taken, &format!("{base}.in{step}")), slope, to - from, false));
                one.push((chosen, 1.0));
                if from != 0.0 {
                    volume.push((chosen, from));
                }
                volume.push((chosen + 1, 1.0));
                let inside = unique(&mut taken, &format!("{base}.within{step}"));
                later.push((inside, vec![(chosen + 1, 1.0), (chosen, from - to)], false, 0.0));
                for &(row, figure) in &curve.entries {
                    *costs[row].entry(chosen).or_insert(0.0) += figure * cost;
                    *costs[row].entry(chosen + 1).or_insert(0.0) += figure * slope;
                }
            }
            if curve.points.len() > 1 {
                later.push((unique(&mut taken, &format!("{base}.one")), one, true, 1.0));
                later.push((unique(&mut taken, &format!("{base}.sum")), volume, true, 0.0));
            }
        }
        let mut of_rows = BTreeSet::new();
        for (number, row) in program.rows.iter().enumerate() {
            let mut terms = std::mem::take(&mut costs[number]);
            for &(column, figure) in &row.entries {
                *terms.entry(column).or_insert(0.0) += figure;
            }
            let name = unique(&mut of_rows, &row_words(&names.row(number)));
            sheet.rows.push((
                name,
                terms.into_iter().filter(|(_, figure)| *figure != 0.0).collect(),
                row.equal,
                row.bound,
            ));
        }
        sheet.rows.extend(later);
        sheet
    }

    fn lp(&self, name: &str) -> String {
        let mut out = String::new();
        let name = name.replace(['\n', '\r'], " ");
        let _ = writeln!(out, "\\ {name}: cost a month, every row by its name\nminimize\n cost:");
        self.sum(&mut out, &self.columns.iter().enumerate().map(|(at, column)| (at, column.1)).collect::<Vec<_>>());
        out.push_str("subject to\n");
        for (name, terms, equal, bound) in &self.rows {
            let _ = writeln!(out, " {name}:");
            self.sum(&mut out, terms);
            let _ = writeln!(out, "  {} {bound}", if *equal { "=" } else { "<=" });
        }
        out.push_str("bounds\n");
        for (name, _, most, _) in &self.columns {
            let _ = writeln!(out, " 0 <= {name} <= {most}");
        }
        out.push_str("generals\n");
        for (name, ..) in self.columns.iter().filter(|column| column.3) {
            let _ = writeln!(out, " {name}");
        }
        out.push_str("end\n");
        out
    }

    /// A sum, one term a line; nothing is written as nothing of the first column.
    fn sum(&self, out: &mut String, terms: &[(usize, f64)]) {
        let mut written = false;
        for &(column, figure) in terms.iter().filter(|(_, figure)| *figure != 0.0) {
            let sign = if figure < 0.0 { '-' } else { '+' };
            let _ = writeln!(out, "  {sign} {} {}", figure.abs(), self.columns[column].0);
            written = true;
        }
        if let (false, Some(first)) = (written, self.columns.first()) {
            let _ = writeln!(out, "  0 {}", first.0);
        }
    }

    fn mps(&self, name: &str) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "NAME {}\nROWS\n N cost", safe(name));
        for (name, _, equal, _) in &self.rows {
            let _ = writeln!(out, " {} {name}", if *equal { 'E' } else { 'L' });
        }
        let mut by_column: Vec<Vec<(usize, f64)>> = vec![Vec::new(); self.columns.len()];
        for (row, (_, terms, ..)) in self.rows.iter().enumerate() {
            for &(column, figure) in terms {
                by_column[column].push((row, figure));
            }
        }
        out.push_str("COLUMNS\n");
        let mut marked = false;
        for ((name, cost, _, whole), terms) in self.columns.iter().zip(&by_column) {
            if *whole != marked {
                let _ = writeln!(out, " MARKER 'MARKER' {}", if *whole { "'INTORG'" } else { "'INTEND'" });
                marked = *whole;
            }
            // A column without any term must be named all the same.
            if *cost != 0.0 || terms.is_empty() {
                let _ = writeln!(out, " {name} cost {cost}");
            }
            for &(row, figure) in terms {
                let _ = writeln!(out, " {name} {} {figure}", self.rows[row].0);
            }
        }
        if marked {
            out.push_str(" MARKER 'MARKER' 'INTEND'\n");
        }
        out.push_str("RHS\n");
        for (name, _, _, bound) in self.rows.iter().filter(|row| row.3 != 0.0) {
            let _ = writeln!(out, " RHS {name} {bound}");
        }
        out.push_str("BOUNDS\n");
        for (name, _, most, _) in &self.columns {
            let _ = writeln!(out, " UP BND {name} {most}");
        }
        out.push_str("ENDATA\n");
        out
    }
}

/// Characters that both formats take in a name.
fn safe(name: &str) -> String {
    let mut safe: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || "_.#$%&@".contains(letter) { letter } else { '_' })
        .take(200)
        .collect();
    // A name that begins like a number is read as one.
    if safe.chars().next().is_none_or(|first| !first.is_ascii_alphabetic()) || is_word_of_format(&safe) {
        safe.insert_str(0, "n_");
    }
    // `e5` is read as an exponent.
    let rest = safe.strip_prefix(['e', 'E']);
    if rest.is_some_and(|rest| rest.chars().next().is_none_or(|first| first.is_ascii_digit())) {
        safe.insert_str(0, "n_");
    }
    safe
}

/// Words that begin a part of a file.
fn is_word_of_format(name: &str) -> bool {
    const WORDS: [&str; 14] = [
        "minimize", "maximize", "subject", "st", "s.t.", "bounds", "bound", "generals", "general", "binaries",
        "binary", "end", "free", "inf",
    ];
    WORDS.contains(&name.to_ascii_lowercase().as_str()) || name == "cost"
}

fn unique(taken: &mut BTreeSet<String>, words: &str) -> String {
    let name = safe(words);
    let mut free = name.clone();
    let mut number = 2;
    while !taken.insert(free.clone()) {
        free = format!("{name}.{number}");
        number += 1;
    }
    free
}

fn column_words(name: &ColumnName) -> String {
    match name {
        ColumnName::Units { workload, at } => format!("{workload}@{at}"),
        ColumnName::Unplaced { workload } => format!("{workload}.unplaced"),
        ColumnName::Bought { workload, units } => format!("{workload}.bought{units}"),
        ColumnName::Counts { workload, sku, terms, .. } => format!("{workload}.counts@{sku} {terms}"),
        ColumnName::Runs { workload, place } => format!("{workload}.runs@{place}"),
        ColumnName::Stores { workload, region } => format!("{workload}.stores@{region}"),
        ColumnName::Opens { fee } => format!("{fee}.opens"),
        ColumnName::Uses { provider } => format!("uses@{provider}"),
        ColumnName::Hosts { workload, provider } => format!("{workload}.hosts@{provider}"),
        ColumnName::Meets { rule, place } => format!("{rule}.meets@{place}"),
        ColumnName::Floors { limit, of } => format!("{limit}.floors@{of}"),
        ColumnName::Volume { tariff } => format!("volume@{tariff}"),
    }
}

fn row_words(name: &RowName) -> String {
    match name {
        RowName::Place { workload } => format!("place.{workload}"),
        RowName::Group { workload, units } => format!("group.{workload}.{units}"),
        RowName::Counts { workload, sku, terms, .. } => format!("counts.{workload}@{sku} {terms}"),
        RowName::Runs { workload, place, .. } => format!("runs.{workload}@{place}"),
        RowName::Ran { workload, place } => format!("ran.{workload}@{place}"),
        RowName::Stores { workload, region, .. } => format!("stores.{workload}@{region}"),
        RowName::Stored { workload, region } => format!("stored.{workload}@{region}"),
        RowName::Opened { fee } => format!("opened.{fee}"),
        RowName::Opens { fee, workload, .. } => format!("opens.{fee}.{workload}"),
        RowName::Uses { provider, workload, .. } => format!("uses.{workload}@{provider}"),
        RowName::Used { provider } => format!("used@{provider}"),
        RowName::Hosts { workload, provider } => format!("hosts.{workload}@{provider}"),
        RowName::ProvidersAtMost => "providers.at_most".to_owned(),
        RowName::ProvidersAtLeast => "providers.at_least".to_owned(),
        RowName::Meets { rule, workload, place, .. } => format!("meets.{rule}.{workload}@{place}"),
        RowName::Meeting { rule } => rule.to_string(),
        RowName::Apart { rule, place } => format!("{rule}@{place}"),
        RowName::Spread { rule, place, .. } => format!("{rule}@{place}"),
        RowName::Volume { tariff } => format!("volume@{tariff}"),
        RowName::Limit { name, of: None } => name.to_string(),
        RowName::Limit { name, of: Some(of) } => format!("{name}@{of}"),
        RowName::Floors { limit, of, workload, .. } => format!("floors.{limit}@{of}.{workload}"),
        RowName::LimitOpens { name, of, fee } => match of {
            None => format!("{name}.opens.{fee}"),
            Some(of) => format!("{name}@{of}.opens.{fee}"),
        },
    }
}
