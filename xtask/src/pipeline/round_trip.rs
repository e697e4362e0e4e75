//! What the generator's reader of OpenAPI makes of a document: it passes over what it does not
//! know in silence, so that the only proof of having been read is to come back.

use std::cmp::Ordering;

use openapiv3::OpenAPI;
use serde_json::{Number, Value};

use crate::openapi::{number, pointer::child};

/// The places of an OpenAPI 3.0 document that `openapiv3` loses or changes, by their pointers, or
/// the error with which it cannot read the document at all.
///
/// The order of keys is no loss, nor is another writing of the same number, nor a keyword that
/// spells out its default: `deprecated: false`, `tags: []`, `default: null`.
pub fn lost_by_openapiv3(document: &Value) -> Result<Vec<String>, String> {
    let mut readable = document.clone();
    plain_numbers(&mut readable, "")?;
    let read: OpenAPI = serde_json::from_value(readable).map_err(|error| error.to_string())?;
    let written = serde_json::to_value(read).map_err(|error| error.to_string())?;
    let mut lost = Vec::new();
    compare(document, &written, "", &mut lost);
    Ok(lost)
}

/// Writes numbers as `f64` would, for the reader turns others into objects on its way; and fails
/// on those on which it would panic.
fn plain_numbers(value: &mut Value, pointer: &str) -> Result<(), String> {
    match value {
        Value::Number(written) if !written.is_i64() && !written.is_u64() => {
            let float = written.as_f64().and_then(Number::from_f64);
            *written = float.ok_or_else(|| format!("{pointer}: {written} is beyond any number"))?;
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

/// Whether `float`, which is written with no more digits than tell it from other floats, is worth
/// `exact`.
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

/// Whether a keyword means the same with `value` as without it.
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
    fn what_the_reader_passes_over_is_found() {
        let passed_over = [
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
        for (schema, place) in passed_over {
            let found = vec![format!("/components/schemas/S/{place}")];
            assert_eq!(lost(schema.clone()), Ok(found), "{schema}");
        }
        let beyond = from_str(r#"{"type": "number", "minimum": 100000000000000000001}"#).unwrap();
        assert_eq!(
            lost(beyond),
            Ok(vec!["/components/schemas/S/minimum".to_owned()])
        );
    }

    #[test]
    fn what_means_the_same_is_no_loss() {
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
    fn what_cannot_be_read_is_an_error_and_no_panic() {
        assert!(lost(json!({"type": ["string", "null"]})).is_err());
        assert!(lost(from_str(r#"{"type": "number", "maximum": 1e999}"#).unwrap()).is_err());
        assert!(lost_by_openapiv3(&json!(null)).is_err());
    }
}
