//! Compares security schemes, and the credentials that operations require.

mod requirements;

use std::collections::BTreeMap;

use serde_json::Value;

use super::{cursor::Cursor, docs, normalize::Document, rules::Rule, values::describe_change};
use crate::openapi::{node::Node, number::same, pointer::child};

pub use requirements::compare as compare_requirements;

const SCHEMES: &str = "/components/securitySchemes";

/// The rules for schemes that only one of the documents has.
const RULES: [Rule; 2] = [Rule::SecuritySchemeRemoved, Rule::SecuritySchemeAdded];

/// Compares the security schemes by name. A scheme with a new name alone is the same scheme.
pub fn compare_schemes(root: &Cursor<'_, '_>) {
    let (old, new) = (&root.comparer.old, &root.comparer.new);
    let (old_schemes, new_schemes) = (all(old), all(new));
    let renamed = renamed(old, new);
    let node = |name: &str, scheme| Node::new(child(SCHEMES, name), scheme);
    for (name, old) in &old_schemes {
        let new = new_schemes.get(name).map(|new| node(name, *new));
        let scheme = root.with(Some(node(name, *old)), new);
        if scheme.is_in_both() {
            compare_scheme(&scheme);
        } else if !renamed.values().any(|old| old == name) {
            scheme.record_one_sided("the security scheme", RULES);
        }
    }
    for (name, new) in &new_schemes {
        let old_name = renamed.get(name);
        let old = old_name.map(|old_name| node(old_name, old_schemes[old_name]));
        let scheme = root.with(old, Some(node(name, *new)));
        if scheme.is_in_both() {
            compare_scheme(&scheme);
        } else if !old_schemes.contains_key(name) {
            scheme.record_one_sided("the security scheme", RULES);
        }
    }
}

fn all<'d>(document: &Document<'d>) -> BTreeMap<&'d str, &'d Value> {
    let schemes = document.value["components"]["securitySchemes"].as_object();
    let resolve = |name: &str, scheme| {
        document
            .resolve(Node::new(child(SCHEMES, name), scheme))
            .value
    };
    let schemes = schemes.into_iter().flatten();
    schemes
        .map(|(name, scheme)| (name.as_str(), resolve(name, scheme)))
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
        let flow = flows.entry(name);
        if flow.is_in_both() {
            compare_flow(name, &flow);
            continue;
        }
        let rules = [Rule::SecuritySchemeChanged, Rule::SecurityLoosened];
        flow.record_one_sided(&format!("the flow `{name}`"), rules);
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
        let scope = scopes.entry(name);
        match (scope.old, scope.new) {
            (Some(old_text), Some(new_text)) if same(old_text, new_text) => {}
            (Some(_), Some(_)) => {
                let message = format!("the description of the scope `{name}` changed");
                scope.record_values(Rule::TextChanged, message);
            }
            _ => {
                let rules = [Rule::ScopeRemoved, Rule::ScopeAdded];
                scope.record_one_sided(&format!("the scope `{name}`"), rules);
            }
        }
    }
}
