//! Refreshes from a server: entity tags, invalid responses and retries.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

use super::{DIALOG360, GRAPH, INDEX, dialog360, graph, replaced};
use crate::repository::Repository;

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
