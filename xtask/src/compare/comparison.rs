//! The comparison of two documents, and the functions that all of its parts use.

mod malformed;
mod unused;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    rc::Rc,
    thread,
};

use serde_json::Value;

use super::{
    changes::{Change, Changes, Details, Pointers},
    docs,
    level::Direction,
    normalize::{Document, Node, Schema},
    operations::{self, Operation},
    rules::Rule,
    schemas::{Position, Task},
    security,
    values::{Set, describe_change},
};
use crate::openapi::number::same;

/// The size of the stack in bytes. Long chains of references recurse deeply; the system allocates
/// only what is used.
const STACK: usize = 512 << 20;

/// The state of a comparison of two documents.
pub struct Comparer<'d> {
    pub old: Document<'d>,
    pub new: Document<'d>,
    pub changes: Changes,
    /// The pairs of schemas that were added to the queue.
    pub visited: HashSet<(Direction, Position, String, String)>,
    /// The pairs of schemas that are still to be compared.
    pub queue: Vec<Task<'d>>,
    /// Whether this only decides if two parts are equivalent; its changes are discarded.
    pub is_dry_run: bool,
    equivalences: Rc<RefCell<Equivalences>>,
}

/// The known results of [`Comparer::are_equivalent`].
#[derive(Default)]
struct Equivalences {
    results: HashMap<(Position, String, String), bool>,
    /// Pairs that are equivalent if the pairs in progress are.
    assumed: Vec<(Position, String, String)>,
    /// The number of pairs in progress.
    in_progress: usize,
}

/// Returns all changes from `old` to `new`, the worst first.
pub fn compare(old: &Value, new: &Value) -> Vec<Change> {
    thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(STACK);
        let worker = builder.spawn_scoped(scope, || compare_here(old, new));
        match worker.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(changes)) => changes,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            // The default stack is enough for most documents.
            Err(_) => compare_here(old, new),
        }
    })
}

fn compare_here(old: &Value, new: &Value) -> Vec<Change> {
    let mut comparer = Comparer {
        old: Document::new(old),
        new: Document::new(new),
        changes: Changes::default(),
        visited: HashSet::new(),
        queue: Vec::new(),
        is_dry_run: false,
        equivalences: Rc::default(),
    };
    comparer.document();
    let Comparer {
        old, new, changes, ..
    } = comparer;
    changes.finish(old.value, new.value)
}

impl<'d> Comparer<'d> {
    /// Returns whether two schemas differ in documentation at most.
    pub fn are_equivalent(&self, old: &Schema<'d>, new: &Schema<'d>, position: Position) -> bool {
        let key = (position, old.key(), new.key());
        let first_assumed = {
            let mut equivalences = self.equivalences.borrow_mut();
            if let Some(known) = equivalences.results.get(&key) {
                return *known;
            }
            // A recursive schema meets its own pair again.
            equivalences.results.insert(key.clone(), true);
            equivalences.in_progress += 1;
            equivalences.assumed.len()
        };
        let mut dry_run = self.dry_run(self.old.clone(), self.new.clone());
        for direction in [Direction::Request, Direction::Response] {
            dry_run.schemas(old, new, direction, position);
        }
        dry_run.run();
        let equivalent = !dry_run.changes.go_beyond_docs();
        let mut equivalences = self.equivalences.borrow_mut();
        let equivalences = &mut *equivalences;
        equivalences.in_progress -= 1;
        if !equivalent {
            // The results that assumed this pair to be equivalent are void.
            for key in equivalences.assumed.drain(first_assumed..) {
                equivalences.results.remove(&key);
            }
            equivalences.results.insert(key, false);
        } else if equivalences.in_progress == 0 {
            equivalences.assumed.clear();
        } else {
            equivalences.assumed.push(key);
        }
        equivalent
    }

    /// Returns whether two operations differ in documentation, names and locations at most.
    pub fn are_equivalent_operations(
        &self,
        old: &Operation<'d>,
        new: &Operation<'d>,
        direction: Direction,
    ) -> bool {
        let mut dry_run = self.dry_run(self.old.uncompared(), self.new.uncompared());
        operations::compare_operation(&mut dry_run, old, new, direction);
        dry_run.run();
        !dry_run.changes.go_beyond_docs()
    }

    fn dry_run(&self, old: Document<'d>, new: Document<'d>) -> Self {
        Self {
            old,
            new,
            changes: Changes::default(),
            visited: HashSet::new(),
            queue: Vec::new(),
            is_dry_run: true,
            equivalences: Rc::clone(&self.equivalences),
        }
    }

    fn document(&mut self) {
        security::compare_schemes(self);
        operations::compare(self);
        self.run();
        self.unused();
        self.run();
        self.malformed();
        let (old, new) = (self.old.value, self.new.value);
        let root = Pointers::both("", "");
        for key in keys(old, new) {
            let (before, after) = (old.get(key), new.get(key));
            match key {
                // The versions of the formats have no meaning for callers.
                "openapi" | "swagger" | "$schema" => {}
                "paths" | "webhooks" | "components" | "security" | "servers" => {}
                "tags" => self.tags(before, after, &root),
                "info" => {
                    let pointers = Pointers::both("/info", "/info");
                    self.record_docs(Rule::InfoChanged, key, before, after, pointers);
                }
                _ => self.keyword(Direction::Request, key, before, after, &root),
            }
        }
    }

    /// Compares the tags of the document or of an operation. Their order has no meaning.
    pub fn tags(&mut self, old: Option<&Value>, new: Option<&Value>, parent: &Pointers) {
        let list =
            |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
        let (old_tags, new_tags) = (list(old), list(new));
        let is_subset = |some: &[Value], all: &[Value]| {
            let all = Set::of(all);
            some.iter().all(|tag| all.contains(tag))
        };
        if !is_subset(&old_tags, &new_tags) || !is_subset(&new_tags, &old_tags) {
            self.record_docs(Rule::TagsChanged, "tags", old, new, parent.child("tags"));
        }
    }

    /// Compares the keywords of two objects that are not in `except`.
    pub fn keywords(
        &mut self,
        direction: Direction,
        old: &Node<'_>,
        new: &Node<'_>,
        except: &[&str],
    ) {
        let pointers = Pointers::of(old, new);
        for keyword in keys(old.value, new.value) {
            if !except.contains(&keyword) {
                let (old, new) = (old.value.get(keyword), new.value.get(keyword));
                self.keyword(direction, keyword, old, new, &pointers);
            }
        }
    }

    /// Compares a keyword of the object at `parent` that has no comparison of its own.
    pub fn keyword(
        &mut self,
        direction: Direction,
        keyword: &str,
        old: Option<&Value>,
        new: Option<&Value>,
        parent: &Pointers,
    ) {
        let pointers = parent.child(keyword);
        match docs::rule(keyword) {
            Some(rule) => self.record_docs(rule, keyword, old, new, pointers),
            None => self.unjudged(direction, keyword, old, new, pointers),
        }
    }

    /// Records a change whose pointers lead to the affected operation.
    pub fn record(
        &mut self,
        rule: Rule,
        direction: Direction,
        pointers: Pointers,
        details: impl Into<Details>,
    ) {
        self.changes
            .record(rule, direction, pointers, details.into(), None);
    }

    /// Records a change of documentation if the values differ.
    pub fn record_docs(
        &mut self,
        rule: Rule,
        keyword: &str,
        old: Option<&Value>,
        new: Option<&Value>,
        pointers: Pointers,
    ) {
        if !equal(old, new) {
            let details = Details::new(format!("`{keyword}` changed"), old, new);
            self.record(rule, Direction::Request, pointers, details);
        }
    }

    /// Records a change of unknown effect if the values differ.
    pub fn unjudged(
        &mut self,
        direction: Direction,
        keyword: &str,
        old: Option<&Value>,
        new: Option<&Value>,
        pointers: Pointers,
    ) {
        if !equal(old, new) {
            self.record_unjudged(direction, keyword, old, new, pointers);
        }
    }

    /// Records a change of unknown effect.
    pub fn record_unjudged(
        &mut self,
        direction: Direction,
        keyword: &str,
        old: Option<&Value>,
        new: Option<&Value>,
        pointers: Pointers,
    ) {
        let change = if old == new {
            format!("a schema that `{keyword}` refers to changed")
        } else {
            describe_change(&format!("`{keyword}`"), old, new)
        };
        let message = format!("{change}; check whether this breaks callers");
        let details = Details::new(message, old, new);
        self.record(Rule::Unjudged, direction, pointers, details);
    }
}

/// Returns the entries of a map of the document, by name.
pub fn entries(map: &Value) -> BTreeMap<&str, &Value> {
    let entries = map.as_object().into_iter().flatten();
    entries
        .map(|(name, value)| (name.as_str(), value))
        .collect()
}

/// Returns the keys of either object.
pub fn keys<'v>(old: &'v Value, new: &'v Value) -> BTreeSet<&'v str> {
    let of = |value: &'v Value| {
        value
            .as_object()
            .into_iter()
            .flat_map(|object| object.keys())
    };
    of(old).chain(of(new)).map(String::as_str).collect()
}

fn equal(old: Option<&Value>, new: Option<&Value>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => same(old, new),
        (None, None) => true,
        // `false` and empty lists and objects are the same as an absent keyword.
        (Some(value), None) | (None, Some(value)) => {
            value == &Value::Bool(false)
                || value.as_array().is_some_and(Vec::is_empty)
                || value.as_object().is_some_and(|object| object.is_empty())
        }
    }
}
