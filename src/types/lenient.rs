//! Reading JSON whose members are not all of the kinds that they are documented to be.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

/// How many members of an answer may be of another kind.
const ODD_MEMBERS: usize = 64;

/// Reads `body` as `T`. A member of another kind than `T` has there is read as that kind, where it
/// can be (`"7"` for 7), and else as absent. The error is that of the first member that can be
/// neither, with its place.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let mut value: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let mut last = String::new();
    let mut reason = String::new();
    for _ in 0..ODD_MEMBERS {
        let fault = match serde_path_to_error::deserialize(&value) {
            Ok(read) => return Ok(read),
            Err(fault) => fault,
        };
        let path = fault.path().to_string();
        let again = path == last;
        if !again {
            reason = explain(&fault);
        }
        match at(&mut value, fault.path()) {
            Some(member) if member.is_null() => return Err(reason),
            Some(member) if again => *member = Value::Null,
            Some(member) => *member = other_kind(member),
            None => return Err(reason),
        }
        last = path;
    }
    Err("too many of its members are not what the document promises".to_owned())
}

/// The value at `path`, if that is within `value`.
fn at<'v>(value: &'v mut Value, path: &Path) -> Option<&'v mut Value> {
    // The whole is no member.
    path.iter().next()?;
    path.iter().try_fold(value, |value, segment| match segment {
        Segment::Map { key } => value.get_mut(key),
        Segment::Seq { index } => value.get_mut(index),
        Segment::Enum { .. } | Segment::Unknown => None,
    })
}

/// What `value` may have been meant to be.
fn other_kind(value: &Value) -> Value {
    match value {
        // A whole number written as `7.0` is none to serde; the digits of others may be lost.
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

/// The fault in words, without the value, which logs may not be meant to hold.
fn explain(fault: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let text = fault.inner().to_string();
    let text = match text.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => text,
    };
    match fault.path().to_string().as_str() {
        "." => text,
        path => format!("at `{path}`: {text}"),
    }
}
