//! `specs/sources.lock`: the pages that the committed documents were read from.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::fetch::FetchedPage;
use crate::openapi::document;

/// The entries of `specs/sources.lock`, by the keys of the sources: `dialog360` or `graph/account`.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Lock(BTreeMap<String, LockEntry>);

/// The committed document of a source and the pages that it was read from.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LockEntry {
    /// The SHA-256 of the canonical document.
    document: String,
    /// The pages by URL.
    pub pages: BTreeMap<Url, LockedPage>,
}

/// A page as it was when the committed document was read from it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LockedPage {
    /// The SHA-256 of its content.
    pub sha256: String,
    /// The length of its content in bytes.
    pub size: usize,
    /// The day on which this content was first fetched, as `2026-11-21`.
    pub date: String,
    /// The entity tag of the response, if it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

impl LockedPage {
    /// Returns the entry for `page`, fetched on `date`.
    pub fn new(page: &FetchedPage, date: &str) -> Self {
        Self {
            sha256: document::sha256(&page.content),
            size: page.content.len(),
            date: date.to_owned(),
            etag: page.etag.clone(),
        }
    }

    /// Returns whether `page` has the content of this entry.
    pub fn matches(&self, page: &FetchedPage) -> bool {
        self.sha256 == Self::new(page, "").sha256
    }
}

impl LockEntry {
    /// Returns whether `document` is the one that was read from the pages.
    pub fn matches(&self, document: &Value) -> Result<bool> {
        Ok(self.document == document::sha256(&document::to_text(document)?))
    }
}

impl Lock {
    const FILE: &str = "sources.lock";

    /// Reads `specs/sources.lock`. Before the first refresh it is empty.
    pub fn read(specs: &Path) -> Result<Self> {
        let path = specs.join(Self::FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{}: cannot be read; check that it exists", path.display()))?;
        toml::from_str(&text).with_context(|| {
            format!(
                "{}: is not valid; restore it from version control",
                path.display()
            )
        })
    }

    /// Returns the entry of the source `key`; an empty one before its first refresh.
    pub fn entry(&self, key: &str) -> LockEntry {
        self.0.get(key).cloned().unwrap_or_default()
    }

    /// Removes the entries of all other sources.
    pub fn retain(&mut self, keys: &BTreeSet<String>) {
        self.0.retain(|key, _| keys.contains(key));
    }

    /// Records that `document` of the source `key` was read from these pages. Unchanged pages keep
    /// their entry with its date.
    pub fn update(
        &mut self,
        key: &str,
        document: &Value,
        pages: &BTreeMap<Url, FetchedPage>,
        today: &str,
    ) -> Result<()> {
        let old = self.entry(key);
        let same_pages = old.pages.keys().eq(pages.keys());
        if same_pages && old.matches(document)? {
            return Ok(());
        }
        let entry = |(url, page): (&Url, &FetchedPage)| {
            let old = old.pages.get(url).filter(|old| old.matches(page));
            let entry = old.cloned().unwrap_or_else(|| LockedPage::new(page, today));
            (url.clone(), entry)
        };
        let entry = LockEntry {
            document: document::sha256(&document::to_text(document)?),
            pages: pages.iter().map(entry).collect(),
        };
        self.0.insert(key.to_owned(), entry);
        Ok(())
    }

    /// Returns the name and the content of the file.
    pub fn to_file(&self) -> Result<(String, String)> {
        let head = "# The pages that each document of upstream was read from; written by `cargo xtask refresh`.";
        Ok((
            Self::FILE.to_owned(),
            format!("{head}\n\n{}", toml::to_string(self)?),
        ))
    }
}
