//! Replacing `specs/` by another state of it, at once, and the code that is generated from it.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use atomic_write_file::AtomicWriteFile;
use rustix::fs::{CWD, FlockOperation, RenameFlags, flock, renameat_with};

/// The folder beside `specs/` in which its next state is made.
const WORK: &str = ".specs-next";

/// Waits until no other refresh of `specs` is under way, and keeps others waiting until what it
/// returns is dropped: each of two would undo what the other one did.
pub fn alone(specs: &Path) -> Result<File> {
    let attempt = || {
        // The folder itself will be another one.
        let beside = File::open(beside(&specs.canonicalize()?))?;
        flock(&beside, FlockOperation::LockExclusive)?;
        Ok::<_, io::Error>(beside)
    };
    attempt().with_context(|| {
        format!(
            "{}: cannot be kept from other refreshes; check that the folder is there",
            specs.display()
        )
    })
}

/// Writes these files (path below `root`, content). Those below `specs/` appear at once: whatever
/// happens, that folder is as it was or as it should be. The others are written to disk before, and
/// take their places right after.
pub fn write(root: &Path, files: &[(String, String)]) -> Result<()> {
    let specs = root.join("specs");
    let (mut documents, mut code) = (Vec::new(), Vec::new());
    for (path, content) in files {
        match path.strip_prefix("specs/") {
            Some(path) => documents.push((path.to_owned(), content.clone())),
            None => code.push((path.clone(), content.clone())),
        }
    }
    let attempt = || {
        let specs = specs.canonicalize()?;
        let code = pending(root, &code)?;
        // Not every file system can swap folders, and none the folder that it is mounted on.
        exchange(&specs, &documents).or_else(|_| replace(pending(&specs, &documents)?))?;
        replace(code)
    };
    attempt().with_context(|| format!("{}: cannot be written; it is as it was", specs.display()))
}

fn beside(specs: &Path) -> &Path {
    specs.parent().unwrap_or(Path::new("."))
}

/// Makes a folder of these files and of the others of `specs`, and swaps the two.
fn exchange(specs: &Path, files: &[(String, String)]) -> io::Result<()> {
    let work = beside(specs).join(WORK);
    if work.exists() {
        // A run that was killed left it.
        fs::remove_dir_all(&work)?;
    }
    let work = tempfile::Builder::new()
        .prefix(WORK)
        .rand_bytes(0)
        .tempdir_in(beside(specs))?;
    let new = work.path().join("specs");
    link(specs, &new)?;
    for (name, content) in files {
        let path = new.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        if path.exists() {
            // The old state has the same file.
            fs::remove_file(&path)?;
        }
        let mut file = File::create_new(&path)?;
        file.write_all(content.as_bytes())?;
        file.sync_all()?;
    }
    // The old folder takes the new one's place, and goes with the folder of work.
    renameat_with(CWD, &new, CWD, specs, RenameFlags::EXCHANGE)?;
    Ok(())
}

/// Makes the folder `to` with the files of `from`: the very same, so that whoever watches for
/// changes sees none in those that stay.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    let permissions = fs::metadata(from)?.permissions();
    if permissions.readonly() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            link(&entry.path(), &target)?;
        } else if entry.path().is_dir() {
            // What is written below a linked folder would be there at once.
            return Err(io::ErrorKind::Unsupported.into());
        } else {
            fs::hard_link(entry.path(), target)?;
        }
    }
    fs::set_permissions(to, permissions)
}

/// Writes all files beside their places, so that hardly anything can fail when they take them.
fn pending(
    folder: &Path,
    files: &[(String, String)],
) -> io::Result<Vec<(PathBuf, AtomicWriteFile)>> {
    let mut pending = Vec::new();
    for (name, content) in files {
        let path = folder.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = AtomicWriteFile::open(&path)?;
        file.write_all(content.as_bytes())?;
        file.sync_all()?;
        pending.push((path, file));
    }
    Ok(pending)
}

/// Moves all files to their places; if one cannot be moved, those before it are undone.
fn replace(pending: Vec<(PathBuf, AtomicWriteFile)>) -> io::Result<()> {
    let mut replaced = Vec::new();
    for (path, file) in pending {
        let old = fs::read(&path);
        if let Err(error) = file.commit() {
            for (path, old) in replaced {
                restore(path, old)?;
            }
            return Err(error);
        }
        replaced.push((path, old));
    }
    Ok(())
}

/// Makes `path` what it was: this content, or nothing.
fn restore(path: PathBuf, old: io::Result<Vec<u8>>) -> io::Result<()> {
    match old {
        Ok(old) => fs::write(path, old),
        Err(_) => fs::remove_file(path),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::{pending, replace};

    #[test]
    fn what_cannot_be_written_to_its_end_is_undone() {
        let specs = TempDir::new().unwrap();
        let at = |name: &str| specs.path().join(name);
        fs::write(at("old"), "old").unwrap();
        // No file takes the place of a folder.
        fs::create_dir(at("folder")).unwrap();
        let files = ["old", "new", "folder"].map(|name| (name.to_owned(), "new".to_owned()));
        replace(pending(specs.path(), &files).unwrap()).unwrap_err();
        assert_eq!(fs::read_to_string(at("old")).unwrap(), "old");
        assert!(!at("new").exists());
        replace(pending(specs.path(), &files[..2]).unwrap()).unwrap();
        assert_eq!(fs::read_to_string(at("old")).unwrap(), "new");
        assert_eq!(fs::read_to_string(at("new")).unwrap(), "new");
    }
}
