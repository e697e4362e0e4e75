//! The issue about a failed refresh.

use super::project::{APP, Project, ScriptResult};

const TITLE: &str = "The specs could not be refreshed";

/// Runs refresh-issue.sh with a short report.
fn run_with_report(project: &Project, variables: &[(&str, &str)]) -> ScriptResult {
    project.write("clone/refresh/report.md", "The report\n");
    run(project, variables)
}

/// Runs refresh-issue.sh. `variables` override the results of successful jobs.
fn run(project: &Project, variables: &[(&str, &str)]) -> ScriptResult {
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

/// Returns the row of the issue that an earlier refresh opened.
fn open_issue() -> String {
    format!("5\t{APP}\topen\t{TITLE}")
}

#[test]
fn a_refused_refresh_opens_an_issue_and_fails_the_run() {
    let project = Project::new();
    let result = run_with_report(&project, &[("REFUSED", "true")]);
    assert_eq!(result.code, 1, "{}", result.output);
    let calls = project.calls();
    assert!(calls.starts_with("> issue create "), "{calls}");
    for part in [TITLE, "The report", "actions/runs/77", "CONTRIBUTING.md"] {
        assert!(calls.contains(part), "{part}: {calls}");
    }
}

#[test]
fn another_refused_refresh_updates_the_issue() {
    let project = Project::new();
    project.issues(&[&open_issue()]);
    run_with_report(&project, &[("REFUSED", "true")]);
    let calls = project.calls();
    assert!(calls.starts_with("> issue edit 5 "), "{calls}");
    assert!(calls.contains("The report"), "{calls}");
}

#[test]
fn a_successful_refresh_closes_the_issue() {
    let project = Project::new();
    project.issues(&[&open_issue()]);
    run_with_report(&project, &[]).succeeded();
    let calls = project.calls();
    assert!(calls.starts_with("> issue close 5 "), "{calls}");
    assert_eq!(calls.lines().count(), 1, "{calls}");
}

#[test]
fn a_successful_refresh_without_an_issue_does_nothing() {
    let project = Project::new();
    run_with_report(&project, &[]).succeeded();
    assert_eq!(project.calls(), "");
}

#[test]
fn a_failed_job_opens_an_issue_with_a_link_to_the_run() {
    for (job, result) in [
        ("BRANCH_RESULT", "failure"),
        ("BUILD_RESULT", "failure"),
        ("BUILD_RESULT", "cancelled"),
        ("PUBLISH_RESULT", "failure"),
    ] {
        let project = Project::new();
        let reason = "main cannot be merged";
        let script = run_with_report(&project, &[(job, result), ("REASON", reason)]);
        assert_eq!(script.code, 1, "{}", script.output);
        let calls = project.calls();
        assert!(calls.starts_with("> issue create "), "{calls}");
        let job = job.to_lowercase().replace("_result", "");
        for part in [&job, result, reason, "actions/runs/77", "The report"] {
            assert!(calls.contains(part), "{part}: {calls}");
        }
    }
}

#[test]
fn a_failure_without_a_report_opens_an_issue() {
    let project = Project::new();
    let variables = [
        ("BUILD_RESULT", "failure"),
        ("PUBLISH_RESULT", "skipped"),
        ("REFUSED", ""),
        ("SNAPSHOTS", ""),
    ];
    let result = run(&project, &variables);
    assert_eq!(result.code, 1, "{}", result.output);
    let calls = project.calls();
    assert!(calls.starts_with("> issue create "), "{calls}");
    assert!(!calls.contains("publish"), "{calls}");
}

#[test]
fn snapshots_that_cannot_be_accepted_open_an_issue() {
    let project = Project::new();
    run_with_report(&project, &[("SNAPSHOTS", "failed")]);
    assert!(project.calls().contains("does not build"));
}

#[test]
fn ignores_issues_of_other_people() {
    let rows = [
        format!("3\tstranger\topen\t{TITLE}"),
        format!("4\t{APP}\tclosed\t{TITLE}"),
        format!("6\t{APP}\topen\t{TITLE} by us"),
    ];
    for row in &rows {
        let project = Project::new();
        project.issues(&[row]);
        run_with_report(&project, &[("REFUSED", "true")]);
        let calls = project.calls();
        assert!(calls.starts_with("> issue create "), "{row}: {calls}");

        let project = Project::new();
        project.issues(&[row]);
        run_with_report(&project, &[]).succeeded();
        assert_eq!(project.calls(), "", "{row}");
    }
}

#[test]
fn truncates_a_long_report() {
    let project = Project::new();
    let line = "0123456789\n".repeat(7000);
    project.write("clone/refresh/report.md", &format!("```text\n{line}```\n"));
    run(&project, &[("REFUSED", "true")]);
    let calls = project.calls();
    let (_, body) = calls.split_once('\n').expect("a body");
    assert!(body.len() < 65_536, "{}", body.len());
    assert_eq!(
        body.matches("```").count(),
        2,
        "the code block is not closed"
    );
    assert!(
        body.ends_with("of the run.\n"),
        "the note about the cut is missing"
    );
}
