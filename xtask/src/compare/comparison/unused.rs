//! Compares the components that no operation uses: their names are public in Rust.

use serde_json::Value;

use crate::{
    compare::{
        changes::Details,
        comparer::Position,
        cursor::Cursor,
        docs,
        level::Direction,
        normalize::{Document, Schema},
        rules::Rule,
        schemas::are_equivalent,
        usage::Usage,
        values::equal,
    },
    openapi::number::same,
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

/// Compares the `components`.
pub fn compare(components: &Cursor<'_, '_>) {
    compare_schemas(&components.child("schemas"));
    for section in SECTIONS {
        compare_section(&components.child(section), section);
    }
    components.compare_keywords_except(&[&SECTIONS[..], &["schemas", "securitySchemes"]].concat());
}

fn compare_schemas(schemas: &Cursor<'_, '_>) {
    let comparer = schemas.comparer;
    let entries = schemas.entries(str::to_owned);
    let (mut removed, mut added, mut in_both) = (Vec::new(), Vec::new(), Vec::new());
    for (_, entry) in entries {
        let [old, new] = entry
            .sides()
            .map(|side| Schema::new(side.pointer, side.value));
        match (entry.old, entry.new) {
            (_, None) => removed.push((entry, old)),
            (None, _) => added.push((entry, new)),
            _ => in_both.push([old, new]),
        }
    }
    // The changes of used schemas are recorded where they are used.
    let [old_usage, new_usage] = [&comparer.old, &comparer.new].map(|side| Usage::of(side.value));
    for (entry, old) in &removed {
        let mut added = added.iter();
        if !old_usage.is_used(&old.pointer())
            && !added.any(|(_, new)| are_equivalent(comparer, [old, new], Position::Other))
        {
            let entry = entry.toward(Direction::Response);
            entry.record(Rule::SchemaRemoved, "the schema was removed");
        }
    }
    for (entry, new) in &added {
        let mut removed = removed.iter();
        if !new_usage.is_used(&new.pointer())
            && !removed.any(|(_, old)| are_equivalent(comparer, [old, new], Position::Other))
        {
            let entry = entry.toward(Direction::Response);
            entry.record(Rule::SchemaAdded, "the schema was added");
        }
    }
    for [old, new] in in_both {
        let pointer = old.pointer();
        if !comparer.old.was_compared(&pointer) || !comparer.new.was_compared(&pointer) {
            for direction in [Direction::Request, Direction::Response] {
                comparer.queue_schemas(&old, &new, direction, Position::Other);
            }
        }
    }
}

fn compare_section(components: &Cursor<'_, '_>, section: &str) {
    let comparer = components.comparer;
    let entries = components.entries(str::to_owned);
    for (_, component) in &entries {
        let (old, new) = (component.old, component.new);
        let pointers = &component.pointers;
        let pointer = pointers.before.as_ref().or(pointers.after.as_ref());
        let was_compared =
            |document: &Document<'_>| pointer.is_some_and(|pointer| document.was_compared(pointer));
        let (in_old, in_new) = (was_compared(&comparer.old), was_compared(&comparer.new));
        let compared = match component.is_in_both() {
            true => in_old && in_new,
            false => in_old || in_new,
        };
        let mut others = entries.iter().map(|(_, other)| other);
        let renamed = match (old, new) {
            (Some(_), None) => others.any(|other| other.new.is_some() && equal(old, other.new)),
            (None, Some(_)) => others.any(|other| other.old.is_some() && equal(other.old, new)),
            _ => false,
        };
        if compared || renamed || equal(old, new) {
            continue;
        }
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
        component.record(rule, Details::new(message, old, new));
    }
}

/// Returns a component without its documentation.
fn without_docs(component: &Value) -> Value {
    let mut component = component.clone();
    if let Value::Object(component) = &mut component {
        component.retain(|keyword, _| docs::rule(keyword).is_none());
    }
    component
}
