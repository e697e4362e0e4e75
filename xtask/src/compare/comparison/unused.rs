//! Compares the components that no operation uses: their names are public in Rust.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Comparer, entries, equal};
use crate::{
    compare::{
        changes::{Details, Pointers},
        docs,
        level::Direction,
        normalize::Schema,
        rules::Rule,
        schemas::Position,
        usage::Usage,
    },
    openapi::{number::same, pointer::child},
};

/// The sections whose components are compared where they are referenced.
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

impl<'d> Comparer<'d> {
    pub(super) fn unused(&mut self) {
        self.unused_schemas();
        for section in SECTIONS {
            self.unused_components(section);
        }
        let (old, new) = (
            entries(&self.old.value["components"]),
            entries(&self.new.value["components"]),
        );
        let components = Pointers::both("/components", "/components");
        for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            if !SECTIONS.contains(key) && !["schemas", "securitySchemes"].contains(key) {
                let (old, new) = (old.get(key).copied(), new.get(key).copied());
                self.keyword(Direction::Request, key, old, new, &components);
            }
        }
    }

    fn unused_schemas(&mut self) {
        let (old_schemas, new_schemas) = (
            entries(&self.old.value["components"]["schemas"]),
            entries(&self.new.value["components"]["schemas"]),
        );
        let removed = without(&old_schemas, &new_schemas);
        let added = without(&new_schemas, &old_schemas);
        // The changes of used schemas are recorded where they are used.
        let (old_usage, new_usage) = (Usage::of(self.old.value), Usage::of(self.new.value));
        for old in &removed {
            let pointer = old.pointer();
            let is_equivalent = |new: &Schema<'d>| self.are_equivalent(old, new, Position::Other);
            if !old_usage.is_used(&pointer) && !added.iter().any(is_equivalent) {
                self.record(
                    Rule::SchemaRemoved,
                    Direction::Response,
                    Pointers::removed(pointer),
                    "the schema was removed",
                );
            }
        }
        for new in &added {
            let pointer = new.pointer();
            let is_equivalent = |old: &Schema<'d>| self.are_equivalent(old, new, Position::Other);
            if !new_usage.is_used(&pointer) && !removed.iter().any(is_equivalent) {
                self.record(
                    Rule::SchemaAdded,
                    Direction::Response,
                    Pointers::added(pointer),
                    "the schema was added",
                );
            }
        }
        for (name, old) in &old_schemas {
            let pointer = schema_pointer(name);
            let compared = self.old.was_compared(&pointer) && self.new.was_compared(&pointer);
            if let (Some(new), false) = (new_schemas.get(name), compared) {
                let (old, new) = (Schema::new(pointer.clone(), old), Schema::new(pointer, new));
                for direction in [Direction::Request, Direction::Response] {
                    self.schemas(&old, &new, direction, Position::Other);
                }
            }
        }
    }

    fn unused_components(&mut self, section: &str) {
        let (old_components, new_components) = (
            entries(&self.old.value["components"][section]),
            entries(&self.new.value["components"][section]),
        );
        let names: BTreeSet<&str> = old_components
            .keys()
            .chain(new_components.keys())
            .copied()
            .collect();
        for name in names {
            let pointer = child(&child("/components", section), name);
            let (old, new) = (
                old_components.get(name).copied(),
                new_components.get(name).copied(),
            );
            let (in_old, in_new) = (
                self.old.was_compared(&pointer),
                self.new.was_compared(&pointer),
            );
            let compared = match (old, new) {
                (Some(_), Some(_)) => in_old && in_new,
                _ => in_old || in_new,
            };
            let renamed = match (old, new) {
                (Some(old), None) => new_components
                    .values()
                    .any(|new| equal(Some(old), Some(new))),
                (None, Some(new)) => old_components
                    .values()
                    .any(|old| equal(Some(old), Some(new))),
                _ => false,
            };
            if compared || renamed || equal(old, new) {
                continue;
            }
            let pointers = Pointers {
                before: old.map(|_| pointer.clone()),
                after: new.map(|_| pointer.clone()),
            };
            let message = match (old, new) {
                _ if section == "examples" => "the example changed",
                (None, _) => "the unreferenced component was added",
                (_, None) => "the unreferenced component was removed",
                _ => "the unreferenced component changed",
            };
            let rule = match (section, old, new) {
                ("examples", ..) => Rule::ExampleChanged,
                (_, Some(old), Some(new)) if same(&without_docs(old), &without_docs(new)) => {
                    Rule::TextChanged
                }
                _ => Rule::UnusedPartChanged,
            };
            let details = Details::new(message, old, new);
            self.record(rule, Direction::Request, pointers, details);
        }
    }
}

fn schema_pointer(name: &str) -> String {
    child("/components/schemas", name)
}

/// Returns the schemas of `some` whose names are not in `others`.
fn without<'d>(
    some: &BTreeMap<&'d str, &'d Value>,
    others: &BTreeMap<&'d str, &'d Value>,
) -> Vec<Schema<'d>> {
    some.iter()
        .filter(|(name, _)| !others.contains_key(*name))
        .map(|(name, value)| Schema::new(schema_pointer(name), value))
        .collect()
}

/// Returns a component without its documentation.
fn without_docs(component: &Value) -> Value {
    let mut component = component.clone();
    if let Value::Object(component) = &mut component {
        component.retain(|keyword, _| docs::rule(keyword).is_none());
    }
    component
}
