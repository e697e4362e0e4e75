//! Responses, credentials and settings that are rare, and each was mishandled once.

use std::{
    borrow::Cow,
    io,
    sync::{Arc, Mutex, mpsc},
};

use serde_json::Value;
use waba::{Error, ErrorKind, RetryPolicy, Token, TokenSource, dialog360, graph, reqwest::Method};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

use crate::{
    credentials::shown,
    server::{self, SECRET, get_hub_account, get_meta_account, json, meta, update_meta_account},
};

#[tokio::test]
async fn every_spelling_of_an_unsuccessful_write_is_an_error() {
    for success in ["false", "\"false\"", "\"False\"", "0", "0.0", "\"0\""] {
        let body = format!("{{\"success\":{success}}}");
        let error = update_meta_account(json(200, &body))
            .await
            .expect_err(success);
        assert_eq!(error.kind(), ErrorKind::Api, "{success}: {error}");
        let expected = format!("the server returned success={success}");
        assert_eq!(error.message(), Some(&*expected));
    }
    for success in ["true", "\"true\"", "1", "null"] {
        let body = format!("{{\"success\":{success}}}");
        update_meta_account(json(200, &body)).await.expect(success);
    }
}

#[tokio::test]
async fn a_write_with_an_empty_response_succeeds_with_absent_properties() {
    for status in [200, 201, 202, 204] {
        let result = update_meta_account(ResponseTemplate::new(status)).await;
        let result = result.expect("the write was accepted");
        assert_eq!(result.success, None, "HTTP {status}");
    }
    // A read has nothing to return without a body.
    let error = get_meta_account(ResponseTemplate::new(200))
        .await
        .expect_err("no body");
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.message(), Some("the body is empty"));
}

#[tokio::test]
async fn a_write_whose_response_must_have_a_body_was_accepted_without_one() {
    for status in [200, 201, 202, 204] {
        let server = server::start(ResponseTemplate::new(status)).await;
        let meta = meta(&server.uri());
        // A code can be exchanged once.
        let exchange = meta.exchange_code().client_id("1").client_secret("s");
        let exchange = exchange.code("c").send().await;
        let post = meta.request(Method::POST, "/x").send::<Vec<u8>>().await;
        for result in [exchange.map(drop), post.map(drop)] {
            let error = result.expect_err("no body");
            assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
            let expected = "the server accepted the request, but the body is empty";
            assert_eq!(error.message(), Some(expected), "HTTP {status}");
            assert!(error.may_have_taken_effect());
        }
    }
}

#[tokio::test]
async fn a_byte_order_mark_before_the_body_is_ignored() {
    let account = get_meta_account(json(200, "\u{feff}{\"id\":\"1\"}")).await;
    assert_eq!(account.expect("an account").id, "1");
    let failed = json(200, "\u{feff}{\"success\":false}");
    assert_eq!(
        update_meta_account(failed)
            .await
            .expect_err("no success")
            .kind(),
        ErrorKind::Api
    );
}

/// A source of one token.
struct Fixed(&'static str);

impl TokenSource for Fixed {
    type Error = io::Error;

    async fn fetch(&self) -> Result<Token, io::Error> {
        Ok(Token::new(self.0))
    }
}

async fn call_with(token: &'static str) -> Result<(), Error> {
    let server = server::start(json(200, "{\"id\":\"1\"}")).await;
    let meta = graph::Client::builder()
        .token_source(Fixed(token))
        .base_url(server.uri())
        .build()?;
    let call = meta.get_whatsapp_business_account().waba_id("1");
    call.send().await.map(drop)
}

#[tokio::test]
async fn a_token_that_no_header_can_contain_is_an_authentication_error() {
    for token in ["", "a b", "a\nb", "ä"] {
        let error = call_with(token).await.expect_err(token);
        assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
        assert_eq!(error.operation(), Some("get_whatsapp_business_account"));
        assert!(error.to_string().contains("token source"), "{error}");
    }
    for token in ["token\n", "token\r\n"] {
        call_with(token).await.expect("a final newline is removed");
    }
}

#[tokio::test]
async fn a_login_whose_token_no_header_can_contain_is_an_authentication_error() {
    let server = server::start(json(200, "{\"access_token\":\"a b\"}")).await;
    let hub = dialog360::Client::builder()
        .login("name", SECRET)
        .base_url(server.uri());
    let hub = hub.build().expect("a client");
    let call = hub.get_waba_account().partner_id("p").waba_account_id("w");
    let error = call.send().await.expect_err("an invalid token");
    assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
    assert_eq!(error.operation(), Some("get_waba_account"));
    let text = error.to_string();
    assert!(
        text.contains("the login returned an invalid token"),
        "{text}"
    );
    assert!(
        !text.contains("token source"),
        "the caller has none: {text}"
    );
}

/// Returns ways in which a server or a proxy may write `secret`.
fn spellings(secret: &str) -> Vec<String> {
    let escape =
        |each: &dyn Fn(char) -> Cow<'static, str>| -> String { secret.chars().map(each).collect() };
    let percent = |digits: fn(u8) -> String| -> String {
        let bytes = secret.bytes().map(|byte| match char::from(byte) {
            c if c.is_ascii_alphanumeric() || "-._~".contains(c) => c.to_string(),
            _ => digits(byte),
        });
        bytes.collect()
    };
    let (upper, lower) = (
        percent(|byte| format!("%{byte:02X}")),
        percent(|byte| format!("%{byte:02x}")),
    );
    let html = |quote: &'static str, apostrophe: &'static str| {
        escape(&|c| match c {
            '&' => "&amp;".into(),
            '<' => "&lt;".into(),
            '>' => "&gt;".into(),
            '"' => quote.into(),
            '\'' => apostrophe.into(),
            c => c.to_string().into(),
        })
    };
    let json = Value::from(secret).to_string();
    let json = json.trim_matches('"').to_owned();
    let ascii = |escaped: fn(char) -> bool, code: fn(u32) -> String| -> String {
        let escape = |c| {
            if escaped(c) {
                code(u32::from(c))
            } else {
                c.to_string()
            }
        };
        json.chars().map(escape).collect()
    };
    let (small, capital) = (|c| format!("\\u{c:04x}"), |c| format!("\\u{c:04X}"));
    let mut all = vec![
        secret.to_owned(),
        json.replace('/', "\\/"),
        upper.replace("%20", "+"),
        lower.replace("%20", "+"),
        upper,
        lower,
        html("&quot;", "&#39;"),
        html("&quot;", "&#x27;"),
        html("&#34;", "&#39;"),
    ];
    for code in [small, capital] {
        all.push(escape(&|c| code(u32::from(c)).into()));
        all.push(escape(&|c| match c.is_ascii_alphanumeric() {
            true => c.to_string().into(),
            false => code(u32::from(c)).into(),
        }));
        // As Python, PHP and Go write JSON.
        all.push(ascii(|c| !c.is_ascii(), code));
        all.push(ascii(|c| !c.is_ascii(), code).replace('/', "\\/"));
        all.push(ascii(|c| "&<>".contains(c), code));
    }
    all.push(json);
    all
}

/// A token with every character that some spelling escapes, and its Base64 forms.
const TOKEN: &str = "EAA/x+y=z&<k>\"q'\\w?~~";
const TOKEN_BASE64: [&str; 2] = [
    "RUFBL3greT16JjxrPiJxJ1x3P35+",
    "RUFBL3greT16JjxrPiJxJ1x3P35-",
];
/// A secret that is not sent in a header, so that it can contain any character.
const APP_SECRET: &str = "äpp/sec ret\"+'&0123456789";
const APP_SECRET_BASE64: &str = "w6RwcC9zZWMgcmV0IisnJjAxMjM0NTY3ODk";

/// Returns a response with `text` in this place.
fn response_with(place: &str, text: &str) -> ResponseTemplate {
    let in_json = Value::from(text).to_string();
    let account = json(200, "{\"id\":\"1\"}");
    match place {
        "excerpt" => ResponseTemplate::new(502).set_body_string(text),
        "version" => account.insert_header("facebook-api-version", text.as_bytes()),
        "version of an error" => {
            json(400, "{}").insert_header("facebook-api-version", text.as_bytes())
        }
        "usage" | "usage of an error" => {
            let usage = format!("{{{in_json}:[{{\"type\":{in_json}}}]}}");
            let response = if place == "usage" {
                account
            } else {
                json(400, "{}")
            };
            response.insert_header("x-business-use-case-usage", usage.as_bytes())
        }
        property => json(
            400,
            &format!("{{\"error\":{{\"code\":1,\"{property}\":{in_json}}}}}"),
        ),
    }
}

#[tokio::test]
async fn no_spelling_of_a_secret_survives_in_any_text() {
    let mut all = spellings(TOKEN);
    all.extend(TOKEN_BASE64.map(ToOwned::to_owned));
    all.extend(spellings(APP_SECRET));
    all.push(APP_SECRET_BASE64.to_owned());
    let response = Arc::new(Mutex::new(json(200, "{}")));
    let current = response.clone();
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(move |_: &Request| current.lock().expect("a response").clone())
        .mount(&server)
        .await;
    let (sender, seen) = mpsc::channel();
    let meta = graph::Client::builder()
        .access_token(TOKEN)
        .app_secret(APP_SECRET)
        .base_url(server.uri())
        .retry_policy(RetryPolicy::none())
        .observer(move |attempt| {
            let _ = sender.send(format!("{attempt:?}"));
        })
        .build()
        .expect("a client");
    for spelling in all {
        for place in [
            "message",
            "fbtrace_id",
            "error_data",
            "excerpt",
            "version",
            "version of an error",
            "usage",
            "usage of an error",
        ] {
            *response.lock().expect("a response") = response_with(place, &spelling);
            let call = meta.get_whatsapp_business_account().waba_id("1");
            let outcome = call.send().await;
            let mut text = seen.recv().expect("an attempt");
            if let Err(error) = &outcome {
                text += &shown(error);
            }
            // What `Debug` escapes once more is compared as it was.
            let plain = text.replace("\\\"", "\"").replace("\\\\", "\\");
            assert!(
                !text.contains(&spelling) && !plain.contains(&spelling),
                "{place} shows {spelling}: {text}"
            );
        }
    }
}

#[tokio::test]
async fn a_custom_request_never_shows_its_values() {
    let body = r#"{"error":{"code":1,"message":"unknown code-in-a-query, pin-in-a-body"}}"#;
    let server = server::start(json(400, body)).await;
    let meta = meta(&server.uri());
    let request = meta
        .request(Method::POST, "/oauth/{what}")
        .path("what", "access_token-in-a-path")
        .query("client_id", "id-in-a-query")
        .secret_query("code", "code-in-a-query")
        .json(&serde_json::json!({"pin": "pin-in-a-body"}))
        .redact("pin-in-a-body");
    let shown = format!("{request:?}");
    for value in ["in-a-path", "in-a-query", "in-a-body", SECRET] {
        assert!(!shown.contains(value), "{shown}");
    }
    let error = request.send::<Value>().await.expect_err("an error");
    let shown = format!("{error} {error:?}");
    let hides = |secret| !shown.contains(secret);
    assert!(hides("in-a-query") && hides("in-a-body"), "{shown}");
    let sent = server.received_requests().await.expect("recorded");
    assert!(
        sent[0]
            .url
            .query()
            .unwrap_or_default()
            .contains("code=code-in-a-query"),
        "the secret is sent"
    );
}

#[tokio::test]
async fn the_callers_own_types_are_decoded_by_their_own_rules() {
    #[derive(Debug, serde::Deserialize)]
    struct Own {
        #[allow(dead_code)]
        state: Option<State>,
    }
    #[derive(Debug, serde::Deserialize)]
    enum State {
        Active,
    }
    let server = server::start(json(200, "{\"state\":\"Paused\"}")).await;
    let call = meta(&server.uri());
    let own = call.request(Method::GET, "/x").send::<Own>().await;
    let error = own.expect_err("an unknown variant");
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("state"), "{error}");
}

#[tokio::test]
async fn the_last_valid_retry_after_counts() {
    let busy = ResponseTemplate::new(429)
        .append_header("retry-after", "soon")
        .append_header("retry-after", "10");
    let error = get_meta_account(busy).await.expect_err("429");
    assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(10));
}

#[tokio::test]
async fn a_list_of_errors_has_its_code_message_and_details() {
    let body =
        r#"{"errors":[{"code":1013,"title":"User is not valid","details":"unknown contact"}]}"#;
    let error = get_hub_account(json(400, body))
        .await
        .map(drop)
        .expect_err("400");
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.code(), Some(1013));
    assert_eq!(error.message(), Some("User is not valid"));
    assert_eq!(error.details(), Some(&Value::from("unknown contact")));
}

#[tokio::test]
async fn an_excerpt_is_at_most_a_kibibyte() {
    let page = "ä".repeat(4096);
    let response = ResponseTemplate::new(502).set_body_string(page);
    let error = get_meta_account(response).await.expect_err("502");
    let excerpt = error.body_excerpt().expect("an excerpt");
    assert!((1000..=1024).contains(&excerpt.len()), "{}", excerpt.len());
}

#[tokio::test]
async fn an_error_shows_no_part_of_the_body_unless_the_excerpt_is_asked_for() {
    for response in [
        ResponseTemplate::new(502).set_body_string("data of a customer"),
        json(200, "{\"id\":[\"data of a customer\"]}"),
        json(200, "data of a customer"),
    ] {
        let error = get_meta_account(response).await.expect_err("an error");
        let excerpt = error.body_excerpt().expect("an excerpt");
        assert!(excerpt.contains("customer"), "{excerpt}");
        let shown = format!("{error} {error:?} {error:#?}");
        assert!(!shown.contains("customer"), "{shown}");
    }
}
