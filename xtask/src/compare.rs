//! Compares API documents: finds changes on the wire and in the generated Rust code, and reports
//! them.

mod accepted;
mod bodies;
mod changes;
mod comparer;
mod comparison;
mod content;
mod cursor;
mod docs;
mod files;
mod follows;
mod json;
mod level;
mod location;
mod markdown;
mod names;
mod normalize;
mod operations;
mod origins;
mod outline;
mod pairing;
mod parameters;
mod renames;
mod report;
mod responses;
mod revision;
mod rules;
mod schemas;
mod security;
mod surface;
#[cfg(test)]
mod tests;
mod text;
mod usage;
mod values;
mod words;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::openapi::document;
use files::ChangedFile;

pub use changes::{Change, Pointers};
pub use comparison::compare_on_the_wire;
pub use level::{Direction, Level};
pub use markdown::{plain, whole_plain};
pub use operations::{is_same_but_spelling, path_pattern};
pub use report::{Api, Report};
pub use rules::Rule;
pub use text::visible;

/// Compares two documents.
pub fn compare_files(files: &[PathBuf]) -> Result<Report> {
    let [old, new] = files else {
        bail!(
            "--files: expected two documents, found {}; name OLD and NEW",
            files.len()
        );
    };
    let (before, after) = (document::read(old)?, document::read(new)?);
    revision::check_document(&before, &old.display().to_string())?;
    revision::check_document(&after, &new.display().to_string())?;
    let name = new.file_name().unwrap_or(new.as_os_str()).to_string_lossy();
    let mut api = Api::compare(&name, &before, &after);
    for entry in &mut api.changes {
        entry.caused_by.push(new.display().to_string());
    }
    Ok(Report::of_api(api))
}

/// Compares specs/ in two revisions: `BASE`, `BASE..HEAD`, or the default.
pub fn compare_specs(root: &Path, revisions: Option<&str>) -> Result<Report> {
    let (before, after) = revision::parse(root, revisions)?;
    let (old, new) = (before.specs()?, after.specs()?);
    let (old_accepted, new_accepted) = (before.text(accepted::FILE)?, after.text(accepted::FILE)?);
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let apis = names
        .into_iter()
        .map(|name| Api::of_specs(name, old.get(name), new.get(name)));
    let mut report = Report {
        apis: apis.collect(),
        files: ChangedFile::between(root, &before, &after)?,
        accepted_error: None,
    };
    let accepted = [old_accepted, new_accepted];
    let [old, new] = accepted.each_ref().map(Option::as_deref);
    report.accepted_error = accepted::apply(&mut report, old, new).err();
    Ok(report)
}

/// The explanation above the list of rules.
const LEVELS: &str = "\
breaking    a call that worked before fails or has another meaning, or something that callers use is removed
compatible  existing clients keep working
docs        only documentation changes

Some levels depend on who sends the value. The client sends the requests of operations, and the
responses to webhooks and callbacks. It receives the responses of operations, and the requests of
webhooks and callbacks.

These are the rules for documents. Changes of the generated Rust code are judged separately, by whether
existing code still compiles: a public item that is removed or renamed, or whose type changes, is breaking,
even if the change of the document is compatible. An added item is compatible.

";

/// Returns the list of rules, one per line, after an explanation of the levels.
pub fn rules() -> String {
    let line = |rule: &Rule| {
        let levels = [Direction::Request, Direction::Response].map(|of| rule.level(of).name());
        // Added responses are classified by the direction of their request.
        let [sent, received] = match (rule, levels) {
            (Rule::SuccessAdded, [request, response]) => [response, request],
            (_, levels) => levels,
        };
        let level = match sent == received {
            true => sent.to_owned(),
            false => format!("{sent} if the client sends it, {received} if it receives it"),
        };
        format!("{:<27} {}: {level}\n", rule.id(), rule.meaning())
    };
    let lines: String = Rule::value_variants().iter().map(line).collect();
    format!("{LEVELS}{lines}")
}
