//! The operations that two documents have in common.

use serde_json::Value;

use super::Witness;
use crate::{
    compare::{is_same_but_spelling, path_pattern},
    openapi::{
        pointer::{ancestors, child},
        walk::{self, METHODS},
    },
};

/// An operation of a document in its compared form.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    method: &'static str,
    path: String,
}

impl Operation {
    /// Returns its method and its path.
    pub fn name(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// Returns the pointer to it in the compared form.
    pub fn pointer(&self) -> String {
        child(&child("/paths", &self.path), self.method)
    }

    /// Returns whether `other` has the same method, and the same path: `{item_id}` is `{Item-ID}`.
    fn has_name_of(&self, other: &Self) -> bool {
        self.method == other.method && is_same_but_spelling(&self.path, &other.path)
    }

    /// Returns whether `other` has the same method, and the same path without the names of parameters.
    fn has_shape_of(&self, other: &Self) -> bool {
        self.method == other.method && path_pattern(&self.path) == path_pattern(&other.path)
    }
}

/// A document with a compared form, in which the path of its server is a part of its paths.
pub struct Comparable<'d> {
    document: &'d Value,
    /// The path of the server.
    prefix: &'d str,
}

impl<'d> Comparable<'d> {
    pub fn new(document: &'d Value) -> Self {
        let url = document["servers"][0]["url"].as_str().unwrap_or_default();
        let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
        let prefix = after_scheme.find('/').map_or("", |at| &after_scheme[at..]);
        Self {
            document,
            prefix: prefix.trim_end_matches('/'),
        }
    }

    /// Returns the operations in `paths`.
    pub fn operations(&self) -> Vec<Operation> {
        let operations = walk::path_operations(self.document).map(|operation| Operation {
            method: operation.method,
            path: format!("{}{}", self.prefix, operation.path),
        });
        operations.collect()
    }

    /// Returns the compared form with only these operations.
    pub fn form(&self, kept: &[&Operation]) -> Value {
        let mut document = self.document.clone();
        let paths = document.get_mut("paths").and_then(Value::as_object_mut);
        if let Some(paths) = paths {
            let short = std::mem::take(paths).into_iter();
            paths.extend(short.map(|(path, item)| (format!("{}{path}", self.prefix), item)));
        }
        let server = document.pointer_mut("/servers/0");
        if let Some(Value::Object(server)) = server {
            server.remove("variables");
            if let Some(Value::String(url)) = server.get_mut("url") {
                let end = url.trim_end_matches('/').len() - self.prefix.len();
                url.truncate(end);
            }
        }
        retain(&mut document, kept);
        document
    }

    /// Returns the pointer in the document for a pointer in its compared form, or to the nearest part
    /// around it.
    pub fn original(&self, pointer: &str) -> String {
        let path = pointer.strip_prefix(&child("/paths", self.prefix));
        let pointer = path.map_or_else(|| pointer.to_owned(), |path| format!("/paths/{path}"));
        let existing = ancestors(&pointer).find(|at| self.document.pointer(at).is_some());
        existing.unwrap_or_default().to_owned()
    }
}

/// An operation of the hand-written document, and that of a witness with the same method and path.
pub struct Pair {
    pub spec: Operation,
    pub witness: Operation,
}

/// The operations of the hand-written document and of a witness.
pub struct Pairs {
    pub pairs: Vec<Pair>,
    /// The operations that only the witness has.
    pub not_covered: Vec<Operation>,
}

impl Pairs {
    /// Pairs the operations of the hand-written document with those of each witness. Many paths have
    /// the shape of `/{id}`: if several operations have one shape, or a witness has the same names of
    /// parameters, the operation is not paired by its shape.
    pub fn of(spec: &[Operation], witnesses: &[Witness<'_>]) -> Vec<Self> {
        let pairs = witnesses.iter().map(|witness| Self {
            pairs: Vec::new(),
            not_covered: Comparable::new(witness.document).operations(),
        });
        let mut all: Vec<Self> = pairs.collect();
        for pairs in &mut all {
            pairs.add(spec, Operation::has_name_of);
        }
        let mut unpaired = spec.to_vec();
        unpaired.retain(|one| !all.iter().any(|pairs| pairs.witness_of(one).is_some()));
        for pairs in &mut all {
            pairs.add(&unpaired, |one, two| {
                let alike = spec.iter().filter(|other| other.has_shape_of(two));
                one.has_shape_of(two) && alike.count() == 1
            });
        }
        all
    }

    /// Pairs each of `operations` with the one operation of the witness that matches.
    fn add(&mut self, operations: &[Operation], matches: impl Fn(&Operation, &Operation) -> bool) {
        for operation in operations {
            let mut same = (0..)
                .zip(&self.not_covered)
                .filter(|(_, other)| matches(operation, other));
            if let (Some((index, _)), None) = (same.next(), same.next()) {
                self.pairs.push(Pair {
                    spec: operation.clone(),
                    witness: self.not_covered.remove(index),
                });
            }
        }
    }

    /// Returns the operation of the witness that is paired with `operation`.
    pub fn witness_of(&self, operation: &Operation) -> Option<&Operation> {
        let mut pairs = self.pairs.iter();
        Some(&pairs.find(|pair| pair.spec == *operation)?.witness)
    }
}

/// Removes all other operations from a document in its compared form, and the paths without operations.
pub fn retain(document: &mut Value, kept: &[&Operation]) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let Some(paths) = paths else {
        return;
    };
    let is_kept = |path: &str, method: &str| {
        kept.iter()
            .any(|one| (one.method, &*one.path) == (method, path))
    };
    paths.retain(|path, item| {
        let Some(item) = item.as_object_mut() else {
            return false;
        };
        item.retain(|key, _| !METHODS.contains(&key.as_str()) || is_kept(path, key));
        METHODS.iter().any(|method| item.contains_key(*method))
    });
}
