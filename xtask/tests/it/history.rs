//! Repositories with a history of specs.

use std::process::Command;

use serde_json::{Value, json};

use crate::repository::Repository;

/// Creates a repository whose first commit contains the specs.
pub fn committed() -> Repository {
    let repository = Repository::frozen();
    git(&repository, &["init", "--quiet", "--initial-branch=main"]);
    commit(&repository);
    repository
}

pub fn commit(repository: &Repository) {
    git(repository, &["add", "--all"]);
    git(
        repository,
        &["commit", "--quiet", "--message=Change the specs"],
    );
}

pub fn git(repository: &Repository, arguments: &[&str]) {
    let status = Command::new("git")
        .arg("-C")
        .arg(repository.path("."))
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.com"])
        .args(arguments)
        .status()
        .expect("git runs");
    assert!(status.success(), "git {arguments:?}");
}

pub const UPSTREAM: &str = "specs/dialog360/upstream.json";

/// Removes a field of 360dialog's accounts.
pub fn break_it(repository: &Repository) {
    edit(repository, UPSTREAM, |document| {
        let fields = document.pointer_mut("/components/schemas/PartnerWabaAccountOut/properties");
        let fields = fields.and_then(Value::as_object_mut).expect("fields");
        fields.remove("namespace").expect("the field is there");
    });
    prepare(repository);
}

/// Adds a field to 360dialog's accounts.
pub fn extend_it(repository: &Repository) {
    edit(repository, UPSTREAM, |document| {
        let fields = document.pointer_mut("/components/schemas/PartnerWabaAccountOut/properties");
        fields.expect("fields")["paused_at"] = json!({"type": "string"});
    });
    prepare(repository);
}

/// Updates openapi.json and the Rust code from their sources.
pub fn prepare(repository: &Repository) {
    let (code, printed) = repository.prepare(&[]);
    assert_eq!(code, 0, "{printed}");
}

/// Replaces `from` in a file, which must contain it.
pub fn replace(repository: &Repository, path: &str, from: &str, to: &str) {
    let text = repository.read(path);
    assert!(text.contains(from), "{path} has no {from}");
    repository.write(path, &text.replace(from, to));
}

pub fn edit(repository: &Repository, path: &str, change: impl FnOnce(&mut Value)) {
    let mut document: Value = serde_json::from_str(&repository.read(path)).expect("JSON");
    change(&mut document);
    let text = serde_json::to_string_pretty(&document).expect("text");
    repository.write(path, &format!("{text}\n"));
}
