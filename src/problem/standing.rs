//! Where a selection stands: its cost and every rule, exactly, with tiers, allowances and fees of the account.

use crate::catalog::{Name, ProviderId, RegionId};
use crate::charge::adjustments;
use crate::money::Amount;
use crate::problem::{Block, CostScope, Problem, Row, RowUse, Selection};
use crate::scenario::{Bound, Domain, Sense, Split};
use crate::units::{PARTS, Total};

/// Parts of a workload that is split at will up to which a place is not in use.
pub(crate) const CRUMB: u32 = 1000;

/// Exact sums of a selection.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// The bill.
    pub(crate) cost: Amount,
    /// The bill and the value of what is unplaced: what is minimised.
    pub(crate) objective: Amount,
    /// By row: the sum inside the limit and the base of its percentage.
    pub(crate) sums: Vec<(Total, Total)>,
    /// By row: whether it asks anything; a floor does where its value is in use.
    pub(crate) asks: Vec<bool>,
    /// Rules other than limits that do not hold, by kind, then in the scenario's order.
    pub(crate) broken_rules: Vec<Name>,
}

impl Standing {
    /// Adds up a selection; `None` beyond the range of amounts, which [`Problem::new`] has ruled out.
    pub(crate) fn of(problem: &Problem, selection: &Selection) -> Option<Standing> {
        let mut direct = Amount::ZERO;
        let mut unplaced = Amount::ZERO;
        let mut sums = vec![(Total::ZERO, Total::ZERO); problem.rows.len()];
        let mut asks: Vec<bool> = problem.rows.iter().map(|row| !row.is_floor()).collect();
        let mut volumes = vec![0_i128; problem.catalog.tariffs().len()];
        let mut occupied = vec![false; problem.catalog.regions().len()];
        for (block, parts) in problem.blocks.iter().zip(&selection.parts) {
            if let Some(value) = block.value {
                unplaced = unplaced.plus(value.times(i128::from(block.unplaced(parts)))?)?;
            }
            let crumb = crumb(problem, block);
            let mut regions = Vec::new();
            let mut within: Vec<(usize, u32)> = Vec::new();
            for &(number, bought) in parts {
                let candidate = &block.candidates[number];
                let units = i128::from(bought);
                direct = direct.plus(candidate.unit_cost.times(units)?)?;
                add(&mut sums, &candidate.per_unit, units)?;
                for found in candidate.per_unit.iter().filter(|found| found.within && !asks[found.row]) {
                    match within.iter_mut().find(|(row, _)| *row == found.row) {
                        Some((_, sum)) => *sum += bought,
                        None => within.push((found.row, bought)),
                    }
                }
                // A given option keeps nothing: the first part that does brings what is kept in the region.
                let first_here = candidate.charges.per_region.is_some() && !regions.contains(&candidate.region);
                let mut overflow = false;
                candidate.volumes(|tariff, per_unit, per_region| {
                    let region = if first_here { per_region } else { 0 };
                    let volume = per_unit.checked_mul(units).and_then(|volume| volume.checked_add(region));
                    match volume.and_then(|volume| volumes[tariff].checked_add(volume)) {
                        Some(sum) => volumes[tariff] = sum,
                        None => overflow = true,
                    }
                });
                if overflow {
                    return None;
                }
                occupied[candidate.region.index()] = true;
                if first_here {
                    regions.push(candidate.region);
                    direct = direct.plus(candidate.region_cost)?;
                    add(&mut sums, &candidate.per_region, 1)?;
                }
            }
            for (row, units) in within {
                asks[row] |= units > crumb;
            }
        }
        let account = account(problem, &volumes, &occupied)?;
        let all = Amount::sum(account.iter().map(|(_, amount)| *amount))?;
        for (row, sum) in problem.rows.iter().zip(&mut sums) {
            let inside = match &row.cost {
                Some(CostScope::Bill) => all,
                Some(CostScope::Billed(set)) => {
                    let billed = account.iter().filter(|(provider, _)| set.binary_search(provider).is_ok());
                    Amount::sum(billed.map(|(_, amount)| *amount))?
                }
                Some(CostScope::Direct) | None => continue,
            };
            sum.0 = sum.0.plus(Total::from_units(inside.units()))?;
            sum.1 = sum.1.plus(Total::from_units(all.units()))?;
        }
        let cost = direct.plus(all)?;
        let broken_rules = broken_rules(problem, selection);
        Some(Standing { cost, objective: cost.plus(unplaced)?, sums, asks, broken_rules })
    }

    /// Numbers of the rows that do not hold.
    pub(crate) fn broken<'a>(&'a self, problem: &'a Problem) -> impl Iterator<Item = usize> + 'a {
        let rows = problem.rows.iter().zip(&self.sums).zip(&self.asks).enumerate();
        rows.filter(|(_, ((row, sum), asks))| **asks && row.slack(**sum) < Total::ZERO).map(|(number, _)| number)
    }

    /// Names of all limits and rules that do not hold, each once.
    pub(crate) fn broken_names(&self, problem: &Problem) -> Vec<Name> {
        let mut names: Vec<Name> = Vec::new();
        let limits = self.broken(problem).map(|row| &problem.scenario.limits[problem.rows[row].limit].name);
        for name in limits.chain(&self.broken_rules) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// Whether every rule holds.
    pub(crate) fn keeps_all(&self, problem: &Problem) -> bool {
        self.broken_rules.is_empty() && self.broken(problem).next().is_none()
    }
}

/// What tiers and allowances change and which fees are due, by who bills it.
fn account(problem: &Problem, volumes: &[i128], occupied: &[bool]) -> Option<Vec<(ProviderId, Amount)>> {
    let catalog = &problem.catalog;
    let mut all: Vec<(ProviderId, Amount)> = Vec::new();
    for (tariff, &volume) in catalog.tariffs().iter().zip(volumes) {
        let change = Amount::sum(adjustments(tariff, volume)?.iter().map(|adjustment| adjustment.amount))?;
        if change != Amount::ZERO {
            all.push((tariff.provider, change));
        }
    }
    for fee in &problem.scenario.fees {
        let due = (0..occupied.len()).any(|region| occupied[region] && fee.is_due_in(catalog, RegionId::at(region)));
        if due {
            all.push((fee.biller(catalog), fee.monthly));
        }
    }
    Some(all)
}

/// Units of a block at a place up to which it is not in use there.
pub(crate) fn crumb(problem: &Problem, block: &Block) -> u32 {
    if problem.workload(block).split == Split::Any { CRUMB } else { 0 }
}

/// A place as a number: of the provider or of the region.
pub(crate) fn place(problem: &Problem, domain: Domain, region: RegionId) -> usize {
    match domain {
        Domain::Region => region.index(),
        Domain::Provider => problem.catalog.region(region).provider.index(),
    }
}

/// How many providers, what runs together, apart, and spread: the rules that do not hold.
fn broken_rules(problem: &Problem, selection: &Selection) -> Vec<Name> {
    let scenario = &problem.scenario;
    let mut broken = Vec::new();
    // Units by place of a workload, those that the selection places.
    let places = |workload: usize, domain: Domain| {
        let mut found: Vec<(usize, u32)> = Vec::new();
        let block = problem.blocks.iter().position(|block| block.workload == workload);
        for (number, (candidate, units)) in
            block.into_iter().flat_map(|number| selection.parts[number].iter().map(move |part| (number, *part)))
        {
            let here = place(problem, domain, problem.blocks[number].candidates[candidate].region);
            match found.iter_mut().find(|(place, _)| *place == here) {
                Some((_, sum)) => *sum += units,
                None => found.push((here, units)),
            }
        }
        found
    };
    let count = scenario.providers;
    if count.at_least.is_some() || count.at_most.is_some() {
        let mut used = vec![false; problem.catalog.providers().len()];
        for block in &problem.blocks {
            for (provider, units) in places(block.workload, Domain::Provider) {
                used[provider] |= units > crumb(problem, block);
            }
        }
        let used = u32::try_from(used.iter().filter(|used| **used).count()).unwrap_or(u32::MAX);
        if count.at_least.is_some_and(|least| used < least) || count.at_most.is_some_and(|most| used > most) {
            broken.push(Name::from("providers"));
        }
    }
    for rule in &scenario.together {
        let mut all: Vec<usize> =
            rule.workloads.iter().flat_map(|&workload| places(workload, rule.same)).map(|(place, _)| place).collect();
        all.sort_unstable();
        all.dedup();
        if all.len() > 1 {
            broken.push(rule.name.clone());
        }
    }
    for rule in &scenario.apart {
        // Each member names each of its places once: a place named twice has two members.
        let mut all: Vec<usize> =
            rule.workloads.iter().flat_map(|&workload| places(workload, rule.by)).map(|(place, _)| place).collect();
        all.sort_unstable();
        if all.windows(2).any(|pair| pair[0] == pair[1]) {
            broken.push(rule.name.clone());
        }
    }
    for rule in &scenario.spread {
        let block = problem.blocks.iter().position(|block| block.workload == rule.workload);
        let Some(number) = block else { continue };
        let Some(&(candidate, _)) = selection.parts[number].first() else { continue };
        let most = spread_most(problem.blocks[number].whole(candidate), rule.at_most.parts());
        if places(rule.workload, rule.over).iter().any(|(_, units)| *units > most) {
            broken.push(rule.name.clone());
        }
    }
    broken
}

/// The most units at one place under a spread: the share of all of them, rounded down.
pub(crate) fn spread_most(whole: u32, share: u32) -> u32 {
    let most = i128::from(whole) * i128::from(share) / i128::from(PARTS);
    u32::try_from(most).unwrap_or(u32::MAX)
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
