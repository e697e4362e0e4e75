//! Operation ids that make readable method names.

use std::collections::BTreeMap;

use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::Value;

use crate::{
    openapi::{
        names::{is_ident, is_name_character},
        pointer, walk,
    },
    pipeline::notes::Notes,
};

/// What flask-style generators of documents put between the module and the name of a handler.
const HANDLER_MARKER: &str = "_docs_api_";

/// Ids whose builder would be called like a type, and whose method like another method, that the
/// generated code uses.
const RESERVED: [&str; 17] = [
    "api_version",
    "baseurl",
    "byte_stream",
    "client",
    "client_hooks",
    "client_info",
    "error",
    "exec",
    "inner",
    "operation_info",
    "option",
    "post",
    "pre",
    "request_builder_ext",
    "response_value",
    "result",
    "string",
];

/// Gives every operation an id in snake case that no other has.
pub fn name_operations(document: &mut Value, notes: &mut Notes) {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    walk::operations(document, &mut |operation, _| {
        if let Some(id) = operation.get("operationId").and_then(Value::as_str) {
            *uses.entry(method_id(id)).or_default() += 1;
        }
    });
    walk::operations(document, &mut |operation, pointer| {
        let name = match operation.get("operationId").and_then(Value::as_str) {
            Some(id) if uses.get(&method_id(id)).is_some_and(|uses| *uses > 1) => {
                id.to_snake_case()
            }
            Some(id) => method_id(id),
            None => {
                let name = name_from_path(pointer);
                notes.warn(
                    pointer,
                    format!("an operation without operationId is named `{name}`"),
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
            "the operation id `{name}` is that of {} operations",
            pointers.len()
        );
        for pointer in pointers {
            let fix = "give it another operationId in the overlay";
            notes.refuse(pointer, &problem, fix);
        }
    }
}

/// Whether the client gets a method for the operation: it gets none for callbacks.
fn has_method(pointer: &str) -> bool {
    pointer.starts_with("/paths/") && pointer::keys(pointer).count() == 3
}

/// Refuses the operation called `name` if the client cannot have a method of it.
fn refuse_unusable(name: &str, pointer: &str, notes: &mut Notes) {
    if RESERVED.contains(&name) {
        notes.refuse(
            pointer,
            &format!("the operation id `{name}` is a name that the generated code uses itself"),
            "give it another operationId in the overlay",
        );
    }
    let method = pointer::keys(pointer).last().unwrap_or_default();
    if matches!(method.as_str(), "options" | "trace") {
        notes.refuse(
            pointer,
            &format!("the client cannot send {}", method.to_uppercase()),
            "remove the operation in the overlay",
        );
    }
}

/// `id` in snake case, without what stands before the name of the handler.
fn method_id(id: &str) -> String {
    id.rsplit_once(HANDLER_MARKER)
        .map_or(id, |(_, method_id)| method_id)
        .to_snake_case()
}

/// A name from the method and the path: `get /a/{b}` is `get_a_b`.
fn name_from_path(pointer: &str) -> String {
    let keys: Vec<String> = pointer::keys(pointer).collect();
    match keys.as_slice() {
        [.., path, method] => format!("{method} {path}").to_snake_case(),
        _ => pointer.to_snake_case(),
    }
}

/// A name for a schema that stands within others: the words of `parts` in one.
pub fn component_name(parts: &[&str]) -> String {
    parts
        .iter()
        .map(|part| part.to_upper_camel_case())
        .collect()
}

/// Names for the Rust variants of an enum with these values, each different.
pub fn variant_names(values: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for value in values {
        let words: String = value
            .chars()
            .map(|c| if is_name_character(c) { c } else { ' ' })
            .collect();
        let mut name = words.to_upper_camel_case();
        // `Unknown` is the variant for all other values; the others cannot be names in Rust.
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
