//! Every fault of a server, with every kind of call and every policy: how often the call is sent,
//! and the error that it ends in.

use std::{fmt::Write as _, io::Write as _, time::Duration};

use reqwest::Method;
use tokio::task::JoinSet;
use waba::{Error, ErrorKind, RetryPolicy, dialog360, graph};

use crate::{
    fault_server::{
        Fault::{self, *},
        FaultServer,
    },
    seen::traced,
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
const POLICIES: [&str; 3] = ["none", "default", "repeat_writes"];

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

/// Runs a row; gives its line of the table, what is wrong, and all that its errors say.
async fn run(row: &'static Row) -> (String, Vec<String>, String) {
    let (fault, kind, status, attempts, arrivals) = row;
    let server = FaultServer::start(|_| *fault).await;
    let timeout = Duration::from_millis(if fault.waits() { 250 } else { 30_000 });
    let hub = dialog360::Client::builder()
        .api_key(SECRET)
        .base_url(&server.url)
        .timeout(timeout)
        .max_answer(1 << 20)
        .build()
        .expect("a client");
    let meta = graph::Client::builder()
        .access_token(SECRET)
        .app_secret("planted-app-secret")
        .base_url(&server.url)
        .timeout(timeout)
        .max_answer(1 << 20)
        .build()
        .expect("a client");
    let (mut line, mut wrong, mut said) = (String::new(), Vec::new(), String::new());
    let name: String = format!("{fault:?}").chars().take(44).collect();
    let ends_in = kind.map_or_else(|| "an answer".to_owned(), |kind| format!("{kind:?}"));
    let _ = write!(line, "{name:<44} {ends_in:<14}");
    for operation in OPERATIONS {
        for policy in POLICIES {
            let retry = RetryPolicy::default().base(Duration::from_millis(1));
            let retry = match policy {
                "none" => RetryPolicy::none(),
                "repeat_writes" => retry.repeat_writes(),
                _ => retry,
            };
            let writes = matches!(operation, Operation::MetaUpdate);
            let expected = match (policy, writes) {
                ("none", _) => 1,
                (_, false) => attempts[0],
                ("default", true) => attempts[1],
                (_, true) => attempts[2],
            };
            let before = server.came();
            let result = operation
                .call(&hub.with_retry(retry), &meta.with_retry(retry))
                .await;
            let came = server.came() - before;
            let cell = format!("{name}, {operation:?}, {policy}");
            if came != expected as usize * arrivals {
                wrong.push(format!("{cell}: {came} requests came, not {expected}"));
            }
            match &result {
                Ok(()) if kind.is_none() => {}
                Ok(()) => wrong.push(format!("{cell}: no error")),
                Err(error) => {
                    let (got, sent) = ((Some(error.kind()), error.status()), error.attempts());
                    let wanted = (*kind, *status);
                    if (got.0, got.1.map(|status| status.as_u16())) != wanted || sent != expected {
                        wrong.push(format!("{cell}: after {sent}, not {wanted:?}: {error}"));
                    }
                    said += &all_of(error);
                }
            }
            let _ = write!(line, " {came}");
        }
        line += "  ";
    }
    // What the server says is shown; ids and bodies that only the request has are not.
    if !matches!(fault, Echo(_)) && said.contains("planted") {
        wrong.push(format!("{name}: a part of the request in {said}"));
    }
    (line, wrong, said)
}

/// All that an error says, also to one who panics with it.
fn all_of(error: &Error) -> String {
    let mut said = format!(
        "{error} {error:#?} {:?} {:?} {:?} {:?}\n",
        error.excerpt(),
        error.details(),
        error.upstream(),
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
    // Those with a short timeout come last, when nothing else keeps this thread.
    for group in [quick, waiting] {
        let mut running = JoinSet::new();
        for (number, row) in group {
            running.spawn(async move { (number, run(row).await) });
        }
        rows.extend(running.join_all().await);
    }
    rows.sort_by_key(|(number, _)| *number);

    let mut table = String::from(
        "\nHow many requests came; of each operation by the policies none, default, repeat_writes\n",
    );
    let _ = writeln!(
        table,
        "{:<44} {:<14} {:<7} {:<7} {:<7} {:<7}",
        "fault", "ends in", "GET 360", " GET", "  POST", "   DELETE"
    );
    let (mut wrong, mut said) = (Vec::new(), String::new());
    for (_, (line, row_wrong, row_said)) in rows {
        let _ = writeln!(table, "{line}");
        wrong.extend(row_wrong);
        said += &row_said;
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
