//! Servers that always return the same response, and clients without retries.

use std::fmt::Debug;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use waba::{Error, RetryPolicy, dialog360, graph};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

/// An API key and access token that no output may contain.
pub const SECRET: &str = "planted-secret-7f3a";

pub fn hub(url: &str) -> dialog360::Client {
    dialog360::Client::builder()
        .api_key(SECRET)
        .base_url(url)
        .retry_policy(RetryPolicy::none())
        .build()
        .expect("a client")
}

pub fn meta(url: &str) -> graph::Client {
    graph::Client::builder()
        .access_token(SECRET)
        .base_url(url)
        .retry_policy(RetryPolicy::none())
        .build()
        .expect("a client")
}

/// Starts a server that returns `response` to every request.
pub async fn start(response: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(response)
        .mount(&server)
        .await;
    server
}

pub fn json(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.to_owned(), "application/json")
}

/// Calls `get_waba_account` on a server that returns `response`.
pub async fn get_hub_account(response: ResponseTemplate) -> Result<impl Debug, Error> {
    let server = start(response).await;
    let hub = hub(&server.uri());
    let call = hub
        .get_waba_account()
        .partner_id("examplePA")
        .waba_account_id("exampleWA");
    Ok(call.send().await?.into_inner())
}

/// Calls `get_whatsapp_business_account` on a server that returns `response`.
pub async fn get_meta_account(
    response: ResponseTemplate,
) -> Result<graph::types::WhatsAppBusinessAccount, Error> {
    let server = start(response).await;
    let meta = meta(&server.uri());
    Ok(meta
        .get_whatsapp_business_account()
        .waba_id("102290129340398")
        .send()
        .await?
        .into_inner())
}

/// Calls `update_whatsapp_business_account` on a server that returns `response`.
pub async fn update_meta_account(
    response: ResponseTemplate,
) -> Result<graph::types::WhatsAppBusinessAccountUpdateResult, Error> {
    let server = start(response).await;
    let meta = meta(&server.uri());
    let call = meta
        .update_whatsapp_business_account()
        .waba_id("102290129340398")
        .body_map(|body| body.timezone_id("1"));
    Ok(call.send().await?.into_inner())
}

/// Starts a server that sends `bytes` to its first client and closes the connection. Returns its
/// URL.
pub async fn start_raw(bytes: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(bytes.as_bytes()).await;
    });
    format!("http://{address}")
}
