//! Descriptions, which progenitor copies into doc comments.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};
use serde_json::Value;

use crate::openapi::walk::{self, Part};

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

/// Labels every fenced code block `text`, and removes the indentation of indented code blocks.
fn fence_markdown(markdown: &str) -> String {
    let events = Parser::new(markdown).into_offset_iter();
    let blocks = events.filter_map(|(event, range)| match event {
        Event::Start(Tag::CodeBlock(kind)) => Some((kind, range)),
        _ => None,
    });
    let mut text = markdown.to_owned();
    // In reverse order, so that the ranges stay valid.
    for (kind, range) in blocks.collect::<Vec<_>>().into_iter().rev() {
        let block = markdown[range.clone()].trim_end();
        match kind {
            CodeBlockKind::Fenced(_) => {
                let fence = block.lines().next().unwrap_or_default();
                let label = fence.trim_start_matches(['`', '~']);
                let label_start = range.start + fence.len() - label.len();
                text.replace_range(label_start..range.start + fence.len(), "text");
            }
            CodeBlockKind::Indented => {
                let lines = block.lines().map(str::trim_start);
                let code = lines.collect::<Vec<_>>().join("\n   ");
                let line_start = markdown[..range.start].trim_end_matches([' ', '\t']).len();
                text.replace_range(line_start..range.start + block.len(), &format!("   {code}"));
            }
        }
    }
    text
}
