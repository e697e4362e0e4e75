//! The documents and generated files that differ between two revisions, with the line counts that
//! GitHub shows.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result};

use super::{
    level::Level,
    report::{Report, WireChange},
    revision::Revision,
};
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
        arguments.extend([old, new].into_iter().filter_map(|side| side.commit.as_deref()));
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
    fn within(&self) -> (Option<&str>, &str) {
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

    /// Returns the changes of the documents that the file causes, including those of descriptions.
    pub fn changes_caused<'r>(&self, report: &'r Report) -> impl Iterator<Item = &'r WireChange> {
        let changes = report.apis.iter().flat_map(|api| &api.changes);
        changes.filter(|entry| entry.caused_by.contains(&self.path))
    }

    /// Describes the change of the file in one line. `report` must be of the same comparison.
    pub fn describe(&self, report: &Report) -> String {
        let (api, name) = self.within();
        let api = api.and_then(|name| report.apis.iter().find(|api| api.name == name));
        let is_docs = |entry: &&WireChange| entry.change.level == Level::Docs;
        let docs = self.changes_caused(report).filter(is_docs).count();
        let text = match (name, api, self.changes_caused(report).count() - docs) {
            (_, _, 1) => return "causes 1 change on the wire".to_owned(),
            (_, _, count @ 2..) => return format!("causes {count} changes on the wire"),
            (_, _, 0) if docs > 0 => "changes descriptions; no change on the wire",
            ("client.rs", Some(api), _) => match &api.surface {
                Ok(changes) if changes.is_empty() => "generated code; no public item changes",
                Ok(_) => "generated code; its public items are compared under Rust",
                Err(_) => "generated code; not compared",
            },
            ("mock.rs", Some(_), _) => "generated mocks; need no review",
            ("tests.rs", Some(_), _) => "generated test code; not part of the package",
            ("openapi.json", Some(api), _) if api.changes.iter().all(|entry| is_docs(&entry)) => {
                "input of the generator; no change on the wire"
            }
            ("openapi.json", Some(_), _) => {
                "input of the generator; this report lists its changes on the wire"
            }
            ("overlay.yaml" | "spec.yaml", Some(_), _) => "no change on the wire",
            ("upstream.json", Some(api), _) if api.inputs.contains(&self.path) => {
                "no change on the wire"
            }
            (name, Some(_), _) if name.starts_with("upstream") => {
                "a document of upstream; spec.yaml is compared with it"
            }
            ("deviations.yaml", Some(_), _) => {
                "intended differences between spec.yaml and upstream; check the reasons"
            }
            ("sources.toml", None, _) => "addresses of upstream's pages; check them",
            ("sources.lock", None, _) => {
                "record of the pages that the documents of upstream were read from"
            }
            ("accepted-changes.yaml", None, _) => {
                "record of accepted changes; check that no earlier entry was altered"
            }
            ("README.md", None, _) => "documentation",
            _ => "not compared by this report; review it",
        };
        text.to_owned()
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
