//! Objects whose properties a witness does not show.

use serde_json::Value;

use crate::openapi::walk::schemas;

/// Removes the type of each object whose properties `document` does not show. A schema without a type
/// accepts any value, and is not compared.
pub fn accept_any(document: &mut Value) {
    schemas(document, &mut |schema, _| {
        if let Some(keywords) = schema.as_object_mut()
            && is_object(keywords.get("type"))
            && !keywords.keys().any(|keyword| describes_content(keyword))
        {
            keywords.remove("type");
        }
    });
}

/// Returns whether the keyword describes what an object contains.
fn describes_content(keyword: &str) -> bool {
    match keyword {
        "properties" | "patternProperties" | "additionalProperties" | "required" => true,
        "allOf" | "anyOf" | "oneOf" | "enum" => true,
        _ => false,
    }
}

/// Returns whether the type is an object, or an object or null.
fn is_object(of_schema: Option<&Value>) -> bool {
    let mut others = match of_schema {
        Some(Value::Array(types)) => types.iter().filter(|one| *one != "null").collect(),
        other => Vec::from_iter(other),
    };
    others.pop().is_some_and(|one| one == "object") && others.is_empty()
}
