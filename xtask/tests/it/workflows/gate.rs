//! spec-diff.sh, which checks the specs of a pull request with the tools of its base.

use std::{fs, process::Command};

use super::project::{Project, ScriptResult};

/// Returns a project with the folders of spec-diff.yml: `base`, and `head` with these changes.
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

/// Runs spec-diff.sh. `diff` and `check` are the exit codes of the fake xtask.
fn run(project: &Project, diff: &str, check: &str) -> ScriptResult {
    let task = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/bin/xtask");
    let variables = [("XTASK", task), ("DIFF", diff), ("CHECK", check)];
    let folders = ["head", "base", "out"];
    project.script(".", "spec-diff.sh", &folders, &variables)
}

const UPSTREAM: (&str, &str) = ("specs/dialog360/upstream.json", "{\"new\": 1}\n");

#[test]
fn fails_on_a_breaking_change_and_on_a_difference_from_upstream() {
    for (diff, check, code, expected) in [
        ("0", "0", 0, "Upstream: verified"),
        ("0", "1", 1, "Upstream: **differs**"),
        ("0", "2", 1, "Upstream: **could not be checked**"),
        ("0", "101", 1, "Upstream: **could not be checked**"),
        ("1", "0", 1, "Upstream: verified"),
        ("2", "0", 1, "API changes: **could not be compared**"),
        ("101", "1", 1, "API changes: **could not be compared**"),
    ] {
        let project = project(&[UPSTREAM]);
        let result = run(&project, diff, check);
        let case = format!("diff {diff}, check {check}: {}", result.output);
        assert_eq!(result.code, code, "{case}");
        let report = project.read("out/report.md");
        assert!(report.contains(expected), "{case}: {report}");
        assert_eq!(report.contains("What has moved"), check == "1", "{report}");
        let compared = matches!(diff, "0" | "1");
        assert_eq!(report.contains("API changes: none"), compared, "{report}");
        assert!(!project.path("out/quiet").exists(), "{case}");
    }
}

#[test]
fn checks_exactly_the_files_that_come_from_upstream() {
    for (file, checked) in [
        ("specs/dialog360/upstream.json", true),
        ("specs/graph/upstream/phone.json", true),
        ("specs/sources.toml", true),
        ("specs/sources.lock", true),
        ("specs/overlay.yaml", false),
    ] {
        let project = project(&[(file, "changed\n")]);
        let result = run(&project, "0", "1");
        assert_eq!(result.code, i32::from(checked), "{file}: {}", result.output);
        let report = project.read("out/report.md");
        let skipped = report.contains("Upstream: skipped, because no file");
        assert_eq!(skipped, !checked, "{file}: {report}");
    }
}

#[test]
fn ignores_the_lock_of_the_pull_request() {
    let project = project(&[
        ("specs/upstream.json", "{\"smuggled\": 1}\n"),
        ("specs/sources.lock", "confirms it\n"),
    ]);
    assert_eq!(run(&project, "0", "0").code, 0);
    let calls = project.read("cargo-calls");
    assert!(
        calls.contains("smuggled"),
        "the committed document is not checked: {calls}"
    );
    assert!(project.path("head/specs/sources.lock").exists());
}

#[test]
fn reports_a_change_of_sources_toml() {
    let report = |changes: &[(&str, &str)]| {
        let project = project(changes);
        run(&project, "0", "0");
        project.read("out/report.md")
    };
    let sources = "`specs/sources.toml` has changed";
    assert!(report(&[("specs/sources.toml", "changed\n")]).contains(sources));
    assert!(!report(&[UPSTREAM]).contains(sources));
}

#[test]
fn builds_the_tools_only_from_the_base() {
    let project = project(&[UPSTREAM, ("xtask/src/main.rs", "fn main() {}\n")]);
    assert_eq!(run(&project, "0", "0").code, 0);
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
fn skips_a_pull_request_that_does_not_change_the_specs() {
    let project = project(&[("src/lib.rs", "// changed\n")]);
    assert_eq!(run(&project, "1", "1").code, 0);
    assert!(!project.path("cargo-calls").exists());
    assert!(project.path("out/quiet").exists());
    assert!(project.read("out/report.md").starts_with("Skipped: "));
}

#[test]
fn runs_with_the_xtask_of_this_repository() {
    let project = project(&[UPSTREAM]);
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs");
    let target = project.path("clone/specs");
    fs::remove_dir_all(&target).expect("removed");
    let copied = Command::new("cp").args(["-r", here]).arg(&target).status();
    assert!(copied.expect("cp runs").success());
    project.commit("clone", "Copy the specs of this repository");
    project.git("clone", &["push", "--quiet", "origin", "main"]);
    project.git("head", &["fetch", "--quiet"]);
    project.git("head", &["checkout", "--quiet", "origin/main"]);
    project.git("base", &["checkout", "--quiet", "--detach", "origin/main"]);
    let overlay = project.read("head/specs/dialog360/overlay.yaml");
    project.write("head/specs/dialog360/overlay.yaml", &format!("{overlay}\n"));
    project.commit("head", "Change the overlay");
    let task = [("XTASK", env!("CARGO_BIN_EXE_xtask"))];
    let result = project.script(".", "spec-diff.sh", &["head", "base", "out"], &task);
    let report = project.read("out/report.md");
    assert_eq!(result.code, 0, "{}: {report}", result.output);
    assert!(report.contains("## API changes: none"), "{report}");
}
