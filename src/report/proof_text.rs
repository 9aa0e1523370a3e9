//! What is known of a plan, and of a search on its way, in words.

use crate::effort::Progress;
use crate::money::Amount;
use crate::plan::{Known, Plan, Status};
use crate::units::Total;

/// What is proven, in one sentence.
pub(super) fn proof_sentence(plan: &Plan) -> String {
    let included = if plan.unplaced.is_empty() { "" } else { ", the value of what it leaves out included" };
    match plan.proof.known {
        Known::Optimal if plan.bound == plan.objective => format!("Proven optimal: no plan is cheaper{included}"),
        // The proof floors costs to 10⁻⁶ per workload.
        Known::Optimal => format!("Proven optimal: no plan is cheaper{included}, rounding aside"),
        Known::Bounded if plan.bound <= Amount::ZERO => "Nothing is proven: a far cheaper plan may exist".to_owned(),
        Known::Bounded => format!(
            "No plan is cheaper than {} {}{included}: proven within {}",
            at_most_in_cents(plan.bound),
            plan.currency,
            gap_text(plan.gap)
        ),
        Known::Infeasible => "Its proof says that no plan exists".to_owned(),
    }
}

/// Why the search stopped, where it did not go through to its end.
pub(super) fn status_sentence(status: Status) -> Option<&'static str> {
    match status {
        Status::Complete => None,
        Status::GapReached => Some("The search ended at the gap that was asked for"),
        Status::WorkSpent => Some("The search ended when its work was spent; more work may find a cheaper plan"),
        Status::Deadline => Some("The search ended when its time ran out: another run may give another plan"),
        Status::Cancelled => Some("The search was called off: another run may give another plan"),
    }
}

/// A gap as a percentage of three digits, rounded up, for what is said to be proven must be: 0.000123456 is `0.0124%`.
#[must_use]
pub fn gap_text(gap: f64) -> String {
    let percent = gap * 100.0;
    if !percent.is_finite() {
        return "an unknown gap".to_owned();
    }
    if percent <= 0.0 {
        return "0%".to_owned();
    }
    let mut decimals = 0;
    let mut scale = 1.0;
    while percent * scale < 100.0 && decimals < 12 {
        decimals += 1;
        scale *= 10.0;
    }
    // A float that is a hair above a short decimal, as 0.05 × 100, is meant to be that decimal.
    let shown = (percent * scale * (1.0 - 1e-9)).ceil() / scale;
    let shown = format!("{shown:.decimals$}");
    let shown = if decimals > 0 { shown.trim_end_matches('0').trim_end_matches('.') } else { &shown };
    format!("{shown}%")
}

/// How far a search is, on one line.
#[must_use]
pub fn progress_text(progress: &Progress) -> String {
    let best = match progress.best {
        Some(best) => format!("best so far {}", best.in_cents()),
        None => "no plan so far".to_owned(),
    };
    let bound = match progress.bound {
        Some(bound) if bound > Amount::ZERO => format!(", none below {}", at_most_in_cents(bound)),
        _ => String::new(),
    };
    let gap = match progress.gap {
        Some(gap) if progress.bound.is_some_and(|bound| bound > Amount::ZERO) => format!(", within {}", gap_text(gap)),
        _ => String::new(),
    };
    format!("{best}{bound}{gap}")
}

/// In cents, rounded down: a bound is never shown above what is proven.
fn at_most_in_cents(amount: Amount) -> String {
    let cent = 10_i128.pow(22);
    amount.minus(Amount::from_units(amount.units().rem_euclid(cent))).unwrap_or(amount).in_cents()
}

/// `1 limit`, `2 limits`.
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{} {what}s", grouped(count)) }
}

/// With a comma between thousands.
pub(super) fn grouped(count: usize) -> String {
    i128::try_from(count)
        .map_or_else(|_| count.to_string(), |count| Total::from_units(count * 10_i128.pow(24)).in_short())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_shows_three_digits_and_is_rounded_up() {
        for (gap, shown) in [
            (0.0, "0%"),
            (0.000_123, "0.0123%"),
            (0.000_123_456, "0.0124%"),
            (0.05, "5%"),
            (0.1, "10%"),
            (0.012_34, "1.24%"),
            (0.999_96, "100%"),
            (1.0, "100%"),
            (6e-7, "0.00006%"),
            (1e-20, "0.000000000001%"),
            (12.345, "1235%"),
            (f64::INFINITY, "an unknown gap"),
        ] {
            assert_eq!(gap_text(gap), shown, "{gap}");
        }
    }

    #[test]
    fn a_bound_is_never_shown_above_itself() {
        let amount = |text: &str| Amount::parse(text).expect("an amount");
        assert_eq!(at_most_in_cents(amount("1234.569")), "1,234.56");
        assert_eq!(at_most_in_cents(amount("1234.56")), "1,234.56");
        assert_eq!(at_most_in_cents(amount("-0.001")), "-0.01");
    }

    #[test]
    fn progress_says_what_is_known() {
        let amount = |text: &str| Amount::parse(text);
        let progress = |best, bound, gap| Progress { work: 1, best, bound, gap };
        let text = |best, bound, gap| progress_text(&progress(best, bound, gap));
        assert_eq!(text(None, None, None), "no plan so far");
        assert_eq!(text(None, amount("10"), None), "no plan so far, none below 10.00");
        assert_eq!(text(amount("12.5"), Some(Amount::ZERO), Some(1.0)), "best so far 12.50");
        assert_eq!(text(amount("12.5"), amount("10"), Some(0.2)), "best so far 12.50, none below 10.00, within 20%");
    }
}
