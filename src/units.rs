//! Quantities: hours, GB, vCPU, counts, as whole numbers of 10⁻⁶; shares of a whole in 10⁻⁶; totals in 10⁻²⁴.
//!
//! A field's name carries its unit (`read_gb`, `hours`). GB is 10⁹ bytes and GiB 2³⁰; the conversion constants stand
//! here and nowhere else.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use crate::money::{digits, divide_half_even, from_digits, grouped, scaled};

/// Decimals of a [`Quantity`].
pub const QUANTITY_DECIMALS: u32 = 6;
/// Bytes in a GB.
pub const BYTES_PER_GB: i64 = 1_000_000_000;
/// Bytes in a GiB.
pub const BYTES_PER_GIB: i64 = 1 << 30;
/// Parts in a whole: shares and percentages are whole numbers of these.
pub const PARTS: i64 = 1_000_000;
/// Hours in a month, unless a scenario says otherwise: 365 × 24 / 12.
pub const HOURS_PER_MONTH: Quantity = Quantity(730 * PARTS);

/// An amount of something, at least zero, in 10⁻⁶ of its unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i64);

impl Quantity {
    /// None of it.
    pub const ZERO: Quantity = Quantity(0);
    /// The largest quantity that is read from a file: a billion units.
    pub const LARGEST: Quantity = Quantity(1_000_000_000 * PARTS);

    /// A quantity from a decimal with at most 6 decimals, from zero to a billion; else `None`.
    #[must_use]
    pub fn exact(value: Decimal) -> Option<Self> {
        let parts = i64::try_from(scaled(value, QUANTITY_DECIMALS)?).ok()?;
        (0..=Quantity::LARGEST.0).contains(&parts).then_some(Quantity(parts))
    }

    /// The quantity that its own text states; `None` if it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        i64::try_from(from_digits(text, QUANTITY_DECIMALS)?).ok().and_then(Quantity::from_parts)
    }

    /// `count` whole units.
    #[must_use]
    pub fn whole(count: u32) -> Self {
        Quantity(i64::from(count) * PARTS)
    }

    /// A quantity from parts of 10⁻⁶; `None` if it is negative.
    #[must_use]
    pub fn from_parts(parts: i64) -> Option<Self> {
        (parts >= 0).then_some(Quantity(parts))
    }

    /// The quantity in parts of 10⁻⁶.
    #[must_use]
    pub const fn parts(self) -> i64 {
        self.0
    }

    /// The quantity as a total of 10⁻²⁴.
    #[must_use]
    pub fn total(self) -> Total {
        Total(i128::from(self.0) * 10_i128.pow(18))
    }

    /// A quantity in GiB as one in GB, rounded half to even to 10⁻⁶: × 2³⁰ / 10⁹. `None` beyond the range.
    #[must_use]
    pub fn gib_to_gb(self) -> Option<Self> {
        self.times_ratio(BYTES_PER_GIB, BYTES_PER_GB)
    }

    /// `× numerator / denominator`, rounded once, half to even, to 10⁻⁶. `None` for a zero divisor or beyond the range.
    pub(crate) fn times_ratio(self, numerator: i64, denominator: i64) -> Option<Self> {
        let product = i128::from(self.0).checked_mul(i128::from(numerator))?;
        let parts = divide_half_even(product, i128::from(denominator))?;
        i64::try_from(parts).ok().and_then(Quantity::from_parts)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&digits(i128::from(self.0), QUANTITY_DECIMALS))
    }
}

impl Serialize for Quantity {
    /// An exact decimal string.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A share of a whole in parts of 10⁻⁶, from 0 to 1 000 000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u32);

impl Share {
    /// All of it.
    pub const WHOLE: Share = Share(1_000_000);

    /// A share from parts of 10⁻⁶; `None` above the whole.
    #[must_use]
    pub fn from_parts(parts: u32) -> Option<Self> {
        (parts <= Share::WHOLE.0).then_some(Share(parts))
    }

    /// The share that its own serialized text states, a fraction of one; `None` if it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        u32::try_from(from_digits(text, QUANTITY_DECIMALS)?).ok().and_then(Share::from_parts)
    }

    /// A share from a percentage with at most 4 decimals, from 0 to 100; else `None`.
    #[must_use]
    pub fn percent(value: Decimal) -> Option<Self> {
        scaled(value, 4).and_then(|parts| u32::try_from(parts).ok()).and_then(Share::from_parts)
    }

    /// The share in parts of 10⁻⁶.
    #[must_use]
    pub const fn parts(self) -> u32 {
        self.0
    }

    /// This share of a total, rounded down: `used ≤ share · total` holds exactly when `used` is at most this.
    ///
    /// Computed as p·q + ⌊p·r / 10⁶⌋ with total = 10⁶·q + r, so that nothing overflows.
    #[must_use]
    pub fn of_rounded_down(self, total: Total) -> Total {
        let share = i128::from(self.0);
        let (whole, rest) = (total.0.div_euclid(i128::from(PARTS)), total.0.rem_euclid(i128::from(PARTS)));
        Total(share * whole + (share * rest).div_euclid(i128::from(PARTS)))
    }

    /// This share of a total, rounded up: `used ≥ share · total` holds exactly when `used` is at least this.
    #[must_use]
    pub fn of_rounded_up(self, total: Total) -> Total {
        Total(-self.of_rounded_down(Total(-total.0)).0)
    }
}

impl fmt::Display for Share {
    /// As a percentage: `33.3333%`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", digits(i128::from(self.0), 4))
    }
}

impl Serialize for Share {
    /// A fraction of one as an exact decimal string: `0.333333`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&digits(i128::from(self.0), QUANTITY_DECIMALS))
    }
}

/// A sum over many workloads in 10⁻²⁴ of its unit, wide enough for `vCPU × hours × share` without rounding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Total(i128);

impl Total {
    /// None of it.
    pub const ZERO: Total = Total(0);

    /// The total that its own text states; `None` if it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        from_digits(text, 24).map(Total)
    }

    /// A total from units of 10⁻²⁴.
    #[must_use]
    pub const fn from_units(units: i128) -> Self {
        Total(units)
    }

    /// The total in units of 10⁻²⁴.
    #[must_use]
    pub const fn units(self) -> i128 {
        self.0
    }

    /// The sum, or `None` beyond the range.
    #[must_use]
    pub fn plus(self, other: Total) -> Option<Total> {
        self.0.checked_add(other.0).map(Total)
    }

    /// The difference, or `None` beyond the range.
    #[must_use]
    pub fn minus(self, other: Total) -> Option<Total> {
        self.0.checked_sub(other.0).map(Total)
    }

    /// The total `times` over, or `None` beyond the range.
    #[must_use]
    pub fn times(self, times: i128) -> Option<Total> {
        self.0.checked_mul(times).map(Total)
    }

    /// For a solver: the total as a float.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "floats live inside the solver only, where 53 bits are enough")]
    pub fn approximate(self) -> f64 {
        self.0 as f64 / 1e24
    }

    /// For a person: thousands set apart, at most two decimals (half away from zero).
    #[must_use]
    pub fn in_short(self) -> String {
        let hundredth = 10_u128.pow(22);
        let hundredths = (self.0.unsigned_abs() + hundredth / 2) / hundredth;
        let sign = if self.0 < 0 && hundredths > 0 { "-" } else { "" };
        let whole = grouped(hundredths / 100);
        match hundredths % 100 {
            0 => format!("{sign}{whole}"),
            part if part % 10 == 0 => format!("{sign}{whole}.{}", part / 10),
            part => format!("{sign}{whole}.{part:02}"),
        }
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&digits(self.0, 24))
    }
}

impl Serialize for Total {
    /// An exact decimal string.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A calendar date, as prices carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day from which days are counted, 1970-01-01.
    pub const EPOCH: Date = Date { year: 1970, month: 1, day: 1 };

    /// A date written `2026-07-20`; `None` if it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split('-');
        let mut field = |digits: usize| {
            fields.next().filter(|part| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let (year, month, day) = (field(4)?.parse().ok()?, field(2)?.parse().ok()?, field(2)?.parse().ok()?);
        let leap = u16::is_multiple_of(year, 4) && (!u16::is_multiple_of(year, 100) || u16::is_multiple_of(year, 400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (fields.next().is_none() && (1..=days).contains(&day)).then_some(Date { year, month, day })
    }

    /// The first day of its month.
    #[must_use]
    pub const fn month_start(self) -> Self {
        Date { day: 1, ..self }
    }

    /// The first day of the month after its own; `None` after the year 9999.
    #[must_use]
    pub fn next_month(self) -> Option<Self> {
        let (year, month) = if self.month == 12 { (self.year + 1, 1) } else { (self.year, self.month + 1) };
        (year <= 9999).then_some(Date { year, month, day: 1 })
    }

    /// Days since 1970-01-01, below 0 before.
    ///
    /// Years begin in March here, so that the leap day is a year's last: 146,097 days are 400 of them.
    #[must_use]
    pub fn days(self) -> i64 {
        let month = i64::from(self.month);
        let year = i64::from(self.year) - i64::from(month <= 2);
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// The day that many days after 1970-01-01; `None` beyond the years 0 to 9999.
    #[must_use]
    pub fn from_days(days: i64) -> Option<Self> {
        let shifted = days.checked_add(719_468)?;
        let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let shifted_month = (5 * of_year + 2) / 153;
        let day = u8::try_from(of_year - (153 * shifted_month + 2) / 5 + 1).ok()?;
        let month = u8::try_from((shifted_month + 2) % 12 + 1).ok()?;
        let year = u16::try_from(era * 400 + year + i64::from(month <= 2)).ok().filter(|year| *year <= 9999)?;
        Some(Date { year, month, day })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Option<Quantity> {
        Quantity::exact(text.parse().expect("a decimal"))
    }

    #[test]
    fn a_quantity_has_six_decimals_and_a_billion_at_most() {
        assert_eq!(quantity("0.000001").map(Quantity::parts), Some(1));
        assert_eq!(quantity("0.0000001"), None);
        assert_eq!(quantity("1000000000"), Some(Quantity::LARGEST));
        assert_eq!(quantity("1000000000.000001"), None);
        assert_eq!(quantity("-1"), None);
        assert_eq!(quantity("12.50").map(|value| value.to_string()).as_deref(), Some("12.5"));
    }

    #[test]
    fn a_tier_bound_in_gib_becomes_gb() {
        // 51200 GiB = 51200 × 1.073741824 GB = 54975.5813888 GB, kept as 54975.581389.
        let bound = quantity("51200").and_then(Quantity::gib_to_gb).map(|value| value.to_string());
        assert_eq!(bound.as_deref(), Some("54975.581389"));
    }

    #[test]
    fn a_share_of_a_total_rounds_so_that_the_limit_is_exact() {
        let third = Share::from_parts(333_333).expect("a share");
        // 0.333333 × 10 units of 10⁻²⁴ = 3.33333: at most 3, at least 4.
        assert_eq!(third.of_rounded_down(Total::from_units(10)).units(), 3);
        assert_eq!(third.of_rounded_up(Total::from_units(10)).units(), 4);
        assert_eq!(Share::WHOLE.of_rounded_down(Total::from_units(i128::MAX)).units(), i128::MAX);
        assert_eq!(third.of_rounded_down(Total::from_units(-10)).units(), -4);
        assert_eq!(third.to_string(), "33.3333%");
    }

    #[test]
    fn dates_are_real_days() {
        assert_eq!(Date::parse("2024-02-29").map(|date| date.to_string()).as_deref(), Some("2024-02-29"));
        for wrong in ["2023-02-29", "2024-13-01", "2024-1-01", "2024-01-00", "2024-01-01-01", "yesterday", ""] {
            assert_eq!(Date::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_are_counted_from_1970_and_back() {
        let date = |text| Date::parse(text).expect("a date");
        for (text, days) in [("1970-01-01", 0), ("1969-12-31", -1), ("2000-03-01", 11_017), ("2026-07-20", 20_654)] {
            assert_eq!(date(text).days(), days, "{text}");
            assert_eq!(Date::from_days(days), Some(date(text)), "{text}");
        }
        assert_eq!(date("2024-03-01").days() - date("2024-02-28").days(), 2, "a leap day lies between");
        for days in (-700_000..2_900_000).step_by(97) {
            assert_eq!(Date::from_days(days).map(Date::days), Some(days));
        }
        assert_eq!(Date::from_days(i64::MAX), None);
        assert_eq!(date("2024-02-29").month_start(), date("2024-02-01"));
        assert_eq!(date("2024-02-29").next_month(), Some(date("2024-03-01")));
        assert_eq!(date("2026-12-31").next_month(), Some(date("2027-01-01")));
        assert_eq!(date("9999-12-31").next_month(), None);
    }

    #[test]
    fn percentages_have_four_decimals() {
        assert_eq!(Share::percent("60".parse().expect("a decimal")).map(Share::parts), Some(600_000));
        assert_eq!(Share::percent("33.33333".parse().expect("a decimal")), None);
        assert_eq!(Share::percent("100.1".parse().expect("a decimal")), None);
    }

    #[test]
    fn totals_print_short_for_people() {
        assert_eq!(Quantity::whole(1_234_567).total().in_short(), "1,234,567");
        assert_eq!(quantity("0.125").map(|value| value.total().in_short()).as_deref(), Some("0.13"));
        assert_eq!(quantity("2.5").map(|value| value.total().in_short()).as_deref(), Some("2.5"));
    }
}
