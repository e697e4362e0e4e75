//! References to path items, which the generator does not support.

use serde_json::Value;

use crate::{
    openapi::{
        graph::{Edges, leads_to},
        pointer::{child, of_reference},
        walk::{self, Part},
    },
    pipeline::notes::Notes,
};

const FIX: &str = "write the path item instead of the reference in the overlay";

/// Replaces references to path items by their targets, and drops `components.pathItems`.
pub fn inline(document: &mut Value, notes: &mut Notes) {
    let before = notes.refused.len();
    check_references(document, notes);
    // Inlining a recursive path item would not terminate.
    if notes.refused.len() == before {
        while inline_once(document) {}
    }
    if let Some(Value::Object(components)) = document.get_mut("components") {
        components.shift_remove("pathItems");
    }
}

/// Returns the pointers of path items that are references, with the `$ref`.
fn references(document: &mut Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    walk::parts(document, &mut |part, value, pointer| {
        if let (Part::PathItem, Some(target)) = (part, value.get("$ref")) {
            found.push((pointer.to_owned(), target.clone()));
        }
    });
    found
}

/// Refuses references that do not resolve to a path item, or that are recursive.
fn check_references(document: &mut Value, notes: &mut Notes) {
    let mut edges = Edges::new();
    let mut resolved = Vec::new();
    for (pointer, target) in references(document) {
        let target_item =
            target_pointer(&target).filter(|to| document.pointer(to).is_some_and(Value::is_object));
        match target_item {
            Some(to) => {
                refuse_conflicts(document, &pointer, &to, notes);
                let enclosing = enclosing_item(&pointer).to_owned();
                edges.entry(enclosing).or_default().insert(to.clone());
                resolved.push((pointer, to));
            }
            None => {
                let text = format!("`$ref` {target} does not resolve to a path item");
                notes.refuse(&child(&pointer, "$ref"), &text, FIX);
            }
        }
    }
    for (pointer, to) in resolved {
        let enclosing = enclosing_item(&pointer);
        if to == enclosing || leads_to(&edges, &to, enclosing) {
            notes.refuse(
                &child(&pointer, "$ref"),
                "the path item contains itself",
                FIX,
            );
        }
    }
}

/// Refuses keys that differ in the referring and the referenced path item. OpenAPI does not define
/// which one applies.
fn refuse_conflicts(document: &Value, at: &str, to: &str, notes: &mut Notes) {
    let referring = document.pointer(at).and_then(Value::as_object);
    let item = document.pointer(to);
    for (key, value) in referring.into_iter().flatten() {
        let other = item.and_then(|item| item.get(key));
        if key != "$ref" && other.is_some_and(|other| other != value) {
            let text = format!("`{key}` beside `$ref` differs from the one in the path item");
            notes.refuse(&child(at, key), &text, "remove it here in the overlay");
        }
    }
}

/// Returns the pointer of the path item that a reference names.
fn target_pointer(target: &Value) -> Option<String> {
    let target = of_reference(target.as_str()?)?;
    (!target.is_empty() && enclosing_item(&target) == target).then(|| target.into_owned())
}

/// Returns the pointer of the path item that contains `pointer`, if a reference can name it.
fn enclosing_item(pointer: &str) -> &str {
    let sections = [("/paths/", 2), ("/components/pathItems/", 3)];
    let mut sections = sections.iter();
    let Some((_, length)) = sections.find(|(section, _)| pointer.starts_with(section)) else {
        return "";
    };
    let end = pointer.match_indices('/').nth(*length);
    end.map_or(pointer, |(end, _)| &pointer[..end])
}

/// Inlines every reference to a path item that is not a reference, and returns whether there was
/// one.
fn inline_once(document: &mut Value) -> bool {
    let mut changed = false;
    for (pointer, target) in references(document) {
        let item = target_pointer(&target).and_then(|to| document.pointer(&to)?.as_object());
        let Some(mut item) = item.filter(|item| !item.contains_key("$ref")).cloned() else {
            continue;
        };
        if let Some(Value::Object(place)) = document.pointer_mut(&pointer) {
            place.shift_remove("$ref");
            // Both can have the same entries, if the target was a reference itself.
            item.retain(|key, _| !place.contains_key(key));
            place.append(&mut item);
            changed = true;
        }
    }
    changed
}
