//! Lists of fields, as they follow each other on the page.

use super::{
    Read,
    description::{self, CHILDREN},
    field::Field,
    lines::{Cursor, Kind, Line},
    types::Type,
    unexpected,
};

/// A form that lines of a list have, for messages.
const FIELD: &str = "a field of a known type, such as `idstring·required`";

/// A field of a schema, in the order of the page.
pub struct Entry<'l> {
    pub line: &'l Line,
    pub field: Field,
    pub description: String,
    /// Whether the page offers child attributes.
    pub opens: bool,
}

impl Entry<'_> {
    pub fn is_array(&self) -> bool {
        matches!(self.field.kind.not_null(), Type::Array(_)) && self.opens
    }
}

/// Reads a list of fields with rules between them, which ends before the line `end`.
pub fn entries<'l>(cursor: &mut Cursor<'l>, end: Option<&str>) -> Read<Vec<Entry<'l>>> {
    let mut entries = Vec::new();
    loop {
        let line = cursor.expect(Kind::Text, FIELD)?;
        let Some(field) = Field::parse(&line.text) else {
            return unexpected(line, FIELD);
        };
        if field.is_items && field.required {
            return unexpected(line, "items without `required`");
        }
        let description = description::read_below_field(cursor)?;
        let opens = cursor.next_text_if(|text| text == CHILDREN).is_some();
        entries.push(Entry {
            line,
            field,
            description,
            opens,
        });
        let is_rule = cursor.peek().is_some_and(|line| line.kind == Kind::Rule);
        let is_end = cursor
            .peek_second()
            .is_some_and(|line| Some(line.text.as_str()) == end);
        if !is_rule || is_end {
            return Ok(entries);
        }
        cursor.next();
    }
}
