//! Reading what GitBook publishes in Markdown: the index of a site, and reference pages whose
//! every endpoint is a fenced block that is a complete small OpenAPI document.
//!
//! Only the JSON counts. Headings, quotes, header and footer are text, whomever they address.

use std::{collections::BTreeSet, fmt, ops::Range};

use anyhow::{Context, Result, anyhow, bail, ensure};
use percent_encoding::percent_decode_str;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Parser, Tag, TagEnd};
use serde_json::Value;
use url::Url;

use crate::openapi::duplicate_keys;

/// The largest page or index that is read, in bytes.
const LARGEST: usize = 16 << 20;

/// What the message of a page says that can only be mended where it is published.
const MEND: &str =
    "nothing can be taken from the page until it is mended there, or in a mirror given by --from";

/// An OpenAPI document that stands in a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The URL of the page.
    pub page: String,
    /// The line of the page where the block's fence opens, from 1.
    pub line: usize,
    /// The heading above it, for messages only.
    pub heading: Option<String>,
    pub document: Value,
}

impl Block {
    /// Whether the document has one of the parts without which it describes nothing.
    pub fn says_something(&self) -> bool {
        says_something(&self.document)
    }
}

fn says_something(document: &Value) -> bool {
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

/// A block of a page that only names what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithoutJson {
    /// The line of the page, from 1.
    pub line: usize,
    /// The kind of block and the attributes that name its content, as
    /// `openapi-webhook spec="…" name="…"`, without the query string of any link.
    pub what: String,
}

/// What a page says of an API.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The OpenAPI documents of the page, in its order. A page of prose has none.
    pub blocks: Vec<Block>,
    pub without_json: Vec<WithoutJson>,
}

/// The pages that `llms_txt`, which was found at the URL `at`, lists and that match `pattern`,
/// each once, in the order of their URLs.
///
/// Queries and fragments are dropped. A link that climbs (`../`), that holds a backslash or an
/// encoded slash, or that matches on another host makes the whole index untrustworthy.
pub fn index(llms_txt: &str, at: &Url, pattern: &str) -> Result<Vec<Url>> {
    let text = plain_text(llms_txt, at.as_str())?;
    let links = listed_links(&text);
    ensure!(
        !links.is_empty(),
        "{at}: lists no page; check that it is the index of a GitBook site"
    );
    let site = at
        .join(".")
        .with_context(|| format!("{at}: has no folder"))?;
    let mut pages = BTreeSet::new();
    for link in links {
        let climbs = || {
            anyhow!("{at}: the link `{link}` is not that of a page; look at the index before use")
        };
        ensure!(is_plain(&link), climbs());
        let mut url = site.join(&link).map_err(|_| climbs())?;
        let Some(path) = url.path().strip_prefix(site.path()) else {
            continue;
        };
        if !matches(pattern, path) {
            continue;
        }
        let same_site = url.origin() == site.origin() && url.username().is_empty();
        ensure!(
            same_site && url.password().is_none(),
            "{at}: lists the page {path} on another host or under a user's name ({}); look at \
             the index before use",
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
        "{at}: lists no page that matches `{pattern}`; correct the pattern to where the pages are now"
    );
    Ok(pages.into_iter().collect())
}

/// Whether `path`, with or without `.md`, has the form of `pattern`, in which `*` stands for one
/// or more characters other than `/`.
pub fn matches(pattern: &str, path: &str) -> bool {
    let path = path.strip_suffix(".md").unwrap_or(path);
    let pattern = pattern.strip_suffix(".md").unwrap_or(pattern);
    let (mut wanted, mut present) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), present.next()) {
            (None, None) => return true,
            (Some(wanted), Some(present)) if segment_matches(wanted, present) => {}
            _ => return false,
        }
    }
}

/// [`matches`] for what stands between two slashes.
fn segment_matches(pattern: &str, segment: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        return pattern == segment;
    };
    let Some(rest) = segment.strip_prefix(before) else {
        return false;
    };
    let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8());
    ends.into_iter()
        .any(|end| segment_matches(after, &rest[end..]))
}

/// The links in the lists of an index, without those of the footer.
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

/// Whether a link's path has no part by which it could lead out of where it seems to lead.
fn is_plain(link: &str) -> bool {
    let path = link.split(['?', '#']).next().unwrap_or_default();
    let encoded_slash = path.to_ascii_lowercase().contains("%2f");
    let path = percent_decode_str(path).decode_utf8_lossy();
    let odd = |c: char| c == '\\' || c.is_control();
    !encoded_slash && !path.contains(odd) && path.split('/').all(|segment| segment != "..")
}

/// Reads the page that was found at the URL `page`.
pub fn read(page: &str, markdown: &str) -> Result<Page> {
    let text = plain_text(markdown, page)?;
    let lines = Lines::of(&text);
    let fences = fences(&text);
    let mut blocks = Vec::new();
    let mut json = Vec::new();
    for fence in fences.iter().filter(|fence| fence.may_be_json()) {
        let line = lines.at(fence.range.start);
        match serde_json::from_str(&fence.content) {
            Ok(value) => {
                json.push(fence.range.clone());
                let document = openapi(value, &fence.content)
                    .map_err(|error| anyhow!("{page} line {line}: {error}; {MEND}"))?;
                blocks.extend(document.map(|document| Block {
                    page: page.to_owned(),
                    line,
                    heading: fence.heading.clone(),
                    document,
                }));
            }
            Err(error) if fence.begins_as_openapi() => bail!(
                "{page} line {line}: the block begins as an OpenAPI document and is no JSON, for \
                 {error} of the block; {MEND}"
            ),
            Err(_) => {}
        }
    }
    none_is_swallowed(page, &text, &lines, &fences, &json)?;
    let without_json = without_json(&text, &lines, &fences);
    Ok(Page {
        blocks,
        without_json,
    })
}

/// `text` without byte order mark and with newlines alone, unless it is no text to read at all.
fn plain_text(text: &str, url: &str) -> Result<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    ensure!(
        text.len() <= LARGEST,
        "{url}: has {} bytes, more than the {LARGEST} that are read; check what is published there",
        text.len()
    );
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let start = text.trim_start();
    ensure!(
        !start.is_empty(),
        "{url}: is empty; check what is published there"
    );
    let start = start.get(..9).unwrap_or(start).to_ascii_lowercase();
    let is_html = ["<!doctype", "<html", "<?xml", "<head", "<body"];
    ensure!(
        !is_html.iter().any(|tag| start.starts_with(tag)),
        "{url}: is HTML and not Markdown; check that the address is that of the page's .md"
    );
    // A page that is missing is answered as if it were there, by a page that says so.
    let title = text.lines().find(|line| line.starts_with("# "));
    if title.is_some_and(|title| title.trim_end().eq_ignore_ascii_case("# Page Not Found")) {
        let suggested: Vec<_> = listed_links(&text)
            .iter()
            .take(5)
            .map(|l| without_secrets(l))
            .collect();
        let suggested = match suggested.is_empty() {
            true => String::new(),
            false => format!(" (it suggests {})", suggested.join(", ")),
        };
        bail!("{url}: is not there any more{suggested}; find where it moved to");
    }
    Ok(text)
}

/// `value`, if it is an OpenAPI document; that it is one that cannot be merged is an error.
fn openapi(mut value: Value, text: &str) -> Result<Option<Value>> {
    let is_document = |value: &Value| {
        value.get("openapi").or(value.get("swagger")).is_some() && says_something(value)
    };
    if let Value::Array(values) = &value
        && values.iter().any(is_document)
    {
        bail!(
            "OpenAPI documents stand in a list, and are only read where each is a block of its own"
        );
    }
    match (value.get("openapi"), value.get("swagger")) {
        (Some(Value::String(version)), _) if version.starts_with("3.") => {}
        (Some(version), _) => bail!("OpenAPI {version} is not read, \"3.x\" is"),
        (None, Some(version)) => bail!("Swagger {version} is not read, OpenAPI \"3.x\" is"),
        (None, None) => return Ok(None),
    }
    duplicate_keys::reject(text).map_err(|error| anyhow!("{error} of the block"))?;
    strip_signatures(&mut value);
    Ok(Some(value))
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(after).collect())
    }

    /// The number of the line that `offset` is on, from 1.
    fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset)
    }
}

/// A fenced code block.
struct Fence {
    /// Where it stands in the page, with its fences.
    range: Range<usize>,
    /// The first word of its info string.
    label: String,
    content: String,
    heading: Option<String>,
}

impl Fence {
    /// Whether its label and its first character are those of JSON, or at least not others.
    fn may_be_json(&self) -> bool {
        let label = self.label.to_ascii_lowercase();
        ["", "json", "yaml", "yml"].contains(&label.as_str())
            && self.content.trim_start().starts_with(['{', '['])
    }

    fn begins_as_openapi(&self) -> bool {
        self.content.trim_start().starts_with('{') && self.content.lines().any(shows_version)
    }
}

/// The fenced code blocks of a page by the rules of CommonMark, with the heading above each.
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

/// The first word of an info string.
fn label(info: &CowStr<'_>) -> String {
    let word = |c: &char| c.is_alphanumeric() || "-_+".contains(*c);
    info.trim_start().chars().take_while(word).collect()
}

/// Whether a line of JSON holds the version of an OpenAPI document.
fn shows_version(line: &str) -> bool {
    let line = line.trim_start();
    // Block quotes and list items go before what stands in them.
    let line = line.trim_start_matches(|c: char| {
        c.is_whitespace() || ">-*+.)".contains(c) || c.is_ascii_digit()
    });
    if !line.starts_with(['{', '"'])
        || !(line.contains("\"openapi\"") || line.contains("\"swagger\""))
    {
        return false;
    }
    let line: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    line.contains("\"openapi\":\"") || line.contains("\"swagger\":\"")
}

/// Makes sure that every line by which an OpenAPI document gives its version is part of a block
/// that was read. A stray fence turns what is block and what is not around for the rest of the
/// page, and a reader that keeps to CommonMark then loses documents without a word.
fn none_is_swallowed(
    page: &str,
    text: &str,
    lines: &Lines,
    fences: &[Fence],
    json: &[Range<usize>],
) -> Result<()> {
    let around = |ranges: &[Range<usize>], offset: usize| {
        let after = ranges.partition_point(|range| range.start <= offset);
        let last = ranges[..after].last().cloned();
        last.filter(|range| range.contains(&offset))
    };
    let all: Vec<_> = fences.iter().map(|fence| fence.range.clone()).collect();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if shows_version(line) && around(json, offset).is_none() {
            let inside = match around(&all, offset) {
                Some(fence) => format!(
                    "inside the block that opens at line {}",
                    lines.at(fence.start)
                ),
                None => "outside of all blocks".to_owned(),
            };
            bail!(
                "{page} line {}: an OpenAPI document stands {inside}, where it is not read, as \
                 when a fence above it is stray or never closed; {MEND}",
                lines.at(offset)
            );
        }
        offset += line.len();
    }
    Ok(())
}

/// What the page shows of an API by name only: tags that GitBook fills in elsewhere, and YAML.
fn without_json(text: &str, lines: &Lines, fences: &[Fence]) -> Vec<WithoutJson> {
    let mut found = Vec::new();
    let mut from = 0;
    for fence in fences {
        tags(text, from..fence.range.start, lines, &mut found);
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
    tags(text, from..text.len(), lines, &mut found);
    found
}

/// Adds the tags between `{%` and `%}` that stand for something of an API.
fn tags(text: &str, range: Range<usize>, lines: &Lines, found: &mut Vec<WithoutJson>) {
    let mut start = range.start;
    // Where one tag is never closed, the next begins before the next is closed.
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
                what: name.to_owned() + &names(attributes),
            });
        }
    }
}

/// Those of a tag's attributes that name what it stands for.
fn names(attributes: &str) -> String {
    let mut names = String::new();
    let mut rest = attributes;
    while let Some((key, value)) = rest.split_once('=') {
        let key = key.split_whitespace().last().unwrap_or_default();
        let quote = value.chars().next().filter(|c| "\"'".contains(*c));
        let (value, after) = match quote {
            Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            None => value.split_once(char::is_whitespace).unwrap_or((value, "")),
        };
        rest = after;
        if ["spec", "src", "name", "path", "method", "schemas"].contains(&key) {
            names += &format!(" {key}=\"{}\"", without_secrets(value));
        }
    }
    names
}

/// A link or another text without query, fragment and user, which may hold what grants access.
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

/// Cuts the query off every link in the texts of a document that is signed: the signature is
/// another one at each reading, and grants access.
fn strip_signatures(value: &mut Value) {
    match value {
        Value::String(text) if text.contains("X-Amz-") || text.contains("X-Goog-") => {
            *text = unsigned(text);
        }
        Value::Array(values) => values.iter_mut().for_each(strip_signatures),
        Value::Object(entries) => entries.values_mut().for_each(strip_signatures),
        _ => {}
    }
}

/// `text` without the queries that hold a signature.
fn unsigned(text: &str) -> String {
    let ends_link = |c: char| c.is_whitespace() || "<>()[]\"'`".contains(c);
    let mut kept = String::with_capacity(text.len());
    for word in text.split_inclusive(ends_link) {
        let link = word.trim_end_matches(ends_link);
        match link.split_once('?') {
            Some((address, query)) if query.contains("X-Amz-") || query.contains("X-Goog-") => {
                kept += address;
                kept += &word[link.len()..];
            }
            _ => kept += word,
        }
    }
    kept
}

#[cfg(test)]
mod tests;
