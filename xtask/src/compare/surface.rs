//! Compares the names that Rust code can use.

mod renames;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::names::Names;
use crate::{compare::outline, generator, openapi::document, pipeline, pipeline::generate};

/// The lines of an outline, by what they are about.
pub type Items = BTreeMap<String, String>;

/// A change of one public item of the generated module. Not both sides are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurfaceChange {
    /// The item without its type, such as `struct types::Account::name`.
    pub item: String,
    pub before: Option<String>,
    pub after: Option<String>,
    /// The item that has taken its place under another name.
    pub renamed: Option<String>,
}

impl SurfaceChange {
    pub fn action(&self) -> &'static str {
        match (&self.before, &self.after) {
            _ if self.renamed.is_some() => "renamed",
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        }
    }

    /// Returns the text that tells it from all other changes of `api`, whatever else changes.
    pub fn fingerprint(&self, api: &str) -> String {
        let line = |line: &Option<String>| line.clone().unwrap_or_default();
        let text = [
            api,
            "rust",
            self.action(),
            &self.item,
            &line(&self.before),
            &line(&self.after),
        ];
        let mut hash = document::sha256(&text.join("\n"));
        hash.truncate(12);
        hash
    }

    /// The change in words.
    pub fn words(&self) -> String {
        match &self.renamed {
            Some(renamed) => {
                let kind = match (kind(&self.item), is_whole(self)) {
                    (_, true) => "type",
                    ("struct", _) => "field",
                    ("enum", _) => "variant",
                    ("fn", _) => "method",
                    (kind, _) => kind,
                };
                format!(
                    "{kind} in {} renamed from `{}` to `{}`",
                    parent(&self.item),
                    leaf(&self.item),
                    leaf(renamed)
                )
            }
            None => format!("{} {}", self.item, self.action()),
        }
    }

    /// Whether code that used the item may no longer compile or work.
    pub fn breaks(&self) -> bool {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => self.renamed.is_some() || !loosens(before, after),
            // A further bound refuses what was accepted.
            (None, Some(_)) => kind(&self.item) == "bound",
            _ => kind(&self.item) != "bound",
        }
    }
}

/// Whether all code that compiles with the item as `before` has it compiles and works as `after`
/// has it.
fn loosens(before: &str, after: &str) -> bool {
    if before.strip_suffix(REQUIRED) == Some(after) {
        return true;
    }
    let number = |line: &str| line.rsplit(": ").next()?.parse::<u64>().ok();
    let derives = |line: &str| -> Option<(String, BTreeSet<String>)> {
        let (start, rest) = line.split_once(" derive(")?;
        let (derives, end) = rest.split_once(')')?;
        let derives = derives.split(", ").map(ToOwned::to_owned).collect();
        Some((format!("{start}{end}"), derives))
    };
    match (number(before), number(after)) {
        (Some(old), Some(new)) if before.contains("::max_length: ") => return new > old,
        (Some(old), Some(new)) if before.contains("::min_length: ") => return new < old,
        _ => {}
    }
    match (derives(before), derives(after)) {
        (Some((old, fewer)), Some((new, more))) => old == new && fewer.is_subset(&more),
        _ => false,
    }
}

/// What the outline writes after a setter that the builder fails without.
const REQUIRED: &str = ", required";

/// Compares two modules. `names` are those that the same comparison found renamed or gone on the
/// wire.
pub fn compare(old: &Items, new: &Items, names: &Names) -> Vec<SurfaceChange> {
    let all: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changes = all.into_iter().filter_map(|item| {
        let (before, after) = (old.get(item), new.get(item));
        (before != after).then(|| SurfaceChange {
            item: item.clone(),
            before: before.cloned(),
            after: after.cloned(),
            renamed: None,
        })
    });
    let changes = renames::pair(changes.collect(), names);
    // The builders of types repeat the fields of the types.
    let repeated = |change: &SurfaceChange| change.item.contains(" types::builder::");
    changes
        .into_iter()
        .filter(|change| !repeated(change))
        .collect()
}

/// The public items of the module that is generated from `document`.
pub fn of_document(api: &str, document: &Value) -> Result<Items, String> {
    let mut document = document.clone();
    let notes = pipeline::lower_and_adapt(&mut document);
    if let Some(first) = notes.refused.first() {
        let more = match notes.refused.len() {
            1 => String::new(),
            all => format!(", and {} more", all - 1),
        };
        return Err(format!(
            "no module can be generated from the document: {first}{more}; see `cargo xtask prepare`"
        ));
    }
    let text = document::to_text(&document).map_err(|error| error.to_string())?;
    of_openapi(api, &text)
}

/// The public items of the module that is generated from the text of an `openapi.json`.
pub fn of_openapi(api: &str, openapi: &str) -> Result<Items, String> {
    let (api, openapi) = (api.to_owned(), openapi.to_owned());
    let code = generate::without_panics(move || generator::client(&api, &openapi))
        .map_err(|error| format!("no module can be generated from the document: {error}"))?;
    of_code(&code)
}

/// The public items of `code`.
pub fn of_code(code: &str) -> Result<Items, String> {
    let lines = outline::outline(code).map_err(|error| error.to_string())?;
    Ok(lines
        .into_iter()
        .map(|line| (item(&line).to_owned(), line))
        .collect())
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

/// The kind of an item, such as `struct`.
fn kind(item: &str) -> &str {
    item.split_once(' ').map_or(item, |(kind, _)| kind)
}

/// The path of an item, without its kind.
pub fn path(item: &str) -> &str {
    item.split_once(' ').map_or("", |(_, path)| path)
}

/// The path of what an item is a part of.
fn parent(item: &str) -> &str {
    path(item)
        .rsplit_once("::")
        .map_or("", |(parent, _)| parent)
}

/// The name of an item alone.
pub fn leaf(item: &str) -> &str {
    let path = path(item);
    let leaf = path.rsplit_once("::").map_or(path, |(_, leaf)| leaf);
    // Builders of calls have a lifetime.
    leaf.split('<').next().unwrap_or(leaf)
}

/// Whether the line of `item` describes a type, and not a part of one.
fn is_type(item: &str, line: &str) -> bool {
    let rest = line.strip_prefix(item);
    // A field has a type there, and a variant a value or fields.
    rest.is_some_and(|rest| rest.starts_with(" derive") || rest == " (open)")
}

/// Whether it is a type that is new, gone or renamed.
fn is_whole(change: &SurfaceChange) -> bool {
    let line = change.before.as_ref().or(change.after.as_ref());
    line.is_some_and(|line| is_type(&change.item, line)) && change.action() != "changed"
}

/// The changes but those of the members of what is new or gone itself.
pub fn outermost(changes: &[SurfaceChange]) -> Vec<SurfaceChange> {
    let path = |change: &SurfaceChange| -> String {
        let path = path(&change.item);
        // An implementation is a member of the type that has it.
        match kind(&change.item) {
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
    changes.iter().filter(within).cloned().collect()
}

/// The change as lines of a diff; what is new or gone is named without its members.
pub fn diff(change: &SurfaceChange) -> Vec<String> {
    if change.renamed.is_some() {
        return vec![format!("! {}", change.words())];
    }
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
    before.into_iter().chain(after).collect()
}
