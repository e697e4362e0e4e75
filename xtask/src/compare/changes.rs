//! What a comparison finds.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::Value;

use super::{
    level::{Direction, Level},
    location::{Owner, Place},
    rules::Rule,
    usage::Reach,
};
use crate::openapi::document;

/// One change of an API.
#[derive(Debug, Clone)]
pub struct Change {
    pub level: Level,
    pub rule: Rule,
    /// The operation it belongs to; none for what several may share.
    pub operation: Option<String>,
    /// Where, in words.
    pub at: String,
    pub message: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// Every call that it reaches, and by what way.
    pub used_by: Vec<String>,
    /// Which way the values travel that it concerns; none where that makes no difference.
    pub directions: BTreeSet<Direction>,
    /// The pointers into the two documents.
    pub pointers: Pointers,
}

/// Where a change is in the old document and in the new one.
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

    pub fn gone(before: impl Into<String>) -> Self {
        Self {
            before: Some(before.into()),
            after: None,
        }
    }

    pub fn new(after: impl Into<String>) -> Self {
        Self {
            before: None,
            after: Some(after.into()),
        }
    }
}

impl Change {
    /// Whether it concerns values that travel this way. What is said of a whole response, such as
    /// its status, is judged as a part of the call.
    pub fn meets(&self, direction: Direction) -> bool {
        match self.at.contains(" → response ") {
            true => direction == Direction::Response,
            false => self.directions.contains(&direction),
        }
    }

    /// The parts of calls that it concerns, such as `response 200`, where its place does not tell.
    pub fn parts(&self) -> Vec<String> {
        if self.operation.is_some() {
            return Vec::new();
        }
        let parts = self.used_by.iter().filter_map(|way| way.split_once(" → "));
        let parts: BTreeSet<&str> = parts.map(|(_, part)| part).collect();
        let travels = |part: &&str| match part.starts_with("response ") {
            _ if self.directions.is_empty() => true,
            true => self.directions.contains(&Direction::Response),
            false => self.directions.contains(&Direction::Request),
        };
        let concerned: Vec<&str> = parts.iter().copied().filter(travels).collect();
        // Whatever is called back travels the other way.
        let parts = match concerned.is_empty() {
            true => parts.into_iter().collect(),
            false => concerned,
        };
        parts.into_iter().map(ToOwned::to_owned).collect()
    }

    /// What stays the same for as long as the change does, wherever else the documents change.
    pub fn fingerprint(&self, api: &str) -> String {
        let said = |value: &Option<Value>| value.as_ref().map(Value::to_string).unwrap_or_default();
        let text = [
            api,
            &self.rule.id(),
            self.level.name(),
            &self.at,
            &self.message,
            &said(&self.before),
            &said(&self.after),
        ]
        .join("\n");
        let mut hash = document::sha256(&text);
        hash.truncate(12);
        hash
    }
}

/// What has been found so far, each thing once however many ways lead to it.
#[derive(Debug, Default)]
pub struct Changes {
    found: IndexMap<(Rule, Pointers, String), Found>,
    matter: bool,
}

#[derive(Debug)]
struct Found {
    level: Level,
    before: Option<Value>,
    after: Option<Value>,
    ways: BTreeSet<String>,
    directions: BTreeSet<Direction>,
}

/// What is said of a change.
#[derive(Debug, Default)]
pub struct Said {
    pub message: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Said {
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }

    pub fn from_to(message: impl Into<String>, before: &Value, after: &Value) -> Self {
        Self {
            message: message.into(),
            before: Some(before.clone()),
            after: Some(after.clone()),
        }
    }
}

impl<T: Into<String>> From<T> for Said {
    fn from(message: T) -> Self {
        Self::new(message)
    }
}

impl Changes {
    /// Notes a change; of several levels the worst counts. `way` names the call that is
    /// concerned, where the place does not tell.
    pub fn note(
        &mut self,
        rule: Rule,
        direction: Direction,
        pointers: Pointers,
        said: Said,
        way: Option<&str>,
    ) {
        let level = rule.level(direction);
        self.matter |= level > Level::Docs;
        let found = self
            .found
            .entry((rule, pointers, said.message))
            .or_insert(Found {
                level,
                before: said.before,
                after: said.after,
                ways: BTreeSet::new(),
                directions: BTreeSet::new(),
            });
        if level > Level::Docs {
            found.directions.insert(direction);
        }
        found.level = found.level.max(level);
        found.ways.extend(way.map(ToOwned::to_owned));
    }

    /// Whether anything was found that matters more than words.
    pub fn matter(&self) -> bool {
        self.matter
    }

    /// The changes with their places, the worst first.
    pub fn finish(self, old: &Value, new: &Value) -> Vec<Change> {
        let reach = [Reach::of(old), Reach::of(new)];
        let mut changes: BTreeMap<_, Change> = BTreeMap::new();
        for ((rule, pointers, message), found) in self.found {
            let place = match (&pointers.before, &pointers.after) {
                (_, Some(after)) => Place::of(new, after),
                (Some(before), None) => Place::of(old, before),
                (None, None) => Place::of(new, ""),
            };
            let operation = match &place.owner {
                Owner::Operation(operation) => Some(operation.clone()),
                _ => None,
            };
            let mut used_by = found.ways;
            let sides = [(old, &pointers.before), (new, &pointers.after)];
            for ((document, pointer), reach) in sides.into_iter().zip(&reach) {
                if let Some(pointer) = pointer {
                    used_by.extend(reach.ways_to(&Place::of(document, pointer).owner));
                }
            }
            let change = Change {
                level: found.level,
                rule,
                operation,
                at: place.line(),
                message,
                before: found.before,
                after: found.after,
                used_by: used_by.into_iter().collect(),
                directions: found.directions,
                pointers,
            };
            // What the document says twice over is one change to a reader.
            let key = (
                std::cmp::Reverse(change.level),
                change.at.clone(),
                rule,
                change.message.clone(),
            );
            match changes.get_mut(&key) {
                Some(same) => {
                    let used_by: BTreeSet<String> =
                        same.used_by.drain(..).chain(change.used_by).collect();
                    same.used_by = used_by.into_iter().collect();
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
