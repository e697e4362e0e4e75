//! `type` as an array, and the type `null`, which 3.0 does not have.

use serde_json::{Map, Value};

use crate::{
    openapi::{keys, pointer::child},
    pipeline::notes::Notes,
};

use super::{arrays, content, values};

/// Reduces `type` to at most one type: `null` becomes `nullable`, several types become a union.
pub fn lower(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let mut types = values::types(schema);
    let listed = types.len();
    types.retain(|kind| kind != "null");
    // An `enum` without null excludes null. Beside a single `type`, `nullable` does not change
    // that, but beside a union it would.
    let values = schema.get("enum").and_then(Value::as_array);
    let listed_null = values.is_none_or(|values| values.contains(&Value::Null));
    let nullable = types.len() < listed && (listed_null || types.len() < 2);
    match types.as_slice() {
        [] if nullable => only_null(schema, "type", pointer, notes),
        [] => {}
        [one] => {
            schema.insert("type".to_owned(), one.as_str().into());
        }
        _ => return split(schema, types, nullable, pointer, notes),
    }
    if nullable {
        schema.insert("nullable".to_owned(), true.into());
    }
}

/// Lowers a schema that accepts only null to an `enum`, the only equivalent in 3.0.
///
/// The `enum` replaces `keyword`.
pub fn only_null(schema: &mut Map<String, Value>, keyword: &str, pointer: &str, notes: &mut Notes) {
    if schema.contains_key("enum") {
        schema.shift_remove(keyword);
        return;
    }
    let entries = Map::from_iter([
        ("nullable".to_owned(), true.into()),
        ("enum".to_owned(), vec![Value::Null].into()),
    ]);
    keys::replace(schema, keyword, entries);
    notes.warn(
        &child(pointer, keyword),
        "a schema of only null is lowered to a nullable `enum` of null",
    );
}

/// Splits the schema into a branch for each type, with the keywords that apply to the type.
fn split(
    schema: &mut Map<String, Value>,
    types: Vec<String>,
    nullable: bool,
    pointer: &str,
    notes: &mut Notes,
) {
    let mut branches: Vec<Map<String, Value>> = Vec::new();
    let listed = match schema.get("enum") {
        Some(Value::Array(listed)) => Some(listed.clone()),
        _ => None,
    };
    for kind in &types {
        let mut branch = Map::from_iter([("type".to_owned(), kind.as_str().into())]);
        if let Some(listed) = &listed {
            let own: Vec<Value> = listed
                .iter()
                .filter(|value| branch_type(&types, value) == Some(kind))
                .cloned()
                .collect();
            if own.is_empty() {
                continue;
            }
            branch.insert("enum".to_owned(), own.into());
        }
        let keywords = schema
            .iter()
            .filter(|(keyword, value)| applies_to(kind, keyword, value));
        branch.extend(keywords.map(|(keyword, value)| (keyword.clone(), value.clone())));
        arrays::add_items(&mut branch, pointer, notes);
        branches.push(branch);
    }
    let every = ["string", "number", "array", "object"];
    schema.retain(|keyword, value| {
        keyword != "enum"
            && !every.iter().any(|kind| applies_to(kind, keyword, value))
            && (keyword != "format" || !value.is_string())
    });
    match branches.len() {
        // The `enum` has no value of these types, which was refused before.
        0 => {
            schema.shift_remove("type");
        }
        1 => {
            let mut branch = branches.remove(0);
            if nullable {
                branch.insert("nullable".to_owned(), true.into());
            }
            keys::replace(schema, "type", branch);
        }
        _ => combine(schema, &types, branches, nullable),
    }
}

/// Returns the type among `types` whose branch gets the `enum` value.
fn branch_type<'t>(types: &'t [String], value: &Value) -> Option<&'t String> {
    let accepting = || types.iter().filter(|kind| values::accepts(kind, value));
    accepting()
        .find(|kind| *kind == "integer")
        .or_else(|| accepting().next())
}

/// Returns whether `keyword` applies to values of type `kind`.
fn applies_to(kind: &str, keyword: &str, value: &Value) -> bool {
    match (keyword, kind) {
        ("minLength" | "maxLength" | "pattern", "string")
        | (
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf",
            "number" | "integer",
        )
        | ("items" | "minItems" | "maxItems" | "uniqueItems", "array")
        | (
            "properties" | "required" | "additionalProperties" | "minProperties" | "maxProperties",
            "object",
        ) => true,
        ("format", "string" | "number" | "integer") => {
            // An unknown format can apply to any of them.
            value
                .as_str()
                .and_then(content::type_of_format)
                .is_none_or(|known| known == kind)
        }
        _ => false,
    }
}

/// Replaces `type` by a union of `branches`.
fn combine(
    schema: &mut Map<String, Value>,
    types: &[String],
    branches: Vec<Map<String, Value>>,
    nullable: bool,
) {
    // An integer matches both types, which `oneOf` would reject.
    let both = ["integer", "number"]
        .iter()
        .all(|kind| types.iter().any(|other| other == kind));
    let union = if both { "anyOf" } else { "oneOf" };
    let branches = branches.into_iter().map(Value::Object).collect();
    let has = |keyword: &str| schema.contains_key(keyword);
    let own_union = has("anyOf") || has("oneOf");
    if !own_union && !(nullable && (has("allOf") || has("not"))) {
        keys::rename(schema, "type", union, branches);
        if nullable {
            schema.insert("nullable".to_owned(), true.into());
        }
        return;
    }
    // `nullable` from the types must not apply to the other constraints.
    let mut branch = Map::from_iter([(union.to_owned(), branches)]);
    if nullable {
        branch.insert("nullable".to_owned(), true.into());
    }
    keys::add_to_all_of(schema, "type", branch.into());
    for own in ["anyOf", "oneOf"] {
        let mut branch = keys::pick(schema, &[own]);
        if branch.is_empty() {
            continue;
        }
        if let Some(discriminator) = schema.shift_remove("discriminator") {
            branch.insert("discriminator".to_owned(), discriminator);
        }
        keys::add_to_all_of(schema, own, branch.into());
    }
}
