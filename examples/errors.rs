//! Meets every kind of error once, on a server of its own, and does something about each.
//!
//! ```sh
//! cargo run --example errors
//! ```

use std::time::Duration;

use serde_json::{Value, json};
use waba::{Error, ErrorKind, RetryPolicy, graph};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

/// What a program does about an error.
fn next(error: &Error) -> String {
    let later = error.retry_after().unwrap_or(Duration::from_secs(60));
    match error.kind() {
        ErrorKind::Configuration => "correct the setting".to_owned(),
        ErrorKind::InvalidRequest => "correct the call".to_owned(),
        ErrorKind::Authentication => "renew the token".to_owned(),
        ErrorKind::Permission => "ask whoever grants access".to_owned(),
        ErrorKind::NotFound => "forget the account".to_owned(),
        ErrorKind::RateLimited => format!("call again in {later:?}"),
        ErrorKind::Server | ErrorKind::Network | ErrorKind::Timeout if error.is_retryable() => {
            format!("call again in {later:?}")
        }
        ErrorKind::Decode => "look for a newer version of the crate".to_owned(),
        // Kinds that are added later end here as well.
        _ => "tell someone, with the trace id".to_owned(),
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let graph_error = |code: i64| json!({"error": {"code": code, "message": "(as Meta says)", "fbtrace_id": "AbC"}});
    let answers = [
        (400, graph_error(100)),
        (400, graph_error(190)),
        (403, graph_error(200)),
        (404, graph_error(803)),
        (400, graph_error(80008)),
        (503, json!(null)),
        (418, json!(null)),
        (200, json!("no account")),
    ];
    let unset = graph::Client::builder().build();
    tell("no token", unset.map(drop));
    for (status, body) in answers {
        let outcome = answered(status, &body).await;
        tell(&status.to_string(), outcome);
    }
    tell("no server", called("http://127.0.0.1:9").await);
    Ok(())
}

/// Calls a server that answers like this.
async fn answered(status: u16, body: &Value) -> Result<(), Error> {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(status).set_body_json(body))
        .mount(&server)
        .await;
    called(&server.uri()).await
}

async fn called(url: &str) -> Result<(), Error> {
    let meta = graph::Client::builder()
        .access_token("example")
        .base_url(url)
        .retry_policy(RetryPolicy::none())
        .build()?;
    let call = meta.get_whatsapp_business_account().waba_id("1");
    call.send().await.map(drop)
}

fn tell(what: &str, outcome: Result<(), Error>) {
    match outcome {
        Ok(()) => println!("{what}: fine"),
        Err(error) => println!(
            "{what}: {:?}, so {}\n    {error}",
            error.kind(),
            next(&error)
        ),
    }
}
