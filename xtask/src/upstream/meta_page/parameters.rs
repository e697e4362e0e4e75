//! The parameters of an operation.

use lazy_regex::regex_captures;
use serde_json::{Map, Value};

use super::{
    Read, available,
    description::{self, ends_prose},
    field::Field,
    lines::{Cursor, Kind, Line},
    prose::is_prose,
    refuse,
    schemas::Schemas,
    types::Type,
    unexpected,
};

/// The extension of the parameter `fields` that holds the fields it can ask for.
pub const AVAILABLE: &str = "x-available-fields";

/// The parameters of an operation.
#[derive(Default)]
pub struct Parameters {
    pub list: Vec<Value>,
    /// The names of the path parameters.
    pub in_path: Vec<String>,
    /// The fields that the parameter `fields` can ask for.
    pub available: Option<Vec<String>>,
}

impl Parameters {
    /// Reads the parameters below `heading`, which go to `place` of the request.
    pub fn read(
        &mut self,
        cursor: &mut Cursor<'_>,
        heading: &Line,
        place: &str,
        schemas: &mut Schemas,
    ) -> Read<()> {
        cursor.expect(Kind::Rule, "a rule")?;
        let before = self.list.len();
        while let Some(line) = cursor.next_text_if(|text| !ends_prose(text)) {
            let Some(field) = Field::parse(&line.text).filter(|field| !field.is_items) else {
                return unexpected(
                    line,
                    "a parameter of a known type, such as `idstring·required`",
                );
            };
            let description = description_of_parameter(cursor)?;
            let parameter = self.parameter(line, field, place, &description, schemas)?;
            self.list.push(parameter);
        }
        if self.list.len() == before {
            return refuse(
                heading.number,
                &format!("`{}` lists no parameter", heading.text),
            );
        }
        Ok(())
    }

    /// Returns the Parameter Object of a field.
    fn parameter(
        &mut self,
        line: &Line,
        field: Field,
        place: &str,
        description: &[&Line],
        schemas: &mut Schemas,
    ) -> Read<Value> {
        let is_known = |known: &Value| known["in"] == place && known["name"] == *field.name;
        if self.list.iter().any(is_known) {
            return unexpected(line, "each parameter once");
        }
        if place == "path" {
            if !field.required {
                return unexpected(line, "a path parameter that is required");
            }
            self.in_path.push(field.name.clone());
        }
        let texts: Vec<_> = description.iter().map(|line| line.text.as_str()).collect();
        let text = texts.join("\n");
        let mut schema = field.kind.schema(schemas);
        if let (Type::Primitive("integer", _), Some(default)) = (&field.kind, default_in(&text)) {
            if schema.get("default").is_some_and(|known| *known != default) {
                let expected = format!("the default {default} of the description");
                return unexpected(line, &expected);
            }
            schema["default"] = default.into();
        }
        let mut parameter = Map::new();
        parameter.insert("name".to_owned(), field.name.clone().into());
        parameter.insert("in".to_owned(), place.into());
        if field.required {
            parameter.insert("required".to_owned(), true.into());
        }
        if field.is_deprecated(&text) {
            parameter.insert("deprecated".to_owned(), true.into());
        }
        parameter.insert("schema".to_owned(), schema);
        if place == "query" && field.name == "fields" {
            self.available = available::fields(description)?;
            if let Some(names) = &self.available {
                parameter.insert(AVAILABLE.to_owned(), names.clone().into());
            }
        }
        let mut parameter = Value::Object(parameter);
        description::add(&mut parameter, &text);
        Ok(parameter)
    }
}

/// Reads the description of a parameter, which ends at the next one.
fn description_of_parameter<'l>(cursor: &mut Cursor<'l>) -> Read<Vec<&'l Line>> {
    let mut lines = Vec::new();
    loop {
        let is_in_list = available::is_open(&lines);
        let is_description = |text: &str| {
            !ends_prose(text) && Field::parse(text).is_none() && !text.starts_with('#')
        };
        let Some(line) = cursor.next_text_if(is_description) else {
            return Ok(lines);
        };
        if !is_prose(&line.text) && !is_in_list {
            return unexpected(line, "a parameter of a known type, or a sentence");
        }
        lines.push(line);
    }
}

/// Returns the default that a description states, as `Default is 25, maximum is 100.`.
fn default_in(description: &str) -> Option<i64> {
    // The commas and points within a number are not the end of it.
    let (_, number) = regex_captures!(r"Default is (-?\d+)(?:[,.]?$|[,.]\s)"m, description)?;
    number.parse().ok()
}
