//! The lines and sections of a page, without markup.

use super::{Parsed, refuse, unexpected};

/// A line outside of code blocks that is neither empty nor a thematic break.
#[derive(Debug)]
pub struct Line {
    /// Its number on the page, from 1.
    pub number: usize,
    /// Its text, without escapes and surrounding spaces.
    pub text: String,
}

/// A heading of the first or second level and the lines below it.
#[derive(Clone, Copy)]
pub struct Section<'l> {
    pub heading: &'l Line,
    /// The text of the heading.
    pub title: &'l str,
    pub body: &'l [Line],
}

impl Section<'_> {
    /// Returns the number of its last line.
    pub fn end(&self) -> usize {
        self.body
            .last()
            .map_or(self.heading.number, |line| line.number)
    }
}

/// The opening fence of a code block.
struct Fence {
    line: usize,
    mark: char,
    length: usize,
}

/// Returns the lines of `markdown`.
pub fn lines(markdown: &str) -> Parsed<Vec<Line>> {
    let mut lines = Vec::new();
    let mut open: Option<Fence> = None;
    for (index, raw) in markdown.trim_start_matches('\u{feff}').lines().enumerate() {
        let number = index + 1;
        let text = raw.replace('\u{a0}', " ");
        let text = text.trim();
        let fence = fence(text, number);
        match (&open, fence) {
            (None, Some((fence, _))) => open = Some(fence),
            (None, None) if text.is_empty() || is_rule(text) => {}
            (None, None) => lines.push(Line {
                number,
                text: unescape(text),
            }),
            (Some(first), Some((fence, info)))
                if fence.mark == first.mark && fence.length >= first.length && info.is_empty() =>
            {
                open = None;
            }
            // After a stray fence, text would be treated as code.
            (Some(first), _) if text.starts_with("## ") => {
                return refuse(
                    first.line,
                    &format!("the code block is not closed before the heading in line {number}"),
                );
            }
            (Some(_), _) => {}
        }
    }
    if let Some(fence) = open {
        return refuse(fence.line, "the code block is not closed");
    }
    if let Some(line) = lines.first().filter(|line| line.text.starts_with('<')) {
        return unexpected(line, "Markdown, not HTML");
    }
    Ok(lines)
}

/// Returns the fence in `text`, if it is one, and its info string.
fn fence(text: &str, line: usize) -> Option<(Fence, &str)> {
    let mark = text
        .chars()
        .next()
        .filter(|mark| ['`', '~'].contains(mark))?;
    let info = text.trim_start_matches(mark);
    let length = text.len() - info.len();
    // Inline code can also begin with three backticks.
    let is_fence = length >= 3 && !(mark == '`' && info.contains('`'));
    is_fence.then_some((Fence { line, mark, length }, info))
}

/// Returns whether `text` is a thematic break, such as `* * *` or `---`.
fn is_rule(text: &str) -> bool {
    let mut marks = text.chars().filter(|character| *character != ' ');
    let Some(first) = marks.next().filter(|mark| ['*', '-', '_'].contains(mark)) else {
        return false;
    };
    let mut count = 1;
    for mark in marks {
        if mark != first {
            return false;
        }
        count += 1;
    }
    count >= 3
}

/// Returns `text` without the backslashes that escape punctuation.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let escapes =
            character == '\\' && characters.peek().is_some_and(char::is_ascii_punctuation);
        if !escapes {
            plain.push(character);
        } else if let Some(escaped) = characters.next() {
            plain.push(escaped);
        }
    }
    plain
}

/// Returns the sections of a page, of which the first is its title. Lines above that are ignored.
pub fn sections(lines: &[Line]) -> Parsed<Vec<Section<'_>>> {
    let is_heading = |line: &Line| {
        let text = line.text.as_str();
        text.starts_with("# ") || text.starts_with("## ")
    };
    let heads: Vec<_> = (0..)
        .zip(lines)
        .filter(|(_, line)| is_heading(line))
        .collect();
    let mut sections: Vec<Section<'_>> = Vec::new();
    for (nth, (at, heading)) in heads.iter().enumerate() {
        let end = heads.get(nth + 1).map_or(lines.len(), |(next, _)| *next);
        // The title is the first heading and the only one of its level.
        if heading.text.starts_with("# ") != (nth == 0) {
            return unexpected(heading, "only one `#` heading, at the top");
        }
        sections.push(Section {
            heading,
            title: heading.text.trim_start_matches('#').trim_start(),
            body: lines.get(at + 1..end).unwrap_or_default(),
        });
    }
    match lines.last() {
        Some(line) if sections.is_empty() => refuse(line.number, "the page has no `#` heading"),
        _ => Ok(sections),
    }
}

/// Returns the cells of a row of a table as plain text; empty for a row without content.
pub fn row(line: &Line) -> Parsed<Vec<String>> {
    let text = line.text.as_str();
    let is_filler = |cell: &str| cell.chars().all(|character| "-: ".contains(character));
    if text == "|" {
        return Ok(Vec::new());
    }
    let Some(cells) = text.strip_prefix('|').and_then(|t| t.strip_suffix('|')) else {
        return unexpected(line, "a row of a table such as `| … |`");
    };
    if cells.split('|').all(is_filler) {
        return Ok(Vec::new());
    }
    Ok(cells.split('|').map(|cell| plain(cell.trim())).collect())
}

/// Returns the text of a cell without bold, code and link markup.
fn plain(cell: &str) -> String {
    let text = match cell
        .strip_prefix('[')
        .and_then(|link| link.split_once("]("))
    {
        Some((text, _)) => text,
        None => cell,
    };
    text.replace("**", "").replace('`', "")
}
