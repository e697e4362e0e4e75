//! The tasks that keep the specs of `waba` true to upstream: `cargo xtask --help` lists them.

#[cfg(test)]
mod cases;
mod code;
mod diff;
mod document;
mod fit;
mod gate;
mod git;
mod lower;
mod names;
mod notes;
mod outline;
mod overlay;
mod pointer;
mod prepare;
mod refresh;
mod release;
mod round_trip;
mod sample;
mod strict_json;
mod test_code;
mod walk;

// The very generator that build.rs runs.
#[path = "../../build/generate.rs"]
mod generate;

use std::{
    env,
    io::{self, Write},
    panic,
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
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
    Prepare(prepare::Options),
    /// Say what a change of the documents does on the wire and to Rust code
    Diff(diff::Options),
    /// Bring specs/ up to what upstream publishes, completely or not at all
    Refresh(refresh::Options),
    /// Say whether the version says as much as has changed since the last release
    Release(release::Options),
}

/// How a task ended that could be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Fine,
    ActionNeeded,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let text = info.payload().downcast_ref::<String>();
        match text.filter(|text| text.starts_with("failed printing to")) {
            _ if thread::current().name() == Some(gate::TRIAL) => {}
            // The disk that the output goes to is full, or its reader has gone.
            Some(text) => {
                let _ = writeln!(io::stderr(), "error: {text}");
            }
            None => report(info),
        }
    }));
    let outcome = panic::catch_unwind(|| match cli.task {
        Task::Prepare(options) => prepare::run(&root(), &options),
        Task::Diff(options) => diff::run(&root(), &options),
        Task::Refresh(options) => refresh::run(&root(), &options),
        Task::Release(options) => release::run(&root(), &options),
    });
    match outcome {
        Ok(Ok(Outcome::Fine)) => ExitCode::SUCCESS,
        Ok(Ok(Outcome::ActionNeeded)) => ExitCode::from(1),
        Ok(Err(error)) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
        // The hook has told it.
        Err(_) => ExitCode::from(2),
    }
}

/// The repository: cargo says where when it runs the task, which is not always where it was built.
fn root() -> PathBuf {
    let xtask = env::var("CARGO_MANIFEST_DIR");
    let xtask = PathBuf::from(xtask.unwrap_or(env!("CARGO_MANIFEST_DIR").to_owned()));
    xtask
        .parent()
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}
