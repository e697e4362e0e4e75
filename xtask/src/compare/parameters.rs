//! Compares parameters, and finds parameters that moved or were renamed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    changes::Details,
    comparer::{Comparer, Position},
    content::{self, Serialization},
    cursor::Cursor,
    normalize::Document,
    renames,
    rules::Rule,
    schemas,
};
use crate::openapi::{
    node::Node,
    pointer::{child, keys},
};

/// The location of a parameter, such as `query`, and its name.
type Key = (String, String);

type Parameters<'d> = BTreeMap<Key, Node<'d>>;

/// Returns the parameters of a path item and of its operation.
fn all<'d>(document: &Document<'d>, holders: [Node<'d>; 2]) -> Parameters<'d> {
    let mut all = Parameters::new();
    for holder in holders {
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

/// Compares the parameters of an operation and of its path item.
pub fn compare<'d>(operation: &Cursor<'_, 'd>, path_item: &Cursor<'_, 'd>) {
    let comparer = operation.comparer;
    let ([old_item, new_item], [old, new]) = (path_item.sides(), operation.sides());
    let renamed_in_path = renamed_in_path(&old.pointer, &new.pointer);
    let mut removed = all(&comparer.old, [old_item, old]);
    let mut added = all(&comparer.new, [new_item, new]);
    let mut pairs = Vec::new();
    removed.retain(|key, old| match added.remove(key) {
        Some(new) => {
            pairs.push(operation.with(Some(old.clone()), Some(new)));
            false
        }
        None => true,
    });
    for (old_key, new_key) in renamed_in_path {
        if added.contains_key(&new_key)
            && let Some(old) = removed.remove(&old_key)
        {
            let parameter = operation.with(Some(old), added.remove(&new_key));
            let (old_name, new_name) = (old_key.1, new_key.1);
            let message =
                format!("the path parameter was renamed from `{old_name}` to `{new_name}`");
            parameter.record(Rule::PathParameterRenamed, message);
            pairs.push(parameter);
        }
    }
    removed.retain(|(old_location, name), old| {
        let mut keys = added.keys();
        let Some(new_key) = keys.find(|(_, other)| other.eq_ignore_ascii_case(name)) else {
            return true;
        };
        let new_key = new_key.clone();
        let parameter = operation.with(Some(old.clone()), added.remove(&new_key));
        let new_location = new_key.0;
        let message = format!("the parameter moved from the {old_location} to the {new_location}");
        parameter.record(Rule::ParameterMoved, message);
        pairs.push(parameter);
        false
    });
    for (old_key, new_key) in renamed(comparer, &removed, &added) {
        let (Some(old), Some(new)) = (removed.remove(&old_key), added.remove(&new_key)) else {
            continue;
        };
        let (old_name, new_name) = (written_name(&old, &old_key), written_name(&new, &new_key));
        let message = format!("the parameter was renamed from `{old_name}` to `{new_name}`");
        let parameter = operation.with(Some(old), Some(new));
        parameter.record(Rule::ParameterRenamed, message);
        pairs.push(parameter);
    }
    record_removed_and_added(operation, removed, added);
    for parameter in pairs {
        compare_parameter(&parameter);
    }
}

fn record_removed_and_added<'d>(
    operation: &Cursor<'_, 'd>,
    removed: Parameters<'d>,
    added: Parameters<'d>,
) {
    for (key, old) in removed {
        let message = format!("the parameter `{}` was removed", written_name(&old, &key));
        let details = Details::new(message, Some(old.value), None);
        let parameter = operation.with(Some(old), None);
        parameter.record(Rule::ParameterRemoved, details);
    }
    for (key, new) in added {
        let (rule, kind) = match new.is_set("required") {
            true => (Rule::RequiredParameterAdded, "required"),
            false => (Rule::OptionalParameterAdded, "optional"),
        };
        let name = written_name(&new, &key);
        let message = format!("the {kind} parameter `{name}` was added");
        let details = Details::new(message, None, Some(new.value));
        operation.with(None, Some(new)).record(rule, details);
    }
}

fn compare_parameter(parameter: &Cursor<'_, '_>) {
    let rules = [Rule::ParameterRequired, Rule::ParameterOptional];
    parameter.record_required("the parameter", rules);
    content::compare_value("the parameter", parameter);
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
        let schemas = [old, new].map(|side| content::schema(side));
        let scalar = comparer.is_scalar(&schemas);
        old_key.0 == new_key.0
            && old.is_set("required") == new.is_set("required")
            && renames::may_be_renamed((&old_key.1, &new_key.1), (old.value, new.value))
            && Serialization::of(old.value, scalar) == Serialization::of(new.value, scalar)
            && schemas::are_equivalent(comparer, schemas.each_ref(), Position::Other)
    });
    let keys = pairs
        .iter()
        .map(|(old, new)| (removed[*old].0.clone(), added[*new].0.clone()));
    keys.collect()
}

/// Returns the old and new keys of the parameters whose names differ in the paths of the pointers to
/// two operations.
fn renamed_in_path(old: &str, new: &str) -> Vec<(Key, Key)> {
    let keys = |pointer: &str| -> Vec<Key> {
        let path = keys(pointer).nth(1).unwrap_or_default();
        let parts = path.split('{').skip(1);
        let names = parts.filter_map(|part| Some(part.split_once('}')?.0));
        names
            .map(|name| ("path".to_owned(), name.to_owned()))
            .collect()
    };
    let pairs = keys(old).into_iter().zip(keys(new));
    pairs.filter(|(old, new)| old != new).collect()
}
