//! The operations that use each component.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::location::{Location, Owner, component_pointer};
use crate::openapi::{
    pointer::{child, follow, keys, of_reference},
    walk::METHODS,
};

/// The users of each component: operations, or parts of them such as `GET /items → response 200`.
#[derive(Debug, Default)]
pub struct Usage {
    /// The users of each component, by its pointer.
    users: BTreeMap<String, BTreeSet<String>>,
    /// The operations of each path item, by its pointer.
    operations: BTreeMap<String, Vec<String>>,
}

impl Usage {
    pub fn of(document: &Value) -> Self {
        let mut usage = Self::default();
        for section in ["paths", "webhooks"] {
            for (path, item) in document[section].as_object().into_iter().flatten() {
                let pointer = child(&child("", section), path);
                usage.add_path_item(document, &pointer, item);
            }
        }
        usage
    }

    fn add_path_item(&mut self, document: &Value, pointer: &str, item: &Value) {
        let target = follow(document, item);
        for method in METHODS {
            let Some(operation) = target.get(method) else {
                continue;
            };
            let at = child(pointer, method);
            let name = Location::of(document, &at).to_text();
            let operations = self.operations.entry(pointer.to_owned());
            operations.or_default().push(name.clone());
            self.add_parameters(document, pointer, &item["parameters"], &name);
            self.add(document, &item["$ref"], &name);
            self.add_operation(document, &at, operation, &name);
        }
    }

    fn add_operation(&mut self, document: &Value, pointer: &str, operation: &Value, name: &str) {
        self.add_security(document, operation, name);
        for (key, value) in operation.as_object().into_iter().flatten() {
            match (key.as_str(), value) {
                ("parameters", value) => {
                    self.add_parameters(document, pointer, value, name);
                }
                ("responses", Value::Object(responses)) => {
                    for (status, response) in responses {
                        let user = format!("{name} → response {status}");
                        self.add_body(document, response, &user);
                    }
                }
                ("requestBody", body) => {
                    self.add_body(document, body, &format!("{name} → request body"));
                }
                ("callbacks", callbacks) => {
                    self.add(document, callbacks, &format!("{name} → callback"));
                }
                (_, value) => self.add(document, value, name),
            }
        }
    }

    /// Adds the references in the `parameters` of the path item or operation at `pointer`.
    fn add_parameters(&mut self, document: &Value, pointer: &str, parameters: &Value, name: &str) {
        for (index, parameter) in parameters.as_array().into_iter().flatten().enumerate() {
            let pointer = child(&child(pointer, "parameters"), &index.to_string());
            let segments = Location::of(document, &pointer).segments;
            let part = segments.last().map_or("", String::as_str);
            self.add(document, parameter, &format!("{name} → {part}"));
        }
    }

    /// Adds the references in a request body or response. A media type other than JSON is named.
    fn add_body(&mut self, document: &Value, body: &Value, user: &str) {
        let target = follow(document, body);
        let content = target["content"].as_object();
        for (name, media_type) in content.into_iter().flatten() {
            match name.contains("json") {
                true => self.add(document, media_type, user),
                false => self.add(document, media_type, &format!("{user} → {name}")),
            }
        }
        match target {
            Value::Object(fields) => {
                let others = fields.iter().filter(|(key, _)| *key != "content");
                others.for_each(|(_, value)| self.add(document, value, user));
            }
            malformed => self.add(document, malformed, user),
        }
        let mut components = Vec::new();
        collect_components(&body["$ref"], &mut components);
        for component in components {
            self.add_user(component, user);
        }
    }

    /// Adds the security schemes of an operation, or of the document if the operation has none.
    fn add_security(&mut self, document: &Value, operation: &Value, name: &str) {
        // The server sends webhooks, without these credentials.
        if name.starts_with("webhook ") {
            return;
        }
        let security = operation.get("security").unwrap_or(&document["security"]);
        let alternatives = security.as_array().into_iter().flatten();
        let schemes = alternatives
            .filter_map(Value::as_object)
            .flat_map(Map::keys);
        for scheme in schemes {
            self.add_user(child("/components/securitySchemes", scheme), name);
        }
    }

    /// Adds `user` to all components that `value` refers to, directly or through others.
    fn add(&mut self, document: &Value, value: &Value, user: &str) {
        for component in components_of(document, value) {
            self.add_user(component, user);
        }
    }

    fn add_user(&mut self, component: String, user: &str) {
        let users = self.users.entry(component).or_default();
        users.insert(user.to_owned());
    }

    /// Returns the operations that use the parts of `owner`.
    pub fn users_of(&self, owner: &Owner) -> Vec<String> {
        match owner {
            Owner::Operation { name, .. } => vec![name.clone()],
            Owner::PathItem(pointer) => self.operations.get(pointer).cloned().unwrap_or_default(),
            Owner::Component { section, name } => {
                let users = self
                    .users
                    .get(&component_pointer(section, &name.in_document));
                let users = users.into_iter().flatten();
                users.cloned().collect()
            }
            Owner::Document => Vec::new(),
        }
    }

    /// Returns whether any operation uses the component at this pointer.
    pub fn is_used(&self, component: &str) -> bool {
        self.users.contains_key(component)
    }
}

/// Returns the pointers of the components that `value` refers to, directly or through others.
pub fn components_of(document: &Value, value: &Value) -> BTreeSet<String> {
    let mut pending = Vec::new();
    collect_components(value, &mut pending);
    let mut found = BTreeSet::new();
    while let Some(component) = pending.pop() {
        if found.insert(component.clone())
            && let Some(target) = document.pointer(&component)
        {
            collect_components(target, &mut pending);
        }
    }
    found
}

/// Collects the pointers of the components that `value` refers to, in a `$ref` or in the `mapping` of
/// a discriminator.
fn collect_components(value: &Value, components: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            if let Some(pointer) = of_reference(text) {
                // A pointer into a component refers to the component.
                let mut keys = keys(&pointer);
                if let (Some("components"), Some(section), Some(name)) =
                    (keys.next().as_deref(), keys.next(), keys.next())
                {
                    components.push(component_pointer(&section, &name));
                }
            }
        }
        Value::Array(values) => {
            for value in values {
                collect_components(value, components);
            }
        }
        Value::Object(values) => {
            for value in values.values() {
                collect_components(value, components);
            }
        }
        _ => {}
    }
}
