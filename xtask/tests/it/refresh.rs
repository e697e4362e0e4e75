//! `cargo xtask refresh`, with mirrors in a folder and on a server.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::PathBuf,
    process::Stdio,
    thread,
    time::Instant,
};

use pulldown_cmark::{Event, Parser, Tag};
use tempfile::TempDir;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

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
        printed.contains("the value `\"brand_new\"` is new"),
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
        "specs/graph/upstream.json",
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
    assert!(printed.contains("the operation is new"), "{printed}");
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
        "upstream.json#/",
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

/// Starts a server with both pages and the index. It returns `fault` for `page`.
async fn server(page: &str, fault: ResponseTemplate) -> MockServer {
    // Dropping a server blocks within the task and uses up tokio's cooperative budget. Yielding renews it.
    tokio::task::yield_now().await;
    let server = MockServer::start().await;
    let index = format!("# Docs\n\n- [WABA](https://{DIALOG360}): accounts\n");
    let markdown = |text: String| ResponseTemplate::new(200).set_body_raw(text, "text/markdown");
    for (at, response) in [
        (INDEX, markdown(index)),
        (DIALOG360, markdown(dialog360())),
        (GRAPH, markdown(graph())),
    ] {
        let response = if at == page { fault.clone() } else { response };
        Mock::given(path(format!("/{at}")))
            .respond_with(response)
            .mount(&server)
            .await;
    }
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_a_mirror_on_a_server() {
    let server = server("none", ResponseTemplate::new(404)).await;
    let (code, printed) = Repository::frozen().refresh(&["--check", "--from", &server.uri()]);
    assert_eq!(code, 0, "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sends_the_entity_tag_and_accepts_304() {
    let page = replaced(
        &dialog360(),
        r#""bsp_removed"]"#,
        r#""bsp_removed","brand_new"]"#,
    );
    let tagged = ResponseTemplate::new(200).set_body_raw(page, "text/markdown");
    let first = server(DIALOG360, tagged.append_header("etag", "\"one\"")).await;
    let repository = Repository::frozen();
    let (code, printed) = repository.refresh(&["--from", &first.uri()]);
    assert_eq!(code, 0, "{printed}");

    let second = server(DIALOG360, ResponseTemplate::new(304)).await;
    let (code, printed) = repository.refresh(&["--check", "--from", &second.uri()]);
    assert_eq!(code, 0, "{printed}");
    let requests = second.received_requests().await.expect("recorded");
    let request = requests
        .iter()
        .find(|request| request.url.path().ends_with("management.md"));
    assert_eq!(
        request.expect("a request for the page").headers["if-none-match"],
        "\"one\""
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn replaces_a_document_that_was_edited_by_hand() {
    let tagged = || {
        let page = replaced(
            &dialog360(),
            r#""bsp_removed"]"#,
            r#""bsp_removed","brand_new"]"#,
        );
        let tagged = ResponseTemplate::new(200).set_body_raw(page, "text/markdown");
        tagged.append_header("etag", "\"one\"")
    };
    let repository = Repository::frozen();
    let first = server(DIALOG360, tagged()).await;
    assert_eq!(repository.refresh(&["--from", &first.uri()]).0, 0);
    let refreshed = repository.specs();

    let path = "specs/dialog360/upstream.json";
    repository.write(
        path,
        &replaced(&repository.read(path), "brand_new", "by_hand"),
    );
    // No entity tag is sent, because a 304 would confirm the edited document.
    let second = server(DIALOG360, tagged()).await;
    let (code, printed) = repository.refresh(&["--from", &second.uri()]);
    assert_eq!(code, 0, "{printed}");
    let requests = second.received_requests().await.expect("recorded");
    assert!(
        requests
            .iter()
            .all(|request| !request.headers.contains_key("if-none-match"))
    );
    assert!(
        repository.specs() == refreshed,
        "the specs differ from the page"
    );
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

#[tokio::test(flavor = "multi_thread")]
async fn invalid_responses_change_nothing() {
    let text = |status: u16, body: &str, media: &str| {
        ResponseTemplate::new(status).set_body_raw(body.to_owned(), media)
    };
    let large = "x".repeat(20 * 1024 * 1024);
    let elsewhere = server("none", ResponseTemplate::new(404)).await;
    for page in [INDEX, DIALOG360, GRAPH] {
        for (what, fault) in [
            ("404", ResponseTemplate::new(404)),
            ("400 as Markdown", text(400, &dialog360(), "text/markdown")),
            ("HTML", text(200, "<html></html>", "text/html")),
            (
                "no media type",
                ResponseTemplate::new(200).set_body_bytes(dialog360()),
            ),
            ("too large", text(200, &large, "text/markdown")),
            (
                "not UTF-8",
                ResponseTemplate::new(200).set_body_raw(vec![0xff; 9], "text/markdown"),
            ),
            (
                "a redirect to another host",
                ResponseTemplate::new(302).append_header("location", "http://localhost:9/x.md"),
            ),
            (
                "a redirect to another port",
                ResponseTemplate::new(302)
                    .append_header("location", format!("{}/{page}", elsewhere.uri())),
            ),
            (
                "a type that only begins like Markdown",
                text(200, &dialog360(), "text/markdownish"),
            ),
        ] {
            let server = server(page, fault).await;
            let repository = Repository::frozen();
            let before = repository.specs();
            let (code, printed) = repository.refresh(&["--from", &server.uri()]);
            assert_eq!(code, 2, "{page}, {what}: {printed}");
            assert!(
                printed.contains("cannot be fetched"),
                "{page}, {what}: {printed}"
            );
            assert_eq!(repository.specs(), before, "{page}, {what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn transient_failures_change_nothing_after_the_last_attempt() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-type: text/markdown\r\ncontent-length: 99\r\n\r\n# Page";
    for (what, server) in [
        ("500", server(INDEX, ResponseTemplate::new(500)).await.uri()),
        ("a connection that is cut", serving(cut, usize::MAX)),
    ] {
        let repository = Repository::frozen();
        let before = repository.specs();
        let (code, printed) = repository.refresh(&["--from", &server]);
        assert_eq!(code, 2, "{what}: {printed}");
        assert!(printed.contains("cannot be fetched"), "{what}: {printed}");
        assert_eq!(repository.specs(), before, "{what}");
    }
}

#[test]
fn retries_after_a_transient_failure() {
    for (what, fault) in [
        (
            "cut",
            "HTTP/1.1 200 OK\r\ncontent-type: text/markdown\r\ncontent-length: 99\r\n\r\n# Page",
        ),
        (
            "cut between chunks",
            "HTTP/1.1 200 OK\r\ncontent-type: text/markdown\r\ntransfer-encoding: chunked\r\n\r\n6\r\n# Page\r\n",
        ),
        ("hung up", ""),
        (
            "took too long",
            "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n",
        ),
    ] {
        let server = serving(fault, 1);
        let (code, printed) = Repository::frozen().refresh(&["--check", "--from", &server]);
        assert_eq!(code, 0, "{what}: {printed}");
    }
}

/// Starts a server with both pages and the index and returns its URL. It sends `fault` in response to
/// the first `times` requests. It closes the connection after each response.
fn serving(fault: &'static str, times: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for (nth, stream) in listener.incoming().enumerate() {
            let mut stream = stream.expect("a caller");
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap_or_default();
            let request = String::from_utf8_lossy(&request[..length]);
            let response = match request.split(' ').nth(1).unwrap_or_default() {
                _ if nth < times => fault.to_owned(),
                path if path.ends_with(DIALOG360) => served(&dialog360()),
                path if path.ends_with(GRAPH) => served(&graph()),
                _ => served(&format!(
                    "# Docs\n\n- [WABA](https://{DIALOG360}): accounts\n"
                )),
            };
            let _ = stream.write_all(response.as_bytes());
        }
    });
    format!("http://{address}")
}

/// Returns an HTTP response with the page.
fn served(page: &str) -> String {
    let length = page.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: Text/Markdown; charset=UTF-8\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{page}"
    )
}

#[test]
fn a_killed_run_leaves_the_old_or_the_new_state() {
    let (mirror, after) = changed_mirror();
    let contents = |repository: &Repository| -> Vec<String> {
        repository
            .specs()
            .into_iter()
            .map(|(_, content)| content)
            .collect()
    };
    let (old, new) = (contents(&Repository::frozen()), contents(&after));
    let start = Instant::now();
    let complete = Repository::frozen();
    assert_eq!(complete.refresh(&["--from", mirror.from()]).0, 0);
    let duration = start.elapsed();
    // Most of them are in the second half, in which files are written.
    let moments = [0.1, 0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0];
    let moments = moments.map(|part| duration.mul_f64(part));
    for moment in moments {
        let repository = Repository::frozen();
        let mut run = repository.command("refresh", &["--from", mirror.from()]);
        let mut run = run.stdout(Stdio::null()).spawn().expect("it runs");
        thread::sleep(moment);
        run.kill().expect("killed");
        run.wait().expect("ended");
        let now = contents(&repository);
        assert!(now == old || now == new, "after {moment:?}");
        assert_eq!(
            repository.refresh(&["--from", mirror.from()]).0,
            0,
            "the next run fails"
        );
        assert_eq!(contents(&repository), new);
    }
}

/// Returns a mirror in which 360dialog's page has changed, and a repository refreshed from it.
fn changed_mirror() -> (Mirror, Repository) {
    let mirror = Mirror::new();
    let page = replaced(
        &dialog360(),
        r#""bsp_removed"]"#,
        r#""bsp_removed","brand_new"]"#,
    );
    mirror.write(DIALOG360, &page);
    let after = Repository::frozen();
    assert_eq!(after.refresh(&["--from", mirror.from()]).0, 0);
    (mirror, after)
}

#[test]
fn removes_the_files_that_a_killed_run_left_behind() {
    let (mirror, _) = changed_mirror();
    let repository = Repository::frozen();
    fs::create_dir_all(repository.path(".specs-next/specs")).expect("a folder");
    fs::write(repository.path(".specs-next/specs/x"), "x").expect("a file");
    assert_eq!(repository.refresh(&["--from", mirror.from()]).0, 0);
    assert!(!repository.path(".specs-next").exists());
}

#[test]
fn concurrent_refreshes_do_not_undo_each_other() {
    let (mirror, after) = changed_mirror();
    let files = ["dialog360", "graph"].map(|api| format!("specs/{api}/upstream.json"));
    for _ in 0..5 {
        let repository = Repository::frozen();
        fs::remove_file(repository.path("specs/graph/upstream.json")).expect("removed");
        let runs = ["dialog360", "graph"].map(|api| {
            let arguments = ["--only", api, "--from", mirror.from()];
            let mut run = repository.command("refresh", &arguments);
            run.stdout(Stdio::null()).spawn().expect("it runs")
        });
        for mut run in runs {
            assert!(run.wait().expect("ended").success());
        }
        for file in &files {
            assert!(repository.path(file).exists(), "{file} is lost");
            assert!(repository.read(file) == after.read(file), "{file} is lost");
        }
    }
}

#[test]
fn unchanged_files_keep_their_modification_time() {
    let (mirror, _) = changed_mirror();
    let repository = Repository::frozen();
    let modified = |name: &str| {
        let file = fs::metadata(repository.path(name)).expect(name);
        file.modified().expect("a time")
    };
    let names = ["specs/graph/openapi.json", "specs/dialog360/overlay.yaml"];
    let before = names.map(modified);
    assert_eq!(repository.refresh(&["--from", mirror.from()]).0, 0);
    assert_eq!(names.map(modified), before, "cargo would rebuild them");
}

#[cfg(unix)]
#[test]
fn keeps_specs_as_a_symbolic_link() {
    let (mirror, after) = changed_mirror();
    let repository = Repository::frozen();
    fs::rename(repository.path("specs"), repository.path("elsewhere")).expect("moved");
    std::os::unix::fs::symlink("elsewhere", repository.path("specs")).expect("a link");
    let (code, printed) = repository.refresh(&["--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
    let upstream = "dialog360/upstream.json";
    assert!(
        repository.read(&format!("elsewhere/{upstream}"))
            == after.read(&format!("specs/{upstream}")),
        "the files in the linked folder are not updated"
    );
    assert!(repository.path("specs").is_symlink());
}

#[cfg(unix)]
#[test]
fn keeps_a_folder_in_specs_as_a_symbolic_link() {
    let (mirror, after) = changed_mirror();
    let repository = Repository::frozen();
    fs::rename(
        repository.path("specs/dialog360"),
        repository.path("elsewhere"),
    )
    .expect("moved");
    std::os::unix::fs::symlink("../elsewhere", repository.path("specs/dialog360")).expect("a link");
    let (code, printed) = repository.refresh(&["--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
    assert!(
        repository.read("elsewhere/upstream.json") == after.read("specs/dialog360/upstream.json"),
        "the files in the linked folder are not updated"
    );
    assert!(repository.path("specs/dialog360").is_symlink());
}

/// A limit on the file size makes writes fail as a full disk does.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_or_the_new_state() {
    let (mirror, after) = changed_mirror();
    let new = after.read("specs/dialog360/openapi.json");
    let mut codes = Vec::new();
    for blocks in [0, 1, 4, 16, 64, 4096] {
        let repository = Repository::frozen();
        let before = repository.specs();
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let (code, printed) = repository.refresh_in(&limited, &["--from", mirror.from()]);
        match code {
            0 => assert!(repository.read("specs/dialog360/openapi.json") == new),
            _ => {
                assert!(printed.contains("it is unchanged"), "{printed}");
                assert!(repository.specs() == before, "{blocks} blocks");
            }
        }
        codes.push(code);
        assert!(!repository.path(".specs-next").exists(), "{blocks} blocks");
        let (code, printed) = repository.refresh(&["--from", mirror.from()]);
        assert_eq!(code, 0, "the next run fails\n{printed}");
        assert!(repository.read("specs/dialog360/openapi.json") == new);
    }
    assert_eq!((codes.first(), codes.last()), (Some(&2), Some(&0)));
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

#[test]
fn uses_all_matching_files_of_a_mirror_without_an_index() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    let sources = repository.read("specs/sources.toml");
    let pattern = "partner-api/api-reference/*";
    // Names with characters that have a meaning in a URL.
    for name in [
        "a b.md",
        "a:b.md",
        "a?b.md",
        "a#b.md",
        "a%2f..%2fb.md",
        "é.md",
    ] {
        mirror.write(
            &format!("docs.360dialog.com/partner/partner-api/api-reference/{name}"),
            "# Prose\n",
        );
    }
    for (pattern, pages) in [
        (pattern, 7),
        ("partner-api/*/*", 7),
        ("partner-api/api-reference/waba-*", 1),
    ] {
        let edited = replaced(&sources, "partner-api/api-reference/*", pattern);
        repository.write("specs/sources.toml", &edited);
        let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
        assert_eq!(code, 0, "{pattern}: {printed}");
        let fetched = printed
            .matches("fetched https://docs.360dialog.com/")
            .count();
        assert_eq!(fetched, pages, "{pattern}: {printed}");
    }
    let edited = replaced(&sources, pattern, "elsewhere/*");
    repository.write("specs/sources.toml", &edited);
    let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("elsewhere/*"), "{printed}");
}

#[test]
fn reports_a_page_without_operations() {
    let models = r#"{"openapi":"3.1.0","info":{"title":"Partners V2 API","version":"2.0.0"},"components":{}}"#;
    for page in [
        "# Prose\n",
        &format!("# Models\n\n```json\n{models}\n```\n"),
    ] {
        let (repository, mirror) = (Repository::frozen(), Mirror::new());
        let at = DIALOG360.replace("waba-account-management", "other");
        mirror.write(&at, page);
        let (_, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
        let line = format!("https://{at}: describes no operation");
        assert!(printed.contains(&line), "{page}: {printed}");
    }
}

#[cfg(unix)]
#[test]
fn refuses_a_page_of_a_mirror_that_is_not_a_regular_file() {
    let (repository, mirror) = (Repository::frozen(), Mirror::new());
    fs::remove_file(mirror.path(GRAPH)).expect("removed");
    for endless in ["/dev/zero", "/dev/null"] {
        let _ = fs::remove_file(mirror.path(GRAPH));
        std::os::unix::fs::symlink(endless, mirror.path(GRAPH)).expect("a link");
        let (code, printed) = repository.refresh(&["--check", "--from", mirror.from()]);
        assert_eq!(code, 2, "{printed}");
        assert!(printed.contains("it is not a regular file"), "{printed}");
    }
}

#[test]
fn names_a_mirror_that_does_not_exist() {
    let (code, printed) = Repository::frozen().refresh(&["--from", "nowhere"]);
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("nowhere"), "{printed}");
}
