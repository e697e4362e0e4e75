//! Keywords on arrays.

use indexmap::IndexSet;
use serde_json::{Map, Value, json};

use crate::{
    openapi::{keys, pointer::child},
    pipeline::notes::Notes,
};

/// Lowers `prefixItems`, one schema for each position, to the one `items` of 3.0.
pub fn prefix_items(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let Some(Value::Array(mut schemas)) = schema.get("prefixItems").cloned() else {
        return;
    };
    let length = schemas.len() as u64;
    let longest = schema.get("maxItems").and_then(Value::as_u64);
    let rest = schema.shift_remove("items");
    match rest {
        Some(Value::Bool(false)) => {
            // `items: false` allows fewer items, so `minItems` does not change.
            let most = longest.map_or(length, |longest| longest.min(length));
            schema.insert("maxItems".to_owned(), most.into());
        }
        _ if longest.is_some_and(|longest| longest <= length) => {}
        Some(rest) => schemas.push(rest),
        None => schemas.push(true.into()),
    }
    keys::rename(schema, "prefixItems", "items", any_of(schemas));
    notes.warn(
        &child(pointer, "prefixItems"),
        "`prefixItems` is lowered to `items` that accept any of its schemas at any position",
    );
}

/// Returns a schema that accepts what any of `schemas` accepts.
pub fn any_of(schemas: Vec<Value>) -> Value {
    let distinct: IndexSet<Value> = schemas.into_iter().collect();
    let mut distinct: Vec<Value> = distinct.into_iter().collect();
    let accepts_all = |schema: &Value| *schema == json!(true) || *schema == json!({});
    match distinct.len() {
        0 => json!({}),
        _ if distinct.iter().any(accepts_all) => json!({}),
        1 => distinct.remove(0),
        _ => json!({"anyOf": distinct}),
    }
}

/// Adds `items` to arrays, where 3.0 requires it.
pub fn add_items(schema: &mut Map<String, Value>, _: &str, _: &mut Notes) {
    if schema.get("type").is_some_and(|kind| kind == "array") && !schema.contains_key("items") {
        schema.insert("items".to_owned(), json!({}));
    }
}
