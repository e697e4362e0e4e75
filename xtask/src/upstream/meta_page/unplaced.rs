//! The fields for which a page does not show to which object they belong.

use serde_json::Value;

use crate::openapi::pointer::child;

/// The extension of an object that lists the fields somewhere below it whose parent the page
/// leaves open: their names, all possible parents, and their schemas.
pub const UNPLACED: &str = "x-unplaced-fields";

/// Returns a message for each unplaced field that `document` still has.
pub fn unplaced(document: &Value) -> Vec<String> {
    let mut messages = Vec::new();
    collect(document, "", &mut messages);
    messages
}

fn collect(value: &Value, pointer: &str, messages: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let pointer = child(pointer, key);
                match value {
                    Value::Array(fields) if key == UNPLACED => {
                        messages.extend(fields.iter().map(|field| message(field, &pointer)));
                    }
                    _ => collect(value, &pointer, messages),
                }
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                collect(value, &child(pointer, &index.to_string()), messages);
            }
        }
        _ => {}
    }
}

fn message(field: &Value, pointer: &str) -> String {
    let parents = field["parents"].as_array().into_iter().flatten();
    let parents = parents
        .filter_map(Value::as_str)
        .map(|parent| match parent {
            "" => "the outermost object".to_owned(),
            parent => format!("`{parent}`"),
        });
    format!(
        "{pointer}: the page does not show whether `{}` belongs to {}; with an overlay, add it to one \
         of them and remove `{UNPLACED}`",
        field["name"].as_str().unwrap_or_default(),
        parents.collect::<Vec<_>>().join(" or to "),
    )
}
