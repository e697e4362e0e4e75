//! Requests to endpoints that the crate does not cover.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use waba::{Error, ErrorKind, RetryPolicy, graph};
use wiremock::ResponseTemplate;

use crate::server::{self, SECRET, hub, meta};

#[tokio::test]
async fn a_custom_request_uses_the_credential_and_version_of_its_client() {
    let server = server::start(server::json(200, r#"{"data":[]}"#)).await;
    let numbers = meta(&server.uri())
        .request(Method::GET, "/{waba_id}/phone_numbers")
        .path("waba_id", "a/b")
        .query("limit", 25)
        .query("after", "x&y")
        .send::<Value>()
        .await
        .expect("a response");
    assert_eq!(numbers["data"], json!([]));
    hub(&server.uri())
        .request(Method::POST, "api/v2/partners/{partner_id}/webhook_url")
        .path("partner_id", "examplePA")
        .json(&json!({"webhook_url": "https://example.com"}))
        .send::<Value>()
        .await
        .expect("a response");

    let sent = server.received_requests().await.expect("recorded requests");
    let path = format!("/{}/a%2Fb/phone_numbers", graph::API_VERSION);
    assert_eq!(sent[0].url.path(), path);
    assert_eq!(sent[0].url.query(), Some("limit=25&after=x%26y"));
    assert_eq!(sent[0].headers["authorization"], format!("Bearer {SECRET}"));
    assert_eq!(sent[0].headers["accept"], "application/json");
    assert_eq!(sent[1].method.as_str(), "POST");
    assert_eq!(sent[1].url.path(), "/api/v2/partners/examplePA/webhook_url");
    assert_eq!(sent[1].headers["x-api-key"], SECRET);
    assert_eq!(sent[1].headers["content-type"], "application/json");
    assert_eq!(sent[1].body, br#"{"webhook_url":"https://example.com"}"#);
}

#[tokio::test]
async fn a_custom_request_fails_and_is_retried_like_any_other_call() {
    let server = server::start(ResponseTemplate::new(503)).await;
    let policy = RetryPolicy::default().initial_backoff(Duration::from_millis(1));
    let hub = hub(&server.uri()).with_retry_policy(policy);
    let call = |method| {
        hub.request(method, "/api/v2/partners/{partner_id}/channels")
            .path("partner_id", "examplePA")
    };
    let error = call(Method::GET).send::<Value>().await.expect_err("503");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Server, 3));
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("/api/v2/partners/{partner_id}/channels"));
    assert!(
        !shown.contains("examplePA"),
        "the error shows an id: {shown}"
    );
    let error = call(Method::POST).send::<Value>().await.expect_err("503");
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn decodes_an_empty_body_as_null() {
    for status in [200, 202, 204] {
        let server = server::start(ResponseTemplate::new(status)).await;
        let hub = hub(&server.uri());
        let call = || hub.request(Method::DELETE, "/api/v2/thing");
        call().send::<()>().await.expect("an empty response");
        let response = call()
            .send::<Option<Value>>()
            .await
            .expect("an empty response");
        assert_eq!(response.into_inner(), None);
    }
}

#[tokio::test]
async fn rejects_an_invalid_path_and_sends_nothing() {
    let server = server::start(server::json(200, "{}")).await;
    let hub = hub(&server.uri());
    let get = |path| hub.request(Method::GET, path);
    for (call, part) in [
        (get("/api/../x"), "path"),
        (get("/api//x"), "path"),
        (get("/api/%2e%2E/x"), "path"),
        (get(""), "path"),
        (get("/act_{id}").path("id", "1"), "`act_{id}`"),
        (get("/{id}?fields=id").path("id", "1"), "`{id}?fields=id`"),
        (get("/{id}-{id}").path("id", "1"), "`{id}-{id}`"),
        (get("/{{id}}").path("id", "1"), "`{{id}}`"),
        (get("/{id").path("id", "1"), "`{id`"),
        (get("/{id}"), "`id` is missing"),
        (get("/{id}").path("other", "x"), "`id` is missing"),
        (get("/{id}").path("id", ".."), "invalid `id`"),
        (get("/{id}").path("id", ""), "invalid `id`"),
    ] {
        let error: Error = call.send::<Value>().await.expect_err(part);
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains(part), "{error}");
        assert_eq!(error.attempts(), 0);
    }
    let sent = server.received_requests().await.expect("recorded requests");
    assert_eq!(sent.len(), 0);
    // No part of the path becomes a query or a host.
    get("/a?b#c/@example.com")
        .send::<Value>()
        .await
        .expect("a response");
    let sent = server.received_requests().await.expect("recorded requests");
    assert_eq!(sent[0].url.path(), "/a%3Fb%23c/%40example.com");
}
