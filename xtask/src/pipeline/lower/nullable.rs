//! `nullable`, a keyword of 3.0 that some 3.1 documents still use.

use serde_json::{Map, Value};

use crate::{
    openapi::{keys, pointer::child},
    pipeline::notes::Notes,
};

use super::unions;

/// Removes `nullable: true` from the schema, and returns whether it was there.
///
/// [`restore`] adds it after all other rewrites: beside a `$ref`, it applies to the whole schema,
/// while `type: [T, "null"]` is an additional constraint.
pub fn take(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) -> bool {
    if schema.get("nullable") != Some(&Value::Bool(true)) {
        return false;
    }
    schema.shift_remove("nullable");
    let in_type = match schema.get("type") {
        Some(Value::Array(types)) => types.iter().any(|kind| kind == "null"),
        kind => kind.is_some_and(|kind| kind == "null"),
    };
    let in_values = schema.get("const").is_some_and(Value::is_null)
        || schema
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(|v| v.contains(&Value::Null));
    if !in_type && !in_values && !unions::has_null_branch(schema) {
        notes.warn(
            &child(pointer, "nullable"),
            "`nullable` is OpenAPI 3.0 syntax and is treated as in 3.0",
        );
    }
    true
}

/// Restores the keyword that [`take`] removed.
pub fn restore(schema: &mut Map<String, Value>) {
    if let Some(reference) = schema.get("$ref").cloned() {
        keys::rename(
            schema,
            "$ref",
            "allOf",
            vec![keys::reference_to(reference)].into(),
        );
    }
    schema.insert("nullable".to_owned(), true.into());
}
