//! Checks of the merged document.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    HOW_TO_FIX,
    objects::{KeyKind, is_data, visit_objects},
};
use crate::openapi::{
    pointer::{self, child},
    walk,
};

/// The keys of OpenAPI and JSON Schema whose strings are prose or patterns.
const TEXT_KEYS: [&str; 5] = ["$comment", "description", "pattern", "summary", "title"];

/// Returns a message for each problem that makes the document unusable. `origin` returns where the
/// value at a pointer comes from.
pub fn check(document: &mut Value, origin: &dyn Fn(&str) -> String) -> Vec<String> {
    let mut problems = unresolved_references(document, origin);
    problems.extend(repeated_operation_ids(document, origin));
    problems.extend(undeclared_path_parameters(document, origin));
    problems.extend(template_tags(document, origin));
    problems
        .into_iter()
        .map(|problem| format!("{problem}; {HOW_TO_FIX}"))
        .collect()
}

/// Finds references without a target. GitBook prints only the components that an operation uses, and
/// for a document of several files it prints references to files that it does not publish.
fn unresolved_references(document: &mut Value, origin: &dyn Fn(&str) -> String) -> Vec<String> {
    let mut references = Vec::new();
    let mut anchors = BTreeSet::new();
    visit_objects(document, &mut |object, at, kind| {
        if kind == KeyKind::Names {
            return;
        }
        for key in ["$anchor", "$dynamicAnchor"] {
            let anchor = object.get(key).and_then(Value::as_str);
            anchors.extend(anchor.map(|anchor| format!("#{anchor}")));
        }
        if let Some(Value::String(reference)) = object.get("$ref") {
            references.push((child(at, "$ref"), reference.clone()));
        }
    });
    references
        .retain(|(_, reference)| !anchors.contains(reference) && !resolves(document, reference));
    let messages = references.iter().map(|(at, reference)| {
        format!("{} refers to {reference}, which does not exist", origin(at))
    });
    messages.collect()
}

/// Returns whether a reference leads to a value in `document` that is not itself a reference.
fn resolves(document: &Value, reference: &str) -> bool {
    let target = |reference: &str| {
        let written = document.pointer(reference.strip_prefix('#')?);
        written.or_else(|| document.pointer(&pointer::of_reference(reference)?))
    };
    // An object with further keys has a meaning of its own.
    let alias = |value: &'_ Value| {
        let is_alone = value.as_object().is_some_and(|object| object.len() == 1);
        pointer::reference(value)
            .filter(|_| is_alone)
            .map(ToOwned::to_owned)
    };
    let last =
        target(reference).map(|first| pointer::follow_chain(first, |value| target(&alias(value)?)));
    last.is_some_and(|last| alias(last).is_none())
}

/// Finds operation ids that are used more than once.
fn repeated_operation_ids(document: &mut Value, origin: &dyn Fn(&str) -> String) -> Vec<String> {
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    let mut repeated = Vec::new();
    walk::operations(document, &mut |operation, at| {
        let Some(Value::String(id)) = operation.get("operationId") else {
            return;
        };
        match ids.get(id) {
            Some(first) => repeated.push(format!(
                "{} and {} have the same operationId `{id}`",
                origin(first),
                origin(at)
            )),
            None => {
                ids.insert(id.clone(), at.to_owned());
            }
        }
    });
    repeated
}

/// Finds path parameters in the path that the operation does not declare.
fn undeclared_path_parameters(document: &Value, origin: &dyn Fn(&str) -> String) -> Vec<String> {
    let mut undeclared = Vec::new();
    for operation in walk::path_operations(document) {
        let parameters = operation.parameters(document);
        let declared = parameters.iter().map(|(_, parameter)| parameter);
        let declared: BTreeSet<_> = declared
            .filter(|parameter| parameter["in"] == "path")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        let missing: Vec<_> = operation
            .variables()
            .filter(|name| !declared.contains(name))
            .collect();
        if !missing.is_empty() {
            undeclared.push(format!(
                "{} declares no path parameter for {}",
                origin(&operation.pointer()),
                missing.join(" and ")
            ));
        }
    }
    undeclared
}

/// Finds template tags of GitBook's Markdown outside of prose.
fn template_tags(document: &mut Value, origin: &dyn Fn(&str) -> String) -> Vec<String> {
    let is_tag = |text: &str| {
        text.split_once("{%")
            .is_some_and(|(_, rest)| rest.contains("%}"))
    };
    let mut found = Vec::new();
    visit_objects(document, &mut |object, at, kind| {
        for (key, value) in &*object {
            let texts: Vec<_> = match value {
                _ if kind == KeyKind::Names
                    || TEXT_KEYS.contains(&key.as_str())
                    || is_data(key) =>
                {
                    vec![]
                }
                Value::String(text) => vec![text.as_str()],
                Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
                _ => vec![],
            };
            if is_tag(key) || texts.into_iter().any(is_tag) {
                found.push(format!(
                    "{} contains a template tag ({{% … %}}) that GitBook has not replaced",
                    origin(&child(at, key))
                ));
            }
        }
    });
    found
}
