//! Numbers as people write them, in files and on the command line: plain decimal digits, read exactly or refused.
//!
//! Grammar: an optional sign, digits, optionally a point and digits, optionally `e` and a power of ten. What other
//! readers of YAML also take (`0x1F`, `1_000`, `.nan`, `.inf`) is refused with a word on what to write instead:
//! guessing a price is worse than asking. `1e3` is 1000, `2.5E-3` is 0.0025; `1e400` and a 30th digit are refused,
//! because a `Decimal` would round them.

use rust_decimal::Decimal;

/// Decimals a [`Decimal`] can hold.
const MOST_DECIMALS: i64 = 28;

/// Why a text is not a number that can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotANumber {
    /// It is not written as one; the remedy.
    Written(&'static str),
    /// It is one, but with more digits than can be kept exactly.
    TooLong,
}

/// The number that `text` states, to the last digit.
pub(crate) fn decimal(text: &str) -> Result<Decimal, NotANumber> {
    let Some(parts) = split(text) else { return Err(NotANumber::Written(remedy(text))) };
    exact(&parts).ok_or(NotANumber::TooLong)
}

/// A number taken apart: sign, whole digits, decimals, power of ten.
struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    decimals: &'a str,
    power: Option<&'a str>,
}

fn split(text: &str) -> Option<Parts<'_>> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (number, power) = match unsigned.split_once(['e', 'E']) {
        Some((number, power)) => (number, Some(power)),
        None => (unsigned, None),
    };
    let (whole, decimals) = match number.split_once('.') {
        Some((whole, decimals)) if !decimals.is_empty() => (whole, decimals),
        Some(_) => return None,
        None => (number, ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let right_power = power.is_none_or(|power| {
        let unsigned = power.strip_prefix(['-', '+']).unwrap_or(power);
        !unsigned.is_empty() && digits(unsigned)
    });
    (!whole.is_empty() && digits(whole) && digits(decimals) && right_power).then_some(Parts {
        negative,
        whole,
        decimals,
        power,
    })
}

/// The value as `digits × 10^-scale`, if both fit.
///
/// Not `Decimal::from_scientific`, which rounds when digits do not fit. Worked: `2.50E-3` has the digits `250` and the
/// scale 2 + 3 = 5; one trailing zero goes, and 25 × 10⁻⁴ = 0.0025 is left.
fn exact(parts: &Parts<'_>) -> Option<Decimal> {
    let decimals = parts.decimals.trim_end_matches('0');
    let mut mantissa: i128 = 0;
    for digit in parts.whole.bytes().chain(decimals.bytes()) {
        mantissa = mantissa.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    if mantissa == 0 {
        return Some(Decimal::ZERO);
    }
    let power: i64 = match parts.power {
        Some(power) => power.parse().ok()?,
        None => 0,
    };
    let mut scale = i64::try_from(decimals.len()).ok()?.checked_sub(power)?;
    while scale > MOST_DECIMALS && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    while scale < 0 {
        mantissa = mantissa.checked_mul(10)?;
        scale += 1;
    }
    let signed = if parts.negative { -mantissa } else { mantissa };
    Decimal::try_from_i128_with_scale(signed, u32::try_from(scale).ok()?).ok()
}

fn remedy(text: &str) -> &'static str {
    let unsigned = text.trim_start_matches(['-', '+']);
    let starts = |prefix: &str| unsigned.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if unsigned.contains(['_', ',', ' ', '\'']) {
        "write plain digits without separators, such as 1000"
    } else if starts("0x") || starts("0o") || starts("0b") {
        "write plain decimal digits, such as 1000"
    } else if unsigned.ends_with('%') {
        "write it without `%`"
    } else if unsigned.starts_with('.')
        && unsigned.get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        "write a digit before the point, such as 0.5"
    } else {
        "write plain digits, such as 1000 or 0.25"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        decimal(text).ok().map(|value| value.normalize().to_string())
    }

    #[test]
    fn plain_and_scientific_numbers_are_exact() {
        for (text, value) in [
            ("0", "0"),
            ("-0", "0"),
            ("+12.50", "12.5"),
            ("-3", "-3"),
            ("1e3", "1000"),
            ("2.5E-3", "0.0025"),
            ("2.50E-3", "0.0025"),
            ("1.5e+2", "150"),
            ("0e400", "0"),
            ("100e-28", "0.00000000000000000000000001"),
            ("0.10000000000000000000000000000000000000000", "0.1"),
            ("79228162514264337593543950335", "79228162514264337593543950335"),
            ("0.0000000000000000000000000001", "0.0000000000000000000000000001"),
        ] {
            assert_eq!(read(text).as_deref(), Some(value), "{text}");
        }
    }

    #[test]
    fn what_would_be_rounded_is_refused() {
        for text in [
            "1e400",
            "1e-400",
            "1e99999999999999999999",
            "79228162514264337593543950336",
            "0.00000000000000000000000000001",
            "123456789012345678901234567890.5",
        ] {
            assert_eq!(decimal(text), Err(NotANumber::TooLong), "{text}");
        }
    }

    #[test]
    fn what_is_no_plain_number_is_refused_with_a_remedy() {
        for text in [
            "", "-", "+", ".", "1.", ".5", "e3", "1e", "1e+", "1e1.5", "--1", "+-1", ".nan", ".inf", "-.inf", "nan",
            "NaN", "inf", "0x1F", "0o7", "0b1", "1_000", "1,000", "12abc", "1 000", "37%", "１２", "1.2.3", "é",
        ] {
            assert!(matches!(decimal(text), Err(NotANumber::Written(_))), "{text}");
        }
    }
}
