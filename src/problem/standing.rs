//! Where a selection stands: its cost and every row, exactly, with the tiers and allowances of the account.

use crate::catalog::ProviderId;
use crate::charge::adjustments;
use crate::money::Amount;
use crate::problem::{CostScope, Problem, Row, RowUse, Selection};
use crate::scenario::{Bound, Sense};
use crate::units::Total;

/// Exact sums of a selection.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// What tiers and allowances change, by provider.
    pub(crate) adjustments: Vec<(ProviderId, Amount)>,
    /// The bill: what the program minimises, and the adjustments.
    pub(crate) cost: Amount,
    /// By row: the sum inside the limit and the base of its percentage.
    pub(crate) sums: Vec<(Total, Total)>,
}

impl Standing {
    /// Adds up a selection; `None` beyond the range of amounts, which [`Problem::new`] has ruled out.
    pub(crate) fn of(problem: &Problem, selection: &Selection) -> Option<Standing> {
        let mut direct = Amount::ZERO;
        let mut sums = vec![(Total::ZERO, Total::ZERO); problem.rows.len()];
        let mut volumes = vec![0_i128; problem.catalog.tariffs().len()];
        for (block, parts) in problem.blocks.iter().zip(&selection.parts) {
            let mut regions = Vec::new();
            for &(number, units) in parts {
                let candidate = &block.candidates[number];
                let units = i128::from(units);
                direct = direct.plus(candidate.unit_cost.times(units)?)?;
                add(&mut sums, &candidate.per_unit, units)?;
                for charge in &candidate.charges.per_unit {
                    if let Some(tariff) = charge.basis.tariff() {
                        volumes[tariff.index()] =
                            volumes[tariff.index()].checked_add(charge.quantity.checked_mul(units)?)?;
                    }
                }
                if regions.contains(&candidate.region) {
                    continue;
                }
                regions.push(candidate.region);
                direct = direct.plus(candidate.region_cost)?;
                add(&mut sums, &candidate.per_region, 1)?;
                if let Some(charge) = &candidate.charges.per_region
                    && let Some(tariff) = charge.basis.tariff()
                {
                    volumes[tariff.index()] = volumes[tariff.index()].checked_add(charge.quantity)?;
                }
            }
        }
        let mut by_provider: Vec<(ProviderId, Amount)> = Vec::new();
        for (tariff, volume) in problem.catalog.tariffs().iter().zip(volumes) {
            let change = Amount::sum(adjustments(tariff, volume)?.iter().map(|adjustment| adjustment.amount))?;
            if change != Amount::ZERO {
                by_provider.push((tariff.provider, change));
            }
        }
        let change = Amount::sum(by_provider.iter().map(|(_, change)| *change))?;
        for (row, sum) in problem.rows.iter().zip(&mut sums) {
            let inside = match &row.cost {
                Some(CostScope::Bill) => change,
                Some(CostScope::Billed(set)) => {
                    let billed = by_provider.iter().filter(|(provider, _)| set.binary_search(provider).is_ok());
                    Amount::sum(billed.map(|(_, change)| *change))?
                }
                Some(CostScope::Direct) | None => continue,
            };
            sum.0 = sum.0.plus(Total::from_units(inside.units()))?;
            sum.1 = sum.1.plus(Total::from_units(change.units()))?;
        }
        Some(Standing { cost: direct.plus(change)?, adjustments: by_provider, sums })
    }

    /// Numbers of the rows that do not hold.
    pub(crate) fn broken<'a>(&'a self, problem: &'a Problem) -> impl Iterator<Item = usize> + 'a {
        problem
            .rows
            .iter()
            .zip(&self.sums)
            .enumerate()
            .filter(|(_, (row, sum))| row.slack(**sum) < Total::ZERO)
            .map(|(number, _)| number)
    }

    /// Whether every row holds.
    pub(crate) fn keeps_all(&self, problem: &Problem) -> bool {
        self.broken(problem).next().is_none()
    }
}

impl Row {
    /// The bound as a figure: a percentage is taken of the base, rounded to the side on which the row stays exact.
    pub(crate) fn limit(&self, base: Total) -> Total {
        match (self.bound, self.sense) {
            (Bound::Absolute(bound), _) => bound,
            (Bound::Share(share), Sense::AtMost) => share.of_rounded_down(base),
            (Bound::Share(share), Sense::AtLeast) => share.of_rounded_up(base),
        }
    }

    /// How far the sum may still move towards the bound; below zero if the row is broken.
    pub(crate) fn slack(&self, (inside, base): (Total, Total)) -> Total {
        let (limit, used) = (self.limit(base).units(), inside.units());
        // Both are within the range of amounts, so their difference is within twice that: saturate, never wrap.
        Total::from_units(match self.sense {
            Sense::AtMost => limit.saturating_sub(used),
            Sense::AtLeast => used.saturating_sub(limit),
        })
    }
}

fn add(sums: &mut [(Total, Total)], uses: &[RowUse], times: i128) -> Option<()> {
    for found in uses {
        let sum = &mut sums[found.row];
        sum.0 = sum.0.plus(found.inside.times(times)?)?;
        sum.1 = sum.1.plus(found.base.times(times)?)?;
    }
    Some(())
}
