//! The state of a comparison of two documents.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
};

use serde_json::Value;

use super::{
    changes::{Change, Changes},
    level::Direction,
    normalize::{Document, NormalizedSchema, Schema},
};

/// The state of a comparison of two documents.
pub struct Comparer<'d> {
    pub old: Document<'d>,
    pub new: Document<'d>,
    /// Whether this only decides if two parts are equivalent; its changes are discarded.
    pub is_dry_run: bool,
    pub equivalences: Rc<RefCell<Equivalences>>,
    pub changes: RefCell<Changes>,
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
    /// Pairs that are equivalent if the pairs in progress are, in the order in which they were
    /// compared.
    assumed: Vec<SchemaKey>,
}

impl<'d> Comparer<'d> {
    pub fn new(old: &'d Value, new: &'d Value) -> Self {
        Self {
            old: Document::new(old),
            new: Document::new(new),
            is_dry_run: false,
            equivalences: Rc::default(),
            changes: RefCell::default(),
            queue: RefCell::default(),
            queued: RefCell::default(),
        }
    }

    /// Returns a dry run that compares parts of these documents.
    pub fn dry_run(&self) -> Self {
        Self {
            old: self.old.uncompared(),
            new: self.new.uncompared(),
            is_dry_run: true,
            equivalences: Rc::clone(&self.equivalences),
            ..Self::new(self.old.value, self.new.value)
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

    /// Returns whether any change so far affects more than documentation.
    pub fn goes_beyond_docs(&self) -> bool {
        self.changes.borrow().beyond_docs
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

    /// Marks a pair as in progress. Returns the number of assumed results, for
    /// [`Equivalences::finish`].
    pub fn start(&mut self, key: SchemaKey) -> usize {
        self.results.insert(key, true);
        self.assumed.len()
    }

    /// Records the result for a pair.
    pub fn finish(&mut self, key: SchemaKey, start: usize, equivalent: bool) {
        if equivalent {
            self.assumed.push(key);
            return;
        }
        // The results that assumed this pair to be equivalent are void.
        for key in self.assumed.drain(start..) {
            self.results.remove(&key);
        }
        self.results.insert(key, false);
    }
}
