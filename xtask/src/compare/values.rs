//! Values of the documents: how messages show them, and how they are found again.

use std::collections::HashMap;

use serde_json::Value;

use crate::openapi::number::same;

/// The longest value that a message shows, in characters.
const LONGEST: usize = 80;

/// `value` as code: JSON, cut where it is longer than a line.
pub fn quoted(value: &Value) -> String {
    let text = value.to_string();
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// `value` as code, or that there is none.
pub fn said(value: Option<&Value>) -> String {
    value.map_or_else(|| "unset".to_owned(), quoted)
}

/// Values to find others among, however many there are.
pub struct Set<'v>(HashMap<String, Vec<&'v Value>>);

impl<'v> Set<'v> {
    pub fn of(values: impl IntoIterator<Item = &'v Value>) -> Self {
        let mut set: HashMap<String, Vec<&Value>> = HashMap::new();
        for value in values {
            set.entry(bucket(value)).or_default().push(value);
        }
        Self(set)
    }

    /// Whether one of the values is the same as this one.
    pub fn contains(&self, value: &Value) -> bool {
        let mut alike = self.0.get(&bucket(value)).into_iter().flatten();
        alike.any(|other| same(other, value))
    }
}

/// A text that is equal for values that are the same.
fn bucket(value: &Value) -> String {
    match value {
        Value::Number(number) => {
            let number = number.to_string().parse::<f64>().unwrap_or(f64::NAN);
            // Minus zero is zero.
            format!("{:e}", number + 0.0)
        }
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(bucket).collect();
            format!("[{}]", values.join(","))
        }
        Value::Object(entries) => {
            let entries = entries.iter();
            let mut entries: Vec<String> = entries
                .map(|(key, value)| format!("{key}:{}", bucket(value)))
                .collect();
            entries.sort();
            format!("{{{}}}", entries.join(","))
        }
        value => value.to_string(),
    }
}
