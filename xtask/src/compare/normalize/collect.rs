//! Collects the keywords of all parts of a schema.

use std::rc::Rc;

use indexmap::IndexMap;
use serde_json::Value;

use super::{
    Document, Limit, NormalizedSchema, Schema, SchemaPart, TYPES, Types, Union, all_types,
    limit::LIMITS,
};
use crate::{
    compare::values::Set,
    openapi::{
        grammar::{self, Subschemas},
        node::Node,
        number::{self, same},
        pointer::child,
    },
};

/// The keywords without an effect of their own: they name schemas that references use.
const NAMES: [&str; 4] = ["$defs", "definitions", "$ref", "$schema"];

impl<'d> NormalizedSchema<'d> {
    /// Adds the constraints of one schema object.
    pub(super) fn add(&mut self, part: &SchemaPart<'d>) {
        let Value::Object(schema) = part.value else {
            if part.value == &Value::Bool(false) {
                self.types.clear();
                self.nullable = false;
            }
            return;
        };
        let (types, null) = types(part.value);
        if let Some(types) = types {
            self.types = intersection(&self.types, &types);
        }
        self.nullable &= null || part.allows_null;
        if let Some(values) = values(part.value) {
            self.add_values(values);
        }
        for (keyword, value) in schema {
            let node = Node::new(child(&part.pointer, keyword), value);
            self.add_keyword(keyword, node, part);
        }
    }

    /// Restricts the schema to these values.
    fn add_values(&mut self, mut values: Vec<&'d Value>) {
        if let Some(others) = self.values.take() {
            let others = Set::of(others);
            values.retain(|value| others.contains(value));
        }
        self.values = Some(values);
    }

    fn add_keyword(&mut self, keyword: &'d str, node: Node<'d>, part: &SchemaPart<'d>) {
        self.keyword_pointers
            .entry(keyword)
            .or_insert_with(|| node.pointer.clone());
        if let Some(limit) = LIMITS.into_iter().find(|limit| *limit == keyword) {
            let other = match limit {
                "minimum" => part.value.get("exclusiveMinimum"),
                "maximum" => part.value.get("exclusiveMaximum"),
                _ => None,
            };
            let exclusive = other == Some(&Value::Bool(true));
            return self.add_limit(limit, node, exclusive);
        }
        match (keyword, node.value) {
            // `add` and `flatten` handle these.
            ("type", value) if known_types(value).is_some() => {}
            ("enum" | "allOf" | "anyOf" | "oneOf", Value::Array(_)) => {}
            ("nullable", Value::Bool(_)) | ("const", _) => {}
            _ if NAMES.contains(&keyword) => {}
            ("exclusiveMinimum", Value::Number(_)) => self.add_limit("minimum", node, true),
            ("exclusiveMaximum", Value::Number(_)) => self.add_limit("maximum", node, true),
            ("exclusiveMinimum" | "exclusiveMaximum", Value::Bool(_)) => {}
            ("required", Value::Array(names)) if names.iter().all(Value::is_string) => {
                self.required.extend(names.iter().filter_map(Value::as_str));
            }
            ("properties", Value::Object(schemas)) => {
                merge(&mut self.properties, schemas, &node.pointer);
            }
            ("patternProperties", Value::Object(schemas)) => {
                merge(&mut self.pattern_properties, schemas, &node.pointer);
            }
            ("dependentSchemas", Value::Object(schemas)) => {
                merge(&mut self.dependent_schemas, schemas, &node.pointer);
            }
            ("prefixItems", Value::Array(schemas)) => {
                for (index, schema) in schemas.iter().enumerate() {
                    let schema = Schema::new(child(&node.pointer, &index.to_string()), schema);
                    match self.prefix_items.get_mut(index) {
                        Some(merged) => merged.parts.extend(schema.parts),
                        None => self.prefix_items.push(schema),
                    }
                }
            }
            (_, Value::Object(_) | Value::Bool(_))
                if grammar::subschemas(keyword) == Some(Subschemas::One) =>
            {
                let merged = self.subschemas.entry(keyword).or_default();
                let schema = Schema::new(node.pointer, node.value);
                merged.parts.extend(schema.parts);
            }
            // OpenAPI 3.0 has one example, 3.1 has a list.
            ("example", _) => self.add_other("examples", node),
            ("examples", Value::Array(examples)) => {
                for (index, example) in examples.iter().enumerate() {
                    let pointer = child(&node.pointer, &index.to_string());
                    self.add_other(keyword, Node::new(pointer, example));
                }
            }
            // These are the defaults.
            ("uniqueItems" | "readOnly" | "writeOnly" | "deprecated", Value::Bool(false)) => {}
            _ => self.add_other(keyword, node),
        }
    }

    fn add_other(&mut self, keyword: &'d str, node: Node<'d>) {
        let values = self.others.entry(keyword).or_default();
        if !values.iter().any(|other| same(other.value, node.value)) {
            values.push(node);
        }
    }

    fn add_limit(&mut self, keyword: &'static str, node: Node<'d>, exclusive: bool) {
        let Value::Number(value) = node.value else {
            self.others.entry(keyword).or_default().push(node);
            return;
        };
        let limit = Limit { value, exclusive };
        self.keyword_pointers.entry(keyword).or_insert(node.pointer);
        if Limit::tightens(keyword, self.limits.get(keyword), Some(&limit)) == Some(true) {
            self.limits.insert(keyword, limit);
        }
    }

    pub(super) fn add_union(
        &mut self,
        document: &Document<'d>,
        union: Union<'d>,
        allows_null: bool,
    ) {
        let variants: Vec<Rc<Self>> = union
            .variants
            .iter()
            .map(|variant| Self::of(document, variant))
            .collect();
        self.nullable &= allows_null || variants.iter().any(|variant| variant.nullable);
        let simple = !variants.is_empty()
            && variants
                .iter()
                .all(|variant| variant.has_only_types_or_values());
        let listed = variants.iter().all(|variant| variant.values.is_some());
        let unlisted = variants.iter().all(|variant| variant.values.is_none());
        // A union of types, or of values, is the same as a list of them.
        if simple && (listed || unlisted) {
            for (keyword, values) in variants.iter().flat_map(|variant| &variant.others) {
                let others = self.others.entry(keyword).or_default();
                others.extend(values.iter().cloned());
            }
            let types = variants
                .iter()
                .flat_map(|variant| variant.types.iter().copied());
            self.types = intersection(&self.types, &types.collect());
            if listed {
                let values = variants.iter().flat_map(|variant| &variant.values);
                self.add_values(values.flatten().copied().collect());
            }
            let keyword = if listed { "enum" } else { "type" };
            self.keyword_pointers
                .entry(keyword)
                .or_insert(union.pointer);
            return;
        }
        self.unions.push(union);
    }

    /// Returns whether types and values are its only constraints.
    fn has_only_types_or_values(&self) -> bool {
        self.has_no_content_rules()
            && self.unions.is_empty()
            && self
                .others
                .keys()
                .all(|keyword| crate::compare::docs::rule(keyword).is_some())
    }

    /// Removes redundant constraints, and adds implied types.
    pub(super) fn simplify(&mut self) {
        if self.types == all_types() && !self.keyword_pointers.contains_key("type") {
            // Properties imply an object, items imply an array.
            let implied = if !self.properties.is_empty()
                || self.subschemas.contains_key("additionalProperties")
            {
                Some("object")
            } else if self.subschemas.contains_key("items") || !self.prefix_items.is_empty() {
                Some("array")
            } else {
                None
            };
            if let Some(implied) = implied {
                self.types = [implied].into();
                self.nullable = false;
            }
        }
        if let Some(values) = &mut self.values {
            values.retain(|value| !value.is_null());
            let of_values = values.iter().map(|value| type_of(value)).collect();
            self.types = intersection(&self.types, &of_values);
        }
        // `number` includes `integer`.
        if self.types.contains("number") {
            self.types.remove("integer");
        }
        self.limits.retain(|name, limit| {
            !(name.starts_with("min")
                && *name != "minimum"
                && *name != "minContains"
                && limit.value.as_u64() == Some(0))
        });
        self.subschemas.retain(|keyword, schema| {
            let any_by_default = matches!(
                *keyword,
                "additionalProperties"
                    | "items"
                    | "propertyNames"
                    | "unevaluatedItems"
                    | "unevaluatedProperties"
            );
            !(any_by_default && accepts_anything(schema))
        });
        self.pattern_properties
            .retain(|_, schema| !accepts_anything(schema));
        while self.prefix_items.last().is_some_and(accepts_anything) {
            self.prefix_items.pop();
        }
    }
}

fn accepts_anything(schema: &Schema<'_>) -> bool {
    let is_empty = |schema: &Value| schema.as_object().is_some_and(|schema| schema.is_empty());
    let mut parts = schema.parts.iter();
    parts.all(|part| part.value == &Value::Bool(true) || is_empty(part.value))
}

/// Adds `schemas`, which are at `pointer`, to those of the same names.
fn merge<'d>(
    merged: &mut IndexMap<&'d str, Schema<'d>>,
    schemas: &'d serde_json::Map<String, Value>,
    pointer: &str,
) {
    for (name, schema) in schemas {
        let schema = Schema::new(child(pointer, name), schema);
        merged.entry(name).or_default().parts.extend(schema.parts);
    }
}

/// Returns the types of a single schema, and whether null is valid.
fn types(schema: &Value) -> (Option<Types>, bool) {
    let nullable = schema["nullable"] == true;
    let (types, null) = match schema.get("type").and_then(known_types) {
        Some(mut types) => {
            let null = types.remove("null");
            (Some(types), null)
        }
        None => (None, true),
    };
    let listed = values(schema).is_none_or(|values| values.iter().any(|value| value.is_null()));
    (types, nullable || (null && listed))
}

/// Returns the types that `type` lists, including null; none if it lists unknown types.
fn known_types(value: &Value) -> Option<Types> {
    let known = |name: &Value| {
        let name = name.as_str()?;
        let mut types = TYPES.into_iter().chain(["null"]);
        types.find(|known| *known == name)
    };
    match value {
        Value::Array(names) => names.iter().map(known).collect(),
        name => known(name).map(|name| [name].into()),
    }
}

/// Returns the values of `enum` and `const` of a single schema.
fn values(schema: &Value) -> Option<Vec<&Value>> {
    let listed = schema["enum"].as_array();
    match (schema.get("const"), listed) {
        (Some(only), Some(values)) => {
            let values = values.iter().filter(|value| same(value, only));
            Some(values.take(1).collect())
        }
        (Some(only), None) => Some(vec![only]),
        (None, Some(values)) => Some(values.iter().collect()),
        (None, None) => None,
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number::is_integer(number) => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Returns the types that are valid in both.
fn intersection(one: &Types, two: &Types) -> Types {
    let number = |types: &Types| types.contains("number");
    TYPES
        .into_iter()
        .filter(|name| {
            let has = |types: &Types| types.contains(name) || (*name == "integer" && number(types));
            has(one) && has(two)
        })
        .collect()
}
