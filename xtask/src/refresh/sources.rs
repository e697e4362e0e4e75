//! `specs/sources.toml`, which says where documents come from, and `specs/sources.lock`, which
//! says what they were made from.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::fetch::Fetched;
use crate::document;

/// The sources of both APIs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    pub dialog360: Pages,
    pub graph: Page,
}

/// A set of pages that an index lists.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    /// The address of the index.
    pub index: Url,
    /// Which pages below the index count; `*` stands for one name.
    pub pages: String,
}

/// One page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    pub page: Url,
}

impl Sources {
    /// Reads `specs/sources.toml`.
    pub fn read(specs: &Path) -> Result<Self> {
        let path = specs.join("sources.toml");
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{}: cannot be read", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{}: correct it", path.display()))
    }
}

/// What each API was last made from, by the name of the API.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Lock(BTreeMap<String, Made>);

/// A document, and the pages it was made from.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// The hash of the canonical document.
    document: String,
    /// The pages by their addresses.
    pub pages: BTreeMap<Url, Locked>,
}

/// What a page was when the committed document was made from it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Locked {
    /// The hash of its bytes.
    pub sha256: String,
    /// The number of its bytes.
    pub size: usize,
    /// The day on which this content was first taken, as `2026-11-21`.
    pub date: String,
    /// The server's own name for this content, if it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

impl Locked {
    /// The entry for `page`, taken on `date`.
    pub fn new(page: &Fetched, date: &str) -> Self {
        Self {
            sha256: document::sha256(&page.content),
            size: page.content.len(),
            date: date.to_owned(),
            etag: page.etag.clone(),
        }
    }

    /// Whether `page` still has the content of this entry.
    pub fn is_of(&self, page: &Fetched) -> bool {
        self.sha256 == Self::new(page, "").sha256
    }
}

impl Made {
    /// Whether `document` is the one that was made from the pages.
    pub fn is(&self, document: &Value) -> Result<bool> {
        Ok(self.document == document::sha256(&document::to_text(document)?))
    }
}

impl Lock {
    const FILE: &str = "sources.lock";

    /// Reads `specs/sources.lock`; there is none before the first refresh.
    pub fn read(specs: &Path) -> Result<Self> {
        let path = specs.join(Self::FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{}: cannot be read", path.display()))?;
        toml::from_str(&text)
            .with_context(|| format!("{}: restore it from version control", path.display()))
    }

    /// What `api` was last made from.
    pub fn made(&self, api: &str) -> Made {
        self.0.get(api).cloned().unwrap_or_default()
    }

    /// Notes that `document` of `api` was made from these pages. What has not changed keeps its
    /// entry, dates and all.
    pub fn renew(
        &mut self,
        api: &str,
        document: &Value,
        pages: &BTreeMap<Url, Fetched>,
        today: &str,
    ) -> Result<()> {
        let old = self.made(api);
        let same_pages = old.pages.keys().eq(pages.keys());
        if same_pages && old.is(document)? {
            return Ok(());
        }
        let entry = |(url, page): (&Url, &Fetched)| {
            let old = old.pages.get(url).filter(|old| old.is_of(page));
            let entry = old.cloned().unwrap_or_else(|| Locked::new(page, today));
            (url.clone(), entry)
        };
        let made = Made {
            document: document::sha256(&document::to_text(document)?),
            pages: pages.iter().map(entry).collect(),
        };
        self.0.insert(api.to_owned(), made);
        Ok(())
    }

    /// The name and the text of the file.
    pub fn to_file(&self) -> Result<(String, String)> {
        let head = "# What each upstream.json was made from; written by `cargo xtask refresh`.";
        Ok((
            Self::FILE.to_owned(),
            format!("{head}\n\n{}", toml::to_string(self)?),
        ))
    }
}
