//! Fetches and reads one source of an API: a GitBook site, an OpenAPI document or a reference page.

use std::{collections::BTreeMap, slice};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;
use url::Url;

use super::{
    fetch::{FetchedPage, Origin},
    gitbook::{self, HOW_TO_FIX},
    lock::LockedPage,
    merge, meta_document, meta_page,
    sources::Kind,
};
use crate::openapi::document;

/// The pages of a source and the document read from them.
pub struct Upstream {
    /// The pages by URL; `None` if the server confirmed that they are those of the last refresh.
    pub pages: Option<BTreeMap<Url, FetchedPage>>,
    /// The document in canonical form.
    pub document: Value,
    /// Notes on the pages, for the report.
    pub notes: Vec<String>,
    /// The versions of the API that a page lists.
    pub versions: Vec<String>,
}

/// The result of the last refresh of a source.
pub struct LastRefresh<'l> {
    pub pages: &'l BTreeMap<Url, LockedPage>,
    /// The committed document; `None` if it is not the one that was read from `pages`.
    pub document: Option<&'l Value>,
}

/// Reads the document of a source.
pub fn read(kind: &Kind, origin: &Origin, last: &LastRefresh) -> Result<Upstream> {
    match kind {
        Kind::Index { index, pages } => gitbook_site(index, pages, origin, last),
        Kind::Document(url) => openapi_document(url, origin, last),
        Kind::Page(url) => reference_page(url, origin, last),
    }
}

/// Reads the pages of a GitBook site into one document.
fn gitbook_site(
    index: &Url,
    pattern: &str,
    origin: &Origin,
    last: &LastRefresh,
) -> Result<Upstream> {
    let urls = match origin.pages_without_index(index, pattern)? {
        Some(urls) => urls,
        None => {
            let pages = fetch(origin, slice::from_ref(index), None)?;
            let page = pages.and_then(|mut pages| pages.remove(index));
            let page = page.with_context(|| format!("{index}: cannot be fetched"))?;
            gitbook::index(&page.content, index, pattern)?
        }
    };
    let mut notes = Vec::new();
    let pages = fetch(origin, &urls, Some(last))?;
    let document = match (&pages, last.document) {
        (None, Some(document)) => document.clone(),
        _ => {
            let mut blocks = Vec::new();
            for (url, page) in pages.iter().flatten() {
                let page = gitbook::read(url.as_str(), &page.content)?;
                notes.extend(notes_on(url, &page));
                if let Some(block) = page.blocks.iter().find(|block| !block.describes_an_api()) {
                    bail!(
                        "{block}: the document has none of `paths`, `components` and `webhooks`; \
                         {HOW_TO_FIX}"
                    );
                }
                blocks.extend(page.blocks);
            }
            merge::merge(&blocks).map_err(|errors| anyhow!(errors.join("\n")))?
        }
    };
    Ok(Upstream {
        pages,
        document,
        notes,
        versions: Vec::new(),
    })
}

/// Reads an OpenAPI document that is published as a file.
fn openapi_document(url: &Url, origin: &Origin, last: &LastRefresh) -> Result<Upstream> {
    let parse = |content: &str| {
        let mut document =
            document::parse(content).with_context(|| format!("{url}: is neither JSON nor YAML"))?;
        if !document["openapi"].is_string() {
            bail!(
                "{url}: is not an OpenAPI document, because it has no `openapi`; correct the \
                 address in specs/sources.toml"
            );
        }
        meta_document::normalize(&mut document);
        Ok(merge::canonical(document))
    };
    let (pages, document) = single_page(url, origin, last, parse)?;
    Ok(Upstream {
        pages,
        document,
        notes: Vec::new(),
        versions: Vec::new(),
    })
}

/// Reads a reference page of Meta.
fn reference_page(url: &Url, origin: &Origin, last: &LastRefresh) -> Result<Upstream> {
    let parse = |content: &str| Ok(merge::canonical(meta_page::read(url.as_str(), content)?));
    let (pages, document) = single_page(url, origin, last, parse)?;
    let page = pages.as_ref().and_then(|pages| pages.get(url));
    Ok(Upstream {
        versions: page.map_or_else(Vec::new, |page| meta_page::versions(&page.content)),
        pages,
        document,
        notes: Vec::new(),
    })
}

/// Returns whether upstream has a document or a reference page at `url`.
pub fn exists(url: &Url, origin: &Origin) -> bool {
    let page = runtime().and_then(|runtime| runtime.block_on(origin.fetch_once(url)));
    page.is_ok_and(|page| {
        let is_document = || {
            let document = document::parse(&page.content);
            document.is_ok_and(|document| document["openapi"].is_string())
        };
        meta_page::is_reference_page(&page.content) || is_document()
    })
}

type Pages = Option<BTreeMap<Url, FetchedPage>>;

/// Fetches the one page at `url` and parses it, unless it is unchanged.
fn single_page(
    url: &Url,
    origin: &Origin,
    last: &LastRefresh,
    parse: impl Fn(&str) -> Result<Value>,
) -> Result<(Pages, Value)> {
    let pages = fetch(origin, slice::from_ref(url), Some(last))?;
    let document = match (&pages, last.document) {
        (None, Some(document)) => document.clone(),
        _ => {
            let page = pages.as_ref().and_then(|pages| pages.get(url));
            let page = page.with_context(|| format!("{url}: cannot be fetched"))?;
            parse(&page.content)?
        }
    };
    Ok((pages, document))
}

/// Returns notes on a page without operations and on blocks that contain no JSON.
fn notes_on(url: &Url, page: &gitbook::Page) -> Vec<String> {
    let mut notes = Vec::new();
    let has_paths = |block: &gitbook::Block| {
        let paths = block.document.get("paths").and_then(Value::as_object);
        paths.is_some_and(|paths| !paths.is_empty())
    };
    if !page.blocks.iter().any(has_paths) {
        notes.push(format!("{url}: describes no operation"));
    }
    for block in &page.without_json {
        notes.push(format!(
            "{url}, line {}: has no JSON: {}",
            block.line, block.what
        ));
    }
    notes
}

/// Fetches pages; returns `None` if the server confirms that all are those of the last refresh. All
/// are fetched anew if the committed document does not match the last refresh.
fn fetch(origin: &Origin, urls: &[Url], last: Option<&LastRefresh>) -> Result<Pages> {
    let last = last.filter(|last| last.document.is_some());
    let known = last.into_iter().flat_map(|last| last.pages);
    let known = known.map(|(url, page)| (url, page.etag.as_deref()));
    runtime()?.block_on(origin.fetch(urls, &known.collect()))
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    Ok(builder.enable_all().build()?)
}
