//! Lists of fields: parameters, and the fields of schemas.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    CHILDREN, Parsed,
    markdown::Line,
    refuse,
    types::{self, Field},
    unexpected,
};

/// The expected form of a line of a list, for messages.
const FIELD: &str = "a field such as `idstring·required`, with a known type, or its description";

/// The schemas of a page by name, each with the line of its first occurrence.
#[derive(Default)]
pub struct Schemas(BTreeMap<String, (usize, Map<String, Value>)>);

impl Schemas {
    /// Adds the schema `name`, which is described below `line`. The page repeats it at each use. Fails
    /// if the descriptions differ.
    pub fn add(&mut self, line: &Line, name: &str, fields: Map<String, Value>) -> Parsed<()> {
        let (first_line, first) = self
            .0
            .entry(name.to_owned())
            .or_insert_with(|| (line.number, fields.clone()));
        let mut names = first.keys().chain(fields.keys());
        match names.find(|field| first.get(*field) != fields.get(*field)) {
            Some(field) => refuse(
                line.number,
                &format!("`{field}` of the schema {name} differs from line {first_line}"),
            ),
            None => Ok(()),
        }
    }

    /// Returns the schemas as part of the facts.
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
    has_children: bool,
}

impl Entry<'_> {
    /// Returns the type of the field, and whether it is required.
    fn facts(&self) -> Map<String, Value> {
        let mut facts = Map::new();
        facts.insert("type".to_owned(), self.field.kind.clone().into());
        facts.insert("required".to_owned(), self.field.required.into());
        facts
    }
}

/// Parses the fields in `lines`, which follow `head`.
fn entries<'l>(head: &Line, lines: &'l [Line]) -> Parsed<Vec<Entry<'l>>> {
    let mut entries: Vec<Entry<'l>> = Vec::new();
    let mut children_expected = false;
    for line in lines {
        let is_children = line.text == CHILDREN;
        if let Some(field) = types::field(&line.text).filter(|_| !is_children) {
            entries.push(Entry {
                line,
                field,
                description: String::new(),
                has_children: false,
            });
            children_expected = false;
            continue;
        }
        match entries.last_mut() {
            Some(entry) if !children_expected && is_children => {
                entry.has_children = true;
                children_expected = true;
            }
            // The last name of a list in a description can be on its own line.
            Some(entry)
                if !children_expected
                    && (types::is_prose(&line.text) || entry.description.ends_with(", ")) =>
            {
                entry.description.push_str(&line.text);
                entry.description.push(' ');
            }
            _ => return unexpected(line, FIELD),
        }
    }
    if entries.is_empty() || children_expected {
        return refuse(
            lines.last().unwrap_or(head).number,
            "expected at least one field below this line",
        );
    }
    Ok(entries)
}

/// Adds the parameters in `lines`, which follow `head`, to `parameters`.
pub fn parameters(
    location: &str,
    head: &Line,
    lines: &[Line],
    parameters: &mut Map<String, Value>,
) -> Parsed<()> {
    for entry in entries(head, lines)? {
        if entry.has_children {
            return unexpected(entry.line, "a parameter without children");
        }
        let mut facts = entry.facts();
        if let Some(names) = available_fields(&entry)? {
            facts.insert("availableFields".to_owned(), names.into());
        }
        let key = format!("{location} {}", entry.field.name);
        if parameters.insert(key, facts.into()).is_some() {
            return unexpected(entry.line, "each parameter only once");
        }
    }
    Ok(())
}

/// Returns the fields that a parameter can select, which only its description lists.
fn available_fields(entry: &Entry<'_>) -> Parsed<Option<Vec<String>>> {
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
            "expected names separated by commas after `Available fields:`, found `{sentence}`"
        ),
    )
}

/// Parses the fields of a schema in `lines`, which follow `head`.
///
/// The page does not show where the children of a field end. All fields after it are treated as its
/// children. A second field with children would make that ambiguous and is refused.
pub fn fields_of_schema(
    head: &Line,
    lines: &[Line],
    schemas: &mut Schemas,
) -> Parsed<Map<String, Value>> {
    let entries = entries(head, lines)?;
    let mut fields = Map::new();
    add_fields(&entries, None, &mut fields, schemas)?;
    Ok(fields)
}

/// Adds `entries` to `fields`, which are those of the field `parent`.
fn add_fields(
    entries: &[Entry<'_>],
    parent: Option<&Entry<'_>>,
    fields: &mut Map<String, Value>,
    schemas: &mut Schemas,
) -> Parsed<()> {
    let mut rest = entries;
    while let Some((entry, mut after)) = rest.split_first() {
        let mut facts = entry.facts();
        let mut opener = entry.has_children.then_some(entry);
        // The only child of a list is its items: `websites[]string`.
        let items = entry.field.kind.strip_prefix("array of ");
        if let (true, Some(items)) = (entry.has_children, items) {
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
            opener = item.has_children.then_some(item);
        }
        if entry.field.name.ends_with("[]") {
            return unexpected(entry.line, "the items of a list directly below the list");
        }
        if let Some(opener) = opener {
            add_children(opener, after, parent, &mut facts, schemas)?;
            after = &[];
        }
        if fields
            .insert(entry.field.name.clone(), facts.into())
            .is_some()
        {
            return unexpected(entry.line, "each field of a schema only once");
        }
        rest = after;
    }
    Ok(())
}

/// Adds the children of `opener` to `facts`, or to `schemas` if its type is a named schema.
fn add_children(
    opener: &Entry<'_>,
    entries: &[Entry<'_>],
    parent: Option<&Entry<'_>>,
    facts: &mut Map<String, Value>,
    schemas: &mut Schemas,
) -> Parsed<()> {
    if let Some(parent) = parent {
        return unexpected(
            opener.line,
            &format!(
                "only one field with children, because the page does not show where those of `{}` \
                 (line {}) end",
                parent.field.name, parent.line.number
            ),
        );
    }
    let kind = opener.field.kind.as_str();
    let mut fields = Map::new();
    add_fields(entries, Some(opener), &mut fields, schemas)?;
    if types::is_name(kind) {
        schemas.add(opener.line, kind, fields)
    } else if kind == "object" {
        facts.insert("fields".to_owned(), fields.into());
        Ok(())
    } else {
        unexpected(opener.line, "only objects to have children")
    }
}
