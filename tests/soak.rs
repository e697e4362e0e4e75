//! Ten thousand calls to servers that fail at random: each ends, and memory stays where it is.

#![cfg(feature = "graph")]
#![allow(clippy::expect_used, clippy::panic)] // A test that cannot go on says why and stops.

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
const TOGETHER: usize = 32;

/// As random as it needs to be, and the same every time.
fn fault(number: usize) -> Fault {
    let random = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    match random % 40 {
        0 => Fault::ClosedAtOnce,
        1 => Fault::CutInHeaders,
        2 => Fault::CutInBody,
        3 => Fault::CutInChunk,
        4 => Fault::Garbage,
        5 => Fault::GzipBomb,
        6 => Fault::TooShortLength,
        7 => Fault::Endless,
        8 => Fault::Redirect,
        9 => Fault::Echo(502),
        10 => Fault::Answer(503, "", "<html>"),
        11 => Fault::Answer(429, "retry-after: 0\r\n", ""),
        12 => Fault::Answer(401, "", r#"{"error":{"code":190,"message":"expired"}}"#),
        _ => Fault::Fine,
    }
}

/// The memory that this process has, in KiB, where the system tells.
fn resident() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[tokio::test]
async fn ten_thousand_calls_with_random_faults_all_end_and_hold_no_memory() {
    // Several, so that the system does not run out of ports.
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
    let done = Arc::new(AtomicUsize::new(0));
    let mut early = None;
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    let mut running = JoinSet::new();
    for number in 0..CALLS {
        if running.len() == TOGETHER
            && let Some(outcome) = running.join_next().await
        {
            *outcomes.entry(outcome.expect("no panic")).or_default() += 1;
        }
        if number == CALLS / 10 {
            early = resident();
        }
        let meta = clients[number % clients.len()].0.clone();
        let done = done.clone();
        running.spawn(async move {
            let call = meta.get_whatsapp_business_account().waba_id("1");
            let outcome = match call.send().await {
                Ok(_) => "Fine".to_owned(),
                Err(error) => format!("{:?}", error.kind()),
            };
            done.fetch_add(1, Ordering::SeqCst);
            outcome
        });
    }
    for outcome in running.join_all().await {
        *outcomes.entry(outcome).or_default() += 1;
    }
    let late = resident();
    let came: usize = clients.iter().map(|(_, server)| server.came()).sum();
    println!("{outcomes:?} in {came} requests; resident {early:?} KiB, then {late:?} KiB");

    assert_eq!(done.load(Ordering::SeqCst), CALLS);
    assert_eq!(outcomes.values().sum::<usize>(), CALLS);
    assert!(came > CALLS && came < 3 * CALLS, "{came} requests");
    assert!(outcomes["Fine"] > CALLS / 2, "{outcomes:?}");
    assert!(outcomes.len() >= 4, "every kind of end: {outcomes:?}");
    match (early, late) {
        (Some(early), Some(late)) => assert!(
            late < early + 16 * 1024,
            "from {early} KiB after a tenth to {late} KiB at the end"
        ),
        _ => println!("skipped: this system does not tell how much memory a process has"),
    }
}
