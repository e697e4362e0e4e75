//! A comparison of two documents, and what all of its parts need.

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
    changes::{Change, Changes, Pointers, Said},
    docs,
    level::Direction,
    normalize::{Document, Schema},
    operations,
    rules::Rule,
    schemas::{Position, Task},
    security,
    values::{Set, said},
};
use crate::openapi::{number::same, pointer::child};

/// The stack that chains of references may take, in bytes. None of it is used without them.
const STACK: usize = 512 << 20;

/// Two documents, and what is known of their differences so far.
pub struct Comparison<'d> {
    pub old: Document<'d>,
    pub new: Document<'d>,
    pub changes: Changes,
    /// The pairs of schemas that have been compared, or wait for it.
    pub visited: HashSet<(Direction, Position, String, String)>,
    /// The pairs of schemas that wait to be compared.
    pub tasks: Vec<Task<'d>>,
    /// Whether this is only to find out whether there is a difference.
    pub on_trial: bool,
    trials: Rc<RefCell<Trials>>,
}

/// The pairs of schemas of which it is known whether they mean the same.
#[derive(Default)]
struct Trials {
    known: HashMap<(Position, String, String), bool>,
    /// Pairs that mean the same if those do that are on trial now.
    presumed: Vec<(Position, String, String)>,
    /// How many pairs are on trial.
    open: usize,
}

/// All that is different in `new`, the worst first.
pub fn compare(old: &Value, new: &Value) -> Vec<Change> {
    thread::scope(|scope| {
        let roomy = thread::Builder::new().stack_size(STACK);
        let worker = roomy.spawn_scoped(scope, || compare_here(old, new));
        match worker.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(changes)) => changes,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            // Without that much room most documents are compared all the same.
            Err(_) => compare_here(old, new),
        }
    })
}

fn compare_here(old: &Value, new: &Value) -> Vec<Change> {
    let mut comparison = Comparison {
        old: Document::new(old),
        new: Document::new(new),
        changes: Changes::default(),
        visited: HashSet::new(),
        tasks: Vec::new(),
        on_trial: false,
        trials: Rc::default(),
    };
    comparison.document();
    let Comparison {
        old, new, changes, ..
    } = comparison;
    changes.finish(old.value, new.value)
}

impl<'d> Comparison<'d> {
    /// Whether two schemas differ in words at most.
    pub fn mean_the_same(&self, old: &Schema<'d>, new: &Schema<'d>, position: Position) -> bool {
        let key = (position, old.key(), new.key());
        let presumed = {
            let mut trials = self.trials.borrow_mut();
            if let Some(known) = trials.known.get(&key) {
                return *known;
            }
            // Taken for granted on the way to itself.
            trials.known.insert(key.clone(), true);
            trials.open += 1;
            trials.presumed.len()
        };
        let mut trial = self.trial(self.old.clone(), self.new.clone());
        for direction in [Direction::Request, Direction::Response] {
            trial.schemas(old, new, direction, position);
        }
        trial.work();
        let same = !trial.changes.matter();
        let mut trials = self.trials.borrow_mut();
        let trials = &mut *trials;
        trials.open -= 1;
        if !same {
            // What rested on this pair is to be tried again.
            for key in trials.presumed.drain(presumed..) {
                trials.known.remove(&key);
            }
            trials.known.insert(key, false);
        } else if trials.open == 0 {
            trials.presumed.clear();
        } else {
            trials.presumed.push(key);
        }
        same
    }

    /// Whether two operations differ in words, names and places at most.
    pub fn are_one_operation(
        &self,
        old: &operations::Found<'d>,
        new: &operations::Found<'d>,
        direction: Direction,
    ) -> bool {
        let mut trial = self.trial(self.old.untouched(), self.new.untouched());
        operations::operation(&mut trial, old, new, direction);
        trial.work();
        !trial.changes.matter()
    }

    fn trial(&self, old: Document<'d>, new: Document<'d>) -> Self {
        Self {
            old,
            new,
            changes: Changes::default(),
            visited: HashSet::new(),
            tasks: Vec::new(),
            on_trial: true,
            trials: Rc::clone(&self.trials),
        }
    }

    fn document(&mut self) {
        security::schemes(self);
        operations::compare(self);
        self.work();
        self.unused();
        self.work();
        self.shapes();
        let (old, new) = (self.old.value, self.new.value);
        let root = Pointers::both("", "");
        for key in keys(old, new) {
            let (before, after) = (old.get(key), new.get(key));
            match key {
                // Two ways to write one document.
                "openapi" | "swagger" | "$schema" => {}
                "paths" | "webhooks" | "components" | "security" | "servers" => {}
                "tags" => self.tags(before, after, &root),
                "info" => {
                    let places = Pointers::both("/info", "/info");
                    self.words(Rule::InfoChanged, key, before, after, places);
                }
                _ => self.keyword(Direction::Request, key, before, after, &root),
            }
        }
    }

    /// Compares the tags of the document or of an operation, whose order means nothing.
    pub fn tags(&mut self, old: Option<&Value>, new: Option<&Value>, at: &Pointers) {
        let listed =
            |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
        let (olds, news) = (listed(old), listed(new));
        let all_in = |some: &[Value], all: &[Value]| {
            let all = Set::of(all);
            some.iter().all(|tag| all.contains(tag))
        };
        if !all_in(&olds, &news) || !all_in(&news, &olds) {
            let below = |at: &Option<String>| at.as_ref().map(|at| child(at, "tags"));
            let pointers = Pointers {
                before: below(&at.before),
                after: below(&at.after),
            };
            self.words(Rule::TagsChanged, "tags", old, new, pointers);
        }
    }

    /// Compares what a keyword says that has no part in the comparison of its own.
    pub fn keyword(
        &mut self,
        direction: Direction,
        keyword: &str,
        old: Option<&Value>,
        new: Option<&Value>,
        at: &Pointers,
    ) {
        let below = |at: &Option<String>| at.as_ref().map(|at| child(at, keyword));
        let pointers = Pointers {
            before: below(&at.before),
            after: below(&at.after),
        };
        match docs::rule(keyword) {
            Some(rule) => self.words(rule, keyword, old, new, pointers),
            None => self.unjudged(direction, keyword, old, new, pointers),
        }
    }

    /// Notes a change whose place tells which call it concerns.
    pub fn note(
        &mut self,
        rule: Rule,
        direction: Direction,
        pointers: Pointers,
        said: impl Into<Said>,
    ) {
        self.changes
            .note(rule, direction, pointers, said.into(), None);
    }

    /// Notes a change of words, if there is one.
    pub fn words(
        &mut self,
        rule: Rule,
        keyword: &str,
        old: Option<&Value>,
        new: Option<&Value>,
        pointers: Pointers,
    ) {
        if equal(old, new) {
            return;
        }
        let said = Said {
            message: format!("`{keyword}` has changed"),
            before: old.cloned(),
            after: new.cloned(),
        };
        self.note(rule, Direction::Request, pointers, said);
    }

    /// Notes a change that is seen but not understood, if there is one.
    pub fn unjudged(
        &mut self,
        direction: Direction,
        keyword: &str,
        old: Option<&Value>,
        new: Option<&Value>,
        pointers: Pointers,
    ) {
        if !equal(old, new) {
            self.differ(direction, keyword, old, new, pointers);
        }
    }

    /// Notes that something is different, and nobody knows how.
    pub fn differ(
        &mut self,
        direction: Direction,
        keyword: &str,
        old: Option<&Value>,
        new: Option<&Value>,
        pointers: Pointers,
    ) {
        let message = if old == new {
            format!("what `{keyword}` refers to has changed; judge it yourself")
        } else {
            format!(
                "`{keyword}` is {}, was {}; judge it yourself",
                said(new),
                said(old)
            )
        };
        let said = Said {
            message,
            before: old.cloned(),
            after: new.cloned(),
        };
        self.note(Rule::Unjudged, direction, pointers, said);
    }
}

/// The entries of a map of the document, by name.
pub fn entries(map: &Value) -> BTreeMap<&str, &Value> {
    let entries = map.as_object().into_iter().flatten();
    entries
        .map(|(name, value)| (name.as_str(), value))
        .collect()
}

/// The keys of either object.
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
        // Nothing said, spelled out.
        (Some(said), None) | (None, Some(said)) => {
            said == &Value::Bool(false)
                || said.as_array().is_some_and(Vec::is_empty)
                || said.as_object().is_some_and(|object| object.is_empty())
        }
    }
}
