//! The documented rules on the command line.

use tradewind::report::Layout;
use tradewind::scenario::{FlatUsage, Gateway};
use tradewind::schema::Form;
use tradewind::{Catalog, report, rules};

use super::arguments::{CompareArgs, Format, RouteArgs, SchemaArgs, SchemaForm, TableArgs, TableFormat};
use super::{Failure, load, load_files};

pub(super) fn place(args: &TableArgs) -> Result<String, Failure> {
    let input = load(&args.source)?;
    let workloads = input.scenario.workloads.iter();
    let answers: Vec<_> =
        workloads.map(|workload| rules::place(&input.catalog, rules::Query::from(workload))).collect();
    let table = |layout| report::place_table(&input.catalog, &input.scenario, &answers, layout);
    Ok(match args.format {
        TableFormat::Text => table(Layout::Plain),
        TableFormat::Json => report::place_json(&input.catalog, &input.scenario, &answers),
        TableFormat::Csv => table(Layout::Csv),
        TableFormat::Markdown => table(Layout::Markdown),
    })
}

pub(super) fn distribute(args: &TableArgs) -> Result<String, Failure> {
    let input = load(&args.source)?;
    let distribution = rules::distribute(&input.catalog, &input.scenario);
    let table = |layout| report::distribute_table(&input.catalog, &input.scenario, &distribution, layout);
    Ok(match args.format {
        TableFormat::Text => table(Layout::Plain),
        TableFormat::Json => report::distribute_json(&input.catalog, &input.scenario, &distribution),
        TableFormat::Csv => table(Layout::Csv),
        TableFormat::Markdown => table(Layout::Markdown),
    })
}

pub(super) fn compare(args: &CompareArgs) -> Result<String, Failure> {
    let catalog: Catalog =
        if args.catalog.is_empty() { tradewind::reference() } else { tradewind::load_catalog(&args.catalog)? };
    let usage = FlatUsage::parse(&args.compute_hours, &args.storage_gb, &args.network_gb)?;
    let comparison = rules::compare(&catalog, usage).map_err(|reason| Failure::Input(reason.to_string()))?;
    Ok(match args.format {
        TableFormat::Text => report::compare_text(&catalog, usage, &comparison),
        TableFormat::Json => report::compare_json(&catalog, &comparison),
        TableFormat::Csv => report::compare_table(&catalog, &comparison, Layout::Csv),
        TableFormat::Markdown => report::compare_table(&catalog, &comparison, Layout::Markdown),
    })
}

pub(super) fn route(args: &RouteArgs) -> Result<String, Failure> {
    let gateway = match &args.scenario {
        Some(path) => {
            let input = load_files(path, &args.changes, &args.books)?;
            input.scenario.gateway.clone().unwrap_or_default()
        }
        None if args.changes.is_empty() && args.books.is_empty() => Gateway::default(),
        None => {
            let message = "changes, price books and contracts are of a scenario: name one with --scenario";
            return Err(Failure::Input(message.to_owned()));
        }
    };
    let answer = rules::route(&gateway, &args.region);
    Ok(match args.format {
        Format::Text => report::route_text(&args.region, &answer),
        Format::Json => report::route_json(&args.region, &answer),
    })
}

pub(super) fn schema(args: &SchemaArgs) -> String {
    let form = match args.form {
        SchemaForm::Catalog => Form::Catalog,
        SchemaForm::Contract => Form::Contract,
        SchemaForm::Scenario => Form::Scenario,
        SchemaForm::Overlay => Form::Overlay,
        SchemaForm::Plan => Form::Plan,
        SchemaForm::Sweep => Form::Sweep,
        SchemaForm::Diff => Form::Diff,
    };
    form.schema().to_owned()
}
