//! A place in two documents.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    changes::Pointers,
    comparer::{Comparer, Position},
    docs,
    level::Direction,
    normalize::Schema,
    rules::Rule,
    values::{describe_change, equal},
};
use crate::openapi::{
    node::Node,
    pointer::{child, keys},
};

/// A place in the old document and the same place in the new one. It finds the parts below it on
/// both sides, and records changes.
#[derive(Clone)]
pub struct Cursor<'c, 'd> {
    pub comparer: &'c Comparer<'d>,
    /// The direction of the values at this place.
    pub direction: Direction,
    /// The old value; `None` if only the new document has one.
    pub old: Option<&'d Value>,
    /// The new value; `None` if only the old document has one.
    pub new: Option<&'d Value>,
    /// The pointers to both sides. A keyword that is absent has a pointer, an absent entry has none.
    pub pointers: Pointers,
}

impl<'c, 'd> Cursor<'c, 'd> {
    /// Returns the cursor to both documents.
    pub fn root(comparer: &'c Comparer<'d>) -> Self {
        let [old, new] = [&comparer.old, &comparer.new].map(|side| Node::new("", side.value));
        Self::new(comparer, Direction::Request, Some(old), Some(new))
    }

    pub fn new(
        comparer: &'c Comparer<'d>,
        direction: Direction,
        old: Option<Node<'d>>,
        new: Option<Node<'d>>,
    ) -> Self {
        Self {
            comparer,
            direction,
            old: old.as_ref().map(|node| node.value),
            new: new.as_ref().map(|node| node.value),
            pointers: Pointers {
                before: old.map(|node| node.pointer),
                after: new.map(|node| node.pointer),
            },
        }
    }

    /// Returns the cursor to other nodes.
    pub fn with(&self, old: Option<Node<'d>>, new: Option<Node<'d>>) -> Self {
        Self::new(self.comparer, self.direction, old, new)
    }

    /// Returns the cursor for values of this direction.
    pub fn toward(&self, direction: Direction) -> Self {
        Self {
            direction,
            ..self.clone()
        }
    }

    /// Returns the cursor for values of the opposite direction.
    pub fn flipped(&self) -> Self {
        self.toward(self.direction.flipped())
    }

    /// Returns the cursor to the keyword `key` of an object.
    pub fn child(&self, key: &str) -> Self {
        Self {
            old: self.old.and_then(|value| value.get(key)),
            new: self.new.and_then(|value| value.get(key)),
            pointers: self.pointers.child(key),
            ..*self
        }
    }

    /// Returns the cursor to the entry `key` of a map.
    pub fn entry(&self, key: &str) -> Self {
        let child = self.child(key);
        let (old, new) = (child.old_node(), child.new_node());
        child.with(old, new)
    }

    /// Returns the cursors to the entries of a map: first those of the old map, then the added ones.
    /// Names are equal if `canonical` returns the same text for them; that text is returned too.
    pub fn entries(&self, canonical: impl Fn(&str) -> String) -> Vec<(String, Self)> {
        let old_entries = by_name(self.old_node(), &canonical);
        let mut new_entries = by_name(self.new_node(), &canonical);
        let mut entries = Vec::new();
        for (name, old) in old_entries {
            let new = new_entries.remove(&name);
            entries.push((name, self.with(Some(old), new)));
        }
        let added = new_entries.into_iter();
        entries.extend(added.map(|(name, new)| (name, self.with(None, Some(new)))));
        entries
    }

    /// Returns the cursor with the sides that are absent here taken from `other`.
    pub fn or(self, other: Self) -> Self {
        let (before, after) = (self.pointers.before, self.pointers.after);
        Self {
            old: self.old.or(other.old),
            new: self.new.or(other.new),
            pointers: Pointers {
                before: before.or(other.pointers.before),
                after: after.or(other.pointers.after),
            },
            ..self
        }
    }

    /// Returns the cursor to the targets of the sides that are references.
    pub fn resolve(&self) -> Self {
        let old = self.old_node().map(|node| self.comparer.old.resolve(node));
        let new = self.new_node().map(|node| self.comparer.new.resolve(node));
        self.with(old, new)
    }

    /// Returns the values of the targets, with the pointers to the references.
    pub fn resolve_in_place(&self) -> Self {
        Self {
            pointers: self.pointers.clone(),
            ..self.resolve()
        }
    }

    pub fn old_node(&self) -> Option<Node<'d>> {
        Some(Node::new(self.pointers.before.clone()?, self.old?))
    }

    pub fn new_node(&self) -> Option<Node<'d>> {
        Some(Node::new(self.pointers.after.clone()?, self.new?))
    }

    /// Returns the nodes of both sides. The value of an absent side is null.
    pub fn sides(&self) -> [Node<'d>; 2] {
        let pointers = [&self.pointers.before, &self.pointers.after];
        let [before, after] = pointers.map(|pointer| pointer.clone().unwrap_or_default());
        let value = |side: Option<&'d Value>| side.unwrap_or(&Value::Null);
        [
            Node::new(before, value(self.old)),
            Node::new(after, value(self.new)),
        ]
    }

    /// Returns the last key of the pointers.
    pub fn key(&self) -> String {
        let pointer = self
            .pointers
            .after
            .as_ref()
            .or(self.pointers.before.as_ref());
        pointer
            .and_then(|pointer| keys(pointer).last())
            .unwrap_or_default()
    }

    /// Returns whether both documents have a value here.
    pub fn is_in_both(&self) -> bool {
        self.old.is_some() && self.new.is_some()
    }

    /// Returns the keys of the object of either side.
    pub fn keys(&self) -> BTreeSet<&'d str> {
        let sides = [self.old, self.new].into_iter().flatten();
        let objects = sides.filter_map(Value::as_object);
        objects
            .flat_map(|object| object.keys())
            .map(String::as_str)
            .collect()
    }

    /// Returns whether the flag at `key` was set (`true`) or unset (`false`), if it changed.
    pub fn changed_flag(&self, key: &str) -> Option<bool> {
        let is_set = |side: Option<&Value>| side.is_some_and(|side| side[key] == true);
        let (old, new) = (is_set(self.old), is_set(self.new));
        (old != new).then_some(new)
    }

    /// Records a change here.
    pub fn record(&self, rule: Rule, message: impl Into<String>) {
        self.record_with(rule, message, [None, None], None);
    }

    /// Records a change here, with the values of both sides.
    pub fn record_values(&self, rule: Rule, message: impl Into<String>) {
        self.record_with(rule, message, [self.old, self.new], None);
    }

    /// Records a change here, with the values before and after it. `operation` names the affected
    /// operation if the pointers lead elsewhere.
    pub fn record_with(
        &self,
        rule: Rule,
        message: impl Into<String>,
        values: [Option<&Value>; 2],
        operation: Option<&str>,
    ) {
        let place = (self.pointers.clone(), message.into());
        let mut changes = self.comparer.changes.borrow_mut();
        changes.record(rule, self.direction, place, values, operation);
    }

    /// Records a change of documentation if the values here, which are those of `keyword`, differ.
    pub fn record_docs(&self, rule: Rule, keyword: &str) {
        if !equal(self.old, self.new) {
            self.record_values(rule, format!("`{keyword}` changed"));
        }
    }

    /// Records a change of `keyword`, whose effect is unknown.
    pub fn record_unjudged(&self, keyword: &str) {
        let change = match self.old == self.new {
            true => format!("a schema that `{keyword}` refers to changed"),
            false => describe_change(&format!("`{keyword}`"), self.old, self.new),
        };
        let message = format!("{change}; check whether this breaks callers");
        self.record_values(Rule::Unjudged, message);
    }

    /// Compares an entry of a map, which `subject` names, or records that it was removed or added.
    pub fn compare_entry(&self, subject: &str, rules: [Rule; 2], compare: impl FnOnce(&Self)) {
        match self.is_in_both() {
            true => compare(self),
            false => self.record_one_sided(subject, rules),
        }
    }

    /// Records that an entry, which `subject` names, was removed or added.
    pub fn record_one_sided(&self, subject: &str, [removed, added]: [Rule; 2]) {
        match self.old {
            Some(_) => self.record(removed, format!("{subject} was removed")),
            None => self.record(added, format!("{subject} was added")),
        }
    }

    /// Records that a part, which `subject` names, became required or optional.
    pub fn record_required(&self, subject: &str, [required, optional]: [Rule; 2]) {
        match self.changed_flag("required") {
            Some(true) => self.record(required, format!("{subject} became required")),
            Some(false) => self.record(optional, format!("{subject} became optional")),
            None => {}
        }
    }

    /// Compares the keywords of an object that are not in `except`.
    pub fn compare_keywords_except(&self, except: &[&str]) {
        let keywords = self.keys();
        for keyword in keywords.into_iter().filter(|key| !except.contains(key)) {
            self.compare_keyword(keyword);
        }
    }

    /// Compares a keyword of an object that has no comparison of its own.
    pub fn compare_keyword(&self, keyword: &str) {
        self.child(keyword).compare_as(keyword);
    }

    /// Compares the values here, which are those of `keyword`.
    pub fn compare_as(&self, keyword: &str) {
        match docs::rule(keyword) {
            Some(rule) => self.record_docs(rule, keyword),
            None if equal(self.old, self.new) => {}
            None => self.record_unjudged(keyword),
        }
    }

    /// Compares the `deprecated` flags of two parts, which `subject` names.
    pub fn compare_deprecated(&self, subject: &str) {
        let change = match self.changed_flag("deprecated") {
            Some(true) => "became deprecated",
            Some(false) => "stopped being deprecated",
            None => return,
        };
        let message = format!("{subject} {change}");
        self.child("deprecated")
            .record(Rule::DeprecationChanged, message);
    }

    /// Compares the tags of the document or of an operation. Their order has no meaning.
    pub fn compare_tags(&self) {
        let tags = self.child("tags");
        let [old, new] = [tags.old, tags.new].map(|side| {
            let list = side.and_then(Value::as_array).into_iter().flatten();
            list.map(Value::to_string).collect::<BTreeSet<_>>()
        });
        if old != new {
            tags.record_docs(Rule::TagsChanged, "tags");
        }
    }

    /// Queues the schemas of two parts for comparison.
    pub fn queue_schemas(&self, [old, new]: &[Schema<'d>; 2]) {
        let comparer = self.comparer;
        comparer.queue_schemas(old, new, self.direction, Position::Other);
    }
}

fn by_name<'d>(
    map: Option<Node<'d>>,
    canonical: impl Fn(&str) -> String,
) -> BTreeMap<String, Node<'d>> {
    let mut entries = BTreeMap::new();
    let Some(Node { pointer, value }) = map else {
        return entries;
    };
    for (name, value) in value.as_object().into_iter().flatten() {
        let mut key = canonical(name);
        // Two spellings of one name in one map are two entries.
        while entries.contains_key(&key) {
            key.push('\'');
        }
        entries.insert(key, Node::new(child(&pointer, name), value));
    }
    entries
}
