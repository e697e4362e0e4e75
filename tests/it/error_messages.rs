//! The messages of all errors, to be read one after another. `environment.rs` has those of
//! environment variables.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Debug,
    future::pending,
    io,
    time::Duration,
};

use insta::assert_snapshot;
use reqwest::Method;
use serde_json::{Value, json};
use waba::{Error, PathSegment, RetryPolicy, Token, TokenSource, dialog360, graph};
use wiremock::ResponseTemplate;

use crate::{
    fault_server::{Fault, FaultServer},
    server::{self, get_hub_account, get_meta_account, hub, meta},
};

/// Returns the message of the error in `result`.
fn message<T: Debug>(result: Result<T, Error>) -> String {
    result.expect_err("an error").to_string()
}

#[test]
fn messages_of_the_builder_for_360dialog() {
    let builder = dialog360::Client::builder;
    let key = || builder().api_key("key");
    let messages = [
        message(builder().build()),
        message(builder().api_key("").build()),
        message(builder().bearer_token("two words").build()),
        message(builder().login("name", "").build()),
        message(key().base_url("hub.360dialog.io").build()),
        message(key().base_url("https://user:password@example.com").build()),
        message(key().base_url("https://example.com/?a=b").build()),
        message(key().base_url("http://example.com").build()),
        message(key().user_agent("a\nb").build()),
        message(key().configure_http(|http| http.user_agent("a\nb")).build()),
    ];
    assert_snapshot!(messages.join("\n"), @"
    the client cannot be built: there is no credential; set `api_key`, `bearer_token`, `login` or `token_source`
    the client cannot be built: the credential for `x-api-key` is empty
    the client cannot be built: the credential for `authorization` contains an invalid character: expected visible ASCII; check for a space or a line break at its end
    the client cannot be built: the password is empty
    the client cannot be built: invalid base URL: expected a URL such as `https://example.com`
    the client cannot be built: invalid base URL: it contains a user name or password; pass credentials to the builder
    the client cannot be built: invalid base URL: it contains a query or fragment; remove it
    the client cannot be built: invalid base URL: expected `https`; `http` is allowed only for loopback addresses (`localhost`, `127.0.0.0/8`, `[::1]`)
    the client cannot be built: invalid user agent: expected visible ASCII and spaces
    the client cannot be built: the settings of `configure_http` are invalid: failed to parse header value
    ");
}

#[test]
fn messages_of_the_builder_for_graph() {
    let builder = || graph::Client::builder().access_token("token");
    let messages = [
        message(graph::Client::builder().build()),
        message(graph::Client::builder().app("", "secret").build()),
        message(builder().app_secret("").build()),
        message(builder().api_version("23").build()),
        message(
            builder()
                .base_url("https://graph.facebook.com/v99.0")
                .build(),
        ),
    ];
    // The form is that of the default version, which changes.
    let messages = messages.join("\n").replace(graph::API_VERSION, "v99.0");
    assert_snapshot!(messages, @"
    the client cannot be built: there is no access token; set `access_token`, `token_source` or `app`
    the client cannot be built: the id of the app is empty
    the client cannot be built: the app secret is empty
    the client cannot be built: invalid API version `23`: expected a form like `v99.0`
    the client cannot be built: invalid base URL: it ends in a version of the API; set the version with `api_version`
    ");
}

#[tokio::test]
async fn messages_of_requests_that_are_not_sent() {
    let (hub, meta) = (hub("http://127.0.0.1:9"), meta("http://127.0.0.1:9"));
    let account = hub.get_waba_account();
    let update = || meta.update_whatsapp_business_account().waba_id("1");
    let get = |path| hub.request(Method::GET, path);
    let messages = [
        message(account.clone().partner_id("p").send().await),
        message(account.partner_id("..").waba_account_id("w").send().await),
        message(update().send().await),
        message(
            update()
                .body_map(|body| body.name("x".repeat(101)))
                .send()
                .await,
        ),
        message(get("/{id}").send::<()>().await),
        message(get("/{id}").path("id", "..").send::<()>().await),
        message(get("/act_{id}").send::<()>().await),
        message(get("/a/../b").send::<()>().await),
        message(
            get("/a")
                .json(&HashMap::from([([1, 2], 3)]))
                .send::<()>()
                .await,
        ),
    ];
    assert_snapshot!(messages.join("\n"), @r#"
    get_waba_account: the request is invalid: `waba_account_id` is missing; set it with `.waba_account_id(…)`
    get_waba_account: the request is invalid: invalid `partner_id`: a path segment must not be empty, `.` or `..`, or contain control characters
    update_whatsapp_business_account: the request is invalid: the body has too few properties: found 0, expected at least 1; set more with `body_map`
    update_whatsapp_business_account: the request is invalid: invalid `name`: longer than 100 characters
    /{id}: the request is invalid: `id` is missing; set it with `.path("id", …)`
    /{id}: the request is invalid: invalid `id`: a path segment must not be empty, `.` or `..`, or contain control characters
    /act_{id}: the request is invalid: invalid segment `act_{id}` in the path: expected a parameter `{name}` or text without braces
    /a/../b: the request is invalid: invalid segment `..` in the path: a path segment must not be empty, `.` or `..`, or contain control characters
    /a: the request is invalid: the body cannot be serialized as JSON: key must be a string
    "#);
    assert_snapshot!(
        PathSegment::try_from("..").expect_err("an error"),
        @"a path segment must not be empty, `.` or `..`, or contain control characters"
    );
}

fn graph_error(code: i64) -> Value {
    json!({"error": {"code": code, "message": "text of Meta", "fbtrace_id": "A1"}})
}

#[tokio::test]
async fn messages_of_error_responses() {
    let graph = async |status, code| {
        let response = ResponseTemplate::new(status).set_body_json(graph_error(code));
        get_meta_account(response).await
    };
    let dialog360 = async |body: Value| {
        let response = ResponseTemplate::new(400).set_body_json(body);
        get_hub_account(response).await
    };
    let limited = ResponseTemplate::new(429).append_header("retry-after", "120");
    let failed = server::start(ResponseTemplate::new(503)).await;
    let policy = RetryPolicy::default().initial_backoff(Duration::from_millis(1));
    let retrying = meta(&failed.uri()).with_retry_policy(policy);
    let call = retrying.get_whatsapp_business_account().waba_id("1");
    let not_found = json!({"meta": {
        "http_code": 404,
        "developer_message": "text of\n360dialog",
        "360dialog_trace_id": "B2",
    }});
    // As text, because the order of the properties shows in the message.
    let meta_error = r#"{"error":{"code":100,"fbtrace_id":"A1","message":"text of Meta"}}"#;
    let error_of_meta = json!({"meta": {
        "http_code": 400,
        "developer_message": format!("text of 360dialog: {meta_error}"),
        "360dialog_trace_id": "B2",
    }});
    let messages = [
        message(graph(400, 190).await),
        message(graph(400, 200).await),
        message(graph(400, 803).await),
        message(graph(400, 100).await),
        message(graph(400, 80_007).await),
        message(graph(400, 2).await),
        message(graph(418, 7).await),
        message(graph(200, 100).await),
        message(get_meta_account(server::json(200, r#"{"success": false}"#)).await),
        message(get_meta_account(ResponseTemplate::new(404)).await),
        message(get_meta_account(ResponseTemplate::new(307)).await),
        message(get_meta_account(ResponseTemplate::new(304)).await),
        message(get_hub_account(limited).await),
        message(call.send().await),
        message(dialog360(not_found).await),
        message(dialog360(error_of_meta).await),
    ];
    assert_snapshot!(messages.join("\n"), @r#"
    get_whatsapp_business_account: authentication failed (HTTP 400, code 190): text of Meta; check or renew the API key or token [trace id A1]
    get_whatsapp_business_account: access was denied (HTTP 400, code 200): text of Meta; check the permissions of the credential, and whether the account is locked [trace id A1]
    get_whatsapp_business_account: not found (HTTP 400, code 803): text of Meta; check the ids, and that the credential can see them [trace id A1]
    get_whatsapp_business_account: the request is invalid (HTTP 400, code 100): text of Meta [trace id A1]
    get_whatsapp_business_account: the rate limit is exceeded (HTTP 400, code 80007): text of Meta; wait before the next call [trace id A1]
    get_whatsapp_business_account: the server failed (HTTP 400, code 2): text of Meta; try again later [trace id A1]
    get_whatsapp_business_account: the API returned an error (HTTP 418, code 7): text of Meta [trace id A1]
    get_whatsapp_business_account: the request is invalid (HTTP 200, code 100): text of Meta [trace id A1]
    get_whatsapp_business_account: the API returned an error (HTTP 200): the server returned success=false
    get_whatsapp_business_account: not found (HTTP 404); check the ids, and that the credential can see them
    get_whatsapp_business_account: the API returned an error (HTTP 307): the server returned a redirect, and redirects are not followed; check the base URL
    get_whatsapp_business_account: the API returned an error (HTTP 304): the server returned 304 to an unconditional request; check the caches between this client and the API
    get_waba_account: the rate limit is exceeded (HTTP 429); wait 120 s before the next call
    get_whatsapp_business_account: the server failed (HTTP 503) after 3 attempts; try again later
    get_waba_account: not found (HTTP 400, code 404): text of 360dialog; check the ids, and that the credential can see them [trace id B2]
    get_waba_account: the request is invalid (HTTP 400): text of 360dialog: {"error":{"code":100,"fbtrace_id":"A1","message":"text of Meta"}} [trace id B2] [Meta's trace id A1]
    "#);
}

#[tokio::test]
async fn messages_of_writes_that_may_have_taken_effect() {
    let update = async |url: &str| {
        let meta = meta(url);
        let call = meta.update_whatsapp_business_account().waba_id("1");
        call.body_map(|body| body.timezone_id("1")).send().await
    };
    let failing = server::start(ResponseTemplate::new(500)).await;
    let closing = server::start_raw("").await;
    let overloaded = ResponseTemplate::new(503).append_header("retry-after", "90");
    let overloaded = server::start(overloaded).await;
    let proxy = server::start(ResponseTemplate::new(200).set_body_string("<html>")).await;
    let messages = [
        message(update(&failing.uri()).await),
        message(update(&overloaded.uri()).await),
        message(update(&proxy.uri()).await),
        message(update(&closing).await),
        message(update("http://127.0.0.1:9").await),
    ];
    assert_snapshot!(messages.join("\n"), @"
    update_whatsapp_business_account: the server failed (HTTP 500); the change may have taken effect, so check it before you try again
    update_whatsapp_business_account: the server failed (HTTP 503); the change may have taken effect, so check it before you try again; wait 90 s before the next call
    update_whatsapp_business_account: the response could not be decoded (HTTP 200): the body is not valid JSON: expected value at line 1 column 1; the change may have taken effect, so check it before you try again
    update_whatsapp_business_account: the connection failed: the connection to 127.0.0.1 was closed before a valid response arrived; the change may have taken effect, so check it before you try again
    update_whatsapp_business_account: the connection failed: 127.0.0.1 cannot be reached; check the network and the base URL, then try again
    ");
}

#[tokio::test]
async fn messages_of_responses_that_cannot_be_decoded() {
    let decode = async |body: &str| get_meta_account(server::json(200, body)).await;
    let large = server::start(server::json(200, "[1, 2, 3]")).await;
    let limited = graph::Client::builder()
        .access_token("token")
        .base_url(large.uri())
        .max_response_bytes(8);
    let limited = limited.build().expect("a client");
    let lists: BTreeMap<_, _> = (0..65).map(|number| (number.to_string(), [0])).collect();
    let lists = server::start(ResponseTemplate::new(200).set_body_json(lists)).await;
    let lists = meta(&lists.uri());
    let lists = lists.request(Method::GET, "/lists");
    let messages = [
        message(decode("").await),
        message(decode("<html>").await),
        message(decode(r#"{"id": "1", "#).await),
        message(decode("[]").await),
        message(decode("{}").await),
        message(decode(r#"{"id": [1]}"#).await),
        message(limited.request(Method::GET, "/x").send::<Value>().await),
        message(lists.send::<BTreeMap<String, Option<u64>>>().await),
    ];
    assert_snapshot!(messages.join("\n"), @"
    get_whatsapp_business_account: the response could not be decoded (HTTP 200): the body is empty
    get_whatsapp_business_account: the response could not be decoded (HTTP 200): the body is not valid JSON: expected value at line 1 column 1; `Error::body_excerpt` has the beginning of the body
    get_whatsapp_business_account: the response could not be decoded (HTTP 200): the body is not valid JSON: EOF while parsing a value at line 1 column 12; `Error::body_excerpt` has the beginning of the body
    get_whatsapp_business_account: the response could not be decoded (HTTP 200): expected an object; `Error::body_excerpt` has the beginning of the body
    get_whatsapp_business_account: the response could not be decoded (HTTP 200): missing field `id`; `Error::body_excerpt` has the beginning of the body
    get_whatsapp_business_account: the response could not be decoded (HTTP 200): at `id`: expected a string or a number; `Error::body_excerpt` has the beginning of the body
    /x: the response could not be decoded (HTTP 200): the body is larger than 8 bytes; raise the limit with `max_response_bytes`
    /lists: the response could not be decoded (HTTP 200): at `0`: expected u64; `Error::body_excerpt` has the beginning of the body
    ");
}

#[tokio::test]
async fn messages_of_failed_connections() {
    let call = async |fault| {
        let server = FaultServer::start(move |_| fault).await;
        let client = graph::Client::builder()
            .access_token("token")
            .base_url(&server.url)
            .retry_policy(RetryPolicy::none())
            .timeout(Duration::from_secs(1));
        let client = client.build().expect("a client");
        let call = client.get_whatsapp_business_account().waba_id("1");
        call.send().await
    };
    let messages = [
        message(call(Fault::ConnectionRefused).await),
        message(call(Fault::ClosedBeforeRequest).await),
        message(call(Fault::TruncatedBody).await),
        message(call(Fault::NoResponse).await),
        message(call(Fault::ContentLengthTooLong).await),
    ];
    assert_snapshot!(messages.join("\n"), @"
    get_whatsapp_business_account: the connection failed: 127.0.0.1 cannot be reached; check the network and the base URL, then try again
    get_whatsapp_business_account: the connection failed: the connection to 127.0.0.1 was closed before a valid response arrived; check the network and the base URL, then try again
    get_whatsapp_business_account: the connection failed (HTTP 200): the connection was closed before the body was complete; check the network and the base URL, then try again
    get_whatsapp_business_account: timed out: 127.0.0.1 did not respond; try again, or set longer timeouts
    get_whatsapp_business_account: timed out (HTTP 200): the body was not complete in time; try again, or set longer timeouts
    ");
}

#[tokio::test]
async fn messages_of_logins_and_token_sources() {
    struct Broken;
    impl TokenSource for Broken {
        type Error = io::Error;
        async fn fetch(&self) -> Result<Token, io::Error> {
            Err(io::Error::other("the vault is closed"))
        }
    }
    struct Slow;
    impl TokenSource for Slow {
        type Error = io::Error;
        async fn fetch(&self) -> Result<Token, io::Error> {
            pending().await
        }
    }
    struct Malformed;
    impl TokenSource for Malformed {
        type Error = io::Error;
        async fn fetch(&self) -> Result<Token, io::Error> {
            Ok(Token::new("two words"))
        }
    }
    let rejecting = server::start(server::json(401, r#"{"error": "invalid_grant"}"#)).await;
    let call = async |builder: dialog360::ClientBuilder| {
        let client = builder
            .base_url(rejecting.uri())
            .timeout(Duration::from_secs(1));
        let client = client.build().expect("a client");
        let call = client
            .get_waba_account()
            .partner_id("p")
            .waba_account_id("w");
        call.send().await
    };
    let builder = dialog360::Client::builder;
    let messages = [
        message(call(builder().login("name", "password")).await),
        message(call(builder().token_source(Broken)).await),
        message(call(builder().token_source(Slow)).await),
        message(call(builder().token_source(Malformed)).await),
    ];
    assert_snapshot!(messages.join("\n"), @"
    login: authentication failed (HTTP 401): invalid_grant; check the user name and password
    get_waba_account: authentication failed: the token source failed; see the `source()` of the error
    get_waba_account: timed out: the token source did not return a token within `timeout`; try again, or set longer timeouts
    get_waba_account: authentication failed: the token source returned an invalid token: the credential for `authorization` contains an invalid character: expected visible ASCII; check for a space or a line break at its end; check or renew the API key or token
    ");
}
