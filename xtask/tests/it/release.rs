//! `cargo xtask release`, which runs before a publication.

use crate::{
    history::{UPSTREAM, break_it, commit, committed, edit, extend_it, git, prepare, replace},
    repository::Repository,
};

/// Creates a repository whose last release has this version.
fn released(version: &str) -> Repository {
    let repository = committed();
    set_version(&repository, version);
    commit(&repository);
    git(&repository, &["tag", &format!("v{version}")]);
    repository
}

fn set_version(repository: &Repository, version: &str) {
    let manifest = format!("[package]\nname = \"waba\"\nversion = \"{version}\"\n");
    repository.write("Cargo.toml", &manifest);
}

/// Changes only a description.
fn reword(repository: &Repository) {
    edit(repository, UPSTREAM, |document| {
        document["info"]["description"] = "In other words".into();
    });
    prepare(repository);
}

type Edit = fn(&Repository);

#[test]
fn the_version_must_cover_the_changes_since_the_last_release() {
    let nothing: Edit = |_| {};
    let cases: [(&str, Edit, &str, &str); 8] = [
        ("0.4.1", nothing, "0.4.1", ""),
        ("0.4.1", reword, "0.4.2", "0.4.1"),
        ("0.4.1", extend_it, "0.4.2", "0.4.1"),
        ("0.4.1", break_it, "0.5.0", "0.4.9"),
        ("1.4.1", reword, "1.4.2", "1.4.1"),
        ("1.4.1", extend_it, "1.5.0", "1.4.9"),
        ("1.4.1", break_it, "2.0.0", "1.9.0"),
        ("1.4.1", extend_it, "2.0.0", ""),
    ];
    for (before, change, enough, too_low) in cases {
        let repository = released(before);
        change(&repository);
        set_version(&repository, enough);
        let (code, printed) = repository.release(&[]);
        assert_eq!(code, 0, "{before} to {enough}: {printed}");
        if !too_low.is_empty() {
            set_version(&repository, too_low);
            let (code, printed) = repository.release(&[]);
            assert_eq!(code, 1, "{before} to {too_low}: {printed}");
            assert!(printed.contains("is too low"), "{printed}");
        }
    }
}

#[test]
fn an_accepted_breaking_change_requires_a_breaking_version() {
    let repository = released("1.0.0");
    break_it(&repository);
    let (_, report) = repository.diff(&["--format", "json"]);
    let fingerprint = report.split("\"fingerprint\": \"").nth(1).expect("one");
    let fingerprint = &fingerprint[..12];
    let entry = format!("- {{fingerprint: {fingerprint}, reason: It was time}}\n");
    repository.write("specs/accepted-changes.yaml", &entry);
    commit(&repository);
    set_version(&repository, "1.1.0");
    assert_eq!(repository.release(&[]).0, 1);
}

/// Renames a field in the generated code, like a change of the generator.
fn rename_in_the_code(repository: &Repository) {
    replace(
        repository,
        "src/generated/dialog360.rs",
        "fb_business_id",
        "meta_business_id",
    );
}

/// Changes the generated code but no public item, like a change of the generator.
fn rewrite_the_code(repository: &Repository) {
    replace(
        repository,
        "src/generated/dialog360.rs",
        "baseurl.to_string()",
        "baseurl.to_owned()",
    );
}

#[test]
fn a_change_of_the_generator_only_requires_a_new_version() {
    let cases: [(Edit, &str, &str); 2] = [
        (rename_in_the_code, "0.5.0", "0.4.9"),
        (rewrite_the_code, "0.4.2", "0.4.1"),
    ];
    for (change, enough, too_low) in cases {
        let repository = released("0.4.1");
        change(&repository);
        for (version, expected) in [(enough, 0), (too_low, 1)] {
            set_version(&repository, version);
            let (code, printed) = repository.release(&[]);
            assert_eq!(code, expected, "{version}: {printed}");
        }
    }
}

#[test]
fn fails_if_the_generated_code_is_outdated() {
    let repository = released("0.4.1");
    edit(&repository, UPSTREAM, |document| {
        document["info"]["description"] = "In other words".into();
    });
    set_version(&repository, "0.5.0");
    let (code, printed) = repository.release(&[]);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("run `cargo xtask prepare`"), "{printed}");
}

#[test]
fn the_first_release_may_have_any_version() {
    let repository = committed();
    set_version(&repository, "0.1.0");
    let (code, printed) = repository.release(&[]);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("first release"), "{printed}");
}

#[test]
fn fails_if_the_versions_cannot_be_compared() {
    let repository = released("0.1.0");
    for (arguments, manifest) in [
        (&["--since", "v9"][..], "[package]\nversion = \"0.1.0\""),
        (&[], "[package]"),
        (&[], "[package]\nversion = \"one\""),
    ] {
        repository.write("Cargo.toml", manifest);
        let (code, printed) = repository.release(arguments);
        assert_eq!(code, 2, "{manifest}: {printed}");
    }
}
