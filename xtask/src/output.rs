//! Output to a pipe that the reader may close early, such as `cargo xtask diff | head`.

use std::io::{ErrorKind, Write};

use anyhow::{Context, Result};

/// Prints `text`. A closed pipe is not an error.
pub fn print(text: &str, to: &mut impl Write) -> Result<()> {
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error)
            .context("stdout: the report cannot be written; check that the disk is not full"),
        _ => Ok(()),
    }
}
