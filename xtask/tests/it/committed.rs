//! Tests of the specs in this repository. They hold for any document, so a refresh does not break
//! them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::repository::{self, Repository};

/// Returns the folders of specs/, one for each API.
fn apis() -> Vec<PathBuf> {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let entries = fs::read_dir(specs).expect("specs/ can be listed");
    let paths = entries.map(|entry| entry.expect("an entry of specs/").path());
    paths.filter(|path| path.is_dir()).collect()
}

#[test]
fn committed_files_are_up_to_date_with_their_sources() {
    let mut check = repository::task("prepare", &["--check"]);
    check.env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"));
    let (code, printed) = repository::outcome(check);
    assert_eq!(
        code, 0,
        "run `cargo xtask prepare` and commit the files that it writes\n{printed}"
    );
}

#[test]
fn every_api_is_a_feature_and_a_module_of_the_crate() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |file: &str| fs::read_to_string(root.join(file)).expect(file);
    for api in apis() {
        let api = api.file_name().unwrap_or_default().to_string_lossy();
        for (file, text) in [
            ("Cargo.toml", format!("\n{api} = [")),
            ("src/lib.rs", format!("pub mod {api};")),
            ("README.md", format!("`{api}`")),
            ("tests/alone.rs", format!("#[cfg(feature = \"{api}\")]")),
        ] {
            assert!(
                read(file).contains(&text),
                "{file}: `{}` is missing; see «Another API» in CONTRIBUTING.md",
                text.trim()
            );
        }
    }
}

#[test]
fn preparing_a_prepared_document_changes_nothing() {
    let repository = Repository::frozen();
    for api in apis() {
        let path = api.join("openapi.json");
        let file = path.to_str().expect("a path in UTF-8");
        let (code, printed) = repository.prepare(&["--file", file, "--out", "again.json"]);
        assert_eq!(code, 0, "{printed}");
        let text = fs::read_to_string(&path).expect(file);
        assert!(
            repository.read("again.json") == text,
            "{file} changes when it is prepared again"
        );
        assert!(text.ends_with("}\n"), "{file} does not end in a newline");
    }
}

#[test]
fn every_overlay_action_has_a_reason() {
    for api in apis() {
        let Ok(text) = fs::read_to_string(api.join("overlay.yaml")) else {
            continue;
        };
        let actions = text.matches("- target:").count();
        let reasons = text.matches("    description:").count();
        assert_eq!(
            actions,
            reasons,
            "{}/overlay.yaml: an action has no `description`; add one that says why it exists",
            api.display()
        );
    }
}
