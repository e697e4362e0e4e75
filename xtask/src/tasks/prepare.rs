//! `cargo xtask prepare`: from upstream's documents to Rust code.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use clap::Args;

use crate::{
    exit::Outcome,
    openapi::document,
    pipeline::{
        self,
        join::{self, Joined},
        overlay,
    },
    upstream::{gitbook, merge, meta_document, meta_page, sources::Sources, witnesses},
};

/// The options of `cargo xtask prepare`.
#[derive(Debug, Args)]
pub struct Options {
    /// Write nothing; exit with 1 if a file is out of date, or if a spec.yaml and its deviations.yaml
    /// do not match the committed documents of upstream
    #[arg(long)]
    check: bool,
    /// Prepare this one document instead of those in specs/: OpenAPI 3.0 or 3.1 as JSON or YAML,
    /// or a reference page of 360dialog or Meta (.md)
    #[arg(long, value_name = "IN", requires = "out")]
    file: Option<PathBuf>,
    /// With --file: apply this overlay to the document first
    #[arg(long, requires = "file")]
    overlay: Option<PathBuf>,
    /// With --file: write the result to this file
    #[arg(long, requires = "file")]
    out: Option<PathBuf>,
}

/// Prepares all documents, then writes the files that differ, or names them.
pub fn run(root: &Path, options: &Options) -> Result<Outcome> {
    let results = match (&options.file, &options.out) {
        (Some(input), Some(output)) => {
            let text = prepared(input, options.overlay.as_deref())?;
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
            eprintln!("{path_shown} is out of date; run `cargo xtask prepare`");
        } else {
            document::write(path, text)?;
            println!("wrote {path_shown}");
        }
    }
    let differences = match options.check {
        true => differences(root)?,
        false => Vec::new(),
    };
    for message in &differences {
        eprintln!("{message}");
    }
    let is_stale = options.check && !stale.is_empty();
    Ok(match is_stale || !differences.is_empty() {
        true => Outcome::ActionNeeded,
        false => Outcome::Fine,
    })
}

/// Returns a message for each API whose spec.yaml differs from the committed documents of upstream in
/// other ways than it declares.
fn differences(root: &Path) -> Result<Vec<String>> {
    let sources = Sources::read(&root.join("specs"))?;
    let mut messages = Vec::new();
    for (api, sources) in sources.select(None)? {
        let findings = witnesses::compare_committed(root, api, sources)?;
        messages.extend(findings.error(api));
    }
    Ok(messages)
}

/// Returns the text of the document or page `input`, prepared with the overlay at `overlay`.
fn prepared(input: &Path, overlay: Option<&Path>) -> Result<String> {
    let name = input.display().to_string();
    if input.extension().is_none_or(|extension| extension != "md") {
        let mut document = document::read(input)?;
        meta_document::normalize(&mut document);
        return pipeline::text(Joined::new(&name, document), overlay);
    }
    let page = fs::read_to_string(input)
        .with_context(|| format!("{name}: cannot be read; check the path"))?;
    if !meta_page::is_reference_page(&page) {
        let blocks = gitbook::read(&name, &page)?.blocks;
        ensure!(
            !blocks.is_empty(),
            "{name}: has no OpenAPI document; expected a reference page of 360dialog or Meta"
        );
        let document = merge::merge(&blocks).map_err(|faults| anyhow!(faults.join("\n")))?;
        return pipeline::text(Joined::new(&name, document), overlay);
    }
    let meta_page::Page {
        mut document,
        unplaced_lines,
        ..
    } = meta_page::read(&name, &page)?;
    if let Some(path) = overlay {
        overlay::apply(&mut document, &document::read(path)?)
            .with_context(|| format!("{}: cannot be applied to {name}", path.display()))?;
    }
    let unplaced = meta_page::unplaced(&name, &document, &unplaced_lines);
    ensure!(unplaced.is_empty(), "{}", unplaced.join("\n"));
    pipeline::text(Joined::new(&name, document), None)
}

/// Returns the files generated from all folders of specs/: their paths and contents.
fn specs(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let specs = root.join("specs");
    let mut folders: Vec<PathBuf> = fs::read_dir(&specs)
        .with_context(|| {
            format!(
                "{}: cannot be listed; check that it exists",
                specs.display()
            )
        })?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    let mut all = Vec::new();
    for folder in folders {
        let api = folder.file_name().unwrap_or_default().to_string_lossy();
        let inputs = ["spec.yaml", "upstream.json"];
        let Some(input) = inputs.into_iter().find(|name| folder.join(name).exists()) else {
            bail!(
                "{}: has neither spec.yaml nor upstream.json; run `cargo xtask refresh`, or write one",
                folder.display()
            );
        };
        let document = join::read(root, &format!("specs/{api}/{input}"))?;
        let files = pipeline::files(root, &api, document)?;
        all.extend(
            files
                .into_iter()
                .map(|(path, text)| (root.join(path), text)),
        );
    }
    Ok(all)
}
