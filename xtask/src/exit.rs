//! The exit status of the tasks.

use std::{
    io::{self, Write},
    panic::{self, UnwindSafe},
    process::ExitCode,
    thread,
};

use anyhow::Result;

use crate::pipeline::generate;

/// The outcome of a task that ran to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Fine,
    /// A check found a difference, or a change is not accepted.
    ActionNeeded,
}

/// Runs a task and returns its exit status: 0 for success, 1 if action is needed, 2 if the task
/// failed.
pub fn run(task: impl FnOnce() -> Result<Outcome> + UnwindSafe) -> ExitCode {
    let default_hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let text = info.payload().downcast_ref::<String>();
        match text.filter(|text| text.starts_with("failed printing to")) {
            _ if thread::current().name() == Some(generate::GENERATOR_THREAD) => {}
            // `println!` panics if the disk is full or the reader has closed the pipe.
            Some(text) => {
                let _ = writeln!(io::stderr(), "error: {text}");
            }
            None => default_hook(info),
        }
    }));
    match panic::catch_unwind(task) {
        Ok(Ok(Outcome::Fine)) => ExitCode::SUCCESS,
        Ok(Ok(Outcome::ActionNeeded)) => ExitCode::from(1),
        Ok(Err(error)) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
        // The hook has printed the message.
        Err(_) => ExitCode::from(2),
    }
}
