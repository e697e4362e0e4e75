//! The report of a refresh, for the terminal and as Markdown.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Error;
use serde_json::Value;
use url::Url;

use crate::{
    compare::{self, Comparison},
    openapi::walk::METHODS,
    upstream::{fetch::FetchedPage, sources::LockedPage},
};

/// The report on one API.
pub struct Report {
    api: String,
    /// The pages, each with its state: new, changed, removed or unchanged.
    pages: Vec<(&'static str, Url)>,
    /// Notes on the pages.
    notes: Vec<String>,
    changes: Changes,
    /// Whether the document differs from the committed one.
    pub changed: bool,
    /// The operations that upstream has removed.
    pub removed: Vec<String>,
    /// The reason why the API was not refreshed.
    pub error: Option<Error>,
}

/// The changes of an API since the last refresh.
enum Changes {
    None,
    /// The API is new and has these operations.
    New(Vec<String>),
    /// The changes of an OpenAPI document.
    Document(Box<Comparison>),
    /// The changes of the facts of a reference page, one line each.
    Facts(Vec<String>),
}

impl Report {
    /// Returns an empty report on `api`.
    pub fn new(api: &str) -> Self {
        Self {
            api: api.to_owned(),
            pages: Vec::new(),
            notes: Vec::new(),
            changes: Changes::None,
            changed: false,
            removed: Vec::new(),
            error: None,
        }
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

    /// Adds an API that has no committed document yet.
    pub fn add_new_api(&mut self, document: &Value) {
        self.changed = true;
        self.changes = Changes::New(operations(document).into_keys().collect());
    }

    /// Compares two OpenAPI documents of upstream. The changes are those between the documents with
    /// the overlay applied.
    pub fn compare_documents(&mut self, old: &Value, new: &Value, overlaid: [&Value; 2]) {
        self.changed = old != new;
        self.removed = removed(old, new);
        if old != new {
            let api = compare::Api::compare(&self.api, overlaid[0], overlaid[1]);
            self.changes = Changes::Document(Box::new(Comparison::of_api(api)));
        }
    }

    /// Compares the facts of two versions of a reference page.
    pub fn compare_facts(&mut self, old: &Value, new: &Value) {
        self.changed = old != new;
        self.removed = removed(old, new);
        let mut lines = changes("operation", &operations(old), &operations(new));
        lines.extend(changes("schema", &schemas(old), &schemas(new)));
        if lines.is_empty() && old != new {
            lines.push("changed: the version, the base URL or the security schemes".to_owned());
        }
        if !lines.is_empty() {
            self.changes = Changes::Facts(lines);
        }
    }

    /// Returns the report for a terminal.
    pub fn text(&self) -> String {
        let pages = self
            .pages
            .iter()
            .map(|(state, url)| format!("{state}: {url}"));
        let mut lines: Vec<String> = pages.chain(self.notes.iter().cloned()).collect();
        match &self.changes {
            Changes::None => lines.push("no operation or schema has changed".to_owned()),
            Changes::New(operations) => {
                lines.push(format!("this API is new and has {}:", count(operations)));
                lines.extend(
                    operations
                        .iter()
                        .map(|name| format!("added: operation {name}")),
                );
            }
            Changes::Facts(facts) => lines.extend(facts.iter().cloned()),
            Changes::Document(_) => {}
        }
        let lines: String = lines
            .iter()
            .map(|line| format!("  {}\n", compare::visible(line)))
            .collect();
        match &self.changes {
            Changes::Document(report) => format!("{}:\n{lines}{}", self.api, report.text()),
            _ => format!("{}:\n{lines}", self.api),
        }
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
            page.push_str(&format!("- {}\n", compare::plain(note)));
        }
        page.push('\n');
        match &self.changes {
            Changes::None => page.push_str("No operation or schema has changed.\n"),
            Changes::New(operations) => {
                page.push_str(&format!(
                    "This API is new and has {}:\n\n",
                    count(operations)
                ));
                page.push_str(&list(operations));
            }
            Changes::Document(report) => page.push_str(&report.markdown()),
            Changes::Facts(facts) => {
                page.push_str("The reference page has changed:\n\n");
                page.push_str(&list(facts));
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

/// Returns the names of the operations that only `old` has.
fn removed(old: &Value, new: &Value) -> Vec<String> {
    let new = operations(new);
    let old = operations(old).into_keys();
    old.filter(|name| !new.contains_key(name)).collect()
}

/// Returns a line for each name that was added, removed or changed.
fn changes(
    kind: &str,
    old: &BTreeMap<String, Value>,
    new: &BTreeMap<String, Value>,
) -> Vec<String> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let line = |name: &String| {
        let change = match (old.get(name), new.get(name)) {
            (None, _) => "added",
            (_, None) => "removed",
            (Some(old), Some(new)) if old != new => "changed",
            _ => return None,
        };
        Some(format!("{change}: {kind} {name}"))
    };
    names.into_iter().filter_map(line).collect()
}

/// Returns the operations of an OpenAPI document, or of the facts of a reference page, by name.
fn operations(document: &Value) -> BTreeMap<String, Value> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let of_paths = paths.flat_map(|(path, item)| {
        let methods = METHODS
            .iter()
            .filter_map(|method| Some((method, item.get(*method)?)));
        methods.map(move |(method, operation)| {
            (
                format!("{} {path}", method.to_uppercase()),
                operation.clone(),
            )
        })
    });
    let of_page = document["operations"].as_object().into_iter().flatten();
    of_paths
        .chain(of_page.map(|(name, operation)| (name.clone(), operation.clone())))
        .collect()
}

/// Returns the schemas of an OpenAPI document, or of the facts of a reference page, by name.
fn schemas(document: &Value) -> BTreeMap<String, Value> {
    let sections = [&document["components"]["schemas"], &document["schemas"]];
    let schemas = sections.into_iter().filter_map(Value::as_object).flatten();
    schemas
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect()
}
