//! Unions with null, which 3.0 expresses as `nullable`.

use serde_json::{Map, Value};

use crate::{
    openapi::{keys, pointer::child},
    pipeline::notes::Notes,
};

use super::{types, values};

const UNIONS: [&str; 2] = ["anyOf", "oneOf"];

const COMPOSITIONS: [&str; 4] = ["allOf", "anyOf", "oneOf", "not"];

/// Returns whether `schema` accepts only null.
fn is_null(schema: &Value) -> bool {
    let Value::Object(schema) = schema else {
        return false;
    };
    let null = Value::Null;
    let only_null = |keyword: &str, value: &Value| match keyword {
        "type" => value == "null" || *value == Value::from(vec!["null"]),
        "const" => value.is_null(),
        "enum" => value
            .as_array()
            .is_some_and(|all| all.iter().all(|value| *value == null)),
        _ => false,
    };
    schema
        .iter()
        .any(|(keyword, value)| only_null(keyword, value))
        && schema.iter().all(|(keyword, value)| {
            only_null(keyword, value) || keyword == "nullable" || keys::is_annotation(keyword)
        })
}

fn branches<'s>(schema: &'s Map<String, Value>, union: &str) -> &'s [Value] {
    schema
        .get(union)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Returns whether a union of the schema has a branch that accepts only null.
pub fn has_null_branch(schema: &Map<String, Value>) -> bool {
    UNIONS
        .iter()
        .any(|union| branches(schema, union).iter().any(is_null))
}

/// Returns the pointers of the branches that accept only null.
pub fn null_branches(schema: &Map<String, Value>, pointer: &str) -> Vec<String> {
    let places = |union: &'static str| {
        let pointer = child(pointer, union);
        branches(schema, union)
            .iter()
            .enumerate()
            .filter(|(_, branch)| is_null(branch))
            .map(move |(index, _)| child(&pointer, &index.to_string()))
    };
    UNIONS.into_iter().flat_map(places).collect()
}

/// Lowers `anyOf: [{$ref}, {type: object, nullable: true}]` to a nullable reference. Literally,
/// the second branch accepts every object, but some documents use it for null.
pub fn reference_or_any_object(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    for union in UNIONS {
        let (first, second) = match branches(schema, union) {
            [first, second] => (first, second),
            _ => continue,
        };
        let reference = match (is_reference(first), is_reference(second)) {
            (true, false) if is_any_object(second) => first.clone(),
            (false, true) if is_any_object(first) => second.clone(),
            _ => continue,
        };
        collapse(schema, union, reference, true);
        schema.insert("nullable".to_owned(), true.into());
        notes.warn(
            &child(pointer, union),
            format!(
                "`{union}` of a reference and a nullable object is lowered to a nullable reference"
            ),
        );
    }
}

fn is_reference(schema: &Value) -> bool {
    let mut keywords = schema.as_object().into_iter().flat_map(Map::keys);
    schema.get("$ref").is_some()
        && keywords.all(|keyword| keyword == "$ref" || keys::is_annotation(keyword))
}

fn is_any_object(schema: &Value) -> bool {
    let mut keywords = schema.as_object().into_iter().flat_map(Map::keys);
    let is_known = |keyword: &String| {
        matches!(keyword.as_str(), "type" | "nullable") || keys::is_annotation(keyword)
    };
    schema["type"] == "object" && schema["nullable"] == true && keywords.all(is_known)
}

/// Removes the branches that accept only null from the unions.
pub fn with_null(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    let excluded = excludes_null(schema);
    for union in UNIONS {
        let nulls = branches(schema, union)
            .iter()
            .filter(|branch| is_null(branch))
            .count();
        if nulls == 0 {
            continue;
        }
        let alone = schema
            .keys()
            .all(|keyword| keyword == union || keys::is_annotation(keyword));
        if excluded || alone {
            without_null(schema, union, !excluded, pointer, notes);
        } else {
            nest(schema, union, pointer, notes);
        }
    }
}

/// Returns whether the keywords beside the unions exclude null.
fn excludes_null(schema: &Map<String, Value>) -> bool {
    let types = values::types(schema);
    let listed = schema.get("enum").and_then(Value::as_array);
    !types.is_empty() && !types.iter().any(|kind| kind == "null")
        || listed.is_some_and(|listed| !listed.contains(&Value::Null))
}

/// Moves the union into `allOf`, so that its `nullable` does not apply to the keywords beside it.
fn nest(schema: &mut Map<String, Value>, union: &str, pointer: &str, notes: &mut Notes) {
    let Some(branches) = schema.get(union).cloned() else {
        return;
    };
    let mut branch = Map::from_iter([(union.to_owned(), branches)]);
    without_null(&mut branch, union, true, pointer, notes);
    keys::add_to_all_of(schema, union, Value::Object(branch));
}

/// Removes the branches that accept only null from one union.
fn without_null(
    schema: &mut Map<String, Value>,
    union: &str,
    nullable: bool,
    pointer: &str,
    notes: &mut Notes,
) {
    let all = branches(schema, union);
    let mut rest: Vec<Value> = all
        .iter()
        .filter(|branch| !is_null(branch))
        .cloned()
        .collect();
    let nulls = all.len() - rest.len();
    if union == "oneOf" && nullable && (nulls > 1 || rest.iter().any(accepts_null)) {
        notes.warn(
            &child(pointer, union),
            "null matches several branches of `oneOf`, which would exclude it: it is accepted",
        );
    }
    match rest.len() {
        0 if nullable => return types::only_null(schema, union, pointer, notes),
        0 => notes.refuse(
            &child(pointer, union),
            &format!("`{union}` accepts only null, which the keywords beside it exclude"),
            "correct one of them in the overlay",
        ),
        1 => collapse(schema, union, rest.remove(0), nullable),
        _ => {
            schema.insert(union.to_owned(), rest.into());
        }
    }
    if nullable {
        schema.insert("nullable".to_owned(), true.into());
    }
}

/// Returns whether a branch evidently accepts null.
fn accepts_null(schema: &Value) -> bool {
    const EXCLUDING: [&str; 7] = ["type", "enum", "$ref", "allOf", "anyOf", "oneOf", "not"];
    match schema {
        Value::Object(schema) => {
            schema.get("nullable") == Some(&Value::Bool(true)) || !keys::has_any(schema, &EXCLUDING)
        }
        _ => *schema == Value::Bool(true),
    }
}

/// Replaces a union by its only branch.
fn collapse(schema: &mut Map<String, Value>, union: &str, branch: Value, nullable: bool) {
    match branch {
        Value::Object(mut branch) if can_replace(schema, union, &branch) => {
            // A nullable `enum` must also list null.
            if let Some(Value::Array(values)) = branch.get_mut("enum")
                && nullable
                && !values.contains(&Value::Null)
            {
                values.push(Value::Null);
            }
            keys::replace(schema, union, branch);
        }
        branch => keys::add_to_all_of(schema, union, branch),
    }
}

/// Returns whether the keywords of a branch have the same meaning in place of the union.
///
/// `nullable` has an effect only beside `type` or a composition, so the branch needs one of them.
fn can_replace(schema: &Map<String, Value>, union: &str, branch: &Map<String, Value>) -> bool {
    let mut beside = schema.iter().filter(|(keyword, _)| *keyword != union);
    let composed = || {
        let mut other = branch
            .keys()
            .filter(|keyword| !keys::is_annotation(keyword));
        other.all(|keyword| matches!(keyword.as_str(), "allOf" | "anyOf" | "oneOf" | "nullable"))
    };
    !branch.contains_key("$ref")
        && (branch.contains_key("type") && !keys::has_any(branch, &COMPOSITIONS)
            || !branch.is_empty() && composed())
        && beside.all(|(keyword, value)| {
            keys::is_annotation(keyword) && branch.get(keyword).is_none_or(|other| other == value)
        })
}
