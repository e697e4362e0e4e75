//! Reading documents, and writing them in the one form that all files under `specs/` have.

use std::{fs, io::Write, path::Path};

use anyhow::{Context, Result, anyhow};
use atomic_write_file::AtomicWriteFile;
use serde_json::Value;

/// Reads a JSON or YAML document. Numbers keep the digits they were written with in JSON.
pub fn read(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("{}: cannot be read; check the path", path.display()))?;
    parse(&text).with_context(|| {
        format!(
            "{}: is neither JSON nor YAML; correct it there",
            path.display()
        )
    })
}

/// Parses JSON, else YAML.
pub fn parse(text: &str) -> Result<Value> {
    // JSON is tried by its first character, so that a slip in a JSON file is told by its place
    // in JSON and not by what a YAML reader makes of it.
    if text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('{')
    {
        return Ok(serde_json::from_str(text.trim_start_matches('\u{feff}'))?);
    }
    serde_saphyr::from_str(text).map_err(|error| anyhow!("{error}"))
}

/// `document` as it stands in a file: two spaces of indentation and a newline at the end.
pub fn to_text(document: &Value) -> Result<String> {
    Ok(serde_json::to_string_pretty(document)? + "\n")
}

/// Writes `text` beside `path` and renames it, so that `path` holds the old or the new, whole.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let attempt = || {
        let mut file = AtomicWriteFile::open(path)?;
        file.write_all(text.as_bytes())?;
        file.commit()
    };
    attempt().with_context(|| {
        format!(
            "{}: cannot be written; check that its folder exists and has room",
            path.display()
        )
    })
}
