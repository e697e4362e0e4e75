//! The keys of objects.

use serde_json::{Map, Value, json};

/// Returns whether `map` has one of `keys`.
pub fn has_any(map: &Map<String, Value>, keys: &[&str]) -> bool {
    keys.iter().any(|key| map.contains_key(*key))
}

/// Returns the entries of `map` with these keys, in the order of `keys`.
pub fn pick(map: &Map<String, Value>, keys: &[&str]) -> Map<String, Value> {
    let entries = keys.iter().filter_map(|key| map.get_key_value(*key));
    entries
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Replaces `key` by `entries`. Other entries with the same keys are removed.
pub fn replace(map: &mut Map<String, Value>, key: &str, entries: Map<String, Value>) {
    for (name, value) in std::mem::take(map) {
        if name == key {
            map.extend(entries.clone());
        } else if !entries.contains_key(&name) {
            map.insert(name, value);
        }
    }
}

/// Replaces `key` by the entry `new` with `value`.
pub fn rename(map: &mut Map<String, Value>, key: &str, new: &str, value: Value) {
    replace(map, key, Map::from_iter([(new.to_owned(), value)]));
}

/// Replaces `key` by `branch` in `allOf`, which gets its position if it is new.
pub fn add_to_all_of(map: &mut Map<String, Value>, key: &str, branch: Value) {
    if let Some(Value::Array(all_of)) = map.get_mut("allOf") {
        all_of.push(branch);
        map.shift_remove(key);
    } else {
        rename(map, key, "allOf", vec![branch].into());
    }
}

/// Inserts the entry `new` with `value` before `key`.
pub fn insert_before(map: &mut Map<String, Value>, key: &str, new: &str, value: Value) {
    let Some(kept) = map.get(key).cloned() else {
        return;
    };
    let entries = Map::from_iter([(new.to_owned(), value), (key.to_owned(), kept)]);
    replace(map, key, entries);
}

/// Returns whether the keyword `key` of a schema does not affect validation.
pub fn is_annotation(key: &str) -> bool {
    match key {
        "title" | "description" | "$comment" | "externalDocs" | "xml" | "discriminator" => true,
        "default" | "example" | "examples" | "deprecated" | "readOnly" | "writeOnly" => true,
        _ => key.starts_with("x-"),
    }
}

/// Returns a schema that is a reference to `target`.
pub fn reference_to(target: impl Into<Value>) -> Value {
    json!({"$ref": target.into()})
}
