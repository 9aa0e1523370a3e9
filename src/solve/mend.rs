//! From any selection to one that keeps every rule, and from there to a cheaper one: moves of units, one block or two
//! at a time.

use crate::program::{Block, Program};
use crate::solve::layout::{Layout, Role};
use crate::solve::state::{Parts, State, unplaced};

/// What counts as less, of a cost or an excess.
const LESS: f64 = 1e-9;

/// Ways of improving a selection, within so many changes.
pub(crate) struct Mender<'a> {
    pub(crate) program: &'a Program,
    pub(crate) layout: &'a Layout,
    /// Changes that may be tried.
    pub(crate) budget: u64,
    /// Whether to end after so many changes.
    pub(crate) halt: &'a dyn Fn(u64) -> bool,
}

impl Mender<'_> {
    /// Whether it has done what it may.
    fn is_over(&self, state: &State<'_>) -> bool {
        state.changes > self.budget || (self.halt)(state.changes)
    }

    /// Moves units until every rule holds, each time those that cost least for what they mend; whether it came there.
    pub(crate) fn mend(&self, state: &mut State<'_>) -> bool {
        for _ in 0..60 {
            if state.keeps_all() {
                return true;
            }
            let before = state.excess;
            if !self.pass(state) && !self.swap_pass(state, true) {
                return false;
            }
            state.recount();
            if state.excess >= before * (1.0 - 1e-12) || self.is_over(state) {
                return state.keeps_all();
            }
        }
        state.keeps_all()
    }

    /// Every mending move of every block that has to do with a broken rule, the cheapest for what it mends first.
    fn pass(&self, state: &mut State<'_>) -> bool {
        let broken: Vec<bool> = (0..state.sums.len()).map(|row| state.excess_of(row) > 0.0).collect();
        let mut moves: Vec<(f64, usize, Parts)> = Vec::new();
        for block in 0..self.program.blocks.len() {
            if !self.touches(block, &broken) {
                continue;
            }
            if self.is_over(state) {
                break;
            }
            let old = state.parts[block].clone();
            let (cost, excess) = (state.cost, state.excess);
            let mut best: Option<(f64, Parts)> = None;
            for parts in self.moves(state, block, Some(&broken)) {
                state.replace(block, &parts);
                let mended = excess - state.excess;
                if mended > LESS * excess.max(1e-9) {
                    let price = (state.cost - cost).max(0.0) / mended;
                    if best.as_ref().is_none_or(|(least, _)| price < *least) {
                        best = Some((price, parts));
                    }
                }
            }
            state.replace(block, &old);
            moves.extend(best.map(|(price, parts)| (price, block, parts)));
        }
        moves.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut mended = false;
        for (_, block, parts) in moves {
            let before = state.excess;
            if before <= 0.0 {
                break;
            }
            let old = state.parts[block].clone();
            state.replace(block, &parts);
            if state.excess < before - LESS * before.max(1e-9) {
                mended = true;
            } else {
                state.replace(block, &old);
            }
        }
        mended
    }

    /// Whether any column of a block, or one it feeds, stands in a broken rule.
    fn touches(&self, block: usize, broken: &[bool]) -> bool {
        let columns = self.program.blocks[block].groups.iter().flat_map(|group| &group.columns);
        columns
            .flat_map(|&column| std::iter::once(column).chain(self.layout.feeds[column].iter().map(|feed| feed.column)))
            .any(|column| {
                self.program.columns[column].entries.iter().any(|&(row, _)| match self.layout.roles[row] {
                    Role::Volume(volume) => {
                        let curve = self.program.columns[volume].curve.as_ref();
                        curve.is_some_and(|curve| curve.entries.iter().any(|&(row, _)| broken[row]))
                    }
                    _ => broken[row],
                })
            })
    }

    /// Other parts that a block could have: units of one part at another candidate, or nothing placed.
    fn moves(&self, state: &State<'_>, block: usize, broken: Option<&[bool]>) -> Vec<Parts> {
        let found = &self.program.blocks[block];
        let old = &state.parts[block];
        let mut all: Vec<Parts> = Vec::new();
        for group in &found.groups {
            // A divided block changes to another number of units only as a whole.
            let same_group = old.iter().all(|(column, _)| group.columns.contains(column));
            for &to in group.tried() {
                if !same_group || (found.divided && old.is_empty()) || old.len() > 1 {
                    push(&mut all, old, vec![(to, group.units)]);
                }
                if !same_group {
                    continue;
                }
                for &(from, units) in old {
                    if from == to {
                        continue;
                    }
                    push(&mut all, old, moved(old, from, to, units));
                    if units > 1 {
                        push(&mut all, old, moved(old, from, to, 1));
                        if let Some(broken) = broken {
                            for needed in self.needed(state, broken, from, to, units) {
                                push(&mut all, old, moved(old, from, to, needed));
                            }
                        }
                        if units > 3 {
                            push(&mut all, old, moved(old, from, to, units / 2));
                        }
                    }
                }
                let idle = unplaced(found, old);
                if !found.divided && idle > 0 {
                    push(&mut all, old, added(old, to, idle));
                    if idle > 1 {
                        push(&mut all, old, added(old, to, 1));
                    }
                }
            }
        }
        if found.unplaced.is_some() && !old.is_empty() {
            push(&mut all, old, Parts::new());
            if !found.divided {
                for &(from, units) in old.iter().filter(|(_, units)| *units > 0) {
                    push(&mut all, old, removed(old, from, units));
                    if units > 1 {
                        push(&mut all, old, removed(old, from, 1));
                    }
                }
            }
        }
        all
    }

    /// How many units from one column to another would just mend each broken rule.
    fn needed(&self, state: &State<'_>, broken: &[bool], from: usize, to: usize, units: u32) -> Vec<u32> {
        let figure = |column: usize, row: usize| {
            let entries = &self.program.columns[column].entries;
            entries.iter().find(|(number, _)| *number == row).map_or(0.0, |(_, figure)| *figure)
        };
        let mut all = Vec::new();
        for &(row, here) in &self.program.columns[from].entries {
            if broken[row] {
                let per_unit = here - figure(to, row);
                let over = state.excess_of(row) * self.layout.scale[row];
                if per_unit > 0.0 {
                    let needed = (over / per_unit).ceil();
                    if needed >= 1.0 && needed < f64::from(units) {
                        all.push(needed as u32);
                    }
                }
            }
        }
        all
    }

    /// Moves and swaps that save, until none does.
    pub(crate) fn improve(&self, state: &mut State<'_>) {
        if !state.keeps_all() {
            return;
        }
        for _ in 0..40 {
            let mut saved = false;
            for block in 0..self.program.blocks.len() {
                if self.is_over(state) {
                    return;
                }
                saved |= self.improve_block(state, block);
            }
            if !saved && !self.swap_pass(state, false) {
                break;
            }
            state.recount();
        }
    }

    /// The best saving move of one block.
    fn improve_block(&self, state: &mut State<'_>, block: usize) -> bool {
        let old = state.parts[block].clone();
        let cost = state.cost;
        let mut best: Option<(f64, Parts)> = None;
        for parts in self.moves(state, block, None) {
            state.replace(block, &parts);
            let better = best.as_ref().map_or(cost - saving(cost), |(least, _)| *least);
            if state.excess <= 0.0 && state.cost < better {
                best = Some((state.cost, parts));
            }
        }
        match best {
            Some((_, parts)) => {
                state.replace(block, &parts);
                true
            }
            None => {
                state.replace(block, &old);
                false
            }
        }
    }

    /// Two whole blocks change places, or one makes room for another: those that save, or that mend.
    fn swap_pass(&self, state: &mut State<'_>, mending: bool) -> bool {
        let broken: Vec<bool> = (0..state.sums.len()).map(|row| state.excess_of(row) > 0.0).collect();
        let mut done = false;
        let count = self.program.blocks.len();
        for one in 0..count {
            let Some(here) = whole(&self.program.blocks[one], &state.parts[one]) else { continue };
            if mending && !self.touches(one, &broken) {
                continue;
            }
            for other in 0..count {
                if self.is_over(state) {
                    return done;
                }
                if other == one || (!mending && other < one) {
                    continue;
                }
                let Some(there) = whole(&self.program.blocks[other], &state.parts[other]) else { continue };
                let (old_one, old_other) = (state.parts[one].clone(), state.parts[other].clone());
                let (cost, excess) = (state.cost, state.excess);
                let mut best: Option<(f64, f64, Parts, Parts)> = None;
                // Each goes where the other is: to the candidates that feed and fill what the other's does.
                for to_one in self.like(one, there) {
                    if to_one == here {
                        continue;
                    }
                    let parts_one = vec![(to_one, old_one[0].1)];
                    state.replace(one, &parts_one);
                    for to_other in self.like(other, here) {
                        if to_other == there {
                            continue;
                        }
                        let parts_other = vec![(to_other, old_other[0].1)];
                        state.replace(other, &parts_other);
                        let good = if mending {
                            state.excess < excess - LESS * excess.max(1e-9)
                        } else {
                            state.excess <= 0.0 && state.cost < cost - saving(cost)
                        };
                        let (excess_now, cost_now) = (state.excess, state.cost);
                        let better = best.as_ref().is_none_or(|(e, c, ..)| (excess_now, cost_now) < (*e, *c));
                        if good && better {
                            best = Some((excess_now, cost_now, parts_one.clone(), parts_other));
                        }
                        state.replace(other, &old_other);
                    }
                    state.replace(one, &old_one);
                }
                if let Some((.., parts_one, parts_other)) = best {
                    state.replace(one, &parts_one);
                    state.replace(other, &parts_other);
                    done = true;
                    break;
                }
            }
        }
        done
    }

    /// A block's columns that share a rule or a fed column with another column: candidates at the same place.
    fn like(&self, block: usize, column: usize) -> Vec<usize> {
        let theirs = &self.program.columns[column];
        let shares = |own: usize| {
            let own_entries = &self.program.columns[own].entries;
            let rule = own_entries.iter().any(|(row, _)| {
                matches!(self.layout.roles[*row], Role::Rule | Role::Volume(_))
                    && theirs.entries.iter().any(|(other, _)| other == row)
            });
            rule || self.layout.feeds[own]
                .iter()
                .any(|feed| self.layout.feeds[column].iter().any(|other| other.column == feed.column))
        };
        // A rule over everything makes all alike: then only the cheapest few are tried.
        self.layout.cheapest[block].iter().copied().filter(|&own| shares(own)).take(6).collect()
    }
}

/// The column of a block that is whole in one place.
fn whole(block: &Block, parts: &[(usize, u32)]) -> Option<usize> {
    match parts {
        [(column, _)] if !block.divided => Some(*column),
        _ => None,
    }
}

/// What a move must save to count.
fn saving(cost: f64) -> f64 {
    LESS * cost.abs().max(1e-3)
}

fn push(all: &mut Vec<Parts>, old: &[(usize, u32)], parts: Parts) {
    if parts != old {
        all.push(parts);
    }
}

fn added(old: &[(usize, u32)], to: usize, units: u32) -> Parts {
    let mut parts = old.to_vec();
    match parts.iter_mut().find(|(column, _)| *column == to) {
        Some((_, count)) => *count += units,
        None => parts.push((to, units)),
    }
    parts.sort_unstable();
    parts
}

fn removed(old: &[(usize, u32)], from: usize, units: u32) -> Parts {
    let less =
        old.iter().map(|&(column, count)| (column, if column == from { count - units.min(count) } else { count }));
    less.filter(|(_, count)| *count > 0).collect()
}

fn moved(old: &[(usize, u32)], from: usize, to: usize, units: u32) -> Parts {
    added(&removed(old, from, units), to, units)
}
