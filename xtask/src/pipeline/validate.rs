//! Checks a prepared document before code is generated from it, so that a refusal has the place of
//! its cause.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    openapi::{
        names::{is_ident, method_name},
        pointer::{child, keys},
        walk::{self, Part},
    },
    pipeline::{notes::Notes, round_trip},
};

/// The extension that names the Rust field of a property.
const RUST_NAME: &str = "x-rust-name";

/// Refuses what progenitor cannot generate a client from.
pub fn check(document: &Value, notes: &mut Notes) {
    check_version(document, notes);
    check_rust_names(document, notes);
    if !notes.refused.is_empty() {
        return;
    }
    match round_trip::lost_by_openapiv3(document) {
        Ok(lost) => {
            for pointer in lost {
                let way_out = "remove or correct it in the overlay";
                notes.refuse(&pointer, "progenitor ignores this", way_out);
            }
        }
        Err(error) => {
            let construct = format!("invalid OpenAPI 3.0 document: {error}");
            notes.refuse("", &construct, "correct it in the overlay");
        }
    }
}

/// Refuses a version that cannot be the value of a header, which progenitor generates from it.
fn check_version(document: &Value, notes: &mut Notes) {
    let version = &document["info"]["version"];
    let Some(version) = version.as_str() else {
        let construct = format!("invalid version {version}: expected a string");
        let way_out = "write it in quotes, or set it in the overlay";
        notes.refuse("/info/version", &construct, way_out);
        return;
    };
    if version.is_empty() || !version.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        let construct = format!("invalid version {version:?}: expected printable ASCII");
        notes.refuse("/info/version", &construct, "set it in the overlay");
    }
}

/// Refuses an `x-rust-name` that is not a free name for a field of a component.
fn check_rust_names(document: &Value, notes: &mut Notes) {
    let mut copy = document.clone();
    let mut places: BTreeMap<String, Value> = BTreeMap::new();
    let mut note = |value: &Value, pointer: &str| {
        if let Some(name) = value.get(RUST_NAME) {
            places.insert(pointer.to_owned(), name.clone());
        }
    };
    walk::parts(&mut copy, &mut |part, value, pointer| {
        if part != Part::Schema {
            note(value, pointer);
        }
    });
    walk::schemas(&mut copy, &mut |schema, pointer| note(schema, pointer));
    for (pointer, name) in places {
        if let Some(construct) = rust_name_fault(document, &pointer, &name) {
            let way_out = "correct or remove it in the overlay";
            notes.refuse(&child(&pointer, RUST_NAME), &construct, way_out);
        }
    }
}

/// Returns what is wrong with the `x-rust-name` at `pointer`.
fn rust_name_fault(document: &Value, pointer: &str, name: &Value) -> Option<String> {
    let Some(name) = name.as_str() else {
        return Some(format!("invalid `{RUST_NAME}` {name}: expected a string"));
    };
    let keys: Vec<String> = keys(pointer).collect();
    let [components, schemas, component, properties, property] = keys.as_slice() else {
        return Some(not_supported(name));
    };
    let schema = &document[components][schemas][component];
    let is_field = components == "components"
        && schemas == "schemas"
        && properties == "properties"
        && schema["properties"].get(property).is_some()
        && ["allOf", "anyOf", "oneOf", "x-rust-type"]
            .iter()
            .all(|keyword| schema[keyword].is_null());
    if !is_field {
        return Some(not_supported(name));
    }
    if !is_ident(name) || method_name(name) != name {
        return Some(format!(
            "invalid `{RUST_NAME}` `{name}`: expected a Rust identifier in snake case"
        ));
    }
    let others = schema["properties"].as_object().into_iter().flatten();
    let mut others = others.filter(|(other, _)| *other != property);
    let taken = others.find(|(other, schema)| {
        let own = schema[RUST_NAME].as_str();
        own.map_or_else(|| method_name(other), ToOwned::to_owned) == name || *other == name
    });
    if let Some((other, _)) = taken {
        return Some(format!(
            "`{RUST_NAME}` `{name}` is already the name of the field of the property `{other}`"
        ));
    }
    let is_extra = name == "extra" && schema["additionalProperties"].is_object();
    is_extra.then(|| {
        format!("`{RUST_NAME}` `{name}` is already the name of the field for additional properties")
    })
}

fn not_supported(name: &str) -> String {
    format!(
        "`{RUST_NAME}` `{name}` is not supported here: expected it in a property of a component \
         schema of an object"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::check;
    use crate::pipeline::{self, notes::Notes};

    /// Returns the refusals of a document whose component `S` is `schema`.
    fn refusals(schema: Value) -> Vec<String> {
        let document = json!({
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "paths": {},
            "components": {"schemas": {"S": schema}},
        });
        let mut notes = Notes::default();
        check(&document, &mut notes);
        if notes.refused.is_empty() {
            let code = pipeline::generate::code("api", &document, &mut notes);
            assert!(code.is_none_or(|code| code.client.contains("rename = \"360_id\"")));
        }
        notes.refused.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn accepts_a_free_rust_name_of_a_property() {
        let string = json!({"type": "string", "x-rust-name": "id"});
        let schema = json!({"type": "object", "properties": {"360_id": string}});
        assert_eq!(refusals(schema), Vec::<String>::new());
    }

    #[test]
    fn refuses_an_invalid_rust_name_with_its_place() {
        let property = |name: Value| {
            json!({"type": "object", "additionalProperties": {}, "properties": {
                "360_id": {"type": "string", "x-rust-name": name},
                "other-id": {"type": "string"},
            }})
        };
        let place = "/components/schemas/S/properties/360_id/x-rust-name: ";
        for (name, message) in [
            (json!(1), "invalid `x-rust-name` 1: expected a string"),
            (
                json!("1d"),
                "invalid `x-rust-name` `1d`: expected a Rust identifier",
            ),
            (
                json!("type"),
                "invalid `x-rust-name` `type`: expected a Rust identifier",
            ),
            (
                json!("Id"),
                "invalid `x-rust-name` `Id`: expected a Rust identifier in snake case",
            ),
            (
                json!("other_id"),
                "is already the name of the field of the property `other-id`",
            ),
            (
                json!("extra"),
                "is already the name of the field for additional properties",
            ),
        ] {
            let refused = refusals(property(name));
            assert_eq!(refused.len(), 1, "{refused:?}");
            assert!(refused[0].starts_with(place), "{refused:?}");
            assert!(refused[0].contains(message), "{refused:?}");
        }
    }

    #[test]
    fn refuses_a_rust_name_where_it_is_not_supported() {
        let string = json!({"type": "string", "x-rust-name": "id"});
        let object = json!({"type": "object", "properties": {"360_id": string}});
        for (schema, place) in [
            (string.clone(), ""),
            (json!({"type": "array", "items": string}), "/items"),
            (
                json!({"type": "object", "properties": {"inner": object}}),
                "/properties/inner/properties/360_id",
            ),
            (json!({"allOf": [object]}), "/allOf/0/properties/360_id"),
        ] {
            let refused = refusals(schema);
            let start =
                format!("/components/schemas/S{place}/x-rust-name: `x-rust-name` `id` is not");
            assert_eq!(refused.len(), 1, "{refused:?}");
            assert!(refused[0].starts_with(&start), "{refused:?}");
        }
    }
}
