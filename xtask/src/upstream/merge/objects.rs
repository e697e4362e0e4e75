//! Visits every object of a document. Tells keywords from names that an author chose.

use serde_json::{Map, Value};

use crate::openapi::pointer::child;

/// The keys whose values are data and not part of the description.
const DATA_KEYS: [&str; 7] = [
    "const", "default", "enum", "example", "examples", "security", "value",
];

/// The keys of OpenAPI and JSON Schema whose values are maps with names as keys.
const NAME_KEYS: [&str; 22] = [
    "$defs",
    "callbacks",
    "content",
    "definitions",
    "dependentRequired",
    "dependentSchemas",
    "encoding",
    "headers",
    "links",
    "mapping",
    "parameters",
    "pathItems",
    "paths",
    "patternProperties",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "scopes",
    "securitySchemes",
    "variables",
    "webhooks",
];

/// Returns whether the value at `key` of an object with [`KeyKind::Keywords`] is data.
pub fn is_data(key: &str) -> bool {
    key.starts_with("x-") || DATA_KEYS.contains(&key)
}

/// The kind of the keys of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Keywords of OpenAPI or JSON Schema, and extensions.
    Keywords,
    /// Names that the author chose.
    Names,
}

/// A callback for an object, its JSON Pointer and the kind of its keys.
pub type Visit<'v> = dyn FnMut(&mut Map<String, Value>, &str, KeyKind) + 'v;

/// Visits all objects of a document that are not data, parents first. Unlike [`walk::parts`], it does
/// not skip unknown keys.
pub fn visit_objects(document: &mut Value, visit: &mut Visit<'_>) {
    visit_value(document, "", KeyKind::Keywords, visit);
}

/// Visits the objects in a value whose kind is known.
fn visit_value(value: &mut Value, pointer: &str, kind: KeyKind, visit: &mut Visit<'_>) {
    match value {
        Value::Object(object) => {
            visit(object, pointer, kind);
            for (key, value) in object {
                let below = match kind {
                    KeyKind::Keywords if is_data(key) => continue,
                    KeyKind::Keywords if NAME_KEYS.contains(&key.as_str()) => KeyKind::Names,
                    _ => KeyKind::Keywords,
                };
                visit_value(value, &child(pointer, key), below, visit);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter_mut().enumerate() {
                // An array has no names as keys, so its items have keywords.
                visit_value(
                    value,
                    &child(pointer, &index.to_string()),
                    KeyKind::Keywords,
                    visit,
                );
            }
        }
        _ => {}
    }
}
