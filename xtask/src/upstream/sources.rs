//! `specs/sources.toml`: the addresses of the documents.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use url::Url;

/// The placeholder for the version of an API in the URLs of its sources.
const VERSION: &str = "{version}";

/// The sources of all APIs, by the names of their folders.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Sources(BTreeMap<String, ApiSources>);

/// The sources of one API: one without a name, whose document is prepared, or several with names, with
/// which a hand-written spec.yaml is compared.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Section")]
pub struct ApiSources {
    pub sources: Vec<Source>,
}

/// The source of one document.
#[derive(Debug)]
pub struct Source {
    pub name: Option<String>,
    pub kind: Kind,
    /// Whether spec.yaml must have all operations of the document.
    pub covers_all: bool,
    /// The version of the API that the source describes.
    pub version: Option<String>,
    /// Whether this is another version than that of the API in sources.toml.
    pub has_own_version: bool,
    /// The next version of the API, and the URL at which this source would have it.
    pub next: Option<(String, Url)>,
}

/// The form in which a document is published.
#[derive(Debug)]
pub enum Kind {
    /// The pages of a GitBook site that its index lists and whose path matches the pattern. `*` in
    /// it stands for one or more characters other than `/`.
    Index { index: Url, pages: String },
    /// An OpenAPI document in JSON or YAML.
    Document(Url),
    /// A reference page in Meta's form.
    Page(Url),
}

/// A section of sources.toml before it is checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    version: Option<String>,
    index: Option<String>,
    pages: Option<String>,
    document: Option<String>,
    page: Option<String>,
    #[serde(default)]
    covers_all: bool,
    #[serde(default)]
    sources: BTreeMap<String, Section>,
}

impl TryFrom<Section> for ApiSources {
    type Error = String;

    fn try_from(mut section: Section) -> Result<Self, String> {
        let named = std::mem::take(&mut section.sources);
        let sources = if named.is_empty() {
            vec![section.source(None, None)?]
        } else {
            let addresses = [section.index, section.pages, section.document, section.page];
            if addresses.iter().any(Option::is_some) || section.covers_all {
                return Err(
                    "expected one source without a name, or `sources` with names".to_owned(),
                );
            }
            let version = section.version;
            let sources = named
                .into_iter()
                .map(|(name, section)| section.source(Some(name), version.as_deref()));
            sources.collect::<Result<_, _>>()?
        };
        Ok(Self { sources })
    }
}

impl Section {
    /// Returns the source with this name. `of_api` is the version of its API, which the source may
    /// replace by its own.
    fn source(self, name: Option<String>, of_api: Option<&str>) -> Result<Source, String> {
        let is_file_name = |name: &String| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            !name.is_empty() && name.chars().all(is_plain)
        };
        if let Some(name) = name.as_ref().filter(|name| !is_file_name(name)) {
            return Err(format!(
                "invalid name of a source `{name}`: expected ASCII letters, digits, `-` and `_`"
            ));
        }
        if name.is_some() && !self.sources.is_empty() {
            return Err("`sources` belong to the API, not to a source".to_owned());
        }
        if name.is_none() && self.covers_all {
            return Err("`covers_all` belongs to a source with a name".to_owned());
        }
        let has_own_version =
            name.is_some() && self.version.is_some() && self.version.as_deref() != of_api;
        let version = self.version.or_else(|| of_api.map(ToOwned::to_owned));
        let version = version.as_deref();
        let next = version.and_then(next_version);
        if let (Some(version), None) = (version, &next) {
            return Err(format!(
                "invalid API version `{version}`: expected a form like `v1.0`"
            ));
        }
        let address = |text: &str| address(text, version);
        let next_address = |text: &str| match &next {
            Some(next) if text.contains(VERSION) => {
                self::address(text, Some(next)).map(|url| Some((next.clone(), url)))
            }
            _ => Ok(None),
        };
        let (kind, next) = match (self.index, self.pages, self.document, self.page) {
            (Some(index), Some(pages), None, None) => {
                let index = address(&index)?;
                (Kind::Index { index, pages }, None)
            }
            (None, None, Some(document), None) => (
                Kind::Document(address(&document)?),
                next_address(&document)?,
            ),
            (None, None, None, Some(page)) => (Kind::Page(address(&page)?), next_address(&page)?),
            _ => return Err("expected `index` and `pages`, or `document`, or `page`".to_owned()),
        };
        Ok(Source {
            name,
            kind,
            covers_all: self.covers_all,
            version: version.map(ToOwned::to_owned),
            has_own_version,
            next,
        })
    }
}

/// Returns the URL `text` with the version.
fn address(text: &str, version: Option<&str>) -> Result<Url, String> {
    let text = match version {
        Some(version) => text.replace(VERSION, version),
        None if text.contains(VERSION) => {
            return Err(format!("{text}: the API has no `version`; add it"));
        }
        None => text.to_owned(),
    };
    Url::parse(&text).map_err(|error| format!("{text}: is not a valid URL: {error}"))
}

/// Returns the version after `version`, which has the form `v1.0`.
pub fn next_version(version: &str) -> Option<String> {
    let (major, minor) = version.strip_prefix('v')?.split_once('.')?;
    minor.parse::<u32>().ok()?;
    Some(format!("v{}.0", major.parse::<u32>().ok()?.checked_add(1)?))
}

impl Source {
    /// Returns the path of the committed document below the folder of the API.
    pub fn file(&self) -> String {
        match &self.name {
            Some(name) => format!("upstream/{name}.json"),
            None => "upstream.json".to_owned(),
        }
    }

    /// Returns the key of the source in `sources.lock`.
    pub fn key(&self, api: &str) -> String {
        match &self.name {
            Some(name) => format!("{api}/{name}"),
            None => api.to_owned(),
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
                     `document`, `page`, or `sources`",
                    path.display()
                );
            }
        }
        Ok(sources)
    }

    /// Returns the sources of all APIs, or only of the API `only`.
    pub fn select(&self, only: Option<&str>) -> Result<Vec<(&str, &ApiSources)>> {
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

    /// Returns the keys of all sources in `sources.lock`.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        let apis = self.0.iter();
        apis.flat_map(|(api, of_api)| of_api.sources.iter().map(|source| source.key(api)))
    }
}
