//! Unions with null, which 3.0 says by `nullable`.

use serde_json::{Map, Value};

use crate::{notes::Notes, pointer::child};

use super::{keys, types};

const UNIONS: [&str; 2] = ["anyOf", "oneOf"];

/// Whether `schema` takes null and nothing else.
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

/// Whether a union of the schema has a branch of null alone.
pub fn has_null_branch(schema: &Map<String, Value>) -> bool {
    UNIONS
        .iter()
        .any(|union| branches(schema, union).iter().any(is_null))
}

/// The pointers of the branches of null alone, which go with the union that they are in.
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

/// `anyOf: [{$ref}, {type: object, nullable: true}]`: the second branch takes any object, so that
/// the reference would mean nothing. What is meant is the reference or null.
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
        collapse(schema, union, reference);
        schema.insert("nullable".to_owned(), true.into());
        notes.weaken(
            &child(pointer, union),
            format!(
                "`{union}` of a reference and any nullable object is taken as the reference or null"
            ),
        );
    }
}

fn is_reference(schema: &Value) -> bool {
    let Value::Object(schema) = schema else {
        return false;
    };
    schema.contains_key("$ref")
        && schema
            .keys()
            .all(|keyword| keyword == "$ref" || keys::is_annotation(keyword))
}

fn is_any_object(schema: &Value) -> bool {
    let Value::Object(schema) = schema else {
        return false;
    };
    schema.get("type").is_some_and(|of| of == "object")
        && schema.get("nullable") == Some(&Value::Bool(true))
        && schema.keys().all(|keyword| {
            matches!(keyword.as_str(), "type" | "nullable") || keys::is_annotation(keyword)
        })
}

/// Takes the branches of null alone out of the unions.
pub fn with_null(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    if !has_null_branch(schema) {
        return;
    }
    if schema.contains_key("allOf") {
        return beside_all_of(schema, pointer, notes);
    }
    let nullable = takes_null(schema);
    for union in UNIONS {
        let all = branches(schema, union);
        let mut rest: Vec<Value> = all
            .iter()
            .filter(|branch| !is_null(branch))
            .cloned()
            .collect();
        let nulls = all.len() - rest.len();
        if nulls == 0 {
            continue;
        }
        if union == "oneOf" && nullable && (nulls > 1 || rest.iter().any(is_nullable)) {
            notes.weaken(
                &child(pointer, union),
                "null is in two branches of `oneOf`, which would exclude it, and taken as meant",
            );
        }
        match rest.len() {
            0 if nullable => {
                schema.shift_remove("type");
                types::only_null(schema, union, pointer, notes);
            }
            0 => notes.refuse(
                &child(pointer, union),
                &format!("`{union}` takes null only, which the keywords beside it exclude"),
                "correct one of them in the overlay",
            ),
            1 => collapse(schema, union, rest.remove(0)),
            _ => {
                schema.insert(union.to_owned(), rest.into());
            }
        }
    }
    if nullable {
        schema.insert("nullable".to_owned(), true.into());
    }
}

/// What a union allows must not widen what `allOf` beside it excludes: it becomes a member.
fn beside_all_of(schema: &mut Map<String, Value>, pointer: &str, notes: &mut Notes) {
    for union in UNIONS {
        if !branches(schema, union).iter().any(is_null) {
            continue;
        }
        let Some(branches) = schema.shift_remove(union) else {
            continue;
        };
        let mut member = Map::from_iter([(union.to_owned(), branches)]);
        with_null(&mut member, pointer, notes);
        if let Some(Value::Array(members)) = schema.get_mut("allOf") {
            members.push(Value::Object(member));
        }
    }
}

fn is_nullable(schema: &Value) -> bool {
    schema.get("nullable") == Some(&Value::Bool(true))
}

/// Whether null gets past the keywords beside a union, and past every union.
fn takes_null(schema: &Map<String, Value>) -> bool {
    let by_type = match schema.get("type") {
        Some(Value::Array(types)) => types.iter().any(|of| of == "null"),
        of => of.is_none_or(|of| of == "null"),
    };
    let by_values = schema
        .get("enum")
        .and_then(Value::as_array)
        .is_none_or(|v| v.contains(&Value::Null));
    let by_unions = UNIONS.iter().all(|union| {
        let branches = branches(schema, union);
        branches.is_empty() || branches.iter().any(|b| is_null(b) || is_nullable(b))
    });
    by_type && by_values && by_unions
}

/// Puts the only branch left in the place of its union.
fn collapse(schema: &mut Map<String, Value>, union: &str, branch: Value) {
    let beside = schema.iter().filter(|(keyword, _)| *keyword != union);
    if let Value::Object(branch) = &branch
        && !branch.contains_key("$ref")
        && beside.clone().all(|(keyword, value)| {
            keys::is_annotation(keyword) && branch.get(keyword).is_none_or(|other| other == value)
        })
    {
        keys::replace(schema, union, branch.clone());
        return;
    }
    if let Some(Value::Array(members)) = schema.get_mut("allOf") {
        members.push(branch);
        schema.shift_remove(union);
    } else {
        keys::rename(schema, union, "allOf", vec![branch].into());
    }
}
