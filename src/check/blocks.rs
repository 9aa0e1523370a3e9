//! Blocks: each workload, or several that are alike, with its candidates as columns and what these bring to limits and
//! tariffs.

use std::collections::BTreeMap;

use ethnum::I256;

use crate::catalog::{Name, RegionId};
use crate::check::candidate::{Candidate, Market, beyond};
use crate::check::program::{Block, Group, Program, wrong};
use crate::check::supply::ServedBy;
use crate::plan::{ColumnName, RowName, Violation};
use crate::scenario::{Bound, Scenario, Split};

/// A block as the rows of rules ask for it.
pub(super) struct Written<'a> {
    /// The number of the workload that stands for it.
    pub(super) workload: usize,
    /// By group of the block.
    pub(super) groups: Vec<Vec<Placed<'a>>>,
}

/// A candidate that has a column.
pub(super) struct Placed<'a> {
    pub(super) column: u32,
    pub(super) candidate: Candidate<'a>,
}

/// What the columns of candidates, storage, fees and volumes add to a limit's row.
#[derive(Default)]
pub(super) struct Sum {
    pub(super) terms: Vec<(u32, I256)>,
    pub(super) costs: Vec<(u32, I256)>,
    /// The most that the base of a percentage can be, in 10⁻²⁴; kept for floors.
    pub(super) most: I256,
}

/// A program as it is written.
pub(super) struct Draft<'a> {
    pub(super) market: Market<'a>,
    pub(super) program: Program,
    pub(super) blocks: Vec<Written<'a>>,
    /// By row of the market.
    pub(super) sums: Vec<Sum>,
    /// By tariff: the columns that bring volume to it, those of a `Volume` column only.
    pub(super) volumes: BTreeMap<usize, Vec<(u32, I256)>>,
}

impl<'a> Draft<'a> {
    /// The blocks of a scenario, where these workloads are merged.
    pub(super) fn new(market: Market<'a>, classes: &[Vec<Name>]) -> Result<Draft<'a>, Violation> {
        let members = members(market.scenario, classes)?;
        let sums = market.rows.iter().map(|_| Sum::default()).collect();
        let mut draft =
            Draft { market, program: Program::default(), blocks: Vec::new(), sums, volumes: BTreeMap::new() };
        for (number, others) in members.into_iter().enumerate() {
            if let Some(others) = others {
                draft.block(number, &others)?;
            }
        }
        Ok(draft)
    }

    /// A workload, and those merged with it.
    fn block(&mut self, number: usize, others: &[usize]) -> Result<(), Violation> {
        let scenario = self.market.scenario;
        let workload = &scenario.workloads[number];
        let candidates = self.market.candidates(number)?;
        let mut copies = workload.count;
        for &other in others {
            let member = &scenario.workloads[other];
            let alike = self.market.candidates(other)?;
            if member.split != Split::Never
                || workload.split != Split::Never
                || member.value != workload.value
                || alike.len() != candidates.len()
                || !alike.iter().zip(&candidates).all(|(one, other)| one.is_like(other))
            {
                let message = format_args!("{} is not like it in every figure", member.name);
                return Err(wrong(format_args!("class of {}", workload.name), message));
            }
            copies = copies.checked_add(member.count).ok_or_else(|| beyond(&workload.name))?;
        }
        let divided = workload.split != Split::Never;
        let mut by_units: BTreeMap<u32, Vec<Candidate<'a>>> = BTreeMap::new();
        if !divided {
            by_units.insert(copies, Vec::new());
        }
        for candidate in candidates {
            by_units.entry(if divided { candidate.units } else { copies }).or_default().push(candidate);
        }
        let name = workload.name.clone();
        let value = workload.value;
        let unplaced = value.map(|value| {
            let most = if divided { 1 } else { i128::from(copies) };
            self.program.column(ColumnName::Unplaced { workload: name.clone() }, most, value.units())
        });
        let choice = divided && (by_units.len() != 1 || value.is_some());
        let mut placed: Vec<(u32, i128)> = unplaced.into_iter().map(|column| (column, 1)).collect();
        let mut needed = 1;
        let mut block = Block { groups: Vec::new(), unplaced };
        let mut written = Written { workload: number, groups: Vec::new() };
        let mut bases: BTreeMap<usize, I256> = BTreeMap::new();
        for (units, candidates) in by_units {
            let columns = self.units(&name, units, candidates, &mut bases);
            let mut terms: Vec<(u32, i128)> = columns.iter().map(|placed| (placed.column, 1)).collect();
            let bought =
                choice.then(|| self.program.column(ColumnName::Bought { workload: name.clone(), units }, 1, 0));
            if let Some(bought) = bought {
                placed.push((bought, 1));
                terms.push((bought, -i128::from(units)));
                self.program.row(RowName::Group { workload: name.clone(), units }, terms, true, 0);
            } else {
                placed.append(&mut terms);
                needed = i128::from(units);
            }
            if units > 1 && workload.split != Split::Any {
                self.counts(&name, units, &columns);
            }
            let group = columns.iter().map(|placed| placed.column).collect();
            block.groups.push(Group { units, columns: group, bought });
            written.groups.push(columns);
        }
        self.program.row(RowName::Place { workload: name }, placed, true, needed);
        for (row, base) in bases {
            self.sums[row].most += base;
        }
        self.program.blocks.push(block);
        self.blocks.push(written);
        Ok(())
    }

    /// A column for the units on each SKU under each terms that are sold in several regions.
    fn counts(&mut self, name: &Name, units: u32, columns: &[Placed<'a>]) {
        let mut alike: BTreeMap<(Name, Name), Vec<(u32, i128)>> = BTreeMap::new();
        for placed in columns {
            if let ServedBy::Offer(offer) = placed.candidate.supply.by {
                let sku = self.market.catalog.sku(offer.sku);
                // SKUs of one name at two providers are two SKUs.
                let seller = &self.market.catalog.provider(sku.provider).name;
                let sold = Name::from(format!("{seller} {}", sku.name));
                let key = (sold, Name::from(offer.terms.name()));
                alike.entry(key).or_default().push((placed.column, 1));
            }
        }
        for ((sku, terms), mut entries) in alike.into_iter().filter(|(_, entries)| entries.len() > 1) {
            let (workload, units) = (name.clone(), units);
            let column =
                ColumnName::Counts { workload: workload.clone(), units, sku: sku.clone(), terms: terms.clone() };
            let column = self.program.column(column, i128::from(units), 0);
            entries.push((column, -1));
            self.program.row(RowName::Counts { workload, units, sku, terms }, entries, true, 0);
        }
    }

    /// Columns for the candidates of one group, and what they add to limits and tariffs.
    fn units(
        &mut self,
        name: &Name,
        units: u32,
        candidates: Vec<Candidate<'a>>,
        bases: &mut BTreeMap<usize, I256>,
    ) -> Vec<Placed<'a>> {
        let mut all = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let at = candidate.supply.name(self.market.catalog);
            let column = ColumnName::Units { workload: name.clone(), at };
            let column = self.program.column(column, i128::from(units), candidate.cost);
            for found in &candidate.uses {
                if found.figure != I256::ZERO {
                    self.sums[found.row].terms.push((column, found.figure));
                }
                let row = &self.market.rows[found.row];
                if row.is_floor() && matches!(row.limit.bound, Bound::Share(_)) {
                    let base = I256::from(found.base) * I256::from(units);
                    let most = bases.entry(found.row).or_insert(I256::ZERO);
                    *most = base.max(*most);
                }
            }
            for &(tariff, volume) in &candidate.volumes {
                self.volumes.entry(tariff).or_default().push((column, I256::from(volume)));
            }
            all.push(Placed { column, candidate });
        }
        all
    }

    /// The block of a workload, if it is one by itself or stands for others.
    pub(super) fn block_of(&self, workload: usize) -> Option<usize> {
        self.blocks.iter().position(|block| block.workload == workload)
    }

    pub(super) fn name_of(&self, block: usize) -> Name {
        self.market.scenario.workloads[self.blocks[block].workload].name.clone()
    }

    /// Columns of a group whose region is as wanted.
    pub(super) fn columns_in(&self, block: usize, group: usize, wanted: impl Fn(RegionId) -> bool) -> Vec<u32> {
        let placed = self.blocks[block].groups[group].iter();
        placed.filter(|placed| wanted(placed.candidate.supply.region)).map(|placed| placed.column).collect()
    }
}

/// By workload: those merged with it, or `None` if another stands for it.
fn members(scenario: &Scenario, classes: &[Vec<Name>]) -> Result<Vec<Option<Vec<usize>>>, Violation> {
    let mut members: Vec<Option<Vec<usize>>> = scenario.workloads.iter().map(|_| Some(Vec::new())).collect();
    let numbers: BTreeMap<&str, usize> =
        scenario.workloads.iter().enumerate().map(|(number, workload)| (&*workload.name, number)).collect();
    let mut merged = vec![false; members.len()];
    for class in classes {
        let place = format!("class of {}", class.first().map_or("", |first| first));
        if class.len() < 2 || !class.is_sorted_by(|one, other| one < other) {
            return Err(wrong(&place, "it is no list of two or more workloads, sorted by name"));
        }
        let mut found = Vec::with_capacity(class.len());
        for name in class {
            let Some(&number) = numbers.get(&**name) else {
                return Err(wrong(&place, format_args!("there is no workload {name}")));
            };
            if std::mem::replace(&mut merged[number], true) {
                return Err(wrong(&place, format_args!("{name} is in two classes")));
            }
            if has_rules(scenario, number) {
                return Err(wrong(&place, format_args!("a rule names {name}, so it stands by itself")));
            }
            found.push(number);
        }
        for &number in &found[1..] {
            members[number] = None;
        }
        members[found[0]] = Some(found.split_off(1));
    }
    Ok(members)
}

/// Whether a workload is named by what runs together, apart or spread.
fn has_rules(scenario: &Scenario, number: usize) -> bool {
    scenario.together.iter().any(|rule| rule.workloads.contains(&number))
        || scenario.apart.iter().any(|rule| rule.workloads.contains(&number))
        || scenario.spread.iter().any(|rule| rule.workload == number)
}
