//! Where to split a case, and how values near whole numbers become a selection.

use crate::problem::CRUMB;
use crate::program::{Block, ColumnKind, Program, RowKind};
use crate::solve::dual::Ranges;
use crate::solve::layout::Layout;
use crate::solve::state::{Parts, unplaced};

/// How far from a whole number a value is not one.
const FRACTION: f64 = 1e-6;
/// The same where nothing else is left to split on: figures that differ by a millionth make values that do.
const FAINT: f64 = 1e-9;

/// Whether a column is in parts so small that it is not split on.
fn is_fine(program: &Program, column: usize) -> bool {
    program.columns[column].most > f64::from(CRUMB) * 100.0
}

/// Whether parts so small are still open.
pub(crate) fn has_fine(program: &Program, ranges: &Ranges) -> bool {
    (0..program.columns.len()).any(|column| {
        ranges.least[column] < ranges.most[column]
            && is_fine(program, column)
            && program.columns[column].curve.is_none()
    })
}

/// Whether every unit is decided.
pub(crate) fn is_decided(program: &Program, ranges: &Ranges) -> bool {
    let of_block = |block: &Block| {
        let columns = block.groups.iter().flat_map(|group| &group.columns).chain(&block.unplaced);
        columns.copied().all(|column| ranges.least[column] >= ranges.most[column])
    };
    program.blocks.iter().all(of_block)
}

/// Whether values of a linear program are a selection: whole where they must be, and every volume on its tariff.
pub(crate) fn is_settled(program: &Program, ranges: &Ranges, values: &[f64], hull: &[f64]) -> bool {
    program.columns.iter().enumerate().all(|(number, column)| match &column.curve {
        Some(curve) => {
            let cost = curve.at(values[number]);
            (cost - hull[number]).abs() <= 1e-7 * cost.abs().max(1e-3)
                || step_inside(program, ranges, number, values[number]).is_none()
        }
        None => is_fine(program, number) || (values[number] - values[number].round()).abs() <= FRACTION,
    })
}

/// The step of a tariff inside a range that is nearest to a volume.
fn step_inside(program: &Program, ranges: &Ranges, column: usize, volume: f64) -> Option<f64> {
    let curve = program.columns[column].curve.as_ref()?;
    let room = 1e-9 * (1.0 + volume.abs());
    let inside = curve.points.iter().map(|point| point.0);
    let inside = inside.filter(|&point| point > ranges.least[column] + room && point < ranges.most[column] - room);
    inside.min_by(|a, b| (a - volume).abs().total_cmp(&(b - volume).abs()))
}

/// In which order kinds of columns are split on: what decides most comes first.
fn rank(kind: ColumnKind) -> u32 {
    match kind {
        ColumnKind::Meets { .. } => 0,
        ColumnKind::Opens { .. } => 1,
        ColumnKind::Uses { .. } => 2,
        ColumnKind::Floors { .. } => 3,
        ColumnKind::Bought { .. } | ColumnKind::Unplaced { .. } => 4,
        ColumnKind::Runs { .. } | ColumnKind::Stores { .. } | ColumnKind::Hosts { .. } => 5,
        ColumnKind::Counts { .. } => 6,
        ColumnKind::Units { .. } => 7,
        ColumnKind::Volume { .. } => 8,
    }
}

/// The column to split on, and where, from values of a relaxation.
pub(crate) fn choose(program: &Program, ranges: &Ranges, values: &[f64], linear: bool) -> Option<(usize, f64)> {
    if !linear {
        let opens = opening(program, ranges, values);
        return opens.or_else(|| by_answers(program, ranges, values)).or_else(|| volume(program, ranges, values));
    }
    split_of(program, ranges, values, FRACTION)
        .or_else(|| volume(program, ranges, values))
        .or_else(|| split_of(program, ranges, values, FAINT))
}

/// The column that is farthest from whole, of those that decide most, and where it is split.
fn split_of(program: &Program, ranges: &Ranges, values: &[f64], fraction: f64) -> Option<(usize, f64)> {
    let mut best: Option<(u32, f64, usize)> = None;
    for (number, column) in program.columns.iter().enumerate() {
        let (least, most) = (ranges.least[number], ranges.most[number]);
        if least >= most || column.curve.is_some() || is_fine(program, number) {
            continue;
        }
        let part = (values[number] - values[number].floor()).min(values[number].ceil() - values[number]);
        if part <= fraction {
            continue;
        }
        // The nearest to a half; of wide columns the part that they are of their whole.
        let rank = rank(column.kind);
        let better =
            best.is_none_or(|(other, most_part, _)| rank < other || (rank == other && part > most_part + 1e-9));
        if better {
            best = Some((rank, part, number));
        }
    }
    let (_, _, column) = best?;
    Some((column, values[column].floor().clamp(ranges.least[column], ranges.most[column] - 1.0)))
}

/// The tariff that a linear program makes most too cheap, by taking it for the hull of its steps: a step to split it at,
/// and by how much all tariffs are too cheap.
pub(crate) fn too_cheap(program: &Program, ranges: &Ranges, values: &[f64], hull: &[f64]) -> Option<(usize, f64, f64)> {
    let mut worst: Option<(usize, f64, f64)> = None;
    let mut all = 0.0;
    for (number, column) in program.columns.iter().enumerate() {
        let Some(curve) = &column.curve else { continue };
        let missing = curve.at(values[number]) - hull[number];
        all += missing.max(0.0);
        if missing > 0.0
            && worst.is_none_or(|(.., most)| missing > most)
            && let Some(step) = step_inside(program, ranges, number, values[number])
        {
            worst = Some((number, step, missing));
        }
    }
    worst.map(|(number, step, _)| (number, step, all))
}

/// A step of a tariff near a volume.
fn volume(program: &Program, ranges: &Ranges, values: &[f64]) -> Option<(usize, f64)> {
    let columns = (0..program.columns.len()).filter(|&column| program.columns[column].curve.is_some());
    let mut best: Option<(f64, usize, f64)> = None;
    for column in columns {
        let Some(step) = step_inside(program, ranges, column, values[column]) else { continue };
        let far = (step - values[column]).abs() / (1.0 + step);
        if best.is_none_or(|(nearest, ..)| far < nearest) {
            best = Some((far, column, step));
        }
    }
    best.map(|(_, column, step)| (column, step))
}

/// A fee whose answers disagree: what is open decides more than any block.
fn opening(program: &Program, ranges: &Ranges, values: &[f64]) -> Option<(usize, f64)> {
    let open = |&column: &usize| {
        matches!(program.columns[column].kind, ColumnKind::Opens { .. }) && ranges.least[column] < ranges.most[column]
    };
    let part = |column: usize| values[column].min(1.0 - values[column]);
    let columns = (0..program.columns.len()).filter(open).filter(|&column| part(column) > 0.02);
    let column = columns.max_by(|&a, &b| part(a).total_cmp(&part(b)).then(b.cmp(&a)))?;
    Some((column, 0.0))
}

/// The block whose answers disagree most, at the candidate they name most.
fn by_answers(program: &Program, ranges: &Ranges, values: &[f64]) -> Option<(usize, f64)> {
    let mut best: Option<(f64, usize)> = None;
    for block in &program.blocks {
        let open = |column: usize| ranges.least[column] < ranges.most[column] && !is_fine(program, column);
        let columns = block.groups.iter().flat_map(|group| &group.columns).copied();
        let units = f64::from(block.groups.iter().map(|group| group.units).max().unwrap_or(1)).max(1.0);
        let (mut sum, mut largest, mut at) = (0.0, -1.0, None);
        for column in columns {
            let part = values[column] / units;
            sum += part;
            if open(column) && part > largest {
                (largest, at) = (part, Some(column));
            }
        }
        let Some(column) = at else { continue };
        let disagree = (1.0 - largest) + (1.0_f64 - sum).abs() + 1e-6;
        if best.is_none_or(|(most, _)| disagree > most + 1e-12) {
            best = Some((disagree, column));
        }
    }
    best.map(|(_, column)| {
        let at = (values[column] - 0.5).ceil() - 1.0;
        (column, at.max(0.0).clamp(ranges.least[column], (ranges.most[column] - 1.0).max(ranges.least[column])))
    })
}

/// Any column that is not decided yet: for cases that nothing guides.
pub(crate) fn any(program: &Program, ranges: &Ranges) -> Option<(usize, f64)> {
    let open = |column: &usize| ranges.least[*column] < ranges.most[*column];
    let columns = (0..program.columns.len()).filter(open).filter(|&column| program.columns[column].curve.is_none());
    let column =
        columns.min_by_key(|&column| (is_fine(program, column), rank(program.columns[column].kind), column))?;
    let middle = ((ranges.least[column] + ranges.most[column]) / 2.0).floor();
    Some((column, middle.clamp(ranges.least[column], ranges.most[column] - 1.0)))
}

/// Values of all columns that parts of blocks make.
pub(crate) fn values_of(program: &Program, layout: &Layout, parts: &[Parts]) -> Vec<f64> {
    let mut values = vec![0.0; program.columns.len()];
    for (block, parts) in program.blocks.iter().zip(parts) {
        if let Some(column) = block.unplaced {
            values[column] = f64::from(unplaced(block, parts));
        }
        let mut fed: Vec<(usize, u32, u32)> = Vec::new();
        for &(column, units) in parts {
            values[column] += f64::from(units);
            for feed in &layout.feeds[column] {
                match fed.iter_mut().find(|entry| entry.0 == feed.column) {
                    Some(entry) => entry.2 += units,
                    None => fed.push((feed.column, feed.crumb, units)),
                }
            }
        }
        for (column, _, _) in fed.into_iter().filter(|(_, crumb, units)| units > crumb) {
            values[column] = 1.0;
        }
    }
    // What rows add up: counts of units, volumes.
    for found in &program.rows {
        let adds_up = matches!(found.kind, RowKind::Counts { .. } | RowKind::Volume { .. });
        let Some(&(sum, _)) = found.entries.iter().find(|(_, figure)| adds_up && *figure < -0.5) else { continue };
        let others = found.entries.iter().filter(|(column, _)| *column != sum);
        values[sum] = others.map(|&(column, figure)| figure * values[column]).sum();
    }
    values
}

/// Each block's parts nearest to values: a whole number of units, all of them placed, or none.
///
/// Where the values place too much or too little, `average` says where units belong.
pub(crate) fn rounded(program: &Program, values: &[f64], average: &[f64]) -> Vec<Parts> {
    program.blocks.iter().map(|block| rounded_block(program, block, values, average)).collect()
}

fn rounded_block(program: &Program, block: &Block, values: &[f64], average: &[f64]) -> Parts {
    if block.divided {
        let sum = |group: &crate::program::Group| {
            let units = f64::from(group.units).max(1.0);
            group.columns.iter().map(|&column| values[column] / units).sum::<f64>()
        };
        let most = block.groups.iter().map(sum).fold(0.0, f64::max);
        if block.unplaced.is_some_and(|column| values[column] > most.max(0.5)) {
            return Parts::new();
        }
        let group = block.groups.iter().find(|group| sum(group) >= most - 1e-12);
        return group
            .map_or_else(Parts::new, |group| apportioned(program, &group.columns, group.units, values, average));
    }
    let mut columns: Vec<usize> = block.groups.iter().flat_map(|group| &group.columns).copied().collect();
    columns.extend(block.unplaced);
    let parts = apportioned(program, &columns, block.copies, values, average);
    parts.into_iter().filter(|(column, _)| Some(*column) != block.unplaced).collect()
}

/// Whole units near the values, adding up to all: the largest rests first; what is missing goes to the best average.
fn apportioned(program: &Program, columns: &[usize], units: u32, values: &[f64], average: &[f64]) -> Parts {
    let Some(&first) = columns.first() else { return Parts::new() };
    let mut parts: Vec<(usize, u32, f64)> = Vec::with_capacity(columns.len());
    let mut left = i64::from(units);
    for &column in columns {
        let value = values[column].clamp(0.0, f64::from(units));
        let whole = (value + FRACTION).floor();
        parts.push((column, whole as u32, value - whole));
        left -= whole as i64;
    }
    // Too many: those that the average wants least give way.
    while left < 0 {
        let placed = parts.iter_mut().filter(|part| part.1 > 0);
        let Some(part) = placed.min_by(|a, b| average[a.0].total_cmp(&average[b.0])) else { break };
        let given = i64::from(part.1).min(-left);
        part.1 -= given as u32;
        left += given;
    }
    parts.sort_by(|a, b| b.2.total_cmp(&a.2).then(average[b.0].total_cmp(&average[a.0])).then(a.0.cmp(&b.0)));
    for part in &mut parts {
        if left > 0 && part.2 > FRACTION {
            part.1 += 1;
            left -= 1;
        }
    }
    if left > 0 {
        let wanted = columns.iter().copied().max_by(|&a, &b| {
            let cheaper = program.columns[b].cost.total_cmp(&program.columns[a].cost);
            average[a].total_cmp(&average[b]).then(cheaper).then(b.cmp(&a))
        });
        let wanted = wanted.unwrap_or(first);
        if let Some(part) = parts.iter_mut().find(|part| part.0 == wanted) {
            part.1 += left as u32;
        }
    }
    let mut parts: Parts = parts.into_iter().filter(|part| part.1 > 0).map(|part| (part.0, part.1)).collect();
    parts.sort_unstable();
    parts
}

/// Multipliers of placements to start from: what the second cheapest candidate costs, a fee shared out.
pub(crate) fn prices_of_places(program: &Program) -> Vec<f64> {
    let mut multipliers = vec![0.0; program.rows.len()];
    for (number, row) in program.rows.iter().enumerate() {
        if !matches!(row.kind, crate::program::RowKind::Place { .. }) {
            continue;
        }
        let mut costs: Vec<f64> = row
            .entries
            .iter()
            .filter(|(column, _)| matches!(program.columns[*column].kind, ColumnKind::Units { .. }))
            .map(|&(column, _)| program.columns[column].cost)
            .collect();
        costs.sort_by(f64::total_cmp);
        if let Some(second) = costs.get(1).or(costs.first()) {
            multipliers[number] = -second;
        }
    }
    multipliers
}
