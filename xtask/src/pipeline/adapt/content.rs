//! Media types of bodies: one for each request, and one spelling of JSON.

use serde_json::{Map, Value, json};

use super::media::{JSON, canonical, essence, is_json, is_like_json};
use crate::{
    openapi::{
        pointer::{child, follow},
        walk::{self, Part},
    },
    pipeline::notes::Notes,
};

/// The media types that progenitor can send, in order of preference.
const SENDABLE: [&str; 5] = [
    JSON,
    "application/x-www-form-urlencoded",
    "application/octet-stream",
    "text/plain",
    "text/x-markdown",
];

/// Adapts the bodies of every request and response.
pub fn adapt(document: &mut Value, notes: &mut Notes) {
    let original = document.clone();
    walk::parts(document, &mut |part, value, pointer| {
        let Value::Object(object) = value else { return };
        if !matches!(object.get("content"), Some(Value::Object(_))) {
            return;
        }
        match part {
            Part::RequestBody => adapt_request(object, pointer, &original, notes),
            Part::Response => adapt_response(object, pointer, notes),
            _ => {}
        }
    });
}

fn adapt_request(
    body: &mut Map<String, Value>,
    pointer: &str,
    document: &Value,
    notes: &mut Notes,
) {
    let required = body.get("required") == Some(&Value::Bool(true));
    let Some(Value::Object(content)) = body.get_mut("content") else {
        return;
    };
    if content.is_empty() {
        return;
    }
    respell(content, canonical);
    let chosen = SENDABLE.iter().find_map(|sendable| {
        content
            .keys()
            .find(|given| essence(given) == *sendable)
            .cloned()
    });
    let Some(chosen) = chosen else {
        let given: Vec<&str> = content.keys().map(String::as_str).collect();
        let problem = format!("a request body of {} is not supported", given.join(", "));
        notes.refuse(pointer, &problem, "remove the operation in the overlay");
        return;
    };
    for other in content.keys().filter(|given| **given != chosen) {
        notes.warn(
            pointer,
            format!("the body is always sent as {chosen}, not as {other}"),
        );
    }
    content.retain(|given, _| *given == chosen);
    let can_be_empty = chosen == JSON && can_be_empty(&content[&chosen]["schema"], document);
    if let Some(Value::Object(media_type)) = content.get_mut(&chosen) {
        let pointer = child(&child(pointer, "content"), &chosen);
        adapt_media_type(media_type, &chosen, &pointer, notes);
    }
    if !required {
        if can_be_empty {
            // The client sends no body instead of an empty object.
            body.insert("x-optional".to_owned(), Value::Bool(true));
        } else {
            notes.warn(pointer, "the optional body is treated as required");
        }
        body.insert("required".to_owned(), Value::Bool(true));
    }
}

/// Adapts the body of a request that is sent as the media type `name`.
fn adapt_media_type(
    media_type: &mut Map<String, Value>,
    name: &str,
    pointer: &str,
    notes: &mut Notes,
) {
    match essence(name).as_str() {
        "application/octet-stream" => {
            media_type.insert(
                "schema".to_owned(),
                json!({"type": "string", "format": "binary"}),
            );
        }
        "text/plain" | "text/x-markdown" => {
            media_type.insert("schema".to_owned(), json!({"type": "string"}));
        }
        JSON => {
            media_type.shift_remove("encoding");
            media_type.entry("schema").or_insert_with(|| json!({}));
        }
        _ => {
            let encoding = media_type.get("encoding").and_then(Value::as_object);
            if encoding.is_some_and(|encoding| !encoding.is_empty()) {
                let fix = "remove the `encoding` in the overlay";
                notes.refuse(pointer, "`encoding` of a form is not supported", fix);
            }
            if !media_type.contains_key("schema") {
                notes.refuse(
                    pointer,
                    "the form has no `schema`",
                    "add one in the overlay",
                );
            }
        }
    }
}

/// Returns whether the schema is that of an object without required properties.
fn can_be_empty(schema: &Value, document: &Value) -> bool {
    let schema = follow(document, schema);
    let required = schema["required"].as_array();
    schema["properties"].is_object()
        && required.is_none_or(Vec::is_empty)
        && schema["minProperties"].is_null()
        && ["allOf", "anyOf", "oneOf"]
            .iter()
            .all(|union| schema[union].is_null())
}

fn adapt_response(response: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let Some(Value::Object(content)) = response.get_mut("content") else {
        return;
    };
    respell(content, canonical);
    if !content.keys().any(|given| is_json(given)) {
        let like_json = content.keys().find(|given| is_like_json(given)).cloned();
        if let Some(other) = like_json {
            notes.warn(pointer, format!("a body of {other} is parsed as JSON"));
            respell(content, |given| {
                if given == other { JSON } else { given }.to_owned()
            });
        }
    }
    if content.keys().any(|given| is_json(given)) {
        for other in content.keys().filter(|given| !is_json(given)) {
            let text = "the client parses every body of this response as JSON";
            notes.warn(
                pointer,
                format!("a body of {other} is not supported: {text}"),
            );
        }
    }
    for (given, media_type) in content {
        if is_json(given)
            && let Value::Object(media_type) = media_type
        {
            media_type.shift_remove("encoding");
            media_type.entry("schema").or_insert_with(|| json!({}));
        }
    }
}

/// Renames every media type of `content` with `spell`, and keeps their order.
fn respell(content: &mut Map<String, Value>, spell: impl Fn(&str) -> String) {
    *content = std::mem::take(content)
        .into_iter()
        .map(|(given, body)| (spell(&given), body))
        .collect();
}
