//! The way of a document to Rust code: overlay, lowering, adaptation, validation, generation.

pub mod adapt;
pub mod generate;
pub mod lower;
pub mod notes;
pub mod overlay;
#[cfg(test)]
mod properties;
mod round_trip;
mod sample;
mod test_code;
pub mod validate;

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::openapi::document;
use notes::Notes;

/// Returns the files that `document`, which is (or will be) `input` in the folder of `api`, leads
/// to: their paths below `root`, and their texts.
pub fn files(
    root: &Path,
    api: &str,
    input: &str,
    document: Value,
) -> Result<Vec<(String, String)>> {
    let folder = format!("specs/{api}");
    let overlay = root.join(&folder).join("overlay.yaml");
    let input = format!("{folder}/{input}");
    let text = text(
        &input,
        document,
        Some(&*overlay).filter(|path| path.exists()),
    )?;
    let code = generate::files(api, &text).with_context(|| input)?;
    let openapi = (format!("{folder}/openapi.json"), text);
    Ok([openapi].into_iter().chain(code).collect())
}

/// Applies the overlay to `document`, prepares it and returns its text. Messages call it `name`.
pub fn text(name: &str, mut document: Value, overlay: Option<&Path>) -> Result<String> {
    if let Some(path) = overlay {
        let overlay = document::read(path)?;
        overlay::apply(&mut document, &overlay)
            .with_context(|| format!("{}: cannot be applied to {name}", path.display()))?;
    }
    let notes = prepare(&mut document);
    for note in &notes.warnings {
        println!("warning: {name}: {note}");
    }
    if !notes.refused.is_empty() {
        for note in &notes.refused {
            eprintln!("error: {name}: {note}");
        }
        let constructs = match notes.refused.len() {
            1 => "1 construct is".to_owned(),
            count => format!("{count} constructs are"),
        };
        bail!("{name}: {constructs} not supported (above); nothing was written");
    }
    document::to_text(&document)
}

/// Lowers and adapts `document`, and checks the result. It is of use only if nothing is refused.
pub fn prepare(document: &mut Value) -> Notes {
    let mut notes = lower_and_adapt(document);
    if notes.refused.is_empty() {
        validate::check(document, &mut notes);
    }
    notes
}

/// Lowers and adapts `document`. It is of use only if nothing is refused.
pub fn lower_and_adapt(document: &mut Value) -> Notes {
    let mut notes = Notes::default();
    lower::lower(document, &mut notes);
    if notes.refused.is_empty() {
        adapt::adapt(document, &mut notes);
    }
    notes
}
