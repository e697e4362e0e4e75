//! Keywords without an equivalent in 3.0.

use serde_json::{Map, Value};

use crate::{openapi::pointer::child, pipeline::notes::Notes};

/// Drops constraints without an equivalent.
pub fn constraints(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let branches = ["then", "else"].map(|branch| schema.shift_remove(branch).is_some());
    if schema.shift_remove("if").is_some() && branches.contains(&true) {
        notes.warn(
            &child(pointer, "if"),
            "`if`, `then` and `else` are dropped: OpenAPI 3.0 has no equivalent",
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
                format!("`{keyword}` is dropped: OpenAPI 3.0 has no equivalent"),
            );
        }
    }
    // Without `contains`, these have no effect.
    schema.shift_remove("minContains");
    schema.shift_remove("maxContains");
    if schema.shift_remove("contentSchema").is_some() {
        notes.warn(
            &child(pointer, "contentSchema"),
            "`contentSchema` is dropped: OpenAPI 3.0 has no equivalent",
        );
    }
}

/// Returns whether the constraint excludes nothing. Dropping it needs no warning.
fn accepts_everything(keyword: &str, value: &Value) -> bool {
    match (keyword, value) {
        ("propertyNames", Value::Bool(all)) => *all,
        // Property names are always strings.
        ("propertyNames", Value::Object(schema)) => schema
            .iter()
            .all(|(keyword, value)| keyword == "type" && value == "string"),
        ("dependentRequired" | "dependentSchemas", Value::Object(entries)) => entries.is_empty(),
        _ => false,
    }
}

/// Lowers `unevaluatedProperties` and `unevaluatedItems` to `additionalProperties` and `items`.
/// On a composed schema they are dropped, since 3.0 has no equivalent.
pub fn unevaluated(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let composed = schema.keys().any(|keyword| match keyword.as_str() {
        "$ref" | "$dynamicRef" | "$recursiveRef" | "allOf" | "anyOf" | "oneOf" | "not" => true,
        "if" | "then" | "else" | "contains" | "dependentSchemas" => true,
        _ => false,
    });
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
                format!("`{keyword}` is dropped: OpenAPI 3.0 has no equivalent in a composition"),
            );
        } else {
            schema.insert(plain.to_owned(), value);
        }
    }
}
