//! The responses of an operation: one schema for all success statuses, and one for all error
//! statuses, since progenitor supports one type of each. Missing error ranges are added.

use serde_json::{Map, Value, json};

use super::{
    media::{JSON, is_json},
    names::component_name,
    unify::Unifier,
};
use crate::{
    openapi::{
        pointer::{child, follow},
        walk,
    },
    pipeline::notes::Notes,
};

/// Unifies the response schemas of every operation of `document`.
pub fn unify(document: &mut Value, notes: &mut Notes) {
    let operations = walk::path_operations(document);
    let operations: Vec<String> = operations.map(|operation| operation.pointer()).collect();
    let mut unifier = Unifier::new(document);
    for pointer in operations {
        unify_operation(&mut unifier, &pointer, notes);
    }
}

fn unify_operation(unifier: &mut Unifier<'_>, pointer: &str, notes: &mut Notes) {
    let Some(operation) = unifier.document().pointer(pointer) else {
        return;
    };
    let id = operation["operationId"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let mut responses = match operation.get("responses") {
        Some(Value::Object(responses)) => responses.clone(),
        _ => Map::new(),
    };
    refuse_invalid_statuses(&responses, &child(pointer, "responses"), notes);
    replace_default(&mut responses);
    for (status, description) in [
        ("4XX", "Any other client error."),
        ("5XX", "Any other server error."),
    ] {
        responses
            .entry(status)
            .or_insert_with(|| json!({"description": description}));
    }
    let responses_pointer = child(pointer, "responses");
    for (classes, name) in [("2", "Response"), ("45", "Error")] {
        let statuses: Vec<String> = responses
            .keys()
            .filter(|status| status.starts_with(|class| classes.contains(class)))
            .cloned()
            .collect();
        let name = component_name(&[&id, name]);
        unify_statuses(
            unifier,
            &mut responses,
            &statuses,
            &name,
            &responses_pointer,
            notes,
        );
    }
    if let Some(Value::Object(operation)) = unifier.document().pointer_mut(pointer) {
        operation.insert("responses".to_owned(), Value::Object(responses));
    }
}

/// Refuses statuses that are neither three digits nor a range, on which progenitor panics.
fn refuse_invalid_statuses(responses: &Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let is_valid = |status: &str| match status.as_bytes() {
        [b'1'..=b'5', b'X', b'X'] => true,
        [b'1'..=b'5', tens, ones] => tens.is_ascii_digit() && ones.is_ascii_digit(),
        _ => status == "default" || status.starts_with("x-"),
    };
    for status in responses.keys().filter(|status| !is_valid(status)) {
        let problem = format!("invalid status `{status}`: expected a form like `200` or `2XX`");
        notes.refuse(
            &child(pointer, status),
            &problem,
            "correct it in the overlay",
        );
    }
}

/// Gives the responses of all `statuses` the union of their schemas.
fn unify_statuses(
    unifier: &mut Unifier<'_>,
    responses: &mut Map<String, Value>,
    statuses: &[String],
    name: &str,
    pointer: &str,
    notes: &mut Notes,
) {
    let resolved: Vec<Value> = statuses
        .iter()
        .map(|status| follow(unifier.document(), &responses[status]).clone())
        .collect();
    let schemas: Vec<Value> = resolved.iter().filter_map(json_schema).cloned().collect();
    let is_error = name.ends_with("Error");
    if schemas.is_empty() {
        if is_error {
            // The client parses error bodies itself, as JSON or text.
            for (status, response) in statuses.iter().zip(resolved) {
                set_schema(responses, status, response, None);
            }
        }
        return;
    }
    let count = schemas.len();
    let unified = unifier.unify(schemas.clone(), name);
    if count > 1 && schemas.iter().any(|schema| *schema != unified) {
        let shape = unified["$ref"]
            .as_str()
            .and_then(|r| r.rsplit('/').next())
            .unwrap_or(name);
        notes.warn(
            pointer,
            format!("{} are all parsed as `{shape}`", statuses.join(", ")),
        );
    }
    for (status, response) in statuses.iter().zip(resolved) {
        match json_schema(&response) {
            Some(schema) if *schema == unified => {}
            None if !is_error => {
                let problem = "the response has no JSON body, but other success responses do";
                let fix = "remove it in the overlay, or give it the same content";
                notes.refuse(&child(pointer, status), problem, fix);
            }
            _ => set_schema(responses, status, response, Some(&unified)),
        }
    }
}

fn set_schema(
    responses: &mut Map<String, Value>,
    status: &str,
    mut response: Value,
    schema: Option<&Value>,
) {
    let Value::Object(parts) = &mut response else {
        return;
    };
    match schema {
        Some(schema) => {
            // Other fields of the media type, such as examples, are kept.
            let content = parts.entry("content").or_insert_with(|| json!({}));
            if let Value::Object(content) = content {
                content.retain(|media_type, _| is_json(media_type));
                if content.is_empty() {
                    content.insert(JSON.to_owned(), json!({}));
                }
                for media_type in content.values_mut() {
                    media_type["schema"] = schema.clone();
                }
            }
        }
        None => {
            if parts.shift_remove("content").is_none() {
                return;
            }
        }
    }
    responses.insert(status.to_owned(), response);
}

/// Replaces `default` by the ranges that it covers, since progenitor also treats it as a success.
fn replace_default(responses: &mut Map<String, Value>) {
    let Some(default) = responses.shift_remove("default") else {
        return;
    };
    if !responses.keys().any(|status| status.starts_with('2')) {
        responses.insert("2XX".to_owned(), default.clone());
    }
    for range in ["4XX", "5XX"] {
        responses.entry(range).or_insert_with(|| default.clone());
    }
}

fn json_schema(response: &Value) -> Option<&Value> {
    let content = response.get("content")?.as_object()?;
    content
        .iter()
        .find(|(name, _)| is_json(name))
        .and_then(|(_, body)| body.get("schema"))
}
