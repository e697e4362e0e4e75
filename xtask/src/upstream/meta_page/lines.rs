//! The lines of a page, and a cursor over them.

use super::{LONGEST_EXCERPT, Read, refuse, unexpected};
use crate::excerpt::excerpt;

/// The part of a page that a line is.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A horizontal rule. Pages put one before each field of a schema.
    Rule,
    /// A code block, as one line.
    Code,
}

/// A line of a page that is not blank, or a whole code block.
#[derive(Debug)]
pub struct Line {
    /// The number of the line, from 1.
    pub number: usize,
    pub kind: Kind,
    /// The text without escapes and surrounding spaces; of a code block, its content as it stands.
    pub text: String,
}

/// Splits `markdown` into lines, without the front matter.
pub fn lines(markdown: &str) -> Read<Vec<Line>> {
    // Pages indent code with no-break spaces. Invisible characters show where a long name may break.
    let text = markdown
        .replace('\u{a0}', " ")
        .replace(['\u{ad}', '\u{200b}', '\u{2060}', '\u{feff}'], "");
    let mut raw = (1..).zip(text.lines()).peekable();
    skip_front_matter(&mut raw)?;
    let mut lines = Vec::new();
    while let Some((number, line)) = raw.next() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let (kind, text) = match line {
            "* * *" | "***" | "---" | "___" => (Kind::Rule, line.to_owned()),
            // A language can follow: it is not read.
            _ if line.starts_with("```") => (Kind::Code, code(number, &mut raw)?),
            _ => (Kind::Text, unescape(line)),
        };
        lines.push(Line { number, kind, text });
    }
    match lines.first() {
        None => refuse(1, "the page is empty; expected Markdown"),
        Some(line) if line.text.starts_with('<') => unexpected(line, "Markdown, not HTML"),
        Some(_) => Ok(lines),
    }
}

/// Skips the metadata that some copies of the pages have above the title.
fn skip_front_matter<'t>(
    raw: &mut std::iter::Peekable<impl Iterator<Item = (usize, &'t str)>>,
) -> Read<()> {
    if raw.next_if(|(_, line)| line.trim_end() == "---").is_none() {
        return Ok(());
    }
    for (number, line) in raw {
        if line.trim_end() == "---" {
            return Ok(());
        }
        if !line.starts_with("title: ") && !line.starts_with("source_url: ") {
            return refuse(
                number,
                &format!(
                    "expected `title:`, `source_url:` or `---`, found `{}`",
                    excerpt(line, LONGEST_EXCERPT)
                ),
            );
        }
    }
    refuse(1, "the front matter does not end; expected a line `---`")
}

/// Reads the rest of the code block that opens in line `start`.
fn code<'t>(start: usize, raw: &mut impl Iterator<Item = (usize, &'t str)>) -> Read<String> {
    let mut content = Vec::new();
    for (number, line) in raw {
        if line.trim() == "```" {
            return Ok(content.join("\n"));
        }
        // A missing fence turns text into code, and code into text.
        if line.starts_with("## ") {
            return refuse(
                start,
                &format!("the code block runs over the heading in line {number}"),
            );
        }
        content.push(line);
    }
    refuse(
        start,
        "the code block does not end; expected a line of three backticks",
    )
}

/// Removes the backslashes that keep punctuation from being markup.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match characters.next_if(|next| character == '\\' && next.is_ascii_punctuation()) {
            Some(escaped) => plain.push(escaped),
            None => plain.push(character),
        }
    }
    plain
}

/// A position in the lines of a section.
pub struct Cursor<'l> {
    rest: &'l [Line],
    /// The number of the last line before the position.
    before: usize,
}

impl<'l> Cursor<'l> {
    /// Returns the start of `lines`, which follow line `before`.
    pub fn new(before: usize, lines: &'l [Line]) -> Self {
        Self {
            rest: lines,
            before,
        }
    }

    pub fn peek(&self) -> Option<&'l Line> {
        self.rest.first()
    }

    /// Returns the line after the next one.
    pub fn peek_second(&self) -> Option<&'l Line> {
        self.rest.get(1)
    }

    pub fn next(&mut self) -> Option<&'l Line> {
        let (line, rest) = self.rest.split_first()?;
        self.rest = rest;
        self.before = line.number;
        Some(line)
    }

    /// Returns the next line if it is text that `wanted` accepts.
    pub fn next_text_if(&mut self, wanted: impl Fn(&str) -> bool) -> Option<&'l Line> {
        let line = self.peek()?;
        let is_wanted = line.kind == Kind::Text && wanted(&line.text);
        is_wanted.then(|| self.next())?
    }

    /// Returns the next line, which must be of `kind`.
    pub fn expect(&mut self, kind: Kind, expected: &str) -> Read<&'l Line> {
        match self.next() {
            Some(line) if line.kind == kind => Ok(line),
            Some(line) => unexpected(line, expected),
            None => self.missing(expected),
        }
    }

    /// Returns the next line, which must be text that `wanted` accepts.
    pub fn expect_text(&mut self, expected: &str, wanted: impl Fn(&str) -> bool) -> Read<&'l Line> {
        match self.next_text_if(wanted) {
            Some(line) => Ok(line),
            None => self.refuse_next(expected),
        }
    }

    /// Skips the next line, which must be `text`.
    pub fn skip_text(&mut self, text: &str) -> Read<()> {
        self.expect_text(&format!("`{text}`"), |line| line == text)?;
        Ok(())
    }

    /// Fails if there is another line in the section.
    pub fn expect_end(&self) -> Read<()> {
        match self.peek() {
            Some(line) => unexpected(line, "the end of the section"),
            None => Ok(()),
        }
    }

    /// Refuses the next line, or the end of the section.
    pub fn refuse_next<T>(&self, expected: &str) -> Read<T> {
        match self.peek() {
            Some(line) => unexpected(line, expected),
            None => self.missing(expected),
        }
    }

    fn missing<T>(&self, expected: &str) -> Read<T> {
        refuse(
            self.before,
            &format!("expected {expected} after this line, found the end of the section"),
        )
    }
}
