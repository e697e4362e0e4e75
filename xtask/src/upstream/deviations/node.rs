//! Values of a document with their JSON Pointers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::openapi::pointer::child;

/// A value of a document and its JSON Pointer.
#[derive(Clone)]
pub struct Node<'d> {
    pub pointer: String,
    pub value: &'d Value,
}

impl<'d> Node<'d> {
    /// Returns the property `key`.
    pub fn get(&self, key: &str) -> Option<Self> {
        Some(Self {
            pointer: child(&self.pointer, key),
            value: self.value.get(key)?,
        })
    }

    /// Returns the node below this one that `keys` lead to.
    pub fn at(&self, keys: &[&str]) -> Option<Self> {
        keys.iter()
            .try_fold(self.clone(), |node, key| node.get(key))
    }

    /// Returns the string at `key`.
    pub fn text(&self, key: &str) -> Option<&'d str> {
        self.value.get(key)?.as_str()
    }

    /// Returns whether the value at `key` is `true`.
    pub fn is(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    /// Returns the properties of an object; empty for any other value.
    pub fn properties(&self) -> Vec<(&'d str, Self)> {
        let properties = self.value.as_object().into_iter().flatten();
        let node = |(key, value): (&'d String, &'d Value)| {
            let pointer = child(&self.pointer, key);
            (key.as_str(), Node { pointer, value })
        };
        properties.map(node).collect()
    }

    /// Returns the items of an array; empty for any other value.
    pub fn entries(&self) -> Vec<Self> {
        let entries = self.value.as_array().into_iter().flatten().enumerate();
        let node = |(index, value): (usize, &'d Value)| Node {
            pointer: child(&self.pointer, &index.to_string()),
            value,
        };
        entries.map(node).collect()
    }
}

/// Returns the properties of `node` by name.
pub fn by_name<'d>(node: Option<&Node<'d>>) -> BTreeMap<&'d str, Node<'d>> {
    node.into_iter().flat_map(Node::properties).collect()
}

/// Returns the names that either map has.
pub fn names<'n, P, S>(
    page: &BTreeMap<&'n str, P>,
    spec: &BTreeMap<&'n str, S>,
) -> BTreeSet<&'n str> {
    page.keys().chain(spec.keys()).copied().collect()
}

/// Returns the strings in the array `node`.
pub fn strings<'d>(node: Option<&Node<'d>>) -> Vec<&'d str> {
    let entries = node.and_then(|node| node.value.as_array());
    entries
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}
