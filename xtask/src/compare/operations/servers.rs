//! Compares the servers of an operation.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    compare::{cursor::Cursor, rules::Rule},
    openapi::{node::Node, pointer::child},
};

/// Compares the servers that apply to `operation`.
pub fn compare(servers: &Cursor<'_, '_>, operation: &str) {
    let [old, new] = servers.sides();
    let (old_urls, new_urls) = (urls(old.value), urls(new.value));
    for url in old_urls.symmetric_difference(&new_urls) {
        let value = Value::from(url.as_str());
        let (rule, change, values) = match old_urls.contains(url) {
            true => (Rule::ServerRemoved, "removed", [Some(&value), None]),
            false => (Rule::ServerAdded, "added", [None, Some(&value)]),
        };
        let message = format!("the server `{url}` was {change}");
        servers.record_with(rule, message, values, Some(operation));
    }
    for url in old_urls.intersection(&new_urls) {
        let server = servers.with(find(&old, url), find(&new, url));
        if server.is_in_both() {
            compare_server(&server, url, operation);
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
fn compare_server(server: &Cursor<'_, '_>, url: &str, operation: &str) {
    let [old, new] = server.sides();
    let (old_values, new_values) = (variable_values(old.value), variable_values(new.value));
    for entry @ (variable, value) in old_values.symmetric_difference(&new_values) {
        let (rule, change) = match old_values.contains(entry) {
            true => (Rule::ServerRemoved, "removed from"),
            false => (Rule::ServerAdded, "added to"),
        };
        let message = format!(
            "the value `{value}` of the variable `{variable}` was {change} the server `{url}`"
        );
        server.record_with(rule, message, [None, None], Some(operation));
    }
    server.compare_keywords_except(&["url", "variables"]);
    let variables = server.child("variables");
    for name in variables.keys() {
        variables
            .child(name)
            .compare_keywords_except(&["default", "enum"]);
    }
}

/// Returns the variables of a server with the values that are not their defaults.
fn variable_values(server: &Value) -> BTreeSet<(&str, &str)> {
    let mut values = BTreeSet::new();
    for (name, variable) in server["variables"].as_object().into_iter().flatten() {
        let listed = variable["enum"].as_array().into_iter().flatten();
        let others = listed.filter(|value| **value != variable["default"]);
        values.extend(others.filter_map(|value| Some((name.as_str(), value.as_str()?))));
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
