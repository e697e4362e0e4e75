//! The documents and generated files that differ between two revisions, with the line counts that
//! GitHub shows.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result};

use super::revision::Revision;
use crate::git::git;

/// The folders whose files are compared.
const FOLDERS: [&str; 3] = ["specs", "src/generated", "tests/generated"];

/// A file in [`FOLDERS`] that differs between two revisions.
pub struct ChangedFile {
    /// The path relative to the root of the repository.
    pub path: String,
    /// The number of added and removed lines; `None` for a binary file.
    pub lines: Option<[usize; 2]>,
    /// Whether GitHub collapses the file because `.gitattributes` marks it as generated.
    pub collapsed: bool,
}

impl ChangedFile {
    /// Lists the files that differ, sorted by path.
    pub fn between(root: &Path, old: &Revision, new: &Revision) -> Result<Vec<Self>> {
        let mut arguments = vec![
            "diff",
            "--numstat",
            "-z",
            "--relative",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
        ];
        arguments.extend(
            [old, new]
                .into_iter()
                .filter_map(|side| side.commit.as_deref()),
        );
        arguments.push("--");
        arguments.extend(FOLDERS);
        let counted = git(root, &arguments)?;
        let mut files: Vec<Self> = counted.split_terminator('\0').filter_map(counts).collect();
        if new.commit.is_none() {
            files.extend(untracked(root)?);
        }
        files.sort_by(|one, two| one.path.cmp(&two.path));
        let collapsed = collapsed(root, &files)?;
        for file in &mut files {
            file.collapsed = collapsed.contains(&file.path);
        }
        Ok(files)
    }

    /// Returns the API that the file belongs to, and the name of the file without that of the API.
    pub fn within(&self) -> (Option<&str>, &str) {
        if let Some(name) = self.path.strip_prefix("tests/generated/") {
            return (name.strip_suffix(".rs"), "tests.rs");
        }
        if let Some(name) = self.path.strip_prefix("src/generated/") {
            return match name.strip_suffix("_mock.rs") {
                Some(api) => (Some(api), "mock.rs"),
                None => (name.strip_suffix(".rs"), "client.rs"),
            };
        }
        let path = self.path.strip_prefix("specs/").unwrap_or(&self.path);
        match path.split_once('/') {
            Some((api, name)) => (Some(api), name),
            None => (None, path),
        }
    }

    /// Returns whether the file is part of the published package.
    pub fn is_published(&self) -> bool {
        let (api, name) = self.within();
        api.is_some() && ["client.rs", "mock.rs", "openapi.json"].contains(&name)
    }

    /// Describes the number of added and removed lines.
    pub fn line_counts(&self) -> String {
        match self.lines {
            Some([added, removed]) => format!("+{added} −{removed}"),
            None => "binary".to_owned(),
        }
    }
}

/// Parses an entry of `git diff --numstat -z`.
fn counts(entry: &str) -> Option<ChangedFile> {
    let mut parts = entry.splitn(3, '\t');
    let (added, removed, path) = (parts.next()?, parts.next()?, parts.next()?);
    // git writes `-` for a file that is not text.
    let lines = added.parse().ok().zip(removed.parse().ok());
    Some(ChangedFile {
        path: path.to_owned(),
        lines: lines.map(<[usize; 2]>::from),
        collapsed: false,
    })
}

/// Returns the untracked files of the working tree, which `git diff` does not list.
fn untracked(root: &Path) -> Result<Vec<ChangedFile>> {
    let mut arguments = vec!["ls-files", "-z", "--others", "--exclude-standard", "--"];
    arguments.extend(FOLDERS);
    let listed = git(root, &arguments)?;
    let files = listed.split_terminator('\0').map(|path| {
        let content =
            fs::read(root.join(path)).with_context(|| format!("{path}: cannot be read"))?;
        let text = String::from_utf8(content).ok();
        Ok(ChangedFile {
            path: path.to_owned(),
            lines: text.map(|text| [text.lines().count(), 0]),
            collapsed: false,
        })
    });
    files.collect()
}

/// Returns the paths of the `files` that GitHub collapses.
fn collapsed(root: &Path, files: &[ChangedFile]) -> Result<BTreeSet<String>> {
    if files.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut arguments = vec!["check-attr", "-z", "linguist-generated", "--"];
    arguments.extend(files.iter().map(|file| file.path.as_str()));
    let printed = git(root, &arguments)?;
    let fields: Vec<&str> = printed.split_terminator('\0').collect();
    let set = fields.chunks_exact(3).filter_map(|entry| match entry {
        [path, _, "set" | "true"] => Some((*path).to_owned()),
        _ => None,
    });
    Ok(set.collect())
}
