//! Compares the servers that an operation can be sent to.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    compare::{
        changes::{Pointers, Said},
        comparison::{Comparison, entries, keys},
        level::Direction,
        rules::Rule,
    },
    openapi::pointer::child,
};

/// Compares the servers that are in force for an operation.
pub fn compare<'d>(
    to: &mut Comparison<'d>,
    (old_at, old): (String, &'d Value),
    (new_at, new): (String, &'d Value),
    way: &str,
) {
    let urls = |servers: &Value| -> BTreeSet<String> {
        let listed = servers.as_array().into_iter().flatten();
        let mut urls: BTreeSet<String> = listed.map(server_url).collect();
        if urls.is_empty() {
            urls.insert("/".to_owned());
        }
        urls
    };
    let (olds, news) = (urls(old), urls(new));
    let pointers = Pointers::both(&*old_at, &*new_at);
    for url in olds.difference(&news) {
        let said = Said {
            message: format!("the server `{url}` is gone"),
            before: Some(url.as_str().into()),
            after: None,
        };
        to.changes.note(
            Rule::ServerRemoved,
            Direction::Request,
            pointers.clone(),
            said,
            Some(way),
        );
    }
    for url in news.difference(&olds) {
        let said = Said {
            message: format!("the server `{url}` is new"),
            before: None,
            after: Some(url.as_str().into()),
        };
        to.changes.note(
            Rule::ServerAdded,
            Direction::Request,
            pointers.clone(),
            said,
            Some(way),
        );
    }
    for url in olds.intersection(&news) {
        if let (Some(old), Some(new)) = (find(&old_at, old, url), find(&new_at, new, url)) {
            server(to, url, old, new, way);
        }
    }
}

fn find<'d>(at: &str, servers: &'d Value, url: &str) -> Option<(String, &'d Value)> {
    let mut listed = servers.as_array().into_iter().flatten().enumerate();
    let (index, server) = listed.find(|(_, server)| server_url(server) == url)?;
    Some((child(at, &index.to_string()), server))
}

/// Compares what is said of one server besides its address: which others its variables make of it.
fn server(
    to: &mut Comparison<'_>,
    url: &str,
    (old_at, old): (String, &Value),
    (new_at, new): (String, &Value),
    way: &str,
) {
    let places = Pointers::both(&*old_at, &*new_at);
    let (olds, news) = (choices(old), choices(new));
    let mut note = |rule, message: String| {
        let said = Said::new(message);
        to.changes
            .note(rule, Direction::Request, places.clone(), said, Some(way));
    };
    for (variable, value) in olds.difference(&news) {
        let message = format!("`{variable}` of the server `{url}` can be `{value}` no longer");
        note(Rule::ServerRemoved, message);
    }
    for (variable, value) in news.difference(&olds) {
        let message = format!("`{variable}` of the server `{url}` can be `{value}` as well");
        note(Rule::ServerAdded, message);
    }
    rest(to, old, new, &["url", "variables"], &places);
    let (old, new) = (&old["variables"], &new["variables"]);
    for name in keys(old, new) {
        let below = |at: &str| child(&child(at, "variables"), name);
        let places = Pointers::both(below(&old_at), below(&new_at));
        rest(to, &old[name], &new[name], &["default", "enum"], &places);
    }
}

/// Compares the keywords that are not `known`.
fn rest(to: &mut Comparison<'_>, old: &Value, new: &Value, known: &[&str], at: &Pointers) {
    for keyword in keys(old, new) {
        if !known.contains(&keyword) {
            let (old, new) = (old.get(keyword), new.get(keyword));
            to.keyword(Direction::Request, keyword, old, new, at);
        }
    }
}

/// What the variables of a server can be besides their defaults.
fn choices(server: &Value) -> BTreeSet<(&str, &str)> {
    let mut choices = BTreeSet::new();
    for (name, variable) in entries(&server["variables"]) {
        let listed = variable["enum"].as_array().into_iter().flatten();
        let other = listed.filter(|value| **value != variable["default"]);
        choices.extend(other.filter_map(|value| Some((name, value.as_str()?))));
    }
    choices
}

/// The address of a server with the defaults of its variables, without a slash at its end.
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
