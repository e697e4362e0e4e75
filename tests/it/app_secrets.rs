//! The secrets of onboarding, which requests carry besides the credential, appear in no output.

use std::{
    fmt::Debug,
    future::Future,
    sync::{Arc, Mutex},
};

use serde_json::json;
use waba::{
    Error, ErrorKind, RetryPolicy, Secret,
    graph::{self, mock::MockServerExt},
};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

use crate::{
    credentials::shown,
    documents::value,
    observation::traced,
    server::{self, SECRET},
};

const APP: &str = "670843887433847";
const APP_SECRET: &str = "planted-app-secret-91bd";
const CODE: &str = "planted-code-5c20/+=";
const TOKEN: &str = "planted-token-08e6";
const PIN: &str = "planted-pin-11";
const BACKUP: &str = "planted-backup-4d";
const VERIFY: &str = "planted-verify-77";
const SIP: &str = "planted-sip-93";

/// Returns an error that repeats the whole request, as some proxies do. With status 502, it is text.
struct Echo(u16);

impl Respond for Echo {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let body = String::from_utf8_lossy(&request.body);
        let message = format!("bad request {} {:?} {body}", request.url, request.headers);
        let error = json!({"error": {
            "message": message, "type": "OAuthException", "code": 100,
            "error_data": {"details": message}, "fbtrace_id": request.url.query(),
        }});
        match self.0 {
            502 => ResponseTemplate::new(502).set_body_string(message),
            status => ResponseTemplate::new(status).set_body_json(error),
        }
    }
}

async fn echo(status: u16) -> MockServer {
    let server = MockServer::start().await;
    let mock = Mock::given(any()).respond_with(Echo(status));
    mock.mount(&server).await;
    server
}

/// Returns a client of the app that writes each attempt to `attempts`.
fn app(url: &str, attempts: &Arc<Mutex<String>>) -> graph::Client {
    let attempts = attempts.clone();
    let builder = graph::Client::builder().app(APP, APP_SECRET).base_url(url);
    let builder = builder
        .retry_policy(RetryPolicy::none())
        .observer(move |attempt| {
            *attempts.lock().expect("a lock") += &format!("{attempt:?}");
        });
    builder.build().expect("a client")
}

fn exchange(app: &graph::Client) -> graph::builder::ExchangeCode<'_> {
    let call = app.exchange_code().client_id(APP);
    call.client_secret(APP_SECRET).code(CODE)
}

/// Awaits a call that fails, and returns everything that it shows.
async fn failure<T: Debug>(call: impl Future<Output = Result<T, Error>>) -> String {
    shown(&call.await.expect_err("an error"))
}

/// Returns everything that the calls with secrets show if they fail on `server`.
async fn shown_by_all(url: &str) -> String {
    let attempts = Arc::default();
    let app = app(url, &attempts);
    let number = "106853218861309";
    let get_token = app.get_app_access_token();
    let get_token = get_token.client_id(APP).client_secret(APP_SECRET);
    let debug = app.debug_token().input_token(TOKEN);
    let register = app.register_phone_number().phone_number_id(number);
    let register = register.body_map(|body| {
        let backup = graph::types::PhoneNumberBackup::builder();
        let backup = backup.password(Secret::from(BACKUP)).build();
        body.pin(PIN).backup(backup.expect("a backup"))
    });
    let verify = app.verify_phone_number().phone_number_id(number);
    let verify = verify.body_map(|body| body.code(PIN));
    let update = app.update_phone_number().phone_number_id(number);
    let update = update.body_map(|body| {
        let hook = graph::types::WebhookOverride::builder().override_callback_uri("https://a.b");
        let hook = hook.verify_token(Secret::from(VERIFY)).build();
        body.pin(PIN)
            .webhook_configuration(hook.expect("an override"))
    });
    let settings = app.update_phone_number_settings().phone_number_id(number);
    let body =
        json!({"calling": {"sip": {"servers": [{"hostname": "h", "sip_user_password": SIP}]}}});
    let settings = settings.body(value::<graph::types::PhoneNumberSettingsUpdate>(
        &body.to_string(),
    ));
    let mut text = format!(
        "{settings:?} {app:?} {:?} {get_token:?} {debug:?} {register:?} {verify:?} {update:?}",
        exchange(&app)
    );
    text += &failure(exchange(&app).send()).await;
    text += &failure(get_token.send()).await;
    text += &failure(debug.send()).await;
    text += &failure(register.send()).await;
    text += &failure(verify.send()).await;
    text += &failure(update.send()).await;
    text += &failure(settings.send()).await;
    let attempts = attempts.lock().expect("a lock");
    text + &attempts
}

#[tokio::test]
async fn no_output_contains_a_secret_of_a_request_even_if_the_server_repeats_it() {
    let (lines, _guard) = traced();
    let (bad, failing, proxy) = (echo(400).await, echo(200).await, echo(502).await);
    let mut text = String::new();
    for url in [
        &bad.uri(),
        &failing.uri(),
        &proxy.uri(),
        "http://127.0.0.1:9",
    ] {
        text += &shown_by_all(url).await;
    }
    text += &lines.text();
    assert!(text.contains("[redacted]"), "{text}");
    let planted = ["planted", APP_SECRET, CODE, TOKEN, PIN, BACKUP, VERIFY, SIP];
    let leak = text
        .lines()
        .find(|line| planted.iter().any(|secret| line.contains(secret)));
    assert_eq!(leak, None);
}

#[tokio::test]
async fn a_code_is_exchanged_without_a_credential_and_once() {
    let server = server::start(server::json(503, "{}")).await;
    let app = app(&server.uri(), &Arc::default()).with_retry_policy(RetryPolicy::default());
    let error = exchange(&app).send().await.expect_err("503");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Server, 1));
    let sent = server.received_requests().await.expect("requests");
    let [request] = &sent[..] else {
        panic!("expected one request, found {}", sent.len());
    };
    assert_eq!(request.url.path(), "/v23.0/oauth/access_token");
    assert!(!request.headers.contains_key("authorization"));
    let query: Vec<_> = request.url.query_pairs().collect();
    let expected = [
        ("client_id", APP),
        ("client_secret", APP_SECRET),
        ("code", CODE),
    ];
    let expected = expected.map(|(name, value)| (name.into(), value.into()));
    assert_eq!(query, expected);
}

#[tokio::test]
async fn an_exchanged_token_makes_a_client_and_is_not_shown() {
    let body = format!(r#"{{"access_token":"{TOKEN}","token_type":"bearer"}}"#);
    let server = server::start(server::json(200, &body)).await;
    let app = app(&server.uri(), &Arc::default());
    let token = exchange(&app).send().await.expect("a token");
    assert!(!format!("{token:?}").contains(TOKEN), "{token:?}");
    let customer = app
        .with_access_token(&token.access_token)
        .expect("a client");
    let account = customer.get_whatsapp_business_account().waba_id("1");
    account.send().await.expect_err("no id");
    let sent = server.received_requests().await.expect("requests");
    assert_eq!(sent[1].headers["authorization"], format!("Bearer {TOKEN}"));
    assert!(
        sent[1]
            .url
            .query()
            .unwrap_or_default()
            .starts_with("appsecret_proof=")
    );
}

#[tokio::test]
async fn a_response_with_a_token_that_cannot_be_decoded_is_not_shown() {
    for body in [
        format!(r#"{{"token":"{TOKEN}"}}"#),
        format!(r#"{{"access_token":["{TOKEN}"]}}"#),
        format!("access_token={TOKEN}"),
    ] {
        let server = server::start(server::json(200, &body)).await;
        let app = app(&server.uri(), &Arc::default());
        let error = exchange(&app).send().await.expect_err(&body);
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(!shown(&error).contains(TOKEN), "{}", shown(&error));
    }
}

#[tokio::test]
async fn a_client_of_an_app_authenticates_with_its_id_and_secret() {
    let server = server::start(server::json(200, r#"{"data":{"is_valid":true}}"#)).await;
    let app = app(&server.uri(), &Arc::default());
    let found = app.debug_token().input_token(SECRET).send().await;
    assert_eq!(found.expect("a description").data.is_valid, Some(true));
    let sent = server.received_requests().await.expect("requests");
    let expected = format!("Bearer {APP}|{APP_SECRET}");
    assert_eq!(sent[0].headers["authorization"], expected);
}

#[tokio::test]
async fn a_wrong_app_secret_is_a_problem_of_the_credential_and_not_a_temporary_one() {
    for (code, advice) in [(1, "check `client_secret`"), (101, "check `client_id`")] {
        let message = "Error validating client secret.";
        let body = format!(
            r#"{{"error":{{"message":"{message}","type":"OAuthException","code":{code}}}}}"#
        );
        let server = server::start(server::json(400, &body)).await;
        let app = app(&server.uri(), &Arc::default()).with_retry_policy(RetryPolicy::default());
        let call = app.get_app_access_token().grant_type("client_credentials");
        let call = call.client_id(APP).client_secret("wrong").send();
        let error = call.await.expect_err("400");
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(!error.is_retryable() && error.attempts() == 1, "{error:?}");
        assert!(error.to_string().contains(advice), "{error}");
    }
}

#[tokio::test]
async fn a_mock_compares_a_secret_in_the_query_by_its_text() {
    let server = waba::mock::MockServer::start().await;
    let token = graph::types::AccessToken::builder().access_token(Secret::from(TOKEN));
    let token = token.build().expect("a token");
    let mock = server.exchange_code(|when, then| {
        when.code(Secret::from(CODE));
        then.ok(&token);
    });
    let app = app(&server.base_url(), &Arc::default());
    let found = exchange(&app).send().await.expect("a token");
    assert_eq!(found.access_token.expose(), TOKEN);
    let other = app.exchange_code().client_id(APP).client_secret("x");
    let error = other.code("other").send().await.expect_err("another code");
    assert!(!shown(&error).contains(APP_SECRET), "{error}");
    mock.assert_calls(1);
}
