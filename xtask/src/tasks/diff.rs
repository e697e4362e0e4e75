//! `cargo xtask diff`: shows the changes on the wire and in the Rust code between two revisions.

use std::{
    io,
    path::{Path, PathBuf},
};

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::{compare, exit::Outcome, output::print};

/// The options of `cargo xtask diff`.
#[derive(Debug, Args)]
pub struct Options {
    /// Revision to compare the working tree with, or two revisions to compare with each other
    /// [default: the commit where the branch left origin/main]
    #[arg(value_name = "BASE[..HEAD]", conflicts_with = "files")]
    revisions: Option<String>,
    /// Compare two OpenAPI documents (3.0 or 3.1, JSON or YAML) instead of specs/
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"])]
    files: Option<Vec<PathBuf>>,
    /// Format of the report
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Exit with 1 if there is any change, or a breaking one that is not accepted in
    /// specs/accepted-changes.yaml, or if the Rust code could not be compared
    #[arg(long, value_enum)]
    fail_on: Option<FailOn>,
    /// List all rules for changes with their levels, and exit
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

/// Compares two revisions or documents, and prints the report. Returns whether `--fail-on` applies.
pub fn run(root: &Path, options: &Options) -> Result<Outcome> {
    if options.rules {
        print(&compare::rules(), &mut io::stdout())?;
        return Ok(Outcome::Fine);
    }
    let report = match &options.files {
        Some(files) => compare::compare_files(files)?,
        None => compare::compare_specs(root, options.revisions.as_deref())?,
    };
    match options.format {
        Format::Text => print(&report.text(), &mut anstream::stdout())?,
        Format::Markdown => print(&report.markdown(), &mut io::stdout())?,
        Format::Json => print(&report.json()?, &mut io::stdout())?,
    }
    // With `--files`, the generator need not support the documents.
    let not_compared = options.files.is_none() && report.not_compared().next().is_some();
    let fails = match options.fail_on {
        None => false,
        Some(FailOn::Breaking) => report.has_unaccepted_break() || not_compared,
        Some(FailOn::Any) => {
            report.required_level().is_some() || !report.files.is_empty() || not_compared
        }
    };
    if let Some(error) = report.accepted_error {
        return Err(error);
    }
    Ok(if fails {
        Outcome::ActionNeeded
    } else {
        Outcome::Fine
    })
}
