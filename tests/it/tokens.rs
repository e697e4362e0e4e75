//! Tokens: when they are fetched and replaced, 360dialog's login, and the proof of the app secret.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Semaphore, task::JoinSet};
use waba::{Error, ErrorKind, RateLimit, RetryPolicy, Token, TokenSource, dialog360, graph};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path},
};

use crate::server::{self, SECRET, json};

/// A source of numbered tokens with the same lifetime.
#[derive(Clone)]
struct NumberedTokens {
    fetched: Arc<AtomicU32>,
    lifetime: Option<Duration>,
    permits: Arc<Semaphore>,
    fails: Arc<AtomicU32>,
}

impl NumberedTokens {
    fn new(lifetime: Option<Duration>) -> Self {
        Self {
            fetched: Arc::default(),
            lifetime,
            permits: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
            fails: Arc::default(),
        }
    }

    fn fetches(&self) -> u32 {
        self.fetched.load(Ordering::SeqCst)
    }
}

impl TokenSource for NumberedTokens {
    type Error = io::Error;

    async fn fetch(&self) -> Result<Token, io::Error> {
        let number = self.fetched.fetch_add(1, Ordering::SeqCst) + 1;
        let _permit = self.permits.acquire().await;
        if self.fails.load(Ordering::SeqCst) != 0 {
            return Err(io::Error::other("the vault is closed"));
        }
        let token = Token::new(format!("token-{number}"));
        Ok(match self.lifetime {
            Some(lifetime) => token.expires_in(lifetime),
            None => token,
        })
    }
}

fn client(server: &MockServer, source: &NumberedTokens) -> graph::Client {
    graph::Client::builder()
        .token_source(source.clone())
        .base_url(server.uri())
        .retry_policy(RetryPolicy::none())
        .timeout(Duration::from_secs(5))
        .build()
        .expect("a client")
}

async fn get(client: &graph::Client) -> Result<(), Error> {
    let call = client.get_whatsapp_business_account().waba_id("1");
    call.send().await.map(drop)
}

/// Returns the `Authorization` of each request to `server`.
async fn authorizations(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.expect("recorded requests");
    let value = |request: &wiremock::Request| request.headers["authorization"].clone();
    requests
        .iter()
        .map(|request| value(request).to_str().expect("text").to_owned())
        .collect()
}

async fn account_server() -> MockServer {
    server::start(json(200, r#"{"id":"1"}"#)).await
}

#[tokio::test]
async fn concurrent_calls_share_one_fetch() {
    let server = account_server().await;
    let source = NumberedTokens::new(None);
    let meta = client(&server, &source);
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        let meta = meta.clone();
        calls.spawn(async move { get(&meta).await.expect("a response") });
    }
    calls.join_all().await;
    assert_eq!(source.fetches(), 1);
    assert_eq!(authorizations(&server).await, vec!["Bearer token-1"; 50]);
}

#[tokio::test]
async fn replaces_a_token_before_it_expires() {
    let server = account_server().await;
    // A token with a lifetime of 0 is replaced before every call.
    let source = NumberedTokens::new(Some(Duration::ZERO));
    let meta = client(&server, &source);
    for _ in 0..3 {
        get(&meta).await.expect("a response");
    }
    let expected = ["Bearer token-1", "Bearer token-2", "Bearer token-3"];
    assert_eq!(authorizations(&server).await, expected);

    let long_lived = NumberedTokens::new(Some(Duration::from_secs(3600)));
    let meta = client(&server, &long_lived);
    for _ in 0..3 {
        get(&meta).await.expect("a response");
    }
    assert_eq!(long_lived.fetches(), 1);
}

#[tokio::test]
async fn a_token_that_expires_while_a_call_waits_for_the_rate_limit_is_replaced() {
    let server = account_server().await;
    let source = NumberedTokens::new(Some(Duration::from_millis(300)));
    let client =
        client(&server, &source).with_rate_limit(RateLimit::new(1, Duration::from_millis(600)));
    let calls = futures::join!(get(&client), get(&client));
    assert!(calls.0.is_ok() && calls.1.is_ok(), "{calls:?}");
    let sent = authorizations(&server).await;
    assert_ne!(sent[0], sent[1], "the second call used an expired token");
}

#[tokio::test]
async fn a_fetch_that_fails_between_two_attempts_counts_the_attempts_before_it() {
    let server = server::start(ResponseTemplate::new(503)).await;
    let source = NumberedTokens::new(Some(Duration::from_millis(1)));
    let fails = source.fails.clone();
    let client = graph::Client::builder()
        .token_source(source)
        .base_url(server.uri())
        .retry_policy(RetryPolicy::default().initial_backoff(Duration::from_millis(10)))
        .observer(move |_| fails.store(1, Ordering::SeqCst))
        .build()
        .expect("a client");
    let update = client.update_whatsapp_business_account().waba_id("1");
    let update = update.body_map(|body| body.name("Lucky Shrub"));
    let error = update.send().await.expect_err("no token");
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(error.attempts(), 1);
    assert!(error.may_have_taken_effect());
}

#[tokio::test]
async fn a_rejected_token_fails_its_call_and_is_replaced() {
    let server = MockServer::start().await;
    let rejection = json(401, r#"{"error":{"code":190,"message":"expired"}}"#);
    Mock::given(header("authorization", "Bearer token-1"))
        .respond_with(rejection)
        .mount(&server)
        .await;
    Mock::given(header("authorization", "Bearer token-2"))
        .respond_with(json(200, r#"{"id":"1"}"#))
        .mount(&server)
        .await;
    let source = NumberedTokens::new(None);
    let meta = client(&server, &source).with_retry_policy(RetryPolicy::default());
    let error = get(&meta).await.expect_err("a rejected token");
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Authentication, 1)
    );
    get(&meta).await.expect("a response with the next token");
    assert_eq!(source.fetches(), 2);
}

#[tokio::test]
async fn keeps_a_login_token_without_a_lifetime() {
    for lifetime in ["0", "null", "-1", r#""""#] {
        let body = format!(r#"{{"access_token":"issued","expires_in":{lifetime}}}"#);
        let server = with_login(json(200, &body)).await;
        let hub = login_client(&server);
        for _ in 0..3 {
            account(&hub).await.expect("a response");
        }
        let sent = server.received_requests().await.expect("recorded requests");
        assert_eq!(
            sent.len(),
            4,
            "expires_in {lifetime}: one login, three calls"
        );
    }
}

#[tokio::test]
async fn a_failed_fetch_fails_the_call_and_is_not_repeated_within_a_second() {
    let server = account_server().await;
    let source = NumberedTokens::new(None);
    source.fails.store(1, Ordering::SeqCst);
    let meta = client(&server, &source);
    for _ in 0..5 {
        let error = get(&meta).await.expect_err("no token");
        assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
        let reason = std::error::Error::source(&error).expect("a reason");
        assert_eq!(reason.to_string(), "the vault is closed");
    }
    assert_eq!(
        source.fetches(),
        1,
        "one fetch for five calls within a second"
    );
    assert_eq!(authorizations(&server).await.len(), 0, "nothing was sent");
}

#[tokio::test]
async fn a_cancelled_fetch_does_not_block_other_calls() {
    let server = account_server().await;
    let source = NumberedTokens {
        permits: Arc::new(Semaphore::new(0)),
        ..NumberedTokens::new(None)
    };
    let meta = client(&server, &source);
    let first = tokio::time::timeout(Duration::from_millis(50), get(&meta));
    first.await.expect_err("the source is slow");
    source.permits.add_permits(1);
    get(&meta).await.expect("a response");
    assert_eq!(authorizations(&server).await, ["Bearer token-2"]);
}

#[tokio::test]
async fn a_fetch_that_panics_does_not_block_other_calls() {
    struct Fragile(AtomicU32);

    impl TokenSource for Fragile {
        type Error = io::Error;

        async fn fetch(&self) -> Result<Token, io::Error> {
            let number = self.0.fetch_add(1, Ordering::SeqCst);
            assert!(number > 0, "the first fetch panics");
            Ok(Token::new("token"))
        }
    }

    let server = account_server().await;
    let client = graph::Client::builder()
        .token_source(Fragile(AtomicU32::new(0)))
        .base_url(server.uri())
        .build()
        .expect("a client");
    let first = client.clone();
    let first = tokio::spawn(async move { get(&first).await }).await;
    assert!(first.is_err_and(|error| error.is_panic()));
    get(&client).await.expect("the next fetch succeeds");
}

#[tokio::test]
async fn rejects_a_token_that_is_invalid_in_a_header_without_showing_it() {
    struct InvalidTokens;
    impl TokenSource for InvalidTokens {
        type Error = io::Error;
        async fn fetch(&self) -> Result<Token, io::Error> {
            Ok(Token::new(format!("{SECRET} ")))
        }
    }
    let meta = graph::Client::builder().token_source(InvalidTokens);
    let meta = meta
        .base_url("http://127.0.0.1:9")
        .build()
        .expect("a client");
    let error = get(&meta).await.expect_err("a space");
    let shown = format!("{error} {error:?} {:?}", Token::new(SECRET));
    assert!(!shown.contains(SECRET), "{shown}");
    assert!(shown.contains("a space or a line break"), "{shown}");
}

fn login_client(server: &MockServer) -> dialog360::Client {
    dialog360::Client::builder()
        .login("partner@example.com", SECRET)
        .base_url(server.uri())
        .retry_policy(RetryPolicy::default().initial_backoff(Duration::from_millis(1)))
        .build()
        .expect("a client")
}

async fn account(hub: &dialog360::Client) -> Result<(), Error> {
    let call = hub.get_waba_account().partner_id("a").waba_account_id("b");
    call.send().await.map(drop)
}

/// Starts a server that returns `response` to a login, and otherwise expects the token `issued`.
async fn with_login(response: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/api/v2/token"))
        .respond_with(response)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(header("authorization", "Bearer issued"))
        .respond_with(json(200, "{}"))
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn logs_in_once_and_sends_the_password_in_the_body_only() {
    let body = r#"{"access_token":"issued","token_type":"Bearer","expires_in":"86400"}"#;
    let server = with_login(json(200, body)).await;
    let hub = login_client(&server);
    for _ in 0..3 {
        account(&hub).await.expect("a response");
    }
    let sent = server.received_requests().await.expect("recorded requests");
    assert_eq!(sent.len(), 4, "one login and three calls");
    let login: serde_json::Value = serde_json::from_slice(&sent[0].body).expect("JSON");
    let expected = serde_json::json!({"username": "partner@example.com", "password": SECRET});
    assert_eq!(login, expected);
    for request in &sent[1..] {
        assert!(!format!("{request:?}").contains(SECRET), "{request:?}");
    }
    assert!(!format!("{hub:?}").contains(SECRET));
}

#[tokio::test]
async fn a_failed_login_is_the_error_of_the_call_and_contains_no_secret() {
    for (response, kind, attempts) in [
        (
            json(
                401,
                &format!(r#"{{"error":"invalid_grant","error_description":"Not {SECRET}"}}"#),
            ),
            ErrorKind::Authentication,
            1,
        ),
        (ResponseTemplate::new(503), ErrorKind::Server, 3),
        (
            json(200, r#"{"access_token":{"x":"issued"}}"#),
            ErrorKind::Decode,
            1,
        ),
        (
            json(200, r#"{"access_token":"issued""#),
            ErrorKind::Decode,
            1,
        ),
    ] {
        let server = with_login(response).await;
        let hub = login_client(&server);
        let error = account(&hub).await.expect_err("no login");
        assert_eq!(error.operation(), Some("login"), "{error}");
        assert!(!error.may_have_taken_effect(), "a login changes nothing");
        assert_eq!(
            (error.kind(), error.attempts()),
            (kind, attempts),
            "{error}"
        );
        let shown = format!("{error} {error:#?} {:?} {hub:?}", error.body_excerpt());
        assert!(
            !shown.contains(SECRET) && !shown.contains("issued"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn replaces_the_credential_of_a_client() {
    let server = account_server().await;
    let meta = server::meta(&server.uri());
    let other = meta.with_access_token("token-2").expect("a client");
    get(&meta).await.expect("a response");
    get(&other).await.expect("a response");
    let expected = [format!("Bearer {SECRET}"), "Bearer token-2".to_owned()];
    assert_eq!(authorizations(&server).await, expected);
    meta.with_access_token("two words").expect_err("a space");

    let hub = server::hub(&server.uri());
    let other = hub.with_api_key("key-2").expect("a client");
    account(&other).await.expect("a response");
    let sent = server.received_requests().await.expect("recorded requests");
    assert_eq!(sent[2].headers["x-api-key"], "key-2");
}

/// The output of `printf token | openssl dgst -sha256 -hmac secret`
const PROOF: &str = "e941110e3d2bfe82621f0e3e1434730d7305d106c5f68c87165d0b27a4611a4a";

#[tokio::test]
async fn sends_a_proof_of_the_app_secret_but_not_the_secret() {
    let server = account_server().await;
    let builder = graph::Client::builder()
        .app_secret("secret")
        .base_url(server.uri());
    let meta = builder
        .clone()
        .access_token("token")
        .build()
        .expect("a client");
    get(&meta).await.expect("a response");
    let update = meta.update_whatsapp_business_account().waba_id("1");
    let update = update.body_map(|body| body.name("x"));
    update.send().await.expect("a response");
    let other = meta.with_access_token("other").expect("a client");
    get(&other).await.expect("a response");
    let source = NumberedTokens::new(None);
    let fetched = builder.token_source(source).build().expect("a client");
    get(&fetched).await.expect("a response");

    let sent = server.received_requests().await.expect("recorded requests");
    let proofs: Vec<Vec<String>> = sent
        .iter()
        .map(|request| {
            let proofs = request.url.query_pairs();
            let proofs = proofs.filter(|(name, _)| name == "appsecret_proof");
            proofs.map(|(_, value)| value.into_owned()).collect()
        })
        .collect();
    assert_eq!(proofs[0], [PROOF], "exactly one");
    assert_eq!(proofs[1], [PROOF]);
    for proof in &proofs[2..] {
        assert_eq!(proof.len(), 1);
        assert_ne!(proof[0], PROOF, "each token has its own proof");
        assert_eq!(proof[0].len(), 64);
    }
    for request in &sent {
        let shown = format!("{} {:?}", request.url, request.headers);
        assert!(!shown.contains("secret\"") && !shown.contains("=secret"));
    }
}

#[tokio::test]
async fn no_output_contains_the_app_secret_or_its_proof() {
    let echo = format!(r#"{{"error":{{"code":104,"message":"Bad {PROOF} in /?p={PROOF}"}}}}"#);
    let server = server::start(json(400, &echo)).await;
    let builder = graph::Client::builder()
        .access_token("token")
        .app_secret("secret")
        .base_url(server.uri());
    let meta = builder.clone().build().expect("a client");
    let error = get(&meta).await.expect_err("104");
    assert_eq!(error.kind(), ErrorKind::Authentication);
    drop(server);
    let network_error = get(&meta).await.expect_err("no server");
    let reason =
        std::error::Error::source(&network_error).map(|reason| format!("{reason} {reason:?}"));
    let shown = format!(
        "{builder:?} {meta:?} {error} {error:?} {network_error} {network_error:?} {reason:?}"
    );
    assert!(
        !shown.contains(PROOF) && !shown.contains("\"secret"),
        "{shown}"
    );
    let empty = builder
        .app_secret("")
        .build()
        .expect_err("an empty app secret");
    assert_eq!(empty.kind(), ErrorKind::Configuration);
}
