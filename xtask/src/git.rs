//! Runs git.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};

/// Runs git with these arguments in the repository at `root` and returns its output.
pub fn git(root: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(arguments)
        .output()
        .context("git: cannot be run; check that it is installed")?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        bail!(
            "git {}: {}",
            arguments.first().unwrap_or(&""),
            message.trim()
        );
    }
    String::from_utf8(output.stdout).with_context(|| {
        format!(
            "git {}: the output is not valid UTF-8",
            arguments.first().unwrap_or(&"")
        )
    })
}
