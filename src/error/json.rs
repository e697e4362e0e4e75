//! Scalars in JSON whose type differs between servers.

use serde_json::{Map, Value};

use crate::types::tolerant::Tolerant;

/// Returns an integer that may be written as a string or as a float such as `4.0`.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    i64::decode_value(value).ok()?.value()
}

/// Returns a string that is not empty, or a number as text.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Returns `value` unless it is `null`, `""` or `{}`.
pub(crate) fn non_empty(value: &Value) -> Option<Value> {
    let empty = value.is_null() || value == "" || value.as_object().is_some_and(Map::is_empty);
    (!empty).then(|| value.clone())
}
