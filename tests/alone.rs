//! Each API works without the others. To test one:
//! `cargo test --no-default-features --features graph,rustls --test alone`

#![allow(clippy::expect_used)] // A failed test panics.

use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

/// Starts a server that returns `body` to every request.
async fn start_server(body: &str) -> MockServer {
    let server = MockServer::start().await;
    let response = ResponseTemplate::new(200).set_body_raw(body, "application/json");
    Mock::given(any())
        .respond_with(response)
        .mount(&server)
        .await;
    server
}

#[cfg(feature = "dialog360")]
#[tokio::test]
async fn dialog360_works_as_the_only_api() {
    let server = start_server(r#"{"id": "exampleWA", "name": "Lucky Shrub"}"#).await;
    let hub = waba::dialog360::Client::builder()
        .api_key("key")
        .base_url(server.uri());
    let hub = hub.build().expect("a client");
    let call = hub
        .get_waba_account()
        .partner_id("examplePA")
        .waba_account_id("exampleWA");
    let account = call.send().await.expect("an account");
    assert_eq!(account.name.as_deref(), Some("Lucky Shrub"));
}

#[cfg(feature = "graph")]
#[tokio::test]
async fn graph_works_as_the_only_api() {
    let server = start_server(r#"{"id": "102290129340398", "name": "Lucky Shrub"}"#).await;
    let meta = waba::graph::Client::builder()
        .access_token("token")
        .base_url(server.uri());
    let meta = meta.build().expect("a client");
    let call = meta
        .get_whatsapp_business_account()
        .waba_id("102290129340398");
    let account = call.send().await.expect("an account");
    assert_eq!(account.name.as_deref(), Some("Lucky Shrub"));
}
