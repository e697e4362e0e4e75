//! The keywords of a schema, with the expected form of their values. The rewrites rely on it.

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

use super::unknown_keys;

/// The end of warnings about syntax that only 3.1 documents should not use.
pub const SYNTAX_OF_3_0: &str = "is OpenAPI 3.0 syntax and is treated as in 3.0";

/// The types of JSON Schema.
pub const TYPES: [&str; 7] = [
    "null", "boolean", "object", "array", "number", "integer", "string",
];

/// Refuses keywords with a malformed value, and drops unknown keywords and those that no generator
/// needs.
pub fn check(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    schema.retain(|keyword, value| {
        normalize_count(keyword, value);
        match form(keyword) {
            Some((fits, _)) if fits(value) => !is_dropped(keyword),
            Some((_, expected)) => {
                let found = excerpt(&value.to_string(), 40);
                notes.refuse(
                    &child(pointer, keyword),
                    &format!("`{keyword}` is {found}: expected {expected}"),
                    "correct it in the overlay",
                );
                false
            }
            None if keyword.starts_with("x-") => true,
            None => {
                unknown_keys::warn(keyword, pointer, notes);
                false
            }
        }
    });
}

/// Returns whether `keyword` is dropped without a warning: an identifier or a definition, since
/// references to them have been rewritten before, or `xml`, which a JSON client does not need.
fn is_dropped(keyword: &str) -> bool {
    match keyword {
        "$schema" | "$vocabulary" | "$id" | "$anchor" | "$dynamicAnchor" => true,
        "$recursiveAnchor" | "$defs" | "definitions" | "$comment" | "xml" => true,
        _ => false,
    }
}

/// The form of a value, as a check and in words.
type Form = (fn(&Value) -> bool, &'static str);

/// Returns the form of the value of `keyword`, if the keyword is known.
fn form(keyword: &str) -> Option<Form> {
    Some(match keyword {
        "type" => (is_type, "a type or an array of types"),
        "$ref" | "$dynamicRef" | "$recursiveRef" | "$id" | "$anchor" | "title" | "description"
        | "format" | "pattern" | "contentEncoding" | "contentMediaType" => {
            (Value::is_string, "a string")
        }
        "deprecated" | "readOnly" | "writeOnly" | "uniqueItems" | "nullable" => {
            (Value::is_boolean, "a boolean")
        }
        keyword if is_count(keyword) => (Value::is_u64, "a non-negative integer"),
        "minimum" | "maximum" | "multipleOf" => (Value::is_number, "a number"),
        "exclusiveMinimum" | "exclusiveMaximum" => {
            (|value| value.is_number() || value.is_boolean(), "a number")
        }
        "enum" => (is_filled, "a non-empty array of values"),
        "examples" => (Value::is_array, "an array of values"),
        "required" => (is_name_list, "an array of names"),
        "discriminator" | "externalDocs" | "xml" => (Value::is_object, "an object"),
        "const" | "default" | "example" | "dependentRequired" | "minContains" | "maxContains"
        | "$schema" | "$vocabulary" | "$dynamicAnchor" | "$recursiveAnchor" | "$comment" => {
            (|_| true, "any value")
        }
        _ => match subschemas(keyword)? {
            Subschemas::One => (|value| value.is_object() || value.is_boolean(), "a schema"),
            Subschemas::List => (is_filled, "a non-empty array of schemas"),
            Subschemas::Map => (Value::is_object, "an object of schemas"),
        },
    })
}

fn is_filled(value: &Value) -> bool {
    value.as_array().is_some_and(|all| !all.is_empty())
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
