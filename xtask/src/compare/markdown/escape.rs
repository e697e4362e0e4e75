//! Escapes texts, so that they contain no Markdown, HTML, mentions or links.

use crate::{compare::text::visible, excerpt::excerpt};

/// The maximum length of a text from upstream, in characters.
const MAX_TEXT: usize = 240;

/// Renders `text` literally, with text between backticks as code.
pub fn plain(text: &str) -> String {
    whole_plain(&cut(&visible(text)))
}

/// [`plain`] for a text of any length.
pub fn whole_plain(text: &str) -> String {
    let text = visible(text);
    let mut parts = text.split('`').enumerate().peekable();
    let mut safe = String::new();
    while let Some((index, part)) = parts.next() {
        let is_code = index % 2 == 1 && parts.peek().is_some();
        if is_code && !part.is_empty() {
            safe.push_str(&code(part));
        } else {
            safe.push_str(&escaped(part));
        }
    }
    safe
}

/// Escapes Markdown and HTML, and prevents mentions and links.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            // A zero-width space prevents mentions, references and links.
            '@' | '#' => safe.extend([c, '\u{200b}']),
            '\\' | '*' | '_' | '[' | ']' | '!' | '|' | '~' | '{' | '}' | '$' => {
                safe.extend(['\\', c])
            }
            c => safe.push(c),
        }
    }
    safe.replace("://", ":\u{200b}//")
        .replace("www.", "www\u{200b}.")
}

/// Renders `text` as a code span that no backtick in it can end.
pub fn code(text: &str) -> String {
    whole_code(&excerpt(&visible(text), MAX_TEXT))
}

/// [`code`] for a text of any length.
pub fn whole_code(text: &str) -> String {
    let text = visible(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Returns the length of the longest run of backticks.
pub fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0)
}

/// Cuts `text` to the maximum length.
pub fn cut(text: &str) -> String {
    excerpt(text, MAX_TEXT)
}
