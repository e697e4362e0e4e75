//! Keywords on objects.

use serde_json::{Map, Value};

use crate::{openapi::pointer::child, pipeline::notes::Notes};

use super::{arrays, keys};

/// `patternProperties` become `additionalProperties`, which describes all keys that `properties`
/// does not.
pub fn pattern_properties(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let Some(Value::Object(patterns)) = schema.get("patternProperties").cloned() else {
        return;
    };
    let place = child(pointer, "patternProperties");
    // A pattern whose schema is `false` forbids keys, and so adds none to what is allowed.
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
                "`patternProperties` is dropped, for without `additionalProperties: false` beside \
                 it other keys may hold anything",
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
        "`patternProperties` becomes `additionalProperties`, whatever the key",
    );
}

/// A property whose schema is `false` is one that must not be there; without additional
/// properties that is said by not naming it.
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
                "take it out of `required` or give it a schema in the overlay",
            );
        }
    }
    properties.retain(|_, property| *property != Value::Bool(false));
}
