//! From a plan to a cheaper one in exact arithmetic: one workload at a time to another candidate, as long as that saves
//! on the real bill and keeps every row.
//!
//! The program prices tiers and allowances approximately and sees rows through floats. What it misses for that is
//! often one move away: an allowance that nobody uses, or a limit kept to the last digit.

use crate::plan::Method;
use crate::problem::{Problem, Selection, Standing};
use crate::solve::Found;

/// Work of a polish: moves tried × (workloads + tariffs + rows).
const WORK: usize = 20_000_000;

/// The same plan, or a cheaper one; a workload moves as a whole, and one that was divided may end at one place.
pub(crate) fn polished(problem: &Problem, mut found: Found) -> Found {
    let start = found.selection.clone();
    let size = problem.blocks.len() + problem.catalog.tariffs().len() + problem.rows.len();
    let mut moves = WORK / size.max(1);
    loop {
        let before = found.standing.cost;
        for block in 0..problem.blocks.len() {
            if !best_move(problem, &mut found, block, &mut moves) {
                return renamed(found, &start);
            }
        }
        if found.standing.cost == before {
            return renamed(found, &start);
        }
    }
}

/// A plain minimum that was moved is no longer one.
fn renamed(found: Found, start: &Selection) -> Found {
    let moved = found.method == Method::PlainMinimum && found.selection != *start;
    Found { method: if moved { Method::Repair } else { found.method }, ..found }
}

/// Takes the cheapest move of one workload that saves and keeps every row; `false` once no moves are left to try.
fn best_move(problem: &Problem, found: &mut Found, block: usize, moves: &mut usize) -> bool {
    let mut best = found.selection.parts[block].clone();
    for &number in &problem.blocks[block].undominated {
        if *moves == 0 {
            break;
        }
        let candidate = &problem.blocks[block].candidates[number];
        *moves -= 1;
        let whole = vec![(number, candidate.units())];
        found.selection.parts[block].clone_from(&whole);
        let Some(standing) = Standing::of(problem, &found.selection) else { continue };
        if standing.cost < found.standing.cost && standing.keeps_all(problem) {
            best = whole;
            found.standing = standing;
        }
    }
    found.selection.parts[block] = best;
    *moves > 0
}
