//! Compares the parts whose JSON type is not the one that OpenAPI defines. The other comparisons
//! ignore such parts; schemas handle them themselves.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Comparer;
use crate::{
    compare::{changes::Pointers, docs, level::Direction},
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

impl Comparer<'_> {
    pub(super) fn malformed(&mut self) {
        let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
        collect(&DOCUMENT, self.old.value, "", &mut old);
        collect(&DOCUMENT, self.new.value, "", &mut new);
        let mut pointers: Vec<&String> = old.keys().chain(new.keys()).collect();
        pointers.sort();
        pointers.dedup();
        for pointer in pointers {
            let (old, new) = (
                self.old.value.pointer(pointer),
                self.new.value.pointer(pointer),
            );
            let keyword = keys(pointer).last().unwrap_or_default();
            let at = Pointers {
                before: old.map(|_| pointer.clone()),
                after: new.map(|_| pointer.clone()),
            };
            match docs::rule(&keyword) {
                Some(rule) => self.record_docs(rule, &keyword, old, new, at),
                None => self.unjudged(Direction::Request, &keyword, old, new, at),
            }
        }
    }
}

/// Collects the parts of `value` that do not have the type of `shape`, by pointer.
fn collect<'d>(
    shape: &Shape,
    value: &'d Value,
    at: &str,
    malformed: &mut BTreeMap<String, &'d Value>,
) {
    let reference = value.get("$ref").is_some_and(Value::is_string);
    match (shape, value) {
        // The other comparisons ignore keywords beside a reference.
        (Object | Fields(_) | Map(_), Value::Object(entries)) if reference => {
            for (name, value) in entries.iter().filter(|(name, _)| *name != "$ref") {
                malformed.insert(child(at, name), value);
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
            malformed.insert(at.to_owned(), value);
        }
    }
}
