//! Where references between schemas lead: by pointer, by `$id` and by `$anchor`.

use std::collections::HashMap;

use serde_json::Value;

use crate::openapi::{
    pointer::{child, keys},
    walk,
};

use super::uri;

/// Where components that are schemas stand.
pub const SCHEMAS: &str = "/components/schemas";

/// Whether `pointer` is that of a component, and of no schema within one.
pub fn is_component(pointer: &str) -> bool {
    pointer
        .strip_prefix(SCHEMAS)
        .and_then(|rest| rest.strip_prefix('/'))
        .is_some_and(|name| !name.contains('/'))
}

/// Every schema of a document by its pointer, in the order of the document.
#[derive(Debug, Default)]
pub struct Index {
    scopes: HashMap<String, Scope>,
    order: Vec<String>,
    /// The pointer of each schema with an `$id`, by its URI.
    resources: HashMap<String, String>,
    anchors: Vec<Anchor>,
    /// Schemas that are references and nothing else, with what they refer to.
    aliases: HashMap<String, String>,
}

/// What the references in a schema are relative to.
#[derive(Debug, Clone, Default)]
struct Scope {
    /// The URI of `resource`; empty where no `$id` is around, for the document's own is not known.
    base: String,
    /// The pointer of the nearest schema with an `$id`, else of the document.
    resource: String,
    /// The pointer of the outermost schema around.
    root: String,
}

#[derive(Debug)]
struct Anchor {
    name: String,
    pointer: String,
    resource: String,
    root: String,
}

/// Why a reference leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unresolved {
    /// It names another document.
    External,
    /// It names a place in this one where no schema is.
    NotASchema,
    /// More than one schema has the anchor.
    Ambiguous,
}

impl Index {
    /// Finds all schemas of the document.
    pub fn new(document: &mut Value) -> Self {
        let mut index = Self::default();
        walk::schema_roots(document, &mut |schema, pointer| {
            let scope = Scope {
                root: pointer.to_owned(),
                ..Scope::default()
            };
            index.add(schema, pointer, scope);
        });
        index
    }

    fn add(&mut self, schema: &mut Value, pointer: &str, mut scope: Scope) {
        if let Some(id) = schema.get("$id").and_then(Value::as_str)
            && !uri::without_fragment(id).is_empty()
        {
            scope.base = uri::resolve(&scope.base, id);
            pointer.clone_into(&mut scope.resource);
            self.resources
                .entry(scope.base.clone())
                .or_insert_with(|| pointer.to_owned());
        }
        // Without `$dynamicRef`, which is refused, a dynamic anchor is an anchor.
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = schema.get(keyword).and_then(Value::as_str) {
                self.anchors.push(Anchor {
                    name: name.to_owned(),
                    pointer: pointer.to_owned(),
                    resource: scope.resource.clone(),
                    root: scope.root.clone(),
                });
            }
        }
        if let Value::Object(keywords) = &*schema
            && keywords.len() == 1
            && let Some(Value::String(target)) = keywords.get("$ref")
        {
            self.aliases.insert(pointer.to_owned(), target.clone());
        }
        self.scopes.insert(pointer.to_owned(), scope.clone());
        self.order.push(pointer.to_owned());
        walk::subschemas(schema, pointer, &mut |inner, pointer| {
            self.add(inner, pointer, scope.clone());
        });
    }

    /// The pointers of all schemas, each before those within it.
    pub fn schemas(&self) -> &[String] {
        &self.order
    }

    /// The pointer of the schema that `reference` leads to from the schema at `pointer`: a
    /// component, or one that is more than a reference.
    pub fn resolve(&self, reference: &str, pointer: &str) -> Result<String, Unresolved> {
        let mut target = self.resolve_once(reference, pointer)?;
        // More steps than schemas lead in a circle, which is found and told elsewhere.
        for _ in 0..self.order.len() {
            match self.aliases.get(&target) {
                Some(next) if !is_component(&target) => {
                    target = self.resolve_once(next, &target)?
                }
                _ => break,
            }
        }
        Ok(target)
    }

    fn resolve_once(&self, reference: &str, pointer: &str) -> Result<String, Unresolved> {
        let scope = self.scopes.get(pointer).cloned().unwrap_or_default();
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let fragment = uri::decode(fragment);
        if file.is_empty() {
            return self.resolve_fragment(&scope, &fragment);
        }
        let target = uri::resolve(&scope.base, file);
        let resource = self.resources.get(&target).ok_or(Unresolved::External)?;
        if fragment.is_empty() || fragment.starts_with('/') {
            return self
                .find_pointer(resource, &fragment)
                .ok_or(Unresolved::NotASchema);
        }
        self.find_anchor(&fragment, |anchor| anchor.resource == *resource)
    }

    /// Follows a fragment from a place. One who pastes a JSON Schema into a document means the
    /// root of that schema by `#`, so what the document has no place for is looked for there.
    fn resolve_fragment(&self, scope: &Scope, fragment: &str) -> Result<String, Unresolved> {
        if fragment.is_empty() || fragment.starts_with('/') {
            return self
                .find_pointer(&scope.resource, fragment)
                .or_else(|| self.find_pointer("", fragment))
                .or_else(|| self.find_pointer(&scope.root, fragment))
                .ok_or(Unresolved::NotASchema);
        }
        let here = |anchor: &Anchor| anchor.resource == scope.resource;
        self.find_anchor(fragment, |anchor| here(anchor) && anchor.root == scope.root)
            .or_else(|_| self.find_anchor(fragment, here))
    }

    fn find_pointer(&self, resource: &str, fragment: &str) -> Option<String> {
        let pointer = keys(fragment).fold(resource.to_owned(), |find_pointer, key| {
            child(&find_pointer, &key)
        });
        self.scopes.contains_key(&pointer).then_some(pointer)
    }

    fn find_anchor(
        &self,
        name: &str,
        in_scope: impl Fn(&Anchor) -> bool,
    ) -> Result<String, Unresolved> {
        let mut anchors = self
            .anchors
            .iter()
            .filter(|anchor| anchor.name == name && in_scope(anchor));
        match (anchors.next(), anchors.next()) {
            (Some(anchor), None) => Ok(anchor.pointer.clone()),
            (Some(_), Some(_)) => Err(Unresolved::Ambiguous),
            _ => Err(Unresolved::NotASchema),
        }
    }
}
