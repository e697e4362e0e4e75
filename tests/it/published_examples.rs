//! Every example of a page that Meta published decodes, and encodes to itself.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use waba::graph;

const META: &str = include_str!(
    "../../xtask/tests/fixtures/mirror/developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-account/whatsapp-business-account-api/v23.0.md"
);

#[track_caller]
fn assert_round_trip<T: DeserializeOwned + Serialize + Debug>(example: &Value) {
    let decoded: T = serde_json::from_value(example.clone())
        .unwrap_or_else(|error| panic!("the page's example decodes: {error}\n{example:#}"));
    let encoded = serde_json::to_value(&decoded).expect("JSON");
    assert_eq!(
        encoded, *example,
        "the page's example comes back whole from {decoded:?}"
    );
}

/// The fenced blocks of `page` that are JSON, once the page's own spaces and escapes are undone.
fn examples(page: &str) -> Vec<Value> {
    page.replace('\u{a0}', " ")
        .split("\n```\n")
        .filter_map(|block| serde_json::from_str(block.strip_prefix('\\')?).ok())
        .collect()
}

#[test]
fn of_metas_page() {
    let (mut accounts, mut results) = (0, 0);
    for example in examples(META) {
        match example.as_object() {
            Some(named) if named.values().all(|example| example.get("value").is_some()) => {
                for example in named.values() {
                    assert_round_trip::<graph::types::WhatsAppBusinessAccount>(&example["value"]);
                    accounts += 1;
                }
            }
            _ => {
                assert_round_trip::<graph::types::WhatsAppBusinessAccountUpdateResult>(&example);
                results += 1;
            }
        }
    }
    assert_eq!(
        (accounts, results),
        (4, 2),
        "the page shows two accounts and a result, twice each"
    );
}

#[test]
fn of_metas_requests() {
    let page = META.replace('\u{a0}', " ");
    let bodies: Vec<Value> = page
        .split("  --data '")
        .skip(1)
        .filter_map(|rest| serde_json::from_str(rest.split('\'').next()?).ok())
        .filter(|body: &Value| body.get("name").is_some())
        .collect();
    assert_eq!(bodies.len(), 2, "the page shows one update, twice");
    for body in bodies {
        assert_round_trip::<graph::types::WhatsAppBusinessAccountUpdate>(&body);
    }
}
