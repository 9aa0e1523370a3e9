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

type Keys = BTreeSet<String>;

/// The keys of every mapping that a reader knows by name: the lists of texts that it gives to `fields`.
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
            let is_keys = lead.ends_with("keys =") || lead.ends_with(',') && text[..start].contains(".fields(");
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
    for (form, files) in
        [(Form::Catalog, ["book.rs", "tariffs.rs"]), (Form::Scenario, ["scenario.rs", "scenario_rules.rs"])]
    {
        let read = read_keys(&files);
        let mut stated = BTreeSet::new();
        schema_keys(&schema(form), &mut stated);
        assert!(read.len() > 10, "{read:?}");
        let only =
            |of: &BTreeSet<Keys>, other: &BTreeSet<Keys>| format!("{:#?}", of.difference(other).collect::<Vec<_>>());
        assert_eq!(only(&read, &stated), "[]", "{}: read, and not in the schema", form.name());
        assert_eq!(only(&stated, &read), "[]", "{}: in the schema, and not read", form.name());
    }
}
