//! What a refresh found, in words.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use url::Url;

use super::{fetch::Fetched, sources::Locked};
use crate::walk::METHODS;

/// What changed between the committed document of an API and the new one.
#[derive(Debug, Default)]
pub struct Report {
    pages: Vec<String>,
    changes: Vec<String>,
    /// The operations that are there no longer.
    pub removed: Vec<String>,
}

impl Report {
    /// Compares the pages with those of the lock (none: they are the same), and the documents by their operations and schemas.
    pub fn new(
        locked: &BTreeMap<Url, Locked>,
        pages: Option<&BTreeMap<Url, Fetched>>,
        old: Option<&Value>,
        new: &Value,
    ) -> Self {
        let mut report = Self::default();
        for (url, page) in pages.into_iter().flatten() {
            let state = match locked.get(url) {
                None => "new",
                Some(old) if old.is_of(page) => "unchanged",
                Some(_) => "changed",
            };
            report.pages.push(format!("{state}: {url}"));
        }
        for url in locked.keys() {
            match pages {
                None => report.pages.push(format!("unchanged: {url}")),
                Some(pages) if !pages.contains_key(url) => {
                    report.pages.push(format!("gone: {url}"))
                }
                Some(_) => {}
            }
        }
        if let Some(old) = old {
            report.compare("operation", &operations(old), &operations(new));
            report.removed = operations(old)
                .into_keys()
                .filter(|name| !operations(new).contains_key(name))
                .collect();
            report.compare("schema", &schemas(old), &schemas(new));
            if report.changes.is_empty() && old != new {
                report
                    .changes
                    .push("changed: what stands around operations and schemas".to_owned());
            }
        }
        report
    }

    fn compare(
        &mut self,
        kind: &str,
        old: &BTreeMap<String, Value>,
        new: &BTreeMap<String, Value>,
    ) {
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for name in names {
            let change = match (old.get(name), new.get(name)) {
                (None, _) => "added",
                (_, None) => "removed",
                (Some(old), Some(new)) if old != new => "changed",
                _ => continue,
            };
            self.changes.push(format!("{change}: {kind} {name}"));
        }
    }

    /// Prints the report for `api`, with what else is worth telling.
    pub fn print(&self, api: &str, remarks: &[String]) {
        println!("{api}:");
        for line in self.pages.iter().chain(remarks).chain(&self.changes) {
            println!("  {line}");
        }
        if self.changes.is_empty() {
            println!("  no operation or schema has changed");
        }
    }
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
