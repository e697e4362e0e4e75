//! Runs the golden cases of `tests/cases/adapt`.
//!
//! A case has one `operation`, or one schema of a `response` or a `request`. `schemas` are further
//! components. `expected` is the adapted operation, or all adapted schemas.

use serde_json::{Map, Value, json};

use super::adapt;
use crate::{
    cases,
    openapi::document,
    pipeline::{self, notes::Notes},
};

/// Returns the document of a case, and the pointer of its expected value.
fn document(case: &Map<String, Value>) -> (Value, &'static str) {
    let mut schemas = case.get("schemas").cloned().unwrap_or_else(|| json!({}));
    let json = json!({"application/json": {"schema": {"$ref": "#/components/schemas/S"}}});
    let plain = json!({"200": {"description": "ok"}});
    let (operation, place) = if let Some(operation) = case.get("operation") {
        (operation.clone(), "/paths/~1s~1{id}/get")
    } else if let Some(schema) = case.get("response") {
        schemas["S"] = schema.clone();
        let responses = json!({"200": {"description": "ok", "content": json}});
        (
            json!({"operationId": "get_s", "responses": responses}),
            "/components/schemas",
        )
    } else {
        schemas["S"] = case["request"].clone();
        let body = json!({"content": json, "required": true});
        let operation = json!({"operationId": "get_s", "requestBody": body, "responses": plain});
        (operation, "/components/schemas")
    };
    let mut document = json!({
        "openapi": "3.0.3",
        "info": {"title": "Case", "version": "1"},
        "paths": {"/s/{id}": {"get": operation}},
        "components": {"schemas": schemas},
    });
    let operation = &mut document["paths"]["/s/{id}"]["get"];
    // Cases about something else do not declare the path parameter.
    if operation.get("parameters").is_none() {
        operation["parameters"] =
            json!([{"in": "path", "name": "id", "required": true, "schema": {"type": "integer"}}]);
    }
    if let Some(schemes) = case.get("securitySchemes") {
        document["components"]["securitySchemes"] = schemes.clone();
    }
    (document, place)
}

fn adapted(document: &Value) -> (Value, Vec<String>, Vec<String>) {
    let mut document = document.clone();
    let mut notes = Notes::default();
    adapt(&mut document, &mut notes);
    let texts =
        |notes: &[crate::pipeline::notes::Note]| notes.iter().map(ToString::to_string).collect();
    (document, texts(&notes.warnings), texts(&notes.refused))
}

fn failures(case: &Map<String, Value>) -> Vec<String> {
    let (input, place) = document(case);
    let (actual, warnings, refused) = adapted(&input);
    let mut failures = Vec::new();
    for (key, actual) in [("warnings", &warnings), ("refused", &refused)] {
        let expected = cases::texts(case, key);
        if expected != *actual {
            failures.push(format!(
                "{key}: expected {expected:#?}, but got {actual:#?}"
            ));
        }
    }
    if !refused.is_empty() {
        return failures;
    }
    let text = |value: &Value| document::to_text(value).unwrap();
    let expected = case.get("expected").map(text).unwrap_or_default();
    let mut result = actual.pointer(place).unwrap().clone();
    if case
        .get("operation")
        .is_none_or(|operation| operation.get("parameters").is_none())
    {
        result.as_object_mut().unwrap().shift_remove("parameters");
    }
    if expected != text(&result) {
        failures.push(format!("expected\n{expected}but got\n{}", text(&result)));
    }
    let again = adapted(&actual);
    if again.0 != actual || !again.2.is_empty() {
        failures.push(format!(
            "a second run changes it to\n{}{:?}",
            text(&again.0),
            again.2
        ));
    }
    let mut notes = Notes::default();
    pipeline::validate_and_generate("api", &actual, &mut notes);
    failures.extend(
        notes
            .refused
            .iter()
            .map(|note| format!("the adapted document is refused: {note}")),
    );
    failures
}

#[test]
fn adapts_every_case_as_expected() {
    let mut report = String::new();
    for (name, case) in cases::of("adapt") {
        for failure in failures(&case) {
            report.push_str(&format!("\n--- {name}: {failure}\n"));
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn refuses_a_path_whose_parameters_are_not_distinct_segments() {
    let id = json!({"in": "path", "name": "id", "required": true, "schema": {"type": "integer"}});
    let refused = |path: &str| {
        let mut document = json!({
            "openapi": "3.0.3",
            "info": {"title": "Case", "version": "1"},
            "paths": {"/s": {"get": {"operationId": "get_s", "parameters": [id],
                "responses": {"204": {"description": "ok"}}}}},
        });
        let paths = document["paths"].as_object_mut().unwrap();
        let item = paths.shift_remove("/s").unwrap();
        paths.insert(path.to_owned(), item);
        let mut notes = Notes::default();
        adapt(&mut document, &mut notes);
        notes.refused.first().map(|note| note.text.clone())
    };
    for path in ["/{id}", "/s/{id}#part"] {
        assert_eq!(refused(path), None, "{path}");
    }
    for (path, problem) in [
        (
            "/{id}.json",
            "the path segment `{id}.json` is not one parameter",
        ),
        ("/{id}/a}b", "the path segment `a}b` is not one parameter"),
        ("/{id}/{}", "the path segment `{}` is not one parameter"),
        ("/{id}/a/{id}", "the path has the parameter `id` twice"),
    ] {
        let expected = format!("{problem}; replace it with one parameter in the overlay");
        assert_eq!(refused(path), Some(expected));
    }
}
