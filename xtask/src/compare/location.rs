//! Locations in a document as readable text: `GET /partners/{partner_id} → response 200 → status`.

use heck::ToSnakeCase;
use serde_json::Value;

use super::normalize::Document;
use crate::openapi::{
    node::Node,
    pointer::{child, keys},
    walk::METHODS,
};

/// The part of a document that contains a location.
#[derive(Debug, Clone)]
pub enum Owner {
    /// One operation, such as `GET /partners`.
    Operation {
        name: String,
        /// The `operationId`, if the client calls the operation.
        id: Option<String>,
    },
    /// A path item, by its pointer.
    PathItem(String),
    Component {
        section: String,
        name: Name,
    },
    /// The rest of the document.
    Document,
}

/// A location in a document.
#[derive(Debug, Clone)]
pub struct Location {
    pub owner: Owner,
    /// The readable names of the owner and of each part on the way to the location.
    pub segments: Vec<String>,
    /// The parameter and the properties on the way to the location.
    pub names: Vec<Name>,
}

/// The name of a component, property or parameter.
#[derive(Debug, Clone)]
pub struct Name {
    pub in_document: String,
    /// The name that the document has for it in Rust (`x-rust-name`), or the same name.
    pub in_rust: String,
}

impl Name {
    /// Returns the name of the part at `pointer`.
    pub fn of(document: &Value, pointer: &str, name: &str) -> Self {
        let part = document.pointer(pointer).unwrap_or(&Value::Null);
        Self {
            in_document: name.to_owned(),
            in_rust: part["x-rust-name"].as_str().unwrap_or(name).to_owned(),
        }
    }
}

impl Location {
    /// Returns the location of `pointer` in `document`.
    pub fn of(document: &Value, pointer: &str) -> Self {
        let keys: Vec<String> = keys(pointer).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let mut location = Self {
            owner: Owner::Document,
            segments: Vec::new(),
            names: Vec::new(),
        };
        let rest = location.set_owner(document, &keys);
        let start = keys[..keys.len() - rest.len()].iter();
        let start = start.fold(String::new(), |at, key| child(&at, key));
        location.add_parts(document, start, rest);
        if location.segments.is_empty() {
            location.segments.push("document".to_owned());
        }
        location
    }

    /// Returns the location in one line.
    pub fn to_text(&self) -> String {
        self.segments.join(" → ")
    }

    /// Returns the name of the Rust method of the operation that contains it.
    pub fn method(&self) -> Option<String> {
        match &self.owner {
            Owner::Operation { id, .. } => Some(id.as_ref()?.to_snake_case()),
            _ => None,
        }
    }

    /// Sets the owner, and returns the keys within it.
    fn set_owner<'k>(&mut self, document: &Value, keys: &'k [&'k str]) -> &'k [&'k str] {
        match keys {
            [section @ ("paths" | "webhooks"), path, method, rest @ ..]
                if METHODS.contains(method) =>
            {
                let id = document[section][path][method]["operationId"].as_str();
                let method = method.to_uppercase();
                let (name, id) = match *section {
                    "paths" => (format!("{method} {path}"), id.map(ToOwned::to_owned)),
                    _ => (format!("webhook {path} {method}"), None),
                };
                self.segments.push(name.clone());
                self.owner = Owner::Operation { name, id };
                rest
            }
            ["paths", path, rest @ ..] => {
                self.segments.push((*path).to_owned());
                self.owner = Owner::PathItem(child("/paths", path));
                rest
            }
            ["components", section, name, rest @ ..] => {
                let title = match *section {
                    "headers" => format!("header {name}"),
                    "parameters" => {
                        self.parameter(document, &component_pointer(section, name), name)
                    }
                    "requestBodies" => format!("request body {name}"),
                    "responses" => format!("response {name}"),
                    "securitySchemes" => format!("security scheme {name}"),
                    _ => (*name).to_owned(),
                };
                self.segments.push(title);
                self.owner = Owner::Component {
                    section: (*section).to_owned(),
                    name: Name::of(document, &component_pointer(section, name), name),
                };
                rest
            }
            rest => rest,
        }
    }

    /// Adds the parts that `keys` name, which follow the pointer `start`.
    fn add_parts(&mut self, document: &Value, start: String, keys: &[&str]) {
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
            let segment = match *key {
                "parameters" => next().map(|index| self.parameter(document, &at, &index)),
                "requestBody" => Some("request body".to_owned()),
                "responses" => next().map(|status| format!("response {status}")),
                "properties" => {
                    let name = next();
                    let property = name.iter().map(|name| Name::of(document, &at, name));
                    self.names.extend(property);
                    name
                }
                "patternProperties" | "encoding" => next(),
                "headers" => next().map(|name| format!("header {name}")),
                "callbacks" => next().map(|name| format!("callback {name}")),
                "links" => next().map(|name| format!("link {name}")),
                "content" => next().filter(|name| !name.contains("json")),
                "anyOf" | "oneOf" => {
                    let variant = next().and_then(|index| index.parse::<usize>().ok());
                    variant.map(|index| format!("variant {}", index + 1))
                }
                "prefixItems" => next().map(|index| format!("[{index}]")),
                "allOf" | "$defs" | "definitions" => {
                    next();
                    None
                }
                "items" => Some("[…]".to_owned()),
                "additionalProperties" => Some("{…}".to_owned()),
                "info" | "servers" | "security" | "tags" | "externalDocs" if is_document => {
                    self.segments.push((*key).to_owned());
                    return;
                }
                // The message of a change names its keyword.
                _ => None,
            };
            self.segments.extend(segment);
        }
    }

    /// Adds the name of the parameter at `pointer`, and returns its title, such as
    /// `query parameter limit`. `index` is the last key of the pointer.
    fn parameter(&mut self, document: &Value, pointer: &str, index: &str) -> String {
        let value = document.pointer(pointer).unwrap_or(&Value::Null);
        let parameter = Document::new(document)
            .resolve(Node::new(pointer, value))
            .value;
        let name = parameter["name"].as_str().unwrap_or(index);
        self.names.push(Name::of(document, pointer, name));
        match parameter["in"].as_str() {
            Some(location) => format!("{location} parameter {name}"),
            None => format!("parameter {name}"),
        }
    }
}

/// Returns the pointer to a component.
pub fn component_pointer(section: &str, name: &str) -> String {
    child(&child("/components", section), name)
}
