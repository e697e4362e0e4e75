//! The kinds of values that keywords hold. What holds another is refused and taken out, so that
//! the rewrites need not ask.

use serde_json::{Map, Number, Value};

use crate::{openapi::pointer::child, pipeline::notes::Notes};

use crate::openapi::number;

/// The types of JSON Schema.
pub const TYPES: [&str; 7] = [
    "null", "boolean", "object", "array", "number", "integer", "string",
];

/// Refuses every keyword that holds a value of a kind it cannot have.
pub fn check(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    schema.retain(|keyword, value| {
        normalize_count(keyword, value);
        let Some(expected) = expected_form(keyword, value) else {
            return true;
        };
        notes.refuse(
            &child(pointer, keyword),
            &format!("`{keyword}` is not {expected}"),
            "correct it in the overlay",
        );
        false
    });
}

/// What `keyword` should hold, if `value` is no such thing.
fn expected_form(keyword: &str, value: &Value) -> Option<&'static str> {
    let schema = |value: &Value| value.is_object() || value.is_boolean();
    let (fits, expected) = match keyword {
        "type" => (is_type(value), "a type or a list of types"),
        "$ref" | "$dynamicRef" | "$recursiveRef" | "$id" | "$anchor" | "title" | "description"
        | "format" | "pattern" | "contentEncoding" | "contentMediaType" => {
            (value.is_string(), "a string")
        }
        "deprecated" | "readOnly" | "writeOnly" | "uniqueItems" | "nullable" => {
            (value.is_boolean(), "true or false")
        }
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            (value.is_u64(), "a count")
        }
        "minimum" | "maximum" | "multipleOf" => (value.is_number(), "a number"),
        "exclusiveMinimum" | "exclusiveMaximum" => {
            (value.is_number() || value.is_boolean(), "a number")
        }
        "additionalProperties"
        | "contains"
        | "contentSchema"
        | "else"
        | "if"
        | "items"
        | "not"
        | "propertyNames"
        | "then"
        | "unevaluatedItems"
        | "unevaluatedProperties" => (schema(value), "a schema"),
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => (
            value.as_array().is_some_and(|all| !all.is_empty()),
            "a list of schemas",
        ),
        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
            (value.is_object(), "a map of schemas")
        }
        "enum" => (
            value.as_array().is_some_and(|all| !all.is_empty()),
            "a list of values",
        ),
        "examples" => (value.is_array(), "a list of values"),
        "required" => (is_names(value), "a list of names"),
        "discriminator" | "externalDocs" | "xml" => (value.is_object(), "an object"),
        _ => return None,
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

fn is_names(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|names| names.iter().all(Value::is_string))
}

/// A count may be written `2.0` in 3.1, which readers of 3.0 do not take for a whole number.
fn normalize_count(keyword: &str, value: &mut Value) {
    const COUNTS: [&str; 6] = [
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
    ];
    if !COUNTS.contains(&keyword) || value.is_u64() {
        return;
    }
    let Value::Number(written) = &*value else {
        return;
    };
    // All counts that matter are whole in f64.
    if let Some(count) = written.as_f64()
        && number::is_integer(written)
        && (0.0..9e15).contains(&count)
    {
        *value = Value::Number(Number::from(count as u64));
    }
}
