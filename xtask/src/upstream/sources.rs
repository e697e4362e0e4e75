//! `specs/sources.toml`, which says where documents come from, and `specs/sources.lock`, which
//! says what they were made from.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::fetch::Fetched;
use crate::openapi::document;

/// Where the document of each API comes from, by the name of its folder.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Sources(BTreeMap<String, Source>);

/// Where the document of one API comes from.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Section")]
pub enum Source {
    /// The pages of a GitBook site that an index lists: those whose address below the index
    /// matches the pattern, in which `*` stands for one name.
    Pages { index: Url, pages: String },
    /// An OpenAPI document, as JSON or YAML.
    Document { document: Url },
    /// A reference page, which a hand-written spec.yaml describes.
    Page { page: Url },
}

/// A section of sources.toml as it is written.
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
    /// Reads `specs/sources.toml`, which has to have a section for every folder of `specs`.
    pub fn read(specs: &Path) -> Result<Self> {
        let path = specs.join("sources.toml");
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{}: cannot be read", path.display()))?;
        let sources: Self =
            toml::from_str(&text).with_context(|| format!("{}: correct it", path.display()))?;
        let entries =
            fs::read_dir(specs).with_context(|| format!("{}: cannot be read", specs.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() && !sources.0.contains_key(&name) {
                bail!(
                    "{}: has no section for specs/{name}; add [{name}] with `index` and `pages`, \
                     with `document`, or with `page`",
                    path.display()
                );
            }
        }
        Ok(sources)
    }

    /// Returns the sources of all APIs, or of the one that is named.
    pub fn wanted(&self, only: Option<&str>) -> Result<Vec<(&str, &Source)>> {
        let all = self.0.iter().map(|(api, source)| (api.as_str(), source));
        let Some(only) = only else {
            return Ok(all.collect());
        };
        let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
        let wanted: Vec<_> = all.filter(|(api, _)| *api == only).collect();
        if wanted.is_empty() {
            bail!(
                "specs/sources.toml has no section [{only}]; it has {}",
                names.join(", ")
            );
        }
        Ok(wanted)
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
