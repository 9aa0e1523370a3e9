//! A fleet built in code, in classes: identical workloads are stated once, with a count, and decided together.
//!
//! Ten thousand jobs of four sizes, with a quota on the cheaper region; no file is involved.

use std::error::Error;
use std::fmt::Write;
use std::sync::Arc;

use rust_decimal::Decimal;
use tradewind::catalog::draft::{BookDraft, OfferDraft, PriceDraft, RegionDraft, SkuDraft};
use tradewind::scenario::draft::{BoundDraft, FilterDraft, LimitDraft, RequestDraft, ScenarioDraft, WorkloadDraft};
use tradewind::{Catalog, Effort, Problem, Scenario, optimize};

fn number(value: i64) -> tradewind::diagnostic::Spanned<Decimal> {
    Decimal::from(value).into()
}

/// Machines of 2, 4, 8 and 16 vCPU in two regions, a quarter cheaper in the south.
fn book() -> BookDraft {
    let sizes = [2, 4, 8, 16];
    let price = |region: &str, vcpu: i64, thousandths: i64| PriceDraft {
        region: region.into(),
        price: Decimal::new(vcpu * thousandths, 3).into(),
        ..PriceDraft::default()
    };
    BookDraft {
        provider: "metal".into(),
        currency: "USD".into(),
        regions: ["north", "south"].map(|name| RegionDraft { name: name.into(), ..RegionDraft::default() }).into(),
        skus: sizes
            .map(|vcpu| SkuDraft {
                name: format!("m{vcpu}").as_str().into(),
                vcpu: number(vcpu),
                memory_gib: number(4 * vcpu),
                ..SkuDraft::default()
            })
            .into(),
        offers: sizes
            .map(|vcpu| OfferDraft {
                sku: format!("m{vcpu}").as_str().into(),
                on_demand: vec![price("north", vcpu, 20), price("south", vcpu, 15)],
                ..OfferDraft::default()
            })
            .into(),
        ..BookDraft::default()
    }
}

/// Classes of jobs: vCPU, how many, hours a month of each.
fn fleet() -> Vec<WorkloadDraft> {
    let classes = [("tiny", 2, 6000, 100), ("small", 4, 3000, 200), ("large", 8, 900, 300), ("huge", 16, 100, 730)];
    let classes = classes.map(|(name, vcpu, count, hours)| WorkloadDraft {
        name: name.into(),
        request: Some(RequestDraft { vcpu: Some(number(vcpu)), ..RequestDraft::default() }),
        count: Some(number(count)),
        hours: Some(number(hours)),
        ..WorkloadDraft::default()
    });
    classes.into()
}

/// Where the fleet runs, as text.
pub fn run() -> Result<String, Box<dyn Error>> {
    let catalog = Arc::new(Catalog::build(vec![book()])?);
    let quota = LimitDraft {
        name: "south-vcpu".into(),
        sum: "vcpu".into(),
        filter: FilterDraft { region: vec!["south".into()], ..FilterDraft::default() },
        at_most: Some(BoundDraft { value: number(12_000), percent: false }),
        ..LimitDraft::default()
    };
    let draft =
        ScenarioDraft { name: "fleet".into(), workloads: fleet(), limits: vec![quota], ..ScenarioDraft::default() };
    let scenario = Arc::new(Scenario::build(draft, &catalog)?);
    let plan = optimize(&Problem::new(&catalog, &scenario)?, &Effort::default().with_gap(0.001))?;
    let mut told = String::new();
    writeln!(told, "{} jobs for {} USD a month", plan.size.workloads, plan.bill.total().in_cents())?;
    for placement in &plan.placements {
        writeln!(told, "{} × {} in {}", placement.copies, placement.workload, placement.region)?;
    }
    Ok(told)
}

fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", run()?);
    Ok(())
}
