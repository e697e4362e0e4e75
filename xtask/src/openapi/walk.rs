//! Traversal of an OpenAPI document by position, never by key name: a property can be called
//! `const`, `examples` or `schema`.

use serde_json::{Map, Value};

use crate::openapi::pointer::child;

/// The HTTP methods of a path item.
pub const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// The keywords whose value is one schema.
pub const ONE_SCHEMA: [&str; 11] = [
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
const LIST_OF_SCHEMAS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
const MAP_OF_SCHEMAS: [&str; 5] = [
    "$defs",
    "definitions",
    "dependentSchemas",
    "patternProperties",
    "properties",
];

/// Visits the direct subschemas of `schema`.
pub fn subschemas(schema: &mut Value, pointer: &str, visit: &mut dyn FnMut(&mut Value, &str)) {
    let Value::Object(schema) = schema else {
        return;
    };
    for (keyword, value) in schema {
        let pointer = child(pointer, keyword);
        match value {
            Value::Object(_) | Value::Bool(_) if ONE_SCHEMA.contains(&keyword.as_str()) => {
                visit(value, &pointer);
            }
            Value::Array(schemas) if LIST_OF_SCHEMAS.contains(&keyword.as_str()) => {
                for (index, schema) in schemas.iter_mut().enumerate() {
                    visit(schema, &child(&pointer, &index.to_string()));
                }
            }
            Value::Object(schemas) if MAP_OF_SCHEMAS.contains(&keyword.as_str()) => {
                for (name, schema) in schemas {
                    visit(schema, &child(&pointer, name));
                }
            }
            _ => {}
        }
    }
}

/// Visits `schema` and all its subschemas, innermost first.
pub fn schema_tree(schema: &mut Value, pointer: &str, visit: &mut dyn FnMut(&mut Value, &str)) {
    subschemas(schema, pointer, &mut |inner, pointer| {
        schema_tree(inner, pointer, visit)
    });
    visit(schema, pointer);
}

/// Visits every schema of the document, the innermost of each tree first.
pub fn schemas(document: &mut Value, visit: &mut dyn FnMut(&mut Value, &str)) {
    schema_roots(document, &mut |schema, pointer| {
        schema_tree(schema, pointer, visit)
    });
}

/// Visits every schema that is not a subschema of another.
pub fn schema_roots(document: &mut Value, visit: &mut dyn FnMut(&mut Value, &str)) {
    parts(document, &mut |part, value, pointer| match part {
        Part::Schema => visit(value, pointer),
        Part::Parameter | Part::Header | Part::MediaType => {
            if let Some(schema) = value.get_mut("schema") {
                visit(schema, &child(pointer, "schema"));
            }
        }
        _ => {}
    });
}

/// Visits every operation, including those of webhooks, callbacks and components.
pub fn operations(document: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>, &str)) {
    parts(document, &mut |part, value, pointer| {
        if let (Part::Operation, Value::Object(operation)) = (part, value) {
            visit(operation, pointer);
        }
    });
}

/// The kind of an OpenAPI object, determined by its position. Every kind except
/// [`Part::Operation`] and [`Part::MediaType`] can be a `{"$ref": …}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Response,
    Header,
    MediaType,
    Callback,
    Link,
    Example,
    Schema,
    SecurityScheme,
}

type Visit<'v> = dyn FnMut(Part, &mut Value, &str) + 'v;

/// Visits every part of the document, each before the parts in it.
///
/// Subschemas are not visited: see [`subschemas`].
pub fn parts(document: &mut Value, visit: &mut Visit<'_>) {
    for section in ["paths", "webhooks"] {
        each(document, "", section, &mut |item, pointer| {
            path_item(item, pointer, visit)
        });
    }
    let Some(components) = document.get_mut("components") else {
        return;
    };
    let root = "/components";
    each(components, root, "schemas", &mut |v, p| {
        visit(Part::Schema, v, p)
    });
    each(components, root, "responses", &mut |v, p| {
        response(v, p, visit)
    });
    each(components, root, "parameters", &mut |v, p| {
        parameter(v, p, visit)
    });
    each(components, root, "examples", &mut |v, p| {
        visit(Part::Example, v, p)
    });
    each(components, root, "requestBodies", &mut |v, p| {
        request_body(v, p, visit)
    });
    each(components, root, "headers", &mut |v, p| header(v, p, visit));
    each(components, root, "securitySchemes", &mut |v, p| {
        visit(Part::SecurityScheme, v, p)
    });
    each(components, root, "links", &mut |v, p| {
        visit(Part::Link, v, p)
    });
    each(components, root, "callbacks", &mut |v, p| {
        callback(v, p, visit)
    });
    each(components, root, "pathItems", &mut |v, p| {
        path_item(v, p, visit)
    });
}

/// Visits the entries of the object or array at `key`, except extensions (`x-…`).
fn each(parent: &mut Value, pointer: &str, key: &str, visit: &mut dyn FnMut(&mut Value, &str)) {
    let pointer = child(pointer, key);
    match parent.get_mut(key) {
        Some(Value::Object(entries)) => {
            for (name, value) in entries {
                // Only maps keyed by path or status have extensions. In other maps, a name can
                // start with `x-`.
                let extension = name.starts_with("x-") && matches!(key, "paths" | "responses");
                if !extension || pointer == "/components/responses" {
                    visit(value, &child(&pointer, name));
                }
            }
        }
        Some(Value::Array(entries)) => {
            for (index, value) in entries.iter_mut().enumerate() {
                visit(value, &child(&pointer, &index.to_string()));
            }
        }
        _ => {}
    }
}

fn path_item(item: &mut Value, pointer: &str, visit: &mut Visit<'_>) {
    visit(Part::PathItem, item, pointer);
    each(item, pointer, "parameters", &mut |v, p| {
        parameter(v, p, visit)
    });
    for method in METHODS {
        let pointer = child(pointer, method);
        if let Some(operation) = item.get_mut(method) {
            visit(Part::Operation, operation, &pointer);
            each(operation, &pointer, "parameters", &mut |v, p| {
                parameter(v, p, visit)
            });
            if let Some(body) = operation.get_mut("requestBody") {
                request_body(body, &child(&pointer, "requestBody"), visit);
            }
            each(operation, &pointer, "responses", &mut |v, p| {
                response(v, p, visit)
            });
            each(operation, &pointer, "callbacks", &mut |v, p| {
                callback(v, p, visit)
            });
        }
    }
}

fn callback(callback: &mut Value, pointer: &str, visit: &mut Visit<'_>) {
    visit(Part::Callback, callback, pointer);
    let Value::Object(items) = callback else {
        return;
    };
    for (expression, item) in items {
        if !expression.starts_with("x-") && expression != "$ref" {
            path_item(item, &child(pointer, expression), visit);
        }
    }
}

fn parameter(parameter: &mut Value, pointer: &str, visit: &mut Visit<'_>) {
    visit(Part::Parameter, parameter, pointer);
    content(parameter, pointer, visit);
}

fn header(header: &mut Value, pointer: &str, visit: &mut Visit<'_>) {
    visit(Part::Header, header, pointer);
    content(header, pointer, visit);
}

fn request_body(body: &mut Value, pointer: &str, visit: &mut Visit<'_>) {
    visit(Part::RequestBody, body, pointer);
    content(body, pointer, visit);
}

fn response(response: &mut Value, pointer: &str, visit: &mut Visit<'_>) {
    visit(Part::Response, response, pointer);
    content(response, pointer, visit);
    each(response, pointer, "headers", &mut |v, p| {
        header(v, p, visit)
    });
    each(response, pointer, "links", &mut |v, p| {
        visit(Part::Link, v, p)
    });
}

fn content(parent: &mut Value, pointer: &str, visit: &mut Visit<'_>) {
    each(parent, pointer, "examples", &mut |v, p| {
        visit(Part::Example, v, p)
    });
    each(parent, pointer, "content", &mut |media_type, pointer| {
        visit(Part::MediaType, media_type, pointer);
        each(media_type, pointer, "examples", &mut |v, p| {
            visit(Part::Example, v, p)
        });
        if let Some(Value::Object(encodings)) = media_type.get_mut("encoding") {
            for (name, encoding) in encodings {
                let pointer = child(&child(pointer, "encoding"), name);
                each(encoding, &pointer, "headers", &mut |v, p| {
                    header(v, p, visit)
                });
            }
        }
    });
}
