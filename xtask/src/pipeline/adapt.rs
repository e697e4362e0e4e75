//! Fits an OpenAPI 3.0 document to progenitor, and its answers to what servers really send.
//!
//! The rules are general: none knows the documents of this repository. Fitting twice is fitting
//! once.

mod answers;
mod content;
mod endless;
mod media;
mod names;
mod open;
mod parameters;
mod prose;
mod rust_names;
mod schemas;
mod union;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::pipeline::notes::Notes;

/// Fits `document`, which is 3.0 already.
pub fn adapt(document: &mut Value, notes: &mut Notes) {
    endless::refuse(document, notes);
    if !notes.refused.is_empty() {
        // The rest would follow them without end.
        return;
    }
    rust_names::rename_components(document, notes);
    names::name_operations(document, notes);
    parameters::fit(document, notes);
    content::fit(document, notes);
    schemas::fit(document, notes);
    open::open(document, notes);
    answers::unify(document, notes);
    // The unions are answers as well.
    open::open(document, notes);
    prose::fence(document);
}
