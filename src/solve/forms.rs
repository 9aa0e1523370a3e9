//! Which limits and fees can answer together with their columns, so that only placements are priced.

use std::collections::BTreeSet;

use crate::problem::Problem;
use crate::program::{ColumnKind, Program, RowKind};
use crate::scenario::{Bound, Sense};
use crate::solve::dual::{Cluster, Form};
use crate::solve::several::ROOMS;

/// Largest room × items for which the checker fills a knapsack in whole numbers.
const WHOLE: i128 = 10_000_000;

/// The forms that keep limits: the tightest of those that share no column, each with its fee; and the same with all
/// further limits over these columns. None where there is none.
pub(crate) fn limits(problem: &Problem, program: &Program) -> Vec<Form> {
    let mut found = plain(problem, program);
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.limit.cmp(&b.1.limit)));
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let mut clusters: Vec<Cluster> = Vec::new();
    let mut others: Vec<Cluster> = Vec::new();
    for (_, cluster) in found {
        if cluster.columns.iter().all(|(column, _)| !taken.contains(column)) {
            taken.extend(cluster.columns.iter().map(|(column, _)| *column));
            clusters.push(cluster);
        } else {
            others.push(cluster);
        }
    }
    let mut forms = Vec::new();
    let mut several = (clusters.clone(), taken.clone());
    if join(&mut several.0, &mut several.1, &others) {
        fees(program, &mut several.0, &mut several.1);
        for cluster in several.0.iter_mut().filter(|cluster| !cluster.more.is_empty()) {
            // Columns at the fee's place alone fill no room.
            cluster.sizes.resize(cluster.columns.len(), [0.0; ROOMS]);
        }
        forms.push(Form::Limits(several.0));
    }
    fees(program, &mut clusters, &mut taken);
    if !clusters.is_empty() {
        forms.insert(0, Form::Limits(clusters));
    }
    forms
}

/// Limits that are absolute, at most, over units alone, each a cluster with how tight it is.
fn plain(problem: &Problem, program: &Program) -> Vec<(f64, Cluster)> {
    let mut found: Vec<(f64, Cluster)> = Vec::new();
    for (number, row) in program.rows.iter().enumerate() {
        let RowKind::Limit { row: of } = row.kind else { continue };
        let units = |column: usize| matches!(program.columns[column].kind, ColumnKind::Units { .. });
        let plain = problem.rows[of].sense == Sense::AtMost
            && matches!(problem.rows[of].bound, Bound::Absolute(_))
            && row.entries.iter().all(|&(column, figure)| figure > 0.0 && units(column))
            && !program
                .columns
                .iter()
                .filter_map(|column| column.curve.as_ref())
                .any(|curve| curve.entries.iter().any(|(row, _)| *row == number));
        if !plain || row.entries.is_empty() {
            continue;
        }
        // How often the room would be filled if each block here took its smallest use.
        let mut smallest: std::collections::BTreeMap<usize, f64> = std::collections::BTreeMap::new();
        for &(column, figure) in &row.entries {
            if let ColumnKind::Units { block, .. } = program.columns[column].kind {
                let use_ = figure * program.columns[column].most;
                let least = smallest.entry(block).or_insert(use_);
                *least = least.min(use_);
            }
        }
        let tightness = smallest.values().sum::<f64>() / row.bound.max(1e-9);
        let whole = whole(problem, program, of, number);
        let cluster = Cluster {
            limit: Some(number),
            room: row.bound,
            opens: None,
            columns: row.entries.clone(),
            more: Vec::new(),
            sizes: Vec::new(),
            whole,
        };
        found.push((tightness, cluster));
    }
    found
}

/// Gives each further limit to the cluster that has most of its columns, where no other cluster has any; whether there
/// was one.
fn join(clusters: &mut [Cluster], taken: &mut BTreeSet<usize>, others: &[Cluster]) -> bool {
    let mut joined = false;
    for other in others {
        let Some(limit) = other.limit else { continue };
        let own = |cluster: &Cluster| {
            let of_cluster: BTreeSet<usize> = cluster.columns.iter().map(|(column, _)| *column).collect();
            other.columns.iter().filter(|(column, _)| of_cluster.contains(column)).count()
        };
        let covered = other.columns.iter().filter(|(column, _)| taken.contains(column)).count();
        let at = clusters.iter().position(|cluster| own(cluster) == covered);
        // Most of its columns are there: a limit over far more answers for itself by its price.
        let Some(at) = at.filter(|_| 2 * covered >= other.columns.len()) else { continue };
        let cluster = &mut clusters[at];
        let number = cluster.more.len() + 1;
        if number >= ROOMS {
            continue;
        }
        if cluster.sizes.is_empty() {
            cluster.sizes.extend(cluster.columns.iter().map(|&(_, figure)| {
                let mut sizes = [0.0; ROOMS];
                sizes[0] = figure;
                sizes
            }));
        }
        for &(column, figure) in &other.columns {
            let found = cluster.columns.iter().position(|(of, _)| *of == column).unwrap_or_else(|| {
                taken.insert(column);
                cluster.columns.push((column, 0.0));
                cluster.sizes.push([0.0; ROOMS]);
                cluster.columns.len() - 1
            });
            cluster.sizes[found][number] += figure;
        }
        cluster.more.push((limit, other.room));
        joined = true;
    }
    joined
}

/// Gives each fee the cluster inside its place, or one of its own.
fn fees(program: &Program, clusters: &mut Vec<Cluster>, taken: &mut BTreeSet<usize>) {
    for (column, found) in program.columns.iter().enumerate() {
        let ColumnKind::Opens { fee } = found.kind else { continue };
        let links: Vec<usize> = (0..program.rows.len())
            .filter(|&row| matches!(program.rows[row].kind, RowKind::Opens { fee: of, .. } if of == fee))
            .collect();
        let Some(&link) = links.first() else { continue };
        let mut there: BTreeSet<usize> = BTreeSet::new();
        for &row in &links {
            there.extend(program.rows[row].entries.iter().map(|(unit, _)| *unit).filter(|unit| *unit != column));
        }
        let inside = clusters.iter().position(|cluster| {
            cluster.opens.is_none() && cluster.columns.iter().all(|(unit, _)| there.contains(unit))
        });
        let own: Vec<usize> = match inside {
            Some(at) => {
                let of_cluster: BTreeSet<usize> = clusters[at].columns.iter().map(|(unit, _)| *unit).collect();
                there.iter().copied().filter(|unit| !of_cluster.contains(unit)).collect()
            }
            None => there.iter().copied().collect(),
        };
        if own.iter().any(|unit| taken.contains(unit)) {
            continue;
        }
        taken.extend(own.iter().copied());
        let others = own.into_iter().map(|unit| (unit, 0.0));
        match inside {
            Some(at) => {
                clusters[at].columns.extend(others);
                clusters[at].opens = Some((column, link));
            }
            None => clusters.push(Cluster {
                limit: None,
                room: f64::INFINITY,
                opens: Some((column, link)),
                columns: others.collect(),
                more: Vec::new(),
                sizes: Vec::new(),
                whole: false,
            }),
        }
    }
}

/// Whether room and figures, divided by what divides all, are small enough for whole numbers.
fn whole(problem: &Problem, program: &Program, of: usize, number: usize) -> bool {
    let Bound::Absolute(bound) = problem.rows[of].bound else { return false };
    let mut divisor = 0_i128;
    let mut items = 0_i128;
    for &(column, _) in &program.rows[number].entries {
        let ColumnKind::Units { block, candidate } = program.columns[column].kind else { return false };
        let member = program.blocks[block].members[0];
        let uses = &problem.blocks[member].candidates[candidate].per_unit;
        if let Some(found) = uses.iter().find(|found| found.row == of) {
            divisor = gcd(divisor, found.inside.units());
            items += 1;
        }
    }
    divisor > 0 && (bound.units() / divisor).saturating_mul(items) <= WHOLE
}

/// Greatest common divisor.
pub(crate) fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    i128::try_from(a).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// The clusters of each form: how many limits each keeps, of how many columns, and whether with a fee.
    fn kept(scenario: &str) -> Vec<Vec<(usize, usize, bool)>> {
        let book = "tradewind: catalog/1\nprovider: p\ncurrency: USD\nregions: {a: {}, b: {}}\n";
        let catalog = crate::catalog_from_yaml(&[("p.yaml", book)]).unwrap_or_else(|faults| panic!("{faults}"));
        let scenario = format!("tradewind: scenario/1\nname: s\n{scenario}");
        let scenario =
            crate::scenario_from_yaml("s.yaml", &scenario, &catalog).unwrap_or_else(|faults| panic!("{faults}"));
        let problem = Problem::new(&Arc::new(catalog), &Arc::new(scenario)).unwrap_or_else(|faults| panic!("{faults}"));
        let program = Program::new(&problem);
        let of_cluster = |cluster: &Cluster| {
            assert!(cluster.sizes.is_empty() == cluster.more.is_empty());
            assert!(cluster.sizes.is_empty() || cluster.sizes.len() == cluster.columns.len());
            let limits = usize::from(cluster.limit.is_some()) + cluster.more.len();
            (limits, cluster.columns.len(), cluster.opens.is_some())
        };
        let of_form = |form: &Form| match form {
            Form::Places => Vec::new(),
            Form::Limits(clusters) => clusters.iter().map(of_cluster).collect(),
        };
        limits(&problem, &program).iter().map(of_form).collect()
    }

    /// Three workloads in both regions, with uses of their own in each so that none is merged with another.
    fn workloads(uses: [&str; 3]) -> String {
        let one = |(name, uses): (&str, &str)| {
            format!(
                "  - {{name: {name}, options: [{{region: p/a, cost: 1, uses: {{{uses}}}}}, \
                 {{region: p/b, cost: 2, uses: {{{uses}}}}}]}}\n"
            )
        };
        let all: String = ["u", "v", "w"].into_iter().zip(uses).map(one).collect();
        format!("workloads:\n{all}")
    }

    #[test]
    fn a_region_keeps_all_of_its_limits() {
        let uses = workloads(["rooms: 1, racks: 2", "rooms: 2, racks: 3", "rooms: 3, racks: 4"]);
        let limits = "limits: [{name: l, sum: rooms, per: region, at_most: 4}, \
            {name: k, sum: racks, per: region, at_most: 5}";
        // First one limit for each region, then both.
        let (one, both) = (vec![(1, 3, false); 2], vec![(2, 3, false); 2]);
        assert_eq!(kept(&format!("{uses}{limits}]\n")), [one.clone(), both.clone()]);
        // A limit over all regions is no region's.
        assert_eq!(kept(&format!("{uses}{limits}, {{name: t, sum: racks, at_most: 900}}]\n")), [one, both]);
        // One limit: nothing to join.
        let alone = "limits: [{name: l, sum: rooms, per: region, at_most: 4}]\n";
        assert_eq!(kept(&format!("{uses}{alone}")), [vec![(1, 3, false); 2]]);
        assert_eq!(kept(&uses), Vec::<Vec<(usize, usize, bool)>>::new());
    }

    #[test]
    fn limits_over_some_of_the_same_columns_join_and_a_fee_brings_the_others() {
        let uses = workloads(["rooms: 1, racks: 2", "rooms: 2", ""]);
        let limits = "limits: [{name: l, sum: rooms, per: region, at_most: 2}, \
            {name: k, sum: racks, per: region, at_most: 1}]\n";
        // Racks are the tighter, 2 of 1, over one column; rooms bring another; the fee in a the third.
        let fee = "fees: [{name: f, region: p/a, monthly: 3}]\n";
        let found = kept(&format!("{uses}{limits}{fee}"));
        assert_eq!(found, [vec![(1, 3, true), (1, 1, false)], vec![(2, 3, true), (2, 2, false)]]);
    }
}
