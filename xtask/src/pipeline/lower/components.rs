//! References to components other than schemas.

use serde_json::Value;

use crate::{
    openapi::{
        keys,
        pointer::{self, child},
        walk::{self, Part},
    },
    pipeline::notes::Notes,
};

/// The sections of components that can be references, except schemas and path items.
const SECTIONS: [(Part, &str); 8] = [
    (Part::Response, "responses"),
    (Part::Parameter, "parameters"),
    (Part::Example, "examples"),
    (Part::RequestBody, "requestBodies"),
    (Part::Header, "headers"),
    (Part::SecurityScheme, "securitySchemes"),
    (Part::Link, "links"),
    (Part::Callback, "callbacks"),
];

/// Makes every reference a bare one to an existing component that is not a reference itself.
pub fn resolve_references(document: &mut Value, notes: &mut Notes) {
    let original = document.clone();
    walk::parts(document, &mut |part, value, pointer| {
        let Some((_, section)) = SECTIONS.iter().find(|(of, _)| *of == part) else {
            return;
        };
        let Some(target) = value.get("$ref") else {
            return;
        };
        let decoded = target.as_str().map(pointer::decode).unwrap_or_default();
        match pointer::component(&decoded, section) {
            Some(name) if original["components"][section].get(name).is_some() => {
                // 3.0 does not allow `summary` and `description` beside a reference.
                *value = keys::reference_to(&*decoded);
            }
            _ => notes.refuse(
                &child(pointer, "$ref"),
                &format!("`$ref` {target} does not resolve to a component in `{section}`"),
                "add the component in the overlay, and refer to it",
            ),
        }
    });
    for (_, section) in SECTIONS {
        inline_aliases(document, section, notes);
    }
    inline_callbacks(document);
}

fn section_pointer(section: &str) -> String {
    child("/components", section)
}

/// Replaces components that are references by their targets.
fn inline_aliases(document: &mut Value, section: &str, notes: &mut Notes) {
    let Some(Value::Object(components)) = document.pointer_mut(&section_pointer(section)) else {
        return;
    };
    let names: Vec<String> = components.keys().cloned().collect();
    for name in names {
        let next = |component: &Value| {
            let name = pointer::component(pointer::reference(component)?, section)?;
            components.get(name).cloned()
        };
        let component = components.get(&name).cloned().unwrap_or_default();
        let last = pointer::follow_chain(component, next);
        if next(&last).is_some() {
            notes.refuse(
                &child(&section_pointer(section), &name),
                "the component is only a reference to itself",
                "write the component in the overlay",
            );
        } else if pointer::reference(&last).is_none() {
            components.insert(name, last);
        }
        // The reference itself is refused if it does not lead to a component.
    }
}

/// Replaces references to callbacks by their targets, since the generator does not support them.
fn inline_callbacks(document: &mut Value) {
    let callbacks = document
        .pointer("/components/callbacks")
        .cloned()
        .unwrap_or_default();
    walk::parts(document, &mut |part, value, _| {
        if part == Part::Callback
            && let Some(name) =
                pointer::reference(value).and_then(|target| pointer::component(target, "callbacks"))
            && let Some(callback) = callbacks.get(name)
            && pointer::reference(callback).is_none()
        {
            *value = callback.clone();
        }
    });
}
