//! One of the two documents, whose references can be resolved.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
};

use serde_json::Value;

use super::NormalizedSchema;
use crate::openapi::{
    node::Node,
    pointer::{child, follow_chain, keys, of_reference, reference},
};

/// One of the two documents.
#[derive(Debug, Clone)]
pub struct Document<'d> {
    pub value: &'d Value,
    /// Whether keywords beside a `$ref` apply: from OpenAPI 3.1 on they do.
    pub(super) ref_has_siblings: bool,
    /// The pointers of all parts that were compared.
    compared: Rc<RefCell<HashSet<String>>>,
    /// The normalized schemas by key; none while a schema is being normalized.
    pub(super) schemas: Rc<RefCell<SchemaCache<'d>>>,
}

type SchemaCache<'d> = HashMap<String, Option<Rc<NormalizedSchema<'d>>>>;

impl<'d> Document<'d> {
    pub fn new(value: &'d Value) -> Self {
        let version = value["openapi"].as_str().unwrap_or_default();
        Self {
            value,
            ref_has_siblings: !version.starts_with("3.0"),
            compared: Rc::default(),
            schemas: Rc::default(),
        }
    }

    /// Returns the document without the record of compared parts.
    pub fn uncompared(&self) -> Self {
        Self {
            compared: Rc::default(),
            ..self.clone()
        }
    }

    /// Returns the target of `node` if that is a reference, and `node` itself otherwise. The targets
    /// count as compared.
    pub fn resolve(&self, node: Node<'d>) -> Node<'d> {
        follow_chain(node, |node| {
            let target = self.target(node.value)?;
            self.compared.borrow_mut().insert(target.pointer.clone());
            Some(target)
        })
    }

    /// Returns the target of `node` like [`Document::resolve`], but does not count it as compared.
    pub(super) fn follow(&self, node: Node<'d>) -> Node<'d> {
        follow_chain(node, |node| self.target(node.value))
    }

    /// Returns the target of the `$ref` of `value`, if it is within the document.
    pub(super) fn target(&self, value: &'d Value) -> Option<Node<'d>> {
        let written = of_reference(reference(value)?)?;
        let target = self.value.pointer(&written)?;
        // Escapes can be written in several ways.
        let pointer = keys(&written).fold(String::new(), |at, key| child(&at, &key));
        Some(Node::new(pointer, target))
    }

    /// Records that the schema was compared.
    pub fn mark_compared(&self, schema: &NormalizedSchema<'d>) {
        let sources = schema.sources.iter().cloned();
        self.compared.borrow_mut().extend(sources);
    }

    /// Returns whether the part at `pointer` was compared where it is referenced.
    pub fn was_compared(&self, pointer: &str) -> bool {
        self.compared.borrow().contains(pointer)
    }
}
