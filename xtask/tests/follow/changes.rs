//! The changes that are followed. They are made to whatever document is committed, so that a
//! refresh makes none of them impossible.

use std::fs;

use serde_json::{Map, Value, json};

use crate::{another_api, scratch::Scratch};

/// The folders whose files follow upstream without an edit by hand.
const FOLLOWS: [&str; 4] = [
    "specs/",
    "src/generated/",
    "tests/generated/",
    "tests/snapshots/",
];

const DIALOG360: &str = "docs.360dialog.com/partner/partner-api/api-reference/all.md";
const GRAPH: &str = "developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-account/whatsapp-business-account-api/v23.0.md";

/// A change of upstream.
pub struct Change {
    pub name: &'static str,
    pub what: &'static str,
    of: Of,
}

enum Of {
    /// A change of 360dialog's document, and whether it breaks callers.
    Dialog360(fn(&mut Value), Verdict),
    /// A text of Meta's page and what it becomes.
    Graph(&'static str, &'static str),
    /// The recipe of CONTRIBUTING.md for another API.
    AnotherApi,
}

#[derive(PartialEq)]
enum Verdict {
    Breaks,
    BreaksNobody,
    /// A break where types go with what was removed.
    Depends,
}

use Of::{AnotherApi, Dialog360, Graph};
use Verdict::{Breaks, BreaksNobody, Depends};

pub const CHANGES: [Change; 16] = [
    Change {
        name: "enum-value",
        what: "an enum of a response has another value",
        of: Dialog360(add_enum_value, BreaksNobody),
    },
    Change {
        name: "field",
        what: "a response has another property",
        of: Dialog360(add_property, BreaksNobody),
    },
    Change {
        name: "rename",
        what: "a property of a response has another name",
        of: Dialog360(rename_property, Breaks),
    },
    Change {
        name: "type",
        what: "a property of a response is an integer where it was a string",
        of: Dialog360(change_type, Breaks),
    },
    Change {
        name: "operation",
        what: "an operation with an optional body and parameters is new",
        of: Dialog360(add_operation, BreaksNobody),
    },
    Change {
        name: "error-schema",
        what: "an error status has a schema of its own",
        of: Dialog360(add_error, BreaksNobody),
    },
    Change {
        name: "status",
        what: "an error status is no longer documented",
        of: Dialog360(remove_error, Depends),
    },
    Change {
        name: "parameter",
        what: "an operation has another optional parameter",
        of: Dialog360(add_parameter, BreaksNobody),
    },
    Change {
        name: "security",
        what: "every operation also accepts another credential",
        of: Dialog360(add_security, BreaksNobody),
    },
    Change {
        name: "words",
        what: "descriptions have other words",
        of: Dialog360(change_words, BreaksNobody),
    },
    Change {
        name: "meta-words",
        what: "Meta's page describes a field in other words",
        of: Graph("Updated timezone identifier", "Changed timezone identifier"),
    },
    Change {
        name: "meta-field",
        what: "Meta's page has another field",
        of: Graph(
            "Country code for the WhatsApp Business Account\n",
            "Country code for the WhatsApp Business Account\n\n* * *\n\nbrand_newstring\n\nBrand new\n",
        ),
    },
    Change {
        name: "meta-rename",
        what: "Meta's page has another name for a field",
        of: Graph("timezone_idstring", "time_zone_idstring"),
    },
    Change {
        name: "meta-type",
        what: "Meta's page has another type for a field",
        of: Graph("timezone_idstring", "timezone_idinteger"),
    },
    Change {
        name: "meta-available",
        what: "Meta's page no longer offers a field to be asked for",
        of: Graph("country, ownership_type, primary", "country, primary"),
    },
    Change {
        name: "another-api",
        what: "an API is added, as CONTRIBUTING.md says",
        of: AnotherApi,
    },
];

impl Change {
    /// Follows the change until everything is green; fails by a panic that says what is not.
    /// Returns the reason where there is nothing that it could change.
    pub fn follow(&self, scratch: &Scratch) -> Result<(), String> {
        let expected = match &self.of {
            Dialog360(change, verdict) => {
                let document = scratch.read("specs/dialog360/upstream.json");
                let mut document: Value = serde_json::from_str(&document).expect("JSON");
                let before = document.clone();
                change(&mut document);
                if document == before {
                    return Err("the committed document has nothing of that kind".to_owned());
                }
                scratch.publish(
                    DIALOG360,
                    &format!("# Reference\n\n```json\n{document}\n```\n"),
                );
                refresh(scratch, "dialog360");
                verdict
            }
            Graph(old, new) => {
                let page = fixture(GRAPH);
                scratch.publish(GRAPH, &page);
                let check = [
                    "refresh",
                    "--check",
                    "--only",
                    "graph",
                    "--from",
                    &mirror(scratch),
                ];
                if scratch.xtask(&check).0 != 0 {
                    return Err(format!(
                        "specs/graph is newer than the captured page; capture {GRAPH} again"
                    ));
                }
                if !page.contains(old) {
                    return Err(format!("the captured page has no `{old}`"));
                }
                scratch.publish(GRAPH, &page.replacen(old, new, 1));
                declare_deviations(scratch);
                refresh(scratch, "graph");
                &BreaksNobody
            }
            AnotherApi => {
                another_api::add(scratch);
                &BreaksNobody
            }
        };
        let (breaks, report) = diff(scratch);
        match expected {
            Breaks => assert!(breaks, "the report calls nothing breaking"),
            BreaksNobody => assert!(!breaks, "the report calls something breaking"),
            Depends => {}
        }
        if breaks {
            accept(scratch, &report);
        }
        let snapshots = ["test", "--locked", "--workspace", "snapshots"];
        scratch.cargo(&snapshots, &[("INSTA_UPDATE", "always")]);
        // Those of the tools stand on frozen documents, which no change of upstream reaches.
        let of_tools = [
            "--skip",
            "diff::",
            "--skip",
            "refresh::",
            "--skip",
            "workflows::",
        ];
        let tests = ["test", "--locked", "--workspace", "--"];
        scratch.cargo(&[&tests[..], &of_tools].concat(), &[]);
        assert_eq!(
            scratch.xtask(&["prepare", "--check"]).0,
            0,
            "prepare --check"
        );
        let by_hand: Vec<String> = scratch
            .changed_files()
            .into_iter()
            .filter(|file| !FOLLOWS.iter().any(|folder| file.starts_with(folder)))
            .filter(|file| {
                !matches!(self.of, AnotherApi) || !another_api::EDITED.contains(&&**file)
            })
            .collect();
        assert!(
            by_hand.is_empty(),
            "these files changed as well: {by_hand:?}"
        );
        Ok(())
    }
}

fn mirror(scratch: &Scratch) -> String {
    scratch
        .mirror()
        .to_str()
        .expect("a path in UTF-8")
        .to_owned()
}

pub fn refresh(scratch: &Scratch, api: &str) {
    let mirror = mirror(scratch);
    let (code, printed) = scratch.xtask(&["refresh", "--only", api, "--from", &mirror]);
    assert_eq!(code, 0, "{printed}");
}

/// Returns whether the changes break callers, and the report of them.
fn diff(scratch: &Scratch) -> (bool, Value) {
    let (fails, printed) = scratch.xtask(&["diff", "HEAD", "--fail-on", "breaking"]);
    println!("{}", printed.trim_end());
    assert!([0, 1].contains(&fails), "{printed}");
    let (code, printed) = scratch.xtask(&["diff", "HEAD", "--format", "json"]);
    assert_eq!(code, 0, "{printed}");
    let report = serde_json::from_str(&printed).expect("the report is JSON");
    (fails == 1, report)
}

/// Accepts all that breaks, by the fingerprints of the report.
fn accept(scratch: &Scratch, report: &Value) {
    let mut fingerprints = Vec::new();
    find_breaks(report, &mut fingerprints);
    let path = "specs/accepted-changes.yaml";
    let known = match scratch.path(path).exists() {
        true => scratch.read(path),
        false => String::new(),
    };
    let entries: String = fingerprints
        .iter()
        .map(|fingerprint| {
            format!("- {{fingerprint: {fingerprint}, reason: Upstream means it.}}\n")
        })
        .collect();
    scratch.write(path, &(known + &entries));
    let (code, printed) = scratch.xtask(&["diff", "HEAD", "--fail-on", "breaking"]);
    assert_eq!(code, 0, "what breaks is accepted: {printed}");
}

fn find_breaks<'r>(report: &'r Value, found: &mut Vec<&'r str>) {
    match report {
        Value::Object(entry) => {
            let on_the_wire = entry.get("level").is_some_and(|level| level == "breaking");
            // What follows from a change on the wire is accepted with that change.
            let in_rust_alone = entry.get("breaking") == Some(&Value::Bool(true))
                && entry.get("follows") == Some(&Value::Null);
            if on_the_wire || in_rust_alone {
                found.extend(entry.get("fingerprint").and_then(Value::as_str));
            }
            entry.values().for_each(|value| find_breaks(value, found));
        }
        Value::Array(entries) => entries.iter().for_each(|value| find_breaks(value, found)),
        _ => {}
    }
}

/// Declares each difference that the refresh refuses, in the words of its message.
fn declare_deviations(scratch: &Scratch) {
    let mirror = mirror(scratch);
    let (code, printed) = scratch.xtask(&["refresh", "--only", "graph", "--from", &mirror]);
    if code == 0 {
        return;
    }
    let path = "specs/graph/deviations.yaml";
    let mut declared = scratch.read(path);
    for line in printed.lines() {
        let Some((_, rest)) = line.split_once("with `at: ") else {
            continue;
        };
        let mut parts = rest.split('`').step_by(2);
        let at = parts.next().expect("the message names the place");
        let page = parts.next().expect("the message says what the page has");
        let spec = parts.next().expect("the message says what the spec has");
        declared += &format!("  - at: {at}\n    {page}\n    {spec}\n    reason: A test.\n");
    }
    scratch.write(path, &declared);
}

/// A captured page.
fn fixture(page: &str) -> String {
    let path = format!(
        "{}/tests/fixtures/mirror/{page}",
        env!("CARGO_MANIFEST_DIR")
    );
    fs::read_to_string(&path).expect("the captured page can be read")
}

/// The operations of the document.
fn operations(document: &mut Value) -> Vec<&mut Map<String, Value>> {
    let paths = document["paths"].as_object_mut().expect("paths");
    let items = paths.values_mut().filter_map(Value::as_object_mut);
    let operations = items.flat_map(|item| item.values_mut());
    operations
        .filter_map(Value::as_object_mut)
        .filter(|operation| operation.contains_key("responses"))
        .collect()
}

/// The schema of the first success that is a component.
fn success(document: &mut Value) -> &mut Value {
    let mut pointer = None;
    for operation in operations(document) {
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        let reference = schema["$ref"]
            .as_str()
            .and_then(|path| path.strip_prefix('#'));
        pointer = pointer.or_else(|| reference.map(ToOwned::to_owned));
    }
    let pointer = pointer.expect("an operation returns a component");
    document.pointer_mut(&pointer).expect("the component")
}

fn add_enum_value(document: &mut Value) {
    let properties = success(document)["properties"]
        .as_object_mut()
        .expect("properties");
    let mut enums = properties
        .values_mut()
        .filter_map(|property| property.get_mut("enum")?.as_array_mut());
    if let Some(values) = enums.next() {
        values.push(json!("brand_new"));
    }
}

fn add_property(document: &mut Value) {
    success(document)["properties"]["brand_new"] = json!({"type": "string"});
}

/// A property that no code of this repository names.
fn unnamed_property(document: &mut Value) -> (&mut Map<String, Value>, Option<String>) {
    let folder = format!("{}/..", env!("CARGO_MANIFEST_DIR"));
    let properties = success(document)["properties"]
        .as_object_mut()
        .expect("properties");
    let name = properties.iter().find(|(name, schema)| {
        let is_named = std::process::Command::new("git")
            .args([
                "grep",
                "--quiet",
                "--extended-regexp",
                &format!(r"\.{name}\b|\b{name}:"),
            ])
            .args([
                "--",
                "src",
                "tests",
                "examples",
                "README.md",
                ":!tests/snapshots",
            ])
            .current_dir(&folder)
            .status();
        schema["type"] == "string" && !is_named.expect("git runs").success()
    });
    let name = name.map(|(name, _)| name.clone());
    (properties, name)
}

fn rename_property(document: &mut Value) {
    if let (properties, Some(name)) = unnamed_property(document) {
        let schema = properties.shift_remove(&name).expect("the property");
        properties.insert(format!("brand_new_{name}"), schema);
    }
}

fn change_type(document: &mut Value) {
    if let (properties, Some(name)) = unnamed_property(document) {
        properties[&name] = json!({"type": "integer"});
    }
}

fn add_operation(document: &mut Value) {
    document["paths"]["/api/v2/brand_new/{brand_new_id}"] = json!({"post": {
        "operationId": "create_brand_new",
        "parameters": [
            {"in": "path", "name": "brand_new_id", "required": true, "schema": {"type": "string"}},
            {"in": "query", "name": "limit", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
            {"in": "query", "name": "sort", "schema": {"type": "string", "enum": ["asc", "desc"]}},
        ],
        "requestBody": {"content": {"application/json": {"schema":
            {"$ref": "#/components/schemas/BrandNewIn"}}}},
        "responses": {"201": {"description": "Created", "content": {"application/json": {"schema":
            {"$ref": "#/components/schemas/BrandNewOut"}}}}},
    }});
    document["components"]["schemas"]["BrandNewIn"] = json!({"type": "object", "properties": {
        "label": {"type": "string", "minLength": 3}, "tags": {"type": "array", "items": {"type": "string"}}}});
    document["components"]["schemas"]["BrandNewOut"] = json!({"type": "object", "required": ["id"],
        "properties": {"id": {"type": "string"}, "count": {"type": "integer", "minimum": 1},
            "kind": {"type": "string", "enum": ["one", "other"]}}});
}

fn add_error(document: &mut Value) {
    document["components"]["schemas"]["BrandNewError"] = json!({"type": "object", "properties": {
        "meta": {"type": "object", "properties": {"conflict": {"type": "string"}}}}});
    for operation in operations(document) {
        operation["responses"]["409"] = json!({"description": "Conflict", "content":
            {"application/json": {"schema": {"$ref": "#/components/schemas/BrandNewError"}}}});
    }
}

fn remove_error(document: &mut Value) {
    for operation in operations(document) {
        if let Some(responses) = operation["responses"].as_object_mut() {
            responses.shift_remove("404");
        }
    }
}

fn add_parameter(document: &mut Value) {
    for operation in operations(document) {
        let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
        let parameter = json!({"in": "query", "name": "brand_new", "schema": {"type": "boolean"}});
        parameters.as_array_mut().expect("a list").push(parameter);
    }
}

fn add_security(document: &mut Value) {
    document["components"]["securitySchemes"]["BrandNew"] =
        json!({"type": "apiKey", "in": "header", "name": "X-Brand-New"});
    let security = document["security"]
        .as_array_mut()
        .expect("the document has security");
    security.push(json!({"BrandNew": []}));
}

fn change_words(document: &mut Value) {
    for operation in operations(document) {
        operation.insert("summary".to_owned(), json!("Brand new words."));
        operation.insert(
            "description".to_owned(),
            json!("Brand new words,\n\n- in a list"),
        );
    }
}
