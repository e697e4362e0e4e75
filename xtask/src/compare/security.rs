//! Compares security schemes, and the credentials that operations require.

mod requirements;

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    changes::{Details, Pointers},
    comparison::{Comparer, entries, keys},
    docs,
    level::Direction,
    normalize::{Document, Node},
    parameters,
    rules::Rule,
    values::describe_change,
};
use crate::openapi::{number::same, pointer::child};

pub use requirements::compare as compare_requirements;

const SCHEMES: &str = "/components/securitySchemes";

/// Compares the security schemes by name. A scheme with a new name alone is the same scheme.
pub fn compare_schemes(comparer: &mut Comparer<'_>) {
    let (old_schemes, new_schemes) = (all(&comparer.old), all(&comparer.new));
    let renamed = renamed(&comparer.old, &comparer.new);
    for (name, old) in &old_schemes {
        let pointer = child(SCHEMES, name);
        match new_schemes.get(name) {
            Some(new) => {
                let (old, new) = (Node::new(&*pointer, old), Node::new(&*pointer, new));
                compare_scheme(comparer, &old, &new);
            }
            None if renamed.values().any(|old| old == name) => {}
            None => record(
                comparer,
                Rule::SecuritySchemeRemoved,
                Pointers::removed(pointer),
                "the security scheme was removed",
            ),
        }
    }
    for (name, new) in &new_schemes {
        let pointer = child(SCHEMES, name);
        if let Some(old_name) = renamed.get(name) {
            let old = Node::new(child(SCHEMES, old_name), old_schemes[old_name]);
            compare_scheme(comparer, &old, &Node::new(pointer, new));
        } else if !old_schemes.contains_key(name) {
            record(
                comparer,
                Rule::SecuritySchemeAdded,
                Pointers::added(pointer),
                "the security scheme was added",
            );
        }
    }
}

fn record(
    comparer: &mut Comparer<'_>,
    rule: Rule,
    pointers: Pointers,
    details: impl Into<Details>,
) {
    comparer.record(rule, Direction::Request, pointers, details);
}

fn all<'d>(document: &Document<'d>) -> BTreeMap<&'d str, &'d Value> {
    let schemes = entries(&document.value["components"]["securitySchemes"]);
    let resolve = |name: &str, scheme| {
        document
            .resolve(Node::new(child(SCHEMES, name), scheme))
            .value
    };
    schemes
        .into_iter()
        .map(|(name, scheme)| (name, resolve(name, scheme)))
        .collect()
}

/// Returns the old names of renamed schemes, by their new names.
fn renamed<'d>(old: &Document<'d>, new: &Document<'d>) -> BTreeMap<&'d str, &'d str> {
    let (old_schemes, new_schemes) = (all(old), all(new));
    let added = new_schemes
        .iter()
        .filter(|(name, _)| !old_schemes.contains_key(*name));
    added
        .filter_map(|(name, scheme)| {
            let mut removed = old_schemes
                .iter()
                .filter(|(name, _)| !new_schemes.contains_key(*name));
            let (old_name, _) =
                removed.find(|(_, old)| same(&without_docs(old), &without_docs(scheme)))?;
            Some((*name, *old_name))
        })
        .collect()
}

/// Returns a scheme without its documentation and that of its scopes.
fn without_docs(scheme: &Value) -> Value {
    let mut scheme = scheme.clone();
    if let Value::Object(scheme) = &mut scheme {
        scheme.retain(|keyword, _| docs::rule(keyword).is_none());
    }
    let flows = scheme.get_mut("flows").and_then(Value::as_object_mut);
    for (_, flow) in flows.into_iter().flatten() {
        let scopes = flow.get_mut("scopes").and_then(Value::as_object_mut);
        for (_, text) in scopes.into_iter().flatten() {
            text.take();
        }
    }
    scheme
}

fn compare_scheme(comparer: &mut Comparer<'_>, old: &Node<'_>, new: &Node<'_>) {
    let in_header = old.value["in"] == "header" && new.value["in"] == "header";
    let at = Pointers::of(old, new);
    for keyword in keys(old.value, new.value) {
        let pointers = at.child(keyword);
        let (before, after) = (old.value.get(keyword), new.value.get(keyword));
        match keyword {
            "flows" => compare_flows(comparer, &old.child(keyword), &new.child(keyword)),
            "deprecated" => parameters::deprecation(
                comparer,
                "the security scheme",
                before,
                after,
                Direction::Request,
                pointers,
            ),
            _ if docs::rule(keyword).is_some() => {
                comparer.keyword(Direction::Request, keyword, before, after, &at);
            }
            // A hint for people about the format of the token.
            "bearerFormat" => {
                comparer.record_docs(Rule::TextChanged, keyword, before, after, pointers);
            }
            "scheme" if lowercase(before) == lowercase(after) => {}
            "name" if in_header && lowercase(before) == lowercase(after) => {}
            _ if before != after => {
                let message = describe_change(&format!("`{keyword}`"), before, after);
                let details = Details::new(message, before, after);
                record(comparer, Rule::SecuritySchemeChanged, pointers, details);
            }
            _ => {}
        }
    }
}

/// Returns the name of an HTTP scheme or header in lowercase, as both are case-insensitive.
fn lowercase(value: Option<&Value>) -> Option<String> {
    Some(value?.as_str()?.to_lowercase())
}

fn compare_flows(comparer: &mut Comparer<'_>, old: &Node<'_>, new: &Node<'_>) {
    for name in keys(old.value, new.value) {
        match (old.get(name), new.get(name)) {
            (Some(old), Some(new)) => compare_flow(comparer, name, &old, &new),
            (None, _) => record(
                comparer,
                Rule::SecurityLoosened,
                Pointers::added(new.child(name).pointer),
                format!("the flow `{name}` was added"),
            ),
            (_, None) => record(
                comparer,
                Rule::SecuritySchemeChanged,
                Pointers::removed(old.child(name).pointer),
                format!("the flow `{name}` was removed"),
            ),
        }
    }
}

fn compare_flow(comparer: &mut Comparer<'_>, name: &str, old: &Node<'_>, new: &Node<'_>) {
    let at = Pointers::of(old, new);
    for keyword in keys(old.value, new.value) {
        let (before, after) = (old.value.get(keyword), new.value.get(keyword));
        if keyword == "scopes" || before == after {
            continue;
        }
        if docs::rule(keyword).is_some() {
            comparer.keyword(Direction::Request, keyword, before, after, &at);
            continue;
        }
        let subject = format!("`{keyword}` of the flow `{name}`");
        let details = Details::new(describe_change(&subject, before, after), before, after);
        record(
            comparer,
            Rule::SecuritySchemeChanged,
            at.child(keyword),
            details,
        );
    }
    compare_scopes(comparer, &old.child("scopes"), &new.child("scopes"));
}

fn compare_scopes(comparer: &mut Comparer<'_>, old: &Node<'_>, new: &Node<'_>) {
    for scope in keys(old.value, new.value) {
        let (before, after) = (old.child(scope), new.child(scope));
        match (old.value.get(scope), new.value.get(scope)) {
            (None, _) => record(
                comparer,
                Rule::ScopeAdded,
                Pointers::added(after.pointer),
                format!("the scope `{scope}` was added"),
            ),
            (_, None) => record(
                comparer,
                Rule::ScopeRemoved,
                Pointers::removed(before.pointer),
                format!("the scope `{scope}` was removed"),
            ),
            (Some(old_text), Some(new_text)) if !same(old_text, new_text) => {
                let message = format!("the description of the scope `{scope}` changed");
                let details = Details::new(message, Some(old_text), Some(new_text));
                let pointers = Pointers::of(&before, &after);
                record(comparer, Rule::TextChanged, pointers, details);
            }
            _ => {}
        }
    }
}
