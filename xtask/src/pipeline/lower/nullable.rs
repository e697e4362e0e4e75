//! `nullable`, a keyword of 3.0 that some 3.1 documents still use.

use serde_json::{Map, Value};

use crate::{
    openapi::{keys, pointer::child},
    pipeline::notes::Notes,
};

use super::{shape::SYNTAX_OF_3_0, unions, values::HIDDEN_NULLABLE};

/// Hides `nullable: true` from the rewrites until [`restore`].
pub fn hide(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    if schema.get("nullable") != Some(&Value::Bool(true)) {
        return;
    }
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
            format!("`nullable` {SYNTAX_OF_3_0}"),
        );
    }
    keys::rename(schema, "nullable", HIDDEN_NULLABLE, true.into());
}

/// Restores what [`hide`] hid.
pub fn restore(schema: &mut Map<String, Value>, _: &str, _: &mut Notes) {
    if schema.contains_key(HIDDEN_NULLABLE) {
        keys::rename(schema, HIDDEN_NULLABLE, "nullable", true.into());
    }
}
