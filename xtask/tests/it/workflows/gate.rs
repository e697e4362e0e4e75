//! spec-diff.sh, which judges the specs of a pull request by the tools of its base.

use std::{fs, process::Command};

use super::project::{Ended, Project};

/// A project with the folders of spec-diff.yml: `base`, and `head`, in which these files differ.
fn project(changes: &[(&str, &str)]) -> Project {
    let project = Project::new();
    project.write("clone/specs/upstream.json", "{}\n");
    project.write("clone/specs/dialog360/upstream.json", "{}\n");
    project.write("clone/specs/sources.toml", "\n");
    project.write("clone/specs/sources.lock", "\n");
    project.commit("clone", "Add upstream");
    project.git("clone", &["push", "--quiet", "origin", "main"]);
    project.clone_as("head");
    project.git(
        "head",
        &["worktree", "add", "--quiet", "--detach", "../base"],
    );
    for (file, text) in changes {
        project.write(&format!("head/{file}"), text);
    }
    project.commit("head", "Change something");
    fs::create_dir(project.path("out")).expect("a folder");
    project
}

/// Runs spec-diff.sh with a task whose parts end so.
fn judge(project: &Project, diff: &str, check: &str) -> Ended {
    let task = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/bin/xtask");
    let variables = [("XTASK", task), ("DIFF", diff), ("CHECK", check)];
    let folders = ["head", "base", "out"];
    project.script(".", "spec-diff.sh", &folders, &variables)
}

const UPSTREAM: (&str, &str) = ("specs/dialog360/upstream.json", "{\"new\": 1}\n");

#[test]
fn the_gate_fails_for_what_breaks_and_for_what_is_not_upstreams() {
    for (diff, check, code, says) in [
        ("0", "0", 0, "Upstream: verified"),
        ("0", "1", 1, "Upstream: **differs**"),
        ("0", "2", 1, "Upstream: **could not be checked**"),
        ("0", "101", 1, "Upstream: **could not be checked**"),
        ("1", "0", 1, "Upstream: verified"),
        ("2", "0", 1, "API changes: **could not be compared**"),
        ("101", "1", 1, "API changes: **could not be compared**"),
    ] {
        let project = project(&[UPSTREAM]);
        let ended = judge(&project, diff, check);
        let case = format!("diff {diff}, check {check}: {}", ended.printed);
        assert_eq!(ended.code, code, "{case}");
        let report = project.read("out/report.md");
        assert!(report.contains(says), "{case}: {report}");
        assert_eq!(report.contains("What has moved"), check == "1", "{report}");
        let compared = matches!(diff, "0" | "1");
        assert_eq!(report.contains("API changes: none"), compared, "{report}");
        assert!(!project.path("out/quiet").exists(), "{case}");
    }
}

#[test]
fn each_file_that_comes_from_upstream_is_checked_and_no_other() {
    for (file, checked) in [
        ("specs/dialog360/upstream.json", true),
        ("specs/graph/upstream/phone.json", true),
        ("specs/sources.toml", true),
        ("specs/sources.lock", true),
        ("specs/overlay.yaml", false),
    ] {
        let project = project(&[(file, "changed\n")]);
        let ended = judge(&project, "0", "1");
        assert_eq!(ended.code, i32::from(checked), "{file}: {}", ended.printed);
        let report = project.read("out/report.md");
        let skipped = report.contains("Upstream: skipped, because nothing");
        assert_eq!(skipped, !checked, "{file}: {report}");
    }
}

#[test]
fn upstream_is_checked_without_the_lock_of_the_pull_request() {
    let project = project(&[
        ("specs/upstream.json", "{\"smuggled\": 1}\n"),
        ("specs/sources.lock", "vouches for it\n"),
    ]);
    assert_eq!(judge(&project, "0", "0").code, 0);
    let calls = project.read("cargo-calls");
    assert!(
        calls.contains("smuggled"),
        "what is committed is checked: {calls}"
    );
    assert!(project.path("head/specs/sources.lock").exists());
}

#[test]
fn a_change_of_where_upstream_is_read_from_is_named() {
    let report = |changes: &[(&str, &str)]| {
        let project = project(changes);
        judge(&project, "0", "0");
        project.read("out/report.md")
    };
    let sources = "`specs/sources.toml` has changed";
    assert!(report(&[("specs/sources.toml", "changed\n")]).contains(sources));
    assert!(!report(&[UPSTREAM]).contains(sources));
}

#[test]
fn the_tools_are_built_from_the_base_alone() {
    let project = project(&[UPSTREAM, ("xtask/src/main.rs", "fn main() {}\n")]);
    assert_eq!(judge(&project, "0", "0").code, 0);
    let calls = project.read("cargo-calls");
    let build = format!("{}: cargo build", project.path("base").display());
    assert!(calls.starts_with(&build), "{calls}");
    assert_eq!(calls.matches("cargo ").count(), 1, "{calls}");
    let (from, to) = (
        project.revision("base", "HEAD"),
        project.revision("head", "HEAD"),
    );
    let diff = format!(
        "{}/xtask: diff {from}..{to} --format markdown --fail-on breaking",
        project.path("head").display()
    );
    assert!(calls.contains(&diff), "{calls}");
}

#[test]
fn a_pull_request_that_leaves_the_specs_alone_builds_nothing_and_says_so() {
    let project = project(&[("src/lib.rs", "// changed\n")]);
    assert_eq!(judge(&project, "1", "1").code, 0);
    assert!(!project.path("cargo-calls").exists());
    assert!(project.path("out/quiet").exists());
    assert!(project.read("out/report.md").starts_with("Skipped: "));
}

#[test]
fn the_task_of_this_repository_judges_specs_at_two_commits() {
    let project = project(&[UPSTREAM]);
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs");
    let target = project.path("clone/specs");
    fs::remove_dir_all(&target).expect("removed");
    let copied = Command::new("cp").args(["-r", here]).arg(&target).status();
    assert!(copied.expect("cp runs").success());
    project.commit("clone", "Take the specs of this repository");
    project.git("clone", &["push", "--quiet", "origin", "main"]);
    project.git("head", &["fetch", "--quiet"]);
    project.git("head", &["checkout", "--quiet", "origin/main"]);
    project.git("base", &["checkout", "--quiet", "--detach", "origin/main"]);
    let overlay = project.read("head/specs/dialog360/overlay.yaml");
    project.write("head/specs/dialog360/overlay.yaml", &format!("{overlay}\n"));
    project.commit("head", "Touch the overlay");
    let task = [("XTASK", env!("CARGO_BIN_EXE_xtask"))];
    let ended = project.script(".", "spec-diff.sh", &["head", "base", "out"], &task);
    let report = project.read("out/report.md");
    assert_eq!(ended.code, 0, "{}: {report}", ended.printed);
    assert!(report.contains("## API changes: none"), "{report}");
}
