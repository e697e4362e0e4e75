//! Replaces `specs/` atomically, and the generated code right after it.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use atomic_write_file::AtomicWriteFile;
use rustix::fs::{CWD, FlockOperation, RenameFlags, flock, renameat_with};

/// The folder beside `specs/` in which its next state is prepared.
const WORK: &str = ".specs-next";

/// Waits until no other refresh of `specs` runs. Other refreshes wait until the returned file is
/// dropped; two at once would undo each other's changes.
pub fn lock(specs: &Path) -> Result<File> {
    let attempt = || {
        // The parent, because `specs` itself is replaced.
        let parent = File::open(parent(&specs.canonicalize()?))?;
        flock(&parent, FlockOperation::LockExclusive)?;
        Ok::<_, io::Error>(parent)
    };
    attempt().with_context(|| {
        format!(
            "{}: cannot be locked; check that the folder exists",
            specs.display()
        )
    })
}

/// Writes these files (path below `root`, content). Those below `specs/` are replaced together: after
/// a failure, the folder has its old or its new state. The other files are written to disk before
/// that and renamed right after.
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
        // Not every file system can swap folders, and a mount point cannot be swapped.
        exchange(&specs, &documents).or_else(|_| replace(pending(&specs, &documents)?))?;
        replace(code)
    };
    attempt().with_context(|| format!("{}: cannot be written; it is unchanged", specs.display()))
}

/// Returns the folder that contains `specs`.
fn parent(specs: &Path) -> &Path {
    specs.parent().unwrap_or(Path::new("."))
}

/// Creates a folder with these files and the unchanged ones of `specs`, and swaps the two.
fn exchange(specs: &Path, files: &[(String, String)]) -> io::Result<()> {
    let work = parent(specs).join(WORK);
    if work.exists() {
        // Left behind by a run that was killed.
        fs::remove_dir_all(&work)?;
    }
    let work = tempfile::Builder::new()
        .prefix(WORK)
        .rand_bytes(0)
        .tempdir_in(parent(specs))?;
    let new = work.path().join("specs");
    link(specs, &new)?;
    // Each file is renamed to its target: writing to a hard link would change the old state.
    replace(pending(&new, files)?)?;
    // The old folder is now in `work`, which is removed when it is dropped.
    renameat_with(CWD, &new, CWD, specs, RenameFlags::EXCHANGE)?;
    Ok(())
}

/// Creates the folder `to` with hard links to the files of `from`, so that unchanged files keep their
/// modification time.
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
            // Files below a linked folder cannot be replaced together with the rest.
            return Err(io::ErrorKind::Unsupported.into());
        } else {
            fs::hard_link(entry.path(), target)?;
        }
    }
    fs::set_permissions(to, permissions)
}

/// Writes all files beside their targets, so that only the renaming is left.
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

/// Renames all files to their targets. If one fails, the earlier ones are undone.
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

/// Restores `path` to its old content, or removes it if it did not exist.
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
    fn undoes_all_files_if_one_cannot_be_written() {
        let specs = TempDir::new().unwrap();
        let at = |name: &str| specs.path().join(name);
        fs::write(at("old"), "old").unwrap();
        // A file cannot replace a folder.
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
