//! Decoding of JSON whose properties do not all have their documented types.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

/// The maximum number of decoding attempts. Each property of an unexpected type needs one or two.
const MAX_MISMATCHES: usize = 64;

/// Decodes `body` as `T`. A property of an unexpected type is converted if possible (`"7"` for 7),
/// and absent otherwise. Fails with the path of the first property that allows neither.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let mut value: Value = serde_json::from_slice(body)
        .map_err(|error| format!("the body is not valid JSON: {error}"))?;
    let mut last = String::new();
    let mut reason = String::new();
    for _ in 0..MAX_MISMATCHES {
        let error = match serde_path_to_error::deserialize(&value) {
            Ok(decoded) => return Ok(decoded),
            Err(error) => error,
        };
        let path = error.path().to_string();
        let is_second_try = path == last;
        if !is_second_try {
            reason = explain(&error);
        }
        match at(&mut value, error.path()) {
            Some(property) if property.is_null() => return Err(reason),
            Some(property) if is_second_try => *property = Value::Null,
            Some(property) => *property = convert(property),
            None => return Err(reason),
        }
        last = path;
    }
    Err("too many properties have unexpected types".to_owned())
}

/// Returns the property of `value` at `path`.
fn at<'v>(value: &'v mut Value, path: &Path) -> Option<&'v mut Value> {
    // The empty path is the document, which is not a property.
    path.iter().next()?;
    path.iter().try_fold(value, |value, segment| match segment {
        Segment::Map { key } => value.get_mut(key),
        Segment::Seq { index } => value.get_mut(index),
        Segment::Enum { .. } | Segment::Unknown => None,
    })
}

/// Converts a scalar to the type that it probably stands for.
fn convert(value: &Value) -> Value {
    match value {
        // serde does not accept `7.0` as an integer. Larger numbers may have lost digits.
        Value::Number(number) if number.is_f64() => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < 9e15 => Value::from(float as i64),
            _ => Value::Null,
        },
        Value::Number(number) => Value::String(number.to_string()),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(scalar @ (Value::Number(_) | Value::Bool(_))) => scalar,
            _ => Value::Null,
        },
        _ => Value::Null,
    }
}

/// Describes why `body` cannot be decoded as `T`, with the path of the property.
pub(crate) fn explain_with_path<T: DeserializeOwned>(
    body: &[u8],
    error: &serde_json::Error,
) -> String {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(error) => {
            let text = explain(&error);
            // The path says where.
            match text.rsplit_once(" at line ") {
                Some((text, _)) if error.inner().is_data() => text.to_owned(),
                _ => text,
            }
        }
        Ok(_) => error.to_string(),
    }
}

/// Describes the error without the value, which logs may not be allowed to contain.
fn explain(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let text = error.inner().to_string();
    let text = match text.rsplit_once(", expected ") {
        // The name of a generated type means nothing in a response.
        Some((_, expected)) if expected.starts_with("struct ") => "expected an object".to_owned(),
        Some((_, expected)) => format!("expected {expected}"),
        None => text,
    };
    match error.path().to_string().as_str() {
        "." => text,
        path => format!("at `{path}`: {text}"),
    }
}
