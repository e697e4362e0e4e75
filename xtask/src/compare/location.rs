//! Where a pointer leads, in words: `GET /partners/{partner_id} → response 200 → status`.

use serde_json::Value;

use crate::openapi::{
    pointer::{child, keys},
    walk::METHODS,
};

/// Whose part a place is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// One operation, such as `GET /partners`.
    Operation(String),
    /// What the operations of a path share, by its pointer.
    PathItem(String),
    /// A component, by its pointer.
    Component(String),
    /// The document itself.
    Document,
}

/// A place in words, and whose it is.
pub struct Place {
    pub owner: Owner,
    pub words: Vec<String>,
}

impl Place {
    /// The place at `pointer` of `document`.
    pub fn of(document: &Value, pointer: &str) -> Self {
        let keys: Vec<String> = keys(pointer).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        match keys.as_slice() {
            ["paths", path, method, rest @ ..] if METHODS.contains(method) => {
                let operation = format!("{} {path}", method.to_uppercase());
                Self::within(
                    document,
                    Owner::Operation(operation.clone()),
                    operation,
                    pointer,
                    rest,
                )
            }
            ["paths", path, rest @ ..] => {
                let owner = Owner::PathItem(child("/paths", path));
                Self::within(document, owner, (*path).to_owned(), pointer, rest)
            }
            ["webhooks", name, method, rest @ ..] if METHODS.contains(method) => {
                let operation = format!("webhook {name} {}", method.to_uppercase());
                Self::within(
                    document,
                    Owner::Operation(operation.clone()),
                    operation,
                    pointer,
                    rest,
                )
            }
            ["components", section, name, rest @ ..] => {
                let at = child(&child("/components", section), name);
                let called = match *section {
                    "headers" => format!("header {name}"),
                    "parameters" => parameter(document, &at, name),
                    "requestBodies" => format!("request body {name}"),
                    "responses" => format!("response {name}"),
                    "securitySchemes" => format!("security scheme {name}"),
                    _ => (*name).to_owned(),
                };
                Self::within(document, Owner::Component(at), called, pointer, rest)
            }
            rest => {
                let mut words = words(document, "", rest);
                if words.is_empty() {
                    words.push("document".to_owned());
                }
                Self {
                    owner: Owner::Document,
                    words,
                }
            }
        }
    }

    fn within(document: &Value, owner: Owner, name: String, pointer: &str, rest: &[&str]) -> Self {
        let rest_len: usize = rest.iter().map(|key| child("", key).len()).sum();
        let start = &pointer[..pointer.len() - rest_len];
        let mut all = vec![name];
        all.extend(words(document, start, rest));
        Self { owner, words: all }
    }

    /// The words in a line.
    pub fn line(&self) -> String {
        self.words.join(" → ")
    }
}

/// The words for the keys that lead on from the pointer `start`.
fn words(document: &Value, start: &str, keys: &[&str]) -> Vec<String> {
    let mut words = Vec::new();
    let mut at = start.to_owned();
    let mut keys = keys.iter();
    while let Some(key) = keys.next() {
        at = child(&at, key);
        // The key after one that opens a map or a list.
        let mut next = || {
            let key = keys.next()?;
            at = child(&at, key);
            Some((*key).to_owned())
        };
        match *key {
            "parameters" => {
                if let Some(index) = next() {
                    words.push(parameter(document, &at, &index));
                }
            }
            "requestBody" => words.push("request body".to_owned()),
            "responses" => words.extend(next().map(|status| format!("response {status}"))),
            "properties" | "patternProperties" | "encoding" => words.extend(next()),
            "headers" => words.extend(next().map(|name| format!("header {name}"))),
            "callbacks" => words.extend(next().map(|name| format!("callback {name}"))),
            "links" => words.extend(next().map(|name| format!("link {name}"))),
            "content" => words.extend(next().filter(|name| !name.contains("json"))),
            "anyOf" | "oneOf" => {
                let variant = next().and_then(|index| index.parse::<usize>().ok());
                words.extend(variant.map(|index| format!("variant {}", index + 1)));
            }
            "prefixItems" => words.extend(next().map(|index| format!("[{index}]"))),
            "allOf" | "$defs" | "definitions" => {
                next();
            }
            "items" => words.push("[…]".to_owned()),
            "additionalProperties" => words.push("{…}".to_owned()),
            "info" | "servers" | "security" | "tags" | "externalDocs" if start.is_empty() => {
                words.push((*key).to_owned());
                break;
            }
            // A keyword, which the message names.
            _ => {}
        }
    }
    words
}

/// The parameter at `pointer` in words, such as `query parameter limit`; `index` is its last key.
fn parameter(document: &Value, pointer: &str, index: &str) -> String {
    let (_, parameter) = super::normalize::Document::new(document)
        .at(pointer.to_owned(), document_at(document, pointer));
    let name = parameter["name"].as_str().unwrap_or(index);
    match parameter["in"].as_str() {
        Some(location) => format!("{location} parameter {name}"),
        None => format!("parameter {name}"),
    }
}

fn document_at<'d>(document: &'d Value, pointer: &str) -> &'d Value {
    document.pointer(pointer).unwrap_or(&Value::Null)
}
