//! `cargo xtask diff`: what a change of the documents does on the wire, and to Rust code that uses
//! the crate.

mod accepted;
mod bodies;
mod changes;
mod comparison;
mod docs;
mod json;
mod level;
mod markdown;
mod normal;
mod operations;
mod parameters;
mod place;
mod reach;
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
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::{Outcome, document};
use accepted::Accepted;
use level::Direction;
use rules::Rule;
use sides::Side;

pub use level::Level;
pub use markdown::{of as markdown, plain};
pub use report::{Api, Report};
pub use text::{of as text, visible};

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
    let report = match &options.files {
        Some(files) => of_files(files)?,
        None => of_specs(root, options.revisions.as_deref())?,
    };
    match options.format {
        Format::Text => print(&text::of(&report), &mut anstream::stdout())?,
        Format::Markdown => print(&markdown::of(&report), &mut io::stdout())?,
        Format::Json => print(&json::of(&report)?, &mut io::stdout())?,
    }
    let fails = match options.fail_on {
        None => false,
        Some(FailOn::Breaking) => report.has_unaccepted_break(),
        Some(FailOn::Any) => report.verdict().is_some(),
    };
    Ok(if fails {
        Outcome::ActionNeeded
    } else {
        Outcome::Fine
    })
}

fn of_files(files: &[PathBuf]) -> Result<Report> {
    let [old, new] = files else {
        bail!("--files takes two documents, OLD and NEW");
    };
    let (before, after) = (document::read(old)?, document::read(new)?);
    sides::check(&before, &old.display().to_string())?;
    sides::check(&after, &new.display().to_string())?;
    let name = new.file_name().unwrap_or(new.as_os_str()).to_string_lossy();
    Ok(Report {
        apis: vec![Api::compare(&name, &before, &after)],
    })
}

/// Compares specs/ at the revisions that are named.
pub fn of_specs(root: &Path, revisions: Option<&str>) -> Result<Report> {
    let (old, new) = sides::named(root, revisions)?;
    let (old, new) = (Side::read(&old)?, Side::read(&new)?);
    let mut names: Vec<&String> = old.documents.keys().chain(new.documents.keys()).collect();
    names.sort();
    names.dedup();
    let nothing = sides::empty_document();
    let apis = names.into_iter().map(|name| {
        let document = |side: &Side| side.documents.get(name).unwrap_or(&nothing).clone();
        Api::compare(name, &document(&old), &document(&new))
    });
    let mut report = Report {
        apis: apis.collect(),
    };
    Accepted::since(old.accepted.as_deref(), new.accepted.as_deref())?.apply(&mut report)?;
    Ok(report)
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
                "{} in requests, {} in answers",
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
