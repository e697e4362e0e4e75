//! A server with one answer, and clients that call it once.

use std::fmt::Debug;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use waba::{Error, RetryPolicy, dialog360, graph};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

/// A key and a token that no output may hold.
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

/// A server that answers every request with `answer`.
pub async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

pub fn json(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.to_owned(), "application/json")
}

/// What `get_waba_account` makes of `answer`.
pub async fn ask_hub(answer: ResponseTemplate) -> Result<impl Debug, Error> {
    let server = answering(answer).await;
    let hub = hub(&server.uri());
    let call = hub
        .get_waba_account()
        .partner_id("examplePA")
        .waba_account_id("exampleWA");
    Ok(call.send().await?.into_inner())
}

/// What `get_whatsapp_business_account` makes of `answer`.
pub async fn ask_meta(
    answer: ResponseTemplate,
) -> Result<graph::types::WhatsAppBusinessAccount, Error> {
    let server = answering(answer).await;
    let meta = meta(&server.uri());
    Ok(meta
        .get_whatsapp_business_account()
        .waba_id("102290129340398")
        .send()
        .await?
        .into_inner())
}

/// What `update_whatsapp_business_account` makes of `answer`.
pub async fn change_meta(
    answer: ResponseTemplate,
) -> Result<graph::types::WhatsAppBusinessAccountUpdateResult, Error> {
    let server = answering(answer).await;
    let meta = meta(&server.uri());
    let call = meta
        .update_whatsapp_business_account()
        .waba_id("102290129340398")
        .body_map(|body| body.timezone_id("1"));
    Ok(call.send().await?.into_inner())
}

/// The address of a server that sends these bytes to its first caller and hangs up.
pub async fn sending(bytes: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a caller");
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(bytes.as_bytes()).await;
    });
    format!("http://{address}")
}
