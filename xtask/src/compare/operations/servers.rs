//! Compares the servers of an operation.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    compare::{
        changes::{Details, Pointers},
        comparison::{Comparer, entries, keys},
        level::Direction,
        normalize::Node,
        rules::Rule,
    },
    openapi::pointer::child,
};

/// Compares the servers that apply to `operation`.
pub fn compare<'d>(comparer: &mut Comparer<'d>, old: &Node<'d>, new: &Node<'d>, operation: &str) {
    let (old_urls, new_urls) = (urls(old.value), urls(new.value));
    let mut record = |rule, details| {
        let pointers = Pointers::of(old, new);
        let direction = Direction::Request;
        comparer
            .changes
            .record(rule, direction, pointers, details, Some(operation));
    };
    for url in old_urls.difference(&new_urls) {
        let message = format!("the server `{url}` was removed");
        let details = Details::new(message, Some(&url.as_str().into()), None);
        record(Rule::ServerRemoved, details);
    }
    for url in new_urls.difference(&old_urls) {
        let message = format!("the server `{url}` was added");
        let details = Details::new(message, None, Some(&url.as_str().into()));
        record(Rule::ServerAdded, details);
    }
    for url in old_urls.intersection(&new_urls) {
        if let (Some(old), Some(new)) = (find(old, url), find(new, url)) {
            compare_server(comparer, url, &old, &new, operation);
        }
    }
}

fn urls(servers: &Value) -> BTreeSet<String> {
    let listed = servers.as_array().into_iter().flatten();
    let mut urls: BTreeSet<String> = listed.map(server_url).collect();
    // The default of OpenAPI.
    if urls.is_empty() {
        urls.insert("/".to_owned());
    }
    urls
}

fn find<'d>(servers: &Node<'d>, url: &str) -> Option<Node<'d>> {
    let mut listed = servers.value.as_array().into_iter().flatten().enumerate();
    let (index, server) = listed.find(|(_, server)| server_url(server) == url)?;
    Some(Node::new(
        child(&servers.pointer, &index.to_string()),
        server,
    ))
}

/// Compares two servers with the same default URL: the other values of their variables, and the rest.
fn compare_server(
    comparer: &mut Comparer<'_>,
    url: &str,
    old: &Node<'_>,
    new: &Node<'_>,
    operation: &str,
) {
    let (old_values, new_values) = (variable_values(old.value), variable_values(new.value));
    let mut record = |rule, message: String| {
        let pointers = Pointers::of(old, new);
        let direction = Direction::Request;
        comparer
            .changes
            .record(rule, direction, pointers, message.into(), Some(operation));
    };
    for (variable, value) in old_values.difference(&new_values) {
        let message = format!(
            "the value `{value}` of the variable `{variable}` was removed from the server `{url}`"
        );
        record(Rule::ServerRemoved, message);
    }
    for (variable, value) in new_values.difference(&old_values) {
        let message = format!(
            "the value `{value}` of the variable `{variable}` was added to the server `{url}`"
        );
        record(Rule::ServerAdded, message);
    }
    comparer.keywords(Direction::Request, old, new, &["url", "variables"]);
    let (old, new) = (old.child("variables"), new.child("variables"));
    for name in keys(old.value, new.value) {
        let (old, new) = (old.child(name), new.child(name));
        comparer.keywords(Direction::Request, &old, &new, &["default", "enum"]);
    }
}

/// Returns the variables of a server with the values that are not their defaults.
fn variable_values(server: &Value) -> BTreeSet<(&str, &str)> {
    let mut values = BTreeSet::new();
    for (name, variable) in entries(&server["variables"]) {
        let listed = variable["enum"].as_array().into_iter().flatten();
        let others = listed.filter(|value| **value != variable["default"]);
        values.extend(others.filter_map(|value| Some((name, value.as_str()?))));
    }
    values
}

/// Returns the URL of a server with the defaults of its variables, without a slash at its end.
fn server_url(server: &Value) -> String {
    let mut url = server["url"].as_str().unwrap_or_default().to_owned();
    for (name, variable) in server["variables"].as_object().into_iter().flatten() {
        let default = variable["default"].as_str().unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), default);
    }
    match url.trim_end_matches('/') {
        "" => "/".to_owned(),
        url => url.to_owned(),
    }
}
