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
    places: HashMap<String, Place>,
    order: Vec<String>,
    /// The pointer of each schema with an `$id`, by its URI.
    resources: HashMap<String, String>,
    anchors: Vec<Anchor>,
    /// Schemas that are references and nothing else, with what they refer to.
    aliases: HashMap<String, String>,
}

/// What the references in a schema are relative to.
#[derive(Debug, Clone, Default)]
struct Place {
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
pub enum Lost {
    /// It names another document.
    Outside,
    /// It names a place in this one where no schema is.
    NoSchema,
    /// More than one schema has the anchor.
    Ambiguous,
}

impl Index {
    /// Finds all schemas of the document.
    pub fn new(document: &mut Value) -> Self {
        let mut index = Self::default();
        walk::schema_roots(document, &mut |schema, pointer| {
            let place = Place {
                root: pointer.to_owned(),
                ..Place::default()
            };
            index.add(schema, pointer, place);
        });
        index
    }

    fn add(&mut self, schema: &mut Value, pointer: &str, mut place: Place) {
        if let Some(id) = schema.get("$id").and_then(Value::as_str)
            && !uri::without_fragment(id).is_empty()
        {
            place.base = uri::resolve(&place.base, id);
            pointer.clone_into(&mut place.resource);
            self.resources
                .entry(place.base.clone())
                .or_insert_with(|| pointer.to_owned());
        }
        // Without `$dynamicRef`, which is refused, a dynamic anchor is an anchor.
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = schema.get(keyword).and_then(Value::as_str) {
                self.anchors.push(Anchor {
                    name: name.to_owned(),
                    pointer: pointer.to_owned(),
                    resource: place.resource.clone(),
                    root: place.root.clone(),
                });
            }
        }
        if let Value::Object(keywords) = &*schema
            && keywords.len() == 1
            && let Some(Value::String(target)) = keywords.get("$ref")
        {
            self.aliases.insert(pointer.to_owned(), target.clone());
        }
        self.places.insert(pointer.to_owned(), place.clone());
        self.order.push(pointer.to_owned());
        walk::subschemas(schema, pointer, &mut |inner, pointer| {
            self.add(inner, pointer, place.clone());
        });
    }

    /// The pointers of all schemas, each before those within it.
    pub fn schemas(&self) -> &[String] {
        &self.order
    }

    /// The pointer of the schema that `reference` leads to from the schema at `pointer`: a
    /// component, or one that is more than a reference.
    pub fn resolve(&self, reference: &str, pointer: &str) -> Result<String, Lost> {
        let mut target = self.one_step(reference, pointer)?;
        // More steps than schemas lead in a circle, which is found and told elsewhere.
        for _ in 0..self.order.len() {
            match self.aliases.get(&target) {
                Some(next) if !is_component(&target) => target = self.one_step(next, &target)?,
                _ => break,
            }
        }
        Ok(target)
    }

    fn one_step(&self, reference: &str, pointer: &str) -> Result<String, Lost> {
        let place = self.places.get(pointer).cloned().unwrap_or_default();
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let fragment = uri::decode(fragment);
        if file.is_empty() {
            return self.within(&place, &fragment);
        }
        let target = uri::resolve(&place.base, file);
        let resource = self.resources.get(&target).ok_or(Lost::Outside)?;
        if fragment.is_empty() || fragment.starts_with('/') {
            return self.at(resource, &fragment).ok_or(Lost::NoSchema);
        }
        self.anchored(&fragment, |anchor| anchor.resource == *resource)
    }

    /// Follows a fragment from a place. One who pastes a JSON Schema into a document means the
    /// root of that schema by `#`, so what the document has no place for is looked for there.
    fn within(&self, place: &Place, fragment: &str) -> Result<String, Lost> {
        if fragment.is_empty() || fragment.starts_with('/') {
            return self
                .at(&place.resource, fragment)
                .or_else(|| self.at("", fragment))
                .or_else(|| self.at(&place.root, fragment))
                .ok_or(Lost::NoSchema);
        }
        let here = |anchor: &Anchor| anchor.resource == place.resource;
        self.anchored(fragment, |anchor| here(anchor) && anchor.root == place.root)
            .or_else(|_| self.anchored(fragment, here))
    }

    fn at(&self, resource: &str, fragment: &str) -> Option<String> {
        let pointer = keys(fragment).fold(resource.to_owned(), |at, key| child(&at, &key));
        self.places.contains_key(&pointer).then_some(pointer)
    }

    fn anchored(&self, name: &str, near: impl Fn(&Anchor) -> bool) -> Result<String, Lost> {
        let mut anchors = self
            .anchors
            .iter()
            .filter(|anchor| anchor.name == name && near(anchor));
        match (anchors.next(), anchors.next()) {
            (Some(anchor), None) => Ok(anchor.pointer.clone()),
            (Some(_), Some(_)) => Err(Lost::Ambiguous),
            _ => Err(Lost::NoSchema),
        }
    }
}
