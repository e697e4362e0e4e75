//! Descriptions, which progenitor copies into doc comments.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use serde_json::Value;

use crate::openapi::walk::{self, Part};

/// The extensions with blocks of their own that rustdoc enables.
const RUSTDOC_BLOCKS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_FOOTNOTES);

/// The columns that indent code, and those between tab stops.
const INDENTATION: usize = 4;

/// Marks all code blocks in descriptions as text. Otherwise rustdoc compiles them as tests.
pub fn fence_code(document: &mut Value) {
    walk::parts(document, &mut |part, value, _| match part {
        Part::Operation | Part::Parameter | Part::RequestBody | Part::Response => {
            fence_properties(value, &["summary", "description"]);
        }
        _ => {}
    });
    walk::schemas(document, &mut |schema, _| {
        fence_properties(schema, &["title", "description"])
    });
    if let Some(info) = document.get_mut("info") {
        fence_properties(info, &["title", "description", "termsOfService"]);
    }
}

fn fence_properties(value: &mut Value, keys: &[&str]) {
    for key in keys {
        if let Some(Value::String(text)) = value.get_mut(*key) {
            *text = fence_markdown(text);
        }
    }
}

/// Labels every fenced code block `text`, and replaces indented code blocks by fenced ones.
fn fence_markdown(markdown: &str) -> String {
    let markdown = &markdown.replace("\r\n", "\n").replace('\r', "\n");
    let mut events = Parser::new_ext(markdown, RUSTDOC_BLOCKS).into_offset_iter();
    let mut edits = Vec::new();
    while let Some((event, range)) = events.next() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                edits.push((label(markdown, range), "text".to_owned()));
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => {
                let lines = events.by_ref().map_while(|(event, _)| match event {
                    Event::Text(text) => Some(text.into_string()),
                    _ => None,
                });
                edits.push(fence(markdown, range, &lines.collect::<String>()));
            }
            _ => {}
        }
    }
    let mut text = markdown.clone();
    // In reverse order, so that the ranges stay valid.
    for (range, replacement) in edits.into_iter().rev() {
        text.replace_range(range, &replacement);
    }
    text
}

/// Returns the range of the label of the fenced code block at `block`.
fn label(markdown: &str, block: Range<usize>) -> Range<usize> {
    let fence = markdown[block.clone()].trim_end();
    let fence = fence.lines().next().unwrap_or_default();
    let marker = fence.chars().next().unwrap_or('`');
    let label = fence.trim_start_matches(marker);
    let end = block.start + fence.len();
    end - label.len()..end
}

/// Returns the edit that fences the indented code block at `block`.
fn fence(markdown: &str, block: Range<usize>, code: &str) -> (Range<usize>, String) {
    let before = &markdown[..block.start];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let first_prefix = container_prefix(&before[line_start..]);
    let prefix = first_prefix.replace(|character| character != '>', " ");
    let code = code.trim_end();
    let mut ticks = "```".to_owned();
    while code.contains(&ticks) {
        ticks.push('`');
    }
    let mut text = format!("{first_prefix}{ticks}text\n");
    for line in code.lines() {
        text.push_str(format!("{prefix}{line}").trim_end());
        text.push('\n');
    }
    text.push_str(&format!("{prefix}{ticks}"));
    let end = block.start + markdown[block].trim_end().len();
    (line_start..end, text)
}

/// Returns the markers of quotes and list items in `before`, the part of a line before indented code.
fn container_prefix(before: &str) -> String {
    let mut prefix = String::new();
    for character in before.chars() {
        match character {
            '\t' => prefix.push_str(&" ".repeat(INDENTATION - prefix.len() % INDENTATION)),
            character => prefix.push(character),
        }
    }
    let markers = prefix.trim_end_matches(' ').len();
    prefix.truncate(prefix.len().saturating_sub(INDENTATION).max(markers));
    // A quote removes one space after each marker. The first line can do without it, others cannot.
    prefix.replace('>', "> ").replace(">  ", "> ")
}
