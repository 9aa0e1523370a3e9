//! Where the gap sits, workload by workload and limit by limit: what might still be saved, and by whom.

use crate::catalog::Name;
use crate::explain::question::selection;
use crate::explain::{GapExplained, GapTerm};
use crate::money::Amount;
use crate::plan::{ColumnName, Known, Plan, RowName};
use crate::problem::Problem;
use crate::solve::{Sits, sits};

/// Terms that are kept apart; what is less goes into one.
const MOST_TERMS: usize = 200;

/// Where cost − bound sits; `None` for a plan that is proven optimal, or whose proof cannot be followed.
pub(super) fn explained(problem: &Problem, plan: &Plan) -> Option<GapExplained> {
    if plan.proof.known == Known::Optimal {
        return None;
    }
    let terms = sits(problem, &selection(problem, plan)?, &plan.proof)?;
    let mut sums: Vec<(String, f64)> = Vec::new();
    for (of, amount) in terms {
        let name = named(problem, &of);
        match sums.iter_mut().find(|(other, _)| *other == name) {
            Some((_, sum)) => *sum += amount,
            None => sums.push((name, amount)),
        }
    }
    sums.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let in_case = money(sums.iter().map(|(_, amount)| amount).sum())?;
    let rest = sums.split_off(sums.len().min(MOST_TERMS));
    if !rest.is_empty() {
        sums.push((format!("{} others", rest.len()), rest.iter().map(|(_, amount)| amount).sum()));
    }
    let mut terms = Vec::new();
    for (of, amount) in sums {
        let amount = money(amount)?;
        // Floats leave dust where there is nothing.
        if amount.in_cents() != "0.00" {
            terms.push(GapTerm { of: Name::from(of), amount });
        }
    }
    Some(GapExplained { open: plan.objective.minus(plan.bound)?, in_case, terms })
}

/// A float of money to a millionth.
fn money(amount: f64) -> Option<Amount> {
    (amount.abs() < 1e15).then(|| Amount::from_units((amount * 1e6).round() as i128 * 10_i128.pow(18)))
}

/// Who adds to the gap, in the user's words.
fn named(problem: &Problem, of: &Sits) -> String {
    let limit = |name: &Name, of: &Option<Name>| match of {
        Some(of) => format!("limit `{name}` of {of}"),
        None => format!("limit `{name}`"),
    };
    match of {
        Sits::Blocks(members) => {
            let name = |member: &usize| &problem.workload(&problem.blocks[*member]).name;
            match members.as_slice() {
                [] => "no workload".to_owned(),
                [only] => format!("workload `{}`", name(only)),
                [first, others @ ..] => format!("workload `{}` and {} like it", name(first), others.len()),
            }
        }
        Sits::Row(RowName::Limit { name, of }) => limit(name, of),
        Sits::Row(RowName::LimitOpens { name, of, .. }) => limit(name, of),
        Sits::Row(RowName::Floors { limit: name, of, .. }) => limit(name, &Some(of.clone())),
        Sits::Row(RowName::Opens { fee, .. } | RowName::Opened { fee }) | Sits::Column(ColumnName::Opens { fee }) => {
            format!("fee `{fee}`")
        }
        Sits::Row(RowName::Volume { tariff }) | Sits::Column(ColumnName::Volume { tariff }) => {
            format!("tiers of {tariff}")
        }
        Sits::Row(RowName::Meets { rule, .. } | RowName::Apart { rule, .. } | RowName::Spread { rule, .. })
        | Sits::Row(RowName::Meeting { rule })
        | Sits::Column(ColumnName::Meets { rule, .. }) => format!("rule `{rule}`"),
        Sits::Row(
            RowName::Uses { .. } | RowName::Used { .. } | RowName::ProvidersAtLeast | RowName::ProvidersAtMost,
        )
        | Sits::Column(ColumnName::Uses { .. }) => "how many providers are in use".to_owned(),
        Sits::Column(ColumnName::Floors { limit, of }) => format!("limit `{limit}` of {of}"),
        Sits::Row(
            RowName::Runs { workload, .. }
            | RowName::Ran { workload, .. }
            | RowName::Stores { workload, .. }
            | RowName::Stored { workload, .. }
            | RowName::Group { workload, .. }
            | RowName::Counts { workload, .. }
            | RowName::Place { workload }
            | RowName::Hosts { workload, .. },
        )
        | Sits::Column(
            ColumnName::Units { workload, .. }
            | ColumnName::Unplaced { workload }
            | ColumnName::Bought { workload, .. }
            | ColumnName::Counts { workload, .. }
            | ColumnName::Runs { workload, .. }
            | ColumnName::Stores { workload, .. }
            | ColumnName::Hosts { workload, .. },
        ) => format!("workload `{workload}`"),
    }
}
