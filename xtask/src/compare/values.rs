//! Values of the documents: their form in messages, and equality.

use serde_json::Value;

use crate::{
    excerpt::excerpt,
    openapi::number::{self, same},
};

/// The most characters of a value that a message shows.
const LONGEST: usize = 80;

/// Returns `value` as JSON in backticks, shortened to fit in a line.
pub fn quoted(value: &Value) -> String {
    format!("`{}`", excerpt(&value.to_string(), LONGEST))
}

/// Describes how `subject` changed from `old` to `new`.
pub fn describe_change(subject: &str, old: Option<&Value>, new: Option<&Value>) -> String {
    describe_texts(subject, old.map(quoted), new.map(quoted))
}

/// Describes how `subject` changed from `old` to `new`, which are shown as they are.
pub fn describe_texts(subject: &str, old: Option<String>, new: Option<String>) -> String {
    match (old, new) {
        (None, None) => format!("{subject} changed"),
        (None, Some(new)) => format!("{subject} was set to {new}"),
        (Some(old), None) => format!("{subject} was removed (was {old})"),
        (Some(old), Some(new)) => format!("{subject} changed from {old} to {new}"),
    }
}

/// Returns whether two values of a keyword have the same meaning.
pub fn equal(old: Option<&Value>, new: Option<&Value>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => same(old, new),
        (None, None) => true,
        // `false` and empty lists and objects are the same as an absent keyword.
        (Some(value), None) | (None, Some(value)) => {
            value == &Value::Bool(false)
                || value.as_array().is_some_and(Vec::is_empty)
                || value.as_object().is_some_and(|object| object.is_empty())
        }
    }
}

/// Returns a text that is equal for values that are the same, such as `1` and `1.0`.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Number(number) => number::canonical(number),
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(canonical).collect();
            format!("[{}]", values.join(","))
        }
        Value::Object(entries) => {
            let entries = entries.iter();
            let mut entries: Vec<String> = entries
                .map(|(key, value)| format!("{key:?}:{}", canonical(value)))
                .collect();
            entries.sort();
            format!("{{{}}}", entries.join(","))
        }
        value => value.to_string(),
    }
}
