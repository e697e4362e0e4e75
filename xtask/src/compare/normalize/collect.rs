//! Collects the keywords of all parts of a schema.

use std::{collections::HashSet, rc::Rc};

use serde_json::{Map, Number, Value};

use super::{
    Document, Limit, NormalizedSchema, Schema, SchemaPart, TYPES, Types, Union, all_types,
    limit::LIMITS,
};
use crate::{
    compare::{docs, values::canonical},
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
    pub(super) fn add_constraints(&mut self, part: &SchemaPart<'d>) {
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
            let others: HashSet<String> = others.into_iter().map(canonical).collect();
            values.retain(|value| others.contains(&canonical(value)));
        }
        self.values = Some(values);
    }

    fn add_keyword(&mut self, keyword: &'d str, node: Node<'d>, part: &SchemaPart<'d>) {
        self.keyword_pointers
            .entry(keyword)
            .or_insert_with(|| node.pointer.clone());
        match (keyword, node.value) {
            // `add` and `flatten` handle these.
            ("type", value) if known_types(value).is_some() => {}
            ("enum" | "allOf" | "anyOf" | "oneOf", Value::Array(_)) => {}
            ("nullable", Value::Bool(_)) | ("const", _) => {}
            _ if NAMES.contains(&keyword) => {}
            // In OpenAPI 3.0 these are flags beside `minimum` and `maximum`.
            ("exclusiveMinimum" | "exclusiveMaximum", Value::Bool(_)) => {}
            ("exclusiveMinimum", Value::Number(value)) => {
                self.add_limit("minimum", node.pointer, value, true);
            }
            ("exclusiveMaximum", Value::Number(value)) => {
                self.add_limit("maximum", node.pointer, value, true);
            }
            (_, Value::Number(value)) if LIMITS.contains(&keyword) => {
                let exclusive = match keyword {
                    "minimum" => part.value["exclusiveMinimum"] == true,
                    "maximum" => part.value["exclusiveMaximum"] == true,
                    _ => false,
                };
                self.add_limit(keyword, node.pointer, value, exclusive);
            }
            ("required", Value::Array(names)) if names.iter().all(Value::is_string) => {
                self.required.extend(names.iter().filter_map(Value::as_str));
            }
            ("not", value) if is_anything(value) => {
                self.types.clear();
                self.nullable = false;
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
            ("dependentRequired", Value::Object(names)) if names.is_empty() => {}
            _ => match schemas_in(keyword, &node) {
                Some(schemas) => self.add_schemas(keyword, schemas),
                None => self.add_other(keyword, node),
            },
        }
    }

    fn add_schemas(&mut self, keyword: &'d str, schemas: Vec<(String, Schema<'d>)>) {
        for (key, schema) in schemas {
            let known = match keyword {
                "properties" => &mut self.properties,
                _ => self.subschemas.entry(keyword).or_default(),
            };
            known.entry(key).or_default().parts.extend(schema.parts);
        }
    }

    fn add_other(&mut self, keyword: &'d str, node: Node<'d>) {
        let values = self.others.entry(keyword).or_default();
        if !values.iter().any(|other| same(other.value, node.value)) {
            values.push(node);
        }
    }

    fn add_limit(&mut self, keyword: &'d str, pointer: String, value: &'d Number, exclusive: bool) {
        let limit = Limit { value, exclusive };
        self.keyword_pointers.entry(keyword).or_insert(pointer);
        if Limit::tightens(keyword, self.limits.get(keyword), Some(&limit)) == Some(true) {
            self.limits.insert(keyword, limit);
        }
    }

    pub(super) fn add_union(&mut self, document: &Document<'d>, union: Union<'d>) {
        let variants = union.variants.iter();
        let variants: Vec<Rc<Self>> = variants.map(|v| Self::of(document, v)).collect();
        self.nullable &= union.allows_null || variants.iter().any(|variant| variant.nullable);
        let simple = !variants.is_empty() && variants.iter().all(|v| v.has_only_types_or_values());
        let listed = variants.iter().all(|variant| variant.values.is_some());
        let unlisted = variants.iter().all(|variant| variant.values.is_none());
        // A union of types, or of values, is the same as a list of them.
        if simple && (listed || unlisted) {
            for (keyword, values) in variants.iter().flat_map(|variant| &variant.others) {
                let others = self.others.entry(keyword).or_default();
                others.extend(values.iter().cloned());
            }
            let types = variants.iter().flat_map(|variant| &variant.types);
            self.types = intersection(&self.types, &types.copied().collect());
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
            && self.others.keys().all(|name| docs::rule(name).is_some())
    }

    /// Removes redundant constraints, and adds implied types.
    pub(super) fn simplify(&mut self) {
        if self.types == all_types() && !self.keyword_pointers.contains_key("type") {
            // Properties imply an object, items imply an array.
            let implied = if !self.properties.is_empty()
                || self.subschemas.contains_key("additionalProperties")
            {
                Some("object")
            } else if ["items", "prefixItems"]
                .iter()
                .any(|k| self.subschemas.contains_key(k))
            {
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
            let is_size = ["minItems", "minLength", "minProperties"].contains(name);
            !(is_size && limit.value.as_u64() == Some(0))
        });
        self.subschemas.retain(|keyword, schemas| {
            match *keyword {
                "additionalProperties"
                | "items"
                | "patternProperties"
                | "propertyNames"
                | "unevaluatedItems"
                | "unevaluatedProperties" => schemas.retain(|_, schema| !accepts_anything(schema)),
                "prefixItems" => {
                    let last = schemas
                        .values()
                        .rposition(|schema| !accepts_anything(schema));
                    schemas.truncate(last.map_or(0, |last| last + 1));
                }
                _ => {}
            }
            !schemas.is_empty()
        });
    }
}

fn accepts_anything(schema: &Schema<'_>) -> bool {
    schema.parts.iter().all(|part| is_anything(part.value))
}

fn is_anything(schema: &Value) -> bool {
    schema == &Value::Bool(true) || schema.as_object().is_some_and(Map::is_empty)
}

/// Returns the schemas in a keyword, by name or index; none if it does not have the form of such a
/// keyword.
fn schemas_in<'d>(keyword: &str, node: &Node<'d>) -> Option<Vec<(String, Schema<'d>)>> {
    let entry = |key: String, schema| {
        let pointer = child(&node.pointer, &key);
        (key, Schema::new(pointer, schema))
    };
    Some(match (grammar::subschemas(keyword)?, node.value) {
        (Subschemas::One, Value::Object(_) | Value::Bool(_)) => {
            vec![(String::new(), Schema::new(node.pointer.clone(), node.value))]
        }
        (Subschemas::List, Value::Array(schemas)) => {
            let schemas = schemas.iter().enumerate();
            schemas
                .map(|(index, schema)| entry(index.to_string(), schema))
                .collect()
        }
        (Subschemas::Map, Value::Object(schemas)) => {
            let schemas = schemas.iter();
            schemas
                .map(|(name, schema)| entry(name.clone(), schema))
                .collect()
        }
        _ => return None,
    })
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
