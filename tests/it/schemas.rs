//! The feature `schemars`: the derived schemas are equivalent to those of the documents.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::documents::{APIS, Api, document};

#[test]
fn derived_schemas_match_the_documents() {
    for Api {
        name: api, types, ..
    } in APIS
    {
        let document = document(api);
        let mut seen = BTreeSet::new();
        for case in *types {
            let derived = (case.schema)();
            let reference = json!({ "$ref": format!("#/components/schemas/{}", case.name) });
            Comparison {
                document: &document,
                derived: &derived,
            }
            .schema(case.name, &reference, &derived, &mut seen);
        }
        let schemas = document["components"]["schemas"].as_object();
        for name in schemas.into_iter().flat_map(|schemas| schemas.keys()) {
            assert!(
                seen.contains(name),
                "{api}: no type was generated from {name}"
            );
        }
    }
}

struct Comparison<'a> {
    document: &'a Value,
    derived: &'a Value,
}

impl Comparison<'_> {
    /// Compares a schema of the document with the derived one. Adds the names of the referenced
    /// schemas of the document to `seen`.
    fn schema(&self, at: &str, documented: &Value, derived: &Value, seen: &mut BTreeSet<String>) {
        if let Some(reference) = self::reference(documented) {
            seen.insert(reference.rsplit('/').next().unwrap_or_default().to_owned());
            return self.schema(at, resolve(self.document, reference), derived, seen);
        }
        if let Some(reference) = self::reference(derived) {
            return self.schema(at, documented, resolve(self.derived, reference), seen);
        }
        if let Some(values) = documented["enum"].as_array() {
            let values: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
            let known: Vec<&Value> = derived["anyOf"][0]["enum"]
                .as_array()
                .expect(at)
                .iter()
                .collect();
            assert_eq!(known, values, "values of {at}");
            assert_eq!(
                derived["anyOf"][1],
                json!({ "type": "string" }),
                "{at} should accept every string"
            );
            return;
        }
        if documented
            .as_object()
            .is_some_and(|schema| !schema.contains_key("type"))
        {
            assert!(derived["type"].is_null(), "{at} should accept any value");
            return;
        }
        assert_eq!(non_null_type(derived), documented["type"], "type of {at}");
        for (bound, value) in documented.as_object().expect(at) {
            if bound.ends_with("Length") {
                assert_eq!(&derived[bound], value, "{bound} of {at}");
            }
        }
        assert_eq!(
            strings(&derived["required"]),
            strings(&documented["required"]),
            "required properties of {at}"
        );
        let properties = |schema: &Value| -> BTreeSet<String> {
            schema["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name.clone())
                .collect()
        };
        assert_eq!(
            properties(derived),
            properties(documented),
            "properties of {at}"
        );
        for name in properties(documented) {
            let (documented, derived) = (
                &documented["properties"][&name],
                &derived["properties"][&name],
            );
            self.schema(&format!("{at}.{name}"), documented, derived, seen);
        }
        if documented["additionalProperties"] == json!({}) {
            assert_eq!(
                derived["additionalProperties"],
                json!(true),
                "{at} should allow further properties"
            );
        }
    }
}

/// Returns the reference of a schema that only references another one, or allows it or `null`.
fn reference(schema: &Value) -> Option<&str> {
    let inner = match (&schema["allOf"], &schema["anyOf"]) {
        (Value::Array(all), _) if all.len() == 1 => &all[0],
        (_, Value::Array(any)) if any.get(1) == Some(&json!({ "type": "null" })) => &any[0],
        _ => schema,
    };
    inner["$ref"].as_str()
}

fn resolve<'v>(document: &'v Value, reference: &str) -> &'v Value {
    let pointer = reference.trim_start_matches('#');
    document
        .pointer(pointer)
        .unwrap_or_else(|| panic!("{reference} does not exist"))
}

/// Returns the type of a schema, without `null`.
fn non_null_type(schema: &Value) -> Value {
    match &schema["type"] {
        Value::Array(types) => types
            .iter()
            .find(|kind| *kind != "null")
            .cloned()
            .unwrap_or_default(),
        kind => kind.clone(),
    }
}

fn strings(values: &Value) -> BTreeSet<&str> {
    values
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}
