//! Every fault of a server, with every kind of call and every policy: how often the call is sent,
//! and the error that it ends in.

use std::{fmt::Write as _, io::Write as _, time::Duration};

use futures::future::join_all;
use reqwest::Method;
use tokio::task::JoinSet;
use waba::{Error, ErrorKind, RetryPolicy, dialog360, graph};

use crate::{
    fault_server::{
        Fault::{self, *},
        FaultServer,
    },
    observation::traced,
    server::SECRET,
};

/// A fault; the error it ends in and its status; how often a policy of three attempts sends a call
/// that may be repeated, one that may not, and one that its caller says may be; and how many of
/// these come to the server each time.
type Row = (Fault, Option<ErrorKind>, Option<u16>, [u32; 3], usize);

const LIMIT: &str = r#"{"error":{"code":80007,"message":"too many calls"}}"#;
const WAIT: &str = "retry-after: 3600\r\n";
const NOW: &str = "retry-after: 0\r\n";
const USAGE: &str =
    "x-business-use-case-usage: {\"1\":[{\"estimated_time_to_regain_access\":9}]}\r\n";

const ROWS: &[Row] = &[
    (Fine, None, Some(200), [1, 1, 1], 1),
    // Certain not to have left, so anything is sent again.
    (Refused, Some(ErrorKind::Network), None, [3, 3, 3], 0),
    (NoTls, Some(ErrorKind::Network), None, [3, 3, 3], 1),
    // May have been carried out.
    (ClosedAtOnce, Some(ErrorKind::Network), None, [3, 1, 3], 1),
    (HalfClosed, Some(ErrorKind::Network), None, [3, 1, 3], 1),
    (Silent, Some(ErrorKind::Timeout), None, [3, 1, 3], 1),
    (Slow, Some(ErrorKind::Timeout), None, [3, 1, 3], 1),
    (CutInHeaders, Some(ErrorKind::Network), None, [3, 1, 3], 1),
    (CutInBody, Some(ErrorKind::Network), Some(200), [3, 1, 3], 1),
    (
        CutInChunk,
        Some(ErrorKind::Network),
        Some(200),
        [3, 1, 3],
        1,
    ),
    (Garbage, Some(ErrorKind::Network), None, [3, 1, 3], 1),
    (HugeHeader, Some(ErrorKind::Network), None, [3, 1, 3], 1),
    (
        TooLongLength,
        Some(ErrorKind::Timeout),
        Some(200),
        [3, 1, 3],
        1,
    ),
    (
        Answer(408, "", ""),
        Some(ErrorKind::Timeout),
        Some(408),
        [3, 1, 3],
        1,
    ),
    (
        Answer(425, "", ""),
        Some(ErrorKind::Api),
        Some(425),
        [3, 1, 3],
        1,
    ),
    (
        Answer(429, "", ""),
        Some(ErrorKind::RateLimited),
        Some(429),
        [3, 1, 3],
        1,
    ),
    (
        Answer(429, NOW, ""),
        Some(ErrorKind::RateLimited),
        Some(429),
        [3, 1, 3],
        1,
    ),
    (
        Answer(503, "", "<html>"),
        Some(ErrorKind::Server),
        Some(503),
        [3, 1, 3],
        1,
    ),
    (Echo(502), Some(ErrorKind::Server), Some(502), [3, 1, 3], 1),
    // Would fail again.
    (
        TooShortLength,
        Some(ErrorKind::Decode),
        Some(200),
        [1, 1, 1],
        1,
    ),
    (Endless, Some(ErrorKind::Decode), Some(200), [1, 1, 1], 1),
    (GzipBomb, Some(ErrorKind::Decode), Some(200), [1, 1, 1], 1),
    (
        Answer(200, "", "<html>"),
        Some(ErrorKind::Decode),
        Some(200),
        [1, 1, 1],
        1,
    ),
    (Redirect, Some(ErrorKind::Api), Some(307), [1, 1, 1], 1),
    (
        Answer(401, "", ""),
        Some(ErrorKind::Authentication),
        Some(401),
        [1, 1, 1],
        1,
    ),
    (
        Answer(404, "", ""),
        Some(ErrorKind::NotFound),
        Some(404),
        [1, 1, 1],
        1,
    ),
    (
        Answer(500, "", ""),
        Some(ErrorKind::Server),
        Some(500),
        [1, 1, 1],
        1,
    ),
    // Would only make it worse.
    (
        Answer(429, WAIT, ""),
        Some(ErrorKind::RateLimited),
        Some(429),
        [1, 1, 1],
        1,
    ),
    (
        Answer(400, "", LIMIT),
        Some(ErrorKind::RateLimited),
        Some(400),
        [1, 1, 1],
        1,
    ),
    (
        Answer(400, USAGE, LIMIT),
        Some(ErrorKind::RateLimited),
        Some(400),
        [1, 1, 1],
        1,
    ),
];

#[derive(Clone, Copy, Debug)]
enum Operation {
    HubGet,
    MetaGet,
    MetaUpdate,
    Delete,
}

const OPERATIONS: [Operation; 4] = [
    Operation::HubGet,
    Operation::MetaGet,
    Operation::MetaUpdate,
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
            Self::MetaUpdate => {
                let call = meta.update_whatsapp_business_account().waba_id("planted");
                let call = call.body_map(|body| body.name("planted name"));
                call.send().await.map(drop)
            }
            Self::Delete => {
                let call = hub.request(Method::DELETE, "/{id}").path("id", "planted");
                call.send::<serde_json::Value>().await.map(drop)
            }
        }
    }
}

/// What came of a row, or of one cell of it.
#[derive(Default)]
struct Outcome {
    line: String,
    wrong: Vec<String>,
    /// All that its errors say.
    said: String,
}

async fn run(row: &'static Row) -> Outcome {
    let (fault, kind, ..) = row;
    let name: String = format!("{fault:?}").chars().take(44).collect();
    let ends_in = kind.map_or_else(|| "an answer".to_owned(), |kind| format!("{kind:?}"));
    let mut all = Outcome {
        line: format!("{name:<44} {ends_in:<14}"),
        ..Outcome::default()
    };
    let cells = OPERATIONS.map(|operation| POLICIES.map(|policy| (operation, policy)));
    let mut outcomes = Vec::new();
    if fault.waits() {
        // A timeout that only ends what never ends can be long enough for a machine with much else
        // to do, if all are waited for at once.
        let mut sides = Vec::new();
        for _ in cells.as_flattened() {
            sides.push(Sides::start(*fault).await);
        }
        let cells = cells.as_flattened().iter().zip(&sides);
        outcomes = join_all(cells.map(|(cell, sides)| sides.call(row, *cell))).await;
    } else {
        let sides = Sides::start(*fault).await;
        for cell in cells.as_flattened() {
            outcomes.push(sides.call(row, *cell).await);
        }
    }
    for (number, outcome) in outcomes.into_iter().enumerate() {
        all.line += &outcome.line;
        if (number + 1) % POLICIES.len() == 0 {
            all.line += "  ";
        }
        all.wrong.extend(outcome.wrong);
        all.said += &outcome.said;
    }
    // What the server says is shown; ids and bodies that only the request has are not.
    if !matches!(fault, Echo(_)) && all.said.contains("planted") {
        let wrong = format!("{name}: a part of the request in {}", all.said);
        all.wrong.push(wrong);
    }
    all
}

/// A server with a fault, and the clients that call it.
struct Sides {
    server: FaultServer,
    hub: dialog360::Client,
    meta: graph::Client,
}

impl Sides {
    async fn start(fault: Fault) -> Self {
        let server = FaultServer::start(move |_| fault).await;
        let timeout = Duration::from_secs(if fault.waits() { 3 } else { 60 });
        let hub = dialog360::Client::builder()
            .api_key(SECRET)
            .base_url(&server.url)
            .timeout(timeout)
            .max_response_bytes(1 << 20);
        let meta = graph::Client::builder()
            .access_token(SECRET)
            .app_secret("planted-app-secret")
            .base_url(&server.url)
            .timeout(timeout)
            .max_response_bytes(1 << 20);
        let (hub, meta) = (
            hub.build().expect("a client"),
            meta.build().expect("a client"),
        );
        Self { server, hub, meta }
    }

    async fn call(&self, row: &Row, (operation, policy): (Operation, &str)) -> Outcome {
        let (fault, kind, status, attempts, arrivals) = row;
        let retry = RetryPolicy::default()
            .initial_backoff(Duration::from_millis(1))
            .total_timeout(Duration::from_secs(300));
        let retry = match policy {
            "none" => RetryPolicy::none(),
            "retry_writes" => retry.retry_writes(),
            _ => retry,
        };
        let writes = matches!(operation, Operation::MetaUpdate);
        let expected = match (policy, writes) {
            ("none", _) => 1,
            (_, false) => attempts[0],
            ("default", true) => attempts[1],
            (_, true) => attempts[2],
        };
        let before = self.server.came();
        let (hub, meta) = (
            self.hub.with_retry_policy(retry),
            self.meta.with_retry_policy(retry),
        );
        let result = operation.call(&hub, &meta).await;
        let came = self.server.came() - before;
        let mut outcome = Outcome {
            line: format!(" {came}"),
            ..Outcome::default()
        };
        let name = format!("{fault:?}, {operation:?}, {policy}");
        if came != expected as usize * arrivals {
            let wrong = format!("{name}: {came} requests came, not {expected}");
            outcome.wrong.push(wrong);
        }
        match &result {
            Ok(()) if kind.is_none() => {}
            Ok(()) => outcome.wrong.push(format!("{name}: no error")),
            Err(error) => {
                let (got, sent) = ((Some(error.kind()), error.status()), error.attempts());
                let wanted = (*kind, *status);
                if (got.0, got.1.map(|status| status.as_u16())) != wanted || sent != expected {
                    let wrong = format!("{name}: after {sent}, not {wanted:?}: {error}");
                    outcome.wrong.push(wrong);
                }
                outcome.said += &all_of(error);
            }
        }
        outcome
    }
}

/// All that an error says, also to one who panics with it.
fn all_of(error: &Error) -> String {
    let mut said = format!(
        "{error} {error:#?} {:?} {:?} {:?} {:?}\n",
        error.body_excerpt(),
        error.details(),
        error.meta_error(),
        error.retry_after(),
    );
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        said += &format!("{error} {error:?}\n");
        source = error.source();
    }
    said
}

#[tokio::test]
async fn every_fault_with_every_operation_and_policy() {
    let (lines, _guard) = traced();
    log::set_boxed_logger(Box::new(lines.clone())).expect("the only logger");
    log::set_max_level(log::LevelFilter::Trace);
    let (quick, waiting): (Vec<_>, Vec<_>) =
        ROWS.iter().enumerate().partition(|(_, row)| !row.0.waits());
    let mut rows = Vec::new();
    // Those that wait for a timeout come last, when nothing else keeps this thread.
    for group in [quick, waiting] {
        let mut running = JoinSet::new();
        for (number, row) in group {
            running.spawn(async move { (number, run(row).await) });
        }
        rows.extend(running.join_all().await);
    }
    rows.sort_by_key(|(number, _)| *number);

    let mut table = String::from(
        "\nHow many requests came; of each operation by the policies none, default, retry_writes\n",
    );
    let _ = writeln!(
        table,
        "{:<44} {:<14} {:<7} {:<7} {:<7} {:<7}",
        "fault", "ends in", "GET 360", " GET", "  POST", "   DELETE"
    );
    let (mut wrong, mut said) = (Vec::new(), String::new());
    for (_, row) in rows {
        let _ = writeln!(table, "{}", row.line);
        wrong.extend(row.wrong);
        said += &row.said;
    }
    let cells = ROWS.len() * OPERATIONS.len() * POLICIES.len();
    let _ = writeln!(table, "{cells} cells, {} of them wrong", wrong.len());
    // Past the harness, which keeps what passing tests print.
    let _ = std::io::stdout().write_all(table.as_bytes());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let traced = lines.text();
    assert!(said.len() > 10_000 && traced.len() > 10_000, "all was kept");
    assert!(
        said.contains("x-api-key: [redacted]"),
        "a server repeated it"
    );
    assert!(said.contains("appsecret_proof=[redacted]"), "and the proof");
    for planted in [SECRET, "planted-app-secret", PROOF] {
        assert!(!said.contains(planted), "{planted} in an error");
        assert!(!traced.contains(planted), "{planted} in a traced line");
    }
}

/// `printf planted-secret-7f3a | openssl dgst -sha256 -hmac planted-app-secret`
const PROOF: &str = "0ba5e8966fba7d47e45d0d4b8dcbf8008d0fbe9f0bf527771fa4228743eaad8a";
