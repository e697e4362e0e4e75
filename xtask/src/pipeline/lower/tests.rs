//! Runs the golden cases of `tests/cases/lower`, and checks the properties of every lowered document.

use std::{fs, path::Path};

use serde_json::{Map, Value, json};

use super::lower;
use crate::{
    cases,
    openapi::{document, number::same, pointer, walk},
    pipeline::{notes::Notes, round_trip::lost_by_openapiv3},
};

/// Returns a document with `schema`, and with the components A (object) and B (string).
fn document_with(schema: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Case", "version": "1"},
        "paths": {},
        "components": {"schemas": {"S": schema, "A": {"type": "object"}, "B": {"type": "string"}}},
    })
}

fn lowered(document: &Value) -> (Value, Vec<String>, Vec<String>) {
    let mut document = document.clone();
    let mut notes = Notes::default();
    lower(&mut document, &mut notes);
    let texts =
        |notes: &[crate::pipeline::notes::Note]| notes.iter().map(ToString::to_string).collect();
    (document, texts(&notes.warnings), texts(&notes.refused))
}

/// Returns `value` as text, to compare the order of keys, too.
fn text(value: &Value) -> String {
    document::to_text(value).unwrap()
}

/// Returns the differences between the actual and the expected result of a case.
fn failures(case: &Map<String, Value>) -> Vec<String> {
    let mut failures = Vec::new();
    let known = ["schema", "document", "expected", "warnings", "refused"];
    failures.extend(
        case.keys()
            .filter(|k| !known.contains(&k.as_str()))
            .map(|k| format!("unknown key {k}")),
    );
    let (input, expected) = match (case.get("schema"), case.get("document")) {
        (Some(schema), None) => {
            let expected = case.get("expected").map(|schema| {
                let mut document = document_with(schema);
                document["openapi"] = "3.0.3".into();
                document
            });
            (document_with(schema), expected)
        }
        (None, Some(document)) => (document.clone(), case.get("expected").cloned()),
        _ => return vec!["expected either `schema` or `document`".to_owned()],
    };

    let (actual, warnings, refused) = lowered(&input);
    for (key, actual) in [("warnings", &warnings), ("refused", &refused)] {
        let expected = cases::texts(case, key);
        if expected != *actual {
            failures.push(format!(
                "{key}: expected {expected:#?}, but got {actual:#?}"
            ));
        }
    }
    match &expected {
        Some(expected) if text(expected) != text(&actual) => failures.push(format!(
            "expected\n{}but got\n{}",
            text(expected),
            text(&actual)
        )),
        None if refused.is_empty() => failures.push("no `expected`".to_owned()),
        _ => {}
    }
    let is_3_1 = input["openapi"]
        .as_str()
        .is_some_and(|version| version.starts_with("3.1."));
    if refused.is_empty() && is_3_1 {
        failures.extend(violations(&actual));
    }
    failures
}

/// Returns the violated properties of a document that was lowered without a refusal.
fn violations(actual: &Value) -> Vec<String> {
    let mut violations = Vec::new();
    let again = lowered(actual);
    if again != (actual.clone(), vec![], vec![]) || text(&again.0) != text(actual) {
        violations.push(format!("a second run changes it: {again:#?}"));
    }
    let mut as_3_1 = actual.clone();
    as_3_1["openapi"] = "3.1.0".into();
    let (again, _, refused) = lowered(&as_3_1);
    if !same(&again, actual) || !refused.is_empty() {
        violations.push(format!(
            "as a 3.1 document it changes to\n{}{refused:?}",
            text(&again)
        ));
    }
    match lost_by_openapiv3(actual) {
        Ok(lost) if lost.is_empty() => {}
        lost => violations.push(format!("openapiv3 loses {lost:?} of\n{}", text(actual))),
    }
    violations.extend(dangling(actual));
    violations
}

/// Returns the references between schemas that do not resolve.
fn dangling(document: &Value) -> Vec<String> {
    let mut dangling = Vec::new();
    walk::schemas(&mut document.clone(), &mut |schema, at| {
        let target = pointer::reference(schema).and_then(|target| target.strip_prefix('#'));
        if schema.get("$ref").is_some() && target.and_then(|at| document.pointer(at)).is_none() {
            dangling.push(format!("the reference at {at} does not resolve"));
        }
    });
    dangling
}

/// Returns the documents of all cases.
fn documents() -> Vec<Value> {
    let document = |case: &Map<String, Value>| match case.get("schema") {
        Some(schema) => document_with(schema),
        None => case["document"].clone(),
    };
    cases::of("lower")
        .iter()
        .map(|(_, case)| document(case))
        .collect()
}

#[test]
fn lowers_every_case_as_expected() {
    let mut report = String::new();
    for (name, case) in cases::of("lower") {
        for failure in failures(&case) {
            report.push_str(&format!("\n--- {name}: {failure}\n"));
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn lowers_schemas_together_as_alone() {
    let all = cases::of("lower");
    let schemas = all.iter().filter(|(_, case)| case.contains_key("schema"));
    let (mut together, mut expected) = (document_with(&json!({})), document_with(&json!({})));
    expected["openapi"] = "3.0.3".into();
    let mut texts = Vec::new();
    for (name, case) in schemas.filter(|(_, case)| !case.contains_key("refused")) {
        let name = name.replace("3.1", "3-1");
        together["components"]["schemas"][&name] = case["schema"].clone();
        expected["components"]["schemas"][&name] = case["expected"].clone();
        let renamed = format!("/schemas/{name}/");
        let notes = cases::texts(case, "warnings").into_iter();
        texts.extend(notes.map(|note| note.replacen("/schemas/S/", &renamed, 1)));
    }
    let (actual, warnings, refused) = lowered(&together);
    assert_eq!(refused, Vec::<String>::new());
    assert_eq!(text(&actual), text(&expected));
    texts.sort();
    let mut warnings = warnings;
    warnings.sort();
    assert_eq!(warnings, texts);
    assert_eq!(violations(&actual), Vec::<String>::new());
}

/// Returns the pointers of all values in `document`.
fn pointers(document: &Value) -> Vec<String> {
    let mut pointers = vec![String::new()];
    let mut next = 0;
    while let Some(at) = pointers.get(next).cloned() {
        match document.pointer(&at).unwrap() {
            Value::Object(map) => pointers.extend(map.keys().map(|key| pointer::child(&at, key))),
            Value::Array(all) => {
                pointers
                    .extend((0..all.len()).map(|index| pointer::child(&at, &index.to_string())));
            }
            _ => {}
        }
        next += 1;
    }
    pointers
}

#[test]
fn lowers_or_refuses_malformed_documents() {
    let invalid = [
        json!(null),
        json!(5),
        json!("#"),
        json!([false]),
        json!({"$ref": "#/components/schemas/S"}),
        json!({"type": ["null", "string"], "anyOf": [{"type": "null"}]}),
    ];
    // One invalid value for each place: all of them would take too long.
    let mut invalid = invalid.iter().cycle();
    for document in documents() {
        for at in pointers(&document) {
            let value = invalid.next().unwrap();
            let mut changed = document.clone();
            *changed.pointer_mut(&at).unwrap() = value.clone();
            let first = lowered(&changed);
            assert_eq!(first, lowered(&changed), "{value} at {at} of {document}");
            if first.2.is_empty() {
                assert_eq!(
                    lowered(&first.0).0,
                    first.0,
                    "{value} at {at} of {document}"
                );
                assert_eq!(dangling(&first.0), Vec::<String>::new(), "{value} at {at}");
            }
        }
    }
}

#[test]
fn lowers_the_upstream_documents() {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    for folder in fs::read_dir(specs).unwrap() {
        let captured = folder.unwrap().path().join("upstream.json");
        // That of the Graph API is not an OpenAPI document.
        let Some(document) = document::read(&captured)
            .ok()
            .filter(|d| d.get("openapi").is_some())
        else {
            continue;
        };
        let (actual, _, refused) = lowered(&document);
        assert_eq!(refused, Vec::<String>::new(), "{}", captured.display());
        assert_eq!(
            violations(&actual),
            Vec::<String>::new(),
            "{}",
            captured.display()
        );
    }
}
