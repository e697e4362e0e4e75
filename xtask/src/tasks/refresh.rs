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
    compare,
    exit::Outcome,
    openapi::document,
    output::print,
    pipeline::{
        self,
        join::{self, Joined},
        overlay,
    },
    upstream::{
        fetch::Origin,
        lock::Lock,
        read::{self, LastRefresh},
        sources::{ApiSources, Source, Sources},
        witnesses::{self, Findings},
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
    lock.retain(&sources.keys().collect());
    for (api, sources) in selected {
        let task = Task {
            api,
            sources,
            root,
            folder: specs.join(api),
            origin: &origin,
            options,
        };
        let mut report = Report::new(api);
        match task.refresh(&mut lock, &mut report) {
            Ok(of_api) => files.extend(of_api),
            // The check has its result: upstream has changed. Only a refresh needs the rest.
            Err(error) if options.check && report.has_changes() => {
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
    sources: &'t ApiSources,
    root: &'t Path,
    folder: PathBuf,
    origin: &'t Origin,
    options: &'t Options,
}

impl Task<'_> {
    /// Fetches the pages and returns the files of the API. `report` is filled in as far as the
    /// refresh gets. The entries in `lock` are updated only if it succeeds.
    fn refresh(&self, lock: &mut Lock, report: &mut Report) -> Result<Files> {
        let mut new_lock = lock.clone();
        let mut documents = Vec::new();
        for source in &self.sources.sources {
            let document = self.read(source, &mut new_lock, report)?;
            documents.push((source, document));
        }
        let findings = witnesses::compare_folder(self.root, self.api, &documents)?;
        report.notes.extend_from_slice(&findings.notes);
        print(&report.text(), &mut anstream::stdout())?;
        let mut files = self.prepare(&documents, &findings, report)?;
        for (source, document) in &documents {
            let path = format!("specs/{}/{}", self.api, source.file());
            files.push((path, document::to_text(document)?));
        }
        *lock = new_lock;
        Ok(files)
    }

    /// Reads the document of a source, and adds its changes to `report`.
    fn read(&self, source: &Source, lock: &mut Lock, report: &mut Report) -> Result<Value> {
        let path = self.folder.join(source.file());
        // There is no document before the first refresh.
        let committed = path.exists().then(|| document::read(&path)).transpose()?;
        let key = source.key(self.api);
        let entry = lock.entry(&key);
        let last = LastRefresh {
            pages: &entry.pages,
            document: match &committed {
                Some(document) if entry.matches(document)? => Some(document),
                _ => None,
            },
        };
        let upstream = read::read(&source.kind, self.origin, &last)?;
        report.add_pages(&entry.pages, upstream.pages.as_ref(), &upstream.notes);
        self.look_for_versions(source, &upstream.versions, report);
        let document = upstream.document;
        match (&committed, &source.name) {
            (None, _) => report.add_new_document(source.name.as_deref(), &document),
            // No code is generated from a document with a name.
            (Some(old), Some(name)) => report.compare(old, &document, || {
                compare::Api::compare_on_the_wire(name, old, &document)
            }),
            (Some(old), None) => report.compare(old, &document, || {
                let overlaid = self.overlaid(old).zip(self.overlaid(&document));
                let [before, after] = overlaid.map_or([old.clone(), document.clone()], Into::into);
                compare::Api::compare(self.api, &before, &after)
            }),
        }
        if let Some(pages) = &upstream.pages {
            lock.update(&key, &document, pages, &today())?;
        }
        Ok(document)
    }

    /// Adds a note to `report` if upstream has newer versions of the API: those that the page lists
    /// after that of the source, or the next one.
    fn look_for_versions(&self, source: &Source, listed: &[String], report: &mut Report) {
        let (Some(version), Some((next, url))) = (&source.version, &source.next) else {
            return;
        };
        let after = listed
            .iter()
            .skip_while(|listed| *listed != version)
            .skip(1);
        let mut newer: Vec<&str> = after.map(String::as_str).collect();
        if newer.is_empty() && read::exists(url, self.origin) {
            newer.push(next);
        }
        let note = format!(
            "upstream also has {}; to follow, see «A new version of Meta's API» in CONTRIBUTING.md",
            newer.join(", ")
        );
        // Several sources can have the same versions.
        if !newer.is_empty() && !report.notes.contains(&note) {
            report.notes.push(note);
        }
    }

    /// Applies the overlay to an upstream document. Returns `None` if it no longer applies.
    fn overlaid(&self, document: &Value) -> Option<Value> {
        let overlay = document::read(&self.folder.join("overlay.yaml")).ok()?;
        let mut document = document.clone();
        overlay::apply(&mut document, &overlay).ok()?;
        Some(document)
    }

    /// Returns the files generated from the documents. Fails if a person has to decide first.
    fn prepare(
        &self,
        documents: &[(&Source, Value)],
        findings: &Findings,
        report: &Report,
    ) -> Result<Files> {
        if let Some(message) = findings.error(self.api) {
            bail!("{message}");
        }
        if !report.removed.is_empty() && !self.options.accept_removals {
            bail!(
                "upstream has removed {} operations: {}; if that is intended, run again with \
                 --accept-removals",
                report.removed.len(),
                report.removed.join(", ")
            );
        }
        let file = |name: &str| format!("specs/{}/{name}", self.api);
        let input = match documents {
            [(Source { name: None, .. }, document)] => {
                Joined::new(&file("upstream.json"), document.clone())
            }
            _ => join::read(self.root, &file("spec.yaml"))?,
        };
        pipeline::files(self.root, self.api, input)
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
