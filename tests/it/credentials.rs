//! Credentials go into their header and nowhere else.

use waba::{Error, dialog360, graph};
use wiremock::ResponseTemplate;

use crate::server::{self, SECRET, hub, json, meta};

#[test]
fn no_debug_output_shows_a_credential() {
    let builders = (
        dialog360::Client::builder().api_key(SECRET),
        dialog360::Client::builder().bearer_token(SECRET),
        graph::Client::builder().access_token(SECRET),
    );
    let clients = (hub("http://127.0.0.1:9"), meta("http://127.0.0.1:9"));
    let shown = format!(
        "{builders:#?} {clients:#?} {:?}",
        clients.0.get_waba_account()
    );
    assert!(!shown.contains(SECRET), "{shown}");
}

#[tokio::test]
async fn no_error_shows_a_credential_even_if_the_server_echoes_it() {
    let message = format!("Malformed access token {SECRET}");
    let body =
        format!(r#"{{"error":{{"message":"{message}","type":"OAuthException","code":190}}}}"#);
    for answer in [
        json(401, &body),
        json(200, &body),
        ResponseTemplate::new(502).set_body_string(message.clone()),
        json(200, &message),
        json(200, &format!(r#"{{"id":["{SECRET}"]}}"#)),
        json(200, &format!(r#"{{"id":"1","country":{{"{SECRET}":1}}}}"#)),
    ] {
        let error = server::ask_meta(answer).await.expect_err("an error");
        let shown = shown(&error);
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

/// All that an error says of itself.
fn shown(error: &Error) -> String {
    let mut shown = format!(
        "{error} {error:#?} {:?} {:?}",
        error.message(),
        error.excerpt()
    );
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        shown += &format!(" {error} {error:?}");
        source = error.source();
    }
    shown
}

#[tokio::test]
async fn a_credential_that_no_header_can_carry_is_refused_without_being_shown() {
    let secret = format!("{SECRET}\n");
    for error in [
        dialog360::Client::builder()
            .api_key(&secret)
            .build()
            .expect_err("a line break"),
        dialog360::Client::builder()
            .bearer_token(&secret)
            .build()
            .expect_err("a line break"),
        graph::Client::builder()
            .access_token(&secret)
            .build()
            .expect_err("a line break"),
    ] {
        let shown = shown(&error);
        assert!(!shown.contains(SECRET), "{shown}");
        assert!(shown.contains("line break"), "{shown}");
    }
}
