//! Lowers OpenAPI 3.0 and 3.1 to 3.0.3, the only version that the generator supports.
//!
//! A rewrite that loses information adds a warning. A construct without an equivalent is refused,
//! with the text to write in the overlay instead. Schemas are found by position, never by key name.

mod arrays;
mod bounds;
mod components;
mod content;
mod document;
mod nullable;
mod objects;
mod references;
mod resolve;
mod schema;
mod security;
mod shape;
mod siblings;
mod types;
mod unions;
mod unknown_keys;
mod unsupported;
mod values;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::{
    openapi::{pointer::below, walk},
    pipeline::notes::{Note, Notes},
};

/// Lowers an OpenAPI document to 3.0.3, and notes losses and unsupported constructs.
///
/// A 3.0 document is lowered like one of 3.1, whose keywords include all of 3.0. Any other version
/// is refused. The pointers of notes refer to the original document.
pub fn lower(document: &mut Value, notes: &mut Notes) {
    let version = document.get("openapi").and_then(Value::as_str);
    let is_3_0 = version.is_some_and(|version| version.starts_with("3.0."));
    if !is_3_0 && !version.is_some_and(|version| version.starts_with("3.1.")) {
        let problem = match document.get("openapi") {
            Some(version) => format!("`openapi` is {version}"),
            None => "`openapi` is missing".to_owned(),
        };
        notes.refuse(
            "/openapi",
            &format!("{problem}: expected a string such as \"3.0.3\" or \"3.1.0\""),
            "correct it in the overlay, or convert the document",
        );
        return;
    }
    let mut found = Notes::default();
    document::lower(document, &mut found);
    if is_3_0 {
        siblings::drop_ignored(document, &mut found);
    }
    let moved = references::hoist(document, &mut found);
    unknown_keys::drop_keys(document, &mut found);
    walk::schema_roots(document, &mut |schema, pointer| {
        schema::lower(schema, pointer, &mut found);
    });
    references::refuse_cycles(document, &mut found);
    components::resolve_references(document, &mut found);
    security::lower(document, &mut found);
    document["openapi"] = "3.0.3".into();

    if is_3_0 {
        let is_syntax = |note: &Note| note.text.ends_with(shape::SYNTAX_OF_3_0);
        found.warnings.retain(|note| !is_syntax(note));
    }
    for note in found.warnings.iter_mut().chain(&mut found.refused) {
        note.pointer = original_pointer(&moved, &note.pointer);
    }
    notes.warnings.append(&mut found.warnings);
    notes.refused.append(&mut found.refused);
}

/// Returns the pointer before the schemas in `moved` became components.
fn original_pointer(moved: &references::Moved, pointer: &str) -> String {
    let mut found = moved.iter().filter_map(|(from, to)| {
        let rest = below(pointer, to)?;
        Some(format!("{from}{rest}"))
    });
    found.next().unwrap_or_else(|| pointer.to_owned())
}
