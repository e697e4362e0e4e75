//! A reader of Meta's reference pages.
//!
//! Meta generates the pages from OpenAPI documents, which it does not always publish. This reader
//! turns a page back into an OpenAPI document. Each line of a page is part of a known construct,
//! or is prose where prose is allowed. Any other line is refused, because it could be a field.
//!
//! What the page leaves open stays open in the document. A schema that the page names but does not
//! show accepts any value. A field that can belong to several objects is listed in
//! `x-unplaced-fields`, with these objects.

mod available;
mod content;
mod description;
mod entries;
mod field;
mod head;
mod lines;
mod nesting;
mod object;
mod operation;
mod parameters;
mod prose;
mod samples;
mod schemas;
mod sections;
mod security;
#[cfg(test)]
mod tests;
mod types;
mod unplaced;

use anyhow::{Result, anyhow};
use serde_json::{Map, Value, json};

use crate::excerpt::excerpt;

use self::{head::method_and_path, lines::Line, schemas::Schemas, sections::Section};
pub use self::{
    parameters::AVAILABLE,
    unplaced::{UnplacedLines, unplaced},
};

/// The largest page that is read, in bytes.
const LARGEST: usize = 16 << 20;

/// The most characters of a line in a message. A line can be as long as the page.
const LONGEST_EXCERPT: usize = 120;

/// The reason for which a page is refused.
#[derive(Debug)]
struct Refusal {
    /// The number of the line, from 1.
    line: usize,
    fault: String,
}

type Read<T> = Result<T, Refusal>;

/// Refuses the page because of the line `line`.
fn refuse<T>(line: usize, fault: &str) -> Read<T> {
    Err(Refusal {
        line,
        fault: fault.to_owned(),
    })
}

/// Refuses the page because `line` is not what is expected there.
fn unexpected<T>(line: &Line, expected: &str) -> Read<T> {
    let found = excerpt(&line.text, LONGEST_EXCERPT);
    refuse(
        line.number,
        &format!("expected {expected}, found `{found}`"),
    )
}

/// Returns whether `markdown` is a reference page of Meta, read or not.
pub fn is_reference_page(markdown: &str) -> bool {
    let starts = [
        "[View as Markdown](https://developers.facebook.com/",
        "### Request Syntax",
    ];
    let mut lines = markdown.lines().map(str::trim_start);
    lines.any(|line| starts.iter().any(|start| line.starts_with(start)))
}

/// A reference page that was read.
#[derive(Debug, PartialEq)]
pub struct Page {
    pub document: Value,
    /// The versions of the API that the page offers.
    pub versions: Vec<String>,
    /// The lines of the fields that the document lists as unplaced.
    pub unplaced_lines: UnplacedLines,
}

/// Reads a reference page. Messages call it `page`.
pub fn read(page: &str, markdown: &str) -> Result<Page> {
    read_page(markdown).map_err(|Refusal { line, fault }| {
        anyhow!(
            "{page} line {line}: {fault}; check that the page came whole and from the right URL, or \
             use the OpenAPI document of the API instead, to which the page links"
        )
    })
}

/// [`read`] without the name of the page.
fn read_page(markdown: &str) -> Read<Page> {
    if markdown.len() > LARGEST {
        return refuse(1, &format!("the page is larger than {LARGEST} bytes"));
    }
    let lines = lines::lines(markdown)?;
    let sections = sections::sections(&lines)?;
    let Some((top, sections)) = sections.split_first() else {
        return refuse(1, "the page is empty; expected Markdown");
    };
    check_titles(sections)?;
    let about = head::about(top)?;
    let server = head::server(sections::only(sections, "Base URL")?)?;
    let security = security::read(sections::only(sections, "Authentication")?)?;
    let mut schemas = Schemas::default();
    let mut paths = read_paths(sections, &server, &mut schemas)?;
    // A schema that is shown in full may decide what belongs to it where the page shows it before.
    while schemas.has_news() {
        schemas = Schemas::with_knowledge_of(&schemas);
        paths = read_paths(sections, &server, &mut schemas)?;
    }
    let mut info = json!({"title": top.title, "version": about.version});
    description::add(&mut info, &about.description);
    let unplaced_lines = std::mem::take(&mut schemas.unplaced_lines);
    let document = json!({
        "openapi": "3.1.0",
        "info": info,
        "servers": [{"url": server}],
        "security": security.required,
        "paths": paths,
        "components": {
            "schemas": schemas.into_components(),
            "securitySchemes": security.schemes,
        },
    });
    Ok(Page {
        document,
        versions: about.versions,
        unplaced_lines,
    })
}

/// Fails if a section is unknown or appears twice.
fn check_titles(sections: &[Section<'_>]) -> Read<()> {
    for (nth, section) in sections.iter().enumerate() {
        let is_known = ["Base URL", "Endpoints", "Authentication"].contains(&section.title)
            || method_and_path(section.title).is_some();
        if !is_known {
            return unexpected(
                section.heading,
                "`## Base URL`, `## Endpoints`, `## Authentication` or an endpoint such as `## GET /me`",
            );
        }
        if sections
            .iter()
            .take(nth)
            .any(|other| other.title == section.title)
        {
            return unexpected(section.heading, "each section once");
        }
    }
    Ok(())
}

/// Returns the Paths Object of the endpoints that the page lists, each of which has a section.
fn read_paths(
    sections: &[Section<'_>],
    server: &str,
    schemas: &mut Schemas,
) -> Read<Map<String, Value>> {
    let endpoints = head::endpoints(sections::only(sections, "Endpoints")?)?;
    let mut paths = Map::new();
    for section in sections {
        let Some((method, path)) = method_and_path(section.title) else {
            continue;
        };
        if !endpoints
            .iter()
            .any(|(_, endpoint)| endpoint == section.title)
        {
            return unexpected(
                section.heading,
                "an endpoint of the list below `## Endpoints`",
            );
        }
        let operation = operation::read(section, (method, path), server, schemas)?;
        let item = paths.entry(path).or_insert_with(|| json!({}));
        item[method.to_ascii_lowercase()] = operation;
    }
    let without_section =
        |endpoint: &str| !sections.iter().any(|section| section.title == endpoint);
    match endpoints
        .iter()
        .find(|(_, endpoint)| without_section(endpoint))
    {
        Some((line, endpoint)) => refuse(
            line.number,
            &format!("the endpoint is listed, but has no section `## {endpoint}`"),
        ),
        None => Ok(paths),
    }
}
