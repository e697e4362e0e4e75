//! The documents and the generated files that differ between the sides, counted by git as GitHub counts them.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result};

use super::{report::Report, revision::Revision};
use crate::git::git;

/// The folders whose files are listed.
const FOLDERS: [&str; 3] = ["specs", "src/generated", "tests/generated"];

/// A file of [`FOLDERS`] that is not the same on both sides.
pub struct ChangedFile {
    /// Its path from the root of the repository.
    pub path: String,
    /// The lines added and removed; none for a file that is not text.
    pub lines: Option<[usize; 2]>,
    /// Whether GitHub shows it folded, because `.gitattributes` calls it generated.
    pub folded: bool,
}

impl ChangedFile {
    /// Lists the files that differ, by path.
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
        arguments.extend([old, new].into_iter().filter_map(Revision::commit));
        arguments.push("--");
        arguments.extend(FOLDERS);
        let counted = git(root, &arguments)?;
        let mut files: Vec<Self> = counted.split_terminator('\0').filter_map(counts).collect();
        if new.commit().is_none() {
            files.extend(untracked(root)?);
        }
        files.sort_by(|one, two| one.path.cmp(&two.path));
        let folded = folded(root, &files)?;
        for file in &mut files {
            file.folded = folded.contains(&file.path);
        }
        Ok(files)
    }

    /// Returns the API that the file belongs to, and the name of the file, without that of the API.
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

    /// Whether it is part of the published package.
    pub fn is_published(&self) -> bool {
        let (api, name) = self.within();
        api.is_some() && ["client.rs", "mock.rs", "openapi.json"].contains(&name)
    }

    /// How many of the changes on the wire it makes.
    pub fn explains(&self, report: &Report) -> usize {
        let changes = report.apis.iter().flat_map(|api| &api.changes);
        changes
            .filter(|entry| entry.made_by.contains(&self.path))
            .count()
    }

    /// Says in a line what changed in it; `report` is that of the same comparison.
    pub fn meaning(&self, report: &Report) -> String {
        let (api, name) = self.within();
        let api = api.and_then(|name| report.apis.iter().find(|api| api.name == name));
        match (name, api, self.explains(report)) {
            (_, _, 1) => "makes 1 of the changes below".to_owned(),
            (_, _, count @ 2..) => format!("makes {count} of the changes below"),
            ("client.rs", Some(api), _) => match &api.surface {
                Ok(changes) if changes.is_empty() => {
                    "the generated code; no public item of it changes".to_owned()
                }
                Ok(_) => "the generated code; its public items are under *Rust*".to_owned(),
                Err(_) => "the generated code; it was not compared".to_owned(),
            },
            ("mock.rs", Some(_), _) => "the generated mocks; not compared item by item".to_owned(),
            ("tests.rs", Some(_), _) => {
                "the generated test code; not part of the package".to_owned()
            }
            ("openapi.json", Some(api), _) if api.changes.is_empty() => {
                "the input of the generator; nothing in it changes on the wire".to_owned()
            }
            ("openapi.json", Some(_), _) => {
                "the input of the generator; what changes in it on the wire is below".to_owned()
            }
            ("overlay.yaml" | "spec.yaml", Some(_), _) => "changes nothing on the wire".to_owned(),
            ("upstream.json", Some(api), _) if api.inputs.contains(&self.path) => {
                "changes nothing on the wire".to_owned()
            }
            ("upstream.json", Some(_), _) => "upstream's reference page; the client follows \
                                              spec.yaml, which is held against it"
                .to_owned(),
            ("deviations.yaml", Some(_), _) => {
                "where spec.yaml differs from upstream on purpose; read the reasons".to_owned()
            }
            ("sources.toml", None, _) => {
                "where upstream's pages are fetched from; check the addresses".to_owned()
            }
            ("sources.lock", None, _) => "which pages upstream.json was made from".to_owned(),
            ("accepted-changes.yaml", None, _) => {
                "the record of accepted changes; check that no earlier entry was altered".to_owned()
            }
            ("README.md", None, _) => "documentation".to_owned(),
            _ => "changes nothing that this report compares; read it".to_owned(),
        }
    }

    /// The lines added and removed, in words.
    pub fn counted(&self) -> String {
        match self.lines {
            Some([added, removed]) => format!("+{added} −{removed}"),
            None => "not text".to_owned(),
        }
    }
}

/// Reads an entry of `git diff --numstat -z`.
fn counts(entry: &str) -> Option<ChangedFile> {
    let mut parts = entry.splitn(3, '\t');
    let (added, removed, path) = (parts.next()?, parts.next()?, parts.next()?);
    // git writes `-` for a file that is not text.
    let lines = added.parse().ok().zip(removed.parse().ok());
    Some(ChangedFile {
        path: path.to_owned(),
        lines: lines.map(<[usize; 2]>::from),
        folded: false,
    })
}

/// The files of the working tree that git does not know yet, which `git diff` passes over.
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
            folded: false,
        })
    });
    files.collect()
}

/// The paths of those `files` that GitHub shows folded.
fn folded(root: &Path, files: &[ChangedFile]) -> Result<BTreeSet<String>> {
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
