//! Compares the components that no operation uses: their names are public in Rust.

use crate::{
    compare::{
        comparer::Position, cursor::Cursor, docs, level::Direction, normalize::Schema, rules::Rule,
        schemas::are_equivalent, usage::Usage, values::equal,
    },
    openapi::number::same,
};

/// The sections whose components are compared where they are referenced.
const SECTIONS: [&str; 9] = [
    "schemas",
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
    let comparer = components.comparer;
    let usages = [&comparer.old, &comparer.new].map(|side| Usage::of(side.value));
    for section in SECTIONS {
        compare_section(&components.child(section), section, &usages);
    }
    components.compare_keywords_except(&[&SECTIONS[..], &["securitySchemes"]].concat());
}

fn compare_section(components: &Cursor<'_, '_>, section: &str, usages: &[Usage; 2]) {
    let entries = components.entries(str::to_owned);
    let entries: Vec<&Cursor<'_, '_>> = entries.iter().map(|(_, entry)| entry).collect();
    let removed = || entries.iter().filter(|entry| entry.new.is_none());
    let added = || entries.iter().filter(|entry| entry.old.is_none());
    for entry in entries.iter().filter(|entry| !is_known(entry, usages)) {
        let is_renamed = match (entry.old, entry.new) {
            (_, None) => added().any(|new| are_same(section, entry, new)),
            (None, _) => removed().any(|old| are_same(section, old, entry)),
            _ => false,
        };
        match section {
            _ if is_renamed => {}
            "schemas" => compare_schema(entry),
            _ => compare_component(entry, section),
        }
    }
}

/// Returns whether the changes of a component are recorded where it is used.
fn is_known(entry: &Cursor<'_, '_>, [old_usage, new_usage]: &[Usage; 2]) -> bool {
    let comparer = entry.comparer;
    let [old, new] = entry.sides().map(|side| side.pointer);
    match (entry.old, entry.new) {
        (_, None) => old_usage.is_used(&old),
        (None, _) => new_usage.is_used(&new),
        _ => comparer.old.was_compared(&old) && comparer.new.was_compared(&new),
    }
}

/// Returns whether a removed and an added component differ only in their names.
fn are_same<'d>(section: &str, removed: &Cursor<'_, 'd>, added: &Cursor<'_, 'd>) -> bool {
    if section != "schemas" {
        return equal(removed.old, added.new);
    }
    let ([old, _], [_, new]) = (removed.sides(), added.sides());
    let [old, new] = [old, new].map(|side| Schema::new(side.pointer, side.value));
    are_equivalent(removed.comparer, [&old, &new], Position::Other)
}

fn compare_schema(schema: &Cursor<'_, '_>) {
    if schema.is_in_both() {
        let schemas = schema
            .sides()
            .map(|side| Schema::new(side.pointer, side.value));
        for direction in [Direction::Request, Direction::Response] {
            schema.toward(direction).queue_schemas(&schemas);
        }
    } else {
        let rules = [Rule::SchemaRemoved, Rule::SchemaAdded];
        let schema = schema.toward(Direction::Response);
        schema.record_one_sided("the schema", rules);
    }
}

fn compare_component(component: &Cursor<'_, '_>, section: &str) {
    let (old, new) = (component.old, component.new);
    if equal(old, new) {
        return;
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
