//! What nobody is to sleep through: the age of the last refresh, and a version that is released.

use std::{fs, process::Command};

use super::project::Project;

/// Runs refresh-age.sh; gives what it printed.
fn age(project: &Project) -> String {
    let ended = project.script("clone", "refresh-age.sh", &[], &[]);
    ended.succeeded().printed
}

/// The time some days ago, as GitHub writes it.
fn days_ago(days: u32) -> String {
    let date = Command::new("date")
        .args(["-u", "+%FT%TZ", "-d", &format!("{days} days ago")])
        .output()
        .expect("date runs");
    String::from_utf8(date.stdout).expect("text")
}

#[test]
fn a_refresh_that_last_succeeded_two_weeks_ago_is_warned_about() {
    let project = Project::new();
    for (days, warns) in [(0, false), (13, false), (15, true), (400, true)] {
        project.write("github/last_run", &days_ago(days));
        let printed = age(&project);
        assert_eq!(printed.starts_with("::warning"), warns, "{days}: {printed}");
        assert!(printed.contains(&format!("{days} days ago")), "{printed}");
    }
}

#[test]
fn a_refresh_that_never_succeeded_is_warned_about() {
    let project = Project::new();
    project.write("github/last_run", "");
    let printed = age(&project);
    assert!(printed.starts_with("::warning"), "{printed}");
    assert!(printed.contains("never succeeded"), "{printed}");
}

#[test]
fn a_refresh_of_which_nobody_can_tell_is_warned_about() {
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
fn only_a_version_without_a_tag_is_new() {
    let project = Project::new();
    let new = |manifest: &str| {
        project.write("clone/Cargo.toml", manifest);
        let ended = project.script("clone", "new-version.sh", &[], &[]);
        ended.succeeded().output("new").to_owned()
    };
    let manifest = "[workspace.package]\nversion = \"9.9.9\"\n\n[package]\nname = \"waba\"\nversion = \"0.2.0\"\n\n[dependencies.x]\nversion = \"8\"\n";
    assert_eq!(new(manifest), "true");
    project.git("clone", &["tag", "v9.9.9"]);
    project.git("clone", &["tag", "v0.2.0-rc"]);
    assert_eq!(new(manifest), "true");
    project.git("clone", &["tag", "v0.2.0"]);
    assert_eq!(new(manifest), "false");
    assert_eq!(new(&manifest.replace("0.2.0", "0.2.1")), "true");
}

#[test]
fn the_version_of_this_repository_can_be_read() {
    let project = Project::new();
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    fs::copy(manifest, project.path("clone/Cargo.toml")).expect("copied");
    let ended = project.script("clone", "new-version.sh", &[], &[]);
    assert_eq!(ended.succeeded().output("new"), "true");
}

#[test]
fn a_manifest_without_a_version_is_an_error() {
    let project = Project::new();
    project.write("clone/Cargo.toml", "[package]\nname = \"waba\"\n");
    let ended = project.script("clone", "new-version.sh", &[], &[]);
    assert_eq!(ended.code, 1, "{}", ended.printed);
}
