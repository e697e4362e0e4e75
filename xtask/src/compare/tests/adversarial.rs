//! Documents that could make a comparison slow or overflow the stack.

use std::iter;

use serde_json::{Map, Value, json};

use super::lines;
use crate::compare::Api;

const LENGTH: usize = 2000;

/// Returns a document whose only response is the first of `schemas`, which are named C0, C1, ….
fn document(schemas: Vec<Value>) -> Value {
    let schemas: Map<String, Value> = schemas
        .into_iter()
        .enumerate()
        .map(|(index, schema)| (format!("C{index}"), schema))
        .collect();
    json!({
        "openapi": "3.1.0",
        "paths": {"/": {"get": {"responses": {"200": {"description": "", "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/C0"}}
        }}}}}},
        "components": {"schemas": schemas},
    })
}

fn reference(index: usize) -> Value {
    json!({"$ref": format!("#/components/schemas/C{index}")})
}

/// Returns two documents whose schemas each refer to the next. The last is a string or an integer.
fn chain(link: impl Fn(Value) -> Value) -> [Value; 2] {
    ["string", "integer"].map(|last| {
        let mut schemas: Vec<Value> = (1..LENGTH).map(|index| link(reference(index))).collect();
        schemas.push(json!({"type": last}));
        document(schemas)
    })
}

fn assert_one_change([old, new]: &[Value; 2], at: &str) {
    let expected = format!("breaking type-changed {at}: the type changed from string to integer");
    assert_eq!(lines(old, new), [expected]);
    assert_eq!(lines(old, old), [""; 0]);
}

#[test]
fn compares_a_long_chain_of_properties() {
    let chain = chain(|next| json!({"type": "object", "properties": {"next": next}}));
    assert_one_change(&chain, "C1999");
}

#[test]
fn compares_a_long_chain_of_renamed_schemas() {
    let [old, _] = chain(|next| json!({"type": "object", "properties": {"next": next}}));
    let renamed = old.to_string().replace("/C", "/D").replace("\"C", "\"D");
    let new = serde_json::from_str(&renamed).unwrap();
    assert_eq!(lines(&old, &new), [""; 0]);
}

#[test]
fn compares_a_long_chain_of_all_of() {
    let [old, new] = chain(|next| json!({"allOf": [next]}));
    assert_eq!(
        lines(&old, &new)[0],
        "breaking type-changed C1999: the type changed from string to integer"
    );
}

#[test]
fn compares_a_long_chain_of_unions() {
    let chain = chain(|next| {
        json!({"oneOf": [
            {"type": "object", "properties": {"next": next}},
            {"type": "array", "items": {"type": "boolean"}},
        ]})
    });
    assert_one_change(&chain, "C1999");
}

#[test]
fn compares_unions_that_are_variants_of_each_other() {
    let count = 14;
    let documents = ["string", "integer"].map(|kind| {
        let mut schemas: Vec<Value> = (0..count)
            .map(|_| json!({"anyOf": (0..=count).map(reference).collect::<Vec<_>>()}))
            .collect();
        schemas.push(json!({"type": kind}));
        document(schemas)
    });
    assert_one_change(&documents, "C14");
}

#[test]
fn compares_unions_of_objects_that_contain_each_other() {
    let count = 25;
    let documents = ["string", "integer"].map(|kind| {
        let union = json!({"oneOf": (1..=count).map(reference).collect::<Vec<_>>()});
        let objects = (1..=count).map(|index| {
            let size = if index % 7 == 0 { kind } else { "string" };
            json!({"type": "object", "properties": {
                "kind": {"const": index},
                "size": {"type": size},
                "next": reference(0),
                "all": {"type": "array", "items": union.clone()},
            }})
        });
        document(iter::once(union.clone()).chain(objects).collect())
    });
    let found = lines(&documents[0], &documents[1]);
    assert_eq!(found.len(), 3);
    assert!(
        found[0].ends_with("the type changed from string to integer"),
        "{}",
        found[0]
    );
}

#[test]
fn compares_deeply_nested_schemas_without_a_stack_overflow() {
    let documents = ["string", "integer"].map(|kind| {
        let mut schema = json!({"type": kind});
        for _ in 0..1500 {
            schema = json!({"type": "array", "items": schema});
        }
        document(vec![schema])
    });
    let lines = lines(&documents[0], &documents[1]);
    assert_eq!(lines.len(), 1);
    assert!(
        lines[0].ends_with("the type changed from string to integer"),
        "{}",
        lines[0]
    );
}

#[test]
fn compares_long_enums() {
    let values = |from: usize| -> Vec<String> {
        (from..from + 30_000)
            .map(|value| format!("v{value}"))
            .collect()
    };
    let documents = [0, 1].map(|from| document(vec![json!({"enum": values(from)})]));
    let found = lines(&documents[0], &documents[1]);
    assert_eq!(
        found,
        [
            "breaking enum-value-removed C0: the enum value `\"v0\"` was removed",
            "compatible enum-value-added C0: the enum value `\"v30000\"` was added",
        ]
    );
}

#[test]
fn reports_a_change_once_for_all_operations_that_use_it() {
    let documents = ["string", "integer"].map(|kind| {
        let mut document = document(vec![json!({"type": kind})]);
        let item = document["paths"]["/"].clone();
        for index in 0..1000 {
            document["paths"][format!("/{index}")] = item.clone();
        }
        document
    });
    assert_one_change(&documents, "C0");
    let changes = super::compare(&documents[0], &documents[1]);
    assert_eq!(changes[0].used_by.len(), 1001);
}

#[test]
fn compares_a_removed_operation_whose_callback_refers_to_itself() {
    let callbacks =
        json!({"done": {"{$request.body#/url}": {"$ref": "#/components/pathItems/Done"}}});
    let operation = json!({"callbacks": callbacks, "responses": {}});
    let mut old = document(vec![json!({})]);
    old["components"]["pathItems"] = json!({"Done": {"post": operation.clone()}});
    let new = old.clone();
    old["paths"]["/removed"] = json!({"get": operation});
    let report = Api::compare("api", &old, &new);
    assert_eq!(report.changes.len(), 1);
}
