//! Rows of rules beside limits: where blocks run, fees, providers, what is together, apart and spread.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{ProviderId, RegionId};
use crate::check::blocks::Draft;
use crate::check::candidate::beyond;
use crate::check::rules::{Place, most_at_one_place};
use crate::check::scope::unused;
use crate::plan::{ColumnName, RowName, Violation};
use crate::scenario::{Domain, Split};

/// Columns that rows written later speak of.
#[derive(Default)]
pub(super) struct Shared {
    /// `Runs`, by block and place.
    runs: BTreeMap<(usize, Place), u32>,
    /// Every `Stores` column and its region.
    pub(super) stores: Vec<(Place, u32)>,
    /// `Opens`, by fee.
    pub(super) opens: Vec<u32>,
    /// `Floors`, by row of the market.
    pub(super) floors: BTreeMap<usize, u32>,
}

/// Columns with the same figure.
fn each(columns: Vec<u32>, figure: i128) -> Vec<(u32, i128)> {
    columns.into_iter().map(|column| (column, figure)).collect()
}

impl Draft<'_> {
    /// Writes all rows of rules.
    pub(super) fn rules(&mut self) -> Result<Shared, Violation> {
        let mut shared = Shared::default();
        self.storage(&mut shared)?;
        self.fees(&mut shared);
        self.providers();
        self.together();
        self.apart(&mut shared);
        self.spread();
        self.floors(&mut shared);
        Ok(shared)
    }

    /// Places where a block has candidates.
    fn places(&self, block: usize, domain: Domain) -> BTreeSet<Place> {
        let placed = self.blocks[block].groups.iter().flatten();
        placed.map(|placed| Place::of(self.market.catalog, domain, placed.candidate.supply.region)).collect()
    }

    /// Columns of a group at a place.
    fn columns_at(&self, block: usize, group: usize, place: Place) -> Vec<u32> {
        self.columns_in(block, group, |region| place.holds(self.market.catalog, region))
    }

    /// A row for each group of a block with columns at a place: Σ units − (U − s) × `column` ≤ s.
    fn links(
        &mut self,
        block: usize,
        column: u32,
        s: u32,
        columns: impl Fn(&Self, usize) -> Vec<u32>,
        name: impl Fn(u32) -> RowName,
    ) {
        for group in 0..self.blocks[block].groups.len() {
            let units = self.program.blocks[block].groups[group].units;
            let mut terms = each(columns(self, group), 1);
            if !terms.is_empty() {
                terms.push((column, -i128::from(units.saturating_sub(s))));
                self.program.row(name(units), terms, false, i128::from(s));
            }
        }
    }

    /// A column that is 0 where no unit is.
    fn only_where(&mut self, name: RowName, column: u32, units: Vec<u32>) {
        let mut terms = each(units, -1);
        terms.push((column, 1));
        self.program.row(name, terms, false, 0);
    }

    /// The column that says that a block runs at a place, with its rows.
    fn runs(&mut self, shared: &mut Shared, block: usize, place: Place) -> u32 {
        if let Some(&column) = shared.runs.get(&(block, place)) {
            return column;
        }
        let (workload, at) = (self.name_of(block), place.name(self.market.catalog));
        let column = self.program.column(ColumnName::Runs { workload: workload.clone(), place: at.clone() }, 1, 0);
        shared.runs.insert((block, place), column);
        let there = |draft: &Self, group: usize| draft.columns_at(block, group, place);
        let counting = (0..self.blocks[block].groups.len()).flat_map(|group| there(self, group)).collect();
        self.links(block, column, 0, there, |units| RowName::Runs {
            workload: workload.clone(),
            units,
            place: at.clone(),
        });
        self.only_where(RowName::Ran { workload: workload.clone(), place: at.clone() }, column, counting);
        column
    }

    /// The column that says that a divided block keeps its storage in a region, with its rows: only units that keep it
    /// count, which given options do not.
    fn stores(&mut self, block: usize, region: RegionId, cost: i128) -> u32 {
        let (workload, at) = (self.name_of(block), Place::Region(region).name(self.market.catalog));
        let name = ColumnName::Stores { workload: workload.clone(), region: at.clone() };
        let column = self.program.column(name, 1, cost);
        let keeping = |draft: &Self, group: usize| {
            let placed = draft.blocks[block].groups[group].iter();
            let keeping =
                placed.filter(|placed| placed.candidate.supply.region == region && placed.candidate.stored.is_some());
            keeping.map(|placed| placed.column).collect::<Vec<u32>>()
        };
        let counting = (0..self.blocks[block].groups.len()).flat_map(|group| keeping(self, group)).collect();
        self.links(block, column, 0, keeping, |units| RowName::Stores {
            workload: workload.clone(),
            units,
            region: at.clone(),
        });
        self.only_where(RowName::Stored { workload: workload.clone(), region: at.clone() }, column, counting);
        column
    }

    /// A divided workload keeps its storage once in every region where units that keep it run.
    fn storage(&mut self, shared: &mut Shared) -> Result<(), Violation> {
        for block in 0..self.blocks.len() {
            let mut by_region = BTreeMap::new();
            for placed in self.blocks[block].groups.iter().flatten() {
                if let Some(stored) = placed.candidate.stored {
                    by_region.entry(placed.candidate.supply.region).or_insert((placed.candidate.supply, stored));
                }
            }
            for (region, (supply, stored)) in by_region {
                let tariff = self.market.by_volume(&stored);
                let cost = if tariff.is_some() { 0 } else { stored.amount.units() };
                let column = self.stores(block, region, cost);
                shared.stores.push((Place::Region(region), column));
                if let Some(tariff) = tariff {
                    self.volumes.entry(tariff).or_default().push((column, stored.quantity.into()));
                }
                let uses = self.market.uses_of_storage(self.blocks[block].workload, supply, stored);
                for found in uses.ok_or_else(|| beyond(self.name_of(block)))? {
                    let sum = &mut self.sums[found.row];
                    sum.terms.push((column, found.figure));
                    sum.most += found.base;
                }
            }
        }
        Ok(())
    }

    fn fees(&mut self, shared: &mut Shared) {
        let scenario = self.market.scenario;
        for fee in &scenario.fees {
            let column = self.program.column(ColumnName::Opens { fee: fee.name.clone() }, 1, fee.monthly.units());
            shared.opens.push(column);
            let mut units = Vec::new();
            for block in 0..self.blocks.len() {
                let workload = self.name_of(block);
                let there = |draft: &Self, group| draft.columns_at(block, group, fee.place.into());
                units.extend((0..self.blocks[block].groups.len()).flat_map(|group| there(self, group)));
                self.links(block, column, 0, there, |units| RowName::Opens {
                    fee: fee.name.clone(),
                    workload: workload.clone(),
                    units,
                });
            }
            self.only_where(RowName::Opened { fee: fee.name.clone() }, column, units);
        }
    }

    fn providers(&mut self) {
        let scenario = self.market.scenario;
        let asked = scenario.providers;
        if asked.at_least.is_none() && asked.at_most.is_none() {
            return;
        }
        let mut uses = Vec::new();
        for number in 0..self.market.catalog.providers().len() {
            let place = Place::Provider(ProviderId::at(number));
            let provider = place.name(self.market.catalog);
            let column = self.program.column(ColumnName::Uses { provider: provider.clone() }, 1, 0);
            uses.push(column);
            let mut used = vec![(column, 1)];
            for block in 0..self.blocks.len() {
                let workload = self.name_of(block);
                let demand = &scenario.workloads[self.blocks[block].workload];
                let there = |draft: &Self, group| draft.columns_at(block, group, place);
                self.links(block, column, unused(demand), there, |units| RowName::Uses {
                    provider: provider.clone(),
                    workload: workload.clone(),
                    units,
                });
                let groups = 0..self.blocks[block].groups.len();
                let all: Vec<u32> = groups.flat_map(|group| self.columns_at(block, group, place)).collect();
                if all.is_empty() || asked.at_least.is_none() {
                    continue;
                }
                if demand.split == Split::Any {
                    let name = ColumnName::Hosts { workload: workload.clone(), provider: provider.clone() };
                    let hosts = self.program.column(name, 1, 0);
                    used.push((hosts, -1));
                    let mut terms = each(all, -1);
                    terms.push((hosts, i128::from(unused(demand)) + 1));
                    self.program.row(RowName::Hosts { workload, provider: provider.clone() }, terms, false, 0);
                } else {
                    used.extend(each(all, -1));
                }
            }
            if asked.at_least.is_some() {
                self.program.row(RowName::Used { provider }, used, false, 0);
            }
        }
        if let Some(most) = asked.at_most {
            self.program.row(RowName::ProvidersAtMost, each(uses.clone(), 1), false, i128::from(most));
        }
        if let Some(least) = asked.at_least {
            self.program.row(RowName::ProvidersAtLeast, each(uses, -1), false, -i128::from(least));
        }
    }

    fn together(&mut self) {
        let scenario = self.market.scenario;
        for rule in &scenario.together {
            let blocks: Vec<usize> = rule.workloads.iter().filter_map(|&number| self.block_of(number)).collect();
            let places: BTreeSet<Place> = blocks.iter().flat_map(|&block| self.places(block, rule.same)).collect();
            let mut meeting = Vec::new();
            for place in places {
                let at = place.name(self.market.catalog);
                let name = ColumnName::Meets { rule: rule.name.clone(), place: at.clone() };
                let column = self.program.column(name, 1, 0);
                meeting.push(column);
                for &block in &blocks {
                    let workload = self.name_of(block);
                    let there = |draft: &Self, group| draft.columns_at(block, group, place);
                    self.links(block, column, 0, there, |units| RowName::Meets {
                        rule: rule.name.clone(),
                        workload: workload.clone(),
                        units,
                        place: at.clone(),
                    });
                }
            }
            self.program.row(RowName::Meeting { rule: rule.name.clone() }, each(meeting, 1), false, 1);
        }
    }

    fn apart(&mut self, shared: &mut Shared) {
        let scenario = self.market.scenario;
        for rule in &scenario.apart {
            let blocks = rule.workloads.iter().filter_map(|&number| self.block_of(number));
            let mut by_place: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
            for block in blocks.collect::<Vec<_>>() {
                for place in self.places(block, rule.by) {
                    by_place.entry(place).or_default().push(block);
                }
            }
            for (place, blocks) in by_place {
                let runs = blocks.into_iter().map(|block| self.runs(shared, block, place)).collect();
                let name = RowName::Apart { rule: rule.name.clone(), place: place.name(self.market.catalog) };
                self.program.row(name, each(runs, 1), false, 1);
            }
        }
    }

    fn spread(&mut self) {
        let scenario = self.market.scenario;
        for rule in &scenario.spread {
            let Some(block) = self.block_of(rule.workload) else { continue };
            for place in self.places(block, rule.over) {
                for group in 0..self.blocks[block].groups.len() {
                    let mut terms = each(self.columns_at(block, group, place), 1);
                    if terms.is_empty() {
                        continue;
                    }
                    // A group's units are those of all copies already.
                    let (units, bought) = {
                        let group = &self.program.blocks[block].groups[group];
                        (group.units, group.bought)
                    };
                    let most = i128::from(most_at_one_place(rule, 1, units));
                    let at = place.name(self.market.catalog);
                    let name = RowName::Spread { rule: rule.name.clone(), units, place: at };
                    match bought {
                        Some(bought) => {
                            terms.push((bought, -most));
                            self.program.row(name, terms, false, 0);
                        }
                        None => self.program.row(name, terms, false, most),
                    }
                }
            }
        }
    }

    /// A column for every value of an at-least limit, with the rows that say when it is in use.
    fn floors(&mut self, shared: &mut Shared) {
        for row in 0..self.market.rows.len() {
            let found = &self.market.rows[row];
            let (true, Some(of)) = (found.is_floor(), found.of.clone()) else { continue };
            let limit = found.limit.name.clone();
            let column = self.program.column(ColumnName::Floors { limit: limit.clone(), of: of.clone() }, 1, 0);
            for block in 0..self.blocks.len() {
                let workload = self.name_of(block);
                let s = unused(&self.market.scenario.workloads[self.blocks[block].workload]);
                let counted = |draft: &Self, group: usize| {
                    let placed = draft.blocks[block].groups[group].iter();
                    let in_use = placed
                        .filter(|placed| placed.candidate.uses.iter().any(|found| found.row == row && found.in_use));
                    in_use.map(|placed| placed.column).collect()
                };
                self.links(block, column, s, counted, |units| RowName::Floors {
                    limit: limit.clone(),
                    of: of.clone(),
                    workload: workload.clone(),
                    units,
                });
            }
            shared.floors.insert(row, column);
        }
    }
}
