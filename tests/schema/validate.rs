//! The part of JSON Schema (draft-07) that the schemas use. A keyword that is not known here is a fault, so that nothing
//! in a schema goes unchecked.

use serde_json::Value;

/// What does not fit, with its path.
pub fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, schema, value, "$", &mut found);
    found
}

fn check(root: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let Value::Object(keywords) = schema else { panic!("{path}: {schema} is no schema") };
    let fits = |schema: &Value| {
        let mut inner = Vec::new();
        check(root, schema, value, path, &mut inner);
        inner.is_empty()
    };
    for (keyword, says) in keywords {
        match keyword.as_str() {
            "$schema" | "title" | "description" | "definitions" => {}
            "$ref" => {
                let name =
                    says.as_str().and_then(|text| text.strip_prefix("#/definitions/")).expect("a local reference");
                let target = &root["definitions"][name];
                assert!(target.is_object(), "{name} is not defined");
                check(root, target, value, path, found);
            }
            "type" => {
                let names: Vec<&str> = match says {
                    Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
                    name => name.as_str().into_iter().collect(),
                };
                if !names.iter().any(|name| is_of(value, name)) {
                    found.push(format!("{path}: {} is none of {names:?}", brief(value)));
                }
            }
            "const" => expect(value == says, path, value, "the constant", found),
            "enum" => {
                expect(says.as_array().is_some_and(|all| all.contains(value)), path, value, "a legal word", found)
            }
            "anyOf" => {
                let any = says.as_array().expect("a list").iter().any(fits);
                expect(any, path, value, "any of the alternatives", found);
            }
            "allOf" => {
                says.as_array().expect("a list").iter().for_each(|one| check(root, one, value, path, found));
            }
            "minimum" => {
                let least = says.as_f64().expect("a number");
                expect(value.as_f64().is_none_or(|value| value >= least), path, value, "large enough", found);
            }
            "pattern" => {
                let text = value.as_str();
                expect(
                    text.is_none_or(|text| matches(says.as_str().expect("a pattern"), text)),
                    path,
                    value,
                    "in the form",
                    found,
                );
            }
            "items" => {
                for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, says, item, &format!("{path}[{number}]"), found);
                }
            }
            "minItems" | "maxItems" => {
                let count = says.as_u64().expect("a count") as usize;
                let right = |items: &Vec<Value>| {
                    if keyword == "minItems" { items.len() >= count } else { items.len() <= count }
                };
                expect(value.as_array().is_none_or(right), path, value, "of the right length", found);
            }
            "required" => {
                for name in says.as_array().expect("a list").iter().filter_map(Value::as_str) {
                    expect(
                        !value.is_object() || value.get(name).is_some(),
                        path,
                        value,
                        &format!("with `{name}`"),
                        found,
                    );
                }
            }
            "properties" => {
                for (name, inner) in says.as_object().expect("an object") {
                    if let Some(member) = value.get(name) {
                        check(root, inner, member, &format!("{path}.{name}"), found);
                    }
                }
            }
            "additionalProperties" => {
                let known = keywords.get("properties").and_then(Value::as_object);
                for (name, member) in value.as_object().into_iter().flatten() {
                    if known.is_some_and(|known| known.contains_key(name)) {
                        continue;
                    }
                    match says {
                        Value::Bool(false) => found.push(format!("{path}: unknown key `{name}`")),
                        inner => check(root, inner, member, &format!("{path}.{name}"), found),
                    }
                }
            }
            other => panic!("{path}: the keyword `{other}` is not checked"),
        }
    }
}

fn expect(holds: bool, path: &str, value: &Value, what: &str, found: &mut Vec<String>) {
    if !holds {
        found.push(format!("{path}: {} is not {what}", brief(value)));
    }
}

fn is_of(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("there is no type `{other}`"),
    }
}

fn brief(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}

/// The few patterns in use, written out: a regular expression engine for five of them would be more to trust.
fn matches(pattern: &str, text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let decimal = |text: &str| match text.split_once('.') {
        Some((whole, rest)) => digits(whole) && digits(rest),
        None => digits(text),
    };
    match pattern {
        r"^[0-9]+(\.[0-9]+)?%$" => text.strip_suffix('%').is_some_and(decimal),
        r"^-?[0-9]+(\.[0-9]+)?%$" => matches(r"^[0-9]+(\.[0-9]+)?%$", text.strip_prefix('-').unwrap_or(text)),
        r"^-?[0-9]+(\.[0-9]+)?$" => decimal(text.strip_prefix('-').unwrap_or(text)),
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" => {
            let parts: Vec<&str> = text.split('-').collect();
            parts.iter().all(|part| digits(part)) && parts.iter().map(|part| part.len()).eq([4, 2, 2])
        }
        "^[0-9a-f]{64}$" => text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
        other => panic!("the pattern `{other}` is not known"),
    }
}

#[test]
fn each_keyword_refuses_what_it_should() {
    let schema = serde_json::json!({
        "type": "object", "required": ["a"], "additionalProperties": false,
        "properties": {
            "a": {"enum": ["x"]}, "b": {"type": "array", "items": {"$ref": "#/definitions/n"}, "minItems": 1, "maxItems": 2},
            "c": {"anyOf": [{"const": 1}, {"type": "null"}]}, "d": {"pattern": "^[0-9a-f]{64}$"}
        },
        "definitions": {"n": {"type": "number", "minimum": 0}}
    });
    let count = |value: Value| faults(&schema, &value).len();
    assert_eq!(count(serde_json::json!({"a": "x", "b": [1, 2.5], "c": null})), 0);
    for wrong in [
        serde_json::json!([]),
        serde_json::json!({}),
        serde_json::json!({"a": "y"}),
        serde_json::json!({"a": "x", "z": 1}),
        serde_json::json!({"a": "x", "b": []}),
        serde_json::json!({"a": "x", "b": [1, 2, 3]}),
        serde_json::json!({"a": "x", "b": [-1]}),
        serde_json::json!({"a": "x", "b": ["1"]}),
        serde_json::json!({"a": "x", "c": 2}),
        serde_json::json!({"a": "x", "d": "0"}),
    ] {
        assert_eq!(count(wrong.clone()), 1, "{wrong}");
    }
}
