//! JSON Pointers (RFC 6901), which every message uses to name a place in a document.

use serde_json::Value;

/// Returns the pointer to `key` in the value at `parent`.
pub fn child(parent: &str, key: &str) -> String {
    format!("{parent}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Returns the unescaped keys of `pointer`.
pub fn keys(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer
        .split('/')
        .skip(1)
        .map(|key| key.replace("~1", "/").replace("~0", "~"))
}

/// Returns the name of the component of `section` that `reference` points to.
pub fn component<'r>(reference: &'r str, section: &str) -> Option<&'r str> {
    reference
        .strip_prefix("#/components/")?
        .strip_prefix(section)?
        .strip_prefix('/')
        .filter(|name| !name.contains('/'))
}

/// Returns the `$ref` of `value`.
pub fn reference(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()
}

/// Resolves `value` within `document`, through any chain of references.
///
/// Returns the last reference of the chain if it does not resolve.
pub fn follow<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let mut value = value;
    // A bound, because references can form a cycle.
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
