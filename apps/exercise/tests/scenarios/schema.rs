//! The JSON Schema that editors use.

use chorus_exercise::scenario::{Document, file};
use serde_json::{Value, json};

use super::support::shipped;

#[test]
fn the_checked_in_schema_is_current() {
    let kept = include_str!("../../scenario.schema.json");
    assert!(
        kept == Document::schema(),
        "write it anew: chorus scenario schema > apps/exercise/scenario.schema.json"
    );
}

#[test]
fn it_accepts_the_shipped_scenarios_as_they_are_written() {
    for (name, text) in [
        ("election", include_str!("../../scenarios/election.yaml")),
        ("demonstration", include_str!("../../scenarios/demonstration.yaml")),
    ] {
        let value: Value = serde_saphyr::from_str(text).unwrap();
        assert_eq!(faults(&value), Vec::<String>::new(), "{name}");
    }
    for document in shipped() {
        let json = serde_json::from_str(&file::to_json(&document).unwrap()).unwrap();
        assert_eq!(faults(&json), Vec::<String>::new());
    }
}

#[test]
fn it_refuses_what_is_not_a_scenario() {
    let with = |field: &str, value: Value| {
        let mut document = json!({ "format": "chorus-scenario/1", "title": "x" });
        document[field] = value;
        document
    };
    for (document, fault) in [
        (json!({ "title": "x" }), ": format is missing"),
        (with("hats", json!(1)), "/hats: not known"),
        (with("format", json!("chorus-scenario/2")), "/format"),
        (with("title", json!(3)), "/title"),
        (with("settings", json!({ "budget": "much" })), "/settings/budget"),
        (with("settings", json!({ "delivery": "now" })), "/settings/delivery"),
        (with("threats", json!([{ "id": "T1", "title": "x" }])), "/threats/0: at is missing"),
        (with("threats", json!([{ "id": "T1", "title": "x", "at": true }])), "/threats/0/at"),
        (
            with("mitigations", json!([{ "id": "M1", "name": "x", "category": "y", "cost": { "park": 1 } }])),
            "/mitigations/0/cost",
        ),
        (with("systems", json!([{ "id": "S1", "name": "x", "at": "moon" }])), "/systems/0/at"),
    ] {
        let told = faults(&document);
        assert!(told.iter().any(|told| told.starts_with(fault)), "{fault}: {told:?}");
    }
}

/// What a schema of ours says of a value: the part of JSON Schema that it uses, and no other.
fn faults(value: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(&Document::schema()).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let mut faults = Vec::new();
    check(&schema, &schema, value, "", &mut faults);
    faults
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    for (keyword, says) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$ref" => {
                let path = says.as_str().unwrap().trim_start_matches('#');
                check(root, root.pointer(path).unwrap(), value, at, faults);
            }
            "type" => {
                let names = says.as_array().cloned().unwrap_or_else(|| vec![says.clone()]);
                if !names.iter().any(|name| is(name.as_str().unwrap(), value)) {
                    faults.push(format!("{at}: not {says}"));
                }
            }
            "const" if says != value => faults.push(format!("{at}: not {says}")),
            "enum" if !says.as_array().unwrap().contains(value) => {
                faults.push(format!("{at}: not one of {says}"));
            }
            "anyOf" | "oneOf" => {
                let fits = |schema: &&Value| {
                    let mut faults = Vec::new();
                    check(root, schema, value, at, &mut faults);
                    faults.is_empty()
                };
                let fitting = says.as_array().unwrap().iter().filter(fits).count();
                if fitting == 0 || (keyword == "oneOf" && fitting > 1) {
                    faults.push(format!("{at}: fits {fitting} of {keyword}"));
                }
            }
            "required" => {
                let missing = says
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|name| value.get(name.as_str().unwrap()).is_none());
                faults.extend(missing.map(|name| format!("{at}: {} is missing", name.as_str().unwrap())));
            }
            "properties" => {
                for (name, schema) in says.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        check(root, schema, value, &format!("{at}/{name}"), faults);
                    }
                }
            }
            "additionalProperties" => {
                assert_eq!(says, &json!(false));
                let unknown = value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .filter(|(name, _)| schema["properties"].get(name).is_none());
                faults.extend(unknown.map(|(name, _)| format!("{at}/{name}: not known")));
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, says, item, &format!("{at}/{index}"), faults);
                }
            }
            "minimum" if value.as_f64() < says.as_f64() && value.is_number() => {
                faults.push(format!("{at}: too small"));
            }
            "maximum" if value.as_f64() > says.as_f64() => faults.push(format!("{at}: too large")),
            "const" | "enum" | "minimum" | "maximum" | "pattern" | "title" | "description" | "default"
            | "format" | "$defs" | "$schema" => {}
            other => panic!("the schema has {other}, which this check does not know"),
        }
    }
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("the schema has the type {other}"),
    }
}
