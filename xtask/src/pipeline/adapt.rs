//! Adapts an OpenAPI 3.0 document to progenitor, and its response schemas to what servers return.
//!
//! The rules are general: none depends on the documents of this repository. The pass is
//! idempotent.

mod content;
mod descriptions;
mod field_names;
mod media;
mod names;
mod open_responses;
mod parameters;
mod recursive;
mod responses;
mod rust_names;
mod schemas;
mod types;
mod unify;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::pipeline::notes::Notes;

pub use parameters::CLIENT_HEADERS;

/// Adapts `document`, which must be OpenAPI 3.0.
pub fn adapt(document: &mut Value, notes: &mut Notes) {
    recursive::refuse(document, notes);
    if !notes.refused.is_empty() {
        // The other passes would not terminate.
        return;
    }
    rust_names::rename_components(document, notes);
    rust_names::refuse_reserved(document, notes);
    names::name_operations(document, notes);
    parameters::adapt(document, notes);
    content::adapt(document, notes);
    schemas::adapt(document, notes);
    field_names::refuse_same(document, notes);
    open_responses::open(document, notes);
    responses::unify(document, notes);
    // Unification adds response schemas.
    open_responses::open(document, notes);
    // Responses have no validation keywords now.
    types::refuse(document, notes);
    descriptions::fence_code(document);
}
