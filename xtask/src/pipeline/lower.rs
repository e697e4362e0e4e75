//! The lowering of OpenAPI 3.1 to 3.0.3, which is all that the generator reads.
//!
//! A rewrite that loses nothing is silent; one after which the document says less is noted; what
//! cannot be kept is refused, with what to write in the overlay instead. Schemas are found by
//! their position, never by the name of a key.

mod arrays;
mod bounds;
mod components;
mod content;
mod document;
mod keys;
mod nullable;
mod objects;
mod path_items;
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
mod uri;
mod values;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::{
    openapi::{pointer::child, walk},
    pipeline::notes::{Note, Notes},
};

/// Rewrites an OpenAPI 3.1 document to 3.0.3, and notes what that loses or cannot do.
///
/// A 3.0 document stays as it is, but for what is malformed, which is refused; of any other version none is touched, but refused. Pointers of
/// notes are those of the document as handed in.
pub fn lower(document: &mut Value, notes: &mut Notes) {
    match document.get("openapi").and_then(Value::as_str) {
        Some(version) if version.starts_with("3.0.") => {
            check_3_0(document, notes);
            return;
        }
        Some(version) if version.starts_with("3.1.") => {}
        _ => {
            let version = match document.get("openapi") {
                Some(version) => format!("`openapi` is {version}"),
                None => "the document does not say its version in `openapi`".to_owned(),
            };
            notes.refuse(
                "/openapi",
                &version,
                "hand in a document of which it is \"3.0.x\" or \"3.1.x\"",
            );
            return;
        }
    }
    let mut found = Notes::default();
    document::lower(document, &mut found);
    let moved = references::hoist(document, &mut found);
    unknown_keys::drop_keys(document, &mut found);
    walk::schema_roots(document, &mut |schema, pointer| {
        schema::lower(schema, pointer, &mut found);
    });
    references::refuse_cycles(document, &mut found);
    components::resolve_references(document, &mut found);
    security::lower(document, &mut found);
    path_items::inline(document, &mut found);
    document["openapi"] = "3.0.3".into();

    let original = |note: Note| Note {
        pointer: original_pointer(&moved, note.pointer),
        ..note
    };
    notes
        .warnings
        .extend(found.warnings.into_iter().map(original));
    notes
        .refused
        .extend(found.refused.into_iter().map(original));
}

/// Refuses what no reader of 3.0 could make sense of.
fn check_3_0(document: &mut Value, notes: &mut Notes) {
    walk::schemas(document, &mut |schema, pointer| {
        let Value::Object(schema) = schema else {
            // As in 3.0, these may also be said of the members that nobody knows.
            if !(schema.is_boolean() && pointer.ends_with("/additionalProperties")) {
                let problem = format!("a schema is {schema}, not an object");
                notes.refuse(pointer, &problem, "correct it in the overlay");
            }
            return;
        };
        if let Some(kind) = schema
            .get("type")
            .filter(|kind| kind.is_array() || *kind == "null")
        {
            let problem = format!("`type` is {kind}, which OpenAPI 3.0 does not know");
            let fix = "write `nullable` in the overlay, or `openapi: 3.1.0` if it is that";
            notes.refuse(&child(pointer, "type"), &problem, fix);
        }
        shape::check(schema, pointer, notes);
    });
    references::refuse_cycles(document, notes);
}

/// Where the place at `pointer` stood before the schemas in `moved` became components.
fn original_pointer(moved: &[references::Moved], pointer: String) -> String {
    for schema in moved {
        if let Some(rest) = pointer.strip_prefix(&schema.to)
            && (rest.is_empty() || rest.starts_with('/'))
        {
            return format!("{}{rest}", schema.from);
        }
    }
    pointer
}
