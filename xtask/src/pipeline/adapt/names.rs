//! Operation ids for readable method names, and names of enum variants.

use std::collections::BTreeMap;

use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::Value;

use crate::{
    openapi::{
        names::{is_ident, is_name_character, method_name},
        pointer, walk,
    },
    pipeline::notes::Notes,
};

/// The text between module and handler name in the operation ids of Flask document generators.
const HANDLER_MARKER: &str = "_docs_api_";

/// Returns whether the builder or the method of an operation with this id would conflict with a name
/// in the generated code.
fn is_reserved(id: &str) -> bool {
    match id {
        "client" | "client_hooks" | "client_info" | "operation_info" | "inner" => true,
        "api_version" | "baseurl" | "exec" | "pre" | "post" => true,
        "byte_stream" | "request_builder_ext" | "response_value" => true,
        // Methods of traits, which take the client by value or would be hidden.
        "clone" | "into" | "try_into" => true,
        "error" | "option" | "result" | "string" => true,
        // The names of types cannot begin with a digit, and methods get an underscore.
        id => id.starts_with('_'),
    }
}

/// Gives every operation a unique id in snake case.
pub fn name_operations(document: &mut Value, notes: &mut Notes) {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    walk::operations(document, &mut |operation, _| {
        if let Some(id) = operation.get("operationId").and_then(Value::as_str) {
            *uses.entry(method_id(id)).or_default() += 1;
        }
    });
    walk::operations(document, &mut |operation, pointer| {
        let id = operation.get("operationId").and_then(Value::as_str);
        let name = match id.filter(|id| !method_id(id).is_empty()) {
            Some(id) if uses.get(&method_id(id)).is_some_and(|uses| *uses > 1) => {
                id.to_snake_case()
            }
            // A keyword gets an underscore in Rust.
            Some(id) => method_name(&method_id(id)),
            None => {
                let name = name_from_path(pointer);
                notes.warn(
                    pointer,
                    format!("the operation has no `operationId`: it is named `{name}`"),
                );
                name
            }
        };
        if has_method(pointer) {
            refuse_unusable(&name, pointer, notes);
        }
        names
            .entry(name.clone())
            .or_default()
            .push(pointer.to_owned());
        operation.insert("operationId".to_owned(), Value::String(name));
    });
    for (name, pointers) in names.iter().filter(|(_, pointers)| pointers.len() > 1) {
        let problem = format!(
            "the operation id `{name}` is used by {} operations",
            pointers.len()
        );
        for pointer in pointers {
            let fix = "set another `operationId` in the overlay";
            notes.refuse(pointer, &problem, fix);
        }
    }
}

/// Returns whether the client gets a method for the operation. Callbacks have no method.
fn has_method(pointer: &str) -> bool {
    pointer.starts_with("/paths/") && pointer::keys(pointer).count() == 3
}

/// Refuses the operation called `name` if the client cannot have a method for it.
fn refuse_unusable(name: &str, pointer: &str, notes: &mut Notes) {
    if is_reserved(name) {
        notes.refuse(
            pointer,
            &format!("the operation id `{name}` is reserved by the generated code"),
            "set another `operationId` in the overlay",
        );
    }
    let method = pointer::keys(pointer).last().unwrap_or_default();
    if matches!(method.as_str(), "options" | "trace") {
        notes.refuse(
            pointer,
            &format!("the method {} is not supported", method.to_uppercase()),
            "remove the operation in the overlay",
        );
    }
}

/// Returns `id` in snake case, without the text before the handler name.
fn method_id(id: &str) -> String {
    id.rsplit_once(HANDLER_MARKER)
        .map_or(id, |(_, handler)| handler)
        .to_snake_case()
}

/// Returns a name built from method and path: `get /a/{b}` becomes `get_a_b`.
fn name_from_path(pointer: &str) -> String {
    let keys: Vec<String> = pointer::keys(pointer).collect();
    match keys.as_slice() {
        [.., path, method] => format!("{method} {path}").to_snake_case(),
        _ => pointer.to_snake_case(),
    }
}

/// Joins `parts` into a component name in camel case.
pub fn component_name(parts: &[&str]) -> String {
    parts
        .iter()
        .map(|part| part.to_upper_camel_case())
        .collect()
}

/// Returns distinct Rust variant names for these enum values.
pub fn variant_names(values: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for value in values {
        let words: String = value
            .chars()
            .map(|c| if is_name_character(c) { c } else { ' ' })
            .collect();
        let mut name = words.to_upper_camel_case();
        // `Unknown` is the variant for all other values, and `Self` is a keyword.
        if matches!(name.as_str(), "" | "Self" | "Unknown") {
            name.push_str("Value");
        }
        if name.starts_with(|first| !is_ident(&String::from(first))) {
            name.insert(0, 'N');
        }
        let free = (2..)
            .map(|n| format!("{name}{n}"))
            .find(|other| !names.contains(other));
        names.push(if names.contains(&name) {
            free.unwrap_or(name)
        } else {
            name
        });
    }
    names
}
