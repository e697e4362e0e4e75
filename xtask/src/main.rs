//! The tasks that keep the specs of `waba` in sync with upstream. `cargo xtask --help` lists them.

// In `matches!`, rustfmt writes each pattern on a line of its own, which makes long lists unreadable.
#![allow(clippy::match_like_matches_macro)]

#[cfg(test)]
mod cases;
mod compare;
mod excerpt;
mod exit;
mod git;
mod openapi;
mod output;
mod pipeline;
mod tasks;
mod upstream;

// Shared with build.rs, so that both generate the same code.
#[path = "../../build/generator.rs"]
mod generator;

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

/// Keeps the specs of waba in sync with upstream
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    after_help = "Exit status: 0 success, 1 action needed (such as a failed check), 2 error."
)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Generate specs/*/openapi.json and the Rust code from the other files in the same folder
    Prepare(tasks::prepare::Options),
    /// Report how changes to the documents affect requests, responses and Rust code
    Diff(tasks::diff::Options),
    /// Write the document of Graph for OpenAPI generators of other languages, as 3.1 and 3.0
    Export(tasks::export::Options),
    /// Update specs/ and the generated code to match what upstream publishes
    Refresh(tasks::refresh::Options),
    /// Check that the version bump covers the API changes since the last release
    Release(tasks::release::Options),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    exit::run(|| match cli.task {
        Task::Prepare(options) => tasks::prepare::run(&root(), &options),
        Task::Diff(options) => tasks::diff::run(&root(), &options),
        Task::Export(options) => tasks::export::run(&root(), &options),
        Task::Refresh(options) => tasks::refresh::run(&root(), &options),
        Task::Release(options) => tasks::release::run(&root(), &options),
    })
}

/// Returns the root of the repository. Cargo sets the variable when it runs the task; the path at
/// build time is only a fallback, because the repository may have moved since.
fn root() -> PathBuf {
    let xtask = env::var("CARGO_MANIFEST_DIR");
    let xtask = PathBuf::from(xtask.unwrap_or(env!("CARGO_MANIFEST_DIR").to_owned()));
    xtask
        .parent()
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}
