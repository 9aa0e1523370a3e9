//! What a review page says, apart from how it is written: sections of words, cards, bars and tables. HTML and Markdown
//! are two ways to write the same page.

use crate::explain::{Move, Review};
use crate::money::Amount;
use crate::plan::{Extent, Known, LimitUse, Node, Plan, Policy, PolicyKind};
use crate::report::explain_text::{extent_text, outcome_text, percent, saves_text, signed};
use crate::report::plan_text::{cost_cells, is_idle, machines, percent_of, policy_verdict};
use crate::report::proof_text::{counted, gap_text, grouped, proof_sentence, status_sentence};
use crate::report::review_costs;
use crate::report::table::Align;
use crate::units::{Share, Total};

/// Workloads that have a bar of their own.
pub(super) const MOST_BARS: usize = 20;

/// Rows of a table that are seen at once; thousands are looked up, not read.
pub(super) const MOST_ROWS: usize = 50;

/// A page.
pub(super) struct Page {
    pub(super) title: String,
    pub(super) subtitle: String,
    /// The bill, in words of its own size.
    pub(super) figure: String,
    pub(super) claim: String,
    pub(super) sections: Vec<Section>,
}

pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) pieces: Vec<Piece>,
}

pub(super) enum Piece {
    Words(String),
    Warning(String),
    Cards(Vec<Card>),
    Bars(Bars),
    Grid(Grid),
}

/// A figure with a title and a note.
pub(super) struct Card {
    pub(super) title: String,
    pub(super) figure: String,
    pub(super) note: String,
}

/// Bars of one scale, each of parts by kind of cost.
pub(super) struct Bars {
    pub(super) title: &'static str,
    pub(super) rows: Vec<Bar>,
    pub(super) note: Option<&'static str>,
}

pub(super) struct Bar {
    pub(super) label: String,
    /// By kind, in the order of [`KINDS`].
    pub(super) parts: [Amount; 5],
    pub(super) total: Amount,
    /// Of all.
    pub(super) share: String,
    /// Whether it stands for all that have no bar of their own: drawn to scale, it would leave them none.
    pub(super) is_rest: bool,
}

/// Kinds of cost as charts name them.
pub(super) const KINDS: [&str; 5] = ["Compute", "Storage", "Network", "Given options", "Fees"];

pub(super) struct Grid {
    pub(super) header: Vec<(&'static str, Align)>,
    pub(super) rows: Vec<Vec<Cell>>,
}

pub(super) enum Cell {
    Text(String),
    /// Words of the page, in which names stand in backticks.
    Words(String),
    /// A share of a bound in 10⁻⁶, with its words.
    Use(u32, String),
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl Grid {
    fn new(header: &[(&'static str, Align)]) -> Grid {
        Grid { header: header.to_vec(), rows: Vec::new() }
    }

    fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into_iter().map(Cell::from).collect());
    }

    /// Without the columns that are empty throughout.
    fn dense(mut self) -> Piece {
        let is_empty = |cell: &Cell| matches!(cell, Cell::Text(text) if text.is_empty());
        for column in (0..self.header.len()).rev() {
            if self.rows.iter().all(|row| row.get(column).is_none_or(is_empty)) {
                self.header.remove(column);
                for row in &mut self.rows {
                    if column < row.len() {
                        row.remove(column);
                    }
                }
            }
        }
        Piece::Grid(self)
    }
}

/// The page of a plan and its review.
pub(super) fn page(plan: &Plan, review: &Review) -> Page {
    let name = if plan.scenario.is_empty() { "This scenario" } else { &plan.scenario };
    let sections = [
        summary(plan, review),
        review_costs::costs(plan, review),
        limits(plan, review),
        moves(plan, review),
        placements(plan),
        dependence(plan, review),
        proof(plan, review),
        assumptions(plan, review),
    ];
    Page {
        title: name.to_owned(),
        subtitle: format!("Plan for a month, in {}; as of {}", plan.currency, review.as_of),
        figure: format!("{} {}", plan.bill.total().in_cents(), plan.currency),
        claim: proof_sentence(plan),
        sections: sections.into_iter().flatten().collect(),
    }
}

fn summary(plan: &Plan, review: &Review) -> Option<Section> {
    let mut pieces = Vec::new();
    if let Some(sentence) = status_sentence(plan.status) {
        pieces.push(Piece::Warning(format!("{sentence}.")));
    }
    let old = review.books.iter().filter(|book| book.is_old()).count();
    if old > 0 {
        let books = counted(old, "price book");
        let verb = if old == 1 { "is" } else { "are" };
        pieces.push(Piece::Warning(format!("{books} {verb} old or without a date: see Assumptions.")));
    }
    let cards: Vec<Card> = plan.policies.iter().map(|policy| policy_card(policy, plan)).collect();
    if !cards.is_empty() {
        pieces.push(Piece::Cards(cards));
    }
    if !plan.unplaced.is_empty() {
        let mut grid = Grid::new(&[("Not placed", Align::Left), ("Copies", Align::Right), ("Worth", Align::Right)]);
        for unplaced in &plan.unplaced {
            grid.row([unplaced.workload.to_string(), unplaced.copies.to_string(), unplaced.value.in_cents()]);
        }
        pieces.push(grid.dense());
    }
    let size = plan.size;
    let placed = match plan.unplaced.is_empty() {
        true => counted(size.workloads, "workload"),
        false => format!("{} of {}", grouped(review.workloads.len()), counted(size.workloads, "workload")),
    };
    let mut words = format!(
        "{placed} on {}, chosen among {} eligible offers",
        counted(plan.bill.by_provider.len(), "provider"),
        Total::from_units(i128::try_from(size.candidates).unwrap_or_default() * 10_i128.pow(24)).in_short(),
    );
    if !review.moves.is_empty() {
        let moving = review.moves.iter().filter(|moved| !moved.stays).count();
        let all = grouped(review.moves.len());
        words.push_str(&format!("; {} of {all} that run now would move", grouped(moving)));
    }
    words.push('.');
    pieces.push(Piece::Words(words));
    Some(Section { title: "Summary", pieces })
}

fn policy_card(policy: &Policy, plan: &Plan) -> Card {
    let title = match policy.kind {
        PolicyKind::DocumentedRules => "Against the documented rules".to_owned(),
        PolicyKind::SingleProvider => {
            format!("Against a single provider ({})", policy.provider.as_deref().unwrap_or("none"))
        }
        PolicyKind::Stay => "Against today".to_owned(),
    };
    let idle = policy.cost == Amount::ZERO && !policy.unserved.is_empty();
    match policy.saving {
        Some(Amount::ZERO) => Card { title, figure: policy.cost.in_cents(), note: policy_verdict(policy, plan) },
        Some(saving) => Card {
            title,
            figure: match Amount::ZERO.minus(saving) {
                Some(more) if more > Amount::ZERO => format!("{} more", more.in_cents()),
                _ => format!("{} less ({})", saving.in_cents(), percent_of(saving, policy.cost)),
            },
            note: format!("instead of {} {}", policy.cost.in_cents(), plan.currency),
        },
        None if idle => Card { title, figure: "no plan".to_owned(), note: policy_verdict(policy, plan) },
        None => Card {
            title,
            figure: policy.cost.in_cents(),
            note: format!("would be no plan, so nothing is claimed: {}", policy_verdict(policy, plan)),
        },
    }
}

fn limits(plan: &Plan, review: &Review) -> Option<Section> {
    use Align::{Left, Right};
    if plan.limits.is_empty() {
        return None;
    }
    let mut grid =
        Grid::new(&[("Limit", Left), ("Of", Left), ("Sum", Left), ("Used", Right), ("Bound", Right), ("Use", Left)]);
    let mut idle = 0;
    for limit in &plan.limits {
        if is_idle(limit) {
            idle += 1;
            continue;
        }
        let figure = |total: Total| extent_text(Extent::Absolute(total), &*limit.sum == "cost");
        let sign = if limit.at_least { "≥" } else { "≤" };
        let bound = match limit.share {
            Some(share) => format!("{sign} {} ({share})", figure(limit.limit)),
            None => format!("{sign} {}", figure(limit.limit)),
        };
        let mut cells: Vec<Cell> = [
            limit.name.to_string(),
            limit.of.as_ref().map(ToString::to_string).unwrap_or_default(),
            if limit.direct_only { format!("{}, direct lines", limit.sum) } else { limit.sum.to_string() },
            figure(limit.used),
            bound,
        ]
        .map(Cell::from)
        .into();
        cells.push(use_of(limit));
        grid.rows.push(cells);
    }
    let mut pieces = vec![
        Piece::Words("How far each limit is used. What must be reached (≥) has no use beyond that.".to_owned()),
        grid.dense(),
    ];
    if idle > 0 {
        pieces.push(Piece::Words(format!("Nothing is used in {}.", counted(idle, "other row"))));
    }
    pieces.extend(raises(review));
    Some(Section { title: "Limits", pieces })
}

/// What more room for each limit saves; a limit has one raise for all its rows.
fn raises(review: &Review) -> Vec<Piece> {
    use Align::{Left, Right};
    let mut grid = Grid::new(&[
        ("Limit", Left),
        ("From", Right),
        ("To", Right),
        ("Saves", Right),
        ("At most, by the proof", Right),
    ]);
    for limit in &review.explained.limits {
        let Some(step) = &limit.raised else { continue };
        let sign = if step.at_least { "≥" } else { "≤" };
        let [from, to] = [step.from, step.to].map(|extent| format!("{sign} {}", extent_text(extent, step.money)));
        let ceiling = limit.ceiling.map_or("not known".to_owned(), |most| most.max(Amount::ZERO).in_cents());
        grid.row([limit.name.to_string(), from, to, saves_text(limit), ceiling]);
    }
    if grid.rows.is_empty() {
        return Vec::new();
    }
    let words = format!(
        "What {} more room for a limit alone, in all its rows, would save a month: at most (≤) is raised, at least (≥) is \
         lowered, what is counted in whole things by one of them at least. Re-solved, and at most by the plan’s own proof, \
         recomputed against the changed limit.",
        review.explained.step
    );
    vec![Piece::Words(words), grid.dense()]
}

/// How much of a bound is used; what must be reached is, so that nothing of it is drawn.
fn use_of(limit: &LimitUse) -> Cell {
    let binds = if limit.slack == Total::ZERO { "binds" } else { "" };
    if limit.at_least {
        return Cell::Text(if binds.is_empty() { "reached" } else { binds }.to_owned());
    }
    let (part, whole) = (limit.used.units(), limit.limit.units());
    if whole <= 0 {
        return Cell::Text(binds.to_owned());
    }
    let parts = part.checked_mul(1_000_000).map_or(part / (whole / 1_000_000).max(1), |product| product / whole);
    let parts = u32::try_from(parts.clamp(0, 1_000_000)).unwrap_or_default();
    Cell::Use(parts, if binds.is_empty() { percent(parts) } else { binds.to_owned() })
}

fn moves(plan: &Plan, review: &Review) -> Option<Section> {
    use Align::{Left, Right};
    if review.moves.is_empty() {
        return None;
    }
    let mut grid = Grid::new(&[
        ("Workload", Left),
        ("Now", Left),
        ("Then", Left),
        ("Before", Right),
        ("After", Right),
        ("Change", Right),
    ]);
    let (staying, mut moving): (Vec<&Move>, Vec<&Move>) = review.moves.iter().partition(|moved| moved.stays);
    let stays = staying.len();
    let change = |moved: &Move| moved.before.and_then(|before| moved.after.minus(before));
    // What saves most comes first, what is not known last; stable, so that the rest keeps the plan's order.
    moving.sort_by_key(|moved| change(moved).map_or((true, Amount::ZERO), |change| (false, change)));
    for moved in moving {
        let then: Vec<&str> = moved.to.iter().map(|to| &**to).collect();
        grid.row([
            moved.workload.to_string(),
            moved.from.to_string(),
            if then.is_empty() { "left out".to_owned() } else { then.join("; ") },
            moved.before.map_or("not sold there".to_owned(), Amount::in_cents),
            moved.after.in_cents(),
            change(moved).map(signed).unwrap_or_default(),
        ]);
    }
    let mut pieces = vec![Piece::Words(format!(
        "Own lines of each workload in {}, a month, what saves most first; moving itself is not priced.",
        plan.currency
    ))];
    if !grid.rows.is_empty() {
        pieces.push(grid.dense());
    }
    if stays > 0 {
        let where_now = if stays == 1 { "stays where it runs now" } else { "stay where they run now" };
        pieces.push(Piece::Words(format!("{} {where_now}.", counted(stays, "workload"))));
    }
    Some(Section { title: "Moves", pieces })
}

fn placements(plan: &Plan) -> Option<Section> {
    use Align::{Left, Right};
    let mut grid = Grid::new(&[
        ("Workload", Left),
        ("Place", Left),
        ("Machines", Left),
        ("Terms", Left),
        ("Share", Right),
        ("Compute", Right),
        ("Storage", Right),
        ("Network", Right),
        ("Given", Right),
        ("Total", Right),
    ]);
    for placement in &plan.placements {
        let [compute, storage, network, given, _, total] = cost_cells(&placement.cost);
        grid.row([
            placement.workload.to_string(),
            format!("{}/{}", placement.provider, placement.region),
            machines(placement),
            placement.terms.map_or(String::new(), |terms| terms.name().to_owned()),
            if placement.share == Share::WHOLE { String::new() } else { placement.share.to_string() },
            compute,
            storage,
            network,
            given,
            total,
        ]);
    }
    let mut pieces = match grid.rows.is_empty() {
        true => vec![Piece::Words("Nothing is placed.".to_owned())],
        false => vec![grid.dense()],
    };
    if !(plan.bill.adjustments.is_empty() && plan.bill.fees.is_empty()) {
        let mut grid = Grid::new(&[
            ("Of the account", Left),
            ("Billed by", Left),
            ("Quantity", Right),
            ("Unit", Left),
            ("Unit price", Right),
            ("Amount", Right),
            ("Price from", Left),
        ]);
        for line in plan.bill.adjustments.iter().chain(&plan.bill.fees) {
            grid.row([
                line.what.clone(),
                line.provider.to_string(),
                line.quantity.in_short(),
                line.unit.name().to_owned(),
                line.unit_price.to_string(),
                line.amount.in_cents(),
                line.source.clone(),
            ]);
        }
        pieces.push(Piece::Words(
            "Tiers and allowances belong to the account, as differences to the first paid price; fees are paid once."
                .to_owned(),
        ));
        pieces.push(grid.dense());
    }
    Some(Section { title: "Placements", pieces })
}

fn dependence(plan: &Plan, review: &Review) -> Option<Section> {
    use Align::Left;
    let explained = &review.explained;
    let mut pieces = Vec::new();
    if !explained.leaving.is_empty() {
        let mut grid = Grid::new(&[("Without", Left), ("The rest", Left)]);
        for leaving in &explained.leaving {
            let outcome = outcome_text(&leaving.outcome, &plan.currency);
            grid.rows.push(vec![Cell::Text(leaving.provider.to_string()), Cell::Words(outcome)]);
        }
        pieces.push(Piece::Words("What doing without a provider would cost, re-solved.".to_owned()));
        pieces.push(grid.dense());
    }
    pieces.push(Piece::Words(format!(
        "Concentration (Herfindahl–Hirschman, 10,000 where all is in one place): {} by provider, {} by region.",
        grouped(explained.providers.hhi as usize),
        grouped(explained.regions.hhi as usize)
    )));
    let carbon = &explained.carbon;
    pieces.push(Piece::Words(match (carbon.known.len(), carbon.unknown.len()) {
        (0, _) => "Carbon is not known: no price book states power and grid figures for what runs.".to_owned(),
        (_, 0) => format!("Carbon: {} kg CO2e a month.", carbon.total.in_short()),
        (known, unknown) => format!(
            "Carbon: {} kg CO2e a month for {known} of {} placements; the books state no figures for the others.",
            carbon.total.in_short(),
            known + unknown
        ),
    }));
    Some(Section { title: "What it hangs on", pieces })
}

fn proof(plan: &Plan, review: &Review) -> Option<Section> {
    let leaves = plan.proof.tree.iter().filter(|node| !matches!(node, Node::Branch { .. })).count();
    if leaves == 0 {
        return Some(Section {
            title: "Proof",
            pieces: vec![Piece::Warning("The plan carries no proof: nothing is known of other plans.".to_owned())],
        });
    }
    // What is minimised counts the value of what is left out, and so does the bound; the bill does not.
    let lost = Amount::sum(plan.unplaced.iter().map(|unplaced| unplaced.value)).unwrap_or_default();
    let with_value = match lost {
        Amount::ZERO => String::new(),
        lost => format!(
            " together with {} {} for the value of what is not placed ({} + {})",
            lost.in_cents(),
            plan.currency,
            plan.bill.total().in_cents(),
            lost.in_cents()
        ),
    };
    let known = match plan.proof.known {
        Known::Optimal => {
            format!("which is what this plan costs{with_value}, but for rounding of a millionth a workload")
        }
        _ => format!(
            "{} below what this plan costs{with_value}: a cheaper plan, if there is one, saves at most that",
            gap_text(plan.gap)
        ),
    };
    let cases = match leaves {
        1 => "one case".to_owned(),
        many => format!("{} that leave no plan out", counted(many, "case")),
    };
    let words = format!(
        "Nobody has to trust the search that found this plan. Its proof covers {cases}. In each, every limit and every \
         shared charge has a price; each workload by itself, charged these prices, costs at least so much wherever it \
         runs, and the sum, less what the limits are worth at these prices, is an amount that no plan that keeps the \
         rules can be below: {} {}, {known}. That bound was recomputed in whole-number arithmetic from the price books \
         and the scenario, by code that shares nothing with the search; the same code checked every rule and added up \
         the bill anew. `tradewind verify` repeats all of it on the saved plan.",
        bound_text(plan.bound),
        plan.currency
    );
    let mut pieces = vec![Piece::Words(words)];
    if let Some(gap) = &review.explained.gap {
        pieces.push(Piece::Words(format!(
            "Where the {} {} that are not yet proven sit, in the case of the proof that holds this plan:",
            gap.open.in_cents(),
            plan.currency
        )));
        let mut grid = Grid::new(&[("Of", Align::Left), ("Adds", Align::Right)]);
        for term in gap.terms.iter().take(MOST_BARS) {
            grid.rows.push(vec![Cell::Words(term.of.to_string()), Cell::Text(term.amount.in_cents())]);
        }
        pieces.push(grid.dense());
    }
    Some(Section { title: "Proof", pieces })
}

/// In cents, rounded down: a bound is never shown above itself.
fn bound_text(bound: Amount) -> String {
    let cent = 10_i128.pow(22);
    Amount::from_units(bound.units() - bound.units().rem_euclid(cent)).in_cents()
}

fn assumptions(plan: &Plan, review: &Review) -> Option<Section> {
    use Align::{Left, Right};
    let mut grid = Grid::new(&[
        ("Price book", Left),
        ("Prices of", Left),
        ("Age in days", Right),
        ("", Left),
        ("Oldest block", Left),
        ("Source", Left),
    ]);
    for book in &review.books {
        grid.row([
            book.provider.to_string(),
            book.as_of.map_or("no date".to_owned(), |date| date.to_string()),
            book.days.map(|days| days.to_string()).unwrap_or_default(),
            if book.is_old() { "old" } else { "" }.to_owned(),
            book.oldest.as_ref().map(|(block, date, days)| format!("{block}: {date}, {days} days")).unwrap_or_default(),
            book.source.as_ref().map(ToString::to_string).unwrap_or_default(),
        ]);
    }
    let mut pieces = Vec::new();
    for book in review.books.iter().filter(|book| book.is_old()) {
        pieces.push(Piece::Warning(match book.days {
            Some(days) => format!("Prices of {} are {days} days old: look whether they still hold.", book.provider),
            None => format!("Prices of {} carry no date: look whether they still hold.", book.provider),
        }));
    }
    let old_blocks: Vec<String> = review
        .books
        .iter()
        .filter_map(|book| book.old_block().map(|(block, days)| format!("{} {block}, {days} days", book.provider)))
        .collect();
    if !old_blocks.is_empty() {
        pieces.push(Piece::Words(format!("Single blocks are older than their book: {}.", old_blocks.join("; "))));
    }
    let prices = match plan.contracts.as_slice() {
        [] => "list prices, without negotiated discounts".to_owned(),
        contracts => {
            let names = contracts.iter().map(|contract| match contract.as_of {
                Some(date) => format!("{} ({date})", contract.name),
                None => contract.name.to_string(),
            });
            format!("list prices as {} changes them", names.collect::<Vec<_>>().join(", then "))
        }
    };
    pieces.push(Piece::Words(format!(
        "A month has {} hours. Amounts are in {} at {prices}, without tax, shown to the cent; the plan holds every \
         digit. What no book prices is not chosen.",
        review.hours_per_month, plan.currency
    )));
    pieces.push(grid.dense());
    let mut derived: Vec<&str> = plan.placements.iter().filter_map(|placement| placement.derived.as_deref()).collect();
    derived.sort_unstable();
    derived.dedup();
    if !derived.is_empty() {
        pieces.push(Piece::Words(format!("Hourly prices that no list states are derived: {}.", derived.join("; "))));
    }
    Some(Section { title: "Assumptions", pieces })
}
