//! Keywords on objects.

use serde_json::{Map, Value};

use crate::{
    openapi::{keys, pointer::child},
    pipeline::notes::Notes,
};

use super::arrays;

/// Lowers `patternProperties` to `additionalProperties`, which applies to all keys that are not in
/// `properties`.
pub fn pattern_properties(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let Some(Value::Object(patterns)) = schema.get("patternProperties").cloned() else {
        return;
    };
    let place = child(pointer, "patternProperties");
    // A pattern with the schema `false` forbids keys.
    let mut schemas: Vec<Value> = patterns
        .into_iter()
        .map(|(_, schema)| schema)
        .filter(|m| *m != Value::Bool(false))
        .collect();
    match schema.get("additionalProperties").cloned() {
        Some(Value::Bool(false)) => {}
        Some(Value::Object(other)) => schemas.push(Value::Object(other)),
        _ => {
            schema.shift_remove("patternProperties");
            notes.warn(
                &place,
                "`patternProperties` is dropped: other keys can have any value",
            );
            return;
        }
    }
    schema.shift_remove("additionalProperties");
    let others = if schemas.is_empty() {
        false.into()
    } else {
        arrays::any_of(schemas)
    };
    keys::rename(schema, "patternProperties", "additionalProperties", others);
    notes.warn(
        &place,
        "`patternProperties` is lowered to `additionalProperties`, without the patterns",
    );
}

/// Removes forbidden properties (schema `false`) if additional properties are not allowed, since
/// undeclared properties are then forbidden, too.
pub fn forbidden_properties(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    if schema.get("additionalProperties") != Some(&Value::Bool(false)) {
        return;
    }
    let required: Vec<String> = match schema.get("required") {
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    };
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    for name in &required {
        if properties.get(name) == Some(&Value::Bool(false)) {
            notes.refuse(
                &child(&child(pointer, "properties"), name),
                "the property is both required and forbidden",
                "remove it from `required` or give it a schema in the overlay",
            );
        }
    }
    properties.retain(|_, property| *property != Value::Bool(false));
}
