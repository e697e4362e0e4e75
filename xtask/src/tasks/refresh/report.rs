//! The report of a refresh, for the terminal and as Markdown.

use std::collections::BTreeMap;

use anyhow::Error;
use serde_json::Value;
use url::Url;

use crate::{
    compare,
    excerpt::excerpt,
    openapi::walk,
    upstream::{fetch::FetchedPage, lock::LockedPage},
};

/// The most characters of a note in the Markdown report. Some notes name two places.
const LONGEST_NOTE: usize = 2000;

/// The report on one API.
#[derive(Default)]
pub struct Report {
    api: String,
    /// The pages, each with its state: new, changed, removed or unchanged.
    pages: Vec<(&'static str, Url)>,
    /// Notes on the pages and documents.
    pub notes: Vec<String>,
    /// The changes of each document that differs from the committed one.
    changes: Vec<Changes>,
    /// The operations that upstream has removed.
    pub removed: Vec<String>,
    /// The reason why the API was not refreshed.
    pub error: Option<Error>,
}

/// The changes of a document since the last refresh.
enum Changes {
    /// The document is new. It has this title and these operations.
    New(String, Vec<String>),
    /// The document differs.
    Document(Box<compare::Report>),
}

impl Report {
    /// Returns an empty report on `api`.
    pub fn new(api: &str) -> Self {
        Self {
            api: api.to_owned(),
            ..Self::default()
        }
    }

    /// Returns whether a document differs from the committed one.
    pub fn has_changes(&self) -> bool {
        !self.changes.is_empty()
    }

    /// Adds the pages, each with its state compared with the lock. `None` means that none has
    /// changed.
    pub fn add_pages(
        &mut self,
        locked: &BTreeMap<Url, LockedPage>,
        pages: Option<&BTreeMap<Url, FetchedPage>>,
        notes: &[String],
    ) {
        for (url, page) in pages.into_iter().flatten() {
            let state = match locked.get(url) {
                None => "new",
                Some(old) if old.matches(page) => "unchanged",
                Some(_) => "changed",
            };
            self.pages.push((state, url.clone()));
        }
        for url in locked.keys() {
            match pages {
                None => self.pages.push(("unchanged", url.clone())),
                Some(pages) if !pages.contains_key(url) => {
                    self.pages.push(("removed", url.clone()))
                }
                Some(_) => {}
            }
        }
        self.notes.extend_from_slice(notes);
    }

    /// Adds a document that is not committed yet: that of the API, or of the source `name`.
    pub fn add_new_document(&mut self, name: Option<&str>, document: &Value) {
        let subject = match name {
            Some(name) => format!("the source {name}"),
            None => "this API".to_owned(),
        };
        let operations = operations(document);
        let title = format!("{subject} is new and has {}:", count(&operations));
        self.changes.push(Changes::New(title, operations));
    }

    /// Compares two documents of upstream. `changes` returns the changes to report if they differ.
    pub fn compare(&mut self, old: &Value, new: &Value, changes: impl FnOnce() -> compare::Api) {
        if old != new {
            self.removed.extend(removed(old, new));
            let report = compare::Report::of_api(changes());
            self.changes.push(Changes::Document(Box::new(report)));
        }
    }

    /// Returns the report for a terminal.
    pub fn text(&self) -> String {
        let pages = self
            .pages
            .iter()
            .map(|(state, url)| format!("{state}: {url}"));
        let mut lines: Vec<String> = pages.chain(self.notes.iter().cloned()).collect();
        if self.changes.is_empty() {
            lines.push("no operation or schema has changed".to_owned());
        }
        for changes in &self.changes {
            if let Changes::New(title, operations) = changes {
                lines.push(title.clone());
                let added = operations.iter();
                lines.extend(added.map(|name| format!("added: operation {name}")));
            }
        }
        let lines = lines.iter();
        let lines: String = lines
            .map(|line| format!("  {}\n", compare::visible(line)))
            .collect();
        let mut text = format!("{}:\n{lines}", self.api);
        for changes in &self.changes {
            if let Changes::Document(report) = changes {
                text += &report.text();
            }
        }
        text
    }

    /// Returns the report as a section of a Markdown document.
    fn markdown(&self) -> String {
        let state = match &self.error {
            Some(_) => ": not refreshed",
            None => "",
        };
        let mut page = format!("# {}{state}\n\n", self.api);
        if let Some(error) = &self.error {
            page.push_str(&failure(error));
            if self.pages.is_empty() {
                return page;
            }
            page.push_str("\nUpstream's pages were read as follows:\n\n");
        }
        for (state, url) in &self.pages {
            page.push_str(&format!("- {state}: <{url}>\n"));
        }
        for note in &self.notes {
            let note = excerpt(note, LONGEST_NOTE);
            page.push_str(&format!("- {}\n", compare::whole_plain(&note)));
        }
        page.push('\n');
        if self.changes.is_empty() {
            page.push_str("No operation or schema has changed.\n");
        }
        for changes in &self.changes {
            match changes {
                Changes::New(title, operations) => {
                    page.push_str(&format!("{}\n\n{}", capitalized(title), list(operations)));
                }
                Changes::Document(report) => page.push_str(&report.markdown()),
            }
        }
        page
    }
}

/// Returns the number of operations with its noun.
fn count(operations: &[String]) -> String {
    match operations.len() {
        1 => "1 operation".to_owned(),
        count => format!("{count} operations"),
    }
}

/// Returns `lines` as a Markdown list without other markup.
fn list(lines: &[String]) -> String {
    let items = lines
        .iter()
        .map(|line| format!("- {}\n", compare::plain(line)));
    items.collect()
}

/// Returns the reports of all APIs, and the error that ended the refresh, as one Markdown document.
/// Text from upstream is escaped, so that it contains no markup.
pub fn markdown(reports: &[Report], error: Option<&Error>) -> String {
    let is_reported = reports.iter().any(|report| report.error.is_some());
    let mut pages: Vec<String> = reports.iter().map(Report::markdown).collect();
    if let Some(error) = error.filter(|_| !is_reported) {
        pages.insert(0, format!("# Nothing was refreshed\n\n{}", failure(error)));
    }
    pages.join("\n")
}

/// Returns an error as an indented code block, which contains no markup, and what to do about it.
fn failure(error: &Error) -> String {
    const MAX_CHARACTERS: usize = 10_000;
    let text = format!("{error:#}");
    let shown: String = text.chars().take(MAX_CHARACTERS).collect();
    let mut page = String::new();
    for line in shown.lines() {
        page.push_str(&format!("    {}\n", compare::visible(line)));
    }
    if shown.len() < text.len() {
        page.push_str("\nThe rest is in the output of `cargo xtask refresh`.\n");
    }
    page.push_str("\nWhat to do: see «Upstream has changed» in CONTRIBUTING.md.\n");
    page
}

/// Returns `text` with a capital at its start.
fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

/// Returns the names of the operations that only `old` has.
fn removed(old: &Value, new: &Value) -> Vec<String> {
    let new = operations(new);
    let mut old = operations(old);
    old.retain(|name| !new.contains(name));
    old
}

/// Returns the names of the operations of an OpenAPI document.
fn operations(document: &Value) -> Vec<String> {
    let operations = walk::path_operations(document);
    let names = operations.map(|one| format!("{} {}", one.method.to_uppercase(), one.path));
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}
