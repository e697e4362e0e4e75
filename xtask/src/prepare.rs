//! `cargo xtask prepare`: from what upstream says to the Rust code of it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use crate::{Outcome, code, document, fit, gate, lower, notes::Notes, overlay};

/// The options of `cargo xtask prepare`.
#[derive(Debug, Args)]
pub struct Options {
    /// Write nothing; fail if a file is not what it should be
    #[arg(long)]
    check: bool,
    /// Prepare this one document (OpenAPI 3.0 or 3.1, JSON or YAML) instead of those in specs/
    #[arg(long, value_name = "IN", requires = "out")]
    file: Option<PathBuf>,
    /// Apply this overlay to it first
    #[arg(long, requires = "file")]
    overlay: Option<PathBuf>,
    /// Where the result goes
    #[arg(long, requires = "file")]
    out: Option<PathBuf>,
}

/// Prepares all documents, then writes them or compares them with what is there.
pub fn run(root: &Path, options: &Options) -> Result<Outcome> {
    let results = match (&options.file, &options.out) {
        (Some(input), Some(output)) => {
            let name = input.display().to_string();
            let text = text(&name, document::read(input)?, options.overlay.as_deref())?;
            vec![(output.clone(), text)]
        }
        _ => specs(root)?,
    };
    let stale: Vec<_> = results
        .iter()
        .filter(|(path, text)| fs::read_to_string(path).ok().as_ref() != Some(text))
        .collect();
    for (path, text) in &stale {
        let path_shown = path.strip_prefix(root).unwrap_or(path).display();
        if options.check {
            eprintln!("{path_shown} is not what its sources make; run `cargo xtask prepare`");
        } else {
            document::write(path, text)?;
            println!("wrote {path_shown}");
        }
    }
    Ok(if options.check && !stale.is_empty() {
        Outcome::ActionNeeded
    } else {
        Outcome::Fine
    })
}

/// All that is made of the folders of specs/.
fn specs(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let specs = root.join("specs");
    let mut folders: Vec<PathBuf> = fs::read_dir(&specs)
        .with_context(|| format!("{}: cannot be listed", specs.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    let mut made = Vec::new();
    for folder in folders {
        let input = ["spec.yaml", "upstream.json"].map(|name| folder.join(name));
        let Some(input) = input.into_iter().find(|path| path.exists()) else {
            bail!(
                "{}: holds neither spec.yaml nor upstream.json",
                folder.display()
            );
        };
        let files = files(&folder, &input, document::read(&input)?)?;
        made.extend(
            files
                .into_iter()
                .map(|(name, text)| (folder.join(name), text)),
        );
    }
    Ok(made)
}

/// The files that are made of `document`, which is (or will be) at the path `input`, in the folder
/// of its API.
pub fn files(folder: &Path, input: &Path, document: Value) -> Result<Vec<(&'static str, String)>> {
    let overlay = Some(folder.join("overlay.yaml")).filter(|path| path.exists());
    let input = input.display().to_string();
    let text = text(&input, document, overlay.as_deref())?;
    let api = folder.file_name().unwrap_or_default().to_string_lossy();
    let code = code::files(&api, &text).with_context(|| input)?;
    Ok([("openapi.json", text)].into_iter().chain(code).collect())
}

/// The text of what `document`, which messages call `name`, becomes after the overlay at this path.
fn text(name: &str, mut document: Value, overlay: Option<&Path>) -> Result<String> {
    if let Some(path) = overlay {
        let overlay = document::read(path)?;
        overlay::apply(&mut document, &overlay)
            .with_context(|| format!("{}: cannot be applied to {name}", path.display()))?;
    }
    let notes = prepare(&mut document);
    for note in &notes.weakened {
        println!("{name}: {note}");
    }
    if !notes.refused.is_empty() {
        for note in &notes.refused {
            eprintln!("{name}: {note}");
        }
        bail!(
            "{name}: {} places cannot be kept; nothing was written",
            notes.refused.len()
        );
    }
    document::to_text(&document)
}

/// Lowers and fits `document`, and checks the result. It is of use only if nothing is refused.
pub fn prepare(document: &mut Value) -> Notes {
    let mut notes = lower_and_fit(document);
    if notes.refused.is_empty() {
        gate::check(document, &mut notes);
    }
    notes
}

/// Lowers and fits `document`. It is of use only if nothing is refused.
pub fn lower_and_fit(document: &mut Value) -> Notes {
    let mut notes = Notes::default();
    lower::lower(document, &mut notes);
    if notes.refused.is_empty() {
        fit::fit(document, &mut notes);
    }
    notes
}
