//! Tests with the cases in `tests/cases/merge`, with captured pages, and with random documents.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{canonical, merge};
use crate::{
    cases,
    openapi::{document, walk::METHODS},
    upstream::gitbook::{self, Block},
};

/// The captured pages with their names.
const PAGES: [(&str, &str); 3] = [
    (
        "client-management",
        include_str!(
            "../../../tests/fixtures/pages/docs.360dialog.com/partner/partner-api/api-reference/client-management.md"
        ),
    ),
    (
        "partner-management",
        include_str!(
            "../../../tests/fixtures/pages/docs.360dialog.com/partner/partner-api/api-reference/partner-management.md"
        ),
    ),
    (
        "waba-account-management",
        include_str!(
            "../../../tests/fixtures/mirror/docs.360dialog.com/partner/partner-api/api-reference/waba-account-management.md"
        ),
    ),
];

/// Returns the blocks of all captured pages.
fn published() -> Vec<Block> {
    let blocks = PAGES
        .iter()
        .flat_map(|(name, page)| gitbook::read(name, page).unwrap().blocks);
    blocks.collect()
}

/// Returns the blocks of a case. The block number is used as the line in page `a`.
fn blocks(case: &Map<String, Value>) -> Vec<Block> {
    let written = case["blocks"].as_array().unwrap().iter().enumerate();
    let blocks = written.map(|(index, written)| {
        let head = json!({"openapi": "3.1.0", "info": {"title": "Case", "version": "1"}});
        let Value::Object(mut document) = head else {
            unreachable!()
        };
        match written {
            // Cases leave out the required properties; `~` removes one.
            Value::Object(written) => document.extend(written.clone()),
            other => return block("a", index + 1, other.clone()),
        }
        document.retain(|_, value| !value.is_null());
        block("a", index + 1, Value::Object(document))
    });
    blocks.collect()
}

fn block(page: &str, line: usize, document: Value) -> Block {
    Block {
        page: page.to_owned(),
        line,
        heading: None,
        document,
    }
}

/// Returns the text of a document, so that a comparison includes the order of keys.
fn text(value: &Value) -> String {
    document::to_text(value).unwrap()
}

/// Returns a message for each way in which a case differs from its expectation.
fn problems(case: &Map<String, Value>) -> Vec<String> {
    let mut problems = Vec::new();
    let known = ["blocks", "expected", "errors"];
    problems.extend(
        case.keys()
            .filter(|k| !known.contains(&k.as_str()))
            .map(|k| format!("key {k}")),
    );
    let blocks = blocks(case);
    match (merge(&blocks), case.get("expected")) {
        (Ok(actual), Some(expected)) => {
            let mut expected = expected.clone();
            for (key, usual) in [
                ("openapi", json!("3.1.0")),
                ("info", json!({"title": "Case", "version": "1"})),
            ] {
                expected
                    .as_object_mut()
                    .unwrap()
                    .entry(key)
                    .or_insert(usual);
            }
            if text(&actual) != text(&canonical(expected)) {
                problems.push(format!("got {}", text(&actual)));
            }
        }
        (Err(actual), None) => {
            let expected = cases::texts(case, "errors");
            let actual: Vec<_> = actual
                .iter()
                .map(|error| {
                    error
                        .strip_suffix(&format!("; {}", super::HOW_TO_FIX))
                        .unwrap_or("no advice")
                        .to_owned()
                })
                .collect();
            if actual != expected {
                problems.push(format!("expected {expected:#?}, but got {actual:#?}"));
            }
        }
        (Ok(actual), None) => problems.push(format!("merged to {}", text(&actual))),
        (Err(errors), Some(_)) => problems.push(format!("errors {errors:#?}")),
    }
    let mut reversed = blocks.clone();
    reversed.reverse();
    if merge(&reversed) != merge(&blocks) {
        problems.push("the order of the blocks matters".to_owned());
    }
    // Other line numbers must not matter either.
    let count = blocks.len();
    let renumbered: Vec<_> = blocks
        .iter()
        .map(|b| Block {
            line: count - b.line,
            ..b.clone()
        })
        .collect();
    match (merge(&renumbered), merge(&blocks)) {
        (Err(_), Err(_)) => {}
        (renumbered, merged) if renumbered == merged => {}
        (renumbered, _) => {
            problems.push(format!("the lines of the blocks matter: {renumbered:#?}"))
        }
    }
    problems
}

#[test]
fn merges_each_case_as_expected() {
    let mut failures = Vec::new();
    for (name, case) in cases::of("merge") {
        failures.extend(
            problems(&case)
                .into_iter()
                .map(|problem| format!("{name}: {problem}")),
        );
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn merges_the_captured_page_into_the_committed_document() {
    let (name, page) = PAGES[2];
    let merged = merge(&gitbook::read(name, page).unwrap().blocks).unwrap();
    assert_eq!(
        text(&merged),
        include_str!("../../../tests/fixtures/repository/specs/dialog360/upstream.json")
    );
}

#[test]
fn merges_the_captured_pages_into_one_document() {
    let merged = merge(&published()).unwrap();
    let mut count = 0;
    crate::openapi::walk::operations(&mut merged.clone(), &mut |_, _| count += 1);
    assert_eq!(count, 8);
    assert_eq!(merged["tags"].as_array().unwrap().len(), 3);
    assert_eq!(text(&canonical(merged.clone())), text(&merged));
}

#[test]
fn refuses_to_merge_no_blocks() {
    assert_eq!(merge(&[]).unwrap_err().len(), 1);
}

/// Splits `document` into a document for each operation, as GitBook prints it. Unlike there, each part
/// has all components.
fn split(document: &Value) -> Vec<Value> {
    let mut parts = Vec::new();
    let paths = document["paths"].as_object().unwrap();
    for (path, item) in paths {
        let item = item.as_object().unwrap();
        for method in METHODS
            .into_iter()
            .filter(|method| item.contains_key(*method))
        {
            let mut part = document.clone();
            let mut item = item.clone();
            item.retain(|key, _| key == method || !METHODS.contains(&key.as_str()));
            part["paths"] = json!({path: item});
            parts.push(part);
        }
    }
    parts
}

/// Returns a strategy for `security`.
fn security() -> impl Strategy<Value = Option<Value>> {
    let values = vec![
        None,
        Some(json!([])),
        Some(json!([{"A": []}])),
        Some(json!([{"A": []}, {"B": []}])),
    ];
    prop::sample::select(values)
}

/// Returns a strategy for documents in which some operations have their own parameters and `security`,
/// and others inherit them.
fn documents() -> impl Strategy<Value = Value> {
    let operation = (0..4_usize, 0..3_usize, security(), any::<bool>());
    let operations = prop::collection::vec(operation, 1..8);
    let paths = prop::collection::vec(any::<bool>(), 4);
    (operations, paths, security()).prop_map(|(operations, shared, asked)| {
        let mut document = json!({
            "openapi": "3.0.3",
            "info": {"title": "Any", "version": "1"},
            "servers": [{"url": "/"}],
            "paths": {},
            "components": {"schemas": {"E": {"type": "object"}}},
        });
        for (path, method, security, own) in operations {
            let name = format!("/p{path}/{{id}}");
            let parameter = json!([{"in": "path", "name": "id", "required": true, "schema": {"type": "string"}}]);
            let item = &mut document["paths"][&name];
            if shared[path] {
                item["parameters"] = parameter.clone();
            }
            let operation = &mut item[METHODS[method]];
            *operation = json!({"operationId": format!("{path}{method}"), "responses": {}});
            if own || !shared[path] {
                operation["parameters"] = parameter;
            }
            if let Some(security) = security {
                operation["security"] = security;
            }
        }
        if let Some(asked) = asked {
            document["security"] = asked;
        }
        document
    })
}

proptest! {
    #[test]
    fn merges_the_parts_of_a_document_into_the_same_document(document in documents()) {
        let parts = split(&document);
        let blocks: Vec<_> = parts.into_iter().enumerate().map(|(line, part)| block("a", line, part)).collect();
        prop_assert_eq!(text(&merge(&blocks).unwrap()), text(&canonical(document)));
    }

    #[test]
    fn the_order_and_the_pages_of_the_blocks_do_not_matter(
        documents in prop::collection::vec(documents(), 1..4),
        places in Just((0..32_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let parts: Vec<_> = documents.iter().flat_map(split).collect();
        let at = |places: &mut dyn Iterator<Item = usize>| -> Vec<_> {
            parts.iter().zip(places).map(|(part, place)| block(&place.to_string(), place, part.clone())).collect()
        };
        let one = merge(&at(&mut (0..32)));
        let other = merge(&at(&mut places.into_iter()));
        match (one, other) {
            // Messages name the blocks in their order.
            (Err(_), Err(_)) => {}
            (one, other) => prop_assert_eq!(one, other),
        }
    }
}

#[test]
fn merges_the_captured_pages_in_any_order_and_repeatedly() {
    let blocks = published();
    let merged = merge(&blocks).unwrap();
    let mut rotated = blocks.clone();
    for _ in 0..blocks.len() {
        rotated.rotate_left(1);
        assert_eq!(text(&merge(&rotated).unwrap()), text(&merged));
    }
    // Merging the result with the blocks again changes nothing.
    rotated.push(block("whole", 1, merged.clone()));
    assert_eq!(text(&merge(&rotated).unwrap()), text(&merged));
    let again: Vec<_> = split(&merged)
        .into_iter()
        .map(|part| block("part", 1, part))
        .collect();
    assert_eq!(text(&merge(&again).unwrap()), text(&merged));
}

#[test]
fn messages_contain_the_heading() {
    let one = published().remove(0);
    let mut other = one.clone();
    other.heading = None;
    other.document["info"]["version"] = "3".into();
    let errors = merge(&[one, other]).unwrap_err();
    let expected = "client-management line 13 (List clients) /info/version is \"2.0.0\", but \
                    client-management line 13 /info/version is \"3\"; refresh again";
    assert!(errors[0].starts_with(expected), "{errors:?}");
}

// A merge whose time grows with the square of the number of parameters would not finish.
#[test]
fn conflicts_of_large_documents_are_found() {
    let count = 20_000;
    let alias = |i: usize| json!({"$ref": format!("#/components/schemas/{}", i + 1)});
    let schemas: Map<_, _> = (0..count).map(|i| (i.to_string(), alias(i))).collect();
    let parameters = |place: &str| -> Value {
        (0..count)
            .map(|i| json!({"in": place, "name": i.to_string()}))
            .collect()
    };
    let path: String = (0..100).map(|i| format!("/{{{i}}}")).collect();
    let document = |method: &str, place: &str| {
        json!({
            "paths": {&path: {"parameters": parameters(place), method: {"parameters": parameters("header")}}},
            "components": {"schemas": schemas},
        })
    };
    let blocks = [
        block("a", 1, document("get", "path")),
        block("a", 2, document("put", "query")),
    ];
    assert!(merge(&blocks).is_err());
}
