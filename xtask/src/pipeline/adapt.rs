//! Fits an OpenAPI 3.0 document to progenitor, and its answers to what servers really send.
//!
//! The rules are general: none knows the documents of this repository. Fitting twice is fitting
//! once.

mod content;
mod descriptions;
mod media;
mod names;
mod open_responses;
mod parameters;
mod recursive;
mod responses;
mod schemas;
mod unify;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::pipeline::notes::Notes;

/// Fits `document`, which is 3.0 already.
pub fn adapt(document: &mut Value, notes: &mut Notes) {
    recursive::refuse(document, notes);
    if !notes.refused.is_empty() {
        // The rest would follow them without end.
        return;
    }
    names::name_operations(document, notes);
    parameters::adapt(document, notes);
    content::adapt(document, notes);
    schemas::adapt(document, notes);
    open_responses::open(document, notes);
    responses::unify(document, notes);
    // The unions are answers as well.
    open_responses::open(document, notes);
    descriptions::fence_code(document);
}
