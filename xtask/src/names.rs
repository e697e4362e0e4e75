//! Names for schemas that become components.

use std::collections::HashSet;

use heck::ToUpperCamelCase;
use serde_json::Value;

use crate::pointer::{child, keys};

/// The names given so far.
#[derive(Debug, Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// The names that the document's own components have.
    pub fn of(document: &Value) -> Self {
        let components = document
            .pointer("/components/schemas")
            .and_then(Value::as_object);
        let names = components
            .into_iter()
            .flat_map(|components| components.keys());
        Self(names.map(|name| plain(name)).collect())
    }

    /// A name for the schema at `pointer`, from the names around it.
    pub fn of_place(&mut self, document: &Value, pointer: &str) -> String {
        self.unused(&words(document, pointer).join("_"))
    }

    /// `wanted` as the name of a type, with a number after it if another has that name, even when
    /// spelt as a Rust type.
    pub fn unused(&mut self, wanted: &str) -> String {
        let readable: String = wanted
            .to_upper_camel_case()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let readable = if readable.is_empty() {
            "Schema".to_owned()
        } else {
            readable
        };
        let numbered = (2..).map(|number| format!("{readable}{number}"));
        let free = std::iter::once(readable.clone())
            .chain(numbered)
            .find(|name| self.0.insert(plain(name)));
        free.unwrap_or(readable)
    }
}

/// What remains of a name when it becomes a type, without its case.
fn plain(name: &str) -> String {
    name.to_upper_camel_case().to_lowercase()
}

/// The keys on the way to `pointer` that tell something of the schema there.
fn words(document: &Value, pointer: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut keys = keys(pointer);
    while let Some(key) = keys.next() {
        match key.as_str() {
            "components" => {
                // The section, of which the name says enough.
                keys.next();
            }
            "paths" => {
                let path = keys.next().unwrap_or_default();
                let method = keys.next().unwrap_or_default();
                let operation = child(&child(&child("", "paths"), &path), &method);
                let id = document
                    .pointer(&operation)
                    .and_then(|at| at.get("operationId"));
                match id.and_then(Value::as_str) {
                    Some(id) => words.push(id.to_owned()),
                    None => words.extend([method, path]),
                }
            }
            "properties" | "$defs" | "definitions" | "patternProperties" | "dependentSchemas"
            | "headers" => words.extend(keys.next()),
            "content" => {
                keys.next();
            }
            "schema" => {}
            "items" => words.push("item".to_owned()),
            "additionalProperties" => words.push("value".to_owned()),
            "responses" => {
                words.push("response".to_owned());
                words.extend(keys.next());
            }
            "requestBody" => words.push("body".to_owned()),
            _ => words.push(key),
        }
    }
    words
}
