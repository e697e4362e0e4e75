//! The changes that a comparison finds.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use indexmap::IndexMap;
use serde_json::Value;

use super::{
    level::{Direction, Level},
    location::{Location, Owner},
    rules::Rule,
    usage::Usage,
};
use crate::openapi::{document, pointer::child};

/// One change of an API.
#[derive(Debug, Clone)]
pub struct Change {
    pub level: Level,
    pub rule: Rule,
    /// The operation that contains it; none for parts that operations can share.
    pub operation: Option<String>,
    /// The location as text, such as `GET /items → response 200`.
    pub at: String,
    pub message: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// The operations that use the changed part, each with the part that uses it.
    pub used_by: BTreeSet<String>,
    /// The directions of the affected values; none if the direction makes no difference.
    pub directions: BTreeSet<Direction>,
    pub pointers: Pointers,
    /// The location in the old document and in the new one.
    pub locations: [Option<Location>; 2],
}

/// The JSON Pointers to a change in the old document and in the new one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pointers {
    pub before: Option<String>,
    pub after: Option<String>,
}

impl Pointers {
    pub fn both(before: impl Into<String>, after: impl Into<String>) -> Self {
        Self {
            before: Some(before.into()),
            after: Some(after.into()),
        }
    }

    /// Returns the pointers to `key` below these.
    pub fn child(&self, key: &str) -> Self {
        let below = |parent: &Option<String>| parent.as_ref().map(|parent| child(parent, key));
        Self {
            before: below(&self.before),
            after: below(&self.after),
        }
    }
}

impl Change {
    /// Returns whether the change affects values of this direction. Changes of a whole response, such
    /// as its status, have the level of the request but count as a part of the response.
    pub fn affects(&self, direction: Direction) -> bool {
        match self.at.contains(" → response ") {
            true => direction == Direction::Response,
            false => self.directions.contains(&direction),
        }
    }

    /// Returns the affected parts of operations, such as `response 200`, unless the location names
    /// the operation.
    pub fn parts(&self) -> Vec<String> {
        if self.operation.is_some() {
            return Vec::new();
        }
        let parts = self.used_by.iter();
        let parts = parts.filter_map(|user| Some(user.split_once(" → ")?.1));
        let parts: BTreeSet<&str> = parts.collect();
        let has_direction = |part: &&str| match part.starts_with("response ") {
            _ if self.directions.is_empty() => true,
            true => self.directions.contains(&Direction::Response),
            false => self.directions.contains(&Direction::Request),
        };
        let affected: Vec<&str> = parts.iter().copied().filter(has_direction).collect();
        // The bodies of callbacks have the opposite direction.
        let parts = match affected.is_empty() {
            true => parts.into_iter().collect(),
            false => affected,
        };
        parts.into_iter().map(ToOwned::to_owned).collect()
    }

    /// Returns a hash that identifies the change, independently of other changes.
    pub fn fingerprint(&self, api: &str) -> String {
        let text = |value: &Option<Value>| value.as_ref().map(Value::to_string).unwrap_or_default();
        let fields = [
            api,
            &self.rule.id(),
            self.level.name(),
            &self.at,
            &self.message,
            &text(&self.before),
            &text(&self.after),
        ]
        .join("\n");
        let mut hash = document::sha256(&fields);
        hash.truncate(12);
        hash
    }
}

/// The changes found so far. A change that is found several times is kept once.
#[derive(Debug, Default)]
pub struct Changes {
    findings: IndexMap<(Rule, Pointers, String), Finding>,
    /// Whether any change affects more than documentation.
    pub beyond_docs: bool,
}

#[derive(Debug)]
struct Finding {
    level: Level,
    before: Option<Value>,
    after: Option<Value>,
    operations: BTreeSet<String>,
    directions: BTreeSet<Direction>,
}

impl Changes {
    /// Records a change. If it was recorded before, the worse level counts.
    pub fn record(
        &mut self,
        rule: Rule,
        direction: Direction,
        (pointers, message): (Pointers, String),
        values: [Option<&Value>; 2],
        operation: Option<&str>,
    ) {
        let level = rule.level(direction);
        let [before, after] = values.map(|value| value.cloned());
        let finding = self
            .findings
            .entry((rule, pointers, message))
            .or_insert(Finding {
                level,
                before,
                after,
                operations: BTreeSet::new(),
                directions: BTreeSet::new(),
            });
        if level > Level::Docs {
            self.beyond_docs = true;
            finding.directions.insert(direction);
        }
        finding.level = finding.level.max(level);
        finding.operations.extend(operation.map(ToOwned::to_owned));
    }

    /// Returns the changes with their locations, the worst first.
    pub fn finish(self, old: &Value, new: &Value) -> Vec<Change> {
        let usages = [Usage::of(old), Usage::of(new)];
        let mut changes: BTreeMap<_, Change> = BTreeMap::new();
        for ((rule, pointers, message), finding) in self.findings {
            let sides = [(old, &pointers.before), (new, &pointers.after)];
            let locations = sides.map(|(document, pointer)| {
                let pointer = pointer.as_ref()?;
                Some(Location::of(document, pointer))
            });
            let mut used_by = finding.operations;
            for (location, usage) in locations.iter().zip(&usages) {
                let owner = location.as_ref().map(|location| &location.owner);
                used_by.extend(owner.into_iter().flat_map(|owner| usage.users_of(owner)));
            }
            let location = locations[1].as_ref().or(locations[0].as_ref());
            let change = Change {
                level: finding.level,
                rule,
                at: location.map(Location::to_text).unwrap_or_default(),
                operation: match location.map(|location| &location.owner) {
                    Some(Owner::Operation { name, .. }) => Some(name.clone()),
                    _ => None,
                },
                message,
                before: finding.before,
                after: finding.after,
                used_by,
                directions: finding.directions,
                pointers,
                locations,
            };
            // Changes with the same text are one change to a reader.
            let key = (
                Reverse(change.level),
                change.at.clone(),
                rule,
                change.message.clone(),
            );
            match changes.get_mut(&key) {
                Some(same) => {
                    same.used_by.extend(change.used_by);
                    same.directions.extend(change.directions);
                }
                None => {
                    changes.insert(key, change);
                }
            }
        }
        changes.into_values().collect()
    }
}
