//! Names and types of fields, which a page writes without a separator: `idstring·required`.

/// The types other than named schemas.
const PRIMITIVES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// The maximum length of the name of a field, in bytes.
const MAX_NAME: usize = 200;

/// The maximum length of a type, in bytes.
const MAX_TYPE: usize = 4000;

/// A field of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    /// The type, in the form of [`canonical`].
    pub kind: String,
    pub required: bool,
}

/// Parses a field such as `idstring·required`. Returns `None` if `text` is not a field.
///
/// If it can be split in several ways, the longest type wins, except that any other type wins over a
/// schema's name. So `clientIdstring` is the string `clientId`, not `client` of the schema `Idstring`.
pub fn field(text: &str) -> Option<Field> {
    let (glued, required) = match text.split_once('·') {
        Some((glued, marker)) if marker.trim() == "required" => (glued.trim_end(), true),
        Some(_) => return None,
        None => (text, false),
    };
    let in_name = glued.bytes().take(MAX_NAME);
    let longest = in_name.take_while(|byte| is_of_name(*byte)).count();
    let splits = (1..=longest).filter_map(|at| {
        let (name, kind) = glued.split_at_checked(at)?;
        let kind = canonical(kind)?;
        // In a word such as `WhatsApp`, `App` is not a schema's name.
        let is_split = is_field_name(name) && (begins_in_lower_case(name) || !is_name(item(&kind)));
        is_split.then(|| (name.to_owned(), kind))
    });
    let splits: Vec<_> = splits.collect();
    let (name, kind) = splits
        .iter()
        .find(|(_, kind)| !is_name(kind))
        .or(splits.first())?
        .clone();
    Some(Field {
        name,
        kind,
        required,
    })
}

/// Returns `text` in the canonical form of a type, or `None` if it is not a type.
pub fn canonical(text: &str) -> Option<String> {
    let text = text.trim_end();
    if text.len() > MAX_TYPE {
        return None;
    }
    if is_name(text) || PRIMITIVES.contains(&text) {
        return Some(text.to_owned());
    }
    if let Some(items) = text.strip_prefix("array of ") {
        return Some(format!("array of {}", canonical(items)?));
    }
    if let Some(items) = text.strip_prefix("array") {
        let items = items.trim_start().strip_prefix('[')?.strip_suffix(']')?;
        return Some(format!("array of {}", canonical(items)?));
    }
    if let Some((primitive, format)) = text.split_once(" (") {
        let format = format.strip_suffix(')')?;
        let is_format = PRIMITIVES.contains(&primitive) && is_field_name(format);
        return is_format.then(|| format!("{primitive} ({format})"));
    }
    if let Some(values) = text.strip_prefix("One of ") {
        let values: Vec<_> = values.split(", ").collect();
        let all_quoted = values.iter().all(|value| is_quoted(value));
        return all_quoted.then(|| one_of(values));
    }
    if let Some(schemas) = text.strip_prefix("Must be one of: ") {
        let schemas: Vec<_> = schemas.split(", ").collect();
        let all_known = schemas
            .iter()
            .all(|schema| is_name(schema) || PRIMITIVES.contains(schema));
        return all_known.then(|| one_of(schemas));
    }
    is_quoted(text).then(|| text.to_owned())
}

/// Returns the type that is one of `choices`, which are sorted.
pub fn one_of(mut choices: Vec<&str>) -> String {
    choices.sort_unstable();
    format!("one of {}", choices.join(", "))
}

/// Returns whether `text` is a value in quotes.
fn is_quoted(text: &str) -> bool {
    let value = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
    value.is_some_and(|value| !value.contains('"'))
}

/// Returns the type of the items of `kind`, or `kind` itself if it is not an array.
pub fn item(kind: &str) -> &str {
    kind.strip_prefix("array of ").map_or(kind, item)
}

/// Returns whether `kind` is the name of a schema.
pub fn is_name(kind: &str) -> bool {
    kind.starts_with(|first: char| first.is_ascii_uppercase())
        && kind
            .bytes()
            .all(|character| character.is_ascii_alphanumeric() || character == b'_')
}

/// Returns whether `text` can be the name of a field or a header.
pub fn is_field_name(text: &str) -> bool {
    let plain = text.strip_suffix("[]").unwrap_or(text);
    plain.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && plain.ends_with(|last: char| last.is_ascii_alphanumeric())
        && plain
            .bytes()
            .all(|byte| is_of_name(byte) && byte != b'[' && byte != b']')
}

/// Returns whether `byte` can be part of the name of a field, including the `[]` of a list's items.
fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']')
}

/// Returns whether `name` does not begin with a capital letter, as a sentence would.
fn begins_in_lower_case(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_uppercase())
}

/// Returns whether `text` can be part of a description. A field with an unknown type must not be
/// treated as one.
pub fn is_prose(text: &str) -> bool {
    if text.contains('·') || text.starts_with(['|', '<', '#']) || text.starts_with("**") {
        return false;
    }
    let words: Vec<_> = text.split_whitespace().collect();
    match words.as_slice() {
        [word] => {
            let is_capitalised = word.starts_with(|first: char| first.is_ascii_uppercase())
                && word
                    .bytes()
                    .skip(1)
                    .all(|letter| letter.is_ascii_lowercase());
            let is_upper_case = !word.bytes().any(|letter| letter.is_ascii_lowercase());
            is_capitalised || is_upper_case || !is_field_name(word)
        }
        [name, kind] | [name, kind, "required"] => {
            // `page number` and `JSON object` can be part of a sentence.
            let is_kind = ["array", "boolean", "integer", "string"].contains(kind);
            !(is_kind && is_field_name(name) && begins_in_lower_case(name))
        }
        _ => true,
    }
}
