//! `nullable`, a keyword of 3.0 that authors of 3.1 documents still write.

use serde_json::{Map, Value};

use crate::{openapi::pointer::child, pipeline::notes::Notes};

use super::{keys, unions};

/// Takes `nullable: true` out of the schema, and tells whether it was there.
///
/// It waits outside until all else is done, for beside a `$ref` it is about the whole, while
/// `type: [T, "null"]` there is one more constraint.
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
            "`nullable` is not of 3.1 but of 3.0, and taken as meant there",
        );
    }
    true
}

/// Puts back what [`take`] took.
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
