//! Produces each kind of error with a local server, and prints what a program can do about it.
//!
//! ```sh
//! cargo run --example errors
//! ```

use std::{
    fmt::Display,
    io::{self, Write as _},
    time::Duration,
};

use serde_json::{Value, json};
use waba::{Error, ErrorKind, RetryPolicy, graph};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

/// Returns what a program can do about an error.
fn action(error: &Error) -> String {
    let wait = error.retry_after().unwrap_or(Duration::from_secs(60));
    match error.kind() {
        ErrorKind::Configuration => "correct the setting".to_owned(),
        ErrorKind::InvalidRequest => "correct the call".to_owned(),
        ErrorKind::Authentication => "renew the token".to_owned(),
        ErrorKind::Permission => "request access, or unlock the account".to_owned(),
        ErrorKind::NotFound => "check the id and the credential".to_owned(),
        ErrorKind::RateLimited => format!("try again in {wait:?}"),
        ErrorKind::Server | ErrorKind::Network | ErrorKind::Timeout if error.is_retryable() => {
            format!("try again in {wait:?}")
        }
        ErrorKind::Decode => "read the message, then upgrade the crate".to_owned(),
        // Also for kinds that later versions add.
        _ => "report it, with the trace id".to_owned(),
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let graph_error = |code: i64| json!({"error": {"code": code, "message": "message from Meta", "fbtrace_id": "AbC"}});
    let responses = [
        (400, graph_error(100)),
        (400, graph_error(190)),
        (403, graph_error(200)),
        (404, graph_error(803)),
        (400, graph_error(80008)),
        (503, json!(null)),
        (418, json!(null)),
        (200, json!("not an account")),
    ];
    let without_token = graph::Client::builder().build();
    report("no token", without_token.map(drop));
    for (status, body) in responses {
        let outcome = call_server_with(status, &body).await;
        report(&format!("HTTP {status}"), outcome);
    }
    report("no server", call("http://127.0.0.1:9").await);
    Ok(())
}

/// Calls a server that returns this response.
async fn call_server_with(status: u16, body: &Value) -> Result<(), Error> {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(status).set_body_json(body))
        .mount(&server)
        .await;
    call(&server.uri()).await
}

async fn call(url: &str) -> Result<(), Error> {
    let meta = graph::Client::builder()
        .access_token("example")
        .base_url(url)
        .retry_policy(RetryPolicy::none())
        .build()?;
    let call = meta.get_whatsapp_business_account().waba_id("1");
    call.send().await.map(drop)
}

fn report(cause: &str, outcome: Result<(), Error>) {
    match outcome {
        Ok(()) => print(format_args!("{cause}: success")),
        Err(error) => print(format_args!(
            "{cause}: {:?}: {}\n    {error}",
            error.kind(),
            action(&error)
        )),
    }
}

/// Prints a line. A program such as `head` may have closed the pipe, which is no reason to panic.
fn print(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}
