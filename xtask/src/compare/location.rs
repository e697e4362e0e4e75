//! Locations in a document as readable text: `GET /partners/{partner_id} → response 200 → status`.

use serde_json::Value;

use super::normalize::Document;
use crate::openapi::{
    node::Node,
    pointer::{child, keys},
    walk::METHODS,
};

/// The part of a document that contains a location.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// One operation, such as `GET /partners`.
    Operation(String),
    /// A path item, by its pointer.
    PathItem(String),
    /// A component, by its pointer.
    Component(String),
    /// The rest of the document.
    Document,
}

/// A location in a document.
pub struct Location {
    pub owner: Owner,
    /// The readable names of the owner and of each part on the way to the location.
    pub segments: Vec<String>,
}

impl Location {
    /// Returns the location of `pointer` in `document`.
    pub fn of(document: &Value, pointer: &str) -> Self {
        let keys: Vec<String> = keys(pointer).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let (owner, name, rest) = match keys.as_slice() {
            [section @ ("paths" | "webhooks"), path, method, rest @ ..]
                if METHODS.contains(method) =>
            {
                let method = method.to_uppercase();
                let name = match *section {
                    "paths" => format!("{method} {path}"),
                    _ => format!("webhook {path} {method}"),
                };
                (Owner::Operation(name.clone()), Some(name), rest)
            }
            ["paths", path, rest @ ..] => {
                let owner = Owner::PathItem(child("/paths", path));
                (owner, Some((*path).to_owned()), rest)
            }
            ["components", section, name, rest @ ..] => {
                let at = child(&child("/components", section), name);
                let title = match *section {
                    "headers" => format!("header {name}"),
                    "parameters" => parameter(document, &at, name),
                    "requestBodies" => format!("request body {name}"),
                    "responses" => format!("response {name}"),
                    "securitySchemes" => format!("security scheme {name}"),
                    _ => (*name).to_owned(),
                };
                (Owner::Component(at), Some(title), rest)
            }
            rest => (Owner::Document, None, rest),
        };
        let start = keys[..keys.len() - rest.len()].iter();
        let start = start.fold(String::new(), |at, key| child(&at, key));
        let within = segments(document, start, rest);
        let mut segments: Vec<String> = name.into_iter().chain(within).collect();
        if segments.is_empty() {
            segments.push("document".to_owned());
        }
        Self { owner, segments }
    }

    /// Returns the location in one line.
    pub fn to_text(&self) -> String {
        self.segments.join(" → ")
    }
}

/// Returns the readable names of `keys`, which follow the pointer `start`.
fn segments(document: &Value, start: String, keys: &[&str]) -> Vec<String> {
    let mut segments = Vec::new();
    let is_document = start.is_empty();
    let mut at = start;
    let mut keys = keys.iter();
    while let Some(key) = keys.next() {
        at = child(&at, key);
        // Takes the key within a map or list.
        let mut next = || {
            let key = keys.next()?;
            at = child(&at, key);
            Some((*key).to_owned())
        };
        match *key {
            "parameters" => segments.extend(next().map(|index| parameter(document, &at, &index))),
            "requestBody" => segments.push("request body".to_owned()),
            "responses" => segments.extend(next().map(|status| format!("response {status}"))),
            "properties" | "patternProperties" | "encoding" => segments.extend(next()),
            "headers" => segments.extend(next().map(|name| format!("header {name}"))),
            "callbacks" => segments.extend(next().map(|name| format!("callback {name}"))),
            "links" => segments.extend(next().map(|name| format!("link {name}"))),
            "content" => segments.extend(next().filter(|name| !name.contains("json"))),
            "anyOf" | "oneOf" => {
                let variant = next().and_then(|index| index.parse::<usize>().ok());
                segments.extend(variant.map(|index| format!("variant {}", index + 1)));
            }
            "prefixItems" => segments.extend(next().map(|index| format!("[{index}]"))),
            "allOf" | "$defs" | "definitions" => {
                next();
            }
            "items" => segments.push("[…]".to_owned()),
            "additionalProperties" => segments.push("{…}".to_owned()),
            "info" | "servers" | "security" | "tags" | "externalDocs" if is_document => {
                segments.push((*key).to_owned());
                break;
            }
            // The message of a change names its keyword.
            _ => {}
        }
    }
    segments
}

/// Returns the name of the parameter at `pointer`, such as `query parameter limit`. `index` is the
/// last key of the pointer.
fn parameter(document: &Value, pointer: &str, index: &str) -> String {
    let value = document.pointer(pointer).unwrap_or(&Value::Null);
    let parameter = Document::new(document)
        .resolve(Node::new(pointer, value))
        .value;
    let name = parameter["name"].as_str().unwrap_or(index);
    match parameter["in"].as_str() {
        Some(location) => format!("{location} parameter {name}"),
        None => format!("parameter {name}"),
    }
}
