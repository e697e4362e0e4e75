//! Compares parameters, and finds parameters that moved or were renamed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    comparer::{Comparer, Position},
    content::{self, Serialization},
    cursor::Cursor,
    normalize::Document,
    pairing, renames,
    rules::Rule,
    schemas,
};
use crate::openapi::{
    node::Node,
    pointer::{child, keys},
};

/// The location of a parameter, such as `query`, and its name.
type Key = (String, String);

type Parameter<'d> = (Key, Node<'d>);

/// Returns the parameters of a path item and of its operation.
fn all<'d>(document: &Document<'d>, holders: [Node<'d>; 2]) -> Vec<Parameter<'d>> {
    let mut all: BTreeMap<Key, Node<'d>> = BTreeMap::new();
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
    all.into_iter().collect()
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
    let both = |(_, old): &Parameter<'d>, (_, new): &Parameter<'d>| {
        operation.with(Some(old.clone()), Some(new.clone()))
    };
    let mut pairs = pairing::take(&mut removed, &mut added, |(key, _), added| {
        added.iter().position(|(other, _)| other == key)
    });
    let in_path = pairing::take(&mut removed, &mut added, |(key, _), added| {
        let (_, new_key) = renamed_in_path.iter().find(|(old_key, _)| old_key == key)?;
        added.iter().position(|(other, _)| other == new_key)
    });
    for (old, new) in &in_path {
        let (old_name, new_name) = (&old.0.1, &new.0.1);
        let message = format!("the path parameter was renamed from `{old_name}` to `{new_name}`");
        both(old, new).record(Rule::PathParameterRenamed, message);
    }
    let moved = pairing::take(&mut removed, &mut added, |((_, name), _), added| {
        let is_same = |other: &str| other.eq_ignore_ascii_case(name);
        added.iter().position(|((_, other), _)| is_same(other))
    });
    for (old, new) in &moved {
        let (from, to) = (&old.0.0, &new.0.0);
        let message = format!("the parameter moved from the {from} to the {to}");
        both(old, new).record(Rule::ParameterMoved, message);
    }
    // A removed parameter is a difference in a dry run, renamed or not.
    let renamed = renames::take(&mut removed, &mut added, |old, new| {
        !comparer.is_dry_run && is_renamed(comparer, old, new)
    });
    for (old, new) in &renamed {
        let (old_name, new_name) = (written_name(old), written_name(new));
        let message = format!("the parameter was renamed from `{old_name}` to `{new_name}`");
        both(old, new).record(Rule::ParameterRenamed, message);
    }
    record_removed_and_added(operation, removed, added);
    pairs.extend(in_path.into_iter().chain(moved).chain(renamed));
    for (old, new) in pairs {
        compare_parameter(&both(&old, &new));
    }
}

fn record_removed_and_added<'d>(
    operation: &Cursor<'_, 'd>,
    removed: Vec<Parameter<'d>>,
    added: Vec<Parameter<'d>>,
) {
    for old in removed {
        let message = format!("the parameter `{}` was removed", written_name(&old));
        let parameter = operation.with(Some(old.1), None);
        parameter.record_values(Rule::ParameterRemoved, message);
    }
    for new in added {
        let (rule, kind) = match new.1.is_set("required") {
            true => (Rule::RequiredParameterAdded, "required"),
            false => (Rule::OptionalParameterAdded, "optional"),
        };
        let message = format!("the {kind} parameter `{}` was added", written_name(&new));
        operation
            .with(None, Some(new.1))
            .record_values(rule, message);
    }
}

fn compare_parameter(parameter: &Cursor<'_, '_>) {
    let rules = [Rule::ParameterRequired, Rule::ParameterOptional];
    parameter.record_required("the parameter", rules);
    content::compare_value("the parameter", parameter);
}

/// Returns the name of a parameter with its original case.
fn written_name<'d>(((_, name), parameter): &'d Parameter<'_>) -> &'d str {
    parameter.value["name"].as_str().unwrap_or(name)
}

/// Returns whether two parameters differ in their names and documentation at most.
fn is_renamed<'d>(
    comparer: &Comparer<'d>,
    (old_key, old): &Parameter<'d>,
    (new_key, new): &Parameter<'d>,
) -> bool {
    let schemas = [old, new].map(content::schema);
    let scalar = comparer.is_scalar(&schemas);
    old_key.0 == new_key.0
        && old.is_set("required") == new.is_set("required")
        && renames::may_be_renamed((&old_key.1, &new_key.1), (old.value, new.value))
        && Serialization::of(old.value, scalar) == Serialization::of(new.value, scalar)
        && schemas::are_equivalent(comparer, schemas.each_ref(), Position::Other)
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
