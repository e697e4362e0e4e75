//! `cargo xtask refresh`: brings `specs/` up to what upstream publishes, completely or not at all.

mod deviations;
mod fetch;
mod gitbook;
mod merge;
#[cfg(test)]
mod properties;
mod reference_page;
mod report;
mod sources;
mod swap;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use serde_json::Value;
use url::Url;

use crate::{Outcome, diff, document, overlay, prepare};
use fetch::{Fetched, Origin};
use report::Report;
use sources::{Lock, Locked, Pages, Sources};

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
    /// Write the report here as well, as Markdown
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
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
    /// Each page by its address; none if the server says that all are what the lock names.
    pages: Option<BTreeMap<Url, Fetched>>,
    /// The canonical document made of them.
    document: Value,
    /// What else is worth telling of the pages.
    remarks: Vec<String>,
    /// Where our own document differs from the pages, and nobody has said why.
    faults: Vec<String>,
}

/// Fetches the pages, makes the documents and checks them; then writes all, or nothing.
pub fn run(root: &Path, options: &Options) -> Result<Outcome> {
    let specs = root.join("specs");
    let _alone = swap::alone(&specs)?;
    let sources = Sources::read(&specs)?;
    let origin = Origin::new(options.from.as_deref())?;
    let mut lock = Lock::read(&specs)?;
    let mut files: Vec<(String, String)> = Vec::new();
    let mut reports = Vec::new();

    for api in [Api::Dialog360, Api::Graph] {
        if options.only.is_some_and(|only| only != api) {
            continue;
        }
        let folder = specs.join(api.name());
        let committed = committed(&folder)?;
        let made = lock.made(api.name());
        let known = Known {
            locked: &made.pages,
            document: match &committed {
                Some(document) if made.is(document)? => Some(document),
                _ => None,
            },
        };
        let upstream = match api {
            Api::Dialog360 => dialog360(&sources, &origin, &known)?,
            Api::Graph => graph(&sources, &origin, &known, &folder)?,
        };
        let mut report = Report::new(
            api.name(),
            &made.pages,
            upstream.pages.as_ref(),
            &upstream.remarks,
        );
        match (api, &committed) {
            (_, None) => {}
            (Api::Graph, Some(old)) => report.compare_facts(old, &upstream.document),
            (Api::Dialog360, Some(old)) => {
                let new = &upstream.document;
                let overlaid = overlaid(&folder, old).zip(overlaid(&folder, new));
                let [before, after] = overlaid.map_or([old.clone(), new.clone()], Into::into);
                report.compare_documents(old, new, [&before, &after]);
            }
        }
        diff::print(&report.text(), &mut anstream::stdout())?;
        let name = |file: &str| format!("{}/{file}", api.name());
        let moved = committed.as_ref() != Some(&upstream.document);
        match prepared(api, &folder, &upstream, &report, options.accept_removals) {
            Ok(made) => files.extend(made.into_iter().map(|(file, text)| (name(file), text))),
            // A check is answered by that it moved, whatever it takes to follow.
            Err(error) if options.check && moved => eprintln!("{error:#}"),
            Err(error) => return Err(error),
        }
        if let Some(pages) = &upstream.pages {
            lock.renew(api.name(), &upstream.document, pages, &today())?;
        }
        files.push((
            name("upstream.json"),
            document::to_text(&upstream.document)?,
        ));
        reports.push(report.markdown());
    }
    // Pages that have moved and say the same are no drift, but are noted when there is a run.
    if !options.check {
        files.push(lock.to_file()?);
    }
    files.retain(|(name, text)| fs::read_to_string(specs.join(name)).ok().as_ref() != Some(text));
    if let Some(path) = &options.report {
        document::write(path, &reports.join("\n"))?;
    }
    finish(&specs, &files, options.check)
}

/// The files that `upstream` leads to, unless it takes somebody's decision.
fn prepared(
    api: Api,
    folder: &Path,
    upstream: &Upstream,
    report: &Report,
    accept_removals: bool,
) -> Result<Vec<(&'static str, String)>> {
    if !upstream.faults.is_empty() {
        bail!(
            "specs/graph/spec.yaml and the page differ:\n{}",
            upstream.faults.join("\n")
        );
    }
    if !report.removed.is_empty() && !accept_removals {
        bail!(
            "{} has {} fewer: {}; if upstream means it, run again with --accept-removals",
            api.name(),
            report.removed.len(),
            report.removed.join(", ")
        );
    }
    let (input, document) = match api {
        Api::Dialog360 => ("upstream.json", upstream.document.clone()),
        Api::Graph => ("spec.yaml", document::read(&folder.join("spec.yaml"))?),
    };
    let input = Path::new("specs").join(api.name()).join(input);
    prepare::files(folder, &input, document)
}

/// What is made of a document of upstream's, as far as the overlay still applies to it.
fn overlaid(folder: &Path, document: &Value) -> Option<Value> {
    let overlay = document::read(&folder.join("overlay.yaml")).ok()?;
    let mut document = document.clone();
    overlay::apply(&mut document, &overlay).ok()?;
    Some(document)
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

/// What the last refresh left of an API.
struct Known<'k> {
    locked: &'k BTreeMap<Url, Locked>,
    /// The document, if it is still the one that was made of those pages.
    document: Option<&'k Value>,
}

/// The pages of a GitBook site, merged.
fn dialog360(sources: &Sources, origin: &Origin, known: &Known) -> Result<Upstream> {
    let Pages {
        index,
        pages: pattern,
    } = &sources.dialog360;
    let urls = match origin.pages_without_index(index, pattern)? {
        Some(urls) => urls,
        None => {
            let list = fetch(origin, std::slice::from_ref(index), None)?;
            let list = list.and_then(|mut pages| pages.remove(index));
            let list = list.with_context(|| format!("{index}: cannot be fetched"))?;
            gitbook::index(&list.content, index, pattern)?
        }
    };
    let mut remarks = Vec::new();
    let pages = fetch(origin, &urls, Some(known))?;
    let document = match (&pages, known.document) {
        (None, Some(document)) => document.clone(),
        _ => {
            let mut blocks = Vec::new();
            for (url, page) in pages.iter().flatten() {
                let page = gitbook::read(url.as_str(), &page.content)?;
                remarks.extend(remarks_on(url, &page));
                if let Some(block) = page.blocks.iter().find(|block| !block.says_something()) {
                    bail!(
                        "{block} is not OpenAPI, which has `paths`, `components` or `webhooks`; \
                         refresh again once this is mended, or with --from a mirror in which it is"
                    );
                }
                blocks.extend(page.blocks);
            }
            merge::merge(&blocks).map_err(|faults| anyhow!(faults.join("\n")))?
        }
    };
    Ok(Upstream {
        pages,
        document,
        remarks,
        faults: Vec::new(),
    })
}

/// What `page` has beside documents.
fn remarks_on(url: &Url, page: &gitbook::Page) -> Vec<String> {
    let mut remarks = Vec::new();
    let describes = |block: &gitbook::Block| {
        let paths = block.document.get("paths").and_then(Value::as_object);
        paths.is_some_and(|paths| !paths.is_empty())
    };
    if !page.blocks.iter().any(describes) {
        remarks.push(format!("{url}: describes no operation"));
    }
    for block in &page.without_json {
        remarks.push(format!(
            "{url}, line {}: has no JSON: {}",
            block.line, block.what
        ));
    }
    remarks
}

/// The reference page of the Graph API, with which our own document has to agree.
fn graph(sources: &Sources, origin: &Origin, known: &Known, folder: &Path) -> Result<Upstream> {
    let url = &sources.graph.page;
    let pages = fetch(origin, std::slice::from_ref(url), Some(known))?;
    let document = match (&pages, known.document) {
        (None, Some(document)) => document.clone(),
        _ => {
            let page = pages.as_ref().and_then(|pages| pages.get(url));
            let page = page.with_context(|| format!("{url}: cannot be fetched"))?;
            reference_page::read(url.as_str(), &page.content)?
        }
    };
    let spec = document::read(&folder.join("spec.yaml"))?;
    let deviations = document::read(&folder.join("deviations.yaml"))?;
    let faults = deviations::compare(&document, &spec, &deviations)?;
    let remarks = match faults.len() {
        0 => "all deviations of spec.yaml from the page are declared".to_owned(),
        many => format!("{many} deviations of spec.yaml from the page are not declared so"),
    };
    let remarks = vec![remarks];
    Ok(Upstream {
        pages,
        document,
        remarks,
        faults,
    })
}

/// Fetches pages; `None` if all are what is known of them, as far as there is a document of them.
fn fetch(
    origin: &Origin,
    urls: &[Url],
    known: Option<&Known>,
) -> Result<Option<BTreeMap<Url, Fetched>>> {
    let nothing = BTreeMap::new();
    let locked = match known {
        Some(known) if known.document.is_some() => known.locked,
        _ => &nothing,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(origin.fetch(urls, locked))
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
