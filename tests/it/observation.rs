//! Observation of calls: by spans of `tracing`, and by an observer.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use tracing::Dispatch;
use tracing_subscriber::fmt::{MakeWriter, format::FmtSpan};
use waba::{ErrorKind, RetryPolicy, dialog360};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::server::{self, SECRET, json};

/// The lines that a subscriber has written.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    pub fn text(&self) -> String {
        let bytes = self.0.lock().expect("no panic while writing");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic while writing").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl log::Log for Lines {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let _ = writeln!(self.clone(), "{} {}", record.target(), record.args());
    }

    fn flush(&self) {}
}

/// Records everything that this thread traces, until the guard is dropped.
pub fn traced() -> (Lines, tracing::subscriber::DefaultGuard) {
    // With a single subscriber, tracing decides in the first thread that reaches a span whether the
    // span is enabled. That thread may belong to a test without a subscriber.
    static SECOND: OnceLock<Dispatch> = OnceLock::new();
    SECOND.get_or_init(|| Dispatch::new(tracing_subscriber::registry()));
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
        .with_writer(lines.clone())
        .finish();
    (lines, tracing::subscriber::set_default(subscriber))
}

fn hub(server: &MockServer) -> dialog360::Client {
    let policy = RetryPolicy::default().initial_backoff(Duration::from_millis(1));
    server::hub(&server.uri()).with_retry_policy(policy)
}

async fn get(hub: &dialog360::Client) -> Result<(), waba::Error> {
    let call = hub.get_waba_account();
    let call = call.partner_id("plantedPA").waba_account_id("plantedWA");
    call.send().await.map(drop)
}

/// Returns the lines with which the spans of calls were closed.
fn closed_spans(lines: &Lines) -> Vec<String> {
    let closed = closed(lines).into_iter();
    closed.filter(|line| !line.contains("}:attempt{")).collect()
}

/// Returns the fields of the spans of attempts that were closed inside the span of a call.
fn closed_attempts(lines: &Lines) -> Vec<String> {
    let closed = closed(lines).into_iter();
    let attempts = closed.filter_map(|line| Some(line.split_once("}:attempt{")?.1.to_owned()));
    attempts.collect()
}

/// Returns the lines with which the spans of this crate were closed.
fn closed(lines: &Lines) -> Vec<String> {
    let text = lines.text();
    let closed = text.lines().filter(|line| line.contains("}: waba: close "));
    let ours = closed.filter(|line| line.contains(" waba{"));
    ours.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_call_is_one_span_with_opentelemetry_attributes() {
    let (lines, _guard) = traced();
    let server = MockServer::start().await;
    let failing = Mock::given(any()).respond_with(ResponseTemplate::new(503));
    failing.up_to_n_times(2).mount(&server).await;
    let then = Mock::given(any()).respond_with(json(200, "{}"));
    then.with_priority(9).mount(&server).await;
    get(&hub(&server)).await.expect("a response");

    let spans = closed_spans(&lines);
    assert_eq!(
        spans.len(),
        1,
        "expected one span for three attempts: {spans:#?}"
    );
    for part in [
        r#"otel.name="get_waba_account""#,
        r#"otel.kind="internal""#,
        r#"http.request.method="GET""#,
        r#"server.address="127.0.0.1""#,
        &format!("server.port={}", server.address().port()),
        "http.response.status_code=200",
        "waba.attempts=3",
        r#"waba.operation="get_waba_account""#,
    ] {
        assert!(spans[0].contains(part), "{part}: {}", spans[0]);
    }
    assert!(!spans[0].contains("otel.status_code"), "{}", spans[0]);
    let retries = lines.text().matches("retrying").count();
    assert_eq!(retries, 2, "each attempt but the last is an event");
}

#[tokio::test]
async fn the_span_of_an_attempt_ends_before_the_wait_for_the_next() {
    let (lines, _guard) = traced();
    let server = MockServer::start().await;
    let failing = Mock::given(any()).respond_with(ResponseTemplate::new(503));
    failing.up_to_n_times(1).mount(&server).await;
    let then = Mock::given(any()).respond_with(json(200, "{}"));
    then.with_priority(9).mount(&server).await;
    get(&hub(&server)).await.expect("a response");

    let text = lines.text();
    let lines: Vec<&str> = text.lines().collect();
    let position = |parts: [&str; 2]| {
        let has_all = |line: &&str| parts.iter().all(|part| line.contains(part));
        let position = lines.iter().position(has_all);
        position.unwrap_or_else(|| panic!("{parts:?} in {lines:#?}"))
    };
    let closed = position(["}:attempt{", "}: waba: close "]);
    assert!(closed < position(["waba", "retrying"]), "{lines:#?}");
}

#[tokio::test]
async fn each_attempt_is_a_client_span_inside_the_span_of_its_call() {
    let (lines, _guard) = traced();
    let server = MockServer::start().await;
    let limited = ResponseTemplate::new(429).append_header("retry-after", "1");
    let failing = Mock::given(any()).respond_with(limited);
    failing.up_to_n_times(1).mount(&server).await;
    let then = Mock::given(any()).respond_with(json(200, "{}"));
    then.with_priority(9).mount(&server).await;
    get(&hub(&server)).await.expect("a response");

    let spans = closed_attempts(&lines);
    assert_eq!(spans.len(), 2, "{spans:#?}");
    let port = format!("server.port={}", server.address().port());
    for span in &spans {
        for part in [
            r#"otel.name="GET""#,
            r#"otel.kind="client""#,
            r#"http.request.method="GET""#,
            r#"server.address="127.0.0.1""#,
            &port,
        ] {
            assert!(span.contains(part), "{part}: {span}");
        }
    }
    for part in [
        r#"otel.status_code="ERROR""#,
        r#"error.type="rate_limited""#,
        "http.response.status_code=429",
    ] {
        assert!(spans[0].contains(part), "{part}: {}", spans[0]);
        assert!(!spans[1].contains(part), "{part}: {}", spans[1]);
    }
    for part in [
        "http.request.resend_count=1",
        r#"waba.retried_error="rate_limited""#,
        "waba.waited_ms=1000",
        "http.response.status_code=200",
    ] {
        assert!(!spans[0].contains(part), "{part}: {}", spans[0]);
        assert!(spans[1].contains(part), "{part}: {}", spans[1]);
    }
}

#[tokio::test]
async fn the_span_of_a_failed_call_has_the_error_type_and_both_trace_ids() {
    let (lines, _guard) = traced();
    let meta = r#"{\"error\":{\"code\":100,\"message\":\"no\",\"fbtrace_id\":\"Atx1\"}}"#;
    let body = format!(
        r#"{{"meta":{{"http_code":400,"developer_message":"{meta}","360dialog_trace_id":"TOZ1"}}}}"#
    );
    let server = server::start(json(400, &body)).await;
    get(&hub(&server)).await.expect_err("400");
    let spans = closed_spans(&lines);
    for part in [
        r#"otel.status_code="ERROR""#,
        r#"error.type="invalid_request""#,
        "http.response.status_code=400",
        r#"waba.trace_id="TOZ1""#,
        r#"waba.meta_trace_id="Atx1""#,
    ] {
        assert!(spans[0].contains(part), "{part}: {}", spans[0]);
    }
}

#[tokio::test]
async fn a_decode_error_is_recorded_on_its_span() {
    let (lines, _guard) = traced();
    let server = server::start(json(200, "<html>")).await;
    get(&hub(&server)).await.expect_err("no JSON");
    let spans = closed_spans(&lines);
    assert_eq!(spans.len(), 1, "{spans:#?}");
    assert!(spans[0].contains(r#"error.type="decode""#), "{}", spans[0]);
}

#[tokio::test]
async fn spans_contain_no_ids_bodies_or_credentials() {
    let (lines, _guard) = traced();
    for (status, body) in [
        (200, r#"{"name":"planted body"}"#.to_owned()),
        (401, format!(r#"{{"detail":"planted body {SECRET}"}}"#)),
        (200, format!(r#""planted body {SECRET}""#)),
    ] {
        let server = server::start(json(status, &body)).await;
        let _ = get(&hub(&server)).await;
    }
    let text = lines.text();
    let ours: Vec<&str> = text.lines().filter(|line| line.contains("waba{")).collect();
    assert!(
        ours.len() >= 6,
        "expected the start and the end of each span: {ours:#?}"
    );
    let ours: String = ours
        .iter()
        // Other libraries write lines within the span too.
        .filter(|line| line.contains("}: waba: "))
        .copied()
        .collect();
    assert!(ours.len() > 500, "expected lines of this crate: {ours}");
    for planted in ["plantedPA", "plantedWA", "planted body", SECRET] {
        assert!(!ours.contains(planted), "{planted}: {ours}");
    }
    assert!(
        !text.contains(SECRET),
        "a line of a library contains the secret"
    );
}

#[tokio::test]
async fn an_observer_receives_every_attempt() {
    let server = MockServer::start().await;
    let failing = Mock::given(any()).respond_with(ResponseTemplate::new(503));
    failing.up_to_n_times(1).mount(&server).await;
    let response = json(200, "{}")
        .append_header("x-app-usage", r#"{"call_count":7}"#)
        .append_header("facebook-api-version", "v24.0");
    let then = Mock::given(any()).respond_with(response);
    then.with_priority(9).mount(&server).await;

    let seen = Arc::new(Mutex::new(Vec::new()));
    let attempts = seen.clone();
    let waited = Arc::new(Mutex::new(Vec::new()));
    let waits = waited.clone();
    let hub = dialog360::Client::builder()
        .api_key(SECRET)
        .base_url(server.uri())
        .retry_policy(RetryPolicy::default().initial_backoff(Duration::from_millis(1)))
        .observer(move |attempt| {
            let kind = attempt.error.map(waba::Error::kind);
            let usage = attempt.usage.as_ref().map(|usage| usage.max_percent());
            let status = attempt.status.map(|status| status.as_u16());
            let retried = attempt.retried_error.map(waba::Error::kind);
            waits
                .lock()
                .expect("no panic")
                .push((attempt.waited, retried, attempt.retry_in));
            attempts.lock().expect("no panic").push((
                attempt.operation.to_owned(),
                attempt.method.clone(),
                attempt.number,
                (status, kind, attempt.retry_in.is_some()),
                usage,
                attempt.served_version.map(str::to_owned),
                format!("{attempt:?}"),
            ));
        })
        .build()
        .expect("a client");
    get(&hub).await.expect("a response");

    let waited = waited.lock().expect("no panic");
    let wait = waited[0].2.expect("a retry");
    assert!(!wait.is_zero());
    assert_eq!(waited[0], (Duration::ZERO, None, Some(wait)));
    assert_eq!(waited[1], (wait, Some(ErrorKind::Server), None));

    let seen = seen.lock().expect("no panic");
    assert_eq!(seen.len(), 2);
    let (first, second) = (&seen[0], &seen[1]);
    assert_eq!(
        (first.0.as_str(), first.1.as_str()),
        ("get_waba_account", "GET")
    );
    assert_eq!(first.3, (Some(503), Some(ErrorKind::Server), true));
    assert_eq!((first.2, second.2), (1, 2));
    assert_eq!(second.3, (Some(200), None, false));
    assert_eq!(second.4, Some(7.0));
    assert_eq!(second.5.as_deref(), Some("v24.0"));
    for attempt in seen.iter() {
        let shown = &attempt.6;
        assert!(
            !shown.contains(SECRET) && !shown.contains("planted"),
            "{shown}"
        );
    }
}
