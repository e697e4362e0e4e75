//! The feature `schemars`: the derived schemas mean what the documents say.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::documents::{APIS, Api, document};

#[test]
fn derived_schemas_mean_what_the_documents_say() {
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
            assert!(seen.contains(name), "{api}: no type stands for {name}");
        }
    }
}

struct Comparison<'a> {
    document: &'a Value,
    derived: &'a Value,
}

impl Comparison<'_> {
    /// `seen` gets the names of the schemas that the document's one leads to.
    fn schema(&self, at: &str, documented: &Value, derived: &Value, seen: &mut BTreeSet<String>) {
        if let Some(reference) = target(documented) {
            seen.insert(reference.rsplit('/').next().unwrap_or_default().to_owned());
            return self.schema(at, follow(self.document, reference), derived, seen);
        }
        if let Some(reference) = target(derived) {
            return self.schema(at, documented, follow(self.derived, reference), seen);
        }
        if let Some(values) = documented["enum"].as_array() {
            let values: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
            let known: Vec<&Value> = derived["anyOf"][0]["enum"]
                .as_array()
                .expect(at)
                .iter()
                .collect();
            assert_eq!(known, values, "the values of {at}");
            assert_eq!(
                derived["anyOf"][1],
                json!({ "type": "string" }),
                "{at} is open"
            );
            return;
        }
        if documented
            .as_object()
            .is_some_and(|schema| !schema.contains_key("type"))
        {
            assert!(derived["type"].is_null(), "{at} can be anything");
            return;
        }
        assert_eq!(kind(derived), documented["type"], "the type of {at}");
        for (bound, value) in documented.as_object().expect(at) {
            if bound.ends_with("Length") {
                assert_eq!(&derived[bound], value, "the {bound} of {at}");
            }
        }
        assert_eq!(
            strings(&derived["required"]),
            strings(&documented["required"]),
            "{at}"
        );
        let members = |schema: &Value| -> BTreeSet<String> {
            schema["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name.clone())
                .collect()
        };
        assert_eq!(members(derived), members(documented), "the members of {at}");
        for name in members(documented) {
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
                "{at} keeps further members"
            );
        }
    }
}

/// Where a schema says no more than that it is another one, or `null`.
fn target(schema: &Value) -> Option<&str> {
    let inner = match (&schema["allOf"], &schema["anyOf"]) {
        (Value::Array(all), _) if all.len() == 1 => &all[0],
        (_, Value::Array(any)) if any.get(1) == Some(&json!({ "type": "null" })) => &any[0],
        _ => schema,
    };
    inner["$ref"].as_str()
}

fn follow<'v>(whole: &'v Value, reference: &str) -> &'v Value {
    let pointer = reference.trim_start_matches('#');
    whole
        .pointer(pointer)
        .unwrap_or_else(|| panic!("{reference} leads nowhere"))
}

/// The type that is not `null`.
fn kind(schema: &Value) -> Value {
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
