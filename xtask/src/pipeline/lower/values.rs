//! Keywords that list values: `const`, `enum`, `examples`.

use indexmap::IndexSet;
use serde_json::{Map, Value};

use crate::{
    openapi::{keys, number, pointer::child},
    pipeline::notes::Notes,
};

/// Lowers `const` to an `enum` with one value, and adds its type.
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
            &format!("`const` is not allowed by `{beside}`"),
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

/// Makes an `enum` with null nullable, and adds the type that all other values share.
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
            "`enum` has a value that `type` does not allow",
            "correct one of them in the overlay",
        );
    }
    if values.contains(&Value::Null) {
        if !types.is_empty() && !known(&Value::Null) && !is_nullable(schema) {
            notes.warn(
                &place,
                "null in `enum` is accepted, although `type` excludes it",
            );
        }
        schema.insert("nullable".to_owned(), true.into());
    }
}

/// Lowers `examples` to the one `example` of 3.0.
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
        let text = format!("`examples` is lowered to one `example` (dropped: {lost})");
        notes.warn(&child(pointer, "examples"), text);
    }
}

/// The name of `nullable: true` while others rewrite the schema: an extension, so that they treat it as an
/// annotation. Beside a `$ref` or a union, it applies to the whole schema, while
/// `type: [T, "null"]` is an additional constraint.
pub const HIDDEN_NULLABLE: &str = "x-nullable-of-3.0";

/// Returns whether the schema has `nullable: true`.
fn is_nullable(schema: &Map<String, Value>) -> bool {
    schema.contains_key(HIDDEN_NULLABLE) || schema.get("nullable") == Some(&Value::Bool(true))
}

/// Returns the types in `type`, without duplicates.
pub fn types(schema: &Map<String, Value>) -> Vec<String> {
    let listed = match schema.get("type") {
        Some(Value::Array(listed)) => listed.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let types: IndexSet<&str> = listed.iter().filter_map(Value::as_str).collect();
    types.into_iter().map(str::to_owned).collect()
}

/// Returns whether the type `kind` accepts `value`.
pub fn accepts(kind: &str, value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            kind == "number" || kind == "integer" && number::is_integer(number)
        }
        _ => kind == type_of(value),
    }
}

/// Returns the narrowest type of `value`. A number with a fraction or an exponent is not an
/// integer, since 3.0 tools would reject it.
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

/// Returns the type that all values except null share.
fn shared_type(values: &[Value]) -> Option<&'static str> {
    let mut types = values.iter().filter(|value| !value.is_null()).map(type_of);
    let first = types.next()?;
    types.try_fold(first, |shared, kind| match (shared, kind) {
        _ if shared == kind => Some(shared),
        ("integer", "number") | ("number", "integer") => Some("number"),
        _ => None,
    })
}
