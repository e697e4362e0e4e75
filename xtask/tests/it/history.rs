//! A repository whose specs have a history.

use std::process::Command;

use serde_json::{Value, json};

use crate::repository::Repository;

/// A repository with the specs of this one in its first commit.
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

/// Takes a field of 360dialog's accounts away.
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

/// Brings openapi.json and the Rust code up to date with their sources.
pub fn prepare(repository: &Repository) {
    let (code, printed) = repository.prepare(&[]);
    assert_eq!(code, 0, "{printed}");
}

/// Replaces `from`, which has to be there, in a file.
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
