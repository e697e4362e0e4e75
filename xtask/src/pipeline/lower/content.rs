//! Formats, encodings and media types of strings.

use serde_json::{Map, Value};

use crate::{
    openapi::{keys, pointer::child},
    pipeline::notes::Notes,
};

/// Returns the type to which `format` applies, if the format is known.
pub fn type_of_format(format: &str) -> Option<&'static str> {
    match format {
        "date" | "date-time" | "time" | "uuid" | "uri" | "email" | "hostname" | "ipv4" | "ipv6"
        | "byte" | "binary" | "password" => Some("string"),
        "int32" | "int64" => Some("integer"),
        "float" | "double" => Some("number"),
        _ => None,
    }
}

/// Adds the `type` of a known `format`, since 3.0 ignores a format without type.
pub fn format_without_type(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    if schema.contains_key("type") {
        return;
    }
    let Some(format) = schema
        .get("format")
        .and_then(Value::as_str)
        .map(str::to_owned)
    else {
        return;
    };
    let place = child(pointer, "format");
    if schema.contains_key("$ref") {
        schema.shift_remove("format");
        notes.warn(
            &place,
            format!("`format: {format}` beside `$ref` is dropped: the target defines the type"),
        );
        return;
    }
    // The branches of these can define another type.
    if keys::has_any(schema, &["allOf", "anyOf", "oneOf"]) {
        return;
    }
    let Some(kind) = type_of_format(&format) else {
        return;
    };
    let text = format!("`format: {format}` without `type` is treated as type `{kind}`");
    keys::insert_before(schema, "format", "type", kind.into());
    notes.warn(&place, text);
}

/// Lowers `contentEncoding` and `contentMediaType` to the formats `byte` and `binary`, or drops
/// them.
pub fn encoded(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let encoding = text(schema, "contentEncoding");
    let media_type = text(schema, "contentMediaType");
    if let Some(encoding) = &encoding {
        let place = child(pointer, "contentEncoding");
        if encoding != "base64" || !set_format(schema, "contentEncoding", "byte") {
            schema.shift_remove("contentEncoding");
            notes.warn(&place, format!("`contentEncoding: {encoding}` is dropped"));
        } else if !schema.contains_key("type") {
            keys::insert_before(schema, "format", "type", "string".into());
            notes.warn(
                &place,
                "`contentEncoding` without `type` is treated as type `string`",
            );
        }
    }
    if let Some(media_type) = &media_type {
        let raw = encoding.is_none() && media_type == "application/octet-stream";
        if !raw || !set_format(schema, "contentMediaType", "binary") {
            schema.shift_remove("contentMediaType");
            let place = child(pointer, "contentMediaType");
            notes.warn(
                &place,
                format!("`contentMediaType: {media_type}` is dropped"),
            );
        } else if !schema.contains_key("type") {
            keys::insert_before(schema, "format", "type", "string".into());
        }
    }
}

fn text(schema: &Map<String, Value>, keyword: &str) -> Option<String> {
    schema.get(keyword)?.as_str().map(str::to_owned)
}

/// Replaces `keyword` by `format`, unless the schema has another format. Returns whether it did.
fn set_format(schema: &mut Map<String, Value>, keyword: &str, format: &str) -> bool {
    match schema.get("format") {
        Some(other) if other != format => return false,
        Some(_) => {
            schema.shift_remove(keyword);
        }
        None => keys::rename(schema, keyword, "format", format.into()),
    }
    true
}
