//! Schemas without end: those that join others (`allOf` of several) and come back to themselves.
//!
//! typify writes out what such a schema joins, all that stands within it included; it would go on
//! until its stack is full, which ends the process without a word.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    openapi::{pointer::reference, walk},
    pipeline::notes::Notes,
};

/// The places of the schemas that join others, each with what it joins.
type Compositions = BTreeMap<String, Vec<Value>>;

/// Refuses every schema that joins what it is part of.
pub fn refuse(document: &mut Value, notes: &mut Notes) {
    let mut compositions = Compositions::new();
    walk::schemas(document, &mut |schema, pointer| {
        if let Some(branches) = composed_schemas(schema) {
            compositions.insert(pointer.to_owned(), branches);
        }
    });
    let edges: BTreeMap<&str, BTreeSet<&str>> = compositions
        .iter()
        .map(|(place, branches)| {
            (
                place.as_str(),
                compositions_in(document, branches, place, &compositions),
            )
        })
        .collect();
    for place in compositions.keys() {
        if is_recursive(place, &edges) {
            notes.refuse(
                place,
                "the schemas joined here lead back to this place, without end",
                "say in the overlay what it holds",
            );
        }
    }
}

/// The schemas that `schema` joins, if there are several.
fn composed_schemas(schema: &Value) -> Option<Vec<Value>> {
    let branches = branches(schema);
    let all_of = schema.get("allOf").and_then(Value::as_array);
    let several = all_of.is_some_and(|branches| branches.len() > 1);
    let own = schema.get("properties").is_some()
        || (all_of.is_some() && (schema.get("oneOf").is_some() || schema.get("anyOf").is_some()));
    (several || (own && !branches.is_empty())).then_some(branches)
}

/// The schemas of which `schema` consists, or one of which it is.
fn branches(schema: &Value) -> Vec<Value> {
    ["allOf", "anyOf", "oneOf"]
        .iter()
        .filter_map(|keyword| schema.get(*keyword)?.as_array())
        .flatten()
        .cloned()
        .collect()
}

/// The joins that stand within the schemas at `place` and in all that they refer to directly.
fn compositions_in<'j>(
    document: &Value,
    schemas: &[Value],
    place: &str,
    compositions: &'j Compositions,
) -> BTreeSet<&'j str> {
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
    let within = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    compositions
        .keys()
        .map(String::as_str)
        .filter(|composition| {
            (*composition != place && within(composition, place))
                || roots.iter().any(|root| within(composition, root))
        })
        .collect()
}

/// Whether the way from `place` comes back to it.
fn is_recursive(place: &str, edges: &BTreeMap<&str, BTreeSet<&str>>) -> bool {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut pending: Vec<&str> = vec![place];
    while let Some(at) = pending.pop() {
        for step in edges.get(at).into_iter().flatten() {
            if *step == place {
                return true;
            }
            if seen.insert(step) {
                pending.push(step);
            }
        }
    }
    false
}
