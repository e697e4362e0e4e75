//! Meta's reference pages: the facts in one, without its words.
//!
//! The pages are made for people. What is read here has the same form on all of them: a list of
//! endpoints, a section for each, in it parts such as `Path Parameters` and `Responses`, and in
//! those lists of fields, where name and type are glued together (`idstring·required`). Whatever
//! does not have that form is refused.

mod endpoint;
mod fields;
mod markdown;
#[cfg(test)]
mod tests;
mod types;

use std::collections::BTreeMap;

use anyhow::{Result, anyhow};
use serde_json::{Map, Value, json};

pub use self::types::one_of;
use self::{
    fields::Schemas,
    markdown::{Line, Section},
};

/// The HTTP methods of endpoints, as the pages write them.
const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// The fields that a list shows below another one.
const CHILDREN: &str = "Show child attributes";

/// Why a page is not read, and the line that is to blame.
#[derive(Debug)]
struct Refusal {
    line: usize,
    fault: String,
}

/// What was read, or why not.
type Read<T> = Result<T, Refusal>;

/// A refusal of `line` for its fault.
fn refuse<T>(line: usize, fault: &str) -> Read<T> {
    Err(Refusal {
        line,
        fault: fault.to_owned(),
    })
}

/// A refusal of `line` for what it says, where something else is expected.
fn unexpected<T>(line: &Line, expected: &str) -> Read<T> {
    // A line of a page can be as long as the page.
    let found: String = line.text.chars().take(200).collect();
    refuse(
        line.number,
        &format!("expected {expected}, found `{found}`"),
    )
}

/// Reads a reference page into its facts, sorted by name. `page` is what messages call it.
pub fn read(page: &str, markdown: &str) -> Result<Value> {
    facts(markdown).map_err(|Refusal { line, fault }| {
        anyhow!(
            "{page}, line {line}: {fault}; see whether the page came whole and from the right URL, or \
             teach xtask/src/refresh/reference_page.rs its new form"
        )
    })
}

/// The facts of the page.
fn facts(markdown: &str) -> Read<Value> {
    let lines = markdown::lines(markdown)?;
    let sections = markdown::sections(&lines)?;
    let Some((title, sections)) = sections.split_first() else {
        return refuse(
            1,
            "the page is empty, expected Markdown with a `#` heading at the top",
        );
    };
    if title.title.eq_ignore_ascii_case("page not found") {
        return unexpected(title.heading, "the heading of a reference page");
    }
    let sections = by_title(sections)?;
    let named = |name| match sections.get(name) {
        Some(section) => Ok(section),
        None => refuse(
            lines.last().map_or(1, |line| line.number),
            &format!("the page ends without a section `## {name}`"),
        ),
    };
    let mut schemas = Schemas::default();
    let mut facts = json!({
        "version": version(title)?,
        "baseUrl": base_url(named("Base URL")?)?,
        "security": security(named("Authentication")?)?,
        "operations": operations(named("Endpoints")?, &sections, &mut schemas)?,
        "schemas": schemas.into_json(),
    });
    facts.sort_all_objects();
    Ok(facts)
}

/// The sections below the page's title by their own titles, all of a known kind.
fn by_title<'l>(sections: &[Section<'l>]) -> Read<BTreeMap<&'l str, Section<'l>>> {
    let mut known = BTreeMap::new();
    for section in sections {
        let is_known = ["Base URL", "Endpoints", "Authentication"].contains(&section.title)
            || method(section.title).is_some();
        if !is_known {
            return unexpected(
                section.heading,
                "`## Base URL`, `## Endpoints`, `## Authentication` or an endpoint such as `## GET /me`",
            );
        }
        if known.insert(section.title, *section).is_some() {
            return unexpected(section.heading, "each section once");
        }
    }
    Ok(known)
}

/// The facts of the endpoints that `list` names, each of which is one of `sections`.
fn operations(
    list: &Section<'_>,
    sections: &BTreeMap<&str, Section<'_>>,
    schemas: &mut Schemas,
) -> Read<Map<String, Value>> {
    let endpoints = endpoints(list)?;
    let unlisted = sections
        .values()
        .find(|section| method(section.title).is_some() && !endpoints.contains_key(section.title));
    if let Some(section) = unlisted {
        return unexpected(
            section.heading,
            "a section only of endpoints in the list below `## Endpoints`",
        );
    }
    let mut operations = Map::new();
    for (endpoint, line) in endpoints {
        let Some(section) = sections.get(endpoint.as_str()) else {
            return refuse(
                line,
                &format!("the endpoint is listed, but has no section `## {endpoint}`"),
            );
        };
        operations.insert(endpoint, endpoint::facts(section, schemas)?.into());
    }
    Ok(operations)
}

/// The HTTP method of an endpoint such as `GET /{Version}/{WABA-ID}`.
fn method(endpoint: &str) -> Option<&str> {
    let (method, path) = endpoint.split_once(' ')?;
    let is_endpoint = METHODS.contains(&method) && path.starts_with('/') && !path.contains(' ');
    is_endpoint.then_some(method)
}

/// The version that the page describes, from below its title.
fn version(title: &Section<'_>) -> Read<String> {
    let label = title.body.iter().position(|line| line.text == "Version");
    let Some(line) = label.and_then(|label| title.body.get(label + 1)) else {
        return refuse(
            title.end(),
            "the title has no line `Version` with a version below it",
        );
    };
    let is_number = |digits: &str| {
        !digits.is_empty() && digits.bytes().all(|character| character.is_ascii_digit())
    };
    let numbers = line.text.strip_prefix('v').and_then(|v| v.split_once('.'));
    match numbers {
        Some((major, minor)) if is_number(major) && is_number(minor) => Ok(line.text.clone()),
        _ => unexpected(line, "a version such as `v23.0`"),
    }
}

/// The URL that all paths are below.
fn base_url(section: &Section<'_>) -> Read<String> {
    let mut url = None;
    for line in section.body {
        match (markdown::row(line)?.as_slice(), &url) {
            ([], _) => {}
            ([cell], None) if cell.starts_with("https://") && !cell.contains(' ') => {
                url = Some(cell.trim_end_matches('/').to_owned());
            }
            _ => return unexpected(line, "one `| https://… |`"),
        }
    }
    match url {
        Some(url) => Ok(url),
        None => refuse(section.end(), "`## Base URL` has no URL"),
    }
}

/// The endpoints that the page lists, each with its line.
fn endpoints(section: &Section<'_>) -> Read<BTreeMap<String, usize>> {
    let mut endpoints = BTreeMap::new();
    for line in section.body {
        let row = markdown::row(line)?;
        let endpoint = match row.as_slice() {
            [] => continue,
            [method, path] => format!("{method} {path}"),
            _ => String::new(),
        };
        if method(&endpoint).is_none() {
            return unexpected(line, "a method and a path, `| GET | [/me](https://…) |`");
        }
        if endpoints.insert(endpoint, line.number).is_some() {
            return unexpected(line, "each endpoint once");
        }
    }
    if endpoints.is_empty() {
        return refuse(section.end(), "`## Endpoints` lists no endpoint");
    }
    Ok(endpoints)
}

/// The security schemes, and which of them every endpoint requires.
fn security(section: &Section<'_>) -> Read<Map<String, Value>> {
    let mut rows = Vec::new();
    for line in section.body {
        if !line.text.starts_with('|') {
            break;
        }
        let row = markdown::row(line)?;
        if !row.is_empty() {
            rows.push((line, row));
        }
    }
    let Some(((head, names), schemes)) = rows.split_first() else {
        return refuse(
            section.end(),
            "`## Authentication` has no table of security schemes",
        );
    };
    if names.as_slice() != ["Scheme", "Type", "Location"] {
        return unexpected(head, "the columns `Scheme`, `Type` and `Location`");
    }
    let mut required = section
        .body
        .iter()
        .skip_while(|line| line.text != "All endpoints require:")
        .skip(1)
        .map(|line| line.text.as_str())
        .take_while(|text| {
            schemes
                .iter()
                .any(|(_, row)| row.first().is_some_and(|name| name == text))
        })
        .collect::<Vec<_>>();
    if required.is_empty() {
        return refuse(
            section.end(),
            "`## Authentication` has no line `All endpoints require:` with a scheme of its table below it",
        );
    }
    required.sort_unstable();
    let mut security = Map::new();
    for (line, row) in schemes {
        let [name, kind, location] = row.as_slice() else {
            return unexpected(line, "a scheme, its type and its location");
        };
        let scheme = json!({
            "type": kind,
            "location": location,
            "required": required.contains(&name.as_str()),
        });
        if security.insert(name.clone(), scheme).is_some() {
            return unexpected(line, "each scheme once");
        }
    }
    Ok(security)
}
