//! Ten thousand calls to servers that fail at random: each call ends, and no memory leaks.

#![cfg(feature = "graph")]
#![allow(clippy::expect_used, clippy::panic)] // A failed test panics.

use std::{
    collections::BTreeMap,
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::task::JoinSet;
use waba::{RetryPolicy, graph};

use crate::fault_server::{Fault, FaultServer};

#[path = "it/fault_server.rs"]
#[allow(dead_code)] // Shared with the other tests.
mod fault_server;

const CALLS: usize = 10_000;
const CONCURRENT: usize = 32;

/// Returns the fault for a request: random enough, but the same in every run.
fn fault(number: usize) -> Fault {
    let random = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    match random % 40 {
        0 => Fault::ClosedBeforeRequest,
        1 => Fault::TruncatedHeaders,
        2 => Fault::TruncatedBody,
        3 => Fault::TruncatedChunk,
        4 => Fault::NotHttp,
        5 => Fault::GzipBomb,
        6 => Fault::ContentLengthTooShort,
        7 => Fault::EndlessBody,
        8 => Fault::Redirect,
        9 => Fault::EchoedRequest(502),
        10 => Fault::Response(503, "", "<html>"),
        11 => Fault::Response(429, "retry-after: 0\r\n", ""),
        12 => Fault::Response(401, "", r#"{"error":{"code":190,"message":"expired"}}"#),
        _ => Fault::Success,
    }
}

/// Returns the resident memory of this process in KiB, if the system reports it.
fn resident_kib() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[tokio::test]
async fn ten_thousand_calls_to_failing_servers_end_without_leaking_memory() {
    // With one server, the system could run out of ports.
    let mut clients = Vec::new();
    for _ in 0..4 {
        let server = FaultServer::start(fault).await;
        let client = graph::Client::builder()
            .access_token("token")
            .base_url(&server.url)
            .max_response_bytes(64 * 1024)
            .retry_policy(RetryPolicy::default().initial_backoff(Duration::from_micros(100)))
            .build()
            .expect("a client");
        clients.push((client, server));
    }
    let ended = Arc::new(AtomicUsize::new(0));
    let mut early = None;
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    let mut running = JoinSet::new();
    for number in 0..CALLS {
        if running.len() == CONCURRENT
            && let Some(outcome) = running.join_next().await
        {
            *outcomes.entry(outcome.expect("no panic")).or_default() += 1;
        }
        if number == CALLS / 10 {
            early = resident_kib();
        }
        let meta = clients[number % clients.len()].0.clone();
        let ended = ended.clone();
        running.spawn(async move {
            let call = meta.get_whatsapp_business_account().waba_id("1");
            let outcome = match call.send().await {
                Ok(_) => "Success".to_owned(),
                Err(error) => format!("{:?}", error.kind()),
            };
            ended.fetch_add(1, Ordering::SeqCst);
            outcome
        });
    }
    for outcome in running.join_all().await {
        *outcomes.entry(outcome).or_default() += 1;
    }
    let late = resident_kib();
    let requests: usize = clients.iter().map(|(_, server)| server.requests()).sum();
    println!("{outcomes:?} in {requests} requests; memory {early:?} KiB, then {late:?} KiB");

    assert_eq!(ended.load(Ordering::SeqCst), CALLS);
    assert_eq!(outcomes.values().sum::<usize>(), CALLS);
    assert!(
        requests > CALLS && requests < 3 * CALLS,
        "{requests} requests"
    );
    assert!(outcomes["Success"] > CALLS / 2, "{outcomes:?}");
    assert!(
        outcomes.len() >= 4,
        "several kinds of outcomes: {outcomes:?}"
    );
    match (early, late) {
        (Some(early), Some(late)) => assert!(
            late < early + 16 * 1024,
            "{early} KiB after a tenth of the calls, {late} KiB at the end"
        ),
        _ => println!("skipped: this system does not report the memory of a process"),
    }
}
