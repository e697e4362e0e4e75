//! Visits every object of a document. Tells keywords from names that an author chose.

use serde_json::{Map, Value};

use crate::openapi::pointer::child;

/// Returns whether the value at `key` of an object with [`KeyKind::Keywords`] is data and not part of
/// the description.
pub fn is_data(key: &str) -> bool {
    match key {
        "const" | "default" | "enum" | "example" | "examples" | "security" | "value" => true,
        _ => key.starts_with("x-"),
    }
}

/// Returns the kind of the keys of the value at `key`, a keyword.
fn kind_below(key: &str) -> KeyKind {
    match key {
        "paths" | "webhooks" | "pathItems" | "callbacks" | "links" => KeyKind::Names,
        "parameters" | "requestBodies" | "responses" | "headers" | "content" => KeyKind::Names,
        "schemas" | "properties" | "patternProperties" | "$defs" | "definitions" => KeyKind::Names,
        "dependentRequired" | "dependentSchemas" | "mapping" | "encoding" => KeyKind::Names,
        "securitySchemes" | "scopes" | "variables" => KeyKind::Names,
        _ => KeyKind::Keywords,
    }
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
                    KeyKind::Keywords => kind_below(key),
                    KeyKind::Names => KeyKind::Keywords,
                };
                visit_value(value, &child(pointer, key), below, visit);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter_mut().enumerate() {
                // An array has no names as keys, so its items have keywords.
                let pointer = child(pointer, &index.to_string());
                visit_value(value, &pointer, KeyKind::Keywords, visit);
            }
        }
        _ => {}
    }
}
