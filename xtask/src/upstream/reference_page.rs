//! Reads the facts in one of Meta's reference pages, without its prose.
//!
//! All pages have the same form: a list of endpoints and a section for each. A section has parts, such
//! as `Path Parameters` and `Responses`. A part has lists of fields, whose name and type are written
//! without a separator (`idstring·required`). A page in any other form is refused.

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

/// The HTTP methods of endpoints.
const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// The line above the child fields of a field.
const CHILDREN: &str = "Show child attributes";

/// The reason why a page cannot be read, and the number of its line.
#[derive(Debug)]
struct Refusal {
    line: usize,
    message: String,
}

/// The result of parsing a part of a page.
type Parsed<T> = Result<T, Refusal>;

/// Refuses a page because of `line`.
fn refuse<T>(line: usize, message: &str) -> Parsed<T> {
    Err(Refusal {
        line,
        message: message.to_owned(),
    })
}

/// Refuses a page because `line` is not what is expected.
fn unexpected<T>(line: &Line, expected: &str) -> Parsed<T> {
    // A line can be as long as the page.
    let found: String = line.text.chars().take(200).collect();
    refuse(
        line.number,
        &format!("expected {expected}, found `{found}`"),
    )
}

/// Returns the facts of a reference page, sorted by name. `page` is its name in messages.
pub fn read(page: &str, markdown: &str) -> Result<Value> {
    facts(markdown).map_err(|Refusal { line, message }| {
        anyhow!(
            "{page}, line {line}: {message}; check that the page is complete and the URL is right, or \
             support the new form in xtask/src/upstream/reference_page.rs"
        )
    })
}

/// Returns the facts of the page.
fn facts(markdown: &str) -> Parsed<Value> {
    let lines = markdown::lines(markdown)?;
    let sections = markdown::sections(&lines)?;
    let Some((title, sections)) = sections.split_first() else {
        return refuse(
            1,
            "the page is empty; expected Markdown with a `#` heading at the top",
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
            &format!("the page has no section `## {name}`"),
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

/// Returns the sections below the page's title by their own titles. Fails if one is unknown.
fn by_title<'l>(sections: &[Section<'l>]) -> Parsed<BTreeMap<&'l str, Section<'l>>> {
    let mut by_title = BTreeMap::new();
    for section in sections {
        let is_known = ["Base URL", "Endpoints", "Authentication"].contains(&section.title)
            || method(section.title).is_some();
        if !is_known {
            return unexpected(
                section.heading,
                "`## Base URL`, `## Endpoints`, `## Authentication` or an endpoint such as `## GET /me`",
            );
        }
        if by_title.insert(section.title, *section).is_some() {
            return unexpected(section.heading, "each section only once");
        }
    }
    Ok(by_title)
}

/// Returns the facts of the endpoints that `list` names. Each has its section in `sections`.
fn operations(
    list: &Section<'_>,
    sections: &BTreeMap<&str, Section<'_>>,
    schemas: &mut Schemas,
) -> Parsed<Map<String, Value>> {
    let endpoints = endpoints(list)?;
    let unlisted = sections
        .values()
        .find(|section| method(section.title).is_some() && !endpoints.contains_key(section.title));
    if let Some(section) = unlisted {
        return unexpected(
            section.heading,
            "only sections of endpoints that `## Endpoints` lists",
        );
    }
    let mut operations = Map::new();
    for (endpoint, line) in endpoints {
        let Some(section) = sections.get(endpoint.as_str()) else {
            return refuse(
                line,
                &format!("the endpoint has no section `## {endpoint}`"),
            );
        };
        operations.insert(endpoint, endpoint::facts(section, schemas)?.into());
    }
    Ok(operations)
}

/// Returns the HTTP method of an endpoint such as `GET /{Version}/{WABA-ID}`.
fn method(endpoint: &str) -> Option<&str> {
    let (method, path) = endpoint.split_once(' ')?;
    let is_endpoint = METHODS.contains(&method) && path.starts_with('/') && !path.contains(' ');
    is_endpoint.then_some(method)
}

/// Returns the version that the page describes, which is below its title.
fn version(title: &Section<'_>) -> Parsed<String> {
    let label = title.body.iter().position(|line| line.text == "Version");
    let Some(line) = label.and_then(|label| title.body.get(label + 1)) else {
        return refuse(
            title.end(),
            "expected a line `Version` below the title, and the version below that",
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

/// Returns the base URL of all paths.
fn base_url(section: &Section<'_>) -> Parsed<String> {
    let mut url = None;
    for line in section.body {
        match (markdown::row(line)?.as_slice(), &url) {
            ([], _) => {}
            ([cell], None) if cell.starts_with("https://") && !cell.contains(' ') => {
                url = Some(cell.trim_end_matches('/').to_owned());
            }
            _ => return unexpected(line, "one row `| https://… |`"),
        }
    }
    match url {
        Some(url) => Ok(url),
        None => refuse(section.end(), "`## Base URL` has no URL"),
    }
}

/// Returns the endpoints that the page lists, each with its line.
fn endpoints(section: &Section<'_>) -> Parsed<BTreeMap<String, usize>> {
    let mut endpoints = BTreeMap::new();
    for line in section.body {
        let row = markdown::row(line)?;
        let endpoint = match row.as_slice() {
            [] => continue,
            [method, path] => format!("{method} {path}"),
            _ => String::new(),
        };
        if method(&endpoint).is_none() {
            return unexpected(
                line,
                "a method and a path, such as `| GET | [/me](https://…) |`",
            );
        }
        if endpoints.insert(endpoint, line.number).is_some() {
            return unexpected(line, "each endpoint only once");
        }
    }
    if endpoints.is_empty() {
        return refuse(section.end(), "`## Endpoints` lists no endpoint");
    }
    Ok(endpoints)
}

/// Returns the security schemes. `required` is true for those that every endpoint requires.
fn security(section: &Section<'_>) -> Parsed<Map<String, Value>> {
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
            "`## Authentication` has no line `All endpoints require:` that is followed by one of its schemes",
        );
    }
    required.sort_unstable();
    let mut security = Map::new();
    for (line, row) in schemes {
        let [name, kind, location] = row.as_slice() else {
            return unexpected(line, "the name, type and location of a scheme");
        };
        let scheme = json!({
            "type": kind,
            "location": location,
            "required": required.contains(&name.as_str()),
        });
        if security.insert(name.clone(), scheme).is_some() {
            return unexpected(line, "each scheme only once");
        }
    }
    Ok(security)
}
