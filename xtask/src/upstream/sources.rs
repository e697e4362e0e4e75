//! `specs/sources.toml` (the addresses of the documents) and `specs/sources.lock` (the pages that the
//! committed documents were read from).

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::fetch::FetchedPage;
use crate::openapi::document;

/// The sources of the APIs, by the names of their folders.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Sources(BTreeMap<String, Source>);

/// The source of the document of one API.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Section")]
pub enum Source {
    /// The pages of a GitBook site that its index lists and whose path matches the pattern. `*` in
    /// it stands for one or more characters other than `/`.
    Pages { index: Url, pages: String },
    /// An OpenAPI document in JSON or YAML.
    Document { document: Url },
    /// A reference page, with which a hand-written spec.yaml is compared.
    Page { page: Url },
}

/// A section of sources.toml before it is checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    index: Option<Url>,
    pages: Option<String>,
    document: Option<Url>,
    page: Option<Url>,
}

impl TryFrom<Section> for Source {
    type Error = &'static str;

    fn try_from(section: Section) -> Result<Self, Self::Error> {
        match section {
            Section {
                index: Some(index),
                pages: Some(pages),
                document: None,
                page: None,
            } => Ok(Self::Pages { index, pages }),
            Section {
                index: None,
                pages: None,
                document: Some(document),
                page: None,
            } => Ok(Self::Document { document }),
            Section {
                index: None,
                pages: None,
                document: None,
                page: Some(page),
            } => Ok(Self::Page { page }),
            _ => Err("expected `index` and `pages`, or `document`, or `page`"),
        }
    }
}

impl Sources {
    /// Reads `specs/sources.toml`. Fails if a folder of `specs` has no section in it.
    pub fn read(specs: &Path) -> Result<Self> {
        let path = specs.join("sources.toml");
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{}: cannot be read; check that it exists", path.display()))?;
        let sources: Self =
            toml::from_str(&text).with_context(|| format!("{}: is not valid", path.display()))?;
        let entries = fs::read_dir(specs)
            .with_context(|| format!("{}: cannot be listed", specs.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() && !sources.0.contains_key(&name) {
                bail!(
                    "{}: has no section for specs/{name}; add [{name}] with `index` and `pages`, \
                     `document`, or `page`",
                    path.display()
                );
            }
        }
        Ok(sources)
    }

    /// Returns the sources of all APIs, or only of the API `only`.
    pub fn select(&self, only: Option<&str>) -> Result<Vec<(&str, &Source)>> {
        let all = self.0.iter().map(|(api, source)| (api.as_str(), source));
        let Some(only) = only else {
            return Ok(all.collect());
        };
        let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
        let selected: Vec<_> = all.filter(|(api, _)| *api == only).collect();
        if selected.is_empty() {
            bail!(
                "specs/sources.toml: has no section [{only}]; choose one of {}",
                names.join(", ")
            );
        }
        Ok(selected)
    }
}

/// The entries of `specs/sources.lock`, by the names of the APIs.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Lock(BTreeMap<String, LockEntry>);

/// The committed document of an API and the pages that it was read from.
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

    /// Returns the entry of `api`; an empty one before its first refresh.
    pub fn entry(&self, api: &str) -> LockEntry {
        self.0.get(api).cloned().unwrap_or_default()
    }

    /// Records that `document` of `api` was read from these pages. Unchanged pages keep their entry
    /// with its date.
    pub fn update(
        &mut self,
        api: &str,
        document: &Value,
        pages: &BTreeMap<Url, FetchedPage>,
        today: &str,
    ) -> Result<()> {
        let old = self.entry(api);
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
        self.0.insert(api.to_owned(), entry);
        Ok(())
    }

    /// Returns the name and the content of the file.
    pub fn to_file(&self) -> Result<(String, String)> {
        let head =
            "# The pages that each upstream.json was read from; written by `cargo xtask refresh`.";
        Ok((
            Self::FILE.to_owned(),
            format!("{head}\n\n{}", toml::to_string(self)?),
        ))
    }
}
