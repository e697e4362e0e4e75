//! `cargo xtask refresh`: brings `specs/` up to what upstream publishes, completely or not at all.

mod deviations;
mod fetch;
mod gitbook;
mod merge;
mod reference_page;
mod report;
mod sources;
mod swap;

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Result, anyhow, bail};
use clap::{Args, ValueEnum};
use serde_json::Value;
use url::Url;

use crate::{Outcome, document, prepare};
use fetch::Origin;
use report::Report;
use sources::{Lock, Pages, Sources};

/// The options of `cargo xtask refresh`.
#[derive(Debug, Args)]
pub struct Options {
    /// Write nothing; fail if upstream has moved
    #[arg(long)]
    check: bool,
    /// Refresh one API alone
    #[arg(long)]
    only: Option<Api>,
    /// Take the pages from a mirror: a folder, or an http:// address, that holds <host>/<path>
    #[arg(long, value_name = "MIRROR")]
    from: Option<String>,
    /// Go on although upstream has fewer operations than before
    #[arg(long)]
    accept_removals: bool,
}

/// The APIs, by the names of their folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Api {
    Dialog360,
    Graph,
}

impl Api {
    fn name(self) -> &'static str {
        match self {
            Self::Dialog360 => "dialog360",
            Self::Graph => "graph",
        }
    }
}

/// The pages of an API, and what they say.
struct Upstream {
    /// The content of each page, by its address.
    pages: BTreeMap<Url, String>,
    /// The canonical document made of them.
    document: Value,
    /// What else is worth telling of the pages.
    remarks: Vec<String>,
}

/// Fetches the pages, makes the documents and checks them; then writes all, or nothing.
pub fn run(root: &Path, options: &Options) -> Result<Outcome> {
    let specs = root.join("specs");
    let sources = Sources::read(&specs)?;
    let origin = Origin::new(options.from.as_deref())?;
    let mut lock = Lock::read(&specs)?;
    let mut files: Vec<(String, String)> = Vec::new();

    for api in [Api::Dialog360, Api::Graph] {
        if options.only.is_some_and(|only| only != api) {
            continue;
        }
        let folder = specs.join(api.name());
        let upstream = match api {
            Api::Dialog360 => dialog360(&sources, &origin)?,
            Api::Graph => graph(&sources, &origin, &folder)?,
        };
        let committed = committed(&folder)?;
        let locked = lock.pages(api.name());
        let report = Report::new(
            locked,
            &upstream.pages,
            committed.as_ref(),
            &upstream.document,
        );
        report.print(api.name(), &upstream.remarks);
        if !report.removed.is_empty() && !options.accept_removals {
            bail!(
                "{} has {} fewer: {}; if upstream means it, run again with --accept-removals",
                api.name(),
                report.removed.len(),
                report.removed.join(", ")
            );
        }
        let name = |file: &str| format!("{}/{file}", api.name());
        let prepared = match api {
            Api::Dialog360 => {
                let overlay = Some(folder.join("overlay.yaml")).filter(|path| path.exists());
                let document = upstream.document.clone();
                prepare::text(
                    &format!("specs/{}", name("upstream.json")),
                    document,
                    overlay.as_deref(),
                )
            }
            Api::Graph => {
                let document = document::read(&folder.join("spec.yaml"))?;
                prepare::text(&format!("specs/{}", name("spec.yaml")), document, None)
            }
        };
        files.push((name("openapi.json"), prepared?));
        // The lock tells what the committed document was made from, so it moves with it alone.
        if committed.as_ref() != Some(&upstream.document) || locked.is_empty() {
            lock.renew(api.name(), &upstream.pages, &today());
        }
        files.push((
            name("upstream.json"),
            document::to_text(&upstream.document)?,
        ));
    }
    files.push(lock.to_file()?);
    files.retain(|(name, text)| fs::read_to_string(specs.join(name)).ok().as_ref() != Some(text));
    finish(&specs, &files, options.check)
}

/// Writes the files that are not as they should be, or only names them.
fn finish(specs: &Path, files: &[(String, String)], check: bool) -> Result<Outcome> {
    if files.is_empty() {
        println!("specs/ is up to date");
        return Ok(Outcome::Fine);
    }
    if !check {
        swap::write(specs, files)?;
    }
    for (name, _) in files {
        match check {
            true => println!("specs/{name} is behind; run `cargo xtask refresh`"),
            false => println!("wrote specs/{name}"),
        }
    }
    Ok(if check {
        Outcome::ActionNeeded
    } else {
        Outcome::Fine
    })
}

/// The pages of a GitBook site, merged.
fn dialog360(sources: &Sources, origin: &Origin) -> Result<Upstream> {
    let Pages {
        index,
        pages: pattern,
    } = &sources.dialog360;
    let urls = match origin.pages_without_index(index, pattern)? {
        Some(urls) => urls,
        None => gitbook::index(
            &fetch(origin, std::slice::from_ref(index))?[index],
            index,
            pattern,
        )?,
    };
    if urls.is_empty() {
        bail!("{index}: lists no page {pattern}; correct it in specs/sources.toml");
    }
    let contents = fetch(origin, &urls)?;
    let mut blocks = Vec::new();
    let mut remarks = Vec::new();
    for (url, content) in &contents {
        let page = gitbook::read(url.as_str(), content)?;
        if page.blocks.is_empty() {
            remarks.push(format!("{url}: describes no operation"));
        }
        for block in &page.without_json {
            remarks.push(format!(
                "{url}, line {}: has no JSON: {}",
                block.line, block.what
            ));
        }
        blocks.extend(page.blocks);
    }
    let document = merge::merge(&blocks).map_err(|faults| anyhow!(faults.join("\n")))?;
    Ok(Upstream {
        pages: contents,
        document,
        remarks,
    })
}

/// The reference page of the Graph API, with which our own document has to agree.
fn graph(sources: &Sources, origin: &Origin, folder: &Path) -> Result<Upstream> {
    let url = &sources.graph.page;
    let contents = fetch(origin, std::slice::from_ref(url))?;
    let document = reference_page::read(url.as_str(), &contents[url])?;
    let spec = document::read(&folder.join("spec.yaml"))?;
    let deviations = document::read(&folder.join("deviations.yaml"))?;
    let faults = deviations::compare(&document, &spec, &deviations)?;
    if !faults.is_empty() {
        bail!(
            "specs/graph/spec.yaml and the page differ:\n{}",
            faults.join("\n")
        );
    }
    let remarks = vec!["all deviations of spec.yaml from the page are declared".to_owned()];
    Ok(Upstream {
        pages: contents,
        document,
        remarks,
    })
}

fn fetch(origin: &Origin, urls: &[Url]) -> Result<BTreeMap<Url, String>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let contents = runtime.block_on(origin.fetch(urls))?;
    Ok(urls.iter().cloned().zip(contents).collect())
}

/// The document of the last refresh; none before the first.
fn committed(folder: &Path) -> Result<Option<Value>> {
    let path = folder.join("upstream.json");
    if !path.exists() {
        return Ok(None);
    }
    document::read(&path).map(Some)
}

/// The day in UTC, as `2026-11-21`.
fn today() -> String {
    jiff::Timestamp::now().strftime("%F").to_string()
}
