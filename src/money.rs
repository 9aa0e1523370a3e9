//! Exact money: unit prices in 10⁻¹², amounts in 10⁻²⁴, and the one place where anything is rounded.
//!
//! An amount is `quantity × share × unit price`, and the scales are chosen so that this product is a whole number:
//! 10⁻⁶ × 10⁻⁶ × 10⁻¹² = 10⁻²⁴. Nothing is rounded between a price book and a bill. A price that a book states in
//! another unit (per GiB, or before a discount) is rounded once, half to even, when the book is loaded.
//!
//! Example: 730 hours × 0.8064 = 588.672, held as 588 672 × 10²¹.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// Decimals of a [`UnitPrice`].
pub const PRICE_DECIMALS: u32 = 12;
/// Decimals of an [`Amount`].
pub const AMOUNT_DECIMALS: u32 = 24;
/// One unit of the currency, in an [`Amount`].
const ONE: i128 = 10_i128.pow(AMOUNT_DECIMALS);

/// A price for one unit of something (an hour, a GB), at least zero, in 10⁻¹² of the currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitPrice(i64);

impl UnitPrice {
    /// No charge. Only ever a stated price, never the stand-in for a missing one.
    pub const ZERO: UnitPrice = UnitPrice(0);
    /// The largest unit price that is kept, about nine million.
    pub const MAX: UnitPrice = UnitPrice(i64::MAX);

    /// A price from a decimal with at most 12 decimals; `None` if it has more, is negative or is over nine million.
    #[must_use]
    pub fn exact(price: Decimal) -> Option<Self> {
        let scaled = scaled(price, PRICE_DECIMALS)?;
        i64::try_from(scaled).ok().filter(|&units| units >= 0).map(UnitPrice)
    }

    /// A price from units of 10⁻¹²; `None` if it is negative.
    #[must_use]
    pub fn from_units(units: i64) -> Option<Self> {
        (units >= 0).then_some(UnitPrice(units))
    }

    /// The price in units of 10⁻¹².
    #[must_use]
    pub const fn units(self) -> i64 {
        self.0
    }

    /// The price × `numerator` / `denominator`, rounded half to even to 12 decimals; `None` beyond the range.
    ///
    /// A price per GiB becomes one per GB by × 10⁹ / 2³⁰: 0.023 per GiB is 0.021420419216 per GB.
    #[must_use]
    pub fn converted(self, numerator: i64, denominator: i64) -> Option<Self> {
        let product = i128::from(self.0).checked_mul(i128::from(numerator))?;
        let rounded = divide_half_even(product, i128::from(denominator))?;
        i64::try_from(rounded).ok().and_then(UnitPrice::from_units)
    }

    /// The price × every `(numerator, denominator)`, rounded once at the end, half to even to 12 decimals.
    ///
    /// Fractions are cancelled as they come, so that a chain of discounts in whole percents stays small. `None` where
    /// the exact product or the price does not fit.
    pub(crate) fn chained(self, factors: &[(i64, i64)]) -> Option<Self> {
        let (mut above, mut below) = (i128::from(self.0), 1_i128);
        for &(numerator, denominator) in factors {
            let (mut numerator, mut denominator) = (i128::from(numerator), i128::from(denominator));
            for cancelled in [&mut numerator, &mut above] {
                let common = common_divisor(*cancelled, denominator);
                *cancelled = cancelled.checked_div(common)?;
                denominator = denominator.checked_div(common)?;
            }
            let common = common_divisor(numerator, below);
            above = above.checked_mul(numerator.checked_div(common)?)?;
            below = below.checked_div(common)?.checked_mul(denominator)?;
        }
        let rounded = divide_half_even(above, below)?;
        i64::try_from(rounded).ok().and_then(UnitPrice::from_units)
    }

    /// What `quantity`, a whole number of 10⁻¹², costs at this price; `None` beyond the range of an [`Amount`].
    #[must_use]
    pub fn times(self, quantity: i128) -> Option<Amount> {
        i128::from(self.0).checked_mul(quantity).map(Amount)
    }
}

impl fmt::Display for UnitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&digits(i128::from(self.0), PRICE_DECIMALS))
    }
}

impl Serialize for UnitPrice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An amount of money in 10⁻²⁴ of the currency; may be negative (a saving, a credit).
///
/// The largest is about 170 trillion. Sums are checked: `None` instead of a wrong figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i128);

impl Amount {
    /// Nothing.
    pub const ZERO: Amount = Amount(0);

    /// An amount from units of 10⁻²⁴.
    #[must_use]
    pub const fn from_units(units: i128) -> Self {
        Amount(units)
    }

    /// The amount in units of 10⁻²⁴.
    #[must_use]
    pub const fn units(self) -> i128 {
        self.0
    }

    /// An amount from a decimal; `None` if it is over the range or has more than 24 decimals.
    #[must_use]
    pub fn exact(amount: Decimal) -> Option<Self> {
        scaled(amount, AMOUNT_DECIMALS).map(Amount)
    }

    /// The amount that its own text states, as `588.672`; `None` if it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        from_digits(text, AMOUNT_DECIMALS).map(Amount)
    }

    /// The sum, or `None` beyond the range.
    #[must_use]
    pub fn plus(self, other: Amount) -> Option<Amount> {
        self.0.checked_add(other.0).map(Amount)
    }

    /// The difference, or `None` beyond the range.
    #[must_use]
    pub fn minus(self, other: Amount) -> Option<Amount> {
        self.0.checked_sub(other.0).map(Amount)
    }

    /// The amount `times` over, or `None` beyond the range.
    #[must_use]
    pub fn times(self, times: i128) -> Option<Amount> {
        self.0.checked_mul(times).map(Amount)
    }

    /// The sum of many, or `None` beyond the range.
    pub fn sum(amounts: impl IntoIterator<Item = Amount>) -> Option<Amount> {
        amounts.into_iter().try_fold(Amount::ZERO, Amount::plus)
    }

    /// How far this lies above a bound, as a fraction of itself: (this − bound) / this, the double nearest to the exact
    /// quotient. 0 where there is nothing to be above: for no amount at all, or a bound that it does not reach.
    ///
    /// The quotient is divided out bit by bit until 64 of them are known, the last one telling whether anything is
    /// left; 64 bits become a double in one rounding, and the power of two before them is exact.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the one rounding that is meant")]
    pub fn gap_above(self, bound: Amount) -> f64 {
        let above = self.0.checked_sub(bound.0).unwrap_or(i128::MAX);
        if self.0 <= 0 || above <= 0 {
            return 0.0;
        }
        let (mut rest, whole) = (above.unsigned_abs(), self.0.unsigned_abs());
        // Bounds are not below zero, so the whole part is 0 or 1.
        let mut bits = rest / whole;
        rest %= whole;
        let mut places: u64 = 0;
        while bits.leading_zeros() > 64 && (rest > 0 || bits == 0) {
            rest *= 2;
            bits = 2 * bits + rest / whole;
            rest %= whole;
            places += 1;
        }
        let known = u64::try_from(bits | u128::from(rest > 0)).unwrap_or(u64::MAX);
        // 2^−places, written as its exponent: `powi` promises no exact result.
        known as f64 * f64::from_bits((1023 - places) << 52)
    }

    /// For a solver: the amount as a float, near enough to compare, never to print.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "floats live inside the solver only, where 53 bits are enough")]
    pub fn approximate(self) -> f64 {
        self.0 as f64 / ONE as f64
    }

    /// For a person: two decimals, half away from zero, thousands set apart by commas, as `1,234.50`.
    #[must_use]
    pub fn in_cents(self) -> String {
        let cent = ONE / 100;
        let magnitude = self.0.unsigned_abs();
        let cents = (magnitude + cent.unsigned_abs() / 2) / cent.unsigned_abs();
        let sign = if self.0 < 0 && cents > 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", grouped(cents / 100), cents % 100)
    }
}

impl fmt::Display for Amount {
    /// Every digit that is not a trailing zero, as `588.672`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&digits(self.0, AMOUNT_DECIMALS))
    }
}

impl Serialize for Amount {
    /// An exact decimal string, never a float.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// `value` as a whole number of 10^-`decimals`; `None` if digits would be lost or it is beyond 128 bits.
pub(crate) fn scaled(value: Decimal, decimals: u32) -> Option<i128> {
    let value = value.normalize();
    let missing = decimals.checked_sub(value.scale())?;
    value.mantissa().checked_mul(10_i128.checked_pow(missing)?)
}

/// `numerator / denominator` to the nearest whole number, halves to the even one. The one rounding in the crate.
///
/// `None` for a zero divisor or beyond 128 bits.
pub(crate) fn divide_half_even(numerator: i128, denominator: i128) -> Option<i128> {
    let quotient = numerator.checked_div_euclid(denominator)?;
    let remainder = numerator.checked_rem_euclid(denominator)?;
    let twice = remainder.checked_mul(2)?;
    let size = denominator.checked_abs()?;
    let up = twice > size || (twice == size && quotient % 2 != 0);
    if up { quotient.checked_add(denominator.signum()) } else { Some(quotient) }
}

/// The greatest number that divides both, neither below zero.
fn common_divisor(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// A whole number of 10^-`decimals` in digits, without trailing zeros.
pub(crate) fn digits(units: i128, decimals: u32) -> String {
    let one = 10_u128.pow(decimals);
    let magnitude = units.unsigned_abs();
    let sign = if units < 0 { "-" } else { "" };
    let (whole, part) = (magnitude / one, magnitude % one);
    if part == 0 {
        return format!("{sign}{whole}");
    }
    let part = format!("{part:0width$}", width = decimals as usize);
    format!("{sign}{whole}.{}", part.trim_end_matches('0'))
}

/// The reverse of [`digits`]: an optional sign, digits, optionally a point and at most `decimals` digits.
pub(crate) fn from_digits(text: &str, decimals: u32) -> Option<i128> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let missing = (decimals as usize).checked_sub(part.len())?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(part) || unsigned.ends_with('.') {
        return None;
    }
    let mut units: i128 = 0;
    for digit in whole.bytes().chain(part.bytes()).chain(std::iter::repeat_n(b'0', missing)) {
        units = units.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    Some(if unsigned.len() < text.len() { -units } else { units })
}

/// A whole number with a comma before every third digit from the right.
pub(crate) fn grouped(number: u128) -> String {
    let plain = number.to_string();
    let mut shown = String::with_capacity(plain.len() + plain.len() / 3);
    for (position, digit) in plain.chars().enumerate() {
        if position > 0 && (plain.len() - position).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(text: &str) -> UnitPrice {
        UnitPrice::exact(text.parse().expect("a decimal")).expect("a price")
    }

    #[test]
    fn an_hour_rate_times_a_month_is_exact() {
        // 730 h × 0.8064 = 588.672; 730 h is 730 × 10⁶ in 10⁻⁶, × one whole share of 10⁶.
        let month = 730 * 10_i128.pow(12);
        assert_eq!(price("0.8064").times(month).map(|amount| amount.to_string()).as_deref(), Some("588.672"));
    }

    #[test]
    fn a_price_keeps_twelve_decimals_and_refuses_a_thirteenth() {
        assert_eq!(price("0.000000000001").units(), 1);
        assert_eq!(UnitPrice::exact("0.0000000000001".parse().expect("a decimal")), None);
        assert_eq!(UnitPrice::exact("-1".parse().expect("a decimal")), None);
        assert_eq!(UnitPrice::exact("9223373".parse().expect("a decimal")), None);
        assert_eq!(price("0.10000000000000000").to_string(), "0.1");
    }

    #[test]
    fn a_price_per_gib_is_rounded_once_half_to_even() {
        // 0.023 × 10⁹ / 2³⁰ = 0.0214204192161560058…
        let per_gb = price("0.023").converted(1_000_000_000, 1 << 30).map(|price| price.to_string());
        assert_eq!(per_gb.as_deref(), Some("0.021420419216"));
        assert_eq!(divide_half_even(5, 2), Some(2));
        assert_eq!(divide_half_even(7, 2), Some(4));
        assert_eq!(divide_half_even(-5, 2), Some(-2));
        assert_eq!(divide_half_even(-7, 2), Some(-4));
        assert_eq!(divide_half_even(1, 0), None);
    }

    #[test]
    fn sums_beyond_the_range_are_refused_not_wrapped() {
        let most = Amount::from_units(i128::MAX);
        assert_eq!(most.plus(Amount::from_units(1)), None);
        assert_eq!(most.times(2), None);
        assert_eq!(Amount::sum([most, Amount::from_units(-1)]), Some(Amount::from_units(i128::MAX - 1)));
        assert_eq!(UnitPrice::MAX.times(i128::MAX), None);
    }

    #[test]
    fn printed_digits_read_back() {
        for units in [0, 1, -1, 10_i128.pow(24), 123_456_789 * 10_i128.pow(20), i128::MAX, -i128::MAX] {
            assert_eq!(from_digits(&digits(units, 24), 24), Some(units));
        }
        for wrong in ["", "-", "1.", ".5", "1e3", "+1", "1.2.3", "--1", "0.0000000000000000000000001", "é"] {
            assert_eq!(from_digits(wrong, 24), None, "{wrong}");
        }
        assert_eq!(from_digits("340282366920938463463374607431768211456", 24), None);
    }

    #[test]
    fn a_gap_is_the_nearest_double() {
        let gap = |whole: i128, bound: i128| Amount::from_units(whole).gap_above(Amount::from_units(bound));
        // (3 − 2) / 3 and (10 − 9) / 10 are the doubles that the compiler reads for them.
        assert_eq!(gap(3, 2).to_bits(), (1.0_f64 / 3.0).to_bits());
        assert_eq!(gap(10_i128.pow(37), 9 * 10_i128.pow(36)).to_bits(), 0.1_f64.to_bits());
        assert_eq!(gap(i128::MAX, i128::MAX - 1).to_bits(), 2.0_f64.powi(-127).to_bits());
        assert_eq!(gap(7, 0).to_bits(), 1.0_f64.to_bits());
        for (whole, bound) in [(0, 0), (5, 5), (5, 6)] {
            assert_eq!(gap(whole, bound).to_bits(), 0.0_f64.to_bits());
        }
        // 2⁵³ + 1 is no double: half way, so the even neighbour; one unit of 2⁻⁶⁴ more goes up.
        let one = 1_i128 << 120;
        let half_way = (1_i128 << 119) + (1_i128 << 66);
        assert_eq!(gap(one, one - half_way).to_bits(), 0.5_f64.to_bits());
        assert_eq!(gap(one, one - half_way - 1).to_bits(), (0.5_f64 + f64::EPSILON / 2.0).to_bits());
    }

    #[test]
    fn cents_are_for_people() {
        let amount = |text: &str| Amount::exact(text.parse().expect("a decimal")).expect("an amount");
        assert_eq!(amount("1234567.005").in_cents(), "1,234,567.01");
        assert_eq!(amount("-0.004").in_cents(), "0.00");
        assert_eq!(amount("-12.5").in_cents(), "-12.50");
        assert_eq!(amount("0.000000000000000000000001").to_string(), "0.000000000000000000000001");
    }
}
