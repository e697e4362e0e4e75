//! Calls are sent again when that helps and does no harm, and else fail at once.

use std::time::Duration;

use tokio::time::Instant;
use waba::{Error, ErrorKind, RetryPolicy, graph};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::server::json;

const ACCOUNT: &str = r#"{"id":"1"}"#;

fn quick() -> RetryPolicy {
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

/// A server that gives `first` so many times, and then the account.
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
    server.received_requests().await.expect("recorded").len()
}

#[tokio::test]
async fn a_fault_that_passes_is_not_seen() {
    let server = recovering(ResponseTemplate::new(503), 2).await;
    get(&client(&server, quick())).await.expect("an answer");
    assert_eq!(received(&server).await, 3);
}

#[tokio::test]
async fn a_fault_that_stays_is_an_error_that_counts_the_attempts() {
    let server = recovering(ResponseTemplate::new(503), 9).await;
    let error = get(&client(&server, quick().max_attempts(4))).await;
    let error = error.expect_err("503");
    assert_eq!(error.attempts(), 4);
    assert_eq!(received(&server).await, 4);
    assert!(error.to_string().contains("after 4 attempts"), "{error}");
    let error = get(&client(&server, RetryPolicy::none())).await;
    assert_eq!(error.expect_err("503").attempts(), 1);
    assert_eq!(received(&server).await, 5);
}

#[tokio::test]
async fn a_write_is_sent_again_only_if_its_caller_says_so() {
    let server = recovering(ResponseTemplate::new(503), 2).await;
    let meta = client(&server, quick());
    assert_eq!(
        update(&meta).await.expect_err("503").attempts(),
        1,
        "a write may have been carried out"
    );
    let surely = meta.with_retry_policy(quick().retry_writes());
    update(&surely).await.expect("an answer");
    let sent = server.received_requests().await.expect("recorded");
    assert_eq!(sent.len(), 3);
    for request in sent {
        assert_eq!(request.body, br#"{"name":"Lucky Shrub"}"#, "sent whole");
    }
}

#[tokio::test]
async fn a_write_that_never_left_is_sent_again() {
    let url = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        format!("http://{}", listener.local_addr().expect("an address"))
    };
    let meta = graph::Client::builder()
        .access_token("t")
        .base_url(url)
        .retry_policy(quick())
        .build();
    let error = update(&meta.expect("a client")).await;
    assert_eq!(error.expect_err("nobody there").attempts(), 3);
}

/// A listener that takes no more connections, and the one that it has.
#[cfg(target_os = "linux")]
async fn full() -> (tokio::net::TcpListener, Vec<tokio::net::TcpStream>) {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    let any = "127.0.0.1:0".parse().expect("an address");
    socket.bind(any).expect("a free port");
    let listener = socket.listen(1).expect("listens");
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
async fn a_connection_that_takes_too_long_is_tried_again_for_writes_as_well() {
    let (listener, _waiting) = full().await;
    let meta = graph::Client::builder()
        .access_token("t")
        .base_url(format!("http://{}", listener.local_addr().expect("one")))
        .connect_timeout(Duration::from_millis(100))
        .retry_policy(quick())
        .build();
    let error = update(&meta.expect("a client")).await;
    let error = error.expect_err("nobody answers");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 3));
}

#[tokio::test]
async fn a_wait_within_the_cap_is_kept_and_a_longer_one_is_returned_at_once() {
    let wait = ResponseTemplate::new(429).append_header("retry-after", "1");
    let server = recovering(wait, 1).await;
    let begun = Instant::now();
    get(&client(&server, quick())).await.expect("an answer");
    assert!(
        begun.elapsed() >= Duration::from_secs(1),
        "the server asked for a second: {:?}",
        begun.elapsed()
    );
    let wait = ResponseTemplate::new(429).append_header("retry-after", "2");
    let server = recovering(wait, 9).await;
    let policy = quick().max_backoff(Duration::from_secs(1));
    let error = get(&client(&server, policy)).await.expect_err("429");
    assert_eq!(error.attempts(), 1);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
    assert_eq!(received(&server).await, 1);
}

#[tokio::test]
async fn an_hourly_quota_is_not_hammered() {
    for code in [4, 17, 32, 613, 80007, 80008] {
        let body = format!(r#"{{"error":{{"code":{code},"message":"too many calls"}}}}"#);
        let server = recovering(json(400, &body), 9).await;
        let error = get(&client(&server, quick())).await.expect_err("400");
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert!(error.is_retryable(), "later, by the caller");
        assert_eq!(received(&server).await, 1, "code {code}");
    }
}

#[tokio::test]
async fn a_wait_of_nothing_does_not_end_an_hourly_quota() {
    for wait in ["0", "Wed, 21 Oct 2015 07:28:00 GMT"] {
        let answer = json(
            400,
            r#"{"error":{"code":80007,"message":"too many calls"}}"#,
        );
        let server = recovering(answer.append_header("retry-after", wait), 9).await;
        get(&client(&server, quick())).await.expect_err("400");
        assert_eq!(received(&server).await, 1, "{wait}");
    }
}

#[tokio::test]
async fn what_does_not_decode_is_not_asked_for_again() {
    let server = recovering(json(200, "<html>"), 9).await;
    let error = get(&client(&server, quick())).await.expect_err("no JSON");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 1));
    assert_eq!(received(&server).await, 1);
}

#[tokio::test]
async fn the_deadline_cuts_the_last_attempt_short() {
    let slow = json(200, ACCOUNT).set_delay(Duration::from_secs(2));
    let server = recovering(slow, 9).await;
    let policy = quick().total_timeout(Duration::from_millis(100));
    let error = get(&client(&server, policy)).await.expect_err("too slow");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
}
