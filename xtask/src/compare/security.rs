//! Compares security schemes, and the credentials that operations require.

mod requirements;

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    cursor::Cursor,
    docs,
    normalize::Document,
    rules::Rule,
    values::{describe_change, equal},
};
use crate::openapi::{node::Node, number::same};

pub use requirements::compare as compare_requirements;

/// Compares the security schemes by name. A scheme with a new name alone is the same scheme.
pub fn compare_schemes(root: &Cursor<'_, '_>) {
    let renamed = renamed(&root.comparer.old, &root.comparer.new);
    let schemes = root.child("components").child("securitySchemes");
    for (_, scheme) in schemes.entries(|name| renamed.get(name).unwrap_or(&name).to_string()) {
        let rules = [Rule::SecuritySchemeRemoved, Rule::SecuritySchemeAdded];
        scheme.compare_entry("the security scheme", rules, |scheme| {
            compare_scheme(&scheme.resolve_in_place());
        });
    }
}

/// Returns the old names of renamed schemes, by their new names.
fn renamed<'d>(old: &Document<'d>, new: &Document<'d>) -> BTreeMap<&'d str, &'d str> {
    let [old_schemes, new_schemes] = [old, new].map(|document| {
        let schemes = document.value["components"]["securitySchemes"].as_object();
        let schemes = schemes.into_iter().flatten();
        let schemes = schemes.map(|(name, scheme)| {
            let scheme = document.resolve(Node::new("", scheme)).value;
            (name.as_str(), without_docs(scheme))
        });
        schemes.collect::<BTreeMap<&str, Value>>()
    });
    let mut renamed = BTreeMap::new();
    for (name, scheme) in &new_schemes {
        let mut same = old_schemes.iter().filter(|(_, old)| same(old, scheme));
        let old_name = same.find(|(name, _)| !new_schemes.contains_key(*name));
        if let (Some((old_name, _)), false) = (old_name, old_schemes.contains_key(name)) {
            renamed.insert(*name, *old_name);
        }
    }
    renamed
}

/// Returns a scheme without its documentation and that of its scopes.
fn without_docs(scheme: &Value) -> Value {
    let mut scheme = docs::without(scheme);
    let flows = scheme.get_mut("flows").and_then(Value::as_object_mut);
    for (_, flow) in flows.into_iter().flatten() {
        let scopes = flow.get_mut("scopes").and_then(Value::as_object_mut);
        for (_, text) in scopes.into_iter().flatten() {
            text.take();
        }
    }
    scheme
}

fn compare_scheme(scheme: &Cursor<'_, '_>) {
    let in_header = scheme
        .sides()
        .iter()
        .all(|side| side.value["in"] == "header");
    for keyword in scheme.keys() {
        let field = scheme.child(keyword);
        let is_same_text = || lowercase(field.old) == lowercase(field.new);
        match keyword {
            "flows" => compare_flows(&field),
            "deprecated" => scheme.compare_deprecated("the security scheme"),
            _ if docs::rule(keyword).is_some() => scheme.compare_keyword(keyword),
            // A hint for people about the format of the token.
            "bearerFormat" => field.record_docs(Rule::TextChanged, keyword),
            "scheme" if is_same_text() => {}
            "name" if in_header && is_same_text() => {}
            _ => record_changed(&field, &format!("`{keyword}`")),
        }
    }
}

/// Records a change of a field of a scheme, which `subject` names, if the values differ.
fn record_changed(field: &Cursor<'_, '_>, subject: &str) {
    if field.old != field.new {
        let message = describe_change(subject, field.old, field.new);
        field.record_values(Rule::SecuritySchemeChanged, message);
    }
}

/// Returns the name of an HTTP scheme or header in lowercase, as both are case-insensitive.
fn lowercase(value: Option<&Value>) -> Option<String> {
    Some(value?.as_str()?.to_lowercase())
}

fn compare_flows(flows: &Cursor<'_, '_>) {
    for name in flows.keys() {
        let rules = [Rule::SecuritySchemeChanged, Rule::SecurityLoosened];
        let subject = format!("the flow `{name}`");
        flows
            .entry(name)
            .compare_entry(&subject, rules, |flow| compare_flow(name, flow));
    }
}

fn compare_flow(name: &str, flow: &Cursor<'_, '_>) {
    for keyword in flow.keys() {
        let field = flow.child(keyword);
        if keyword == "scopes" || field.old == field.new {
            continue;
        }
        match docs::rule(keyword) {
            Some(_) => flow.compare_keyword(keyword),
            None => record_changed(&field, &format!("`{keyword}` of the flow `{name}`")),
        }
    }
    compare_scopes(&flow.child("scopes"));
}

fn compare_scopes(scopes: &Cursor<'_, '_>) {
    for name in scopes.keys() {
        let rules = [Rule::ScopeRemoved, Rule::ScopeAdded];
        let subject = format!("the scope `{name}`");
        scopes.entry(name).compare_entry(&subject, rules, |scope| {
            if !equal(scope.old, scope.new) {
                let message = format!("the description of {subject} changed");
                scope.record_values(Rule::TextChanged, message);
            }
        });
    }
}
