//! `cargo xtask refresh`: brings `specs/` up to what upstream publishes, completely or not at all.

mod report;
mod swap;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use serde_json::Value;
use url::Url;

use crate::{
    exit::Outcome,
    openapi::document,
    output::print,
    pipeline::{self, overlay},
    upstream::{
        deviations,
        fetch::{Fetched, Origin},
        gitbook, merge, reference_page,
        sources::{Lock, Locked, Source, Sources},
    },
};
use report::Report;

/// The options of `cargo xtask refresh`.
#[derive(Debug, Args)]
pub struct Options {
    /// Write nothing; fail if upstream has moved
    #[arg(long)]
    check: bool,
    /// Refresh one API alone, by the name of its folder in specs/
    #[arg(long, value_name = "API")]
    only: Option<String>,
    /// Take the pages from a mirror: a folder, or an http:// address, that holds <host>/<path>
    #[arg(long, value_name = "MIRROR")]
    from: Option<String>,
    /// Go on although upstream has fewer operations than before
    #[arg(long)]
    accept_removals: bool,
    /// Write the report here as well, as Markdown, also if the refresh fails
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
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

/// Refreshes the APIs, each completely or not at all, and reports on all of them.
pub fn run(root: &Path, options: &Options) -> Result<Outcome> {
    let mut reports = Vec::new();
    let outcome = refresh(root, options, &mut reports);
    if let Some(path) = &options.report {
        document::write(path, &report::markdown(&reports, outcome.as_ref().err()))?;
    }
    outcome
}

/// Refreshes the APIs and adds a report on each to `reports`. An API that is refused stays as it
/// is, and holds no other back.
fn refresh(root: &Path, options: &Options, reports: &mut Vec<Report>) -> Result<Outcome> {
    let specs = &root.join("specs");
    let _alone = swap::alone(specs)?;
    let sources = Sources::read(specs)?;
    let wanted = sources.wanted(options.only.as_deref())?;
    let origin = Origin::new(options.from.as_deref())?;
    let mut lock = Lock::read(specs)?;
    let mut files: Vec<(String, String)> = Vec::new();
    let mut moved = false;
    for (api, source) in wanted {
        let task = Task {
            api,
            source,
            root,
            folder: specs.join(api),
            origin: &origin,
            options,
        };
        let mut report = Report::new(api);
        match task.refresh(&mut lock, &mut report) {
            Ok(of_api) => files.extend(of_api),
            // Upstream has moved, which is what a check asks; to follow it takes a decision.
            Err(error) if options.check && report.moved => {
                eprintln!("{api}: {error:#}");
                moved = true;
            }
            Err(error) => {
                eprintln!("error: {api}: {error:#}");
                report.refused = Some(error);
            }
        }
        reports.push(report);
    }
    // Pages that have moved and say the same are no drift, but are noted when there is a run.
    if !options.check {
        let (name, text) = lock.to_file()?;
        files.push((format!("specs/{name}"), text));
    }
    files.retain(|(name, text)| fs::read_to_string(root.join(name)).ok().as_ref() != Some(text));
    write_or_name(root, &files, options.check)?;
    let refused = reports.iter().filter(|report| report.refused.is_some());
    match refused.count() {
        0 if files.is_empty() && !moved => {
            println!("specs/ is up to date");
            Ok(Outcome::Fine)
        }
        0 if options.check => Ok(Outcome::ActionNeeded),
        0 => Ok(Outcome::Fine),
        refused => bail!(
            "{refused} of {} APIs could not be refreshed (above); the files of {} are as they were",
            reports.len(),
            if refused == 1 { "that one" } else { "those" }
        ),
    }
}

/// The refresh of one API.
struct Task<'t> {
    api: &'t str,
    source: &'t Source,
    root: &'t Path,
    folder: PathBuf,
    origin: &'t Origin,
    options: &'t Options,
}

impl Task<'_> {
    /// Fetches the pages and returns the files of the API. What is found goes into
    /// `report`, also where the rest fails; the lock is renewed only at the end.
    fn refresh(&self, lock: &mut Lock, report: &mut Report) -> Result<Vec<(String, String)>> {
        let committed = committed(&self.folder)?;
        let made = lock.made(self.api);
        let known = Known {
            locked: &made.pages,
            document: match &committed {
                Some(document) if made.is(document)? => Some(document),
                _ => None,
            },
        };
        let upstream = match self.source {
            Source::Pages { index, pages } => gitbook_site(index, pages, self.origin, &known)?,
            Source::Document { document } => openapi_document(document, self.origin, &known)?,
            Source::Page { page } => self.reference_page(page, &known)?,
        };
        report.add_pages(&made.pages, upstream.pages.as_ref(), &upstream.remarks);
        report.moved = committed.as_ref() != Some(&upstream.document);
        match (self.source, &committed) {
            (_, None) => {}
            (Source::Page { .. }, Some(old)) => report.compare_facts(old, &upstream.document),
            (Source::Pages { .. } | Source::Document { .. }, Some(old)) => {
                let new = &upstream.document;
                let overlaid = overlaid(&self.folder, old).zip(overlaid(&self.folder, new));
                let [before, after] = overlaid.map_or([old.clone(), new.clone()], Into::into);
                report.compare_documents(old, new, [&before, &after]);
            }
        }
        print(&report.text(), &mut anstream::stdout())?;
        let mut files = self.prepared(&upstream, report)?;
        files.push((
            format!("specs/{}/upstream.json", self.api),
            document::to_text(&upstream.document)?,
        ));
        if let Some(pages) = &upstream.pages {
            lock.renew(self.api, &upstream.document, pages, &today())?;
        }
        Ok(files)
    }

    /// Returns the files that `upstream` leads to, unless it takes somebody's decision.
    fn prepared(&self, upstream: &Upstream, report: &Report) -> Result<Vec<(String, String)>> {
        if !upstream.faults.is_empty() {
            bail!(
                "specs/{}/spec.yaml and the page differ:\n{}",
                self.api,
                upstream.faults.join("\n")
            );
        }
        if !report.removed.is_empty() && !self.options.accept_removals {
            bail!(
                "upstream has {} fewer: {}; if upstream means it, run again with --accept-removals",
                report.removed.len(),
                report.removed.join(", ")
            );
        }
        let (input, document) = match self.source {
            Source::Pages { .. } | Source::Document { .. } => {
                ("upstream.json", upstream.document.clone())
            }
            Source::Page { .. } => ("spec.yaml", document::read(&self.folder.join("spec.yaml"))?),
        };
        pipeline::files(self.root, self.api, input, document)
    }

    /// Reads a reference page, with which the hand-written document has to agree.
    fn reference_page(&self, url: &Url, known: &Known) -> Result<Upstream> {
        let pages = fetch(self.origin, std::slice::from_ref(url), Some(known))?;
        let document = match (&pages, known.document) {
            (None, Some(document)) => document.clone(),
            _ => {
                let page = pages.as_ref().and_then(|pages| pages.get(url));
                let page = page.with_context(|| format!("{url}: cannot be fetched"))?;
                reference_page::read(url.as_str(), &page.content)?
            }
        };
        let spec = document::read(&self.folder.join("spec.yaml"))?;
        let deviations = document::read(&self.folder.join("deviations.yaml"))?;
        let faults = deviations::compare(&document, &spec, &deviations)?;
        let remarks = match faults.len() {
            0 => "all deviations of spec.yaml from the page are declared".to_owned(),
            1 => "1 deviation of spec.yaml from the page is not declared".to_owned(),
            many => format!("{many} deviations of spec.yaml from the page are not declared"),
        };
        Ok(Upstream {
            pages,
            document,
            remarks: vec![remarks],
            faults,
        })
    }
}

/// What is made of a document of upstream's, as far as the overlay still applies to it.
fn overlaid(folder: &Path, document: &Value) -> Option<Value> {
    let overlay = document::read(&folder.join("overlay.yaml")).ok()?;
    let mut document = document.clone();
    overlay::apply(&mut document, &overlay).ok()?;
    Some(document)
}

/// Writes the files that are not as they should be, or only names them.
fn write_or_name(root: &Path, files: &[(String, String)], check: bool) -> Result<()> {
    if !check && !files.is_empty() {
        swap::write(root, files)?;
    }
    for (name, _) in files {
        match check {
            true => println!("{name} is behind; run `cargo xtask refresh`"),
            false => println!("wrote {name}"),
        }
    }
    Ok(())
}

/// What the last refresh left of an API.
struct Known<'k> {
    locked: &'k BTreeMap<Url, Locked>,
    /// The document, if it is still the one that was made of those pages.
    document: Option<&'k Value>,
}

/// Reads the pages of a GitBook site into one document.
fn gitbook_site(index: &Url, pattern: &str, origin: &Origin, known: &Known) -> Result<Upstream> {
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

/// Reads an OpenAPI document that is published as a file.
fn openapi_document(url: &Url, origin: &Origin, known: &Known) -> Result<Upstream> {
    let pages = fetch(origin, std::slice::from_ref(url), Some(known))?;
    let document = match (&pages, known.document) {
        (None, Some(document)) => document.clone(),
        _ => {
            let page = pages.as_ref().and_then(|pages| pages.get(url));
            let page = page.with_context(|| format!("{url}: cannot be fetched"))?;
            let document = document::parse(&page.content)
                .with_context(|| format!("{url}: is neither JSON nor YAML"))?;
            if !document["openapi"].is_string() {
                bail!(
                    "{url}: is not an OpenAPI document: it has no `openapi`; correct the address \
                     in specs/sources.toml"
                );
            }
            merge::canonical(document)
        }
    };
    Ok(Upstream {
        pages,
        document,
        remarks: Vec::new(),
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
