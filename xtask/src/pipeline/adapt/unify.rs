//! Unification of several schemas into one.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::names::component_name;
use crate::openapi::{
    keys,
    names::Names,
    pointer::{follow, reference},
};

/// A builder of unions, which adds a component to the document if a union needs a name.
pub struct Unifier<'d> {
    document: &'d mut Value,
    /// The union of each set of schemas, so that recursive sets are unified once.
    cache: BTreeMap<Vec<String>, Value>,
}

/// The objects that references resolve to, so that each is built once.
type Resolved = BTreeMap<String, Option<Map<String, Value>>>;

impl<'d> Unifier<'d> {
    pub fn new(document: &'d mut Value) -> Self {
        Self {
            document,
            cache: BTreeMap::new(),
        }
    }

    pub fn document(&mut self) -> &mut Value {
        self.document
    }

    /// Returns a schema that accepts every value that one of `schemas` accepts. `name` is for a
    /// union of schemas without names.
    ///
    /// The union of objects has all their properties, and requires those that all of them require.
    /// If one of `schemas` includes the others, it is the union.
    pub fn unify(&mut self, schemas: Vec<Value>, name: &str) -> Value {
        let schemas = distinct(schemas);
        if let [only] = schemas.as_slice() {
            return only.clone();
        }
        let objects: Option<Vec<Map<String, Value>>> = schemas
            .iter()
            .map(|schema| self.as_object(schema))
            .collect();
        match objects {
            Some(objects) => self.named_union(&schemas, objects, name),
            None => self.union_of_scalars(&schemas),
        }
    }

    fn named_union(
        &mut self,
        schemas: &[Value],
        objects: Vec<Map<String, Value>>,
        name: &str,
    ) -> Value {
        let mut key: Vec<String> = schemas.iter().map(Value::to_string).collect();
        key.sort();
        if let Some(union) = self.cache.get(&key) {
            return union.clone();
        }
        let preferred = union_name(schemas).unwrap_or_else(|| name.to_owned());
        let name = Names::of(self.document).unused(&preferred);
        let named = json!({"$ref": format!("#/components/schemas/{name}")});
        self.cache.insert(key.clone(), named.clone());
        // Reserves the name while nested unions are built.
        self.document["components"]["schemas"][&name] = json!({});

        let mut unified = self.unify_objects(&objects, &name);
        let superset = objects
            .iter()
            .position(|object| equal_without_annotations(object, &unified));
        let union = if let Some(superset) = superset {
            if let Some(Value::Object(schemas)) = self.document.pointer_mut("/components/schemas") {
                schemas.shift_remove(&name);
            }
            schemas[superset].clone()
        } else {
            if let Some(origin) = union_description(schemas) {
                unified
                    .entry("description")
                    .or_insert(Value::String(origin));
            }
            self.document["components"]["schemas"][&name] = Value::Object(unified);
            named
        };
        self.cache.insert(key, union.clone());
        union
    }

    fn unify_objects(&mut self, objects: &[Map<String, Value>], name: &str) -> Map<String, Value> {
        let mut properties: IndexMap<String, Vec<Value>> = IndexMap::new();
        for object in objects {
            let own = object.get("properties").and_then(Value::as_object);
            for (property, schema) in own.into_iter().flatten() {
                let schemas = properties.entry(property.clone()).or_default();
                schemas.push(schema.clone());
            }
        }
        let properties: Map<String, Value> = properties
            .into_iter()
            .map(|(property, schemas)| {
                let name = component_name(&[name, &property]);
                let union = self.unify(schemas, &name);
                (property, union)
            })
            .collect();
        let required: Vec<Value> = required(&objects[0])
            .into_iter()
            .filter(|name| objects.iter().all(|object| required(object).contains(name)))
            .collect();

        let mut unified = Map::new();
        unified.insert("type".to_owned(), json!("object"));
        unified.insert("properties".to_owned(), properties.into());
        if !required.is_empty() {
            unified.insert("required".to_owned(), required.into());
        }
        let additional: Vec<_> = objects
            .iter()
            .filter_map(|o| o.get("additionalProperties"))
            .collect();
        if let Some(first) = additional.first() {
            let agreed =
                additional.len() == objects.len() && additional.iter().all(|other| other == first);
            let schema = if agreed { (*first).clone() } else { json!({}) };
            unified.insert("additionalProperties".to_owned(), schema);
        }
        if objects
            .iter()
            .any(|object| object.get("nullable") == Some(&Value::Bool(true)))
        {
            unified.insert("nullable".to_owned(), Value::Bool(true));
        }
        unified
    }

    /// Returns `schema` as an object schema with references and `allOf` resolved at the top level,
    /// or `None` if it is not an object.
    pub fn as_object(&self, schema: &Value) -> Option<Map<String, Value>> {
        self.object(schema, &mut Resolved::new())
    }

    fn object(&self, schema: &Value, resolved: &mut Resolved) -> Option<Map<String, Value>> {
        if let Some(reference) = reference(schema) {
            if let Some(object) = resolved.get(reference) {
                return object.clone();
            }
            // A reference back to this one does not resolve to an object.
            resolved.insert(reference.to_owned(), None);
            let target = self.document.pointer(reference.strip_prefix('#')?)?;
            let object = self.object(target, resolved);
            resolved.insert(reference.to_owned(), object.clone());
            return object;
        }
        let schema = schema.as_object()?;
        if keys::has_any(schema, &["oneOf", "anyOf", "not", "enum"]) {
            return None;
        }
        let Some(parts) = schema.get("allOf") else {
            let is_object = schema.get("type").is_some_and(|given| given == "object")
                || (!schema.contains_key("type")
                    && keys::has_any(schema, &["properties", "required"]));
            return is_object.then(|| schema.clone());
        };
        let mut whole = Map::from_iter([("type".to_owned(), json!("object"))]);
        for part in parts.as_array()? {
            merge_all_of(&mut whole, self.object(part, resolved)?);
        }
        let mut own = schema.clone();
        own.shift_remove("allOf");
        merge_all_of(&mut whole, own);
        Some(whole)
    }

    fn union_of_scalars(&self, schemas: &[Value]) -> Value {
        let mut schemas = schemas.iter().map(|schema| follow(self.document, schema));
        if !schemas.clone().all(|schema| schema["type"] == "string") {
            return json!({});
        }
        match schemas.any(|schema| schema["nullable"] == true) {
            true => json!({"type": "string", "nullable": true}),
            false => json!({"type": "string"}),
        }
    }
}

/// Merges `part` of an `allOf` into `whole`.
fn merge_all_of(whole: &mut Map<String, Value>, part: Map<String, Value>) {
    for (keyword, value) in part {
        match (keyword.as_str(), whole.get_mut(&keyword), value) {
            ("properties", Some(Value::Object(properties)), Value::Object(additional)) => {
                properties.extend(additional);
            }
            ("required", Some(Value::Array(names)), Value::Array(additional)) => {
                for name in additional {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
            }
            (_, _, value) => {
                whole.insert(keyword, value);
            }
        }
    }
}

fn distinct(schemas: Vec<Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for schema in schemas {
        let is_duplicate = kept
            .iter()
            .any(|other| match (schema.as_object(), other.as_object()) {
                (Some(schema), Some(other)) => equal_without_annotations(schema, other),
                _ => schema == *other,
            });
        if !is_duplicate {
            kept.push(schema);
        }
    }
    kept
}

/// Returns whether two schemas are equal without their top-level annotations.
fn equal_without_annotations(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let constraints = |schema: &Map<String, Value>| {
        let mut schema = schema.clone();
        for annotation in ["description", "title", "example", "externalDocs"] {
            schema.shift_remove(annotation);
        }
        schema
    };
    constraints(one) == constraints(other)
}

fn required(object: &Map<String, Value>) -> Vec<Value> {
    object
        .get("required")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

/// Returns the names of the components that `schemas` refer to, if all of them are references.
fn component_names(schemas: &[Value]) -> Option<Vec<&str>> {
    schemas
        .iter()
        .map(|schema| {
            let schema = match schema["allOf"].as_array().map(Vec::as_slice) {
                Some([only]) => only,
                _ => schema,
            };
            reference(schema)?.rsplit('/').next()
        })
        .collect()
}

fn union_name(schemas: &[Value]) -> Option<String> {
    Some(component_names(schemas)?.join("Or"))
}

fn union_description(schemas: &[Value]) -> Option<String> {
    let names: Vec<String> = component_names(schemas)?
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    Some(format!("Any of {}.", names.join(", ")))
}
