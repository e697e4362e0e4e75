//! `cargo xtask diff` as reviewers and workflows run it.

use std::fs;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use serde_json::{Value, json};

use crate::{
    history::{UPSTREAM, break_it, commit, committed, edit, extend_it, git, prepare, replace},
    repository::Repository,
};

/// Returns the report as JSON.
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
fn compares_the_working_tree_with_the_last_commit() {
    let repository = committed();
    assert_eq!(json(&repository, &[])["verdict"], "none");
    break_it(&repository);
    assert_eq!(json(&repository, &[])["verdict"], "breaking");
}

#[test]
fn compares_a_branch_with_the_commit_where_it_left_main() {
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
fn compares_two_revisions_independently_of_the_working_tree() {
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
fn the_exit_code_depends_on_fail_on() {
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
    assert_eq!(repository.diff(&[]).0, 0, "without --fail-on");
}

#[test]
fn fails_if_the_input_cannot_be_compared() {
    let repository = committed();
    repository.write("notes.yaml", "just: text");
    repository.write("broken.json", "{");
    repository.write("list.json", r#"{"openapi": "3.1.0", "paths": []}"#);
    let cases: [(&[&str], &str); 7] = [
        (&["nowhere"], "`nowhere` is not a commit"),
        (&["--", "--output=x"], "is not a commit"),
        (&["HEAD...HEAD"], "use two dots"),
        (
            &["--files", UPSTREAM, "missing.yaml"],
            "missing.yaml: cannot be read",
        ),
        (
            &["--files", UPSTREAM, "notes.yaml"],
            "expected OpenAPI 3.0 or 3.1, found no version",
        ),
        (&["--files", "broken.json", UPSTREAM], "broken.json"),
        (
            &["--files", "list.json", UPSTREAM],
            "`/paths` is not an object",
        ),
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
    assert!(printed.contains("specs/ is missing"), "{printed}");
}

#[test]
fn reports_a_new_api_as_additions() {
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
fn reports_changes_that_an_overlay_causes() {
    let repository = committed();
    let path = "specs/dialog360/overlay.yaml";
    let overlay = repository.read(path);
    let action = "actions:\n  - target: $.components.schemas.PartnerWabaAccountOut.properties.namespace\n    remove: true\n";
    assert!(overlay.contains("actions:\n"), "{overlay}");
    repository.write(path, &overlay.replacen("actions:\n", action, 1));
    prepare(&repository);
    assert_eq!(json(&repository, &[])["verdict"], "breaking");
}

const ACCEPTED: &str = "specs/accepted-changes.yaml";

#[test]
fn an_accepted_breaking_change_does_not_fail() {
    let repository = committed();
    break_it(&repository);
    let report = json(&repository, &[]);
    let entry = format!(
        "- fingerprint: {}\n  reason: It is unused\n",
        fingerprint(&report)
    );
    repository.write(ACCEPTED, &entry);
    let (code, printed) = repository.diff(&["--fail-on", "breaking"]);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("accepted: It is unused"), "{printed}");
    assert_eq!(repository.diff(&["--fail-on", "any"]).0, 1);
}

#[test]
fn prints_the_report_before_failing_on_an_entry_that_matches_no_change() {
    let repository = committed();
    break_it(&repository);
    repository.write(ACCEPTED, "- {fingerprint: 0123456789ab, reason: It was}\n");
    let (code, printed) = repository.diff(&[]);
    assert_eq!(code, 2, "{printed}");
    assert!(
        printed.contains("no change has the fingerprint 0123456789ab"),
        "{printed}"
    );
    assert!(printed.contains("dialog360: 1 breaking"), "{printed}");
}

#[test]
fn rejects_an_accepted_change_without_a_reason() {
    let repository = committed();
    for entries in [
        "- {fingerprint: 0123456789ab, reason: ' '}",
        // The entry as the report suggests it.
        "- {fingerprint: 0123456789ab, reason: \"…\"}",
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
fn entries_accepted_in_earlier_revisions_remain_valid() {
    let repository = committed();
    break_it(&repository);
    let report = json(&repository, &[]);
    let entry = format!(
        "- fingerprint: {}\n  reason: It is unused\n",
        fingerprint(&report)
    );
    repository.write(ACCEPTED, &entry);
    commit(&repository);
    assert_eq!(json(&repository, &[])["verdict"], "none");
    assert_eq!(repository.diff(&["HEAD~1", "--fail-on", "breaking"]).0, 0);
}

#[test]
fn a_fingerprint_does_not_depend_on_other_changes() {
    let repository = committed();
    break_it(&repository);
    let before = json(&repository, &[]);
    extend_it(&repository);
    let after = json(&repository, &[]);
    assert_eq!(fingerprint(&before), fingerprint(&after));
}

#[test]
fn reports_removed_rust_items_and_their_cause() {
    let repository = committed();
    break_it(&repository);
    let report = json(&repository, &[]);
    let item = &report["apis"][0]["surface"][0];
    assert_eq!(item["action"], "removed");
    assert_eq!(
        item["item"],
        "struct types::PartnerWabaAccountOut::namespace"
    );
    assert_eq!(
        item["before"],
        "struct types::PartnerWabaAccountOut::namespace: Option<String>"
    );
    assert_eq!(
        item["follows"],
        fingerprint(&report),
        "the change on the wire is the cause"
    );
    assert_eq!(
        report["apis"][0]["surface"][1],
        Value::Null,
        "no other item changes"
    );
}

#[test]
fn a_type_with_a_name_of_its_own_in_rust_follows_its_component() {
    let repository = committed();
    let rename = "actions:\n  - target: $.components.schemas.PartnerWabaAccountOut\n    \
                  description: A shorter name.\n    update:\n      x-rust-name: Account\n";
    replace(&repository, OVERLAY, "actions:\n", rename);
    prepare(&repository);
    commit(&repository);
    break_it(&repository);
    let report = json(&repository, &[]);
    let item = &report["apis"][0]["surface"][0];
    assert_eq!(item["item"], "struct types::Account::namespace");
    assert_eq!(item["follows"], fingerprint(&report), "{item:#}");
}

const CODE: &str = "src/generated/dialog360.rs";
const OVERLAY: &str = "specs/dialog360/overlay.yaml";

/// Renames a field in the generated code, like a change of the generator.
fn rename_in_the_code(repository: &Repository) {
    replace(repository, CODE, "fb_business_id", "meta_business_id");
}

/// Returns the report as text, Markdown and JSON.
fn all_formats(repository: &Repository) -> [String; 3] {
    ["text", "markdown", "json"].map(|format| repository.diff(&["--format", format]).1)
}

#[test]
fn reports_a_name_that_the_generator_changes_as_breaking_in_rust() {
    let repository = committed();
    rename_in_the_code(&repository);
    for printed in all_formats(&repository) {
        assert!(printed.contains("fb_business_id"), "{printed}");
        assert!(printed.contains("meta_business_id"), "{printed}");
    }
    let [text, markdown, _] = all_formats(&repository);
    let renamed = "renamed from `fb_business_id` to `meta_business_id`";
    assert!(
        text.contains(renamed) && markdown.contains(renamed),
        "{text}\n{markdown}"
    );
    assert!(markdown.contains("`build/`"), "{markdown}");
    let report = json(&repository, &[]);
    assert_eq!(report["verdict"], "none", "nothing changes on the wire");
    assert_eq!(report["apis"][0]["surface"][0]["action"], "renamed");
    assert_eq!(report["apis"][0]["surface"][0]["breaking"], true);
}

#[test]
fn a_breaking_change_in_rust_only_fails_until_it_is_accepted() {
    let repository = committed();
    rename_in_the_code(&repository);
    assert_eq!(repository.diff(&["--fail-on", "breaking"]).0, 1);
    let report = json(&repository, &[]);
    let item = &report["apis"][0]["surface"][0];
    let fingerprint = item["fingerprint"].as_str().expect("a fingerprint");
    let (_, markdown) = repository.diff(&["--format", "markdown"]);
    assert!(
        markdown.contains(fingerprint),
        "the entry is suggested: {markdown}"
    );
    let entry = format!("- {{fingerprint: {fingerprint}, reason: Meta says so}}\n");
    repository.write(ACCEPTED, &entry);
    let (code, printed) = repository.diff(&["--fail-on", "breaking"]);
    assert_eq!(code, 0, "{printed}");
    for printed in all_formats(&repository) {
        assert!(printed.contains("Meta says so"), "{printed}");
    }
}

#[test]
fn accepting_a_breaking_change_on_the_wire_accepts_no_unrelated_rust_change() {
    let repository = committed();
    break_it(&repository);
    let report = json(&repository, &[]);
    let entry = format!(
        "- {{fingerprint: {}, reason: It was time}}\n",
        fingerprint(&report)
    );
    repository.write(ACCEPTED, &entry);
    assert_eq!(repository.diff(&["--fail-on", "breaking"]).0, 0);
    rename_in_the_code(&repository);
    let (code, printed) = repository.diff(&["--fail-on", "breaking"]);
    assert_eq!(code, 1, "{printed}");
}

#[test]
fn reports_changed_bounds_and_newly_required_parameters_in_rust() {
    const SPEC: &str = "specs/graph/spec.yaml";
    let repository = committed();
    replace(&repository, SPEC, "maxLength: 100", "maxLength: 50");
    let fields = "        - name: fields\n          in: query\n";
    let required = format!("{fields}          required: true\n");
    replace(&repository, SPEC, fields, &required);
    prepare(&repository);
    let report = json(&repository, &[]);
    let items = report["apis"][1]["surface"].as_array().expect("items");
    let changed = |part: &str, breaking: bool| {
        items.iter().any(|item| {
            let name = item["item"].as_str().unwrap_or_default();
            name.ends_with(part) && item["action"] == "changed" && item["breaking"] == breaking
        })
    };
    assert!(changed("::max_length", true), "{items:#?}");
    assert!(changed("::fields", true), "{items:#?}");
    commit(&repository);
    replace(&repository, SPEC, "maxLength: 50", "maxLength: 60");
    prepare(&repository);
    let report = json(&repository, &[]);
    assert_eq!(
        report["apis"][1]["surface"][0]["breaking"], false,
        "{report:#}"
    );
}

#[test]
fn outdated_code_is_not_compared_and_the_report_names_the_command_to_update_it() {
    let stale_document: fn(&Repository) = |repository| {
        edit(repository, UPSTREAM, |document| {
            document["info"]["title"] = "Another title".into();
        });
    };
    let stale_code: fn(&Repository) = |repository| {
        replace(
            repository,
            "specs/dialog360/openapi.json",
            "Retrieve waba",
            "Read waba",
        );
    };
    for make_stale in [stale_document, stale_code] {
        let repository = committed();
        make_stale(&repository);
        for printed in all_formats(&repository) {
            assert!(printed.contains("run `cargo xtask prepare`"), "{printed}");
        }
        assert_eq!(repository.diff(&["--fail-on", "breaking"]).0, 1);
    }
}

#[test]
fn generates_missing_code_of_a_commit_and_says_so() {
    let repository = committed();
    for code in [CODE, "src/generated/graph.rs"] {
        fs::remove_file(repository.path(code)).expect("removed");
    }
    commit(&repository);
    prepare(&repository);
    for api in json(&repository, &[])["apis"].as_array().expect("APIs") {
        // The comparison does not depend on the formatting of the code.
        assert_eq!(api["surface"], json!([]), "it has the same items");
    }
    for printed in all_formats(&repository) {
        assert!(printed.contains(".rs is missing"), "{printed}");
    }
}

#[test]
fn lists_every_file_that_differs() {
    let repository = committed();
    // The same attributes as in this repository.
    let attributes = "specs/*/openapi.json linguist-generated\nsrc/generated/** linguist-generated\ntests/generated/** linguist-generated\n";
    repository.write(".gitattributes", attributes);
    let paths = [
        "specs/graph/deviations.yaml",
        "specs/graph/upstream/account.json",
        "specs/notes.txt",
        "specs/sources.lock",
        "specs/sources.toml",
        "src/generated/graph.rs",
    ];
    for path in paths {
        let before = fs::read_to_string(repository.path(path)).unwrap_or_default();
        let after = match path.rsplit_once('.') {
            Some((_, "json")) => before.replacen("{\n", "{\n\n", 1),
            Some((_, "rs")) => format!("{before}// Another line\n"),
            _ => format!("{before}# Another line\n"),
        };
        repository.write(path, &after);
        let arguments = ["--format", "markdown", "--fail-on", "any"];
        let (code, printed) = repository.diff(&arguments);
        assert_eq!(code, 1, "{path}: {printed}");
        assert!(printed.contains(&format!("- `{path}`: +1 −0")), "{printed}");
        assert!(
            !printed.contains("Nothing has changed"),
            "{path}: {printed}"
        );
        commit(&repository);
    }
    let report = json(&repository, &["HEAD~6..HEAD"]);
    let files = report["files"].as_array().expect("files");
    let names: Vec<&str> = files
        .iter()
        .filter_map(|file| file["path"].as_str())
        .collect();
    assert_eq!(names, paths);
    for file in files {
        let code = file["path"] == "src/generated/graph.rs";
        assert_eq!(file["folded"], code, "{file}");
        assert_eq!(file["explains"], 0, "{file}");
    }
    let (_, printed) = repository.diff(&["--format", "markdown"]);
    assert!(printed.contains("Nothing has changed"), "{printed}");
}

#[test]
fn a_file_that_changes_descriptions_only_changes_nothing_on_the_wire() {
    let repository = committed();
    edit(&repository, UPSTREAM, |document| {
        let name =
            document.pointer_mut("/components/schemas/PartnerWabaAccountOut/properties/name");
        name.expect("a property")["description"] = json!("Another description");
    });
    prepare(&repository);
    let report = json(&repository, &[]);
    let files = report["files"].as_array().expect("files");
    let meaning = |end: &str| {
        let mut files = files.iter();
        let file = files.find(|file| {
            file["path"]
                .as_str()
                .is_some_and(|path| path.ends_with(end))
        });
        file.expect(end)["meaning"].as_str().unwrap_or_default()
    };
    assert_eq!(
        meaning("/upstream.json"),
        "changes descriptions; no change on the wire"
    );
    assert_eq!(
        meaning("/openapi.json"),
        "input of the generator; no change on the wire"
    );
}

#[test]
fn names_the_file_that_causes_a_breaking_change() {
    let repository = committed();
    break_it(&repository);
    let report = json(&repository, &[]);
    assert_eq!(
        report["apis"][0]["changes"][0]["made_by"],
        json!([UPSTREAM])
    );
    let (_, upstreams) = repository.diff(&["--format", "markdown"]);
    assert!(upstreams.contains("Check upstream's page"), "{upstreams}");
    commit(&repository);
    remove_by_overlay(&repository, "name");
    prepare(&repository);
    let report = json(&repository, &[]);
    assert_eq!(report["apis"][0]["changes"][0]["made_by"], json!([OVERLAY]));
    let (_, ours) = repository.diff(&["--format", "markdown"]);
    assert!(!ours.contains("Check upstream's page"), "{ours}");
    assert!(ours.contains(OVERLAY), "{ours}");
    // Each change has its own cause, also if both files change.
    let made_by = |report: &Value| -> Vec<(String, Value)> {
        let changes = report["apis"][0]["changes"]
            .as_array()
            .expect("changes")
            .clone();
        let change = |change: &Value| (change["at"].to_string(), change["made_by"].clone());
        changes.iter().map(change).collect()
    };
    let both = made_by(&json(&repository, &["HEAD~1"]));
    let of = |end: &str| {
        let found = both.iter().find(|(at, _)| at.ends_with(end));
        found.map(|(_, files)| files.clone())
    };
    assert_eq!(of("→ namespace\""), Some(json!([UPSTREAM])), "{both:?}");
    assert_eq!(of("→ name\""), Some(json!([OVERLAY])), "{both:?}");
}

#[test]
fn names_the_joined_file_that_causes_a_change() {
    const FILE: &str = "specs/graph/spec/reports.yaml";
    let repository = committed();
    let operation = |parameters: &str| {
        format!(
            "paths:\n  /reports:\n    get:\n      operationId: get_reports\n      parameters: \
             {parameters}\n      responses: {{'204': {{description: Done.}}}}\n"
        )
    };
    let month = "[{name: month, in: query, schema: {type: string}}]";
    fs::create_dir(repository.path("specs/graph/spec")).expect("a folder");
    repository.write(FILE, &operation(month));
    prepare(&repository);
    commit(&repository);
    repository.write(FILE, &operation("[]"));
    prepare(&repository);
    let report = json(&repository, &[]);
    let change = &report["apis"][1]["changes"][0];
    assert_eq!(change["rule"], "parameter-removed", "{report:#}");
    assert_eq!(change["made_by"], json!([FILE]));
    let files = report["files"].as_array().expect("files");
    let meaning = |path: &str| {
        let file = files.iter().find(|file| file["path"] == path);
        file.map(|file| file["meaning"].clone())
    };
    assert_eq!(meaning(FILE), Some(json!("causes 1 change on the wire")));
}

/// Removes a field of 360dialog's accounts by an action of our overlay.
fn remove_by_overlay(repository: &Repository, field: &str) {
    let target = format!("$.components.schemas.PartnerWabaAccountOut.properties.{field}");
    let action = format!("actions:\n  - target: {target}\n    remove: true\n");
    replace(repository, OVERLAY, "actions:\n", &action);
}

#[test]
fn rejects_an_empty_overlay_and_compares_the_effects_of_a_deleted_one() {
    let repository = committed();
    let overlay = repository.read(OVERLAY);
    let (head, _) = overlay.split_once("actions:").expect("actions");
    repository.write(OVERLAY, &format!("{head}actions: []\n"));
    let refused = [repository.prepare(&[]), repository.diff(&[])];
    for (code, printed) in refused {
        assert_eq!(code, 2, "{printed}");
        assert!(printed.contains("delete the file"), "{printed}");
    }
    fs::remove_file(repository.path(OVERLAY)).expect("removed");
    prepare(&repository);
    let report = json(&repository, &[]);
    assert_eq!(
        report["apis"][0]["changes"][0]["made_by"],
        json!([OVERLAY]),
        "{report:#}"
    );
    commit(&repository);
    assert_ne!(json(&repository, &["HEAD..HEAD~1"])["verdict"], "none");
}

#[test]
fn every_operation_uses_the_security_of_the_document() {
    let repository = committed();
    edit(&repository, UPSTREAM, |document| {
        document["components"]["securitySchemes"]["PartnerApiKeyV2"]["name"] = "X-Key".into();
    });
    prepare(&repository);
    let report = json(&repository, &[]);
    let users = report["apis"][0]["changes"][0]["used_by"]
        .as_array()
        .expect("calls");
    assert_eq!(users.len(), 1, "{users:?}");
    let (_, printed) = repository.diff(&[]);
    assert!(!printed.contains("not used by any operation"), "{printed}");
}

#[test]
fn each_line_names_the_part_of_the_operation() {
    let repository = committed();
    break_it(&repository);
    let [text, markdown, _] = all_formats(&repository);
    for printed in [text, markdown] {
        assert!(printed.contains("response 200 → namespace"), "{printed}");
    }
    repository.write(
        "old.json",
        &hostile(&["plain"]).replace("application/json", "text/csv"),
    );
    repository.write(
        "new.json",
        &hostile(&["other"]).replace("application/json", "text/csv"),
    );
    let (_, printed) = repository.diff(&["--files", "old.json", "new.json"]);
    assert!(
        printed.contains("response 200 → text/csv → other"),
        "{printed}"
    );
}

#[test]
fn a_renamed_property_is_one_change_on_the_wire_and_in_rust() {
    let repository = committed();
    let text = repository.read(UPSTREAM);
    repository.write(
        UPSTREAM,
        &text.replace("\"namespace\"", "\"template_scope\""),
    );
    prepare(&repository);
    let report = json(&repository, &[]);
    let api = &report["apis"][0];
    assert_eq!(api["changes"].as_array().map(Vec::len), Some(1), "{api:#}");
    assert_eq!(api["changes"][0]["rule"], "field-renamed");
    assert_eq!(api["changes"][0]["level"], "breaking");
    assert_eq!(api["surface"].as_array().map(Vec::len), Some(1), "{api:#}");
    assert_eq!(api["surface"][0]["action"], "renamed");
    let (_, markdown) = repository.diff(&["--format", "markdown"]);
    let renamed = "renamed from `namespace` to `template_scope`";
    assert_eq!(markdown.matches(renamed).count(), 2, "{markdown}");
}

#[test]
fn a_renamed_component_is_one_change_in_rust() {
    let repository = committed();
    let text = repository.read(UPSTREAM);
    repository.write(
        UPSTREAM,
        &text.replace("WabaAccountPublicSettings", "AccountSettings"),
    );
    prepare(&repository);
    let report = json(&repository, &[]);
    let api = &report["apis"][0];
    assert_eq!(report["verdict"], "none", "{report:#}");
    assert_eq!(api["surface"].as_array().map(Vec::len), Some(1), "{api:#}");
    assert_eq!(
        api["surface"][0]["item"],
        "struct types::WabaAccountPublicSettings"
    );
    assert_eq!(
        api["surface"][0]["renamed"],
        "struct types::AccountSettings"
    );
    assert_eq!(
        repository.diff(&["--fail-on", "breaking"]).0,
        1,
        "in Rust only"
    );
}

#[test]
fn a_renamed_operation_is_one_change_on_the_wire_and_in_rust() {
    let repository = committed();
    replace(
        &repository,
        OVERLAY,
        "get_waba_account",
        "read_waba_account",
    );
    prepare(&repository);
    let (_, printed) = repository.diff(&[]);
    let renamed = "renamed from `get_waba_account` to `read_waba_account`";
    assert_eq!(
        printed.matches(renamed).count(),
        2,
        "on the wire and in Rust: {printed}"
    );
    let report = json(&repository, &[]);
    let items = report["apis"][0]["surface"].as_array().expect("items");
    let names: Vec<&str> = items
        .iter()
        .filter_map(|item| item["item"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "fn Client::get_waba_account",
            "struct builder::GetWabaAccount<'a>"
        ]
    );
    let of_wire = items.iter().all(|item| item["follows"].is_string());
    assert!(of_wire, "the change on the wire causes both: {items:#?}");
}

#[test]
fn reports_why_the_rust_module_was_not_compared() {
    let repository = committed();
    let broken = json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {
        "/broken": {"get": {"operationId": "broken", "responses": {"200": {"description": "ok",
            "content": {"application/json": {"schema":
                {"$ref": "#/components/schemas/Nowhere"}}}}}}}}});
    repository.write("broken.json", &broken.to_string());
    let files = ["--files", UPSTREAM, "broken.json"];
    let report = json(&repository, &files);
    let api = &report["apis"][0];
    assert!(api["surface"].is_null(), "{api}");
    let error = api["surface_error"].as_str().expect("a reason");
    assert!(error.contains("Nowhere"), "{error}");
    let (_, printed) = repository.diff(&[&files[..], &["--format", "markdown"]].concat());
    assert!(printed.contains("Not compared"), "{printed}");
}

#[test]
fn prints_no_colours_if_the_output_is_not_a_terminal() {
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

#[test]
fn tells_the_reviewer_what_to_do() {
    let repository = committed();
    repository.write(
        ".gitattributes",
        "specs/*/openapi.json linguist-generated\nsrc/generated/** linguist-generated\ntests/generated/** linguist-generated\n",
    );
    commit(&repository);
    let report = || repository.diff(&["--format", "markdown"]).1;
    extend_it(&repository);
    insta::assert_snapshot!("compatible", report());
    commit(&repository);
    break_it(&repository);
    insta::assert_snapshot!("breaking", report());
    let found = json(&repository, &[]);
    let entry = format!(
        "- fingerprint: {}\n  reason: 360dialog has never filled it\n",
        fingerprint(&found)
    );
    repository.write(ACCEPTED, &entry);
    insta::assert_snapshot!("accepted", report());
    commit(&repository);
    rename_in_the_code(&repository);
    insta::assert_snapshot!("rust_alone", report());
}

#[test]
fn reports_a_response_that_moves_to_another_status_with_its_rust_changes() {
    let repository = committed();
    edit(&repository, UPSTREAM, |document| {
        let paths = document["paths"].as_object_mut().expect("paths");
        let operation = &mut paths.values_mut().next().expect("a path")["get"];
        let refusal = operation["responses"]["404"].take();
        operation["responses"] = json!({"200": operation["responses"]["200"], "410": refusal});
        operation["description"] = "Reads an account.".into();
    });
    prepare(&repository);
    insta::assert_snapshot!("moved", repository.diff(&["--format", "markdown"]).1);
}

/// Returns a document with a field of each name, described by its own name.
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
fn escapes_markup_from_upstream_in_a_comment() {
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
            "hidden characters are escaped"
        );
    }
}

#[test]
fn a_comment_names_a_document_outside_specs_as_the_cause() {
    let repository = committed();
    repository.write("old.json", &hostile(&["plain"]));
    repository.write("new.json", &hostile(&["other"]));
    let arguments = ["--format", "markdown", "--files", "old.json", "new.json"];
    let (_, printed) = repository.diff(&arguments);
    assert!(
        printed.contains("caused by `new.json`. Check there"),
        "{printed}"
    );
}

#[test]
fn a_comment_does_not_exceed_the_limit_of_github() {
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
        printed.contains("more: run `cargo xtask diff`"),
        "{printed}"
    );
    let whole = |line: &str| !line.starts_with("  - ") || line.ends_with("`)");
    assert!(printed.lines().all(whole), "a line was cut");
}

#[test]
fn a_document_in_json_equals_the_same_in_yaml() {
    let repository = Repository::frozen();
    repository.write("as.yaml", &format!("# YAML\n{}", repository.read(UPSTREAM)));
    let (code, printed) = repository.diff(&["--fail-on", "any", "--files", UPSTREAM, "as.yaml"]);
    assert_eq!(code, 0, "{printed}");
}
