//! The integer program of a problem: columns, rows, blocks; in floats, for the search.
//!
//! Its definition, column by column and row by row, stands in [`crate::plan::proof`], because a proof speaks of it and
//! `check` writes it again. Figures here are in natural units: money, vCPU, GB, units of a workload. They guide the
//! search and are never trusted: what a selection costs, and whether it keeps every rule, is added up exactly by
//! [`crate::problem::Standing`]; what is proven is recomputed by `check`.

pub(crate) mod name;
mod write;
mod write_rules;

use crate::problem::{Problem, Selection};
use crate::scenario::Domain;

/// Columns of a group that are always all tried.
const FEW: usize = 64;

/// Columns, rows and blocks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
    pub(crate) blocks: Vec<Block>,
}

/// A whole number from 0 to `most`.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) kind: ColumnKind,
    pub(crate) most: f64,
    pub(crate) cost: f64,
    /// Row number and figure, by rising number.
    pub(crate) entries: Vec<(usize, f64)>,
    /// For a volume: what it costs, step by step, and which rows count that.
    pub(crate) curve: Option<Curve>,
}

/// What a volume costs: straight lines between points.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    /// Volume and cost, by rising volume, from 0 to the most.
    pub(crate) points: Vec<(f64, f64)>,
    /// Row number and figure per unit of cost.
    pub(crate) entries: Vec<(usize, f64)>,
}

impl Curve {
    /// The cost of a volume.
    pub(crate) fn at(&self, volume: f64) -> f64 {
        let last = self.points.len() - 1;
        let position = self.points.partition_point(|&(point, _)| point < volume).clamp(1, last.max(1));
        let (from, to) = (self.points[position - 1], self.points[position.min(last)]);
        if to.0 <= from.0 { from.1 } else { from.1 + (to.1 - from.1) * (volume - from.0) / (to.0 - from.0) }
    }
}

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ColumnKind {
    /// Units of a block at a candidate of its first member.
    Units { block: usize, candidate: usize },
    /// Units of a block that are not placed.
    Unplaced { block: usize },
    /// The block is bought in that many units.
    Bought { block: usize, units: u32 },
    /// Units of a group on the SKU and terms of this candidate, the first of those, in all regions.
    Counts { block: usize, units: u32, candidate: usize },
    /// A block runs at a place.
    Runs { block: usize, domain: Domain, place: usize },
    /// A divided block keeps storage in a region.
    Stores { block: usize, region: usize },
    /// A fee is due.
    Opens { fee: usize },
    /// A provider is in use.
    Uses { provider: usize },
    /// A part above a crumb runs at a provider.
    Hosts { block: usize, provider: usize },
    /// A `together` rule meets at a place.
    Meets { rule: usize, place: usize },
    /// The value of a floor is in use.
    Floors { limit: usize },
    /// The account's volume of a tariff.
    Volume { tariff: usize },
}

/// Σ figure × column ≤ bound, or = bound.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) kind: RowKind,
    pub(crate) equal: bool,
    pub(crate) bound: f64,
    /// Column number and figure.
    pub(crate) entries: Vec<(usize, f64)>,
}

/// What a row states; numbers are of the problem's rows, fees and rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RowKind {
    Place { block: usize },
    Group { block: usize, units: u32 },
    Counts { block: usize, units: u32, candidate: usize },
    Runs { block: usize, units: u32, domain: Domain, place: usize },
    Ran { block: usize, domain: Domain, place: usize },
    Stores { block: usize, units: u32, region: usize },
    Stored { block: usize, region: usize },
    Opened { fee: usize },
    Opens { fee: usize, block: usize, units: u32 },
    Uses { provider: usize, block: usize, units: u32 },
    Used { provider: usize },
    Hosts { block: usize, provider: usize },
    ProvidersAtMost,
    ProvidersAtLeast,
    Meets { rule: usize, block: usize, units: u32, place: usize },
    Meeting { rule: usize },
    Apart { rule: usize, place: usize },
    Spread { rule: usize, units: u32, place: usize },
    Volume { tariff: usize },
    Limit { row: usize },
    Floors { row: usize, block: usize, units: u32 },
    LimitOpens { row: usize, fee: usize },
}

impl RowKind {
    /// Whether it says nothing but that a column stands for others: it holds by itself where that column is set to
    /// what they make of it.
    pub(crate) fn is_link(self) -> bool {
        use RowKind as Is;
        matches!(
            self,
            Is::Group { .. }
                | Is::Counts { .. }
                | Is::Runs { .. }
                | Is::Ran { .. }
                | Is::Stores { .. }
                | Is::Stored { .. }
                | Is::Opened { .. }
                | Is::Opens { .. }
                | Is::Uses { .. }
                | Is::Used { .. }
                | Is::Hosts { .. }
                | Is::Meets { .. }
                | Is::Volume { .. }
                | Is::Floors { .. }
                | Is::LimitOpens { .. }
        )
    }

    /// Whether it holds inside the minimum of a block.
    pub(crate) fn is_of_block(self) -> bool {
        matches!(self, RowKind::Place { .. } | RowKind::Group { .. })
    }
}

/// One workload, or several that are alike in everything.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Numbers of the problem's blocks, by name of their workloads.
    pub(crate) members: Vec<usize>,
    /// Copies of all members; 1 for a divided block.
    pub(crate) copies: u32,
    pub(crate) divided: bool,
    /// Candidates by the number of units they are bought in.
    pub(crate) groups: Vec<Group>,
    /// The column of what is not placed.
    pub(crate) unplaced: Option<usize>,
}

/// Candidates of one number of units.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// Units of the whole block.
    pub(crate) units: u32,
    /// Columns of its candidates, rising.
    pub(crate) columns: Vec<usize>,
    /// Of those, the ones that are tried first where there are many.
    pub(crate) likely: Vec<usize>,
    /// The column that says that this group is bought, where there is a choice.
    pub(crate) bought: Option<usize>,
}

impl Group {
    /// Columns to try when a selection is changed: all of them, or where they are many the likely ones.
    pub(crate) fn tried(&self) -> &[usize] {
        if self.columns.len() > FEW && !self.likely.is_empty() { &self.likely } else { &self.columns }
    }
}

impl Program {
    /// Units bought, by block: column and units, only those above 0.
    pub(crate) fn selection(&self, problem: &Problem, parts: &[Vec<(usize, u32)>]) -> Selection {
        let mut of_blocks: Vec<Vec<(usize, u32)>> = vec![Vec::new(); problem.blocks.len()];
        for (block, parts) in self.blocks.iter().zip(parts) {
            let mut parts = parts.clone();
            parts.sort_unstable();
            let mut left = parts.into_iter().filter(|(_, units)| *units > 0);
            let mut current = left.next();
            for &member in &block.members {
                // Members are served in the order of their names, each to the full, the last ones perhaps not at all.
                let mut wants = if block.divided { u32::MAX } else { problem.blocks[member].copies };
                while let Some((column, units)) = current {
                    let taken = units.min(wants);
                    if let ColumnKind::Units { candidate, .. } = self.columns[column].kind
                        && taken > 0
                    {
                        of_blocks[member].push((candidate, taken));
                    }
                    wants -= taken;
                    if units > taken {
                        current = Some((column, units - taken));
                        break;
                    }
                    current = left.next();
                }
            }
        }
        Selection { parts: of_blocks }
    }

    /// A selection as units bought by block: the other way round. A candidate without a column gives way to the cheapest
    /// one of its region that is bought in as many units: one of them is as good in everything.
    pub(crate) fn parts(&self, problem: &Problem, selection: &Selection) -> Vec<Vec<(usize, u32)>> {
        let of_block = |block: &Block| {
            let mut parts: Vec<(usize, u32)> = Vec::new();
            for &member in &block.members {
                for &(candidate, units) in &selection.parts[member] {
                    let Some(column) = self.column_for(problem, block, candidate) else { continue };
                    match parts.iter_mut().find(|(other, _)| *other == column) {
                        Some((_, sum)) => *sum += units,
                        None => parts.push((column, units)),
                    }
                }
            }
            parts.sort_unstable();
            parts
        };
        self.blocks.iter().map(of_block).collect()
    }

    fn column_for(&self, problem: &Problem, block: &Block, candidate: usize) -> Option<usize> {
        let candidates = &problem.blocks[block.members[0]].candidates;
        let wanted = &candidates[candidate];
        let of = |column: usize| match self.columns[column].kind {
            ColumnKind::Units { candidate, .. } => Some(candidate),
            _ => None,
        };
        let columns = || block.groups.iter().flat_map(|group| &group.columns).copied();
        columns().find(|&column| of(column) == Some(candidate)).or_else(|| {
            let alike = columns().filter(|&column| {
                of(column).is_some_and(|other| {
                    candidates[other].region == wanted.region && candidates[other].units() == wanted.units()
                })
            });
            alike.min_by(|&a, &b| self.columns[a].cost.total_cmp(&self.columns[b].cost).then(a.cmp(&b)))
        })
    }

    /// Whether parts place every block as it must be: whole, or as far as it may stay unplaced.
    pub(crate) fn places_all(&self, parts: &[Vec<(usize, u32)>]) -> bool {
        self.blocks.iter().zip(parts).all(|(block, parts)| {
            let units: u64 = parts.iter().map(|(_, units)| u64::from(*units)).sum();
            if block.divided {
                let of = |column: usize| block.groups.iter().find(|group| group.columns.contains(&column));
                match parts.first() {
                    None => block.unplaced.is_some(),
                    Some(&(first, _)) => of(first).is_some_and(|group| {
                        units == u64::from(group.units)
                            && parts.iter().all(|(column, _)| group.columns.contains(column))
                    }),
                }
            } else {
                units == u64::from(block.copies) || (block.unplaced.is_some() && units < u64::from(block.copies))
            }
        })
    }
}
