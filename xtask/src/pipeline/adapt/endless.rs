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
type Joins = BTreeMap<String, Vec<Value>>;

/// Refuses every schema that joins what it is part of.
pub fn refuse(document: &mut Value, notes: &mut Notes) {
    let mut joins = Joins::new();
    walk::schemas(document, &mut |schema, pointer| {
        if let Some(parts) = joined(schema) {
            joins.insert(pointer.to_owned(), parts);
        }
    });
    let next: BTreeMap<&str, BTreeSet<&str>> = joins
        .iter()
        .map(|(place, parts)| (place.as_str(), written_out(document, parts, place, &joins)))
        .collect();
    for place in joins.keys() {
        if leads_back(place, &next) {
            notes.refuse(
                place,
                "the schemas joined here lead back to this place, without end",
                "say in the overlay what it holds",
            );
        }
    }
}

/// The schemas that `schema` joins, if there are several.
fn joined(schema: &Value) -> Option<Vec<Value>> {
    let parts = parts(schema);
    let all_of = schema.get("allOf").and_then(Value::as_array);
    let several = all_of.is_some_and(|parts| parts.len() > 1);
    let own = schema.get("properties").is_some()
        || (all_of.is_some() && (schema.get("oneOf").is_some() || schema.get("anyOf").is_some()));
    (several || (own && !parts.is_empty())).then_some(parts)
}

/// The schemas of which `schema` consists, or one of which it is.
fn parts(schema: &Value) -> Vec<Value> {
    ["allOf", "anyOf", "oneOf"]
        .iter()
        .filter_map(|keyword| schema.get(*keyword)?.as_array())
        .flatten()
        .cloned()
        .collect()
}

/// The joins that stand within the schemas at `place` and in all that they refer to directly.
fn written_out<'j>(
    document: &Value,
    schemas: &[Value],
    place: &str,
    joins: &'j Joins,
) -> BTreeSet<&'j str> {
    let mut roots: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<Value> = schemas.to_vec();
    while let Some(schema) = open.pop() {
        if let Some(target) = reference(&schema).and_then(|target| target.strip_prefix('#')) {
            if roots.insert(target.to_owned()) {
                open.extend(document.pointer(target).cloned());
            }
        } else {
            open.extend(parts(&schema));
        }
    }
    let within = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    joins
        .keys()
        .map(String::as_str)
        .filter(|join| {
            (*join != place && within(join, place)) || roots.iter().any(|root| within(join, root))
        })
        .collect()
}

/// Whether the way from `place` comes back to it.
fn leads_back(place: &str, next: &BTreeMap<&str, BTreeSet<&str>>) -> bool {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = vec![place];
    while let Some(at) = open.pop() {
        for step in next.get(at).into_iter().flatten() {
            if *step == place {
                return true;
            }
            if seen.insert(step) {
                open.push(step);
            }
        }
    }
    false
}
