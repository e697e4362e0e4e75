//! Every fault of a server, with every kind of call and every retry policy: the number of requests,
//! and the error.

use std::{fmt::Write as _, io::Write as _, time::Duration};

use futures::future::join_all;
use reqwest::Method;
use tokio::task::{JoinSet, yield_now};
use waba::{
    Error,
    ErrorKind::{self, *},
    RetryPolicy, dialog360, graph,
};

use crate::{
    credentials::shown,
    fault_server::{
        Fault::{self, *},
        FaultServer,
    },
    observation::traced,
    server::SECRET,
};

/// A fault, the kind and the status of the error that it causes, and the expected attempts.
///
/// The attempts are those of a policy of three attempts for a read, for a write, and for a write
/// with `retry_writes`.
type Row = (Fault, Option<ErrorKind>, Option<u16>, [u32; 3]);

const LIMIT: &str = r#"{"error":{"code":80007,"message":"too many calls"}}"#;
const WAIT: &str = "retry-after: 3600\r\n";
const NOW: &str = "retry-after: 0\r\n";
const USAGE: &str =
    "x-business-use-case-usage: {\"1\":[{\"estimated_time_to_regain_access\":9}]}\r\n";

#[rustfmt::skip] // One line per row.
const ROWS: &[Row] = &[
    (Success, None, Some(200), [1, 1, 1]),
    // The request was certainly not sent, so a write is retried too.
    (ConnectionRefused, Some(Network), None, [3, 3, 3]),
    (NoTls, Some(Network), None, [3, 3, 3]),
    // The server may have carried out the request.
    (ClosedBeforeRequest, Some(Network), None, [3, 1, 3]),
    (HalfClosed, Some(Network), None, [3, 1, 3]),
    (NoResponse, Some(Timeout), None, [3, 1, 3]),
    (SlowResponse, Some(Timeout), None, [3, 1, 3]),
    (TruncatedHeaders, Some(Network), None, [3, 1, 3]),
    (TruncatedBody, Some(Network), Some(200), [3, 1, 3]),
    (TruncatedChunk, Some(Network), Some(200), [3, 1, 3]),
    (NotHttp, Some(Network), None, [3, 1, 3]),
    (OversizedHeader, Some(Network), None, [3, 1, 3]),
    (ContentLengthTooLong, Some(Timeout), Some(200), [3, 1, 3]),
    (Response(408, "", ""), Some(Timeout), Some(408), [3, 1, 3]),
    (Response(425, "", ""), Some(Api), Some(425), [3, 1, 3]),
    (Response(429, "", ""), Some(RateLimited), Some(429), [3, 1, 3]),
    (Response(429, NOW, ""), Some(RateLimited), Some(429), [3, 1, 3]),
    (Response(503, "", "<html>"), Some(Server), Some(503), [3, 1, 3]),
    (EchoedRequest(502), Some(Server), Some(502), [3, 1, 3]),
    // A retry would fail in the same way.
    (ContentLengthTooShort, Some(Decode), Some(200), [1, 1, 1]),
    (EndlessBody, Some(Decode), Some(200), [1, 1, 1]),
    (GzipBomb, Some(Decode), Some(200), [1, 1, 1]),
    (Response(200, "", "<html>"), Some(Decode), Some(200), [1, 1, 1]),
    (Redirect, Some(Api), Some(307), [1, 1, 1]),
    (Response(401, "", ""), Some(Authentication), Some(401), [1, 1, 1]),
    (Response(404, "", ""), Some(NotFound), Some(404), [1, 1, 1]),
    (Response(500, "", ""), Some(Server), Some(500), [1, 1, 1]),
    // A retry would come too early.
    (Response(429, WAIT, ""), Some(RateLimited), Some(429), [1, 1, 1]),
    (Response(400, "", LIMIT), Some(RateLimited), Some(400), [1, 1, 1]),
    (Response(400, USAGE, LIMIT), Some(RateLimited), Some(400), [1, 1, 1]),
];

#[derive(Clone, Copy, Debug)]
enum Operation {
    HubGet,
    MetaGet,
    /// A write that can be repeated according to its document.
    Update,
    /// A write that must not be repeated according to its document.
    Create,
    Post,
    Delete,
}

const OPERATIONS: [Operation; 6] = [
    Operation::HubGet,
    Operation::MetaGet,
    Operation::Update,
    Operation::Create,
    Operation::Post,
    Operation::Delete,
];
const POLICIES: [&str; 3] = ["none", "default", "retry_writes"];

impl Operation {
    async fn call(self, hub: &dialog360::Client, meta: &graph::Client) -> Result<(), Error> {
        match self {
            Self::HubGet => {
                let call = hub.get_waba_account().partner_id("plantedPA");
                call.waba_account_id("plantedWA").send().await.map(drop)
            }
            Self::MetaGet => {
                let call = meta.get_whatsapp_business_account().waba_id("planted");
                call.send().await.map(drop)
            }
            Self::Update => {
                let call = meta.update_whatsapp_business_account().waba_id("planted");
                let call = call.body_map(|body| body.name("planted name"));
                call.send().await.map(drop)
            }
            Self::Create => {
                let call = meta.create_flow().waba_id("planted");
                let call =
                    call.body_map(|body| body.name("planted name").categories(["OTHER".into()]));
                call.send().await.map(drop)
            }
            Self::Post => {
                let call = meta.request(Method::POST, "/{id}").path("id", "planted");
                let call = call.json(&["planted name"]);
                call.send::<serde_json::Value>().await.map(drop)
            }
            Self::Delete => {
                let call = hub.request(Method::DELETE, "/{id}").path("id", "planted");
                call.send::<serde_json::Value>().await.map(drop)
            }
        }
    }
}

/// The result of a row, or of one call of it.
#[derive(Default)]
struct Outcome {
    /// The text in the printed table.
    line: String,
    failures: Vec<String>,
    /// Everything that the errors show.
    shown: String,
}

async fn run(row: &'static Row) -> Outcome {
    let (fault, kind, ..) = row;
    let name: String = format!("{fault:?}").chars().take(44).collect();
    let result = kind.map_or_else(|| "success".to_owned(), |kind| format!("{kind:?}"));
    let mut total = Outcome {
        line: format!("{name:<44} {result:<14}"),
        ..Outcome::default()
    };
    let calls = OPERATIONS.map(|operation| POLICIES.map(|policy| (operation, policy)));
    let mut outcomes = Vec::new();
    if fault.needs_timeout() {
        // The timeouts run at the same time, so that each can be long enough for a slow machine.
        let mut fixtures = Vec::new();
        for _ in calls.as_flattened() {
            fixtures.push(Fixture::start(*fault).await);
        }
        // Building clients blocks the thread: the other rows build theirs before a timeout starts.
        yield_now().await;
        let calls = calls.as_flattened().iter().zip(&fixtures);
        outcomes = join_all(calls.map(|(call, fixture)| fixture.call(row, *call))).await;
    } else {
        let fixture = Fixture::start(*fault).await;
        for call in calls.as_flattened() {
            outcomes.push(fixture.call(row, *call).await);
        }
    }
    for (number, outcome) in outcomes.into_iter().enumerate() {
        total.line += &outcome.line;
        if (number + 1) % POLICIES.len() == 0 {
            total.line += "  ";
        }
        total.failures.extend(outcome.failures);
        total.shown += &outcome.shown;
    }
    // Errors show the text of the response, but no ids and bodies of the request.
    if !matches!(fault, EchoedRequest(_)) && total.shown.contains("planted") {
        let failure = format!(
            "{name}: an error shows a part of the request: {}",
            total.shown
        );
        total.failures.push(failure);
    }
    total
}

/// A server with a fault, and the clients that call it.
struct Fixture {
    server: FaultServer,
    hub: dialog360::Client,
    meta: graph::Client,
}

impl Fixture {
    async fn start(fault: Fault) -> Self {
        let server = FaultServer::start(move |_| fault).await;
        let timeout = Duration::from_secs(if fault.needs_timeout() { 3 } else { 60 });
        let hub = dialog360::Client::builder()
            .api_key(SECRET)
            .base_url(&server.url)
            .timeout(timeout)
            // Connecting takes long while other rows keep this thread busy.
            .connect_timeout(timeout)
            .max_response_bytes(1 << 20);
        let meta = graph::Client::builder()
            .access_token(SECRET)
            .app_secret("planted-app-secret")
            .base_url(&server.url)
            .timeout(timeout)
            .connect_timeout(timeout)
            .max_response_bytes(1 << 20);
        let (hub, meta) = (
            hub.build().expect("a client"),
            meta.build().expect("a client"),
        );
        Self { server, hub, meta }
    }

    async fn call(&self, row: &Row, (operation, policy): (Operation, &str)) -> Outcome {
        let (fault, kind, status, attempts) = row;
        let retry = RetryPolicy::default()
            .initial_backoff(Duration::from_millis(1))
            .total_timeout(Duration::from_secs(300));
        let retry = match policy {
            "none" => RetryPolicy::none(),
            "retry_writes" => retry.retry_writes(),
            _ => retry,
        };
        let expected = match (policy, operation) {
            ("none", _) => 1,
            (_, Operation::Create) => attempts[1],
            ("default", Operation::Post) => attempts[1],
            ("retry_writes", Operation::Post) => attempts[2],
            _ => attempts[0],
        };
        let expected_requests = match fault {
            ConnectionRefused => 0,
            _ => expected as usize,
        };
        let before = self.server.requests();
        let (hub, meta) = (
            self.hub.with_retry_policy(retry),
            self.meta.with_retry_policy(retry),
        );
        let result = operation.call(&hub, &meta).await;
        let requests = self.server.requests() - before;
        let mut outcome = Outcome {
            line: format!(" {requests}"),
            ..Outcome::default()
        };
        let name = format!("{fault:?}, {operation:?}, {policy}");
        if requests != expected_requests {
            let failure =
                format!("{name}: expected {expected_requests} requests, found {requests}");
            outcome.failures.push(failure);
        }
        match &result {
            Ok(()) if kind.is_none() => {}
            Ok(()) => outcome.failures.push(format!("{name}: expected an error")),
            Err(error) => {
                let found = (
                    Some(error.kind()),
                    error.status().map(|status| status.as_u16()),
                );
                let wanted = (*kind, *status);
                let attempts = error.attempts();
                if found != wanted || attempts != expected {
                    outcome.failures.push(format!(
                        "{name}: expected {wanted:?} after {expected} attempts, found {found:?} \
                         after {attempts}: {error}"
                    ));
                }
                outcome.shown += &shown(error);
            }
        }
        outcome
    }
}

#[tokio::test]
async fn every_fault_ends_in_its_error_after_the_expected_attempts() {
    let (lines, _guard) = traced();
    log::set_boxed_logger(Box::new(lines.clone())).expect("the only logger");
    log::set_max_level(log::LevelFilter::Trace);
    let (with_timeout, without_timeout): (Vec<_>, Vec<_>) = ROWS
        .iter()
        .enumerate()
        .partition(|(_, row)| row.0.needs_timeout());
    let mut rows = Vec::new();
    // Timeouts come last, when no other row keeps this thread busy.
    for group in [without_timeout, with_timeout] {
        let mut running = JoinSet::new();
        for (number, row) in group {
            running.spawn(async move { (number, run(row).await) });
        }
        rows.extend(running.join_all().await);
    }
    rows.sort_by_key(|(number, _)| *number);

    let mut table = String::from(
        "\nRequests of each operation with the retry policies none, default, retry_writes\n",
    );
    let _ = writeln!(
        table,
        "{:<44} {:<14} {:<7} {:<7} {:<7} {:<7} {:<7} {:<7}",
        "fault", "result", "GET 360", " GET", "  UPDATE", "  CREATE", "  POST", "   DELETE"
    );
    let (mut failures, mut shown) = (Vec::new(), String::new());
    for (_, row) in rows {
        let _ = writeln!(table, "{}", row.line);
        failures.extend(row.failures);
        shown += &row.shown;
    }
    let calls = ROWS.len() * OPERATIONS.len() * POLICIES.len();
    let _ = writeln!(table, "{calls} calls, {} failures", failures.len());
    // Bypasses the test harness, which hides the output of passing tests.
    let _ = std::io::stdout().write_all(table.as_bytes());
    assert!(failures.is_empty(), "{}", failures.join("\n"));

    let traced = lines.text();
    assert!(
        shown.len() > 10_000 && traced.len() > 10_000,
        "errors and traces were recorded"
    );
    assert!(
        shown.contains("x-api-key: [redacted]"),
        "an echoed API key was redacted"
    );
    assert!(
        shown.contains("appsecret_proof=[redacted]"),
        "an echoed proof was redacted"
    );
    for planted in [SECRET, "planted-app-secret", PROOF] {
        assert!(!shown.contains(planted), "an error shows {planted}");
        assert!(!traced.contains(planted), "a traced line shows {planted}");
    }
}

/// The output of `printf planted-secret-7f3a | openssl dgst -sha256 -hmac planted-app-secret`
const PROOF: &str = "0ba5e8966fba7d47e45d0d4b8dcbf8008d0fbe9f0bf527771fa4228743eaad8a";
