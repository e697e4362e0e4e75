//! The changes of upstream. They apply to any committed document, so that a refresh does not break them.

use serde_json::{Map, Value, json};

use crate::{another_api, scratch::Scratch};

/// The folders whose files change without an edit by hand.
const GENERATED: [&str; 4] = [
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
    pub description: &'static str,
    kind: Kind,
}

enum Kind {
    /// A change of 360dialog's document, and its effect on callers.
    Dialog360(fn(&mut Value), Effect),
    /// A text in Meta's page and its replacement.
    Graph(&'static str, &'static str),
    /// The steps of «Another API» in CONTRIBUTING.md.
    AnotherApi,
}

#[derive(Clone, Copy)]
enum Effect {
    Breaking,
    Compatible,
    /// Breaking only if types are removed with it.
    Either,
}

use Effect::{Breaking, Compatible, Either};
use Kind::{AnotherApi, Dialog360, Graph};

pub const CHANGES: [Change; 16] = [
    Change {
        name: "enum-value",
        description: "an enum of a response has a new value",
        kind: Dialog360(add_enum_value, Compatible),
    },
    Change {
        name: "field",
        description: "a response has a new property",
        kind: Dialog360(add_property, Compatible),
    },
    Change {
        name: "rename",
        description: "a property of a response is renamed",
        kind: Dialog360(rename_property, Breaking),
    },
    Change {
        name: "type",
        description: "a property of a response changes from string to integer",
        kind: Dialog360(change_type, Breaking),
    },
    Change {
        name: "operation",
        description: "a new operation has an optional body and parameters",
        kind: Dialog360(add_operation, Compatible),
    },
    Change {
        name: "error-schema",
        description: "an error status has its own schema",
        kind: Dialog360(add_error, Compatible),
    },
    Change {
        name: "status",
        description: "an error status is no longer documented",
        kind: Dialog360(remove_error, Either),
    },
    Change {
        name: "parameter",
        description: "an operation has a new optional parameter",
        kind: Dialog360(add_parameter, Compatible),
    },
    Change {
        name: "security",
        description: "every operation accepts another credential too",
        kind: Dialog360(add_security, Compatible),
    },
    Change {
        name: "descriptions",
        description: "descriptions change",
        kind: Dialog360(change_descriptions, Compatible),
    },
    Change {
        name: "meta-description",
        description: "Meta's page changes the description of a field",
        kind: Graph("Updated timezone identifier", "Changed timezone identifier"),
    },
    Change {
        name: "meta-field",
        description: "Meta's page has a new field",
        kind: Graph(
            "Country code for the WhatsApp Business Account\n",
            "Country code for the WhatsApp Business Account\n\n* * *\n\nbrand_newstring\n\nBrand new\n",
        ),
    },
    Change {
        name: "meta-rename",
        description: "Meta's page renames a field",
        kind: Graph("timezone_idstring", "time_zone_idstring"),
    },
    Change {
        name: "meta-type",
        description: "Meta's page changes the type of a field",
        kind: Graph("timezone_idstring", "timezone_idinteger"),
    },
    Change {
        name: "meta-available",
        description: "Meta's page removes a field from the available fields",
        kind: Graph("country, ownership_type, primary", "country, primary"),
    },
    Change {
        name: "another-api",
        description: "an API is added as CONTRIBUTING.md describes",
        kind: AnotherApi,
    },
];

impl Change {
    /// Applies the change, follows the steps and checks the result. Panics if something fails. Returns
    /// the reason as an error if the change does not apply to the committed document.
    pub fn follow(&self, scratch: &Scratch) -> Result<(), String> {
        let expected = self.apply(scratch)?;
        let (breaks, report) = diff(scratch);
        match expected {
            Breaking => assert!(breaks, "the report contains no breaking change"),
            Compatible => assert!(!breaks, "the report contains a breaking change"),
            Either => {}
        }
        if breaks {
            accept(scratch, &report);
        }
        run_tests(scratch);
        let by_hand: Vec<String> = scratch
            .changed_files()
            .into_iter()
            .filter(|file| !GENERATED.iter().any(|folder| file.starts_with(folder)))
            .filter(|file| {
                !matches!(self.kind, AnotherApi) || !another_api::EDITED.contains(&&**file)
            })
            .collect();
        assert!(by_hand.is_empty(), "other files have changed: {by_hand:?}");
        Ok(())
    }

    /// Makes the change and refreshes the specs. Returns the expected effect on callers.
    fn apply(&self, scratch: &Scratch) -> Result<Effect, String> {
        match self.kind {
            Dialog360(change, effect) => {
                change_dialog360(scratch, change)?;
                Ok(effect)
            }
            Graph(old, new) => {
                change_graph(scratch, old, new)?;
                Ok(Compatible)
            }
            AnotherApi => {
                another_api::add(scratch);
                Ok(Compatible)
            }
        }
    }
}

/// Publishes 360dialog's document with the change, and refreshes it.
fn change_dialog360(scratch: &Scratch, change: fn(&mut Value)) -> Result<(), String> {
    let document = scratch.read("specs/dialog360/upstream.json");
    let mut document: Value = serde_json::from_str(&document).expect("JSON");
    let before = document.clone();
    change(&mut document);
    if document == before {
        return Err("the committed document has nothing that this change applies to".to_owned());
    }
    scratch.publish(
        DIALOG360,
        &format!("# Reference\n\n```json\n{document}\n```\n"),
    );
    refresh(scratch, "dialog360");
    Ok(())
}

/// Publishes Meta's page with `new` instead of `old`, and refreshes the document.
fn change_graph(scratch: &Scratch, old: &str, new: &str) -> Result<(), String> {
    scratch.publish_captured();
    let page = scratch.published(GRAPH);
    let mirror = mirror(scratch);
    let check = ["refresh", "--check", "--only", "graph", "--from", &mirror];
    if scratch.xtask(&check).0 != 0 {
        return Err(
            "specs/graph was refreshed after the pages were captured; capture them again"
                .to_owned(),
        );
    }
    if !page.contains(old) {
        return Err(format!("the captured page does not contain `{old}`"));
    }
    scratch.publish(GRAPH, &page.replacen(old, new, 1));
    declare_deviations(scratch);
    refresh(scratch, "graph");
    Ok(())
}

/// Updates the snapshots, and runs the tests that depend on the specs.
fn run_tests(scratch: &Scratch) {
    let snapshots = ["test", "--locked", "--workspace", "snapshots"];
    scratch.cargo(&snapshots, &[("INSTA_UPDATE", "always")]);
    // The tests of the tools use frozen documents, which do not change.
    let skipped = [
        "--skip",
        "diff::",
        "--skip",
        "refresh::",
        "--skip",
        "workflows::",
    ];
    let tests = ["test", "--locked", "--workspace", "--"];
    scratch.cargo(&[&tests[..], &skipped].concat(), &[]);
    assert_eq!(
        scratch.xtask(&["prepare", "--check"]).0,
        0,
        "prepare --check"
    );
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

/// Returns whether the report contains a breaking change, and the report.
fn diff(scratch: &Scratch) -> (bool, Value) {
    let (fails, printed) = scratch.xtask(&["diff", "HEAD", "--fail-on", "breaking"]);
    println!("{}", printed.trim_end());
    assert!([0, 1].contains(&fails), "{printed}");
    let (code, printed) = scratch.xtask(&["diff", "HEAD", "--format", "json"]);
    assert_eq!(code, 0, "{printed}");
    let report = serde_json::from_str(&printed).expect("the report is JSON");
    (fails == 1, report)
}

/// Accepts all breaking changes by their fingerprints.
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
            format!("- {{fingerprint: {fingerprint}, reason: Intended by upstream.}}\n")
        })
        .collect();
    scratch.write(path, &(known + &entries));
    let (code, printed) = scratch.xtask(&["diff", "HEAD", "--fail-on", "breaking"]);
    assert_eq!(code, 0, "the breaking changes are not accepted: {printed}");
}

fn find_breaks<'r>(report: &'r Value, found: &mut Vec<&'r str>) {
    match report {
        Value::Object(entry) => {
            let on_the_wire = entry.get("level").is_some_and(|level| level == "breaking");
            // A break in Rust that follows from one on the wire is accepted with it.
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

/// Declares each difference that the refresh reports, with the entries from its message.
fn declare_deviations(scratch: &Scratch) {
    let mirror = mirror(scratch);
    let (code, printed) = scratch.xtask(&["refresh", "--only", "graph", "--from", &mirror]);
    if code == 0 {
        return;
    }
    let (_, entries) = printed
        .split_once("specs/graph/deviations.yaml:\n")
        .expect("the message contains the entries");
    let entries = entries.lines().take_while(|line| line.starts_with("  "));
    let entries: String = entries.map(|line| format!("{line}\n")).collect();
    let path = "specs/graph/deviations.yaml";
    let declared = scratch.read(path) + &entries.replace("reason: \"\"", "reason: A test.");
    scratch.write(path, &declared);
}

/// Returns the operations of the document.
fn operations(document: &mut Value) -> Vec<&mut Map<String, Value>> {
    let paths = document["paths"].as_object_mut().expect("paths");
    let items = paths.values_mut().filter_map(Value::as_object_mut);
    let operations = items.flat_map(|item| item.values_mut());
    operations
        .filter_map(Value::as_object_mut)
        .filter(|operation| operation.contains_key("responses"))
        .collect()
}

/// Returns the schema of the first successful response that refers to a component.
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

/// Returns the properties of a response, and the name of one that no code of this repository uses.
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
                // Generated code follows the document.
                ":!src/generated",
                ":!tests/generated",
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

fn change_descriptions(document: &mut Value) {
    for operation in operations(document) {
        operation.insert("summary".to_owned(), json!("Brand new summary."));
        operation.insert(
            "description".to_owned(),
            json!("Brand new description,\n\n- in a list"),
        );
    }
}
