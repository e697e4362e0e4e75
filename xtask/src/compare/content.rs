//! Compares the content of bodies and responses, and the values of headers and parameters. Media
//! types, headers and values contain each other.

mod serialization;

use super::{cursor::Cursor, normalize::Schema, rules::Rule};
use crate::openapi::node::Node;
use serialization::canonical_media_type;

pub use serialization::Serialization;

/// Compares the `content` of two bodies, responses, parameters or headers.
pub fn compare(parent: &Cursor<'_, '_>) {
    for (name, media_type) in parent.child("content").entries(canonical_media_type) {
        let subject = format!("the media type `{name}`");
        let rules = [Rule::MediaTypeRemoved, Rule::MediaTypeAdded];
        media_type.compare_entry(&subject, rules, compare_media_type);
    }
}

fn compare_media_type(media_type: &Cursor<'_, '_>) {
    media_type.compare_keywords_except(&["schema", "encoding"]);
    let encoding = media_type.child("encoding");
    for part in encoding.keys() {
        compare_encoding(part, &encoding.child(part));
    }
    media_type.queue_schemas(&media_type.sides().map(|side| Schema::of(&side)));
}

/// Compares the encoding of one part of a multipart or form body.
fn compare_encoding(part: &str, encoding: &Cursor<'_, '_>) {
    const SERIALIZATION: [&str; 4] = ["contentType", "style", "explode", "allowReserved"];
    compare_headers(&encoding.flipped());
    for keyword in SERIALIZATION {
        let option = encoding.child(keyword);
        if option.old != option.new {
            let message = format!("`{keyword}` of the part `{part}` changed");
            option.record_values(Rule::SerializationChanged, message);
        }
    }
    encoding.compare_keywords_except(&[&SERIALIZATION[..], &["headers"]].concat());
}

/// Compares the `headers` of two responses or parts of a body. The direction of `parent` is that of
/// the request.
pub fn compare_headers(parent: &Cursor<'_, '_>) {
    for (name, header) in parent.child("headers").entries(str::to_lowercase) {
        // `content` describes the media types.
        if name == "content-type" {
            continue;
        }
        let subject = format!("the header `{}`", header.key());
        let rules = [Rule::HeaderRemoved, Rule::HeaderAdded];
        header.compare_entry(&subject, rules, compare_header);
    }
}

fn compare_header(header: &Cursor<'_, '_>) {
    let header = header.resolve();
    header.record_required("the header", [Rule::HeaderRequired, Rule::HeaderOptional]);
    compare_value("the header", &header.flipped());
}

/// Compares the schemas and the serialization of two parameters or headers. `subject` names them in
/// messages.
pub fn compare_value(subject: &str, value: &Cursor<'_, '_>) {
    for keyword in value.keys() {
        match keyword {
            // Compared by the callers or below.
            "name" | "in" | "required" | "schema" | "content" | "style" | "explode"
            | "allowReserved" => {}
            "deprecated" => value.compare_deprecated(subject),
            "allowEmptyValue" => {
                let (rule, message) = match value.changed_flag(keyword) {
                    Some(true) => (Rule::EmptyValueAllowed, "an empty value became valid"),
                    Some(false) => (Rule::EmptyValueRefused, "an empty value became invalid"),
                    None => continue,
                };
                value.child(keyword).record(rule, message);
            }
            _ => value.compare_keyword(keyword),
        }
    }
    let sides = value.sides();
    let schemas = sides.each_ref().map(schema);
    let scalar = value.comparer.is_scalar(&schemas);
    let [before, after] = sides
        .each_ref()
        .map(|side| Serialization::of(side.value, scalar));
    let [old, new] = sides;
    // A parameter that moved is serialized in another way in any case.
    if before != after && old.value["in"] == new.value["in"] {
        let message = format!("the serialization changed from {before} to {after}");
        value.record(Rule::SerializationChanged, message);
    }
    match value.child("content").is_in_both() {
        true => compare(value),
        false => value.queue_schemas(&schemas),
    }
}

/// Returns the schema of a parameter or header, or that of its media type.
pub fn schema<'d>(parameter: &Node<'d>) -> Schema<'d> {
    let content = parameter.child("content");
    let media_types = content.value.as_object();
    match media_types.and_then(|media_types| media_types.keys().next()) {
        Some(name) => Schema::of(&content.child(name)),
        None => Schema::of(parameter),
    }
}
