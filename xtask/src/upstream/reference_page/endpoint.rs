//! The section of one endpoint: its parameters, its request body and its responses.

use serde_json::{Map, Value};

use super::{
    CHILDREN, Parsed,
    fields::{self, Schemas},
    markdown::{Line, Section},
    refuse, types, unexpected,
};

/// The start of the line with the media type of a body.
const CONTENT_TYPE: &str = "Content Type:";

/// The start of the line with the schema of a body.
const SCHEMA: &str = "Schema:";

/// A part of an endpoint's section.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Parameters, with their location in the request.
    Parameters(&'static str),
    RequestBody {
        required: bool,
    },
    Responses,
    /// The selector of the language of the samples.
    Languages,
    /// The selector of the status of the samples.
    Statuses,
}

impl Part {
    /// Returns the part that begins with `line`, if one does.
    fn begins(line: &Line) -> Parsed<Option<Self>> {
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
            // A new kind of parameters or body, which must not be skipped.
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

/// Returns the parts of an endpoint's section, each with its first line and the lines below it.
fn parts<'l>(section: &Section<'l>) -> Parsed<Vec<(Part, &'l Line, &'l [Line])>> {
    let syntax = section
        .body
        .iter()
        .position(|line| line.text == "### Request Syntax");
    // The lines before it are prose.
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
            return unexpected(line, "no heading in the section of an endpoint");
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

/// Returns the facts of one endpoint.
pub fn facts(section: &Section<'_>, schemas: &mut Schemas) -> Parsed<Map<String, Value>> {
    let mut facts = Map::new();
    let mut parameters = Map::new();
    let mut selections = Vec::new();
    let mut seen = Vec::new();
    for (part, head, lines) in parts(section)? {
        let is_sample = matches!(part, Part::Languages | Part::Statuses);
        if !is_sample {
            if seen.contains(&head.text) {
                return unexpected(head, "each part of an endpoint only once");
            }
            seen.push(head.text.clone());
        }
        match part {
            Part::Parameters(location) => {
                fields::parameters(location, head, lines, &mut parameters)?
            }
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
                [] => {
                    return refuse(
                        head.number,
                        &format!("there is no line below `{}`", head.text),
                    );
                }
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
        let mut documented: Vec<_> = responses.keys().map(String::as_str).collect();
        documented.sort_unstable();
        if selected != documented {
            return unexpected(
                line,
                &format!("the statuses below `Responses` ({})", documented.join(", ")),
            );
        }
    }
    check_path(section, &parameters)?;
    if !parameters.is_empty() {
        facts.insert("parameters".to_owned(), parameters.into());
    }
    Ok(facts)
}

/// Fails unless the path parameters are those in the path.
fn check_path(section: &Section<'_>, parameters: &Map<String, Value>) -> Parsed<()> {
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
            "a path with the parameters below `Path Parameters` ({})",
            described.join(", ")
        ),
    )
}

/// Returns whether `text` is the status above a response.
fn is_status(text: &str) -> bool {
    let is_class = text.ends_with("XX") && text.len() == 3;
    let is_code = text.len() == 3 && text.bytes().all(|digit| digit.is_ascii_digit());
    text == "default" || ((is_class || is_code) && text.starts_with(['1', '2', '3', '4', '5']))
}

/// Parses the statuses of a selector, which are written without a separator: `200400default`.
fn statuses(line: &Line) -> Parsed<Vec<&str>> {
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

/// Returns the responses of an endpoint by status.
fn responses(head: &Line, lines: &[Line], schemas: &mut Schemas) -> Parsed<Map<String, Value>> {
    let first = lines.iter().position(|line| is_status(&line.text));
    let (prose, mut rest) = lines.split_at(first.unwrap_or(lines.len()));
    if let Some(line) = prose.iter().find(|line| is_of_content(line)) {
        return unexpected(line, "a status such as `200` before this line");
    }
    let mut responses = Map::new();
    while let Some((status, after)) = rest.split_first() {
        let next = after.iter().position(|line| is_status(&line.text));
        let (response, others) = after.split_at(next.unwrap_or(after.len()));
        let content = content(status, response, schemas)?.unwrap_or_default();
        if responses
            .insert(status.text.clone(), content.into())
            .is_some()
        {
            return unexpected(status, "each status only once");
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

/// Returns whether `line` is part of the description of a body.
fn is_of_content(line: &Line) -> bool {
    line.text == CHILDREN || line.text.starts_with(CONTENT_TYPE) || line.text.starts_with(SCHEMA)
}

/// Returns the media type and the schema of a body, or `None` if there is no body.
fn content(
    head: &Line,
    lines: &[Line],
    schemas: &mut Schemas,
) -> Parsed<Option<Map<String, Value>>> {
    // The lines before it are prose.
    let first = lines.iter().position(is_of_content).unwrap_or(lines.len());
    let lines = lines.get(first..).unwrap_or_default();
    let Some((line, rest)) = lines.split_first() else {
        return Ok(None);
    };
    let media_type = line.text.strip_prefix(CONTENT_TYPE).map(str::trim);
    let Some(media_type) = media_type.filter(|text| text.contains('/')) else {
        return unexpected(line, "`Content Type:` followed by a media type");
    };
    let Some((line, rest)) = rest.split_first() else {
        return refuse(head.number, "`Content Type:` is not followed by `Schema:`");
    };
    let name = line.text.strip_prefix(SCHEMA).map(str::trim);
    let Some(name) = name.and_then(types::canonical) else {
        return unexpected(line, "`Schema:` followed by a type");
    };
    let mut content = Map::new();
    content.insert("mediaType".to_owned(), media_type.into());
    content.insert("schema".to_owned(), name.clone().into());
    if let Some((line, list)) = rest.split_first() {
        if line.text != CHILDREN {
            return unexpected(line, &format!("`{CHILDREN}`, a status or another part"));
        }
        // A named schema has its name above its fields again.
        let list = match list.split_first() {
            Some((title, list)) if title.text == name => list,
            _ => list,
        };
        let fields = fields::fields_of_schema(line, list, schemas)?;
        if types::is_name(&name) {
            schemas.add(line, &name, fields)?;
        } else {
            content.insert("fields".to_owned(), fields.into());
        }
    }
    Ok(Some(content))
}
