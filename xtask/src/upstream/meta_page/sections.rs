//! The sections of a page, and the tables in some of them.

use super::{
    Read,
    lines::{Cursor, Kind, Line},
    refuse, unexpected,
};

/// A heading of the first or second level, and the lines below it.
#[derive(Clone, Copy)]
pub struct Section<'l> {
    pub heading: &'l Line,
    /// The text of the heading.
    pub title: &'l str,
    lines: &'l [Line],
}

impl<'l> Section<'l> {
    pub fn cursor(&self) -> Cursor<'l> {
        Cursor::new(self.heading.number, self.lines)
    }
}

/// Splits `lines` into sections. The first one is that of the page's title.
pub fn sections(lines: &[Line]) -> Read<Vec<Section<'_>>> {
    let is_heading = |line: &Line| {
        line.kind == Kind::Text && (line.text.starts_with("# ") || line.text.starts_with("## "))
    };
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut rest = lines;
    while let Some((heading, below)) = rest.split_first() {
        if !is_heading(heading) || heading.text.starts_with("# ") != sections.is_empty() {
            return unexpected(heading, "one `#` heading, at the top");
        }
        let end = below.iter().position(is_heading).unwrap_or(below.len());
        let (mut lines, next) = below.split_at(end);
        // A rule before a heading is only a line on the screen.
        while let [
            others @ ..,
            Line {
                kind: Kind::Rule, ..
            },
        ] = lines
        {
            lines = others;
        }
        let title = heading.text.trim_start_matches('#').trim_start();
        sections.push(Section {
            heading,
            title,
            lines,
        });
        rest = next;
    }
    Ok(sections)
}

/// A row of a table.
pub struct Row<'l> {
    pub line: &'l Line,
    pub cells: Vec<String>,
}

/// Reads the rows of a table without those that are empty.
pub fn table<'l>(cursor: &mut Cursor<'l>) -> Read<Vec<Row<'l>>> {
    let mut rows = Vec::new();
    while let Some(line) = cursor.next_text_if(|text| text.starts_with('|')) {
        let Some(cells) = line.text.strip_suffix('|') else {
            return unexpected(line, "a row of a table, `| … |`");
        };
        let cells = cells.strip_prefix('|').unwrap_or_default();
        let is_filler = |cell: &str| cell.chars().all(|letter| "-: ".contains(letter));
        if !cells.split('|').all(is_filler) {
            let cells = cells.split('|').map(|cell| plain(cell.trim())).collect();
            rows.push(Row { line, cells });
        }
    }
    match rows.is_empty() {
        true => cursor.refuse_next("a row of a table, `| … |`"),
        false => Ok(rows),
    }
}

/// Returns the text of a cell that is bold, code or a link.
fn plain(cell: &str) -> String {
    let link = cell
        .strip_prefix('[')
        .and_then(|link| link.split_once("]("));
    let text = link.map_or(cell, |(text, _)| text);
    text.replace("**", "").replace('`', "")
}

/// Returns the only section called `title`.
pub fn only<'s, 'l>(sections: &'s [Section<'l>], title: &str) -> Read<&'s Section<'l>> {
    match sections.iter().find(|section| section.title == title) {
        Some(section) => Ok(section),
        None => refuse(1, &format!("the page has no section `## {title}`")),
    }
}
