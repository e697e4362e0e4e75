//! The quirks of the OpenAPI documents that Meta publishes, one for each API.
//!
//! The YAML is written by a tool that spells some values in a way of its own. What remains after
//! [`normalize`] is what Meta's tools read from it.

use serde_json::{Map, Value};

use crate::openapi::walk::{Part, parts, schemas};

/// The terms that all of Meta's documents name.
const TERMS: &str = "https://developers.facebook.com/terms";

/// Removes the quirks from `document`, if Meta published it.
pub fn normalize(document: &mut Value) {
    let terms = document
        .pointer("/info/termsOfService")
        .and_then(Value::as_str);
    if terms.is_some_and(|terms| terms.trim_end() == TERMS) {
        remove_final_newlines(document);
        restore_lists_in_examples(document);
    }
}

/// Removes the newline that folded text (`>`) has at its end, in values such as defaults, too.
fn remove_final_newlines(value: &mut Value) {
    match value {
        Value::String(text) => text.truncate(text.trim_end_matches('\n').len()),
        Value::Array(values) => values.iter_mut().for_each(remove_final_newlines),
        Value::Object(object) => object.values_mut().for_each(remove_final_newlines),
        _ => {}
    }
}

/// Turns objects with the keys `0`, `1`, … into lists, within examples.
fn restore_lists_in_examples(document: &mut Value) {
    parts(document, &mut |part, value, _| match part {
        Part::Example => restore_lists_at(value, "value"),
        Part::MediaType | Part::Parameter | Part::Header => restore_lists_at(value, "example"),
        _ => {}
    });
    schemas(document, &mut |schema, _| {
        for key in ["default", "example", "examples"] {
            restore_lists_at(schema, key);
        }
    });
}

fn restore_lists_at(holder: &mut Value, key: &str) {
    if let Some(value) = holder.get_mut(key) {
        restore_lists(value);
    }
}

fn restore_lists(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(restore_lists),
        Value::Object(object) => {
            object.values_mut().for_each(restore_lists);
            if is_list(object) {
                *value = std::mem::take(object)
                    .into_iter()
                    .map(|(_, item)| item)
                    .collect();
            }
        }
        _ => {}
    }
}

/// Returns whether the keys of `object` are the indices of a list.
fn is_list(object: &Map<String, Value>) -> bool {
    !object.is_empty()
        && (0..)
            .zip(object.keys())
            .all(|(index, key): (usize, _)| *key == index.to_string())
}

#[cfg(test)]
mod tests {
    use super::normalize;
    use crate::cases;

    #[test]
    fn golden_cases() {
        for (name, mut case) in cases::of("meta-document") {
            let mut document = case["document"].take();
            normalize(&mut document);
            assert_eq!(document, case["expected"], "{name}: {document:#}");
        }
    }
}
