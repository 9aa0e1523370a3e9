//! The question as the solver sees it: workloads × candidates, priced, and the rows of all limits.
//!
//! ```text
//! Catalog + Scenario ── new ──→ Problem
//!   Problem ─< Block (one per workload) ─< Candidate (an eligible supply, priced; its use of every row)
//!   Problem ─< Row   (one per limit and value of `per`; knows its limit from birth)
//! ```
//!
//! A block is bought in equal units (see [`crate::charge`]); a [`Selection`] says how many at which candidate. Blocks
//! and candidates are in the order of their names, so that the order of a file never decides between equal plans.

mod dominance;
mod rows;
mod standing;

use std::sync::Arc;

use crate::catalog::{Catalog, Name, RegionId};
use crate::charge::{Charges, charges};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, quoted};
use crate::money::Amount;
use crate::parallel::each;
use crate::plan::Unserved;
use crate::rules::{Reason, Supply, eligibility, supplies};
use crate::scenario::{Demand, Scenario, Split, Workload};
use crate::units::Total;

pub(crate) use self::rows::{CostScope, Row, measured};
pub(crate) use self::standing::{CRUMB, Standing, crumb, place, spread_most};

/// How many of the nearest offers are named for a workload that nothing can serve.
const NEAREST: usize = 3;

/// A scenario against a catalog, ready to be optimized.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) scenario: Arc<Scenario>,
    /// One per workload that something can serve or that may stay unplaced, by workload name.
    pub(crate) blocks: Vec<Block>,
    /// By limit, then value.
    pub(crate) rows: Vec<Row>,
    /// Workloads that nothing can serve and that must be placed, in the scenario's order.
    pub(crate) unserved: Vec<Unserved>,
    /// By tariff: the most that all workloads together could bring, in 10⁻¹² GB.
    pub(crate) reach: Vec<i128>,
}

/// A workload and its candidates.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Its number in the scenario.
    pub(crate) workload: usize,
    /// Copies of the workload.
    pub(crate) copies: u32,
    /// What each copy is worth, if it may stay unplaced.
    pub(crate) value: Option<Amount>,
    /// By provider, region, SKU and terms; empty only where the workload may stay unplaced.
    pub(crate) candidates: Vec<Candidate>,
    /// Numbers of the candidates that no other beats in cost and in every row.
    pub(crate) undominated: Vec<usize>,
    /// Of those, the ones that would be undominated if no limit were a share of the cost.
    pub(crate) likely: Vec<usize>,
}

impl Block {
    /// Units of all copies at a candidate.
    pub(crate) fn whole(&self, candidate: usize) -> u32 {
        self.candidates[candidate].units().saturating_mul(self.copies)
    }

    /// Copies of which a list of parts places nothing.
    pub(crate) fn unplaced(&self, parts: &[(usize, u32)]) -> u32 {
        if self.candidates.first().is_some_and(|first| !first.divided) {
            self.copies.saturating_sub(parts.iter().map(|(_, units)| units).sum())
        } else if parts.is_empty() {
            self.copies
        } else {
            0
        }
    }
}

/// An eligible supply, priced.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) supply: Supply,
    pub(crate) region: RegionId,
    pub(crate) charges: Charges,
    /// Whether its workload may be divided.
    pub(crate) divided: bool,
    /// Cost of one unit at first paid prices.
    pub(crate) unit_cost: Amount,
    /// Cost of being in the region at all.
    pub(crate) region_cost: Amount,
    /// What one unit adds to rows; rows not named get nothing.
    pub(crate) per_unit: Vec<RowUse>,
    /// What being in the region at all adds to rows.
    pub(crate) per_region: Vec<RowUse>,
}

impl Candidate {
    /// Units of the whole workload here, of one copy.
    pub(crate) fn units(&self) -> u32 {
        self.charges.units
    }

    /// Cost of the whole workload here, of one copy, at first paid prices; `None` beyond the range of amounts.
    pub(crate) fn whole_cost(&self) -> Option<Amount> {
        self.unit_cost.times(i128::from(self.units()))?.plus(self.region_cost)
    }
}

/// What a candidate adds to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowUse {
    pub(crate) row: usize,
    /// To the sum that the limit names.
    pub(crate) inside: Total,
    /// To the sum that a percentage is taken of.
    pub(crate) base: Total,
    /// Whether it is in the limit's scope, and of the row's value.
    pub(crate) within: bool,
}

/// Which candidates are bought, and how many units of each: per block a list of (candidate, units).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) parts: Vec<Vec<(usize, u32)>>,
}

impl Problem {
    /// Finds every eligible candidate of every workload, prices it, and writes the rows of all limits.
    ///
    /// Workloads that nothing can serve do not fail here: [`crate::optimize`] reports them as the reason why there is
    /// no plan.
    ///
    /// # Errors
    /// Workloads that ask for nothing that could be priced, and amounts beyond what can be kept exactly.
    pub fn new(catalog: &Arc<Catalog>, scenario: &Arc<Scenario>) -> Result<Problem, Diagnostics> {
        Problem::on_threads(catalog, scenario, 1)
    }

    /// [`Problem::new`], with workloads priced and their candidates compared on so many threads. The problem is the same
    /// on any number of them.
    ///
    /// ```
    /// use tradewind::{Problem, load};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let input = load("scenarios/quickstart.yaml")?;
    /// let problem = Problem::on_threads(&input.catalog, &input.scenario, 4)?;
    /// # assert!(tradewind::optimize(&problem, &tradewind::Effort::default()).is_ok());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`Problem::new`].
    pub fn on_threads(
        catalog: &Arc<Catalog>,
        scenario: &Arc<Scenario>,
        threads: usize,
    ) -> Result<Problem, Diagnostics> {
        let mut faults = Diagnostics::new();
        if let Some(growth) = scenario.growth {
            // To plan for today alone would be a wrong plan that looks right.
            let message = "one plan over all `months` of `horizon` is not supported yet";
            let fault = Diagnostic::new(Kind::NotSupported, growth.span, message);
            faults.push(fault.help("plan months one by one with `tradewind sweep SCENARIO --vary month=0..12`"));
        }
        let mut blocks = Vec::with_capacity(scenario.workloads.len());
        let mut unserved = Vec::new();
        let priced = each(&scenario.workloads, threads, |workload| candidates(catalog, workload));
        for ((number, workload), priced) in scenario.workloads.iter().enumerate().zip(priced) {
            if workload.demand == Demand::Unstated {
                let message = format!("workload {} asks for nothing that could be priced", quoted(&workload.name));
                faults.push(Diagnostic::new(Kind::NoDemand, workload.span, message).help(
                    "give it a `request`, flat-rate usage (`compute_hours`, `storage_gb`, `network_gb`) or `options`",
                ));
                continue;
            }
            match priced {
                None => {
                    let message = format!("a charge of workload {} is above 100 trillion", quoted(&workload.name));
                    faults.push(
                        Diagnostic::new(Kind::AmountTooLarge, workload.span, message)
                            .help("check its replicas, hours and GB"),
                    );
                }
                Some(list) if list.is_empty() && workload.value.is_none() => {
                    unserved.push(why_unserved(catalog, workload));
                }
                Some(candidates) => blocks.push(Block {
                    workload: number,
                    copies: workload.count,
                    value: workload.value,
                    candidates,
                    undominated: Vec::new(),
                    likely: Vec::new(),
                }),
            }
        }
        blocks.sort_by(|a, b| scenario.workloads[a.workload].name.cmp(&scenario.workloads[b.workload].name));
        let mut problem = Problem {
            catalog: Arc::clone(catalog),
            scenario: Arc::clone(scenario),
            blocks,
            rows: Vec::new(),
            unserved,
            reach: Vec::new(),
        };
        if !problem.fits() {
            let message = "the sum over all workloads could be above 10 trillion";
            faults.push(
                Diagnostic::new(Kind::AmountTooLarge, crate::diagnostic::Span::NONE, message)
                    .help("check replicas, hours and GB; amounts above that are not kept exactly"),
            );
        }
        if faults.is_empty()
            && let Err(number) = rows::write(&mut problem)
        {
            let limit = &scenario.limits[number];
            let message = format!("the sum of limit {} could be above 10 trillion", quoted(&limit.name));
            faults.push(
                Diagnostic::new(Kind::AmountTooLarge, limit.span, message)
                    .help("check replicas, hours and GB; sums above that are not kept exactly"),
            );
        }
        if faults.is_empty() {
            problem.reach = problem.reach();
            dominance::mark(&mut problem, threads);
            return Ok(problem);
        }
        Err(faults)
    }

    /// The workload of a block.
    pub(crate) fn workload(&self, block: &Block) -> &Workload {
        &self.scenario.workloads[block.workload]
    }

    /// Whether even the dearest choice everywhere, several times over, stays inside the range of amounts.
    fn fits(&self) -> bool {
        let dearest = |block: &Block| {
            let mut whole =
                block.candidates.iter().map(Candidate::whole_cost).chain([block.value.or(Some(Amount::ZERO))]);
            let most = whole.try_fold(Amount::ZERO, |most, cost| Some(most.max(cost?)))?;
            most.times(i128::from(block.copies))
        };
        let fees = Amount::sum(self.scenario.fees.iter().map(|fee| fee.monthly));
        let total = self.blocks.iter().try_fold(fees, |sum, block| Some(sum?.plus(dearest(block)?)));
        total.flatten().and_then(|total| total.times(10)).is_some()
    }

    /// By tariff, the volume that all workloads together could bring: each its heaviest candidate, times its copies.
    fn reach(&self) -> Vec<i128> {
        let mut reach = vec![0_i128; self.catalog.tariffs().len()];
        for block in &self.blocks {
            let mut heaviest: Vec<(usize, i128)> = Vec::new();
            for candidate in &block.candidates {
                let mut volumes: Vec<(usize, i128)> = Vec::new();
                candidate.volumes(|tariff, per_unit, per_region| {
                    let volume = per_unit.saturating_mul(i128::from(candidate.units())).saturating_add(per_region);
                    match volumes.iter_mut().find(|(other, _)| *other == tariff) {
                        Some((_, sum)) => *sum = sum.saturating_add(volume),
                        None => volumes.push((tariff, volume)),
                    }
                });
                for (tariff, volume) in volumes {
                    match heaviest.iter_mut().find(|(other, _)| *other == tariff) {
                        Some((_, most)) => *most = (*most).max(volume),
                        None => heaviest.push((tariff, volume)),
                    }
                }
            }
            for (tariff, volume) in heaviest {
                let all = volume.saturating_mul(i128::from(block.copies));
                reach[tariff] = reach[tariff].saturating_add(all);
            }
        }
        reach
    }

    /// Whether a tariff has more than its first paid price within reach.
    pub(crate) fn is_stepped(&self, tariff: usize) -> bool {
        !self.catalog.tariffs()[tariff].is_flat_up_to(self.reach[tariff])
    }

    /// Each workload at its cheapest candidate, the first by name on a tie, or unplaced where that costs less.
    pub(crate) fn plain_minimum(&self) -> Selection {
        let parts = self.blocks.iter().map(|block| {
            let cheapest = block.undominated.iter().min_by_key(|&&number| block.candidates[number].whole_cost());
            match cheapest {
                Some(&number)
                    if block.value.is_none_or(|value| {
                        block.candidates[number].whole_cost().is_some_and(|cost| cost <= value)
                    }) =>
                {
                    vec![(number, block.whole(number))]
                }
                _ => Vec::new(),
            }
        });
        Selection { parts: parts.collect() }
    }
}

impl Candidate {
    /// Calls with every tariff it brings volume to: of one unit, and of being in the region, in 10⁻¹² GB.
    pub(crate) fn volumes(&self, mut call: impl FnMut(usize, i128, i128)) {
        for charge in &self.charges.per_unit {
            if let Some(tariff) = charge.basis.tariff() {
                call(tariff.index(), charge.quantity, 0);
            }
        }
        if let Some(charge) = &self.charges.per_region
            && let Some(tariff) = charge.basis.tariff()
        {
            call(tariff.index(), 0, charge.quantity);
        }
    }
}

/// Every eligible supply, priced, in the order of names; `None` if an amount is beyond the range.
fn candidates(catalog: &Catalog, workload: &Workload) -> Option<Vec<Candidate>> {
    let mut list = Vec::new();
    for supply in supplies(catalog, workload) {
        if !eligibility(catalog, workload, supply).is_empty() {
            continue;
        }
        let Some(region) = supply.region(catalog, workload) else { continue };
        let charges = charges(catalog, workload, supply)?;
        let unit_cost = charges.unit_cost()?;
        let region_cost = charges.region_cost();
        list.push(Candidate {
            supply,
            region,
            charges,
            divided: workload.split != Split::Never,
            unit_cost,
            region_cost,
            per_unit: Vec::new(),
            per_region: Vec::new(),
        });
    }
    list.sort_by_cached_key(|candidate| sort_key(catalog, candidate));
    Some(list)
}

/// Provider, region, SKU and terms by name; given options keep their order within a region.
fn sort_key(catalog: &Catalog, candidate: &Candidate) -> (Name, Name, Option<Name>, Supply) {
    let region = catalog.region(candidate.region);
    let sku = match candidate.supply {
        Supply::Offer(offer) => Some(catalog.sku(catalog.offer(offer).sku).name.clone()),
        _ => None,
    };
    (catalog.provider(region.provider).name.clone(), region.name.clone(), sku, candidate.supply)
}

/// The offers that fail fewest requests and by least, and what each fails; one for each set of kinds of reasons.
fn why_unserved(catalog: &Catalog, workload: &Workload) -> Unserved {
    let all = supplies(catalog, workload);
    let asked = all.len();
    let mut near: Vec<(usize, u64, String, Vec<Reason>)> = all
        .into_iter()
        .map(|supply| {
            let reasons = eligibility(catalog, workload, supply);
            let lack = reasons.iter().map(Reason::lack).fold(0, u64::saturating_add);
            (reasons.len(), lack, describe(catalog, workload, supply), reasons)
        })
        .collect();
    near.sort();
    let kinds = |reasons: &[Reason]| reasons.iter().map(std::mem::discriminant).collect::<Vec<_>>();
    let mut nearest: Vec<(String, Vec<String>)> = Vec::with_capacity(NEAREST);
    let mut seen = Vec::new();
    for (_, _, offer, reasons) in near {
        if nearest.len() < NEAREST && !seen.contains(&kinds(&reasons)) {
            nearest.push((offer, reasons.iter().map(Reason::to_string).collect()));
            seen.push(kinds(&reasons));
        }
    }
    Unserved { workload: workload.name.clone(), span: workload.span, asked, nearest, members: Vec::new() }
}

/// A supply in words: `aws/us-east-1 m7i.xlarge on-demand`.
pub(crate) fn describe(catalog: &Catalog, workload: &Workload, supply: Supply) -> String {
    let place = supply.region(catalog, workload).map_or("", |region| &*catalog.region(region).path);
    match supply {
        Supply::Offer(offer) => {
            let offer = catalog.offer(offer);
            format!("{place} {} {}", catalog.sku(offer.sku).name, offer.terms.name())
        }
        Supply::Rates(_) => format!("{place} flat rates"),
        Supply::Given(number) => format!("{place} option {}", number + 1),
    }
}
