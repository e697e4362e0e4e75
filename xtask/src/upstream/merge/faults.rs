//! What can be wrong with the document that all blocks make, though they agree.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{
    WAY_OUT,
    objects::{Kind, is_data, objects},
    parameter,
};
use crate::openapi::{
    pointer::{self, child},
    walk::{self, METHODS},
};

/// The keys of OpenAPI and JSON Schema whose texts are for people, or stand for other texts.
const PROSE: [&str; 5] = ["$comment", "description", "pattern", "summary", "title"];

/// What makes the merged document unusable, in sentences with the places that `whence` tells.
pub fn faults(document: &mut Value, whence: &dyn Fn(&str) -> String) -> Vec<String> {
    let mut faults = dangling(document, whence);
    faults.extend(repeated_ids(document, whence));
    faults.extend(undeclared(document, whence));
    faults.extend(liquid(document, whence));
    faults
        .into_iter()
        .map(|fault| format!("{fault}; {WAY_OUT}"))
        .collect()
}

/// The references that lead nowhere: GitBook prints only what an operation uses, and of
/// documents of several files it prints references to what it leaves out.
fn dangling(document: &mut Value, whence: &dyn Fn(&str) -> String) -> Vec<String> {
    let mut references = Vec::new();
    let mut anchors = BTreeSet::new();
    objects(document, &mut |object, at, kind| {
        if kind == Kind::Names {
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
    let sentences = references
        .iter()
        .map(|(at, reference)| format!("{} leads to {reference}, where nothing is", whence(at)));
    sentences.collect()
}

/// Whether a reference leads to something in `document` that is more than a reference.
fn resolves(document: &Value, reference: &str) -> bool {
    let mut reference = reference;
    // References that lead in a circle lead nowhere.
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
            // Other keys beside it say something on their own.
            (Some(next), Some(object)) if object.len() == 1 => reference = next,
            _ => return true,
        }
    }
    false
}

/// The operation ids that are used more than once.
fn repeated_ids(document: &mut Value, whence: &dyn Fn(&str) -> String) -> Vec<String> {
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    let mut repeated = Vec::new();
    walk::operations(document, &mut |operation, at| {
        let Some(Value::String(id)) = operation.get("operationId") else {
            return;
        };
        match ids.get(id) {
            Some(first) => repeated.push(format!(
                "{} and {} are both called {id}",
                whence(first),
                whence(at)
            )),
            None => {
                ids.insert(id.clone(), at.to_owned());
            }
        }
    });
    repeated
}

/// The parts of paths that stand for a value and that no parameter describes.
fn undeclared(document: &Value, whence: &dyn Fn(&str) -> String) -> Vec<String> {
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
                    "{} has no parameter for {} of its path",
                    whence(&child(&child("/paths", path), method)),
                    missing.join(" and ")
                ));
            }
        }
    }
    undeclared
}

/// The names in braces of a path.
fn variables(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
}

/// The tags of GitBook's Markdown where no prose belongs.
fn liquid(document: &mut Value, whence: &dyn Fn(&str) -> String) -> Vec<String> {
    let is_tag = |text: &str| {
        text.split_once("{%")
            .is_some_and(|(_, rest)| rest.contains("%}"))
    };
    let mut found = Vec::new();
    objects(document, &mut |object, at, kind| {
        for (key, value) in &*object {
            let texts: Vec<_> = match value {
                _ if kind == Kind::Names || PROSE.contains(&key.as_str()) || is_data(key) => vec![],
                Value::String(text) => vec![text.as_str()],
                Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
                _ => vec![],
            };
            if is_tag(key) || texts.into_iter().any(is_tag) {
                found.push(format!(
                    "{} holds a tag of GitBook's ({{% … %}}), which it should have replaced",
                    whence(&child(at, key))
                ));
            }
        }
    });
    found
}
