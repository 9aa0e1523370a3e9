//! A selection while it is being changed: its cost and the sum of every rule, kept up to date in floats.

use crate::program::Program;
use crate::solve::layout::{Layout, Role};

/// What sums may exceed their bound by, of the larger of the bound and the row's reach: noise of floats.
const NOISE: f64 = 1e-11;

/// Units of a block at its candidates: column and units, all above 0.
pub(crate) type Parts = Vec<(usize, u32)>;

/// A selection with its sums.
#[derive(Clone)]
pub(crate) struct State<'a> {
    program: &'a Program,
    layout: &'a Layout,
    pub(crate) parts: Vec<Parts>,
    /// By column: how many blocks feed it.
    fed: Vec<u32>,
    /// By row that is a rule.
    pub(crate) sums: Vec<f64>,
    /// By row: what its sum may come to, and by how much it is above that, in parts of its scale.
    most: Vec<f64>,
    over: Vec<f64>,
    /// How many rules are broken.
    pub(crate) broken: usize,
    /// What the block being replaced feeds: column, crumb, units before and after.
    fed_now: Vec<(usize, u32, u32, u32)>,
    /// By column that is a volume.
    volumes: Vec<f64>,
    /// The objective.
    pub(crate) cost: f64,
    /// By how much rules are broken, each in parts of its scale.
    pub(crate) excess: f64,
    /// Bounds of rules are lowered by so much of their reach.
    pub(crate) margin: f64,
    /// Whether limits on what is minimised are left out of account, so that a selection becomes cheap first.
    pub(crate) unbudgeted: bool,
    /// Changes made so far: the work of whoever changes it.
    pub(crate) changes: u64,
}

impl<'a> State<'a> {
    /// The state of a selection.
    pub(crate) fn new(program: &'a Program, layout: &'a Layout, parts: Vec<Parts>) -> State<'a> {
        let mut state = State {
            program,
            layout,
            parts: vec![Parts::new(); program.blocks.len()],
            fed: vec![0; program.columns.len()],
            sums: vec![0.0; program.rows.len()],
            most: vec![f64::INFINITY; program.rows.len()],
            over: vec![0.0; program.rows.len()],
            broken: 0,
            fed_now: Vec::new(),
            volumes: vec![0.0; program.columns.len()],
            cost: 0.0,
            excess: 0.0,
            margin: 0.0,
            unbudgeted: false,
            changes: 0,
        };
        for (number, block) in program.blocks.iter().enumerate() {
            let empty = unplaced(block, &[]);
            state.cost += block.unplaced.map_or(0.0, |column| program.columns[column].cost * f64::from(empty));
            state.replace(number, &parts[number]);
        }
        state.recount();
        state
    }

    /// Adds up the excess anew: after the margin or what counts changed, or many changes blurred it.
    pub(crate) fn recount(&mut self) {
        for row in 0..self.sums.len() {
            let (bound, reach) = (self.program.rows[row].bound, self.layout.reach[row]);
            let counts = self.layout.roles[row] == Role::Rule && !(self.unbudgeted && self.layout.budgets[row]);
            let most = bound - self.margin * reach;
            self.most[row] = if counts { most + NOISE * bound.abs().max(reach) } else { f64::INFINITY };
            self.over[row] = self.over_at(row);
        }
        self.broken = self.over.iter().filter(|over| **over > 0.0).count();
        self.excess = self.over.iter().sum();
    }

    fn over_at(&self, row: usize) -> f64 {
        let over = self.sums[row] - self.most[row];
        if over > 0.0 { over / self.layout.scale[row] } else { 0.0 }
    }

    /// By how much a rule is broken, in parts of its scale.
    pub(crate) fn excess_of(&self, row: usize) -> f64 {
        self.over[row]
    }

    /// Whether every rule holds, as far as floats tell.
    pub(crate) fn keeps_all(&self) -> bool {
        self.broken == 0
    }

    /// Gives a block other parts.
    pub(crate) fn replace(&mut self, block: usize, parts: &[(usize, u32)]) {
        let old = std::mem::take(&mut self.parts[block]);
        self.changes += 1 + (old.len() + parts.len()) as u64;
        let found = &self.program.blocks[block];
        if let Some(column) = found.unplaced {
            let change = f64::from(unplaced(found, parts)) - f64::from(unplaced(found, &old));
            self.cost += self.program.columns[column].cost * change;
        }
        let mut fed = std::mem::take(&mut self.fed_now);
        for (list, after) in [(old.as_slice(), false), (parts, true)] {
            for &(column, units) in list {
                let change = if after { f64::from(units) } else { -f64::from(units) };
                self.shift(column, change);
                for feed in &self.layout.feeds[column] {
                    // Few columns, so that a list does.
                    let at = fed.iter().position(|entry| entry.0 == feed.column);
                    let at = at.unwrap_or_else(|| {
                        fed.push((feed.column, feed.crumb, 0, 0));
                        fed.len() - 1
                    });
                    *(if after { &mut fed[at].3 } else { &mut fed[at].2 }) += units;
                }
            }
        }
        for (column, crumb, before, after) in fed.drain(..) {
            match (before > crumb, after > crumb) {
                (false, true) => {
                    self.fed[column] += 1;
                    if self.fed[column] == 1 {
                        self.shift(column, 1.0);
                    }
                }
                (true, false) => {
                    self.fed[column] -= 1;
                    if self.fed[column] == 0 {
                        self.shift(column, -1.0);
                    }
                }
                _ => {}
            }
        }
        self.fed_now = fed;
        let mut kept = old;
        kept.clear();
        kept.extend_from_slice(parts);
        self.parts[block] = kept;
    }

    /// Changes a column, and with it cost, sums and volumes.
    fn shift(&mut self, number: usize, change: f64) {
        let layout = self.layout;
        self.cost += self.program.columns[number].cost * change;
        for &(row, figure) in &layout.uses[number] {
            self.add(row, figure * change);
        }
        for &(volume, figure) in &layout.volumes[number] {
            let Some(curve) = &self.program.columns[volume].curve else { continue };
            let before = curve.at(self.volumes[volume]);
            self.volumes[volume] += figure * change;
            let after = curve.at(self.volumes[volume]);
            self.cost += after - before;
            for &(row, figure) in &curve.entries {
                self.add(row, figure * (after - before));
            }
        }
    }

    fn add(&mut self, row: usize, change: f64) {
        self.sums[row] += change;
        let before = self.over[row];
        let after = self.over_at(row);
        if before > 0.0 || after > 0.0 {
            self.over[row] = after;
            self.broken = self.broken + usize::from(after > 0.0) - usize::from(before > 0.0);
            // Nothing broken is nothing, whatever sums of floats have left.
            self.excess = if self.broken == 0 { 0.0 } else { self.excess + after - before };
        }
    }
}

/// Units of a block that parts leave unplaced.
pub(crate) fn unplaced(block: &crate::program::Block, parts: &[(usize, u32)]) -> u32 {
    if block.divided {
        u32::from(parts.is_empty())
    } else {
        block.copies.saturating_sub(parts.iter().map(|(_, units)| units).sum())
    }
}
