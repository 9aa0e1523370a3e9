//! Writes the program of a problem: blocks and classes, units, volumes, limits.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::catalog::TariffId;
use crate::charge::{Charge, adjustments};
use crate::money::Amount;
use crate::problem::{self, CostScope, Problem, RowUse, crumb};
use crate::program::{Block, Column, ColumnKind, Curve, Group, Program, Row, RowKind};
use crate::rules::Supply;
use crate::scenario::{Bound, Sense, Split};

/// 10⁻¹² GB in a GB.
const GB: f64 = 1e12;

/// SKUs of a workload that have such a column, the cheapest ones.
const MOST_COUNTS: usize = 12;

/// A program as it grows.
pub(super) struct Writer<'a> {
    pub(super) problem: &'a Problem,
    pub(super) program: Program,
    /// Tariffs with steps and the numbers of their columns, by name of the tariff.
    volumes: Vec<(usize, usize)>,
    /// Numbers of the columns of fees.
    pub(super) opens: Vec<usize>,
    /// Numbers of the columns of floors, by row of the problem.
    floors: BTreeMap<usize, usize>,
    /// `Stores` columns and the charges that they stand for.
    pub(super) stored: Vec<(usize, Charge)>,
}

impl Program {
    /// The program of a problem.
    pub(crate) fn new(problem: &Problem) -> Program {
        let mut writer = Writer {
            problem,
            program: Program::default(),
            volumes: Vec::new(),
            opens: Vec::new(),
            floors: BTreeMap::new(),
            stored: Vec::new(),
        };
        for members in classes(problem) {
            writer.block(members);
        }
        writer.volumes();
        writer.rules();
        writer.limits();
        let mut program = writer.program;
        for (number, row) in program.rows.iter().enumerate() {
            for &(column, figure) in &row.entries {
                program.columns[column].entries.push((number, figure));
            }
        }
        program
    }
}

/// Blocks that are alike in everything, in the order of their first members.
fn classes(problem: &Problem) -> Vec<Vec<usize>> {
    let scenario = &problem.scenario;
    let named = |workload: usize| {
        scenario.together.iter().any(|rule| rule.workloads.contains(&workload))
            || scenario.apart.iter().any(|rule| rule.workloads.contains(&workload))
            || scenario.spread.iter().any(|rule| rule.workload == workload)
    };
    let mut classes: Vec<Vec<usize>> = Vec::new();
    // Only ever looked up: the order of the hashes reaches nothing.
    let mut by_hash: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (number, block) in problem.blocks.iter().enumerate() {
        let whole = scenario.workloads[block.workload].split == Split::Never;
        if !whole || named(block.workload) {
            classes.push(vec![number]);
            continue;
        }
        let alike = by_hash.entry(digest(block)).or_default();
        match alike.iter().find(|&&class| same(&problem.blocks[classes[class][0]], block)) {
            Some(&class) => classes[class].push(number),
            None => {
                alike.push(classes.len());
                classes.push(vec![number]);
            }
        }
    }
    classes
}

fn digest(block: &problem::Block) -> u64 {
    let mut hasher = DefaultHasher::new();
    block.value.map(Amount::units).hash(&mut hasher);
    for candidate in &block.candidates {
        (candidate.supply, candidate.unit_cost.units(), candidate.per_unit.len()).hash(&mut hasher);
    }
    hasher.finish()
}

fn same(one: &problem::Block, other: &problem::Block) -> bool {
    let volumes = |candidate: &problem::Candidate| {
        let mut all = Vec::new();
        candidate.volumes(|tariff, per_unit, _| all.push((tariff, per_unit)));
        all
    };
    one.value == other.value
        && one.candidates.len() == other.candidates.len()
        && one.candidates.iter().zip(&other.candidates).all(|(one, other)| {
            one.supply == other.supply
                && one.region == other.region
                && one.unit_cost == other.unit_cost
                && one.per_unit == other.per_unit
                && volumes(one) == volumes(other)
        })
}

impl Writer<'_> {
    pub(super) fn column(&mut self, kind: ColumnKind, most: f64, cost: f64) -> usize {
        self.program.columns.push(Column { kind, most, cost, entries: Vec::new(), curve: None });
        self.program.columns.len() - 1
    }

    /// Adds a row, unless nothing is in it and it holds.
    pub(super) fn row(&mut self, kind: RowKind, equal: bool, bound: f64, entries: Vec<(usize, f64)>) {
        let entries: Vec<(usize, f64)> = entries.into_iter().filter(|(_, figure)| *figure != 0.0).collect();
        if !(entries.is_empty() && !equal && bound >= 0.0) {
            self.program.rows.push(Row { kind, equal, bound, entries });
        }
    }

    fn block(&mut self, members: Vec<usize>) {
        let number = self.program.blocks.len();
        let blocks = &self.problem.blocks;
        let first = &blocks[members[0]];
        let copies = members.iter().map(|&member| blocks[member].copies).sum::<u32>();
        let divided = self.problem.workload(first).split != Split::Never;
        let mut groups: Vec<Group> = Vec::new();
        for &candidate in &first.undominated {
            let units = first.candidates[candidate].units().saturating_mul(copies);
            let column = self.column(
                ColumnKind::Units { block: number, candidate },
                f64::from(units),
                self.flat(first, candidate),
            );
            match groups.iter_mut().find(|group| group.units == units) {
                Some(group) => group.columns.push(column),
                None => groups.push(Group { units, columns: vec![column], likely: Vec::new(), bought: None }),
            }
            if first.likely.binary_search(&candidate).is_ok()
                && let Some(group) = groups.iter_mut().find(|group| group.units == units)
            {
                group.likely.push(column);
            }
        }
        groups.sort_by_key(|group| group.units);
        let unplaced = first.value.map(|value| {
            let most = if divided { 1 } else { copies };
            self.column(ColumnKind::Unplaced { block: number }, f64::from(most), value.approximate())
        });
        let mut placed: Vec<(usize, f64)> = unplaced.iter().map(|&column| (column, 1.0)).collect();
        if divided && (groups.len() > 1 || unplaced.is_some()) {
            for group in &mut groups {
                let bought = self.column(ColumnKind::Bought { block: number, units: group.units }, 1.0, 0.0);
                group.bought = Some(bought);
                placed.push((bought, 1.0));
                let mut entries: Vec<(usize, f64)> = group.columns.iter().map(|&column| (column, 1.0)).collect();
                entries.push((bought, -f64::from(group.units)));
                self.row(RowKind::Group { block: number, units: group.units }, true, 0.0, entries);
            }
            self.row(RowKind::Place { block: number }, true, 1.0, placed);
        } else {
            let units = groups.first().map_or(copies, |group| group.units);
            placed.extend(groups.iter().flat_map(|group| &group.columns).map(|&column| (column, 1.0)));
            self.row(RowKind::Place { block: number }, true, f64::from(units), placed);
        }
        self.program.blocks.push(Block { members, copies, divided, groups, unplaced });
        for group in 0..self.program.blocks[number].groups.len() {
            self.counts(number, group);
        }
    }

    /// Columns for the units on one SKU under one terms in all regions: what regions of one price leave open, they
    /// decide at once.
    fn counts(&mut self, block: usize, group: usize) {
        let found = self.program.blocks[block].groups[group].clone();
        let member = self.program.blocks[block].members[0];
        let mut alike: Vec<(crate::catalog::SkuId, crate::catalog::Terms, usize, Vec<(usize, f64)>)> = Vec::new();
        if found.units <= 1 || self.problem.workload(&self.problem.blocks[member]).split == Split::Any {
            return;
        }
        for &column in &found.columns {
            let ColumnKind::Units { candidate, .. } = self.program.columns[column].kind else { continue };
            let Supply::Offer(offer) = self.candidate(column).supply else { continue };
            let offer = self.problem.catalog.offer(offer);
            match alike.iter_mut().find(|(sku, terms, ..)| (*sku, *terms) == (offer.sku, offer.terms)) {
                Some((.., columns)) => columns.push((column, 1.0)),
                None => alike.push((offer.sku, offer.terms, candidate, vec![(column, 1.0)])),
            }
        }
        let units = found.units;
        let columns = &self.program.columns;
        let cheapest = |entries: &[(usize, f64)]| {
            entries.iter().map(|&(column, _)| columns[column].cost).fold(f64::INFINITY, f64::min)
        };
        alike.retain(|(.., columns)| columns.len() > 1);
        alike.sort_by(|a, b| cheapest(&a.3).total_cmp(&cheapest(&b.3)).then(a.2.cmp(&b.2)));
        alike.truncate(MOST_COUNTS);
        alike.sort_by_key(|&(.., candidate, _)| candidate);
        for (_, _, candidate, mut entries) in alike {
            let column = self.column(ColumnKind::Counts { block, units, candidate }, f64::from(units), 0.0);
            entries.push((column, -1.0));
            self.row(RowKind::Counts { block, units, candidate }, true, 0.0, entries);
        }
    }

    /// What a unit costs without the charges that volumes price.
    fn flat(&self, block: &problem::Block, candidate: usize) -> f64 {
        let charges = &block.candidates[candidate].charges.per_unit;
        let flat = charges.iter().filter(|charge| !charge.basis.tariff().is_some_and(|id| self.is_stepped(id)));
        Amount::sum(flat.map(|charge| charge.amount)).unwrap_or_default().approximate()
    }

    pub(super) fn is_stepped(&self, tariff: TariffId) -> bool {
        self.problem.is_stepped(tariff.index())
    }

    /// Units of a group whose candidate is wanted.
    pub(super) fn units_where(
        &self,
        block: usize,
        group: usize,
        wanted: impl Fn(&problem::Candidate) -> bool,
    ) -> Vec<(usize, f64)> {
        let found = &self.program.blocks[block];
        let candidates = &self.problem.blocks[found.members[0]].candidates;
        let columns = found.groups[group].columns.iter().filter(|&&column| {
            matches!(self.program.columns[column].kind, ColumnKind::Units { candidate, .. } if wanted(&candidates[candidate]))
        });
        columns.map(|&column| (column, 1.0)).collect()
    }

    /// A column for every tariff with steps, and what brings volume to it.
    fn volumes(&mut self) {
        let catalog = self.problem.catalog.clone();
        let mut stepped: Vec<usize> =
            (0..catalog.tariffs().len()).filter(|&tariff| self.problem.is_stepped(tariff)).collect();
        stepped.sort_by_key(|&tariff| catalog.tariff_name(TariffId::at(tariff)));
        for tariff in stepped {
            let reach = self.problem.reach[tariff];
            let column = self.column(ColumnKind::Volume { tariff }, reach as f64 / GB, 0.0);
            let found = &catalog.tariffs()[tariff];
            let ends = found.tiers.iter().filter_map(|tier| tier.up_to).chain([found.free_gb]);
            let mut points: Vec<i128> = ends.map(|end| i128::from(end.parts()) * 1_000_000).collect();
            points.retain(|&point| point > 0 && point < reach);
            points.extend([0, reach]);
            points.sort_unstable();
            points.dedup();
            let cost = |volume: i128| {
                let changes = adjustments(found, volume).unwrap_or_default();
                let direct = found.first_paid_price().times(volume).unwrap_or_default();
                let changes = Amount::sum(changes.iter().map(|change| change.amount)).unwrap_or_default();
                direct.plus(changes).unwrap_or_default().approximate()
            };
            let points = points.into_iter().map(|point| (point as f64 / GB, cost(point))).collect();
            self.program.columns[column].curve = Some(Curve { points, entries: Vec::new() });
            self.volumes.push((tariff, column));
        }
    }

    /// Equalities of volumes; after the rules, whose `Stores` columns bring storage.
    pub(super) fn volume_rows(&mut self) {
        let volumes = std::mem::take(&mut self.volumes);
        let mut entries: BTreeMap<usize, Vec<(usize, f64)>> =
            volumes.iter().map(|&(tariff, column)| (tariff, vec![(column, -1.0)])).collect();
        for (block, group) in self.groups() {
            for &unit in &self.program.blocks[block].groups[group].columns {
                let mut brought: Vec<(usize, i128)> = Vec::new();
                self.candidate(unit).volumes(|tariff, per_unit, _| {
                    match brought.iter_mut().find(|(of, _)| *of == tariff) {
                        Some((_, volume)) => *volume += per_unit,
                        None => brought.push((tariff, per_unit)),
                    }
                });
                for (tariff, volume) in brought {
                    if let Some(entries) = entries.get_mut(&tariff) {
                        entries.push((unit, volume as f64 / GB));
                    }
                }
            }
        }
        for (column, charge) in &self.stored {
            if let Some(entries) = charge.basis.tariff().and_then(|tariff| entries.get_mut(&tariff.index())) {
                entries.push((*column, charge.quantity as f64 / GB));
            }
        }
        for &(tariff, _) in &volumes {
            let entries = entries.remove(&tariff).unwrap_or_default();
            self.row(RowKind::Volume { tariff }, true, 0.0, entries);
        }
        self.volumes = volumes;
    }

    pub(super) fn candidate(&self, column: usize) -> &problem::Candidate {
        let candidate = match self.program.columns[column].kind {
            ColumnKind::Units { block, candidate } => (self.program.blocks[block].members[0], candidate),
            _ => (0, 0),
        };
        &self.problem.blocks[candidate.0].candidates[candidate.1]
    }

    /// Block and group numbers of all groups.
    pub(super) fn groups(&self) -> Vec<(usize, usize)> {
        let blocks = self.program.blocks.iter().enumerate();
        blocks.flat_map(|(block, found)| (0..found.groups.len()).map(move |group| (block, group))).collect()
    }

    /// Floors before limits: a column for each, and the rows that set it.
    fn floors(&mut self) {
        let rows = &self.problem.rows;
        let floors: Vec<usize> = self.rows_by_name().into_iter().filter(|&row| rows[row].is_floor()).collect();
        for row in floors {
            let column = self.column(ColumnKind::Floors { limit: row }, 1.0, 0.0);
            self.floors.insert(row, column);
            for (block, group) in self.groups() {
                let units = self.program.blocks[block].groups[group].units;
                let within = |candidate: &problem::Candidate| {
                    candidate.per_unit.iter().any(|found| found.row == row && found.within)
                };
                let mut entries = self.units_where(block, group, within);
                let crumb = crumb(self.problem, &self.problem.blocks[self.program.blocks[block].members[0]]);
                if !entries.is_empty() {
                    entries.push((column, -f64::from(units.saturating_sub(crumb))));
                    self.row(RowKind::Floors { row, block, units }, false, f64::from(crumb), entries);
                }
            }
        }
    }

    fn rows_by_name(&self) -> Vec<usize> {
        let rows = &self.problem.rows;
        let name = |row: usize| (&self.problem.scenario.limits[rows[row].limit].name, &rows[row].of);
        let mut numbers: Vec<usize> = (0..rows.len()).collect();
        numbers.sort_by(|&a, &b| name(a).cmp(&name(b)));
        numbers
    }

    fn limits(&mut self) {
        self.floors();
        // By name: the order of a file must not decide between equal plans.
        for number in self.rows_by_name() {
            self.limit(number);
        }
    }

    fn limit(&mut self, number: usize) {
        let problem = self.problem;
        let row = &problem.rows[number];
        let sign = if row.sense == Sense::AtMost { 1.0 } else { -1.0 };
        let share = match row.bound {
            Bound::Share(share) => Some(f64::from(share.parts()) / 1e6),
            Bound::Absolute(_) => None,
        };
        let figure = |inside: f64, base: f64| sign * share.map_or(inside, |share| inside - share * base);
        // Its place is taken first: tariffs refer to it by number.
        let index = self.program.rows.len();
        self.program.rows.push(Row {
            kind: RowKind::Limit { row: number },
            equal: false,
            bound: 0.0,
            entries: Vec::new(),
        });
        let mut most_base = 0.0;
        let mut entries: Vec<(usize, f64)> = Vec::new();
        for block in 0..self.program.blocks.len() {
            let mut most = 0.0_f64;
            for group in self.program.blocks[block].groups.clone() {
                for column in group.columns {
                    let found = self.candidate(column).per_unit.iter().find(|found| found.row == number);
                    let (inside, base) = self.flat_use(column, row.cost.as_ref(), found);
                    entries.push((column, figure(inside, base)));
                    most = most.max(base * f64::from(group.units));
                }
            }
            most_base += most;
        }
        if row.cost.is_some() {
            most_base += self.account_figures(number, index, &figure, &mut entries);
        }
        let mut bound = match row.bound {
            Bound::Absolute(bound) => sign * bound.approximate(),
            Bound::Share(_) => 0.0,
        };
        if let Some(&floor) = self.floors.get(&number) {
            match share {
                None => {
                    entries.push((floor, -bound));
                    bound = 0.0;
                }
                Some(share) => {
                    entries.push((floor, share * most_base));
                    bound = share * most_base;
                }
            }
        } else if row.sense == Sense::AtMost && share.is_none() {
            self.limit_opens(number, index, bound, &entries);
        }
        entries.retain(|(_, figure)| *figure != 0.0);
        self.program.rows[index].bound = bound;
        self.program.rows[index].entries = entries;
    }

    /// What a unit adds to a limit and to its base, without charges that volumes price.
    fn flat_use(&self, column: usize, cost: Option<&CostScope>, found: Option<&RowUse>) -> (f64, f64) {
        let Some(found) = found else { return (0.0, 0.0) };
        let (mut inside, mut base) = (found.inside, found.base);
        if let Some(scope @ (CostScope::Bill | CostScope::Billed(_))) = cost {
            let stepped = self.candidate(column).charges.per_unit.iter();
            for charge in stepped.filter(|charge| charge.basis.tariff().is_some_and(|id| self.is_stepped(id))) {
                let amount = crate::units::Total::from_units(charge.amount.units());
                base = base.minus(amount).unwrap_or_default();
                let counts = match scope {
                    CostScope::Billed(set) => set.binary_search(&charge.provider).is_ok(),
                    _ => true,
                };
                if counts {
                    inside = inside.minus(amount).unwrap_or_default();
                }
            }
        }
        (inside.approximate(), base.approximate())
    }

    /// What storage, fees and tariffs add to a sum of cost; the most they add to its base.
    fn account_figures(
        &mut self,
        number: usize,
        index: usize,
        figure: &impl Fn(f64, f64) -> f64,
        entries: &mut Vec<(usize, f64)>,
    ) -> f64 {
        let problem = self.problem;
        let row = &problem.rows[number];
        let billed = match &row.cost {
            Some(CostScope::Bill) => None,
            Some(CostScope::Billed(set)) => Some(set.clone()),
            _ => {
                // Direct lines: storage of divided blocks is one, at first paid prices.
                let mut most = 0.0;
                for &(column, _) in &self.stored {
                    if let Some((inside, base)) = self.kept(column, number) {
                        entries.push((column, figure(inside, base)));
                        most += base;
                    }
                }
                return most;
            }
        };
        let counts = |provider| billed.as_ref().is_none_or(|set| set.binary_search(&provider).is_ok());
        let mut most = 0.0;
        for (column, charge) in &self.stored {
            if !charge.basis.tariff().is_some_and(|id| self.is_stepped(id)) {
                let amount = charge.amount.approximate();
                entries.push((*column, figure(if counts(charge.provider) { amount } else { 0.0 }, amount)));
                most += amount;
            }
        }
        for (fee, &column) in problem.scenario.fees.iter().zip(&self.opens) {
            let amount = fee.monthly.approximate();
            let inside = if counts(fee.biller(&problem.catalog)) { amount } else { 0.0 };
            entries.push((column, figure(inside, amount)));
            most += amount;
        }
        for &(tariff, column) in &self.volumes {
            let inside = if counts(problem.catalog.tariffs()[tariff].provider) { 1.0 } else { 0.0 };
            if let Some(curve) = &mut self.program.columns[column].curve {
                curve.entries.push((index, figure(inside, 1.0)));
                most += curve.points.last().map_or(0.0, |point| point.1);
            }
        }
        most
    }

    /// What a `Stores` column adds to a narrow sum of cost.
    fn kept(&self, column: usize, row: usize) -> Option<(f64, f64)> {
        let ColumnKind::Stores { block, region } = self.program.columns[column].kind else { return None };
        let member = self.program.blocks[block].members[0];
        let here = self.problem.blocks[member].candidates.iter().filter(|candidate| candidate.region.index() == region);
        let found = here.flat_map(|candidate| &candidate.per_region).find(|found| found.row == row)?;
        Some((found.inside.approximate(), found.base.approximate()))
    }

    /// A limit all of whose columns are at a fee's place: nothing of it is left if the fee is not paid.
    fn limit_opens(&mut self, number: usize, index: usize, bound: f64, entries: &[(usize, f64)]) {
        let used: Vec<(usize, f64)> = entries.iter().copied().filter(|(_, figure)| *figure != 0.0).collect();
        let counts_tariffs = self.program.columns.iter().filter_map(|column| column.curve.as_ref());
        let counts_tariffs = counts_tariffs.flat_map(|curve| &curve.entries).any(|(row, _)| *row == index);
        let units = |column: usize| matches!(self.program.columns[column].kind, ColumnKind::Units { .. });
        if used.is_empty() || counts_tariffs || used.iter().any(|&(column, figure)| figure < 0.0 || !units(column)) {
            return;
        }
        let catalog = &self.problem.catalog;
        for fee in 0..self.opens.len() {
            let place = &self.problem.scenario.fees[fee];
            if used.iter().all(|&(column, _)| place.is_due_in(catalog, self.candidate(column).region)) {
                let mut entries = used.clone();
                entries.push((self.opens[fee], -bound));
                self.row(RowKind::LimitOpens { row: number, fee }, false, 0.0, entries);
            }
        }
    }
}
