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
mod parameters;
mod place;
mod reach;
mod renames;
mod report;
mod rules;
mod schemas;
mod security;
mod sides;
mod surface;
#[cfg(test)]
mod tests;
mod text;
mod unions;
mod values;

use std::{
    collections::BTreeSet,
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::{Outcome, document};
use accepted::Accepted;
use files::ChangedFile;
use level::Direction;
use rules::Rule;
use sides::Side;

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
    /// The level that the next release has to announce.
    pub fn asks_for(&self) -> Option<Level> {
        let published = self.files.iter().any(ChangedFile::is_published);
        self.report.asks_for().max(published.then_some(Level::Docs))
    }
}

/// The report for a terminal.
pub fn text(report: &Report) -> String {
    text::of(report, &[])
}

/// The report as Markdown.
pub fn markdown(report: &Report) -> String {
    markdown::of(report, &[])
}

/// The options of `cargo xtask diff`.
#[derive(Debug, Args)]
pub struct Options {
    /// The revision to compare the working tree with, or two revisions to compare with each other;
    /// where the branch left origin/main, unless given
    #[arg(value_name = "BASE[..HEAD]", conflicts_with = "files")]
    revisions: Option<String>,
    /// Compare two OpenAPI documents (3.0 or 3.1, JSON or YAML) instead of specs/
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"])]
    files: Option<Vec<PathBuf>>,
    /// How to say it
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Exit with 1 if there is such a change: one that breaks and that nobody has accepted, or any
    #[arg(long, value_enum)]
    fail_on: Option<FailOn>,
    /// List what can be said of a change, and exit
    #[arg(long, exclusive = true)]
    rules: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FailOn {
    Breaking,
    Any,
}

/// Compares, reports, and says whether to fail.
pub fn run(root: &Path, options: &Options) -> Result<Outcome> {
    if options.rules {
        print(&rules(), &mut io::stdout())?;
        return Ok(Outcome::Fine);
    }
    let comparison = match &options.files {
        Some(files) => of_files(files)?,
        None => of_specs(root, options.revisions.as_deref())?,
    };
    let Comparison { report, files } = &comparison;
    match options.format {
        Format::Text => print(&text::of(report, files), &mut anstream::stdout())?,
        Format::Markdown => print(&markdown::of(report, files), &mut io::stdout())?,
        Format::Json => print(&json::of(report, files)?, &mut io::stdout())?,
    }
    // A document that is not one of specs/ need not be one that the generator takes.
    let unknown = options.files.is_none() && report.rust_unknown().next().is_some();
    let fails = match options.fail_on {
        None => false,
        Some(FailOn::Breaking) => report.has_unaccepted_break() || unknown,
        Some(FailOn::Any) => report.asks_for().is_some() || !files.is_empty() || unknown,
    };
    Ok(if fails {
        Outcome::ActionNeeded
    } else {
        Outcome::Fine
    })
}

fn of_files(files: &[PathBuf]) -> Result<Comparison> {
    let [old, new] = files else {
        bail!("--files takes two documents, OLD and NEW");
    };
    let (before, after) = (document::read(old)?, document::read(new)?);
    sides::check(&before, &old.display().to_string())?;
    sides::check(&after, &new.display().to_string())?;
    let name = new.file_name().unwrap_or(new.as_os_str()).to_string_lossy();
    let mut api = Api::compare(&name, &before, &after);
    for noted in &mut api.changes {
        noted.made_by.push(new.display().to_string());
    }
    Ok(Comparison {
        report: Report { apis: vec![api] },
        files: Vec::new(),
    })
}

/// Compares specs/ at the revisions that are named.
pub fn of_specs(root: &Path, revisions: Option<&str>) -> Result<Comparison> {
    let (before, after) = sides::named(root, revisions)?;
    let (old, new) = (Side::read(&before)?, Side::read(&after)?);
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
fn rules() -> String {
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

/// Prints `text`. A reader who has read enough is none to complain about.
pub fn print(text: &str, to: &mut impl Write) -> Result<()> {
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("the report cannot be printed")
        }
        _ => Ok(()),
    }
}
