//! Values of a document with the JSON Pointers to them.

use serde_json::Value;

use crate::openapi::pointer::child;

/// A value of a document, with the JSON Pointer to it.
#[derive(Debug, Clone)]
pub struct Node<'d> {
    pub pointer: String,
    pub value: &'d Value,
}

impl<'d> Node<'d> {
    pub fn new(pointer: impl Into<String>, value: &'d Value) -> Self {
        Self {
            pointer: pointer.into(),
            value,
        }
    }

    /// Returns the value at `key`, or null.
    pub fn child(&self, key: &str) -> Self {
        Self::new(child(&self.pointer, key), &self.value[key])
    }

    /// Returns whether the flag at `key` is true.
    pub fn is_set(&self, key: &str) -> bool {
        self.value[key] == true
    }
}
