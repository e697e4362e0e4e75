//! Compares the components that no call led to: they have names all the same.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Comparison, entries, equal};
use crate::{
    compare::{
        changes::{Pointers, Said},
        docs,
        level::Direction,
        normalize::Schema,
        rules::Rule,
        schemas::Position,
        usage::Reach,
    },
    openapi::{number::same, pointer::child},
};

/// The sections whose components are compared where they are referred to.
const SECTIONS: [&str; 8] = [
    "callbacks",
    "examples",
    "headers",
    "links",
    "parameters",
    "pathItems",
    "requestBodies",
    "responses",
];

impl<'d> Comparison<'d> {
    pub(super) fn unused(&mut self) {
        self.unused_schemas();
        for section in SECTIONS {
            self.unused_parts(section);
        }
        let (old, new) = (
            entries(&self.old.value["components"]),
            entries(&self.new.value["components"]),
        );
        let at = Pointers::both("/components", "/components");
        for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            if !SECTIONS.contains(key) && !["schemas", "securitySchemes"].contains(key) {
                let (old, new) = (old.get(key).copied(), new.get(key).copied());
                self.keyword(Direction::Request, key, old, new, &at);
            }
        }
    }

    fn unused_schemas(&mut self) {
        let at = |name: &str| child("/components/schemas", name);
        let (olds, news) = (
            entries(&self.old.value["components"]["schemas"]),
            entries(&self.new.value["components"]["schemas"]),
        );
        let schema = |(name, value): (&&'d str, &&'d Value)| Schema::new(at(name), value);
        let gone = olds.iter().filter(|(name, _)| !news.contains_key(*name));
        let gone: Vec<Schema<'d>> = gone.map(schema).collect();
        let come = news.iter().filter(|(name, _)| !olds.contains_key(*name));
        let come: Vec<Schema<'d>> = come.map(schema).collect();
        // What goes or comes with what refers to it has been told there.
        let (old_reach, new_reach) = (Reach::of(self.old.value), Reach::of(self.new.value));
        for old in &gone {
            let pointer = old.parts[0].at.clone();
            let is_old = |new: &Schema<'d>| self.mean_the_same(old, new, Position::Other);
            if !old_reach.reaches(&pointer) && !come.iter().any(is_old) {
                let pointers = Pointers::gone(pointer);
                self.note(
                    Rule::SchemaRemoved,
                    Direction::Response,
                    pointers,
                    "the schema is gone",
                );
            }
        }
        for new in &come {
            let pointer = new.parts[0].at.clone();
            let is_new = |old: &Schema<'d>| self.mean_the_same(old, new, Position::Other);
            if !new_reach.reaches(&pointer) && !gone.iter().any(is_new) {
                let pointers = Pointers::new(pointer);
                self.note(
                    Rule::SchemaAdded,
                    Direction::Response,
                    pointers,
                    "the schema is new",
                );
            }
        }
        for (name, old) in &olds {
            let pointer = at(name);
            let used = self.old.has_used(&pointer) && self.new.has_used(&pointer);
            if let (Some(new), false) = (news.get(name), used) {
                let (old, new) = (Schema::new(pointer.clone(), old), Schema::new(pointer, new));
                for direction in [Direction::Request, Direction::Response] {
                    self.schemas(&old, &new, direction, Position::Other);
                }
            }
        }
    }

    fn unused_parts(&mut self, section: &str) {
        let (olds, news) = (
            entries(&self.old.value["components"][section]),
            entries(&self.new.value["components"][section]),
        );
        let names: BTreeSet<&str> = olds.keys().chain(news.keys()).copied().collect();
        for name in names {
            let pointer = child(&child("/components", section), name);
            let (old, new) = (olds.get(name).copied(), news.get(name).copied());
            let used = match (old, new) {
                (Some(_), Some(_)) => self.old.has_used(&pointer) && self.new.has_used(&pointer),
                _ => self.old.has_used(&pointer) || self.new.has_used(&pointer),
            };
            // The same under another name is the same.
            let renamed = match (old, new) {
                (Some(old), None) => news.values().any(|new| equal(Some(old), Some(new))),
                (None, Some(new)) => olds.values().any(|old| equal(Some(old), Some(new))),
                _ => false,
            };
            if used || renamed || equal(old, new) {
                continue;
            }
            let pointers = Pointers {
                before: old.map(|_| pointer.clone()),
                after: new.map(|_| pointer.clone()),
            };
            let words = match (old, new) {
                _ if section == "examples" => "the example has changed",
                (None, _) => "is new, and nothing refers to it",
                (_, None) => "is gone, and nothing referred to it",
                _ => "has changed, and nothing refers to it",
            };
            let rule = match (section, old, new) {
                ("examples", ..) => Rule::ExampleChanged,
                (_, Some(old), Some(new)) if same(&wordless(old), &wordless(new)) => {
                    Rule::TextChanged
                }
                _ => Rule::UnusedPartChanged,
            };
            let said = Said {
                message: words.to_owned(),
                before: old.cloned(),
                after: new.cloned(),
            };
            self.note(rule, Direction::Request, pointers, said);
        }
    }
}

/// A part without what it says to people alone.
fn wordless(part: &Value) -> Value {
    let mut part = part.clone();
    if let Value::Object(part) = &mut part {
        part.retain(|keyword, _| docs::rule(keyword).is_none());
    }
    part
}
