//! The cases under `tests/cases/merge`, and what holds of every merge.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{canonical, merge};
use crate::{
    cases,
    openapi::{document, walk::METHODS},
    upstream::gitbook::{self, Block},
};

/// The pages of the mirror and the captured one, with their names.
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

/// The blocks of all pages.
fn published() -> Vec<Block> {
    let blocks = PAGES
        .iter()
        .flat_map(|(name, page)| gitbook::read(name, page).unwrap().blocks);
    blocks.collect()
}

/// The blocks of a case: each a document, from page `a` with its number as its line unless
/// the case says `page`, `line` and `document`.
fn blocks(case: &Map<String, Value>) -> Vec<Block> {
    let written = case["blocks"].as_array().unwrap().iter().enumerate();
    let blocks = written.map(|(index, written)| {
        let head = json!({"openapi": "3.1.0", "info": {"title": "Case", "version": "1"}});
        let Value::Object(mut document) = head else {
            unreachable!()
        };
        match written {
            // What a document must have is left out in the cases; ~ takes it away.
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

/// Texts, so that the order of keys counts.
fn text(value: &Value) -> String {
    document::to_text(value).unwrap()
}

/// What is wrong with the case, in words for whoever has to mend it.
fn faults(case: &Map<String, Value>) -> Vec<String> {
    let mut faults = Vec::new();
    let known = ["blocks", "expected", "errors"];
    faults.extend(
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
                faults.push(format!("got {}", text(&actual)));
            }
        }
        (Err(actual), None) => {
            let expected = cases::texts(case, "errors");
            let actual: Vec<_> = actual
                .iter()
                .map(|error| {
                    error
                        .strip_suffix(&format!("; {}", super::WAY_OUT))
                        .unwrap_or("no way out")
                        .to_owned()
                })
                .collect();
            if actual != expected {
                faults.push(format!("expected {expected:#?}, but got {actual:#?}"));
            }
        }
        (Ok(actual), None) => faults.push(format!("merged to {}", text(&actual))),
        (Err(errors), Some(_)) => faults.push(format!("errors {errors:#?}")),
    }
    let mut reversed = blocks.clone();
    reversed.reverse();
    if merge(&reversed) != merge(&blocks) {
        faults.push("the order of the blocks matters".to_owned());
    }
    // The lines of the blocks are as good as their order.
    let count = blocks.len();
    let turned: Vec<_> = blocks
        .iter()
        .map(|b| Block {
            line: count - b.line,
            ..b.clone()
        })
        .collect();
    match (merge(&turned), merge(&blocks)) {
        (Err(_), Err(_)) => {}
        (turned, merged) if turned == merged => {}
        (turned, _) => faults.push(format!("the lines of the blocks matter: {turned:#?}")),
    }
    faults
}

#[test]
fn every_case_merges_as_expected() {
    let mut wrong = Vec::new();
    for (name, case) in cases::of("merge") {
        wrong.extend(
            faults(&case)
                .into_iter()
                .map(|fault| format!("{name}: {fault}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_captured_page_becomes_the_document_that_was_read_from_it_before() {
    let (name, page) = PAGES[2];
    let merged = merge(&gitbook::read(name, page).unwrap().blocks).unwrap();
    assert_eq!(
        text(&merged),
        include_str!("../../../tests/fixtures/repository/specs/dialog360/upstream.json")
    );
}

#[test]
fn the_pages_of_the_mirror_are_one_document() {
    let merged = merge(&published()).unwrap();
    let mut count = 0;
    crate::openapi::walk::operations(&mut merged.clone(), &mut |_, _| count += 1);
    assert_eq!(count, 8);
    assert_eq!(merged["tags"].as_array().unwrap().len(), 3);
    assert_eq!(text(&canonical(merged.clone())), text(&merged));
}

#[test]
fn nothing_at_all_is_no_document() {
    assert_eq!(merge(&[]).unwrap_err().len(), 1);
}

/// `document` as GitBook prints it: a block for each operation. (Without the closure over
/// components, which stand in every block.)
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

/// The security requirements to choose from.
fn security() -> impl Strategy<Value = Option<Value>> {
    let values = vec![
        None,
        Some(json!([])),
        Some(json!([{"A": []}])),
        Some(json!([{"A": []}, {"B": []}])),
    ];
    prop::sample::select(values)
}

/// Documents with operations that say for themselves what the others leave to their path item or
/// to the document.
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
    fn a_document_in_parts_is_put_together_again(document in documents()) {
        let parts = split(&document);
        let blocks: Vec<_> = parts.into_iter().enumerate().map(|(line, part)| block("a", line, part)).collect();
        prop_assert_eq!(text(&merge(&blocks).unwrap()), text(&canonical(document)));
    }

    #[test]
    fn neither_order_nor_place_of_blocks_matters(
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
            // Which block is named first does depend on the place.
            (Err(_), Err(_)) => {}
            (one, other) => prop_assert_eq!(one, other),
        }
    }
}

#[test]
fn the_pages_of_the_mirror_merge_in_any_order_and_page_by_page() {
    let blocks = published();
    let merged = merge(&blocks).unwrap();
    let mut turned = blocks.clone();
    for _ in 0..blocks.len() {
        turned.rotate_left(1);
        assert_eq!(text(&merge(&turned).unwrap()), text(&merged));
    }
    // A document that was merged, and every block again, says nothing new.
    turned.push(block("whole", 1, merged.clone()));
    assert_eq!(text(&merge(&turned).unwrap()), text(&merged));
    let again: Vec<_> = split(&merged)
        .into_iter()
        .map(|part| block("part", 1, part))
        .collect();
    assert_eq!(text(&merge(&again).unwrap()), text(&merged));
}

#[test]
fn messages_show_the_heading() {
    let one = published().remove(0);
    let mut other = one.clone();
    other.heading = None;
    other.document["info"]["version"] = "3".into();
    let errors = merge(&[one, other]).unwrap_err();
    let expected = "client-management line 13 (List clients) /info/version is \"2.0.0\", but \
                    client-management line 13 /info/version is \"3\"; refresh again";
    assert!(errors[0].starts_with(expected), "{errors:?}");
}

#[test]
fn no_merge_takes_long() {
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
    let start = std::time::Instant::now();
    assert!(merge(&blocks).is_err());
    assert!(start.elapsed().as_secs() < 30);
}
