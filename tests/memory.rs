//! A list of a million items is read with the memory of a few pages.

#![cfg(feature = "graph")]
#![allow(clippy::expect_used, clippy::panic)] // A failed test panics.

use std::fmt::Write;

use axum::{Router, extract::Request, routing::get};
use peak_alloc::PeakAlloc;
use tokio::net::TcpListener;
use waba::graph;

// It counts this whole process, so the test is the only one in its binary.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const ON_A_PAGE: usize = 1_000;
const FEW: usize = 10_000;
const ALL: usize = 1_000_000;

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
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new().fallback(get(page));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

#[tokio::test]
async fn a_list_of_a_million_items_is_read_with_flat_memory() {
    let meta = graph::Client::builder()
        .access_token("token")
        .base_url(start().await)
        .build()
        .expect("a client");
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
