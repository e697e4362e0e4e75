//! The exit status of a task.

use std::{
    io::{self, Write},
    panic::{self, UnwindSafe},
    process::ExitCode,
    thread,
};

use anyhow::Result;

use crate::pipeline::generate;

/// How a task ended that could be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Fine,
    ActionNeeded,
}

/// Runs a task and returns its exit status: 0 if all is well, 1 if there is something to act on,
/// 2 if the task failed.
pub fn after(task: impl FnOnce() -> Result<Outcome> + UnwindSafe) -> ExitCode {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let text = info.payload().downcast_ref::<String>();
        match text.filter(|text| text.starts_with("failed printing to")) {
            _ if thread::current().name() == Some(generate::GENERATOR_THREAD) => {}
            // The disk that the output goes to is full, or its reader has gone.
            Some(text) => {
                let _ = writeln!(io::stderr(), "error: {text}");
            }
            None => report(info),
        }
    }));
    match panic::catch_unwind(task) {
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
