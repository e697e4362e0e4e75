//! Fetches pages from their own URLs or from a mirror.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fmt, fs,
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Error, Result, bail};
use backon::{ExponentialBuilder, Retryable};
use futures::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use percent_encoding::percent_decode_str;
use reqwest::{Client, StatusCode, header, redirect};
use url::Url;
use walkdir::WalkDir;

use super::gitbook;

/// The maximum size of a page.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The number of pages that are fetched at the same time.
const CONCURRENT_REQUESTS: usize = 4;

/// A fetched page.
#[derive(Debug)]
pub struct FetchedPage {
    pub content: String,
    /// The entity tag of the response, if it had one.
    pub etag: Option<String>,
}

/// The place from which pages are fetched.
#[derive(Debug)]
pub enum Origin {
    /// The URLs of the pages.
    Live,
    /// A folder with the file `<host>/<path>` of each page.
    Folder(PathBuf),
    /// A server with `<host>/<path>` of each page below this URL.
    Server(Url),
}

impl Origin {
    /// Returns the origin for the value of `--from`.
    pub fn new(from: Option<&str>) -> Result<Self> {
        match from {
            None => Ok(Self::Live),
            Some(text) if text.starts_with("http://") || text.starts_with("https://") => {
                let slash = if text.ends_with('/') { "" } else { "/" };
                let url = Url::parse(&format!("{text}{slash}"));
                Ok(Self::Server(url.with_context(|| {
                    format!("--from {text}: is not a valid URL")
                })?))
            }
            Some(path) if Path::new(path).is_dir() => Ok(Self::Folder(path.into())),
            Some(path) => {
                bail!("--from {path}: is not a folder; give the path or the URL of a mirror")
            }
        }
    }

    /// Returns the pages of a mirror in a folder that match `pattern`. Returns `None` if the mirror
    /// has the index, which then lists the pages, or is not a folder.
    pub fn pages_without_index(&self, index: &Url, pattern: &str) -> Result<Option<Vec<Url>>> {
        let Self::Folder(folder) = self else {
            return Ok(None);
        };
        if mirror_file(folder, index).exists() {
            return Ok(None);
        }
        let site = index.join(".")?;
        // `*` in the pattern does not match a slash.
        let depth = pattern.matches('/').count() + 1;
        let mut pages = files(&mirror_file(folder, &site), &site, depth)?;
        let is_page = |url: &Url| {
            let path = url.path().strip_prefix(site.path());
            path.is_some_and(|path| path.ends_with(".md") && gitbook::matches(pattern, path))
        };
        pages.retain(is_page);
        pages.sort();
        if pages.is_empty() {
            bail!(
                "{}: has neither {index} nor a page that matches {pattern}; add one, or refresh \
                 another API with --only",
                folder.display()
            );
        }
        Ok(Some(pages))
    }

    /// Fetches the pages at `urls`. `known` has the entity tags of the pages of the last refresh.
    /// Returns `None` if the server confirms that all pages are those.
    pub async fn fetch(
        &self,
        urls: &[Url],
        known: &BTreeMap<&Url, Option<&str>>,
    ) -> Result<Option<BTreeMap<Url, FetchedPage>>> {
        let client = client()?;
        let bar = ProgressBar::new(urls.len() as u64);
        let pages: Vec<(Url, Option<FetchedPage>)> = stream::iter(urls)
            .map(|url| {
                let etag = known.get(url).copied().flatten();
                let (client, bar) = (&client, &bar);
                async move {
                    let page = self.page(client, url, etag).await?;
                    bar.inc(1);
                    if bar.is_hidden() {
                        println!("fetched {url}");
                    }
                    Ok::<_, Error>((url.clone(), page))
                }
            })
            .buffered(CONCURRENT_REQUESTS)
            .try_collect()
            .await?;
        bar.finish_and_clear();
        if pages.iter().all(|(_, page)| page.is_none()) && urls.len() == known.len() {
            return Ok(None);
        }
        // If one page has changed, the others are needed too.
        let mut fetched = BTreeMap::new();
        for (url, page) in pages {
            let page = match page {
                Some(page) => Some(page),
                None => self.page(&client, &url, None).await?,
            };
            let page = page.with_context(|| not_modified(&url))?;
            fetched.insert(url, page);
        }
        Ok(Some(fetched))
    }

    /// Fetches the page at `url` in one attempt.
    pub async fn fetch_once(&self, url: &Url) -> Result<FetchedPage> {
        let page = self.attempt(&client()?, url, None).await?;
        page.with_context(|| not_modified(url))
    }

    /// Fetches the page at `url`. Returns `None` if it still has this entity tag.
    async fn page(
        &self,
        client: &Client,
        url: &Url,
        etag: Option<&str>,
    ) -> Result<Option<FetchedPage>> {
        let attempt = || self.attempt(client, url, etag);
        let backoff = ExponentialBuilder::default().with_max_times(3);
        let page = attempt
            .retry(backoff.with_jitter())
            .when(is_transient)
            .await;
        page.with_context(|| format!("{url}: cannot be fetched"))
    }

    /// [`Self::page`] in one attempt.
    async fn attempt(
        &self,
        client: &Client,
        url: &Url,
        etag: Option<&str>,
    ) -> Result<Option<FetchedPage>> {
        match self {
            Self::Live => get(client, url, etag).await,
            Self::Folder(folder) => Ok(Some(FetchedPage {
                content: read(&mirror_file(folder, url))?,
                etag: None,
            })),
            Self::Server(prefix) => get(client, &prefix.join(&mirror_path(url))?, etag).await,
        }
    }
}

/// The message for a page that should have been sent.
fn not_modified(url: &Url) -> String {
    format!("{url}: the server returned 304 to an unconditional request")
}

/// The status of a response that is not the page.
#[derive(Debug)]
struct UnexpectedStatus(StatusCode);

impl fmt::Display for UnexpectedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server returned {}", self.0)
    }
}

impl std::error::Error for UnexpectedStatus {}

/// Returns whether another attempt may succeed.
fn is_transient(error: &Error) -> bool {
    if let Some(UnexpectedStatus(status)) = error.downcast_ref() {
        let may_pass = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
        return status.is_server_error() || may_pass.contains(status);
    }
    // A connection can be cut before the response, within it, or between its chunks.
    let error = error.downcast_ref::<reqwest::Error>();
    error.is_some_and(|error| !error.is_builder() && !error.is_redirect())
}

/// Returns a client that follows redirects only to the same origin.
fn client() -> Result<Client> {
    let same_server = redirect::Policy::custom(|attempt| {
        let from = attempt.previous().last().map(Url::origin);
        if attempt.previous().len() > 5 || Some(attempt.url().origin()) != from {
            attempt.stop()
        } else {
            attempt.follow()
        }
    });
    Ok(Client::builder()
        .user_agent(concat!("waba-xtask/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(60))
        .redirect(same_server)
        .build()?)
}

/// Sends one request for the page at `url`.
async fn get(client: &Client, url: &Url, etag: Option<&str>) -> Result<Option<FetchedPage>> {
    // GitBook serves Markdown or HTML, depending on this header.
    let mut request = client.get(url.clone()).header(
        header::ACCEPT,
        "text/markdown, text/plain, application/json, application/yaml",
    );
    if let Some(etag) = etag {
        request = request.header(header::IF_NONE_MATCH, etag);
    }
    let mut response = request.send().await.map_err(reqwest::Error::without_url)?;
    let status = response.status();
    if status == StatusCode::NOT_MODIFIED && etag.is_some() {
        return Ok(None);
    }
    if status.is_redirection() {
        bail!(
            "the server returned {status}; only up to 5 redirects to the same host and port are followed"
        );
    }
    if status != StatusCode::OK {
        bail!(UnexpectedStatus(status));
    }
    let media_type = response.headers().get(header::CONTENT_TYPE);
    let media_type = media_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    let is_text = ["text/markdown", "text/plain", "application/octet-stream"];
    let is_document = ["json", "yaml"].iter().any(|end| essence.ends_with(end));
    if !is_text.contains(&&*essence) && !is_document {
        bail!("the media type is `{media_type}`; expected Markdown, plain text, JSON or YAML");
    }
    let etag = response.headers().get(header::ETAG);
    let etag = etag.and_then(|etag| Some(etag.to_str().ok()?.to_owned()));
    let mut content = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(reqwest::Error::without_url)?
    {
        content.extend_from_slice(&chunk);
        if content.len() > MAX_BYTES {
            bail!("the page is larger than {MAX_BYTES} bytes");
        }
    }
    match String::from_utf8(content) {
        Ok(content) => Ok(Some(FetchedPage { content, etag })),
        Err(_) => bail!("the body is not valid UTF-8"),
    }
}

/// Returns the URLs of the files that are `depth` levels below `folder`, whose own URL is `url`.
fn files(folder: &Path, url: &Url, depth: usize) -> Result<Vec<Url>> {
    let entries = WalkDir::new(folder)
        .follow_links(true)
        .min_depth(depth)
        .max_depth(depth);
    let urls = entries.into_iter().map(|entry| {
        let entry = entry
            .with_context(|| format!("{}: cannot be listed; check the mirror", folder.display()))?;
        let path = entry.path().strip_prefix(folder)?;
        let Some(names) = path.iter().map(OsStr::to_str).collect::<Option<Vec<_>>>() else {
            bail!(
                "{}: the name is not valid UTF-8; rename the file",
                path.display()
            );
        };
        let mut url = url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(names);
        }
        Ok(url)
    });
    urls.collect()
}

/// Reads a page from a mirror in a folder.
fn read(path: &Path) -> Result<String> {
    let attempt = || {
        if !fs::metadata(path)?.is_file() {
            bail!("it is not a regular file");
        }
        let mut content = String::new();
        let file = fs::File::open(path)?;
        file.take(MAX_BYTES as u64 + 1)
            .read_to_string(&mut content)?;
        if content.len() > MAX_BYTES {
            bail!("the page is larger than {MAX_BYTES} bytes");
        }
        Ok(content)
    };
    attempt().with_context(|| format!("{}: cannot be read from the mirror", path.display()))
}

/// Returns the path of the page in a mirror: its host and its path.
fn mirror_path(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    format!("{host}{}", url.path().trim_end_matches('/'))
}

/// Returns the file of the page in a mirror.
fn mirror_file(folder: &Path, url: &Url) -> PathBuf {
    let path = mirror_path(url);
    folder.join(&*percent_decode_str(&path).decode_utf8_lossy())
}
