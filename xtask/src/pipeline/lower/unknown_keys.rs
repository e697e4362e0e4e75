//! Keys that neither 3.0 nor 3.1 defines. They are dropped with a warning.

use serde_json::Value;

use crate::{
    openapi::{grammar::Form, pointer::child, walk},
    pipeline::notes::Notes,
};

/// Drops the unknown keys of all objects but schemas.
pub fn drop_keys(document: &mut Value, notes: &mut Notes) {
    walk::forms(document, &mut |form, value, pointer| {
        let (Form::Fields(fields, others), Value::Object(object)) = (form, value) else {
            return;
        };
        if object.contains_key("$ref") {
            return;
        }
        object.retain(|key, _| {
            let is_known = key.starts_with("x-")
                || fields.iter().any(|(name, _)| key == name)
                || others.contains(&key.as_str());
            if !is_known {
                warn(key, pointer, notes);
            }
            is_known
        });
    });
}

/// Warns that the unknown `key` of the object at `pointer` is dropped.
pub fn warn(key: &str, pointer: &str, notes: &mut Notes) {
    let text = format!("the unknown keyword `{key}` is dropped");
    notes.warn(&child(pointer, key), text);
}
