//! The documented rules on the command line.

use tradewind::scenario::{FlatUsage, Gateway};
use tradewind::{Catalog, report, rules};

use super::arguments::{CompareArgs, Format, RouteArgs, ScenarioArgs};
use super::{Failure, files, load};

pub(super) fn place(args: &ScenarioArgs) -> Result<String, Failure> {
    let input = load(args)?;
    let workloads = input.scenario.workloads.iter();
    let answers: Vec<_> =
        workloads.map(|workload| rules::place(&input.catalog, rules::Query::from(workload))).collect();
    Ok(match args.shared.format {
        Format::Text => report::place_text(&input.catalog, &input.scenario, &answers),
        Format::Json => report::place_json(&input.catalog, &input.scenario, &answers),
    })
}

pub(super) fn distribute(args: &ScenarioArgs) -> Result<String, Failure> {
    let input = load(args)?;
    let distribution = rules::distribute(&input.catalog, &input.scenario);
    Ok(match args.shared.format {
        Format::Text => report::distribute_text(&input.catalog, &input.scenario, &distribution),
        Format::Json => report::distribute_json(&input.catalog, &input.scenario, &distribution),
    })
}

pub(super) fn compare(args: &CompareArgs) -> Result<String, Failure> {
    let catalog: Catalog =
        if args.catalog.is_empty() { tradewind::reference() } else { tradewind::load_catalog(&args.catalog)? };
    let usage = FlatUsage::parse(&args.compute_hours, &args.storage_gb, &args.network_gb)?;
    let comparison = rules::compare(&catalog, usage).map_err(|reason| Failure::Input(reason.to_string()))?;
    Ok(match args.format {
        Format::Text => report::compare_text(&catalog, usage, &comparison),
        Format::Json => report::compare_json(&catalog, &comparison),
    })
}

pub(super) fn route(args: &RouteArgs) -> Result<String, Failure> {
    let gateway = match &args.scenario {
        Some(path) => {
            let input = tradewind::load_overlaid(&files::document(path)?, &[], &[])?;
            input.scenario.gateway.clone().unwrap_or_default()
        }
        None => Gateway::default(),
    };
    let answer = rules::route(&gateway, &args.region);
    Ok(match args.format {
        Format::Text => report::route_text(&args.region, &answer),
        Format::Json => report::route_json(&args.region, &answer),
    })
}
