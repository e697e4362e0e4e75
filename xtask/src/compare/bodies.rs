//! Compares request bodies, and the content of bodies and responses.

use super::{
    changes::{Details, Pointers},
    comparison::{Comparer, keys},
    level::Direction,
    normalize::{Node, Schema},
    pairs::{Pair, pair},
    responses,
    rules::Rule,
    schemas::Position,
};

/// Compares the request bodies of an operation.
pub fn compare_request<'d>(
    comparer: &mut Comparer<'d>,
    old: Option<Node<'d>>,
    new: Option<Node<'d>>,
    direction: Direction,
) {
    let (old, new) = match (old, new) {
        (None, None) => return,
        (Some(old), Some(new)) => (comparer.old.resolve(old), comparer.new.resolve(new)),
        (None, Some(new)) => {
            let pointers = Pointers::added(&*new.pointer);
            let (rule, message) = match comparer.new.resolve(new).is_set("required") {
                true => (
                    Rule::RequiredRequestBodyAdded,
                    "a required request body was added",
                ),
                false => (
                    Rule::OptionalRequestBodyAdded,
                    "an optional request body was added",
                ),
            };
            return comparer.record(rule, direction, pointers, message);
        }
        (Some(old), None) => {
            return comparer.record(
                Rule::RequestBodyRemoved,
                direction,
                Pointers::removed(old.pointer),
                "the request body was removed",
            );
        }
    };
    if old.is_set("required") != new.is_set("required") {
        let (rule, message) = match new.is_set("required") {
            true => (
                Rule::RequestBodyRequired,
                "the request body became required",
            ),
            false => (
                Rule::RequestBodyOptional,
                "the request body became optional",
            ),
        };
        comparer.record(rule, direction, Pointers::of(&old, &new), message);
    }
    comparer.keywords(direction, &old, &new, &["required", "content"]);
    compare_content(comparer, &old, &new, direction);
}

/// Returns the name of a media type in one spelling.
pub fn canonical_media_type(name: &str) -> String {
    let (essence, parameters) = name.split_once(';').unwrap_or((name, ""));
    let mut parameters: Vec<String> = parameters
        .split(';')
        .map(|parameter| parameter.trim().to_lowercase().replace('"', ""))
        // JSON is always in UTF-8.
        .filter(|parameter| !parameter.is_empty() && parameter != "charset=utf-8")
        .collect();
    parameters.sort();
    parameters.insert(0, essence.trim().to_lowercase());
    parameters.join(";")
}

/// Compares the `content` of two bodies, responses, parameters or headers.
pub fn compare_content<'d>(
    comparer: &mut Comparer<'d>,
    old: &Node<'d>,
    new: &Node<'d>,
    direction: Direction,
) {
    let (old, new) = (old.child("content"), new.child("content"));
    for (name, media_type) in pair(&old, &new, canonical_media_type) {
        match media_type {
            Pair::Both(old, new) => compare_media_type(comparer, &old, &new, direction),
            Pair::Removed(old) => comparer.record(
                Rule::MediaTypeRemoved,
                direction,
                Pointers::removed(old.pointer),
                format!("the media type `{name}` was removed"),
            ),
            Pair::Added(new) => comparer.record(
                Rule::MediaTypeAdded,
                direction,
                Pointers::added(new.pointer),
                format!("the media type `{name}` was added"),
            ),
        }
    }
}

fn compare_media_type<'d>(
    comparer: &mut Comparer<'d>,
    old: &Node<'d>,
    new: &Node<'d>,
    direction: Direction,
) {
    comparer.keywords(direction, old, new, &["schema", "encoding"]);
    let (old_encoding, new_encoding) = (old.child("encoding"), new.child("encoding"));
    for part in keys(old_encoding.value, new_encoding.value) {
        let (old, new) = (old_encoding.child(part), new_encoding.child(part));
        compare_encoding(comparer, part, &old, &new, direction);
    }
    comparer.schemas(
        &Schema::of(old),
        &Schema::of(new),
        direction,
        Position::Other,
    );
}

/// Compares the encoding of one part of a multipart or form body.
fn compare_encoding<'d>(
    comparer: &mut Comparer<'d>,
    part: &str,
    old: &Node<'d>,
    new: &Node<'d>,
    direction: Direction,
) {
    const SERIALIZATION: [&str; 4] = ["contentType", "style", "explode", "allowReserved"];
    responses::compare_headers(comparer, old, new, direction.flipped());
    for keyword in SERIALIZATION {
        let (before, after) = (old.value.get(keyword), new.value.get(keyword));
        if before != after {
            let message = format!("`{keyword}` of the part `{part}` changed");
            let details = Details::new(message, before, after);
            let pointers = Pointers::of(old, new).child(keyword);
            comparer.record(Rule::SerializationChanged, direction, pointers, details);
        }
    }
    let others = [&SERIALIZATION[..], &["headers"]].concat();
    comparer.keywords(direction, old, new, &others);
}
