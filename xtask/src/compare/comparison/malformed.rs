//! Compares the parts whose JSON type is not the one that OpenAPI defines. The other comparisons
//! ignore such parts; schemas handle them themselves.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    compare::{cursor::Cursor, normalize::Node},
    openapi::pointer::{child, keys},
};

/// The JSON type of a part of a document.
enum Shape {
    Text,
    Flag,
    /// An object whose fields are not checked here.
    Object,
    List(&'static Shape),
    /// An object whose keys the document chooses.
    Map(&'static Shape),
    /// An object, with the types of some of its fields.
    Fields(&'static [(&'static str, &'static Shape)]),
}

use Shape::{Fields, Flag, List, Map, Object, Text};

static DOCUMENT: Shape = Fields(&[
    ("paths", &Map(&PATH_ITEM)),
    ("webhooks", &Map(&PATH_ITEM)),
    ("components", &COMPONENTS),
    ("security", &List(&Map(&List(&Text)))),
    ("servers", &SERVERS),
    ("tags", &List(&Object)),
]);
static COMPONENTS: Shape = Fields(&[
    ("callbacks", &Map(&Map(&PATH_ITEM))),
    ("headers", &Map(&PARAMETER)),
    ("links", &Map(&Object)),
    ("parameters", &Map(&PARAMETER)),
    ("pathItems", &Map(&PATH_ITEM)),
    ("requestBodies", &Map(&REQUEST_BODY)),
    ("responses", &Map(&RESPONSE)),
    ("schemas", &Object),
    ("securitySchemes", &Map(&SECURITY_SCHEME)),
]);
static PATH_ITEM: Shape = Fields(&[
    ("parameters", &List(&PARAMETER)),
    ("servers", &SERVERS),
    ("get", &OPERATION),
    ("put", &OPERATION),
    ("post", &OPERATION),
    ("delete", &OPERATION),
    ("options", &OPERATION),
    ("head", &OPERATION),
    ("patch", &OPERATION),
    ("trace", &OPERATION),
]);
static OPERATION: Shape = Fields(&[
    ("callbacks", &Map(&Map(&PATH_ITEM))),
    ("deprecated", &Flag),
    ("parameters", &List(&PARAMETER)),
    ("requestBody", &REQUEST_BODY),
    ("responses", &Map(&RESPONSE)),
    ("security", &List(&Map(&List(&Text)))),
    ("servers", &SERVERS),
    ("tags", &List(&Text)),
]);
static PARAMETER: Shape = Fields(&[
    ("allowEmptyValue", &Flag),
    ("allowReserved", &Flag),
    ("content", &CONTENT),
    ("deprecated", &Flag),
    ("explode", &Flag),
    ("in", &Text),
    ("name", &Text),
    ("required", &Flag),
    ("style", &Text),
]);
static REQUEST_BODY: Shape = Fields(&[("$ref", &Text), ("content", &CONTENT), ("required", &Flag)]);
static RESPONSE: Shape = Fields(&[
    ("content", &CONTENT),
    ("headers", &Map(&PARAMETER)),
    ("links", &Map(&Object)),
]);
static CONTENT: Shape = Map(&Fields(&[(
    "encoding",
    &Map(&Fields(&[("headers", &Map(&PARAMETER))])),
)]));
static SERVERS: Shape = List(&Fields(&[
    ("url", &Text),
    (
        "variables",
        &Map(&Fields(&[("default", &Text), ("enum", &List(&Text))])),
    ),
]));
static SECURITY_SCHEME: Shape = Fields(&[
    ("deprecated", &Flag),
    ("flows", &Map(&Fields(&[("scopes", &Object)]))),
]);

/// Compares the malformed parts of both documents.
pub fn compare(root: &Cursor<'_, '_>) {
    let sides = root.sides().map(|side| side.value);
    let mut malformed = BTreeSet::new();
    for side in sides {
        collect(&DOCUMENT, side, "", &mut malformed);
    }
    for pointer in malformed {
        let [old, new] = sides.map(|side| Some(Node::new(&*pointer, side.pointer(&pointer)?)));
        let keyword = keys(&pointer).last().unwrap_or_default();
        root.with(old, new).value(&keyword);
    }
}

/// Collects the parts of `value` that do not have the type of `shape`, by pointer.
fn collect(shape: &Shape, value: &Value, at: &str, malformed: &mut BTreeSet<String>) {
    let reference = value.get("$ref").is_some_and(Value::is_string);
    match (shape, value) {
        // The other comparisons ignore keywords beside a reference.
        (Object | Fields(_) | Map(_), Value::Object(entries)) if reference => {
            for name in entries.keys().filter(|name| *name != "$ref") {
                malformed.insert(child(at, name));
            }
        }
        (Text, Value::String(_)) | (Flag, Value::Bool(_)) | (Object, Value::Object(_)) => {}
        (List(inner), Value::Array(values)) => {
            for (index, value) in values.iter().enumerate() {
                collect(inner, value, &child(at, &index.to_string()), malformed);
            }
        }
        (Map(inner), Value::Object(entries)) => {
            // An extension may be anything.
            let entries = entries
                .iter()
                .filter(|(name, value)| value.is_object() || !name.starts_with("x-"));
            for (name, value) in entries {
                collect(inner, value, &child(at, name), malformed);
            }
        }
        (Fields(fields), Value::Object(entries)) => {
            for (name, inner) in *fields {
                if let Some(value) = entries.get(*name) {
                    collect(inner, value, &child(at, name), malformed);
                }
            }
        }
        _ => {
            malformed.insert(at.to_owned());
        }
    }
}
