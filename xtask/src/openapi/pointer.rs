//! JSON Pointers (RFC 6901), which every message uses to name a place in a document.

use std::{borrow::Cow, iter::successors};

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// Returns the pointer to `key` in the value at `parent`.
pub fn child(parent: &str, key: &str) -> String {
    format!("{parent}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Returns the name of the place at `pointer` in messages.
pub fn place(pointer: &str) -> &str {
    match pointer {
        "" => "the document",
        pointer => pointer,
    }
}

/// Returns the unescaped keys of `pointer`.
pub fn keys(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer
        .split('/')
        .skip(1)
        .map(|key| key.replace("~1", "/").replace("~0", "~"))
}

/// Returns `pointer` and the pointers to the values around it, the innermost first.
pub fn ancestors(pointer: &str) -> impl Iterator<Item = &str> {
    successors(Some(pointer), |pointer| Some(pointer.rsplit_once('/')?.0))
}

/// Returns what follows `parent` in `pointer`, if the place is at `parent` or below it.
pub fn below<'p>(pointer: &'p str, parent: &str) -> Option<&'p str> {
    let rest = pointer.strip_prefix(parent)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
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

/// Returns the pointer in the fragment of a reference within the document.
pub fn of_reference(reference: &str) -> Option<Cow<'_, str>> {
    reference.strip_prefix('#').map(decode)
}

/// Decodes the percent-encoding (`%7B`) of a URI. Returns `uri` if it does not encode UTF-8.
pub fn decode(uri: &str) -> Cow<'_, str> {
    let decoded = percent_decode_str(uri).decode_utf8();
    decoded.unwrap_or(Cow::Borrowed(uri))
}

/// Resolves `value` within `document`, through any chain of references.
///
/// Returns the last reference of the chain if it does not resolve.
pub fn follow<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    follow_chain(value, |value| {
        document.pointer(reference(value)?.strip_prefix('#')?)
    })
}

/// Returns the last value of the chain that starts at `value`. `target` returns the next value.
pub fn follow_chain<T>(mut value: T, target: impl Fn(&T) -> Option<T>) -> T {
    // A bound, because references can form a cycle.
    for _ in 0..32 {
        match target(&value) {
            Some(next) => value = next,
            None => break,
        }
    }
    value
}
