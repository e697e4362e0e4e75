//! Features of 3.1 at the level of the document and its operations.

use serde_json::{Map, Value, json};

use crate::{
    openapi::{
        pointer::child,
        walk::{self, Part},
    },
    pipeline::notes::Notes,
};

/// Lowers everything except schemas, references and security.
pub fn lower(document: &mut Value, notes: &mut Notes) {
    let Value::Object(root) = document else {
        return;
    };
    dialect(root, notes);
    webhooks(root, notes);
    if !root.contains_key("paths") {
        root.insert("paths".to_owned(), Value::Object(Map::new()));
    }
    component_names(root, notes);
    // The title and the name of the licence are enough.
    for (pointer, key) in [("/info", "summary"), ("/info/license", "identifier")] {
        if let Some(Value::Object(object)) = document.pointer_mut(pointer) {
            object.shift_remove(key);
        }
    }
    responses(document, notes);
    required_fields(document);
}

/// Refuses schemas in an unknown dialect.
fn dialect(root: &mut Map<String, Value>, notes: &mut Notes) {
    let Some(dialect) = root.shift_remove("jsonSchemaDialect") else {
        return;
    };
    let known = dialect.as_str().is_some_and(|uri| {
        uri.starts_with("https://spec.openapis.org/oas/3.1/dialect/")
            || uri == "https://json-schema.org/draft/2020-12/schema"
    });
    if !known {
        notes.refuse(
            "/jsonSchemaDialect",
            &format!("`jsonSchemaDialect` {dialect} is not supported"),
            "remove it in the overlay if the schemas follow JSON Schema 2020-12",
        );
    }
}

fn webhooks(root: &mut Map<String, Value>, notes: &mut Notes) {
    let count = match root.shift_remove("webhooks") {
        Some(Value::Object(hooks)) => hooks.len(),
        _ => 0,
    };
    if count > 0 {
        notes.warn(
            "/webhooks",
            match count {
                1 => "1 webhook is dropped: OpenAPI 3.0 has no equivalent".to_owned(),
                _ => format!("{count} webhooks are dropped: OpenAPI 3.0 has no equivalent"),
            },
        );
    }
}

/// Refuses invalid component names.
fn component_names(root: &Map<String, Value>, notes: &mut Notes) {
    let Some(Value::Object(sections)) = root.get("components") else {
        return;
    };
    let sections = sections
        .iter()
        .filter(|(section, _)| !section.starts_with("x-"));
    for (section, components) in sections {
        let Value::Object(components) = components else {
            continue;
        };
        for name in components.keys() {
            let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            if name.is_empty() || !name.chars().all(plain) {
                notes.refuse(
                    &child(&child("/components", section), name),
                    "invalid component name: expected only A-Z a-z 0-9 . _ -",
                    "rename the component and the references to it in the overlay",
                );
            }
        }
    }
}

/// Adds `responses` to operations, where 3.0 requires it.
fn responses(document: &mut Value, notes: &mut Notes) {
    walk::operations(document, &mut |operation, pointer| {
        if !operation.contains_key("responses") {
            let unknown = json!({"default": {"description": ""}});
            operation.insert("responses".to_owned(), unknown);
            notes.warn(
                pointer,
                "the operation has no `responses`: a `default` response is added",
            );
        } else if !operation["responses"].is_object() {
            notes.refuse(
                &child(pointer, "responses"),
                "`responses` is not an object",
                "correct it in the overlay",
            );
        }
    });
}

/// Adds the description of responses, and the binary schema of `application/octet-stream: {}`, which 3.0
/// requires.
fn required_fields(document: &mut Value) {
    walk::parts(document, &mut |part, value, pointer| {
        let Value::Object(object) = value else {
            return;
        };
        let (field, default) = match part {
            Part::Response if !object.contains_key("$ref") => ("description", json!("")),
            Part::MediaType if pointer.ends_with("/application~1octet-stream") => {
                ("schema", json!({"type": "string", "format": "binary"}))
            }
            _ => return,
        };
        object.entry(field).or_insert(default);
    });
}
