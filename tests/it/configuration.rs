//! Builders apply their settings, and their errors name a missing or invalid setting.

use waba::{Error, ErrorKind, dialog360, graph};

use crate::server::{self, json};

#[track_caller]
fn assert_rejected(result: Result<impl std::fmt::Debug, Error>, part: &str) {
    let error = result.expect_err(part);
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert!(
        error.to_string().contains(part),
        "expected `{part}` in: {error}"
    );
}

#[test]
fn names_a_missing_or_empty_credential() {
    assert_rejected(
        dialog360::Client::builder().build(),
        "`api_key`, `bearer_token`, `login` or `token_source`",
    );
    assert_rejected(graph::Client::builder().build(), "`access_token`");
    assert_rejected(
        graph::Client::builder().access_token("").build(),
        "`authorization` is empty",
    );
    assert_rejected(
        dialog360::Client::builder().login("name", "").build(),
        "the password is empty",
    );
}

#[test]
fn rejects_a_version_in_the_base_url() {
    for url in [
        "https://graph.facebook.com/v23.0",
        "https://graph.facebook.com/v23.0/",
    ] {
        let builder = graph::Client::builder().access_token("t").base_url(url);
        assert_rejected(builder.build(), "set the version with `api_version`");
    }
}

#[test]
fn accepts_plain_http_for_loopback_addresses_only() {
    let build = |url: &str| {
        graph::Client::builder()
            .access_token("t")
            .base_url(url)
            .build()
    };
    for url in [
        "http://localhost:8080",
        "http://127.0.0.1",
        "http://127.8.9.1:1/x",
        "http://[::1]:8080",
        "https://example.com",
        "HTTPS://EXAMPLE.COM/graph/",
    ] {
        assert!(build(url).is_ok(), "{url} should be accepted");
    }
    for url in [
        "http://example.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
        "http://[::2]",
        "http://127.0.0.1.example.com",
        "ftp://localhost",
        "file:///etc/passwd",
    ] {
        assert_rejected(build(url), "expected `https`");
    }
}

#[test]
fn rejects_an_invalid_base_url_without_showing_it() {
    let build = |url: &str| {
        graph::Client::builder()
            .access_token("t")
            .base_url(url)
            .build()
    };
    assert_rejected(build("graph.facebook.com"), "expected a URL");
    assert_rejected(build(""), "expected a URL");
    assert_rejected(build("https://example.com/?x=1"), "query");
    assert_rejected(build("https://example.com/#x"), "fragment");
    assert_rejected(build("https://user:hidden@example.com"), "user name");
    for url in [
        "https://user:hidden@example.com",
        "https://user:hidden@example.com:99999",
        "https://example.com/?access_token=hidden",
        "ftp://hidden",
    ] {
        let builder = graph::Client::builder().access_token("t").base_url(url);
        let shown = format!("{builder:?} {:?}", builder.clone().build().expect_err(url));
        assert!(!shown.contains("hidden"), "{shown}");
    }
}

#[test]
fn accepts_only_api_versions_of_the_form_v23_0() {
    let build = |version: &str| {
        graph::Client::builder()
            .access_token("t")
            .api_version(version)
            .build()
    };
    for version in ["v23.0", "v9.12"] {
        assert!(build(version).is_ok(), "{version} should be accepted");
    }
    for version in [
        "23.0",
        "v23",
        "v23.",
        "v.0",
        "v23.0/..",
        "",
        "v23.0?",
        "v२३.०",
    ] {
        assert_rejected(build(version), "API version");
    }
}

#[test]
fn default_version_and_base_urls_match_the_documents() {
    let document = include_str!("../../specs/graph/openapi.json");
    let document: serde_json::Value = serde_json::from_str(document).expect("JSON");
    let version = &document["servers"][0]["variables"]["Version"]["default"];
    assert_eq!(version, graph::API_VERSION);
    let url = document["servers"][0]["url"].as_str().expect("a URL");
    assert_eq!(url, format!("{}/{{Version}}", graph::BASE_URL));
    let document = include_str!("../../specs/dialog360/openapi.json");
    let document: serde_json::Value = serde_json::from_str(document).expect("JSON");
    assert_eq!(document["servers"][0]["url"], dialog360::BASE_URL);
}

#[tokio::test]
async fn ignores_trailing_slashes_of_the_base_url() {
    let server = server::start(json(200, r#"{"id":"1"}"#)).await;
    for slashes in ["", "/", "//"] {
        for prefix in ["", "/prefix"] {
            let url = format!("{}{prefix}{slashes}", server.uri());
            let call = server::meta(&url);
            call.get_whatsapp_business_account()
                .waba_id("1")
                .send()
                .await
                .expect("a response");
            let sent = server.received_requests().await.expect("recorded requests");
            let last = sent.last().expect("a request");
            let path = format!("{prefix}/{}/1", graph::API_VERSION);
            assert_eq!(last.url.path(), path, "{url}");
        }
    }
}

#[tokio::test]
async fn applies_the_settings_of_configure_http_and_of_the_builder() {
    let server = server::start(json(200, r#"{"id":"1"}"#)).await;
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("x-custom", "a custom value".parse().expect("a value"));
    let meta = graph::Client::builder()
        .access_token("t")
        .base_url(server.uri())
        .user_agent("shop/1.0")
        .configure_http(move |http| http.default_headers(headers.clone()))
        .build()
        .expect("a client");
    meta.get_whatsapp_business_account()
        .waba_id("1")
        .send()
        .await
        .expect("a response");
    let sent = server.received_requests().await.expect("recorded requests");
    assert_eq!(sent[0].headers["x-custom"], "a custom value");
    assert_eq!(sent[0].headers["user-agent"], "shop/1.0");
}

#[test]
fn clients_can_be_shared_and_their_futures_sent_between_threads() {
    fn assert_shared<T: Clone + Send + Sync + 'static>() {}
    fn assert_send<T: Send>(_: T) {}
    assert_shared::<dialog360::Client>();
    assert_shared::<graph::Client>();
    let (hub, meta) = (
        server::hub("http://127.0.0.1:9"),
        server::meta("http://127.0.0.1:9"),
    );
    assert_send(hub.get_waba_account().send());
    assert_send(meta.get_whatsapp_business_account().send());
    assert_send(meta.update_whatsapp_business_account().send());
}
