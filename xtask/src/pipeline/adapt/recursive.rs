//! Recursive compositions: schemas that combine others (for example `allOf` of several) and
//! contain themselves.
//!
//! typify expands a composition with everything in it. For a recursive one it would overflow its
//! stack, which ends the process without a message.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    openapi::{
        edges::{Edges, leads_to},
        keys::is_annotation,
        pointer::{below, reference},
        walk,
    },
    pipeline::notes::Notes,
};

/// The pointers of the composed schemas, each with the schemas that it combines.
type Compositions = BTreeMap<String, Vec<Value>>;

/// Refuses every composed schema that contains itself.
pub fn refuse(document: &mut Value, notes: &mut Notes) {
    let mut compositions = Compositions::new();
    walk::schemas(document, &mut |schema, pointer| {
        if let Some(branches) = composed_schemas(schema) {
            compositions.insert(pointer.to_owned(), branches);
        }
    });
    let mut edges = Edges::new();
    for (place, branches) in &compositions {
        let within = compositions_in(document, branches, place, &compositions);
        edges.insert(place.clone(), within);
    }
    for place in compositions.keys() {
        if leads_to(&edges, place, place) {
            notes.refuse(
                place,
                "the composed schema contains itself",
                "write the schema without the recursion in the overlay",
            );
        }
    }
}

/// Returns the schemas that `schema` combines, if it is a composition.
fn composed_schemas(schema: &Value) -> Option<Vec<Value>> {
    let branches = branches(schema);
    let all_of = schema.get("allOf").and_then(Value::as_array);
    let several = all_of.is_some_and(|branches| branches.len() > 1);
    let own = schema
        .as_object()
        .is_some_and(|schema| schema.keys().any(|key| is_combined(key)))
        || (all_of.is_some() && (schema.get("oneOf").is_some() || schema.get("anyOf").is_some()));
    (several || (own && !branches.is_empty())).then_some(branches)
}

/// Returns whether typify combines the keyword `key` of a schema with its branches.
fn is_combined(key: &str) -> bool {
    !["allOf", "anyOf", "oneOf", "nullable", "type"].contains(&key) && !is_annotation(key)
}

/// Returns the branches of `allOf`, `anyOf` and `oneOf`.
fn branches(schema: &Value) -> Vec<Value> {
    ["allOf", "anyOf", "oneOf"]
        .iter()
        .filter_map(|keyword| schema.get(*keyword)?.as_array())
        .flatten()
        .cloned()
        .collect()
}

/// Returns the compositions within the schemas at `place` and within all that they refer to
/// directly.
fn compositions_in(
    document: &Value,
    schemas: &[Value],
    place: &str,
    compositions: &Compositions,
) -> BTreeSet<String> {
    let mut roots: BTreeSet<String> = BTreeSet::new();
    let mut pending: Vec<Value> = schemas.to_vec();
    while let Some(schema) = pending.pop() {
        if let Some(target) = reference(&schema).and_then(|target| target.strip_prefix('#')) {
            if roots.insert(target.to_owned()) {
                pending.extend(document.pointer(target).cloned());
            }
        } else {
            pending.extend(branches(&schema));
        }
    }
    compositions
        .keys()
        .filter(|composition| {
            (*composition != place && below(composition, place).is_some())
                || roots.iter().any(|root| below(composition, root).is_some())
        })
        .cloned()
        .collect()
}
