//! Getting pages: from their own addresses, or from a mirror of them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Error, Result, anyhow, bail};
use backon::{ExponentialBuilder, Retryable};
use futures::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use reqwest::{Client, StatusCode, header, redirect};
use url::Url;

use super::sources::Locked;

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

    /// The pages below `index` that a mirror in a folder holds, if it holds no index.
    pub fn pages_without_index(&self, index: &Url, pattern: &str) -> Result<Option<Vec<Url>>> {
        let Self::Folder(folder) = self else {
            return Ok(None);
        };
        if local(folder, index).exists() {
            return Ok(None);
        }
        let below = index.join(pattern.trim_end_matches('*'))?;
        let folder = local(folder, &below);
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("{}: is not in the mirror", folder.display()))?;
        let mut pages = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            if let Some(name) = name.to_str().filter(|name| name.ends_with(".md")) {
                pages.push(below.join(name)?);
            }
        }
        pages.sort();
        Ok(Some(pages))
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
        let passes = error.is_connect() || error.is_timeout() || error.is_body();
        Self {
            error: error.without_url().into(),
            passes,
        }
    }
}

fn client() -> Result<Client> {
    let same_host = redirect::Policy::custom(|attempt| {
        let from = attempt.previous().last().and_then(Url::host_str);
        if attempt.previous().len() > 5 || attempt.url().host_str() != from {
            attempt.stop()
        } else {
            attempt.follow()
        }
    });
    Ok(Client::builder()
        .user_agent(concat!("waba-xtask/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(60))
        .redirect(same_host)
        .build()?)
}

async fn get(client: &Client, url: &Url, etag: Option<&str>) -> Result<Option<Fetched>, Failure> {
    // GitBook serves Markdown or HTML by what is asked for.
    let mut request = client
        .get(url.clone())
        .header(header::ACCEPT, "text/markdown, text/plain");
    if let Some(etag) = etag {
        request = request.header(header::IF_NONE_MATCH, etag);
    }
    let mut response = request.send().await?;
    let status = response.status();
    if status == StatusCode::NOT_MODIFIED && etag.is_some() {
        return Ok(None);
    }
    if status != StatusCode::OK {
        return Err(Failure {
            error: anyhow!("the server answers {status}"),
            passes: status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS,
        });
    }
    let media_type = response.headers().get(header::CONTENT_TYPE);
    let media_type = media_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !["text/markdown", "text/plain", "application/octet-stream"]
        .iter()
        .any(|known| media_type.starts_with(known))
    {
        return Err(Failure::lasting(anyhow!(
            "it is `{media_type}`, not Markdown"
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

fn read(path: &Path) -> Result<String> {
    let attempt = || {
        let size = fs::metadata(path)?.len();
        if size > MAX_PAGE as u64 {
            bail!("it is larger than {MAX_PAGE} bytes");
        }
        Ok(fs::read_to_string(path)?)
    };
    attempt().with_context(|| format!("{}: cannot be read from the mirror", path.display()))
}

/// The place of `url` in a mirror: its host and its path.
fn mirrored(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    format!("{host}{}", url.path().trim_end_matches('/'))
}

fn local(folder: &Path, url: &Url) -> PathBuf {
    folder.join(mirrored(url))
}
