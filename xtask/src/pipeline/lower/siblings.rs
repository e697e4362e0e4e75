//! Keywords beside `$ref`, which 3.0 ignores.

use serde_json::{Map, Value};

use crate::{
    openapi::{keys, pointer::child, walk},
    pipeline::notes::Notes,
};

/// Drops what a 3.0 document has beside `$ref`, except annotations and `nullable`, which most tools
/// apply.
pub fn drop_ignored(document: &mut Value, notes: &mut Notes) {
    walk::schemas(document, &mut |schema, pointer| {
        let Value::Object(schema) = schema else {
            return;
        };
        if !schema.get("$ref").is_some_and(Value::is_string) {
            return;
        }
        schema.retain(|key, _| {
            let is_kept = ["$ref", "nullable"].contains(&&**key) || keys::is_annotation(key);
            if !is_kept {
                let text = format!("`{key}` is dropped: OpenAPI 3.0 ignores it beside `$ref`");
                notes.warn(&child(pointer, key), text);
            }
            is_kept
        });
    });
}

/// Rewrites `$ref` with siblings to `allOf` of the reference and the constraining siblings.
/// Annotations stay beside it.
pub fn of_reference(schema: &mut Map<String, Value>, _: &str, _: &mut Notes) {
    if !schema.contains_key("$ref") || schema.len() == 1 {
        return;
    }
    let nullable = schema.get("nullable") == Some(&Value::Bool(true));
    let mut all_of = Vec::new();
    let mut own = Vec::new();
    let mut constraints = Map::new();
    let mut outside = Map::new();
    for (key, value) in std::mem::take(schema) {
        match (key.as_str(), value) {
            ("$ref", target) => {
                all_of.push(keys::reference_to(target));
                outside.insert("allOf".to_owned(), Value::Null);
            }
            // `nullable` from the siblings must not apply to the reference.
            ("allOf", Value::Array(all)) if !nullable => own.extend(all),
            (name, value) if keys::is_annotation(name) || name == "nullable" && !nullable => {
                outside.insert(key, value);
            }
            (_, value) => {
                constraints.insert(key, value);
            }
        }
    }
    all_of.append(&mut own);
    if !constraints.is_empty() {
        all_of.push(Value::Object(constraints));
    }
    outside.insert("allOf".to_owned(), Value::Array(all_of));
    *schema = outside;
}
