//! Rules beside limits: where blocks run, fees, providers, what is together, apart and spread.

use std::collections::{BTreeMap, BTreeSet};

use crate::problem::{Candidate, crumb, place, spread_most};
use crate::program::write::Writer;
use crate::program::{ColumnKind, RowKind};
use crate::scenario::{Domain, Split};

impl Writer<'_> {
    /// Writes all rules but limits, and the equalities of volumes.
    pub(super) fn rules(&mut self) {
        for block in 0..self.program.blocks.len() {
            self.storing(block);
        }
        self.fees();
        self.providers();
        self.together();
        self.apart();
        self.spread();
        self.volume_rows();
    }

    /// Places of a block's candidates, by number.
    fn places(&self, block: usize, domain: Domain) -> BTreeSet<usize> {
        let member = self.program.blocks[block].members[0];
        let candidates = self.problem.blocks[member].candidates.iter();
        candidates.map(|candidate| place(self.problem, domain, candidate.region)).collect()
    }

    /// The block of a workload, if it has one.
    fn block_of(&self, workload: usize) -> Option<usize> {
        let blocks = &self.problem.blocks;
        self.program.blocks.iter().position(|block| block.members.iter().any(|&one| blocks[one].workload == workload))
    }

    /// A column that is 1 where a block runs.
    fn runs(&mut self, block: usize, domain: Domain, here: usize) -> usize {
        let kind = ColumnKind::Runs { block, domain, place: here };
        if let Some(found) = self.program.columns.iter().position(|column| column.kind == kind) {
            return found;
        }
        let column = self.column(kind, 1.0, 0.0);
        let there = |candidate: &Candidate| place(self.problem, domain, candidate.region) == here;
        let of = |units| RowKind::Runs { block, units, domain, place: here };
        self.stands_for(column, block, there, of, RowKind::Ran { block, domain, place: here });
        column
    }

    /// The rows that make a column 1 where any wanted unit of a block is, and 0 where none is.
    fn stands_for(
        &mut self,
        column: usize,
        block: usize,
        wanted: impl Fn(&Candidate) -> bool,
        of: impl Fn(u32) -> RowKind,
        none: RowKind,
    ) {
        let mut all = vec![(column, 1.0)];
        for group in 0..self.program.blocks[block].groups.len() {
            let units = self.program.blocks[block].groups[group].units;
            let mut entries = self.units_where(block, group, &wanted);
            if !entries.is_empty() {
                all.extend(entries.iter().map(|&(unit, _)| (unit, -1.0)));
                entries.push((column, -f64::from(units)));
                self.row(of(units), false, 0.0, entries);
            }
        }
        self.row(none, false, 0.0, all);
    }

    fn units_at(&self, block: usize, group: usize, domain: Domain, here: usize) -> Vec<(usize, f64)> {
        self.units_where(block, group, |candidate| place(self.problem, domain, candidate.region) == here)
    }

    /// A divided workload keeps its storage once in every region used.
    fn storing(&mut self, block: usize) {
        if !self.program.blocks[block].divided {
            return;
        }
        let member = self.program.blocks[block].members[0];
        let candidates = self.problem.blocks[member].candidates.iter();
        let mut charges = BTreeMap::new();
        for (region, charge) in candidates.filter_map(|one| Some((one.region.index(), one.charges.per_region?))) {
            charges.entry(region).or_insert(charge);
        }
        for (region, charge) in charges {
            let kind = ColumnKind::Stores { block, region };
            let flat = !charge.basis.tariff().is_some_and(|id| self.is_stepped(id));
            let column = self.column(kind, 1.0, if flat { charge.amount.approximate() } else { 0.0 });
            self.stored.push((column, charge));
            // Units that bring their own by a given option do not ask for it.
            let keeps =
                |candidate: &Candidate| candidate.region.index() == region && candidate.charges.per_region.is_some();
            let of = |units| RowKind::Stores { block, units, region };
            self.stands_for(column, block, keeps, of, RowKind::Stored { block, region });
        }
    }

    fn fees(&mut self) {
        let problem = self.problem;
        let fees = &problem.scenario.fees;
        let mut numbers: Vec<usize> = (0..fees.len()).collect();
        numbers.sort_by(|&a, &b| fees[a].name.cmp(&fees[b].name));
        self.opens = vec![0; fees.len()];
        for number in numbers {
            let fee = &fees[number];
            let column = self.column(ColumnKind::Opens { fee: number }, 1.0, fee.monthly.approximate());
            self.opens[number] = column;
            let mut opened = vec![(column, 1.0)];
            for (block, group) in self.groups() {
                let units = self.program.blocks[block].groups[group].units;
                let mut entries =
                    self.units_where(block, group, |candidate| fee.is_due_in(&problem.catalog, candidate.region));
                if !entries.is_empty() {
                    opened.extend(entries.iter().map(|&(unit, _)| (unit, -1.0)));
                    entries.push((column, -f64::from(units)));
                    self.row(RowKind::Opens { fee: number, block, units }, false, 0.0, entries);
                }
            }
            self.row(RowKind::Opened { fee: number }, false, 0.0, opened);
        }
    }

    fn providers(&mut self) {
        let count = self.problem.scenario.providers;
        if count.at_least.is_none() && count.at_most.is_none() {
            return;
        }
        let mut uses = Vec::new();
        for provider in 0..self.problem.catalog.providers().len() {
            let column = self.column(ColumnKind::Uses { provider }, 1.0, 0.0);
            uses.push((column, 1.0));
            let mut used = vec![(column, 1.0)];
            for (block, group) in self.groups() {
                let member = self.program.blocks[block].members[0];
                let crumb = crumb(self.problem, &self.problem.blocks[member]);
                let units = self.program.blocks[block].groups[group].units;
                let here = self.units_at(block, group, Domain::Provider, provider);
                if here.is_empty() {
                    continue;
                }
                let mut entries = here.clone();
                entries.push((column, -f64::from(units.saturating_sub(crumb))));
                self.row(RowKind::Uses { provider, block, units }, false, f64::from(crumb), entries);
                if count.at_least.is_none() {
                    continue;
                }
                let workload = self.problem.workload(&self.problem.blocks[member]);
                if workload.split == Split::Any {
                    let hosts = self.column(ColumnKind::Hosts { block, provider }, 1.0, 0.0);
                    let mut entries: Vec<(usize, f64)> = here.iter().map(|&(unit, _)| (unit, -1.0)).collect();
                    entries.push((hosts, f64::from(crumb + 1)));
                    self.row(RowKind::Hosts { block, provider }, false, 0.0, entries);
                    used.push((hosts, -1.0));
                } else {
                    used.extend(here.iter().map(|&(unit, _)| (unit, -1.0)));
                }
            }
            if count.at_least.is_some() {
                self.row(RowKind::Used { provider }, false, 0.0, used);
            }
        }
        if let Some(most) = count.at_most {
            self.row(RowKind::ProvidersAtMost, false, f64::from(most), uses.clone());
        }
        if let Some(least) = count.at_least {
            let uses = uses.into_iter().map(|(column, _)| (column, -1.0)).collect();
            self.row(RowKind::ProvidersAtLeast, false, -f64::from(least), uses);
        }
    }

    fn together(&mut self) {
        let problem = self.problem;
        for (rule, found) in problem.scenario.together.iter().enumerate() {
            let blocks: Vec<usize> = found.workloads.iter().filter_map(|&workload| self.block_of(workload)).collect();
            let places: BTreeSet<usize> = blocks.iter().flat_map(|&block| self.places(block, found.same)).collect();
            let mut meeting = Vec::new();
            for here in places {
                let column = self.column(ColumnKind::Meets { rule, place: here }, 1.0, 0.0);
                meeting.push((column, 1.0));
                for &block in &blocks {
                    for group in 0..self.program.blocks[block].groups.len() {
                        let units = self.program.blocks[block].groups[group].units;
                        let mut entries = self.units_at(block, group, found.same, here);
                        if !entries.is_empty() {
                            entries.push((column, -f64::from(units)));
                            self.row(RowKind::Meets { rule, block, units, place: here }, false, 0.0, entries);
                        }
                    }
                }
            }
            self.row(RowKind::Meeting { rule }, false, 1.0, meeting);
        }
    }

    fn apart(&mut self) {
        let problem = self.problem;
        for (rule, found) in problem.scenario.apart.iter().enumerate() {
            let blocks: Vec<usize> = found.workloads.iter().filter_map(|&workload| self.block_of(workload)).collect();
            let places: BTreeSet<usize> = blocks.iter().flat_map(|&block| self.places(block, found.by)).collect();
            for here in places {
                let there = blocks.iter().copied().filter(|&block| self.places(block, found.by).contains(&here));
                let there: Vec<usize> = there.collect();
                let entries = there.into_iter().map(|block| (self.runs(block, found.by, here), 1.0)).collect();
                self.row(RowKind::Apart { rule, place: here }, false, 1.0, entries);
            }
        }
    }

    fn spread(&mut self) {
        let problem = self.problem;
        for (rule, found) in problem.scenario.spread.iter().enumerate() {
            let Some(block) = self.block_of(found.workload) else { continue };
            for here in self.places(block, found.over) {
                for group in 0..self.program.blocks[block].groups.len() {
                    let (units, bought) = {
                        let group = &self.program.blocks[block].groups[group];
                        (group.units, group.bought)
                    };
                    let most = f64::from(spread_most(units, found.at_most.parts()));
                    let mut entries = self.units_at(block, group, found.over, here);
                    if entries.is_empty() {
                        continue;
                    }
                    let kind = RowKind::Spread { rule, units, place: here };
                    match bought {
                        Some(bought) => {
                            entries.push((bought, -most));
                            self.row(kind, false, 0.0, entries);
                        }
                        None => self.row(kind, false, most, entries),
                    }
                }
            }
        }
    }
}
