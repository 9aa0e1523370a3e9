//! A planning loop: a service that plans again whenever a price book changes, and acts only where it pays.
//!
//! The price books come as texts here, as they would from a feed. What is built from them is immutable and shared, so
//! that a search that still runs keeps the prices it began with.

use std::error::Error;
use std::fmt::Write;
use std::sync::Arc;

use tradewind::money::Amount;
use tradewind::moves::{Fate, Footprint, difference};
use tradewind::report::spots_text;
use tradewind::{Catalog, Effort, Plan, Problem, catalog_from_yaml, optimize, scenario_from_yaml};

const SCENARIO: &str = "
tradewind: scenario/1
name: shop
workloads:
  - {name: web, replicas: 4, request: {vcpu: 4, memory_gib: 8}}
  - {name: search, replicas: 2, request: {vcpu: 8, memory_gib: 32}}
limits:
  - {name: budget, sum: cost, at_most: 2000}
";

/// A price book of its day.
fn book(small: &str, large: &str) -> String {
    format!(
        "tradewind: catalog/1
provider: metal
currency: USD
regions: {{north: {{}}, south: {{}}}}
skus:
  small: {{vcpu: 4, memory_gib: 8}}
  large: {{vcpu: 8, memory_gib: 32}}
offers:
  small: {{on-demand: {{north: 0.10, south: {small}}}}}
  large: {{on-demand: {{north: 0.30, south: {large}}}}}
"
    )
}

/// One round: what to run at the prices of this catalog.
fn plan(catalog: &Arc<Catalog>) -> Result<Plan, Box<dyn Error>> {
    let scenario = Arc::new(scenario_from_yaml("shop", SCENARIO, catalog)?);
    Ok(optimize(&Problem::new(catalog, &scenario)?, &Effort::default().with_gap(0.01))?)
}

/// The loop, over the books of four days; what it decides is returned as text.
pub fn run() -> Result<String, Box<dyn Error>> {
    let mut log = String::new();
    let worthwhile = Amount::parse("50");
    let mut running: Option<Plan> = None;
    for (day, book) in
        [book("0.11", "0.31"), book("0.11", "0.31"), book("0.099", "0.31"), book("0.099", "0.20")].iter().enumerate()
    {
        let catalog = Arc::new(catalog_from_yaml(&[("feed", book)])?);
        let next = plan(&catalog)?;
        let Some(current) = &running else {
            writeln!(log, "day {day}: begins at {} a month", next.bill.total())?;
            running = Some(next);
            continue;
        };
        let changes = difference(&Footprint::from(current), &Footprint::from(&next), worthwhile)?;
        if changes.is_empty() {
            writeln!(log, "day {day}: nothing changes")?;
            continue;
        }
        for moved in changes.moves.iter().filter(|moved| moved.fate == Fate::Moves) {
            let saving = moved.saving.map_or(String::new(), |saving| saving.to_string());
            let verdict = if moved.below_minimum { "not worth it" } else { "moves" };
            writeln!(log, "day {day}: {} to {} saves {saving}: {verdict}", moved.workload, spots_text(&moved.to))?;
        }
        if changes.moves.iter().any(|moved| !moved.below_minimum) {
            running = Some(next);
        }
    }
    Ok(log)
}

fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", run()?);
    Ok(())
}
