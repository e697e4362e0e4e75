//! The steps from a document to Rust code: overlay, lowering, adaptation, validation, generation.

pub mod adapt;
pub mod export;
pub mod generate;
pub mod join;
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
use generate::Code;
use join::Joined;
use notes::Notes;

/// Returns the files that are generated from `input`, the document of `api`, as paths below `root` and
/// texts.
pub fn files(root: &Path, api: &str, input: Joined) -> Result<Vec<(String, String)>> {
    let folder = format!("specs/{api}");
    let overlay = root.join(&folder).join("overlay.yaml");
    let overlay = Some(&*overlay).filter(|path| path.exists());
    let main_file = input.main_file.clone();
    let (openapi, code) = prepare_and_report(api, input, overlay)?;
    let code = code.files(api, &openapi).with_context(|| main_file)?;
    let openapi = (format!("{folder}/openapi.json"), openapi);
    Ok([openapi].into_iter().chain(code).collect())
}

/// Returns the text of `openapi.json` for the document `input`, after the overlay at this path.
pub fn text(input: Joined, overlay: Option<&Path>) -> Result<String> {
    prepare_and_report("api", input, overlay).map(|(openapi, _)| openapi)
}

/// Applies the overlay, prepares the document, and prints the notes. Returns the text of
/// `openapi.json` and the generated code.
fn prepare_and_report(
    api: &str,
    mut input: Joined,
    overlay: Option<&Path>,
) -> Result<(String, Code)> {
    if let Some(path) = overlay {
        let overlay = document::read(path)?;
        overlay::apply(&mut input.document, &overlay).with_context(|| {
            format!(
                "{}: cannot be applied to {}",
                path.display(),
                input.main_file
            )
        })?;
    }
    let (notes, code) = prepare(api, &mut input.document);
    for note in &notes.warnings {
        println!("warning: {}: {note}", input.file(&note.pointer));
    }
    for note in &notes.refused {
        eprintln!("error: {}: {note}", input.file(&note.pointer));
    }
    let Some(code) = code else {
        let constructs = match notes.refused.len() {
            1 => "1 construct is".to_owned(),
            count => format!("{count} constructs are"),
        };
        bail!(
            "{}: {constructs} not supported (above); nothing was written",
            input.main_file
        );
    };
    Ok((document::to_text(&input.document)?, code))
}

/// Prepares `document` and generates the code of `api`. There is code if nothing is refused.
pub fn prepare(api: &str, document: &mut Value) -> (Notes, Option<Code>) {
    let mut notes = lower_and_adapt(document);
    let code = match notes.refused.is_empty() {
        true => validate_and_generate(api, document, &mut notes),
        false => None,
    };
    (notes, code)
}

/// Validates a document that is lowered and adapted, and generates the code of `api`.
pub fn validate_and_generate(api: &str, document: &Value, notes: &mut Notes) -> Option<Code> {
    validate::check(document, notes);
    match notes.refused.is_empty() {
        true => generate::code(api, document, notes),
        false => None,
    }
}

/// Lowers and adapts `document`. The result is usable only if nothing is refused.
pub fn lower_and_adapt(document: &mut Value) -> Notes {
    let mut notes = Notes::default();
    lower::lower(document, &mut notes);
    if notes.refused.is_empty() {
        adapt::adapt(document, &mut notes);
    }
    notes
}
