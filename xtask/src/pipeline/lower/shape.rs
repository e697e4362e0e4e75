//! The expected form of each keyword's value. Malformed keywords are refused and removed, so that
//! the rewrites can rely on the form.

use serde_json::{Map, Number, Value};

use crate::{
    excerpt::excerpt,
    openapi::{
        grammar::{Subschemas, subschemas},
        number,
        pointer::child,
    },
    pipeline::notes::Notes,
};

/// The types of JSON Schema.
pub const TYPES: [&str; 7] = [
    "null", "boolean", "object", "array", "number", "integer", "string",
];

/// Refuses and removes every keyword with a malformed value.
pub fn check(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    schema.retain(|keyword, value| {
        normalize_count(keyword, value);
        let Some(expected) = expected_form(keyword, value) else {
            return true;
        };
        notes.refuse(
            &child(pointer, keyword),
            &format!(
                "`{keyword}` is {}: expected {expected}",
                excerpt(&value.to_string(), 40)
            ),
            "correct it in the overlay",
        );
        false
    });
}

/// Returns the expected form of the value of `keyword`, if `value` does not have it.
fn expected_form(keyword: &str, value: &Value) -> Option<&'static str> {
    let is_filled = |value: &Value| value.as_array().is_some_and(|all| !all.is_empty());
    let (fits, expected) = match keyword {
        "type" => (is_type(value), "a type or an array of types"),
        "$ref" | "$dynamicRef" | "$recursiveRef" | "$id" | "$anchor" | "title" | "description"
        | "format" | "pattern" | "contentEncoding" | "contentMediaType" => {
            (value.is_string(), "a string")
        }
        "deprecated" | "readOnly" | "writeOnly" | "uniqueItems" | "nullable" => {
            (value.is_boolean(), "a boolean")
        }
        keyword if is_count(keyword) => (value.is_u64(), "a non-negative integer"),
        "minimum" | "maximum" | "multipleOf" => (value.is_number(), "a number"),
        "exclusiveMinimum" | "exclusiveMaximum" => {
            (value.is_number() || value.is_boolean(), "a number")
        }
        "enum" => (is_filled(value), "a non-empty array of values"),
        "examples" => (value.is_array(), "an array of values"),
        "required" => (is_name_list(value), "an array of names"),
        "discriminator" | "externalDocs" | "xml" => (value.is_object(), "an object"),
        _ => match subschemas(keyword)? {
            Subschemas::One => (value.is_object() || value.is_boolean(), "a schema"),
            Subschemas::List => (is_filled(value), "a non-empty array of schemas"),
            Subschemas::Map => (value.is_object(), "an object of schemas"),
        },
    };
    (!fits).then_some(expected)
}

fn is_type(value: &Value) -> bool {
    let known = |value: &Value| value.as_str().is_some_and(|kind| TYPES.contains(&kind));
    match value {
        Value::Array(types) => !types.is_empty() && types.iter().all(known),
        _ => known(value),
    }
}

fn is_name_list(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|names| names.iter().all(Value::is_string))
}

fn is_count(keyword: &str) -> bool {
    let (bound, counted) = keyword.split_at_checked(3).unwrap_or_default();
    ["min", "max"].contains(&bound) && ["Length", "Items", "Properties"].contains(&counted)
}

/// Rewrites a count such as `2.0`, which 3.1 allows, as an integer.
fn normalize_count(keyword: &str, value: &mut Value) {
    // Up to 9e15, f64 represents every integer exactly.
    if is_count(keyword)
        && let Value::Number(written) = &*value
        && let Some(count) = written.as_f64()
        && number::is_integer(written)
        && (0.0..9e15).contains(&count)
    {
        *value = Value::Number(Number::from(count as u64));
    }
}
