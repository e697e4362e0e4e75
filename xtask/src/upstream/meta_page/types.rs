//! The types of fields, such as `array of string (uri)`.

use serde_json::{Map, Number, Value, json};

use super::schemas::Schemas;

/// The types of JSON Schema that pages name.
const PRIMITIVES: [&str; 5] = ["boolean", "integer", "number", "object", "string"];

/// The formats of types. Others could be marks, as in `string (deprecated)`.
pub const FORMATS: [&str; 17] = [
    "binary",
    "byte",
    "date",
    "date-time",
    "double",
    "duration",
    "email",
    "float",
    "hostname",
    "int32",
    "int64",
    "ipv4",
    "ipv6",
    "password",
    "time",
    "uri",
    "uuid",
];

/// Words that pages put beside fields. None is the name of a schema.
const MARKS: [&str; 8] = [
    "Beta",
    "Deprecated",
    "New",
    "Nullable",
    "Optional",
    "ReadOnly",
    "Required",
    "WriteOnly",
];

/// The deepest type that is read, such as an array of arrays.
const DEEPEST: usize = 8;

/// The longest type that is read, in bytes.
const LONGEST: usize = 4000;

/// The type of a field or a body.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// A type of JSON Schema with its format and bounds, as a schema.
    Primitive(&'static str, Map<String, Value>),
    /// The name of a schema.
    Named(String),
    Array(Option<Box<Type>>),
    Map(Box<Type>),
    /// A string that is one of these values.
    Enum(Vec<String>),
    /// One of several types.
    Choice(Vec<Type>),
    Nullable(Box<Type>),
}

impl Type {
    /// Parses `text`. Returns nothing if any part of it is not understood.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() <= LONGEST).then(|| parse(text, DEEPEST))?
    }

    /// Returns the type without `or null`.
    pub fn not_null(&self) -> &Self {
        match self {
            Self::Nullable(inner) => inner,
            other => other,
        }
    }

    /// Returns the schema of this type. Named schemas become references, noted in `schemas`.
    pub fn schema(&self, schemas: &mut Schemas) -> Value {
        match self {
            Self::Primitive(name, keywords) => {
                let mut schema = Map::new();
                schema.insert("type".to_owned(), (*name).into());
                schema.extend(keywords.clone());
                schema.into()
            }
            Self::Named(name) => schemas.reference(name),
            Self::Array(None) => json!({"type": "array"}),
            Self::Array(Some(items)) => json!({"type": "array", "items": items.schema(schemas)}),
            Self::Map(values) => {
                json!({"type": "object", "additionalProperties": values.schema(schemas)})
            }
            Self::Enum(values) => json!({"type": "string", "enum": values}),
            Self::Choice(types) => {
                let schemas: Vec<_> = types.iter().map(|kind| kind.schema(schemas)).collect();
                json!({"oneOf": schemas})
            }
            Self::Nullable(inner) => nullable(inner.schema(schemas)),
        }
    }
}

/// Returns a schema of null and what `schema` allows.
fn nullable(mut schema: Value) -> Value {
    match schema.as_object_mut() {
        Some(object) if object.contains_key("type") && !object.contains_key("enum") => {
            if let Some(kind) = object.get_mut("type") {
                *kind = json!([kind.take(), "null"]);
            }
            schema
        }
        _ => json!({"anyOf": [schema, {"type": "null"}]}),
    }
}

/// [`Type::parse`] for a type that may be `depth` levels deep.
fn parse(text: &str, depth: usize) -> Option<Type> {
    let depth = depth.checked_sub(1)?;
    let inner = |text| parse(text, depth).map(Box::new);
    if is_schema_name(text) {
        return Some(Type::Named(text.to_owned()));
    }
    if text == "array" {
        return Some(Type::Array(None));
    }
    if let Some(kind) = text.strip_suffix(" or null") {
        return Some(Type::Nullable(inner(kind)?));
    }
    if let Some(items) = text.strip_prefix("array of ") {
        return Some(Type::Array(Some(inner(items)?)));
    }
    if let Some(items) = between(text, "array<", ">") {
        return Some(Type::Array(Some(inner(items)?)));
    }
    if let Some(values) = text.strip_prefix("map of ") {
        return Some(Type::Map(inner(values)?));
    }
    if let Some(values) = text.strip_prefix("One of ") {
        let values = values.split(", ").map(quoted);
        return values.collect::<Option<Vec<_>>>().map(Type::Enum);
    }
    if let Some(types) = text.strip_prefix("Must be one of: ") {
        let types = types.split(", ").map(|kind| parse(kind, depth));
        return types.collect::<Option<Vec<_>>>().map(Type::Choice);
    }
    if let Some(value) = quoted(text) {
        return Some(Type::Enum(vec![value]));
    }
    primitive(text)
}

/// Parses a type of JSON Schema, such as `integer (int64) [min: 1, max: 100]`.
fn primitive(text: &str) -> Option<Type> {
    let name = PRIMITIVES.into_iter().find(|name| text.starts_with(name))?;
    let mut rest = &text[name.len()..];
    let mut keywords = Map::new();
    if let Some((format, after)) = rest
        .strip_prefix(" (")
        .and_then(|rest| rest.split_once(')'))
    {
        if !FORMATS.contains(&format) {
            return None;
        }
        keywords.insert("format".to_owned(), format.into());
        rest = after;
    }
    if let Some(bounds) = between(rest, " [", "]") {
        // On other types it is not clear what is bounded: the value or its length.
        if !["integer", "number"].contains(&name) {
            return None;
        }
        for bound in bounds.split(", ") {
            let (key, value) = bound.split_once(": ")?;
            let key = match key {
                "min" => "minimum",
                "max" => "maximum",
                "default" => "default",
                _ => return None,
            };
            let value: Number = value.parse().ok()?;
            if keywords.insert(key.to_owned(), value.into()).is_some() {
                return None;
            }
        }
        rest = "";
    }
    rest.is_empty().then_some(Type::Primitive(name, keywords))
}

/// Returns the text of `text` between `start` and `end`.
fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    text.strip_prefix(start)?.strip_suffix(end)
}

/// Returns the value that `text` puts in quotes.
fn quoted(text: &str) -> Option<String> {
    let value = between(text, "\"", "\"")?;
    (!value.contains('"')).then(|| value.to_owned())
}

/// Returns whether `text` can be the name of a schema.
pub fn is_schema_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_uppercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !MARKS.contains(&text)
}
