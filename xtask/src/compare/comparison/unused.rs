//! Compares the components that no operation uses: their names are public in Rust.

use crate::{
    compare::{
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
    let [old_usage, new_usage] = [&comparer.old, &comparer.new].map(|side| Usage::of(side.value));
    let entries = schemas.entries(str::to_owned);
    for (_, entry) in &entries {
        let [old, new] = entry.sides();
        let mut others = entries.iter().map(|(_, other)| other);
        // The changes of used schemas are recorded where they are used.
        let is_known = match (entry.old, entry.new) {
            (Some(_), Some(_)) => {
                comparer.old.was_compared(&old.pointer) && comparer.new.was_compared(&new.pointer)
            }
            (_, None) => {
                old_usage.is_used(&old.pointer)
                    || others.any(|other| other.old.is_none() && is_renamed(entry, other))
            }
            (None, _) => {
                new_usage.is_used(&new.pointer)
                    || others.any(|other| other.new.is_none() && is_renamed(other, entry))
            }
        };
        if is_known {
            continue;
        }
        if entry.is_in_both() {
            let schemas = [old, new].map(|side| Schema::new(side.pointer, side.value));
            for direction in [Direction::Request, Direction::Response] {
                entry.toward(direction).queue_schemas(&schemas);
            }
        } else {
            let rules = [Rule::SchemaRemoved, Rule::SchemaAdded];
            let entry = entry.toward(Direction::Response);
            entry.record_one_sided("the schema", rules);
        }
    }
}

/// Returns whether a removed and an added schema are equivalent.
fn is_renamed<'d>(removed: &Cursor<'_, 'd>, added: &Cursor<'_, 'd>) -> bool {
    let ([old, _], [_, new]) = (removed.sides(), added.sides());
    let [old, new] = [old, new].map(|side| Schema::new(side.pointer, side.value));
    are_equivalent(removed.comparer, [&old, &new], Position::Other)
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
            (_, Some(old), Some(new)) if same(&docs::without(old), &docs::without(new)) => {
                Rule::TextChanged
            }
            _ => Rule::UnusedPartChanged,
        };
        component.record_values(rule, message);
    }
}
