//! What a search has told its caller, and whether it may go on.
//!
//! Polishing, climbing and linear programs take seconds on large problems: they look here from their inner loops, so that a
//! deadline is kept to within tenths of a second. When it is told depends on work alone, never on time.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;

use crate::effort::{Progress, Stop};
use crate::money::Amount;
use crate::plan::Status;

/// Work after which progress is told again.
const EVERY: u64 = 20_000_000;

/// The caller's ear.
pub(crate) struct Watch<'a> {
    progress: RefCell<&'a mut dyn FnMut(&Progress) -> ControlFlow<Stop>>,
    tell_at: Cell<u64>,
    best: Cell<Option<Amount>>,
    bound: Cell<Option<f64>>,
    ended: Cell<Option<Status>>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(progress: &'a mut dyn FnMut(&Progress) -> ControlFlow<Stop>) -> Watch<'a> {
        Watch {
            progress: RefCell::new(progress),
            tell_at: Cell::new(0),
            best: Cell::new(None),
            bound: Cell::new(None),
            ended: Cell::new(None),
        }
    }

    /// The lowest objective found.
    pub(crate) fn found(&self, best: Amount) {
        self.best.set(Some(best));
    }

    /// No plan has an objective below this.
    pub(crate) fn shown(&self, bound: f64) {
        self.bound.set((bound.is_finite() && bound.abs() < 1e13).then_some(bound));
    }

    /// Tells progress now and then; whether the caller has ended the search.
    pub(crate) fn is_ended(&self, work: u64) -> bool {
        if self.ended.get().is_none() && work >= self.tell_at.get() {
            self.tell_at.set(work + EVERY);
            let (best, bound) = (self.best.get(), self.bound.get().map(approximately));
            let gap = best.zip(bound).map(|(best, bound)| {
                let (best, bound) = (best.approximate(), bound.approximate());
                if best > 0.0 { ((best - bound) / best).max(0.0) } else { 0.0 }
            });
            // A caller that asks for a plan while it is told of one is another search with an ear of its own.
            if let Ok(mut progress) = self.progress.try_borrow_mut()
                && let ControlFlow::Break(stop) = progress(&Progress { work, best, bound, gap })
            {
                self.ended.set(Some(match stop {
                    Stop::Deadline => Status::Deadline,
                    Stop::Cancelled => Status::Cancelled,
                }));
            }
        }
        self.ended.get().is_some()
    }

    /// Why the caller ended the search.
    pub(crate) fn ended(&self) -> Option<Status> {
        self.ended.get()
    }
}

/// A float as an amount, to 10⁻⁶: for progress alone.
fn approximately(value: f64) -> Amount {
    Amount::from_units((value * 1e6) as i128 * 1_000_000_000_000_000_000)
}
