//! Calls are retried only if a retry can succeed and does no harm.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use waba::{Error, ErrorKind, ResponseValue, RetryPolicy, graph, reqwest::Method};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::server::json;

const ACCOUNT: &str = r#"{"id":"1"}"#;

fn quick_policy() -> RetryPolicy {
    RetryPolicy::default().initial_backoff(Duration::from_millis(1))
}

fn client(server: &MockServer, policy: RetryPolicy) -> graph::Client {
    graph::Client::builder()
        .access_token("t")
        .base_url(server.uri())
        .retry_policy(policy)
        .build()
        .expect("a client")
}

/// Starts a server that returns `first` to the first `times` requests, and then the account.
async fn recovering(first: ResponseTemplate, times: u64) -> MockServer {
    let server = MockServer::start().await;
    let mock = Mock::given(any()).respond_with(first);
    mock.up_to_n_times(times).mount(&server).await;
    let mock = Mock::given(any()).respond_with(json(200, ACCOUNT));
    mock.with_priority(9).mount(&server).await;
    server
}

async fn get(client: &graph::Client) -> Result<(), Error> {
    let call = client.get_whatsapp_business_account().waba_id("1");
    call.send().await.map(drop)
}

async fn update(client: &graph::Client) -> Result<(), Error> {
    let call = client.update_whatsapp_business_account().waba_id("1");
    call.body_map(|body| body.name("Lucky Shrub"))
        .send()
        .await
        .map(drop)
}

async fn received(server: &MockServer) -> usize {
    server
        .received_requests()
        .await
        .expect("recorded requests")
        .len()
}

#[tokio::test]
async fn retries_until_a_temporary_failure_ends() {
    let server = recovering(ResponseTemplate::new(503), 2).await;
    get(&client(&server, quick_policy()))
        .await
        .expect("a response");
    assert_eq!(received(&server).await, 3);
}

#[tokio::test]
async fn a_lasting_failure_is_an_error_with_the_number_of_attempts() {
    let server = recovering(ResponseTemplate::new(503), 9).await;
    let error = get(&client(&server, quick_policy().max_attempts(4))).await;
    let error = error.expect_err("503");
    assert_eq!(error.attempts(), 4);
    assert_eq!(received(&server).await, 4);
    assert!(error.to_string().contains("after 4 attempts"), "{error}");
    let error = get(&client(&server, RetryPolicy::none())).await;
    assert_eq!(error.expect_err("503").attempts(), 1);
    assert_eq!(received(&server).await, 5);
}

#[tokio::test]
async fn retries_a_post_of_the_caller_only_if_the_policy_allows_it() {
    async fn post(client: &graph::Client) -> Result<(), Error> {
        let call = client.request(Method::POST, "/{id}").path("id", "1");
        call.json(&serde_json::json!({"name": "Lucky Shrub"}))
            .send()
            .await
            .map(|_: ResponseValue<Value>| ())
    }
    let server = recovering(ResponseTemplate::new(503), 2).await;
    let meta = client(&server, quick_policy());
    assert_eq!(
        post(&meta).await.expect_err("503").attempts(),
        1,
        "the server may have carried out the write"
    );
    let retrying = meta.with_retry_policy(quick_policy().retry_writes());
    post(&retrying).await.expect("a response");
    let sent = server.received_requests().await.expect("recorded requests");
    assert_eq!(sent.len(), 3);
    for request in sent {
        assert_eq!(
            request.body, br#"{"name":"Lucky Shrub"}"#,
            "each attempt sends the whole body"
        );
    }
}

#[tokio::test]
async fn an_operation_is_repeated_only_if_its_document_says_that_it_does_no_harm() {
    for policy in [quick_policy(), quick_policy().retry_writes()] {
        let server = recovering(ResponseTemplate::new(503), 1).await;
        let meta = client(&server, policy);
        update(&meta).await.expect("a response");
        assert_eq!(received(&server).await, 2);

        let server = recovering(ResponseTemplate::new(503), 1).await;
        let meta = client(&server, policy);
        let call = meta.create_phone_number().waba_id("1");
        let call =
            call.body_map(|number| number.phone_number("5550100").verified_name("Lucky Shrub"));
        assert_eq!(call.send().await.expect_err("503").attempts(), 1);
        assert_eq!(received(&server).await, 1);
    }
}

#[tokio::test]
async fn retries_a_write_that_was_not_sent() {
    let url = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        format!("http://{}", listener.local_addr().expect("an address"))
    };
    let meta = graph::Client::builder()
        .access_token("t")
        .base_url(url)
        .retry_policy(quick_policy())
        .build();
    let error = update(&meta.expect("a client")).await;
    let error = error.expect_err("no server");
    assert_eq!(error.attempts(), 3);
    assert!(!error.may_have_taken_effect());
}

#[tokio::test]
async fn an_error_says_whether_the_call_may_have_taken_effect() {
    let text = |status| ResponseTemplate::new(status).set_body_string("text");
    for (status, expected) in [
        (200, true),
        (400, false),
        (401, false),
        (408, true),
        (429, false),
        (500, true),
        (503, true),
    ] {
        let server = recovering(text(status), 1).await;
        let meta = client(&server, RetryPolicy::none());
        let error = update(&meta).await.expect_err("a failure");
        assert_eq!(error.may_have_taken_effect(), expected, "{error}");
    }
    let not_sent = Error::from_kind(ErrorKind::InvalidRequest);
    assert!(!not_sent.may_have_taken_effect());
    let lost = Error::from_kind(ErrorKind::Timeout);
    assert!(!lost.may_have_taken_effect(), "a read changes nothing");
    assert!(lost.for_write().may_have_taken_effect());
}

#[tokio::test]
async fn a_call_may_have_taken_effect_at_an_attempt_before_the_last() {
    for (first, expected) in [(503, true), (429, false)] {
        let server = recovering(ResponseTemplate::new(first), 1).await;
        let rejection = Mock::given(any()).respond_with(ResponseTemplate::new(400));
        rejection.with_priority(8).mount(&server).await;
        let error = update(&client(&server, quick_policy())).await;
        let error = error.expect_err("a rejection");
        assert_eq!(
            (error.attempts(), error.kind()),
            (2, ErrorKind::InvalidRequest)
        );
        assert_eq!(error.may_have_taken_effect(), expected, "{first}");
    }
}

/// Returns a listener whose queue is full, and the connections that fill it.
#[cfg(target_os = "linux")]
async fn full_listener() -> (tokio::net::TcpListener, Vec<tokio::net::TcpStream>) {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    let any = "127.0.0.1:0".parse().expect("an address");
    socket.bind(any).expect("a free port");
    let listener = socket.listen(1).expect("a listener");
    let address = listener.local_addr().expect("an address");
    let mut waiting = Vec::new();
    let second = Duration::from_secs(1);
    while let Ok(stream) =
        tokio::time::timeout(second, tokio::net::TcpStream::connect(address)).await
    {
        waiting.push(stream.expect("a connection"));
    }
    (listener, waiting)
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn retries_a_write_after_a_connect_timeout() {
    let (listener, _waiting) = full_listener().await;
    let meta = graph::Client::builder()
        .access_token("t")
        .base_url(format!(
            "http://{}",
            listener.local_addr().expect("an address")
        ))
        .connect_timeout(Duration::from_millis(100))
        .retry_policy(quick_policy())
        .build();
    let error = update(&meta.expect("a client")).await;
    let error = error.expect_err("a timeout");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 3));
}

#[tokio::test]
async fn waits_for_retry_after_up_to_the_maximum_and_returns_a_longer_one() {
    let wait = ResponseTemplate::new(429).append_header("retry-after", "1");
    let server = recovering(wait, 1).await;
    let start = Instant::now();
    get(&client(&server, quick_policy()))
        .await
        .expect("a response");
    assert!(
        start.elapsed() >= Duration::from_secs(1),
        "the wait of 1 s took {:?}",
        start.elapsed()
    );
    let wait = ResponseTemplate::new(429).append_header("retry-after", "2");
    let server = recovering(wait, 9).await;
    let policy = quick_policy().max_backoff(Duration::from_secs(1));
    let error = get(&client(&server, policy)).await.expect_err("429");
    assert_eq!(error.attempts(), 1);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
    assert_eq!(received(&server).await, 1);
}

#[tokio::test]
async fn does_not_retry_an_hourly_rate_limit() {
    for code in [4, 17, 32, 613, 80007, 80008] {
        let body = format!(r#"{{"error":{{"code":{code},"message":"too many calls"}}}}"#);
        let server = recovering(json(400, &body), 9).await;
        let error = get(&client(&server, quick_policy()))
            .await
            .expect_err("400");
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert!(error.is_retryable(), "the caller can retry later");
        assert_eq!(received(&server).await, 1, "code {code}");
    }
}

#[tokio::test]
async fn does_not_retry_an_hourly_rate_limit_whose_retry_after_is_zero() {
    for wait in ["0", "Wed, 21 Oct 2015 07:28:00 GMT"] {
        let response = json(
            400,
            r#"{"error":{"code":80007,"message":"too many calls"}}"#,
        );
        let server = recovering(response.append_header("retry-after", wait), 9).await;
        get(&client(&server, quick_policy()))
            .await
            .expect_err("400");
        assert_eq!(received(&server).await, 1, "{wait}");
    }
}

#[tokio::test]
async fn does_not_retry_a_decode_error() {
    let server = recovering(json(200, "<html>"), 9).await;
    let error = get(&client(&server, quick_policy()))
        .await
        .expect_err("no JSON");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 1));
    assert_eq!(received(&server).await, 1);
}

#[tokio::test]
async fn the_total_timeout_shortens_the_last_attempt() {
    let slow = json(200, ACCOUNT).set_delay(Duration::from_secs(2));
    let server = recovering(slow, 9).await;
    let policy = quick_policy().total_timeout(Duration::from_millis(100));
    let error = get(&client(&server, policy)).await.expect_err("too slow");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
}
