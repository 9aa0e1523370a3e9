//! What if: overlays on a scenario file, and a sweep over points that a program makes itself.

use std::error::Error;
use std::fmt::Write;
use std::sync::Arc;

use rust_decimal::Decimal;
use tradewind::sweep::{Axis, Case, Grid, Outcome, Sweep, run as plan_all};
use tradewind::{Document, Effort, Factor, Overlay, Problem, load_overlaid, optimize};

/// What the questions come to, as text.
pub fn run() -> Result<String, Box<dyn Error>> {
    let mut told = String::new();
    let scenario = Document::from("scenarios/quickstart.yaml");

    // The same assignments as `--set` on the command line; a fault in one is located in it.
    let twice = [Overlay::assignment("question", "workloads.chat.replicas=8")];
    for (title, changes) in [("as it is", &[][..]), ("with twice the replicas", &twice[..])] {
        let input = load_overlaid(&scenario, &[], changes)?;
        let plan = optimize(&Problem::new(&input.catalog, &input.scenario)?, &Effort::default())?;
        writeln!(told, "{title}: {}", plan.bill.total().in_cents())?;
    }

    // Points are plain data: anything may differ between them. Here one provider gets dearer.
    let input = load_overlaid(&scenario, &[], &[])?;
    let azure = input.catalog.provider_named("azure");
    let mut cases = Vec::new();
    let mut values = Vec::new();
    for (number, percent) in [0, 10, 20, 40].into_iter().enumerate() {
        let factor = Factor::percent(Decimal::from(percent)).ok_or("a percentage")?;
        let catalog = Arc::new(input.catalog.repriced(azure, factor).ok_or("a price")?);
        cases.push(Case { number, catalog, scenario: Arc::clone(&input.scenario) });
        values.push(format!("{percent}%"));
    }
    let effort = Effort::default();
    let axes = vec![Axis { parameter: "azure".to_owned(), values }];
    let grid = Grid::new(&input.catalog, &input.scenario, &effort, axes);
    let sweep = Sweep { grid, shard: None, points: plan_all(&cases, &effort, 2) };
    for point in &sweep.points {
        let value: Vec<&str> = sweep.grid.values(point.number).collect();
        match &point.outcome {
            Outcome::Plan(plan) => writeln!(told, "azure + {}: {}", value.join(""), plan.cost.in_cents())?,
            _ => writeln!(told, "azure + {}: no plan", value.join(""))?,
        }
    }
    for flip in sweep.flips() {
        let names: Vec<&str> = flip.moves.iter().map(|found| &*found.workload).collect();
        writeln!(told, "from point {} to {}: {} moves", flip.from, flip.to, names.join(", "))?;
    }
    Ok(told)
}

fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", run()?);
    Ok(())
}
