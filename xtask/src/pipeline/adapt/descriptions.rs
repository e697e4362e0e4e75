//! Descriptions, which progenitor copies into doc comments.

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
    let mut fence: Option<&str> = None;
    let mut after_blank = true;
    let lines = markdown.split('\n').map(|line| {
        let content = line.trim_start_matches([' ', '\t']);
        let marker = fence_marker(content);
        let rewritten = match (fence, marker) {
            (Some(open), Some(close)) if closes_fence(open, close, content) => {
                fence = None;
                line.to_owned()
            }
            (Some(_), _) => line.to_owned(),
            (None, Some(marker)) => {
                fence = Some(marker);
                let indent = &line[..line.len() - content.len()];
                format!("{}{marker}text", indent.get(..3).unwrap_or(indent))
            }
            (None, None) if after_blank && line.len() - content.len() > 3 => {
                format!("   {content}")
            }
            (None, None) => line.to_owned(),
        };
        // The next line can continue an indented code block.
        after_blank = content.is_empty() || after_blank && line.len() - content.len() > 3;
        rewritten
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the fence characters at the start of `content`, if they open or close a code block.
fn fence_marker(content: &str) -> Option<&str> {
    let mark = content
        .chars()
        .next()
        .filter(|mark| matches!(mark, '`' | '~'))?;
    let length = content.len() - content.trim_start_matches(mark).len();
    let rest = &content[length..];
    // With a backtick in the rest, the line is inline code.
    (length >= 3 && !(mark == '`' && rest.contains('`'))).then(|| &content[..length])
}

fn closes_fence(open: &str, close: &str, content: &str) -> bool {
    close.starts_with(open) && content[close.len()..].trim().is_empty()
}
