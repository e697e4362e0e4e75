//! Compares operations, and finds operations that moved.

mod callbacks;
mod servers;

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    bodies,
    changes::{Details, Pointers},
    comparison::{Comparer, entries, keys},
    level::Direction,
    location::Location,
    normalize::{Document, Node},
    parameters, renames, responses,
    rules::Rule,
    security,
    values::quoted,
};
use crate::openapi::{pointer::child, walk::METHODS};

/// An operation and the path item that contains it.
#[derive(Debug, Clone)]
pub struct Operation<'d> {
    /// The pointer goes through the path, even if its path item is a reference.
    pub node: Node<'d>,
    pub path_item: Node<'d>,
}

impl<'d> Operation<'d> {
    /// Returns the `security` that applies: that of the operation, or of the document.
    fn security(&self, document: &Document<'d>) -> Node<'d> {
        self.node
            .get("security")
            .unwrap_or_else(|| Node::new("", document.value).child("security"))
    }

    /// Returns the `servers` that apply: those of the operation, the path item, or the document.
    fn servers(&self, document: &Document<'d>) -> Node<'d> {
        self.node
            .get("servers")
            .or_else(|| self.path_item.get("servers"))
            .unwrap_or_else(|| Node::new("", document.value).child("servers"))
    }
}

/// The path and the method of an operation.
type Key = (String, &'static str);

type Operations<'d> = BTreeMap<Key, Operation<'d>>;

/// Compares the operations of both documents.
pub fn compare(comparer: &mut Comparer<'_>) {
    for section in ["paths", "webhooks"] {
        // The server sends the requests of webhooks.
        let direction = match section {
            "paths" => Direction::Request,
            _ => Direction::Response,
        };
        compare_path_items(comparer, section);
        let old_operations = all(&comparer.old, section);
        let mut added = all(&comparer.new, section);
        let mut removed = Vec::new();
        for (key, old) in old_operations {
            match added.remove(&key) {
                Some(new) => compare_operation(comparer, &old, &new, direction),
                None => removed.push((key, old)),
            }
        }
        for matches in [has_same_path_pattern, has_same_operation_id] {
            removed.retain(|(old_key, old)| {
                let found = added
                    .iter()
                    .filter(|(new_key, new)| matches((old_key, old), (new_key, new)));
                let found: Vec<_> = found.map(|(new_key, _)| new_key.clone()).collect();
                // Which of several is meant would be a guess.
                let [new_key] = found.as_slice() else {
                    return true;
                };
                let Some(new) = added.remove(new_key) else {
                    return true;
                };
                if path_pattern(&old_key.0) != path_pattern(&new_key.0) || old_key.1 != new_key.1 {
                    record_move(comparer, (old_key, old), (new_key, &new), direction);
                }
                compare_operation(comparer, old, &new, direction);
                false
            });
        }
        find_similar(comparer, &mut removed, &mut added, direction);
        let (removed_rule, added_rule, subject) = match section {
            "paths" => (
                Rule::OperationRemoved,
                Rule::OperationAdded,
                "the operation",
            ),
            _ => (Rule::CallbackRemoved, Rule::CallbackAdded, "the webhook"),
        };
        for (_, old) in removed {
            let pointers = Pointers::removed(old.node.pointer);
            let message = format!("{subject} was removed");
            comparer.record(removed_rule, direction, pointers, message);
        }
        for new in added.into_values() {
            let pointers = Pointers::added(new.node.pointer);
            let message = format!("{subject} was added");
            comparer.record(added_rule, direction, pointers, message);
        }
    }
}

/// Finds operations that have another path and another `operationId`, but are equivalent otherwise.
fn find_similar<'d>(
    comparer: &mut Comparer<'d>,
    removed: &mut Vec<(Key, Operation<'d>)>,
    added: &mut Operations<'d>,
    direction: Direction,
) {
    let candidates: Vec<(Key, Operation<'d>)> = added.clone().into_iter().collect();
    let pairs = renames::pairs(removed, &candidates, |(old_key, old), (new_key, new)| {
        let descriptions = [old, new].map(|operation| &operation.node.value["description"]);
        old_key.1 == new_key.1
            && (descriptions[0].is_string() && descriptions[0] == descriptions[1]
                || renames::are_similar(last_name(&old_key.0), last_name(&new_key.0)))
            && comparer.are_equivalent_operations(old, new, direction)
    });
    for (old, new) in &pairs {
        let ((old_key, old), (new_key, new)) = (&removed[*old], &candidates[*new]);
        record_move(comparer, (old_key, old), (new_key, new), direction);
        compare_operation(comparer, old, new, direction);
        added.remove(new_key);
    }
    let mut index = 0;
    removed.retain(|_| {
        index += 1;
        !pairs.iter().any(|(old, _)| old + 1 == index)
    });
}

fn record_move<'d>(
    comparer: &mut Comparer<'d>,
    (old_key, old): (&Key, &Operation<'d>),
    (new_key, new): (&Key, &Operation<'d>),
    direction: Direction,
) {
    let name = |(path, method): &Key| format!("`{} {path}`", method.to_uppercase());
    let message = format!(
        "the operation moved from {} to {}",
        name(old_key),
        name(new_key)
    );
    let pointers = Pointers::of(&old.node, &new.node);
    comparer.record(Rule::OperationMoved, direction, pointers, message);
}

/// Returns the last segment of a path that is not a parameter.
fn last_name(path: &str) -> &str {
    let segments = path.rsplit('/');
    let mut names = segments.filter(|segment| !segment.is_empty() && !segment.starts_with('{'));
    names.next().unwrap_or_default()
}

/// Compares the keywords of path items that do not concern their operations.
fn compare_path_items<'d>(comparer: &mut Comparer<'d>, section: &str) {
    let root = child("", section);
    let (old_items, new_items) = (
        entries(&comparer.old.value[section]),
        entries(&comparer.new.value[section]),
    );
    for path in keys(&comparer.old.value[section], &comparer.new.value[section]) {
        let (old, new) = (old_items.get(path).copied(), new_items.get(path).copied());
        if path.starts_with("x-") && section == "paths" {
            let root = Pointers::both(&*root, &*root);
            comparer.keyword(Direction::Request, path, old, new, &root);
            continue;
        }
        let pointer = child(&root, path);
        let (Some(old), Some(new)) = (old, new) else {
            // The target may be in another file.
            if old.or(new).is_some_and(|item| item.get("$ref").is_some()) {
                let pointers = Pointers::both(&*pointer, &*pointer);
                let reference = |item: Option<&'d Value>| item?.get("$ref");
                let (old, new) = (reference(old), reference(new));
                comparer.unjudged(Direction::Request, "$ref", old, new, pointers);
            }
            continue;
        };
        let old = comparer.old.resolve(Node::new(&*pointer, old)).value;
        let new = comparer.new.resolve(Node::new(&*pointer, new)).value;
        compare_path_item(
            comparer,
            &Node::new(&*pointer, old),
            &Node::new(&*pointer, new),
            Direction::Request,
        );
    }
}

fn compare_path_item(
    comparer: &mut Comparer<'_>,
    old: &Node<'_>,
    new: &Node<'_>,
    direction: Direction,
) {
    let known = [&METHODS[..], &["parameters", "servers"]].concat();
    comparer.keywords(direction, old, new, &known);
}

fn all<'d>(document: &Document<'d>, section: &str) -> Operations<'d> {
    let mut all = Operations::new();
    for (path, item) in entries(&document.value[section]) {
        if path.starts_with("x-") && section == "paths" {
            continue;
        }
        let pointer = child(&child("", section), path);
        let path_item = document.resolve(Node::new(&*pointer, item));
        for method in METHODS {
            if let Some(operation) = path_item.value.get(method) {
                let operation = Operation {
                    node: Node::new(child(&pointer, method), operation),
                    path_item: path_item.clone(),
                };
                all.insert((path.to_owned(), method), operation);
            }
        }
    }
    all
}

/// Returns a path without the names of its parameters, which are not sent. Paths that differ in a
/// slash at the end are different to servers.
fn path_pattern(path: &str) -> String {
    let mut pattern = String::new();
    let mut inside = false;
    for character in path.chars() {
        match character {
            '{' => inside = true,
            '}' => {
                inside = false;
                pattern.push_str("{}");
            }
            _ if inside => {}
            character => pattern.push(character),
        }
    }
    pattern
}

type Entry<'o, 'd> = (&'o Key, &'o Operation<'d>);

fn has_same_path_pattern((old, _): Entry<'_, '_>, (new, _): Entry<'_, '_>) -> bool {
    old.1 == new.1 && path_pattern(&old.0) == path_pattern(&new.0)
}

fn has_same_operation_id((_, old): Entry<'_, '_>, (_, new): Entry<'_, '_>) -> bool {
    let ids = [old, new].map(|operation| &operation.node.value["operationId"]);
    ids[0].is_string() && ids[0] == ids[1]
}

/// Compares two operations whose requests have this direction.
pub fn compare_operation<'d>(
    comparer: &mut Comparer<'d>,
    old_operation: &Operation<'d>,
    new_operation: &Operation<'d>,
    direction: Direction,
) {
    let (old, new) = (&old_operation.node, &new_operation.node);
    let pointers = Pointers::of(old, new);
    for keyword in keys(old.value, new.value) {
        let (before, after) = (old.value.get(keyword), new.value.get(keyword));
        match keyword {
            "parameters" | "requestBody" | "responses" | "security" | "servers" | "callbacks" => {}
            "operationId" => {
                compare_operation_id(comparer, before, after, direction, pointers.child(keyword));
            }
            "deprecated" => {
                let pointers = pointers.child(keyword);
                let subject = "the operation";
                parameters::deprecation(comparer, subject, before, after, direction, pointers);
            }
            "tags" => comparer.tags(before, after, &pointers),
            _ => comparer.keyword(direction, keyword, before, after, &pointers),
        }
    }
    parameters::compare(comparer, old_operation, new_operation, direction);
    bodies::compare_request(
        comparer,
        old.get("requestBody"),
        new.get("requestBody"),
        direction,
    );
    responses::compare(
        comparer,
        &old.child("responses"),
        &new.child("responses"),
        direction,
    );
    callbacks::compare(
        comparer,
        &old.child("callbacks"),
        &new.child("callbacks"),
        direction,
    );

    // The client does not choose the server and the credentials of callbacks and webhooks.
    if direction == Direction::Response {
        for keyword in ["security", "servers"] {
            let (before, after) = (old.value.get(keyword), new.value.get(keyword));
            comparer.keyword(direction, keyword, before, after, &pointers);
        }
        return;
    }
    let name = Location::of(comparer.new.value, &new.pointer).to_text();
    let (old, new) = (
        old_operation.security(&comparer.old),
        new_operation.security(&comparer.new),
    );
    security::compare_requirements(comparer, &old, &new, &name);
    let (old, new) = (
        old_operation.servers(&comparer.old),
        new_operation.servers(&comparer.new),
    );
    servers::compare(comparer, &old, &new, &name);
}

fn compare_operation_id(
    comparer: &mut Comparer<'_>,
    old: Option<&Value>,
    new: Option<&Value>,
    direction: Direction,
    pointers: Pointers,
) {
    // Operations with other ids can be equivalent.
    if comparer.is_dry_run || old == new {
        return;
    }
    let name = |id: &Value| match id.as_str() {
        Some(id) => format!("`{id}`"),
        None => quoted(id),
    };
    let message = match (old, new) {
        (Some(old), Some(new)) => {
            format!(
                "the operation was renamed from {} to {}",
                name(old),
                name(new)
            )
        }
        (None, _) => "the `operationId` was added".to_owned(),
        (_, None) => "the `operationId` was removed".to_owned(),
    };
    let details = Details::new(message, old, new);
    comparer.record(Rule::OperationIdChanged, direction, pointers, details);
}
