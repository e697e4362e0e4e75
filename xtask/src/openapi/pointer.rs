//! JSON Pointers (RFC 6901), by which every message names a place in a document.

use serde_json::Value;

/// The pointer to `key` below `parent`.
pub fn child(parent: &str, key: &str) -> String {
    format!("{parent}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The keys that make up `pointer`, unescaped.
pub fn keys(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer
        .split('/')
        .skip(1)
        .map(|key| key.replace("~1", "/").replace("~0", "~"))
}

/// The name of the component that `reference` points to, if it points to one of `section`.
pub fn component<'r>(reference: &'r str, section: &str) -> Option<&'r str> {
    reference
        .strip_prefix("#/components/")?
        .strip_prefix(section)?
        .strip_prefix('/')
        .filter(|name| !name.contains('/'))
}

/// The `$ref` of `value`, if it has one.
pub fn reference(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()
}

/// `value`, or what it refers to within `document`, however many references lead there.
pub fn follow<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let mut value = value;
    // References that lead in a circle lead nowhere.
    for _ in 0..32 {
        match reference(value)
            .and_then(|r| r.strip_prefix('#'))
            .and_then(|p| document.pointer(p))
        {
            Some(target) => value = target,
            None => break,
        }
    }
    value
}
