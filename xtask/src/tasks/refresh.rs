//! `cargo xtask refresh`: updates `specs/` and the generated code to what upstream publishes.
//!
//! Each API is updated with all of its files, or not at all.

mod report;
mod swap;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};
use clap::Args;
use serde_json::Value;

use crate::{
    exit::Outcome,
    openapi::document,
    output::print,
    pipeline::{self, overlay},
    upstream::{
        fetch::Origin,
        read::{self, LastRefresh, Upstream},
        sources::{Lock, Source, Sources},
    },
};
use report::Report;

/// The options of `cargo xtask refresh`.
#[derive(Debug, Args)]
pub struct Options {
    /// Write nothing; exit with 1 if upstream has changed
    #[arg(long)]
    check: bool,
    /// Refresh only this API, named by its folder in specs/
    #[arg(long, value_name = "API")]
    only: Option<String>,
    /// Read the pages from a mirror: a folder, or an http:// URL, with <host>/<path> of each page
    #[arg(long, value_name = "MIRROR")]
    from: Option<String>,
    /// Accept that upstream has removed operations
    #[arg(long)]
    accept_removals: bool,
    /// Write the report to this file as Markdown, even if the refresh fails
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Paths below the root of the repository, with the content of each file.
type Files = Vec<(String, String)>;

/// Refreshes the APIs and writes the report.
pub fn run(root: &Path, options: &Options) -> Result<Outcome> {
    let mut reports = Vec::new();
    let outcome = refresh(root, options, &mut reports);
    if let Some(path) = &options.report {
        document::write(path, &report::markdown(&reports, outcome.as_ref().err()))?;
    }
    outcome
}

/// Refreshes the APIs and adds a report on each to `reports`. An API that fails keeps its files, and
/// the others are refreshed.
fn refresh(root: &Path, options: &Options, reports: &mut Vec<Report>) -> Result<Outcome> {
    let specs = &root.join("specs");
    let _guard = swap::lock(specs)?;
    let sources = Sources::read(specs)?;
    let selected = sources.select(options.only.as_deref())?;
    let origin = Origin::new(options.from.as_deref())?;
    let mut lock = Lock::read(specs)?;
    let mut files = Files::new();
    let mut changed = false;
    for (api, source) in selected {
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
            // The check has its result: upstream has changed. Only a refresh needs the rest.
            Err(error) if options.check && report.changed => {
                eprintln!("{api}: {error:#}");
                changed = true;
            }
            Err(error) => {
                eprintln!("error: {api}: {error:#}");
                report.error = Some(error);
            }
        }
        reports.push(report);
    }
    // Pages with other text but the same document do not fail a check; a refresh records them.
    if !options.check {
        let (name, text) = lock.to_file()?;
        files.push((format!("specs/{name}"), text));
    }
    files.retain(|(name, text)| fs::read_to_string(root.join(name)).ok().as_ref() != Some(text));
    write(root, &files, options.check)?;
    let failed = reports.iter().filter(|report| report.error.is_some());
    match failed.count() {
        0 if files.is_empty() && !changed => {
            println!("specs/ is up to date");
            Ok(Outcome::Fine)
        }
        0 if options.check => Ok(Outcome::ActionNeeded),
        0 => Ok(Outcome::Fine),
        failed => bail!(
            "{failed} of {} APIs could not be refreshed (see above); {} files are unchanged",
            reports.len(),
            if failed == 1 { "its" } else { "their" }
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
    /// Fetches the pages and returns the files of the API. `report` is filled in as far as the
    /// refresh gets. The entry in `lock` is updated only if it succeeds.
    fn refresh(&self, lock: &mut Lock, report: &mut Report) -> Result<Files> {
        let committed = self.committed()?;
        let entry = lock.entry(self.api);
        let last = LastRefresh {
            pages: &entry.pages,
            document: match &committed {
                Some(document) if entry.matches(document)? => Some(document),
                _ => None,
            },
        };
        let upstream = read::read(self.source, &self.folder, self.origin, &last)?;
        report.add_pages(&entry.pages, upstream.pages.as_ref(), &upstream.notes);
        self.compare(committed.as_ref(), &upstream.document, report);
        print(&report.text(), &mut anstream::stdout())?;
        let mut files = self.prepare(&upstream, report)?;
        files.push((
            format!("specs/{}/upstream.json", self.api),
            document::to_text(&upstream.document)?,
        ));
        if let Some(pages) = &upstream.pages {
            lock.update(self.api, &upstream.document, pages, &today())?;
        }
        Ok(files)
    }

    /// Returns the document of the last refresh, or `None` before the first one.
    fn committed(&self) -> Result<Option<Value>> {
        let path = self.folder.join("upstream.json");
        if !path.exists() {
            return Ok(None);
        }
        document::read(&path).map(Some)
    }

    /// Adds to `report` how the document has changed.
    fn compare(&self, old: Option<&Value>, new: &Value, report: &mut Report) {
        match (self.source, old) {
            (_, None) => report.add_new_api(new),
            (Source::Page { .. }, Some(old)) => report.compare_facts(old, new),
            (Source::Pages { .. } | Source::Document { .. }, Some(old)) => {
                let overlaid = self.overlaid(old).zip(self.overlaid(new));
                let [before, after] = overlaid.map_or([old.clone(), new.clone()], Into::into);
                report.compare_documents(old, new, [&before, &after]);
            }
        }
    }

    /// Applies the overlay to an upstream document. Returns `None` if it no longer applies.
    fn overlaid(&self, document: &Value) -> Option<Value> {
        let overlay = document::read(&self.folder.join("overlay.yaml")).ok()?;
        let mut document = document.clone();
        overlay::apply(&mut document, &overlay).ok()?;
        Some(document)
    }

    /// Returns the files generated from `upstream`. Fails if a person has to decide first.
    fn prepare(&self, upstream: &Upstream, report: &Report) -> Result<Files> {
        if !upstream.undeclared.is_empty() {
            bail!(
                "specs/{}/spec.yaml and the page differ:\n{}",
                self.api,
                upstream.undeclared.join("\n")
            );
        }
        if !report.removed.is_empty() && !self.options.accept_removals {
            bail!(
                "upstream has removed {} operations: {}; if that is intended, run again with \
                 --accept-removals",
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
}

/// Writes the files, or only names them if this is a check.
fn write(root: &Path, files: &[(String, String)], check: bool) -> Result<()> {
    if !check && !files.is_empty() {
        swap::write(root, files)?;
    }
    for (name, _) in files {
        match check {
            true => println!("{name} is out of date; run `cargo xtask refresh`"),
            false => println!("wrote {name}"),
        }
    }
    Ok(())
}

/// Returns the current day in UTC, as `2026-11-21`.
fn today() -> String {
    jiff::Timestamp::now().strftime("%F").to_string()
}
