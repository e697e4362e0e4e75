//! Handling of the keys of objects, in a way that keeps their order readable.

use serde_json::{Map, Value};

/// Puts `entries` in the place of `key`; they win over what stands under their names elsewhere.
pub fn replace(map: &mut Map<String, Value>, key: &str, entries: Map<String, Value>) {
    for (name, value) in std::mem::take(map) {
        if name == key {
            map.extend(entries.clone());
        } else if !entries.contains_key(&name) {
            map.insert(name, value);
        }
    }
}

/// Puts `value` as `new` in the place of `key`.
pub fn rename(map: &mut Map<String, Value>, key: &str, new: &str, value: Value) {
    replace(map, key, Map::from_iter([(new.to_owned(), value)]));
}

/// Puts `value` as `new` right before `key`.
pub fn insert_before(map: &mut Map<String, Value>, key: &str, new: &str, value: Value) {
    let Some(kept) = map.get(key).cloned() else {
        return;
    };
    let entries = Map::from_iter([(new.to_owned(), value), (key.to_owned(), kept)]);
    replace(map, key, entries);
}

/// Whether `key` says nothing about which values a schema takes.
pub fn is_annotation(key: &str) -> bool {
    const ANNOTATIONS: [&str; 12] = [
        "title",
        "description",
        "default",
        "example",
        "examples",
        "deprecated",
        "discriminator",
        "externalDocs",
        "readOnly",
        "writeOnly",
        "xml",
        "$comment",
    ];
    key.starts_with("x-") || ANNOTATIONS.contains(&key)
}

/// The schema that is a reference to `target`.
pub fn reference_to(target: impl Into<Value>) -> Value {
    Value::Object(Map::from_iter([("$ref".to_owned(), target.into())]))
}
