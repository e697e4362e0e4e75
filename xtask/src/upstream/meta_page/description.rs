//! Descriptions: the prose of a page, and where it ends.

use serde_json::Value;

use super::{
    Read,
    lines::Cursor,
    prose::{is_prose, is_word},
    samples::is_status,
    unexpected,
};

/// The line before the fields of a schema.
pub const CHILDREN: &str = "Show child attributes";

/// Returns whether `text` begins something else than a sentence.
pub fn ends_prose(text: &str) -> bool {
    text == CHILDREN
        || text.starts_with("Content Type:")
        || text.starts_with("Schema:")
        || is_part(text)
        || is_status(text)
}

/// Returns whether `text` is the heading of a part of an operation.
fn is_part(text: &str) -> bool {
    let parts = [
        "Responses",
        "Select language",
        "Select status code",
        "Try it",
    ];
    parts.contains(&text) || text.starts_with("Request Body") || text.ends_with(" Parameters")
}

/// Reads lines of prose as far as they go.
pub fn read(cursor: &mut Cursor<'_>) -> Read<String> {
    read_if(cursor, |text| is_prose(text) || is_word(text))
}

/// Reads the prose below a field, after which another field could stand.
pub fn read_below_field(cursor: &mut Cursor<'_>) -> Read<String> {
    read_if(cursor, is_prose)
}

fn read_if(cursor: &mut Cursor<'_>, is_allowed: impl Fn(&str) -> bool) -> Read<String> {
    let mut lines = Vec::new();
    while let Some(line) = cursor.next_text_if(|text| !ends_prose(text) && !text.starts_with('#')) {
        if !is_allowed(&line.text) {
            return unexpected(line, "a sentence");
        }
        lines.push(line.text.as_str());
    }
    Ok(lines.join("\n"))
}

/// Sets the keyword `key` of `schema`.
pub fn put(schema: &mut Value, key: &str, value: Value) {
    if let Some(object) = schema.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

/// Sets the description of `schema`, unless it is empty.
pub fn add(schema: &mut Value, description: &str) {
    if !description.is_empty() {
        put(schema, "description", description.into());
    }
}
