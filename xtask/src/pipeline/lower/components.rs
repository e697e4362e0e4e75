//! References to components other than schemas.

use serde_json::Value;

use crate::{
    openapi::{
        graph::{Edges, leads_to},
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

const FIX: &str = "write the component instead of the reference in the overlay";

/// Makes every reference a bare one to an existing component that is not a reference itself.
/// References to callbacks are replaced by their targets, since generators do not support them.
pub fn resolve_references(document: &mut Value, notes: &mut Notes) {
    let edges = references_between_components(document);
    let original = document.clone();
    walk::parts(document, &mut |part, value, pointer| {
        let (Some(section), Some(target)) = (section(part), value.get("$ref")) else {
            return;
        };
        let decoded = target.as_str().map(pointer::decode).unwrap_or_default();
        let next = |reference: &str| {
            let name = pointer::component(reference, section)?;
            original["components"][section].get(name)
        };
        let Some(component) = next(&decoded) else {
            notes.refuse(
                &child(pointer, "$ref"),
                &format!("`$ref` {target} does not resolve to a component in `{section}`"),
                "add the component in the overlay, and refer to it",
            );
            return;
        };
        if part != Part::Callback && component_around(pointer) != pointer {
            // 3.0 does not allow `summary` and `description` beside a reference.
            *value = keys::reference_to(&*decoded);
            return;
        }
        let place = decoded.trim_start_matches('#');
        if leads_to(&edges, place, place) {
            notes.refuse(pointer, "the component contains itself", FIX);
            return;
        }
        let last = pointer::follow_chain(component, |component| {
            next(&pointer::decode(pointer::reference(component)?))
        });
        // The reference itself is refused if it does not lead to a component.
        if pointer::reference(last).is_none() {
            *value = last.clone();
        }
    });
}

fn section(part: Part) -> Option<&'static str> {
    let (_, section) = SECTIONS.iter().find(|(of, _)| *of == part)?;
    Some(section)
}

/// Returns the references to components in each component.
fn references_between_components(document: &mut Value) -> Edges {
    let mut edges = Edges::new();
    walk::parts(document, &mut |part, value, pointer| {
        if let (Some(_), Some(target)) = (section(part), pointer::reference(value))
            && let Some(target) = pointer::of_reference(target)
        {
            let targets = edges.entry(component_around(pointer).to_owned());
            targets.or_default().insert(target.into_owned());
        }
    });
    edges
}

/// Returns the pointer of the component that contains `pointer`, or another prefix of `pointer`.
fn component_around(pointer: &str) -> &str {
    let end = pointer.match_indices('/').nth(3);
    end.map_or(pointer, |(end, _)| &pointer[..end])
}
