//! What a change of the documents does to the names that Rust code can use.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{gate, generate, outline, prepare};

/// A change of one public item of the generated module. Not both sides are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurfaceChange {
    /// The item without its type, such as `struct types::Account::name`.
    pub item: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl SurfaceChange {
    pub fn action(&self) -> &'static str {
        match (&self.before, &self.after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        }
    }
}

/// Compares the modules that would be generated from two documents; fails where one cannot be.
pub fn compare(old: &Value, new: &Value) -> Result<Vec<SurfaceChange>, String> {
    if old == new {
        return Ok(Vec::new());
    }
    let (old, new) = (items("old", old)?, items("new", new)?);
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changes = names.into_iter().filter_map(|item| {
        let (before, after) = (old.get(item), new.get(item));
        (before != after).then(|| SurfaceChange {
            item: item.clone(),
            before: before.cloned(),
            after: after.cloned(),
        })
    });
    Ok(changes.collect())
}

/// The lines of the outline, by what they are about.
fn items(side: &str, document: &Value) -> Result<BTreeMap<String, String>, String> {
    let mut document = document.clone();
    let notes = prepare::lower_and_fit(&mut document);
    if let Some(first) = notes.refused.first() {
        return Err(format!(
            "no module can be made of the {side} document: {first}{}; see `cargo xtask prepare`",
            match notes.refused.len() {
                1 => String::new(),
                all => format!(", and {} more", all - 1),
            }
        ));
    }
    let code = gate::trial(generate::client, &document)
        .map_err(|error| format!("no module can be made of the {side} document: {error}"))?;
    let lines = outline::outline(&code).map_err(|error| error.to_string())?;
    let items = lines.into_iter().map(|line| (item(&line).to_owned(), line));
    // The builders of types repeat the fields of the types.
    let items = items.filter(|(item, _)| !item.contains(" types::builder::"));
    Ok(items.collect())
}

/// What a line of the outline is about: all before its type, its arguments or its attributes.
fn item(line: &str) -> &str {
    // An implementation is nothing but its name.
    if line.starts_with("impl ") || line.starts_with("use ") {
        return line;
    }
    let (kind, rest) = line.split_once(' ').unwrap_or(("", line));
    let end = [": ", "(", " "]
        .into_iter()
        .filter_map(|end| rest.find(end))
        .min()
        .unwrap_or(rest.len());
    let start = if kind.is_empty() { 0 } else { kind.len() + 1 };
    line.get(..start + end).unwrap_or(line)
}

/// Whether it is a type that is new or gone.
fn is_whole(change: &SurfaceChange) -> bool {
    let line = change.before.as_ref().or(change.after.as_ref());
    let rest = line.and_then(|line| line.strip_prefix(&*change.item));
    // A field has a type there, and a variant a value or fields.
    let of_type = rest.is_some_and(|rest| rest.starts_with(" derive") || rest == " (open)");
    of_type && change.action() != "changed"
}

/// The changes but those of the members of what is new or gone itself.
fn outermost(changes: &[SurfaceChange]) -> Vec<&SurfaceChange> {
    let path = |change: &SurfaceChange| -> String {
        let (kind, path) = change.item.split_once(' ').unwrap_or_default();
        // An implementation is a member of the type that has it.
        match kind {
            "impl" => path.replacen(": ", "::", 1),
            _ => path.to_owned(),
        }
    };
    let wholes: Vec<(&str, String)> = changes
        .iter()
        .filter(|change| is_whole(change))
        .map(|change| (change.action(), path(change) + "::"))
        .collect();
    let within = |change: &&SurfaceChange| {
        let path = path(change);
        let action = change.action();
        !wholes
            .iter()
            .any(|(whole, start)| *whole == action && path.starts_with(start))
    };
    changes.iter().filter(within).collect()
}

/// The counts of the changes in words.
pub fn counts(changes: &[SurfaceChange]) -> String {
    let changes = outermost(changes);
    let count = |action: &str| {
        changes
            .iter()
            .filter(|change| change.action() == action)
            .count()
    };
    let counts: Vec<String> = ["removed", "changed", "added"]
        .into_iter()
        .map(|action| (action, count(action)))
        .filter(|(_, count)| *count > 0)
        .map(|(action, count)| format!("{count} {action}"))
        .collect();
    counts.join(", ")
}

/// The changes as lines of a diff; what is new or gone is named without its members.
pub fn diff(changes: &[SurfaceChange]) -> Vec<String> {
    let lines = outermost(changes).into_iter().flat_map(|change| {
        // What a type derives says nothing of one that is wholly new or gone.
        let shown = |line: &'_ String| match is_whole(change) {
            true => change.item.clone(),
            false => line.clone(),
        };
        let before = change
            .before
            .as_ref()
            .map(|line| format!("- {}", shown(line)));
        let after = change
            .after
            .as_ref()
            .map(|line| format!("+ {}", shown(line)));
        before.into_iter().chain(after)
    });
    lines.collect()
}
