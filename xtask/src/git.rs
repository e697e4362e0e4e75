//! Asking git.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};

/// What git prints when it is run with these arguments in the repository at `root`.
pub fn git(root: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(arguments)
        .output()
        .context("git cannot be run; install it")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("git {}: {}", arguments.first().unwrap_or(&""), said.trim());
    }
    String::from_utf8(output.stdout).context("git gave what is no text")
}
