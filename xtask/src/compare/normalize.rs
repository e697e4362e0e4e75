//! One spelling for schemas that mean the same: references followed, `allOf` joined, and whatever
//! OpenAPI 3.0 and 3.1 write differently written in one way.

mod collect;
mod flatten;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    rc::Rc,
};

use indexmap::IndexMap;
use serde_json::{Number, Value};

use crate::openapi::{
    number,
    pointer::{child, keys},
};
use flatten::Expanded;

/// One of the two documents.
#[derive(Debug, Clone)]
pub struct Document<'d> {
    pub value: &'d Value,
    /// Whether what stands beside a `$ref` counts, as it does from 3.1 on.
    siblings: bool,
    /// Where references have led that were compared.
    used: Rc<RefCell<HashSet<String>>>,
    /// The schemas in the one spelling, by key; none while it is being found.
    normals: Rc<RefCell<HashMap<String, Option<Rc<Normal<'d>>>>>>,
}

impl<'d> Document<'d> {
    pub fn new(value: &'d Value) -> Self {
        let version = value["openapi"].as_str().unwrap_or_default();
        Self {
            value,
            siblings: !version.starts_with("3.0"),
            used: Rc::default(),
            normals: Rc::default(),
        }
    }

    /// The document as if nothing of it had been compared yet.
    pub fn untouched(&self) -> Self {
        Self {
            used: Rc::default(),
            ..self.clone()
        }
    }

    /// What stands at `pointer`, or where the references there lead, with its place.
    pub fn at(&self, pointer: String, value: &'d Value) -> (String, &'d Value) {
        let (mut pointer, mut value) = (pointer, value);
        // References that lead in a circle lead nowhere.
        for _ in 0..32 {
            match self.target(value) {
                Some((at, target)) => {
                    self.used.borrow_mut().insert(at.clone());
                    (pointer, value) = (at, target);
                }
                None => break,
            }
        }
        (pointer, value)
    }

    /// Where the `$ref` of `value` leads, if it leads anywhere within the document.
    fn target(&self, value: &'d Value) -> Option<(String, &'d Value)> {
        let fragment = value.get("$ref")?.as_str()?.strip_prefix('#')?;
        let fragment = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
        let target = self.value.pointer(&fragment)?;
        // One spelling for the pointer as well.
        let pointer = keys(&fragment).fold(String::new(), |at, key| child(&at, &key));
        Some((pointer, target))
    }

    /// Notes that the schema has been compared.
    pub fn mark_used(&self, schema: &Normal<'d>) {
        self.used.borrow_mut().extend(schema.parts.iter().cloned());
    }

    /// Whether what stands at `pointer` has been compared wherever it is referred to.
    pub fn has_used(&self, pointer: &str) -> bool {
        self.used.borrow().contains(pointer)
    }
}

/// A schema that matches anything.
pub static ANY: Value = Value::Bool(true);

/// A schema as it is written: all of its parts have to match. Without parts it matches anything.
#[derive(Debug, Clone, Default)]
pub struct Schema<'d> {
    pub parts: Vec<Part<'d>>,
}

/// One schema of the document.
#[derive(Debug, Clone)]
pub struct Part<'d> {
    pub at: String,
    pub value: &'d Value,
    /// Whether null matches, whatever the schema says of it.
    or_null: bool,
}

impl<'d> Schema<'d> {
    pub fn new(at: String, value: &'d Value) -> Self {
        Self {
            parts: vec![Part {
                at,
                value,
                or_null: false,
            }],
        }
    }

    /// What tells this schema from all others of its document.
    pub fn key(&self) -> String {
        let parts = self
            .parts
            .iter()
            .map(|part| format!("{}{}", part.at, if part.or_null { "?" } else { "" }));
        parts.collect::<Vec<_>>().join(" ")
    }
}

/// The types of values, but null. A number may be an integer.
pub type Types = BTreeSet<&'static str>;

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

fn all_types() -> Types {
    let types = TYPES.into_iter();
    types.filter(|name| *name != "integer").collect()
}

/// A schema in the one spelling.
#[derive(Debug)]
pub struct Normal<'d> {
    /// Where it stands, references followed.
    pub at: String,
    /// Where all the schemas stand that it is made of.
    parts: Vec<String>,
    pub types: Types,
    pub null: bool,
    /// The values it lists, but null.
    pub values: Option<Vec<&'d Value>>,
    pub required: BTreeSet<&'d str>,
    pub properties: IndexMap<&'d str, Schema<'d>>,
    pub pattern_properties: IndexMap<&'d str, Schema<'d>>,
    pub prefix_items: Vec<Schema<'d>>,
    /// The schemas of `items`, `additionalProperties` and the like.
    pub inner: BTreeMap<&'static str, Schema<'d>>,
    pub limits: BTreeMap<&'static str, Limit<'d>>,
    pub dependent_schemas: IndexMap<&'d str, Schema<'d>>,
    pub unions: Vec<Union<'d>>,
    /// All else, by keyword, with its place; several where several parts say something.
    pub others: BTreeMap<&'d str, Vec<(String, &'d Value)>>,
    /// The place of each keyword that the schema has.
    places: BTreeMap<&'d str, String>,
}

/// `anyOf` or `oneOf` of several variants.
#[derive(Debug)]
pub struct Union<'d> {
    pub at: String,
    pub exclusive: bool,
    pub variants: Vec<Schema<'d>>,
}

/// A limit of numbers or sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit<'d> {
    pub value: &'d Number,
    /// Whether the value itself is beyond the limit.
    pub exclusive: bool,
}

impl Limit<'_> {
    /// Whether `new` leaves fewer values than `old`; none if it leaves the same.
    pub fn tightens(name: &str, old: Option<&Self>, new: Option<&Self>) -> Option<bool> {
        let (old, new) = match (old, new) {
            (None, None) => return None,
            (None, Some(_)) => return Some(true),
            (Some(_), None) => return Some(false),
            (Some(old), Some(new)) => (old, new),
        };
        let order = number::compare(new.value, old.value);
        let order = if UPPER.contains(&name) {
            order.reverse()
        } else {
            order
        };
        match (order.is_eq(), old.exclusive == new.exclusive) {
            (true, true) => None,
            (true, false) => Some(new.exclusive),
            (false, _) => Some(order.is_gt()),
        }
    }
}

/// Limits that bound from above; the others of [`LIMITS`] bound from below.
const UPPER: [&str; 5] = [
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
];

const LIMITS: [&str; 10] = [
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
];

/// What has no meaning of its own: names for what references lead to.
const NAMES: [&str; 4] = ["$defs", "definitions", "$ref", "$schema"];

impl<'d> Normal<'d> {
    pub fn of(document: &Document<'d>, schema: &Schema<'d>) -> Rc<Self> {
        let key = schema.key();
        match document.normals.borrow().get(&key) {
            Some(Some(known)) => return Rc::clone(known),
            // A choice among itself and others: no list of types or values.
            Some(None) => return Rc::new(Self::endless(key)),
            None => {}
        }
        document.normals.borrow_mut().insert(key.clone(), None);
        let normal = Rc::new(Self::found(document, schema));
        let found = Some(Rc::clone(&normal));
        document.normals.borrow_mut().insert(key, found);
        normal
    }

    fn found(document: &Document<'d>, schema: &Schema<'d>) -> Self {
        let mut expanded = Expanded::default();
        for part in &schema.parts {
            expanded.add(document, part.clone());
        }
        let referring = |part: &&Part<'d>| part.value.get("$ref").is_some();
        let at = expanded
            .parts
            .iter()
            .find(|part| !referring(part))
            .or(schema.parts.first())
            .map_or_else(String::new, |part| part.at.clone());
        let mut normal = Self::anything(at);
        for part in &expanded.parts {
            normal.parts.push(part.at.clone());
            normal.add(part);
        }
        for (union, or_null) in expanded.unions {
            normal.add_union(document, union, or_null);
        }
        for (keyword, at, value) in expanded.raw {
            normal.others.entry(keyword).or_default().push((at, value));
        }
        normal.settle();
        normal
    }

    fn endless(at: String) -> Self {
        let mut endless = Self::anything(at.clone());
        endless.null = false;
        endless.unions.push(Union {
            at,
            exclusive: false,
            variants: Vec::new(),
        });
        endless
    }

    /// The pointer of a keyword, or of the schema if it lacks it.
    pub fn place(&self, keyword: &str) -> String {
        self.places.get(keyword).unwrap_or(&self.at).clone()
    }

    /// Whether it, or a part of it, has this flag.
    pub fn is_set(&self, flag: &str) -> bool {
        let said = self.others.get(flag).into_iter().flatten();
        said.into_iter().any(|(_, value)| *value == true)
    }

    /// Whether it asks nothing of what objects, lists, texts and numbers hold.
    fn is_bare(&self) -> bool {
        self.inner.is_empty()
            && self.limits.is_empty()
            && self.required.is_empty()
            && self.properties.is_empty()
            && self.pattern_properties.is_empty()
            && self.dependent_schemas.is_empty()
            && self.prefix_items.is_empty()
    }

    /// Whether any value matches.
    pub fn is_any(&self) -> bool {
        self.null
            && self.types == all_types()
            && self.values.is_none()
            && self.unions.is_empty()
            && self.is_bare()
    }

    /// Whether it is a choice among variants and says nothing besides.
    pub fn is_choice(&self) -> bool {
        self.unions.len() == 1
            && self.types == all_types()
            && self.values.is_none()
            && self.is_bare()
    }

    /// This schema, which is `whole` as it is written, as a choice of the kind that `like` is.
    pub fn as_choice(&self, whole: &Schema<'d>, like: &Self) -> Self {
        let mut choice = Self::anything(self.at.clone());
        choice.null = self.null;
        choice.unions.push(Union {
            at: self.at.clone(),
            exclusive: like.unions.iter().any(|union| union.exclusive),
            variants: vec![whole.clone()],
        });
        choice
    }

    fn anything(at: String) -> Self {
        Self {
            at,
            parts: Vec::new(),
            types: all_types(),
            null: true,
            values: None,
            required: BTreeSet::new(),
            properties: IndexMap::new(),
            pattern_properties: IndexMap::new(),
            prefix_items: Vec::new(),
            inner: BTreeMap::new(),
            limits: BTreeMap::new(),
            dependent_schemas: IndexMap::new(),
            unions: Vec::new(),
            others: BTreeMap::new(),
            places: BTreeMap::new(),
        }
    }

    /// Whether no value matches.
    pub fn is_never(&self) -> bool {
        !self.null && self.types.is_empty()
    }
}
