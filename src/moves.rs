//! What differs between two plans, or between what runs now and a plan: what moves, and what it costs before and after.
//!
//! Two [`Footprint`]s in, a [`Difference`] out, data only. A workload is listed if it runs elsewhere or is charged
//! differently; its saving is that of its own lines. What the accounts' tiers, allowances and fees change belongs to no
//! workload and is listed by itself, so that all savings add up: a bill that rises from 614.00 to 697.00 does so by 73.00
//! for a machine that got dearer and by 10.00 for an allowance that is gone.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::catalog::{Name, Terms};
use crate::money::Amount;
use crate::plan::{Bill, Cost, Line, LineCategory, Placement, Plan};
use crate::units::Share;

/// What runs, and what it is billed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Footprint {
    /// Currency of every amount.
    pub currency: Name,
    /// What runs where.
    pub placements: Vec<Placement>,
    /// What it costs.
    pub bill: Bill,
    /// Workloads that run somewhere that has no price, so that their cost is missing.
    pub unpriced: Vec<Name>,
}

impl From<&Plan> for Footprint {
    fn from(plan: &Plan) -> Self {
        Footprint {
            currency: plan.currency.clone(),
            placements: plan.placements.clone(),
            bill: plan.bill.clone(),
            unpriced: Vec::new(),
        }
    }
}

/// A place that a workload or a part of it uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Spot {
    /// The provider.
    pub provider: Name,
    /// The region, without its provider.
    pub region: Name,
    /// The SKU; `None` where flat rates or a given option are used.
    pub sku: Option<Name>,
    /// The terms, likewise.
    pub terms: Option<Terms>,
    /// The number of the given option, from 1.
    pub option: Option<u32>,
    /// Copies of the workload.
    pub copies: u32,
    /// Machines.
    pub replicas: u32,
    /// The part of these machines, or of the usage, that is bought; `None` for all of it.
    pub part: Option<Share>,
}

impl From<&Placement> for Spot {
    fn from(placement: &Placement) -> Self {
        Spot {
            provider: placement.provider.clone(),
            region: placement.region.clone(),
            sku: placement.sku.clone(),
            terms: placement.terms,
            option: placement.option,
            copies: placement.copies,
            replicas: placement.replicas,
            part: placement.part(),
        }
    }
}

/// Who a charge is for and what it is, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LineChange {
    /// Kind of cost.
    pub category: LineCategory,
    /// What is charged.
    pub what: String,
    /// The offer or tariff the price comes from.
    pub source: String,
    /// Before; `None` where it was not charged.
    pub before: Option<Amount>,
    /// After; `None` where it is not charged any more.
    pub after: Option<Amount>,
}

/// What becomes of a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fate {
    /// It runs elsewhere, on something else, or divided differently.
    Moves,
    /// It runs where it ran and is charged differently.
    Repriced,
    /// It did not run before.
    Starts,
    /// It does not run any more.
    Ends,
    /// It ran somewhere that has no price.
    Unpriced,
}

impl Fate {
    /// As reports write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Fate::Moves => "moves",
            Fate::Repriced => "repriced",
            Fate::Starts => "starts",
            Fate::Ends => "ends",
            Fate::Unpriced => "unpriced",
        }
    }
}

/// A workload that changes.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Move {
    /// The workload.
    pub workload: Name,
    /// What becomes of it.
    pub fate: Fate,
    /// Where it ran, sorted.
    pub from: Vec<Spot>,
    /// Where it runs, sorted.
    pub to: Vec<Spot>,
    /// What its own lines cost before.
    pub before: Cost,
    /// What they cost after.
    pub after: Cost,
    /// Before less after: below zero where it costs more. `None` where it ran without a price.
    pub saving: Option<Amount>,
    /// Whether it moves for less than the least saving that was asked for. Marks, and changes nothing.
    pub below_minimum: bool,
    /// The charges that differ.
    pub lines: Vec<LineChange>,
}

/// All that differs.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// Currency of every amount.
    pub currency: Name,
    /// The bill before.
    pub before: Cost,
    /// The bill after.
    pub after: Cost,
    /// Before less after.
    pub saving: Amount,
    /// The least saving that was asked for.
    pub min_saving: Option<Amount>,
    /// Workloads that change, those that save most first.
    pub moves: Vec<Move>,
    /// Tiers, allowances and fees that change; they belong to the account.
    pub account: Vec<LineChange>,
}

impl Difference {
    /// Whether nothing changes at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty() && self.account.is_empty() && self.before == self.after
    }
}

/// Why two footprints cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Incomparable {
    /// They are in two currencies.
    TwoCurrencies(Name, Name),
    /// A sum is beyond what can be kept exactly.
    AmountTooLarge,
}

impl fmt::Display for Incomparable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Incomparable::TwoCurrencies(one, other) => {
                write!(f, "one side is in {one}, the other in {other}; plan both by price books of one currency")
            }
            Incomparable::AmountTooLarge => f.write_str("a sum is beyond what can be kept exactly"),
        }
    }
}

impl std::error::Error for Incomparable {}

/// What differs from `before` to `after`. Moves that save less than `min_saving` are marked.
///
/// # Errors
/// [`Incomparable`], where there is no answer.
pub fn difference(
    before: &Footprint,
    after: &Footprint,
    min_saving: Option<Amount>,
) -> Result<Difference, Incomparable> {
    if before.currency != after.currency {
        return Err(Incomparable::TwoCurrencies(before.currency.clone(), after.currency.clone()));
    }
    let mut moves = Vec::new();
    for (name, parts) in parts(before, after) {
        let unpriced = before.unpriced.contains(name) || after.unpriced.contains(name);
        moves.extend(change(name, parts, unpriced, min_saving).ok_or(Incomparable::AmountTooLarge)?);
    }
    // Those that save most first; equal ones stay in the order of their names.
    moves.sort_by_key(|found: &Move| std::cmp::Reverse(found.saving));
    let account = |bill: &'_ Bill| -> Vec<Line> { bill.adjustments.iter().chain(&bill.fees).cloned().collect() };
    let account = line_changes(&account(&before.bill), &account(&after.bill), |line| &line.what)
        .ok_or(Incomparable::AmountTooLarge)?;
    let saving = before.bill.total().minus(after.bill.total()).ok_or(Incomparable::AmountTooLarge)?;
    Ok(Difference {
        currency: before.currency.clone(),
        before: before.bill.cost,
        after: after.bill.cost,
        saving,
        min_saving,
        moves,
        account,
    })
}

/// The parts of each workload, before and after.
fn parts<'a>(before: &'a Footprint, after: &'a Footprint) -> BTreeMap<&'a Name, [Vec<&'a Placement>; 2]> {
    let mut parts: BTreeMap<&Name, [Vec<&Placement>; 2]> = BTreeMap::new();
    for (side, footprint) in [before, after].into_iter().enumerate() {
        for placement in &footprint.placements {
            parts.entry(&placement.workload).or_default()[side].push(placement);
        }
    }
    parts
}

/// What becomes of a workload; the inner `None` where nothing does, the outer one beyond the range of amounts.
fn change(
    workload: &Name,
    parts: [Vec<&Placement>; 2],
    unpriced: bool,
    min_saving: Option<Amount>,
) -> Option<Option<Move>> {
    let [from, to] = parts.each_ref().map(|parts| spots(parts.iter().copied()));
    let charged =
        parts.each_ref().map(|parts| -> Vec<Line> { parts.iter().flat_map(|part| &part.lines).cloned().collect() });
    // What is charged tells how many machines there are: it changes with them, and is no part of what a line is.
    let lines = line_changes(&charged[0], &charged[1], |_| "")?;
    if from == to && lines.is_empty() {
        return Some(None);
    }
    let sum = |parts: &[&Placement]| parts.iter().try_fold(Cost::default(), |sum, part| sum.plus(part.cost));
    let (before, after) = (sum(&parts[0])?, sum(&parts[1])?);
    let fate = match (from.is_empty(), to.is_empty()) {
        (true, _) | (_, true) if unpriced => Fate::Unpriced,
        (true, _) => Fate::Starts,
        (_, true) => Fate::Ends,
        _ if from == to => Fate::Repriced,
        _ => Fate::Moves,
    };
    let saving = before.total.minus(after.total)?;
    let below_minimum = fate == Fate::Moves && min_saving.is_some_and(|least| saving < least);
    let saving = (fate != Fate::Unpriced).then_some(saving);
    Some(Some(Move { workload: workload.clone(), fate, from, to, before, after, saving, below_minimum, lines }))
}

/// The places of a workload's parts, sorted: the order of parts says nothing.
pub(crate) fn spots<'a>(parts: impl Iterator<Item = &'a Placement>) -> Vec<Spot> {
    let mut spots: Vec<Spot> = parts.map(Spot::from).collect();
    spots.sort();
    spots
}

/// The charges that differ, by kind, by what their price comes from and by what else tells them apart; `None` beyond the
/// range of amounts.
fn line_changes(before: &[Line], after: &[Line], apart: impl Fn(&Line) -> &str) -> Option<Vec<LineChange>> {
    let mut sums: BTreeMap<(LineCategory, &str, &str), [Option<(&str, Amount)>; 2]> = BTreeMap::new();
    for (side, lines) in [before, after].into_iter().enumerate() {
        for line in lines {
            let sum = &mut sums.entry((line.category, &line.source, apart(line))).or_default()[side];
            let so_far = sum.map_or(Amount::ZERO, |(_, amount)| amount);
            *sum = Some((&line.what, so_far.plus(line.amount)?));
        }
    }
    let amount = |side: Option<(&str, Amount)>| side.map(|(_, amount)| amount);
    let changed = sums.into_iter().filter(|(_, [before, after])| amount(*before) != amount(*after));
    let changes = changed.map(|((category, source, _), [before, after])| LineChange {
        category,
        what: match [before, after] {
            [Some((before, _)), Some((after, _))] if before != after => format!("{before} → {after}"),
            [before, after] => after.or(before).map_or(String::new(), |(what, _)| what.to_owned()),
        },
        source: source.to_owned(),
        before: amount(before),
        after: amount(after),
    });
    // What costs nothing on either side is no change of a bill.
    Some(changes.filter(|change| [change.before, change.after].iter().flatten().any(|&a| a != Amount::ZERO)).collect())
}
