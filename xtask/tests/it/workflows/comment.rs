//! The comment with the report of spec-diff, and the commit statuses.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use super::project::{Project, ScriptResult};

const MARKER: &str = "<!-- spec-diff -->";

/// Runs spec-diff-comment.sh for the commit `abc` of the branch `topic` of `us`.
fn comment(project: &Project) -> ScriptResult {
    project.write("clone/report/report.md", "The report\n");
    let variables = [
        ("HEAD_OWNER", "us"),
        ("HEAD_BRANCH", "topic"),
        ("HEAD_SHA", "abc"),
    ];
    project.script("clone", "spec-diff-comment.sh", &["report"], &variables)
}

/// Returns the row of a pull request.
fn pull(number: u32, owner: &str, branch: &str, commit: &str) -> String {
    let fork = owner != "us";
    format!("{number}\tsomebody\tmain\topen\t{branch}\t{commit}\t{fork}\t{owner}")
}

#[test]
fn posts_the_report_on_the_checked_pull_request() {
    let project = Project::new();
    // Forks with the same branch and commit, another branch, and another commit.
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
fn updates_its_own_comment_and_no_other() {
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
fn posts_an_empty_report_only_to_replace_an_earlier_one() {
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
fn posts_nothing_if_no_pull_request_is_at_the_commit_any_more() {
    let project = Project::new();
    project.pulls(&[&pull(2, "us", "topic", "def")]);
    let result = comment(&project).succeeded();
    assert!(result.output.contains("any more"), "{}", result.output);
    assert_eq!(project.calls(), "");
}

#[test]
fn sets_a_successful_status_only_for_a_successful_job() {
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

/// Returns `text` as truncated by fit-comment.sh.
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
fn keeps_a_text_that_fits() {
    let text = "- ä\n\n```yaml\n# b\n```\n<details>\n";
    assert_eq!(fit(text, "100"), text);
}

#[test]
fn cuts_between_lines_and_closes_open_code_blocks_and_sections() {
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
        let note = note.unwrap_or_else(|| panic!("{text}: expected {kept}, found {cut}"));
        assert!(note.starts_with("\nThe rest is cut off"), "{cut}");
    }
}

#[test]
fn a_truncated_text_has_at_most_the_characters_that_github_accepts() {
    let fence = "`".repeat(200);
    let text = format!("{fence}\n{}", "wörds\n".repeat(20_000));
    let cut = fit(&text, "65000");
    assert!(cut.chars().count() < 65_536, "{}", cut.chars().count());
    assert_eq!(cut.matches(&fence).count(), 2);
}
