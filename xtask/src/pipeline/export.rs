//! Turns a hand-written document into one for any OpenAPI generator, without what only this crate's
//! generator understands.

mod field;
mod variants;

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use crate::{
    openapi::{pointer, walk},
    pipeline::{lower, notes::Notes},
};

/// Appended to the description of an exported document.
const ABOUT: &str = "\n\nThis document is corrected by evidence. `x-evidence` says where it differs from \
    Meta's documents, and why. `x-pagination` describes how a list is paged: with `style: cursor`, \
    the next page begins after `paging.cursors.after`, and the last page has no `paging.next`. \
    `x-idempotent` says whether a request can be sent again when the result of the first one is \
    unknown. Enums have the known values, but Meta adds values at any time: decode unknown values in \
    responses. With `x-open-enum: true`, requests can have other values too. Paths such as \
    `/{WABA-ID}` and `/{TEMPLATE-ID}` differ only in the name of the parameter, because all objects of \
    the Graph API have this path.";

/// A document for other generators, as OpenAPI 3.1 and 3.0.
pub struct Exported {
    pub openapi_3_1: Value,
    pub openapi_3_0: Value,
    /// What OpenAPI 3.0 cannot express.
    pub notes: Notes,
}

/// Exports `document`, which must be OpenAPI 3.1.
pub fn export(mut document: Value) -> Result<Exported> {
    variants::merge_variants(&mut document)?;
    field::replace_fragments(&mut document);
    remove_rust_extensions(&mut document);
    let description = document["info"]["description"].as_str().unwrap_or_default();
    document["info"]["description"] = (description.to_owned() + ABOUT).into();
    document["info"]["license"] = json!({"name": env!("CARGO_PKG_LICENSE")});

    let mut openapi_3_0 = document.clone();
    let mut notes = Notes::default();
    lower::lower(&mut openapi_3_0, &mut notes);
    if !notes.refused.is_empty() {
        let refused: Vec<_> = notes.refused.iter().map(ToString::to_string).collect();
        bail!("{}", refused.join("\n"));
    }
    inline_nullable_references(&mut openapi_3_0);
    Ok(Exported {
        openapi_3_1: document,
        openapi_3_0,
        notes,
    })
}

/// Removes the extensions `x-rust-…`, which only name types and fields of this crate.
fn remove_rust_extensions(document: &mut Value) {
    let remove = |value: &mut Map<String, Value>| {
        value.retain(|key, _| !key.starts_with("x-rust-"));
    };
    walk::operations(document, &mut |operation, _| remove(operation));
    walk::schemas(document, &mut |schema, _| {
        if let Value::Object(schema) = schema {
            remove(schema);
        }
    });
}

/// Replaces each nullable reference by the schema that it refers to. In OpenAPI 3.0, `nullable` has an
/// effect only beside `type`, and null must be a value of an `enum` too.
fn inline_nullable_references(document: &mut Value) {
    let source = document.clone();
    walk::schemas(document, &mut |schema, _| {
        let referenced = pointer::follow(&source, &schema["allOf"][0]).clone();
        let (Value::Object(own), Value::Object(referenced)) = (schema, referenced) else {
            return;
        };
        if own.get("nullable") != Some(&true.into()) || own.contains_key("type") {
            return;
        }
        own.shift_remove("allOf");
        for (keyword, value) in referenced {
            own.entry(keyword).or_insert(value);
        }
        if let Some(Value::Array(values)) = own.get_mut("enum") {
            values.push(Value::Null);
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::export;

    #[test]
    fn nullable_references_accept_null_in_3_0() {
        let reference = json!({"$ref": "#/components/schemas/Kind"});
        let document = json!({
            "openapi": "3.1.0",
            "info": {"title": "Case", "version": "1"},
            "paths": {},
            "components": {"schemas": {
                "Kind": {"type": "string", "enum": ["a"]},
                "A": {"type": "object", "properties": {
                    "kind": {"anyOf": [reference, {"type": "null"}]},
                }},
            }},
        });
        let lowered = export(document).unwrap().openapi_3_0;
        assert_eq!(
            lowered["components"]["schemas"]["A"]["properties"]["kind"],
            json!({"nullable": true, "type": "string", "enum": ["a", null]})
        );
    }

    #[test]
    fn removes_names_in_rust_and_keeps_evidence() {
        let document = json!({
            "openapi": "3.1.0",
            "info": {"title": "Case", "version": "1", "description": "A case."},
            "paths": {"/a": {"get": {
                "operationId": "get_a",
                "x-idempotent": true,
                "responses": {"200": {"description": "ok", "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/A"}
                }}}},
            }}},
            "components": {"schemas": {"A": {
                "type": "object",
                "x-rust-name": "Renamed",
                "x-evidence": "Recorded.",
                "properties": {
                    "x-rust-name": {"type": ["string", "null"], "x-rust-type": "crate::Id"},
                    "kind": {"type": "string", "enum": ["a"]},
                },
            }}},
        });
        let exported = export(document).unwrap();
        let schema = &exported.openapi_3_1["components"]["schemas"]["A"];
        assert_eq!(
            *schema,
            json!({
                "type": "object",
                "x-evidence": "Recorded.",
                "properties": {
                    "x-rust-name": {"type": ["string", "null"]},
                    "kind": {"type": "string", "enum": ["a"]},
                },
            })
        );
        assert_eq!(
            exported.openapi_3_1["paths"]["/a"]["get"]["x-idempotent"],
            true
        );

        let lowered = &exported.openapi_3_0;
        assert_eq!(lowered["openapi"], "3.0.3");
        let schema = &lowered["components"]["schemas"]["A"];
        assert_eq!(
            schema["properties"]["x-rust-name"],
            json!({"type": "string", "nullable": true})
        );
        assert_eq!(schema["properties"]["kind"]["enum"], json!(["a"]));
        assert_eq!(schema["x-evidence"], "Recorded.");
    }
}
