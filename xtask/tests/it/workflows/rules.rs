//! Rules for all workflows: permissions, commands and actions.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the contents of the files in a folder by name.
fn files(folder: &str) -> BTreeMap<String, String> {
    let files = fs::read_dir(root().join(folder)).expect(folder);
    let files = files.map(|file| file.expect("a file").path());
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into();
    let read = |path: &Path| fs::read_to_string(path).expect("text");
    files.map(|path| (name(&path), read(&path))).collect()
}

fn workflows() -> BTreeMap<String, Value> {
    let parse = |(name, text): (String, String)| {
        let workflow: Value = serde_saphyr::from_str(&text).expect("YAML");
        assert!(workflow["on"].is_object(), "{name}: `on` is not an object");
        (name, workflow)
    };
    files(".github/workflows").into_iter().map(parse).collect()
}

fn scripts() -> BTreeMap<String, String> {
    files(".github/scripts")
}

/// A job with its permissions.
struct Job {
    /// The names of its workflow and of itself.
    name: String,
    permissions: Map<String, Value>,
    steps: Vec<Value>,
}

impl Job {
    /// Returns the commands of its steps.
    fn commands(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| step["run"].as_str())
    }

    /// Returns the actions of its steps.
    fn actions(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| step["uses"].as_str())
    }

    fn may_write(&self) -> bool {
        self.permissions
            .values()
            .any(|permission| permission == "write")
    }
}

fn jobs() -> Vec<Job> {
    let mut all = Vec::new();
    for (workflow, document) in workflows() {
        let permissions = |value: &Value| value["permissions"].as_object().cloned();
        let default = permissions(&document);
        let default = default.expect("the permissions of a workflow");
        for (job, content) in document["jobs"].as_object().expect("jobs") {
            all.push(Job {
                name: format!("{workflow}, {job}"),
                permissions: permissions(content).unwrap_or_else(|| default.clone()),
                steps: content["steps"].as_array().expect("steps").clone(),
            });
        }
    }
    assert!(!all.is_empty(), "no jobs found");
    all
}

/// The only job that runs cargo with write permissions: it publishes to crates.io after an approval.
const PUBLISHING_JOB: &str = "release.yml, publish";

#[test]
fn every_action_is_pinned_to_a_commit() {
    for job in jobs() {
        for action in job.actions() {
            let commit = action.split_once('@').map_or("", |(_, commit)| commit);
            let pinned = commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit());
            assert!(pinned, "{}: {action}", job.name);
        }
    }
}

#[test]
fn jobs_with_write_permissions_run_only_git_gh_and_scripts() {
    let writing = jobs().into_iter().filter(Job::may_write);
    let mut count = 0;
    for job in writing.filter(|job| job.name != PUBLISHING_JOB) {
        count += 1;
        for line in job.commands().flat_map(str::lines) {
            let known = ["git ", "gh ", ".github/scripts/"];
            let known = known.iter().any(|start| line.trim().starts_with(start));
            assert!(known, "{}: {line}", job.name);
            let script = line.split_whitespace().next().unwrap_or_default();
            let script = script.strip_prefix(".github/scripts/").unwrap_or_default();
            let script = scripts().get(script).cloned().unwrap_or_default();
            assert!(
                !script.contains("cargo "),
                "{}: {line} runs cargo",
                job.name
            );
        }
        for action in job.actions() {
            assert!(action.starts_with("actions/"), "{}: {action}", job.name);
        }
    }
    assert!(count >= 5, "{count} jobs may write");
}

#[test]
fn jobs_with_write_permissions_check_out_only_main() {
    let workflows = workflows();
    for job in jobs().iter().filter(|job| job.may_write()) {
        let workflow = job.name.split(", ").next().unwrap_or_default();
        let events = &workflows[workflow]["on"];
        let on_branches = ["pull_request", "workflow_dispatch"];
        let on_branches = on_branches.iter().any(|event| events.get(event).is_some());
        // refresh.yml runs only on main, because of the conditions checked below.
        if !on_branches || workflow == "refresh.yml" {
            continue;
        }
        let is_checkout = |step: &&Value| {
            let uses = step["uses"].as_str().unwrap_or_default();
            uses.starts_with("actions/checkout@")
        };
        for checkout in job.steps.iter().filter(is_checkout) {
            assert_eq!(checkout["with"]["ref"], "main", "{}", job.name);
        }
    }
    for job in ["branch", "issue"] {
        let condition = workflows["refresh.yml"]["jobs"][job]["if"].as_str();
        let condition = condition.unwrap_or_default();
        assert!(
            condition.contains("github.ref == 'refs/heads/main'"),
            "{job}: {condition}"
        );
    }
}

#[test]
fn no_checkout_keeps_credentials() {
    for job in jobs() {
        for step in &job.steps {
            let uses = step["uses"].as_str().unwrap_or_default();
            if uses.starts_with("actions/checkout@") {
                assert_eq!(step["with"]["persist-credentials"], false, "{}", job.name);
            }
        }
    }
}

#[test]
fn no_workflow_uses_pull_request_target() {
    for (name, workflow) in workflows() {
        assert!(
            workflow["on"].get("pull_request_target").is_none(),
            "{name}"
        );
    }
}

#[test]
fn nothing_is_force_pushed() {
    let texts = files(".github/workflows").into_iter().chain(scripts());
    for (name, text) in texts {
        for line in text.lines().filter(|line| line.contains("push")) {
            let is_forced = line.contains("--force") || line.contains(" -f") || line.contains(" +");
            assert!(!is_forced, "{name}: {line}");
        }
    }
}

#[test]
fn commands_contain_no_expressions() {
    for job in jobs() {
        for command in job.commands() {
            assert!(!command.contains("${{"), "{}: {command}", job.name);
        }
    }
}

#[test]
fn every_script_stops_on_errors_and_is_used() {
    let (workflows, scripts) = (files(".github/workflows"), scripts());
    for (name, text) in &scripts {
        assert!(text.starts_with("#!/usr/bin/env bash\n# "), "{name}");
        assert!(text.contains("\nset -euo pipefail\n"), "{name}");
        let mut others = workflows.iter().chain(scripts.iter());
        let runs = others.any(|(other, text)| other != name && text.contains(&format!("/{name}")));
        assert!(runs, "{name} is not used");
    }
}

#[cfg(unix)]
#[test]
fn every_script_is_executable() {
    use std::os::unix::fs::PermissionsExt;
    for name in scripts().keys() {
        let path = root().join(".github/scripts").join(name);
        let mode = fs::metadata(path).expect(name).permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{name}");
    }
}

#[test]
fn each_required_check_is_a_job_and_is_posted_as_a_status() {
    let contributing = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("text");
    let (_, line) = contributing
        .split_once("Required status checks: ")
        .expect("CONTRIBUTING.md does not name the required checks");
    let line = line.split_once('.').map_or(line, |(line, _)| line);
    let required: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
    assert_eq!(required.len(), 3, "{required:?}");
    let jobs = jobs();
    for check in required {
        let has = |workflow: &str, job: &str| format!("{workflow}, {job}");
        let workflow = ["ci.yml", "spec-diff.yml"]
            .into_iter()
            .find(|workflow| jobs.iter().any(|job| job.name == has(workflow, check)));
        let workflow = workflow.unwrap_or_else(|| panic!("{check} is not the name of a job"));
        let post = jobs.iter().find(|job| job.name == has(workflow, "post"));
        let status = format!(".github/scripts/commit-status.sh {check} \"$");
        let mut commands = post.expect("a job that posts").commands();
        assert!(
            commands.any(|command| command.starts_with(&status)),
            "{check}"
        );
    }
}

#[test]
fn publishes_only_a_new_version() {
    let release = &workflows()["release.yml"]["jobs"];
    assert_eq!(
        release["publish"]["if"],
        "${{ needs.check.outputs.new == 'true' }}"
    );
    assert_eq!(
        release["check"]["outputs"]["new"],
        "${{ steps.version.outputs.new }}"
    );
}

#[test]
fn each_release_carries_the_exported_documents() {
    let jobs = jobs();
    let steps = |name: &str| {
        let job = jobs.iter().find(|job| job.name == name);
        job.expect("a job").steps.clone()
    };
    let uses = |step: &Value, action: &str| {
        let name = step["uses"].as_str().unwrap_or_default();
        name.starts_with(&format!("actions/{action}@"))
    };
    let check = steps("release.yml, check");
    let export = check.iter().position(|step| {
        let command = step["run"].as_str().unwrap_or_default();
        command == "cargo xtask export --out documents"
    });
    let export = export.expect("the job exports the documents");
    let upload = &check[export + 1];
    assert!(uses(upload, "upload-artifact"), "{upload}");
    assert_eq!(upload["with"]["path"], "documents");

    let attach = steps("release.yml, documents");
    assert!(uses(&attach[0], "download-artifact"), "{}", attach[0]);
    assert_eq!(
        attach[0]["with"],
        serde_json::json!({"name": "documents", "path": "documents"})
    );
    assert_eq!(
        attach[1]["run"],
        "gh release upload \"$TAG\" documents/*.json --clobber"
    );
    let needs = &workflows()["release.yml"]["jobs"]["documents"]["needs"];
    assert_eq!(*needs, serde_json::json!(["check", "publish"]));
}
