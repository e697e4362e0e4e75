//! Flattens schemas: resolves references, and inlines `allOf` and unions with one variant.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Document, Schema, SchemaPart, Union};
use crate::openapi::{node::Node, pointer::child};

/// The parts of a schema after references and `allOf` are inlined.
#[derive(Default)]
pub struct Flattened<'d> {
    pub parts: Vec<SchemaPart<'d>>,
    /// The unions, each with whether null is valid in any case.
    pub unions: Vec<(Union<'d>, bool)>,
    /// The keywords that can only be compared as they are written: references without a target in
    /// the document, and keywords beside a reference, which OpenAPI 3.0 ignores.
    pub unresolved: Vec<(&'d str, Node<'d>)>,
    seen: BTreeSet<String>,
}

impl<'d> Flattened<'d> {
    pub fn add(&mut self, document: &Document<'d>, part: SchemaPart<'d>) {
        if !self.seen.insert(part.pointer.clone()) {
            return;
        }
        let Some((keyword, reference)) = part
            .value
            .as_object()
            .and_then(|schema| schema.get_key_value("$ref"))
        else {
            return self.add_keywords(document, &part);
        };
        let Some(target) = document.target(part.value) else {
            let node = Node::new(child(&part.pointer, keyword), reference);
            self.unresolved.push((keyword, node));
            return self.add_keywords(document, &part);
        };
        if document.ref_has_siblings {
            self.add_keywords(document, &part);
        } else {
            let siblings = part.value.as_object().into_iter().flatten();
            let siblings = siblings.filter(|(other, _)| *other != keyword);
            self.unresolved.extend(siblings.map(|(other, value)| {
                let node = Node::new(child(&part.pointer, other), value);
                (other.as_str(), node)
            }));
        }
        let target = SchemaPart {
            pointer: target.pointer,
            value: target.value,
            ..part
        };
        self.add(document, target);
    }

    fn add_keywords(&mut self, document: &Document<'d>, part: &SchemaPart<'d>) {
        self.parts.push(part.clone());
        // In OpenAPI 3.0, `nullable` beside `allOf` makes a reference nullable.
        let nullable = part.value["nullable"] == true && part.value.get("type").is_none();
        let allows_null = part.allows_null || nullable;
        if let Some(Value::Array(all)) = part.value.get("allOf") {
            let list = child(&part.pointer, "allOf");
            for (index, value) in all.iter().enumerate() {
                let pointer = child(&list, &index.to_string());
                let part = SchemaPart {
                    pointer,
                    value,
                    allows_null,
                };
                self.add(document, part);
            }
        }
        for keyword in ["anyOf", "oneOf"] {
            let Some(Value::Array(listed)) = part.value.get(keyword) else {
                continue;
            };
            let pointer = child(&part.pointer, keyword);
            let nulls = listed.iter().filter(|variant| is_null(variant)).count();
            // A union of nulls alone is null.
            let only_null = nulls > 0 && nulls == listed.len();
            let allows_null = allows_null || nulls > 0;
            let mut variants: Vec<Schema<'d>> = listed
                .iter()
                .enumerate()
                .filter(|(_, variant)| only_null || !is_null(variant))
                .map(|(index, variant)| Schema::new(child(&pointer, &index.to_string()), variant))
                .collect();
            if only_null {
                variants.truncate(1);
            }
            let has_discriminator = part.value.get("discriminator").is_some();
            if let ([only], false) = (variants.as_slice(), has_discriminator) {
                for inner in only.parts.clone() {
                    let part = SchemaPart {
                        allows_null,
                        ..inner
                    };
                    self.add(document, part);
                }
            } else {
                let union = Union {
                    pointer,
                    exclusive: keyword == "oneOf",
                    variants,
                };
                self.unions.push((union, allows_null));
            }
        }
    }
}

/// Returns whether null is the only valid value of a schema.
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
