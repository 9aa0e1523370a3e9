//! Factors of what-if questions: 4% more each month, 20% off every price.

use std::fmt;

use rust_decimal::Decimal;

use crate::units::Quantity;

/// One, in 10⁻¹².
const ONE: i64 = 1_000_000_000_000;

/// What a price or a demand is multiplied by: at least zero, in 10⁻¹².
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Factor(i64);

impl Factor {
    /// No change.
    pub const ONE: Factor = Factor(ONE);

    /// So many percent more, or less if below zero: 4 is × 1.04, −20 is × 0.8. `None` below −100, above 100,000, or
    /// with more than 10 decimals.
    #[must_use]
    pub fn percent(percent: Decimal) -> Option<Factor> {
        let units = percent.checked_mul(Decimal::from(ONE / 100))?;
        if !units.is_integer() {
            return None;
        }
        let parts = i64::try_from(units.trunc().mantissa()).ok()?.checked_add(ONE)?;
        (0..=1001 * ONE).contains(&parts).then_some(Factor(parts))
    }

    /// In 10⁻¹².
    #[must_use]
    pub const fn parts(self) -> i64 {
        self.0
    }

    /// One after the other, rounded up to 10⁻¹²; `None` beyond the range.
    #[must_use]
    pub fn times(self, other: Factor) -> Option<Factor> {
        let product = i128::from(self.0).checked_mul(i128::from(other.0))?;
        let parts = i64::try_from(up(product)).ok()?;
        (parts <= 1001 * ONE).then_some(Factor(parts))
    }

    /// A quantity times this, rounded up to 10⁻⁶; `None` beyond the range.
    #[must_use]
    pub fn of(self, quantity: Quantity) -> Option<Quantity> {
        let parts = i64::try_from(up(i128::from(quantity.parts()).checked_mul(i128::from(self.0))?)).ok()?;
        Quantity::from_parts(parts).filter(|grown| *grown <= Quantity::LARGEST)
    }

    /// A count times this, rounded up to a whole one, at least one; `None` beyond the range.
    #[must_use]
    pub fn of_count(self, count: u32) -> Option<u32> {
        u32::try_from(up(i128::from(count) * i128::from(self.0)).max(1)).ok()
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "× {}", Decimal::new(self.0, 12).normalize())
    }
}

/// A product of 10⁻¹² rounded up to whole ones: what is needed is never understated.
fn up(product: i128) -> i128 {
    -(-product).div_euclid(i128::from(ONE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_compounds_and_is_rounded_up() {
        let four = Factor::percent(Decimal::from(4)).expect("4%");
        assert_eq!(four.to_string(), "× 1.04");
        let year = (0..12).try_fold(Factor::ONE, |sum, _| sum.times(four)).expect("a year");
        // 1.04¹² = 1.601032218567680790…; six of the twelve steps have more than 12 decimals and are rounded up.
        assert_eq!(year.parts(), 1_601_032_218_570);
        assert_eq!(four.of_count(100), Some(104), "exactly, not one more");
        assert_eq!(four.of_count(1), Some(2), "a part of a machine is a machine");
        assert_eq!(four.of(Quantity::whole(50)).map(|gb| gb.to_string()).as_deref(), Some("52"));
        let third = Quantity::from_parts(1).expect("10⁻⁶");
        assert_eq!(four.of(third).map(Quantity::parts), Some(2));
    }

    #[test]
    fn nothing_falls_below_zero() {
        assert_eq!(Factor::percent(Decimal::from(-20)).map(Factor::parts), Some(800_000_000_000));
        assert_eq!(Factor::percent(Decimal::from(-100)).and_then(|none| none.of_count(7)), Some(1));
        for text in ["-100.0001", "100001", "0.00000000001"] {
            assert_eq!(Factor::percent(Decimal::from_str_exact(text).expect("a number")), None, "{text}");
        }
    }
}
