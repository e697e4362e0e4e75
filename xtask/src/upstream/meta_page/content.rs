//! The bodies of requests and responses: a media type and a schema.

use serde_json::{Map, Value, json};

use super::{
    Read,
    description::{self, CHILDREN},
    entries::entries,
    lines::{Cursor, Kind},
    nesting::Hints,
    object::nest,
    schemas::Schemas,
    types::Type,
    unexpected,
};

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
                let (object, is_complete) =
                    nest(&entries(cursor, None)?, Some(name), schemas, hints)?;
                schemas.define(name, line.number, object, is_complete)?;
            }
            Type::Choice(variants) => {
                title(cursor, text)?;
                let variants = choice(cursor, variants, schemas, hints)?;
                schema = json!({"oneOf": variants});
            }
            Type::Primitive("object", _) => {
                (schema, _) = nest(&entries(cursor, None)?, None, schemas, hints)?
            }
            _ => return unexpected(line, "child attributes only of an object"),
        }
    }
    let mut content = Map::new();
    content.insert("schema".to_owned(), schema);
    Ok(Some((media_type.to_owned(), content)))
}

/// Reads the name of a schema, which is repeated above its fields.
fn title(cursor: &mut Cursor<'_>, name: &str) -> Read<()> {
    cursor.skip_text(name)?;
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
        let line = cursor.expect_text(&format!("the schema `{name}`"), |text| text == name)?;
        let mut schema = schemas.reference(name);
        description::add(&mut schema, &description::read(cursor)?);
        if cursor.next_text_if(|text| text == CHILDREN).is_some() {
            cursor.expect(Kind::Rule, "a rule")?;
            let next = match variants.get(nth + 1) {
                Some(Type::Named(next)) => Some(next.as_str()),
                _ => None,
            };
            let entries = entries(cursor, next)?;
            let (object, is_complete) =
                nest(&entries, Some(name), schemas, &hints.of_variant(&entries))?;
            schemas.define(name, line.number, object, is_complete)?;
        }
        read.push(schema);
    }
    Ok(read)
}
