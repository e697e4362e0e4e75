//! Takes schemas apart: follows references, and opens `allOf` and choices that leave no choice.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Document, Part, Schema, Union};
use crate::openapi::pointer::child;

/// What a schema consists of, once references are followed and `allOf` is taken apart.
#[derive(Default)]
pub struct Expanded<'d> {
    pub parts: Vec<Part<'d>>,
    /// With whether null matches whatever they say.
    pub unions: Vec<(Union<'d>, bool)>,
    /// What can only be compared as it is written, by keyword: references that lead nowhere here,
    /// and what 3.0 passes over beside a reference.
    pub raw: Vec<(&'d str, String, &'d Value)>,
    seen: BTreeSet<String>,
}

impl<'d> Expanded<'d> {
    pub fn add(&mut self, document: &Document<'d>, part: Part<'d>) {
        if !self.seen.insert(part.at.clone()) {
            return;
        }
        let Some((keyword, reference)) = part
            .value
            .as_object()
            .and_then(|schema| schema.get_key_value("$ref"))
        else {
            return self.add_keywords(document, &part);
        };
        let Some((at, value)) = document.target(part.value) else {
            let place = child(&part.at, keyword);
            self.raw.push((keyword, place, reference));
            return self.add_keywords(document, &part);
        };
        if document.siblings {
            self.add_keywords(document, &part);
        } else {
            let beside = part.value.as_object().into_iter().flatten();
            let beside = beside.filter(|(other, _)| *other != keyword);
            self.raw.extend(
                beside.map(|(other, value)| (other.as_str(), child(&part.at, other), value)),
            );
        }
        self.add(document, Part { at, value, ..part });
    }

    fn add_keywords(&mut self, document: &Document<'d>, part: &Part<'d>) {
        self.parts.push(part.clone());
        // `nullable` beside `allOf` is how 3.0 makes a reference nullable.
        let nullable = part.value["nullable"] == true && part.value.get("type").is_none();
        let or_null = part.or_null || nullable;
        if let Some(Value::Array(all)) = part.value.get("allOf") {
            let place = child(&part.at, "allOf");
            for (index, value) in all.iter().enumerate() {
                let at = child(&place, &index.to_string());
                self.add(document, Part { at, value, or_null });
            }
        }
        for keyword in ["anyOf", "oneOf"] {
            let Some(Value::Array(listed)) = part.value.get(keyword) else {
                continue;
            };
            let at = child(&part.at, keyword);
            let nulls = listed.iter().filter(|variant| is_null(variant)).count();
            // A choice among nothing but null is null.
            let keep = nulls > 0 && nulls == listed.len();
            let or_null = or_null || nulls > 0;
            let mut variants: Vec<Schema<'d>> = listed
                .iter()
                .enumerate()
                .filter(|(_, variant)| keep || !is_null(variant))
                .map(|(index, variant)| Schema::new(child(&at, &index.to_string()), variant))
                .collect();
            if keep {
                variants.truncate(1);
            }
            let told_apart = part.value.get("discriminator").is_some();
            if let ([only], false) = (variants.as_slice(), told_apart) {
                for inner in only.parts.clone() {
                    self.add(document, Part { or_null, ..inner });
                }
            } else {
                let union = Union {
                    at,
                    exclusive: keyword == "oneOf",
                    variants,
                };
                self.unions.push((union, or_null));
            }
        }
    }
}

/// Whether a schema matches null and nothing else.
fn is_null(schema: &Value) -> bool {
    let only = |value: &Value| {
        value == "null"
            || value
                .as_array()
                .is_some_and(|v| v.len() == 1 && v[0] == "null")
    };
    let listed = schema["enum"].as_array();
    only(&schema["type"])
        || schema.get("const").is_some_and(Value::is_null)
        || listed.is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_null))
}
