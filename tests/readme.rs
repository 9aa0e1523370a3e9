//! What the README shows is what a user gets: its output, its example files. (Its Rust is a doc test.)

use std::path::Path;

use tradewind::report::{Detail, plan_text};
use tradewind::{
    Effort, Problem, catalog_from_yaml, load, load_catalog, load_contracted_catalog, optimize, scenario_from_yaml,
};

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("the README")
}

/// The fenced blocks of a language, in order.
fn blocks(language: &str) -> Vec<String> {
    let text = readme();
    let fence = format!("```{language}\n");
    let mut blocks = Vec::new();
    let mut rest = text.as_str();
    while let Some(start) = rest.find(&fence) {
        rest = &rest[start + fence.len()..];
        let end = rest.find("```").expect("a closing fence");
        blocks.push(rest[..end].to_owned());
        rest = &rest[end..];
    }
    blocks
}

#[test]
fn the_first_output_is_that_of_the_quickstart() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let input = load(root.join("scenarios/quickstart.yaml")).expect("the quickstart loads");
    let problem = Problem::new(&input.catalog, &input.scenario).expect("it can be priced");
    let plan = optimize(&problem, &Effort::default()).expect("it has a plan");
    assert_eq!(blocks("text")[0].trim_end(), plan_text(&plan, Detail::Placements).trim_end());
}

#[test]
fn the_price_book_the_contract_and_the_scenario_shown_are_valid() {
    let yaml = blocks("yaml");
    let [book, contract, scenario] = yaml.as_slice() else { panic!("three examples, {} found", yaml.len()) };
    let catalog = catalog_from_yaml(&[("README book", book)]).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(catalog.offers().len(), 3);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let books = [root.join("pricing/aws.yaml"), root.join("pricing/gcp.yaml")];
    let catalog = load_catalog(&books).unwrap_or_else(|faults| panic!("{faults}"));
    assert!(contract.starts_with("tradewind: contract/1\n"));
    let file = std::env::temp_dir().join(format!("tradewind-readme-{}.yaml", std::process::id()));
    std::fs::write(&file, contract).expect("a temporary file");
    let contracted = load_contracted_catalog(&books[..1], std::slice::from_ref(&file));
    std::fs::remove_file(file).expect("it was written");
    let contracted = contracted.unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(contracted.contracts()[0].layers.len(), 3);
    let scenario =
        scenario_from_yaml("README scenario", scenario, &catalog).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!((scenario.workloads.len(), scenario.limits.len()), (3, 4));
}
