//! The JSON Schemas: every shipped file fits, broken ones do not, and they have the keys that the readers accept, no
//! more and no less, mapping by mapping.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tradewind::schema::Form;

#[path = "schema/validate.rs"]
mod validate;

use validate::faults;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn schema(form: Form) -> Value {
    serde_json::from_str(form.schema()).expect("a schema is JSON")
}

/// The files of a directory with this ending.
fn files(directory: &str, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(directory)).expect("a directory of the repository");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = paths.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    files.sort();
    assert!(!files.is_empty(), "{directory}");
    files
}

fn yaml(path: &Path) -> Value {
    let text = fs::read_to_string(path).expect("a text");
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_shipped_file_fits_its_schema() {
    let books = ["pricing", "pricing/full", "pricing/reference"].map(|folder| files(folder, ".yaml"));
    for (form, path) in books
        .into_iter()
        .flatten()
        .map(|path| (Form::Catalog, path))
        .chain(files("scenarios", ".yaml").into_iter().map(|path| (Form::Scenario, path)))
    {
        let found = faults(&schema(form), &yaml(&path));
        assert!(found.is_empty(), "{}:\n{}", path.display(), found.join("\n"));
    }
    let mut plans = 0;
    for path in files("tests/golden", ".optimize-json.txt") {
        let text = fs::read_to_string(&path).expect("a golden output");
        let Some(start) = text.find("{\n  \"tradewind\": \"plan/1\"") else { continue };
        let plan: Value = serde_json::Deserializer::from_str(&text[start..])
            .into_iter()
            .next()
            .expect("a document")
            .expect("a plan is JSON");
        let found = faults(&schema(Form::Plan), &plan);
        assert!(found.is_empty(), "{}:\n{}", path.display(), found.join("\n"));
        plans += 1;
    }
    assert!(plans >= 4, "{plans} plans");
}

#[test]
fn what_readers_refuse_for_its_keys_or_kinds_does_not_fit() {
    for (kind, expected) in
        [("unknown-key", true), ("missing-key", true), ("wrong-type", true), ("unknown-region", false)]
    {
        let path = root().join(format!("tests/broken/{kind}.yaml"));
        let text = fs::read_to_string(&path).expect("a broken file");
        let form = if text.starts_with("# book") { Form::Catalog } else { Form::Scenario };
        let found = faults(&schema(form), &yaml(&path));
        assert_eq!(!found.is_empty(), expected, "{kind}: {found:?}");
    }
}

#[test]
fn the_command_prints_each_schema() {
    for form in Form::ALL {
        let schema = schema(form);
        assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
        assert_eq!(schema["properties"]["tradewind"]["const"], format!("{}/1", form.name()));
    }
}

/// An output of the binary, as JSON.
#[cfg(feature = "cli")]
fn printed(arguments: &[&str]) -> Value {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_tradewind"))
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("the binary starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {stderr}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
#[cfg(feature = "cli")]
fn sweeps_and_differences_fit_their_schemas() {
    let small = "tests/explain/small.yaml";
    let budget = "limits.budget.at_most=100,500";
    for (form, arguments) in [
        (Form::Sweep, vec!["sweep", small, "--vary", budget, "--format", "json"]),
        (Form::Sweep, vec!["sweep", small, "--vary", budget, "--vary", "demand=0%,50%", "--shard", "1/2"]),
        (
            Form::Sweep,
            vec!["sweep", "scenarios/quickstart.yaml", "--vary", "prices.azure=-20%,20%", "--format", "json"],
        ),
        (Form::Diff, vec!["diff", small, "schema-plan.json", "--format", "json", "--min-saving", "5"]),
        (Form::Diff, vec!["diff", "schema-plan.json", "schema-plan.json", "--format", "json"]),
    ] {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schema-plan.json");
        if form == Form::Diff && !file.exists() {
            let plan = printed(&["optimize", small, "--format", "json"]);
            fs::write(&file, plan.to_string()).expect("it can be written");
        }
        let file = file.to_str().expect("UTF-8");
        let arguments: Vec<&str> =
            arguments.into_iter().map(|text| if text.ends_with("schema-plan.json") { file } else { text }).collect();
        let document = printed(&arguments);
        let found = faults(&schema(form), &document);
        assert!(found.is_empty(), "{arguments:?}:\n{}", found.join("\n"));
        // A document of a form that has no such member does not fit.
        let mut wrong = document;
        wrong["surprise"] = Value::Null;
        assert_eq!(faults(&schema(form), &wrong).len(), 1, "{arguments:?}");
    }
}

#[test]
fn overlays_and_contracts_fit_their_schemas() {
    let fits = |form: Form, text: &str| {
        let value: Value = serde_yaml::from_str(text).expect("YAML");
        faults(&schema(form), &value)
    };
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let mut seen = 0;
    for block in readme.split("```").skip(1).step_by(2) {
        let text = block.split_once('\n').map_or("", |(_, text)| text);
        for (form, first) in [(Form::Overlay, "tradewind: overlay/1"), (Form::Contract, "tradewind: contract/1")] {
            if text.starts_with(first) {
                assert_eq!(fits(form, text), [] as [String; 0], "{text}");
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 2, "the README shows an overlay and a contract");
    for overlay in [
        "{tradewind: overlay/1}",
        "{tradewind: overlay/1, limits: {budget: null}, workloads: {job: {options: {2: {cost: 5}}}}}",
        "{tradewind: overlay/1, workloads: [{name: chat, terms: [spot]}, {name: new, request: {vcpu: 4}}]}",
        "{tradewind: overlay/1, horizon: null, gateway: {routes: {us-east: null}}}",
    ] {
        assert_eq!(fits(Form::Overlay, overlay), [] as [String; 0], "{overlay}");
    }
    for (form, wrong) in [
        (Form::Overlay, "{tradewind: overlay/1, limit: {}}"),
        (Form::Overlay, "{tradewind: overlay/1, limits: {budget: {most: 5}}}"),
        (Form::Overlay, "{tradewind: overlay/1, workloads: {chat: {replicas: many}}}"),
        (Form::Overlay, "{tradewind: scenario/1}"),
        (Form::Contract, "{tradewind: contract/1, name: a, layers: [{name: b, discount: 11}]}"),
        (Form::Contract, "{tradewind: contract/1, name: a, layers: [{discount: 11%}]}"),
        (Form::Contract, "{tradewind: contract/1, name: a, layers: [{name: b, where: {zone: c}, discount: 11%}]}"),
    ] {
        assert!(!fits(form, wrong).is_empty(), "{wrong}");
    }
}

/// An overlay has the scenario's keys, mapping by mapping.
#[test]
fn overlays_have_the_keys_of_scenarios() {
    let [mut scenario, mut overlay] = [BTreeSet::new(), BTreeSet::new()];
    schema_keys(&schema(Form::Scenario), &mut scenario);
    schema_keys(&schema(Form::Overlay), &mut overlay);
    assert_eq!(overlay, scenario);
}

type Keys = BTreeSet<String>;

/// The keys of every mapping that a reader knows by name: the lists of texts that it gives to `fields`, there or as
/// `keys` or `KEYS`.
fn read_keys(files: &[&str]) -> BTreeSet<Keys> {
    let mut found = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(root().join("src/input").join(file)).expect("a reader");
        let before = found.len();
        for (start, _) in text.match_indices('[') {
            let Some(end) = text[start..].find(']') else { continue };
            let inner = &text[start + 1..start + end];
            let parts: Vec<&str> = inner.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
            let words = parts.iter().map(|part| part.strip_prefix('"')?.strip_suffix('"').map(str::to_owned));
            let lead = text[..start].trim_end();
            let line = lead.lines().last().unwrap_or_default();
            let named = lead.ends_with("keys =") || line.contains("const KEYS: [&str;");
            let is_keys = named || lead.ends_with(',') && text[..start].contains(".fields(");
            if let (true, Some(keys)) = (is_keys && !parts.is_empty(), words.collect::<Option<Keys>>()) {
                found.insert(keys);
            }
        }
        assert!(found.len() > before, "{file}: no keys were found");
    }
    found
}

/// The properties of every closed object in a schema.
fn schema_keys(schema: &Value, found: &mut BTreeSet<Keys>) {
    match schema {
        Value::Object(members) => {
            if let (Some(Value::Bool(false)), Some(Value::Object(properties))) =
                (members.get("additionalProperties"), members.get("properties"))
            {
                found.insert(properties.keys().cloned().collect());
            }
            members.values().for_each(|member| schema_keys(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| schema_keys(item, found)),
        _ => {}
    }
}

#[test]
fn readers_and_schemas_have_the_same_keys() {
    for (form, files, fewest) in [
        (Form::Catalog, ["book.rs", "tariffs.rs"].as_slice(), 11),
        (Form::Scenario, &["scenario.rs", "scenario_rules.rs"], 11),
        (Form::Contract, &["contract.rs"], 3),
    ] {
        let read = read_keys(files);
        let mut stated = BTreeSet::new();
        schema_keys(&schema(form), &mut stated);
        assert!(read.len() >= fewest, "{read:?}");
        let only =
            |of: &BTreeSet<Keys>, other: &BTreeSet<Keys>| format!("{:#?}", of.difference(other).collect::<Vec<_>>());
        assert_eq!(only(&read, &stated), "[]", "{}: read, and not in the schema", form.name());
        assert_eq!(only(&stated, &read), "[]", "{}: in the schema, and not read", form.name());
    }
}
