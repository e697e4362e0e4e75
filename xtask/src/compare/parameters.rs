//! Compares parameters, and the values of parameters and headers.

mod serialization;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    bodies,
    changes::{Details, Pointers},
    comparison::{Comparer, keys},
    level::Direction,
    normalize::{Document, Node, Schema},
    operations::Operation,
    renames,
    rules::Rule,
    schemas::Position,
};
use crate::openapi::pointer::child;
use serialization::Serialization;

/// The location of a parameter, such as `query`, and its name.
type Key = (String, String);

type Parameters<'d> = BTreeMap<Key, Node<'d>>;

/// Returns the parameters of an operation and of its path item.
fn all<'d>(document: &Document<'d>, operation: &Operation<'d>) -> Parameters<'d> {
    let mut all = Parameters::new();
    for holder in [&operation.path_item, &operation.node] {
        let list = holder.child("parameters");
        let mut in_this_list = BTreeSet::new();
        let listed = list.value.as_array().into_iter().flatten();
        for (index, parameter) in listed.enumerate() {
            let pointer = child(&list.pointer, &index.to_string());
            let parameter = document.resolve(Node::new(pointer, parameter));
            let mut key = key_of(parameter.value);
            // A name that is twice in one list does not override: both are kept.
            while all
                .get(&key)
                .is_some_and(|other| in_this_list.contains(&other.pointer))
            {
                key.1.push('\'');
            }
            in_this_list.insert(parameter.pointer.clone());
            all.insert(key, parameter);
        }
    }
    all
}

fn key_of(parameter: &Value) -> Key {
    let location = parameter["in"].as_str().unwrap_or_default();
    // An unresolved reference is identified by its target.
    let name = parameter["name"].as_str().or(parameter["$ref"].as_str());
    let name = name.unwrap_or_default();
    // Names of headers are case-insensitive.
    let name = match location {
        "header" => name.to_lowercase(),
        _ => name.to_owned(),
    };
    (location.to_owned(), name)
}

/// Compares the parameters of two operations.
pub fn compare<'d>(
    comparer: &mut Comparer<'d>,
    old: &Operation<'d>,
    new: &Operation<'d>,
    direction: Direction,
) {
    let mut removed = all(&comparer.old, old);
    let mut added = all(&comparer.new, new);
    let mut pairs = Vec::new();
    removed.retain(|key, old| match added.remove(key) {
        Some(new) => {
            pairs.push((old.clone(), new));
            false
        }
        None => true,
    });
    let (old_names, new_names) = (path_names(&old.node.pointer), path_names(&new.node.pointer));
    for (old_name, new_name) in old_names.into_iter().zip(new_names) {
        let message = format!("the path parameter was renamed from `{old_name}` to `{new_name}`");
        let old_key = ("path".to_owned(), old_name);
        let new_key = ("path".to_owned(), new_name);
        if old_key != new_key
            && added.contains_key(&new_key)
            && let Some(old) = removed.remove(&old_key)
            && let Some(new) = added.remove(&new_key)
        {
            let pointers = Pointers::of(&old, &new);
            comparer.record(Rule::PathParameterRenamed, direction, pointers, message);
            pairs.push((old, new));
        }
    }
    removed.retain(|(old_location, name), old| {
        let found = added
            .keys()
            .find(|(_, other)| other.eq_ignore_ascii_case(name))
            .cloned();
        let Some(new) = found.as_ref().and_then(|key| added.remove(key)) else {
            return true;
        };
        let new_location = found.map(|(location, _)| location).unwrap_or_default();
        let message = format!("the parameter moved from the {old_location} to the {new_location}");
        let pointers = Pointers::of(old, &new);
        comparer.record(Rule::ParameterMoved, direction, pointers, message);
        pairs.push((old.clone(), new));
        false
    });
    for (old_key, new_key) in renamed(comparer, &removed, &added) {
        let (Some(old), Some(new)) = (removed.remove(&old_key), added.remove(&new_key)) else {
            continue;
        };
        let (old_name, new_name) = (written_name(&old, &old_key), written_name(&new, &new_key));
        let message = format!("the parameter was renamed from `{old_name}` to `{new_name}`");
        let pointers = Pointers::of(&old, &new);
        comparer.record(Rule::ParameterRenamed, direction, pointers, message);
        pairs.push((old, new));
    }
    record_removed_and_added(comparer, removed, added, direction);
    for (old, new) in pairs {
        if old.is_set("required") != new.is_set("required") {
            let (rule, message) = match new.is_set("required") {
                true => (Rule::ParameterRequired, "the parameter became required"),
                false => (Rule::ParameterOptional, "the parameter became optional"),
            };
            comparer.record(rule, direction, Pointers::of(&old, &new), message);
        }
        compare_value(comparer, "the parameter", &old, &new, direction);
    }
}

fn record_removed_and_added<'d>(
    comparer: &mut Comparer<'d>,
    removed: Parameters<'d>,
    added: Parameters<'d>,
    direction: Direction,
) {
    for (key, old) in removed {
        let message = format!("the parameter `{}` was removed", written_name(&old, &key));
        let details = Details::new(message, Some(old.value), None);
        let pointers = Pointers::removed(old.pointer);
        comparer.record(Rule::ParameterRemoved, direction, pointers, details);
    }
    for (key, new) in added {
        let (rule, kind) = match new.is_set("required") {
            true => (Rule::RequiredParameterAdded, "required"),
            false => (Rule::OptionalParameterAdded, "optional"),
        };
        let name = written_name(&new, &key);
        let message = format!("the {kind} parameter `{name}` was added");
        let details = Details::new(message, None, Some(new.value));
        comparer.record(rule, direction, Pointers::added(new.pointer), details);
    }
}

/// Returns the name of a parameter with its original case.
fn written_name<'d>(parameter: &Node<'d>, (_, name): &Key) -> String {
    let written = parameter.value["name"].as_str();
    written.unwrap_or(name).to_owned()
}

/// Returns the old and new keys of renamed parameters.
fn renamed<'d>(
    comparer: &Comparer<'d>,
    removed: &Parameters<'d>,
    added: &Parameters<'d>,
) -> Vec<(Key, Key)> {
    // A removed parameter is a difference, renamed or not.
    if comparer.is_dry_run {
        return Vec::new();
    }
    let (removed, added): (Vec<_>, Vec<_>) = (removed.iter().collect(), added.iter().collect());
    let pairs = renames::pairs(&removed, &added, |(old_key, old), (new_key, new)| {
        let (old_schema, new_schema) = (schema(old), schema(new));
        let scalar = comparer.is_scalar(&old_schema, &new_schema);
        old_key.0 == new_key.0
            && old.is_set("required") == new.is_set("required")
            && renames::may_be_renamed((&old_key.1, &new_key.1), (old.value, new.value))
            && Serialization::of(old.value, scalar) == Serialization::of(new.value, scalar)
            && comparer.are_equivalent(&old_schema, &new_schema, Position::Other)
    });
    let keys = pairs
        .iter()
        .map(|(old, new)| (removed[*old].0.clone(), added[*new].0.clone()));
    keys.collect()
}

/// Returns the names in the braces of the path in the pointer to an operation.
fn path_names(pointer: &str) -> Vec<String> {
    let path = crate::openapi::pointer::keys(pointer)
        .nth(1)
        .unwrap_or_default();
    let parts = path.split('{').skip(1);
    parts
        .filter_map(|part| Some(part.split_once('}')?.0.to_owned()))
        .collect()
}

/// Compares the schemas and the serialization of two parameters or headers. `subject` names them in
/// messages.
pub fn compare_value<'d>(
    comparer: &mut Comparer<'d>,
    subject: &str,
    old: &Node<'d>,
    new: &Node<'d>,
    direction: Direction,
) {
    let pointers = Pointers::of(old, new);
    for keyword in keys(old.value, new.value) {
        let (before, after) = (old.value.get(keyword), new.value.get(keyword));
        match keyword {
            // Compared by the callers or below.
            "name" | "in" | "required" | "schema" | "content" | "style" | "explode"
            | "allowReserved" => {}
            "deprecated" => {
                let pointers = pointers.child(keyword);
                deprecation(comparer, subject, before, after, direction, pointers);
            }
            "allowEmptyValue" => {
                let (rule, message) = match (old.is_set(keyword), new.is_set(keyword)) {
                    (false, true) => (Rule::EmptyValueAllowed, "an empty value became valid"),
                    (true, false) => (Rule::EmptyValueRefused, "an empty value became invalid"),
                    _ => continue,
                };
                comparer.record(rule, direction, pointers.child(keyword), message);
            }
            _ => comparer.keyword(direction, keyword, before, after, &pointers),
        }
    }
    let (old_schema, new_schema) = (schema(old), schema(new));
    let scalar = comparer.is_scalar(&old_schema, &new_schema);
    let (before, after) = (
        Serialization::of(old.value, scalar),
        Serialization::of(new.value, scalar),
    );
    // A parameter that moved is serialized in another way in any case.
    if before != after && old.value["in"] == new.value["in"] {
        let message = format!("the serialization changed from {before} to {after}");
        comparer.record(Rule::SerializationChanged, direction, pointers, message);
    }
    if old.value.get("content").is_some() && new.value.get("content").is_some() {
        bodies::compare_content(comparer, old, new, direction);
    } else {
        comparer.schemas(&old_schema, &new_schema, direction, Position::Other);
    }
}

/// Returns the schema of a parameter, or that of its media type.
fn schema<'d>(parameter: &Node<'d>) -> Schema<'d> {
    let content = parameter.child("content");
    let media_types = content.value.as_object();
    match media_types.and_then(|media_types| media_types.keys().next()) {
        Some(name) => Schema::of(&content.child(name)),
        None => Schema::of(parameter),
    }
}

/// Records that a part became deprecated, or stopped being deprecated.
pub fn deprecation(
    comparer: &mut Comparer<'_>,
    subject: &str,
    old: Option<&Value>,
    new: Option<&Value>,
    direction: Direction,
    pointers: Pointers,
) {
    let is_set = |value: Option<&Value>| value == Some(&Value::Bool(true));
    let change = match (is_set(old), is_set(new)) {
        (false, true) => "became deprecated",
        (true, false) => "stopped being deprecated",
        _ => return,
    };
    let message = format!("{subject} {change}");
    comparer.record(Rule::DeprecationChanged, direction, pointers, message);
}
