//! The comparison of the files in the folder of an API.

use std::{ffi::OsStr, fs, path::Path};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::{Findings, Witness, compare};
use crate::{
    openapi::document,
    pipeline::join,
    upstream::sources::{ApiSources, Source},
};

/// Compares the spec.yaml of `api` with the documents of its sources, and with its deviations.yaml.
/// Without sources that have names, nothing is compared.
pub fn compare_folder(root: &Path, api: &str, documents: &[(&Source, Value)]) -> Result<Findings> {
    let witnesses = documents.iter().filter_map(|(source, document)| {
        Some(Witness {
            name: source.name.as_deref()?,
            document,
            covers_all: source.covers_all,
            has_own_version: source.has_own_version,
        })
    });
    let witnesses: Vec<Witness> = witnesses.collect();
    let spec = format!("specs/{api}/spec.yaml");
    let folder = root.join("specs").join(api);
    if witnesses.is_empty() {
        ensure!(
            !root.join(&spec).exists(),
            "{spec}: is compared only with sources that have names; in specs/sources.toml, write \
             [{api}.sources.<name>]"
        );
        return Ok(Findings::default());
    }
    refuse_other_witnesses(&folder, &witnesses)?;
    let deviations = folder.join("deviations.yaml");
    let deviations = match deviations.exists() {
        true => document::read(&deviations)?,
        false => json!({"deviations": []}),
    };
    compare(api, &join::read(root, &spec)?, &deviations, &witnesses)
}

/// Compares the spec.yaml of `api` with the committed documents of its sources.
pub fn compare_committed(root: &Path, api: &str, sources: &ApiSources) -> Result<Findings> {
    let folder = root.join("specs").join(api);
    let named = sources.sources.iter().filter(|one| one.name.is_some());
    let documents = named.map(|source| Ok((source, document::read(&folder.join(source.file()))?)));
    compare_folder(root, api, &documents.collect::<Result<Vec<_>>>()?)
}

/// Fails if upstream/ has a document without a source.
fn refuse_other_witnesses(folder: &Path, witnesses: &[Witness<'_>]) -> Result<()> {
    for entry in fs::read_dir(folder.join("upstream")).into_iter().flatten() {
        let path = entry?.path();
        let is_known = witnesses
            .iter()
            .any(|witness| path.file_stem() == Some(OsStr::new(witness.name)));
        ensure!(
            is_known,
            "{}: has no source in specs/sources.toml; delete the file",
            path.display()
        );
    }
    Ok(())
}
