//! Promises about every operation and every type of every document.
//!
//! `cargo xtask prepare` generates the calls (`tests/generated`), so operations that a refresh adds
//! are tested without a new test. CONTRIBUTING.md describes how to accept the snapshots.

use std::{collections::BTreeSet, fmt::Debug, fs, path::PathBuf, pin::Pin};

use schemars::{JsonSchema, schema_for};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use waba::{Error, ErrorKind};
use wiremock::Request;

use crate::server::{self, SECRET};

mod dialog360 {
    include!("../generated/dialog360.rs");
}
mod graph {
    include!("../generated/graph.rs");
}

/// A call of an operation that is not sent yet.
type Call = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

/// An operation of a document, and its calls.
pub struct OperationCase<Client: 'static> {
    pub id: &'static str,
    /// The status and body of a successful response that the document allows.
    pub response: (u16, &'static str),
    /// Creates a call with every parameter.
    pub all: fn(Client) -> Call,
    /// Creates a call with the required parameters only.
    pub required: fn(Client) -> Call,
}

/// A schema of a document, and the type that was generated from it.
pub struct TypeCase {
    pub name: &'static str,
    /// A value that the schema allows, as JSON.
    pub sample: &'static str,
    /// Decodes a value as the type and encodes it again.
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

/// Decodes the value of a parameter or body.
pub fn value<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json} should decode: {error}"))
}

/// The tests of an API.
pub struct Api {
    /// The name of its folder in specs/.
    pub name: &'static str,
    pub types: &'static [TypeCase],
    /// Sends both calls of every operation and returns the requests as text.
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
fn every_api_in_specs_is_tested() {
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
fn every_value_that_a_document_allows_round_trips() {
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
                    panic!("{api}: {}: {value} should decode: {error}", case.name)
                });
                assert_eq!(again, value, "{api}: {}", case.name);
            }
        }
    }
}

/// Calls `check` with the operation id, the name, the component and the value of each example of a
/// successful response.
fn each_response_example(api: &str, mut check: impl FnMut(&str, &str, &str, &Value)) {
    let document = document(api);
    let items = document["paths"].as_object().expect("paths").values();
    let operations = items.flat_map(|item| item.as_object().expect("a path item").values());
    for operation in operations.filter(|operation| operation["responses"].is_object()) {
        let id = operation["operationId"].as_str().expect("an operation id");
        let content = &operation["responses"]["200"]["content"]["application/json"];
        let reference = content["schema"]["$ref"].as_str().unwrap_or_default();
        let component = reference.trim_start_matches("#/components/schemas/");
        for (name, example) in content["examples"].as_object().into_iter().flatten() {
            check(id, name, component, &example["value"]);
        }
    }
}

#[test]
fn every_recorded_response_is_decoded_and_encoded_without_loss() {
    let mut examples = 0;
    for Api {
        name: api, types, ..
    } in APIS
    {
        each_response_example(api, |id, name, component, value| {
            let case = types.iter().find(|case| case.name == component);
            let case = case.unwrap_or_else(|| panic!("{api}: {id}: no type {component}"));
            let again = (case.again)(value);
            let again = again.unwrap_or_else(|error| panic!("{id}: {name}: {error}"));
            assert_eq!(again, *value, "{api}: {id}: {name}");
            examples += 1;
        });
    }
    assert!(examples > 100, "only {examples} examples were found");
}

#[test]
fn every_operation_of_graph_has_a_recorded_response() {
    let mut found = BTreeSet::new();
    each_response_example("graph", |id, _, _, _| {
        found.insert(id.to_owned());
    });
    let all: BTreeSet<String> = graph::OPERATIONS
        .iter()
        .map(|case| case.id.to_owned())
        .collect();
    assert_eq!(found, all);
}

#[tokio::test]
async fn every_operation_fails_with_the_error_of_its_api() {
    let body = r#"{"error":{"message":"Invalid parameter","type":"OAuthException","code":100,
        "fbtrace_id":"AbC"}}"#;
    for operation in graph::OPERATIONS {
        let server = server::start(server::json(400, body)).await;
        let error = (operation.required)(server::meta(&server.uri())).await;
        let error = error.expect_err("400");
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        assert_eq!(error.operation(), Some(operation.id));
        assert_eq!((error.code(), error.trace_id()), (Some(100), Some("AbC")));
    }
}

/// Calls `check` with the name, the type, the schema and a value of each object schema.
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

/// Asserts that `sent` is encoded as it was sent.
fn assert_kept(name: &str, case: &TypeCase, sent: &Value) {
    let again = (case.again)(sent).unwrap_or_else(|error| panic!("{name}: {sent}: {error}"));
    // `7` and `7.0` are different here.
    assert_eq!(again, *sent, "{name}");
}

#[test]
fn accepts_and_keeps_null_in_every_optional_property_of_a_response() {
    each_object(|name, case, schema, mut sample| {
        for property in optional_properties(schema) {
            sample[property] = Value::Null;
            assert_kept(&format!("{name}.{property}"), case, &sample);
        }
    });
}

#[test]
fn accepts_and_keeps_a_number_for_every_id_in_a_response() {
    each_object(|name, case, schema, mut sample| {
        for (property, schema) in schema["properties"].as_object().expect("properties") {
            if schema["x-rust-type"]["path"] == "waba::Id" {
                sample[property] = 21_546_354_756_578_u64.into();
            }
        }
        assert_kept(name, case, &sample);
    });
}

#[test]
fn accepts_and_keeps_a_value_of_any_type_in_every_optional_property_of_a_response() {
    let values = json!([
        "7", "x", "true", "", 7, 7.0, 7.5, 1e300, u64::MAX, true, [], ["x"], [7], {}, {"id": []}
    ]);
    each_object(|name, case, schema, sample| {
        for property in optional_properties(schema) {
            for value in values.as_array().into_iter().flatten() {
                let mut odd = sample.clone();
                odd[property] = value.clone();
                assert_kept(&format!("{name}.{property}"), case, &odd);
            }
        }
    });
}

/// Returns the optional properties of an object schema of responses.
fn optional_properties(schema: &Value) -> impl Iterator<Item = &String> {
    let properties = schema["properties"].as_object().expect("properties");
    let is_required = |property: &str| {
        let required = schema["required"].as_array();
        required.is_some_and(|names| names.contains(&property.into()))
    };
    let is_open = allows_undocumented(schema);
    properties
        .keys()
        .filter(move |property| is_open && !is_required(property))
}

#[test]
fn keeps_undocumented_properties_at_every_level_of_a_response() {
    each_object(|name, case, schema, mut sample| {
        if allows_undocumented(schema) {
            add_undocumented(&mut sample, schema);
            let again = (case.again)(&sample);
            assert_eq!(
                again.unwrap_or_else(|error| panic!("{name}: {error}")),
                sample,
                "{name}"
            );
        }
    });
}

/// Returns whether an object schema allows undocumented properties, as those of responses do.
fn allows_undocumented(schema: &Value) -> bool {
    schema["additionalProperties"] == serde_json::json!({})
}

/// Adds an undocumented property to the object, and to each object in it that allows it.
fn add_undocumented(sample: &mut Value, schema: &Value) {
    for (property, inner) in schema["properties"].as_object().into_iter().flatten() {
        if allows_undocumented(inner) && sample[property].is_object() {
            add_undocumented(&mut sample[property], inner);
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

/// Sends both calls of every operation and returns the requests as text. Fails if a call fails.
async fn requests<Client>(
    operations: &[OperationCase<Client>],
    client: fn(&str) -> Client,
) -> String {
    let mut text = String::new();
    for operation in operations {
        let (status, body) = operation.response;
        let server = server::start(server::json(status, body)).await;
        for call in [operation.all, operation.required] {
            let result = call(client(&server.uri())).await;
            result.unwrap_or_else(|error| panic!("{error}"));
        }
        let sent = server.received_requests().await.expect("recorded requests");
        let [all, required] = &sent[..] else {
            panic!(
                "{}: expected 2 requests, found {}",
                operation.id,
                sent.len()
            );
        };
        let (all, required) = (format_request(all), format_request(required));
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

/// Formats a request as the server received it. The version of this crate is replaced.
fn format_request(request: &Request) -> String {
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
