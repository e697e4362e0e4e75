//! `specs/sources.toml`, which says where documents come from, and `specs/sources.lock`, which
//! says what they were made from.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::fetch::Fetched;

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

/// The pages of each API, by the name of the API and their address.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Lock(BTreeMap<String, BTreeMap<Url, Locked>>);

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
        let hash = Sha256::digest(page.content.as_bytes());
        Self {
            sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
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

    /// The pages of `api`.
    pub fn pages(&mut self, api: &str) -> &BTreeMap<Url, Locked> {
        self.0.entry(api.to_owned()).or_default()
    }

    /// Makes these the pages of `api`. One that has not changed keeps its entry.
    pub fn renew(&mut self, api: &str, pages: &BTreeMap<Url, Fetched>, today: &str) {
        let old = self.0.remove(api).unwrap_or_default();
        let entry = |url: &Url, page: &Fetched| match old.get(url) {
            Some(old) if old.is_of(page) => old.clone(),
            _ => Locked::new(page, today),
        };
        let pages = pages
            .iter()
            .map(|(url, page)| (url.clone(), entry(url, page)));
        self.0.insert(api.to_owned(), pages.collect());
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
