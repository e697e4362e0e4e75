//! Promises about every operation and every type of every document, whatever upstream publishes.
//!
//! `cargo xtask prepare` generates the calls (`tests/generated`), so that an operation which a
//! refresh brings is sent here without anybody writing a test. The snapshots are accepted as
//! CONTRIBUTING.md says.

use std::{collections::BTreeSet, fmt::Debug, fs, path::PathBuf, pin::Pin};

use schemars::{JsonSchema, schema_for};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use waba::Error;
use wiremock::Request;

use crate::server::{self, SECRET};

mod dialog360 {
    include!("../generated/dialog360.rs");
}
mod graph {
    include!("../generated/graph.rs");
}

/// A call of an operation, not yet made.
type Call = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

/// An operation of a document, and the calls of it.
pub struct OperationCase<Client: 'static> {
    pub id: &'static str,
    /// A success that the document allows: its status and body.
    pub response: (u16, &'static str),
    /// Gives every parameter.
    pub all: fn(Client) -> Call,
    /// Gives the required parameters alone.
    pub required: fn(Client) -> Call,
}

/// A schema of a document, and the type that stands for it.
pub struct TypeCase {
    pub name: &'static str,
    /// A value that the schema allows, as JSON.
    pub sample: &'static str,
    /// Decodes a value as the type, and encodes it again.
    pub again: fn(&Value) -> serde_json::Result<Value>,
    /// Returns the schema that the type derives.
    pub schema: fn() -> Value,
}

impl TypeCase {
    pub const fn of<T: DeserializeOwned + Serialize + JsonSchema + Debug>(
        name: &'static str,
        sample: &'static str,
    ) -> Self {
        Self {
            name,
            sample,
            again: |value| serde_json::to_value(T::deserialize(value)?),
            schema: || schema_for!(T).to_value(),
        }
    }
}

/// Returns the value of a parameter or body, which the document allows.
pub fn value<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json} does not decode: {error}"))
}

/// The tests of an API.
pub struct Api {
    /// The name of its folder in specs/.
    pub name: &'static str,
    pub types: &'static [TypeCase],
    /// Makes both calls of every operation, and returns what was sent.
    requests: fn() -> Pin<Box<dyn Future<Output = String>>>,
}

pub const APIS: &[Api] = &[
    Api {
        name: "dialog360",
        types: dialog360::TYPES,
        requests: || Box::pin(requests(dialog360::OPERATIONS, server::hub)),
    },
    Api {
        name: "graph",
        types: graph::TYPES,
        requests: || Box::pin(requests(graph::OPERATIONS, server::meta)),
    },
];

/// Returns the `openapi.json` of an API.
pub fn document(api: &str) -> Value {
    let path = specs().join(api).join("openapi.json");
    let text = fs::read_to_string(&path).expect("the document can be read");
    serde_json::from_str(&text).expect("the document is JSON")
}

fn specs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("specs")
}

#[test]
fn every_api_of_the_specs_is_tested() {
    let entries = fs::read_dir(specs()).expect("specs/ can be listed");
    let folders = entries.filter_map(|entry| {
        let entry = entry.expect("an entry of specs/");
        let is_folder = entry.path().is_dir();
        is_folder.then(|| entry.file_name().to_string_lossy().into_owned())
    });
    let tested = APIS.iter().map(|api| api.name.to_owned());
    assert_eq!(
        folders.collect::<BTreeSet<_>>(),
        tested.collect::<BTreeSet<_>>(),
        "add tests/generated/<api>.rs to this file for each folder of specs/"
    );
}

#[test]
fn every_value_that_a_document_allows_decodes_and_encodes_to_itself() {
    for Api {
        name: api, types, ..
    } in APIS
    {
        let document = document(api);
        for case in *types {
            let sample: Value = value(case.sample);
            let schema = &document["components"]["schemas"][case.name];
            let values = schema["enum"].as_array().cloned().unwrap_or_default();
            let values = values.into_iter().filter(|value| !value.is_null());
            for value in values.chain([sample]) {
                let again = (case.again)(&value);
                let again = again.unwrap_or_else(|error| {
                    panic!("{api}: {}: {value} does not decode: {error}", case.name)
                });
                assert_eq!(again, value, "{api}: {}", case.name);
            }
        }
    }
}

/// Calls `check` with each type that stands for an object, its schema and a value of it.
fn each_object(check: impl Fn(&str, &TypeCase, &Value, Value)) {
    for Api {
        name: api, types, ..
    } in APIS
    {
        let document = document(api);
        for case in *types {
            let schema = &document["components"]["schemas"][case.name];
            if schema["properties"].is_object() {
                check(
                    &format!("{api}: {}", case.name),
                    case,
                    schema,
                    value(case.sample),
                );
            }
        }
    }
}

#[test]
fn null_is_the_same_as_absent_in_every_optional_property_of_a_response() {
    each_object(|name, case, schema, sample| {
        if !is_response(schema) {
            return;
        }
        let required = schema["required"].as_array();
        for property in schema["properties"].as_object().expect("properties").keys() {
            if required.is_some_and(|names| names.contains(&property.as_str().into())) {
                continue;
            }
            let (mut absent, mut null) = (sample.clone(), sample.clone());
            absent.as_object_mut().expect("an object").remove(property);
            null[property] = Value::Null;
            let again = (case.again)(&null);
            let again = again.unwrap_or_else(|error| panic!("{name}.{property}: {error}"));
            assert_eq!(again, absent, "{name}.{property}");
        }
    });
}

#[test]
fn every_id_of_a_response_may_be_a_number() {
    each_object(|name, case, schema, mut sample| {
        let mut expected = sample.clone();
        for (property, schema) in schema["properties"].as_object().expect("properties") {
            if schema["x-rust-type"]["path"] == "waba::Id" {
                sample[property] = 21_546_354_756_578_u64.into();
                expected[property] = "21546354756578".into();
            }
        }
        let again = (case.again)(&sample);
        assert_eq!(
            again.unwrap_or_else(|error| panic!("{name}: {error}")),
            expected,
            "{name}"
        );
    });
}

#[test]
fn properties_that_no_document_has_are_kept_at_every_level_of_a_response() {
    each_object(|name, case, schema, mut sample| {
        if is_response(schema) {
            add_unknown(&mut sample, schema);
            let again = (case.again)(&sample);
            assert_eq!(
                again.unwrap_or_else(|error| panic!("{name}: {error}")),
                sample,
                "{name}"
            );
        }
    });
}

/// Whether `prepare` opened this schema of an object, as it does with those of responses.
fn is_response(schema: &Value) -> bool {
    schema["additionalProperties"] == serde_json::json!({})
}

/// Adds a property to the object and to the objects in it whose schemas allow others.
fn add_unknown(sample: &mut Value, schema: &Value) {
    for (property, inner) in schema["properties"].as_object().into_iter().flatten() {
        if is_response(inner) && sample[property].is_object() {
            add_unknown(&mut sample[property], inner);
        }
    }
    sample["not_in_any_document"] = serde_json::json!([1, {"two": null}]);
}

#[tokio::test]
async fn requests_match_their_snapshots() {
    for api in APIS {
        let requests = (api.requests)().await;
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let name = format!("requests_{}", api.name);
        settings.bind(|| insta::assert_snapshot!(name, requests));
    }
}

/// Makes both calls of every operation, which succeed, and returns what was sent.
async fn requests<Client>(
    operations: &[OperationCase<Client>],
    client: fn(&str) -> Client,
) -> String {
    let mut text = String::new();
    for operation in operations {
        let (status, body) = operation.response;
        let server = server::answering(server::json(status, body)).await;
        for call in [operation.all, operation.required] {
            let result = call(client(&server.uri())).await;
            result.unwrap_or_else(|error| panic!("{error}"));
        }
        let sent = server.received_requests().await.expect("recorded");
        let [all, required] = &sent[..] else {
            panic!("{}: {} requests were sent", operation.id, sent.len());
        };
        let (all, required) = (wire(all), wire(required));
        text += &format!("{}\n{all}", operation.id);
        if required != all {
            text += &format!(
                "\n{} with required parameters only\n{required}",
                operation.id
            );
        }
        text.push('\n');
    }
    text
}

/// Writes a request as the server sees it, without what changes with the version of this crate.
fn wire(request: &Request) -> String {
    let mut lines = vec![format!("{} {}", request.method, request.url.path())];
    let query = request.url.query_pairs();
    lines.extend(query.map(|(name, value)| format!("  ?{name} = {value}")));
    let headers = request.headers.iter().filter(|(name, _)| *name != "host");
    let mut headers: Vec<String> = headers
        .map(|(name, value)| format!("  {name}: {}", value.to_str().expect("text")))
        .collect();
    headers.sort();
    lines.extend(headers);
    lines.push(String::from_utf8(request.body.clone()).expect("a body in UTF-8"));
    let version = concat!("waba/", env!("CARGO_PKG_VERSION"));
    let text: String = lines.iter().map(|line| format!("  {line}\n")).collect();
    let text = text
        .replace(version, "waba/<version>")
        .replace(SECRET, "<secret>");
    text.trim_end().to_owned() + "\n"
}
