//! Reads the Markdown that GitBook publishes: the index of a site, and reference pages. On a
//! reference page, each endpoint is a fenced code block with a complete small OpenAPI document.
//!
//! Only the JSON is used. Headings, quotes, header and footer are ignored, even if they contain
//! instructions.

use std::{collections::BTreeSet, fmt, ops::Range};

use anyhow::{Context, Result, anyhow, bail, ensure};
use lazy_regex::{Lazy, Regex, lazy_regex, regex::escape};
use percent_encoding::percent_decode_str;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Parser, Tag, TagEnd};
use serde_json::Value;
use url::Url;

use crate::openapi::{duplicate_keys, grammar::METHODS, keys};

/// The maximum size of a page or an index.
const MAX_BYTES: usize = 16 << 20;

/// The start of a line with the version of an OpenAPI document, behind marks of quotes and lists, and
/// behind tags.
static VERSION: Lazy<Regex> = lazy_regex!(
    r#"(?m)^(?:<[^>\n]*>|[^[:alpha:]{"\n])*(?:[{"].*)?"(?:openapi|swagger)"[^\S\n]*:[^\S\n]*""#
);

/// An attribute of a tag: its key, and its value with or without quotes.
static ATTRIBUTE: Lazy<Regex> = lazy_regex!(r#"([^\s=]*)\s*=(?:"([^"]*)"?|'([^']*)'?|(\S*))"#);

/// The query of a signed link.
static SIGNATURE: Lazy<Regex> =
    lazy_regex!(r#"\?[^\s<>()\[\]"'`]*X-(?:Amz|Goog)-[^\s<>()\[\]"'`]*"#);

/// The advice in messages about a problem that only upstream can fix.
pub const HOW_TO_FIX: &str =
    "refresh again once upstream has fixed it, or use --from with a mirror that has the fix";

/// An OpenAPI document in a code block of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The URL of the page.
    pub page: String,
    /// The line of the opening fence, from 1.
    pub line: usize,
    /// The heading above the block, for messages only.
    pub heading: Option<String>,
    pub document: Value,
}

/// Returns whether a document has `paths`, `components` or `webhooks`.
pub fn describes_an_api(document: &Value) -> bool {
    let parts = ["paths", "components", "webhooks"];
    parts.iter().any(|part| document.get(part).is_some())
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} line {}", self.page, self.line)?;
        match &self.heading {
            Some(heading) => write!(f, " ({heading})"),
            None => Ok(()),
        }
    }
}

/// A block of a page that refers to an API description without containing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithoutJson {
    /// The line of the block, from 1.
    pub line: usize,
    /// The kind of the block and the attributes that name its content, such as
    /// `openapi-webhook spec="…" name="…"`. Links have no query string.
    pub what: String,
}

/// The content of a reference page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The OpenAPI documents, in the order of the page.
    pub blocks: Vec<Block>,
    /// The blocks that only refer to an API description.
    pub without_json: Vec<WithoutJson>,
}

/// Returns the pages that match `pattern` in the index `llms_txt`, which was found at the URL `at`.
/// They are sorted by URL without duplicates.
///
/// Queries and fragments are dropped. The whole index is refused if a link contains `..`, a backslash
/// or an encoded slash, or if a page that matches is on another host.
pub fn index(llms_txt: &str, at: &Url, pattern: &str) -> Result<Vec<Url>> {
    let text = plain_text(llms_txt, at.as_str())?;
    let links = listed_links(&text);
    ensure!(
        !links.is_empty(),
        "{at}: lists no pages; check that it is the index of a GitBook site"
    );
    let site = at
        .join(".")
        .with_context(|| format!("{at}: is not a URL with a path"))?;
    let mut pages = BTreeSet::new();
    for link in links {
        let unsafe_link =
            || anyhow!("{at}: the link `{link}` is not a safe link to a page; check the index");
        ensure!(is_safe_link(&link), unsafe_link());
        let mut url = site.join(&link).map_err(|_| unsafe_link())?;
        let Some(path) = url.path().strip_prefix(site.path()) else {
            continue;
        };
        if !matches(pattern, path) {
            continue;
        }
        let same_site = url.origin() == site.origin() && url.username().is_empty();
        ensure!(
            same_site && url.password().is_none(),
            "{at}: lists the page {path} on another origin or with a user name ({}); check the index",
            without_secrets(url.as_str())
        );
        if !path.ends_with(".md") {
            url.set_path(&format!("{}.md", url.path()));
        }
        url.set_query(None);
        url.set_fragment(None);
        pages.insert(url);
    }
    ensure!(
        !pages.is_empty(),
        "{at}: lists no page that matches `{pattern}`; correct `pages` in specs/sources.toml"
    );
    Ok(pages.into_iter().collect())
}

/// Returns whether `path`, with or without `.md`, matches `pattern`, in which `*` stands for one or
/// more characters other than `/`.
pub fn matches(pattern: &str, path: &str) -> bool {
    let path = path.strip_suffix(".md").unwrap_or(path);
    let pattern = pattern.strip_suffix(".md").unwrap_or(pattern);
    let pattern = escape(pattern).replace(r"\*", "[^/]+");
    Regex::new(&format!("^{pattern}$")).is_ok_and(|pattern| pattern.is_match(path))
}

/// Returns the links in the lists of an index, without those of the footer.
fn listed_links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut depth = 0_usize;
    let mut in_heading = false;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Item) => depth += 1,
            Event::End(TagEnd::Item) => depth = depth.saturating_sub(1),
            Event::Start(Tag::Heading { .. }) => in_heading = true,
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Text(text) if in_heading && text.starts_with("Agent Instructions") => break,
            Event::Start(Tag::Link { dest_url, .. }) if depth > 0 => {
                links.push(dest_url.into_string());
            }
            _ => {}
        }
    }
    links
}

/// Returns whether a link's path has no segment that changes where it leads, such as `..`.
fn is_safe_link(link: &str) -> bool {
    let path = link.split(['?', '#']).next().unwrap_or_default();
    let encoded_slash = path.to_ascii_lowercase().contains("%2f");
    let path = percent_decode_str(path).decode_utf8_lossy();
    let odd = |c: char| c == '\\' || c.is_control();
    !encoded_slash && !path.contains(odd) && path.split('/').all(|segment| segment != "..")
}

/// Reads the page with the URL `page`.
pub fn read(page: &str, markdown: &str) -> Result<Page> {
    let text = plain_text(markdown, page)?;
    let lines = Lines::of(&text);
    let mut fences = fences(&text);
    let mut blocks = Vec::new();
    for fence in fences.iter_mut().filter(|fence| fence.may_be_json()) {
        let line = lines.at(fence.range.start);
        match serde_json::from_str(&fence.content) {
            Ok(value) => {
                fence.is_json = true;
                let document = openapi_document(value, &fence.content)
                    .map_err(|error| anyhow!("{page} line {line}: {error}; {HOW_TO_FIX}"))?;
                blocks.extend(document.map(|document| Block {
                    page: page.to_owned(),
                    line,
                    heading: fence.heading.clone(),
                    document,
                }));
            }
            Err(error) if fence.looks_like_openapi() => bail!(
                "{page} line {line}: the OpenAPI document is not valid JSON: {error} of the block; \
                 {HOW_TO_FIX}"
            ),
            Err(_) => {}
        }
    }
    check_every_document_was_read(page, &text, &lines, &fences)?;
    let without_json = without_json(&text, &lines, &fences);
    Ok(Page {
        blocks,
        without_json,
    })
}

/// Returns `text` without byte order mark and with `\n` as its only line ending. Fails if it is not a
/// Markdown page.
fn plain_text(text: &str, url: &str) -> Result<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    ensure!(
        text.len() <= MAX_BYTES,
        "{url}: has {} bytes, but at most {MAX_BYTES} are read; check the address",
        text.len()
    );
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let start = text.trim_start();
    ensure!(!start.is_empty(), "{url}: is empty; check the address");
    let start = start.get(..9).unwrap_or(start).to_ascii_lowercase();
    let is_html = ["<!doctype", "<html", "<?xml", "<head", "<body"];
    ensure!(
        !is_html.iter().any(|tag| start.starts_with(tag)),
        "{url}: is HTML, not Markdown; check that the address ends in .md or .txt"
    );
    // GitBook returns 200 with this page for a page that does not exist.
    let title = text.lines().find(|line| line.starts_with("# "));
    if title.is_some_and(|title| title.trim_end().eq_ignore_ascii_case("# Page Not Found")) {
        let suggested: Vec<_> = listed_links(&text)
            .iter()
            .take(5)
            .map(|l| without_secrets(l))
            .collect();
        let suggested = match suggested.is_empty() {
            true => String::new(),
            false => format!(" (GitBook suggests {})", suggested.join(", ")),
        };
        bail!(
            "{url}: does not exist any more{suggested}; correct the address in specs/sources.toml"
        );
    }
    Ok(text)
}

/// Returns `value` if it is an OpenAPI document. Fails if it is one that cannot be merged.
fn openapi_document(mut value: Value, text: &str) -> Result<Option<Value>> {
    match (value.get("openapi"), value.get("swagger")) {
        (Some(Value::String(version)), _) if version.starts_with("3.") => {}
        (Some(version), _) => {
            bail!("unsupported `openapi` {version}: expected a string such as \"3.1.0\"")
        }
        (None, Some(version)) => bail!("unsupported `swagger` {version}: expected OpenAPI 3"),
        (None, None) if contains_document(&value) => bail!(
            "the block contains an OpenAPI document inside other JSON or without `openapi`; \
             expected one document in each block"
        ),
        (None, None) => return Ok(None),
    }
    duplicate_keys::reject(text).map_err(|error| anyhow!("{error} of the block"))?;
    strip_signatures(&mut value);
    Ok(Some(value))
}

/// Returns whether `value` is an OpenAPI document, with or without a version, or contains one.
fn contains_document(value: &Value) -> bool {
    match value {
        Value::Object(object) => {
            let is_path_item = |(path, item): (&String, &Value)| {
                let item = item.as_object();
                path.starts_with('/') && item.is_some_and(|item| keys::has_any(item, &METHODS))
            };
            let paths = object.get("paths").and_then(Value::as_object);
            let has_head = keys::has_any(object, &["openapi", "swagger", "info"]);
            paths.is_some_and(|paths| paths.iter().any(is_path_item))
                || (has_head && describes_an_api(value))
                || object.values().any(contains_document)
        }
        Value::Array(values) => values.iter().any(contains_document),
        _ => false,
    }
}

/// The offsets at which the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(after).collect())
    }

    /// Returns the number of the line that contains `offset`, from 1.
    fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset)
    }
}

/// A fenced code block.
struct Fence {
    /// Its range in the page, including the fences.
    range: Range<usize>,
    /// The first word of its info string.
    label: String,
    content: String,
    heading: Option<String>,
    /// Whether the content was read as JSON.
    is_json: bool,
}

impl Fence {
    /// Returns whether the label and the first character allow JSON.
    fn may_be_json(&self) -> bool {
        let label = self.label.to_ascii_lowercase();
        ["", "json", "yaml", "yml"].contains(&label.as_str())
            && self.content.trim_start().starts_with(['{', '['])
    }

    /// Returns whether the content looks like an OpenAPI document, valid or not.
    fn looks_like_openapi(&self) -> bool {
        self.content.trim_start().starts_with('{') && VERSION.is_match(&self.content)
    }
}

/// Returns the fenced code blocks of a page, as CommonMark defines them.
fn fences(text: &str) -> Vec<Fence> {
    let mut fences: Vec<Fence> = Vec::new();
    let mut heading: Option<String> = None;
    let (mut in_heading, mut in_fence) = (false, false);
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                in_heading = true;
                heading = Some(String::new());
            }
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Text(text) | Event::Code(text) if in_heading => {
                heading.get_or_insert_default().push_str(&text);
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                in_fence = true;
                fences.push(Fence {
                    range,
                    label: label(&info),
                    content: String::new(),
                    heading: heading.clone(),
                    is_json: false,
                });
            }
            Event::Text(text) if in_fence => {
                if let Some(fence) = fences.last_mut() {
                    fence.content.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => in_fence = false,
            _ => {}
        }
    }
    fences
}

/// Returns the first word of an info string.
fn label(info: &CowStr<'_>) -> String {
    let word = |c: &char| c.is_alphanumeric() || "-_+".contains(*c);
    info.trim_start().chars().take_while(word).collect()
}

/// Fails if a line with the version of an OpenAPI document is outside of the blocks that were read.
/// After a stray fence, CommonMark treats code as text and text as code, and documents would be lost
/// silently.
fn check_every_document_was_read(
    page: &str,
    text: &str,
    lines: &Lines,
    fences: &[Fence],
) -> Result<()> {
    for version in VERSION.find_iter(text) {
        let offset = version.start();
        let after = fences.partition_point(|fence| fence.range.start <= offset);
        let fence = fences[..after].last();
        let fence = fence.filter(|fence| fence.range.contains(&offset));
        if fence.is_some_and(|fence| fence.is_json) {
            continue;
        }
        let inside = match fence {
            Some(fence) => format!(
                "inside the code block that opens at line {}",
                lines.at(fence.range.start)
            ),
            None => "outside of all code blocks".to_owned(),
        };
        bail!(
            "{page} line {}: an OpenAPI document is {inside} and cannot be read, probably because of \
             a stray or unclosed fence above it; {HOW_TO_FIX}",
            lines.at(offset)
        );
    }
    Ok(())
}

/// Returns the blocks that only refer to an API description: GitBook's tags, and YAML.
fn without_json(text: &str, lines: &Lines, fences: &[Fence]) -> Vec<WithoutJson> {
    let mut found = Vec::new();
    let mut from = 0;
    for fence in fences {
        collect_tags(text, from..fence.range.start, lines, &mut found);
        from = fence.range.end;
        let is_yaml = |line: &str| line.starts_with("openapi:") || line.starts_with("swagger:");
        if fence.content.lines().any(is_yaml) {
            let line = lines.at(fence.range.start);
            found.push(WithoutJson {
                line,
                what: "an OpenAPI document in YAML".to_owned(),
            });
        }
    }
    collect_tags(text, from..text.len(), lines, &mut found);
    found
}

/// Adds GitBook's tags, `{% … %}`, that refer to an API description.
fn collect_tags(text: &str, range: Range<usize>, lines: &Lines, found: &mut Vec<WithoutJson>) {
    let mut start = range.start;
    // An unclosed tag ends where the next one begins.
    for piece in text.get(range).unwrap_or_default().split_inclusive("{%") {
        let at = start.saturating_sub("{%".len());
        start += piece.len();
        let Some((tag, _)) = piece.split_once("%}") else {
            continue;
        };
        let (name, attributes) = tag
            .trim()
            .split_once(char::is_whitespace)
            .unwrap_or((tag.trim(), ""));
        if name == "swagger" || name == "openapi" || name.starts_with("openapi-") {
            found.push(WithoutJson {
                line: lines.at(at),
                what: name.to_owned() + &naming_attributes(attributes),
            });
        }
    }
}

/// Returns the attributes of a tag that name its content.
fn naming_attributes(attributes: &str) -> String {
    let mut names = String::new();
    for attribute in ATTRIBUTE.captures_iter(attributes) {
        let value = (2..5).find_map(|group| attribute.get(group));
        let (key, value) = (&attribute[1], value.map_or("", |value| value.as_str()));
        if ["spec", "src", "name", "path", "method", "schemas"].contains(&key) {
            names += &format!(" {key}=\"{}\"", without_secrets(value));
        }
    }
    names
}

/// Returns a link without query, fragment and user, which may contain credentials.
fn without_secrets(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    match text.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = host.rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}{path}")
        }
        None => text.to_owned(),
    }
}

/// Removes the query of each signed link in a document. The signature differs on each read, and it
/// grants access.
fn strip_signatures(value: &mut Value) {
    match value {
        Value::String(text) => *text = SIGNATURE.replace_all(text, "").into_owned(),
        Value::Array(values) => values.iter_mut().for_each(strip_signatures),
        Value::Object(entries) => entries.values_mut().for_each(strip_signatures),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
