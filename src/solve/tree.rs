//! The tree of a search: cases that leave nothing out, each with the bound it is known to have.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::program::Program;
use crate::solve::dual::Ranges;

/// A case of the search.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) parent: Option<usize>,
    /// Column, the value it is split at, and whether this is the case above it.
    pub(crate) branch: Option<(usize, f64, bool)>,
    /// No plan of this case costs less, as far as floats tell.
    pub(crate) bound: f64,
    /// What shows the bound.
    pub(crate) shown: Shown,
    /// The cases it was split into: below and above.
    pub(crate) children: Option<(usize, usize)>,
}

/// What shows a case's bound. A case whose carried ranges leave nothing keeps what was shown before: whoever carries
/// exactly finds it empty, and if not, a true bound stands there all the same.
#[derive(Clone, Debug)]
pub(crate) enum Shown {
    /// Multipliers under a form (its number).
    Multipliers { form: usize, values: Rc<Vec<f64>> },
    /// Multipliers that show that nothing is there.
    Ray { form: usize, values: Rc<Vec<f64>> },
}

/// All cases.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    pub(crate) cases: Vec<Case>,
}

impl Case {
    /// The case of everything.
    pub(crate) fn root(bound: f64, shown: Shown) -> Case {
        Case { parent: None, branch: None, bound, shown, children: None }
    }
}

impl Tree {
    /// The lowest bound of all cases that were not split.
    pub(crate) fn lowest(&self) -> Option<f64> {
        self.cases.iter().filter(|case| case.children.is_none()).map(|case| case.bound).reduce(f64::min)
    }

    /// The ranges of a case before they are carried, and the columns that its branches name.
    pub(crate) fn ranges(&self, program: &Program, case: usize, root: &Ranges) -> (Ranges, Vec<usize>) {
        let mut ranges = root.clone();
        let mut named = Vec::new();
        let mut at = Some(case);
        while let Some(number) = at {
            let found = &self.cases[number];
            if let Some((column, split, above)) = found.branch {
                if above {
                    ranges.least[column] = ranges.least[column].max(split + step(program, column));
                } else {
                    ranges.most[column] = ranges.most[column].min(split);
                }
                named.push(column);
            }
            at = found.parent;
        }
        (ranges, named)
    }
}

/// What lies between a case below and the case above: one unit, for a volume in GB nothing that counts.
fn step(program: &Program, column: usize) -> f64 {
    if program.columns[column].curve.is_some() { 0.0 } else { 1.0 }
}

/// An open case in the order in which they are looked at: the lowest bound, then the deepest, then the last made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Open {
    pub(crate) bound: f64,
    pub(crate) depth: usize,
    pub(crate) case: usize,
}

impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Open {}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Open {
    fn cmp(&self, other: &Self) -> Ordering {
        // A heap gives its greatest first.
        other.bound.total_cmp(&self.bound).then(self.depth.cmp(&other.depth)).then(self.case.cmp(&other.case))
    }
}
