//! The top of a page: its title, version and description, its server and its endpoints.

use super::{
    Read, description,
    lines::{Cursor, Line},
    refuse,
    sections::{Section, table},
    unexpected,
};

/// The HTTP methods of endpoints, as pages write them.
const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// The version and the description of an API.
pub struct About {
    pub version: String,
    /// The versions that the page offers.
    pub versions: Vec<String>,
    pub description: String,
}

/// Reads what is below the title.
pub fn about(section: &Section<'_>) -> Read<About> {
    if section.title.eq_ignore_ascii_case("page not found") {
        return unexpected(section.heading, "the title of a reference page");
    }
    let mut cursor = section.cursor();
    let mut offered = None;
    let mut linked = None;
    // Copies of the pages have these lines in two orders.
    while let Some(line) = cursor.next_text_if(is_navigation) {
        if line.text == "Version" {
            let expected = "versions such as `v24.0v25.0`";
            let line = cursor.expect_text(expected, |text| text.starts_with('v'))?;
            if offered.replace((line, versions(line)?)).is_some() {
                return unexpected(line, "the versions once");
            }
        } else if line.text.starts_with('[') {
            let Some(version) = version_in_link(&line.text) else {
                return unexpected(line, "a link to a version, such as `…/v25.0.md/`");
            };
            if linked
                .replace(version)
                .is_some_and(|other| other != version)
            {
                return unexpected(line, "links to one version");
            }
        }
    }
    let Some((line, offered)) = offered else {
        return cursor.refuse_next("a line `Version`");
    };
    let version = match (linked, offered.as_slice()) {
        (Some(linked), _) if offered.contains(&linked) => linked,
        (None, [only]) => only,
        _ => {
            return unexpected(line, "a version that `View as Markdown` links to");
        }
    };
    let description = description::read(&mut cursor)?;
    cursor.expect_end()?;
    Ok(About {
        version: version.to_owned(),
        versions: offered.into_iter().map(ToOwned::to_owned).collect(),
        description,
    })
}

/// Returns whether `text` is one of the controls at the top of a page.
fn is_navigation(text: &str) -> bool {
    ["Version", "Copy for LLM"].contains(&text)
        || text.starts_with("[View as Markdown](")
        || text.starts_with("[Download OpenAPI spec](")
}

/// Splits the versions that a selector runs together: `v24.0v25.0`.
fn versions(line: &Line) -> Read<Vec<&str>> {
    let mut versions = Vec::new();
    let mut rest = line.text.as_str();
    while !rest.is_empty() {
        let end = rest[1..].find('v').map_or(rest.len(), |at| at + 1);
        let (version, after) = rest.split_at(end);
        if !is_version(version) || versions.contains(&version) {
            return unexpected(line, "versions such as `v24.0v25.0`");
        }
        versions.push(version);
        rest = after;
    }
    Ok(versions)
}

/// Returns whether `text` is a version such as `v25.0`.
fn is_version(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let numbers = text.strip_prefix('v').and_then(|text| text.split_once('.'));
    numbers.is_some_and(|(major, minor)| is_number(major) && is_number(minor))
}

/// Returns the version in the address of a link, which ends as `/v25.0.md/`.
fn version_in_link(link: &str) -> Option<&str> {
    let address = link.strip_suffix(')')?.trim_end_matches('/');
    let (_, file) = address.rsplit_once('/')?;
    let version = file
        .strip_suffix(".md")
        .or_else(|| file.strip_suffix(".openapi.yaml"))?;
    is_version(version).then_some(version)
}

/// Reads the URL of the server.
pub fn server(section: &Section<'_>) -> Read<String> {
    let mut cursor = section.cursor();
    let rows = table(&mut cursor)?;
    cursor.expect_end()?;
    match rows.as_slice() {
        [row] => match row.cells.as_slice() {
            [url] if url.starts_with("https://") && !url.contains(' ') => {
                Ok(url.trim_end_matches('/').to_owned())
            }
            _ => unexpected(row.line, "`| https://… |`"),
        },
        [_, row, ..] => unexpected(row.line, "one server"),
        [] => refuse(section.heading.number, "the section has no table"),
    }
}

/// Reads the endpoints that the page lists, each as `GET /me`.
pub fn endpoints<'l>(section: &Section<'l>) -> Read<Vec<(&'l Line, String)>> {
    let mut cursor: Cursor<'l> = section.cursor();
    let mut endpoints: Vec<(&Line, String)> = Vec::new();
    for row in table(&mut cursor)? {
        let endpoint = row.cells.join(" ");
        if method_and_path(&endpoint).is_none() {
            return unexpected(
                row.line,
                "a method and a path, `| GET | [/me](https://…) |`",
            );
        }
        if endpoints.iter().any(|(_, known)| *known == endpoint) {
            return unexpected(row.line, "each endpoint once");
        }
        endpoints.push((row.line, endpoint));
    }
    cursor.expect_end()?;
    Ok(endpoints)
}

/// Splits an endpoint such as `GET /me`.
pub fn method_and_path(endpoint: &str) -> Option<(&str, &str)> {
    let (method, path) = endpoint.split_once(' ')?;
    let is_path = path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic());
    (METHODS.contains(&method) && is_path).then_some((method, path))
}
