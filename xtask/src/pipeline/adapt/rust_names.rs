//! Gives components the name that the extension `x-rust-name` has for them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::open_responses::rename_component;
use crate::{
    openapi::{
        names::{is_type_name, type_name},
        pointer::child,
    },
    pipeline::notes::Notes,
};

/// The extension on a component schema, or on a property of one.
const RUST_NAME: &str = "x-rust-name";

/// The names that the generated code uses without their paths. A type can hide a function: `Ok(…)`.
const RESERVED: [&str; 4] = ["Default", "Err", "Ok", "Result"];

/// Refuses components whose types would have a reserved name.
pub fn refuse_reserved(document: &Value, notes: &mut Notes) {
    let schemas = document["components"]["schemas"].as_object();
    for name in schemas.into_iter().flat_map(Map::keys) {
        let of_type = type_name(name);
        if RESERVED.contains(&of_type.as_str()) {
            notes.refuse(
                &child("/components/schemas", name),
                &format!("the type name `{of_type}` is reserved by the generated code"),
                &format!("add `{RUST_NAME}` with another name in the overlay"),
            );
        }
    }
}

/// Renames the components with `x-rust-name`, and removes the extension from them.
pub fn rename_components(document: &mut Value, notes: &mut Notes) {
    let Some(schemas) = document
        .pointer("/components/schemas")
        .and_then(Value::as_object)
    else {
        return;
    };
    let named = schemas.iter().filter_map(|(name, schema)| {
        let wanted = schema.get(RUST_NAME)?;
        Some((name.clone(), wanted.clone()))
    });
    let named: Vec<(String, Value)> = named.collect();
    for (component, wanted) in named {
        match valid_name(document, &component, &wanted) {
            Ok(name) => {
                let schema = document.pointer_mut(&child("/components/schemas", &component));
                if let Some(Value::Object(schema)) = schema {
                    schema.shift_remove(RUST_NAME);
                }
                rename_component(document, &component, &name);
            }
            Err(construct) => {
                let pointer = child(&child("/components/schemas", &component), RUST_NAME);
                notes.refuse(
                    &pointer,
                    &construct,
                    "choose another name or remove it in the overlay",
                );
            }
        }
    }
}

/// Returns the name that `wanted` is, if it is valid and free.
fn valid_name(document: &Value, component: &str, wanted: &Value) -> Result<String, String> {
    let Some(name) = wanted.as_str() else {
        return Err(format!("invalid `{RUST_NAME}` {wanted}: expected a string"));
    };
    if !is_type_name(name) || !name.is_ascii() {
        return Err(format!(
            "invalid `{RUST_NAME}` `{name}`: expected the name of a Rust type"
        ));
    }
    let schemas = document["components"]["schemas"].as_object();
    let others = schemas.into_iter().flatten().map(|(other, _)| other);
    let types: BTreeMap<String, &String> = others
        .filter(|other| *other != component)
        .map(|other| (type_name(other).to_lowercase(), other))
        .collect();
    match types.get(&name.to_lowercase()) {
        Some(other) => Err(format!(
            "`{RUST_NAME}` `{name}` is already the name of the type of the component `{other}`"
        )),
        None => Ok(name.to_owned()),
    }
}
