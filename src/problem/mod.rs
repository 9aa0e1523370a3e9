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
use crate::plan::Unserved;
use crate::rules::{Reason, Supply, eligibility, supplies};
use crate::scenario::{Demand, Scenario, Workload};
use crate::units::Total;

pub(crate) use self::rows::{CostScope, Row};
pub(crate) use self::standing::Standing;

/// How many of the nearest offers are named for a workload that nothing can serve.
const NEAREST: usize = 3;

/// A scenario against a catalog, ready to be optimized.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) scenario: Arc<Scenario>,
    /// One per workload that something can serve, by workload name.
    pub(crate) blocks: Vec<Block>,
    /// By limit, then value.
    pub(crate) rows: Vec<Row>,
    /// Workloads that nothing can serve, in the scenario's order.
    pub(crate) unserved: Vec<Unserved>,
    /// Whether no plan can reach a tier or an allowance, so that first paid prices are the bill.
    pub(crate) exactly_priced: bool,
}

/// A workload and its candidates.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Its number in the scenario.
    pub(crate) workload: usize,
    /// Never empty; by provider, region, SKU and terms.
    pub(crate) candidates: Vec<Candidate>,
    /// Numbers of the candidates that no other beats in cost and in every row.
    pub(crate) undominated: Vec<usize>,
    /// Of these, those that no other beats in cost and in every row that is not a sum of cost.
    pub(crate) core: Vec<usize>,
}

/// An eligible supply, priced.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) supply: Supply,
    pub(crate) region: RegionId,
    pub(crate) charges: Charges,
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
    /// Units of the whole workload here.
    pub(crate) fn units(&self) -> u32 {
        self.charges.units
    }

    /// Cost of the whole workload here, at first paid prices; `None` beyond the range of amounts.
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
        let mut faults = Diagnostics::new();
        let mut blocks = Vec::with_capacity(scenario.workloads.len());
        let mut unserved = Vec::new();
        for (number, workload) in scenario.workloads.iter().enumerate() {
            if workload.demand == Demand::Unstated {
                let message = format!("workload {} asks for nothing that could be priced", quoted(&workload.name));
                faults.push(Diagnostic::new(Kind::NoDemand, workload.span, message).help(
                    "give it a `request`, flat-rate usage (`compute_hours`, `storage_gb`, `network_gb`) or `options`",
                ));
                continue;
            }
            match candidates(catalog, workload) {
                None => {
                    let message = format!("a charge of workload {} is above 100 trillion", quoted(&workload.name));
                    faults.push(
                        Diagnostic::new(Kind::AmountTooLarge, workload.span, message)
                            .help("check its replicas, hours and GB"),
                    );
                }
                Some(list) if list.is_empty() => unserved.push(why_unserved(catalog, workload)),
                Some(candidates) => {
                    blocks.push(Block { workload: number, candidates, undominated: Vec::new(), core: Vec::new() })
                }
            }
        }
        blocks.sort_by(|a, b| scenario.workloads[a.workload].name.cmp(&scenario.workloads[b.workload].name));
        let mut problem = Problem {
            catalog: Arc::clone(catalog),
            scenario: Arc::clone(scenario),
            blocks,
            rows: Vec::new(),
            unserved,
            exactly_priced: false,
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
            dominance::mark(&mut problem);
            problem.exactly_priced = problem.is_exactly_priced();
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
            block
                .candidates
                .iter()
                .map(Candidate::whole_cost)
                .try_fold(Amount::ZERO, |most, cost| Some(most.max(cost?)))
        };
        let total = self.blocks.iter().try_fold(Amount::ZERO, |sum, block| sum.plus(dearest(block)?));
        total.and_then(|total| total.times(10)).is_some()
    }

    /// Whether the volume that all workloads together could bring to any tariff stays at its first paid price.
    fn is_exactly_priced(&self) -> bool {
        let mut largest = vec![0_i128; self.catalog.tariffs().len()];
        for block in &self.blocks {
            let mut of_block: Vec<(usize, i128)> = Vec::new();
            for candidate in &block.candidates {
                let units = i128::from(candidate.units());
                let per_unit = candidate.charges.per_unit.iter().map(|charge| (charge, units));
                for (charge, times) in per_unit.chain(candidate.charges.per_region.iter().map(|charge| (charge, 1))) {
                    if let Some(tariff) = charge.basis.tariff() {
                        of_block.push((tariff.index(), charge.quantity.saturating_mul(times)));
                    }
                }
            }
            of_block.sort_unstable();
            // Sorted by tariff, then volume: the last entry of each tariff is the most this block can bring.
            for (position, &(tariff, volume)) in of_block.iter().enumerate() {
                if of_block.get(position + 1).is_none_or(|next| next.0 != tariff) {
                    largest[tariff] = largest[tariff].saturating_add(volume);
                }
            }
        }
        self.catalog.tariffs().iter().zip(largest).all(|(tariff, volume)| tariff.is_flat_up_to(volume))
    }

    /// Each workload at its cheapest candidate, the first by name on a tie; `None` if a workload has none.
    pub(crate) fn plain_minimum(&self) -> Option<Selection> {
        let parts = self.blocks.iter().map(|block| {
            let cheapest = block.undominated.iter().min_by_key(|&&number| block.candidates[number].whole_cost())?;
            Some(vec![(*cheapest, block.candidates[*cheapest].units())])
        });
        Some(Selection { parts: parts.collect::<Option<_>>()? })
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
    Unserved { workload: workload.name.clone(), span: workload.span, asked, nearest }
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
