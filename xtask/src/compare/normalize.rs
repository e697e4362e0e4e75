//! Normalizes schemas, so that equivalent schemas look the same: resolves references, merges
//! `allOf`, and unifies the keywords that OpenAPI 3.0 and 3.1 write differently.

mod collect;
mod document;
mod flatten;
mod limit;

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    rc::Rc,
};

use indexmap::IndexMap;
use serde_json::Value;

use crate::openapi::{node::Node, pointer::child};

pub use document::Document;
pub use limit::Limit;

/// A schema that accepts any value.
pub static ANY: Value = Value::Bool(true);

/// A schema as the document has it: a value must match all of its parts.
#[derive(Debug, Clone, Default)]
pub struct Schema<'d> {
    pub parts: Vec<SchemaPart<'d>>,
}

/// One schema object of the document.
#[derive(Debug, Clone)]
pub struct SchemaPart<'d> {
    pub pointer: String,
    pub value: &'d Value,
    /// Whether null is valid in any case.
    allows_null: bool,
}

impl<'d> Schema<'d> {
    pub fn new(pointer: String, value: &'d Value) -> Self {
        Self {
            parts: vec![SchemaPart {
                pointer,
                value,
                allows_null: false,
            }],
        }
    }

    /// Returns the schema of a media type, parameter or header. Without one, any value is valid.
    pub fn of(parent: &Node<'d>) -> Self {
        let schema = parent.value.get("schema").unwrap_or(&ANY);
        Self::new(child(&parent.pointer, "schema"), schema)
    }

    /// Returns a key that identifies this schema within its document.
    pub fn key(&self) -> String {
        let parts = self.parts.iter().map(|part| {
            let mark = if part.allows_null { "?" } else { "" };
            format!("{}{mark}", part.pointer)
        });
        parts.collect::<Vec<_>>().join(" ")
    }

    /// Returns the schema as it is written, before its references are resolved.
    pub fn node(&self) -> Option<Node<'d>> {
        let part = self.parts.first()?;
        Some(Node::new(&*part.pointer, part.value))
    }

    /// Returns the value of [`Schema::node`].
    pub fn written(&self) -> Option<&'d Value> {
        self.parts.first().map(|part| part.value)
    }
}

/// The types of values except null. `number` includes `integer`.
pub type Types = BTreeSet<&'static str>;

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

fn all_types() -> Types {
    let types = TYPES.into_iter();
    types.filter(|name| *name != "integer").collect()
}

/// A schema in the normalized form.
#[derive(Debug, Default)]
pub struct NormalizedSchema<'d> {
    /// The pointer to it, after references are resolved.
    pub pointer: String,
    /// The pointers to all schemas that were merged into it.
    sources: BTreeSet<String>,
    pub types: Types,
    pub nullable: bool,
    /// The values of `enum` and `const` except null.
    pub values: Option<Vec<&'d Value>>,
    pub required: BTreeSet<&'d str>,
    pub properties: IndexMap<String, Schema<'d>>,
    /// The schemas of the other keywords that hold schemas, by name or index. The key of a schema
    /// that is alone, as in `items`, is empty.
    pub subschemas: BTreeMap<&'d str, IndexMap<String, Schema<'d>>>,
    pub limits: BTreeMap<&'d str, Limit<'d>>,
    pub unions: Vec<Union<'d>>,
    /// All other keywords, each with the values of all merged schemas.
    pub others: BTreeMap<&'d str, Vec<Node<'d>>>,
    /// The pointer to each keyword of the schema.
    keyword_pointers: BTreeMap<&'d str, String>,
}

/// An `anyOf` or `oneOf` with several variants.
#[derive(Debug)]
pub struct Union<'d> {
    pub pointer: String,
    /// Whether exactly one variant must match, as in `oneOf`.
    pub exclusive: bool,
    /// Whether null is valid even if it matches no variant.
    allows_null: bool,
    pub variants: Vec<Schema<'d>>,
}

impl<'d> NormalizedSchema<'d> {
    pub fn of(document: &Document<'d>, schema: &Schema<'d>) -> Rc<Self> {
        let key = schema.key();
        match document.schemas.borrow().get(&key) {
            Some(Some(known)) => return Rc::clone(known),
            // The schema is a variant of itself.
            Some(None) => return Rc::new(Self::recursive(key)),
            None => {}
        }
        document.schemas.borrow_mut().insert(key.clone(), None);
        let normalized = Rc::new(Self::merged(document, schema));
        let known = Some(Rc::clone(&normalized));
        document.schemas.borrow_mut().insert(key, known);
        normalized
    }

    fn merged(document: &Document<'d>, schema: &Schema<'d>) -> Self {
        let resolved = schema.node().map(|node| document.follow(node));
        let mut merged = Self::any(resolved.map_or_else(String::new, |node| node.pointer));
        for part in &schema.parts {
            merged.add(document, part.clone());
        }
        for union in mem::take(&mut merged.unions) {
            merged.add_union(document, union);
        }
        merged.simplify();
        merged
    }

    /// Returns a schema that stands for a variant of itself: a union that is never a plain list of
    /// types or values.
    fn recursive(pointer: String) -> Self {
        let union = Union {
            pointer,
            exclusive: false,
            allows_null: false,
            variants: Vec::new(),
        };
        Self::of_union(union, false)
    }

    fn of_union(union: Union<'d>, nullable: bool) -> Self {
        let any = Self::any(union.pointer.clone());
        Self {
            nullable,
            unions: vec![union],
            ..any
        }
    }

    /// Returns the pointer to a keyword, or to the schema if it does not have the keyword.
    pub fn pointer_to(&self, keyword: &str) -> String {
        self.keyword_pointers
            .get(keyword)
            .unwrap_or(&self.pointer)
            .clone()
    }

    /// Returns whether any of the merged schemas has this flag.
    pub fn is_set(&self, flag: &str) -> bool {
        let mut values = self.others.get(flag).into_iter().flatten();
        values.any(|node| *node.value == true)
    }

    /// Returns whether it has no constraint on the contents of objects, arrays, strings and numbers.
    fn has_no_content_rules(&self) -> bool {
        self.subschemas.is_empty()
            && self.limits.is_empty()
            && self.required.is_empty()
            && self.properties.is_empty()
    }

    fn has_only_unions(&self) -> bool {
        self.types == all_types() && self.values.is_none() && self.has_no_content_rules()
    }

    /// Returns whether any value is valid.
    pub fn is_any(&self) -> bool {
        self.nullable && self.unions.is_empty() && self.has_only_unions()
    }

    /// Returns whether it is a union without other constraints.
    pub fn is_union(&self) -> bool {
        self.unions.len() == 1 && self.has_only_unions()
    }

    /// Returns this schema as a union with one variant, `written`, of the same kind as `other`.
    pub fn as_union(&self, written: &Schema<'d>, other: &Self) -> Self {
        let union = Union {
            pointer: self.pointer.clone(),
            exclusive: other.unions.iter().any(|union| union.exclusive),
            allows_null: false,
            variants: vec![written.clone()],
        };
        Self::of_union(union, self.nullable)
    }

    fn any(pointer: String) -> Self {
        Self {
            pointer,
            types: all_types(),
            nullable: true,
            ..Self::default()
        }
    }

    /// Returns whether no value is valid.
    pub fn is_never(&self) -> bool {
        !self.nullable && self.types.is_empty()
    }
}
