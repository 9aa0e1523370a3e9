//! Candidates: what one unit of a workload costs at a supply and adds to every limit; those that another beats are
//! left out.

use ethnum::I256;

use crate::catalog::{Catalog, Name, RegionId};
use crate::check::curve::{Curve, bends};
use crate::check::scope::{asks_machine, bills, includes, inside, is_by_biller, measured, values};
use crate::check::supply::{Charge, ServedBy, Supply, charges, eligible};
use crate::plan::{Breach, Violation};
use crate::scenario::{Bound, Limit, Measure, Scenario, Sense, Split};

/// What there is to choose from, and the rows of limits that choices count in.
pub(super) struct Market<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) scenario: &'a Scenario,
    /// Everything that may serve each workload.
    pub(super) supplies: Vec<Vec<Supply<'a>>>,
    /// By tariff: what volumes cost, and the most there can be, of those that have a `Volume` column.
    pub(super) curves: Vec<Option<(Curve, i128)>>,
    /// Rows of all limits, by limit, then value.
    pub(super) rows: Vec<LimitRow<'a>>,
}

/// One row of a limit.
pub(super) struct LimitRow<'a> {
    pub(super) limit: &'a Limit,
    pub(super) of: Option<Name>,
}

/// What one unit, or the storage of a divided workload in a region, adds to a limit's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) row: usize,
    pub(super) figure: I256,
    /// What it adds to the sum that a percentage is taken of, in 10⁻²⁴.
    pub(super) base: i128,
    /// Whether it counts as use of the value of a floor.
    pub(super) in_use: bool,
}

/// An eligible supply of a workload.
pub(super) struct Candidate<'a> {
    pub(super) supply: Supply<'a>,
    /// How many units one copy of the workload is.
    pub(super) units: u32,
    /// Charges of one unit that no volume prices.
    pub(super) cost: i128,
    /// Volumes of one unit in 10⁻¹² GB, by number of the tariff.
    pub(super) volumes: Vec<(usize, i128)>,
    /// By number of the row.
    pub(super) uses: Vec<Use>,
    /// Storage, charged once in every region used.
    pub(super) stored: Option<Charge>,
}

impl LimitRow<'_> {
    /// Whether it holds only where its value is in use.
    pub(super) fn is_floor(&self) -> bool {
        self.limit.sense == Sense::AtLeast && self.limit.per.is_some()
    }

    /// A sum and its base as a figure: `inside`, or 10⁶ × inside − p × base; negated for at-least.
    pub(super) fn figure(&self, inside: i128, base: i128) -> I256 {
        let figure = match self.limit.bound {
            Bound::Absolute(_) => I256::from(inside),
            Bound::Share(share) => {
                I256::from(inside) * I256::from(1_000_000) - I256::from(base) * I256::from(share.parts())
            }
        };
        if self.limit.sense == Sense::AtLeast { -figure } else { figure }
    }

    /// Whether the row counts what a provider bills; `None` if its sum does not go by that.
    pub(super) fn bills(&self, catalog: &Catalog, provider: crate::catalog::ProviderId) -> Option<bool> {
        is_by_biller(self.limit).then(|| bills(catalog, self.limit, self.of.as_ref(), provider))
    }
}

/// A figure that is not kept exactly.
pub(super) fn beyond(place: impl std::fmt::Display) -> Violation {
    let message = "a figure is beyond the range that is kept exactly".to_owned();
    Violation { rule: Breach::Proof, place: place.to_string(), message }
}

impl<'a> Market<'a> {
    /// What may serve each workload, which tariffs bend within reach, and which rows the limits have.
    pub(super) fn of(catalog: &'a Catalog, scenario: &'a Scenario) -> Result<Market<'a>, Violation> {
        let supplies: Vec<_> = scenario.workloads.iter().map(|workload| eligible(catalog, workload)).collect();
        let mut most = vec![0_i128; catalog.tariffs().len()];
        for (number, mine) in supplies.iter().enumerate() {
            let workload = &scenario.workloads[number];
            for (tariff, volume) in heaviest(catalog, scenario, number, mine).ok_or_else(|| beyond(&workload.name))? {
                most[tariff] = most[tariff].checked_add(volume).ok_or_else(|| beyond(&workload.name))?;
            }
        }
        let tariffs = catalog.tariffs().iter().zip(most);
        let curves = tariffs.map(|(tariff, most)| bends(tariff, most).then(|| (Curve::of(tariff), most))).collect();
        let rows = scenario.limits.iter().flat_map(|limit| {
            values(catalog, scenario, &supplies, limit).into_iter().map(move |of| LimitRow { limit, of })
        });
        let rows = rows.collect();
        Ok(Market { catalog, scenario, supplies, curves, rows })
    }

    /// Whether a charge is priced over the account's volume, by a `Volume` column.
    pub(super) fn by_volume(&self, charge: &Charge) -> Option<usize> {
        charge.tariff.map(|tariff| tariff.index()).filter(|&tariff| self.curves[tariff].is_some())
    }

    /// The candidates of a workload that none of its others beats, by provider, region, SKU and terms.
    pub(super) fn candidates(&self, number: usize) -> Result<Vec<Candidate<'a>>, Violation> {
        let mut all = Vec::new();
        for region in self.supplies[number].chunk_by(|one, other| one.region == other.region) {
            let mut kept: Vec<Candidate<'a>> = Vec::new();
            for supply in region {
                let candidate = self.candidate(number, *supply);
                let candidate = candidate.ok_or_else(|| beyond(supply.name(self.catalog)))?;
                // Of two that are alike the first stays. Beating is transitive, so comparing with what is kept will do.
                if !kept.iter().any(|rival| rival.beats(&candidate)) {
                    kept.retain(|rival| !candidate.beats(rival));
                    kept.push(candidate);
                }
            }
            all.append(&mut kept);
        }
        Ok(all)
    }

    fn candidate(&self, number: usize, supply: Supply<'a>) -> Option<Candidate<'a>> {
        let workload = &self.scenario.workloads[number];
        let charges = charges(self.catalog, workload, supply)?;
        let (mut each, mut stored) = (charges.each, charges.stored);
        if workload.split == Split::Never {
            each.extend(stored.take());
        }
        let mut cost = 0_i128;
        let mut volumes: Vec<(usize, i128)> = Vec::new();
        for charge in &each {
            match self.by_volume(charge) {
                None => cost = cost.checked_add(charge.amount.units())?,
                Some(tariff) => match volumes.iter_mut().find(|(of, _)| *of == tariff) {
                    Some((_, volume)) => *volume = volume.checked_add(charge.quantity)?,
                    None => volumes.push((tariff, charge.quantity)),
                },
            }
        }
        volumes.retain(|(_, volume)| *volume != 0);
        volumes.sort_unstable();
        let uses = self.uses(number, supply, &each, false)?;
        let units = supply.units(self.catalog, workload);
        Some(Candidate { supply, units, cost, volumes, uses, stored })
    }

    /// What storage that a divided workload keeps in a region adds to the rows of limits.
    pub(super) fn uses_of_storage(&self, number: usize, supply: Supply<'a>, stored: Charge) -> Option<Vec<Use>> {
        self.uses(number, supply, &[stored], true)
    }

    /// What charges, and the machines that they are for, add to the rows of limits; `None` beyond the range.
    fn uses(&self, number: usize, supply: Supply<'a>, charges: &[Charge], of_region: bool) -> Option<Vec<Use>> {
        let workload = &self.scenario.workloads[number];
        let mut uses = Vec::new();
        let of_one_limit = self.rows.chunk_by(|one, other| std::ptr::eq(one.limit, other.limit));
        let mut first = 0;
        for rows in of_one_limit {
            let start = first;
            first += rows.len();
            let Some(limit) = rows.first().map(|row| row.limit) else { continue };
            if !includes(&limit.filter, number, workload) {
                continue;
            }
            let site = inside(self.catalog, limit, workload, supply);
            let counts_here = !(of_region && asks_machine(limit));
            let by_biller = is_by_biller(limit);
            let base = match limit.sum {
                Measure::Cost => {
                    let counted = charges.iter().filter(|charge| !by_biller || self.by_volume(charge).is_none());
                    counted.map(|charge| charge.amount.units()).try_fold(0_i128, i128::checked_add)?
                }
                _ if of_region => continue,
                _ => measured(self.catalog, workload, &limit.sum, supply)?.units(),
            };
            for (row, found) in (start..).zip(rows) {
                let here = site.as_ref().is_some_and(|value| *value == found.of);
                let inside = if by_biller {
                    let flat = charges.iter().filter(|charge| self.by_volume(charge).is_none());
                    let mine = flat.filter(|charge| found.bills(self.catalog, charge.provider) == Some(true));
                    mine.map(|charge| charge.amount.units()).sum()
                } else if here && counts_here {
                    base
                } else {
                    0
                };
                let figure = found.figure(inside, base);
                let in_use = found.is_floor() && here && !of_region;
                if figure != I256::ZERO || in_use {
                    uses.push(Use { row, figure, base, in_use });
                }
            }
        }
        Some(uses)
    }
}

/// The most that a workload can bring to each tariff: its heaviest candidate, times its copies. `None` beyond the range.
fn heaviest(
    catalog: &Catalog,
    scenario: &Scenario,
    number: usize,
    supplies: &[Supply<'_>],
) -> Option<Vec<(usize, i128)>> {
    let workload = &scenario.workloads[number];
    let mut most: Vec<(usize, i128)> = Vec::new();
    let mut last: Option<(RegionId, u32)> = None;
    for supply in supplies {
        // Machines of one region bring the same, unless they are bought in other numbers.
        let units = supply.units(catalog, workload);
        let machine = matches!(supply.by, ServedBy::Offer(_)).then_some((supply.region, units));
        if machine.is_some() && machine == last {
            continue;
        }
        last = machine;
        let charges = charges(catalog, workload, *supply)?;
        let each = charges.each.iter().map(|charge| charge.times(units));
        let all: Vec<Charge> = each.chain(charges.stored.map(Some)).collect::<Option<_>>()?;
        let mut mine: Vec<(usize, i128)> = Vec::new();
        for charge in all {
            let Some(tariff) = charge.tariff else { continue };
            let volume = charge.quantity.checked_mul(i128::from(workload.count))?;
            match mine.iter_mut().find(|(of, _)| *of == tariff.index()) {
                Some((_, sum)) => *sum = sum.checked_add(volume)?,
                None => mine.push((tariff.index(), volume)),
            }
        }
        for (tariff, volume) in mine {
            match most.iter_mut().find(|(of, _)| *of == tariff) {
                Some((_, most)) => *most = volume.max(*most),
                None => most.push((tariff, volume)),
            }
        }
    }
    Some(most)
}

impl Candidate<'_> {
    /// Whether a plan with this instead of the other, in the same region, is still one, and no dearer.
    fn beats(&self, other: &Candidate<'_>) -> bool {
        let storage = |candidate: &Candidate<'_>| candidate.stored.map(|charge| (charge.tariff, charge.quantity));
        self.units == other.units
            && self.cost <= other.cost
            && self.volumes == other.volumes
            && storage(self) == storage(other)
            && adds_no_more(&self.uses, &other.uses)
    }

    /// Whether both are the same in every figure, for workloads that are merged.
    pub(super) fn is_like(&self, other: &Candidate<'_>) -> bool {
        self.supply.is(&other.supply)
            && self.units == other.units
            && self.cost == other.cost
            && self.volumes == other.volumes
            && self.uses == other.uses
    }
}

/// Whether one adds no more than the other to any row, and uses the value of no floor that the other does not.
fn adds_no_more(one: &[Use], other: &[Use]) -> bool {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    loop {
        let rows = (one.peek().map(|found| found.row), other.peek().map(|found| found.row));
        let (mine, theirs) = match rows {
            (None, None) => return true,
            (Some(mine), Some(theirs)) if mine == theirs => (one.next(), other.next()),
            (Some(mine), theirs) if theirs.is_none_or(|theirs| mine < theirs) => (one.next(), None),
            _ => (None, other.next()),
        };
        let figure = |found: Option<&Use>| found.map_or(I256::ZERO, |found| found.figure);
        let in_use = |found: Option<&Use>| found.is_some_and(|found| found.in_use);
        if figure(mine) > figure(theirs) || in_use(mine) && !in_use(theirs) {
            return false;
        }
    }
}
