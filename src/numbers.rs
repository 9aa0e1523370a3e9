//! Decimals and names from drafts, turned into exact figures or into a fault that says what is legal.

use std::fmt::Display;

use rust_decimal::Decimal;

use crate::decimal::{self, NotANumber};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span, Spanned, is_unseen, quoted};
use crate::money::{Amount, UnitPrice};
use crate::units::{Quantity, Share};

/// Longest name in bytes.
const LONGEST_NAME: usize = 200;

/// A number as a person writes it, to the last digit.
pub(crate) fn decimal(faults: &mut Diagnostics, text: &str, span: Span, what: impl Display) -> Option<Decimal> {
    match decimal::decimal(text) {
        Ok(value) => Some(value),
        Err(NotANumber::Written(help)) => {
            let message = format!("{what} is not a number: {}", quoted(text));
            faults.push(Diagnostic::new(Kind::BadNumber, span, message).help(help));
            None
        }
        Err(NotANumber::TooLong) => {
            let message = format!("{what} has more digits than can be kept: {}", quoted(text));
            faults.push(Diagnostic::new(Kind::BadNumber, span, message).help("write at most 28 digits"));
            None
        }
    }
}

/// A unit price: zero or more, at most 12 decimals, under about nine million.
pub(crate) fn price(faults: &mut Diagnostics, value: Spanned<Decimal>, what: impl Display) -> Option<UnitPrice> {
    if is_negative(faults, value, &what) {
        return None;
    }
    let price = UnitPrice::exact(value.value);
    if price.is_none() {
        faults.push(outside(value, &what, 12, &format!("0 to {}", UnitPrice::MAX.units() / 1_000_000_000_000)));
    }
    price
}

/// A quantity: zero or more, at most 6 decimals, up to a billion.
pub(crate) fn quantity(faults: &mut Diagnostics, value: Spanned<Decimal>, what: impl Display) -> Option<Quantity> {
    if is_negative(faults, value, &what) {
        return None;
    }
    let quantity = Quantity::exact(value.value);
    if quantity.is_none() {
        faults.push(outside(value, &what, 6, &format!("0 to {}", Quantity::LARGEST)));
    }
    quantity
}

/// A quantity above zero.
pub(crate) fn positive(faults: &mut Diagnostics, value: Spanned<Decimal>, what: impl Display) -> Option<Quantity> {
    let quantity = quantity(faults, value, &what)?;
    if quantity == Quantity::ZERO {
        faults.push(
            Diagnostic::new(Kind::OutOfRange, value.span, format!("{what} is zero")).help("write a number above zero"),
        );
        return None;
    }
    Some(quantity)
}

/// A whole number from `least` to `most`.
pub(crate) fn count(
    faults: &mut Diagnostics,
    value: Spanned<Decimal>,
    what: impl Display,
    (least, most): (u32, u32),
) -> Option<u32> {
    if is_negative(faults, value, &what) {
        return None;
    }
    let plain = value.value.normalize();
    let count = if plain.scale() == 0 { u32::try_from(plain.mantissa()).ok() } else { None };
    let count = count.filter(|count| (least..=most).contains(count));
    if count.is_none() {
        let message = format!("{what} is {}", quoted(&value.value.to_string()));
        faults.push(
            Diagnostic::new(Kind::OutOfRange, value.span, message)
                .help(format!("write a whole number from {least} to {most}")),
        );
    }
    count
}

/// A percentage from 0 to 100 with at most 4 decimals.
pub(crate) fn percent(faults: &mut Diagnostics, value: Spanned<Decimal>, what: impl Display) -> Option<Share> {
    if is_negative(faults, value, &what) {
        return None;
    }
    let share = Share::percent(value.value);
    if share.is_none() {
        let message = format!("{what} is {}", quoted(&format!("{}%", value.value)));
        let fault = Diagnostic::new(Kind::OutOfRange, value.span, message);
        faults.push(fault.help("legal is 0% to 100%, with at most 4 decimals"));
    }
    share
}

/// An amount of money: zero or more, at most 12 decimals, up to a trillion.
pub(crate) fn amount(faults: &mut Diagnostics, value: Spanned<Decimal>, what: impl Display) -> Option<Amount> {
    if is_negative(faults, value, &what) {
        return None;
    }
    let most = Decimal::from(1_000_000_000_000_u64);
    let legal = value.value <= most && value.value.normalize().scale() <= 12;
    let amount = if legal { Amount::exact(value.value) } else { None };
    if amount.is_none() {
        faults.push(outside(value, &what, 12, &format!("0 to {most}")));
    }
    amount
}

/// A name: not empty, no blanks at its ends, no control characters, and no slash, which joins provider and region.
pub(crate) fn name(faults: &mut Diagnostics, name: &str, span: Span, what: &str) -> bool {
    let wrong = if name.is_empty() {
        "is empty"
    } else if name.trim() != name {
        "has blanks at its ends"
    } else if name.chars().any(is_unseen) {
        "holds control characters or invisible ones"
    } else if name.contains('/') {
        "holds a slash"
    } else if name.len() > LONGEST_NAME {
        "is longer than 200 bytes"
    } else {
        return true;
    };
    let message = format!("the name of {what} {wrong}: {}", quoted(name));
    faults.push(Diagnostic::new(Kind::BadName, span, message).help("write a plain name"));
    false
}

/// A text that plans repeat, such as a label: no control characters, not longer than a name.
pub(crate) fn text(faults: &mut Diagnostics, text: &str, span: Span, what: &str) {
    let wrong = if text.chars().any(is_unseen) {
        "holds control characters or invisible ones"
    } else if text.len() > LONGEST_NAME {
        "is longer than 200 bytes"
    } else {
        return;
    };
    let message = format!("{what} {wrong}: {}", quoted(text));
    faults.push(Diagnostic::new(Kind::BadName, span, message).help("write plain text"));
}

fn is_negative(faults: &mut Diagnostics, value: Spanned<Decimal>, what: &impl Display) -> bool {
    let negative = value.value.is_sign_negative() && !value.value.is_zero();
    if negative {
        let message = format!("{what} is negative: {}", quoted(&value.value.to_string()));
        faults
            .push(Diagnostic::new(Kind::NegativeNumber, value.span, message).help("write zero or a number above zero"));
    }
    negative
}

fn outside(value: Spanned<Decimal>, what: &impl Display, decimals: u32, range: &str) -> Diagnostic {
    let message = format!("{what} is {}", quoted(&value.value.to_string()));
    Diagnostic::new(Kind::OutOfRange, value.span, message)
        .help(format!("legal is {range}, with at most {decimals} decimals"))
}
