//! Tests of `cargo xtask export`. They hold for any document of Graph.

use serde_json::Value;

use crate::repository::{self, Repository};

/// Exports the documents of this repository as 3.1 and 3.0.
fn exported() -> [Value; 2] {
    let repository = Repository::frozen();
    let out = repository.path("documents");
    let mut task = repository::task("export", &["--out", out.to_str().expect("UTF-8")]);
    task.env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"));
    let (code, printed) = repository::outcome(task);
    assert_eq!(code, 0, "{printed}");
    ["3.1", "3.0"].map(|version| {
        let text = repository.read(&format!("documents/graph.openapi-{version}.json"));
        serde_json::from_str(&text).expect("JSON")
    })
}

/// Returns the keys of all objects in `value`.
fn keys(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(entries) => {
            let inner = entries.values().flat_map(keys);
            entries.keys().map(String::as_str).chain(inner).collect()
        }
        Value::Array(items) => items.iter().flat_map(keys).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn exported_documents_have_all_operations_and_nothing_for_rust() {
    let generated = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/graph/openapi.json");
    let generated = std::fs::read_to_string(generated).expect("text");
    let generated: Value = serde_json::from_str(&generated).expect("JSON");
    let operations = |document: &Value| {
        let paths = document["paths"].as_object().expect("paths");
        let operations = paths.iter().flat_map(|(path, item)| {
            let operations = item.as_object().expect("an item").values();
            operations.map(move |operation| (path, operation))
        });
        // An operation that differs from another in its query is merged with it.
        let is_merged = |path: &str, operation: &Value| {
            path.contains('#') && operation["x-field-expansion"].is_null()
        };
        let mut ids: Vec<String> = operations
            .filter(|(path, operation)| !is_merged(path, operation))
            .filter_map(|(_, operation)| Some(operation["operationId"].as_str()?.to_owned()))
            .collect();
        ids.sort();
        ids
    };
    let [new, old] = exported();
    assert_eq!(new["openapi"], "3.1.0");
    assert_eq!(old["openapi"], "3.0.3");
    for document in [&new, &old] {
        assert_eq!(operations(document), operations(&generated));
        let paths = document["paths"].as_object().expect("paths");
        assert!(paths.keys().all(|path| !path.contains('#')));
        let keys = keys(document);
        assert!(keys.contains(&"x-evidence"));
        for key in keys {
            let is_ours = key.starts_with("x-rust-") || key == "x-field-expansion";
            assert!(!is_ours, "{key}");
        }
    }
}
