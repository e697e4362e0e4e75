//! Names of components, and the Rust names that the generator derives from them.

use std::collections::HashSet;

use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::Value;

use crate::openapi::{
    grammar::{Subschemas, subschemas},
    pointer::keys,
};

/// The component names that are in use.
#[derive(Debug, Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// Collects the names of the document's components.
    pub fn of(document: &Value) -> Self {
        Self::of_components(document, |_| true)
    }

    /// Collects the names of the document's components, except `own`.
    pub fn of_others(document: &Value, own: &str) -> Self {
        Self::of_components(document, |name| name != own)
    }

    fn of_components(document: &Value, include: impl Fn(&str) -> bool) -> Self {
        let components = document["components"]["schemas"].as_object();
        let names = components.into_iter().flatten().map(|(name, _)| name);
        let names = names.filter(|name| include(name));
        Self(names.map(|name| normalized(name)).collect())
    }

    /// Returns an unused name for the schema at `pointer`, built from the keys of the pointer.
    pub fn for_schema(&mut self, document: &Value, pointer: &str) -> String {
        self.unused(&name_parts(document, pointer).join("_"))
    }

    /// Returns an unused name for the enum at `pointer` and its Rust type. It is built from the
    /// component name `own`, else from the keys of the pointer.
    pub fn for_enum(&mut self, document: &Value, pointer: &str, own: Option<&str>) -> String {
        let wanted = own.map(ToOwned::to_owned);
        let wanted = wanted.unwrap_or_else(|| name_parts(document, pointer).join("_"));
        self.unused(&stable_name(&wanted))
    }

    /// Returns `wanted` in camel case, with a number added if its Rust type name is in use.
    pub fn unused(&mut self, wanted: &str) -> String {
        let readable = match camel_case(wanted) {
            name if name.is_empty() => "Schema".to_owned(),
            name => name,
        };
        let numbered = (2..).map(|number| format!("{readable}{number}"));
        let free = std::iter::once(readable.clone())
            .chain(numbered)
            .find(|name| self.0.insert(normalized(name)));
        free.unwrap_or(readable)
    }
}

/// Returns whether typify keeps the component name `name` for the type.
pub fn is_type_name(name: &str) -> bool {
    type_name(name) == name
}

/// Returns whether `c` is valid in a Rust identifier: `²` is not, although it is alphanumeric.
pub fn is_name_character(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    c.is_alphanumeric() && is_ident(&format!("x0{c}"))
}

/// Returns whether `text` is a Rust identifier and not a keyword.
pub fn is_ident(text: &str) -> bool {
    // A fast path: `Self` is the only keyword with a capital letter.
    let is_simple = text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_alphanumeric());
    if is_simple {
        text != "Self"
    } else {
        syn::parse_str::<syn::Ident>(text).is_ok()
    }
}

/// Returns `text` in camel case, without characters that are not ASCII.
fn camel_case(text: &str) -> String {
    let camel_case = text.to_upper_camel_case();
    let characters = camel_case.chars();
    characters.filter(char::is_ascii_alphanumeric).collect()
}

/// Returns `wanted` in a form that typify keeps for the type.
fn stable_name(wanted: &str) -> String {
    let mut readable = wanted.to_owned();
    // One conversion is not always enough: `A_B` becomes `AB`, then `Ab`.
    loop {
        let next = camel_case(&readable);
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

/// Returns the name of the type that typify generates for the component `name`.
pub fn type_name(name: &str) -> String {
    let name = words(name).to_upper_camel_case();
    match is_ident(&name) {
        true => name,
        false => format!("X{name}"),
    }
}

/// Replaces all characters that cannot be in a Rust identifier.
fn words(name: &str) -> String {
    let kept = |c: char| if is_name_character(c) { c } else { '-' };
    name.chars().map(kept).collect()
}

/// Returns the name of the method that progenitor generates for an operation or a parameter.
pub fn method_name(name: &str) -> String {
    let mut name = words(&name.replace('\'', "")).to_snake_case();
    if !is_ident(&format!("{name}x")) {
        name.insert(0, '_');
    }
    if !is_ident(&name) {
        name.push('_');
    }
    name
}

/// Returns the type name of a component in lower case, to find names that differ only in case.
fn normalized(name: &str) -> String {
    type_name(name).to_lowercase()
}

/// Returns the keys of `pointer` that describe the schema there.
fn name_parts(document: &Value, pointer: &str) -> Vec<String> {
    let mut name_parts = Vec::new();
    let mut keys = keys(pointer);
    while let Some(key) = keys.next() {
        match key.as_str() {
            // Skips the section, since the component name is enough, and the media type.
            "components" | "content" => drop(keys.next()),
            "paths" => {
                let path = keys.next().unwrap_or_default();
                let method = keys.next().unwrap_or_default();
                match document["paths"][&path][&method]["operationId"].as_str() {
                    Some(id) => name_parts.push(id.to_owned()),
                    None => name_parts.extend([method, path]),
                }
            }
            "headers" => name_parts.extend(keys.next()),
            keyword if subschemas(keyword) == Some(Subschemas::Map) => {
                name_parts.extend(keys.next());
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
