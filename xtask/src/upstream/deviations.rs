//! Compares a hand-written document with the reference page that it describes.
//!
//! Each difference must be declared with a reason, and each declaration must match a difference. So
//! no change of the page or the document is missed.

mod items;
mod node;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use anyhow::{Result, anyhow, bail};
use serde_json::{Map, Value};

use self::items::Item;
use crate::openapi::pointer::{self, child};

/// The path of the facts of the page, for messages.
const UPSTREAM: &str = "specs/graph/upstream.json";

/// The path of the hand-written document, for messages.
const SPEC: &str = "specs/graph/spec.yaml";

/// The path of the declarations, for messages.
const DEVIATIONS: &str = "specs/graph/deviations.yaml";

/// The value in a declaration for a side that lacks the item.
const ABSENT: &str = "absent";

/// The value in a declaration for a side that has an item which the other side lacks.
const PRESENT: &str = "present";

/// A declared difference, or several with the same values.
struct Deviation {
    /// The JSON Pointer to the declaration.
    pointer: String,
    /// The JSON Pointers to the items in the facts of the page.
    at: Vec<String>,
    page: Value,
    spec: Value,
}

/// Compares the facts of a page with a hand-written document. Returns a message for each difference
/// that is not declared, and for each declaration that does not match a difference.
pub fn compare(upstream: &Value, spec: &Value, deviations: &Value) -> Result<Vec<String>> {
    let items = items::of(upstream, spec)?;
    let deviations = parse(deviations)?;
    let declared = by_pointer(&deviations)?;
    let undeclared = items
        .iter()
        .filter(|item| item.differs() && !declared.contains_key(item.at.as_str()))
        .map(undeclared);
    let outdated = declared
        .iter()
        .flat_map(|(at, deviation)| outdated(at, deviation, &items));
    Ok(undeclared.chain(outdated).collect())
}

/// Returns the declarations by the pointers of their items. Fails if an item is declared twice.
fn by_pointer(deviations: &[Deviation]) -> Result<BTreeMap<&str, &Deviation>> {
    let mut declared: BTreeMap<&str, &Deviation> = BTreeMap::new();
    for deviation in deviations {
        for at in &deviation.at {
            if let Some(first) = declared.insert(at, deviation) {
                bail!(
                    "{DEVIATIONS}#{}: {at} is already declared at #{}; remove one of them",
                    deviation.pointer,
                    first.pointer
                );
            }
        }
    }
    Ok(declared)
}

/// Returns the messages for the declaration of `at` if it does not match a difference.
fn outdated(at: &str, deviation: &Deviation, items: &[Item]) -> Vec<String> {
    let items: Vec<_> = items.iter().filter(|item| item.at == at).collect();
    let Some(first) = items.first() else {
        return vec![format!(
            "{DEVIATIONS}#{}: {at} exists neither in {UPSTREAM} nor in {SPEC}; remove the \
             declaration or correct `at`",
            deviation.pointer
        )];
    };
    let (page, spec) = (&deviation.page, &deviation.spec);
    if items.iter().all(|item| !item.differs()) {
        return vec![format!(
            "{DEVIATIONS}#{}: {}; remove the declaration",
            deviation.pointer,
            both(first)
        )];
    }
    let changed = |item: &&&Item| item.differs() && (page, spec) != (&item.page, &item.spec);
    let message = |item: &Item| {
        format!(
            "{DEVIATIONS}#{}: declares `page: {}` and `spec: {}`, but {}; correct the declaration or the spec",
            deviation.pointer,
            yaml_value(page),
            yaml_value(spec),
            both(item)
        )
    };
    items
        .iter()
        .filter(changed)
        .map(|item| message(item))
        .collect()
}

/// Returns the message for a difference that is not declared.
fn undeclared(item: &Item) -> String {
    format!(
        "{}; correct the spec, or declare the difference in {DEVIATIONS} with `at: {}`, `page: {}`, \
         `spec: {}` and a `reason`",
        both(item),
        item.at,
        yaml_value(&item.page),
        yaml_value(&item.spec)
    )
}

/// Returns the values of `item` on both sides, with their pointers.
fn both(item: &Item) -> String {
    let Item { label, .. } = item;
    let page = format!("{UPSTREAM}#{}", item.page_pointer);
    let spec = format!("{SPEC}#{}", item.spec_pointer);
    match (item.page.as_str(), item.spec.as_str()) {
        (Some(ABSENT), _) => {
            format!("{label} is in the spec ({spec}) but not on the page ({page})")
        }
        (_, Some(ABSENT)) => {
            format!("{label} is on the page ({page}) but not in the spec ({spec})")
        }
        _ if !item.differs() => {
            format!("{label} is the same on the page ({page}) and in the spec ({spec})")
        }
        _ => format!(
            "{label} is `{}` on the page ({page}) but `{}` in the spec ({spec})",
            yaml_value(&item.page),
            yaml_value(&item.spec)
        ),
    }
}

/// Returns `value` as YAML that can follow a key.
fn yaml_value(value: &Value) -> String {
    match value {
        Value::String(text) if !text.contains(['"', '#', '\'']) && !text.contains(": ") => {
            text.clone()
        }
        other => other.to_string(),
    }
}

/// Parses the declarations.
fn parse(deviations: &Value) -> Result<Vec<Deviation>> {
    let list = deviations.as_object().filter(|file| file.len() == 1);
    let Some(Value::Array(list)) = list.and_then(|file| file.get("deviations")) else {
        bail!(
            "{DEVIATIONS}: expected one list `deviations` and nothing else; use `deviations: []` if there are none"
        );
    };
    let declared = list.iter().enumerate().map(|(index, deviation)| {
        let pointer = child("/deviations", &index.to_string());
        deviation
            .as_object()
            .and_then(|entry| parse_entry(entry, &pointer))
            .ok_or_else(|| {
                anyhow!(
                    "{DEVIATIONS}#{pointer}: expected a declaration with `at`, optionally `names`, \
                     `page`, `spec` and a non-empty `reason`, and nothing else"
                )
            })
    });
    declared.collect()
}

/// Returns the declaration in `entry`, or `None` if it is not a valid one.
fn parse_entry(entry: &Map<String, Value>, pointer: &str) -> Option<Deviation> {
    const KEYS: [&str; 5] = ["at", "names", "page", "spec", "reason"];
    let at = entry.get("at")?.as_str()?;
    let reason = entry.get("reason")?.as_str()?;
    let at = match entry.get("names") {
        None => vec![at.to_owned()],
        Some(names) => names
            .as_array()?
            .iter()
            .map(|name| Some(child(at, name.as_str()?)))
            .collect::<Option<_>>()?,
    };
    let is_valid = entry.keys().all(|key| KEYS.contains(&key.as_str()))
        && !reason.trim().is_empty()
        && !at.is_empty()
        && at.iter().all(|at| pointer::keys(at).next().is_some());
    is_valid.then_some(())?;
    Some(Deviation {
        pointer: pointer.to_owned(),
        at,
        page: entry.get("page")?.clone(),
        spec: entry.get("spec")?.clone(),
    })
}
