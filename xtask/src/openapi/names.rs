//! Names for schemas that become components.

use std::collections::HashSet;

use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::Value;

use crate::openapi::pointer::{child, keys};

/// The names given so far.
#[derive(Debug, Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// The names that the document's own components have.
    pub fn of(document: &Value) -> Self {
        Self::of_components(document, |_| true)
    }

    /// The names that the document's components other than `own` have.
    pub fn of_others(document: &Value, own: &str) -> Self {
        Self::of_components(document, |name| name != own)
    }

    fn of_components(document: &Value, include: impl Fn(&str) -> bool) -> Self {
        let components = document
            .pointer("/components/schemas")
            .and_then(Value::as_object);
        let names = components
            .into_iter()
            .flat_map(|components| components.keys());
        Self(
            names
                .filter(|name| include(name))
                .map(|name| normalized(name))
                .collect(),
        )
    }

    /// A name for the schema at `pointer`, from the names around it.
    pub fn for_schema(&mut self, document: &Value, pointer: &str) -> String {
        self.unused(&name_parts(document, pointer).join("_"))
    }

    /// A name for the enum at `pointer`, which its type has too: from the name `own` that it has
    /// among the components, else from the names around it.
    pub fn for_enum(&mut self, document: &Value, pointer: &str, own: Option<&str>) -> String {
        match own {
            Some(own) => self.unused(&stable_name(own)),
            None => self.unused(&stable_name(&name_parts(document, pointer).join("_"))),
        }
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
            .find(|name| self.0.insert(normalized(name)));
        free.unwrap_or(readable)
    }
}

/// Whether the type that typify makes of the component `name` is called just so.
pub fn is_type_name(name: &str) -> bool {
    type_name(name) == name
}

/// Whether `c` may stand within a Rust name: not every letter or digit may, `²` may not.
pub fn is_name_character(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    c.is_alphanumeric() && is_ident(&format!("x0{c}"))
}

/// Whether `text` is a name in Rust, and no keyword.
pub fn is_ident(text: &str) -> bool {
    // Quicker for most names; no keyword but `Self` has a capital.
    let is_simple = text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_alphanumeric());
    if is_simple {
        text != "Self"
    } else {
        syn::parse_str::<syn::Ident>(text).is_ok()
    }
}

/// `wanted` as a name that stays the same when it becomes a type.
fn stable_name(wanted: &str) -> String {
    let mut readable = wanted.to_owned();
    // `A_B` is `AB` at first, and then `Ab`.
    loop {
        let next: String = readable
            .to_upper_camel_case()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        if next == readable {
            break;
        }
        readable = next;
    }
    if readable.is_empty() {
        return "Schema".to_owned();
    }
    type_name(&readable)
}

/// The type that typify makes of the component `name`, but for what Rust keeps for itself.
pub fn type_name(name: &str) -> String {
    let name_parts: String = name
        .chars()
        .map(|c| if is_name_character(c) { c } else { '-' })
        .collect();
    let name = name_parts.to_upper_camel_case();
    if is_ident(&name) {
        name
    } else {
        format!("X{name}")
    }
}

/// Returns the name of the method that progenitor generates for an operation or a parameter.
pub fn method_name(name: &str) -> String {
    let name_parts: String = name
        .chars()
        .filter(|c| *c != '\'')
        .map(|c| if is_name_character(c) { c } else { '-' })
        .collect();
    let name = name_parts.to_snake_case();
    let start = if is_ident(&format!("{name}x")) {
        ""
    } else {
        "_"
    };
    let end = if is_ident(&format!("{start}{name}")) {
        ""
    } else {
        "_"
    };
    format!("{start}{name}{end}")
}

/// What remains of a name when it becomes a type, without its case.
fn normalized(name: &str) -> String {
    type_name(name).to_lowercase()
}

/// The keys on the way to `pointer` that tell something of the schema there.
fn name_parts(document: &Value, pointer: &str) -> Vec<String> {
    let mut name_parts = Vec::new();
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
                    Some(id) => name_parts.push(id.to_owned()),
                    None => name_parts.extend([method, path]),
                }
            }
            "properties" | "$defs" | "definitions" | "patternProperties" | "dependentSchemas"
            | "headers" => name_parts.extend(keys.next()),
            "content" => {
                keys.next();
            }
            "schema" => {}
            "items" => name_parts.push("item".to_owned()),
            "additionalProperties" => name_parts.push("value".to_owned()),
            "responses" => {
                name_parts.push("response".to_owned());
                name_parts.extend(keys.next());
            }
            "requestBody" => name_parts.push("body".to_owned()),
            _ => name_parts.push(key),
        }
    }
    name_parts
}
