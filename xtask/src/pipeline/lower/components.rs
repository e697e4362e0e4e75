//! References to components other than schemas, and to path items.

use serde_json::Value;

use crate::{
    openapi::{
        edges::{Edges, leads_to},
        keys,
        pointer::{self, below, child},
        walk::{self, Part},
    },
    pipeline::notes::Notes,
};

/// Makes every reference a bare one to an existing component that is not a reference itself.
///
/// References to path items and callbacks are replaced by their targets, since generators do not
/// support them. Then nothing refers to `components.pathItems`, which 3.0 does not have.
pub fn resolve_references(document: &mut Value, notes: &mut Notes) {
    let references = References {
        edges: edges(document),
        document: document.clone(),
    };
    let mut copies: Vec<String> = Vec::new();
    walk::parts(document, &mut |part, value, pointer| {
        let mut found = Notes::default();
        // A copy has the faults of its target, which are refused in the place of the target.
        let is_copy = copies.iter().any(|copy| below(pointer, copy).is_some());
        copies.extend(references.resolve(part, value, pointer, &mut found));
        if !is_copy {
            notes.refused.append(&mut found.refused);
        }
    });
    if let Some(Value::Object(components)) = document.get_mut("components") {
        components.shift_remove("pathItems");
    }
}

/// The references of a document before they are resolved.
struct References {
    document: Value,
    /// The references in each component and path item, by the pointer of both.
    edges: Edges,
}

fn edges(document: &mut Value) -> Edges {
    let mut edges = Edges::new();
    walk::parts(document, &mut |part, value, pointer| {
        let target = pointer::reference(value).and_then(pointer::of_reference);
        if let (Some(_), Some(target)) = (section(part), target) {
            let targets = edges.entry(enclosing(pointer).to_owned()).or_default();
            targets.insert(target.into_owned());
        }
    });
    edges
}

/// Returns the section of the components that a reference in place of `part` refers to.
fn section(part: Part) -> Option<&'static str> {
    Some(match part {
        Part::PathItem => "pathItems",
        Part::Response => "responses",
        Part::Parameter => "parameters",
        Part::Example => "examples",
        Part::RequestBody => "requestBodies",
        Part::Header => "headers",
        Part::SecurityScheme => "securitySchemes",
        Part::Link => "links",
        Part::Callback => "callbacks",
        Part::Operation | Part::MediaType | Part::Schema => return None,
    })
}

/// Returns the pointer of the component or path item that contains `pointer`.
fn enclosing(pointer: &str) -> &str {
    let length = if pointer.starts_with("/components/") {
        3
    } else {
        2
    };
    let end = pointer.match_indices('/').nth(length);
    end.map_or(pointer, |(end, _)| &pointer[..end])
}

impl References {
    /// Resolves the reference `value` in place of `part`. Returns the places of what was copied.
    fn resolve(
        &self,
        part: Part,
        value: &mut Value,
        pointer: &str,
        notes: &mut Notes,
    ) -> Vec<String> {
        let mut copies = Vec::new();
        let Some(section) = section(part) else {
            return copies;
        };
        let place = child(pointer, "$ref");
        while let Some(reference) = value.get("$ref").cloned() {
            let Some((to, target)) = self.target(part, section, &reference) else {
                // The target of a copied reference is refused in its own place.
                if copies.is_empty() {
                    refuse_unresolved(part, section, &reference, &place, notes);
                }
                break;
            };
            let is_path_item = part == Part::PathItem;
            if !is_path_item && part != Part::Callback && enclosing(pointer) != pointer {
                // 3.0 does not allow `summary` and `description` beside a reference.
                *value = keys::reference_to(format!("#{to}"));
                break;
            }
            if leads_to(&self.edges, &to, &to) {
                let kind = if is_path_item {
                    "path item"
                } else {
                    "component"
                };
                let problem = format!("the {kind} contains itself");
                let fix = format!("write the {kind} instead of the reference in the overlay");
                notes.refuse(&place, &problem, &fix);
                break;
            }
            if is_path_item {
                copies.extend(add_fields(value, target, pointer, notes));
            } else {
                *value = target.clone();
                copies.push(pointer.to_owned());
            }
        }
        copies
    }

    /// Returns the component or path item that `reference` refers to, with its pointer.
    fn target(&self, part: Part, section: &str, reference: &Value) -> Option<(String, &Value)> {
        let place = pointer::of_reference(reference.as_str()?)?;
        let (parent, _) = place.rsplit_once('/')?;
        let is_path_item = part == Part::PathItem;
        let target = self.document.pointer(&place).filter(|target| {
            (parent == child("/components", section) || is_path_item && parent == "/paths")
                && (!is_path_item || target.is_object())
        })?;
        Some((place.into_owned(), target))
    }
}

fn refuse_unresolved(part: Part, section: &str, reference: &Value, place: &str, notes: &mut Notes) {
    let (kind, fix) = match part {
        Part::PathItem => (
            "path item".to_owned(),
            "write the path item instead of the reference in the overlay",
        ),
        _ => (
            format!("component in `{section}`"),
            "add the component in the overlay, and refer to it",
        ),
    };
    let problem = format!("`$ref` {reference} does not resolve to a {kind}");
    notes.refuse(place, &problem, fix);
}

/// Replaces the `$ref` of a path item by the fields of `target`. Refuses fields that differ, since
/// OpenAPI does not define which one applies. Returns the places of the fields that were added.
fn add_fields(item: &mut Value, target: &Value, pointer: &str, notes: &mut Notes) -> Vec<String> {
    let mut added = Vec::new();
    let (Value::Object(item), Value::Object(target)) = (item, target) else {
        return added;
    };
    item.shift_remove("$ref");
    for (key, value) in target {
        match item.get(key) {
            None => {
                item.insert(key.clone(), value.clone());
                added.push(child(pointer, key));
            }
            Some(own) if own != value => {
                let text = format!("`{key}` beside `$ref` differs from the one in the path item");
                let fix = "remove it here in the overlay";
                notes.refuse(&child(pointer, key), &text, fix);
            }
            Some(_) => {}
        }
    }
    added
}
