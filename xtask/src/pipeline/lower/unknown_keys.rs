//! Keys that neither 3.0 nor 3.1 defines. They are dropped with a warning.

use serde_json::{Map, Value};

use crate::{
    openapi::{
        pointer::child,
        walk::{self, METHODS, Part},
    },
    pipeline::notes::Notes,
};

const KEYWORDS: [&str; 56] = [
    "$dynamicRef",
    "$recursiveRef",
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "dependentRequired",
    "dependentSchemas",
    "deprecated",
    "description",
    "discriminator",
    "else",
    "enum",
    "example",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "externalDocs",
    "format",
    "if",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "nullable",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "readOnly",
    "required",
    "then",
    "title",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
    "writeOnly",
    // Dropped without a warning: a JSON client does not need it, and the generator does not
    // support it.
    "xml",
];

/// Drops the unknown keywords of a schema.
pub fn keywords(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    retain_known(schema, &KEYWORDS, pointer, notes);
    schema.shift_remove("xml");
}

/// Drops the unknown keys of all objects but schemas.
pub fn drop_keys(document: &mut Value, notes: &mut Notes) {
    for (pointer, known) in OBJECTS {
        if let Some(Value::Object(map)) = document.pointer_mut(pointer) {
            retain_known(map, known, pointer, notes);
        }
    }
    for (pointer, known) in ARRAYS {
        if let Some(Value::Array(entries)) = document.pointer_mut(pointer) {
            for (index, entry) in entries.iter_mut().enumerate() {
                if let Value::Object(map) = entry {
                    retain_known(map, known, &child(pointer, &index.to_string()), notes);
                }
            }
        }
    }
    walk::parts(document, &mut |part, value, pointer| {
        if let (Some(known), Value::Object(map)) = (known(part), value)
            && !map.contains_key("$ref")
        {
            retain_known(map, known, pointer, notes);
        }
    });
}

const OBJECTS: [(&str, &[&str]); 5] = [
    (
        "",
        &[
            "openapi",
            "info",
            "servers",
            "paths",
            "components",
            "security",
            "tags",
            "externalDocs",
        ],
    ),
    (
        "/components",
        &[
            "schemas",
            "responses",
            "parameters",
            "examples",
            "requestBodies",
            "headers",
            "securitySchemes",
            "links",
            "callbacks",
            "pathItems",
        ],
    ),
    (
        "/info",
        &[
            "title",
            "description",
            "termsOfService",
            "contact",
            "license",
            "version",
        ],
    ),
    ("/info/contact", &["name", "url", "email"]),
    ("/info/license", &["name", "url"]),
];

const ARRAYS: [(&str, &[&str]); 2] = [
    ("/servers", &["url", "description", "variables"]),
    ("/tags", &["name", "description", "externalDocs"]),
];

/// Returns the keys that OpenAPI defines for a part, or `None` if any key is allowed.
fn known(part: Part) -> Option<&'static [&'static str]> {
    Some(match part {
        Part::PathItem => &PATH_ITEM,
        Part::Operation => &[
            "tags",
            "summary",
            "description",
            "externalDocs",
            "operationId",
            "parameters",
            "requestBody",
            "responses",
            "callbacks",
            "deprecated",
            "security",
            "servers",
        ],
        Part::Header => &[
            "description",
            "required",
            "deprecated",
            "allowEmptyValue",
            "style",
            "explode",
            "allowReserved",
            "schema",
            "example",
            "examples",
            "content",
        ],
        Part::Parameter => &[
            "name",
            "in",
            "description",
            "required",
            "deprecated",
            "allowEmptyValue",
            "style",
            "explode",
            "allowReserved",
            "schema",
            "example",
            "examples",
            "content",
        ],
        Part::RequestBody => &["description", "content", "required"],
        Part::Response => &["description", "headers", "content", "links"],
        Part::MediaType => &["schema", "example", "examples", "encoding"],
        Part::Link => &[
            "operationRef",
            "operationId",
            "parameters",
            "requestBody",
            "description",
            "server",
        ],
        Part::Example => &["summary", "description", "value", "externalValue"],
        Part::SecurityScheme => &[
            "type",
            "description",
            "name",
            "in",
            "scheme",
            "bearerFormat",
            "flows",
            "openIdConnectUrl",
        ],
        Part::Callback | Part::Schema => return None,
    })
}

const PATH_ITEM: [&str; 12] = {
    let mut keys = [
        "summary",
        "description",
        "servers",
        "parameters",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
    ];
    let mut index = 0;
    while index < METHODS.len() {
        keys[4 + index] = METHODS[index];
        index += 1;
    }
    keys
};

fn retain_known(map: &mut Map<String, Value>, known: &[&str], pointer: &str, notes: &mut Notes) {
    map.retain(|key, _| {
        let retain_known = key.starts_with("x-") || known.contains(&key.as_str());
        if !retain_known {
            notes.warn(
                &child(pointer, key),
                format!("the unknown keyword `{key}` is dropped"),
            );
        }
        retain_known
    });
}
