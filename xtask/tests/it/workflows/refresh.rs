//! The weekly refresh: its branch, its pull request, and what people push to it.

use std::fs;

use super::project::{APP, Ended, Project};

/// A refresh that finds a new value, and the snapshot that follows it.
const CHANGES: &str = r#"echo two > specs/api.json; echo "The report" > "$report""#;
const ACCEPTS: &str = "echo two > tests/snapshots/api.snap";
/// A refresh that finds nothing new.
const FINDS_NOTHING: &str = r#"echo "Nothing has changed" > "$report""#;

/// What the jobs of refresh.yml hand on to each other.
struct Refresh {
    branch: Ended,
    main: String,
    build: Ended,
}

/// Does what the jobs `branch` and `build` of refresh.yml do.
fn build(project: &Project, refresh: &str, tests: &str) -> Refresh {
    let _ = fs::remove_dir_all(project.path("build"));
    let _ = fs::remove_dir_all(project.path("built"));
    project.clone_as("build");
    let main = project.revision("build", "HEAD");
    let branch = project
        .script("build", "refresh-branch.sh", &[], &[("MAIN", &main)])
        .succeeded();
    let variables = [("MAIN", main.as_str()), ("HEAD", branch.output("head"))];
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

/// Does what the job `publish` of refresh.yml does, with what the earlier jobs have handed on.
fn publish(project: &Project, refresh: &Refresh) -> Ended {
    let _ = fs::remove_dir_all(project.path("publish"));
    let _ = fs::remove_dir_all(project.path("published"));
    project.clone_as("publish");
    let variables = [
        ("MAIN", refresh.main.as_str()),
        ("HEAD", refresh.branch.output("head")),
        ("BRANCH", refresh.branch.output("branch")),
        ("PULL", refresh.branch.output("pull")),
        ("REFUSED", refresh.build.output("refused")),
    ];
    project
        .script("publish", "merge-main.sh", &["../published"], &variables)
        .succeeded();
    let arguments = ["../published", "../build/refresh"];
    project.script("publish", "publish-refresh.sh", &arguments, &variables)
}

/// The content of a file on a branch of the remote.
fn on(project: &Project, branch: &str, file: &str) -> String {
    project.git("origin", &["show", &format!("{branch}:{file}")])
}

/// The branches of the remote beside main.
fn branches(project: &Project) -> Vec<String> {
    let branches = project.git("origin", &["branch", "--format=%(refname:short)"]);
    let branches = branches.lines().filter(|branch| *branch != "main");
    branches.map(str::to_owned).collect()
}

fn is_ancestor(project: &Project, commit: &str, branch: &str) {
    project.git("origin", &["merge-base", "--is-ancestor", commit, branch]);
}

/// A pull request of an earlier refresh, and the commit that it is at.
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
fn a_change_of_upstream_becomes_a_pull_request_whose_checks_are_started() {
    let project = Project::new();
    let refresh = build(&project, CHANGES, ACCEPTS);
    assert_eq!(refresh.build.output("refused"), "false");
    assert_eq!(refresh.build.output("snapshots"), "accepted");
    publish(&project, &refresh).succeeded();

    let branches = branches(&project);
    let [branch] = branches.as_slice() else {
        panic!("one branch is new: {branches:?}");
    };
    assert!(branch.starts_with("refresh/"), "{branch}");
    assert_eq!(on(&project, branch, "specs/api.json"), "two\n");
    assert_eq!(on(&project, branch, "tests/snapshots/api.snap"), "two\n");
    is_ancestor(&project, &refresh.main, branch);

    let calls = project.calls();
    let calls: Vec<&str> = calls.lines().filter(|line| line.starts_with('>')).collect();
    let [setup, create, ci, spec_diff] = calls.as_slice() else {
        panic!("four calls: {calls:#?}");
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
fn commits_that_people_push_to_the_refresh_branch_survive_the_next_refresh() {
    let project = Project::new();
    open_pull_request(&project);
    let fix = project.push("refresh/old", "specs/overlay.yaml", "a fix\n");
    list_pull_request(&project, &fix);
    let main = project.push("main", "src/lib.rs", "// new\n");

    publish(&project, &build(&project, CHANGES, ACCEPTS)).succeeded();
    assert_eq!(branches(&project), ["refresh/old"]);
    assert_eq!(on(&project, "refresh/old", "specs/overlay.yaml"), "a fix\n");
    assert_eq!(on(&project, "refresh/old", "specs/api.json"), "two\n");
    assert_eq!(on(&project, "refresh/old", "src/lib.rs"), "// new\n");
    is_ancestor(&project, &fix, "refresh/old");
    is_ancestor(&project, &main, "refresh/old");
    let calls = project.calls();
    assert!(calls.contains("> pr comment 7 "), "{calls}");
    assert!(!calls.contains("pr create"), "{calls}");
    assert!(calls.contains("--ref refresh/old"), "{calls}");
}

#[test]
fn a_commit_pushed_during_the_refresh_survives_it() {
    let project = Project::new();
    open_pull_request(&project);
    let refresh = build(&project, CHANGES, ACCEPTS);
    let fix = project.push("refresh/old", "specs/overlay.yaml", "a fix\n");
    let ended = publish(&project, &refresh);
    assert_ne!(ended.code, 0, "{}", ended.printed);
    assert_eq!(project.revision("origin", "refresh/old"), fix);
}

#[test]
fn a_conflict_with_main_fails_with_a_reason_and_leaves_the_branch() {
    let project = Project::new();
    let before = open_pull_request(&project);
    project.push("main", "specs/api.json", "something else\n");
    let refresh = build(&project, CHANGES, ACCEPTS);
    assert_eq!(refresh.build.code, 1, "{}", refresh.build.printed);
    let reason = refresh.build.output("reason");
    assert!(reason.contains("without conflicts"), "{reason}");
    assert_eq!(project.revision("origin", "refresh/old"), before);
}

#[test]
fn a_change_of_workflows_on_main_that_github_would_not_let_us_push_fails_with_a_reason() {
    let project = Project::new();
    open_pull_request(&project);
    project.push("main", ".github/workflows/ci.yml", "name: ci\n");
    let refresh = build(&project, CHANGES, ACCEPTS);
    assert_eq!(refresh.build.code, 1, "{}", refresh.build.printed);
    let reason = refresh.build.output("reason");
    assert!(reason.contains(".github/workflows"), "{reason}");
}

#[test]
fn pull_requests_of_others_are_not_treated_as_the_refresh() {
    for row in [
        // A person's, a fork's, one for another branch than main, a closed one, another bot's, and
        // one of ours with another purpose.
        "7\tstranger\tmain\topen\trefresh/old\tabc\tfalse\tus",
        "7\tapp/github-actions\tmain\topen\trefresh/old\tabc\ttrue\tstranger",
        "7\tapp/github-actions\tnext\topen\trefresh/old\tabc\tfalse\tus",
        "7\tapp/github-actions\tmain\tclosed\trefresh/old\tabc\tfalse\tus",
        "7\tapp/dependabot\tmain\topen\trefresh/old\tabc\tfalse\tus",
        "7\tapp/github-actions\tmain\topen\trefreshments\tabc\tfalse\tus",
    ] {
        let project = Project::new();
        project.pulls(&[row]);
        let ended = project
            .script("clone", "refresh-branch.sh", &[], &[("MAIN", "0123")])
            .succeeded();
        assert_eq!(ended.output("pull"), "", "{row}");
        assert_eq!(ended.output("head"), "0123", "{row}");
        let branch = ended.output("branch");
        assert!(branch.starts_with("refresh/2"), "{row}: {branch}");
        assert!(branch.ends_with("-77-1"), "{row}: {branch}");
    }
}

#[test]
fn a_refusal_of_one_api_still_publishes_the_change_of_the_other() {
    let project = Project::new();
    let refresh = build(&project, &format!("{CHANGES}; exit 2"), ACCEPTS);
    let built = &refresh.build;
    assert_eq!(built.code, 0, "{}", built.printed);
    assert_eq!(built.output("refused"), "true");
    publish(&project, &refresh).succeeded();
    assert_eq!(branches(&project).len(), 1);
    assert!(project.calls().contains("> pr create"));
}

#[test]
fn a_refusal_of_all_changes_nothing_and_closes_nothing() {
    let project = Project::new();
    let commit = project.revision("clone", "main");
    list_pull_request(&project, &commit);
    let refresh = build(&project, &format!("{FINDS_NOTHING}; exit 2"), ACCEPTS);
    publish(&project, &refresh).succeeded();
    assert_eq!(project.calls(), "");
}

#[test]
fn a_pull_request_with_nothing_left_in_it_is_closed() {
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
fn a_pull_request_to_which_nothing_is_added_is_checked_again_and_keeps_its_text() {
    let project = Project::new();
    let commit = open_pull_request(&project);
    publish(&project, &build(&project, FINDS_NOTHING, ACCEPTS)).succeeded();
    assert_eq!(project.revision("origin", "refresh/old"), commit);
    let calls = project.calls();
    assert!(!calls.contains("> pr "), "{calls}");
    assert!(calls.contains("spec-diff.yml"), "{calls}");
}

#[test]
fn nothing_happens_while_main_is_up_to_date() {
    let project = Project::new();
    publish(&project, &build(&project, FINDS_NOTHING, ACCEPTS)).succeeded();
    assert_eq!(project.calls(), "");
    assert_eq!(branches(&project), Vec::<String>::new());
}

#[test]
fn a_refresh_that_hand_written_code_does_not_build_with_is_published_all_the_same() {
    let project = Project::new();
    let refresh = build(&project, CHANGES, "exit 101");
    assert_eq!(refresh.build.output("snapshots"), "failed");
    publish(&project, &refresh).succeeded();
    let branches = branches(&project);
    assert_eq!(on(&project, &branches[0], "specs/api.json"), "two\n");
}

#[test]
fn a_refresh_that_ends_otherwise_than_promised_fails() {
    for refresh in ["exit 101", "exit 2", r#"echo report > "$report"; exit 1"#] {
        let project = Project::new();
        let refresh = build(&project, refresh, ACCEPTS);
        assert_ne!(refresh.build.code, 0, "{}", refresh.build.printed);
    }
}

#[test]
fn a_patch_of_anything_but_specs_and_snapshots_is_not_applied() {
    let project = Project::new();
    let refresh = build(&project, CHANGES, ACCEPTS);
    project.write("clone/src/lib.rs", "// not a spec\n");
    let patch = project.git("clone", &["diff", "--binary"]);
    project.write("build/refresh/refresh.patch", &patch);
    let ended = publish(&project, &refresh);
    assert_eq!(ended.code, 1, "{}", ended.printed);
    assert!(ended.printed.contains("outside"), "{}", ended.printed);
    assert_eq!(branches(&project), Vec::<String>::new());
}

#[test]
fn a_pull_request_that_cannot_be_opened_leaves_no_branch_behind() {
    let project = Project::new();
    project.write("github/failing", "pr create\n");
    let ended = publish(&project, &build(&project, CHANGES, ACCEPTS));
    assert_ne!(ended.code, 0, "{}", ended.printed);
    assert_eq!(branches(&project), Vec::<String>::new());
}
