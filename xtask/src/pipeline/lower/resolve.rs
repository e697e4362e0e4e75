//! Resolution of references between schemas: by pointer, `$id` and `$anchor`.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::Value;
use url::Url;

use crate::openapi::{
    pointer::{child, decode, keys, reference},
    walk,
};

/// The pointer of the schemas among the components.
pub const SCHEMAS: &str = "/components/schemas";

/// Returns whether `pointer` is that of a component, not of a schema within one.
pub fn is_component(pointer: &str) -> bool {
    pointer
        .strip_prefix(SCHEMAS)
        .and_then(|rest| rest.strip_prefix('/'))
        .is_some_and(|name| !name.contains('/'))
}

/// An index of all schemas of a document, by pointer and in document order.
#[derive(Debug, Default)]
pub struct Index {
    scopes: IndexMap<String, Scope>,
    /// The pointer of each schema with an `$id`, by its URI.
    resources: HashMap<Url, String>,
    anchors: Vec<Anchor>,
}

/// The base of the references in a schema, and the target of the schema if it is one itself.
#[derive(Debug, Clone, Default)]
struct Scope {
    /// The URI of `resource`.
    base: Option<Url>,
    /// The pointer of the nearest enclosing schema with an `$id`, else of the document.
    resource: String,
    /// The pointer of the outermost enclosing schema.
    root: String,
    /// The target of the schema, if it is only a reference.
    alias: Option<String>,
}

#[derive(Debug)]
struct Anchor {
    name: String,
    pointer: String,
    resource: String,
    root: String,
}

/// The reason why a reference does not resolve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unresolved {
    /// It refers to another document.
    External,
    /// It refers to a place without a schema.
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
                // The document has no known URI.
                base: Url::parse("document:/").ok(),
                root: pointer.to_owned(),
                ..Scope::default()
            };
            index.add(schema, pointer, scope);
        });
        index
    }

    fn add(&mut self, schema: &mut Value, pointer: &str, mut scope: Scope) {
        if let Some(id) = schema.get("$id").and_then(Value::as_str)
            && !id.is_empty()
            && !id.starts_with('#')
            && let Some(uri) = resolve_uri(&scope, id)
        {
            pointer.clone_into(&mut scope.resource);
            scope.base = Some(uri.clone());
            self.resources.entry(uri).or_insert(pointer.to_owned());
        }
        // `$dynamicRef` is refused, so a dynamic anchor is equivalent to an anchor.
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
        let is_alone = schema.as_object().is_some_and(|keys| keys.len() == 1);
        let target = reference(schema).filter(|_| is_alone);
        scope.alias = target.map(ToOwned::to_owned);
        self.scopes.insert(pointer.to_owned(), scope.clone());
        walk::subschemas(schema, pointer, &mut |inner, pointer| {
            self.add(inner, pointer, scope.clone());
        });
    }

    /// Returns the pointers of all schemas, each before its subschemas.
    pub fn schemas(&self) -> impl Iterator<Item = &String> {
        self.scopes.keys()
    }

    /// Resolves `reference` from the schema at `pointer`. References that are not components are
    /// followed to their target.
    pub fn resolve(&self, reference: &str, pointer: &str) -> Result<String, Unresolved> {
        let mut target = self.resolve_once(reference, pointer)?;
        // A bound for cycles, which are refused elsewhere.
        for _ in 0..self.scopes.len() {
            let scope = self.scopes.get(&target);
            match scope.and_then(|scope| scope.alias.as_ref()) {
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
        let fragment = decode(fragment);
        if file.is_empty() {
            return self.resolve_fragment(&scope, &fragment);
        }
        let target = resolve_uri(&scope, file).and_then(|uri| self.resources.get(&uri));
        let resource = target.ok_or(Unresolved::External)?;
        if fragment.is_empty() || fragment.starts_with('/') {
            return self
                .find_pointer(resource, &fragment)
                .ok_or(Unresolved::NotASchema);
        }
        self.find_anchor(&fragment, |anchor| anchor.resource == *resource)
    }

    /// Resolves a fragment. In a JSON Schema that was pasted into a document, `#` can mean the
    /// root of that schema, so the root is tried last.
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
        let pointer = keys(fragment).fold(resource.to_owned(), |at, key| child(&at, &key));
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

/// Resolves `reference` against the base of `scope`, without its fragment.
fn resolve_uri(scope: &Scope, reference: &str) -> Option<Url> {
    let options = Url::options().base_url(scope.base.as_ref());
    let mut uri = options.parse(reference).ok()?;
    uri.set_fragment(None);
    Some(uri)
}
