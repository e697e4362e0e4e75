//! Which calls use a component.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::location::{Owner, Place};
use crate::openapi::{
    pointer::{child, follow, keys},
    walk::METHODS,
};

/// For each component, by its pointer, the calls that reach it, and how: `GET /items → response 200`.
#[derive(Debug, Default)]
pub struct Reach {
    ways: BTreeMap<String, BTreeSet<String>>,
    /// The operations of each path item, by its pointer.
    operations: BTreeMap<String, Vec<String>>,
}

impl Reach {
    pub fn of(document: &Value) -> Self {
        let mut reach = Self::default();
        for section in ["paths", "webhooks"] {
            for (path, item) in document[section].as_object().into_iter().flatten() {
                let at = child(&child("", section), path);
                reach.add_item(document, &at, item);
            }
        }
        reach
    }

    fn add_item(&mut self, document: &Value, at: &str, item: &Value) {
        let target = item.get("$ref").and_then(Value::as_str);
        let target = target.and_then(|target| document.pointer(target.strip_prefix('#')?));
        let operations = METHODS
            .iter()
            .filter_map(|method| Some((child(at, method), target.unwrap_or(item).get(*method)?)));
        for (at_operation, operation) in operations {
            let place = Place::of(document, &at_operation).line();
            self.operations
                .entry(at.to_owned())
                .or_default()
                .push(place.clone());
            self.add_parameters(document, at, &item["parameters"], &place);
            if let Some(target) = item.get("$ref") {
                self.add(document, target, &place);
            }
            self.add_security(document, operation, &place);
            for (key, value) in operation.as_object().into_iter().flatten() {
                match (key.as_str(), value) {
                    ("parameters", value) => {
                        self.add_parameters(document, &at_operation, value, &place);
                    }
                    ("responses", Value::Object(responses)) => {
                        for (status, response) in responses {
                            let way = format!("{place} → response {status}");
                            self.add_body(document, response, &way);
                        }
                    }
                    ("requestBody", body) => {
                        self.add_body(document, body, &format!("{place} → request body"));
                    }
                    ("callbacks", callbacks) => {
                        self.add(document, callbacks, &format!("{place} → callback"));
                    }
                    (_, value) => self.add(document, value, &place),
                }
            }
        }
    }

    /// Notes what the `parameters` of the path item or operation at the pointer `at` refer to.
    fn add_parameters(&mut self, document: &Value, at: &str, parameters: &Value, place: &str) {
        for (index, parameter) in parameters.as_array().into_iter().flatten().enumerate() {
            let at = child(&child(at, "parameters"), &index.to_string());
            let words = Place::of(document, &at).words;
            let name = words.last().map_or("", String::as_str);
            self.add(document, parameter, &format!("{place} → {name}"));
        }
    }

    /// Notes what a request body or a response refers to, with the media type unless it is JSON.
    fn add_body(&mut self, document: &Value, body: &Value, way: &str) {
        let mut shown = follow(document, body).clone();
        let content = shown
            .as_object_mut()
            .and_then(|body| body.remove("content"));
        let content = content.as_ref().and_then(Value::as_object);
        for (name, media_type) in content.into_iter().flatten() {
            match name.contains("json") {
                true => self.add(document, media_type, way),
                false => self.add(document, media_type, &format!("{way} → {name}")),
            }
        }
        self.add(document, &shown, way);
        let mut components = Vec::new();
        references(&body["$ref"], &mut components);
        for component in components {
            self.ways
                .entry(component)
                .or_default()
                .insert(way.to_owned());
        }
    }

    /// Notes the security schemes that an operation asks for, itself or by the whole document.
    fn add_security(&mut self, document: &Value, operation: &Value, place: &str) {
        // The server calls webhooks.
        if place.starts_with("webhook ") {
            return;
        }
        let security = operation.get("security").unwrap_or(&document["security"]);
        let alternatives = security.as_array().into_iter().flatten();
        let schemes = alternatives
            .filter_map(Value::as_object)
            .flat_map(Map::keys);
        for scheme in schemes {
            let component = child("/components/securitySchemes", scheme);
            self.ways
                .entry(component)
                .or_default()
                .insert(place.to_owned());
        }
    }

    /// Notes that `way` leads to all components that `value` refers to.
    fn add(&mut self, document: &Value, value: &Value, way: &str) {
        let mut found = Vec::new();
        references(value, &mut found);
        let mut seen = BTreeSet::new();
        while let Some(component) = found.pop() {
            if seen.contains(&component) {
                continue;
            }
            if let Some(target) = document.pointer(&component) {
                references(target, &mut found);
            }
            let ways = self.ways.entry(component.clone()).or_default();
            ways.insert(way.to_owned());
            seen.insert(component);
        }
    }

    /// The calls that use what `owner` owns.
    pub fn ways_to(&self, owner: &Owner) -> Vec<String> {
        match owner {
            Owner::Operation(operation) => vec![operation.clone()],
            Owner::PathItem(at) => self.operations.get(at).cloned().unwrap_or_default(),
            Owner::Component(at) => self.ways.get(at).into_iter().flatten().cloned().collect(),
            Owner::Document => Vec::new(),
        }
    }

    /// Whether any call uses the component at this pointer.
    pub fn reaches(&self, component: &str) -> bool {
        self.ways.contains_key(component)
    }
}

/// The components that anything in `value` refers to; a mapping of a discriminator refers as well.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            if let Some(pointer) = text.strip_prefix('#') {
                let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
                // What leads into a component leads to it.
                let mut into = keys(&pointer);
                if let (Some("components"), Some(section), Some(name)) =
                    (into.next().as_deref(), into.next(), into.next())
                {
                    found.push(child(&child("/components", &section), &name));
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        Value::Object(values) => values.values().for_each(|value| references(value, found)),
        _ => {}
    }
}
