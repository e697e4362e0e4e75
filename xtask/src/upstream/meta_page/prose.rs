//! Which lines may be prose.
//!
//! A field whose type is not known must not pass for a sentence of the description before it, so
//! a line that resembles a field is not prose.

use lazy_regex::regex_captures;

use super::{
    field::is_field_name,
    types::{FORMATS, Type},
};

/// The words by which types begin, those of other notations included.
const TYPE_WORDS: [&str; 20] = [
    "any", "array", "bool", "boolean", "date", "datetime", "double", "enum", "file", "float",
    "int32", "int64", "integer", "list", "long", "map", "null", "number", "object", "string",
];

/// The type words in which hardly any word of English ends.
const GLUED_TYPE_WORDS: [&str; 14] = [
    "array", "bool", "boolean", "datetime", "double", "enum", "float", "int32", "int64", "integer",
    "null", "number", "object", "string",
];

/// Returns whether `text` may be part of a description.
pub fn is_prose(text: &str) -> bool {
    let is_markup = text.contains('·')
        || text.starts_with(['|', '<', '#', '!', '~'])
        || text.starts_with("**")
        || text.starts_with("* * *");
    // Another wording of the line before child attributes, which would then be lost.
    let is_offer = (text.starts_with("Show ") || text.starts_with("Hide "))
        && (text.ends_with("attributes") || text.ends_with("properties"));
    let item = regex_captures!(r"^(?:[*+-]|\d+[.)]) (.*)", text).map(|(_, item)| item);
    !is_markup && !is_offer && !item.map_or_else(|| resembles_field(text), item_resembles_field)
}

/// [`resembles_field`] for an item of a list, which may be one word.
fn item_resembles_field(item: &str) -> bool {
    let is_word = !item.contains(char::is_whitespace);
    is_glued(item) || (!is_word && resembles_field(item))
}

/// Returns whether `text` is a capitalised word, such as `Added`. Where fields follow without a
/// rule between them, it could be the name of a parameter with an unknown type.
pub fn is_word(text: &str) -> bool {
    let (first, rest) = text.split_at_checked(1).unwrap_or_default();
    let is_small = rest.bytes().all(|byte| byte.is_ascii_lowercase());
    first.starts_with(|first: char| first.is_ascii_uppercase()) && is_small
}

/// Returns whether `text` could be meant as a field: a name with a type, known or not.
fn resembles_field(text: &str) -> bool {
    let first = text.split(char::is_whitespace).next().unwrap_or_default();
    let rest = text[first.len()..].trim_start();
    if rest.is_empty() {
        return resembles_lone_field(first);
    }
    is_apart(first, rest)
        || (is_glued(first) && !is_identifier_in_sentence(first, rest))
        || ends_as_type(first, rest)
}

/// Returns whether a name and a type stand side by side: `currency: string`, `currency string`,
/// `currency (string, required)`, `currency - string`.
fn is_apart(first: &str, rest: &str) -> bool {
    let plain = first.trim_matches(['`', '"', '\'', ':']);
    let has_colon = first.ends_with(':');
    let kind = rest.trim_start_matches(['(', '-', '–', '—', ' ']);
    let has_sign = has_colon || kind.len() < rest.len();
    // `JSON object` and `Empty string` are words of a sentence.
    let is_name = starts_small(plain) || plain.contains(['-', '_']);
    let is_one_word = !kind.contains(' ') && !kind.ends_with(['.', ',', '!']);
    let is_schema = is_one_word && kind.starts_with(|first: char| first.is_ascii_uppercase());
    let is_marked = rest.ends_with("(required)") || rest.ends_with("(optional)");
    is_field_name(plain)
        && ((is_name && (is_type(kind) || is_schema))
            || (has_colon && (is_type(kind) || (is_name && is_marked)))
            || (has_sign && (is_name || has_colon) && starts_as_type(kind)))
}

/// [`resembles_field`] for a line of one word.
fn resembles_lone_field(word: &str) -> bool {
    let is_sentence = word.ends_with(['.', ':', '!', '?', ',']) || word.starts_with("http");
    !is_sentence || is_glued(word)
}

/// Returns whether `rest`, behind a name, is nothing but a type.
fn is_type(rest: &str) -> bool {
    let plain = rest.trim_end_matches([')', ',', ';']);
    let plain = plain.strip_suffix(" required").unwrap_or(plain);
    let is_known = |text: &str| {
        TYPE_WORDS.contains(&text)
            || matches!(Type::parse(text), Some(kind) if !matches!(kind, Type::Named(_)))
    };
    let mut small = plain.to_owned();
    if let Some(first) = small.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    is_known(plain) || is_known(&small)
}

/// Returns whether `rest` begins with the word of a type.
fn starts_as_type(rest: &str) -> bool {
    starts_with_any(rest, &TYPE_WORDS)
}

/// Returns whether the first word of `text` is one of `words`.
fn starts_with_any(text: &str, words: &[&str]) -> bool {
    let word = text
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .next();
    word.is_some_and(|word| words.contains(&word))
}

/// Returns whether `word` is a name and a type run together.
fn is_glued(word: &str) -> bool {
    let plain = word
        .split(['<', '[', '{', '(', '"', ',', ':', ';', '?'])
        .next()
        .unwrap_or_default();
    let has_type = GLUED_TYPE_WORDS
        .iter()
        .any(|kind| plain.strip_suffix(kind).is_some_and(is_field_name));
    // A lower-case name before a capitalised schema: `statusAccountStatus`.
    let has_schema = starts_small(plain)
        && is_field_name(plain)
        && plain.bytes().any(|byte| byte.is_ascii_uppercase());
    has_type || has_schema
}

/// Returns whether `word` is a name that a sentence speaks of, such as `phone_number` in
/// `phone_number, which is …`.
fn is_identifier_in_sentence(word: &str, rest: &str) -> bool {
    let name = word.trim_end_matches([',', ':']);
    // `display_phone_number` ends in a type word by chance.
    let ends_by_chance =
        name.ends_with("_number") || name.ends_with("_string") || name.ends_with("_object");
    let follows =
        word.len() > name.len() || rest.starts_with(|letter: char| letter.is_ascii_lowercase());
    ends_by_chance && follows && !rest.starts_with("or null")
}

/// Returns whether a word and what follows it end as a type does: `tagsmap of string`,
/// `pricefloat or null`, `agelong [min: 1]`.
fn ends_as_type(first: &str, rest: &str) -> bool {
    // `tagsset of string`, but not a sentence: `status of any request`.
    let items = rest.strip_prefix("of ").unwrap_or_default();
    let is_one_word = !items.is_empty() && !items.contains(' ');
    let is_collection = is_type(items)
        || starts_with_any(items, &GLUED_TYPE_WORDS)
        || (is_one_word && starts_small(first) && !items.ends_with('.'));
    let format = rest
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    rest == "or null"
        || is_collection
        || rest.starts_with(['|', '<'])
        || (rest.starts_with('[') && !rest.contains("]("))
        || format.is_some_and(|format| FORMATS.contains(&format))
        || first.contains('<')
        || first.contains("[]")
}

/// Returns whether `name` begins as a field does, and not as a sentence.
fn starts_small(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
}
