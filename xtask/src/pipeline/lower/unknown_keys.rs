//! Keys that neither 3.0 nor 3.1 defines. They are dropped with a warning.

use serde_json::{Map, Value};

use crate::{
    openapi::{
        pointer::child,
        walk::{self, METHODS, Part},
    },
    pipeline::notes::Notes,
};

/// Drops the unknown keywords of a schema.
pub fn keywords(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    retain_known(schema, is_keyword, pointer, notes);
    // Without a warning: a JSON client does not need it, and the generator does not support it.
    schema.shift_remove("xml");
}

/// Drops the unknown keys of all objects but schemas.
pub fn drop_keys(document: &mut Value, notes: &mut Notes) {
    for pointer in ["", "/components", "/info", "/info/contact", "/info/license"] {
        if let Some(Value::Object(map)) = document.pointer_mut(pointer) {
            retain_known(map, |key| is_known_at(pointer, key), pointer, notes);
        }
    }
    for pointer in ["/servers", "/tags"] {
        let entries = document.pointer_mut(pointer).and_then(Value::as_array_mut);
        for (index, entry) in entries.into_iter().flatten().enumerate() {
            if let Value::Object(map) = entry {
                let at = child(pointer, &index.to_string());
                retain_known(map, |key| is_known_at(pointer, key), &at, notes);
            }
        }
    }
    walk::parts(document, &mut |part, value, pointer| {
        if let Value::Object(map) = value
            && !map.contains_key("$ref")
        {
            retain_known(map, |key| is_known_in(part, key), pointer, notes);
        }
    });
}

fn retain_known(
    map: &mut Map<String, Value>,
    is_known: impl Fn(&str) -> bool,
    pointer: &str,
    notes: &mut Notes,
) {
    map.retain(|key, _| {
        let is_kept = key.starts_with("x-") || is_known(key);
        if !is_kept {
            let text = format!("the unknown keyword `{key}` is dropped");
            notes.warn(&child(pointer, key), text);
        }
        is_kept
    });
}

/// Returns whether schemas can have `key`.
fn is_keyword(key: &str) -> bool {
    match key {
        "$dynamicRef" | "$recursiveRef" | "$ref" | "allOf" | "anyOf" | "oneOf" | "not" => true,
        "if" | "then" | "else" | "dependentRequired" | "dependentSchemas" => true,
        "type" | "const" | "enum" | "format" | "nullable" => true,
        "properties" | "patternProperties" | "additionalProperties" | "propertyNames" => true,
        "unevaluatedProperties" | "required" | "minProperties" | "maxProperties" => true,
        "items" | "prefixItems" | "unevaluatedItems" => true,
        "minItems" | "maxItems" | "uniqueItems" => true,
        "contains" | "minContains" | "maxContains" => true,
        "minLength" | "maxLength" | "pattern" => true,
        "contentEncoding" | "contentMediaType" | "contentSchema" => true,
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => true,
        "title" | "description" | "default" | "deprecated" | "readOnly" | "writeOnly" => true,
        "discriminator" | "example" | "examples" | "externalDocs" | "xml" => true,
        _ => false,
    }
}

/// Returns whether the object at `pointer`, or an object in the list there, can have `key`.
fn is_known_at(pointer: &str, key: &str) -> bool {
    match (pointer, key) {
        ("", "openapi" | "info" | "servers" | "paths" | "components") => true,
        ("", "security" | "tags" | "externalDocs") => true,
        ("/components", "schemas" | "responses" | "parameters" | "examples") => true,
        ("/components", "requestBodies" | "headers" | "securitySchemes" | "links") => true,
        ("/components", "callbacks" | "pathItems") => true,
        ("/info", "title" | "description" | "termsOfService" | "contact" | "license") => true,
        ("/info", "version") => true,
        ("/info/contact", "name" | "url" | "email") => true,
        ("/info/license", "name" | "url") => true,
        ("/servers", "url" | "description" | "variables") => true,
        ("/tags", "name" | "description" | "externalDocs") => true,
        _ => false,
    }
}

/// Returns whether a part can have `key`.
fn is_known_in(part: Part, key: &str) -> bool {
    match (part, key) {
        (Part::PathItem, "summary" | "description" | "servers" | "parameters") => true,
        (Part::PathItem, key) => METHODS.contains(&key),
        (Part::Operation, "tags" | "summary" | "description" | "externalDocs") => true,
        (Part::Operation, "operationId" | "parameters" | "requestBody" | "responses") => true,
        (Part::Operation, "callbacks" | "deprecated" | "security" | "servers") => true,
        (Part::Parameter, "name" | "in") => true,
        (Part::Parameter | Part::Header, "description" | "required" | "deprecated") => true,
        (Part::Parameter | Part::Header, "allowEmptyValue" | "allowReserved") => true,
        (Part::Parameter | Part::Header, "style" | "explode" | "schema" | "content") => true,
        (Part::Parameter | Part::Header, "example" | "examples") => true,
        (Part::RequestBody, "description" | "content" | "required") => true,
        (Part::Response, "description" | "headers" | "content" | "links") => true,
        (Part::MediaType, "schema" | "example" | "examples" | "encoding") => true,
        (Part::Link, "operationRef" | "operationId" | "parameters" | "requestBody") => true,
        (Part::Link, "description" | "server") => true,
        (Part::Example, "summary" | "description" | "value" | "externalValue") => true,
        (Part::SecurityScheme, "type" | "description" | "name" | "in" | "scheme") => true,
        (Part::SecurityScheme, "bearerFormat" | "flows" | "openIdConnectUrl") => true,
        (Part::Callback | Part::Schema, _) => true,
        _ => false,
    }
}
