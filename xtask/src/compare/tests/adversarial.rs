//! Documents that are made to take long, or to take the stack.

use serde_json::{Map, Value, json};

use super::lines;

const LENGTH: usize = 2000;

/// A document whose only call answers with the first of `schemas`, which are called C0, C1, ….
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

fn to(index: usize) -> Value {
    json!({"$ref": format!("#/components/schemas/C{index}")})
}

/// Schemas that each refer to the next, the last of which is a text, or else a number.
fn chain(link: impl Fn(Value) -> Value) -> [Value; 2] {
    ["string", "integer"].map(|last| {
        let mut schemas: Vec<Value> = (1..LENGTH).map(|index| link(to(index))).collect();
        schemas.push(json!({"type": last}));
        document(schemas)
    })
}

fn assert_one_change([old, new]: &[Value; 2], at: &str) {
    let expected = format!("breaking type-changed {at}: is integer now, was string");
    assert_eq!(lines(old, new), [expected]);
    assert_eq!(lines(old, old), [""; 0]);
}

#[test]
fn a_long_chain_of_fields_is_followed_to_its_end() {
    let chain = chain(|next| json!({"type": "object", "properties": {"next": next}}));
    assert_one_change(&chain, "C1999");
}

#[test]
fn a_long_chain_of_parts_is_followed_to_its_end() {
    let [old, new] = chain(|next| json!({"allOf": [next]}));
    assert_eq!(
        lines(&old, &new)[0],
        "breaking type-changed C1999: is integer now, was string"
    );
}

#[test]
fn a_long_chain_of_unions_is_followed_to_its_end() {
    let chain = chain(|next| {
        json!({"oneOf": [
            {"type": "object", "properties": {"next": next}},
            {"type": "array", "items": {"type": "boolean"}},
        ]})
    });
    assert_one_change(&chain, "C1999");
}

#[test]
fn unions_that_are_variants_of_each_other_end() {
    let all = 14;
    let documents = ["string", "integer"].map(|kind| {
        let mut schemas: Vec<Value> = (0..all)
            .map(|_| json!({"anyOf": (0..=all).map(to).collect::<Vec<_>>()}))
            .collect();
        schemas.push(json!({"type": kind}));
        document(schemas)
    });
    assert_one_change(&documents, "C14");
}

#[test]
fn deep_nesting_is_no_stack_overflow() {
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
        lines[0].ends_with("is integer now, was string"),
        "{}",
        lines[0]
    );
}

#[test]
fn long_lists_of_values_are_compared() {
    let listed = |from: usize| -> Vec<String> {
        (from..from + 30_000)
            .map(|value| format!("v{value}"))
            .collect()
    };
    let documents = [0, 1].map(|from| document(vec![json!({"enum": listed(from)})]));
    let found = lines(&documents[0], &documents[1]);
    assert_eq!(
        found,
        [
            "breaking enum-value-removed C0: the value `\"v0\"` is gone",
            "compatible enum-value-added C0: the value `\"v30000\"` is new",
        ]
    );
}

#[test]
fn what_a_thousand_calls_share_is_told_once() {
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
