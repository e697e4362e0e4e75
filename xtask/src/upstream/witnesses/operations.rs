//! The operations that two documents have in common.

use serde_json::Value;

use crate::{
    compare::is_same_but_spelling,
    openapi::{pointer::child, walk::METHODS},
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

    fn has_shape_of(&self, other: &Self) -> bool {
        self.method == other.method && self.shape() == other.shape()
    }

    /// Returns the full path without the names of its parameters.
    fn shape(&self) -> String {
        let segments = self.full_path.split('/').map(|segment| {
            match segment.starts_with('{') && segment.ends_with('}') {
                true => "{}",
                false => segment,
            }
        });
        segments.collect::<Vec<_>>().join("/")
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
        let mut all = Vec::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for method in METHODS
                .into_iter()
                .filter(|method| item.get(method).is_some())
            {
                all.push(Operation {
                    method,
                    path: path.clone(),
                    full_path: format!("{prefix}{path}"),
                    pointer: child(&child("/paths", path), method),
                });
            }
        }
        Self { all, prefix }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Operation> {
        self.all.iter()
    }

    /// Removes these operations.
    pub fn remove(&mut self, removed: &[Operation]) {
        self.all.retain(|operation| !removed.contains(operation));
    }

    /// Returns whether only one operation has the method and the shape of `other`.
    fn have_one_like(&self, other: &Operation) -> bool {
        self.all
            .iter()
            .filter(|one| one.has_shape_of(other))
            .count()
            == 1
    }

    /// Pairs the operations with those of a witness. If several paths have the same shape, such as
    /// `/{box_id}` and `/{item_id}`, only the names of the parameters decide.
    pub fn pairs(&self, witness: &Self) -> Pairs {
        let mut pairs = Pairs {
            spec: Vec::new(),
            witness: Vec::new(),
            not_covered: witness.all.clone(),
            spec_prefix: self.prefix.clone(),
            witness_prefix: witness.prefix.clone(),
        };
        let is_same_but_spelling = |one: &Operation, two: &Operation| {
            one.method == two.method && is_same_but_spelling(&one.full_path, &two.full_path)
        };
        let has_same_shape = |one: &Operation, two: &Operation| {
            one.has_shape_of(two) && [self, witness].iter().all(|all| all.have_one_like(two))
        };
        for matches in [
            &is_same_but_spelling as &dyn Fn(&Operation, &Operation) -> bool,
            &has_same_shape,
        ] {
            for operation in &self.all {
                let found = |other: &Operation| matches(operation, other);
                let mut same = pairs.not_covered.iter().filter(|other| found(other));
                let (Some(other), None) = (same.next(), same.next()) else {
                    continue;
                };
                if !pairs.spec.contains(operation) {
                    let other = other.clone();
                    pairs.not_covered.retain(|rest| *rest != other);
                    pairs.spec.push(operation.clone());
                    pairs.witness.push(other);
                }
            }
        }
        pairs
    }
}

impl Pairs {
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
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return document;
    };
    for (path, mut item) in std::mem::take(paths) {
        let Some(methods) = item.as_object_mut() else {
            continue;
        };
        let is_kept = |method: &String| {
            !METHODS.contains(&method.as_str())
                || kept
                    .iter()
                    .any(|one| one.method == method && one.path == path)
        };
        methods.retain(|method, _| is_kept(method));
        if METHODS.iter().any(|method| methods.contains_key(*method)) {
            paths.insert(format!("{prefix}{path}"), item);
        }
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
