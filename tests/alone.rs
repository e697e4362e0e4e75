//! Each API works where it is the only one: cargo is told which, and the test is of those that are
//! on (`cargo test --no-default-features --features graph,rustls --test alone`).

#![allow(clippy::expect_used)] // A test that cannot go on says why and stops.

use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

async fn answering(body: &str) -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_raw(body, "application/json");
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

#[cfg(feature = "dialog360")]
#[tokio::test]
async fn dialog360_answers_a_call() {
    let server = answering(r#"{"id": "exampleWA", "name": "Lucky Shrub"}"#).await;
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
async fn graph_answers_a_call() {
    let server = answering(r#"{"id": "102290129340398", "name": "Lucky Shrub"}"#).await;
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
