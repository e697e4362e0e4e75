//! Builders say what is missing or wrong, and what they are told counts.

use waba::{Error, ErrorKind, dialog360, graph};

use crate::server::{self, json};

#[track_caller]
fn assert_refused(result: Result<impl std::fmt::Debug, Error>, part: &str) {
    let error = result.expect_err(part);
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert!(
        error.to_string().contains(part),
        "`{part}` is named: {error}"
    );
}

#[test]
fn a_missing_credential_is_named() {
    assert_refused(
        dialog360::Client::builder().build(),
        "`api_key`, `bearer_token`, `login` or `token_source`",
    );
    assert_refused(graph::Client::builder().build(), "`access_token`");
    assert_refused(
        graph::Client::builder().access_token("").build(),
        "`authorization` is empty",
    );
    assert_refused(
        dialog360::Client::builder().login("name", "").build(),
        "the password is empty",
    );
}

#[test]
fn a_version_in_the_base_url_is_refused_and_not_doubled() {
    for url in [
        "https://graph.facebook.com/v23.0",
        "https://graph.facebook.com/v23.0/",
    ] {
        let builder = graph::Client::builder().access_token("t").base_url(url);
        assert_refused(builder.build(), "set the version with `api_version`");
    }
}

#[test]
fn plain_http_is_for_this_machine_alone() {
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
        assert!(build(url).is_ok(), "{url} is accepted");
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
        assert_refused(build(url), "expected `https`");
    }
}

#[test]
fn a_base_url_that_could_mislead_is_refused() {
    let build = |url: &str| {
        graph::Client::builder()
            .access_token("t")
            .base_url(url)
            .build()
    };
    assert_refused(build("graph.facebook.com"), "expected a URL");
    assert_refused(build(""), "expected a URL");
    assert_refused(build("https://example.com/?x=1"), "query");
    assert_refused(build("https://example.com/#x"), "fragment");
    assert_refused(build("https://user:hidden@example.com"), "user name");
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
fn an_api_version_has_the_form_v23_0() {
    let build = |version: &str| {
        graph::Client::builder()
            .access_token("t")
            .api_version(version)
            .build()
    };
    for version in ["v23.0", "v9.12"] {
        assert!(build(version).is_ok(), "{version} is accepted");
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
        assert_refused(build(version), "API version");
    }
}

#[test]
fn the_default_version_is_that_of_the_document() {
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
async fn a_slash_at_the_end_of_the_base_url_makes_no_difference() {
    let server = server::answering(json(200, r#"{"id":"1"}"#)).await;
    for slashes in ["", "/", "//"] {
        for stem in ["", "/stem"] {
            let url = format!("{}{stem}{slashes}", server.uri());
            let call = server::meta(&url);
            call.get_whatsapp_business_account()
                .waba_id("1")
                .send()
                .await
                .expect("an answer");
            let sent = server.received_requests().await.expect("recorded");
            let last = sent.last().expect("a request");
            assert_eq!(last.url.path(), format!("{stem}/v23.0/1"), "{url}");
        }
    }
}

#[tokio::test]
async fn settings_of_the_http_client_are_used_beside_the_builders_own() {
    let server = server::answering(json(200, r#"{"id":"1"}"#)).await;
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("x-from", "the caller's settings".parse().expect("a value"));
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
        .expect("an answer");
    let sent = server.received_requests().await.expect("recorded");
    assert_eq!(sent[0].headers["x-from"], "the caller's settings");
    assert_eq!(sent[0].headers["user-agent"], "shop/1.0");
}

#[test]
fn clients_are_cheap_to_share_and_their_futures_can_move_between_threads() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    fn sent<T: Send>(_: T) {}
    shared::<dialog360::Client>();
    shared::<graph::Client>();
    let (hub, meta) = (
        server::hub("http://127.0.0.1:9"),
        server::meta("http://127.0.0.1:9"),
    );
    sent(hub.get_waba_account().send());
    sent(meta.get_whatsapp_business_account().send());
    sent(meta.update_whatsapp_business_account().send());
}
