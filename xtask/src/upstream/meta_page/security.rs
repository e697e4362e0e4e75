//! The section `## Authentication`.

use serde_json::{Map, Value, json};

use super::{
    Read,
    lines::Cursor,
    refuse,
    sections::{Section, table},
    unexpected,
};

/// The lines below which the schemes are that every operation requires.
const REQUIREMENTS: [&str; 2] = [
    "### Global Authentication Requirements",
    "All endpoints require:",
];

/// The start of the form with which some copies of the pages end.
const FEEDBACK: &str = "Did you find this page helpful?";

/// The authentication of all operations.
pub struct Security {
    pub schemes: Map<String, Value>,
    /// The Security Requirement Objects.
    pub required: Vec<Value>,
}

/// Reads the section.
pub fn read(section: &Section<'_>) -> Read<Security> {
    let mut cursor = section.cursor();
    let mut schemes = schemes(&mut cursor)?;
    if cursor
        .next_text_if(|text| text == "### Usage Examples")
        .is_some()
    {
        while let Some(line) = cursor.next_text_if(|text| text.ends_with(':')) {
            let scheme = schemes.get_mut(line.text.trim_end_matches(':'));
            let Some(scheme) = scheme.filter(|scheme| scheme.get("description").is_none()) else {
                return unexpected(line, "a scheme of the table, once");
            };
            let usage = cursor.expect_text("`Include …`", |text| text.starts_with("Include "))?;
            scheme["description"] = usage.text.clone().into();
        }
    }
    for line in REQUIREMENTS {
        cursor.skip_text(line)?;
    }
    let mut requirement = Map::new();
    while let Some(line) = cursor.next_text_if(|text| schemes.contains_key(text)) {
        if requirement.insert(line.text.clone(), json!([])).is_some() {
            return unexpected(line, "each scheme once");
        }
    }
    if requirement.is_empty() {
        return cursor.refuse_next("the name of a scheme");
    }
    if cursor.next_text_if(|text| text == FEEDBACK).is_some() {
        while cursor
            .next_text_if(|text| text.starts_with("![Thumbs "))
            .is_some()
        {}
    }
    cursor.expect_end()?;
    Ok(Security {
        schemes,
        required: vec![requirement.into()],
    })
}

/// Reads the table of schemes.
fn schemes(cursor: &mut Cursor<'_>) -> Read<Map<String, Value>> {
    let rows = table(cursor)?;
    let mut schemes = Map::new();
    for (nth, row) in rows.iter().enumerate() {
        let cells: Vec<_> = row.cells.iter().map(String::as_str).collect();
        let expected = match (nth, cells.as_slice()) {
            (0, ["Scheme", "Type", "Location"]) => continue,
            (0, _) => "the columns `Scheme`, `Type` and `Location`",
            (_, [name, "HTTP Bearer", "Header: Authorization"]) => {
                let scheme = json!({"type": "http", "scheme": "bearer"});
                match schemes.insert((*name).to_owned(), scheme) {
                    None => continue,
                    Some(_) => "each scheme once",
                }
            }
            _ => "a scheme of the type `HTTP Bearer` in `Header: Authorization`",
        };
        return unexpected(row.line, expected);
    }
    match (schemes.is_empty(), rows.first()) {
        (true, Some(row)) => refuse(row.line.number, "the table lists no scheme"),
        _ => Ok(schemes),
    }
}
