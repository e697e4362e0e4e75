//! Getting pages: from their own addresses, or from a mirror of them.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Error, Result, anyhow, bail};
use backon::{ExponentialBuilder, Retryable};
use futures::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use percent_encoding::percent_decode_str;
use reqwest::{Client, StatusCode, header, redirect};
use url::Url;

use super::{gitbook, sources::Locked};

/// The largest page that is read, in bytes.
const MAX_PAGE: usize = 16 * 1024 * 1024;

/// How many pages are fetched at a time.
const AT_A_TIME: usize = 4;

/// A page as it was fetched.
#[derive(Debug)]
pub struct Fetched {
    pub content: String,
    /// The server's own name for this content, if it gives one.
    pub etag: Option<String>,
}

/// Where pages are fetched from.
#[derive(Debug)]
pub enum Origin {
    /// Their own addresses.
    Live,
    /// A folder that holds `<host>/<path>` of each.
    Folder(PathBuf),
    /// A server that has `<host>/<path>` of each below this address.
    Server(Url),
}

impl Origin {
    /// The origin that `--from` names.
    pub fn new(from: Option<&str>) -> Result<Self> {
        match from {
            None => Ok(Self::Live),
            Some(text) if text.starts_with("http://") || text.starts_with("https://") => {
                let slash = if text.ends_with('/') { "" } else { "/" };
                let url = Url::parse(&format!("{text}{slash}"));
                Ok(Self::Server(
                    url.with_context(|| format!("{text}: is no address"))?,
                ))
            }
            Some(path) if Path::new(path).is_dir() => Ok(Self::Folder(path.into())),
            Some(path) => bail!("{path}: is no folder; name a mirror, or leave `--from` out"),
        }
    }

    /// The pages below `index` that a mirror in a folder holds, if it holds no index: the files
    /// that match `pattern`.
    pub fn pages_without_index(&self, index: &Url, pattern: &str) -> Result<Option<Vec<Url>>> {
        let Self::Folder(folder) = self else {
            return Ok(None);
        };
        if local(folder, index).exists() {
            return Ok(None);
        }
        let site = index.join(".")?;
        let mut files = Vec::new();
        files_below(
            &local(folder, &site),
            &site,
            pattern.matches('/').count(),
            &mut files,
        )?;
        let is_page = |url: &Url| {
            let path = url.path().strip_prefix(site.path());
            path.is_some_and(|path| path.ends_with(".md") && gitbook::matches(pattern, path))
        };
        files.retain(is_page);
        files.sort();
        if files.is_empty() {
            bail!(
                "{}: holds neither {index} nor a page {pattern} beside it; put one there, or \
                 refresh the other API alone with --only",
                folder.display()
            );
        }
        Ok(Some(files))
    }

    /// The pages at `urls`; `None` if the server says of each that it is still what `known` names.
    pub async fn fetch(
        &self,
        urls: &[Url],
        known: &BTreeMap<Url, Locked>,
    ) -> Result<Option<BTreeMap<Url, Fetched>>> {
        let client = client()?;
        let bar = ProgressBar::new(urls.len() as u64);
        let pages: Vec<(Url, Option<Fetched>)> = stream::iter(urls)
            .map(|url| {
                let etag = known.get(url).and_then(|locked| locked.etag.as_deref());
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
            .buffered(AT_A_TIME)
            .try_collect()
            .await?;
        bar.finish_and_clear();
        if pages.iter().all(|(_, page)| page.is_none()) && urls.len() == known.len() {
            return Ok(None);
        }
        // Where one page has changed, the others are needed as well.
        let mut fetched = BTreeMap::new();
        for (url, page) in pages {
            let page = match page {
                Some(page) => Some(page),
                None => self.page(&client, &url, None).await?,
            };
            let page = page.with_context(|| format!("{url}: says that it is what nobody named"))?;
            fetched.insert(url, page);
        }
        Ok(Some(fetched))
    }

    /// The page at `url`; `None` if it is still the one with this tag.
    async fn page(
        &self,
        client: &Client,
        url: &Url,
        etag: Option<&str>,
    ) -> Result<Option<Fetched>> {
        let address = match self {
            Self::Live => url.clone(),
            Self::Folder(folder) => {
                let content = read(&local(folder, url))?;
                return Ok(Some(Fetched {
                    content,
                    etag: None,
                }));
            }
            Self::Server(prefix) => prefix.join(&mirrored(url))?,
        };
        let attempt = || async { get(client, &address, etag).await };
        attempt
            .retry(
                ExponentialBuilder::default()
                    .with_jitter()
                    .with_max_times(3),
            )
            .when(|failure: &Failure| failure.passes)
            .await
            .map_err(|failure| failure.error.context(format!("{url}: cannot be fetched")))
    }
}

/// Why a page could not be had, and whether it may be later.
struct Failure {
    error: Error,
    passes: bool,
}

impl Failure {
    fn lasting(error: Error) -> Self {
        Self {
            error,
            passes: false,
        }
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        // Connections are cut at any time: before the answer, within it, between its chunks.
        let passes = !(error.is_builder() || error.is_redirect());
        Self {
            error: error.without_url().into(),
            passes,
        }
    }
}

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

async fn get(client: &Client, url: &Url, etag: Option<&str>) -> Result<Option<Fetched>, Failure> {
    // GitBook serves Markdown or HTML by what is asked for.
    let mut request = client.get(url.clone()).header(
        header::ACCEPT,
        "text/markdown, text/plain, application/json, application/yaml",
    );
    if let Some(etag) = etag {
        request = request.header(header::IF_NONE_MATCH, etag);
    }
    let mut response = request.send().await?;
    let status = response.status();
    if status == StatusCode::NOT_MODIFIED && etag.is_some() {
        return Ok(None);
    }
    if status.is_redirection() {
        return Err(Failure::lasting(anyhow!(
            "the server answers {status}, which is followed on the same host only, and not for long"
        )));
    }
    if status != StatusCode::OK {
        let may_pass = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
        return Err(Failure {
            error: anyhow!("the server answers {status}"),
            passes: status.is_server_error() || may_pass.contains(&status),
        });
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
        return Err(Failure::lasting(anyhow!(
            "it is `{media_type}`; expected Markdown, JSON or YAML"
        )));
    }
    let etag = response.headers().get(header::ETAG);
    let etag = etag.and_then(|etag| Some(etag.to_str().ok()?.to_owned()));
    let mut content = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        content.extend_from_slice(&chunk);
        if content.len() > MAX_PAGE {
            return Err(Failure::lasting(anyhow!(
                "it is larger than {MAX_PAGE} bytes"
            )));
        }
    }
    match String::from_utf8(content) {
        Ok(content) => Ok(Some(Fetched { content, etag })),
        Err(_) => Err(Failure::lasting(anyhow!("it is not UTF-8"))),
    }
}

/// Adds the files in `folder`, which is at the address `url`, and in folders so deep below it.
fn files_below(folder: &Path, url: &Url, depth: usize, files: &mut Vec<Url>) -> Result<()> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("{}: is not in the mirror", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(OsStr::to_str) else {
            bail!("{}: is no name of a page; rename it", path.display());
        };
        let mut url = url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push(name);
        }
        if depth > 0 && path.is_dir() {
            files_below(&path, &url, depth - 1, files)?;
        } else {
            files.push(url);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String> {
    let attempt = || {
        if !fs::metadata(path)?.is_file() {
            bail!("it is no file");
        }
        let mut content = String::new();
        let file = fs::File::open(path)?;
        file.take(MAX_PAGE as u64 + 1)
            .read_to_string(&mut content)?;
        if content.len() > MAX_PAGE {
            bail!("it is larger than {MAX_PAGE} bytes");
        }
        Ok(content)
    };
    attempt().with_context(|| format!("{}: cannot be read from the mirror", path.display()))
}

/// The place of `url` in a mirror: its host and its path.
fn mirrored(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    format!("{host}{}", url.path().trim_end_matches('/'))
}

fn local(folder: &Path, url: &Url) -> PathBuf {
    let path = mirrored(url);
    folder.join(&*percent_decode_str(&path).decode_utf8_lossy())
}
