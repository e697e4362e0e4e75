//! Lists of fields: parameters, and the members of schemas.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    CHILDREN, Read,
    markdown::Line,
    refuse,
    types::{self, Field},
    unexpected,
};

/// What a line of a list has to be.
const FIELD: &str =
    "a field such as `idstring·required`, with a type that is known, or its description";

/// The schemas of a page by name, each with the line where it was first seen.
#[derive(Default)]
pub struct Schemas(BTreeMap<String, (usize, Map<String, Value>)>);

impl Schemas {
    /// Adds what the page says below `line` of the schema `name`. It says it again wherever the
    /// schema is used, and has to say the same.
    pub fn add(&mut self, line: &Line, name: &str, fields: Map<String, Value>) -> Read<()> {
        let (first, known) = self
            .0
            .entry(name.to_owned())
            .or_insert_with(|| (line.number, fields.clone()));
        let mut names = known.keys().chain(fields.keys());
        match names.find(|field| known.get(*field) != fields.get(*field)) {
            Some(field) => refuse(
                line.number,
                &format!("`{field}` of the schema {name} is not what it is in line {first}"),
            ),
            None => Ok(()),
        }
    }

    /// The schemas as they stand in the facts.
    pub fn into_json(self) -> Value {
        let schemas = self.0.into_iter();
        schemas
            .map(|(name, (_, fields))| (name, json!({ "fields": fields })))
            .collect::<Map<_, _>>()
            .into()
    }
}

/// A field of a list, in the order of the page.
struct Entry<'l> {
    line: &'l Line,
    field: Field,
    description: String,
    /// Whether its children follow.
    opens: bool,
}

impl Entry<'_> {
    /// What the page says of the field itself.
    fn facts(&self) -> Map<String, Value> {
        let mut facts = Map::new();
        facts.insert("type".to_owned(), self.field.kind.clone().into());
        facts.insert("required".to_owned(), self.field.required.into());
        facts
    }
}

/// The fields that `lines` list below `head`.
fn entries<'l>(head: &Line, lines: &'l [Line]) -> Read<Vec<Entry<'l>>> {
    let mut entries: Vec<Entry<'l>> = Vec::new();
    let mut has_opened = false;
    for line in lines {
        let is_children = line.text == CHILDREN;
        if let Some(field) = types::field(&line.text).filter(|_| !is_children) {
            entries.push(Entry {
                line,
                field,
                description: String::new(),
                opens: false,
            });
            has_opened = false;
            continue;
        }
        match entries.last_mut() {
            Some(entry) if !has_opened && is_children => {
                entry.opens = true;
                has_opened = true;
            }
            // A list of names in a description may end with one on a line of its own.
            Some(entry)
                if !has_opened
                    && (types::is_prose(&line.text) || entry.description.ends_with(", ")) =>
            {
                entry.description.push_str(&line.text);
                entry.description.push(' ');
            }
            _ => return unexpected(line, FIELD),
        }
    }
    if entries.is_empty() || has_opened {
        return refuse(
            lines.last().unwrap_or(head).number,
            "no field follows, expected at least one",
        );
    }
    Ok(entries)
}

/// Adds the parameters that `lines` list below `head` to `parameters`.
pub fn parameters(
    place: &str,
    head: &Line,
    lines: &[Line],
    parameters: &mut Map<String, Value>,
) -> Read<()> {
    for entry in entries(head, lines)? {
        if entry.opens {
            return unexpected(entry.line, "a parameter without children");
        }
        let mut facts = entry.facts();
        if let Some(names) = available_fields(&entry)? {
            facts.insert("availableFields".to_owned(), names.into());
        }
        let key = format!("{place} {}", entry.field.name);
        if parameters.insert(key, facts.into()).is_some() {
            return unexpected(entry.line, "each parameter once");
        }
    }
    Ok(())
}

/// The fields that a parameter can ask for, which only its description says.
fn available_fields(entry: &Entry<'_>) -> Read<Option<Vec<String>>> {
    let Some((_, list)) = entry.description.split_once("Available fields:") else {
        return Ok(None);
    };
    let sentence = list.split(". ").next().unwrap_or_default().trim();
    let names = sentence.trim_end_matches('.').split(',').map(str::trim);
    let mut names: Vec<_> = names.map(str::to_owned).collect();
    names.sort_unstable();
    names.dedup();
    if names.iter().all(|name| types::is_field_name(name)) {
        return Ok(Some(names));
    }
    refuse(
        entry.line.number,
        &format!(
            "expected names with commas between them after `Available fields:`, found `{sentence}`"
        ),
    )
}

/// The members of a schema that `lines` list below `head`.
///
/// The page does not show where the children of a field end. They are taken to go on to the end of
/// the schema; a second field with children makes that a guess, and is refused.
pub fn members(head: &Line, lines: &[Line], schemas: &mut Schemas) -> Read<Map<String, Value>> {
    let entries = entries(head, lines)?;
    let mut members = Map::new();
    level(&entries, None, &mut members, schemas)?;
    Ok(members)
}

/// Puts `entries` into `members`, which belong to the field `parent`.
fn level(
    entries: &[Entry<'_>],
    parent: Option<&Entry<'_>>,
    members: &mut Map<String, Value>,
    schemas: &mut Schemas,
) -> Read<()> {
    let mut rest = entries;
    while let Some((entry, mut after)) = rest.split_first() {
        let mut facts = entry.facts();
        let mut opener = entry.opens.then_some(entry);
        // A list shows its items as its only child: `websites[]string`.
        let items = entry.field.kind.strip_prefix("array of ");
        if let (true, Some(items)) = (entry.opens, items) {
            let shown = after.split_first().filter(|(item, _)| {
                item.field.name.strip_suffix("[]") == Some(&entry.field.name)
                    && item.field.kind == items
            });
            let Some((item, others)) = shown else {
                return unexpected(
                    entry.line,
                    &format!("`{}[]{items}` as its only child", entry.field.name),
                );
            };
            after = others;
            opener = item.opens.then_some(item);
        }
        if entry.field.name.ends_with("[]") {
            return unexpected(entry.line, "the items of a list only below the list");
        }
        if let Some(opener) = opener {
            children(opener, after, parent, &mut facts, schemas)?;
            after = &[];
        }
        if members
            .insert(entry.field.name.clone(), facts.into())
            .is_some()
        {
            return unexpected(entry.line, "each field of a schema once");
        }
        rest = after;
    }
    Ok(())
}

/// Puts the children of `opener` into `facts`, or among the schemas if they are one of those.
fn children(
    opener: &Entry<'_>,
    entries: &[Entry<'_>],
    parent: Option<&Entry<'_>>,
    facts: &mut Map<String, Value>,
    schemas: &mut Schemas,
) -> Read<()> {
    if let Some(parent) = parent {
        return unexpected(
            opener.line,
            &format!(
                "no second field with children, because the page does not show where those of `{}` \
                 (line {}) end",
                parent.field.name, parent.line.number
            ),
        );
    }
    let kind = opener.field.kind.as_str();
    let mut members = Map::new();
    level(entries, Some(opener), &mut members, schemas)?;
    if types::is_name(kind) {
        schemas.add(opener.line, kind, members)
    } else if kind == "object" {
        facts.insert("fields".to_owned(), members.into());
        Ok(())
    } else {
        unexpected(opener.line, "children only of an object")
    }
}
