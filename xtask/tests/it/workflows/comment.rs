//! The comment with the report of spec-diff, and the statuses of a commit.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use super::project::{Ended, Project};

const MARKER: &str = "<!-- spec-diff -->";

/// Runs spec-diff-comment.sh for the commit `abc` of the branch `topic` of `us`.
fn comment(project: &Project) -> Ended {
    project.write("clone/report/report.md", "The report\n");
    let variables = [
        ("HEAD_OWNER", "us"),
        ("HEAD_BRANCH", "topic"),
        ("HEAD_SHA", "abc"),
    ];
    project.script("clone", "spec-diff-comment.sh", &["report"], &variables)
}

/// The row of a pull request.
fn pull(number: u32, owner: &str, branch: &str, commit: &str) -> String {
    let fork = owner != "us";
    format!("{number}\tsomebody\tmain\topen\t{branch}\t{commit}\t{fork}\t{owner}")
}

#[test]
fn the_report_is_posted_on_the_pull_request_that_was_checked() {
    let project = Project::new();
    // A fork can have the same branch at the same commit, and our own branches others.
    project.pulls(&[
        &pull(1, "stranger", "topic", "abc"),
        &pull(2, "us", "topic", "abc"),
        &pull(3, "us", "other", "abc"),
        &pull(4, "us", "topic", "def"),
        &pull(5, "stranger", "topic", "abc"),
    ]);
    comment(&project).succeeded();
    let calls = project.calls();
    let post = "> api --method POST repos/us/waba/issues/2/comments";
    assert!(calls.starts_with(post), "{calls}");
    assert_eq!(calls.matches("> ").count(), 1, "{calls}");
    assert!(
        calls.contains(&format!("{MARKER}\nThe report\n")),
        "{calls}"
    );
}

#[test]
fn the_comment_is_updated_and_those_of_others_are_left_alone() {
    let project = Project::new();
    project.pulls(&[&pull(2, "us", "topic", "abc")]);
    let stranger = format!("10\tstranger\t{MARKER}\\nMine");
    let bot = "11\tgithub-actions[bot]\tHello";
    project.comments(&[&stranger, bot]);
    comment(&project).succeeded();
    assert!(project.calls().contains("POST"), "{}", project.calls());

    let ours = format!("12\tgithub-actions[bot]\t{MARKER}\\nOld");
    project.comments(&[&stranger, bot, &ours]);
    comment(&project).succeeded();
    let calls = project.calls();
    let patch = "> api --method PATCH repos/us/waba/issues/comments/12 ";
    assert!(calls.contains(patch), "{calls}");
    assert_eq!(calls.matches("> api").count(), 2, "{calls}");
}

#[test]
fn a_report_of_nothing_is_posted_only_in_place_of_an_earlier_one() {
    let project = Project::new();
    project.pulls(&[&pull(2, "us", "topic", "abc")]);
    project.write("clone/report/quiet", "");
    comment(&project).succeeded();
    assert_eq!(project.calls(), "");

    project.comments(&[&format!("12\tgithub-actions[bot]\t{MARKER}")]);
    comment(&project).succeeded();
    assert!(project.calls().contains("PATCH"), "{}", project.calls());
}

#[test]
fn a_commit_that_no_pull_request_is_at_any_longer_gets_no_comment() {
    let project = Project::new();
    project.pulls(&[&pull(2, "us", "topic", "def")]);
    let ended = comment(&project).succeeded();
    assert!(ended.printed.contains("any longer"), "{}", ended.printed);
    assert_eq!(project.calls(), "");
}

#[test]
fn a_status_is_a_success_only_if_the_job_was() {
    for (result, state) in [
        ("success", "success"),
        ("failure", "failure"),
        ("cancelled", "failure"),
        ("skipped", "failure"),
    ] {
        let project = Project::new();
        let commit = [("HEAD_SHA", "abc")];
        project
            .script("clone", "commit-status.sh", &["checks", result], &commit)
            .succeeded();
        let calls = project.calls();
        assert!(calls.contains("repos/us/waba/statuses/abc"), "{calls}");
        assert!(calls.contains("context=checks"), "{calls}");
        assert!(calls.contains(&format!("state={state} ")), "{calls}");
    }
}

/// What fit-comment.sh leaves of `text`.
fn fit(text: &str, limit: &str) -> String {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../.github/scripts/fit-comment.sh"
    );
    let mut fit = Command::new(script)
        .arg(limit)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the script runs");
    let mut input = fit.stdin.take().expect("a pipe");
    input.write_all(text.as_bytes()).expect("written");
    drop(input);
    let output = fit.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{:?}", output.status);
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_text_that_fits_is_kept_as_it_is() {
    let text = "- ä\n\n```yaml\n# b\n```\n<details>\n";
    assert_eq!(fit(text, "100"), text);
}

#[test]
fn a_text_is_cut_between_lines_and_what_is_open_there_is_closed() {
    let cases = [
        ("one\ntwo\nthree\n", "8", "one\ntwo\n"),
        ("```\na\nb\nccccccccccc\n```\n", "15", "```\na\nb\n```\n"),
        (
            "  ~~~~\n~~~\n````\nccccc\n",
            "22",
            "  ~~~~\n~~~\n````\n  ~~~~\n",
        ),
        ("````x\n```\nccccccccccccc\n", "16", "````x\n```\n````\n"),
        ("```a`b\nccccccccccccc\n", "16", "```a`b\n"),
        ("```\n```\nccccccccccccc\n", "16", "```\n```\n"),
        (
            "<details>\n\nccccccccccccc\n",
            "16",
            "<details>\n\n</details>\n",
        ),
    ];
    for (text, limit, kept) in cases {
        let cut = fit(text, limit);
        let note = cut.strip_prefix(kept);
        let note = note.unwrap_or_else(|| panic!("{text} is cut to {kept}, not to {cut}"));
        assert!(note.starts_with("\nThe rest is cut off"), "{cut}");
    }
}

#[test]
fn a_cut_text_has_fewer_characters_than_github_accepts() {
    let fence = "`".repeat(200);
    let text = format!("{fence}\n{}", "wörds\n".repeat(20_000));
    let cut = fit(&text, "65000");
    assert!(cut.chars().count() < 65_536, "{}", cut.chars().count());
    assert_eq!(cut.matches(&fence).count(), 2);
}
