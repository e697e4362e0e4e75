//! Files, with errors that name them.

use std::{
    fmt::Display,
    io::{self, Write},
    path::Path,
};

use serde::Serialize;
use tempfile::NamedTempFile;

/// Adds the place where an error occurred, such as the path of a file.
pub fn at(place: impl Display) -> impl Fn(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{place}: {error}"))
}

/// Replaces a file with JSON, in one step: an interrupted run leaves the old file or the new one.
pub fn write_json(path: &Path, content: &impl Serialize) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(content)?;
        text.push(b'\n');
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(&text)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(at(path.display()))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs};

    use super::*;

    #[test]
    fn an_interrupted_write_leaves_the_old_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        fs::write(&path, "old").expect("written");
        write_json(&path, &["new"]).expect("written");
        // A value that cannot be serialized stands for any failure.
        let keys = BTreeMap::from([((1, 2), 3)]);
        let error = write_json(&path, &keys).expect_err("not JSON").to_string();
        assert!(error.contains("a.json: "), "{error}");
        assert_eq!(
            fs::read_to_string(&path).expect("a file"),
            "[\n  \"new\"\n]\n"
        );
        let files = fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(files, 1, "no temporary file is left");
    }
}
