//! Fetches and reads one source of an API: a GitBook site, an OpenAPI document or a reference page.

use std::{collections::BTreeMap, slice};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;
use url::Url;

use super::{
    fetch::{FetchedPage, Origin},
    gitbook::{self, Block, HOW_TO_FIX},
    lock::LockedPage,
    merge, meta_document, meta_page,
    sources::Kind,
};
use crate::openapi::document;

/// The pages of a source and the document read from them.
#[derive(Default)]
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
    let urls = match kind {
        Kind::Index { index, pages } => site_pages(index, pages, origin)?,
        Kind::Document(url) | Kind::Page(url) => vec![url.clone()],
    };
    let mut upstream = Upstream::default();
    let Some(pages) = fetch(origin, &urls, Some(last))? else {
        upstream.document = last.document.cloned().unwrap_or_default();
        return Ok(upstream);
    };
    upstream.document = match kind {
        Kind::Index { .. } => gitbook_site(&pages, &mut upstream.notes)?,
        Kind::Document(url) => openapi_document(url, &content(&pages, url)?)?,
        Kind::Page(url) => {
            let page = meta_page::read(url.as_str(), &content(&pages, url)?)?;
            upstream.versions = page.versions;
            merge::canonical(page.document)
        }
    };
    upstream.pages = Some(pages);
    Ok(upstream)
}

/// Returns the pages of a GitBook site.
fn site_pages(index: &Url, pattern: &str, origin: &Origin) -> Result<Vec<Url>> {
    if let Some(urls) = origin.pages_without_index(index, pattern)? {
        return Ok(urls);
    }
    let pages = fetch(origin, slice::from_ref(index), None)?.unwrap_or_default();
    gitbook::index(&content(&pages, index)?, index, pattern)
}

/// Returns the content of the page at `url`.
fn content(pages: &BTreeMap<Url, FetchedPage>, url: &Url) -> Result<String> {
    let page = pages.get(url);
    let page = page.with_context(|| format!("{url}: cannot be fetched"))?;
    Ok(page.content.clone())
}

/// Reads the pages of a GitBook site into one document.
fn gitbook_site(pages: &BTreeMap<Url, FetchedPage>, notes: &mut Vec<String>) -> Result<Value> {
    let mut blocks = Vec::new();
    for (url, page) in pages {
        let page = gitbook::read(url.as_str(), &page.content)?;
        notes.extend(notes_on(url, &page));
        let is_other = |block: &&Block| !gitbook::describes_an_api(&block.document);
        if let Some(block) = page.blocks.iter().find(is_other) {
            bail!(
                "{block}: the document has none of `paths`, `components` and `webhooks`; {HOW_TO_FIX}"
            );
        }
        blocks.extend(page.blocks);
    }
    merge::merge(&blocks).map_err(|errors| anyhow!(errors.join("\n")))
}

/// Reads an OpenAPI document that is published as a file.
fn openapi_document(url: &Url, content: &str) -> Result<Value> {
    let mut document =
        document::parse(content).with_context(|| format!("{url}: is neither JSON nor YAML"))?;
    if !document["openapi"].is_string() {
        bail!(
            "{url}: is not an OpenAPI document, because it has no `openapi`; correct the address in \
             specs/sources.toml"
        );
    }
    meta_document::normalize(&mut document);
    Ok(merge::canonical(document))
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

/// Returns notes on a page without operations and on blocks that contain no JSON.
fn notes_on(url: &Url, page: &gitbook::Page) -> Vec<String> {
    let mut notes = Vec::new();
    let has_paths = |block: &Block| {
        let paths = block.document["paths"].as_object();
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
fn fetch(
    origin: &Origin,
    urls: &[Url],
    last: Option<&LastRefresh>,
) -> Result<Option<BTreeMap<Url, FetchedPage>>> {
    let last = last.filter(|last| last.document.is_some());
    let known = last.into_iter().flat_map(|last| last.pages);
    let known = known.map(|(url, page)| (url, page.etag.as_deref()));
    runtime()?.block_on(origin.fetch(urls, &known.collect()))
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    Ok(builder.enable_all().build()?)
}
