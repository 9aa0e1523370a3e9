//! How a bill is shared, and what doing without a provider would cost.

use crate::catalog::Name;
use crate::explain::Concentration;
use crate::explain::question::{Question, without};
use crate::money::Amount;
use crate::plan::{Cost, Plan};
use crate::problem::Problem;
use crate::units::Share;

/// A whole share in 10⁻⁶.
const WHOLE: i128 = 1_000_000;

/// Shares of the total of these costs.
pub(super) fn of(costs: &[(Name, Cost)]) -> Concentration {
    let total = costs.iter().fold(0_i128, |sum, (_, cost)| sum.saturating_add(cost.total.units()));
    let mut hhi = 0_i128;
    let mut shares: Vec<(Name, Amount, Share)> = Vec::with_capacity(costs.len());
    for (name, cost) in costs {
        let parts = part(cost.total.units(), total);
        hhi += parts * parts;
        let share = u32::try_from(parts).ok().and_then(Share::from_parts).unwrap_or_default();
        shares.push((name.clone(), cost.total, share));
    }
    // Stable: what is alike stays by name.
    shares.sort_by_key(|(_, cost, _)| std::cmp::Reverse(*cost));
    // Of 10⁶ parts squared to 10⁴ points, half up.
    let points = (hhi + 50_000_000) / 100_000_000;
    Concentration { shares, hhi: u32::try_from(points).unwrap_or(u32::MAX) }
}

/// A part of a whole in 10⁻⁶, half up; nothing where there is no whole.
fn part(part: i128, whole: i128) -> i128 {
    if whole <= 0 || part <= 0 {
        return 0;
    }
    match part.checked_mul(WHOLE) {
        Some(product) => (product.saturating_add(whole / 2)) / whole,
        None => part / (whole / WHOLE).max(1),
    }
}

/// The providers on which anything runs, by name, each with the scenario without it.
pub(super) fn without_each<'a>(problem: &Problem, plan: &'a Plan) -> Vec<(Name, Question<'a>)> {
    let mut all = Vec::new();
    for (name, _) in &plan.bill.by_provider {
        // One that only bills data read from it runs nothing.
        if !plan.placements.iter().any(|placement| placement.provider == *name) {
            continue;
        }
        let Some(provider) = problem.catalog.provider_named(name) else { continue };
        // The plan is no start: what is on the provider has to go elsewhere.
        let question = Question { scenario: without(&problem.scenario, provider), from: None, moved: None };
        all.push((name.clone(), question));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costs(amounts: &[(&str, &str)]) -> Vec<(Name, Cost)> {
        let cost = |text| Cost { total: Amount::parse(text).expect("an amount"), ..Cost::default() };
        amounts.iter().map(|(name, amount)| (Name::from(*name), cost(amount))).collect()
    }

    #[test]
    fn shares_and_the_index_are_as_worked_by_hand() {
        // 75% and 25%: 0.5625 + 0.0625 = 0.625.
        let both = of(&costs(&[("a", "25"), ("b", "75")]));
        assert_eq!(both.hhi, 6250);
        assert_eq!((&*both.shares[0].0, both.shares[0].2.to_string()), ("b", "75%".to_owned()));
        assert_eq!(of(&costs(&[("a", "3")])).hhi, 10_000);
        // Thirds: 3 × 0.3333² = 0.3333.
        assert_eq!(of(&costs(&[("a", "1"), ("b", "1"), ("c", "1")])).hhi, 3333);
        assert_eq!(of(&[]).hhi, 0);
        assert_eq!(of(&costs(&[("a", "0")])).hhi, 0);
    }
}
