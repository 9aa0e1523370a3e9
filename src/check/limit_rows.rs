//! Rows of volumes and limits: what candidates, storage, fees and tariffs add up to.

use std::collections::BTreeMap;

use ethnum::I256;

use crate::catalog::{Catalog, TariffId};
use crate::check::blocks::{Draft, Sum};
use crate::check::candidate::Market;
use crate::check::program::{Program, Row, Scale};
use crate::check::rows::Shared;
use crate::check::rules::{Place, biller};
use crate::plan::{ColumnName, RowName, Violation};
use crate::scenario::{Bound, Scenario, Sense};

impl Program {
    /// The program of a scenario, where these workloads are merged into one block each.
    pub(super) fn of(
        catalog: &Catalog,
        scenario: &Scenario,
        classes: &[Vec<crate::catalog::Name>],
    ) -> Result<Program, Violation> {
        let mut draft = Draft::new(Market::of(catalog, scenario)?, classes)?;
        let shared = draft.rules()?;
        let volumes = draft.volumes();
        let places = draft.column_places(&shared);
        for (number, sum) in std::mem::take(&mut draft.sums).into_iter().enumerate() {
            draft.limit(number, sum, &shared, &volumes, &places);
        }
        Ok(draft.program)
    }
}

impl Draft<'_> {
    /// A column for every tariff that bends, and its row: Σ 10⁻¹² GB × units − volume = 0.
    fn volumes(&mut self) -> BTreeMap<usize, u32> {
        let mut columns = BTreeMap::new();
        for (tariff, curve) in self.market.curves.iter().enumerate() {
            let Some((curve, most)) = curve else { continue };
            let name = crate::catalog::Name::from(self.market.catalog.tariff_name(TariffId::at(tariff)));
            let column = self.program.column(ColumnName::Volume { tariff: name.clone() }, *most, 0);
            if let Some(last) = self.program.columns.last_mut() {
                last.curve = Some(curve.clone());
            }
            let mut terms = self.volumes.remove(&tariff).unwrap_or_default();
            terms.push((column, -I256::ONE));
            self.program.rows.push(Row {
                name: RowName::Volume { tariff: name },
                equal: true,
                scale: Scale::Volume,
                bound: I256::ZERO,
                terms,
                costs: Vec::new(),
                may_be_kept: false,
            });
            columns.insert(tariff, column);
        }
        columns
    }

    /// Where the columns are that a limit within a fee's place may have: units, storage, fees.
    fn column_places(&self, shared: &Shared) -> Vec<Option<Place>> {
        let mut places = vec![None; self.program.columns.len()];
        for placed in self.blocks.iter().flat_map(|block| block.groups.iter().flatten()) {
            places[placed.column as usize] = Some(Place::Region(placed.candidate.supply.region));
        }
        for &(place, column) in &shared.stores {
            places[column as usize] = Some(place);
        }
        for (fee, &column) in self.market.scenario.fees.iter().zip(&shared.opens) {
            places[column as usize] = Some(fee.place.into());
        }
        places
    }

    /// The row of a limit: what was written for its candidates and storage, with fees and tariffs where it counts the
    /// bill, and its floor.
    fn limit(
        &mut self,
        number: usize,
        mut sum: Sum,
        shared: &Shared,
        volumes: &BTreeMap<usize, u32>,
        places: &[Option<Place>],
    ) {
        let catalog = self.market.catalog;
        let row = &self.market.rows[number];
        for (fee, &column) in self.market.scenario.fees.iter().zip(&shared.opens) {
            let Some(bills) = row.bills(catalog, biller(catalog, fee)) else { break };
            let monthly = fee.monthly.units();
            sum.terms.push((column, row.figure(if bills { monthly } else { 0 }, monthly)));
            sum.most += I256::from(monthly);
        }
        for (&tariff, &column) in volumes {
            let Some(bills) = row.bills(catalog, catalog.tariffs()[tariff].provider) else { break };
            sum.costs.push((column, row.figure(i128::from(bills), 1)));
            if let Some((curve, most)) = &self.market.curves[tariff] {
                sum.most += curve.at(*most);
            }
        }
        let (mut bound, scale) = match row.limit.bound {
            Bound::Absolute(bound) => (row.figure(bound.units(), 0), Scale::Sum),
            Bound::Share(_) => (I256::ZERO, Scale::Share),
        };
        if let Some(&floor) = shared.floors.get(&number) {
            match row.limit.bound {
                // −Σ inside + bound × floor ≤ 0.
                Bound::Absolute(_) => {
                    sum.terms.push((floor, -bound));
                    bound = I256::ZERO;
                }
                // Σ (p × base − 10⁶ × inside) + M × floor ≤ M, M = p × the most the base can be.
                Bound::Share(share) => {
                    bound = sum.most * I256::from(share.parts());
                    sum.terms.push((floor, bound));
                }
            }
        }
        sum.terms.retain(|(_, figure)| *figure != I256::ZERO);
        sum.costs.retain(|(_, figure)| *figure != I256::ZERO);
        let is_quota = row.limit.sense == Sense::AtMost
            && matches!(row.limit.bound, Bound::Absolute(_))
            && sum.costs.is_empty()
            && sum.terms.iter().all(|(_, figure)| *figure > 0);
        let of_units = |column: u32| matches!(self.program.columns[column as usize].name, ColumnName::Units { .. });
        let may_be_kept = is_quota && sum.terms.iter().all(|(column, _)| of_units(*column));
        let (name, of) = (row.limit.name.clone(), row.of.clone());
        if is_quota && !sum.terms.is_empty() {
            for (fee, &column) in self.market.scenario.fees.iter().zip(&shared.opens) {
                let place = Place::from(fee.place);
                let here = |column: u32| {
                    places.get(column as usize).copied().flatten().is_some_and(|there| there.is_in(catalog, place))
                };
                if sum.terms.iter().all(|(column, _)| here(*column)) {
                    // A fee may be a term of its own limit: then both figures stand for it.
                    let mut terms = sum.terms.clone();
                    match terms.iter_mut().find(|(of, _)| *of == column) {
                        Some((_, figure)) => *figure -= bound,
                        None => terms.push((column, -bound)),
                    }
                    terms.retain(|(_, figure)| *figure != I256::ZERO);
                    let fee = fee.name.clone();
                    let name = RowName::LimitOpens { name: name.clone(), of: of.clone(), fee };
                    let (bound, costs) = (I256::ZERO, Vec::new());
                    self.program.rows.push(Row { name, equal: false, scale, bound, terms, costs, may_be_kept: false });
                }
            }
        }
        let Sum { terms, costs, .. } = sum;
        self.program.rows.push(Row {
            name: RowName::Limit { name, of },
            equal: false,
            scale,
            bound,
            terms,
            costs,
            may_be_kept,
        });
    }
}
