//! The memory that responses take while they are read.

#![cfg(feature = "graph")]
#![allow(clippy::expect_used, clippy::panic)] // A failed test panics.

use std::fmt::Write;

use axum::{Router, extract::Request, routing::get};
use peak_alloc::PeakAlloc;
use serde_json::Value;
use tokio::{net::TcpListener, sync::Mutex};
use waba::graph;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The allocator counts the whole process, so only one test runs at a time.
static ALONE: Mutex<()> = Mutex::const_new(());

const ON_A_PAGE: usize = 1_000;
const FEW: usize = 10_000;
const ALL: usize = 1_000_000;

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

fn client(url: String) -> graph::Client {
    let builder = graph::Client::builder().access_token("token").base_url(url);
    builder.build().expect("a client")
}

/// Starts a server with [`ALL`] items in pages, whose cursors are numbers. Returns its address.
async fn start() -> String {
    let mut items = String::new();
    for id in 0..ON_A_PAGE {
        let comma = if id == 0 { "" } else { "," };
        write!(items, r#"{comma}{{"id":"{id}","name":"order_{id}"}}"#).expect("text");
    }
    let page = async move |request: Request| {
        let query = request.uri().query().unwrap_or_default();
        let after = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("after="));
        let page = after.map_or(0, |after| after.parse().expect("a cursor of this server")) + 1;
        let next = match page * ON_A_PAGE {
            ALL => "",
            _ => r#","next":"https://graph.facebook.com/next""#,
        };
        format!(r#"{{"data":[{items}],"paging":{{"cursors":{{"after":"{page}"}}{next}}}}}"#)
    };
    serve(Router::new().fallback(get(page))).await
}

#[tokio::test]
async fn a_list_of_a_million_items_is_read_with_flat_memory() {
    let _alone = ALONE.lock().await;
    let meta = client(start().await);
    let list = meta.list_message_templates().waba_id("102290129340398");
    let mut items = list.limit(ON_A_PAGE as u64).items();
    let mut count = 0;
    let mut early = 0;
    while let Some(item) = items.next().await {
        item.expect("an item");
        count += 1;
        if count == FEW {
            early = MEMORY.peak_usage();
        }
    }
    assert_eq!(count, ALL);
    let late = MEMORY.peak_usage();
    println!("peak of {early} bytes after {FEW} items, {late} bytes after {ALL}");
    assert!(
        late < early + early / 10,
        "peak of {early} bytes after {FEW} items, {late} bytes after {ALL}"
    );
}

/// Returns a template whose components contain each other 30 levels deep. The innermost list has `items`.
fn nested_template(items: &str) -> String {
    const LEVELS: usize = 30;
    let begin = r#"{"type":"CAROUSEL","cards":[{"components":["#.repeat(LEVELS);
    let end = "]}]}".repeat(LEVELS);
    format!(r#"{{"id":"1","components":[{begin}{items}{end}]}}"#)
}

/// The comparison is with `Value`, which can take 60 times the memory of its text.
#[tokio::test]
async fn deeply_nested_items_of_unexpected_types_are_not_copied_at_each_level() {
    const MOST: usize = 6;
    let _alone = ALONE.lock().await;
    for odd in ["1234567890", r#"{"type":{"x":[1,2,3]}}"#] {
        let items = vec![odd; 300_000 / odd.len()].join(",");
        let body: &'static str = nested_template(&items).leak();
        let meta = client(serve(Router::new().fallback(async move || body)).await);
        let before = MEMORY.current_usage();
        let value: Value = serde_json::from_str(body).expect("JSON");
        let once = MEMORY.current_usage() - before;
        drop(value);
        MEMORY.reset_peak_usage();
        let call = meta.get_message_template().template_id("1");
        let template = call.send().await.expect("a template");
        let peak = MEMORY.peak_usage() - before;
        assert!(template.components.is_some());
        println!("{odd}: peak of {peak} bytes, the value takes {once}");
        assert!(
            peak < MOST * once,
            "{odd}: peak of {peak} bytes, the value takes {once}"
        );
    }
}
