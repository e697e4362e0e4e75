//! The warning about an old refresh, and the detection of a new version.

use std::{fs, process::Command};

use super::project::Project;

/// Runs refresh-age.sh; returns its output.
fn age(project: &Project) -> String {
    let result = project.script("clone", "refresh-age.sh", &[], &[]);
    result.succeeded().output
}

/// Returns the time `days` ago, in GitHub's format.
fn days_ago(days: u32) -> String {
    let date = Command::new("date")
        .args(["-u", "+%FT%TZ", "-d", &format!("{days} days ago")])
        .output()
        .expect("date runs");
    String::from_utf8(date.stdout).expect("text")
}

#[test]
fn warns_if_the_last_success_is_two_weeks_ago() {
    let project = Project::new();
    for (days, warns) in [(0, false), (13, false), (15, true), (400, true)] {
        project.write("github/last_run", &days_ago(days));
        let printed = age(&project);
        assert_eq!(printed.starts_with("::warning"), warns, "{days}: {printed}");
        assert!(printed.contains(&format!("{days} days ago")), "{printed}");
    }
}

#[test]
fn warns_if_no_refresh_has_succeeded() {
    let project = Project::new();
    project.write("github/last_run", "");
    let printed = age(&project);
    assert!(printed.starts_with("::warning"), "{printed}");
    assert!(printed.contains("never succeeded"), "{printed}");
}

#[test]
fn warns_if_the_last_success_is_unknown() {
    let project = Project::new();
    project.write("github/last_run", "some day\n");
    let printed = age(&project);
    assert!(printed.contains("::warning"), "{printed}");
    project.write("github/failing", "api \n");
    let printed = age(&project);
    assert!(printed.contains("::warning"), "{printed}");
    assert!(printed.contains("cannot be listed"), "{printed}");
}

#[test]
fn a_version_without_a_tag_is_new() {
    let project = Project::new();
    let output = |manifest: &str, name: &str| {
        project.write("clone/Cargo.toml", manifest);
        let result = project.script("clone", "new-version.sh", &[], &[]);
        result.succeeded().variable(name).to_owned()
    };
    let new = |manifest: &str| output(manifest, "new");
    let manifest = "[workspace.package]\nversion = \"9.9.9\"\n\n[package]\nname = \"waba\"\nversion = \"0.2.0\"\n\n[dependencies.x]\nversion = \"8\"\n";
    assert_eq!(new(manifest), "true");
    project.git("clone", &["tag", "v9.9.9"]);
    project.git("clone", &["tag", "v0.2.0-rc"]);
    assert_eq!(new(manifest), "true");
    project.git("clone", &["tag", "v0.2.0"]);
    assert_eq!(new(manifest), "false");
    assert_eq!(new(&manifest.replace("0.2.0", "0.2.1")), "true");
    assert_eq!(output(manifest, "tag"), "v0.2.0");
}

#[test]
fn reads_the_version_of_this_repository() {
    let project = Project::new();
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    fs::copy(manifest, project.path("clone/Cargo.toml")).expect("copied");
    let result = project.script("clone", "new-version.sh", &[], &[]);
    assert_eq!(result.succeeded().variable("new"), "true");
}

#[test]
fn fails_on_a_manifest_without_a_version() {
    let project = Project::new();
    project.write("clone/Cargo.toml", "[package]\nname = \"waba\"\n");
    let result = project.script("clone", "new-version.sh", &[], &[]);
    assert_eq!(result.code, 1, "{}", result.output);
}
