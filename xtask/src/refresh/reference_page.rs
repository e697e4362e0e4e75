//! Meta's reference pages: the facts in one, without its words.
//!
//! The pages are made for people. What is read here has the same form on all of them: a list of
//! endpoints, a section for each, in it parts such as `Path Parameters` and `Responses`, and in
//! those lists of fields, where name and type are glued together (`idstring·required`). Whatever
//! does not have that form is refused.

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

/// The line before the media type of a body.
const CONTENT_TYPE: &str = "Content Type:";

/// The line before the schema of a body.
const SCHEMA: &str = "Schema:";

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
        operations.insert(endpoint, operation(section, schemas)?.into());
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

/// A part of an endpoint's section.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Parameters, and the place of the request where they go.
    Parameters(&'static str),
    RequestBody {
        required: bool,
    },
    Responses,
    /// The languages for which there are samples.
    Languages,
    /// The statuses for which there are samples.
    Statuses,
}

impl Part {
    /// The part that begins with `line`, if one does.
    fn begins(line: &Line) -> Read<Option<Self>> {
        Ok(Some(match line.text.as_str() {
            "Header Parameters" => Self::Parameters("header"),
            "Path Parameters" => Self::Parameters("path"),
            "Query Parameters" => Self::Parameters("query"),
            "Request BodyRequired" | "Request Body Required" => {
                Self::RequestBody { required: true }
            }
            "Request Body" => Self::RequestBody { required: false },
            "Responses" => Self::Responses,
            "Select language" => Self::Languages,
            "Select status code" => Self::Statuses,
            // A part of its own that holds parameters or a body of a kind not known yet.
            text if matches!(
                text.split(' ').collect::<Vec<_>>().as_slice(),
                [_, "Parameters"]
            ) || (text.starts_with("Request Body") && text.split(' ').count() == 2) =>
            {
                return unexpected(
                    line,
                    "`Header Parameters`, `Path Parameters`, `Query Parameters` or `Request Body`",
                );
            }
            _ => return Ok(None),
        }))
    }
}

/// The parts of an endpoint's section, each with its first line and the lines below it.
fn parts<'l>(section: &Section<'l>) -> Read<Vec<(Part, &'l Line, &'l [Line])>> {
    let syntax = section
        .body
        .iter()
        .position(|line| line.text == "### Request Syntax");
    // What comes before is prose.
    let Some((line, mut rest)) = syntax
        .and_then(|at| section.body.get(at + 1..))
        .and_then(<[Line]>::split_first)
    else {
        return refuse(
            section.end(),
            &format!("`## {}` has no `### Request Syntax`", section.title),
        );
    };
    let syntax = line
        .text
        .strip_prefix("**")
        .and_then(|s| s.split_once("**"));
    let is_own = syntax.is_some_and(|(method, path)| {
        section.title.split_once(' ') == Some((method, path.trim_start()))
    });
    if !is_own {
        return unexpected(line, &format!("the method and path of `{}`", section.title));
    }

    let mut parts: Vec<(Part, &Line, &[Line])> = Vec::new();
    let mut below = rest;
    let mut current = None;
    while let Some((line, after)) = rest.split_first() {
        if line.text.starts_with('#') {
            return unexpected(line, "no heading within an endpoint");
        }
        if let Some(part) = Part::begins(line)? {
            if let Some((part, head)) = current {
                let length = below.len() - rest.len();
                parts.push((part, head, below.get(..length).unwrap_or_default()));
            }
            current = Some((part, line));
            below = after;
        }
        rest = after;
    }
    parts.extend(current.map(|(part, head)| (part, head, below)));
    Ok(parts)
}

/// The facts of one endpoint.
fn operation(section: &Section<'_>, schemas: &mut Schemas) -> Read<Map<String, Value>> {
    let mut facts = Map::new();
    let mut parameters = Map::new();
    let mut selections = Vec::new();
    let mut seen = Vec::new();
    for (part, head, lines) in parts(section)? {
        let is_sample = matches!(part, Part::Languages | Part::Statuses);
        if !is_sample {
            if seen.contains(&head.text) {
                return unexpected(head, "each part of an endpoint once");
            }
            seen.push(head.text.clone());
        }
        match part {
            Part::Parameters(place) => fields::parameters(place, head, lines, &mut parameters)?,
            Part::RequestBody { required } => {
                let Some(mut body) = content(head, lines, schemas)? else {
                    return refuse(head.number, "the request body has no `Content Type:`");
                };
                body.insert("required".to_owned(), required.into());
                facts.insert("requestBody".to_owned(), body.into());
            }
            Part::Responses => {
                let responses = responses(head, lines, schemas)?;
                facts.insert("responses".to_owned(), responses.into());
            }
            Part::Languages | Part::Statuses => match lines {
                [line] => selections.extend((part == Part::Statuses).then_some(line)),
                [_, line, ..] => return unexpected(line, "the next part of the endpoint"),
                [] => return refuse(head.number, &format!("nothing below `{}`", head.text)),
            },
        }
    }
    let Some(Value::Object(responses)) = facts.get("responses") else {
        return refuse(
            section.end(),
            &format!("`## {}` has no part `Responses`", section.title),
        );
    };
    for line in selections {
        let mut selected = statuses(line)?;
        selected.sort_unstable();
        let mut answered: Vec<_> = responses.keys().map(String::as_str).collect();
        answered.sort_unstable();
        if selected != answered {
            return unexpected(
                line,
                &format!("the statuses below `Responses`, {}", answered.join(", ")),
            );
        }
    }
    check_path(section, &parameters)?;
    if !parameters.is_empty() {
        facts.insert("parameters".to_owned(), parameters.into());
    }
    Ok(facts)
}

/// Refuses path parameters that are not those of the path: one of the two would be wrong.
fn check_path(section: &Section<'_>, parameters: &Map<String, Value>) -> Read<()> {
    let mut in_path: Vec<_> = section
        .title
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .collect();
    in_path.sort_unstable();
    let mut described: Vec<_> = parameters
        .keys()
        .filter_map(|key| key.strip_prefix("path "))
        .collect();
    described.sort_unstable();
    if in_path == described {
        return Ok(());
    }
    unexpected(
        section.heading,
        &format!(
            "a path with the parameters below `Path Parameters`, {}",
            described.join(", ")
        ),
    )
}

/// Whether `text` is the heading of an answer.
fn is_status(text: &str) -> bool {
    let is_class = text.ends_with("XX") && text.len() == 3;
    let is_code = text.len() == 3 && text.bytes().all(|digit| digit.is_ascii_digit());
    text == "default" || ((is_class || is_code) && text.starts_with(['1', '2', '3', '4', '5']))
}

/// The statuses of a selector, where they are glued together: `200400default`.
fn statuses(line: &Line) -> Read<Vec<&str>> {
    let mut rest = line.text.as_str();
    let mut statuses = Vec::new();
    while !rest.is_empty() {
        let status = [3, "default".len()]
            .into_iter()
            .filter_map(|length| rest.split_at_checked(length))
            .find(|(status, _)| is_status(status));
        let Some((status, after)) = status else {
            return unexpected(line, "statuses such as `200400404`");
        };
        statuses.push(status);
        rest = after;
    }
    Ok(statuses)
}

/// The answers of an endpoint by status.
fn responses(head: &Line, lines: &[Line], schemas: &mut Schemas) -> Read<Map<String, Value>> {
    let first = lines.iter().position(|line| is_status(&line.text));
    let (prose, mut rest) = lines.split_at(first.unwrap_or(lines.len()));
    if let Some(line) = prose.iter().find(|line| is_of_content(line)) {
        return unexpected(line, "a status such as `200` before");
    }
    let mut responses = Map::new();
    while let Some((status, after)) = rest.split_first() {
        let next = after.iter().position(|line| is_status(&line.text));
        let (answer, others) = after.split_at(next.unwrap_or(after.len()));
        let content = content(status, answer, schemas)?.unwrap_or_default();
        if responses
            .insert(status.text.clone(), content.into())
            .is_some()
        {
            return unexpected(status, "each status once");
        }
        rest = others;
    }
    if responses.is_empty() {
        return refuse(
            lines.last().map_or(head.number, |line| line.number),
            "`Responses` has no status such as `200`",
        );
    }
    Ok(responses)
}

/// Whether `line` is one of those that say what a body is made of.
fn is_of_content(line: &Line) -> bool {
    line.text == CHILDREN || line.text.starts_with(CONTENT_TYPE) || line.text.starts_with(SCHEMA)
}

/// What a body is made of; nothing where there is none.
fn content(head: &Line, lines: &[Line], schemas: &mut Schemas) -> Read<Option<Map<String, Value>>> {
    // What comes before is prose.
    let first = lines.iter().position(is_of_content).unwrap_or(lines.len());
    let lines = lines.get(first..).unwrap_or_default();
    let Some((line, rest)) = lines.split_first() else {
        return Ok(None);
    };
    let media_type = line.text.strip_prefix(CONTENT_TYPE).map(str::trim);
    let Some(media_type) = media_type.filter(|text| text.contains('/')) else {
        return unexpected(line, "`Content Type:` and a media type");
    };
    let Some((line, rest)) = rest.split_first() else {
        return refuse(head.number, "`Content Type:` is not followed by `Schema:`");
    };
    let name = line.text.strip_prefix(SCHEMA).map(str::trim);
    let Some(name) = name.and_then(types::canonical) else {
        return unexpected(line, "`Schema:` and a type");
    };
    let mut content = Map::new();
    content.insert("mediaType".to_owned(), media_type.into());
    content.insert("schema".to_owned(), name.clone().into());
    if let Some((line, list)) = rest.split_first() {
        if line.text != CHILDREN {
            return unexpected(line, &format!("`{CHILDREN}`, a status or a part"));
        }
        // A schema with a name has it above its fields once more.
        let list = match list.split_first() {
            Some((title, list)) if title.text == name => list,
            _ => list,
        };
        let members = fields::members(line, list, schemas)?;
        if types::is_name(&name) {
            schemas.add(line, &name, members)?;
        } else {
            content.insert("fields".to_owned(), members.into());
        }
    }
    Ok(Some(content))
}
