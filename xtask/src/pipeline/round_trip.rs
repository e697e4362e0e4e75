//! Finds what the OpenAPI parser of the generator ignores. The parser skips what it does not know
//! without an error, so the document is parsed and written again.

use std::cmp::Ordering;

use openapiv3::OpenAPI;
use serde_json::{Number, Value};

use crate::openapi::{number, pointer::child};

/// Returns the pointers to what `openapiv3` loses or changes in an OpenAPI 3.0 document. Fails if
/// it cannot parse the document.
///
/// It may change the order of keys and the notation of a number, and drop a keyword that has its
/// default value: `deprecated: false`, `tags: []`, `default: null`.
pub fn lost_by_openapiv3(document: &Value) -> Result<Vec<String>, String> {
    let mut readable = document.clone();
    plain_numbers(&mut readable, "")?;
    let read: OpenAPI = serde_json::from_value(readable).map_err(|error| error.to_string())?;
    let written = serde_json::to_value(read).map_err(|error| error.to_string())?;
    let mut lost = Vec::new();
    compare(document, &written, "", &mut lost);
    Ok(lost)
}

/// Writes numbers as `f64` does, because the parser turns other numbers into objects. Fails on
/// numbers on which the parser panics.
fn plain_numbers(value: &mut Value, pointer: &str) -> Result<(), String> {
    match value {
        Value::Number(written) if !written.is_i64() && !written.is_u64() => {
            let float = written.as_f64().and_then(Number::from_f64);
            *written =
                float.ok_or_else(|| format!("{pointer}: the number {written} is too large"))?;
        }
        Value::Array(values) => {
            for (index, value) in values.iter_mut().enumerate() {
                plain_numbers(value, &child(pointer, &index.to_string()))?;
            }
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                plain_numbers(value, &child(pointer, key))?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn compare(document: &Value, written: &Value, pointer: &str, lost: &mut Vec<String>) {
    match (document, written) {
        (Value::Object(all), Value::Object(kept)) => {
            for (key, value) in all {
                let pointer = child(pointer, key);
                match kept.get(key) {
                    Some(other) => compare(value, other, &pointer, lost),
                    None if is_default(key, value) => {}
                    None => lost.push(pointer),
                }
            }
        }
        (Value::Array(all), Value::Array(kept)) if all.len() == kept.len() => {
            for (index, (value, other)) in all.iter().zip(kept).enumerate() {
                compare(value, other, &child(pointer, &index.to_string()), lost);
            }
        }
        (Value::Number(exact), Value::Number(float)) if same_number(exact, float) => {}
        _ if number::same(document, written) => {}
        _ => lost.push(pointer.to_owned()),
    }
}

/// Returns whether an `f64` has the value of `number`.
pub fn is_exact_float(number: &Number) -> bool {
    let float = number.as_f64().and_then(Number::from_f64);
    float.is_some_and(|float| same_number(number, &float))
}

/// Returns whether `float`, in its shortest notation, has the value of `exact`.
fn same_number(exact: &Number, float: &Number) -> bool {
    let digits = float
        .as_f64()
        .filter(|value| value.fract() == 0.0)
        .map(|v| format!("{v:.0}"));
    let expanded = digits.and_then(|digits| digits.parse::<Number>().ok());
    [Some(float), expanded.as_ref()]
        .into_iter()
        .flatten()
        .any(|other| number::compare(exact, other) == Ordering::Equal)
}

/// Returns whether `value` is the default of a keyword.
fn is_default(keyword: &str, value: &Value) -> bool {
    match (keyword, value) {
        (
            "nullable" | "readOnly" | "writeOnly" | "deprecated" | "uniqueItems"
            | "exclusiveMinimum" | "exclusiveMaximum" | "required" | "explode" | "allowReserved",
            Value::Bool(false),
        )
        | ("default" | "example" | "value", Value::Null) => true,
        ("style", Value::String(style)) => matches!(style.as_str(), "form" | "simple"),
        (
            "required" | "tags" | "parameters" | "security" | "servers" | "allOf" | "anyOf"
            | "oneOf",
            Value::Array(all),
        ) => all.is_empty(),
        (
            "properties" | "callbacks" | "examples" | "encoding" | "headers" | "links" | "content"
            | "mapping" | "schemas" | "responses" | "parameters" | "requestBodies"
            | "securitySchemes",
            Value::Object(all),
        ) => all.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_str, json};

    use super::*;

    fn lost(schema: Value) -> Result<Vec<String>, String> {
        lost_by_openapiv3(&json!({
            "openapi": "3.0.3",
            "info": {"title": "T", "version": "1"},
            "paths": {},
            "components": {"schemas": {"S": schema, "T": {"type": "string"}}},
        }))
    }

    #[test]
    fn finds_what_the_parser_ignores() {
        let ignored = [
            (json!({"type": "object", "xml": {}}), "xml"),
            (
                json!({"$ref": "#/components/schemas/T", "nullable": true}),
                "nullable",
            ),
            (json!({"type": "string", "const": "a"}), "const"),
            (
                json!({"type": "object", "properties": {"a": {"$id": "a"}}}),
                "properties/a/$id",
            ),
        ];
        for (schema, place) in ignored {
            let found = vec![format!("/components/schemas/S/{place}")];
            assert_eq!(lost(schema.clone()), Ok(found), "{schema}");
        }
        let inexact = from_str(r#"{"type": "number", "minimum": 100000000000000000001}"#).unwrap();
        assert_eq!(
            lost(inexact),
            Ok(vec!["/components/schemas/S/minimum".to_owned()])
        );
    }

    #[test]
    fn accepts_another_notation_of_the_same_document() {
        let same = [
            r#"{"type": "string", "deprecated": false, "nullable": false, "default": null}"#,
            r#"{"type": "object", "properties": {"required": {}, "default": {}}, "required": []}"#,
            r#"{"type": "number", "minimum": 1.0, "maximum": 1e3, "multipleOf": 0.50}"#,
            r#"{"type": "integer", "maximum": 9223372036854775807, "example": 1.10}"#,
            r#"{"type": "number", "maximum": 36893488147419103232}"#,
        ];
        for schema in same {
            assert_eq!(lost(from_str(schema).unwrap()), Ok(vec![]), "{schema}");
        }
    }

    #[test]
    fn an_invalid_document_is_an_error() {
        assert!(lost(json!({"type": ["string", "null"]})).is_err());
        assert!(lost(from_str(r#"{"type": "number", "maximum": 1e999}"#).unwrap()).is_err());
        assert!(lost_by_openapiv3(&json!(null)).is_err());
    }
}
