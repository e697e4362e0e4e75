//! The examples in Meta's documentation decode, and encode to the same JSON.

use std::{fmt::Debug, fs, path::Path};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use waba::{List, graph};

use crate::documents::{APIS, TypeCase, document};

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
fn blocks(page: &str) -> Vec<String> {
    page.replace('\u{a0}', " ")
        .replace("\\\n", "\n")
        .split("\n```\n")
        .filter_map(|block| block.strip_prefix('\\'))
        .filter(|block| serde_json::from_str::<Value>(block).is_ok())
        .map(ToOwned::to_owned)
        .collect()
}

fn examples(page: &str) -> Vec<Value> {
    let blocks = blocks(page).into_iter();
    blocks
        .map(|block| serde_json::from_str(&block).expect("JSON"))
        .collect()
}

/// Returns the texts of the pages below `folder`.
fn pages(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => pages(&path),
            false if path.extension().is_some_and(|extension| extension == "md") => {
                vec![fs::read_to_string(&path).expect("a page")]
            }
            false => Vec::new(),
        })
        .collect()
}

/// Returns the numbers of `json` as they are written, sorted.
fn numbers(json: &str) -> Vec<String> {
    let mut in_string = false;
    let mut escaped = false;
    let outside = json.chars().map(|c| {
        let is_quote = c == '"' && !escaped;
        escaped = c == '\\' && in_string && !escaped;
        in_string ^= is_quote;
        if in_string { ' ' } else { c }
    });
    let outside: String = outside.collect();
    let parts = outside.split(|c: char| c.is_whitespace() || "[]{},:\"".contains(c));
    let mut numbers: Vec<String> = parts
        .filter(|part| part.starts_with(|c: char| c == '-' || c.is_ascii_digit()))
        .map(ToOwned::to_owned)
        .collect();
    numbers.sort();
    numbers
}

/// Calls `check` with each value in `value`.
fn each_value(value: &Value, check: &mut impl FnMut(&Value)) {
    check(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| each_value(item, check)),
        Value::Object(properties) => properties.values().for_each(|item| each_value(item, check)),
        _ => {}
    }
}

#[test]
fn every_recorded_response_is_encoded_as_it_was_sent() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("xtask/tests/fixtures");
    let response_types: Vec<&TypeCase> = APIS
        .iter()
        .flat_map(|api| {
            let document = document(api.name);
            // Types that only requests use do not keep properties that they do not have.
            let keeps_all = move |case: &&TypeCase| {
                let schema = &document["components"]["schemas"][case.name];
                schema["additionalProperties"].is_object()
            };
            api.types.iter().filter(keeps_all)
        })
        .collect();
    let (mut objects, mut lists) = (0, 0);
    for block in pages(&fixtures).iter().flat_map(|page| blocks(page)) {
        // All its properties are optional, so every object is one.
        let result: graph::types::WhatsAppBusinessAccountUpdateResult =
            serde_json::from_str(&block).expect("an object");
        let encoded = serde_json::to_string(&result).expect("JSON");
        assert_eq!(numbers(&encoded), numbers(&block), "{block}");
        let example: Value = serde_json::from_str(&block).expect("JSON");
        each_value(&example, &mut |value| {
            if value.is_object() {
                let again = response_types.iter();
                let again = again.filter_map(|case| Some((case.name, (case.again)(value).ok()?)));
                for (name, again) in again {
                    assert_eq!(again, *value, "{name}");
                    objects += 1;
                }
            }
            if value.is_array() {
                assert_round_trip::<List<graph::types::WhatsAppBusinessAccount>>(value);
                lists += 1;
            }
        });
    }
    assert!(
        objects >= 200 && lists >= 8,
        "{objects} objects, {lists} lists"
    );
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
