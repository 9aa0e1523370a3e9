//! Names of columns and rows, as proofs and other solvers' files carry them.

use crate::catalog::{Name, RegionId, TariffId};
use crate::plan::{ColumnName, RowName, name};
use crate::problem::{Problem, describe};
use crate::program::{ColumnKind, Program, RowKind};
use crate::rules::Supply;
use crate::scenario::Domain;

/// Names of a program's columns and rows.
pub(crate) struct Names<'a> {
    pub(crate) problem: &'a Problem,
    pub(crate) program: &'a Program,
}

impl Names<'_> {
    /// The workload that stands for a block.
    fn workload(&self, block: usize) -> Name {
        let member = self.program.blocks[block].members[0];
        self.problem.workload(&self.problem.blocks[member]).name.clone()
    }

    fn place(&self, domain: Domain, place: usize) -> Name {
        match domain {
            Domain::Provider => self.problem.catalog.providers()[place].name.clone(),
            Domain::Region => self.problem.catalog.region(RegionId::at(place)).path.clone(),
        }
    }

    /// SKU and terms of a candidate.
    fn sold(&self, block: usize, candidate: usize) -> (Name, Name) {
        let found = &self.problem.blocks[self.program.blocks[block].members[0]].candidates[candidate];
        match found.supply {
            Supply::Offer(offer) => {
                let offer = self.problem.catalog.offer(offer);
                let sku = self.problem.catalog.sku(offer.sku);
                let seller = &self.problem.catalog.provider(sku.provider).name;
                (name(&format!("{seller} {}", sku.name)), name(offer.terms.name()))
            }
            _ => (name(""), name("")),
        }
    }

    fn tariff(&self, tariff: usize) -> Name {
        name(&self.problem.catalog.tariff_name(TariffId::at(tariff)))
    }

    fn limit(&self, row: usize) -> (Name, Option<Name>) {
        let row = &self.problem.rows[row];
        (self.problem.scenario.limits[row.limit].name.clone(), row.of.clone())
    }

    /// The name of a column.
    pub(crate) fn column(&self, column: usize) -> ColumnName {
        let scenario = &self.problem.scenario;
        match self.program.columns[column].kind {
            ColumnKind::Units { block, candidate } => {
                let found = &self.problem.blocks[self.program.blocks[block].members[0]];
                let supply = found.candidates[candidate].supply;
                let at = describe(&self.problem.catalog, self.problem.workload(found), supply);
                ColumnName::Units { workload: self.workload(block), at: name(&at) }
            }
            ColumnKind::Unplaced { block } => ColumnName::Unplaced { workload: self.workload(block) },
            ColumnKind::Bought { block, units } => ColumnName::Bought { workload: self.workload(block), units },
            ColumnKind::Counts { block, units, candidate } => {
                let (sku, terms) = self.sold(block, candidate);
                ColumnName::Counts { workload: self.workload(block), units, sku, terms }
            }
            ColumnKind::Runs { block, domain, place } => {
                ColumnName::Runs { workload: self.workload(block), place: self.place(domain, place) }
            }
            ColumnKind::Stores { block, region } => {
                ColumnName::Stores { workload: self.workload(block), region: self.place(Domain::Region, region) }
            }
            ColumnKind::Opens { fee } => ColumnName::Opens { fee: scenario.fees[fee].name.clone() },
            ColumnKind::Uses { provider } => ColumnName::Uses { provider: self.place(Domain::Provider, provider) },
            ColumnKind::Hosts { block, provider } => {
                ColumnName::Hosts { workload: self.workload(block), provider: self.place(Domain::Provider, provider) }
            }
            ColumnKind::Meets { rule, place } => {
                let rule = &scenario.together[rule];
                ColumnName::Meets { rule: rule.name.clone(), place: self.place(rule.same, place) }
            }
            ColumnKind::Floors { limit } => {
                let (limit, of) = self.limit(limit);
                ColumnName::Floors { limit, of: of.unwrap_or_else(|| name("")) }
            }
            ColumnKind::Volume { tariff } => ColumnName::Volume { tariff: self.tariff(tariff) },
        }
    }

    /// The name of a row.
    pub(crate) fn row(&self, row: usize) -> RowName {
        let scenario = &self.problem.scenario;
        match self.program.rows[row].kind {
            RowKind::Place { block } => RowName::Place { workload: self.workload(block) },
            RowKind::Group { block, units } => RowName::Group { workload: self.workload(block), units },
            RowKind::Counts { block, units, candidate } => {
                let (sku, terms) = self.sold(block, candidate);
                RowName::Counts { workload: self.workload(block), units, sku, terms }
            }
            RowKind::Runs { block, units, domain, place } => {
                RowName::Runs { workload: self.workload(block), units, place: self.place(domain, place) }
            }
            RowKind::Ran { block, domain, place } => {
                RowName::Ran { workload: self.workload(block), place: self.place(domain, place) }
            }
            RowKind::Stores { block, units, region } => {
                RowName::Stores { workload: self.workload(block), units, region: self.place(Domain::Region, region) }
            }
            RowKind::Stored { block, region } => {
                RowName::Stored { workload: self.workload(block), region: self.place(Domain::Region, region) }
            }
            RowKind::Opened { fee } => RowName::Opened { fee: scenario.fees[fee].name.clone() },
            RowKind::Opens { fee, block, units } => {
                RowName::Opens { fee: scenario.fees[fee].name.clone(), workload: self.workload(block), units }
            }
            RowKind::Uses { provider, block, units } => RowName::Uses {
                provider: self.place(Domain::Provider, provider),
                workload: self.workload(block),
                units,
            },
            RowKind::Used { provider } => RowName::Used { provider: self.place(Domain::Provider, provider) },
            RowKind::Hosts { block, provider } => {
                RowName::Hosts { workload: self.workload(block), provider: self.place(Domain::Provider, provider) }
            }
            RowKind::ProvidersAtMost => RowName::ProvidersAtMost,
            RowKind::ProvidersAtLeast => RowName::ProvidersAtLeast,
            RowKind::Meets { rule, block, units, place } => {
                let rule = &scenario.together[rule];
                let place = self.place(rule.same, place);
                RowName::Meets { rule: rule.name.clone(), workload: self.workload(block), units, place }
            }
            RowKind::Meeting { rule } => RowName::Meeting { rule: scenario.together[rule].name.clone() },
            RowKind::Apart { rule, place } => {
                let rule = &scenario.apart[rule];
                RowName::Apart { rule: rule.name.clone(), place: self.place(rule.by, place) }
            }
            RowKind::Spread { rule, units, place } => {
                let rule = &scenario.spread[rule];
                RowName::Spread { rule: rule.name.clone(), units, place: self.place(rule.over, place) }
            }
            RowKind::Volume { tariff } => RowName::Volume { tariff: self.tariff(tariff) },
            RowKind::Limit { row } => {
                let (name, of) = self.limit(row);
                RowName::Limit { name, of }
            }
            RowKind::Floors { row, block, units } => {
                let (limit, of) = self.limit(row);
                RowName::Floors { limit, of: of.unwrap_or_else(|| name("")), workload: self.workload(block), units }
            }
            RowKind::LimitOpens { row, fee } => {
                let (name, of) = self.limit(row);
                RowName::LimitOpens { name, of, fee: scenario.fees[fee].name.clone() }
            }
        }
    }
}
