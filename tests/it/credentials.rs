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
    // Longer than what is kept, so that the cut would go through it.
    let late = format!("{}{SECRET}", "x".repeat(1015));
    for answer in [
        ResponseTemplate::new(502).set_body_string(late),
        json(401, &body),
        json(200, &body),
        ResponseTemplate::new(502).set_body_string(message.clone()),
        json(200, &message),
        json(200, &format!(r#"{{"id":["{SECRET}"]}}"#)),
    ] {
        let error = server::ask_meta(answer).await.expect_err("an error");
        let shown = shown(&error);
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[tokio::test]
async fn a_short_password_that_the_server_repeats_is_not_shown() {
    let server = server::answering(json(401, r#"{"message":"wrong password 'ab1'"}"#)).await;
    let hub = dialog360::Client::builder()
        .user("name", "ab1")
        .base_url(server.uri());
    let hub = hub.build().expect("a client");
    let call = hub.get_waba_account().partner_id("p").waba_account_id("w");
    let error = call.send().await.expect_err("a refusal");
    assert_eq!(error.message(), Some("wrong password '[redacted]'"));
    assert!(!shown(&error).contains("ab1"), "{}", shown(&error));
}

#[tokio::test]
async fn what_is_too_short_to_be_a_credential_does_not_spoil_the_words_of_an_error() {
    let body =
        r#"{"error":{"message":"No permission for this","code":200,"error_data":{"a":"x"}}}"#;
    let server = server::answering(json(403, body)).await;
    let meta = graph::Client::builder()
        .access_token("is")
        .base_url(server.uri());
    let call = meta.build().expect("a client");
    let call = call
        .get_whatsapp_business_account()
        .waba_id("1")
        .send()
        .await;
    let error = call.expect_err("a refusal");
    assert_eq!(error.message(), Some("No permission for this"));
    assert!(error.details().is_some());
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
    for error in [
        dialog360::Client::builder()
            .api_key(format!("{SECRET} "))
            .build()
            .expect_err("a space"),
        dialog360::Client::builder()
            .api_key(format!("{SECRET} b"))
            .build()
            .expect_err("a space"),
        dialog360::Client::builder()
            .api_key(format!("{SECRET}ß"))
            .build()
            .expect_err("no ASCII"),
    ] {
        let shown = shown(&error);
        assert!(!shown.contains(SECRET), "{shown}");
    }
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

#[tokio::test]
async fn a_credential_is_recognised_however_an_answer_writes_it() {
    let key = "ab/cd+ef==\"gh";
    for echo in [
        r#"ab/cd+ef==\"gh"#,
        r#"ab\/cd+ef==\"gh"#,
        "ab%2Fcd%2Bef%3D%3D%22gh",
    ] {
        let server = server::answering(json(400, &format!(r#"{{"bad":"{echo}"}}"#))).await;
        let hub = dialog360::Client::builder()
            .api_key(key)
            .base_url(server.uri());
        let hub = hub.build().expect("a client");
        let call = hub
            .get_waba_account()
            .partner_id("a")
            .waba_account_id("b")
            .send()
            .await;
        let shown = shown(&call.expect_err("400"));
        assert!(
            shown.contains("[redacted]") && !shown.contains("ef=="),
            "{echo}: {shown}"
        );
    }
}
