//! References to path items, which the generator does not support.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::{
    openapi::{
        pointer::{child, keys, of_reference},
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
    let mut edges: HashMap<String, Vec<String>> = HashMap::new();
    let mut resolved = Vec::new();
    for (pointer, target) in references(document) {
        let target_item =
            target_pointer(&target).filter(|to| document.pointer(to).is_some_and(Value::is_object));
        match target_item {
            Some(to) => {
                refuse_conflicts(document, &pointer, &to, notes);
                edges
                    .entry(enclosing_item(&pointer))
                    .or_default()
                    .push(to.clone());
                resolved.push((pointer, to));
            }
            None => {
                let text = format!("`$ref` {target} does not resolve to a path item");
                notes.refuse(&child(&pointer, "$ref"), &text, FIX);
            }
        }
    }
    for (pointer, to) in resolved {
        let enclosing_item = enclosing_item(&pointer);
        let mut reached = HashSet::from([to.as_str()]);
        let mut pending = vec![to.as_str()];
        while let Some(next) = pending.pop() {
            let further = edges.get(next).into_iter().flatten().map(String::as_str);
            pending.extend(further.filter(|to| reached.insert(*to)));
        }
        if reached.contains(enclosing_item.as_str()) {
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
    let Some(Value::Object(beside)) = document.pointer(at) else {
        return;
    };
    let Some(Value::Object(target_pointer)) = document.pointer(to) else {
        return;
    };
    for (key, value) in beside {
        if key != "$ref" && target_pointer.get(key).is_some_and(|other| other != value) {
            let text = format!("`{key}` beside `$ref` differs from the one in the path item");
            notes.refuse(&child(at, key), &text, "remove it here in the overlay");
        }
    }
}

/// Returns the pointer of the path item that a reference names.
fn target_pointer(target: &Value) -> Option<String> {
    let target = of_reference(target.as_str()?)?;
    (enclosing_item(&target) == target).then(|| target.into_owned())
}

/// Returns the pointer of the path item that contains `pointer`, if a reference can name it.
fn enclosing_item(pointer: &str) -> String {
    let keys: Vec<String> = keys(pointer).collect();
    let length = match keys
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["paths", _, ..] => 2,
        ["components", "pathItems", _, ..] => 3,
        _ => 0,
    };
    keys.iter()
        .take(length)
        .fold(String::new(), |at, key| child(&at, key))
}

/// Inlines every reference to a path item that is not a reference, and returns whether there was
/// one.
fn inline_once(document: &mut Value) -> bool {
    let mut changed = false;
    for (pointer, target) in references(document) {
        let Some(Value::Object(target_pointer)) =
            target_pointer(&target).and_then(|to| document.pointer(&to))
        else {
            continue;
        };
        if target_pointer.contains_key("$ref") {
            continue;
        }
        let mut target_pointer = target_pointer.clone();
        if let Some(Value::Object(place)) = document.pointer_mut(&pointer) {
            place.shift_remove("$ref");
            // Both can have the same entries, if the target was a reference itself.
            target_pointer.retain(|key, _| !place.contains_key(key));
            place.append(&mut target_pointer);
            changed = true;
        }
    }
    changed
}
