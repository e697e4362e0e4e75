//! Compares what can be called, and finds again what has moved.

mod servers;

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    bodies,
    changes::{Pointers, Said},
    comparison::{Comparison, entries, keys},
    docs,
    level::Direction,
    location::Place,
    normalize::Document,
    parameters, renames,
    rules::Rule,
    security,
    values::quoted,
};
use crate::openapi::{pointer::child, walk::METHODS};

/// An operation and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Operation<'o, 'd> {
    /// The pointer by which it is known: that of the path item, even if that refers elsewhere.
    pub at: &'o str,
    pub value: &'d Value,
    pub item: &'o (String, &'d Value),
}

/// The path and the method of an operation.
type Key = (String, &'static str);

/// An operation with its pointer, and its path item with the pointer of that.
pub type Found<'d> = (String, &'d Value, (String, &'d Value));

/// The operations of a document, by path and method.
type Operations<'d> = BTreeMap<Key, Found<'d>>;

/// Compares the operations of both documents.
pub fn compare(to: &mut Comparison<'_>) {
    for section in ["paths", "webhooks"] {
        // A webhook is called by the server.
        let direction = match section {
            "paths" => Direction::Request,
            _ => Direction::Response,
        };
        items(to, section);
        let (olds, mut news) = (all(&to.old, section), all(&to.new, section));
        let mut gone = Vec::new();
        let pairs: Vec<_> = olds
            .into_iter()
            .filter_map(|(key, old)| match news.remove(&key) {
                Some(new) => Some((key, old, new)),
                None => {
                    gone.push((key, old));
                    None
                }
            })
            .collect();
        for (_, old, new) in &pairs {
            operation(to, old, new, direction);
        }
        for alike in [same_shape, same_operation_id] {
            gone.retain(|(key, old)| {
                let found = news
                    .iter()
                    .filter(|(other, new)| alike((key, old.1), (other, new.1)));
                // One of several would be a guess.
                let found: Vec<_> = found.map(|(other, _)| other.clone()).collect();
                let [found] = found.as_slice() else {
                    return true;
                };
                let Some(new) = news.remove(found) else {
                    return true;
                };
                if shape(&key.0) != shape(&found.0) || key.1 != found.1 {
                    let message = format!("moved from {} to {}", name(key), name(found));
                    let pointers = Pointers::both(&*old.0, &*new.0);
                    to.note(Rule::OperationMoved, direction, pointers, message);
                }
                operation(to, old, &new, direction);
                false
            });
        }
        moved(to, &mut gone, &mut news, direction);
        let (removed, added, what) = match section {
            "paths" => (
                Rule::OperationRemoved,
                Rule::OperationAdded,
                "the operation",
            ),
            _ => (Rule::CallbackRemoved, Rule::CallbackAdded, "the webhook"),
        };
        for (_, (at, ..)) in gone {
            to.note(
                removed,
                direction,
                Pointers::gone(at),
                format!("{what} is gone"),
            );
        }
        for (at, ..) in news.into_values() {
            to.note(
                added,
                direction,
                Pointers::new(at),
                format!("{what} is new"),
            );
        }
    }
}

/// Finds operations again that have another path and another id, but are otherwise the same.
fn moved<'d>(
    to: &mut Comparison<'d>,
    gone: &mut Vec<(Key, Found<'d>)>,
    news: &mut Operations<'d>,
    direction: Direction,
) {
    let come: Vec<(Key, Found<'d>)> = news.clone().into_iter().collect();
    let pairs = renames::pairs(gone, &come, |(old_key, old), (new_key, new)| {
        old_key.1 == new_key.1
            && (old.1["description"].is_string() && old.1["description"] == new.1["description"]
                || renames::are_similar(last(&old_key.0), last(&new_key.0)))
            && to.are_one_operation(old, new, direction)
    });
    for (old, new) in &pairs {
        let ((old_key, old), (new_key, new)) = (&gone[*old], &come[*new]);
        let message = format!("moved from {} to {}", name(old_key), name(new_key));
        let pointers = Pointers::both(&*old.0, &*new.0);
        to.note(Rule::OperationMoved, direction, pointers, message);
        operation(to, old, new, direction);
        news.remove(new_key);
    }
    let mut index = 0;
    gone.retain(|_| {
        index += 1;
        !pairs.iter().any(|(old, _)| old + 1 == index)
    });
}

/// The last part of a path that is no parameter.
fn last(path: &str) -> &str {
    let parts = path.rsplit('/');
    let mut parts = parts.filter(|part| !part.is_empty() && !part.starts_with('{'));
    parts.next().unwrap_or_default()
}

/// Compares what path items say besides operations.
fn items<'d>(to: &mut Comparison<'d>, section: &str) {
    let (olds, news) = (
        entries(&to.old.value[section]),
        entries(&to.new.value[section]),
    );
    for path in keys(&to.old.value[section], &to.new.value[section]) {
        let (old, new) = (olds.get(path).copied(), news.get(path).copied());
        let at = child("", section);
        if path.starts_with("x-") && section == "paths" {
            to.keyword(
                Direction::Request,
                path,
                old,
                new,
                &Pointers::both(&*at, &*at),
            );
            continue;
        }
        let (Some(old), Some(new)) = (old, new) else {
            // What it refers to cannot be seen from here.
            if old.or(new).is_some_and(|item| item.get("$ref").is_some()) {
                let places = Pointers::both(child(&at, path), child(&at, path));
                let reference = |item: Option<&'d Value>| item?.get("$ref");
                to.unjudged(
                    Direction::Request,
                    "$ref",
                    reference(old),
                    reference(new),
                    places,
                );
            }
            continue;
        };
        let at = child(&child("", section), path);
        let (_, old) = to.old.at(at.clone(), old);
        let (_, new) = to.new.at(at.clone(), new);
        item(
            to,
            old,
            new,
            Direction::Request,
            &Pointers::both(&*at, &*at),
        );
    }
}

/// Compares what a path item says besides operations and what they share.
fn item(to: &mut Comparison<'_>, old: &Value, new: &Value, direction: Direction, at: &Pointers) {
    for keyword in keys(old, new) {
        let known = METHODS.contains(&keyword) || ["parameters", "servers"].contains(&keyword);
        if !known {
            to.keyword(direction, keyword, old.get(keyword), new.get(keyword), at);
        }
    }
}

fn all<'d>(document: &Document<'d>, section: &str) -> Operations<'d> {
    let mut all = Operations::new();
    for (path, item) in entries(&document.value[section]) {
        if path.starts_with("x-") && section == "paths" {
            continue;
        }
        let place = child(&child("", section), path);
        let (at, item) = document.at(place.clone(), item);
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                let operation = (child(&place, method), operation, (at.clone(), item));
                all.insert((path.to_owned(), method), operation);
            }
        }
    }
    all
}

/// A path without the names of its parameters, which nobody sends.
fn shape(path: &str) -> String {
    let mut shape = String::new();
    let mut inside = false;
    for character in path.chars() {
        match character {
            '{' => inside = true,
            '}' => {
                inside = false;
                shape.push_str("{}");
            }
            _ if inside => {}
            character => shape.push(character),
        }
    }
    // Servers tell `/a/` from `/a`, and so does this.
    shape
}

fn name((path, method): &(String, &'static str)) -> String {
    format!("`{} {path}`", method.to_uppercase())
}

type Known<'k, 'd> = (&'k (String, &'static str), &'d Value);

fn same_shape((old, _): Known<'_, '_>, (new, _): Known<'_, '_>) -> bool {
    old.1 == new.1 && shape(&old.0) == shape(&new.0)
}

fn same_operation_id((_, old): Known<'_, '_>, (_, new): Known<'_, '_>) -> bool {
    old["operationId"].is_string() && old["operationId"] == new["operationId"]
}

/// Compares two operations whose requests travel in this direction.
pub fn operation<'d>(
    to: &mut Comparison<'d>,
    (old_at, old, old_item): &(String, &'d Value, (String, &'d Value)),
    (new_at, new, new_item): &(String, &'d Value, (String, &'d Value)),
    direction: Direction,
) {
    let (old_at, new_at) = (old_at.as_str(), new_at.as_str());
    let way = Place::of(to.new.value, new_at).line();
    let places = Pointers::both(old_at, new_at);
    let below = |key: &str| Pointers::both(child(old_at, key), child(new_at, key));

    for keyword in keys(old, new) {
        let (old, new) = (old.get(keyword), new.get(keyword));
        match keyword {
            "parameters" | "requestBody" | "responses" | "security" | "servers" | "callbacks" => {}
            "operationId" if to.on_trial => {}
            "operationId" if old != new => {
                let (Some(before), Some(after)) = (old, new) else {
                    let message = format!(
                        "the operation id is {}",
                        if new.is_some() { "set" } else { "gone" }
                    );
                    let said = Said {
                        message,
                        before: old.cloned(),
                        after: new.cloned(),
                    };
                    to.note(Rule::OperationIdChanged, direction, below(keyword), said);
                    continue;
                };
                let name = |id: &Value| {
                    id.as_str()
                        .map_or_else(|| quoted(id), |id| format!("`{id}`"))
                };
                let said = Said::from_to(
                    format!("renamed from {} to {}", name(before), name(after)),
                    before,
                    after,
                );
                to.note(Rule::OperationIdChanged, direction, below(keyword), said);
            }
            "operationId" => {}
            "deprecated" => parameters::deprecation(to, old, new, direction, below(keyword)),
            "tags" => to.tags(old, new, &places),
            _ => to.keyword(direction, keyword, old, new, &places),
        }
    }
    parameters::compare(
        to,
        Operation {
            at: old_at,
            value: old,
            item: old_item,
        },
        Operation {
            at: new_at,
            value: new,
            item: new_item,
        },
        direction,
    );
    bodies::request(
        to,
        old.get("requestBody"),
        new.get("requestBody"),
        direction,
        &below("requestBody"),
    );
    bodies::responses(
        to,
        &old["responses"],
        &new["responses"],
        direction,
        &below("responses"),
    );
    callbacks(
        to,
        &old["callbacks"],
        &new["callbacks"],
        direction,
        &below("callbacks"),
    );

    // Who calls back is not who is called.
    if direction == Direction::Response {
        for keyword in ["security", "servers"] {
            to.keyword(
                direction,
                keyword,
                old.get(keyword),
                new.get(keyword),
                &places,
            );
        }
    } else {
        let effective = |document: &Document<'d>, at: &str, operation: &'d Value| match operation
            .get("security")
        {
            Some(security) => (child(at, "security"), security),
            None => ("/security".to_owned(), &document.value["security"]),
        };
        let (old_security, new_security) = (
            effective(&to.old, old_at, old),
            effective(&to.new, new_at, new),
        );
        security::requirements(to, old_security, new_security, &way);
        let effective = |document: &Document<'d>,
                         at: &str,
                         operation: &'d Value,
                         item: &(String, &'d Value)| {
            let places = [
                (child(at, "servers"), operation.get("servers")),
                (child(&item.0, "servers"), item.1.get("servers")),
                ("/servers".to_owned(), document.value.get("servers")),
            ];
            let found = places
                .into_iter()
                .find_map(|(at, servers)| Some((at, servers?)));
            found.unwrap_or_else(|| ("/servers".to_owned(), &Value::Null))
        };
        let (old_servers, new_servers) = (
            effective(&to.old, old_at, old, old_item),
            effective(&to.new, new_at, new, new_item),
        );
        servers::compare(to, old_servers, new_servers, &way);
    }
}

fn callbacks<'d>(
    to: &mut Comparison<'d>,
    old: &'d Value,
    new: &'d Value,
    direction: Direction,
    at: &Pointers,
) {
    let place = |at: &Option<String>, name: &str| child(at.as_deref().unwrap_or_default(), name);
    for name in keys(old, new) {
        let (before, after) = (place(&at.before, name), place(&at.after, name));
        let (old, new) = match (old.get(name), new.get(name)) {
            (Some(old), Some(new)) => (to.old.at(before, old), to.new.at(after, new)),
            (_, new) => {
                let what = format!("the callback `{name}`");
                come_or_gone(to, new.is_some(), &what, direction, before, after);
                continue;
            }
        };
        for expression in keys(old.1, new.1) {
            if docs::rule(expression).is_some() {
                let pointers = Pointers::both(&*old.0, &*new.0);
                to.keyword(
                    direction,
                    expression,
                    old.1.get(expression),
                    new.1.get(expression),
                    &pointers,
                );
                continue;
            }
            let (before, after) = (child(&old.0, expression), child(&new.0, expression));
            let read = |document: &Document<'d>, at: &str, value: Option<&'d Value>| {
                value.map(|value| document.at(at.to_owned(), value))
            };
            let (Some(old_item), Some(new_item)) = (
                read(&to.old, &before, old.1.get(expression)),
                read(&to.new, &after, new.1.get(expression)),
            ) else {
                let is_new = new.1.get(expression).is_some();
                let what = format!("the callback to `{expression}`");
                come_or_gone(to, is_new, &what, direction, before, after);
                continue;
            };
            let places = Pointers::both(&*before, &*after);
            item(to, old_item.1, new_item.1, direction, &places);
            for method in METHODS {
                let (old, new) = (old_item.1.get(method), new_item.1.get(method));
                let (before, after) = (child(&before, method), child(&after, method));
                match (old, new) {
                    (Some(old), Some(new)) => operation(
                        to,
                        &(before, old, old_item.clone()),
                        &(after, new, new_item.clone()),
                        direction.flipped(),
                    ),
                    (None, None) => {}
                    (_, new) => {
                        let what = format!("the callback by {}", method.to_uppercase());
                        come_or_gone(to, new.is_some(), &what, direction, before, after);
                    }
                }
            }
        }
    }
}

fn come_or_gone(
    to: &mut Comparison<'_>,
    is_new: bool,
    what: &str,
    direction: Direction,
    before: String,
    after: String,
) {
    let (rule, pointers, words) = match is_new {
        true => (Rule::CallbackAdded, Pointers::new(after), "new"),
        false => (Rule::CallbackRemoved, Pointers::gone(before), "gone"),
    };
    to.note(rule, direction, pointers, format!("{what} is {words}"));
}
