//! Outcomes as a table, for people.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::judge::Outcome;

const HEADER: &str = "\
| problem | size | optimum | cost | bound | gap | state | work | nodes | seconds | faults |
|---|---|---:|---:|---:|---:|---|---:|---:|---:|---|
";

/// A line of the table.
pub fn line(outcome: &Outcome) -> String {
    let optimum = outcome.optimum.map_or_else(|| "–".to_owned(), |optimum| optimum.normalize().to_string());
    format!(
        "| {} | {} | {optimum} | {} | {} | {} | {} | {} | {} | {:.2} | {} |",
        outcome.name,
        outcome.size,
        outcome.cost,
        outcome.bound,
        outcome.gap,
        outcome.state,
        outcome.work,
        outcome.nodes,
        outcome.seconds,
        // A reason may have several lines; a row has one.
        outcome.faults.join("; ").replace('\n', " "),
    )
}

/// A line for each family: how many cases, how many with faults, the seconds of all, of the median and of the slowest.
fn summary(outcomes: &[Outcome]) -> String {
    let mut text =
        String::from("| family | cases | with faults | seconds | median | slowest |\n|---|---:|---:|---:|---:|---|\n");
    let family = |outcome: &Outcome| outcome.name.split('/').next().unwrap_or_default().to_owned();
    for chunk in outcomes.chunk_by(|one, next| family(one) == family(next)) {
        let mut by_time: Vec<&Outcome> = chunk.iter().collect();
        by_time.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
        let slowest = by_time[by_time.len() - 1];
        let _ = writeln!(
            text,
            "| {} | {} | {} | {:.2} | {:.2} | {:.2} ({}) |",
            family(slowest),
            chunk.len(),
            chunk.iter().filter(|outcome| !outcome.faults.is_empty()).count(),
            chunk.iter().map(|outcome| outcome.seconds).sum::<f64>(),
            by_time[by_time.len() / 2].seconds,
            slowest.seconds,
            slowest.name,
        );
    }
    text
}

/// Writes the table beside what Cargo builds, and returns where.
pub fn write(outcomes: &[Outcome]) -> PathBuf {
    let mut text = summary(outcomes) + "\n" + HEADER;
    for outcome in outcomes {
        text.push_str(&line(outcome));
        text.push('\n');
    }
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("published.md");
    fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    path
}
