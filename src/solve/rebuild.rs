//! Takes some blocks out of a selection and puts them back where they cost least, again and again: steps larger than
//! moves and swaps, for selections in which everything is tight.
//!
//! What is taken out belongs together: blocks that fill one limit or sit at one place, so that a region can be emptied or
//! packed anew. Rules may be broken on the way, at a price that rises while they are and falls while none is. Dearer
//! selections are kept for a while, by less and less, which leads out of selections that no small step improves. The dice
//! are seeded by the caller: two runs are equal.

use crate::program::{Block, ColumnKind, Program};
use crate::solve::layout::{Layout, Role};
use crate::solve::state::{Parts, State};

/// Most blocks taken out at once.
const MOST_OUT: usize = 14;
/// Blocks taken out at once on most steps.
const FEW_OUT: usize = 6;
/// How much dearer than the best a selection may be, at the start, in parts of all cost, and of what a block costs.
const LENIENCE: (f64, f64) = (3e-3, 0.7);
/// Steps in a row that may end far from the best selection.
const AWAY: u32 = 400;
/// What a broken rule counts for beside its excess, in parts of its largest figure.
const BROKEN: f64 = 0.05;
/// How many places a block is tried at when it is put back.
const MOST_PLACES: usize = 24;

/// A search by large steps, within so many changes.
pub(crate) struct Rebuilder<'a> {
    pub(crate) program: &'a Program,
    pub(crate) layout: &'a Layout,
    /// By column: what one unit of it takes from rules that are tight, at the prices of the relaxation.
    pub(crate) scarcity: &'a [f64],
    /// Changes that may be made.
    pub(crate) budget: u64,
    /// Whether to end after so many changes.
    pub(crate) halt: &'a dyn Fn(u64) -> bool,
    pub(crate) seed: u64,
}

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    /// Splitmix64 (Steele, Lea and Flood, 2014).
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.roll() % end.max(1) as u64) as usize
    }
}

impl Rebuilder<'_> {
    /// The best selection that keeps every rule, if one is cheaper than `state` or `state` keeps not all of them.
    pub(crate) fn rebuild(&self, state: &mut State<'_>) -> Option<Vec<Parts>> {
        let mut dice = Dice(self.seed);
        let last = state.changes + self.budget;
        let begun = state.changes;
        let mut best: Option<Vec<Parts>> = None;
        let mut best_cost = if state.keeps_all() { state.cost } else { f64::INFINITY };
        let scale = state.cost.abs().max(1e-3) / self.program.blocks.len().max(1) as f64;
        let mut price = 4.0 * scale;
        let lenience = (LENIENCE.0 * state.cost.abs()).min(LENIENCE.1 * scale);
        let mut choices: Vec<Vec<Parts>> = self.program.blocks.iter().map(|block| self.choices(block)).collect();
        let closed = self.close(state, &mut choices, &mut dice);
        let start = state.parts.clone();
        let mut away = 0;
        while state.changes < last && !(self.halt)(state.changes) {
            let left = (last - state.changes) as f64 / (last - begun) as f64;
            let (out, shut) = self.taken(state, &mut dice);
            let old: Vec<Parts> = out.iter().map(|&block| state.parts[block].clone()).collect();
            let before = self.priced(state, price);
            out.iter().for_each(|&block| state.replace(block, &[]));
            self.put_back(state, &out, &old, &choices, shut, price, &mut dice);
            let after = self.priced(state, price);
            price *= if state.excess > 0.0 { 1.002 } else { 0.998 };
            price = price.clamp(0.3 * scale, 100.0 * scale);
            // Near the best so far a dearer selection will do, too (record-to-record travel, Dueck 1993).
            let near = best_cost + lenience * left;
            if after > before && after > near {
                for (&block, parts) in out.iter().zip(&old) {
                    state.replace(block, parts);
                }
            } else if state.excess <= 0.0 && state.cost < best_cost - 1e-9 * state.cost.abs().max(1e-3) {
                state.recount();
                if state.keeps_all() {
                    best_cost = state.cost;
                    best = Some(state.parts.clone());
                }
            }
            // Too long too far from it: back there.
            away = if after > near { away + 1 } else { 0 };
            if away > AWAY && !closed {
                away = 0;
                let back = best.as_ref().unwrap_or(&start);
                (0..back.len()).for_each(|block| state.replace(block, &back[block]));
                state.recount();
            }
        }
        best
    }

    /// On every third round one place with a fee is closed: what is there goes elsewhere, and stays away for the round. To
    /// empty a place takes more than a step, and pays only once the rest has been packed anew. Whether one is closed.
    fn close(&self, state: &mut State<'_>, choices: &mut [Vec<Parts>], dice: &mut Dice) -> bool {
        let fees: Vec<usize> = (0..self.program.columns.len())
            .filter(|&column| matches!(self.program.columns[column].kind, ColumnKind::Opens { .. }))
            .collect();
        if fees.is_empty() || !self.seed.is_multiple_of(3) {
            return false;
        }
        let fee = fees[(self.seed / 3) as usize % fees.len()];
        let is_there = |parts: &Parts| {
            parts.iter().any(|&(column, _)| self.layout.feeds[column].iter().any(|feed| feed.column == fee))
        };
        for (block, choices) in choices.iter_mut().enumerate() {
            let open = choices.iter().filter(|parts| !is_there(parts)).count();
            if open > 0 {
                choices.retain(|parts| !is_there(parts));
                if is_there(&state.parts[block]) {
                    state.replace(block, &choices[dice.below(open)]);
                }
            }
        }
        state.recount();
        true
    }

    /// The cost of a selection, with a price on broken rules: on each, and on how far it is broken.
    fn priced(&self, state: &State<'_>, price: f64) -> f64 {
        state.cost + price * (state.excess + BROKEN * state.broken as f64)
    }

    /// Places for a whole block, the cheapest ones, or nothing.
    fn choices(&self, block: &Block) -> Vec<Parts> {
        let mut whole: Vec<(f64, usize, u32)> = Vec::new();
        for group in &block.groups {
            let units = if block.divided { group.units } else { block.copies };
            for &column in group.tried() {
                whole.push((self.program.columns[column].cost * f64::from(units), column, units));
            }
        }
        whole.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut all: Vec<Parts> =
            whole.into_iter().take(MOST_PLACES).map(|(_, column, units)| vec![(column, units)]).collect();
        if block.unplaced.is_some() {
            all.push(Parts::new());
        }
        all
    }

    /// Blocks to take out, and perhaps a row whose columns they must not return to.
    fn taken(&self, state: &State<'_>, dice: &mut Dice) -> (Vec<usize>, Option<usize>) {
        let count = self.program.blocks.len();
        let first = dice.below(count);
        let mode = dice.below(30);
        // Mostly few: that costs little, and leads as far.
        let most = 2 + dice.below(if mode < 5 { MOST_OUT } else { FEW_OUT }.min(count.max(3)) - 1);
        let mut out = vec![first];
        let mut shut = None;
        if mode < 20 {
            // All that fills a limit that the first one fills, one after the other while there is room.
            let rows: Vec<usize> = state.parts[first]
                .iter()
                .flat_map(|&(column, _)| &self.program.columns[column].entries)
                .map(|&(row, _)| row)
                .filter(|&row| self.layout.roles[row] == Role::Rule)
                .collect();
            if !rows.is_empty() {
                let row = rows[dice.below(rows.len())];
                let fills = |&block: &usize| {
                    let parts = &state.parts[block];
                    parts.iter().any(|&(column, _)| self.stands_in(column, row))
                };
                let mut there: Vec<usize> = (0..count).filter(|&block| block != first).filter(fills).collect();
                let packed = there.len() < MOST_OUT;
                while !there.is_empty() && (out.len() < most || (packed && mode < 3)) {
                    out.push(there.swap_remove(dice.below(there.len())));
                }
                if packed && mode < 2 {
                    shut = Some(row);
                }
            }
        }
        while out.len() < most.min(count) || (mode < 3 && out.len() < (most + 3).min(count)) {
            let block = dice.below(count);
            if !out.contains(&block) {
                out.push(block);
            }
        }
        (out, shut)
    }

    fn stands_in(&self, column: usize, row: usize) -> bool {
        self.program.columns[column].entries.binary_search_by_key(&row, |entry| entry.0).is_ok()
    }

    /// Puts blocks back one by one: first the one that would lose most by not getting its best place.
    #[expect(clippy::too_many_arguments, reason = "one step of a search, with all that it goes by")]
    fn put_back(
        &self,
        state: &mut State<'_>,
        out: &[usize],
        old: &[Parts],
        choices: &[Vec<Parts>],
        shut: Option<usize>,
        price: f64,
        dice: &mut Dice,
    ) {
        let mut waiting: Vec<usize> = (0..out.len()).collect();
        // Some times in the order of the dice, which costs less and leads elsewhere.
        let hasty = out.len() > FEW_OUT || dice.below(4) > 0;
        // What is scarce is dear, mostly: a place is left to whom it serves best.
        let weight = [0.0, 0.5, 1.0, 1.0][dice.below(4)];
        while !waiting.is_empty() {
            let looked: Vec<usize> = if hasty { vec![dice.below(waiting.len())] } else { (0..waiting.len()).collect() };
            let mut chosen: Option<(f64, usize, Parts)> = None;
            for at in looked {
                let block = out[waiting[at]];
                let own = &old[waiting[at]];
                let (mut first, mut second, mut place) = (f64::INFINITY, f64::INFINITY, None);
                let divided = (own.len() > 1).then_some(own);
                for parts in choices[block].iter().chain(divided) {
                    if shut.is_some_and(|row| parts.iter().any(|&(column, _)| self.stands_in(column, row))) {
                        continue;
                    }
                    // Now and then a place is overlooked.
                    if dice.below(40) == 0 && place.is_some() {
                        continue;
                    }
                    state.replace(block, parts);
                    let scarce: f64 =
                        parts.iter().map(|&(column, units)| self.scarcity[column] * f64::from(units)).sum();
                    let cost = self.priced(state, price) + weight * scarce;
                    if cost < first {
                        (second, first, place) = (first, cost, Some(parts));
                    } else if cost < second {
                        second = cost;
                    }
                }
                state.replace(block, &[]);
                let regret = if second.is_finite() { second - first } else { f64::MAX };
                let parts = place.unwrap_or(own).clone();
                if chosen.as_ref().is_none_or(|(most, ..)| regret > *most) {
                    chosen = Some((regret, at, parts));
                }
            }
            let Some((_, at, parts)) = chosen else { return };
            state.replace(out[waiting[at]], &parts);
            waiting.swap_remove(at);
        }
    }
}
