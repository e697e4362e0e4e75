//! The golden cases under `tests/cases`: one small file for each construct.

use std::{fs, path::Path};

use proptest::test_runner::{Config, RngSeed};
use serde_json::{Map, Value};

use crate::openapi::document;

/// Returns the cases in `folder` with their names.
pub fn of(folder: &str) -> Vec<(String, Map<String, Value>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(folder);
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no cases in {}", folder.display());
    let cases = paths.into_iter().map(|path| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        match document::read(&path) {
            Ok(Value::Object(case)) => (name, case),
            other => panic!("{name}: {other:?}"),
        }
    });
    cases.collect()
}

/// Returns the list of strings at `key` of `case`; empty if there is no such key.
pub fn texts(case: &Map<String, Value>, key: &str) -> Vec<String> {
    let listed = case
        .get(key)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    listed
        .iter()
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

/// Returns the configuration of the property tests. `PROPTEST_CASES` overrides the number of cases.
pub fn properties(cases: u32, max_shrink_iters: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES");
    Config {
        // Reproducible by default; a longer run explores new documents.
        rng_seed: match asked {
            Ok(_) => RngSeed::Random,
            Err(_) => RngSeed::Fixed(1),
        },
        cases: asked.map_or(cases, |cases| cases.parse().unwrap()),
        failure_persistence: None,
        max_shrink_iters,
        ..Config::default()
    }
}
