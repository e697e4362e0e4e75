//! What a refresh found, in words.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Error;
use serde_json::Value;
use url::Url;

use crate::{
    compare::{self, Comparison},
    openapi::walk::METHODS,
    upstream::{fetch::Fetched, sources::Locked},
};

/// What a refresh found for one API.
pub struct Report {
    api: String,
    /// Each page, and whether it is new, changed, gone or unchanged.
    pages: Vec<(&'static str, Url)>,
    /// What else is worth telling of the pages.
    remarks: Vec<String>,
    changes: Changes,
    /// Whether upstream's document differs from the committed one.
    pub moved: bool,
    /// The operations that are there no longer.
    pub removed: Vec<String>,
    /// Why the API was not refreshed.
    pub refused: Option<Error>,
}

/// What changed in what the pages say.
enum Changes {
    None,
    /// What changed in a document of upstream's.
    Document(Box<Comparison>),
    /// What changed in the facts of a reference page, a line each.
    Facts(Vec<String>),
}

impl Report {
    /// A report on an API of which nothing is known yet.
    pub fn new(api: &str) -> Self {
        Self {
            api: api.to_owned(),
            pages: Vec::new(),
            remarks: Vec::new(),
            changes: Changes::None,
            moved: false,
            removed: Vec::new(),
            refused: None,
        }
    }

    /// Compares the pages with those of the lock; `None` stands for the same ones.
    pub fn add_pages(
        &mut self,
        locked: &BTreeMap<Url, Locked>,
        pages: Option<&BTreeMap<Url, Fetched>>,
        remarks: &[String],
    ) {
        for (url, page) in pages.into_iter().flatten() {
            let state = match locked.get(url) {
                None => "new",
                Some(old) if old.is_of(page) => "unchanged",
                Some(_) => "changed",
            };
            self.pages.push((state, url.clone()));
        }
        for url in locked.keys() {
            match pages {
                None => self.pages.push(("unchanged", url.clone())),
                Some(pages) if !pages.contains_key(url) => self.pages.push(("gone", url.clone())),
                Some(_) => {}
            }
        }
        self.remarks.extend_from_slice(remarks);
    }

    /// Compares documents of upstream's, each as what is made of it (`overlaid`) has it.
    pub fn compare_documents(&mut self, old: &Value, new: &Value, overlaid: [&Value; 2]) {
        self.removed = removed(old, new);
        if old != new {
            let api = compare::Api::compare(&self.api, overlaid[0], overlaid[1]);
            self.changes = Changes::Document(Box::new(Comparison::of_api(api)));
        }
    }

    /// Compares the facts of a reference page.
    pub fn compare_facts(&mut self, old: &Value, new: &Value) {
        self.removed = removed(old, new);
        let mut lines = names("operation", &operations(old), &operations(new));
        lines.extend(names("schema", &schemas(old), &schemas(new)));
        if lines.is_empty() && old != new {
            lines.push("changed: what stands around operations and schemas".to_owned());
        }
        if !lines.is_empty() {
            self.changes = Changes::Facts(lines);
        }
    }

    /// The report for a terminal.
    pub fn text(&self) -> String {
        let pages = self
            .pages
            .iter()
            .map(|(state, url)| format!("{state}: {url}"));
        let mut lines: Vec<String> = pages.chain(self.remarks.iter().cloned()).collect();
        match &self.changes {
            Changes::None => lines.push("no operation or schema has changed".to_owned()),
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

    /// The report as a part of a Markdown document.
    fn markdown(&self) -> String {
        let state = match &self.refused {
            Some(_) => ": not refreshed",
            None => "",
        };
        let mut page = format!("# {}{state}\n\n", self.api);
        if let Some(error) = &self.refused {
            page.push_str(&failure(error));
            if self.pages.is_empty() {
                return page;
            }
            page.push_str("\nThis was understood of upstream's pages:\n\n");
        }
        for (state, url) in &self.pages {
            page.push_str(&format!("- {state}: <{url}>\n"));
        }
        for remark in &self.remarks {
            page.push_str(&format!("- {}\n", compare::plain(remark)));
        }
        page.push('\n');
        match &self.changes {
            Changes::None if self.moved && self.refused.is_none() => {
                page.push_str("This API is new.\n");
            }
            Changes::None => page.push_str("No operation or schema has changed.\n"),
            Changes::Document(report) => page.push_str(&report.markdown()),
            Changes::Facts(facts) => {
                page.push_str("What the reference page says has changed, and `spec.yaml` agrees with it, or `deviations.yaml` says where not:\n\n");
                page.extend(
                    facts
                        .iter()
                        .map(|fact| format!("- {}\n", compare::plain(fact))),
                );
            }
        }
        page
    }
}

/// Writes the reports of all APIs, and the error that ended the refresh, as one Markdown document.
/// Nothing that upstream wrote is markup in it.
pub fn markdown(reports: &[Report], error: Option<&Error>) -> String {
    let told = reports.iter().any(|report| report.refused.is_some());
    let mut pages: Vec<String> = reports.iter().map(Report::markdown).collect();
    if let Some(error) = error.filter(|_| !told) {
        pages.insert(0, format!("# Nothing was refreshed\n\n{}", failure(error)));
    }
    pages.join("\n")
}

/// Writes an error as an indented block, in which nothing is markup.
fn failure(error: &Error) -> String {
    const LONGEST: usize = 10_000;
    let text = format!("{error:#}");
    let shown: String = text.chars().take(LONGEST).collect();
    let mut page = String::new();
    for line in shown.lines() {
        page.push_str(&format!("    {}\n", compare::visible(line)));
    }
    if shown.len() < text.len() {
        page.push_str("\nThe rest is in the output of `cargo xtask refresh`.\n");
    }
    page.push_str("\nCONTRIBUTING.md says under «Upstream has changed» what to do.\n");
    page
}

fn removed(old: &Value, new: &Value) -> Vec<String> {
    let new = operations(new);
    let old = operations(old).into_keys();
    old.filter(|name| !new.contains_key(name)).collect()
}

/// What is new, gone or another among things that have names.
fn names(kind: &str, old: &BTreeMap<String, Value>, new: &BTreeMap<String, Value>) -> Vec<String> {
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
/// The operations of an OpenAPI document, or of the facts of a reference page, by name.
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

/// The schemas of either, by name.
fn schemas(document: &Value) -> BTreeMap<String, Value> {
    let places = [&document["components"]["schemas"], &document["schemas"]];
    let schemas = places.into_iter().filter_map(Value::as_object).flatten();
    schemas
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect()
}
