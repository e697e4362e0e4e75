//! The examples in Meta's documentation decode, and encode to the same JSON.

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
        .unwrap_or_else(|error| panic!("the example should decode: {error}\n{example:#}"));
    let encoded = serde_json::to_value(&decoded).expect("JSON");
    assert_eq!(
        without_case(&encoded),
        without_case(example),
        "the example should round-trip: {decoded:?}"
    );
}

/// Returns `value` in lower case: Meta's pages have enum values in another case than servers return.
fn without_case(value: &Value) -> Value {
    value.to_string().to_lowercase().parse().expect("JSON")
}

/// Returns the fenced JSON blocks of `page`, without its escapes and non-breaking spaces.
fn examples(page: &str) -> Vec<Value> {
    page.replace('\u{a0}', " ")
        .split("\n```\n")
        .filter_map(|block| serde_json::from_str(block.strip_prefix('\\')?).ok())
        .collect()
}

#[test]
fn responses_in_metas_documentation_round_trip() {
    let (mut accounts, mut results) = (0, 0);
    for example in examples(META) {
        match example.as_object() {
            Some(examples)
                if examples
                    .values()
                    .all(|example| example.get("value").is_some()) =>
            {
                for example in examples.values() {
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
        "the page contains two accounts and one result, each twice"
    );
}

#[test]
fn requests_in_metas_documentation_round_trip() {
    let page = META.replace('\u{a0}', " ");
    let bodies: Vec<Value> = page
        .split("  --data '")
        .skip(1)
        .filter_map(|rest| serde_json::from_str(rest.split('\'').next()?).ok())
        .filter(|body: &Value| body.get("name").is_some())
        .collect();
    assert_eq!(bodies.len(), 2, "the page contains one update, twice");
    for body in bodies {
        assert_round_trip::<graph::types::WhatsAppBusinessAccountUpdate>(&body);
    }
}
