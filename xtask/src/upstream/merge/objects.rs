//! A walk over every object of a document that knows which keys are names that an author gave.

use serde_json::{Map, Value};

use crate::openapi::pointer::child;

/// The keys whose values are data of the API's users.
const DATA: [&str; 7] = [
    "const", "default", "enum", "example", "examples", "security", "value",
];

/// The keys of OpenAPI and JSON Schema whose values have names as keys.
const NAMES: [&str; 22] = [
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

/// Whether the value at `key` of an object that is [`Kind::Defined`] is as its author likes.
pub fn is_data(key: &str) -> bool {
    key.starts_with("x-") || DATA.contains(&key)
}

/// What the keys of an object are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Those that OpenAPI or JSON Schema define, and extensions.
    Defined,
    /// Names that the author gave.
    Names,
}

/// What is done with an object, its JSON Pointer and what its keys are.
pub type Visit<'v> = dyn FnMut(&mut Map<String, Value>, &str, Kind) + 'v;

/// Visits the objects of a document that are not data, each before what it holds. Unlike
/// [`walk::parts`] it goes everywhere, so that nothing escapes a check.
pub fn objects(document: &mut Value, visit: &mut Visit<'_>) {
    objects_in(document, "", Kind::Defined, visit);
}

/// [`objects`] from a place whose kind is known.
fn objects_in(value: &mut Value, pointer: &str, kind: Kind, visit: &mut Visit<'_>) {
    match value {
        Value::Object(object) => {
            visit(object, pointer, kind);
            for (key, value) in object {
                let below = match kind {
                    Kind::Defined if is_data(key) => continue,
                    Kind::Defined if NAMES.contains(&key.as_str()) => Kind::Names,
                    _ => Kind::Defined,
                };
                objects_in(value, &child(pointer, key), below, visit);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter_mut().enumerate() {
                // A list at a key that elsewhere holds names is one of objects.
                objects_in(
                    value,
                    &child(pointer, &index.to_string()),
                    Kind::Defined,
                    visit,
                );
            }
        }
        _ => {}
    }
}
