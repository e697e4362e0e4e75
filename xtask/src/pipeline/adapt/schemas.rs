//! What typify would read into a schema and should not, in requests and answers alike.

use heck::ToSnakeCase;
use serde_json::{Map, Value, json};

use crate::{
    openapi::{pointer::child, walk},
    pipeline::notes::Notes,
};

/// Formats for which typify uses crates (`uuid`, `chrono`) or types that this crate does without.
const FORMATS_WITH_TYPES: [&str; 6] = ["date", "date-time", "ip", "ipv4", "ipv6", "uuid"];

/// The longest list of a fixed length that serde can read.
const MAX_FIXED_LENGTH: u64 = 32;

/// The value of `x-rust-type` that makes typify use the type at `path` instead of its own. Paths
/// begin with `waba` for types of the crate, and with `api` for those of the document's own module.
pub fn rust_type(path: &str, parameters: &[Value]) -> Value {
    let name = path.split("::").next().unwrap_or(path);
    let mut value = json!({"crate": name, "version": "*", "path": path});
    if !parameters.is_empty() {
        value["parameters"] = parameters.to_vec().into();
    }
    value
}

/// Fits every schema of `document`.
pub fn adapt(document: &mut Value, notes: &mut Notes) {
    walk::schemas(document, &mut |schema, pointer| {
        let Value::Object(schema) = schema else {
            return;
        };
        // A default is what the server fills in; a client that sends it overrides what is there.
        move_to_extension(schema, "default", "x-default");
        if schema
            .get("format")
            .and_then(Value::as_str)
            .is_some_and(|format| FORMATS_WITH_TYPES.contains(&format))
        {
            move_to_extension(schema, "format", "x-format");
        }
        // typify checks it by a whole engine of regular expressions at run time.
        if schema.get("pattern").is_some_and(Value::is_string) {
            notes.warn(pointer, "`pattern` is not checked");
            move_to_extension(schema, "pattern", "x-pattern");
        }
        refuse_required_extra(schema, pointer, notes);
        let count = |bound| schema.get(bound).and_then(Value::as_u64);
        if count("minItems").is_some_and(|minimum| minimum > MAX_FIXED_LENGTH)
            && count("minItems") == count("maxItems")
        {
            notes.warn(pointer, "the length of the list is not checked");
            move_to_extension(schema, "minItems", "x-minItems");
            move_to_extension(schema, "maxItems", "x-maxItems");
        }
        for (exclusive, bound) in [
            ("exclusiveMinimum", "minimum"),
            ("exclusiveMaximum", "maximum"),
        ] {
            if schema.get(exclusive) == Some(&Value::Bool(true)) && !schema.contains_key(bound) {
                notes.warn(
                    pointer,
                    format!("`{exclusive}` without `{bound}` means nothing"),
                );
                schema.shift_remove(exclusive);
            }
        }
        accept_zero(schema, pointer, notes);
    });
}

/// Lets an integer of at least 1 be a plain one: typify makes it a `NonZeroU64`, which no literal
/// and no variable of a caller converts into.
fn accept_zero(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let minimum = schema.get("minimum").and_then(Value::as_f64);
    let is_exclusive = schema.get("exclusiveMinimum") == Some(&Value::Bool(true));
    let is_positive = minimum == Some(if is_exclusive { 0.0 } else { 1.0 });
    if schema.get("type") == Some(&json!("integer")) && is_positive {
        notes.warn(pointer, "0 is not refused before it is sent");
        schema.shift_remove("exclusiveMinimum");
        move_to_extension(schema, "minimum", "x-minimum");
        schema.insert("x-minimum".to_owned(), json!(1));
        schema.insert("minimum".to_owned(), json!(0));
    }
}

/// Whether `member` has the name that typify gives to the map of further members.
pub fn is_named_extra(member: &str) -> bool {
    member.to_snake_case() == "extra"
}

/// Refuses a required member called `extra`: build.rs takes it for the map of further members,
/// which may always be left out.
fn refuse_required_extra(schema: &Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let properties = schema.get("properties").and_then(Value::as_object);
    let required = schema.get("required").and_then(Value::as_array);
    for name in required.into_iter().flatten().filter_map(Value::as_str) {
        if is_named_extra(name) && properties.is_some_and(|all| all.contains_key(name)) {
            notes.refuse(
                &child(&child(pointer, "properties"), name),
                "a required member called `extra`, which the generated code keeps for others",
                "take it out of `required` in the overlay",
            );
        }
    }
}

/// Keeps the value of `keyword` for readers, under a name that no generator acts on.
pub fn move_to_extension(schema: &mut Map<String, Value>, keyword: &str, extension: &str) {
    if !schema.contains_key(keyword) {
        return;
    }
    // In place, so that a reviewer sees one changed line.
    *schema = std::mem::take(schema)
        .into_iter()
        .map(|(key, value)| {
            if key == keyword {
                (extension.to_owned(), value)
            } else {
                (key, value)
            }
        })
        .collect();
}
