//! The operations that two documents have in common.

use serde_json::Value;

use crate::{
    compare::{is_same_but_spelling, path_pattern},
    openapi::{
        pointer::child,
        walk::{self, METHODS},
    },
};

/// An operation of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    method: &'static str,
    /// The path in `paths`.
    path: String,
    /// The path with the path of the server before it.
    full_path: String,
    pub pointer: String,
}

impl Operation {
    /// Returns its method and its full path.
    pub fn name(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.full_path)
    }

    /// Returns the pointer to its path item in the compared document, and in the document itself.
    pub fn paths(&self) -> (String, String) {
        (
            child("/paths", &self.full_path),
            child("/paths", &self.path),
        )
    }

    /// Returns the pointer to it in the compared document.
    pub fn compared_pointer(&self) -> String {
        child(&child("/paths", &self.full_path), self.method)
    }

    /// Returns whether `other` has the same method, and the same path: `{item_id}` is `{Item-ID}`.
    fn has_name_of(&self, other: &Self) -> bool {
        self.method == other.method && is_same_but_spelling(&self.full_path, &other.full_path)
    }

    /// Returns whether `other` has the same method, and the same path without the names of parameters.
    fn has_shape_of(&self, other: &Self) -> bool {
        self.method == other.method
            && path_pattern(&self.full_path) == path_pattern(&other.full_path)
    }
}

/// The operations of a document.
#[derive(Debug, Clone)]
pub struct Operations {
    all: Vec<Operation>,
    /// The path of the server.
    prefix: String,
}

/// The operations of a hand-written document and of a witness with the same method and path.
pub struct Pairs {
    /// The operations of the hand-written document, in the order of those of the witness.
    pub spec: Vec<Operation>,
    pub witness: Vec<Operation>,
    /// The operations that only the witness has.
    pub not_covered: Vec<Operation>,
    spec_prefix: String,
    witness_prefix: String,
}

impl Operations {
    /// Returns the operations in `paths`.
    pub fn of(document: &Value) -> Self {
        let url = document["servers"][0]["url"].as_str().unwrap_or_default();
        let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
        let prefix = after_scheme.find('/').map_or("", |at| &after_scheme[at..]);
        let prefix = prefix.trim_end_matches('/').to_owned();
        let all = walk::path_operations(document).map(|operation| Operation {
            method: operation.method,
            path: operation.path.to_owned(),
            full_path: format!("{prefix}{}", operation.path),
            pointer: operation.pointer(),
        });
        Self {
            all: all.collect(),
            prefix,
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Operation> {
        self.all.iter()
    }

    /// Removes these operations.
    pub fn remove(&mut self, removed: &[Operation]) {
        self.all.retain(|operation| !removed.contains(operation));
    }

    /// Pairs the operations with those of each witness. Many paths have the shape of `/{id}`: if several
    /// operations have one shape, or a witness has the same names of parameters, the operation is not
    /// paired by its shape.
    pub fn pairs(&self, witnesses: &[Self]) -> Vec<Pairs> {
        let pairs = witnesses.iter().map(|witness| Pairs {
            spec: Vec::new(),
            witness: Vec::new(),
            not_covered: witness.all.clone(),
            spec_prefix: self.prefix.clone(),
            witness_prefix: witness.prefix.clone(),
        });
        let mut all: Vec<Pairs> = pairs.collect();
        let mut unpaired = self.clone();
        for pairs in &mut all {
            pairs.add(&self.all, Operation::has_name_of);
            unpaired.remove(&pairs.spec);
        }
        for pairs in &mut all {
            pairs.add(&unpaired.all, |one, two| {
                let alike = self.all.iter().filter(|other| other.has_shape_of(two));
                one.has_shape_of(two) && alike.count() == 1
            });
        }
        all
    }
}

impl Pairs {
    /// Pairs each of `operations` with the one operation of the witness that matches.
    fn add(&mut self, operations: &[Operation], matches: impl Fn(&Operation, &Operation) -> bool) {
        for operation in operations {
            let mut same = (0..)
                .zip(&self.not_covered)
                .filter(|(_, other)| matches(operation, other));
            if let (Some((index, _)), None) = (same.next(), same.next()) {
                self.spec.push(operation.clone());
                self.witness.push(self.not_covered.remove(index));
            }
        }
    }

    /// Returns the operation of the witness that is paired with `operation`.
    pub fn witness_of(&self, operation: &Operation) -> Option<&Operation> {
        let index = self.spec.iter().position(|one| one == operation)?;
        self.witness.get(index)
    }

    /// Returns the hand-written document with only the operations of the pairs.
    pub fn cut_spec(&self, document: &Value) -> Value {
        cut(document, &self.spec, &self.spec_prefix)
    }

    /// Returns the document of the witness with only the operations of the pairs.
    pub fn cut_witness(&self, document: &Value) -> Value {
        cut(document, &self.witness, &self.witness_prefix)
    }
}

/// Returns `document` with only these operations. The path of the server becomes a part of their
/// paths.
fn cut(document: &Value, kept: &[Operation], prefix: &str) -> Value {
    let mut document = document.clone();
    retain(&mut document, |path, method| {
        kept.iter()
            .any(|one| one.method == method && one.path == path)
    });
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    if let Some(paths) = paths {
        let short = std::mem::take(paths).into_iter();
        paths.extend(short.map(|(path, item)| (format!("{prefix}{path}"), item)));
    }
    let server = document.pointer_mut("/servers/0");
    if let Some(Value::Object(server)) = server {
        server.remove("variables");
        if let Some(Value::String(url)) = server.get_mut("url") {
            let end = url.trim_end_matches('/').len().saturating_sub(prefix.len());
            url.truncate(end);
        }
    }
    document
}

/// Removes all other operations from a document in its compared form.
pub fn retain_compared(document: &mut Value, kept: &[&Operation]) {
    retain(document, |path, method| {
        kept.iter()
            .any(|one| one.method == method && one.full_path == path)
    });
}

/// Removes the operations that are not kept, and the paths without operations.
fn retain(document: &mut Value, is_kept: impl Fn(&str, &str) -> bool) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let Some(paths) = paths else {
        return;
    };
    paths.retain(|path, item| {
        let Some(item) = item.as_object_mut() else {
            return false;
        };
        item.retain(|key, _| !METHODS.contains(&key.as_str()) || is_kept(path, key));
        METHODS.iter().any(|method| item.contains_key(*method))
    });
}
