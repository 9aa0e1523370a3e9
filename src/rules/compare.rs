//! `compare`: the same usage priced at every provider's flat rates.

use std::fmt;

use crate::catalog::{Catalog, ProviderId, Rates};
use crate::money::Amount;
use crate::scenario::FlatUsage;

/// What a usage costs at every provider.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comparison {
    /// The cheapest, the first in catalog order on a tie.
    pub provider: ProviderId,
    /// What it costs there.
    pub cost: Amount,
    /// What it costs at every provider with flat rates, in catalog order.
    pub all_costs: Vec<(ProviderId, Amount)>,
    /// Dearest less cheapest.
    pub savings: Amount,
    /// Providers without flat rates, which were passed over.
    pub without_rates: Vec<ProviderId>,
}

/// Why a usage cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotComparable {
    /// No provider states flat rates.
    NoRates,
    /// A cost is above 100 trillion, beyond what is kept exactly.
    TooLarge,
}

impl fmt::Display for NotComparable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NotComparable::NoRates => "no loaded price book states flat rates (`rates`) to compare by",
            NotComparable::TooLarge => "a cost is above 100 trillion, beyond what is kept exactly",
        })
    }
}

impl std::error::Error for NotComparable {}

/// Prices a usage at every provider: hours × compute rate + GB stored × storage rate + GB sent × network rate.
///
/// # Errors
/// If no provider states flat rates, or if a cost is beyond what can be kept exactly.
pub fn compare(catalog: &Catalog, usage: FlatUsage) -> Result<Comparison, NotComparable> {
    let mut all_costs = Vec::with_capacity(catalog.providers().len());
    let mut without_rates = Vec::new();
    for (number, provider) in catalog.providers().iter().enumerate() {
        match provider.rates {
            Some(rates) => {
                let cost = at_rates(usage, rates).ok_or(NotComparable::TooLarge)?;
                all_costs.push((ProviderId::at(number), cost));
            }
            None => without_rates.push(ProviderId::at(number)),
        }
    }
    let &(provider, cost) = all_costs.iter().min_by_key(|(_, cost)| *cost).ok_or(NotComparable::NoRates)?;
    let dearest = all_costs.iter().map(|(_, cost)| *cost).max().ok_or(NotComparable::NoRates)?;
    let savings = dearest.minus(cost).ok_or(NotComparable::TooLarge)?;
    Ok(Comparison { provider, cost, savings, all_costs, without_rates })
}

fn at_rates(usage: FlatUsage, rates: Rates) -> Option<Amount> {
    let parts = [
        (rates.compute_hour, usage.compute_hours),
        (rates.storage_gb_month, usage.storage_gb),
        (rates.network_gb, usage.network_gb),
    ];
    Amount::sum(
        parts
            .into_iter()
            // A quantity is in 10⁻⁶ and an amount wants 10⁻¹² of it.
            .map(|(price, quantity)| price.times(i128::from(quantity.parts()) * 1_000_000))
            .collect::<Option<Vec<Amount>>>()?,
    )
}
