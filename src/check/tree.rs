//! The tree of a proof: whether it is one, what its leaves keep and price, and the least bound of them all.

use std::collections::BTreeMap;

use ethnum::I256;

use crate::catalog::Catalog;
use crate::check::carry::Carrier;
use crate::check::leaf::{Cluster, Pricing};
use crate::check::program::{GRAINS, Program, wrong};
use crate::money::Amount;
use crate::plan::{Breach, ColumnName, Keeps, Kept, Node, Proof, RowName, Violation};
use crate::scenario::Scenario;

/// What a proof shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// No plan has an objective below this.
    Bound(Amount),
    /// No plan exists.
    Nothing,
}

/// What a proof shows, recomputed from catalog and scenario in exact arithmetic.
///
/// Whether it was made for these inputs is not asked here: it shows what it shows.
///
/// # Errors
/// What is wrong with the proof: a name that does not exist, a multiplier of the wrong sign, a tree that is none, or
/// figures beyond the range that is kept exactly.
pub(crate) fn proven(catalog: &Catalog, scenario: &Scenario, proof: &Proof) -> Result<Shown, Violation> {
    let program = Program::of(catalog, scenario, &proof.classes)?;
    shown(&program, proof)
}

/// What a proof shows of a program.
pub(super) fn shown(program: &Program, proof: &Proof) -> Result<Shown, Violation> {
    let Some(pricing) = Pricing::new(program) else {
        return Err(wrong("proof", "the costs are beyond the range that is kept exactly"));
    };
    let tree = Tree::of(program, proof, &pricing)?;
    match tree.walk(program, pricing)? {
        None => Ok(Shown::Nothing),
        // Nothing costs less than nothing, so no proof shows less.
        Some(grains) => match i128::try_from(grains.max(I256::ZERO).div_euclid(I256::from(GRAINS))) {
            Ok(bound) => Ok(Shown::Bound(Amount::from_units(next_multiple(program, bound)))),
            Err(_) => Err(wrong("proof", "its bound is beyond the range of amounts")),
        },
    }
}

/// The least objective at or above a bound: where no tariff has steps, every objective is a multiple of what divides
/// every cost.
fn next_multiple(program: &Program, bound: i128) -> i128 {
    if program.columns.iter().any(|column| matches!(column.name, ColumnName::Volume { .. })) {
        return bound;
    }
    let mut divisor = 0_u128;
    for column in &program.columns {
        let mut rest = column.cost.unsigned_abs();
        while rest != 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
    }
    // The bound of a proof is above what its multipliers show by the rounding of these only where it is no multiple.
    match i128::try_from(divisor) {
        Ok(divisor) if divisor > 0 => match bound.rem_euclid(divisor) {
            0 => bound,
            over => bound.checked_add(divisor - over).unwrap_or(bound),
        },
        _ => bound,
    }
}

/// A node with its names resolved.
enum Case {
    Branch { column: u32, at_most: i128, below: usize, above: usize },
    Leaf { is_ray: bool, keeps: Option<usize>, multipliers: Vec<(u32, i64)> },
    Void,
}

/// A tree whose names exist, whose multipliers have the right signs, and which is one.
struct Tree<'a> {
    cases: Vec<Case>,
    /// What leaves keep, other than places.
    keeps: Vec<(&'a [Kept], Vec<Cluster>)>,
}

/// What is to be done on the way through a tree.
enum Step {
    /// Look at a node, after a cut of a column's range.
    Enter(usize, Option<(u32, i128, i128)>),
    /// Take back what was cut.
    Leave(usize),
}

impl<'a> Tree<'a> {
    fn of(program: &Program, proof: &'a Proof, pricing: &Pricing<'_>) -> Result<Tree<'a>, Violation> {
        let columns = program.columns_named(&proof.columns)?;
        let rows = program.rows_named(&proof.rows)?;
        is_tree(&proof.tree)?;
        let mut tree = Tree { cases: Vec::with_capacity(proof.tree.len()), keeps: Vec::new() };
        for (number, node) in proof.tree.iter().enumerate() {
            let case = match node {
                Node::Branch { column, at_most, below, above } => {
                    let Some(&column) = columns.get(*column) else {
                        return Err(at(number, "it branches on a column that is not listed"));
                    };
                    Case::Branch { column, at_most: *at_most, below: *below, above: *above }
                }
                Node::Leaf { keeps, multipliers } | Node::Ray { keeps, multipliers } => {
                    let keeps = match keeps {
                        Keeps::Places => None,
                        Keeps::Limits(kept) => Some(tree.kept(program, &rows, number, kept)?),
                    };
                    let multipliers = priced(program, &rows, number, multipliers)?;
                    tree.prices_nothing_kept(program, number, keeps, &multipliers)?;
                    pricing.fits(number, &multipliers)?;
                    Case::Leaf { is_ray: matches!(node, Node::Ray { .. }), keeps, multipliers }
                }
                Node::Void => Case::Void,
            };
            tree.cases.push(case);
        }
        Ok(tree)
    }

    /// The number of what a leaf keeps.
    fn kept(&mut self, program: &Program, rows: &[u32], number: usize, kept: &'a [Kept]) -> Result<usize, Violation> {
        if let Some(found) = self.keeps.iter().position(|(of, _)| *of == kept) {
            return Ok(found);
        }
        let mut clusters: Vec<Cluster> = Vec::with_capacity(kept.len());
        let mut taken = vec![false; program.columns.len()];
        for one in kept {
            let cluster = cluster(program, rows, one).map_err(|message| at(number, message))?;
            let columns = cluster.inside.iter().map(|(column, _)| column).chain(&cluster.others).chain(&cluster.opens);
            for &column in columns {
                if std::mem::replace(&mut taken[column as usize], true) {
                    return Err(at(number, "a column is in two of the parts that it keeps"));
                }
            }
            clusters.push(cluster);
        }
        self.keeps.push((kept, clusters));
        Ok(self.keeps.len() - 1)
    }

    /// Refuses multipliers of rows that hold inside a minimum: they would say twice what is said once.
    fn prices_nothing_kept(
        &self,
        program: &Program,
        number: usize,
        keeps: Option<usize>,
        multipliers: &[(u32, i64)],
    ) -> Result<(), Violation> {
        for &(row, _) in multipliers {
            let name = &program.rows[row as usize].name;
            let is_kept = match keeps {
                None => matches!(name, RowName::Place { .. } | RowName::Group { .. }),
                Some(keeps) => self.keeps[keeps].1.iter().any(|cluster| {
                    let fee = cluster.opens.map(|column| &program.columns[column as usize].name);
                    cluster.quotas.contains(&row)
                        || matches!((name, fee), (RowName::Opens { fee, .. }, Some(ColumnName::Opens { fee: kept })) if fee == kept)
                }),
            };
            if is_kept {
                return Err(at(number, format_args!("it prices {name:?}, which it keeps")));
            }
        }
        Ok(())
    }

    /// The least bound of all leaves in grains; `None` if nothing is in any of them.
    fn walk(&self, program: &Program, mut pricing: Pricing<'_>) -> Result<Option<I256>, Violation> {
        let mut ranges = Carrier::new(program);
        let mut least: Option<I256> = None;
        let mut steps = vec![Step::Enter(0, None)];
        while let Some(step) = steps.pop() {
            let (number, cut) = match step {
                Step::Enter(number, cut) => (number, cut),
                Step::Leave(mark) => {
                    ranges.back_to(mark);
                    continue;
                }
            };
            steps.push(Step::Leave(ranges.mark()));
            let is_cut = cut.is_none_or(|(column, low, high)| ranges.cut(column, low, high));
            if !is_cut || !ranges.settle() {
                // The rows alone leave nothing here, nor below.
                continue;
            }
            match &self.cases[number] {
                Case::Branch { column, at_most, below, above } => {
                    steps.push(Step::Enter(*above, Some((*column, at_most.saturating_add(1), i128::MAX))));
                    steps.push(Step::Enter(*below, Some((*column, i128::MIN, *at_most))));
                }
                Case::Leaf { is_ray, keeps, multipliers } => {
                    let sum = match keeps {
                        None => pricing.places(&ranges, multipliers, !is_ray),
                        Some(keeps) => pricing.limits(&ranges, &self.keeps[*keeps].1, multipliers, !is_ray),
                    };
                    let Some(sum) = sum else { continue };
                    if !is_ray {
                        least = Some(least.map_or(sum, |least| least.min(sum)));
                    } else if sum <= 0 {
                        return Err(at(number, "its multipliers do not show that nothing is there"));
                    }
                }
                Case::Void => return Err(at(number, "the rows leave something there")),
            }
        }
        Ok(least)
    }
}

/// A fault at a node.
fn at(number: usize, message: impl std::fmt::Display) -> Violation {
    wrong(format_args!("node {number}"), message)
}

/// Whether every node but the root is the child of one that comes before it.
fn is_tree(nodes: &[Node]) -> Result<(), Violation> {
    if nodes.is_empty() {
        return Err(Violation { rule: Breach::Proof, place: "proof".to_owned(), message: "it has no tree".to_owned() });
    }
    let mut has_parent = vec![false; nodes.len()];
    for (number, node) in nodes.iter().enumerate() {
        let Node::Branch { below, above, .. } = node else { continue };
        for &child in [below, above] {
            if child <= number || child >= nodes.len() {
                return Err(at(number, format_args!("its child {child} does not come after it")));
            }
            if std::mem::replace(&mut has_parent[child], true) {
                return Err(at(child, "it is the child of two"));
            }
        }
    }
    match has_parent.iter().skip(1).position(|has| !has) {
        Some(orphan) => Err(at(orphan + 1, "it is no node's child")),
        None => Ok(()),
    }
}

/// Multipliers by row of the program, with the signs that rows ask for.
fn priced(
    program: &Program,
    rows: &[u32],
    number: usize,
    multipliers: &[(usize, i64)],
) -> Result<Vec<(u32, i64)>, Violation> {
    if !multipliers.is_sorted_by(|one, other| one.0 < other.0) {
        return Err(at(number, "its multipliers are not by rising row"));
    }
    let mut all = Vec::with_capacity(multipliers.len());
    for &(row, multiplier) in multipliers {
        let Some(&row) = rows.get(row) else { return Err(at(number, "it prices a row that is not listed")) };
        let found = &program.rows[row as usize];
        if multiplier < 0 && !found.equal {
            return Err(at(number, format_args!("the multiplier of {:?} is below 0", found.name)));
        }
        all.push((row, multiplier));
    }
    all.sort_unstable();
    Ok(all)
}

/// The columns of limits, a fee, or both.
fn cluster(program: &Program, rows: &[u32], kept: &Kept) -> Result<Cluster, &'static str> {
    let listed = |row: usize| rows.get(row).copied().ok_or("it keeps a row that is not listed");
    let mut cluster = Cluster::default();
    if kept.limit.is_none() && !kept.more.is_empty() {
        return Err("it keeps further limits without a first");
    }
    for &row in kept.limit.iter().chain(&kept.more) {
        let row = listed(row)?;
        if !program.rows[row as usize].may_be_kept {
            return Err("it keeps a limit that is not absolute, at most, over units alone");
        }
        if cluster.quotas.contains(&row) {
            return Err("it keeps a limit twice");
        }
        cluster.quotas.push(row);
    }
    let mut inside: BTreeMap<u32, Vec<I256>> = BTreeMap::new();
    for (number, &row) in cluster.quotas.iter().enumerate() {
        for &(column, weight) in &program.rows[row as usize].terms {
            inside.entry(column).or_insert_with(|| vec![I256::ZERO; cluster.quotas.len()])[number] += weight;
        }
    }
    cluster.inside = inside.into_iter().collect();
    if let Some(row) = kept.opens {
        let RowName::Opens { fee, .. } = &program.rows[listed(row)? as usize].name else {
            return Err("it keeps as a fee what is no row of one");
        };
        let of_fee = program.rows.iter().filter(|row| matches!(&row.name, RowName::Opens { fee: of, .. } if of == fee));
        let mut there: Vec<u32> = Vec::new();
        for &(column, figure) in of_fee.flat_map(|row| &row.terms) {
            if figure > 0 {
                there.push(column);
            } else {
                cluster.opens = Some(column);
            }
        }
        there.sort_unstable();
        if !cluster.inside.iter().all(|(column, _)| there.binary_search(column).is_ok()) {
            return Err("it keeps a limit with a fee at whose place not all of its columns are");
        }
        let is_inside = |column: &u32| cluster.inside.binary_search_by_key(column, |(column, _)| *column).is_ok();
        cluster.others = there.into_iter().filter(|column| !is_inside(column)).collect();
    }
    Ok(cluster)
}
