//! Path items by reference, which the generator cannot follow.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::{
    openapi::{
        pointer::{child, keys},
        walk::{self, Part},
    },
    pipeline::notes::Notes,
};

use super::uri;

const FIX: &str = "write the path item out in the overlay";

/// Puts path items in the place of references to them, and drops `components.pathItems`.
pub fn inline(document: &mut Value, notes: &mut Notes) {
    let before = notes.refused.len();
    check_references(document, notes);
    // What refers to itself could be written out for ever.
    if notes.refused.len() == before {
        while inline_once(document) {}
    }
    if let Some(Value::Object(components)) = document.get_mut("components") {
        components.shift_remove("pathItems");
    }
}

/// The path items that are references, with what they refer to.
fn references(document: &mut Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    walk::parts(document, &mut |part, value, pointer| {
        if let (Part::PathItem, Some(target)) = (part, value.get("$ref")) {
            found.push((pointer.to_owned(), target.clone()));
        }
    });
    found
}

/// Refuses references that lead to no path item, or back to where they are.
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
                let text = format!("`$ref` to {target} leads to no path item of the document");
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
            notes.refuse(&child(&pointer, "$ref"), "the path item holds itself", FIX);
        }
    }
}

/// What a path item says beside its reference holds with what is referred to; for what both say
/// the standard has no answer.
fn refuse_conflicts(document: &Value, at: &str, to: &str, notes: &mut Notes) {
    let Some(Value::Object(beside)) = document.pointer(at) else {
        return;
    };
    let Some(Value::Object(target_pointer)) = document.pointer(to) else {
        return;
    };
    for (key, value) in beside {
        if key != "$ref" && target_pointer.get(key).is_some_and(|other| other != value) {
            let text = format!("`{key}` is both beside `$ref` and in the path item there");
            notes.refuse(&child(at, key), &text, "remove it here in the overlay");
        }
    }
}

/// The pointer of the path item that a reference names.
fn target_pointer(target: &Value) -> Option<String> {
    let target = uri::decode(target.as_str()?.strip_prefix('#')?);
    (enclosing_item(&target) == target).then_some(target)
}

/// The pointer of the path item that `pointer` is in, as far as references can name it.
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

/// Writes out every reference to an item that is none itself, and tells whether there was one.
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
            // Items on the way here that were references themselves may say the same in between.
            target_pointer.retain(|key, _| !place.contains_key(key));
            place.append(&mut target_pointer);
            changed = true;
        }
    }
    changed
}
