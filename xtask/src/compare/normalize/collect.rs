//! Gathers what the parts of a schema say.

use std::rc::Rc;

use indexmap::IndexMap;
use serde_json::Value;

use super::{Document, LIMITS, Limit, NAMES, Normal, Part, Schema, TYPES, Types, Union, all_types};
use crate::{
    compare::values::Set,
    openapi::{
        number::{self, same},
        pointer::child,
        walk::ONE_SCHEMA,
    },
};

impl<'d> Normal<'d> {
    pub(super) fn add(&mut self, part: &Part<'d>) {
        let Value::Object(schema) = part.value else {
            if part.value == &Value::Bool(false) {
                self.types.clear();
                self.null = false;
            }
            return;
        };
        let (types, null) = types(part.value);
        if let Some(types) = types {
            self.types = both(&self.types, &types);
        }
        self.null &= null || part.or_null;
        if let Some(values) = values(part.value) {
            self.add_values(values);
        }
        for (keyword, value) in schema {
            let at = child(&part.at, keyword);
            self.add_keyword(keyword, value, at, part);
        }
    }

    /// Adds a list, of whose values one has to match.
    fn add_values(&mut self, mut values: Vec<&'d Value>) {
        if let Some(mine) = self.values.take() {
            let mine = Set::of(mine);
            values.retain(|value| mine.contains(value));
        }
        self.values = Some(values);
    }

    fn add_keyword(&mut self, keyword: &'d str, value: &'d Value, at: String, part: &Part<'d>) {
        self.places.entry(keyword).or_insert_with(|| at.clone());
        if let Some(limit) = LIMITS.into_iter().find(|limit| *limit == keyword) {
            let other = match limit {
                "minimum" => part.value.get("exclusiveMinimum"),
                "maximum" => part.value.get("exclusiveMaximum"),
                _ => None,
            };
            let exclusive = other == Some(&Value::Bool(true));
            return self.add_limit(limit, value, exclusive, at);
        }
        match (keyword, value) {
            // Read as a whole above, or elsewhere.
            ("type", value) if known_types(value).is_some() => {}
            ("enum" | "allOf" | "anyOf" | "oneOf", Value::Array(_)) => {}
            ("nullable", Value::Bool(_)) | ("const", _) => {}
            _ if NAMES.contains(&keyword) => {}
            ("exclusiveMinimum", Value::Number(_)) => self.add_limit("minimum", value, true, at),
            ("exclusiveMaximum", Value::Number(_)) => self.add_limit("maximum", value, true, at),
            ("exclusiveMinimum" | "exclusiveMaximum", Value::Bool(_)) => {}
            ("required", Value::Array(names)) if names.iter().all(Value::is_string) => {
                self.required.extend(names.iter().filter_map(Value::as_str));
            }
            ("properties", Value::Object(schemas)) => {
                join(&mut self.properties, schemas, &at);
            }
            ("patternProperties", Value::Object(schemas)) => {
                join(&mut self.pattern_properties, schemas, &at);
            }
            ("dependentSchemas", Value::Object(schemas)) => {
                join(&mut self.dependent_schemas, schemas, &at);
            }
            ("prefixItems", Value::Array(schemas)) => {
                for (index, schema) in schemas.iter().enumerate() {
                    let schema = Schema::new(child(&at, &index.to_string()), schema);
                    match self.prefix_items.get_mut(index) {
                        Some(mine) => mine.parts.extend(schema.parts),
                        None => self.prefix_items.push(schema),
                    }
                }
            }
            (_, Value::Object(_) | Value::Bool(_)) if ONE_SCHEMA.contains(&keyword) => {
                let name = ONE_SCHEMA.into_iter().find(|name| *name == keyword);
                let mine = self.inner.entry(name.unwrap_or("items")).or_default();
                mine.parts.extend(Schema::new(at, value).parts);
            }
            // One example, and a list of them.
            ("example", _) => self.add_other("examples", at, value),
            ("examples", Value::Array(examples)) => {
                for (index, example) in examples.iter().enumerate() {
                    self.add_other(keyword, child(&at, &index.to_string()), example);
                }
            }
            // Said, these are what is so anyway.
            ("uniqueItems" | "readOnly" | "writeOnly" | "deprecated", Value::Bool(false)) => {}
            _ => self.add_other(keyword, at, value),
        }
    }

    fn add_other(&mut self, keyword: &'d str, at: String, value: &'d Value) {
        let said = self.others.entry(keyword).or_default();
        if !said.iter().any(|(_, other)| same(other, value)) {
            said.push((at, value));
        }
    }

    fn add_limit(&mut self, name: &'static str, value: &'d Value, exclusive: bool, at: String) {
        let Value::Number(value) = value else {
            self.others.entry(name).or_default().push((at, value));
            return;
        };
        let limit = Limit { value, exclusive };
        self.places.entry(name).or_insert(at);
        if Limit::tightens(name, self.limits.get(name), Some(&limit)) == Some(true) {
            self.limits.insert(name, limit);
        }
    }

    pub(super) fn add_union(&mut self, document: &Document<'d>, union: Union<'d>, or_null: bool) {
        let variants: Vec<Rc<Self>> = union
            .variants
            .iter()
            .map(|variant| Self::of(document, variant))
            .collect();
        self.null &= or_null || variants.iter().any(|variant| variant.null);
        let plain = !variants.is_empty() && variants.iter().all(|variant| variant.is_plain());
        let listed = variants.iter().all(|variant| variant.values.is_some());
        let unlisted = variants.iter().all(|variant| variant.values.is_none());
        // A choice among types, or among values, is a list of them.
        if plain && (listed || unlisted) {
            for (keyword, said) in variants.iter().flat_map(|variant| &variant.others) {
                let others = self.others.entry(keyword).or_default();
                others.extend(said.iter().cloned());
            }
            let types = variants
                .iter()
                .flat_map(|variant| variant.types.iter().copied());
            self.types = both(&self.types, &types.collect());
            if listed {
                let values = variants.iter().flat_map(|variant| &variant.values);
                self.add_values(values.flatten().copied().collect());
            }
            let said = if listed { "enum" } else { "type" };
            self.places.entry(said).or_insert(union.at);
            return;
        }
        self.unions.push(union);
    }

    /// Whether it says nothing but which types or values match.
    fn is_plain(&self) -> bool {
        self.is_bare()
            && self.unions.is_empty()
            && self
                .others
                .keys()
                .all(|keyword| crate::compare::docs::rule(keyword).is_some())
    }

    /// What the parts come to together.
    pub(super) fn settle(&mut self) {
        if self.types == all_types() && !self.places.contains_key("type") {
            // Whoever lists properties or items means a thing that has them.
            let implied =
                if !self.properties.is_empty() || self.inner.contains_key("additionalProperties") {
                    Some("object")
                } else if self.inner.contains_key("items") || !self.prefix_items.is_empty() {
                    Some("array")
                } else {
                    None
                };
            if let Some(implied) = implied {
                self.types = [implied].into();
                self.null = false;
            }
        }
        if let Some(values) = &mut self.values {
            values.retain(|value| !value.is_null());
            let of_values = values.iter().map(|value| type_of(value)).collect();
            self.types = both(&self.types, &of_values);
        }
        // An integer is a number.
        if self.types.contains("number") {
            self.types.remove("integer");
        }
        self.limits.retain(|name, limit| {
            !(name.starts_with("min")
                && *name != "minimum"
                && *name != "minContains"
                && limit.value.as_u64() == Some(0))
        });
        self.inner.retain(|keyword, schema| {
            let open = matches!(
                *keyword,
                "additionalProperties"
                    | "items"
                    | "propertyNames"
                    | "unevaluatedItems"
                    | "unevaluatedProperties"
            );
            !(open && schema.parts.iter().all(|part| says_nothing(part.value)))
        });
        let any = |schema: &Schema<'_>| schema.parts.iter().all(|part| says_nothing(part.value));
        self.pattern_properties.retain(|_, schema| !any(schema));
        while self.prefix_items.last().is_some_and(any) {
            self.prefix_items.pop();
        }
    }
}

fn says_nothing(schema: &Value) -> bool {
    schema == &Value::Bool(true) || schema.as_object().is_some_and(|schema| schema.is_empty())
}

fn join<'d>(
    mine: &mut IndexMap<&'d str, Schema<'d>>,
    schemas: &'d serde_json::Map<String, Value>,
    at: &str,
) {
    for (name, schema) in schemas {
        let schema = Schema::new(child(at, name), schema);
        mine.entry(name).or_default().parts.extend(schema.parts);
    }
}

/// The types that a single schema asks for, and whether it takes null.
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

/// The types that `type` names, null among them; none where it names others.
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

/// The values that a single schema lists.
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

/// The types that both take.
fn both(one: &Types, two: &Types) -> Types {
    let number = |types: &Types| types.contains("number");
    TYPES
        .into_iter()
        .filter(|name| {
            let has = |types: &Types| types.contains(name) || (*name == "integer" && number(types));
            has(one) && has(two)
        })
        .collect()
}
