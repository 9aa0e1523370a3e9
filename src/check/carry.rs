//! Carries ranges through rows: what a branch on one column means for the others.
//!
//! In `Σ figure × column ≤ bound` the least that all others add leaves so much for each one. With two machines of 3 and
//! 5 against a bound of 12 and two of the second bought, 12 − 2 · 5 = 2 leaves none of the first. Nothing that keeps
//! every row is lost. Rows are looked at again until none says more, or [`ROUNDS`] times over.
//!
//! What a row's columns add at least and at most is kept up to date with every change, so that a row without room for
//! one more step is the only kind that is read through.

use ethnum::I256;

use crate::check::curve::Curve;
use crate::check::program::Program;

/// Rounds over the rows that changes concern, for one case of a tree.
const ROUNDS: usize = 50;

/// Ranges of all columns, carried as far as they have come.
pub(super) struct Carrier<'p> {
    program: &'p Program,
    low: Vec<i128>,
    high: Vec<i128>,
    /// By row: the least and the most that its columns add up to.
    least: Vec<I256>,
    most: Vec<I256>,
    /// By row: the most that one column's whole range can change.
    widest: Vec<I256>,
    /// By column: where it stands in rows.
    places: Vec<Vec<Place>>,
    /// Earlier ranges of columns, latest last.
    trail: Vec<(u32, i128, i128)>,
    waiting: Vec<u32>,
    waits: Vec<bool>,
}

/// A column's term in a row.
#[derive(Clone, Copy)]
struct Place {
    row: u32,
    figure: I256,
    by_cost: bool,
}

/// What a term adds over a range, at least and at most.
fn span(figure: I256, curve: Option<&Curve>, low: i128, high: i128) -> (I256, I256) {
    let (low, high) = match curve {
        Some(curve) => (figure * curve.at(low), figure * curve.at(high)),
        None => (figure * I256::from(low), figure * I256::from(high)),
    };
    if figure > 0 { (low, high) } else { (high, low) }
}

impl<'p> Carrier<'p> {
    /// Every column in its whole range, every row to be looked at.
    pub(super) fn new(program: &'p Program) -> Carrier<'p> {
        let columns = program.columns.len();
        let rows = program.rows.len();
        let mut carrier = Carrier {
            program,
            low: vec![0; columns],
            high: program.columns.iter().map(|column| column.most).collect(),
            least: vec![I256::ZERO; rows],
            most: vec![I256::ZERO; rows],
            widest: vec![I256::ZERO; rows],
            places: vec![Vec::new(); columns],
            trail: Vec::new(),
            waiting: (0..u32::try_from(rows).unwrap_or(u32::MAX)).collect(),
            waits: vec![true; rows],
        };
        for (number, row) in (0..).zip(&program.rows) {
            let terms = row.terms.iter().map(|term| (term, false));
            for (&(column, figure), by_cost) in terms.chain(row.costs.iter().map(|term| (term, true))) {
                let place = Place { row: number, figure, by_cost };
                carrier.places[column as usize].push(place);
                let (least, most) = carrier.span(column, place);
                let row = number as usize;
                carrier.least[row] += least;
                carrier.most[row] += most;
                carrier.widest[row] = carrier.widest[row].max(most - least);
            }
        }
        carrier
    }

    /// A column's range.
    pub(super) fn range(&self, column: u32) -> (i128, i128) {
        (self.low[column as usize], self.high[column as usize])
    }

    /// Where the trail stands, to go back to.
    pub(super) fn mark(&self) -> usize {
        self.trail.len()
    }

    /// Takes back every change since a mark.
    pub(super) fn back_to(&mut self, mark: usize) {
        self.forget(&[]);
        while self.trail.len() > mark {
            if let Some((column, low, high)) = self.trail.pop() {
                self.apply(column, low, high);
            }
        }
    }

    /// Cuts a column's range; false if nothing is left of it.
    pub(super) fn cut(&mut self, column: u32, low: i128, high: i128) -> bool {
        let (old_low, old_high) = self.range(column);
        let (low, high) = (low.max(old_low), high.min(old_high));
        if low > high {
            return false;
        }
        if (low, high) != (old_low, old_high) {
            self.trail.push((column, old_low, old_high));
            self.apply(column, low, high);
            for at in 0..self.places[column as usize].len() {
                let row = self.places[column as usize][at].row;
                if !std::mem::replace(&mut self.waits[row as usize], true) {
                    self.waiting.push(row);
                }
            }
        }
        true
    }

    /// Carries what was cut through the rows; false if that leaves nothing.
    pub(super) fn settle(&mut self) -> bool {
        for _ in 0..ROUNDS {
            if self.waiting.is_empty() {
                break;
            }
            let round = std::mem::take(&mut self.waiting);
            for (done, &row) in round.iter().enumerate() {
                self.waits[row as usize] = false;
                if !self.look(row as usize) {
                    self.forget(&round[done..]);
                    return false;
                }
            }
        }
        self.forget(&[]);
        true
    }

    /// Leaves it at what has been carried.
    fn forget(&mut self, others: &[u32]) {
        for row in self.waiting.drain(..).chain(others.iter().copied()) {
            self.waits[row as usize] = false;
        }
    }

    fn span(&self, column: u32, place: Place) -> (I256, I256) {
        let at = column as usize;
        let curve = if place.by_cost { self.program.columns[at].curve.as_ref() } else { None };
        span(place.figure, curve, self.low[at], self.high[at])
    }

    /// Sets a range, and what rows add up to with it.
    fn apply(&mut self, column: u32, low: i128, high: i128) {
        let at = column as usize;
        for number in 0..self.places[at].len() {
            let place = self.places[at][number];
            let (least, most) = self.span(column, place);
            self.least[place.row as usize] -= least;
            self.most[place.row as usize] -= most;
        }
        self.low[at] = low;
        self.high[at] = high;
        for number in 0..self.places[at].len() {
            let place = self.places[at][number];
            let (least, most) = self.span(column, place);
            self.least[place.row as usize] += least;
            self.most[place.row as usize] += most;
        }
    }

    /// One row: whether it can hold, and what it leaves to its columns.
    fn look(&mut self, number: usize) -> bool {
        let row = &self.program.rows[number];
        let room = row.bound - self.least[number];
        if room < 0 || !self.narrow(number, room, false) {
            return false;
        }
        if row.equal {
            let room = self.most[number] - row.bound;
            return room >= 0 && self.narrow(number, room, true);
        }
        true
    }

    /// Leaves each column of a row what `room` allows above the least that the row adds up to; `negated` is below the
    /// most. The room stays what it is meanwhile: what is cut off is not where the row adds least.
    fn narrow(&mut self, number: usize, room: I256, negated: bool) -> bool {
        if room >= self.widest[number] {
            return true;
        }
        let program = self.program;
        let row = &program.rows[number];
        for &(column, figure) in &row.terms {
            let (low, high) = self.range(column);
            let size = figure.abs();
            if low == high || size * I256::from(high - low) <= room {
                continue;
            }
            // Below the width of the range, so within 128 bits.
            let steps = (room / size).as_i128();
            let kept = if (figure > 0) != negated { (low, low + steps) } else { (high - steps, high) };
            if !self.cut(column, kept.0, kept.1) {
                return false;
            }
        }
        for &(column, figure) in &row.costs {
            let (low, high) = self.range(column);
            let Some(curve) = &program.columns[column as usize].curve else { continue };
            let (cheap, dear) = (curve.at(low), curve.at(high));
            let size = figure.abs();
            if size * (dear - cheap) <= room {
                continue;
            }
            let more = room / size;
            let kept = if (figure > 0) != negated {
                (low, curve.largest_within(cheap + more, high))
            } else {
                (curve.largest_within(dear - more - 1, high) + 1, high)
            };
            if !self.cut(column, kept.0, kept.1) {
                return false;
            }
        }
        true
    }
}
