//! Keywords that 3.0 has nothing for.

use serde_json::{Map, Value};

use crate::{openapi::pointer::child, pipeline::notes::Notes};

/// Keywords about the schema's own name and language; references were resolved before.
pub fn identifiers(schema: &mut Map<String, Value>, _: &str, _: &mut Notes) {
    const IDENTIFIERS: [&str; 9] = [
        "$schema",
        "$vocabulary",
        "$id",
        "$anchor",
        "$dynamicAnchor",
        "$recursiveAnchor",
        "$defs",
        "definitions",
        "$comment",
    ];
    for keyword in IDENTIFIERS {
        schema.shift_remove(keyword);
    }
}

/// Constraints without a counterpart: a client can no longer check them.
pub fn constraints(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let branches = ["then", "else"].map(|branch| schema.shift_remove(branch).is_some());
    if schema.shift_remove("if").is_some() && branches.contains(&true) {
        notes.warn(
            &child(pointer, "if"),
            "`if` is dropped with its `then` and `else`, and a client can no longer check it",
        );
    }
    for keyword in [
        "contains",
        "propertyNames",
        "dependentRequired",
        "dependentSchemas",
    ] {
        let Some(value) = schema.shift_remove(keyword) else {
            continue;
        };
        if !accepts_everything(keyword, &value) {
            notes.warn(
                &child(pointer, keyword),
                format!("`{keyword}` is dropped, and a client can no longer check it"),
            );
        }
    }
    // Without `contains` these mean nothing.
    schema.shift_remove("minContains");
    schema.shift_remove("maxContains");
    if schema.shift_remove("contentSchema").is_some() {
        notes.warn(
            &child(pointer, "contentSchema"),
            "`contentSchema` is dropped, and what the string holds is no longer described",
        );
    }
}

/// Whether the constraint excludes nothing, so that it can go without a word.
fn accepts_everything(keyword: &str, value: &Value) -> bool {
    match (keyword, value) {
        ("propertyNames", Value::Bool(all)) => *all,
        // Names are strings anyway.
        ("propertyNames", Value::Object(schema)) => schema
            .iter()
            .all(|(keyword, value)| keyword == "type" && value == "string"),
        ("dependentRequired" | "dependentSchemas", Value::Object(entries)) => entries.is_empty(),
        _ => false,
    }
}

/// `unevaluatedProperties` and `unevaluatedItems` see through composition, which 3.0 cannot say;
/// on a schema without any they are `additionalProperties` and `items`.
pub fn unevaluated(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    const COMPOSITION: [&str; 12] = [
        "$ref",
        "$dynamicRef",
        "$recursiveRef",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "then",
        "else",
        "contains",
        "dependentSchemas",
    ];
    let composed = COMPOSITION
        .iter()
        .any(|keyword| schema.contains_key(*keyword));
    let rows = [
        ("unevaluatedProperties", "additionalProperties"),
        ("unevaluatedItems", "items"),
    ];
    for (keyword, plain) in rows {
        let Some(value) = schema.shift_remove(keyword) else {
            continue;
        };
        if value == Value::Bool(true) || schema.contains_key(plain) {
            continue;
        }
        if composed {
            notes.warn(
                &child(pointer, keyword),
                format!("`{keyword}` is dropped, for 3.0 cannot say it of a composed schema"),
            );
        } else {
            schema.insert(plain.to_owned(), value);
        }
    }
}
