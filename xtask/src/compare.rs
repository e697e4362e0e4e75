//! `cargo xtask diff`: what a change of the documents does on the wire, and to Rust code that uses
//! the crate.

mod accepted;
mod bodies;
mod changes;
mod comparison;
mod docs;
mod files;
mod follows;
mod json;
mod level;
mod markdown;
mod names;
mod normal;
mod operations;
mod origins;
mod outline;
mod parameters;
mod place;
mod reach;
mod renames;
mod report;
mod revision;
mod rules;
mod schemas;
mod security;
mod surface;
#[cfg(test)]
mod tests;
mod text;
mod unions;
mod values;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::openapi::document;
use accepted::Accepted;
use files::ChangedFile;
use level::Direction;
use revision::Specs;
use rules::Rule;

pub use level::Level;
pub use markdown::plain;
pub use report::{Api, Report};
pub use text::visible;

/// A comparison of specs/ on two sides, or of two documents.
pub struct Comparison {
    pub report: Report,
    /// The files of specs/ that differ.
    pub files: Vec<ChangedFile>,
}

impl Comparison {
    /// A comparison of one API alone.
    pub fn of_api(api: Api) -> Self {
        Self {
            report: Report { apis: vec![api] },
            files: Vec::new(),
        }
    }

    /// The comparison for a terminal.
    pub fn text(&self) -> String {
        text::of(&self.report, &self.files)
    }

    /// The comparison as Markdown.
    pub fn markdown(&self) -> String {
        markdown::of(&self.report, &self.files)
    }

    /// The comparison as JSON.
    pub fn json(&self) -> Result<String> {
        json::of(&self.report, &self.files)
    }

    /// The level that the next release has to announce.
    pub fn required_level(&self) -> Option<Level> {
        let published = self.files.iter().any(ChangedFile::is_published);
        self.report
            .required_level()
            .max(published.then_some(Level::Docs))
    }
}

/// Compares two documents.
pub fn of_files(files: &[PathBuf]) -> Result<Comparison> {
    let [old, new] = files else {
        bail!("--files takes two documents, OLD and NEW");
    };
    let (before, after) = (document::read(old)?, document::read(new)?);
    revision::check(&before, &old.display().to_string())?;
    revision::check(&after, &new.display().to_string())?;
    let name = new.file_name().unwrap_or(new.as_os_str()).to_string_lossy();
    let mut api = Api::compare(&name, &before, &after);
    for entry in &mut api.changes {
        entry.made_by.push(new.display().to_string());
    }
    Ok(Comparison::of_api(api))
}

/// Compares specs/ at the revisions that are named.
pub fn of_specs(root: &Path, revisions: Option<&str>) -> Result<Comparison> {
    let (before, after) = revision::named(root, revisions)?;
    let (old, new) = (Specs::read(&before)?, Specs::read(&after)?);
    let names: BTreeSet<&String> = old.specs.keys().chain(new.specs.keys()).collect();
    let apis = names
        .into_iter()
        .map(|name| Api::of_specs(name, old.specs.get(name), new.specs.get(name)));
    let mut report = Report {
        apis: apis.collect(),
    };
    Accepted::since(old.accepted.as_deref(), new.accepted.as_deref())?.apply(&mut report)?;
    let files = ChangedFile::between(root, &before, &after)?;
    Ok(Comparison { report, files })
}

/// The list of rules, a line each.
pub fn rules() -> String {
    let line = |rule: &Rule| {
        let (request, response) = (
            rule.level(Direction::Request),
            rule.level(Direction::Response),
        );
        let level = if request == response {
            request.name().to_owned()
        } else {
            format!(
                "{} in requests, {} in responses",
                request.name(),
                response.name()
            )
        };
        format!("{:<26} {}: {level}\n", rule.id(), rule.meaning())
    };
    Rule::value_variants().iter().map(line).collect()
}
