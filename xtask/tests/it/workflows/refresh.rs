//! The weekly refresh: its branch, its pull request, and the commits that people push to it.

use std::fs;

use super::project::{APP, Project, ScriptResult};

/// A refresh that finds a change, and tests that accept its snapshot.
const CHANGES: &str = r#"echo two > specs/api.json; echo "The report" > "$report""#;
const ACCEPTS: &str = "echo two > tests/snapshots/api.snap";
/// A refresh that finds no change.
const FINDS_NOTHING: &str = r#"echo "Nothing has changed" > "$report""#;

/// The results that the jobs of refresh.yml pass to each other.
struct Refresh {
    branch: ScriptResult,
    main: String,
    build: ScriptResult,
}

/// Runs the scripts of the jobs `branch` and `build` of refresh.yml.
fn build(project: &Project, refresh: &str, tests: &str) -> Refresh {
    let _ = fs::remove_dir_all(project.path("build"));
    let _ = fs::remove_dir_all(project.path("built"));
    project.clone_as("build");
    let main = project.revision("build", "HEAD");
    let branch = project
        .script("build", "refresh-branch.sh", &[], &[("MAIN", &main)])
        .succeeded();
    let variables = [("MAIN", main.as_str()), ("HEAD", branch.variable("head"))];
    let merge = project.script("build", "merge-main.sh", &["../built"], &variables);
    if merge.code != 0 {
        let build = merge;
        return Refresh {
            branch,
            main,
            build,
        };
    }
    fs::create_dir_all(project.path("build/refresh")).expect("a folder");
    let variables = [("REFRESH", refresh), ("TESTS", tests)];
    let arguments = ["../built", "refresh"];
    let build = project.script("build", "refresh-specs.sh", &arguments, &variables);
    Refresh {
        branch,
        main,
        build,
    }
}

/// Runs the scripts of the job `publish` of refresh.yml with the results of the earlier jobs.
fn publish(project: &Project, refresh: &Refresh) -> ScriptResult {
    let _ = fs::remove_dir_all(project.path("publish"));
    let _ = fs::remove_dir_all(project.path("published"));
    project.clone_as("publish");
    let variables = [
        ("MAIN", refresh.main.as_str()),
        ("HEAD", refresh.branch.variable("head")),
        ("BRANCH", refresh.branch.variable("branch")),
        ("PULL", refresh.branch.variable("pull")),
        ("REFUSED", refresh.build.variable("refused")),
    ];
    project
        .script("publish", "merge-main.sh", &["../published"], &variables)
        .succeeded();
    let arguments = ["../published", "../build/refresh"];
    project.script("publish", "publish-refresh.sh", &arguments, &variables)
}

/// Returns the content of a file on a branch of the remote.
fn content(project: &Project, branch: &str, file: &str) -> String {
    project.git("origin", &["show", &format!("{branch}:{file}")])
}

/// Returns the branches of the remote except main.
fn branches(project: &Project) -> Vec<String> {
    let branches = project.git("origin", &["branch", "--format=%(refname:short)"]);
    let branches = branches.lines().filter(|branch| *branch != "main");
    branches.map(str::to_owned).collect()
}

/// Fails unless `branch` contains `commit`.
fn assert_contains(project: &Project, commit: &str, branch: &str) {
    project.git("origin", &["merge-base", "--is-ancestor", commit, branch]);
}

/// Creates the pull request of an earlier refresh; returns its commit.
fn open_pull_request(project: &Project) -> String {
    let commit = project.push("refresh/old", "specs/api.json", "one and a half\n");
    list_pull_request(project, &commit);
    commit
}

fn list_pull_request(project: &Project, commit: &str) {
    let row = format!("7\t{APP}\tmain\topen\trefresh/old\t{commit}\tfalse\tus");
    project.pulls(&[&row]);
}

#[test]
fn a_change_of_upstream_opens_a_pull_request_and_starts_its_checks() {
    let project = Project::new();
    let refresh = build(&project, CHANGES, ACCEPTS);
    assert_eq!(refresh.build.variable("refused"), "false");
    assert_eq!(refresh.build.variable("snapshots"), "accepted");
    publish(&project, &refresh).succeeded();

    let branches = branches(&project);
    let [branch] = branches.as_slice() else {
        panic!("expected one new branch, found {branches:?}");
    };
    assert!(branch.starts_with("refresh/"), "{branch}");
    assert_eq!(content(&project, branch, "specs/api.json"), "two\n");
    assert_eq!(
        content(&project, branch, "tests/snapshots/api.snap"),
        "two\n"
    );
    assert_contains(&project, &refresh.main, branch);

    let calls = project.calls();
    let calls: Vec<&str> = calls.lines().filter(|line| line.starts_with('>')).collect();
    let [setup, create, ci, spec_diff] = calls.as_slice() else {
        panic!("expected four calls, found {calls:#?}");
    };
    assert_eq!(*setup, "> auth setup-git");
    assert!(
        create.contains("pr create") && create.contains(branch),
        "{create}"
    );
    for (call, workflow) in [(ci, "ci.yml"), (spec_diff, "spec-diff.yml")] {
        let dispatch = format!("> workflow run {workflow} --repo us/waba --ref {branch}");
        assert_eq!(*call, dispatch);
    }
    assert!(project.calls().contains("The report"));
    let cargo = project.read("cargo-calls");
    assert!(
        cargo.contains("INSTA_UPDATE=always cargo test --locked --workspace snapshots"),
        "{cargo}"
    );
}

#[test]
fn the_next_refresh_keeps_commits_pushed_to_its_branch() {
    let project = Project::new();
    open_pull_request(&project);
    let fix = project.push("refresh/old", "specs/overlay.yaml", "a fix\n");
    list_pull_request(&project, &fix);
    let main = project.push("main", "src/lib.rs", "// new\n");

    publish(&project, &build(&project, CHANGES, ACCEPTS)).succeeded();
    assert_eq!(branches(&project), ["refresh/old"]);
    assert_eq!(
        content(&project, "refresh/old", "specs/overlay.yaml"),
        "a fix\n"
    );
    assert_eq!(content(&project, "refresh/old", "specs/api.json"), "two\n");
    assert_eq!(content(&project, "refresh/old", "src/lib.rs"), "// new\n");
    assert_contains(&project, &fix, "refresh/old");
    assert_contains(&project, &main, "refresh/old");
    let calls = project.calls();
    assert!(calls.contains("> pr comment 7 "), "{calls}");
    assert!(!calls.contains("pr create"), "{calls}");
    assert!(calls.contains("--ref refresh/old"), "{calls}");
}

#[test]
fn a_refresh_keeps_a_commit_pushed_while_it_runs() {
    let project = Project::new();
    open_pull_request(&project);
    let refresh = build(&project, CHANGES, ACCEPTS);
    let fix = project.push("refresh/old", "specs/overlay.yaml", "a fix\n");
    let result = publish(&project, &refresh);
    assert_ne!(result.code, 0, "{}", result.output);
    assert_eq!(project.revision("origin", "refresh/old"), fix);
}

#[test]
fn a_conflict_with_main_fails_with_a_reason_and_keeps_the_branch() {
    let project = Project::new();
    let before = open_pull_request(&project);
    project.push("main", "specs/api.json", "something else\n");
    let refresh = build(&project, CHANGES, ACCEPTS);
    assert_eq!(refresh.build.code, 1, "{}", refresh.build.output);
    let reason = refresh.build.variable("reason");
    assert!(reason.contains("without conflicts"), "{reason}");
    assert_eq!(project.revision("origin", "refresh/old"), before);
}

#[test]
fn a_change_of_workflows_on_main_fails_with_a_reason() {
    let project = Project::new();
    open_pull_request(&project);
    project.push("main", ".github/workflows/ci.yml", "name: ci\n");
    let refresh = build(&project, CHANGES, ACCEPTS);
    assert_eq!(refresh.build.code, 1, "{}", refresh.build.output);
    let reason = refresh.build.variable("reason");
    assert!(reason.contains(".github/workflows"), "{reason}");
}

#[test]
fn ignores_pull_requests_that_are_not_of_the_refresh() {
    for row in [
        // From a person, from a fork, with another base than main, closed, from another bot, and with
        // another kind of branch.
        "7\tstranger\tmain\topen\trefresh/old\tabc\tfalse\tus",
        "7\tapp/github-actions\tmain\topen\trefresh/old\tabc\ttrue\tstranger",
        "7\tapp/github-actions\tnext\topen\trefresh/old\tabc\tfalse\tus",
        "7\tapp/github-actions\tmain\tclosed\trefresh/old\tabc\tfalse\tus",
        "7\tapp/dependabot\tmain\topen\trefresh/old\tabc\tfalse\tus",
        "7\tapp/github-actions\tmain\topen\trefreshments\tabc\tfalse\tus",
    ] {
        let project = Project::new();
        project.pulls(&[row]);
        let result = project
            .script("clone", "refresh-branch.sh", &[], &[("MAIN", "0123")])
            .succeeded();
        assert_eq!(result.variable("pull"), "", "{row}");
        assert_eq!(result.variable("head"), "0123", "{row}");
        let branch = result.variable("branch");
        assert!(branch.starts_with("refresh/2"), "{row}: {branch}");
        assert!(branch.ends_with("-77-1"), "{row}: {branch}");
    }
}

#[test]
fn publishes_the_change_of_one_api_if_the_other_is_refused() {
    let project = Project::new();
    let refresh = build(&project, &format!("{CHANGES}; exit 2"), ACCEPTS);
    let built = &refresh.build;
    assert_eq!(built.code, 0, "{}", built.output);
    assert_eq!(built.variable("refused"), "true");
    publish(&project, &refresh).succeeded();
    assert_eq!(branches(&project).len(), 1);
    assert!(project.calls().contains("> pr create"));
}

#[test]
fn changes_nothing_if_all_apis_are_refused() {
    let project = Project::new();
    let commit = project.revision("clone", "main");
    list_pull_request(&project, &commit);
    let refresh = build(&project, &format!("{FINDS_NOTHING}; exit 2"), ACCEPTS);
    publish(&project, &refresh).succeeded();
    assert_eq!(project.calls(), "");
}

#[test]
fn closes_a_pull_request_without_changes() {
    let project = Project::new();
    let commit = open_pull_request(&project);
    project.push("main", "specs/api.json", "one and a half\n");
    list_pull_request(&project, &commit);
    publish(&project, &build(&project, FINDS_NOTHING, ACCEPTS)).succeeded();
    let calls = project.calls();
    assert!(calls.starts_with("> pr close 7 "), "{calls}");
    assert!(!calls.contains("workflow run"), "{calls}");
}

#[test]
fn starts_the_checks_again_if_nothing_is_added_to_a_pull_request() {
    let project = Project::new();
    let commit = open_pull_request(&project);
    publish(&project, &build(&project, FINDS_NOTHING, ACCEPTS)).succeeded();
    assert_eq!(project.revision("origin", "refresh/old"), commit);
    let calls = project.calls();
    assert!(!calls.contains("> pr "), "{calls}");
    assert!(calls.contains("spec-diff.yml"), "{calls}");
}

#[test]
fn does_nothing_if_main_is_up_to_date() {
    let project = Project::new();
    publish(&project, &build(&project, FINDS_NOTHING, ACCEPTS)).succeeded();
    assert_eq!(project.calls(), "");
    assert_eq!(branches(&project), Vec::<String>::new());
}

#[test]
fn publishes_a_refresh_with_which_hand_written_code_does_not_build() {
    let project = Project::new();
    let refresh = build(&project, CHANGES, "exit 101");
    assert_eq!(refresh.build.variable("snapshots"), "failed");
    publish(&project, &refresh).succeeded();
    let branches = branches(&project);
    assert_eq!(content(&project, &branches[0], "specs/api.json"), "two\n");
}

#[test]
fn fails_on_an_unexpected_exit_code_or_a_missing_report() {
    for refresh in ["exit 101", "exit 2", r#"echo report > "$report"; exit 1"#] {
        let project = Project::new();
        let refresh = build(&project, refresh, ACCEPTS);
        assert_ne!(refresh.build.code, 0, "{}", refresh.build.output);
    }
}

#[test]
fn refuses_a_patch_of_other_files() {
    let project = Project::new();
    let refresh = build(&project, CHANGES, ACCEPTS);
    project.write("clone/src/lib.rs", "// not a spec\n");
    let patch = project.git("clone", &["diff", "--binary"]);
    project.write("build/refresh/refresh.patch", &patch);
    let result = publish(&project, &refresh);
    assert_eq!(result.code, 1, "{}", result.output);
    assert!(result.output.contains("outside"), "{}", result.output);
    assert_eq!(branches(&project), Vec::<String>::new());
}

#[test]
fn deletes_the_branch_if_the_pull_request_cannot_be_opened() {
    let project = Project::new();
    project.write("github/failing", "pr create\n");
    let result = publish(&project, &build(&project, CHANGES, ACCEPTS));
    assert_ne!(result.code, 0, "{}", result.output);
    assert_eq!(branches(&project), Vec::<String>::new());
}
