//! Compares the parts whose JSON type is not the one that OpenAPI defines. The other comparisons
//! ignore such parts; schemas handle them themselves.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    compare::cursor::Cursor,
    openapi::{
        grammar::{DOCUMENT, Form},
        node::Node,
        pointer::{child, keys},
    },
};

/// Compares the malformed parts of both documents.
pub fn compare(root: &Cursor<'_, '_>) {
    let sides = root.sides().map(|side| side.value);
    let mut malformed = BTreeSet::new();
    for side in sides {
        collect(&DOCUMENT, side, "", &mut malformed);
    }
    for pointer in malformed {
        let [old, new] = sides.map(|side| Some(Node::new(&*pointer, side.pointer(&pointer)?)));
        let keyword = keys(&pointer).last().unwrap_or_default();
        root.with(old, new).compare_as(&keyword);
    }
}

/// Collects the pointers of the parts of `value` that do not have this form.
fn collect(form: &Form, value: &Value, at: &str, malformed: &mut BTreeSet<String>) {
    let reference = value.get("$ref").is_some_and(Value::is_string);
    match (form, value) {
        (Form::Part(_, inner), _) => collect(inner, value, at, malformed),
        (Form::Any, _) | (Form::Text, Value::String(_)) | (Form::Flag, Value::Bool(_)) => {}
        // The other comparisons ignore keywords beside a reference.
        (
            Form::Object | Form::Map(_) | Form::MapExcept(..) | Form::Fields(..),
            Value::Object(entries),
        ) if reference => {
            let siblings = entries.keys().filter(|name| *name != "$ref");
            malformed.extend(siblings.map(|name| child(at, name)));
        }
        (Form::Object, Value::Object(_)) => {}
        (Form::List(inner), Value::Array(values)) => {
            for (index, value) in values.iter().enumerate() {
                collect(inner, value, &child(at, &index.to_string()), malformed);
            }
        }
        (Form::Map(inner) | Form::MapExcept(_, inner), Value::Object(entries)) => {
            // An extension may be anything.
            let entries = entries
                .iter()
                .filter(|(name, value)| value.is_object() || !name.starts_with("x-"));
            for (name, value) in entries {
                collect(inner, value, &child(at, name), malformed);
            }
        }
        (Form::Fields(fields, _), Value::Object(entries)) => {
            // Examples are documentation, which may be anything.
            for (name, inner) in fields.iter().filter(|(name, _)| *name != "examples") {
                if let Some(value) = entries.get(*name) {
                    collect(inner, value, &child(at, name), malformed);
                }
            }
        }
        _ => {
            malformed.insert(at.to_owned());
        }
    }
}
