//! Output that a reader may stop reading.

use std::io::{ErrorKind, Write};

use anyhow::{Context, Result};

/// Prints `text`. A reader who has read enough is none to complain about.
pub fn print(text: &str, to: &mut impl Write) -> Result<()> {
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("the report cannot be printed")
        }
        _ => Ok(()),
    }
}
