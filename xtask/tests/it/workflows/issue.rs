//! The issue about a refresh that was refused or failed.

use super::project::{APP, Ended, Project};

const TITLE: &str = "The specs could not be refreshed";

/// Runs refresh-issue.sh after jobs that ended so, with a short report.
fn after(project: &Project, variables: &[(&str, &str)]) -> Ended {
    project.write("clone/refresh/report.md", "The report\n");
    run(project, variables)
}

/// Runs refresh-issue.sh after jobs that succeeded but for what `variables` says.
fn run(project: &Project, variables: &[(&str, &str)]) -> Ended {
    let mut all = vec![
        ("BRANCH_RESULT", "success"),
        ("BUILD_RESULT", "success"),
        ("PUBLISH_RESULT", "success"),
        ("REFUSED", "false"),
        ("SNAPSHOTS", "accepted"),
        ("REASON", ""),
    ];
    all.extend(variables);
    project.script("clone", "refresh-issue.sh", &["refresh"], &all)
}

/// A row of the issue that an earlier refresh opened.
fn open() -> String {
    format!("5\t{APP}\topen\t{TITLE}")
}

#[test]
fn a_refusal_opens_an_issue_with_the_report_and_is_not_a_success() {
    let project = Project::new();
    let ended = after(&project, &[("REFUSED", "true")]);
    assert_eq!(ended.code, 1, "{}", ended.printed);
    let calls = project.calls();
    assert!(calls.starts_with("> issue create "), "{calls}");
    for part in [TITLE, "The report", "actions/runs/77", "CONTRIBUTING.md"] {
        assert!(calls.contains(part), "{part}: {calls}");
    }
}

#[test]
fn a_further_refusal_updates_the_issue() {
    let project = Project::new();
    project.issues(&[&open()]);
    after(&project, &[("REFUSED", "true")]);
    let calls = project.calls();
    assert!(calls.starts_with("> issue edit 5 "), "{calls}");
    assert!(calls.contains("The report"), "{calls}");
}

#[test]
fn a_success_closes_the_issue() {
    let project = Project::new();
    project.issues(&[&open()]);
    after(&project, &[]).succeeded();
    let calls = project.calls();
    assert!(calls.starts_with("> issue close 5 "), "{calls}");
    assert_eq!(calls.lines().count(), 1, "{calls}");
}

#[test]
fn a_success_without_an_issue_does_nothing() {
    let project = Project::new();
    after(&project, &[]).succeeded();
    assert_eq!(project.calls(), "");
}

#[test]
fn any_failure_opens_the_issue_with_a_link_to_the_run() {
    for (job, result) in [
        ("BRANCH_RESULT", "failure"),
        ("BUILD_RESULT", "failure"),
        ("BUILD_RESULT", "cancelled"),
        ("PUBLISH_RESULT", "failure"),
    ] {
        let project = Project::new();
        let reason = "main cannot be merged";
        let ended = after(&project, &[(job, result), ("REASON", reason)]);
        assert_eq!(ended.code, 1, "{}", ended.printed);
        let calls = project.calls();
        assert!(calls.starts_with("> issue create "), "{calls}");
        let job = job.to_lowercase().replace("_result", "");
        for part in [&job, result, reason, "actions/runs/77", "The report"] {
            assert!(calls.contains(part), "{part}: {calls}");
        }
    }
}

#[test]
fn a_failure_before_there_was_a_report_opens_the_issue_too() {
    let project = Project::new();
    let variables = [
        ("BUILD_RESULT", "failure"),
        ("PUBLISH_RESULT", "skipped"),
        ("REFUSED", ""),
        ("SNAPSHOTS", ""),
    ];
    let ended = run(&project, &variables);
    assert_eq!(ended.code, 1, "{}", ended.printed);
    let calls = project.calls();
    assert!(calls.starts_with("> issue create "), "{calls}");
    assert!(!calls.contains("publish"), "{calls}");
}

#[test]
fn snapshots_that_could_not_be_accepted_open_the_issue() {
    let project = Project::new();
    after(&project, &[("SNAPSHOTS", "failed")]);
    assert!(project.calls().contains("does not build"));
}

#[test]
fn issues_of_others_are_left_alone() {
    let rows = [
        format!("3\tstranger\topen\t{TITLE}"),
        format!("4\t{APP}\tclosed\t{TITLE}"),
        format!("6\t{APP}\topen\t{TITLE} by us"),
    ];
    for row in &rows {
        let project = Project::new();
        project.issues(&[row]);
        after(&project, &[("REFUSED", "true")]);
        let calls = project.calls();
        assert!(calls.starts_with("> issue create "), "{row}: {calls}");

        let project = Project::new();
        project.issues(&[row]);
        after(&project, &[]).succeeded();
        assert_eq!(project.calls(), "", "{row}");
    }
}

#[test]
fn a_long_report_is_cut_to_what_an_issue_can_hold() {
    let project = Project::new();
    let line = "0123456789\n".repeat(7000);
    project.write("clone/refresh/report.md", &format!("```text\n{line}```\n"));
    run(&project, &[("REFUSED", "true")]);
    let calls = project.calls();
    let (_, body) = calls.split_once('\n').expect("a body");
    assert!(body.len() < 65_536, "{}", body.len());
    assert_eq!(body.matches("```").count(), 2, "the code block is closed");
    assert!(body.ends_with("of the run.\n"), "it says that it is cut");
}
