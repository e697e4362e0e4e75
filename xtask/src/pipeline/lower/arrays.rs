//! Keywords on arrays.

use serde_json::{Map, Value};

use crate::{openapi::pointer::child, pipeline::notes::Notes};

use super::keys;

/// `prefixItems` gives each place a schema of its own; 3.0 has one for all places.
pub fn prefix_items(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let Some(Value::Array(mut members)) = schema.get("prefixItems").cloned() else {
        return;
    };
    let places = members.len() as u64;
    let longest = schema.get("maxItems").and_then(Value::as_u64);
    let rest = schema.shift_remove("items");
    match rest {
        Some(Value::Bool(false)) => {
            // Fewer items than places are allowed by `items: false`, so `minItems` is left alone.
            let most = longest.map_or(places, |longest| longest.min(places));
            schema.insert("maxItems".to_owned(), most.into());
        }
        _ if longest.is_some_and(|longest| longest <= places) => {}
        Some(rest) => members.push(rest),
        None => members.push(true.into()),
    }
    keys::rename(schema, "prefixItems", "items", any_of(members));
    notes.weaken(
        &child(pointer, "prefixItems"),
        "`prefixItems` becomes `items` that take any of its schemas at any place",
    );
}

/// The schema that takes what any of `members` takes.
pub fn any_of(members: Vec<Value>) -> Value {
    let mut distinct: Vec<Value> = Vec::new();
    for member in members {
        if !distinct.contains(&member) {
            distinct.push(member);
        }
    }
    let takes_all = |member: &Value| {
        *member == Value::Bool(true) || member.as_object().is_some_and(Map::is_empty)
    };
    if distinct.is_empty() || distinct.iter().any(takes_all) {
        return Value::Object(Map::new());
    }
    match distinct.len() {
        1 => distinct.remove(0),
        _ => Value::Object(Map::from_iter([(
            "anyOf".to_owned(),
            Value::Array(distinct),
        )])),
    }
}

/// 3.0 asks for `items` wherever the type is `array`.
pub fn without_items(schema: &mut Map<String, Value>, _: &str, _: &mut Notes) {
    if schema.get("type").is_some_and(|of| of == "array") && !schema.contains_key("items") {
        schema.insert("items".to_owned(), Value::Object(Map::new()));
    }
}
