//! Flattens schemas: resolves references, and inlines `allOf` and unions with one variant.

use serde_json::Value;

use super::{Document, NormalizedSchema, Schema, SchemaPart, Union};
use crate::openapi::{node::Node, pointer::child};

impl<'d> NormalizedSchema<'d> {
    /// Adds a schema object, with the schemas that it refers to and those in its `allOf`. The unions
    /// are only collected.
    pub(super) fn add(&mut self, document: &Document<'d>, part: SchemaPart<'d>) {
        if !self.sources.insert(part.pointer.clone()) {
            return;
        }
        let target = document.target(part.value);
        if target.is_none() || document.ref_has_siblings {
            self.add_keywords(document, &part);
        }
        if let Some(target) = &target {
            let target = SchemaPart {
                pointer: target.pointer.clone(),
                value: target.value,
                ..part
            };
            self.add(document, target);
        }
        // These can only be compared as they are written: references without a target in the
        // document, and keywords beside a reference, which OpenAPI 3.0 ignores.
        let is_written = |keyword: &str| match target {
            Some(_) => !document.ref_has_siblings && keyword != "$ref",
            None => keyword == "$ref",
        };
        for (keyword, value) in part.value.as_object().into_iter().flatten() {
            if is_written(keyword) {
                let node = Node::new(child(&part.pointer, keyword), value);
                self.others.entry(keyword).or_default().push(node);
            }
        }
    }

    fn add_keywords(&mut self, document: &Document<'d>, part: &SchemaPart<'d>) {
        self.add_constraints(part);
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
            let is_null = |variant| is_null(document.follow(Node::new("", variant)).value);
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
                self.unions.push(Union {
                    pointer,
                    exclusive: keyword == "oneOf",
                    allows_null,
                    variants,
                });
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
