//! Keywords that typify would act on although it should not, in requests and responses.

use heck::ToSnakeCase;
use serde_json::{Map, Value, json};

use crate::{
    openapi::{keys, pointer::child, walk},
    pipeline::{notes::Notes, round_trip},
};

/// Formats for which typify uses types of other crates (`uuid`, `chrono`) or of `std`.
const FORMATS_WITH_TYPES: [&str; 6] = ["date", "date-time", "ip", "ipv4", "ipv6", "uuid"];

/// The longest fixed-length array that serde supports.
const MAX_FIXED_LENGTH: u64 = 32;

/// Returns the value of `x-rust-type` that makes typify use the type at `path`.
///
/// Paths start with `waba` for types of the crate, and with `api` for types of the document's own
/// module.
pub fn rust_type(path: &str, parameters: &[Value]) -> Value {
    let name = path.split("::").next().unwrap_or(path);
    let mut value = json!({"crate": name, "version": "*", "path": path});
    if !parameters.is_empty() {
        value["parameters"] = parameters.to_vec().into();
    }
    value
}

/// Adapts every schema of `document`.
pub fn adapt(document: &mut Value, notes: &mut Notes) {
    walk::schemas(document, &mut |schema, pointer| {
        let Value::Object(schema) = schema else {
            return;
        };
        // The server applies defaults. A client that sends one would overwrite the stored value.
        move_to_extension(schema, "default", "x-default");
        drop_format(schema);
        drop_unsupported(schema, pointer, notes);
        if schema.get("type") == Some(&json!("string"))
            && schema.get("format") == Some(&json!("password"))
        {
            schema.insert("x-rust-type".to_owned(), rust_type("waba::Secret", &[]));
        }
        // typify validates it with a regular expression engine, as one more dependency.
        if schema.get("pattern").is_some_and(Value::is_string) {
            notes.warn(pointer, "`pattern` is not validated");
            move_to_extension(schema, "pattern", "x-pattern");
        }
        refuse_required_extra(schema, pointer, notes);
        let count = |bound| schema.get(bound).and_then(Value::as_u64);
        if count("minItems").is_some_and(|minimum| minimum > MAX_FIXED_LENGTH)
            && count("minItems") == count("maxItems")
        {
            notes.warn(pointer, "the fixed length of the array is not validated");
            move_to_extension(schema, "minItems", "x-minItems");
            move_to_extension(schema, "maxItems", "x-maxItems");
        }
        drop_inexact_bounds(schema, pointer, notes);
        for (exclusive, bound) in [
            ("exclusiveMinimum", "minimum"),
            ("exclusiveMaximum", "maximum"),
        ] {
            if schema.get(exclusive) == Some(&Value::Bool(true)) && !schema.contains_key(bound) {
                notes.warn(
                    pointer,
                    format!("`{exclusive}` without `{bound}` has no effect and is dropped"),
                );
                schema.shift_remove(exclusive);
            }
        }
        accept_zero(schema, pointer, notes);
        accept_absent_collections(schema);
    });
}

/// Drops a format for which typify uses a type of another crate, or that it does not support because the
/// schema is not that of a string or number.
fn drop_format(schema: &mut Map<String, Value>) {
    let text = |keyword| {
        schema
            .get(keyword)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    if FORMATS_WITH_TYPES.contains(&text("format"))
        || !matches!(text("type"), "string" | "integer" | "number")
    {
        move_to_extension(schema, "format", "x-format");
    }
}

/// Drops or refuses keywords that typify does not support.
fn drop_unsupported(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let kind = schema.get("type").and_then(Value::as_str);
    let is_scalar = matches!(kind, Some("string" | "integer" | "number" | "boolean"));
    if schema.contains_key("enum") && !is_scalar {
        let text = "`enum` is not validated: its values are not of one scalar type";
        notes.warn(pointer, text);
        move_to_extension(schema, "enum", "x-enum");
    }
    // `not: {}` is the schema that accepts nothing.
    if schema.get("not").is_some_and(|not| *not != json!({})) {
        notes.warn(pointer, "`not` is not validated");
        move_to_extension(schema, "not", "x-not");
    }
    if schema.contains_key("anyOf") && schema.contains_key("oneOf") {
        let problem = "`anyOf` beside `oneOf` is not supported";
        notes.refuse(pointer, problem, "keep one of them in the overlay");
    }
}

/// Allows null for optional arrays and maps. typify generates a `Vec` or a map otherwise, which fails
/// to decode null, and encodes an empty collection as an absent one.
fn accept_absent_collections(schema: &mut Map<String, Value>) {
    let required = schema.get("required").and_then(Value::as_array).cloned();
    let required = required.unwrap_or_default();
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    for (name, property) in properties {
        let Value::Object(property) = property else {
            continue;
        };
        let is = |kind: &str| property.get("type").is_some_and(|given| given == kind);
        let has_properties = keys::has_any(property, &["properties", "allOf", "anyOf", "oneOf"]);
        let is_collection = is("array") || (is("object") && !has_properties);
        if is_collection && !required.contains(&json!(name)) {
            property.insert("nullable".to_owned(), Value::Bool(true));
        }
    }
}

/// Drops bounds that the generator cannot represent: an integer beyond 64 bits, or a number with more
/// digits than an `f64`. The client enforces none of them.
fn drop_inexact_bounds(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let is_integer = schema.get("type") == Some(&json!("integer"));
    for keyword in ["minimum", "maximum", "multipleOf"] {
        let Some(Value::Number(bound)) = schema.get(keyword) else {
            continue;
        };
        let is_whole = bound
            .to_string()
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_digit());
        let is_exact = match is_integer && is_whole {
            true => bound.is_i64(),
            false => round_trip::is_exact_float(bound),
        };
        if !is_exact {
            notes.warn(
                pointer,
                format!("`{keyword}: {bound}` is not validated: the generator cannot represent it"),
            );
            move_to_extension(schema, keyword, &format!("x-{keyword}"));
        }
    }
}

/// Lowers an integer minimum of 1 to 0: for 1, typify generates `NonZeroU64`, which is
/// inconvenient for callers.
fn accept_zero(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let minimum = schema.get("minimum").and_then(Value::as_f64);
    let is_exclusive = schema.get("exclusiveMinimum") == Some(&Value::Bool(true));
    let is_positive = minimum == Some(if is_exclusive { 0.0 } else { 1.0 });
    if schema.get("type") == Some(&json!("integer")) && is_positive {
        notes.warn(pointer, "the client accepts 0, although the minimum is 1");
        schema.shift_remove("exclusiveMinimum");
        move_to_extension(schema, "minimum", "x-minimum");
        schema.insert("x-minimum".to_owned(), json!(1));
        schema.insert("minimum".to_owned(), json!(0));
    }
}

/// Returns whether `property` has the name that typify uses for the additional properties.
pub fn is_named_extra(property: &str) -> bool {
    property.to_snake_case() == "extra"
}

/// Refuses a required property called `extra`: build.rs would treat it as the map of additional
/// properties, which is always optional.
fn refuse_required_extra(schema: &Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let properties = schema.get("properties").and_then(Value::as_object);
    let required = schema.get("required").and_then(Value::as_array);
    for name in required.into_iter().flatten().filter_map(Value::as_str) {
        if is_named_extra(name) && properties.is_some_and(|all| all.contains_key(name)) {
            notes.refuse(
                &child(&child(pointer, "properties"), name),
                &format!(
                    "`{name}` is required, but the generated code uses the field name `extra` for \
                     additional properties"
                ),
                "make it optional in the overlay",
            );
        }
    }
}

/// Renames `keyword` to `extension`, which readers see and generators ignore.
pub fn move_to_extension(schema: &mut Map<String, Value>, keyword: &str, extension: &str) {
    if let Some(value) = schema.get(keyword).cloned() {
        keys::rename(schema, keyword, extension, value);
    }
}
