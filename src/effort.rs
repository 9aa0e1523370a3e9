//! How much a search may do, what it tells on the way, and how its caller ends it.
//!
//! Effort is counted in work, not in time: the library has no clock, so the same problem with the same effort gives the
//! same plan on any machine. A caller with a clock ends a search through [`Stop`]; such a plan says that it is not
//! reproducible.

use crate::money::Amount;

/// How much a search may do.
///
/// ```
/// use tradewind::Effort;
///
/// let quick = Effort::new().with_gap(0.01).with_work(Effort::DEFAULT_WORK / 10);
/// assert_eq!(Effort::default(), Effort::new());
/// assert!(quick.gap > Effort::default().gap);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Effort {
    /// The search ends when its plan is proven within this of the cheapest, as a fraction of the plan's objective: 0.01
    /// is one percent, 0 asks for the optimum. A negative gap and one that is no number count as 0.
    pub gap: f64,
    /// Units of work after which the search ends with the best plan so far and the bound proven for it. One unit is one
    /// look at a candidate or one step of an inner loop of that size, so that work grows with time, whatever the machine.
    pub work: u64,
}

impl Effort {
    /// Work that a call may do if nothing else is said: seconds to a few minutes, depending on the machine.
    pub const DEFAULT_WORK: u64 = 20_000_000_000;

    /// The optimum, within the default work.
    #[must_use]
    pub const fn new() -> Self {
        Effort { gap: 0.0, work: Effort::DEFAULT_WORK }
    }

    /// With another gap, a fraction: 0.01 is one percent.
    #[must_use]
    pub const fn with_gap(mut self, gap: f64) -> Self {
        self.gap = gap;
        self
    }

    /// With another amount of work.
    #[must_use]
    pub const fn with_work(mut self, work: u64) -> Self {
        self.work = work;
        self
    }
}

impl Default for Effort {
    fn default() -> Self {
        Effort::new()
    }
}

/// How far a search is. Told often enough for a deadline in tenths of a second.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// Units of work done.
    pub work: u64,
    /// The lowest objective found.
    pub best: Option<Amount>,
    /// No plan has an objective below this, as far as the search knows.
    pub bound: Option<Amount>,
    /// (best − bound) / best, where both are known.
    pub gap: Option<f64>,
}

/// Why a caller ends a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// Its time ran out.
    Deadline,
    /// Nobody waits for it any more.
    Cancelled,
}
