//! The cost of this crate, compared with calls written by hand with reqwest and serde.
//!
//! `cargo bench` measures it. Calls are measured as wall time, and on Linux also as CPU time of the
//! client's thread. The server runs in another thread.

#![allow(clippy::expect_used, missing_docs)]

use std::{fs, hint::black_box, iter, thread, time::Duration};

use criterion::{
    Criterion, SamplingMode, Throughput, criterion_group, criterion_main,
    measurement::{Measurement, ValueFormatter, WallTime},
};
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    runtime::{Builder, Runtime},
};
use waba::{
    RetryPolicy,
    dialog360::types::WabaAccount,
    graph::{self, types::WhatsAppBusinessAccount},
    reqwest,
};

/// Meta's account as a program without this crate would declare it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct MetaAccount {
    account_review_status: Option<String>,
    business_verification_status: Option<String>,
    country: Option<String>,
    creation_time: Option<i64>,
    currency: Option<String>,
    disable_marketing_messages_on_cloud_api: Option<bool>,
    id: String,
    is_enabled_for_insights: Option<bool>,
    message_template_namespace: Option<String>,
    name: Option<String>,
    ownership_type: Option<String>,
    primary_business_location: Option<String>,
    purchase_order_number: Option<String>,
    status: Option<String>,
    timezone_id: Option<String>,
}

/// 360dialog's account as a program without this crate would declare it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct HubAccount {
    client_id: Option<String>,
    external_id: Option<String>,
    fb_business_id: Option<String>,
    id: Option<String>,
    name: Option<String>,
    namespace: Option<String>,
    partner_id: Option<String>,
    settings: Option<HubSettings>,
    status: Option<String>,
    timezone_id: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct HubSettings {
    marketing_messages_lite_api_status: Option<String>,
}

fn meta_account() -> Value {
    json!({
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "country": "US",
        "creation_time": 1_700_000_000,
        "currency": "USD",
        "disable_marketing_messages_on_cloud_api": false,
        "id": "102290129340398",
        "is_enabled_for_insights": true,
        "message_template_namespace": "ba30dd89_2ebd_41e4_b805_f2c05ae04cc9",
        "name": "My Business WhatsApp Account",
        "ownership_type": "CLIENT_OWNED",
        "primary_business_location": "US",
        "purchase_order_number": "4711",
        "status": "ACTIVE",
        "timezone_id": "1",
    })
}

fn hub_account() -> Value {
    json!({
        "client_id": "AbCdEfCL",
        "external_id": "102290129340398",
        "fb_business_id": "506914307656634",
        "id": "AbCdEfWA",
        "name": "My Business WhatsApp Account",
        "namespace": "ba30dd89_2ebd_41e4_b805_f2c05ae04cc9",
        "partner_id": "AbCdEfPA",
        "settings": {"marketing_messages_lite_api_status": "ELIGIBLE"},
        "status": "approved",
        "timezone_id": "1",
    })
}

fn decode(criterion: &mut Criterion) {
    let good = iter::repeat_n(meta_account(), 10_000);
    // Two fields of each item have another type than documented.
    let odd = good.clone().map(|mut account| {
        account["creation_time"] = json!("1700000000");
        account["currency"] = json!(["USD"]);
        account
    });
    let meta = meta_account().to_string();
    let hub = hub_account().to_string();
    let list = Value::from_iter(good).to_string();
    let odd = Value::from_iter(odd).to_string();
    group::<WhatsAppBusinessAccount, MetaAccount>(criterion, "decode Meta's account", &meta);
    group::<WabaAccount, HubAccount>(criterion, "decode 360dialog's account", &hub);
    group::<Vec<WhatsAppBusinessAccount>, Vec<MetaAccount>>(
        criterion,
        "decode 10,000 accounts",
        &list,
    );
    let mut group = criterion.benchmark_group("decode 10,000 accounts with two odd fields each");
    group.sample_size(20).bench_function("waba", |bencher| {
        bencher.iter(|| parse::<Vec<WhatsAppBusinessAccount>>(&odd));
    });
}

/// Measures decoding `body` as a type of this crate and as one written by hand.
fn group<Ours: for<'de> Deserialize<'de>, ByHand: for<'de> Deserialize<'de>>(
    criterion: &mut Criterion,
    name: &str,
    body: &str,
) {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(if body.len() > 100_000 { 20 } else { 100 });
    group.bench_function("by hand", |bencher| bencher.iter(|| parse::<ByHand>(body)));
    group.bench_function("waba", |bencher| bencher.iter(|| parse::<Ours>(body)));
}

fn parse<T: for<'de> Deserialize<'de>>(body: &str) -> T {
    serde_json::from_slice(black_box(body).as_bytes()).expect("an account")
}

/// Starts a server in another thread that returns `body` to each request. Returns its URL.
fn serve(status: &str, body: &str) -> String {
    let head = "content-type: application/json\r\ncontent-length";
    let response = format!("HTTP/1.1 {status}\r\n{head}: {}\r\n\r\n{body}", body.len());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    listener.set_nonblocking(true).expect("a listener");
    thread::spawn(move || runtime().block_on(accept(listener, response)));
    url
}

async fn accept(listener: std::net::TcpListener, response: String) {
    let listener = TcpListener::from_std(listener).expect("a listener");
    loop {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        let response = response.clone();
        tokio::spawn(async move {
            let mut request = [0; 4096];
            // Requests are smaller than the buffer, and not pipelined.
            while stream
                .read(&mut request)
                .await
                .is_ok_and(|length| length > 0)
            {
                if stream.write_all(response.as_bytes()).await.is_err() {
                    break;
                }
            }
        });
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

fn calls<M: Measurement + 'static>(criterion: &mut Criterion<M>, unit: &str) {
    let (url, failing) = (
        serve("200 OK", &meta_account().to_string()),
        serve(
            "400 Bad Request",
            "{\"error\":{\"code\":100,\"message\":\"Invalid parameter\",\"type\":\"OAuthException\"}}",
        ),
    );
    for at_once in [1, 64] {
        let mut group = criterion.benchmark_group(format!("{at_once} at once, {unit}"));
        // Linux counts the CPU time in ticks, so that a sample of few calls can take none.
        group.sampling_mode(SamplingMode::Flat);
        group.throughput(Throughput::Elements(at_once as u64));
        let runtime = runtime();
        let http = reqwest::Client::builder().build().expect("a client");
        group.bench_function("by hand", |bencher| {
            bencher.iter(|| {
                let calls = (0..at_once).map(|_| call_by_hand(&http, &url));
                runtime.block_on(join_all(calls))
            });
        });
        let meta = client(&url);
        group.bench_function("waba", |bencher| {
            bencher.iter(|| {
                let calls = (0..at_once).map(|_| call(&meta));
                runtime.block_on(join_all(calls))
            });
        });
        let meta = client(&failing);
        group.bench_function("waba, with an error", |bencher| {
            bencher.iter(|| {
                let calls = (0..at_once).map(|_| fail(&meta));
                runtime.block_on(join_all(calls))
            });
        });
    }
}

fn client(url: &str) -> graph::Client {
    let builder = graph::Client::builder().access_token("token").base_url(url);
    builder
        .retry_policy(RetryPolicy::none())
        .build()
        .expect("a client")
}

async fn call(meta: &graph::Client) -> WhatsAppBusinessAccount {
    let call = meta
        .get_whatsapp_business_account()
        .waba_id("102290129340398");
    call.send().await.expect("an account").into_inner()
}

async fn fail(meta: &graph::Client) -> waba::Error {
    let call = meta
        .get_whatsapp_business_account()
        .waba_id("102290129340398");
    call.send().await.expect_err("an error")
}

async fn call_by_hand(http: &reqwest::Client, url: &str) -> MetaAccount {
    let request = http
        .get(format!("{url}/v23.0/102290129340398"))
        .bearer_auth("token")
        .header("accept", "application/json")
        .header("user-agent", "bench")
        .timeout(Duration::from_secs(30));
    let response = request.send().await.expect("a response");
    let response = response.error_for_status().expect("a success");
    let body = response.bytes().await.expect("a body");
    serde_json::from_slice(&body).expect("an account")
}

/// The CPU time of the current thread, in nanoseconds.
struct CpuTime;

impl Measurement for CpuTime {
    type Intermediate = u64;
    type Value = u64;

    fn start(&self) -> u64 {
        let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
        let first = text.split_whitespace().next();
        first
            .and_then(|nanoseconds| nanoseconds.parse().ok())
            .expect("a number")
    }

    fn end(&self, start: u64) -> u64 {
        self.start() - start
    }

    fn add(&self, one: &u64, other: &u64) -> u64 {
        one + other
    }

    fn zero(&self) -> u64 {
        0
    }

    fn to_f64(&self, value: &u64) -> f64 {
        *value as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

fn calls_by_wall_time(criterion: &mut Criterion) {
    calls(criterion, "wall time");
}

fn calls_by_cpu_time(criterion: &mut Criterion<CpuTime>) {
    if fs::exists("/proc/thread-self/schedstat").is_ok_and(|exists| exists) {
        calls(criterion, "CPU time");
    }
}

criterion_group!(wall, decode, calls_by_wall_time);
criterion_group! {
    name = cpu;
    config = Criterion::default().with_measurement(CpuTime);
    targets = calls_by_cpu_time
}
criterion_main!(wall, cpu);
