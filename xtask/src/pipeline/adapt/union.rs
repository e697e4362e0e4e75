//! One schema for what several schemas describe.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::names::component_name;
use crate::openapi::{
    names::Names,
    pointer::{follow, reference},
};

/// Makes unions of schemas, adding components to the document where a union needs a name.
pub struct Unions<'d> {
    document: &'d mut Value,
    /// The union of each set of schemas, so that a set is united once, also within itself.
    made: BTreeMap<Vec<String>, Value>,
}

/// The objects that references stand for, so that none is made twice on the way to one object.
type Seen = BTreeMap<String, Option<Map<String, Value>>>;

impl<'d> Unions<'d> {
    pub fn new(document: &'d mut Value) -> Self {
        Self {
            document,
            made: BTreeMap::new(),
        }
    }

    pub fn document(&mut self) -> &mut Value {
        self.document
    }

    /// A schema that every value of one of `schemas` matches; `name` is for a union of schemas
    /// that have none themselves.
    ///
    /// Of objects it is the object with all their properties, of which those are required that
    /// all of them require. It is one of `schemas` itself where that one covers the others.
    pub fn union(&mut self, schemas: Vec<Value>, name: &str) -> Value {
        let schemas = distinct(schemas);
        if let [only] = schemas.as_slice() {
            return only.clone();
        }
        let objects: Option<Vec<Map<String, Value>>> = schemas
            .iter()
            .map(|schema| self.as_object(schema))
            .collect();
        match objects {
            Some(objects) => self.union_of_objects(&schemas, objects, name),
            None => self.union_of_others(&schemas),
        }
    }

    fn union_of_objects(
        &mut self,
        schemas: &[Value],
        objects: Vec<Map<String, Value>>,
        name: &str,
    ) -> Value {
        let mut key: Vec<String> = schemas.iter().map(Value::to_string).collect();
        key.sort();
        if let Some(made) = self.made.get(&key) {
            return made.clone();
        }
        let wanted = joined_name(schemas).unwrap_or_else(|| name.to_owned());
        let name = Names::of(self.document).unused(&wanted);
        let named = json!({"$ref": format!("#/components/schemas/{name}")});
        self.made.insert(key.clone(), named.clone());
        // Kept from the unions within, until it is known whether the name is needed.
        self.document["components"]["schemas"][&name] = json!({});

        let mut united = self.unite(&objects, &name);
        let covering = objects
            .iter()
            .position(|object| says_the_same(object, &united));
        let union = if let Some(covering) = covering {
            if let Some(Value::Object(schemas)) = self.document.pointer_mut("/components/schemas") {
                schemas.shift_remove(&name);
            }
            schemas[covering].clone()
        } else {
            if let Some(origin) = joined_origin(schemas) {
                united.entry("description").or_insert(Value::String(origin));
            }
            self.document["components"]["schemas"][&name] = Value::Object(united);
            named
        };
        self.made.insert(key, union.clone());
        union
    }

    fn unite(&mut self, objects: &[Map<String, Value>], name: &str) -> Map<String, Value> {
        let properties = |object: &Map<String, Value>| {
            object
                .get("properties")
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default()
        };
        let mut members: IndexMap<String, Vec<Value>> = IndexMap::new();
        for object in objects {
            for (property, schema) in properties(object) {
                members.entry(property).or_default().push(schema);
            }
        }
        let members: Map<String, Value> = members
            .into_iter()
            .map(|(property, schemas)| {
                let name = component_name(&[name, &property]);
                let union = self.union(schemas, &name);
                (property, union)
            })
            .collect();
        let required: Vec<Value> = required(&objects[0])
            .into_iter()
            .filter(|member| {
                objects
                    .iter()
                    .all(|object| required(object).contains(member))
            })
            .collect();

        let mut united = Map::new();
        united.insert("type".to_owned(), json!("object"));
        united.insert("properties".to_owned(), members.into());
        if !required.is_empty() {
            united.insert("required".to_owned(), required.into());
        }
        let more: Vec<_> = objects
            .iter()
            .filter_map(|o| o.get("additionalProperties"))
            .collect();
        if let Some(first) = more.first() {
            let agreed = more.len() == objects.len() && more.iter().all(|other| other == first);
            let schema = if agreed { (*first).clone() } else { json!({}) };
            united.insert("additionalProperties".to_owned(), schema);
        }
        if objects
            .iter()
            .any(|object| object.get("nullable") == Some(&Value::Bool(true)))
        {
            united.insert("nullable".to_owned(), Value::Bool(true));
        }
        united
    }

    /// `schema` as one object schema without references and `allOf` at its top, if it is one.
    pub fn as_object(&self, schema: &Value) -> Option<Map<String, Value>> {
        self.object(schema, &mut Seen::new())
    }

    fn object(&self, schema: &Value, seen: &mut Seen) -> Option<Map<String, Value>> {
        if let Some(reference) = reference(schema) {
            if let Some(object) = seen.get(reference) {
                return object.clone();
            }
            // What leads back here is no object.
            seen.insert(reference.to_owned(), None);
            let target = self.document.pointer(reference.strip_prefix('#')?)?;
            let object = self.object(target, seen);
            seen.insert(reference.to_owned(), object.clone());
            return object;
        }
        let schema = schema.as_object()?;
        if ["oneOf", "anyOf", "not", "enum"]
            .iter()
            .any(|keyword| schema.contains_key(*keyword))
        {
            return None;
        }
        let Some(parts) = schema.get("allOf") else {
            let is_object = schema.get("type").is_some_and(|given| given == "object")
                || (!schema.contains_key("type")
                    && ["properties", "required"]
                        .iter()
                        .any(|keyword| schema.contains_key(*keyword)));
            return is_object.then(|| schema.clone());
        };
        let mut whole = Map::from_iter([("type".to_owned(), json!("object"))]);
        for part in parts.as_array()? {
            join(&mut whole, self.object(part, seen)?);
        }
        let mut own = schema.clone();
        own.shift_remove("allOf");
        join(&mut whole, own);
        Some(whole)
    }

    fn union_of_others(&self, schemas: &[Value]) -> Value {
        let is_text = |schema: &Value| follow(self.document, schema)["type"] == "string";
        if schemas.iter().all(is_text) {
            json!({"type": "string"})
        } else {
            json!({})
        }
    }
}

/// Adds what `part` says to `whole`, both holding at once.
fn join(whole: &mut Map<String, Value>, part: Map<String, Value>) {
    for (keyword, value) in part {
        match (keyword.as_str(), whole.get_mut(&keyword), value) {
            ("properties", Some(Value::Object(members)), Value::Object(more)) => {
                members.extend(more);
            }
            ("required", Some(Value::Array(members)), Value::Array(more)) => {
                for member in more {
                    if !members.contains(&member) {
                        members.push(member);
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
        let known = kept
            .iter()
            .any(|other| match (schema.as_object(), other.as_object()) {
                (Some(schema), Some(other)) => says_the_same(schema, other),
                _ => schema == *other,
            });
        if !known {
            kept.push(schema);
        }
    }
    kept
}

/// Whether two schemas differ in words alone, at their top.
fn says_the_same(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let said = |schema: &Map<String, Value>| {
        let mut schema = schema.clone();
        for words in ["description", "title", "example", "externalDocs"] {
            schema.shift_remove(words);
        }
        schema
    };
    said(one) == said(other)
}

fn required(object: &Map<String, Value>) -> Vec<Value> {
    object
        .get("required")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

/// The names of the components that `schemas` refer to, if all of them do.
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

fn joined_name(schemas: &[Value]) -> Option<String> {
    Some(component_names(schemas)?.join("Or"))
}

fn joined_origin(schemas: &[Value]) -> Option<String> {
    let names: Vec<String> = component_names(schemas)?
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    Some(format!("Any of {}.", names.join(", ")))
}
