//! How much room a limit has, as a whole number: the larger, the more.
//!
//! A bound is a whole number of 10⁻¹², the finest that a scenario may state, or of 10⁻⁶ of a share; for an at-least
//! limit it is negated, so that both kinds are raised. At most 64 accelerators is a room of 64 × 10¹², at least 30% one
//! of −300 000, and 0 the most that an at-least limit can have.

use crate::plan::{Extent, LimitUse, Plan, Step};
use crate::scenario::{Bound, Limit, Measure, Sense};
use crate::units::{Share, Total};

/// 10⁻²⁴ in a 10⁻¹².
const FINEST: i128 = 1_000_000_000_000;
/// The largest bound that a scenario may state, 10¹², in 10⁻¹².
const MOST: i128 = 1_000_000_000_000_000_000_000_000;
/// One of the sum, in 10⁻¹².
const ONE: i128 = 1_000_000_000_000;
/// A whole share in 10⁻⁶.
const WHOLE: i128 = 1_000_000;

/// A limit as something that can be given more room.
#[derive(Clone, Debug)]
pub(crate) struct Room<'a> {
    pub(crate) limit: &'a Limit,
    /// Its number in the scenario.
    pub(crate) number: usize,
    /// The scenario's own bound.
    pub(crate) from: i128,
}

impl<'a> Room<'a> {
    pub(crate) fn of(number: usize, limit: &'a Limit) -> Self {
        let size = match limit.bound {
            // A finer bound than can be stated is rounded to the side of less room: it was shown not to do.
            Bound::Absolute(total) if limit.sense == Sense::AtMost => total.units().div_euclid(FINEST),
            Bound::Absolute(total) => -(-total.units()).div_euclid(FINEST),
            Bound::Share(share) => i128::from(share.parts()),
        };
        Room { limit, number, from: if limit.sense == Sense::AtMost { size } else { -size } }
    }

    fn is_share(&self) -> bool {
        matches!(self.limit.bound, Bound::Share(_))
    }

    fn at_least(&self) -> bool {
        self.limit.sense == Sense::AtLeast
    }

    /// The most room that a scenario can state.
    pub(crate) fn widest(&self) -> i128 {
        match (self.limit.sense, self.is_share()) {
            (Sense::AtLeast, _) => 0,
            (Sense::AtMost, true) => WHOLE,
            (Sense::AtMost, false) => MOST,
        }
    }

    /// More room by `parts` in 10⁻⁶ of the scenario's own bound, of one of the sum where that is 0.
    pub(crate) fn wider_by(&self, parts: i128) -> i128 {
        let base = match (self.from.abs(), self.is_share()) {
            (0, true) => WHOLE,
            (0, false) => ONE,
            (from, _) => from,
        };
        // Rounded up; beyond 128 bits lies more than can be stated.
        let by = base.checked_mul(parts).map_or(MOST, |product| (product + WHOLE - 1) / WHOLE);
        self.from.saturating_add(by).min(self.widest())
    }

    /// The bound that gives this much room.
    pub(crate) fn extent(&self, room: i128) -> Extent {
        let size = if self.at_least() { -room } else { room };
        if self.is_share() {
            let parts = u32::try_from(size.clamp(0, WHOLE)).unwrap_or_default();
            Extent::Share(Share::from_parts(parts).unwrap_or_default())
        } else {
            Extent::Absolute(Total::from_units(size.saturating_mul(FINEST)))
        }
    }

    /// The room that a plan uses, which was found where the limit had `given`.
    pub(crate) fn used(&self, plan: &Plan, given: i128) -> i128 {
        let rows = || plan.limits.iter().filter(|row| row.name == self.limit.name);
        let used = match (self.at_least(), self.is_share()) {
            (false, false) => rows().map(|row| -(-row.used.units()).div_euclid(FINEST)).max(),
            // With the whole as its bound, a row's bound is the base of the share.
            (false, true) if given == WHOLE => rows().map(share_of_base).max(),
            // Of values that nothing runs on nothing is asked, and a plan has no row of them.
            (true, false) => rows().map(|row| -row.used.units().div_euclid(FINEST)).max(),
            _ => None,
        };
        used.unwrap_or(given).clamp(self.from, given)
    }

    pub(crate) fn step(&self, room: i128) -> Step {
        Step {
            limit: self.limit.name.clone(),
            money: self.limit.sum == Measure::Cost,
            at_least: self.at_least(),
            from: self.extent(self.from),
            to: self.extent(room),
        }
    }
}

/// Used over base in 10⁻⁶, rounded up.
fn share_of_base(row: &LimitUse) -> i128 {
    let (used, base) = (row.used.units(), row.limit.units());
    if base <= 0 || used <= 0 {
        return 0;
    }
    // Up to 10³⁷ each: both lose six digits, the one rounded up and the other down, before they are divided.
    match used.checked_mul(WHOLE) {
        Some(parts) => (parts + base - 1) / base,
        None => (used + 1) / (base / WHOLE).max(1) + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Name;
    use crate::diagnostic::Span;
    use crate::scenario::Filter;

    fn limit(sense: Sense, bound: Bound) -> Limit {
        Limit {
            name: Name::from("l"),
            sum: Measure::Accelerators,
            filter: Filter::default(),
            per: None,
            sense,
            bound,
            span: Span::NONE,
        }
    }

    fn absolute(units: i128) -> Bound {
        Bound::Absolute(Total::from_units(units * 10_i128.pow(24)))
    }

    #[test]
    fn a_bound_becomes_room_and_room_a_bound() {
        let most = limit(Sense::AtMost, absolute(64));
        let room = Room::of(0, &most);
        assert_eq!(room.from, 64 * ONE);
        assert_eq!(room.extent(96 * ONE).to_string(), "96");
        // 50% more than 64 is 96.
        assert_eq!(room.wider_by(500_000), 96 * ONE);
        assert_eq!(room.step(96 * ONE).relative(), 500_000);
        let least = limit(Sense::AtLeast, absolute(10));
        let room = Room::of(0, &least);
        assert_eq!(room.extent(room.wider_by(250_000)).to_string(), "7.5");
        assert_eq!(room.wider_by(9_000_000), 0, "at least nothing is all room there is");
        let share = limit(Sense::AtMost, Bound::Share(Share::from_parts(600_000).expect("a share")));
        let room = Room::of(0, &share);
        assert_eq!(room.extent(room.widest()).to_string(), "100%");
        // A third more than 60%, rounded up to 10⁻⁶.
        assert_eq!(room.extent(room.wider_by(333_333)).to_string(), "80%");
    }

    #[test]
    fn more_than_nothing_is_counted_in_ones() {
        let none = limit(Sense::AtMost, absolute(0));
        let room = Room::of(0, &none);
        assert_eq!(room.extent(room.wider_by(3_000_000)).to_string(), "3");
        assert_eq!(room.step(3 * ONE).relative(), 3_000_000);
    }
}
