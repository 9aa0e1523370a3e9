//! Limits: what each one sums over the plan, stated again from the parts, and whether the plan's figures say the same.

use crate::catalog::{Catalog, Name};
use crate::check::Report;
use crate::check::placed::Part;
use crate::check::priced::Prices;
use crate::check::scope::{asks_machine, bills, includes, inside, is_by_biller, measured, unused, values};
use crate::check::supply::Supply;
use crate::money::Amount;
use crate::plan::{Breach, LimitUse, LineCategory, LineUnit, Plan};
use crate::scenario::{Bound, Limit, Measure, Scenario, Sense, Split};
use crate::units::Total;

/// Holds every limit against the parts; `None` if a sum is beyond the range.
pub(super) fn hold(
    catalog: &Catalog,
    scenario: &Scenario,
    supplies: &[Vec<Supply<'_>>],
    plan: &Plan,
    (parts, prices): (&[Part<'_>], &Prices<'_>),
    report: &mut Report,
) -> Option<()> {
    let mut said = plan.limits.iter();
    for limit in &scenario.limits {
        for value in values(catalog, scenario, supplies, limit) {
            // At least so much for every value is asked of those in use.
            if limit.sense == Sense::AtLeast
                && let Some(value) = &value
                && !is_in_use(catalog, scenario, limit, value, parts)
            {
                continue;
            }
            let place = match &value {
                Some(value) => format!("limit {} of {value}", limit.name),
                None => format!("limit {}", limit.name),
            };
            let sum = sum(catalog, scenario, limit, value.as_ref(), parts, prices)?;
            let bound = bound(limit, sum.base);
            let slack = match limit.sense {
                Sense::AtMost => bound.minus(sum.inside)?,
                Sense::AtLeast => sum.inside.minus(bound)?,
            };
            if slack < Total::ZERO {
                report.add(Breach::Limit, &place, format_args!("{} against a bound of {bound}", sum.inside));
            }
            match said.next() {
                Some(says) if says.name == limit.name && says.of == value => {
                    figures(says, limit, &place, [sum.inside, bound, slack], report);
                }
                _ => report.add(Breach::Limit, &place, "the plan does not state its use"),
            }
        }
    }
    if said.next().is_some() {
        report.add(Breach::Limit, "plan", "it states the use of limits that the scenario does not have");
    }
    Some(())
}

/// Holds what a plan says of a row against its limit and the figures: use, bound and slack.
fn figures(says: &LimitUse, limit: &Limit, place: &str, [inside, bound, slack]: [Total; 3], report: &mut Report) {
    report.equal(Breach::Limit, place, "its use", says.used, inside);
    report.equal(Breach::Limit, place, "its bound", says.limit, bound);
    report.equal(Breach::Limit, place, "its slack", says.slack, slack);
    report.equal(Breach::Limit, place, "its sum", &*says.sum, limit.sum.name());
    let share = match limit.bound {
        Bound::Share(share) => Some(share),
        Bound::Absolute(_) => None,
    };
    let direct_only = limit.sum == Measure::Cost && !is_by_biller(limit);
    if says.share != share || says.at_least != (limit.sense == Sense::AtLeast) || says.direct_only != direct_only {
        report.add(Breach::Limit, place, "it is stated as another kind of limit");
    }
}

/// A percentage is of the base; rounded so that comparing whole numbers of 10⁻²⁴ is comparing the exact figures.
fn bound(limit: &Limit, base: Total) -> Total {
    match limit.bound {
        Bound::Absolute(bound) => bound,
        Bound::Share(share) => {
            // p · base / 10⁶ without overflow: the base in millions and the rest apart.
            let (parts, million) = (i128::from(share.parts()), 1_000_000);
            let (whole, rest) = (base.units().div_euclid(million), base.units().rem_euclid(million));
            let down = parts * whole + (parts * rest).div_euclid(million);
            let exact = (parts * rest).rem_euclid(million) == 0;
            Total::from_units(if limit.sense == Sense::AtMost || exact { down } else { down + 1 })
        }
    }
}

/// Whether more than the unused part of some workload runs in a limit's scope at a value of its `per` key.
fn is_in_use(catalog: &Catalog, scenario: &Scenario, limit: &Limit, value: &Name, parts: &[Part<'_>]) -> bool {
    let mut units = vec![0_u64; scenario.workloads.len()];
    for part in parts {
        let workload = &scenario.workloads[part.workload];
        let there = inside(catalog, limit, workload, part.supply).flatten();
        if includes(&limit.filter, part.workload, workload) && there.as_ref() == Some(value) {
            units[part.workload] += u64::from(part.units);
        }
    }
    scenario.workloads.iter().zip(units).any(|(workload, units)| units > u64::from(unused(workload)))
}

/// What a limit sums, and what its percentage is taken of.
struct Sum {
    inside: Total,
    base: Total,
}

impl Sum {
    fn add(&mut self, amount: Total, inside: bool) -> Option<()> {
        self.base = self.base.plus(amount)?;
        if inside {
            self.inside = self.inside.plus(amount)?;
        }
        Some(())
    }
}

fn sum(
    catalog: &Catalog,
    scenario: &Scenario,
    limit: &Limit,
    value: Option<&Name>,
    parts: &[Part<'_>],
    prices: &Prices<'_>,
) -> Option<Sum> {
    let mut sum = Sum { inside: Total::ZERO, base: Total::ZERO };
    let by_biller = is_by_biller(limit);
    let of = value.cloned();
    for (part, charges) in parts.iter().zip(&prices.by_part) {
        let workload = &scenario.workloads[part.workload];
        if !includes(&limit.filter, part.workload, workload) {
            continue;
        }
        let here = inside(catalog, limit, workload, part.supply).is_some_and(|value| value == of);
        if limit.sum == Measure::Cost {
            for charge in charges {
                // What is read back goes with the machines that read it.
                let kept = charge.category == LineCategory::Storage && charge.unit == LineUnit::GbMonth;
                let of_region = kept && workload.split != Split::Never;
                let counts = match by_biller {
                    true => bills(catalog, limit, value, charge.provider),
                    false => here && !(of_region && asks_machine(limit)),
                };
                sum.add(Total::from_units(charge.amount.units()), counts)?;
            }
        } else {
            let unit = measured(catalog, workload, &limit.sum, part.supply)?;
            sum.add(unit.times(i128::from(part.units))?, here)?;
        }
    }
    if by_biller {
        let changes = prices.adjusted.iter().map(|found| (found.biller, found.change));
        let fees = prices.fees.iter().map(|(fee, provider)| (*provider, fee.monthly));
        for (provider, amount) in changes.chain(fees) {
            sum.add(Total::from_units(Amount::units(amount)), bills(catalog, limit, value, provider))?;
        }
    }
    Some(sum)
}
