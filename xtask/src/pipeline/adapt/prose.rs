//! Descriptions, which progenitor copies into doc comments.

use serde_json::Value;

use crate::openapi::walk::{self, Part};

/// Marks all code in descriptions as text: rustdoc would compile it as a test.
pub fn fence(document: &mut Value) {
    walk::parts(document, &mut |part, value, _| match part {
        Part::Operation | Part::Parameter | Part::RequestBody | Part::Response => {
            fence_members(value, &["summary", "description"]);
        }
        _ => {}
    });
    walk::schemas(document, &mut |schema, _| {
        fence_members(schema, &["title", "description"])
    });
    if let Some(info) = document.get_mut("info") {
        fence_members(info, &["title", "description", "termsOfService"]);
    }
}

fn fence_members(value: &mut Value, members: &[&str]) {
    for member in members {
        if let Some(Value::String(text)) = value.get_mut(*member) {
            *text = fence_text(text);
        }
    }
}

/// `markdown` with every fenced block called `text`, and no block by indentation.
fn fence_text(markdown: &str) -> String {
    let mut fence: Option<&str> = None;
    let mut after_blank = true;
    let lines = markdown.split('\n').map(|line| {
        let content = line.trim_start_matches([' ', '\t']);
        let marks = marks(content);
        let rewritten = match (fence, marks) {
            (Some(open), Some(close)) if closes(open, close, content) => {
                fence = None;
                line.to_owned()
            }
            (Some(_), _) => line.to_owned(),
            (None, Some(marks)) => {
                fence = Some(marks);
                let indent = &line[..line.len() - content.len()];
                format!("{}{marks}text", indent.get(..3).unwrap_or(indent))
            }
            (None, None) if after_blank && line.len() - content.len() > 3 => {
                format!("   {content}")
            }
            (None, None) => line.to_owned(),
        };
        // Lines after an indented one are indented code as well.
        after_blank = content.is_empty() || after_blank && line.len() - content.len() > 3;
        rewritten
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The run of fence characters at the start of `content`, if it makes a fence.
fn marks(content: &str) -> Option<&str> {
    let mark = content
        .chars()
        .next()
        .filter(|mark| matches!(mark, '`' | '~'))?;
    let length = content.len() - content.trim_start_matches(mark).len();
    let rest = &content[length..];
    // An info string with a backtick makes `code`, not a fence.
    (length >= 3 && !(mark == '`' && rest.contains('`'))).then(|| &content[..length])
}

fn closes(open: &str, close: &str, content: &str) -> bool {
    close.starts_with(open) && content[close.len()..].trim().is_empty()
}
