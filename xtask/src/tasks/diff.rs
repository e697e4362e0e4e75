//! `cargo xtask diff`: what a change of the documents does on the wire, and to Rust code that uses
//! the crate.

use std::{
    io,
    path::{Path, PathBuf},
};

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::{
    compare::{self, Comparison},
    exit::Outcome,
    output::print,
};

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
        print(&compare::rules(), &mut io::stdout())?;
        return Ok(Outcome::Fine);
    }
    let comparison = match &options.files {
        Some(files) => compare::of_files(files)?,
        None => compare::of_specs(root, options.revisions.as_deref())?,
    };
    let Comparison { report, files } = &comparison;
    match options.format {
        Format::Text => print(&comparison.text(), &mut anstream::stdout())?,
        Format::Markdown => print(&comparison.markdown(), &mut io::stdout())?,
        Format::Json => print(&comparison.json()?, &mut io::stdout())?,
    }
    // A document that is not one of specs/ need not be one that the generator takes.
    let unknown = options.files.is_none() && report.rust_unknown().next().is_some();
    let fails = match options.fail_on {
        None => false,
        Some(FailOn::Breaking) => report.has_unaccepted_break() || unknown,
        Some(FailOn::Any) => report.required_level().is_some() || !files.is_empty() || unknown,
    };
    Ok(if fails {
        Outcome::ActionNeeded
    } else {
        Outcome::Fine
    })
}
