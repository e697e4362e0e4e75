//! Replacing `specs/` by another state of it, at once.

use std::{fs, io, path::Path};

use anyhow::{Context, Result};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use tempfile::TempDir;

/// Gives `specs` these files (path below it, content), all at once: whatever happens, the folder
/// is as it was or as it should be.
pub fn write(specs: &Path, files: &[(String, String)]) -> Result<()> {
    attempt(specs, files)
        .with_context(|| format!("{}: cannot be written; it is as it was", specs.display()))
}

fn attempt(specs: &Path, files: &[(String, String)]) -> io::Result<()> {
    let beside = specs.parent().unwrap_or(Path::new("."));
    let work = TempDir::with_prefix_in(".specs-", beside)?;
    let new = work.path().join("specs");
    copy(specs, &new)?;
    for (name, content) in files {
        let path = new.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, content)?;
        fs::File::open(&path)?.sync_all()?;
    }
    // The old folder takes the new one's place, and goes with the folder of work.
    match renameat_with(CWD, &new, CWD, specs, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        Err(_) => one_by_one(specs, &new, files),
    }
}

/// For file systems that cannot swap folders: each file is whole at any time.
fn one_by_one(specs: &Path, new: &Path, files: &[(String, String)]) -> io::Result<()> {
    for (name, _) in files {
        if let Some(folder) = specs.join(name).parent() {
            fs::create_dir_all(folder)?;
        }
        fs::rename(new.join(name), specs.join(name))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
