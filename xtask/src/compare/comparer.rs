//! The state of a comparison of two documents.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
};

use serde_json::Value;

use super::{
    changes::{Change, Changes, Details, Pointers},
    level::Direction,
    normalize::{Document, NormalizedSchema, Schema},
    rules::Rule,
    values::{describe_change, equal},
};

/// The state of a comparison of two documents.
pub struct Comparer<'d> {
    pub old: Document<'d>,
    pub new: Document<'d>,
    /// Whether this only decides if two parts are equivalent; its changes are discarded.
    pub is_dry_run: bool,
    pub equivalences: Rc<RefCell<Equivalences>>,
    changes: RefCell<Changes>,
    /// The pairs of schemas that are still to be compared.
    queue: RefCell<Vec<QueuedSchemas<'d>>>,
    /// The pairs of schemas that were added to the queue.
    queued: RefCell<HashSet<(Direction, SchemaKey)>>,
}

/// The position of a schema, as far as it affects the level of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Position {
    /// A property that can be absent.
    OptionalProperty,
    /// A variant of a union. The union decides whether null is valid.
    Variant,
    Other,
}

/// Two schemas in the queue.
#[derive(Debug)]
pub struct QueuedSchemas<'d> {
    pub old: Schema<'d>,
    pub new: Schema<'d>,
    pub direction: Direction,
    pub position: Position,
}

/// The position of two schemas and their keys.
pub type SchemaKey = (Position, String, String);

/// The known results of comparisons of two schemas in both directions.
#[derive(Default)]
pub struct Equivalences {
    results: HashMap<SchemaKey, bool>,
    /// Pairs that are equivalent if the pairs in progress are.
    assumed: Vec<SchemaKey>,
    /// The number of pairs in progress.
    in_progress: usize,
}

impl<'d> Comparer<'d> {
    pub fn new(old: &'d Value, new: &'d Value) -> Self {
        let (old, new) = (Document::new(old), Document::new(new));
        Self::of_documents(old, new, false, Rc::default())
    }

    /// Returns a dry run that compares parts of these documents.
    pub fn dry_run(&self, old: Document<'d>, new: Document<'d>) -> Self {
        Self::of_documents(old, new, true, Rc::clone(&self.equivalences))
    }

    fn of_documents(
        old: Document<'d>,
        new: Document<'d>,
        is_dry_run: bool,
        equivalences: Rc<RefCell<Equivalences>>,
    ) -> Self {
        Self {
            old,
            new,
            is_dry_run,
            equivalences,
            changes: RefCell::default(),
            queue: RefCell::default(),
            queued: RefCell::default(),
        }
    }

    /// Adds two schemas to the queue, unless they were added before. Schemas can be recursive.
    pub fn queue_schemas(
        &self,
        old: &Schema<'d>,
        new: &Schema<'d>,
        direction: Direction,
        position: Position,
    ) {
        let key = (direction, (position, old.key(), new.key()));
        if self.queued.borrow_mut().insert(key) {
            self.queue.borrow_mut().push(QueuedSchemas {
                old: old.clone(),
                new: new.clone(),
                direction,
                position,
            });
        }
    }

    /// Removes the last pair of schemas from the queue.
    pub fn next_schemas(&self) -> Option<QueuedSchemas<'d>> {
        self.queue.borrow_mut().pop()
    }

    /// Returns both schemas in the normalized form.
    pub fn normalized(&self, [old, new]: [&Schema<'d>; 2]) -> [Rc<NormalizedSchema<'d>>; 2] {
        [
            NormalizedSchema::of(&self.old, old),
            NormalizedSchema::of(&self.new, new),
        ]
    }

    /// Returns whether the values of both schemas are neither arrays nor objects.
    pub fn is_scalar(&self, schemas: &[Schema<'d>; 2]) -> bool {
        let sides = self.normalized(schemas.each_ref());
        let mut types = sides.iter().flat_map(|side| &side.types);
        !types.any(|name| ["array", "object"].contains(name))
    }

    /// Records a change. `operation` names the affected operation if the pointers lead elsewhere.
    pub fn record(
        &self,
        rule: Rule,
        direction: Direction,
        pointers: Pointers,
        details: impl Into<Details>,
        operation: Option<&str>,
    ) {
        let mut changes = self.changes.borrow_mut();
        changes.record(rule, direction, pointers, details.into(), operation);
    }

    /// Records a change of documentation if the values differ.
    pub fn record_docs(
        &self,
        rule: Rule,
        keyword: &str,
        old: Option<&Value>,
        new: Option<&Value>,
        pointers: Pointers,
    ) {
        if !equal(old, new) {
            let details = Details::new(format!("`{keyword}` changed"), old, new);
            self.record(rule, Direction::Request, pointers, details, None);
        }
    }

    /// Records a change of unknown effect.
    pub fn record_unjudged(
        &self,
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
        self.record(Rule::Unjudged, direction, pointers, details, None);
    }

    /// Returns whether any change so far affects more than documentation.
    pub fn goes_beyond_docs(&self) -> bool {
        self.changes.borrow().go_beyond_docs()
    }

    /// Returns all changes, the worst first.
    pub fn finish(self) -> Vec<Change> {
        let changes = self.changes.into_inner();
        changes.finish(self.old.value, self.new.value)
    }
}

impl Equivalences {
    /// Returns the known result for a pair. A pair in progress counts as equivalent: a recursive
    /// schema meets its own pair again.
    pub fn known(&self, key: &SchemaKey) -> Option<bool> {
        self.results.get(key).copied()
    }

    /// Marks a pair as in progress until [`Equivalences::finish`].
    pub fn start(&mut self, key: SchemaKey) -> InProgress {
        self.results.insert(key.clone(), true);
        self.in_progress += 1;
        InProgress {
            key,
            first_assumed: self.assumed.len(),
        }
    }

    /// Records the result for a pair.
    pub fn finish(&mut self, pair: InProgress, equivalent: bool) {
        let InProgress { key, first_assumed } = pair;
        self.in_progress -= 1;
        if !equivalent {
            // The results that assumed this pair to be equivalent are void.
            for key in self.assumed.drain(first_assumed..) {
                self.results.remove(&key);
            }
            self.results.insert(key, false);
        } else if self.in_progress == 0 {
            self.assumed.clear();
        } else {
            self.assumed.push(key);
        }
    }
}

/// A pair of schemas in progress.
pub struct InProgress {
    key: SchemaKey,
    /// The number of results that were assumed when the pair was started.
    first_assumed: usize,
}
