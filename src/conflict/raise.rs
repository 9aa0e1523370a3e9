//! What would help: for each limit of the conflict the least raise with every other rule of the scenario held, and what
//! a plan then costs; where none helps alone, limits that help together.
//!
//! How little room is enough is found by halving: the search is asked whether there is a plan with a bound in between.
//! A plan found on the way brings its own use of the limit down to what is enough, and the question whether there is one
//! with a little less ends it with a proof. A budget over the whole bill needs no halving: its least is the cheapest bill.

use crate::conflict::restated::restated;
use crate::conflict::room::Room;
use crate::conflict::{Answer, Purpose, Questions, TO_RAISE, TO_RAISE_TOGETHER, limit_names};
use crate::money::Amount;
use crate::plan::{Conflict, Extent, Plan, Raise, RaiseTogether, Relief};
use crate::reduced::with_bounds;
use crate::scenario::{Bound, Filter, Limit, Measure, Scenario, Sense};

/// Most limits that are raised alone.
const MOST_ALONE: usize = 12;
/// Room is told apart to this part of it: the search works in floats, and cannot tell 16 from 16 − 10⁻¹².
const FINE: i128 = 1_000_000;
/// Halvings of what all limits together get, and of each of them afterwards.
const ROUGH: usize = 12;
/// Most limits that go first when several are raised together.
const MOST_FIRST: usize = 3;

/// Adds to a conflict what would help against it.
pub(super) fn add(conflict: &mut Conflict, questions: &mut Questions<'_>) {
    let scenario = questions.scenario;
    let names = limit_names(conflict.members.iter().map(|member| &member.rule));
    let numbered = scenario.limits.iter().enumerate();
    let rooms: Vec<Room<'_>> = numbered.map(|(number, limit)| Room::of(number, limit)).collect();
    let (of_conflict, others): (Vec<Room<'_>>, Vec<Room<'_>>) =
        rooms.into_iter().partition(|room| names.contains(&room.limit.name));
    for (position, room) in of_conflict.iter().enumerate() {
        let relief = if position < MOST_ALONE { alone(room, questions) } else { Relief::Open };
        conflict.raises.push(Raise { limit: room.limit.name.clone(), relief });
    }
    if !of_conflict.is_empty() && conflict.raises.iter().all(|raise| matches!(raise.relief, Relief::NotAlone)) {
        questions.allow(TO_RAISE_TOGETHER);
        // Those of the conflict; if that is not enough there is another conflict, and all limits are asked.
        conflict.raise_together = together(&of_conflict, questions).or_else(|| {
            let all: Vec<Room<'_>> = of_conflict.iter().chain(&others).cloned().collect();
            if others.is_empty() { None } else { together(&all, questions) }
        });
    }
}

/// What room for one limit does.
fn alone(room: &Room<'_>, questions: &mut Questions<'_>) -> Relief {
    questions.allow(TO_RAISE);
    let found = if is_whole_bill(room.limit) {
        cheapest_bill(room, questions)
    } else {
        let widest = room.widest();
        match ask(questions, &[(room, widest)], Purpose::AnyPlan) {
            Answer::Plan(plan) => {
                let enough = room.used(&plan, widest);
                Ok(halved(room, Enough { room: enough, fails: room.from, plan }, questions))
            }
            Answer::Nothing(_) => Err(Relief::NotAlone),
            Answer::Open => Err(Relief::Open),
        }
    };
    let enough = match found {
        Ok(enough) => enough,
        Err(relief) => return relief,
    };
    let raised = bounded(questions.scenario, &[(room, enough.room)]);
    let again = restated(questions.catalog, &raised, &enough.plan, (room, enough.room)).map(Box::new);
    let plan = match again {
        // The cheapest bill is the cheapest plan, unless leaving something out made it so.
        Some(plan) if is_whole_bill(room.limit) && enough.plan.unplaced.is_empty() => plan,
        again => {
            questions.left = questions.left.max(1);
            match questions.ask(raised, Purpose::Cheapest) {
                Answer::Plan(plan) => plan,
                _ => again.unwrap_or(enough.plan),
            }
        }
    };
    // Costs of candidates are floored to 10⁻⁶ where a bill is proven.
    let rounding = if room.limit.sum == Measure::Cost {
        let workloads = i128::try_from(questions.scenario.workloads.len()).unwrap_or(i128::MAX);
        workloads.saturating_mul(1_000_000)
    } else {
        0
    };
    let least = enough.room - enough.fails <= fine(enough.room).max(1 + rounding);
    Relief::Enough { step: room.step(enough.room), fails: room.extent(enough.fails), least, plan }
}

/// The least difference of room that is told apart.
fn fine(room: i128) -> i128 {
    (room.abs() / FINE).max(1)
}

/// Room that is enough for one limit, and room that was shown not to be.
struct Enough {
    room: i128,
    fails: i128,
    plan: Box<Plan>,
}

/// Whether a limit is a budget over the whole bill.
fn is_whole_bill(limit: &Limit) -> bool {
    limit.sum == Measure::Cost
        && limit.sense == Sense::AtMost
        && limit.per.is_none()
        && matches!(limit.bound, Bound::Absolute(_))
        && limit.filter == Filter::default()
}

/// The least budget: the cheapest bill, workloads with a value left out at no cost.
fn cheapest_bill(room: &Room<'_>, questions: &mut Questions<'_>) -> Result<Enough, Relief> {
    let mut free = bounded(questions.scenario, &[(room, room.widest())]);
    for workload in &mut free.workloads {
        workload.value = workload.value.map(|_| Amount::ZERO);
    }
    match questions.ask(free, Purpose::Cheapest) {
        Answer::Plan(plan) => {
            let enough = room.used(&plan, room.widest());
            // 10⁻²⁴ of money to 10⁻¹²: below the bound there is no plan.
            let fails = (plan.bound.units() + 999_999_999_999).div_euclid(1_000_000_000_000) - 1;
            Ok(Enough { room: enough, fails: fails.clamp(room.from, enough), plan })
        }
        Answer::Nothing(_) => Err(Relief::NotAlone),
        Answer::Open => Err(Relief::Open),
    }
}

/// Less and less room, as long as there are questions.
fn halved(room: &Room<'_>, mut enough: Enough, questions: &mut Questions<'_>) -> Enough {
    // Above what is shown not to do lies what the search could not decide.
    let mut open = enough.fails;
    // Whether a little less is asked before the middle: that ends it where what is enough is the least.
    let (mut edge, mut edge_is_open) = (true, false);
    // The last question is for the cost.
    while questions.left > 1 && enough.room - open > fine(enough.room) {
        let at_edge = edge && !edge_is_open;
        let tried = if at_edge { enough.room - fine(enough.room) } else { open + (enough.room - open) / 2 };
        match ask(questions, &[(room, tried)], Purpose::AnyPlan) {
            Answer::Plan(plan) => {
                enough.room = room.used(&plan, tried);
                enough.plan = plan;
                edge = false;
            }
            Answer::Nothing(_) => {
                enough.fails = tried;
                open = open.max(tried);
                edge = true;
            }
            Answer::Open if at_edge => edge_is_open = true,
            Answer::Open => open = tried,
        }
    }
    enough
}

/// Rooms for several limits, and a plan with them.
#[derive(Clone)]
struct Given {
    rooms: Vec<i128>,
    plan: Box<Plan>,
}

impl Given {
    /// Percentages of all steps together, in 10⁻⁶.
    fn total(&self, rooms: &[Room<'_>]) -> i128 {
        let steps = rooms.iter().zip(&self.rooms).map(|(room, &to)| room.step(to).relative());
        steps.fold(0, i128::saturating_add)
    }
}

/// Room for several limits, as little in all as a few passes find; `None` if not even all room is enough.
fn together(rooms: &[Room<'_>], questions: &mut Questions<'_>) -> Option<RaiseTogether> {
    let start = same_for_all(rooms, questions)?;
    // Each limit in turn goes first: what is left for the last depends on what the first took back.
    let mut best: Option<Given> = None;
    for first in 0..rooms.len().min(MOST_FIRST) {
        let given = each_back(rooms, start.clone(), first, questions);
        if best.as_ref().is_none_or(|best| given.total(rooms) < best.total(rooms)) {
            best = Some(given);
        }
    }
    let Given { rooms: given, mut plan } = best?;
    let bounds: Vec<(&Room<'_>, i128)> = rooms.iter().zip(given).collect();
    questions.left = questions.left.max(1);
    if let Answer::Plan(cheapest) = ask(questions, &bounds, Purpose::Cheapest) {
        plan = cheapest;
    }
    let wider = bounds.iter().filter(|(room, to)| *to > room.from);
    Some(RaiseTogether { steps: wider.map(|(room, to)| room.step(*to)).collect(), plan })
}

/// The same percentage for all, the least that is enough: a start that favours none.
fn same_for_all(rooms: &[Room<'_>], questions: &mut Questions<'_>) -> Option<Given> {
    let mut given = try_rooms(rooms, rooms.iter().map(Room::widest).collect(), questions)?;
    let relative = rooms.iter().zip(&given.rooms).map(|(room, &to)| room.step(to).relative());
    let (mut fails, mut enough) = (0, relative.max()?);
    for _ in 0..ROUGH {
        if enough - fails <= 1 {
            break;
        }
        let middle = fails + (enough - fails) / 2;
        // Never more than is known to do: a large percentage of one is far beyond what another needs.
        let wider = rooms.iter().zip(&given.rooms).map(|(room, &known)| room.wider_by(middle).min(known));
        match try_rooms(rooms, wider.collect(), questions) {
            Some(found) => {
                given = found;
                enough = middle;
            }
            None => fails = middle,
        }
    }
    Some(given)
}

/// Each limit by itself, `first` and then the others: back to where it was, or as near as the rest allows.
fn each_back(rooms: &[Room<'_>], mut given: Given, first: usize, questions: &mut Questions<'_>) -> Given {
    let others = (0..rooms.len()).filter(|&number| number != first);
    for number in std::iter::once(first).chain(others) {
        let from = rooms[number].from;
        // At first all the way back, then the middle.
        let mut fails = from - 1;
        for _ in 0..ROUGH {
            let span = given.rooms[number] - fails;
            if span <= 1 {
                break;
            }
            let mut tried = given.rooms.clone();
            let asked = if fails < from { from } else { fails + span / 2 };
            tried[number] = asked;
            match try_rooms(rooms, tried, questions) {
                Some(found) => given = found,
                None => fails = asked,
            }
        }
    }
    given
}

/// A plan with these rooms, and how much of them it uses.
fn try_rooms(rooms: &[Room<'_>], given: Vec<i128>, questions: &mut Questions<'_>) -> Option<Given> {
    let bounds: Vec<(&Room<'_>, i128)> = rooms.iter().zip(given).collect();
    match ask(questions, &bounds, Purpose::AnyPlan) {
        Answer::Plan(plan) => {
            let used = bounds.iter().map(|(room, given)| room.used(&plan, *given));
            Some(Given { rooms: used.collect(), plan })
        }
        _ => None,
    }
}

fn ask(questions: &mut Questions<'_>, bounds: &[(&Room<'_>, i128)], purpose: Purpose) -> Answer {
    let scenario = bounded(questions.scenario, bounds);
    questions.ask(scenario, purpose)
}

fn bounded(scenario: &Scenario, bounds: &[(&Room<'_>, i128)]) -> Scenario {
    let extents: Vec<(usize, Extent)> = bounds.iter().map(|(room, to)| (room.number, room.extent(*to))).collect();
    with_bounds(scenario, &extents)
}
