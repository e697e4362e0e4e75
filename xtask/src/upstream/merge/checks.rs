//! Checks of the merged document.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{
    HOW_TO_FIX,
    objects::{KeyKind, is_data, visit_objects},
    parameter,
};
use crate::openapi::{
    pointer::{self, child},
    walk::{self, METHODS},
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
    let mut reference = reference;
    // A limit, because references can form a cycle.
    for _ in 0..32 {
        let Some(fragment) = reference.strip_prefix('#') else {
            return false;
        };
        let decoded = percent_decode_str(fragment).decode_utf8_lossy();
        let target = document.pointer(fragment);
        let Some(target) = target.or_else(|| document.pointer(&decoded)) else {
            return false;
        };
        match (pointer::reference(target), target.as_object()) {
            // An object with further keys has a meaning of its own.
            (Some(next), Some(object)) if object.len() == 1 => reference = next,
            _ => return true,
        }
    }
    false
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
    let paths = document.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let parameters = [item, operation]
                .into_iter()
                .filter_map(|holder| holder.get("parameters")?.as_array());
            let declared: BTreeSet<_> = parameters
                .flatten()
                .map(|p| parameter(document, p))
                .collect();
            let missing: Vec<_> = variables(path)
                .filter(|name| !declared.contains(&(Some("path"), Some(name))))
                .collect();
            if !missing.is_empty() {
                undeclared.push(format!(
                    "{} declares no path parameter for {}",
                    origin(&child(&child("/paths", path), method)),
                    missing.join(" and ")
                ));
            }
        }
    }
    undeclared
}

/// Returns the names of the path parameters in a path.
fn variables(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
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
