//! Compares the credentials that are sufficient for an operation.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::renamed;
use crate::compare::{cursor::Cursor, rules::Rule};

/// Security schemes that are required together, with their scopes.
type Alternative<'d> = BTreeMap<&'d str, BTreeSet<&'d str>>;

/// Compares the `security` that applies to `operation`.
pub fn compare(security: &Cursor<'_, '_>, operation: &str) {
    let [old, new] = security.sides();
    let renamed = renamed(&security.comparer.old, &security.comparer.new);
    let old_alternatives = alternatives(old.value, &BTreeMap::new());
    let new_alternatives = alternatives(new.value, &renamed);
    for sent in &old_alternatives {
        if !new_alternatives.iter().any(|need| is_met(need, sent)) {
            let change = match sent.is_empty() {
                true => "a credential became required".to_owned(),
                false => format!("{} stopped being sufficient", describe(sent)),
            };
            let message = format!("{change}; sufficient now: {}", list(&new_alternatives));
            security.record_with(
                Rule::SecurityTightened,
                message,
                [None, None],
                Some(operation),
            );
        }
    }
    for need in &new_alternatives {
        if !old_alternatives.iter().any(|sent| is_met(sent, need)) {
            let change = match need.is_empty() {
                true => "credentials became optional".to_owned(),
                false => format!("{} became sufficient", describe(need)),
            };
            let message = format!("{change}; sufficient before: {}", list(&old_alternatives));
            security.record_with(
                Rule::SecurityLoosened,
                message,
                [None, None],
                Some(operation),
            );
        }
    }
}

/// Returns whether the credentials `sent` are sufficient for `need`.
fn is_met(need: &Alternative<'_>, sent: &Alternative<'_>) -> bool {
    need.iter().all(|(scheme, scopes)| {
        sent.get(scheme)
            .is_some_and(|sent_scopes| scopes.is_subset(sent_scopes))
    })
}

fn alternatives<'d>(
    security: &'d Value,
    renamed: &BTreeMap<&'d str, &'d str>,
) -> Vec<Alternative<'d>> {
    let listed = security.as_array().into_iter().flatten();
    let mut listed: Vec<Alternative<'d>> = listed
        .map(|alternative| {
            let schemes = alternative.as_object().into_iter().flatten();
            schemes
                .map(|(name, scopes)| {
                    let name = renamed.get(name.as_str()).copied().unwrap_or(name);
                    let scopes = scopes.as_array().into_iter().flatten();
                    (name, scopes.filter_map(Value::as_str).collect())
                })
                .collect()
        })
        .collect();
    // Without alternatives, no credential is required.
    if listed.is_empty() {
        listed.push(Alternative::new());
    }
    listed
}

fn describe(alternative: &Alternative<'_>) -> String {
    let schemes: Vec<String> = alternative
        .iter()
        .map(|(scheme, scopes)| {
            let scopes: Vec<&str> = scopes.iter().copied().collect();
            match scopes.as_slice() {
                [] => format!("`{scheme}`"),
                [scope] => format!("`{scheme}` with the scope {scope}"),
                scopes => format!("`{scheme}` with the scopes {}", scopes.join(" and ")),
            }
        })
        .collect();
    match schemes.as_slice() {
        [] => "no credential".to_owned(),
        schemes => schemes.join(" and "),
    }
}

fn list(alternatives: &[Alternative<'_>]) -> String {
    let all: Vec<String> = alternatives.iter().map(describe).collect();
    all.join(", or ")
}
