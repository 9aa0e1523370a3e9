//! What a sweep varies, as it is written: `limits.budget.at_most=100000..200000:5`.

use rust_decimal::Decimal;
use tradewind::Factor;
use tradewind::sweep::{Axis, Shard};

/// Most values of one parameter.
const MOST_VALUES: usize = 1000;
/// Values are whole numbers of 10⁻⁶ of what they count.
const DECIMALS: u32 = 6;

/// A parameter with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Vary {
    pub(super) parameter: Parameter,
    pub(super) axis: Axis,
}

/// What can be varied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Parameter {
    /// A value of the scenario, by its path.
    Path(String),
    /// Every price, of one provider or of all.
    Prices(Option<String>),
    /// The demand of every workload.
    Demand,
    /// Months of growth.
    Month,
}

const FORM: &str = "write `PARAMETER=FROM..TO:COUNT` or `PARAMETER=A,B,C`, as `limits.budget.at_most=100000..200000:5`";

/// Reads `PARAMETER=VALUES`.
pub(super) fn axis(text: &str) -> Result<Vary, String> {
    // Values hold no `=`, a path in quotes may.
    let (name, values) = text.rsplit_once('=').ok_or(FORM)?;
    let parameter = match name {
        "" => return Err(FORM.to_owned()),
        "prices" => Parameter::Prices(None),
        "demand" => Parameter::Demand,
        "month" => Parameter::Month,
        path => match path.strip_prefix("prices.") {
            Some(provider) => Parameter::Prices(Some(provider.to_owned())),
            None => Parameter::Path(path.to_owned()),
        },
    };
    let values = values_of(values)?;
    for value in &values {
        match parameter {
            Parameter::Prices(_) | Parameter::Demand if factor(value).is_none() => {
                return Err(format!("`{value}` of `{name}` is no change in percent; write one as `-20%` or `0%`"));
            }
            Parameter::Month if value.parse::<u16>().is_err() => {
                return Err(format!("`{value}` is no number of months; write one as `0` or `12`"));
            }
            _ => {}
        }
    }
    Ok(Vary { parameter, axis: Axis { parameter: name.to_owned(), values } })
}

/// The factor of a change in percent, such as `-20%`.
pub(super) fn factor(value: &str) -> Option<Factor> {
    let digits = value.strip_suffix('%')?;
    Factor::percent(Decimal::from_str_exact(digits.strip_prefix('+').unwrap_or(digits)).ok()?)
}

/// Reads what a month adds, as `4%`.
pub(super) fn growth(text: &str) -> Result<Factor, String> {
    factor(text).ok_or_else(|| "write a percentage a month, as `4%`".to_owned())
}

/// Reads `I/N`.
pub(super) fn shard(text: &str) -> Result<Shard, String> {
    let read = || {
        let (index, of) = text.split_once('/')?;
        let [index, of] = [index.parse().ok()?, of.parse().ok()?];
        (index < of).then_some(Shard { index, of })
    };
    read().ok_or_else(|| "write a part as `0/4`: its number from 0, below how many there are".to_owned())
}

fn values_of(text: &str) -> Result<Vec<String>, String> {
    let Some((from, rest)) = text.split_once("..") else {
        let values: Vec<String> = text.split(',').map(|value| value.trim().to_owned()).collect();
        return match values.iter().any(String::is_empty) || values.len() > MOST_VALUES {
            true => Err(FORM.to_owned()),
            false => Ok(values),
        };
    };
    let (to, count) = match rest.split_once(':') {
        Some((to, count)) => (to, Some(count.parse::<usize>().map_err(|_| FORM)?)),
        None => (rest, None),
    };
    let is_percent = from.ends_with('%') || to.ends_with('%');
    let [from, to] = [units(from)?, units(to)?];
    let one = 10_i128.pow(DECIMALS);
    // Without a count: every whole number from one to the other.
    let steps = (to - from).abs();
    let count = match count {
        Some(count) => count,
        None if steps % one == 0 => usize::try_from(steps / one).map_or(MOST_VALUES, |steps| steps.saturating_add(1)),
        None => return Err(FORM.to_owned()),
    };
    if !(2..=MOST_VALUES).contains(&count) {
        return Err(format!("a range has 2 to {MOST_VALUES} values; write how many as `100..200:5`"));
    }
    let last = i128::try_from(count - 1).map_err(|_| FORM)?;
    let value = |number: i128| {
        let value = Decimal::try_from_i128_with_scale(from + (to - from) * number / last, DECIMALS);
        let sign = if is_percent { "%" } else { "" };
        value.map(|value| format!("{}{sign}", value.normalize())).map_err(|_| FORM.to_owned())
    };
    (0..=last).map(value).collect()
}

/// A figure in 10⁻⁶, with or without a percent sign.
fn units(text: &str) -> Result<i128, String> {
    let digits = text.trim().strip_suffix('%').unwrap_or(text.trim());
    let digits = digits.strip_prefix('+').unwrap_or(digits);
    let value = Decimal::from_str_exact(digits).ok().filter(|value| value.scale() <= DECIMALS);
    let value = value.ok_or_else(|| format!("`{text}` is no number with at most {DECIMALS} decimals"))?;
    let scale = 10_i128.pow(DECIMALS - value.scale());
    value.mantissa().checked_mul(scale).filter(|units| units.abs() < 10_i128.pow(22)).ok_or_else(|| FORM.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        axis(text).expect(text).axis.values
    }

    #[test]
    fn ranges_are_evenly_spaced_and_exact() {
        assert_eq!(values("a.b=100000..200000:5"), ["100000", "125000", "150000", "175000", "200000"]);
        assert_eq!(values("prices=-20%..20%:5"), ["-20%", "-10%", "0%", "10%", "20%"]);
        assert_eq!(values("a=0..1:4"), ["0", "0.333333", "0.666666", "1"]);
        assert_eq!(values("a=3..1"), ["3", "2", "1"]);
        assert_eq!(values("limits.x.at_most=40%,60%, 100%"), ["40%", "60%", "100%"]);
        assert_eq!(values("workloads.chat.split=never,replicas"), ["never", "replicas"]);
        assert_eq!(values("a.\"x=y\"=1,2"), ["1", "2"]);
    }

    #[test]
    fn parameters_are_told_by_their_names() {
        let parameter = |text| axis(text).map(|vary| vary.parameter);
        assert_eq!(parameter("prices.aws=0%,5%"), Ok(Parameter::Prices(Some("aws".into()))));
        assert_eq!(parameter("demand=0%..50%:3"), Ok(Parameter::Demand));
        assert_eq!(parameter("month=0..12"), Ok(Parameter::Month));
        assert_eq!(parameter("limits.b.at_most=1,2"), Ok(Parameter::Path("limits.b.at_most".into())));
        for text in [
            "a",
            "=1,2",
            "a=",
            "a=1..2:1",
            "a=1..2:1001",
            "a=1..9999999",
            "a=x..y:3",
            "a=1.5..2",
            "a=1,,2",
            "prices=5,6",
            "prices=-101%,0%",
            "month=1.5,2",
            "demand=1..2:2",
            "a=1..2:x",
        ] {
            assert!(axis(text).is_err(), "{text}");
        }
    }

    #[test]
    fn parts_are_numbered_from_zero() {
        assert_eq!(shard("0/4"), Ok(Shard { index: 0, of: 4 }));
        for text in ["4/4", "1", "-1/4", "0/0", "a/b", "1/2/3"] {
            assert!(shard(text).is_err(), "{text}");
        }
    }
}
