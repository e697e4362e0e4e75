//! `cargo xtask diff`, as a reviewer and a workflow run it.

use std::fs;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use serde_json::{Value, json};

use crate::{
    history::{UPSTREAM, break_it, commit, committed, edit, extend_it, git},
    repository::Repository,
};

/// The report as JSON.
fn json(repository: &Repository, arguments: &[&str]) -> Value {
    let (code, printed) = repository.diff(&[arguments, &["--format", "json"]].concat());
    assert_eq!(code, 0, "{printed}");
    serde_json::from_str(&printed).expect("JSON")
}

fn fingerprint(report: &Value) -> &str {
    let change = &report["apis"][0]["changes"][0];
    change["fingerprint"].as_str().expect("a fingerprint")
}

#[test]
fn the_working_tree_is_compared_with_the_last_commit() {
    let repository = committed();
    assert_eq!(json(&repository, &[])["verdict"], "none");
    break_it(&repository);
    assert_eq!(json(&repository, &[])["verdict"], "breaking");
}

#[test]
fn a_branch_is_compared_with_where_it_left_the_main_one() {
    let repository = committed();
    git(
        &repository,
        &["update-ref", "refs/remotes/origin/main", "HEAD"],
    );
    break_it(&repository);
    commit(&repository);
    assert_eq!(json(&repository, &[])["verdict"], "breaking");
    assert_eq!(json(&repository, &["HEAD"])["verdict"], "none");
}

#[test]
fn two_revisions_are_compared_whatever_the_working_tree_holds() {
    let repository = committed();
    extend_it(&repository);
    commit(&repository);
    break_it(&repository);
    assert_eq!(
        json(&repository, &["HEAD~1..HEAD"])["verdict"],
        "compatible"
    );
    assert_eq!(json(&repository, &["HEAD..HEAD~1"])["verdict"], "breaking");
}

#[test]
fn the_exit_code_is_what_was_asked_for() {
    let repository = committed();
    for fail_on in ["breaking", "any"] {
        assert_eq!(repository.diff(&["--fail-on", fail_on]).0, 0, "no change");
    }
    extend_it(&repository);
    assert_eq!(
        repository.diff(&["--fail-on", "breaking"]).0,
        0,
        "compatible"
    );
    assert_eq!(repository.diff(&["--fail-on", "any"]).0, 1, "compatible");
    break_it(&repository);
    assert_eq!(repository.diff(&["--fail-on", "breaking"]).0, 1, "breaking");
    assert_eq!(repository.diff(&[]).0, 0, "nothing was asked for");
}

#[test]
fn what_cannot_be_compared_never_reads_as_clean() {
    let repository = committed();
    repository.write("notes.yaml", "just: text");
    repository.write("broken.json", "{");
    repository.write("list.json", r#"{"openapi": "3.1.0", "paths": []}"#);
    let cases: [(&[&str], &str); 7] = [
        (&["nowhere"], "`nowhere` names no commit"),
        (&["--", "--output=x"], "names no commit"),
        (&["HEAD...HEAD"], "with two dots"),
        (
            &["--files", UPSTREAM, "missing.yaml"],
            "missing.yaml: cannot be read",
        ),
        (
            &["--files", UPSTREAM, "notes.yaml"],
            "no OpenAPI document of version 3.0 or 3.1",
        ),
        (&["--files", "broken.json", UPSTREAM], "broken.json"),
        (&["--files", "list.json", UPSTREAM], "`/paths` is no object"),
    ];
    for (arguments, message) in cases {
        let (code, printed) = repository.diff(arguments);
        assert_eq!(code, 2, "{arguments:?}: {printed}");
        assert!(printed.contains(message), "{arguments:?}: {printed}");
    }
    fs::remove_dir_all(repository.path("specs")).expect("removed");
    commit(&repository);
    let (code, printed) = repository.diff(&["HEAD~1..HEAD"]);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("has no specs/"), "{printed}");
}

#[test]
fn an_api_that_is_new_is_all_additions() {
    let repository = committed();
    fs::remove_dir_all(repository.path("specs/graph")).expect("removed");
    assert_eq!(json(&repository, &[])["verdict"], "breaking");
    commit(&repository);
    assert_eq!(
        json(&repository, &["HEAD..HEAD~1"])["verdict"],
        "compatible"
    );
}

#[test]
fn an_overlay_that_changes_what_a_document_means_is_seen() {
    let repository = committed();
    let path = "specs/dialog360/overlay.yaml";
    let overlay = repository.read(path);
    let action = "actions:\n  - target: $.components.schemas.PartnerWabaAccountOut.properties.namespace\n    remove: true\n";
    assert!(overlay.contains("actions:\n"), "{overlay}");
    repository.write(path, &overlay.replacen("actions:\n", action, 1));
    assert_eq!(json(&repository, &[])["verdict"], "breaking");
}

const ACCEPTED: &str = "specs/accepted-changes.yaml";

#[test]
fn a_break_that_was_accepted_with_a_reason_fails_no_more() {
    let repository = committed();
    break_it(&repository);
    let report = json(&repository, &[]);
    let entry = format!(
        "- fingerprint: {}\n  reason: Nobody reads it\n",
        fingerprint(&report)
    );
    repository.write(ACCEPTED, &entry);
    let (code, printed) = repository.diff(&["--fail-on", "breaking"]);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("accepted: Nobody reads it"), "{printed}");
    assert_eq!(repository.diff(&["--fail-on", "any"]).0, 1);
}

#[test]
fn an_accepted_change_that_is_not_made_is_an_error() {
    let repository = committed();
    repository.write(ACCEPTED, "- {fingerprint: 0123456789ab, reason: It was}\n");
    let (code, printed) = repository.diff(&[]);
    assert_eq!(code, 2, "{printed}");
    assert!(
        printed.contains("0123456789ab is the fingerprint of no change"),
        "{printed}"
    );
}

#[test]
fn a_change_is_accepted_only_with_a_reason() {
    let repository = committed();
    for entries in [
        "- {fingerprint: 0123456789ab, reason: ' '}",
        "- {fingerprint: 0123456789ab}",
        "yes",
    ] {
        repository.write(ACCEPTED, entries);
        let (code, printed) = repository.diff(&[]);
        assert_eq!(code, 2, "{printed}");
        assert!(printed.contains("reason"), "{entries}: {printed}");
    }
}

#[test]
fn what_was_accepted_before_is_the_record_of_it() {
    let repository = committed();
    break_it(&repository);
    let report = json(&repository, &[]);
    let entry = format!(
        "- fingerprint: {}\n  reason: Nobody reads it\n",
        fingerprint(&report)
    );
    repository.write(ACCEPTED, &entry);
    commit(&repository);
    assert_eq!(json(&repository, &[])["verdict"], "none");
    assert_eq!(repository.diff(&["HEAD~1", "--fail-on", "breaking"]).0, 0);
}

#[test]
fn a_fingerprint_outlives_other_changes() {
    let repository = committed();
    break_it(&repository);
    let before = json(&repository, &[]);
    extend_it(&repository);
    let after = json(&repository, &[]);
    assert_eq!(fingerprint(&before), fingerprint(&after));
}

#[test]
fn the_rust_surface_says_what_becomes_of_names() {
    let repository = committed();
    break_it(&repository);
    let report = json(&repository, &[]);
    let surface = &report["apis"][0]["surface"];
    assert_eq!(
        *surface,
        json!([{
            "action": "removed",
            "item": "struct types::PartnerWabaAccountOut::namespace",
            "before": "struct types::PartnerWabaAccountOut::namespace: Option<String> serde(skip if none)",
            "after": null,
        }])
    );
}

#[test]
fn a_surface_that_cannot_be_made_is_said_to_be_missing() {
    let repository = committed();
    edit(&repository, UPSTREAM, |document| {
        document["paths"]["/broken"] = json!({"get": {"operationId": "broken", "responses": {
            "200": {"description": "ok", "content": {"application/json": {"schema":
                {"$ref": "#/components/schemas/Nowhere"}}}}}}});
    });
    let report = json(&repository, &[]);
    let api = &report["apis"][0];
    assert!(api["surface"].is_null(), "{api}");
    let error = api["surface_error"].as_str().expect("a reason");
    assert!(error.contains("Nowhere"), "{error}");
    let (_, printed) = repository.diff(&["--format", "markdown"]);
    assert!(printed.contains("Not compared"), "{printed}");
}

#[test]
fn no_colour_goes_where_there_is_no_terminal() {
    let repository = committed();
    break_it(&repository);
    let (_, printed) = repository.diff(&[]);
    assert!(!printed.contains('\u{1b}'), "{printed:?}");
}

#[test]
fn every_rule_is_listed_with_its_level_and_its_meaning() {
    let (code, printed) = Repository::frozen().diff(&["--rules"]);
    assert_eq!(code, 0, "{printed}");
    insta::assert_snapshot!(printed);
}

/// The three reports that a reviewer meets most.
#[test]
fn a_reviewer_is_told_what_to_do() {
    let repository = committed();
    extend_it(&repository);
    insta::assert_snapshot!("compatible", repository.diff(&["--format", "markdown"]).1);
    commit(&repository);
    break_it(&repository);
    insta::assert_snapshot!("breaking", repository.diff(&["--format", "markdown"]).1);
    commit(&repository);
    edit(&repository, UPSTREAM, |document| {
        let paths = document["paths"].as_object_mut().expect("paths");
        let operation = &mut paths.values_mut().next().expect("a path")["get"];
        let refusal = operation["responses"]["404"].take();
        operation["responses"] = json!({"200": operation["responses"]["200"], "410": refusal});
        operation["description"] = "Reads an account.".into();
    });
    insta::assert_snapshot!("moved", repository.diff(&["--format", "markdown"]).1);
}

/// A document with a field of each of these names, which say the same in words.
fn hostile(names: &[&str]) -> String {
    let fields: serde_json::Map<String, Value> = names
        .iter()
        .map(|name| {
            (
                (*name).to_owned(),
                json!({"type": "string", "description": *name, "enum": [*name]}),
            )
        })
        .collect();
    json!({
        "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "ok",
            "content": {"application/json": {"schema": {"type": "object", "properties": fields}}}}}}}},
    })
    .to_string()
}

#[test]
fn nothing_that_upstream_wrote_is_markup_in_a_comment() {
    const NAMES: [&str; 9] = [
        "</details><img src=x onerror=alert(1)>",
        "@everyone",
        "`@everyone`",
        "``` @everyone\n# Heading\n",
        "[link](https://example.com) #1 www.example.com",
        "\u{202e}txet\u{200b}",
        "| a | b |\n|---|---|",
        "<!-- -->",
        "a\\`b\\`@everyone",
    ];
    let repository = Repository::frozen();
    repository.write("old.json", &hostile(&["plain"]));
    repository.write("new.json", &hostile(&NAMES));
    for files in [["old.json", "new.json"], ["new.json", "old.json"]] {
        let arguments = ["--format", "markdown", "--files", files[0], files[1]];
        let (code, printed) = repository.diff(&arguments);
        assert_eq!(code, 0, "{printed}");
        let mut in_code = false;
        for event in Parser::new(&printed) {
            match event {
                Event::Start(Tag::CodeBlock(_)) => in_code = true,
                Event::End(TagEnd::CodeBlock) => in_code = false,
                Event::Html(html) | Event::InlineHtml(html) => {
                    assert!(
                        html.starts_with("<details><summary>") || html.trim() == "</details>",
                        "{html}"
                    );
                }
                Event::Start(Tag::Link { .. } | Tag::Image { .. }) => panic!("a link in {printed}"),
                Event::Text(text) if !in_code => {
                    assert!(!text.contains("@e") && !text.contains("#1"), "{text}");
                }
                _ => {}
            }
        }
        assert!(
            !printed.contains('\u{202e}'),
            "hidden characters are shown as what they are"
        );
    }
}

#[test]
fn a_comment_is_never_longer_than_github_takes() {
    let names: Vec<String> = (0..300)
        .map(|number| format!("name_{number}_{}", "x".repeat(150)))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let repository = Repository::frozen();
    repository.write("old.json", &hostile(&["plain"]));
    repository.write("new.json", &hostile(&names));
    let (_, printed) =
        repository.diff(&["--format", "markdown", "--files", "old.json", "new.json"]);
    assert!(printed.len() < 60_000, "{} bytes", printed.len());
    assert!(
        printed.contains("more, which `cargo xtask diff` lists"),
        "{printed}"
    );
    let whole = |line: &str| !line.starts_with("  - ") || line.ends_with("`)");
    assert!(printed.lines().all(whole), "a line was cut");
}

#[test]
fn the_same_document_in_json_and_yaml_is_the_same() {
    let repository = Repository::frozen();
    repository.write("as.yaml", &format!("# YAML\n{}", repository.read(UPSTREAM)));
    let (code, printed) = repository.diff(&["--fail-on", "any", "--files", UPSTREAM, "as.yaml"]);
    assert_eq!(code, 0, "{printed}");
}
