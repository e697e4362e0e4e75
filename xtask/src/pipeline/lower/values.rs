//! Keywords that name values: `const`, `enum`, `examples`.

use serde_json::{Map, Value};

use crate::{openapi::pointer::child, pipeline::notes::Notes};

use super::keys;
use crate::openapi::number;

/// `const: v` becomes an `enum` of it, with the type that it has.
pub fn constant(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let Some(value) = schema.get("const").cloned() else {
        return;
    };
    let place = child(pointer, "const");
    let listed = match schema.get("enum") {
        Some(Value::Array(values)) => values.iter().any(|other| number::same(other, &value)),
        _ => true,
    };
    let types = types(schema);
    let typed = types.is_empty() || types.iter().any(|kind| accepts(kind, &value));
    if !listed || !typed {
        schema.shift_remove("const");
        let beside = if listed { "type" } else { "enum" };
        notes.refuse(
            &place,
            &format!("`const` is excluded by the `{beside}` beside it"),
            "correct one of them in the overlay",
        );
        return;
    }
    schema.shift_remove("enum");
    if types.len() != 1 || value.is_null() {
        schema.shift_remove("type");
        if !value.is_null() {
            keys::insert_before(schema, "const", "type", type_of(&value).into());
        }
    }
    if types.len() == 1 && schema.get("type").is_some_and(Value::is_array) {
        schema.insert("type".to_owned(), types[0].as_str().into());
    }
    keys::rename(schema, "const", "enum", vec![value].into());
}

/// An `enum` that holds null is nullable, and one whose other values share a type has that type.
pub fn enumeration(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let Some(Value::Array(values)) = schema.get("enum").cloned() else {
        return;
    };
    let types = types(schema);
    let place = child(pointer, "enum");
    let known = |value: &Value| types.iter().any(|kind| accepts(kind, value));
    if types.is_empty() {
        if let Some(kind) = shared_type(&values) {
            keys::insert_before(schema, "enum", "type", kind.into());
        }
    } else if values.iter().any(|value| !value.is_null() && !known(value)) {
        notes.refuse(
            &place,
            "`enum` holds a value that the `type` beside it excludes",
            "correct one of them in the overlay",
        );
    }
    if values.contains(&Value::Null) {
        let nullable = schema.get("nullable") == Some(&Value::Bool(true));
        if !types.is_empty() && !known(&Value::Null) && !nullable {
            notes.warn(
                &place,
                "null in `enum` is taken as meant, though `type` excludes it",
            );
        }
        schema.insert("nullable".to_owned(), true.into());
    }
}

/// Of the list of `examples`, 3.0 has room for one.
pub fn examples(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let Some(Value::Array(examples)) = schema.get("examples").cloned() else {
        return;
    };
    match (schema.get("example").cloned(), examples.first().cloned()) {
        (None, Some(first)) => keys::rename(schema, "examples", "example", first),
        _ => {
            schema.shift_remove("examples");
        }
    }
    let kept = schema.get("example");
    let lost = examples
        .iter()
        .filter(|example| Some(*example) != kept)
        .count();
    if lost > 0 {
        let text = format!("{lost} of the `examples` dropped, for 3.0 has room for one");
        notes.warn(&child(pointer, "examples"), text);
    }
}

/// The types that the schema lists.
pub fn types(schema: &Map<String, Value>) -> Vec<String> {
    let mut types: Vec<String> = Vec::new();
    let listed = match schema.get("type") {
        Some(Value::Array(listed)) => listed.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    for kind in listed.iter().filter_map(Value::as_str) {
        if !types.iter().any(|known| known == kind) {
            types.push(kind.to_owned());
        }
    }
    types
}

/// Whether values of type `of` can be `value`.
pub fn accepts(kind: &str, value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            kind == "number" || kind == "integer" && number::is_integer(number)
        }
        _ => kind == type_of(value),
    }
}

/// The narrowest type of `value`. A number written with a fraction or an exponent counts as no
/// integer, for readers of 3.0 would not take it for one.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.to_string().contains(['.', 'e', 'E']) => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The type of all values but null, if they share one.
fn shared_type(values: &[Value]) -> Option<&'static str> {
    let mut types = values.iter().filter(|value| !value.is_null()).map(type_of);
    let first = types.next()?;
    types.try_fold(first, |shared, kind| match (shared, kind) {
        _ if shared == kind => Some(shared),
        ("integer", "number") | ("number", "integer") => Some("number"),
        _ => None,
    })
}
