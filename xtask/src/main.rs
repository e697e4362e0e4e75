//! The tasks that keep the specs of `waba` true to upstream: `cargo xtask --help` lists them.

#[cfg(test)]
mod cases;
mod compare;
mod exit;
mod git;
mod openapi;
mod output;
mod pipeline;
mod tasks;
mod upstream;

// build.rs runs the same generator.
#[path = "../../build/generator.rs"]
mod generator;

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

/// Keeps the specs of waba true to upstream
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    after_help = "Exit status: 0 fine, 1 there is something to act on, 2 it could not be done."
)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Make specs/*/openapi.json and the Rust code of it from the documents beside them
    Prepare(tasks::prepare::Options),
    /// Say what a change of the documents does on the wire and to Rust code
    Diff(tasks::diff::Options),
    /// Bring specs/ up to what upstream publishes, completely or not at all
    Refresh(tasks::refresh::Options),
    /// Say whether the version says as much as has changed since the last release
    Release(tasks::release::Options),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    exit::after(|| match cli.task {
        Task::Prepare(options) => tasks::prepare::run(&root(), &options),
        Task::Diff(options) => tasks::diff::run(&root(), &options),
        Task::Refresh(options) => tasks::refresh::run(&root(), &options),
        Task::Release(options) => tasks::release::run(&root(), &options),
    })
}

/// The repository: cargo says where when it runs the task, which is not always where it was built.
fn root() -> PathBuf {
    let xtask = env::var("CARGO_MANIFEST_DIR");
    let xtask = PathBuf::from(xtask.unwrap_or(env!("CARGO_MANIFEST_DIR").to_owned()));
    xtask
        .parent()
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}
