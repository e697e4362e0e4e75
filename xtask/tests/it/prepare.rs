//! Tests of `cargo xtask prepare` as a maintainer runs it.

use crate::repository::{Repository, fixtures};

/// Returns a document of this OpenAPI version with one operation.
fn document(version: &str, operation: &str) -> String {
    format!(
        r#"{{"openapi": "{version}", "info": {{"title": "Case", "version": "1"}},
        "paths": {{"/s": {{"get": {operation}}}}}}}"#
    )
}

const OPERATION: &str = r#"{"operationId": "get_s", "responses": {"200": {"description": "ok"}}}"#;

#[test]
fn check_names_the_stale_file_and_the_command_and_writes_nothing() {
    let repository = Repository::frozen();
    repository.write("specs/graph/openapi.json", "{}\n");
    let before = repository.specs();
    let (code, printed) = repository.prepare(&["--check"]);
    assert_eq!(code, 1, "{printed}");
    let message = "specs/graph/openapi.json is out of date; run `cargo xtask prepare`";
    assert!(printed.contains(message), "{printed}");
    assert!(
        !printed.contains("specs/dialog360/openapi.json is not"),
        "{printed}"
    );
    assert_eq!(repository.specs(), before);

    let (code, printed) = repository.prepare(&[]);
    assert_eq!(code, 0, "{printed}");
    assert!(
        printed.contains("wrote specs/graph/openapi.json"),
        "{printed}"
    );
    assert_eq!(repository.prepare(&["--check"]).0, 0);
}

#[test]
fn check_refuses_an_edit_of_spec_yaml_that_differs_from_upstream_until_it_is_declared() {
    let repository = Repository::frozen();
    let path = "specs/graph/spec.yaml";
    let spec = repository.read(path);
    let field = "        timezone_id:\n";
    assert!(spec.contains(field), "the frozen spec has no {field}");
    repository.write(path, &spec.replace(field, "        time_zone:\n"));
    assert_eq!(repository.prepare(&[]).0, 0);

    let (code, printed) = repository.prepare(&["--check"]);
    assert_eq!(code, 1, "{printed}");
    let message = "specs/graph/spec.yaml and upstream differ";
    assert!(printed.contains(message), "{printed}");
    let (_, entries) = printed
        .split_once("specs/graph/deviations.yaml:\n")
        .expect(&printed);

    let path = "specs/graph/deviations.yaml";
    let entries = entries.replace("reason: \"\"", "reason: A test.");
    repository.write(path, &(repository.read(path) + &entries));
    let (code, printed) = repository.prepare(&["--check"]);
    assert_eq!(code, 0, "{printed}");

    repository.write("specs/graph/spec.yaml", &spec);
    assert_eq!(repository.prepare(&[]).0, 0);
    let (code, printed) = repository.prepare(&["--check"]);
    assert_eq!(code, 1, "{printed}");
    assert!(printed.contains("does not differ from"), "{printed}");
}

/// Moves the paths of the frozen Graph document to `spec/accounts.yaml`, with `to` in place of `from`.
fn split(repository: &Repository, from: &str, to: &str) {
    let spec = repository.read("specs/graph/spec.yaml");
    assert!(spec.contains(from), "the frozen spec has no {from}");
    let (head, rest) = spec.split_once("paths:\n").expect("paths");
    let (paths, components) = rest.split_once("components:\n").expect("components");
    repository.write(
        "specs/graph/spec.yaml",
        &format!("{head}components:\n{components}"),
    );
    let folder = repository.path("specs/graph/spec");
    std::fs::create_dir(folder).expect("a folder");
    let part = format!("paths:\n{paths}").replace(from, to);
    repository.write("specs/graph/spec/accounts.yaml", &part);
}

#[test]
fn a_refusal_and_a_warning_name_the_file_that_has_the_place() {
    let repository = Repository::frozen();
    let text = "          style: form\n          explode: false\n";
    split(
        &repository,
        text,
        "          style: spaceDelimited\n          unknown: 1\n",
    );
    let (code, printed) = repository.prepare(&[]);
    assert_eq!(code, 2, "{printed}");
    let place = "specs/graph/spec/accounts.yaml: /paths/~1{WABA-ID}/get/parameters/0";
    for line in [
        format!("error: {place}: style \"spaceDelimited\" of a query parameter"),
        format!("warning: {place}/unknown: the unknown keyword"),
        "error: specs/graph/spec.yaml: 1 construct is not supported".to_owned(),
    ] {
        assert!(printed.contains(&line), "{line}\n{printed}");
    }
}

#[test]
fn a_difference_from_upstream_names_the_file_that_has_the_place() {
    let repository = Repository::frozen();
    split(
        &repository,
        "        - name: fields\n",
        "        - name: field\n",
    );
    let path = "specs/graph/spec/accounts.yaml";
    let added =
        "  /extra:\n    get: {operationId: get_extra, responses: {'200': {description: Ok.}}}\n";
    repository.write(path, &(repository.read(path) + added));
    let (code, printed) = repository.prepare(&["--check"]);
    assert_eq!(code, 1, "{printed}");
    for line in [
        "specs/graph/spec/accounts.yaml#/paths/~1{WABA-ID}/get/parameters/0 differs from \
         specs/graph/upstream/account.json#/",
        "specs/graph/spec/accounts.yaml#/paths/~1extra/get: no document in \
         specs/graph/upstream has GET",
    ] {
        assert!(printed.contains(line), "{line}\n{printed}");
    }
}

#[test]
fn rejects_an_overlay_action_whose_target_matches_nothing() {
    let repository = Repository::frozen();
    let upstream = repository.read("specs/dialog360/upstream.json");
    repository.write(
        "specs/dialog360/upstream.json",
        &upstream.replace(
            "/waba_accounts/{waba_account_id}",
            "/accounts/{waba_account_id}",
        ),
    );
    // This file of the other API would be written, too.
    repository.write("specs/graph/openapi.json", "{}\n");
    let before = repository.specs();
    let (code, printed) = repository.prepare(&[]);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("overlay action 1"), "{printed}");
    assert!(
        printed.contains("The operation id spells the handler"),
        "{printed}"
    );
    assert!(printed.contains("matches nothing"), "{printed}");
    assert_eq!(repository.specs(), before);
}

#[test]
fn does_not_change_a_3_0_document_that_needs_no_changes() {
    let repository = Repository::frozen();
    let text = r#"{
  "openapi": "3.0.3",
  "paths": {},
  "info": {
    "version": "1",
    "title": "Case"
  }
}
"#;
    repository.write("in.json", text);
    let (code, printed) = repository.prepare(&["--file", "in.json", "--out", "out.json"]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(repository.read("out.json"), text);
}

#[test]
fn prepares_one_json_or_yaml_file_with_an_overlay() {
    let repository = Repository::frozen();
    repository.write("in.json", &document("3.1.0", OPERATION));
    repository.write(
        "in.yaml",
        "openapi: 3.1.0\ninfo: {title: Case, version: '1'}\n\
         paths:\n  /s:\n    get:\n      operationId: get_s\n      responses:\n        200: {description: ok}\n",
    );
    repository.write(
        "overlay.yaml",
        "overlay: 1.1.0\ninfo: {title: x, version: '1'}\nactions:\n\
         - {target: $.info, update: {title: Renamed}}\n",
    );
    for input in ["in.json", "in.yaml"] {
        let arguments = [
            "--file",
            input,
            "--overlay",
            "overlay.yaml",
            "--out",
            "out.json",
        ];
        let (code, printed) = repository.prepare(&arguments);
        assert_eq!(code, 0, "{printed}");
        let out: serde_json::Value =
            serde_json::from_str(&repository.read("out.json")).expect("JSON");
        assert_eq!(out["openapi"], "3.0.3");
        assert_eq!(out["info"]["title"], "Renamed");
        assert_eq!(out["paths"]["/s"]["get"]["operationId"], "get_s");
    }
    let check = ["--check", "--file", "in.json", "--out", "out.json"];
    let (code, printed) = repository.prepare(&check);
    assert_eq!(
        code, 1,
        "without the overlay, the document differs\n{printed}"
    );
}

#[test]
fn refuses_an_unsupported_construct_with_pointer_and_fix() {
    let repository = Repository::frozen();
    let operation = r##"{"operationId": "get_s", "responses": {"200": {"description": "ok",
        "content": {"application/json": {"schema": {"$dynamicRef": "#x"}}}}}}"##;
    repository.write("in.json", &document("3.1.0", operation));
    let (code, printed) = repository.prepare(&["--file", "in.json", "--out", "out.json"]);
    assert_eq!(code, 2, "{printed}");
    let place = "/paths/~1s/get/responses/200/content/application~1json/schema";
    assert!(printed.contains(place), "{printed}");
    assert!(printed.contains("$dynamicRef"), "{printed}");
    assert!(printed.contains("overlay"), "{printed}");
    assert!(!repository.path("out.json").exists());
}

#[test]
fn refuses_documents_on_which_the_generator_would_panic() {
    for operation in [
        // A method name that conflicts with another.
        r#"{"operationId": "new", "responses": {"200": {"description": "ok"}}}"#,
        // Two properties with the same Rust name.
        r#"{"operationId": "get_s", "responses": {"200": {"description": "ok", "content":
            {"application/json": {"schema": {"type": "object", "properties":
            {"a-b": {"type": "string"}, "a_b": {"type": "string"}}}}}}}}"#,
        r##"{"operationId": "get_s", "responses": {"200": {"description": "ok", "content":
            {"application/json": {"schema": {"$ref": "#/components/schemas/None"}}}}}}"##,
        r#"{"operationId": "get_s", "responses": {"200": {"description": "ok"}}, "parameters":
            [{"in": "query", "name": "a", "schema":
            {"anyOf": [{"type": "string"}], "oneOf": [{"type": "integer"}]}}]}"#,
        r#"{"operationId": "get_s", "responses": {"200": {"description": "ok"}}, "parameters":
            [{"in": "query", "name": "a", "schema":
            {"type": "object", "properties": {"b": {"type": "string"}}}}]}"#,
        r#"{"operationId": "get_s", "responses": {"600": {"description": "ok"}}}"#,
        r#"{"operationId": "get_s", "responses": {"200": 5}}"#,
        r#"5"#,
    ] {
        let repository = Repository::frozen();
        repository.write("in.json", &document("3.0.3", operation));
        let (code, printed) = repository.prepare(&["--file", "in.json", "--out", "out.json"]);
        assert_eq!(code, 2, "{operation}\n{printed}");
        assert!(!printed.contains("panicked"), "{printed}");
        assert!(!repository.path("out.json").exists());
    }
}

#[test]
fn rejects_malformed_input_and_names_the_file() {
    let repository = Repository::frozen();
    for (text, part) in [
        ("", "in.json"),
        ("{", "in.json"),
        ("[]", "openapi"),
        ("openapi: 3.2.0", "3.2.0"),
        ("swagger: '2.0'", "openapi"),
        ("{\"openapi\": 3.1}", "openapi"),
    ] {
        repository.write("in.json", text);
        let (code, printed) = repository.prepare(&["--file", "in.json", "--out", "out.json"]);
        assert_eq!(code, 2, "{text}\n{printed}");
        assert!(printed.contains(part), "{text}\n{printed}");
    }
    let (code, printed) = repository.prepare(&["--file", "nowhere.json", "--out", "out.json"]);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("nowhere.json"), "{printed}");
    let (code, printed) = repository.prepare(&["--file", "in.json"]);
    assert_eq!(code, 2, "a missing option is a usage error\n{printed}");
}

#[test]
fn refuses_a_page_without_a_document_and_names_it() {
    let repository = Repository::frozen();
    repository.write("in.md", "# Only text\n");
    let (code, printed) = repository.prepare(&["--file", "in.md", "--out", "out.json"]);
    assert_eq!(code, 2, "{printed}");
    assert!(
        printed.contains("in.md: has no OpenAPI document"),
        "{printed}"
    );
}

/// Writes a captured page to `in.md`.
fn write_page(repository: &Repository, page: &str) {
    let folders = ["pages", "mirror"].map(|folder| fixtures().join(folder).join(page));
    let mut found = folders.iter().filter(|path| path.exists());
    let path = found.next().expect("a captured page");
    let text = std::fs::read_to_string(path).expect("text");
    repository.write("in.md", &text);
}

const META: &str = "developers.facebook.com/documentation/business-messaging/whatsapp/reference";

#[test]
fn prepares_a_page_of_either_publisher() {
    let repository = Repository::frozen();
    let pages = [
        (
            "docs.360dialog.com/partner/partner-api/api-reference/client-management.md",
            "/api/v2/partners/{partner_id}/clients",
        ),
        (
            &format!("{META}/whatsapp-business-account/schedules-api/v25.0.md"),
            "/{Version}/{WABA-ID}/schedules",
        ),
    ];
    for (page, path) in pages {
        write_page(&repository, page);
        let (code, printed) = repository.prepare(&["--file", "in.md", "--out", "out.json"]);
        assert_eq!(code, 0, "{page}\n{printed}");
        let out: serde_json::Value =
            serde_json::from_str(&repository.read("out.json")).expect("JSON");
        assert!(out["paths"][path].is_object(), "{page}\n{out:#}");
    }
}

#[test]
fn refuses_a_page_with_a_line_that_is_not_understood() {
    let repository = Repository::frozen();
    let page = format!("{META}/whatsapp-business-account/schedules-api/v25.0.md");
    write_page(&repository, &page);
    let text = repository.read("in.md");
    repository.write("in.md", &text.replacen("limitinteger", "limitdecimal", 1));
    let (code, printed) = repository.prepare(&["--file", "in.md", "--out", "out.json"]);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("in.md line 136: "), "{printed}");
    assert!(
        printed.contains("found `limitdecimal [min: 1, max: 100]`"),
        "{printed}"
    );
    assert!(!repository.path("out.json").exists());
}

#[test]
fn refuses_a_page_that_leaves_the_place_of_a_field_open_until_an_overlay_settles_it() {
    let repository = Repository::frozen();
    write_page(
        &repository,
        &format!("{META}/business/client-whatsapp-business-accounts-api/v23.0.md"),
    );
    let file = ["--file", "in.md", "--out", "out.json"];
    let (code, printed) = repository.prepare(&file);
    assert_eq!(code, 2, "{printed}");
    let page = repository.read("in.md");
    let mut lines = page.lines();
    let line = lines.position(|line| line.starts_with("policy_url"));
    let line = line.expect("a line of the field") + 1;
    let message = format!(
        "in.md line {line}: the page does not show whether `policy_url` belongs to `data[]` or to \
         `data[].dcc_config`; in an overlay (--overlay), add it to one of them, and remove it from \
         /components/schemas/ClientWhatsAppBusinessAccountsResponse/x-unplaced-fields"
    );
    assert!(printed.contains(&message), "{printed}");
    assert!(!repository.path("out.json").exists());

    repository.write(
        "overlay.yaml",
        "overlay: 1.1.0\ninfo: {title: x, version: '1'}\nactions:\n\
         - target: $.components.schemas.DCCConfig.properties\n  \
           update: {policy_url: {type: string}}\n\
         - target: $.components.schemas.ClientWhatsAppBusinessAccountsResponse['x-unplaced-fields']\n  \
           remove: true\n",
    );
    let (code, printed) = repository.prepare(&[&file[..], &["--overlay", "overlay.yaml"]].concat());
    assert_eq!(code, 0, "{printed}");
    assert!(repository.read("out.json").contains("policy_url"));
}
