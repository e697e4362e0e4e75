//! Properties whose fields would have the same name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{
    openapi::{
        names::method_name,
        pointer::{child, of_reference, reference},
        walk,
    },
    pipeline::notes::Notes,
};

/// A property of a schema, or of one that `allOf` combines with it.
struct Property {
    name: String,
    pointer: String,
}

/// Refuses properties of one schema whose fields would have the same name.
pub fn refuse_same(document: &mut Value, notes: &mut Notes) {
    let original = document.clone();
    walk::schemas(document, &mut |schema, pointer| {
        // The target is visited itself. There can be many references to a large one.
        if reference(schema).is_some() {
            return;
        }
        let mut properties = Vec::new();
        let mut visited = BTreeSet::new();
        collect(&original, schema, pointer, &mut visited, &mut properties);
        let mut fields: BTreeMap<String, Property> = BTreeMap::new();
        for property in properties {
            let field = method_name(&property.name);
            match fields.get(&field) {
                Some(other) if other.name != property.name => {
                    let problem = format!(
                        "the property at {} has the same name in Rust",
                        other.pointer
                    );
                    let fix = "remove one of them in the overlay";
                    notes.refuse(&property.pointer, &problem, fix);
                }
                Some(_) => {}
                None => {
                    fields.insert(field, property);
                }
            }
        }
    });
}

/// Adds the properties of `schema` and of all that it combines or refers to.
fn collect(
    document: &Value,
    schema: &Value,
    pointer: &str,
    visited: &mut BTreeSet<String>,
    properties: &mut Vec<Property>,
) {
    // References can form a cycle.
    if !visited.insert(pointer.to_owned()) {
        return;
    }
    if let Some(target) = reference(schema).and_then(of_reference)
        && let Some(schema) = document.pointer(&target)
    {
        collect(document, schema, &target, visited, properties);
    }
    let own = schema.get("properties").and_then(Value::as_object);
    let names = own.into_iter().flat_map(Map::keys);
    properties.extend(names.map(|name| Property {
        name: name.clone(),
        pointer: child(&child(pointer, "properties"), name),
    }));
    let branches = schema.get("allOf").and_then(Value::as_array);
    for (index, branch) in branches.into_iter().flatten().enumerate() {
        let pointer = format!("{pointer}/allOf/{index}");
        collect(document, branch, &pointer, visited, properties);
    }
}
