//! References between schemas. 3.0 tools support only `#/components/schemas/NAME`, so every other
//! target becomes a component.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::{
    openapi::{
        edges::{Edges, leads_to},
        keys::reference_to,
        names::Names,
        pointer::{self, child, keys},
        walk,
    },
    pipeline::notes::Notes,
};

use super::resolve::{Index, SCHEMAS, Unresolved, is_component};

/// The schemas that became components: their old pointers, with the new ones.
pub type Moved = IndexMap<String, String>;

/// Turns every referenced schema into a component, and every reference into one to a component.
pub fn hoist(document: &mut Value, notes: &mut Notes) -> Moved {
    let index = Index::new(document);
    let mut targets = HashSet::new();
    collect_targets(document, &index, notes, &mut targets);

    let mut names = Names::of(document);
    let schemas = index.schemas();
    let moved: Moved = schemas
        .filter(|pointer| targets.contains(*pointer) && !is_component(pointer))
        .map(|from| {
            let name = names.for_schema(document, from);
            (from.clone(), child(SCHEMAS, &name))
        })
        .collect();
    rewrite(document, &index, &moved);
    relocate(document, &moved, notes);
    moved
}

/// Collects the targets of references, and refuses references that do not resolve.
fn collect_targets(
    document: &mut Value,
    index: &Index,
    notes: &mut Notes,
    targets: &mut HashSet<String>,
) {
    walk::schemas(document, &mut |schema, pointer| {
        for keyword in ["$dynamicRef", "$recursiveRef"] {
            if schema.get(keyword).is_some() {
                notes.refuse(
                    &child(pointer, keyword),
                    &format!("`{keyword}` is not supported: its target depends on the context"),
                    "replace it with a `$ref` in the overlay",
                );
            }
        }
        let place = child(pointer, "$ref");
        each_reference(schema, pointer, &mut |target, at| {
            match index.resolve(target, pointer) {
                Ok(target) => {
                    targets.insert(target);
                }
                // A value of a discriminator mapping can be the bare name of a schema.
                Err(Unresolved::External) if at != place && !target.contains(['/', '#']) => {}
                Err(reason) => refuse(target, at, reason, notes),
            }
            None
        });
    });
}

fn refuse(target: &str, at: &str, reason: Unresolved, notes: &mut Notes) {
    let (problem, fix) = match reason {
        Unresolved::External => (
            "points outside the document",
            "add the schema to `components.schemas` in the overlay, and refer to it",
        ),
        Unresolved::NotASchema => ("does not resolve to a schema", "correct it in the overlay"),
        Unresolved::Ambiguous => (
            "is ambiguous: several schemas have this anchor",
            "refer to one of them by its JSON Pointer in the overlay",
        ),
    };
    notes.refuse(at, &format!("the reference `{target}` {problem}"), fix);
}

/// Visits the `$ref` of a schema and the references in its discriminator mapping, and replaces
/// each by the result of `visit`, if any.
fn each_reference(
    schema: &mut Value,
    pointer: &str,
    visit: &mut dyn FnMut(&str, &str) -> Option<String>,
) {
    let mut visit_value = |value: &mut Value, at: &str| {
        if let Value::String(target) = value
            && let Some(new) = visit(target, at)
        {
            *target = new;
        }
    };
    if let Some(target) = schema.get_mut("$ref") {
        visit_value(target, &child(pointer, "$ref"));
    }
    if let Some(Value::Object(mapping)) = schema.pointer_mut("/discriminator/mapping") {
        let pointer = child(&child(pointer, "discriminator"), "mapping");
        for (name, target) in mapping {
            visit_value(target, &child(&pointer, name));
        }
    }
}

/// Rewrites every reference to the name of its component.
fn rewrite(document: &mut Value, index: &Index, moved: &Moved) {
    walk::schemas(document, &mut |schema, pointer| {
        each_reference(schema, pointer, &mut |target, _| {
            let old = index.resolve(target, pointer).ok()?;
            let new = moved.get(&old).unwrap_or(&old);
            Some(format!("#{new}"))
        });
    });
}

/// Moves the schemas to the components, innermost first, and leaves references in their places.
fn relocate(document: &mut Value, moved: &Moved, notes: &mut Notes) {
    if !moved.is_empty() && components(document).is_none() {
        notes.refuse(
            "/components",
            "`components` or its `schemas` is not an object",
            "correct it in the overlay",
        );
        return;
    }
    let mut innermost: Vec<(&String, &String)> = moved.iter().collect();
    innermost.sort_by_key(|(from, _)| std::cmp::Reverse(keys(from).count()));
    let mut removed: HashMap<&str, Value> = HashMap::new();
    for (from, to) in innermost {
        if let Some(place) = document.pointer_mut(from) {
            let reference = reference_to(format!("#{to}"));
            removed.insert(to, std::mem::replace(place, reference));
        }
    }
    for to in moved.values() {
        let name = keys(to).last().unwrap_or_default();
        if let (Some(value), Some(components)) = (removed.remove(to.as_str()), components(document))
        {
            components.insert(name, value);
        }
    }
}

/// Returns `components.schemas`, and creates it if it is missing.
fn components(document: &mut Value) -> Option<&mut Map<String, Value>> {
    let empty = || Value::Object(Map::new());
    let root = document.as_object_mut()?;
    let components = root
        .entry("components")
        .or_insert_with(empty)
        .as_object_mut()?;
    components
        .entry("schemas")
        .or_insert_with(empty)
        .as_object_mut()
}

/// Refuses components that include themselves through `$ref` and `allOf` only.
pub fn refuse_cycles(document: &Value, notes: &mut Notes) {
    let Some(Value::Object(schemas)) = document.pointer(SCHEMAS) else {
        return;
    };
    let mut edges = Edges::new();
    for (name, schema) in schemas {
        let included = edges.entry(name.clone()).or_default();
        let mut pending = vec![schema];
        while let Some(schema) = pending.pop() {
            let target = pointer::reference(schema);
            let target = target.and_then(|target| pointer::component(target, "schemas"));
            included.extend(target.map(str::to_owned));
            pending.extend(schema["allOf"].as_array().into_iter().flatten());
        }
    }
    for name in schemas.keys().filter(|name| leads_to(&edges, name, name)) {
        notes.refuse(
            &child(SCHEMAS, name),
            "the schema includes itself through `$ref` and `allOf`",
            "write the schema without the cycle in the overlay",
        );
    }
}
