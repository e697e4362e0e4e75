//! Compares operations, and finds operations that moved.

mod callbacks;
mod servers;

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    bodies, cursor::Cursor, level::Direction, location::Location, normalize::Document, pairing,
    parameters, renames, responses, rules::Rule, schemas, security, values::quoted,
};
use crate::openapi::{node::Node, pointer::child, walk::METHODS};

/// An operation and the path item that contains it.
struct Operation<'d> {
    path: &'d str,
    method: &'static str,
    /// The pointer goes through the path, even if its path item is a reference.
    node: Node<'d>,
    path_item: Node<'d>,
}

impl Operation<'_> {
    /// Returns the method and the path as messages show them.
    fn name(&self) -> String {
        format!("`{} {}`", self.method.to_uppercase(), self.path)
    }

    /// Returns the method and the path without the names of its parameters.
    fn pattern(&self) -> (&'static str, String) {
        (self.method, path_pattern(self.path))
    }

    fn has_same_id(&self, other: &Self) -> bool {
        let ids = [self, other].map(|operation| &operation.node.value["operationId"]);
        ids[0].is_string() && ids[0] == ids[1]
    }
}

/// Compares the operations of both documents.
pub fn compare(root: &Cursor<'_, '_>) {
    for section in ["paths", "webhooks"] {
        // The server sends the requests of webhooks.
        let direction = match section {
            "paths" => Direction::Request,
            _ => Direction::Response,
        };
        compare_path_items(&root.child(section), section);
        compare_section(&root.toward(direction), section);
    }
}

/// Compares the operations in `paths` or `webhooks`.
fn compare_section(root: &Cursor<'_, '_>, section: &str) {
    let mut removed = all(&root.comparer.old, section);
    let mut added = all(&root.comparer.new, section);
    let shared = shared_patterns([&removed, &added]);
    type Matcher<'m> = dyn Fn(&Operation<'_>, &Operation<'_>) -> bool + 'm;
    let matchers: [&Matcher<'_>; 4] = [
        &|old, new| (old.path, old.method) == (new.path, new.method),
        &|old, new| old.method == new.method && is_same_but_spelling(old.path, new.path),
        &|old, new| {
            let pattern = old.pattern();
            pattern == new.pattern() && (!shared.contains(&pattern) || old.has_same_id(new))
        },
        &|old, new| old.has_same_id(new),
    ];
    let mut pairs = Vec::new();
    for matches in matchers {
        // Which of several is meant would be a guess.
        pairs.extend(pairing::take(&mut removed, &mut added, |old, added| {
            pairing::only(added, |new| matches(old, new))
        }));
    }
    pairs.extend(renames::take(&mut removed, &mut added, |old, new| {
        is_similar(root, old, new)
    }));
    for (old, new) in &pairs {
        record_move(root, old, new);
        compare_pair(root, old, new);
    }
    let (subject, rules) = match section {
        "paths" => (
            "the operation",
            [Rule::OperationRemoved, Rule::OperationAdded],
        ),
        _ => ("the webhook", [Rule::CallbackRemoved, Rule::CallbackAdded]),
    };
    let removed = removed.into_iter().map(|old| (Some(old.node), None));
    let added = added.into_iter().map(|new| (None, Some(new.node)));
    for (old, new) in removed.chain(added) {
        root.with(old, new).record_one_sided(subject, rules);
    }
}

/// Returns whether two operations with other paths and other `operationId`s are versions of each
/// other.
fn is_similar<'d>(root: &Cursor<'_, 'd>, old: &Operation<'d>, new: &Operation<'d>) -> bool {
    let descriptions = [old, new].map(|operation| &operation.node.value["description"]);
    old.method == new.method
        && (descriptions[0].is_string() && descriptions[0] == descriptions[1]
            || renames::are_similar(last_name(old.path), last_name(new.path)))
        && are_equivalent(root, old, new)
}

/// Returns whether two operations differ in documentation, names and locations at most.
fn are_equivalent<'d>(root: &Cursor<'_, 'd>, old: &Operation<'d>, new: &Operation<'d>) -> bool {
    let comparer = root.comparer;
    let dry_run = comparer.dry_run();
    compare_pair(&Cursor::root(&dry_run).toward(root.direction), old, new);
    schemas::finds_no_difference(&dry_run)
}

/// Records that the path or the method changed, unless only names of path parameters did.
fn record_move<'d>(root: &Cursor<'_, 'd>, old: &Operation<'d>, new: &Operation<'d>) {
    if old.pattern() != new.pattern() {
        let (from, to) = (old.name(), new.name());
        let operation = root.with(Some(old.node.clone()), Some(new.node.clone()));
        let message = format!("the operation moved from {from} to {to}");
        operation.record(Rule::OperationMoved, message);
    }
}

/// Returns the last segment of a path that is not a parameter.
fn last_name(path: &str) -> &str {
    let segments = path.rsplit('/');
    let mut names = segments.filter(|segment| !segment.is_empty() && !segment.starts_with('{'));
    names.next().unwrap_or_default()
}

/// Compares the keywords of path items that do not concern their operations.
fn compare_path_items(items: &Cursor<'_, '_>, section: &str) {
    for path in items.keys() {
        if path.starts_with("x-") && section == "paths" {
            items.compare_keyword(path);
            continue;
        }
        let item = items.child(path);
        if item.is_in_both() {
            compare_path_item(&item.resolve_in_place());
        } else {
            // The target may be in another file.
            let reference = Cursor {
                pointers: item.pointers.clone(),
                ..item.child("$ref")
            };
            reference.compare_as("$ref");
        }
    }
}

fn compare_path_item(item: &Cursor<'_, '_>) {
    item.compare_keywords_except(&[&METHODS[..], &["parameters", "servers"]].concat());
}

/// Returns the operations of a section, sorted by path.
fn all<'d>(document: &Document<'d>, section: &str) -> Vec<Operation<'d>> {
    let mut all = Vec::new();
    for (path, item) in document.value[section].as_object().into_iter().flatten() {
        if path.starts_with("x-") && section == "paths" {
            continue;
        }
        let pointer = child(&child("", section), path);
        let path_item = document.resolve(Node::new(&*pointer, item));
        for method in METHODS {
            if let Some(operation) = path_item.value.get(method) {
                all.push(Operation {
                    path,
                    method,
                    node: Node::new(child(&pointer, method), operation),
                    path_item: path_item.clone(),
                });
            }
        }
    }
    all.sort_by_key(|operation| (operation.path, operation.method));
    all
}

/// Returns a path without the names of its parameters, which are not sent. Paths that differ in a
/// slash at the end are different to servers.
pub fn path_pattern(path: &str) -> String {
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

/// Returns the patterns that several operations of one document have, such as those of `/{box_id}` and
/// `/{item_id}`. They do not identify an operation.
fn shared_patterns(documents: [&[Operation<'_>]; 2]) -> BTreeSet<(&'static str, String)> {
    let mut shared = BTreeSet::new();
    for operations in documents {
        let mut seen = BTreeSet::new();
        let patterns = operations.iter().map(Operation::pattern);
        shared.extend(patterns.filter(|pattern| !seen.insert(pattern.clone())));
    }
    shared
}

/// Returns whether two paths differ at most in the spelling of parameters, such as `{BOX_ID}` and
/// `{box-id}`.
pub fn is_same_but_spelling(old: &str, new: &str) -> bool {
    let spelled = |path: &str| {
        let parts = path.split('/').map(|part| match part.starts_with('{') {
            true => part.replace(['-', '_'], "").to_lowercase(),
            false => part.to_owned(),
        });
        parts.collect::<Vec<_>>()
    };
    spelled(old) == spelled(new)
}

fn compare_pair<'d>(root: &Cursor<'_, 'd>, old: &Operation<'d>, new: &Operation<'d>) {
    let operation = root.with(Some(old.node.clone()), Some(new.node.clone()));
    let path_item = root.with(Some(old.path_item.clone()), Some(new.path_item.clone()));
    compare_operation(&operation, &path_item);
}

/// Compares two operations. The direction of the cursor is that of their requests.
fn compare_operation<'d>(operation: &Cursor<'_, 'd>, path_item: &Cursor<'_, 'd>) {
    for keyword in operation.keys() {
        match keyword {
            "parameters" | "requestBody" | "responses" | "security" | "servers" | "callbacks" => {}
            "operationId" => compare_operation_id(&operation.child(keyword)),
            "deprecated" => operation.compare_deprecated("the operation"),
            "tags" => operation.compare_tags(),
            _ => operation.compare_keyword(keyword),
        }
    }
    parameters::compare(operation, path_item);
    bodies::compare_request(&operation.entry("requestBody"));
    responses::compare(&operation.child("responses"));
    callbacks::compare(&operation.child("callbacks"));

    // The client does not choose the server and the credentials of callbacks and webhooks.
    if operation.direction == Direction::Response {
        operation.compare_keyword("security");
        operation.compare_keyword("servers");
        return;
    }
    let root = Cursor::root(operation.comparer);
    let pointer = operation.pointers.after.as_deref().unwrap_or_default();
    let name = Location::of(operation.comparer.new.value, pointer).to_text();
    let required = operation.entry("security").or(root.child("security"));
    security::compare_requirements(&required, &name);
    let servers = operation.entry("servers").or(path_item.entry("servers"));
    servers::compare(&servers.or(root.child("servers")), &name);
}

fn compare_operation_id(id: &Cursor<'_, '_>) {
    // Operations with other ids can be equivalent.
    if id.comparer.is_dry_run || id.old == id.new {
        return;
    }
    let name = |id: &Value| match id.as_str() {
        Some(id) => format!("`{id}`"),
        None => quoted(id),
    };
    let message = match (id.old, id.new) {
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
    id.record_values(Rule::OperationIdChanged, message);
}
