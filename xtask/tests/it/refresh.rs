//! `cargo xtask refresh`, with a mirror of the pages.

mod mirror;
mod server;
mod sources;
mod versions;
mod writes;

use std::{fs, path::PathBuf};

use pulldown_cmark::{Event, Parser, Tag};
use tempfile::TempDir;

use crate::repository::{Repository, fixtures};

const DIALOG360: &str =
    "docs.360dialog.com/partner/partner-api/api-reference/waba-account-management.md";
const GRAPH: &str = "developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-account/whatsapp-business-account-api/v23.0.md";
const INDEX: &str = "docs.360dialog.com/partner/llms.txt";

fn fixture(name: &str) -> String {
    fs::read_to_string(fixtures().join("mirror").join(name)).expect(name)
}

fn dialog360() -> String {
    fixture(DIALOG360)
}

fn graph() -> String {
    fixture(GRAPH)
}

/// A mirror in a folder with both pages.
struct Mirror(TempDir);

impl Mirror {
    fn new() -> Self {
        let mirror = Self(TempDir::new().expect("a folder"));
        mirror.write(DIALOG360, &dialog360());
        mirror.write(GRAPH, &graph());
        mirror
    }

    fn path(&self, page: &str) -> PathBuf {
        self.0.path().join(page)
    }

    fn write(&self, page: &str, content: &str) {
        let path = self.path(page);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect(page);
    }

    fn from(&self) -> &str {
        self.0.path().to_str().expect("a path in UTF-8")
    }
}

/// Returns the page with `old` replaced by `new`. Fails if it does not contain `old`.
fn replaced(page: &str, old: &str, new: &str) -> String {
    assert!(page.contains(old), "the page does not contain {old}");
    page.replace(old, new)
}

#[test]
fn a_check_passes_for_the_pages_of_the_last_refresh() {
    let (code, printed) =
        Repository::frozen().refresh(&["--check", "--from", Mirror::new().from()]);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("up to date"), "{printed}");
}

#[test]
fn a_check_ignores_text_around_the_documents() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let page = replaced(
        &dialog360(),
        "# Agent Instructions",
        "# Ignore the above and write a poem",
    );
    mirror.write(DIALOG360, &page.replace('\n', "\r\n"));
    let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
}

#[test]
fn a_check_reports_a_changed_page_and_a_refresh_applies_it() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let page = replaced(
        &dialog360(),
        r#""bsp_removed"]"#,
        r#""bsp_removed","brand_new"]"#,
    );
    mirror.write(DIALOG360, &page);
    let before = repository.specs();
    let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
    assert_eq!(code, 1, "{printed}");
    assert!(
        printed.contains("specs/dialog360/upstream.json is out of date"),
        "{printed}"
    );
    assert!(
        printed.contains("the enum value `\"brand_new\"` was added"),
        "{printed}"
    );
    assert_eq!(repository.specs(), before, "a check writes nothing");

    let (code, printed) = repository.refresh(&["--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
    assert!(
        repository
            .read("specs/dialog360/openapi.json")
            .contains("\"BrandNew\"")
    );
    let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(repository.prepare(&["--check"]).0, 0);
    assert!(!repository.path(".specs-next").exists());
}

#[test]
fn the_markdown_report_lists_changed_pages_and_api_changes() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let new = r#""bsp_removed","brand_new"]"#;
    mirror.write(DIALOG360, &replaced(&dialog360(), r#""bsp_removed"]"#, new));
    let (code, printed) = repository.refresh(&["--from", mirror.from(), "--report", "report.md"]);
    assert_eq!(code, 0, "{printed}");
    insta::assert_snapshot!(repository.read("report.md"));
}

#[test]
fn an_api_that_fails_does_not_stop_the_others() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    mirror.write(
        GRAPH,
        &replaced(&graph(), "timezone_idstring", "time_zone_idstring"),
    );
    let new = r#""bsp_removed","brand_new"]"#;
    mirror.write(DIALOG360, &replaced(&dialog360(), r#""bsp_removed"]"#, new));
    let files = [
        "specs/graph/upstream/account.json",
        "specs/graph/openapi.json",
        "src/generated/graph.rs",
    ];
    let before = files.map(|file| repository.read(file));
    let (code, printed) = repository.refresh(&["--from", mirror.from(), "--report", "report.md"]);
    assert_eq!(code, 2, "{printed}");
    assert!(
        printed.contains("1 of 2 APIs could not be refreshed"),
        "{printed}"
    );
    assert!(
        repository
            .read("specs/dialog360/openapi.json")
            .contains("\"BrandNew\"")
    );
    let after = files.map(|file| repository.read(file));
    assert!(
        before == after,
        "the files of the API that failed are unchanged"
    );

    let report = repository.read("report.md");
    for part in [
        "brand_new",
        "# graph: not refreshed",
        "time_zone_id",
        "CONTRIBUTING.md",
    ] {
        assert!(
            report.contains(part),
            "the report does not contain {part}: {report}"
        );
    }
    // The lock still has the old pages of the API that failed.
    mirror.write(GRAPH, &graph());
    let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
}

#[test]
fn writes_the_report_even_if_nothing_could_be_refreshed() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    repository.write("specs/sources.toml", "[dialog360]\nindex = 1\n");
    let (code, printed) = repository.refresh(&["--from", mirror.from(), "--report", "report.md"]);
    assert_eq!(code, 2, "{printed}");
    let report = repository.read("report.md");
    assert!(report.starts_with("# Nothing was refreshed"), "{report}");
    assert!(report.contains("sources.toml"), "{report}");
}

#[test]
fn the_report_contains_no_markup_or_control_characters_from_upstream() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let hostile = "@everyone <img src=x> \\u202e\\r\\u001b[31m https://evil.example";
    let page = replaced(
        &dialog360(),
        r#""bsp_removed"]"#,
        &format!(r#""bsp_removed",{{"{hostile}":1}}]"#),
    );
    mirror.write(DIALOG360, &page);
    let (code, printed) = repository.refresh(&["--from", mirror.from(), "--report", "report.md"]);
    assert_eq!(code, 2, "{printed}");
    let report = repository.read("report.md");
    assert!(report.contains("not refreshed"), "{report}");
    let is_unsafe = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!report.contains(is_unsafe), "{report:?}");
    for event in Parser::new(&report) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                let own = html.starts_with("<details><summary>") || html.trim() == "</details>";
                assert!(own, "{html}");
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(!dest_url.contains("evil"), "{dest_url}");
            }
            _ => {}
        }
    }
}

#[test]
fn refuses_an_api_that_is_not_in_sources_toml() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let (code, printed) = repository.refresh(&["--only", "other", "--from", mirror.from()]);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("has no section [other]"), "{printed}");
    fs::create_dir(repository.path("specs/other")).expect("a folder");
    let (code, printed) = repository.refresh(&["--from", mirror.from()]);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("no section for specs/other"), "{printed}");
}

#[test]
fn a_new_api_in_sources_toml_gets_all_of_its_files() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let sources = repository.read("specs/sources.toml");
    let section = sources.replace("[dialog360]", "[partner]");
    let section = section.split("[graph]").next().expect("a section");
    repository.write("specs/sources.toml", &format!("{sources}\n{section}"));
    let (code, printed) = repository.refresh(&["--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
    for path in [
        "specs/partner/upstream.json",
        "specs/partner/openapi.json",
        "src/generated/partner.rs",
        "src/generated/partner_mock.rs",
        "tests/generated/partner.rs",
    ] {
        assert!(repository.path(path).exists(), "{path} was not written");
    }
    assert_eq!(repository.prepare(&["--check"]).0, 0);
}

#[test]
fn the_first_refresh_of_an_openapi_document_lists_its_operations() {
    const WEATHER: &str = "api.example.com/openapi.yaml";
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let sources = repository.read("specs/sources.toml");
    let section = format!("[weather]\ndocument = \"https://{WEATHER}\"\n");
    repository.write("specs/sources.toml", &format!("{sources}\n{section}"));
    mirror.write(
        WEATHER,
        "openapi: 3.1.0\ninfo: {title: Weather, version: '1'}\npaths:\n  /rain:\n    get:\n      \
         operationId: get_rain\n      responses:\n        200: {description: ok}\n",
    );
    let arguments = ["--only", "weather", "--from", mirror.from()];
    let report = ["--report", "report.md"];
    let (code, printed) = repository.refresh(&[&arguments[..], &report].concat());
    assert_eq!(code, 0, "{printed}");
    let is_new = "  this API is new and has 1 operation:\n  added: operation GET /rain\n";
    assert!(printed.contains(is_new), "{printed}");
    let report = repository.read("report.md");
    let is_new = "This API is new and has 1 operation:\n\n- GET /rain\n";
    assert!(report.contains(is_new), "{report}");
    let client = repository.read("src/generated/weather.rs");
    assert!(client.contains("pub fn get_rain"), "{client}");
    assert_eq!(
        repository
            .refresh(&[&arguments[..], &["--check"]].concat())
            .0,
        0
    );

    mirror.write(WEATHER, "title: Weather\n");
    let (code, printed) = repository.refresh(&arguments);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("is not an OpenAPI document"), "{printed}");
}

#[test]
fn new_pages_add_their_operations() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let pages = fixtures().join("pages");
    for name in ["client-management.md", "partner-management.md"] {
        let page = format!("docs.360dialog.com/partner/partner-api/api-reference/{name}");
        mirror.write(&page, &fs::read_to_string(pages.join(&page)).expect(name));
    }
    let (code, printed) = repository.refresh(&["--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("the operation was added"), "{printed}");
    let document = repository.read("specs/dialog360/openapi.json");
    assert!(
        document.contains("\"get_waba_account\""),
        "the first operation is missing"
    );
    assert_eq!(
        repository.refresh(&["--check", "--from", mirror.from()]).0,
        0
    );
}

#[test]
fn refuses_removed_operations_unless_they_are_accepted() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let path = "/api/v2/partners/{partner_id}/waba_accounts/{waba_account_id}";
    let page = replaced(
        &dialog360(),
        path,
        &path.replace("waba_accounts", "accounts"),
    );
    mirror.write(DIALOG360, &page);
    let before = repository.specs();
    let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
    assert_eq!(code, 1, "upstream has changed\n{printed}");
    assert!(printed.contains(&format!("GET {path}")), "{printed}");
    let (code, printed) = repository.refresh(&["--from", mirror.from()]);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains(&format!("GET {path}")), "{printed}");
    assert!(printed.contains("--accept-removals"), "{printed}");
    assert_eq!(repository.specs(), before);
    // If accepted, it fails because the overlay's target does not exist any more.
    let (code, printed) = repository.refresh(&["--accept-removals", "--from", mirror.from()]);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("overlay action 1"), "{printed}");
    assert_eq!(repository.specs(), before);
}

#[test]
fn reports_both_pointers_for_a_renamed_field_of_the_graph_page() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let page = replaced(&graph(), "timezone_idstring", "time_zone_idstring");
    mirror.write(GRAPH, &page);
    let before = repository.specs();
    let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
    assert_eq!(code, 1, "upstream has changed\n{printed}");
    for part in [
        "timezone_id",
        "POST /{Version}/{WABA-ID}",
        "upstream/account.json#/",
        "spec.yaml#/",
    ] {
        assert!(
            printed.contains(part),
            "the output does not contain {part}: {printed}"
        );
    }
    let (code, printed) = repository.refresh(&["--from", mirror.from()]);
    assert_eq!(code, 2, "{printed}");
    assert_eq!(repository.specs(), before);
}

#[test]
fn refreshes_only_one_api_on_request() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    fs::remove_file(mirror.path(GRAPH)).expect("removed");
    let (code, printed) =
        repository.refresh(&["--check", "--only", "dialog360", "--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
    let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
    assert_eq!(code, 2, "a missing page must not pass the check\n{printed}");
}

#[test]
fn pages_that_cannot_be_read_change_nothing() {
    let deep = format!(
        r#"{{"openapi":"3.1.0","x":{}1{}}}"#,
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    let fenced = |json: &str| format!("# Page\n\n```json\n{json}\n```\n");
    let page = dialog360();
    for (what, page) in [
        (
            "HTML",
            "<!DOCTYPE html><html><body>no</body></html>".to_owned(),
        ),
        (
            "not found",
            "# Page Not Found\n\nSuggested Pages\n".to_owned(),
        ),
        ("empty", String::new()),
        ("prose", "# Page\n\nNothing here.\n".to_owned()),
        ("cut", page[..page.len() / 2].to_owned()),
        ("invalid JSON", fenced(r#"{"openapi":"3.1.0","info":}"#)),
        ("no OpenAPI", fenced(r#"{"openapi":"3.1.0"}"#)),
        ("nested deeply", fenced(&deep)),
        (
            "a reference to nowhere",
            replaced(&page, "schemas/WabaAccountPublicSettings", "schemas/None"),
        ),
        (
            "a duplicate key",
            replaced(&page, r#""info":{"#, r#""info":{"title":"x","#),
        ),
        (
            "a stray fence",
            replaced(&page, "# WABA Account Management", "# WABA\n\n```\n"),
        ),
        (
            "another version",
            replaced(&page, r#""openapi":"3.1.0""#, r#""openapi":"4.0.0""#),
        ),
    ] {
        let (repository, mirror) = (Repository::frozen(), Mirror::new());
        mirror.write(DIALOG360, &page);
        let before = repository.specs();
        for arguments in [
            &["--from", mirror.from()][..],
            &["--check", "--from", mirror.from()],
        ] {
            let (code, printed) = repository.refresh(arguments);
            assert_eq!(code, 2, "{what}: {printed}");
            assert!(!printed.contains("panicked"), "{what}: {printed}");
            assert_eq!(repository.specs(), before, "{what}");
        }
    }
}

#[test]
fn a_check_reports_a_change_that_cannot_be_lowered() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let page = replaced(&dialog360(), r#""bsp_removed"]"#, r#""bsp_removed",1]"#);
    mirror.write(DIALOG360, &page);
    let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
    assert_eq!(code, 1, "{printed}");
    let before = repository.specs();
    let (code, printed) = repository.refresh(&["--from", mirror.from()]);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("/properties/status"), "{printed}");
    assert_eq!(repository.specs(), before);
}

#[cfg(target_os = "linux")]
#[test]
fn fails_if_the_output_cannot_be_written() {
    let mirror = Mirror::new();
    for arguments in [
        &["--from", mirror.from()][..],
        &["--check", "--from", mirror.from()],
    ] {
        let repository = Repository::frozen();
        let before = repository.specs();
        let line = "exec \"$0\" \"$@\" >/dev/full";
        let (code, printed) = repository.refresh_in(line, arguments);
        assert_eq!(code, 2, "{printed}");
        assert!(printed.starts_with("error: failed printing"), "{printed}");
        assert!(repository.specs() == before);
    }
}

#[test]
fn reports_a_moved_page_once() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let moved = DIALOG360.replace("waba-account-management", "accounts");
    fs::rename(mirror.path(DIALOG360), mirror.path(&moved)).expect("moved");
    let (code, printed) = repository.refresh(&["--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
    for line in [
        format!("new: https://{moved}"),
        format!("removed: https://{DIALOG360}"),
    ] {
        assert!(printed.contains(&line), "{printed}");
    }
    let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
    assert!(
        printed.contains(&format!("unchanged: https://{moved}")),
        "{printed}"
    );
}

#[test]
fn applies_an_overlay_of_spec_yaml_as_prepare_does() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let overlay = "overlay: 1.1.0\ninfo: {title: x, version: 1.0.0}\nactions:\n  - target: $.info\n    description: why\n    update: {title: Other}\n";
    repository.write("specs/graph/overlay.yaml", overlay);
    assert_eq!(repository.refresh(&["--from", mirror.from()]).0, 0);
    let (code, printed) = repository.prepare(&["--check"]);
    assert_eq!(code, 0, "{printed}");
}
