//! The bodies of requests and responses: a media type, a schema, and the fields of the schema.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    Read,
    field::Field,
    lines::{Cursor, Kind, Line},
    nesting::{self, Evidence, Parent},
    prose::{is_prose, is_word},
    samples::is_status,
    schemas::Schemas,
    types::Type,
    unexpected,
    unplaced::UNPLACED,
};

/// The line before the fields of a schema.
const CHILDREN: &str = "Show child attributes";

/// A form that lines of a list have, for messages.
const FIELD: &str = "a field of a known type, such as `idstring·required`";

/// A field of a schema, in the order of the page.
pub struct Entry<'l> {
    pub line: &'l Line,
    pub field: Field,
    description: String,
    /// Whether the page offers child attributes.
    pub opens: bool,
}

impl Entry<'_> {
    pub fn is_array(&self) -> bool {
        matches!(self.field.kind.not_null(), Type::Array(_)) && self.opens
    }
}

/// What the operation says about its bodies outside of their schemas.
pub struct Hints<'h> {
    pub samples: Vec<&'h Value>,
    pub available: Option<&'h [String]>,
}

/// Returns whether `line` ends a description: it begins something else.
pub fn ends_prose(text: &str) -> bool {
    text == CHILDREN
        || text.starts_with("Content Type:")
        || text.starts_with("Schema:")
        || is_part(text)
        || is_status(text)
}

/// Returns whether `text` is the heading of a part of an operation.
pub fn is_part(text: &str) -> bool {
    let parts = [
        "Responses",
        "Select language",
        "Select status code",
        "Try it",
    ];
    parts.contains(&text) || text.starts_with("Request Body") || text.ends_with(" Parameters")
}

/// Reads lines of prose as far as they go.
pub fn description(cursor: &mut Cursor<'_>) -> Read<String> {
    let mut lines = Vec::new();
    while let Some(line) = cursor.next_text_if(|text| !ends_prose(text) && !text.starts_with('#')) {
        if !is_prose(&line.text) && !is_word(&line.text) {
            return unexpected(line, "a sentence");
        }
        lines.push(line.text.as_str());
    }
    Ok(lines.join("\n"))
}

/// Reads a body, if one is next: its media type, and the Media Type Object for it.
pub fn content(
    cursor: &mut Cursor<'_>,
    schemas: &mut Schemas,
    hints: &Hints<'_>,
) -> Read<Option<(String, Map<String, Value>)>> {
    let Some(line) = cursor.next_text_if(|text| text.starts_with("Content Type:")) else {
        return Ok(None);
    };
    let media_type = line.text.trim_start_matches("Content Type:").trim();
    let is_media_type = media_type.split_once('/').is_some() && !media_type.contains(' ');
    if !is_media_type {
        return unexpected(line, "`Content Type:` and one media type");
    }
    let Some(line) = cursor.next_text_if(|text| text.starts_with("Schema:")) else {
        return Ok(Some((media_type.to_owned(), Map::new())));
    };
    let text = line.text.trim_start_matches("Schema:").trim();
    let Some(kind) = Type::parse(text) else {
        return unexpected(line, "`Schema:` and a known type");
    };
    let mut schema = kind.schema(schemas);
    if cursor.next_text_if(|text| text == CHILDREN).is_some() {
        cursor.expect(Kind::Rule, "a rule")?;
        match &kind {
            Type::Named(name) => {
                title(cursor, text)?;
                let (object, is_complete) = object(cursor, Some(name), schemas, hints)?;
                schemas.define(name, line.number, object, is_complete)?;
            }
            Type::Choice(variants) => {
                title(cursor, text)?;
                let variants = choice(cursor, variants, schemas, hints)?;
                schema = json!({"oneOf": variants});
            }
            Type::Primitive("object", _) => (schema, _) = object(cursor, None, schemas, hints)?,
            _ => return unexpected(line, "child attributes only of an object"),
        }
    }
    let mut content = Map::new();
    content.insert("schema".to_owned(), schema);
    Ok(Some((media_type.to_owned(), content)))
}

/// Reads the name of a schema, which is repeated above its fields.
fn title(cursor: &mut Cursor<'_>, name: &str) -> Read<()> {
    if cursor.next_text_if(|text| text == name).is_none() {
        return cursor.refuse_next(&format!("`{name}`"));
    }
    cursor.expect(Kind::Rule, "a rule")?;
    Ok(())
}

/// Reads the schemas of which a body can be one, each with its own fields.
fn choice(
    cursor: &mut Cursor<'_>,
    variants: &[Type],
    schemas: &mut Schemas,
    hints: &Hints<'_>,
) -> Read<Vec<Value>> {
    let mut read = Vec::new();
    for (nth, variant) in variants.iter().enumerate() {
        let Type::Named(name) = variant else {
            return cursor.refuse_next("child attributes only of named schemas");
        };
        if nth > 0 {
            cursor.expect(Kind::Rule, "a rule")?;
        }
        let Some(line) = cursor.next_text_if(|text| text == name) else {
            return cursor.refuse_next(&format!("the schema `{name}`"));
        };
        let mut schema = schemas.reference(name);
        describe(&mut schema, &description(cursor)?);
        if cursor.next_text_if(|text| text == CHILDREN).is_some() {
            cursor.expect(Kind::Rule, "a rule")?;
            let next = match variants.get(nth + 1) {
                Some(Type::Named(next)) => Some(next.as_str()),
                _ => None,
            };
            let entries = entries(cursor, next)?;
            let (object, is_complete) = nest(&entries, Some(name), schemas, hints)?;
            schemas.define(name, line.number, object, is_complete)?;
        }
        read.push(schema);
    }
    Ok(read)
}

/// Reads the fields of an object, and returns it as [`nest`] does.
fn object(
    cursor: &mut Cursor<'_>,
    name: Option<&str>,
    schemas: &mut Schemas,
    hints: &Hints<'_>,
) -> Read<(Value, bool)> {
    let entries = entries(cursor, None)?;
    nest(&entries, name, schemas, hints)
}

/// Reads a list of fields with rules between them, which ends before the line `end`.
fn entries<'l>(cursor: &mut Cursor<'l>, end: Option<&str>) -> Read<Vec<Entry<'l>>> {
    let mut entries = Vec::new();
    loop {
        let line = cursor.expect(Kind::Text, FIELD)?;
        let Some(field) = Field::parse(&line.text) else {
            return unexpected(line, FIELD);
        };
        let description = description(cursor)?;
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

/// Returns the object with `entries` as its fields and their fields, and whether the page shows
/// the parents of all of them.
fn nest(
    entries: &[Entry<'_>],
    name: Option<&str>,
    schemas: &mut Schemas,
    hints: &Hints<'_>,
) -> Read<(Value, bool)> {
    if let Some(last) = entries.last().filter(|last| last.opens) {
        return unexpected(
            last.line,
            "child attributes below the last field that offers them",
        );
    }
    let evidence = Evidence {
        samples: hints.samples.clone(),
        available: hints.available,
        schemas,
        name,
    };
    let parents = nesting::parents(entries, &evidence)?;
    let mut nested = Nested {
        entries,
        children: vec![Vec::new(); entries.len() + 1],
        is_complete: vec![true; entries.len() + 1],
        parents: &parents,
    };
    let mut unplaced = Vec::new();
    for (index, possible) in parents.iter().enumerate() {
        match possible.first() {
            Some(parent) if possible.len() == 1 => nested.children[slot(*parent)].push(index),
            _ => {
                unplaced.push(index);
                possible
                    .iter()
                    .for_each(|parent| nested.mark_incomplete(*parent));
            }
        }
    }
    let mut object = nested.object(None, schemas)?;
    let fields = unplaced.into_iter().map(|index| {
        let field = &entries[index].field;
        let parents = parents[index].iter().map(|parent| nested.path(*parent));
        Ok(json!({
            "name": field.name,
            "parents": parents.collect::<Vec<_>>(),
            "required": field.required,
            "schema": nested.schema(index, schemas)?,
        }))
    });
    let fields = fields.collect::<Read<Vec<Value>>>()?;
    let is_complete = fields.is_empty();
    if !is_complete {
        put(&mut object, UNPLACED, fields.into());
    }
    Ok((object, is_complete))
}

/// Returns the place of the children of `parent` in [`Nested::children`].
fn slot(parent: Parent) -> usize {
    parent.map_or(0, |index| index + 1)
}

/// Entries, and those below each of them.
struct Nested<'e, 'l> {
    entries: &'e [Entry<'l>],
    /// The entries that certainly belong to each parent; see [`slot`].
    children: Vec<Vec<usize>>,
    /// Whether all entries below each parent are certain; see [`slot`].
    is_complete: Vec<bool>,
    parents: &'e [BTreeSet<Parent>],
}

impl Nested<'_, '_> {
    /// Notes that there may be other entries below `parent`.
    fn mark_incomplete(&mut self, parent: Parent) {
        if std::mem::replace(&mut self.is_complete[slot(parent)], false)
            && let Some(index) = parent
        {
            let parents = self.parents;
            parents[index]
                .iter()
                .for_each(|parent| self.mark_incomplete(*parent));
        }
    }

    /// Returns the object with the children of `parent`.
    fn object(&self, parent: Parent, schemas: &mut Schemas) -> Read<Value> {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for index in &self.children[slot(parent)] {
            let field = &self.entries[*index].field;
            let schema = self.schema(*index, schemas)?;
            properties.insert(field.name.clone(), schema);
            if field.required {
                required.push(field.name.as_str());
            }
        }
        let mut object = json!({"type": "object", "properties": properties});
        if !required.is_empty() {
            object["required"] = json!(required);
        }
        Ok(object)
    }

    /// Returns the names on the way to `parent`, as `calling.call_hours`. Where the way is not
    /// certain, the innermost one is taken.
    fn path(&self, mut parent: Parent) -> String {
        let mut names = Vec::new();
        while let Some(index) = parent {
            let field = &self.entries[index].field;
            names.push(if field.is_items {
                "[]"
            } else {
                field.name.as_str()
            });
            parent = self.parents[index].last().copied().flatten();
        }
        names.reverse();
        names.join(".").replace(".[]", "[]")
    }

    /// Returns the schema of the entry at `index` with what is below it.
    fn schema(&self, index: usize, schemas: &mut Schemas) -> Read<Value> {
        let entry = &self.entries[index];
        let children = &self.children[slot(Some(index))];
        let mut schema = entry.field.kind.schema(schemas);
        match (entry.field.kind.not_null(), children.first()) {
            (_, None) => {}
            (Type::Array(_), Some(items)) => {
                let items = self.schema(*items, schemas)?;
                put(&mut schema, "items", items);
            }
            (Type::Named(name), Some(_)) => {
                let object = self.object(Some(index), schemas)?;
                let is_complete = self.is_complete[slot(Some(index))];
                schemas.define(name, entry.line.number, object, is_complete)?;
            }
            (Type::Primitive("object", _), Some(_)) => {
                let object = self.object(Some(index), schemas)?;
                for key in ["properties", "required"] {
                    if let Some(value) = object.get(key) {
                        put(&mut schema, key, value.clone());
                    }
                }
            }
            _ => return unexpected(entry.line, "child attributes only of an object or an array"),
        }
        describe(&mut schema, &entry.description);
        if entry.field.deprecated || entry.description.contains("(deprecated") {
            put(&mut schema, "deprecated", true.into());
        }
        Ok(schema)
    }
}

/// Sets the keyword `key` of `schema`.
fn put(schema: &mut Value, key: &str, value: Value) {
    if let Some(object) = schema.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

/// Sets the description of `schema`, unless it is empty.
pub fn describe(schema: &mut Value, description: &str) {
    if !description.is_empty() {
        put(schema, "description", description.into());
    }
}
