//! Where a hand-written document differs from the page that it describes.
//!
//! Each difference has to be declared with a reason, and each declaration has to name a
//! difference, so that neither the page nor the document changes unseen.

mod items;
mod place;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use anyhow::{Result, anyhow, bail};
use serde_json::{Map, Value};

use self::items::Item;
use crate::openapi::pointer::{self, child};

/// Where the facts of the page are, in messages.
const UPSTREAM: &str = "specs/graph/upstream.json";

/// Where the hand-written document is, in messages.
const SPEC: &str = "specs/graph/spec.yaml";

/// Where differences are declared, in messages.
const DEVIATIONS: &str = "specs/graph/deviations.yaml";

/// What a declaration says of a side that lacks the item.
const ABSENT: &str = "absent";

/// What a declaration says of the side that has an item which the other one lacks.
const PRESENT: &str = "present";

/// A declared difference, or several that are alike.
struct Deviation {
    /// JSON Pointer to it in the list of declarations.
    pointer: String,
    /// The items that differ, by their places in the facts of the page.
    at: Vec<String>,
    page: Value,
    spec: Value,
}

/// Compares the facts of a page with a hand-written document, and both with what is declared.
/// The answer has a sentence for each thing that does not agree, and none where all is well.
pub fn compare(upstream: &Value, spec: &Value, deviations: &Value) -> Result<Vec<String>> {
    let items = items::of(upstream, spec)?;
    let deviations = read(deviations)?;
    let declared = by_place(&deviations)?;
    let undeclared = items
        .iter()
        .filter(|item| item.differs() && !declared.contains_key(item.at.as_str()))
        .map(undeclared);
    let outdated = declared
        .iter()
        .flat_map(|(at, deviation)| outdated(at, deviation, &items));
    Ok(undeclared.chain(outdated).collect())
}

/// The declarations by the places of the items that they name.
fn by_place(deviations: &[Deviation]) -> Result<BTreeMap<&str, &Deviation>> {
    let mut declared: BTreeMap<&str, &Deviation> = BTreeMap::new();
    for deviation in deviations {
        for at in &deviation.at {
            if let Some(first) = declared.insert(at, deviation) {
                bail!(
                    "{DEVIATIONS}#{} declares {at}, as #{} does; remove one of them",
                    deviation.pointer,
                    first.pointer
                );
            }
        }
    }
    Ok(declared)
}

/// The sentences for the declaration of `at`, if it does not say what is so.
fn outdated(at: &str, deviation: &Deviation, items: &[Item]) -> Vec<String> {
    let items: Vec<_> = items.iter().filter(|item| item.at == at).collect();
    let Some(first) = items.first() else {
        return vec![format!(
            "{DEVIATIONS}#{} declares {at}, but {UPSTREAM} has nothing there and {SPEC} nothing that \
             belongs there; remove the declaration, or correct its place",
            deviation.pointer
        )];
    };
    let (page, spec) = (&deviation.page, &deviation.spec);
    if items.iter().all(|item| !item.differs()) {
        return vec![format!(
            "{DEVIATIONS}#{} declares a difference that is none: {}; remove the declaration",
            deviation.pointer,
            both(first)
        )];
    }
    let changed = |item: &&&Item| item.differs() && (page, spec) != (&item.page, &item.spec);
    let sentence = |item: &Item| {
        format!(
            "{DEVIATIONS}#{} declares `page: {}` and `spec: {}`, but {}; correct the declaration or the spec",
            deviation.pointer,
            word(page),
            word(spec),
            both(item)
        )
    };
    items
        .iter()
        .filter(changed)
        .map(|item| sentence(item))
        .collect()
}

/// The sentence for a difference that nobody has declared.
fn undeclared(item: &Item) -> String {
    format!(
        "{}; correct the spec, or declare the difference in {DEVIATIONS} with `at: {}`, `page: {}`, \
         `spec: {}` and a `reason`",
        both(item),
        item.at,
        word(&item.page),
        word(&item.spec)
    )
}

/// What the two documents say of `item`, and where.
fn both(item: &Item) -> String {
    let Item { what, .. } = item;
    let page = format!("{UPSTREAM}#{}", item.upstream);
    let spec = format!("{SPEC}#{}", item.spec_place);
    match (item.page.as_str(), item.spec.as_str()) {
        (Some(ABSENT), _) => {
            format!("{what} is in the spec ({spec}) but not on the page ({page})")
        }
        (_, Some(ABSENT)) => {
            format!("{what} is on the page ({page}) but not in the spec ({spec})")
        }
        _ if !item.differs() => {
            format!("{what} is the same on the page ({page}) and in the spec ({spec})")
        }
        _ => format!(
            "{what} is `{}` on the page ({page}) but `{}` in the spec ({spec})",
            word(&item.page),
            word(&item.spec)
        ),
    }
}

/// `value` as it can be written behind a key of YAML.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) if !text.contains(['"', '#', '\'']) && !text.contains(": ") => {
            text.clone()
        }
        other => other.to_string(),
    }
}

/// The declarations, checked.
fn read(deviations: &Value) -> Result<Vec<Deviation>> {
    let list = deviations.as_object().filter(|file| file.len() == 1);
    let Some(Value::Array(list)) = list.and_then(|file| file.get("deviations")) else {
        bail!("{DEVIATIONS} is not one list `deviations`; write it, empty if there are none");
    };
    let declared = list.iter().enumerate().map(|(index, deviation)| {
        let pointer = child("/deviations", &index.to_string());
        deviation
            .as_object()
            .and_then(|entry| entry_of(entry, &pointer))
            .ok_or_else(|| {
                anyhow!(
                    "{DEVIATIONS}#{pointer} is no declaration; give it `at`, perhaps `names`, \
                     `page`, `spec` and a `reason`, and nothing else"
                )
            })
    });
    declared.collect()
}

/// The declaration `entry`, if it has the keys of one and no others.
fn entry_of(entry: &Map<String, Value>, pointer: &str) -> Option<Deviation> {
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
    let is_whole = entry.keys().all(|key| KEYS.contains(&key.as_str()))
        && !reason.trim().is_empty()
        && !at.is_empty()
        && at.iter().all(|at| pointer::keys(at).next().is_some());
    is_whole.then_some(())?;
    Some(Deviation {
        pointer: pointer.to_owned(),
        at,
        page: entry.get("page")?.clone(),
        spec: entry.get("spec")?.clone(),
    })
}
